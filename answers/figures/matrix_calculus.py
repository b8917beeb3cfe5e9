"""Figures for matrix calculus."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.figures import AXIS
from answers.networks.matrix_calculus import linear_jacobian


# --8<-- [start:jacobian_layouts]
def jacobian_layouts() -> Figure:
    """The Jacobian of a linear layer as a matrix, 3 examples, 2 inputs, 4 outputs. A row
    for each output, a column for each weight; marked where an entry of X stands, in one
    colour for each example.

    Two patterns of 12 rows and 8 columns. On the left, rows of Y and W one after the
    other: a grid of 3 by 2 blocks, each a diagonal of 4 equal entries of X, so each
    example fills a band of 4 rows. On the right, columns one after the other: 4 copies of
    X, each 3 by 2 and full, along the diagonal. In both, three quarters are zero.
    """
    n, d_in, d_out = 3, 2, 4
    x, w = np.ones((n, d_in)) * np.arange(1, n + 1)[:, None], np.ones((d_in, d_out))
    # Its entries are the number of the example, or 0.
    jacobian = linear_jacobian(x, w)
    figure, both = plt.subplots(1, 2, figsize=(5.5, 4.1))
    layouts = (("C", "X ⊗ I", "row", d_out, d_out), ("F", "I ⊗ X", "column", n, d_in))
    for axes, (order, name, first, height, width) in zip(both, layouts, strict=True):
        pattern = jacobian.reshape(n * d_out, w.size, order=order)
        for (row, column), example in np.ndenumerate(pattern):
            if example:
                corner, size = (column + 0.08, row + 0.08), 0.84
                colour = f"C{int(example) - 1}"
                axes.add_patch(plt.Rectangle(corner, size, size, color=colour, lw=0))
        axes.set(xlim=(0, w.size), ylim=(n * d_out, 0), aspect="equal")
        axes.set(xticks=range(0, w.size + 1, width), xticklabels=[])
        axes.set(yticks=range(0, n * d_out + 1, height), yticklabels=[])
        axes.grid(color=AXIS, linewidth=0.8, alpha=0.5)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set(title=f"{name}\n{first} after {first}", xlabel="weights")
    both[0].set(ylabel="outputs")
    return figure


# --8<-- [end:jacobian_layouts]
