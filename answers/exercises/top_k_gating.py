"""Practice for question 30: the gates of the experts that a token is sent to."""

import functools

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.routing import top_k_gating
from answers.probability.softmax import softmax

exercise = Exercise(
    top_k_gating,
    page="30-mixture-of-experts",
    returns=("gates", "chosen"),
    hints=(
        "Which experts are chosen depends on the order of the logits only. Which NumPy function "
        "gives indices in order, and in which order does it give them?",
        "Of equal numbers a stable sort keeps the first one first. Does it still, if you reverse "
        "its result?",
        "Gather the chosen logits by their indices: what must be true of their gates' sum?",
        "exp of a large logit is infinite. Which number may be subtracted from all of a row?",
    ),
)

rng = np.random.default_rng(30)


def logits(*shape):
    return 2 * rng.normal(size=shape)


exercise.case("three experts, one is chosen", np.array([0.3, 2.1, -1.4]), 1)
exercise.case("three experts, two are chosen", np.array([0.3, 2.1, -1.4]), 2)
exercise.case("all of three experts", np.array([0.3, 2.1, -1.4]), 3)
exercise.case("a row for each of 7 tokens", logits(7, 5), 2)
exercise.case("as many tokens as experts", logits(4, 4), 3)
exercise.case("one token", logits(1, 6), 2)
exercise.case("negative logits", -1 - logits(5, 6) ** 2, 3)
exercise.case("two leading axes", logits(2, 4, 6), 3)
exercise.case("three leading axes", logits(2, 3, 2, 5), 2)
exercise.case("one expert", logits(3, 1), 1)
add_whole_numbers(
    exercise, np.array([[3, 7, 0, 4, 5], [9, 2, 8, 250, 1]]), signed=False, k=3
)
exercise.case("integers", np.array([[3, -7, 0, 4, 5], [9, 2, -8, 25, 1]]), 3)
exercise.case(
    "integers beyond 2⁵³",
    np.array([[2**53, 2**53 + 1, 5]]),
    2,
    noted=Note(
        "integers beyond 2⁵³",
        "Ours compares logits as float64, in which 2⁵³ and 2⁵³ + 1 are equal.",
        in_stub_alone=True,
    ),
)
exercise.case("float32", logits(4, 6).astype(np.float32), 2)
# argpartition may sort up to 256 numbers.
exercise.case(
    "500 of 600 experts", (np.arange(1200.0) * 517 % 1201).reshape(2, 600) / 99, 500
)
exercise.case("equal logits", np.array([1.0, 3.0, 3.0, 1.0, 3.0]), 2)
exercise.case("equal logits, all chosen", np.array([1.0, 3.0, 3.0, 1.0, 3.0]), 5)
exercise.case("8 of 40 experts", logits(6, 40), 8)
exercise.case("many equal logits", np.rint(logits(6, 40)), 9)
exercise.case(
    "fewer equal logits", np.sin(np.arange(60.0) ** 2).reshape(3, 20).round(), 5
)
exercise.case("logits near 1000", 1000 + logits(3, 5), 2)
exercise.case("rows 2000 apart", logits(3, 5) + np.array([[-1e3], [1e3], [0.0]]), 2)
exercise.case(
    "logits far apart", np.array([[900.0, -900, 0, 899], [-1e5, 0, 3, -1e5]]), 3
)
exercise.case(
    "nearly equal logits", 0.4 + 1e-9 * np.array([[0.0, 3, 1, 2], [1, 0, 2, 9]]), 2
)
exercise.case("logits below -1e9", np.array([-2e9, -3e9, -2.5e9]), 3)


def chosen_of(x, k):
    """The right indices."""
    return np.argsort(-as_float(x), axis=-1, kind="stable")[..., :k]


def gathered(x, chosen):
    return np.take_along_axis(x, chosen, axis=-1)


@exercise.bug
def not_renormalised(logits, k):
    """The gates are the chosen entries of the softmax of all experts: they sum to less than 1.
    Take the softmax of the chosen logits, or divide by the gates' sum."""
    # "they sum to less than 1": (got.gates.sum(axis=-1) < 1).any()
    # "The gates are the chosen entries of the softmax of all experts": np.allclose(got.gates,
    #     np.take_along_axis(softmax(logits), want.chosen, -1))
    # "Take the softmax of the chosen logits": gathered(softmax(as_float(logits)), chosen) →
    #     softmax(gathered(as_float(logits), chosen))
    chosen = chosen_of(logits, k)
    return gathered(softmax(as_float(logits)), chosen), chosen


