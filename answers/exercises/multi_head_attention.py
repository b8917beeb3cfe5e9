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
exercise.case("hidden scores far above", 2e2 * X, *WEIGHTS, 2, causal_mask(5))
exercise.case("float32", *(a.astype(np.float32) for a in (X, *WEIGHTS)), 2)
whole = [rng.integers(-3, 4, size=size) for size in SIZES.values()]
add_whole_numbers(exercise, *whole, 2, factor=1009)
exercise.case("padding, the same for every query", BATCH, *WEIGHTS, 2, EACH[:, 2:3])
exercise.case("three leading axes", DEEP[None], *THREE, 3)


def scores(q, k, mask, scale=None):
    s = q @ k.swapaxes(-1, -2) / (scale or q.shape[-1] ** 0.5)
    return s if mask is None else np.where(mask, s, -np.inf)


def softmax(s, axis=-1):
    powers = np.exp(s - s.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def mix(arrays, heads, mask, split=split_heads, merge=merge_heads, attend=attend):
    """The reference, with a step of another kind."""
    x, w_q, w_k, w_v, w_o = (np.asarray(each, float) for each in arrays)
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
    # "The scores are not divided by √d, where d is the width of one head": np.allclose(got,
    #     right(x, w_q * (w_q.shape[1] / heads) ** 0.5, w_k, w_v, w_o, heads))
    # "divided by √d, where d is the width of one head": scaled(1) → scaled(w_q.shape[1] /
    #     heads)
    # "Without it the weights are too sharp": softmax(scores(x, x, None, 1)).max() >
    #     softmax(scores(x, x, None)).max() and not np.allclose(got, want)
    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=scaled(1))


@exercise.bug(width=("all heads", "the input"))
def scaled_by_the_model(x, w_q, w_k, w_v, w_o, heads, mask=None, width="all heads"):
    """The scores are divided by √d_model, or by the width of all heads together. Each score is a
    dot product within one head: divide by √(width / heads)."""
    # "or by the width of all heads together": np.allclose(got, right(x, w_q / heads ** 0.5,
    #     w_k, w_v, w_o, heads))
    # "Each score is a dot product within one head: divide by √(width / heads)": scaled(d) →
    #     scaled(w_q.shape[1] / heads)
    d = w_q.shape[1] if width == "all heads" else x.shape[-1]
    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=scaled(d))


