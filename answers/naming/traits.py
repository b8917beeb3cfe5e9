"""What can be said of the inputs of a case: its dtypes, its axes, its largest number."""

import inspect
from collections.abc import Iterable, Mapping

import numpy as np

from answers.grader.parts import Complaint, is_tensor


def numbers(case: object) -> Iterable[np.ndarray]:
    for value in case.args:
        for each in value.values() if isinstance(value, dict) else [value]:
            if is_tensor(each):
                each = each.numpy(force=True)
            if isinstance(each, np.ndarray) and each.dtype.kind in "fiu" and each.size:
                yield each.astype(np.float64)


def tiniest(array: np.ndarray) -> float:
    """The smallest size of a number that is not 0."""
    sizes = np.abs(array)
    return float(sizes.min(initial=1.0, where=sizes > 0))


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
    sizes = np.abs(array)
    return float(sizes.max(initial=0, where=np.isfinite(sizes)))


def facts_of(case: object) -> set[tuple[str, str]]:
    """What can be said of the inputs of a case, each fact with its kind."""
    facts = set()
    given = case.bound().arguments
    for name, value in given.items():
        optional = case.signature[name].default is not inspect.Parameter.empty
        if optional and value is not None:
            facts.add(("passed", f"`{name}` is passed"))
        if is_tensor(value):
            value = value.numpy(force=True)
        if isinstance(value, np.ndarray):
            facts |= facts_of_array(name, value)
        elif isinstance(value, bool | int | float | str):
            facts.add(("value", f"`{name}` is {value!r}"))
            facts.add(("axes", f"`{name}` is one number, and no array"))
        elif isinstance(value, tuple):
            facts |= facts_of_tuple(name, value)
        elif isinstance(value, dict):
            many = "arrays" if len(value) > 1 else "array"
            facts.add(("held", f"`{name}` holds {len(value)} {many}"))
    arrays = {k: v for k, v in given.items() if hasattr(v, "shape")}
    facts |= facts_of_shapes(arrays)
    facts |= facts_of_types(arrays, case.signature)
    for name in case.returns:
        want = case.want.get(name)
        if isinstance(want, Complaint):
            facts.add(("refused", "a ValueError is asked for"))
        elif isinstance(want, np.ndarray) and want.size and want.dtype.kind == "f":
            if np.isinf(want).any():
                facts.add(("inf", f"{name} should hold inf"))
            if (want == 0).any():
                facts.add(("zero", f"{name} should hold a 0"))
    return facts


def facts_of_tuple(name: str, value: tuple) -> set[tuple[str, str]]:
    facts = {
        (
            "axes",
            f"`{name}` has {len(value)} {'entry' if len(value) == 1 else 'entries'}",
        )
    }
    if len(value) > 2:
        facts.add(("axes", f"`{name}` has three entries or more"))
    flat = [n for each in value for n in (each if isinstance(each, tuple) else [each])]
    return facts | {("zero", f"`{name}` holds a 0")} if 0 in flat else facts


def facts_of_array(name: str, array: np.ndarray) -> set[tuple[str, str]]:
    dtype = array.dtype
    facts = {
        ("axes", f"`{name}` has {array.ndim} {'axis' if array.ndim == 1 else 'axes'}")
    }
    if array.size > 1:
        facts.add(("several", f"`{name}` holds more than one number"))
    if array.ndim > 2:
        facts.add(("axes", f"`{name}` has three axes or more"))
    if dtype != np.float64:
        facts.add(("dtype", f"`{name}` is of dtype {dtype}"))
    if dtype.kind in "iu":
        facts.add(("dtype", f"`{name}` holds integers"))
        if dtype.itemsize == 1:
            facts.add(("dtype", f"`{name}` holds integers of one byte"))
    if array.ndim > 1 and len(set(array.shape)) == 1:
        facts.add(("square", f"all axes of `{name}` are equally long"))
    if 1 in array.shape:
        facts.add(("one", f"`{name}` has an axis of size 1"))
    if not array.size or dtype.kind not in "fiu":
        return facts
    if dtype.kind == "f" and np.isnan(array).any():
        facts.add(("nan", f"`{name}` holds nan"))
    if dtype.kind == "f" and np.isinf(array).any():
        facts.add(("inf", f"`{name}` holds inf"))
    if (array == 0).any():
        facts.add(("zero", f"`{name}` holds a 0"))
    if (array == 1).any():
        facts.add(("unit", f"`{name}` holds a 1"))
    if (array < 0).any():
        facts.add(("negative", f"`{name}` holds a negative number"))
    if dtype.kind == "f" and len(np.unique(array[array != 0])) < np.count_nonzero(
        array
    ):
        facts.add(("ties", f"`{name}` holds equal entries"))
    return facts


def facts_of_types(arrays: dict, parameters: Mapping) -> set[tuple[str, str]]:
    """Which integers come together with floats."""
    real = {
        name: array.dtype.kind
        for name, array in arrays.items()
        if isinstance(array, np.ndarray) and "Real[" in str(parameters[name].annotation)
    }
    whole = [name for name, kind in real.items() if kind in "iu"]
    floats = "f" in real.values()
    return {
        ("dtype", f"`{name}` holds integers beside floats") for name in whole if floats
    }


def facts_of_shapes(arrays: dict) -> set[tuple[str, str]]:
    facts, names = set(), list(arrays)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            a, b = arrays[one], arrays[other]
            if len(a.shape) != len(b.shape):
                facts.add(
                    ("axes", f"`{one}` and `{other}` have different numbers of axes")
                )
            if a.shape == b.shape:
                facts.add(("shapes", f"`{one}` and `{other}` have the same shape"))
    return facts
