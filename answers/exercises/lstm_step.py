"""Practice for question 43: a step of a long short-term memory, forward."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.recurrent import lstm_step, sigmoid

exercise = Exercise(
    lstm_step,
    page="43-recurrent-networks",
    returns=("h", "c", "gates"),
    hints=(
        "One sum serves all four gates: what the inputs give, what the old state gives, the bias.",
        "Three gates say how much, between 0 and 1; the fourth says what, between -1 and 1.",
        "The new cell keeps a share of the old one and takes in a share of the candidate.",
        "What leaves the step is a share of the new cell, squashed between -1 and 1.",
    ),
)

rng = np.random.default_rng(43)


def step(batch, inputs, hidden, size=1.0):
    """Inputs, state, cell and weights."""
    states = [rng.normal(size=(batch, n)) for n in (inputs, hidden, hidden)]
    weights = (inputs, 4 * hidden), (hidden, 4 * hidden), 4 * hidden
    return [*states, *(size * rng.normal(size=each) for each in weights)]


x, h, c, w_x, w_h, b = step(1, 1, 1)
exercise.case("one unit, from a state and a cell of 0", x, 0 * h, 0 * c, w_x, w_h, b)
exercise.case("weights and biases of 0", x, h, c, 0 * w_x, 0 * w_h, 0 * b)
exercise.case("a cell of 0", x, h, 0 * c, w_x, w_h, b)
exercise.case("a state of 0", x, 0 * h, c, w_x, w_h, b)
exercise.case("a bias of 0", x, h, c, w_x, w_h, 0 * b)
exercise.case("one unit", *step(1, 1, 1))
exercise.case("two sequences of one unit", *step(2, 1, 1))
exercise.case("three units", *step(1, 2, 3))
exercise.case("two sequences of three units", *step(2, 5, 3))
exercise.case("as many inputs as units", *step(2, 3, 3))
exercise.case("four sequences, inputs and units", *step(4, 4, 4))
x, h, c, w_x, w_h, b = step(3, 2, 2)
b[:2], b[2:4] = -60, 60
exercise.case("forget gates open and input gates shut", x, h, c, 0 * w_x, 0 * w_h, b)
b[:2], b[2:4] = 60, -60
exercise.case("forget gates shut and input gates open", x, h, c, 0 * w_x, 0 * w_h, b)
x, h, c, w_x, w_h, b = step(2, 3, 2)
exercise.case("a large cell", x, h, 40 * c, w_x, w_h, b)
exercise.case("a bias of 1,000", x, h, c, w_x, w_h, np.sign(b) * 1000)
exercise.case("small inputs", 1e-3 * x, 1e-3 * h, c, w_x, w_h, 1e-3 * b)
exercise.case("float32", *(each.astype(np.float32) for each in step(3, 4, 2)))
add_whole_numbers(exercise, *(np.rint(each) for each in step(2, 3, 2)))


def summed(x, h, w_x, w_h, b):
    """What the four nonlinearities get, each (batch, hidden)."""
    a = as_float(x) @ as_float(w_x) + as_float(h) @ as_float(w_h) + as_float(b)
    return np.split(a, 4, axis=1)


@exercise.bug
def candidate_behind_the_output_gate(x, h, c, w_x, w_h, b):
    """The blocks are taken in the order i, f, o, g. The columns are those of i, f, g, o."""
    # "The blocks are taken in the order i, f, o, g": np.allclose(np.split(got.gates, 4,
    #     axis=1)[3], sigmoid(np.split(x @ w_x + h @ w_h + b, 4, axis=1)[2]))
    # "The columns are those of i, f, g, o": i, f, o, g = summed → i, f, g, o = summed
    i, f, o, g = summed(x, h, w_x, w_h, b)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def forget_gate_first(x, h, c, w_x, w_h, b):
    """Input and forget gate are exchanged. The first block of columns is the input gate's, the
    second the forget gate's."""
    # "Input and forget gate are exchanged": np.allclose(got.gates, np.concatenate([*np.split(
    #     want.gates, 4, axis=1)[1::-1], *np.split(want.gates, 4, axis=1)[2:]], axis=1))
    # "The first block of columns is the input gate's, the second the forget gate's": f, i, g,
    #     o = summed → i, f, g, o = summed
    f, i, g, o = summed(x, h, w_x, w_h, b)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def sigmoid_for_the_candidate(x, h, c, w_x, w_h, b):
    """The candidate g is a sigmoid, so that nothing can be taken off the cell. It is a tanh."""
    # "The candidate g is a sigmoid, so that nothing can be taken off the cell":
    #     (np.split(got.gates, 4, axis=1)[2] >= 0).all() and (np.split(want.gates, 4,
    #     axis=1)[2] < 0).any()
    # "It is a tanh": sigmoid(g) → np.tanh(g)
    i, f, g, o = summed(x, h, w_x, w_h, b)
    i, f, g, o = sigmoid(i), sigmoid(f), sigmoid(g), sigmoid(o)
    c = f * as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def state_without_tanh(x, h, c, w_x, w_h, b):
    """The new state is o times the new cell itself. Squash the cell first: `o * np.tanh(c)`."""
    # "The new state is o times the new cell itself": np.allclose(got.h, np.split(want.gates,
    #     4, axis=1)[3] * want.c)
    _, c, gates = lstm_step(x, h, c, w_x, w_h, b)
    o = np.split(gates, 4, axis=1)[3]
    return o * c, c, gates


