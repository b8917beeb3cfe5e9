"""A name for what went wrong: a known bug, or a relation to what is right.

A bug explains a wrong part if it goes wrong there in the same way. It is named if it explains
everything. Otherwise there may be two mistakes, or another one that looks the same in a few
cases: so a bug must explain more parts than speak against it.
"""

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.mistakes import Name
from answers.grader.parts import Complaint
from answers.grader.submission import NOT_WRITTEN
from answers.grader.trials import Answer, Case, Check, Trial
from answers.naming import mutants, other_inputs, relations
from answers.naming.mutants import Slip
from answers.naming.other_inputs import Other
from answers.naming.wrong_parts import Evidence, Relation, Wrong

Answers = dict[Trial, Answer]


class Match(NamedTuple):
    """How far a program goes wrong as the submission does, in numbers of parts.

    Attributes:
        first: The parts of the first failure that go wrong alike.
        explained: All parts that go wrong alike.
        against: The parts that go wrong in another way, or only in one of the two.
        spoilt: Those of them that the submission gets right.
    """

    first: list[str]
    explained: int
    against: int
    spoilt: int

    def is_likely(self, everything: int) -> bool:
        """Whether this is one of two mistakes, rather than another mistake.

        Where two mistakes meet in a case, it goes wrong in a way of its own. But a mistake
        that the submission has rarely spoils a part that the submission gets right.
        """
        rare = 4 if self.explained == everything else 5
        return (
            1 < self.explained > self.against and rare * self.spoilt <= self.explained
        )


@np.errstate(all="ignore")
def diagnose(
    exercise: Exercise, answers: Answers, first: Trial, function: Callable
) -> Name:
    """The name of what went wrong.

    What explains everything goes first: a bug, then a relation. Then comes a bug that explains
    most, then what only says which entries or which inputs are wrong.
    """
    everything = sum(len(answer.wrong) for answer in answers.values())
    best, best_match = None, None
    for bug in exercise.bugs.values():
        for program in bug.programs:
            match = compared(exercise, program, answers, first)
            if match and match.explained == everything and not match.spoilt:
                return Name(bug.name, bug.diagnosis, tuple(match.first))
            if match and match.is_likely(everything) and better(match, best_match):
                best, best_match = bug, match
    cases = {
        trial: answer for trial, answer in answers.items() if isinstance(trial, Case)
    }
    if found := relations.how(cases) or at_other_inputs(exercise, cases, first):
        return Name(found.name, found.diagnosis)
    seen = relations.evidence(cases)
    if first in cases and (found := slip(exercise, answers, seen)):
        return Name(found.name, found.diagnosis)
    if best:
        return Name(best.name, best.diagnosis, tuple(best_match.first))
    found = (
        relations.where(cases, first, function)
        if first in cases
        else property_alone(first)
    )
    return Name(found.name, found.diagnosis) if found else Name()


def property_alone(first: Check) -> Relation:
    """All results are right, and a property fails."""
    text = f"All results are right, and yet this is not: {first.complaint.text}"
    return Relation("a_property_fails", text)


def better(match: Match, other: Match | None) -> bool:
    net = match.explained - match.spoilt
    return other is None or net > other.explained - other.spoilt


def tells_much(wrong: Wrong) -> bool:
    """Whether a wrong part has finite numbers: very different programs share errors and nan."""
    got, want = wrong.got, wrong.want
    if not isinstance(got, np.ndarray):
        return False
    same_shape = isinstance(want, np.ndarray) and want.shape == got.shape
    return bool(np.isfinite(got[~wrong.right] if same_shape else got).any())


def compared(
    exercise: Exercise, program: Callable, answers: Answers, first: Trial
) -> Match | None:
    """How far the program goes wrong as the submission does; None if not in the first failure."""
    if not alike(
        first, answers[first], likest(exercise, program, first, answers[first])
    ):
        return None
    theirs = {
        trial: likest(exercise, program, trial, answer)
        for trial, answer in answers.items()
    }
    # An error counts as the same only if both raise in the same cases.
    same_errors = errors(answers) == errors(theirs)
    # A submission that fails in every case, as by a division by 0, may do so for any reason.
    if not same_errors and not any(map(has_numbers, answers.values())):
        return None
    explained, against, spoilt, of_first = 0, 0, 0, []
    for trial, answer in answers.items():
        parts = alike(trial, answer, theirs[trial])
        if not same_errors:
            parts = [
                part for part in parts if not is_error(theirs[trial].parts.get(part))
            ]
        explained += len(parts)
        if trial is first:
            of_first = parts
        wrong, wrong_there = set(answer.wrong), set(theirs[trial].wrong)
        spoilt += len(wrong_there - wrong)
        against += len(wrong_there - set(parts))
    return Match(of_first, explained, against, spoilt) if of_first else None