@exercise.bug
def scaled_by_dv(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The scores are divided by the square root of the width of the values. They are sums over
    the features of queries and keys."""
    # "The scores are divided by the square root of the width of the values": np.allclose(got,
    #     right(x, w_q * (w_q.shape[1] / w_v.shape[1]) ** 0.5, w_k, w_v, w_o, heads))
    # "They are sums over the features of queries and keys": w_v.shape[1] → w_q.shape[1]
    d = w_v.shape[1] / heads
    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=scaled(d))


@exercise.bug
def heads_ignored(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """All the width is one head. Split it: each head has scores and weights of its own."""
    # "All the width is one head": np.array_equal(got, bug(x, w_q, w_k, w_v, w_o, heads=1))
    # "Split it: each head has scores and weights of its own": w_o, 1, mask → w_o, heads, mask
    return multi_head_attention(x, w_q, w_k, w_v, w_o, 1, mask)


@exercise.bug(merge=(join_without_transpose, merge_heads))
def split_without_transpose(x, w_q, w_k, w_v, w_o, heads, mask=None, merge=merge_heads):
    """A reshape to (heads, time, d) deals out positions, not features: a head gets whole vectors of
    some positions. Reshape to (time, heads, d), then swap the two."""
    # "A reshape to (heads, time, d) deals out positions, not features: a head gets whole
    #     vectors of some positions": cut_without_transpose(np.arange(8).reshape(4, 2),
    #     2)[0].tolist() == [[0], [1], [2], [3]] and not np.allclose(got, want)
    # "Reshape to (time, heads, d), then swap the two": split=cut_without_transpose, merge=merge
    #     → split=lambda x, heads: x.reshape(*x.shape[:-1], heads, -1).swapaxes(-2, -3),
    #     merge=merge_heads
    arrays = x, w_q, w_k, w_v, w_o
    return mix(arrays, heads, mask, split=cut_without_transpose, merge=merge)


@exercise.bug
def merged_without_transpose(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The heads are merged by a reshape alone, so a row mixes several positions of one head. Swap
    heads and time back first."""
    # "The heads are merged by a reshape alone, so a row mixes several positions of one head":
    #     join_without_transpose(np.array([[[0], [1]], [[10], [11]]]))[0].tolist() == [0, 1] and not
    #     np.allclose(got, want)
    # "Swap heads and time back first": merge=join_without_transpose → merge=lambda x:
    #     x.swapaxes(-2, -3).reshape(*x.shape[:-3], x.shape[-2], -1)
    arrays = x, w_q, w_k, w_v, w_o
    return mix(arrays, heads, mask, merge=join_without_transpose)


@exercise.bug(merge=(collect, merge_heads))
def heads_interleaved(x, w_q, w_k, w_v, w_o, heads, mask=None, merge=collect):
    """Every head gets each h-th column, because of a reshape to (d, heads). Head 0 owns the first d
    columns: reshape to (heads, d)."""
    # "Every head gets each h-th column, because of a reshape to (d, heads)":
    #     deal(np.arange(4)[None], 2)[0].tolist() == [[0, 2]] and not np.allclose(got, want)
    # "Head 0 owns the first d columns: reshape to (heads, d)": split=deal → split=lambda x,
    #     heads: x.reshape(*x.shape[:-1], heads, -1).swapaxes(-2, -3); merge=merge →
    #     merge=merge_heads
    arrays = x, w_q, w_k, w_v, w_o
    return mix(arrays, heads, mask, split=deal, merge=merge)


@exercise.bug
def merged_interleaved(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The merged vector alternates between heads. Put all features of head 0 first, then those of
    head 1: its rows of `w_o` stand in that order."""
    # "The merged vector alternates between heads": collect(np.array([[[0, 1]], [[10,
    #     11]]])).tolist() == [[0, 10, 1, 11]] and not np.allclose(got, want)
    # "Put all features of head 0 first, then those of head 1: its rows of `w_o` stand in that
    #     order": w_o), heads, mask, merge=collect → w_o), heads, mask, merge=lambda found:
    #     np.concatenate(list(np.moveaxis(found, -3, 0)), axis=-1)
    return mix((x, w_q, w_k, w_v, w_o), heads, mask, merge=collect)


@exercise.bug(of=("the keys", "the input"))
def one_width_for_all(x, w_q, w_k, w_v, w_o, heads, mask=None, of="the keys"):
    """A reshape takes the width of the keys or of x for another one: the values may be wider. Take
    each width from its own projection."""
    # "A reshape takes the width of the keys or of x for another one": isinstance(got, ValueError)
    #     and w_v.shape[1] != w_q.shape[1] and np.allclose(bug(x, w_q, w_k, w_v[:, :6], w_o[:6],
    #     heads), right(x, w_q, w_k, w_v[:, :6], w_o[:6], heads))
    # "Take each width from its own projection": heads, d) → heads, z.shape[-1] // heads)
    d = (w_k if of == "the keys" else x).shape[-1] // heads

    def in_one_width(z, heads):
        return z.reshape(*z.shape[:-1], heads, d).swapaxes(-2, -3)

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, split=in_one_width)


@exercise.bug(of=("the values", "x"))
def found_in_integers(x, w_q, w_k, w_v, w_o, heads, mask=None, of="the values"):
    """What the heads find is written into an array of integers, as `np.zeros_like` of integers
    makes one, and loses its fractions. Make it an array of floats."""
    # "and loses its fractions": np.array_equal(got, np.rint(got)) and (want != np.rint(want)).any()
    # "Make it an array of floats": .astype(kind) → .astype(float)
    kind = np.result_type(x, w_v) if of == "the values" else x.dtype

    def cut_off(q, k, v, mask):
        return attend(q, k, v, mask).astype(kind) * 1.0

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=cut_off)


@exercise.bug(how=(np.mean, np.sum))
def heads_averaged(x, w_q, w_k, w_v, w_o, heads, mask=None, how=np.mean):
    """What the heads found is added up or averaged. Put it side by side, and let `w_o` mix it."""
    # "What the heads found is added up or averaged": isinstance(got, ValueError) and
    #     np.allclose(bug(x, w_q, w_k, w_v, w_o[::2], heads), (bug(x, w_q, w_k, w_v, w_o[::2],
    #     heads, how=np.sum)) / 2)
    # "Put it side by side, and let `w_o` mix it": arrays, heads, mask, merge=lambda found:
    #     how(found, axis=-3) → (*arrays[:-1], w_o), heads, mask, merge=lambda found:
    #     np.concatenate(list(np.moveaxis(found, -3, 0)), axis=-1)
    arrays = x, w_q, w_k, w_v, w_o
    return mix(arrays, heads, mask, merge=lambda found: how(found, axis=-3))


@exercise.bug
def no_output_projection(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The merged heads are returned as they are. Multiply by `w_o`, which mixes them."""
    # "The merged heads are returned as they are": np.allclose(got @ w_o, want)
    # "Multiply by `w_o`, which mixes them": np.eye(w_v.shape[1]) → np.eye(w_v.shape[1]) @ w_o
    return multi_head_attention(x, w_q, w_k, w_v, np.eye(w_v.shape[1]), heads, mask)


@exercise.bug
def weights_transposed(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The inputs are multiplied by the transposed weights, as `nn.Linear` stores them; that fits
    only if they are square. Here inputs run along the rows: `x @ w_q`."""
    # "that fits only if they are square": isinstance(got, ValueError) and w_q.shape[0] !=
    #     w_q.shape[1]
    # "Here inputs run along the rows": (x, w_q.T, w_k.T, w_v.T, w_o.T) → (x, w_q, w_k, w_v,
    #     w_o)
    # "The inputs are multiplied by the transposed weights": isinstance(got, ValueError) and
    #     np.allclose(bug(np.eye(3), *[np.arange(9.0).reshape(3, 3)] * 4, 1), right(np.eye(3),
    #     *[np.arange(9.0).reshape(3, 3).T] * 4, 1))
    return mix((x, w_q.T, w_k.T, w_v.T, w_o.T), heads, mask)


@exercise.bug
def keys_share_the_queries_weights(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """Queries and keys come from the same projection, so every score is symmetric. Project keys by
    `w_k`."""
    # "Queries and keys come from the same projection": np.array_equal(got, bug(x, w_q, 0 * w_k,
    #     w_v, w_o, heads))
    # "Project keys by `w_k`": x, w_q, w_q, → x, w_q, w_k,
    return multi_head_attention(x, w_q, w_q, w_v, w_o, heads, mask)


@exercise.bug
def queries_and_keys_swapped(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """Queries come from `w_k` and keys from `w_q`, which transposes the scores. Rows belong to
    `x @ w_q`."""
    # "Queries come from `w_k` and keys from `w_q`, which transposes the scores":
    #     np.allclose(got, right(x, w_k, w_q, w_v, w_o, heads))
    # "Rows belong to": multi_head_attention(x, w_k, w_q, → multi_head_attention(x, w_q, w_k,
    return multi_head_attention(x, w_k, w_q, w_v, w_o, heads, mask)


@exercise.bug
def softmax_over_queries(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The softmax runs over the queries. Each query's weights must sum to 1 over the keys, which
    are the last axis."""
    # "The softmax runs over the queries": np.allclose(bug(x, 0 * w_q, w_k, w_v, w_o, heads), (x
    #     @ w_v).sum(axis=0) / len(x) @ w_o) and not np.allclose(got, want)
    # "Each query's weights must sum to 1 over the keys, which are the last axis": axis=-2 →
    #     axis=-1

    def over_queries(q, k, v, mask):
        return softmax(scores(q, k, mask), axis=-2) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=over_queries)


@exercise.bug
def softmax_over_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The softmax runs over the heads, because the axes are not where they are thought to be. It
    belongs along the keys, the last axis."""
    # "The softmax runs over the heads": np.allclose(got, np.tile((x @ w_v).sum(axis=0) @ w_o,
    #     (len(x), 1))) and heads == 1
    # "It belongs along the keys, the last axis": axis=-3 → axis=-1

    def over_heads(q, k, v, mask):
        return softmax(scores(q, k, mask), axis=-3) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=over_heads)


@exercise.bug
def mask_ignored(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The mask is not used. Hand it to the attention of every head."""
    # "The mask is not used": np.array_equal(got, bug(x, w_q, w_k, w_v, w_o, heads))
    # "Hand it to the attention of every head": w_o, heads) → w_o, heads, mask)
    return multi_head_attention(x, w_q, w_k, w_v, w_o, heads)


@exercise.bug(fill=(-np.inf, -1e9))
def polarity_inverted(x, w_q, w_k, w_v, w_o, heads, mask=None, fill=-np.inf):
    """The mask is taken as True = hide, as in `nn.MultiheadAttention`. Here True means that a
    position may look."""
    # "The mask is taken as True = hide": np.allclose(bug(x, w_q, w_k, w_v, w_o, heads, ~mask),
    #     want)
    # "Here True means that a position may look": np.where(mask, fill, s) → np.where(mask, s,
    #     fill)

    def inverted(q, k, v, mask):
        s = scores(q, k, None)
        return softmax(s if mask is None else np.where(mask, fill, s)) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=inverted)


@exercise.bug
def mask_transposed(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The mask is read as keys by queries: with a causal one, positions see later ones and not the
    earlier ones. Its rows are queries, as those of the scores are: take it as it comes."""
    # "with a causal one, positions see later ones and not the earlier ones":
    #     np.allclose(got[-1], x[-1] @ w_v @ w_o)
    # "take it as it comes": mask.swapaxes(-1, -2) → mask

    def transposed(q, k, v, mask):
        square = mask is not None and mask.shape[-1] == mask.shape[-2]
        return softmax(scores(q, k, mask.swapaxes(-1, -2) if square else mask)) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=transposed)


@exercise.bug
def maximum_before_mask(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The maximum, or the whole softmax, is taken before hiding: one hidden key with a large score
    leaves 0/0 for the others. Hide first."""
    # "one hidden key with a large score leaves 0/0 for the others": np.isnan(got).any()
    # "Hide first": s = scores(q, k, None) → s = scores(q, k, mask)
    # "The maximum, or the whole softmax, is taken before hiding": np.allclose(bug(x, w_q, 0 *
    #     w_k, w_v, w_o, heads, mask), right(x, w_q, 0 * w_k, w_v, w_o, heads, mask)) and
    #     np.isnan(got).any()

    def late(q, k, v, mask):
        s = scores(q, k, None)
        powers = np.exp(s - s.max(axis=-1, keepdims=True))
        powers = powers if mask is None else np.where(mask, powers, 0)
        return powers / powers.sum(axis=-1, keepdims=True) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=late)


@exercise.bug(fill=(-1e4, -1e3, -100.0))
def finite_fill(x, w_q, w_k, w_v, w_o, heads, mask=None, fill=-1e4):
    """Hidden scores become a number such as -10 000, but a visible score may be lower still, and
    then the hidden key wins. Use -inf."""
    # "a visible score may be lower still, and then the hidden key wins": not np.allclose(got,
    #     want) and np.allclose(bug(x / 100, w_q, w_k, w_v, w_o, heads, mask), right(x / 100, w_q,
    #     w_k, w_v, w_o, heads, mask))
    # "Use -inf": s, fill) → s, -np.inf)

    def filled(q, k, v, mask):
        s = scores(q, k, None)
        return softmax(s if mask is None else np.where(mask, s, fill)) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=filled)


