"""Arguments of the wrong kind: every annotation of an answer is enforced when it is called.

Shapes and types stand in the annotations. Where they name a number of Python's, one of NumPy's
will do, and for `float` an integer.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

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
    """An argument that should be a NumPy array is a list, a number or a tensor, or an array of a
    kind that computes otherwise."""


class NotAnAxisError(AnnotationError, TypeError):
    """An axis is no integer."""


def typechecked(function: Callable) -> Callable:
    """`function`, with its annotations enforced: beartype, plus the repair for a list, for another
    kind of array, and for an axis.

    jaxtyping reports a wrong shape or dtype itself, with the size of every axis.
    """
    strict = strictly(function)
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args, **kwargs):
        __tracebackhide__ = True
        try:
            result = strict(*args, **kwargs)
        except BeartypeCallHintViolation:
            for name, value in arguments_of(signature, args, kwargs):
                refuse_what_is_no_array(value, name, function)
                refuse_what_is_no_axis(value, name, function)
            raise
        for value in (*args, *kwargs.values()):
            if type(value) is not np.ndarray and isinstance(value, MAY_BE_OTHER):
                refuse_other_arrays(arguments_of(signature, args, kwargs), function)
                break
        return result

    # jaxtyping asks once for the arguments, and once more with the result.
    return strict if signature.return_annotation is not Any else call


# Types that are arrays of another kind, or may hold one.
MAY_BE_OTHER = np.ndarray, dict, list, tuple
# By name, for importing `numpy.ma` takes a fifth of the time that NumPy takes.
OTHER_ARRAYS = {
    "MaskedArray": "a masked array, whose mask would be ignored; leave out what is masked or pass "
    "{}.filled(value) instead",
    "matrix": "a matrix, which multiplies otherwise; pass np.asarray({}) instead",
}


def arguments_of(
    signature: inspect.Signature, args: tuple, kwargs: dict
) -> Iterator[tuple[str, object]]:
    """Each argument beside its name; those of `*arrays` are all called `arrays`."""
    for name, value in signature.bind(*args, **kwargs).arguments.items():
        several = signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
        yield from ((name, each) for each in (value if several else (value,)))


def refuse_other_arrays(
    arguments: Iterable[tuple[str, object]], function: Callable
) -> None:
    """Raise if an argument is or holds an array whose kind gives operations another meaning."""
    for name, value in arguments:
        parts = value.values() if isinstance(value, dict) else value
        for part in parts if isinstance(value, dict | list | tuple) else (value,):
            refuse_other_array(part, f"{dotted_name(function)}: `{name}`", name)


def refuse_other_array(value: object, where: str, name: str) -> None:
    """Raise if `value` is a masked array or a matrix."""
    if type(value) is not np.ndarray and isinstance(value, np.ndarray):
        for kind in type(value).__mro__:
            if kind.__name__ in OTHER_ARRAYS:
                told = OTHER_ARRAYS[kind.__name__].format(name)
                raise NotAnArrayError(f"{where} is {told}")


def dotted_name(function: Callable) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def refuse_what_is_no_axis(value: object, name: str, function: Callable) -> None:
    """Raise if `value` should be an axis and is no integer."""
    if name == "axis" and not isinstance(value, int | np.integer):
        raise NotAnAxisError(
            f"{dotted_name(function)}: `axis` is {value!r}; pass one integer"
        )


def refuse_what_is_no_array(value: object, name: str, function: Callable) -> None:
    """Raise if `value` should be an array and is none, but could become one."""
    if "ndarray" not in str(function.__annotations__.get(name)):
        return
    where = f"{dotted_name(function)}: `{name}`"
    if isinstance(value, list | tuple | int | float | np.generic):
        kind = type(value).__name__
        raise NotAnArrayError(f"{where} is a {kind}; pass np.array({name}) instead")
    if type(value).__module__.partition(".")[0] == "torch":
        raise NotAnArrayError(
            f"{where} is a PyTorch tensor; pass {name}.detach().numpy() instead"
        )
