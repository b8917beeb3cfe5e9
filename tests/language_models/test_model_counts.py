"""Counts of real configurations beside transformers on the meta device and PyTorch's counter.

The numbers are those of the published configuration files; nothing is downloaded.
"""

import pytest
import torch
import transformers
from torch.utils.flop_counter import FlopCounterMode

from answers.language_models.model_counts import (
    cache_bytes,
    count_gpt2_parameters,
    count_parameters,
    training_flops,
)

MODELS = {
    "Llama 7B": (32, 4096, 32, 32, 11008, 32000, {}),
    "Llama 3 8B": (32, 4096, 32, 8, 14336, 128256, {}),
    "Llama 3 70B": (80, 8192, 64, 8, 28672, 128256, {}),
    "Mixtral 8x7B": (32, 4096, 32, 8, 14336, 32000, {"experts": 8}),
    "Qwen3 0.6B": (
        *(28, 1024, 16, 8, 3072, 151936),
        {"head_size": 128, "tied": True, "qk_norm": True},
    ),
    "Qwen3 8B": (36, 4096, 32, 8, 12288, 151936, {"head_size": 128, "qk_norm": True}),
    "Qwen3 30B-A3B": (
        *(48, 2048, 32, 4, 768, 151936),
        {"head_size": 128, "qk_norm": True, "experts": 128},
    ),
}
PUBLISHED = {
    "Llama 7B": 6_738_415_616,
    "Llama 3 8B": 8_030_261_248,
    "Mixtral 8x7B": 46_702_792_704,
}


def configuration(layers, d_model, heads, kv_heads, d_ff, vocab, more):
    kind = transformers.LlamaConfig
    sizes = {
        "num_hidden_layers": layers,
        "hidden_size": d_model,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "intermediate_size": d_ff,
        "vocab_size": vocab,
        "tie_word_embeddings": more.get("tied", False),
    }
    if "head_size" in more:
        sizes["head_dim"] = more["head_size"]
    if more.get("qk_norm"):
        kind = transformers.Qwen3Config
    if "experts" in more:
        kind = transformers.MixtralConfig
        sizes["num_local_experts"] = more["experts"]
        if more.get("qk_norm"):
            kind = transformers.Qwen3MoeConfig
            sizes |= {"num_experts": sizes.pop("num_local_experts"), "moe_intermediate_size": d_ff}
    return kind(**sizes, pad_token_id=None)


def on_meta(config, **more):
    with torch.device("meta"):
        return transformers.AutoModelForCausalLM.from_config(config, **more)


@pytest.mark.parametrize("name", MODELS)
def test_parameters_are_those_of_transformers(name):
    *sizes, more = MODELS[name]
    theirs = on_meta(configuration(*sizes, more))
    found = count_parameters(*sizes, **more)
    assert found == sum(p.numel() for p in theirs.parameters())
    assert found == PUBLISHED.get(name, found)


@pytest.mark.parametrize(("layers", "d_model"), [(12, 768), (24, 1024), (36, 1280), (48, 1600)])
def test_parameters_of_gpt2_are_those_of_transformers(layers, d_model):
    theirs = on_meta(transformers.GPT2Config(n_layer=layers, n_embd=d_model, n_head=d_model // 64))
    found = count_gpt2_parameters(layers, d_model, 50257, 1024)
    assert found == sum(p.numel() for p in theirs.parameters())


@pytest.mark.parametrize("tokens", [8, 48])
def test_flops_are_those_of_pytorchs_counter(tokens):
    layers, d_model, heads, kv_heads, d_ff, vocab = 3, 48, 4, 2, 80, 101
    config = configuration(layers, d_model, heads, kv_heads, d_ff, vocab, {})
    model = on_meta(config, attn_implementation="eager")
    ids = torch.zeros(1, tokens, dtype=torch.long, device="meta")
    with FlopCounterMode(display=False) as counter:
        model(ids).logits.sum().backward()
    weights = count_parameters(layers, d_model, heads, kv_heads, d_ff, vocab)
    weights -= vocab * d_model + (2 * layers + 1) * d_model  # a table that is looked up, norms
    ours = training_flops(weights, layers, d_model, tokens, causal=False)
    assert counter.get_total_flops() == ours


@pytest.mark.parametrize("name", ["Llama 3 8B", "Mixtral 8x7B", "Qwen3 0.6B"])
def test_bytes_are_those_of_transformers_cache(name):
    _, d_model, heads, kv_heads, d_ff, vocab, more = MODELS[name]
    head_size = more.get("head_size", d_model // heads)
    config = configuration(2, d_model, heads, kv_heads, d_ff, vocab, more)
    model = on_meta(config, dtype=torch.bfloat16)
    ids = torch.zeros(1, 37, dtype=torch.long, device="meta")
    cache = transformers.DynamicCache(config=config)
    model.model(ids, cache=cache, use_cache=True)
    kept = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert kept == cache_bytes(2, 2 * kv_heads * head_size, 37)


def test_a_window_keeps_its_last_tokens_as_in_transformers():
    config = transformers.MistralConfig(
        num_hidden_layers=2,
        hidden_size=32,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=16,
        vocab_size=11,
        sliding_window=8,
    )
    model, cache = transformers.MistralModel(config), transformers.DynamicCache(config=config)
    for _ in range(20):
        model(torch.zeros(1, 1, dtype=torch.long), cache=cache, use_cache=True)
    kept = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    # The next token comes on top, so that theirs keeps one less than the window.
    assert kept == cache_bytes(2, 2 * 2 * 8, 20, window=7, bytes_each=4)


def test_sinks_and_windows_keep_no_more_than_there_is():
    assert cache_bytes(1, 1, 5, window=4, sinks=2) == 5 * 2
    assert cache_bytes(1, 1, 50, window=4, sinks=2) == 6 * 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kv_heads": 3}, "`kv_heads` is 3, which does not divide 4 heads"),
        ({"d_model": 18}, "`heads` is 4, which does not divide d_model = 18"),
        ({"experts": 0}, "`experts` is 0"),
    ],
)
def test_bad_sizes_are_refused_in_words(change, said):
    sizes = {"layers": 2, "d_model": 16, "heads": 4, "kv_heads": 2, "d_ff": 32, "vocab": 99}
    with pytest.raises(ValueError, match=said):
        count_parameters(**sizes | change)
