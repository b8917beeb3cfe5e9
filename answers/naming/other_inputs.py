"""Our answer at other inputs: arguments that are exchanged, ignored, or taken for others."""

import functools
import inspect
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.mistakes import Name
from answers.grader.parts import is_tensor
from answers.grader.trials import Case
from answers.naming.programs import alike, answer_of, is_error, likest
from answers.naming.submission import Submission


@dataclass(frozen=True)
class AtOtherInputs:
    """The reference at other inputs: a program that may explain a failure, as a bug does."""

    name: str
    diagnosis: str
    reference: Callable
    change: Callable
    signature: inspect.Signature

    def __call__(self, *args, **kwargs) -> object:
        given = self.signature.bind(*args, **kwargs)
        self.change(given.arguments)
        return self.reference(*given.args, **given.kwargs)


# What may become of an argument: in words, of which kinds, and how.
NUMBER = {"number"}
FIRST_ALONE = "read at its first entry alone"
ALTERED: dict[str, tuple[str, set[str], Callable]] = {
    "negated": ("`-{a}`", {*"fi"}, lambda a: -a),
    "reversed": ("`{a}[::-1]`", {*"fiub"}, lambda a: a[::-1]),
    "cut to its first entry": ("`{a}[:1]`", {*"fiub"}, lambda a: a[:1]),
    FIRST_ALONE: (
        "copies of `{a}[0]`",
        {*"fiub"},
        lambda a: np.repeat(a[:1], len(a), axis=0),
    ),
    "exponentiated": ("`exp {a}`", {*"f"}, np.exp),
    "one larger": ("`{a} + 1`", NUMBER, lambda n: n + 1),
    "always 1": ("1", NUMBER, lambda n: 1),
    "halved": ("`{a} / 2`", NUMBER, lambda n: n / 2),
}


def explaining_all(submission: Submission) -> Name | None:
    """Other inputs at which our answer is the submission's, in every case.

    Only the parts that the submission gets wrong are compared. Where the reference refuses the
    other input, nothing is known: the solution's answer there is right by chance.
    """
    cases, first = submission.cases, submission.first
    if first not in cases or any(map(is_error, cases[first].parts.values())):
        return None
    for program in of(submission.exercise):
        if not alike(first, cases[first], likest(program, first, cases[first])):
            continue
        unknown = unknown_cases(program, submission)
        if unknown is None or 5 * unknown > len(cases):
            continue
        if not is_by_chance(program, submission):
            return Name(program.name, program.diagnosis)
    return None


def unknown_cases(program: AtOtherInputs, submission: Submission) -> int | None:
    """In how many cases nothing is known; None if another answer is known in one of them."""
    cases, unknown = submission.cases, 0
    names = {name for answer in cases.values() for name in answer.wrong}
    for case, answer in cases.items():
        ours = answer_of(program, case)
        same = alike(case, answer, likest(program, case, answer))
        if raises(program, case) and answer.wrong:
            unknown += 1
        elif same != answer.wrong or names & set(ours.wrong) - set(answer.wrong):
            return None
    strict = replace(program, reference=submission.exercise.reference)
    judged = (case for case, answer in cases.items() if not answer.wrong)
    return unknown + sum(raises(strict, c) for c in judged if not c.is_refused)


def is_by_chance(program: AtOtherInputs, submission: Submission) -> bool:
    """Whether one number is all that is wrong, such as 0, and the other inputs spoil parts that the
    submission gets right: one number has many causes. So has a spread that does not see one of two
    arguments, where copies of one entry have none."""
    seen = submission.wrong_parts
    one_number = seen.in_numbers and len(np.unique(seen.gots.round(9))) <= 1
    if not one_number and not program.name.endswith(FIRST_ALONE.replace(" ", "_")):
        return False
    names = {w.name for w in seen.wrong}
    return any({*answer_of(program, case).wrong} - names for case in submission.cases)


