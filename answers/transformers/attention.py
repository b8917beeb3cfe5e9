"""Scaled dot-product attention: one head and many, its gradient, and blocks of keys.

Axes have one name in every signature of this package: `*batch` is any number of leading
axes (examples, heads), `q` counts queries, `k` counts keys, `d` and `dv` count features.
Masks are True where a query may look. A `#` marks what is stretched from size 1, so keys
that have one head serve queries that have many.
"""

import inspect
import math

import numpy as np
from jaxtyping import Bool, Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.networks.broadcasting import unbroadcast

BAD = refuse_empty, refuse_nan


# --8<-- [start:causal_mask_refuses]
def no_position(length, name):
    if length < 1:
        raise ValueError(f"`{name}` is {length}; a sequence has at least one position")


@refuses(length=no_position)
# --8<-- [end:causal_mask_refuses]
# --8<-- [start:causal_mask]
def causal_mask(length: int) -> Bool[ndarray, "q k"]:
    """A mask that lets position i look at positions 0 to i, itself included.

    The queries of a chunk are the last positions: with 3 new tokens after a cache of 7,
    take the last rows, `causal_mask(10)[-3:]`. So the corner of True and False lies at
    the lower right.

    Raises:
        ValueError: `length` is below 1.

    Example:
        >>> causal_mask(3).astype(int)
        array([[1, 0, 0],
               [1, 1, 0],
               [1, 1, 1]])
    """
    return np.tril(np.ones((length, length), dtype=bool))


# --8<-- [end:causal_mask]


# --8<-- [start:attend_refuses]
def average_overflows(result):
    refuse_overflowed(result, "an average")


@refuses(average_overflows, q=BAD, k=BAD, v=BAD)
# --8<-- [end:attend_refuses]
# --8<-- [start:attend]
def attend(
    q: Real[ndarray, "*#batch q d"],
    k: Real[ndarray, "*#batch k d"],
    v: Real[ndarray, "*#batch k dv"],
    mask: Bool[ndarray, "*#batch #q #k"] | None = None,
) -> Float[ndarray, "*batch q dv"]:
    """Average the values, weighting each by how well its key matches the query.

    Computes softmax(q kᵀ / √d) v, with the softmax over the keys. If the entries of q
    and k are independent with mean 0 and variance 1, each dot product has variance d;
    dividing by √d brings it back to 1. That keeps the softmax away from its flat ends,
    where gradients vanish.

    Args:
        q: Queries.
        k: Keys, compared with the queries by dot product.
        v: Values, one per key.
        mask: True where a query may look at a key. None hides nothing.

    Returns:
        One weighted average per query, in the units of `v`.

    Raises:
        ValueError: The mask hides every key from some query: its weights would be 0/0.
            An argument is empty or holds nan or infinity, or something overflows.

    Source:
        Vaswani et al. (2017), equation 1, https://arxiv.org/abs/1706.03762

    Example:
        With equal scores, position 1 averages the values of positions 0 and 1.

        >>> zeros, v = np.zeros((2, 4)), np.array([[1.0], [3.0]])
        >>> attend(zeros, zeros, v, causal_mask(2))
        array([[1.],
               [2.]])
    """
    q, k, v = map(as_float, (q, k, v))
    return attention_weights(q, k, mask) @ v


# --8<-- [end:attend]


# --8<-- [start:attention_weights_refuses]
def refuse_blind(mask):
    """Raise if a query sees no key: its weights would be 0/0."""
    blind = ~mask.any(axis=-1)
    if blind.any():
        where = tuple(np.argwhere(blind)[0].tolist())
        raise ValueError(
            f"mask hides every key from query {where}; let it see at least one"
        )


def scores_overflow(result):
    # A maximum that is infinite or nan makes all of a row nan: its first entry tells.
    if np.isnan(result[..., 0]).any():
        raise ValueError("q kᵀ overflows; scale the queries or the keys down")


@refuses(scores_overflow)
# --8<-- [end:attention_weights_refuses]
# --8<-- [start:attention_weights]
def attention_weights(q, k, mask=None):
    """softmax(q kᵀ / √d): each query's weights, which sum to 1 over the keys."""
    # math.sqrt, not np.sqrt: a NumPy scalar would turn float32 into float64.
    scores = (q / math.sqrt(q.shape[-1])) @ k.swapaxes(-1, -2)
    if mask is not None:
        refuse_blind(mask)
        scores = np.where(mask, scores, -np.inf)
    # exp overflows above 709 in float64; subtracting the row maximum changes no ratio.
    scores -= scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores, out=scores)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights


