"""Metrics of a two-class classifier: from its answers, and from its scores.

`truth` and `predicted` hold 1 (or True) for positive and 0 for negative. A higher score
means more positive. One axis name in every signature: `examples`.
"""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
)
from answers.inputs.contracts import refuses


# --8<-- [start:Confusion]
class Confusion(NamedTuple):
    """How often each answer met each truth, in the order of scikit-learn's `ravel()`."""

    true_negatives: int | Integer[ndarray, " thresholds"]
    false_positives: int | Integer[ndarray, " thresholds"]
    false_negatives: int | Integer[ndarray, " thresholds"]
    true_positives: int | Integer[ndarray, " thresholds"]


# --8<-- [end:Confusion]


# --8<-- [start:confusion_counts_refuses]
def other_than_0_and_1(labels, name):
    if labels.dtype != bool:
        refuse_labels_out_of_range(labels, 2, name)


NO_LABELS = refuse_empty, other_than_0_and_1


@refuses(truth=NO_LABELS, predicted=NO_LABELS)
# --8<-- [end:confusion_counts_refuses]
# --8<-- [start:confusion_counts]
def confusion_counts(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    predicted: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
) -> Confusion:
    """The four counts that every metric of yes-or-no answers is made of.

    They are Python's integers, which never overflow.

    Raises:
        ValueError: The arrays are empty, or hold something other than 0 and 1.

    Example:
        >>> confusion_counts(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 0, 1]))[:2]
        (2, 1)
    """
    truth, predicted = (each.astype(bool, copy=False) for each in (truth, predicted))
    hits = int((truth & predicted).sum())
    positives, called = int(truth.sum()), int(predicted.sum())
    rest = len(truth) - positives - called + hits
    return Confusion(rest, called - hits, positives - hits, hits)


# --8<-- [end:confusion_counts]


# --8<-- [start:precision_recall_f1]
def precision_recall_f1(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    predicted: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
) -> tuple[float, float, float]:
    """Precision TP / (TP + FP), recall TP / (TP + FN), and their harmonic mean F1.

    F1 is 2 TP / (2 TP + FP + FN), which is defined where precision is not. No true
    negative enters any of the three.

    Returns:
        (precision, recall, F1), each from 0 to 1. Where one is 0/0 it is 0: precision
        if nothing is called positive, recall if nothing is positive, F1 if neither.
        scikit-learn says the same, and warns.

    Raises:
        ValueError: The arrays are empty, or hold something other than 0 and 1.

    Example:
        Three called positive, two of them rightly; one positive missed.

        >>> p, r, f1 = precision_recall_f1(np.array([1, 1, 1, 0]), np.array([1, 1, 0, 1]))
        >>> round(p, 3), round(r, 3), round(f1, 3)
        (0.667, 0.667, 0.667)
    """
    _, fp, fn, tp = confusion_counts(truth, predicted)
    return share(tp, tp + fp), share(tp, tp + fn), share(2 * tp, 2 * tp + fp + fn)


def share(part: int, whole: int) -> float:
    """part / whole, and 0 where both are 0."""
    return part / whole if whole else 0.0


# --8<-- [end:precision_recall_f1]


# --8<-- [start:matthews_correlation]
def matthews_correlation(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    predicted: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
) -> float:
    """The correlation of `truth` and `predicted` as columns of 0 and 1, from -1 to 1.

    (TP · TN - FP · FN) / √((TP + FP)(TP + FN)(TN + FP)(TN + FN)). All four counts enter,
    and swapping the classes changes nothing. A constant answer is worth 0.

    Returns:
        The correlation; 0 where a column is constant, whose correlation is 0/0.
        scikit-learn says the same, and warns if both columns are one and the same value.

    Raises:
        ValueError: The arrays are empty, or hold something other than 0 and 1.

    Source:
        Matthews (1975), Comparison of the predicted and observed secondary structure of
        T4 phage lysozyme, https://doi.org/10.1016/0005-2795(75)90109-9

    Example:
        Three of four right in each class: (3 · 3 - 1 · 1) / √(4 · 4 · 4 · 4).

        >>> truth = np.array([1, 1, 1, 1, 0, 0, 0, 0])
        >>> matthews_correlation(truth, np.array([1, 1, 1, 0, 0, 0, 0, 1]))
        0.5
    """
    tn, fp, fn, tp = confusion_counts(truth, predicted)
    # Of NumPy's integers, this product overflows from about 110,000 balanced examples on.
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(product) if product else 0.0


