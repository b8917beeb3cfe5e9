"""What came and what was expected: do they agree, and if not, how does one say it?"""

import itertools
from typing import NamedTuple

import numpy as np

from answers.grader.parts import Complaint, Exact, Part, overflowed, parts_of_entry

SHOULD_RAISE = "; it should raise ValueError"


class Difference(NamedTuple):
    """How a part differs, as a sentence that goes on from the part's name, and in pieces."""

    sentence: str
    expected: str | None = None
    got: str | None = None
    index: tuple[int, ...] | None = None


def right_in_another_order(
    value: object, like: object, names: tuple[str, ...], rtol: float
) -> str | None:
    """The order in which the entries of `value` are right, or None."""
    count = len(names)
    several = isinstance(value, tuple | list) and isinstance(like, tuple)
    if count == 1 or not several or len(value) != count:
        return None
    places = zip(like, names, strict=True)
    fits = [[taken_as(each, *place, rtol) for each in value] for place in places]
    for order in itertools.permutations(range(count)):
        if all(fits[place][i] for place, i in enumerate(order)):
            came = sorted(range(count), key=order.__getitem__)
            return f"({', '.join(names[i] for i in came)})"
    return None


def taken_as(value: object, like: object, name: str, rtol: float) -> bool:
    """Whether one entry of a result is right as the entry `like`."""
    parts, want = (parts_of_entry(each, like, name) for each in (value, like))
    return all(agrees(parts[key], want[key], rtol) for key in want)


def under_other_names(
    parts: dict[str, Part], want: dict[str, Part], wrong: list[str], rtol: float
) -> dict[str, str]:
    """Which part each wrong one is, if they are right under each other's names."""
    found = {
        name: next(
            (each for each in wrong if agrees(parts[name], want[each], rtol)), ""
        )
        for name in wrong
    }
    return found if set(found.values()) == set(wrong) else {}


def agrees(got: Part, want: Part, rtol: float) -> bool:
    """Whether a part is right: shape and numbers, not the dtype."""
    if isinstance(got, np.ndarray) and isinstance(want, np.ndarray):
        return got.shape == want.shape and bool(close(got, want, rtol).all())
    return type(got) is type(want) and got == want


def alike(got: Part, bug: Part, rtol: float, want: Part | None = None) -> bool:
    """Whether a part went wrong as a bug's did. If a number overflows, inf and nan are alike, but
    not inf and -inf, and neither where `want` is infinite."""
    if isinstance(got, np.ndarray) and isinstance(bug, np.ndarray):
        if got.shape != bug.shape:
            return False
        odd = ~np.isfinite(got) & ~np.isfinite(bug) & (np.isnan(got) | np.isnan(bug))
        if isinstance(want, np.ndarray) and want.shape == got.shape:
            odd &= ~np.isinf(want)
        return bool((odd | close(got, bug, rtol)).all())
    if isinstance(bug, np.ndarray) and overflowed(got):
        return not np.isfinite(bug).all()
    if isinstance(got, Complaint) and isinstance(bug, Complaint):
        # NumPy raises ValueError by accident, too: two such errors must be of one kind.
        return got == bug and (bug.on_purpose or got.accident == bug.accident)
    return agrees(got, bug, rtol)


def close(got: np.ndarray, want: np.ndarray, rtol: float) -> np.ndarray:
    """Where the entries agree; an array of the same shape.

    As `np.isclose` with `equal_nan`, which takes longer for few entries.
    """
    if got.dtype == want.dtype == bool:  # a large mask is soon compared so
        return np.asarray(got == want)
    got = got.astype(np.float64)
    with np.errstate(all="ignore"):
        near = np.abs(got - want) <= rtol / 100 + rtol * np.abs(want)
    nan = (got != got) & (want != want)
    return np.asarray(near & np.isfinite(want) | (got == want) | nan)


