"""Right and wrong ways to write the GPT that `fix_the_numpy_gpt` has the learner repair.

A wrong one is the broken file after somebody has worked on it.
"""

import numpy as np

from answers.grader import catalog
from answers.transformers import gpt_numpy
from answers.transformers.next_token_loss import next_token_loss

EXERCISE = catalog.load("fix_the_numpy_gpt")
MISTAKES = {mistake.name: mistake for mistake in EXERCISE.mistakes}


def as_on_the_page(ids, weights, heads, first):
    """The GPT and the loss of the package."""
    logits, cache = gpt_numpy.forward(ids, weights, heads), {}
    parts = [gpt_numpy.forward(part, weights, heads, cache) for part in np.split(ids, [first], 1)]
    return logits, next_token_loss(logits, ids)[0], parts[1]


def token_by_token(ids, weights, heads, first):
    """Each token looks at a growing list of keys and values: no mask, no reshape of heads."""
    w = weights
    d = w["tokens.weight"].shape[1] // heads

    def norm(x, name):
        scaled = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
        return w[f"{name}.weight"] * scaled + w[f"{name}.bias"]

    def linear(x, name):
        return w[f"{name}.weight"] @ x + w[f"{name}.bias"]

    rows, losses = [], []
    layers = sum("attention.out.weight" in name for name in w)
    for sequence in ids:
        kept, logits = [([], []) for _ in range(layers)], []
        for position, token in enumerate(sequence):
            x = w["tokens.weight"][token] + w["positions.weight"][position]
            for layer, (keys, values) in enumerate(kept):
                block = f"blocks.{layer}"
                q, k, v = np.split(linear(norm(x, f"{block}.norm1"), f"{block}.attention.qkv"), 3)
                keys.append(k)
                values.append(v)
                y = []
                for head in range(heads):
                    own = slice(head * d, (head + 1) * d)
                    scores = np.array([q[own] @ key[own] for key in keys]) / d**0.5
                    p = np.exp(scores - np.logaddexp.reduce(scores))
                    y.append(p @ np.array([value[own] for value in values]))
                x = x + linear(np.concatenate(y), f"{block}.attention.out")
                z = linear(norm(x, f"{block}.norm2"), f"{block}.mlp.0")
                z = z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))
                x = x + linear(z, f"{block}.mlp.2")
            logits.append(w["tokens.weight"] @ norm(x, "norm"))
        rows.append(logits)
        losses += [
            np.logaddexp.reduce(row) - row[label]
            for row, label in zip(logits[:-1], sequence[1:], strict=True)
        ]
    rows = np.array(rows)
    return rows, np.mean(losses), rows[:, first:]


def _file(*mistakes, **edits):
    """The file with only these mistakes left; then edits, each (old, new)."""
    code = EXERCISE.with_mistakes(tuple(MISTAKES[name] for name in mistakes))
    for name, (old, new) in edits.items():
        assert code.count(old) == 1, name
        code = code.replace(old, new)
    namespace = {}
    exec(compile(code, "<fix_the_numpy_gpt>", "exec"), namespace)
    return namespace["fix_the_numpy_gpt"]


MASK = "np.triu(np.ones((time, keys), dtype=bool), keys - time + 1)"
SOFTMAX = "softmax(np.where(hidden, -np.inf, scores)) @ v"
SPLIT = "part.reshape(batch, time, heads, -1).swapaxes(1, 2)"
MERGE = "    y = y.swapaxes(1, 2)\n"
POSITIONS = "np.arange(past, past + ids.shape[1])"
LABELS = "predictions, labels = logits[:, :-1], ids[:, 1:]"
BLOCKS = 'range(sum(name.endswith("qkv.weight") for name in weights))'
PICKED = "-np.take_along_axis(log_p, labels[..., None], axis=-1).mean()"


def repaired_in_other_words(ids, weights, heads, first):
    """A comparison for the mask, a large negative number for -inf, einsum for the products."""
    repaired = _file(
        mask=(MASK, "np.arange(keys) > np.arange(keys - time, keys)[:, None]"),
        inf=("hidden, -np.inf, scores", "hidden, -1e30, scores"),
        product=("q @ k.swapaxes(2, 3) /", "np.einsum('bhqd,bhkd->bhqk', q, k) /"),
        merge=(MERGE, "    y = np.moveaxis(y, 1, 2)\n"),
        positions=(POSITIONS, "past + np.indices(ids.shape)[1]"),
    )
    return repaired(ids, weights, heads, first)


