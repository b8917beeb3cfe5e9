"""Right and wrong ways to write prune_magnitude."""

import numpy as np


def mask_by_rank(w, fraction):
    rank = np.argsort(np.argsort(np.abs(w), axis=None, kind="stable"))
    kept = (rank >= round(fraction * w.size)).reshape(w.shape)
    return w * kept.astype(np.float64)


def pythons_sort(w, fraction):
    flat = [float(value) for value in w.ravel()]
    order = sorted(range(len(flat)), key=lambda index: abs(flat[index]))
    for index in order[: round(fraction * len(flat))]:
        flat[index] = 0.0
    return np.array(flat).reshape(w.shape)


def largest_put_back(w, fraction):
    left = w.size - round(fraction * w.size)
    out = np.zeros(w.shape)
    if left:
        index = np.argpartition(-np.abs(w.astype(float)), left - 1, axis=None)[:left]
        np.put(out, index, w.ravel()[index])
    return out


def one_after_another(w, fraction):
    out, size = w.astype(float), np.abs(w.astype(float))
    for _ in range(round(fraction * w.size)):
        index = np.unravel_index(np.argmin(size), size.shape)
        out[index], size[index] = 0.0, np.inf
    return out


def pytorch(w, fraction):
    import torch

    x = torch.from_numpy(np.array(w, dtype=float))
    _, index = x.abs().flatten().topk(round(fraction * x.numel()), largest=False)
    mask = torch.ones(x.numel(), dtype=x.dtype)
    mask[index] = 0
    return (x * mask.view_as(x)).numpy()


def partitioned(w, fraction):
    count = round(fraction * w.size)
    flat = np.array(w, dtype=float).ravel()
    if count:
        flat[np.argpartition(np.abs(flat), count - 1)[:count]] = 0
    return flat.reshape(w.shape)


def smallest_numbers(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(w, axis=None)[: round(fraction * w.size)]] = 0
    return out


def quantile_and_greater(w, fraction):
    return np.where(np.abs(w) > np.quantile(np.abs(w), fraction), w, 0.0)


def quantile_and_at_least(w, fraction):
    return np.where(np.abs(w) >= np.quantile(np.abs(w), fraction), w, 0.0)


def threshold_at_the_count(w, fraction):
    count = round(fraction * w.size)
    if count >= w.size:
        return np.zeros(w.shape)
    threshold = np.sort(np.abs(w).ravel())[count]
    return w * (np.abs(w) >= threshold)


def threshold_before_the_count(w, fraction):
    count = round(fraction * w.size)
    threshold = np.sort(np.abs(w).ravel())[count - 1]
    return w * (np.abs(w) > threshold).astype(float)


def kept_for_removed(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(np.abs(w), axis=None)[round((1 - fraction) * w.size) :]] = 0
    return out


def share_of_the_largest(w, fraction):
    return w * (np.abs(w) >= fraction * np.abs(w).max()).astype(float)


def rows(w, fraction):
    out = w.astype(float)
    for row in out.reshape(-1, w.shape[-1]):
        row[np.argsort(np.abs(row))[: round(fraction * len(row))]] = 0
    return out


def squares_of_rows(w, fraction):
    out = w.astype(float)
    norms = (out.reshape(len(out), -1) ** 2).sum(axis=1)
    out[np.argsort(norms)[: round(fraction * len(out))]] = 0
    return out


def percentile(w, fraction):
    return np.where(np.abs(w) > np.percentile(np.abs(w), fraction), w, 0.0)


def rounded_down(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(np.abs(w), axis=None)[: int(fraction * w.size)]] = 0
    return out


def rounded_up(w, fraction):
    out = w.astype(float)
    count = int(np.ceil(fraction * w.size))
    out.flat[np.argsort(np.abs(w), axis=None)[:count]] = 0
    return out


def in_place(w, fraction):
    w.flat[np.argsort(np.abs(w), axis=None)[: round(fraction * w.size)]] = 0
    return w


def random(w, fraction):
    out, rng = w.astype(float), np.random.default_rng(0)
    out.flat[rng.permutation(w.size)[: round(fraction * w.size)]] = 0
    return out


def mask(w, fraction):
    out = np.ones(w.shape)
    out.flat[np.argsort(np.abs(w), axis=None)[: round(fraction * w.size)]] = 0
    return out


def soft_threshold(w, fraction):
    threshold = np.sort(np.abs(w), axis=None)[max(round(fraction * w.size) - 1, 0)]
    return np.sign(w) * np.maximum(np.abs(w) - threshold, 0)


def survivors_scaled_up(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(np.abs(w), axis=None)[: round(fraction * w.size)]] = 0
    return out / max(1 - fraction, 1e-9)


def count_of_nonzero(w, fraction):
    out = w.astype(float)
    order = np.argsort(np.abs(w), axis=None)
    order = order[np.count_nonzero(w == 0) :]
    out.flat[order[: round(fraction * len(order))]] = 0
    return out


