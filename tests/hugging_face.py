"""Hugging Face's GPT-2 with the weights of ours: an oracle, and a peer to race."""

from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel


def in_hugging_face(model):
    """GPT2LMHeadModel with the weights of `model`; nothing is downloaded."""
    c = model.config
    theirs = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=c.vocab,
            n_positions=c.context,
            n_embd=c.width,
            n_layer=c.layers,
            n_head=c.heads,
            bos_token_id=None,
            eos_token_id=None,
        )
    )
    names = {
        "norm1": "ln_1",
        "norm2": "ln_2",
        "attention.qkv": "attn.c_attn",
        "attention.out": "attn.c_proj",
        "mlp.0": "mlp.c_fc",
        "mlp.2": "mlp.c_proj",
    }
    state = {
        "transformer.wte.weight": model.tokens.weight,
        "transformer.wpe.weight": model.positions.weight,
        "transformer.ln_f.weight": model.norm.weight,
        "transformer.ln_f.bias": model.norm.bias,
        "lm_head.weight": model.head.weight,
    }
    for i, block in enumerate(model.blocks):
        for ours, their in names.items():
            layer = block.get_submodule(ours)
            # GPT-2 stores the weights of its linear layers as (in, out).
            weight = layer.weight.T if isinstance(layer, nn.Linear) else layer.weight
            state[f"transformer.h.{i}.{their}.weight"] = weight
            state[f"transformer.h.{i}.{their}.bias"] = layer.bias
    theirs = theirs.to(model.head.weight.dtype).eval()
    theirs.load_state_dict(state, strict=True)
    return theirs
