"""Practice for question 9: self-attention by several heads."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.transformers.attention import (
    attend,
    causal_mask,
    merge_heads,
    multi_head_attention,
    split_heads,
)

exercise = Exercise(
    multi_head_attention,
    page="09-attention",
    hints=(
        "Write the shapes first: (time, d_model) becomes (time, heads d), then (heads, time, d). "
        "Attention then runs on each head as if heads were a batch.",
        "Head 0 owns the first d columns of a projection. `reshape(..., time, heads, d)` cuts "
        "each position's vector, and only then may time and heads change places.",
        "Merging is splitting backwards: swap the axes first, reshape after. A reshape alone "
        "also gives the right shape, with the wrong numbers.",
        "A mask has no axis for heads. With a batch of masks, give it one before the last two "
        "axes, or its batch will be taken for the heads.",
    ),
)

rng = np.random.default_rng(10)
SIZES = {"x": (5, 7), "w_q": (7, 6), "w_k": (7, 6), "w_v": (7, 8), "w_o": (8, 3)}
X, *WEIGHTS = (rng.normal(size=size) for size in SIZES.values())
SQUARE = [rng.normal(size=size) for size in [(5, 6)] + 4 * [(6, 6)]]
BATCH, DEEP = rng.normal(size=(2, 5, 7)), rng.normal(size=(3, 2, 5, 7))
EVEN = [rng.normal(size=size) for size in [(4, 4)] + 4 * [(4, 4)]]
EACH = np.stack([causal_mask(5), causal_mask(5)[::-1, ::-1]])
THREE = [rng.normal(size=size) for size in [(7, 6), (7, 6), (7, 9), (9, 4)]]

exercise.case("one head", X, *WEIGHTS, 1)
exercise.case("two heads, every width another", X, *WEIGHTS, 2)
exercise.case("three heads, all widths 6", *SQUARE, 3)
exercise.case("four heads of one feature each, four positions", *EVEN, 4)
exercise.case("a batch of 2", BATCH, *WEIGHTS, 2)
exercise.case("two leading axes", DEEP, *THREE, 3)
exercise.case("a causal mask", X, *WEIGHTS, 2, causal_mask(5))
exercise.case("one mask for a batch", BATCH, *WEIGHTS, 2, causal_mask(5))
exercise.case("2 heads, a mask for each example", BATCH, *WEIGHTS, 2, EACH)
exercise.case("3 heads, a mask for each of 2 examples", BATCH, *THREE, 3, EACH)
exercise.case("scores in the thousands", 100 * X, *WEIGHTS, 2)
FIRST = np.array([[100.0], [1.0], [1.0], [1.0], [1.0]])
exercise.case("one position 100 times as large", FIRST * X, *WEIGHTS, 2)
exercise.case("float32", *(a.astype(np.float32) for a in (X, *WEIGHTS)), 2)
whole = [rng.integers(-3, 4, size=size) for size in SIZES.values()]
add_whole_numbers(exercise, *whole, 2)
exercise.case("padding, the same for every query", BATCH, *WEIGHTS, 2, EACH[:, 2:3])
exercise.case("three leading axes", DEEP[None], *THREE, 3)
exercise.long_case(
    *(rng.normal(size=size) for size in [(3, 402), *[(402, 2)] * 3, (2, 3)]), heads=2
)


def scores(q, k, mask, scale=None):
    s = q @ k.swapaxes(-1, -2) / (scale or q.shape[-1] ** 0.5)
    return s if mask is None else np.where(mask, s, -np.inf)


def softmax(s, axis=-1):
    powers = np.exp(s - s.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def mix(arrays, heads, mask, split=split_heads, merge=merge_heads, attend=attend):
    """The reference, with a step of another kind."""
    x, w_q, w_k, w_v, w_o = arrays
    q, k, v = (split(x @ w, heads) for w in (w_q, w_k, w_v))
    shared = None if mask is None else mask[..., None, :, :]
    return merge(attend(q, k, v, shared)) @ w_o


def scaled(d):
    """Attention with scores divided by √d instead."""
    return lambda q, k, v, mask: softmax(scores(q, k, mask, d**0.5)) @ v


def cut_without_transpose(x, heads):
    *batch, t, width = x.shape
    return x.reshape(*batch, heads, t, width // heads)


def join_without_transpose(x):
    *batch, heads, t, d = x.shape
    return x.reshape(*batch, t, heads * d)


def deal(x, heads):
    """Every `heads`-th column to a head."""
    *batch, t, width = x.shape
    return np.moveaxis(x.reshape(*batch, t, width // heads, heads), -1, -3)


def collect(x):
    *batch, heads, t, d = x.shape
    return np.moveaxis(x, -3, -1).reshape(*batch, t, heads * d)


@exercise.bug
def not_scaled(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The scores are not divided by √d, where d is the width of one head. Without it the weights
    are too sharp."""
    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=scaled(1))


@exercise.bug(width=("all heads", "the input"))
def scaled_by_the_model(x, w_q, w_k, w_v, w_o, heads, mask=None, width="all heads"):
    """The scores are divided by √d_model, or by the width of all heads together. Each score is a
    dot product within one head: divide by √(width / heads)."""
    d = w_q.shape[1] if width == "all heads" else x.shape[-1]
    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=scaled(d))


