"""Planted bugs: which of them goes wrong as a submission does.

A bug explains a wrong part if it goes wrong there in the same way. It is named if it explains
everything. Otherwise there may be two mistakes, or another one that looks the same in a few
cases: so a bug must explain more parts than speak against it.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from answers.grader.compare import close
from answers.grader.mistakes import Bug, Name
from answers.grader.trials import Answer, Case, Trial
from answers.naming.programs import alike, is_error, likest
from answers.naming.submission import Submission


class Match(NamedTuple):
    """How far a bug goes wrong as the submission does, in numbers of parts.

    Attributes:
        first: The parts of the first failure that go wrong alike.
        explained: All parts that go wrong alike.
        against: The parts that go wrong in another way, or only in one of the two.
        spoilt: The parts among these that the submission gets right.
        missed: The parts of cases that the bug leaves unexplained.
        by_chance: Whether what goes wrong has no fractions: of tokens, counts or sizes there are
            few, and two mistakes often give the same.
        filtered: Whether entries are infinite that should not be, or the reverse, and nothing else
            is wrong: two filters often agree, too.
    """

    first: list[str]
    explained: int
    against: int
    spoilt: int
    missed: int
    by_chance: bool
    filtered: bool

    @property
    def net(self) -> int:
        return self.explained - self.spoilt

    def is_likely(self, everything: int) -> bool:
        """Whether this is one of two mistakes, rather than another mistake.

        Where two mistakes meet in a case, it goes wrong in a way of its own. But a mistake
        that the submission has rarely spoils a part that the submission gets right. Where parts
        go wrong alike by chance, it must explain half, and spoil fewer than one in ten of these; of
        a filter, it must explain nine in ten.
        """
        if self.filtered and 10 * self.explained < 9 * everything:
            return False
        if self.by_chance and (
            self.explained <= 10 * self.spoilt or 2 * self.explained < everything
        ):
            return False
        rare = 4 if self.explained == everything else 5
        return (
            1 < self.explained > self.against and rare * self.spoilt <= self.explained
        )


def explaining_all(submission: Submission) -> Name | None:
    """The first bug that explains every wrong part, and would spoil no other; or every wrong part
    of the cases, for a check, as of memory that is shared, may fail for a reason of its own."""
    everything = submission.everything
    for bug, match in matches(submission):
        if match.explained == everything and not match.spoilt:
            return name_of(bug, match)
    for bug, match in matches(submission):
        if not match.missed and not match.spoilt and match.is_likely(everything):
            return name_of(bug, match)
    return None


def explaining_most(submission: Submission) -> Name | None:
    """The bug that explains most, if it is likely."""
    everything = submission.everything
    likely = [each for each in matches(submission) if each[1].is_likely(everything)]
    best = max(likely, key=lambda each: each[1].net, default=None)
    return name_of(*best) if best else None


def name_of(bug: Bug, match: Match) -> Name:
    return Name(bug.name, bug.diagnosis, tuple(match.first))


def matches(submission: Submission) -> Iterator[tuple[Bug, Match]]:
    """Each program of a bug that goes wrong alike in the first failure."""
    for bug in submission.exercise.bugs.values():
        for program in bug.programs:
            if program not in submission.matches:
                submission.matches[program] = compared(submission, program)
            if match := submission.matches[program]:
                yield bug, match


def compared(submission: Submission, program: Callable) -> Match | None:
    """How far a program explains the failure; None if it does not explain the first one."""
    answers, first = submission.answers, submission.first
    if not alike(first, answers[first], likest(program, first, answers[first])):
        return None
    ours = {trial: likest(program, trial, answer) for trial, answer in answers.items()}
    # An error counts as the same only if both raise in the same cases.
    same_errors = errors(answers) == errors(ours)
    # A submission that fails in every case, as by a division by 0, may do so for any reason.
    if not same_errors and not any(map(has_numbers, answers.values())):
        return None
    explained, against, spoilt, missed, of_first = 0, 0, 0, 0, []
    for trial, answer in answers.items():
        parts = alike(trial, answer, ours[trial])
        if not same_errors:
            parts = [p for p in parts if not is_error(ours[trial].parts.get(p))]
        explained += len(parts)
        missed += isinstance(trial, Case) * (len(answer.wrong) - len(parts))
        if trial is first:
            of_first = parts
        wrong, wrong_there = set(answer.wrong), set(ours[trial].wrong)
        spoilt += len(wrong_there - wrong)
        against += len(wrong_there - set(parts))
    if not of_first:
        return None
    floats = [asked for asked in answers.items() if wants_floats(asked)]
    filtered = bool(floats) and all(map(filtered_otherwise, floats))
    return Match(of_first, explained, against, spoilt, missed, not floats, filtered)


def wants_floats(asked: tuple[Trial, Answer]) -> bool:
    """Whether a part that is wrong should be an array of floats."""
    trial, answer = asked
    wants = trial.want if isinstance(trial, Case) else {}
    return any(
        getattr(wants.get(p), "dtype", np.dtype(int)).kind == "f" for p in answer.wrong
    )


def filtered_otherwise(asked: tuple[Case, Answer]) -> bool:
    """Whether each part that is wrong is infinite where it should not be, or the reverse, and right
    elsewhere."""
    case, answer = asked
    pairs = [(answer.parts.get(p), case.want.get(p)) for p in answer.wrong]
    return all(
        isinstance(got, np.ndarray)
        and isinstance(want, np.ndarray)
        and got.shape == want.shape
        and ((np.isinf(got) != np.isinf(want)) | close(got, want, case.rtol)).all()
        for got, want in pairs
    )


def has_numbers(answer: Answer) -> bool:
    """Whether anything is answered in finite numbers."""
    return any(
        isinstance(part, np.ndarray) and np.isfinite(part).any()
        for part in answer.parts.values()
    )


def errors(answers: dict[Trial, Answer]) -> set[Trial]:
    """The cases in which an error is raised, other than a refusal that is asked for."""
    return {
        trial
        for trial, answer in answers.items()
        if isinstance(trial, Case)
        if any(is_error(answer.parts[part]) for part in answer.wrong)
    }
