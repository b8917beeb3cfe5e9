"""A reward model from pairs: the loss of Bradley and Terry, and its gradient."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:bradley_terry_loss_refuses]
def overflow(result):
    refuse_overflowed(result[0], "the loss")


@refuses(overflow, chosen=(refuse_empty, refuse_nan), rejected=refuse_nan)
# --8<-- [end:bradley_terry_loss_refuses]
# --8<-- [start:bradley_terry_loss]
def bradley_terry_loss(
    chosen: Real[ndarray, " pairs"], rejected: Real[ndarray, " pairs"]
) -> tuple[np.floating, Float[ndarray, " pairs"], Float[ndarray, " pairs"]]:
    """The mean of -log sigmoid(chosen - rejected), and its gradients.

    The sigmoid is the chance, by Bradley and Terry, that people choose as they did.

    How:
        -log sigmoid(x) is log(1 + exp(-x)), and its derivative -sigmoid(-x): the chance that the
        model gives to the other choice. By logaddexp neither overflows; sigmoid(-x) is
        exp(-log(1 + exp(x))).

    Args:
        chosen: The reward of the answer that was preferred, for each pair.
        rejected: The reward of the other answer to the same prompt.

    Returns:
        The loss in nats, and its gradients with respect to `chosen` and to `rejected`.

    Raises:
        ValueError: There is no pair, a reward is nan or infinite, or the loss overflows.

    Source:
        Ouyang et al. (2022), equation 1, https://arxiv.org/abs/2203.02155

    Example:
        Rewards that are log 3 apart: the choice has the chance 3/4.

        >>> loss, dchosen, drejected = bradley_terry_loss(np.array([np.log(3)]), np.array([0.0]))
        >>> loss.round(6), dchosen, drejected
        (np.float64(0.287682), array([-0.25]), array([0.25]))
    """
    margin = as_float(chosen) - as_float(rejected)
    loss = np.logaddexp(0, -margin).mean()
    slope = np.exp(-np.logaddexp(0, margin)) / len(margin)
    return loss, -slope, slope


# --8<-- [end:bradley_terry_loss]
