"""Bytes, FLOPs and seconds: against Hugging Face's LLaMA, counted FLOPs and by hand."""

import numpy as np
import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.utils.flop_counter import FlopCounterMode

from answers.derivations import quantization as derived
from answers.derivations.witness import number
from answers.transformers.inference_costs import (
    H100,
    H100_INT8,
    LLAMA_3_8B,
    LLAMA_3_70B,
    Cost,
    Decoder,
    Machine,
    batching_curve,
    decode_phases,
    flops_per_token,
    kv_bytes,
    largest_batch,
    prefill_phases,
    roofline_seconds,
    speculative_speedup,
    tokens_per_verification,
    weight_bytes,
)

# transformers 5 calls it `cache`; both names work.
pytestmark = pytest.mark.filterwarnings("ignore:.past_key_values:FutureWarning")

SMALL = Decoder(layers=3, d_model=24, heads=6, kv_heads=2, d_ff=40, vocab=57, gated=True)


def peer(model, device="cpu"):
    """The same decoder from transformers."""
    config = transformers.LlamaConfig(
        num_hidden_layers=model.layers,
        hidden_size=model.d_model,
        num_attention_heads=model.heads,
        num_key_value_heads=model.kv_heads,
        intermediate_size=model.d_ff,
        vocab_size=model.vocab,
        tie_word_embeddings=model.tied,
        attn_implementation="eager",
    )
    with torch.device(device):
        return transformers.LlamaForCausalLM(config).eval()


def decode(model, context, batch=1):
    """The FLOPs that PyTorch counts for the last of `context` tokens, and the cache."""
    llama, cache = peer(model), transformers.DynamicCache()
    ids = torch.zeros(batch, context, dtype=torch.long)
    with torch.no_grad():
        if context > 1:
            llama(ids[:, :-1], past_key_values=cache, use_cache=True)
        with FlopCounterMode(display=False) as counter:
            llama(ids[:, -1:], past_key_values=cache, use_cache=True)
    return counter.get_total_flops(), cache


@pytest.mark.parametrize("model", [SMALL, LLAMA_3_8B, LLAMA_3_70B], ids=str)
def test_the_weights_are_as_many_as_in_the_model_of_transformers(model):
    theirs = sum(p.numel() for p in peer(model, "meta").parameters())
    assert model.params == theirs


def test_a_tied_embedding_is_counted_once():
    tied = Decoder(3, 24, 6, 2, 40, 57, tied=True)
    assert tied.params == sum(p.numel() for p in peer(tied, "meta").parameters())


def test_without_a_gate_the_feed_forward_part_has_two_matrices():
    plain = Decoder(3, 24, 6, 2, 40, 57, gated=False)
    assert SMALL.matmul_params - plain.matmul_params == 3 * 24 * 40


@pytest.mark.parametrize("context", [1, 2, 17, 40])
def test_flops_of_a_token_are_those_that_pytorch_counts(context):
    counted, _ = decode(SMALL, context)
    # Some versions of transformers make the rotary angles by a product of matrices too.
    rotary = {0, SMALL.head_size}
    assert counted - flops_per_token(SMALL, context) in rotary


@pytest.mark.parametrize(("context", "batch"), [(1, 1), (7, 1), (12, 3)])
def test_the_cache_has_as_many_bytes_as_the_tensors_of_transformers(context, batch):
    _, cache = decode(SMALL, context, batch)
    theirs = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    assert kv_bytes(SMALL, context, batch, bytes_each=4) == theirs


@given(st.integers(1, 50), st.integers(1, 5), st.integers(0, 30))
def test_a_prompt_costs_the_flops_of_its_tokens_one_by_one(tokens, batch, past):
    each = sum(flops_per_token(SMALL, past + n) for n in range(1, tokens + 1))
    phases = prefill_phases(SMALL, tokens, batch, past=past)
    assert sum(phase.flops for phase in phases) == batch * each


def test_a_prompt_reads_the_weights_and_writes_the_cache_once():
    products, attention = prefill_phases(SMALL, 9, batch=2, weight_bits=8)
    assert products.bytes == SMALL.matmul_params
    assert attention.bytes == kv_bytes(SMALL, 9, batch=2)
    assert prefill_phases(SMALL, 9, past=4)[1].bytes == kv_bytes(SMALL, 13)


def test_weights_of_4_bits_with_scales_by_hand():
    assert weight_bytes(256, 4, group=64) == 128 + 4 * 2
    assert weight_bytes(256) == 512
    assert weight_bytes(8, 64) == 64
    assert weight_bytes(8, 1) == 1
    assert weight_bytes(8, 0.5) == 0.5
    assert weight_bytes(1000, 32) == 4000


