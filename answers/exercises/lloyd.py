"""Practice for question 40: the rounds of k-means."""

import numpy as np

from answers.classical.k_means import lloyd
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers

exercise = Exercise(
    lloyd,
    page="40-k-means-and-mixtures",
    returns=("centres", "labels"),
    hints=(
        "Two steps take turns: the nearest centre of each point, then the mean of each centre's "
        "points. The labels that are returned belong to the centres that are returned.",
        "A table of squared distances is (n, k). Along which axis does `argmin` go, so that there "
        "is one label for each point?",
        "The mean of no point is nan, and nan is the nearest of all to `argmin`. Keep the centre "
        "where no point has its label.",
    ),
)

rng = np.random.default_rng(402)


def points(n, d, scale=1.0):
    return scale * rng.normal(size=(n, d))


line = np.array([[0.0], [1.0], [5.0], [7.0]])
some, plane = points(15, 3), points(24, 2)
exercise.case(
    "two centres on a line, no round", line, np.array([[0.5], [4.0]]), rounds=0
)
exercise.case(
    "two centres on a line, one round", line, np.array([[0.5], [4.0]]), rounds=1
)
exercise.case("three centres in a plane, no round", plane, plane[:3], rounds=0)
exercise.case("three centres in a plane, one round", plane, plane[:3], rounds=1)
exercise.case("three centres in a plane, two rounds", plane, plane[:3], rounds=2)
exercise.case("four centres, until nothing moves", some, some[[0, 3, 4, 9]])
exercise.case("as many dimensions as centres", some, some[5:8], rounds=2)
exercise.case("as many points as dimensions", points(4, 4), points(2, 4), rounds=1)
exercise.case("one centre", some, np.array([[3.0, 0.0, -1.0]]), rounds=1)
exercise.case(
    "one point and one centre", np.array([[2.5, -1.0]]), np.array([[0.0, 4.0]]), 2
)
exercise.case("every point is a centre", plane[:6], plane[:6], rounds=3)
exercise.case(
    "a centre without points", plane, np.vstack([plane[:2], [[90.0, 80.0]]]), rounds=2
)
exercise.case(
    "the first centre has no points",
    plane,
    np.vstack([[[-70.0, 60.0]], plane[:2]]),
    rounds=2,
)
exercise.case(
    "a centre loses its last point",
    np.array([[0.0], [2.0], [9.0], [10.0], [11.0]]),
    np.array([[1.0], [5.4], [13.5]]),
    rounds=5,
)
exercise.case(
    "a centre moves, and then loses its points",
    np.array([[0.3], [1.0], [2.2], [7.6], [9.5]]),
    np.array([[3.7], [12.1], [-0.7]]),
)
exercise.case(
    "equally near centres",
    np.array([[0.0], [2.0], [4.0], [6.0]]),
    np.array([[1.0], [3.0], [7.0], [1.0]]),
    rounds=1,
)
exercise.case("two equal centres", plane, plane[[0, 0, 5]], rounds=2)
exercise.case(
    "points that stand twice", np.repeat(plane[:7], 2, axis=0), plane[:3], rounds=3
)
exercise.case(
    "the farther of two by one axis", plane * [1.0, 30.0], plane[:3] * [1.0, 30.0], 9
)
exercise.case(
    "all numbers negative", -np.abs(some) - 5, -np.abs(some[:3]) - 5, rounds=2
)
exercise.case(
    "groups of unequal size", np.vstack([points(30, 2), points(3, 2) + 8]), plane[:2], 9
)
exercise.case("points far from 0", plane + 1e5, plane[:3] + 1e5, rounds=3)
exercise.case("large points", 1e8 * plane, 1e8 * plane[:3], rounds=3)
exercise.case("points near each other", 1e-8 * plane, 1e-8 * plane[:3], rounds=3)
add_whole_numbers(
    exercise,
    rng.integers(-9, 10, (9, 2)),
    np.array([[1, 7], [-3, 0], [8, -6]]),
    rounds=2,
)
exercise.case(
    "float32", plane.astype(np.float32), plane[:3].astype(np.float32), rounds=3
)
exercise.case(
    "integers of four bytes, of some 1e5",
    *(np.rint(7e4 * a).astype(np.int32) for a in (plane, plane[:3])),
    rounds=1,
)
exercise.case("points very far from 0", plane + 1e8, plane[:3] + 1e8, rounds=3)
exercise.case(
    "two centres exchange a point",
    np.array([[2.0, 1.0], [0.0, 5.0], [5.0, 8.0], [8.0, 7.0], [0.0, 1.0], [5.0, 5.0]]),
    np.array([[2.0, 1.0], [0.0, 5.0]]),
)
chain = np.cumsum(rng.random(60))[:, None]
exercise.case(
    "many rounds that gain little",
    np.vstack([chain, [[5e3], [9e3]]]),
    np.vstack([chain[:9], [[7e3]]]),
)


