"""Values as Python writes them: an expression that makes the very same array, tensor or number."""

import math

import numpy as np

from answers.grader.parts import is_tensor

# More numbers than this are not written out.
WRITTEN = 400
ROW = ",\n    "
PLAIN = str | bytes | bool | int | float | None


def as_python(value: object) -> str | None:
    """An expression that makes this very value, or None if it is large or cannot be written."""
    if isinstance(value, np.ndarray):
        return array_as_python(value)
    if isinstance(value, np.bool_):
        return f"np.bool_({value.item()})"
    if isinstance(value, np.generic):
        return f"np.{value.dtype.name}({number(value)})"
    if is_tensor(value):
        return tensor_as_python(value)
    if isinstance(value, PLAIN):
        if isinstance(value, str):
            return (
                f'"{value}"'
                if value.isprintable() and not set(value) & set('"\\')
                else repr(value)
            )
        return number(value) if isinstance(value, float) else repr(value)
    if isinstance(value, tuple | list):
        entries = [as_python(each) for each in value]
        if None in entries:
            return None
        inside = ", ".join(entries)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(entries) == 1 else f"({inside})"
    if isinstance(value, dict):
        entries = {as_python(key): as_python(each) for key, each in value.items()}
        if None in entries or None in entries.values():
            return None
        return f"{{{', '.join(f'{key}: {each}' for key, each in entries.items())}}}"
    return None


def array_as_python(array: np.ndarray) -> str | None:
    """An array, with its dtype and its order in memory."""
    if array.size > WRITTEN or array.dtype.kind not in "biuf":
        return None
    if array.size == 0:
        return f"np.zeros({array.shape}{dtype_argument(array.dtype, np.float64)})"
    if not array.flags.c_contiguous:
        # Axes from the one with the longest stride to the one with the shortest.
        order = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
        if order == [*range(array.ndim)]:
            return f"{array_as_python(array.copy())}.repeat(2, axis=-1)[..., ::2]"
        back = tuple(order.index(axis) for axis in range(array.ndim))
        return f"{array_as_python(array.transpose(order))}.transpose{back}"
    usual = {"b": bool, "f": np.float64}.get(array.dtype.kind, np.int_)
    return f"np.array({nested(array)}{dtype_argument(array.dtype, usual)})"


def dtype_argument(dtype: np.dtype, usual: type) -> str:
    """The argument that names this dtype, if it is not the usual one."""
    return "" if dtype == usual else f", dtype=np.{dtype.name}"


def tensor_as_python(tensor: object) -> str | None:
    """A tensor of PyTorch, with its dtype, and whether it requires a gradient."""
    if tensor.numel() > WRITTEN:
        return None
    options = f", dtype={tensor.dtype}"
    if tensor.requires_grad:
        options += ", requires_grad=True"
    numbers = tensor.numpy(force=True)
    if tensor.numel() == 0:
        return f"torch.zeros({tuple(tensor.shape)}{options})"
    return f"torch.tensor({nested(numbers)}{options})"


def nested(array: np.ndarray) -> str:
    """The numbers in lists within lists, each row on a line."""
    if array.ndim == 0:
        return number(array[()])
    return f"[{(', ' if array.ndim == 1 else ROW).join(map(nested, array))}]"


def number(value: object) -> str:
    """A number that Python reads as the very same."""
    if isinstance(value, np.bool_ | np.integer):
        return repr(value.item())
    if math.isnan(value):
        return "np.nan"
    if math.isinf(value):
        return "np.inf" if value > 0 else "-np.inf"
    shortest = f"{value!s}" if isinstance(value, np.floating) else repr(value)
    exact = not isinstance(value, np.floating) or type(value)(float(shortest)) == value
    return shortest if exact else repr(float(value))
