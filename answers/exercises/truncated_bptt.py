"""Practice for question 43: gradients of a recurrent network, cut at the borders of chunks."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.truncated_bptt import truncated_bptt

exercise = Exercise(
    truncated_bptt,
    page="43-recurrent-networks",
    returns=("h", "dw_x", "dw_h", "db"),
    hints=(
        "Write one chunk first: all its states forward, then from its last step to its first.",
        "A state has two users inside its chunk. What does its gradient consist of, and what of "
        "the last state's in the chunk?",
        "The recurrent weights met the state before the step. Keep it, the first one included.",
        "From chunk to chunk one thing goes on, and one does not.",
    ),
)

rng = np.random.default_rng(45)


def network(steps, batch, inputs, hidden, chunk):
    """Gradients at the states, inputs, a state, weights and the chunk."""
    dhs, x = (rng.normal(size=(steps, batch, n)) for n in (hidden, inputs))
    weights = (inputs, hidden), (hidden, hidden), hidden
    drawn = [rng.normal(size=size) / 2 for size in ((batch, hidden), *weights)]
    return [dhs, x, *drawn, chunk]


exercise.case("one step of one unit", *network(1, 1, 1, 1, 1))
dhs, x, h, w_x, w_h, b, _ = network(2, 1, 1, 1, 2)
exercise.case("two steps in a chunk, from a state of 0", dhs, x, 0 * h, w_x, w_h, b, 2)
exercise.case(
    "two chunks of one step, from a state of 0", dhs, x, 0 * h, w_x, w_h, b, 1
)
exercise.case("two steps in a chunk", dhs, x, h, w_x, w_h, b, 2)
exercise.case("two chunks of one step", dhs, x, h, w_x, w_h, b, 1)
last = np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1)
exercise.case("a loss at the last of three steps", last, *network(3, 1, 1, 1, 3)[1:])
exercise.case("one step of three units", *network(1, 1, 2, 3, 1))
exercise.case("three steps of three units", *network(3, 1, 2, 3, 3))
exercise.case("two sequences", *network(3, 2, 1, 1, 3))
exercise.case("one chunk", *network(4, 2, 5, 3, 4))
exercise.case("a chunk that is longer than the sequence", *network(4, 2, 5, 3, 9))
exercise.case("as many inputs as units", *network(4, 2, 3, 3, 4))
exercise.case("two chunks of two steps", *network(4, 2, 5, 3, 2))
exercise.case("three chunks of three steps", *network(9, 2, 5, 3, 3))
exercise.case("a last chunk that is shorter", *network(7, 2, 5, 3, 3))
exercise.case("a last chunk of one step", *network(7, 2, 5, 3, 2))
dhs, x, h, w_x, w_h, b, _ = network(6, 3, 2, 4, 3)
exercise.case(
    "a loss in the second chunk alone",
    np.r_[0 * dhs[:3], dhs[3:]],
    x,
    h,
    w_x,
    w_h,
    b,
    3,
)
exercise.case(
    "a loss in the first chunk alone", np.r_[dhs[:3], 0 * dhs[3:]], x, h, w_x, w_h, b, 3
)
exercise.case("inputs of 0", dhs, 0 * x, h, w_x, w_h, b, 4)
exercise.case("small gradients", 1e-8 * dhs, x, h, w_x, w_h, b, 4)
far = np.r_[x[:2], 1e4 * np.sign(x[2:3]), x[3:]]
exercise.case("a step whose sums are in the thousands", dhs, far, h, w_x, w_h, b, 4)
arrays = network(5, 3, 4, 2, 2)[:6]
exercise.case("float32", *(each.astype(np.float32) for each in arrays), 2)
add_whole_numbers(exercise, *(np.rint(each) for each in network(5, 2, 3, 2, 2)[:6]), 2)
dhs, x, h, w_x, w_h, b, _ = network(5, 2, 3, 2, 2)
x, w_x = (np.rint(7e4 * each).astype(np.int32) for each in (x, w_x * [1, 0]))
exercise.case("int32 of some 7e4", dhs, x, h, w_x, w_h, b, 2)


def forward(x, h, w_x, w_h, b):
    """The state before the first step, and all that follow."""
    hs = [as_float(h)]
    for inputs in as_float(x):
        hs.append(np.tanh(inputs @ w_x + hs[-1] @ w_h + b))
    return np.stack(hs)


def summed(x, before, das):
    """The gradients of the three weights, from those at the sums of the tanh."""
    x = as_float(x)
    dw_x, dw_h = (np.einsum("tni,tnj->ij", each, das) for each in (x, before))
    return dw_x, dw_h, das.sum(axis=(0, 1))


def added(total, more):
    """Sums of the weights' gradients."""
    return tuple(a + b for a, b in zip(total, more, strict=True))


