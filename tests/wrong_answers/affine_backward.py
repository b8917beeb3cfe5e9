"""Plausible wrong ways to write the backward pass of the affine layer, and the bug that each is
told, if it is a known one."""

import numpy as np


def bias_is_dout(dout, x, w):
    n = x.reshape(-1, len(w))
    return np.dot(dout, w.T), np.dot(n.T, dout.reshape(-1, w.shape[1])), dout.copy()


def divided_by_the_batch(dout, x, w):
    m = x.size // x.shape[-1]
    xr, dr = x.reshape(m, -1), dout.reshape(m, -1)
    return dout @ w.T, xr.T @ dr / m, dr.mean(axis=0)


def dot_without_transpose(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return np.dot(dout, w), xr.T @ dr, dr.sum(axis=0)


def matrices_only(dout, x, w):
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def weights_first(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return xr.T @ dr, dout @ w.T, dr.sum(axis=0)


def flattened_input_gradient(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dr @ w.T, xr.T @ dr, dr.sum(axis=0)


def summed_over_the_outputs(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T, xr.T @ dr, dr.sum(axis=1)


def outer_product_of_the_first(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T, np.outer(xr[0], dr[0]), dr.sum(axis=0)


def no_upstream_gradient(dout, x, w):
    xr = x.reshape(-1, len(w))
    ones = np.ones_like(dout)
    return (
        ones @ w.T,
        xr.T @ ones.reshape(-1, w.shape[1]),
        ones.reshape(-1, w.shape[1]).sum(0),
    )


def inputs_for_weights(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return x * (dout @ w.T), xr.T @ dr, dr.sum(axis=0)


def without_the_bias(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T, xr.T @ dr


def scaled_dout_in_place(dout, x, w):
    dout *= 2
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T / 2, xr.T @ dr / 2, dr.sum(axis=0) / 2


def transposed_weights_and_bias_mean(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T, dr.T @ xr, dr.mean(axis=0)


BUGS = {
    bias_is_dout: "bias_not_summed",
    divided_by_the_batch: "averaged_twice",
    dot_without_transpose: "weights_not_transposed",
    matrices_only: None,
    weights_first: None,
    flattened_input_gradient: None,
    summed_over_the_outputs: None,
    outer_product_of_the_first: None,
    no_upstream_gradient: None,
    inputs_for_weights: None,
    without_the_bias: None,
    scaled_dout_in_place: None,
    transposed_weights_and_bias_mean: "weight_gradient_transposed",
}
