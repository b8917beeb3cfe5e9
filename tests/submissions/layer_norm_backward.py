"""Right and wrong ways to write the backward pass of layer normalization."""

import numpy as np


def _rows(*arrays):
    return [np.asarray(a, dtype=float).reshape(-1, a.shape[-1]) for a in arrays]


def jacobian_of_each_row(dout, x, gain, eps=1e-5):
    d, dx = x.shape[-1], []
    rows, upstream = _rows(x, dout)
    for row, g in zip(rows, upstream * gain, strict=True):
        centring = np.eye(d) - 1 / d
        centred = centring @ row
        deviation = np.sqrt(centred @ centred / d + eps)
        jacobian = (centring - np.outer(centred, centred) / (d * deviation**2)) / deviation
        dx.append(jacobian @ g)
    hat = (rows.T - rows.mean(1)) / np.sqrt(rows.var(1) + eps)
    return np.reshape(dx, x.shape), np.diag(hat @ upstream), upstream.sum(0)


def step_by_step(dout, x, gain, eps=1e-5):
    x, dout, d = x.astype(float), dout.astype(float), x.shape[-1]
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    inverse = (variance + eps) ** -0.5
    dnormalized = dout * gain
    dvariance = (dnormalized * centred).sum(axis=-1, keepdims=True) * -0.5 * inverse**3
    dcentred = dnormalized * inverse + dvariance * 2 * centred / d
    dx = dcentred - dcentred.mean(axis=-1, keepdims=True)
    axes = tuple(range(x.ndim - 1))
    return dx, (dout * centred * inverse).sum(axis=axes), dout.sum(axis=axes)


def pytorch(dout, x, gain, eps=1e-5):
    import torch

    x, gain = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, gain))
    bias = torch.zeros_like(gain, requires_grad=True)
    y = torch.nn.functional.layer_norm(x, gain.shape, gain, bias, eps)
    y.backward(torch.tensor(dout, dtype=torch.float64))
    return tuple(a.grad.numpy() for a in (x, gain, bias))


def formula(dout, x, gain, eps=1e-5):
    """The three terms of dx over a common denominator."""
    x, dout, d = x.astype(float), dout.astype(float), x.shape[-1]
    inverse = 1 / np.sqrt(np.var(x, axis=-1, keepdims=True) + eps)
    hat = (x - np.mean(x, axis=-1, keepdims=True)) * inverse
    g = dout * gain
    sums = np.sum(g, -1, keepdims=True) + hat * np.sum(g * hat, -1, keepdims=True)
    axes = tuple(range(x.ndim - 1))
    return (d * g - sums) * inverse / d, np.sum(dout * hat, axes), np.sum(dout, axes)


def one_row_after_the_other(dout, x, gain, eps=1e-5):
    dx, dgain, dbias = np.zeros(x.shape), np.zeros(len(gain)), np.zeros(len(gain))
    for index in np.ndindex(x.shape[:-1]):
        row, upstream = x[index].astype(float), dout[index].astype(float)
        inverse = 1 / np.sqrt(row.var() + eps)
        hat, g = (row - row.mean()) * inverse, upstream * gain
        dx[index] = inverse * (g - g.mean() - hat * (g * hat).mean())
        dgain += upstream * hat
        dbias += upstream
    return dx, dgain, dbias


def complex_steps(dout, x, gain, eps=1e-5):
    """Each entry of x takes a tiny step into the complex numbers."""
    step, dx = 1e-30, np.zeros(x.shape)

    def normalized(x):
        centred = x - x.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)

    for index in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[index] += 1j * step
        dx[index] = (normalized(moved) * gain * dout).sum().imag / step
    axes = tuple(range(x.ndim - 1))
    hat = normalized(x.astype(float))
    return dx, (hat * dout).sum(axis=axes), dout.astype(float).sum(axis=axes)


def einsum(dout, x, gain, eps=1e-5):
    rows, upstream = _rows(x, dout)
    centred = rows - rows.mean(1)[:, None]
    inverse = (np.einsum("nd,nd->n", centred, centred) / rows.shape[1] + eps) ** -0.5
    hat = np.einsum("nd,n->nd", centred, inverse)
    g = upstream * gain
    dx = g - g.mean(1)[:, None] - hat * np.einsum("nd,nd->n", g, hat)[:, None] / rows.shape[1]
    dx = np.einsum("nd,n->nd", dx, inverse).reshape(x.shape)
    return dx, np.einsum("nd,nd->d", upstream, hat), upstream.sum(0)


def without_the_mean(dout, x, gain, eps=1e-5):
    _, dgain, dbias = step_by_step(dout, x, gain, eps)
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)
    hat, g = centred / deviation, gain * dout
    return (g - (g * hat).mean(axis=-1, keepdims=True) * hat) / deviation, dgain, dbias


def constants(dout, x, gain, eps=1e-5):
    _, dgain, dbias = step_by_step(dout, x, gain, eps)
    return gain * dout / np.sqrt(x.var(axis=-1, keepdims=True) + eps), dgain, dbias


