"""What every answer refuses, and the words it refuses with.

Shapes and types stand in the annotations; `typechecked` enforces them. Where they name a number
of Python's, one of NumPy's will do, and for `float` an integer. Values that no annotation can
describe (nan, labels out of range, an empty batch) are refused by hand, with a message that says
what is wrong, where, and what to do.
"""

import functools
import inspect
from collections.abc import Callable

import numpy as np
from beartype import BeartypeConf, FrozenDict, beartype
from beartype.roar import BeartypeCallHintViolation
from jaxtyping import AnnotationError

# What else will do where an annotation names a number of Python's.
NUMBERS = {
    bool: bool | np.bool_,
    int: int | np.integer,
    float: float | np.floating | int | np.integer,
}
strictly = beartype(conf=BeartypeConf(hint_overrides=FrozenDict(NUMBERS)))


class NotAnArrayError(AnnotationError, TypeError):
    """An argument that should be a NumPy array is a list, a number or a tensor."""


def typechecked(function: Callable) -> Callable:
    """`function`, with its annotations enforced: beartype, plus the repair for a list.

    jaxtyping reports a wrong shape or dtype itself, with the size of every axis.
    """
    strict = strictly(function)
    names = tuple(inspect.signature(function).parameters)

    @functools.wraps(function)
    def call(*args, **kwargs):
        __tracebackhide__ = True
        try:
            return strict(*args, **kwargs)
        except BeartypeCallHintViolation:
            for name, value in (*zip(names, args, strict=False), *kwargs.items()):
                refuse_what_is_no_array(value, name, function)
            raise

    return call


def refuse_what_is_no_array(value: object, name: str, function: Callable) -> None:
    """Raise if `value` should be an array and is none, but could become one."""
    if "ndarray" not in str(function.__annotations__.get(name)):
        return
    where = f"{function.__module__}.{function.__qualname__}: `{name}`"
    if isinstance(value, list | tuple | int | float | np.generic):
        kind = type(value).__name__
        raise NotAnArrayError(f"{where} is a {kind}; pass np.array({name}) instead")
    if type(value).__module__.partition(".")[0] == "torch":
        raise NotAnArrayError(
            f"{where} is a PyTorch tensor; pass {name}.detach().numpy() instead"
        )


def refuse_no_operand(other: object) -> None:
    """Raise if `other`, beside which an array stands, is no array or number itself."""
    if isinstance(other, list | tuple):
        raise TypeError(f"a {type(other).__name__} is no array; make it one: np.array")
    if type(other).__module__.partition(".")[0] == "torch":
        raise TypeError("a PyTorch tensor is no array; take tensor.detach().numpy()")


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
