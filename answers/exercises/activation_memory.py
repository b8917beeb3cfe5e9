"""Practice for question 37: bytes of what a decoder's blocks keep for the backward pass."""

from fractions import Fraction
from types import SimpleNamespace

import numpy as np

from answers.grader.exercise import Exercise
from answers.scale.memory import activation_memory

exercise = Exercise(
    activation_memory,
    page="37-will-it-fit",
    hints=(
        "An operation keeps its inputs. Go through a block: norm, projections to q, k and v, "
        "attention, projection, norm, feed-forward part. What goes into each?",
        "A matrix product of two things that change keeps both. How many numbers a token have "
        "q, k and v, if heads share keys?",
        "Without flash attention each head keeps a weight for each pair of tokens.",
        "With checkpoints: how many blocks have all their activations at the worst moment, and "
        "what do the others keep?",
    ),
)

# Layers, batch, length, width, heads, hidden.
SMALL = 1, 1, 5, 6, 1, 24
SIZES = 3, 2, 11, 24, 6, 96
exercise.case("one block, one sequence", *SMALL)
exercise.case("three blocks, two sequences", *SIZES)
exercise.case("a narrow feed-forward part", 1, 1, 7, 12, 2, 17)
exercise.case("a feed-forward part of another width", 2, 3, 9, 20, 5, 90)
exercise.case("SwiGLU", *SMALL, gated=True)
exercise.case("six heads that share two of keys", *SIZES, kv_heads=2)
exercise.case("one head of keys for all, SwiGLU", *SIZES, kv_heads=1, gated=True)
exercise.case("dropout", *SIZES, dropout=True)
exercise.case("weights of all pairs", *SMALL, flash=False)
exercise.case("weights of all pairs, six heads", *SIZES, flash=False)
exercise.case("weights where heads share keys", *SIZES, kv_heads=2, flash=False)
exercise.case(
    "shared heads, weights and dropout",
    *SIZES,
    kv_heads=2,
    flash=False,
    dropout=True,
)
exercise.case("weights and dropout", *SIZES, flash=False, dropout=True)
exercise.case("checkpoints", *SIZES, checkpoint=True)
exercise.case("a checkpoint of one block", *SMALL, checkpoint=True)
exercise.case("checkpoints and dropout", *SIZES, dropout=True, checkpoint=True)
exercise.case("checkpoints and weights", *SIZES, flash=False, checkpoint=True)
exercise.case(
    "five blocks with everything", 5, 3, 13, 32, 8, 70, 4, True, False, True, True
)
exercise.case(
    "as many heads of keys",
    *SIZES,
    kv_heads=6,
    gated=False,
    flash=True,
    dropout=False,
    checkpoint=False,
)
exercise.case(
    "a block of the paper", 1, 1, 2048, 4096, 32, 16384, flash=False, dropout=True
)
exercise.case("Llama 7B", 32, 4, 2048, 4096, 32, 11008, gated=True)
exercise.case(
    "Llama 3 70B", 80, 1, 8192, 8192, 64, 28672, 8, gated=True, checkpoint=True
)
exercise.case("a long sequence", 24, 1, 32_768, 2048, 16, 8192, flash=False)
exercise.case(
    "integers of NumPy", *(np.int32(each) for each in (32, 4, 8192, 4096, 32, 16384))
)
NAMES = (
    *("layers", "batch", "length", "width", "heads", "hidden"),
    *("kv_heads", "gated", "flash", "dropout", "checkpoint"),
)
FREE = {"kv_heads": None, "gated": False, "flash": True, "dropout": False}

# Numbers of 2 bytes that a token has in a block.
NUMBERS = {
    "norms": lambda c: 2 * c.width,
    "sublayers": lambda c: 2 * c.width,
    "queries": lambda c: c.width,
    "keys": lambda c: c.width // c.heads * c.kv_heads,
    "values": lambda c: c.width // c.heads * c.kv_heads,
    "output": lambda c: c.width,
    "feed_forward": lambda c: (4 if c.gated else 2) * c.hidden,
}
# Bytes of a token besides.
BYTES = {
    "masks": lambda c: 2 * c.width * c.dropout,
    "weights": lambda c: 0 if c.flash else c.heads * c.length * (5 if c.dropout else 2),
}


