"""affine and ReLU with their backward passes, against loops, PyTorch and the adjoint."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.networks.layers import (
    affine,
    affine_backward,
    relu,
    relu_backward,
    softmax_backward,
)
from answers.probability.softmax import cross_entropy, softmax

sizes = st.integers(1, 5)


def small(*shape):
    """Small whole numbers: sums and products of these are exact, whatever the order."""
    return arrays(np.float64, shape, elements=st.integers(-9, 9).map(float))


@st.composite
def layers(draw):
    """(x, w, b, dout) that fit together, with any number of leading axes."""
    batch = draw(array_shapes(min_dims=0, max_dims=2, max_side=4))
    d_in, d_out = draw(sizes), draw(sizes)
    shapes = (*batch, d_in), (d_in, d_out), (d_out,), (*batch, d_out)
    return tuple(draw(small(*shape)) for shape in shapes)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(layer=layers())
def test_affine_agrees_with_pytorch_for_any_leading_axes(dtype, layer):
    *given_, dout = (array.astype(dtype) for array in layer)
    x, w, b = tensors = [torch.tensor(array, requires_grad=True) for array in given_]
    y = torch.nn.functional.linear(x, w.T, b)
    y.backward(torch.tensor(dout))
    assert_array_equal(affine(*given_), y.detach())
    for got, tensor in zip(affine_backward(dout, *given_[:2]), tensors, strict=True):
        assert got.dtype == dtype
        assert got.shape == tensor.shape
        assert_array_equal(got, tensor.grad)


@given(layers())
def test_relu_agrees_with_pytorch_also_at_0_and_goes_back_from_input_or_output(layer):
    x, dout = layer[0], layer[0][::-1]
    tensor = torch.tensor(x, requires_grad=True)
    y = torch.relu(tensor)
    y.backward(torch.tensor(dout.copy()))
    assert_array_equal(relu(x), y.detach())
    assert_array_equal(relu_backward(dout, x), tensor.grad)
    assert_array_equal(relu_backward(dout, relu(x)), tensor.grad)


@pytest.mark.parametrize(("dtype", "atol"), [(np.float32, 1e-5), (np.float64, 1e-14)])
@given(layer=layers())
def test_softmax_sends_back_what_pytorch_does_for_any_leading_axes(dtype, atol, layer):
    z, dout = (array.astype(dtype) for array in (layer[0], layer[0][..., ::-1].copy()))
    tensor = torch.tensor(z, requires_grad=True)
    torch.softmax(tensor, dim=-1).backward(torch.tensor(dout))
    got = softmax_backward(dout, softmax(z))
    assert got.dtype == dtype
    assert_allclose(got, tensor.grad, atol=atol)
    assert_allclose(got.sum(axis=-1), 0, atol=10 * atol)


def test_behind_softmax_the_slope_of_the_loss_gives_the_gradient_of_cross_entropy():
    z, y = np.random.default_rng(3).normal(size=(7, 5)), np.arange(7) % 5
    p, onehot = softmax(z), np.eye(5)[y]
    assert_allclose(softmax_backward(-onehot / p / 7, p), cross_entropy(z, y)[1], atol=1e-15)


@pytest.mark.parametrize(
    ("function", "shapes", "parameter"),
    [
        (affine, [(5, 3), (2, 3), (2,)], "w"),
        (affine, [(5, 3), (3, 2), (5,)], "b"),
        (affine, [(5, 3), (3, 2), (1, 2)], "b"),
        (affine, [(5, 3), (3,), (2,)], "w"),
        (affine, [(), (3, 2), (2,)], "x"),
        (affine_backward, [(5, 3), (5, 3), (3, 2)], "w"),
        (affine_backward, [(5, 2), (4, 3), (3, 2)], "x"),
        (affine_backward, [(5, 1), (5, 3), (3, 2)], "w"),
        (affine_backward, [(5, 2), (5, 3), (2, 3)], "w"),
        (relu_backward, [(5, 3), (1, 3)], "x"),  # though it would broadcast
        (relu, [()], "x"),
        (softmax_backward, [(5, 3), (5, 1)], "p"),  # though it would broadcast
    ],
)
def test_shapes_that_do_not_fit_are_refused(function, shapes, parameter):
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        function(*map(np.ones, shapes))


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.parametrize(
    ("function", "arrays", "what"),
    [
        (affine, ([[1e200]], [[1e200]], [0.0]), r"x w \+ b"),
        (affine_backward, ([[1e200]], [[1.0]], [[1e200]]), "dx"),
        (affine_backward, ([[1e200]], [[1e200]], [[1.0]]), "dw"),
        (affine_backward, ([[1e308], [1e308]], [[0.1], [0.1]], [[0.5]]), "db"),
        (softmax_backward, ([[1e308, -1e308]], [[0.1, 0.9]]), "the gradient"),
    ],
)
def test_what_overflows_is_refused_by_its_name(function, arrays, what):
    with pytest.raises(ValueError, match=f"^{what} overflows: inf at index "):
        function(*map(np.array, arrays))
