"""A block of Llama beside Hugging Face's, with the same weights."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from transformers.models import llama

from answers.language_models.llama_block import llama_block
from answers.transformers.attention import causal_mask


def drawn(heads, kv_heads, d, width, hidden, dtype=np.float64):
    rng = np.random.default_rng(3)
    shapes = (
        *((width,), (width, heads * d), (width, kv_heads * d), (width, kv_heads * d)),
        *((heads * d, width), (width,), (width, hidden), (width, hidden), (hidden, width)),
    )
    names = ("norm_1", "w_q", "w_k", "w_v", "w_o", "norm_2", "w_gate", "w_up", "w_down")
    arrays = [(0.3 * rng.normal(size=shape)).astype(dtype) for shape in shapes]
    return dict(zip(names, arrays, strict=True))


def in_hugging_face(x, weights, heads, kv_heads, d):
    config = llama.LlamaConfig(
        hidden_size=x.shape[-1],
        intermediate_size=len(weights["w_down"]),
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=d,
        rms_norm_eps=1e-6,
        attn_implementation="eager",
    )
    layer = llama.modeling_llama.LlamaDecoderLayer(config, 0).double()
    attention, mlp = layer.self_attn, layer.mlp
    modules = (
        *(layer.input_layernorm, attention.q_proj, attention.k_proj, attention.v_proj),
        *(attention.o_proj, layer.post_attention_layernorm),
        *(mlp.gate_proj, mlp.up_proj, mlp.down_proj),
    )
    for module, weight in zip(modules, weights.values(), strict=True):
        module.weight.data = torch.tensor(weight.T, dtype=torch.float64)
    x = torch.tensor(x, dtype=torch.float64)
    time = x.shape[-2]
    turns = llama.modeling_llama.LlamaRotaryEmbedding(config)(x, torch.arange(time)[None])
    hidden = torch.zeros(time, time, dtype=torch.float64)
    hidden[~torch.tensor(causal_mask(time))] = -torch.inf
    with torch.no_grad():
        return layer(x, attention_mask=hidden[None, None], position_embeddings=turns).numpy()


@pytest.mark.parametrize(("dtype", "atol"), [(np.float32, 1e-5), (np.float64, 1e-7)])
@pytest.mark.parametrize("sizes", [(4, 4, 2), (4, 2, 6), (6, 1, 4)])
def test_agrees_with_hugging_face(sizes, dtype, atol):
    """Their angles are float32, so no more than seven digits agree."""
    heads, kv_heads, d = sizes
    weights = drawn(heads, kv_heads, d, width=12, hidden=7, dtype=dtype)
    x = np.random.default_rng(4).normal(size=(2, 5, 12)).astype(dtype)
    found = llama_block(x, weights, heads=heads, kv_heads=kv_heads)
    theirs = in_hugging_face(x, weights, heads, kv_heads, d)
    assert found.dtype == dtype
    assert_allclose(found, theirs, atol=atol * np.abs(theirs).max())


def test_sees_no_future():
    weights = drawn(4, 2, 6, width=12, hidden=7)
    x = np.random.default_rng(5).normal(size=(6, 12))
    changed = x.copy()
    changed[4:] += 1
    before, after = (llama_block(a, weights, heads=4, kv_heads=2) for a in (x, changed))
    assert_allclose(before[:4], after[:4], atol=1e-12)
    assert not np.allclose(before[4:], after[4:])


def test_odd_heads_and_uneven_groups_are_refused_in_words():
    x = np.ones((3, 12))
    with pytest.raises(ValueError, match="`w_q` has 12 columns for 4 heads"):
        llama_block(x, drawn(4, 2, 3, width=12, hidden=7), heads=4, kv_heads=2)
    with pytest.raises(ValueError, match="`kv_heads` is 3, which does not divide 4 heads"):
        llama_block(x, drawn(4, 2, 6, width=12, hidden=7), heads=4, kv_heads=3)


def test_missing_and_misshapen_weights_are_refused_in_words():
    x, weights = np.ones((3, 12)), drawn(4, 2, 6, width=12, hidden=7)
    with pytest.raises(ValueError, match=r"`w_gate` is \(12, 6\), and should be \(12, 7\)"):
        llama_block(x, weights | {"w_gate": weights["w_gate"][:, :6]}, heads=4, kv_heads=2)
    del weights["w_o"]
    with pytest.raises(ValueError, match="`weights` lacks w_o"):
        llama_block(x, weights, heads=4, kv_heads=2)
