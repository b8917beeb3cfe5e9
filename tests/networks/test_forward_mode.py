"""Dual numbers, against PyTorch's forward mode and the tape on random graphs."""

import operator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from random_graphs import as_dtype, graphs, leaves, ours, pytorchs, replay

from answers.networks.computation_graph import Node, two_layer_loss
from answers.networks.forward_mode import Dual
from answers.networks.two_layer_net import TwoLayerNet, two_layer_gradients

many, some = (settings(max_examples=n, deadline=None) for n in (300, 100))
seeds = st.integers(0, 2**32 - 1)


def directions(steps, seed):
    """A random tangent for each leaf, in the order of the leaves."""
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=steps[at].option.shape)) for at in leaves(steps)]


def duals_of(steps, tangents):
    remaining = iter(tangents)
    return replay(steps, ours(lambda array: Dual(array, next(remaining))))


def largest(*arrays):
    # At least 1e-3: terms near 1 that cancel leave their rounding.
    return max(1e-3, *(np.abs(array).max() for array in arrays))


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")  # PyTorch's own
@many
@given(graphs(), seeds)
def test_agrees_with_pytorchs_forward_mode_on_random_graphs(steps, seed):
    tangents = directions(steps, seed)
    duals = duals_of(steps, tangents)

    def function(*tensors):
        remaining = iter(tensors)
        return tuple(replay(steps, pytorchs(lambda _: next(remaining))))

    primals = tuple(torch.tensor(steps[at].option) for at in leaves(steps))
    tensors = tuple(map(torch.tensor, tangents))
    values, slopes = torch.func.jvp(function, primals, tensors)
    size = largest(*(slope.numpy() for slope in slopes))
    for dual, value, slope in zip(duals, values, slopes, strict=True):
        assert dual.tangent.shape == dual.value.shape
        assert_allclose(dual.value, value.numpy(), rtol=1e-12, atol=1e-12)
        assert_allclose(dual.tangent, slope.numpy(), rtol=1e-10, atol=1e-10 * size)


@many
@given(graphs(), seeds)
def test_forward_and_reverse_mode_multiply_by_the_same_jacobian(steps, seed):
    """⟨g, J v⟩ = ⟨Jᵀ g, v⟩ for any g and v."""
    tangents = directions(steps, seed)
    dual = duals_of(steps, tangents)[-1]
    nodes = replay(steps, ours(Node))
    g = np.asarray(np.random.default_rng(seed + 1).normal(size=nodes[-1].value.shape))
    nodes[-1].backward(g)
    terms = [
        grad * tangent
        for at, tangent in zip(leaves(steps), tangents, strict=True)
        if (grad := nodes[at].grad) is not None
    ]
    forward, reverse = (g * dual.tangent).sum(), sum(term.sum() for term in terms)
    size = largest(g * dual.tangent, *terms)
    assert_allclose(forward, reverse, rtol=1e-10, atol=1e-10 * size)


@some
@given(graphs(), seeds)
def test_float32_stays_float32(steps, seed):
    steps = as_dtype(steps, np.float32)
    tangents = [tangent.astype(np.float32) for tangent in directions(steps, seed)]
    for dual in duals_of(steps, tangents):
        assert dual.value.dtype == dual.tangent.dtype == np.float32


@some
@given(graphs(), seeds)
def test_no_array_is_modified(steps, seed):
    arrays = directions(steps, seed)
    arrays += [step.option for step in steps if isinstance(step.option, np.ndarray)]
    before = [array.copy() for array in arrays]
    duals_of(steps, arrays)
    for array, copy in zip(arrays, before, strict=True):
        assert_array_equal(array, copy)


def test_one_pass_for_each_parameter_gives_the_gradient():
    rng = np.random.default_rng(0)
    params = TwoLayerNet(3, hidden=4, classes=2, rng=rng).params
    x, y = rng.normal(size=(5, 3)), rng.integers(2, size=5)
    _, gradients = two_layer_gradients(x, y, **params)
    for name, array in params.items():
        for index in np.ndindex(array.shape):
            tangents = {each: np.zeros_like(params[each]) for each in params}
            tangents[name][index] = 1
            duals = {each: Dual(params[each], tangents[each]) for each in params}
            slope = two_layer_loss(x, y, **duals).tangent
            assert_allclose(slope, gradients[name][index], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul])
def test_the_tangent_is_broadcast_with_a_larger_constant(operation):
    a, ones = Dual(np.array([2.0, 3.0]), np.array([1.0, 10.0])), np.ones((3, 2))
    for dual, sign in [
        (operation(a, ones), 1),
        (operation(ones, a), -1 if operation is operator.sub else 1),
    ]:
        assert_array_equal(dual.tangent, sign * np.array([[1.0, 10.0]] * 3))
        assert dual.sum().tangent == sign * 33


def test_small_unsigned_integers_do_not_wrap_around_in_a_difference():
    a, pixels = Dual(np.ones(2), np.ones(2)), np.array([3, 255], np.uint8)
    assert_array_equal((a - pixels).value, [-2, -254])
    assert_array_equal((pixels - a).value, [2, 254])
    assert_array_equal((pixels - a).tangent, [-1, -1])
    assert_array_equal((-a).tangent, [-1, -1])


def test_integers_compute_in_float64():
    a = Dual(np.array([1, 2]), np.array([1, 0]))
    assert a.value.dtype == a.tangent.dtype == np.float64


def test_a_tangent_of_another_shape_is_refused():
    with pytest.raises(TypeCheckError, match="tangent"):
        Dual(np.ones(3), np.ones(2))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_are_refused(value):
    good, bad = np.ones(2), np.array([1.0, value])
    with pytest.raises(ValueError, match=f"`value` holds {value} at index 1"):
        Dual(bad, good)
    with pytest.raises(ValueError, match=f"`tangent` holds {value} at index 1"):
        Dual(good, bad)


def test_lists_are_refused_with_the_repair():
    with pytest.raises(TypeError, match=r"`value` is a list; pass np.array\(value\)"):
        Dual([1.0], np.ones(1))
    with pytest.raises(TypeError, match=r"`tangent` is a float; pass np.array"):
        Dual(np.ones(()), 1.0)


def test_functions_of_numpy_refuse_a_dual():
    with pytest.raises(TypeError):
        np.exp(Dual(np.ones(2), np.ones(2)))


def test_a_list_beside_a_dual_is_refused():
    with pytest.raises(TypeError, match="a list is no array"):
        operator.add(Dual(np.array(1.0), np.array(1.0)), [1, 2, 3])
