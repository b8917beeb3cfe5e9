"""Practice for question 9: attention without the matrix of all scores."""

import tracemalloc

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.transformers.attention import attend, attend_blockwise, causal_mask

exercise = Exercise(
    attend_blockwise,
    page="09-attention",
    hints=(
        "For one query, keep three things while you read the keys: the largest score so far, "
        "the sum of exp(score - largest), and the sum of the values with these weights.",
        "A new block may hold a larger score. What is the factor between exp(s - old) and "
        "exp(s - new)? Multiply both running sums by it before you add the block.",
        "Divide once, at the end. Start the maximum at -inf: exp(-inf - new) is 0, so the empty "
        "sums are multiplied by 0.",
        "Causal: the last query sees all keys, so query i sees keys up to i + keys - queries. "
        "Within a block, count positions from the start of the sequence, not of the block.",
    ),
)

rng = np.random.default_rng(11)
Q, K, V = rng.normal(size=(5, 3)), rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
SHORT, SIX = (Q[:4], K[:4], V[:4]), (Q, K[:6], V[:6])
SAME = [rng.normal(size=(7, n)) for n in (3, 3, 2)]
BATCH = [rng.normal(size=(2, 4, *a.shape)) for a in (Q, K, V)]
LONG = [rng.normal(size=(300, n)) for n in (3, 3, 2)]
LOW = 0 * Q - 6e3, 1 + 1e-4 * K, V
RISING = np.array([[0.0], [1e4], [-1e4], [2e4], [0.0], [2e4], [1.0]])

exercise.case("one block for all", *SHORT, block=16)
exercise.case("6 keys in blocks of 2", *SIX, block=2)
exercise.case("7 keys in blocks of 3", Q, K, V, block=3)
exercise.case("a block of 1", Q, K, V, block=1)
exercise.case("a batch of 2 with 4 heads", *BATCH, block=3)
exercise.case("300 positions and the default block", *LONG)
exercise.case("causal, one block for all", *SAME, block=8, causal=True)
exercise.case("causal, in blocks of 3", *SAME, block=3, causal=True)
exercise.case("causal, in blocks of 1", *SAME, block=1, causal=True)
exercise.case("causal, 5 queries after 2 keys", Q, K, V, block=3, causal=True)
exercise.case("causal, a batch", *BATCH, block=2, causal=True)
exercise.case("scores that rise by 10 000", Q[:, :1] ** 2, RISING, V, block=2)
exercise.case("scores that fall by 10 000", Q[:, :1] ** 2, RISING[::-1], V, block=2)
exercise.case("scores near -10 000", *LOW, block=2)
exercise.case("causal, rising scores", 0 * RISING + 1, RISING, V, block=2, causal=True)
exercise.case("causal, scores near -10 000", *LOW, block=2, causal=True)
exercise.case("float32", *(a.astype(np.float32) for a in (9 * Q, 9 * K, V)), block=2)
add_whole_numbers(
    exercise,
    *(np.array([[1, 3], [0, 2]]), np.array([[17, 16], [16, 17], [15, 17]])),
    np.array([[200, 100], [90, 201], [7, 30]]),
    block=2,
)
exercise.case("a batch of 4", *(a[0] for a in BATCH), block=2, causal=False)
exercise.case("three leading axes", *(a[None] for a in BATCH), block=3)


@exercise.check
def forms_few_scores_at_a_time(attend_blockwise):
    """With 256 queries, 256 keys and blocks of 16, memory for more than half of all scores was in
    use at once. Compare `block` keys at a time, and keep running sums."""
    q, k, v = (rng_array(256, n) for n in (2, 2, 2))
    ours = not tracemalloc.is_tracing()
    if ours:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        attend_blockwise(q, k, v, block=16)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        if ours:
            tracemalloc.stop()
    return peak < 256 * 256 * q.itemsize / 2


def rng_array(*shape):
    return np.random.default_rng(0).normal(size=shape)


