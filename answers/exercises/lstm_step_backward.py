"""Practice for question 43: a step of a long short-term memory, backward."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.recurrent import lstm_step, lstm_step_backward, sigmoid

exercise = Exercise(
    lstm_step_backward,
    page="43-recurrent-networks",
    returns=("dx", "dh", "dc", "dw_x", "dw_h", "db"),
    hints=(
        "Write the step as two lines, the new cell and the new state. The new cell is not among "
        "the arguments, but all that made it is.",
        "Who uses the new cell? Two; their gradients add up before anything else is done.",
        "Take one gate: what does it multiply, and what is its slope, written by its own value?",
        "With the four gradients side by side it is a linear layer of the inputs and the state.",
    ),
)

rng = np.random.default_rng(44)


def taken(batch, inputs, hidden):
    """Two gradients, what a step took and its gates, and the weights."""
    dh, dc, h, c = rng.normal(size=(4, batch, hidden))
    x, b = rng.normal(size=(batch, inputs)), rng.normal(size=4 * hidden)
    w_x, w_h = (rng.normal(size=(n, 4 * hidden)) for n in (inputs, hidden))
    return [dh, dc, x, h, c, lstm_step(x, h, c, w_x, w_h, b)[2], w_x, w_h]


dh, dc, *rest = taken(1, 1, 1)
exercise.case("one unit, no gradient at the state", 0 * dh, dc, *rest)
exercise.case("one unit, no gradient at the cell", dh, 0 * dc, *rest)
exercise.case("one unit", *taken(1, 1, 1))
dh, dc, x, h, c, gates, w_x, w_h = taken(1, 1, 1)
exercise.case("a cell of 0", dh, dc, x, h, 0 * c, gates, w_x, w_h)
exercise.case("an input of 0", dh, dc, 0 * x, h, c, gates, w_x, w_h)
exercise.case("a state of 0", dh, dc, x, 0 * h, c, gates, w_x, w_h)
exercise.case("no gradient at all", 0 * dh, 0 * dc, x, h, c, gates, w_x, w_h)
exercise.case("three units", *taken(1, 2, 3))
exercise.case("two sequences of one unit", *taken(2, 1, 1))
exercise.case("two sequences of three units", *taken(2, 5, 3))
exercise.case("as many inputs as units", *taken(2, 3, 3))
exercise.case("four sequences, inputs and units", *taken(4, 4, 4))
dh, dc, *rest = taken(3, 4, 2)
exercise.case("no gradient at the state", 0 * dh, dc, *rest)
exercise.case("no gradient at the cell", dh, 0 * dc, *rest)
dh, dc, x, h, c, gates, w_x, w_h = taken(3, 2, 2)
ends = np.tile(np.repeat([0.0, 1.0, 0.5, 1.0], 2), (3, 1))
exercise.case(
    "forget and output gates open, input gates shut", dh, dc, x, h, c, ends, w_x, w_h
)
exercise.case("a large cell", dh, dc, x, h, 40 * c, gates, w_x, w_h)
exercise.case("small gradients", 1e-8 * dh, 1e-8 * dc, x, h, c, gates, w_x, w_h)
exercise.case("float32", *(each.astype(np.float32) for each in taken(3, 4, 2)))
dh, dc, x, h, c, gates, w_x, w_h = (np.rint(each * 2) for each in taken(2, 3, 2))
add_whole_numbers(exercise, dh, dc, x, h, c, 3 - gates, w_x, w_h)


def inner(dh, dc, c, gates):
    """The gates, the new cell's tanh, and the gradient at the new cell."""
    i, f, g, o = np.split(as_float(gates), 4, axis=1)
    tanh_c = np.tanh(f * as_float(c) + i * g)
    return i, f, g, o, tanh_c, as_float(dc) + as_float(dh) * o * (1 - tanh_c**2)


def again(gates):
    """What sigmoid and tanh make of gates that are through them already."""
    i, f, g, o = np.split(as_float(gates), 4, axis=1)
    return np.concatenate([sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)], axis=1)


def outer(di, df, dg, do, dc, x, h, w_x, w_h):
    """All gradients, from those at the sums that the gates got."""
    x, h, w_x, w_h = map(as_float, (x, h, w_x, w_h))
    da = np.concatenate([di, df, dg, do], axis=1)
    return da @ w_x.T, da @ w_h.T, dc, x.T @ da, h.T @ da, da.sum(axis=0)


