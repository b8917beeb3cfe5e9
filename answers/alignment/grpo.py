"""GRPO: advantages from a group of answers to one prompt, and the clipped loss of their tokens.

There is no value network: the mean reward of the group is the baseline. Each row is an answer, each
column a token that the policy may have drawn.
"""

from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:group_advantages_refuses]
def below_0(eps, name):
    refuse_below(0, **{name: eps})


def alone(rewards):
    if rewards.shape[-1] < 2:
        raise ValueError(
            "`rewards` has one answer in a group; draw two or more, since an answer is "
            "compared with its group"
        )


def advantage_overflows(result, rewards, scale):
    refuse_overflowed(result, "an advantage")
    if scale:
        refuse_overflowed(as_float(rewards).std(axis=-1), "a standard deviation")


@refuses(alone, advantage_overflows, rewards=BAD, eps=below_0)
# --8<-- [end:group_advantages_refuses]
# --8<-- [start:group_advantages]
def group_advantages(
    rewards: Real[ndarray, "*prompts answers"], scale: bool = True, eps: float = 1e-4
) -> Float[ndarray, "*prompts answers"]:
    """How much better each answer is than its group, in deviations if `scale`.

    The last axis is a group: answers to one prompt. Answers to other prompts have no influence. In
    a group of equal rewards every advantage is 0, up to rounding, if `eps` is far above the
    rounding of the rewards.

    How:
        The standard deviation is the sample's, with a divisor of answers - 1, as in TRL.

    Args:
        rewards: One for each answer; any leading axes.
        scale: Whether to divide by the sample standard deviation of the group, whose divisor is
            answers - 1, plus `eps`. Dr. GRPO does not.
        eps: Added to the standard deviation.

    Returns:
        Advantages, as many as rewards.

    Raises:
        ValueError: `rewards` is empty or holds nan or infinity, a group has one answer, `eps` is
            below 0, or an advantage or a standard deviation overflows.

    Source:
        Shao et al. (2024), DeepSeekMath, section 4.1.2, https://arxiv.org/abs/2402.03300

    Example:
        >>> group_advantages(np.array([[1.0, 0, 0, 0], [1, 1, 1, 0]]), scale=False)
        array([[ 0.75, -0.25, -0.25, -0.25],
               [ 0.25,  0.25,  0.25, -0.75]])
    """
    rewards = as_float(rewards)
    advantages = rewards - rewards.mean(axis=-1, keepdims=True)
    if scale:
        spread = rewards.std(axis=-1, ddof=1, keepdims=True)
        advantages = advantages / (spread + rewards.dtype.type(eps))
    return advantages


# --8<-- [end:group_advantages]


# --8<-- [start:token_weights_refuses]
def no_token(mask):
    if not mask.any(axis=-1).all():
        raise ValueError(
            f"`mask` leaves answer {int(mask.any(axis=-1).argmin())} no token; leave that "
            "answer out"
        )


def no_length(by, length):
    if (by == "constant") != (length is not None):
        raise ValueError(
            f'`length` is {length} and `by` "{by}"; "constant" alone divides by a length'
        )
    if length is not None:
        refuse_below(1, length=length)


@refuses(no_token, no_length, mask=refuse_empty)
# --8<-- [end:token_weights_refuses]
# --8<-- [start:token_weights]
def token_weights(
    mask: Bool[ndarray, "answers tokens"],
    by: Literal["token", "sequence", "constant"] = "token",
    length: int | None = None,
) -> Float[ndarray, "answers tokens"]:
    """What each token's loss is multiplied by before all are summed.

    How:
        "token": 1 / all tokens. "sequence": 1 / (answers · tokens of this answer). "constant":
        1 / (answers · length).

    Args:
        mask: True = a token that the policy drew; False = padding, or a tool's output.
        by: "token" for the mean over all tokens (TRL's "dapo"), "sequence" for the mean over
            answers of each answer's mean (GRPO), "constant" for sums divided by answers · `length`
            (Dr. GRPO).
        length: With "constant" alone: a number such as the most tokens of an answer.

    Raises:
        ValueError: `mask` is empty or leaves an answer no token, or `length` is missing, below 1,
            or given in vain.

    Source:
        Liu et al. (2025), Understanding R1-Zero-Like Training, https://arxiv.org/abs/2503.20783

    Example:
        >>> token_weights(np.array([[True, False], [True, True]]), "sequence")
        array([[0.5 , 0.  ],
               [0.25, 0.25]])
    """
    if by == "token":
        return mask / mask.sum()
    if by == "sequence":
        return mask / (len(mask) * mask.sum(axis=1, keepdims=True))
    return mask / (len(mask) * length)


