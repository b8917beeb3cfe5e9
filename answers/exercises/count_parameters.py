"""Practice for question 31: the parameters of a decoder, from its configuration."""

from types import SimpleNamespace

from answers.grader.exercise import Exercise
from answers.language_models.model_counts import count_parameters

exercise = Exercise(
    count_parameters,
    page="31-gpt2-to-llama",
    hints=(
        "Write the shape of each weight in a block beside its name: four in attention, three in "
        "the feed-forward part, and gains of norms.",
        "Queries and output have heads * head_size features, keys and values kv_heads * head_size. "
        "Which matrices depend on kv_heads?",
        "A router gives each expert a score: what is the shape of its weight?",
        "After the last block stands one more norm, then the output layer, which may be the "
        "embedding.",
    ),
)

SMALL = {"layers": 1, "d_model": 6, "heads": 1, "kv_heads": 1, "d_ff": 5, "vocab": 7}
SIZES = {
    "layers": 3,
    "d_model": 24,
    "heads": 6,
    "kv_heads": 6,
    "d_ff": 70,
    "vocab": 101,
}
exercise.case("one layer, one head", **SMALL)
exercise.case("two layers", 2, 8, 1, 1, 9, 11)
exercise.case("one layer, 6 heads", **SIZES | {"layers": 1})
exercise.case("6 heads", **SIZES)
exercise.case("6 heads that share 2 of keys and values", **SIZES | {"kv_heads": 2})
exercise.case("tied embeddings", **SIZES, tied=True)
exercise.case("neither tied nor with norms", **SIZES, tied=False, qk_norm=False)
exercise.case("heads of 10 features", **SIZES, head_size=10)
exercise.case(
    "heads of 10 features that share 2 of keys and values",
    **SIZES | {"kv_heads": 2},
    head_size=10,
)
exercise.case("norms of queries and keys", **SIZES | {"kv_heads": 3}, qk_norm=True)
exercise.case("5 experts", **SIZES, experts=5)
exercise.case("4 experts", **SIZES, experts=4)
exercise.case("one expert", **SIZES, experts=1)
exercise.case(
    "5 experts, and norms of queries and keys", **SIZES, experts=5, qk_norm=True
)
exercise.case("one layer, tied", **SMALL, tied=True)
exercise.case("sizes that are odd", 47, 1599, 13, 13, 6401, 50257, head_size=121)
exercise.case("other sizes that are odd", 23, 1025, 41, 41, 3077, 32003)
exercise.case("Llama 7B", 32, 4096, 32, 32, 11008, 32000)
exercise.case("Llama 3 70B", 80, 8192, 64, 8, 28672, 128256)
exercise.case("Mixtral 8x7B", 32, 4096, 32, 8, 14336, 32000, experts=8)
exercise.case(
    "Qwen3 0.6B", 28, 1024, 16, 8, 3072, 151936, head_size=128, tied=True, qk_norm=True
)
exercise.case(
    "Qwen3 30B-A3B",
    48,
    2048,
    32,
    4,
    768,
    151936,
    head_size=128,
    experts=128,
    qk_norm=True,
)
exercise.case(
    "one layer with experts and heads of 5", **SMALL, head_size=5, experts=2, tied=True
)


# What a layer holds, of the numbers of a configuration; in `WHOLE`, what stands once.
LAYER = {
    "queries": lambda c: c.d_model * c.heads * c.head_size,
    "keys": lambda c: c.d_model * c.kv_heads * c.head_size,
    "values": lambda c: c.d_model * c.kv_heads * c.head_size,
    "output": lambda c: c.heads * c.head_size * c.d_model,
    "feed_forward": lambda c: 3 * c.d_model * c.d_ff * (c.experts or 1),
    "router": lambda c: c.d_model * (c.experts or 0),
    "norms": lambda c: 2 * c.d_model,
    "qk_norms": lambda c: 2 * c.head_size * c.qk_norm,
}
WHOLE = {
    "tables": lambda c: c.vocab * c.d_model * (1 if c.tied else 2),
    "last_norm": lambda c: c.d_model,
}
NAMES = (
    *("layers", "d_model", "heads", "kv_heads", "d_ff", "vocab"),
    *("head_size", "experts", "tied", "qk_norm"),
)