def backward(dhs, hs, w_h, dh=0):
    """From the last step to the first: the gradients at the sums, and what is left over."""
    das = []
    for d, new in zip(as_float(dhs)[::-1], hs[:0:-1], strict=True):
        das.insert(0, (d + dh) * (1 - new**2))
        dh = das[0] @ as_float(w_h).T
    return np.stack(das), dh


def parts(x, chunk):
    """The steps of each chunk."""
    return [slice(start, start + chunk) for start in range(0, len(x), chunk)]


@exercise.bug
def state_begins_at_0(dhs, x, h, w_x, w_h, b, chunk):
    """Behind the first, each chunk begins with a state of 0. Only the gradient stops at a border:
    begin where the last chunk ended, `hs[-1]`."""
    # "Behind the first, each chunk begins with a state of 0": len(x) > chunk and
    #     np.allclose(got.h, right(dhs[-1:], x[-1:], 0 * h, w_x, w_h, b, 1)[0])
    # "Only the gradient stops at a border: begin where the last chunk ended, `hs[-1]`": h = 0
    #     * hs[-1] → h = hs[-1]
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = added(total, summed(x[part], hs[:-1], das))
        h = 0 * hs[-1]
    return hs[-1], *total


@exercise.bug
def first_state_ignored(dhs, x, h, w_x, w_h, b, chunk):
    """The first chunk begins with a state of 0. Begin with the state that was passed, `h`."""
    # "The first chunk begins with a state of 0": np.allclose(got.h, right(dhs, x, 0 * h, w_x,
    #     w_h, b, chunk)[0])
    # "Begin with the state that was passed, `h`": 0 * h → h
    return truncated_bptt(dhs, x, 0 * h, w_x, w_h, b, chunk)


@exercise.bug
def same_start_for_all(dhs, x, h, w_x, w_h, b, chunk):
    """Each chunk begins with the state that was passed. The state goes on: begin where the last
    chunk ended."""
    # "Each chunk begins with the state that was passed": np.allclose(got.h, right(dhs[-1:],
    #     x[-1:], h, w_x, w_h, b, 1)[0])
    # "The state goes on: begin where the last chunk ended": end = hs[-1] → end = h = hs[-1]
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = added(total, summed(x[part], hs[:-1], das))
        end = hs[-1]
    return end, *total


@exercise.bug
def gradient_over_the_border(dhs, x, h, w_x, w_h, b, chunk):
    """The gradient goes back through the whole sequence. Stop it at the first step of each
    chunk."""
    # "The gradient goes back through the whole sequence": all(np.allclose(*pair) for pair in
    #     zip(bug(dhs, x, h, w_x, w_h, b, chunk), right(dhs, x, h, w_x, w_h, b, len(x))))
    # "Stop it at the first step of each chunk": len(x)) → chunk)
    total = 0, 0, 0
    for part in parts(x, len(x)):
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = added(total, summed(x[part], hs[:-1], das))
        h = hs[-1]
    return h, *total


@exercise.bug
def left_over_for_the_next_chunk(dhs, x, h, w_x, w_h, b, chunk):
    """What a chunk's backward pass leaves over is the start of the next one's. It belongs to the
    steps before the chunk: begin each with 0."""
    # "What a chunk's backward pass leaves over is the start of the next one's":
    #     np.allclose(got.h, want.h) and not np.allclose(got.dw_x, want.dw_x) and
    #     np.allclose(bug(np.r_[0 * dhs[:-1], dhs[-1:]], x, h, w_x, w_h, b, 1)[1],
    #     right(np.r_[0 * dhs[:-1], dhs[-1:]], x, h, w_x, w_h, b, 1)[1])
    # "It belongs to the steps before the chunk: begin each with 0": w_h, dh) → w_h)
    total, dh = (0, 0, 0), 0
    for part in parts(x, chunk):
        hs = forward(x[part], h, w_x, w_h, b)
        das, dh = backward(dhs[part], hs, w_h, dh)
        total = added(total, summed(x[part], hs[:-1], das))
        h = hs[-1]
    return h, *total


