"""Practice for question 6: log Σ exp without overflow."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import refusal_of
from answers.grader.number_types import add_whole_numbers
from answers.probability.softmax import logsumexp

exercise = Exercise(
    logsumexp,
    page="06-softmax-cross-entropy",
    hints=(
        "log(exp(a) + exp(b)) = a + log(1 + exp(b - a)). Which of the two should be `a`?",
        "Take the maximum along the axis out of the sum. What must come back at the end?",
        "To subtract it, the maximum needs its axis (`keepdims=True`); to add it back, it must "
        "have lost it, as the sum has.",
    ),
)

rng = np.random.default_rng(61)
matrix, cube = rng.normal(size=(3, 5)), rng.normal(size=(2, 3, 5))
exercise.case("a vector", np.array([1.0, 2.0, 4.0]))
exercise.case("rows of a matrix", matrix)
exercise.case("columns of a matrix", matrix, axis=0)
exercise.case("the last of three axes", cube)
exercise.case("the middle one of three axes", cube, axis=1)
exercise.case("the first of three axes, counted from the end", cube, axis=-3)
exercise.case("an axis of size 1 beside the summed one", cube[:, :1])
exercise.case("one number", np.array([-2.5]), noted=refusal_of("one number"))
exercise.case("integers", np.array([[3, 1, 2], [0, -4, 1]]))
exercise.case(
    "logits 10 and more below the largest",
    np.array([[4.9817364, -5.1, -5.6, -5.2], [-5.3, -6, 4.8163952, -5.25]]),
)
exercise.case("equal logits", np.array([[2.0, 2.0, 0.5], [-1.5, -1.5, -1.5]]))
exercise.case("logits near 10 000", 1e4 + np.array([0.0, 1.0, -2.0, 0.5]))
exercise.case("logits near -100 000", -1e5 + np.array([0.0, 1.0, -2.0, 0.5]))
exercise.case("logits 20 000 apart in a row", np.array([[-1e4, 1e4, 1e4, 0.0]]))
exercise.case("rows 20 000 apart", matrix + np.array([[1e4], [0.0], [-1e4]]))
exercise.case("a logit of -inf", np.array([[0.0, -np.inf, 1.5], [2.0, 1.0, -np.inf]]))
exercise.case("-inf beside -100 000", np.array([[-1e5, -np.inf, 1 - 1e5], [0, 1, -2]]))
exercise.case("float32 logits near 100", (matrix + 100).astype(np.float32))
add_whole_numbers(exercise, np.array([[3, 1, 2], [0, 250, 251]]), signed=False)


@exercise.bug
def no_maximum(x, axis=-1):
    """exp overflows to inf on large logits and rounds to 0 on very negative ones, and the
    logarithm of either is infinite. Subtract the maximum first and add it back after the log."""
    # "exp overflows to inf on large logits and rounds to 0 on very negative ones, and the
    #     logarithm of either is infinite": np.isinf(got) and np.isinf(bug(-x))
    # "Subtract the maximum first and add it back after the log":
    #     np.log(np.exp(x).sum(axis=axis)) → np.log(np.exp(x - x.max(axis=axis,
    #     keepdims=True)).sum(axis=axis)) + x.max(axis=axis)
    return np.log(np.exp(x).sum(axis=axis))


@exercise.bug
def global_maximum(x, axis=-1):
    """The maximum subtracted is that of the whole array, so a row far below it becomes log 0.
    Take the maximum along the axis."""
    # "The maximum subtracted is that of the whole array, so a row far below it becomes log 0":
    #     np.isinf(got).any()
    # "Take the maximum along the axis": x.max() + → x.max(axis=axis) +; x.max()) →
    #     x.max(axis=axis, keepdims=True))
    return x.max() + np.log(np.exp(x - x.max()).sum(axis=axis))


@exercise.bug(largest=(700, 500, 100, 50))
def clipped(x, axis=-1, largest=700):
    """Clipping the logits makes exp safe but changes the result as soon as it clips.
    Subtract the maximum along the axis instead, and add it back."""
    # "Clipping the logits makes exp safe but changes the result as soon as it clips":
    #     np.isfinite(got) and got < 710 < want
    # "Subtract the maximum along the axis instead, and add it back": np.log(np.exp(np.clip(x,
    #     -largest, largest)).sum(axis=axis)) → np.log(np.exp(x - x.max(axis=axis,
    #     keepdims=True)).sum(axis=axis)) + x.max(axis=axis)
    return np.log(np.exp(np.clip(x, -largest, largest)).sum(axis=axis))


@exercise.bug
def maximum_not_added_back(x, axis=-1):
    """The maximum that was subtracted is not added back, so the result is too small by it.
    Return max + log Σ exp(x - max)."""
    # "The maximum that was subtracted is not added back, so the result is too small by it":
    #     np.isclose(got, want - x.max())
    # "Return max + log Σ exp(x - max)": return np.log → return x.max(axis=axis) + np.log
    return np.log(np.exp(x - x.max(axis=axis, keepdims=True)).sum(axis=axis))


@exercise.bug
def maximum_only(x, axis=-1):
    """This is the maximum alone, which leaves out log Σ exp(x - max): up to the log of the
    number of entries. Add it."""
    # "This is the maximum alone, which leaves out log Σ exp(x - max): up to the log of the
    #     number of entries": got == x.max() and np.isclose(right(0 * x) - bug(0 * x),
    #     np.log(len(x)))
    # "Add it": x.max(axis=axis) → x.max(axis=axis) + np.log(np.exp(x - x.max(axis=axis,
    #     keepdims=True)).sum(axis=axis))
    return x.max(axis=axis)


@exercise.bug
def axis_kept(x, axis=-1):
    """The result keeps the summed axis with size 1. Sum without keepdims at the end, or take
    the axis out with `squeeze(axis)`."""
    # "The result keeps the summed axis with size 1": np.shape(got) == (1,)
    # "Sum without keepdims at the end": np.expand_dims(logsumexp(x, axis), axis) →
    #     np.sum(np.expand_dims(logsumexp(x, axis), axis), axis=axis)
    # "or take the axis out with `squeeze(axis)`": np.expand_dims(logsumexp(x, axis), axis) →
    #     np.expand_dims(logsumexp(x, axis), axis).squeeze(axis)
    return np.expand_dims(logsumexp(x, axis), axis)


@exercise.bug(fixed=(-1, 1))
def last_axis_always(x, axis=-1, fixed=-1):
    """The argument `axis` is ignored: the sum runs along the last axis of a matrix, whatever the
    caller asks for. Pass `axis=axis` to both `max` and `sum`."""
    # "The argument `axis` is ignored: the sum runs along the last axis of a matrix, whatever
    #     the caller asks for": np.allclose(got, bug(x, axis=-1))
    # "Pass `axis=axis` to both `max` and `sum`": x.max(axis=fixed) → x.max(axis=axis);
    #     x.max(axis=fixed, → x.max(axis=axis,; sum(axis=fixed) → sum(axis=axis)
    below = np.exp(x - x.max(axis=fixed, keepdims=True))
    return x.max(axis=fixed) + np.log(below.sum(axis=fixed))


@exercise.bug
def one_sum_for_all(x, axis=-1):
    """One sum is taken over the whole array. Sum along the axis: `sum(axis=axis)`."""
    # "One sum is taken over the whole array": np.isclose(got, np.log(np.exp(x).sum()))
    # "Sum along the axis: `sum(axis=axis)`": logsumexp(x.ravel()) → np.log(np.exp(x -
    #     x.max(axis=axis, keepdims=True)).sum(axis=axis)) + x.max(axis=axis)
    return logsumexp(x.ravel())


@exercise.bug
def no_keepdims(x, axis=-1):
    """Without keepdims the maximum loses its axis, and then aligns with the wrong one or with
    none. Subtract `max(axis=axis, keepdims=True)`."""
    # "Without keepdims the maximum loses its axis, and then aligns with the wrong one or with
    #     none": isinstance(got, ValueError) and "broadcast" in str(got)
    # "Subtract `max(axis=axis, keepdims=True)`": x - top → x - x.max(axis=axis, keepdims=True)
    top = x.max(axis=axis)
    return top + np.log(np.exp(x - top).sum(axis=axis))


@exercise.bug
def maximum_added_twice(x, axis=-1):
    """The maximum is added to a result that holds it already. Add it to log Σ exp(x - max)
    alone."""
    # "The maximum is added to a result that holds it already": np.isclose(got, want + x.max())
    # "Add it to log Σ exp(x - max) alone": np.logaddexp.reduce(x, axis=axis) → np.log(np.exp(x -
    #     x.max(axis=axis, keepdims=True)).sum(axis=axis))
    return x.max(axis=axis) + np.logaddexp.reduce(x, axis=axis)


@exercise.bug
def maximum_with_its_axis(x, axis=-1):
    """The maximum keeps the axis that the sum has lost, so of a matrix the two make a table of
    all pairs of rows. Add it back without that axis."""
    # "of a matrix the two make a table of all pairs of rows": bug(np.ones((3, 2))).shape == (3, 3)
    # "Add it back without that axis": return top + → return top.squeeze(axis) +
    top = x.max(axis=axis, keepdims=True)
    return top + np.log(np.exp(x - top).sum(axis=axis))


@exercise.bug
def maximum_inside_the_log(x, axis=-1):
    """The maximum is added to the sum, inside the log. Add it to the logarithm: max + log Σ exp(x -
    max)."""
    # "The maximum is added to the sum, inside the log": np.isclose(np.exp(got) - x.max(),
    #     np.exp(want - x.max()))
    # "Add it to the logarithm: max + log Σ exp(x - max)": np.log(x.max(axis=axis) + below) →
    #     x.max(axis=axis) + np.log(below)
    below = np.exp(x - x.max(axis=axis, keepdims=True)).sum(axis=axis)
    return np.log(x.max(axis=axis) + below)


@exercise.bug
def sum_from_one(x, axis=-1):
    """The sum of exponentials starts at 1: a running log-sum that starts at 0 holds log 1. Start at
    -inf, which is log 0."""
    # "The sum of exponentials starts at 1": np.isclose(np.exp(got), 1 + np.exp(x).sum())
    # "a running log-sum that starts at 0 holds log 1": np.isclose(got,
    #     np.logaddexp.reduce(np.append(0, x)))
    # "Start at -inf, which is log 0": logaddexp(0, → logaddexp(-np.inf,
    return np.logaddexp(0, logsumexp(x, axis))


@exercise.bug
def sum_not_rescaled(x, axis=-1):
    """The running sum is not rescaled where the maximum rises, so it adds exponentials below
    different maxima. Multiply it by exp(old maximum - new maximum) first."""
    # "so it adds exponentials below different maxima": np.isclose(got, x.max() +
    #     np.log(np.exp(x - np.maximum.accumulate(x)).sum()))
    # "Multiply it by exp(old maximum - new maximum) first": total = total + np.exp(row → total =
    #     total * np.exp(np.where(new > old, old - new, 0.0)) + np.exp(row
    rows = np.moveaxis(x, axis, 0).astype(np.float64)
    old, total = rows[0], np.zeros(rows.shape[1:])
    for row in rows:
        new = np.maximum(old, row)
        total = total + np.exp(row - new)
        old = new
    return old + np.log(total)


@exercise.bug
def equals_counted_once(x, axis=-1):
    """Entries equal to the maximum are left out of the sum, and one 1 stands for all of them. Each
    adds exp(0) = 1."""
    # "Entries equal to the maximum are left out of the sum, and one 1 stands for all of them":
    #     bug(np.ones(4)) == 1
    # "Each adds exp(0) = 1": np.where(x < top, np.exp(x - top), 0.0) → np.exp(x - top);
    #     log1p → log
    top = x.max(axis=axis, keepdims=True)
    others = np.where(x < top, np.exp(x - top), 0.0).sum(axis=axis)
    return x.max(axis=axis) + np.log1p(others)
