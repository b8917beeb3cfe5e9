"""Practice for question 42: one round of gradient boosting."""

import numpy as np

from answers.classical.boosting import boost_step
from answers.grader.exercise import Exercise

exercise = Exercise(
    boost_step,
    page="42-trees-and-boosting",
    returns=("score", "values"),
    hints=(
        "The loss of an example is log(1 + exp(s)) - y s. What are its first and second "
        "derivatives by the score s?",
        "The tree is asked for one thing alone: in which leaf does each example end, if it is "
        "fitted to the negative gradients?",
        "A leaf's value is a Newton step, and no mean of what the tree was fitted to. "
        "`np.bincount` adds up by leaf, and counts empty leaves, too.",
        "exp(-s) overflows for scores far below 0: `np.logaddexp` does not.",
    ),
)

rng = np.random.default_rng(422)


def one_leaf(target):
    """All examples in leaf 0."""
    return np.zeros(len(target), int)


def by_sign(target):
    """Leaf 1 where the target is above 0, else leaf 0."""
    return (target > 0).astype(int)


def by_sign_with_a_gap(target):
    """Leaf 3 where the target is above 0, else leaf 1."""
    return 1 + 2 * (target > 0).astype(int)


def by_size(target):
    """Leaf 1 where the target is above 0.35, leaf 0 below -0.35, leaf 2 between."""
    return np.where(target > 0.35, 1, np.where(target < -0.35, 0, 2))


def by_rank(target):
    """The smaller half of the targets in leaf 0, the larger in leaf 1."""
    return (np.argsort(np.argsort(target, kind="stable")) >= len(target) // 2).astype(
        int
    )


def drawn(n):
    """Labels of both classes, and scores of both signs."""
    return np.arange(n) % 3 % 2, 1.5 * rng.normal(size=n)


some = drawn(7)
exercise.case("one example", one_leaf, np.array([1]), np.array([0.4]), 0.5, 0.7)
exercise.case(
    "scores of 0, one leaf", one_leaf, np.array([1, 1, 0, 1]), np.zeros(4), 0.5, 0.25
)
exercise.case(
    "scores of 0, two leaves", by_sign, np.array([1, 1, 0, 1]), np.zeros(4), 0.5, 0.25
)
exercise.case("scores that differ", by_sign, *some, 0.3, 0.6)
exercise.case("a tree that ranks its targets", by_rank, *drawn(8), 0.3, 0.6)
exercise.case("a tree of three leaves", by_size, *drawn(12), 0.2, 1.4)
exercise.case("many examples", by_size, *drawn(60), 0.1, 2.5)
exercise.case("a rate of 1", by_sign, *drawn(9), 1.0, 0.4)
exercise.case("a rate of 0", by_sign, *drawn(5), 0.0, 0.4)
exercise.case("no penalty", by_size, *drawn(12), 0.4, 0.0)
exercise.case("a large penalty", by_sign, *drawn(9), 0.3, 80.0)
exercise.case("whole numbers as rate and penalty", by_sign, *drawn(9), 1, 2)
exercise.case("the default rate and penalty", by_sign, *drawn(9))
exercise.case("a penalty alone", by_rank, *drawn(9), penalty=0.3)
exercise.case("empty leaves", by_sign_with_a_gap, *drawn(9), 0.3, 0.6)
exercise.case("empty leaves, no penalty", by_sign_with_a_gap, *drawn(9), 0.3, 0.0)
exercise.case("one class", by_rank, np.ones(6, int), drawn(6)[1], 0.3, 0.6)
exercise.case("labels that are true or false", by_sign, some[0] == 1, some[1], 0.3, 0.6)
exercise.case("labels as bytes", by_size, some[0].astype(np.uint8), some[1], 0.3, 0.6)
exercise.case(
    "whole scores", by_sign, some[0], np.array([1, -2, 0, 3, 1, -1, 2]), 0.3, 0.6
)
exercise.case("float32", by_sign, some[0], some[1].astype(np.float32), 0.3, 0.6)
exercise.case(
    "large scores",
    by_size,
    np.array([0, 1, 1, 0, 1]),
    np.array([900.0, -800.0, 750.0, -1000.0, 0.3]),
    0.5,
    0.5,
)
exercise.case(
    "sure scores, no penalty",
    by_sign,
    np.array([1, 0, 1, 0]),
    np.array([13.5, -12.75, 14.25, -13.0]),
    0.3,
    0.0,
)


