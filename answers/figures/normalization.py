"""Figures for normalization."""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from answers.training.normalization import batch_norm, layer_norm


# --8<-- [start:what_moves_an_output]
def what_moves_an_output() -> Figure:
    """Which entries of a batch move one output, the one with a frame. Layer norm and RMS norm
    look along its row, batch norm in training down its column, in evaluation at the entry alone.

    Three grids of 5 rows, the examples, and 6 columns, the features. One cell has a frame. Full
    cells move its output. For layer norm they are the 6 of its row, for batch norm in training
    the 5 of its column, for batch norm in evaluation it is the cell alone.
    """
    x, place = np.random.default_rng(0).normal(size=(5, 6)), (2, 3)
    ones, zeros = np.ones(6), np.zeros(6)

    def by_batch(training, x):
        return batch_norm(x, ones, zeros, zeros, ones, training)[0]

    norms = {
        "layer norm": lambda x: layer_norm(x, ones, zeros),
        "batch norm,\ntraining": partial(by_batch, True),
        "batch norm,\nevaluation": partial(by_batch, False),
    }
    figure, panels = plt.subplots(1, 3, figsize=(5.5, 2.5))
    for (name, norm), axes in zip(norms.items(), panels, strict=True):
        for row, column in np.ndindex(x.shape):
            moved = x.copy()
            moved[row, column] += 1
            full = norm(moved)[place] != norm(x)[place]
            style = {"facecolor": "C0", "alpha": 0.9 if full else 0.12}
            axes.add_patch(Rectangle((column + 0.08, row + 0.08), 0.84, 0.84, **style))
        frame = Rectangle(place[::-1], 1, 1, fill=False, edgecolor="C1", linewidth=2)
        axes.add_patch(frame)
        axes.set(
            xlim=(-0.1, 6.1), ylim=(5.1, -0.1), aspect="equal", xticks=[], yticks=[]
        )
        axes.set(title=name, xlabel="features", ylabel="examples")
        axes.spines[:].set_visible(False)
    for axes in panels[1:]:
        axes.set(ylabel="")
    return figure


# --8<-- [end:what_moves_an_output]