def of_cell(delta, dh, x, h, c, gates, w_x, w_h):
    """All gradients, from this one at the new cell."""
    i, f, g, o, tanh_c, _ = inner(dh, 0 * dh, c, gates)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (1 - g**2), dh * tanh_c * o * (1 - o)
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def next_step_forgotten(dh, dc, x, h, c, gates, w_x, w_h):
    """`dc` is not used: the new cell's gradient comes from the new state alone. The next step uses
    the cell, too: add `dc`."""
    # "`dc` is not used: the new cell's gradient comes from the new state alone":
    #     all(np.allclose(*pair) for pair in zip(bug(dh, 0 * dc, x, h, c, gates, w_x, w_h),
    #     right(dh, 0 * dc, x, h, c, gates, w_x, w_h))) and np.allclose(got.dc, right(dh, 0 *
    #     dc, x, h, c, gates, w_x, w_h)[2])
    # "The next step uses the cell, too: add `dc`": dh * o → dc + dh * o
    o, tanh_c = inner(dh, dc, c, gates)[3:5]
    delta = dh * o * (1 - tanh_c**2)
    return of_cell(delta, dh, x, h, c, gates, w_x, w_h)


@exercise.bug
def cell_not_reached_through_the_state(dh, dc, x, h, c, gates, w_x, w_h):
    """The new cell's gradient is `dc` alone. The new state was read from the cell: add `dh * o * (1
    - tanh_c**2)`."""
    # "The new cell's gradient is `dc` alone": np.allclose(got.dc, dc * np.split(gates, 4,
    #     axis=1)[1])
    # "The new state was read from the cell: add `dh * o * (1 - tanh_c**2)`": as_float(dc) →
    #     (lambda i, f, g, o, tanh_c, _: as_float(dc) + dh * o * (1 - tanh_c**2))(*inner(dh,
    #     dc, c, gates))
    return of_cell(as_float(dc), dh, x, h, c, gates, w_x, w_h)


@exercise.bug
def slope_of_the_cells_tanh_left_out(dh, dc, x, h, c, gates, w_x, w_h):
    """From state to cell the slope of the tanh is missing. Multiply by `(1 - tanh_c**2)`."""
    # "From state to cell the slope of the tanh is missing": np.allclose(got.dc, (dc + dh *
    #     np.split(gates, 4, axis=1)[3]) * np.split(gates, 4, axis=1)[1])
    # "Multiply by `(1 - tanh_c**2)`": delta + dh * o * tanh_c ** 2 → dc + dh * o * (1 -
    #     tanh_c**2)
    _, _, _, o, tanh_c, delta = inner(dh, dc, c, gates)
    delta = delta + dh * o * tanh_c**2
    return of_cell(delta, dh, x, h, c, gates, w_x, w_h)


@exercise.bug
def slope_at_the_new_state(dh, dc, x, h, c, gates, w_x, w_h):
    """The slope of the cell's tanh is taken as 1 - h'², but the new state is o times that tanh.
    Take the tanh itself: `(1 - tanh_c**2)`."""
    # "The slope of the cell's tanh is taken as 1 - h'², but the new state is o times that
    #     tanh": np.allclose(got.dc, (dc + dh * np.split(gates, 4, axis=1)[3] * (1 -
    #     (np.split(gates, 4, axis=1)[3] * inner(dh, dc, c, gates)[4]) ** 2)) *
    #     np.split(gates, 4, axis=1)[1])
    # "Take the tanh itself: `(1 - tanh_c**2)`": (1 - (o * tanh_c) ** 2) → (1 - tanh_c**2)
    o, tanh_c = inner(dh, dc, c, gates)[3:5]
    delta = dc + dh * o * (1 - (o * tanh_c) ** 2)
    return of_cell(delta, dh, x, h, c, gates, w_x, w_h)


