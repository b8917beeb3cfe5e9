"""Traits of the inputs of a case: dtypes, axes, sizes, the largest number."""

import inspect
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from answers.grader.parts import Complaint, is_tensor
from answers.grader.trials import Case

# A kind, and a sentence that is true of an input.
Trait = tuple[str, str]


def numbers(case: Case) -> Iterable[np.ndarray]:
    for value in case.args:
        for each in value.values() if isinstance(value, dict) else [value]:
            if is_tensor(each):
                each = each.numpy(force=True)
            if isinstance(each, np.ndarray) and each.dtype.kind in "fiu" and each.size:
                yield each.astype(np.float64)


def tiniest(array: np.ndarray) -> float:
    """The smallest size of a number that is not 0."""
    magnitudes = np.abs(array)
    return float(magnitudes.min(initial=1.0, where=magnitudes > 0))


def nearest(array: np.ndarray) -> float:
    """The smallest difference of two numbers, as a part of the largest."""
    gaps = np.diff(np.unique(array[np.isfinite(array)]))
    size = magnitude(array)
    return float(gaps.min(initial=size)) / size if size else 1.0


def spread(array: np.ndarray) -> float:
    """The largest gap between numbers along the last axis; to -inf it is infinite."""
    with np.errstate(invalid="ignore"):
        return float(np.nan_to_num(np.ptp(array, axis=-1)).max()) if array.ndim else 0.0


def magnitude(array: np.ndarray) -> float:
    magnitudes = np.abs(array)
    return float(magnitudes.max(initial=0, where=np.isfinite(magnitudes)))


def sizes(case: Case) -> dict[str, float]:
    """The sizes that the inputs of a case have, and the numbers among them, in words."""
    found = {}
    given = case.bound()
    given.apply_defaults()
    first = getattr(next(iter(given.arguments.values()), None), "shape", ())
    axis = given.arguments.get("axis")
    if type(axis) is int and -len(first) <= axis < len(first):
        found["the size of the axis"] = first[axis]
    for name, value in with_entries(given.arguments):
        shape = tuple(getattr(value, "shape", ()))
        if len(shape) == 1:
            found[f"the length of `{name}`"] = shape[0]
        for axis, size in enumerate(shape if len(shape) > 1 else ()):
            found[f"the size of axis {axis} of `{name}`"] = size
        if shape:
            found[f"the size of the last axis of `{name}`"] = shape[-1]
        if len(shape) > 1:
            found[f"the number of entries of `{name}`"] = math.prod(shape)
            found[f"the number of rows of `{name}`"] = math.prod(shape[:-1])
        if type(value) in (int, float):
            found[f"`{name}`"] = value
    return found


def with_entries(arguments: dict) -> Iterator[tuple[str, object]]:
    """Each argument with its name, and each value of a dict among the arguments."""
    for name, value in arguments.items():
        yield name, value
        if isinstance(value, dict):
            yield from ((f'{name}["{key}"]', each) for key, each in value.items())


def traits_of(case: Case) -> set[Trait]:
    """All traits of the inputs of a case."""
    given = case.bound().arguments
    arrays = {k: v for k, v in given.items() if hasattr(v, "shape")}
    traits = of_shapes(arrays) | of_types(arrays, case.signature) | of_result(case)
    for name, value in given.items():
        optional = case.signature[name].default is not inspect.Parameter.empty
        if optional and value is not None:
            traits.add(("passed", f"`{name}` is passed"))
        if is_tensor(value):
            value = value.numpy(force=True)
        if isinstance(value, np.ndarray):
            traits |= of_array(name, value)
        elif isinstance(value, bool | int | float | str):
            traits.add((of_value(value), f"`{name}` is {value!r}"))
            traits.add(("axes", f"`{name}` is one number, and no array"))
        elif isinstance(value, tuple):
            each = case.signature[name].kind is inspect.Parameter.VAR_POSITIONAL
            traits |= of_tuple(name, value, "held" if each else "axes")
        elif isinstance(value, dict):
            arrays_alone = all(hasattr(each, "shape") for each in value.values())
            words = ("array", "arrays") if arrays_alone else ("entry", "entries")
            traits.add(("held", f"`{name}` holds {counted(len(value), *words)}"))
    return traits


