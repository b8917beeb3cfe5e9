"""Practice for question 30: the loss that keeps the experts' load balanced."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.routing import load_balancing_loss, top_k_gating
from answers.probability.softmax import softmax

exercise = Exercise(
    load_balancing_loss,
    page="30-mixture-of-experts",
    hints=(
        "Two vectors with one entry for each expert are multiplied and summed. Which of them is "
        "counted, and which is a mean of probabilities?",
        "Each vector sums to 1. By which number must the counts of k choices a token be divided?",
        "Both are taken over all tokens: of leading axes, none is special.",
        "If all is uniform, the sum of products is 1 / experts. What makes it 1?",
    ),
)

rng = np.random.default_rng(31)


def logits(*shape):
    return 2 * rng.normal(size=shape)


exercise.case("one token, one of two experts", np.array([[np.log(3), 0.0]]), 1)
exercise.case("two tokens, one of two experts", np.array([[1.5, 0.0], [-0.3, 0.4]]), 1)
exercise.case("9 tokens, one of 5 experts", logits(9, 5), 1)
exercise.case("9 tokens, two of 5 experts", logits(9, 5), 2)
exercise.case("as many tokens as experts", logits(6, 6), 3)
exercise.case("all experts are chosen", logits(7, 4), 4)
exercise.case("one expert", logits(5, 1), 1)
exercise.case("all choose the same two", logits(8, 6) + 20 * (np.arange(6) < 2), 2)
exercise.case(
    "the last experts are never chosen", logits(8, 6) - 9 * (np.arange(6) > 3), 2
)
exercise.case("one token in a vector", logits(7), 3)
exercise.case("two leading axes", logits(3, 4, 5), 2)
exercise.case("three leading axes", logits(2, 3, 2, 6), 3)
exercise.case("leading axes of sizes 1 and 4", logits(1, 4, 5), 2)
add_whole_numbers(exercise, np.array([[3, 7, 0, 4], [9, 2, 8, 5]]), signed=False, k=2)
exercise.case("integers", np.array([[3, -7, 0, 4], [9, 2, -8, 5]]), 2)
exercise.case("float32", logits(12, 6).astype(np.float32), 2)
exercise.case("equal logits", np.zeros((5, 4)) + np.array([0, 1, 1, 1]), 2)
exercise.case("more of them equal", np.rint(logits(30, 24) / 2), 5)
exercise.case(
    "equal logits, two of them chosen", np.array([[1.0, 0, 1, 1], [0, 2, 2, 2]]), 2
)
exercise.case(
    "a loss below 1", 5 * np.eye(3)[[0, 0, 0, 0, 1]] / [[9], [9], [9], [9], [1]], 1
)
exercise.case("logits near 1000", 1000 + logits(6, 5), 2)
exercise.case("rows 2000 apart", logits(3, 5) + np.array([[-1e3], [1e3], [0.0]]), 2)
exercise.case(
    "nearly equal logits", np.array([[0.4, 0.4 + 3e-9, 0.4 + 1e-9], [3, 1, 0]]), 1
)
exercise.case("logits far apart", np.array([[0, -900, -800], [1, 2, 0.5]]), 2)
exercise.case(
    "logits below -1e9", np.array([[-3e9, -2e9, -2.5e9], [-2.6e9, -2e9, -2.1e9]]), 2
)


def parts_of(logits, k):
    """The probabilities, a row for each token, and how often each expert is chosen."""
    p = softmax(as_float(logits)).reshape(-1, logits.shape[-1])
    return p, counts_of(logits, k)


def counts_of(logits, k):
    return np.bincount(top_k_gating(logits, k)[1].ravel(), minlength=logits.shape[-1])


@exercise.bug
def counts_not_divided_by_k(logits, k):
    """The counts are divided by the number of tokens, so that loads sum to k, as in Mixtral's code.
    Divide them by k, too."""
    # "The counts are divided by the number of tokens, so that loads sum to k": np.isclose(got, k *
    #     want)
    # "Divide them by k, too": len(p) → (k * len(p))
    p, counts = parts_of(logits, k)
    return p.shape[1] * (counts / len(p) @ p.mean(axis=0))


@exercise.bug
def not_times_the_experts(logits, k):
    """The loss is too small by the number of experts: the factor is missing, or the products are
    averaged. Multiply their sum by the number of experts."""
    # "The loss is too small by the number of experts": np.isclose(got * logits.shape[-1], want)
    # "or the products are averaged": np.isclose(got, np.mean(logits.shape[-1] *
    #     np.bincount(top_k_gating(logits, k)[1].ravel(), minlength=logits.shape[-1]) / k /
    #     (logits.size / logits.shape[-1]) * softmax(logits).reshape(-1,
    #     logits.shape[-1]).mean(axis=0)))
    # "Multiply their sum by the number of experts": return → return p.shape[1] *
    p, counts = parts_of(logits, k)
    return counts / counts.sum() @ p.mean(axis=0)


@exercise.bug
def times_tokens_for_experts(logits, k):
    """The sum is multiplied by the number of tokens, not of experts. The number of experts is the
    size of the last axis."""
    # "The sum is multiplied by the number of tokens, not of experts": np.isclose(got / want,
    #     (logits.size / logits.shape[-1]) / logits.shape[-1])
    # "The number of experts is the size of the last axis": len(p) → p.shape[1]
    p, counts = parts_of(logits, k)
    return len(p) * (counts / counts.sum() @ p.mean(axis=0))


@exercise.bug
def first_choices_counted(logits, k):
    """Only each token's first choice is counted. Count all k."""
    # "Only each token's first choice is counted": np.isclose(got, right(logits, 1))
    # "Count all k": counts_of(logits, 1) → counts_of(logits, k)
    p, _ = parts_of(logits, k)
    counts = counts_of(logits, 1)
    return p.shape[1] * (counts / counts.sum() @ p.mean(axis=0))


