"""Practice for question 14: attention that reads a key-value cache and appends to it."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.grader.number_types import add_whole_numbers
from answers.transformers.cached_attention import cached_attention
from answers.transformers.rotary import rotate

exercise = Exercise(
    cached_attention,
    page="14-kv-cache",
    returns=("y", "keys", "values"),
    hints=(
        "Three things depend on the length of the cache: the offset of the rotation, where the "
        "new keys go, and the mask. Start with an empty cache, where it is 0.",
        "Rotate the new queries and the new keys, never the values, and never a key that is in "
        "the cache: it was rotated when it was new.",
        "The scores have `time` rows and past + time columns. Row i is token past + i: compare "
        "its position with those of all keys. Which columns may a single new token see?",
        "Before the heads are put side by side, the axes are batch, heads, time, dv. A reshape "
        "reads the numbers in the order in which they stand; which order do you want?",
    ),
)


def arrays(seed, batch, heads, time, past, d, dv):
    """New q, k and v, and a cache."""
    rng = np.random.default_rng(seed)
    sizes = (time, d), (time, d), (time, dv), (past, d), (past, dv)
    return [rng.normal(size=(batch, heads, *size)) for size in sizes]


exercise.case("the first token, no cache", *arrays(3, 1, 1, 1, 0, 4, 4))
exercise.case("three tokens, no cache", *arrays(5, 1, 1, 3, 0, 4, 4))
exercise.case("one token after five", *arrays(7, 1, 1, 1, 5, 4, 4))
exercise.case("three tokens after five", *arrays(11, 1, 1, 3, 5, 4, 4))
exercise.case("three heads", *arrays(13, 1, 3, 2, 5, 4, 4))
exercise.case("values wider than keys", *arrays(17, 2, 3, 4, 7, 2, 5))
exercise.case("a chunk as long as the cache", *arrays(19, 2, 3, 5, 5, 6, 4))
exercise.case("a chunk longer than the cache", *arrays(23, 2, 3, 11, 2, 6, 4))
large = arrays(29, 1, 2, 3, 4, 4, 3)
exercise.case("scores in the thousands", 1e3 * large[0], *large[1:])
later = arrays(21, 1, 1, 3, 0, 4, 3)
exercise.case("later keys far above, scores of ±20 000", 1e4 * later[0], *later[1:])
exercise.case("float32", *(x.astype(np.float32) for x in arrays(31, 2, 3, 5, 7, 6, 4)))
rng = np.random.default_rng(12)
whole = [rng.integers(-5, 6, size=(1, 2, n, d)) for n, d in [(3, 4)] * 2 + [(3, 3)]]
past = [rng.integers(-5, 6, size=(1, 2, 2, d)) for d in (4, 3)]
INTEGERS = Note(
    "integers", "Ours computes them in float64. Real keys and values are floats."
)
add_whole_numbers(exercise, *whole, *past, noted=INTEGERS)


@exercise.check
def a_new_conversation_starts_empty(function):
    """Two conversations, told in turns, mix: what is kept outside the function is shared by all
    of them, and by all layers. Keep nothing; the cache comes in and goes out."""
    kept = {}
    for time in (3, 1):
        for seed in (1, 2):
            q, k, v, *empty = arrays(seed + time, 1, 2, time, 0, 4, 4)
            past = kept.get(seed, empty)
            expected, *after = cached_attention(q, k, v, *past)
            y = np.asarray(function(q, k, v, *past)[0])
            kept[seed] = after
            if y.shape != expected.shape or not np.allclose(y, expected, rtol=1e-8):
                return False
    return True


@exercise.check
def chunks_of_any_size_give_what_one_pass_gives(function):
    """Read in pieces, with your own cache handed from call to call, a sequence gives other
    outputs than read at once. Compare the positions and the mask of the second piece."""
    q, k, v, past_k, past_v = arrays(37, 2, 3, 7, 0, 4, 3)
    whole, *_ = function(q, k, v, past_k, past_v)
    for ends in (range(1, 7), [3], [4, 5]):
        kept, pieces = (past_k, past_v), []
        for piece in zip(*(np.split(x, ends, axis=2) for x in (q, k, v)), strict=True):
            y, *kept = function(*piece, *kept)
            pieces.append(y)
        if not np.allclose(np.concatenate(pieces, axis=1), whole, rtol=1e-8):
            return False
    return True


def attend(q, keys, values, hidden=None):
    """Outputs with the heads side by side; True in `hidden` hides."""
    scores = q @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    if hidden is not None:
        scores = np.where(hidden, -np.inf, scores)
    with np.errstate(all="ignore"):
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        y = powers / powers.sum(axis=-1, keepdims=True) @ values
    return y.swapaxes(1, 2).reshape(len(q), q.shape[2], -1)


def above(time, keys, diagonal):
    """True above a diagonal of (time, keys), counted from the upper left."""
    return np.triu(np.ones((time, keys), dtype=bool), diagonal)


def prepared(q, k, v, past_k, past_v, offset=None):
    """What is right: rotated queries, all keys and values, the length of the cache."""
    past = past_k.shape[2]
    offset = past if offset is None else offset
    keys = np.concatenate([past_k, rotate(k, offset)], axis=2)
    return rotate(q, offset), keys, np.concatenate([past_v, v], axis=2), past


def seen(q, keys, values):
    """The right outputs."""
    time, total = q.shape[2], keys.shape[2]
    return attend(q, keys, values, above(time, total, total - time + 1))


@exercise.bug
def mask_aligned_to_the_upper_left(q, k, v, past_k, past_v):
    """The triangle of the mask ignores the cache, as `np.tri(time, past + time)` does: query 0
    sees key 0 only. Move it right by the length of the cache."""
    # "query 0 sees key 0 only": np.allclose(got.y[:, 0], got.values[:, :, 0].reshape(len(q),
    #     -1))
    # "The triangle of the mask ignores the cache, as `np.tri(time, past + time)` does":
    #     np.allclose(got.y, (lambda time, past: attend(rotate(q, past), got.keys, got.values,
    #     np.tri(time, past + time) == 0))(q.shape[2], past_k.shape[2]))
    # "Move it right by the length of the cache": keys.shape[2], 1) → keys.shape[2],
    #     past_k.shape[2] + 1)
    q, keys, values, _ = prepared(q, k, v, past_k, past_v)
    hidden = above(q.shape[2], keys.shape[2], 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def no_mask_on_a_chunk(q, k, v, past_k, past_v):
    """Nothing is masked, so the tokens of a chunk see those after them. One new token needs no
    mask, several do."""
    # "Nothing is masked, so the tokens of a chunk see those after them": not
    #     np.allclose(got.y[:, 0], bug(q[:, :, :1], k[:, :, :1], v[:, :, :1], past_k, past_v)[0][:,
    #     0])
    # "One new token needs no mask, several do": attend(q, keys, values) → seen(q, keys, values)
    q, keys, values, _ = prepared(q, k, v, past_k, past_v)
    return attend(q, keys, values), keys, values


@exercise.bug
def mask_only_without_a_cache(q, k, v, past_k, past_v):
    """With a cache nothing is masked, as if only single tokens came then. A chunk after a cache
    needs its mask too."""
    # "With a cache nothing is masked": np.allclose(got.y, attend(rotate(q, past_k.shape[2]),
    #     got.keys, got.values))
    # "A chunk after a cache needs its mask too": None if past else above(q.shape[2],
    #     keys.shape[2], 1) → above(q.shape[2], keys.shape[2], past + 1)
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    hidden = None if past else above(q.shape[2], keys.shape[2], 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def own_key_hidden(q, k, v, past_k, past_v):
    """A token does not see itself, and the first of all sees nothing, which is nan. Hide only
    keys that come later."""
    # "A token does not see itself, and the first of all sees nothing, which is nan":
    #     np.isnan(got.y[:, 0]).all()
    # "Hide only keys that come later": keys.shape[2], past) → keys.shape[2], past + 1)
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    hidden = above(q.shape[2], keys.shape[2], past)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def mask_inverted(q, k, v, past_k, past_v):
    """The mask hides what it should show. A token sees the keys up to its own position; `np.tri`
    is True there."""
    # "The mask hides what it should show": np.isnan(got.y[:, 0]).all()
    # "A token sees the keys up to its own position; `np.tri` is True there": ~above(q.shape[2],
    #     keys.shape[2], past + 1) → ~np.tri(q.shape[2], keys.shape[2], past, dtype=bool)
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    hidden = ~above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def offset_not_applied(q, k, v, past_k, past_v):
    """Each call counts positions from 0 again. The first new token stands at the position that
    is the length of the cache."""
    # "Each call counts positions from 0 again": np.allclose(got.keys[:, :, past_k.shape[2] :],
    #     rotate(k, 0))
    # "The first new token stands at the position that is the length of the cache": past_v, 0) →
    #     past_v, past_k.shape[2])
    q, keys, values, _ = prepared(q, k, v, past_k, past_v, 0)
    return seen(q, keys, values), keys, values


@exercise.bug
def offset_for_queries_alone(q, k, v, past_k, past_v):
    """New keys are rotated from position 0, and only the queries from the length of the cache.
    Both stand at the same positions."""
    # "New keys are rotated from position 0": np.allclose(got.keys[:, :, past_k.shape[2] :],
    #     rotate(k, 0)) and not np.allclose(got.keys, want.keys)
    # "Both stand at the same positions": past_v, 0) → past_v, past_k.shape[2])
    # "only the queries from the length of the cache": np.allclose(got.y, seen(rotate(q,
    #     past_k.shape[2]), got.keys, got.values)) and not np.allclose(got.y, want.y)
    _, keys, values, past = prepared(q, k, v, past_k, past_v, 0)
    return seen(rotate(q, past), keys, values), keys, values


@exercise.bug
def offset_for_keys_alone(q, k, v, past_k, past_v):
    """New queries are rotated from position 0, and only the keys from the length of the cache.
    Both stand at the same positions."""
    # "New queries are rotated from position 0": np.allclose(got.y, seen(rotate(q), want.keys,
    #     want.values)) and not np.allclose(got.y, want.y)
    # "Both stand at the same positions": rotate(q) → rotate(q,
    #     past_k.shape[2])
    # "only the keys from the length of the cache": np.allclose(got.keys, want.keys) and not
    #     np.allclose(got.y, want.y)
    _, keys, values, _ = prepared(q, k, v, past_k, past_v)
    return seen(rotate(q), keys, values), keys, values


@exercise.bug(queries_alone=(False, True))
def offset_after_appending(q, k, v, past_k, past_v, queries_alone=False):
    """The new tokens are counted already: the first query of them, or its key too, is rotated at
    position past + time. Only tokens before it count."""
    # "or its key too, is rotated at position past + time": np.allclose(got.keys[:, :,
    #     past_k.shape[2] :], rotate(k, past_k.shape[2] + k.shape[2]))
    # "Only tokens before it count": past + k.shape[2] → past
    past = past_k.shape[2]
    new, keys, values, _ = prepared(q, k, v, past_k, past_v, past + k.shape[2])
    if queries_alone:
        _, keys, _, _ = prepared(q, k, v, past_k, past_v)
    return seen(new, keys, values), keys, values


@exercise.bug
def one_position_for_all(q, k, v, past_k, past_v):
    """All new tokens are rotated at the position of the first. New token i stands at past + i."""
    # "All new tokens are rotated at the position of the first": np.allclose(got.keys[:, :,
    #     -1:], rotate(k[:, :, -1:], past_k.shape[2])) and k.shape[2] > 1
    # "New token i stands at past + i": past + 0 * i → past + i
    past = past_k.shape[2]
    q, k = (
        np.concatenate(
            [rotate(x[:, :, i : i + 1], past + 0 * i) for i in range(x.shape[2])],
            axis=2,
        )
        for x in (q, k)
    )
    keys, values = np.concatenate([past_k, k], 2), np.concatenate([past_v, v], 2)
    return seen(q, keys, values), keys, values


@exercise.bug
def offset_by_one(q, k, v, past_k, past_v):
    """Positions run one ahead. Position counts the tokens before, so the first of all stands at
    position 0."""
    # "Positions run one ahead": np.allclose(got.keys[:, :, past_k.shape[2] :], rotate(k,
    #     past_k.shape[2] + 1))
    # "Position counts the tokens before, so the first of all stands at position 0": past + 1) →
    #     past)
    past = past_k.shape[2]
    q, keys, values, _ = prepared(q, k, v, past_k, past_v, past + 1)
    return seen(q, keys, values), keys, values


@exercise.bug
def cached_keys_rotated_again(q, k, v, past_k, past_v):
    """All keys are rotated, those in the cache for the second time. Rotate new keys before they
    are appended."""
    # "All keys are rotated, those in the cache for the second time": np.allclose(got.keys[:, :,
    #     : past_k.shape[2]], rotate(past_k))
    # "Rotate new keys before they are appended": rotate(np.concatenate([past_k, k], axis=2)) →
    #     np.concatenate([past_k, rotate(k, past_k.shape[2])], axis=2)
    q, _, values, _ = prepared(q, k, v, past_k, past_v)
    keys = rotate(np.concatenate([past_k, k], axis=2))
    return seen(q, keys, values), keys, values


@exercise.bug
def unrotated_keys_kept(q, k, v, past_k, past_v):
    """The cache gets keys that are not rotated, and the next call takes them as they are. Keep
    what the scores were computed with."""
    # "The cache gets keys that are not rotated": np.array_equal(got.keys[:, :, past_k.shape[2]
    #     :], k)
    # "Keep what the scores were computed with": np.concatenate([past_k, k], axis=2) → keys
    q, keys, values, _ = prepared(q, k, v, past_k, past_v)
    return seen(q, keys, values), np.concatenate([past_k, k], axis=2), values


@exercise.bug
def not_rotated(q, k, v, past_k, past_v):
    """Nothing is rotated, so no token has a position. Rotate the new queries and keys."""
    # "Nothing is rotated, so no token has a position": np.array_equal(got.keys[:, :,
    #     past_k.shape[2] :], k)
    # "Rotate the new queries and keys": [past_k, k] → [past_k, rotate(k, past_k.shape[2])];
    #     seen(q, → seen(rotate(q, past_k.shape[2]),
    keys, values = np.concatenate([past_k, k], 2), np.concatenate([past_v, v], 2)
    return seen(q, keys, values), keys, values


@exercise.bug
def keys_not_rotated(q, k, v, past_k, past_v):
    """Queries are rotated, and new keys are not, so the score of a new key depends on the position
    of the query, and not on the distance. Rotate both."""
    # "new keys are not": np.array_equal(got.keys[:, :, past_k.shape[2] :], k)
    # "Rotate both": [past_k, k] → [past_k, rotate(k, past_k.shape[2])]
    q, *_ = prepared(q, k, v, past_k, past_v)
    keys, values = np.concatenate([past_k, k], 2), np.concatenate([past_v, v], 2)
    return seen(q, keys, values), keys, values


@exercise.bug
def queries_not_rotated(q, k, v, past_k, past_v):
    """Keys are rotated, and queries are not, so a score depends on the position of the key, and
    not on the distance. Rotate both."""
    # "queries are not": np.allclose(got.y, seen(q, want.keys, want.values))
    # "Rotate both": seen(q, → seen(rotate(q, past_k.shape[2]),
    _, keys, values, _ = prepared(q, k, v, past_k, past_v)
    return seen(q, keys, values), keys, values


@exercise.bug
def values_rotated(q, k, v, past_k, past_v):
    """The values are rotated too, so what is averaged depends on where it stands. Only queries
    and keys have a position."""
    # "The values are rotated too": np.allclose(got.values[:, :, past_v.shape[2] :], rotate(v,
    #     past_v.shape[2]))
    # "Only queries and keys have a position": rotate(v, past) → v
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    if v.shape[-1] % 2 == 0:
        values = np.concatenate([past_v, rotate(v, past)], axis=2)
    return seen(q, keys, values), keys, values


@exercise.bug
def new_tokens_first(q, k, v, past_k, past_v):
    """New keys and values are put before the old ones, so the mask and the next call see them in
    the wrong order. Append them."""
    # "New keys and values are put before the old ones": np.array_equal(got.values,
    #     np.concatenate([v, past_v], axis=2))
    # "Append them": np.roll(keys, -past, axis=2) → keys; np.roll(values, -past, axis=2) →
    #     values
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    keys, values = np.roll(keys, -past, axis=2), np.roll(values, -past, axis=2)
    return seen(q, keys, values), keys, values


@exercise.bug(lost=("both", "keys", "values"))
def new_tokens_alone_kept(q, k, v, past_k, past_v, lost="both"):
    """New keys or values are returned without the old ones, so the next call has forgotten them.
    Return what the new tokens have looked at."""
    # "New keys or values are returned without the old ones": got.keys.shape == k.shape and
    #     np.allclose(got.keys, want.keys[:, :, past_k.shape[2] :]) and np.array_equal(got.values,
    #     v)
    # "Return what the new tokens have looked at": keys[:, :, past:] → keys; values[:, :, past:] →
    #     values
    # "so the next call has forgotten them": np.allclose(bug(q, k, v, got.keys, got.values)[0],
    #     right(q, k, v, got.keys, got.values)[0]) and got.keys.shape != want.keys.shape
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    y = seen(q, keys, values)
    if lost != "values":
        keys = keys[:, :, past:]
    return y, keys, values if lost == "keys" else values[:, :, past:]


@exercise.bug
def cache_not_read(q, k, v, past_k, past_v):
    """The new tokens look at each other only, though the cache is handed on. The scores need the
    keys of the cache too."""
    # "The new tokens look at each other only, though the cache is handed on":
    #     np.allclose(got.y.ravel(), v.ravel()) and got.keys.shape == want.keys.shape
    # "The scores need the keys of the cache too": keys[:, :, past:], values[:, :, past:] →
    #     keys, values
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    return seen(q, keys[:, :, past:], values[:, :, past:]), keys, values


@exercise.bug
def heads_not_transposed(q, k, v, past_k, past_v):
    """The outputs are reshaped while the heads still stand before the tokens, which mixes the
    tokens. Move the axis of the heads next to that of the values first."""
    # "Move the axis of the heads next to that of the values first": y.swapaxes(1, 2) → y
    # "The outputs are reshaped while the heads still stand before the tokens":
    #     np.allclose(got.y, seen(rotate(q, past_k.shape[2]), want.keys,
    #     want.values).reshape(*q.shape[::2], q.shape[1], -1).swapaxes(1, 2).reshape(want.y.shape))
    q, keys, values, _ = prepared(q, k, v, past_k, past_v)
    batch, heads, time, _ = q.shape
    y = seen(q, keys, values).reshape(batch, time, heads, -1)
    return y.swapaxes(1, 2).reshape(batch, time, -1), keys, values


@exercise.bug(power=(0, 1))
def not_scaled(q, k, v, past_k, past_v, power=0):
    """The scores are not divided by √d, or are divided by d, so their softmax is too sharp or too
    flat. Divide by the square root."""
    # "The scores are not divided by √d": np.allclose(got.y, right(q * q.shape[-1] ** 0.5, k, v,
    #     past_k, past_v)[0])
    # "Divide by the square root": (0.5 - power) → 0.5 / q.shape[-1] ** 0.5
    # "or are divided by d, so their softmax is too sharp or too flat": np.allclose(bug(q, k, v,
    #     past_k, past_v, power=1)[0], right(q / q.shape[-1] ** 0.5, k, v, past_k, past_v)[0]) and
    #     not np.allclose(got.y, want.y)
    q, keys, values, _ = prepared(q, k, v, past_k, past_v)
    return seen(q * q.shape[-1] ** (0.5 - power), keys, values), keys, values


@exercise.bug(by=("model", "dv", "keys"))
def scaled_by_another_size(q, k, v, past_k, past_v, by="model"):
    """The scores are divided by the root of another size: of all heads together, of the values, or
    of the number of keys. They are sums over d, the last axis of `q`: divide by √d."""
    # "of all heads together": np.allclose(got.y, right(q / q.shape[1] ** 0.5, k, v, past_k,
    #     past_v)[0])
    # "of the values": not np.allclose(got.y, want.y) and np.allclose(bug(q, k, v[..., :2], past_k,
    #     past_v[..., :2], by="dv")[0], right(q * 2**0.5, k, v[..., :2], past_k, past_v[...,
    #     :2])[0])
    # "divide by √d": (d / size) → (d / d)
    d, heads = q.shape[-1], q.shape[1]
    size = {
        "model": heads * d,
        "dv": v.shape[-1],
        "keys": past_k.shape[2] + k.shape[2],
    }[by]
    q, keys, values, _ = prepared(q, k, v, past_k, past_v)
    return seen(q * (d / size) ** 0.5, keys, values), keys, values


@exercise.bug
def rotated_along_the_heads(q, k, v, past_k, past_v):
    """`rotate` counts positions along the axis before the last, and the heads stood there: each
    token is turned by the number of its head. Rotate (batch, heads, time, d) as it comes."""
    # "each token is turned by the number of its head": np.allclose(got.keys[:, :, past_k.shape[2]
    #     :][:, :1], rotate(np.repeat(k[:, :1, :, None], 1, 3), past_k.shape[2])[:, :, :, 0]) and
    #     not np.allclose(got.keys, want.keys)
    # "Rotate (batch, heads, time, d) as it comes": .swapaxes(1, 2) →
    past = past_k.shape[2]
    q, k = (rotate(x.swapaxes(1, 2), past).swapaxes(1, 2) for x in (q, k))
    keys, values = np.concatenate([past_k, k], 2), np.concatenate([past_v, v], 2)
    return seen(q, keys, values), keys, values


@exercise.bug
def first_chunk_not_rotated(q, k, v, past_k, past_v):
    """Where the cache is empty nothing is rotated, as if all tokens stood at position 0. Only the
    first does: rotate with offset 0, too."""
    # "Where the cache is empty nothing is rotated": past_k.shape[2] == 0 and
    #     np.array_equal(got.keys, k)
    # "rotate with offset 0, too": if past else (q, k) → if past >= 0 else (q, k)
    past = past_k.shape[2]
    q, k = (rotate(q, past), rotate(k, past)) if past else (q, k)
    keys, values = np.concatenate([past_k, k], 2), np.concatenate([past_v, v], 2)
    return seen(q, keys, values), keys, values


@exercise.bug(fill=(-1e4, -1e3, -100.0))
def finite_fill(q, k, v, past_k, past_v, fill=-1e4):
    """Scores of later keys become a number such as -10 000, but a visible score may be lower still,
    and then a later key wins. Use -inf."""
    # "a visible score may be lower still, and then a later key wins": not np.allclose(got.y,
    #     want.y) and np.allclose(bug(0 * q, k, v, past_k, past_v)[0], right(0 * q, k, v, past_k,
    #     past_v)[0])
    # "Scores of later keys become a number such as -10 000": (fill) → (-10_000 * np.inf)
    # "Use -inf": (fill) → (-np.inf)
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    scores = q @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    scores[..., hidden] = float(fill)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    y = powers / powers.sum(axis=-1, keepdims=True) @ values
    return y.swapaxes(1, 2).reshape(len(q), q.shape[2], -1), keys, values


@exercise.bug
def maximum_before_mask(q, k, v, past_k, past_v):
    """The maximum, or the whole softmax, is taken before later keys are hidden: one of them with a
    large score leaves 0/0 for the others. Hide first."""
    # "one of them with a large score leaves 0/0 for the others": np.isnan(got.y).any()
    # "Hide first": scores.max( → np.where(hidden, -np.inf, scores).max(
    # "The maximum, or the whole softmax, is taken before later keys are hidden":
    #     np.isnan(got.y).any() and np.allclose(bug(0 * q, k, v, past_k, past_v)[0], right(0 * q,
    #     k, v, past_k, past_v)[0])
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    scores = q @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    with np.errstate(all="ignore"):
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        powers = np.where(hidden, 0, powers)
        y = powers / powers.sum(axis=-1, keepdims=True) @ values
    return y.swapaxes(1, 2).reshape(len(q), q.shape[2], -1), keys, values


@exercise.bug
def weights_hidden_after_softmax(q, k, v, past_k, past_v):
    """The weights of later keys become 0 after the softmax, and the others add up to less than 1.
    Hide the scores before it."""
    # "The weights of later keys become 0 after the softmax": np.allclose(bug(q, k, 0 * v + 1,
    #     past_k, 0 * past_v + 1)[0][:, -1], 1) and not np.allclose(got.y, want.y)
    # "and the others add up to less than 1": (bug(q, k, 0 * v + 1, past_k, 0 * past_v + 1)[0][:, 0]
    #     < 0.99).any()
    # "Hide the scores before it": np.exp(scores - scores.max(axis=-1, keepdims=True)) →
    #     np.exp(np.where(hidden, -np.inf, scores) - np.where(hidden, -np.inf, scores).max(axis=-1,
    #     keepdims=True))
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    scores = q @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = powers / powers.sum(axis=-1, keepdims=True)
    y = np.where(hidden, 0, weights) @ values
    return y.swapaxes(1, 2).reshape(len(q), q.shape[2], -1), keys, values


@exercise.bug
def no_maximum(q, k, v, past_k, past_v):
    """exp overflows on large scores, and inf/inf is nan. Subtract each row's maximum first, after
    hiding."""
    # "exp overflows on large scores, and inf/inf is nan": np.isnan(got.y).any()
    # "Subtract each row's maximum first, after hiding": np.exp(q @ keys.swapaxes(-1, -2) /
    #     q.shape[-1] ** 0.5) → np.exp((s := np.where(above(q.shape[2], keys.shape[2], past + 1),
    #     -np.inf, q @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5)) - s.max(axis=-1, keepdims=True))
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    with np.errstate(all="ignore"):
        powers = np.exp(q @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5)
        powers = np.where(above(q.shape[2], keys.shape[2], past + 1), 0, powers)
        y = powers / powers.sum(axis=-1, keepdims=True) @ values
    return y.swapaxes(1, 2).reshape(len(q), q.shape[2], -1), keys, values


@exercise.bug
def global_maximum(q, k, v, past_k, past_v):
    """The maximum subtracted is that of all tokens and heads, so the weights of one far below it
    are all 0, and 0/0 is left. Take it along the last axis, with keepdims=True."""
    # "so the weights of one far below it are all 0, and 0/0 is left": np.isnan(got.y).any()
    # "Take it along the last axis, with keepdims=True": scores.max() → scores.max(axis=-1,
    #     keepdims=True)
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    scores = q @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    scores = np.where(hidden, -np.inf, scores)
    with np.errstate(all="ignore"):
        powers = np.exp(scores - scores.max())
        y = powers / powers.sum(axis=-1, keepdims=True) @ values
    return y.swapaxes(1, 2).reshape(len(q), q.shape[2], -1), keys, values


@exercise.bug
def keys_and_values_swapped(q, k, v, past_k, past_v):
    """Old keys are joined to new values, and old values to new keys. It shows with the second
    call only: keys join keys."""
    # "Old keys are joined to new values, and old values to new keys":
    #     np.array_equal(got.values, np.concatenate([past_k, v], axis=2)) and
    #     np.array_equal(got.keys[:, :, : past_k.shape[2]], past_v)
    # "keys join keys": [past_v, k] → [past_k, k]; [past_k, v] → [past_v, v]
    if k.shape[-1] != v.shape[-1]:
        return cached_attention(q, k, v, past_k, past_v)
    past = past_k.shape[2]
    q, k = rotate(q, past), rotate(k, past)
    keys, values = np.concatenate([past_v, k], 2), np.concatenate([past_k, v], 2)
    return seen(q, keys, values), keys, values


@exercise.bug
def softmax_over_the_queries(q, k, v, past_k, past_v):
    """The weights of a key sum to 1 over the tokens; the weights of a token should, over the keys.
    Divide by the sum along the last axis."""
    # "The weights of a key sum to 1 over the tokens": np.allclose(bug(q, k, np.ones_like(v),
    #     past_k, np.ones_like(past_v))[0].sum(axis=1), past_k.shape[2] + q.shape[2]) and
    #     not np.allclose(got.y, want.y)
    # "Divide by the sum along the last axis": .sum(axis=-2 → .sum(axis=-1
    q, keys, values, past = prepared(q, k, v, past_k, past_v)
    scores = q @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    scores[..., above(q.shape[2], keys.shape[2], past + 1)] = -np.inf
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    with np.errstate(all="ignore"):
        y = powers / powers.sum(axis=-2, keepdims=True) @ values
    return y.swapaxes(1, 2).reshape(len(q), q.shape[2], -1), keys, values


@exercise.bug
def offset_one_too_small(q, k, v, past_k, past_v):
    """New tokens are rotated one position too early, as the last token in the cache. The first of
    them stands at the position that is the length of the cache."""
    # "New tokens are rotated one position too early, as the last token in the cache":
    #     np.allclose(got.keys[:, :, past_k.shape[2]:], rotate(k, past_k.shape[2] - 1))
    # "The first of them stands at the position that is the length of the cache":
    #     max(past_k.shape[2] - 1, 0) → past_k.shape[2]
    offset = max(past_k.shape[2] - 1, 0)
    q, keys, values, _ = prepared(q, k, v, past_k, past_v, offset)
    return seen(q, keys, values), keys, values


@exercise.bug(axis=(2, 1))
def offset_of_the_new_tokens(q, k, v, past_k, past_v, axis=2):
    """Positions begin at the number of new tokens, or of heads, not at the number of tokens in the
    cache. Take the length of `past_k` along axis 2."""
    # "Positions begin at the number of new tokens": np.allclose(got.keys[:, :, past_k.shape[2]:],
    #     rotate(k, k.shape[2]))
    # "or of heads": np.allclose(bug(q, k, v, past_k, past_v, axis=1)[1], rotate(k, k.shape[1])) and
    #     not np.allclose(got.keys, want.keys)
    # "Take the length of `past_k` along axis 2": k.shape[axis]) → past_k.shape[2])
    q, keys, values, _ = prepared(q, k, v, past_k, past_v, k.shape[axis])
    return seen(q, keys, values), keys, values


@exercise.bug
def scaled_keys_kept(q, k, v, past_k, past_v):
    """New keys are divided by √d before they are kept, and old ones count as they are. Divide the
    scores, and keep the keys as they are."""
    # "New keys are divided by √d before they are kept, and old ones count as they are":
    #     np.allclose(got.keys[:, :, past_k.shape[2]:] * q.shape[-1] ** 0.5, rotate(k,
    #     past_k.shape[2]))
    # "keep the keys as they are": k / root → k; q * root → q
    root = q.shape[-1] ** 0.5
    q, keys, values, _ = prepared(q * root, k / root, v, past_k, past_v)
    return seen(q, keys, values), keys, values
