"""Splits beside brute force and scikit-learn, trees beside scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from answers.classical.trees import best_split, find_leaves, grow_tree

rng = np.random.default_rng(42)


def squared_error(y):
    return ((y - y.mean(axis=0)) ** 2).sum() if len(y) else 0.0


def by_brute_force(x, y):
    """The gain of every question, by the definition."""
    gains = {}
    for missing_left in (False, True):
        for feature, column in enumerate(x.T):
            for threshold in [-np.inf, *np.unique(column[~np.isnan(column)])]:
                left = np.where(np.isnan(column), missing_left, column <= threshold)
                gain = squared_error(y) - squared_error(y[left]) - squared_error(y[~left])
                gains[feature, threshold, missing_left] = gain
    return gains


def gain_of(x, y, feature, threshold, missing_left):
    left = np.where(np.isnan(x[:, feature]), missing_left, x[:, feature] <= threshold)
    assert 0 < left.sum() < len(x)
    return squared_error(y) - squared_error(y[left]) - squared_error(y[~left])


@given(
    st.integers(0, 10**6), st.sampled_from([0, 0.3]), st.sampled_from([(), (3,), (2, 1), (2, 3)])
)
def test_no_question_gains_more(seed, missing, outputs):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 5, (int(rng.integers(2, 12)), 3)).astype(float)
    x[rng.random(x.shape) < missing] = np.nan
    x[:2, 0] = 0, 9
    y = rng.normal(size=(len(x), *outputs))
    *question, gain = best_split(x, y)
    assert gain == pytest.approx(max(by_brute_force(x, y).values()))
    assert gain == pytest.approx(gain_of(x, y, *question))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_scikit_learn_where_values_are_missing(dtype):
    x = rng.normal(size=(300, 4)).astype(dtype)
    x[rng.random(x.shape) < 0.2] = np.nan
    for column in range(4):
        y = rng.normal(size=300) + 2 * (~(x[:, column] <= 0.3))
        theirs = DecisionTreeRegressor(max_depth=1).fit(x, y).tree_
        feature, threshold, missing_left, _ = best_split(x, y)
        assert (feature, missing_left) == (column, False)
        assert feature == theirs.feature[0]
        assert threshold == pytest.approx(theirs.threshold[0], rel=1e-6)
        assert missing_left == theirs.missing_go_to_left[0]


def test_the_gain_of_classes_is_the_fall_of_gini():
    x, y = rng.normal(size=(200, 5)), rng.integers(0, 4, 200)
    theirs = DecisionTreeClassifier(max_depth=1).fit(x, y).tree_
    feature, threshold, _, gain = best_split(x, np.eye(4)[y])
    assert (feature, threshold) == (theirs.feature[0], pytest.approx(theirs.threshold[0], rel=1e-6))
    root, *sides = theirs.impurity * theirs.n_node_samples
    assert gain == pytest.approx(root - sum(sides))


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_a_tree_predicts_as_scikit_learns(depth):
    x = rng.normal(size=(400, 6)).astype(np.float32)
    y = rng.normal(size=400)
    tree, theirs = grow_tree(x, y, depth), DecisionTreeRegressor(max_depth=depth).fit(x, y)
    leaves = find_leaves(tree, x)
    means = {leaf: y[leaves == leaf].mean() for leaf in set(leaves)}
    # Several features may split few rows alike, so at depth 4 new rows may go other ways.
    new = x if depth == 4 else rng.normal(size=(500, 6)).astype(np.float32)
    ours = [means[leaf] for leaf in find_leaves(tree, new)]
    np.testing.assert_allclose(ours, theirs.predict(new))


def test_a_depth_in_int8_does_not_wrap():
    x, y = np.arange(8.0)[:, None], np.arange(8)
    for depth in (7, 8):
        for ours, same in zip(grow_tree(x, y, np.int8(depth)), grow_tree(x, y, depth), strict=True):
            np.testing.assert_array_equal(ours, same)


def test_ties_and_neighbouring_floats():
    y = np.array([0, 0, 1, 1])
    x = np.array([[2.0, 0.0], [2.0, 0.0], [3.0, 1.0], [3.0, 1.0]])
    assert best_split(x, y) == (0, 2.5, False, 1.0)
    assert best_split(x[:, ::-1], y) == (0, 0.5, False, 1.0)
    assert best_split(np.arange(4.0)[:, None], np.array([0, 1, 1, 0]))[1] == 0.5
    # The middle of 1 + 2⁻⁵² and 1 + 2⁻⁵¹ rounds to the larger, which must stay on the right.
    low, high = 1 + 2.0**-52, 1 + 2.0**-51
    assert low / 2 + high / 2 == high
    assert best_split(np.array([[low], [high]]), np.array([0, 1]))[1] == low


def test_missing_values_alone_can_be_split_off():
    x, y = np.array([[1.0], [np.nan], [2.0], [np.nan]]), np.array([0, 1, 0, 1])
    assert best_split(x, y) == (0, np.inf, False, 1.0)
    assert best_split(np.hstack([x, [[5], [6], [5], [6]]]), y) == (0, np.inf, False, 1.0)
    # Sums from both ends differ by rounding, and neither may decide.
    x, y = np.where(rng.random((60, 1)) < 0.5, np.nan, rng.normal(size=(60, 1))), np.ones(60)
    assert best_split(x, y - np.isnan(x[:, 0]) / 3)[1:3] == (np.inf, False)


def test_an_offset_of_the_targets_changes_no_gain():
    x, y = rng.normal(size=(500, 3)), rng.normal(size=500)
    assert best_split(x, y + 1e9)[3] == pytest.approx(best_split(x, y)[3], rel=1e-3)
    # By sums of squares, which are what most people write, no digit is left.
    plain = ((y + 1e9) ** 2).sum() - (y + 1e9).sum() ** 2 / 500
    assert abs(plain / squared_error(y) - 1) > 0.5


def test_a_tree_goes_no_further_where_rows_are_alike():
    x, y = np.array([[1.0], [1.0], [5.0]]), np.array([2.0, 4.0, 9.0])
    tree = grow_tree(x, y, 3)
    assert find_leaves(tree, x).tolist() == [0, 0, 4]
    assert find_leaves(tree, x[:0]).size == 0
    assert find_leaves(tree, np.array([[-1e9], [1e9]])).tolist() == [0, 4]


def test_bad_values_are_refused_in_words():
    x, y, nan = np.array([[1.0], [2.0]]), np.array([1.0, 2.0]), np.nan
    tree = grow_tree(np.hstack([0 * x, x]), y, 1)
    for call, said in (
        (lambda: best_split(x[:0], y[:0]), "`x` is empty"),
        (lambda: best_split(x[:1], y[:1]), "make a leaf"),
        (lambda: best_split(x * nan, y), "make a leaf"),
        (lambda: best_split(x / 0, y), "mark a missing value by nan"),
        (lambda: best_split(x, y * nan), "`y` holds nan"),
        (lambda: best_split(x, 1e200 * y), "the gain overflows"),
        (lambda: grow_tree(x, y, 0), "`depth` is 0"),
        (lambda: find_leaves(tree, x), "`tree` asks for feature 1"),
    ):
        with np.errstate(all="ignore"), pytest.raises(ValueError, match=said):
            call()