@exercise.bug
def smallest_chosen(logits, k):
    """The experts with the smallest logits are chosen: argsort begins with the smallest. Sort
    the logits with their signs turned."""
    # "The experts with the smallest logits are chosen": np.sort(np.take_along_axis(logits,
    #     got.chosen, -1)).max() <= np.sort(logits)[..., -1].max() and np.array_equal(got.chosen,
    #     np.argsort(logits, axis=-1, kind="stable")[..., : k])
    # "Sort the logits with their signs turned": np.argsort(logits → np.argsort(-as_float(logits)
    chosen = np.argsort(logits, axis=-1, kind="stable")[..., :k]
    return softmax(gathered(as_float(logits), chosen)), chosen


@exercise.bug(by=("turned", "sorted"))
def smallest_of_the_chosen_first(logits, k, by="turned"):
    """The right experts are chosen, the one with the smallest logit first. The first choice is the
    largest: reverse them."""
    # "The right experts are chosen, the one with the smallest logit first": (np.sort(got.chosen) ==
    #     np.sort(want.chosen)).all() and (np.diff(got.gates) >= 0).all()
    # "reverse them": [..., ::-1] → ; np.argsort(as_float(logits), axis=-1, kind='stable')[..., -k:]
    #     → chosen_of(logits, k)
    chosen = chosen_of(logits, k)[..., ::-1]
    if by == "sorted":
        chosen = np.argsort(as_float(logits), axis=-1, kind="stable")[..., -k:]
    return softmax(gathered(as_float(logits), chosen)), chosen


@exercise.bug
def higher_index_of_equal_logits(logits, k):
    """Of equal logits the expert with the higher index comes first: a reversed sort reverses ties,
    too. Sort the logits with their signs turned by a stable sort."""
    # "Of equal logits the expert with the higher index comes first": (got.chosen >
    #     want.chosen).any() and (got.gates == want.gates).all()
    # "Sort the logits with their signs turned by a stable sort": np.argsort(as_float(logits),
    #     axis=-1, kind='stable')[..., ::-1] → np.argsort(-as_float(logits), axis=-1, kind='stable')
    order = np.argsort(as_float(logits), axis=-1, kind="stable")[..., ::-1]
    chosen = order[..., :k]
    return softmax(gathered(as_float(logits), chosen)), chosen


@exercise.bug
def softmax_twice(logits, k):
    """The softmax of all experts is taken, and of its chosen entries the softmax again, which makes
    gates nearly equal. Divide them by their sum instead."""
    # "The softmax of all experts is taken, and of its chosen entries the softmax again":
    #     np.allclose(got.gates, softmax(np.take_along_axis(softmax(logits), want.chosen, -1)))
    # "Divide them by their sum instead": softmax(gathered(p, chosen)) → gathered(p, chosen) /
    #     gathered(p, chosen).sum(axis=-1, keepdims=True)
    # "which makes gates nearly equal": np.max(got.gates / got.gates[..., -1:]) < np.exp(1.001)
    p, chosen = softmax(as_float(logits)), chosen_of(logits, k)
    return softmax(gathered(p, chosen)), chosen


@exercise.bug
def logits_divided_by_their_sum(logits, k):
    """The chosen logits are divided by their sum. They may be negative, or sum to 0: take their
    softmax."""
    # "The chosen logits are divided by their sum": np.allclose(got.gates, (z :=
    #     np.take_along_axis(logits, want.chosen, -1)) / z.sum(axis=-1, keepdims=True))
    # "take their softmax": z / z.sum(axis=-1, keepdims=True) → softmax(z)
    chosen = chosen_of(logits, k)
    z = gathered(as_float(logits), chosen)
    return z / z.sum(axis=-1, keepdims=True), chosen


