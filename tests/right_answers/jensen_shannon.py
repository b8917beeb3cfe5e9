"""Right ways to write the Jensen-Shannon divergence."""

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
            for each in (a, b):
                if each > 0:
                    out[index] += each * math.log(2 * each / (a + b), base) / 2
    return out


def two_divergences(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    m = (p + q) / 2

    def kl(a):
        return np.where(a > 0, a * np.log(a / m), 0).sum(axis=axis)

    return (kl(p) + kl(q)) / (2 * np.log(base))


def entropy_of_the_mixture_minus_mean_entropy(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")

    def entropy(a):
        return -np.nansum(a * np.log(a), axis=axis)

    nats = entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2
    return nats / np.log(base)


def stacked(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    both = np.stack([p, q]).astype(np.float64)
    ratios = np.ones_like(both)
    np.divide(both, both.mean(axis=0), out=ratios, where=both > 0)
    terms = (both * np.log2(ratios)).mean(axis=0)
    return terms.sum(axis=axis) / np.log2(base)


def scipy(p, q, base=np.e, axis=-1):
    from scipy.spatial.distance import jensenshannon

    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    return jensenshannon(p, q, base=base, axis=axis) ** 2


def pytorch(p, q, base=np.e, axis=-1):
    import torch

    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    p, q = torch.from_numpy(p).double(), torch.from_numpy(q).double()
    m = (p + q) / 2
    terms = torch.xlogy(p, p) + torch.xlogy(q, q) - 2 * torch.xlogy(m, m)
    return (terms.sum(axis) / 2 / math.log(base)).numpy()
