"""One step of SGD with momentum, Adam and AdamW: new weights and new state from the old.

`m` is the moving average of gradients and `v` of their squares, entry by entry; both begin
at 0, and so does `velocity`. Nothing is changed in place.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    first,
    refuse_below,
    refuse_empty,
    refuse_nan,
    refuse_not_positive,
)
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:sgd_momentum_step_refuses]
def no_rate(lr):
    refuse_below(0, lr=lr)


def no_share(share, name):
    if not 0 <= share < 1:  # nan fails every comparison
        raise ValueError(f"`{name}` is {share}; choose a number from 0 to below 1")


def velocity_overflows(result):
    for each, name in zip(result, ("the weight", "the velocity"), strict=True):
        refuse_overflowed(each, name)


@refuses(
    no_rate, velocity_overflows, w=BAD, gradient=BAD, velocity=BAD, momentum=no_share
)
# --8<-- [end:sgd_momentum_step_refuses]
# --8<-- [start:sgd_momentum_step]
def sgd_momentum_step(
    w: Real[ndarray, "*axes d"],
    gradient: Real[ndarray, "*axes d"],
    velocity: Real[ndarray, "*axes d"],
    lr: float,
    momentum: float = 0.9,
) -> tuple[Float[ndarray, "*axes d"], Float[ndarray, "*axes d"]]:
    """One step of gradient descent along a velocity, a decaying sum of gradients.

    How:
        velocity ← momentum · velocity + gradient, then w ← w - lr · velocity. The learning
        rate stays outside of the velocity, so that a new rate acts on all of it at once.

    Args:
        w: The weights.
        gradient: The gradient of the loss with respect to them.
        velocity: What the last step returned; zeros before the first.
        lr: The learning rate, 0 or more.
        momentum: The share of the old velocity that stays, from 0 to below 1.

    Returns:
        (w, velocity) after the step.

    Raises:
        ValueError: An array is empty or holds nan or infinity, a number is out of its range,
            or a result overflows.

    Source:
        PyTorch, torch.optim.SGD, whose note tells how other frameworks differ

    Example:
        >>> w, gradient, velocity = np.array([1.0]), np.array([2.0]), np.array([4.0])
        >>> sgd_momentum_step(w, gradient, velocity, lr=0.5, momentum=0.75)
        (array([-1.5]), array([5.]))
    """
    velocity = momentum * velocity + as_float(gradient)
    return as_float(w) - lr * velocity, velocity


# --8<-- [end:sgd_momentum_step]


# --8<-- [start:adam_step_refuses]
def no_square(v, name):
    if (v < 0).any():
        raise ValueError(
            f"`{name}` holds {first(v, v < 0)}; a mean of squares is 0 or more"
        )


def no_step(step):
    if step < 1:
        raise ValueError(
            f"`step` is {step}; count from 1, or the correction divides by 0"
        )


def no_floor(eps):
    refuse_not_positive(eps=eps)


def moments_overflow(result):
    for each, name in zip(result, ("the weight", "m", "v"), strict=True):
        refuse_overflowed(each, name)


@refuses(
    *(no_step, no_rate, no_floor, moments_overflow),
    **{"w": BAD, "gradient": BAD, "m": BAD, "v": (*BAD, no_square)},
    **{"beta1": no_share, "beta2": no_share},
)
# --8<-- [end:adam_step_refuses]
# --8<-- [start:adam_step]
def adam_step(
    w: Real[ndarray, "*axes d"],
    gradient: Real[ndarray, "*axes d"],
    m: Real[ndarray, "*axes d"],
    v: Real[ndarray, "*axes d"],
    step: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[
    Float[ndarray, "*axes d"], Float[ndarray, "*axes d"], Float[ndarray, "*axes d"]
]:
    """One step of Adam: the mean gradient, divided by the root of the mean square.

    How:
        m and v move towards the gradient and its square. Both began at 0, so that after t
        steps they hold 1 - βᵗ of a mean; dividing by that share corrects it. eps is added
        to the root, so that a v of 0 divides nothing by 0.

    Args:
        w: The weights.
        gradient: The gradient of the loss with respect to them.
        m: The moving average of gradients that the last step returned; zeros before the
            first.
        v: The moving average of squared gradients, likewise. Neither is bias-corrected.
        step: The number of this step, counted from 1.
        lr: The learning rate, 0 or more.
        beta1: The share of the old m that stays, from 0 to below 1.
        beta2: The share of the old v that stays, from 0 to below 1.
        eps: A number above 0, added to the root of the corrected v.

    Returns:
        (w, m, v) after the step; m and v as the next step takes them, not corrected.

    Raises:
        ValueError: An array is empty or holds nan or infinity, v is below 0 somewhere, a
            number is out of its range, or a result overflows.

    Source:
        Kingma and Ba (2015), Adam: A Method for Stochastic Optimization, algorithm 1,
        https://arxiv.org/abs/1412.6980

    Example:
        The first step is about the learning rate where the gradient is far above `eps`.

        >>> zero, gradient = np.zeros(2), np.array([300.0, -0.02])
        >>> w, m, v = adam_step(zero, gradient, zero, zero, step=1, lr=0.5)
        >>> w.round(5)
        array([-0.5,  0.5])
    """
    gradient = as_float(gradient)
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    mean = m / (1 - beta1**step)
    mean_square = v / (1 - beta2**step)
    return as_float(w) - lr * mean / (np.sqrt(mean_square) + eps), m, v


# --8<-- [end:adam_step]


# --8<-- [start:adamw_step_refuses]
def no_decay(weight_decay):
    refuse_below(0, weight_decay=weight_decay)


@refuses(
    *(no_step, no_rate, no_floor, no_decay, moments_overflow),
    **{"w": BAD, "gradient": BAD, "m": BAD, "v": (*BAD, no_square)},
    **{"beta1": no_share, "beta2": no_share},
)
# --8<-- [end:adamw_step_refuses]
# --8<-- [start:adamw_step]
def adamw_step(
    w: Real[ndarray, "*axes d"],
    gradient: Real[ndarray, "*axes d"],
    m: Real[ndarray, "*axes d"],
    v: Real[ndarray, "*axes d"],
    step: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> tuple[
    Float[ndarray, "*axes d"], Float[ndarray, "*axes d"], Float[ndarray, "*axes d"]
]:
    """One step of AdamW: the weights shrink by lr · weight_decay, then Adam's step.

    How:
        The decay does not pass through m and v, so no gradient's size divides it: all weights
        shrink by one share. Adam's step begins at the shrunken weights, with the gradient
        that was taken before.

    Args:
        w: The weights.
        gradient: The gradient of the loss with respect to them, without a penalty.
        m: The moving average of gradients that the last step returned; zeros before the
            first.
        v: The moving average of squared gradients, likewise. Neither is bias-corrected.
        step: The number of this step, counted from 1.
        lr: The learning rate, 0 or more.
        beta1: The share of the old m that stays, from 0 to below 1.
        beta2: The share of the old v that stays, from 0 to below 1.
        eps: A number above 0, added to the root of the corrected v.
        weight_decay: The decay, 0 or more; a step shrinks the weights by lr times it.

    Returns:
        (w, m, v) after the step; m and v as the next step takes them, not corrected.

    Raises:
        ValueError: An array is empty or holds nan or infinity, v is below 0 somewhere, a
            number is out of its range, or a result overflows.

    Source:
        Loshchilov and Hutter (2019), Decoupled Weight Decay Regularization, algorithm 2
        (there a schedule alone multiplies the decay; here lr does, as in PyTorch),
        https://arxiv.org/abs/1711.05101

    Example:
        A gradient of 0 leaves the decay alone: 8 loses 0.25 · 0.5 of itself.

        >>> w, zero = np.array([8.0]), np.zeros(1)
        >>> adamw_step(w, zero, zero, zero, step=1, lr=0.5, weight_decay=0.25)
        (array([7.]), array([0.]), array([0.]))
    """
    shrunk = (1 - lr * weight_decay) * as_float(w)
    return adam_step(shrunk, gradient, m, v, step, lr, beta1, beta2, eps)


# --8<-- [end:adamw_step]