def test_numbers_have_16_bits_and_sequences_are_one_unless_told_otherwise():
    products, attention = decode_phases(SMALL, 1, 9)
    assert kv_bytes(SMALL, 9) == attention.bytes == 9 * 2 * 3 * 2 * 4 * 2
    assert products.bytes == 2 * SMALL.matmul_params
    assert decode_phases(SMALL, 1, 9, 8)[0].bytes == SMALL.matmul_params
    assert decode_phases(SMALL, 1, 9, kv_bits=8)[1].bytes == attention.bytes / 2
    assert prefill_phases(SMALL, 9) == prefill_phases(SMALL, 9, 1, 16, 0)
    assert largest_batch(LLAMA_3_8B, H100, 8192) == largest_batch(LLAMA_3_8B, H100, 8192, 16, 16)
    memory = weight_bytes(SMALL.params, 8) + 7 * kv_bytes(SMALL, 9, 1, 1)
    for bits, fit in ((8, 7), (16, 3)):
        assert largest_batch(SMALL, Machine(1, 1, memory), 9, 8, bits) == fit


@pytest.mark.parametrize("bits", [(), (8,), (8, 4)], ids=str)
def test_the_curve_of_batches_is_made_of_steps(bits):
    for batch, (seconds, rate) in zip(
        (1, 3), batching_curve(SMALL, H100, (1, 3), 9, *bits), strict=True
    ):
        step = roofline_seconds(decode_phases(SMALL, batch, 9, *bits), H100)
        assert (seconds, rate) == (step, batch / step)


def test_a_phase_takes_the_longer_of_arithmetic_and_memory_and_phases_add():
    machine = Machine(100.0, 10.0, 0.0)
    assert machine.ridge == 10
    arithmetic, memory = Cost(flops=1000.0, bytes=10.0), Cost(flops=1000.0, bytes=500.0)
    assert roofline_seconds([arithmetic], machine) == 10
    assert roofline_seconds([memory], machine) == 50
    assert roofline_seconds([arithmetic, memory], machine) == 60
    at_the_ridge = Cost(flops=1000.0, bytes=100.0)
    assert at_the_ridge.intensity == machine.ridge
    assert roofline_seconds([at_the_ridge], machine) == 10


def test_the_weights_are_read_once_and_the_cache_once_for_each_sequence():
    (one, its_cache), (two, both) = (decode_phases(SMALL, n, context=9) for n in (1, 2))
    assert two.flops + both.flops == 2 * flops_per_token(SMALL, 9)
    assert one.bytes == two.bytes == 2 * SMALL.matmul_params
    assert (its_cache.bytes, both.bytes) == (kv_bytes(SMALL, 9), 2 * kv_bytes(SMALL, 9))


def test_a_large_batch_of_short_contexts_is_bound_by_both():
    """952 sequences of 512 tokens, which fit: one maximum over sums would say 23.6 ms."""
    phases = decode_phases(LLAMA_3_8B, 952, 512)
    assert [roofline_seconds([p], H100) * 1e3 for p in phases] == pytest.approx(
        [14.45, 19.07], abs=0.01
    )
    assert phases[0].intensity > H100.ridge > 50 * phases[1].intensity
    sums = Cost(sum(p.flops for p in phases), sum(p.bytes for p in phases))
    assert roofline_seconds([sums], H100) * 1e3 == pytest.approx(23.55, abs=0.01)


@pytest.mark.parametrize(("bits", "machine"), [(16, H100), (8, H100), (8, H100_INT8)])
def test_the_derived_ridge_batch_is_where_the_step_becomes_compute_bound(bits, machine):
    *_, line = derived.ridge()
    values = {
        "F": machine.flops_per_second,
        "W": machine.bytes_per_second,
        "k": bits / 8,
    }
    batch = number(line.formula, values)

    def memory_decides(batch):
        products, _ = decode_phases(LLAMA_3_8B, batch, 0, weight_bits=bits)
        return products.intensity < machine.ridge

    assert memory_decides(int(batch))
    assert not memory_decides(int(batch) + 1)


def test_decoding_is_memory_bound_and_prefill_compute_bound():
    assert all(p.intensity < H100.ridge / 50 for p in decode_phases(LLAMA_3_8B, 1, 1024))
    assert all(p.intensity > H100.ridge for p in prefill_phases(LLAMA_3_8B, 1024))


@given(st.integers(1, 4000), st.sampled_from([16, 8, 4]))
def test_a_larger_batch_never_waits_less_nor_yields_less(batch, bits):
    (s1, t1), (s2, t2) = batching_curve(LLAMA_3_70B, H100, [batch, batch + 1], 512, bits)
    assert s2 >= s1
    assert t2 >= t1 * (1 - 1e-12)


def test_one_sequence_more_than_the_largest_batch_does_not_fit():
    for bits, context in ((16, 8192), (8, 2048), (4, 100)):
        most = largest_batch(LLAMA_3_8B, H100, context, bits)
        for batch, fits in ((most, True), (most + 1, False)):
            need = weight_bytes(LLAMA_3_8B.params, bits) + kv_bytes(LLAMA_3_8B, context, batch)
            assert (need <= H100.memory_bytes) == fits
    assert largest_batch(LLAMA_3_70B, H100, 1) == 0


