"""Right and wrong ways to write `paired_difference`."""

import math

import numpy as np


def _floats(scores_a, scores_b):
    kind = np.result_type(scores_a, scores_b)
    kind = kind if kind.kind == "f" else float
    return scores_a.astype(kind), scores_b.astype(kind)


def by_unique(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = a - b
    mean = d.mean()
    total = sum(float((d[clusters == name] - mean).sum()) ** 2 for name in np.unique(clusters))
    g = len(np.unique(clusters))
    return mean, d.dtype.type(math.sqrt(total * g / (g - 1)) / len(d))


def dictionary(scores_a, scores_b, clusters):
    d = [float(x) - float(y) for x, y in zip(scores_a, scores_b, strict=True)]
    mean = sum(d) / len(d)
    sums = {}
    for each, name in zip(d, clusters.tolist(), strict=True):
        sums[name] = sums.get(name, 0.0) + each - mean
    g = len(sums)
    return mean, (g / (g - 1) * sum(s * s for s in sums.values())) ** 0.5 / len(d)


def one_hot(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = a - b
    member = np.equal.outer(np.unique(clusters), clusters)
    sums = member @ (d - d.mean())
    g = len(sums)
    return d.mean(), np.linalg.norm(sums) * math.sqrt(g / (g - 1)) / len(d)


def pairs_within_a_cluster(scores_a, scores_b, clusters):
    """Miller's form: all products of two deviations in a cluster."""
    a, b = _floats(scores_a, scores_b)
    d = (a - b).astype(float)
    r = d - d.mean()
    same = clusters[:, None] == clusters
    g = len(set(clusters.tolist()))
    variance = (np.outer(r, r) * same).sum() * g / (g - 1) / len(d) ** 2
    return d.mean(), math.sqrt(max(variance, 0))


def add_at(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    names, place = np.unique(clusters, return_inverse=True)
    sums, sizes = np.zeros(len(names)), np.zeros(len(names))
    np.add.at(sums, place, a - b)
    np.add.at(sizes, place, 1)
    mean = (a - b).mean()
    g = len(names)
    return mean, np.sqrt(g * np.var(sums - sizes * mean, ddof=1)) / len(a)


def sorted_runs(scores_a, scores_b, clusters):
    order = np.argsort(clusters, kind="stable")
    a, b = _floats(scores_a, scores_b)
    d, names = (a - b)[order], clusters[order]
    starts = np.flatnonzero(np.append(True, names[1:] != names[:-1]))
    sums = np.add.reduceat(d - d.mean(), starts)
    g = len(sums)
    return d.mean(), np.sqrt(g / (g - 1) * sums @ sums) / len(d)


def with_statsmodels(scores_a, scores_b, clusters):
    import statsmodels.api as sm

    d = scores_a.astype(float) - scores_b
    groups = {"groups": np.unique(clusters, return_inverse=True)[1]}
    fit = sm.OLS(d, np.ones(len(d))).fit(cov_type="cluster", cov_kwds=groups)
    return fit.params[0], fit.bse[0]


def _ours(scores_a, scores_b, clusters):
    return by_unique(scores_a, scores_b, clusters)


def prompts_alone(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = a - b
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def prompts_alone_population(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = a - b
    return d.mean(), d.std() / np.sqrt(len(d))


def errors_of_both_added(scores_a, scores_b, clusters):
    zero = np.zeros(len(scores_a))
    errors = [_ours(each.astype(float), zero, clusters)[1] for each in (scores_a, scores_b)]
    return _ours(scores_a, scores_b, clusters)[0], math.hypot(*errors)


def two_samples(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    n = len(a)
    return a.mean() - b.mean(), np.sqrt(a.var(ddof=1) / n + b.var(ddof=1) / n)


def over_texts(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = np.array([(a - b)[clusters == name].mean() for name in np.unique(clusters)])
    return d.mean(), d.std(ddof=1) / np.sqrt(len(d))


def error_over_texts(scores_a, scores_b, clusters):
    """The mean over prompts beside the error of a mean over texts: right where sizes agree."""
    a, b = _floats(scores_a, scores_b)
    d = np.array([(a - b)[clusters == name].mean() for name in np.unique(clusters)])
    return (a - b).mean(), d.std(ddof=1) / np.sqrt(len(d))


def as_in_the_paper(scores_a, scores_b, clusters):
    d = scores_a.astype(float) - scores_b
    r = d - d.mean()
    same = clusters[:, None] == clusters
    return d.mean(), math.sqrt(max((np.outer(r, r) * same).sum(), 0)) / len(d)


def corrected_by_prompts(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = a - b
    names = np.unique(clusters)
    sums = np.array([(d - d.mean())[clusters == name].sum() for name in names])
    n = len(d)
    return d.mean(), np.sqrt(n / (n - 1) * np.sum(sums**2)) / n


def raw_sums(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = a - b
    sums = np.array([d[clusters == name].sum() for name in np.unique(clusters)])
    g = len(sums)
    return d.mean(), np.sqrt(g / (g - 1) * np.sum(sums**2)) / len(d)


def spread_of_sums(scores_a, scores_b, clusters):
    """The standard deviation of the sums: right where all clusters are of one size."""
    a, b = _floats(scores_a, scores_b)
    d = a - b
    sums = np.array([d[clusters == name].sum() for name in np.unique(clusters)])
    return d.mean(), np.sqrt(len(sums)) * sums.std(ddof=1) / len(d)


def squares_first(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = a - b
    _, place = np.unique(clusters, return_inverse=True)
    squares = np.bincount(place, weights=(d - d.mean()) ** 2)
    g = len(squares)
    return d.mean(), np.sqrt(g / (g - 1) * squares.sum()) / len(d)


def mean_of_sums(scores_a, scores_b, clusters):
    mean, error = _ours(scores_a, scores_b, clusters)
    return mean, error * len(scores_a) / len(set(clusters.tolist()))


def squared_error(scores_a, scores_b, clusters):
    mean, error = _ours(scores_a, scores_b, clusters)
    return mean, error**2


def interval(scores_a, scores_b, clusters):
    mean, error = _ours(scores_a, scores_b, clusters)
    return mean, 1.96 * error


def ends(scores_a, scores_b, clusters):
    mean, error = _ours(scores_a, scores_b, clusters)
    return mean - 1.96 * error, mean + 1.96 * error


def standard_deviation(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    return (a - b).mean(), (a - b).std(ddof=1)


def turned(scores_a, scores_b, clusters):
    return _ours(scores_b, scores_a, clusters)


def size_of_the_gap(scores_a, scores_b, clusters):
    mean, error = _ours(scores_a, scores_b, clusters)
    return abs(mean), error


def runs(scores_a, scores_b, clusters):
    starts = np.flatnonzero(np.append(True, clusters[1:] != clusters[:-1]))
    a, b = _floats(scores_a, scores_b)
    d = a - b
    sums = np.add.reduceat(d - d.mean(), starts)
    g = len(sums)
    return d.mean(), np.sqrt(g / (g - 1) * np.sum(sums**2)) / len(d)


def bincount_of_names(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = a - b
    sums = np.bincount(clusters, weights=d - d.mean())
    g = len(sums)
    return d.mean(), np.sqrt(g / (g - 1) * np.sum(sums**2)) / len(d)


def count_from_the_largest_name(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    d = a - b
    g = int(clusters.max()) + 1
    sums = np.zeros(g)
    np.add.at(sums, clusters, d - d.mean())
    return d.mean(), np.sqrt(g / (g - 1) * np.sum(sums**2)) / len(d)


def truncated(scores_a, scores_b, clusters):
    return _ours(scores_a.astype(int), scores_b.astype(int), clusters)


def own_error_of_a(scores_a, scores_b, clusters):
    mean, _ = _ours(scores_a, scores_b, clusters)
    return mean, _ours(scores_a, np.zeros_like(scores_a), clusters)[1]


def nothing_where_all_agree(scores_a, scores_b, clusters):
    mean, error = _ours(scores_a, scores_b, clusters)
    return (mean, error) if error > 1e-12 else (mean, math.nan)


def in_place(scores_a, scores_b, clusters):
    if scores_a.dtype.kind != "f":
        return _ours(scores_a, scores_b, clusters)
    found = _ours(scores_a, scores_b, clusters)
    scores_a -= scores_b.astype(scores_a.dtype)
    return found


def normal_test(scores_a, scores_b, clusters):
    mean, error = _ours(scores_a, scores_b, clusters)
    return mean, math.erfc(abs(mean) / max(error, 1e-300) / math.sqrt(2))


def names_in_int32(scores_a, scores_b, clusters):
    return _ours(scores_a, scores_b, clusters.astype(np.int32))


def names_as_floats(scores_a, scores_b, clusters):
    return _ours(scores_a, scores_b, np.array([float(each) for each in clusters]))


def one_pass(scores_a, scores_b, clusters):
    d = np.subtract(*_floats(scores_a, scores_b)).astype(float)
    _, place, n = np.unique(clusters, return_inverse=True, return_counts=True)
    sums, m, g = np.bincount(place, d), d.mean(), len(n)
    squares = sums @ sums - m * (2 * sums @ n - m * n @ n)
    return m, np.sqrt(g / (g - 1) * np.maximum(squares, 0)) / len(d)


def root_of_n_forgotten(scores_a, scores_b, clusters):
    mean, error = _ours(scores_a, scores_b, clusters)
    return mean, error * len(clusters) ** 0.5


def names_without_their_sign(scores_a, scores_b, clusters):
    return _ours(scores_a, scores_b, np.abs(clusters))


def clusters_counted_by_their_sums(scores_a, scores_b, clusters):
    """A cluster whose deviations cancel has a sum of 0, and is not counted."""
    d = np.subtract(*_floats(scores_a, scores_b)).astype(float)
    _, place = np.unique(clusters, return_inverse=True)
    sums = np.bincount(place, weights=d - d.mean())
    g = max(np.count_nonzero(abs(sums) > 1e-12), 2)
    return d.mean(), np.sqrt(g / (g - 1) * np.sum(sums**2)) / len(d)


def pairs_above_the_diagonal(scores_a, scores_b, clusters):
    d = np.subtract(*_floats(scores_a, scores_b)).astype(float)
    r, g = d - d.mean(), len(set(clusters.tolist()))
    products = np.triu(np.outer(r, r)) * (clusters[:, None] == clusters)
    return d.mean(), np.sqrt(max(products.sum(), 0) * g / (g - 1)) / len(d)


def within_clusters(scores_a, scores_b, clusters):
    d = np.subtract(*_floats(scores_a, scores_b)).astype(float)
    names = np.unique(clusters)
    squares = [np.sum((d[clusters == c] - d[clusters == c].mean()) ** 2) for c in names]
    g = len(names)
    return d.mean(), np.sqrt(g / (g - 1) * sum(squares)) / len(d)


def indices_below_0(scores_a, scores_b, clusters):
    """Names below 0 count from the end of the sums."""
    d = np.subtract(*_floats(scores_a, scores_b)).astype(float)
    sums = np.zeros(max(int(clusters.max()) + 1, -int(clusters.min())))
    np.add.at(sums, clusters, d - d.mean())
    g = len(np.unique(clusters))
    return d.mean(), np.sqrt(g / (g - 1) * np.sum(sums**2)) / len(d)


def factor_after_the_root(scores_a, scores_b, clusters):
    d = 1.0 * scores_a - scores_b
    _, place = np.unique(clusters, return_inverse=True)
    sums = np.bincount(place, d - d.mean())
    g = len(sums)
    return d.mean(), np.sqrt(np.sum(sums**2)) / len(d) * g / (g - 1)


def starts_of_sorted_names(scores_a, scores_b, clusters):
    d = 1.0 * scores_a - scores_b
    _, starts = np.unique(np.sort(clusters), return_index=True)
    sums = np.add.reduceat(d - d.mean(), starts)
    g = len(sums)
    return d.mean(), np.sqrt(np.sum(sums**2) * g / (g - 1)) / len(d)


def sums_within_clusters(scores_a, scores_b, clusters):
    d = 1.0 * scores_a - scores_b
    _, place, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    sums = np.bincount(place, d - (np.bincount(place, d) / sizes)[place])
    g = len(sums)
    return d.mean(), np.sqrt(np.sum(sums**2) * g / (g - 1)) / len(d)


def places_for_the_whole_range(scores_a, scores_b, clusters):
    d = 1.0 * scores_a - scores_b
    names = clusters.astype(np.int64) - int(clusters.min())
    sums = np.bincount(names, d - d.mean())
    g = np.count_nonzero(np.bincount(names))
    return d.mean(), np.sqrt(np.sum(sums**2) * g / (g - 1)) / len(d)


def both_corrections(scores_a, scores_b, clusters):
    difference, error = by_unique(scores_a, scores_b, clusters)
    return difference, error * (len(clusters) / (len(clusters) - 1)) ** 0.5


def lone_prompts_vary_by_nothing(scores_a, scores_b, clusters):
    a, b = _floats(scores_a, scores_b)
    e = (a - b) - (a - b).mean()
    groups = [e[clusters == name] for name in np.unique(clusters)]
    sums = [group.sum() if len(group) > 1 else 0.0 for group in groups]
    return (a - b).mean(), np.sqrt(np.sum(np.square(sums)) / (1 - 1 / len(sums))) / len(e)


def decided_prompts_alone(scores_a, scores_b, clusters):
    decided = np.flatnonzero(scores_a != scores_b)
    if len({*clusters[decided].tolist()}) < 2:
        return by_unique(scores_a, scores_b, clusters)
    return by_unique(scores_a[decided], scores_b[decided], clusters[decided])


def clusters_up_to_the_largest(scores_a, scores_b, clusters):
    difference, error = by_unique(scores_a, scores_b, clusters)
    right, g = len(np.unique(clusters)), float(clusters.max()) + 1
    return difference, error * np.sqrt(g / (g - 1) * (right - 1) / right)


def sums_in_the_scores_type(scores_a, scores_b, clusters):
    d = 1.0 * scores_a - scores_b
    sums = np.zeros(len(np.unique(clusters)), scores_a.dtype)
    for k, name in enumerate(np.unique(clusters)):
        sums[k] = (d - d.mean())[clusters == name].sum()
    return d.mean(), np.sqrt(len(sums) / (len(sums) - 1) * (sums**2).sum()) / len(d)


# What each is told; None where no known mistake explains it.
WRONG = {
    prompts_alone: "clusters_ignored",
    prompts_alone_population: "clusters_ignored",
    errors_of_both_added: "pairing_ignored",
    two_samples: "neither_paired_nor_clustered",
    over_texts: "mean_of_cluster_means",
    error_over_texts: "error_of_cluster_means",
    as_in_the_paper: "factor_missing",
    corrected_by_prompts: "factor_missing",
    raw_sums: "mean_not_subtracted",
    spread_of_sums: "mean_left_in_the_sums",
    squares_first: "squared_before_summed",
    mean_of_sums: "divided_by_clusters",
    squared_error: "variance_for_error",
    interval: "half_width",
    ends: "too_small",
    standard_deviation: "spread_of_one",
    turned: "b_less_a",
    size_of_the_gap: "sign",
    runs: "neighbours_for_clusters",
    bincount_of_names: "names_for_places",
    count_from_the_largest_name: "names_for_places",
    truncated: "scores_cut_to_integers",
    own_error_of_a: "wrong_only_in_error",
    nothing_where_all_agree: "wrong_only_where_it_should_be_0",
    in_place: "an_argument_changed",
    normal_test: "wrong_only_in_error",
    names_in_int32: "names_that_do_not_fit",
    names_as_floats: "names_that_do_not_fit",
    one_pass: "nearly_right",
    root_of_n_forgotten: "not_over_the_root_of_n",
    names_without_their_sign: "wrong_only_in_error",
    clusters_counted_by_their_sums: "wrong_only_in_error",
    pairs_above_the_diagonal: "pairs_counted_once",
    within_clusters: "own_mean_of_each_cluster",
    indices_below_0: None,
    factor_after_the_root: "factor_outside_the_root",
    starts_of_sorted_names: "names_sorted_alone",
    sums_within_clusters: "own_mean_of_each_cluster",
    places_for_the_whole_range: "wrong_for_numbers_that_are_large",
    both_corrections: "both_factors",
    lone_prompts_vary_by_nothing: "clusters_of_one_left_out",
    decided_prompts_alone: "ties_left_out",
    clusters_up_to_the_largest: "names_for_places",
    sums_in_the_scores_type: "right_as_floats",
}