@exercise.bug
def state_of_the_old_cell(x, h, c, w_x, w_h, b):
    """The new state is read from the cell before the step. Read it from the new cell."""
    # "The new state is read from the cell before the step": np.allclose(got.h,
    #     np.split(want.gates, 4, axis=1)[3] * np.tanh(c))
    # "Read it from the new cell": np.tanh(as_float(c)) → np.tanh(after)
    i, f, g, o = np.split(lstm_step(x, h, c, w_x, w_h, b)[2], 4, axis=1)
    after = f * as_float(c) + i * g
    return o * np.tanh(as_float(c)), after, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def input_gate_for_the_new_state(x, h, c, w_x, w_h, b):
    """The new state has the input gate as its factor. The output gate says what leaves the step."""
    # "The new state has the input gate as its factor": np.allclose(got.h,
    #     np.split(want.gates, 4, axis=1)[0] * np.tanh(want.c))
    # "The output gate says what leaves the step": [0] → [3]
    _, c, gates = lstm_step(x, h, c, w_x, w_h, b)
    return np.split(gates, 4, axis=1)[0] * np.tanh(c), c, gates


@exercise.bug
def candidate_taken_in_whole(x, h, c, w_x, w_h, b):
    """The candidate enters the cell without its gate. Add `i * g`."""
    # "The candidate enters the cell without its gate": np.allclose(got.c,
    #     np.split(want.gates, 4, axis=1)[1] * c + np.split(want.gates, 4, axis=1)[2])
    # "Add `i * g`": + g → + i * g
    i, f, g, o = np.split(lstm_step(x, h, c, w_x, w_h, b)[2], 4, axis=1)
    c = f * as_float(c) + g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def nothing_forgotten(x, h, c, w_x, w_h, b):
    """The old cell is kept whole: the forget gate is not used. Multiply the old cell by f."""
    # "The old cell is kept whole: the forget gate is not used": np.allclose(got.c, c +
    #     np.split(want.gates, 4, axis=1)[0] * np.split(want.gates, 4, axis=1)[2])
    # "Multiply the old cell by f": as_float(c) + i → f * as_float(c) + i
    i, f, g, o = np.split(lstm_step(x, h, c, w_x, w_h, b)[2], 4, axis=1)
    c = as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def forget_gate_turned(x, h, c, w_x, w_h, b):
    """The cell keeps 1 - f of what it held. The forget gate is the share that is kept: f."""
    # "The cell keeps 1 - f of what it held": np.allclose(got.c, (1 - np.split(want.gates, 4,
    #     axis=1)[1]) * c + np.split(want.gates, 4, axis=1)[0] * np.split(want.gates, 4,
    #     axis=1)[2])
    # "The forget gate is the share that is kept: f": (1 - f) * → f *
    i, f, g, o = np.split(lstm_step(x, h, c, w_x, w_h, b)[2], 4, axis=1)
    c = (1 - f) * as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def one_gate_for_both(x, h, c, w_x, w_h, b):
    """The cell takes in 1 - f of the candidate, as a GRU would. Here the input gate is another
    gate: `i * g`."""
    # "The cell takes in 1 - f of the candidate": np.allclose(got.c, np.split(want.gates, 4,
    #     axis=1)[1] * c + (1 - np.split(want.gates, 4, axis=1)[1]) * np.split(want.gates, 4,
    #     axis=1)[2])
    # "Here the input gate is another gate: `i * g`": (1 - f) * g → i * g
    i, f, g, o = np.split(lstm_step(x, h, c, w_x, w_h, b)[2], 4, axis=1)
    c = f * as_float(c) + (1 - f) * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def gates_exchanged_at_the_cell(x, h, c, w_x, w_h, b):
    """The cell keeps by the input gate and takes in by the forget gate. It is the other way round:
    `f * c + i * g`."""
    # "The cell keeps by the input gate and takes in by the forget gate": np.allclose(got.c,
    #     np.split(want.gates, 4, axis=1)[0] * c + np.split(want.gates, 4, axis=1)[1] *
    #     np.split(want.gates, 4, axis=1)[2])
    # "It is the other way round: `f * c + i * g`": i * as_float(c) + f * g → f * c + i * g
    i, f, g, o = np.split(lstm_step(x, h, c, w_x, w_h, b)[2], 4, axis=1)
    c = i * as_float(c) + f * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def state_not_read(x, h, c, w_x, w_h, b):
    """The old state is not used: the gates see the inputs alone. Add `h @ w_h`."""
    # "The old state is not used: the gates see the inputs alone": np.allclose(got.gates,
    #     right(x, 0 * h, c, w_x, w_h, b)[2])
    # "Add `h @ w_h`": 0 * as_float(h) → (h @ w_h, h)[1]
    return lstm_step(x, 0 * as_float(h), c, w_x, w_h, b)


