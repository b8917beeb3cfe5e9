"""Practice for question 14: attention that reads a key-value cache and appends to it."""

import torch

from answers.grader.exercise import Exercise
from answers.transformers.cached_attention_torch import (
    cached_attention_torch,
    rotate_pairs,
    rotation,
)

exercise = Exercise(
    cached_attention_torch,
    page="14-kv-cache",
    returns=("y", "keys", "values"),
    hints=(
        "Three things depend on the length of the cache: which rows of the tables you take, "
        "where the new keys go, and the mask. Start with an empty cache, where it is 0.",
        "Rotate the new queries and the new keys, never the values, and never a key that is in "
        "the cache: it was rotated when it was new.",
        "The scores have `time` rows and past + time columns. Row i is token past + i: compare "
        "its position with those of all keys. Which columns may a single new token see?",
        "Before the heads are put side by side, the axes are batch, heads, time, dv. A reshape "
        "reads the numbers in the order in which they stand; which order do you want?",
    ),
)


def tensors(seed, batch, heads, time, past, d, dv, dtype=torch.float64):
    """New q, k and v that want gradients, a cache, and tables."""
    generator = torch.Generator().manual_seed(seed)

    def numbers(length, width, wanted):
        size = (batch, heads, length, width)
        made = torch.randn(size, generator=generator, dtype=torch.float64).to(dtype)
        return made.requires_grad_(wanted)

    q, k, v = numbers(time, d, True), numbers(time, d, True), numbers(time, dv, True)
    past_k, past_v = numbers(past, d, False), numbers(past, dv, False)
    return q, k, v, past_k, past_v, *rotation(29, d, dtype)


def with_a_learning_cache(*arrays):
    q, k, v, past_k, past_v, *tables = arrays
    return q, k, v, past_k.requires_grad_(), past_v.requires_grad_(), *tables


exercise.case("the first token, no cache", *tensors(3, 1, 1, 1, 0, 4, 4))
exercise.case("three tokens, no cache", *tensors(5, 1, 1, 3, 0, 4, 4))
exercise.case("one token after five", *tensors(7, 1, 1, 1, 5, 4, 4))
exercise.case("three tokens after five", *tensors(11, 1, 1, 3, 5, 4, 4))
exercise.case("three heads", *tensors(13, 1, 3, 2, 5, 4, 4))
exercise.case("values wider than keys", *tensors(17, 2, 3, 4, 7, 2, 5))
exercise.case(
    "gradients through the cache",
    *with_a_learning_cache(*tensors(19, 2, 3, 5, 4, 6, 4)),
)
exercise.case("a chunk longer than the cache", *tensors(23, 2, 3, 11, 2, 6, 4))
large = tensors(29, 1, 2, 3, 4, 4, 3)
exercise.case("scores in the thousands", large[0].detach() * 1e3, *large[1:])
later = tensors(25, 1, 1, 3, 0, 4, 3)
exercise.case(
    "later keys far above, scores of ±20 000",
    (later[0].detach() * 1e4).requires_grad_(),
    *later[1:],
)
exercise.case("float32", *tensors(31, 2, 3, 5, 7, 6, 4, torch.float32))


@exercise.check
def a_new_conversation_starts_empty(function):
    """Two conversations, told in turns, mix: what is kept outside the function is shared by all
    of them, and by all layers. Keep nothing; the cache comes in and goes out."""
    tables, kept = rotation(29, 4, torch.float64), {}
    for time in (3, 1):
        for seed in (1, 2):
            q, k, v, *empty, _, _ = tensors(seed + time, 1, 2, time, 0, 4, 4)
            expected, *after = cached_attention_torch(
                q, k, v, *kept.get(seed, empty), *tables
            )
            y, *_ = function(q, k, v, *kept.get(seed, empty), *tables)
            kept[seed] = after
            if y.shape != expected.shape or not torch.allclose(y, expected, rtol=1e-8):
                return False
    return True


@exercise.check
def chunks_of_any_size_give_what_one_pass_gives(function):
    """Read in pieces, with your own cache handed from call to call, a sequence gives other
    outputs than read at once. Compare the positions and the mask of the second piece."""
    q, k, v, past_k, past_v, *tables = tensors(37, 2, 3, 7, 0, 4, 3)
    whole, *_ = function(q, k, v, past_k, past_v, *tables)
    for sizes in ([1] * 7, [3, 4], [4, 1, 2]):
        kept, pieces = (past_k, past_v), []
        for piece in zip(*(x.split(sizes, dim=2) for x in (q, k, v)), strict=True):
            y, *kept = function(*piece, *kept, *tables)
            pieces.append(y)
        if not torch.allclose(torch.cat(pieces, dim=1), whole, rtol=1e-8):
            return False
    return True