@exercise.bug
def probabilities_for_loads(logits, k):
    """The mean probabilities are squared: nothing is counted. The load is an expert's share of the
    choices."""
    # "The mean probabilities are squared: nothing is counted": np.isclose(got, logits.shape[-1] *
    #     (softmax(logits).reshape(-1, logits.shape[-1]).mean(axis=0) ** 2).sum())
    # "The load is an expert's share of the choices": (mean @ mean) → (counts_of(logits, k) /
    #     counts_of(logits, k).sum() @ mean)
    p, _ = parts_of(logits, k)
    mean = p.mean(axis=0)
    return p.shape[1] * (mean @ mean)


@exercise.bug
def loads_for_probabilities(logits, k):
    """The loads are squared, so that the loss has no gradient. One factor is the mean
    probability."""
    # "The loads are squared": np.isclose(got, logits.shape[-1] * ((counts_of(logits, k) / (k *
    #     logits.size / logits.shape[-1])) ** 2).sum())
    # "One factor is the mean probability": (load @ load) → (load @ p.mean(axis=0))
    # "so that the loss has no gradient": np.isclose(got, bug(logits * 1.001, k), rtol=1e-15)
    p, counts = parts_of(logits, k)
    load = counts / counts.sum()
    return p.shape[1] * (load @ load)


@exercise.bug(renormalised=(True, False))
def gates_for_probabilities(logits, k, renormalised=True):
    """P is the mean of the gates, in which experts that are not chosen have 0. Take the softmax of
    all logits, also of experts that are not chosen."""
    # "P is the mean of the gates, in which experts that are not chosen have 0": np.isclose(bug(
    #     np.array([[2.0, 1.0, 0.0]]), 1), 3)
    # "Take the softmax of all logits, also of experts that are not chosen": gates.mean(axis=0) →
    #     p.mean(axis=0)
    p, counts = parts_of(logits, k)
    chosen = top_k_gating(logits, k)[1].reshape(-1, k)
    gates = np.zeros_like(p)
    np.put_along_axis(gates, chosen, np.take_along_axis(p, chosen, 1), 1)
    if renormalised:
        gates = gates / gates.sum(axis=1, keepdims=True)
    return p.shape[1] * (counts / counts.sum() @ gates.mean(axis=0))


