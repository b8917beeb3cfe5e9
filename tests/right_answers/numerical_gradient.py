"""Right ways to write the gradient by centred differences."""

import numpy as np


def in_place_and_restored(f, x, h=None):
    h = 1e-5 if h is None else h
    x = x.astype(float)
    gradient = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    for _ in it:
        at = it.multi_index
        old = x[at]
        x[at] = old + h
        up = f(x)
        x[at] = old - h
        down = f(x)
        x[at] = old
        gradient[at] = (up - down) / (2 * h)
    return gradient


def added_and_taken_away(f, x, h=None):
    """Writes to the caller's array, and puts everything back but for the last digit."""
    if x.dtype != np.float64:
        x = x.astype(np.float64)
    h, flat, slopes = h or 1e-4, x.reshape(-1), []
    for i in range(flat.size):
        flat[i] += h
        up = f(x)
        flat[i] -= 2 * h
        down = f(x)
        flat[i] += h
        slopes.append((up - down) / 2 / h)
    return np.array(slopes).reshape(x.shape)


def step_by_precision(f, x, h=None):
    x = x if x.dtype.kind == "f" else x.astype(float)
    if h is None:
        h = np.cbrt(np.finfo(x.dtype).eps)
    gradient = np.empty(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = np.array(x), np.array(x)
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / (up[index] - down[index])
    return gradient


def unit_vectors(f, x, h=1e-6):
    x = np.asarray(x, dtype=np.float64)
    steps = h * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([(f(x + s) - f(x - s)) / (2 * h) for s in steps]).reshape(x.shape)
