"""Right ways to write the relative error."""

import numpy as np


def where(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.max(np.where(size > 0, np.abs(a - b) / np.where(size > 0, size, 1), 0))


def masked(a, b):
    size = np.maximum(abs(a), abs(b))
    used = size != 0
    return (abs(a - b)[used] / size[used]).max() if used.any() else 0


def loops(a, b):
    worst = 0.0
    for p, q in zip(a.ravel(), b.ravel(), strict=True):
        if p != q:
            worst = max(
                worst, abs(float(p) - float(q)) / max(abs(float(p)), abs(float(q)))
            )
    return worst


def divide_out(a, b):
    size = np.fmax(np.abs(a), np.abs(b)).astype(float)
    out = np.zeros(size.shape)
    np.divide(np.abs(np.subtract(a, b)), size, out=out, where=size != 0)
    return np.asarray(out.max())


def nan_to_zero(a, b):
    return np.nan_to_num(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))).max()
