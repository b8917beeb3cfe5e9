"""Practice for question 14: a GPT in NumPy with a cache, given with mistakes, to be repaired."""

import numpy as np

from answers.grader.exercise import Exercise, Mistake


def linear(x, weights, name):
    """x Wᵀ + b: PyTorch keeps W as (out, in)."""
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def layer_norm(x, weights, name):
    """Mean 0 and variance 1 for each token, then a gain and a bias."""
    x = x - x.mean(axis=-1, keepdims=True)
    x = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + 1e-5)
    return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def gelu(x):
    """GELU by its tanh."""
    return 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x * x * x)))


def softmax(x):
    """The probabilities of the last axis."""
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)


def attention(x, weights, name, heads, cache):
    """Causal attention of the new tokens to those in the cache and to themselves."""
    batch, time, width = x.shape
    q, k, v = (
        part.reshape(batch, time, heads, -1).swapaxes(1, 2)
        for part in np.split(linear(x, weights, f"{name}.qkv"), 3, axis=-1)
    )
    if name in cache:
        k = np.concatenate([cache[name][0], k], axis=2)
        v = np.concatenate([cache[name][1], v], axis=2)
    cache[name] = k, v
    keys = k.shape[2]
    scores = q @ k.swapaxes(2, 3) / (width // heads) ** 0.5
    hidden = np.triu(np.ones((time, keys), dtype=bool), keys - time + 1)
    y = softmax(np.where(hidden, -np.inf, scores)) @ v
    y = y.swapaxes(1, 2)
    return linear(y.reshape(batch, time, width), weights, f"{name}.out")


def forward(ids, weights, heads, cache):
    """The logits of the next token at every token of `ids`, which the cache does not hold yet."""
    past = cache["blocks.0.attention"][0].shape[2] if cache else 0
    positions = np.arange(past, past + ids.shape[1])
    x = weights["tokens.weight"][ids] + weights["positions.weight"][positions]
    for layer in range(sum(name.endswith("qkv.weight") for name in weights)):
        block = f"blocks.{layer}"
        y = layer_norm(x, weights, f"{block}.norm1")
        x = x + attention(y, weights, f"{block}.attention", heads, cache)
        y = layer_norm(x, weights, f"{block}.norm2")
        y = gelu(linear(y, weights, f"{block}.mlp.0"))
        x = x + linear(y, weights, f"{block}.mlp.2")
    x = layer_norm(x, weights, "norm")
    return x @ weights["tokens.weight"].T


def loss_of_next_tokens(logits, ids):
    """The mean cross-entropy of each next token."""
    predictions, labels = logits[:, :-1], ids[:, 1:]
    x = predictions - predictions.max(axis=-1, keepdims=True)
    log_p = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, labels[..., None], axis=-1).mean()


def fix_the_numpy_gpt(ids, weights, heads, first):
    """The logits of a GPT, its loss, and its logits when a cache parts the text in two calls.

    Args:
        ids: Tokens, (batch, time).
        weights: Names and arrays, as PyTorch names them.
        heads: Number of attention heads.
        first: How many tokens the first of the two calls reads.

    Returns:
        The logits, (batch, time, vocab), the mean loss in nats, and the logits of the second
        call, (batch, time - first, vocab).
    """
    logits = forward(ids, weights, heads, {})
    cache = {}
    forward(ids[:, :first], weights, heads, cache)
    later = forward(ids[:, first:], weights, heads, cache)
    return logits, loss_of_next_tokens(logits, ids), later


exercise = Exercise(
    fix_the_numpy_gpt,
    page="14-kv-cache",
    returns=("logits", "loss", "later"),
    hints=(
        "Begin with what goes in and out of the loss. Which token should the logits at t "
        "predict, and are they logits?",
        "Where the logits are right and the second call's are not, the fault is in the cache's "
        "positions or mask. Print both for one new token after one in the cache.",
        "For the mask, print it for two tokens after three. True hides here: the last row hides "
        "nothing.",
        "A reshape reads the numbers in the order in which they stand. Write the four axes "
        "before it, and the three after it.",
    ),
)


