"""Dropout against PyTorch's own masks, forward and backward, and by its mean and variance."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from answers.training.dropout import dropout, dropout_backward


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("shape", [(11,), (7, 5), (2, 3, 5)])
def test_agrees_with_pytorch_forward_and_backward_under_the_same_mask(shape, p, dtype):
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    x, dout = (np.asarray(rng.normal(size=shape), dtype) for _ in range(2))
    tensor = torch.tensor(x, requires_grad=True)
    theirs = torch.nn.functional.dropout(tensor, p)
    theirs.backward(torch.tensor(dout))
    kept = (theirs != 0).numpy()
    uniform = np.asarray(np.where(kept, p + (1 - p) * rng.random(shape), p * rng.random(shape)))
    y, mask = dropout(x, p, uniform)
    assert y.dtype == mask.dtype == dtype
    assert_allclose(y, theirs.detach().numpy(), rtol=1e-6)
    assert_allclose(dropout_backward(dout, mask), tensor.grad.numpy(), rtol=1e-6)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_the_mean_over_draws_is_x_and_the_variance_grows_with_p(p):
    x, draws = np.array([1.5, -2.0, 0.25]), 200_000
    rng = np.random.default_rng(3)
    rows = np.broadcast_to(x, (draws, 3)).copy()
    y, mask = dropout(rows, p, rng.random(rows.shape))
    bound = 5 * np.abs(x) * np.sqrt(p / (1 - p) / draws)
    assert (np.abs(y.mean(axis=0) - x) < bound).all()
    assert_allclose(y.var(axis=0), x**2 * p / (1 - p), rtol=0.03)
    assert_allclose((mask == 0).mean(), p, atol=5 * np.sqrt(p * (1 - p) / mask.size))


def test_a_number_equal_to_p_is_kept_and_one_below_is_dropped():
    x, p = np.full(3, 3.0), 0.25
    y, _ = dropout(x, p, np.array([p, np.nextafter(p, 0), np.nextafter(p, 1)]))
    assert_array_equal(y, [4, 0, 4])
    assert_array_equal(dropout(x, 0.0, np.zeros(3))[0], x)


def test_evaluation_changes_nothing_and_training_is_the_default():
    x, uniform = np.arange(1.0, 7.0), np.linspace(0, 0.99, 6)
    y, mask = dropout(x, 0.5, uniform, training=False)
    assert_array_equal(y, x)
    assert_array_equal(mask, np.ones(6))
    assert_array_equal(dropout(x, 0.5, uniform)[0], dropout(x, 0.5, uniform, True)[0])
    assert y is not x


@pytest.mark.parametrize(
    ("x", "p", "uniform", "said"),
    [
        (np.ones(2), 1.0, np.zeros(2), "`p` is 1.0"),
        (np.ones(2), -0.1, np.zeros(2), "`p` is -0.1"),
        (np.ones(2), 0.5, np.array([0.2, 1.0]), "`uniform` holds 1.0 at index 1"),
        (np.ones(2), 0.5, np.array([-1.0, 0.2]), "`uniform` holds -1.0 at index 0"),
        (np.array([1.0, np.inf]), 0.5, np.zeros(2), "`x` holds inf"),
        (np.ones(0), 0.5, np.zeros(0), "`x` is empty"),
        (np.array([1e308]), 0.9, np.ones(1) / 1.01, "overflows"),
    ],
)
def test_bad_values_are_refused_in_words(x, p, uniform, said):
    with pytest.raises(ValueError, match=said):
        dropout(x, p, uniform)


def test_a_gradient_that_overflows_is_refused():
    with pytest.raises(ValueError, match="the gradient overflows"):
        dropout_backward(np.array([1e308]), np.array([10.0]))
