"""Practice for question 38: normalised discounted cumulative gain."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.scale.ranking_metrics import discounted_gain, ndcg

exercise = Exercise(
    ndcg,
    page="38-retrieval",
    rtol=1e-10,
    hints=(
        "Three things are made once: the gain of each item, the discount of each place, and which "
        "places each item may have.",
        "The best order is that of the gains themselves: the same function serves twice.",
        "`np.unique` with return_inverse and return_counts gives the groups of equal scores, the "
        "lowest first; the places of a group follow each other.",
        "Set the discounts beyond k to 0 before a group's mean is taken.",
    ),
)

rng = np.random.default_rng(381)


def graded(items, grades=4):
    """Grades, at least one above 0, and distinct scores."""
    grade = rng.integers(0, grades, items)
    grade[rng.integers(items)] = grades - 1
    return grade, rng.permutation(items) + rng.random(items) / 2


grades, scores = graded(9)
exercise.case(
    "one relevant item, on the first place", np.array([1]), np.array([0.3]), 1
)
exercise.case(
    "one relevant item, on the second place", np.array([0, 1]), np.array([0.7, 0.2]), 2
)
exercise.case(
    "three grades, the best last", np.array([2, 1, 0]), np.array([0.1, 0.7, 0.5]), 3
)
exercise.case("nine items, all places", grades, scores, 9)
exercise.case("the first place alone", grades, scores, 1)
exercise.case("the first four places", grades, scores, 4)
exercise.case("more places than items", grades, scores, 20)
exercise.case("the best order", grades, 3.0 * grades + np.arange(9) / 10, 9)
exercise.case("the worst order", grades, -3.0 * grades + np.arange(9) / 10, 5)
exercise.case(
    "no relevant item among the first two",
    np.array([3, 1, 0, 0]),
    np.array([1, 2, 3, 4]),
    2,
)
exercise.case(
    "no relevant item at all", np.array([0, 0, 0]), np.array([0.2, 0.5, 0.1]), 3
)
exercise.case(
    "fewer relevant items than places",
    np.array([0, 2, 0, 1, 0]),
    np.array([5.0, 4, 3, 2, 1]),
    4,
)
exercise.case("grades up to 20", *graded(8, 21), 5)
exercise.case(
    "grades above 62",
    np.array([65, 2, 63, 0, 66], np.int64),
    np.array([5, 1, 2, 4, 3]),
    4,
)
exercise.case(
    "grades that are no whole numbers",
    np.array([0.4, 2.3, 0.0, 1.6]),
    np.array([4.0, 1, 3, 2]),
    3,
)
exercise.case(
    "grades below 1",
    np.array([0.25, 0.0, 0.4, 0.1]),
    np.array([3.0, 1, 2, 4]),
    2,
)
exercise.case("scores below 0", grades, scores - 40, 6)
exercise.case(
    "scores that are whole numbers", np.array([0.5, 0.0, 2.0]), np.array([1, 3, 2]), 2
)
exercise.case("many items", *graded(60), 10)
exercise.case(
    "one score for two items of two grades",
    np.array([3, 0, 1]),
    np.array([0.5, 0.5, 0.9]),
    3,
)
exercise.case(
    "one score for all, the best item first", np.array([3, 1, 0, 0]), np.ones(4), 4
)
exercise.case(
    "one score for all, the best item last", np.array([0, 0, 1, 3]), np.ones(4), 4
)
exercise.case(
    "equal scores on both sides of k",
    np.array([2, 0, 3, 1, 0]),
    np.array([9, 5, 5, 5, 1]),
    2,
)
exercise.case(
    "equal scores that stand apart",
    np.array([3, 0, 1, 2, 1]),
    np.array([0.7, 0.2, 0.7, 0.9, 0.2]),
    4,
)
exercise.case(
    "several groups of equal scores", rng.integers(0, 4, 30), rng.integers(0, 6, 30), 12
)
exercise.case(
    "scores that differ by little",
    np.array([3, 0, 1, 2]),
    np.array([1.0, 1.0 + 1e-12, 0.5, 0.25]),
    3,
)
for name, dtype in (("bytes", np.uint8), ("int32", np.int32), ("float32", np.float32)):
    exercise.case(
        name, np.array([0, 9, 2, 5, 1], dtype), np.array([3, 1, 2, 5, 4], dtype), 4
    )


def gains_of(grades):
    return 2.0 ** grades.astype(np.float64) - 1


def discounts(items, k):
    found = 1 / np.log2(np.arange(2, items + 2))
    found[k:] = 0
    return found


def share(part, whole):
    return part / whole if whole else 0.0


def ordered(gains, scores, weights, kind="first"):
    """The gains from the highest score down, times the weights; equal scores as they came."""
    order = np.argsort(-scores.astype(np.float64), kind="stable")
    return float(gains[order] @ weights)


def shared(gains, scores, weights):
    """Equal scores share the mean of the weights of their places."""
    _, group, size = np.unique(scores, return_inverse=True, return_counts=True)
    means = np.add.reduceat(weights[::-1], np.cumsum(size) - size) / size
    return float(gains @ means[group])


@exercise.bug
def grade_as_gain(grades, scores, k):
    """The gain is the grade, as Järvelin and Kekäläinen have it. Here it is 2^g - 1."""
    # "The gain is the grade": np.isclose(got, share(discounted_gain(grades, scores, k),
    #     discounted_gain(grades, grades, k)))
    # "Here it is 2^g - 1": gains = grades.astype(np.float64) → gains = 2.0 ** grades - 1
    gains = grades.astype(np.float64)
    return share(discounted_gain(gains, scores, k), discounted_gain(gains, gains, k))


@exercise.bug
def one_not_subtracted(grades, scores, k):
    """The gain is 2^g, so an item of grade 0 is worth 1. Subtract 1."""
    # "The gain is 2^g, so an item of grade 0 is worth 1": bug(np.array([0, 0]),
    #     np.array([1, 2]), 2) == 1
    # "Subtract 1": gains = 2.0 ** grades.astype(np.float64) → gains = 2.0 **
    #     grades.astype(np.float64) - 1
    gains = 2.0 ** grades.astype(np.float64)
    return share(discounted_gain(gains, scores, k), discounted_gain(gains, gains, k))


@exercise.bug
def not_normalised(grades, scores, k):
    """The sum is not divided by that of the best order, so it exceeds 1. Divide by it."""
    # "The sum is not divided by that of the best order": np.isclose(got, want *
    #     discounted_gain(gains_of(grades), gains_of(grades), k))
    # "Divide by it": discounted_gain(gains, scores, k) → share(discounted_gain(gains, scores, k),
    #     discounted_gain(gains, gains, k))
    # "so it exceeds 1": bug(np.array([3]), np.array([1]), 1) > 1
    gains = gains_of(grades)
    return discounted_gain(gains, scores, k)


@exercise.bug
def best_of_all_places(grades, scores, k):
    """The best order is summed over all places, and the given one over k. Then the best order
    itself is below 1: cut both at k."""
    # "The best order is summed over all places, and the given one over k": np.isclose(got,
    #     share(discounted_gain(gains_of(grades), scores, k), discounted_gain(gains_of(grades),
    #     grades, len(grades))))
    # "Then the best order itself is below 1": bug(np.array([1, 1]), np.array([1, 1]), 1) < 1
    # "cut both at k": gains, len(gains)) → gains, k)
    gains = gains_of(grades)
    return share(
        discounted_gain(gains, scores, k), discounted_gain(gains, gains, len(gains))
    )


@exercise.bug
def best_of_those_retrieved(grades, scores, k):
    """The best order is that of the first k items, so nothing that they miss counts. Take the best
    of all items."""
    # "The best order is that of the first k items, so nothing that they miss counts":
    #     bug(np.array([1, 3]), np.array([2, 1]), 1) == 1
    # "Take the best of all items": gains[order][:k] → gains
    gains = gains_of(grades)
    order = np.argsort(-scores.astype(np.float64), kind="stable")
    best = np.sort(gains[order][:k])[::-1][:k]
    return share(
        discounted_gain(gains, scores, k),
        float(best @ discounts(len(gains), k)[: len(best)]),
    )


@exercise.bug
def not_cut(grades, scores, k):
    """All places count. Those beyond k have the discount 0."""
    # "All places count": np.isclose(got, right(grades, scores, len(grades)))
    # "Those beyond k have the discount 0": k = len(grades) → k = k
    k = len(grades)
    return ndcg(grades, scores, k)


@exercise.bug
def lowest_first(grades, scores, k):
    """The lowest score stands first. Sort downwards."""
    # "The lowest score stands first": np.isclose(got, right(grades, -scores.astype(float), k))
    # "Sort downwards": -scores.astype(np.float64) → scores
    return ndcg(grades, -scores.astype(np.float64), k)


@exercise.bug
def in_the_order_given(grades, scores, k):
    """The items keep the order in which they came: scores are not used. Sort by them."""
    # "The items keep the order in which they came: scores are not used": np.isclose(got,
    #     right(grades, -np.arange(len(grades)), k))
    # "Sort by them": -np.arange(len(grades)) → scores
    return ndcg(grades, -np.arange(len(grades)), k)


@exercise.bug
def first_two_places_alike(grades, scores, k):
    """The first two places both have the discount 1: from the second on places are divided by
    log2(i), as in the first paper. Divide by log2(i + 1)."""
    # "The first two places both have the discount 1": np.isclose(bug(np.array([1, 0]),
    #     np.array([1, 2]), 2), 1)
    # "Divide by log2(i + 1)": np.maximum(np.arange(1, len(gains) + 1), 2) → np.arange(2, len(gains)
    #     + 2)
    # "from the second on places are divided by log2(i)": np.isclose(bug(np.array([1, 0, 0, 0]),
    #     np.array([1, 2, 3, 4]), 4), 1 / np.log2(4))
    gains = gains_of(grades)
    weights = 1 / np.log2(np.maximum(np.arange(1, len(gains) + 1), 2))
    weights[k:] = 0
    return share(shared(gains, scores, weights), shared(gains, gains, weights))


@exercise.bug
def by_the_place(grades, scores, k):
    """Gains are divided by the place, not by its logarithm. Divide by log2(i + 1)."""
    # "Gains are divided by the place": np.isclose(bug(np.array([1, 0, 0]), np.array([1, 2, 3]), 3),
    #     1 / 3)
    # "Divide by log2(i + 1)": np.arange(1, len(gains) + 1) → np.log2(np.arange(2, len(gains) + 2))
    gains = gains_of(grades)
    weights = 1 / np.arange(1, len(gains) + 1)
    weights[k:] = 0
    return share(shared(gains, scores, weights), shared(gains, gains, weights))


@exercise.bug(least=(0, 1), all_at_most=(True,))
def one_place_too_few(grades, scores, k, least=1, all_at_most=False):
    """Only the first k - 1 places count. The discount of place k counts, too."""
    # "Only the first k - 1 places count": np.isclose(bug(np.array([0, 1, 1, 2]), np.array([4, 3, 2,
    #     1]), 3), right(np.array([0, 1, 1, 2]), np.array([4, 3, 2, 1]), 2))
    # "The discount of place k counts, too": weights[max(last - 1, least):] → weights[last:]
    gains, last = gains_of(grades), min(k, len(grades)) if all_at_most else k
    weights = discounts(len(gains), k)
    weights[max(last - 1, least) :] = 0
    return share(shared(gains, scores, weights), shared(gains, gains, weights))


@exercise.bug
def one_place_too_many(grades, scores, k):
    """The first k + 1 places count. Cut after place k."""
    # "The first k + 1 places count": np.isclose(got, right(grades, scores, k + 1))
    # "Cut after place k": k + 1 → k
    return ndcg(grades, scores, k + 1)


@exercise.bug
def order_for_places(grades, scores, k):
    """`argsort` tells the item that stands on each place, and is taken for the place of each item.
    Bring the gains into this order, or sort it once more."""
    # "`argsort` tells the item that stands on each place, and is taken for the place of each item":
    #     bug(np.array([0, 0, 1]), np.array([1, 3, 2]), 3) == 1 and
    #     list(np.argsort([-1, -3, -2])) == [1, 2, 0]
    # "Bring the gains into this order, or sort it once more": weights[order] →
    #     weights[np.argsort(order)]
    gains, weights = gains_of(grades), discounts(len(grades), k)
    order = np.argsort(-scores.astype(np.float64), kind="stable")
    given = weights[order]
    given = np.array([given[scores == score].mean() for score in scores])
    return share(float(gains @ given), ordered(gains, gains, weights))


@exercise.bug
def no_discount(grades, scores, k):
    """Places are not discounted: the order of the first k does not count. Divide by log2(i + 1)."""
    # "Places are not discounted: the order of the first k does not count": bug(np.array([1, 3]),
    #     np.array([2, 1]), 2) == 1
    # "Divide by log2(i + 1)": np.ones(len(gains)) → 1 / np.log2(np.arange(2, len(gains) + 2))
    gains = gains_of(grades)
    weights = np.ones(len(gains))
    weights[k:] = 0
    return share(shared(gains, scores, weights), shared(gains, gains, weights))


@exercise.bug
def ties_as_they_came(grades, scores, k):
    """Equal scores stand in the order in which they came, so a score for all is worth what the
    file's order is. Give each the mean discount of their places."""
    # "Equal scores stand in the order in which they came": len(set(scores.tolist())) < len(scores)
    #     and not np.isclose(got, want)
    # "so a score for all is worth what the file's order is": bug(np.array([3, 1, 0]),
    #     np.ones(3), 3) == 1
    # "Give each the mean discount of their places": ordered(gains, scores, → shared(gains, scores,
    gains = gains_of(grades)
    weights = discounts(len(gains), k)
    return share(ordered(gains, scores, weights), ordered(gains, gains, weights))


