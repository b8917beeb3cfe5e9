"""What an exercise is, and how a submission is judged.

Cases compare the parts of the submission's result with the reference's; checks cover what
one result cannot show. They alone decide whether a submission passes, and run from simple to
hard: the first that fails is told, so that two mistakes are told one at a time.

Known bugs only put a name to a failure: a bug is the reference with one mistake, and it is
recognised when the submission goes wrong in the same way, however it is written.
"""

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from answers.practice import source
from answers.practice.parts import RESULT
from answers.practice.report import Failure, Report
from answers.practice.trials import Answer, Case, Check, Trial, one_line


class Exercise:
    """A function to write, or to repair.

    Attributes:
        name: The name of the function.
        page: The page with the question: the stem of a file in docs/questions.
        summary: The first line of the reference's docstring.
        hints: From a nudge to nearly the answer.
        trials: The cases and checks, in the order in which they are told.
        bugs: The known mistakes by name.
        mistakes: Those that stand in the file of a fix-it exercise; else none.
    """

    def __init__(
        self,
        reference: Callable,
        page: str,
        hints: tuple[str, ...],
        returns: tuple[str, ...] = (RESULT,),
        rtol: float = 1e-8,
        rtol32: float = 1e-4,
        refuses: str = "",
    ):
        """`returns` names the entries of a tuple; the tolerances are for float64 and float32.
        `refuses` says for what a ValueError is asked, if for anything."""
        self.reference, self.page = reference, page
        self.hints, self.returns = hints, returns
        self.rtol, self.rtol32, self.refuses = rtol, rtol32, refuses
        self.name = reference.__name__
        self.summary = reference.__doc__.splitlines()[0]
        self.trials: list[Trial] = []
        self.bugs: dict[str, Bug] = {}
        self.mistakes: tuple[Mistake, ...] = ()
        self.known: dict[tuple, Answer] = {}

    def case(self, case_name: str, /, *args, **kwargs) -> None:
        """Add a call whose result is compared with the reference's.

        Simple calls first, each with one difficulty more; irregular numbers, so that no two
        mistakes give the same result.
        """
        held = [each.values() if isinstance(each, dict) else [each] for each in args]
        dtypes = [str(getattr(a, "dtype", "")) for a in itertools.chain(*held)]
        coarse = any(dtype.endswith("float32") for dtype in dtypes)
        rtol = self.rtol32 if coarse else self.rtol
        call = case_name, self.reference, args, kwargs
        self.trials.append(Case(*call, self.returns, rtol, bool(self.refuses)))

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
        programs = tuple(
            functools.partial(function, **{key: value})
            for key, values in variants.items()
            for value in values
        )
        name, diagnosis = function.__name__, one_line(function.__doc__)
        self.bugs[name] = Bug(name, diagnosis, programs or (function,))
        return function

    def plant(self, *mistakes: "Mistake") -> None:
        """Make this a fix-it exercise: the learner starts from the solution with all of these
        mistakes in it, and is told the first that is left.

        Whatever has been repaired, in whatever order, what is left is one of the combinations
        of the mistakes. Each combination is a program of the bug that comes first in it. So
        give the mistakes in the order in which the cases show them.

        Raises:
            ValueError: What a mistake replaces does not stand in the solution just once.
        """
        self.mistakes = mistakes
        self.with_mistakes(mistakes)
        for place, first in enumerate(mistakes):
            later = mistakes[place + 1 :]
            programs = tuple(
                Broken(self, (first, *others))
                for size in range(len(later) + 1)
                for others in itertools.combinations(later, size)
            )
            self.bugs[first.name] = Bug(first.name, first.diagnosis, programs)

    def with_mistakes(self, mistakes: tuple["Mistake", ...]) -> str:
        """The solution with these mistakes in it."""
        code = self.solution()
        for mistake in mistakes:
            if (times := code.count(mistake.right)) != 1:
                raise ValueError(
                    f"what {mistake.name} replaces stands {times} times in the solution of "
                    f"{self.name}; give enough of it to find it once: {mistake.right!r}"
                )
            code = code.replace(mistake.right, mistake.wrong)
        return code

    def stub(self) -> str:
        """The file that a learner starts from."""
        if self.mistakes:
            broken = self.with_mistakes(self.mistakes)
            return f"{source.REPAIR.format(self.name)}\n{broken}"
        return source.stub(self.reference, self.refuses)

    def solution(self) -> str:
        """The reference as a file of its own."""
        return source.solution(self.reference)

    def run(self, function: object) -> Report:
        """Judge `function`, in this process and without limits of time or memory."""
        if not callable(function):
            what = f"`{self.name}` is of type {type(function).__name__}; it must be a function"
            return Report((Failure("the submission", what),))
        answers = {trial: trial.ask(function) for trial in self.trials}
        for trial, answer in answers.items():
            if answer.wrong:
                bug, told = self.diagnose(answers, trial)
                if bug is None:
                    return Report(trial.tell(answer, answer.wrong))
                return Report(trial.tell(answer, told), bug.name, bug.diagnosis)
        return Report()

    def diagnose(
        self, answers: dict[Trial, Answer], first: Trial
    ) -> tuple["Bug | None", list[str]]:
        """The bug that explains most of what went wrong, and what it explains of `first`.

        It must explain a wrong part of `first`, and in all explain more wrong parts than it
        gets wrong where the submission is right.
        """
        everything = sum(len(answer.wrong) for answer in answers.values())
        best, best_score, best_explained = None, 0, []
        for bug in self.bugs.values():
            for program in bug.programs:
                explained, _ = self.explained(program, first, answers[first])
                if not explained:
                    continue
                found = [self.explained(program, *asked) for asked in answers.items()]
                score = sum(len(alike) - spoilt for alike, spoilt in found)
                if score == everything:
                    return bug, explained
                if score > best_score:
                    best, best_score, best_explained = bug, score, explained
        return best, best_explained

    def explained(
        self, program: Callable, trial: Trial, answer: Answer
    ) -> tuple[list[str], int]:
        """The wrong parts that `program` gets wrong alike, and how many it gets wrong where the
        submission is right."""
        # A bug's answers never change.
        if (program, trial) not in self.known:
            self.known[program, trial] = trial.ask(program)
        theirs = self.known[program, trial]
        alike = [part for part in answer.wrong if trial.alike(part, answer, theirs)]
        return alike, len(set(theirs.wrong) - set(answer.wrong))


@dataclass(frozen=True)
class Bug:
    """A known mistake, in one or more variants."""

    name: str
    diagnosis: str
    programs: tuple[Callable, ...]


@dataclass(frozen=True)
class Mistake:
    """A mistake in the file of a fix-it exercise: `wrong` stands where `right` should."""

    name: str
    right: str
    wrong: str
    diagnosis: str


@dataclass(frozen=True)
class Broken:
    """The solution of a fix-it exercise with some of its mistakes, made when it is called."""

    exercise: Exercise
    mistakes: tuple[Mistake, ...]

    @functools.cached_property
    def function(self) -> Callable:
        name, namespace = self.exercise.name, {}
        code = self.exercise.with_mistakes(self.mistakes)
        exec(compile(code, f"{name}.py", "exec"), namespace)
        return namespace[name]

    def __call__(self, *args, **kwargs) -> object:
        return self.function(*args, **kwargs)
