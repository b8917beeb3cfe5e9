"""Right ways to write the entropy of a distribution."""

import math

import numpy as np


def loops(p, base=np.e, axis=-1):
    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    rows = np.moveaxis(p, axis, -1)
    out = np.zeros(rows.shape[:-1])
    for index in np.ndindex(out.shape):
        out[index] = sum(-v * math.log(v, base) for v in rows[index].tolist() if v > 0)
    return out


def masked(p, base=np.e, axis=-1):
    p = np.asarray(p, dtype=np.float64)
    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    surprise = np.zeros_like(p)
    np.log(p, out=surprise, where=p > 0)
    return -(p * surprise).sum(axis=axis) / np.log(base)


def nan_to_num_of_the_terms(p, base=np.e, axis=-1):
    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    return -np.nansum(p * np.log(p), axis=axis) / np.log(base)


def inverse_probabilities(p, base=np.e, axis=-1):
    if np.isnan(p).any() or (p < 0).any() or (abs(p.sum(axis=axis) - 1) > 1e-5).any():
        raise ValueError("not a distribution")
    return (p * np.log2(1 / np.where(p == 0, 1, p))).sum(axis=axis) / np.log2(base)


def scipy(p, base=np.e, axis=-1):
    from scipy.special import entr

    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    return entr(p).sum(axis=axis) / math.log(base)


def pytorch(p, base=np.e, axis=-1):
    import torch

    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    p = torch.from_numpy(p).double()
    return -(torch.xlogy(p, p).sum(axis) / math.log(base)).numpy()