@exercise.bug(best=(1, -1))
def ties_by_grade(grades, scores, k, best=1):
    """Equal scores stand in the order of their grades, the best first or the worst. Give each the
    mean discount of their places."""
    # "Equal scores stand in the order of their grades, the best first or the worst": got > want and
    #     bug(np.array([0, 3]), np.ones(2), 2) == 1
    # "Give each the mean discount of their places": float(gains[order] @ weights) → shared(gains,
    #     scores, weights)
    gains = gains_of(grades)
    weights = discounts(len(gains), k)
    order = np.lexsort((-best * gains, -scores.astype(np.float64)))
    return share(float(gains[order] @ weights), ordered(gains, gains, weights))


@exercise.bug(place=("first", "last", "of its own"))
def ties_on_one_place(grades, scores, k, place="first"):
    """Equal scores all get the discount of one place, as if they stood there together. Give each
    the mean discount of all places that they take."""
    # "Equal scores all get the discount of one place": bug(np.array([0, 3]), np.ones(2), 2)
    #     == 1 and bug(np.array([3, 3, 0]), np.array([2, 2, 1]), 2) > 1
    # "Give each the mean discount of all places that they take": float(gains @ weights[above]) →
    #     shared(gains, scores, weights)
    gains = gains_of(grades)
    weights = discounts(len(gains), k)
    each = np.unique(scores) if place == "of its own" else scores
    above = (scores[:, None] < each).sum(axis=1)
    if place == "last":
        above = (scores[:, None] <= scores).sum(axis=1) - 1
    return share(float(gains @ weights[above]), ordered(gains, gains, weights))


