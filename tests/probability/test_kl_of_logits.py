"""KL of logits and its gradients, against PyTorch."""

import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from answers.probability.divergence import kl_divergence
from answers.probability.kl_of_logits import kl_from_logits, kl_gradients
from answers.probability.softmax import softmax
from tests.random_distributions import PRECISION, SHAPES_AND_AXES


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(("shape", "axis"), SHAPES_AND_AXES)
def test_kl_from_logits_agrees_with_pytorch(shape, axis, dtype):
    rng = np.random.default_rng(5)
    a, b = ((5 * rng.normal(size=shape) + far).astype(dtype) for far in (9, -900))
    log_p, log_q = (torch.log_softmax(torch.tensor(x), axis) for x in (a, b))
    expected = torch.nn.functional.kl_div(log_q, log_p, reduction="none", log_target=True)
    got = kl_from_logits(a, b, axis=axis)
    assert got.dtype == dtype
    assert_allclose(got, expected.sum(axis), rtol=PRECISION[dtype], atol=1e-6)


@pytest.mark.parametrize("low", [-700.0, -800.0])
def test_kl_from_logits_is_infinite_where_only_q_is_0_however_small_p_is(low):
    assert kl_from_logits(np.array([0.0, low]), np.array([0.0, -np.inf])) == np.inf
    both = np.array([0.0, -np.inf])
    assert kl_from_logits(both, both) == 0
    assert kl_from_logits(both, np.array([0.0, low])) == 0


def test_kl_from_logits_is_finite_where_probabilities_round_to_zero():
    p, q = np.array([0.0, 0.0]), np.array([0.0, -800.0])
    assert kl_divergence(softmax(p), softmax(q)) == np.inf
    assert_allclose(kl_from_logits(p, q), 400 - math.log(2), rtol=1e-14)
    assert_allclose(kl_from_logits(p, q, base=2), 400 / math.log(2) - 1, rtol=1e-14)


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("shape", [(5,), (3, 7), (2, 3, 5)])
def test_gradients_of_both_directions_agree_with_autograd(shape, dtype):
    rng = np.random.default_rng(6)
    p = softmax(rng.normal(size=shape)).astype(dtype)
    logits = (3 * rng.normal(size=shape)).astype(dtype)
    for index, got in enumerate(kl_gradients(p, logits)):
        z, target = torch.tensor(logits, requires_grad=True), torch.tensor(p)
        log_q = torch.log_softmax(z, -1)
        pair = (log_q, target.log()) if index == 0 else (target.log(), log_q)
        loss = torch.nn.functional.kl_div(*pair, reduction="sum", log_target=True)
        loss.backward()
        assert got.dtype == dtype
        assert_allclose(got, z.grad, rtol=PRECISION[dtype], atol=PRECISION[dtype])


def test_gradients_stay_finite_where_q_rounds_to_zero():
    p = np.array([0.5, 0.3, 0.2])
    for low in (-2e4, -np.inf):
        forward, reverse = kl_gradients(p, np.array([1e4, 1e4, low]))
        assert_allclose(forward, [0, 0.2, -0.2], rtol=1e-12, atol=1e-12)
        assert_allclose(reverse[:2].sum(), 0, atol=1e-15)
        assert reverse[2] == 0


def test_a_target_with_a_zero_has_no_reverse_gradient():
    with pytest.raises(ValueError, match=r"`p` holds 0.0 at index 1: KL\(q‖p\) is infin"):
        kl_gradients(np.array([1.0, 0.0]), np.zeros(2))
