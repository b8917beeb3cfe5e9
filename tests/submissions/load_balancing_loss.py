"""Right and wrong ways to write the loss that balances experts."""

import numpy as np


def _float(a):
    return a if a.dtype.kind == "f" else a.astype(float)


def _rows(logits):
    return _float(logits).reshape(-1, logits.shape[-1])


def _softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _counts(rows, k):
    chosen = np.argsort(-rows, axis=1, kind="stable")[:, :k]
    return np.bincount(chosen.ravel(), minlength=rows.shape[1])


def as_one_writes_it(logits, k):
    rows = _rows(logits)
    f = _counts(rows, k) / (k * len(rows))
    return (rows.shape[1] * f * _softmax(rows).mean(axis=0)).sum()


def by_one_hot(logits, k):
    rows = _rows(logits)
    chosen = np.argsort(-rows, axis=1, kind="stable")[:, :k]
    hot = np.eye(rows.shape[1])[chosen]  # (tokens, k, experts)
    return rows.shape[1] * np.sum(hot.mean(axis=(0, 1)) * _softmax(rows).mean(axis=0))


def by_loops(logits, k):
    rows = _rows(logits)
    p, experts, total = _softmax(rows), rows.shape[1], 0.0
    chosen = [sorted(range(experts), key=lambda e: (-row[e], e))[:k] for row in rows]
    for e in range(experts):
        load = sum(e in each for each in chosen) / (k * len(rows))
        total += load * p[:, e].sum() / len(rows)
    return experts * total


def token_by_token(logits, k):
    """Each token's mean load, under its probabilities."""
    rows = _rows(logits)
    load = _counts(rows, k) / (k * len(rows))
    return rows.shape[1] * np.mean(_softmax(rows) @ load)


def pytorch(logits, k):
    import torch

    rows = torch.tensor(_rows(logits))
    chosen = torch.sort(rows, dim=-1, descending=True, stable=True)[1][:, :k]
    load = torch.bincount(chosen.reshape(-1), minlength=rows.shape[1]).to(rows) / chosen.numel()
    return (rows.shape[1] * load * rows.softmax(-1).mean(0)).sum().double().item()


def scipy(logits, k):
    from scipy.special import softmax

    rows = _rows(logits)
    return (
        len(rows[0]) * np.dot(_counts(rows, k), softmax(rows, axis=1).sum(0)) / k / len(rows) ** 2
    )


def as_mixtral(logits, k):
    return k * as_one_writes_it(logits, k)


def as_switch(logits, k):
    """Only the first choice is counted."""
    rows = _rows(logits)
    f = _counts(rows, 1) / len(rows)
    return rows.shape[1] * (f * _softmax(rows).mean(axis=0)).sum()


def no_factor(logits, k):
    return as_one_writes_it(logits, k) / logits.shape[-1]


def times_tokens(logits, k):
    rows = _rows(logits)
    return as_one_writes_it(logits, k) / rows.shape[1] * len(rows)


def importance_squared(logits, k):
    rows = _rows(logits)
    return rows.shape[1] * (_softmax(rows).mean(axis=0) ** 2).sum()


def load_squared(logits, k):
    rows = _rows(logits)
    return rows.shape[1] * ((_counts(rows, k) / (k * len(rows))) ** 2).sum()


def of_gates(logits, k):
    rows = _rows(logits)
    hidden = np.full_like(rows, -np.inf)
    chosen = np.argsort(-rows, axis=1, kind="stable")[:, :k]
    np.put_along_axis(hidden, chosen, np.take_along_axis(rows, chosen, 1), 1)
    f = _counts(rows, k) / (k * len(rows))
    return (rows.shape[1] * f * _softmax(hidden).mean(axis=0)).sum()


def first_axis(logits, k):
    rows = _rows(logits)
    f = _counts(rows, k) / (k * len(rows))
    e = np.exp(rows - rows.max(0))
    return (rows.shape[1] * f * (e / e.sum(0)).mean(axis=0)).sum()