@exercise.bug
def nothing_by_nothing(grades, scores, k):
    """Where no item is relevant it is 0 / 0, nan. Give 0."""
    # "Where no item is relevant it is 0 / 0, nan": not grades.any() and np.isnan(got)
    # "Give 0": np.float64(discounted_gain(gains, scores, k)) / discounted_gain(gains, gains, k) →
    #     share(discounted_gain(gains, scores, k), discounted_gain(gains, gains, k))
    gains = gains_of(grades)
    with np.errstate(invalid="ignore"):
        return np.float64(discounted_gain(gains, scores, k)) / discounted_gain(
            gains, gains, k
        )


@exercise.bug
def one_for_nothing(grades, scores, k):
    """Where no item is relevant it is 1. Asked for is 0."""
    # "Where no item is relevant it is 1": not grades.any() and got == 1
    # "Asked for is 0": 1.0 → 0.0
    return ndcg(grades, scores, k) if grades.any() else 1.0


@exercise.bug
def close_scores_tied(grades, scores, k):
    """Scores that differ by less than 1e-9 share their places. Equal ones alone do."""
    # "Scores that differ by less than 1e-9 share their places": 0 < abs(np.diff(scores)).min() <
    #     1e-9 and not np.isclose(got, want)
    # "Equal ones alone do": np.round(scores.astype(np.float64), 9) → scores
    gains, close = gains_of(grades), np.round(scores.astype(np.float64), 9)
    weights = discounts(len(gains), k)
    return share(shared(gains, close, weights), ordered(gains, gains, weights))


