"""Right and wrong ways to write the backward pass of layer normalization."""

import numpy as np


def _rows(*arrays):
    return (np.asarray(a, dtype=float).reshape(-1, a.shape[-1]) for a in arrays)


def jacobian_of_each_row(dout, x, gain, eps=1e-5):
    d, dx = x.shape[-1], []
    rows = list(zip(*_rows(dout, x), strict=True))
    for upstream, row in rows:
        centring = np.eye(d) - 1 / d
        centred = centring @ row
        deviation = np.sqrt(centred @ centred / d + eps)
        jacobian = (centring - np.outer(centred, centred) / (d * deviation**2)) / deviation
        dx.append(jacobian @ (gain * upstream))
    hats = [r - r.mean() for _, r in rows]
    hats = [h / np.sqrt((h**2).mean() + eps) for h in hats]
    dgain = sum(u * h for (u, _), h in zip(rows, hats, strict=True))
    return np.array(dx).reshape(x.shape), dgain, sum(u for u, _ in rows)


def step_by_step(dout, x, gain, eps=1e-5):
    x, d = x.astype(float), x.shape[-1]
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
    """The three terms of dx as papers have them."""
    x, dout = x.astype(float), dout.astype(float)
    deviation = np.sqrt(np.var(x, axis=-1, keepdims=True) + eps)
    hat = (x - np.mean(x, axis=-1, keepdims=True)) / deviation
    g = dout * gain
    part = hat * np.mean(g * hat, axis=-1, keepdims=True)
    dx = (g - np.mean(g, axis=-1, keepdims=True) - part) / deviation
    axes = tuple(range(x.ndim - 1))
    return dx, np.sum(dout * hat, axis=axes), np.sum(dout, axis=axes)


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
    wider = x.var(axis=-1, ddof=1, keepdims=True) / x.var(axis=-1, keepdims=True)
    return formula(dout, x * np.sqrt(wider), gain, eps)


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


def first_axis_alone(dout, x, gain, eps=1e-5):
    dx, _, _ = formula(dout, x, gain, eps)
    hat = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
    return dx, (dout * hat).sum(axis=0), dout.sum(axis=0)


def two_leading_axes_at_most(dout, x, gain, eps=1e-5):
    axes = tuple(range(min(x.ndim - 1, 2)))
    hat = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
    dx, _, _ = formula(dout, x, gain, eps)
    return dx, (dout * hat).sum(axis=axes), dout.sum(axis=axes)


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


def bias_before_gain(dout, x, gain, eps=1e-5):
    dx, dgain, dbias = formula(dout, x, gain, eps)
    return dx, dbias, dgain


def in_place(dout, x, gain, eps=1e-5):
    found = formula(dout, x, gain, eps)
    dout *= 0
    return found


WRONG = {
    without_the_mean: "a_term_left_out",
    constants: "statistics_held_constant",
    no_gain: "gain_left_out",
    sums_of_rows: "wrong_not_in_dx",
    mean_for_the_bias: "mean_for_sum",
    negative: "sign",
    one_less_in_the_variance: "wrong_not_in_dbias",
    eps_beside_the_root: "wrong_not_in_dbias",
    eps_left_out: "a_term_left_out",
    gain_times_the_inputs: "wrong_only_in_dgain",
    first_axis_alone: "a_term_left_out",
    two_leading_axes_at_most: "sum_missing",
    a_batch_of_five: "wrong_only_in_dbias",
    eps_of_its_own: "eps_ignored",
    like_the_input: "truncated_to_integers",
    always_rows: "right_numbers_in_another_shape",
    bias_before_gain: "parts_in_another_order",
    in_place: "an_argument_changed",
}