def mean_of_sequences(logits, k):
    if logits.ndim < 3:
        return as_one_writes_it(logits, k)
    return np.mean([as_one_writes_it(z, k) for z in logits.reshape(-1, *logits.shape[-2:])])


def naive_exp(logits, k):
    rows = _rows(logits)
    with np.errstate(all="ignore"):
        p = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    return rows.shape[1] * (_counts(rows, k) / (k * len(rows)) * p.mean(axis=0)).sum()


def one_maximum(logits, k):
    rows = _rows(logits)
    with np.errstate(all="ignore"):
        e = np.exp(rows - rows.max())
        p = e / e.sum(axis=1, keepdims=True)
    return rows.shape[1] * (_counts(rows, k) / (k * len(rows)) * p.mean(axis=0)).sum()


def by_threshold(logits, k):
    rows = _rows(logits)
    f = (rows >= np.sort(rows, axis=1)[:, -k][:, None]).sum(axis=0) / (k * len(rows))
    return (rows.shape[1] * f * _softmax(rows).mean(axis=0)).sum()


def reversed_sort(logits, k):
    rows = _rows(logits)
    chosen = np.argsort(rows, axis=1, kind="stable")[:, ::-1][:, :k]
    f = np.bincount(chosen.ravel(), minlength=rows.shape[1]) / (k * len(rows))
    return (rows.shape[1] * f * _softmax(rows).mean(axis=0)).sum()


def last_k_of_the_sort(logits, k):
    rows = _rows(logits)
    chosen = np.argsort(rows, axis=1, kind="stable")[:, -k:]
    f = np.bincount(chosen.ravel(), minlength=rows.shape[1]) / (k * len(rows))
    return (rows.shape[1] * f * _softmax(rows).mean(axis=0)).sum()


def clipped(logits, k):
    rows = _rows(logits)
    f = _counts(rows, k) / (k * len(rows))
    return (rows.shape[1] * f * _softmax(np.clip(rows, -50, 50)).mean(axis=0)).sum()


def mean_over_experts(logits, k):
    rows = _rows(logits)
    return rows.shape[1] * np.mean(_counts(rows, k) / (k * len(rows)) * _softmax(rows).mean(axis=0))


def matrices_only(logits, k):
    rows = _float(logits)
    chosen = np.argsort(-rows, axis=1, kind="stable")[:, :k]
    f = np.bincount(chosen.ravel(), minlength=rows.shape[1]) / chosen.size
    return (rows.shape[1] * f * _softmax(rows).mean(axis=0)).sum()


def smallest_counted(logits, k):
    rows = _rows(logits)
    chosen = np.argsort(rows, axis=1, kind="stable")[:, :k]
    f = np.bincount(chosen.ravel(), minlength=rows.shape[1]) / chosen.size
    return (rows.shape[1] * f * _softmax(rows).mean(axis=0)).sum()


def probabilities_of_the_chosen(logits, k):
    rows = _rows(logits)
    p, chosen = _softmax(rows), np.argsort(-rows, axis=1, kind="stable")[:, :k]
    hot = np.eye(rows.shape[1])[chosen].sum(axis=1)
    return rows.shape[1] * np.sum(hot.mean(axis=0) / k * (hot * p).mean(axis=0))


def mean_of_products(logits, k):
    rows = _rows(logits)
    chosen = np.argsort(-rows, axis=1, kind="stable")[:, :k]
    return rows.shape[1] * np.take_along_axis(_softmax(rows), chosen, axis=1).mean()


def mean_logits(logits, k):
    rows = _rows(logits)
    return rows.shape[1] * np.sum(_counts(rows, k) / (k * len(rows)) * _softmax(rows.mean(axis=0)))