def masked_after_the_exponential(ids, weights, heads, first):
    """Hidden weights are set to 0, and the others divided by their own sum."""
    repaired = _file(
        mask=(
            f"    y = {SOFTMAX}\n",
            "    powers = np.exp(scores - scores.max(axis=-1, keepdims=True)) * ~hidden\n"
            "    y = powers @ v / powers.sum(axis=-1, keepdims=True)\n",
        ),
    )
    return repaired(ids, weights, heads, first)


def one_head_after_the_other(ids, weights, heads, first):
    """No transpose at all: the outputs of the heads are set side by side."""
    repaired = _file(
        heads=(
            f"    y = {SOFTMAX}\n{MERGE}",
            "    hide = np.where(hidden, -np.inf, 0.0).astype(x.dtype)\n"
            "    y = np.concatenate(\n"
            "        [softmax(scores[:, i] + hide) @ v[:, i] for i in range(heads)], axis=-1\n"
            "    )\n",
        ),
    )
    return repaired(ids, weights, heads, first)


def loss_by_rows(ids, weights, heads, first):
    """The logarithm of the sum of exponentials, and rows picked by their index."""
    repaired = _file(
        loss=(
            f"return {PICKED}",
            "rows = log_p.reshape(-1, log_p.shape[-1])\n"
            "    return -rows[np.arange(len(rows)), labels.ravel()].sum() / len(rows)",
        ),
        labels=(
            LABELS,
            "labels = np.roll(ids, -1, axis=1)[:, :-1]\n    predictions = logits[:, :-1]",
        ),
    )
    return repaired(ids, weights, heads, first)


def heads_split_in_one_step(ids, weights, heads, first):
    """One reshape to five axes in place of a split, and queries scaled before the product."""
    repaired = _file(
        heads=(
            "    q, k, v = (\n"
            f"        {SPLIT}\n"
            '        for part in np.split(linear(x, weights, f"{name}.qkv"), 3, axis=-1)\n'
            "    )\n",
            '    qkv = linear(x, weights, f"{name}.qkv")\n'
            "    q, k, v = np.moveaxis(qkv.reshape(batch, time, 3, heads, -1), (2, 3), (0, 2))\n"
            "    q = q / q.shape[-1] ** 0.5\n",
        ),
        scale=(" / (width // heads) ** 0.5", ""),
    )
    return repaired(ids, weights, heads, first)


