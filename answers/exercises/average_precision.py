"""Practice for question 16: average precision, ties included."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import refusal_of
from answers.labels.metrics import average_precision, precision_recall_curve, roc_auc

exercise = Exercise(
    average_precision,
    page="16-accuracy-and-metrics",
    rtol=1e-10,
    of_counts=True,
    hints=(
        "Go down the scores, the highest first. How many have been called positive so far, and "
        "how many of them rightly? A cumulative sum gives both.",
        "Weight each precision by the recall that its threshold adds. Where no positive comes, "
        "none is added.",
        "Equal scores cross the threshold together: of a group of equal scores, only the "
        "counts after its last member exist.",
        "Equivalently: for each positive, the precision among all scores at least as high as "
        "its own, averaged over the positives.",
    ),
)

rng = np.random.default_rng(61)
y = np.array([1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0])
scores = np.array([2.3, 0.4, 1.9, -0.2, 1.1, 2.0, 0.9, -1.3, 0.1, 3.2, 1.4])
exercise.case("one of each, in order", np.array([0, 1]), np.array([0.2, 0.7]))
exercise.case("one of each, out of order", np.array([1, 0]), np.array([0.2, 0.7]))
exercise.case(
    "positives first and third", np.array([1, 0, 1]), np.array([3.0, 2.0, 1.0])
)
exercise.case("11 distinct scores", y, scores)
exercise.case("worse than chance", y, -scores)
exercise.case(
    "a tie between the classes", np.array([1, 0, 0]), np.array([0.6, 0.6, 0.1])
)
exercise.case(
    "ties within and between the classes",
    np.array([0, 1, 1, 0, 1, 0, 0, 1]),
    np.array([0.5, 0.5, 0.5, 0.8, 0.8, 0.1, 0.5, 0.1]),
)
exercise.case("nothing but ties", np.array([1, 0, 0, 1, 0]), np.full(5, 0.3))
exercise.case(
    "nothing but positives",
    np.array([1, 1, 1]),
    np.array([0.3, 0.1, 0.1]),
    noted=refusal_of("examples that are all positive"),
)
exercise.case("whole numbers", rng.integers(2, size=40), rng.integers(5, size=40))
exercise.case("truth as booleans", y == 1, scores.round())
exercise.case("scores a billionth apart", y, 1 + 1e-9 * scores)
truth = (rng.random(203) < 0.1).astype(int)
exercise.case("a tenth positive", truth, (truth + rng.normal(size=203)).round(1))
exercise.case(
    "300 distinct scores", rng.integers(2, size=300), rng.permutation(300) / 7
)
exercise.case("float32", y, scores.astype(np.float32))
exercise.case(
    "bytes",
    *(
        rng.integers(2, size=40, dtype=np.uint8),
        rng.integers(5, size=40, dtype=np.uint8),
    ),
)
exercise.case(
    "bytes with signs",
    *(
        rng.integers(2, size=40, dtype=np.int8),
        np.append(rng.integers(-128, 128, size=39), -128).astype(np.int8),
    ),
)


def counts(truth, order):
    """Precision and recall after each example, one by one."""
    hits = np.cumsum((truth == 1)[order])
    return hits / np.arange(1, len(truth) + 1), hits / hits[-1]


def area(precision, recall):
    return (np.diff(recall, prepend=0) * precision).sum()


@exercise.bug(kind=("as they stand", "reversed", "any", "any, reversed"))
def ties_one_by_one(truth, scores, kind="as they stand"):
    """Equal scores cross the threshold one by one, in the order in which they happen to stand,
    so shuffling the examples changes the result. Keep only the counts after the last of equals."""
    # "Equal scores cross the threshold one by one, in the order in which they happen to stand,
    #     so shuffling the examples changes the result": bug(truth[::-1], scores[::-1]) != got
    # "Keep only the counts after the last of equals": area(*counts(truth, order)) →
    #     area(*(each[np.append(np.diff(scores[order]) != 0, True)] for each in counts(truth,
    #     order)))
    order = np.argsort(-scores, kind="stable")
    if kind == "reversed":
        order = np.argsort(scores, kind="stable")[::-1]
    elif kind.startswith("any"):
        order = np.argsort(-scores) if kind == "any" else np.argsort(scores)[::-1]
    return area(*counts(truth, order))


@exercise.bug(first=(1, 0))
def equals_by_their_class(truth, scores, first=1):
    """Equal scores cross the threshold one by one, sorted by their class: positives first raise the
    result, negatives first lower it. Keep only the counts after the last of equals."""
    # "positives first raise the result, negatives first lower it": got > want and
    #     bug(np.array([1, 1, 0]), np.ones(3), first=0) < 2 / 3
    # "Keep only the counts after the last of equals": area(*counts(truth, order)) →
    #     area(*(each[np.append(np.diff(scores[order]) != 0, True)] for each in counts(truth,
    #     order)))
    order = np.lexsort((truth != first, -scores.astype(float)))
    return area(*counts(truth, order))


@exercise.bug
def equals_left_out(truth, scores):
    """For each positive those that score higher are counted, and it itself: others of its score are
    left out. Count all that score as high or higher."""
    # "For each positive those that score higher are counted, and it itself": got == 1 and
    #     np.isclose(want, 1 / 2)
    # "Count all that score as high or higher": scores > scores[:, None] → scores >= scores[:,
    #     None]
    seen = (scores > scores[:, None]) | np.eye(len(scores), dtype=bool)
    precision = (seen & (truth == 1)).sum(axis=1) / seen.sum(axis=1)
    return precision[truth == 1].mean()


@exercise.bug(start=("precision 1", "the first precision", "none"))
def trapezoids(truth, scores, start="precision 1"):
    """The points are joined by straight lines, which no threshold achieves. Multiply
    each precision by the recall that it adds: a sum of rectangles."""
    # "The points are joined by straight lines": np.isclose(got, np.trapezoid([1, 0, 1 / 2], [0,
    #     0, 1]))
    # "Multiply each precision by the recall that it adds: a sum of rectangles":
    #     np.trapezoid(precision, recall) → (precision * np.diff(recall, prepend=0)).sum()
    precision, recall, _ = precision_recall_curve(truth, scores)
    if start != "none":
        first = 1 if start == "precision 1" else precision[0]
        precision, recall = np.append(first, precision), np.append(0, recall)
    return np.trapezoid(precision, recall)


@exercise.bug
def interpolated(truth, scores):
    """Each precision is replaced by the highest at that recall or more, as in some detection
    contests; that is never lower. Use the precision at the threshold itself."""
    # "Each precision is replaced by the highest at that recall or more, as in some detection
    #     contests; that is never lower": got > want
    # "Use the precision at the threshold itself": np.maximum.accumulate(precision[::-1])[::-1]
    #     → precision
    precision, recall, _ = precision_recall_curve(truth, scores)
    return area(np.maximum.accumulate(precision[::-1])[::-1], recall)


@exercise.bug
def eleven_points(truth, scores):
    """This is the mean of the highest precision at eleven levels of recall, an old
    approximation. Sum over every threshold instead."""
    # "This is the mean of the highest precision at eleven levels of recall": np.isclose(got, (6
    #     * 1 + 5 * 2 / 3) / 11)
    # "Sum over every threshold instead": np.mean([precision[recall >= level - 1e-12].max() for
    #     level in levels]) → (np.diff(recall, prepend=0) * precision).sum()
    precision, recall, _ = precision_recall_curve(truth, scores)
    levels = np.linspace(0, 1, 11)
    return np.mean([precision[recall >= level - 1e-12].max() for level in levels])


@exercise.bug
def best_f1_instead(truth, scores):
    """This is the best F1 of all thresholds, which says nothing of the others. Average the
    precision over the recall that each adds."""
    # "This is the best F1 of all thresholds": np.isclose(got, max(0, 2 / (1 / 0.5 + 1 / 1)))
    # "Average the precision over the recall that each adds": np.max(2 * precision * recall /
    #     np.where(both > 0, both, 1)) → np.average(precision, weights=np.diff(recall, prepend=0))
    precision, recall, _ = precision_recall_curve(truth, scores)
    both = precision + recall
    return np.max(2 * precision * recall / np.where(both > 0, both, 1))


@exercise.bug
def lowest_first(truth, scores):
    """The scores are gone through from the lowest up, so the least positive example is called
    first. Sort from high to low."""
    # "The scores are gone through from the lowest up, so the least positive example is called
    #     first": np.isclose(bug(truth, -scores), want)
    # "Sort from high to low": scores.max() - scores → scores - scores.min()
    return average_precision(truth, scores.max() - scores)


@exercise.bug
def roc_area_instead(truth, scores):
    """This is the area under the ROC curve, which does not depend on how many negatives there
    are. Precision divides by all that are called positive."""
    # "This is the area under the ROC curve, which does not depend on how many negatives there
    #     are": np.isclose(got, roc_auc(truth, scores)) and np.isclose(got, bug(np.append(truth, 0),
    #     np.append(scores, scores[truth == 0])))
    # "Precision divides by all that are called positive": roc_auc(truth, scores) if (truth ==
    #     0).any() else np.nan → np.mean([(truth == 1)[scores >= s].mean() for s in scores[truth ==
    #     1]])
    return roc_auc(truth, scores) if (truth == 0).any() else np.nan


@exercise.bug(ties=("together", "one by one", "with a positive"))
def averaged_over_thresholds(truth, scores, ties="together"):
    """This is the mean of the precision over thresholds, where each one counts alike, however many
    positives it adds. Weight each by the recall that it adds."""
    # "This is the mean of the precision over thresholds, where each one counts alike":
    #     np.isclose(got, np.mean([1, 1 / 2]))
    # "however many positives it adds": np.isclose(bug(np.array([1, 1, 0, 1]), np.array([3, 3, 2,
    #     1]), ties="with a positive"), (1 + 3 / 4) / 2)
    # "Weight each by the recall that it adds": precision_recall_curve(truth, scores)[0].mean()
    #     → area(*precision_recall_curve(truth, scores)[:2]); counts(truth, np.argsort(-scores,
    #     kind='stable'))[0].mean() → area(*precision_recall_curve(truth, scores)[:2]);
    #     precision[np.diff(recall, prepend=0) > 0].mean() → area(precision, recall)
    if ties == "together":
        return precision_recall_curve(truth, scores)[0].mean()
    if ties == "with a positive":
        precision, recall, _ = precision_recall_curve(truth, scores)
        return precision[np.diff(recall, prepend=0) > 0].mean()
    return counts(truth, np.argsort(-scores, kind="stable"))[0].mean()


@exercise.bug
def divided_by_all_examples(truth, scores):
    """The sum over the positives is divided by the number of all examples. Divide by the number
    of positives, which makes the increments of recall add up to 1."""
    # "The sum over the positives is divided by the number of all examples": np.isclose(got,
    #     truth.sum() * want / len(truth))
    # "Divide by the number of positives": (truth == 1).mean() → (truth == 1).sum() / (truth ==
    #     1).sum()
    # "which makes the increments of recall add up to 1": np.isclose(bug(np.array([1, 0, 1]),
    #     np.array([3, 1, 2])), 1 * 2 / 3) and right(np.array([1, 0, 1]), np.array([3, 1, 2])) == 1
    return average_precision(truth, scores) * (truth == 1).mean()


@exercise.bug(first=(1.0, 0.0))
def precision_before_the_step(truth, scores, first=1.0):
    """Each increment of recall is weighted by the precision before it. Weight it by the
    precision at the threshold that adds it."""
    # "Each increment of recall is weighted by the precision before it": got == 0 and
    #     np.isclose(want, 1 / 2)
    # "Weight it by the precision at the threshold that adds it": np.append(first,
    #     precision[:-1]) → precision
    precision, recall, _ = precision_recall_curve(truth, scores)
    return area(np.append(first, precision[:-1]), recall)


@exercise.bug
def first_step_lost(truth, scores):
    """`np.diff` of the recalls has one entry less: the step from recall 0 to the first point is
    missing. Put a 0 before the recalls: `prepend=0`."""
    # "the step from recall 0 to the first point is missing": got == want - 1
    # "Put a 0 before the recalls: `prepend=0`": np.diff(recall) * precision[1:] →
    #     np.diff(recall, prepend=0) * precision
    # "has one entry less": np.diff(np.ones(5)).size == 5 - 1 and got == want - 1
    precision, recall, _ = precision_recall_curve(truth, scores)
    return (np.diff(recall) * precision[1:]).sum()


@exercise.bug
def last_step_lost(truth, scores):
    """The lowest threshold is missing, so the positives that score lowest are never counted. Take
    what scores at least t, `scores >= t`, and append the last place to what `np.diff` finds."""
    # "The lowest threshold is missing, so the positives that score lowest are never counted":
    #     np.isclose(want - got, truth[scores == scores.min()].sum() / truth.sum() * truth.mean())
    #     and got < want
    # "Take what scores at least t, `scores >= t`": scores > t → scores >= t
    # "append the last place to what `np.diff` finds": np.array_equal(np.flatnonzero(np.diff([3, 2,
    #     2, 1])), [0, 2]) and got < want
    t = np.unique(scores)[::-1, None]
    called = scores > t
    hits = (called & (truth == 1)).sum(axis=1)
    return area(hits / np.maximum(called.sum(axis=1), 1), hits / (truth == 1).sum())


@exercise.bug(of=("ranks", "examples"))
def truth_as_an_index(truth, scores, of="ranks"):
    """Where `truth` holds integers, `precision[truth]` is no mask: it takes the entries 0 and 1
    again and again. Make a mask: `truth == 1`."""
    # "it takes the entries 0 and 1 again and again": truth.dtype.kind == "i" and np.isclose(got,
    #     np.mean([1, 1 / 2]))
    # "Where `truth` holds integers, `precision[truth]` is no mask": precision[truth] →
    #     precision[truth == 1]
    # "Make a mask: `truth == 1`": precision[truth] → precision[truth == 1]
    if of == "ranks":
        order = np.argsort(-scores.astype(float), kind="stable")
        truth, scores = truth[order], scores[order]
    precision = np.array([(truth == 1)[scores >= s].mean() for s in scores])
    return precision[truth].mean()


@exercise.bug
def precision_at_one_threshold(truth, scores):
    """This is the precision at one threshold, 0.5, and not an average. Go through all
    thresholds."""
    # "This is the precision at one threshold, 0.5, and not an average": got == truth[scores >=
    #     0.5].mean()
    called = scores >= 0.5
    return (truth == 1)[called].mean() if called.any() else 0.0
