"""Practice for question 16: the correlation of truth and answers."""

import math

import numpy as np

from answers.grader.exercise import Exercise
from answers.labels.metrics import confusion_counts, matthews_correlation

exercise = Exercise(
    matthews_correlation,
    page="16-accuracy-and-metrics",
    rtol=1e-10,
    of_counts=True,
    hints=(
        "It is Pearson's correlation of two columns of 0 and 1: covariance over the root of the "
        "product of the variances. What are they in terms of the four counts?",
        "The covariance is TP · TN - FP · FN, up to n². Under the root stand the four margins: "
        "called positive, is positive, called negative, is negative.",
        "If one margin is 0, a column is constant and the correlation is 0/0. Return 0 there, "
        "and only there: a single empty cell is no reason.",
        "The product of four counts of 100,000 does not fit into 64 bits. Python's integers "
        "have no limit, and floats are precise enough.",
    ),
)

truth = np.array([1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0])
predicted = np.array([1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0])
many = np.repeat([0, 0, 1, 1], [36_000, 31_000, 20_000, 39_000])
exercise.case("13 examples", truth, predicted)
exercise.case("worse than chance", truth, 1 - predicted)
exercise.case("all right", truth, truth.copy())
exercise.case("all wrong", truth, 1 - truth)
exercise.case("no false positive", truth, truth * (np.arange(13) > 2))
exercise.case("classes of one size", np.repeat([0, 1], 5), np.arange(10) % 3 % 2)
exercise.case(
    "one positive of 20", np.eye(20, dtype=int)[3], np.arange(20) // 2 % 5 // 4
)
exercise.case("nothing called positive", truth, np.zeros(13, int))
exercise.case("everything called positive", truth, np.ones(13, int))
exercise.case("nothing but positives, all found", np.ones(4, int), np.ones(4, int))
exercise.case("nothing positive", np.zeros(5, int), np.array([0, 1, 0, 1, 0]))
exercise.case("nothing positive or called so", np.zeros(4, int), np.zeros(4, int))
exercise.case(
    "nothing positive, everything called so", np.zeros(4, int), np.ones(4, int)
)
exercise.case("booleans", truth == 1, predicted == 1)
exercise.case("126,000 examples", many, np.roll(many, 9_000))
for name, dtype in (("bytes", np.uint8), ("bytes with signs", np.int8)):
    exercise.case(name, truth.astype(dtype), predicted.astype(dtype))


def margins(tn, fp, fn, tp):
    return tp + fp, tp + fn, tn + fp, tn + fn


@exercise.bug(guarded=(False, True))
def overflow(truth, predicted, guarded=False):
    """The product of the four margins no longer fits into NumPy's 64-bit integers and wraps
    around in silence. Take roots before multiplying, or use Python's integers or floats."""
    # "The product of the four margins no longer fits into NumPy's 64-bit integers and wraps
    #     around in silence": math.prod(map(int, margins(*confusion_counts(truth, predicted)))) >
    #     np.iinfo(np.int64).max and not np.isclose(got, want)
    # "or use Python's integers": map(np.int64, confusion_counts(truth, predicted)) → map(int,
    #     confusion_counts(truth, predicted)); np.sqrt(product) → math.sqrt(product)
    # "Take roots before multiplying": product = a * b * c * d → product = np.prod(np.sqrt([a,
    #     b, c, d])); np.sqrt(product) → product
    tn, fp, fn, tp = map(np.int64, confusion_counts(truth, predicted))
    a, b, c, d = margins(tn, fp, fn, tp)
    product = a * b * c * d
    return (
        (tp * tn - fp * fn) / np.sqrt(product)
        if product and not (guarded and product < 0)
        else 0.0
    )


@exercise.bug
def no_zero_case(truth, predicted):
    """A constant column gives 0/0: nan, or an error. Return 0 where one of the four margins is
    0."""
    # "A constant column gives 0/0: nan, or an error": not predicted.any() and np.isnan(got)
    # "Return 0 where one of the four margins is 0": np.sqrt(np.prod(margins(tn, fp, fn, tp))) →
    #     (np.sqrt(np.prod(margins(tn, fp, fn, tp))) or np.inf)
    tn, fp, fn, tp = map(np.float64, confusion_counts(truth, predicted))
    return (tp * tn - fp * fn) / np.sqrt(np.prod(margins(tn, fp, fn, tp)))