def table(points, centres):
    """Squared distances, (n, k)."""
    return ((points[:, None].astype(np.float64) - centres) ** 2).sum(axis=2)


def moved(points, centres, labels):
    """The means of the points of each centre; a centre without points stays."""
    return np.array(
        [
            points[labels == j].mean(axis=0) if (labels == j).any() else c
            for j, c in enumerate(centres)
        ],
        dtype=np.float64,
    )


def rounds_of(points, centres, rounds, label=table, move=moved):
    """k-means of which one step may be another."""
    for _ in range(rounds):
        centres = move(points, centres, label(points, centres).argmin(axis=1))
    return centres, label(points, centres).argmin(axis=1)


@exercise.bug
def labels_before_the_last_move(points, centres, rounds=300):
    """The labels are those of the centres before they moved last. Find the nearest once more for
    the centres that are returned."""
    # "The labels are those of the centres before they moved last": np.array_equal(got.labels,
    #     right(points, centres, max(0, rounds - 1))[1])
    # "Find the nearest once more for the centres that are returned": dtype=np.float64), labels)
    #     → dtype=np.float64), table(points, centres).argmin(axis=1))
    labels = table(points, centres).argmin(axis=1)
    for _ in range(rounds):
        labels = table(points, centres).argmin(axis=1)
        centres = moved(points, centres, labels)
    return np.array(centres, dtype=np.float64), labels


@exercise.bug
def mean_of_nothing(points, centres, rounds=300):
    """A centre without points becomes nan, the mean of nothing. Let it stay where it is."""

    # "A centre without points becomes nan, the mean of nothing": np.isnan(got.centres).any()
    # "Let it stay where it is": np.full_like(c, np.nan) → c
    def move(points, centres, labels):
        means = [
            points[labels == j].mean(axis=0)
            if (labels == j).any()
            else np.full_like(c, np.nan)
            for j, c in enumerate(np.asarray(centres, dtype=float))
        ]
        return np.array(means)

    return rounds_of(points, centres, rounds, move=move)


@exercise.bug
def empty_goes_to_0(points, centres, rounds=300):
    """A centre without points goes to 0. Let it stay where it is."""

    # "A centre without points goes to 0": (~got.centres.any(axis=1)).any()
    # "Let it stay where it is": 0 * c → c
    def move(points, centres, labels):
        means = [
            points[labels == j].mean(axis=0) if (labels == j).any() else 0 * c
            for j, c in enumerate(centres)
        ]
        return np.array(means, dtype=float)

    return rounds_of(points, centres, rounds, move=move)


@exercise.bug
def empty_is_dropped(points, centres, rounds=300):
    """A centre without points is left out, so fewer come back. Let it stay where it is."""

    # "A centre without points is left out, so fewer come back": len(got.centres) <
    #     len(want.centres)
    # "Let it stay where it is": in np.unique(labels)] → in range(len(centres))]
    def move(points, centres, labels):
        means = [
            points[labels == j].mean(axis=0) if (labels == j).any() else centres[j]
            for j in np.unique(labels)
        ]
        return np.array(means, dtype=float)

    return rounds_of(points, centres, rounds, move=move)