def minus_the_count(w, fraction):
    out = w.astype(float)
    order = np.argsort(np.abs(w), axis=None)[::-1]
    out.flat[order[-round(fraction * w.size) :]] = 0
    return out


def by_sign_and_one_too_many(w, fraction):
    out = w.astype(float)
    out.flat[np.argsort(w, axis=None)[: round(fraction * w.size) + 1]] = 0
    return out


def _removed(w, count, order=None):
    pruned = w.astype(w.dtype if w.dtype.kind == "f" else float)
    order = (
        np.argsort(np.abs(w.astype(float)), axis=None, kind="stable") if order is None else order
    )
    pruned.flat[order[:count]] = 0
    return pruned


def count_cut_off(w, fraction):
    return _removed(w, int(fraction * w.size))


def one_is_always_kept(w, fraction):
    return _removed(w, min(round(fraction * w.size), w.size - 1))


def one_is_always_removed(w, fraction):
    return _removed(w, max(round(fraction * w.size), 1))


def below_the_next_one(w, fraction):
    """Everything smaller than the first that stays."""
    size = np.sort(np.abs(w.astype(float)), axis=None)
    count = round(fraction * w.size)
    bound = size[count] if count < w.size else np.inf
    return np.where(np.abs(w.astype(float)) < bound, 0.0, w)


def no_more_than_the_last_removed(w, fraction):
    size = np.sort(np.abs(w.astype(float)), axis=None)
    count = round(fraction * w.size)
    bound = size[count - 1] if count else -1.0
    return np.where(np.abs(w.astype(float)) <= bound, 0.0, w)


def each_matrix_by_itself(w, fraction):
    if w.ndim < 3:
        return _removed(w, round(fraction * w.size))
    return np.stack([_removed(each, round(fraction * each.size)) for each in w])


def flattened(w, fraction):
    pruned = _removed(w, round(fraction * w.size))
    return pruned.reshape(w.shape[0], -1) if w.ndim > 2 else pruned


def half_up(w, fraction):
    out = w.astype(float).ravel()
    out[np.argsort(np.abs(out), kind="stable")[: int(fraction * out.size + 0.5)]] = 0
    return out.reshape(w.shape)


def argsort_below_the_count(w, fraction):
    order = np.argsort(np.abs(w).ravel(), kind="stable")
    return np.where(order < round(fraction * w.size), 0.0, w.ravel()).reshape(w.shape)


def by_squares(w, fraction):
    out = w.astype(float).ravel()
    out[(out * out).argsort(kind="stable")[: round(fraction * out.size)]] = 0
    return out.reshape(w.shape)


def nothing_to_do(w, fraction):
    count = round(fraction * w.size)
    if not count:
        return w
    out = w.astype(float).ravel()
    out[np.abs(out).argsort()[:count]] = 0
    return out.reshape(w.shape)


def read_by_columns(w, fraction):
    flat = w.astype(float).flatten(order="F")
    flat[np.argsort(np.abs(flat))[: round(fraction * flat.size)]] = 0
    return flat.reshape(w.shape)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    smallest_numbers: "sign_not_ignored",
    quantile_and_greater: "wrong_where_fraction_is_0.0",
    quantile_and_at_least: "wrong_where_fraction_is_1.0",
    threshold_at_the_count: "equal_weights_together",
    threshold_before_the_count: "wrong_where_fraction_is_0.0",
    kept_for_removed: "largest_removed",
    share_of_the_largest: "threshold_from_the_range",
    rows: "each_row_by_itself",
    squares_of_rows: "whole_rows_removed",
    percentile: "percent_for_fraction",
    rounded_down: "count_rounded_down",
    rounded_up: "count_rounded_up",
    in_place: "changed_in_place",
    random: "rows_in_another_order_has_another_effect",
    mask: "mask_returned",
    soft_threshold: "all_shrunk_by_the_threshold",
    survivors_scaled_up: "factor_of_a_size",
    count_of_nonzero: "zeros_not_counted",
    minus_the_count: "everything_at_zero",
    by_sign_and_one_too_many: None,
    count_cut_off: "count_rounded_down",
    one_is_always_kept: "wrong_where_fraction_is_1.0",
    one_is_always_removed: "one_at_least",
    below_the_next_one: "equal_weights_together",
    no_more_than_the_last_removed: "equal_weights_together",
    each_matrix_by_itself: "wrong_where_w_has_3_axes",
    flattened: "right_numbers_in_another_shape",
    half_up: "half_rounded_up",
    argsort_below_the_count: "order_taken_for_ranks",
    by_squares: "a_property_fails",
    nothing_to_do: "itself_where_nothing_goes",
    read_by_columns: "read_in_another_order",
}

# Right answers that pass with a note.
NOTED = {one_after_another}