def difference(got: np.ndarray | Exact, want: Part, rtol: float) -> Difference:
    """How `got` differs from `want`; they do not agree."""
    if isinstance(got, Exact):
        if isinstance(want, Complaint):
            sentence = f"is {got.text}{SHOULD_RAISE}"
            return Difference(sentence, "a ValueError", got.text)
        sentence = f"should be {want.text}, but is {got.text}"
        return Difference(sentence, want.text, got.text)
    if got.shape != want.shape:
        return difference_of_shape(got, want, rtol)
    wrong = ~close(got, want, rtol)
    # In float64: as int8, -128 - 127 would be 1.
    with np.errstate(invalid="ignore"):  # inf - inf
        apart = np.abs(got.astype(np.float64) - want)
    gap = np.where(wrong, np.nan_to_num(apart, nan=np.inf), 0)
    # The first of those that are equally far off: which is largest by a rounding error differs
    # between processors.
    worst = gap >= gap.max() * (1 - 1e-9)
    at = tuple(map(int, np.unravel_index(worst.argmax(), gap.shape)))
    expected, came = texts(want[at], got[at])
    where = f"at index {at[0] if len(at) == 1 else at}, " if at else ""
    sentence = f"{note(got, want, wrong, rtol)}: {where}expected {expected}, got {came}"
    return Difference(sentence, expected, came, at or None)


def difference_of_shape(got: np.ndarray, want: np.ndarray, rtol: float) -> Difference:
    """How the shape differs, and whether the numbers would be right in the other shape."""
    expected, came, advice = f"shape {want.shape}", f"shape {got.shape}", ""
    should = f"have {expected}" if want.ndim else "be one number"
    but = f"has {came}" if got.ndim else "is a single number"
    if got.ndim == want.ndim and agrees(got.T, want, rtol):
        advice = "; it is the transpose of the right one"
    elif got.size == want.size and agrees(got.reshape(want.shape), want, rtol):
        advice = "; the numbers are right"
    elif want.ndim == 0:
        advice = "; is a sum or a mean missing?"
    return Difference(f"should {should}, but {but}{advice}", expected, came)


def note(got: np.ndarray, want: np.ndarray, wrong: np.ndarray, rtol: float) -> str:
    """What is wrong with the array as a whole, if that can be said; else in how many entries."""
    kinds = got.dtype.kind + want.dtype.kind
    if kinds == "bb" and wrong.size > 1 and wrong.all():
        return "is the opposite of what it should be, in every entry"
    if kinds in ("bf", "bi", "bu"):
        return "is an array of True and False, not of numbers"
    if kinds in ("if", "uf") and cut_off(got[wrong], want[wrong]):
        return f"is an array of integers ({got.dtype}), which hold no fractions; compute in floats"
    coarse = kinds[0] == "f" and np.finfo(got.dtype).eps > rtol
    if coarse and np.allclose(got, want, rtol=1e-3):
        return (
            f"is {got.dtype}, which is too coarse for these inputs; compute in float64"
        )
    if (factor := factor_between(got, want)) is not None:
        return f"is {times(factor)} what it should be, in every entry"
    return (
        f"is wrong in {wrong.sum()} of {wrong.size} entries"
        if wrong.size > 1
        else "is wrong"
    )


def cut_off(got: np.ndarray, want: np.ndarray) -> bool:
    """Whether integers lack nothing but the fractions of the numbers that they should be."""
    apart = np.abs(got.astype(np.float64) - want)
    return bool(((apart > 0) & (apart < 1) & (want != np.rint(want))).all())


def factor_between(got: np.ndarray, want: np.ndarray) -> float | None:
    """The c with got = c · want, if one number explains two entries or more."""
    used = want != 0
    if used.sum() < 2 or not np.isfinite(got).all() or (got[~used] != 0).any():
        return None
    ratios = got[used] / want[used]
    c = round(float(np.median(ratios)), 12)
    known = abs(c) > 1e-6 < abs(c - 1) and np.allclose(ratios, c, rtol=1e-5)
    return c if known else None


def times(factor: float) -> str:
    """The factor in words that go before "what it should be"."""
    if factor == -1:
        return "the negative of"
    parts = round(1 / factor)
    part = parts > 1 and abs(parts * factor - 1) < 1e-5
    return f"1/{parts} of" if part else f"{factor:.6g} times"


def texts(*entries: np.generic) -> list[str]:
    """The numbers with as few digits as tell them apart; True and False as they are."""
    for digits in (6, 10, 17):
        # Adding 0 makes 0 of -0.
        shown = [
            str(entry) if entry.dtype.kind == "b" else f"{float(entry) + 0:.{digits}g}"
            for entry in entries
        ]
        if len(set(shown)) == len(shown):
            break
    return shown
