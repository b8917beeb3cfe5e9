"""Relations of order: the right numbers at other places, or only in some of them."""

import numpy as np

from answers.grader.compare import agrees
from answers.grader.tensors import GRADIENT
from answers.naming.wrong_parts import Evidence, Relation, Wrong, said

SUMS_TO_1 = "the division by the sum runs along another axis, or is missing"


def moved(seen: Evidence) -> Relation | None:
    """The entries are right, and stand at other places along one axis."""
    if (
        not seen.in_numbers
        or seen.weight < 2
        or min(w.want.ndim for w in seen.wrong) < 1
    ):
        return None
    for axis in common_axes(seen):
        rows = rows_along(seen, axis)
        along = f"along {axis_name(axis)}"
        if all(agrees(g, w[::-1], rtol) for g, w, rtol in rows):
            words = f"what it should be in reverse order {along}"
            return said(seen, "reversed", words, "a sort or a loop that runs backwards")
        for step, way in ((1, "later"), (-1, "earlier")):
            if all(len(w) > 2 and shifted(g, w, step, rtol) for g, w, rtol in rows):
                words = f"what it should be one place {way}, {along}"
                cause = (
                    "a shift by one too many or too few, or an index that starts at 1"
                )
                return said(seen, "shifted by one", words, cause)
    for axis in common_axes(seen):
        if all(same_rows(g, w) for g, w, _ in rows_along(seen, axis)):
            words = (
                f"right in its entries, and not in their order along {axis_name(axis)}"
            )
            cause = (
                "a sort that is not undone, an index into another order, or pieces put together "
                "in another order"
            )
            return said(seen, "in another order", words, cause)
    return None


def common_axes(seen: Evidence) -> list[int]:
    """The axes that all wrong parts have: the first, the last, then those between."""
    ndim = {w.want.ndim for w in seen.wrong}
    return [0, -1, *(range(1, min(ndim) - 1) if len(ndim) == 1 else ())]


def rows_along(seen: Evidence, axis: int) -> list[tuple]:
    """Of each wrong part what came and what should have, that axis first; and how exactly."""
    return [
        (np.moveaxis(w.got, axis, 0), np.moveaxis(w.want, axis, 0), w.case.rtol)
        for w in seen.wrong
    ]


def axis_name(axis: int) -> str:
    return "the last axis" if axis == -1 else f"axis {axis}"


def shifted(got: np.ndarray, want: np.ndarray, step: int, rtol: float) -> bool:
    """Whether `got` is `want` moved by `step`, whatever fills the gap."""
    ours, theirs = (want[:-1], got[1:]) if step > 0 else (want[1:], got[:-1])
    return len(np.unique(ours)) > 1 and agrees(theirs, ours, rtol)


def same_rows(got: np.ndarray, want: np.ndarray) -> bool:
    """Whether the same rows stand in both, in some order."""
    pairs = []
    for array in (got, want):
        rows = array.reshape(len(array), -1).astype(np.float64).round(8)
        pairs.append(rows[np.lexsort(rows.T[::-1])] if rows.size else rows)
    return np.array_equal(*pairs, equal_nan=True)


def constant(seen: Evidence) -> Relation | None:
    """All entries, or all rows, are the same, and should differ."""
    if not seen.in_numbers or min(w.want.ndim for w in seen.wrong) < 1:
        return None
    if seen.weight < 1 or not all(differs(w.want) for w in seen.wrong):
        return None
    if not all(np.isfinite(w.got).all() for w in seen.wrong):
        return None
    firsts = {float(w.got.flat[0]) for w in seen.wrong}
    if not any(differs(w.got) for w in seen.wrong):
        number = f"{min(firsts) + 0:.6g}" if len(firsts) == 1 else "one number"
        words = f"{number} in every entry, where the entries should differ"
        zero = firsts == {0.0}
        if zero and all(w.name.startswith(GRADIENT) for w in seen.wrong):
            cause = "it is cut off from the graph, by `detach`, `no_grad` or `.item()`"
            return said(seen, "cut off from the graph", words, cause)
        cause = "one result is computed for all, or what tells them apart is left out"
        cause = (
            "an array that is never filled, or whose result is lost" if zero else cause
        )
        return said(seen, "the same everywhere", words, cause)
    if all(
        w.want.ndim > 1
        and len(w.want) > 1
        and agrees(w.got, w.got[:1] + 0 * w.got, 1e-12)
        for w in seen.wrong
    ) and any(differs_by_row(w.want) for w in seen.wrong):
        words = "the same in every row, where the rows should differ"
        cause = "one result is computed for the whole batch"
        return said(seen, "one result for all rows", words, cause)
    return None


def differs(array: np.ndarray) -> bool:
    return (
        array.size > 1 and np.isfinite(array).all() and np.ptp(array.astype(float)) > 0
    )


def differs_by_row(array: np.ndarray) -> bool:
    return not np.allclose(array, array[:1])


