"""Right ways to write the shape that broadcasting gives."""

import functools
import itertools

import numpy as np


def numpys_own(*shapes):
    return np.broadcast_shapes(*shapes)


def an_array_of_each(*shapes):
    return sum((np.zeros(shape) for shape in shapes), start=np.zeros(())).shape


def backwards(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError(f"sizes {sizes} do not fit")
        result.append(others.pop() if others else 1)
    return tuple(reversed(result))


def pair_by_pair(*shapes):
    def join(one, other):
        while len(one) < len(other):
            one = (1, *one)
        while len(other) < len(one):
            other = (1, *other)
        for a, b in zip(one, other, strict=True):
            if not (a == b or a == 1 or b == 1):
                raise ValueError
        return tuple(b if a == 1 else a for a, b in zip(one, other, strict=True))

    return functools.reduce(join, shapes, ())


def with_numpys_integers(*shapes):
    axes = max((len(shape) for shape in shapes), default=0)
    table = np.ones((len(shapes) + 1, axes), int)
    for row, shape in zip(table[1:], shapes, strict=True):
        row[axes - len(shape) :] = shape
    result = np.where((table == 0).any(0), 0, table.max(0))
    if ((table != 1) & (table != result)).any():
        raise ValueError("these shapes do not fit together")
    return tuple(result)


def from_pytorch(*shapes):
    import torch

    try:
        return torch.broadcast_shapes(*shapes)
    except RuntimeError as error:
        raise ValueError(str(error)) from None
