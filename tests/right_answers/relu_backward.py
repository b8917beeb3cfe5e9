"""Right ways to write the backward pass of ReLU."""

import numpy as np


def where(dout, x):
    return np.where(x > 0, dout, 0)


def copied(dout, x):
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


def loops(dout, x):
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        if x[index] > 0:
            dx[index] = dout[index]
    return dx


def mask_of_the_output(dout, x):
    return np.multiply(dout, np.maximum(x, 0) > 0)


def heaviside(dout, x):
    return np.heaviside(x, 0) * dout


def pytorch(dout, x):
    import torch

    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch.relu(x).backward(torch.tensor(dout, dtype=torch.float64))
    return x.grad.numpy()
