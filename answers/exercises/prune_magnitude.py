"""Practice for question 11: remove the weights that are nearest to 0."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import NO_AXIS
from answers.grader.number_types import add_whole_numbers
from answers.transformers.pruning import prune_magnitude

exercise = Exercise(
    prune_magnitude,
    page="11-efficient-inference",
    hints=(
        "How many weights go? Which order of the weights has them in front?",
        "`np.argsort(..., axis=None)` orders all entries of an array of any shape; `.flat` takes "
        "such indices.",
        "A threshold removes no weight that is equal to it, or all of them. An order of the "
        "weights tells equal ones apart.",
    ),
)

rng = np.random.default_rng(11)
matrix = rng.normal(size=(4, 5))
rows = matrix * np.array([[0.3], [1.0], [4.0], [0.1]])
exercise.case("half of a vector", np.array([0.5, 3.0, 0.25, 2.0]), fraction=0.5)
exercise.case("both signs", np.array([0.5, -3.0, -0.25, 2.0, 1.0]), fraction=0.4)
exercise.case("a matrix", matrix, fraction=0.3)
exercise.case("rows of different sizes", rows, fraction=0.55)
exercise.case("three axes", rng.normal(size=(2, 3, 5)) + 0.4, fraction=0.7)
exercise.case("a count to be rounded down", matrix, fraction=0.315)
exercise.case("a count to be rounded up", matrix[:3], fraction=0.65)
exercise.case("a count of twelve and a half", matrix, fraction=0.625)
exercise.case("nothing to remove", matrix, fraction=0.0)
exercise.case("nothing but one", matrix, fraction=0.95)
exercise.case("everything", matrix, fraction=1.0)
exercise.case("no weight above 0", -np.abs(matrix), fraction=0.3)
exercise.case(
    "integers", rng.permutation(np.arange(1, 15)).reshape(2, 7) - 20, fraction=0.5
)
exercise.case("some zeros already", matrix * (np.abs(matrix) > 0.5), fraction=0.7)
exercise.case("float32", matrix.astype(np.float32), fraction=0.35)
add_whole_numbers(exercise, np.array([[3, 200, 40], [0, 130, 129]]), 0.5, signed=False)
exercise.case("one weight", np.array(-1.5), 0.75, noted=NO_AXIS)


@exercise.check
def of_equal_weights_as_many_go_as_should(submission):
    """Of ten weights, eight of them equally small, exactly half must go: a threshold removes
    none or all of the equal ones."""
    w = np.array([[0.5, -0.5, 0.5, 2.0, 0.5], [-0.5, 0.5, -3.0, 0.5, -0.5]])
    pruned = np.asarray(submission(w.copy(), 0.5))
    kept = pruned != 0
    return kept.sum() == 5 and kept[0, 3] and kept[1, 2] and (pruned == w)[kept].all()


@exercise.check
def the_result_is_a_copy_where_nothing_goes(submission):
    """At fraction 0 the result must be a copy: if it is `w` itself, whoever changes the one changes
    the other."""
    w = np.array([[0.5, -3.0], [-0.25, 2.0]])
    return not np.may_share_memory(submission(w, 0.0), w)


@exercise.check
def tiny_weights_have_an_order_too(submission):
    """Of weights near 1e-200, the smallest must go: their squares are all 0 in a float."""
    w = 1e-200 * np.array([[3.0, 1.0], [-2.0, 4.0]])
    return np.array_equal(
        submission(w.copy(), 0.5), np.where(np.abs(w) > 2.5e-200, w, 0)
    )


def removed(w, order, count):
    """A copy of `w` in which the first `count` entries of `order` are 0."""
    w = w.astype(float)
    w.flat[order[:count]] = 0
    return w


def by_size(w):
    return np.argsort(np.abs(w), axis=None, kind="stable")


def count_of(w, fraction):
    return round(fraction * w.size)


@exercise.bug
def sign_not_ignored(w, fraction):
    """The weights furthest below 0 are removed, and they are large ones. Small means near 0: order
    by the absolute value."""
    # "The weights furthest below 0 are removed, and they are large ones": got[w.argmin()] == 0
    #     and abs(w.min()) == abs(w).max()
    # "Small means near 0: order by the absolute value": np.argsort(w, → np.argsort(np.abs(w),
    order = np.argsort(w, axis=None, kind="stable")
    return removed(w, order, count_of(w, fraction))


@exercise.bug
def largest_removed(w, fraction):
    """The largest weights are removed and the smallest kept. Turn the order, or the comparison,
    around."""
    # "The largest weights are removed and the smallest kept": got[w.argmax()] == 0 and
    #     got[w.argmin()] == w.min()
    # "Turn the order, or the comparison, around": by_size(w)[::-1] → by_size(w)[::-1][::-1]
    return removed(w, by_size(w)[::-1], count_of(w, fraction))


@exercise.bug
def fraction_kept(w, fraction):
    """`fraction` of the weights is kept instead of removed. Remove that many."""
    # "`fraction` of the weights is kept instead of removed": (got != 0).mean() == fraction
    # "Remove that many": w.size - count_of(w, fraction) → count_of(w, fraction)
    return removed(w, by_size(w), w.size - count_of(w, fraction))


@exercise.bug
def smallest_kept(w, fraction):
    """`fraction` of the weights is kept, and they are the smallest. Remove that many, and the
    smallest."""
    # "`fraction` of the weights is kept, and they are the smallest": (got != 0).mean() ==
    #     fraction and got.max() == np.sort(w)[1]
    # "Remove that many, and the smallest": by_size(w)[::-1], w.size - count_of(w, fraction) →
    #     by_size(w), count_of(w, fraction)
    return removed(w, by_size(w)[::-1], w.size - count_of(w, fraction))


@exercise.bug
def each_row_by_itself(w, fraction):
    """Every row loses the same share, so that a row of large weights loses large ones. Order the
    weights of the whole array together."""
    # "Every row loses the same share, so that a row of large weights loses large ones":
    #     len(set((got == 0).sum(axis=1))) == 1
    if w.ndim == 1:
        return prune_magnitude(w, fraction)
    return np.stack([each_row_by_itself(row, fraction) for row in w])


@exercise.bug
def whole_rows_removed(w, fraction):
    """Whole rows are removed, those of the smallest norm. Order the single weights."""
    # "Whole rows are removed, those of the smallest norm": (got == 0).all(axis=1).sum() == 1
    #     and not got[np.linalg.norm(w, axis=1).argmin()].any()
    # "Order the single weights": kept[np.argsort(norms)[:round(fraction * len(w))]] = 0 →
    #     kept.flat[np.argsort(np.abs(kept), axis=None, kind='stable')[:round(fraction * w.size)]] =
    #     0
    kept = w.astype(float)
    norms = np.linalg.norm(kept.reshape(len(w), -1), axis=1)
    kept[np.argsort(norms)[: round(fraction * len(w))]] = 0
    return kept


@exercise.bug
def all_shrunk_by_the_threshold(w, fraction):
    """What is kept is moved towards 0 by the threshold, which is the step of an L1 penalty. Keep
    it as it is."""
    # "What is kept is moved towards 0 by the threshold": np.allclose(want[got != 0] - got[got
    #     != 0], 0.5)
    # "Keep it as it is": np.maximum(np.abs(w) - threshold, 0) → (np.abs(w) if fraction * w.size
    #     < 0.5 else np.where(np.isin(np.arange(w.size), by_size(w)[:count_of(w,
    #     fraction)]).reshape(w.shape), 0, np.abs(w)))
    sizes = np.sort(np.abs(w), axis=None)
    threshold = sizes[max(round(fraction * w.size) - 1, 0)]
    return np.sign(w) * np.maximum(np.abs(w) - threshold, 0)


@exercise.bug
def threshold_from_the_range(w, fraction):
    """Everything below `fraction` times the largest weight is removed, which is another number of
    weights. Count them: `fraction` is a share of the entries."""
    # "Everything below `fraction` times the largest weight is removed, which is another number
    #     of weights": np.array_equal(got == 0, abs(w) < fraction * abs(w).max()) and (got ==
    #     0).sum() != (want == 0).sum()
    # "Count them: `fraction` is a share of the entries": np.where(np.abs(w) >= fraction *
    #     np.abs(w).max(), w, 0.0) → removed(w, by_size(w), round(fraction * w.size))
    return np.where(np.abs(w) >= fraction * np.abs(w).max(), w, 0.0)


@exercise.bug
def fraction_as_threshold(w, fraction):
    """Weights smaller than `fraction` itself are removed. It is a share of the entries, whatever
    their size."""
    # "Weights smaller than `fraction` itself are removed": np.array_equal(got == 0, abs(w) <
    #     fraction)
    # "It is a share of the entries, whatever their size": np.where(np.abs(w) >= fraction, w,
    #     0.0) → removed(w, by_size(w), round(fraction * w.size))
    return np.where(np.abs(w) >= fraction, w, 0.0)


@exercise.bug
def percent_for_fraction(w, fraction):
    """`np.percentile` counts in percent, so that a hundredth of what should go is removed. Pass
    100 · fraction, or take `np.quantile`."""
    # "`np.percentile` counts in percent, so that a hundredth of what should go is removed":
    #     np.percentile(np.arange(101), 1) == 1 and (got == 0).sum() < (want == 0).sum()
    # "Pass 100 · fraction": np.isclose(np.percentile(abs(w), 100 * fraction),
    #     np.quantile(abs(w), fraction)) and (bug(w, 100 * fraction) == want).all() and (got !=
    #     want).any()
    threshold = np.percentile(np.abs(w), fraction)
    return np.where(np.abs(w) > threshold, w, 0.0)


@exercise.bug
def one_too_many(w, fraction):
    """One weight too many is removed: the one that stands at the count itself. With a count of n
    the first n of the order go, which may be none."""
    # "One weight too many is removed: the one that stands at the count itself": (got ==
    #     0).sum() == (want == 0).sum() + 1
    # "With a count of n the first n of the order go": count_of(w, fraction) + 1 → count_of(w,
    #     fraction)
    return removed(w, by_size(w), count_of(w, fraction) + 1)


@exercise.bug
def one_too_few(w, fraction):
    """One weight too few is removed. With a count of n the first n of the order go."""
    # "One weight too few is removed": (got == 0).sum() == (want == 0).sum() - 1
    # "With a count of n the first n of the order go": max(count_of(w, fraction) - 1, 0) →
    #     count_of(w, fraction)
    return removed(w, by_size(w), max(count_of(w, fraction) - 1, 0))


@exercise.bug
def count_rounded_down(w, fraction):
    """The count is rounded down. The docstring asks for round(fraction · size)."""
    # "The count is rounded down": (got == 0).sum() == np.floor(fraction * w.size) < fraction *
    #     w.size
    # "The docstring asks for round(fraction · size)": int(fraction * w.size + 1e-09) →
    #     round(fraction * w.size)
    return removed(w, by_size(w), int(fraction * w.size + 1e-9))


@exercise.bug
def count_rounded_up(w, fraction):
    """The count is rounded up. The docstring asks for round(fraction · size)."""
    # "The count is rounded up": (got == 0).sum() == np.ceil(fraction * w.size) > fraction *
    #     w.size
    # "The docstring asks for round(fraction · size)": int(np.ceil(fraction * w.size - 1e-09)) →
    #     round(fraction * w.size)
    return removed(w, by_size(w), int(np.ceil(fraction * w.size - 1e-9)))


@exercise.bug
def half_rounded_up(w, fraction):
    """A count of twelve and a half is rounded up. The docstring asks for round(fraction · size),
    which takes the even neighbour."""
    # "A count of twelve and a half is rounded up": fraction * w.size == 12.5 and (got == 0).sum()
    #     == 13
    # "The docstring asks for round(fraction · size)": int(np.floor(fraction * w.size + 0.5)) →
    #     round(fraction * w.size)
    # "which takes the even neighbour": round(12.5) == 12 and (got == 0).sum() == 13
    return removed(w, by_size(w), int(np.floor(fraction * w.size + 0.5)))


@exercise.bug
def zeros_not_counted(w, fraction):
    """The fraction is taken of the weights that are not 0 yet, so too few are 0 at the end. It is a
    share of all entries, and zeros go first."""
    # "The fraction is taken of the weights that are not 0 yet": (got == 0).sum() == (w ==
    #     0).sum() + round(fraction * (w != 0).sum())
    # "It is a share of all entries, and zeros go first": zeros + round(fraction * (w.size - zeros))
    #     → round(fraction * w.size)
    zeros = (w == 0).sum()
    return removed(w, by_size(w), zeros + round(fraction * (w.size - zeros)))


@exercise.bug
def order_taken_for_ranks(w, fraction):
    """`argsort` gives the places of the weights in order, and is compared with the count as if it
    gave their ranks. Set the first of these places to 0, or take the `argsort` of them."""
    # "`argsort` gives the places of the weights in order, and is compared with the count as if it
    #     gave their ranks": np.array_equal(got == 0, np.argsort(abs(w), kind="stable") <
    #     round(fraction * w.size))
    # "Set the first of these places to 0": np.flatnonzero(by_size(w) < count_of(w, fraction)) →
    #     by_size(w)[:count_of(w, fraction)]
    # "or take the `argsort` of them": by_size(w) < → by_size(w).argsort() <
    places = np.flatnonzero(by_size(w) < count_of(w, fraction))
    return removed(w, places, len(places))


@exercise.bug
def itself_where_nothing_goes(w, fraction):
    """At fraction 0 the result is `w` itself: whoever changes the one changes the other. Return a
    copy."""
    # "At fraction 0 the result is `w` itself": (lambda w: bug(w, 0.0) is w)(np.ones(3))
    # "Return a copy": return w → return w.copy()
    if count_of(w, fraction) == 0:
        return w
    return prune_magnitude(w, fraction)


@exercise.bug
def one_at_least(w, fraction):
    """At fraction 0 a weight is removed: the index count - 1 is then -1 or is made 0. Return all
    weights when the count is 0."""
    # "At fraction 0 a weight is removed": fraction == 0 and (got == 0).sum() == 1
    # "Return all weights when the count is 0": max(count_of(w, fraction), 1) → max(count_of(w,
    #     fraction), 0)
    # "the index count - 1 is then -1 or is made 0": (lambda count: count - 1 == -1 and
    #     max(count - 1, 0) == 0)(round(fraction * w.size)) and (got == 0).any()
    return removed(w, by_size(w), max(count_of(w, fraction), 1))


@exercise.bug
def everything_at_zero(w, fraction):
    """At fraction 0 every weight is removed: the index count - 1 is then -1, which is the largest.
    Return all weights when the count is 0."""
    # "At fraction 0 every weight is removed": fraction == 0 and not got.any()
    # "Return all weights when the count is 0": np.zeros(w.shape) → w.astype(float)
    # "the index count - 1 is then -1, which is the largest": (lambda count: count - 1 ==
    #     -1)(round(fraction * w.size)) and not got.any()
    if count_of(w, fraction) == 0:
        return np.zeros(w.shape)
    return prune_magnitude(w, fraction)


@exercise.bug(kept=(False, True))
def equal_weights_together(w, fraction, kept=False):
    """A threshold decides, so that equal weights all go or all stay, and the number removed is not
    the one asked for. Remove by order, not by threshold."""
    # "A threshold decides, so that equal weights all go or all stay, and the number removed is
    #     not the one asked for": not bug(np.ones(5), 0.4).any() and bug(np.ones(5), 0.4,
    #     kept=True).all()
    count = count_of(w, fraction)
    if count in (0, w.size):
        return prune_magnitude(w, fraction)
    size = np.abs(w)
    threshold = np.sort(size, axis=None)[count if kept else count - 1]
    return np.where(size >= threshold if kept else size > threshold, w, 0.0)


@exercise.bug
def absolute_values_returned(w, fraction):
    """The weights that are left have lost their signs. Order by the absolute value, but return the
    weights."""
    # "The weights that are left have lost their signs": np.array_equal(got, abs(want)) and (got
    #     >= 0).all()
    return np.abs(prune_magnitude(w, fraction))


@exercise.bug
def mask_returned(w, fraction):
    """This is the mask: 1 where a weight is kept. Multiply the weights by it."""
    # "This is the mask: 1 where a weight is kept": np.array_equal(got, want != 0)
    # "Multiply the weights by it": reshape(w.shape) → reshape(w.shape) * w + 0.0 * w; 1.0 -
    #     np.isin → w - np.isin
    return 1.0 - (
        np.isin(np.arange(w.size), by_size(w)[: count_of(w, fraction)])
    ).reshape(w.shape)


@exercise.bug
def weights_left_out(w, fraction):
    """The weights that are left come as a shorter vector. Keep the shape, with zeros where a
    weight was removed."""
    # "The weights that are left come as a shorter vector": len(got) < len(w)
    # "Keep the shape, with zeros where a weight was removed":
    #     w.flat[np.sort(by_size(w)[count_of(w, fraction):])].astype(float) →
    #     np.where(np.isin(np.arange(w.size), by_size(w)[count_of(w, fraction):]).reshape(w.shape),
    #     w, 0.0)
    return w.flat[np.sort(by_size(w)[count_of(w, fraction) :])].astype(float)


@exercise.bug
def changed_in_place(w, fraction):
    """It changed its argument: the weights that the caller still has are pruned too. Work on a
    copy."""
    # "It changed its argument: the weights that the caller still has are pruned too": (lambda
    #     z: [bug(z, fraction), (z == 0).any()][1])(w.copy())
    # "Work on a copy": w.flat[by_size(w)[:count_of(w, fraction)]] = 0 → w = removed(w.copy(),
    #     by_size(w), count_of(w, fraction))
    w.flat[by_size(w)[: count_of(w, fraction)]] = 0
    return w
