"""What an exercise is, and how a submission is judged.

Cases compare the parts of the submission's result with the reference's; checks cover what
one result cannot show. They alone decide whether a submission passes, and run from simple to
hard: the first that fails is told, so that two mistakes are told one at a time. What an
interviewer would not ask passes with a note: see `notes`.

A name only explains a failure, and does not decide. The judge knows no names: `catalog.load` hands
each exercise its `diagnose`.
"""

import copy
import functools
import inspect
import itertools
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from answers.grader import again
from answers.grader.arguments import entries, one_line
from answers.grader.compare import SHOULD_RAISE
from answers.grader.mistakes import Broken, Bug, Mistake, Name
from answers.grader.notes import REFUSED, SINGLE, WRAPPED, Note
from answers.grader.parts import RESULT
from answers.grader.report import Failure, Report
from answers.grader.submission import NOT_WRITTEN
from answers.grader.trials import Answer, Case, Check, Trial
from answers.handout import source, stubs

# The types of integers that wrap around at sizes that inputs have.
WRAPS = re.compile("uint|int8|int16")


def untold(case: str, report: Report) -> None:
    """Nobody asks how far it is."""


def nameless(
    exercise: "Exercise",
    answers: dict[Trial, Answer],
    first: Trial,
    function: Callable,
) -> Name:
    """No name: what an exercise says that nobody has handed a `diagnose`.

    Args:
        answers: What the submission answers to each trial that it was judged by.
        first: The trial whose failure is told.
        function: The submission.
    """
    return Name()