@exercise.check
def fits_one_tree(boost_step):
    """`grow` must be called once: each call fits a tree."""
    calls = []

    def grow(target):
        calls.append(target)
        return np.zeros(len(target), int)

    boost_step(grow, np.array([1, 0, 1]), np.array([0.2, -0.4, 1.0]), 0.3, 0.6)
    return len(calls) == 1


@exercise.check
def fits_the_tree_to_the_negative_gradient(boost_step):
    """`grow` must be given y - p for each example, p = 1 / (1 + exp(-score))."""
    given = []

    def grow(target):
        given.append(np.array(target, dtype=float))
        return np.zeros(len(target), int)

    boost_step(grow, np.array([1, 0, 1]), np.array([0.0, -2.0, 1.0]), 0.3, 0.6)
    p = 1 / (1 + np.exp([0.0, 2.0, -1.0]))
    return np.allclose(given[0], [1, 0, 1] - p)


def chance(score):
    """1 / (1 + exp(-score))"""
    return np.exp(-np.logaddexp(0, -score.astype(float)))


def newton(g, h, leaf, penalty):
    """-G / (H + penalty) in each leaf, and 0 in an empty one."""
    below = np.bincount(leaf, h) + penalty
    return -np.bincount(leaf, g) / np.where(below > 0, below, np.inf)


def derivatives(y, score):
    """The first and the second of each example's loss."""
    p, q = chance(score), chance(-score)
    return p - y, p * q


@exercise.bug
def fitted_to_the_labels(grow, y, score, rate=0.1, penalty=1.0):
    """The tree is fitted to the labels, as the one before it was. Fit it to y - p."""
    # "The tree is fitted to the labels": np.allclose(got.values, rate * newton(*derivatives(y,
    #     score), grow(y * 1.0), penalty))
    # "Fit it to y - p": grow(y * 1.0) → grow(-g)
    g, h = derivatives(y, score)
    leaf = grow(y * 1.0)
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def fitted_to_the_gradient(grow, y, score, rate=0.1, penalty=1.0):
    """The tree is fitted to p - y, the gradient. Fit it to the negative gradient, y - p."""
    # "The tree is fitted to p - y": np.allclose(got.values, rate * newton(*derivatives(y, score),
    #     grow(derivatives(y, score)[0]), penalty))
    # "Fit it to the negative gradient": grow(g) → grow(-g)
    g, h = derivatives(y, score)
    leaf = grow(g)
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def fitted_to_newton_steps(grow, y, score, rate=0.1, penalty=1.0):
    """The tree is fitted to each example's own Newton step, (y - p) / (p (1 - p)). Fit it to
    y - p, and divide in the leaves."""
    # "The tree is fitted to each example's own Newton step": not np.allclose(got.values[0],
    #     want.values[0])
    # "Fit it to y - p, and divide in the leaves": grow(-g / np.maximum(h, 1e-300)) → grow(-g)
    g, h = derivatives(y, score)
    leaf = grow(-g / np.maximum(h, 1e-300))
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def fitted_to_class_errors(grow, y, score, rate=0.1, penalty=1.0):
    """The tree is fitted to y minus the likelier class, 0 or 1. Fit it to y - p."""
    # "The tree is fitted to y minus the likelier class, 0 or 1": np.allclose(got.values, rate *
    #     newton(*derivatives(y, score), grow(y - 1.0 * (score > 0)), penalty))
    # "Fit it to y - p": grow(y - 1.0 * (score > 0)) → grow(-g)
    g, h = derivatives(y, score)
    leaf = grow(y - 1.0 * (score > 0))
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def residual_of_the_score(grow, y, score, rate=0.1, penalty=1.0):
    """The tree is fitted to y - score, as for squared error. A score is no probability here: fit
    the tree to y - p, p = 1 / (1 + exp(-score))."""
    # "The tree is fitted to y - score": np.allclose(got.values, rate * newton(score - y,
    #     np.ones(len(y)), grow(y - score), penalty))
    # "fit the tree to y - p": score - y, np.ones(len(y)) → derivatives(y, score)
    g, h = score - y, np.ones(len(y))
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug(penalised=(True, False))
def mean_of_the_targets(grow, y, score, rate=0.1, penalty=1.0, penalised=True):
    """A leaf's value is the mean of y - p. For log loss that is no Newton step: divide by the sum
    of p (1 - p), and the penalty, in place of the count."""
    # "A leaf's value is the mean of y - p": not np.allclose(got.values, want.values)
    # "divide by the sum of p (1 - p), and the penalty, in place of the count": np.ones(len(y)) →
    #     _h; penalty * penalised → penalty
    g, _h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, np.ones(len(y)), leaf, penalty * penalised)
    return score + values[leaf], values


