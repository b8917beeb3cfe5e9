"""What came and what was expected: do they agree, and if not, how does one say it?"""

import itertools
from typing import NamedTuple

import numpy as np

from answers.practice.parts import ARITHMETIC, Complaint, Exact, parts_of


class Difference(NamedTuple):
    """How a part differs, as a sentence that goes on from the part's name, and in pieces."""

    sentence: str
    expected: str | None = None
    got: str | None = None
    index: tuple[int, ...] | None = None


def right_in_another_order(
    value: object, like: tuple, names: tuple, rtol: float
) -> str | None:
    """The order in which the entries of `value` are right, or None."""
    if (
        len(names) == 1
        or not isinstance(value, tuple | list)
        or len(value) != len(like)
    ):
        return None
    expected = parts_of(like, like, names)
    for order in itertools.permutations(range(len(like))):
        parts = parts_of([value[i] for i in order], like, names)
        if all(agrees(parts[name], expected[name], rtol) for name in expected):
            came = sorted(range(len(like)), key=order.__getitem__)
            return f"({', '.join(names[i] for i in came)})"
    return None


def agrees(
    got: np.ndarray | Exact | Complaint,
    want: np.ndarray | Exact | Complaint,
    rtol: float,
) -> bool:
    """Whether a part is right: shape and numbers, not the dtype."""
    if not isinstance(want, np.ndarray):
        return got == want
    if isinstance(got, Complaint) or got.shape != want.shape:
        return False
    return bool(close(got, want, rtol).all())


def alike(
    got: np.ndarray | Exact | Complaint,
    bug: np.ndarray | Exact | Complaint,
    rtol: float,
) -> bool:
    """Whether a part went wrong as a bug's did. Where one overflows, inf and nan are one."""
    if isinstance(got, Exact) or isinstance(bug, Exact):
        return got == bug
    if isinstance(got, Complaint):
        if got.kind == ARITHMETIC and isinstance(bug, np.ndarray):
            return not np.isfinite(bug).all()
        return isinstance(bug, Complaint) and got == bug
    if isinstance(bug, Complaint) or got.shape != bug.shape:
        return False
    got, bug = (np.where(np.isfinite(a), a, np.nan) for a in (got, bug))
    return bool(close(got, bug, rtol).all())


def close(got: np.ndarray, want: np.ndarray, rtol: float) -> np.ndarray:
    """Where the entries agree; an array of the same shape."""
    got = got.astype(np.float64)
    return np.asarray(np.isclose(got, want, rtol=rtol, atol=rtol / 100, equal_nan=True))


def difference(
    got: np.ndarray | Exact, want: np.ndarray | Exact | Complaint, rtol: float
) -> Difference:
    """How `got` differs from `want`; they do not agree."""
    if isinstance(got, Exact):
        if isinstance(want, Complaint):
            sentence = f"is {got.text}; it should raise ValueError"
            return Difference(sentence, "a ValueError", got.text)
        return Difference(
            f"should be {want.text}, but is {got.text}", want.text, got.text
        )
    if got.shape != want.shape:
        return difference_of_shape(got, want, rtol)
    if want.dtype.kind == "b":
        return difference_of_mask(got, want, rtol)
    if got.dtype.kind == "b":
        note = "is an array of True and False, not of numbers"
    elif got.dtype.kind in "iu" and want.dtype.kind == "f":
        note = f"is an array of integers ({got.dtype}), which hold no fractions; compute in floats"
    elif coarser(got.dtype, rtol) and np.allclose(got, want, rtol=1e-3):
        note = (
            f"is {got.dtype}, which is too coarse for these inputs; compute in float64"
        )
    elif (factor := factor_between(got, want)) is not None:
        note = f"is {times(factor)} what it should be, in every entry"
    elif got.size == 1:
        note = "is wrong"
    else:
        wrong = int((~close(got, want, rtol)).sum())
        note = f"is wrong in {wrong} of {got.size} entries"
    apart = np.abs(got.astype(np.float64) - want)  # as int8, -128 - 127 is 1
    gap = np.where(close(got, want, rtol), 0, np.nan_to_num(apart, nan=np.inf))
    # The first of those that are equally far off: which is largest by a rounding error differs
    # between processors.
    worst = gap >= gap.max() * (1 - 1e-9)
    at = tuple(map(int, np.unravel_index(worst.argmax(), gap.shape)))
    expected, came = texts(want[at], got[at])
    where = f"at index {at[0] if len(at) == 1 else at}, " if at else ""
    return Difference(
        f"{note}: {where}expected {expected}, got {came}", expected, came, at or None
    )


def coarser(dtype: np.dtype, rtol: float) -> bool:
    """Whether floats of this type have larger steps than `rtol`."""
    return dtype.kind == "f" and np.finfo(dtype).eps > rtol


def difference_of_shape(got: np.ndarray, want: np.ndarray, rtol: float) -> Difference:
    """How the shape differs, and whether the numbers would be right in the other shape."""
    expected, came = f"shape {want.shape}", f"shape {got.shape}"
    if want.ndim == 0:
        sentence = f"should be one number, but has {came}"
        advice = "; is a sum or a mean missing?"
    elif got.ndim == 0:
        sentence, advice = f"should have {expected}, but is a single number", ""
    else:
        sentence, advice = f"should have {expected}, but has {came}", ""
    if got.ndim == want.ndim and agrees(got.T, want, rtol):
        advice = "; it is the transpose of the right one"
    elif got.size == want.size and agrees(got.reshape(want.shape), want, rtol):
        advice = "; the numbers are right"
    return Difference(sentence + advice, expected, came)


def difference_of_mask(got: np.ndarray, want: np.ndarray, rtol: float) -> Difference:
    """How an array differs from one of True and False."""
    wrong = ~close(got, want, rtol)
    at = tuple(np.argwhere(wrong)[0].tolist())
    expected = str(want[at])
    came = str(got[at]) if got.dtype.kind == "b" else texts(got[at])[0]
    note = f"is wrong in {wrong.sum()} of {wrong.size} entries"
    if got.dtype.kind == "b" and wrong.size > 1 and wrong.all():
        note = "is the opposite of what it should be, in every entry"
    where = f"at index {at[0] if len(at) == 1 else at}, "
    sentence = f"{note}: {where}expected {expected}, got {came}"
    return Difference(sentence, expected, came, at)


def factor_between(got: np.ndarray, want: np.ndarray) -> float | None:
    """The c with got = c · want, if one number explains two entries or more."""
    used = want != 0
    if used.sum() < 2 or not np.isfinite(got).all() or (got[~used] != 0).any():
        return None
    ratios = got[used] / want[used]
    c = round(float(np.median(ratios)), 12)
    return (
        c if abs(c) > 1e-6 < abs(c - 1) and np.allclose(ratios, c, rtol=1e-5) else None
    )


def times(factor: float) -> str:
    """The factor in words that go before "what it should be"."""
    if factor == -1:
        return "the negative of"
    parts = round(1 / factor)
    return (
        f"1/{parts} of"
        if parts > 1 and abs(parts * factor - 1) < 1e-5
        else f"{factor:.6g} times"
    )


def texts(*numbers: np.generic) -> list[str]:
    """The numbers with as few digits as tell them apart."""
    for digits in (6, 10, 17):
        shown = [
            f"{float(number) + 0.0:.{digits}g}" for number in numbers
        ]  # + 0.0: no "-0"
        if len(set(shown)) == len(shown):
            break
    return shown