@exercise.bug
def empty_goes_to_the_farthest(points, centres, rounds=300):
    """A centre without points moves to the point farthest from its own centre, as in scikit-learn.
    Here it stays where it is."""

    # "A centre without points moves to the point farthest from its own centre":
    #     np.isclose(table(points, got.centres), 0).any() or not np.allclose(got.centres,
    #     want.centres)
    # "Here it stays where it is": points[far] → c
    def move(points, centres, labels):
        far = ((points - np.asarray(centres)[labels]) ** 2).sum(axis=1).argmax()
        means = [
            points[labels == j].mean(axis=0) if (labels == j).any() else points[far]
            for j, c in enumerate(centres)
        ]
        return np.array(means, dtype=float)

    return rounds_of(points, centres, rounds, move=move)


@exercise.bug
def last_of_equals(points, centres, rounds=300):
    """Of equally near centres the last is taken. Take the first, as `argmin` does."""
    # "Of equally near centres the last is taken": not np.array_equal(got.labels, want.labels)
    # "Take the first": k - 1 - table(points, centres)[:, ::-1].argmin(axis=1) → table(points,
    #     centres).argmin(axis=1)
    k = len(centres)
    for _ in range(rounds):
        labels = k - 1 - table(points, centres)[:, ::-1].argmin(axis=1)
        centres = moved(points, centres, labels)
    return np.array(centres, dtype=float), k - 1 - table(points, centres)[
        :, ::-1
    ].argmin(axis=1)


@exercise.bug
def sum_of_differences(points, centres, rounds=300):
    """Labels go by the sum of absolute differences. The distance is Euclidean: square them."""

    # "Labels go by the sum of absolute differences": np.array_equal(got.labels, abs(points[:,
    #     None] - got.centres).sum(axis=2).argmin(axis=1))
    # "square them": np.abs(points[:, None].astype(float) - centres) → ((points[:,
    #     None].astype(float) - centres) ** 2)
    def label(points, centres):
        return np.abs(points[:, None].astype(float) - centres).sum(axis=2)

    return rounds_of(points, centres, rounds, label=label)


@exercise.bug
def product_alone(points, centres, rounds=300):
    """The nearest centre is taken to be the one with the largest product x · c. Add |c|²: the
    squared distance is |x|² - 2 x · c + |c|²."""

    # "The nearest centre is taken to be the one with the largest product x · c":
    #     np.array_equal(got.labels, (points @ got.centres.T).argmax(axis=1))
    # "Add |c|²": -2 * points @ np.asarray(centres, float).T → table(points, centres)
    # "the squared distance is |x|² - 2 x · c + |c|²": np.allclose(table(points, got.centres),
    #     (points.astype(float) ** 2).sum(axis=1)[:, None] - 2 * points @ got.centres.T +
    #     (got.centres ** 2).sum(axis=1)) and not np.array_equal(got.labels, want.labels)
    def label(points, centres):
        return -2 * points @ np.asarray(centres, float).T

    return rounds_of(points, centres, rounds, label=label)


@exercise.bug
def product_once(points, centres, rounds=300):
    """In the expanded distance the product stands once. It is |x|² - 2 x · c + |c|²: twice."""

    # "In the expanded distance the product stands once": np.array_equal(got.labels,
    #     ((got.centres ** 2).sum(axis=1) - points @ got.centres.T).argmin(axis=1))
    # "twice": (centres ** 2).sum(axis=1) - points @ centres.T → table(points, centres)
    def label(points, centres):
        centres = np.asarray(centres, float)
        return (centres**2).sum(axis=1) - points @ centres.T

    return rounds_of(points, centres, rounds, label=label)