def attend(q, keys, values, hidden=None):
    """Outputs with the heads side by side; True in `hidden` hides."""
    scores = q @ keys.mT / q.shape[-1] ** 0.5
    if hidden is not None:
        scores = scores.masked_fill(hidden, -torch.inf)
    return (scores.softmax(-1) @ values).transpose(1, 2).flatten(2)


def above(time, keys, diagonal):
    """True above a diagonal of (time, keys), counted from the upper left."""
    return torch.ones(time, keys, dtype=torch.bool).triu(diagonal)


def prepared(q, k, v, past_k, past_v, cosines, sines, offset=None):
    """What is right: rotated queries, all keys and values, the length of the cache."""
    past, time = past_k.shape[2], k.shape[2]
    start = past if offset is None else offset
    rows = cosines[start : start + time], sines[start : start + time]
    q, k = rotate_pairs(q, *rows), rotate_pairs(k, *rows)
    return q, torch.cat([past_k, k], 2), torch.cat([past_v, v], 2), past


@exercise.bug
def mask_aligned_to_the_upper_left(q, k, v, past_k, past_v, cosines, sines):
    """The triangle of the mask ignores the cache, as that of `is_causal=True` does: query 0 sees
    key 0 only. Move it right by the length of the cache."""
    # "query 0 sees key 0 only": torch.allclose(got.y[:, 0], got.values[:, :, 0].flatten(1))
    # "The triangle of the mask ignores the cache, as that of `is_causal=True` does":
    #     torch.allclose(got.y, torch.nn.functional.scaled_dot_product_attention(rotate_pairs(q,
    #     cosines[5:6], sines[5:6]), got.keys, got.values, is_causal=True).transpose(1,
    #     2).flatten(2))
    # "Move it right by the length of the cache": keys.shape[2], 1) → keys.shape[2],
    #     past_k.shape[2] + 1)
    q, keys, values, _ = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = above(q.shape[2], keys.shape[2], 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def no_mask_on_a_chunk(q, k, v, past_k, past_v, cosines, sines):
    """Nothing is masked, so the tokens of a chunk see those after them. One new token needs no
    mask, several do."""
    # "Nothing is masked, so the tokens of a chunk see those after them": not
    #     torch.allclose(got.y[:, 0], v[:, :, 0].flatten(1)) and past_k.shape[2] == 0
    # "One new token needs no mask, several do": attend(q, keys, values) → attend(q, keys,
    #     values, above(q.shape[2], keys.shape[2], past_k.shape[2] + 1))
    q, keys, values, _ = prepared(q, k, v, past_k, past_v, cosines, sines)
    return attend(q, keys, values), keys, values


@exercise.bug
def mask_only_without_a_cache(q, k, v, past_k, past_v, cosines, sines):
    """With a cache nothing is masked, as if only single tokens came then. A chunk after a cache
    needs its mask too."""
    # "With a cache nothing is masked": torch.allclose(got.y, attend(rotate_pairs(q,
    #     cosines[5:8], sines[5:8]), got.keys, got.values))
    # "A chunk after a cache needs its mask too": None if past else above(q.shape[2],
    #     keys.shape[2], 1) → above(q.shape[2], keys.shape[2], past + 1)
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = None if past else above(q.shape[2], keys.shape[2], 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def own_key_hidden(q, k, v, past_k, past_v, cosines, sines):
    """A token does not see itself, and the first of all sees nothing, which is nan. Hide only
    keys that come later."""
    # "A token does not see itself, and the first of all sees nothing, which is nan": got.y[:,
    #     0].isnan().all()
    # "Hide only keys that come later": keys.shape[2], past) → keys.shape[2], past + 1)
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = above(q.shape[2], keys.shape[2], past)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def mask_inverted(q, k, v, past_k, past_v, cosines, sines):
    """The mask hides what it should show: True means hidden for `masked_fill`, and may look for
    `scaled_dot_product_attention`."""
    # "The mask hides what it should show": got.y[:, 0].isnan().all()
    # "True means hidden for `masked_fill`": attend(q, keys, values, hidden) → ((q @ keys.mT
    #     / q.shape[-1] ** 0.5).masked_fill(~hidden, -torch.inf).softmax(-1)
    #     @ values).transpose(1, 2).flatten(2)
    # "and may look for `scaled_dot_product_attention`": attend(q, keys, values, hidden) →
    #     torch.nn.functional.scaled_dot_product_attention(q, keys, values, hidden).transpose(1,
    #     2).flatten(2)
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = ~above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def offset_not_applied(q, k, v, past_k, past_v, cosines, sines):
    """Each call counts positions from 0 again. The first new token stands at the position that
    is the length of the cache."""
    # "Each call counts positions from 0 again": torch.allclose(got.keys[:, :, 5:],
    #     rotate_pairs(k, cosines[:1], sines[:1]))
    # "The first new token stands at the position that is the length of the cache": cosines,
    #     sines, 0) → cosines, sines, past_k.shape[2])
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines, 0)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def offset_by_one(q, k, v, past_k, past_v, cosines, sines):
    """Positions run one ahead. Position counts the tokens before, so the first of all stands at
    position 0."""
    # "Positions run one ahead": torch.allclose(got.keys, rotate_pairs(k, cosines[1:2],
    #     sines[1:2])) and past_k.shape[2] == 0
    # "Position counts the tokens before, so the first of all stands at position 0": sines, past
    #     + 1) → sines, past)
    past = past_k.shape[2]
    q, keys, values, _ = prepared(q, k, v, past_k, past_v, cosines, sines, past + 1)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def cached_keys_rotated_again(q, k, v, past_k, past_v, cosines, sines):
    """All keys are rotated, those in the cache for the second time. Rotate new keys before they
    are appended."""
    # "All keys are rotated, those in the cache for the second time": torch.allclose(got.keys[:,
    #     :, :5], rotate_pairs(past_k, cosines[:5], sines[:5]))
    # "Rotate new keys before they are appended": torch.cat([past_k, k], 2) → torch.cat([past_k,
    #     rotate_pairs(k, cosines[past:past + k.shape[2]], sines[past:past + k.shape[2]])], 2);
    #     rotate_pairs(keys, cosines[:total], sines[:total]) → keys
    q, _, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    keys, total = torch.cat([past_k, k], 2), values.shape[2]
    keys = rotate_pairs(keys, cosines[:total], sines[:total])
    hidden = above(q.shape[2], total, past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def unrotated_keys_kept(q, k, v, past_k, past_v, cosines, sines):
    """The cache gets keys that are not rotated, and the next call takes them as they are. Keep
    what the scores were computed with."""
    # "The cache gets keys that are not rotated": torch.equal(got.keys[:, :, past_k.shape[2] :],
    #     k)
    # "Keep what the scores were computed with": torch.cat([past_k, k], 2) → keys
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), torch.cat([past_k, k], 2), values


@exercise.bug
def not_rotated(q, k, v, past_k, past_v, cosines, sines):
    """Nothing is rotated, so no token has a position. Rotate the new queries and keys."""
    # "Nothing is rotated, so no token has a position": torch.equal(got.keys[:, :,
    #     past_k.shape[2] :], k)
    # "Rotate the new queries and keys": [past_k, k] → [past_k, rotate_pairs(k,
    #     cosines[past:past + k.shape[2]], sines[past:past + k.shape[2]])]; attend(q, →
    #     attend(rotate_pairs(q, cosines[past:past + q.shape[2]], sines[past:past + q.shape[2]]),
    past = past_k.shape[2]
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def neighbours_rotated(q, k, v, past_k, past_v, cosines, sines):
    """Neighbouring entries are paired, as in the original RoFormer, not entry j with j + d/2.
    Either works in a model trained so, and neither reads the other's cache."""
    # "Neighbouring entries are paired, as in the original RoFormer, not entry j with j + d/2":
    #     x[..., ::2], x[..., 1::2] → x[..., :x.shape[-1] // 2], x[..., x.shape[-1] // 2:];
    #     torch.stack([even * c - odd * s, even * s + odd * c], -1).flatten(-2) → torch.cat([even *
    #     c - odd * s, even * s + odd * c], -1)
    past, time = past_k.shape[2], k.shape[2]
    c, s = cosines[past : past + time], sines[past : past + time]

    def turned(x):
        even, odd = x[..., ::2], x[..., 1::2]
        return torch.stack([even * c - odd * s, even * s + odd * c], -1).flatten(-2)

    q, keys = turned(q), torch.cat([past_k, turned(k)], 2)
    values = torch.cat([past_v, v], 2)
    hidden = above(time, past + time, past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def turned_backwards(q, k, v, past_k, past_v, cosines, sines):
    """The pairs are turned the other way round. Check the signs of the sine: the first entry
    loses, the second gains."""
    # "The pairs are turned the other way round": torch.allclose(got.keys[:, :, past_k.shape[2]
    #     :], rotate_pairs(k, cosines[past_k.shape[2] :][: k.shape[2]], -sines[past_k.shape[2] :][:
    #     k.shape[2]]))
    # "Check the signs of the sine: the first entry loses, the second gains": -sines → sines
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, -sines)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def new_tokens_first(q, k, v, past_k, past_v, cosines, sines):
    """New keys and values are put before the old ones, so the mask and the next call see them in
    the wrong order. Append them."""
    # "New keys and values are put before the old ones": torch.equal(got.values, torch.cat([v,
    #     past_v], 2))
    # "Append them": keys.roll(-past, 2), values.roll(-past, 2) → keys, values
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    keys, values = keys.roll(-past, 2), values.roll(-past, 2)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def cache_not_read(q, k, v, past_k, past_v, cosines, sines):
    """The new tokens look at each other only, though the cache is handed on. The scores need the
    keys of the cache too."""
    # "The new tokens look at each other only, though the cache is handed on":
    #     torch.allclose(got.y.flatten(), v.flatten()) and got.keys.shape == want.keys.shape
    # "The scores need the keys of the cache too": keys[:, :, past:], values[:, :, past:],
    #     above(time, time, 1) → keys, values, above(time, past + time, past + 1)
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    time = q.shape[2]
    y = attend(q, keys[:, :, past:], values[:, :, past:], above(time, time, 1))
    return y, keys, values


@exercise.bug(fill=(-1e4, -1e3, -100.0))
def finite_fill(q, k, v, past_k, past_v, cosines, sines, fill=-1e4):
    """Scores of later keys become a number such as -10 000, but a visible score may be lower still,
    and then a later key wins. Use -inf."""
    # "a visible score may be lower still, and then a later key wins": not torch.allclose(got.y,
    #     want.y) and torch.allclose(bug(0 * q, k, v, past_k, past_v, cosines, sines)[0], right(0
    #     * q, k, v, past_k, past_v, cosines, sines)[0])
    # "Scores of later keys become a number such as -10 000": (fill) → (-10_000 * torch.inf)
    # "Use -inf": (fill) → (-torch.inf)
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    scores = q @ keys.mT / q.shape[-1] ** 0.5
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    scores = scores.masked_fill(hidden, float(fill))
    return (scores.softmax(-1) @ values).transpose(1, 2).flatten(2), keys, values


@exercise.bug
def heads_not_transposed(q, k, v, past_k, past_v, cosines, sines):
    """The outputs are reshaped while the heads still stand before the tokens, which mixes the
    tokens. Move the axis of the heads next to that of the values first."""
    # "Move the axis of the heads next to that of the values first": y.reshape(batch, time,
    #     heads, -1).transpose(1, 2).reshape(batch, time, -1) → y
    # "The outputs are reshaped while the heads still stand before the tokens":
    #     torch.allclose(got.y, want.y.reshape(*q.shape[::2], q.shape[1], -1).transpose(1,
    #     2).reshape(want.y.shape))
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    batch, heads, time, _ = q.shape
    y = attend(q, keys, values, above(time, keys.shape[2], past + 1))
    y = y.reshape(batch, time, heads, -1).transpose(1, 2).reshape(batch, time, -1)
    return y, keys, values


@exercise.bug
def not_scaled(q, k, v, past_k, past_v, cosines, sines):
    """The scores are not divided by √d, so their softmax is too sharp."""
    # "The scores are not divided by √d": torch.allclose(got.y, right(q * q.shape[-1] ** 0.5, k,
    #     v, past_k, past_v, cosines, sines)[0])
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q * q.shape[-1] ** 0.5, keys, values, hidden), keys, values