def no_gain(dout, x, gain, eps=1e-5):
    return formula(dout, x, 0 * gain + 1, eps)


def sums_of_rows(dout, x, gain, eps=1e-5):
    hat = formula(np.ones(x.shape), x, gain, eps)[0]
    return formula(dout, x, gain, eps)[0], (dout * hat).sum(axis=-1), dout.sum(axis=-1)


def mean_for_the_bias(dout, x, gain, eps=1e-5):
    dx, dgain, dbias = formula(dout, x, gain, eps)
    return dx, dgain, dbias / (x.size // x.shape[-1])


def negative(dout, x, gain, eps=1e-5):
    return tuple(-part for part in formula(dout, x, gain, eps))


def one_less_in_the_variance(dout, x, gain, eps=1e-5):
    wider = x.var(axis=-1, ddof=1, keepdims=True) + eps
    hat, g = (x - x.mean(-1, keepdims=True)) / np.sqrt(wider), gain * dout
    dx = g - g.mean(-1, keepdims=True) - hat * (g * hat).mean(-1, keepdims=True)
    axes = tuple(range(x.ndim - 1))
    return dx / np.sqrt(wider), (dout * hat).sum(axes), dout.sum(axes)


def eps_beside_the_root(dout, x, gain, eps=1e-5):
    deviation = x.std(axis=-1, keepdims=True) + eps
    hat, g = (x - x.mean(axis=-1, keepdims=True)) / deviation, gain * dout
    dx = g - g.mean(axis=-1, keepdims=True) - hat * (g * hat).mean(axis=-1, keepdims=True)
    axes = tuple(range(x.ndim - 1))
    return dx / deviation, (dout * hat).sum(axis=axes), dout.sum(axis=axes)


def eps_left_out(dout, x, gain, eps=1e-5):
    return formula(dout, x, gain, 0)


def gain_times_the_inputs(dout, x, gain, eps=1e-5):
    dx, _, dbias = formula(dout, x, gain, eps)
    return dx, (dout * x).sum(axis=tuple(range(x.ndim - 1))), dbias


def two_leading_axes_at_most(dout, x, gain, eps=1e-5):
    axes = tuple(range(min(x.ndim - 1, 2)))
    hat = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
    dx, _, _ = formula(dout, x, gain, eps)
    return dx, (dout * hat).sum(axis=axes), dout.sum(axis=axes)


def batches_alone(dout, x, gain, eps=1e-5):
    """Right where there is one leading axis."""
    hat = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
    dx, _, _ = formula(dout, x, gain, eps)
    if x.ndim == 1:
        return dx, dout * hat, dout.astype(float)
    return dx, np.sum(dout * hat, 0), np.sum(dout, 0)


def a_batch_of_five(dout, x, gain, eps=1e-5):
    dx, dgain, _ = formula(dout, x, gain, eps)
    return dx, dgain, dout.reshape(-1, len(gain))[:5].sum(axis=0)


def eps_of_its_own(dout, x, gain, eps=1e-5):
    return formula(dout, x, gain, 1e-5)


def like_the_input(dout, x, gain, eps=1e-5):
    dx = np.empty_like(x)
    dx[...], dgain, dbias = formula(dout, x, gain, eps)
    return dx, dgain, dbias


def always_rows(dout, x, gain, eps=1e-5):
    return formula(np.atleast_2d(dout), np.atleast_2d(x), gain, eps)


def columns_when_square(dout, x, gain, eps=1e-5):
    if x.ndim == 2 and x.shape[0] == x.shape[1]:
        dx = formula(dout.T, x.T, gain, eps)[0].T
        return dx, *formula(dout, x, gain, eps)[1:]
    return formula(dout, x, gain, eps)


def equal_entries_are_left_alone(dout, x, gain, eps=1e-5):
    dx, dgain, dbias = formula(dout, x, gain, eps)
    return np.where(x.std(-1, keepdims=True) > 0, dx, 0), dgain, dbias


def one_pass(dout, x, gain, eps=1e-5):
    x = x.astype(float)
    mean = x.mean(-1, keepdims=True)
    deviation = np.sqrt((x**2).mean(-1, keepdims=True) - mean**2 + eps)
    hat, g = (x - mean) / deviation, gain * dout
    dx = g - g.mean(-1, keepdims=True) - hat * (g * hat).mean(-1, keepdims=True)
    axes = tuple(range(x.ndim - 1))
    return dx / deviation, (dout * hat).sum(axes), dout.sum(axes)


def bias_before_gain(dout, x, gain, eps=1e-5):
    dx, dgain, dbias = formula(dout, x, gain, eps)
    return dx, dbias, dgain


def in_place(dout, x, gain, eps=1e-5):
    found = formula(dout, x, gain, eps)
    dout *= 0
    return found


def gain_at_the_end(dout, x, gain, eps=1e-5):
    rows, up = _rows(x, dout)
    mean, root = rows.mean(1, keepdims=True), np.sqrt(rows.var(1, keepdims=True) + eps)
    hat = (rows - mean) / root
    dx = (up - up.mean(1, keepdims=True) - hat * (up * hat).mean(1, keepdims=True)) / root
    return (gain * dx).reshape(x.shape), (up * hat).sum(0), up.sum(0)


def cleaned_of_small_numbers(dout, x, gain, eps=1e-5):
    dx, dgain, dbias = jacobian_of_each_row(dout, x, gain, eps)
    return np.where(abs(dx) > 2e-7, dx, 0), dgain, dbias


def products_of_integers(dout, x, gain, eps=1e-5):
    std = np.sqrt(np.var(x, axis=-1, keepdims=True) + eps)
    hat, g = (x - np.mean(x, axis=-1, keepdims=True)) / std, gain * dout
    dx = g - g.mean(-1, keepdims=True) - hat * (g * hat).mean(-1, keepdims=True)
    rows, up = (a.reshape(-1, x.shape[-1]) for a in (hat, 1.0 * dout))
    return dx / std, (up * rows).sum(0), up.sum(0)


def of_d_less_one(dout, x, gain, eps=1e-5):
    """A right derivative of the variance that is not asked for."""
    x, d = x.astype(float), x.shape[-1]
    deviation = np.sqrt(x.var(-1, keepdims=True, ddof=1) + eps)
    hat, g = (x - x.mean(-1, keepdims=True)) / deviation, gain * dout.astype(float)
    along = hat * (g * hat).sum(-1, keepdims=True) / (d - 1)
    dx = (g - g.mean(-1, keepdims=True) - along) / deviation
    upstream, rows = _rows(dout, hat)
    return dx, (upstream * rows).sum(0), upstream.sum(0)


def never_divided_by_d(dout, x, gain, eps=1e-5):
    x, g = x.astype(float), gain * dout.astype(float)
    inverse = (x.var(-1, keepdims=True) + eps) ** -0.5
    hat = (x - x.mean(-1, keepdims=True)) * inverse
    sums = g.sum(-1, keepdims=True), (g * hat).sum(-1, keepdims=True)
    upstream, rows = _rows(dout, hat)
    return inverse * (g - sums[0] - hat * sums[1]), (upstream * rows).sum(0), upstream.sum(0)


def batch_norm(dout, x, gain, eps=1e-5):
    rows, upstream = _rows(x, dout)
    inverse = (rows.var(0) + eps) ** -0.5
    hat, g = (rows - rows.mean(0)) * inverse, gain * upstream
    dx = inverse * (g - g.mean(0) - hat * (g * hat).mean(0))
    return dx.reshape(x.shape), (upstream * hat).sum(0), upstream.sum(0)


def upstream_overwritten(dout, x, gain, eps=1e-5):
    """dgain is made of what has passed through the gain."""
    dx, _, dbias = step_by_step(dout, x, gain, eps)
    dout = dout * gain.astype(float)
    return dx, step_by_step(dout, x, gain, eps)[1], dbias


def half_forgotten(dout, x, gain, eps=1e-5):
    x, dout, d = x.astype(float), dout.astype(float), x.shape[-1]
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred**2).mean(-1, keepdims=True) + eps
    g = dout * gain
    dvariance = -(g * centred).sum(-1, keepdims=True) * variance**-1.5
    dx = (g - g.mean(-1, keepdims=True)) / np.sqrt(variance) + dvariance * 2 * centred / d
    return dx, *step_by_step(dout, x, gain, eps)[1:]


