"""Right ways to write prune_magnitude."""

import numpy as np


def mask_by_rank(w, fraction):
    rank = np.argsort(np.argsort(np.abs(w), axis=None, kind="stable"))
    kept = (rank >= round(fraction * w.size)).reshape(w.shape)
    return w * kept.astype(np.float64)


def pythons_sort(w, fraction):
    flat = [float(value) for value in w.ravel()]
    order = sorted(range(len(flat)), key=lambda index: abs(flat[index]))
    for index in order[: round(fraction * len(flat))]:
        flat[index] = 0.0
    return np.array(flat).reshape(w.shape)


def largest_put_back(w, fraction):
    left = w.size - round(fraction * w.size)
    out = np.zeros(w.shape)
    if left:
        index = np.argpartition(-np.abs(w.astype(float)), left - 1, axis=None)[:left]
        np.put(out, index, w.ravel()[index])
    return out


def one_after_another(w, fraction):
    out, size = w.astype(float), np.abs(w.astype(float))
    for _ in range(round(fraction * w.size)):
        index = np.unravel_index(np.argmin(size), size.shape)
        out[index], size[index] = 0.0, np.inf
    return out


def pytorch(w, fraction):
    import torch

    x = torch.from_numpy(np.array(w, dtype=float))
    _, index = x.abs().flatten().topk(round(fraction * x.numel()), largest=False)
    mask = torch.ones(x.numel(), dtype=x.dtype)
    mask[index] = 0
    return (x * mask.view_as(x)).numpy()
