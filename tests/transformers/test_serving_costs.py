"""Caches, chunks, devices and experts: against transformers' models, and by simulation."""

import numpy as np
import pytest
import torch
import transformers
from numpy.testing import assert_allclose

from answers.transformers.inference_costs import (
    LLAMA_3_8B,
    LLAMA_3_70B,
    Decoder,
    decode_phases,
    flops_per_token,
    kv_bytes,
    prefill_phases,
    weight_bytes,
)
from answers.transformers.serving_costs import (
    MIXTRAL_8X7B,
    Mixture,
    latent_bytes,
    mixed_phases,
    share,
    window_bytes,
)


def test_the_latent_of_transformers_model_is_as_wide_as_ours():
    config = transformers.DeepseekV3Config(
        num_hidden_layers=2, hidden_size=64, kv_lora_rank=24, qk_rope_head_dim=8,
        num_attention_heads=4, num_key_value_heads=4, vocab_size=11, n_routed_experts=8,
        intermediate_size=16, moe_intermediate_size=16,
    )  # fmt: skip
    with torch.device("meta"):
        model = transformers.DeepseekV3ForCausalLM(config)
    kept = sum(layer.self_attn.kv_a_proj_with_mqa.out_features for layer in model.model.layers)
    assert latent_bytes(2, 24, 8, bytes_each=1) == kept
    assert latent_bytes(2, 24, 8) == 2 * kept


def test_a_window_keeps_what_a_list_keeps():
    for tokens in (1, 4, 5, 12, 13, 40):
        kept = [t for t in range(tokens) if t < 4 or t >= tokens - 8]
        assert window_bytes(LLAMA_3_8B, tokens, 8, sinks=4) == kv_bytes(LLAMA_3_8B, len(kept))
        assert window_bytes(LLAMA_3_8B, tokens, 8) == kv_bytes(LLAMA_3_8B, min(tokens, 8))


def test_small_integers_of_numpy_do_for_a_cache():
    small = np.int8(100)
    assert latent_bytes(small, small, small) == latent_bytes(100, 100, 100)
    found = window_bytes(LLAMA_3_8B, 1000, small, sinks=small)
    assert found == window_bytes(LLAMA_3_8B, 1000, 100, sinks=100)


def test_a_chunk_beside_a_batch_costs_the_flops_of_both_and_reads_the_weights_once():
    phases = mixed_phases(LLAMA_3_8B, 3, 100, chunk=7, past=20)
    tokens = 3 * flops_per_token(LLAMA_3_8B, 100)
    tokens += sum(flops_per_token(LLAMA_3_8B, 20 + n) for n in range(1, 8))
    assert sum(phase.flops for phase in phases) == tokens
    assert phases[0].bytes == weight_bytes(LLAMA_3_8B.matmul_params)
    apart = decode_phases(LLAMA_3_8B, 3, 100)[1], prefill_phases(LLAMA_3_8B, 7, past=20)[1]
    assert phases[1:] == apart


@pytest.mark.parametrize(("tensor", "pipeline"), [(1, 1), (4, 1), (8, 2), (1, 4)])
def test_the_devices_hold_the_model_and_the_cache_between_them(tensor, pipeline):
    part = share(LLAMA_3_70B, tensor, pipeline)
    devices = tensor * pipeline
    assert part.weights * devices == weight_bytes(LLAMA_3_70B.params)
    assert part.kv_of_a_token * devices == kv_bytes(LLAMA_3_70B, 1)


def test_a_device_sends_a_vector_to_the_next_stage_and_one_device_sends_nothing():
    assert share(LLAMA_3_70B) == share(LLAMA_3_70B, 1, 1)
    assert share(LLAMA_3_70B).sent_of_a_token == 0
    vector = 2 * LLAMA_3_70B.d_model
    assert share(LLAMA_3_70B, pipeline=2).sent_of_a_token == vector
    # Half of the layers, each with two all-reduces in which 2 · 3/4 of a vector are sent.
    assert share(LLAMA_3_70B, 4, 2).sent_of_a_token == (40 * 2 * 1.5 + 1) * vector


def test_more_devices_than_kv_heads_keep_copies():
    assert share(LLAMA_3_70B, 16).kv_of_a_token == share(LLAMA_3_70B, 8).kv_of_a_token
    assert share(LLAMA_3_70B, 16).weights == share(LLAMA_3_70B, 8).weights / 2


def test_a_ring_sends_what_a_simulated_ring_sends():
    """Reduce-scatter, then all-gather: t - 1 rounds each, a t-th of the numbers a round."""
    t, numbers = 4, np.arange(32.0).reshape(4, 8)
    parts, sent = [list(row.reshape(t, -1)) for row in numbers], 0
    for reduce in (True, False):
        for turn in range(t - 1):
            before = [[piece.copy() for piece in device] for device in parts]
            for device in range(t):
                piece = (device - turn + (not reduce)) % t
                target = parts[(device + 1) % t]
                new = before[device][piece]
                target[piece] = target[piece] + new if reduce else new
                sent += len(new) if device == 0 else 0
    for device in parts:
        assert_allclose(np.concatenate(device), numbers.sum(axis=0))
    tiny = Decoder(layers=1, d_model=8, heads=4, kv_heads=4, d_ff=8, vocab=3)
    assert share(tiny, tensor=4).sent_of_a_token == 2 * 2 * sent


@pytest.mark.parametrize("sizes", [(3, 1), (1, 7), (0, 1), (-8, 1), (1, 0)], ids=str)
def test_shares_that_are_not_equal_are_refused(sizes):
    with pytest.raises(ValueError, match="choose divisors of 1 or more"):
        share(LLAMA_3_70B, *sizes)


def test_a_mixture_has_the_weights_of_the_model_of_transformers():
    with torch.device("meta"):
        theirs = transformers.MixtralForCausalLM(
            transformers.MixtralConfig(num_local_experts=8, vocab_size=32000)
        )
    count = sum(p.numel() for p in theirs.parameters())
    assert MIXTRAL_8X7B.params_with(8) == count


def test_experts_with_and_without_a_gate_differ_by_a_third():
    sizes = {"layers": 3, "d_model": 8, "heads": 2, "kv_heads": 2, "d_ff": 20, "vocab": 5}
    for gated, matrices in ((True, 3), (False, 2)):
        mixture = Mixture(Decoder(**sizes, gated=gated), experts=4, chosen=1)
        one, four = mixture.params_with(1), mixture.params_with(4)
        assert four - one == 3 * 3 * matrices * 8 * 20
        assert one - mixture.dense.params == 3 * 8 * 4


@pytest.mark.parametrize("tokens", [1, 3, 16])
def test_experts_read_are_those_of_a_simulation(tokens):
    rng, mixture = np.random.default_rng(4), Mixture(LLAMA_3_8B, experts=6, chosen=2)
    read = [
        len({e for _ in range(tokens) for e in rng.choice(6, 2, replace=False)})
        for _ in range(4000)
    ]
    assert_allclose(mixture.experts_read(tokens), np.mean(read), rtol=0.02)