@exercise.bug
def slope_at_the_cell(dh, dc, x, h, c, gates, w_x, w_h):
    """The slope of the cell's tanh is taken as 1 - c'², at the new cell itself. Take its tanh:
    `(1 - tanh_c**2)`."""
    # "The slope of the cell's tanh is taken as 1 - c'², at the new cell itself": (lambda i, f, g,
    #     o: np.allclose(got.dc, (dc + dh * o * (1 - (f * c + i * g) ** 2)) * f))(*np.split(gates,
    #     4, axis=1))
    # "Take its tanh: `(1 - tanh_c**2)`": (1 - cell ** 2) → (1 - tanh_c**2)
    i, f, g, o, tanh_c, _ = inner(dh, dc, c, gates)
    cell = f * c + i * g + 0 * tanh_c
    delta = dc + dh * o * (1 - cell**2)
    return of_cell(delta, dh, x, h, c, gates, w_x, w_h)


@exercise.bug
def tanh_of_the_old_cell(dh, dc, x, h, c, gates, w_x, w_h):
    """The tanh is taken of the old cell. Compute the new one first: `f * c + i * g`."""
    # "The tanh is taken of the old cell": np.allclose(got.dc, (dc + dh * np.split(gates, 4,
    #     axis=1)[3] * (1 - np.tanh(c) ** 2)) * np.split(gates, 4, axis=1)[1])
    # "Compute the new one first: `f * c + i * g`": np.tanh(as_float(c)) → np.tanh(f * c + i *
    #     g)
    i, f, g, o, *_ = inner(dh, dc, c, gates)
    tanh_c = np.tanh(as_float(c))
    delta = dc + dh * o * (1 - tanh_c**2)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (1 - g**2), dh * tanh_c * o * (1 - o)
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def forget_gate_of_the_new_cell(dh, dc, x, h, c, gates, w_x, w_h):
    """The forget gate's gradient has the new cell as its factor. It multiplied the old cell:
    `c`."""
    # "The forget gate's gradient has the new cell as its factor":
    #     np.allclose(np.split(got.db, 4)[1], (lambda i, f, g, o, tanh_c, delta: (delta * (f *
    #     c + i * g) * f * (1 - f)).sum(axis=0))(*inner(dh, dc, c, gates)))
    # "It multiplied the old cell: `c`": (f * c + i * g) → c
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g * i * (1 - i), delta * (f * c + i * g) * f * (1 - f)
    dg, do = delta * i * (1 - g**2), dh * tanh_c * o * (1 - o)
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def own_factor(dh, dc, x, h, c, gates, w_x, w_h):
    """Input gate and candidate each have their own value as factor. In a product each gets the
    other: i gets g, and g gets i."""
    # "Input gate and candidate each have their own value as factor": (lambda i, f, g, o,
    #     tanh_c, delta: np.allclose(np.split(got.db, 4)[0], (delta * i * i * (1 -
    #     i)).sum(axis=0)))(*inner( dh, dc, c, gates))
    # "In a product each gets the other: i gets g, and g gets i": delta * i * i → delta * g *
    #     i; delta * g * (1 → delta * i * (1
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * i * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * g * (1 - g**2), dh * tanh_c * o * (1 - o)
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def output_gate_of_the_cell(dh, dc, x, h, c, gates, w_x, w_h):
    """The output gate's gradient has the new cell as its factor. It multiplied the cell's tanh."""
    # "The output gate's gradient has the new cell as its factor": (lambda i, f, g, o, tanh_c,
    #     delta: np.allclose(np.split(got.db, 4)[3], (dh * (f * c + i * g) * o * (1 -
    #     o)).sum(axis=0)))(*inner(dh, dc, c, gates))
    # "It multiplied the cell's tanh": dh * (f * c + i * g) → dh * np.tanh(f * c + i * g)
    i, f, g, o, _, delta = inner(dh, dc, c, gates)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (1 - g**2), dh * (f * c + i * g) * o * (1 - o)
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def slopes_of_gates_left_out(dh, dc, x, h, c, gates, w_x, w_h):
    """The gradients stop at the gates: the slopes of sigmoid and tanh are missing. Multiply by s (1
    - s) for i, f and o, and by 1 - g² for g."""
    # "The gradients stop at the gates: the slopes of sigmoid and tanh are missing": (lambda
    #     i, f, g, o, tanh_c, delta: np.allclose(np.split(got.db, 4)[2], (delta *
    #     i).sum(axis=0)))(*inner( dh, dc, c, gates))
    # "Multiply by s (1 - s) for i, f and o, and by 1 - g² for g": delta * g, delta * c →
    #     delta * g * i * (1 - i), delta * c * f * (1 - f); delta * i, dh * tanh_c → delta * i
    #     * (1 - g**2), dh * tanh_c * np.split(gates, 4, axis=1)[3] * (1 - np.split(gates, 4,
    #     axis=1)[3])
    i, f, g, _, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g, delta * c
    dg, do = delta * i, dh * tanh_c
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def sigmoids_slope_for_the_candidate(dh, dc, x, h, c, gates, w_x, w_h):
    """The candidate has the slope of a sigmoid, g (1 - g). It is a tanh: `1 - g**2`."""
    # "The candidate has the slope of a sigmoid, g (1 - g)": (lambda i, f, g, o, tanh_c,
    #     delta: np.allclose(np.split(got.db, 4)[2], (delta * i * g * (1 -
    #     g)).sum(axis=0)))(*inner(dh, dc, c, gates))
    # "It is a tanh: `1 - g**2`": g * (1 - g) → (1 - g**2)
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (g * (1 - g)), dh * tanh_c * o * (1 - o)
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def candidates_tanh_taken_twice(dh, dc, x, h, c, gates, w_x, w_h):
    """The candidate's slope is 1 - tanh(g)², but g is the tanh already. Multiply by `1 - g**2`."""
    # "The candidate's slope is 1 - tanh(g)², but g is the tanh already": (lambda i, f, g, o,
    #     tanh_c, delta: np.allclose(np.split(got.db, 4)[2], (delta * i * (1 - np.tanh(g) **
    #     2)).sum(axis=0)))(*inner(dh, dc, c, gates))
    # "Multiply by `1 - g**2`": (1 - np.tanh(g) ** 2) → (1 - g**2)
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (1 - np.tanh(g) ** 2), dh * tanh_c * o * (1 - o)
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def gates_squashed_again(dh, dc, x, h, c, gates, w_x, w_h):
    """The gates go through their sigmoids and tanh again. They come as they multiply: take them as
    they are."""
    # "The gates go through their sigmoids and tanh again": np.allclose(got.db, right(dh, dc,
    #     x, h, c, again(gates), w_x, w_h)[5])
    # "They come as they multiply: take them as they are": again(gates) → gates
    return lstm_step_backward(dh, dc, x, h, c, again(gates), w_x, w_h)


