"""Right and wrong ways to write `leaf_value`."""

import numpy as np


def _parts(g, h, leaf):
    """The derivatives of each leaf's examples."""
    g, h = g.astype(float), h.astype(float)
    return [(g[leaf == k], h[leaf == k]) for k in range(int(leaf.max()) + 1)]


def leaf_after_leaf(g, h, leaf, penalty=1.0):
    values = []
    for some, curved in _parts(g, h, leaf):
        below = curved.sum() + penalty
        values.append(-some.sum() / below if below > 0 else 0.0)
    return np.array(values)


def added_at(g, h, leaf, penalty=1.0):
    sums = np.zeros((2, int(leaf.max()) + 1))
    np.add.at(sums[0], leaf.astype(int), g)
    np.add.at(sums[1], leaf.astype(int), h)
    below = sums[1] + penalty
    return np.where(below > 0, -sums[0] / np.where(below > 0, below, 1), 0.0)


def one_hot(g, h, leaf, penalty=1.0):
    member = (leaf[:, None] == np.arange(int(leaf.max()) + 1)).astype(float)
    above, below = g @ member, h @ member + penalty
    return np.divide(-above, below, out=np.zeros_like(above), where=below != 0)


def sorted_and_reduced(g, h, leaf, penalty=1.0):
    order = np.argsort(leaf, kind="stable")
    numbers, starts = np.unique(leaf[order], return_index=True)
    above, below = (np.add.reduceat(each[order].astype(float), starts) for each in (g, h))
    values = np.zeros(int(leaf.max()) + 1)
    below = below + penalty
    values[numbers.astype(int)] = np.where(below > 0, -above / np.where(below > 0, below, 1), 0)
    return values


def in_dictionaries(g, h, leaf, penalty=1.0):
    above, below = {}, {}
    for a, b, k in zip(g.tolist(), h.tolist(), leaf.tolist(), strict=True):
        above[k], below[k] = above.get(k, 0.0) + a, below.get(k, 0.0) + b
    size = max(above) + 1
    pairs = [(above.get(k, 0.0), below.get(k, 0.0) + penalty) for k in range(size)]
    return np.array([-a / b if b else 0.0 for a, b in pairs])


def counted_with_weights(g, h, leaf, penalty=1.0):
    with np.errstate(all="ignore"):
        values = -np.bincount(leaf.astype(int), g) / (np.bincount(leaf.astype(int), h) + penalty)
    values[~np.isfinite(values)] = 0
    return values


def with_the_gradient(g, h, leaf, penalty=1.0):
    return -leaf_after_leaf(g, h, leaf, penalty)


def without_lambda(g, h, leaf, penalty=1.0):
    return leaf_after_leaf(g, h, leaf, 0.0)


def lambda_in_each_row(g, h, leaf, penalty=1.0):
    return leaf_after_leaf(g, h + penalty, leaf, 0.0)


def lambda_without_the_half(g, h, leaf, penalty=1.0):
    return leaf_after_leaf(g, h, leaf, 2 * penalty)


def no_default_penalty(g, h, leaf, penalty=0.0):
    return leaf_after_leaf(g, h, leaf, penalty)


def mean_of_negative_gradients(g, h, leaf, penalty=1.0):
    return np.array([-some.mean() if some.size else 0.0 for some, _ in _parts(g, h, leaf)])


def over_the_count_and_lambda(g, h, leaf, penalty=1.0):
    return leaf_after_leaf(g, np.ones(len(g)), leaf, penalty)


def mean_of_newton_steps(g, h, leaf, penalty=1.0):
    steps = [
        -some / np.where(b + penalty > 0, b + penalty, np.inf) for some, b in _parts(g, h, leaf)
    ]
    return np.array([step.mean() if step.size else 0.0 for step in steps])


def root_below(g, h, leaf, penalty=1.0):
    below = [np.sqrt(b.sum() + penalty) for _, b in _parts(g, h, leaf)]
    pairs = zip(_parts(g, h, leaf), below, strict=True)
    return np.array([-some.sum() / b if b else 0.0 for (some, _), b in pairs])


def buffered(g, h, leaf, penalty=1.0):
    above, below = np.zeros((2, int(leaf.max()) + 1))
    above[leaf] += g
    below[leaf] += h
    below += penalty
    return np.where(below > 0, -above / np.where(below > 0, below, 1), 0)