@exercise.bug
def one_place_further(grades, scores, k):
    """Place i is divided by log2(i + 2), so that even the first place is discounted. Divide by
    log2(i + 1)."""
    # "Place i is divided by log2(i + 2)": np.isclose(bug(np.array([1, 0]), np.array([1, 2]), 2),
    #     np.log2(3) / np.log2(4))
    # "Divide by log2(i + 1)": np.arange(3, len(gains) + 3) → np.arange(2, len(gains) + 2)
    gains = gains_of(grades)
    weights = 1 / np.log2(np.arange(3, len(gains) + 3))
    weights[k:] = 0
    return share(shared(gains, scores, weights), shared(gains, gains, weights))


@exercise.bug
def gain_of_the_mean_grade(grades, scores, k):
    """Equal scores get the gain of their mean grade, but 2^g is no straight line. Take the mean of
    their gains, or the mean discount of their places."""
    # "Equal scores get the gain of their mean grade, but 2^g is no straight line": np.isclose(
    #     bug(np.array([2, 0]), np.ones(2), 1), 1 / 3)
    # "Take the mean of their gains": gains_of(mean) → np.array([gains_of(grades)[scores ==
    #     each].mean() for each in scores])
    # "or the mean discount of their places": ordered(gains_of(mean), → shared(gains_of(grades),
    mean = np.array([grades[scores == each].mean() for each in scores])
    gains, weights = gains_of(grades), discounts(len(grades), k)
    return share(
        ordered(gains_of(mean), scores, weights), ordered(gains, gains, weights)
    )


