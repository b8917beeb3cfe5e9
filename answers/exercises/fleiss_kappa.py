"""Practice for question 12: agreement of many annotators beyond chance."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import refusal_of
from answers.labels.annotation import Votes, fleiss_kappa, krippendorff_alpha

exercise = Exercise(
    fleiss_kappa,
    page="12-noisy-labels",
    of_counts=True,
    hints=(
        "Take one item with n votes, c of them for a class. In how many pairs of different votes "
        "do both say that class? Of how many pairs?",
        "Chance: put all votes of all items into one urn, draw one, put it back, and draw again. "
        "How likely is it that both are for one class?",
        "Kappa is a scale on which chance is 0 and full agreement 1. What is subtracted, and what "
        "is the largest value that could be reached?",
        "Counts may come as small integers, in which a square wraps around: compute in floats.",
    ),
)


def counts(seed, items, per_item, shares):
    rng = np.random.default_rng(seed)
    return rng.multinomial(per_item, rng.dirichlet(shares, size=items))


exercise.case("two votes on four items", np.array([[2, 0], [2, 0], [0, 2], [1, 1]]))
exercise.case("three classes", np.array([[3, 1, 0], [0, 4, 0], [2, 1, 1], [0, 0, 4]]))
exercise.case("classes of unequal size", counts(12, 31, 5, [2.0, 0.5, 0.2]))
exercise.case("five classes", counts(14, 11, 6, [1.0, 0.4, 2.0, 0.7, 1.5]))
exercise.case(
    "nearly all votes for one class", np.array([[5, 0], [5, 0], [4, 1], [5, 0]])
)
exercise.case(
    "three votes of 1,000 for the other class",
    np.repeat([[5, 0], [4, 1], [3, 2]], [198, 1, 1], axis=0),
)
exercise.case(
    "less agreement than by chance", np.array([[1, 1], [1, 1], [1, 1], [2, 0]])
)
exercise.case("perfect agreement", np.array([[0, 3], [3, 0], [0, 3]]))
exercise.case("a class without a vote", np.array([[2, 0, 1], [1, 0, 2], [3, 0, 0]]))
exercise.case(
    "no unanimous item", np.array([[2, 1, 1], [1, 2, 1], [2, 2, 0], [0, 1, 3]])
)
exercise.case("one item", np.array([[3, 2, 2]]), noted=refusal_of("one item"))
exercise.case("small integers", counts(13, 17, 40, [1.0, 1.0]).astype(np.uint8))
exercise.case(
    "small integers with a sign", counts(13, 17, 40, [1.0, 1.0]).astype(np.int8)
)


def parts(table):
    """Observed agreement, shares of the classes, votes per item."""
    c = table.astype(float)
    n = c.sum(axis=1)[0]
    observed = ((c * (c - 1)).sum(axis=1) / (n * (n - 1))).mean()
    return observed, c.sum(axis=0) / c.sum(), n


@exercise.bug
def chance_ignored(counts):
    """This is the raw agreement. If most votes are for one class, chance alone agrees often:
    subtract it, and divide by what is left."""
    # "This is the raw agreement": np.isclose(got, 3 / 4)
    # "subtract it, and divide by what is left": parts(counts)[0] → (parts(counts)[0] -
    #     (parts(counts)[1] ** 2).sum()) / (1 - (parts(counts)[1] ** 2).sum())
    # "If most votes are for one class, chance alone agrees often": bug(np.array([[2, 0]] * 8 +
    #     [[1, 1]] * 2)) >= 0.8 and right(np.array([[2, 0]] * 8 + [[1, 1]] * 2)) < 0
    return parts(counts)[0]


@exercise.bug
def not_scaled(counts):
    """Chance is subtracted, but the result is not divided by 1 - chance, so perfect agreement
    does not give 1."""
    # "Chance is subtracted, but the result is not divided by 1 - chance, so perfect agreement
    #     does not give 1": np.isclose(bug(np.array([[2, 0], [0, 2]])), 1 / 2)
    # "divided by 1 - chance": observed - (shares ** 2).sum() → (observed - (shares ** 2).sum())
    #     / (1 - (shares ** 2).sum())
    observed, shares, _ = parts(counts)
    return observed - (shares**2).sum()


@exercise.bug(by=("chance", "1 - observed"))
def divided_by_chance(counts, by="chance"):
    """The result is divided by the chance agreement or by 1 - observed, not by 1 - chance, the
    largest gain there could be. Perfect agreement must give 1."""
    # "not by 1 - chance": chance if by == 'chance' else 1 - observed → 1 - chance
    # "divided by the chance agreement": np.isclose(got, (3 / 4 - 17 / 32) / (17 / 32))
    # "or by 1 - observed": np.isclose(bug(counts, by="1 - observed"), (3 / 4 - 17 / 32) / (1 -
    #     3 / 4))
    # "Perfect agreement must give 1": np.isclose(bug(np.array([[2, 0], [2, 0], [0, 2]])), 1 /
    #     (5 / 9) - 1) and right(np.array([[2, 0], [2, 0], [0, 2]])) == 1
    observed, shares, _ = parts(counts)
    chance = (shares**2).sum()
    with np.errstate(all="ignore"):
        return (observed - chance) / (chance if by == "chance" else 1 - observed)


@exercise.bug
def classes_taken_as_equal(counts):
    """Chance is taken as 1 / classes, as if annotators drew all classes equally often; that is
    another coefficient. Use the shares of the classes among all votes: Σ p²."""
    # "Chance is taken as 1 / classes": np.isclose(got, (3 / 4 - 1 / 2) / (1 - 1 / 2))
    # "Use the shares of the classes among all votes: Σ p²": 1 / len(shares) → (shares **
    #     2).sum()
    observed, shares, _ = parts(counts)
    return (observed - 1 / len(shares)) / (1 - 1 / len(shares))


@exercise.bug
def chance_of_the_largest_class(counts):
    """Chance is taken as the share of the most frequent class, which is how often a guess of it is
    right. Two votes from the urn agree in any class: Σ p²."""
    # "Chance is taken as the share of the most frequent class": np.isclose(got, (3 / 4 - 5 / 8) /
    #     (1 - 5 / 8))
    # "Two votes from the urn agree in any class: Σ p²": shares.max() → (shares ** 2).sum()
    observed, shares, _ = parts(counts)
    return (observed - shares.max()) / (1 - shares.max())


@exercise.bug
def votes_agree_with_themselves(counts):
    """Σ (c/n)² counts the pair of each vote with itself, which always agrees. Of an item's
    n(n - 1) pairs of different votes, Σ c(c - 1) agree."""
    # "Σ (c/n)² counts the pair of each vote with itself, which always agrees":
    #     bug(np.array([[1, 1], [1, 1]])) == 0 > right(np.array([[1, 1], [1, 1]]))
    # "Of an item's n(n - 1) pairs of different votes, Σ c(c - 1) agree": ((counts.astype(float)
    #     / n) ** 2).sum(axis=1).mean() → (counts.astype(float) * (counts.astype(float) -
    #     1)).sum(axis=1).mean() / (n * (n - 1))
    _, shares, n = parts(counts)
    observed = ((counts.astype(float) / n) ** 2).sum(axis=1).mean()
    chance = (shares**2).sum()
    return (observed - chance) / (1 - chance)


@exercise.bug(pairs=(False, True))
def share_of_the_majority(counts, pairs=False):
    """The observed agreement is that of the largest class alone: its share, which is at least
    1 / classes even where votes are random, or its pairs. Count the pairs that agree in all
    classes."""
    # "its share, which is at least 1 / classes": bug(np.array([[1, 1], [1, 1]])) == 0 > right(
    #     np.array([[1, 1], [1, 1]]))
    # "or its pairs": bug(np.array([[2, 2], [4, 0]]), pairs=True) < right(np.array([[2, 2], [4,
    #     0]]))
    # "Count the pairs that agree in all classes": (top * (top - 1) / (n * (n - 1)) if pairs else
    #     top / n).mean() → (counts.astype(float) * (counts.astype(float) - 1)).sum(axis=1).mean()
    #     / (n * (n - 1))
    _, shares, n = parts(counts)
    top = counts.max(axis=1).astype(float)
    observed = (top * (top - 1) / (n * (n - 1)) if pairs else top / n).mean()
    chance = (shares**2).sum()
    return (observed - chance) / (1 - chance)


@exercise.bug
def unanimous_items_only(counts):
    """Only items on which all votes agree are counted as agreement; a division by `//` does the
    same. Four votes against one agree in most of their pairs."""
    # "Only items on which all votes agree are counted as agreement": bug(np.array([[4, 1], [1,
    #     4]])) == -1
    # "a division by `//` does the same": np.array_equal([12, 20] // np.array(20), [0, 1]) and not
    #     np.isclose(got, want)
    # "Four votes against one agree in most of their pairs": (counts.max(axis=1) == n).mean() →
    #     (counts.astype(float) * (counts.astype(float) - 1)).sum(axis=1).mean() / (n * (n - 1))
    _, shares, n = parts(counts)
    observed = (counts.max(axis=1) == n).mean()
    chance = (shares**2).sum()
    return (observed - chance) / (1 - chance)


@exercise.bug
def drawn_without_replacement(counts):
    """Chance draws two different votes from the urn, p(pN - 1)/(N - 1): that is Krippendorff's
    alpha. Fleiss puts the first vote back: Σ p²."""
    # "that is Krippendorff's alpha": np.isclose(got,
    #     krippendorff_alpha(Votes(np.repeat(np.arange(4), 2), np.tile([0, 1], 4), np.array([0, 0,
    #     0, 0, 1, 1, 0, 1]), 2)))
    # "Chance draws two different votes from the urn, p(pN - 1)/(N - 1)": np.isclose(got, (3 / 4
    #     - (c := sum(p * (p * 8 - 1) / (8 - 1) for p in (5 / 8, 3 / 8)))) / (1 - c))
    item, label = np.nonzero(counts)
    times = counts[item, label]
    item, label = np.repeat(item, times), np.repeat(label, times)
    return krippendorff_alpha(Votes(item, np.zeros_like(item), label, counts.shape[1]))


@exercise.bug
def chance_of_each_item(counts):
    """Chance is computed from the counts of each item and averaged, so what is to be judged
    against chance is taken for chance. Use the shares of the classes over all items."""
    # "Chance is computed from the counts of each item and averaged": np.isclose(got, (3 / 4 - 7
    #     / 8) / (1 - 7 / 8))
    # "Use the shares of the classes over all items": ((counts.astype(float) / n) **
    #     2).sum(axis=1).mean() → ((counts.sum(axis=0) / counts.sum()) ** 2).sum()
    observed, _, n = parts(counts)
    chance = ((counts.astype(float) / n) ** 2).sum(axis=1).mean()
    with np.errstate(all="ignore"):
        return (observed - chance) / (1 - chance)


@exercise.bug(how=("pairs", "squares"), of_all=("pairs", "squares"))
def classes_counted_as_annotators(counts, how="pairs", of_all=""):
    """The number of votes on an item is taken from the number of columns, which are the
    classes. It is the sum of a row."""
    # "The number of votes on an item is taken from the number of columns, which are the
    #     classes": counts.shape[1] != counts[0].sum() and not np.isclose(got, want)
    # "It is the sum of a row": counts.shape[1] → counts.astype(float)[0].sum()
    c, k = counts.astype(float), counts.shape[1]
    shares = c.sum(axis=0) / (c.sum() if of_all else len(c) * k)
    chance, how = (shares**2).sum(), of_all or how
    agreeing = (c * (c - 1)).sum(axis=1) if how == "pairs" else (c**2).sum(axis=1) - k
    with np.errstate(all="ignore"):
        observed = (agreeing / (k * (k - 1))).mean()
        return (observed - chance) / (1 - chance)


@exercise.bug(of_all=("", "pairs", "squares"))
def largest_count_for_votes(counts, of_all=""):
    """The largest count is taken for the number of votes on an item, which it is only where an
    item is unanimous. Votes are the sum of a row."""
    # "The largest count is taken for the number of votes on an item": counts.max() <
    #     counts[0].sum() and not np.isclose(got, want)
    # "which it is only where an item is unanimous": np.isclose(bug(np.array([[2, 0], [1, 1]])),
    #     right(np.array([[2, 0], [1, 1]]))) and not np.isclose(got, want)
    # "Votes are the sum of a row": c.max() → c[0].sum()
    c = counts.astype(float)
    n = c.max()
    agreeing = (
        (c * (c - 1)).sum(axis=1) if of_all == "pairs" else (c**2).sum(axis=1) - n
    )
    observed = agreeing.mean() / (n * (n - 1))
    chance = ((c.sum(axis=0) / (c.sum() if of_all else len(c) * n)) ** 2).sum()
    return (observed - chance) / (1 - chance)


@exercise.bug(factor=(0.5, 2))
def pairs_counted_once_and_twice(counts, factor=0.5):
    """Of the pairs that agree and of all pairs, one number counts each pair once and the other
    twice. Of n(n - 1) pairs Σ c(c - 1) agree; halve both, as `math.comb(n, 2)` does, or none."""
    # "one number counts each pair once and the other twice": np.isclose(got, 1 - (1 - 3 / 8) / (1
    #     - 17 / 32)) and np.isclose(bug(counts, factor=2), 1 - (1 - 6 / 4) / (1 - 17 / 32))
    # "or none": factor * observed → observed
    observed, shares, _ = parts(counts)
    chance = (shares**2).sum()
    return (factor * observed - chance) / (1 - chance)


@exercise.bug
def mean_of_the_kappas_of_classes(counts):
    """Each class gets a kappa of its own, against all others, and their plain mean is returned,
    in which a rare class weighs as much as a common one. Sum over classes before you divide."""
    # "Each class gets a kappa of its own, against all others, and their plain mean is returned":
    #     np.isclose(got, np.mean([right(np.stack([counts[:, k], counts.sum(axis=1) - counts[:, k]],
    #     axis=1)) for k in range(counts.shape[1])]))
    # "Sum over classes before you divide": 1 - (split / own)[own > 0].mean() → 1 - split.sum() /
    #     own.sum()
    c = counts.astype(float)
    n = c[0].sum()
    p = c.sum(axis=0) / c.sum()
    split, own = (c * (n - c)).mean(axis=0) / (n * (n - 1)), p * (1 - p)
    with np.errstate(all="ignore"):
        return 1 - (split / own)[own > 0].mean()


@exercise.bug
def chance_of_two_classes(counts):
    """Chance is p² + (1 - p)² of the first class, as if all others were one class. Sum the squares
    of all shares: Σ p²."""
    # "Chance is p² + (1 - p)² of the first class, as if all others were one class":
    #     counts.shape[1] > 2 and np.isclose(got, 1 - (1 - parts(counts)[0]) / (2 *
    #     parts(counts)[1][0] * (1 - parts(counts)[1][0])))
    # "Sum the squares of all shares: Σ p²": p ** 2 + (1 - p) ** 2 → (shares**2).sum()
    observed, shares, _ = parts(counts)
    p = shares[0]
    chance = p**2 + (1 - p) ** 2
    with np.errstate(all="ignore"):
        return (observed - chance) / (1 - chance)
