"""The gradients of a small mixture beside autograd, and what balancing does to its loads."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from transformers.models import mixtral

from answers.language_models.switch_training import switch_gradients, train_switch


@pytest.mark.parametrize("balance", [0.0, 0.3])
def test_gradients_agree_with_autograd(balance):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(11, 3)), rng.normal(size=(11, 4))
    arrays = rng.normal(size=(3, 5)), rng.normal(size=(5, 3, 4))
    router, experts = (torch.tensor(a, requires_grad=True) for a in arrays)
    logits = torch.tensor(x) @ router
    gates, chosen = logits.softmax(-1).max(-1)
    found = torch.stack([row @ experts[e] for row, e in zip(torch.tensor(x), chosen, strict=True)])
    loss = torch.nn.functional.mse_loss(gates[:, None] * found, torch.tensor(y))
    (loss + balance * mixtral.modeling_mixtral.load_balancing_loss_func((logits,), 5, 1)).backward()
    ours = switch_gradients(x, y, *arrays, balance)
    for gradient, leaf in zip(ours, (router, experts), strict=True):
        assert_allclose(gradient, leaf.grad, atol=1e-7)


def test_without_balancing_half_of_the_experts_are_hardly_used():
    for seed in (0, 1):
        plain, balanced = (train_switch(seed, balance)[0] for balance in (0.0, 0.3))
        assert (plain > 0.02).sum() <= 4
        assert (balanced > 0.02).sum() >= 7


def test_bad_numbers_are_refused_in_words():
    with pytest.raises(ValueError, match="`balance` is -1"):
        train_switch(0, -1.0)
    with pytest.raises(ValueError, match="`steps` is 0"):
        train_switch(0, 0.1, 0)