@exercise.bug
def tanhs_slope_for_the_gates(dh, dc, x, h, c, gates, w_x, w_h):
    """The gates i, f and o have the slope of a tanh, 1 - s². They are sigmoids: s (1 - s)."""
    # "The gates i, f and o have the slope of a tanh, 1 - s²": (lambda i, f, g, o, tanh_c,
    #     delta: np.allclose(np.split(got.db, 4)[0], (delta * g * (1 -
    #     i**2)).sum(axis=0)))(*inner(dh, dc, c, gates))
    # "They are sigmoids: s (1 - s)": (1 - i ** 2) → i * (1 - i); (1 - f ** 2) → f * (1 - f);
    #     (1 - o ** 2) → o * (1 - o)
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g * (1 - i**2), delta * c * (1 - f**2)
    dg, do = delta * i * (1 - g**2), dh * tanh_c * (1 - o**2)
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def cells_gradient_not_forgotten(dh, dc, x, h, c, gates, w_x, w_h):
    """The old cell gets the new cell's gradient whole. The step kept a share of it: multiply by
    f."""
    # "The old cell gets the new cell's gradient whole": np.allclose(got.dc, inner(dh, dc, c,
    #     gates)[5])
    # "The step kept a share of it: multiply by f": dg, do, delta, → dg, do, delta * f,
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (1 - g**2), dh * tanh_c * o * (1 - o)
    return outer(di, df, dg, do, delta, x, h, w_x, w_h)


@exercise.bug
def old_cell_from_dc_alone(dh, dc, x, h, c, gates, w_x, w_h):
    """The old cell gets `dc * f`, without what comes through the new state. Multiply the sum of
    both by f."""
    # "The old cell gets `dc * f`, without what comes through the new state": (lambda f:
    #     np.allclose(got.dc, dc * f))(np.split(gates, 4, axis=1)[1])
    # "Multiply the sum of both by f": dc * f → delta * f
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (1 - g**2), dh * tanh_c * o * (1 - o)
    return outer(di, df, dg, do, dc * f, x, h, w_x, w_h)