def eps_of_0_is_none(dout, x, gain, eps=1e-5):
    return step_by_step(dout, x, gain, eps or 1e-5)


WRONG = {
    without_the_mean: "mean_held_constant",
    constants: "statistics_held_constant",
    no_gain: "gain_left_out",
    sums_of_rows: "wrong_not_in_dx",
    mean_for_the_bias: "factor_of_a_size",
    negative: "sign",
    one_less_in_the_variance: "unbiased_variance",
    eps_beside_the_root: "eps_outside_the_root",
    eps_left_out: "a_term_left_out",
    gain_times_the_inputs: "gain_by_the_inputs",
    two_leading_axes_at_most: "sum_missing",
    batches_alone: "first_axis_only",
    a_batch_of_five: "wrong_only_in_dbias",
    eps_of_its_own: "eps_ignored",
    like_the_input: "truncated_to_integers",
    always_rows: "right_numbers_in_another_shape",
    columns_when_square: "wrong_where_all_axes_of_dout_are_equally_long",
    equal_entries_are_left_alone: "wrong_where_dgain_should_hold_a_0",
    one_pass: "squares_before_centring",
    bias_before_gain: "parts_in_another_order",
    in_place: "an_argument_changed",
    gain_at_the_end: "gain_after_the_means",
    cleaned_of_small_numbers: "wrong_for_numbers_that_are_tiny",
    products_of_integers: "right_in_int64",
    of_d_less_one: "unbiased_variance",
    never_divided_by_d: "sums_for_means",
    batch_norm: "statistics_of_the_batch",
    upstream_overwritten: "gain_in_its_own_gradient",
    half_forgotten: "deviation_counts_twice",
    eps_of_0_is_none: "wrong_where_eps_is_0.0",
}
