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
        jacobian = (
            centring - np.outer(centred, centred) / (d * deviation**2)
        ) / deviation
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

    x, gain = (
        torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, gain)
    )
    bias = torch.zeros_like(gain, requires_grad=True)
    y = torch.nn.functional.layer_norm(x, gain.shape, gain, bias, eps)
    y.backward(torch.tensor(dout, dtype=torch.float64))
    return tuple(a.grad.numpy() for a in (x, gain, bias))


def without_the_mean(dout, x, gain, eps=1e-5):
    _, dgain, dbias = step_by_step(dout, x, gain, eps)
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)
    hat, g = centred / deviation, gain * dout
    return (g - (g * hat).mean(axis=-1, keepdims=True) * hat) / deviation, dgain, dbias


def constants(dout, x, gain, eps=1e-5):
    _, dgain, dbias = step_by_step(dout, x, gain, eps)
    return gain * dout / np.sqrt(x.var(axis=-1, keepdims=True) + eps), dgain, dbias


WRONG = {without_the_mean: None, constants: "statistics_held_constant"}
