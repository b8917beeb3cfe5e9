"""What a result should depend on, and how: seen by asking again at changed inputs.

The reference is asked too. What its result does in every input that is tried, such as to stay as
it is, is what yours should do.
"""

from collections.abc import Callable, Iterator

import numpy as np

from answers.grader.arguments import entries
from answers.grader.parts import is_tensor
from answers.grader.trials import ARGUMENTS, Answer, Case
from answers.naming.changed_inputs import (
    LAWS,
    STAY,
    Change,
    Effect,
    changes,
    effect,
)
from answers.naming.wrong_parts import Relation

# How many of the failing inputs are changed, how many others, and the most numbers of an input.
FAILING, OTHERS, LARGEST = 4, 3, 3000
Effects = dict[Change, list[Effect]]


def depends(
    function: Callable, answers: dict[Case, Answer], first: Case
) -> Relation | None:
    """What the submission's result depends on, and should not, or the reverse."""
    cases = tried(answers)
    if not cases:
        return None
    if any(is_random(function, case, answers[case]) for case in cases[:2]):
        text = (
            "The same input does not give the same result twice. The usual cause: random numbers, "
            "or something that is kept from call to call."
        )
        return Relation("changes_from_call_to_call", text)
    seen = {}
    for change in changes(cases):
        found = (effect(change, case, answers[case], function) for case in cases)
        if some := [each for each in found if each]:
            seen[change] = some
    if found := without_effect(seen):
        return found
    # The first failure is told: what one other input shows says nothing of it.
    shown = {
        change: effects
        for change, effects in seen.items()
        if len(wrong := [e.case for e in effects if e.is_wrong]) > 1 or first in wrong
    }
    return against_a_law(shown) or too_far(shown) or entry_without_effect(seen)


