"""Entropy, the two directions of KL divergence, Jensen-Shannon, and KL from samples.

Everything takes distributions along one axis and refuses what is none: a negative entry,
nan, or a sum further than 1e-5 from 1. Results are in nats, or in units of log(base).
"""

import math

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty, refuse_no_axis
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.probability.softmax import log_softmax


# --8<-- [start:distribution]
def refuse_no_distribution(p, name, axis, tolerance=1e-5):
    """Raise unless `p` is a distribution along `axis`.

    Nothing is normalised: a sum that is not 1 is mostly a wrong axis, or logits. The
    tolerance is wide enough for float32 probabilities of 100,000 classes, which are added
    up in float64.

    Raises:
        ValueError: `p` is 0-d or empty, holds nan or a negative entry, or has a sum
            further than the tolerance from 1; or there is no such `axis`.
    """
    refuse_empty(p, name)
    if p.ndim == 0:
        raise ValueError(f"`{name}` is a single number; pass an array of probabilities")
    refuse_no_axis(axis, p, name)
    # nan is not >= 0 either.
    if not p.min() >= 0:
        raise ValueError(
            f"`{name}` holds {first(as_float(p), ~(p >= 0))}; probabilities are at least 0"
        )
    totals = p.sum(axis=axis, keepdims=True, dtype=np.float64)
    wrong = ~(np.abs(totals - 1) <= tolerance)
    if wrong.any():
        raise ValueError(
            f"`{name}` sums to {first(totals, wrong)} along axis {axis}, not to 1; is it "
            "the axis of the classes? If these are counts, divide by their sum; if they "
            "are logits, take softmax"
        )


# --8<-- [end:distribution]


# --8<-- [start:base]
def no_base(base, name):
    if not 1 < base < math.inf:
        raise ValueError(
            f"`base` is {base}; pass a base above 1: e for nats, 2 for bits"
        )


# --8<-- [end:base]