@exercise.bug
def median_for_mean(points, centres, rounds=300):
    """Centres move to the median of their points. The mean makes the sum of squares least."""

    # "Centres move to the median of their points": not np.allclose(got.centres, want.centres)
    # "The mean makes the sum of squares least": np.median(points[labels == j], axis=0) →
    #     np.mean(points[labels == j], axis=0)
    def move(points, centres, labels):
        means = [
            np.median(points[labels == j], axis=0) if (labels == j).any() else c
            for j, c in enumerate(centres)
        ]
        return np.array(means, dtype=float)

    return rounds_of(points, centres, rounds, move=move)


@exercise.bug
def divided_by_all_points(points, centres, rounds=300):
    """The sums are divided by the number of all points. Divide each by how many points its centre
    has."""

    # "The sums are divided by the number of all points": not np.allclose(got.centres, want.centres)
    # "Divide each by how many points its centre has": / len(points) → / (labels == j).sum()
    def move(points, centres, labels):
        means = [
            points[labels == j].sum(axis=0) / len(points) if (labels == j).any() else c
            for j, c in enumerate(centres)
        ]
        return np.array(means, dtype=float)

    return rounds_of(points, centres, rounds, move=move)


@exercise.bug
def one_number_for_each_centre(points, centres, rounds=300):
    """The mean is taken over all coordinates, too, so that a centre has one number. Take it over
    the points, axis 0."""

    # "The mean is taken over all coordinates, too, so that a centre has one number":
    #     (np.ptp(got.centres, axis=1) == 0).any()
    # "Take it over the points, axis 0": points[labels == j].mean() → points[labels ==
    #     j].mean(axis=0)
    def move(points, centres, labels):
        means = [
            0 * c + points[labels == j].mean() if (labels == j).any() else c
            for j, c in enumerate(np.asarray(centres, float))
        ]
        return np.array(means, dtype=float)

    return rounds_of(points, centres, rounds, move=move)


@exercise.bug
def always_one_round(points, centres, rounds=300):
    """The centres move once, whatever `rounds` is. Repeat both steps."""
    # "The centres move once, whatever `rounds` is": np.allclose(got.centres, right(points,
    #     centres, 1)[0]) and rounds != 1
    # "Repeat both steps": 1) → rounds)
    return rounds_of(points, centres, 1)


@exercise.bug
def one_round_more(points, centres, rounds=300):
    """The centres move once too often. Without a round they stay."""
    # "The centres move once too often": np.allclose(got.centres, right(points, centres, rounds +
    #     1)[0])
    # "Without a round they stay": rounds + 1 → rounds
    return rounds_of(points, centres, rounds + 1)


@exercise.bug
def centres_cut_to_integers(points, centres, rounds=300):
    """Means are cut off to integers where the centres are integers. Make the centres floats
    first."""
    # "Means are cut off to integers where the centres are integers": (got.centres ==
    #     got.centres.astype(int)).all()
    # "Make the centres floats first": centres.copy() → centres.astype(float)
    centres = centres.copy()
    for _ in range(rounds):
        labels = table(points, centres).argmin(axis=1)
        for j in np.unique(labels):
            centres[j] = points[labels == j].mean(axis=0)
    return centres, table(points, centres).argmin(axis=1)


@exercise.bug
def moved_one_by_one(points, centres, rounds=300):
    """Each centre moves at once, and the next one sees labels made anew. Find all labels first, and
    move all centres after."""
    # "Each centre moves at once, and the next one sees labels made anew": not
    #     np.allclose(got.centres, want.centres)
    # "Find all labels first, and move all centres after": labels = table(points, centres) → labels
    #     = table(points, before)
    centres = centres.astype(np.float64)
    for _ in range(rounds):
        before = centres.copy()
        for j in range(len(before)):
            labels = table(points, centres).argmin(axis=1)
            if (labels == j).any():
                centres[j] = points[labels == j].mean(axis=0)
    return centres, table(points, centres).argmin(axis=1)


