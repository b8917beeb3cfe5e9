"""Figures for broadcasting."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from answers.figures import TEXT
from answers.networks.broadcasting import broadcast_shape

# It stands for the size of an axis that is not there.
MISSING = 0


# --8<-- [start:aligned_shapes]
def aligned_shapes() -> Figure:
    """Shapes meet at the right. A missing axis counts as 1, and 1 is stretched.

    Three pairs of shapes, each shape a row of boxes with one box for each axis, aligned
    at the right. In the first, (5, 3) and (3,), the second row has a dashed box where its
    first axis is missing, stretched from 1 to 5; the result is (5, 3). In the second,
    (5, 1) and (5,), the 1 of the first row and the missing axis of the second are both
    stretched to 5; the result is (5, 5), without an error. In the third, (5, 3) and (5,),
    the last axis has 3 above 5, and the result is a ValueError.
    """
    figure, axes = plt.subplots(figsize=(5.5, 5.6))
    examples = [
        ("X @ W + b", (5, 3), (3,), "each row gets b"),
        ("a column minus a vector", (5, 1), (5,), "no error"),
        ("X @ W + one number per row", (5, 3), (5,), "3 against 5"),
    ]
    for number, (title, above, below, note) in enumerate(examples):
        top = -4.6 * number
        axes.text(0, top + 0.75, title, va="center", weight="bold")
        for row, shape in enumerate((above, below)):
            boxes(axes, top - 1.05 * row, shape, other=(below, above)[row])
            axes.text(0, top - 1.05 * row, str(shape), va="center", family="monospace")
        try:
            result, colour = broadcast_shape(above, below), "C0"
        except ValueError:
            result, colour = None, "C1"
        line = top - 1.05 * 1.5 - 0.1
        axes.plot([0, 7.2], [line, line], color="C0" if result else "C1", linewidth=1)
        text = str(result) if result else "ValueError"
        axes.text(0, top - 2.3, text, va="center", family="monospace", color=colour)
        axes.text(7.6, top - 2.3, note, va="center", color=colour)
        if result:
            boxes(axes, top - 2.3, result, other=result)
    axes.set(xlim=(0, 12), ylim=(-12.1, 1.2))
    axes.axis("off")
    return figure


def boxes(axes: Axes, y: float, shape: tuple, other: tuple) -> None:
    """A box for each of the last two axes: dashed where it is missing, with an arrow where it is
    stretched."""
    for place in (-2, -1):
        size = shape[place] if -place <= len(shape) else MISSING
        there = other[place] if -place <= len(other) else MISSING
        stretched = size in (MISSING, 1) and there > 1
        wrong = 1 < size != there > 1
        colour = "C1" if wrong else "C2" if stretched else "C0"
        left = 7.2 + 1.7 * place + 0.1
        box = Rectangle(
            (left, y - 0.42),
            1.5,
            0.84,
            edgecolor=colour,
            facecolor="none" if size == MISSING else colour,
            alpha=None if size == MISSING else 0.25,
            linestyle="--" if size == MISSING else "-",
        )
        axes.add_patch(box)
        text = f"1 → {there}" if stretched else str(size or 1)
        axes.text(left + 0.75, y, text, ha="center", va="center", color=colour)


# --8<-- [end:aligned_shapes]


# --8<-- [start:column_against_vector]
def column_against_vector() -> Figure:
    """A line fitted to 2x + 1, twice. With the loss on (N, 1) minus (N,), every prediction is
    drawn to every target, and ends at their mean.

    Seven targets on a line from -1 to 3. The fit by the right loss runs through all of them.
    The fit by the broadcast loss is flat, at 1.
    """
    x = np.linspace(-1, 1, 7)[:, None]
    targets = 2 * x[:, 0] + 1
    inputs = np.hstack([x, np.ones_like(x)])
    figure, axes = plt.subplots()
    axes.plot(x[:, 0], targets, "o", color=TEXT, label="targets")
    for shape, style in (((7,), "C0-"), ((7, 1), "C1--")):
        line = np.zeros(2)
        for _ in range(300):
            error = (inputs @ line).reshape(shape) - targets
            # The gradient of the mean of error²; a broadcast error has a sum in each row.
            each = error.reshape(7, -1).sum(axis=1)
            line -= 0.2 * 2 * inputs.T @ each / error.size
        label = f"{shape} - (7,), a loss of {error.shape}"
        axes.plot(x[:, 0], inputs @ line, style, label=label)
    axes.set(xlabel="input", ylabel="prediction")
    axes.legend(loc="upper left")
    return figure


# --8<-- [end:column_against_vector]