# --8<-- [start:xlogx]
def xlogx(p):
    """p log p, entry by entry, with 0 log 0 = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = p * np.log(p)
    # 0 log 0 has made nan.
    np.copyto(terms, 0, where=p == 0)
    return terms


# --8<-- [end:xlogx]


# --8<-- [start:entropy_refuses]
def no_distribution(p, axis):
    refuse_no_distribution(p, "p", axis)


@refuses(no_distribution, base=no_base)
# --8<-- [end:entropy_refuses]
# --8<-- [start:entropy]
def entropy(
    p: Real[ndarray, "*shape"], base: float = math.e, axis: int = -1
) -> Float[ndarray, "*rest"] | np.floating:
    """The mean surprise of a distribution: H(p) = -Σ p log p, with 0 log 0 = 0.

    -log p is how surprising an outcome of probability p is. H(p) is what an ideal
    code for p spends on an outcome, on average; no uniquely decodable code
    spends less.

    Args:
        p: Probabilities, which sum to 1 along `axis` within 1e-5.
        base: That of the logarithm: e gives nats, 2 gives bits.
        axis: The axis that holds the classes; the result has no such axis.

    Returns:
        Between 0 (one class is certain) and log(classes) (all are equally probable), if
        the sum of p is 1.

    Raises:
        ValueError: `p` is 0-d or empty, holds nan or a negative entry, or does not sum
            to 1; there is no such `axis`; or `base` is not above 1.

    Source:
        Cover and Thomas (2006), Elements of Information Theory, section 2.1

    Example:
        A fair coin is worth one bit.

        >>> entropy(np.array([0.5, 0.5]), base=2)
        np.float64(1.0)
    """
    return np.maximum(-xlogx(as_float(p)).sum(axis=axis), 0) / math.log(base)


# --8<-- [end:entropy]


# --8<-- [start:rel_entr]
def rel_entr(p, q):
    """p log(p / q), entry by entry: 0 where p = 0, infinite where q = 0 < p."""
    # p / q would overflow where q is tiny.
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.log(p) - np.log(q)
        terms *= p
    # 0 log 0 has made nan.
    np.copyto(terms, 0, where=p == 0)
    return terms


# --8<-- [end:rel_entr]


# --8<-- [start:kl_divergence_refuses]
def no_distributions(p, q, axis):
    refuse_no_distribution(p, "p", axis)
    refuse_no_distribution(q, "q", axis)


@refuses(no_distributions, base=no_base)
# --8<-- [end:kl_divergence_refuses]
# --8<-- [start:kl_divergence]
def kl_divergence(
    p: Real[ndarray, "*shape"],
    q: Real[ndarray, "*shape"],
    base: float = math.e,
    axis: int = -1,
) -> Float[ndarray, "*rest"] | np.floating:
    """What is lost by taking q for p: KL(p‖q) = Σ p log(p / q), the mean under p.

    Not symmetric: the first argument is the one that is averaged over. Terms with p = 0
    are 0, whatever q is. A class that p allows and q excludes makes it infinite, and
    infinite is what is returned: no epsilon is added.

    Args:
        p: Probabilities of the truth, which sum to 1 along `axis` within 1e-5.
        q: Probabilities of the model, likewise, in the shape of `p`.
        base: That of the logarithm: e gives nats, 2 gives bits.
        axis: The axis that holds the classes; the result has no such axis.

    Returns:
        At least 0, and 0 if p = q or nearly so. What rounding, or sums that miss 1, bring
        below 0 is cut off.

    Raises:
        ValueError: `p` or `q` is 0-d or empty, holds nan or a negative entry, or does
            not sum to 1; there is no such `axis`; or `base` is not above 1.

    Source:
        Cover and Thomas (2006), Elements of Information Theory, section 2.3

    Example:
        >>> p, q = np.array([0.5, 0.5]), np.array([0.8, 0.2])
        >>> kl_divergence(p, q).round(4), kl_divergence(q, p).round(4)
        (np.float64(0.2231), np.float64(0.1927))
    """
    terms = rel_entr(as_float(p), as_float(q))
    return np.maximum(terms.sum(axis=axis), 0) / math.log(base)


# --8<-- [end:kl_divergence]


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


# --8<-- [start:jensen_shannon_refuses]
@refuses(no_distributions, base=no_base)
# --8<-- [end:jensen_shannon_refuses]
# --8<-- [start:jensen_shannon]
def jensen_shannon(
    p: Real[ndarray, "*shape"],
    q: Real[ndarray, "*shape"],
    base: float = math.e,
    axis: int = -1,
) -> Float[ndarray, "*rest"] | np.floating:
    """The mean KL divergence of p and of q from their average m = (p + q) / 2.

    JS(p, q) = KL(p‖m)/2 + KL(q‖m)/2. Symmetric, and always finite: m excludes nothing
    that p or q allows. Its square root is a metric, and is what SciPy's `jensenshannon`
    returns.

    How:
        It is H(m) - (H(p) + H(q)) / 2, which divides by no probability.

    Args:
        p: Probabilities, which sum to 1 along `axis` within 1e-5.
        q: Likewise, in the shape of `p`.
        base: That of the logarithm: e gives nats, 2 gives bits.
        axis: The axis that holds the classes; the result has no such axis.

    Returns:
        Between 0 (p = q) and log 2 (no class in common), which is 1 bit.

    Raises:
        ValueError: `p` or `q` is 0-d or empty, holds nan or a negative entry, or does
            not sum to 1; there is no such `axis`; or `base` is not above 1.

    Source:
        Lin (1991), Divergence Measures Based on the Shannon Entropy, section IV

    Example:
        >>> jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0]), base=2)
        np.float64(1.0)
    """
    p, q = as_float(p), as_float(q)
    terms = xlogx(p) + xlogx(q) - 2 * xlogx((p + q) / 2)
    return np.clip(terms.sum(axis=axis) / 2, 0, math.log(2)) / math.log(base)


# --8<-- [end:jensen_shannon]


# --8<-- [start:k1_refuses]
def no_logarithm(logs, name):
    if (wrong := np.isnan(logs) | (logs == np.inf)).any():
        raise ValueError(
            f"`{name}` holds {first(logs, wrong)}; find the step that made it"
        )


def never_drawn(log_p):
    if (never := np.isneginf(log_p)).any():
        raise ValueError(
            f"`log_p` holds {first(log_p, never)}: p never draws such an x; the samples "
            "must come from p"
        )


def overflow_of(what):
    def overflow(result, log_p, log_q):
        if not np.isfinite(result).all():
            log = log_r(log_p, log_q)
            refuse_overflowed(log, "log r", log_q)
            refuse_overflowed(result, what, log)

    return overflow


LOGARITHMS = {"log_p": (refuse_empty, no_logarithm), "log_q": no_logarithm}


@refuses(never_drawn, overflow_of("log r"), **LOGARITHMS)
# --8<-- [end:k1_refuses]
# --8<-- [start:k1]
def k1(
    log_p: Real[ndarray, "*samples"], log_q: Real[ndarray, "*samples"]
) -> Float[ndarray, "*samples"] | np.floating:
    """-log r for each sample, where r = q(x)/p(x) and x is drawn from p.

    Its mean under p is KL(p‖q), by definition: no bias. Single values have any sign.

    Args:
        log_p: log p(x) in nats, for samples x drawn from p, not from q.
        log_q: log q(x) of the same samples.

    Raises:
        ValueError: There is no sample, `log_p` or `log_q` holds nan or +inf, or `log_p`
            holds -inf: p never draws such an x; or the result overflows.

    Source:
        Schulman (2020), Approximating KL Divergence, http://joschu.net/blog/kl-approx.html

    Example:
        >>> k1(np.log([0.5, 0.5]), np.log([0.8, 0.2])).round(4)
        array([-0.47  ,  0.9163])
    """
    return -log_r(log_p, log_q)


# --8<-- [end:k1]


# --8<-- [start:k2_refuses]
@refuses(never_drawn, overflow_of("(log r)²/2"), **LOGARITHMS)
# --8<-- [end:k2_refuses]
# --8<-- [start:k2]
def k2(
    log_p: Real[ndarray, "*samples"], log_q: Real[ndarray, "*samples"]
) -> Float[ndarray, "*samples"] | np.floating:
    """(log r)²/2 for each sample: never negative, and biased; for r and x, see k1.

    Raises:
        ValueError: As for k1.

    Example:
        >>> k2(np.log([0.5, 0.5]), np.log([0.8, 0.2])).round(4)
        array([0.1105, 0.4198])
    """
    return log_r(log_p, log_q) ** 2 / 2


# --8<-- [end:k2]


# --8<-- [start:k3_refuses]
@refuses(never_drawn, overflow_of("r - 1 - log r"), **LOGARITHMS)
# --8<-- [end:k3_refuses]
# --8<-- [start:k3]
def k3(
    log_p: Real[ndarray, "*samples"], log_q: Real[ndarray, "*samples"]
) -> Float[ndarray, "*samples"] | np.floating:
    """r - 1 - log r for each sample: never negative, no bias if p(x) = 0 only where
    q(x) = 0; for r and x, see k1.

    r - 1 has the mean 0 under p where q has no mass outside p. It cancels most of the
    noise of -log r as long as r is near 1, and adds to it where r varies much.

    Raises:
        ValueError: As for k1.

    Example:
        >>> k3(np.log([0.5, 0.5]), np.log([0.8, 0.2])).round(4)
        array([0.13  , 0.3163])
    """
    log = log_r(log_p, log_q)
    return np.expm1(log) - log


# --8<-- [end:k3]


# --8<-- [start:log_r]
def log_r(log_p, log_q):
    """log q(x) - log p(x), in floats."""
    return as_float(log_q) - as_float(log_p)


# --8<-- [end:log_r]
