"""What an exercise is, and how a submission is judged.

Cases compare the parts of the submission's result with the reference's; checks cover what
one result cannot show. They alone decide whether a submission passes, and run from simple to
hard: the first that fails is told, so that two mistakes are told one at a time.

Known bugs only put a name to a failure: a bug is the reference with one mistake, and it is
recognised when the submission goes wrong in the same way, however it is written.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from answers.practice import source
from answers.practice.parts import RESULT, Parts
from answers.practice.report import Failure, Report
from answers.practice.trials import Case, Check, one_line


class Exercise:
    """A function to write.

    Attributes:
        name: The name of the function.
        page: The page with the question: the stem of a file in docs/questions.
        summary: The first line of the reference's docstring.
        hints: From a nudge to nearly the answer.
        trials: The cases and checks, in the order in which they are told.
        bugs: The known mistakes by name.
    """

    def __init__(
        self,
        reference: Callable,
        page: str,
        hints: tuple[str, ...],
        returns: tuple[str, ...] = (RESULT,),
        rtol: float = 1e-8,
        rtol32: float = 1e-4,
    ):
        """`returns` names the entries of a tuple; the tolerances are for float64 and float32."""
        self.reference, self.page, self.hints, self.returns = (
            reference,
            page,
            hints,
            returns,
        )
        self.rtol, self.rtol32 = rtol, rtol32
        self.name = reference.__name__
        self.summary = reference.__doc__.splitlines()[0]
        self.trials: list[Case | Check] = []
        self.bugs: dict[str, Bug] = {}
        self.known: dict[tuple, tuple[Parts, list[str]]] = {}

    def case(self, case_name: str, /, *args, **kwargs) -> None:
        """Add a call whose result is compared with the reference's.

        Simple calls first, each with one difficulty more; irregular numbers, so that no two
        mistakes give the same result.
        """
        coarse = any(getattr(each, "dtype", None) == np.float32 for each in args)
        rtol = self.rtol32 if coarse else self.rtol
        self.trials.append(
            Case(case_name, self.reference, args, kwargs, self.returns, rtol)
        )

    def check(self, function: Callable) -> Callable:
        """Add a property: `function(submission)` is true where it holds; the docstring says
        what is wrong where it does not."""
        self.trials.append(Check(function))
        return function

    def bug(self, function: Callable | None = None, **variants) -> Callable:
        """Add the reference with one mistake; the docstring is the diagnosis.

        `@exercise.bug(eps=(1e-9, 1e-12))` adds one mistake that people make with either
        number, which the function takes as `eps`.
        """
        if function is None:
            return functools.partial(self.bug, **variants)
        programs = [
            functools.partial(function, **{key: value})
            for key, values in variants.items()
            for value in values
        ]
        name = function.__name__
        self.bugs[name] = Bug(
            name, one_line(function.__doc__), tuple(programs) or (function,)
        )
        return function

    def stub(self) -> str:
        """The file that a learner starts from."""
        return source.stub(self.reference)

    def solution(self) -> str:
        """The reference as a file of its own."""
        return source.solution(self.reference)

    def run(self, function: object) -> Report:
        """Judge `function`, in this process and without limits of time or memory."""
        if not callable(function):
            what = f"`{self.name}` is of type {type(function).__name__}; it must be a function"
            return Report((Failure("the submission", what),))
        answers = [trial.ask(function) for trial in self.trials]
        for trial, answer in zip(self.trials, answers, strict=True):
            if wrong := trial.wrong(answer):
                bug, explained = self.diagnose(answers, trial)
                told = [part for part in wrong if part in explained] if bug else wrong
                named = (bug.name, bug.diagnosis) if bug else ()
                return Report(trial.tell(answer, told), *named)
        return Report()

    def diagnose(self, answers: list[Parts], first: Case | Check) -> tuple:
        """The bug that explains most of what went wrong, and what it explains of `first`.

        It must explain a wrong part of `first`, and in all explain more wrong parts than it
        gets wrong where the submission is right.
        """
        answer = answers[self.trials.index(first)]
        best, best_score, best_explained = None, 0, set()
        for bug in self.bugs.values():
            for program in bug.programs:
                theirs, _ = self.planted(program, first)
                wrong = first.wrong(answer)
                explained = {
                    part for part in wrong if first.alike(part, answer, theirs)
                }
                if explained and (score := self.score(answers, program)) > best_score:
                    best, best_score, best_explained = bug, score, explained
        return best, best_explained

    def score(self, answers: list[Parts], program: Callable) -> int:
        """The number of wrong parts that `program` gets wrong alike, less those that it gets
        wrong and the submission right."""
        score = 0
        for trial, answer in zip(self.trials, answers, strict=True):
            theirs, theirs_wrong = self.planted(program, trial)
            wrong = trial.wrong(answer)
            score += sum(trial.alike(part, answer, theirs) for part in wrong)
            score -= len(set(theirs_wrong) - set(wrong))
        return score

    def planted(
        self, program: Callable, trial: Case | Check
    ) -> tuple[Parts, list[str]]:
        """What a bug's program answers, and which parts are wrong; kept, as it never changes."""
        if (program, trial) not in self.known:
            theirs = trial.ask(program)
            self.known[program, trial] = theirs, trial.wrong(theirs)
        return self.known[program, trial]


@dataclass(frozen=True)
class Bug:
    """A known mistake, in one or more variants."""

    name: str
    diagnosis: str
    programs: tuple[Callable, ...]
