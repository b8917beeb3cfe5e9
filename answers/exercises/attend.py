"""Practice for question 9: scaled dot-product attention."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.transformers.attention import attend, causal_mask

exercise = Exercise(
    attend,
    page="09-attention",
    refuses="a query that sees no key",
    hints=(
        "Three steps: scores of shape (queries, keys), a softmax over the keys, and an average "
        "of the values. Write the shape beside each step.",
        "For a batch, transpose only the last two axes of `k`: `swapaxes(-1, -2)`. Divide by "
        "the square root of the number of features that a query has.",
        "A hidden key must have weight 0 and the rest must still sum to 1. What score, set "
        "before the softmax, gives weight 0?",
        "Subtract each row's maximum before exp, and take it after hiding: a hidden score may "
        "be the largest. `mask.any(axis=-1)` says which queries see anything.",
    ),
)

rng = np.random.default_rng(9)
Q, K, V = rng.normal(size=(3, 5)), rng.normal(size=(7, 5)), rng.normal(size=(7, 2))
BATCH = [rng.normal(size=(2, n, d)) for n, d in ((3, 5), (7, 5), (7, 2))]
HEADS = [rng.normal(size=(2, 4, n, d)) for n, d in ((3, 5), (7, 5), (7, 2))]
SQUARE = [rng.normal(size=(4, 4)) for _ in range(3)]
SOME = (
    np.array([[1, 0, 1, 1, 0, 0, 1], [0, 0, 0, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1, 0]]) > 0
)
EACH = np.stack([SOME, SOME[::-1]])
LENGTHS = np.arange(7) < np.array([4, 6])[:, None]
FAR = np.array([[1.0, 0.5], [-1.0, 2.0], [0.3, -0.7]])

exercise.case("one query, two keys", np.array([[1.0, 2.0]]), FAR[:2], FAR[1:])
exercise.case("3 queries, 7 keys", Q, K, V)
exercise.case("sizes that are all 4", *SQUARE)
exercise.case("a batch of 2", *BATCH)
exercise.case("a batch of 2 with 4 heads", *HEADS)
exercise.case("a causal mask", *SQUARE, causal_mask(4))
exercise.case("a mask of any pattern", Q, K, V, SOME)
exercise.case("one mask for a batch", *BATCH, SOME)
exercise.case("a mask for each example", *BATCH, EACH)
exercise.case("3 queries after a cache of 4", Q, K, V, causal_mask(7)[-3:])
exercise.case("padding, the same for all heads", *HEADS, LENGTHS[:, None, None, :])
exercise.case("scores of ±10 000", 1e4 * FAR, FAR, V[:3])
exercise.case("rows 20 000 apart", *[np.array([[1e4], [-1e4]]), np.ones((3, 1)), V[:3]])
exercise.case(
    "a hidden key far above",
    *[np.ones((2, 1)), np.array([[2e4], [1.0], [0.5]]), V[:3]],
    np.array([[False, True, True]] * 2),
)
exercise.case(
    "scores near -30 000",
    *[np.ones((1, 1)), np.array([[-3e4], [-3e4 - 0.5], [0.0]]), V[:3]],
    np.array([[True, True, False]]),
)
# One visible key: its weight is 1, however the softmax is written.
exercise.case(
    "a visible score of -3e10",
    *[np.ones((1, 1)), np.array([[-3e10], [0.0]]), V[:2]],
    np.array([[True, False]]),
)
exercise.case(
    "a small weight for a large value",
    *[np.ones((1, 1)), np.array([[0.0], [-14.0]]), np.array([[1.0, 3.0], [1e6, -2e6]])],
)
exercise.case(
    "integers", np.array([[3, 1]]), np.array([[1, 0], [0, 2]]), np.eye(2, dtype=int)
)
exercise.case(
    "integers, 3 features",
    *(np.array([[2, 1, 3], [1, -2, 1]]), np.array([[1, 2, 1], [2, -1, 1]])),
    np.array([[5, 2], [-3, 7]]),
)
exercise.case("float32", *(a.astype(np.float32) for a in (20 * Q, 20 * K, V)))
exercise.case(
    "a query that sees nothing",
    *(Q, K, V, SOME & (np.arange(3) != 1)[:, None]),
)
exercise.case(
    "a query that sees nothing, in a batch",
    *BATCH,
    EACH & (np.arange(6).reshape(2, 3, 1) != 5),
)
add_whole_numbers(
    exercise,
    *(np.array([[1, 3], [0, 2]]), np.array([[17, 16], [16, 17], [15, 17]])),
    np.array([[200, 100], [90, 201], [7, 30]]),
    signed=False,
)
exercise.case(
    "4 heads that share keys and values", HEADS[0], *(a[:, :1] for a in HEADS[1:])
)
exercise.case("a batch with 4 heads, keys and values without", HEADS[0], K, V)
exercise.case("values for each of 4 heads, keys for all", HEADS[0], K, HEADS[2])
exercise.case("one row of a mask for all queries", Q, K, V, LENGTHS[:1])
exercise.case("queries without a batch", Q, *BATCH[1:])
exercise.case("keys and values without a batch", BATCH[0], K, V)
exercise.case(
    "three leading axes", *(a[None] for a in HEADS), LENGTHS[:, None, None, :]
)


def scores(q, k, scale=None):
    return q @ k.swapaxes(-1, -2) / (scale or q.shape[-1] ** 0.5)


def hide(s, mask, fill=-np.inf):
    if mask is None:
        return s
    if not mask.any(axis=-1).all():
        raise ValueError("a query sees nothing")
    return np.where(mask, s, fill)


def softmax(s, axis=-1):
    powers = np.exp(s - s.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


@exercise.bug
def not_scaled(q, k, v, mask=None):
    """The scores are not divided by √d, so the weights are too sharp as d grows, and for most
    queries the gradients then vanish. Divide q kᵀ by the square root of the number of features
    of a query."""
    # "The scores are not divided by √d, so the weights are too sharp": np.allclose(got, right(q
    #     * q.shape[-1] ** 0.5, k, v)) and bug(q, k, np.eye(2)).max() > right(q, k, np.eye(2)).max()
    # "Divide q kᵀ by the square root of the number of features of a query": scores(q, k, 1) →
    #     scores(q, k, 1) / q.shape[-1] ** 0.5
    # "for most queries the gradients then vanish": np.mean((a := softmax((z :=
    #     np.random.default_rng(0).normal(size=(2, 99, 900)))[0] @ z[1].T)).max(axis=1) > 0.99) >
    #     0.5 and np.allclose(got, right(q * q.shape[-1] ** 0.5, k, v))
    return softmax(hide(scores(q, k, 1), mask)) @ v


@exercise.bug
def scaled_by_d(q, k, v, mask=None):
    """The scores are divided by d, so they shrink as d grows and the weights become equal. Of
    independent entries of mean 0 and variance 1 their standard deviation is √d: divide by the
    root."""
    # "The scores are divided by d, so they shrink as d grows and the weights become equal":
    #     np.allclose(got, right(q / q.shape[-1] ** 0.5, k, v)) and np.ptp(bug(q, k, np.eye(2))) <
    #     np.ptp(right(q, k, np.eye(2)))
    # "their standard deviation is √d: divide by the root": q.shape[-1] → q.shape[-1] ** 0.5
    # "Of independent entries of mean 0 and variance 1":
    #     np.isclose((np.random.default_rng(0).normal(0, 1, (2, 999,
    #     100)).prod(axis=0).sum(axis=1)).std(), 100 ** 0.5, rtol=0.1) and not np.allclose(got,
    #     want)
    return softmax(hide(scores(q, k, q.shape[-1]), mask)) @ v


@exercise.bug
def scaled_by_dv(q, k, v, mask=None):
    """The scores are divided by the square root of the width of the values. They are sums over
    the features of queries and keys: take `q.shape[-1]`."""
    # "The scores are divided by the square root of the width of the values": np.allclose(got,
    #     right(q * (q.shape[-1] / v.shape[-1]) ** 0.5, k, v))
    # "They are sums over the features of queries and keys: take `q.shape[-1]`": v.shape[-1] →
    #     q.shape[-1]
    return softmax(hide(scores(q, k, v.shape[-1] ** 0.5), mask)) @ v


@exercise.bug(axis=(-1, -2))
def scaled_by_positions(q, k, v, mask=None, axis=-1):
    """The scores are divided by the square root of the number of keys or queries. They are sums
    over features: take `q.shape[-1]`."""
    # "The scores are divided by the square root of the number of keys": np.allclose(got,
    #     right(q * (q.shape[-1] / len(k)) ** 0.5, k, v))
    # "They are sums over features: take `q.shape[-1]`": s.shape[axis] → q.shape[-1]
    s = scores(q, k, 1)
    return softmax(hide(s / s.shape[axis] ** 0.5, mask)) @ v


@exercise.bug(sign=(1, -1))
def multiplied_by_the_scale(q, k, v, mask=None, sign=1):
    """The scores are multiplied by √d, or have lost their sign. Divide by √d: similar vectors get
    large weights."""
    # "The scores are multiplied by √d": np.allclose(got, right(q * q.shape[-1], k, v))
    # "Divide by √d": d ** (-0.5) if sign > 0 else -d ** 0.5 → d ** 0.5
    d = q.shape[-1]
    return softmax(hide(scores(q, k, d**-0.5 if sign > 0 else -(d**0.5)), mask)) @ v


@exercise.bug
def scaled_after_softmax(q, k, v, mask=None):
    """The weights are divided by √d, after the softmax, so they do not sum to 1. Scale the scores,
    before it."""
    # "The weights are divided by √d, after the softmax, so they do not sum to 1":
    #     np.allclose(bug(q, k, np.ones((len(k), 1))), q.shape[-1] ** -0.5)
    # "Scale the scores, before it":  / q.shape[-1] ** 0.5 → ; scores(q, k, 1) → scores(q, k, 1)
    #     / q.shape[-1] ** 0.5
    return softmax(hide(scores(q, k, 1), mask)) / q.shape[-1] ** 0.5 @ v


@exercise.bug(axis=(-2, 1))
def softmax_over_queries(q, k, v, mask=None, axis=-2):
    """The softmax runs over the queries, or over `axis=1`, which is the keys of matrices alone.
    Each query's weights must sum to 1 over the keys, which are the last axis."""
    # "The softmax runs over the queries": np.allclose(got, v.sum(axis=0)) and len(q) == 1
    # "or over `axis=1`, which is the keys of matrices alone": np.allclose(bug(q, k, v, axis=1),
    #     want) and np.allclose(bug(q[None], k[None], v[None], axis=1), got)
    # "Each query's weights must sum to 1 over the keys, which are the last axis": axis=axis →
    #     axis=-1
    with np.errstate(all="ignore"):
        return softmax(hide(scores(q, k), mask), axis=axis) @ v


