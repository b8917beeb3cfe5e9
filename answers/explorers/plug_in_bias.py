"""How far the plug-in estimate of pass@k is too low, for question 45."""

import math

import numpy as np

from answers.explorers import Explorer, Slider, View
from answers.explorers.chart import Axis, Chart
from answers.language_models.evaluation import pass_at_k

MOST = 200  # samples


def plug_in_bias(p: float, n: float) -> View:
    """What estimates of pass@k are on average, of a problem that a sample solves with probability
    p, if n samples are drawn: by choices of k of them, which is the true chance (solid), and with
    the share that passes put in its place (dashed). Both begin at p; from k = 2 on the plug-in is
    too low, the more so the fewer samples there are."""
    n, c = int(n), np.arange(int(n) + 1)
    ways = np.array([math.comb(n, each) for each in c.tolist()], dtype=float)
    chances = ways * p**c * (1 - p) ** (n - c)
    draws = np.unique(np.geomspace(1, n, 25).round().astype(int))
    unbiased = np.array([chances @ pass_at_k(np.full(n + 1, n), c, k) for k in draws])
    plug_in = chances @ (1 - (1 - c[:, None] / n) ** draws)
    marks = {np.log10(value): f"{value}" for value in (1, 2, 5, 10, 20, 50, 100, 200)}
    chart = Chart(
        Axis("k (log scale)", 0, np.log10(MOST), marks),
        Axis("pass@k, on average", 0, 1, (0, 0.25, 0.5, 0.75, 1)),
    )
    chart.line(np.log10(draws), unbiased, ink=1)
    chart.line(np.log10(draws), plug_in, ink=2, dashed=True)
    # At each k, not only at those that are drawn.
    every = np.arange(1, n + 1)
    bias = 1 - (1 - p) ** every - chances @ (1 - (1 - c[:, None] / n) ** every)
    facts = (
        f"too low by up to {bias.max():.3f}, at k = {every[bias.argmax()]}",
        f"k = {n}: {unbiased[-1]:.3f}, plug-in {plug_in[-1]:.3f}",
    )
    drawn = f"Two rising curves from {p:g}, the plug-in below: {'; '.join(facts)}."
    return View(chart, drawn, facts)


explorer = Explorer(
    plug_in_bias,
    Slider("p", "p", (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7), 0.1),
    Slider("n", "n", (5, 10, 20, 50, 100, 200), 20),
)