@exercise.bug
def softmax_over_tokens(logits, k):
    """The softmax runs over the tokens, the first axis. Each token's probabilities sum to 1: it
    runs over the experts."""
    # "The softmax runs over the tokens, the first axis": np.isclose(got, logits.shape[-1] *
    #     (counts_of(logits, k) / counts_of(logits, k).sum() @
    #     softmax(np.atleast_2d(logits).reshape(-1, logits.shape[-1]), axis=0).mean(axis=0)))
    # "it runs over the experts": axis=0) → axis=1)
    rows = as_float(logits).reshape(-1, logits.shape[-1])
    counts = counts_of(logits, k)
    p = softmax(rows, axis=0)
    return p.shape[1] * (counts / counts.sum() @ np.sum(p, 0) / len(p))


@exercise.bug
def means_over_the_first_axis(logits, k):
    """A loss is taken in each sequence, and the mean of these returned. Loads are counted over all
    tokens: make them one axis."""
    # "A loss is taken in each sequence, and the mean of these returned": np.isclose(got,
    #     np.mean([right(each, k) for each in logits]))
    # "Loads are counted over all tokens: make them one axis": logits.reshape(-1,
    #     *logits.shape[-2:]) if logits.ndim > 2 else logits[None] → logits[None]
    each = logits.reshape(-1, *logits.shape[-2:]) if logits.ndim > 2 else logits[None]
    return np.mean([load_balancing_loss(rows, k) for rows in each])


@exercise.bug
def exp_of_large_logits(logits, k):
    """exp of a large logit is infinite, and infinity over infinity is nan. Subtract the largest
    logit of each row first."""
    # "exp of a large logit is infinite, and infinity over infinity is nan": np.isnan(got)
    # "Subtract the largest logit of each row first": np.exp(rows) → np.exp(rows - rows.max(axis=1,
    #     keepdims=True))
    rows, counts = as_float(logits).reshape(-1, logits.shape[-1]), counts_of(logits, k)
    powers = np.exp(rows)
    p = powers / powers.sum(axis=1, keepdims=True)
    return p.shape[1] * (counts / counts.sum() @ p.mean(axis=0))


@exercise.bug
def maximum_of_all_tokens(logits, k):
    """The maximum of all tokens is subtracted. A token far below it has only zeros, and 0/0: take
    the maximum of each row."""
    # "A token far below it has only zeros, and 0/0": np.isnan(got)
    # "take the maximum of each row": rows.max() → rows.max(axis=1, keepdims=True)
    rows, counts = as_float(logits).reshape(-1, logits.shape[-1]), counts_of(logits, k)
    powers = np.exp(rows - rows.max())
    p = powers / powers.sum(axis=1, keepdims=True)
    return p.shape[1] * (counts / counts.sum() @ p.mean(axis=0))


@exercise.bug
def all_that_reach_the_smallest(logits, k):
    """All experts that reach the k-th largest logit are counted, so that equal ones make more than
    k. Count exactly k, of equal logits the lower index first."""
    # "All experts that reach the k-th largest logit are counted, so that equal ones make more than
    #     k": (rows := logits.reshape(-1, logits.shape[-1])).size and ((rows >= np.sort(rows)[:, [-k
    #     ]]).sum(axis=1) > k).any() and not np.isclose(got, want)
    # "Count exactly k, of equal logits the lower index first": load = (rows >= least).sum(axis=0) →
    #     load = counts_of(logits, k)
    p, rows = parts_of(logits, k)[0], logits.reshape(-1, logits.shape[-1])
    least = np.sort(rows, axis=1)[:, [-k]]
    load = (rows >= least).sum(axis=0)
    return p.shape[1] * (load / (k * len(p)) @ p.mean(axis=0))


@exercise.bug
def higher_index_of_equal_logits(logits, k):
    """Of equal logits the higher index is counted. Sort the logits with their signs turned, by a
    stable sort."""
    # "Of equal logits the higher index is counted": not np.isclose(got, want) and np.isclose(got,
    #     right(logits[..., ::-1], k))
    # "Sort the logits with their signs turned, by a stable sort": order = np.argsort(rows, axis=1,
    #     kind='stable')[:, ::-1] → order = np.argsort(-as_float(rows), axis=1, kind='stable')
    p, rows = parts_of(logits, k)[0], logits.reshape(-1, logits.shape[-1])
    order = np.argsort(rows, axis=1, kind="stable")[:, ::-1]
    counts = np.bincount(order[:, :k].ravel(), minlength=p.shape[1])
    return p.shape[1] * (counts / counts.sum() @ p.mean(axis=0))