def as_long_as_bincount(logits, k):
    rows = _rows(logits)
    chosen = np.argsort(-rows, axis=1, kind="stable")[:, :k]
    f = np.bincount(chosen.ravel()) / chosen.size
    return len(f) * np.sum(f * _softmax(rows).mean(axis=0)[: len(f)])


def experts_in_use(logits, k):
    rows = _rows(logits)
    f = _counts(rows, k) / (k * len(rows))
    return np.count_nonzero(f) * np.sum(f * _softmax(rows).mean(axis=0))


def at_least_1(logits, k):
    return np.maximum(as_one_writes_it(logits, k), 1)


def top_probabilities(logits, k):
    p = _softmax(_rows(logits))
    return p.shape[1] * np.sum(_counts(p, k) / (k * len(p)) * p.mean(axis=0))


def argmax_and_minus_1e9(logits, k):
    rows, f = _rows(logits), np.zeros(logits.shape[-1])
    left = rows.copy()
    for _ in range(k):
        chosen = left.argmax(axis=1)
        np.add.at(f, chosen, 1 / (k * len(rows)))
        left[np.arange(len(left)), chosen] = -1e9
    return len(f) * np.sum(f * _softmax(rows).mean(axis=0))


def counted_in_single_precision(logits, k):
    rows = _rows(logits)
    f = _counts(rows.astype(np.float32), k) / (k * len(rows))
    return rows.shape[1] * f @ _softmax(rows).mean(axis=0)


def counts_without_minlength(logits, k):
    rows = _rows(logits)
    chosen = np.argsort(-rows, axis=1, kind="stable")[:, :k]
    f = np.bincount(chosen.ravel()) / chosen.size
    return rows.shape[1] * f @ _softmax(rows).mean(axis=0)


def short_counts_times_probabilities(logits, k):
    rows = _rows(logits)
    chosen = np.argsort(-rows, axis=1, kind="stable")[:, :k]
    f = np.bincount(chosen.ravel()) / chosen.size
    return rows.shape[1] * np.sum(f * _softmax(rows).mean(axis=0))


def last_k_of_a_partition(logits, k):
    rows = _rows(logits)
    experts = rows.shape[1]
    chosen = np.argpartition(rows, experts - k, axis=1)[:, experts - k :]
    f = np.bincount(chosen.ravel(), minlength=experts) / chosen.size
    return experts * f @ _softmax(rows).mean(axis=0)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    as_mixtral: "counts_not_divided_by_k",
    as_switch: "first_choices_counted",
    no_factor: "not_times_the_experts",
    times_tokens: "times_tokens_for_experts",
    importance_squared: "probabilities_for_loads",
    load_squared: "loads_for_probabilities",
    of_gates: "gates_for_probabilities",
    first_axis: "softmax_over_tokens",
    mean_of_sequences: "means_over_the_first_axis",
    naive_exp: "exp_of_large_logits",
    one_maximum: "maximum_of_all_tokens",
    by_threshold: "all_that_reach_the_smallest",
    reversed_sort: "higher_index_of_equal_logits",
    last_k_of_the_sort: "higher_index_of_equal_logits",
    clipped: "logits_clipped",
    mean_over_experts: "not_times_the_experts",
    matrices_only: "wrong_except_where_logits_has_2_axes",
    smallest_counted: "a_sign_left_out",
    probabilities_of_the_chosen: "gates_for_probabilities",
    mean_of_products: "product_of_each_token",
    mean_logits: "softmax_of_mean_logits",
    as_long_as_bincount: "fewer_experts",
    experts_in_use: "fewer_experts",
    at_least_1: "never_below_1",
    top_probabilities: "chosen_by_probability",
    argmax_and_minus_1e9: "chosen_twice",
    counted_in_single_precision: "wrong_for_numbers_that_are_close",
    counts_without_minlength: "bincount_without_minlength",
    short_counts_times_probabilities: "bincount_without_minlength",
    last_k_of_a_partition: "equal_logits_in_any_order",
}