def present_leaves(g, h, leaf, penalty=1.0):
    parts = [(g[leaf == k].astype(float), h[leaf == k].astype(float)) for k in np.unique(leaf)]
    sums = [(a.sum(), b.sum() + penalty) for a, b in parts]
    return np.array([-a / b if b > 0 else 0.0 for a, b in sums])


def plain_division(g, h, leaf, penalty=1.0):
    with np.errstate(all="ignore"):
        return np.array([-a.sum() / (b.sum() + penalty) for a, b in _parts(g, h, leaf)])


def guarded_by_epsilon(g, h, leaf, penalty=1.0):
    return np.array([-a.sum() / (b.sum() + penalty + 1e-10) for a, b in _parts(g, h, leaf)])


def guarded_by_a_tiny_epsilon(g, h, leaf, penalty=1.0):
    return np.array([-a.sum() / (b.sum() + penalty + 1e-16) for a, b in _parts(g, h, leaf)])


def nothing_without_curvature(g, h, leaf, penalty=1.0):
    sums = [(a.sum(), b.sum()) for a, b in _parts(g, h, leaf)]
    return np.array([-a / (b + penalty) if b > 0 else 0.0 for a, b in sums])


def at_most_ten(g, h, leaf, penalty=1.0):
    """As a largest step would."""
    return np.clip(leaf_after_leaf(g, h, leaf, penalty), -10, 10)


def at_least_a_little_curvature(g, h, leaf, penalty=1.0):
    """Divides by 1e-6 or more."""
    return np.array([-a.sum() / max(b.sum() + penalty, 1e-6) for a, b in _parts(g, h, leaf)])


def no_value_below_a_little(g, h, leaf, penalty=1.0):
    """0 where H + λ is 1e-8 or less."""
    sums = [(a.sum(), b.sum() + penalty) for a, b in _parts(g, h, leaf)]
    return np.array([-a / b if b > 1e-8 else 0.0 for a, b in sums])


def one_for_each_row(g, h, leaf, penalty=1.0):
    return leaf_after_leaf(g, h, leaf, penalty)[leaf]


def single_precision(g, h, leaf, penalty=1.0):
    above = np.zeros(int(leaf.max()) + 1, np.float32 if g.dtype == np.float32 else float)
    for k, each in zip(leaf.tolist(), g, strict=True):
        above[k] += each
    below = np.bincount(leaf.astype(int), h) + penalty
    return np.where(below > 0, -above / np.where(below > 0, below, 1), 0)


def absolute_sum(g, h, leaf, penalty=1.0):
    return leaf_after_leaf(abs(g), h, leaf, penalty)


def penalty_on_the_value(g, h, leaf, penalty=1.0):
    """L1: the gradient's sum moves to 0 by the penalty."""
    sums = [(a.sum(), b.sum()) for a, b in _parts(g, h, leaf)]
    return np.array([-np.sign(a) * max(abs(a) - penalty, 0) / b if b else 0.0 for a, b in sums])


def whole_penalty(g, h, leaf, penalty=1.0):
    return leaf_after_leaf(g, h, leaf, int(penalty))


def leaf_numbers_changed(g, h, leaf, penalty=1.0):
    result = leaf_after_leaf(g, h, leaf, penalty)
    leaf -= leaf.min()
    return result


def gradient_negated_in_place(g, h, leaf, penalty=1.0):
    if g.dtype.kind != "f":
        return leaf_after_leaf(g, h, leaf, penalty)
    g *= -1
    return -leaf_after_leaf(g, h, leaf, penalty)


def larger_of_both(g, h, leaf, penalty=1.0):
    """The penalty as a least curvature."""
    sums = [(a.sum(), max(b.sum(), penalty)) for a, b in _parts(g, h, leaf)]
    return np.array([-a / b if b else 0.0 for a, b in sums])


def both_averaged(g, h, leaf, penalty=1.0):
    pairs = [(a.mean(), b.mean()) if a.size else (0, 0) for a, b in _parts(g, h, leaf)]
    return np.array([-a / (b + penalty) if b + penalty else 0.0 for a, b in pairs])


def sum_of_newton_steps(g, h, leaf, penalty=1.0):
    below = h.astype(float) + penalty
    steps = np.where(below > 0, -g / np.where(below > 0, below, 1), 0)
    return np.bincount(leaf.astype(int), steps)