def alike(trial: Trial, answer: Answer, theirs: Answer) -> list[str]:
    """The wrong parts that go wrong alike in another program's answer."""
    parts = [part for part in answer.wrong if trial.alike(part, answer, theirs)]
    # An error takes all parts with it.
    raised = {part for part in answer.parts.values() if is_error(part)}
    return answer.wrong if parts and len(raised) == 1 else parts


def likest(
    exercise: Exercise, program: Callable, trial: Trial, answer: Answer
) -> Answer:
    """What a program answers; with its arrays converted, if only then it is the same answer.

    A submission may convert them or not, whatever else is wrong with it.
    """
    theirs = answer_of(program, trial)
    if is_same(trial, answer, theirs) or not getattr(trial, "converted", None):
        return theirs
    converted = answer_of(program, trial.converted)
    return converted if is_same(trial, answer, converted) else theirs


def is_same(trial: Trial, answer: Answer, theirs: Answer) -> bool:
    """Whether both get the same parts wrong, and alike."""
    return set(answer.wrong) == set(theirs.wrong) and all(
        trial.alike(part, answer, theirs) for part in answer.wrong
    )


@cache
def answer_of(program: Callable, trial: Trial) -> Answer:
    """What a program of ours answers, which never changes."""
    # What it warns of is none of the learner's business.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return trial.ask(program)


def has_numbers(answer: Answer) -> bool:
    """Whether anything is answered in finite numbers."""
    return any(
        isinstance(part, np.ndarray) and np.isfinite(part).any()
        for part in answer.parts.values()
    )


def errors(answers: Answers) -> set[Trial]:
    """The cases in which an error is raised, other than a refusal that is asked for."""
    return {
        trial
        for trial, answer in answers.items()
        if isinstance(trial, Case)
        if any(is_error(answer.parts[part]) for part in answer.wrong)
    }


def is_error(part: object) -> bool:
    return isinstance(part, Complaint) and part.error is not None


def at_other_inputs(
    exercise: Exercise, cases: dict[Case, Answer], first: Trial
) -> Other | None:
    """The reference at other inputs that gives what the submission gives, in every case.

    Only the parts that the submission gets wrong are compared. Where the reference refuses the
    other input, nothing is known: what the solution makes of it there is right by chance.
    """
    if first not in cases or any(map(is_error, cases[first].parts.values())):
        return None
    names = {name for answer in cases.values() for name in answer.wrong}
    for program in other_inputs.of(exercise):
        if not alike(
            first, cases[first], likest(exercise, program, first, cases[first])
        ):
            continue
        unknown = 0
        for case, answer in cases.items():
            theirs = answer_of(program, case)
            same = alike(case, answer, likest(exercise, program, case, answer))
            if any(map(is_error, theirs.parts.values())) and answer.wrong:
                unknown += 1
            elif same != answer.wrong or names & set(theirs.wrong) - set(answer.wrong):
                break
        else:
            strict = replace(program, reference=exercise.reference)
            unknown += sum(
                any(map(is_error, answer_of(strict, case).parts.values()))
                for case, answer in cases.items()
                if not answer.wrong and not case.is_refused
            )
            if 5 * unknown <= len(cases):
                return program
    return None


def slip(
    exercise: Exercise, answers: Answers, seen: Evidence
) -> Slip | Relation | None:
    """The solution with one slip that answers as the submission does, in every trial."""
    if seen.weight < 1 and len(seen.cases) < 4:
        return None
    # PyTorch raises NotImplementedError, as a stub does, for what it cannot do.
    if any(getattr(w.got, "kind", None) == NOT_WRITTEN for w in seen.wrong):
        return None
    if not any(map(tells_much, seen.wrong)):
        return None
    # Trials are compared in the order of the exercise: most slips differ in one of the first.
    found = (each for each in mutants.of(exercise) if explains(exercise, each, answers))
    if (program := next(found, None)) is None:
        return None
    # Several changes of one place may give the same answers, such as nan.
    rivals = [
        each
        for each in mutants.of(exercise)
        if each.right is program.right and each is not program
        # `axis` left out, None and another one are one mistake.
        if not {each.name, program.name} <= {"without_axis", "another_axis"}
        if explains(exercise, each, answers)
    ]
    return program.or_else(rivals) if rivals else program


def explains(exercise: Exercise, program: Callable, answers: Answers) -> bool:
    """Whether a program answers as the submission does, in every trial."""
    return all(
        is_same(trial, answer, likest(exercise, program, trial, answer))
        for trial, answer in answers.items()
    )
