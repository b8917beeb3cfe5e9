"""Right and wrong ways to count a decoder's parameters."""

import numpy as np


def by_shapes(
    layers,
    d_model,
    heads,
    kv_heads,
    d_ff,
    vocab,
    head_size=None,
    experts=None,
    tied=False,
    qk_norm=False,
):
    d = head_size if head_size is not None else d_model // heads
    shapes = [(d_model, heads * d), (d_model, kv_heads * d), (d_model, kv_heads * d)]
    shapes += [(heads * d, d_model), (1, d_model), (1, d_model)]
    shapes += [(d_model, d_ff), (d_model, d_ff), (d_ff, d_model)] * (experts or 1)
    shapes += [(d_model, experts)] if experts else []
    shapes += [(1, d), (1, d)] if qk_norm else []
    layer = sum(a * b for a, b in shapes)
    return layer * layers + d_model + d_model * vocab * (2 - tied)


def _parts(c):
    d = c["head_size"] or c["d_model"] // c["heads"]
    wide, few = c["heads"] * d, c["kv_heads"] * d
    ffn = 3 * c["d_model"] * c["d_ff"]
    return d, wide, few, ffn


NAMES = (
    *("layers", "d_model", "heads", "kv_heads", "d_ff", "vocab"),
    *("head_size", "experts", "tied", "qk_norm"),
)
FREE = {"head_size": None, "experts": None, "tied": False, "qk_norm": False}


def _named(args, more):
    return {**FREE, **dict(zip(NAMES, args, strict=False)), **more}


def named_parts(*args, **more):
    c = _named(args, more)
    d, wide, few, ffn = _parts(c)
    layer = 2 * c["d_model"] * (wide + few) + 2 * c["d_model"]
    layer += c["experts"] * (ffn + c["d_model"]) if c["experts"] else ffn
    layer += 2 * d if c["qk_norm"] else 0
    tables = c["vocab"] * c["d_model"]
    return c["layers"] * layer + c["d_model"] + (tables if c["tied"] else 2 * tables)


def loop_over_layers(*args, **more):
    c = _named(args, more)
    d, wide, few, ffn = _parts(c)
    total = c["d_model"] + c["vocab"] * c["d_model"]
    if not c["tied"]:
        total += c["vocab"] * c["d_model"]
    for _ in range(c["layers"]):
        total += c["d_model"] * wide + wide * c["d_model"]
        for _ in ("keys", "values"):
            total += c["d_model"] * few
        total += sum(ffn + c["d_model"] for _ in range(c["experts"] or 0)) or ffn
        total += 2 * c["d_model"] + 2 * d * bool(c["qk_norm"])
    return total


def numpy_sizes(*args, **more):
    c = _named(args, more)
    d, wide, few, ffn = _parts(c)
    layer = np.array([wide, few, few, wide, 2], dtype=object) * c["d_model"]
    experts = c["experts"] or 1
    rest = experts * ffn + (c["experts"] or 0) * c["d_model"] + 2 * d * int(c["qk_norm"])
    whole = c["layers"] * (int(layer.sum()) + rest)
    return int(whole + c["d_model"] * (1 + c["vocab"] * (1 if c["tied"] else 2)))


def factored(
    layers, d_model, heads, kv_heads, d_ff, vocab, head_size=None, experts=None, tied=0, qk_norm=0
):
    d = head_size or d_model // heads
    ffn = 3 * d_ff if experts is None else experts * (3 * d_ff + 1)
    per_feature = 2 * d * (heads + kv_heads) + ffn + 2
    whole = layers * per_feature + 1 + (2 - bool(tied)) * vocab
    return d_model * whole + layers * 2 * d * bool(qk_norm)


def transformers_by_hand(*args, **more):
    c = _named(args, more)
    d, wide, few, ffn = _parts(c)
    model = {"embed_tokens": c["vocab"] * c["d_model"], "norm": c["d_model"]}
    if not c["tied"]:
        model["lm_head"] = c["vocab"] * c["d_model"]
    block = {
        "q_proj": wide * c["d_model"],
        "k_proj": few * c["d_model"],
        "v_proj": few * c["d_model"],
        "o_proj": wide * c["d_model"],
        "mlp": ffn * (c["experts"] or 1),
        "input_layernorm": c["d_model"],
        "post_attention_layernorm": c["d_model"],
    }
    if c["experts"]:
        block["gate"] = c["experts"] * c["d_model"]
    if c["qk_norm"]:
        block |= {"q_norm": d, "k_norm": d}
    return sum(model.values()) + c["layers"] * sum(block.values())