@exercise.bug
def softmax_over_everything(q, k, v, mask=None):
    """One sum is taken over all queries, so a query's weights do not sum to 1. Sum over the last
    axis, with keepdims=True."""
    # "One sum is taken over all queries, so a query's weights do not sum to 1":
    #     np.isclose(bug(q, k, np.ones((*k.shape[:-1], 1))).sum(), 1)
    # "Sum over the last axis, with keepdims=True": np.exp(hide(scores(q, k), mask)) → np.exp((s
    #     := hide(scores(q, k), mask)) - s.max(axis=-1, keepdims=True)); powers.sum() →
    #     powers.sum(axis=-1, keepdims=True)
    powers = np.exp(hide(scores(q, k), mask))
    return powers / powers.sum() @ v


@exercise.bug
def no_softmax(q, k, v, mask=None):
    """The scores themselves weight the values. Take the softmax over the keys first."""
    # "The scores themselves weight the values": np.allclose(got, q @ k.T / q.shape[-1] ** 0.5 @
    #     v)
    # "Take the softmax over the keys first": hide(s, mask, 0.0) → softmax(hide(s, mask))
    s = scores(q, k)
    return hide(s, mask, 0.0) @ v


@exercise.bug
def sum_without_keepdims(q, k, v, mask=None):
    """The sums have lost their axis and then align with the keys, or with nothing. Write
    `sum(axis=-1, keepdims=True)`, and the same for `max`."""
    # "The sums have lost their axis and then align with the keys, or with nothing":
    #     isinstance(got, ValueError) and "broadcast" in str(got)
    # "Write `sum(axis=-1, keepdims=True)`": powers.sum(axis=-1) → powers.sum(axis=-1,
    #     keepdims=True)
    s = hide(scores(q, k), mask)
    powers = np.exp(s - s.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1) @ v


