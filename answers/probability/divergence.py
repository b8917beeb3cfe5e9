"""Entropy, KL divergence and Jensen-Shannon divergence of distributions.

They take distributions along one axis and refuse what is none: a negative entry, nan, or
a sum further than 1e-5 from 1. Results are in nats, or in units of log(base).
"""

import math

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty, refuse_no_axis
from answers.inputs.contracts import refuses


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
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = p * (np.log(p) - np.log(q))
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
        At least 0, and 0 if p = q. What rounding, or sums that miss 1, bring below 0 is
        cut off.

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
