"""Relations of shape: the right numbers in another shape, reduced, or with some missing."""

import itertools

import numpy as np

from answers.grader.compare import agrees
from answers.naming.wrong_parts import Evidence, Relation, Wrong, said

REDUCTIONS = {"sum": np.sum, "mean": np.mean, "maximum": np.max}


def axes_exchanged(seen: Evidence) -> Relation | None:
    """The axes of every wrong part are in another order, the same in all."""
    if not seen.in_arrays:
        return None
    axes = {w.want.ndim for w in seen.wrong}
    if max(axes) > 4 or min(axes) < 2 or (seen.in_numbers and seen.weight < 1):
        return None
    if all(w.is_close(w.want.swapaxes(-1, -2)) for w in seen.wrong):
        cause = "a `.T` too many or too few, or the factors of a product exchanged"
        words = "what it should be with its last two axes exchanged"
        return said(seen, "transposed", words, cause)
    for order in itertools.permutations(range(max(axes))) if len(axes) == 1 else ():
        if all(w.is_close(w.want.transpose(order)) for w in seen.wrong):
            words = f"what it should be with its axes in the order {order}"
            return said(seen, "axes in another order", words, "another transpose")
    return None


def other_shape(seen: Evidence) -> Relation | None:
    """The numbers are right, and the shape is not."""
    if not seen.in_arrays or any(w.got.shape == w.want.shape for w in seen.wrong):
        return None
    if all(is_reshaped(w) for w in seen.wrong):
        ones = all(squeezed(w.got).shape == squeezed(w.want).shape for w in seen.wrong)
        words = "right in its numbers, and not in its shape"
        cause = "`keepdims`" if ones else "a `reshape`, `ravel` or `flatten`"
        missing = f"{cause} that is missing or does not belong there"
        return said(seen, "right numbers in another shape", words, missing)
    return None


def is_reshaped(w: Wrong) -> bool:
    return agrees(w.got.ravel(), w.want.ravel(), w.case.rtol)


def squeezed(array: np.ndarray) -> np.ndarray:
    return array.reshape([n for n in array.shape if n != 1])


def reduced(seen: Evidence) -> Relation | None:
    """A sum, mean or maximum is missing, or one was taken too many."""
    if not seen.in_arrays or any(w.got.dtype == bool for w in seen.wrong):
        return None
    for name, function in REDUCTIONS.items():
        if all(is_reduction(w.got, w.want, function, w.case.rtol) for w in seen.wrong):
            words = f"not reduced: its {name} over an axis is what it should be"
            return said(seen, f"{name} missing", words, f"the last {name} is missing")
        if all(is_reduction(w.want, w.got, function, w.case.rtol) for w in seen.wrong):
            words = f"the {name} over an axis of what it should be"
            return said(
                seen, f"{name} too many", words, f"a {name} or an axis too many"
            )
    return None


def is_reduction(whole: np.ndarray, part: np.ndarray, function, rtol: float) -> bool:
    """Whether `part` is a reduction of `whole`, over one axis or all."""
    if whole.ndim <= part.ndim or not whole.size:
        return False
    for axis in (*range(whole.ndim), None):
        with np.errstate(all="ignore"):
            found = np.asarray(function(whole.astype(np.float64), axis=axis))
        if agrees(found, part, rtol):
            return True
    return False


def one_too_many(seen: Evidence) -> Relation | None:
    """One entry too many or too few, at the beginning or at the end."""
    if not seen.in_arrays or any(w.want.ndim < 1 or w.got.ndim < 1 for w in seen.wrong):
        return None
    short = 0 if max(len(w.want) for w in seen.wrong) > 2 else 2
    ends = {"beginning": np.s_[1:], "end": np.s_[:-1]}
    for end, rest in ends.items():
        if all(
            len(w.want) > short and agrees(w.got, w.want[rest], w.case.rtol)
            for w in seen.wrong
        ):
            words = f"right, but for an entry that is missing at the {end}"
            return said(
                seen, "one entry too few", words, "a slice or range one too short"
            )
        if all(
            len(w.got) > short and agrees(w.got[rest], w.want, w.case.rtol)
            for w in seen.wrong
        ):
            words = f"right, but for an entry too many at the {end}"
            return said(
                seen, "one entry too many", words, "a slice or range one too long"
            )
    return None


def selected(seen: Evidence) -> Relation | None:
    """The result is a row of the entries that are not 0, without the others."""
    if not seen.in_arrays or all(w.got.shape == w.want.shape for w in seen.wrong):
        return None
    if not all(agrees(w.got, w.want[w.want != 0], w.case.rtol) for w in seen.wrong):
        return None
    words = "made of the entries that are not 0 alone"
    cause = (
        "a mask used as an index, which drops the others; `np.where` keeps their places"
    )
    return said(seen, "zeros dropped", words, cause)


def axes_missing(seen: Evidence) -> Relation | None:
    """The result has another number of axes, by the same number each time."""
    if not seen.in_arrays:
        return None
    gaps = {w.got.ndim - w.want.ndim for w in seen.wrong}
    if len(gaps) > 1 or gaps == {0}:
        return None
    gap = gaps.pop()
    many = {1: "one axis", 2: "two axes"}.get(abs(gap), f"{abs(gap)} axes")
    if gap > 0:
        words = f"an array with {many} too many"
        return said(
            seen, "an axis too many", words, "a sum, mean or index that is missing"
        )
    words = f"an array with {many} too few"
    cause = "a sum, mean or index over an axis that should stay"
    return said(seen, "an axis too few", words, cause)