def a_gpt(seed, batch, time, layers, heads, width, first, vocab=11, dtype=np.float64):
    """Ids, weights large enough for every part to matter, heads, and where the calls part."""
    rng = np.random.default_rng(seed)
    shapes = {"tokens.weight": (vocab, width), "positions.weight": (time + 2, width)}
    for layer in range(layers):
        for name, out, size in (
            ("attention.qkv", 3 * width, width),
            ("attention.out", width, width),
            ("mlp.0", 4 * width, width),
            ("mlp.2", width, 4 * width),
        ):
            shapes[f"blocks.{layer}.{name}.weight"] = out, size
            shapes[f"blocks.{layer}.{name}.bias"] = (out,)
    norms = [f"blocks.{layer}.norm{n}" for layer in range(layers) for n in (1, 2)]
    for name in (*norms, "norm"):
        shapes[f"{name}.weight"] = shapes[f"{name}.bias"] = (width,)
    weights = {
        name: (
            rng.normal(size=shape) / (1 if len(shape) == 1 else 0.5 * shape[-1] ** 0.5)
        ).astype(dtype)
        for name, shape in shapes.items()
    }
    return rng.integers(vocab, size=(batch, time)), weights, heads, first


exercise.case("two tokens, one head", *a_gpt(3, 1, 2, 1, 1, 4, 1))
exercise.case("seven tokens, one head", *a_gpt(5, 1, 7, 1, 1, 4, 3))
exercise.case("two heads", *a_gpt(7, 1, 5, 1, 2, 6, 4))
exercise.case("three sequences, two blocks, three heads", *a_gpt(11, 3, 7, 2, 3, 6, 2))
exercise.case("as many tokens as heads and sequences", *a_gpt(13, 3, 3, 1, 3, 9, 1))
exercise.case("float32", *a_gpt(17, 2, 5, 1, 2, 6, 2, dtype=np.float32))

