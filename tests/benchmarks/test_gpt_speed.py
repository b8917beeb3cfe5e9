"""Greedy generation of 256 tokens at 4 layers of width 256, beside itself and Hugging Face."""

import pytest
import torch
from hugging_face import in_hugging_face

from answers.transformers.gpt import GPT, GPTConfig
from answers.transformers.kv_cache import generate

TOKENS = 256


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return GPT(GPTConfig(context=TOKENS + 8, layers=4, heads=4, width=256)).eval()


@pytest.fixture(scope="module")
def theirs(model):
    """Hugging Face's GPT-2 with the same weights."""
    return in_hugging_face(model)


@pytest.fixture(scope="module")
def ids():
    return torch.randint(256, (1, 8), generator=torch.Generator().manual_seed(1))


def by_hugging_face(theirs, ids, use_cache):
    """Its own loop, `generate`."""
    return theirs.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=TOKENS,
        do_sample=False,
        use_cache=use_cache,
        pad_token_id=0,
    )


def test_cached_generation_beside_uncached(race, model, ids):
    assert torch.equal(generate(model, ids, 20), generate(model, ids, 20, use_cache=False))
    race(
        lambda: generate(model, ids, TOKENS),
        3,
        lambda: generate(model, ids, TOKENS, use_cache=False),
        "not cached",
        ratio=1 / 6,
    )


@pytest.mark.parametrize("use_cache", [True, False], ids=["cached", "not cached"])
def test_generation_beside_hugging_face(race, model, theirs, ids, use_cache):
    ours = generate(model, ids, TOKENS, use_cache)
    assert torch.equal(ours, by_hugging_face(theirs, ids, use_cache))
    race(
        lambda: generate(model, ids, TOKENS, use_cache),
        3,
        lambda: by_hugging_face(theirs, ids, use_cache),
        "Hugging Face",
        ratio=1.0,
    )