@exercise.bug(axes=(None, (-1, -2)))
def global_maximum(x, w_q, w_k, w_v, w_o, heads, mask=None, axes=None):
    """The maximum subtracted is that of all positions, so one far below it underflows to 0/0. Take
    it along the last axis, with keepdims=True."""
    # "one far below it underflows to 0/0": np.isnan(got).any()
    # "Take it along the last axis, with keepdims=True": s.max(axis=axes, keepdims=True) →
    #     s.max(axis=-1, keepdims=True)

    def of_all(q, k, v, mask):
        s = scores(q, k, mask)
        powers = np.exp(s - s.max(axis=axes, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=of_all)


@exercise.bug
def mask_after_softmax(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The mask comes after the softmax, so the weights that remain no longer sum to 1. Set hidden
    scores to -inf before it."""
    # "The mask comes after the softmax, so the weights that remain no longer sum to 1": not
    #     np.allclose(bug(0 * x + 1, w_q, w_k, w_v, w_o, heads, mask), right(0 * x + 1, w_q, w_k,
    #     w_v, w_o, heads, mask))
    # "Set hidden scores to -inf before it": softmax(scores(q, k, None)) → softmax(scores(q, k,
    #     mask))

    def late(q, k, v, mask):
        weights = softmax(scores(q, k, None))
        return (weights if mask is None else weights * mask) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=late)


@exercise.bug
def batch_of_masks_taken_for_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """A mask for each example meets the axis of the heads, and where there are as many heads as
    examples nothing is raised. Give it an axis for heads: `mask[..., None, :, :]`."""
    # "A mask for each example meets the axis of the heads, and where there are as many heads as
    #     examples nothing is raised": len(x) == heads and isinstance(got, np.ndarray) and not
    #     np.allclose(got, want)
    # "Give it an axis for heads: `mask[..., None, :, :]`": scores(q, k, mask) → scores(q, k,
    #     None if mask is None else mask[..., None, :, :])

    def unshared(q, k, v, _):
        return softmax(scores(q, k, mask)) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=unshared)


@exercise.bug
def no_maximum(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """exp overflows on large scores, and inf/inf is nan. Subtract each row's maximum first."""
    # "exp overflows on large scores, and inf/inf is nan": np.isnan(got).any()
    # "Subtract each row's maximum first": np.exp(scores(q, k, mask)) → np.exp((s := scores(q,
    #     k, mask)) - s.max(axis=-1, keepdims=True))

    def plain(q, k, v, mask):
        powers = np.exp(scores(q, k, mask))
        return powers / powers.sum(axis=-1, keepdims=True) @ v

    return mix((x, w_q, w_k, w_v, w_o), heads, mask, attend=plain)