@exercise.bug
def bias_forgotten(x, h, c, w_x, w_h, b):
    """The bias is left out. Add `b` to the sum, before the gates."""
    # "The bias is left out": np.allclose(got.gates, right(x, h, c, w_x, w_h, 0 * b)[2])
    # "Add `b` to the sum, before the gates": 0 * as_float(b) → b
    return lstm_step(x, h, c, w_x, w_h, 0 * as_float(b))


@exercise.bug
def bias_twice(x, h, c, w_x, w_h, b):
    """The bias is added twice. PyTorch has two vectors, but `b` is their sum: add it once."""
    # "The bias is added twice": np.allclose(got.gates, right(x, h, c, w_x, w_h, 2 * b)[2])
    # "PyTorch has two vectors, but `b` is their sum: add it once": 2 * as_float(b) → b
    return lstm_step(x, h, c, w_x, w_h, 2 * as_float(b))


@exercise.bug
def cell_for_the_state(x, h, c, w_x, w_h, b):
    """The gates read the old cell in place of the old state. They see the state: `h @ w_h`."""
    # "The gates read the old cell in place of the old state": np.allclose(got.gates, right(x,
    #     c, c, w_x, w_h, b)[2])
    # "They see the state: `h @ w_h`": x, c, c, → x, (h @ w_h, h)[1], c,
    return lstm_step(x, c, c, w_x, w_h, b)


@exercise.bug
def sums_for_gates(x, h, c, w_x, w_h, b):
    """The gates are returned as they were before their sigmoids and tanh. Return what multiplies:
    `np.concatenate([i, f, g, o], axis=1)`."""
    # "The gates are returned as they were before their sigmoids and tanh":
    #     np.allclose(got.gates, x @ w_x + h @ w_h + b) and np.allclose(got.h, want.h)
    # "Return what multiplies: `np.concatenate([i, f, g, o], axis=1)`": np.concatenate(sums,
    #     axis=1) → np.concatenate([i, f, g, o], axis=1)
    sums = summed(x, h, w_x, w_h, b)
    i, f, g, o = sigmoid(sums[0]), sigmoid(sums[1]), np.tanh(sums[2]), sigmoid(sums[3])
    c = f * as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate(sums, axis=1)


