"""Right ways to put the gradients of micro-batches together."""

import numpy as np


def average(gradients, sizes):
    return np.average(gradients, axis=0, weights=sizes)


def einsum(gradients, sizes):
    return np.einsum("p,p...->...", sizes / sum(int(n) for n in sizes), gradients)


def broadcast(gradients, sizes):
    weights = sizes.reshape(-1, *[1] * (gradients.ndim - 1)) / sizes.sum()
    return (weights * gradients).sum(axis=0)


def loop(gradients, sizes):
    total, count = np.zeros(gradients.shape[1:]), 0
    for gradient, size in zip(gradients, sizes, strict=True):
        total += float(size) * gradient
        count += int(size)
    return total / count


def running_mean(gradients, sizes):
    mean, count = 0.0, 0
    for gradient, size in zip(gradients, sizes, strict=True):
        count += int(size)
        mean = mean + (gradient - mean) * (int(size) / count)
    return mean


def pytorch(gradients, sizes):
    import torch

    leaf = torch.zeros(gradients.shape[1:], dtype=torch.float64, requires_grad=True)
    total = sizes.astype(int).sum()
    for gradient, size in zip(torch.tensor(gradients).double(), sizes, strict=True):
        (int(size) / total * (leaf * gradient).sum()).backward()  # adds into .grad
    return leaf.grad.numpy()