class Exercise:
    """A function to write, or to repair.

    Attributes:
        name: The name of the function.
        page: The page with the question: the stem of a file in docs/questions.
        summary: The first line of the reference's docstring.
        hints: From a nudge to nearly the answer.
        trials: The cases and checks, in the order in which they are told.
        bugs: The known mistakes by name.
        mistakes: The mistakes in the file of a fix-it exercise; none in any other.
        diagnose: What names a failure; it takes and returns what `nameless` does.
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
        of_counts: bool = False,
        noted: Note | None = None,
        bytes_judged: bool = False,
    ):
        """`returns` names the entries of a tuple; the tolerances are for float64 and float32.
        `refuses` says for what a ValueError is asked, if for anything. Where results are made
        `of_counts`, float32 is noted, as for integers. Each case is `noted` so, unless it has a
        note of its own. Integers that may wrap around have one, unless `bytes_judged`."""
        self.reference, self.page = reference, page
        self.hints, self.returns = hints, returns
        self.rtol, self.rtol32, self.refuses = rtol, rtol32, refuses
        self.of_counts, self.noted = of_counts, noted
        self.bytes_judged = bytes_judged
        self.name = reference.__name__
        self.summary = reference.__doc__.splitlines()[0]
        self.trials: list[Trial] = []
        self.bugs: dict[str, Bug] = {}
        self.mistakes: tuple[Mistake, ...] = ()
        self.diagnose: Callable[..., Name] = nameless

    @property
    def cases(self) -> list[Case]:
        """The trials that compare results."""
        return [trial for trial in self.trials if isinstance(trial, Case)]

    @property
    def has_a_file(self) -> bool:
        """Whether the reference stands by itself, and can be cut from its file."""
        return self.reference.__qualname__ == self.name

    def case(
        self, case_name: str, /, *args, noted: Note | None = None, **kwargs
    ) -> None:
        """Add a call whose result is compared with the reference's.

        Add simple calls first, then one difficulty at a time. Use irregular numbers, so that no
        two mistakes give the same result. Where the case is `noted`, another result passes, as it
        does where integers may wrap around.
        """
        self.trials.append(self.made(case_name, args, kwargs, noted))

    def made(
        self, case_name: str, args: tuple, kwargs: dict, noted: Note | None = None
    ) -> Case:
        """The case, with its tolerance."""
        held = [each.values() if isinstance(each, dict) else [each] for each in args]
        dtypes = [str(getattr(a, "dtype", "")) for a in itertools.chain(*held)]
        coarse = any(dtype.endswith("float32") for dtype in dtypes)
        wraps = not self.bytes_judged and any(map(WRAPS.match, dtypes))
        noted = noted or (WRAPPED if wraps else self.noted)
        rtol = self.rtol32 if coarse else self.rtol
        call = case_name, self.reference, args, kwargs
        whole = self.of_counts or whole_numbers(self.reference, args)
        whole = self.rtol32 if whole else None
        return Case(*call, self.returns, rtol, self.refuses, noted, whole)

    def trial(self, name: str) -> Trial:
        """The case or check of that name, also of a case that is asked again.

        Raises:
            KeyError: There is none.
        """
        for trial in itertools.chain(self.trials, again.laid_out(self.cases)):
            if trial.name == name:
                return trial
        raise KeyError(f"{self.name} has no case {name!r}")

    @functools.cached_property
    def to_refill(self) -> Case | None:
        """The case whose array is filled anew: a small one in which that shows."""
        judged = [case for case in self.cases if case.is_judged]
        small_first = sorted(
            judged, key=lambda case: sum(map(entries, again.arrays(case.args)))
        )
        return next(
            (case for case in small_first if again.tells(case, self.reference)), None
        )

    @property
    def precision(self) -> list[float]:
        """How far a number may be off, as a share of its size: in float64, then in float32."""
        return sorted({case.rtol for case in self.cases})

    @functools.cached_property
    def notes(self) -> tuple[Note, ...]:
        """What is noted and not judged, each once."""
        marked = dict.fromkeys(case.noted for case in self.cases if case.noted)
        whole = any(case.rtol32 is not None for case in self.cases)
        return (*marked, *[SINGLE] * whole)

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

    def plant(self, *mistakes: Mistake) -> None:
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

    def know(self, *mistakes: Mistake) -> None:
        """Add mistakes that do not stand in the file, but that a repair may make."""
        for each in mistakes:
            self.with_mistakes((each,))
            self.bugs[each.name] = Bug(
                each.name, each.diagnosis, (Broken(self, (each,)),)
            )

    def with_mistakes(self, mistakes: tuple[Mistake, ...]) -> str:
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
            return f"{stubs.REPAIR.format(self.name)}\n{broken}"
        notes = dict.fromkeys(note.what for note in self.notes if note.what)
        return stubs.stub(self.reference, self.precision, self.refuses, notes)

    @functools.cached_property
    def file(self) -> str:
        """What `solution` returns: cutting it takes longer than a case, and each broken file of
        a fix-it exercise is made of it."""
        return source.solution(self.reference)

    def solution(self) -> str:
        """The reference as a file of its own."""
        return self.file

    def ask_reference(self) -> None:
        """Have the reference answer every case, before a submission can change what it says."""
        for case in self.cases:
            case.expected  # noqa: B018 (a cached property: it is kept)
        self.to_refill  # noqa: B018 (so is this one)

    def run(
        self, function: object, so_far: Callable[[str, Report], object] = untold
    ) -> Report:
        """Judge `function`, in this process and without limits of time or memory.

        `so_far` is called before each case, and before the mistake is named, with the name of the
        case, or "", and what would be reported if it came no further.
        """
        if not callable(function):
            what = f"`{self.name}` is of type {type(function).__name__}; it must be a function"
            return Report((Failure("the submission", what),))
        answers, noted, first, given = {}, {}, Report(), []
        for trial in self.trials:
            so_far(trial.name, first)
            # Kept, so that no later array has the `id` of an earlier one.
            given.append(trial.given())
            answers[trial] = answer = trial.ask(function, given[-1])
            noted[trial] = trial.note(answer)
            if answer.wrong and not noted[trial] and first.passed:
                first = Report(trial.tell(answer, answer.wrong))
        if unwritten := not_written(answers):
            noted = dict.fromkeys(noted)
        judged = {trial: answers[trial] for trial, note in noted.items() if not note}
        silent = {trial for trial, note in noted.items() if note and note.in_stub_alone}
        told = {t: note for t, note in noted.items() if note and t not in silent}
        # The reason is given once, with the first case that has this note.
        whys = {note: t for t, note in reversed(told.items())}
        tried = {
            "cases": tuple(trial.name for trial in answers if trial not in silent),
            "wrong": tuple(trial.name for trial, a in judged.items() if a.wrong),
            "notes": tuple(
                told_with(
                    note.why if whys[note] is trial else "",
                    *trial.tell(answers[trial], answers[trial].wrong),
                )
                for trial, note in told.items()
            ),
        }
        for trial, answer in judged.items():
            if answer.wrong:
                unnamed = Report(trial.tell(answer, answer.wrong), **tried)
                if unwritten:
                    return unnamed
                so_far("", unnamed)
                asked = {t: a for t, a in judged.items() if t.noted is not REFUSED}
                name = self.diagnose(self, asked, trial, function)
                # What the name explains is told before the rest.
                rest = [part for part in answer.wrong if part not in name.explains]
                failures = trial.tell(answer, [*name.explains, *rest])
                return Report(failures, name.name, name.diagnosis, **tried)
        cases = {trial: a for trial, a in answers.items() if isinstance(trial, Case)}
        found = again.asked_again(
            cases, self.to_refill, function, lambda case: so_far(case, first)
        )
        if not found:
            return Report(**tried)
        case, answer, name = found
        if case.copied is not copy.deepcopy:
            # It goes wrong by itself, and is told as any other case.
            tried |= {"cases": (*tried["cases"], case.name), "wrong": (case.name,)}
        failures = case.tell(answer, answer.wrong)
        return Report(failures, name.name, name.diagnosis, **tried)


def not_written(answers: dict[Trial, Answer]) -> bool:
    """Whether the function is still the stub: every answer says that it is not written yet."""
    parts = [part for answer in answers.values() for part in answer.parts.values()]
    return all(getattr(part, "kind", None) == NOT_WRITTEN for part in parts)


def told_with(why: str, first: Failure, *_: Failure) -> Failure:
    """What came, and what ours does and why: it differs, and is not wrong."""
    said = first.message.replace(" is wrong", " differs")
    said = said.partition(SHOULD_RAISE)[0]
    return replace(first, message=f"{said}. {why}".rstrip())


def whole_numbers(reference: Callable, args: tuple) -> bool:
    """Whether integers stand wherever other numbers could, and the result is not of integers."""
    signature = inspect.signature(reference)
    if "float" not in str(signature.return_annotation).lower():
        return False
    kinds = {
        np.asarray(entry).dtype.kind
        for name, value in signature.bind_partial(*args).arguments.items()
        if "Real[ndarray" in str(signature.parameters[name].annotation)
        for entry in (value.values() if isinstance(value, dict) else [value])
    }
    return bool(kinds) and kinds <= set("iu")