@exercise.bug
def zero_for_an_empty_cell(truth, predicted):
    """0 is returned as soon as one of the four counts is 0, and perfect answers have two such
    counts. Only a margin of 0 leaves no correlation."""
    # "0 is returned as soon as one of the four counts is 0, and perfect answers have two such
    #     counts": got == 0 and want == 1 and sorted(confusion_counts(truth, predicted))[:2] == [0,
    #     0]
    # "Only a margin of 0 leaves no correlation": all(counts) → all(margins(*counts))
    counts = confusion_counts(truth, predicted)
    return matthews_correlation(truth, predicted) if all(counts) else 0.0


@exercise.bug
def zero_without_a_hit(truth, predicted):
    """0 is returned where there is no true positive, as for F1. Answers that are all wrong have -1:
    only a margin of 0 leaves no correlation."""
    # "0 is returned where there is no true positive": got == 0 and want < 0 and not ((truth == 1) &
    #     (predicted == 1)).any()
    # "Answers that are all wrong have -1": bug(truth, 1 - truth) == 0 and right(truth, 1 - truth)
    #     == -1
    # "only a margin of 0 leaves no correlation": if counts[3] else → if
    #     all(margins(*counts)) else
    counts = confusion_counts(truth, predicted)
    return matthews_correlation(truth, predicted) if counts[3] else 0.0


@exercise.bug
def covariance_over_one_less(truth, predicted):
    """The covariance is divided by n - 1, as `np.cov` does, and the variances by n: the result is
    n / (n - 1) times what it should be. Divide all of them by n."""
    # "the result is n / (n - 1) times what it should be": np.isclose(got, want * len(truth) /
    #     (len(truth) - 1))
    # "The covariance is divided by n - 1, as `np.cov` does, and the variances by n":
    #     np.isclose(got, np.cov(truth, predicted)[0, 1] / truth.std() / predicted.std())
    # "Divide all of them by n": / (n - 1) → / n
    n = len(truth)
    return matthews_correlation(truth, predicted) * n / (n - 1)


@exercise.bug
def one_where_all_agree(truth, predicted):
    """Answers that are all right and all of one class get 1. A constant column correlates with
    nothing: return 0."""
    # "Answers that are all right and all of one class get 1": got == 1 and
    #     np.array_equal(truth, predicted) and len(set(truth)) == 1
    # "A constant column correlates with nothing: return 0": 1.0 if np.array_equal(truth,
    #     predicted) else value → 0.0 if len(set(truth.tolist())) == 1 else value
    value = matthews_correlation(truth, predicted)
    return 1.0 if np.array_equal(truth, predicted) else value


@exercise.bug(eps=(1.0, 1e-3, 1e-5, 1e-6, 1e-7, 1e-8))
def eps_in_the_denominator(truth, predicted, eps=1e-8):
    """A number added to the denominator keeps perfect answers below 1. Ask whether a margin is 0
    instead."""
    # "A number added to the denominator keeps perfect answers below 1": bug(truth, truth,
    #     eps=1.0) < 1
    # "Ask whether a margin is 0 instead": (root + eps) → (root if all(margins(tn, fp, fn, tp))
    #     else 1)
    tn, fp, fn, tp = confusion_counts(truth, predicted)
    root = math.sqrt(math.prod(margins(tn, fp, fn, tp)))
    return (tp * tn - fp * fn) / (root + eps)


@exercise.bug
def root_forgotten(truth, predicted):
    """The numerator is divided by the product of the margins, not by its square root."""
    # "The numerator is divided by the product of the margins, not by its square root":
    #     np.isclose(got, want / math.sqrt(math.prod(margins(*confusion_counts(truth, predicted)))))
    # "by its square root": math.prod(margins(tn, fp, fn, tp)) or 1 →
    #     math.sqrt(math.prod(margins(tn, fp, fn, tp))) or 1
    tn, fp, fn, tp = confusion_counts(truth, predicted)
    return (tp * tn - fp * fn) / (math.prod(margins(tn, fp, fn, tp)) or 1)


@exercise.bug
def errors_added(truth, predicted):
    """The numerator adds FP · FN, so mistakes raise it. It is TP · TN - FP · FN."""
    # "The numerator adds FP · FN, so mistakes raise it": got > want and bug(truth, 1 - truth) >
    #     0
    # "It is TP · TN - FP · FN": tp * tn + fp * fn → tp * tn - fp * fn
    tn, fp, fn, tp = confusion_counts(truth, predicted)
    root = math.sqrt(math.prod(margins(tn, fp, fn, tp)))
    return (tp * tn + fp * fn) / (root or 1)


