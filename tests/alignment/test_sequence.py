"""The log-probability of an answer against PyTorch, a loop, and what a mask must do."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from answers.alignment.sequence import sequence_log_prob


def rows(batch, length, vocabulary, dtype=np.float64):
    rng = np.random.default_rng([batch, length])
    logits = 4 * rng.normal(size=(batch, length, vocabulary)).astype(dtype)
    tokens = rng.integers(vocabulary, size=(batch, length))
    return logits, tokens, rng.random((batch, length)) < 0.6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [(1, 2, 3), (4, 9, 7)], ids=str)
def test_agrees_with_pytorch_given_labels_of_minus_100(size, dtype):
    logits, tokens, answer = rows(*size, dtype)
    labels = torch.tensor(np.where(answer, tokens, -100)[:, 1:])
    losses = functional.cross_entropy(
        torch.tensor(logits[:, :-1]).transpose(1, 2), labels, reduction="none"
    )
    found = sequence_log_prob(logits, tokens, answer)
    assert found.dtype == dtype
    assert_allclose(found, -losses.sum(dim=1).numpy(), rtol=1e-12 if dtype == np.float64 else 1e-5)


def test_probabilities_of_all_answers_add_to_1():
    """Every answer of two tokens, each after a model that looks at the token before."""
    rng = np.random.default_rng(1)
    table = rng.normal(size=(3, 3))
    second, third = np.divmod(np.arange(9), 3)
    tokens = np.stack([np.full(9, 1), second, third], axis=1)
    answer = np.tile([False, True, True], (9, 1))
    found = sequence_log_prob(table[tokens], tokens, answer)
    assert_allclose(np.exp(found).sum(), 1)


def test_padding_and_the_last_logits_change_nothing():
    logits, tokens, answer = rows(3, 6, 5)
    answer[:, 4:] = False
    want = sequence_log_prob(logits, tokens, answer)
    logits[:, 4:], tokens[:, 4:] = -np.arange(5.0), 0
    assert_array_equal(sequence_log_prob(logits, tokens, answer), want)


def test_the_first_token_never_counts_and_no_answer_is_0():
    logits, tokens, answer = rows(3, 6, 5)
    alone = np.zeros_like(answer)
    alone[:, 0] = True
    assert_array_equal(sequence_log_prob(logits, tokens, alone), 0)
    assert_array_equal(
        sequence_log_prob(logits, tokens, answer | alone),
        sequence_log_prob(logits, tokens, answer & ~alone),
    )


def test_a_banned_token_is_minus_infinity_in_an_answer_and_nothing_in_a_prompt():
    logits, tokens = np.zeros((2, 3, 2)), np.array([[0, 1, 0], [0, 1, 0]])
    logits[:, 0, 1] = -np.inf
    answer = np.array([[False, True, True], [False, False, True]])
    assert_allclose(sequence_log_prob(logits, tokens, answer), [-np.inf, -np.log(2)])


def test_no_argument_is_changed():
    given = rows(3, 6, 5)
    before = [each.copy() for each in given]
    sequence_log_prob(*given)
    for one, other in zip(given, before, strict=True):
        assert_array_equal(one, other)


def test_bad_values_are_refused_in_words():
    logits, tokens, answer = rows(3, 6, 5)
    with pytest.raises(ValueError, match="`tokens` holds 5"):
        sequence_log_prob(logits, np.full_like(tokens, 5), answer)
    with pytest.raises(ValueError, match="`tokens` holds -100"):
        sequence_log_prob(logits, np.where(answer, tokens, -100), answer)
    with pytest.raises(ValueError, match="`logits` is empty"):
        sequence_log_prob(logits[:0], tokens[:0], answer[:0])
    with pytest.raises(ValueError, match="`x` holds nan"):
        sequence_log_prob(logits * np.nan, tokens, answer)
