"""The Jacobian from backward passes, against PyTorch, finite differences and known matrices."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from answers.networks.layers import affine_backward
from answers.networks.vector_jacobian import jacobian_from_vjp
from answers.probability.softmax import cross_entropy

whole = st.integers(-9, 9).map(float)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 3)])
def test_agrees_with_the_jacobian_of_pytorch_for_any_axes(shape):
    def f(x):
        return (torch.tanh(x) @ w).sum(0).reshape(shape) if shape else x.prod()

    rng = np.random.default_rng(len(shape))
    x = torch.tensor(rng.normal(size=(5, 2)))
    w = torch.tensor(rng.normal(size=(2, int(np.prod(shape)))))
    _, vjp = torch.func.vjp(f, x)
    ours = jacobian_from_vjp(lambda g: vjp(torch.tensor(g))[0].numpy(), shape)
    theirs = torch.autograd.functional.jacobian(f, x)
    assert ours.shape == theirs.shape == (*shape, 5, 2)
    assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_the_backward_pass_of_a_linear_layer_gives_its_known_jacobians():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    by_x, by_w, by_b = (
        jacobian_from_vjp(lambda g, i=i: affine_backward(g, x, w)[i], (3, 2)) for i in range(3)
    )
    assert_allclose(by_x, np.einsum("nm,dk->nkmd", np.eye(3), w), rtol=1e-13)
    assert_allclose(by_w, np.einsum("nd,kj->nkdj", x, np.eye(2)), rtol=1e-13)
    assert_array_equal(by_b, np.broadcast_to(np.eye(2), (3, 2, 2)))


def test_a_loss_costs_one_call_and_gives_its_gradient():
    calls, logits = [], np.array([[0.3, -1.2, 2.0]])

    def vjp(g):
        calls.append(g.shape)
        return g * cross_entropy(logits, np.array([1]))[1]

    gradient = jacobian_from_vjp(vjp, ())
    assert_array_equal(gradient, cross_entropy(logits, np.array([1]))[1])
    assert calls == [()]


@given(st.data())
def test_a_linear_map_has_its_own_matrix_and_gives_back_every_product(data):
    out, inside = (
        data.draw(array_shapes(max_side=3)),
        data.draw(array_shapes(max_side=3)),
    )
    a = data.draw(arrays(np.float64, (*out, *inside), elements=whole))
    g = data.draw(arrays(np.float64, out, elements=whole))
    calls = []

    def vjp(g):
        calls.append(g)
        return np.tensordot(g, a, axes=g.ndim)

    jacobian = jacobian_from_vjp(vjp, out)
    assert_array_equal(jacobian, a)
    assert_array_equal(np.tensordot(g, jacobian, axes=g.ndim), vjp(g))
    assert len(calls) - 1 == np.prod(out)


def test_a_backward_pass_may_return_the_same_memory_or_keep_what_it_is_given():
    a, buffer, given_to_it = np.arange(6.0).reshape(2, 3), np.empty(3), []

    def vjp(g):
        given_to_it.append(g)
        return np.matmul(g, a, out=buffer)

    assert_array_equal(jacobian_from_vjp(vjp, (2,)), a)
    assert_array_equal(given_to_it, np.eye(2))


def test_float32_stays_float32_and_integers_become_float64():
    a = np.arange(6).reshape(2, 3)
    assert jacobian_from_vjp(lambda g: (g @ a).astype(np.float32), (2,)).dtype == "float32"
    assert jacobian_from_vjp(lambda g: (g @ a).astype(int), (2,)).dtype == "float64"


def test_bad_outputs_are_refused():
    with pytest.raises(ValueError, match=r"`shape` is \(2, 0\)"):
        jacobian_from_vjp(lambda g: g, (2, 0))
    with pytest.raises(ValueError, match=r"`vjp\(g\)` is empty"):
        jacobian_from_vjp(lambda g: g[:0], (2,))
    with pytest.raises(ValueError, match=r"`vjp\(g\)` holds nan"):
        jacobian_from_vjp(lambda g: g * np.nan, (2,))


@pytest.mark.parametrize(
    ("returned", "named"),
    [
        ((np.ones(2), np.ones(2)), "tuple"),
        (None, "NoneType"),
        ([1.0, 2.0], "list"),
        (np.ones(2) * 1j, "complex128"),
        (np.array(["a"]), "<U1"),
        (torch.ones(2), "torch.float32"),
    ],
)
def test_what_is_no_array_of_real_numbers_is_refused(returned, named):
    with pytest.raises(TypeError, match=f"`vjp` returned {named}; return one array"):
        jacobian_from_vjp(lambda g: returned, (2,))


def test_an_input_whose_shape_changes_is_refused():
    with pytest.raises(ValueError, match=r"shape \(2,\) for entry \(1,\), \(1,\) before"):
        jacobian_from_vjp(lambda g: np.ones(1 + g.argmax()), (2,))
    with pytest.raises(ValueError, match=r"`shape` is \(-2,\)"):
        jacobian_from_vjp(lambda g: g, (-2,))