@exercise.bug
def units_of_four(x, h, c, w_x, w_h, b):
    """Four neighbouring columns are taken for one unit's gates. The columns stand gate by gate: the
    first `hidden` of them are all input gates."""
    # "Four neighbouring columns are taken for one unit's gates": np.allclose(got.gates[:, 1],
    #     want.gates[:, 4])
    # "The columns stand gate by gate": np.moveaxis(a.reshape(len(a), -1, 4), 2, 0) →
    #     np.split(a, 4, axis=1)
    # "the first `hidden` of them are all input gates": (lambda hidden: np.allclose(
    #     want.gates[:, :hidden], sigmoid((x @ w_x + h @ w_h + b)[:, :hidden])))(h.shape[1])
    #     and not np.allclose(got.gates, want.gates)
    a = np.concatenate(summed(x, h, w_x, w_h, b), axis=1)
    i, f, g, o = np.moveaxis(a.reshape(len(a), -1, 4), 2, 0)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def cell_squashed(x, h, c, w_x, w_h, b):
    """The cell that is handed on is its own tanh. Only the state is squashed: the cell goes on as
    it is."""
    # "The cell that is handed on is its own tanh": np.allclose(got.c, np.tanh(want.c))
    # "the cell goes on as it is": new, np.tanh(c) → new, c
    # "Only the state is squashed": np.allclose(got.h, want.h) and np.allclose(got.c,
    #     np.tanh(want.c))
    new, c, gates = lstm_step(x, h, c, w_x, w_h, b)
    return new, np.tanh(c), gates


@exercise.bug
def exponential_over_its_successor(x, h, c, w_x, w_h, b):
    """The sigmoid is e^z / (1 + e^z), which is infinity over infinity where z is large. Write it as
    `0.5 * (1 + np.tanh(0.5 * z))`, which never overflows."""
    # "The sigmoid is e^z / (1 + e^z), which is infinity over infinity where z is large":
    #     np.isnan(got.gates).any() and (x @ w_x + h @ w_h + b).max() > 709
    # "Write it as `0.5 * (1 + np.tanh(0.5 * z))`, which never overflows": np.exp(z) / (1 +
    #     np.exp(z)) → 0.5 * (1 + np.tanh(0.5 * z))
    i, f, g, o = summed(x, h, w_x, w_h, b)
    with np.errstate(all="ignore"):
        i, f, o = (np.exp(z) / (1 + np.exp(z)) for z in (i, f, o))
    g = np.tanh(g)
    c = f * as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug(slope=(0.2, 1 / 6, 0.25))
def hard_sigmoid(x, h, c, w_x, w_h, b, slope=0.2):
    """The gates are hard sigmoids: a straight line, cut at 0 and 1. Take 1 / (1 + e^-z)."""
    # "The gates are hard sigmoids: a straight line, cut at 0 and 1": np.allclose(got.gates[:, 0],
    #     np.clip(0.5 + 0.2 * (x @ w_x + h @ w_h + b)[:, 0], 0, 1))
    # "Take 1 / (1 + e^-z)": np.clip(slope * z + 0.5, 0, 1) → 1 / (1 + np.exp(-z))
    i, f, g, o = summed(x, h, w_x, w_h, b)
    i, f, o = (np.clip(slope * z + 0.5, 0, 1) for z in (i, f, o))
    g = np.tanh(g)
    c = f * as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug
def more_for_the_forget_gate(x, h, c, w_x, w_h, b):
    """The forget gate gets 1 on top of its bias. Here `b` is all of it: add nothing."""
    # "The forget gate gets 1 on top of its bias": np.allclose(got.gates, right(x, h, c, w_x, w_h, b
    #     + np.repeat([0, 1, 0, 0], h.shape[1]))[2])
    # "Here `b` is all of it: add nothing": f + 1 → (f, b)[0]
    i, f, g, o = summed(x, h, w_x, w_h, b)
    i, f, g, o = sigmoid(i), sigmoid(f + 1), np.tanh(g), sigmoid(o)
    c = f * as_float(c) + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


@exercise.bug(power=(2, 1))
def tanh_of_exponentials(x, h, c, w_x, w_h, b, power=2):
    """tanh is a quotient of exponentials, which is infinity over infinity where z is large. Take
    `np.tanh(z)`."""

    # "tanh is a quotient of exponentials, which is infinity over infinity where z is large":
    #     np.isnan(got.gates).any() and (x @ w_x + h @ w_h + b).max() > 709
    def tanh(z):
        up, down = np.exp(power * z), np.exp((power - 2) * z)
        return (up - down) / (up + down)

    i, f, g, o = summed(x, h, w_x, w_h, b)
    with np.errstate(all="ignore"):
        i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
    c = f * as_float(c) + i * g
    with np.errstate(all="ignore"):
        return o * tanh(c), c, np.concatenate([i, f, g, o], axis=1)
