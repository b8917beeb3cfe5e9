"""Practice for question 42: the best split of a tree."""

import numpy as np

from answers.classical.trees import best_split
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers

exercise = Exercise(
    best_split,
    page="42-trees-and-boosting",
    returns=("feature", "threshold", "missing_left", "gain"),
    hints=(
        "Begin with one feature. Sort it, and the targets with it: what must be known of the rows "
        "on the left to know the error of both sides?",
        "A side of m rows with sum u has the squared error Σy² - u² / m. If the mean of all "
        "targets is subtracted first, how is the sum on the right related to that on the left?",
        "One `cumsum` of the sorted targets holds the sums of all cuts. Which cuts lie between "
        "equal values?",
        "Try each feature with its missing values as +infinity, and once more as -infinity.",
    ),
)

rng = np.random.default_rng(42)
nan = np.nan


def rows(n, d, feature=0, at=0.2, outputs=()):
    """A table, and targets that jump by much at a threshold of one feature."""
    x, y = rng.normal(size=(n, d)), rng.normal(size=(n, *outputs))
    y[x[:, feature] > at] += 5
    return x, y


def column(*values):
    return np.array(values, dtype=float)[:, None]


def holed(x, y, feature, where):
    """The same table, in which values of one feature are missing."""
    x = x.copy()
    x[where, feature] = nan
    return x, y


