"""Generalized advantage estimation: how much better an action was than the critic expected."""

import numpy as np
from jaxtyping import Bool, Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:gae_refuses]
def no_share(share, name):
    if not 0 <= share <= 1:  # nan fails every comparison
        raise ValueError(f"`{name}` is {share}; choose a number from 0 to 1")


def advantage_overflows(result):
    refuse_overflowed(result, "an advantage")


@refuses(
    advantage_overflows,
    **{"rewards": BAD, "values": BAD, "next_values": BAD},
    gamma=no_share,
    lam=no_share,
)
# --8<-- [end:gae_refuses]
# --8<-- [start:gae]
def gae(
    rewards: Real[ndarray, "time *envs"],
    values: Real[ndarray, "time *envs"],
    next_values: Real[ndarray, "time *envs"],
    terminated: Bool[ndarray, "time *envs"],
    truncated: Bool[ndarray, "time *envs"],
    gamma: float,
    lam: float,
) -> Float[ndarray, "time *envs"]:
    """Advantages by generalized advantage estimation, for each step of a rollout.

    A_t = δ_t + gamma · λ · A_{t+1}, with δ_t = r_t + gamma · V(s_{t+1}) - V(s_t). After a
    terminal state nothing follows: V(s_{t+1}) counts as 0. An episode that was only cut off would
    have gone on, so it keeps V(s_{t+1}). In both cases the next row is another episode's, and
    A_{t+1} counts as 0, as it does after the last row.

    How:
        The sum is run from the last step back. The end of an episode stops the sum, whichever end
        it is; only a terminal state takes V(s_{t+1}) out of δ_t, too.

    Args:
        rewards: One row a step, in the order of time; any further axes, such as environments.
        values: V(s_t), of the state in which the step began.
        next_values: V(s_{t+1}), of the state in which the step ended, also where the episode
            ended there: the next row of `values` then belongs to another episode.
        terminated: Whether the step ended in a terminal state.
        truncated: Whether the episode was cut off after the step, by a limit of time, say.
        gamma: The discount of rewards, from 0 to 1.
        lam: λ, from 0 (one step, then the critic) to 1 (all rewards that were seen).

    Returns:
        The advantages. Added to `values` they are the critic's targets.

    Raises:
        ValueError: An array is empty or holds nan or infinity, `gamma` or `lam` is not from 0
            to 1, or an advantage overflows.

    Source:
        Schulman et al. (2015), equation 16, https://arxiv.org/abs/1506.02438

    Example:
        δ is 1 + 0.5 · 4 - 2 = 1, then 3 - 4 = -1, for the second step is terminal.

        >>> ends, never = np.array([False, True]), np.array([False, False])
        >>> rewards, values = np.array([1.0, 3.0]), np.array([2.0, 4.0])
        >>> gae(rewards, values, np.array([4.0, 7.0]), ends, never, gamma=0.5, lam=0.5)
        array([ 0.75, -1.  ])
    """
    deltas = as_float(rewards) + gamma * as_float(next_values) * ~terminated - values
    goes_on = ~(terminated | truncated)
    advantages, later = np.empty_like(deltas), np.zeros_like(deltas[0])
    for t in reversed(range(len(deltas))):
        later = deltas[t] + gamma * lam * later * goes_on[t]
        advantages[t] = later
    return advantages


# --8<-- [end:gae]
