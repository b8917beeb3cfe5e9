"""Right ways to write the gradients of both directions of KL."""

import math

import numpy as np


def loops(p, logits):
    forward, reverse = np.zeros(p.shape), np.zeros(p.shape)
    for index in np.ndindex(p.shape[:-1]):
        z = [float(each) for each in logits[index]]
        total = math.log(sum(math.exp(each - max(z)) for each in z)) + max(z)
        logs = [each - total for each in z]
        ratios = [a - math.log(b) for a, b in zip(logs, p[index].tolist(), strict=True)]
        kl = sum(math.exp(a) * b for a, b in zip(logs, ratios, strict=True))
        for c, log_q in enumerate(logs):
            forward[index][c] = math.exp(log_q) - p[index][c]
            reverse[index][c] = math.exp(log_q) * (ratios[c] - kl)
    return forward, reverse


def through_the_jacobian(p, logits):
    log_q = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    q = np.exp(log_q)
    jacobian = q[..., :, None] * (np.eye(q.shape[-1]) - q[..., None, :])
    by_q = log_q - np.log(p) + 1
    return q - p, np.einsum("...ij,...j->...i", jacobian, by_q)


def pytorch(p, logits):
    import torch

    target = torch.from_numpy(p).double()
    gradients = []
    for forward in (True, False):
        z = torch.from_numpy(logits).double().requires_grad_()
        log_q = torch.log_softmax(z, -1)
        crossed = -(target * log_q).sum()
        divergence = (log_q.exp() * (log_q - target.log())).sum()
        (crossed if forward else divergence).backward()
        gradients.append(z.grad.numpy())
    return tuple(gradients)


def scipy(p, logits):
    from scipy.special import log_softmax

    log_q = log_softmax(np.asarray(logits, float), axis=-1)
    q = np.exp(log_q)
    surprise = np.log(p) - log_q
    return q - p, -q * (surprise - np.sum(q * surprise, -1, keepdims=True))