@exercise.bug
def curvature_p(grow, y, score, rate=0.1, penalty=1.0):
    """The second derivative is taken for p. It is p (1 - p)."""
    # "The second derivative is taken for p": np.allclose(got.values, rate * newton(derivatives(y,
    #     score)[0], chance(score), grow(-derivatives(y, score)[0]), penalty))
    # "It is p (1 - p)": chance(score) → _h
    g, _h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, chance(score), leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def squared_gradients_below(grow, y, score, rate=0.1, penalty=1.0):
    """The squared gradients, (y - p)², are summed for H. The second derivative is p (1 - p)."""
    # "The squared gradients, (y - p)², are summed for H": np.allclose(got.values, rate *
    #     newton(derivatives(y, score)[0], derivatives(y, score)[0] ** 2, grow(-derivatives(y,
    #     score)[0]), penalty))
    # "The second derivative is p (1 - p)": g ** 2 → derivatives(y, score)[1]
    g, _ = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, g**2, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def curvature_of_all_examples(grow, y, score, rate=0.1, penalty=1.0):
    """H sums p (1 - p) over all examples. Sum it over the leaf's rows: `np.bincount(leaf, h)`."""
    # "H sums p (1 - p) over all examples": np.allclose(got.values, -rate * np.bincount(
    #     grow(-derivatives(y, score)[0]), derivatives(y, score)[0]) / (derivatives(y,
    #     score)[1].sum() + penalty))
    # "Sum it over the leaf's rows: `np.bincount(leaf, h)`": h.sum() → np.bincount(leaf, h)
    g, h = derivatives(y, score)
    leaf = grow(-g)
    below = h.sum() + penalty + 0 * np.bincount(leaf)
    values = rate * -np.bincount(leaf, g) / np.where(below > 0, below, np.inf)
    return score + values[leaf], values


@exercise.bug
def fitted_to_shrunk_targets(grow, y, score, rate=0.1, penalty=1.0):
    """The tree is fitted to rate · (y - p). Fit it to y - p: the rate belongs to the leaves."""
    # "The tree is fitted to rate · (y - p)": np.allclose(got.values, rate * newton(*derivatives(y,
    #     score), grow(-rate * derivatives(y, score)[0]), penalty))
    # "Fit it to y - p": grow(-rate * g) → grow(-g)
    g, h = derivatives(y, score)
    leaf = grow(-rate * g)
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def curvature_of_a_quarter(grow, y, score, rate=0.1, penalty=1.0):
    """The second derivative is taken for 1/4, as at score 0. It is p (1 - p)."""
    # "The second derivative is taken for 1/4": np.allclose(got.values, rate * newton(derivatives(y,
    #     score)[0], np.full(len(y), 0.25), grow(-derivatives(y, score)[0]), penalty))
    # "as at score 0": np.allclose(bug(grow, y, 0 * score, rate, penalty)[1], right(grow, y, 0 *
    #     score, rate, penalty)[1]) and not np.allclose(got.values, want.values)
    # "It is p (1 - p)": 0.25 + 0 * _h → _h
    g, _h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, 0.25 + 0 * _h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def curvature_of_the_mean(grow, y, score, rate=0.1, penalty=1.0):
    """The second derivative is taken at the mean of a leaf's probabilities. Add up p (1 - p) of
    its examples."""
    # "The second derivative is taken at the mean of a leaf's probabilities": not
    #     np.allclose(got.values, want.values) and np.allclose(bug(grow, y, 0.0 * score + 2, rate,
    #     penalty)[1], right(grow, y, 0.0 * score + 2, rate, penalty)[1])
    # "Add up p (1 - p) of its examples": (mean * (1 - mean))[leaf] → _h
    g, _h = derivatives(y, score)
    leaf = grow(-g)
    mean = np.bincount(leaf, chance(score)) / np.maximum(np.bincount(leaf), 1)
    values = rate * newton(g, (mean * (1 - mean))[leaf], leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def half_the_log_odds(grow, y, score, rate=0.1, penalty=1.0):
    """The derivatives are Friedman's, whose score is half the log odds. Here a score is all of it:
    y - p and p (1 - p), where p = 1 / (1 + exp(-score))."""
    # "The derivatives are Friedman's, whose score is half the log odds": np.allclose(got.values,
    #     rate * newton(2 * derivatives(y, 2 * score)[0], 4 * derivatives(y, 2 * score)[1],
    #     grow(-derivatives(y, 2 * score)[0]), penalty))
    # "y - p and p (1 - p), where p = 1 / (1 + exp(-score))": 2 * score → score; 2 * first → first;
    #     4 * second → second
    first, second = derivatives(y, 2 * score)
    g, h = 2 * first, 4 * second
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def last_of_each_leaf(grow, y, score, rate=0.1, penalty=1.0):
    """`sums[leaf] += g` adds the last example of each leaf alone. Add all of them:
    `np.bincount(leaf, g)`."""
    # "`sums[leaf] += g` adds the last example of each leaf alone": sums[leaf] += g →
    #     np.add.at(sums, leaf, g); below[leaf] += h → np.add.at(below, leaf, h)
    # "Add all of them: `np.bincount(leaf, g)`": sums[leaf] += g → sums = np.bincount(leaf,
    #     g); below[leaf] += h → below = np.bincount(leaf, h)
    g, h = derivatives(y, score)
    leaf = grow(-g)
    sums, below = np.zeros(leaf.max() + 1), np.zeros(leaf.max() + 1)
    sums[leaf] += g
    below[leaf] += h
    below = below + penalty
    values = rate * -sums / np.where(below > 0, below, np.inf)
    return score + values[leaf], values


@exercise.bug
def no_penalty(grow, y, score, rate=0.1, penalty=1.0):
    """The penalty is left out. Add it to the sum of p (1 - p)."""
    # "The penalty is left out": np.allclose(got.values, right(grow, y, score, rate, 0.0)[1])
    # "Add it to the sum of p (1 - p)": 0 * penalty → penalty
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, 0 * penalty)
    return score + values[leaf], values


