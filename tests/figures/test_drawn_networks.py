"""Figures of networks: what they draw is what the library computes, and what they say is so."""

import numpy as np
from drawing import Drawing, same
from matplotlib.colors import to_hex

from answers.figures import SERIES
from answers.networks.broadcasting import broadcast_shape
from answers.networks.gradient_cost import operations_by_size


def test_gradients_flowing():
    figure = Drawing("gradients_flowing")
    a, b = 2, 3
    u = a * b
    v = u + a
    figure.says("u = a b = 6", u == 6)
    figure.says("v = u + a = 8", v == 8)
    figure.says("a = 2 and b = 3", (a, b) == (2, 3))
    figure.says("the loss u v = 48", u * v == 48)
    by_v, by_u = u, v + u
    figure.says("loss 1; v gets 6; u gets 8 from the loss and 6 from v, 14 together")
    figure.says("a gets 6 from v and 42 from u, 48 together; b gets 28.")
    assert (by_v, by_u, by_u * b, by_u * b + by_v, by_u * a) == (6, 14, 42, 48, 28)
    texts = figure.texts()
    # By node its value, its formula, its gradient; by arrow what goes back along it.
    arrows = sorted(text for text in texts if text.startswith("←"))
    assert arrows == sorted(f"← {part}" for part in (b * by_u, a * by_u, 6, 6, 6, 8))
    nodes = [text for text in texts if text and not text.startswith("←")]
    named = {nodes[k + 1]: (nodes[k], nodes[k + 2]) for k in range(0, len(nodes), 3)}
    assert named == {
        "a": ("2", "48"),
        "b": ("3", "28"),
        "u = a b": ("6", "14"),
        "v = u + a": ("8", "6"),
        "loss": ("48", "1"),
    }
    places = {text.get_text(): text.get_position()[0] for text in figure.panels[0].texts}
    figure.says("computes the values, left to right", places["a"] < places["u = a b"])
    assert places["u = a b"] < places["v = u + a"] < places["loss"]


def test_cost_of_modes():
    figure = Drawing("cost_of_modes")
    assert figure.axes() == ("parameters", "evaluations of the loss")
    counted = np.array([operations_by_size(hidden) for hidden in (1, 2, 4, 8, 16, 32, 64)])
    sizes, losses, reverse, forward = counted.T
    assert same(figure.line("reverse mode"), (sizes, reverse / losses))
    assert same(figure.line("forward mode"), (sizes, forward / losses))
    assert same(figure.line("centred differences"), (sizes, 2 * sizes))
    figure.says("logarithmic, parameters from 12 to 579", (sizes[0], sizes[-1]) == (12, 579))
    figure.says("Reverse mode stays near 2.4.", np.abs(reverse / losses - 2.4).max() < 0.1)
    figure.says("two evaluations for each parameter, rise in proportion from 24 to 1158")
    assert (2 * sizes[0], 2 * sizes[-1]) == (24, 1158)
    first, last = (forward / losses)[[0, -1]]
    figure.says("beside them, from 27 to about 1000", round(first) == 27 and 950 < last < 1050)


def test_aligned_shapes():
    figure = Drawing("aligned_shapes")
    texts = figure.texts()
    figure.says("A missing axis counts as 1, and 1 is stretched.")
    figure.says("In the first, (5, 3) and (3,), the second row")
    figure.says("stretched from 1 to 5; the result is (5, 3).")
    figure.says("(5, 1) and (5,), the 1 of the first row")
    figure.says("stretched to 5; the result is (5, 5), without an error")
    figure.says("In the third, (5, 3) and (5,), the last axis has 3 above 5")
    figure.says("the result is a ValueError")
    assert broadcast_shape((5, 3), (3,)) == (5, 3)
    assert broadcast_shape((5, 1), (5,)) == (5, 5)
    # By example: title, two shapes with a text for each box, what comes out of it.
    assert texts == [
        *("X @ W + b", "5", "3", "(5, 3)", "1 → 5", "3", "(3,)", "(5, 3)", "each row gets b"),
        *("5", "3", "a column minus a vector", "5", "1 → 5", "(5, 1)", "1 → 5", "5", "(5,)"),
        *("(5, 5)", "no error", "5", "5", "X @ W + one number per row", "5", "3", "(5, 3)"),
        *("1 → 5", "5", "(5,)", "ValueError", "3 against 5"),
    ]
    boxes = figure.panels[0].patches
    dashed = [number for number, box in enumerate(boxes) if box.get_linestyle() == "--"]
    figure.says("a dashed box where its first axis is missing", dashed == [2, 8, 14])