exercise.case("two rows", column(5, 1), np.array([2.5, 4.0]))
exercise.case(
    "one feature, four rows", column(7, 1, 4, 2.5), np.array([3.5, 0.5, 2.5, 1.0])
)
exercise.case("the last row alone", column(1, 2, 3, 4, 6), np.array([2.0, 1, 3, 2, 9]))
exercise.case(
    "the first row alone", column(1, 2.5, 3, 4, 6), np.array([9.0, 1, 3, 2, 2])
)
exercise.case("the second of two features", *rows(9, 2, feature=1))
exercise.case("the third of four features", *rows(30, 4, feature=2))
exercise.case(
    "more features than rows",
    np.array([[1.0, 5, 4, 9], [7, 2, 3.5, 1], [3, 4, 8, 6]]),
    np.array([1.0, 1.5, 8.0]),
)
exercise.case(
    "features of unequal scale",
    *(x * s for x, s in zip(rows(20, 3, 2), ([1, 1e4, 1e-3], 1), strict=True)),
)
exercise.case(
    "targets that rise slowly",
    column(1, 3, 4, 8, 9, 11),
    np.array([0.0, 1, 3, 4, 8, 9]),
)
exercise.case("much on the left, little on the right", *rows(40, 2, at=1.3))
exercise.case(
    "equal values",
    column(1, 1, 1, 2, 2, 3),
    np.array([0.0, 7, 7, 7, 1, 2]),
)
few = rng.integers(0, 3, (24, 3)).astype(float)
exercise.case("few values", few, rng.normal(size=24) + 4 * (few[:, 1] > 1))
exercise.case(
    "a constant feature",
    np.hstack([np.full((6, 1), 2.0), column(1, 4, 2, 8, 5, 7)]),
    np.array([1.0, 0, 2, 5, 4, 7]),
)
same = column(3, 1, 2, 4)
exercise.case(
    "features that split alike",
    np.hstack([same * 0, same, 10 * same]),
    np.array([4.0, 0, 0, 4]),
)
exercise.case(
    "features that split alike in opposite orders",
    np.hstack([column(1, 2, 3, 4), column(9, 8, 6, 5)]),
    np.array([0.0, 0, 0, 4]),
)
exercise.case(
    "a whole feature and missing values on the left that gain alike",
    np.hstack([column(nan, 1, 2, 3), column(1, 2, 3, 4)]),
    np.array([0.0, 0, 4, 4]),
)
exercise.case(
    "missing values on the left of a later feature that gain alike",
    np.hstack([column(1, 2, 3, 4), column(nan, 1, 2, 3)]),
    np.array([0.0, 0, 4, 4]),
)
exercise.case(
    "thresholds that gain alike", column(0, 1, 2, 3), np.array([0.0, 1, 1, 0])
)
exercise.case("all targets equal", column(4, 1, 2, 8), np.full(4, 2.0))
exercise.case(
    "all targets equal, behind a constant feature",
    np.hstack([np.full((4, 1), 2.0), column(4, 1, 2, 8)]),
    np.full(4, 2.0),
)
exercise.case("three classes", rows(30, 3)[0], np.eye(3)[rng.integers(0, 3, 30)] + 0.0)
classes = np.repeat(np.eye(3), [5, 7, 4], axis=0)
exercise.case(
    "classes that a feature sorts", np.arange(16.0)[:, None] ** 2, classes[:, [1, 0, 2]]
)
exercise.case("two outputs", *rows(12, 2, feature=1, outputs=(2,)))
exercise.case("one output in a column", *rows(8, 2, outputs=(1,)))
opposite = rows(16, 2, feature=1)
exercise.case(
    "outputs that move apart",
    opposite[0],
    np.stack([opposite[1], 3 - opposite[1]], axis=1),
)
far = np.array([0.25, 1.5, 0.75, 4, 5.5, 4.25, 3, 0.5])
exercise.case("targets far from 0", column(1, 2, 3, 5, 8, 9, 7, 0), far + 1e8)
exercise.case(
    "small targets", *(x * s for x, s in zip(rows(10, 2), (1, 1e-8), strict=True))
)
exercise.case(
    "large targets", *(x * s for x, s in zip(rows(10, 2), (1, 1e8), strict=True))
)
big = rows(14, 2, feature=1)
exercise.case("missing values that belong right", *holed(*big, 1, big[0][:, 1] > 0.9))
exercise.case("missing values that belong left", *holed(*big, 1, big[0][:, 1] < -0.5))
exercise.case(
    "missing values of the first feature that belong left",
    column(3, nan, 1, 2, nan, 5),
    np.array([5.0, 1, 0, 2, 0, 8]),
)
exercise.case(
    "missing values alone",
    column(3, nan, 1, 2, nan, 5),
    np.array([1.0, 6, 0, 2, 8, 1]),
)
exercise.case(
    "missing values on the best of three",
    *holed(*rows(20, 3, feature=2), 2, [3, 4, 11, 17]),
)
whole = rows(20, 3, feature=1)
exercise.case(
    "missing values of another feature", *holed(*whole, 0, np.arange(20) % 3 == 0)
)
exercise.case("a feature that is missing everywhere", *holed(*whole, 2, slice(None)))
exercise.case(
    "a missing value in two of three rows", column(nan, 2, nan), np.array([1.0, 6, 2])
)
add_whole_numbers(
    exercise, rng.integers(0, 9, (8, 2)), np.array([3, 1, 90, 4, 2, 99, 5, 88])
)
exercise.case(
    "bytes that are large",
    (np.arange(9)[:, None] ** 2).astype(np.uint8),
    np.array([200, 203, 210, 212, 240, 244, 250, 251, 255], np.uint8),
)
exercise.case("float32", *(x.astype(np.float32) for x in rows(20, 3)))
single = rows(400, 2, feature=1)
exercise.case(
    "float32, targets far from 0",
    single[0].astype(np.float32),
    (single[1] + 3000).astype(np.float32),
)


@exercise.check
def keeps_neighbouring_floats_apart(best_split):
    """Between 1 + 2⁻⁵² and 1 + 2⁻⁵¹ is no float, and their middle rounds to the larger, which must
    stay right of the threshold: return the smaller one then."""
    low, high = 1 + 2.0**-52, 1 + 2.0**-51
    threshold = best_split(np.array([[high], [low]]), np.array([1.0, 0.0]))[1]
    return low <= threshold < high


@exercise.check
def halves_before_it_adds(best_split):
    """The middle of 1.1e308 and 1.7e308 is 1.4e308, though their sum overflows."""
    with np.errstate(over="ignore"):
        threshold = best_split(column(1.7e308, 1.1e308), np.array([1.0, 0.0]))[1]
    return abs(threshold / 1.4e308 - 1) < 1e-9


