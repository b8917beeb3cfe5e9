"""Right answers of every exercise pass, however odd the arrays and numbers are that they return."""

import collections

import numpy as np
import pytest

from answers.grader import catalog
from answers.grader.parts import RESULT

NAMES = catalog.names()


def every_other(array):
    """The array as every other entry of one twice as long."""
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def in_float64(array):
    return array.astype(np.float64) if array.dtype.kind == "f" else array


ODD = {
    "in Fortran order": lambda a: np.array(a, order="F"),
    "a view with gaps": every_other,
    "read-only": read_only,
    "always float64": in_float64,
    "of the other byte order": lambda a: a.astype(a.dtype.newbyteorder()),
    "with a class of its own": lambda a: a.view(type("Array", (np.ndarray,), {})),
}


def oddly(result, change, several):
    """The same numbers in arrays that were changed; lists and other dicts for tuples and dicts."""
    if isinstance(result, dict):
        return collections.OrderedDict((k, oddly(v, change, False)) for k, v in result.items())
    if isinstance(result, tuple) and several:
        return [oddly(part, change, False) for part in result]
    if isinstance(result, np.ndarray | np.generic):
        # A number becomes an array without axes.
        return change(np.asarray(result))
    return result


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ODD)
def test_a_right_answer_passes_in_odd_arrays(name, way):
    exercise = catalog.load(name)

    def odd(*args, **kwargs):
        result = exercise.reference(*args, **kwargs)
        return oddly(result, ODD[way], exercise.returns != (RESULT,))

    report = exercise.run(odd)
    assert report.passed, (
        f"answers/exercises/{name}.py: its own answer does not pass {way}: {report.failures[0]}"
    )
    assert report.notes == ()


def last_row_changed(array):
    array = array.copy()
    array[-1] = array[-1] / 2 + 0.25
    return array


CHANGED = {
    "rounded": lambda a: a.round(4),
    "of float32's digits": lambda a: a.astype(np.float32).astype(a.dtype),
    "off by 1e-5": lambda a: a * (1 + 1e-5),
    "with 1e-5 added": lambda a: a + 1e-5,
    "negative": lambda a: -a,
    "without signs": np.abs,
    "cut off": lambda a: np.clip(a, -2, 2),
    "reversed": lambda a: a[::-1] if a.ndim else a,
    "wrong in the last row": lambda a: last_row_changed(a) if a.size and a.ndim else a,
    "with an axis more": lambda a: a[None],
}
# Where these are within the tolerance: a difference quotient, thousands of factors, and angles that
# may be computed in float32.
NEAR = {
    ("numerical_gradient", "off by 1e-5"),
    ("numerical_gradient", "of float32's digits"),
    ("dawid_skene", "of float32's digits"),
    ("rotate", "off by 1e-5"),
    ("rotate", "of float32's digits"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_answer_fails_and_most_changes_have_a_name(name):
    """Every change that changes a number in some case; the exercise's own bugs may explain it."""
    exercise, told = catalog.load(name), []
    for way, change in CHANGED.items():
        differs = []

        def changed(*args, change=change, differs=differs, **kwargs):
            def floats(array):
                made = change(array) if array.dtype.kind == "f" else array
                same = made.shape == array.shape and np.array_equal(made, array, equal_nan=True)
                differs.append(not same)
                return made

            result = exercise.reference(*args, **kwargs)
            return oddly(result, floats, exercise.returns != (RESULT,))

        report = exercise.run(changed)
        if any(differs) and (name, way) not in NEAR:
            assert not report.passed, (
                f"answers/exercises/{name}.py: its own answer passes {way}; let a case, or "
                "`rtol=`, be stricter"
            )
            told.append(report.bug)
    named = sum(each is not None for each in told)
    assert 10 * named >= 7 * len(told), (
        f"answers/exercises/{name}.py: its own answer, changed in {len(told)} ways, is told why in "
        f"{named} only; use irregular numbers, and results with signs and several entries"
    )