@exercise.bug
def penalty_of_each_example(grow, y, score, rate=0.1, penalty=1.0):
    """The penalty counts once for each example, as where G and H are means. Add it once to the sum
    of a leaf."""
    # "The penalty counts once for each example": np.allclose(got.values, rate * newton(
    #     derivatives(y, score)[0], derivatives(y, score)[1] + penalty, grow(-derivatives(y,
    #     score)[0]), 0.0))
    # "as where G and H are means": len(y) > 1 and not grow(y * 1.0).any() and np.allclose(
    #     got.values, -rate * derivatives(y, score)[0].mean() / (derivatives(y, score)[1].mean() +
    #     penalty))
    # "Add it once to the sum of a leaf": h + penalty, leaf, 0.0 → h, leaf, penalty
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, h + penalty, leaf, 0.0)
    return score + values[leaf], values


@exercise.bug
def no_rate(grow, y, score, rate=0.1, penalty=1.0):
    """The learning rate is left out. Multiply the leaves' values by it."""
    # "The learning rate is left out": np.allclose(got.score, right(grow, y, score, 1.0,
    #     penalty)[0])
    # "Multiply the leaves' values by it": rate ** 0 → rate
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate**0 * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def rate_twice(grow, y, score, rate=0.1, penalty=1.0):
    """The learning rate is multiplied twice, in the values and where they are added. Once is
    enough."""
    # "The learning rate is multiplied twice": np.allclose(got.score - score, rate * (want.score -
    #     score))
    # "Once is enough": + rate * → +
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, penalty)
    return score + rate * values[leaf], values


@exercise.bug
def values_without_the_rate(grow, y, score, rate=0.1, penalty=1.0):
    """The scores are right, and the values are returned without the learning rate, so that new
    examples would get other scores. Return what is added."""
    # "the values are returned without the learning rate": np.allclose(got.score, want.score) and
    #     np.allclose(rate * got.values, want.values)
    # "Return what is added": , values → , rate * values
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = newton(g, h, leaf, penalty)
    return score + rate * values[leaf], values


@exercise.bug
def score_replaced(grow, y, score, rate=0.1, penalty=1.0):
    """The new score is the new tree's value alone. Add it to the score so far."""
    # "The new score is the new tree's value alone": np.allclose(got.score, want.score - score)
    # "Add it to the score so far": values[leaf] + 0 * score → values[leaf] + score
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, penalty)
    return values[leaf] + 0 * score, values