def two_matrices_as_in_gpt2(*args, **more):
    c = _named(args, more)
    return named_parts(*args, **more) - c["layers"] * c["d_model"] * c["d_ff"] * (c["experts"] or 1)


def no_groups(*args, **more):
    c = _named(args, more)
    return named_parts(**{**c, "kv_heads": c["heads"]})


def one_of_keys_and_values(*args, **more):
    c = _named(args, more)
    return named_parts(*args, **more) - c["layers"] * c["d_model"] * _parts(c)[2]


def no_head_size(*args, **more):
    return named_parts(**{**_named(args, more), "head_size": None})


def always_two_tables(*args, **more):
    return named_parts(**{**_named(args, more), "tied": False})


def always_one_table(*args, **more):
    return named_parts(**{**_named(args, more), "tied": True})


def no_router(*args, **more):
    c = _named(args, more)
    return named_parts(*args, **more) - c["layers"] * c["d_model"] * (c["experts"] or 0)


def one_router_for_all_layers(*args, **more):
    c = _named(args, more)
    return named_parts(*args, **more) - (c["layers"] - 1) * c["d_model"] * (c["experts"] or 0)


def no_last_norm(*args, **more):
    return named_parts(*args, **more) - _named(args, more)["d_model"]


def no_norms(*args, **more):
    c = _named(args, more)
    return named_parts(*args, **more) - 2 * c["layers"] * c["d_model"]


def layer_norms(*args, **more):
    c = _named(args, more)
    return named_parts(*args, **more) + (2 * c["layers"] + 1) * c["d_model"]


def biases_of_queries_keys_and_values(*args, **more):
    c = _named(args, more)
    _, wide, few, _ = _parts(c)
    return named_parts(*args, **more) + c["layers"] * (wide + 2 * few)


def d_model_squared(*args, **more):
    c = _named(args, more)
    wide = _parts(c)[1]
    return named_parts(*args, **more) - 2 * c["layers"] * c["d_model"] * (wide - c["d_model"])


def output_of_d_model(*args, **more):
    c = _named(args, more)
    wide = _parts(c)[1]
    return named_parts(*args, **more) - c["layers"] * c["d_model"] * (wide - c["d_model"])


def narrow_keys(*args, **more):
    """Only the queries' heads have `head_size` features."""
    c = _named(args, more)
    gap = _parts(c)[0] - c["d_model"] // c["heads"]
    return named_parts(*args, **more) - 2 * c["layers"] * c["d_model"] * c["kv_heads"] * gap


