"""Whether probabilities mean what they say, and the temperature that mends them."""

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    first,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
)
from answers.inputs.contracts import refuses
from answers.probability.softmax import log_softmax


# --8<-- [start:expected_calibration_error]
def expected_calibration_error(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
    bins: int = 15,
) -> np.floating:
    """The gap between confidence and accuracy of the top label, weighted by items per bin.

    The interval from 0 to 1 is cut into `bins` of equal width, (0, 1/bins] and so on. The
    result is Σ (items in the bin / items) · |accuracy in it - mean confidence in it|.

    Args:
        probabilities: Of the classes, for each item. The confidence is the largest.
        labels: The right class of each item.
        bins: How many. More bins see more, and find a gap in pure noise too.

    Returns:
        From 0 to 1. Gaps of opposite sign inside one bin cancel and are not seen.

    Raises:
        ValueError: There is no item, `bins` is not 1 to 1,000,000, a row is no
            distribution, or a label is out of range.

    Source:
        Guo, Pleiss, Sun and Weinberger (2017), On Calibration of Modern Neural Networks,
        equations 2 and 3

    Example:
        Two items at 0.8, of which one is right: the gap is 0.3.

        >>> p = np.array([[0.8, 0.2], [0.8, 0.2]])
        >>> expected_calibration_error(p, np.array([0, 1])).round(6)
        np.float64(0.3)
    """
    count, confidence, accuracy = reliability(probabilities, labels, bins)
    return (count * abs(accuracy - confidence)).sum() / len(labels)


# --8<-- [end:expected_calibration_error]


# --8<-- [start:reliability_refuses]
def no_distribution(p, name):
    refuse_empty(p, name)
    eps = np.finfo(p.dtype).eps if p.dtype.kind == "f" else 0
    p = as_float(p)
    refuse_nan(p, name)
    if (p < 0).any():
        raise ValueError(
            f"`{name}` holds {first(p, p < 0)}; pass softmax of the logits"
        )
    sums = p.sum(axis=1)
    wrong = abs(sums - 1) > max(1e-6, eps**0.5)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"`{name}` sum to {sums[row]:.6g} at item {row}, not to 1; pass one column "
            "for each class: for a binary p, np.stack([1 - p, p], axis=1)"
        )


def no_class(labels, probabilities):
    refuse_labels_out_of_range(labels, probabilities.shape[1], "labels")


def too_few_or_many(bins, name):
    if not 1 <= bins <= 1_000_000:
        raise ValueError(f"`{name}` is {bins}; choose 1 to 1,000,000")


@refuses(no_class, bins=too_few_or_many, probabilities=no_distribution)
# --8<-- [end:reliability_refuses]
# --8<-- [start:reliability]
def reliability(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
    bins: int = 15,
) -> tuple[Integer[ndarray, " bins"], Float[ndarray, " bins"], Float[ndarray, " bins"]]:
    """For each bin of the top probability: items, mean confidence, accuracy.

    Confidence and accuracy of an empty bin are 0. The arguments are those of
    `expected_calibration_error`.

    Returns:
        (items, mean confidence, accuracy), each with one entry a bin.

    Raises:
        ValueError: There is no item, `bins` is not 1 to 1,000,000, a row is no
            distribution, or a label is out of range.

    Example:
        >>> p = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]])
        >>> reliability(p, np.array([0, 1, 0]), bins=2)
        (array([0, 3]), array([0.        , 0.73333333]), array([0.        , 0.66666667]))
    """
    p = as_float(probabilities)
    top, right = p.max(axis=1), p.argmax(axis=1) == labels
    # A confidence on an edge belongs to the bin below. In floats, top · bins may lie above it.
    inner_edges = np.linspace(0, 1, bins + 1)[1:-1].astype(top.dtype)
    which = np.searchsorted(inner_edges, top, side="left")
    count = np.bincount(which, minlength=bins)
    sums = (np.bincount(which, each, minlength=bins) for each in (top, right))
    # An empty bin is divided by 1.
    confidence, accuracy = (each / np.maximum(count, 1) for each in sums)
    return count, confidence.astype(p.dtype), accuracy.astype(p.dtype)


# --8<-- [end:reliability]


