"""Filters against Hugging Face's logits processors, draws against their chances."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats
from transformers.generation import logits_process as hugging_face

from answers.language_models.sampling import min_p, sample, top_k, top_p

SHAPES = [(1,), (7,), (5, 11), (2, 3, 50)]
PEERS = {
    top_k: (hugging_face.TopKLogitsWarper, (1, 3, 10, 500)),
    top_p: (hugging_face.TopPLogitsWarper, (0.03, 0.37, 0.9, 0.995)),
    min_p: (hugging_face.MinPLogitsWarper, (0.01, 0.2, 0.97)),
}
FILTERS = pytest.mark.parametrize("function", PEERS, ids=lambda each: each.__name__)


def random_logits(shape, dtype=np.float64, seed=1):
    return (3 * np.random.default_rng(seed).normal(size=shape)).astype(dtype)


@FILTERS
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_filters_keep_what_hugging_face_keeps(function, shape, dtype):
    peer, settings = PEERS[function]
    logits = random_logits(shape, dtype)
    for setting in settings:
        rows = torch.tensor(logits.reshape(-1, shape[-1]))
        found = function(logits, setting)
        assert found.dtype == dtype
        assert_array_equal(found, peer(setting)(None, rows).numpy().reshape(shape))


@FILTERS
def test_filters_see_what_a_filter_before_has_left(function):
    peer, settings = PEERS[function]
    logits = top_k(random_logits((6, 20)), 7)
    expected = peer(settings[1])(None, torch.tensor(logits)).numpy()
    assert_array_equal(function(logits, settings[1]), expected)


@FILTERS
def test_filters_do_not_see_a_shift_and_change_no_argument(function):
    logits, setting = random_logits((6, 20)), PEERS[function][1][1]
    before = logits.copy()
    shifted = function(logits + 700, setting)
    assert_array_equal(shifted > -np.inf, function(logits, setting) > -np.inf)
    assert_array_equal(logits, before)


def test_top_k_keeps_equals_of_the_last_and_top_p_cuts_them():
    logits = np.array([1.0, 3.0, 2.0, 2.0, 2.0])
    assert (top_k(logits, 2) > -np.inf).sum() == 4
    assert_array_equal(top_p(np.zeros(4), 0.5), [0, 0, -np.inf, -np.inf])
    assert_array_equal(top_p(np.zeros(4), 0.51), [0, 0, 0, -np.inf])
    # Eight times 0.1 adds up to less than 0.8.
    assert (top_p(np.zeros(10), 0.8) > -np.inf).sum() == 9


@given(st.integers(2, 7), st.floats(0.01, 0.99), st.integers(0, 2**32 - 1))
def test_no_smaller_set_of_tokens_holds_p(vocab, p, seed):
    logits = np.random.default_rng(seed).normal(size=vocab)
    shares, kept = special.softmax(logits), top_p(logits, p) > -np.inf
    sets = ((np.arange(2**vocab)[:, None] >> np.arange(vocab)) & 1).astype(bool)
    enough = sets[(sets @ shares) >= p + 1e-12]
    assert shares[kept].sum() >= p - 1e-12
    assert kept.sum() <= enough.sum(axis=1).min()


@pytest.mark.parametrize("vocab", [50_257, 128_256])
@pytest.mark.parametrize("p", [0.3, 0.9, 0.99])
def test_flat_logits_in_float32_keep_the_share_p_of_a_large_vocabulary(vocab, p):
    logits = np.zeros(vocab, np.float32)
    theirs = hugging_face.TopPLogitsWarper(p)(None, torch.tensor(logits[None])).numpy()
    for kept in (top_p(logits, p), theirs):
        assert (kept > -np.inf).sum() == np.ceil(vocab * p)


def test_p_of_one_keeps_even_what_rounding_hides():
    logits = np.array([[0.0, 50.0, -60.0], [1.0, 0.0, -np.inf]])
    assert_array_equal(top_p(logits, 1), logits)
    assert (top_p(logits, 1 - 1e-15) > -np.inf).sum() == 3


def test_draws_follow_softmax_of_the_filtered_logits_over_the_temperature():
    rng = np.random.default_rng(0)
    for logits in (random_logits(6), top_p(random_logits(9, seed=2) / 3, 0.8)):
        for temperature in (0.5, 1.0, 2.0):
            chances = special.softmax(logits / temperature)
            rows = np.broadcast_to(logits, (40_000, len(logits)))
            drawn = sample(rows, rng.random(rows.shape), temperature)
            counts = np.bincount(drawn, minlength=len(logits))
            assert not counts[chances == 0].any()
            some = chances > 0
            assert stats.chisquare(counts[some], 40_000 * chances[some]).pvalue > 1e-4


@pytest.mark.parametrize("shape", SHAPES)
def test_draws_are_the_winners_of_a_race_of_exponentials(shape):
    """As vLLM draws: the largest of p / E, where E is exponential."""
    logits = random_logits(shape)
    uniform = np.random.default_rng(3).random(shape)
    for temperature in (0.4, 1.0, 1.7):
        race = special.softmax(logits / temperature, axis=-1) / -np.log(uniform)
        assert_array_equal(sample(logits, uniform, temperature), race.argmax(axis=-1))


def test_a_temperature_of_zero_takes_the_largest_and_the_lowest_of_equals():
    logits = np.array([[1.0, 3.0, 3.0], [-np.inf, -np.inf, 0.0]])
    uniform = np.random.default_rng(4).random((2, 3))
    assert_array_equal(sample(logits, uniform, 0), [1, 2])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda x: top_k(x, 0), "`k` is 0; keep at least one token"),
        (lambda x: top_p(x, 0.0), "`p` is 0.0; choose a share above 0, up to 1"),
        (lambda x: top_p(x, 1.1), "`p` is 1.1"),
        (lambda x: min_p(x, np.nan), "`p` is nan"),
        (lambda x: top_p(x[:, :0], 0.5), "`logits` is empty"),
        (lambda x: min_p(x * np.nan, 0.5), "`logits` holds nan at index"),
        (lambda x: top_p(x - np.inf, 0.5), "leave one logit finite"),
        (lambda x: sample(x, np.ones((2, 3))), "`uniform` holds 1.0; draw numbers above 0"),
        (lambda x: sample(x, np.full((2, 3), 0.5), -1.0), "`temperature` is -1.0"),
    ],
)
def test_bad_values_are_refused_in_words(call, said):
    with pytest.raises(ValueError, match=said):
        call(np.ones((2, 3)))


def test_probability_of_each_set_is_renormalised_by_the_next_filter():
    """Top-k first leaves 4/9 and 3/9 and 2/9; their two largest hold less than 0.8 then."""
    logits = np.log(np.array([4.0, 3.0, 2.0, 1.0]))
    assert (top_p(logits, 0.75) > -np.inf).sum() == 3
    assert (top_p(top_k(logits, 3), 0.75) > -np.inf).sum() == 2
    assert_allclose(special.softmax(top_k(logits, 3))[:3], [4 / 9, 3 / 9, 2 / 9])