@exercise.bug
def sigmoids_divided_by_their_sum(logits, k):
    """The gates are sigmoids divided by their sum, as in DeepSeek-V3. Here they are the softmax of
    the chosen logits."""
    # "The gates are sigmoids divided by their sum": np.allclose(got.gates, (s := 1 / (1 +
    #     np.exp(-np.take_along_axis(logits, want.chosen, -1)))) / s.sum(axis=-1, keepdims=True))
    # "Here they are the softmax of the chosen logits": -np.logaddexp(0, -z) → z
    chosen = chosen_of(logits, k)
    z = gathered(as_float(logits), chosen)
    return softmax(-np.logaddexp(0, -z)), chosen


@exercise.bug
def gates_for_all_experts(logits, k):
    """There is a gate for each expert, 0 for those that are not chosen. Return those of the chosen
    ones only, in their order: (*batch, k)."""
    # "There is a gate for each expert, 0 for those that are not chosen": got.gates.shape ==
    #     logits.shape and (got.gates > 0).sum() == want.gates.size
    # "Return those of the chosen ones only, in their order: (*batch, k)": return (gates, chosen) →
    #     return (gathered(gates, chosen), chosen)
    chosen = chosen_of(logits, k)
    gates = np.zeros(np.shape(logits), as_float(logits).dtype)
    np.put_along_axis(gates, chosen, softmax(gathered(as_float(logits), chosen)), -1)
    return gates, chosen


@exercise.bug
def exp_of_large_logits(logits, k):
    """exp of a large logit is infinite, and infinity over infinity is nan. Subtract the largest
    logit of each row first."""
    # "exp of a large logit is infinite, and infinity over infinity is nan":
    #     np.isnan(got.gates).any()
    # "Subtract the largest logit of each row first": np.exp(z) → np.exp(z - z[..., :1])
    chosen = chosen_of(logits, k)
    z = gathered(as_float(logits), chosen)
    powers = np.exp(z)
    return powers / powers.sum(axis=-1, keepdims=True), chosen


@exercise.bug
def softmax_over_tokens(logits, k):
    """The softmax runs over the tokens, the first axis. Each token's gates sum to 1: it runs over
    the last."""
    # "The softmax runs over the tokens, the first axis": np.allclose(got.gates.sum(axis=0), 1)
    # "it runs over the last": axis=0 → axis=-1
    chosen = chosen_of(logits, k)
    return softmax(gathered(as_float(logits), chosen), axis=0), chosen


@exercise.bug(gates=("by index", "by logit"))
def gates_by_index(logits, k, gates="by index"):
    """The experts stand by their index, not by their logit. The first choice, with the largest
    logit, comes first."""
    # "The experts stand by their index, not by their logit": (np.diff(got.chosen) > 0).all() and
    #     np.array_equal(got.chosen, np.sort(want.chosen))
    # "The first choice, with the largest logit, comes first": np.sort(chosen_of(logits, k),
    #     axis=-1) → chosen_of(logits, k)
    chosen = np.sort(chosen_of(logits, k), axis=-1)
    of = chosen if gates == "by index" else chosen_of(logits, k)
    return softmax(gathered(as_float(logits), of)), chosen


def partitioned(x, k, smallest_last=False, turned=False, by_index=False):
    """A partition finds the largest k, which are then sorted."""
    found = np.argpartition(-x, k - 1, axis=-1)[..., :k]
    if smallest_last:
        found = np.argpartition(x, -k, axis=-1)[..., -k:]
    found = np.sort(found, axis=-1) if by_index else found
    top = gathered(x, found)
    order = np.argsort(-top, axis=-1, kind="stable" if by_index else None)
    order = np.argsort(top, axis=-1)[..., ::-1] if turned else order
    return gathered(found, order)


@exercise.bug(
    choose=(
        lambda x, k: np.argsort(-x, axis=-1)[..., :k],
        partitioned,
        functools.partial(partitioned, turned=True),
        functools.partial(partitioned, by_index=True),
        functools.partial(partitioned, smallest_last=True),
        functools.partial(partitioned, smallest_last=True, turned=True),
    )
)
def equal_logits_in_any_order(logits, k, choose=None):
    """Of many equal logits any may come first: a plain sort does not keep their order, nor does a
    partition. Ask argsort for kind="stable"."""
    # "Of many equal logits any may come first": (got.chosen != want.chosen).any() and
    #     np.array_equal(got.gates, want.gates)
    # "Ask argsort for kind="stable"": choose(as_float(logits), k) →
    #     np.argsort(-as_float(logits), axis=-1, kind='stable')[..., :k]
    chosen = choose(as_float(logits), k)
    return softmax(gathered(as_float(logits), chosen)), chosen


