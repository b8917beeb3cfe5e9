"""`streaming_entropy` against PyTorch, SciPy and closed forms; its moments in any order."""

from functools import reduce

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from answers.training.streaming_entropy import merge, moments, streaming_entropy


def by_pytorch(logits):
    return torch.distributions.Categorical(logits=torch.tensor(logits).double()).entropy()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("chunk", [1, 3, 5, 100])
@pytest.mark.parametrize("shape", [(5,), (1,), (4, 11), (2, 3, 10)])
def test_agrees_with_pytorch(shape, chunk, dtype):
    logits = (5 * np.random.default_rng(1).normal(size=shape)).astype(dtype)
    found = streaming_entropy(logits, chunk)
    assert found.dtype == dtype
    rounding = 1e-5 if dtype == np.float32 else 1e-12
    assert_allclose(found, by_pytorch(logits), rtol=rounding, atol=rounding)


def test_agrees_with_scipy_at_a_vocabulary():
    logits = 3 * np.random.default_rng(2).normal(size=(2, 100_000))
    p = np.exp(logits - logits.max(-1, keepdims=True))
    assert_allclose(streaming_entropy(logits), scipy.stats.entropy(p, axis=-1), rtol=1e-12)


@settings(max_examples=40)
@given(
    st.lists(st.floats(-1e4, 1e4) | st.just(-np.inf), min_size=1, max_size=12),
    st.integers(1, 13),
)
def test_any_chunk_and_any_order_give_one_entropy(logits, chunk):
    logits = np.array([*logits, 0.0])
    expected = streaming_entropy(logits, 100)
    assert 0 <= expected <= np.log(logits.size) * (1 + 1e-12)
    assert_allclose(streaming_entropy(logits, chunk), expected, rtol=1e-9, atol=1e-12)
    assert_allclose(streaming_entropy(logits[::-1], chunk), expected, rtol=1e-9, atol=1e-12)


def test_moments_merge_in_any_grouping():
    logits = 50 * np.random.default_rng(3).normal(size=(4, 6))
    a, b, c, d = map(moments, logits)
    left, balanced = reduce(merge, (a, b, c, d)), merge(merge(a, b), merge(c, d))
    for found in (balanced, merge(merge(d, b), merge(c, a)), moments(logits.ravel())):
        assert_allclose(found, left, rtol=1e-12)


def test_what_is_empty_of_probability_changes_nothing():
    one, hidden = moments(np.array([3.0, 1.0])), moments(np.full(4, -np.inf))
    for found in (merge(one, hidden), merge(hidden, one)):
        assert_allclose(found, one, rtol=0)


@pytest.mark.parametrize(("dtype", "large"), [(np.float32, 3e38), (np.float64, 1.5e308)])
def test_a_part_that_is_infinitely_less_probable_adds_nothing(dtype, large):
    """Its distance from the maximum overflows, whichever comes first."""
    for less in (-np.inf, -large, 0):
        logits = np.array([less, large, large, less], dtype)
        for chunk in (1, 2, 4):
            assert_allclose(streaming_entropy(logits, chunk), np.log(2), rtol=1e-6)


@pytest.mark.parametrize("level", [-1e6, -800.0, 0.0, 800.0, 1e6])
def test_equal_logits_of_any_level_give_the_log_of_their_number(level):
    assert_allclose(streaming_entropy(np.full(9, level), 2), np.log(9), rtol=1e-14)


def test_a_certain_class_gives_0_exactly():
    assert streaming_entropy(np.array([-1e4, 0.0, 1e4, -1e4]), 1) == 0
    assert streaming_entropy(np.array([-np.inf, 7.0, -np.inf]), 1) == 0


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64])
def test_integers_are_computed_as_floats(dtype):
    logits = np.array([100, 101, 99, 0]).astype(dtype)
    assert_allclose(streaming_entropy(logits, 2), by_pytorch(logits.astype(float)), rtol=1e-12)


@pytest.mark.parametrize(("classes", "chunk"), [(150, np.int8(100)), (300, np.uint8(200))])
def test_a_chunk_may_be_a_small_integer_of_numpy(classes, chunk):
    logits = np.random.default_rng(3).normal(size=classes)
    assert_allclose(streaming_entropy(logits, chunk), by_pytorch(logits), rtol=1e-12)


def test_the_argument_stays_as_it_is():
    logits = np.random.default_rng(4).normal(size=(2, 7))
    logits.setflags(write=False)
    streaming_entropy(logits, 3)


@pytest.mark.parametrize(
    ("logits", "chunk", "said"),
    [
        (np.ones((2, 0)), 4, "`logits` is empty"),
        (np.array([0, np.nan]), 4, "`logits` holds nan at index 1"),
        (np.array([0, np.inf]), 4, "`logits` holds inf at index 1"),
        (np.full((2, 3), -np.inf), 4, r"`logits` is -inf at index \(0, 0\) and everywhere along"),
        (np.zeros(3), 0, "`chunk` is 0; read"),
    ],
)
def test_bad_values_are_refused_in_words(logits, chunk, said):
    with pytest.raises(ValueError, match=said):
        streaming_entropy(logits, chunk)
