"""Arguments in words, as many of their numbers as a line can hold."""

import math
import re

import numpy as np

# The most characters of one argument that is written out, in the order in which they are tried;
# and the most of all arguments together.
IN_FULL, CALL = (160, 80, 40, 0), 330
LONG_NUMBER = re.compile(r"-?\d+\.\d{6,}(e[-+]\d+)?")


def entries(value: object) -> int:
    """How many numbers an argument holds."""
    if isinstance(value, dict):
        return sum(map(entries, value.values()))
    return math.prod(value.shape) if hasattr(value, "shape") else 0


def described(value: object, most: int) -> str:
    """An argument in a few words: its numbers if these take at most so many characters, else its
    shape, and its dtype."""
    if callable(value):
        return f"= {one_line(value.__doc__)}"
    if isinstance(value, tuple | str | int | float | None):
        return f"= {value!r}"
    if isinstance(value, dict) and len(value) > 6:
        return f"= a dict of {len(value)}"
    if isinstance(value, dict):
        texts = {key: described(each, most) for key, each in value.items()}
        each = (f"{k!r}: {re.sub('^(= |of )', '', v)}" for k, v in texts.items())
        return f"= {{{', '.join(each)}}}"
    dtype = str(value.dtype).removeprefix("torch.")
    # In a browser, NumPy's usual integers are shorter.
    usual = "float64", "int64", np.dtype(np.int_).name
    kind = "" if dtype in usual else f" of {dtype}"
    # No number takes less than three characters.
    if 0 < 3 * entries(value) <= most:
        numbers = shortened(value.tolist())
        if len(numbers) <= most:
            return f"= {numbers}{kind}"
    return f"of shape {tuple(value.shape)}{kind}"


def shortened(numbers: object) -> str:
    """Numbers in lists, with as few digits as tell them apart."""
    each = set(np.ravel(numbers).tolist())
    for digits in (6, 10, 17):
        if len({f"{number:.{digits}g}" for number in each}) == len(each):
            break
    return LONG_NUMBER.sub(lambda m: f"{float(m[0]):.{digits}g}", str(numbers))


def one_line(text: str) -> str:
    return " ".join(text.split())
