"""Logistic regression against PyTorch's autograd, scikit-learn, SciPy and exact digits."""

import numpy as np
import pytest
import scipy.optimize
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from answers.classical.logistic_regression import (
    fit_logistic,
    logistic_loss,
    newton_step,
    sigmoid,
)


def table(n=40, d=3, dtype=np.float64):
    """Two classes that overlap, weights and an intercept."""
    rng = np.random.default_rng([n, d])
    x = rng.normal(size=(n, d)) * np.arange(1, d + 1) + 1
    y = (rng.random(n) < expit(x @ rng.normal(size=d) - 0.5)).astype(int)
    return rng.normal(size=d).astype(dtype) / 2, 0.4, x.astype(dtype), y


def by_pytorch(w, b, x, y, lamda):
    """Loss, gradient and Hessian by the weights with the intercept last."""
    x1 = torch.tensor(np.column_stack([x, np.ones(len(x))]))

    def loss(both):
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            x1 @ both, torch.tensor(y, dtype=torch.float64), reduction="sum"
        )
        return each + lamda / 2 * both[:-1].square().sum()

    at = torch.tensor(np.append(w, b), requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(at), at)
    return loss(at).item(), gradient.numpy(), torch.autograd.functional.hessian(loss, at).numpy()


def test_sigmoid_agrees_with_scipy_and_keeps_the_digits_of_small_values():
    z = np.array([-700.0, -40, -1e-3, 0, 2, 40, 800])
    assert_allclose(sigmoid(z), expit(z), rtol=1e-12)
    assert sigmoid(np.float32([-80]))[0].dtype == np.float32
    assert_allclose(sigmoid(np.float32([-80])), np.exp(-80), rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_loss_gradient_and_step_agree_with_pytorch(dtype):
    w, b, x, y = table(dtype=dtype)
    wide, many = w.astype(float), x.astype(float)
    loss, gradient, hessian = by_pytorch(wide, b, many, y, 1.7)
    rtol = 1e-11 if dtype == np.float64 else 1e-4
    found, dw, db = logistic_loss(w, b, x, y, 1.7)
    assert found.dtype == dw.dtype == db.dtype == dtype
    assert_allclose(found, loss, rtol=rtol)
    assert_allclose(np.append(dw, db), gradient, rtol=rtol, atol=rtol)
    after, b_after = newton_step(w, b, x, y, 1.7)
    assert after.dtype == b_after.dtype == dtype
    expected = np.append(wide, b) - np.linalg.solve(hessian, gradient)
    assert_allclose(np.append(after, b_after), expected, rtol=10 * rtol, atol=rtol)


def test_an_example_far_on_its_right_side_keeps_its_digits():
    one = np.ones(1)
    for y, side in ((1, 1), (0, -1)):
        loss, dw, _ = logistic_loss(side * 60.0 * one, 0.0, one[:, None], np.array([y]), 0.0)
        assert_allclose(loss, np.exp(-60), rtol=1e-12)
        assert_allclose(dw, [-side * np.exp(-60)], rtol=1e-12)
        loss, dw, _ = logistic_loss(-side * 1e5 * one, 0.0, one[:, None], np.array([y]), 0.0)
        assert (loss, dw[0]) == (1e5, -side)


def test_a_step_is_weighted_least_squares_of_the_working_response():
    w, b, x, y = table()
    z = x @ w + b
    p = expit(z)
    root, response = np.sqrt(p * (1 - p)), z + (y - p) / (p * (1 - p))
    rows = np.column_stack([x, np.ones(len(x))]) * root[:, None]
    penalty = np.sqrt(1.7) * np.eye(4)[:3]
    targets = np.append(root * response, np.zeros(3))
    expected = np.linalg.lstsq(np.vstack([rows, penalty]), targets)[0]
    assert_allclose(np.append(*newton_step(w, b, x, y, 1.7)), expected, rtol=1e-10)


# Without a penalty and with one; scikit-learn's C is 1 / λ.
@pytest.mark.parametrize(("lamda", "inverse"), [(0.0, np.inf), (2.0, 0.5)])
def test_the_fit_agrees_with_scikit_learn_and_scipy(lamda, inverse):
    _, _, x, y = table()
    w, b = fit_logistic(x, y, lamda)
    there = LogisticRegression(C=inverse, tol=1e-12, solver="newton-cholesky").fit(x, y)
    assert_allclose(w, there.coef_[0], rtol=1e-6)
    assert_allclose(b, there.intercept_[0], rtol=1e-6)

    def loss(both):
        value, dw, db = logistic_loss(both[:-1], both[-1], x, y, lamda)
        return value, np.append(dw, db)

    least = scipy.optimize.minimize(loss, np.zeros(4), jac=True, tol=1e-10)
    assert_allclose(np.append(w, b), least.x, rtol=1e-4)
    assert_allclose(logistic_loss(w, b, x, y, lamda)[2], 0, atol=1e-9)


def test_a_step_from_far_away_overshoots_and_the_fit_does_not():
    x, y = np.zeros((4, 1)), np.array([0, 1, 1, 1])
    b, losses = 4.0, []
    for _ in range(2):
        _, b = newton_step(np.zeros(1), b, x, y, 1.0)
        losses.append(logistic_loss(np.zeros(1), b, x, y, 1.0)[0])
    assert losses[1] > 100 * losses[0]
    assert_allclose(fit_logistic(x, y, 1.0)[1], np.log(3), rtol=1e-9)


def test_arguments_stay_as_they_are_and_booleans_are_labels():
    w, b, x, y = table()
    before = [each.copy() for each in (w, x, y)]
    for function, given in ((logistic_loss, (w, b)), (newton_step, (w, b)), (fit_logistic, ())):
        found, same = function(*given, x, y, 1.0), function(*given, x, y == 1, 1)
        for one, other in zip(found, same, strict=True):
            assert_array_equal(one, other)
    for one, other in zip((w, x, y), before, strict=True):
        assert_array_equal(one, other)
    assert fit_logistic(x.astype(np.float32), y, 1.0)[1].dtype == np.float32


def test_bad_values_are_refused_in_words():
    w, b, x, y = table()
    for function in (logistic_loss, newton_step):
        for bad, words in (
            ((w, np.nan, x, y, 1.0), "`b` is nan"),
            ((w, b, x, 2 * y - 1, 1.0), "`y` holds -1"),
            ((w, b, x, y, -1.0), "`lamda` is -1"),
            ((1e200 * w, b, 1e200 * x, y, 1.0), "a logit overflows"),
            ((w, b, x[:0], y[:0], 1.0), "`x` is empty"),
        ):
            with pytest.raises(ValueError, match=words):
                function(*bad)
    with pytest.raises(ValueError, match="the loss overflows"):
        logistic_loss(1e200 * w, b, x, y, 1.0)
    with pytest.raises(ValueError, match="has no curvature"):
        newton_step(w, 1e5, x, y, 1.0)
    doubled = np.column_stack([x, x[:, 0]])
    for refused in (
        lambda: newton_step(np.zeros(4), b, doubled, y, 0.0),
        lambda: fit_logistic(doubled, y, 0.0),
    ):
        with pytest.raises(ValueError, match="rank of 4, below 5: many weights fit alike"):
            refused()
    with pytest.raises(ValueError, match="without a mistake, so larger ones are always better"):
        fit_logistic(x, (x[:, 0] > 1).astype(int), 0.0)
    with pytest.raises(ValueError, match="`steps` is 0"):
        fit_logistic(x, y, 1.0, 0)


def test_float32_stays_where_penalty_and_intercept_are_numbers_of_numpy():
    w, b, x, y = table()
    w, x = w.astype(np.float32), x.astype(np.float32)
    for function, given in (
        (logistic_loss, (w, np.float64(b))),
        (newton_step, (w, np.float64(b))),
        (fit_logistic, ()),
    ):
        for found in function(*given, x, y, np.float64(0.7)):
            assert found.dtype == np.float32


@pytest.mark.parametrize("lamda", [0.0, 1.0])
def test_columns_far_from_0_are_fitted_like_near_ones(lamda):
    _, _, x, y = table()
    w, _ = fit_logistic(x, y, lamda)
    for away in (1e4, 1e8):
        assert_allclose(fit_logistic(x + away, y, lamda)[0], w, rtol=1e-5)


def test_one_class_alone_is_refused_because_its_intercept_has_no_end():
    x = table()[2]
    for lamda in (0.0, 1.0):
        for y in (np.zeros(len(x), int), np.ones(len(x), bool)):
            with pytest.raises(ValueError, match=f"`y` holds class {int(y[0])} alone"):
                fit_logistic(x, y, lamda)
