"""Programs of ours, such as bugs, and whether they go wrong as a submission does."""

import warnings
from collections.abc import Callable
from functools import cache

from answers.grader.parts import Complaint
from answers.grader.trials import Answer, Trial


@cache
def answer_of(program: Callable, trial: Trial) -> Answer:
    """The answer of a program of ours, which never changes."""
    # Its warnings are none of the learner's business.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return trial.ask(program)


def likest(program: Callable, trial: Trial, answer: Answer) -> Answer:
    """The answer of a program; with its arrays converted, if only then it is the same answer.

    A submission may convert them or not, whatever else is wrong with it.
    """
    ours = answer_of(program, trial)
    if is_same(trial, answer, ours) or not getattr(trial, "converted", None):
        return ours
    converted = answer_of(program, trial.converted)
    return converted if is_same(trial, answer, converted) else ours


def is_same(trial: Trial, answer: Answer, ours: Answer) -> bool:
    """Whether both get the same parts wrong, and alike."""
    return set(answer.wrong) == set(ours.wrong) and all(
        trial.alike(part, answer, ours) for part in answer.wrong
    )


def alike(trial: Trial, answer: Answer, ours: Answer) -> list[str]:
    """The wrong parts that go wrong alike in our program's answer."""
    parts = [part for part in answer.wrong if trial.alike(part, answer, ours)]
    # An error takes all parts with it.
    raised = {part for part in answer.parts.values() if is_error(part)}
    return answer.wrong if parts and len(raised) == 1 else parts


def is_error(part: object) -> bool:
    return isinstance(part, Complaint) and part.error is not None