def together(c, block):
    """Bytes of all blocks, each of which has so many if it keeps all."""
    kept = 2 * c.width * c.batch * c.length
    return block + (c.layers - 1) * (kept if c.checkpoint else block)


def count(sizes, more, together=together, **changed):
    """The bytes, where some parts are counted otherwise."""
    c = SimpleNamespace(**FREE, checkpoint=False)
    vars(c).update(zip(NAMES, sizes, strict=False), **more)
    for name in NAMES[:6]:
        setattr(c, name, int(getattr(c, name)))
    c.kv_heads = int(c.kv_heads or c.heads)
    token = 2 * sum(changed.get(name, part)(c) for name, part in NUMBERS.items())
    token += sum(changed.get(name, part)(c) for name, part in BYTES.items())
    return together(c, c.batch * c.length * token)


@exercise.bug
def inputs_of_norms_forgotten(*sizes, **more):
    """The inputs of the two norms, or their outputs, are missing. Norms keep the former, the
    projections after them the latter: 4 * width numbers a token together."""
    # "The inputs of the two norms, or their outputs, are missing": want - got == layers * batch *
    #     length * 2 * 2 * width
    # "Norms keep the former, the projections after them the latter: 4 * width numbers a token
    #     together": norms=lambda c: 0 →
    return count(sizes, more, norms=lambda c: 0)


@exercise.bug
def three_inputs_of_projections(*sizes, **more):
    """The input of q, k and v is counted three times. All three read the same array."""
    # "The input of q, k and v is counted three times": got - want == layers * batch * length * 2 *
    #     2 * width
    # "All three read the same array": 4 * c.width → 2 * c.width
    return count(sizes, more, sublayers=lambda c: 4 * c.width)


@exercise.bug
def one_array_forgotten(*sizes, **more):
    """One array of width numbers a token is missing. Four are kept around norms and sublayers, one
    more is what attention returns."""
    # "One array of width numbers a token is missing": want - got == layers * batch * length * 2 *
    #     width
    # "one more is what attention returns": output=lambda c: 0 →
    return count(sizes, more, output=lambda c: 0)


@exercise.bug
def keys_for_every_head(*sizes, **more):
    """Keys and values are counted for every head of queries. They have kv_heads heads."""
    # "Keys and values are counted for every head of queries": got == right(layers, batch, length,
    #     width, heads, hidden)
    # "They have kv_heads heads": c.width → c.width // c.heads * c.kv_heads

    def full(c):
        return c.width

    return count(sizes, more, keys=full, values=full)


@exercise.bug
def only_keys_or_values(*sizes, **more):
    """Keys or values are counted, not both. Each is an input of attention."""
    # "Keys or values are counted, not both": want - got == layers * batch * length * 2 * width
    # "Each is an input of attention": values=lambda c: 0 →
    return count(sizes, more, values=lambda c: 0)