# --8<-- [start:brier_score_refuses]
@refuses(no_class, probabilities=no_distribution)
# --8<-- [end:brier_score_refuses]
# --8<-- [start:brier_score]
def brier_score(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> np.floating:
    """The mean squared distance of the probabilities from the one-hot truth.

    Σ over classes of (p - onehot)², as Brier defined it: from 0 to 2. It is a proper score:
    no other report beats the true probability on average. With two classes it is twice the
    mean of (p(1) - label)², which many libraries report.

    Raises:
        ValueError: There is no item, a row is no distribution, or a label is out of range.

    Source:
        Brier (1950), Verification of Forecasts Expressed in Terms of Probability

    Example:
        >>> brier_score(np.array([[0.8, 0.2], [0.5, 0.5]]), np.array([0, 1])).round(6)
        np.float64(0.29)
    """
    error = as_float(probabilities).copy()
    error[np.arange(len(error)), labels.astype(np.intp)] -= 1
    return (error * error).sum(axis=1).mean()


# --8<-- [end:brier_score]


# --8<-- [start:fit_temperature_refuses]
def no_temperature(logits, labels):
    refuse_labels_out_of_range(labels, logits.shape[1], "labels")
    z = less_the_right_one(logits, labels)
    if z.mean() >= 0:
        raise ValueError(
            "the right logits are on average no larger than the others, so the best "
            "temperature is infinite; check that logits and labels belong together"
        )
    # The search would not see a logit that vanishes beside the least.
    if z.max() / -z.min() <= 0:
        raise ValueError(
            "the right logit is the largest of every item, so the best temperature is 0; fit "
            "on held-out items, and on more of them"
        )


@refuses(no_temperature, logits=(refuse_empty, refuse_nan))
# --8<-- [end:fit_temperature_refuses]
# --8<-- [start:fit_temperature]
def fit_temperature(
    logits: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> np.float64:
    """The T at which softmax(logits / T) has the least cross-entropy on these labels.

    One number for all items: it changes confidences and no prediction. In b = 1 / T the
    loss is convex. Its slope, the mean logit under softmax(b · logits) less the right one,
    only rises, so Newton's steps are kept inside a bracket around its zero.

    Fit it on items that the model was not trained on.

    Returns:
        T: above 1 it softens the confidences, below 1 it sharpens them.

    Raises:
        ValueError: There is no item, a logit is not finite, a label is out of range, or no T
            is best: the right logit is the largest of every item (T goes to 0), or the
            right logits are no larger on average than the others (T goes to infinity).

    Source:
        Guo, Pleiss, Sun and Weinberger (2017), section 4.2

    Example:
        Always log-odds of 3, and right three times in four: log 3 would be honest.

        >>> logits = np.array([[3.0, 0.0]] * 4)
        >>> (1 / fit_temperature(logits, np.array([0, 0, 0, 1]))).round(4)
        np.float64(0.3662)
        >>> np.round(np.log(3) / 3, 4)
        np.float64(0.3662)
    """
    z = less_the_right_one(logits, labels)
    # A common scale changes only the unit of T.
    scale = abs(z).max()
    z /= scale
    low, high = 0.0, 1.0
    while slope(z, high)[0] <= 0:
        low, high = high, 2 * high
    return np.float64(scale / zero_of_slope(z, low, high))


def less_the_right_one(logits, labels):
    """The logits of each item less its right one, which changes no probability."""
    z = logits.astype(np.float64)
    z -= z[np.arange(len(z)), labels.astype(np.intp)][:, None]
    return z


def zero_of_slope(z, low, high):
    """The b between these two at which the slope is 0: Newton's step, or half the bracket
    where the step leaves it."""
    b = (low + high) / 2
    for _ in range(200):
        value, curvature = slope(z, b)
        low, high = (b, high) if value < 0 else (low, b)
        step = b - value / curvature if curvature > 0 else -1.0
        new = step if low <= step <= high else (low + high) / 2
        if abs(new - b) <= 1e-15 * b:
            break
        b = new
    return b


def slope(z, b):
    """The first and second derivative with respect to b of the mean cross-entropy of
    softmax(b z), where the logit of each right class is 0."""
    p = np.exp(log_softmax(b * z))
    mean = (p * z).sum(axis=1)
    variance = (p * (z - mean[:, None]) ** 2).sum(axis=1)
    return mean.mean(), variance.mean()


# --8<-- [end:fit_temperature]
