"""What a submission goes through: cases, which compare results, and checks, which do not."""

import copy
import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from answers.grader.arguments import CALL, IN_FULL, described, one_line
from answers.grader.compare import (
    SHOULD_RAISE,
    agrees,
    alike,
    difference,
    right_in_another_order,
    under_other_names,
)
from answers.grader.notes import REFUSED, SINGLE, Note
from answers.grader.parts import RESULT, Complaint, Parts, is_tensor, parts_of
from answers.grader.report import Failure
from answers.grader.submission import call, misfit, signature_of
from answers.grader.tensors import gradients

ARGUMENTS = "the arguments"
REFUSAL = "a ValueError"
ANOTHER_ORDER = "the parts are right, but come as"
OTHER_NAMES = "the parts are right, but under each other's names"
# How far numbers may be off that were computed in float32, if they lost no digits besides.
SINGLE_DIGITS = 1e-5


class Answer(NamedTuple):
    """What a function answers to a trial, part by part, which parts are wrong, and the very
    object that it returned, if that is compared."""

    parts: Parts
    wrong: list[str]
    result: object = None


@dataclass(frozen=True, eq=False)
class Case:
    """A call, whose result must be the reference's.

    Where it is, so must be the gradients of the positional arguments that are tensors and
    require one.
    """

    name: str
    reference: Callable
    args: tuple
    kwargs: dict
    returns: tuple[str, ...]
    rtol: float
    refuses: str = ""
    noted: Note | None = None
    # Of a case whose numbers are all integers: what float32 would be judged by.
    rtol32: float | None = None
    # The case that this one repeats, with its arguments copied in another way.
    repeats: "Case | None" = None
    copied: Callable = copy.deepcopy

    @functools.cached_property
    def expected(self) -> tuple[object, Parts]:
        """What the reference returns, and its parts."""
        if self.repeats:
            return self.repeats.expected
        args, kwargs = self.given()
        result = self.outcome(self.reference, args, kwargs)
        if isinstance(result, Complaint):
            parts = {RESULT: result}  # one error, however many parts it would have
        else:
            parts = parts_of(result, result, self.returns)
            parts |= self.gradients(result, args, self.reference)
        for part in parts.values():
            asked = self.refuses or self.noted
            if isinstance(part, Complaint) and not (asked and part.kind == REFUSAL):
                # Else a submission would agree by failing alike.
                raise RuntimeError(f"the reference fails at {self}: {part.text}")
        return result, parts

    @property
    def want(self) -> Parts:
        return self.expected[1]

    @property
    def is_judged(self) -> bool:
        """Whether a result far from the reference's fails."""
        return not self.noted or self.noted.within > 0

    @property
    def is_refused(self) -> bool:
        """Whether the reference refuses the call."""
        return isinstance(self.expected[0], Complaint)

    def gradients(self, result: object, args: tuple, function: Callable) -> Parts:
        """The gradients of the arguments that require one."""
        return gradients(
            result, dict(zip(self.parameters, args, strict=False)), function
        )

    def outcome(self, function: Callable, args: tuple, kwargs: dict) -> object:
        """What the function returns, or a complaint. Where ours raises ValueError, any will do."""
        result = call(function, args, kwargs)
        error = result.error if isinstance(result, Complaint) else None
        if error is not None and issubclass(error, ValueError):
            return replace(result, kind=REFUSAL, accident=result.kind)
        return result

    def given(self) -> tuple[tuple, dict]:
        """A copy of the arguments: a function that writes to them spoils no later call."""
        return self.copied((self.args, self.kwargs))

    def ask(self, function: Callable, given: tuple | None = None) -> Answer:
        """What the function answers, with a complaint if it changed its arguments."""
        args, kwargs = given = given or self.given()
        misfits = misfit(function, args, kwargs)
        return self.answer(
            misfits or self.outcome(function, args, kwargs), given, function
        )

    def answer(self, result: object, given: tuple, function: Callable) -> Answer:
        """The answer with this result of a call of the function with what was given."""
        args, _ = given
        if isinstance(result, Complaint):
            parts = dict.fromkeys(self.want, result)
            return Answer(parts, self.wrong(parts))
        like, names = self.expected[0], self.returns
        parts = parts_of(result, like, names)
        wrong = self.wrong(parts)
        # A wrong value has a wrong gradient, and is told alone.
        if not wrong:
            gradients = self.gradients(result, args, function)
            parts |= gradients
            wrong = self.wrong(gradients)
        elif order := right_in_another_order(result, like, names, self.rtol):
            what = f"{ANOTHER_ORDER} {order}"
            complaint = Complaint(what, f"{what}; return ({', '.join(names)})")
            parts = dict.fromkeys(self.want, complaint)
            wrong = list(parts)
        elif found := under_other_names(parts, self.want, wrong, self.rtol):
            pairs = ", ".join(f"{name} is {other}" for name, other in found.items())
            what = f"{OTHER_NAMES}: {pairs}"
            parts |= dict.fromkeys(wrong, Complaint(what, what))
        if changed := self.changed_inputs(args):
            what = f"it changed its argument {' and '.join(f'`{name}`' for name in changed)}"
            repair = "work on a copy (`a = a - b` makes a new array, `a -= b` does not)"
            parts[ARGUMENTS] = Complaint(what, f"{what}; {repair}")
            wrong.append(ARGUMENTS)
        return Answer(parts, wrong, result)

    def looked_at_again(self, answer: Answer) -> Answer:
        """The answer with the parts that its result has now: a later call may write to it."""
        if self.is_refused or answer.wrong:
            return Answer(answer.parts, [])
        parts = parts_of(answer.result, self.expected[0], self.returns)
        return Answer(parts, self.wrong(parts))

    def wrong(self, parts: Parts) -> list[str]:
        """The names of the parts that are wrong."""
        return [
            name
            for name, part in parts.items()
            if not agrees(part, self.want[name], self.rtol)
        ]

    @functools.cached_property
    def converted(self) -> "Case | None":
        """The case with floats for integers and integers for True and False, if it has any where
        others may stand too."""
        kinds = [str(each.annotation) for each in self.signature.values()]
        kinds += [""] * len(self.args)
        args = tuple(map(as_usual, self.args, kinds))
        same = all(a is b for a, b in zip(args, self.args, strict=False))
        return None if same else replace(self, args=args[: len(self.args)])

    def note(self, answer: Answer) -> Note | None:
        """Why what is wrong here passes, if it does. A changed argument never does."""
        wrong = [answer.parts[name] for name in answer.wrong]
        if not wrong or ARGUMENTS in answer.wrong:
            return None
        if self.noted is REFUSED:
            _, _, message = self.expected[0].accident.partition(": ")
            return replace(REFUSED, why=f"{REFUSED.why}: {message}.")
        if self.noted:
            near = not self.is_judged or all(
                agrees(answer.parts[name], self.want[name], self.noted.within)
                for name in answer.wrong
            )
            if near and self.noted.lets(wrong):
                return self.noted
        single = self.rtol32 is not None and all(
            getattr(answer.parts[name], "dtype", None) == np.float32
            and agrees(answer.parts[name], self.want[name], self.rtol32)
            for name in answer.wrong
        )
        return SINGLE if single else None

    def alike(self, part: str, answer: Answer, bug: Answer) -> bool:
        """Whether `part` went wrong as the bug's did."""
        got, theirs = answer.parts[part], bug.parts.get(part)
        want = self.want.get(part)
        if theirs is None:
            return False
        single = getattr(got, "dtype", None) == np.float32
        coarse = single or bool(self.noted and self.noted.within)
        # A bug as near to ours would be like anything that is right to float32's digits.
        if coarse and not agrees(theirs, want, SINGLE_DIGITS):
            return alike(got, theirs, max(self.rtol, SINGLE_DIGITS), want)
        return alike(got, theirs, self.rtol, want)

    def tell(self, answer: Answer, told: list[str]) -> tuple[Failure, ...]:
        """What is wrong with these parts, in words; the call is told once."""
        sentences = {}
        for part in told:
            got, want = answer.parts[part], self.want.get(part)
            if not isinstance(got, Complaint):
                sentence, *pieces = difference(got, want, self.rtol)
                asked = f" for {self.refuses}" if isinstance(want, Complaint) else ""
                sentences.setdefault(f"{part} {sentence}{asked}", pieces)
            elif got.error is not None and isinstance(want, Complaint):
                sentences[f"{got.text}{SHOULD_RAISE} for {self.refuses}"] = ()
            elif self.refuses and got.kind == REFUSAL and got.on_purpose:
                why = f"ValueError is for {self.refuses}, and there is none here"
                sentences[f"{got.text}; {why}"] = ()
            else:
                sentences[got.text] = ()
        intros = [f"{self}: ", *[""] * len(sentences)]
        return tuple(
            Failure(self.name, intro + sentence, *pieces)
            for intro, (sentence, pieces) in zip(
                intros, sentences.items(), strict=False
            )
        )

    def changed_inputs(self, args: tuple) -> list[str]:
        """The names of the positional arguments that are no longer what they were."""
        pairs = zip(self.parameters, self.args, args, strict=False)
        return [name for name, old, new in pairs if not unchanged(old, new)]

    @functools.cached_property
    def signature(self) -> Mapping[str, inspect.Parameter]:
        return signature_of(self.reference).parameters

    def bound(self) -> inspect.BoundArguments:
        """The arguments by name, in an object of its own."""
        return signature_of(self.reference).bind(*self.args, **self.kwargs)

    def with_arguments(self, given: inspect.BoundArguments) -> "Case":
        """The case with other arguments, each passed by name if it was."""
        named = {name: given.arguments.pop(name) for name in self.kwargs}
        return replace(self, args=given.args, kwargs=named)

    @functools.cached_property
    def parameters(self) -> list[str]:
        return list(self.signature)

    def __str__(self) -> str:
        """The call, and what is passed."""
        name, names = self.reference.__name__, self.parameters[: len(self.args)]
        options = [f"{name}={value!r}" for name, value in self.kwargs.items()]
        if all(isinstance(value, tuple | int) for value in self.args):
            return f"{name}({', '.join([*map(repr, self.args), *options])})"
        pairs = [*zip(names, self.args, strict=True)]
        for most in IN_FULL:
            told = [f"{name} {described(value, most)}" for name, value in pairs]
            passed = ", ".join(told)
            if len(passed) <= CALL:
                break
        return f"{name}({', '.join(names + options)}) with {passed}"


