"""Reading with a cache is reading without: logits, tokens, padding, beams, bytes, limits."""

from unittest.mock import patch

import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from answers.transformers.gpt import (
    GPT,
    GPTConfig,
    encode,
    held_out_text,
    load_pretrained,
)
from answers.transformers.kv_cache import KVCache, cache_bytes, generate

SIZES = {"vocab": 29, "context": 48, "layers": 3, "heads": 2, "width": 12}


def model_of(rotary=False, dtype=torch.float64, seed=0):
    """A model whose weights are large enough for a wrong key to move every logit."""
    torch.manual_seed(seed)
    model = GPT(GPTConfig(**SIZES, rotary=rotary)).to(dtype).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.3)
    return model


MODELS = {rotary: model_of(rotary) for rotary in (False, True)}
ROTARY = pytest.mark.parametrize("rotary", [False, True], ids=["learned", "rotary"])
CAPACITY = pytest.mark.parametrize("capacity", [None, 48], ids=["growing", "allocated"])


def tokens(*shape, seed=1):
    return torch.randint(29, shape, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def read(model, ids, chunks, capacity=None, mask=None):
    """The logits of all tokens, read in chunks of these sizes, and the cache."""
    cache = KVCache(model.config, len(ids), capacity, model.head.weight.dtype)
    parts, start = [], 0
    for size in chunks:
        part = slice(start, start + size)
        seen = None if mask is None else mask[:, part]
        parts.append(model(ids[:, part], cache, seen))
        start += size
    assert start == ids.shape[1] == cache.length
    return torch.cat(parts, dim=1), cache


def left_padding(lengths, width):
    """True at the last tokens of each row."""
    return torch.arange(width) >= width - torch.tensor(lengths)[:, None]


# The equality of logits


@torch.no_grad()
@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 7), min_size=1, max_size=6),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
    st.integers(0, 99),
)
def test_any_chunks_of_any_sequences_give_the_same_logits(chunks, batch, rotary, grows, seed):
    model, ids = MODELS[rotary], tokens(batch, sum(chunks), seed=seed)
    logits, _ = read(model, ids, chunks, None if grows else 48)
    torch.testing.assert_close(logits, model(ids), rtol=0, atol=1e-12)


@torch.no_grad()
def test_the_trained_model_in_float32_agrees_within_2e_5_over_its_whole_context():
    model, ids = load_pretrained(), encode(held_out_text())[:, :256]
    expected = model(ids)
    for chunks in ([256], [1] * 256, [255, 1], [1, 255], [64] * 4, [100, 56, 100]):
        logits, _ = read(model, ids, chunks, 256)
        torch.testing.assert_close(logits, expected, rtol=0, atol=2e-5)


@torch.no_grad()
@ROTARY
@CAPACITY
@pytest.mark.parametrize("chunks", [[12], [1] * 12, [5, 7], [2, 3, 1, 6]], ids=str)
def test_left_padding_changes_no_logits_of_real_tokens(rotary, capacity, chunks):
    model, ids, lengths = MODELS[rotary], tokens(4, 12), [12, 9, 5, 1]
    mask = left_padding(lengths, 12)
    logits, _ = read(model, ids, chunks, capacity, mask)
    for row, length in enumerate(lengths):
        alone = model(ids[row : row + 1, -length:])[0]
        torch.testing.assert_close(logits[row, -length:], alone, rtol=0, atol=1e-12)


@torch.no_grad()
@CAPACITY
def test_padding_may_begin_in_a_later_call(capacity):
    """A new turn of a conversation: the second chunk of row 0 is shorter."""
    model, ids = MODELS[False], tokens(2, 10)
    mask = torch.ones(2, 10, dtype=torch.bool)
    mask[0, 4:7] = False
    logits, _ = read(model, ids, [4, 6], capacity, mask)
    alone = model(ids[:1, mask[0]])[0]
    torch.testing.assert_close(logits[0, mask[0]], alone, rtol=0, atol=1e-12)
    torch.testing.assert_close(logits[1], model(ids[1:])[0], rtol=0, atol=1e-12)


# Grouped queries


