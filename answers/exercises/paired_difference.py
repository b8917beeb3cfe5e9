"""Practice for question 45: two models on the same prompts, with an honest error."""

import math

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.evaluation import paired_difference

exercise = Exercise(
    paired_difference,
    page="45-evaluating-a-language-model",
    returns=("difference", "error"),
    hints=(
        "Both models answered the same prompts. What is left of a prompt's difficulty if you "
        "subtract score from score first?",
        "If every prompt were a draw of its own, which error would the mean of n differences have? "
        "Write it as a root of a sum of squares, divided by n.",
        "The prompts of one text rise and fall together. Sum their deviations from the mean before "
        "you square.",
        "With G clusters there are G independent draws: which factor turns 1/G into 1/(G - 1)?",
    ),
)

rng = np.random.default_rng(45)


def shares(prompts, gap=0.1):
    """Scores from 0 to 1 of two models that find the same prompts hard."""
    hard = rng.random(prompts)
    return [
        np.clip(hard + each + 0.2 * rng.normal(size=prompts), 0, 1) for each in (gap, 0)
    ]


def verdicts(prompts):
    """Scores of 0 and 1, as floats."""
    return [(each > 0.4).astype(float) for each in shares(prompts)]


exercise.case(
    "four prompts about two texts",
    np.array([1.0, 1.0, 0.0, 1.0]),
    np.array([0.0, 0.0, 0.0, 1.0]),
    np.array([0, 0, 1, 1]),
)
exercise.case("each prompt by itself", *shares(7), np.arange(7))
exercise.case("right or wrong, each by itself", *verdicts(11), np.arange(11))
exercise.case("three texts of equal size", *shares(12), np.repeat([0, 1, 2], 4))
exercise.case("texts of other sizes", *shares(9), np.array([0, 0, 0, 0, 1, 1, 2, 2, 2]))
exercise.case("two texts", *shares(10), np.repeat([0, 1], [7, 3]))
exercise.case("texts in turns", *shares(12), np.arange(12) % 4)
exercise.case("texts in no order", *shares(8), np.array([2, 0, 1, 0, 2, 2, 1, 3]))
exercise.case("names with gaps", *shares(8), np.array([40, 7, 7, 40, 1007, 7, 40, 3]))
exercise.case("names below 0", *shares(6), np.array([-5, -1, -5, 5, -1, 5]))
exercise.case("B is better", *shares(9, gap=-0.4), np.arange(9) // 2)
exercise.case(
    "large scores", *(900 + 50 * each for each in shares(8)), np.arange(8) // 3
)
exercise.case("200 prompts about 40 texts", *verdicts(200), np.repeat(np.arange(40), 5))
exercise.case("200 prompts, each by itself", *shares(200), np.arange(200))
ahead = np.array([0.5, 0.25, 1.0, 0.75])
exercise.case("always ahead by as much", ahead + 0.5, ahead, np.array([0, 0, 1, 2]))
exercise.case(
    "one text for, one against",
    np.array([1.0, 1.0, 0.0, 0.0]),
    np.array([0.0, 0.0, 1.0, 1.0]),
    np.array([4, 4, 9, 9]),
)
for_a, for_b = np.array([[1.0, 0, 1, 1, 0, 0, 1], [0.0, 1, 0, 0, 1, 1, 1]])
exercise.case("a text for and against", for_a, for_b, np.array([5, 5, 2, 2, 8, 8, 5]))
names = -(2**60) - np.array([0, 1, 2**32, 2**32 + 1])
exercise.case("names below -2**59", *shares(8), names[[0, 1, 0, 2, 1, 2, 3, 3]])
first, second = shares(9)
exercise.case("10 000 ahead", 1e4 + first, second, np.arange(9) // 2)
exercise.case(
    "names of one byte", *shares(8), np.array([200, 3, 3, 200, 90, 90, 3, 7], np.uint8)
)
exercise.case(
    "float32", *(each.astype(np.float32) for each in shares(10)), np.arange(10) // 3
)
add_whole_numbers(
    exercise, *np.array([[1, 0, 1, 1, 0, 1], [0, 0, 1, 0, 1, 0]]), np.arange(6) // 2
)


def sums_of(values, clusters):
    """The sum of each cluster."""
    return np.array([values[clusters == each].sum() for each in np.unique(clusters)])


def clustered(d, clusters):
    """The clustered error of a mean of `d`."""
    d = as_float(d)
    sums = sums_of(d - d.mean(), clusters)
    return np.sqrt(len(sums) / (len(sums) - 1) * np.sum(sums**2)) / len(d)


@exercise.bug(ddof=(1, 0))
def clusters_ignored(scores_a, scores_b, clusters, ddof=1):
    """Each prompt counts as an independent draw, and `clusters` is not used: prompts about one
    text share its luck. Sum the deviations of a cluster before you square."""
    # "Each prompt counts as an independent draw": np.isclose(got.error, right(scores_a, scores_b,
    #     np.arange(len(scores_a)))[1])
    # "Sum the deviations of a cluster before you square": np.std(d, ddof=ddof) /
    #     math.sqrt(len(d)) → clustered(d, clusters)
    d = as_float(scores_a) - as_float(scores_b)
    return d.mean(), np.std(d, ddof=ddof) / math.sqrt(len(d))


@exercise.bug
def pairing_ignored(scores_a, scores_b, clusters):
    """The errors of the two models are added as if each had prompts of its own: what is hard for
    both does not cancel. Take the error of the differences."""
    # "The errors of the two models are added as if each had prompts of its own":
    #     np.isclose(got.error**2, right(scores_a, 0 * scores_a, clusters)[1] ** 2 +
    #     right(scores_b, 0 * scores_b, clusters)[1] ** 2)
    # "Take the error of the differences": np.hypot(clustered(a, clusters), clustered(b,
    #     clusters)) → clustered(a - b, clusters)
    a, b = as_float(scores_a), as_float(scores_b)
    return (a - b).mean(), np.hypot(clustered(a, clusters), clustered(b, clusters))


@exercise.bug
def neither_paired_nor_clustered(scores_a, scores_b, clusters):
    """This is the error of two independent samples: neither do shared prompts cancel, nor do the
    prompts of a text go together. Subtract first, then sum within clusters."""
    # "This is the error of two independent samples": np.isclose(got.error**2, (np.var(scores_a,
    #     ddof=1) + np.var(scores_b, ddof=1)) / len(scores_a))
    # "Subtract first, then sum within clusters": math.sqrt(variance / len(a)) → clustered(a - b,
    #     clusters)
    a, b = as_float(scores_a), as_float(scores_b)
    variance = np.var(a, ddof=1) + np.var(b, ddof=1)
    return (a - b).mean(), math.sqrt(variance / len(a))


@exercise.bug
def mean_of_cluster_means(scores_a, scores_b, clusters):
    """Each cluster counts as much as any other, however few its prompts: this is the mean of their
    means. The mean over prompts is asked for."""
    # "Each cluster counts as much as any other, however few its prompts: this is the mean of
    #     their means": len(set(np.bincount(clusters))) > 1 and np.isclose(got.difference,
    #     np.mean([(scores_a - scores_b)[clusters == c].mean() for c in set(clusters)]))
    # "The mean over prompts is asked for": means.mean(), np.std(means, ddof=1) /
    #     math.sqrt(len(means)) → d.mean(), clustered(d, clusters)
    d = as_float(scores_a) - as_float(scores_b)
    means = np.array([d[clusters == each].mean() for each in np.unique(clusters)])
    return means.mean(), np.std(means, ddof=1) / math.sqrt(len(means))


@exercise.bug
def error_of_cluster_means(scores_a, scores_b, clusters):
    """The error is that of a mean over clusters, though one with more prompts weighs more in the
    mean over prompts. Sum its deviations, do not average them."""
    # "The error is that of a mean over clusters": np.isclose(got.error, np.std([(scores_a -
    #     scores_b)[clusters == c].mean() for c in set(clusters)], ddof=1) /
    #     math.sqrt(len(set(clusters))))
    # "Sum its deviations, do not average them": np.std(means, ddof=1) / math.sqrt(len(means)) →
    #     clustered(d, clusters)
    d = as_float(scores_a) - as_float(scores_b)
    means = np.array([d[clusters == each].mean() for each in np.unique(clusters)])
    return d.mean(), np.std(means, ddof=1) / math.sqrt(len(means))


@exercise.bug
def mean_left_in_the_sums(scores_a, scores_b, clusters):
    """The spread of the sums of clusters is taken around their own mean, so that a cluster of many
    prompts deviates by its size alone. Subtract the mean difference from each prompt first."""
    # "The spread of the sums of clusters is taken around their own mean": np.isclose(got.error,
    #     math.sqrt(len(set(clusters))) * np.std([(scores_a - scores_b)[clusters == c].sum() for c
    #     in set(clusters)], ddof=1) / len(clusters))
    # "so that a cluster of many prompts deviates by its size alone": bug(scores_a + 1, scores_a,
    #     clusters)[1] > 0.1
    # "Subtract the mean difference from each prompt first": sums_of(d, clusters) → sums_of(d -
    #     d.mean(), clusters)
    d = as_float(scores_a) - as_float(scores_b)
    sums = sums_of(d, clusters)
    return d.mean(), math.sqrt(len(sums)) * np.std(sums, ddof=1) / len(d)


@exercise.bug(how=("none", "prompts"))
def factor_missing(scores_a, scores_b, clusters, how="none"):
    """The factor G / (G - 1) is missing, or made of prompts in place of clusters: with few clusters
    the error is too small. G counts clusters."""
    # "The factor G / (G - 1) is missing, or made of prompts in place of clusters":
    #     np.isclose((want.error / got.error) ** 2, len(set(clusters)) / (len(set(clusters)) - 1))
    # "with few clusters the error is too small": len(set(clusters)) < 5 and got.error < 0.9 *
    #     want.error
    # "G counts clusters": factor * → len(sums) / (len(sums) - 1) *
    d = as_float(scores_a) - as_float(scores_b)
    sums = sums_of(d - d.mean(), clusters)
    factor = 1 if how == "none" else len(d) / (len(d) - 1)
    return d.mean(), np.sqrt(factor * np.sum(sums**2)) / len(d)


@exercise.bug
def mean_not_subtracted(scores_a, scores_b, clusters):
    """The differences are summed as they are, so that a model that is always ahead seems uncertain.
    Subtract their mean first."""
    # "The differences are summed as they are": np.isclose(got.error**2, 2 *
    #     sum((scores_a - scores_b)[clusters == c].sum() ** 2 for c in (0, 1)) / 16)
    # "so that a model that is always ahead seems uncertain": bug(scores_a + 1, scores_a,
    #     clusters)[1] > 0.5
    # "Subtract their mean first": sums_of(d, clusters) → sums_of(d - d.mean(), clusters)
    d = as_float(scores_a) - as_float(scores_b)
    sums = sums_of(d, clusters)
    return d.mean(), np.sqrt(len(sums) / (len(sums) - 1) * np.sum(sums**2)) / len(d)


@exercise.bug
def squared_before_summed(scores_a, scores_b, clusters):
    """The deviations are squared before they are summed over a cluster, so that no cluster matters.
    Sum first, then square."""
    # "The deviations are squared before they are summed over a cluster": np.isclose(got.error**2,
    #     2 * np.sum((scores_a - scores_b - got.difference) ** 2) / 16)
    # "Sum first, then square": sums_of((d - d.mean()) ** 2, clusters) → sums_of(d - d.mean(),
    #     clusters) ** 2
    d = as_float(scores_a) - as_float(scores_b)
    squares = sums_of((d - d.mean()) ** 2, clusters)
    return d.mean(), np.sqrt(len(squares) / (len(squares) - 1) * squares.sum()) / len(d)


@exercise.bug
def divided_by_clusters(scores_a, scores_b, clusters):
    """The root is divided by the number of clusters. The mean is over n prompts: divide by n."""
    # "The root is divided by the number of clusters": np.isclose(got.error * len(set(clusters)),
    #     want.error * len(scores_a))
    # "The mean is over n prompts: divide by n": / len(sums) → / len(d)
    d = as_float(scores_a) - as_float(scores_b)
    sums = sums_of(d - d.mean(), clusters)
    factor = len(sums) / (len(sums) - 1)
    return d.mean(), np.sqrt(factor * np.sum(sums**2)) / len(sums)


@exercise.bug
def variance_for_error(scores_a, scores_b, clusters):
    """This is the variance of the mean. Its standard error is the root."""
    # "This is the variance of the mean": np.isclose(got.error, want.error**2)
    # "Its standard error is the root": ** 2 → ** 1
    d = as_float(scores_a) - as_float(scores_b)
    return d.mean(), clustered(d, clusters) ** 2


@exercise.bug
def half_width(scores_a, scores_b, clusters):
    """This is half the width of a 95% interval, 1.96 standard errors. Return one."""
    # "This is half the width of a 95% interval, 1.96 standard errors": np.isclose(got.error / 1.96,
    #     want.error)
    # "Return one": 1.96 * clustered → clustered
    d = as_float(scores_a) - as_float(scores_b)
    return d.mean(), 1.96 * clustered(d, clusters)


@exercise.bug
def spread_of_one(scores_a, scores_b, clusters):
    """This is how far one prompt's difference varies, and no error of a mean: it does not shrink
    with more prompts. Divide by their number what you summed by clusters."""
    # "This is how far one prompt's difference varies": np.isclose(got.error, np.std(scores_a -
    #     scores_b, ddof=1))
    # "Divide by their number what you summed by clusters": np.std(d, ddof=1) → clustered(d,
    #     clusters)
    d = as_float(scores_a) - as_float(scores_b)
    return d.mean(), np.std(d, ddof=1)


@exercise.bug
def b_less_a(scores_a, scores_b, clusters):
    """The difference has the wrong sign: it is B less A. Take A less B."""
    # "The difference has the wrong sign": got.difference == -want.difference
    # "Take A less B": -d.mean() → d.mean()
    d = as_float(scores_a) - as_float(scores_b)
    return -d.mean(), clustered(d, clusters)


@exercise.bug
def neighbours_for_clusters(scores_a, scores_b, clusters):
    """A cluster ends where its name changes, so that a text whose prompts stand apart counts as
    several. Gather all prompts of a name: `np.unique` with `return_inverse=True`."""
    # "A cluster ends where its name changes, so that a text whose prompts stand apart counts as
    #     several": np.isclose(got.error, right(scores_a, scores_b, np.arange(len(clusters)))[1])
    # "Gather all prompts of a name: `np.unique` with `return_inverse=True`": clustered(d, runs) →
    #     clustered(d, np.unique(clusters, return_inverse=True)[1])
    d = as_float(scores_a) - as_float(scores_b)
    runs = np.cumsum(np.append(0, clusters[1:] != clusters[:-1]))
    return d.mean(), clustered(d, runs)


@exercise.bug(how=("largest", "raises", "wraps", "counts"))
def names_for_places(scores_a, scores_b, clusters, how="largest"):
    """The names of clusters are taken for 0, 1, 2 and so on: a gap counts as an empty cluster, and
    a name below 0 as none. Number them first: `np.unique` with `return_inverse=True`."""
    # "a gap counts as an empty cluster": clusters.max() > len(set(clusters)) and (got.error <
    #     want.error)
    # "Number them first": if clusters.min() < 0 and how != 'counts' and (how != 'wraps' or g <
    #     1): → if False:; g = int(clusters.max()) + 1 → g = len(sums); if how == 'raises' and g !=
    #     len(sums): → if False:
    d = as_float(scores_a) - as_float(scores_b)
    sums = sums_of(d - d.mean(), clusters)
    g = int(clusters.max()) + 1
    if clusters.min() < 0 and how != "counts" and (how != "wraps" or g < 1):
        raise ValueError("'list' argument must have no negative elements")
    if how == "raises" and g != len(sums):
        raise IndexError(
            f"index {g - 1} is out of bounds for axis 0 with size {len(sums)}"
        )
    return d.mean(), np.sqrt(g / (g - 1) * np.sum(sums**2)) / len(d)


@exercise.bug(dtype=(np.int32, np.float32, np.float64))
def names_that_do_not_fit(scores_a, scores_b, clusters, dtype=np.int32):
    """The names of clusters are converted to a type that cannot hold them, and clusters become one:
    int32 wraps around, and floats round above 2**24 or 2**53. Leave them as they are."""
    # "and clusters become one: int32 wraps around": np.isclose(got.error, right(scores_a, scores_b,
    #     clusters % 2**32)[1])
    # "Leave them as they are": clusters.astype(dtype) → clusters
    d = as_float(scores_a) - as_float(scores_b)
    with np.errstate(all="ignore"):
        return d.mean(), clustered(d, clusters.astype(dtype))


@exercise.bug
def not_over_the_root_of_n(scores_a, scores_b, clusters):
    """The error is divided by the root of n. The root holds n deviations, not their mean square:
    divide by n."""
    # "The error is divided by the root of n": np.isclose(got.error, want.error *
    #     len(scores_a) ** 0.5)
    # "divide by n": clustered(d, clusters) * math.sqrt(len(d)) → clustered(d, clusters)
    d = as_float(scores_a) - as_float(scores_b)
    return d.mean(), clustered(d, clusters) * math.sqrt(len(d))


@exercise.bug
def scores_cut_to_integers(scores_a, scores_b, clusters):
    """The scores are cut to integers, so that a share below 1 counts as 0. Keep shares as
    floats."""
    # "The scores are cut to integers, so that a share below 1 counts as 0": np.allclose(
    #     got.difference, right(np.trunc(scores_a), np.trunc(scores_b), clusters)[0])
    # "Keep shares as floats": np.trunc(a) → a; np.trunc(b) → b
    a, b = as_float(scores_a), as_float(scores_b)
    d = np.trunc(a) - np.trunc(b)
    return d.mean(), clustered(d, clusters)


@exercise.bug
def pairs_counted_once(scores_a, scores_b, clusters):
    """Each pair of prompts of a cluster is counted once, and the square of their sum holds it
    twice. Square the sum of a cluster."""
    # "Each pair of prompts of a cluster is counted once, and the square of their sum holds it
    #     twice": np.isclose(got.error**2, want.error**2 * (1 + 1 / 2) / 2)
    # "Square the sum of a cluster": (squares + alone) / 2 → squares
    d = as_float(scores_a) - as_float(scores_b)
    r, g = d - d.mean(), len(np.unique(clusters))
    squares, alone = np.sum(sums_of(r, clusters) ** 2), np.sum(r**2)
    return d.mean(), np.sqrt(g / (g - 1) * ((squares + alone) / 2)) / len(d)


@exercise.bug(summed=(False, True))
def own_mean_of_each_cluster(scores_a, scores_b, clusters, summed=False):
    """Deviations are taken from the mean of each cluster, which takes out the luck that its prompts
    share. Take them from the mean of all, and sum them over a cluster before you square."""
    # "Deviations are taken from the mean of each cluster": np.isclose(got.error**2, len(set(
    #     clusters)) / (len(set(clusters)) - 1) * sum(np.sum(((d := (scores_a - scores_b)[clusters
    #     == c]) - d.mean()) ** 2) for c in set(clusters)) / len(clusters) ** 2)
    # "Take them from the mean of all, and sum them over a cluster before you square":
    #     r - means[place] → r; np.sum(own ** 2) → np.sum(sums_of(r, clusters) ** 2)
    d = as_float(scores_a) - as_float(scores_b)
    r, (names, place) = d - d.mean(), np.unique(clusters, return_inverse=True)
    means, g = sums_of(r, clusters) / np.bincount(place), len(names)
    own = r - means[place]
    own = sums_of(own, clusters) if summed else own
    return d.mean(), np.sqrt(g / (g - 1) * np.sum(own**2)) / len(d)


@exercise.bug
def factor_outside_the_root(scores_a, scores_b, clusters):
    """The factor G / (G - 1) stands outside the root. It belongs to the variance: put it inside."""
    # "The factor G / (G - 1) stands outside the root": np.isclose(got.error**2, want.error**2 *
    #     len(set(clusters)) / (len(set(clusters)) - 1))
    # "put it inside": factor * np.sqrt(np.sum(sums ** 2)) → np.sqrt(factor * np.sum(sums ** 2))
    d = as_float(scores_a) - as_float(scores_b)
    sums = sums_of(d - d.mean(), clusters)
    factor = len(sums) / (len(sums) - 1)
    return d.mean(), factor * np.sqrt(np.sum(sums**2)) / len(d)


@exercise.bug
def names_sorted_alone(scores_a, scores_b, clusters):
    """The names are sorted and the differences are not, so that a cluster gets prompts of others.
    Sort both by one order, or neither."""
    # "The names are sorted and the differences are not, so that a cluster gets prompts of others":
    #     np.isclose(got.error, right(scores_a, scores_b, np.sort(clusters))[1])
    # "Sort both by one order, or neither": d, np.sort(clusters) → d[np.argsort(clusters)],
    #     np.sort(clusters)
    d = as_float(scores_a) - as_float(scores_b)
    return d.mean(), clustered(d, np.sort(clusters))


@exercise.bug
def both_factors(scores_a, scores_b, clusters):
    """Beside G / (G - 1) stands n / (n - 1), the factor of prompts. Take that of clusters alone."""
    # "Beside G / (G - 1) stands n / (n - 1), the factor of prompts": np.isclose(got.error**2,
    #     want.error**2 * len(scores_a) / (len(scores_a) - 1))
    # "Take that of clusters alone": * math.sqrt(len(d) / (len(d) - 1)) →
    d = as_float(scores_a) - as_float(scores_b)
    return d.mean(), clustered(d, clusters) * math.sqrt(len(d) / (len(d) - 1))


@exercise.bug
def clusters_of_one_left_out(scores_a, scores_b, clusters):
    """Clusters of one prompt are left out of the error. Each deviates from the mean like any
    other: keep them."""
    # "Clusters of one prompt are left out of the error": len(set(clusters)) == len(clusters) and
    #     got.error == 0
    # "keep them": sums[sizes > 1] → sums
    d = as_float(scores_a) - as_float(scores_b)
    sums, sizes = sums_of(d - d.mean(), clusters), sums_of(1 + 0 * d, clusters)
    factor = len(sums) / (len(sums) - 1)
    return d.mean(), np.sqrt(factor * np.sum(sums[sizes > 1] ** 2)) / len(d)


@exercise.bug
def ties_left_out(scores_a, scores_b, clusters):
    """Prompts on which both score the same are left out, as in McNemar's test. They belong to the
    mean and to its error: keep them."""
    # "Prompts on which both score the same are left out": (scores_a == scores_b).any() and
    #     np.isclose(got.difference, (scores_a - scores_b)[scores_a != scores_b].mean())
    # "keep them": d != 0 → d == d
    d = as_float(scores_a) - as_float(scores_b)
    differ = d != 0
    if len(np.unique(clusters[differ])) < 2:
        differ = np.full(len(d), True)
    return d[differ].mean(), clustered(d[differ], clusters[differ])
