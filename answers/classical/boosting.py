"""Gradient boosting of trees for two classes: each tree is fitted to what the loss asks for."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.classical.trees import Tree, find_leaves, grow_tree, infinite
from answers.inputs import as_float, first, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:leaf_value_refuses]
def negative(array, name):
    if (array < 0).any():
        raise ValueError(
            f"`{name}` holds {first(array, array < 0)}; nothing in it may be negative"
        )


def no_penalty(penalty):
    refuse_below(0, penalty=penalty)


def value_overflows(result):
    refuse_overflowed(result, "a leaf's value")


@refuses(no_penalty, value_overflows, g=BAD, h=(*BAD, negative), leaf=negative)
# --8<-- [end:leaf_value_refuses]
# --8<-- [start:leaf_value]
def leaf_value(
    g: Real[ndarray, " n"],
    h: Real[ndarray, " n"],
    leaf: Integer[ndarray, " n"],
    penalty: float = 1.0,
) -> Float[ndarray, " leaves"]:
    """-G / (H + penalty) in each leaf: G and H are the sums of its examples' g and h.

    That value w minimises G w + (H + penalty) w² / 2, the loss to second order and a penalty.
    Sums are made in float64.

    Args:
        g: The first derivative of each example's loss by its score.
        h: The second derivative.
        leaf: The leaf of each example, from 0; a leaf may be empty.
        penalty: λ, which keeps values small where there is little to learn from.

    Returns:
        A value for each leaf, up to the largest in `leaf`: 0 where H + penalty is 0.

    Raises:
        ValueError: An array is empty, a derivative is nan or infinite, `h`, `leaf` or `penalty`
            is negative, or a value overflows.

    Source:
        Chen, Guestrin (2016), XGBoost, equation 5, https://arxiv.org/abs/1603.02754

    Example:
        >>> g, h = np.array([-3.0, 1.0, -2.0]), np.array([1.0, 0.5, 2.0])
        >>> leaf_value(g, h, np.array([0, 2, 0]), penalty=2.0)
        array([ 1. ,  0. , -0.4])
    """
    g, leaf = as_float(g), leaf.astype(int)
    downhill = np.bincount(leaf, -g)
    curvature = np.bincount(leaf, h) + penalty
    value = np.zeros(len(downhill))
    np.divide(downhill, curvature, out=value, where=curvature > 0)
    return value.astype(g.dtype)


# --8<-- [end:leaf_value]


# --8<-- [start:boost_step_refuses]
def no_class(y):
    if (wrong := (y != 0) & (y != 1)).any():
        raise ValueError(f"`y` holds {first(y, wrong)}; the two classes are 0 and 1")


def no_rate(rate):
    refuse_below(0, rate=rate)


@refuses(no_class, no_rate, no_penalty, y=refuse_empty, score=refuse_nan)
# --8<-- [end:boost_step_refuses]
# --8<-- [start:boost_step]
def boost_step(
    grow: Callable,
    y: Integer[ndarray, " n"] | Bool[ndarray, " n"],
    score: Real[ndarray, " n"],
    rate: float = 0.1,
    penalty: float = 1.0,
) -> tuple[Float[ndarray, " n"], Float[ndarray, " leaves"]]:
    """One round of boosting with log loss: the new scores, and what the new tree's leaves add.

    A score is the log odds of class 1. The tree is fitted to each example's negative gradient
    y - p, by squared error. A leaf adds `rate` times -G / (H + penalty), where G and H sum the
    first and second derivatives of the loss by the score, over its examples.

    Args:
        grow: Called once, `grow(target)` fits a tree to the targets and returns the leaf of
            each example, from 0.
        y: 0 or 1.
        score: What the trees so far say, before this one.
        rate: The learning rate.
        penalty: λ.

    Returns:
        score: The new score of each example.
        values: What each leaf adds, up to the largest that holds an example; an empty leaf adds 0.

    Raises:
        ValueError: `y` is empty or no class, a score is nan or infinite, or `rate` or `penalty`
            is negative.

    Source:
        Friedman (2001), Greedy Function Approximation: A Gradient Boosting Machine, algorithm 5;
        Chen, Guestrin (2016), XGBoost, equation 5.

    Example:
        At score 0 half is the probability: y - p is ±1/2, and p (1 - p) is 1/4.

        >>> def grow(target):
        ...     return np.array([0, 0, 0, 1])
        >>> y, score = np.array([1, 1, 1, 0]), np.zeros(4)
        >>> boost_step(grow, y, score, rate=0.5, penalty=0.25)
        (array([ 0.75,  0.75,  0.75, -0.5 ]), array([ 0.75, -0.5 ]))
    """
    score = as_float(score)
    p, q = sigmoid(score), sigmoid(-score)  # 1 - p would round q away near p = 1
    g = np.where(y == 1, -q, p)
    leaf = grow(-g)
    values = rate * leaf_value(g, p * q, leaf, penalty)
    return score + values[leaf], values


# --8<-- [end:boost_step]


def sigmoid(z: Float[ndarray, "*n"]) -> Float[ndarray, "*n"]:
    """1 / (1 + exp(-z)), without overflow.

    Example:
        >>> sigmoid(np.array([-2000.0, 0.0]))
        array([0. , 0.5])
    """
    return np.exp(-np.logaddexp(0, -z))


# --8<-- [start:Boosted]
class Boosted(NamedTuple):
    """The log odds to begin with, and the trees, each with what its leaves add."""

    start: float
    trees: list[tuple[Tree, Float[ndarray, " leaves"]]]


# --8<-- [end:Boosted]


# --8<-- [start:boost_refuses]
def one_class(y):
    no_class(y)
    if y.min() == y.max():
        raise ValueError(
            f"`y` is {int(y[0])} everywhere; give examples of both classes"
        )


def no_rounds(rounds):
    refuse_below(0, rounds=rounds)


@refuses(
    one_class,
    no_rounds,
    no_rate,
    no_penalty,
    x=(refuse_empty, infinite),
    y=refuse_empty,
)
# --8<-- [end:boost_refuses]
# --8<-- [start:boost]
def boost(
    x: Real[ndarray, "n d"],
    y: Integer[ndarray, " n"] | Bool[ndarray, " n"],
    rounds: int,
    depth: int = 3,
    rate: float = 0.1,
    penalty: float = 1.0,
) -> Boosted:
    """`rounds` trees, each fitted to the negative gradient at the scores of all before it.

    Raises:
        ValueError: An array is empty, `x` is infinite, `y` is not of two classes, `rounds`, `rate`
            or `penalty` is negative, or `depth` is below 1.

    Example:
        >>> x, y = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([0, 0, 1, 1])
        >>> boosted_score(boost(x, y, 3, depth=1), x) > 0
        array([False, False,  True,  True])
    """
    start = float(np.log(y.mean() / (1 - y.mean())))
    score, trees = np.full(len(y), start), []
    for _ in range(rounds):

        def grow(target):
            trees.append(grow_tree(x, target, depth))
            return find_leaves(trees[-1], x)

        score, values = boost_step(grow, y, score, rate, penalty)
        trees[-1] = trees[-1], values
    return Boosted(start, trees)


def boosted_score(model: Boosted, x: Real[ndarray, "n d"]) -> Float[ndarray, " n"]:
    """The log odds of class 1 for each row: the start, and what every tree adds.

    Example:
        >>> x, y = np.array([[1.0], [2.0]]), np.array([0, 1])
        >>> boosted_score(boost(x, y, 1, depth=1, rate=1.0, penalty=0.25), x)
        array([-1.,  1.])
    """
    score = np.full(len(x), model.start)
    for tree, values in model.trees:
        score += values[find_leaves(tree, x)]
    return score


# --8<-- [end:boost]
