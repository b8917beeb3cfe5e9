"""Mistakes in refusing what is no distribution, which several exercises share."""

from collections.abc import Callable

import numpy as np

from answers.grader.exercise import Exercise


def add_loose_refusals(exercise: Exercise, plain: Callable) -> None:
    """Add a refusal of all rows or none, and one with too wide a tolerance.

    Args:
        plain: The right answer, which refuses nothing.
    """

    @exercise.bug(nan=(False, True))
    def one_right_row_is_enough(*arrays, axis=-1, nan=False, **others):
        """A wrong row goes through beside a right one, as it does if `.all()` asks whether the sums
        are off. Refuse if one of them is: `.any()`."""
        for p in arrays:
            off = np.abs(p.sum(axis=axis) - 1) > 1e-5
            if off.all() or (p < 0).any() or (np.isnan(p).any() and not nan):
                raise ValueError("no distribution")
        return plain(*arrays, axis=axis, **others)

    @exercise.bug
    def tolerance_too_wide(*arrays, axis=-1, **others):
        """Sums may miss 1 by far more than rounding makes them. Allow 1e-5: `np.allclose`, or
        `abs(sum - 1) <= 1e-5`."""
        for p in arrays:
            if not (p >= 0).all() or (np.abs(p.sum(axis=axis) - 1) > 1e-2).any():
                raise ValueError("no distribution")
        return plain(*arrays, axis=axis, **others)
