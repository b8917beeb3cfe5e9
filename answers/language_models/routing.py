"""The router of a mixture of experts: its choice, its gates, and what keeps the load balanced."""

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.probability.softmax import logsumexp, softmax

BAD = refuse_empty, refuse_nan


# --8<-- [start:top_k_gating_refuses]
def other_count(logits, k):
    experts = logits.shape[-1]
    if not 1 <= k <= experts:
        raise ValueError(f"`k` is {k}; of {experts} experts, choose 1 to {experts}")


@refuses(other_count, logits=BAD)
# --8<-- [end:top_k_gating_refuses]
# --8<-- [start:top_k_gating]
def top_k_gating(
    logits: Real[ndarray, "*batch experts"], k: int
) -> tuple[Float[ndarray, "*batch k"], Integer[ndarray, "*batch k"]]:
    """The gates of each token's k chosen experts, and their indices.

    The k largest logits are chosen, and the gates are the softmax of these alone. It is the same
    as the softmax of all, divided by the sum of the chosen.

    Args:
        logits: The router's scores, a row for each token.
        k: How many experts a token is sent to.

    Returns:
        Gates, which sum to 1, and indices, both from the largest logit to the smallest. Of equal
        logits the expert with the lower index comes first.

    Raises:
        ValueError: `logits` are empty or hold nan or infinity; `k` is below 1 or above the number
            of experts.

    Source:
        Shazeer et al. (2017), section 2.1, https://arxiv.org/abs/1701.06538, without its noise

    Example:
        The second expert's logit is larger by log 3 than the third's.

        >>> top_k_gating(np.array([0.0, 1 + np.log(3), 1.0]), 2)
        (array([0.75, 0.25]), array([1, 2]))
    """
    logits = as_float(logits)
    order = np.argsort(-logits, axis=-1, kind="stable")  # ties: the lower index
    chosen = order[..., :k]
    return softmax(np.take_along_axis(logits, chosen, axis=-1)), chosen


# --8<-- [end:top_k_gating]


# --8<-- [start:biased_gating_refuses]
@refuses(other_count, logits=BAD, bias=BAD)
# --8<-- [end:biased_gating_refuses]
# --8<-- [start:biased_gating]
def biased_gating(
    logits: Real[ndarray, "*batch experts"], bias: Real[ndarray, " experts"], k: int
) -> tuple[Float[ndarray, "*batch k"], Integer[ndarray, "*batch k"]]:
    """Gates from sigmoids, where a bias takes part in the choice only.

    The k largest sigmoid(logit) + bias are chosen. Their sigmoids, without the bias, are divided
    by their sum.

    Args:
        logits: The router's scores, a row for each token.
        bias: Raised for an expert with too few tokens, lowered for one with too many.
        k: How many experts a token is sent to.

    Returns:
        Gates, which sum to 1, and indices, from the largest biased score to the smallest. Of equal
        ones the lower index comes first.

    Raises:
        ValueError: `logits` or `bias` are empty or hold nan or infinity; `k` is below 1 or above
            the number of experts.

    Source:
        DeepSeek-AI (2024), DeepSeek-V3, equations 13 to 16, https://arxiv.org/abs/2412.19437

    Example:
        The bias brings in the third expert; its gate is as small as before.

        >>> logits = np.log(np.array([3.0, 1.0, 1 / 3]))  # sigmoids 3/4, 1/2, 1/4
        >>> biased_gating(logits, np.array([0.0, 0.0, 0.4]), 2)
        (array([0.75, 0.25]), array([0, 2]))
    """
    logits, bias = as_float(logits), as_float(bias)
    log_scores = -np.logaddexp(0, -logits)  # exp(-logit) alone overflows
    order = np.argsort(-(np.exp(log_scores) + bias), axis=-1, kind="stable")
    chosen = order[..., :k]
    return softmax(np.take_along_axis(log_scores, chosen, axis=-1)), chosen


# --8<-- [end:biased_gating]


