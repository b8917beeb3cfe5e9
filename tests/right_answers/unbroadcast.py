"""Right ways to write the backward pass of broadcasting."""

import numpy as np


def axis_by_axis(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


def padded_shape(gradient, shape):
    full = (1,) * (np.ndim(gradient) - len(shape)) + shape
    axes = tuple(i for i, n in enumerate(full) if n == 1)
    return np.sum(gradient, axis=axes, keepdims=True).reshape(shape)


def scattered(gradient, shape):
    places = np.broadcast_to(
        np.arange(np.prod(shape, dtype=int)).reshape(shape), gradient.shape
    )
    total = np.zeros(np.prod(shape, dtype=int))
    np.add.at(total, places.ravel(), gradient.ravel())
    return total.reshape(shape)


def into_a_view_of_stride_zero(gradient, shape):
    result = np.zeros(shape)
    full = result.reshape((1,) * (gradient.ndim - len(shape)) + shape)
    for index in np.ndindex(gradient.shape):
        at = tuple(0 if n == 1 else i for i, n in zip(index, full.shape, strict=True))
        full[at] += gradient[index]
    return result


def einsum(gradient, shape):
    letters = "abcdefgh"[: gradient.ndim]
    offset = gradient.ndim - len(shape)
    kept = "".join(c for c, n in zip(letters[offset:], shape, strict=True) if n != 1)
    return np.einsum(f"{letters}->{kept}", gradient).reshape(shape)


def pytorch(gradient, shape):
    import torch

    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    x.expand(gradient.shape).backward(torch.tensor(gradient, dtype=torch.float64))
    return x.grad.numpy()