@exercise.bug
def scaled_by_dv(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The scores are divided by the square root of the width of the values. They are sums over
    the features of queries and keys."""
    d = w_v.shape[1] / heads
    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=scaled(d))


@exercise.bug
def heads_ignored(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """All the width is one head. Split it: each head has scores and weights of its own."""
    return multi_head_attention(x, w_q, w_k, w_v, w_o, 1, mask)


@exercise.bug(merge=(join_without_transpose, merge_heads))
def split_without_transpose(x, w_q, w_k, w_v, w_o, heads, mask=None, merge=merge_heads):
    """A reshape to (heads, time, d) deals out positions, not features: a head gets whole vectors of
    some positions. Reshape to (time, heads, d), then swap the two."""
    arrays = x, w_q, w_k, w_v, w_o
    return mix(arrays, heads, mask, split=cut_without_transpose, merge=merge)


@exercise.bug
def merged_without_transpose(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The heads are merged by a reshape alone, so a row mixes several positions of one head. Swap
    heads and time back first."""
    arrays = x, w_q, w_k, w_v, w_o
    return mix(arrays, heads, mask, merge=join_without_transpose)


@exercise.bug(merge=(collect, merge_heads))
def heads_interleaved(x, w_q, w_k, w_v, w_o, heads, mask=None, merge=collect):
    """Every head gets each h-th column, because of a reshape to (d, heads). Head 0 owns the first d
    columns: reshape to (heads, d)."""
    arrays = x, w_q, w_k, w_v, w_o
    return mix(arrays, heads, mask, split=deal, merge=merge)


@exercise.bug
def merged_interleaved(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The merged vector alternates between heads. Put all features of head 0 first, then those of
    head 1: its rows of `w_o` stand in that order."""
    return mix((x, w_q, w_k, w_v, w_o), heads, mask, merge=collect)


@exercise.bug(how=(np.mean, np.sum))
def heads_averaged(x, w_q, w_k, w_v, w_o, heads, mask=None, how=np.mean):
    """What the heads found is added up or averaged. Put it side by side, and let `w_o` mix it."""
    arrays = x, w_q, w_k, w_v, w_o
    return mix(arrays, heads, mask, merge=lambda found: how(found, axis=-3))


@exercise.bug
def no_output_projection(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The merged heads are returned as they are. Multiply by `w_o`, which mixes them."""
    return multi_head_attention(x, w_q, w_k, w_v, np.eye(w_v.shape[1]), heads, mask)


@exercise.bug
def weights_transposed(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The inputs are multiplied by the transposed weights, as `nn.Linear` stores them; that fits
    only if they are square. Here inputs run along the rows: `x @ w_q`."""
    return mix((x, w_q.T, w_k.T, w_v.T, w_o.T), heads, mask)


@exercise.bug
def keys_share_the_queries_weights(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """Queries and keys come from the same projection, so every score is symmetric. Project keys by
    `w_k`."""
    return multi_head_attention(x, w_q, w_q, w_v, w_o, heads, mask)


@exercise.bug
def queries_and_keys_swapped(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """Queries come from `w_k` and keys from `w_q`, which transposes the scores. Rows belong to
    `x @ w_q`."""
    return multi_head_attention(x, w_k, w_q, w_v, w_o, heads, mask)


@exercise.bug
def softmax_over_queries(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The softmax runs over the queries. Each query's weights must sum to 1 over the keys, which
    are the last axis."""

    def over_queries(q, k, v, mask):
        return softmax(scores(q, k, mask), axis=-2) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=over_queries)


@exercise.bug
def softmax_over_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The softmax runs over the heads, because the axes are not where they are thought to be. It
    belongs along the keys, the last axis."""

    def over_heads(q, k, v, mask):
        return softmax(scores(q, k, mask), axis=-3) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=over_heads)


@exercise.bug
def mask_ignored(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The mask is not used. Hand it to the attention of every head."""
    return multi_head_attention(x, w_q, w_k, w_v, w_o, heads)


@exercise.bug
def polarity_inverted(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The mask is taken as True = hide, as in `nn.MultiheadAttention`. Here True means that a
    position may look."""

    def inverted(q, k, v, mask):
        return softmax(scores(q, k, None if mask is None else ~mask)) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=inverted)


@exercise.bug
def mask_after_softmax(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The mask comes after the softmax, so the weights that remain no longer sum to 1. Set hidden
    scores to -inf before it."""

    def late(q, k, v, mask):
        weights = softmax(scores(q, k, None))
        return (weights if mask is None else weights * mask) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=late)


@exercise.bug
def batch_of_masks_taken_for_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """A mask for each example meets the axis of the heads, and where there are as many heads as
    examples nothing is raised. Give it an axis for heads: `mask[..., None, :, :]`."""

    def unshared(q, k, v, _):
        return softmax(scores(q, k, mask)) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=unshared)


@exercise.bug
def no_maximum(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """exp overflows on large scores, and inf/inf is nan. Subtract each row's maximum first."""

    def plain(q, k, v, mask):
        powers = np.exp(scores(q, k, mask))
        return powers / powers.sum(axis=-1, keepdims=True) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=plain)
