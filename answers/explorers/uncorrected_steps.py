"""How long Adam's steps are without its bias correction, for question 22."""

import numpy as np

from answers.explorers import Explorer, Slider, View
from answers.explorers.chart import Axis, Chart
from answers.training.optimizers import adam_step

STEPS = np.arange(1, 10_001)
DRAWN = np.unique(np.geomspace(1, 10_000, 300).round()).astype(int) - 1  # their places
LATE = 10_000_000  # a step at which nothing is left to correct


def uncorrected_steps(beta1: float, beta2: float) -> View:
    """Adam's steps without the bias correction, in learning rates, while the gradient stays
    1 (solid). With the correction each step is one learning rate (dashed). The nearer β₂ is
    to 1 the longer they are, and β₁ shortens the first of them."""
    zero, one = np.zeros(len(STEPS)), np.ones(len(STEPS))
    # Both averages of a gradient of 1, before each of these steps.
    m, v = 1 - beta1 ** (STEPS - 1), 1 - beta2 ** (STEPS - 1)
    lengths = -adam_step(zero, one, m, v, LATE, 1.0, beta1, beta2)[0]
    marks = {np.log10(value): f"{value:g}" for value in (1, 10, 100, 1000)}
    heights = {np.log10(value): f"{value:g}" for value in (0.1, 0.3, 1, 3, 10, 30)}
    chart = Chart(
        Axis("step (log scale)", 0, 4, marks),
        Axis("learning rates (log scale)", np.log10(0.05), np.log10(40), heights),
    )
    chart.rule(y=0)
    chart.line(np.log10(STEPS[DRAWN]), np.log10(lengths[DRAWN]), ink=1)
    longest = int(lengths.argmax())
    chart.dot(np.log10(STEPS[longest]), np.log10(lengths[longest]), ink=1)
    over = lengths[longest] > 1.005  # what rounds to more than 1
    facts = (
        f"First step: {lengths[0]:.2f} learning rates",
        f"longest: {lengths[longest]:.2f}, step {STEPS[longest]:g}"
        if over
        else "none over 1",
        f"step 1000: {lengths[999]:.2f}",
    )
    drawn = f"A curve over steps from 1 to 10,000. {'; '.join(facts)}. A line at 1."
    return View(chart, drawn, facts)


explorer = Explorer(
    uncorrected_steps,
    Slider("beta1", "β₁", (0.0, 0.5, 0.8, 0.9, 0.95, 0.98), 0.9),
    Slider("beta2", "β₂", (0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999), 0.999),
)
