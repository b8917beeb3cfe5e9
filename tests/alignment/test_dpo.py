"""DPO and IPO against autograd; DPO's optimum against the closed form, found by another way."""

import itertools

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.special import expit, log_softmax
from torch.nn import functional

from answers.alignment.dpo import best_policy, dpo_loss, ipo_loss
from answers.alignment.reward_model import bradley_terry_loss


def log_probs(pairs, dtype=np.float64):
    return (-30 * np.random.default_rng(pairs).random(size=(4, pairs))).astype(dtype)


def dpo_by_autograd(margin, beta):
    return -functional.logsigmoid(beta * margin)


def ipo_by_autograd(margin, beta):
    return (margin - 1 / (2 * beta)) ** 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("ours", "theirs"), [(dpo_loss, dpo_by_autograd), (ipo_loss, ipo_by_autograd)]
)
@pytest.mark.parametrize("beta", [0.1, 2])
def test_agrees_with_autograd(ours, theirs, beta, dtype):
    given = log_probs(6, dtype)
    w, lost, ref_w, ref_l = (torch.tensor(each, requires_grad=True) for each in given)
    loss = theirs((w - lost) - (ref_w - ref_l).detach(), beta).mean()
    loss.backward()
    for found, want in zip(ours(*given, beta), (loss.detach(), w.grad, lost.grad), strict=True):
        assert found.dtype == dtype
        assert_allclose(found, want.numpy(), rtol=1e-12 if dtype == np.float64 else 1e-5)


def test_it_is_the_loss_of_bradley_and_terry_of_implicit_rewards():
    w, lost, ref_w, ref_l = log_probs(5)
    loss, dchosen, drejected = dpo_loss(w, lost, ref_w, ref_l, 0.3)
    by_rewards = bradley_terry_loss(0.3 * (w - ref_w), 0.3 * (lost - ref_l))
    for one, other, scale in zip(
        (loss, dchosen, drejected), by_rewards, (1, 0.3, 0.3), strict=True
    ):
        assert_allclose(one, scale * other)


def test_at_the_reference_the_loss_is_log_2_and_each_pair_weighs_half():
    w, lost, *_ = log_probs(4)
    loss, dchosen, drejected = dpo_loss(w, lost, w, lost, 0.2)
    assert_allclose(loss, np.log(2))
    assert_allclose(dchosen, -0.2 / 2 / 4)
    assert_allclose(drejected, 0.2 / 2 / 4)


def answers(rng, n=5):
    return log_softmax(rng.normal(size=n)), 2 * rng.normal(size=n)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("beta", [0.3, 2.0])
def test_the_best_policy_maximizes_reward_less_kl(seed, beta):
    reference, rewards = answers(np.random.default_rng(seed))

    def cost(z):
        log_p = log_softmax(z)
        return beta * np.exp(log_p) @ (log_p - reference) - np.exp(log_p) @ rewards

    found = minimize(cost, reference, tol=1e-12).x
    best = best_policy(reference, rewards, beta)
    assert_allclose(best, np.exp(log_softmax(found)), atol=1e-5)
    assert_allclose(best_policy(reference, rewards + 7, beta), best)  # a constant cancels


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("beta", [0.3, 2.0])
def test_the_optimum_of_dpo_is_the_closed_form(seed, beta):
    """Of all pairs, each preferred as often as Bradley and Terry say; found by SciPy."""
    reference, rewards = answers(np.random.default_rng(seed))
    w, lost = np.array(list(itertools.permutations(range(5), 2))).T
    often = expit(rewards[w] - rewards[lost])

    def loss(z):
        margin = beta * (z[w] - z[lost] - reference[w] + reference[lost])
        return -(often * np.log(expit(margin))).sum()

    found = np.exp(log_softmax(minimize(loss, reference, tol=1e-12).x))
    best = best_policy(reference, rewards, beta)
    assert_allclose(best, found, atol=1e-5)
    log_best = np.log(best)
    _, dw, dl = dpo_loss(log_best[w], log_best[lost], reference[w], reference[lost], beta)
    gradient = np.bincount(w, often * dw) + np.bincount(lost, often * dl)
    assert abs(gradient).max() < 1e-15


def test_float32_is_kept_and_no_argument_is_changed():
    given = log_probs(4, np.float32)
    before = given.copy()
    dpo_loss(*given, np.float64(0.1))
    ipo_loss(*given, np.float64(0.1))
    assert_array_equal(given, before)
    assert best_policy(given[0], given[1], np.float64(0.5)).dtype == np.float32


@pytest.mark.parametrize("loss", [dpo_loss, ipo_loss])
def test_bad_values_are_refused_in_words(loss):
    given = log_probs(3)
    for beta in (0.0, -0.1, np.nan, np.inf):
        with pytest.raises(ValueError, match="`beta` is"):
            loss(*given, beta)
    with pytest.raises(ValueError, match="`reference_rejected` holds -inf"):
        loss(*given[:3], np.full(3, -np.inf), 0.1)
    with pytest.raises(ValueError, match="is empty"):
        loss(*given[:, :0], 0.1)
    with pytest.raises(ValueError, match="the loss overflows"):
        loss(*given + 1e308 * np.array([[-1], [1], [0], [0]]), 1.0)
    with pytest.raises(TypeCheckError):
        loss(*given[:3], given[3, :2], 0.1)


def test_a_gradient_that_float32_does_not_hold_is_refused():
    learned = np.array([[-2], [-4], [-3], [-3]], dtype=np.float32)
    with pytest.raises(ValueError, match="a gradient overflows"):
        dpo_loss(*learned, 1e39)
    loss, *gradients = dpo_loss(*learned, 3e38)
    assert loss == 0
    assert not np.any(gradients)


def test_a_policy_of_bad_values_is_refused_in_words():
    for beta, told in ((0.0, "`beta` is 0"), (1e-320, "a logit overflows")):
        with pytest.raises(ValueError, match=told):
            best_policy(np.log([0.5, 0.5]), np.ones(2), beta)