# --8<-- [end:attention_weights]


# --8<-- [start:attend_backward_refuses]
@refuses(dout=BAD, q=BAD, k=BAD, v=BAD)
# --8<-- [end:attend_backward_refuses]
# --8<-- [start:attend_backward]
def attend_backward(
    dout: Real[ndarray, "*batch q dv"],
    q: Real[ndarray, "*#batch q d"],
    k: Real[ndarray, "*#batch k d"],
    v: Real[ndarray, "*#batch k dv"],
    mask: Bool[ndarray, "*#batch #q #k"] | None = None,
) -> tuple[
    Float[ndarray, "... q d"], Float[ndarray, "... k d"], Float[ndarray, "... k dv"]
]:
    """Gradients of a loss with respect to `q`, `k` and `v`, from that of `attend`.

    With the weights p and the scores s = q kᵀ / √d:

        dv = pᵀ dout,  dp = dout vᵀ,  ds = p (dp - Σ p dp)
        dq = ds k / √d,  dk = dsᵀ q / √d

    The sum runs over the keys of a row; it equals Σ dout out over the features. Where p
    is 0, as it is behind a mask, ds is 0 too.

    Args:
        dout: Gradient of the loss with respect to `attend(q, k, v, mask)`.
        q: As in `attend`.
        k: As in `attend`. With one head for several of `q`, it gets one gradient.
        v: As in `attend`.
        mask: As in `attend`.

    Returns:
        (dq, dk, dv), each in the shape of what it is the gradient of. Keys that several
        heads share get the sum over these heads.

    Raises:
        ValueError: As `attend`, or `dout` holds nan or infinity.

    Example:
        Equal scores: each value gets half of what arrives, and the scores pull apart.

        >>> q, k, v = np.ones((1, 1)), np.zeros((2, 1)), np.array([[1.0], [3.0]])
        >>> dq, dk, dv = attend_backward(np.ones((1, 1)), q, k, v)
        >>> dq, dk.T, dv.T
        (array([[0.]]), array([[-0.5,  0.5]]), array([[0.5, 0.5]]))
    """
    dout, q, k, v = map(as_float, (dout, q, k, v))
    p = attention_weights(q, k, mask)
    dv = p.swapaxes(-1, -2) @ dout
    dp = dout @ v.swapaxes(-1, -2)
    ds = p * (dp - (p * dp).sum(axis=-1, keepdims=True))
    ds /= math.sqrt(q.shape[-1])
    dq, dk = ds @ k, ds.swapaxes(-1, -2) @ q
    # Keys with one head were used by all of them: a stretched axis becomes a sum.
    return tuple(unbroadcast(d, a.shape) for d, a in ((dq, q), (dk, k), (dv, v)))


# --8<-- [end:attend_backward]


# --8<-- [start:multi_head_attention_refuses]
def output_overflows(result):
    refuse_overflowed(result, "an output")


PROJECTED = dict.fromkeys(("x", "w_q", "w_k", "w_v", "w_o"), BAD)


@refuses(output_overflows, **PROJECTED)
# --8<-- [end:multi_head_attention_refuses]
# --8<-- [start:multi_head_attention]
def multi_head_attention(
    x: Real[ndarray, "*batch q d_model"],
    w_q: Real[ndarray, "d_model heads_d"],
    w_k: Real[ndarray, "d_model heads_d"],
    w_v: Real[ndarray, "d_model heads_dv"],
    w_o: Real[ndarray, "heads_dv d_out"],
    heads: int,
    mask: Bool[ndarray, "*#batch #q #q"] | None = None,
) -> Float[ndarray, "*batch q d_out"]:
    """Self-attention by several heads at once: project, split, attend, merge, project.

    Head h uses columns h d to (h + 1) d of `w_q` and `w_k`, where d is their width
    divided by `heads`, and computes softmax(q kᵀ / √d) v with them.

    How:
        Split the width, then swap axes: a `reshape` alone would deal out positions to the
        heads.

    Args:
        x: One vector per position.
        w_q: Projection to the queries, inputs along the rows: the heads side by side.
        w_k: Projection to the keys.
        w_v: Projection to the values.
        w_o: Mixes what the heads found. Its rows follow the heads.
        heads: How many. They divide the widths of the projections.
        mask: True where a position may look at another; the same for all heads.

    Raises:
        ValueError: `heads` does not divide a width, or the mask hides every position from
            some position. An argument is empty or holds nan or infinity, or something
            overflows.

    Source:
        Vaswani et al. (2017), section 3.2.2, https://arxiv.org/abs/1706.03762

    Example:
        Two heads of one feature, each with a value of its own. All scores are equal.

        >>> x, eye = np.array([[1.0, 10.0], [3.0, 30.0]]), np.eye(2)
        >>> multi_head_attention(x, 0 * eye, 0 * eye, eye, eye, heads=2)
        array([[ 2., 20.],
               [ 2., 20.]])
    """
    x, w_q, w_k, w_v, w_o = map(as_float, (x, w_q, w_k, w_v, w_o))
    q, k, v = (split_heads(x @ w, heads) for w in (w_q, w_k, w_v))
    if mask is not None:
        # An axis for the heads, which share it.
        mask = mask[..., None, :, :]
    return merge_heads(attend(q, k, v, mask)) @ w_o


