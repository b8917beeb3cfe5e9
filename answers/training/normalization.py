"""Layer, RMS and batch normalization, forward and backward, and batch norm folded away.

Features lie on the last axis, examples on all others. So a picture is (height, width,
channels), and batch normalization averages over its pixels, too, as `BatchNorm2d` does.
Layer and batch normalization are one formula along other axes: `normalize` and
`normalize_backward` take the axes.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:normalize]
def normalize(x, axis, eps):
    """x̂ = (x - mean) / √(variance + eps), and the root."""
    centred = x - x.mean(axis, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis, keepdims=True) + eps)
    return centred / deviation, deviation


def normalize_backward(dout, x, gain, axis, eps):
    """Behind y = gain · x̂ + bias: dx, dgain, dbias."""
    normalized, deviation = normalize(x, axis, eps)
    g = gain * dout
    along = (g * normalized).mean(axis, keepdims=True) * normalized
    dx = (g - g.mean(axis, keepdims=True) - along) / deviation
    examples = tuple(range(x.ndim - 1))
    return dx, (dout * normalized).sum(examples), dout.sum(examples)


# --8<-- [end:normalize]


def refuse_wide(x):
    """Raise if squares of x may overflow: by an infinite root all would be divided to 0."""
    dtype = as_float(x[..., :0]).dtype
    widest = dtype.type(max(float(x.max()), -float(x.min())))
    with np.errstate(over="ignore"):
        refuse_overflowed(4 * x.size * widest**2, "the variance")


def flat(x, axis):
    """Where all are equal, or so near that the squares of their distances become 0."""
    return (np.ptp(x, axis=axis) == 0) | (as_float(x).var(axis=axis) == 0)


def refuse_no_spread(where, what, name):
    if where.any():
        raise ValueError(f"`{name}` has {what} without spread; choose `eps` above 0")


# --8<-- [start:layer_norm_refuses]
def negative(number, name):
    refuse_below(0, **{name: number})


def rows_not_normal(x, eps):
    refuse_wide(x)
    if eps == 0:
        refuse_no_spread(flat(x, -1), "a row", "x")


def overflow(result):
    refuse_overflowed(result, "the result")


@refuses(rows_not_normal, overflow, x=BAD, gain=BAD, bias=BAD, eps=negative)
# --8<-- [end:layer_norm_refuses]
# --8<-- [start:layer_norm]
def layer_norm(
    x: Real[ndarray, "*batch d"],
    gain: Real[ndarray, " d"],
    bias: Real[ndarray, " d"],
    eps: float = 1e-5,
) -> Float[ndarray, "*batch d"]:
    """Each row with mean 0 and variance 1, then scaled and shifted feature by feature.

    How:
        x̂ = (x - mean) / √(variance + eps), y = gain · x̂ + bias. The variance is the mean
        square of x - mean: it divides by d. Statistics are those of one row, so the answer
        to a row does not depend on the rest of the batch.

    Args:
        x: Rows of d features; any leading axes.
        gain: The scale of each feature, PyTorch's `weight`.
        bias: The shift of each feature.
        eps: Added to the variance, inside the root.

    Raises:
        ValueError: An array is empty or holds nan or infinity; `eps` is negative, or 0 and a
            row has equal entries; the variance or the result overflows.

    Source:
        Ba, Kiros and Hinton (2016), Layer Normalization, section 3,
        https://arxiv.org/abs/1607.06450

    Example:
        >>> layer_norm(np.array([1.0, 3.0]), np.ones(2), np.zeros(2), eps=0.0)
        array([-1.,  1.])
    """
    normalized, _ = normalize(as_float(x), -1, eps)
    return gain * normalized + bias


# --8<-- [end:layer_norm]


# --8<-- [start:layer_norm_backward_refuses]
def gradients_overflow(result):
    for gradient, name in zip(result, ("dx", "dgain", "dbias"), strict=False):
        refuse_overflowed(gradient, name)


@refuses(
    *(rows_not_normal, gradients_overflow),
    **dict.fromkeys(("dout", "x", "gain"), BAD),
    eps=negative,
)
# --8<-- [end:layer_norm_backward_refuses]
# --8<-- [start:layer_norm_backward]
def layer_norm_backward(
    dout: Real[ndarray, "*batch d"],
    x: Real[ndarray, "*batch d"],
    gain: Real[ndarray, " d"],
    eps: float = 1e-5,
) -> tuple[Float[ndarray, "*batch d"], Float[ndarray, " d"], Float[ndarray, " d"]]:
    """The gradients of the loss with respect to the input, the gain and the bias.

    How:
        With g = gain · dout, dx = (g - mean(g) - x̂ mean(g x̂)) / √(variance + eps). Every
        entry of a row moves its mean, hence the second term, and its variance, hence the
        third.

    Args:
        dout: Gradient of the loss with respect to the output.
        x: The input of the forward pass.
        gain: The scale of each feature.
        eps: As in the forward pass.

    Returns:
        (dx, dgain, dbias). Rows share gain and bias, so these two are sums over all rows.

    Raises:
        ValueError: An array is empty or holds nan or infinity; `eps` is negative, or 0 and a
            row has equal entries; a gradient overflows.

    Source:
        Ba, Kiros and Hinton (2016), Layer Normalization, https://arxiv.org/abs/1607.06450

    Example:
        Two features become -1 and 1 whatever they are, so nothing comes back.

        >>> dout, x = np.array([[5.0, 7.0]]), np.array([[1.0, 3.0]])
        >>> dx, dgain, dbias = layer_norm_backward(dout, x, np.ones(2), eps=0.0)
        >>> dx, dgain, dbias
        (array([[0., 0.]]), array([-5.,  7.]), array([5., 7.]))
    """
    return normalize_backward(as_float(dout), as_float(x), as_float(gain), -1, eps)


# --8<-- [end:layer_norm_backward]


# --8<-- [start:rms_norm_refuses]
def rows_not_scaled(x, eps):
    refuse_wide(x)
    if eps == 0 and not (as_float(x) ** 2).any(axis=-1).all():
        raise ValueError(
            "`x` has a row of zeros, or of numbers whose squares are 0; choose `eps` above 0"
        )


@refuses(rows_not_scaled, overflow, x=BAD, gain=BAD, eps=negative)
# --8<-- [end:rms_norm_refuses]
# --8<-- [start:rms_norm]
def rms_norm(
    x: Real[ndarray, "*batch d"], gain: Real[ndarray, " d"], eps: float = 1e-6
) -> Float[ndarray, "*batch d"]:
    """Each row divided by its root mean square, then scaled feature by feature.

    How:
        y = gain · x / √(mean(x²) + eps): layer normalization without the mean and without
        a bias.

    Args:
        x: Rows of d features; any leading axes.
        gain: The scale of each feature.
        eps: Added to the mean square, inside the root. The default of `torch.nn.RMSNorm` is
            the machine epsilon: of float64 there, of float32 for 32 and 16 bits.

    Raises:
        ValueError: An array is empty or holds nan or infinity; `eps` is negative, or 0 and a
            row is all zeros; the result overflows.

    Source:
        Zhang and Sennrich (2019), Root Mean Square Layer Normalization, equation 4,
        https://arxiv.org/abs/1910.07467

    Example:
        The mean square of 1 and 7 is 25.

        >>> rms_norm(np.array([1.0, 7.0]), np.ones(2), eps=0.0)
        array([0.2, 1.4])
    """
    x = as_float(x)
    rms = np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
    return gain * (x / rms)


# --8<-- [end:rms_norm]


# --8<-- [start:rms_norm_backward_refuses]
@refuses(
    *(rows_not_scaled, gradients_overflow),
    **dict.fromkeys(("dout", "x", "gain"), BAD),
    eps=negative,
)
# --8<-- [end:rms_norm_backward_refuses]
# --8<-- [start:rms_norm_backward]
def rms_norm_backward(
    dout: Real[ndarray, "*batch d"],
    x: Real[ndarray, "*batch d"],
    gain: Real[ndarray, " d"],
    eps: float = 1e-6,
) -> tuple[Float[ndarray, "*batch d"], Float[ndarray, " d"]]:
    """The gradients of the loss with respect to the input and the gain.

    How:
        With x̂ = x / rms and g = gain · dout, dx = (g - x̂ mean(g x̂)) / rms. The term of
        layer normalization's mean is gone, for no mean is subtracted.

    Args:
        dout: Gradient of the loss with respect to the output.
        x: The input of the forward pass.
        gain: The scale of each feature.
        eps: As in the forward pass.

    Returns:
        (dx, dgain).

    Raises:
        ValueError: An array is empty or holds nan or infinity; `eps` is negative, or 0 and a
            row is all zeros; a gradient overflows.

    Source:
        Zhang and Sennrich (2019), Root Mean Square Layer Normalization, section 4.2,
        https://arxiv.org/abs/1910.07467

    Example:
        The output is x / 5. Of g = (25, 0) the part along x̂ is taken away.

        >>> x, dout = np.array([1.0, 7.0]), np.array([25.0, 0.0])
        >>> dx, dgain = rms_norm_backward(dout, x, np.ones(2), eps=0.0)
        >>> dx.round(6), dgain
        (array([ 4.9, -0.7]), array([5., 0.]))
    """
    dout, x = as_float(dout), as_float(x)
    rms = np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
    normalized, g = x / rms, gain * dout
    along = (g * normalized).mean(axis=-1, keepdims=True) * normalized
    examples = tuple(range(x.ndim - 1))
    return (g - along) / rms, (dout * normalized).sum(examples)


# --8<-- [end:rms_norm_backward]


# --8<-- [start:batch_norm_refuses]
def no_share(momentum, name):
    if not 0 <= momentum <= 1:
        raise ValueError(f"`{name}` is {momentum}; choose a number from 0 to 1")


def refuse_one_example(x):
    if x.size == x.shape[-1]:
        raise ValueError(
            "`x` holds one example, whose variance is 0; pass two or more, or evaluate"
        )


def features_not_normal(x, eps):
    refuse_wide(x)
    if eps == 0:
        refuse_no_spread(flat(x.reshape(-1, x.shape[-1]), 0), "a feature", "x")


def no_spread(x, running_var, training, eps):
    if running_var.min() < 0:
        raise ValueError(
            f"`running_var` holds {running_var.min()}; no variance is negative"
        )
    if training:
        features_not_normal(x, eps)
    elif eps == 0:
        refuse_no_spread(running_var == 0, "a feature", "running_var")


def part_overflows(result):
    for part, name in zip(
        result, ("the result", "running_mean", "running_var"), strict=True
    ):
        refuse_overflowed(part, name)


@refuses(
    *(no_spread, part_overflows),
    **dict.fromkeys(("x", "gain", "bias", "running_mean", "running_var"), BAD),
    momentum=no_share,
    eps=negative,
)
# --8<-- [end:batch_norm_refuses]
# --8<-- [start:batch_norm]
def batch_norm(
    x: Real[ndarray, "*batch d"],
    gain: Real[ndarray, " d"],
    bias: Real[ndarray, " d"],
    running_mean: Real[ndarray, " d"],
    running_var: Real[ndarray, " d"],
    training: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Float[ndarray, "*batch d"], Float[ndarray, " d"], Float[ndarray, " d"]]:
    """Each feature normalized over the batch; in evaluation, by running statistics.

    How:
        y = gain · (x - mean) / √(variance + eps) + bias. In training mean and variance are
        those of the batch, the variance divided by n; the running ones move towards them
        by `momentum`, towards the variance divided by n - 1. In evaluation the running
        ones normalize, and stay.

    Args:
        x: Examples of d features: all axes but the last are averaged over.
        gain: The scale of each feature, PyTorch's `weight`.
        bias: The shift of each feature.
        running_mean: The mean of each feature so far.
        running_var: The variance of each feature so far.
        training: Whether the batch's own statistics normalize it.
        momentum: The share of the new statistics, as in PyTorch: new = (1 - momentum) ·
            old + momentum · batch.
        eps: Added to the variance, inside the root.

    Returns:
        The normalized batch, the running mean and the running variance.

    Raises:
        ValueError: An array is empty or holds nan or infinity; in training there is one
            example; `running_var` holds a negative number, `eps` is negative, or 0 where a
            variance is 0; `momentum` is not from 0 to 1; a result overflows.

    Source:
        Ioffe and Szegedy (2015), Batch Normalization, algorithms 1 and 2,
        https://arxiv.org/abs/1502.03167

    Example:
        The batch's variance is 1 where it normalizes, 2 where it is kept.

        >>> x, one, zero = np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1)
        >>> y, mean, var = batch_norm(x, one, zero, zero, one, momentum=0.5, eps=0.0)
        >>> y.T, mean, var
        (array([[-1.,  1.]]), array([1.]), array([1.5]))
    """
    x, mean, var = as_float(x), as_float(running_mean), as_float(running_var)
    running_mean, running_var = mean.copy(), var.copy()
    if training:
        refuse_one_example(x)
        examples = tuple(range(x.ndim - 1))
        mean, var = x.mean(examples), x.var(examples)
        n = x.size // x.shape[-1]
        running_mean += momentum * (mean - running_mean)
        running_var += momentum * (var * n / (n - 1) - running_var)
    normalized = (x - mean) / np.sqrt(var + eps)
    return gain * normalized + bias, running_mean, running_var


# --8<-- [end:batch_norm]


# --8<-- [start:batch_norm_backward_refuses]
@refuses(
    *(refuse_one_example, features_not_normal, gradients_overflow),
    **dict.fromkeys(("dout", "x", "gain"), BAD),
    eps=negative,
)
# --8<-- [end:batch_norm_backward_refuses]
# --8<-- [start:batch_norm_backward]
def batch_norm_backward(
    dout: Real[ndarray, "*batch d"],
    x: Real[ndarray, "*batch d"],
    gain: Real[ndarray, " d"],
    eps: float = 1e-5,
) -> tuple[Float[ndarray, "*batch d"], Float[ndarray, " d"], Float[ndarray, " d"]]:
    """The gradients of the loss with respect to the input, the gain and the bias, in training.

    How:
        Layer normalization's formula, with means over the examples. In evaluation the
        statistics are constants, and dx is gain · dout / √(running_var + eps).

    Args:
        dout: Gradient of the loss with respect to the output.
        x: The input of the forward pass.
        gain: The scale of each feature.
        eps: As in the forward pass.

    Returns:
        (dx, dgain, dbias).

    Raises:
        ValueError: An array is empty or holds nan or infinity; there is one example; `eps`
            is negative, or 0 and a feature is the same everywhere; a gradient overflows.

    Source:
        Ioffe and Szegedy (2015), Batch Normalization, section 3,
        https://arxiv.org/abs/1502.03167

    Example:
        Two examples become -1 and 1 whatever they are, so nothing comes back.

        >>> dout, x = np.array([[5.0], [7.0]]), np.array([[1.0], [3.0]])
        >>> dx, dgain, dbias = batch_norm_backward(dout, x, np.ones(1), eps=0.0)
        >>> dx.T, dgain, dbias
        (array([[0., 0.]]), array([2.]), array([12.]))
    """
    examples = tuple(range(x.ndim - 1))
    arrays = as_float(dout), as_float(x), as_float(gain)
    return normalize_backward(*arrays, examples, eps)


# --8<-- [end:batch_norm_backward]


# --8<-- [start:fold_batch_norm_refuses]
def negative_variance(running_var, eps):
    if running_var.min() < 0:
        raise ValueError(
            f"`running_var` holds {running_var.min()}; no variance is negative"
        )
    if eps == 0:
        refuse_no_spread(running_var == 0, "a feature", "running_var")


def layer_overflows(result):
    for part, name in zip(result, ("the weights", "the bias"), strict=True):
        refuse_overflowed(part, name)


@refuses(
    *(negative_variance, layer_overflows),
    **dict.fromkeys(("w", "b", "gain", "bias", "running_mean", "running_var"), BAD),
    eps=negative,
)
# --8<-- [end:fold_batch_norm_refuses]
# --8<-- [start:fold_batch_norm]
def fold_batch_norm(
    w: Real[ndarray, "*inputs d"],
    b: Real[ndarray, " d"],
    gain: Real[ndarray, " d"],
    bias: Real[ndarray, " d"],
    running_mean: Real[ndarray, " d"],
    running_var: Real[ndarray, " d"],
    eps: float = 1e-5,
) -> tuple[Float[ndarray, "*inputs d"], Float[ndarray, " d"]]:
    """Weights and bias of one layer that does what x w + b and batch norm do in evaluation.

    How:
        In evaluation batch norm multiplies each feature by scale = gain / √(running_var +
        eps) and adds a number. So w · scale, and (b - running_mean) · scale + bias.

    Args:
        w: Weights of the layer before, outputs on the last axis. PyTorch has them on the
            first: move it, `np.moveaxis(w, 0, -1)`.
        b: Its bias.
        gain: The scale of each feature.
        bias: The shift of each feature.
        running_mean: The mean that evaluation subtracts.
        running_var: The variance that evaluation divides by.
        eps: As in batch norm.

    Returns:
        (w, b) of the layer that stands for both.

    Raises:
        ValueError: An array is empty or holds nan or infinity; `running_var` holds a
            negative number; `eps` is negative, or 0 where a variance is 0; a result
            overflows.

    Source:
        Jacob et al. (2018), Quantization and Training of Neural Networks, section 3.2,
        https://arxiv.org/abs/1712.05877

    Example:
        10 x + 1, less 3, over 2.

        >>> statistics = np.array([3.0]), np.array([4.0])
        >>> layer = np.array([[10.0]]), np.array([1.0])
        >>> fold_batch_norm(*layer, np.ones(1), np.zeros(1), *statistics, eps=0.0)
        (array([[5.]]), array([-1.]))
    """
    scale = gain / np.sqrt(as_float(running_var) + eps)
    return w * scale, (as_float(b) - running_mean) * scale + bias


# --8<-- [end:fold_batch_norm]
