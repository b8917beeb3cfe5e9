"""Right ways to write posterior."""

import math

import numpy as np


def by_softmax(prior, likelihood):
    with np.errstate(divide="ignore"):
        logs = np.log(prior) + np.log(likelihood)
    top = logs.max(axis=-1, keepdims=True)
    if np.isneginf(top).any():
        raise ValueError("P(evidence) is 0")
    powers = np.exp(logs - top)
    return powers / powers.sum(axis=-1, keepdims=True)


def logaddexp(prior, likelihood):
    with np.errstate(divide="ignore"):
        logs = np.log(prior.astype(float)) + np.log(likelihood.astype(float))
    evidence = np.logaddexp.reduce(logs, axis=-1, keepdims=True)
    if not np.isfinite(evidence).all():
        raise ValueError("impossible evidence")
    return np.exp(logs - evidence)


def mantissas_and_exponents(prior, likelihood):
    """Products without logarithms: the powers of 2 are kept apart until the end."""
    (m1, e1), (m2, e2) = (
        np.frexp(np.asarray(a, dtype=float)) for a in (prior, likelihood)
    )
    mantissa, exponent = m1 * m2, e1 + e2
    exponent = np.where(mantissa == 0, -(10**6), exponent)
    top = exponent.max(axis=-1, keepdims=True)
    products = np.ldexp(mantissa, np.maximum(exponent - top, -2000))
    total = products.sum(axis=-1, keepdims=True)
    if (total == 0).any():
        raise ValueError("no hypothesis allows this")
    return products / total


def loops(prior, likelihood):
    shape = np.broadcast_shapes(prior.shape, likelihood.shape)
    p, q = np.broadcast_to(prior, shape), np.broadcast_to(likelihood, shape)
    out = np.zeros(shape)
    for row in np.ndindex(shape[:-1]):
        logs = [
            math.log(a) + math.log(b) if a > 0 and b > 0 else -math.inf
            for a, b in zip(p[row].tolist(), q[row].tolist(), strict=True)
        ]
        top = max(logs)
        if top == -math.inf:
            raise ValueError("impossible")
        powers = [math.exp(each - top) for each in logs]
        out[row] = [power / math.fsum(powers) for power in powers]
    return out


def pytorch(prior, likelihood):
    import torch

    logs = torch.tensor(prior).double().log() + torch.tensor(likelihood).double().log()
    if torch.isneginf(logs.amax(-1)).any():
        raise ValueError("impossible")
    return torch.softmax(logs, -1).numpy()
