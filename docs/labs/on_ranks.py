"""What each process of the lab `parallel-training.ipynb` does.

They stand in a file because a new process imports its work: it knows nothing of a notebook. Each
function is told its rank and how many ranks there are, and returns what the lab looks at.
`gloo.all_reduce` is the ring of question 36, `dist.all_reduce` PyTorch's own sum.
"""

import numpy as np
import torch
import torch.distributed as dist

from answers.scale import gloo

rng = np.random.default_rng(36)  # The same numbers on every rank.
X, W, Y = rng.normal(size=(16, 6)), rng.normal(size=(6, 3)), rng.normal(size=(16, 3))
W1, W2 = rng.normal(size=(6, 8)), rng.normal(size=(8, 3))


def gradient(rows):
    """Of the mean over these rows of half the squared error of X W."""
    return X[rows].T @ (X[rows] @ W - Y[rows]) / len(X[rows])


def averaged(rank, ranks, cuts):
    """Data parallel: the gradient of this rank's rows, averaged over the ranks."""
    rows = np.split(np.arange(16), cuts)[rank]
    return gloo.all_reduce(gradient(rows)[None]) / ranks


def by_examples(rank, ranks, cuts):
    """The same, but each rank's mean counts by its rows."""
    rows = np.split(np.arange(16), cuts)[rank]
    return gloo.all_reduce(len(rows) * gradient(rows)[None]) / 16


def counted(rank, ranks, length):
    """How many numbers this rank sends in a ring, and whether gloo's own sum is the same."""
    sent, exchange = [], gloo.exchange
    gloo.exchange = lambda chunk: sent.append(chunk.size) or exchange(chunk)
    try:
        ours = gloo.all_reduce(np.arange(length)[None] * (rank + 1.0))
    finally:
        gloo.exchange = exchange
    theirs = torch.arange(length) * (rank + 1.0)
    dist.all_reduce(theirs)
    return sum(sent), np.allclose(ours, theirs)


def columns_then_rows(rank, ranks):
    """A split MLP: columns of the first layer, rows of the second, one sum at the end."""
    hidden = np.maximum(X @ np.split(W1, ranks, axis=1)[rank], 0)
    return gloo.all_reduce((hidden @ np.split(W2, ranks)[rank])[None])


def rows_first(rank, ranks):
    """Rows of the first layer, and the sum after the ReLU; the second layer is whole."""
    x, w1 = (np.split(each, ranks, axis)[rank] for each, axis in ((X, 1), (W1, 0)))
    return gloo.all_reduce((np.maximum(x @ w1, 0) @ W2)[None])


def in_different_order(rank, ranks):
    """Two sums, which rank 1 asks for the other way round."""
    ones, tens = torch.full((3,), 1.0), torch.full((3,), 10.0)
    for each in (ones, tens) if rank == 0 else (tens, ones):
        dist.all_reduce(each)
    return ones.tolist(), tens.tolist()


def one_stays_away(rank, ranks):
    """Rank 1 waits for a message, as if its last batch were missing; rank 0 for a sum."""
    if rank == 0:
        return gloo.all_reduce(np.ones((1, 3)))
    return dist.recv(torch.zeros(1), 0, tag=1)