@exercise.bug
def last_chunk_dropped(dhs, x, h, w_x, w_h, b, chunk):
    """The steps behind the last whole chunk are left out. The last chunk may be shorter: let the
    starts run up to the last step."""
    # "The steps behind the last whole chunk are left out": all(np.allclose(*pair) for pair in
    #     zip(got.__dict__.values(), (h, 0, 0, 0) if chunk > len(x) else right(dhs[: len(x) //
    #     chunk * chunk], x[: len(x) // chunk * chunk], h, w_x, w_h, b, chunk)))
    # "The last chunk may be shorter: let the starts run up to the last step": len(x) - chunk
    #     + 1 → len(x)
    total = tuple(np.zeros(np.shape(w)) for w in (w_x, w_h, b))
    h = as_float(h)
    for start in range(0, len(x) - chunk + 1, chunk):
        part = slice(start, start + chunk)
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = added(total, summed(x[part], hs[:-1], das))
        h = hs[-1]
    return h, *total


@exercise.bug
def shorter_chunk_first(dhs, x, h, w_x, w_h, b, chunk):
    """The first chunk is the shorter one. Count from the first step, so that the last chunk is."""
    # "The first chunk is the shorter one": len(x) % chunk == 0 or len(x) < chunk or (lambda
    #     k: np.allclose(got.db, right(dhs[:k], x[:k], h, w_x, w_h, b, chunk)[3] +
    #     right(dhs[k:], x[k:], forward(x[:k], h, w_x, w_h, b)[-1], w_x, w_h, b,
    #     chunk)[3]))(len(x) % chunk)
    # "Count from the first step, so that the last chunk is": range(len(x) % chunk or chunk,
    #     len(x) + 1, chunk) → range(chunk, len(x) + chunk, chunk)
    total = 0, 0, 0
    for end in range(len(x) % chunk or chunk, len(x) + 1, chunk):
        part = slice(max(0, end - chunk), end)
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = added(total, summed(x[part], hs[:-1], das))
        h = hs[-1]
    return h, *total


