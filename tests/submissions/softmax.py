"""Right and wrong ways to write softmax."""

import math

import numpy as np


def logsumexp_first(x, axis=-1):
    return np.exp(x - np.logaddexp.reduce(x, axis=axis, keepdims=True))


def loops(x, axis=-1):
    rows = np.moveaxis(np.array(x, dtype=float), axis, -1)
    for index in np.ndindex(rows.shape[:-1]):
        top = max(rows[index])
        powers = [math.exp(value - top) for value in rows[index]]
        rows[index] = [power / sum(powers) for power in powers]
    return np.moveaxis(rows, -1, axis)


def along_an_axis(x, axis=-1):
    def row(logits):
        powers = np.exp(logits - np.max(logits))
        return powers / np.sum(powers)

    return np.apply_along_axis(row, axis, x.astype(float))


def pytorch(x, axis=-1):
    import torch

    return torch.softmax(torch.from_numpy(x).double(), dim=axis).numpy()


def one_over_the_sum_of_ratios(x, axis=-1):
    rows = np.moveaxis(x, axis, -1)
    finite = np.where(np.isinf(rows), -1e300, rows)  # -inf - -inf is nan
    with np.errstate(over="ignore"):
        ratios = np.exp(finite[..., None, :] - finite[..., :, None])
    return np.moveaxis(1 / ratios.sum(axis=-1), -1, axis)


def keyword_only_axis(x, *, axis=-1):
    x = np.asarray(x, np.float64)
    powers = np.exp(x - np.amax(x, axis, keepdims=True))
    return np.divide(powers, np.sum(powers, axis, keepdims=True))


def with_pythons_exp(x, axis=-1):
    rows = np.moveaxis(x.astype(float), axis, -1).copy()
    for index in np.ndindex(rows.shape[:-1]):
        powers = [math.exp(value) for value in rows[index]]
        rows[index] = [power / sum(powers) for power in powers]
    return np.moveaxis(rows, -1, axis)


def nan_replaced(x, axis=-1):
    powers = np.exp(x)
    return np.nan_to_num(powers / powers.sum(axis=axis, keepdims=True))