exercise.plant(
    Mistake(
        "probabilities_for_logits",
        'return x @ weights["tokens.weight"].T',
        'return softmax(x @ weights["tokens.weight"].T)',
        "The model returns probabilities, and the loss takes their softmax again, so it cannot "
        "fall below log(e + V - 1) - 1. Return the logits.",
        # "The model returns probabilities": np.allclose(got.logits.sum(axis=-1), 1)
        # "so it cannot fall below log(e + V - 1) - 1": got.loss > np.log(np.e + 11 - 1) - 1 and
        #     np.allclose(got.logits.sum(axis=-1), 1)
        # "Return the logits": return softmax(x @ weights["tokens.weight"].T) → return x @
        #     weights["tokens.weight"].T
    ),
    Mistake(
        "labels_not_shifted",
        "labels = logits[:, :-1], ids[:, 1:]",
        "labels = logits[:, :-1], ids[:, :-1]",
        "Each token is its own label, so training teaches the model to repeat what it reads. The "
        "labels are `ids[:, 1:]`.",
        # "Each token is its own label": np.isclose(got.loss,
        #     -np.log(np.take_along_axis(softmax(want.logits), ids[..., None], axis=-1))[:,
        #     :-1].mean())
    ),
    Mistake(
        "last_norm_missing",
        '    x = layer_norm(x, weights, "norm")\n',
        "",
        "The norm before the output layer is missing, so the logits grow with the stream and the "
        'model is too sure. Take `layer_norm(x, weights, "norm")` after the last block.',
        # "The norm before the output layer is missing, so the logits grow with the stream and
        #     the model is too sure": np.abs(got.logits).mean() > 1.2 * np.abs(want.logits).mean()
        # "Take `layer_norm(x, weights, "norm")` after the last block": return x @
        #     weights["tokens.weight"].T → return layer_norm(x, weights, "norm") @
        #     weights["tokens.weight"].T
    ),
    Mistake(
        "scores_not_scaled",
        " / (width // heads) ** 0.5",
        "",
        "The scores are not divided by √d, so each token looks almost only at the key with the "
        "largest score. Here d is the width of one head, `width // heads`.",
        # "Here d is the width of one head, `width // heads`": q @ k.swapaxes(2, 3) → q @
        #     k.swapaxes(2, 3) / (width // heads) ** 0.5
    ),
    Mistake(
        "positions_from_0_in_each_call",
        '    past = cache["blocks.0.attention"][0].shape[2] if cache else 0\n'
        "    positions = np.arange(past, past + ids.shape[1])\n",
        "    positions = np.arange(ids.shape[1])\n",
        "Positions begin at 0 in each call, so with a cache every new token is told that it stands "
        "at the start. They begin after the tokens of the cache: count its keys.",
        # "Positions begin at 0 in each call, so with a cache every new token is told that it
        #     stands at the start": np.array_equal(got.logits, want.logits) and not
        #     np.allclose(got.later, want.later)
        # "They begin after the tokens of the cache: count its keys": positions =
        #     np.arange(ids.shape[1]) → positions = np.arange(ids.shape[1]) +
        #     (cache["blocks.0.attention"][0].shape[2] if cache else 0)
    ),
    Mistake(
        "mask_to_the_upper_left",
        "dtype=bool), keys - time + 1)",
        "dtype=bool), 1)",
        "The triangle of the mask stands in the upper left corner, so a call with a cache hides "
        "the latest keys. New token i is token past + i: align it to the lower right.",
        # "so a call with a cache hides the latest keys": np.array_equal(got.logits,
        #     want.logits) and not np.allclose(got.later, want.later)
        # "New token i is token past + i: align it to the lower right": dtype=bool), 1) →
        #     dtype=bool), keys - time + 1)
    ),
    Mistake(
        "heads_not_transposed",
        "    y = y.swapaxes(1, 2)\n",
        "",
        "The heads are merged while they stand before the tokens, which mixes the tokens, later "
        "ones too. Swap both axes before the reshape.",
        # "Swap both axes before the reshape": linear(y.reshape → linear(y.swapaxes(1,
        #     2).reshape
    ),
)
exercise.know(
    Mistake(
        "mask_missing",
        "np.where(hidden, -np.inf, scores)",
        "scores",
        "Nothing is hidden, so each token sees those that come after it, and a call with a cache "
        "disagrees with one without. Put `-np.inf` where the mask is True.",
        # "Nothing is hidden, so each token sees those that come after it, and a call with a
        #     cache disagrees with one without": not np.allclose(got.logits[:, :first],
        #     forward(ids[:, :first], weights, heads, {}))
        # "Put `-np.inf` where the mask is True": softmax(scores) → softmax(np.where(hidden,
        #     -np.inf, scores))
    ),
    Mistake(
        "mask_the_wrong_way_round",
        "np.triu(np.ones((time, keys), dtype=bool), keys - time + 1)",
        "np.tril(np.ones((time, keys), dtype=bool), keys - time - 1)",
        "The mask is transposed: tokens see those that come after them, and not those before. Hide "
        "the keys above the diagonal, and no others.",
        # "Hide the keys above the diagonal, and no others": np.tril(np.ones((time, keys),
        #     dtype=bool), keys - time - 1) → np.triu(np.ones((time, keys), dtype=bool), keys - time
        #     + 1)
        # "tokens see those that come after them, and not those before": not
        #     np.allclose(got.logits[:, :first], forward(ids[:, :first], weights, heads, {}))
    ),
    Mistake(
        "heads_reshaped",
        "part.reshape(batch, time, heads, -1).swapaxes(1, 2)",
        "part.reshape(batch, heads, time, -1)",
        "The heads are cut from the tokens by a reshape alone, so a head gets numbers of several "
        "tokens. Reshape to (batch, time, heads, d), then swap the two axes.",
        # "Reshape to (batch, time, heads, d), then swap the two axes": part.reshape(batch,
        #     heads, time, -1) → part.reshape(batch, time, heads, -1).swapaxes(1, 2)
    ),
)