@exercise.bug
def chunks_cut_evenly(dhs, x, h, w_x, w_h, b, chunk):
    """The chunks are cut as evenly as may be, as `np.array_split` does. All have `chunk` steps but
    the last."""
    # "The chunks are cut as evenly as may be, as `np.array_split` does": (lambda k:
    #     np.allclose(got.db, right(dhs[:k], x[:k], h, w_x, w_h, b, k)[3] + right(dhs[k:], x[k:],
    #     forward(x[:k], h, w_x, w_h, b)[-1], w_x, w_h, b, k - 1)[3]))(len(np.array_split(x,
    #     -(-len(x) // chunk))[0]))
    # "All have `chunk` steps but the last": np.array_split(np.arange(len(x)), -(-len(x) //
    #     chunk)) → parts(x, chunk)
    total = 0, 0, 0
    for part in np.array_split(np.arange(len(x)), -(-len(x) // chunk)):
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = added(total, summed(x[part], hs[:-1], das))
        h = hs[-1]
    return h, *total


@exercise.bug
def number_of_chunks(dhs, x, h, w_x, w_h, b, chunk):
    """The number passed is taken for how many chunks there are. It is how many steps each has."""
    # "The number passed is taken for how many chunks there are": all(np.allclose(*pair) for pair
    #     in zip(bug(dhs, x, h, w_x, w_h, b, 1), right(dhs, x, h, w_x, w_h, b, len(x))))
    # "It is how many steps each has": -(-len(x) // chunk) → chunk
    return truncated_bptt(dhs, x, h, w_x, w_h, b, -(-len(x) // chunk))


@exercise.bug
def window_behind_each_loss(dhs, x, h, w_x, w_h, b, chunk):
    """The loss of each step goes back over `chunk` steps, borders or not. Let it stop at the first
    step of its own chunk."""
    # "The loss of each step goes back over `chunk` steps, borders or not": np.allclose(got.db,
    #     sum(right(np.r_[0 * dhs[k:t], dhs[t : t + 1]], x[k : t + 1], forward(x, h, w_x, w_h,
    #     b)[k], w_x, w_h, b, len(x))[3] for t in range(len(x)) for k in [max(0, t + 1 -
    #     chunk)]))
    # "Let it stop at the first step of its own chunk": max(0, t + 1 - chunk) → t // chunk *
    #     chunk
    hs, total = forward(x, h, w_x, w_h, b), (0, 0, 0)
    for t in range(len(x)):
        first = max(0, t + 1 - chunk)
        own = 1 * dhs[first : t + 1]
        own[:-1] = 0
        das, _ = backward(own, hs[first : t + 2], w_h)
        total = added(total, summed(x[first : t + 1], hs[first : t + 1], das))
    return hs[-1].copy(), *total


@exercise.bug
def slope_left_out(dhs, x, h, w_x, w_h, b, chunk):
    """The slope of the tanh is missing. Behind a state multiply by 1 - h²."""
    # "The slope of the tanh is missing": np.allclose(got.db, dhs.sum(axis=(0, 1))) if chunk
    #     == 1 else len(x) > 1
    # "Behind a state multiply by 1 - h²": d, _ in → d, new in; d + dh → (d + dh) * (1 - new
    #     ** 2)
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs, dh, das = forward(x[part], h, w_x, w_h, b), 0, []
        for d, _ in zip(as_float(dhs[part])[::-1], hs[:0:-1], strict=True):
            das.insert(0, d + dh)
            dh = das[0] @ as_float(w_h).T
        total, h = added(total, summed(x[part], hs[:-1], np.stack(das))), hs[-1]
    return h, *total


@exercise.bug
def slope_left_out_on_the_way_back(dhs, x, h, w_x, w_h, b, chunk):
    """What goes back to the state before lacks the slope of the tanh. Hand back the gradient at the
    sum: `das[0] @ w_h.T`."""
    # "What goes back to the state before lacks the slope of the tanh": (lambda hs:
    #     np.allclose(got.db, (dhs * (1 - hs[1:] ** 2)).sum(axis=(0, 1)) + (dhs[1] @ w_h.T * (1 -
    #     hs[1] ** 2)).sum(axis=0)))(forward(x, h, w_x, w_h, b)) and len(x) == chunk == 2
    # "Hand back the gradient at the sum: `das[0] @ w_h.T`": dh @ as_float(w_h).T → das[0] @ w_h.T
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs, dh, das = forward(x[part], h, w_x, w_h, b), 0, []
        for d, new in zip(as_float(dhs[part])[::-1], hs[:0:-1], strict=True):
            dh = d + dh
            das.insert(0, dh * (1 - new**2))
            dh = dh @ as_float(w_h).T
        total, h = added(total, summed(x[part], hs[:-1], np.stack(das))), hs[-1]
    return h, *total


@exercise.bug
def slope_before_the_sum(dhs, x, h, w_x, w_h, b, chunk):
    """What the next step hands back is added after the slope, and so not multiplied by it. Add
    first: `(d + dh) * (1 - new**2)`."""
    # "What the next step hands back is added after the slope, and so not multiplied by it": (lambda
    #     hs: np.allclose(got.db, (dhs * (1 - hs[1:] ** 2)).sum(axis=(0, 1)) + (dhs[1] * (1 - hs[2]
    #     ** 2) @ w_h.T).sum(axis=0)))(forward(x, h, w_x, w_h, b)) and len(x) == chunk == 2
    # "Add first: `(d + dh) * (1 - new**2)`": d * (1 - new ** 2) + dh → (d + dh) * (1 - new**2)
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs, dh, das = forward(x[part], h, w_x, w_h, b), 0, []
        for d, new in zip(as_float(dhs[part])[::-1], hs[:0:-1], strict=True):
            das.insert(0, d * (1 - new**2) + dh)
            dh = das[0] @ as_float(w_h).T
        total, h = added(total, summed(x[part], hs[:-1], np.stack(das))), hs[-1]
    return h, *total


@exercise.bug
def slope_at_the_state_before(dhs, x, h, w_x, w_h, b, chunk):
    """The slope is taken at the state before the step. The tanh made the state after it: multiply
    by 1 - h² of that."""
    # "The slope is taken at the state before the step": np.allclose(got.db, (dhs[0] * (1 -
    #     h**2)).sum(axis=0)) if len(x) == 1 else True
    # "The tanh made the state after it: multiply by 1 - h² of that": hs[-2::-1] → hs[:0:-1]
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs, dh, das = forward(x[part], h, w_x, w_h, b), 0, []
        for d, old in zip(as_float(dhs[part])[::-1], hs[-2::-1], strict=True):
            das.insert(0, (d + dh) * (1 - old**2))
            dh = das[0] @ as_float(w_h).T
        total, h = added(total, summed(x[part], hs[:-1], np.stack(das))), hs[-1]
    return h, *total


@exercise.bug
def tanh_taken_twice(dhs, x, h, w_x, w_h, b, chunk):
    """The slope is 1 - tanh(h)², but the state is the tanh already. Multiply by `1 - new**2`."""
    # "The slope is 1 - tanh(h)², but the state is the tanh already": np.allclose(got.db,
    #     (dhs[0] * (1 - np.tanh(want.h) ** 2)).sum(axis=0)) if len(x) == 1 else True
    # "Multiply by `1 - new**2`": 1 - np.tanh(new) ** 2 → 1 - new**2
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs, dh, das = forward(x[part], h, w_x, w_h, b), 0, []
        for d, new in zip(as_float(dhs[part])[::-1], hs[:0:-1], strict=True):
            das.insert(0, (d + dh) * (1 - np.tanh(new) ** 2))
            dh = das[0] @ as_float(w_h).T
        total, h = added(total, summed(x[part], hs[:-1], np.stack(das))), hs[-1]
    return h, *total


@exercise.bug
def weights_meet_the_new_state(dhs, x, h, w_x, w_h, b, chunk):
    """dw_h is made of the states after each step. The weights met the state before it:
    `hs[:-1]`."""
    # "dw_h is made of the states after each step": np.allclose(got.dw_h, want.h.T @ (dhs[0] *
    #     (1 - want.h**2))) if len(x) == 1 else True
    # "The weights met the state before it: `hs[:-1]`": hs[1:] → hs[:-1]
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = added(total, summed(x[part], hs[1:], das))
        h = hs[-1]
    return h, *total


@exercise.bug
def border_state_left_out(dhs, x, h, w_x, w_h, b, chunk):
    """The state at the start of a chunk gives nothing to dw_h. No gradient goes back to it, but the
    weights met it: take it with the others."""
    # "The state at the start of a chunk gives nothing to dw_h": not bug(dhs, x, h, w_x, w_h,
    #     b, 1)[2].any()
    # "No gradient goes back to it, but the weights met it: take it with the others": 0 *
    #     hs[:1] → hs[:1]
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        met = np.concatenate([0 * hs[:1], hs[1:-1]])
        total = added(total, summed(x[part], met, das))
        h = hs[-1]
    return h, *total


@exercise.bug
def weights_not_transposed(dhs, x, h, w_x, w_h, b, chunk):
    """A step back multiplies by `w_h` as the step forward did. Backward it is transposed:
    `w_h.T`."""
    # "A step back multiplies by `w_h` as the step forward did": np.allclose(bug(dhs, x, h,
    #     w_x, w_h + w_h.T, b, chunk)[2], right(dhs, x, h, w_x, w_h + w_h.T, b, chunk)[2]) and
    #     not np.allclose(got.dw_h, want.dw_h)
    # "Backward it is transposed: `w_h.T`": as_float(w_h).T → [w_h.T, as_float(w_h)][1]
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, as_float(w_h).T)
        total = added(total, summed(x[part], hs[:-1], das))
        h = hs[-1]
    return h, *total


@exercise.bug
def loss_at_the_last_step_alone(dhs, x, h, w_x, w_h, b, chunk):
    """Of each chunk only the last step's loss counts. Every state has its own: add `dhs` at each
    step."""
    # "Of each chunk only the last step's loss counts": all(np.allclose(*pair) for pair in
    #     zip(bug(dhs, x, h, w_x, w_h, b, len(x)), right(np.r_[0 * dhs[:-1], dhs[-1:]], x, h,
    #     w_x, w_h, b, len(x))))
    # "Every state has its own: add `dhs` at each step": own[:-1] = 0 → own = dhs [part]
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs, own = forward(x[part], h, w_x, w_h, b), 1 * dhs[part]
        own[:-1] = 0
        das, _ = backward(own, hs, w_h)
        total = added(total, summed(x[part], hs[:-1], das))
        h = hs[-1]
    return h, *total


@exercise.bug
def no_step_back(dhs, x, h, w_x, w_h, b, chunk):
    """Each state's gradient is the loss's alone, as if every chunk had one step. Add what the next
    step hands back: `das[0] @ w_h.T`."""
    # "Each state's gradient is the loss's alone, as if every chunk had one step":
    #     all(np.allclose(*pair) for pair in zip(bug(dhs, x, h, w_x, w_h, b, chunk),
    #     right(dhs, x, h, w_x, w_h, b, 1)))
    # "Add what the next step hands back: `das[0] @ w_h.T`": d * (1 - new ** 2) → (d + (das[0]
    #     @ w_h.T if das else 0)) * (1 - new ** 2)
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs, das = forward(x[part], h, w_x, w_h, b), []
        for d, new in zip(as_float(dhs[part])[::-1], hs[:0:-1], strict=True):
            das.insert(0, d * (1 - new**2))
        total, h = added(total, summed(x[part], hs[:-1], np.stack(das))), hs[-1]
    return h, *total


@exercise.bug
def gradients_of_the_last_chunk(dhs, x, h, w_x, w_h, b, chunk):
    """The gradients are those of the last chunk: they are set anew for each. Add them up."""
    # "The gradients are those of the last chunk: they are set anew for each":
    #     np.allclose(bug(np.r_[dhs[:-1] * 0, dhs[-1:]], x, h, w_x, w_h, b, 1)[3],
    #     right(np.r_[dhs[:-1] * 0, dhs[-1:]], x, h, w_x, w_h, b, 1)[3]) and not
    #     np.allclose(got.db, want.db)
    # "Add them up": total = summed(x[part], hs[:-1], das) → total = added(total,
    #     summed(x[part], hs[:-1], das))
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = summed(x[part], hs[:-1], das)
        h = hs[-1]
    return h, *total


@exercise.bug
def averaged_over_chunks(dhs, x, h, w_x, w_h, b, chunk):
    """The gradients are averaged over the chunks. Add them up: the loss is a sum over steps."""
    # "The gradients are averaged over the chunks": np.allclose(got.db * len(parts(x, chunk)),
    #     want.db)
    # "Add them up": each / len(parts(x, chunk)) → each
    h, *total = truncated_bptt(dhs, x, h, w_x, w_h, b, chunk)
    return h, *(each / len(parts(x, chunk)) for each in total)


@exercise.bug
def averaged_over_sequences(dhs, x, h, w_x, w_h, b, chunk):
    """The gradients are divided by the number of sequences. That belongs to the loss: sum."""
    # "The gradients are divided by the number of sequences": np.allclose(got.db * len(h),
    #     want.db)
    # "That belongs to the loss: sum": / len(h) → / 1
    last, *total = truncated_bptt(dhs, x, h, w_x, w_h, b, chunk)
    return last, *(each / len(h) for each in total)


@exercise.bug(rate=(0.01, 0.1, 0.001, 1))
def weights_updated_between_chunks(dhs, x, h, w_x, w_h, b, chunk, rate=0.01):
    """The weights take a step after each chunk, so the next one meets others. They stay as they
    are: only add the gradients up."""
    # "The weights take a step after each chunk, so the next one meets others": len(x) == 2 and
    #     chunk == 1 and np.allclose(got.h, forward(x[1:], forward(x[:1], h, w_x, w_h, b)[1], *(w -
    #     0.01 * d for w, d in zip((w_x, w_h, b), right(dhs[:1], x[:1], h, w_x, w_h, b,
    #     1)[1:])))[1], rtol=1e-12)
    # "They stay as they are": each - rate * new → each
    weights, total = [as_float(each) for each in (w_x, w_h, b)], (0, 0, 0)
    for part in parts(x, chunk):
        hs = forward(x[part], h, *weights)
        das, _ = backward(dhs[part], hs, weights[1])
        more = summed(x[part], hs[:-1], das)
        pairs = zip(weights, more, strict=True)
        weights = [each - rate * new for each, new in pairs]
        total, h = added(total, more), hs[-1]
    return h, *total


@exercise.bug
def state_at_the_start(dhs, x, h, w_x, w_h, b, chunk):
    """The state that comes back is where the last chunk began. Return the state after its last
    step."""
    # "The state that comes back is where the last chunk began": np.allclose(got.dw_h,
    #     want.dw_h) and (len(x) > chunk or np.allclose(got.h, h))
    # "Return the state after its last step": hs[0] → hs[-1]
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = added(total, summed(x[part], hs[:-1], das))
        h = hs[-1]
    return hs[0].copy(), *total


@exercise.bug
def cut_before_the_last_step(dhs, x, h, w_x, w_h, b, chunk):
    """The gradient is cut before the last step of a chunk. Cut it before the first: where
    `t % chunk` is 0."""
    # "The gradient is cut before the last step of a chunk": chunk == len(x) == 2 and np.allclose(
    #     got.db, right(dhs, x, h, w_x, w_h, b, 1)[3])
    # "Cut it before the first: where `t % chunk` is 0": (t + 1) % chunk → t % chunk
    hs, dh, das = forward(x, h, w_x, w_h, b), 0, []
    for t in range(len(x))[::-1]:
        das.insert(0, (as_float(dhs)[t] + dh) * (1 - hs[t + 1] ** 2))
        dh = das[0] @ as_float(w_h).T if (t + 1) % chunk else 0
    return hs[-1].copy(), *summed(x, hs[:-1], np.stack(das))


@exercise.bug
def chunk_of_one_step_dropped(dhs, x, h, w_x, w_h, b, chunk):
    """A last chunk of one step is left out. Let the starts run up to the last step:
    `range(0, len(x), chunk)`."""
    # "A last chunk of one step is left out": len(x) == chunk == 1 and not got.dw_x.any()
    # "Let the starts run up to the last step: `range(0, len(x), chunk)`": range(0, len(x) - 1,
    #     chunk) → range(0, len(x), chunk)
    total = tuple(np.zeros(np.shape(w)) for w in (w_x, w_h, b))
    h = as_float(h)
    for start in range(0, len(x) - 1, chunk):
        part = slice(start, start + chunk)
        hs = forward(x[part], h, w_x, w_h, b)
        das, _ = backward(dhs[part], hs, w_h)
        total = added(total, summed(x[part], hs[:-1], das))
        h = hs[-1]
    return h, *total


@exercise.bug(of=("dhs", "x"))
def steps_of_the_first_chunk(dhs, x, h, w_x, w_h, b, chunk, of="dhs"):
    """Each chunk counts its steps from 0, and so reads the sequence's first steps of `dhs`, or of
    `x` for dw_x. Add where the chunk starts."""
    # "Each chunk counts its steps from 0, and so reads the sequence's first steps of `dhs`": chunk
    #     == 1 and np.allclose(got.db, right(0 * dhs + dhs[:1], x, h, w_x, w_h, b, 1)[3])
    # "Add where the chunk starts": slice(steps) → part
    total = 0, 0, 0
    for part in parts(x, chunk):
        hs = forward(x[part], h, w_x, w_h, b)
        steps = len(hs) - 1
        das, _ = backward(dhs[slice(steps) if of == "dhs" else part], hs, w_h)
        met = x[slice(steps) if of == "x" else part]
        total = added(total, summed(met, hs[:-1], das))
        h = hs[-1]
    return h, *total


@exercise.bug
def state_behind_the_padding(dhs, x, h, w_x, w_h, b, chunk):
    """The last chunk is padded with inputs of 0, and the state goes on through them. Return the
    state after the last step of the sequence."""
    # "The last chunk is padded with inputs of 0, and the state goes on through them":
    #     np.allclose(got.h, right(*(np.zeros((-len(x) % chunk, *a.shape[1:])) for a in (dhs, x)),
    #     want.h, w_x, w_h, b, 1)[0])
    # "Return the state after the last step of the sequence": -len(x) % chunk → 0
    last, *total = truncated_bptt(dhs, x, h, w_x, w_h, b, chunk)
    for _ in range(-len(x) % chunk):
        last = np.tanh(last @ as_float(w_h) + b)
    return last, *total
