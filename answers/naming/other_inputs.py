"""What our answer to other inputs tells: arguments exchanged, ignored, or taken for others."""

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.parts import is_tensor


@dataclass(frozen=True)
class Other:
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


ARRAYS: dict[str, tuple[str, str, Callable]] = {
    "negated": ("`-{a}`", "fi", lambda a: -a),
    "the wrong way round": ("`~{a}`", "b", lambda a: ~a),
    "reversed": ("`{a}[::-1]`", "fiub", lambda a: a[::-1]),
    "transposed": ("`{a}.T`", "fiub", lambda a: a.swapaxes(-1, -2)),
    "moved by one place": ("`np.roll({a}, 1)`", "fiub", lambda a: roll(a, 1)),
    "moved back by one place": ("`np.roll({a}, -1)`", "fiub", lambda a: roll(a, -1)),
    "cut to its first entry": ("`{a}[:1]`", "fiub", lambda a: a[:1]),
    "cut at its beginning": ("`{a}[1:]`", "fiub", lambda a: a[1:]),
    "cut at its end": ("`{a}[:-1]`", "fiub", lambda a: a[:-1]),
    "without its signs": ("`|{a}|`", "fi", abs),
    "replaced by its complement": ("`1 - {a}`", "fiu", lambda a: 1 - a),
    "squared": ("`{a}²`", "f", lambda a: a * a),
    "replaced by its logarithm": ("`log {a}`", "f", np.log),
    "exponentiated": ("`exp {a}`", "f", np.exp),
    "normalised": (
        "`{a}` divided by its sum",
        "f",
        lambda a: a / a.sum(-1, keepdims=True),
    ),
    "counted from 1": ("`{a} + 1`", "iu", lambda a: a + 1),
    "counted from -1": ("`{a} - 1`", "iu", lambda a: a - 1),
    "doubled": ("`2 {a}`", "f", lambda a: 2 * a),
    "halved": ("`{a} / 2`", "f", lambda a: a / 2),
}
# What is tried where there are many arguments, or where PyTorch takes its time.
OFTEN = {"negated", "the wrong way round", "transposed", "cut at its end", "doubled"}
NUMBERS: dict[str, tuple[str, Callable]] = {
    "one larger": ("`{a} + 1`", lambda n: n + 1),
    "one smaller": ("`{a} - 1`", lambda n: n - 1),
    "always 0": ("0", lambda n: 0),
    "always 1": ("1", lambda n: 1),
    "always -1": ("-1", lambda n: -1),
    "negated": ("`-{a}`", lambda n: -n),
    "doubled": ("`2 {a}`", lambda n: 2 * n),
    "halved": ("`{a} / 2`", lambda n: n / 2),
    "squared": ("`{a}²`", lambda n: n * n),
    "replaced by its complement": ("`1 - {a}`", lambda n: 1 - n),
    "replaced by its reciprocal": ("`1 / {a}`", lambda n: 1 / n),
}


def roll(a: np.ndarray, step: int) -> np.ndarray:
    return a[list(np.roll(np.arange(len(a)), step))]


@functools.cache
def of(exercise: Exercise) -> tuple[Other, ...]:
    """The reference at every other input that one could take for the right one."""
    namespace = {exercise.name: exercise.reference}
    if exercise.has_a_file:
        # The solution refuses less than the reference.
        exec(compile(exercise.solution(), "<solution>", "exec"), namespace)
    return tuple(others(namespace[exercise.name], exercise.cases))


def others(reference: Callable, cases: list) -> Iterator[Other]:
    """The reference at every other input that one could take for the right one."""
    signature = inspect.signature(reference)
    parameters = signature.parameters
    make = functools.partial(Other, reference=reference, signature=signature)
    given = [signature.bind(*case.args, **case.kwargs).arguments for case in cases]
    names = [name for name in parameters if any(name in each for each in given)]
    kinds = {name: {kind(each.get(name)) for each in given} for name in names}
    arrays = [name for name in names if kinds[name] & set("fiub")]
    few = len(arrays) < 4 and not any(map(is_tensor, given[0].values()))
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            if any(alike(each.get(one), each.get(other)) for each in given):
                text = told(
                    f"`{one}` and `{other}` exchanged", "one is taken for the other"
                )
                exchange = functools.partial(exchanged, one, other)
                yield make("arguments_exchanged", text, change=exchange)
                for a, b in ((one, other), (other, one)):
                    text = told(
                        f"`{b}` for `{a}`", f"`{b}` is used where `{a}` belongs"
                    )
                    copy = functools.partial(replaced, a, b)
                    yield make(f"{b}_for_{a}", text, change=copy)
    for name in names:
        if (default := parameters[name].default) is not inspect.Parameter.empty:
            text = told(f"{default} for `{name}`", f"`{name}` is not used")
            yield make(f"{name}_ignored", text, change=functools.partial(dropped, name))
        for how, (words, wanted, function) in ARRAYS.items():
            if kinds[name] & set(wanted) and (how in OFTEN or few):
                change = changed(name, function, set(wanted))
                yield make(*named(name, how, words), change=change)
        for how, (words, function) in NUMBERS.items():
            if "number" in kinds[name]:
                change = changed(name, function, {"number"})
                yield make(*named(name, how, words), change=change)
        if "switch" in kinds[name]:
            change = changed(name, lambda switch: not switch, {"switch"})
            yield make(*named(name, "the wrong way round", "not `{a}`"), change=change)


def alike(one: object, other: object) -> bool:
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


def named(name: str, how: str, words: str) -> tuple[str, str]:
    text = told(f"{words.format(a=name)} for `{name}`", f"`{name}` is {how}")
    return f"{name} {how}".replace(" ", "_"), text


def told(inputs: str, cause: str) -> str:
    return (
        f"In every input that it takes, our answer with {inputs} goes wrong as yours does. The "
        f"usual cause: {cause}."
    )


def changed(name: str, function: Callable, wanted: set[str]) -> Callable:
    """A function that changes the argument, if it is there and of that kind."""

    def change(arguments: dict) -> None:
        value = arguments.get(name)
        if kind(value) in wanted:
            # In int64, where -1 and 256 do not wrap around.
            small = kind(value) in ("i", "u") and isinstance(value, np.ndarray)
            with np.errstate(all="ignore"):
                arguments[name] = function(value.astype(np.int64) if small else value)

    return change


def dropped(name: str, arguments: dict) -> None:
    arguments.pop(name, None)


def exchanged(one: str, other: str, arguments: dict) -> None:
    if one in arguments and other in arguments:
        arguments[one], arguments[other] = arguments[other], arguments[one]


def replaced(one: str, other: str, arguments: dict) -> None:
    if one in arguments and other in arguments:
        arguments[one] = arguments[other]
