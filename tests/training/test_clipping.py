"""Clipping by the common norm, against PyTorch and one long vector."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from answers.training.clipping import clip_grad_norm

SHAPES = {"w1": (5, 3), "b1": (3,), "kernel": (2, 3, 2, 2), "scale": ()}


def gradients(seed, size=1.0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    drawn = {k: np.asarray(size * rng.normal(size=shape)) for k, shape in SHAPES.items()}
    return {name: array.astype(dtype) for name, array in drawn.items()}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("max_norm", [0.3, 1.0, 50.0])
def test_agrees_with_pytorch(max_norm, dtype):
    given_ = gradients(1, 3.0, dtype)
    parameters = [torch.zeros(shape, dtype=torch.float64) for shape in SHAPES.values()]
    for parameter, gradient in zip(parameters, given_.values(), strict=True):
        parameter.grad = torch.tensor(gradient, dtype=torch.float64)
    theirs = torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    clipped, norm = clip_grad_norm(given_, max_norm)
    assert_allclose(norm, theirs.item(), rtol=1e-6)  # theirs adds 1e-6 to the norm
    for parameter, (name, gradient) in zip(parameters, clipped.items(), strict=True):
        assert gradient.dtype == dtype
        assert gradient.shape == SHAPES[name]
        assert_allclose(gradient, parameter.grad.numpy(), rtol=1e-5)


@given(st.integers(0, 999), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_it_is_one_long_vector_that_keeps_its_direction_and_never_grows(seed, size, max_norm):
    given_ = gradients(seed, size)
    before = copy.deepcopy(given_)
    clipped, norm = clip_grad_norm(given_, max_norm)
    long, short = (np.concatenate([g.ravel() for g in each.values()]) for each in (given_, clipped))
    assert_allclose(norm, np.linalg.norm(long), rtol=1e-12)
    assert_allclose(np.linalg.norm(short), min(norm, max_norm), rtol=1e-12)
    assert_allclose(short * norm, long * min(norm, max_norm), rtol=1e-12)
    for name, gradient in before.items():
        assert_array_equal(given_[name], gradient)


def test_a_small_gradient_and_one_of_zeros_stay_as_they_are():
    small = gradients(2, 1e-3)
    for given_ in (small, {name: 0 * each for name, each in small.items()}):
        clipped, _ = clip_grad_norm(given_, 1.0)
        for name in given_:
            assert_array_equal(clipped[name], given_[name])


def test_float32_gradients_whose_squares_would_overflow_are_clipped():
    given_ = gradients(3, 1e30, np.float32)
    clipped, norm = clip_grad_norm(given_, 1.0)
    assert norm > 1e30
    assert_allclose(np.sqrt(sum((each**2).sum() for each in clipped.values())), 1, rtol=1e-6)


def test_parts_clipped_each_by_itself_point_elsewhere():
    given_ = {"a": np.array([30.0, 40.0]), "b": np.array([0.3])}
    together, _ = clip_grad_norm(given_, 1.0)
    each = {k: clip_grad_norm({k: g}, 1.0)[0][k] for k, g in given_.items()}
    assert_allclose(together["b"] / together["a"], given_["b"] / given_["a"])
    assert (each["b"] > 10 * together["b"]).all()


@pytest.mark.parametrize(
    ("given_", "max_norm", "said"),
    [
        ({}, 1.0, "`gradients` is empty"),
        ({"w": np.array([1.0, np.nan])}, 1.0, r"gradients\['w'\]` holds nan at index 1"),
        ({"w": np.ones(2)}, 0.0, "`max_norm` is 0"),
        ({"w": np.ones(2)}, np.nan, "`max_norm` is nan"),
        ({"w": np.full(2, 1e200)}, 1.0, "the norm overflows"),
    ],
)
def test_bad_values_are_refused_in_words(given_, max_norm, said):
    with pytest.raises(ValueError, match=said):
        clip_grad_norm(given_, max_norm)
