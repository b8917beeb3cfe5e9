"""Right ways to write the vector-Jacobian product of a linear layer."""

import numpy as np


def rows(x, w, g):
    g_rows = g.reshape(-1, w.shape[1])
    dx = np.dot(g_rows, w.transpose()).reshape(x.shape)
    return dx, np.dot(x.reshape(-1, len(w)).T, g_rows)


def einsum_with_ellipsis(x, w, g):
    dw = np.einsum("...i,...o->...io", x, g)
    return np.einsum("...o,io->...i", g, w), dw.sum(axis=tuple(range(x.ndim - 1)))


def einsum_that_sums_the_ellipsis(x, w, g):
    batch = "abcdef"[: x.ndim - 1]
    dx = np.einsum(f"{batch}o,io->{batch}i", g, w)
    return dx, np.einsum(f"{batch}i,{batch}o->io", x, g)


def tensordot(x, w, g):
    batch = tuple(range(g.ndim - 1))
    return [np.tensordot(g, w, (-1, 1)), np.tensordot(x, g, (batch, batch))]


def products_that_are_summed(x, w, g):
    dx, dw = g @ w.T, np.atleast_2d(x).swapaxes(-1, -2) @ np.atleast_2d(g)
    while dw.ndim > 2:
        dw = dw.sum(axis=0)
    return dx, dw


def loops(x, w, g):
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for index in np.ndindex(x.shape[:-1]):
        for i, o in np.ndindex(w.shape):
            dx[index][i] += g[index][o] * w[i, o]
            dw[i, o] += x[index][i] * g[index][o]
    return dx, dw


def with_the_whole_jacobian(x, w, g):
    flat, g_flat = x.reshape(-1, len(w)), g.reshape(-1)
    of_weights = np.kron(flat, np.eye(w.shape[1]))
    of_input = np.kron(np.eye(len(flat)), w.T)
    return (
        (of_input.T @ g_flat).reshape(x.shape),
        (of_weights.T @ g_flat).reshape(w.shape),
    )


def pytorch(x, w, g):
    import torch

    x, w = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, w))
    (x @ w).backward(torch.tensor(g, dtype=torch.float64))
    return x.grad.numpy(), w.grad.numpy()