@exercise.bug
def queries_as_few_as_keys(*sizes, **more):
    """Queries are counted with kv_heads heads, as keys are. They have all heads: width numbers a
    token."""
    # "Queries are counted with kv_heads heads, as keys are": want - got == layers * batch * length
    #     * 2 * (width - width // heads * 2)
    # "They have all heads: width numbers a token": c.width // c.heads * c.kv_heads → c.width
    return count(sizes, more, queries=lambda c: c.width // c.heads * c.kv_heads)


@exercise.bug
def before_the_activation_alone(*sizes, **more):
    """The feed-forward part keeps one array of the hidden width. The activation keeps its input,
    and the last matrix the activation's output."""
    # "The feed-forward part keeps one array of the hidden width": want - got == layers * batch *
    #     length * 2 * hidden
    # "The activation keeps its input, and the last matrix the activation's output": (3 if c.gated
    #     else 1) → (4 if c.gated else 2)
    return count(sizes, more, feed_forward=lambda c: (3 if c.gated else 1) * c.hidden)


@exercise.bug(arrays=(2, 3))
def swiglu_as_gelu(*sizes, arrays=3, **more):
    """SwiGLU keeps four arrays of the hidden width, and fewer are counted: gate, silu(gate), up,
    and the product that the last matrix reads."""
    # "SwiGLU keeps four arrays of the hidden width, and fewer are counted": (want - got) % (layers
    #     * batch * length * 2 * hidden) == 0 and want > got
    # "gate, silu(gate), up, and the product that the last matrix reads": (arrays if → (4 if
    return count(
        sizes, more, feed_forward=lambda c: (arrays if c.gated else 2) * c.hidden
    )


@exercise.bug
def hidden_is_4_width(*sizes, **more):
    """The hidden width is taken to be 4 * width, whatever `hidden` says. Llama's is not."""
    # "The hidden width is taken to be 4 * width, whatever `hidden` says": hidden != 4 * width and
    #     got == right(layers, batch, length, width, heads, 4 * width)
    # "The hidden width is taken to be 4 * width": 4 * c.width → c.hidden
    return count(
        sizes, more, feed_forward=lambda c: (4 if c.gated else 2) * 4 * c.width
    )


@exercise.bug
def weights_with_flash(*sizes, **more):
    """Weights of all pairs are counted with flash attention, too. It keeps none and computes them
    again."""
    # "Weights of all pairs are counted with flash attention, too": got - want == layers * batch *
    #     length**2 * heads * 2
    # "It keeps none and computes them again": c.heads * c.length * (5 if c.dropout else 2) → (0 if
    #     c.flash else c.heads * c.length * (5 if c.dropout else 2))
    return count(
        sizes, more, weights=lambda c: c.heads * c.length * (5 if c.dropout else 2)
    )


@exercise.bug(dropped=(7, 5))
def scores_beside_weights(*sizes, dropped=7, **more):
    """Scores are counted beside the weights. The backward pass of softmax needs the weights
    alone."""
    # "Scores are counted beside the weights": got - want == layers * batch * length**2 * heads * 2
    # "The backward pass of softmax needs the weights alone": (dropped if c.dropout else 4) → (5
    #     if c.dropout else 2)
    return count(
        sizes,
        more,
        weights=lambda c: (
            0 if c.flash else c.heads * c.length * (dropped if c.dropout else 4)
        ),
    )


@exercise.bug
def weights_of_one_sequence(*sizes, **more):
    """Weights of pairs are counted for one sequence. Each of the batch has its own."""
    # "Weights of pairs are counted for one sequence": want - got == layers * (batch - 1) *
    #     length**2 * heads * 2
    # "Each of the batch has its own": each, c.batch) → each, 1)

    def once(c):
        each = 5 if c.dropout else 2
        return 0 if c.flash else Fraction(c.heads * c.length * each, c.batch)

    return int(count(sizes, more, weights=once))


@exercise.bug
def no_weights(*sizes, **more):
    """Weights of pairs are never counted. Without flash attention each head keeps length for every
    token."""
    # "Weights of pairs are never counted": want - got == layers * batch * length**2 * heads * 2
    # "Without flash attention each head keeps length for every token": weights=lambda c: 0 →
    return count(sizes, more, weights=lambda c: 0)


@exercise.bug
def causal_half(*sizes, **more):
    """Only pairs below the diagonal are counted. The array has all: the mask hides weights, and
    does not shorten it."""
    # "Only pairs below the diagonal are counted": want - got == batch * heads * length * (length -
    #     1)
    # "The array has all": c.heads * (c.length + 1) * each // 2 → c.heads * c.length * each

    def half(c):
        each = 5 if c.dropout else 2
        return 0 if c.flash else c.heads * (c.length + 1) * each // 2

    return count(sizes, more, weights=half)


@exercise.bug
def one_head_of_weights(*sizes, **more):
    """Weights of pairs are counted once. Each head has its own."""
    # "Weights of pairs are counted once": want - got == layers * batch * length**2 * (heads - 1) *
    #     2
    # "Each head has its own": c.length * (5 → c.heads * c.length * (5
    return count(
        sizes,
        more,
        weights=lambda c: 0 if c.flash else c.length * (5 if c.dropout else 2),
    )


@exercise.bug(each=(2, 3, 4))
def dropped_weights_forgotten(*sizes, each=3, **more):
    """With dropout a pair has 5 bytes: its weight, a mask of 1 byte, and the weight after dropout,
    which multiplies the values. Some are missing."""
    # "With dropout a pair has 5 bytes: its weight, a mask of 1 byte, and the weight after dropout,
    #     which multiplies the values": want > got and (want - got) % (layers * batch * length**2 *
    #     heads) == 0
    # "Some are missing": (each if → (5 if
    return count(
        sizes,
        more,
        weights=lambda c: (
            0 if c.flash else c.heads * c.length * (each if c.dropout else 2)
        ),
    )


@exercise.bug
def masks_of_two_bytes(*sizes, **more):
    """Masks of dropout have 2 bytes an entry here. An entry is one of two values: 1 byte."""
    # "Masks of dropout have 2 bytes an entry here": got - want == layers * batch * length * 2 *
    #     width
    # "An entry is one of two values: 1 byte": 4 * c.width → 2 * c.width
    return count(sizes, more, masks=lambda c: 4 * c.width * c.dropout)


@exercise.bug
def one_mask(*sizes, **more):
    """One mask is counted. Attention and the feed-forward part both end in dropout."""
    # "One mask is counted": want - got == layers * batch * length * width
    # "Attention and the feed-forward part both end in dropout": lambda c: c.width → lambda c: 2 *
    #     c.width
    return count(sizes, more, masks=lambda c: c.width * c.dropout)


@exercise.bug
def weights_of_shared_heads(*sizes, **more):
    """Weights of pairs are counted for kv_heads heads. Every head of queries has its own."""
    # "Weights of pairs are counted for kv_heads heads": want - got == layers * batch * length**2 *
    #     2 * (heads - kv_heads)
    # "Every head of queries has its own": c.kv_heads * c.length → c.heads * c.length
    return count(
        sizes,
        more,
        weights=lambda c: (
            0 if c.flash else c.kv_heads * c.length * (5 if c.dropout else 2)
        ),
    )


@exercise.bug
def mask_beside_flash(*sizes, **more):
    """With dropout flash attention keeps a mask of pairs here. It keeps none: it draws the same
    numbers again."""
    # "With dropout flash attention keeps a mask of pairs here": got - want == layers * batch *
    #     length**2 * heads
    # "It keeps none": c.dropout * c.heads → 0 * c.heads
    return count(
        sizes,
        more,
        weights=lambda c: (
            c.length * c.dropout * c.heads
            if c.flash
            else c.heads * c.length * (5 if c.dropout else 2)
        ),
    )


@exercise.bug
def no_masks(*sizes, **more):
    """Masks of dropout are not counted. Each sublayer ends in one, of 1 byte an entry."""
    # "Masks of dropout are not counted": want - got == layers * batch * length * 2 * width
    # "Each sublayer ends in one, of 1 byte an entry": masks=lambda c: 0 →
    return count(sizes, more, masks=lambda c: 0)


@exercise.bug
def inputs_of_blocks_alone(*sizes, **more):
    """With checkpoints only the blocks' inputs are counted. The block that is run again has all its
    activations, too."""
    # "With checkpoints only the blocks' inputs are counted": got == layers * batch * length * 2 *
    #     width
    # "The block that is run again has all its activations, too": c.layers * kept → block +
    #     (c.layers - 1) * kept

    def inputs(c, block):
        kept = 2 * c.width * c.batch * c.length
        return c.layers * kept if c.checkpoint else c.layers * block

    return count(sizes, more, together=inputs)


@exercise.bug
def input_counted_twice(*sizes, **more):
    """The input of the block that is run again is counted twice. It is among its activations: the
    others are layers - 1."""
    # "The input of the block that is run again is counted twice": got - want == batch * length * 2
    #     * width
    # "It is among its activations: the others are layers - 1": c.layers * kept → (c.layers - 1) *
    #     kept

    def all_inputs(c, block):
        kept = 2 * c.width * c.batch * c.length
        return block + c.layers * kept if c.checkpoint else c.layers * block

    return count(sizes, more, together=all_inputs)


@exercise.bug
def checkpoint_ignored(*sizes, **more):
    """Checkpoints change nothing. All blocks but one keep their inputs alone."""
    # "Checkpoints change nothing": got == right(layers, batch, length, width, heads, hidden)
    # "All blocks but one keep their inputs alone": c.layers * block → block + (c.layers - 1) * (2 *
    #     c.width * c.batch * c.length if c.checkpoint else block)
    return count(sizes, more, together=lambda c, block: c.layers * block)


@exercise.bug
def selective_checkpoints(*sizes, **more):
    """A checkpoint drops the weights of pairs alone, as selective recomputation does. Here a block
    keeps its input and nothing else."""
    # "A checkpoint drops the weights of pairs alone, as selective recomputation does": got ==
    #     right(layers, batch, length, width, heads, hidden)
    # "Here a block keeps its input and nothing else": named['flash'] = True → pass;
    #     'checkpoint': False → 'checkpoint': asked
    asked = dict(zip(NAMES, sizes, strict=False), **more).get("checkpoint", False)
    named = dict(zip(NAMES, sizes, strict=False), **more)
    if asked:
        named["flash"] = True
    return count((), {**named, "checkpoint": False})


@exercise.bug
def two_blocks_run_again(*sizes, **more):
    """With checkpoints two blocks have all their activations. Each is run again when its backward
    pass comes, and then let go: one."""
    # "With checkpoints two blocks have all their activations": got - want == (want - (layers - 1) *
    #     batch * length * 2 * width) - batch * length * 2 * width
    # "Each is run again when its backward pass comes, and then let go: one": min(2, c.layers) → 1

    def two(c, block):
        kept = 2 * c.width * c.batch * c.length
        full = min(2, c.layers) if c.checkpoint else c.layers
        return full * block + (c.layers - full) * kept

    return count(sizes, more, together=two)


@exercise.bug
def one_sequence(*sizes, **more):
    """One sequence is counted. All of the batch wait for the backward pass."""
    # "One sequence is counted": got * batch == want and batch > 1
    # "All of the batch wait for the backward pass": // c.batch → // 1
    return count(sizes, more, together=lambda c, block: together(c, block) // c.batch)


@exercise.bug
def one_block(*sizes, **more):
    """One block is counted. All keep their activations until the backward pass reaches them."""
    # "One block is counted": got * layers == want
    # "All keep their activations until the backward pass reaches them": together=lambda c, block:
    #     block →
    return count(sizes, more, together=lambda c, block: block)


@exercise.bug
def four_bytes_each(*sizes, **more):
    """Numbers have 4 bytes, as in float32. Here they have 2."""
    # "Numbers have 4 bytes, as in float32": got == 2 * want
    # "Here they have 2": 2 * count(sizes, more) → count(sizes, more)
    return 2 * count(sizes, more)


@exercise.bug
def numbers_not_bytes(*sizes, **more):
    """This is half of it: numbers are counted, not bytes. Each has 2."""
    # "This is half of it: numbers are counted, not bytes": 2 * got == want
    # "Each has 2": count(sizes, more) // 2 → count(sizes, more)
    return count(sizes, more) // 2


@exercise.bug
def wraps_around(*sizes, **more):
    """The number wraps around at 2**31, as integers of four bytes do. Count in Python's
    integers."""
    # "The number wraps around at 2**31": got < want and (want - got) % 2**32 == 0
    # "Count in Python's integers": (count(sizes, more) + 2 ** 31) % 2 ** 32 - 2 ** 31 →
    #     count(sizes, more)
    return (count(sizes, more) + 2**31) % 2**32 - 2**31


@exercise.bug
def integers_too_narrow(*sizes, **more):
    """A product of NumPy's integers overflows. Make Python's of them first."""
    # "A product of NumPy's integers overflows": isinstance(layers, np.int32) and (want - got) %
    #     2**32 == 0 < want - got
    # "Make Python's of them first": isinstance(sizes[0], np.int32) → False
    narrow = isinstance(sizes[0], np.int32)
    return wraps_around(*sizes, **more) if narrow else count(sizes, more)
