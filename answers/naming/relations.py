"""Names for what nobody planted: how wrong results are related to the right ones.

A relation is tried after the known bugs, on any exercise. It is said only if it holds for every
wrong part of every case that fails, so it is true by construction; what usually causes it stands
beside it.
"""

from collections.abc import Callable, Iterator

import numpy as np

from answers.grader.trials import ARGUMENTS, Answer, Case
from answers.naming import cases as cases_that_fail
from answers.naming import relations_of_changes
from answers.naming.entries import (
    NEARLY_RIGHT,
    at_one_value,
    counted_once,
    cut_off,
    error,
    known_error,
    nearly_right,
    not_finite,
    not_zero,
    opposite,
    right_sum,
)
from answers.naming.numbers import (
    factor,
    factor_of_two_sizes,
    mapped,
    offset,
    signs,
)
from answers.naming.order import (
    constant,
    factors_by_row,
    moved,
    normalised_otherwise,
    some_rows,
)
from answers.naming.results import (
    another_kind,
    one_for_all,
    one_side,
    some_parts,
    truth_values,
)
from answers.naming.shapes import (
    axes_exchanged,
    axes_missing,
    one_too_many,
    other_shape,
    reduced,
    selected,
)
from answers.naming.wrong_parts import Evidence, Relation, Wrong

Answers = dict[Case, Answer]
LAST = (
    one_for_all,
    constant,
    normalised_otherwise,
    not_finite,
    not_zero,
    error,
    axes_missing,
    right_sum,
)
# Their words differ from case to case: so two of them are compared by name.
BY_NAME = (another_kind, known_error, error)
LEAST = (some_parts, one_side)

# What says most comes first: how the numbers arise, then only where they are wrong.
HOW = (
    another_kind,
    truth_values,
    other_shape,
    factor,
    opposite,
    axes_exchanged,
    mapped,
    offset,
    signs,
    one_too_many,
    selected,
    reduced,
    moved,
)
# `factor_of_two_sizes` is not in HOW, for some pair of sizes fits by chance: a slip goes first.
WHERE = (
    factor_of_two_sizes,
    factors_by_row,
    counted_once,
    cut_off,
    at_one_value,
    nearly_right,
    some_rows,
)


def how(answers: Answers) -> Relation | None:
    """How the wrong numbers arise from the right ones."""
    seen = evidence(answers)
    return argument_changed(answers) or first_of(HOW, seen)


def where(answers: Answers, first: Case, function: Callable) -> Relation | None:
    """How most of the wrong numbers arise, which entries are wrong, or which inputs."""
    return next(filter(None, in_turn(answers, first, function)), None)


def in_turn(
    answers: Answers, first: Case, function: Callable
) -> Iterator[Relation | None]:
    """What may be seen there, what says most first; None for what is not."""
    seen = evidence(answers)
    failing = {case for case, answer in answers.items() if answer.wrong}
    names = dict.fromkeys(w.name for w in seen.wrong if w.case is first)
    several = len({w.name for w in seen.wrong}) > 1
    parts = [seen.of(failing, name) for name in names] if several else []
    parts = [part for part in parts if 2 * len(part.cases) >= len(failing)]
    yield in_most(seen, first)
    for part in parts:
        yield first_of(HOW, part) or in_most(part, first)
    yield first_of(WHERE, seen)
    for part in parts:
        found = first_of(WHERE, part)
        # A part that is computed from one that is far off may be nearly right.
        yield None if found and found.name == NEARLY_RIGHT else found
    changed = [case for case in failing if ARGUMENTS in answers[case].wrong]
    if 2 * len(changed) >= len(failing):
        yield argument_changed(answers, alone=False)
        return
    yield known_error(seen) or cases_that_fail.in_common(answers, failing)
    yield from (first_of(LAST, some) for some in (seen, *parts))
    yield in_most(seen, first, (known_error, not_finite, error))
    yield relations_of_changes.depends(function, answers, first)
    yield cases_that_fail.longest(answers, failing)
    yield from (first_of(LEAST, some) for some in (seen, *parts))
    yield argument_changed(answers, alone=False)


def in_most(
    seen: Evidence, first: Case, finders: tuple[Callable, ...] = HOW
) -> Relation | None:
    """A relation that holds for half of the cases that fail, the first of them included."""
    finite = {case for case in seen.cases if seen.of({case}).finite}
    most = len(seen.cases) <= 2 * len(finite) < 2 * len(seen.cases)
    if first in finite and most and (found := first_of(finders, seen.of(finite))):
        return found
    # That an error is raised is no chance.
    least = 2 if finders is HOW else 1
    for find in finders if first in seen.cases and len(seen.cases) > least else ():
        if not (there := find(seen.of({first}, alone=True))):
            continue
        same = {
            case
            for case in seen.cases
            if (other := find(seen.of({case}, alone=True))) == there
            or (find in BY_NAME and other and other.name == there.name)
        }
        if 2 * len(same) >= len(seen.cases) and (found := find(seen.of(same))):
            return found
    return None


def evidence(answers: Answers) -> Evidence:
    """What the answers show, part by part. A changed argument is no part of a result."""
    found = {True: [], False: []}
    for case, answer in answers.items():
        for name, got in answer.parts.items():
            if name != ARGUMENTS:
                part = Wrong(case, name, got, case.want[name])
                found[name in answer.wrong].append(part)
    right = [part for part in found[False] if isinstance(part.got, np.ndarray)]
    return Evidence(found[True], right)


def first_of(finders: tuple[Callable, ...], seen: Evidence) -> Relation | None:
    """The first relation that holds; there is none where nothing is wrong."""
    finders = finders if seen.wrong else ()
    return next((found for find in finders if (found := find(seen))), None)


def argument_changed(answers: Answers, alone: bool = True) -> Relation | None:
    """An argument was changed by the call; with `alone`, only if all results are right."""
    wrong = [name for answer in answers.values() for name in answer.wrong]
    if ARGUMENTS not in wrong or (alone and set(wrong) != {ARGUMENTS}):
        return None
    count = wrong.count(ARGUMENTS)
    inputs = f"{count} inputs" if count > 1 else "one input"
    right = "Every result is right, but " if alone else "After the call "
    text = (
        f"{right}{inputs} came back changed. The usual cause: `-=`, `*=`, `sort()`, a new "
        "`shape` or an assignment to entries, of an array that belongs to the caller."
    )
    return Relation("an_argument_changed", text)
