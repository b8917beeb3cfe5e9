"""Attention with a cache in NumPy, against PyTorch without a cache and PyTorch's own with one."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn.functional import scaled_dot_product_attention

from answers.transformers.cached_attention import cached_attention


def random(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).normal(size=shape)


def turned(x):
    """The pairs (x[i], x[i + 3]) as complex numbers, each turned by position · 10000^(-i/3)."""
    angles = np.arange(x.shape[2])[:, None] * 1e4 ** (-np.arange(3.0) / 3)
    z = (x[..., :3] + 1j * x[..., 3:]) * np.exp(1j * angles)
    return np.concatenate([z.real, z.imag], axis=-1)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_chunks_of_any_size_give_what_pytorch_gives_for_all_tokens(chunks):
    time = sum(chunks)
    q, k, v = random(2, 2, time, 6), random(2, 2, time, 6, seed=1), random(2, 2, time, 3)
    keys, values, outputs = np.empty((2, 2, 0, 6)), np.empty((2, 2, 0, 3)), []
    for new in np.split(np.arange(time), np.cumsum(chunks)[:-1]):
        y, keys, values = cached_attention(*(x[:, :, new] for x in (q, k, v)), keys, values)
        outputs.append(y)
    tensors = [torch.from_numpy(x) for x in (turned(q), turned(k), v)]
    expected = scaled_dot_product_attention(*tensors, is_causal=True).transpose(1, 2).flatten(2)
    assert_allclose(np.concatenate(outputs, axis=1), expected.numpy(), rtol=1e-9, atol=1e-12)
    assert_allclose(keys, turned(k), rtol=1e-12, atol=1e-12)
    assert_array_equal(values, v)


def test_agrees_with_the_module_in_pytorch():
    from answers.transformers.cached_attention_torch import cached_attention_torch, rotation

    sizes = (3, 4), (3, 4), (3, 5), (7, 4), (7, 5)
    arrays = [random(2, 3, *size, seed=i) for i, size in enumerate(sizes)]
    tensors = [torch.from_numpy(x) for x in arrays]
    theirs = cached_attention_torch(*tensors, *rotation(10, 4, torch.float64))
    for our, their in zip(cached_attention(*arrays), theirs, strict=True):
        assert_allclose(our, their.numpy(), rtol=1e-10, atol=1e-12)


def test_float32_stays_float32():
    q, k, v = (random(1, 2, 3, 4, seed=i).astype(np.float32) for i in range(3))
    found = cached_attention(q, k, v, q[:, :, :0], v[:, :, :0])
    assert [x.dtype for x in found] == [np.float32] * 3


def test_an_odd_width_is_refused():
    x = random(1, 1, 2, 3)
    with pytest.raises(ValueError, match="3 features"):
        cached_attention(x, x, x, x, x)


def test_an_infinite_average_is_refused():
    x, v = np.zeros((1, 1, 2, 2)), np.array([[[[1.0], [np.inf]]]])
    with pytest.raises(ValueError, match=r"^an average overflows: inf at index \(0, 0, 0, 0\)"):
        cached_attention(x, x, v[:, :, :1].repeat(2, 2), x, v)