# --8<-- [end:matthews_correlation]


# --8<-- [start:roc_auc_refuses]
def one_class(missing, so):
    return ValueError(
        f"`truth` has no {missing}, so {so}; take examples of both classes"
    )


def no_pair(truth, name):
    if not truth.any():
        raise one_class("positive", "there is no pair to order")
    if truth.all():
        raise one_class("negative", "there is no pair to order")


@refuses(truth=(*NO_LABELS, no_pair), scores=refuse_nan)
# --8<-- [end:roc_auc_refuses]
# --8<-- [start:roc_auc]
def roc_auc(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    scores: Real[ndarray, " examples"],
) -> float:
    """The probability that a random positive scores higher than a random negative.

    Of all pairs of one positive and one negative, the share in which the positive scores
    higher; a tie counts one half. It is also the area under the ROC curve. Only the order
    of the scores enters, and not how many of each class there are.

    Returns:
        From 0 to 1; 0.5 on average for scores that know nothing.

    Raises:
        ValueError: The arrays are empty, `truth` holds something other than 0 and 1, or
            only one class (scikit-learn 1.9 warns and returns nan, 1.5 raises too), or a
            score is nan or infinite.

    Source:
        Hanley and McNeil (1982), The meaning and use of the area under a receiver
        operating characteristic (ROC) curve,
        https://doi.org/10.1148/radiology.143.1.7063747

    Example:
        Two pairs: 0.9 beats 0.4, and 0.4 ties.

        >>> roc_auc(np.array([1, 1, 0]), np.array([0.9, 0.4, 0.4]))
        0.75
    """
    truth = truth.astype(bool)
    # Each class is sorted by itself, which is faster than one argsort.
    highs, lows = np.sort(scores[truth]), np.sort(scores[~truth])
    below = np.searchsorted(lows, highs, side="left")
    not_above = np.searchsorted(lows, highs, side="right")
    return (int(below.sum()) + int(not_above.sum())) / (2 * len(highs) * len(lows))


# --8<-- [end:roc_auc]


# --8<-- [start:threshold_counts_refuses]
@refuses(truth=NO_LABELS, scores=refuse_nan)
# --8<-- [end:threshold_counts_refuses]
# --8<-- [start:threshold_counts]
def threshold_counts(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    scores: Real[ndarray, " examples"],
) -> tuple[Float[ndarray, " thresholds"], Confusion]:
    """The four counts at every threshold that makes a difference, the highest first.

    At a threshold t, positive is called what has a score ≥ t. Equal scores cross together:
    there is one threshold for each distinct score, and infinity before them, where
    nothing is called positive.

    Returns:
        (thresholds, counts), the counts as arrays along the thresholds.

    Raises:
        ValueError: The arrays are empty, `truth` holds something other than 0 and 1, or a
            score is nan or infinite.

    Example:
        >>> t, counts = threshold_counts(np.array([1, 0, 1]), np.array([3.0, 2.0, 2.0]))
        >>> t, counts.true_positives, counts.false_positives
        (array([inf,  3.,  2.]), array([0, 1, 2]), array([0, 0, 1]))
    """
    order = np.argsort(scores)[::-1]
    truth, scores = truth.astype(bool)[order], scores[order]
    last_of_its_score = np.flatnonzero(np.append(scores[1:] != scores[:-1], True))
    called = np.append(0, last_of_its_score + 1)
    tp = np.append(0, np.cumsum(truth)[last_of_its_score])
    fp = called - tp
    thresholds = np.insert(as_float(scores[last_of_its_score]), 0, np.inf)
    return thresholds, Confusion(fp[-1] - fp, fp, tp[-1] - tp, tp)


