"""How arrays of different shapes meet, and how their gradients part again."""

from itertools import accumulate
from operator import mul
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:broadcast_shape_refuses]
def negative_size(shapes):
    for shape in shapes:
        for axis, size in enumerate(shape):
            if size < 0:
                raise ValueError(f"axis {axis} of shape {shape} has a negative size")


def too_large(result):
    if len(result) > 64:
        raise ValueError(
            f"the result would have {len(result)} axes; a NumPy array has at most 64"
        )
    # NumPy multiplies from the left, so a 0 excuses only what stands behind it.
    most = np.iinfo(np.intp).max
    if max((*result, *accumulate(map(int, result), mul)), default=0) > most:
        raise ValueError(
            f"the result would have shape {result}; NumPy counts no more than {most} entries"
        )


@refuses(negative_size, too_large)
# --8<-- [end:broadcast_shape_refuses]
# --8<-- [start:broadcast_shape]
def broadcast_shape(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that arrays of these shapes have together, by NumPy's rule.

    Align the shapes at their last axis. An axis that is missing counts as 1. The sizes
    of an axis fit if those that are not 1 are all equal; an axis of size 1 is stretched
    to them. A size of 0 is like any other: it fits 0 and 1.

    Returns:
        The sizes from the first axis to the last; () for no shapes, as for a number.

    Raises:
        ValueError: At one axis two sizes differ and neither is 1, a size is negative,
            or the result is too large for NumPy's broadcasting.

    Source:
        NumPy user guide, Broadcasting, General broadcasting rules

    Example:
        >>> broadcast_shape((8, 1, 6), (7, 1))
        (8, 7, 6)
    """
    axes = max(map(len, shapes), default=0)
    padded = [(1,) * (axes - len(shape)) + shape for shape in shapes]
    result = []
    for axis in range(-axes, 0):
        sizes = [shape[axis] for shape in padded]
        wanted = sorted(set(sizes) - {1})
        if len(wanted) > 1:
            one, other = (f"{n} in {shapes[sizes.index(n)]}" for n in wanted[:2])
            raise ValueError(f"axis {axis} has size {one} but {other}; neither is 1")
        result.append(wanted[0] if wanted else 1)
    return tuple(result)


# --8<-- [end:broadcast_shape]


# --8<-- [start:unbroadcast_refuses]
def larger(gradient, shape):
    """Raise unless `shape` broadcasts to the gradient's, which may not be stretched."""
    full = gradient.shape
    together = broadcast_shape(shape, full)
    if len(together) > len(full):
        raise ValueError(
            f"`shape` {shape} has {len(shape)} axes, more than `gradient` of shape {full}"
        )
    for axis in range(-len(full), 0):
        if together[axis] != full[axis]:
            raise ValueError(
                f"`shape` {shape} does not broadcast to {full}, the shape of `gradient`: "
                f"axis {axis} has size {together[axis]} against {full[axis]}, and only "
                "an axis of `shape` may be stretched"
            )


def overflow(result):
    refuse_overflowed(result, "the sum")


@refuses(larger, overflow, gradient=refuse_nan)
# --8<-- [end:unbroadcast_refuses]
# --8<-- [start:unbroadcast]
def unbroadcast(
    gradient: Real[ndarray, "..."], shape: tuple[int, ...]
) -> Float[ndarray, "..."]:
    """The gradient with respect to an array that was broadcast, in its own shape.

    How:
        `gradient` is summed over every copied axis: an entry that was used many times
        collects a gradient from each use.

    Args:
        gradient: Gradient of the loss with respect to the broadcast array.
        shape: The shape that the array had before.

    Raises:
        ValueError: No array of `shape` broadcasts to the shape of `gradient`, or
            `gradient` holds nan or infinity, or a sum overflows.

    Example:
        A bias with an entry for each of 2 columns, added to 3 rows:

        >>> unbroadcast(np.ones((3, 2)), (2,))
        array([3., 3.])
    """
    return sum_to(as_float(gradient), shape)


# --8<-- [end:unbroadcast]


# A check of its shapes takes longer than the sum of a small array.
@no_type_check
# --8<-- [start:sum_to]
def sum_to(gradient, shape):
    """`unbroadcast` of an array that is known to fit; `computation_graph` calls it."""
    new = gradient.ndim - len(shape)
    stretched = [
        new + axis
        for axis, size in enumerate(shape)
        if size != gradient.shape[new + axis]
    ]
    summed = gradient.sum(axis=(*range(new), *stretched))
    # A stretched axis comes back, with size 1. A sum over all axes is no array yet.
    return np.asarray(summed).reshape(shape)


# --8<-- [end:sum_to]
