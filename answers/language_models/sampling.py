"""Which tokens may follow, by top-k, top-p and min-p, and which one is drawn.

Filters take logits and return logits: a token that is left out has -inf, so that the next filter,
softmax or `sample` sees a distribution over the others. A temperature is a division before them.
"""

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_no_maximum
from answers.inputs.contracts import refuses
from answers.probability.softmax import softmax


# --8<-- [start:top_k_refuses]
def no_maximum(logits):
    refuse_no_maximum(logits, logits.max(axis=-1, keepdims=True), "logits")


def no_token(k):
    if k < 1:
        raise ValueError(f"`k` is {k}; keep at least one token")


@refuses(no_maximum, no_token, logits=refuse_empty)
# --8<-- [end:top_k_refuses]
# --8<-- [start:top_k]
def top_k(
    logits: Real[ndarray, "*batch vocab"], k: int
) -> Float[ndarray, "*batch vocab"]:
    """The logits, with -inf for every token whose logit is below the k-th largest of its row.

    How:
        Softmax keeps the order, so logits are compared. Tokens as likely as the k-th all stay:
        more than k may be left.

    Args:
        logits: Scores of the next token; -inf where it is left out already.
        k: How many tokens stay, 1 or more; all of them if there are fewer.

    Returns:
        Logits, for softmax, `sample` or another filter.

    Raises:
        ValueError: `logits` is empty, holds nan or +inf, or a row holds only
            -inf; `k` is below 1.

    Source:
        Fan, Lewis and Dauphin (2018), Hierarchical Neural Story Generation, section 5.4,
        https://arxiv.org/abs/1805.04833; ties as Hugging Face's TopKLogitsWarper keeps them

    Example:
        >>> top_k(np.array([1.0, 3.0, 2.0, 2.0]), 2)
        array([-inf,   3.,   2.,   2.])
    """
    logits = as_float(logits)
    at = max(logits.shape[-1] - k, 0)  # where the k-th largest stands in order
    least = np.partition(logits, at, axis=-1)[..., at, None]
    return np.where(logits >= least, logits, -np.inf)


# --8<-- [end:top_k]


# --8<-- [start:top_p_refuses]
def no_share(p, name):
    if not 0 < p <= 1:  # nan fails every comparison
        raise ValueError(f"`{name}` is {p}; choose a share above 0, up to 1")


@refuses(no_maximum, logits=refuse_empty, p=no_share)
# --8<-- [end:top_p_refuses]
# --8<-- [start:top_p]
def top_p(
    logits: Real[ndarray, "*batch vocab"], p: float
) -> Float[ndarray, "*batch vocab"]:
    """The logits, with -inf outside of the nucleus: the fewest tokens that hold probability p.

    How:
        From the most likely token down, a token stays if those before it hold less than p. So the
        token that crosses p stays, the first one always, and the one after an exact p does not,
        but for rounding: in float64, 0.8 of ten equal tokens are nine, as 0.1 added eight times in
        a row is less. Of equal logits at the edge only as many stay as are needed, the lower
        tokens first.

    Args:
        logits: Scores of the next token; -inf where it is left out already.
        p: The probability that the nucleus holds at least, above 0. 1 leaves all as it is.

    Returns:
        Logits, for softmax, `sample` or another filter.

    Raises:
        ValueError: `logits` is empty, holds nan or +inf, or a row holds only
            -inf; `p` is not above 0 and up to 1.

    Source:
        Holtzman et al. (2020), The Curious Case of Neural Text Degeneration, section 3.1,
        https://arxiv.org/abs/1904.09751

    Example:
        Four tokens of probability 1/4: two of them hold a half.

        >>> top_p(np.zeros(4), 0.5)
        array([  0.,   0., -inf, -inf])
    """
    logits = as_float(logits)
    order = np.argsort(-logits, axis=-1, kind="stable")  # the most likely first
    shares = np.take_along_axis(softmax(logits), order, axis=-1)
    # In float32 a sum of 128,256 equal shares would stop a hundred tokens early.
    before = np.cumsum(shares, axis=-1, dtype=np.float64) - shares
    # The sum may round to 1 before the last token, so 1 is asked for by itself.
    stays = (before < p) | (p == 1)
    keep = np.empty_like(stays)
    np.put_along_axis(keep, order, stays, axis=-1)
    return np.where(keep, logits, -np.inf)


