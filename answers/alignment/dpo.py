"""DPO: the policy's own log-probabilities take the place of a reward model's scores.

Beside it stand the policy that it aims at, and IPO.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan, refuse_not_positive
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.probability.softmax import softmax

LOG_PROBS = refuse_empty, refuse_nan


# --8<-- [start:best_policy_refuses]
def no_beta(beta):
    refuse_not_positive(beta=beta)


def exponent_overflows(reference, rewards, beta):
    with np.errstate(over="ignore"):
        refuse_overflowed(as_float(rewards) / beta + reference, "a logit")


@refuses(no_beta, exponent_overflows, reference=LOG_PROBS, rewards=refuse_nan)
# --8<-- [end:best_policy_refuses]
# --8<-- [start:best_policy]
def best_policy(
    reference: Real[ndarray, "*batch answers"],
    rewards: Real[ndarray, "*batch answers"],
    beta: float,
) -> Float[ndarray, "*batch answers"]:
    """The policy of the largest mean reward - β KL(policy‖reference), in closed form.

    It is the reference times exp(reward / β), normalized over the answers to a prompt.

    Args:
        reference: The log-probability of each answer, before training.
        rewards: The reward of each answer.
        beta: How much a nat of KL costs, above 0.

    Returns:
        Probabilities.

    Raises:
        ValueError: There is no answer, a log-probability or reward is nan or infinite, `beta`
            is no finite number above 0, or a quotient overflows.

    Source:
        Rafailov et al. (2023), equation 4, https://arxiv.org/abs/2305.18290

    Example:
        At β = 1 a reward of log 3 makes an answer three times as likely as its equal.

        >>> best_policy(np.log([0.5, 0.5]), np.array([np.log(3), 0.0]), 1.0)
        array([0.75, 0.25])
    """
    return softmax(as_float(reference) + as_float(rewards) / beta)


# --8<-- [end:best_policy]


# --8<-- [start:dpo_loss_refuses]
def overflow(result):
    refuse_overflowed(result[0], "the loss")
    for gradient in result[1:]:
        refuse_overflowed(gradient, "a gradient")


@refuses(
    *(no_beta, overflow),
    **{"policy_chosen": LOG_PROBS, "policy_rejected": refuse_nan},
    **{"reference_chosen": refuse_nan, "reference_rejected": refuse_nan},
)
# --8<-- [end:dpo_loss_refuses]
# --8<-- [start:dpo_loss]
def dpo_loss(
    policy_chosen: Real[ndarray, " pairs"],
    policy_rejected: Real[ndarray, " pairs"],
    reference_chosen: Real[ndarray, " pairs"],
    reference_rejected: Real[ndarray, " pairs"],
    beta: float,
) -> tuple[np.floating, Float[ndarray, " pairs"], Float[ndarray, " pairs"]]:
    """The mean of -log sigmoid(margin) over pairs, and its gradients.

    The margin is β times the chosen answer's log-ratio less the rejected one's. A log-ratio is
    the policy's log-probability of an answer less the reference's.

    How:
        β times a log-ratio is the answer's implicit reward, so this is the loss of Bradley and
        Terry. The reference is fixed, so it gets no gradient. A pair's weight, sigmoid(-margin), is
        above 1/2 where the policy's rewards are in the wrong order, near 0 where the pair is
        learned.

    Args:
        policy_chosen: log π(answer | prompt) of the preferred answer, summed over its tokens.
        policy_rejected: The same of the other answer.
        reference_chosen: The reference's log-probability of the preferred answer; fixed.
        reference_rejected: The same of the other answer; fixed.
        beta: The price of KL in the objective behind it, above 0.

    Returns:
        The loss in nats, and its gradients with respect to `policy_chosen` and to
        `policy_rejected`.

    Raises:
        ValueError: There is no pair, a log-probability is nan or infinite, `beta` is no finite
            number above 0, or the loss or a gradient overflows.

    Source:
        Rafailov et al. (2023), equation 7, https://arxiv.org/abs/2305.18290

    Example:
        The chosen answer has become e times as likely, the other e times less.

        >>> policy, reference = np.array([[-2.0], [-4.0]]), np.array([[-3.0], [-3.0]])
        >>> loss, dchosen, drejected = dpo_loss(*policy, *reference, beta=0.5)
        >>> loss.round(6), dchosen.round(6), drejected.round(6)
        (np.float64(0.313262), array([-0.134471]), array([0.134471]))
    """
    chosen = as_float(policy_chosen) - as_float(reference_chosen)
    rejected = as_float(policy_rejected) - as_float(reference_rejected)
    margin = beta * (chosen - rejected)
    loss = np.logaddexp(0, -margin).mean()
    slope = beta * np.exp(-np.logaddexp(0, margin)) / len(margin)
    return loss, -slope, slope


# --8<-- [end:dpo_loss]


# --8<-- [start:ipo_loss_refuses]
@refuses(
    *(no_beta, overflow),
    **{"policy_chosen": LOG_PROBS, "policy_rejected": refuse_nan},
    **{"reference_chosen": refuse_nan, "reference_rejected": refuse_nan},
)
# --8<-- [end:ipo_loss_refuses]
# --8<-- [start:ipo_loss]
def ipo_loss(
    policy_chosen: Real[ndarray, " pairs"],
    policy_rejected: Real[ndarray, " pairs"],
    reference_chosen: Real[ndarray, " pairs"],
    reference_rejected: Real[ndarray, " pairs"],
    beta: float,
) -> tuple[np.floating, Float[ndarray, " pairs"], Float[ndarray, " pairs"]]:
    """The mean of (log-ratio chosen - log-ratio rejected - 1/(2β))², and its gradients.

    A square has a minimum, and DPO's loss of one pair has none: here a pair is pulled to one
    distance, and left there.

    Args:
        policy_chosen: log π(answer | prompt) of the preferred answer.
        policy_rejected: The same of the other answer.
        reference_chosen: The reference's log-probability of the preferred answer; fixed.
        reference_rejected: The same of the other answer; fixed.
        beta: Called τ in the paper; above 0.

    Returns:
        The loss, and its gradients with respect to `policy_chosen` and to `policy_rejected`.

    Raises:
        ValueError: There is no pair, a log-probability is nan or infinite, `beta` is no finite
            number above 0, or the loss overflows.

    Source:
        Azar et al. (2024), equation 17, https://arxiv.org/abs/2310.12036

    Example:
        The log-ratios are 2 apart, and 1/(2β) is 1.

        >>> policy, reference = np.array([[-2.0], [-4.0]]), np.array([[-3.0], [-3.0]])
        >>> ipo_loss(*policy, *reference, beta=0.5)
        (np.float64(1.0), array([2.]), array([-2.]))
    """
    chosen = as_float(policy_chosen) - as_float(reference_chosen)
    rejected = as_float(policy_rejected) - as_float(reference_rejected)
    beyond = chosen - rejected - 1 / (2 * beta)
    slope = 2 * beyond / len(beyond)
    return (beyond**2).mean(), slope, -slope


# --8<-- [end:ipo_loss]