untouched = _file(*MISTAKES)
only_the_first_repaired = _file(*list(MISTAKES)[1:])
only_the_last_repaired = _file(*list(MISTAKES)[:-1])
every_second_repaired = _file(*list(MISTAKES)[1::2])
the_cache_left = _file("positions_from_0_in_each_call", "mask_to_the_upper_left")
shifted_twice = _file(labels=(LABELS, "predictions, labels = logits[:, :-2], ids[:, 2:]"))
logits_shifted_too = _file(labels=(LABELS, "predictions, labels = logits[:, 1:], ids[:, 1:]"))
positions_left_out = _file(add=(' + weights["positions.weight"][positions]', ""))
positions_from_1 = _file(positions=(POSITIONS, "np.arange(past + 1, past + ids.shape[1] + 1)"))
positions_one_back = _file(
    positions=(POSITIONS, "np.arange(past, past + ids.shape[1]) - bool(past)")
)
own_key_hidden_too = _file(
    mask=(MASK, "np.triu(np.ones((time, keys), dtype=bool), max(keys - time, 1))")
)
next_key_shown = _file(mask=(MASK, "np.triu(np.ones((time, keys), dtype=bool), keys - time + 2)"))
no_mask = _file(mask=("np.where(hidden, -np.inf, scores)", "scores"))
no_mask_with_a_cache = _file(
    mask=("np.where(hidden, -np.inf, scores)", "np.where(hidden & (keys == time), -np.inf, scores)")
)
mask_the_wrong_way_round = _file(
    mask=(MASK, "np.tril(np.ones((time, keys), dtype=bool), keys - time - 1)")
)
mask_of_zeros = _file(mask=("hidden, -np.inf, scores", "hidden, 0.0, scores"))
masked_after_softmax = _file(mask=(SOFTMAX, "np.where(hidden, 0.0, softmax(scores)) @ v"))
scaled_by_the_model = _file(scale=("(width // heads) ** 0.5", "width**0.5"))
scaled_without_a_root = _file(scale=("(width // heads) ** 0.5", "(width // heads)"))
norm_without_epsilon = _file(eps=(" + 1e-5)", ")"))
sample_deviation = _file(
    norm=("(x * x).mean(axis=-1, keepdims=True)", "x.var(axis=-1, keepdims=True, ddof=1)")
)
stream_cut = _file(stream=("x = x + linear(y", "x = linear(y"))
norm_after_attention_left_out = _file(
    norm=('y = layer_norm(x, weights, f"{block}.norm2")', "y = x")
)
heads_reshaped = _file(heads=(SPLIT, "part.reshape(batch, heads, time, -1)"))
heads_merged_in_another_order = _file(merge=(MERGE, "    y = y.transpose(0, 2, 3, 1)\n"))
queries_and_keys_exchanged = _file(heads=("q, k, v = (", "k, q, v = ("))
values_appended_as_keys = _file(
    cache=("np.concatenate([cache[name][1], v]", "np.concatenate([cache[name][0], v]")
)
new_keys_first = _file(
    keys=("[cache[name][0], k]", "[k, cache[name][0]]"),
    values=("[cache[name][1], v]", "[v, cache[name][1]]"),
)
cache_not_read = _file(cache=("if name in cache:", "if None in cache:"))
first_sequence_only = _file(
    loss=(PICKED, PICKED.replace("log_p,", "log_p[:1],").replace("labels[", "labels[:1]["))
)
loss_summed_over_the_batch = _file(loss=(PICKED, f"{PICKED} * len(ids)"))
first_block_alone = _file(blocks=(BLOCKS, "range(1)"))
blocks_in_reverse = _file(
    blocks=(BLOCKS, 'reversed(range(sum(name.endswith("qkv.weight") for name in weights)))')
)
batch_averaged = _file(
    stream=(
        'x = x + attention(y, weights, f"{block}.attention", heads, cache)',
        'x = x + attention(y, weights, f"{block}.attention", heads, cache).mean(0, keepdims=True)',
    )
)
window_of_five = _file(
    mask=(MASK, f"{MASK} | np.tril(np.ones((time, keys), dtype=bool), keys - time - 5)")
)
in_single_precision = _file(
    single=(
        'return x @ weights["tokens.weight"].T',
        'return x.astype(np.float32) @ weights["tokens.weight"].T',
    )
)
mask_repaired_and_labels_left = _file(
    "labels_not_shifted",
    mask=(MASK, "np.triu(np.ones((time, keys), dtype=bool), keys - time + 2)"),
)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    untouched: "probabilities_for_logits",
    only_the_first_repaired: "labels_not_shifted",
    only_the_last_repaired: "probabilities_for_logits",
    every_second_repaired: "labels_not_shifted",
    the_cache_left: "positions_from_0_in_each_call",
    shifted_twice: "wrong_only_in_loss",
    logits_shifted_too: "wrong_only_in_loss",
    positions_left_out: "a_term_left_out",
    positions_from_1: "counted_from_another_number",
    positions_one_back: "wrong_only_in_later",
    own_key_hidden_too: "wrong_only_in_later",
    next_key_shown: "one_too_many_or_few",
    no_mask: "mask_missing",
    no_mask_with_a_cache: "wrong_only_in_later",
    mask_the_wrong_way_round: "mask_the_wrong_way_round",
    mask_of_zeros: "another_number",
    masked_after_softmax: None,
    scaled_by_the_model: "wrong_except_where_heads_is_1",
    scaled_without_a_root: "a_power_left_out",
    norm_without_epsilon: "a_term_left_out",
    sample_deviation: None,
    stream_cut: "a_term_left_out",
    norm_after_attention_left_out: "without_layer_norm",
    heads_reshaped: "heads_reshaped",
    heads_merged_in_another_order: "wrong_except_where_heads_is_1",
    queries_and_keys_exchanged: "right_only_in_the_first_entry_along_axis_1",
    values_appended_as_keys: "another_number",
    new_keys_first: "wrong_only_in_later",
    cache_not_read: "a_step_left_out",
    first_sequence_only: "ids_cut_to_its_first_entry",
    loss_summed_over_the_batch: "factor_of_a_size",
    first_block_alone: "max_for_sum",
    blocks_in_reverse: "wrong_except_where_weights_holds_16_arrays",
    batch_averaged: "wrong_where_the_size_of_axis_0_of_ids_is_2_or_more",
    window_of_five: None,
    in_single_precision: "nearly_right",
    mask_repaired_and_labels_left: None,
}
