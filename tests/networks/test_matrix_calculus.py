"""The linear layer's Jacobian and its vector-Jacobian product, against PyTorch and NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.networks.matrix_calculus import linear_jacobian, linear_vjp

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def normal(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def small(*shape):
    """Small whole numbers: sums and products of these are exact, whatever the order."""
    return arrays(np.float64, shape, elements=st.integers(-9, 9).map(float))


@st.composite
def layers(draw, min_dims=0):
    """(x, w, g) that fit together, with any number of leading axes."""
    batch = draw(array_shapes(min_dims=min_dims, max_dims=2, max_side=4))
    d_in, d_out = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    shapes = (*batch, d_in), (d_in, d_out), (*batch, d_out)
    return tuple(draw(small(*shape)) for shape in shapes)


# Against others


@DTYPES
@given(layer=layers())
def test_vjp_and_jacobian_agree_with_pytorch_for_any_leading_axes(dtype, layer):
    x, w, g = (array.astype(dtype) for array in layer)
    x.flags.writeable = w.flags.writeable = g.flags.writeable = False
    leaves = [torch.tensor(array, requires_grad=True) for array in (x, w)]
    torch.matmul(*leaves).backward(torch.tensor(g))
    for got, leaf in zip(linear_vjp(x, w, g), leaves, strict=True):
        assert (got.dtype, got.shape) == (dtype, leaf.shape)
        assert_array_equal(got, leaf.grad)
    expected = torch.autograd.functional.jacobian(
        lambda weights: torch.tensor(x) @ weights, torch.tensor(w)
    )
    assert_array_equal(linear_jacobian(x, w), expected, strict=True)


def test_nn_linear_stores_the_transpose_and_its_gradient_is_transposed_too():
    x, w, g = normal(4, (4, 5), (5, 3), (4, 3))
    layer = torch.nn.Linear(5, 3, bias=False, dtype=torch.float64)
    assert layer.weight.shape == (3, 5)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(w.T))
    layer(torch.tensor(x)).backward(torch.tensor(g))
    assert_allclose(layer.weight.grad, g.T @ x, rtol=1e-12)
    assert_allclose(layer.weight.grad.T, linear_vjp(x, w, g)[1], rtol=1e-12)


# Properties


@given(layers(min_dims=1))
def test_flattened_the_jacobian_is_a_kronecker_product_with_an_identity(layer):
    x, w, _ = layer
    rows, identity = x.reshape(-1, x.shape[-1]), np.eye(w.shape[1])
    jacobian = linear_jacobian(rows, w)
    size = len(rows) * w.shape[1], w.size
    assert_array_equal(jacobian.reshape(size), np.kron(rows, identity))
    assert_array_equal(jacobian.reshape(size, order="F"), np.kron(identity, rows))


def test_arrays_of_any_memory_order_and_integers_are_welcome():
    x, w, g = normal(6, (2, 3, 5), (5, 7), (2, 3, 7))
    expected = linear_vjp(x, w, g)
    arranged = np.asfortranarray(x), w.T.copy().T, g[..., ::-1][..., ::-1]
    for got, want in zip(linear_vjp(*arranged), expected, strict=True):
        assert_allclose(got, want, rtol=1e-12)
    pixels = np.full((4, 5), 200, dtype=np.uint8)
    ones = np.ones((4, 7), dtype=np.int64)
    assert_array_equal(linear_vjp(pixels, w, ones)[1], np.full((5, 7), 800.0))


# What is refused


@pytest.mark.parametrize("size", [1, 2, 3, 17])
@pytest.mark.parametrize("parameter", ["x", "w", "g"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_entry_that_is_not_finite_is_found_among_zeros(value, parameter, size):
    shapes = {"x": (2, size, 3), "w": (3, size), "g": (2, size, size)}
    for index in (0, -1):
        given_ = {name: np.zeros(shape) for name, shape in shapes.items()}
        given_[parameter].reshape(-1)[index] = value
        with pytest.raises(ValueError, match=f"`{parameter}` holds {value} at index"):
            linear_vjp(**given_)
        del given_["g"]
        if parameter != "g":
            with pytest.raises(ValueError, match=f"`{parameter}` holds {value} at"):
                linear_jacobian(**given_)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_a_product_that_overflows_is_refused_by_its_name():
    x, w, g = np.full((2, 3), 1e200), np.ones((3, 2)), np.full((2, 2), 1e200)
    with pytest.raises(ValueError, match=r"dw overflows: inf at index \(0, 0\), where "):
        linear_vjp(x, w, g)
    with pytest.raises(ValueError, match=r"dx overflows: inf at index \(0, 0\), where "):
        linear_vjp(w.T, x.T, g)


def test_infinity_times_zero_is_refused_without_a_warning():
    with np.errstate(invalid="raise"), pytest.raises(ValueError, match="`w` holds inf at index"):
        linear_vjp(np.ones((1, 2)), np.array([[np.inf], [1.0]]), np.zeros((1, 1)))


def test_the_wider_type_of_both_is_that_of_the_jacobian():
    for x, w in ((np.float32, np.float64), (np.float64, np.float32)):
        assert linear_jacobian(np.ones((1, 2), x), np.ones((2, 3), w)).dtype == np.float64


@pytest.mark.parametrize(
    ("x", "w", "g", "name"),
    [
        ((0, 3), (3, 2), (0, 2), "x"),
        ((4, 0), (0, 2), (4, 2), "x"),
        ((4, 3), (3, 0), (4, 0), "w"),
    ],
)
def test_an_empty_argument_is_refused(x, w, g, name):
    with pytest.raises(ValueError, match=f"`{name}` is empty"):
        linear_vjp(np.ones(x), np.ones(w), np.ones(g))
    with pytest.raises(ValueError, match=f"`{name}` is empty"):
        linear_jacobian(np.ones(x), np.ones(w))


@pytest.mark.parametrize(
    ("x", "w", "g", "parameter"),
    [
        ((5, 3), (2, 3), (5, 2), "w"),
        ((5, 3), (3, 2), (4, 2), "g"),
        ((5, 3), (3, 2), (5, 1), "g"),
        ((5, 3), (3, 2), (2,), "g"),
        ((5, 3), (3,), (5, 3), "w"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(x, w, g, parameter):
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        linear_vjp(np.ones(x), np.ones(w), np.ones(g))
