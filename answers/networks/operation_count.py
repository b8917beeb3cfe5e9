"""How much arithmetic does a computation do? Counted while it runs."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray

from answers.inputs import refuse_empty
from answers.inputs.contracts import refuses

UNSEEN = {np.dot, np.vdot, np.inner, np.outer, np.einsum, np.tensordot, np.convolve}


# --8<-- [start:count_operations]
class Counted(ndarray):
    """An array that counts the arithmetic done with it, and with what comes of it."""

    count = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        inputs = [plain(each) for each in inputs]
        if ufunc.signature and ufunc is not np.matmul:
            raise TypeError(f"np.{ufunc.__name__} cannot be counted; use @")
        kwargs = {name: plain(each) for name, each in kwargs.items()}
        # As in `a += b`.
        if out:
            kwargs["out"] = tuple(np.asarray(x) for x in out)
        result = getattr(ufunc, method)(*inputs, **kwargs)
        # `at` works on the entries of its first input that its second names.
        if method == "at":
            Counted.count += inputs[0][inputs[1]].size
            return None
        result = np.asarray(result)
        # Comparisons are free.
        if result.dtype.kind == "f":
            Counted.count += operations(ufunc, method, inputs, result)
        return result.view(Counted)

    def __array_function__(self, function, types, args, kwargs):
        if function in UNSEEN:
            raise TypeError(f"np.{function.__name__} cannot be counted; use @")
        result = super().__array_function__(function, types, args, kwargs)
        # np.where and np.broadcast_to forget the class.
        forgot = type(result) is ndarray
        return result.view(Counted) if forgot else result


def plain(value):
    return np.asarray(value) if isinstance(value, Counted) else value


def operations(ufunc, method, inputs, result) -> int:
    """The operations of one ufunc; a matrix product takes a product and a sum for each term."""
    if ufunc is np.matmul:
        return 2 * result.size * inputs[0].shape[-1]
    return inputs[0].size if method == "reduce" else result.size


def an_empty_array(arrays):
    for number, array in enumerate(arrays):
        refuse_empty(array, f"arrays[{number}]")


@refuses(an_empty_array)
def count_operations(f: Callable, *arrays: ndarray) -> int:
    """The number of arithmetic operations on floats of `f(*arrays)`.

    An addition, a product, a maximum, an exponential count 1 for each entry; a product
    of matrices (n, k) @ (k, m) counts 2nkm. Copies, comparisons and indexing are free.
    Single entries (`a[0] * 2`), copies by np.array, and what runs inside other functions
    of NumPy (np.linalg, the method dot) are not seen.

    Args:
        f: Called once, with arrays that count.
        arrays: What it works on.

    Raises:
        ValueError: An array is empty.
        TypeError: `f` calls np.dot, np.einsum or the like, which no array can count.

    Example:
        >>> count_operations(lambda a, b: (a @ b).sum(), np.ones((2, 3)), np.ones((3, 4)))
        56
    """
    before = Counted.count
    f(*(array.view(Counted) for array in arrays))
    return Counted.count - before


# --8<-- [end:count_operations]
