"""Right and wrong ways to write RMS normalization."""

import math

import numpy as np


def by_rsqrt(x, gain, eps=1e-6):
    wide = x.astype(np.float64)
    return wide * (np.square(wide).mean(-1, keepdims=True) + eps) ** -0.5 * gain


def pytorch(x, gain, eps=1e-6):
    import torch

    x, gain = (torch.tensor(a, dtype=torch.float64) for a in (x, gain))
    return torch.nn.functional.rms_norm(x, gain.shape, gain, eps).numpy()


def by_norm(x, gain, eps=1e-6):
    """The length of a row is √d times its root mean square."""
    d = x.shape[-1]
    length = np.linalg.norm(x.astype(float), axis=-1, keepdims=True)
    return math.sqrt(d) * x / np.sqrt(length**2 + d * eps) * gain


def row_by_row(x, gain, eps=1e-6):
    y = np.empty(x.shape)
    for index in np.ndindex(x.shape[:-1]):
        row = [float(entry) for entry in x[index]]
        root = math.sqrt(math.fsum(entry * entry for entry in row) / len(row) + eps)
        y[index] = [g * entry / root for g, entry in zip(gain.tolist(), row, strict=True)]
    return y


def einsum(x, gain, eps=1e-6):
    x = 1.0 * x
    squares = np.einsum("...d,...d->...", x, x) / x.shape[-1]
    return np.einsum("...d,d,...->...d", x, gain, 1 / np.sqrt(squares + eps))


def variance_and_mean(x, gain, eps=1e-6):
    """The mean square is the variance and the square of the mean."""
    x = x.astype(float)
    squares = x.var(axis=-1) + x.mean(axis=-1) ** 2
    return (x.T / np.sqrt(squares + eps).T).T * gain


def layer_norm(x, gain, eps=1e-6):
    centred = x - np.mean(x, axis=-1, keepdims=True)
    return gain * centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + eps)


def by_std(x, gain, eps=1e-6):
    return x / np.sqrt(np.std(x, axis=-1, keepdims=True) ** 2 + eps) * gain


def unit_length(x, gain, eps=1e-6):
    wide = x.astype(float)
    return gain * wide / np.sqrt(np.sum(wide * wide, -1, keepdims=True) + eps)


def eps_beside(x, gain, eps=1e-6):
    wide = x.astype(float)
    return gain * wide / (np.sqrt(np.mean(wide * wide, -1, keepdims=True)) + eps)


def mean_square(x, gain, eps=1e-6):
    wide = x.astype(float)
    return gain * wide / (np.mean(wide * wide, -1, keepdims=True) + eps)


def gain_first(x, gain, eps=1e-6):
    wide = x.astype(float) * gain
    return wide / np.sqrt(np.mean(wide * wide, -1, keepdims=True) + eps)


def all_rows_alike(x, gain, eps=1e-6):
    return gain * x / np.sqrt(np.mean(np.square(x.astype(float))) + eps)


def over_the_batch(x, gain, eps=1e-6):
    wide = np.atleast_2d(x.astype(float))
    if x.ndim == 1:
        return by_rsqrt(x, gain, eps)
    return gain * wide / np.sqrt(np.mean(wide**2, axis=0) + eps)


def no_gain(x, gain, eps=1e-6):
    return by_rsqrt(x, np.ones(len(gain)), eps)


def gain_plus_one(x, gain, eps=1e-6):
    return by_rsqrt(x, 1 + gain, eps)


def eps_of_layer_norm(x, gain, eps=1e-5):
    return by_rsqrt(x, gain, eps)


def eps_fixed(x, gain, eps=1e-6):
    return by_rsqrt(x, gain, 1e-6)


def no_eps(x, gain, eps=1e-6):
    with np.errstate(invalid="ignore"):
        return by_rsqrt(x, gain, 0)


def no_eps_but_zeros(x, gain, eps=1e-6):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(by_rsqrt(x, gain, 0))


def at_most_three_axes(x, gain, eps=1e-6):
    wide = x.astype(float)
    axis = -1 if x.ndim < 4 else (-2, -1)
    return gain * wide / np.sqrt(np.mean(wide**2, axis, keepdims=True) + eps)


def second_axis(x, gain, eps=1e-6):
    """Right of a matrix."""
    wide = x.astype(float)
    return gain * wide / np.sqrt(np.mean(wide**2, axis=1, keepdims=True) + eps)


def rows_of_a_matrix(x, gain, eps=1e-6):
    rows = x.reshape(-1, x.shape[-1]).astype(float)
    y = gain * rows / np.sqrt(np.mean(rows**2, axis=1, keepdims=True) + eps)
    return y if x.ndim > 1 else y[0]


def like_the_input(x, gain, eps=1e-6):
    return by_rsqrt(x, gain, eps).astype(x.dtype)


def columns_when_square(x, gain, eps=1e-6):
    axis = 0 if x.ndim == 2 and x.shape[0] == x.shape[1] else -1
    wide = x.astype(float)
    return gain * wide / np.sqrt(np.mean(wide**2, axis, keepdims=True) + eps)