# --8<-- [end:threshold_counts]


# --8<-- [start:average_precision]
def average_precision(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    scores: Real[ndarray, " examples"],
) -> float:
    """The precision at every threshold, averaged over the recall that it adds.

    Σ (R_k - R_{k-1}) P_k along the thresholds from high to low. For each positive, that is
    the precision among all that score as high as it or higher, averaged over the
    positives. Nothing is interpolated: between two points of the precision-recall curve a
    straight line is wrong, mostly too high.

    Returns:
        Up to 1. Scores that are all alike get the share of positives; random ones
        somewhat more on average, with few positives much more.

    Raises:
        ValueError: The arrays are empty, `truth` holds something other than 0 and 1, or no
            positive (scikit-learn warns and returns 0), or a score is nan or infinite.

    Source:
        Davis and Goadrich (2006), The relationship between precision-recall and ROC curves,
        https://doi.org/10.1145/1143844.1143874, on interpolation

    Example:
        The positives come first and third: (1/1 + 2/3) / 2.

        >>> average_precision(np.array([1, 0, 1]), np.array([3.0, 2.0, 1.0]))
        0.8333333333333333
    """
    precision, recall, _ = precision_recall_curve(truth, scores)
    return float(np.sum(np.diff(recall, prepend=0) * precision))


# --8<-- [end:average_precision]


# --8<-- [start:precision_recall_curve_refuses]
def no_recall(result):
    _, recall, _ = result
    if np.isnan(recall[-1]):
        raise one_class("positive", "recall is 0/0")


@refuses(no_recall)
# --8<-- [end:precision_recall_curve_refuses]
# --8<-- [start:precision_recall_curve]
def precision_recall_curve(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    scores: Real[ndarray, " examples"],
) -> tuple[
    Float[ndarray, " thresholds"],
    Float[ndarray, " thresholds"],
    Float[ndarray, " thresholds"],
]:
    """(precision, recall, thresholds), a point for each distinct score, highest first.

    scikit-learn's order is the reverse, and its last point, recall 0 at precision 1, is
    invented: at no threshold is precision 1 there. Here it is left out.

    Raises:
        ValueError: As `threshold_counts`, and if `truth` has no positive.
    """
    thresholds, (_, fp, _, tp) = threshold_counts(truth, scores)
    # At the threshold infinity nothing is called positive, and precision is 0/0.
    return tp[1:] / (tp + fp)[1:], tp[1:] / tp[-1], thresholds[1:]


# --8<-- [end:precision_recall_curve]


# --8<-- [start:roc_curve_refuses]
def no_rate(result):
    false_positive_rate, true_positive_rate, _ = result
    if np.isnan(true_positive_rate[-1]):
        raise one_class("positive", "its rate is 0/0")
    if np.isnan(false_positive_rate[-1]):
        raise one_class("negative", "its rate is 0/0")


@refuses(no_rate)
# --8<-- [end:roc_curve_refuses]
# --8<-- [start:roc_curve]
def roc_curve(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    scores: Real[ndarray, " examples"],
) -> tuple[
    Float[ndarray, " thresholds"],
    Float[ndarray, " thresholds"],
    Float[ndarray, " thresholds"],
]:
    """(false positive rate, true positive rate, thresholds), from (0, 0) to (1, 1).

    scikit-learn leaves out some points on straight lines unless told
    `drop_intermediate=False`.

    Raises:
        ValueError: As `threshold_counts`, and if `truth` has only one class.
    """
    thresholds, (_, fp, _, tp) = threshold_counts(truth, scores)
    return fp / fp[-1], tp / tp[-1], thresholds


# --8<-- [end:roc_curve]
