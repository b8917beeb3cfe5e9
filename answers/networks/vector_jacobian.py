"""A whole Jacobian from backward passes, which compute vector-Jacobian products."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses


# --8<-- [start:jacobian_from_vjp_refuses]
def no_entry(shape, name):
    if any(size < 1 for size in shape):
        raise ValueError(f"`{name}` is {shape}; an output needs at least one entry")


@refuses(shape=no_entry)
# --8<-- [end:jacobian_from_vjp_refuses]
# --8<-- [start:jacobian_from_vjp]
def jacobian_from_vjp(vjp: Callable, shape: tuple[int, ...]) -> Float[ndarray, "..."]:
    """The Jacobian of a function of which only the backward pass is given.

    A backward pass turns g, the gradient at the output, into gᵀJ. What it returns may be
    the same memory at every call.

    How:
        With a 1 at one entry of g and 0 elsewhere, gᵀJ is one row of J. So J costs as
        many backward passes as the output has entries, and a loss, which is one number,
        costs one.

    Args:
        vjp: The backward pass: takes an array of the shape of the output, returns one of
            the shape of the input. Called once for each entry of the output.
        shape: The shape of the output; () for one number.

    Returns:
        The derivative of each entry of the output with respect to each of the input: the
        axes of the output, then those of the input.

    Raises:
        TypeError: `vjp` returns no array of real numbers.
        ValueError: The output has no entry, or what `vjp` returns is empty, holds nan or
            infinity, or changes its shape.

    Source:
        Baydin, Pearlmutter, Radul and Siskind (2018), arXiv 1502.05767, section 3.2

    Example:
        The Jacobian of y = a x is the matrix a.

        >>> a = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
        >>> jacobian_from_vjp(lambda g: g @ a, (2,))
        array([[1., 2., 3.],
               [4., 5., 6.]])
    """
    rows = []
    for index in np.ndindex(shape):
        # A new one: what was set for the last row must be 0 again.
        g = np.zeros(shape)
        g[index] = 1
        row = vjp(g)
        refuse_no_gradient(row, rows, index)
        # A copy, as vjp may use the same memory again.
        rows.append(as_float(np.asarray(row)).copy())
    return np.stack(rows).reshape(*shape, *rows[0].shape)


# --8<-- [end:jacobian_from_vjp]


def refuse_no_gradient(row: object, rows: list, index: tuple) -> None:
    """Raise unless `row` can be the gradient of an input whose others are `rows`."""
    if not isinstance(row, ndarray | np.generic) or row.dtype.kind not in "biuf":
        kind = getattr(row, "dtype", type(row).__name__)
        raise TypeError(f"`vjp` returned {kind}; return one array of real numbers")
    if rows and row.shape != rows[0].shape:
        raise ValueError(
            f"`vjp` returned shape {row.shape} for entry {index}, {rows[0].shape} before; "
            "return the shape of the input every time"
        )
    refuse_empty(np.asarray(row), "vjp(g)")
    refuse_nan(np.asarray(row), "vjp(g)")