# --8<-- [end:multi_head_attention]


# --8<-- [start:split_heads_refuses]
def uneven_heads(heads, x):
    width = x.shape[-1]
    if heads < 1 or width % heads:
        raise ValueError(
            f"`heads` is {heads}, which does not divide a width of {width}"
        )


@refuses(uneven_heads)
# --8<-- [end:split_heads_refuses]
# --8<-- [start:split_heads]
def split_heads(
    x: Float[ndarray, "*batch t width"], heads: int
) -> Float[ndarray, "*batch {heads} t d"]:
    """Cut each position's vector into `heads` pieces, and put the heads before time."""
    *batch, t, width = x.shape
    return x.reshape(*batch, t, heads, width // heads).swapaxes(-2, -3)


def merge_heads(
    x: Float[ndarray, "*batch heads t d"],
) -> Float[ndarray, "*batch t width"]:
    """Undo `split_heads`: put the pieces of each position side by side again."""
    *batch, heads, t, d = x.shape
    return x.swapaxes(-2, -3).reshape(*batch, t, heads * d)


# --8<-- [end:split_heads]


# --8<-- [start:grouped_query_attention_refuses]
def uneven_groups(kv_heads, heads):
    if kv_heads < 1 or heads % kv_heads:
        raise ValueError(
            f"`kv_heads` is {kv_heads}, which does not divide {heads} heads"
        )


@refuses(uneven_groups, output_overflows, **PROJECTED)
# --8<-- [end:grouped_query_attention_refuses]
# --8<-- [start:grouped_query_attention]
def grouped_query_attention(
    x: Real[ndarray, "*batch q d_model"],
    w_q: Real[ndarray, "d_model heads_d"],
    w_k: Real[ndarray, "d_model kv_heads_d"],
    w_v: Real[ndarray, "d_model kv_heads_dv"],
    w_o: Real[ndarray, "heads_dv d_out"],
    heads: int,
    kv_heads: int,
    mask: Bool[ndarray, "*#batch #q #q"] | None = None,
) -> Float[ndarray, "*batch q d_out"]:
    """`multi_head_attention` whose query heads share keys and values in groups.

    Query head h uses key head h // (heads / kv_heads). `kv_heads=1` is multi-query
    attention; `kv_heads=heads` is multi-head attention. Only the keys and values of
    `kv_heads` heads are kept for decoding.

    Args:
        x: One vector per position.
        w_q: Projection to the queries, `heads` of them side by side.
        w_k: Projection to the keys, `kv_heads` of them side by side.
        w_v: Projection to the values, `kv_heads` of them side by side.
        w_o: Mixes what the heads found.
        heads: How many heads of queries.
        kv_heads: How many heads of keys and values. They divide `heads`.
        mask: True where a position may look at another; the same for all heads.

    Raises:
        ValueError: `kv_heads` does not divide `heads`. Otherwise as
            `multi_head_attention`.

    Source:
        Shazeer (2019), https://arxiv.org/abs/1911.02150, and Ainslie et al. (2023),
        https://arxiv.org/abs/2305.13245

    Example:
        Two heads of queries, one value for both. All scores are equal.

        >>> x, zero = np.array([[1.0], [3.0]]), np.zeros((1, 2))
        >>> w_v, w_o = np.ones((1, 1)), np.eye(2)
        >>> grouped_query_attention(x, zero, zero[:, :1], w_v, w_o, heads=2, kv_heads=1)
        array([[2., 2.],
               [2., 2.]])
    """
    x, w_q, w_k, w_v, w_o = map(as_float, (x, w_q, w_k, w_v, w_o))
    q = split_heads(x @ w_q, heads)
    k, v = (split_heads(x @ w, kv_heads) for w in (w_k, w_v))
    *batch, _, t, d = q.shape
    # (kv_heads, group, t, d) against (kv_heads, 1, t, d): sharing is broadcasting.
    q = q.reshape(*batch, kv_heads, heads // kv_heads, t, d)
    k, v = k[..., None, :, :], v[..., None, :, :]
    if mask is not None:
        mask = mask[..., None, None, :, :]
    found = attend(q, k, v, mask)
    return merge_heads(found.reshape(*batch, heads, t, -1)) @ w_o


# --8<-- [end:grouped_query_attention]


# --8<-- [start:attend_blockwise_refuses]
def no_key_at_a_time(block, name):
    if block < 1:
        raise ValueError(f"`{name}` is {block}; take at least one key at a time")


def blind_queries(q, k, causal):
    queries, keys = q.shape[-2], k.shape[-2]
    if causal and queries > keys:
        raise ValueError(
            f"{queries} causal queries of {keys} keys hide every key from query (0,); "
            "pass at least as many keys"
        )


def sums_overflow(result, q, k, v, block, causal):
    if not np.isfinite(result).all():
        # Of values that are 1 no sum overflows: the scores alone could.
        ones = np.ones_like(v[..., :1])
        scores_overflow(inspect.unwrap(attend_blockwise)(q, k, ones, block, causal))
        refuse_overflowed(result, "a sum")


@refuses(blind_queries, sums_overflow, block=no_key_at_a_time, q=BAD, k=BAD, v=BAD)
# --8<-- [end:attend_blockwise_refuses]
# --8<-- [start:attend_blockwise]
def attend_blockwise(
    q: Real[ndarray, "*batch q d"],
    k: Real[ndarray, "*batch k d"],
    v: Real[ndarray, "*batch k dv"],
    block: int = 256,
    causal: bool = False,
) -> Float[ndarray, "*batch q dv"]:
    """softmax(q kᵀ / √d) v, in memory that grows with the length and not its square.

    How:
        Scores are formed for `block` queries and `block` keys at a time. Causal blocks that
        no query sees are skipped. Softmax needs the maximum and the sum of a whole row, so
        both are kept as running values: when a block raises the maximum from m to n, all
        that was added up so far shrinks by exp(m - n).

    Args:
        q: Queries.
        k: Keys.
        v: Values, one per key.
        block: How many queries and keys are compared at a time; either alone would do.
        causal: Let the last query see all keys, the one before it all but the last key,
            and so on: lower-right alignment.

    Raises:
        ValueError: `block` is below 1, or causal queries outnumber the keys, so that
            the first of them sees none. An argument is empty or holds nan or infinity, or
            something overflows.

    Source:
        Milakov and Gimelshein (2018), algorithm 3, https://arxiv.org/abs/1805.02867
        Rabe and Staats (2021), https://arxiv.org/abs/2112.05682

    Example:
        The second block of one key raises the maximum by log 3.

        >>> q, k = np.ones((1, 1)), np.array([[0.0], [np.log(3)]])
        >>> attend_blockwise(q, k, np.array([[4.0], [8.0]]), block=1).round(6)
        array([[7.]])
    """
    q, k, v = map(as_float, (q, k, v))
    q = q / math.sqrt(q.shape[-1])
    queries, keys = q.shape[-2], k.shape[-2]
    out = np.empty((*q.shape[:-1], v.shape[-1]), dtype=np.result_type(q, k, v))
    for start in range(0, queries, block):
        rows = slice(start, start + block)
        # The last key that each query of this block sees.
        last = np.arange(queries)[rows] + keys - queries if causal else None
        out[..., rows, :] = attend_rows(q[..., rows, :], k, v, block, last)
    return out


def attend_rows(q, k, v, block, last=None):
    """One block of scaled queries against all keys that it sees, block by block."""
    seen = k.shape[-2] if last is None else last[-1] + 1
    # The running maximum, and the running Σ exp(s - top) and Σ exp(s - top) v.
    top, total, weighted = -np.inf, 0, 0
    for start in range(0, seen, block):
        stop = min(start + block, seen)
        scores = q @ k[..., start:stop, :].swapaxes(-1, -2)
        if last is not None and stop - 1 > last[0]:
            scores[..., np.arange(start, stop) > last[:, None]] = -np.inf
        # Every query sees key 0, so from the first block on the maximum is finite.
        new_top = np.maximum(top, scores.max(axis=-1, keepdims=True))
        scores -= new_top
        powers = np.exp(scores, out=scores)
        shrink = np.exp(top - new_top)
        total = total * shrink + powers.sum(axis=-1, keepdims=True)
        weighted = weighted * shrink + powers @ v[..., start:stop, :]
        top = new_top
    return weighted / total


# --8<-- [end:attend_blockwise]
