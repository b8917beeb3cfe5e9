"""Softmax, log-softmax, log-sum-exp and cross-entropy, whose exponentials never overflow.

Axes have one name in every signature of this package: `*shape` is any shape, `batch`
counts examples, `classes` counts classes. float32 stays float32, float16 computes in
float32, integers in float64. Of 100,000 classes in float32 a sum is off by a thousandth if
they do not lie side by side: there NumPy adds one by one.
"""

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_no_axis,
    refuse_no_maximum,
)
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:below_max]
def below_max(x, axis=-1):
    """`x` minus its maximum along `axis`: no entry, and so no exponential, is large.

    exp overflows above 709 in float64 and above 88 in float32. Subtracting one number
    from all logits multiplies all their exponentials by one factor, which every ratio
    cancels.
    """
    x = as_float(x)
    return x - x.max(axis=axis, keepdims=True)


# --8<-- [end:below_max]
# --8<-- [start:softmax_refuses]
def single_number(x):
    if x.ndim == 0:
        raise ValueError(
            "`x` is a single number; pass an array with an axis of classes"
        )


def no_such_axis(axis, x):
    refuse_no_axis(axis, x, "x")


def no_maximum(result, x, axis):
    # nan, +inf and a row of -inf only make all of a row nan: its first entry tells.
    if np.isnan(result.take(0, axis)).any():
        refuse_no_maximum(x, x.max(axis=axis, keepdims=True), "x")


@refuses(single_number, no_such_axis, no_maximum, x=refuse_empty)
# --8<-- [end:softmax_refuses]
# --8<-- [start:softmax]
def softmax(x: Real[ndarray, "*shape"], axis: int = -1) -> Float[ndarray, "*shape"]:
    """Turn logits into probabilities: exp(x) / Σ exp(x), summed along `axis`.

    Args:
        x: Logits. -inf gives probability 0; nan and +inf are refused.
        axis: The axis that holds the classes.

    Returns:
        Probabilities, which sum to 1 along `axis`.

    Raises:
        ValueError: `x` is 0-d or empty, holds nan or +inf, or has only -inf along
            `axis`; there is no such `axis`.

    Source:
        Blanchard, Higham and Higham (2021), Accurately computing the log-sum-exp and
        softmax functions, https://doi.org/10.1093/imanum/draa038

    Example:
        A logit that is larger by log 3 is 3 times as probable, at 1000 too.

        >>> softmax(np.array([1000.0, 1000.0 + np.log(3)])).round(6)
        array([0.25, 0.75])
    """
    powers = np.exp(below_max(x, axis))
    return powers / powers.sum(axis=axis, keepdims=True)


# --8<-- [end:softmax]


# --8<-- [start:log_softmax_refuses]
def overflow(result, x):
    if result.min() == -np.inf:
        refuse_overflowed(result, "the difference of two logits", x)


@refuses(single_number, no_such_axis, no_maximum, overflow, x=refuse_empty)
# --8<-- [end:log_softmax_refuses]
# --8<-- [start:log_softmax]
def log_softmax(x: Real[ndarray, "*shape"], axis: int = -1) -> Float[ndarray, "*shape"]:
    """The logarithm of softmax, x - log Σ exp(x): finite where softmax rounds to 0.

    Args:
        x: Logits. -inf gives -inf; nan and +inf are refused.
        axis: The axis that holds the classes.

    Returns:
        Log-probabilities in nats.

    Raises:
        ValueError: `x` is 0-d or empty, holds nan or +inf, or has only -inf along
            `axis`; there is no such `axis`; a difference of two logits overflows.

    Example:
        log(softmax(x)) would be -inf here: exp(-800) is 0 in float64.

        >>> log_softmax(np.array([0.0, 800.0]))
        array([-800.,    0.])
    """
    z = below_max(x, axis)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


# --8<-- [end:log_softmax]


# --8<-- [start:logsumexp_refuses]
def no_finite_maximum(result, x, axis):
    if np.isnan(result).any():
        refuse_no_maximum(x, x.max(axis=axis, keepdims=True), "x")


@refuses(single_number, no_such_axis, no_finite_maximum, x=refuse_empty)
# --8<-- [end:logsumexp_refuses]
# --8<-- [start:logsumexp]
def logsumexp(
    x: Real[ndarray, "*shape"], axis: int = -1
) -> Float[ndarray, "*rest"] | np.floating:
    """log Σ exp(x) along `axis`, also where exp(x) is too large or too small for a float.

    How:
        max + log Σ exp(x - max), which never forms exp(x).

    Args:
        x: Logits, or log-probabilities in nats.
        axis: The axis to sum over; the result has no such axis.

    Returns:
        Nats: between max(x) and max(x) + log(number of entries).

    Raises:
        ValueError: `x` is 0-d or empty, holds nan or +inf, or has only -inf along
            `axis`; there is no such `axis`.

    Example:
        Two equal logits: the sum of two exponentials is twice one of them.

        >>> (logsumexp(np.array([1000.0, 1000.0])) - 1000).round(6)
        np.float64(0.693147)
    """
    z = below_max(x, axis)
    return x.max(axis=axis) + np.log(np.exp(z).sum(axis=axis))


# --8<-- [end:logsumexp]


# --8<-- [start:cross_entropy_refuses]
def no_class(targets, logits):
    refuse_labels_out_of_range(targets, logits.shape[1], "targets")


def no_loss(result, logits, targets):
    loss, _ = result
    if np.isnan(loss):
        refuse_no_maximum(logits, logits.max(axis=1, keepdims=True), "logits")
    if loss == np.inf:
        right = np.arange(len(logits)), targets.astype(np.intp)
        losses = logsumexp(logits) - as_float(logits)[right]
        refuse_overflowed(losses, "a loss", logits[right])
        refuse_overflowed(losses.sum(), "the sum of the losses", losses.max())


@refuses(no_class, no_loss, logits=refuse_empty)
# --8<-- [end:cross_entropy_refuses]
# --8<-- [start:cross_entropy]
def cross_entropy(
    logits: Real[ndarray, "batch classes"],
    targets: Integer[ndarray, " batch"] | Bool[ndarray, " batch"],
) -> tuple[np.floating, Float[ndarray, "batch classes"]]:
    """The mean of -log softmax(logits)[target] over the batch, and its gradient.

    How:
        With p = softmax(logits), the gradient is (p - onehot) / batch. The 1/batch is
        that of the mean; it stands here and nowhere else in a network.

    Args:
        logits: Scores before softmax.
        targets: The index of the right class of each example.

    Returns:
        The mean loss in nats (infinite if the logit of a target is -inf), and its
        gradient with respect to `logits`.

    Raises:
        ValueError: The batch is empty, a target is not one of 0 to classes - 1, or
            `logits` hold nan or +inf or a row of -inf only, or a loss or the sum of
            all losses overflows.

    Example:
        Two equal logits: the loss is log 2, and the gradient moves them apart.

        >>> loss, gradient = cross_entropy(np.zeros((1, 2)), np.array([0]))
        >>> loss.round(6), gradient
        (np.float64(0.693147), array([[-0.5,  0.5]]))
    """
    z = below_max(logits)
    right = np.arange(len(z)), targets.astype(np.intp)
    powers = np.exp(z)
    totals = powers.sum(axis=1, keepdims=True)
    # log(total) - z is -log p without forming p, which may have rounded to 0.
    losses = np.log(totals[:, 0]) - z[right]
    gradient = powers / totals
    gradient[right] -= 1
    return losses.mean(), gradient / len(z)


# --8<-- [end:cross_entropy]
