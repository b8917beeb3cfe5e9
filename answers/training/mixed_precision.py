"""Training in 16 bits: rounding to bfloat16, by nearest and by chance, and a scaled loss.

NumPy has no bfloat16. Its numbers are float32 here: those whose last 16 bits are 0.
"""

import numpy as np
from jaxtyping import Float, Float32, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    refuse_below,
    refuse_empty,
    refuse_nan,
    refuse_not_positive,
)
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:to_bfloat16_refuses]
@refuses(x=refuse_empty)
# --8<-- [end:to_bfloat16_refuses]
# --8<-- [start:to_bfloat16]
def to_bfloat16(x: Real[ndarray, "*axes d"]) -> Float32[ndarray, "*axes d"]:
    """The nearest bfloat16 of each number, as a float32 whose last 16 bits are 0.

    How:
        Bits of floats of one sign are ordered as the floats. So 0x8000, added before the last
        16 bits are cut off, rounds to nearest, and a carry into the exponent is right: beyond
        the largest number it makes infinity. One less, 0x7FFF, leaves an even number as it is
        at a tie; an odd one gets the missing 1.

    Args:
        x: Numbers; nan and infinity stay as they are. float64 becomes float32 first, as in
            PyTorch, so it is rounded twice.

    Raises:
        ValueError: `x` is empty.

    Source:
        Kalamkar et al. (2019), A Study of BFLOAT16 for Deep Learning Training,
        https://arxiv.org/abs/1905.12322

    Example:
        Near 256 the even integers are left: 257 is a tie, and 256 has the even bits.

        >>> to_bfloat16(np.array([256.0, 257.0, 257.5, 259.0]))
        array([256., 256., 258., 260.], dtype=float32)
    """
    with np.errstate(over="ignore"):
        x = x.astype(np.float32)
    bits = x.view(np.uint32)
    odd = bits >> 16 & 1  # the last bit that stays
    rounded = (bits + 0x7FFF + odd) & 0xFFFF0000
    # A nan's bits may run over, and become infinity or 0.
    return np.where(np.isnan(x), x.dtype.type(np.nan), rounded.view(np.float32))


# --8<-- [end:to_bfloat16]


# --8<-- [start:round_to_format_refuses]
def no_format(fraction, bias):
    for name, number, most in (("fraction", fraction, 23), ("bias", bias, 127)):
        if not 1 <= number <= most:
            raise ValueError(
                f"`{name}` is {number}; choose one from 1 to {most}, as float32 has"
            )


@refuses(no_format, x=refuse_empty)
# --8<-- [end:round_to_format_refuses]
# --8<-- [start:round_to_format]
def round_to_format(
    x: Real[ndarray, "*axes d"], fraction: int, bias: int
) -> Float[ndarray, "*axes d"]:
    """The nearest float of a format with so many bits of fraction, and exponents up to `bias`.

    How:
        Between two powers of 2 stand 2^fraction floats, one step apart. Below 2^(1 - bias)
        the step shrinks no further: these are the subnormal numbers. A tie goes to the even
        multiple of the step.

    Args:
        x: Numbers; nan and infinity stay as they are.
        fraction: How many bits stand after the leading 1: float16 has 10, bfloat16 7.
        bias: The largest exponent: 2^(e - 1) - 1 where e bits store it. The smallest is
            1 - bias.

    Returns:
        The rounded numbers; infinity where they lie beyond the largest.

    Raises:
        ValueError: `x` is empty, or the format is wider than float32.

    Source:
        IEEE 754 (2019), section 3.3

    Example:
        With 2 bits the floats from 1 to 2 are quarters; 3.5 is the largest below infinity.

        >>> round_to_format(np.array([1.1, 1.2, 3.7, 3.8]), fraction=2, bias=1)
        array([1.  , 1.25, 3.5 ,  inf])
    """
    x = as_float(x)
    exponent = np.maximum(np.frexp(x)[1] - 1, 1 - bias)
    step = np.ldexp(x.dtype.type(1), exponent - fraction)
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.rint(x / step) * step
    largest = (2 - 0.5**fraction) * 2.0**bias
    return np.where(np.abs(rounded) > largest, np.copysign(np.inf, x), rounded)


# --8<-- [end:round_to_format]