def exchanged(columns, order):
    """The four blocks of columns in this order, which is its own inverse."""
    blocks = np.split(columns, 4, axis=-1)
    return np.concatenate([blocks[k] for k in order], axis=-1)


@exercise.bug(order=((0, 1, 3, 2), (0, 2, 1, 3), (1, 0, 2, 3)))
def gates_in_another_order(dh, dc, x, h, c, gates, w_x, w_h, order=(0, 1, 3, 2)):
    """The gates are taken in another order than theirs, and their gradients stand in it, too. They
    come as i, f, g, o."""
    # "The gates are taken in another order than theirs": np.allclose(exchanged(got.db, (0, 1, 3,
    #     2)), right(dh, dc, x, h, c, exchanged(gates, (0, 1, 3, 2)), w_x, w_h)[5])
    # "and their gradients stand in it, too": np.allclose(exchanged(got.db, (0, 1, 3, 2)), right(dh,
    #     dc, x, h, c, exchanged(gates, (0, 1, 3, 2)), w_x, w_h)[5])
    # "They come as i, f, g, o": exchanged(each, order) → each
    gates, w_x, w_h = (exchanged(each, order) for each in (gates, w_x, w_h))
    dx, dh, dc, *weights = lstm_step_backward(dh, dc, x, h, c, gates, w_x, w_h)
    return dx, dh, dc, *(exchanged(each, order) for each in weights)


def unit_by_unit(columns, sizes):
    """Blocks of columns with their units side by side, or back, by the sizes."""
    cut = columns.reshape(*columns.shape[:-1], *sizes)
    return cut.swapaxes(-1, -2).reshape(columns.shape)


@exercise.bug
def gates_unit_by_unit(dh, dc, x, h, c, gates, w_x, w_h):
    """The columns are read as four gates of each unit, unit by unit. They are four blocks: i of all
    units, then f, g and o."""
    # "The columns are read as four gates of each unit, unit by unit": np.allclose(got.dc, right(dh,
    #     dc, x, h, c, unit_by_unit(gates, (-1, 4)), w_x, w_h)[2])
    # "They are four blocks": (-1, 4) → (1, -1); (4, -1) → (1, -1)
    gates, w_x, w_h = (unit_by_unit(each, (-1, 4)) for each in (gates, w_x, w_h))
    dx, dh, dc, *weights = lstm_step_backward(dh, dc, x, h, c, gates, w_x, w_h)
    return dx, dh, dc, *(unit_by_unit(each, (4, -1)) for each in weights)


@exercise.bug(gate=(0, 1, 2, 3))
def one_slope_left_out(dh, dc, x, h, c, gates, w_x, w_h, gate=0):
    """One of the gates has no slope, and the other three have theirs. Multiply by s (1 - s) for i,
    f and o, and by 1 - g² for g."""
    # "One of the gates has no slope": (lambda i, f, g, o, tanh_c, delta:
    #     np.allclose(np.split(got.db, 4)[0], (delta * g).sum(axis=0)))(*inner(dh, dc, c, gates))
    # "and the other three have theirs": np.allclose(np.split(got.db, 4)[1:], np.split(want.db,
    #     4)[1:]) and not np.allclose(got.db, want.db)
    # "Multiply by s (1 - s) for i, f and o, and by 1 - g² for g": slopes[gate] = 1 →
    #     slopes[gate] *= 1
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    slopes = [i * (1 - i), f * (1 - f), 1 - g**2, o * (1 - o)]
    slopes[gate] = 1
    di, df = delta * g * slopes[0], delta * c * slopes[1]
    dg, do = delta * i * slopes[2], dh * tanh_c * slopes[3]
    return outer(di, df, dg, do, delta * f, x, h, w_x, w_h)


@exercise.bug
def square_of_the_difference(dh, dc, x, h, c, gates, w_x, w_h):
    """The slope of the cell's tanh is the square of 1 - tanh_c. It is 1 less the square:
    `(1 - tanh_c**2)`."""
    # "The slope of the cell's tanh is the square of 1 - tanh_c": (lambda i, f, g, o, tanh_c, delta:
    #     np.allclose(got.dc, (dc + dh * o * (1 - tanh_c) ** 2) * f))(*inner(dh, dc, c, gates))
    # "It is 1 less the square: `(1 - tanh_c**2)`": (1 - tanh_c) ** 2 → (1 - tanh_c**2)
    o, tanh_c = inner(dh, dc, c, gates)[3:5]
    delta = dc + dh * o * (1 - tanh_c) ** 2
    return of_cell(delta, dh, x, h, c, gates, w_x, w_h)


