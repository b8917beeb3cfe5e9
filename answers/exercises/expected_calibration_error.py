"""Practice for question 12: whether a confidence of 0.8 is right four times in five."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import BOOLEAN, Note, refusal_of
from answers.grader.number_types import add_whole_numbers
from answers.labels.calibration import expected_calibration_error

exercise = Exercise(
    expected_calibration_error,
    page="12-noisy-labels",
    hints=(
        "Of each item you need two numbers: the largest probability, and whether the class that "
        "has it is the right one.",
        "Cut 0 to 1 into bins of equal width. In each, compare two means. Which bins should count "
        "for more?",
        "An item exactly on an edge belongs to the bin below: the first bin is (0, 1/bins], the "
        "last one contains 1. `np.searchsorted` with side='left' does that.",
        "Gaps above and below both are errors, and an empty bin has no mean: what should it add?",
    ),
)


def predictions(seed, items, classes, sharpness, honest):
    """Random probabilities, and labels drawn from them, or nearly."""
    rng = np.random.default_rng(seed)
    z = sharpness * rng.normal(size=(items, classes))
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    true = np.exp(honest * z) / np.exp(honest * z).sum(axis=1, keepdims=True)
    labels = (rng.random(items)[:, None] > true.cumsum(axis=1)).sum(axis=1)
    return p, labels.clip(max=classes - 1)


def binary(*confident):
    """Two classes, of which class 1 has these probabilities."""
    p = np.array(confident)
    return np.stack([1 - p, p], axis=1)


exercise.case("two items in one bin", binary(0.81, 0.83), np.array([1, 0]), bins=5)
exercise.case("two bins", binary(0.7, 0.72, 0.95), np.array([0, 1, 1]), bins=5)
exercise.case(
    "class 0 on top", binary(0.1, 0.3, 0.9, 0.75), np.array([0, 0, 1, 0]), bins=5
)
exercise.case(
    "bins that are empty", binary(0.93, 0.97, 0.94), np.array([1, 0, 1]), bins=15
)
exercise.case(
    "two classes, now one on top, now the other",
    binary(0.3, 0.72, 0.26, 0.75, 0.78),
    np.array([0, 1, 1, 1, 1]),
    bins=5,
)
exercise.case(
    "one item that is certain beside one that is not",
    binary(0.9, 1.0, 0.3),
    np.array([1, 0, 0]),
    bins=5,
)
exercise.case("gaps of both signs", *predictions(12, 40, 3, 1.7, 0.6), bins=4)
exercise.case("five classes", *predictions(13, 120, 5, 2.0, 0.5), bins=10)
exercise.case("the usual 15 bins", *predictions(14, 90, 3, 2.5, 0.4))
exercise.case(
    "two classes that are equally probable", binary(0.5, 0.5, 0.9), np.array([0, 1, 1])
)
exercise.case(
    "items on the edges of bins",
    binary(0.5, 0.5, 0.75, 0.75, 0.75, 1.0, 1.0, 1.0, 0.625),
    np.array([0, 1, 1, 1, 1, 1, 0, 0, 0]),
    bins=4,
    noted=Note(
        "confidences exactly on an edge between two bins",
        "Ours counts them in the bin below, as the paper does: its bins are (lower, upper].",
    ),
)
exercise.case("one bin", *predictions(15, 50, 3, 1.5, 1.0), bins=1)
near_half = [[0.4, 0.3, 0.3], [0.2, 0.45, 0.35], [0.55, 0.25, 0.2], [0.1, 0.1, 0.8]]
exercise.case(
    "three classes in two bins", np.array(near_half), np.array([1, 1, 2, 2]), bins=2
)
exercise.case(
    "one item", binary(0.64), np.array([0]), bins=10, noted=refusal_of("one item")
)
exercise.case(
    "float32",
    predictions(16, 60, 4, 2.0, 0.5)[0].astype(np.float32),
    predictions(16, 60, 4, 2.0, 0.5)[1],
    bins=12,
)
sure = np.array([[1, 0], [0, 1], [1, 0], [0, 1], [1, 0]])
add_whole_numbers(exercise, sure, np.array([0, 0, 1, 1, 0]))
exercise.case(
    "labels as booleans",
    binary(0.81, 0.83, 0.3),
    np.array([1, 0, 1]) > 0,
    noted=BOOLEAN,
)


def tops(probabilities, labels):
    p = probabilities.astype(float)
    return p.max(axis=1), (p.argmax(axis=1) == labels).astype(float)


def numbers(confidence, bins):
    """The bin of each, (lower, upper]."""
    return np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence)


def gaps(confidence, right, which, bins):
    """The items of each bin, and accuracy minus confidence in it, 0 where there is none."""
    count = np.bincount(which, minlength=bins)[:bins]
    difference = np.bincount(which, right - confidence, bins)[:bins]
    return count, difference / np.maximum(count, 1)


@exercise.bug(empty=(True, False))
def bins_weighted_equally(probabilities, labels, bins=15, empty=True):
    """Every bin counts the same, so one item in a bin of its own weighs as much as all others
    together. Weight each gap by the share of items in its bin."""
    # "Every bin counts the same, so one item in a bin of its own weighs as much as all others
    #     together": np.isclose(bug(np.array([[0.05, 0.95]] * 9 + [[0.4, 0.6]]), np.array([1] * 9 +
    #     [0]), 5, empty=False), (0.05 + 0.6) / 2)
    # "Weight each gap by the share of items in its bin": np.abs(gap).sum() / (bins if empty
    #     else (count > 0).sum()) → (count / len(top) * np.abs(gap)).sum()
    top, right = tops(probabilities, labels)
    count, gap = gaps(top, right, numbers(top, bins), bins)
    return np.abs(gap).sum() / (bins if empty else (count > 0).sum())


@exercise.bug
def gap_of_each_item(probabilities, labels, bins=15):
    """The gap is that of each item alone, which is 0 only for one that is certain and right. Take
    both means over a bin before you subtract."""
    # "The gap is that of each item alone, which is 0 only for one that is certain and right":
    #     np.isclose(got, np.abs(np.subtract(*tops(probabilities, labels))).mean())
    # "Take both means over a bin before you subtract": np.abs(right - top).mean() →
    #     np.abs(np.bincount(numbers(top, bins), right - top)).sum() / len(top)
    top, right = tops(probabilities, labels)
    return np.abs(right - top).mean()


@exercise.bug(sign=(1, -1))
def gaps_not_absolute(probabilities, labels, bins=15, sign=1):
    """Gaps of opposite sign cancel, and what is left is the difference of mean accuracy and mean
    confidence, with its sign. Take the absolute gap of each bin before adding."""
    # "what is left is the difference of mean accuracy and mean confidence, with its sign":
    #     np.isclose(got, (probabilities.argmax(axis=1) == labels).mean() -
    #     probabilities.max(axis=1).mean())
    # "Take the absolute gap of each bin before adding": sign * (right - top).mean() →
    #     (np.bincount(numbers(top, bins), minlength=bins) * np.abs(gaps(top, right, numbers(top,
    #     bins), bins)[1])).sum() / len(top)
    top, right = tops(probabilities, labels)
    return sign * (right - top).mean()


@exercise.bug
def one_gap_for_all(probabilities, labels, bins=15):
    """This is the absolute gap between mean accuracy and mean confidence of all items, in which
    overconfident and underconfident items cancel. Compare within each bin."""
    # "This is the absolute gap between mean accuracy and mean confidence of all items":
    #     np.isclose(got, abs((probabilities.argmax(axis=1) == labels).mean() -
    #     probabilities.max(axis=1).mean()))
    # "Compare within each bin": abs((right - top).mean()) → np.abs(np.bincount(numbers(top,
    #     bins), right - top)).sum() / len(top)
    top, right = tops(probabilities, labels)
    return abs((right - top).mean())


@exercise.bug
def gaps_squared(probabilities, labels, bins=15):
    """The gaps are squared. The expected calibration error adds absolute gaps."""
    # "The gaps are squared": np.isclose(got, want ** 2)
    # "The expected calibration error adds absolute gaps": gap ** 2 → np.abs(gap)
    top, right = tops(probabilities, labels)
    count, gap = gaps(top, right, numbers(top, bins), bins)
    return (count * gap**2).sum() / len(top)


@exercise.bug
def root_of_mean_square(probabilities, labels, bins=15):
    """This is the root of the mean squared gap, in which large gaps weigh more. The expected
    calibration error is the mean of the absolute gaps."""
    # "This is the root of the mean squared gap, in which large gaps weigh more": got > want and
    #     np.isclose(got**2, gaps_squared(probabilities, labels, bins))
    # "The expected calibration error is the mean of the absolute gaps": np.sqrt((count
    #     * gap ** 2).sum() / len(top)) → (count * np.abs(gap)).sum() / len(top)
    top, right = tops(probabilities, labels)
    count, gap = gaps(top, right, numbers(top, bins), bins)
    return np.sqrt((count * gap**2).sum() / len(top))


@exercise.bug(low=("chance", "smallest"))
def bins_of_a_part(probabilities, labels, bins=15, low="chance"):
    """The bins divide a part of the interval: from 1/classes to 1, or from the smallest confidence
    to the largest. Cut all of it, from 0 to 1."""
    # "The bins divide a part of the interval: from 1/classes to 1": bins == 5 and np.isclose(got,
    #     (abs(0.7 - 0) + abs(0.72 - 1) + abs(0.95 - 1)) / 3)
    # "Cut all of it, from 0 to 1": edges = np.linspace(*ends, bins + 1) → edges = np.linspace(0, 1,
    #     bins + 1)
    # "or from the smallest confidence to the largest": np.isclose(bug(np.array([[0.8, 0.2], [0.9,
    #     0.1]]), np.array([0, 1]), 2, low="smallest"), (0.2 + 0.9) / 2)
    top, right = tops(probabilities, labels)
    ends = (
        (1 / probabilities.shape[1], 1) if low == "chance" else (top.min(), top.max())
    )
    edges = np.linspace(*ends, bins + 1)
    which = np.searchsorted(edges[1:-1], top)
    count, gap = gaps(top, right, which, bins)
    return (count * np.abs(gap)).sum() / len(top)


@exercise.bug(averaged=(False, True))
def every_class_binned(probabilities, labels, bins=15, averaged=False):
    """The probability of every class counts as a confidence of its own. Take the largest of each
    item alone."""
    # "The probability of every class counts as a confidence of its own": np.isclose(got, 2 * want)
    #     and probabilities.shape[1] == 2
    # "Take the largest of each item alone": (p.ravel(),
    #     np.eye(p.shape[1])[labels.astype(int)].ravel()) → tops(p, labels)
    p = probabilities.astype(float)
    each, is_it = p.ravel(), np.eye(p.shape[1])[labels.astype(int)].ravel()
    count, gap = gaps(each, is_it, numbers(each, bins), bins)
    return (count * np.abs(gap)).sum() / len(each if averaged else p)


@exercise.bug
def largest_gap(probabilities, labels, bins=15):
    """This is the largest gap of any bin, the maximum calibration error. The expected one is the
    mean over items."""
    # "This is the largest gap of any bin, the maximum calibration error": got > want and
    #     np.isclose(got, 0.21)
    # "The expected one is the mean over items": np.abs(gaps(top, right, numbers(top, bins),
    #     bins)[1]).max() → np.abs(gaps(top, right, numbers(top, bins), bins)[1])[numbers(top,
    #     bins)].mean()
    top, right = tops(probabilities, labels)
    return np.abs(gaps(top, right, numbers(top, bins), bins)[1]).max()


@exercise.bug
def middle_of_the_bin(probabilities, labels, bins=15):
    """The accuracy is compared with the middle of the bin. Items may all lie at one side of it:
    use their mean confidence."""
    # "The accuracy is compared with the middle of the bin": np.isclose(got, 0.9 - 0.5)
    # "use their mean confidence": (which + 0.5) / bins → top
    # "Items may all lie at one side of it: use their mean confidence": (which + 0.5) / bins →
    #     np.bincount(which, top)[which] / np.bincount(which)[which]
    top, right = tops(probabilities, labels)
    which = numbers(top, bins)
    count, gap = gaps((which + 0.5) / bins, right, which, bins)
    return (count * np.abs(gap)).sum() / len(top)


@exercise.bug(column=(1, -1))
def one_class_only(probabilities, labels, bins=15, column=1):
    """The confidence is the probability of one fixed class, and being right is being that class.
    Use the largest probability of each item, whichever class has it."""
    # "The confidence is the probability of one fixed class, and being right is being that
    #     class": np.isclose(got, ((0.1 - 0) + (0.3 - 0) + (1 - 0.9) + (0.75 - 0)) / 4)
    # "Use the largest probability of each item, whichever class has it": p[:, column] →
    #     p.max(axis=1); labels == column % p.shape[1] → labels == p.argmax(axis=1)
    p = probabilities.astype(float)
    of_it = p[:, column]
    is_it = (labels == column % p.shape[1]).astype(float)
    count, gap = gaps(of_it, is_it, numbers(of_it, bins), bins)
    return (count * np.abs(gap)).sum() / len(p)


@exercise.bug
def probability_of_the_right_class(probabilities, labels, bins=15):
    """The confidence is that of the right class, which the model does not know. Use the largest
    probability of each item."""
    # "The confidence is that of the right class": np.isclose(got, (abs(1 - 0.81) + abs(0 -
    #     0.17)) / 2)
    # "Use the largest probability of each item": p[np.arange(len(p)), labels] → p.max(axis=1)
    p = probabilities.astype(float)
    given = p[np.arange(len(p)), labels]
    count, gap = gaps(given, tops(p, labels)[1], numbers(given, bins), bins)
    return (count * np.abs(gap)).sum() / len(p)


@exercise.bug
def equally_filled_bins(probabilities, labels, bins=15):
    """The bins hold equally many items. That is a sound variant, but bins of equal width are
    asked for."""
    # "The bins hold equally many items": np.isclose(got, (abs(1 - 0.81) + abs(0 - 0.83)) / 2)
    # "bins of equal width are asked for": which[top.argsort(kind='stable')] =
    #     np.arange(len(top)) * bins // len(top) → which = np.maximum(np.ceil(np.round(top * bins,
    #     9)).astype(int) - 1, 0)
    top, right = tops(probabilities, labels)
    which = np.empty(len(top), dtype=int)
    which[top.argsort(kind="stable")] = np.arange(len(top)) * bins // len(top)
    count, gap = gaps(top, right, which, bins)
    return (count * np.abs(gap)).sum() / len(top)


@exercise.bug
def certainty_in_a_bin_of_its_own(probabilities, labels, bins=15):
    """A confidence of 1 lands in a bin of its own, one more than there are. The last bin contains
    1."""
    # "A confidence of 1 lands in a bin of its own": got != want and (probabilities.max(axis=1) ==
    #     1).any()
    # "The last bin contains 1": np.where(top == 1, bins, numbers(top, bins)) → numbers(top, bins)
    top, right = tops(probabilities, labels)
    which = np.where(top == 1, bins, numbers(top, bins))
    count, gap = gaps(top, right, which, bins + 1)
    return (count * np.abs(gap)).sum() / len(top)


@exercise.bug(forgotten=(False, True))
def certainty_in_no_bin(probabilities, labels, bins=15, forgotten=False):
    """A confidence of 1 lands in no bin, as if every bin ended before its upper edge. The last bin
    contains 1."""
    # "A confidence of 1 lands in no bin": got != want and (probabilities.max(axis=1) == 1).any()
    # "The last bin contains 1": top, side='right' → np.minimum(top, 1 - 1e-9), side='right'
    top, right = tops(probabilities, labels)
    which = np.searchsorted(np.linspace(0, 1, bins + 1), top, side="right") - 1
    keep = which < bins
    count, gap = gaps(top[keep], right[keep], which[keep], bins)
    items = max(keep.sum(), 1) if forgotten else len(top)
    return (count * np.abs(gap)).sum() / items


@exercise.bug
def indexed_assignment_adds_once(probabilities, labels, bins=15):
    """`gap[which] += ...` adds once for each bin, however many items are in it. Use `np.add.at`, or
    `np.bincount` with weights."""
    # "adds once for each bin, however many items are in it": got == (gap :=
    #     np.abs((lambda top, right: right - top)(*tops(probabilities, labels))))[-1] / len(labels)
    # "Use `np.add.at`": gap[which] += right - top → np.add.at(gap, which, right - top)
    # "or `np.bincount` with weights": gap[which] += right - top → gap = np.bincount(which, right
    #     - top, bins)
    top, right = tops(probabilities, labels)
    which, gap = numbers(top, bins), np.zeros(bins)
    gap[which] += right - top
    return np.abs(gap).sum() / len(top)


@exercise.bug
def ten_bins_by_default(probabilities, labels, bins=10):
    """Where no number of bins is passed, there are 10, as elsewhere. The signature says 15."""
    # "Where no number of bins is passed, there are 10": got == right(probabilities, labels, 10)
    # "The signature says 15": bins=10 → bins=15
    return expected_calibration_error(probabilities, labels, bins)


@exercise.bug
def empty_bins_give_nan(probabilities, labels, bins=15):
    """An empty bin has no mean: 0/0 is nan, and one nan makes the sum nan. Leave empty bins
    out."""
    # "An empty bin has no mean: 0/0 is nan, and one nan makes the sum nan": np.isnan(got)
    # "Leave empty bins out": .sum() → [count > 0].sum()
    top, right = tops(probabilities, labels)
    count, gap = gaps(top, right, numbers(top, bins), bins)
    with np.errstate(invalid="ignore"):
        return (count / len(top) * np.abs(gap) * (count / count)).sum()


@exercise.bug(fixed=(15, 10))
def bins_ignored(probabilities, labels, bins=15, fixed=15):
    """The argument `bins` is not used. The error depends on it, so it must be."""
    # "The argument `bins` is not used": got == bug(probabilities, labels, bins=3)
    # "The error depends on it, so it must be": fixed) → bins)
    return expected_calibration_error(probabilities, labels, fixed)