def mean_subtracted(x, axis=-1):
    powers = np.exp(x - x.mean(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def minimum_subtracted(x, axis=-1):
    powers = np.exp(x - x.min(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def maximum_of_the_other_axis(x, axis=-1):
    powers = np.exp(x - x.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def longer_floats(x, axis=-1):
    powers = np.exp(x.astype(np.longdouble))
    return (powers / powers.sum(axis=axis, keepdims=True)).astype(float)


def in_float32(x, axis=-1):
    x = x.astype(np.float32)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def second_axis(x, axis=-1):
    axis = min(1, x.ndim - 1)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def axis_of_a_matrix(x, axis=-1):
    powers = np.exp(x)
    return powers / np.sum(powers, axis=1, keepdims=True)


def no_axis_parameter(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def last_two_axes(x, axis=-1):
    axes = tuple(range(max(0, x.ndim - 2), x.ndim))
    powers = np.exp(x - x.max())
    return powers / powers.sum(axis=axes, keepdims=True)


def like_the_input(x, axis=-1):
    out = np.zeros_like(x)
    out[...] = np.exp(x - x.max(axis=axis, keepdims=True))
    out[...] = out / out.sum(axis=axis, keepdims=True)
    return out


def in_place(x, axis=-1):
    x = np.asarray(x)
    if x.dtype.kind != "f":
        x = x.astype(float)
    x -= x.max(axis=axis, keepdims=True)
    return np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)


def logarithm(x, axis=-1):
    return x - np.logaddexp.reduce(x, axis=axis, keepdims=True)


def sigmoid(x, axis=-1):
    return 1 / (1 + np.exp(-x))


def sign_lost(x, axis=-1):
    powers = np.exp(-(x - x.min(axis=axis, keepdims=True)))
    return powers / powers.sum(axis=axis, keepdims=True)


def not_normalised(x, axis=-1):
    return np.exp(x - x.max(axis=axis, keepdims=True))


def divided_by_the_norm(x, axis=-1):
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / np.linalg.norm(powers, axis=axis, keepdims=True)


def eps_in_the_sum(x, axis=-1):
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / (powers.sum(axis=axis, keepdims=True) + 1e-3)


def rounded(x, axis=-1):
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.round(powers / powers.sum(axis=axis, keepdims=True), 4)


def transposed_for_columns(x, axis=-1):
    x = x.T if axis == 0 else x
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def wrong_axis_and_no_maximum(x, axis=-1):
    powers = np.exp(x)
    return powers / powers.sum(axis=0)


def ignored_axis_and_global_maximum(x, axis=-1):
    powers = np.exp(x - np.max(x))
    return powers / powers.sum(axis=-1, keepdims=True)


def exponents_from_minus_50(x, axis=-1):
    below = np.maximum(x - 1.0 * x.max(axis=axis, keepdims=True), -50)
    return np.exp(below) / np.exp(below).sum(axis=axis, keepdims=True)


def columns_of_three_axes(x, axis=-1):
    axis = 1 if x.ndim == 3 and axis == -1 else axis
    powers = np.exp(x - 1.0 * x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def swapped_after_moving(x, axis=-1):
    rows = np.moveaxis(x, axis, 0)
    powers = np.exp(rows - 1.0 * rows.max(axis=0))
    return np.swapaxes(powers / powers.sum(axis=0), 0, axis)


def ten_thousand_for_infinity(x, axis=-1):
    x = np.where(np.isneginf(x), -1e4, 1.0 * x)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    out = powers / powers.sum(axis=axis, keepdims=True)
    return out.astype(np.float32) if x.dtype == np.float32 else out


def small_probabilities_cut_off(x, axis=-1):
    powers = np.exp(x - 1.0 * x.max(axis=axis, keepdims=True))
    found = powers / powers.sum(axis=axis, keepdims=True)
    return np.where(found < 1e-12, 0, found)


def zero_for_infinity(x, axis=-1):
    x = np.where(np.isinf(x), 0.0, x)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


# The mistake that each is told; None where no known one explains it.
def a_billion_for_infinity(x, axis=-1):
    x = np.where(np.isneginf(x), -1e9, x)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def axis_brought_back_by_a_reshape(x, axis=-1):
    rows = x.astype(float).reshape(-1, x.shape[axis])
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).reshape(x.shape)


WRONG = {
    with_pythons_exp: "no_maximum",
    nan_replaced: "no_maximum",
    mean_subtracted: "wrong_for_numbers_that_are_far_apart",
    minimum_subtracted: "wrong_for_numbers_that_are_far_apart",
    maximum_of_the_other_axis: "another_axis",
    longer_floats: "not_finite",
    in_float32: "in_float32",
    second_axis: "sum_is_not_1",
    axis_of_a_matrix: "last_axis_always",
    no_axis_parameter: "another_signature",
    last_two_axes: "one_sum_for_all",
    like_the_input: "rounded_to_integers",
    in_place: "an_argument_changed",
    logarithm: "logarithm",
    sigmoid: "sum_is_not_1",
    sign_lost: "x_negated",
    not_normalised: "a_division_left_out",
    divided_by_the_norm: "sum_is_not_1",
    eps_in_the_sum: "eps_in_the_denominator",
    rounded: "rounded",
    transposed_for_columns: "wrong_where_axis_is_passed",
    exponents_from_minus_50: "a_property_fails",
    wrong_axis_and_no_maximum: "first_axis_always",
    ignored_axis_and_global_maximum: "last_axis_always",
    columns_of_three_axes: "sum_is_not_1",
    swapped_after_moving: "rows_in_another_order_has_another_effect",
    ten_thousand_for_infinity: "finite_for_minus_infinity",
    small_probabilities_cut_off: "a_property_fails",
    zero_for_infinity: "finite_for_minus_infinity",
    a_billion_for_infinity: "finite_for_minus_infinity",
    axis_brought_back_by_a_reshape: "reshaped_for_the_axis",
}
