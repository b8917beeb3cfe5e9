"""A result taken apart: the entries of a tuple and the values of a dict, each with its name.

A part is an array, or a complaint where no array can be made of it. A result that is itself a
tuple of integers, such as a shape, is one part, and must be met exactly.
"""

from collections.abc import Callable, Coroutine, Generator, Mapping
from dataclasses import dataclass, field

import numpy as np

RESULT = "the result"
AN_ARRAY = "a NumPy array"
A_TENSOR = "a PyTorch tensor"
INTEGERS = "a tuple of integers"
# Kinds of errors that Python raises where NumPy gives inf or nan, whatever their words.
DIVISION, RANGE, DOMAIN = "division by 0", "beyond the largest float", "no real number"


@dataclass(frozen=True)
class Complaint:
    """Why there are no numbers to compare. Two complaints are equal if of one kind.

    Attributes:
        kind: What went wrong, the same for what has one cause.
        text: The same as a sentence for the learner.
        error: The class of what was raised, if anything was.
        on_purpose: Whether a `raise` outside NumPy and PyTorch raised it.
        accident: The kind of a refusal if no ValueError were asked for.
    """

    kind: str
    text: str = field(compare=False)
    error: type[BaseException] | None = field(default=None, compare=False)
    on_purpose: bool = field(default=False, compare=False)
    accident: str = field(default="", compare=False)


def overflowed(part: object) -> bool:
    """Whether this is what Python raises where NumPy gives inf or nan."""
    kinds = (part.kind, part.accident) if isinstance(part, Complaint) else ()
    return any(kind in (DIVISION, RANGE, DOMAIN) for kind in kinds)


@dataclass(frozen=True)
class Exact:
    """A result that is compared by how it reads."""

    text: str


Part = np.ndarray | Exact | Complaint
Parts = dict[str, Part]


def parts_of(value: object, like: object, names: tuple[str, ...]) -> Parts:
    """`value` taken apart as `like` is, whose entries have these names.

    The names of the result are always those of `like`: what does not fit is complained of
    under each name that it leaves without an array.
    """
    if not isinstance(like, tuple) or names == (RESULT,):
        return parts_of_entry(value, like, RESULT)
    if isinstance(value, tuple | list) and len(value) == len(like):
        entries = zip(value, like, names, strict=True)
        return {
            k: part for entry in entries for k, part in parts_of_entry(*entry).items()
        }
    wanted = f"return the tuple ({', '.join(names)})"
    if isinstance(value, tuple | list):
        what = f"{RESULT} is a {type(value).__name__} of {len(value)}; {wanted}"
        complaint = Complaint(f"tuple of {len(value)}", what)
    else:
        complaint = no_several(value, like, RESULT, wanted)
    return dict.fromkeys(parts_of(like, like, names), complaint)


def parts_of_entry(value: object, like: object, name: str) -> Parts:
    """`value` under `name`; if `like` is a dict, each of its values under `name["key"]`."""
    if not isinstance(like, dict):
        return {name: array_of(value, name, like)}
    keys = {key: f'{name}["{key}"]' for key in like}
    wanted = f"return a dict with the keys {quoted(like)}"
    if not isinstance(value, Mapping):
        complaint = no_several(value, tuple(like.values()), name, wanted)
        return dict.fromkeys(keys.values(), complaint)
    missing = [key for key in like if key not in value]
    extra = [key for key in value if key not in like]
    lacks = f"{name} has no key {quoted(missing)}"
    lacks += f", but {quoted(extra)}" if extra else ""
    complaint = Complaint(lacks, f"{lacks}; {wanted}")
    return {
        part: complaint if key in missing else array_of(value[key], part, like[key])
        for key, part in keys.items()
    }


def no_several(value: object, like: tuple, name: str, wanted: str) -> Complaint:
    """Why `value` is not the several arrays or numbers that `name` should be."""
    if is_tensor(value) and any(map(is_tensor, like)):
        kind = "one tensor"
    elif isinstance(value, np.ndarray | np.generic | float | int):
        kind = "one array" if np.ndim(value) else "one number"
    else:
        return no_array(value, name, wanted)
    return Complaint(f"{name} {kind}", f"{name} is {kind}; {wanted}")


def is_tensor(value: object) -> bool:
    """Whether `value` is a tensor of PyTorch, which is not imported to find out."""
    of_torch = type(value).__module__.partition(".")[0] == "torch"
    return of_torch and hasattr(value, "detach")


def array_of(value: object, name: str, like: object) -> Part:
    """`value` as an array of real numbers, or why it is none; a tuple where `like` is one.

    Where `like` is a tensor of PyTorch, so must `value` be.
    """
    if is_tensor(like):
        if not is_tensor(value):
            return no_array(value, name, f"return {A_TENSOR}")
        like, value = like.numpy(force=True), value.numpy(force=True)
    # Where the reference refuses, `like` is a complaint: there should be no result at all.
    if isinstance(like, Complaint):
        return Exact(text_of(value))
    if isinstance(like, tuple):
        exact = isinstance(value, tuple)
        return (
            Exact(text_of(value))
            if exact
            else no_array(value, name, f"return {INTEGERS}")
        )
    if not isinstance(value, np.ndarray | np.generic | float | int):
        wanted = "one number" if np.ndim(like) == 0 else AN_ARRAY
        return no_array(value, name, f"return {wanted}")
    array = np.asarray(value)
    if array.dtype.kind in "fiub":
        return array
    what = (
        f"{name} holds entries of dtype {array.dtype}; make them real numbers (float64)"
    )
    return Complaint(f"dtype {array.dtype}", what)


def no_array(value: object, name: str, wanted: str) -> Complaint:
    """Why `value`, which is neither an array nor a number, cannot be `name`."""
    kind = type(value).__name__
    why = f"is of type {kind}; {wanted}"
    match value:
        case None if name == RESULT:
            why = "is None; is a `return` missing?"
        case None:
            why = f"is None; {wanted}"
        case tuple((_,)):
            why = (
                "is a tuple of one entry; is there a comma at the end of the `return`?"
            )
        case list() | tuple():
            repair = "; np.array(...) makes one" if AN_ARRAY in wanted else ""
            repair = "; tuple(...) makes one" if INTEGERS in wanted else repair
            why = f"is a {kind}; {wanted}{repair}"
        case Generator():
            why = f"is a generator, because of a `yield`; {wanted}"
        case Coroutine():
            # Else Python warns that it was never awaited.
            value.close()
            why = "is a coroutine; write `def`, not `async def`"
        case str() | bytes():
            why = f"is text, {value!r:.40}; {wanted}"
        case _ if is_tensor(value):
            why = f"is a PyTorch tensor; {wanted}: tensor.detach().numpy()"
        case Mapping():
            why = f"is a {kind}; {wanted}"
        case Callable():
            why = "is a function; call it, with its arguments in parentheses"
    return Complaint(kind, f"{name} {why}")


def text_of(value: object) -> str:
    """A tuple or a number as Python prints it, also if NumPy made it; of an array, its shape."""
    if isinstance(value, tuple):
        entries = ", ".join(map(text_of, value))
        return f"({entries},)" if len(value) == 1 else f"({entries})"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    value = value.item() if isinstance(value, np.ndarray | np.generic) else value
    return f"{value!r:.40}"


def quoted(keys: object) -> str:
    return ", ".join(f'"{key}"' for key in keys)