def raises(program: Callable, case: Case) -> bool:
    return any(map(is_error, answer_of(program, case).parts.values()))


@functools.cache
def of(exercise: Exercise) -> tuple[AtOtherInputs, ...]:
    """The reference at every other input that one could take for the right one."""
    namespace = {exercise.name: exercise.reference}
    if exercise.has_a_file:
        # The solution refuses less than the reference.
        exec(compile(exercise.solution(), "<solution>", "exec"), namespace)
    return tuple(all_of(namespace[exercise.name], exercise.cases))


def all_of(reference: Callable, cases: list[Case]) -> Iterator[AtOtherInputs]:
    signature = inspect.signature(reference)
    parameters = signature.parameters
    given = [signature.bind(*case.args, **case.kwargs).arguments for case in cases]
    names = [name for name in parameters if any(name in each for each in given)]

    def program(name: str, inputs: str, cause: str, change: Callable) -> AtOtherInputs:
        diagnosis = (
            f"In every input that it takes, our answer with {inputs} goes wrong as yours does. "
            f"The usual cause: {cause}."
        )
        name = name.replace(" ", "_")
        return AtOtherInputs(name, diagnosis, reference, change, signature)

    # An argument that nobody reads comes first: where few cases pass it, another one often does
    # as well in its place.
    for name in names:
        if (default := parameters[name].default) is not inspect.Parameter.empty:

            def change(arguments: dict, name: str = name) -> None:
                arguments.pop(name, None)

            inputs, cause = f"{default} for `{name}`", f"`{name}` is not used"
            yield program(f"{name} ignored", inputs, cause, change)
    for a, b in itertools.combinations(names, 2):
        if not any(may_be_taken(each.get(a), each.get(b)) for each in given):
            continue
        change = functools.partial(rewire, {a: b, b: a})
        inputs, cause = f"`{a}` and `{b}` exchanged", "one is taken for the other"
        yield program("arguments exchanged", inputs, cause, change)
        for one, other in ((a, b), (b, a)):
            change = functools.partial(rewire, {one: other})
            cause = f"`{other}` is used where `{one}` belongs"
            inputs = f"`{other}` for `{one}`"
            yield program(f"{other} for {one}", inputs, cause, change)
    for name in names:
        kinds = {kind(each.get(name)) for each in given}
        for how, (words, wanted, function) in ALTERED.items():
            if kinds & wanted:
                change = functools.partial(alter, name, function, wanted)
                inputs = f"{words.format(a=name)} for `{name}`"
                yield program(f"{name} {how}", inputs, f"`{name}` is {how}", change)


def may_be_taken(one: object, other: object) -> bool:
    """Whether one argument may be taken for the other: they are of one kind and shape."""
    same = kind(one) == kind(other) != "none"
    return same and getattr(one, "shape", ()) == getattr(other, "shape", ())


def kind(value: object) -> str:
    """The kind of an argument: a letter for the dtype of an array."""
    if isinstance(value, bool):
        return "switch"
    if isinstance(value, int | float):
        return "number"
    if is_tensor(value):
        return str(value.dtype).removeprefix("torch.")[0]
    return value.dtype.kind if isinstance(value, np.ndarray) else "none"


def alter(name: str, function: Callable, wanted: set[str], arguments: dict) -> None:
    """Change an argument, if it is there and of that kind."""
    value = arguments.get(name)
    if kind(value) in wanted:
        # In int64, where -1 and 256 do not wrap around.
        small = kind(value) in ("i", "u") and isinstance(value, np.ndarray)
        with np.errstate(all="ignore"):
            arguments[name] = function(value.astype(np.int64) if small else value)


def rewire(sources: dict[str, str], arguments: dict) -> None:
    """Put another argument for each of these, if they are there."""
    if arguments.keys() >= sources.keys() | {*sources.values()}:
        arguments.update({name: arguments[other] for name, other in sources.items()})