@exercise.bug
def in_the_type_of_the_gates(dh, dc, x, h, c, gates, w_x, w_h):
    """The gradients at the gates are written into an array of the gates' type: that of integers
    cuts them off. Make it of floats."""
    # "that of integers cuts them off": gates.dtype.kind == "i" and np.array_equal(got.db,
    #     np.trunc(got.db)) and not np.allclose(got.db, want.db)
    # "Make it of floats": .astype(gates.dtype) →
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (1 - g**2), dh * tanh_c * o * (1 - o)
    written = (each.astype(gates.dtype) for each in (di, df, dg, do))
    return outer(*written, delta * f, x, h, w_x, w_h)


@exercise.bug
def candidate_behind_the_output_gate(dh, dc, x, h, c, gates, w_x, w_h):
    """The blocks stand in the order i, f, o, g. Put them in the order of the gates: i, f, g, o."""
    # "The blocks stand in the order i, f, o, g": np.allclose(np.split(got.db, 4)[2],
    #     np.split(want.db, 4)[3]) and np.allclose(np.split(got.db, 4)[3], np.split(want.db,
    #     4)[2])
    # "Put them in the order of the gates: i, f, g, o": di, df, do, dg, delta → di, df, dg,
    #     do, delta
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (1 - g**2), dh * tanh_c * o * (1 - o)
    return outer(di, df, do, dg, delta * f, x, h, w_x, w_h)


@exercise.bug
def weights_meet_the_new_state(dh, dc, x, h, c, gates, w_x, w_h):
    """dw_h is made of the state after the step. The weights met the state before it: `h`."""
    # "dw_h is made of the state after the step": (lambda i, f, g, o, tanh_c, delta:
    #     np.allclose(got.dw_h, right(dh, dc, x, o * tanh_c, c, gates, w_x,
    #     w_h)[4]))(*inner(dh, dc, c, gates))
    # "The weights met the state before it: `h`": x, o * tanh_c, c → x, h, c
    o, tanh_c = inner(dh, dc, c, gates)[3:5]
    return lstm_step_backward(dh, dc, x, o * tanh_c, c, gates, w_x, w_h)


@exercise.bug
def averaged_over_sequences(dh, dc, x, h, c, gates, w_x, w_h):
    """The weights' gradients are divided by the number of sequences. That belongs to the loss:
    sum."""
    # "The weights' gradients are divided by the number of sequences": np.allclose(got.dw_x *
    #     len(x), want.dw_x) and np.allclose(got.db * len(x), want.db)
    # "That belongs to the loss: sum": / len(x) → / 1
    dx, dh, dc, *weights = lstm_step_backward(dh, dc, x, h, c, gates, w_x, w_h)
    return dx, dh, dc, *(each / len(x) for each in weights)


@exercise.bug
def bias_for_each_sequence(dh, dc, x, h, c, gates, w_x, w_h):
    """db keeps an axis of sequences. All of them have one bias: sum over that axis."""
    # "db keeps an axis of sequences": got.db.shape == gates.shape
    # "All of them have one bias: sum over that axis": da) → da.sum(axis=0))
    i, f, g, o, tanh_c, delta = inner(dh, dc, c, gates)
    di, df = delta * g * i * (1 - i), delta * c * f * (1 - f)
    dg, do = delta * i * (1 - g**2), dh * tanh_c * o * (1 - o)
    da = np.concatenate([di, df, dg, do], axis=1)
    return (*outer(di, df, dg, do, delta * f, x, h, w_x, w_h)[:5], da)


@exercise.bug
def old_cell_through_the_gates(dh, dc, x, h, c, gates, w_x, w_h):
    """The old cell gets the gates' gradients through `w_h`, too. Only the state enters the gates:
    the cell gets delta f alone."""
    # "The old cell gets the gates' gradients through `w_h`, too": w_h.any() and
    #     np.allclose(got.dc, want.dc + want.dh)
    # "Only the state enters the gates: the cell gets delta f alone": dc + dh, → dc,
    dx, dh, dc, *weights = lstm_step_backward(dh, dc, x, h, c, gates, w_x, w_h)
    return dx, dh, dc + dh, *weights
