"""Right and wrong ways to write `boost_step`."""

import numpy as np


def _chance(score):
    score = score.astype(float)
    return np.where(score > 0, 1 / (1 + np.exp(-abs(score))), 1 - 1 / (1 + np.exp(-abs(score))))


def _step(above, below, leaf, size=None):
    """above / below of each leaf, 0 where nothing is below."""
    sums = np.bincount(leaf, above, size or 0)
    return np.divide(sums, below, out=np.zeros(len(sums)), where=below > 0)


def by_logistic(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    target = y - p
    leaf = grow(target)
    values = rate * _step(target, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + values[leaf], values


def leaf_by_leaf(grow, y, score, rate=0.1, penalty=1.0):
    p = 0.5 * (1 + np.tanh(score.astype(float) / 2))
    leaf = grow(y - p)
    after, values = score.astype(float), np.zeros(leaf.max() + 1)
    for k in np.unique(leaf):
        inside = leaf == k
        below = (p[inside] * (1 - p[inside])).sum() + penalty
        values[k] = rate * (y[inside] - p[inside]).sum() / below
        after[inside] += values[k]
    return after, values


def example_by_example(grow, y, score, rate=0.1, penalty=1.0):
    import math

    chances = []
    for s in score.tolist():
        power = math.exp(-abs(s))
        chances.append((1 if s > 0 else power) / (1 + power))
    gradients = np.array([p - float(t) for p, t in zip(chances, y, strict=True)])
    leaves = grow(-gradients).tolist()
    above, below = [0.0] * (max(leaves) + 1), [float(penalty)] * (max(leaves) + 1)
    for k, g, p in zip(leaves, gradients, chances, strict=True):
        above[k] += g
        below[k] += p * (1 - p)
    values = [-rate * a / b if b else 0.0 for a, b in zip(above, below, strict=True)]
    after = [s + values[k] for s, k in zip(score.tolist(), leaves, strict=True)]
    return np.array(after), np.array(values)


def with_log_sums(grow, y, score, rate=0.1, penalty=1.0):
    s = score.astype(float)
    log_p, log_q = -np.logaddexp(0, -s), -np.logaddexp(0, s)
    g = np.where(y == 1, -np.exp(log_q), np.exp(log_p))
    leaf = grow(-g)
    below = penalty + np.bincount(leaf, np.exp(log_p + log_q))
    values = -rate * _step(g, below, leaf)
    return s + values[leaf], values


def one_hot_leaves(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    member = np.eye(leaf.max() + 1)[leaf]
    above, below = (y - p) @ member, (p * (1 - p)) @ member + penalty
    values = rate * np.where(below > 0, above / np.where(below > 0, below, 1), 0)
    return score + member @ values, values


def added_at(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    above, below = np.zeros(leaf.max() + 1), np.full(leaf.max() + 1, float(penalty))
    np.add.at(above, leaf, y - p)
    np.add.at(below, leaf, p * (1 - p))
    values = np.where(below > 0, rate * above / np.where(below > 0, below, 1), 0)
    return score + values[leaf], values


def to_the_labels(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y.astype(float))
    values = rate * _step(y - p, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + values[leaf], values


def to_the_gradient(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(p - y)
    values = rate * _step(y - p, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + values[leaf], values


def to_own_steps(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow((y - p) / np.maximum(p * (1 - p), 1e-200))
    values = rate * _step(y - p, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + values[leaf], values


def squared_error(grow, y, score, rate=0.1, penalty=1.0):
    target = y - score
    leaf = grow(target)
    values = rate * _step(target, np.bincount(leaf) + penalty, leaf)
    return score + values[leaf], values


def plain_mean(grow, y, score, rate=0.1, penalty=1.0):
    """First-order leaves: the tree's own means."""
    target = y - _chance(score)
    leaf = grow(target)
    values = rate * _step(target, np.bincount(leaf), leaf)
    return score + values[leaf], values


def penalised_mean(grow, y, score, rate=0.1, penalty=1.0):
    target = y - _chance(score)
    leaf = grow(target)
    values = rate * _step(target, np.bincount(leaf) + penalty, leaf)
    return score + values[leaf], values


def a_quarter_of_the_count(grow, y, score, rate=0.1, penalty=1.0):
    """p (1 - p) as at score 0."""
    target = y - _chance(score)
    leaf = grow(target)
    values = rate * _step(target, np.bincount(leaf) / 4 + penalty, leaf)
    return score + values[leaf], values


def chances_below(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    values = rate * _step(y - p, np.bincount(leaf, p) + penalty, leaf)
    return score + values[leaf], values


def not_penalised(grow, y, score, rate=0.1, penalty=1.0):
    return by_logistic(grow, y, score, rate, 0.0)


def penalised_in_each_row(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    values = rate * _step(y - p, np.bincount(leaf, p * (1 - p) + penalty), leaf)
    return score + values[leaf], values


def whole_steps(grow, y, score, rate=0.1, penalty=1.0):
    return by_logistic(grow, y, score, 1.0, penalty)


def twice_shrunk(grow, y, score, rate=0.1, penalty=1.0):
    after, values = by_logistic(grow, y, score, rate, penalty)
    return score + rate * (after - score), values


def values_before_the_rate(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    values = _step(y - p, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + rate * values[leaf], values


def tree_alone(grow, y, score, rate=0.1, penalty=1.0):
    after, values = by_logistic(grow, y, score, rate, penalty)
    return after - score, values


def the_wrong_way(grow, y, score, rate=0.1, penalty=1.0):
    after, values = by_logistic(grow, y, score, rate, penalty)
    return 2 * score - after, -values


def as_probabilities(grow, y, score, rate=0.1, penalty=1.0):
    after, values = by_logistic(grow, y, score, rate, penalty)
    return _chance(after), values


def exp_of_the_score(grow, y, score, rate=0.1, penalty=1.0):
    with np.errstate(all="ignore"):
        p = np.exp(score) / (1 + np.exp(score))
        leaf = grow(y - p)
        values = np.divide(np.bincount(leaf, y - p), np.bincount(leaf, p * (1 - p)) + penalty)
    values = rate * np.where(np.isnan(values) & (np.bincount(leaf) == 0), 0, values)
    return score + values[leaf], values


def chances_that_are_clipped(grow, y, score, rate=0.1, penalty=1.0):
    """To within 1e-3 of 0 and 1."""
    p = np.clip(_chance(score), 1e-3, 1 - 1e-3)
    leaf = grow(y - p)
    values = rate * _step(y - p, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + values[leaf], values


def guarded_by_epsilon(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    values = rate * np.bincount(leaf, y - p) / (np.bincount(leaf, p * (1 - p)) + penalty + 1e-10)
    return score + values[leaf], values


def without_empty_leaves(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    _, leaf = np.unique(grow(y - p), return_inverse=True)
    values = rate * _step(y - p, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + values[leaf], values


def empty_leaves_are_nan(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    with np.errstate(all="ignore"):
        values = rate * np.bincount(leaf, y - p) / (np.bincount(leaf, p * (1 - p)) + penalty)
    return score + values[leaf], values


def as_one_leaf(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    grow(y - p)
    step = rate * (y - p).sum() / ((p * (1 - p)).sum() + penalty)
    return score + step, np.array([step])


def grown_twice(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    values = rate * _step(y - p, np.bincount(grow(y - p), p * (1 - p)) + penalty, grow(y - p))
    return score + values[grow(y - p)], values


def without_a_default_penalty(grow, y, score, rate=0.1, penalty=0.0):
    return by_logistic(grow, y, score, rate, penalty)


def rate_of_xgboost(grow, y, score, rate=0.3, penalty=1.0):
    return by_logistic(grow, y, score, rate, penalty)


def scores_in_place(grow, y, score, rate=0.1, penalty=1.0):
    after, values = by_logistic(grow, y, score, rate, penalty)
    if score.dtype.kind != "f":
        return after, values
    score += (after - score).astype(score.dtype)
    return score, values


def two_leaves_always(grow, y, score, rate=0.1, penalty=1.0):
    """Right for stumps."""
    p = _chance(score)
    leaf = np.minimum(grow(y - p), 1)
    values = rate * _step(y - p, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + values[leaf], values


def curved_at_the_mean(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    values = np.zeros(leaf.max() + 1)
    for k in np.unique(leaf):
        inside = leaf == k
        mean = p[inside].mean()
        below = inside.sum() * mean * (1 - mean) + penalty
        values[k] = rate * (y[inside] - p[inside]).sum() / below
    return score + values[leaf], values


def friedmans_with_signs(grow, y, score, rate=0.1, penalty=1.0):
    sign = np.where(y == 1, 1.0, -1.0)
    target = 2 * sign * np.exp(-np.logaddexp(0, 2 * sign * score))
    leaf = grow(target)
    below = np.bincount(leaf, np.abs(target) * (2 - np.abs(target))) + penalty
    values = rate * _step(target, below, leaf)
    return score + values[leaf], values


def added_by_index(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    above, below = np.zeros(leaf.max() + 1), np.full(leaf.max() + 1, float(penalty))
    above[leaf] += y - p
    below[leaf] += p * (1 - p)
    values = np.where(below > 0, rate * above / np.where(below > 0, below, 1), 0)
    return score + values[leaf], values


def to_the_errors_of_the_class(grow, y, score, rate=0.1, penalty=1.0):
    """The leaves' values are right."""
    p = _chance(score)
    leaf = grow(y - (p > 0.5).astype(float))
    values = rate * _step(y - p, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + values[leaf], values


def sums_of_sorted_examples(grow, y, score, rate=0.1, penalty=1.0):
    """Right where the examples stand leaf by leaf."""
    p = _chance(score)
    leaf = grow(y - p)
    counts = np.bincount(leaf)
    values = np.zeros(len(counts))
    for k, end in enumerate(np.cumsum(counts)):
        part = slice(end - counts[k], end)
        if counts[k]:
            below = (p * (1 - p))[part].sum() + penalty
            values[k] = rate * (y - p)[part].sum() / below
    return score + values[leaf], values


def means_in_the_leaf(grow, y, score, rate=0.1, penalty=1.0):
    """The derivatives of the mean loss of a leaf."""
    p = _chance(score)
    leaf = grow(y - p)
    size = np.maximum(np.bincount(leaf), 1)
    below = np.bincount(leaf, p * (1 - p)) / size + penalty
    values = rate * _step(y - p, below * size, leaf)
    return score + values[leaf], values


def squares_of_the_residuals(grow, y, score, rate=0.1, penalty=1.0):
    target = y - _chance(score)
    leaf = grow(target)
    values = rate * _step(target, np.bincount(leaf, target * target) + penalty, leaf)
    return score + values[leaf], values


def one_denominator(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    below = np.full(leaf.max() + 1, np.sum(p * (1 - p)) + penalty)
    values = rate * _step(y - p, below, leaf)
    return score + values[leaf], values


def targets_times_the_rate(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    target = rate * (y - p)
    leaf = grow(target)
    values = _step(target, np.bincount(leaf, p * (1 - p)) + penalty, leaf)
    return score + values[leaf], values


def a_value_for_each_example(grow, y, score, rate=0.1, penalty=1.0):
    p = _chance(score)
    leaf = grow(y - p)
    size = max(len(y), leaf.max() + 1)
    below = np.bincount(leaf, p * (1 - p), size) + penalty
    values = rate * _step(y - p, below, leaf, size)
    return score + values[leaf], values


# What each is told; None where no known mistake explains it.
WRONG = {
    to_the_labels: "fitted_to_the_labels",
    to_the_gradient: "fitted_to_the_gradient",
    to_own_steps: "fitted_to_newton_steps",
    squared_error: "residual_of_the_score",
    plain_mean: "mean_of_the_targets",
    penalised_mean: "mean_of_the_targets",
    a_quarter_of_the_count: "curvature_of_a_quarter",
    chances_below: "curvature_p",
    not_penalised: "no_penalty",
    penalised_in_each_row: "penalty_of_each_example",
    whole_steps: "no_rate",
    twice_shrunk: "rate_twice",
    values_before_the_rate: "values_without_the_rate",
    tree_alone: "score_replaced",
    the_wrong_way: "uphill",
    as_probabilities: "probabilities_instead",
    exp_of_the_score: "exp_overflows",
    chances_that_are_clipped: None,
    guarded_by_epsilon: "epsilon_below",
    without_empty_leaves: "values_of_present_leaves",
    empty_leaves_are_nan: "nan_in_an_empty_leaf",
    as_one_leaf: "one_value_for_all",
    grown_twice: "two_trees",
    without_a_default_penalty: "other_defaults",
    rate_of_xgboost: "other_defaults",
    scores_in_place: "an_argument_changed",
    two_leaves_always: None,
    curved_at_the_mean: "curvature_of_the_mean",
    friedmans_with_signs: "half_the_log_odds",
    added_by_index: "last_of_each_leaf",
    to_the_errors_of_the_class: "fitted_to_class_errors",
    sums_of_sorted_examples: None,
    means_in_the_leaf: "penalty_of_each_example",
    squares_of_the_residuals: "squared_gradients_below",
    one_denominator: "curvature_of_all_examples",
    targets_times_the_rate: "fitted_to_shrunk_targets",
    a_value_for_each_example: "goes_on",
}