@exercise.bug
def product_of_each_token(logits, k):
    """Each token's probabilities are multiplied by its own choices, and the mean taken last. Take
    both means first: a product of means is no mean of products."""
    # "Each token's probabilities are multiplied by its own choices, and the mean taken last":
    #     np.isclose(bug(np.log([[3.0, 1.0], [1.0, 3.0]]), 1), 2 * 0.75)
    # "Take both means first": (hot * p).mean(axis=0).sum() → (hot.mean(axis=0) *
    #     p.mean(axis=0)).sum()
    p, _ = parts_of(logits, k)
    hot = np.zeros_like(p)
    chosen = top_k_gating(logits, k)[1].reshape(-1, k)
    np.put_along_axis(hot, chosen, 1 / k, 1)
    return p.shape[1] * (hot * p).mean(axis=0).sum()


@exercise.bug
def softmax_of_mean_logits(logits, k):
    """P is the softmax of the mean logits. Take each token's softmax first, and its mean last."""
    # "P is the softmax of the mean logits": np.isclose(got, logits.shape[-1] *
    #     (counts_of(logits, k) / counts_of(logits, k).sum() @ softmax(logits.reshape(-1,
    #     logits.shape[-1]).mean(axis=0))))
    # "Take each token's softmax first, and its mean last": softmax(rows.mean(axis=0)) →
    #     softmax(rows).mean(axis=0)
    rows, counts = as_float(logits).reshape(-1, logits.shape[-1]), counts_of(logits, k)
    return rows.shape[1] * (counts / counts.sum() @ softmax(rows.mean(axis=0)))


@exercise.bug(which=(0, 1))
def fewer_experts(logits, k, which=0):
    """Experts that nobody chose are not counted among the experts, by which the sum is
    multiplied. `bincount` ends at the last that is chosen: their number is that of the logits."""
    # "Experts that nobody chose are not counted among the experts, by which the sum is multiplied":
    #     np.isclose(bug(np.zeros((1, 4)), 1), 1 / 4)
    # "their number is that of the logits": experts = [len(counts), (counts > 0).sum()][which] →
    #     experts = logits.shape[-1]
    p, counts = parts_of(logits, k)
    counts = np.trim_zeros(counts, "b")
    experts = [len(counts), (counts > 0).sum()][which]
    return experts * (counts / counts.sum() @ p.mean(axis=0)[: len(counts)])


@exercise.bug
def never_below_1(logits, k):
    """The loss is kept at 1 or above. Uniform loads give 1, but it is no bound: where the experts
    with large loads have small probabilities, it is less."""
    # "The loss is kept at 1 or above": got == max(1, want)
    # "it is less": want < 1 and got != want
    return max(np.float64(1), load_balancing_loss(logits, k))


@exercise.bug
def chosen_by_probability(logits, k):
    """Experts are chosen by their probabilities: those far below the largest are all 0, and so
    equal. Sort the logits."""
    # "those far below the largest are all 0, and so equal": np.isclose(got, right(np.array([[0,
    #     -800.0, -900], [1, 2, 0.5]]), k))
    # "Sort the logits": -p → -as_float(logits).reshape(p.shape)
    p, _ = parts_of(logits, k)
    chosen = np.argsort(-p, axis=1, kind="stable")[:, :k]
    counts = np.bincount(chosen.ravel(), minlength=p.shape[1])
    return p.shape[1] * (counts / counts.sum() @ p.mean(axis=0))


