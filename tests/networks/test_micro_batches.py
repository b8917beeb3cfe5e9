"""Gradients of parts put together, against that of the whole batch and PyTorch's `.grad`."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.networks.micro_batches import accumulate_gradients
from answers.networks.two_layer_net import two_layer_gradients

SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@given(SIZES, st.integers(0, 2**32 - 1))
def test_the_gradient_is_that_of_the_whole_batch(sizes, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(sum(sizes), 3)), rng.integers(2, size=sum(sizes))
    params = [rng.normal(size=shape) for shape in [(3, 4), (4,), (4, 2), (2,)]]
    ends = np.cumsum(sizes)
    parts = [
        two_layer_gradients(x[end - n : end], y[end - n : end], *params)[1]
        for n, end in zip(sizes, ends, strict=True)
    ]
    _, whole = two_layer_gradients(x, y, *params)
    for name in ("w1", "b1", "w2", "b2"):
        stacked = np.stack([part[name] for part in parts])
        got = accumulate_gradients(stacked, np.array(sizes))
        assert_allclose(got, whole[name], rtol=1e-11, atol=1e-14, err_msg=name)


def test_it_agrees_with_what_pytorch_accumulates_from_summed_losses():
    torch.manual_seed(0)
    w = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    x, y = torch.randn(11, 4, dtype=torch.float64), torch.randint(3, (11,))
    sizes, means = [6, 4, 1], []
    for xs, ys in zip(x.split(sizes), y.split(sizes), strict=True):
        loss = torch.nn.functional.cross_entropy(xs @ w, ys)
        means.append(torch.autograd.grad(loss, w)[0].numpy())
    for xs, ys in zip(x.split(sizes), y.split(sizes), strict=True):
        loss = torch.nn.functional.cross_entropy(xs @ w, ys, reduction="sum")
        (loss / 11).backward()
    got = accumulate_gradients(np.stack(means), np.array(sizes))
    assert_allclose(got, w.grad.numpy(), rtol=1e-12, atol=1e-15)


@given(SIZES, st.integers(0, 2**32 - 1))
def test_only_the_ratio_of_the_sizes_counts(sizes, seed):
    gradients = np.random.default_rng(seed).normal(size=(len(sizes), 2, 3))
    once = accumulate_gradients(gradients, np.array(sizes))
    assert_allclose(accumulate_gradients(gradients, 7 * np.array(sizes)), once, atol=1e-14)


def test_parts_of_equal_size_give_the_plain_mean():
    gradients = np.random.default_rng(0).normal(size=(3, 2, 5))
    got = accumulate_gradients(gradients, np.array([4, 4, 4]))
    assert_allclose(got, gradients.mean(axis=0), rtol=1e-13, atol=1e-15)


def test_float32_stays_and_sizes_of_one_byte_do_not_wrap_around():
    gradients = np.random.default_rng(1).normal(size=(3, 2)).astype(np.float32)
    sizes = np.array([200, 100, 57], dtype=np.uint8)
    got = accumulate_gradients(gradients, sizes)
    assert got.dtype == np.float32
    assert_allclose(got, np.average(gradients, axis=0, weights=sizes), rtol=1e-5)


def test_the_arguments_stay_as_they_are():
    gradients, sizes = np.ones((2, 3)), np.array([1, 2])
    accumulate_gradients(gradients, sizes)
    assert_array_equal(gradients, np.ones((2, 3)))
    assert_array_equal(sizes, [1, 2])


@pytest.mark.parametrize("size", [0, -3])
def test_a_part_without_examples_is_refused(size):
    with pytest.raises(ValueError, match=f"`sizes` holds {size} at index 1; leave out"):
        accumulate_gradients(np.ones((2, 3)), np.array([1, size]))


def test_no_part_nan_and_another_number_of_sizes_are_refused():
    with pytest.raises(ValueError, match="`gradients` is empty"):
        accumulate_gradients(np.ones((0, 3)), np.array([], dtype=int))
    with pytest.raises(ValueError, match=r"`gradients` holds nan at index \(1, 0\)"):
        accumulate_gradients(np.array([[1.0], [np.nan]]), np.array([1, 2]))
    with pytest.raises(TypeCheckError, match="parameter 'sizes'"):
        accumulate_gradients(np.ones((2, 3)), np.array([1, 2, 3]))


def test_sizes_whose_sum_is_beyond_int64_do_not_wrap():
    gradients, sizes = np.array([[6.0, 0.0], [2.0, 4.0]]), np.array([2**62, 2**62])
    assert_allclose(accumulate_gradients(gradients, sizes), [4, 2])
