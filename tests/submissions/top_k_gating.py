"""Right and wrong ways to write the gates of the top k experts."""

import numpy as np


def _float(a):
    return a if a.dtype.kind == "f" else a.astype(float)


def _softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def as_one_writes_it(logits, k):
    logits = _float(logits)
    chosen = np.argsort(-logits, axis=-1, kind="stable")[..., :k]
    return _softmax(np.take_along_axis(logits, chosen, axis=-1)), chosen


def softmax_first_then_renormalised(logits, k):
    p = _softmax(_float(logits))
    chosen = np.argsort(-_float(logits), axis=-1, kind="stable")[..., :k]
    top = np.take_along_axis(p, chosen, axis=-1)
    return top / top.sum(axis=-1, keepdims=True), chosen


def masked_then_softmax(logits, k):
    logits = _float(logits)
    chosen = np.argsort(-logits, axis=-1, kind="mergesort")[..., :k]
    hidden = np.full_like(logits, -np.inf)
    np.put_along_axis(hidden, chosen, np.take_along_axis(logits, chosen, -1), -1)
    return np.take_along_axis(_softmax(hidden), chosen, -1), chosen


def one_argmax_at_a_time(logits, k):
    left, chosen = _float(logits).copy(), []
    for _ in range(k):
        chosen.append(left.argmax(axis=-1))
        np.put_along_axis(left, chosen[-1][..., None], -np.inf, -1)
    chosen = np.stack(chosen, axis=-1)
    return _softmax(np.take_along_axis(_float(logits), chosen, -1)), chosen


def row_by_row(logits, k):
    rows = _float(logits).reshape(-1, logits.shape[-1])
    order = [sorted(range(len(row)), key=lambda e: (-row[e], e))[:k] for row in rows]
    gates = np.array([_softmax(row[o]) for row, o in zip(rows, order, strict=True)], rows.dtype)
    shape = (*logits.shape[:-1], k)
    return gates.reshape(shape), np.array(order).reshape(shape)


def pytorch(logits, k):
    import torch

    z = torch.tensor(_float(logits))
    values, chosen = torch.sort(z, dim=-1, descending=True, stable=True)
    return values[..., :k].softmax(-1).numpy(), chosen[..., :k].numpy()


def by_log_sum_exp(logits, k):
    from scipy.special import logsumexp

    logits = _float(logits)
    chosen = np.argsort(-logits, kind="stable")[..., :k]
    top = np.take_along_axis(logits, chosen, -1)
    return np.exp(top - logsumexp(top, axis=-1, keepdims=True)), chosen


def reversed_twice(logits, k):
    """A reversed sort of reversed logits leaves the lower index first."""
    logits = _float(logits)
    last = logits.shape[-1] - 1
    order = last - np.argsort(logits[..., ::-1], axis=-1, kind="stable")[..., ::-1]
    chosen = order[..., :k]
    return _softmax(np.take_along_axis(logits, chosen, axis=-1)), chosen


def switch_gates(logits, k):
    """The probabilities of all experts, as with one expert in Switch Transformers."""
    _, chosen = as_one_writes_it(logits, k)
    return np.take_along_axis(_softmax(_float(logits)), chosen, -1), chosen


def ascending(logits, k):
    logits = _float(logits)
    chosen = np.argsort(logits, axis=-1)[..., :k]
    return _softmax(np.take_along_axis(logits, chosen, axis=-1)), chosen


def last_k_of_the_sort(logits, k):
    logits = _float(logits)
    chosen = np.argsort(logits, axis=-1, kind="stable")[..., -k:]
    return _softmax(np.take_along_axis(logits, chosen, axis=-1)), chosen


def reversed_sort(logits, k):
    logits = _float(logits)
    chosen = np.argsort(logits, axis=-1, kind="stable")[..., ::-1][..., :k]
    return _softmax(np.take_along_axis(logits, chosen, axis=-1)), chosen


def unstable_sort(logits, k):
    logits = _float(logits)
    chosen = np.argsort(-logits, axis=-1)[..., :k]
    return _softmax(np.take_along_axis(logits, chosen, axis=-1)), chosen


def softmax_of_softmax(logits, k):
    p, (_, chosen) = _softmax(_float(logits)), as_one_writes_it(logits, k)
    return _softmax(np.take_along_axis(p, chosen, -1)), chosen


def shares_of_logits(logits, k):
    _, chosen = as_one_writes_it(logits, k)
    top = np.take_along_axis(_float(logits), chosen, -1)
    return top / top.sum(-1, keepdims=True), chosen


def dense(logits, k):
    gates, chosen = as_one_writes_it(logits, k)
    out = np.zeros(logits.shape, gates.dtype)
    np.put_along_axis(out, chosen, gates, -1)
    return out, chosen


