"""What every answer refuses, and the words it refuses with.

Values that no annotation can describe (nan, labels out of range, an empty batch) are refused by
hand, with a message that says what is wrong, where, and what to do; arguments of a wrong kind by
`kinds`, and results that are too large for a float by `overflow`.
"""

import math

import numpy as np

from answers.inputs.kinds import refuse_other_array


def refuse_no_operand(other: object) -> None:
    """Raise if `other`, an operand beside an array, is neither an array nor a number."""
    if isinstance(other, list | tuple):
        raise TypeError(f"a {type(other).__name__} is no array; make it one: np.array")
    if type(other).__module__.partition(".")[0] == "torch":
        raise TypeError("a PyTorch tensor is no array; take tensor.detach().numpy()")
    refuse_other_array(other, "an operand", "operand")


def refuse_no_axis(axis: object, array: np.ndarray, name: str) -> None:
    """Raise unless `axis` is an axis of `array`, a tuple of some, each once, or None for all."""
    if axis is None:
        return
    axes, count = axis if isinstance(axis, tuple) else (axis,), array.ndim
    for each in axes:
        if type(each) is not int and not isinstance(each, np.integer):
            raise TypeError(f"`axis` is {axis!r}; pass one integer")
        if not -count <= each < count:
            repair = f"; choose one from {-count} to {count - 1}" if count else ""
            # NumPy's own class, with its attributes: callers catch it as they do NumPy's errors.
            told = f"`{name}` has {count} axes, and no axis {each}{repair}"
            error = np.exceptions.AxisError(told)
            error.axis, error.ndim = each, count
            raise error
    if len({each % count for each in axes}) < len(axes):
        raise ValueError(f"`axis` is {axis}, which names one twice; name each once")


def as_float(array: np.ndarray) -> np.ndarray:
    """float32 and float64 as they are, integers as float64, float16 as float32.

    Integers wrap around. In float16 a sum of 65,505 ones is already infinite.
    """
    if array.dtype.kind == "f":
        return array.astype(np.float32) if array.dtype.itemsize < 4 else array
    return array.astype(np.float64)


def refuse_nan(array: np.ndarray, name: str) -> None:
    """Raise if `array` holds nan or infinity: no loss or gradient of it has a meaning."""
    finite = np.isfinite(array)
    if not finite.all():
        raise ValueError(
            f"`{name}` holds {first(array, ~finite)}; find the step that made it"
        )


def refuse_no_maximum(array: np.ndarray, maxima: np.ndarray, name: str) -> None:
    """Raise unless every maximum is finite; `maxima` has size 1 along the reduced axis.

    nan and +inf are their own maximum, and only a row of -inf has the maximum -inf: so
    the maxima show all three, and `array` is read again only to say where.
    """
    if np.isfinite(maxima).all():
        return
    wrong = np.isnan(array) | (array == np.inf)
    if wrong.any():
        raise ValueError(
            f"`{name}` holds {first(array, wrong)}; find the step that made it"
        )
    raise ValueError(
        f"`{name}` is {first(maxima, np.isneginf(maxima))} and everywhere along the axis from "
        "there; leave one logit finite"
    )


def refuse_below(least: float, **numbers: float) -> None:
    """Raise unless each of these numbers, by name, is finite and at least `least`."""
    for name, number in numbers.items():
        # nan fails every comparison, and so this one.
        if not least <= number < math.inf:
            raise ValueError(
                f"`{name}` is {number}; choose a finite number, {least} or more"
            )


def refuse_not_positive(**numbers: float) -> None:
    """Raise unless each of these numbers, by name, is finite and above 0."""
    for name, number in numbers.items():
        if not 0 < number < math.inf:
            raise ValueError(f"`{name}` is {number}; choose a finite number above 0")


def refuse_empty(array: np.ndarray, name: str) -> None:
    """Raise if `array` has no entry, and so no maximum, mean or gradient."""
    if array.size == 0:
        raise ValueError(
            f"`{name}` is empty: its shape is {array.shape}; pass at least one entry"
        )


def refuse_labels_out_of_range(labels: np.ndarray, classes: int, name: str) -> None:
    """Raise if a label is not one of 0 to `classes` - 1: in NumPy, -1 means the last."""
    wrong = (labels < 0) | (labels >= classes)
    if wrong.any():
        raise ValueError(
            f"`{name}` holds {first(labels, wrong)}; with {classes} classes, labels run from 0 "
            f"to {classes - 1}"
        )


def first(array: np.ndarray, where: np.ndarray) -> str:
    """The first entry marked in `where`, and its index, in words."""
    at = tuple(np.argwhere(where)[0].tolist())
    return f"{array[at]} at index {at[0] if len(at) == 1 else at}"
