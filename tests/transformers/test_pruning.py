"""Pruned weights and neurons: PyTorch's own pruning, brute force, and what is left."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn.utils import prune

from answers.transformers.pruning import (
    is_two_of_four,
    prune_magnitude,
    prune_neurons,
    prune_two_of_four,
    prune_wanda,
)

weights = arrays(
    np.float64,
    array_shapes(min_dims=1, max_dims=3, max_side=6),
    elements=st.integers(-9, 9).map(lambda n: n / 4),
)
fractions = st.floats(0, 1)


# Single weights


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.3, 0.29, 0.7, 0.95, 1.0])
@pytest.mark.parametrize("shape", [(10,), (10, 10), (3, 5, 7), (50, 60)])
def test_agrees_with_pytorchs_global_pruning_by_magnitude(shape, fraction):
    w = np.random.default_rng(1).normal(size=shape)
    module = torch.nn.Module()
    module.w = torch.nn.Parameter(torch.from_numpy(w.copy()))
    prune.l1_unstructured(module, "w", amount=float(fraction))
    assert_array_equal(prune_magnitude(w, fraction), module.w.detach().numpy())


@given(weights, fractions)
def test_exactly_as_many_as_asked_are_0_and_none_is_larger_than_one_that_is_left(w, fraction):
    pruned, count = prune_magnitude(w, fraction), round(fraction * w.size)
    kept = pruned != 0
    assert_array_equal(pruned[kept], w[kept])
    assert (~kept).sum() == max(count, (w == 0).sum())
    gone = np.abs(w[~kept])
    if kept.any() and gone.size:
        assert gone.max() <= np.abs(w[kept]).min()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_precision_stays_and_the_input_too(dtype):
    w = np.random.default_rng(3).normal(size=(3, 4)).astype(dtype)
    kept = w.copy()
    assert prune_magnitude(w, 0.5).dtype == dtype
    assert prune_two_of_four(w).dtype == dtype
    assert_array_equal(w, kept)


def test_integers_are_pruned_as_floats():
    pruned = prune_magnitude(np.array([-128, 3, 5], np.int8), 1 / 3)
    assert_array_equal(pruned, [-128, 0, 5])
    assert pruned.dtype == np.float64


@pytest.mark.parametrize(
    ("w", "fraction", "words"),
    [
        (np.zeros((0, 2)), 0.5, "`w` is empty"),
        (np.array([1.0, np.nan]), 0.5, "`w` holds nan at index 1"),
        (np.ones(3), 1.01, "`fraction` is 1.01; choose 0"),
        (np.ones(3), -0.1, "`fraction` is -0.1"),
        (np.ones(3), 30.0, "`fraction` is 30.0"),
        (np.ones(3), np.nan, "`fraction` is nan"),
    ],
)
def test_bad_input_is_refused_with_the_repair(w, fraction, words):
    with pytest.raises(ValueError, match=words):
        prune_magnitude(w, fraction)


@pytest.mark.parametrize("half", [np.float16(0.5), np.float32(0.5)])
def test_a_small_number_of_numpy_does_for_a_fraction(half):
    w = np.arange(1.0, 200_001)
    assert np.count_nonzero(prune_magnitude(w, half)) == 100_000
    assert np.count_nonzero(prune_wanda(w[None], np.ones((1, len(w))), half)) == 100_000
    assert len(prune_neurons(w[:, None], w, w[None], half)[1]) == 100_000
    assert not prune_magnitude(w, np.int8(1)).any()


# Neurons


def layers(hidden=11, inner=5, out=3, seed=4):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(hidden, inner)),
        rng.normal(size=hidden),
        rng.normal(size=(out, hidden)),
    )


def output(x, w1, b1, w2):
    return np.maximum(x @ w1.T + b1, 0) @ w2.T


@pytest.mark.parametrize(("fraction", "left"), [(0, 11), (0.3, 8), (0.5, 5), (0.9, 1)])
def test_the_arrays_get_smaller_and_keep_the_order(fraction, left):
    w1, b1, w2 = layers()
    small = prune_neurons(w1, b1, w2, fraction)
    left = 11 - round(fraction * 11)
    assert [a.shape for a in small] == [(left, 5), (left,), (3, left)]
    rows = [w1.tolist().index(row) for row in small[0].tolist()]
    assert rows == sorted(rows)
    assert_array_equal(b1[rows], small[1])
    assert_array_equal(w2[:, rows], small[2])


def test_the_smaller_network_is_the_large_one_with_silent_neurons():
    w1, b1, w2 = layers()
    x = np.random.default_rng(5).normal(size=(7, 5))
    small = prune_neurons(w1, b1, w2, 0.4)
    silent = w2 * np.isin(w1[:, 0], small[0][:, 0])
    assert_allclose(output(x, *small), output(x, w1, b1, silent), rtol=1e-12)


def test_a_neuron_that_does_nothing_goes_first_and_nothing_changes():
    w1, b1, w2 = layers()
    w2[:, 6] = 0
    w1[2], b1[2] = 0, 0
    x = np.random.default_rng(6).normal(size=(7, 5))
    small = prune_neurons(w1, b1, w2, 2 / 11)
    assert_allclose(output(x, *small), output(x, w1, b1, w2), rtol=1e-12)


def test_a_neuron_that_is_all_bias_is_not_taken_for_one_that_does_nothing():
    w1, b1, w2 = layers()
    w1[4], b1[4] = 0, 50
    assert 50 in prune_neurons(w1, b1, w2, 0.9)[1]


def test_moving_a_factor_from_one_layer_to_the_next_changes_no_choice():
    w1, b1, w2 = layers()
    factor = np.random.default_rng(7).uniform(0.01, 100, size=11)
    kept = prune_neurons(w1, b1, w2, 0.5)
    moved = prune_neurons(w1 * factor[:, None], b1 * factor, w2 / factor, 0.5)
    x = np.random.default_rng(8).normal(size=(7, 5))
    assert_allclose(output(x, *moved), output(x, *kept), rtol=1e-9)


# Two of four


def test_two_of_every_four_are_left_and_they_are_the_largest():
    w = np.random.default_rng(9).normal(size=(6, 20))
    pruned = prune_two_of_four(w)
    for row, left in zip(w.reshape(-1, 4), pruned.reshape(-1, 4), strict=True):
        order = sorted(range(4), key=lambda index: abs(row[index]))
        want = row.copy()
        want[order[:2]] = 0
        assert_array_equal(left, want)
    assert is_two_of_four(pruned)
    assert not is_two_of_four(w)


@given(st.lists(st.booleans(), min_size=8, max_size=8))
def test_a_mask_fits_if_each_four_keep_at_most_two(bits):
    mask = np.array([bits])
    assert is_two_of_four(mask) == (sum(bits[:4]) <= 2 and sum(bits[4:]) <= 2)
    assert is_two_of_four(mask * 1.5) == is_two_of_four(mask)


def spoilt(at):
    arrays_ = layers()
    arrays_[at].flat[0] = np.nan
    return arrays_


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: prune_neurons(*spoilt(0), 0.5), "`w1` holds nan"),
        (lambda: prune_neurons(*spoilt(1), 0.5), "`b1` holds nan"),
        (lambda: prune_neurons(*spoilt(2), 0.5), "`w2` holds nan"),
        (lambda: prune_neurons(*layers(), 1), "removes all 11 neurons; leave at least"),
        (lambda: prune_neurons(*layers(inner=0), 0.5), "^`w1` is empty"),
        (lambda: prune_neurons(*layers(out=0), 0.5), "^`w2` is empty"),
        (lambda: prune_wanda(np.ones((1, 0)), np.ones((2, 0)), 0.5), "^`w` is empty"),
        (lambda: prune_wanda(np.ones((1, 2)), np.ones((0, 2)), 0.5), "^`x` is empty"),
        (lambda: prune_wanda(np.full((1, 2), np.nan), np.ones((1, 2)), 0.5), "^`w` holds nan"),
        (lambda: prune_wanda(np.ones((1, 2)), np.full((1, 2), np.nan), 0.5), "^`x` holds nan"),
        (lambda: prune_two_of_four(np.full((1, 4), np.nan)), "`w` holds nan"),
        (lambda: prune_two_of_four(np.ones((0, 4))), "^`w` is empty"),
        (
            lambda: prune_two_of_four(np.ones((2, 6))),
            "6 inputs; pad them to a multiple",
        ),
        (
            lambda: is_two_of_four(np.ones((2, 6))),
            "6 inputs; pad them to a multiple of 4",
        ),
    ],
)
def test_what_cannot_be_pruned_is_refused_with_the_repair(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("fraction", [0, 0.3, 0.5, 1])
def test_wanda_removes_what_a_loop_over_rows_removes(fraction):
    rng = np.random.default_rng(8)
    w, x = rng.normal(size=(5, 10)), rng.normal(size=(30, 10)) * np.geomspace(0.1, 9, 10)
    want = w.copy()
    for row in want:
        score = [abs(row[i]) * sum(x[:, i] ** 2) ** 0.5 for i in range(10)]
        for i in sorted(range(10), key=score.__getitem__)[: round(10 * fraction)]:
            row[i] = 0
    assert_array_equal(prune_wanda(w, x, fraction), want)