@exercise.check
def adds_in_float64(best_split):
    """Float32 targets near 300 000 gain something else than the same targets in float64: sums in
    float32 keep 7 digits. Convert the targets to float64 before they are added."""
    x, y = single[0].astype(np.float32), (single[1] + 3e5).astype(np.float32)
    gain, wanted = (best_split(x, each)[3] for each in (y, y.astype(float)))
    return abs(gain / wanted - 1) < 1e-4


@exercise.check
def subtracts_in_float64(best_split):
    """Of float32 targets near 8192 and -8192, which cancel, the gain is another than of the same
    targets in float64. Convert them before anything is added or subtracted."""
    x = column(1, 1, 1, 2, 2, 2)
    y = np.array([8192.1, 0.3, -8192, -0.2, 0.1, -0.3], np.float32)
    gain, wanted = (best_split(x, each)[3] for each in (y, y.astype(float)))
    return abs(gain / wanted - 1) < 1e-4


def table(x, y, fills=(np.inf, -np.inf)):
    """Each column's sorted values, and the sums of targets, less their mean, left of each cut."""
    filled = [np.where(np.isnan(x), fill, x.astype(float)) for fill in fills]
    filled = np.hstack(filled)
    order = np.argsort(filled, axis=0, kind="stable")
    y = y.reshape(len(y), -1).astype(float)
    y = y - y.mean(axis=0)
    return np.take_along_axis(filled, order, axis=0), y[order].cumsum(axis=0)[:-1]


def gains(sums):
    """The fall of the squared error by each cut."""
    n = len(sums) + 1
    count = np.arange(1.0, n)[:, None]
    return n / (count * (n - count)) * (sums**2).sum(axis=-1)


def between(values):
    """Whether a threshold lies there, and no other cut does the same."""
    return (values[:-1] < values[1:]) & (values[:-1] > -np.inf)


def ends(values, cut, column):
    """The values on both sides of a cut."""
    return values[cut : cut + 2, column].tolist()


def middle(low, high):
    half = low / 2 + high / 2
    return low if half == high < np.inf else half


def first_of(gain):
    """The column and the cut of the largest gain, the first of equals."""
    column, cut = divmod(int(gain.T.argmax()), len(gain))
    return column, cut


def question(values, gain, d):
    """What is returned for these gains."""
    column, cut = first_of(gain)
    return (
        column % d,
        middle(*ends(values, cut, column)),
        column >= d,
        gain[cut, column],
    )


@exercise.bug
def thresholds_between_equals(x, y):
    """Cuts between equal values are tried, where no threshold can part the rows. Try cuts at which
    the sorted values differ."""
    # "Cuts between equal values are tried": any(len(set(c)) < len(c) for c in x.T.tolist())
    #     and got.gain > want.gain + 1e-9
    # "Try cuts at which the sorted values differ": values[:-1] > -np.inf → between(values)
    values, sums = table(x, y)
    gain = np.where(values[:-1] > -np.inf, gains(sums), -1)
    return question(values, gain, x.shape[1])


@exercise.bug(alone=(False, True))
def the_value_on_the_left(x, y, alone=False):
    """The threshold is the largest value on the left. It parts the same rows, but asked for
    is the middle between it and the next value."""
    # "The threshold is the largest value on the left": (x == got.threshold).any() and
    #     got.threshold < want.threshold
    # "asked for is the middle between it and the next value": ends(values, cut, column)[0] →
    #     middle(*ends(values, cut, column))
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    column, cut = first_of(gain)
    threshold = ends(values, cut, column)[0]
    if alone and values[cut + 1, column] == np.inf:
        threshold = np.inf
    d = x.shape[1]
    return column % d, threshold, column >= d, gain[cut, column]


@exercise.bug
def the_value_on_the_right(x, y):
    """The threshold is the smallest value on the right, so that `<=` takes its row to the left.
    Take the middle between both neighbours."""
    # "The threshold is the smallest value on the right": (x == got.threshold).any() and
    #     got.threshold > want.threshold
    # "Take the middle between both neighbours": ends(values, cut, column)[1] →
    #     middle(*ends(values, cut, column))
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    column, cut = first_of(gain)
    threshold = ends(values, cut, column)[1]
    d = x.shape[1]
    return column % d, threshold, column >= d, gain[cut, column]