@exercise.bug
def detached(q, k, v, past_k, past_v, cosines, sines):
    """What is kept is detached before it is used, so keys and values get no gradient. Detach a
    cache in generation, not in this function."""
    # "What is kept is detached before it is used, so keys and values get no gradient": not
    #     got.keys.requires_grad and want.keys.requires_grad
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    keys, values = keys.detach(), values.detach()
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def keys_and_values_swapped(q, k, v, past_k, past_v, cosines, sines):
    """Old keys are joined to new values, and old values to new keys. It shows with the second
    call only: keys join keys."""
    # "Old keys are joined to new values, and old values to new keys": torch.equal(got.values,
    #     torch.cat([past_k, v], 2)) and torch.equal(got.keys[:, :, : past_k.shape[2]], past_v)
    # "keys join keys": [past_v, k] → [past_k, k]; [past_k, v] → [past_v, v]
    q, _, _, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    new = slice(past, past + q.shape[2])
    k = rotate_pairs(k, cosines[new], sines[new])
    keys, values = torch.cat([past_v, k], 2), torch.cat([past_k, v], 2)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def next_key_seen(q, k, v, past_k, past_v, cosines, sines):
    """Each token sees the key after its own, too. New token i sees keys 0 to past + i: hide from
    past + i + 1 on."""
    # "Each token sees the key after its own, too": torch.allclose(got.y[:, 0], attend(q[:, :, :1],
    #     got.keys[:, :, :2], got.values[:, :, :2])[:, 0]) and past_k.shape[2] == 0
    # "hide from past + i + 1 on": past + 2 → past + 1
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = above(q.shape[2], keys.shape[2], past + 2)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def masked_after_the_softmax(q, k, v, past_k, past_v, cosines, sines):
    """The mask multiplies the weights after the softmax, so they no longer add up to 1. Set scores
    to -inf before it."""
    # "The mask multiplies the weights after the softmax, so they no longer add up to 1": past_k.
    #     shape[2] == 0 and not torch.allclose(got.y[:, 0], v[:, :, 0].flatten(1))
    # "Set scores to -inf before it": scores.softmax(-1) * ~hidden → scores.masked_fill(hidden,
    #     -torch.inf).softmax(-1)
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    scores = q @ keys.mT / q.shape[-1] ** 0.5
    weights = scores.softmax(-1) * ~hidden
    return (weights @ values).transpose(1, 2).flatten(2), keys, values