# --8<-- [end:token_weights]


# --8<-- [start:grpo_loss_refuses]
def clip_below_0(clip):
    refuse_below(0, **{"clip[0]": clip[0], "clip[1]": clip[1]})


def loss_overflows(result):
    refuse_overflowed(result[0], "the loss")
    refuse_overflowed(result[1], "dlog_prob")


@refuses(
    no_token,
    no_length,
    clip_below_0,
    loss_overflows,
    **{"log_prob": BAD, "old_log_prob": BAD, "advantages": BAD},
)
# --8<-- [end:grpo_loss_refuses]
# --8<-- [start:grpo_loss]
def grpo_loss(
    log_prob: Real[ndarray, "answers tokens"],
    old_log_prob: Real[ndarray, "answers tokens"],
    advantages: Real[ndarray, " answers"],
    mask: Bool[ndarray, "answers tokens"],
    by: Literal["token", "sequence", "constant"] = "token",
    length: int | None = None,
    clip: tuple[float, float] = (0.2, 0.2),
) -> tuple[Float[ndarray, ""] | np.floating, Float[ndarray, "answers tokens"]]:
    """The clipped loss of GRPO, and its gradient at the log-probabilities.

    A token's loss is -min(ratio · A, clipped ratio · A). Its ratio is its probability now, divided
    by its probability when it was drawn; clipped, it lies between 1 - clip[0] and 1 + clip[1].

    How:
        Minus the smaller product is the loss. Where that is the clipped one, nothing depends on the
        policy, and the gradient is 0. Elsewhere the ratio's derivative is the ratio itself.

    Args:
        log_prob: Of each token now, in nats. What stands at padding counts for nothing.
        old_log_prob: Of each token when it was drawn.
        advantages: One for each answer, for all of its tokens.
        mask: True = a token that the policy drew; False = padding, or a tool's output.
        by: "token" for the mean over all tokens, "sequence" for the mean over answers of each
            answer's mean over its tokens, "constant" for the sum over all tokens divided by
            answers · `length`.
        length: With "constant" alone: a number such as the most tokens of an answer.
        clip: How far a ratio may fall below 1, and rise above it.

    Returns:
        The loss, and its gradient at `log_prob`; `old_log_prob` and `advantages` are constants.

    Raises:
        ValueError: An array is empty or holds nan or infinity, an answer has no token, `length` is
            missing, below 1 or given in vain, an entry of `clip` is below 0, or a result overflows.

    Source:
        Shao et al. (2024), DeepSeekMath, equation 3 without KL, https://arxiv.org/abs/2402.03300

    Example:
        On policy: every ratio is 1.

        >>> drawn, both = np.log([[0.5, 0.2], [0.1, 0.9]]), np.ones((2, 2), bool)
        >>> loss, dlog_prob = grpo_loss(drawn, drawn, np.array([1.0, -1.0]), both)
        >>> abs(float(loss))
        0.0
        >>> dlog_prob
        array([[-0.25, -0.25],
               [ 0.25,  0.25]])
    """
    new, a = as_float(log_prob), as_float(advantages)[:, None]
    weights = token_weights(mask, by, length).astype(new.dtype)
    ratio = np.exp(np.where(mask, new - old_log_prob, 0))
    free, clipped = ratio * a, np.clip(ratio, 1 - clip[0], 1 + clip[1]) * a
    loss = -(weights * np.minimum(free, clipped)).sum()
    return loss, np.where(free <= clipped, -weights * free, 0)


# --8<-- [end:grpo_loss]