def by_default(case: Case) -> set[Trait]:
    """What is so of arguments that are left out."""
    given = case.bound()
    passed = given.arguments
    given.apply_defaults()
    return {
        (of_value(value), f"`{name}` is {value!r}")
        for name, value in given.arguments.items()
        if name not in passed and isinstance(value, bool | int | float | str)
    }


def of_value(value: object) -> str:
    """The kind of the trait that an argument has this value."""
    return "switch" if isinstance(value, bool) else "value"


def counted(count: int, word: str, several: str) -> str:
    return f"{count} {word if count == 1 else several}"


def of_result(case: Case) -> set[Trait]:
    """Traits of what should come."""
    traits = set()
    for name in case.returns:
        want = case.want.get(name)
        if isinstance(want, Complaint):
            traits.add(("refused", "a ValueError is asked for"))
        elif isinstance(want, np.ndarray) and want.size and want.dtype.kind == "f":
            if np.isinf(want).any():
                traits.add(("inf", f"{name} should hold inf"))
            if (want == 0).any():
                traits.add(("zero", f"{name} should hold a 0"))
    return traits


def of_tuple(name: str, value: tuple, kind: str) -> set[Trait]:
    """Its length is a number of axes, or of arguments, as in `*shapes`."""
    traits = {(kind, f"`{name}` has {counted(len(value), 'entry', 'entries')}")}
    if len(value) > 2:
        traits.add((kind, f"`{name}` has three entries or more"))
    flat = [n for each in value for n in (each if isinstance(each, tuple) else [each])]
    return traits | {("zero", f"`{name}` holds a 0")} if 0 in flat else traits


def of_array(name: str, array: np.ndarray) -> set[Trait]:
    dtype = array.dtype
    is_float, is_integer = dtype.kind == "f", dtype.kind in "iu"
    some = array.size > 0 and (is_float or is_integer)
    distinct = len(np.unique(array[array != 0])) if some and is_float else 0
    found = {
        ("axes", f"has {counted(array.ndim, 'axis', 'axes')}"): True,
        ("axes", "has three axes or more"): array.ndim > 2,
        ("several", "holds more than one number"): array.size > 1,
        ("dtype", f"is of dtype {dtype}"): dtype != np.float64,
        ("dtype", "holds integers"): is_integer,
        ("dtype", "holds integers of one byte"): is_integer and dtype.itemsize == 1,
        ("one", "has an axis of size 1"): 1 in array.shape,
        ("inf", "holds inf"): some and is_float and np.isinf(array).any(),
        ("zero", "holds a 0"): some and (array == 0).any(),
        ("unit", "holds a 1"): some and (array == 1).any(),
        ("ties", "holds equal entries"): 0 < distinct < np.count_nonzero(array),
    }
    traits = {
        (of, f"`{name}` {words}") for (of, words), holds in found.items() if holds
    }
    if array.ndim > 1 and len(set(array.shape)) == 1:
        traits.add(("square", f"all axes of `{name}` are equally long"))
    if array.ndim > 2 and array.shape[-1] == array.shape[-2]:
        traits.add(("pair", f"the last two axes of `{name}` are equally long"))
    return traits


def of_types(arrays: dict, parameters: Mapping) -> set[Trait]:
    """Which integers come together with floats, or with one another alone."""
    real = {
        name: array.dtype.kind
        for name, array in arrays.items()
        if isinstance(array, np.ndarray) and "Real[" in str(parameters[name].annotation)
    }
    whole = [name for name in real if real[name] in "iu"]
    if "f" in real.values():
        return {("dtype", f"`{name}` holds integers beside floats") for name in whole}
    if len(whole) < 2:
        return set()
    *others, last = (f"`{name}`" for name in whole)
    return {("dtype", f"{', '.join(others)} and {last} hold integers")}


def of_shapes(arrays: dict) -> set[Trait]:
    traits = set()
    for (one, a), (other, b) in itertools.combinations(arrays.items(), 2):
        if len(a.shape) != len(b.shape):
            text = f"`{one}` and `{other}` have different numbers of axes"
            traits.add(("axes", text))
        if a.shape == b.shape:
            traits.add(("shapes", f"`{one}` and `{other}` have the same shape"))
    return traits