@exercise.bug
def differences_of_large_squares(x, y):
    """Sums and squares of the raw targets are subtracted from each other: far from 0 all digits are
    lost. Subtract the mean of the targets first."""
    # "far from 0 all digits are lost": abs(y).min() > 1000 and not np.isclose(got.gain, want.gain)
    # "Subtract the mean of the targets first": y.mean(axis=0) * 0 → y.mean(axis=0)
    targets = y.reshape(len(y), -1).astype(float)
    targets = targets - y.mean(axis=0) * 0
    values, _ = table(x, y)
    filled = np.hstack(
        [np.where(np.isnan(x), f, x.astype(float)) for f in (np.inf, -np.inf)]
    )
    order = np.argsort(filled, axis=0, kind="stable")
    left, total = targets[order].cumsum(axis=0)[:-1], targets.sum(axis=0)
    n, count = len(y), np.arange(1.0, len(y))[:, None]
    squares = (left**2).sum(axis=-1) / count + ((total - left) ** 2).sum(axis=-1) / (
        n - count
    )
    gain = np.where(between(values), squares - (total**2).sum() / n, -np.inf)
    return question(values, gain, x.shape[1])


@exercise.bug
def gain_of_a_row(x, y):
    """The gain is divided by the number of rows. Asked for is how much the sum of squared errors
    falls."""
    # "The gain is divided by the number of rows": np.isclose(got.gain, want.gain / len(y))
    # "Asked for is how much the sum of squared errors falls": / len(y) →
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums) / len(y), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def error_that_is_left(x, y):
    """The right question comes with the squared error that is left. The gain is how much of it the
    question takes away."""
    # "The right question comes with the squared error that is left": np.isclose(got.gain,
    #     ((y - y.mean(axis=0)) ** 2).sum() - want.gain)
    # "The gain is how much of it the question takes away": before - gained → gained
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    *asked, gained = question(values, gain, x.shape[1])
    before = ((y - y.mean(axis=0, dtype=float)) ** 2).sum()
    return *asked, before - gained


def errors(x, y):
    """The squared errors left and right of each cut, and the numbers of rows."""
    n, count = len(y), np.arange(1.0, len(y))[:, None]
    y = y.reshape(n, -1) - y.mean(axis=0, dtype=float)
    _, sums = table(x, y)
    squares = (y**2).sum(axis=1)
    on_the_left = table(x, squares)[1][..., 0] + count * squares.mean()
    left = on_the_left - (sums**2).sum(axis=-1) / count
    right = squares.sum() - on_the_left - (sums**2).sum(axis=-1) / (n - count)
    return left, right, count, n - count


@exercise.bug(in_the_choice_alone=(False, True, "times_n"))
def sides_weigh_alike(x, y, in_the_choice_alone=False):
    """The variances of both sides are added as if each had as many rows. A side counts as often as
    it has rows: add sums of squared errors."""
    # "The variances of both sides are added as if each had as many rows": not np.isclose(
    #     got.gain, want.gain)
    # "add sums of squared errors": before / n - left / a - right / b → before - left - right; n *
    #     (left / a + right / b) / 2 → (left + right)
    values, _ = table(x, y)
    left, right, a, b = errors(x, y)
    n, before = len(y), ((y - y.mean(axis=0, dtype=float)) ** 2).sum()
    gain = np.where(between(values), before / n - left / a - right / b, -np.inf)
    if in_the_choice_alone == "times_n":
        gain = np.where(between(values), before - n * (left / a + right / b) / 2, -1)
        gain = np.maximum(gain, np.where(between(values), 0, -1))
    elif in_the_choice_alone:
        column, cut = first_of(gain)
        gain = np.where(gain == gain[cut, column], gains(table(x, y)[1]), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def smallest_gain(x, y):
    """The question that gains least is taken. Take the largest gain."""
    # "The question that gains least is taken": got.gain < want.gain - 1e-9
    # "Take the largest gain": gain.T.argmin() → np.where(gain < np.inf, gain, -1).T.argmax()
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), np.inf)
    column, cut = divmod(int(gain.T.argmin()), len(gain))
    d = x.shape[1]
    return (
        column % d,
        middle(*ends(values, cut, column)),
        column >= d,
        gain[cut, column],
    )