def pieces(q, k, v, block, causal, last=True):
    """The scaled scores of each block of keys, hidden ones at -inf, and its values."""
    if causal:
        mask = causal_mask(k.shape[-2])[-q.shape[-2] :]
    keys = k.shape[-2] if last else max(block, k.shape[-2] // block * block)
    for start in range(0, keys, block):
        cut = slice(start, start + block)
        s = q @ k[..., cut, :].swapaxes(-1, -2) / q.shape[-1] ** 0.5
        yield np.where(mask[:, cut], s, -np.inf) if causal else s, v[..., cut, :]


def running(
    q,
    k,
    v,
    block,
    causal,
    sums=True,
    values=True,
    shrink=np.exp,
    largest=np.maximum,
    divide=np.divide,
    **options,
):
    """The reference in short; `sums` and `values` say what shrinks, `shrink` how."""
    top, total, out = -np.inf, 0.0, 0.0
    for s, values_of_block in pieces(q, k, v, block, causal, **options):
        new = largest(top, s.max(axis=-1, keepdims=True))
        powers = np.exp(s - new)
        factor = shrink(top - new)
        total = total * (factor if sums else 1) + powers.sum(axis=-1, keepdims=True)
        out = out * (factor if values else 1) + powers @ values_of_block
        top = new
    return divide(out, total)


def tiled(
    q,
    k,
    v,
    block,
    causal,
    hidden=-np.inf,
    ahead=None,
    skipped="unseen",
    within=False,
    queries=None,
    largest=np.maximum,
    kept=False,
):
    """Blocks of queries against blocks of keys; `ahead` keys stand before the first query, and
    positions are counted `within` the blocks. With `kept`, sums go on from block to block."""
    q, k, v = map(as_float, (q, k, v))
    out = np.zeros((*q.shape[:-1], v.shape[-1]))
    ahead = k.shape[-2] - q.shape[-2] if ahead is None else ahead
    sums = None
    for row in range(0, q.shape[-2] if queries is None else queries, block):
        rows = np.arange(row, min(row + block, q.shape[-2]))
        if sums is None or not kept:
            sums = -np.inf, 0.0, 0.0
        else:
            sums = [each[..., : len(rows), :] for each in sums]
        for key in range(0, k.shape[-2], block):
            last = {"unseen": rows[-1], "first": rows[0], "last": rows[-1] - 1}
            last["square"] = row + block - 1 - ahead
            if causal and skipped and key > max(last[skipped] + ahead, 0):
                break
            keys = np.arange(key, min(key + block, k.shape[-2]))
            s = q[..., rows, :] @ k[..., keys, :].swapaxes(-1, -2) / q.shape[-1] ** 0.5
            if causal:
                seen = rows[:, None] - row * bool(within) + ahead
                seen = seen >= keys - key * (within is True)
                s = s if hidden is None else np.where(seen, s, hidden)
            with np.errstate(all="ignore"):
                sums = added(sums, s, v[..., keys, :], largest)
        with np.errstate(all="ignore"):
            out[..., rows, :] = sums[2] / sums[1]
    return out


def added(sums, s, values, largest):
    """The largest score, the sum of weights and the sum of values, with one more block."""
    top, total, out = sums
    new = largest(top, s.max(axis=-1, keepdims=True))
    powers, factor = np.exp(s - new), np.exp(top - new)
    return (
        new,
        total * factor + powers.sum(-1, keepdims=True),
        out * factor + powers @ values,
    )


@exercise.bug
def all_scores_at_once(q, k, v, block=256, causal=False):
    """The result is right, but all scores are formed at once, which is what blocks are to avoid.
    Compare `block` keys at a time, and keep running sums."""
    mask = causal_mask(k.shape[-2])[-q.shape[-2] :] if causal else None
    return attend(q, k, v, mask)


@exercise.bug
def no_running_maximum(q, k, v, block=256, causal=False):
    """exp is taken of the scores as they are: it overflows on large ones, and 0/0 is left of very
    negative ones. Keep the largest score so far and subtract it."""
    # "it overflows on large ones": np.isnan(got).any()
    # "and 0/0 is left of very negative ones": np.isnan(bug(np.ones((1, 1)), np.full((2, 1),
    #     -800.0), np.ones((2, 1)))).all()
    # "Keep the largest score so far and subtract it": lambda top, new: 0.0 → np.maximum
    return running(q, k, v, block, causal, largest=lambda top, new: 0.0)


@exercise.bug(tiles=(None, np.float32, np.float64))
def global_maximum(q, k, v, block=256, causal=False, tiles=None):
    """One maximum is kept for all queries, so the weights of one far below it are all 0, and 0/0
    is left. Keep one for each query: the maximum along the keys, with keepdims=True."""
    # "so the weights of one far below it are all 0, and 0/0 is left": np.isnan(got).any()
    # "Keep one for each query: the maximum along the keys, with keepdims=True": max(np.max(top),
    #     new.max()) → np.maximum(top, new)
    q = q if tiles is None else q.astype(np.result_type(as_float(q), tiles))
    with np.errstate(all="ignore"):
        return (running if tiles is None else tiled)(
            q, k, v, block, causal, largest=lambda top, new: max(np.max(top), new.max())
        )


@exercise.bug
def first_maximum_kept(q, k, v, block=256, causal=False):
    """The maximum of the first block is used for all, and a later score far above it overflows.
    Update the maximum, and rescale the sums when it rises."""
    # "a later score far above it overflows": np.isnan(got).any() and np.isnan(bug(q, k, v,
    #     block)).any()
    # "The maximum of the first block is used for all": np.allclose(bug(q[..., :1, :] * 0, k, v,
    #     block), right(q[..., :1, :] * 0, k, v, block)) and np.isnan(got).any()
    # "Update the maximum, and rescale the sums when it rises": lambda top, new:
    #     np.where(np.isinf(top), new, top) → np.maximum
    return running(
        q,
        k,
        v,
        block,
        causal,
        largest=lambda top, new: np.where(np.isinf(top), new, top),
    )


@exercise.bug
def nothing_rescaled(q, k, v, block=256, causal=False):
    """Each block subtracts another maximum, and the sums are added up as if it were the same one.
    When the maximum rises from m to n, multiply both running sums by exp(m - n)."""
    # "When the maximum rises from m to n, multiply both running sums by exp(m - n)":
    #     sums=False, values=False → shrink=np.exp
    # "Each block subtracts another maximum, and the sums are added up as if it were the same
    #     one": np.allclose(got, running(q, k, v, block, causal, sums=False, values=False))
    return running(q, k, v, block, causal, sums=False, values=False)


@exercise.bug
def values_not_rescaled(q, k, v, block=256, causal=False):
    """The sum of the weights shrinks when the maximum rises, the sum of the values does not.
    Multiply both by exp(old - new)."""
    # "The sum of the weights shrinks when the maximum rises, the sum of the values does not":
    #     bug(q, k, np.ones_like(v), block).max() > 1 + 1e-9
    # "Multiply both by exp(old - new)": values=False → shrink=np.exp
    return running(q, k, v, block, causal, values=False)


@exercise.bug
def sum_not_rescaled(q, k, v, block=256, causal=False):
    """The sum of the values shrinks when the maximum rises, the sum of the weights does not.
    Multiply both by exp(old - new)."""
    # "The sum of the values shrinks when the maximum rises, the sum of the weights does not":
    #     bug(q, k, np.ones_like(v), block).min() < 1 - 1e-9
    # "Multiply both by exp(old - new)": sums=False → shrink=np.exp
    return running(q, k, v, block, causal, sums=False)


@exercise.bug
def rescaled_the_wrong_way(q, k, v, block=256, causal=False):
    """The running sums are multiplied by exp(new - old), which makes them larger. What was added up
    under a smaller maximum must shrink: exp(old - new)."""
    # "What was added up under a smaller maximum must shrink: exp(old - new)":
    #     np.exp(-difference) → np.exp(difference)
    # "The running sums are multiplied by exp(new - old), which makes them larger":
    #     np.allclose(got, running(q, k, v, block, causal, shrink=lambda d: np.where(np.isinf(d),
    #     0.0, np.exp(-d))))

    def grow(difference):
        return np.where(np.isinf(difference), 0.0, np.exp(-difference))

    return running(q, k, v, block, causal, shrink=grow)


@exercise.bug
def maximum_of_the_block(q, k, v, block=256, causal=False):
    """The maximum is that of the newest block alone, and the sums are not rescaled to it. Keep
    the largest so far, `np.maximum(old, new)`, and rescale when it rises."""
    # "The maximum is that of the newest block alone, and the sums are not rescaled to it":
    #     np.allclose(got, running(q, k, v, block, causal, largest=lambda old, new: new, sums=False,
    #     values=False))
    # "Keep the largest so far, `np.maximum(old, new)`, and rescale when it rises": lambda top,
    #     new: new → lambda old, new: np.maximum(old, new); sums=False, values=False → shrink=np.exp
    return running(
        q, k, v, block, causal, largest=lambda top, new: new, sums=False, values=False
    )


@exercise.bug(guarded=(True, False), wide=(True,))
def maximum_falls(q, k, v, block=256, causal=False, guarded=True, wide=False):
    """The maximum is taken of the newest block alone: where it falls far, exp(old - new) overflows.
    Keep the largest so far, `np.maximum(old, new)`."""
    # "where it falls far, exp(old - new) overflows": not np.isfinite(got).all() and
    #     np.allclose(bug(q / 1e4, k, v, block), right(q / 1e4, k, v, block))
    # "Keep the largest so far, `np.maximum(old, new)`": np.where(guarded & np.isneginf(new), old,
    #     new) → np.maximum(old, new)
    return tiled(
        q.astype(float) if wide else q,
        k,
        v,
        block,
        causal,
        largest=lambda old, new: np.where(guarded & np.isneginf(new), old, new),
    )


@exercise.bug(averaged=(True, False))
def blocks_averaged(q, k, v, block=256, causal=False, averaged=True):
    """Each block is normalised on its own, so one with small scores counts as much as one with
    large ones. Add up first, and divide once, by the sum over all keys."""
    # "Each block is normalised on its own, so one with small scores counts as much as one with
    #     large ones": np.allclose(got, np.mean([right(q, k[..., i : i + block, :], v[..., i : i +
    #     block, :]) for i in range(0, k.shape[-2], block)], axis=0))
    with np.errstate(all="ignore"):
        total, blocks = 0, 0
        for s, values in pieces(q, k, v, block, causal):
            powers = np.exp(s - s.max(axis=-1, keepdims=True))
            total = total + powers / powers.sum(axis=-1, keepdims=True) @ values
            blocks += 1
        return total / blocks if averaged else total


@exercise.bug
def last_keys_dropped(q, k, v, block=256, causal=False):
    """Only whole blocks of keys are read, so the rest at the end is never seen. Let the last block
    be shorter."""
    # "Only whole blocks of keys are read, so the rest at the end is never seen":
    #     np.allclose(got, right(q, k[..., : k.shape[-2] // block * block, :], v[..., : k.shape[-2]
    #     // block * block, :]))
    # "Let the last block be shorter": last=False → last=True
    return running(q, k, v, block, causal, last=False)


@exercise.bug
def last_queries_dropped(q, k, v, block=256, causal=False):
    """Only whole blocks of queries are answered, so the rows at the end stay 0. Let the last block
    be shorter."""
    # "the rows at the end stay 0": not got[..., q.shape[-2] // block * block :, :].any() and
    #     np.allclose(got[..., 0, :], want[..., 0, :])
    # "Let the last block be shorter": q.shape[-2] // block * block → q.shape[-2]
    queries = max(min(block, q.shape[-2]), q.shape[-2] // block * block)
    return tiled(q, k, v, block, causal, queries=queries)


@exercise.bug
def sums_go_on(q, k, v, block=256, causal=False):
    """The maximum and the sums are not set back for the next block of queries: they go on from the
    rows before. Start each block of queries anew."""
    # "they go on from the rows before": np.allclose(got[:block], want[:block]) and not
    #     np.allclose(got[block:], want[block:])
    # "Start each block of queries anew": kept=True → kept=False
    return tiled(q, k, v, block, causal, kept=True)


@exercise.bug
def not_divided(q, k, v, block=256, causal=False):
    """The weighted sum is returned without dividing by the sum of the weights. Divide once, at the
    end."""
    # "The weighted sum is returned without dividing by the sum of the weights": bug(q, k,
    #     np.ones_like(v), block).max() > 1 + 1e-9
    # "Divide once, at the end": lambda out, total: out → lambda out, total: out / total
    return running(q, k, v, block, causal, divide=lambda out, total: out)


@exercise.bug
def not_scaled(q, k, v, block=256, causal=False):
    """The scores are not divided by √d. Divide q kᵀ by the square root of the number of features
    of a query."""
    # "The scores are not divided by √d": np.allclose(got, right(q * q.shape[-1] ** 0.5, k, v,
    #     block))
    # "Divide q kᵀ by the square root of the number of features of a query": q * q.shape[-1] **
    #     0.5 → q * q.shape[-1] ** 0.5 / q.shape[-1] ** 0.5
    return attend_blockwise(q * q.shape[-1] ** 0.5, k, v, block, causal)


@exercise.bug
def causal_ignored(q, k, v, block=256, causal=False):
    """`causal` is not used: every query sees all keys. Hide those that come after it."""
    # "`causal` is not used: every query sees all keys": np.array_equal(got, bug(q, k, v, block,
    #     causal=False))
    # "Hide those that come after it": attend_blockwise(q, k, v, block) → running(q, k, v,
    #     block, causal)
    return attend_blockwise(q, k, v, block)


@exercise.bug(tiles=(False, True))
def masked_by_whole_blocks(q, k, v, block=256, causal=False, tiles=False):
    """A block of keys is seen as a whole or not at all: a query sees keys after its own place in
    the block. Mask inside of the blocks, too."""
    # "a query sees keys after its own place in the block": q.shape[-2] == k.shape[-2] <= block and
    #     np.allclose(got, right(q, k, v, block))
    # "Mask inside of the blocks, too": keys // block * block → keys; hidden=None → hidden=-np.inf
    if not causal:
        return attend_blockwise(q, k, v, block)
    if tiles:
        return tiled(q, k, v, block, causal, hidden=None)
    queries, keys = np.arange(q.shape[-2]), np.arange(k.shape[-2])
    behind = k.shape[-2] - q.shape[-2]
    return attend(q, k, v, keys // block * block <= queries[:, None] + behind)


@exercise.bug(skipped=("unseen", None))
def hidden_scores_of_0(q, k, v, block=256, causal=False, skipped="unseen"):
    """Hidden scores are set to 0, and exp(0) is 1: what is hidden still weighs. Set them to
    `-np.inf`."""
    # "Hidden scores are set to 0, and exp(0) is 1: what is hidden still weighs": np.isclose(got[0,
    #     0], (np.append(np.exp(q[0] @ k[0] / 3**0.5), np.ones(6)) @ v[:, 0]) / (6 + np.exp(q[0] @
    #     k[0] / 3**0.5)))
    # "Set them to `-np.inf`": hidden=0.0 → hidden=-np.inf
    return tiled(q, k, v, block, causal, hidden=0.0, skipped=skipped)


@exercise.bug(last=("first", "last"))
def seen_blocks_skipped(q, k, v, block=256, causal=False, last="first"):
    """A block of keys is skipped though a query of the block sees some of it. Skip it only where
    its first key comes after the last one that the last query sees."""
    # "Skip it only where its first key comes after the last one that the last query sees":
    #     skipped=last → skipped="unseen"
    return tiled(q, k, v, block, causal, skipped=last)


@exercise.bug
def offset_of_the_wrong_sign(q, k, v, block=256, causal=False):
    """The queries are moved the wrong way: query i sees keys up to i + queries - keys, and the
    first see none. Add keys - queries."""
    # "query i sees keys up to i + queries - keys, and the first see none": np.isnan(got[0]).all()
    #     and np.allclose(got[k.shape[-2] - q.shape[-2]], v[0])
    # "Add keys - queries": q.shape[-2] - k.shape[-2] → k.shape[-2] - q.shape[-2]
    return tiled(q, k, v, block, causal, ahead=q.shape[-2] - k.shape[-2])


@exercise.bug
def aligned_upper_left(q, k, v, block=256, causal=False):
    """With fewer queries than keys, query i is taken for position i. The queries are the last
    positions: query i sees keys up to i + keys - queries."""
    # "With fewer queries than keys, query i is taken for position i": np.allclose(got[..., 0,
    #     :], v[..., 0, :]) and q.shape[-2] < k.shape[-2]
    # "The queries are the last positions: query i sees keys up to i + keys - queries":
    #     [:q.shape[-2]] → [-q.shape[-2]:]
    if not causal:
        return attend_blockwise(q, k, v, block)
    return attend(q, k, v, causal_mask(k.shape[-2])[: q.shape[-2]])


@exercise.bug
def diagonal_hidden(q, k, v, block=256, causal=False):
    """A query does not see the key of its own position. Keep key j for query i where j <= i, not
    j < i."""
    # "A query does not see the key of its own position": np.isnan(got[..., 0, :]).all() and
    #     np.isfinite(got[..., 1:, :]).all()
    # "Keep key j for query i where j <= i, not j < i": dtype=bool), -1) → dtype=bool))
    if not causal:
        return attend_blockwise(q, k, v, block)
    s = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    mask = np.tril(np.ones((k.shape[-2],) * 2, dtype=bool), -1)[-q.shape[-2] :]
    s = np.where(mask, s, -np.inf)
    powers = np.exp(s - s.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ v


@exercise.bug(tiles=(False, True))
def mask_counts_from_the_block(q, k, v, block=256, causal=False, tiles=False):
    """The causal mask counts positions from the start of the block, so every block of keys hides
    keys that are in the past. Add the block's start to its positions."""
    # "Add the block's start to its positions": keys % block <= (queries[:, None] + behind) %
    #     block → keys <= queries[:, None] + behind; within=True → within=False
    # "so every block of keys hides keys that are in the past": np.allclose(got, attend(q, k, v,
    #     np.arange(k.shape[-2]) % block <= np.arange(k.shape[-2] - q.shape[-2], k.shape[-2])[:,
    #     None] % block))
    if not causal:
        return attend_blockwise(q, k, v, block)
    if tiles:
        return tiled(q, k, v, block, causal, within=True)
    queries, keys = np.arange(q.shape[-2]), np.arange(k.shape[-2])
    behind = k.shape[-2] - q.shape[-2]
    mask = keys % block <= (queries[:, None] + behind) % block
    return attend(q, k, v, mask)


@exercise.bug
def queries_count_from_their_block(q, k, v, block=256, causal=False):
    """The causal mask counts queries from the start of their block, so each block of queries sees
    no more than the first one. Add the block's start to their positions."""
    # "so each block of queries sees no more than the first one": np.allclose(*(bug(q * 0, k, v,
    #     block, True)[..., i, :] for i in (0, block)))
    # "Add the block's start to their positions": , within='queries' →
    return tiled(q, k, v, block, causal, within="queries")


@exercise.bug
def skipped_as_in_a_square(q, k, v, block=256, causal=False):
    """Blocks of keys are skipped as if there were as many queries as keys, so that seen keys are
    left out. The queries are the last: add the number of keys before them."""
    # "Blocks of keys are skipped as if there were as many queries as keys": np.allclose(bug(k, k,
    #     v, block, True), right(k, k, v, block, True)) and not np.allclose(got, want)
    # "add the number of keys before them": , skipped='square' →
    return tiled(q, k, v, block, causal, skipped="square")