@exercise.bug
def keys_not_transposed(q, k, v, mask=None):
    """The queries are multiplied by k as it is, which fits where keys are as many as features.
    Transpose its last two axes."""
    # "The queries are multiplied by k as it is, which fits where keys are as many as features":
    #     np.allclose(got, right(q, k.T, v)) and len(k) == k.shape[-1]
    # "Transpose its last two axes": q @ k → q @ k.swapaxes(-1, -2)
    return softmax(hide(q @ k / q.shape[-1] ** 0.5, mask)) @ v


@exercise.bug
def all_axes_transposed(q, k, v, mask=None):
    """`k.T` reverses every axis, so it is right for matrices only. Swap the last two axes:
    `k.swapaxes(-1, -2)`."""
    # "reverses every axis, so it is right for matrices only": isinstance(got, ValueError) and
    #     k.ndim > 2
    # "Swap the last two axes: `k.swapaxes(-1, -2)`": k.T → k.swapaxes(-1, -2)
    return softmax(hide(q @ k.T / q.shape[-1] ** 0.5, mask)) @ v


@exercise.bug
def mask_ignored(q, k, v, mask=None):
    """The mask is not used. Set the scores that it hides to -inf before the softmax."""
    # "The mask is not used": np.array_equal(got, bug(q, k, v))
    # "Set the scores that it hides to -inf before the softmax": hide(scores(q, k), None) →
    #     hide(scores(q, k), mask, -np.inf)
    return softmax(hide(scores(q, k), None)) @ v


