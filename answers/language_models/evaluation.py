"""How good is a language model: on code that is tested, beside another, on text of any tokens?"""

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:pass_at_k_refuses]
def no_draw(k):
    refuse_below(1, k=k)


def too_few_samples(samples, k):
    if (samples < k).any():
        raise ValueError(
            f"`samples` holds {first(samples, samples < k)}; draw at least k = {k}"
        )


def no_count(samples, correct):
    wrong = (correct < 0) | (correct > samples)
    if wrong.any():
        raise ValueError(
            f"`correct` holds {first(correct, wrong)}; count which of the samples pass"
        )


@refuses(no_draw, too_few_samples, no_count, samples=refuse_empty)
# --8<-- [end:pass_at_k_refuses]
# --8<-- [start:pass_at_k]
def pass_at_k(
    samples: Integer[ndarray, " problems"],
    correct: Integer[ndarray, " problems"],
    k: int,
) -> Float[ndarray, " problems"]:
    """An unbiased estimate, for each problem, that one of k answers passes.

    The mean over problems is the benchmark's score.

    How:
        1 - C(n - c, k) / C(n, k): of all ways to choose k of the n samples, how many hold
        one that passes? As a product of k ratios, (n - c - i) / (n - i), nothing
        overflows. Where fewer than k fail, one of them is 0.

    Args:
        samples: How many answers n were drawn to each problem.
        correct: How many of them, c, pass.
        k: How many answers a user would draw.

    Returns:
        A probability for each problem.

    Raises:
        ValueError: There is no problem, `k` is below 1 or above the samples of one, or
            more pass than were drawn.

    Source:
        Chen et al. (2021), equation 1, https://arxiv.org/abs/2107.03374

    Example:
        One of four passes. Of the six pairs, three hold it.

        >>> pass_at_k(np.array([4, 4]), np.array([1, 3]), 2)
        array([0.5, 1. ])
    """
    i = np.arange(k)
    n, failed = samples[:, None], (samples - correct)[:, None]
    return 1 - np.prod((failed - i) / (n - i), axis=1)


# --8<-- [end:pass_at_k]


# --8<-- [start:paired_difference_refuses]
FINITE = refuse_empty, refuse_nan


def one_cluster(clusters):
    if (clusters == clusters[0]).all():
        raise ValueError(
            f"`clusters` holds {clusters[0]} alone; take two clusters or more"
        )


def overflow(result):
    refuse_overflowed(np.stack(result), "the difference or its error")


@refuses(one_cluster, overflow, scores_a=FINITE, scores_b=FINITE)
# --8<-- [end:paired_difference_refuses]
# --8<-- [start:paired_difference]
def paired_difference(
    scores_a: Real[ndarray, " prompts"],
    scores_b: Real[ndarray, " prompts"],
    clusters: Integer[ndarray, " prompts"],
) -> tuple[np.floating, np.floating]:
    """The mean of A's scores less B's, and its clustered standard error.

    Prompts about one text share its luck, so that they are no independent draws. Clusters
    are.

    How:
        d is the difference on each prompt, and r_c the sum of d - mean(d) over cluster c.
        error = √(G / (G - 1) · Σ r_c²) / n, for G clusters and n prompts. If each prompt
        is its own cluster, that is the usual error, std(d) / √n.

    Args:
        scores_a: A's score on each prompt, as 0 or 1, or a share.
        scores_b: B's scores of the same prompts, in the same order.
        clusters: Which text, user or template each prompt belongs to; any integers, in
            any order.

    Returns:
        The difference and its standard error, in the unit of the scores.

    Raises:
        ValueError: There is no prompt, a score is nan or infinite, all prompts are of one
            cluster, or a result overflows.

    Source:
        Miller (2024), https://arxiv.org/abs/2411.00640; the factor G / (G - 1) is that of
        statsmodels

    Example:
        The prompts of a text go together: the error is that of two draws, 1 and 0.

        >>> a, b = np.array([1, 1, 0, 1]), np.array([0, 0, 0, 1])
        >>> difference, error = paired_difference(a, b, np.array([7, 7, 3, 3]))
        >>> float(difference), float(error)
        (0.5, 0.5)
    """
    d = as_float(scores_a) - as_float(scores_b)
    difference = d.mean()
    _, cluster = np.unique(clusters, return_inverse=True)  # 0, 1, ... for any names
    sums = np.bincount(cluster, weights=d - difference)
    factor = len(sums) / (len(sums) - 1)
    error = np.sqrt(factor * np.sum(sums**2)) / len(d)
    return difference, d.dtype.type(error)


# --8<-- [end:paired_difference]


# --8<-- [start:bits_per_byte_refuses]
def no_token(targets, token_bytes):
    wrong = targets >= len(token_bytes)
    if wrong.any():
        raise ValueError(
            f"`targets` holds {first(targets, wrong)} of {len(token_bytes)} tokens"
        )


def no_size(token_bytes):
    wrong = token_bytes < 0
    if wrong.any():
        raise ValueError(
            f"`token_bytes` holds {first(token_bytes, wrong)}; give lengths, 0 if special"
        )


def no_byte(targets, token_bytes):
    if not token_bytes[targets[targets >= 0]].any():
        raise ValueError("no target has a byte; give text beside special tokens")


def too_large(result):
    refuse_overflowed(result, "the sum of losses")


@refuses(no_token, no_size, no_byte, too_large, losses=refuse_nan)
# --8<-- [end:bits_per_byte_refuses]
# --8<-- [start:bits_per_byte]
def bits_per_byte(
    losses: Real[ndarray, "*batch tokens"],
    targets: Integer[ndarray, "*batch tokens"],
    token_bytes: Integer[ndarray, " vocabulary"],
) -> np.floating:
    """How many bits the model needs for a byte of the text, whatever its tokens.

    Special tokens and targets that are masked count neither in the loss nor in the bytes.

    How:
        Σ losses / (ln 2 · Σ bytes), over targets of 1 byte or more. Both are sums over all
        that was evaluated: a mean of rows would count a byte of a short row more.

    Args:
        losses: The cross-entropy of each target, in nats.
        targets: The tokens that were to be predicted. Any below 0 is masked, as PyTorch's
            -100 and nanochat's -1.
        token_bytes: How many bytes of UTF-8 each token stands for; 0 for special ones.

    Returns:
        Bits for each byte.

    Raises:
        ValueError: A loss is nan or infinite, a target is not in the vocabulary, a length
            is below 0, no target has a byte, or the sum overflows.

    Source:
        nanochat, evaluate_bpb,
        https://github.com/karpathy/nanochat/blob/master/nanochat/loss_eval.py

    Example:
        2 ln 2 nats are two bits, here for a token of four bytes.

        >>> losses, targets = np.array([2 * np.log(2), 9.0]), np.array([1, -100])
        >>> bits_per_byte(losses, targets, np.array([1, 4]))
        np.float64(0.5)
    """
    masked = targets < 0  # in NumPy, -1 is the last token
    sizes = np.where(masked, 0, token_bytes[np.where(masked, 0, targets)])
    nats = np.sum(as_float(losses), where=sizes > 0)
    return nats / float(np.log(2) * sizes.sum())


# --8<-- [end:bits_per_byte]
