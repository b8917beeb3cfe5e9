"""What the signature of an exercise allows, and what its cases use of it.

A freedom is read from the annotations and the defaults: the types of numbers, the number of
leading axes, sizes that are broadcast, an argument that may be left out, None. From the docstring
it is read where -inf may stand. A case uses a freedom if it passes such an argument. Where no case
does, either one is missing, or the stub must say that it is not asked for.
"""

import inspect
import re
from collections.abc import Callable, Iterator

import numpy as np

from answers.grader.parts import is_tensor

# What an annotation of jaxtyping stands for; see `stubs.KINDS`.
INTEGERS = "signed integers", "signed integers of one or two bytes", "unsigned integers"
FLOATS = "float64", "float32"
ALLOWED = {
    "Real": FLOATS + INTEGERS,
    "Integer": INTEGERS,
    "Float": FLOATS,
    "Bool": ("True and False",),
}
ARRAY = re.compile(r"(Real|Integer|Float|Bool)\[(?:numpy\.|torch\.)?(ndarray|Tensor), '([^']*)'\]")
LEADING = 0, 1, 2, 3


def unused(reference: Callable, cases: list) -> list[str]:
    """The freedoms of the signature that no case uses, in words."""
    used = {freedom for case in cases for freedom in of_call(reference, case)}
    return [freedom for freedom in allowed(reference) if freedom not in used]


def allowed(reference: Callable) -> list[str]:
    """All that the signature allows, in words, in its order."""
    parameters = inspect.signature(reference).parameters.values()
    found = [freedom for each in parameters for freedom in of_parameter(each)]
    found += of_docstring(reference)
    real = [each.name for each in parameters if "Real[" in text_of(each)]
    if len(real) > 1:
        found += [f"integers in `{name}` beside floats" for name in real]
    return list(dict.fromkeys(found))


def of_parameter(parameter: inspect.Parameter) -> Iterator[str]:
    name, annotation = parameter.name, text_of(parameter)
    for kind, library, axes in ARRAY.findall(annotation):
        for dtype in ALLOWED[kind]:
            # PyTorch's indices are int64.
            if library == "ndarray" or dtype not in INTEGERS[1:]:
                yield f"{dtype} in `{name}`"
        if leading := re.match(r"\*#?\w+", axes):
            yield from (f"{count} axes of {leading[0].strip('*#')}" for count in LEADING)
        if "*#" in axes:
            yield f"fewer leading axes in `{name}` than elsewhere"
        if re.search(r"(?<!\*)#", axes):
            yield f"an axis of size 1 that is broadcast in `{name}`"
    if parameter.default is not inspect.Parameter.empty:
        yield f"`{name}` left out"
        yield f"`{name}` passed"
    if "bool" in annotation.split("[")[0].split(" | "):
        yield from (f"`{name}` is {value}" for value in (True, False))


def of_docstring(reference: Callable) -> Iterator[str]:
    """Where -inf may stand: it is said under the argument, or in a sentence that names it.

    What stands under Raises is not asked for. A logit is one of `logits`.
    """
    said, _, _ = (inspect.getdoc(reference) or "").partition("\nRaises:")
    blocks = [" ".join(block.split()) for block in re.split(r"\n(?= {4}\w+: |\w+:\n)", said)]
    sentences = [sentence for block in blocks for sentence in block.split(". ")]
    for name, parameter in inspect.signature(reference).parameters.items():
        one_of = re.compile(rf"\b{name.removesuffix('s')}s?\b")
        named = [each for each in sentences if one_of.search(each)]
        named += [block for block in blocks if block.startswith(f"{name}: ")]
        if re.search(r"(Real|Float)\[", text_of(parameter)) and "-inf" in " ".join(named):
            yield f"-inf in `{name}`"


def text_of(parameter: inspect.Parameter) -> str:
    annotation = parameter.annotation
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return text


def of_call(reference: Callable, case: object) -> Iterator[str]:
    """The freedoms that one call uses."""
    signature = inspect.signature(reference)
    given = signature.bind(*case.args, **case.kwargs).arguments
    arrays = {}
    for name, parameter in signature.parameters.items():
        if name not in given or given[name] is parameter.default:
            yield f"`{name}` left out"
        if name not in given:
            continue
        value = given[name]
        if value is not parameter.default:
            yield f"`{name}` passed"
        if isinstance(value, bool):
            yield f"`{name}` is {value}"
        for each in value.values() if isinstance(value, dict) else [value]:
            each = each.numpy(force=True) if is_tensor(each) else each
            if isinstance(each, np.ndarray):
                arrays[name] = each
                yield f"{type_of(each)} in `{name}`"
                if np.isneginf(each).any():
                    yield f"-inf in `{name}`"
    real = {n: a for n, a in arrays.items() if "Real[" in text_of(signature.parameters[n])}
    floats = [name for name, array in real.items() if array.dtype.kind == "f"]
    for name, array in real.items():
        if array.dtype.kind in "iu" and floats:
            yield f"integers in `{name}` beside floats"
    yield from of_axes(signature, arrays)


def of_axes(signature: inspect.Signature, arrays: dict[str, np.ndarray]) -> Iterator[str]:
    """How many leading axes there are, and what is broadcast."""
    counts = {}
    for name, array in arrays.items():
        found = ARRAY.findall(text_of(signature.parameters[name]))
        axes = found[0][2].split() if found else []
        if axes and re.match(r"\*#?\w+", axes[0]):
            counts[name] = (axes[0].strip("*#"), array.ndim - len(axes) + 1)
        sizes = array.shape[array.ndim - len(axes) + 1 :] if counts.get(name) else array.shape
        named = axes[1:] if counts.get(name) else axes
        if any(a.startswith("#") and n == 1 for a, n in zip(named, sizes, strict=False)):
            yield f"an axis of size 1 that is broadcast in `{name}`"
    for name, (axis, count) in counts.items():
        most = max(each for other, each in counts.values() if other == axis)
        if count == most:
            yield f"{count} axes of {axis}"
        if count < most or 1 in arrays[name].shape[:count]:
            yield f"fewer leading axes in `{name}` than elsewhere"


def type_of(array: np.ndarray) -> str:
    if array.dtype.kind == "b":
        return "True and False"
    signed = INTEGERS[array.dtype.itemsize <= 2]
    kinds = {"i": signed, "u": INTEGERS[2], "f": str(array.dtype)}
    return kinds.get(array.dtype.kind, str(array.dtype))
