"""Leaf values beside a minimiser, boosting beside scikit-learn's."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from sklearn.ensemble import GradientBoostingClassifier

from answers.classical.boosting import boost, boost_step, boosted_score, leaf_value

rng = np.random.default_rng(42)


def test_a_leafs_value_minimises_the_loss_to_second_order():
    g, h, leaf = rng.normal(size=60), rng.uniform(size=60), rng.integers(0, 4, 60)
    for penalty in (0.0, 0.7, 30.0):
        for at, value in enumerate(leaf_value(g, h, leaf, penalty)):
            some = leaf == at

            def loss(w, some=some, penalty=penalty):
                return (g[some] * w + h[some] * w**2 / 2).sum() + penalty * w**2 / 2

            assert value == pytest.approx(minimize_scalar(loss).x, rel=1e-5)


def test_with_squared_error_a_leaf_is_a_mean():
    y, leaf = rng.normal(size=30), np.arange(30) % 2
    means = [y[::2].mean(), y[1::2].mean()]
    np.testing.assert_allclose(leaf_value(-y, np.ones(30), leaf, 0.0), means)


def test_an_empty_leaf_and_one_without_curvature_are_0():
    g, h = np.array([1.0, 2.0], np.float32), np.zeros(2, np.float32)
    values = leaf_value(g, h, np.array([3, 1], np.uint8), 0.0)
    assert values.tolist() == [0, 0, 0, 0]
    assert values.dtype == np.float32
    assert leaf_value(g, h, np.array([3, 1]), 2.0).tolist() == [0, -1, 0, -0.5]


def test_a_step_uses_the_derivatives_that_autograd_finds():
    y, score = rng.integers(0, 2, 50), 3 * rng.normal(size=50)
    z = torch.tensor(score, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    [g] = torch.autograd.grad(
        loss(z, torch.tensor(y, dtype=float), reduction="sum"), z, create_graph=True
    )
    [h] = torch.autograd.grad(g.sum(), z)
    targets = []

    def grow(target):
        targets.append(target)
        return (target > 0).astype(int) + 1

    after, values = boost_step(grow, y, score, 0.3, 2.0)
    np.testing.assert_allclose(targets, [-g.detach().numpy()])
    leaf = grow(targets[0])
    expected = 0.3 * leaf_value(g.detach().numpy(), h.numpy(), leaf, 2.0)
    np.testing.assert_allclose(values, expected)
    np.testing.assert_allclose(after, score + expected[leaf])


def test_large_scores_give_no_warning_and_no_nan():
    def grow(target):
        return np.arange(4)

    y, score = np.array([0, 1, 0, 1]), np.array([2000.0, -2000.0, -2000.0, 2000.0])
    with np.errstate(all="raise", under="ignore"):
        after, values = boost_step(grow, y, score, 1.0, 0.5)
    assert values.tolist() == [-2, 2, 0, 0]
    assert after.tolist() == [1998, -1998, -2000, 2000]


@pytest.mark.parametrize("depth", [1, 3])
def test_boosting_is_scikit_learns(depth):
    x = rng.normal(size=(1000, 5)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] + x[:, 2] + rng.normal(size=1000) > 0).astype(int)
    train, test = slice(600), slice(600, None)
    ours = boost(x[train], y[train], 20, depth, 0.2, 0.0)
    theirs = GradientBoostingClassifier(n_estimators=20, max_depth=depth, learning_rate=0.2).fit(
        x[train], y[train]
    )
    # Several features may split few rows alike, so new rows may go other ways.
    rows = x[train] if depth == 3 else x[test]
    np.testing.assert_allclose(boosted_score(ours, rows), theirs.decision_function(rows))


def test_missing_values_teach_and_are_answered():
    x = rng.normal(size=(300, 2))
    y = rng.integers(0, 2, 300)
    x[(y == 1) & (rng.random(300) < 0.8), 1] = np.nan
    score = boosted_score(boost(x, y, 10), x)
    assert ((score > 0) == y).mean() > 0.85


def test_bad_values_are_refused_in_words():
    y, z = np.array([0, 1]), np.zeros(2)
    x = z[:, None]
    for call, said in (
        (lambda: leaf_value(z, -z - 1, y), "nothing in it may be negative"),
        (lambda: leaf_value(z, z, y - 1), "`leaf` holds -1"),
        (lambda: leaf_value(z, z, y, -1.0), "`penalty` is -1.0"),
        (lambda: leaf_value(z + 1e308, z + 1e-308, y, 0.0), "a leaf's value overflows"),
        (lambda: boost_step(np.zeros_like, y + 1, z), "`y` holds 2"),
        (lambda: boost_step(np.zeros_like, y, z * np.nan), "`score` holds nan"),
        (lambda: boost_step(np.zeros_like, y, z, rate=-1.0), "`rate` is -1.0"),
        (lambda: boost(x, 0 * y, 3), "`y` is 0 everywhere"),
    ):
        with pytest.raises(ValueError, match=said):
            call()
