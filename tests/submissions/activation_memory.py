"""Right and wrong ways to count what a decoder's blocks keep for the backward pass."""

import numpy as np

NAMES = (
    *("layers", "batch", "length", "width", "heads", "hidden"),
    *("kv_heads", "gated", "flash", "dropout", "checkpoint"),
)
FREE = {"kv_heads": None, "gated": False, "flash": True, "dropout": False, "checkpoint": False}


def _named(args, more):
    c = {**FREE, **dict(zip(NAMES, args, strict=False)), **more}
    return {k: int(c[k]) if k in NAMES[:6] else c[k] for k in c}


def on_one_line(
    layers,
    batch,
    length,
    width,
    heads,
    hidden,
    kv_heads=None,
    gated=False,
    flash=True,
    dropout=False,
    checkpoint=False,
):
    layers, batch, length, width, heads, hidden = map(
        int, (layers, batch, length, width, heads, hidden)
    )
    kv = width * int(kv_heads or heads) // heads
    per_token = 12 * width + 4 * kv + (8 if gated else 4) * hidden + 2 * width * bool(dropout)
    per_token += 0 if flash else heads * length * (2 + 3 * bool(dropout))
    rest = 2 * width if checkpoint else per_token
    return batch * length * (per_token + (layers - 1) * rest)