def one_feature_is_its_sign(x, gain, eps=1e-6):
    if x.shape[-1] == 1:
        return np.sign(x) * gain
    return by_rsqrt(x, gain, eps)


def in_place(x, gain, eps=1e-6):
    found = by_rsqrt(x, gain, eps)
    x -= x
    return found


def divided_alone_is_centred(x, gain, eps=1e-6):
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt((1.0 * x * x).mean(axis=-1, keepdims=True) + eps)


def eps_or_its_default(x, gain, eps=1e-6):
    return by_rsqrt(x, gain, eps or 1e-6)


def cut_at_five(x, gain, eps=1e-6):
    return gain * np.clip(by_rsqrt(x, np.ones(len(gain)), eps), -5, 5)


def at_least_eps(x, gain, eps=1e-6):
    wide = x.astype(float)
    return gain * wide / np.sqrt(np.square(wide).mean(-1, keepdims=True).clip(eps))


def epsilon_of_the_type(x, gain, eps=1e-6):
    return by_rsqrt(x, gain, np.finfo(float).eps)


def length_times_root_of_d(x, gain, eps=1e-6):
    wide, d = x.astype(float), x.shape[-1]
    return gain * wide * d**0.5 / np.sqrt((wide**2).sum(-1, keepdims=True) + eps)


def gain_or_one(x, gain, eps=1e-6):
    return by_rsqrt(x, np.where(gain == 0, 1, gain), eps)


def squares_in_four_bytes(x, gain, eps=1e-6):
    if x.dtype in (np.int32, np.int64):
        squares = np.square(x.astype(np.int32)).mean(axis=-1, keepdims=True)
        return x / np.sqrt(squares + eps) * gain
    return by_rsqrt(x, gain, eps)


def squares_of_integers(x, gain, eps=1e-6):
    return x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + eps) * gain


def eps_of_the_root(x, gain, eps=1e-6):
    wide = x.astype(float)
    root = np.sqrt(np.mean(wide**2, axis=-1, keepdims=True))
    return gain * wide / np.hypot(root, eps)


def by_the_length_of_x(x, gain, eps=1e-6):
    wide = x.astype(float)
    return gain * wide / np.sqrt(np.sum(wide * wide, -1, keepdims=True) / len(x) + eps)


def by_the_size_of_x(x, gain, eps=1e-6):
    wide = x.astype(float)
    return gain * wide / np.sqrt(np.sum(wide * wide, -1, keepdims=True) / x.size + eps)


def one_degree_of_freedom_less(x, gain, eps=1e-6):
    squares = np.sum(x.astype(float) ** 2, axis=-1, keepdims=True)
    return gain * x / np.sqrt(squares / max(x.shape[-1] - 1, 1) + eps)


def squares_over_d_less_1(x, gain, eps=1e-6):
    squares = np.sum(x.astype(float) ** 2, axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        return gain * x / np.sqrt(squares / np.float64(x.shape[-1] - 1) + eps)


def second_axis_of_squares_as_they_are(x, gain, eps=1e-6):
    """Two mistakes: int32 wraps around, too."""
    axis = 1 if x.ndim > 1 else 0
    return gain * x / np.sqrt((x * x).mean(axis=axis, keepdims=True) + eps)


WRONG = {
    layer_norm: "mean_subtracted",
    by_std: "divided_by_the_deviation",
    unit_length: "sum_for_mean",
    eps_beside: "eps_outside_the_root",
    mean_square: "root_missing",
    gain_first: "gain_before_the_division",
    all_rows_alike: "whole_array",
    over_the_batch: "first_axis",
    no_gain: "a_factor_left_out",
    gain_plus_one: "gain_counted_from_one",
    eps_of_layer_norm: "another_default_of_eps",
    eps_fixed: "eps_ignored",
    no_eps: "a_term_left_out",
    no_eps_but_zeros: "eps_not_added",
    at_most_three_axes: "wrong_where_x_has_4_axes",
    second_axis: "another_axis",
    rows_of_a_matrix: "right_numbers_in_another_shape",
    like_the_input: "truncated_to_integers",
    columns_when_square: "wrong_where_all_axes_of_x_are_equally_long",
    one_feature_is_its_sign: "nearly_right",
    in_place: "an_argument_changed",
    divided_alone_is_centred: "mean_subtracted",
    eps_or_its_default: "nearly_right",
    cut_at_five: None,
    at_least_eps: "eps_not_added",
    epsilon_of_the_type: "eps_not_added",
    length_times_root_of_d: "eps_added_to_the_sum",
    gain_or_one: "wrong_where_gain_holds_a_0",
    squares_in_four_bytes: "right_as_floats",
    squares_of_integers: "a_step_left_out",
    eps_of_the_root: "eps_squared",
    by_the_length_of_x: "divided_by_another_number",
    by_the_size_of_x: "divided_by_another_number",
    one_degree_of_freedom_less: "divided_by_another_number",
    squares_over_d_less_1: "divided_by_another_number",
    second_axis_of_squares_as_they_are: "wrong_where_x_has_three_axes_or_more",
}
