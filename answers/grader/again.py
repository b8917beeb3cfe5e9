"""What a call that is right does not show: a function that is right in each case is asked again.

It may return one array in every call, remember results by an array's `id` or by its text, or be
right only where an array lies in memory as `np.array` makes it.
"""

import copy
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from answers.grader import settings
from answers.grader.arguments import entries
from answers.grader.mistakes import Name
from answers.grader.parts import Complaint, is_tensor
from answers.grader.trials import Answer, Case

# Of more entries, an array is large.
LARGE = 1000

REMEMBERED = Name(
    "an_old_result_returned",
    "The result belongs to other numbers, which the same array held in an earlier call. An array "
    "whose entries change keeps its `id`, and its text, too, where it is printed in part, as NumPy "
    "prints more than 1,000 entries (here three are enough): compute in every call, or remember "
    "by `x.tobytes()` with shape and dtype.",
)
OVERWRITTEN = Name(
    "an_earlier_result_changed",
    "The result was right, and a later call has written into it: who keeps two results has the "
    "last one twice. Make the array inside the function, in every call, or return a copy.",
)
ANSWERED_OTHERWISE = Name(
    "another_answer_to_the_same_input",
    "The same input, given again, has another result. The usual cause: something is kept from "
    "call to call, as a list or a dict outside of the function, or random numbers are drawn.",
)
LAID_OUT = Name(
    "depends_on_the_order_in_memory",
    "The same numbers in another order in memory, as in `w.T` or `x[::2]`, give another result. "
    "The usual cause: writing to `ravel()` or `reshape(-1)`, which are copies there, so that the "
    "array stays as it was. Write to the array itself, or make a new one with `np.where`.",
)


class Finding(NamedTuple):
    """A case that goes wrong when the function is asked again, its answer, and a name for it."""

    case: Case
    answer: Answer
    name: Name


def asked_again(
    answers: dict[Case, Answer],
    to_refill: Case | None,
    function: Callable,
    so_far: Callable[[str], object],
) -> Finding | None:
    """What goes wrong when a function is asked again that is right in each case.

    Args:
        answers: What it answered to each case.
        to_refill: The case that is asked with an array that has held other numbers. Where there is
            none, the first case is asked again.
        function: The submission.
        so_far: It is told each case before that is asked.
    """
    if to_refill:
        again = replace(
            to_refill, name=f"{to_refill.name}, asked again", repeats=to_refill
        )
        so_far(again.name)
        given = again.given()
        refill(given)
        old = ask_printed_in_part(again, function, given)
        # The result may be a view of an argument.
        old = old._replace(parts=copy.deepcopy(old.parts))
        refill(given, again.given())
        answer = ask_printed_in_part(again, function, given)
        if answer.wrong and not again.note(answer):
            is_old = all(again.alike(part, answer, old) for part in answer.wrong)
            return Finding(again, answer, REMEMBERED if is_old else Name())
        answers = {**answers, to_refill: answer}
        given = again.given()
        refill(given)
        again.ask(function, given)
    elif first := next((case for case in answers if case.is_judged), None):
        case = replace(first, name=f"{first.name}, asked again", repeats=first)
        so_far(case.name)
        answer = case.ask(function, case.given())
        if answer.wrong and not case.note(answer):
            return Finding(case, answer, ANSWERED_OTHERWISE)
    for case, answer in answers.items():
        now = case.looked_at_again(answer)
        if now.wrong:
            name = f"{case.name}, looked at again"
            return Finding(replace(case, name=name, repeats=case), now, OVERWRITTEN)
    cases = [*laid_out(answers)]
    given, results = [case.given() for case in cases], []
    with settings.together(function):
        for case, (args, kwargs) in zip(cases, given, strict=True):
            so_far(case.name)
            results.append(case.outcome(function, args, kwargs))
    for case, *called in zip(cases, results, given, strict=True):
        answer = case.answer(*called, function)
        if answer.wrong and not case.note(answer):
            return Finding(case, answer, LAID_OUT)
    return None


def ask_printed_in_part(case: Case, function: Callable, given: tuple) -> Answer:
    """What the function answers where each array is printed as a long one, without its middle."""
    with settings.together(function), settings.printed_in_part():
        result = case.outcome(function, *given)
    return case.answer(result, given, function)


def tells(case: Case, reference: Callable) -> bool:
    """Whether its largest array has a middle, and ours answers otherwise where that is filled."""
    given = case.given()
    if max((max(each.shape, default=0) for each in arrays(given)), default=0) < 3:
        return False
    refill(given)
    answer = case.ask(reference, given)
    others = [answer.parts[part] for part in answer.wrong if part in case.want]
    return bool(others) and not any(isinstance(part, Complaint) for part in others)


def refill(given: tuple, wanted: tuple | None = None) -> None:
    """Give the largest array its entries in `wanted`; else the middle of it others."""
    places = arrays(given)
    largest = max(range(len(places)), key=lambda place: entries(places[place]))
    array = in_numpy(places[largest])
    if wanted is not None:
        array[...] = in_numpy(arrays(wanted)[largest])
    else:
        rows = np.moveaxis(array, int(np.argmax(array.shape)), 0)
        # One row again and again, so that each is one that may come.
        rows[1:-1] = rows[:1].copy()


def laid_out(cases: Iterable[Case]) -> Iterator[Case]:
    """Each judged case that has arrays with axes, which stand in memory in Fortran order; in every
    other case with gaps, too, as do all arrays of one axis. Large ones, which take long, show
    nothing that small ones do not."""
    gaps = True
    for case in cases:
        found = [each for each in arrays(case.args) if isinstance(each, np.ndarray)]
        axes = max((each.ndim for each in found), default=0)
        large = sum(map(entries, found)) > LARGE
        if not case.is_judged or case.is_refused or large or not axes:
            continue
        gaps = not gaps if axes > 1 else gaps
        how = "with gaps" if gaps or axes == 1 else "in Fortran order"
        copied = functools.partial(in_fortran_order, gaps=gaps)
        name = f"{case.name}, {how} in memory"
        yield replace(case, name=name, repeats=case, copied=copied)


def in_fortran_order(arguments: tuple, gaps: bool) -> tuple:
    """A copy; a tensor stays as it is, for `view` may ask that of it."""
    found = [each for each in arrays(arguments) if isinstance(each, np.ndarray)]
    # What `deepcopy` finds in its memo is copied already.
    return copy.deepcopy(
        arguments,
        {
            id(each): with_gaps(each)
            if each.ndim and (gaps or each.ndim == 1)
            else np.array(each, order="F")
            for each in found
        },
    )


def with_gaps(array: np.ndarray) -> np.ndarray:
    """The array in Fortran order, as every other entry of one twice as large."""
    return np.repeat(array.T, 2, axis=-1)[..., ::2].T


def arrays(value: object) -> list:
    """The arrays and tensors among arguments, and those in their dicts."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        return [array for each in value for array in arrays(each)]
    return [value] if isinstance(value, np.ndarray) or is_tensor(value) else []


def in_numpy(value: object) -> np.ndarray:
    """An array, or the numbers of a tensor where they stand."""
    return value.numpy(force=True) if is_tensor(value) else value