class Check:
    """A property of the submission."""

    noted = None

    def __init__(self, function: Callable):
        self.function = function
        self.name = function.__name__.replace("_", " ")
        self.complaint = Complaint(self.name, one_line(function.__doc__))

    def given(self) -> None:
        """Nothing: a check makes its own arguments."""

    def ask(self, function: Callable, given: None = None) -> Answer:
        """Nothing if the property holds, else the complaint."""
        # An array has no truth value, whatever the check asked of it.
        holds = call(lambda f: bool(self.function(f)), (function,), {}, of=function)
        if holds is True:
            return Answer({}, [])
        return Answer({RESULT: holds or self.complaint}, [RESULT])

    def note(self, answer: Answer) -> Note | None:
        """A property is judged."""
        return None

    def alike(self, part: str, answer: Answer, bug: Answer) -> bool:
        return answer == bug

    def tell(self, answer: Answer, told: list[str]) -> tuple[Failure, ...]:
        return tuple(Failure(self.name, answer.parts[part].text) for part in told)


Trial = Case | Check


def unchanged(old: object, new: object) -> bool:
    """Whether an argument is what it was. Only arrays, tensors and dicts of them are looked at.

    A function can also set the shape and the dtype of an array.
    """
    if isinstance(old, dict):
        same = old.keys() == new.keys()
        return same and all(unchanged(value, new[key]) for key, value in old.items())
    if is_tensor(old):
        old, new = old.numpy(force=True), new.numpy(force=True)
    if not isinstance(old, np.ndarray):
        return not isinstance(old, int) or old == new  # a number in a dict
    if (old.shape, old.dtype) != (new.shape, new.dtype):
        return False
    # x + h - 2h + h puts an entry back, but for its last digit.
    return bool((old == new).all()) or np.allclose(
        old, new, rtol=1e-12, atol=1e-12, equal_nan=True
    )


def as_usual(value: object, annotation: str) -> object:
    """An array with the usual numbers of an annotation: floats for `Real`, int64 for `Integer`."""
    kind = value.dtype.kind if isinstance(value, np.ndarray) else ""
    if kind in ("i", "u") and "Real[" in annotation:
        return value.astype(np.float64)
    if kind == "b" and "Integer[" in annotation:
        return value.astype(np.int64)
    return value
