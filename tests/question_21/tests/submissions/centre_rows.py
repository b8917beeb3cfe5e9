"""Right and wrong ways to subtract from each row its mean."""

import numpy as np


def _minus(subtracted):
    return lambda x: x - subtracted(x)


def _means(x):
    return x.mean(axis=-1, keepdims=True)


def sums(x):
    return x - x.sum(axis=-1, keepdims=True) / x.shape[-1]


def new_axis(x):
    return x - x.mean(axis=-1)[..., None]


def average(x):
    return x - np.expand_dims(np.average(x, axis=-1), -1)


def row_by_row(x):
    return np.apply_along_axis(lambda row: row - row.mean(), -1, x)


def matrix(x):
    return x @ (np.eye(x.shape[-1]) - 1 / x.shape[-1])


def pytorch(x):
    import torch

    rows = torch.tensor(x, dtype=torch.float64)
    return (rows - rows.mean(-1, keepdim=True)).numpy()


of_everything = _minus(np.mean)
added = _minus(lambda x: -_means(x))
negative = _minus(lambda x: 2 * x - _means(x))
middle = _minus(lambda x: np.median(x, axis=-1, keepdims=True))
first_entry = _minus(lambda x: x[..., :1])
largest = _minus(lambda x: x.max(axis=-1, keepdims=True))
second_axis = _minus(lambda x: x.mean(axis=1, keepdims=True))
middle_axis = _minus(lambda x: x.mean(axis=x.ndim // 2, keepdims=True))
always_rows = _minus(lambda x: _means(np.atleast_2d(x)))
whole_means = _minus(lambda x: _means(x).astype(x.dtype))
sums_of_its_type = _minus(lambda x: x.mean(axis=-1, keepdims=True, dtype=x.dtype))
three_axes_at_most = _minus(lambda x: _means(x) if x.ndim < 4 else x.mean())

WRONG = {
    of_everything: "one_mean",
    added: "mean_added",
    negative: "sign",
    middle: "median",
    first_entry: None,
    largest: "max_for_mean",
    second_axis: "another_axis",
    middle_axis: "wrong_where_x_has_three_axes_or_more",
    always_rows: "right_numbers_in_another_shape",
    whole_means: "rounded_to_integers",
    sums_of_its_type: "rounded_to_integers",
    three_axes_at_most: "wrong_where_x_has_4_axes",
}
