"""Right and wrong ways to write logsumexp."""

import math

import numpy as np


def logaddexp(x, axis=-1):
    return np.logaddexp.reduce(x, axis=axis)


def squeezed(x, axis=-1):
    top = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(top + np.log(np.exp(x - top).sum(axis=axis, keepdims=True)), axis)


def loops(x, axis=-1):
    rows = np.moveaxis(x, axis, -1)
    out = np.zeros(rows.shape[:-1])
    for index in np.ndindex(out.shape):
        top = max(rows[index])
        out[index] = top + math.log(sum(math.exp(value - top) for value in rows[index]))
    return float(out) if out.ndim == 0 else out


def one_pass(x, axis=-1):
    rows = np.moveaxis(x.astype(float), axis, 0)
    top, total = np.full(rows.shape[1:], -np.inf), np.zeros(rows.shape[1:])
    for row in rows:
        new = np.maximum(top, row)
        total = total * np.exp(top - new) + np.exp(row - new)
        top = new
    return top + np.log(total)


def sorted_first(x, axis=-1):
    rows = np.sort(np.moveaxis(x, axis, -1))
    return rows[..., -1] + np.log1p(np.exp(rows[..., :-1] - rows[..., -1:]).sum(axis=-1))


def pytorch(x, axis=-1):
    import torch

    return torch.logsumexp(torch.from_numpy(x).double(), axis).numpy()


def with_pythons_exp(x, axis=-1):
    rows = np.moveaxis(x, axis, -1)
    out = np.zeros(rows.shape[:-1])
    for index in np.ndindex(out.shape):
        out[index] = math.log(sum(math.exp(value) for value in rows[index]))
    return out


def eps_in_the_logarithm(x, axis=-1):
    return np.log(np.exp(x).sum(axis=axis) + 1e-9)


def infinity_replaced(x, axis=-1):
    return np.nan_to_num(np.log(np.exp(x).sum(axis=axis)))


def axis_lost(x, axis=-1):
    top = np.max(x, axis)
    return np.log(np.sum(np.exp(x - top), axis)) + top


def mean_for_sum(x, axis=-1):
    return np.logaddexp.reduce(x, axis=axis) - np.log(x.shape[axis])


def maximum_added_with_its_axis(x, axis=-1):
    top = x.max(axis=axis, keepdims=True)
    return top + np.log(np.exp(x - top).sum(axis=axis))


def maximum_added_twice(x, axis=-1):
    return x.max(axis=axis) + np.logaddexp.reduce(x, axis=axis)


def minimum_taken_out(x, axis=-1):
    low = x.min(axis=axis, keepdims=True)
    return low.squeeze(axis) + np.log(np.exp(x - low).sum(axis=axis))


def sum_of_logarithms(x, axis=-1):
    return np.log(np.exp(x)).sum(axis=axis)


def base_2(x, axis=-1):
    return np.logaddexp.reduce(x, axis=axis) / np.log(2)


def log1p(x, axis=-1):
    top = x.max(axis=axis, keepdims=True)
    return top.squeeze(axis) + np.log1p(np.exp(x - top).sum(axis=axis))


def everything_squeezed(x, axis=-1):
    top = x.max(axis=axis, keepdims=True)
    return (top + np.log(np.exp(x - top).sum(axis=axis, keepdims=True))).T.squeeze()


def ignored_axis_and_no_maximum(x, axis=-1):
    return np.log(np.exp(x).sum(axis=-1))


def kept_axis_and_clipped(x, axis=-1):
    return np.log(np.exp(np.clip(x, -500, 500)).sum(axis=axis, keepdims=True))


def _shifted(x, axis, top):
    with np.errstate(all="ignore"):
        total = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return np.squeeze(total, axis=axis)


def one_maximum_for_all(x, axis=-1):
    return _shifted(x, axis, np.asarray(x.max(), float))


def negative_maximum_cut_at_zero(x, axis=-1):
    """Only large logits are shifted: small ones do not overflow."""
    return _shifted(x, axis, np.maximum(x.max(axis=axis, keepdims=True), 0))


def finite_logits_only(x, axis=-1):
    x = np.where(np.isfinite(x), x, 0.0)
    return _shifted(x, axis, x.max(axis=axis, keepdims=True))


def result_in_the_type_of_the_logits(x, axis=-1):
    return _shifted(x, axis, x.max(axis=axis, keepdims=True)).astype(x.dtype)