@exercise.bug
def uphill(grow, y, score, rate=0.1, penalty=1.0):
    """The scores move with the gradient, and the loss rises. Move against it."""
    # "The scores move with the gradient": np.allclose(got.values, -want.values)
    # "Move against it": rate * -newton → rate * newton
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * -newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def probabilities_instead(grow, y, score, rate=0.1, penalty=1.0):
    """Probabilities are returned. The next round needs scores, the log odds."""
    # "Probabilities are returned": np.allclose(got.score, 1 / (1 + np.exp(-want.score)))
    # "The next round needs scores": chance(score + values[leaf]) → score + values[leaf]
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, penalty)
    return chance(score + values[leaf]), values


@exercise.bug
def exp_overflows(grow, y, score, rate=0.1, penalty=1.0):
    """exp(score) / (1 + exp(score)) is infinity over infinity for large scores. Use
    1 / (1 + exp(-score)), or logaddexp."""
    # "is infinity over infinity for large scores": not np.isfinite(got.score).all()
    # "Use 1 / (1 + exp(-score))": power / (1 + power) → 1 / (1 + np.exp(-score.astype(float)))
    with np.errstate(all="ignore"):
        power = np.exp(score.astype(float))
        p = power / (1 + power)
    g, h = p - y, p * (1 - p)
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def values_of_present_leaves(grow, y, score, rate=0.1, penalty=1.0):
    """An empty leaf is left out of the values, so that later ones stand at wrong numbers. Keep its
    place, with a 0."""
    # "An empty leaf is left out of the values": len(got.values) < len(want.values)
    # "Keep its place": np.unique(grow(-g), return_inverse=True)[1] → grow(-g)
    g, h = derivatives(y, score)
    leaf = np.unique(grow(-g), return_inverse=True)[1]
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def nan_in_an_empty_leaf(grow, y, score, rate=0.1, penalty=1.0):
    """An empty leaf without a penalty is 0 / 0, which is nan. It adds 0."""
    # "An empty leaf without a penalty is 0 / 0": np.isnan(got.values).any()
    # "It adds 0": -np.bincount(leaf, g) / (np.bincount(leaf, h) + penalty) → newton(g, h, leaf,
    #     penalty)
    g, h = derivatives(y, score)
    leaf = grow(-g)
    with np.errstate(all="ignore"):
        values = rate * (-np.bincount(leaf, g) / (np.bincount(leaf, h) + penalty))
    return score + values[leaf], values


@exercise.bug(eps=(1e-12, 1e-10, 1e-9, 1e-8, 1e-6))
def epsilon_below(grow, y, score, rate=0.1, penalty=1.0, eps=1e-12):
    """A small number is added below, against a division by 0. Sure examples have little curvature:
    set the value to 0 where H + penalty is 0, and add nothing."""
    # "Sure examples have little curvature": abs(score).min() > 12 and not np.allclose(got.values,
    #     want.values, 1e-8)
    # "add nothing": penalty + eps → penalty
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, penalty + eps)
    return score + values[leaf], values


@exercise.bug
def one_value_for_all(grow, y, score, rate=0.1, penalty=1.0):
    """All examples move by one step, as if there were one leaf. Add up in each leaf alone."""
    # "All examples move by one step": np.ptp(got.score - score) < 1e-9 < np.ptp(want.score - score)
    # "Add up in each leaf alone": 0 * grow(-g) → grow(-g)
    g, h = derivatives(y, score)
    leaf = 0 * grow(-g)
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values


@exercise.bug
def two_trees(grow, y, score, rate=0.1, penalty=1.0):
    """`grow` is called twice, which fits two trees. Keep the leaves of one call."""
    # "`grow` is called twice": (lambda calls: [bug(grow=lambda t: [calls.append(t),
    #     0 * (t > 0)][1], y=np.array([0, 1]), score=np.zeros(2)), len(calls) == 2][1])([])
    # "Keep the leaves of one call": score + values[grow(-g)] → score + values[leaf]
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, penalty)
    return score + values[grow(-g)], values


@exercise.bug(defaults=((0.1, 0.0), (0.3, 1.0), (1.0, 1.0), (1.0, 0.0)))
def other_defaults(grow, y, score, rate=None, penalty=None, defaults=(0.1, 0.0)):
    """Without `rate` or `penalty` others are taken than 0.1 and 1.0."""
    # "Without `rate` or `penalty` others are taken": not np.allclose(bug(grow, y, score)[1],
    #     right(grow, y, score, rate=0.1,
    #     penalty=1.0)[1])
    rate = defaults[0] if rate is None else rate
    penalty = defaults[1] if penalty is None else penalty
    g, h = derivatives(y, score)
    leaf = grow(-g)
    values = rate * newton(g, h, leaf, penalty)
    return score + values[leaf], values
