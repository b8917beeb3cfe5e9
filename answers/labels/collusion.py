"""Annotators who copy: pairs that agree more than their knowledge of the items explains."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer
from numpy import ndarray

from answers.inputs.contracts import refuses
from answers.labels.annotation import Votes
from answers.labels.label_quality import table


# --8<-- [start:result]
@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of annotators who labelled the same items; the most suspicious first.

    Attributes:
        first: An annotator.
        second: Another one, with a larger number.
        shared: On how many items both voted.
        agreement: The share of those on which they agree.
        expected: The share to expect of two who know no more of each other than the item.
        z: How many standard errors the agreement lies above that.
    """

    first: Integer[ndarray, " pairs"]
    second: Integer[ndarray, " pairs"]
    shared: Integer[ndarray, " pairs"]
    agreement: Float[ndarray, " pairs"]
    expected: Float[ndarray, " pairs"]
    z: Float[ndarray, " pairs"]


# --8<-- [end:result]


# --8<-- [start:suspicious_pairs_refuses]
def too_few(at_least, name):
    if at_least < 2:
        raise ValueError(
            f"`at_least` is {at_least}; agreement on one item shows nothing"
        )


def second_vote(votes):
    pair = votes.item * votes.annotators + votes.annotator
    order = np.argsort(pair)
    again = pair[order[1:]] == pair[order[:-1]]
    if again.any():
        v = order[1:][again][0]
        raise ValueError(
            f"annotator {votes.annotator[v]} voted more than once on item {votes.item[v]}; "
            "keep one of these votes"
        )


@refuses(second_vote, at_least=too_few)
# --8<-- [end:suspicious_pairs_refuses]
# --8<-- [start:suspicious_pairs]
def suspicious_pairs(votes: Votes, at_least: int = 20) -> Pairs:
    """Who agrees with whom more than their agreement with everybody else explains.

    Two experts agree often, and that is no sign of copying: both also agree with others.
    If two votes depend on each other only through the truth, agreement beyond chance is a
    product, skill of one times skill of the other: exactly so for two classes, whatever the
    errors. So the skills follow from all pairs. For each pair they are taken without that
    pair, and what is left over is suspicious.

    Hard items that lower all skills by one factor scale all products alike, if annotators
    err as often on either class. Two experts who alone solve the hard items stand out, as do
    two who lean alike when in doubt, two who misread the instructions alike and, with more
    than two classes, people who confuse the same ones: look before you accuse.

    Args:
        votes: At most one for each item and annotator.
        at_least: Leave out pairs that share fewer items than this. Left out, too, are those
            of which either belongs to no other pair: nothing tells their skill.

    Raises:
        ValueError: An annotator voted twice on an item, or `at_least` is below 2.

    Source:
        Parisi, Strino, Nadler and Kluger (2014), Ranking and combining multiple predictors
        without labeled data, on the covariance matrix

    Example:
        Five annotators know the truth. Two others share random labels.

        >>> truth = np.tile([0, 1], 20)
        >>> noise = np.random.default_rng(0).integers(2, size=40)
        >>> label = np.concatenate([np.tile(truth, 5), np.tile(noise, 2)])
        >>> item, annotator = np.tile(np.arange(40), 7), np.repeat(np.arange(7), 40)
        >>> pairs = suspicious_pairs(Votes(item, annotator, label, classes=2))
        >>> print(pairs.first[0], pairs.second[0], pairs.agreement[0], pairs.z[0].round(1))
        5 6 1.0 6.2
    """
    a, b, n, same, chance = shared_votes(votes, at_least)
    agreement, z = same / n, np.zeros(len(n))
    for _ in range(5):
        # A pair that copies must not set the skills: no pair counts for more than a usual
        # one, and one that stands out counts for less in the next round.
        weight = np.minimum(n, np.median(n) if len(n) else 0) / (1 + (z / 2) ** 2)
        known = products_of_skills(a, b, weight, agreement - chance, votes.annotators)
        expected = chance + known
        # Half a vote keeps the error above 0 where agreement should be perfect.
        share = np.clip(expected, 0.5 / n, 1 - 0.5 / n)
        z = (agreement - expected) / np.sqrt(share * (1 - share) / n)
    pairs_of = np.bincount(np.append(a, b), minlength=votes.annotators)
    order = np.argsort(-z, kind="stable")
    order = order[np.minimum(pairs_of[a], pairs_of[b])[order] > 1]
    return Pairs(*(column[order] for column in (a, b, n, agreement, expected, z)))


def products_of_skills(a, b, weight, excess, annotators, rounds=30):
    """For each pair, the product of skills that its members show with all others.

    Least squares, excess of (a, b) ≈ skill of a · skill of b; for one skill after the
    other it has a closed form.
    """
    # Each pair twice: once for the skill of either.
    who, other = np.append(a, b), np.append(b, a)
    weight, excess = np.tile(weight, 2), np.tile(excess, 2)
    # Above 0, for most annotators beat chance.
    skill = np.full(annotators, 0.5)
    for _ in range(rounds):
        top, bottom = weight * skill[other] * excess, weight * skill[other] ** 2
        above, below = (np.bincount(who, each, annotators) for each in (top, bottom))
        # The full step would swing between two solutions.
        skill = (skill + above / np.maximum(below, 1e-12)) / 2
    top, bottom = weight * skill[other] * excess, weight * skill[other] ** 2
    above, below = (np.bincount(who, each)[who] - each for each in (top, bottom))
    alone = above / np.maximum(below, 1e-12)
    return alone[: len(a)] * alone[len(a) :]


# --8<-- [end:suspicious_pairs]


# --8<-- [start:shared_votes]
def shared_votes(votes: Votes, at_least: int) -> list[ndarray]:
    """For each pair: both annotators, the items they share, matches, and matches by chance."""
    by_item = np.argsort(votes.item)
    ends = np.cumsum(np.bincount(votes.item))
    by_annotator = np.argsort(votes.annotator)
    stops = np.cumsum(np.bincount(votes.annotator))
    # One annotator at a time: memory stays linear in the votes, but for the pairs found.
    found = [
        partners(votes, by_item, ends, mine, at_least)
        for mine in np.split(by_annotator, stops[:-1])
        if len(mine)
    ]
    return [np.concatenate(column) for column in zip(*found, strict=True)]


def partners(votes, by_item, ends, mine, at_least):
    """`shared_votes` of one annotator, whose votes are `mine`, with all of higher number."""
    item, me, k = votes.item[mine], votes.annotator[mine[0]], votes.classes
    size = np.diff(ends, prepend=0)[item]
    ours = np.repeat(mine, size)
    # The places in by_item of all votes on each of the items.
    place = np.arange(len(ours)) + np.repeat(ends[item] - np.cumsum(size), size)
    theirs = by_item[place]
    later = votes.annotator[theirs] > me
    ours, theirs = ours[later], theirs[later]

    people, who = np.unique(votes.annotator[theirs], return_inverse=True)
    n = np.bincount(who)
    x = table(who, votes.label[ours], len(people), k)
    y = table(who, votes.label[theirs], len(people), k)
    same = np.bincount(who, votes.label[ours] == votes.label[theirs])
    chance = (x / n[:, None] * (y / n[:, None])).sum(axis=1)
    keep = n >= at_least
    me = np.full(keep.sum(), me)
    return me, people[keep], n[keep], same[keep], chance[keep]


# --8<-- [end:shared_votes]
