"""The losses of PPO, clipped, with their gradients: the policy's and the critic's."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan, refuse_not_positive
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:ppo_loss_refuses]
def no_clip(clip):
    refuse_not_positive(clip=clip)


def loss_overflows(result):
    for each, name in zip(result, ("the loss", "a gradient"), strict=True):
        refuse_overflowed(each, name)


@refuses(
    no_clip, loss_overflows, **{"log_probs": BAD, "old_log_probs": BAD}, advantages=BAD
)
# --8<-- [end:ppo_loss_refuses]
# --8<-- [start:ppo_loss]
def ppo_loss(
    log_probs: Real[ndarray, "*batch steps"],
    old_log_probs: Real[ndarray, "*batch steps"],
    advantages: Real[ndarray, "*batch steps"],
    clip: float = 0.2,
) -> tuple[np.floating, Float[ndarray, "*batch steps"]]:
    """PPO's clipped policy loss, to be minimised, and its gradient by the log-probabilities.

    The loss is -mean(min(r A, clip(r, 1 - clip, 1 + clip) A)), over all entries, with the ratio
    r = exp(log_probs - old_log_probs). The gradient is the loss's by `log_probs`; the others are
    constants.

    How:
        The minimum takes the product with the clipped ratio, which is constant, only where r has
        left the band on the side to which A pushes it: there the gradient is 0. Everywhere else
        d(r A) = r A d(log r).

    Args:
        log_probs: Log-probabilities of the actions taken, under the policy that is trained.
        old_log_probs: Under the policy that took them.
        advantages: How much better each action was than expected.
        clip: How far the ratio may leave 1 before the loss is flat; above 0.

    Returns:
        (loss, dlog_probs): a number, and an array of the shape of `log_probs`.

    Raises:
        ValueError: An array is empty or holds nan or infinity, `clip` is not above 0, or the
            loss or a gradient overflows.

    Source:
        Schulman et al. (2017), equation 7, https://arxiv.org/abs/1707.06347

    Example:
        The ratios are 2 and 1. The first has left the band to the side that its advantage
        asks for.

        >>> new, old = np.log([0.5, 0.25]), np.log([0.25, 0.25])
        >>> loss, gradient = ppo_loss(new, old, np.array([1.0, 3.0]), clip=0.5)
        >>> float(loss), gradient
        (-2.25, array([ 0. , -1.5]))
    """
    ratio = np.exp(as_float(log_probs) - old_log_probs)
    plain = ratio * advantages
    clipped = np.clip(ratio, 1 - clip, 1 + clip) * advantages
    loss = -np.minimum(plain, clipped).mean()
    return loss, np.where(plain <= clipped, -plain, 0) / plain.size


# --8<-- [end:ppo_loss]


# --8<-- [start:value_loss_refuses]
@refuses(no_clip, loss_overflows, **{"values": BAD, "old_values": BAD}, returns=BAD)
# --8<-- [end:value_loss_refuses]
# --8<-- [start:value_loss]
def value_loss(
    values: Real[ndarray, "*batch steps"],
    old_values: Real[ndarray, "*batch steps"],
    returns: Real[ndarray, "*batch steps"],
    clip: float = 0.2,
) -> tuple[np.floating, Float[ndarray, "*batch steps"]]:
    """The critic's clipped loss in PPO, and its gradient by the values.

    The loss is mean(max((V - R)², (C - R)²)) / 2 over all entries, where C is V, kept within
    `clip` of the old value. The gradient is the loss's by `values`; the others are constants.
    Where both squares are equal, (V - R)² counts.

    How:
        Within the band C is V itself. Outside it C is constant, and the maximum takes it where V
        is nearer to the return: there the gradient is 0. Everywhere else it is V - R.

    Args:
        values: V, the critic's values now.
        old_values: Its values when the rollout was made.
        returns: R, the targets: old values and advantages, added.
        clip: How far a value may leave its old one; above 0, in the units of the returns.

    Returns:
        (loss, dvalues): a number, and an array of the shape of `values`.

    Raises:
        ValueError: An array is empty or holds nan or infinity, `clip` is not above 0, or the
            loss or a gradient overflows.

    Source:
        Huang et al. (2022), The 37 Implementation Details of PPO, detail 9

    Example:
        Both values rose by 1, to 0.5 above the band. The first came nearer to its return of 4,
        and stops; the second passed its return of 0, and is drawn back.

        >>> values, old, returns = np.array([2.0, 2.0]), np.ones(2), np.array([4.0, 0.0])
        >>> loss, gradient = value_loss(values, old, returns, clip=0.5)
        >>> float(loss), gradient
        (2.5625, array([0., 1.]))
    """
    values, old_values = as_float(values), as_float(old_values)
    clipped = np.clip(values, old_values - clip, old_values + clip)
    plain, other = (values - returns) ** 2, (clipped - returns) ** 2
    loss = np.maximum(plain, other).mean() / 2
    return loss, np.where(plain >= other, values - returns, 0) / plain.size


# --8<-- [end:value_loss]
