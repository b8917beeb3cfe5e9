"""A submission that fails: all that is known of it when a name is looked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.trials import ARGUMENTS, Answer, Case, Trial
from answers.naming.wrong_parts import ComparedPart, WrongParts


@dataclass(frozen=True, eq=False)
class Submission:
    """A submission that fails.

    Attributes:
        exercise: The exercise.
        answers: The submission's answer to each trial that judges it.
        first: The trial whose failure is told.
        function: The submission, to be asked again.
        matches: How far each bug explains the failure, see `bugs.matches`.
    """

    exercise: Exercise
    answers: dict[Trial, Answer]
    first: Trial
    function: Callable
    matches: dict = field(default_factory=dict)

    @cached_property
    def cases(self) -> dict[Case, Answer]:
        """The answers to cases alone."""
        return {t: a for t, a in self.answers.items() if isinstance(t, Case)}

    @cached_property
    def everything(self) -> int:
        """How many parts are wrong, in all trials."""
        return sum(len(answer.wrong) for answer in self.answers.values())

    @cached_property
    def failing(self) -> set[Case]:
        """The cases that fail."""
        return {case for case, answer in self.cases.items() if answer.wrong}

    @cached_property
    def without_short_integers(self) -> "Submission | None":
        """The same without the cases that pass integers of four bytes or fewer, if some of these
        fail, others, of which one is told, do as well, and most cases are others."""
        short = {case for case in self.cases if any(map(is_short, case.args))}
        if not short & self.failing or self.first in short or self.failing <= short:
            return None
        if len(self.cases) <= 2 * len(short):
            return None
        answers = {t: a for t, a in self.answers.items() if t not in short}
        return Submission(self.exercise, answers, self.first, self.function)

    @cached_property
    def wrong_parts(self) -> WrongParts:
        """The wrong parts of all results. A changed argument is no part of a result."""
        found = {True: [], False: []}
        for case, answer in self.cases.items():
            for name, got in answer.parts.items():
                if name != ARGUMENTS:
                    part = ComparedPart(case, name, got, case.want[name])
                    found[name in answer.wrong].append(part)
        right = [part for part in found[False] if isinstance(part.got, np.ndarray)]
        return WrongParts(found[True], right, self.first)

    @cached_property
    def of_each_name(self) -> list[WrongParts]:
        """The wrong parts of each name apart, if there are several: of the names that are wrong in
        the first failure and in half of the cases that fail."""
        seen = self.wrong_parts
        if len({w.name for w in seen.wrong}) < 2:
            return []
        names = dict.fromkeys(w.name for w in seen.wrong if w.case is self.first)
        parts = [seen.of(self.failing, name) for name in names]
        return [part for part in parts if 2 * len(part.cases) >= len(self.failing)]


def is_short(value: object) -> bool:
    """Whether an argument is an array of integers that wrap around early."""
    kind = value.dtype.kind if isinstance(value, np.ndarray) else ""
    return kind in ("i", "u") and value.dtype.itemsize < 8
