"""The GPT in NumPy, against the GPT in PyTorch with the same weights."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from safetensors.numpy import load_file

from answers.transformers import gpt, gpt_numpy, kv_cache, train_gpt
from answers.transformers.gpt import GPT, GPTConfig, held_out_text, load_pretrained
from answers.transformers.gpt_numpy import (
    HALVED,
    decode,
    drawn,
    encode,
    forward,
    generate,
    load_weights,
)
from answers.transformers.next_token_loss import next_token_loss

PROMPTS = ("The white w", "Ahab stood ", '"Thou art ', "It was a clear steel-blue day. ")


def full_weights():
    """The trained weights, not rounded."""
    arrays = load_file(gpt.WEIGHTS / "gpt.safetensors")
    return arrays | {"tokens.weight": arrays["head.weight"]}


def halved_model():
    """The GPT in PyTorch, its weights rounded to float16."""
    return load_pretrained().half().float()


def small(seed=0, **changes):
    """A small model in float64, whose weights are large enough for every part to matter."""
    torch.manual_seed(seed)
    sizes = {"vocab": 31, "context": 24, "layers": 2, "heads": 3, "width": 18}
    model = GPT(GPTConfig(**{**sizes, **changes})).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.3)
    return model


def arrays_of(model):
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}


def tokens(*shape, seed=1):
    return np.random.default_rng(seed).integers(31, size=shape)


# Against PyTorch


@torch.no_grad()
def test_logits_of_the_trained_weights_are_pytorchs_to_2e_5():
    ids = encode(held_out_text())[:, : 3 * 256].reshape(3, 256)
    theirs = load_pretrained()(torch.tensor(ids)).numpy()
    ours = forward(ids, full_weights())
    assert ours.dtype == np.float32
    assert_allclose(ours, theirs, rtol=0, atol=2e-5)


@torch.no_grad()
def test_logits_of_the_rounded_weights_are_pytorchs_to_2e_5():
    ids = encode(held_out_text())[:, : 3 * 256].reshape(3, 256)
    theirs = halved_model()(torch.tensor(ids)).numpy()
    assert_allclose(forward(ids, load_weights()), theirs, rtol=0, atol=2e-5)


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("use_cache", [True, False])
def test_greedy_tokens_are_pytorchs_with_the_cache_and_without(prompt, use_cache):
    number = 100 if use_cache else 40
    theirs = kv_cache.generate(load_pretrained(), gpt.encode(prompt), number)
    for weights in (full_weights(), load_weights()):
        ours = generate(encode(prompt), number, weights, use_cache=use_cache)
        assert_array_equal(ours, theirs.numpy())


@torch.no_grad()
@pytest.mark.parametrize("sizes", [{}, {"layers": 1, "heads": 1}, {"layers": 3, "heads": 6}])
def test_logits_of_any_size_are_pytorchs_to_1e_12_in_float64(sizes):
    model, ids = small(**sizes), tokens(5, 17)
    ours = forward(ids, arrays_of(model), model.config.heads)
    assert_allclose(ours, model(torch.tensor(ids)).numpy(), rtol=0, atol=1e-12)


@torch.no_grad()
@pytest.mark.parametrize("cuts", [[], [1], [4, 5, 9], [7, 16]])
def test_calls_with_a_cache_give_the_logits_of_one_call_without(cuts):
    model, ids, cache = small(), tokens(2, 17), {}
    parts = [forward(part, arrays_of(model), 3, cache) for part in np.split(ids, cuts, axis=1)]
    whole = model(torch.tensor(ids)).numpy()
    assert_allclose(np.concatenate(parts, axis=1), whole, rtol=0, atol=1e-12)
    assert {name: k.shape for name, (k, _) in cache.items()} == {
        f"blocks.{layer}.attention": (2, 3, 17, 6) for layer in range(2)
    }


def test_drawn_tokens_come_as_often_as_the_softmax_says():
    p = np.array([0.5, 0.3, 0.2])
    found = drawn(np.random.default_rng(0))(np.tile(np.log(p), (40_000, 1)))
    # Five standard deviations of the share of the first.
    assert_allclose(np.bincount(found) / 40_000, p, atol=5 * 0.5 / 200)


def test_a_drawn_text_is_the_same_each_time_and_shows_where_it_is_none():
    first, again = (gpt_numpy.drawn_text(forward, load_weights(), new_tokens=20) for _ in "12")
    assert first == again
    assert first.startswith("The white w")
    assert len(first) == len("The white w") + 20

    def silent(ids, weights, heads, cache):
        return np.where(np.arange(256) == 7, 99.0, np.zeros((*ids.shape, 1)))  # rings a bell

    assert gpt_numpy.drawn_text(silent, load_weights(), "Ahab", new_tokens=2) == "Ahab··"


# The weights for the page


def test_the_weights_for_the_page_are_the_trained_ones_in_float16():
    with np.load(HALVED) as halves:
        assert set(halves.files) == {*full_weights()} - {"head.weight"}
        for name in halves.files:
            assert_array_equal(halves[name], full_weights()[name].astype(np.float16))


def test_they_are_made_anew_from_the_trained_ones(tmp_path):
    (tmp_path / "gpt.safetensors").symlink_to(gpt.WEIGHTS / "gpt.safetensors")
    train_gpt.halve(tmp_path)
    with np.load(tmp_path / "gpt.npz") as made, np.load(HALVED) as kept:
        assert made.files == kept.files
        assert all(np.array_equal(made[name], kept[name]) for name in kept.files)


def test_rounded_weights_lose_less_than_1e_4_nats_per_byte():
    ids = encode(held_out_text())[:, : 8 * 256].reshape(8, 256)
    full, halved = (
        next_token_loss(forward(ids, weights), ids)[0]
        for weights in (full_weights(), load_weights())
    )
    assert abs(full - halved) < 1e-4


# What is refused


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ids": np.zeros((1, 0), int)}, "`ids` is empty"),
        ({"ids": np.array([[3, 31]])}, "`ids` run from 3 to 31; tokens run from 0 to 30"),
        ({"ids": np.array([[-1, 3]])}, "`ids` run from -1 to 3"),
        ({"ids": tokens(1, 25)}, r"has 25 tokens \(0 cached, 25 new\)"),
        ({"heads": 4}, "the width 18 is no multiple of 4 heads"),
        ({"heads": 0}, "no multiple of 0 heads"),
    ],
)
def test_bad_input_of_a_call_is_refused(changes, told):
    call = {"ids": tokens(1, 3), "weights": arrays_of(small()), "heads": 3, **changes}
    with pytest.raises(ValueError, match=told):
        forward(**call)


def test_a_cache_that_is_full_is_refused():
    weights, cache = arrays_of(small()), {}
    forward(tokens(1, 20), weights, 3, cache)
    with pytest.raises(ValueError, match=r"has 25 tokens \(20 cached, 5 new\)"):
        forward(tokens(1, 5), weights, 3, cache)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ids": np.zeros((1, 0), int)}, "`ids` is empty"),
        ({"new_tokens": -1}, "`new_tokens` is -1"),
        ({"new_tokens": 23}, "would read 25, but has learned 24 positions"),
    ],
)
def test_bad_input_of_a_text_is_refused(changes, told):
    call = {"ids": tokens(1, 3), "new_tokens": 2, "weights": arrays_of(small())}
    with pytest.raises(ValueError, match=told):
        generate(**{**call, "heads": 3, **changes})


def test_a_text_may_fill_all_positions_and_one_token_more():
    assert generate(tokens(1, 3), 22, arrays_of(small()), 3).shape == (1, 25)


def test_another_model_writes_and_sees_what_a_call_is_given():
    seen = []

    def model(ids, weights, heads, cache):
        seen.append((ids.shape, heads, len(cache)))
        return forward(ids, weights, heads, cache)

    generate(encode("Ahab"), 2, load_weights(), model=model)
    generate(encode("Ahab"), 2, load_weights(), use_cache=False, model=model)
    assert seen == [((1, 4), 4, 0), ((1, 1), 4, 4), ((1, 4), 4, 0), ((1, 5), 4, 0)]


def test_text_goes_in_and_out():
    text = "naïve Ahab"
    assert decode(encode(text)[0]) == text
    assert decode(encode(text)[0, :3]) == "na�"
    assert gpt_numpy.most_likely(np.array([[1.0, 3.0, 3.0]])).tolist() == [1]