@exercise.bug
def wrong_margins(truth, predicted):
    """Under the root stand sums of right with right and wrong with wrong answers. The margins
    are TP + FP, TP + FN, TN + FP and TN + FN."""
    # "Under the root stand sums of right with right and wrong with wrong answers":
    #     np.isclose(got, want * math.sqrt((c := confusion_counts(truth, predicted))[0] + c[1]) *
    #     math.sqrt(c[0] + c[2]) / math.sqrt((c[0] + c[3]) * (c[1] + c[2])))
    # "The margins are TP + FP, TP + FN, TN + FP and TN + FN": (tp + fp) * (tp + fn) * (tn + tp)
    #     * (fp + fn) → (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    tn, fp, fn, tp = confusion_counts(truth, predicted)
    root = math.sqrt((tp + fp) * (tp + fn) * (tn + tp) * (fp + fn))
    return (tp * tn - fp * fn) / (root or 1)


@exercise.bug
def sign_lost(truth, predicted):
    """The sign is lost, so answers that are all wrong look perfect. The correlation runs from -1
    to 1."""
    # "The sign is lost, so answers that are all wrong look perfect. The correlation runs from
    #     -1 to 1": bug(truth, 1 - truth) == 1 and right(truth, 1 - truth) == -1 and right(truth,
    #     truth) == 1
    return abs(matthews_correlation(truth, predicted))


@exercise.bug
def squared(truth, predicted):
    """This is the square of the correlation. Divide by the root of the product of the
    margins, and do not square the numerator."""
    # "This is the square of the correlation": np.isclose(got, want ** 2)
    # "Divide by the root of the product of the margins, and do not square the numerator":
    #     matthews_correlation(truth, predicted) ** 2 → (lambda tn, fp, fn, tp: (tp * tn - fp * fn)
    #     / (math.sqrt(math.prod(margins(tn, fp, fn, tp))) or 1))(*confusion_counts(truth,
    #     predicted))
    return matthews_correlation(truth, predicted) ** 2


@exercise.bug(guarded=(False, True))
def twice_accuracy_less_one(truth, predicted, guarded=False):
    """This is 2 · accuracy - 1, which is the correlation if both classes, and both answers, are
    equally frequent, and seldom otherwise. Use all four counts."""
    # "This is 2 · accuracy - 1, which is the correlation if both classes, and both answers, are
    #     equally frequent": np.isclose(got, 2 * (truth == predicted).mean() - 1) and
    #     np.isclose(bug(*(e := np.array([[1, 1, 1, 0, 0, 0], [1, 1, 0, 0, 0, 1]]))), right(*e))
    if guarded and not all(margins(*confusion_counts(truth, predicted))):
        return 0.0
    return 2 * np.mean((truth == 1) == (predicted == 1)) - 1


@exercise.bug
def kappa_instead(truth, predicted):
    """This is Cohen's kappa, which divides by another denominator. Divide by the root of the
    product of the four margins."""
    # "This is Cohen's kappa": np.isclose(got, ((o := (truth == predicted).mean()) - (e :=
    #     truth.mean() * predicted.mean() + (1 - truth.mean()) * (1 - predicted.mean()))) / (1 - e))
    # "Divide by the root of the product of the four margins": 2 * (tp * tn - fp * fn) / (a * c
    #     + b * d or 1) → (tp * tn - fp * fn) / (math.sqrt(a * b * c * d) or 1)
    tn, fp, fn, tp = confusion_counts(truth, predicted)
    a, b, c, d = margins(tn, fp, fn, tp)
    return 2 * (tp * tn - fp * fn) / ((a * c + b * d) or 1)


@exercise.bug(guarded=(False, True))
def youden_instead(truth, predicted, guarded=False):
    """This is recall + specificity - 1, which corrects for the truth and not for the answers.
    The correlation also divides by how often each answer is given."""
    # "This is recall + specificity - 1": np.isclose(got, predicted[truth == 1].mean() + (1 -
    #     predicted[truth == 0]).mean() - 1)
    # "The correlation also divides by how often each answer is given": tp / (tp + fn or 1) + tn
    #     / (tn + fp or 1) - 1 → (tp / (tp + fn or 1) + tn / (tn + fp or 1) - 1) * math.sqrt((tp +
    #     fn) * (tn + fp)) / (math.sqrt((tp + fp) * (tn + fn)) or 1)
    # "which corrects for the truth and not for the answers": np.isclose(bug(np.array([1, 1, 0,
    #     0, 0, 0]), np.array([1, 0, 0, 0, 0, 1])), bug(np.array([1, 1, 0, 0]), np.array([1, 0, 0,
    #     0])) - 1 / 4)
    tn, fp, fn, tp = confusion_counts(truth, predicted)
    if guarded and not all(margins(tn, fp, fn, tp)):
        return 0.0
    return tp / ((tp + fn) or 1) + tn / ((tn + fp) or 1) - 1
