"""The GPT of `gpt.py` in NumPy: its logits, and text with a key-value cache or without.

It needs neither PyTorch nor autograd, so it runs in the page. The arrays are named as PyTorch
names them. `load_weights` reads them from `weights/gpt.npz`, half as large as
`weights/gpt.safetensors`, of which `train_gpt.halve` makes it.
"""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import Float, Integer
from numpy import ndarray

from answers.inputs import refuse_below, refuse_empty
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.transformers.attention import attend

HALVED = Path(__file__).with_name("weights") / "gpt.npz"
Weights = dict[str, Float[ndarray, "..."]]
Cache = dict[str, tuple[Float[ndarray, "..."], Float[ndarray, "..."]]]


# --8<-- [start:load]
def load_weights() -> Weights:
    """The trained weights of `gpt.load_pretrained`, rounded to float16, in float32.

    The output layer is the matrix of the token embedding, so it is not stored again.

    Example:
        >>> sum(array.size for array in load_weights().values())
        858880
    """
    with np.load(HALVED) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}


# --8<-- [end:load]


# --8<-- [start:layers]
def linear(x, weights, name):
    """x Wᵀ + b: PyTorch keeps W as (out, in)."""
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def layer_norm(x, weights, name):
    """Mean 0 and variance 1 for each token, then a gain and a bias."""
    x = x - x.mean(axis=-1, keepdims=True)
    x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-5)
    return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def gelu(x):
    """GELU by its tanh: NumPy has no erf. x * x * x, for a power takes longer."""
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + np.tanh(inner))


def past_tokens(cache):
    """How many tokens a cache holds."""
    return next(iter(cache.values()))[0].shape[2] if cache else 0


# --8<-- [end:layers]


# --8<-- [start:attention]
def attention(x, weights, name, heads, cache):
    """Causal attention of the new tokens to those in the cache and to themselves."""
    batch, time, width = x.shape
    qkv = linear(x, weights, f"{name}.qkv").reshape(batch, time, 3, heads, -1)
    q, k, v = qkv.transpose(2, 0, 3, 1, 4)  # (batch, heads, time, d) each
    if name in cache:
        k = np.concatenate([cache[name][0], k], axis=2)
        v = np.concatenate([cache[name][1], v], axis=2)
    cache[name] = k, v
    keys = k.shape[2]
    # New token i is token past + i, with past = keys - time: the lower right corner.
    y = attend(q, k, v, np.tri(time, keys, keys - time, dtype=bool))
    return linear(y.swapaxes(1, 2).reshape(batch, time, width), weights, f"{name}.out")


# --8<-- [end:attention]


# --8<-- [start:forward_refuses]
def unknown_token(ids, weights):
    vocab = len(weights["tokens.weight"])
    if ids.min() < 0 or ids.max() >= vocab:
        raise ValueError(
            f"`ids` run from {ids.min()} to {ids.max()}; tokens run from 0 to {vocab - 1}"
        )


def no_position_left(ids, weights, cache):
    past, context = past_tokens(cache), len(weights["positions.weight"])
    if past + ids.shape[1] > context:
        raise ValueError(
            f"the sequence has {past + ids.shape[1]} tokens ({past} cached, "
            f"{ids.shape[1]} new), but this model has learned {context} positions; keep "
            "its last tokens and start a new cache"
        )


def no_share(weights, heads):
    width = weights["tokens.weight"].shape[1]
    if heads < 1 or width % heads:
        raise ValueError(
            f"the width {width} is no multiple of {heads} heads; they share it equally"
        )


def overflows(result):
    refuse_overflowed(result, "a logit")


@refuses(unknown_token, no_position_left, no_share, overflows, ids=refuse_empty)
# --8<-- [end:forward_refuses]
# --8<-- [start:forward]
def forward(
    ids: Integer[ndarray, "batch time"],
    weights: Weights,
    heads: int = 4,
    cache: Cache | None = None,
) -> Float[ndarray, "batch time vocab"]:
    """Scores of the token that follows each token of `ids`.

    Args:
        ids: The tokens of this call. With a cache: only the new ones.
        weights: Names and arrays, as `load_weights` returns them.
        heads: Attention heads of a block.
        cache: Keys and values by the name of their layer: empty at first. Those of this
            call are put in, and those of earlier calls are seen.

    Raises:
        ValueError: No token, or one outside the vocabulary; more tokens than the model has
            positions; a width that the heads cannot share; a logit overflows.

    Example:
        >>> weights = load_weights()
        >>> chr(forward(encode("The white whal"), weights)[0, -1].argmax())
        'e'
    """
    cache = {} if cache is None else cache
    past, time = past_tokens(cache), ids.shape[1]
    x = weights["tokens.weight"][ids] + weights["positions.weight"][past : past + time]
    for layer in range(sum(name.endswith("qkv.weight") for name in weights)):
        block = f"blocks.{layer}"
        y = layer_norm(x, weights, f"{block}.norm1")
        x = x + attention(y, weights, f"{block}.attention", heads, cache)
        y = layer_norm(x, weights, f"{block}.norm2")
        y = gelu(linear(y, weights, f"{block}.mlp.0"))
        x = x + linear(y, weights, f"{block}.mlp.2")
    return layer_norm(x, weights, "norm") @ weights["tokens.weight"].T