# --8<-- [start:load_balancing_loss_refuses]
@refuses(other_count, logits=BAD)
# --8<-- [end:load_balancing_loss_refuses]
# --8<-- [start:load_balancing_loss]
def load_balancing_loss(logits: Real[ndarray, "*batch experts"], k: int) -> np.floating:
    """The number of experts times Σ f P: f is an expert's load, P its mean probability.

    The load is an expert's share of all k · tokens choices, so loads sum to 1, as probabilities
    do. It is counted, so only P has a gradient: the more is chosen, the more P is pushed down.

    Args:
        logits: The router's scores, a row for each token; any leading axes.
        k: How many experts a token is sent to: those with the largest logits.

    Returns:
        1 if loads or mean probabilities are uniform; experts / k if all tokens choose the same k
        with all of their probability. Mixtral's code counts k for each token, and gets k times
        as much.

    Raises:
        ValueError: `logits` are empty or hold nan or infinity; `k` is below 1 or above the number
            of experts.

    Source:
        Fedus et al. (2021), Switch Transformers, equations 4 to 6,
        https://arxiv.org/abs/2101.03961, where k is 1

    Example:
        Of two tokens both choose the first of two experts, with probabilities 3/4 and 1/2.

        >>> load_balancing_loss(np.array([[np.log(3), 0.0], [0.0, 0.0]]), 1).round(6)
        np.float64(1.25)
    """
    experts = logits.shape[-1]
    p = softmax(logits).reshape(-1, experts)  # (tokens, experts)
    _, chosen = top_k_gating(logits, k)
    load = np.bincount(chosen.ravel(), minlength=experts) / chosen.size
    return experts * (load.astype(p.dtype) @ p.mean(axis=0))


# --8<-- [end:load_balancing_loss]


# --8<-- [start:load_balancing_gradient_refuses]
@refuses(other_count, logits=BAD)
# --8<-- [end:load_balancing_gradient_refuses]
# --8<-- [start:load_balancing_gradient]
def load_balancing_gradient(
    logits: Real[ndarray, "*batch experts"], k: int
) -> Float[ndarray, "*batch experts"]:
    """The gradient of `load_balancing_loss` with respect to the logits.

    How:
        Loads are counts and stay. Through the softmax, an expert's logit gets
        experts / tokens · p (f - Σ f p): it falls where the load is above the token's mean load.

    Args:
        logits: As in the loss.
        k: As in the loss.

    Raises:
        ValueError: `logits` are empty or hold nan or infinity; `k` is below 1 or above the number
            of experts.

    Source:
        The chain rule; Fedus et al. (2021), section 2.2, https://arxiv.org/abs/2101.03961

    Example:
        The first expert has all the load.

        >>> load_balancing_gradient(np.array([[0.0, 0.0], [0.0, 0.0]]), 1)
        array([[ 0.25, -0.25],
               [ 0.25, -0.25]])
    """
    experts, p = logits.shape[-1], softmax(logits)
    _, chosen = top_k_gating(logits, k)
    load = np.bincount(chosen.ravel(), minlength=experts) / chosen.size
    load = load.astype(p.dtype)
    tokens = p.size / experts
    return experts / tokens * p * (load - (p @ load)[..., None])


# --8<-- [end:load_balancing_gradient]


# --8<-- [start:router_z_loss_refuses]
def overflow(result):
    refuse_overflowed(result, "the loss")


@refuses(overflow, logits=BAD)
# --8<-- [end:router_z_loss_refuses]
# --8<-- [start:router_z_loss]
def router_z_loss(logits: Real[ndarray, "*batch experts"]) -> np.floating:
    """The mean over tokens of the squared log Σ exp(logit), which keeps logits small.

    Gates do not change if a number is added to all of a token's logits; this loss does.

    Args:
        logits: The router's scores, a row for each token; any leading axes.

    Raises:
        ValueError: `logits` are empty or hold nan or infinity, or the loss overflows.

    Source:
        Zoph et al. (2022), ST-MoE, equation 5, https://arxiv.org/abs/2202.08906

    Example:
        >>> (router_z_loss(np.zeros((7, 2))) / np.log(2) ** 2).round(6)
        np.float64(1.0)
    """
    return np.mean(np.square(logsumexp(logits)))


# --8<-- [end:router_z_loss]