def some_rows(seen: Evidence) -> Relation | None:
    """Only the first row is right, or all but the first or the last; the same for columns."""
    if (
        not seen.in_numbers
        or seen.weight < 2
        or min(w.want.ndim for w in seen.wrong) < 1
        or len(seen.cases) < 2
    ):
        return None
    axes = {w.want.ndim for w in seen.wrong}
    if not all(np.isfinite(w.got).all() for w in seen.wrong):
        return None
    for axis in range(max(axes)) if len(axes) == 1 else (0, -1):
        rows = [lines(w.right, axis) for w in seen.wrong]
        # Three rows are needed to tell the first, the last and the others apart, and two cases.
        if max(map(len, rows)) < 3 or sum(len(r) > 1 for r in rows) < 2:
            continue
        entry = "entry" if axis == 0 else f"entry along axis {axis}"
        if max(axes) == 2:
            entry = "column" if axis else "row"
        elif axis == -1:
            entry = "entry along the last axis"
        for place, end, cause in (
            (0, "first", "a result for one example, or a `return` inside the loop"),
            (
                -1,
                "last",
                "what should be added up is overwritten, or what comes later is used",
            ),
        ):
            if axis:
                cause = "what a place takes from those before it, or after it, is wrong"
            alone = all(r[place] and not np.delete(r, place).any() for r in rows)
            if alone and not is_spared(seen, axis):
                words = f"right in its {end} {entry} only"
                return said(seen, f"right only in the {end} {entry}", words, cause)
        for place, end, cause in (
            (-1, "last", "a loop or slice that ends early, or how that entry is made"),
            (0, "first", "a loop that starts at 1, or a start value that is wrong"),
        ):
            if all(not r[place] and np.delete(r, place).all() for r in rows):
                words = f"wrong in its {end} {entry} only"
                return said(seen, f"wrong only in the {end} {entry}", words, cause)
    return on_the_diagonal(seen)


def is_spared(seen: Evidence, axis: int) -> bool:
    """Whether a part of that name is right that has three entries or more along the axis."""
    names = {w.name for w in seen.wrong}
    return any(
        w.name in names
        and -w.want.ndim <= axis < w.want.ndim
        and w.want.shape[axis] > 2
        for w in seen.right
    )


def lines(right: np.ndarray, axis: int) -> np.ndarray:
    """Which rows, or columns, are right as a whole."""
    return np.moveaxis(right, axis, 0).reshape(right.shape[axis], -1).all(axis=1)


def on_the_diagonal(seen: Evidence) -> Relation | None:
    """What is wrong stands on the diagonal, or beside it."""
    shapes = [w.want.shape[-2:] for w in seen.wrong if w.want.ndim > 1]
    if len(shapes) < len(seen.wrong) or max(shapes) < (3,):
        return None
    if any(rows != columns for rows, columns in shapes):
        return None
    for where in ("on", "off"):
        for w, shape in zip(seen.wrong, shapes, strict=True):
            there = np.broadcast_to(np.eye(*shape, dtype=bool), w.right.shape)
            there = there if where == "on" else ~there
            if w.right[there].all() or not w.right[~there].all():
                break
        else:
            words = f"wrong only {where} the diagonal"
            cause = "the case i = j, which is decided otherwise"
            return said(seen, f"wrong only {where} the diagonal", words, cause)
    return None


def normalised_otherwise(seen: Evidence) -> Relation | None:
    """What should sum to 1 along an axis does so along another, or along none."""
    if not seen.in_numbers or min(w.want.ndim for w in seen.wrong) < 1:
        return None
    # The sum of integers, such as indices, is 1 by chance.
    if any(w.want.dtype.kind != "f" for w in seen.wrong):
        return None
    along = [axes_of_sum_1(w.want) for w in seen.wrong]
    came = [axes_of_sum_1(w.got) for w in seen.wrong]
    shares = all(max(w.want.shape) > 1 and (w.got >= 0).all() for w in seen.wrong)
    pairs = zip(along, came, strict=True)
    if not shares or not all(axes and not axes & found for axes, found in pairs):
        return None
    words = "not of sum 1 along the axis where it should be"
    return said(seen, "sum is not 1", words, SUMS_TO_1)


def axes_of_sum_1(array: np.ndarray) -> set[int]:
    """The axes along which all sums are 1."""
    totals = ((axis, array.sum(axis=axis)) for axis in range(array.ndim))
    return {axis for axis, total in totals if np.allclose(total, 1, atol=1e-6, rtol=0)}


def factors_by_row(seen: Evidence) -> Relation | None:
    """Each row, or each column, is its own multiple of the right one."""
    if not seen.in_numbers or min(w.want.ndim for w in seen.wrong) < 2:
        return None
    if len(seen.cases) < 2:
        return None
    for axis, along, name in ((-1, -2, "row"), (-2, -1, "column")):
        scaled = all(has_factors(w, axis) for w in seen.wrong)
        if scaled and not is_spared(seen, along):
            words = (
                f"a multiple of what it should be, with another factor in each {name}"
            )
            cause = f"each {name} is divided by another number, or by none"
            return said(seen, f"a factor for each {name}", words, cause)
    return None


def has_factors(w: Wrong, axis: int) -> bool:
    if w.want.shape[axis] < 2 or not np.isfinite(w.got).all() or (w.want == 0).any():
        return False
    ratios = w.got.astype(np.float64) / w.want
    first = ratios.take([0], axis=axis)
    # A row that is 0, or right, was not scaled.
    if np.isclose(first, 0).any() or np.isclose(first, 1, rtol=1e-9).any():
        return False
    return np.ptp(first) > 1e-3 and np.allclose(ratios, first, rtol=1e-5)