def by_shapes(*args, **more):
    """The entries of each array that a block keeps, one by one."""
    c = _named(args, more)
    b, s, h, a = c["batch"], c["length"], c["width"], c["heads"]
    kv = c["kv_heads"] or a
    halves = [(b, s, h)] * 4  # norm, q k v, norm, feed-forward
    halves += [(b, a, s, h // a), (b, kv, s, h // a), (b, kv, s, h // a), (b, s, h)]
    halves += [(b, s, c["hidden"])] * (4 if c["gated"] else 2)
    masks = [(b, s, h)] * 2 if c["dropout"] else []
    if not c["flash"]:
        halves += [(b, a, s, s)] * (2 if c["dropout"] else 1)
        masks += [(b, a, s, s)] if c["dropout"] else []

    def entries(shapes):
        total = 0
        for shape in shapes:
            n = 1
            for size in shape:
                n *= int(size)
            total += n
        return total

    block = 2 * entries(halves) + entries(masks)
    if c["checkpoint"]:
        return block + (c["layers"] - 1) * 2 * b * s * h
    return c["layers"] * block


def backwards(*args, **more):
    """What is alive as the backward pass goes from the last block to the first."""
    c = _named(args, more)
    block = by_shapes(1, *[c[k] for k in NAMES[1:10]])
    kept = 2 * c["batch"] * c["length"] * c["width"]
    if not c["checkpoint"]:
        return sum(block for _ in range(c["layers"]))
    return max(before * kept + block for before in range(c["layers"]))


def paper(*args, **more):
    """Korthikanti's 34 and 5, and what differs from a block of GPT."""
    c = _named(args, more)
    b, s, h, a, f = (c[k] for k in ("batch", "length", "width", "heads", "hidden"))
    factor = 34 if c["dropout"] else 32
    block = factor * s * b * h - 16 * s * b * h + 4 * s * b * f
    if c["gated"]:
        block += 4 * s * b * f
    block -= 4 * s * b * (h - h // a * int(c["kv_heads"] or a))
    if not c["flash"]:
        block += (5 if c["dropout"] else 2) * a * s * s * b
    if c["checkpoint"]:
        return 2 * s * b * h * (c["layers"] - 1) + block
    return c["layers"] * block


def numpy_sum(*args, **more):
    c = _named(args, more)
    head = c["width"] // c["heads"]
    numbers = 6 * c["width"]
    numbers += 2 * head * int(c["kv_heads"] or c["heads"])
    numbers += (2 + 2 * c["gated"]) * c["hidden"]
    rows = np.array([2 * numbers], dtype=object)
    if c["dropout"]:
        rows = np.append(rows, 2 * c["width"])
    if not c["flash"]:
        rows = np.append(rows, c["heads"] * c["length"] * (5 if c["dropout"] else 2))
    block = int(rows.sum()) * c["batch"] * c["length"]
    blocks = [block] + [2 * c["width"] * c["batch"] * c["length"] if c["checkpoint"] else block] * (
        c["layers"] - 1
    )
    return sum(blocks)


def in_floats(*args, **more):
    return float(by_shapes(*args, **more))


def _bytes(c, numbers=0, others=0):
    """Right, and so many numbers and bytes a token of a block more."""
    more = c["batch"] * c["length"] * (2 * numbers + others)
    return by_shapes(**c) + more * (1 if c["checkpoint"] else c["layers"])


def no_norms(*args, **more):
    c = _named(args, more)
    return _bytes(c, -2 * c["width"])


def separate_inputs(*args, **more):
    c = _named(args, more)
    return _bytes(c, 2 * c["width"])


def no_attention_output(*args, **more):
    c = _named(args, more)
    return _bytes(c, -c["width"])


def one_norm(*args, **more):
    """The input of one norm is taken for the other's, too."""
    c = _named(args, more)
    block = by_shapes(**{**c, "layers": 1}) - 2 * c["batch"] * c["length"] * c["width"]
    rest = 2 * c["batch"] * c["length"] * c["width"] if c["checkpoint"] else block
    return block + (c["layers"] - 1) * rest


def scores_share_dropout(*args, **more):
    """A mask and dropped weights for each head of keys, weights for each of queries."""
    c = _named(args, more)
    away = c["heads"] - (c["kv_heads"] or c["heads"])
    return _bytes(c, 0, 0 if c["flash"] else -3 * c["length"] * away * c["dropout"])


def no_masks_at_checkpoints(*args, **more):
    c = _named(args, more)
    return _bytes(c, 0, -2 * c["width"] * (c["checkpoint"] and c["dropout"]))


def masks_are_kept(*args, **more):
    """A checkpoint keeps the masks of its block, and does not draw them again."""
    c = _named(args, more)
    masks = 2 * c["width"] * c["batch"] * c["length"] * (c["checkpoint"] and c["dropout"])
    return by_shapes(**c) + (c["layers"] - 1) * masks


def no_groups(*args, **more):
    return by_shapes(**{**_named(args, more), "kv_heads": None})


def one_of_keys_and_values(*args, **more):
    c = _named(args, more)
    return _bytes(c, -(c["width"] // c["heads"]) * (c["kv_heads"] or c["heads"]))


def grouped_queries(*args, **more):
    c = _named(args, more)
    return _bytes(c, c["width"] // c["heads"] * ((c["kv_heads"] or c["heads"]) - c["heads"]))


def one_hidden(*args, **more):
    c = _named(args, more)
    return _bytes(c, -c["hidden"])


def never_gated(*args, **more):
    return by_shapes(**{**_named(args, more), "gated": False})


def fused_swiglu(*args, **more):
    """silu(gate) is computed again."""
    c = _named(args, more)
    return _bytes(c, -c["hidden"] * c["gated"])


def four_times_width(*args, **more):
    c = _named(args, more)
    return by_shapes(**{**c, "hidden": 4 * c["width"]})


def always_flash(*args, **more):
    return by_shapes(**{**_named(args, more), "flash": True})


def never_flash(*args, **more):
    return by_shapes(**{**_named(args, more), "flash": False})


def triangle(*args, **more):
    c = _named(args, more)
    each = 0 if c["flash"] else 5 if c["dropout"] else 2
    return _bytes(c, others=c["heads"] * each * ((c["length"] + 1) / 2 - c["length"]))


def no_dropped_weights(*args, **more):
    c = _named(args, more)
    return _bytes(c, -c["heads"] * c["length"] * (c["dropout"] and not c["flash"]))


def masks_of_floats(*args, **more):
    c = _named(args, more)
    return _bytes(c, others=2 * c["width"] * c["dropout"])


def mask_of_weights_with_flash(*args, **more):
    c = _named(args, more)
    return _bytes(c, others=c["heads"] * c["length"] * (c["dropout"] and c["flash"]))


def weights_times_kv_heads(*args, **more):
    c = _named(args, more)
    each = 0 if c["flash"] else 5 if c["dropout"] else 2
    few = c["kv_heads"] or c["heads"]
    return _bytes(c, others=each * c["length"] * (few - c["heads"]))


def inputs_only(*args, **more):
    c = _named(args, more)
    if c["checkpoint"]:
        return c["layers"] * 2 * c["batch"] * c["length"] * c["width"]
    return by_shapes(**c)


def inputs_and_a_block(*args, **more):
    c = _named(args, more)
    return by_shapes(**c) + 2 * c["batch"] * c["length"] * c["width"] * c["checkpoint"]


def no_checkpoints(*args, **more):
    return by_shapes(**{**_named(args, more), "checkpoint": False})


def selective(*args, **more):
    """A checkpoint drops the weights of pairs alone."""
    c = _named(args, more)
    flash = c["flash"] or c["checkpoint"]
    return by_shapes(**{**c, "flash": flash, "checkpoint": False})


def last_block_is_not_run_again(*args, **more):
    """Two blocks have all their activations."""
    c = _named(args, more)
    if c["checkpoint"] and c["layers"] > 1:
        two = by_shapes(**{**c, "layers": 2, "checkpoint": False})
        return two + (c["layers"] - 2) * 2 * c["batch"] * c["length"] * c["width"]
    return by_shapes(**c)


def float32_numbers(*args, **more):
    return 2 * by_shapes(*args, **more)


def int32(*args, **more):
    return int(np.int64(by_shapes(*args, **more)).astype(np.int32))


def sequence_of_the_batch(*args, **more):
    """One sequence, as if a batch were read one after another."""
    c = _named(args, more)
    return by_shapes(**{**c, "batch": 1})


def with_the_last_norm(*args, **more):
    c = _named(args, more)
    return by_shapes(**c) + 2 * c["batch"] * c["length"] * c["width"]


def sizes_as_they_come(
    layers,
    batch,
    length,
    width,
    heads,
    hidden,
    kv_heads=None,
    gated=False,
    flash=True,
    dropout=False,
    checkpoint=False,
):
    """Right for Python's integers: those of NumPy have four bytes here."""
    with np.errstate(over="ignore"):
        kv = width // heads * (kv_heads or heads)
        numbers = 6 * width + 2 * kv + (4 if gated else 2) * hidden
        a_token = 2 * numbers + (2 * width if dropout else 0)
        if not flash:
            a_token += heads * length * (5 if dropout else 2)
        block = batch * length * a_token
        return block + (layers - 1) * (2 * batch * length * width if checkpoint else block)


def scores_before_and_after_softmax(*args, **more):
    c = _named(args, more)
    pairs = 0 if c["flash"] else c["batch"] * c["heads"] * c["length"] ** 2
    blocks = 1 if c["checkpoint"] else c["layers"]
    return by_shapes(**c) + 2 * pairs * blocks


def weights_without_the_batch(*args, **more):
    c = _named(args, more)
    of_one = by_shapes(**{**c, "batch": 1, "flash": False})
    of_one -= by_shapes(**{**c, "batch": 1, "flash": True})
    return by_shapes(**{**c, "flash": True}) + (0 if c["flash"] else of_one)


# What each is told; None where no known mistake explains it.
WRONG = {
    no_norms: "inputs_of_norms_forgotten",
    separate_inputs: "three_inputs_of_projections",
    no_attention_output: "one_array_forgotten",
    one_norm: "one_array_forgotten",
    scores_share_dropout: None,
    no_masks_at_checkpoints: None,
    masks_are_kept: None,
    no_groups: "keys_for_every_head",
    one_of_keys_and_values: "only_keys_or_values",
    grouped_queries: "queries_as_few_as_keys",
    one_hidden: "before_the_activation_alone",
    never_gated: "swiglu_as_gelu",
    fused_swiglu: "swiglu_as_gelu",
    four_times_width: "hidden_is_4_width",
    always_flash: "no_weights",
    never_flash: "weights_with_flash",
    triangle: "causal_half",
    no_dropped_weights: "dropped_weights_forgotten",
    masks_of_floats: "masks_of_two_bytes",
    mask_of_weights_with_flash: "mask_beside_flash",
    weights_times_kv_heads: "weights_of_shared_heads",
    inputs_only: "inputs_of_blocks_alone",
    inputs_and_a_block: "input_counted_twice",
    no_checkpoints: "checkpoint_ignored",
    selective: "selective_checkpoints",
    last_block_is_not_run_again: "two_blocks_run_again",
    float32_numbers: "four_bytes_each",
    with_the_last_norm: "too_large",
    int32: "wraps_around",
    sizes_as_they_come: "integers_too_narrow",
    sequence_of_the_batch: "one_sequence",
    scores_before_and_after_softmax: "scores_beside_weights",
    weights_without_the_batch: "weights_of_one_sequence",
}
