"""Practice for question 16: the area under the ROC curve, ties included."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import WRAPPED
from answers.labels.metrics import roc_auc

exercise = Exercise(
    roc_auc,
    page="16-accuracy-and-metrics",
    rtol=1e-10,
    of_counts=True,
    hints=(
        "Take all pairs of one positive and one negative. In which share of them does the "
        "positive score higher?",
        "A pair with equal scores is neither won nor lost: it counts one half. Two examples "
        "of the same class are no pair.",
        "No double loop is needed. Sort the negatives; `np.searchsorted` then says for each "
        "positive how many lie below it, and `side` says what becomes of equal ones.",
        "A curve does it too, if equal scores cross the threshold together: one point for "
        "each distinct score, the point (0, 0) before them, trapezoids between.",
    ),
)

rng = np.random.default_rng(16)
y = np.array([1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0])
scores = np.array([2.3, 0.4, 1.9, -0.2, 1.1, 2.0, 0.9, -1.3, 0.1, 3.2, 1.4])
exercise.case("one pair in order", np.array([0, 1]), np.array([0.2, 0.7]))
exercise.case("one pair out of order", np.array([1, 0]), np.array([0.2, 0.7]))
exercise.case("11 distinct scores", y, scores)
exercise.case("worse than chance", y, -scores)
exercise.case(
    "more negatives than positives", *(a[[0, 1, 3, 4, 5, 7]] for a in (y, scores))
)
exercise.case(
    "a tie between the classes", np.array([1, 0, 0]), np.array([0.6, 0.6, 0.1])
)
exercise.case(
    "ties within and between the classes",
    np.array([0, 1, 1, 0, 1, 0, 0, 1]),
    np.array([0.5, 0.5, 0.5, 0.8, 0.8, 0.1, 0.5, 0.1]),
)
exercise.case(
    "two negatives with one score",
    *(np.array([1, 0, 0, 0, 1]), np.array([0.7, 0.4, 0.9, 0.4, 0.2])),
)
exercise.case("nothing but ties", np.array([1, 0, 0, 1, 0]), np.full(5, 0.3))
exercise.case(
    "the highest scores tied", np.array([0, 1, 1, 0, 0]), np.array([9, 9, 4, 4, 1])
)
exercise.case("whole numbers", rng.integers(2, size=40), rng.integers(5, size=40))
exercise.case("truth as booleans", y == 1, scores.round())
exercise.case("scores a billionth apart", y, 1 + 1e-9 * scores)
exercise.case("scores near 1e300", y, 1e299 * scores)
truth = (rng.random(203) < 0.1).astype(int)
exercise.case("a tenth positive", truth, truth + rng.normal(size=203).round(1))
exercise.case("float32", y, scores.astype(np.float32))
exercise.case("int32 of some 1e9", y, (6e8 * scores).astype(np.int32))
exercise.case("truth in bytes", y.astype(np.uint8), -scores)
exercise.case(
    "bytes",
    *(rng.integers(2, size=40), rng.integers(5, size=40, dtype=np.uint8)),
    noted=WRAPPED,
)


def pairs(truth, scores):
    """Every positive against every negative: their difference."""
    return scores[truth == 1][:, None] - scores[truth == 0].astype(float)


def midranks(scores):
    """The rank of each score from 1, equal ones sharing the mean of theirs."""
    below = (scores[:, None] > scores).sum(axis=1)
    return below + ((scores[:, None] == scores).sum(axis=1) + 1) / 2


@exercise.bug
def ties_lost(truth, scores):
    """A pair of equal scores counts 0, as if the negative had won. Count it one half."""
    # "A pair of equal scores counts 0, as if the negative had won": got == 1 / 2 and want == 3
    #     / 4
    # "Count it one half": (pairs(truth, scores) > 0).mean() → ((pairs(truth, scores) > 0) +
    #     (pairs(truth, scores) == 0) / 2).mean()
    return (pairs(truth, scores) > 0).mean()


@exercise.bug
def ties_won(truth, scores):
    """A pair of equal scores counts 1, as if the positive had won. Count it one half."""
    # "A pair of equal scores counts 1, as if the positive had won": got == 1 and want == 3 / 4
    # "Count it one half": (pairs(truth, scores) >= 0).mean() → ((pairs(truth, scores) > 0) +
    #     (pairs(truth, scores) == 0) / 2).mean()
    return (pairs(truth, scores) >= 0).mean()


@exercise.bug(way=("stable", "stable, highest first", "any"))
def ties_by_position(truth, scores, way="stable"):
    """Equal scores are ranked as they happen to stand in the array, as argsort().argsort() does, so
    shuffling the examples changes the result. Let equal scores share a rank, or cross the threshold
    together."""
    # "Equal scores are ranked as they happen to stand in the array, as argsort().argsort() does,
    #     so shuffling the examples changes the result": got != bug(truth[::-1], scores[::-1])
    # "Let equal scores share a rank": ranks[order] = np.arange(len(scores)) → ranks[:] =
    #     midranks(scores); (pairs(truth, ranks) > 0).mean() → ((pairs(truth, ranks) > 0) +
    #     (pairs(truth, ranks) == 0) / 2).mean()
    if way == "stable, highest first":
        order = np.argsort(-scores, kind="stable")[::-1]
    else:
        order = np.argsort(scores, kind=None if way == "any" else "stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(len(scores))
    return (pairs(truth, ranks) > 0).mean()


@exercise.bug
def upside_down(truth, scores):
    """This is the share of pairs in which the negative scores higher. Higher scores mean
    positive."""
    # "This is the share of pairs in which the negative scores higher": got == (pairs(truth,
    #     scores) < 0).mean()
    # "Higher scores mean positive": 1 - roc_auc(truth, scores) → ((pairs(truth, scores) > 0) +
    #     (pairs(truth, scores) == 0) / 2).mean()
    return 1 - roc_auc(truth, scores)


@exercise.bug
def never_below_a_half(truth, scores):
    """A result below one half is turned around, which hides a model that orders backwards.
    Return it as it is."""
    # "A result below one half is turned around, which hides a model that orders backwards": got
    #     == 1 - want and want < 1 / 2
    # "Return it as it is": max(roc_auc(truth, scores), 1 - roc_auc(truth, scores)) →
    #     ((pairs(truth, scores) > 0) + (pairs(truth, scores) == 0) / 2).mean()
    return max(roc_auc(truth, scores), 1 - roc_auc(truth, scores))


@exercise.bug
def gini(truth, scores):
    """This is the Gini coefficient, 2 · AUC - 1: pairs out of order count -1. Count them 0, and
    ties one half."""
    # "This is the Gini coefficient, 2 · AUC - 1: pairs out of order count -1": got == 2 * want
    #     - 1 == np.sign(pairs(truth, scores)).mean()
    # "Count them 0, and ties one half": 2 * roc_auc(truth, scores) - 1 → ((pairs(truth, scores)
    #     > 0) + (pairs(truth, scores) == 0) / 2).mean()
    return 2 * roc_auc(truth, scores) - 1


@exercise.bug(how=("n squared", "n (n - 1) / 2", "n (n - 1)"))
def divided_by_all_pairs(truth, scores, how="n squared"):
    """The pairs in order are divided by the pairs of all examples. Two of one class cannot be
    in order: divide by positives times negatives."""
    # "The pairs in order are divided by the pairs of all examples": got == (pairs(truth,
    #     scores) > 0).sum() / len(truth) ** 2
    # "Two of one class cannot be in order: divide by positives times negatives":
    #     everything.get(how, n * (n - 1)) → ((truth == 1).sum() * (truth == 0).sum())
    n, mixed = len(truth), (truth == 1).sum() * (truth == 0).sum()
    everything = {"n squared": n**2, "n (n - 1) / 2": n * (n - 1) / 2}
    return roc_auc(truth, scores) * mixed / everything.get(how, n * (n - 1))


@exercise.bug
def ranks_from_zero(truth, scores):
    """The ranks start at 0, but the P (P + 1) / 2 that is taken off belongs to ranks from 1.
    Add 1 to each rank, or take off P (P - 1) / 2."""
    # "The ranks start at 0, but the P (P + 1) / 2 that is taken off belongs to ranks from 1":
    #     got == (midranks(scores)[1] - 1) - 1 * (1 + 1) / 2
    # "Add 1 to each rank": midranks(scores) - 1 → midranks(scores) - 1 + 1
    # "or take off P (P - 1) / 2": p * (p + 1) / 2 → p * (p - 1) / 2
    p, n = (truth == 1).sum(), (truth == 0).sum()
    return ((midranks(scores) - 1)[truth == 1].sum() - p * (p + 1) / 2) / (p * n)


@exercise.bug
def own_class_not_taken_off(truth, scores):
    """The rank of a positive also counts the positives below it. Take off the P (P + 1) / 2
    that the ranks of the positives among themselves add up to."""
    # "The rank of a positive also counts the positives below it": got > want and got ==
    #     midranks(scores)[1]
    # "Take off the P (P + 1) / 2 that the ranks of the positives among themselves add up to":
    #     midranks(scores)[truth == 1].sum() → (midranks(scores)[truth == 1].sum() - p * (p + 1) /
    #     2)
    p, n = (truth == 1).sum(), (truth == 0).sum()
    return midranks(scores)[truth == 1].sum() / (p * n)


@exercise.bug(side=("left", "right", "dense"))
def one_end_of_a_tie(truth, scores, side="left"):
    """Equal scores all take the lowest or all the highest of their ranks, or count as one score
    with one rank. Give each the mean of as many ranks as there are of them."""
    # "Equal scores all take the lowest or all the highest of their ranks": bug(truth, scores,
    #     side="left") < want < bug(truth, scores, side="right")
    # "or count as one score with one rank": bug(np.array([0, 0, 1, 0]), np.array([1, 1, 2, 2]),
    #     side="dense") == 1 / 3
    # "Give each the mean of as many ranks as there are of them": (side != 'right') +
    #     np.searchsorted(values, scores, 'right' if side == 'right' else 'left') → midranks(scores)
    values = np.unique(scores) if side == "dense" else np.sort(scores)
    ranks = (side != "right") + np.searchsorted(
        values, scores, "right" if side == "right" else "left"
    )
    n = (truth == 1).sum()
    return (ranks[truth == 1].sum() - n * (n + 1) / 2) / (n * (len(truth) - n))


@exercise.bug(threshold=(0.5, 0.0))
def one_threshold(truth, scores, threshold=0.5):
    """The scores are cut to yes and no at one threshold first, which leaves one point of the
    curve. Use the scores as they are."""
    # "The scores are cut to yes and no at one threshold first, which leaves one point of the
    #     curve": np.isclose(got, right(truth, (scores >= 0.5).astype(int)))
    # "Use the scores as they are": (scores >= threshold).astype(int) → scores
    return roc_auc(truth, (scores >= threshold).astype(int))


@exercise.bug(beats=(np.greater_equal, np.greater))
def curve_without_an_end(truth, scores, beats=np.greater_equal):
    """The curve lacks an end, and the area there: cuts at the scores by >= leave out (0, 0), and by
    > they leave out (1, 1). Add this point."""
    # "The curve lacks an end, and the area there": got < want
    # "cuts at the scores by >= leave out (0, 0)": bug(np.array([1, 0]), np.array([5, 5])) == 0
    # "by > they leave out (1, 1)": bug(truth, scores, beats=np.greater) < want
    # "Add this point": np.trapezoid(y, x) → np.trapezoid([0, *y, 1], [0, *x, 1])
    cuts = np.unique(scores)[::-1]
    y = [beats(scores[truth == 1], cut).mean() for cut in cuts]
    x = [beats(scores[truth == 0], cut).mean() for cut in cuts]
    return np.trapezoid(y, x)


@exercise.bug(at=[(1, 0), (1, 1), (1, 2), (0, 2)])
def labels_as_indices(truth, scores, at=(1, 0)):
    """`scores[truth]` or `scores[~truth]` with integers takes the same two entries again and again
    instead of selecting. Make the labels booleans first: `truth == 1`."""
    # "with integers takes the same two entries again and again instead of selecting":
    #     set(scores[truth]) == set(scores[[0, 1]]) and set(scores[~truth]) == set(scores[[-1, -2]])
    #     and truth.dtype.kind == "i" and got != want
    # "Make the labels booleans first: `truth == 1`": high, low = at → truth, (high, low) = truth ==
    #     1, at
    high, low = at
    highs = scores[truth if high else truth == 1]
    others = ~truth if truth.dtype == bool else 1 - truth
    lows = scores[(others, truth == 0, ~truth)[low]]
    gaps = highs[:, None] - lows.astype(float)
    return (gaps > 0).mean() + (gaps == 0).mean() / 2


@exercise.bug
def average_precision_instead(truth, scores):
    """This is the average precision, the area under the other curve, which depends on how many
    negatives there are. Compare true with false positive rates."""
    # "This is the average precision": np.isclose(got, 1 / 2) and want == 0
    # "the area under the other curve, which depends on how many negatives there are":
    #     bug(truth, scores) != bug(np.append(truth, [0, 0]), np.append(scores, [0.8, 0.8]))
    # "Compare true with false positive rates": np.mean([(truth == 1)[scores >= s].mean() for s
    #     in scores[truth == 1]]) → np.trapezoid(*([0, *((scores[truth == each] >= cut).mean() for
    #     cut in np.unique(scores)[::-1])] for each in (1, 0)))
    return np.mean([(truth == 1)[scores >= s].mean() for s in scores[truth == 1]])


@exercise.bug
def fewer_taken_off(truth, scores):
    """The ranks start at 1, but the P (P - 1) / 2 that is taken off belongs to ranks from 0. Take
    off P (P + 1) / 2."""
    # "The ranks start at 1, but the P (P - 1) / 2 that is taken off belongs to ranks from 0":
    #     np.isclose(got, want + 1 / (truth == 0).sum())
    # "Take off P (P + 1) / 2": p * (p - 1) / 2 → p * (p + 1) / 2
    p, n = (truth == 1).sum(), (truth == 0).sum()
    return (midranks(scores)[truth == 1].sum() - p * (p - 1) / 2) / (p * n)


GRIDS = [
    (cuts, ends)
    for cuts in (101, 11, 51, 100, 201, 1001)
    for ends in ([], [np.inf, -np.inf])
]


@exercise.bug(grid=GRIDS)
def thresholds_on_a_grid(truth, scores, grid=GRIDS[0]):
    """The thresholds are fixed numbers from 0 to 1: scores between two of them, or outside, are not
    told apart. Take the scores themselves."""
    # "The thresholds are fixed numbers from 0 to 1: scores between two of them, or outside, are not
    #     told apart": got == bug(truth, np.where(scores > 1, 7, scores))
    # "Take the scores themselves": np.linspace(0, 1, cuts), *ends → scores, np.inf, -np.inf
    cuts, ends = grid
    cuts = np.sort([*np.linspace(0, 1, cuts), *ends])[::-1]
    y = [(scores[truth == 1] >= cut).mean() for cut in cuts]
    x = [(scores[truth == 0] >= cut).mean() for cut in cuts]
    return np.trapezoid(y, x)


@exercise.bug
def scores_in_float32(truth, scores):
    """The scores become float32, in which some that differ are equal. Leave them in their type."""
    # "The scores become float32, in which some that differ are equal":
    #     len(set(scores.astype(np.float32))) < len(set(scores)) and got != want
    # "Leave them in their type": scores.astype(np.float32) → scores
    return roc_auc(truth, scores.astype(np.float32))


@exercise.bug(alone=(False, True))
def side_by_side(truth, scores, alone=False):
    """Each positive is compared with one negative, side by side. Compare it with all of them:
    `highs[:, None] - lows`."""
    # "Each positive is compared with one negative, side by side": got == np.mean([a > b for a, b
    #     in zip(scores[truth == 1], scores[truth == 0])])
    highs, lows = scores[truth == 1].astype(float), scores[truth == 0]
    n = min(len(highs), len(lows))
    n = None if alone and n == 1 else n
    gaps = highs[:n] - lows[:n]
    return (gaps > 0).mean() + (gaps == 0).mean() / 2


@exercise.bug
def differences_of_integers(truth, scores):
    """Scores are subtracted as integers, whose differences wrap around. Compare them with > and ==,
    or subtract floats."""
    # "Scores are subtracted as integers, whose differences wrap around": scores.dtype == np.int32
    #     and got != want
    # "Compare them with > and ==": np.sign(gaps) → np.where(highs > lows, 1.0, np.where(highs ==
    #     lows, 0.0, -1.0))
    # "or subtract floats": gaps = highs - lows → gaps = highs.astype(float) - lows
    highs, lows = scores[truth == 1][:, None], scores[truth == 0]
    gaps = highs - lows
    return (np.sign(gaps).mean() + 1) / 2
