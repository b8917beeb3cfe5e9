"""Right ways to write quantize_int8."""

import numpy as np


def axis_moved_to_the_front(w, axis=0):
    moved = np.moveaxis(w.astype(float), axis, 0)
    top = np.abs(moved).reshape(len(moved), -1).max(axis=1)
    top[top == 0] = 127
    scale = (top / 127).reshape(-1, *[1] * (w.ndim - 1))
    codes = np.round(moved / scale).astype(np.int8)
    return np.moveaxis(codes, 0, axis), np.moveaxis(scale, 0, axis)


def loops(w, axis=0):
    codes, shape = np.zeros(w.shape, np.int8), [1] * w.ndim
    shape[axis] = w.shape[axis]
    top = [0.0] * w.shape[axis]
    for index in np.ndindex(w.shape):
        top[index[axis]] = max(top[index[axis]], abs(float(w[index])))
    for index in np.ndindex(w.shape):
        if top[index[axis]] > 0:
            codes[index] = round(float(w[index]) * 127 / top[index[axis]])
    return codes, np.array([t / 127 or 1.0 for t in top]).reshape(shape)


def a_floor_under_the_scale(w, axis=0):
    axes = tuple(set(range(w.ndim)) - {axis % w.ndim})
    bound = np.maximum(w.max(axes, keepdims=True), -w.min(axes, keepdims=True))
    scale = np.maximum(bound / 127.0, 1e-30)
    return np.floor(w / scale + 0.5).astype("int8"), scale


def multiplied_by_the_inverse(w, axis=0):
    axes = [a for a in range(w.ndim) if a != axis % w.ndim]
    top = np.abs(w.astype(np.float64)).max(axis=tuple(axes), keepdims=True)
    safe = np.where(top > 0, top, 1.0)
    return (w * (127 / safe)).round().clip(-127, 127).astype(np.int8), safe / 127


def pytorch(w, axis=0):
    import torch

    x = torch.from_numpy(np.array(w)).double()
    over = [a for a in range(x.ndim) if a != axis % x.ndim]
    top = x.abs().amax(dim=over, keepdim=True)
    scale = torch.where(top == 0, torch.ones_like(top), top / 127)
    return torch.round(x / scale).to(torch.int8).numpy(), scale.numpy()