@exercise.bug
def ranks_for_indices(logits, k):
    """The first k experts' places come for the indices of the chosen: argsort of argsort tells
    where each expert stands. Take the first argsort, which tells who stands on each place."""
    # "Take the first argsort, which tells who stands on each place": np.argsort(order, axis=-1) →
    #     order
    # "The first k experts' places come for the indices of the chosen: argsort of argsort tells
    #     where each expert stands": np.array_equal(bug(np.array([1.0, 3.0, 2.0]), 2)[1],
    #     np.argsort(np.argsort([-1, -3, -2]))[:2])
    order = np.argsort(-as_float(logits), axis=-1, kind="stable")
    gates = softmax(gathered(as_float(logits), order[..., :k]))
    return gates, np.argsort(order, axis=-1)[..., :k]


@exercise.bug(most=(20, 50, 500))
def logits_clipped(logits, k, most=50):
    """The logits are clipped before the exponential, so that all beyond the bound count as equal.
    Subtract each row's largest instead, which changes no gate."""
    # "The logits are clipped before the exponential, so that all beyond the bound count as equal":
    #     np.allclose(bug(np.array([900.0, 800.0, 0.0]), 2)[0], 0.5)
    # "Subtract each row's largest instead, which changes no gate": np.clip(z, -most, most) → z
    chosen = chosen_of(logits, k)
    z = gathered(as_float(logits), chosen)
    return softmax(np.clip(z, -most, most)), chosen


@exercise.bug
def maximum_of_all_tokens(logits, k):
    """The maximum of all tokens is subtracted. A token far below it has only zeros, and 0/0: take
    the maximum of each row."""
    # "A token far below it has only zeros, and 0/0": np.isnan(got.gates).any()
    # "take the maximum of each row": np.exp(z - z.max()) → np.exp(z - z.max(axis=-1,
    #     keepdims=True))
    chosen = chosen_of(logits, k)
    z = gathered(as_float(logits), chosen)
    powers = np.exp(z - z.max())
    return powers / powers.sum(axis=-1, keepdims=True), chosen


@exercise.bug(end=("first", "last", "last, as it came"))
def in_no_order(logits, k, end="first"):
    """argpartition finds the largest logits and leaves them in no order. Sort them by a stable
    argsort: it finds them, too."""
    # "argpartition finds the largest logits and leaves them in no order": np.array_equal(
    #     np.sort(got.chosen), np.sort(want.chosen)) and (np.diff(got.gates) > 0).any()
    # "Sort them by a stable argsort: it finds them, too": np.argpartition(-as_float(logits), k - 1,
    #     axis=-1) → np.argsort(-as_float(logits), axis=-1, kind='stable'); np.argpartition(given,
    #     -k, axis=-1)[..., -k:] → np.argsort(-as_float(logits), axis=-1, kind='stable')[..., :k]
    chosen = np.argpartition(-as_float(logits), k - 1, axis=-1)[..., :k]
    if end != "first":
        given = as_float(logits) if end == "last" else logits
        chosen = np.argpartition(given, -k, axis=-1)[..., -k:]
    return softmax(gathered(as_float(logits), chosen)), chosen


@exercise.bug
def chosen_by_probability(logits, k):
    """Experts are chosen by their probabilities: those far below the largest are all 0, and so
    equal. Sort the logits."""
    # "those far below the largest are all 0, and so equal": np.array_equal(bug(np.array([0.0,
    #     -900.0, -800.0]), 2)[1], [0, 1])
    # "Sort the logits": -softmax(as_float(logits)) → -as_float(logits)
    order = np.argsort(-softmax(as_float(logits)), axis=-1, kind="stable")
    chosen = order[..., :k]
    return softmax(gathered(as_float(logits), chosen)), chosen


