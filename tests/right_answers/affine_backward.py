"""Right ways to write the backward pass of the affine layer."""

import numpy as np


def einsum(dout, x, w):
    return (
        np.einsum("...o,io->...i", dout, w),
        np.einsum("ni,no->io", x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])),
        np.einsum("no->o", dout.reshape(-1, w.shape[1])),
    )


def tensordot(dout, x, w):
    batch = tuple(range(dout.ndim - 1))
    return [dout @ w.T, np.tensordot(x, dout, (batch, batch)), np.sum(dout, axis=batch)]


def rows(dout, x, w):
    drows = dout.reshape(-1, w.shape[1])
    dx = np.dot(drows, w.transpose()).reshape(x.shape)
    return dx, np.dot(x.reshape(-1, len(w)).T, drows), np.ones(len(drows)) @ drows


def loops(dout, x, w):
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for index in np.ndindex(x.shape[:-1]):
        for o in range(w.shape[1]):
            db[o] += dout[index][o]
            for i in range(w.shape[0]):
                dx[index][i] += dout[index][o] * w[i, o]
                dw[i, o] += x[index][i] * dout[index][o]
    return dx, dw, db


def pytorch(dout, x, w):
    import torch

    x, w = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, w))
    b = torch.zeros(w.shape[1], dtype=torch.float64, requires_grad=True)
    (x @ w + b).backward(torch.tensor(dout, dtype=torch.float64))
    return tuple(leaf.grad.numpy() for leaf in (x, w, b))
