"""The table of finders, each of which may give a failure its name, in the order of asking.

A name that explains everything goes first: a planted bug, then how the wrong numbers arise from
the right ones, then a program of ours that goes wrong as the submission does. A name that explains
most comes next, and last a name that only says where the results are wrong, or for which inputs.

Each name but that of a planted bug is true by construction: it is said only if it holds for every
wrong part of every case that it speaks of. What usually causes it stands beside it.
"""

from collections.abc import Callable

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.mistakes import Name
from answers.grader.trials import Answer, Trial
from answers.naming import (
    bugs,
    cases,
    entries,
    errors,
    mutants,
    numbers,
    order,
    other_inputs,
    other_types,
    results,
    rows,
    shapes,
    state,
)
from answers.naming.submission import Submission
from answers.naming.wrong_parts import WrongParts

# Each takes a submission, or wrong parts of all results or of some, and returns a name or None.
Finders = tuple[Callable, ...]


@np.errstate(all="ignore")
def diagnose(
    exercise: Exercise, answers: dict[Trial, Answer], first: Trial, function: Callable
) -> Name:
    """The first name that is found, see `grader.nameless`."""
    submission = Submission(exercise, answers, first, function)
    rest = submission.without_short_integers
    for table in TABLES:
        if found := name_in(table, submission):
            return found
        # int32 may wrap around beside another mistake, which the other inputs show alone.
        if rest and (alone := name_in(table, rest)):
            return alone._replace(diagnosis=f"{alone.diagnosis} {APART}")
    return Name()


APART = "Inputs of short integers, which may wrap around as well, are left out here."


def name_in(table: tuple, submission: Submission) -> Name | None:
    """The first name that is found in a table."""
    found = (scope(finders, submission) for scope, finders in table)
    return next(filter(None, found), None)


def by_itself(finders: Finders, submission: Submission) -> Name | None:
    """The first name; these finders look at more than wrong parts."""
    return next(filter(None, (find(submission) for find in finders)), None)


def of_all(finders: Finders, submission: Submission) -> Name | None:
    """The first name that holds for all wrong parts."""
    return first_of(finders, submission.wrong_parts)


def of_most(finders: Finders, submission: Submission) -> Name | None:
    """The first name that holds in half of the cases that fail."""
    return in_most(finders, submission.wrong_parts)


def of_each_name(finders: Finders, submission: Submission) -> Name | None:
    """The first name that holds for the wrong parts of one name, such as a gradient."""
    found = (first_of(finders, seen) for seen in submission.of_each_name)
    return next(filter(None, found), None)


def of_most_of_each_name(finders: Finders, submission: Submission) -> Name | None:
    """The same, or the first name that holds in half of the cases where the part is wrong."""
    looks = (first_of, in_most)
    found = (look(finders, s) for s in submission.of_each_name for look in looks)
    return next(filter(None, found), None)


def first_of(finders: Finders, seen: WrongParts) -> Name | None:
    """The first name that holds; there is none where nothing is wrong."""
    found = (find(seen) for find in finders if seen.wrong)
    return next(filter(None, found), None)


def in_most(finders: Finders, seen: WrongParts) -> Name | None:
    """A name that holds for half of the cases that fail, the first of them included."""
    first = seen.first
    finite = {case for case in seen.cases if seen.of({case}).finite}
    most = len(seen.cases) <= 2 * len(finite) < 2 * len(seen.cases)
    if first in finite and most and (found := first_of(finders, seen.of(finite))):
        return found
    # That an error is raised is no chance.
    least = 1 if errors.error in finders else 2
    for find in finders if first in seen.cases and len(seen.cases) > least else ():
        if not (there := find(seen.of({first}, alone=True))):
            continue
        same = {
            case
            for case in seen.cases
            if (other := find(seen.of({case}, alone=True)))
            if other == there or (find in BY_NAME and other.name == there.name)
        }
        if 2 * len(same) >= len(seen.cases) and (found := find(seen.of(same))):
            return found
    return None


# The diagnoses of these differ from case to case, and their names do not.
BY_NAME = (results.another_kind, errors.error, entries.nearly_right)

# How the wrong numbers arise from the right ones.
HOW = (
    results.another_kind,
    results.truth_values,
    shapes.other_shape,
    numbers.factor,
    shapes.axes_exchanged,
    numbers.wrapped,
    numbers.mapped,
    numbers.offset,
    shapes.one_too_few,
    shapes.goes_on,
    shapes.zero_of_nothing,
    shapes.selected,
    shapes.reduced,
    shapes.not_joined,
    order.in_reverse,
    order.read_otherwise,
)
# Where the wrong numbers stand, and what stands there.
WHERE = (
    errors.mask_as_index,
    errors.infinity_as_an_integer,
    entries.counted_once,
    entries.cut_off,
    entries.at_one_value,
    entries.few_digits,
)
ROWS = (order.some_rows, order.on_the_diagonal)
WEAK = (
    results.one_for_all,
    order.constant,
    order.normalised_otherwise,
    entries.not_finite,
    entries.not_zero,
    errors.error,
    shapes.axes_otherwise,
    entries.right_sum,
)
WEAKEST = (
    entries.zero_instead,
    results.some_parts,
    results.one_side,
    errors.two_errors,
)

# The finders in the order in which they are asked, and the wrong parts that they are asked about.
TELLING: tuple[tuple[Callable, Finders], ...] = (
    # Names that explain everything.
    (by_itself, (bugs.explaining_all, results.argument_changed_alone, state.kept)),
    (of_all, HOW),
    (by_itself, (other_inputs.explaining_all, mutants.explaining_all)),
    # Names that explain most. Where signs alone are wrong, a rule that sets some of them right is
    # no explanation.
    (of_all, (order.turned,)),
    (by_itself, (bugs.explaining_most, results.property_alone)),
    (of_most, HOW),
    (of_most_of_each_name, HOW),
    # Where the results are wrong, and for which inputs. A part may be nearly right that is computed
    # from one that is far off.
    (of_all, (*WHERE, entries.nearly_right, *ROWS)),
    (of_each_name, (*WHERE, *ROWS)),
    (
        by_itself,
        (results.argument_changed, other_types.of_integers, cases.in_common),
    ),
)
LESS_TELLING: tuple[tuple[Callable, Finders], ...] = (
    # Which inputs fail says more than an order.
    (of_all, (order.moved,)),
    (of_each_name, (order.moved,)),
    (of_all, WEAK),
    (of_each_name, WEAK),
    (of_most, (entries.not_finite, errors.error)),
    (by_itself, (rows.argument_not_read, rows.in_another_order)),
    (of_most, (order.moved,)),
    (by_itself, (cases.from_a_size_on,)),
)
# Names that say least.
LEAST: tuple[tuple[Callable, Finders], ...] = (
    (of_most, (entries.nearly_right,)),
    (of_all, WEAKEST),
    # Of one part alone nobody can say that the others are right.
    (of_each_name, (entries.zero_instead, results.one_side)),
)
TABLES = TELLING, LESS_TELLING, LEAST