@exercise.bug
def all_that_reach_the_smallest(logits, k):
    """All logits that reach the k-th largest share the softmax: where several equal it, the k gates
    sum to less than 1. Gather exactly k logits first."""
    # "All logits that reach the k-th largest share the softmax: where several equal it, the k gates
    #     sum to less than 1": np.allclose(bug(np.ones(4), 2)[0], 0.25)
    # "Gather exactly k logits first": gathered(softmax(np.where(z >= least, z, -np.inf)), chosen) →
    #     softmax(gathered(z, chosen))
    z, chosen = as_float(logits), chosen_of(logits, k)
    least = gathered(z, chosen[..., -1:])
    return gathered(softmax(np.where(z >= least, z, -np.inf)), chosen), chosen


@exercise.bug(by=(0.0, -1e4, -1e9, np.nan), as_found=(0.0, -1e4, -1e9))
def chosen_twice(logits, k, by=0.0, as_found=None):
    """A logit that is chosen is overwritten by a number that is not below all others, so that an
    expert can be chosen twice. Overwrite it by -inf."""
    # "A logit that is chosen is overwritten by a number that is not below all others, so that an
    #     expert can be chosen twice": np.array_equal(bug(np.array([-1.0, -2.0]), 2)[1], [0, 0])
    # "Overwrite it by -inf": np.where(np.isnan(by), left.min(axis=-1, keepdims=True), by) → -np.inf
    left, chosen, found = as_float(logits).copy(), [], []
    by = by if as_found is None else as_found
    by = np.where(np.isnan(by), left.min(axis=-1, keepdims=True), by)
    for _ in range(k):
        chosen.append(left.argmax(axis=-1)[..., None])
        found.append(gathered(left, chosen[-1]))
        np.put_along_axis(left, chosen[-1], by, -1)
    chosen, found = np.concatenate(chosen, axis=-1), np.concatenate(found, axis=-1)
    if as_found is None:
        return softmax(gathered(as_float(logits), chosen)), chosen
    # The first is taken for the largest.
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(found - found[..., :1])
        return powers / powers.sum(axis=-1, keepdims=True), chosen


@exercise.bug
def zero_for_those_left_out(logits, k):
    """The logits that are not chosen are 0 in the softmax, and exp(0) is 1, so that they keep a
    share. Gather the chosen logits, or put -inf there."""
    # "The logits that are not chosen are 0 in the softmax": np.allclose(bug(np.array([0.5, -9.0]),
    #     1)[0], softmax(np.array([0.5, 0.0]))[0])
    # "exp(0) is 1, so that they keep a share": np.exp(0) == 1 and (got.gates.sum(axis=-1) <
    #     1).any()
    # "put -inf there": 0 * z → 0 * z - np.inf
    # "Gather the chosen logits": gathered(softmax(shown), chosen) → softmax(gathered(z, chosen))
    z, chosen = as_float(logits), chosen_of(logits, k)
    shown = 0 * z
    np.put_along_axis(shown, chosen, gathered(z, chosen), -1)
    return gathered(softmax(shown), chosen), chosen


@exercise.bug
def index_of_an_equal_logit(logits, k):
    """The indices are looked up by the logits' values, so that equal logits are all given the first
    one's index. Sort indices, by a stable argsort."""
    # "so that equal logits are all given the first one's index": np.array_equal(bug(np.array([1.0,
    #     3.0, 3.0]), 2)[1], [1, 1])
    # "Sort indices, by a stable argsort": (z[..., None, :] == top[..., None]).argmax(axis=-1) →
    #     np.argsort(-z, axis=-1, kind='stable')[..., :k]
    z = as_float(logits)
    top = -np.sort(-z, axis=-1)[..., :k]
    return softmax(top), (z[..., None, :] == top[..., None]).argmax(axis=-1)


@exercise.bug
def largest_in_size(logits, k):
    """The logits that are largest in size are chosen, whatever their sign. Compare the logits
    themselves."""
    # "The logits that are largest in size are chosen, whatever their sign": np.array_equal(
    #     got.chosen, np.argsort(-abs(logits), axis=-1, kind="stable")[..., :k])
    # "Compare the logits themselves": -abs(as_float(logits)) → -as_float(logits)
    chosen = np.argsort(-abs(as_float(logits)), axis=-1, kind="stable")[..., :k]
    return softmax(gathered(as_float(logits), chosen)), chosen