# --8<-- [start:stochastic_round_refuses]
@refuses(x=refuse_empty)
# --8<-- [end:stochastic_round_refuses]
# --8<-- [start:stochastic_round]
def stochastic_round(
    x: Real[ndarray, "*axes d"], rng: np.random.Generator
) -> Float32[ndarray, "*axes d"]:
    """One of the two bfloat16 beside each number, the nearer more often: x on average.

    How:
        The last 16 bits say how far x is on the way from one neighbour to the next. A random
        number of 16 bits carries into the bit before them with that probability.

    Args:
        x: Numbers; nan and infinity stay as they are. Beyond the largest bfloat16
            the next is infinity, so the mean is, too. float64 becomes float32 first.
        rng: The source of chance.

    Raises:
        ValueError: `x` is empty.

    Source:
        Zamirai et al. (2021), Revisiting BFloat16 Training, https://arxiv.org/abs/2010.06192

    Example:
        257 lies half-way between 256 and 258.

        >>> rng = np.random.default_rng(0)
        >>> stochastic_round(np.full(8, 257.0), rng)
        array([258., 258., 258., 256., 256., 256., 256., 256.], dtype=float32)
    """
    with np.errstate(over="ignore"):
        x = x.astype(np.float32)
    bits = x.view(np.uint32)
    chance = rng.integers(1 << 16, size=x.shape, dtype=np.uint32)
    rounded = (bits + chance) & 0xFFFF0000
    return np.where(np.isnan(x), x.dtype.type(np.nan), rounded.view(np.float32))


# --8<-- [end:stochastic_round]


# --8<-- [start:loss_scale_step_refuses]
def no_rate(lr):
    refuse_below(0, lr=lr)


def no_scale(scale):
    refuse_not_positive(scale=scale)


def no_count(good_steps, growth_interval):
    if not 0 <= good_steps < growth_interval:
        raise ValueError(
            f"`good_steps` is {good_steps}; it runs from 0 to below `growth_interval`, "
            f"{growth_interval}"
        )


def step_overflows(result):
    refuse_overflowed(result[0], "the weight")
    refuse_overflowed(np.float64(result[1]), "the scale")


@refuses(
    *(no_rate, no_scale, no_count, step_overflows),
    **{"w": (refuse_empty, refuse_nan), "gradient": refuse_empty},
)
# --8<-- [end:loss_scale_step_refuses]
# --8<-- [start:loss_scale_step]
def loss_scale_step(
    w: Real[ndarray, "*axes d"],
    gradient: Real[ndarray, "*axes d"],
    scale: float,
    good_steps: int,
    lr: float,
    growth_interval: int = 2000,
) -> tuple[Float[ndarray, "*axes d"], float, int]:
    """One step of gradient descent from the gradient of a scaled loss, and the next scale.

    How:
        The gradient of scale · loss is scale · gradient. It is divided by the scale in
        float32, where nothing is lost. Infinity or nan says that the scaled gradient has
        overflowed: the whole step is skipped, and the scale halved. After `growth_interval`
        good steps in a row the scale doubles, to find the largest that is safe.

    Args:
        w: The float32 weights, the master copy.
        gradient: The gradient of scale · loss, in float16; it may hold infinity and nan.
        scale: What the loss was multiplied by.
        good_steps: How many steps in a row were not skipped since the scale changed.
        lr: The learning rate, 0 or more.
        growth_interval: After how many good steps the scale doubles.

    Returns:
        (w, scale, good_steps) after the step.

    Raises:
        ValueError: An array is empty, a weight is nan or infinite, a number is out of its
            range, or a result overflows.

    Source:
        Micikevicius et al. (2018), Mixed Precision Training, section 3.2,
        https://arxiv.org/abs/1710.03740; torch.amp.GradScaler

    Example:
        >>> w, gradient = np.array([1.0]), np.array([6.0])
        >>> loss_scale_step(w, gradient, scale=4.0, good_steps=9, lr=0.5)
        (array([0.25]), 4.0, 10)
        >>> loss_scale_step(w, np.array([np.inf]), scale=4.0, good_steps=9, lr=0.5)
        (array([1.]), 2.0, 0)
    """
    w, gradient = as_float(w), as_float(gradient) / scale
    if not np.isfinite(gradient).all():
        return w.copy(), scale / 2, 0
    w = w - lr * gradient
    if good_steps + 1 == growth_interval:
        return w, scale * 2.0, 0
    return w, scale, good_steps + 1


# --8<-- [end:loss_scale_step]
