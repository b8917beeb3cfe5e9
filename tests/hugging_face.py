"""Hugging Face's models with the weights of ours: oracles, and a peer to race."""

import transformers
from torch import nn


def in_hugging_face(model):
    """GPT2LMHeadModel with the weights of `model`; nothing is downloaded."""
    c = model.config
    theirs = transformers.GPT2LMHeadModel(
        transformers.GPT2Config(
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


def in_gpt_neox(model):
    """GPTNeoXForCausalLM, whose positions are rotary, with the weights of `model`."""
    c = model.config
    theirs = transformers.GPTNeoXForCausalLM(
        transformers.GPTNeoXConfig(
            vocab_size=c.vocab,
            max_position_embeddings=c.context,
            hidden_size=c.width,
            intermediate_size=4 * c.width,
            num_hidden_layers=c.layers,
            num_attention_heads=c.heads,
            hidden_act="gelu_new",
            use_parallel_residual=False,
            rotary_pct=1.0,
            bos_token_id=None,
            eos_token_id=None,
        )
    )
    names = {
        "norm1": "input_layernorm",
        "norm2": "post_attention_layernorm",
        "attention.out": "attention.dense",
        "mlp.0": "mlp.dense_h_to_4h",
        "mlp.2": "mlp.dense_4h_to_h",
    }
    state = {
        "embed_in.weight": model.tokens.weight,
        "final_layer_norm.weight": model.norm.weight,
        "final_layer_norm.bias": model.norm.bias,
    }
    for i, block in enumerate(model.blocks):
        layers = {their: block.get_submodule(ours) for ours, their in names.items()}
        state |= {
            f"layers.{i}.{their}.{name}": parameter
            for their, layer in layers.items()
            for name, parameter in layer.named_parameters()
        }
        # Ours has all queries, then all keys, then all values; theirs goes head by head.
        for name, parameter in block.attention.qkv.named_parameters():
            heads = parameter.view(3, c.heads, c.head_width, -1).transpose(0, 1)
            theirs_name = f"layers.{i}.attention.query_key_value.{name}"
            state[theirs_name] = heads.reshape(parameter.shape)
    theirs = theirs.to(model.head.weight.dtype).eval()
    theirs.gpt_neox.load_state_dict(state, strict=True)
    theirs.set_output_embeddings(model.head)
    return theirs
