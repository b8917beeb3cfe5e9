"""Variance in one pass against two, for question 21."""

import numpy as np

from answers.explorers import Explorer, Slider, View, ratios
from answers.explorers.chart import Axis, Chart

ROWS = np.random.default_rng(21).normal(size=(60, 256))


def one_pass_variance(mean: float) -> View:
    """The variance of 60 rows in float32, computed in two ways, against the right one. With the
    mean subtracted first (line) it stays right; the mean of squares minus the square of the mean
    (dots) moves in steps, and leaves the chart, as the mean grows."""
    x = (ROWS + mean).astype(np.float32)
    right = x.astype(np.float64).var(axis=1)
    two_passes = ((x - x.mean(axis=1, keepdims=True)) ** 2).mean(axis=1)
    one_pass = (x * x).mean(axis=1) - x.mean(axis=1) ** 2
    order = right.argsort()
    chart = Chart(
        Axis("right variance", 0.7, 1.4, (0.8, 1, 1.2)),
        Axis("variance in float32", -0.2, 2.2, (0, 0.5, 1, 1.5, 2)),
    )
    chart.rule(y=0)
    chart.line(right[order], two_passes[order], ink=1)
    for at, found in zip(right, one_pass, strict=True):
        chart.dot(at, found, ink=2)
    off = [np.abs(each - right).max() for each in (two_passes, one_pass)]
    lost = int((one_pass <= 0).sum())
    return View(
        chart,
        f"At mean {mean:g} two passes are off by at most {off[0]:.2g}, one pass by {off[1]:.2g}.",
        (
            f"mean subtracted first: off by at most {off[0]:.2g}",
            f"in one pass: off by up to {off[1]:.2g}",
            f"in one pass not above 0: {lost} of 60 rows",
        ),
    )


explorer = Explorer(
    one_pass_variance,
    Slider("mean", "Mean of the numbers", ratios(1, 10_000, 16), 1780),
)
