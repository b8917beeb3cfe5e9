"""Evaluation against enumeration, simulation, statsmodels and a language of known chances."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from answers.language_models.evaluation import bits_per_byte, paired_difference, pass_at_k

# pass@k


@pytest.mark.parametrize(("n", "k"), [(1, 1), (5, 1), (6, 3), (7, 5), (8, 8)])
def test_it_is_the_share_of_choices_that_hold_a_sample_that_passes(n, k):
    for c in range(n + 1):
        chosen = list(itertools.combinations([1] * c + [0] * (n - c), k))
        share = sum(map(any, chosen)) / len(chosen)
        assert_allclose(pass_at_k(np.array([n]), np.array([c]), k), [share], atol=1e-15)


@pytest.mark.parametrize("k", [1, 2, 5, 9])
@pytest.mark.parametrize("p", [0.05, 0.4, 0.9])
def test_its_mean_over_all_draws_is_the_chance_that_one_of_k_passes(k, p):
    n, c = 9, np.arange(10)
    chances = np.array([math.comb(n, each) * p**each * (1 - p) ** (n - each) for each in c])
    assert_allclose(chances @ pass_at_k(np.full(10, n), c, k), 1 - (1 - p) ** k)
    if k > 1:
        assert chances @ (1 - (1 - c / n) ** k) < 1 - (1 - p) ** k - 1e-7


def test_large_counts_do_not_overflow_and_agree_with_whole_numbers():
    n, c, k = 20_000, np.array([0, 1, 37, 9_000, 19_500, 20_000]), 1000
    exact = [1 - math.comb(n - int(each), k) / math.comb(n, k) for each in c]
    assert_allclose(pass_at_k(np.full(6, n), c, k), exact, rtol=1e-10)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint64, np.int32])
def test_counts_of_any_integers_agree(dtype):
    n, c = np.array([100, 7, 30]), np.array([3, 6, 0])
    assert_array_equal(pass_at_k(n.astype(dtype), c.astype(dtype), 5), pass_at_k(n, c, 5))


@pytest.mark.parametrize(
    ("samples", "correct", "k", "said"),
    [
        ([], [], 1, "`samples` is empty"),
        ([5], [1], 0, "`k` is 0"),
        ([5, 3], [1, 1], 4, "`samples` holds 3 at index 1; draw at least k = 4"),
        ([5], [6], 2, "`correct` holds 6 at index 0"),
        ([5], [-1], 2, "`correct` holds -1 at index 0"),
    ],
)
def test_counts_that_cannot_be_are_refused(samples, correct, k, said):
    with pytest.raises(ValueError, match=said):
        pass_at_k(np.array(samples, int), np.array(correct, int), k)


# The difference of two models


def scores(seed, prompts=40, texts=9, dtype=np.float64):
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, prompts)).astype(dtype)
    return a, b, rng.integers(texts, size=prompts) - 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("texts", [2, 9, 40])
def test_agrees_with_statsmodels(texts, dtype):
    import statsmodels.api as sm

    a, b, clusters = scores(texts, texts=texts, dtype=dtype)
    groups = {"groups": clusters - clusters.min()}
    fit = sm.OLS(a.astype(float) - b, np.ones(40)).fit(cov_type="cluster", cov_kwds=groups)
    found = paired_difference(a, b, clusters)
    assert_allclose(found, [fit.params[0], fit.bse[0]], rtol=1e-5 if dtype == np.float32 else 1e-12)
    assert [each.dtype for each in found] == [dtype, dtype]


@given(st.integers(0, 999))
def test_prompts_of_their_own_clusters_have_the_usual_error(seed):
    a, b, _ = scores(seed)
    names = np.random.default_rng(seed).permutation(40) - 7
    _, error = paired_difference(a, b, names)
    assert_allclose(error, np.std(a - b, ddof=1) / math.sqrt(40))


@given(st.integers(0, 999))
def test_neither_names_nor_order_matter_and_exchanging_models_turns_the_sign(seed):
    a, b, clusters = scores(seed)
    found = paired_difference(a, b, clusters)
    order = np.random.default_rng(seed).permutation(40)
    moved = paired_difference(a[order], b[order], 1000 - 7 * clusters[order])
    assert_allclose(moved, found, rtol=1e-12)
    assert_allclose(paired_difference(b, a, clusters), [-found[0], found[1]], rtol=1e-12)


def test_each_prompt_twice_changes_nothing_if_its_copies_share_a_cluster():
    a, b, clusters = scores(4)
    twice = paired_difference(*(np.repeat(each, 2) for each in (a, b, clusters)))
    assert_allclose(twice, paired_difference(a, b, clusters), rtol=1e-12)


def test_the_error_is_that_of_a_simulation():
    rng, found = np.random.default_rng(45), []
    clusters = np.repeat(np.arange(30), 5)
    for _ in range(2000):
        luck = rng.normal(size=(2, 30, 1))
        a, b = (luck + rng.normal(size=(2, 30, 5))).reshape(2, 150)
        found.append(paired_difference(a, b, clusters))
    differences, errors = np.array(found).T
    assert_allclose(np.mean(errors**2), np.var(differences), rtol=0.1)
    assert_allclose(np.var(differences), 2 / 30 + 2 / 150, rtol=0.1)


def test_bytes_do_not_wrap_around():
    a, b = np.array([0, 1, 0, 0], np.uint8), np.array([1, 1, 1, 0], np.uint8)
    difference, error = paired_difference(a, b, np.arange(4))
    assert difference == -0.5
    assert_allclose(error, np.std([1, 0, 1, 0], ddof=1) / 2)


@pytest.mark.parametrize(
    ("a", "clusters", "said"),
    [
        ([], [], "`scores_a` is empty"),
        ([1.0, np.nan], [0, 1], "`scores_a` holds nan at index 1"),
        ([1.0, 0.0], [5, 5], "`clusters` holds 5 alone"),
        ([1e300, -1e300], [0, 1], "overflows"),
    ],
)
def test_scores_that_tell_no_error_are_refused(a, clusters, said):
    with pytest.raises(ValueError, match=said):
        paired_difference(np.array(a), np.zeros(len(a)), np.array(clusters, int))


# Bits per byte

WORDS = ["", "the ", "th", "e ", "ä", "猫", "🙂 "]  # the first is a special token
SIZES = np.array([len(word.encode()) for word in WORDS])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 4)])
def test_agrees_with_a_loop_in_pytorch(shape, dtype):
    rng = np.random.default_rng(45)
    logits, targets = rng.normal(size=(*shape, 7)), rng.integers(7, size=shape)
    targets[rng.random(shape) < 0.3] = -100
    tensor = torch.tensor(logits).reshape(-1, 7)
    losses = torch.nn.functional.cross_entropy(
        tensor, torch.tensor(targets).reshape(-1), reduction="none"
    )
    bits = size = 0
    for loss, target in zip(losses.tolist(), targets.ravel().tolist(), strict=True):
        if target > 0:
            bits += loss / math.log(2)
            size += len(WORDS[target].encode())
    found = bits_per_byte(losses.numpy().reshape(shape).astype(dtype), targets, SIZES)
    assert found.dtype == dtype
    assert_allclose(found, bits / size, rtol=1e-5)


def test_one_text_in_other_tokens_has_the_same_bits_per_byte_and_another_perplexity():
    # One source: each "the " has probability 1/16, as one token or as two of 1/4 each.
    whole = np.full(5, np.log(16)), np.full(5, 1)
    halves = np.full(10, np.log(4)), np.tile([2, 3], 5)
    found = [bits_per_byte(*each, SIZES) for each in (whole, halves)]
    assert_allclose(found, [1, 1])
    assert_allclose([np.exp(losses.mean()) for losses, _ in (whole, halves)], [16, 4])


def test_losses_of_special_and_masked_targets_do_not_count():
    losses, targets = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 0, -1, 5])
    found = bits_per_byte(losses, targets, SIZES)
    assert_allclose(found, 5 / math.log(2) / 7)
    assert_array_equal(bits_per_byte(losses * [1, 9, -9, 1], targets, SIZES), found)


def test_lengths_and_losses_of_small_integers_do_not_wrap_around():
    losses, targets = np.full(300, 200, np.uint8), np.full(300, 6, np.uint8)
    assert_allclose(bits_per_byte(losses, targets, SIZES.astype(np.uint8)), 40 / math.log(2))


@pytest.mark.parametrize(
    ("losses", "targets", "sizes", "said"),
    [
        ([np.inf], [1], [1, 1], "`losses` holds inf at index 0"),
        ([1.0], [2], [1, 1], "`targets` holds 2 at index 0 of 2 tokens"),
        ([1.0], [1], [-1, 1], "`token_bytes` holds -1 at index 0"),
        ([1.0], [0], [0, 1], "no target has a byte"),
        ([], [], [0, 1], "no target has a byte"),
        ([1e308, 1e308], [1, 1], [0, 1], "the sum of losses overflows"),
    ],
)
def test_text_that_cannot_be_is_refused(losses, targets, sizes, said):
    with pytest.raises(ValueError, match=said):
        bits_per_byte(np.array(losses), np.array(targets, int), np.array(sizes))