@exercise.bug(fill=(-np.inf, -1e9, None))
def polarity_inverted(q, k, v, mask=None, fill=-np.inf):
    """The mask is taken as True = hide, as in `nn.MultiheadAttention`. Here True means that a
    query may look: keep those scores and hide the others."""
    # "The mask is taken as True = hide": np.allclose(bug(q, k, v, ~mask), want)
    # "Here True means that a query may look: keep those scores and hide the others":
    #     np.where(inverted, scores(q, k), fill) → hide(scores(q, k), mask); hide(scores(q, k),
    #     inverted) → hide(scores(q, k), mask)
    inverted = None if mask is None else ~mask
    if fill is None:
        # The test for blind queries takes True = hide, too.
        return softmax(hide(scores(q, k), inverted)) @ v
    if np.isfinite(fill):
        # Without 0/0, a test for blind queries is written besides.
        hide(scores(q, k), mask)
    with np.errstate(all="ignore"):
        s = scores(q, k) if mask is None else np.where(inverted, scores(q, k), fill)
        return softmax(s) @ v


@exercise.bug(square=(True, False), fill=(-1e30,))
def mask_transposed(q, k, v, mask=None, square=False, fill=-np.inf):
    """The mask is read as keys by queries: with a causal one, queries see later keys and not the
    earlier ones. Its rows are queries, as those of the scores are: take it as it comes."""
    # "with a causal one, queries see later keys and not the earlier ones": np.allclose(got[0],
    #     right(q, k, v)[0]) and np.allclose(got[-1], v[-1])
    # "take it as it comes": hide(s, mask.swapaxes(-1, -2)) → hide(s, mask);
    #     np.where(mask.swapaxes(-1, -2), s, fill) → hide(s, mask)
    s = scores(q, k)
    if mask is None or (square and mask.shape[-1] != mask.shape[-2]):
        return softmax(hide(s, mask)) @ v
    if fill > -np.inf:
        # Without 0/0, a test for blind queries is written besides.
        hide(s, mask)
        return softmax(np.where(mask.swapaxes(-1, -2), s, fill)) @ v
    return softmax(hide(s, mask.swapaxes(-1, -2))) @ v