@exercise.bug
def keys_not_rotated(q, k, v, past_k, past_v, cosines, sines):
    """Queries are rotated and new keys are not. Rotate new keys before they join the cache."""
    # "Queries are rotated and new keys are not": torch.equal(got.keys[:, :, past_k.shape[2] :], k)
    #     and torch.allclose(got.y, attend(rotate_pairs(q, cosines[past_k.shape[2] :][: q.shape[2]],
    #     sines[past_k.shape[2] :][: q.shape[2]]), got.keys, got.values, above(q.shape[2],
    #     got.keys.shape[2], past_k.shape[2] + 1)))
    # "Rotate new keys before they join the cache": torch.cat([past_k, k], 2) → torch.cat([past_k,
    #     rotate_pairs(k, cosines[past:past + k.shape[2]], sines[past:past + k.shape[2]])], 2)
    q, _, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    keys = torch.cat([past_k, k], 2)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def queries_not_rotated(q, k, v, past_k, past_v, cosines, sines):
    """Keys are rotated and queries are not. Rotate new queries by the rows of their keys."""
    # "Keys are rotated and queries are not": torch.allclose(got.y, attend(q, want.keys,
    #     want.values, above(q.shape[2], want.keys.shape[2], past_k.shape[2] + 1)))
    # "Rotate new queries by the rows of their keys": attend(q, → attend(rotate_pairs(q,
    #     cosines[past:past + q.shape[2]], sines[past:past + q.shape[2]]),
    _, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def one_row_for_a_chunk(q, k, v, past_k, past_v, cosines, sines):
    """All tokens of a chunk are rotated by one row, that of its first. Take the rows past to past +
    time."""
    # "All tokens of a chunk are rotated by one row, that of its first": torch.allclose(got.keys,
    #     rotate_pairs(k, cosines[:1].expand(3, -1), sines[:1].expand(3, -1)))
    # "Take the rows past to past + time": past + 1] → past + time]
    past, time = past_k.shape[2], q.shape[2]
    c, s = (table[past : past + 1].expand(time, -1) for table in (cosines, sines))
    q, k = rotate_pairs(q, c, s), rotate_pairs(k, c, s)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def last_rows_of_the_tables(q, k, v, past_k, past_v, cosines, sines):
    """The last rows of the tables are taken, which reach further than the tokens. Start at the
    length of the cache."""
    # "The last rows of the tables are taken, which reach further than the tokens":
    #     torch.allclose(got.keys, rotate_pairs(k, cosines[-1:], sines[-1:])) and len(cosines) > 1
    # "Start at the length of the cache": len(cosines) - k.shape[2] → past_k.shape[2]
    start = len(cosines) - k.shape[2]
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines, start)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys, values


@exercise.bug
def detached_on_return(q, k, v, past_k, past_v, cosines, sines):
    """The cache is detached as it is returned, so the next call gives this one no gradient. Detach
    it in generation, not in this function."""
    # "The cache is detached as it is returned, so the next call gives this one no gradient": not
    #     got.keys.requires_grad and want.keys.requires_grad and got.y.requires_grad
    q, keys, values, past = prepared(q, k, v, past_k, past_v, cosines, sines)
    hidden = above(q.shape[2], keys.shape[2], past + 1)
    return attend(q, keys, values, hidden), keys.detach(), values.detach()
