"""The loss of a reward model against autograd, and what pairs say of rewards."""

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from answers.alignment.reward_model import bradley_terry_loss


def rewards(pairs, dtype=np.float64):
    return 3 * np.random.default_rng(pairs).normal(size=(2, pairs)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("pairs", [1, 7])
def test_agrees_with_autograd(pairs, dtype):
    given = rewards(pairs, dtype)
    tensors = [torch.tensor(each, requires_grad=True) for each in given]
    theirs = -functional.logsigmoid(tensors[0] - tensors[1]).mean()
    theirs.backward()
    expected = [theirs.detach(), *(each.grad for each in tensors)]
    for ours, want in zip(bradley_terry_loss(*given), expected, strict=True):
        assert ours.dtype == dtype
        assert_allclose(ours, want.numpy(), rtol=1e-12 if dtype == np.float64 else 1e-5)


def test_it_is_the_cross_entropy_of_two_classes():
    chosen, rejected = rewards(9)
    chances = np.exp(chosen) / (np.exp(chosen) + np.exp(rejected))
    assert_allclose(bradley_terry_loss(chosen, rejected)[0], -np.log(chances).mean())


@pytest.mark.parametrize("shift", [-40.0, 1e3])
def test_a_constant_of_a_prompt_changes_nothing(shift):
    chosen, rejected = rewards(7)
    moved = shift * np.arange(7)
    for one, other in zip(
        bradley_terry_loss(chosen + moved, rejected + moved),
        bradley_terry_loss(chosen, rejected),
        strict=True,
    ):
        assert_allclose(one, other, rtol=1e-9)


def test_rewards_far_apart_are_finite_and_silent():
    loss, dchosen, drejected = bradley_terry_loss(np.array([1e4, -1e4]), np.array([-1e4, 1e4]))
    assert_allclose(loss, 1e4)
    assert_allclose(dchosen, [0, -0.5])
    assert_allclose(drejected, [0, 0.5])


def test_no_argument_is_changed_and_integers_do_not_wrap():
    chosen, rejected = np.array([1, 0], np.uint8), np.array([0, 3], np.uint8)
    whole = bradley_terry_loss(chosen, rejected)
    assert_array_equal(chosen, [1, 0])
    for one, other in zip(whole, bradley_terry_loss(chosen * 1.0, rejected * 1.0), strict=True):
        assert one.dtype == np.float64
        assert_array_equal(one, other)


def test_bad_values_are_refused_in_words():
    chosen, rejected = rewards(3)
    with pytest.raises(ValueError, match="`chosen` is empty"):
        bradley_terry_loss(chosen[:0], rejected[:0])
    with pytest.raises(ValueError, match="`rejected` holds nan at index 0"):
        bradley_terry_loss(chosen, rejected * np.nan)
    with pytest.raises(ValueError, match="the loss overflows"):
        bradley_terry_loss(np.full(2, -1e308), np.full(2, 1e308))
    with pytest.raises(TypeCheckError):
        bradley_terry_loss(chosen, rejected[:2])