@exercise.bug(too=(False, True))
def causal_unasked(q, k, v, mask=None, too=False):
    """Later keys are hidden though no mask asks for it. Without a mask each query sees all keys:
    hide only what a mask hides."""
    # "Later keys are hidden though no mask asks for it": np.allclose(got, right(q, k, v,
    #     np.tril(np.ones((len(q), len(k)), dtype=bool)))) and mask is None
    # "Without a mask each query sees all keys: hide only what a mask hides": np.tril →
    #     np.ones_like
    causal = np.tril(np.ones((q.shape[-2], k.shape[-2]), dtype=bool))
    if mask is not None:
        causal = mask & causal if too else mask
    return softmax(hide(scores(q, k), causal)) @ v


@exercise.bug(times=(1, -1))
def ones_and_zeros_added(q, k, v, mask=None, times=1):
    """The mask is added as 0 and 1, which shifts scores by 1 and hides nothing. Only -inf gives
    weight 0: `np.where(mask, scores, -np.inf)`."""
    # "The mask is added as 0 and 1, which shifts scores by 1 and hides nothing":
    #     np.allclose(got, softmax(scores(q, k) + np.where(mask, 1, 0)) @ v)
    # "Only -inf gives weight 0: `np.where(mask, scores, -np.inf)`": scores(q, k) + (0 if mask
    #     is None else times * mask) → (lambda scores: hide(scores, mask) if mask is None or not
    #     mask.any(axis=-1).all() else np.where(mask, scores, -np.inf))(scores(q, k))
    return softmax(scores(q, k) + (0 if mask is None else times * mask)) @ v


@exercise.bug
def hidden_scores_set_to_0(q, k, v, mask=None):
    """Hidden scores are set to 0, as by `scores * mask`, and exp(0) = 1 is no small weight. Set
    them to -inf."""
    # "Hidden scores are set to 0, as by `scores * mask`": np.allclose(got, (lambda scores:
    #     softmax(scores * mask))(scores(q, k)) @ v)
    # "Set them to -inf": 0.0 → -np.inf
    # "exp(0) = 1 is no small weight": np.exp(0) == 1 and not np.allclose(got, want)
    return softmax(hide(scores(q, k), mask, 0.0)) @ v


@exercise.bug
def mask_after_softmax(q, k, v, mask=None):
    """The mask comes after the softmax, so the weights that remain no longer sum to 1. Set hidden
    scores to -inf before it."""
    # "The mask comes after the softmax, so the weights that remain no longer sum to 1": (bug(q,
    #     k, np.ones((*k.shape[:-1], 1)), mask) < 1 - 1e-9).any()
    # "Set hidden scores to -inf before it": hide(softmax(scores(q, k)), mask, 0.0) →
    #     softmax(hide(scores(q, k), mask, -np.inf))
    return hide(softmax(scores(q, k)), mask, 0.0) @ v


@exercise.bug(way=("renormalised", "maximum"))
def maximum_before_mask(q, k, v, mask=None, way="maximum"):
    """The maximum, or the whole softmax, is taken before hiding: one hidden key with a large score
    leaves 0/0 for the others. Hide first."""
    # "one hidden key with a large score leaves 0/0 for the others": np.isnan(got).any()
    # "Hide first": s = scores(q, k) → s = hide(scores(q, k), mask)
    # "The maximum, or the whole softmax, is taken before hiding": np.allclose(bug(q, 0 * k, v,
    #     mask), right(q, 0 * k, v, mask)) and np.isnan(got).any()
    s = scores(q, k)
    powers = hide(np.exp(s - s.max(axis=-1, keepdims=True)), mask, 0.0)
    with np.errstate(all="ignore"):
        return powers / powers.sum(axis=-1, keepdims=True) @ v


