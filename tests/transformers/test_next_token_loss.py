"""The loss of a language model in NumPy, against PyTorch's autograd and a loop over tokens."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.nn import functional

from answers.transformers.next_token_loss import next_token_loss


def random(batch, time, vocab, seed=0):
    rng = np.random.default_rng(seed)
    return 3 * rng.normal(size=(batch, time, vocab)), rng.integers(vocab, size=(batch, time))


@given(st.integers(1, 4), st.integers(2, 6), st.integers(2, 5), st.data())
def test_value_and_gradient_are_those_of_pytorch_with_ignored_labels(batch, time, vocab, data):
    logits, ids = random(batch, time, vocab)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=ids.size, max_size=ids.size)))
    mask = mask.reshape(ids.shape)
    mask[0, :2] = True
    labels = torch.from_numpy(ids[:, 1:].copy())
    labels[~torch.from_numpy(mask[:, 1:] & mask[:, :-1])] = -100
    z = torch.from_numpy(logits).requires_grad_()
    expected = functional.cross_entropy(z[:, :-1].transpose(1, 2), labels)
    expected.backward()
    loss, gradient = next_token_loss(logits, ids, mask)
    assert_allclose(loss, expected.item(), rtol=1e-12)
    assert_allclose(gradient, z.grad.numpy(), rtol=1e-12, atol=1e-14)


def test_without_a_mask_every_token_but_the_first_is_predicted():
    logits, ids = random(3, 7, 5)
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    losses = [-np.log(p[b, t, ids[b, t + 1]]) for b in range(3) for t in range(6)]
    assert_allclose(next_token_loss(logits, ids)[0], np.mean(losses))


def test_float32_stays_and_padding_may_hold_any_id():
    logits, ids = random(2, 5, 7)
    mask = np.arange(5) < np.array([[5], [3]])
    loss, gradient = next_token_loss(logits.astype(np.float32), ids, mask)
    assert loss.dtype == gradient.dtype == np.float32
    other = np.where(mask, ids, -1)
    assert next_token_loss(logits, ids, mask)[0] == next_token_loss(logits, other, mask)[0]


def test_a_loss_of_nothing_and_a_label_beyond_the_words_are_refused():
    with pytest.raises(ValueError, match="no two real tokens stand side by side"):
        next_token_loss(*random(2, 1, 3))
    with pytest.raises(ValueError, match="no two real tokens stand side by side"):
        next_token_loss(*random(1, 3, 3), np.array([[True, False, True]]))
    with pytest.raises(ValueError, match="holds 3"):
        next_token_loss(np.zeros((1, 2, 3)), np.array([[0, 3]]))
