"""Plausible wrong ways to write the vector-Jacobian product of a linear layer, and the bug that
each is told, if it is a known one."""

import numpy as np


def flat(a):
    return a.reshape(-1, a.shape[-1])


def by_the_shorthand(x, w, g):
    return w.transpose(), x.transpose()


def of_the_sum_of_outputs(x, w, g):
    ones = np.ones(flat(g).shape)
    return (ones @ w.T).reshape(x.shape), np.repeat(
        flat(x).sum(axis=0)[:, None], w.shape[1], axis=1
    )


def dot_without_transpose(x, w, g):
    return np.dot(g, w), flat(x).T @ flat(g)


def wrong_order(x, w, g):
    return g @ w.T, np.dot(x, g)


def g_first(x, w, g):
    return g @ w.T, np.dot(flat(g), flat(x).T)


def as_pytorch_stores_it(x, w, g):
    return np.einsum("...o,io->...i", g, w), np.einsum("no,ni->oi", flat(g), flat(x))


def batch_kept(x, w, g):
    return g @ w.T, np.einsum("...i,...o->...io", x, g)


def matmul_only(x, w, g):
    return g @ w.T, np.moveaxis(x, -1, -2) @ g


def summed_once(x, w, g):
    return g @ w.T, np.einsum("...i,...o->...io", x, g).sum(0)


def mean_over_the_batch(x, w, g):
    return g @ w.T, np.mean(flat(x)[:, :, None] * flat(g)[:, None, :], axis=0)


def means_of_both(x, w, g):
    n = x[..., 0].size
    return g @ w.T / n, flat(x).T @ (flat(g) / n)


def divided_by_the_first_axis(x, w, g):
    return g @ w.T, flat(x).T @ flat(g) / x.shape[0]


def rows_of_dx(x, w, g):
    return flat(g) @ w.T, flat(x).T @ flat(g)


def weights_first(x, w, g):
    return flat(x).T @ flat(g), g @ w.T


def matrices_only(x, w, g):
    return g @ w.T, x.T @ g


def first_example_only(x, w, g):
    return g @ w.T, np.outer(flat(x)[0], flat(g)[0])


def inputs_for_weights(x, w, g):
    return x * (g @ w.T), flat(x).T @ flat(g)


def negative(x, w, g):
    return g @ w.T, -flat(x).T @ flat(g)


def one_gradient(x, w, g):
    return flat(x).T @ flat(g)


def g_is_scaled_in_place(x, w, g):
    g *= 2
    return g @ w.T / 2, flat(x).T @ flat(g) / 2


def ignored_and_transposed(x, w, g):
    ones = np.ones(flat(g).shape)
    return (ones @ w.T).reshape(x.shape), ones.T @ flat(x)


BUGS = {
    by_the_shorthand: "transposes_for_gradients",
    of_the_sum_of_outputs: "upstream_ignored",
    dot_without_transpose: "weights_not_transposed",
    wrong_order: "input_not_transposed",
    g_first: "product_over_the_outputs",
    as_pytorch_stores_it: "weight_gradient_transposed",
    batch_kept: "one_gradient_for_each_example",
    matmul_only: "only_last_leading_axis_summed",
    summed_once: "only_first_axis_summed",
    mean_over_the_batch: "divided_by_the_batch",
    means_of_both: "divided_by_the_batch",
    divided_by_the_first_axis: "divided_by_the_batch",
    rows_of_dx: "leading_axes_lost",
    weights_first: None,
    matrices_only: "matrices_only",
    first_example_only: None,
    inputs_for_weights: None,
    negative: None,
    one_gradient: None,
    g_is_scaled_in_place: None,
    ignored_and_transposed: "upstream_ignored",
}
