"""Votes of many annotators: one label or a distribution for each item, and how far they agree.

A vote is (item, annotator, label). Votes stand in three parallel arrays, so a vote that
nobody gave is simply absent, and an annotator may vote on an item more than once.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Integer
from numpy import ndarray

from answers.inputs import first, refuse_empty, refuse_labels_out_of_range
from answers.inputs.contracts import refuses


# --8<-- [start:votes_refuses]
def no_vote(self):
    refuse_empty(self.item, "item")


def no_class(self):
    if self.classes < 1:
        raise ValueError(f"`classes` is {self.classes}; there is at least one")


def no_index(self):
    for name in ("item", "annotator"):
        array = getattr(self, name)
        # uint64 goes further than an index can.
        if (wrong := (array < 0) | (array > np.iinfo(np.intp).max)).any():
            raise ValueError(
                f"`{name}` holds {first(array, wrong)}; number them from 0: "
                f"np.unique({name}, return_inverse=True)[1]"
            )


def no_label(self):
    refuse_labels_out_of_range(self.label, self.classes, "label")


def item_without_votes(self):
    # One place more than there are votes: if a number is that large, there is a gap below.
    seen = np.zeros(len(self.item) + 1, dtype=bool)
    seen[self.item[self.item < len(seen)]] = True
    gap, last = int(seen.argmin()), int(self.item.max())
    if gap < last:
        raise ValueError(
            f"item {gap} has no vote, but item {last} has; number the items without gaps: "
            "np.unique(item, return_inverse=True)[1]"
        )


# --8<-- [end:votes_refuses]
# --8<-- [start:votes]
@dataclass(frozen=True, eq=False)
class Votes:
    """Who gave which label to what: entry v of each array belongs to vote v.

    Args:
        item: 0 to items - 1; each has at least one vote.
        annotator: 0 to annotators - 1; a number without votes is allowed.
        label: 0 to classes - 1; a class without votes is allowed.
        classes: How many classes there are, voted or not.

    Raises:
        ValueError: There is no vote, a number is negative or too large for an index, a label
            is out of range, or an item has no vote: nothing could be said of it.

    Example:
        Two annotators agree on item 0; one of them labels item 1.

        >>> votes = Votes(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1, 1, 0]), 2)
        >>> votes.items, votes.annotators, len(votes)
        (2, 2, 3)
    """

    item: Integer[ndarray, " votes"]
    annotator: Integer[ndarray, " votes"]
    label: Integer[ndarray, " votes"] | Bool[ndarray, " votes"]
    classes: int

    @refuses(no_vote, no_class, no_index, no_label, item_without_votes)
    def __post_init__(self) -> None:
        for name in ("item", "annotator", "label"):
            # One type for all: uint8 times a number of classes would wrap around.
            array = getattr(self, name).astype(np.intp, copy=False)
            object.__setattr__(self, name, array)
        object.__setattr__(self, "classes", int(self.classes))

    @property
    def items(self) -> int:
        return int(self.item.max()) + 1

    @property
    def annotators(self) -> int:
        return int(self.annotator.max()) + 1

    def __len__(self) -> int:
        return len(self.item)


# --8<-- [end:votes]


# --8<-- [start:vote_counts]
def vote_counts(votes: Votes) -> Integer[ndarray, "items classes"]:
    """How many votes each item has for each class.

    Example:
        >>> item, label = np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0])
        >>> vote_counts(Votes(item, np.array([0, 1, 2, 0]), label, classes=2))
        array([[1, 2],
               [1, 0]])
    """
    cell = votes.item * votes.classes + votes.label
    counts = np.bincount(cell, minlength=votes.items * votes.classes)
    return counts.reshape(votes.items, votes.classes)


# --8<-- [end:vote_counts]


# --8<-- [start:majority_vote]
def majority_vote(votes: Votes) -> Integer[ndarray, " items"]:
    """The label with the most votes for each item; on a tie the lowest such label.

    The rule for ties is arbitrary, and it favours the classes with low numbers. Count the
    ties before you trust it, or keep them as `soft_labels`.

    Example:
        >>> item, label = np.array([0, 0, 1, 1]), np.array([2, 2, 2, 1])
        >>> majority_vote(Votes(item, np.array([0, 1, 0, 1]), label, classes=3))
        array([2, 1])
    """
    return vote_counts(votes).argmax(axis=1)


# --8<-- [end:majority_vote]


# --8<-- [start:soft_labels]
def soft_labels(votes: Votes) -> Float[ndarray, "items classes"]:
    """The share of each item's votes that each class has: a target that keeps the doubt.

    Cross-entropy against it has, per item, the gradient p - share: the mean of the gradients
    against each vote. So it trains as all votes would if each item's votes weighed 1 together.

    Returns:
        Probabilities, which sum to 1 for each item.

    Example:
        >>> item, label = np.array([0, 0, 0, 0, 1]), np.array([1, 1, 1, 0, 0])
        >>> soft_labels(Votes(item, np.array([0, 1, 2, 3, 0]), label, classes=2))
        array([[0.25, 0.75],
               [1.  , 0.  ]])
    """
    counts = vote_counts(votes)
    return counts / counts.sum(axis=1, keepdims=True)


# --8<-- [end:soft_labels]


# --8<-- [start:raw_agreement]
def raw_agreement(votes: Votes) -> np.float64:
    """The probability that two votes on an item agree, as a mean over items.

    An item with n votes, c of them for a class, has n(n - 1) ordered pairs, of which
    Σ c(c - 1) agree. Items with one vote have no pair, and are left out.

    Raises:
        ValueError: No item has two votes.

    Example:
        Of 3 pairs one agrees; the item with a single vote says nothing.

        >>> item, label = np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0])
        >>> raw_agreement(Votes(item, np.array([0, 1, 2, 0]), label, classes=2)).round(6)
        np.float64(0.333333)
    """
    counts = paired_counts(votes)
    n = counts.sum(axis=1)
    return ((counts * (counts - 1)).sum(axis=1) / (n * (n - 1))).mean()


# --8<-- [end:raw_agreement]


# --8<-- [start:paired_counts_refuses]
def no_pair(result):
    if len(result) == 0:
        raise ValueError("no item has two votes, so nobody can agree; collect more")


@refuses(no_pair)
# --8<-- [end:paired_counts_refuses]
# --8<-- [start:paired_counts]
def paired_counts(votes: Votes) -> Integer[ndarray, "pairable classes"]:
    """`vote_counts` of the items with two votes or more: only those can agree.

    Raises:
        ValueError: There is no such item.
    """
    counts = vote_counts(votes)
    return counts[counts.sum(axis=1) >= 2]


# --8<-- [end:paired_counts]


# --8<-- [start:beyond_chance_refuses]
def always(by_chance, name):
    if by_chance == 1:
        raise ValueError(
            "every vote is for one class, so chance would agree always too and the ratio is "
            "0/0; report the raw agreement instead"
        )


@refuses(by_chance=always)
# --8<-- [end:beyond_chance_refuses]
# --8<-- [start:beyond_chance]
def beyond_chance(observed: float, by_chance: float) -> np.float64:
    """Agreement on a scale where chance is 0 and perfection 1: (o - c) / (1 - c).

    Raises:
        ValueError: Chance alone agrees always: every vote is for one class.
    """
    return np.float64((observed - by_chance) / (1 - by_chance))


# --8<-- [end:beyond_chance]


# --8<-- [start:cohen_kappa_refuses]
def negative_label(labels, name):
    if (wrong := labels < 0).any():
        raise ValueError(
            f"`{name}` holds {first(labels, wrong)}; leave items without a vote out"
        )


@refuses(a=(refuse_empty, negative_label), b=negative_label)
# --8<-- [end:cohen_kappa_refuses]
# --8<-- [start:cohen_kappa]
def cohen_kappa(
    a: Integer[ndarray, " items"] | Bool[ndarray, " items"],
    b: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> np.float64:
    """How far two annotators agree beyond chance, each with their own habits.

    Chance is Σ p_a(class) p_b(class): what two people would share who draw their labels
    at their own rates, and look at no item.

    Args:
        a: One label for each item, by the first annotator.
        b: The labels of the same items by the second.

    Raises:
        ValueError: There is no item, a label is negative, or both annotators know only one
            and the same class.

    Source:
        Cohen (1960), A Coefficient of Agreement for Nominal Scales

    Example:
        They share 3 labels of 4; chance would give 2 of 4.

        >>> cohen_kappa(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]))
        np.float64(0.5)
    """
    # Numbered anew: a label may be a large number, of int64 here and uint64 there.
    stacked = np.stack([a.astype(np.uint64), b.astype(np.uint64)])
    classes, both = np.unique(stacked, return_inverse=True)
    shares = [
        np.bincount(labels, minlength=len(classes)) / len(a)
        for labels in both.reshape(2, -1)
    ]
    return beyond_chance((a == b).mean(), shares[0] @ shares[1])


# --8<-- [end:cohen_kappa]


# --8<-- [start:fleiss_kappa_refuses]
def negative_count(counts, name):
    if counts.min() < 0:
        raise ValueError(f"`counts` holds {first(counts, counts < 0)}; count votes")


def no_common_number(counts, name):
    # A sum along rows so short takes twice as long.
    n = counts @ np.ones(counts.shape[1])
    if (n != n[0]).any():
        other = int(np.argmax(n != n[0]))
        raise ValueError(
            f"item 0 has {n[0]:.0f} votes and item {other} has {n[other]:.0f}; for unequal "
            "numbers use krippendorff_alpha"
        )
    if n[0] < 2:
        raise ValueError(f"each item has {n[0]:.0f} votes; agreement takes two")


@refuses(counts=(refuse_empty, negative_count, no_common_number))
# --8<-- [end:fleiss_kappa_refuses]
# --8<-- [start:fleiss_kappa]
def fleiss_kappa(counts: Integer[ndarray, "items classes"]) -> np.float64:
    """How far many annotators agree beyond chance; each item with equally many votes.

    Observed is the share of pairs of votes on an item that agree. Chance is Σ p(class)²:
    what two votes would share that were drawn from all votes, whoever gave them.

    Args:
        counts: How many votes each item has for each class.

    Raises:
        ValueError: There is no item, a count is negative, items have different numbers of
            votes or only one, or all votes are for one class.

    Source:
        Fleiss (1971), Measuring Nominal Scale Agreement Among Many Raters

    Example:
        Two votes on each of 4 items: 3 pairs agree, and chance would make 2.125 agree.

        >>> fleiss_kappa(np.array([[2, 0], [2, 0], [0, 2], [1, 1]])).round(6)
        np.float64(0.466667)
    """
    # In float64, in which products of counts are exact; int8 would wrap around.
    c = counts.astype(np.float64)
    items, n = len(c), c[0].sum()
    shares = c.sum(axis=0) / (items * n)
    pairs = items * n * (n - 1)
    return beyond_chance((np.vdot(c, c) - items * n) / pairs, shares @ shares)


# --8<-- [end:fleiss_kappa]


# --8<-- [start:krippendorff_alpha]
def krippendorff_alpha(votes: Votes) -> np.float64:
    """How far annotators agree beyond chance, with any number of votes on each item.

    1 - D_observed / D_expected, for labels without an order. An item with n votes weighs n:
    each of its votes is compared with the n - 1 others. Chance draws two of all these votes
    without putting the first back. That is the only difference from Fleiss where all n are
    equal, and it fades as votes grow.

    Raises:
        ValueError: No item has two votes, or all votes on those that have are for one class.

    Source:
        Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C

    Example:
        >>> item, label = np.array([0, 0, 1, 1, 2]), np.array([0, 0, 1, 0, 1])
        >>> krippendorff_alpha(Votes(item, np.array([0, 1, 0, 1, 0]), label, classes=2))
        np.float64(0.0)
    """
    counts = paired_counts(votes).astype(np.float64)
    n, total = counts.sum(axis=1), counts.sum()
    agreeing = ((counts * counts).sum(axis=1) - n) / (n - 1)
    of_all = counts.sum(axis=0)
    by_chance = (of_all @ of_all - total) / (total * (total - 1))
    return beyond_chance(agreeing.sum() / total, by_chance)


# --8<-- [end:krippendorff_alpha]