def grouped_model(rotary, kv_heads):
    """A model of four heads that share keys and values, and one that has a copy for each."""
    sizes = {**SIZES, "heads": 4, "width": 24, "rotary": rotary}
    torch.manual_seed(3)
    grouped = GPT(GPTConfig(**sizes, kv_heads=kv_heads)).double().eval()
    with torch.no_grad():
        for parameter in grouped.parameters():
            parameter.normal_(std=0.3)
    whole = GPT(GPTConfig(**sizes)).double().eval()
    state = grouped.state_dict()
    for name in [name for name in state if "qkv" in name]:
        q, *kv = state[name].split(grouped.blocks[0].attention.widths)
        kv = [
            part.unflatten(0, (kv_heads, 6)).repeat_interleave(4 // kv_heads, 0).flatten(0, 1)
            for part in kv
        ]
        state[name] = torch.cat([q, *kv])
    whole.load_state_dict(state)
    return grouped, whole


@torch.no_grad()
@ROTARY
@CAPACITY
@pytest.mark.parametrize("kv_heads", [1, 2])
def test_grouped_queries_give_the_logits_of_copied_keys_in_any_chunks(rotary, capacity, kv_heads):
    grouped, whole = grouped_model(rotary, kv_heads)
    ids, mask = tokens(3, 12), left_padding([12, 9, 5], 12)
    for given_mask in (None, mask):
        real = torch.ones_like(mask) if given_mask is None else mask
        expected = whole(ids, mask=given_mask)
        for chunks in ([12], [1] * 12, [5, 1, 6]):
            logits, cache = read(grouped, ids, chunks, capacity, given_mask)
            torch.testing.assert_close(logits[real], expected[real], rtol=0, atol=1e-12)
            assert cache.keys[0].shape[1] == cache.values[-1].shape[1] == kv_heads


@ROTARY
def test_grouped_queries_write_the_tokens_of_copied_keys(rotary):
    grouped, whole = grouped_model(rotary, 2)
    ids = tokens(2, 7)
    expected = generate(whole, ids, 20, use_cache=False)
    assert torch.equal(generate(grouped, ids, 20, chunk=3), expected)


def slots_of_their_caches(architecture, **more):
    """Of a random model, the shape of the keys that a dynamic and a static cache keep, and a
    dynamic one that was not told the config."""
    torch.manual_seed(0)
    config = getattr(transformers, f"{architecture}Config")(
        vocab_size=29,
        hidden_size=24,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        **more,
    )
    model = getattr(transformers, f"{architecture}ForCausalLM")(config).eval()
    ids = tokens(1, 9)
    assert isinstance(model(ids).past_key_values, transformers.DynamicCache)
    dynamic = transformers.DynamicCache(config=config)
    static = transformers.StaticCache(config=config, max_cache_len=12)
    untold = transformers.DynamicCache()
    for cache in (dynamic, static, untold):
        parts = [model(part, past_key_values=cache).logits for part in ids.split([4, 1, 4], 1)]
        torch.testing.assert_close(torch.cat(parts, 1), model(ids).logits, rtol=0, atol=1e-5)
    return [tuple(cache.layers[0].keys.shape) for cache in (dynamic, static, untold)]


@torch.no_grad()
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_hugging_faces_caches_keep_the_kv_heads_and_a_static_one_its_whole_length():
    assert slots_of_their_caches("Llama") == [(1, 2, 9, 6), (1, 2, 12, 6), (1, 2, 9, 6)]


@torch.no_grad()
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_hugging_faces_caches_keep_of_a_sliding_layer_the_window_given_the_config():
    # The dynamic one leaves out the key that no later token sees; untold, it keeps all.
    kept = slots_of_their_caches("Mistral", sliding_window=4)
    assert kept == [(1, 2, 3, 6), (1, 2, 4, 6), (1, 2, 9, 6)]


# Half precision


@torch.no_grad()
def gaps(dtype, length):
    """How far the logits of five texts are from a reading at once: of a cache, of another
    kernel, and of a cache whose every call counts positions from 0."""
    model, text = load_pretrained().to(dtype), encode(held_out_text())[0]
    ids = torch.stack([text[start : start + length] for start in range(0, 5000, 1000)])
    whole, (cached, _) = model(ids), read(model, ids, [1] * length, length)
    with sdpa_kernel(SDPBackend.MATH):
        other = model(ids)
    with patch(
        "answers.transformers.gpt.token_positions",
        lambda past, time, real, device: torch.arange(time)[None],
    ):
        wrong, _ = read(model, ids, [1] * length, length)
    return [(logits - whole).abs().max().item() for logits in (cached, other, wrong)]


@torch.no_grad()
def greedy(dtype, texts, new):
    """How many of these texts of new tokens, written with a cache, are greedy when read at
    once; and by how much the logit of a token falls short of the largest, at most."""
    model, text = load_pretrained().to(dtype), encode(held_out_text())[0]
    prompts = torch.stack([text[start : start + 40] for start in range(0, 100 * texts, 100)])
    written = generate(model, prompts, new)
    logits = model(written[:, :-1])[:, -new:].float()
    chosen = logits.gather(-1, written[:, -new:, None])[..., 0]
    lost = logits.amax(-1) - chosen
    return (lost == 0).all(1).sum().item(), lost.max().item()


def test_in_bfloat16_a_right_cache_is_as_far_off_as_another_kernel_and_a_wrong_one_farther():
    cached, other, wrong = gaps(torch.float32, 200)
    assert max(cached, other) < 2e-5
    assert wrong > 5
    cached, other, wrong = gaps(torch.bfloat16, 200)
    assert 0.1 / 2 < cached < 3 * 0.1
    assert 0.1 / 2 < other < 3 * 0.1
    assert wrong > 5


def test_in_bfloat16_some_of_20_greedy_texts_are_near_ties_and_in_float32_none():
    assert greedy(torch.float32, 20, 150) == (20, 0)
    kept, lost = greedy(torch.bfloat16, 20, 150)
    assert 10 < kept < 20
    assert lost <= 0.125


# The equality of tokens


@ROTARY
@pytest.mark.parametrize("time", [1, 2, 17])
@pytest.mark.parametrize("chunk", [None, 1, 3, 16, 17, 99])
def test_greedy_tokens_are_the_same_with_and_without_a_cache(rotary, time, chunk):
    model, ids = MODELS[rotary], tokens(3, time)
    cached = generate(model, ids, 25, chunk=chunk)
    assert torch.equal(cached, generate(model, ids, 25, use_cache=False))
    assert torch.equal(cached[:, :time], ids)
    assert cached.shape == (3, time + 25)


def test_the_trained_model_writes_the_same_text_with_and_without_a_cache():
    model = load_pretrained()
    for prompt in ("C", "Call me ", held_out_text()[:50]):
        ids = encode(prompt)
        assert torch.equal(generate(model, ids, 150), generate(model, ids, 150, use_cache=False))


@ROTARY
@pytest.mark.parametrize(
    ("use_cache", "chunk"), [(True, None), (True, 1), (True, 4), (False, None)]
)
def test_padded_prompts_are_continued_as_if_alone(rotary, use_cache, chunk):
    model, ids, lengths = MODELS[rotary], tokens(4, 9), [9, 6, 2, 1]
    together = generate(model, ids, 20, use_cache, left_padding(lengths, 9), chunk=chunk)
    for row, length in enumerate(lengths):
        alone = generate(model, ids[row : row + 1, -length:], 20, use_cache)
        assert torch.equal(together[row, -length - 20 :], alone[0])


@torch.no_grad()
def test_generation_is_greedy_and_can_be_told_otherwise():
    model, ids = MODELS[False], tokens(2, 5)
    assert torch.equal(generate(model, ids, 1)[:, -1], model(ids)[:, -1].argmax(-1))
    least = generate(model, ids, 1, choose=lambda logits: logits.argmin(-1))
    assert torch.equal(least[:, -1], model(ids)[:, -1].argmin(-1))
    assert torch.equal(generate(model, ids, 0), ids)


@pytest.mark.parametrize("use_cache", [True, False])
def test_a_row_that_has_ended_leaves_the_others_as_they_are(use_cache):
    model, ids = MODELS[True], tokens(3, 6)
    free = generate(model, ids, 12, use_cache)
    # The token that comes first in one row, and later or never in the others.
    end = int(free[1, 8])
    found = generate(model, ids, 12, use_cache, end=end)
    for row, answer in zip(found[:, 6:], free[:, 6:], strict=True):
        ended = (answer == end).nonzero()
        stop = int(ended[0]) + 1 if len(ended) else 12
        assert torch.equal(row[:stop], answer[:stop])
        assert (row[stop:] == end).all()


def test_generation_stops_when_every_row_has_ended():
    model, ids = MODELS[True], tokens(1, 6)
    free = generate(model, ids, 12)[0, 6:].tolist()
    stop = free.index(free[5]) + 1
    assert generate(model, ids, 12, end=free[5])[0, 6:].tolist() == free[:stop]


@ROTARY
def test_the_last_logits_alone_are_the_last_of_all(rotary):
    model, ids = MODELS[rotary], tokens(2, 7)
    torch.testing.assert_close(model(ids, last_only=True), model(ids)[:, -1:])


def test_generation_is_in_eval_mode_and_leaves_the_model_in_its_own():
    model = GPT(GPTConfig(**SIZES, dropout=0.5)).train()
    ids = tokens(2, 5)
    assert torch.equal(generate(model, ids, 9), generate(model, ids, 9))
    assert model.training
    with pytest.raises(RuntimeError, match="the choice fails"):
        generate(model, ids, 9, choose=fail)
    assert model.training
    model.eval()
    generate(model, ids, 2)
    assert not model.training


def test_generation_leaves_each_module_in_its_own_mode():
    model = GPT(GPTConfig(**SIZES)).train()
    model.blocks[0].eval()
    generate(model, tokens(1, 5), 2)
    assert model.training
    assert not any(module.training for module in model.blocks[0].modules())


def fail(logits):
    raise RuntimeError("the choice fails")


# Reset and reorder


@torch.no_grad()
@ROTARY
@CAPACITY
def test_after_a_reset_nothing_is_left_of_the_last_conversation(rotary, capacity):
    model, first, second = MODELS[rotary], tokens(2, 9), tokens(2, 11, seed=2)
    cache = KVCache(model.config, 2, capacity, torch.float64)
    model(first, cache, left_padding([9, 3], 9))
    cache.reset()
    assert cache.length == 0
    assert cache.real is None
    torch.testing.assert_close(model(second, cache), model(second), rtol=0, atol=1e-12)


@torch.no_grad()
@ROTARY
@CAPACITY
@pytest.mark.parametrize("kept", [1, 4, 9, 12])
def test_after_a_cut_a_sequence_goes_on_as_if_the_rest_had_not_been_read(rotary, capacity, kept):
    model, ids, other = MODELS[rotary], tokens(2, 15), tokens(2, 15, seed=3)
    mask = left_padding([15, 13], 15)
    cache = KVCache(model.config, 2, capacity, torch.float64)
    model(torch.cat([ids[:, :kept], other[:, kept:12]], 1), cache, mask[:, :12])
    cache.truncate(kept)
    assert cache.length == kept
    logits = model(ids[:, kept:], cache, mask[:, kept:])
    expected = model(ids, mask=mask)[:, kept:]
    torch.testing.assert_close(logits, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("length", [-1, 6])
def test_a_cut_at_tokens_that_are_not_there_is_refused(length):
    cache = KVCache(MODELS[False].config, dtype=torch.float64)
    MODELS[False](tokens(1, 5), cache)
    with pytest.raises(ValueError, match=f"`length` is {length}; the cache holds 5 tokens"):
        cache.truncate(length)


@CAPACITY
def test_a_reset_lets_go_of_the_graph_and_of_the_memory_that_grew(capacity):
    cache = KVCache(MODELS[False].config, 1, capacity, torch.float64)
    MODELS[False](tokens(1, 5), cache)
    assert cache.keys[0].requires_grad
    cache.reset()
    for kept in cache.keys + cache.values:
        assert not kept.requires_grad
        assert kept.untyped_storage().nbytes() == (0 if capacity is None else 48 * 12 * 8)


@torch.no_grad()
@ROTARY
@CAPACITY
def test_reordered_rows_continue_as_the_rows_they_were(rotary, capacity):
    model, ids, lengths = MODELS[rotary], tokens(3, 8), [8, 5, 2]
    mask = left_padding(lengths, 8)
    _, cache = read(model, ids, [8], capacity, mask)
    rows = torch.tensor([2, 0, 0])
    cache.reorder(rows)
    new = tokens(3, 2, seed=5)
    logits = model(new, cache)
    for row, source in enumerate(rows):
        own = ids[source, -lengths[source] :]
        alone = model(torch.cat([own, new[row]])[None])[0, -2:]
        torch.testing.assert_close(logits[row], alone, rtol=0, atol=1e-12)


@torch.no_grad()
def beam_search(model, ids, steps, beams, cached):
    """The beams of highest probability, from one prompt."""
    rows = ids.expand(beams, -1)
    totals = torch.tensor([0.0] + [-torch.inf] * (beams - 1), dtype=torch.float64)
    cache = KVCache(model.config, beams, 48, torch.float64) if cached else None
    new = rows
    for _ in range(steps):
        log_p = model(new, cache)[:, -1].log_softmax(-1)
        totals, best = (totals[:, None] + log_p).flatten().topk(beams)
        source, token = best // log_p.shape[1], best % log_p.shape[1]
        rows = torch.cat([rows[source], token[:, None]], dim=1)
        if cached:
            cache.reorder(source)
            new = rows[:, -1:]
        else:
            new = rows
    return rows, totals


@ROTARY
def test_beam_search_finds_the_same_beams_with_and_without_a_cache(rotary):
    model, ids = MODELS[rotary], tokens(1, 6)
    rows, totals = beam_search(model, ids, 12, 4, cached=True)
    expected, expected_totals = beam_search(model, ids, 12, 4, cached=False)
    assert torch.equal(rows, expected)
    torch.testing.assert_close(totals, expected_totals, rtol=0, atol=1e-10)


# Bytes


@given(
    st.integers(1, 4), st.integers(1, 3), st.integers(1, 4), st.integers(1, 9),
    st.integers(1, 3), st.sampled_from([torch.float32, torch.float16, torch.float64]),
    st.sampled_from([None, 1, 2]),
)  # fmt: skip
def test_the_formula_gives_the_bytes_of_the_tensors(
    layers, groups, d, capacity, batch, dtype, kv_heads
):
    heads = groups * (kv_heads or 1)
    config = GPTConfig(layers=layers, heads=heads, width=heads * d, kv_heads=kv_heads)
    cache = KVCache(config, batch, capacity, dtype)
    assert cache.nbytes == cache_bytes(config, capacity, batch, dtype.itemsize)
    held = [*cache.keys, *cache.values]
    assert cache.nbytes == sum(t.untyped_storage().nbytes() for t in held)


def test_bytes_are_those_of_one_sequence_of_float32_unless_told_otherwise():
    config = MODELS[False].config
    assert cache_bytes(config, 7) == KVCache(config, capacity=7).nbytes


def test_a_cache_and_what_it_knows_of_padding_stay_on_their_device():
    cache = KVCache(GPTConfig(layers=1, heads=2, width=4), 2, device="meta")
    assert {kept.device.type for kept in cache.keys + cache.values} == {"meta"}
    assert cache.begin(2, 2, torch.ones(2, 2, dtype=torch.bool)) is None
    real = cache.begin(2, 2, torch.tensor([[True, True], [True, False]]))
    assert (real.device.type, real.shape) == ("meta", (2, 4))
    real = cache.begin(2, 1, None)
    assert (real.device.type, real.shape) == ("meta", (2, 5))


@torch.no_grad()
def test_a_growing_cache_has_the_bytes_of_its_tokens_and_an_allocated_one_its_capacity():
    model, ids = MODELS[False], tokens(2, 7)
    _, growing = read(model, ids, [3, 4])
    _, allocated = read(model, ids, [3, 4], 40)
    assert growing.nbytes == cache_bytes(model.config, 7, 2, 8)
    assert allocated.nbytes == cache_bytes(model.config, 40, 2, 8)


@torch.no_grad()
def test_an_allocated_cache_is_filled_in_place_and_a_growing_one_is_copied():
    model, ids = MODELS[False], tokens(1, 9)
    for capacity, same in ((40, True), (None, False)):
        _, cache = read(model, ids[:, :5], [5], capacity)
        before = cache.keys[0].data_ptr()
        model(ids[:, 5:], cache)
        assert (cache.keys[0].data_ptr() == before) == same


@torch.no_grad()
def test_every_layer_has_keys_and_values_of_its_own():
    _, cache = read(MODELS[False], tokens(1, 4), [4], 8)
    held = [t.data_ptr() for t in (*cache.keys, *cache.values)]
    assert len(set(held)) == 2 * SIZES["layers"]


# is_causal


def test_is_causal_lets_a_single_query_see_the_first_key_only():
    """The triangle of `is_causal` is aligned to the upper left; the cache needs the lower
    right, where one query sees every key."""
    from torch.nn.attention.bias import causal_lower_right  # it imports a compiler

    q, k = torch.randn(1, 1, 1, 4), torch.randn(1, 1, 5, 4)
    v = torch.arange(5.0).reshape(1, 1, 5, 1) + 1
    attention = functional.scaled_dot_product_attention
    assert attention(q, k, v, is_causal=True).item() == pytest.approx(1)
    whole = attention(q, k, v)
    torch.testing.assert_close(attention(q, k, v, causal_lower_right(1, 5)), whole)
    torch.testing.assert_close(whole, (q @ k.mT / 2).softmax(-1) @ v)


@torch.no_grad()
def test_a_model_that_passes_is_causal_with_a_cache_fails_the_equality(monkeypatch):
    """The suite sees the mistake, for one token and for a chunk."""
    model, ids = MODELS[False], tokens(1, 8)
    expected, attention = model(ids), functional.scaled_dot_product_attention

    def upper_left(q, k, v, look=None, is_causal=False, enable_gqa=False):
        return attention(q, k, v, is_causal=True)

    monkeypatch.setattr(functional, "scaled_dot_product_attention", upper_left)
    for chunks in ([7, 1], [5, 3]):
        logits, _ = read(model, ids, chunks)
        gap = (logits - expected).abs().amax(dim=(0, 2))
        assert gap[: chunks[0]].max() < 1e-12
        assert gap[chunks[0] :].min() > 1e-3


@torch.no_grad()
@pytest.mark.parametrize("rotary", [False, True])
def test_a_model_that_forgets_the_offset_fails_the_equality(rotary, monkeypatch):
    model, ids = MODELS[rotary], tokens(1, 8)
    expected = model(ids)
    monkeypatch.setattr(
        "answers.transformers.gpt.token_positions",
        lambda past, time, real, device: torch.arange(time)[None],
    )
    logits, _ = read(model, ids, [5, 3])
    gap = (logits - expected).abs().amax(dim=(0, 2))
    assert gap[:5].max() < 1e-12
    assert gap[5:].min() > 1e-3


# Limits, each with its words


@torch.no_grad()
def test_a_full_cache_says_so_and_is_left_as_it_was():
    model, ids = MODELS[True], tokens(1, 12)
    cache = KVCache(model.config, 1, capacity=10, dtype=torch.float64)
    model(ids[:, :8], cache)
    with pytest.raises(ValueError, match="has room for 10 tokens; 8 are in it and 4 more"):
        model(ids[:, 8:], cache)
    logits = model(ids[:, 8:10], cache)
    torch.testing.assert_close(logits, model(ids[:, :10])[:, 8:], rtol=0, atol=1e-12)


@torch.no_grad()
def test_learned_positions_end_and_say_so_and_rotary_ones_do_not():
    cached = "48 cached, 1 new.*learned 48 positions; keep the last 48"
    for rotary in (False, True):
        model, ids = MODELS[rotary], tokens(1, 49)
        cache = KVCache(model.config, 1, dtype=torch.float64)
        model(ids[:, :48], cache)
        if rotary:
            assert model(ids[:, 48:], cache).isfinite().all()
        else:
            with pytest.raises(ValueError, match=cached):
                model(ids[:, 48:], cache)
            assert cache.length == 48


def test_a_generation_that_would_not_fit_is_refused_before_it_starts(monkeypatch):
    model = MODELS[False]
    assert generate(model, tokens(1, 40), 9).shape == (1, 49)  # the 49th is not read
    assert generate(MODELS[True], tokens(1, 40), 30).shape == (1, 70)
    monkeypatch.setattr(model, "forward", None)
    with pytest.raises(ValueError, match="40 tokens of prompt and 10 new ones"):
        generate(model, tokens(1, 40), 10)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ids": torch.zeros(1, 0, dtype=torch.long)}, "`ids` is empty"),
        ({"new_tokens": -1}, "`new_tokens` is -1"),
        ({"chunk": 0}, "`chunk` is 0"),
        ({"chunk": 3, "use_cache": False}, "pieces need the cache"),
        (
            {
                "ids": tokens(2, 3),
                "mask": torch.tensor([[False, False, True], [True, True, False]]),
            },
            "prompt 1 ends in padding; pad on the left",
        ),
    ],
)
def test_a_prompt_that_cannot_be_continued_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        generate(MODELS[False], **{"ids": tokens(2, 2), "new_tokens": 2} | changes)


def test_a_cache_for_another_batch_is_refused():
    cache = KVCache(MODELS[False].config, 2, dtype=torch.float64)
    with pytest.raises(ValueError, match="holds 2 sequences, the call has 3"):
        MODELS[False](tokens(3, 4), cache)


@pytest.mark.parametrize("sizes", [{"batch": 0}, {"capacity": 0}], ids=str)
def test_a_cache_of_no_size_is_refused(sizes):
    (name,) = sizes
    with pytest.raises(ValueError, match=f"^`{name}` is 0; make it 1 or more"):
        KVCache(MODELS[False].config, **sizes)


@pytest.mark.parametrize("rows", [[0, 1], [0, 1, 3], [0, 1, -1]], ids=str)
def test_rows_that_are_not_there_are_refused(rows):
    cache = KVCache(MODELS[False].config, 3)
    with pytest.raises(ValueError, match="name one of the 3 sequences for each"):
        cache.reorder(torch.tensor(rows))