@exercise.bug(by=(0.0, -1e4, -1e9, np.nan))
def chosen_twice(logits, k, by=0.0):
    """A logit that is chosen is overwritten by a number that is not below all others, so that an
    expert can be chosen twice. Overwrite it by -inf."""
    # "A logit that is chosen is overwritten by a number that is not below all others, so that an
    #     expert can be chosen twice": np.isclose(bug(-np.ones((1, 2)), 2), 1) and np.isclose(
    #     bug(np.array([[-1.0, -2, -3]]), 2), 3 * softmax(-np.arange(3.0))[0])
    # "Overwrite it by -inf": np.where(np.isnan(by), left.min(axis=1, keepdims=True), by) → -np.inf
    p, _ = parts_of(logits, k)
    left, counts = as_float(logits).reshape(p.shape).copy(), np.zeros(p.shape[1])
    by = np.where(np.isnan(by), left.min(axis=1, keepdims=True), by)
    for _ in range(k):
        chosen = left.argmax(axis=1)
        counts += np.bincount(chosen, minlength=len(counts))
        np.put_along_axis(left, chosen[:, None], by, 1)
    return p.shape[1] * (counts / counts.sum() @ p.mean(axis=0))


@exercise.bug(most=(50, 20, 30, 100, 500))
def logits_clipped(logits, k, most=50):
    """The logits are clipped before the exponential, so that all beyond the bound count as equal.
    Subtract each row's largest instead, which changes no probability."""
    # "The logits are clipped before the exponential, so that all beyond the bound count as equal":
    #     np.isclose(got, right(np.clip(logits, -50, 50), k))
    # "Subtract each row's largest instead, which changes no probability": np.clip(rows, -most,
    #     most) → rows - rows.max(axis=1, keepdims=True)
    rows, counts = as_float(logits).reshape(-1, logits.shape[-1]), counts_of(logits, k)
    powers = np.exp(np.clip(rows, -most, most))
    p = powers / powers.sum(axis=1, keepdims=True)
    return p.shape[1] * (counts / counts.sum() @ p.mean(axis=0))


@exercise.bug(how=("@", "*"))
def bincount_without_minlength(logits, k, how="@"):
    """`bincount` ends at the last expert that is chosen, and its counts are fewer than the
    probabilities. Give it `minlength`, the number of experts."""
    # "`bincount` ends at the last expert that is chosen, and its counts are fewer than the
    #     probabilities": len(np.bincount(top_k_gating(logits, k)[1].ravel())) < logits.shape[-1]
    #     and (isinstance(got, ValueError) or got != want)
    # "Give it `minlength`, the number of experts": .ravel()) → .ravel(), minlength=p.shape[1])
    p, _ = parts_of(logits, k)
    counts = np.bincount(top_k_gating(logits, k)[1].ravel())
    load, mean = counts / counts.sum(), p.mean(axis=0)
    return p.shape[1] * (load @ mean if how == "@" else (load * mean).sum())


@exercise.bug(sign=(1, -1))
def equal_logits_in_any_order(logits, k, sign=1):
    """Of equal logits now a lower index is counted, now a higher, as a partition or an unstable
    sort leaves them. The lower comes first: sort -logits, and stably."""
    # "Of equal logits now a lower index is counted, now a higher": not np.isclose(got, want) and
    #     not np.isclose(got, higher_index_of_equal_logits(logits, k))
    # "as a partition or an unstable sort leaves them": (np.sort(logits[np.arange(len(logits))[:,
    #     None], np.argpartition(logits, -k)[:, -k:]]) == np.sort(logits)[:, -k:]).all() and got !=
    #     want
    # "sort -logits, and stably": np.argpartition(rows, -k, axis=1)[:, -k:] → np.argsort(-rows,
    #     axis=1, kind='stable')[:, :k]; np.argpartition(-rows, k - 1, axis=1)[:, :k] →
    #     np.argsort(-rows, axis=1, kind='stable')[:, :k]
    p, rows = parts_of(logits, k)[0], as_float(logits).reshape(-1, logits.shape[-1])
    if sign > 0:
        chosen = np.argpartition(rows, -k, axis=1)[:, -k:]
    else:
        chosen = np.argpartition(-rows, k - 1, axis=1)[:, :k]
    counts = np.bincount(chosen.ravel(), minlength=p.shape[1])
    return p.shape[1] * (counts / counts.sum() @ p.mean(axis=0))