@exercise.bug(
    hidden=(
        *(lambda s: -1e4, lambda s: -1e3, lambda s: -100.0),
        *(lambda s: s - 1e4, lambda s: -1e9),
    )
)
def finite_fill(q, k, v, mask=None, hidden=lambda s: s - 1e9):
    """Hidden scores become a number such as -10 000, or lower by such a number, but a visible
    score may be lower still, and then the hidden key wins. Use -inf."""
    # "a visible score may be lower still, and then the hidden key wins": (np.where(mask,
    #     scores(q, k), np.inf).min(axis=-1) < -1e4).any() and not np.allclose(got, want)
    # "Use -inf": hidden(s) → -np.inf
    # "Hidden scores become a number such as -10 000, or lower by such a number":
    #     np.allclose(got, softmax(np.where(mask, scores(q, k), -10_000)) @ v)
    s = scores(q, k)
    return softmax(hide(s, mask, hidden(s))) @ v


@exercise.bug(nan=(np.nan, 0.0))
def no_maximum(q, k, v, mask=None, nan=np.nan):
    """exp overflows on large scores, and inf/inf is nan; on very negative ones 0/0 is nan.
    Subtract each row's maximum first."""
    # "exp overflows on large scores, and inf/inf is nan": np.isnan(got).any() and scores(q,
    #     k).max() > 709
    # "on very negative ones 0/0 is nan": np.isnan(bug(np.ones((1, 1)), np.full((2, 1), -800.0),
    #     np.ones((2, 1)))).all()
    # "Subtract each row's maximum first": np.exp(hide(scores(q, k), mask)) → np.exp((s :=
    #     hide(scores(q, k), mask)) - s.max(axis=-1, keepdims=True))
    with np.errstate(all="ignore"):
        powers = np.exp(hide(scores(q, k), mask))
        weights = powers / powers.sum(axis=-1, keepdims=True)
        return np.nan_to_num(weights, nan=nan) @ v


@exercise.bug(axes=(None, (-1, -2)))
def global_maximum(q, k, v, mask=None, axes=None):
    """The maximum subtracted is that of all queries, so a query far below it underflows to 0/0.
    Take it along the last axis, with keepdims=True."""
    # "a query far below it underflows to 0/0": np.isnan(got).any()
    # "Take it along the last axis, with keepdims=True": s.max(axis=axes, keepdims=True) →
    #     s.max(axis=-1, keepdims=True)
    # "The maximum subtracted is that of all queries": np.isnan(got).any() and
    #     np.isfinite(bug(q[..., :1, :], k, v)).all()
    s = hide(scores(q, k), mask)
    powers = np.exp(s - s.max(axis=axes, keepdims=True))
    with np.errstate(all="ignore"):
        return powers / powers.sum(axis=-1, keepdims=True) @ v


@exercise.bug(what=("nan", "zero", "equal"))
def blind_query_answered(q, k, v, mask=None, what="nan"):
    """A query that sees no key gets nan, 0 or an average of hidden values. Its weights are
    0/0, and a number hides that the mask is wrong: raise ValueError if
    `not mask.any(axis=-1).all()`."""
    # "A query that sees no key gets nan, 0 or an average of hidden values":
    #     np.isnan(got[~mask.any(axis=-1)]).all() and not bug(q, k, v, mask,
    #     what="zero")[~mask.any(axis=-1)].any() and np.allclose(bug(q, k, v, mask,
    #     what="equal")[~mask.any(axis=-1)], v.mean(axis=0))
    # "Its weights are 0/0": np.isnan(np.divide(0, np.exp(-np.inf))) and np.isnan(got).any()
    # "raise ValueError if `not mask.any(axis=-1).all()`": blind = ~mask.any(axis=-1,
    #     keepdims=True) → blind = int('ValueError') if not mask.any(axis=-1).all() else
    #     ~mask.any(axis=-1, keepdims=True)
    if mask is None:
        return attend(q, k, v)
    blind = ~mask.any(axis=-1, keepdims=True)
    found = attend(q, k, v, mask | blind)
    if what == "equal":
        return np.where(blind, v.mean(axis=-2, keepdims=True), found)
    return np.where(blind, np.nan if what == "nan" else 0.0, found)
