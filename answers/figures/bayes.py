"""Figures for Bayes' theorem."""

from math import lgamma

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from answers.probability.bayes import beta_update, natural_frequencies, posterior

UNIT = np.array([[0, 0], [0.78, 0], [0.78, 0.78], [0, 0.78], [0, 0]])
CODES = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]


# --8<-- [start:people_tested]
def people_tested() -> Figure:
    """1000 people, 10 of them ill. The test finds 9 of these, and about 89 of the healthy:
    of 98 who test positive, 9 are ill.

    Above, 1000 small squares in 20 rows of 50. Ten of them, in one colour, are the ill: 9
    full and 1 pale. Of the 990 healthy, in another colour, 89 are full and the rest pale;
    full means that the test is positive. Below, the 98 full squares alone: 9 ill and 89
    healthy, a share of 9.2%.
    """
    prior, sensitivity, false_positives = 0.01, 0.90, 0.09
    counts = natural_frequencies(prior, sensitivity, false_positives)
    (found, missed), (alarmed, cleared) = counts.round().astype(int).tolist()
    share, _ = posterior(
        np.array([prior, 1 - prior]), np.array([sensitivity, false_positives])
    )
    figure, (above, below) = plt.subplots(
        2, figsize=(5.5, 3.7), height_ratios=(22, 4), sharex=True
    )
    groups = [
        (found, "C1", 1.0),
        (missed, "C1", 0.35),
        (alarmed, "C0", 1.0),
        (cleared, "C0", 0.18),
    ]
    squares(above, groups, columns=50)
    squares(below, [groups[0], groups[2]], columns=50)
    for axes, words, ill, healthy in (
        (above, "1000 people:", found + missed, alarmed + cleared),
        (below, f"{found + alarmed} positive:", found, alarmed),
    ):
        axes.text(0, 1.6, words)
        axes.text(17, 1.6, f"{ill} ill", color="C1", weight="bold")
        axes.text(24, 1.6, f"{healthy} healthy", color="C0", weight="bold")
    below.text(39, 1.6, f"{share:.1%} ill")
    return figure


def squares(axes: Axes, groups: list, columns: int) -> None:
    """Squares, row by row from the top left, so many of each colour and opacity."""
    place = 0
    for number, colour, opacity in groups:
        at = np.arange(place, place + number)
        corners = np.stack([at % columns, -(at // columns)], axis=1)
        path = Path((corners[:, None] + UNIT).reshape(-1, 2), CODES * number)
        axes.add_patch(PathPatch(path, facecolor=colour, alpha=opacity, linewidth=0))
        place += number
    axes.set(xlim=(-0.5, columns), ylim=(-((place - 1) // columns) - 0.2, 3.4))
    axes.set_aspect("equal")
    axes.axis("off")


# --8<-- [end:people_tested]


# --8<-- [start:beta_posteriors]
def beta_posteriors() -> Figure:
    """A success rate after 10 and after 100 trials, 7 in 10 of them successes, from a
    uniform prior (full lines) and from Beta(20, 20) (dashed).

    Densities over a rate from 0 to 1. From the uniform prior, the curve for 7 of 10 is
    broad with its peak at 0.7, and the one for 70 of 100 is narrow with its peak there
    too. From Beta(20, 20), which is centred on 0.5, the curve for 7 of 10 stays near
    0.54, and the one for 70 of 100 has come to 0.64.
    """
    figure, axes = plt.subplots()
    rate = np.linspace(0, 1, 401)[1:-1]
    for prior, line in ((1, "-"), (20, "--")):
        for trials, colour in ((0, "C2"), (10, "C0"), (100, "C1")):
            a, b = beta_update(prior, prior, 0.7 * trials, 0.3 * trials)
            constant = lgamma(a + b) - lgamma(a) - lgamma(b)
            logs = (a - 1) * np.log(rate) + (b - 1) * np.log1p(-rate) + constant
            label = f"after {trials}" if prior == 1 else None
            axes.plot(rate, np.exp(logs), line, color=colour, label=label)
    axes.set(xlabel="success rate", ylabel="density", xlim=(0, 1), ylim=(0, None))
    axes.legend(loc="upper left")
    return figure


# --8<-- [end:beta_posteriors]
