"""Integers: a submission is asked again, with the same numbers in another type."""

from collections.abc import Callable

import numpy as np

from answers.grader.compare import agrees
from answers.grader.mistakes import Name
from answers.grader.parts import Complaint
from answers.grader.trials import Case
from answers.naming.submission import Submission

# Arguments in whose stead floats may be passed.
REAL = "Real["
WRAPS = (
    "The usual cause: a sum, a difference or a product in the type of the arguments, which wraps "
    "around; make floats of them first, by `astype(float)`."
)
CUTS = (
    "The usual cause: an array in the type of the integers, by `np.zeros_like`, `copy` or "
    "`dtype=`, which holds no fractions, or a type on the way that wraps around or has few digits."
)
REFUSES = (
    "The usual cause: what NumPy refuses of integers, such as `+=` of floats, `/=` or a negative "
    "power."
)


def of_integers(submission: Submission) -> Name | None:
    """Every failing input holds integers, and is answered rightly if they are of another type."""
    failing = submission.failing
    if not failing or submission.first not in failing:
        return None
    inputs = "every input" if failing - {submission.first} else "the one input"
    start = (
        "With the same numbers {} the result is right, in " + inputs + " that fails. "
    )
    if all(is_right(case, in_int64(case), submission.function) for case in failing):
        return Name("right_in_int64", start.format("in int64") + WRAPS)
    if not all(
        is_right(case, in_floats(case), submission.function) for case in failing
    ):
        return None
    seen = submission.wrong_parts
    if all(getattr(w.got, "error", None) for w in seen.wrong):
        return Name("integers_refused", start.format("as floats") + REFUSES)
    return Name("right_as_floats", start.format("as floats") + CUTS)


def in_int64(case: Case) -> Case | None:
    return with_arrays(case, lambda name, a: a.astype(np.int64))


def in_floats(case: Case) -> Case | None:
    def change(name: str, a: np.ndarray) -> np.ndarray:
        return a.astype(float) if REAL in str(case.signature[name].annotation) else a

    return with_arrays(case, change)


def with_arrays(case: Case, change: Callable) -> Case | None:
    """The case with its arrays of integers changed; None if none is of another type then."""
    given, differs = case.bound(), False
    for name, value in given.arguments.items():
        if isinstance(value, np.ndarray) and value.dtype.kind in "iu":
            given.arguments[name] = change(name, value)
            differs |= given.arguments[name].dtype != value.dtype
    return case.with_arguments(given) if differs else None


def is_right(case: Case, other: Case | None, function: Callable) -> bool:
    """Whether the function answers the other case as it should answer this one."""
    if other is None or case.is_refused:
        return False
    parts = other.ask(function).parts
    return not any(isinstance(part, Complaint) for part in parts.values()) and all(
        name in parts and agrees(parts[name], want, case.rtol)
        for name, want in case.want.items()
    )
