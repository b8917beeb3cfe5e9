"""Figures of training: what they draw is what holds."""

import numpy as np
from drawing import Drawing

from answers.training.normalization import rms_norm


def test_what_moves_an_output():
    figure = Drawing("what_moves_an_output")
    found = []
    for axes in figure.panels:
        *cells, frame = axes.patches
        corners = [each.get_xy() for each in cells]
        columns, rows = np.round(np.array(corners) - 0.08).astype(int).T
        assert sorted(zip(rows, columns, strict=True)) == [*np.ndindex(5, 6)]
        full = np.zeros((5, 6), bool)
        full[rows, columns] = [each.get_alpha() > 0.5 for each in cells]
        found.append(full)
        figure.says("One cell has a frame", frame.get_xy() == (3, 2) and not frame.get_fill())
        assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first row is above
    row, column = np.ogrid[:5, :6]
    figure.says("Three grids of 5 rows", len(found) == 3)
    figure.says("6 columns, the features")
    figure.says("the 6 of its row", np.array_equal(found[0], (row == 2) & (column >= 0)))
    figure.says(
        "in training the 5 of its column", np.array_equal(found[1], (column == 3) & (row >= 0))
    )
    figure.says("it is the cell alone", np.array_equal(found[2], (row == 2) & (column == 3)))
    figure.says("batch norm in training down its column, in evaluation at the entry alone")
    x = np.random.default_rng(0).normal(size=(5, 6))
    moves = np.zeros((5, 6), bool)
    for place in np.ndindex(5, 6):
        other = x.copy()
        other[place] += 1
        moves[place] = rms_norm(other, np.ones(6))[2, 3] != rms_norm(x, np.ones(6))[2, 3]
    figure.says("Layer norm and RMS norm look along its row", np.array_equal(moves, found[0]))
    figure.says("Full cells move its output")
    titles = [axes.get_title().replace("\n", " ") for axes in figure.panels]
    assert titles == ["layer norm", "batch norm, training", "batch norm, evaluation"]
    assert figure.axes() == ("features", "examples")