def tried(answers: dict[Case, Answer]) -> list[Case]:
    """The inputs to change: the simplest that fail, and the simplest of the others."""
    cases = {
        case: bool(answer.wrong)
        for case, answer in answers.items()
        if sum(map(entries, case.args)) <= LARGEST
        and all(map(is_finite, parts(answer)))
        and all(map(is_finite, case.want.values()))
    }
    less = 2 if any(is_tensor(a) for case in cases for a in case.args) else 1
    wrong = [case for case in cases if cases[case]][: FAILING // less]
    passed = {name for case in wrong for name in given(case)}
    right = [case for case in cases if not cases[case] and passed <= given(case).keys()]
    return wrong + right[: OTHERS // less] if wrong else []


def given(case: Case) -> dict:
    """What is passed under each name, but for None."""
    found = case.bound().arguments
    return {name: value for name, value in found.items() if value is not None}


def parts(answer: Answer) -> list:
    return [part for name, part in answer.parts.items() if name != ARGUMENTS]


def is_finite(part: object) -> bool:
    return isinstance(part, np.ndarray) and bool(np.isfinite(part).all())


def is_random(function: Callable, case: Case, answer: Answer) -> bool:
    again = case.ask(function).parts
    return any(
        is_finite(part)
        and is_finite(answer.parts.get(name))
        and not np.array_equal(part, answer.parts[name])
        for name, part in again.items()
    )


def names(seen: list[Effect]) -> list[str]:
    """The parts of the result."""
    return list(seen[0].case.want)


def moves(places: np.ndarray | None) -> bool:
    return places is not None and bool(places.any())


def stays(effect: Effect, name: str) -> bool:
    """Whether a part of yours stays as it is where ours does not."""
    before = effect.yours[0].get(name)
    if not moves(effect.places(effect.ours, name)) or before is None:
        return False
    places = effect.places(effect.yours, name)
    return places is not None and not places.any()


def telling(effects: list[Effect], name: str) -> list[Effect]:
    """Those that move a part of ours, of numbers that are not again the same by chance."""
    return [
        e
        for e in effects
        if moves(e.places(e.ours, name)) and e.case.want[name].dtype.kind == "f"
    ]


def without_effect(seen: Effects) -> Relation | None:
    """An argument that matters, and does not to the submission, however it is changed."""
    for of in dict.fromkeys(change.of for change in seen if len(change.of) == 1):
        effects = [e for change in seen if change.of == of for e in seen[change]]
        for name in names(effects):
            some = telling(effects, name)
            if len({e.case for e in some}) > 1 and all(stays(e, name) for e in some):
                text = (
                    f"`{of[0]}` has no effect on {name} of yours: {len(some)} changes of it leave "
                    "it as it is. The usual cause: it is not used, or what is made of it is lost."
                )
                return Relation(f"{of[0]}_has_no_effect", text)
    return None


def against_a_law(seen: Effects) -> Relation | None:
    """A change that has one effect on our result in every input, and another on yours."""
    for change, effects in seen.items():
        # A few inputs follow a law by chance, above all if only one entry changes.
        few = len(effects) < (2 if change.end is None else 3)
        for name, law in () if few else laws(effects):
            # The gradients of a wrong result are not computed.
            wrong = [e for e in effects if e.is_wrong and e.has(name)]
            if wrong and not any(e.follows(e.yours, name, law) for e in wrong):
                text = (
                    f"With {change}, {name} should {law}, and yours does not, {inputs(wrong)}. The "
                    f"usual cause: {change.cause}."
                )
                what = f"{change.of[0]}_{change.how}"
                what = "rows_in_another_order" if change.of[1:] else what
                if change.end is not None:
                    what = f"{which(change)}_entry_of_{change.of[0]}"
                much = "should_not_matter" if law == STAY else "has_another_effect"
                return Relation(f"{what}_{much}".replace(" ", "_"), text)
    return None


def laws(effects: list[Effect]) -> Iterator[tuple[str, str]]:
    """The parts of our result that follow one law in every input, each with the law."""
    for name in names(effects):
        for law in LAWS:
            if all(e.follows(e.ours, name, law) for e in effects):
                yield name, law
                break


def too_far(seen: Effects) -> Relation | None:
    """A change of one end that should reach that end of the result only."""
    for change, effects in seen.items():
        if change.end is None or len(effects) < 2:
            continue
        for name in names(effects):
            for axis in range(effects[0].case.want[name].ndim):
                reach = [reached(e, e.ours, name, axis) for e in effects]
                if not all(
                    ours is not None and is_end(ours, change.end) for ours in reach
                ):
                    continue
                wrong = [e for e in effects if e.is_wrong]
                yours = [reached(e, e.yours, name, axis) for e in wrong]
                if wrong and all(
                    found is not None and np.delete(found, change.end).any()
                    for found in yours
                ):
                    text = (
                        f"With {change}, only the {which(change)} entry along axis {axis} of "
                        f"{name} should change, and others of yours change too, "
                        f"{inputs(wrong)}. The usual cause: {change.cause}."
                    )
                    return Relation(
                        f"{which(change)}_entry_of_{change.of[0]}_reaches_too_far", text
                    )
    return None


def which(change: Change) -> str:
    return "last" if change.end else "first"


def reached(effect: Effect, parts: tuple, name: str, axis: int) -> np.ndarray | None:
    """Where along an axis of a part anything changed."""
    places = effect.places(parts, name)
    if places is None or axis >= places.ndim:
        return None
    return np.moveaxis(places, axis, 0).reshape(places.shape[axis], -1).any(axis=1)


def is_end(reach: np.ndarray, end: int) -> bool:
    """Whether only that end is reached, of two or more."""
    return len(reach) > 1 and bool(reach[end]) and not np.delete(reach, end).any()


def entry_without_effect(seen: Effects) -> Relation | None:
    """An entry that matters, and does not to the submission."""
    for change, effects in seen.items():
        if change.end is None:
            continue
        for name in names(effects):
            some = telling(effects, name)
            wrong = [e for e in some if e.is_wrong]
            arrays = all(e.case.want[name].ndim for e in wrong)
            if len(wrong) > 2 and arrays and all(stays(e, name) for e in some):
                text = (
                    f"With {change}, {name} should change, and yours does not, {inputs(wrong)}. "
                    "The usual cause: a loop, a slice or an index that leaves it out."
                )
                return Relation(
                    f"{which(change)}_entry_of_{change.of[0]}_has_no_effect", text
                )
    return None


def inputs(seen: list) -> str:
    """In how many of the inputs it is so."""
    return f"in each of {len(seen)} inputs tried" if seen[1:] else "in the input tried"
