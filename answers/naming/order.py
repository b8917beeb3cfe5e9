"""The right numbers in another order, or only in some rows; results that are the same all over."""

import itertools
from collections.abc import Iterator

import numpy as np

from answers.grader.compare import close
from answers.grader.mistakes import Name
from answers.grader.tensors import GRADIENT
from answers.naming.wrong_parts import ComparedPart, WrongParts, said


def in_reverse(seen: WrongParts) -> Name | None:
    """The entries are right, and stand in reverse order along one axis."""
    for axis in axes_of(seen):
        if all(w.is_close(np.flip(w.want, axis)) for w in seen.wrong):
            words = f"what it should be in reverse order {along(axis)}"
            return said(seen, "reversed", words, "a sort or a loop that runs backwards")
    return None


def axes_of(seen: WrongParts) -> tuple[int, ...]:
    """The axes that all wrong parts have: the first, the last, then those between."""
    if not seen.in_numbers or seen.weight < 2 or min(seen.axes) < 1:
        return ()
    between = range(1, min(seen.axes) - 1) if len(seen.axes) == 1 else ()
    return (0, -1, *between)


def moved(seen: WrongParts) -> Name | None:
    """The entries are right, and stand in another order along one axis."""
    axes = axes_of(seen)
    for axis in axes:
        if all(same_rows(w.got, w.want, axis) for w in seen.wrong):
            return said_of_another_order(seen, axis)
    # Each row may have an order of its own, as a sort gives it.
    if (
        axes
        and seen.kinds == {"f"}
        and all(same_entries(w.got, w.want) for w in seen.wrong)
    ):
        return said_of_another_order(seen, -1)
    return None


def said_of_another_order(seen: WrongParts, axis: int) -> Name:
    words = f"right in its entries, and not in their order {along(axis)}"
    cause = (
        "a sort that is not undone, an index into another order, or pieces put together in "
        "another order"
    )
    return said(seen, "in another order", words, cause)


def read_otherwise(seen: WrongParts) -> Name | None:
    """The entries are right, and are read with the axes in another order than they are written."""
    if (
        not seen.in_numbers
        or seen.weight < 2
        or min(seen.axes) < 2
        or max(seen.axes) > 4
    ):
        return None
    orders = [order_of_axes(w) for w in seen.wrong]
    # With axes of equal length this is a transpose.
    if None in orders or all(
        w.want.transpose(order).shape == w.want.shape
        for w, order in zip(seen.wrong, orders, strict=True)
    ):
        return None
    words = (
        "right in its entries, which are read in another order than they are written"
    )
    cause = 'a `reshape` where a transpose belongs, one before the other, or `order="F"` once'
    return said(seen, "read in another order", words, cause)


def order_of_axes(w: ComparedPart) -> tuple[int, ...] | None:
    """The order of the axes in which the entries that should come are those that came."""
    _, *others = itertools.permutations(range(w.want.ndim))
    return next(
        (o for o in others if w.is_close(w.want.transpose(o).reshape(w.want.shape))),
        None,
    )


def along(axis: int) -> str:
    return "along the last axis" if axis == -1 else f"along axis {axis}"


def same_rows(got: np.ndarray, want: np.ndarray, axis: int) -> bool:
    """Whether the same rows along an axis stand in both, in another order."""
    pairs = []
    for array in (got, want):
        rows = np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1)
        pairs.append(rows.astype(np.float64).round(8))
    # A small error is rounded away: then the rows stand where they should.
    if np.array_equal(*pairs, equal_nan=True):
        return False
    pairs = [rows[np.lexsort(rows.T[::-1])] if rows.size else rows for rows in pairs]
    return np.array_equal(*pairs, equal_nan=True)


def same_entries(got: np.ndarray, want: np.ndarray) -> bool:
    """Whether each row holds the same entries along the last axis, and some in another order."""
    pair = [array.astype(np.float64).round(8) for array in (got, want)]
    if np.array_equal(*pair, equal_nan=True):
        return False
    return np.array_equal(*(np.sort(each) for each in pair), equal_nan=True)


def constant(seen: WrongParts) -> Name | None:
    """All entries are the same, and should differ."""
    if not seen.in_numbers or not seen.finite or min(seen.axes) < 1 or seen.weight < 1:
        return None
    if not all(differs(w.want) and not differs(w.got) for w in seen.wrong):
        return None
    firsts = {float(w.got.flat[0]) for w in seen.wrong}
    number = f"{min(firsts) + 0:.6g}" if len(firsts) == 1 else "one number"
    words = f"{number} in every entry, where the entries should differ"
    cause = "one result is computed for all, or what tells them apart is left out"
    if firsts == {0.0}:
        cause = "an array that is never filled, or whose result is lost"
        if all(w.name.startswith(GRADIENT) for w in seen.wrong):
            cause = "it is cut off from the graph, by `detach`, `no_grad` or `.item()`"
            return said(seen, "cut off from the graph", words, cause)
    return said(seen, "the same everywhere", words, cause)


def differs(array: np.ndarray) -> bool:
    return array.size > 1 and np.isfinite(array).all() and np.ptp(1.0 * array) > 0


