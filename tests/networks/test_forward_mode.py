"""Dual numbers, against PyTorch's forward mode on random graphs."""

import operator

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from random_graphs import as_dtype, graphs, leaves, ours, pytorchs, replay

from answers.networks.computation_graph import two_layer_loss
from answers.networks.forward_mode import Dual
from answers.networks.two_layer_net import TwoLayerNet, two_layer_gradients


def directions(steps):
    """A random tangent for each leaf, in the order of the leaves."""
    rng = np.random.default_rng(0)
    return [np.asarray(rng.normal(size=steps[at].option.shape)) for at in leaves(steps)]


def duals_of(steps, tangents):
    remaining = iter(tangents)
    return replay(steps, ours(lambda array: Dual(array, next(remaining))))


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")  # PyTorch's own
def test_agrees_with_pytorchs_forward_mode_on_random_graphs():
    for steps in graphs():
        tangents = directions(steps)
        duals = duals_of(steps, tangents)

        def function(*tensors, steps=steps):
            remaining = iter(tensors)
            return tuple(replay(steps, pytorchs(lambda _: next(remaining))))

        primals = tuple(torch.tensor(steps[at].option) for at in leaves(steps))
        tensors = tuple(map(torch.tensor, tangents))
        values, slopes = torch.func.jvp(function, primals, tensors)
        # At least 1e-3: terms near 1 that cancel leave their rounding.
        largest = max(1e-3, *(slope.abs().max().item() for slope in slopes))
        for dual, value, slope in zip(duals, values, slopes, strict=True):
            assert dual.tangent.shape == dual.value.shape
            assert_allclose(dual.value, value.numpy(), rtol=1e-12, atol=1e-12)
            slope = slope.numpy()
            assert_allclose(dual.tangent, slope, rtol=1e-10, atol=1e-10 * largest)


def test_float32_stays_float32_and_no_array_is_modified():
    for steps in graphs()[:100]:
        steps = as_dtype(steps, np.float32)
        tangents = [tangent.astype(np.float32) for tangent in directions(steps)]
        for array in (*tangents, *(steps[at].option for at in leaves(steps))):
            array.flags.writeable = False
        duals = duals_of(steps, tangents)
        assert {d.dtype for each in duals for d in (each.value, each.tangent)} == {
            np.dtype(np.float32)
        }


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


@pytest.mark.parametrize("axis", [2, (0, 2)])
@pytest.mark.parametrize("reduce", [Dual.sum, Dual.max])
def test_an_axis_that_is_not_there_is_refused(reduce, axis):
    with pytest.raises(ValueError, match=r"^`value` has 2 axes, and no axis 2; choose one"):
        reduce(Dual(np.ones((2, 3)), np.ones((2, 3))), axis)


def test_a_reduction_drops_its_axis_unless_it_is_to_be_kept():
    dual = Dual(np.array([[1.0, 3.0], [4.0, 2.0]]), np.array([[5.0, 6.0], [7.0, 8.0]]))
    assert_array_equal(dual.max(1).value, [3, 4])
    assert_array_equal(dual.max(1).tangent, [6, 7])
    assert_array_equal(dual.sum(1, keepdims=True).tangent, [[11], [15]])


def test_a_list_beside_a_dual_is_refused():
    with pytest.raises(TypeError, match="a list is no array"):
        operator.add(Dual(np.array(1.0), np.array(1.0)), [1, 2, 3])