def count(sizes, more, **changed):
    """The parameters, where some parts are counted otherwise."""
    c = SimpleNamespace(head_size=None, experts=None, tied=False, qk_norm=False)
    vars(c).update(zip(NAMES, sizes, strict=False), **more)
    c.head_size = c.head_size or c.d_model // c.heads
    layer, whole = (
        sum(changed.get(name, part)(c) for name, part in parts.items())
        for parts in (LAYER, WHOLE)
    )
    return c.layers * layer + whole


@exercise.bug
def two_matrices(*sizes, **more):
    """The feed-forward part has two matrices, as in GPT-2. SwiGLU has three: gate, up and down."""
    # "The feed-forward part has two matrices, as in GPT-2": want - got == layers * d_model * d_ff
    # "SwiGLU has three: gate, up and down": 2 * c.d_model → 3 * c.d_model
    return count(
        sizes, more, feed_forward=lambda c: 2 * c.d_model * c.d_ff * (c.experts or 1)
    )


@exercise.bug
def keys_for_every_head(*sizes, **more):
    """Keys and values are counted for every head of queries. They have kv_heads heads."""
    # "Keys and values are counted for every head of queries": got == right(layers, d_model, heads,
    #     heads, d_ff, vocab)
    # "They have kv_heads heads": c.heads → c.kv_heads

    def full(c):
        return c.d_model * c.heads * c.head_size

    return count(sizes, more, keys=full, values=full)