@exercise.bug(whole=(False, True))
def ties_beyond_k_not_cut(grades, scores, k, whole=False):
    """Where equal scores reach beyond k, their places beyond k keep their discounts, or the whole
    group is dropped. These places have the discount 0, and count in the mean."""
    # "Where equal scores reach beyond k, their places beyond k keep their discounts":
    #     np.isclose(bug(np.array([1, 1]), np.ones(2), 1), 1 + 1 / np.log2(3))
    # "These places have the discount 0, and count in the mean": discounts(len(grades),
    #     len(grades)) → discounts(len(grades), k); stop <= k if whole else start < k → stop > 0
    gains, weights = gains_of(grades), discounts(len(grades), len(grades))
    start = (scores[:, None] < scores).sum(axis=1)
    stop = (scores[:, None] <= scores).sum(axis=1)
    kept = stop <= k if whole else start < k
    return share(
        shared(gains * kept, scores, weights),
        ordered(gains, gains, discounts(len(gains), k)),
    )


@exercise.bug
def places_beyond_k_left_out(grades, scores, k):
    """Where equal scores reach beyond k, the mean is taken over their places up to k alone. Those
    beyond k count too, with the discount 0."""
    # "Where equal scores reach beyond k, the mean is taken over their places up to k alone":
    #     bug(np.array([1, 1]), np.ones(2), 1) == 2
    # "Those beyond k count too, with the discount 0": np.clip(k - first, 1, size) → size
    gains, weights = gains_of(grades), discounts(len(grades), k)
    down = -scores.astype(np.float64)
    _, group, size = np.unique(down, return_inverse=True, return_counts=True)
    first = np.cumsum(size) - size
    means = np.add.reduceat(weights, first) / np.clip(k - first, 1, size)
    return share(float(gains @ means[group]), ordered(gains, gains, weights))


@exercise.bug
def discount_of_the_mean_place(grades, scores, k):
    """Equal scores get the discount of their mean place. Give each the mean discount of their
    places."""
    # "Equal scores get the discount of their mean place": np.isclose(bug(np.array([1, 0, 0]),
    #     np.ones(3), 3), 1 / np.log2(2 + 1))
    # "Give each the mean discount of their places": float(gains @ weights) → shared(gains, scores,
    #     discounts(len(gains), k))
    gains = gains_of(grades)
    above = (scores[:, None] < scores).sum(axis=1)
    place = above + ((scores[:, None] == scores).sum(axis=1) + 1) / 2
    weights = np.where(place <= k, 1 / np.log2(place + 1), 0)
    return share(
        float(gains @ weights), ordered(gains, gains, discounts(len(gains), k))
    )


@exercise.bug
def grades_made_whole(grades, scores, k):
    """Fractions of grades are cut off. 2^g takes fractions, too."""
    # "Fractions of grades are cut off": got == right(np.floor(grades), scores, k)
    # "2^g takes fractions, too": grades.astype(np.int64) → grades
    return ndcg(grades.astype(np.int64), scores, k)


@exercise.bug(dtype=(None, np.int64))
def powers_of_integers(grades, scores, k, dtype=None):
    """2^g is taken in integers, which wrap around: in int64, 2^64 is 0. Take it in floats:
    `2.0**grades`."""
    # "2^g is taken in integers, which wrap around: in int64, 2^64 is 0": np.array([64]).dtype ==
    #     np.int64 and (2 ** np.array([64]))[0] == 0 and got != want
    # "Take it in floats: `2.0**grades`": 2 ** grades → 2.0**grades
    if grades.dtype.kind in "iu":
        grades = grades.astype(dtype or grades.dtype)
    gains = 2**grades - 1
    weights = discounts(len(gains), k)
    return share(shared(gains, scores, weights), ordered(gains, gains, weights))