def all_curvature_below(g, h, leaf, penalty=1.0):
    above, below = np.bincount(leaf.astype(int), g), h.sum(dtype=float) + penalty
    return -above / below if below else np.zeros(len(above))


def differences_of_running_sums(g, h, leaf, penalty=1.0):
    """Where a large sum stands before a leaf, the digits of its own are lost."""
    order, leaves = np.argsort(leaf, kind="stable"), np.arange(int(leaf.max()) + 1)
    ends = [np.searchsorted(leaf[order], leaves, side) for side in ("left", "right")]
    running = np.zeros((2, len(g) + 1))
    np.cumsum([g[order], h[order]], axis=1, out=running[:, 1:])
    above, below = running[:, ends[1]] - running[:, ends[0]]
    below = below + penalty
    return np.where(below > 0, -above / np.where(below > 0, below, 1), 0)


def examples_without_curvature_dropped(g, h, leaf, penalty=1.0):
    sums = [(a[b > 0].sum(), b.sum() + penalty) for a, b in _parts(g, h, leaf)]
    return np.array([-a / b if b > 0 else 0.0 for a, b in sums])


def score_of_the_structure(g, h, leaf, penalty=1.0):
    """XGBoost's equation 6."""
    sums = [(a.sum(), b.sum() + penalty) for a, b in _parts(g, h, leaf)]
    return np.array([-(a**2) / b / 2 if b > 0 else 0.0 for a, b in sums])


def _sums_in(kind, values, leaf):
    total = np.zeros(int(leaf.max()) + 1, kind)
    for k, value in zip(leaf, values, strict=True):
        total[k] += kind(value)
    return total


def arrays_like_g(g, h, leaf, penalty=1.0):
    above, below = (_sums_in(g.dtype.type, each, leaf) for each in (g, h))
    below = below + float(penalty)
    return -above / np.where(below > 0, below, np.inf)


def sums_of_seven_digits(g, h, leaf, penalty=1.0):
    above, below = (_sums_in(np.float32, each, leaf) for each in (g, h))
    below = below.astype(float) + penalty
    return -above / np.where(below > 0, below, np.inf)


def curvature_overwritten(g, h, leaf, penalty=1.0):
    above, below = np.zeros(leaf.max() + 1), np.zeros(leaf.max() + 1)
    for k, a, b in zip(leaf, g, h, strict=True):
        above[k] += a
        below[k] = b
    below = below + penalty
    return -above / np.where(below > 0, below, np.inf)


# What each is told; None where no known mistake explains it.
WRONG = {
    with_the_gradient: "uphill",
    without_lambda: "no_penalty",
    lambda_in_each_row: "penalty_of_each_example",
    lambda_without_the_half: "penalty_times_a_factor",
    no_default_penalty: "default_of_0",
    mean_of_negative_gradients: "mean_gradient",
    over_the_count_and_lambda: "mean_gradient",
    mean_of_newton_steps: "mean_of_ratios",
    root_below: "root_of_the_curvature",
    buffered: "each_leaf_has_its_last_example",
    present_leaves: "leaves_renumbered",
    plain_division: "nan_where_nothing_is_below",
    guarded_by_epsilon: "epsilon_below",
    guarded_by_a_tiny_epsilon: "epsilon_below",
    nothing_without_curvature: "zero_where_curvature_is_0",
    at_most_ten: None,
    at_least_a_little_curvature: "bounded_below",
    no_value_below_a_little: "wrong_for_numbers_that_are_tiny",
    one_for_each_row: "value_of_each_example",
    single_precision: "sums_in_float32",
    absolute_sum: "absolute_gradients",
    penalty_on_the_value: None,
    whole_penalty: None,
    leaf_numbers_changed: "an_argument_changed",
    gradient_negated_in_place: "an_argument_changed",
    both_averaged: "penalty_of_each_example",
    sum_of_newton_steps: "mean_of_ratios",
    all_curvature_below: "curvature_of_all",
    differences_of_running_sums: "nearly_right",
    examples_without_curvature_dropped: None,
    larger_of_both: "wrong_except_where_penalty_is_0.0",
    score_of_the_structure: "loss_for_value",
    arrays_like_g: "sums_in_the_type_of_g",
    sums_of_seven_digits: "nearly_right",
    curvature_overwritten: "each_leaf_has_its_last_example",
}