def two_axes_at_most(x, axis=-1):
    axis = axis % 2 if x.ndim > 1 else 0
    return _shifted(x, axis, x.max(axis=axis, keepdims=True))


def columns_of_three_axes(x, axis=-1):
    axis = 1 if x.ndim == 3 and axis == -1 else axis
    top = x.max(axis=axis, keepdims=True) + 0.0
    return np.log(np.exp(x - top).sum(axis=axis)) + top.squeeze(axis)


def all_axes_squeezed(x, axis=-1):
    top = x.max(axis=axis, keepdims=True) + 0.0
    return np.log(np.exp(x - top).sum(axis=axis)) + top.squeeze()


def swapped_to_the_front(x, axis=-1):
    rows = np.swapaxes(x, axis, 0)
    top = rows.max(axis=0) + 0.0
    return np.log(np.exp(rows - top).sum(axis=0)) + top


def ten_thousand_for_infinity(x, axis=-1):
    x = np.where(np.isneginf(x), -1e4, 1.0 * x)
    top = x.max(axis=axis, keepdims=True)
    return np.log(np.exp(x - top).sum(axis=axis)) + top.squeeze(axis)


def first_logit_taken_out(x, axis=-1):
    first = x.take([0], axis=axis)
    return first.squeeze(axis) + np.log(np.exp(x - first).sum(axis=axis))


def small_terms_dropped(x, axis=-1):
    """Terms of less than exp(-10)."""
    top = x.max(axis=axis, keepdims=True) + 0.0
    below = x - top
    total = np.where(below < -10, 0, np.exp(below)).sum(axis=axis)
    return np.log(total) + top.squeeze(axis)


def equals_of_the_largest_once(x, axis=-1):
    rows = np.sort(np.moveaxis(x, axis, -1) * 1.0, axis=-1)
    top = rows[..., -1:]
    powers = np.where(rows == top, 0.0, np.exp(rows - top))
    return top[..., 0] + np.log1p(powers.sum(axis=-1))


def everything_in_the_log(x, axis=-1):
    top = x.max(axis=axis, keepdims=True)
    total = top + np.exp(x - top).sum(axis=axis, keepdims=True)
    return np.log(total).squeeze(axis)


def running_from_zero(x, axis=-1):
    rows = np.moveaxis(x, axis, 0)
    total = np.zeros(rows.shape[1:])
    for row in rows:
        total = np.logaddexp(total, row)
    return total


def one_pass_without_rescaling(x, axis=-1):
    rows = np.moveaxis(x, axis, 0)
    top, total = rows[0] * 1.0, np.ones(rows.shape[1:])
    for row in rows[1:]:
        top = np.maximum(top, row)
        total = total + np.exp(row - top)
    return top + np.log(total)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    with_pythons_exp: "no_maximum",
    eps_in_the_logarithm: None,
    infinity_replaced: "wrong_for_numbers_that_are_large",
    axis_lost: "no_keepdims",
    mean_for_sum: "mean_for_sum",
    maximum_added_with_its_axis: "maximum_with_its_axis",
    maximum_added_twice: "maximum_added_twice",
    minimum_taken_out: "wrong_for_numbers_that_are_far_apart",
    sum_of_logarithms: "wrong_where_x_holds_more_than_one_number",
    base_2: "constant_factor",
    log1p: "log1p_for_log",
    first_logit_taken_out: "not_finite",
    everything_squeezed: "transposed",
    ignored_axis_and_no_maximum: "last_axis_always",
    kept_axis_and_clipped: "axis_kept",
    one_maximum_for_all: "global_maximum",
    negative_maximum_cut_at_zero: "not_finite",
    finite_logits_only: "wrong_where_x_holds_inf",
    result_in_the_type_of_the_logits: "truncated_to_integers",
    two_axes_at_most: None,
    columns_of_three_axes: None,
    all_axes_squeezed: "rows_in_another_order_has_another_effect",
    swapped_to_the_front: "transposed",
    ten_thousand_for_infinity: None,
    small_terms_dropped: "nearly_right",
    equals_of_the_largest_once: "equals_counted_once",
    everything_in_the_log: "maximum_inside_the_log",
    running_from_zero: "sum_from_one",
    one_pass_without_rescaling: "sum_not_rescaled",
}