def experts_that_share_d_ff(*args, **more):
    c = _named(args, more)
    return named_parts(**{**c, "d_ff": c["d_ff"] // (c["experts"] or 1)})


def three_norms_a_layer(*args, **more):
    """The norm behind the blocks stands in each of them."""
    c = _named(args, more)
    return named_parts(*args, **more) + (c["layers"] - 1) * c["d_model"]


def router_of_d_ff(*args, **more):
    c = _named(args, more)
    gap = c["d_ff"] - c["d_model"]
    return named_parts(*args, **more) + c["layers"] * (c["experts"] or 0) * gap


def no_qk_norm(*args, **more):
    return named_parts(**{**_named(args, more), "qk_norm": False})


def one_norm_for_queries_and_keys(*args, **more):
    c = _named(args, more)
    return named_parts(*args, **more) - c["layers"] * _parts(c)[0] * bool(c["qk_norm"])


def qk_norm_of_all_heads(*args, **more):
    c = _named(args, more)
    d, wide, few, _ = _parts(c)
    return named_parts(*args, **more) + c["layers"] * (wide + few - 2 * d) * bool(c["qk_norm"])


def active_experts(*args, **more):
    c = _named(args, more)
    unused = max((c["experts"] or 0) - 2, 0)
    return named_parts(*args, **more) - c["layers"] * unused * _parts(c)[3]


def shared_expert(*args, **more):
    """One feed-forward part more, which every token passes."""
    c = _named(args, more)
    return named_parts(*args, **more) + bool(c["experts"]) * c["layers"] * _parts(c)[3]


def in_billions(*args, **more):
    return named_parts(*args, **more) / 1e9


def rounded_by_floats(*args, **more):
    return float(named_parts(*args, **more)) * 1.0000001


def _counted(layer, layers, d_model, vocab, tied):
    return layers * layer + d_model + (2 - bool(tied)) * vocab * d_model


def one_expert_needs_no_router(
    layers,
    d_model,
    heads,
    kv_heads,
    d_ff,
    vocab,
    head_size=None,
    experts=None,
    tied=False,
    qk_norm=False,
):
    head_size, experts = head_size or d_model // heads, experts or 1
    layer = 2 * d_model * head_size * (heads + kv_heads) + 2 * head_size * qk_norm + 2 * d_model
    layer += 3 * d_model * d_ff * experts + d_model * experts * (experts > 1)
    return _counted(layer, layers, d_model, vocab, tied)


def in_int32(*sizes, **more):
    return int(np.int64(by_shapes(*sizes, **more)).astype(np.int32))


def in_float32(*sizes, **more):
    return int(np.float32(by_shapes(*sizes, **more)))


# The mistake that each is told; None where no known one explains it.
def _otherwise(args, more, queries=None, output=None, router=None, once=False):
    """As ours, line by line, with switches."""
    c = _named(args, more)
    d, wide, few, ffn = _parts(c)
    layer = c["d_model"] * (queries or wide) + 2 * c["d_model"] * few
    layer += (output or wide) * c["d_model"] + 2 * c["d_model"]
    layer += c["experts"] * ffn if c["experts"] else ffn
    layer += (router or c["experts"]) * c["d_model"] if c["experts"] else 0
    norms = 2 * d if c["qk_norm"] else 0
    whole = c["d_model"] + c["vocab"] * c["d_model"] * (1 if c["tied"] else 2)
    return c["layers"] * layer + (1 if once else c["layers"]) * norms + whole


def tied_where_it_is_not(*args, **more):
    c = _named(args, more)
    return _otherwise((), {**c, "tied": not c["tied"]})


def queries_as_wide_as_the_model(*args, **more):
    return _otherwise(args, more, queries=_named(args, more)["d_model"])


def output_of_shared_heads(*args, **more):
    return _otherwise(args, more, output=_parts(_named(args, more))[2])


def router_as_a_vector(*args, **more):
    return _otherwise(args, more, router=1)


def one_pair_of_norms(*args, **more):
    return _otherwise(args, more, once=True)


def heads_of_a_group(*args, **more):
    c = _named(args, more)
    return named_parts(**{**c, "kv_heads": c["heads"] // c["kv_heads"]})


def d_model_shared_by_kv_heads(*args, **more):
    c = _named(args, more)
    if c["head_size"]:
        return named_parts(**c)
    lost = c["d_model"] - c["kv_heads"] * (c["d_model"] // c["heads"])
    return named_parts(**c) + 2 * c["layers"] * c["d_model"] * lost


def router_of_a_number_each(*args, **more):
    c = _named(args, more)
    return named_parts(**c) - c["layers"] * (c["d_model"] - 1) * (c["experts"] or 0)


WRONG = {
    two_matrices_as_in_gpt2: "two_matrices",
    no_groups: "keys_for_every_head",
    one_of_keys_and_values: "only_keys_or_values",
    no_head_size: "head_size_ignored",
    always_two_tables: "tied_tables_counted_twice",
    always_one_table: "no_output_layer",
    no_router: "router_forgotten",
    one_router_for_all_layers: "router_counted_once",
    no_last_norm: "last_norm_forgotten",
    no_norms: "norms_forgotten",
    layer_norms: "norms_with_biases",
    biases_of_queries_keys_and_values: "biases_in_attention",
    d_model_squared: "square_queries",
    output_of_d_model: "square_output",
    narrow_keys: "keys_as_wide_as_without_head_size",
    experts_that_share_d_ff: "width_shared_out",
    three_norms_a_layer: "wrong_except_where_layers_is_1",
    router_of_d_ff: "d_ff_for_d_model",
    no_qk_norm: "qk_norms_forgotten",
    one_norm_for_queries_and_keys: "a_factor_left_out",
    qk_norm_of_all_heads: "qk_norms_for_every_head",
    active_experts: "only_the_experts_in_use",
    shared_expert: "a_feed_forward_part_beside_experts",
    in_billions: "constant_factor",
    rounded_by_floats: "too_large",
    one_expert_needs_no_router: "wrong_where_experts_is_1",
    in_int32: "four_bytes",
    in_float32: None,
    tied_where_it_is_not: "tied_the_wrong_way_round",
    queries_as_wide_as_the_model: "square_output",
    output_of_shared_heads: "output_as_narrow_as_keys",
    router_as_a_vector: "router_of_one_score",
    one_pair_of_norms: "qk_norms_counted_once",
    heads_of_a_group: "group_size_for_heads",
    d_model_shared_by_kv_heads: "keys_that_share_d_model",
    router_of_a_number_each: "router_of_one_score",
}
