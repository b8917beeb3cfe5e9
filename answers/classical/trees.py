"""Decision trees: the best split of a table by prefix sums, and a tree grown of such splits."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import first, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:best_split_refuses]
def infinite(x, name):
    if np.isinf(x).any():
        raise ValueError(
            f"`{name}` holds {first(x, np.isinf(x))}; mark a missing value by nan"
        )


def nothing_to_separate(x):
    if not separable(x):
        raise ValueError("no feature of `x` has two different values; make a leaf")


def gain_overflows(result):
    refuse_overflowed(np.float64(result[3]), "the gain")


@refuses(
    nothing_to_separate,
    gain_overflows,
    x=(refuse_empty, infinite),
    y=(refuse_empty, refuse_nan),
)
# --8<-- [end:best_split_refuses]
# --8<-- [start:best_split]
def best_split(
    x: Real[ndarray, "n d"], y: Real[ndarray, "n *outputs"]
) -> tuple[int, float, bool, float]:
    """The feature and the threshold that part the rows best: least squared error is left.

    Rows with `x[:, feature] <= threshold` go left. Each side predicts its mean, and the gain is
    how much the sum of squared errors falls. Where y has a column of 0 and 1 for each class, that
    is n times the fall of the Gini impurity.

    All is computed in float64. The missing values of the feature, nan, all go left or all go
    right, whichever gains more. Of gains equal in float64 the one with missing values right is
    taken, then the lower feature, then the lower threshold.

    How:
        Subtract the mean of y. Sums from the left are then, but for the sign, sums from the right,
        so a prefix sum along the sorted feature gives all gains: n S² / (a (n - a)), where
        S is the sum of the first a targets. Missing values are sorted as +infinity and, in a
        second copy of the table, as -infinity.

    Args:
        x: A row for each example, a column for each feature; nan where a value is missing.
        y: A target for each example, or a column of targets for each output.

    Returns:
        feature: A column of `x`.
        threshold: The middle between the largest value on the left and the smallest on the right;
            the former, if there is no float between the two. Where missing values alone are
            split off, infinity: they go right.
        missing_left: Whether missing values go left; False where the feature has none.
        gain: At least 0.

    Raises:
        ValueError: `x` or `y` is empty, `x` is infinite, `y` nan or infinite, no feature has two
            different values, or the gain overflows.

    Source:
        Breiman et al. (1984), Classification and Regression Trees.

    Example:
        The second feature parts the targets, and of their squared error nothing is left.

        >>> x = np.array([[7.0, 1.0], [7.0, 5.0], [8.0, 2.0], [7.0, 6.0]])
        >>> best_split(x, np.array([0, 3, 0, 3]))
        (1, 3.5, False, 9.0)
    """
    n, d = x.shape
    y = y.reshape(n, -1) - y.mean(axis=0, dtype=float).ravel()  # so left = -right
    fills = [np.inf, -np.inf] if np.isnan(x).any() else [np.inf]  # right, left
    x = np.hstack([np.where(np.isnan(x), fill, x.astype(float)) for fill in fills])
    order = np.argsort(x, axis=0)
    values = np.take_along_axis(x, order, axis=0)
    left = y[order].cumsum(axis=0)[:-1]  # (n - 1, columns, outputs)
    count = np.arange(1.0, n)[:, None]
    gain = n / (count * (n - count)) * np.square(left).sum(axis=-1)
    gain[(values[:-1] == values[1:]) | (values[:-1] == -np.inf)] = -1  # no cut
    column, cut = divmod(int(gain.T.argmax()), n - 1)
    low, high = values[cut : cut + 2, column].tolist()
    middle = low / 2 + high / 2
    threshold = low if middle == high < np.inf else middle
    return column % d, threshold, column >= d, float(gain[cut, column])


# --8<-- [end:best_split]


def separable(x: Real[ndarray, "n d"]) -> bool:
    """Whether a feature has two different values; nan is one.

    Example:
        >>> separable(np.array([[1.0, np.nan], [1.0, np.nan]]))
        False
    """
    filled = np.where(np.isnan(x), np.inf, x)
    return bool((filled != filled[:1]).any())


# --8<-- [start:Tree]
class Tree(NamedTuple):
    """A question for each inner node; node i leads to nodes 2 i + 1 (left) and 2 i + 2."""

    feature: Integer[ndarray, " nodes"]
    threshold: Float[ndarray, " nodes"]
    missing_left: Bool[ndarray, " nodes"]


# --8<-- [end:Tree]


# --8<-- [start:grow_tree_refuses]
def no_depth(depth):
    refuse_below(1, depth=depth)


@refuses(no_depth, x=(refuse_empty, infinite), y=(refuse_empty, refuse_nan))
# --8<-- [end:grow_tree_refuses]
# --8<-- [start:grow_tree]
def grow_tree(
    x: Real[ndarray, "n d"], y: Real[ndarray, "n *outputs"], depth: int
) -> Tree:
    """A tree of that depth, each node split by `best_split`, as long as its rows differ.

    A node whose rows are all alike asks what every row answers by yes.

    Raises:
        ValueError: An array is empty, `x` is infinite, `y` nan or infinite, or `depth` is below 1.

    Example:
        >>> grow_tree(np.array([[1.0], [2.0], [4.0]]), np.array([5, 5, 9]), 1).threshold
        array([3.])
    """
    nodes = 2**depth - 1
    tree = Tree(np.zeros(nodes, int), np.full(nodes, np.inf), np.ones(nodes, bool))
    at = np.zeros(len(x), int)  # the node of each row
    for node in range(nodes):
        rows = np.flatnonzero(at == node)
        if len(rows) and separable(x[rows]):
            for entry, value in zip(tree, best_split(x[rows], y[rows]), strict=False):
                entry[node] = value
        at[rows] = next_node(tree, x[rows], at[rows])
    return tree


# --8<-- [end:grow_tree]


# --8<-- [start:find_leaves_refuses]
def fewer_features(tree, x):
    if tree.feature.max() >= x.shape[1]:
        raise ValueError(
            f"`tree` asks for feature {tree.feature.max()}, and `x` has {x.shape[1]}"
        )


@refuses(fewer_features, x=infinite)
# --8<-- [end:find_leaves_refuses]
# --8<-- [start:find_leaves]
def find_leaves(tree: Tree, x: Real[ndarray, "n d"]) -> Integer[ndarray, " n"]:
    """The leaf of each row, from 0 on the left to 2 to the power of the depth, less 1.

    Raises:
        ValueError: `x` is infinite, or has fewer features than the tree asks for.

    Example:
        >>> tree = grow_tree(np.array([[1.0], [2.0], [4.0]]), np.array([5, 5, 9]), 1)
        >>> find_leaves(tree, np.array([[9.0], [3.0], [np.nan]]))
        array([1, 0, 1])
    """
    node = np.zeros(len(x), int)
    while len(x) and node[0] < len(tree.feature):  # all leaves have one depth
        node = next_node(tree, x, node)
    return node - len(tree.feature)


def next_node(tree, x, node):
    """The child that each row goes to."""
    value = x[np.arange(len(x)), tree.feature[node]]
    left = np.where(
        np.isnan(value), tree.missing_left[node], value <= tree.threshold[node]
    )
    return 2 * node + 2 - left


# --8<-- [end:find_leaves]
