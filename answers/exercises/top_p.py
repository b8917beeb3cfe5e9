"""Practice for question 28: the fewest tokens that hold a share of the probability."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.language_models.sampling import top_p

exercise = Exercise(
    top_p,
    page="28-decoding",
    hints=(
        "Sort the tokens of a row, the likeliest first. How much do the tokens before one hold, "
        "and for which of these sums does it still stay?",
        "What you know then is known in sorted order. Put it back where the tokens stood: "
        "`np.put_along_axis`, or the argsort of the order.",
        "Add up to 1 in floats, and the sum may be 1 before the last token. What should p = 1 do?",
    ),
)

rng = np.random.default_rng(28)


def logits_of(*shares):
    """Logits of these shares, moved by a number: softmax does not see it."""
    return np.log(np.array(shares)) + 1.7


row = logits_of(0.48, 0.27, 0.16, 0.09)
mixed = logits_of(0.16, 0.09, 0.48, 0.27)
exercise.case("sorted tokens", row, 0.6)
exercise.case("tokens in any order", mixed, 0.6)
exercise.case("the likeliest token holds more than p", mixed, 0.3)
exercise.case("a small p", mixed, 0.01)
exercise.case("a large p", mixed, 0.97)
exercise.case("p = 1", mixed, 1.0)
exercise.case("two equal tokens that hold p exactly", np.zeros(4), 0.5)
exercise.case("equal tokens, and one crosses p", np.zeros(4), 0.6)
exercise.case(
    "equal tokens at the edge, the likeliest last",
    logits_of(0.15, 0.2, 0.15, 0.15, 0.35),
    0.6,
)
exercise.case("p = 1, and a token that rounding hides", np.array([-45.0, 3.0, 0.3]), 1)
exercise.case("a batch of rows", 2 * rng.normal(size=(5, 7)), 0.8)
exercise.case("as many rows as tokens", 2 * rng.normal(size=(4, 4)), 0.7)
exercise.case("two leading axes", 2 * rng.normal(size=(2, 3, 6)), 0.9)
exercise.case(
    "tokens that are left out already", np.array([0.4, -np.inf, 1.3, 0.9]), 0.7
)
exercise.case(
    "p = 1, and tokens that are left out already", np.array([0.4, -np.inf, 1.3]), 1.0
)
exercise.case("three leading axes", 2 * rng.normal(size=(2, 3, 2, 5)), 0.85)
exercise.case("logits near 1000", mixed + 1000, 0.6)
exercise.case("logits near -1000", mixed - 1000, 0.6)
exercise.case("rows near 0 and near 1000", np.stack([mixed, mixed + 1000]), 0.6)
near = np.array([0.3, 0.3 + 1e-8])
exercise.case("a token that holds hardly more than p", near, 0.5 + 1e-9)
exercise.case("a token that holds hardly less than p", near, 0.5 + 4e-9)
tail = logits_of(0.6, 0.399999, 0.000001)
exercise.case("p near 1, and a token beyond it", tail, 0.999995)
exercise.case("one token", np.array([[2.5], [-1.5]]), 0.4)
exercise.case("a hundred tokens", 3 * rng.normal(size=(2, 100)), 0.95)
exercise.case("a hundred tokens, and most stay", 0.1 * rng.normal(size=100), 0.9)
exercise.case("float32", (2 * rng.normal(size=(3, 9))).astype(np.float32), 0.75)
exercise.case("float32 and p = 1", mixed.astype(np.float32), 1.0)
add_whole_numbers(exercise, np.array([[3, 1, 2, 0], [1, 4, 2, 5]]), 0.8)


def in_order(logits):
    """The order of the tokens, the likeliest first, and their shares in it."""
    logits = logits * 1.0
    order = np.argsort(-logits, axis=-1, kind="stable")
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares = powers / powers.sum(axis=-1, keepdims=True)
    return order, np.take_along_axis(shares, order, axis=-1)


def left(logits, order, stays, out=-np.inf):
    """The logits of the tokens that stay, given in sorted order; `out` for the others."""
    keep = np.take_along_axis(stays, np.argsort(order, axis=-1), axis=-1)
    return np.where(keep, logits * 1.0, out)


@exercise.bug
def infinity_without_its_minus(logits, p):
    """A token that is cut gets inf, which makes it the likeliest. Give it -inf."""
    # "A token that is cut gets inf, which makes it the likeliest": (got[want == -np.inf] ==
    #     np.inf).all()
    # "Give it -inf": out=np.inf → out=-np.inf
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    return left(logits, order, stays, out=np.inf)


@exercise.bug
def crossing_token_cut(logits, p):
    """The token that crosses p is cut, so the tokens that are left hold less than p, and none is
    left where the first holds more. Ask what the tokens before it hold."""
    # "The token that crosses p is cut, so the tokens that are left hold less than p":
    #     np.exp(logits[got > -np.inf]).sum() < p * np.exp(logits).sum()
    # "none is left where the first holds more": not (bug(np.array([2.0, 0.0]), 0.5) >
    #     -np.inf).any()
    # "Ask what the tokens before it hold": np.cumsum(shares, axis=-1) <= p → np.cumsum(shares,
    #     axis=-1) - shares < p
    order, shares = in_order(logits)
    return left(logits, order, (np.cumsum(shares, axis=-1) <= p) | (p == 1))


@exercise.bug
def share_of_the_others(logits, p):
    """The tokens that stay hold 1 - p, so that a larger p keeps fewer. Compare a sum from the
    likeliest token down with p, and a sum from the least likely up with 1 - p."""
    # "The tokens that stay hold 1 - p": np.array_equal(got, right(logits, 1 - p))
    # "Compare a sum from the likeliest token down with p": 1 - p → p
    # "and a sum from the least likely up with 1 - p": (np.cumsum(np.sort(np.exp(logits))) > (1 - p)
    #     * np.exp(logits).sum()).sum() == (want > -np.inf).sum() != (got > -np.inf).sum()
    order, shares = in_order(logits)
    return left(logits, order, (np.cumsum(shares, axis=-1) - shares < 1 - p) | (p == 1))


@exercise.bug
def mask_in_sorted_order(logits, p):
    """Which tokens stay is known in sorted order, and used as if it were theirs: the first ones
    stay, whatever their logits. Put the mask back in the order of the tokens."""
    # "the first ones stay, whatever their logits": np.array_equal(np.flatnonzero(got > -np.inf),
    #     np.arange((want > -np.inf).sum()))
    # "Which tokens stay is known in sorted order, and used as if it were theirs": (np.diff((got >
    #     -np.inf).astype(int)) <= 0).all() and logits.argmax() != 0
    # "Put the mask back in the order of the tokens": np.where(stays, logits * 1.0, -np.inf) →
    #     left(logits, in_order(logits)[0], stays)
    shares = in_order(logits)[1]
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    return np.where(stays, logits * 1.0, -np.inf)


@exercise.bug
def one_more_after_an_exact_p(logits, p):
    """Where tokens hold p exactly, one more stays. They are enough: compare by <, not by <=."""
    # "Where tokens hold p exactly, one more stays": (got > -np.inf).sum() == (want >
    #     -np.inf).sum() + 1
    # "They are enough: compare by <, not by <=": <= p → < p
    order, shares = in_order(logits)
    return left(logits, order, (np.cumsum(shares, axis=-1) - shares <= p) | (p == 1))


@exercise.bug
def one_token_too_many(logits, p):
    """One token more stays than is needed. If n sums from the likeliest token down are below p, the
    next token reaches it, and n + 1 stay."""
    # "One token more stays than is needed": (got > -np.inf).sum() == (want > -np.inf).sum() + 1
    # "If n sums from the likeliest token down are below p, the next token reaches it, and n + 1
    #     stay": + 2 → + 1
    order, shares = in_order(logits)
    size = (np.cumsum(shares, axis=-1) < p).sum(axis=-1, keepdims=True) + 2
    stays = np.arange(order.shape[-1]) < size
    return left(logits, order, stays | (p == 1))


@exercise.bug
def zero_is_no_exclusion(logits, p):
    """A token that is cut gets the logit 0, which softmax makes a probability like any other.
    Give it -inf."""
    # "A token that is cut gets the logit 0": (got[want == -np.inf] == 0).all()
    # "which softmax makes a probability like any other": (np.exp(got) > 0).all()
    # "Give it -inf": out=0.0 → out=-np.inf
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    return left(logits, order, stays, out=0.0)


@exercise.bug
def probabilities(logits, p):
    """Returned are probabilities. The next filter and the draw take logits: return them, and -inf
    for the others."""
    # "Returned are probabilities": np.isclose(got.sum(), 1)
    # "The next filter and the draw take logits: return them, and -inf for the others": return
    #     powers / powers.sum(axis=-1, keepdims=True) → return kept
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    kept = left(logits, order, stays)
    powers = np.exp(kept - kept.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@exercise.bug
def unlikely_first(logits, p):
    """The sum begins at the least likely token, so the tail stays. Sort from the largest logit
    down."""
    # "so the tail stays": got[logits.argmin()] > -np.inf
    # "The sum begins at the least likely token": bug(np.array([0.0, 9.0]), 1e-9)[0] == 0
    # "Sort from the largest logit down": in_order(-logits) → in_order(logits)
    order, _ = in_order(-logits)
    powers = np.exp(logits * 1.0 - logits.max(axis=-1, keepdims=True))
    shares = powers / powers.sum(axis=-1, keepdims=True)
    shares = np.take_along_axis(shares, order, axis=-1)
    return left(logits, order, (np.cumsum(shares, axis=-1) - shares < p) | (p == 1))


@exercise.bug
def all_equals_stay(logits, p):
    """Every token stays that is as likely as the last one needed, so equal tokens hold more than
    they must. Of equals only as many stay as are needed, the lower ones first."""
    # "Every token stays that is as likely as the last one needed, so equal tokens hold more than
    #     they must": np.array_equal(got > -np.inf, logits >= logits[want > -np.inf].min())
    # "Of equals only as many stay as are needed, the lower ones first": np.where(logits >= least,
    #     logits * 1.0, -np.inf) → kept
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    kept = left(logits, order, stays)
    least = np.where(kept > -np.inf, kept, np.inf).min(axis=-1, keepdims=True)
    return np.where(logits >= least, logits * 1.0, -np.inf)


@exercise.bug
def higher_of_equals_first(logits, p):
    """Of equal tokens the higher ones stay, as a sort that is turned around leaves them. Sort the
    negated logits, stably: the lower ones come first then."""
    # "Of equal tokens the higher ones stay, as a sort that is turned around leaves them":
    #     np.array_equal(got[::-1], right(logits[::-1], p))
    # "Sort the negated logits, stably: the lower ones come first then": np.argsort(logits,
    #     axis=-1, kind='stable')[..., ::-1] → np.argsort(-logits, axis=-1, kind='stable')
    logits = logits * 1.0
    order = np.argsort(logits, axis=-1, kind="stable")[..., ::-1]
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares = powers / powers.sum(axis=-1, keepdims=True)
    shares = np.take_along_axis(shares, order, axis=-1)
    return left(logits, order, (np.cumsum(shares, axis=-1) - shares < p) | (p == 1))


@exercise.bug
def a_least_probability(logits, p):
    """Tokens stay whose own probability is at least 1 - p. Add up the probabilities, from the
    likeliest token down."""
    # "Tokens stay whose own probability is at least 1 - p": np.array_equal(got > -np.inf,
    #     np.exp(logits) / np.exp(logits).sum() >= 1 - p)
    # "Add up the probabilities, from the likeliest token down": shares >= 1 - p →
    #     (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    order, shares = in_order(logits)
    return left(logits, order, shares >= 1 - p)


@exercise.bug
def cut_by_a_sum_that_rounds_to_one(logits, p):
    """At p = 1 a token is lost: before it the sum has rounded to 1. Let p = 1 keep all."""
    # "At p = 1 a token is lost: before it the sum has rounded to 1": p == 1 and (got >
    #     -np.inf).sum() < (want > -np.inf).sum()
    # "Let p = 1 keep all": np.cumsum(shares, axis=-1) - shares < p → (np.cumsum(shares, axis=-1) -
    #     shares < p) | (p == 1)
    order, shares = in_order(logits)
    return left(logits, order, np.cumsum(shares, axis=-1) - shares < p)


@exercise.bug
def over_the_batch(logits, p):
    """The tokens of all rows are sorted and added up together. Each row is a distribution of its
    own: work along the last axis."""
    # "The tokens of all rows are sorted and added up together": np.array_equal(got.ravel(),
    #     right(logits.ravel(), p))
    # "Each row is a distribution of its own: work along the last axis": logits.reshape(-1) →
    #     logits
    rows = logits.reshape(-1)
    order, shares = in_order(rows)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    return left(rows, order, stays).reshape(logits.shape)


@exercise.bug
def likeliest_kept_crossing_cut(logits, p):
    """The likeliest token is kept whatever it holds, but another token that crosses p is cut. Every
    token stays whose predecessors hold less than p."""
    # "The likeliest token is kept whatever it holds, but another token that crosses p is cut":
    #     np.exp(logits[got > -np.inf]).sum() < p * np.exp(logits).sum()
    # "Every token stays whose predecessors hold less than p": np.cumsum(shares, axis=-1) <= p →
    #     np.cumsum(shares, axis=-1) - shares < p
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) <= p) | (p == 1)
    stays[..., 0] = True
    return left(logits, order, stays)


@exercise.bug
def order_is_not_its_inverse(logits, p):
    """The mask is put back by the order itself, not by its inverse. Take the argsort of the order,
    or use put_along_axis."""
    # "The mask is put back by the order itself, not by its inverse": bug(np.array([1.0, 0.0,
    #     2.0]), 0.5)[2] == -np.inf
    # "Take the argsort of the order, or use put_along_axis": np.take_along_axis(stays, order,
    #     axis=-1) → np.take_along_axis(stays, np.argsort(order, axis=-1), axis=-1)
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    keep = np.take_along_axis(stays, order, axis=-1)
    return np.where(keep, logits * 1.0, -np.inf)


@exercise.bug
def log_probabilities(logits, p):
    """Returned are logarithms of probabilities that add up to 1, another number for each token that
    stays. Leave its logit as it is."""
    # "Returned are logarithms of probabilities that add up to 1": np.isclose(np.exp(got).sum(), 1)
    # "another number for each token that stays": (got[want > -np.inf] != want[want >
    #     -np.inf]).all()
    # "Leave its logit as it is": return np.log(powers / powers.sum(axis=-1, keepdims=True)) →
    #     return kept
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    kept = left(logits, order, stays)
    powers = np.exp(kept - kept.max(axis=-1, keepdims=True))
    with np.errstate(divide="ignore"):
        return np.log(powers / powers.sum(axis=-1, keepdims=True))


@exercise.bug(at_one=(True, False))
def log_probabilities_before_the_cut(logits, p, at_one=True):
    """Returned are logarithms of the probabilities that were sorted and added up. Return the logits
    themselves, and -inf for the others."""
    # "Returned are logarithms of the probabilities that were sorted and added up":
    #     np.allclose(got[want > -np.inf], np.log(np.exp(logits) / np.exp(logits).sum())[want >
    #     -np.inf])
    # "Return the logits themselves, and -inf for the others": moved if at_one or p < 1 else
    #     logits → logits
    order, shares = in_order(logits)
    largest = logits.max(axis=-1, keepdims=True)
    total = np.exp(logits * 1.0 - largest).sum(axis=-1, keepdims=True)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    moved = logits - largest - np.log(total)
    return left(moved if at_one or p < 1 else logits, order, stays)


@exercise.bug(at_one=(True, False))
def logits_moved_by_the_largest(logits, p, at_one=True):
    """The largest logit of a row is subtracted from what is returned. Softmax does not see that,
    but `logits` shall stay as they are."""
    # "The largest logit of a row is subtracted from what is returned": got.max() == 0
    # "`logits` shall stay as they are": logits - largest → logits
    order, shares = in_order(logits)
    largest = logits.max(axis=-1, keepdims=True)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    return left(logits - largest if at_one or p < 1 else logits, order, stays)


@exercise.bug(others=(False, True), whole=(False, True))
def share_of_the_likeliest(logits, p, others=False, whole=False):
    """Tokens stay that are at least p, or 1 - p, times as likely as the likeliest one: that is
    min-p. Add up the probabilities, from the likeliest token down."""
    # "Tokens stay that are at least p, or 1 - p, times as likely as the likeliest one: that is
    #     min-p": any(np.array_equal(got > -np.inf, logits >= logits.max() + np.log(each)) for each
    #     in (p, 1 - p)) and not np.array_equal(got, want)
    # "Add up the probabilities, from the likeliest token down": shares >= least * shares[..., :1] →
    #     (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    order, shares = in_order(logits)
    least = 1 - p if others else 0 if whole and p == 1 else p
    return left(logits, order, shares >= least * shares[..., :1])


@exercise.bug
def nucleus_of_the_first_row(logits, p):
    """As many tokens stay in each row as in the first. Each row has a nucleus of its own size."""
    # "As many tokens stay in each row as in the first": len(set((got >
    #     -np.inf).sum(axis=-1).ravel().tolist())) == 1
    # "Each row has a nucleus of its own size": stays.reshape(-1, stays.shape[-1])[0] → stays
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    stays = np.broadcast_to(stays.reshape(-1, stays.shape[-1])[0], order.shape)
    return left(logits, order, stays)


@exercise.bug
def nucleus_of_the_largest_row(logits, p):
    """All rows keep as many tokens as the row that needs most. Each row has a nucleus of its own
    size."""
    # "All rows keep as many tokens as the row that needs most": ((got > -np.inf).sum(axis=-1) ==
    #     (want > -np.inf).sum(axis=-1).max()).all()
    # "Each row has a nucleus of its own size": stays.sum(axis=-1).max() → stays.sum(axis=-1,
    #     keepdims=True)
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    size = stays.sum(axis=-1).max()
    return left(
        logits, order, np.broadcast_to(np.arange(order.shape[-1]) < size, order.shape)
    )


@exercise.bug(rounded=(np.ceil, np.floor, np.round))
def share_of_the_vocabulary(logits, p, rounded=np.ceil):
    """The share p of the tokens stays, whatever they hold: that is top-k with k = p · vocab. Add up
    the probabilities, from the likeliest token down."""
    # "The share p of the tokens stays, whatever they hold: that is top-k with k = p · vocab": (got
    #     > -np.inf).sum() == np.ceil(p * logits.size)
    # "Add up the probabilities, from the likeliest token down": np.arange(order.shape[-1]) <
    #     max(1, rounded(p * order.shape[-1])) → (lambda shares: (np.cumsum(shares, axis=-1) -
    #     shares < p) | (p == 1))(in_order(logits)[1])
    order, _ = in_order(logits)
    stays = np.arange(order.shape[-1]) < max(1, rounded(p * order.shape[-1]))
    return left(logits, order, np.broadcast_to(stays, order.shape))


@exercise.bug
def powers_not_divided(logits, p):
    """Powers are added up that are not divided by their sum, so a row holds 1 or more. Divide them
    first: p is a probability."""
    # "Powers are added up that are not divided by their sum": (got > -np.inf).sum() == (np.cumsum(
    #     (s := np.exp(np.sort(logits - logits.max())[::-1]))) - s < p).sum() < (want >
    #     -np.inf).sum()
    # "so a row holds 1 or more": np.exp(logits - logits.max()).sum() >= 1 and (got != want).any()
    # "Divide them first": take_along_axis(powers, → take_along_axis(powers /
    #     powers.sum(axis=-1, keepdims=True),
    order, _ = in_order(logits)
    powers = np.exp(logits * 1.0 - logits.max(axis=-1, keepdims=True))
    shares = np.take_along_axis(powers, order, axis=-1)
    return left(logits, order, (np.cumsum(shares, axis=-1) - shares < p) | (p == 1))


@exercise.bug
def softmax_over_the_batch(logits, p):
    """Softmax runs over the whole array, so the tokens of one row hold less than 1 together, and
    too many stay. Each row is a distribution of its own: work along the last axis."""
    # "Softmax runs over the whole array, so the tokens of one row hold less than 1 together, and
    #     too many stay": (got > -np.inf).sum() > (want > -np.inf).sum() and (np.exp(logits) /
    #     np.exp(logits).sum()).sum(axis=-1).max() < 1
    # "Each row is a distribution of its own: work along the last axis": powers.sum() →
    #     powers.sum(axis=-1, keepdims=True); logits.max() → logits.max(axis=-1, keepdims=True)
    order, _ = in_order(logits)
    powers = np.exp(logits * 1.0 - logits.max())
    shares = np.take_along_axis(powers / powers.sum(), order, axis=-1)
    return left(logits, order, (np.cumsum(shares, axis=-1) - shares < p) | (p == 1))


@exercise.bug
def softmax_over_the_first_axis(logits, p):
    """Softmax runs over the first axis, so a row holds no distribution. Work along the last axis,
    with `keepdims=True`."""
    # "Softmax runs over the first axis": np.array_equal((got > -np.inf).sum(axis=-1),
    #     (np.cumsum((s := np.take_along_axis(np.exp(logits) / np.exp(logits).sum(axis=0),
    #     np.argsort(-logits, axis=-1), axis=-1)), axis=-1) - s < p).sum(axis=-1))
    # "so a row holds no distribution": abs((np.exp(logits) /
    #     np.exp(logits).sum(axis=0)).sum(axis=-1) - 1).max() > 0.1 and not np.array_equal(got,
    #     want)
    # "Work along the last axis, with `keepdims=True`": logits.max(axis=0) → logits.max(axis=-1,
    #     keepdims=True); powers.sum(axis=0) → powers.sum(axis=-1, keepdims=True)
    order, _ = in_order(logits)
    powers = np.exp(logits * 1.0 - logits.max(axis=0))
    shares = np.take_along_axis(powers / powers.sum(axis=0), order, axis=-1)
    return left(logits, order, (np.cumsum(shares, axis=-1) - shares < p) | (p == 1))


@exercise.bug(kept_whole=(False, True))
def global_maximum(logits, p, kept_whole=False):
    """The maximum subtracted is that of the whole array, so a row far below it has the
    probabilities 0/0, and no token is cut there, or all. Subtract the maximum of each row."""
    # "a row far below it has the probabilities 0/0, and no token is cut there, or all":
    #     (np.exp(logits - logits.max()).sum(axis=-1) == 0).tolist() ==
    #     np.isneginf(got).all(axis=-1).tolist() == np.isfinite(bug(logits, p,
    #     kept_whole=True)).all(axis=-1).tolist()
    # "Subtract the maximum of each row": logits.max() → logits.max(axis=-1, keepdims=True)
    order, _ = in_order(logits)
    powers = np.exp(logits * 1.0 - logits.max())
    with np.errstate(invalid="ignore"):
        shares = powers / powers.sum(axis=-1, keepdims=True)
    shares = np.take_along_axis(shares, order, axis=-1)
    before = np.cumsum(shares, axis=-1) - shares
    return left(
        logits, order, (~(before >= p) if kept_whole else before < p) | (p == 1)
    )


@exercise.bug
def none_left_if_the_first_holds_p(logits, p):
    """Where the likeliest token holds p by itself, no token is left, as if the mask were moved by
    one place and its first stayed as it was. Nothing stands before that token, so it stays."""
    # "Where the likeliest token holds p by itself, no token is left": np.isneginf(got).all() and
    #     np.exp(logits.max()) >= p * np.exp(logits).sum()
    # "Nothing stands before that token, so it stays": stays[..., 0] = shares[..., 0] < p →
    #     stays[..., 0] = True
    order, shares = in_order(logits)
    stays = np.cumsum(shares, axis=-1) - shares < p
    stays[..., 0] = shares[..., 0] < p
    return left(logits, order, stays | (p == 1))


@exercise.bug
def likeliest_cut(logits, p):
    """The likeliest token is cut, as if the mask were moved by one place and the place that is free
    then left out. Nothing stands before that token, so it stays."""
    # "The likeliest token is cut": got[logits.argmax()] == -np.inf
    # "Nothing stands before that token, so it stays": stays[..., 0] = False → stays[..., 0] = True
    order, shares = in_order(logits)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    stays[..., 0] = False
    return left(logits, order, stays)


@exercise.bug(double=(True, False))
def digits_of_float32(logits, p, double=True):
    """The logits are rounded to float32, and those that stay lose their last digits. Return them as
    they are."""
    # "The logits are rounded to float32, and those that stay lose their last digits":
    #     np.array_equal(got, np.where(got > -np.inf, logits.astype(np.float32), -np.inf)) and
    #     (got != want).any()
    # "Return them as they are": np.float32(logits) → logits
    rounded = np.float32(logits)
    order, shares = in_order(rounded.astype(float) if double else rounded)
    stays = (np.cumsum(shares, axis=-1) - shares < p) | (p == 1)
    return left(rounded, order, stays)