@pytest.mark.parametrize(("acceptance", "drafted"), [(0.0, 4), (0.6, 4), (0.9, 7), (1.0, 3)])
def test_speculation_yields_what_a_simulation_yields(acceptance, drafted):
    accepted = np.random.default_rng(1).random((200_000, drafted)) < acceptance
    tokens = 1 + np.cumprod(accepted, axis=1).sum(axis=1)
    assert_allclose(tokens_per_verification(acceptance, drafted), tokens.mean(), rtol=0.01)


def test_a_draft_costs_time_and_may_cost_more_than_it_saves():
    """Tokens and time of many passes, one after the other."""
    rng, tokens, time = np.random.default_rng(6), 0, 0.0
    for _ in range(50_000):
        time += 8 * 0.2 + 1
        tokens += 1
        for accepted in rng.random(8) < 0.6:
            if not accepted:
                break
            tokens += 1
    assert_allclose(speculative_speedup(0.6, 8, 0.2), tokens / time, rtol=0.01)
    assert round(speculative_speedup(0.6, 8, 0.2), 2) == 0.95


@pytest.mark.parametrize("acceptance", [0.0, 0.5, 1.0])
def test_a_small_integer_of_numpy_does_for_the_drafted_tokens(acceptance):
    for n in (100, 127):
        found = tokens_per_verification(acceptance, np.int8(n))
        assert found == tokens_per_verification(acceptance, n)
        found = speculative_speedup(acceptance, np.int8(n), 2)
        assert found == speculative_speedup(acceptance, n, 2)


@given(st.floats(0, 0.99), st.integers(0, 12))
def test_speculation_is_the_derived_sum(acceptance, drafted):
    (line,) = derived.speculation()
    want = number(line.formula, {"a": acceptance, "n": drafted})
    assert_allclose(tokens_per_verification(acceptance, drafted), want, rtol=1e-9)


def test_a_draft_without_end_takes_no_longer_than_a_short_one():
    assert tokens_per_verification(0.5, 10**9) == 2
    assert tokens_per_verification(1, 10**9) == 10**9 + 1


@pytest.mark.parametrize("bits", [0, -4, 65])
def test_bits_that_no_weight_has_are_refused(bits):
    with pytest.raises(ValueError, match=f"`bits` is {bits}"):
        weight_bytes(10, bits)


@pytest.mark.parametrize("bits", [0, -4, 65])
def test_bits_that_no_number_of_a_cache_has_are_refused(bits):
    for call in (
        lambda: largest_batch(LLAMA_3_8B, H100, 1024, kv_bits=bits),
        lambda: decode_phases(LLAMA_3_8B, 1, 1024, kv_bits=bits),
    ):
        with pytest.raises(ValueError, match=f"`kv_bits` is {bits}; choose more than 0"):
            call()


@pytest.mark.parametrize("context", [0, -8])
def test_a_batch_of_sequences_without_tokens_is_refused(context):
    with pytest.raises(ValueError, match=f"`context` is {context}; make it 1 or more"):
        largest_batch(LLAMA_3_8B, H100, context)


@pytest.mark.parametrize("acceptance", [-0.1, 1.1])
def test_an_acceptance_that_is_no_probability_is_refused(acceptance):
    with pytest.raises(ValueError, match="a probability is 0 to 1"):
        tokens_per_verification(acceptance, 3)


def test_a_draft_of_nothing_yields_one_token_and_a_negative_one_is_refused():
    for acceptance in (0, 0.5, 1):
        assert tokens_per_verification(acceptance, 0) == 1
    assert isinstance(tokens_per_verification(1, 2), float)
    with pytest.raises(ValueError, match="`drafted` is -1; draft no token or more"):
        tokens_per_verification(0.5, -1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: speculative_speedup(0.5, 2, -0.5), "^`cost` is -0.5; choose a finite"),
        (lambda: speculative_speedup(0.5, 2, np.inf), "^`cost` is inf"),
        (lambda: weight_bytes(-10), "^`params` is -10; choose a finite number, 0 or more"),
        (lambda: weight_bytes(10, 4, group=0), "^`group` is 0; choose a finite number, 1 or"),
        (lambda: kv_bytes(LLAMA_3_8B, 1, bytes_each=-2), "^`bytes_each` is -2"),
        (lambda: batching_curve(LLAMA_3_8B, H100, [-1], 8), "^`batch` is -1"),
        (lambda: Decoder(3, 24, 0, 2, 40, 57), "^`heads` is 0; choose a finite number, 1 or"),
        (lambda: Machine(0, 1, 1), "^`flops_per_second` is 0; choose a finite number above"),
        (lambda: Machine(1, np.nan, 1), "^`bytes_per_second` is nan"),
        (lambda: Machine(1, 1, np.inf), "^`memory_bytes` is inf"),
        (lambda: Cost(-1, 1), "^`flops` is -1"),
        (lambda: Cost(1, np.nan), "^`bytes` is nan"),
        (lambda: Cost(1, 0).intensity, "^`bytes` is 0; choose a finite number above 0"),
    ],
)
def test_what_is_no_size_no_time_and_no_cost_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