@exercise.bug(rtol=(0.0, 1e-5))
def ends_where_little_changes(points, centres, rounds=300, rtol=0.0):
    """Rounds end where centres move by little, which depends on the unit of the points and on how
    far from 0 they lie. End them where no label changes."""
    # "Rounds end where centres move by little, which depends on the unit of the points and on how
    #     far from 0 they lie": not np.allclose(got.centres, want.centres, rtol=1e-8, atol=0)
    # "End them where no label changes": np.allclose(after, centres, rtol, 1e-08) →
    #     np.array_equal(table(points, after).argmin(axis=1), table(points,
    #     centres).argmin(axis=1))
    centres = centres.astype(np.float64)
    for _ in range(rounds):
        after = moved(points, centres, table(points, centres).argmin(axis=1))
        little = np.allclose(after, centres, rtol, 1e-8)
        centres = after
        if little:
            break
    return centres, table(points, centres).argmin(axis=1)


@exercise.bug(late=(True, False))
def ends_where_counts_stay(points, centres, rounds=300, late=True):
    """Rounds end where every centre has as many points as before, though two may have exchanged
    some. End them where no label changes."""
    # "Rounds end where every centre has as many points as before": not np.allclose(got.centres,
    #     want.centres)
    # "though two may have exchanged some": not np.allclose(got.centres, want.centres) and
    #     any(np.array_equal(*map(np.bincount, two)) and not np.array_equal(*two) for two in
    #     [[right(points, centres, n + more)[1] for more in (0, 1)] for n in range(9)])
    # "End them where no label changes": np.array_equal(np.bincount(now), np.bincount(labels)) →
    #     np.array_equal(now, labels)
    labels = table(points, centres).argmin(axis=1)
    for _ in range(rounds):
        centres = moved(points, centres, labels)
        now = table(points, centres).argmin(axis=1)
        same = np.array_equal(np.bincount(now), np.bincount(labels))
        if late or not same:
            labels = now
        if same:
            break
    return np.array(centres, dtype=np.float64), labels


@exercise.bug
def ends_before_the_first_move(points, centres, rounds=300):
    """Labels begin as zeros, so rounds end before the first move where all points belong to the
    first centre. Begin with labels that nothing has, such as -1 or None."""
    # "Labels begin as zeros, so rounds end before the first move where all points belong to the
    #     first centre": not want.labels.any() and np.array_equal(got.centres, centres)
    # "Begin with labels that nothing has, such as -1 or None": np.zeros(len(points), int) →
    #     np.full(len(points), -1)
    labels = np.zeros(len(points), int)
    for _ in range(rounds):
        now = table(points, centres).argmin(axis=1)
        if np.array_equal(now, labels):
            break
        labels, centres = now, moved(points, centres, now)
    return np.array(centres, float), table(points, centres).argmin(axis=1)


@exercise.bug(share=(1e-4, 1e-3, 1e-6), late=(1e-4, 1e-3, 1e-6))
def ends_where_the_sum_gains_little(points, centres, rounds=300, share=1e-4, late=0.0):
    """Rounds end where the sum of squared distances falls by a small share of itself. End them
    where no label changes."""
    # "Rounds end where the sum of squared distances falls by a small share of itself": not
    #     np.allclose(got.centres, want.centres) and not np.array_equal(right(points, got.centres,
    #     1)[0], got.centres)
    # "End them where no label changes": before - now <= share * before → np.array_equal(after,
    #     centres)
    before, share = np.inf, late or share
    for _ in range(rounds):
        after = moved(points, centres, table(points, centres).argmin(axis=1))
        # Late, the sum is of the centres before they move.
        now = table(points, centres if late else after).min(axis=1).sum()
        little = before < np.inf and before - now <= share * before
        centres, before = after, now
        if little:
            break
    return np.array(centres, dtype=np.float64), table(points, centres).argmin(axis=1)


