"""One Gaussian for two modes, in both directions of KL, for question 15."""

import numpy as np

from answers.explorers import Explorer, Slider, View, steps
from answers.explorers.chart import Axis, Chart
from answers.probability.gaussian_fit import fit_gaussian, two_modes

EDGE = 9


def kl_directions(mode: float, start: float) -> View:
    """Two normals (shaded), and the Gaussian nearest to them. By KL(p‖q), solid, it covers both.
    By KL(q‖p), dashed, it is the minimum into which a descent from the start falls: on one
    mode, or across both."""
    p = two_modes(mode)
    forward = fit_gaussian(p, "forward")
    reverse = fit_gaussian(p, "reverse", start=start)
    x = np.linspace(-EDGE, EDGE, 361)
    density = np.exp(p.log_density(x))
    chart = Chart(
        Axis("x", -EDGE, EDGE, (-8, -4, 0, 4, 8)),
        Axis("density", 0, 0.45, (0, 0.1, 0.2, 0.3, 0.4)),
    )
    chart.area(x, density, ink=3)
    chart.line(x, np.exp(forward.log_density(x)), ink=1)
    chart.line(x, np.exp(reverse.log_density(x)), ink=2, dashed=True)
    chart.rule(x=start, ink=2)
    fits = (
        ("forward KL(p‖q)", forward),
        (f"reverse KL(q‖p) from {start:g}", reverse),
    )
    facts = tuple(
        f"{name}: mean {round(fit.mean, 2) + 0.0:.2f}, deviation {fit.deviation:.2f}"
        for name, fit in fits
    )
    return View(
        chart, f"Two normals around ±{mode:g}. " + "; ".join(facts) + ".", facts
    )


explorer = Explorer(
    kl_directions,
    Slider("mode", "Means at ±", steps(0.5, 6, 22), 3),
    Slider("start", "Start of the reverse fit", steps(-6, 6, 48), 2),
)
