"""Right ways to write causal_mask."""

import numpy as np


def comparison(length):
    positions = np.arange(length)
    return positions <= positions[:, None]


def triangle(length):
    return np.tri(length, dtype=bool)


def not_the_future(length):
    return ~np.triu(np.full((length, length), True), k=1)


def loops(length):
    mask = np.zeros((length, length), dtype=bool)
    for i in range(length):
        for j in range(i + 1):
            mask[i, j] = True
    return mask


def of_a_list(length):
    return np.array([[j <= i for j in range(length)] for i in range(length)])


def indices(length):
    query, key = np.indices((length, length))
    return query - key >= 0


def pytorch(length):
    import torch

    return torch.ones(length, length).tril().bool().numpy()


def outer_comparison(length):
    return np.greater_equal.outer(np.arange(length), np.arange(length))