@exercise.bug
def group_size_for_heads(*sizes, **more):
    """Keys and values are counted with heads / kv_heads heads, which is the size of a group. They
    have kv_heads heads."""
    # "Keys and values are counted with heads / kv_heads heads, which is the size of a group":
    #     got == right(layers, d_model, heads, heads // kv_heads, d_ff, vocab)
    # "They have kv_heads heads": c.heads // c.kv_heads → c.kv_heads

    def group(c):
        return c.d_model * (c.heads // c.kv_heads) * c.head_size

    return count(sizes, more, keys=group, values=group)


@exercise.bug
def keys_that_share_d_model(*sizes, **more):
    """Keys and values are counted with d_model features, as if their heads had d_model / kv_heads.
    A head of theirs has as many features as a head of queries."""
    # "Keys and values are counted with d_model features, as if their heads had d_model / kv_heads":
    #     got - want == 2 * layers * d_model * (d_model - kv_heads * (d_model // heads))
    # "A head of theirs has as many features as a head of queries": c.d_model // c.kv_heads →
    #     c.head_size

    def shared(c):
        given = c.head_size * c.heads != c.d_model
        size = c.head_size if given else c.d_model // c.kv_heads
        return c.d_model * c.kv_heads * size

    return count(sizes, more, keys=shared, values=shared)


@exercise.bug
def only_keys_or_values(*sizes, **more):
    """Keys or values are counted, not both. Each has a matrix of its own."""
    # "Keys or values are counted, not both": want - got == layers * d_model * kv_heads *
    #     (d_model // heads)
    # "Each has a matrix of its own": values=lambda c: 0 →
    return count(sizes, more, values=lambda c: 0)


@exercise.bug
def output_forgotten(*sizes, **more):
    """Attention has no output projection. It takes heads * head_size features back to d_model."""
    # "Attention has no output projection": want - got == layers * d_model * heads * (d_model //
    #     heads)
    # "It takes heads * head_size features back to d_model": output=lambda c: 0 →
    return count(sizes, more, output=lambda c: 0)


@exercise.bug
def square_queries(*sizes, **more):
    """Queries and output are counted as d_model**2. Their heads may be wider or narrower than
    d_model / heads: it is d_model * heads * head_size."""
    # "Queries and output are counted as d_model**2": abs(got - want) == 2 * layers * d_model *
    #     abs(heads * head_size - d_model)
    # "Their heads may be wider or narrower than d_model / heads: it is d_model * heads *
    #     head_size": c.d_model ** 2 → c.d_model * c.heads * c.head_size

    def square(c):
        return c.d_model**2

    return count(sizes, more, queries=square, output=square)


@exercise.bug
def square_output(*sizes, **more):
    """The output projection, or the projection of queries, is counted as d_model**2. Both are of
    all heads: heads * head_size * d_model."""
    # "The output projection, or the projection of queries, is counted as d_model**2": got - want ==
    #     layers * d_model * (d_model - heads * head_size)
    # "heads * head_size * d_model": c.d_model ** 2 → c.heads * c.head_size * c.d_model
    # "Both are of all heads": LAYER["queries"](SimpleNamespace(d_model=7, heads=2, head_size=5)) ==
    #     LAYER["output"](SimpleNamespace(d_model=7, heads=2, head_size=5)) == 70 and heads *
    #     head_size != d_model and got != want
    return count(sizes, more, output=lambda c: c.d_model**2)


@exercise.bug
def keys_as_wide_as_without_head_size(*sizes, **more):
    """Heads of keys and values have d_model / heads features, whatever `head_size` says. They are
    as wide as heads of queries."""
    # "Heads of keys and values have d_model / heads features, whatever `head_size` says": got -
    #     want == 2 * layers * d_model * kv_heads * (d_model // heads - head_size)
    # "They are as wide as heads of queries": c.d_model // c.heads → c.head_size

    def narrow(c):
        return c.d_model * c.kv_heads * (c.d_model // c.heads)

    return count(sizes, more, keys=narrow, values=narrow)


@exercise.bug
def head_size_ignored(*sizes, **more):
    """Heads always have d_model / heads features, whatever `head_size` says. Qwen3's are wider: ask
    for head_size first."""
    # "Heads always have d_model / heads features, whatever `head_size` says": got == right(layers,
    #     d_model, heads, kv_heads, d_ff, vocab, head_size=None)
    # "Qwen3's are wider": 128 > 1024 // 16 and head_size > d_model // heads and got < want
    # "ask for head_size first": , 'head_size': None →
    more = {**more, "head_size": None}
    return count(sizes, more)


@exercise.bug
def tied_tables_counted_twice(*sizes, **more):
    """The embedding is counted again as the output layer, though they are tied. Tied, one table is
    all there is."""
    # "The embedding is counted again as the output layer, though they are tied": got - want ==
    #     vocab * d_model
    # "Tied, one table is all there is": c.d_model * 2 → c.d_model * (1 if c.tied else 2)
    return count(sizes, more, tables=lambda c: c.vocab * c.d_model * 2)


@exercise.bug
def no_output_layer(*sizes, **more):
    """The output layer is not counted. Unless it is tied, it is a second table."""
    # "The output layer is not counted": want - got == vocab * d_model
    # "Unless it is tied, it is a second table": tables=lambda c: c.vocab * c.d_model →
    return count(sizes, more, tables=lambda c: c.vocab * c.d_model)


@exercise.bug
def router_forgotten(*sizes, **more):
    """The router is missing: with experts each layer has d_model weights for every expert, which
    choose."""
    # "The router is missing: with experts each layer has d_model weights for every expert, which
    #     choose": want - got == layers * d_model * experts
    # "The router is missing": router=lambda c: 0 →
    return count(sizes, more, router=lambda c: 0)


@exercise.bug
def router_counted_once(*sizes, **more):
    """One router is counted for the whole model. Each layer has its own."""
    # "One router is counted for the whole model": want - got == (layers - 1) * d_model * experts
    # "Each layer has its own": + router → + c.layers * router
    c = SimpleNamespace(experts=None)
    vars(c).update(zip(NAMES, sizes, strict=False), **more)
    router = c.d_model * (c.experts or 0)
    return count(sizes, more, router=lambda c: 0) + router


@exercise.bug
def router_with_biases(*sizes, **more):
    """The router has a bias for each expert. It is one matrix, without biases."""
    # "The router has a bias for each expert": got - want == layers * experts
    # "It is one matrix, without biases": (c.d_model + 1) → c.d_model
    return count(sizes, more, router=lambda c: (c.d_model + 1) * (c.experts or 0))


@exercise.bug
def four_bytes(*sizes, **more):
    """The number wraps around at 2**31, as integers of four bytes do. Count in Python's integers,
    or in int64."""
    # "The number wraps around at 2**31": got == want - 2**32 or got == want - 2**33
    # "Count in Python's integers, or in int64": (count(sizes, more) + 2 ** 31) % 2 ** 32 - 2
    #     ** 31 → count(sizes, more)
    return (count(sizes, more) + 2**31) % 2**32 - 2**31


@exercise.bug(used=(1, 2))
def only_the_experts_in_use(*sizes, used=1, **more):
    """One or two experts are counted: the active parameters. All of them have weights."""
    # "One or two experts are counted: the active parameters": want - got == layers * (experts -
    #     1) * 3 * d_model * d_ff
    # "All of them have weights": min(used, c.experts or 1) → (c.experts or 1)
    return count(
        sizes,
        more,
        feed_forward=lambda c: 3 * c.d_model * c.d_ff * min(used, c.experts or 1),
    )


@exercise.bug
def width_shared_out(*sizes, **more):
    """d_ff is shared out among the experts. It is the hidden width of each."""
    # "d_ff is shared out among the experts": got == right(layers, d_model, heads, kv_heads, d_ff //
    #     experts, vocab, experts=experts)
    # "It is the hidden width of each": c.d_ff // (c.experts or 1) → c.d_ff

    def shared(c):
        return 3 * c.d_model * (c.d_ff // (c.experts or 1)) * (c.experts or 1)

    return count(sizes, more, feed_forward=shared)


@exercise.bug
def everything_times_experts(*sizes, **more):
    """Attention is counted for each expert, too. Experts replace the feed-forward part only."""
    # "Attention is counted for each expert, too": got > want
    # "Experts replace the feed-forward part only": * (c.experts or 1) →
    attention = {
        name: lambda c, part=LAYER[name]: part(c) * (c.experts or 1)
        for name in ("queries", "keys", "values", "output")
    }
    return count(sizes, more, **attention)


@exercise.bug
def norms_forgotten(*sizes, **more):
    """The gains of a layer's two norms are missing. Each has d_model."""
    # "The gains of a layer's two norms are missing": want - got == 2 * layers * d_model
    # "Each has d_model": norms=lambda c: 0 →
    return count(sizes, more, norms=lambda c: 0)


@exercise.bug
def last_norm_forgotten(*sizes, **more):
    """The norm after the last block is missing: d_model gains."""
    # "The norm after the last block is missing: d_model gains": want - got == d_model
    # "The norm after the last block is missing": last_norm=lambda c: 0 →
    return count(sizes, more, last_norm=lambda c: 0)


ATTENTION = ("queries", "keys", "values", "output")


@exercise.bug(which=(ATTENTION[:3], ATTENTION[1:3], ATTENTION[::2], ATTENTION))
def biases_in_attention(*sizes, which=ATTENTION[:3], **more):
    """Projections of attention have biases, as in Qwen2 those of queries, keys and values. Here are
    none."""
    # "Projections of attention have biases": got - want == layers * (heads + 2 * kv_heads) *
    #     (d_model // heads)
    # "Here are none": for name in which → for name in ()
    biases = {
        "queries": lambda c: c.heads * c.head_size,
        "keys": lambda c: c.kv_heads * c.head_size,
        "values": lambda c: c.kv_heads * c.head_size,
        "output": lambda c: c.d_model,
    }
    parts = {
        name: lambda c, name=name: LAYER[name](c) + biases[name](c) for name in which
    }
    return count(sizes, more, **parts)


@exercise.bug(last=(True, False))
def norms_with_biases(*sizes, last=True, **more):
    """Each norm has a bias, too, as LayerNorm has. An RMS norm has a gain only."""
    # "Each norm has a bias, too, as LayerNorm has": got - want == (2 * layers + 1) * d_model
    # "An RMS norm has a gain only": 4 * c.d_model → 2 * c.d_model; (1 + last) * → 1 *
    return count(
        sizes,
        more,
        norms=lambda c: 4 * c.d_model,
        last_norm=lambda c: (1 + last) * c.d_model,
    )


@exercise.bug
def qk_norms_for_every_head(*sizes, **more):
    """The norms of queries and keys have gains for every head. All heads share one of head_size,
    for queries and for keys."""
    # "The norms of queries and keys have gains for every head": got - want == layers * (d_model //
    #     heads) * (heads + kv_heads - 2)
    # "All heads share one of head_size, for queries and for keys": (c.heads + c.kv_heads) → 2
    return count(
        sizes, more, qk_norms=lambda c: (c.heads + c.kv_heads) * c.head_size * c.qk_norm
    )


@exercise.bug
def qk_norms_forgotten(*sizes, **more):
    """The norms of queries and keys are missing: two gains of head_size in a layer."""
    # "The norms of queries and keys are missing: two gains of head_size in a layer": want - got ==
    #     2 * layers * (d_model // heads)
    # "The norms of queries and keys are missing": qk_norms=lambda c: 0 →
    return count(sizes, more, qk_norms=lambda c: 0)


@exercise.bug
def tied_the_wrong_way_round(*sizes, **more):
    """One table is counted where the output layer is not the embedding, and two where it is.
    Exchange them: tied, they are one."""
    # "One table is counted where the output layer is not the embedding": want - got == vocab *
    #     d_model
    # "and two where it is": bug(layers, d_model, heads, kv_heads, d_ff, vocab, tied=True) == want
    # "Exchange them: tied, they are one": (2 if c.tied else 1) → (1 if c.tied else 2)
    return count(
        sizes, more, tables=lambda c: c.vocab * c.d_model * (2 if c.tied else 1)
    )


@exercise.bug
def output_as_narrow_as_keys(*sizes, **more):
    """The output projection is counted from kv_heads heads. Each head of queries has a result: it
    is heads * head_size * d_model."""
    # "The output projection is counted from kv_heads heads": want - got == layers * d_model *
    #     (heads - kv_heads) * (d_model // heads)
    # "it is heads * head_size * d_model": c.kv_heads → c.heads
    # "Each head of queries has a result": heads > kv_heads and got < want
    return count(sizes, more, output=lambda c: c.kv_heads * c.head_size * c.d_model)


@exercise.bug(each=(False, True))
def router_of_one_score(*sizes, each=False, **more):
    """The router is counted with d_model weights in all, or with one for each expert. It gives each
    expert a score: d_model weights for each."""
    # "The router is counted with d_model weights in all": want - got == layers * d_model * (experts
    #     - 1)
    # "or with one for each expert": want - bug(layers, d_model, heads, kv_heads, d_ff, vocab,
    #     experts=experts, each=True) == layers * (d_model - 1) * experts
    # "It gives each expert a score: d_model weights for each": router=one →

    def one(c):
        return c.experts or 0 if each else c.d_model * (c.experts is not None)

    return count(sizes, more, router=one)


@exercise.bug
def qk_norms_counted_once(*sizes, **more):
    """The norms of queries and keys are counted once for the whole model. Each layer has its
    own."""
    # "The norms of queries and keys are counted once for the whole model": got == want - (layers -
    #     1) * (got - right(layers, d_model, heads, kv_heads, d_ff, vocab))
    # "Each layer has its own": qk_norms=lambda c: 0 → ; + once → + 0
    c = SimpleNamespace(head_size=None, qk_norm=False)
    vars(c).update(zip(NAMES, sizes, strict=False), **more)
    once = 2 * (c.head_size or c.d_model // c.heads) * c.qk_norm
    return count(sizes, more, qk_norms=lambda c: 0) + once


@exercise.bug
def a_feed_forward_part_beside_experts(*sizes, **more):
    """A feed-forward part for all tokens is counted beside the experts, as a shared one. Here
    experts stand in its place."""
    # "A feed-forward part for all tokens is counted beside the experts": got - want == layers * 3 *
    #     d_model * d_ff
    # "Here experts stand in its place": (c.experts or 0) + 1 → (c.experts or 1)
    return count(
        sizes,
        more,
        feed_forward=lambda c: 3 * c.d_model * c.d_ff * ((c.experts or 0) + 1),
    )
