"""Right ways to write KL divergence."""

import math

import numpy as np


def loops(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    p, q = (np.moveaxis(a, axis, -1) for a in (p, q))
    out = np.zeros(p.shape[:-1])
    for index in np.ndindex(out.shape):
        for a, b in zip(p[index].tolist(), q[index].tolist(), strict=True):
            if a > 0:
                out[index] += a * math.log(a / b, base) if b > 0 else math.inf
    return out


def difference_of_logarithms(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = p * (np.log(p) - np.log(q))
    return np.where(p == 0, 0, terms).sum(axis=axis) / np.log(base)


def ratio_where_p_is(p, q, base=np.e, axis=-1):
    p, q = np.asarray(p, np.float64), np.asarray(q, np.float64)
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    ratio = np.ones_like(p)
    np.divide(p, q, out=ratio, where=p > 0)
    return np.sum(p * np.log(ratio), axis=axis) / np.log(base)


def nansum(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    return np.nansum(p * np.log(p / q), axis=axis) / np.log(base)


def cross_entropy_minus_entropy(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    crossed = np.where(p > 0, -p * np.log(q), 0).sum(axis=axis)
    own = np.where(p > 0, -p * np.log(p), 0).sum(axis=axis)
    return (crossed - own) / np.log(base)


def cut_at_zero(p, q, base=np.e, axis=-1):
    bad = [~(a >= 0).all() or (abs(a.sum(axis=axis) - 1) > 1e-5).any() for a in (p, q)]
    if any(bad):
        raise ValueError("not distributions")
    logs = np.log2(np.where(p > 0, p, 1)) - np.log2(np.where(p > 0, q, 1))
    return np.maximum((p * logs).sum(axis=axis), 0) / np.log2(base)


def scipy(p, q, base=np.e, axis=-1):
    from scipy.special import rel_entr

    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    return rel_entr(p, q).sum(axis=axis) / math.log(base)


def pytorch(p, q, base=np.e, axis=-1):
    import torch

    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    p, q = torch.from_numpy(p).double(), torch.from_numpy(q).double()
    terms = torch.nn.functional.kl_div(q.log(), p, reduction="none")
    terms = torch.where(p == 0, 0, terms)
    return terms.sum(axis).numpy() / math.log(base)
