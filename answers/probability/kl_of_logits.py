"""KL divergence where a model gives logits: its value, and the gradients of both directions."""

import math

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, first
from answers.inputs.contracts import refuses
from answers.probability.divergence import no_base, refuse_no_distribution
from answers.probability.softmax import log_softmax


# --8<-- [start:kl_from_logits_refuses]
@refuses(base=no_base)
# --8<-- [end:kl_from_logits_refuses]
# --8<-- [start:kl_from_logits]
def kl_from_logits(
    p: Real[ndarray, "*shape"],
    q: Real[ndarray, "*shape"],
    base: float = math.e,
    axis: int = -1,
) -> Float[ndarray, "*rest"] | np.floating:
    """KL(softmax(p)‖softmax(q)), finite where a probability would round to 0.

    Args:
        p: Logits, or log-probabilities in nats; -inf is probability 0.
        q: Likewise, in the shape of `p`.
        base: That of the result: e gives nats, 2 gives bits.
        axis: The axis that holds the classes; the result has no such axis.

    Raises:
        ValueError: `p` or `q` is 0-d or empty, holds nan or +inf, or has only -inf along
            `axis`; there is no such `axis`; or `base` is not above 1.

    Example:
        exp(-800) is 0 in float64, and by probabilities the answer would be inf.

        >>> kl_from_logits(np.array([0.0, 0.0]), np.array([0.0, -800.0])).round(4)
        np.float64(399.3069)
    """
    log_p, log_q = log_softmax(p, axis), log_softmax(q, axis)
    # By their logarithms: a p that rounds to 0 is not 0, and where q is 0 it counts.
    with np.errstate(invalid="ignore"):
        terms = np.where(log_q == -np.inf, np.inf, np.exp(log_p) * (log_p - log_q))
    terms = np.where(log_p == -np.inf, 0, terms)
    return np.maximum(terms.sum(axis=axis), 0) / math.log(base)


# --8<-- [end:kl_from_logits]


# --8<-- [start:kl_gradients_refuses]
def no_target(p):
    refuse_no_distribution(p, "p", axis=-1)
    if (zero := p == 0).any():
        raise ValueError(
            f"`p` holds {first(as_float(p), zero)}: KL(q‖p) is infinite for every q with "
            "mass there"
        )


@refuses(no_target)
# --8<-- [end:kl_gradients_refuses]
# --8<-- [start:kl_gradients]
def kl_gradients(
    p: Real[ndarray, "*batch classes"], logits: Real[ndarray, "*batch classes"]
) -> tuple[Float[ndarray, "*batch classes"], Float[ndarray, "*batch classes"]]:
    """Gradients of both directions of KL with respect to the logits of q.

    q is softmax(logits). Forward is the gradient of KL(p‖q), reverse that of KL(q‖p).

    How:
        Forward: q - p, large where p is and q is not. Reverse: q (log(q / p) - KL(q‖p)).
        It has the factor q: where q is next to nothing, next to nothing pulls it.

    Args:
        p: Probabilities of the target, above 0, which sum to 1 along the last axis.
        logits: Those of the model; -inf is probability 0.

    Returns:
        (forward, reverse), one gradient for each row. Nothing is averaged.

    Raises:
        ValueError: `p` is 0-d or empty, holds nan, a negative entry or a 0 (KL(q‖p) is
            infinite then), or does not sum to 1; or `logits` hold nan or +inf, or a row
            of -inf only.

    Example:
        The model has given up a class. Forward calls it back, reverse hardly does.

        >>> forward, reverse = kl_gradients(np.array([0.5, 0.5]), np.array([0.0, -9.0]))
        >>> forward.round(3), reverse.round(3)
        (array([ 0.5, -0.5]), array([ 0.001, -0.001]))
    """
    p, log_q = as_float(p), log_softmax(logits)
    q = np.exp(log_q)
    log_ratio = np.where(q > 0, log_q, 0) - np.log(p)
    divergence = (q * log_ratio).sum(axis=-1, keepdims=True)
    return q - p, q * (log_ratio - divergence)


# --8<-- [end:kl_gradients]
