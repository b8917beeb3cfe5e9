"""Practice for question 16: precision, recall and F1 of yes-or-no answers."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.labels.metrics import precision_recall_f1

exercise = Exercise(
    precision_recall_f1,
    page="16-accuracy-and-metrics",
    returns=("precision", "recall", "f1"),
    rtol=1e-12,
    of_counts=True,
    hints=(
        "Count first: how many are called positive, how many are positive, and how many are "
        "both?",
        "Precision divides by what was called positive, recall by what is positive. Neither "
        "asks how many negatives were left alone.",
        "F1 is the harmonic mean. Multiplied out it is twice the hits over the sum of both "
        "denominators, which needs no division by a precision of 0.",
        "Where nothing is called positive, precision is 0/0. Decide before dividing: here it "
        "is 0.",
    ),
)

truth = np.array([1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0])
predicted = np.array([1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
exercise.case("13 examples", truth, predicted)
exercise.case(
    "more called than are", truth, np.maximum(predicted, np.arange(13) % 3 == 1)
)
exercise.case("fewer called than are", truth, predicted * (np.arange(13) < 5))
exercise.case("one called, and right", np.array([1, 0, 1]), np.array([0, 0, 1]))
exercise.case("one positive, and found", np.array([0, 1, 0]), np.array([1, 1, 0]))
exercise.case("all right", truth, truth.copy())
exercise.case(
    "every positive missed", np.array([1, 1, 0, 0, 0]), np.array([0, 0, 1, 1, 1])
)
exercise.case("nothing called positive", truth, np.zeros(13, int))
exercise.case("everything called positive", truth, np.ones(13, int))
exercise.case("nothing positive", np.zeros(5, int), np.array([0, 1, 0, 1, 0]))
exercise.case("nothing positive or called so", np.zeros(4, int), np.zeros(4, int))
exercise.case("nothing but positives, some found", np.ones(5, int), predicted[:5])
exercise.case("nothing but positives, all found", np.ones(4, int), np.ones(4, int))
exercise.case("booleans", truth == 1, predicted == 1)
for name, dtype in (("bytes", np.uint8), ("bytes with signs", np.int8)):
    exercise.case(name, *(np.tile(a, 90).astype(dtype) for a in (truth, predicted)))
exercise.case("360 hits", *(np.tile(a, 90) for a in (truth, predicted)))


def table(truth, predicted):
    truth, predicted = truth == 1, predicted == 1
    return (
        int((truth & predicted).sum()),
        int((~truth & predicted).sum()),
        int((truth & ~predicted).sum()),
        int((~truth & ~predicted).sum()),
    )


def from_counts(tp, fp, fn):
    def share(part, whole):
        return part / whole if whole else 0.0

    return share(tp, tp + fp), share(tp, tp + fn), share(2 * tp, 2 * tp + fp + fn)


@exercise.bug
def precision_and_recall_swapped(truth, predicted):
    """Precision and recall are swapped. Precision is the share of right ones among those called
    positive; recall is the share of found ones among the positives."""
    # "Precision and recall are swapped": (got.precision, got.recall) == (want.recall,
    #     want.precision)
    # "Precision is the share of right ones among those called positive; recall is the share of
    #     found ones among the positives": (recall, precision, f1) → (*from_counts(*table(truth,
    #     predicted)[:3])[:2], f1)
    precision, recall, f1 = precision_recall_f1(truth, predicted)
    return recall, precision, f1


@exercise.bug
def true_negatives_counted(truth, predicted):
    """Every right answer counts as a hit, the true negatives too, so three metrics that should
    ignore them rise with them. A hit is 1 in both arrays."""
    # "Every right answer counts as a hit, the true negatives too, so three metrics that should
    #     ignore them rise with them": got.precision > want.precision and got.recall > want.recall
    #     and got.f1 > want.f1 and np.isclose(got.precision, ((n := table(truth, predicted))[0] +
    #     n[3]) / (n[0] + n[3] + n[1]))
    # "A hit is 1 in both arrays": tp + tn → int(((truth == 1) & (predicted == 1)).sum())
    tp, fp, fn, tn = table(truth, predicted)
    return from_counts(tp + tn, fp, fn)


@exercise.bug
def negative_class_measured(truth, predicted):
    """The three are those of class 0. The positive class is 1."""
    # "The three are those of class 0": (got.precision, got.recall, got.f1) == right(1 - truth,
    #     1 - predicted)
    # "The positive class is 1": 1 - truth.astype(int), 1 - predicted.astype(int) →
    #     truth.astype(int), predicted.astype(int)
    return precision_recall_f1(1 - truth.astype(int), 1 - predicted.astype(int))


@exercise.bug(all_three=(True, False))
def weighted_over_both_classes(truth, predicted, all_three=True):
    """Both classes count by their numbers of examples, as with scikit-learn's "weighted", so many
    true negatives raise the result. Measure class 1 only."""
    # "Both classes count by their numbers of examples": np.isclose(got.f1, truth.mean() *
    #     right(truth, predicted)[2] + (1 - truth.mean()) * right(1 - truth, 1 - predicted)[2])
    # "Measure class 1 only": share * one + (1 - share) * other → one
    swapped = precision_recall_f1(1 - truth.astype(int), 1 - predicted.astype(int))
    plain, share = precision_recall_f1(truth, predicted), truth.astype(int).mean()
    pairs = zip(plain, swapped, strict=True)
    both = tuple(share * one + (1 - share) * other for one, other in pairs)
    return both if all_three else (*plain[:2], both[2])


@exercise.bug
def averaged_over_both_classes(truth, predicted):
    """These are macro averages: the mean of what class 1 and class 0 would get. Measure class 1
    only."""
    # "These are macro averages: the mean of what class 1 and class 0 would get":
    #     np.isclose(got.f1, (right(truth, predicted)[2] + right(1 - truth, 1 - predicted)[2]) / 2)
    # "Measure class 1 only": (one + other) / 2 → one
    swapped = precision_recall_f1(1 - truth.astype(int), 1 - predicted.astype(int))
    pairs = zip(precision_recall_f1(truth, predicted), swapped, strict=True)
    return tuple((one + other) / 2 for one, other in pairs)


@exercise.bug
def specificity_for_precision(truth, predicted):
    """The first part is the specificity, TN / (TN + FP): it divides by the negatives. Precision
    divides by what was called positive, TP + FP."""
    # "The first part is the specificity, TN / (TN + FP): it divides by the negatives":
    #     np.isclose(got.precision, (1 - predicted[truth == 0]).mean())
    # "Precision divides by what was called positive, TP + FP": tn / (tn + fp) if tn + fp else
    #     0.0 → tp / (tp + fp) if tp + fp else 0.0
    tp, fp, fn, tn = table(truth, predicted)
    specificity = tn / (tn + fp) if tn + fp else 0.0
    total = specificity + (tp / (tp + fn) if tp + fn else 0.0)
    recall = from_counts(tp, fp, fn)[1]
    return specificity, recall, 2 * specificity * recall / total if total else 0.0


@exercise.bug
def accuracy_for_precision(truth, predicted):
    """The first part is the accuracy. Precision looks only at what was called positive."""
    # "The first part is the accuracy": np.isclose(got.precision, (truth == predicted).mean())
    # "Precision looks only at what was called positive": (tp + tn) / (tp + fp + fn + tn) → tp /
    #     max(tp + fp, 1)
    tp, fp, fn, tn = table(truth, predicted)
    precision, recall = (tp + tn) / (tp + fp + fn + tn), from_counts(tp, fp, fn)[1]
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


@exercise.bug
def arithmetic_mean(truth, predicted):
    """F1 is computed as the arithmetic mean of precision and recall, which rewards calling
    everything positive. Take the harmonic mean."""
    # "F1 is computed as the arithmetic mean of precision and recall": np.isclose(got.f1,
    #     (want.precision + want.recall) / 2)
    # "which rewards calling everything positive": bug(np.eye(1, 4, dtype=int)[0], np.ones(4,
    #     int))[2] > right(np.eye(1, 4, dtype=int)[0], np.ones(4, int))[2]
    # "Take the harmonic mean": (precision + recall) / 2 → 2 / (1 / precision + 1 / recall) if
    #     precision * recall else 0.0
    precision, recall, _ = precision_recall_f1(truth, predicted)
    return precision, recall, (precision + recall) / 2


@exercise.bug
def geometric_mean(truth, predicted):
    """F1 is computed as the geometric mean of precision and recall. Take the harmonic mean."""
    # "F1 is computed as the geometric mean of precision and recall": np.isclose(got.f1,
    #     np.sqrt(want.precision * want.recall))
    # "Take the harmonic mean": (precision * recall) ** 0.5 → 2 / (1 / precision + 1 / recall)
    #     if precision * recall else 0.0
    precision, recall, _ = precision_recall_f1(truth, predicted)
    return precision, recall, (precision * recall) ** 0.5


@exercise.bug
def factor_of_two_lost(truth, predicted):
    """F1 lacks its factor 2, so perfect answers get one half. The harmonic mean of two numbers
    is 2 / (1/P + 1/R)."""
    # "F1 lacks its factor 2, so perfect answers get one half": np.isclose(2 * got.f1, want.f1)
    #     and bug(truth, truth)[2] == 1 / 2
    # "The harmonic mean of two numbers is 2 / (1/P + 1/R)": f1 / 2 → (lambda P, R, _: 2 / (1/P
    #     + 1/R) if P * R else 0.0)(*from_counts(*table(truth, predicted)[:3]))
    precision, recall, f1 = precision_recall_f1(truth, predicted)
    return precision, recall, f1 / 2


@exercise.bug(guarded=(False, True))
def nan_for_nothing(truth, predicted, guarded=False):
    """Where a denominator is 0 the result is nan or an error. Return 0 for 0/0, here and in F1,
    whose precision and recall may both be 0."""
    # "Where a denominator is 0 the result is nan or an error": np.isnan(got.f1)
    # "Return 0 for 0/0, here and in F1, whose precision and recall may both be 0": precision,
    #     recall = (tp / (tp + fp), tp / (tp + fn)) → precision, recall = (np.nan_to_num(tp / (tp +
    #     fp)), np.nan_to_num(tp / (tp + fn))); 2 * precision * recall / (precision + recall) →
    #     np.nan_to_num(2 * precision * recall / (precision + recall))
    tp, fp, fn, _ = map(np.float64, table(truth, predicted))
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    # With the guard, only F1 is nan.
    if guarded:
        precision, recall = np.nan_to_num(precision), np.nan_to_num(recall)
    return precision, recall, 2 * precision * recall / (precision + recall)


@exercise.bug(which=("all", "p and r"))
def one_for_nothing(truth, predicted, which="all"):
    """0/0 counts as 1, so a model that never answers yes has a perfect precision. Here it is
    0."""
    # "0/0 counts as 1, so a model that never answers yes has a perfect precision":
    #     got.precision == 1 and not predicted.any()
    # "Here it is 0": else 1.0 → else 0.0
    tp, fp, fn, _ = table(truth, predicted)
    precision = tp / (tp + fp) if tp + fp else 1.0
    recall = tp / (tp + fn) if tp + fn else 1.0
    if which == "all":
        return precision, recall, 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


@exercise.bug(eps=(1e-3, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10))
def eps_in_the_denominator(truth, predicted, eps=1e-8):
    """A number added to the denominators keeps perfect answers below 1. Ask whether the
    denominator is 0 instead."""
    # "A number added to the denominators keeps perfect answers below 1": max(bug(truth, truth))
    #     < 1
    # "Ask whether the denominator is 0 instead": tp + fp + eps → tp + fp + (not tp + fp); tp +
    #     fn + eps → tp + fn + (not tp + fn); precision + recall + eps → precision + recall + (not
    #     precision + recall)
    tp, fp, fn, _ = table(truth, predicted)
    precision, recall = tp / (tp + fp + eps), tp / (tp + fn + eps)
    return precision, recall, 2 * precision * recall / (precision + recall + eps)


@exercise.bug
def counted_in_the_dtype(truth, predicted):
    """`truth @ predicted` counts in the dtype of the labels: of booleans it says only whether
    there is a hit, of bytes it starts again at 256. Use `(truth & predicted).sum()`."""
    # "of booleans it says only whether there is a hit, of bytes it starts again at 256":
    #     truth.dtype == bool and not np.isclose(got.precision, want.precision) and bug(*np.ones((2,
    #     256), np.uint8))[0] == 0
    # "Use `(truth & predicted).sum()`": truth @ predicted → (truth & predicted).sum()
    # "`truth @ predicted` counts in the dtype of the labels": (truth @ predicted).dtype == bool
    #     and not np.isclose(got.precision, want.precision)
    tp = int(truth @ predicted)
    called, positives = int(predicted.sum()), int(truth.sum())
    precision = tp / called if called else 0.0
    recall = tp / positives if positives else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


@exercise.bug
def all_three_the_accuracy(truth, predicted):
    """All three are the share of right answers, which is what counts of both classes together
    ("micro") give. Count the hits of class 1, and divide by its calls and its positives."""
    # "All three are the share of right answers": got.precision == got.recall == got.f1 == (truth ==
    #     predicted).mean()
    # "Count the hits of class 1, and divide by its calls and its positives": (tp + tn, fp + fn, fp
    #     + fn) → (tp, fp, fn)
    tp, fp, fn, tn = table(truth, predicted)
    counts = (tp + tn, fp + fn, fp + fn)
    return from_counts(*counts)


@exercise.bug
def jaccard_for_f1(truth, predicted):
    """F1 is computed as TP / (TP + FP + FN), the Jaccard index. Hits count twice, above and
    below."""
    # "F1 is computed as TP / (TP + FP + FN), the Jaccard index": np.isclose(got.f1, (truth &
    #     predicted).sum() / (truth | predicted).sum())
    # "Hits count twice, above and below": tp / max(tp + fp + fn, 1) → 2 * tp / max(2 * tp + fp +
    #     fn, 1)
    tp, fp, fn, _ = table(truth, predicted)
    return *from_counts(tp, fp, fn)[:2], tp / max(tp + fp + fn, 1)


@exercise.bug(where=("both", "truth"))
def integers_inverted(truth, predicted, where="both"):
    """`~` of the integers 0 and 1 is -1 and -2, which both count as true, so that hits are counted
    as mistakes, too. Compare with 0 instead."""
    # "`~` of the integers 0 and 1 is -1 and -2, which both count as true": (~truth).all() and
    #     got.precision != want.precision
    # "so that hits are counted as mistakes, too": np.isclose(got.precision, (truth &
    #     predicted).sum() / ((truth & predicted).sum() + predicted.sum()))
    # "Compare with 0 instead": no_truth, no_call = (~truth, ~predicted) → no_truth, no_call =
    #     (truth == 0, predicted == 0)
    no_truth, no_call = ~truth, ~predicted
    if where == "truth":
        no_call = predicted == 0
    tp = int(np.logical_and(truth, predicted).sum())
    fp = int(np.logical_and(no_truth, predicted).sum())
    fn = int(np.logical_and(truth, no_call).sum())
    return from_counts(tp, fp, fn)