@exercise.bug
def lowest_threshold_of_any_feature(x, y):
    """Of equal gains the one at the earliest cut is taken, whatever its feature. The lower feature
    comes before the lower threshold."""
    # "Of equal gains the one at the earliest cut is taken": np.isclose(got.gain, want.gain) and
    #     got.feature > want.feature
    # "The lower feature comes before the lower threshold": gain.argmax() % gain.shape[1] →
    #     first_of(gain)[0]; gain.argmax() // gain.shape[1] → first_of(gain)[1]
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    column, cut = (
        int(gain.argmax() % gain.shape[1]),
        int(gain.argmax() // gain.shape[1]),
    )
    d = x.shape[1]
    return (
        column % d,
        middle(*ends(values, cut, column)),
        column >= d,
        gain[cut, column],
    )


@exercise.bug
def lower_feature_before_the_side(x, y):
    """Of equal gains the lower feature is taken, though its missing values go left. Missing values
    right come first, in all features."""
    # "the lower feature is taken, though its missing values go left": np.isclose(got.gain,
    #     want.gain) and got.missing_left and got.feature < want.feature
    # "Missing values right come first, in all features": min(best, key=best_feature) → min(best)
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    d = x.shape[1]
    best = np.flatnonzero((gain == gain.max()).any(axis=0)).tolist()

    def best_feature(column):
        return column % d

    column = min(best, key=best_feature)
    cut = int(gain[:, column].argmax())
    return (
        column % d,
        middle(*ends(values, cut, column)),
        column >= d,
        gain[cut, column],
    )


@exercise.bug
def missing_left_first(x, y):
    """Of equal gains one with missing values left is taken. Missing values right come first, in all
    features."""
    # "Of equal gains one with missing values left is taken": np.isclose(got.gain, want.gain) and
    #     got.missing_left and not want.missing_left
    # "Missing values right come first, in all features": by = d → by = 0
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    d = x.shape[1]
    gain[:, d:][:, ~np.isnan(x).any(axis=0)] = -1
    by = d
    column, cut = first_of(np.roll(gain, by, axis=1))
    column = (column - by) % (2 * d)
    return (
        column % d,
        middle(*ends(values, cut, column)),
        column >= d,
        gain[cut, column],
    )


@exercise.bug
def higher_threshold_of_equals(x, y):
    """Of equal gains in a feature the higher threshold is taken. Take the lower."""
    # "Of equal gains in a feature the higher threshold is taken": np.isclose(got.gain, want.gain)
    #     and got.feature == want.feature and got.threshold > want.threshold
    # "Take the lower": [-1] → [0]
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    d, column = x.shape[1], first_of(gain)[0]
    cut = int(np.flatnonzero(gain[:, column] == gain.max())[-1])
    return (
        column % d,
        middle(*ends(values, cut, column)),
        column >= d,
        gain[cut, column],
    )


@exercise.bug
def higher_feature_of_equals(x, y):
    """Of equal gains the higher feature is taken. Take the lower."""
    # "Of equal gains the higher feature is taken": np.isclose(got.gain, want.gain) and
    #     got.feature > want.feature
    # "Take the lower": [-1] → [0]
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    d, best = x.shape[1], (gain == gain.max()).any(axis=0)
    first = 0 if best[:d].any() else d
    column = first + int(np.flatnonzero(best[first:][:d])[-1])
    cut = int(gain[:, column].argmax())
    return (
        column % d,
        middle(*ends(values, cut, column)),
        column >= d,
        gain[cut, column],
    )


@exercise.bug
def last_of_equals(x, y):
    """Of equal gains the last is taken. Take the lower feature, and there the lower threshold."""
    # "Of equal gains the last is taken": np.isclose(got.gain, want.gain) and (got.feature,
    #     got.threshold) > (want.feature, want.threshold)
    # "Take the lower feature, and there the lower threshold": last_of(gain) → first_of(gain)
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    column, cut = last_of(gain)
    d = x.shape[1]
    left = column >= d and bool(np.isnan(x[:, column % d]).any())
    return column % d, middle(*ends(values, cut, column)), left, gain[cut, column]


def last_of(gain):
    """The column and the cut of the largest gain, the last of equals."""
    column, cut = divmod(gain.size - 1 - int(gain.T.ravel()[::-1].argmax()), len(gain))
    return column, cut


@exercise.bug
def missing_always_right(x, y):
    """Missing values always go right, as they are sorted last. Try them on the left, too."""
    # "Missing values always go right": np.isnan(x).any() and not got.missing_left and
    #     want.missing_left
    # "Try them on the left, too": (np.inf,) → (np.inf, -np.inf)
    values, sums = table(x, y, (np.inf,))
    gain = np.where(between(values), gains(sums), -1)
    return question(values, gain, x.shape[1])


@exercise.bug(fill=(1e9, 9999.0, 1e6, 1e300, -9999.0, -1e9))
def missing_values_are_a_number(x, y, fill=1e9):
    """Missing values count as a number far away: they always go to its side, and the middle to it
    is no infinity. Try both sides."""
    # "they always go to its side": np.isnan(x).any() and (got.threshold, got.gain) !=
    #     (want.threshold, want.gain)
    # "Try both sides": (fill,) → (np.inf, -np.inf)
    values, sums = table(x, y, (fill,))
    gain = np.where(between(values), gains(sums), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def missing_always_left(x, y):
    """Missing values always go left. Try them on the right, too."""
    # "Missing values always go left": np.isnan(x).any() and got.missing_left and
    #     not want.missing_left
    # "Try them on the right, too": (-np.inf,) → (np.inf, -np.inf); column < d → column >= d;
    #     values[:-1] < values[1:] → between(values)
    values, sums = table(x, y, (-np.inf,))
    gain = np.where(values[:-1] < values[1:], gains(sums), -1)
    column, cut = first_of(gain)
    d = x.shape[1]
    left = bool(np.isnan(x[:, column % d]).any()) and column < d
    return column % d, middle(*ends(values, cut, column)), left, gain[cut, column]


@exercise.bug
def missing_values_are_0(x, y):
    """Missing values count as 0. Any number puts them among the others: put them first or last."""
    # "Missing values count as 0": np.isnan(x).any() and (got.threshold, got.gain) !=
    #     (want.threshold, want.gain)
    # "put them first or last": (0.0,) → (np.inf, -np.inf)
    values, sums = table(x, y, (0.0,))
    gain = np.where(between(values), gains(sums), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def missing_values_are_the_mean(x, y):
    """Missing values get the feature's mean. That puts them among the others: put them first or
    last."""
    # "Missing values get the feature's mean": np.isnan(x).any() and (got.threshold, got.gain) !=
    #     (want.threshold, want.gain)
    # "put them first or last": (mean,) → (np.inf, -np.inf)
    known = np.where(np.isnan(x), 0, x.astype(float)).sum(axis=0)
    mean = known / np.maximum((~np.isnan(x)).sum(axis=0), 1)
    values, sums = table(x, y, (mean,))
    gain = np.where(between(values), gains(sums), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def never_missing_alone(x, y):
    """Missing values are never split off alone. All known values on the left is a question, too, of
    threshold infinity."""
    # "Missing values are never split off alone": np.isinf(want.threshold) and
    #     np.isfinite(got.threshold)
    # "All known values on the left is a question, too, of threshold infinity": between(values) &
    #     np.isfinite(values[1:]) → between(values)
    values, sums = table(x, y)
    gain = np.where(between(values) & np.isfinite(values[1:]), gains(sums), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def largest_value_for_infinity(x, y):
    """Where missing values alone are split off, the threshold is the largest known value. It parts
    the same rows, but asked for is infinity."""
    # "Where missing values alone are split off, the threshold is the largest known value":
    #     np.isinf(want.threshold) and got.threshold == np.nanmax(x[:, got.feature])
    # "It parts the same rows": np.array_equal(x[:, got.feature] <= got.threshold, x[:, got.feature]
    #     <= np.inf) and got.threshold != want.threshold
    # "asked for is infinity": threshold = np.nanmax(x[:, feature]) → threshold = np.inf
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    feature, threshold, left, gained = question(values, gain, x.shape[1])
    if threshold == np.inf:
        threshold = np.nanmax(x[:, feature])
    return feature, threshold, left, gained


@exercise.bug
def left_though_nothing_is_missing(x, y):
    """`missing_left` is said of a feature that has no missing value. It is False there."""
    # "`missing_left` is said of a feature that has no missing value": got.missing_left and
    #     not np.isnan(x[:, got.feature]).any()
    # "It is False there": or not np.isnan(x[:, feature]).any() → and True
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    feature, threshold, left, gained = question(values, gain, x.shape[1])
    return feature, threshold, left or not np.isnan(x[:, feature]).any(), gained


@exercise.bug
def first_output_only(x, y):
    """Only the first column of the targets counts. Add the gains of all columns."""
    # "Only the first column of the targets counts": np.isclose(got.gain, right(x, y[:, 0])[3])
    # "Add the gains of all columns": y[:, :1] → y[:, :]
    y = y.reshape(len(y), -1)
    values, sums = table(x, y[:, :1])
    gain = np.where(between(values), gains(sums), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def outputs_added_up(x, y):
    """The columns of the targets are added up before they are squared: opposite ones cancel. Square
    each sum, and add the squares."""
    # "The columns of the targets are added up before they are squared": np.isclose(got.gain,
    #     right(x, y.sum(axis=1))[3])
    # "Square each sum, and add the squares": sums.sum(axis=-1, keepdims=True) → sums
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums.sum(axis=-1, keepdims=True)), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def mean_over_outputs(x, y):
    """The gain is the mean over the columns of the targets. Add them up."""
    # "The gain is the mean over the columns of the targets": np.isclose(got.gain, want.gain /
    #     y.shape[1]) and y.shape[1] > 1
    # "Add them up": / sums.shape[-1] →
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums) / sums.shape[-1], -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def first_feature_only(x, y):
    """Only the first feature is split. Try all columns of x."""
    # "Only the first feature is split": got.feature == 0 < want.feature
    # "Try all columns of x": x[:, :1] → x
    x = x[:, :1]
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def last_feature_left_out(x, y):
    """The last feature is never split. Try all columns of x."""
    # "The last feature is never split": got.feature < want.feature == x.shape[1] - 1
    # "Try all columns of x": x[:, :max(x.shape[1] - 1, 1)] → x
    x = x[:, : max(x.shape[1] - 1, 1)]
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def rows_with_missing_values_left_out(x, y):
    """Rows without the feature are left out of both sides. They have to go somewhere: try both
    sides."""
    # "Rows without the feature are left out of both sides": np.isnan(x).any() and (got.threshold,
    #     got.gain) != (want.threshold, want.gain)
    found = []
    for feature, values in enumerate(x.astype(float).T):
        known = ~np.isnan(values)
        if np.unique(values[known]).size > 1:
            some, sums = table(values[known, None], y[known])
            gain = np.where(between(some), gains(sums), -1)
            column, cut = first_of(gain)
            found.append(
                (gain[cut, column], -feature, middle(*ends(some, cut, column)))
            )
    gained, feature, threshold = max(found, default=(0.0, 0, np.nan))
    return -feature, threshold, False, gained


@exercise.bug
def order_of_the_first_feature(x, y):
    """The targets are sorted by the first feature for all features. Each feature has its own
    order."""
    # "The targets are sorted by the first feature for all features": x.shape[1] > 1 and
    #     not np.isclose(got.gain, want.gain)
    # "Each feature has its own order": gains(wrong) → gains(_sums)
    values, _sums = table(x, y)
    y = y.reshape(len(y), -1) - y.mean(axis=0, dtype=float)
    filled = np.nan_to_num(x[:, 0].astype(float), nan=-np.inf)
    orders = (np.argsort(each, kind="stable") for each in (x[:, 0], filled))
    sums = [y[order].cumsum(axis=0)[:-1, None] for order in orders]
    wrong = np.concatenate(
        [np.repeat(each, x.shape[1], axis=1) for each in sums], axis=1
    )
    gain = np.where(between(values), gains(wrong), -1)
    return question(values, gain, x.shape[1])


@exercise.bug
def unsorted_targets(x, y):
    """The features are sorted, and the targets stay in the order of the rows. Sort them with each
    feature."""
    # "the targets stay in the order of the rows": not np.isclose(got.gain, want.gain)
    # "Sort them with each feature": gains(wrong) → gains(_sums)
    values, _sums = table(x, y)
    y = y.reshape(len(y), -1) - y.mean(axis=0, dtype=float)
    wrong = np.repeat(y.cumsum(axis=0)[:-1, None], values.shape[1], axis=1)
    gain = np.where(between(values), gains(wrong), -1)
    return question(values, gain, x.shape[1])


@exercise.bug(end=(0, -1))
def one_cut_is_left_out(x, y, end=0):
    """The cut at one end is never tried, which splits off a single row. Try every cut between
    different values."""
    # "The cut at one end is never tried": got.gain < want.gain - 1e-9
    # "Try every cut between different values": gain[end] = -1 → gain[end] = gain[end]
    values, sums = table(x, y)
    gain = np.where(between(values), gains(sums), -1)
    if len(gain) > 1:
        gain[end] = -1
    return question(values, gain, x.shape[1])


@exercise.bug(always=(False, True))
def sums_in_float32(x, y, always=False):
    """Sums are computed in float32, which has 7 digits. Convert to float64 first."""
    # "Sums are computed in float32": y.dtype == np.float32 and not np.isclose(got.gain, want.gain)
    # "Convert to float64 first": np.float32 if → np.float64 if
    kind = np.float32 if always or y.dtype == np.float32 else np.float64
    values, _ = table(x, y)
    filled = np.hstack(
        [np.where(np.isnan(x), f, x.astype(float)) for f in (np.inf, -np.inf)]
    )
    order = np.argsort(filled, axis=0, kind="stable")
    y = y.reshape(len(y), -1).astype(kind)
    y = y - y.mean(axis=0) if kind == np.float64 else y
    left, total = y[order].cumsum(axis=0)[:-1], y.sum(axis=0)
    n, count = len(y), np.arange(1, len(y), dtype=kind)[:, None]
    squares = (left**2).sum(axis=-1) / count + ((total - left) ** 2).sum(axis=-1) / (
        n - count
    )
    gain = np.where(between(values), squares - (total**2).sum() / n, -np.inf)
    return question(values, gain, x.shape[1])


@exercise.bug
def side_chosen_after_the_cut(x, y):
    """The cut is chosen with missing values on the right, and only then their side. Try each cut
    with both sides: on the left another cut may be the best."""
    # "The cut is chosen with missing values on the right, and only then their side": got.feature <
    #     x.shape[1] and got.gain < want.gain
    # "Try each cut with both sides": [:, :d] → [:, : 2 * d]
    d = x.shape[1]
    values, sums = table(x, y)
    found = np.where(between(values), gains(sums), -1)[:, :d]
    feature, threshold, missing_left, gain = question(values, found, d)
    missing = np.isnan(x[:, feature])
    left = missing | (x[:, feature] <= threshold)
    if missing.any() and threshold < np.inf and not left.all():
        targets = y.reshape(len(y), -1).astype(float)
        a, b = left.sum(), (~left).sum()
        gap = targets[left].mean(axis=0) - targets[~left].mean(axis=0)
        other = a * b / len(y) * (gap**2).sum()
        if other > gain:
            missing_left, gain = True, other
    return feature, threshold, missing_left, gain
