"""Figures for the bounds of a loss."""

import math

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.figures import AXIS
from answers.probability.loss_bounds import confidence_loss_bounds, loss_bounds


# --8<-- [start:loss_simplex]
def loss_simplex() -> Figure:
    """All predictions for three classes; the height is the probability of the true one.
    Shaded: the true class is the likeliest.

    A triangle whose top corner is certainty of the true class, with the loss along the
    right side: 0 at the top, log 2, about 0.7, at half height, log 3, about 1.1, at a third, and
    growing without end towards the base. The shaded region is a kite that reaches from
    the top corner down to the centre, which lies at a third. Above half height the
    triangle is all shaded, below a third nothing is, and between the two some of it.
    """
    figure, axes = plt.subplots(figsize=(5.5, 4.2))
    # The true class is at the top.
    corners = np.array([[0.5, 1], [0, 0], [1, 0]])
    right = np.array([[1, 0, 0], [0.5, 0.5, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0, 0.5]])
    axes.fill(*(right @ corners).T, color="C0", alpha=0.25, linewidth=0)
    axes.plot(*corners[[0, 1, 2, 0]].T, color=AXIS, linewidth=1.2)
    (_, edge), (wrong, _) = loss_bounds(3), loss_bounds(3, correct=False)
    for loss, name, colour in ((edge, "log 3", "C0"), (wrong, "log 2", "C1")):
        p = math.exp(-loss)
        axes.plot([p / 2 - 0.04, 1.02 - p / 2 + 0.02], [p, p], "--", color=colour)
        text = f"loss {name} ≈ {loss:.1f}"
        axes.text(1.06 - p / 2, p, text, va="center", color=colour)
    axes.text(0.56, 1, "loss 0", va="center")
    axes.text(1.05, 0, "loss ∞", va="center")
    axes.text(0.5, 0.62, "right", ha="center", color="C0", weight="bold")
    axes.text(0.5, 0.12, "wrong", ha="center", color="C1", weight="bold")
    axes.set(xlim=(-0.05, 1.5), ylim=(-0.05, 1.06), aspect=0.87)
    axes.axis("off")
    return figure


# --8<-- [end:loss_simplex]


# --8<-- [start:loss_intervals]
def loss_intervals() -> Figure:
    """What the loss of a right and of a wrong example can be. They overlap, except for
    two classes.

    Four pairs of horizontal bars over a loss from 0 to 8, for 2, 3, 10 and 1000
    classes. The upper bar of a pair, right examples, runs from 0 to the logarithm of
    the number of classes: 0.69, 1.10, 2.30 and 6.91. The lower bar, wrong examples,
    always starts at log 2 = 0.69 and goes on beyond the edge.
    """
    figure, axes = plt.subplots(figsize=(5.5, 3.8))
    numbers, edge = (2, 3, 10, 1000), 8
    for row, classes in enumerate(numbers):
        for below, correct in ((0.2, True), (-0.2, False)):
            low, high = loss_bounds(classes, correct)
            colour = "C0" if correct else "C1"
            y = len(numbers) - row + below
            end = min(high, edge)
            axes.barh(y, end - low, left=low, height=0.3, color=colour, alpha=0.6)
            if math.isinf(high):
                axes.text(edge, y, " ∞", va="center", color=colour)
            else:
                note = f" log {classes} ≈ {high:.1f}"
                axes.text(end, y, note, va="center", color=colour)
    axes.text(3.4, 4.2, "right", va="center", color="C0", weight="bold")
    axes.text(4, 3.8, "wrong", va="center", ha="center", weight="bold")
    axes.axvline(math.log(2), color=AXIS, linestyle=":", linewidth=1.2)
    axes.set(xlim=(0, edge + 1.2), xlabel="loss (nats)", ylabel="classes")
    axes.set(yticks=range(4, 0, -1), yticklabels=numbers, xticks=range(0, 9, 2))
    return figure


# --8<-- [end:loss_intervals]


# --8<-- [start:price_of_confidence]
def price_of_confidence() -> Figure:
    """What a prediction of 10 classes costs, against the probability of its likeliest
    class. Near 1, more confidence saves little when right and costs without end when
    wrong.

    Two curves and a region over a confidence from 0.1 to 1. The loss of a right
    prediction falls from 2.3 to 0. The least loss of a wrong one is the same down to
    0.69 at a half, then turns and rises steeply, passing 4.6 at 0.99. Above it, shaded,
    are the other losses of wrong predictions; below a confidence of 0.11 they end at a
    finite largest one.
    """
    figure, axes = plt.subplots()
    confidence = np.unique(
        np.concatenate([np.linspace(0.1, 0.13, 31), np.linspace(0.13, 0.9995, 150)])
    )
    wrong = np.array(
        [confidence_loss_bounds(10, c, False) for c in confidence.tolist()]
    )
    right = [confidence_loss_bounds(10, c)[0] for c in confidence.tolist()]
    top = 6
    axes.fill_between(
        confidence,
        wrong[:, 0],
        np.minimum(wrong[:, 1], top),
        color="C1",
        alpha=0.15,
        linewidth=0,
    )
    axes.plot(confidence, wrong[:, 0], color="C1", label="wrong, at least")
    axes.plot(confidence, right, color="C0", label="right", linestyle="--")
    axes.set(xlabel="probability of the likeliest class", ylabel="loss (nats)")
    axes.set(ylim=(0, top), xlim=(0.1, 1))
    axes.legend(loc="upper center")
    return figure


# --8<-- [end:price_of_confidence]