def some_rows(seen: WrongParts) -> Name | None:
    """Only the first row is right, or only the first or the last is wrong; the same for columns."""
    return next(of_rows(seen), None) if seen.weight >= 2 else None


def one_row_wrong(seen: WrongParts) -> Name | None:
    """Only the first row or the last is wrong; the same for columns. Of True and False even one
    place tells that: all others are right."""
    wrong = (each for each in of_rows(seen) if each.name.startswith("wrong_only"))
    return next(wrong, None)


def turned(seen: WrongParts) -> Name | None:
    """The entries are right in size, and some have the other sign."""
    if not seen.in_numbers or not seen.finite or seen.weight < 2:
        return None
    # Of labels, which are -1 and 1, the other one has the other sign.
    few = len(np.unique(np.abs(seen.wants).round(9))) < 3
    if few or not all(
        close(np.abs(w.got), np.abs(w.want), w.case.rtol).all() for w in seen.wrong
    ):
        return None
    cause = "a sign that is lost, or is set by another rule"
    return said(seen, "some signs", "right in size, and in some signs wrong", cause)


def of_rows(seen: WrongParts) -> Iterator[Name]:
    """What is so of some rows or columns only, in every wrong part."""
    # A filter of logits gives -inf: what is right need not be finite.
    if not seen.in_numbers or min(seen.axes) < 1 or not np.isfinite(seen.gots).all():
        return
    if len(seen.cases) < 2:
        return
    most = max(seen.axes)
    for axis in range(most) if len(seen.axes) == 1 else (0, -1):
        rows = [right_rows(w.right, axis) for w in seen.wrong]
        # Three rows are needed to tell the first, the last and the others apart, and two cases.
        if max(map(len, rows)) < 3 or sum(len(r) > 1 for r in rows) < 2:
            continue
        entry = f"entry {along(axis)}" if axis else "entry"
        if most == 2:
            entry = "column" if axis else "row"
        # Where three rows or more are right in another case, it is not the first that matters.
        spared = any(
            -part.want.ndim <= axis < part.want.ndim and part.want.shape[axis] > 2
            for part in seen.right_elsewhere
        )
        if not spared and all(r[0] and not r[1:].any() for r in rows):
            cause = (
                "a result for one example, a `return` inside the loop, or what an entry takes from "
                "the entries before it"
            )
            if axis:
                cause = "what a place takes from those before it, or after it, is wrong"
            words = f"right in its first {entry} only"
            yield said(seen, f"right only in the first {entry}", words, cause)
        if all(not r[-1] and r[:-1].all() for r in rows):
            words = f"wrong in its last {entry} only"
            cause = "a loop or slice that ends early, or how that entry is made"
            yield said(seen, f"wrong only in the last {entry}", words, cause)
        # A number in the first row may be a sum over all others.
        if seen.kinds == {"b"} and all(not r[0] and r[1:].all() for r in rows):
            words = f"wrong in its first {entry} only"
            cause = "a loop or slice that begins late, or how that entry is made"
            yield said(seen, f"wrong only in the first {entry}", words, cause)


def right_rows(right: np.ndarray, axis: int) -> np.ndarray:
    """Which rows, or columns, are right as a whole."""
    return np.moveaxis(right, axis, 0).reshape(right.shape[axis], -1).all(axis=1)


def on_the_diagonal(seen: WrongParts) -> Name | None:
    """All that is wrong stands on the diagonal."""
    if not seen.in_numbers or not seen.finite or min(seen.axes) < 2:
        return None
    shapes = {w.want.shape[-2:] for w in seen.wrong}
    square = all(rows == columns for rows, columns in shapes)
    if not square or max(shapes) < (3,) or seen.weight < 2 or len(seen.cases) < 2:
        return None
    if not all(
        w.right[..., ~np.eye(len(w.right.T), dtype=bool)].all() for w in seen.wrong
    ):
        return None
    words = "wrong only on the diagonal"
    return said(seen, words, words, "the case i = j, which is decided otherwise")


def normalised_otherwise(seen: WrongParts) -> Name | None:
    """Where numbers should sum to 1 along an axis, they do so along another, or along none."""
    # The sum of integers, such as indices, is 1 by chance.
    if not seen.in_numbers or min(seen.axes) < 1 or seen.kinds != {"f"}:
        return None
    for w in seen.wrong:
        axes = axes_of_sum_1(w.want)
        if max(w.want.shape) < 2 or (w.got < 0).any() or np.isnan(w.got).any():
            return None
        if not axes or axes & axes_of_sum_1(w.got):
            return None
    words = "not of sum 1 along the axis where it should be"
    cause = "the division by the sum runs along another axis, or is missing"
    return said(seen, "sum is not 1", words, cause)


def axes_of_sum_1(array: np.ndarray) -> set[int]:
    """The axes along which all sums are 1."""
    totals = ((axis, array.sum(axis=axis)) for axis in range(array.ndim))
    return {axis for axis, total in totals if np.allclose(total, 1, atol=1e-6, rtol=0)}
