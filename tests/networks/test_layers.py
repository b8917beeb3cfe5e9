"""affine and ReLU with their backward passes, against loops, PyTorch and the adjoint."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.networks.layers import affine, affine_backward, relu, relu_backward

LEADING_AXES = [(), (1,), (7,), (2, 3), (2, 3, 5)]

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


def normal(seed, *shapes, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def test_affine_and_its_gradients_agree_with_loops():
    x, w, b, dout = normal(1, (5, 3), (3, 2), (2,), (5, 2))
    y, dx, dw, db = np.zeros((5, 2)), np.zeros((5, 3)), np.zeros((3, 2)), np.zeros(2)
    for n in range(5):
        for j in range(2):
            y[n, j] = b[j]
            db[j] += dout[n, j]
            for i in range(3):
                y[n, j] += x[n, i] * w[i, j]
                dx[n, i] += dout[n, j] * w[i, j]
                dw[i, j] += dout[n, j] * x[n, i]
    assert_allclose(affine(x, w, b), y, rtol=1e-13)
    for got, expected in zip(affine_backward(dout, x, w), (dx, dw, db), strict=True):
        assert_allclose(got, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-12)]
)
@pytest.mark.parametrize("batch", LEADING_AXES)
def test_affine_agrees_with_pytorch_for_any_leading_axes(batch, dtype, tolerance):
    arrays_ = normal(2, (*batch, 5), (5, 3), (3,), dtype=dtype)
    (dout,) = normal(3, (*batch, 3), dtype=dtype)
    x, w, b = tensors = [torch.tensor(array, requires_grad=True) for array in arrays_]
    y = torch.nn.functional.linear(x, w.T, b)
    y.backward(torch.tensor(dout))
    assert_allclose(affine(*arrays_), y.detach(), rtol=tolerance, atol=tolerance)
    for got, tensor in zip(affine_backward(dout, *arrays_[:2]), tensors, strict=True):
        assert got.dtype == dtype
        assert got.shape == tensor.shape
        assert_allclose(got, tensor.grad, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("batch", LEADING_AXES)
def test_relu_agrees_with_pytorch_also_at_0(batch):
    x, dout = (np.round(2 * array) for array in normal(4, (*batch, 7), (*batch, 7)))
    tensor = torch.tensor(x, requires_grad=True)
    y = torch.relu(tensor)
    y.backward(torch.tensor(dout))
    assert_array_equal(relu(x), y.detach())
    assert_array_equal(relu_backward(dout, x), tensor.grad)


@given(layers(), st.integers(-3, 3), st.integers(-3, 3), st.data())
def test_affine_without_bias_is_linear_in_its_input(layer, a, c, data):
    x, w, b, _ = layer
    other, none = data.draw(small(*x.shape)), 0 * b
    assert_array_equal(
        affine(a * x + c * other, w, none),
        a * affine(x, w, none) + c * affine(other, w, none),
    )


@given(layers(), st.data())
def test_affine_backward_is_the_adjoint_of_affine(layer, data):
    x, w, b, dout = layer
    dx, dw, db = affine_backward(dout, x, w)
    none = 0 * b
    step_x, step_w, step_b = (data.draw(small(*array.shape)) for array in (x, w, b))
    assert (dout * affine(step_x, w, none)).sum() == (dx * step_x).sum()
    assert (dout * affine(x, step_w, none)).sum() == (dw * step_w).sum()
    assert (dout * affine(0 * x, w, step_b)).sum() == (db * step_b).sum()


@given(layers(), st.data())
def test_gradients_of_the_parameters_add_up_over_the_batch(layer, data):
    x, w, _, dout = layer
    more_x, more_dout = data.draw(small(*x.shape)), data.draw(small(*dout.shape))
    _, dw, db = affine_backward(np.stack([dout, more_dout]), np.stack([x, more_x]), w)
    _, dw_1, db_1 = affine_backward(dout, x, w)
    _, dw_2, db_2 = affine_backward(more_dout, more_x, w)
    assert_array_equal(dw, dw_1 + dw_2)
    assert_array_equal(db, db_1 + db_2)


@given(layers(), st.integers(-4, 4))
def test_a_gradient_that_is_scaled_on_the_way_in_is_scaled_on_the_way_out(
    layer, factor
):
    x, w, _, dout = layer
    for got, once in zip(
        affine_backward(factor * dout, x, w), affine_backward(dout, x, w), strict=True
    ):
        assert_array_equal(got, factor * once)
    assert_array_equal(relu_backward(factor * x, x), factor * relu_backward(x, x))


@given(small(3, 5))
def test_relu_is_idempotent_and_splits_a_number_into_its_two_halves(x):
    assert_array_equal(relu(relu(x)), relu(x))
    assert_array_equal(relu(x) - relu(-x), x)


@given(small(3, 5), small(3, 5))
def test_relu_backward_takes_input_or_output_of_the_forward_pass(dout, x):
    assert_array_equal(relu_backward(dout, x), relu_backward(dout, relu(x)))


@given(small(3, 5), small(3, 5))
def test_relu_backward_is_the_adjoint_of_relu_where_no_input_is_0(dout, x):
    x = x + 0.5
    step = dout / 64  # too small to carry any input over 0
    assert (dout * (relu(x + step) - relu(x))).sum() == (
        relu_backward(dout, x) * step
    ).sum()


@pytest.mark.parametrize(
    ("x", "w", "b", "parameter"),
    [
        ((5, 3), (2, 3), (2,), "w"),
        ((5, 3), (3, 2), (5,), "b"),
        ((5, 3), (3, 2), (1, 2), "b"),
        ((5, 3), (3,), (2,), "w"),
        ((), (3, 2), (2,), "x"),
    ],
)
def test_affine_refuses_shapes_that_do_not_fit(x, w, b, parameter):
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        affine(np.ones(x), np.ones(w), np.ones(b))


@pytest.mark.parametrize(
    ("dout", "x", "w", "parameter"),
    [
        ((5, 3), (5, 3), (3, 2), "w"),
        ((5, 2), (4, 3), (3, 2), "x"),
        ((5, 1), (5, 3), (3, 2), "w"),
        ((5, 2), (5, 3), (2, 3), "w"),
    ],
)
def test_affine_backward_refuses_shapes_that_do_not_fit(dout, x, w, parameter):
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        affine_backward(np.ones(dout), np.ones(x), np.ones(w))


def test_relu_backward_refuses_another_shape_even_where_it_would_broadcast():
    with pytest.raises(TypeCheckError, match="parameter 'x'"):
        relu_backward(np.ones((5, 3)), np.ones((1, 3)))


def test_a_single_number_is_no_row_of_features():
    with pytest.raises(TypeCheckError, match="parameter 'x'"):
        relu(np.array(3.0))
