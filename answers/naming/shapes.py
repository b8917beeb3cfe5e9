"""The right numbers in another shape, reduced, or with some missing."""

import itertools

import numpy as np

from answers.grader.compare import agrees
from answers.grader.mistakes import Name
from answers.grader.trials import Case
from answers.naming.wrong_parts import ComparedPart, WrongParts, said

REDUCTIONS = {"sum": np.sum, "mean": np.mean, "maximum": np.max}


def axes_exchanged(seen: WrongParts) -> Name | None:
    """The last two axes of every wrong part are exchanged."""
    if not seen.in_arrays or min(seen.axes) < 2:
        return None
    if seen.in_numbers and seen.weight < 1:
        return None
    if not all(w.is_close(w.want.swapaxes(-1, -2)) for w in seen.wrong):
        return None
    words = "what it should be with its last two axes exchanged"
    cause = "a `.T` too many or too few, or the factors of a product exchanged"
    return said(seen, "transposed", words, cause)


def other_shape(seen: WrongParts) -> Name | None:
    """The numbers are right, and the shape is not."""
    if not seen.in_arrays or any(w.got.shape == w.want.shape for w in seen.wrong):
        return None
    if not all(agrees(w.got.ravel(), w.want.ravel(), w.case.rtol) for w in seen.wrong):
        return None
    ones = all(without_ones(w.got) == without_ones(w.want) for w in seen.wrong)
    cause = "`keepdims` or `squeeze`" if ones else "a `reshape`, `ravel` or `flatten`"
    words = "right in its numbers, and not in its shape"
    missing = f"{cause} that is missing or does not belong there"
    return said(seen, "right numbers in another shape", words, missing)


def without_ones(array: np.ndarray) -> list[int]:
    return [n for n in array.shape if n != 1]


def reduced(seen: WrongParts) -> Name | None:
    """A sum, mean or maximum is missing, or one was taken too many."""
    if not seen.in_arrays or any(w.got.dtype == bool for w in seen.wrong):
        return None
    # Of rows that are all the same, each row is the mean and the maximum.
    one_row = all(
        is_reduction(w.want, w.got, each, w)
        for w in seen.wrong
        for each in (np.min, np.max)
    )
    for name, function in REDUCTIONS.items():
        if all(is_reduction(w.got, w.want, function, w) for w in seen.wrong):
            words = f"not reduced: its {name} over an axis is what it should be"
            return said(seen, f"{name} missing", words, f"the last {name} is missing")
        if one_row:
            continue
        if all(is_reduction(w.want, w.got, function, w) for w in seen.wrong):
            words = f"the {name} over an axis of what it should be"
            cause = f"a {name} or an axis too many"
            return said(seen, f"{name} too many", words, cause)
    return None


def is_reduction(
    whole: np.ndarray, part: np.ndarray, function, w: ComparedPart
) -> bool:
    """Whether `part` is a reduction of `whole`, over one axis or all."""
    if whole.ndim <= part.ndim or not whole.size:
        return False
    for axis in (*range(whole.ndim), None):
        with np.errstate(all="ignore"):
            found = np.asarray(function(whole.astype(np.float64), axis=axis))
        if agrees(found, part, w.case.rtol):
            return True
    return False


def one_too_few(seen: WrongParts) -> Name | None:
    """An entry is missing, at the beginning or at the end."""
    if (
        not seen.in_arrays
        or min(seen.axes) < 1
        or any(w.got.ndim < 1 for w in seen.wrong)
    ):
        return None
    short = 0 if max(len(w.want) for w in seen.wrong) > 2 else 2
    for end, rest in {"beginning": np.s_[1:], "end": np.s_[:-1]}.items():
        if all(len(w.want) > short and w.is_close(w.want[rest]) for w in seen.wrong):
            words = f"right, but for an entry that is missing at the {end}"
            cause = "a slice or range one too short"
            return said(seen, "one entry too few", words, cause)
    return None


def goes_on(seen: WrongParts) -> Name | None:
    """Behind the right entries others follow, or zeros."""
    if not seen.in_arrays or any(w.got.ndim * w.want.ndim == 0 for w in seen.wrong):
        return None
    for w in seen.wrong:
        n = len(w.want)
        if not 0 < n < len(w.got) or not agrees(w.got[:n], w.want, w.case.rtol):
            return None
    zeros = not any(w.got[len(w.want) :].any() for w in seen.wrong)
    words = (
        f"what it should be, and goes on{' with zeros' if zeros else ''} behind that"
    )
    cause = "an array made for more entries than there are, or a slice that is missing"
    return said(seen, "goes on", words, cause)


def selected(seen: WrongParts) -> Name | None:
    """The result is a row of the entries that are not 0, without the others."""
    if not seen.in_arrays or all(w.got.shape == w.want.shape for w in seen.wrong):
        return None
    if not all(w.is_close(w.want[w.want != 0]) for w in seen.wrong):
        return None
    words = "made of the entries that are not 0 alone"
    cause = (
        "a mask used as an index, which drops the others; `np.where` keeps their places"
    )
    return said(seen, "zeros dropped", words, cause)


def not_joined(seen: WrongParts) -> Name | None:
    """The numbers are right, and stand in axes of their own, perhaps in another order."""
    if not seen.in_arrays or any(w.got.ndim <= w.want.ndim for w in seen.wrong):
        return None
    if max(w.got.ndim for w in seen.wrong) > 4 or seen.weight < 1:
        return None
    orders = [orders_that_join(w) for w in seen.wrong]
    if not (shared := set(orders[0]).intersection(*orders)):
        return None
    words = "right in its numbers, in too many axes: some of them should be one"
    order = min(shared)
    cause = "a `reshape` at the end that is missing"
    if order != tuple(range(len(order))):
        cause += f", after a transpose to the order {order}"
    return said(seen, "axes not joined", words, cause)


def orders_that_join(w: ComparedPart) -> list[tuple[int, ...]]:
    """The orders of the axes in which the numbers that came are, in a row, those that should."""
    orders = itertools.permutations(range(w.got.ndim))
    want = w.want.ravel()
    return [o for o in orders if agrees(w.got.transpose(o).ravel(), want, w.case.rtol)]


def axes_otherwise(seen: WrongParts) -> Name | None:
    """The result has too few axes, or too many, by the same number each time."""
    gaps = {w.want.ndim - w.got.ndim for w in seen.wrong} if seen.in_arrays else {0}
    if len(gaps) > 1 or gaps == {0}:
        return None
    gap = gaps.pop()
    few = "few" if gap > 0 else "many"
    count = "one axis" if abs(gap) == 1 else f"{abs(gap)} axes"
    cause = "a sum, mean or index over an axis that should stay"
    if gap < 0:
        cause = (
            "a sum, an argmax or an index that is missing, a `None` too many, or arrays of "
            "different numbers of axes that are broadcast"
        )
    return said(seen, f"an axis too {few}", f"an array with {count} too {few}", cause)


def zero_of_nothing(seen: WrongParts) -> Name | None:
    """The number 0 came where an argument is empty, and an array is asked for."""
    if not seen.in_arrays or 0 in seen.axes:
        return None
    if not all(w.got.ndim == 0 and w.got == 0 and is_empty(w.case) for w in seen.wrong):
        return None
    words = "the number 0, and no array, where an argument is empty"
    cause = "`sum` of nothing is 0; begin with an array of zeros"
    return said(seen, "zero of nothing", words, cause)


def is_empty(case: Case) -> bool:
    """Whether an argument holds nothing."""
    return any(0 in getattr(value, "shape", ()) for value in case.args)
