"""`multi_dot_backward` against autograd, numpy's own chain and finite differences."""

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.gradient_check import numerical_gradient
from answers.training.chained_products import multi_dot_backward


def by_pytorch(dout, factors):
    leaves = [torch.tensor(each, dtype=torch.float64, requires_grad=True) for each in factors]
    product = leaves[0]
    for leaf in leaves[1:]:
        product = product @ leaf
    product.backward(torch.tensor(dout, dtype=torch.float64))
    return np.stack([leaf.grad.numpy() for leaf in leaves])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
@pytest.mark.parametrize(("k", "d"), [(1, 3), (2, 4), (3, 1), (5, 3)])
def test_agrees_with_pytorch(k, d, batch, dtype):
    rng = np.random.default_rng(1)
    factors = rng.normal(size=(k, *batch, d, d)).astype(dtype)
    dout = rng.normal(size=(*batch, d, d)).astype(dtype)
    found = multi_dot_backward(dout, factors)
    assert found.dtype == dtype
    tolerance = {"rtol": 1e-4, "atol": 1e-4} if dtype == np.float32 else {"rtol": 1e-10}
    assert_allclose(found, by_pytorch(dout, factors), **tolerance)


def test_is_the_slope_of_the_product_of_numpy():
    rng = np.random.default_rng(2)
    dout, factors = rng.normal(size=(4, 4)), rng.normal(size=(5, 4, 4))
    slope = numerical_gradient(lambda m: (dout * np.linalg.multi_dot([*m])).sum(), factors)
    assert_allclose(multi_dot_backward(dout, factors), slope, rtol=1e-6, atol=1e-6)


def test_a_factor_without_an_inverse_gets_its_gradient():
    factors = np.stack([np.diag([2.0, 3.0]), np.zeros((2, 2)), np.diag([5.0, 7.0])])
    found = multi_dot_backward(np.eye(2), factors)
    assert_array_equal(found[1], np.diag([10.0, 21.0]))
    assert not found[[0, 2]].any()


def test_each_gradient_times_its_factor_is_the_loss_again():
    """The product is linear in each factor: <gradient, factor> is the same for all."""
    rng = np.random.default_rng(3)
    dout, factors = rng.normal(size=(3, 3)), rng.normal(size=(6, 3, 3))
    each = (multi_dot_backward(dout, factors) * factors).sum((1, 2))
    assert_allclose(each, (dout * np.linalg.multi_dot([*factors])).sum(), rtol=1e-10)


def test_arguments_stay_as_they_are_and_share_no_memory_with_results():
    rng = np.random.default_rng(4)
    dout, factors = rng.normal(size=(2, 3, 3)), rng.normal(size=(1, 2, 3, 3))
    for array in (dout, factors):
        array.setflags(write=False)
    found = multi_dot_backward(dout, factors)
    assert not np.may_share_memory(found, dout)
    assert not np.may_share_memory(found, factors)


def test_integers_and_bytes_are_multiplied_as_floats():
    factors = np.full((3, 2, 2), 200, dtype=np.uint8)
    found = multi_dot_backward(np.full((2, 2), 100, dtype=np.uint8), factors)
    assert_array_equal(found, np.full((3, 2, 2), 100 * 4.0 * 200**2))


EYE = np.eye(2)


@pytest.mark.parametrize(
    ("dout", "factors", "said"),
    [
        (EYE, np.ones((0, 2, 2)), "`factors` is empty"),
        (np.array([[1, np.nan], [0, 1]]), EYE[None], r"`dout` holds nan at index \(0, 1\)"),
        (EYE, np.full((2, 2, 2), np.inf), "`factors` holds inf"),
        (EYE, np.full((3, 2, 2), 1e200), "a product overflows: (inf|nan) at index"),
    ],
)
def test_bad_values_are_refused_in_words(dout, factors, said):
    with pytest.raises(ValueError, match=said):
        multi_dot_backward(dout, factors)


@pytest.mark.parametrize("shape", [(2, 2, 3), (2, 3, 3), (2, 2), (2, 1, 2, 2)])
def test_factors_that_do_not_fit_are_refused(shape):
    with pytest.raises(TypeCheckError):
        multi_dot_backward(EYE, np.ones(shape))
