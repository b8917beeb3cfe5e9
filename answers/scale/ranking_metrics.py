"""How good a ranking is: recall, discounted gain, and two rankings made one."""

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import first, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:recall_at_k_refuses]
def no_place(k):
    refuse_below(1, k=k)


def twice(relevant, name):
    each = np.sort(relevant, axis=1)
    if (each[:, 1:] == each[:, :-1]).any():
        raise ValueError(f"a row of `{name}` names an item twice; name each once")


def no_item(relevant, name):
    if (relevant < 0).any():
        raise ValueError(
            f"`{name}` holds {first(relevant, relevant < 0)}, which is no item; leave it out"
        )


@refuses(no_place, relevant=(refuse_empty, twice, no_item))
# --8<-- [end:recall_at_k_refuses]
# --8<-- [start:recall_at_k]
def recall_at_k(
    retrieved: Integer[ndarray, "queries places"],
    relevant: Integer[ndarray, "queries items"],
    k: int,
) -> float:
    """The share of relevant items among the first k that were retrieved, averaged over queries.

    Where `relevant` holds the exact k nearest neighbours, it is an index's recall. An item that
    was retrieved twice counts once; -1 for a place without item is no item.

    Args:
        retrieved: The items found for each query, the best first.
        relevant: The items that should be found, in any order, each once; no -1.
        k: How many places count, from 1.

    Raises:
        ValueError: Nothing is relevant, an item is named twice there, a number there is
            negative, or `k` is below 1.

    Example:
        >>> recall_at_k(np.array([[4, 7, 9]]), np.array([[9, 4]]), 2)
        0.5
    """
    hits = relevant[:, :, None] == retrieved[:, None, :k]  # (queries, items, places)
    return float(hits.any(axis=2).mean())


# --8<-- [end:recall_at_k]


# --8<-- [start:discounted_gain_refuses]
@refuses(no_place, gains=(refuse_empty, refuse_nan), scores=refuse_nan)
# --8<-- [end:discounted_gain_refuses]
# --8<-- [start:discounted_gain]
def discounted_gain(
    gains: Real[ndarray, " items"], scores: Real[ndarray, " items"], k: int
) -> float:
    """The gains of the k items with the highest scores; place i is divided by log2(i + 1).

    Items of one score stand in any order: each gets the mean discount of their places, which is
    the mean over all their orders, as in scikit-learn.

    Args:
        gains: What each item is worth.
        scores: The higher, the earlier it stands.
        k: How many places count, from 1; more than there are is all.

    Raises:
        ValueError: There is no item, a number is nan or infinite, or `k` is below 1.

    Source:
        F. McSherry, M. Najork (2008), Computing Information Retrieval Performance Measures
        Efficiently in the Presence of Tied Scores.

    Example:
        >>> discounted_gain(np.array([1, 0, 2]), np.array([0.3, 0.1, 0.3]), 1)
        1.5
    """
    discounts = 1 / np.log2(np.arange(2, len(scores) + 2))
    discounts[k:] = 0
    # Groups of equal scores rise, so places are taken from the last.
    _, group, size = np.unique(scores, return_inverse=True, return_counts=True)
    mean = np.add.reduceat(discounts[::-1], np.cumsum(size) - size) / size
    return float(gains @ mean[group])


# --8<-- [end:discounted_gain]


# --8<-- [start:ndcg_refuses]
def no_grade(grades, name):
    if (grades < 0).any():
        raise ValueError(
            f"`{name}` holds {first(grades, grades < 0)}; grades are not negative"
        )
    with np.errstate(over="ignore"):
        refuse_overflowed(np.sum(2.0 ** grades.astype(np.float64)), "the sum of gains")


@refuses(no_place, grades=(refuse_empty, refuse_nan, no_grade), scores=refuse_nan)
# --8<-- [end:ndcg_refuses]
# --8<-- [start:ndcg]
def ndcg(
    grades: Real[ndarray, " items"], scores: Real[ndarray, " items"], k: int
) -> float:
    """Normalised discounted cumulative gain of the first k places: 1 is the best order.

    An item of grade g is worth 2^g - 1, divided by log2(i + 1) on place i, counted from 1. The
    sum over the first k places is divided by the sum of the best order. Items of one score stand
    in any order: each gets the mean discount of the places that they share, of which those
    beyond k have the discount 0.

    Args:
        grades: How relevant each item is, 0 or more.
        scores: The higher, the earlier it stands.
        k: How many places count, from 1; more than there are is all.

    Returns:
        From 0 to 1, up to rounding; 0 where no item is relevant, as in scikit-learn.

    Raises:
        ValueError: There is no item, a number is nan or infinite, a grade negative or so large
            that gains overflow, or `k` is below 1.

    Source:
        K. Järvelin, J. Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques;
        C. Burges et al. (2005), Learning to Rank using Gradient Descent, for 2^g - 1.

    Example:
        The best item stands last: (1 / 1 + 3 / 2) / (3 / 1 + 1 / log2(3)).

        >>> ndcg(np.array([2, 1, 0]), np.array([0.1, 0.7, 0.5]), 3)
        0.6885288809404666
    """
    gains = 2.0 ** grades.astype(np.float64) - 1
    best = discounted_gain(gains, gains, k)
    return discounted_gain(gains, scores, k) / best if best else 0.0


# --8<-- [end:ndcg]


# --8<-- [start:fuse_ranks_refuses]
def no_item(rankings, items):
    refuse_below(1, items=items)
    wrong = (rankings < -1) | (rankings >= items)
    if wrong.any():
        raise ValueError(
            f"`rankings` holds {first(rankings, wrong)}; items run from 0 to {items - 1}, and "
            "-1 is none"
        )


def no_constant(constant):
    refuse_below(0, constant=constant)


@refuses(no_item, no_constant)
# --8<-- [end:fuse_ranks_refuses]
# --8<-- [start:fuse_ranks]
def fuse_ranks(
    rankings: Integer[ndarray, "systems places"], items: int, constant: float = 60
) -> Float[ndarray, " items"]:
    """Reciprocal rank fusion: the sum over rankings of 1 / (constant + rank), ranks from 1.

    Only places enter, so scores of several scales can be fused. What a ranking does not hold
    gets nothing from it.

    Args:
        rankings: One row of items for each system, the best first; -1 is no item.
        items: How many there are.
        constant: The larger, the less the first places weigh.

    Raises:
        ValueError: There is no such item, or the constant is negative.

    Source:
        G. Cormack, C. Clarke, S. Büttcher (2009), Reciprocal Rank Fusion outperforms Condorcet
        and individual Rank Learning Methods.

    Example:
        >>> fuse_ranks(np.array([[2, 0], [0, 1]]), 3, constant=1).round(3)
        array([0.833, 0.333, 0.5  ])
    """
    system, place = np.nonzero(rankings >= 0)
    parts = 1 / (constant + 1 + place)
    # Where nothing is ranked, `bincount` gives integers.
    return np.bincount(rankings[system, place].astype(np.intp), parts, items) * 1.0


# --8<-- [end:fuse_ranks]
