"""Rotary positions against complex numbers, Hugging Face's Llama, and what they are for."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from answers.transformers.rotary import rotate


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@given(
    st.integers(0, 2000),
    st.integers(1, 5),
    st.sampled_from([2, 4, 6, 10]),
    st.sampled_from([500.0, 1.0, 0.5]),
)
def test_each_pair_is_a_complex_number_that_is_turned(offset, time, d, base):
    x = random(2, time, d)
    pairs = x[..., : d // 2] + 1j * x[..., d // 2 :]
    for t in range(time):
        for j in range(d // 2):
            pairs[:, t, j] *= np.exp(1j * (offset + t) * base ** (-2 * j / d))
    expected = np.concatenate([pairs.real, pairs.imag], axis=-1)
    assert_allclose(rotate(x, offset, base), expected, rtol=1e-9, atol=1e-9)


def test_agrees_with_llama():
    from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

    q, k = random(2, 3, 5, 6), random(2, 3, 5, 6, seed=1)
    angles = torch.arange(7, 12)[None, :, None] * 1e4 ** (-torch.arange(0, 6, 2).double() / 6)
    angles = torch.cat([angles, angles], dim=-1)
    theirs = apply_rotary_pos_emb(
        torch.from_numpy(q), torch.from_numpy(k), angles.cos(), angles.sin()
    )
    for ours, their in zip((rotate(q, 7), rotate(k, 7)), theirs, strict=True):
        assert_allclose(ours, their.numpy(), rtol=1e-12, atol=1e-12)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_a_score_depends_on_the_distance_only(p, q, shift):
    query, key = random(1, 8), random(1, 8, seed=1)
    score = rotate(query, p) @ rotate(key, q).T
    assert_allclose(rotate(query, p + shift) @ rotate(key, q + shift).T, score, atol=1e-9)


def test_rows_read_in_pieces_are_those_read_at_once():
    x = random(2, 3, 11, 4)
    pieces = [rotate(x[:, :, start:stop], start) for start, stop in ((0, 4), (4, 5), (5, 11))]
    assert_allclose(np.concatenate(pieces, axis=2), rotate(x), rtol=1e-12, atol=1e-12)


def test_float32_stays_and_integers_become_floats():
    x = random(3, 4)
    far = rotate(x.astype(np.float32), 100_000)
    assert far.dtype == np.float32
    assert_allclose(far, rotate(x, 100_000), atol=1e-6)
    assert_allclose(rotate(np.array([[3, 4]]), 0), [[3.0, 4.0]])


def test_what_cannot_be_turned_is_refused():
    with pytest.raises(ValueError, match="3 features"):
        rotate(random(2, 3))
    with pytest.raises(ValueError, match="negative"):
        rotate(random(2, 4), -1)
    with pytest.raises(ValueError, match="base"):
        rotate(random(2, 4), base=0)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_are_refused_with_their_place(value):
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=f"`x` holds {value} at i"):
        rotate(np.array([[1.0, value]]))


def test_a_feature_that_overflows_is_refused():
    with (
        np.errstate(over="ignore"),
        pytest.raises(ValueError, match=r"^a turned feature overflows: inf at index \(1, 1\)"),
    ):
        rotate(np.full((2, 2), 1.7e308))