def test_column_against_vector():
    figure = Drawing("column_against_vector")
    x, targets = figure.line("targets")
    figure.says("A line fitted to 2x + 1, twice", same(targets, 2 * x + 1))
    figure.says("Seven targets on a line from -1 to 3", (min(targets), max(targets)) == (-1, 3))
    assert len(targets) == 7
    # The least squares in closed form: of each target, and of each pair.
    (_, right), (_, wrong) = figure.lines()[1][1:], figure.lines()[2][1:]
    fit = np.polyval(np.polyfit(x, targets, 1), x)
    paired = np.polyval(np.polyfit(np.repeat(x, 7), np.tile(targets, 7), 1), x)
    figure.says("The fit by the right loss runs through all of them", same(right, fit, 1e-6))
    figure.says("The fit by the broadcast loss is flat, at 1.", same(wrong, 0 * x + 1, 1e-6))
    assert same(wrong, paired, 1e-6)
    figure.says("and ends at their mean", same(targets.mean(), 1.0))
    assert figure.names()[1:] == ["(7,) - (7,), a loss of (7,)", "(7, 1) - (7,), a loss of (7, 7)"]
    figure.says("With the loss on (N, 1) minus (N,)", figure.lines()[2][0] == "--")


def test_step_size():
    figure = Drawing("step_size")
    h, one = figure.line("one-sided")
    _, two = figure.line("centred")
    coarse, single = figure.line("centred, float32")
    assert figure.axes() == ("step h", "relative error")
    assert same(h, 10.0 ** np.arange(-11, 0))
    assert same(coarse, 10.0 ** np.arange(-5, 0))
    figure.says("1,600 weights", 40 * 40 == 1600)
    figure.says("float64 fall to about 1e-10 near h = 1e-4 and rise on both sides")
    assert h[two.argmin()] == 1e-4
    assert 3e-11 < two.min() < 3e-10
    assert (np.diff(two)[:7] < 0).all()
    assert (np.diff(two)[7:] > 0).all()
    figure.says("differences fall to about 4e-8 near h = 1e-6", round(one.min() / 1e-8) == 4)
    assert h[one.argmin()] == 1e-6
    figure.says("differences hardly get below 1e-4", 3e-5 < single.min() < 1e-3)
    figure.says("the error hardly falls below 1e-4")
    # Right of the bottom the error is truncation: a tenth of the step, a tenth or a hundredth.
    figure.says("right of it truncation", 0.05 < one[7] / one[8] < 0.2)
    assert two[8] / two[9] < 0.1


def test_jacobian_layouts():
    figure = Drawing("jacobian_layouts")
    figure.says("3 examples, 2 inputs, 4 outputs")
    figure.says("12 rows and 8 columns", (3 * 4, 2 * 4) == (12, 8))
    x, one = np.array([[1, 1], [2, 2], [3, 3]]), np.eye(4)
    figure.says("a grid of 3 by 2 blocks, each a diagonal of 4 equal entries of X")
    figure.says("each example fills a band of 4 rows")
    figure.says("4 copies of X, each 3 by 2 and full")
    for panel, pattern in ((0, np.kron(x, one)), (1, np.kron(np.eye(4), x))):
        drawn = np.zeros((12, 8))
        for box in figure.panels[panel].patches:
            drawn[int(box.get_y()), int(box.get_x())] = ink(box)
        assert same(drawn, pattern)
        figure.says("In both, three quarters are zero", (drawn == 0).mean() == 0.75)
    titles = [axes.get_title() for axes in figure.panels]
    assert titles == ["X ⊗ I\nrow after row", "I ⊗ X\ncolumn after column"]
    assert [figure.axes(0), figure.axes(1)] == [("weights", "outputs"), ("weights", "")]


def ink(box) -> int:
    """Which of the figures' colours a box has, from 1."""
    return SERIES.index(to_hex(box.get_facecolor())) + 1
