"""Beam search against every text, a loop over lists, and Hugging Face's `generate`."""

import itertools

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from transformers.models import gpt2

from answers.language_models.beam_search import beam_search


def hashed(vocab, seed=0):
    """A model whose next log-probabilities depend on all ids before, irregularly."""

    def log_probs(ids):
        mixed = (ids * (7 + np.arange(ids.shape[1])) ** 2).sum(axis=1)
        logits = 2 * np.sin(mixed[:, None] * (1 + np.arange(vocab)) * 0.7 + seed)
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))

    return log_probs


def score_of(log_probs, prompt, text, end, alpha):
    """The score of a text, and the text with further ends after its first."""
    ids, total = list(prompt), 0.0
    for token in text:
        total += log_probs(np.array([ids]))[0, token]
        ids.append(token)
        if token == end:
            break
    padded = ids + [end] * (len(prompt) + len(text) - len(ids))
    return total / (len(ids) - len(prompt)) ** alpha, tuple(padded)


def every_text(log_probs, prompt, vocab, new_tokens, end=None, alpha=0.0):
    """The score of each text."""
    texts = itertools.product(range(vocab), repeat=new_tokens)
    scored = (score_of(log_probs, prompt, text, end, alpha) for text in texts)
    return {ids: score for score, ids in scored}


def by_lists(log_probs, prompt, beams, new_tokens, end, alpha):
    """The same search of one prompt, with lists."""
    kept = [(0.0, 0, list(prompt))]
    for step in range(1, new_tokens + 1):
        found = []
        for total, length, ids in kept:
            if step > 1 and ids[-1] == end:
                found.append((total, length, [*ids, end]))
                continue
            new = log_probs(np.array([ids]))[0]
            found += [(total + new[t], step, [*ids, t]) for t in range(len(new))]
        found.sort(key=lambda each: -each[0] / each[1] ** alpha)
        kept = found[:beams]
    return [(total / length**alpha, tuple(ids)) for total, length, ids in kept]


PROMPTS = np.array([[1, 2], [0, 0], [2, 1]])


@pytest.mark.parametrize(("end", "alpha"), [(None, 0.0), (None, 1.0), (1, 0.0), (1, 0.7), (2, 1.0)])
def test_as_many_beams_as_texts_find_the_best_of_every_text(end, alpha):
    log_probs, vocab, new_tokens = hashed(3), 3, 4
    ids, scores = beam_search(log_probs, PROMPTS, 3**4, new_tokens, end, alpha)
    for prompt, found, score in zip(PROMPTS, ids, scores, strict=True):
        expected = every_text(log_probs, prompt, vocab, new_tokens, end, alpha)
        possible = score > -np.inf
        texts = [*map(tuple, found[possible].tolist())]
        assert {*texts} == {*expected}
        assert_allclose(score[possible], [expected[text] for text in texts])
        assert_allclose(score[0], max(expected.values()))


@pytest.mark.parametrize("beams", [1, 2, 5])
@pytest.mark.parametrize(("end", "alpha"), [(None, 0.0), (3, 0.0), (3, 0.6), (0, 1.0)])
def test_agrees_with_a_loop_over_lists(beams, end, alpha):
    for seed in range(5):
        log_probs = hashed(5, seed)
        ids, scores = beam_search(log_probs, PROMPTS, beams, 6, end, alpha)
        for prompt, found, score in zip(PROMPTS, ids, scores, strict=True):
            expected = by_lists(log_probs, prompt, beams, 6, end, alpha)
            assert_allclose(score, [each for each, _ in expected])
            assert [*map(tuple, found.tolist())] == [text for _, text in expected]


@pytest.mark.parametrize("beams", [2, 3])
def test_finds_what_hugging_face_finds(beams):
    torch.manual_seed(0)
    config = gpt2.GPT2Config(
        **{"vocab_size": 13, "n_positions": 16, "n_embd": 8, "n_layer": 1, "n_head": 2},
        **{"bos_token_id": None, "eos_token_id": None, "initializer_range": 1.0},
    )
    model = gpt2.GPT2LMHeadModel(config).eval().double()
    prompts = np.array([[3, 1, 4], [1, 5, 9]])

    def log_probs(ids):
        with torch.no_grad():
            return torch.log_softmax(model(torch.tensor(ids)).logits[:, -1], -1).numpy()

    ids, scores = beam_search(log_probs, prompts, beams, 5, alpha=1.0)
    theirs = model.generate(
        torch.tensor(prompts),
        attention_mask=torch.ones(2, 3, dtype=torch.long),
        **{"num_beams": beams, "num_return_sequences": beams, "max_new_tokens": 5},
        **{"do_sample": False, "return_dict_in_generate": True, "output_scores": True},
        pad_token_id=0,
    )
    assert_array_equal(ids.reshape(2 * beams, -1), theirs.sequences)
    assert_allclose(scores.ravel(), theirs.sequences_scores, rtol=1e-5)


def test_one_beam_is_greedy_search():
    log_probs, ids = hashed(7), PROMPTS
    for _ in range(6):
        ids = np.concatenate([ids, log_probs(ids).argmax(axis=1)[:, None]], axis=1)
    assert_array_equal(beam_search(log_probs, PROMPTS, 1, 6)[0][:, 0], ids)


def test_no_text_is_found_twice_and_the_best_stands_first():
    ids, scores = beam_search(hashed(4), PROMPTS, 9, 5)
    for texts, score in zip(ids, scores, strict=True):
        assert len({*map(tuple, texts.tolist())}) == 9
        assert (np.diff(score) <= 0).all()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"beams": 0}, "`beams` is 0"),
        ({"new_tokens": 0}, "`new_tokens` is 0"),
        ({"alpha": -1.0}, "`alpha` is -1.0"),
        ({"prompts": np.zeros((0, 2), int)}, "`prompts` is empty"),
        ({"log_probs": lambda ids: np.full((len(ids), 3), np.nan)}, "a score is nan"),
    ],
)
def test_bad_values_are_refused_in_words(settings, said):
    fine = {"log_probs": hashed(3), "prompts": PROMPTS, "beams": 2, "new_tokens": 2}
    with pytest.raises(ValueError, match=said):
        beam_search(**(fine | settings))
