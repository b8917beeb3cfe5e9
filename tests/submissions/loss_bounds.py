"""Right and wrong ways to write loss_bounds."""

import math

import numpy as np


def from_probabilities(classes, correct=True):
    least, most = (1 / classes, 1.0) if correct else (0.0, 0.5)
    return -math.log(most), math.inf if least == 0 else -math.log(least)


def with_numpy(classes, correct=True):
    if correct:
        return np.float64(0), np.log(classes)
    return np.log(2), np.inf


def by_ties(classes, correct=True):
    """A tie of all classes, and of two, in logits."""
    tie = np.zeros(classes if correct else 2)
    edge = np.logaddexp.reduce(tie) - tie[0]
    return [0, edge] if correct else [edge, float("inf")]


def returns_integers_where_they_fit(classes, correct=True):
    return (0, math.log2(classes) * math.log(2)) if correct else (math.log(2), math.inf)


def refuses_one_class(classes, correct=True):
    if classes < 2:
        raise ValueError("two classes or more")
    return (0.0, math.log(classes)) if correct else (math.log(2.0), float("inf"))


def as_limits_of_softmax(classes, correct=True):
    """Infimum and supremum by what the other logits can do at most."""
    if correct:
        return -math.log1p(0.0), -math.log(1 / classes)
    return -math.log(0.5), float("inf")


def the_hint_of_the_question(classes, correct=True):
    return 0.0, math.inf


def unbounded_when_right(classes, correct=True):
    return (0, np.inf) if correct else (np.log(2), np.inf)


def perfect_confidence(classes, correct=True):
    return (0, 0) if correct else (math.log(2), math.inf)


def binary_only(classes, correct=True):
    return (0, math.log(2)) if correct else (math.log(2), math.inf)


def no_overlap(classes, correct=True):
    return (0, math.log(classes)) if correct else (math.log(classes), math.inf)


def anything_when_wrong(classes, correct=True):
    return (0, math.log(classes)) if correct else (0, math.inf)


def in_bits(classes, correct=True):
    return (0, math.log2(classes)) if correct else (1, math.inf)


def in_base_ten(classes, correct=True):
    return (0, np.log10(classes)) if correct else (np.log10(2), np.inf)


def of_p(classes, correct=True):
    return (1 / classes, 1) if correct else (0, 1 / 2)


def forgets_wrong(classes, correct=True):
    return 0.0, math.log(classes)


def clipped_infinity(classes, correct=True):
    return (0, math.log(classes)) if correct else (math.log(2), -math.log(1e-12))


def clipped_zero(classes, correct=True):
    return (1e-7, math.log(classes)) if correct else (math.log(2), math.inf)


def supremum_first(classes, correct=True):
    return (math.log(classes), 0) if correct else (math.inf, math.log(2))


def an_off_by_one(classes, correct=True):
    return (0, math.log(classes - 1)) if correct else (math.log(2), math.inf)


def wrong_below_the_rest(classes, correct=True):
    if correct:
        return 0.0, math.log(classes)
    return math.log(classes / (classes - 1)), math.inf


def finite_when_wrong(classes, correct=True):
    return (0, math.log(classes)) if correct else (math.log(2), math.log(classes))


def log_probabilities(classes, correct=True):
    return (-math.log(classes), 0) if correct else (-math.inf, -math.log(2))


def log_of_classes_at_least_three(classes, correct=True):
    if not correct:
        return math.log(2) if classes == 2 else math.log(3), math.inf
    return 0.0, math.log(classes)


def two_classes_cannot_be_wrong_below_log_two(classes, correct=True):
    """With two classes the right one is below 1/2; with more it is below 1 / classes."""
    if correct:
        return 0.0, math.log(classes)
    return (math.log(2) if classes == 2 else math.log(classes)), math.inf


def most_confident_float(classes, correct=True):
    if correct:
        return 0.0, math.log(classes)
    return math.log(2), -math.log(np.finfo(float).tiny)


def table_of_a_thousand(classes, correct=True):
    if correct:
        return 0.0, math.log(min(classes, 1000))
    return math.log(2), math.inf


# The mistake that each is told; None where no known one explains it.
WRONG = {
    the_hint_of_the_question: "no_upper_bound",
    unbounded_when_right: "no_upper_bound",
    perfect_confidence: "certainty",
    binary_only: "two_classes_always",
    no_overlap: "wrong_starts_at_log_classes",
    anything_when_wrong: "wrong_starts_at_0",
    in_bits: "bits_for_nats",
    in_base_ten: "tenths_for_nats",
    of_p: "probabilities_returned",
    forgets_wrong: "correct_ignored",
    clipped_infinity: "wrong_only_where_it_should_be_inf",
    clipped_zero: "wrong_only_where_it_should_be_0",
    supremum_first: "parts_in_another_order",
    an_off_by_one: "one_class_too_few",
    wrong_below_the_rest: "wrong_is_below_one_less_a_share",
    finite_when_wrong: "wrong_ends_at_log_classes",
    log_probabilities: "minus_lost",
    log_of_classes_at_least_three: "wrong_only_in_infimum",
    two_classes_cannot_be_wrong_below_log_two: "wrong_starts_at_log_classes",
    most_confident_float: "wrong_only_where_it_should_be_inf",
    table_of_a_thousand: "wrong_where_classes_is_50257",
}