# --8<-- [end:forward]


# --8<-- [start:choices]
def most_likely(logits):
    """The token with the largest logit, the lowest of equal ones."""
    return logits.argmax(axis=-1)


def drawn(rng):
    """A choice by chance: with Gumbel noise each logit is the largest as often as its softmax
    says."""
    return lambda logits: (logits + rng.gumbel(size=logits.shape)).argmax(axis=-1)


# --8<-- [end:choices]


# --8<-- [start:generate_refuses]
def fewer_tokens(new_tokens, name):
    refuse_below(0, **{name: new_tokens})


def too_long(ids, new_tokens, weights):
    # The last new token is never read.
    read, context = ids.shape[1] + new_tokens - 1, len(weights["positions.weight"])
    if read > context:
        raise ValueError(
            f"{ids.shape[1]} tokens of prompt and {new_tokens} new ones: the model would "
            f"read {read}, but has learned {context} positions; shorten the prompt or ask "
            "for fewer"
        )


@refuses(too_long, ids=refuse_empty, new_tokens=fewer_tokens)
# --8<-- [end:generate_refuses]
# --8<-- [start:generate]
def generate(
    ids: Integer[ndarray, "batch time"],
    new_tokens: int,
    weights: Weights,
    heads: int = 4,
    use_cache: bool = True,
    choose: Callable = most_likely,
    model: Callable = forward,
) -> Integer[ndarray, "batch length"]:
    """The prompts with `new_tokens` tokens after each.

    With the cache, the first call reads the prompt and every later one a single token.
    Without, every call reads everything again.

    Args:
        ids: Prompts of one length.
        new_tokens: How many tokens to add.
        weights: Names and arrays, as `load_weights` returns them.
        heads: Attention heads of a block.
        use_cache: Whether to keep keys and values.
        choose: Takes the logits of the next token (batch, vocab), returns its ids.
        model: What gives the logits, called as `forward`: another one may be broken.

    Raises:
        ValueError: There is no prompt, `new_tokens` is negative, or the sequence would be
            longer than the model's positions.

    Example:
        >>> decode(generate(encode("The white w"), 4, load_weights())[0])
        'The white whale'
    """
    cache, start = {}, 0
    for _ in range(new_tokens):
        seen = cache if use_cache else {}
        new = choose(model(ids[:, start:], weights, heads, seen)[:, -1])
        ids = np.concatenate([ids, new[:, None]], axis=1)
        start = ids.shape[1] - 1 if use_cache else 0
    return ids


# --8<-- [end:generate]


# --8<-- [start:text]
def encode(text: str) -> Integer[ndarray, "1 time"]:
    """The bytes of a text, as ids of a batch of one.

    Example:
        >>> encode("Ahab")
        array([[ 65, 104,  97,  98]])
    """
    return np.array([list(text.encode())], dtype=int)


def decode(ids: Integer[ndarray, " time"]) -> str:
    """The text of ids; bytes that are no UTF-8 become �.

    Example:
        >>> decode(np.array([65, 104, 97, 98]))
        'Ahab'
    """
    return bytes(ids.tolist()).decode(errors="replace")


# --8<-- [end:text]


# --8<-- [start:drawn_text]
def drawn_text(model, weights, prompt="The white w", new_tokens=50, heads=4, seed=3):
    """What a model writes after a prompt, drawn with one seed; other bytes than ASCII are ·.

    The model is called as `forward`, so it may be the one of a file that is being repaired.
    """
    choose = drawn(np.random.default_rng(seed))
    ids = generate(
        encode(prompt), new_tokens, weights, heads, choose=choose, model=model
    )
    return "".join(chr(each) if 32 <= each < 127 else "·" for each in ids[0])


# --8<-- [end:drawn_text]