@exercise.bug(dtype=(np.float64, np.float32))
def expanded_far_from_0(points, centres, rounds=300, dtype=np.float64):
    """The expanded squares, |x|² - 2 x · c + |c|², lose small differences far from 0. Subtract
    first, in float64: the centre, or one point from all."""

    # "The expanded squares, |x|² - 2 x · c + |c|², lose small differences far from 0": not
    #     np.array_equal(got.labels, want.labels)
    # "Subtract first, in float64: the centre, or one point from all": points.astype(dtype) →
    #     points.astype(float) - points[0]; np.asarray(centres, dtype) → np.asarray(centres, float)
    #     - points[0]
    def label(points, centres):
        x, c = points.astype(dtype), np.asarray(centres, dtype)
        return (x**2).sum(axis=1)[:, None] - 2 * x @ c.T + (c**2).sum(axis=1)

    return rounds_of(points, centres, rounds, label=label)


@exercise.bug(most=(10, 20))
def few_rounds(points, centres, rounds=300, most=10):
    """Rounds end after ten or twenty. Go on until no label changes, at most `rounds` times."""
    # "Rounds end after ten or twenty": np.allclose(got.centres, right(points, centres, 10)[0])
    # "Go on until no label changes, at most `rounds` times": min(rounds, most) → rounds
    return rounds_of(points, centres, min(rounds, most))


@exercise.bug
def one_round_less(points, centres, rounds=300):
    """The centres move once too little, or come back as they were before the last move. Return
    them after it."""
    # "The centres move once too little, or come back as they were before the last move":
    #     np.allclose(got.centres, right(points, centres, rounds - 1)[0])
    # "Return them after it": max(0, rounds - 1) → rounds
    return rounds_of(points, centres, max(0, rounds - 1))


@exercise.bug
def ends_after_the_first_round(points, centres, rounds=300):
    """Rounds end after the first: their test holds once any point keeps its label, or compares
    labels that are equal already. End them where no label changes."""
    # "Rounds end after the first": np.allclose(got.centres, right(points, centres, min(rounds,
    #     1))[0])
    # "End them where no label changes": (now == labels).any() → (now == labels).all()
    labels = table(points, centres).argmin(axis=1)
    for _ in range(rounds):
        centres = moved(points, centres, labels)
        now = table(points, centres).argmin(axis=1)
        done, labels = (now == labels).any(), now
        if done:
            break
    return np.array(centres, dtype=np.float64), labels


@exercise.bug
def later_centres_stay(points, centres, rounds=300):
    """At a centre without points the loop over centres ends, and later ones stay. Go on with the
    next, by `continue`."""

    # "At a centre without points the loop over centres ends, and later ones stay":
    #     np.array_equal(got.centres[-1], centres[-1])
    # "Go on with the next": break → continue
    def move(points, centres, labels):
        means = np.array(centres, dtype=float)
        for j in range(len(means)):
            if not (labels == j).any():
                break
            means[j] = points[labels == j].mean(axis=0)
        return means

    return rounds_of(points, centres, rounds, move=move)


@exercise.bug
def old_centre_in_the_mean(points, centres, rounds=300):
    """The old centre enters its mean as one more point. Take the mean of the points alone."""

    # "The old centre enters its mean as one more point": np.allclose(got.centres[1],
    #     np.vstack([centres[1:2], points[right(points, centres, 0)[1] == 1]]).mean(axis=0))
    # "Take the mean of the points alone": np.vstack([c, points[labels == j]]) →
    #     points[labels == j]
    def move(points, centres, labels):
        means = [
            np.vstack([c, points[labels == j]]).mean(axis=0)
            if (labels == j).any()
            else c
            for j, c in enumerate(centres)
        ]
        return np.array(means, dtype=float)

    return rounds_of(points, centres, rounds, move=move)