def naive_exp(logits, k):
    _, chosen = as_one_writes_it(logits, k)
    with np.errstate(all="ignore"):
        e = np.exp(np.take_along_axis(_float(logits), chosen, -1))
        return e / e.sum(-1, keepdims=True), chosen


def one_maximum(logits, k):
    _, chosen = as_one_writes_it(logits, k)
    top = np.take_along_axis(_float(logits), chosen, -1)
    with np.errstate(all="ignore"):
        e = np.exp(top - top.max())
        return e / e.sum(-1, keepdims=True), chosen


def clipped(logits, k):
    _, chosen = as_one_writes_it(logits, k)
    e = np.exp(np.clip(np.take_along_axis(_float(logits), chosen, -1), -50, 50))
    return e / e.sum(-1, keepdims=True), chosen


def epsilon_in_the_sum(logits, k):
    _, chosen = as_one_writes_it(logits, k)
    top = np.take_along_axis(_softmax(_float(logits)), chosen, -1)
    return top / (top.sum(-1, keepdims=True) + 1e-6), chosen


def summed_over_tokens(logits, k):
    _, chosen = as_one_writes_it(logits, k)
    e = np.exp(np.take_along_axis(_float(logits), chosen, -1))
    return e / e.sum(0), chosen


def matrices_only(logits, k):
    logits = _float(logits)
    chosen = np.argsort(-logits, axis=1, kind="stable")[:, :k]
    return _softmax(logits[np.arange(len(logits))[:, None], chosen]), chosen


def exchanged(logits, k):
    return as_one_writes_it(logits, k)[::-1]


def chosen_erased_in_place(logits, k):
    whole, chosen = _float(logits).copy(), []
    for _ in range(k):
        chosen.append(np.argmax(logits, axis=-1))
        np.put_along_axis(logits, chosen[-1][..., None], logits.min() - 1, -1)
    chosen = np.stack(chosen, axis=-1)
    return _softmax(np.take_along_axis(whole, chosen, -1)), chosen


def sigmoid_gates(logits, k):
    _, chosen = as_one_writes_it(logits, k)
    s = 1 / (1 + np.exp(-np.take_along_axis(_float(logits), chosen, -1)))
    return s / s.sum(-1, keepdims=True), chosen


def sorted_by_index(logits, k):
    chosen = np.sort(as_one_writes_it(logits, k)[1], axis=-1)
    return _softmax(np.take_along_axis(_float(logits), chosen, -1)), chosen


def partitioned(logits, k):
    logits = _float(logits)
    chosen = np.argpartition(-logits, k - 1, axis=-1)[..., :k]
    return _softmax(np.take_along_axis(logits, chosen, axis=-1)), chosen


def largest_probabilities(logits, k):
    p = _softmax(_float(logits))
    chosen = np.argsort(-p, axis=-1, kind="stable")[..., :k]
    top = np.take_along_axis(p, chosen, axis=-1)
    return top / top.sum(-1, keepdims=True), chosen