# --8<-- [end:top_p]


# --8<-- [start:min_p_refuses]
@refuses(no_maximum, logits=refuse_empty, p=no_share)
# --8<-- [end:min_p_refuses]
# --8<-- [start:min_p]
def min_p(
    logits: Real[ndarray, "*batch vocab"], p: float
) -> Float[ndarray, "*batch vocab"]:
    """The logits, with -inf for every token less likely than p times the most likely one.

    How:
        A ratio of probabilities is the exponential of a difference of logits. So the least logit
        that stays is the largest one plus log p, without a softmax.

    Args:
        logits: Scores of the next token; -inf where it is left out already.
        p: The share of the largest probability that a token needs, above 0 and up to 1.

    Returns:
        Logits, for softmax, `sample` or another filter.

    Raises:
        ValueError: `logits` is empty, holds nan or +inf, or a row holds only
            -inf; `p` is not above 0 and up to 1.

    Source:
        Nguyen et al. (2025), Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM
        Outputs, https://arxiv.org/abs/2407.01082

    Example:
        A tenth of the largest is a margin of log 10, 2.3, between logits.

        >>> min_p(np.array([3.0, 1.0, 0.0]), 0.1)
        array([  3.,   1., -inf])
    """
    logits = as_float(logits)
    least = logits.max(axis=-1, keepdims=True) + np.log(p)
    return np.where(logits >= least, logits, -np.inf)


# --8<-- [end:min_p]


# --8<-- [start:sample_refuses]
def not_between(uniform):
    wrong = ~((uniform > 0) & (uniform < 1))
    if wrong.any():
        raise ValueError(
            f"`uniform` holds {uniform[wrong][0]}; draw numbers above 0 and below 1"
        )


def cold(temperature):
    refuse_below(0, temperature=temperature)


@refuses(no_maximum, not_between, cold, logits=refuse_empty)
# --8<-- [end:sample_refuses]
# --8<-- [start:sample]
def sample(
    logits: Real[ndarray, "*batch vocab"],
    uniform: Float[ndarray, "*batch vocab"],
    temperature: float = 1.0,
) -> Integer[ndarray, "*batch"] | np.integer:
    """One token a row, drawn with probability softmax(logits / temperature), by Gumbel-max.

    How:
        The largest of logits / T + G is token i with its probability if each G is Gumbel noise,
        -log(-log U). Times T, this is the largest of logits + T G: no division, so T = 0 takes
        the largest logit, and no softmax or sum over the vocabulary.

    Args:
        logits: Scores of the next token; one of -inf is never drawn.
        uniform: A number between 0 and 1 for each logit, as `rng.random(logits.shape)` gives
            them (0, one of 2**53 of its numbers, is refused).
        temperature: T, 0 or more. Of equal logits T = 0 takes the lowest token.

    Returns:
        Tokens, from 0 to vocab - 1.

    Raises:
        ValueError: `logits` is empty, holds nan or +inf, or a row holds only
            -inf; a number of `uniform` is not above 0 and below 1; `temperature` is below 0 or
            not finite.

    Source:
        Gumbel (1954), Statistical Theory of Extreme Values; Kool, van Hoof and Welling (2019),
        Stochastic Beams and Where to Find Them, section 2.3, https://arxiv.org/abs/1903.06059

    Example:
        The noise is 0.37 for both tokens at U = 1/2, and 2.25 at U = 0.9.

        >>> logits = np.array([1.0, 0.0])
        >>> sample(logits, np.array([0.5, 0.5])), sample(logits, np.array([0.5, 0.9]))
        (np.int64(0), np.int64(1))
    """
    gumbel = -np.log(-np.log(uniform))
    return np.argmax(as_float(logits) + temperature * gumbel, axis=-1)


# --8<-- [end:sample]