def hidden_below_a_threshold(logits, k):
    """Of equal logits more than k are left."""
    z = _float(logits)
    p = _softmax(np.where(z < np.sort(z, axis=-1)[..., [-k]], -np.inf, z))
    chosen = np.argsort(-z, axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(p, chosen, axis=-1), chosen


def erased_by_minus_1e9(logits, k):
    left, chosen = _float(logits).copy(), np.empty((*logits.shape[:-1], k), int)
    for c in range(k):
        chosen[..., c] = left.argmax(axis=-1)
        np.put_along_axis(left, chosen[..., [c]], -1e9, -1)
    return _softmax(np.take_along_axis(_float(logits), chosen, -1)), chosen


def a_slope_against_ties(logits, k):
    """Of nearly equal logits the lower index comes first, too."""
    z = _float(logits)
    chosen = np.argsort(1e-6 * np.arange(z.shape[-1]) - z, axis=-1, kind="stable")[..., :k]
    return _softmax(np.take_along_axis(z, chosen, -1)), chosen


def sorted_in_single_precision(logits, k):
    chosen = np.argsort(-logits.astype(np.float32), axis=-1, kind="stable")[..., :k]
    return _softmax(np.take_along_axis(_float(logits), chosen, axis=-1)), chosen


def integers_as_they_are(logits, k):
    """Ranks integers exactly."""
    chosen = np.argsort(-logits, axis=-1, kind="stable")[..., :k]
    top = np.take_along_axis(logits, chosen, axis=-1)
    return _softmax(_float(top)), chosen


def taken_is_0(logits, k):
    """The gates are of the numbers that are found."""
    left = _float(logits).reshape(-1, logits.shape[-1]).copy()
    at, index, top = np.arange(len(left)), [], []
    for _ in range(k):
        index.append(left.argmax(axis=1))
        top.append(left[at, index[-1]])
        left[at, index[-1]] = 0
    shape = (*logits.shape[:-1], k)
    return _softmax(np.stack(top, 1)).reshape(shape), np.stack(index, 1).reshape(shape)


def taken_is_minus_1e9(logits, k):
    """The gates are of the numbers that are found, the first for the largest."""
    left = _float(logits).reshape(-1, logits.shape[-1]).copy()
    at, index, top = np.arange(len(left)), [], []
    for _ in range(k):
        index.append(left.argmax(axis=1))
        top.append(left[at, index[-1]])
        left[at, index[-1]] = -1e9
    top = np.stack(top, 1)
    with np.errstate(all="ignore"):
        e = np.exp(top - top[:, :1])
        gates = e / e.sum(1, keepdims=True)
    shape = (*logits.shape[:-1], k)
    return gates.reshape(shape), np.stack(index, 1).reshape(shape)


def mask_multiplied(logits, k):
    _, chosen = as_one_writes_it(logits, k)
    mask = np.zeros(logits.shape)
    np.put_along_axis(mask, chosen, 1, -1)
    return np.take_along_axis(_softmax(logits * mask), chosen, -1), chosen


def values_looked_up(logits, k):
    rows = _float(logits).reshape(-1, logits.shape[-1]).tolist()
    top = [sorted(row, reverse=True)[:k] for row in rows]
    index = [[row.index(v) for v in best] for row, best in zip(rows, top, strict=True)]
    shape = (*logits.shape[:-1], k)
    return _softmax(np.array(top)).reshape(shape), np.array(index).reshape(shape)


def whatever_the_sign(logits, k):
    chosen = np.argsort(-np.abs(_float(logits)), axis=-1, kind="stable")[..., :k]
    return _softmax(np.take_along_axis(_float(logits), chosen, -1)), chosen


def partitioned_at_the_end(logits, k):
    chosen = np.argpartition(logits, logits.shape[-1] - k, axis=-1)[..., -k:]
    return _softmax(np.take_along_axis(_float(logits), chosen, -1)), chosen


def partitioned_and_sorted(logits, k):
    z = _float(logits)
    found = np.argpartition(z, -k, axis=-1)[..., -k:]
    order = np.argsort(np.take_along_axis(z, found, -1), axis=-1)[..., ::-1]
    chosen = np.take_along_axis(found, order, -1)
    return _softmax(np.take_along_axis(z, chosen, -1)), chosen


def argsort_of_argsort(logits, k):
    gates, _ = as_one_writes_it(logits, k)
    order = np.argsort(-_float(logits), axis=-1, kind="stable")
    return gates, np.argsort(order, axis=-1)[..., :k]


def indices_alone_sorted(logits, k):
    gates, chosen = as_one_writes_it(logits, k)
    return gates, np.sort(chosen, axis=-1)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    switch_gates: "not_renormalised",
    ascending: "smallest_chosen",
    last_k_of_the_sort: "smallest_of_the_chosen_first",
    reversed_sort: "higher_index_of_equal_logits",
    unstable_sort: "equal_logits_in_any_order",
    softmax_of_softmax: "softmax_twice",
    shares_of_logits: "logits_divided_by_their_sum",
    dense: "gates_for_all_experts",
    naive_exp: "exp_of_large_logits",
    one_maximum: "maximum_of_all_tokens",
    clipped: "logits_clipped",
    epsilon_in_the_sum: "nearly_right",
    summed_over_tokens: "softmax_over_tokens",
    matrices_only: "wrong_except_where_logits_has_2_axes",
    exchanged: "parts_in_another_order",
    chosen_erased_in_place: "an_argument_changed",
    sigmoid_gates: "sigmoids_divided_by_their_sum",
    sorted_by_index: "gates_by_index",
    partitioned: "in_no_order",
    largest_probabilities: "chosen_by_probability",
    hidden_below_a_threshold: "all_that_reach_the_smallest",
    erased_by_minus_1e9: "chosen_twice",
    a_slope_against_ties: "wrong_for_numbers_that_are_close",
    sorted_in_single_precision: "wrong_for_numbers_that_are_close",
    taken_is_0: "chosen_twice",
    taken_is_minus_1e9: "chosen_twice",
    mask_multiplied: "zero_for_those_left_out",
    values_looked_up: "index_of_an_equal_logit",
    whatever_the_sign: "largest_in_size",
    partitioned_at_the_end: "in_no_order",
    partitioned_and_sorted: "equal_logits_in_any_order",
    argsort_of_argsort: "ranks_for_indices",
    indices_alone_sorted: "gates_by_index",
}
