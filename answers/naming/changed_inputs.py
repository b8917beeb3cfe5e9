"""Inputs changed in ways whose effect says something, and what a change did to two results."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from answers.grader.compare import close
from answers.grader.parts import Complaint, Parts, is_tensor
from answers.grader.trials import Answer, Case

ADDED = 0.75
# What may become of a part of the result, in words that follow "should".
STAY, REVERSE = "stay as it is", "come in reverse order"
LAWS: dict[str, Callable] = {
    STAY: lambda a: a,
    "be doubled": lambda a: 2 * a,
    "be halved": lambda a: a / 2,
    "change its sign": lambda a: -a,
    "grow by the same constant": lambda a: a + ADDED,
    REVERSE: lambda a: a[::-1] if a.ndim else a,
}


@dataclass(frozen=True, eq=False)
class Change:
    """A change of some arguments.

    Attributes:
        of: The names of the arguments that are changed.
        how: How they are changed, in words that follow these names.
        function: Puts other values into a dict of the arguments.
        cause: What is usually wrong if a result does not change as it should.
        end: The index, 0 or -1, of the only entry that is changed; None if there are more.
    """

    of: tuple[str, ...]
    how: str
    function: Callable
    cause: str
    end: int | None = None

    def __str__(self) -> str:
        return f"{' and '.join(f'`{name}`' for name in self.of)} {self.how}"

    def at(self, case: Case) -> Case | None:
        """The case with this change; None if nothing differs, or the reference cannot answer it."""
        given = case.bound()
        before = dict(given.arguments)
        try:
            with np.errstate(all="ignore"):
                self.function(given.arguments)
            if all(same(old, given.arguments[name]) for name, old in before.items()):
                return None
            # What was passed by name still is.
            named = {name: given.arguments.pop(name) for name in case.kwargs}
            changed = replace(case, args=given.args, kwargs=named)
            return None if changed.is_refused else changed
        # There is nothing to change, or the reference cannot take what came of it.
        except (RuntimeError, TypeError, AttributeError, LookupError, ValueError):
            return None


def same(old: object, new: object) -> bool:
    """Whether an argument is what it was."""
    return old is new or (
        hasattr(old, "shape") and bool((plain(old) == plain(new)).all())
    )


def plain(value: object) -> object:
    return value.detach() if is_tensor(value) else value


@dataclass(frozen=True, eq=False)
class Effect:
    """What a change did in one case: each result before and after."""

    case: Case
    is_wrong: bool
    ours: tuple[Parts, Parts]
    yours: tuple[Parts, Parts]

    def has(self, name: str) -> bool:
        """Whether that part of yours is an array, before and after."""
        return all(isinstance(each.get(name), np.ndarray) for each in self.yours)

    def places(self, parts: tuple[Parts, Parts], name: str) -> np.ndarray | None:
        """Where a part is no longer what it was; None if it is no array of one shape."""
        before, after = (each.get(name) for each in parts)
        arrays = isinstance(before, np.ndarray) and isinstance(after, np.ndarray)
        if not arrays or before.shape != after.shape:
            return None
        return ~close(after, before, self.case.rtol)

    def follows(self, parts: tuple[Parts, Parts], name: str, law: str) -> bool:
        """Whether a part became what the law says; not if zeros or integers would do so anyway."""
        before, after = (each.get(name) for each in parts)
        arrays = isinstance(before, np.ndarray) and isinstance(after, np.ndarray)
        if not arrays or before.shape != after.shape or not np.isfinite(before).all():
            return False
        if law != STAY and not (
            (before.any() and before.dtype.kind == "f") or law == REVERSE
        ):
            return False
        return bool(
            close(after, LAWS[law](before.astype(np.float64)), self.case.rtol).all()
        )


def effect(
    change: Change, case: Case, answer: Answer, function: Callable
) -> Effect | None:
    """What the change does to our result and to that of the function."""
    if (changed := change.at(case)) is None:
        return None
    yours, wrong = changed.ask(function).parts, bool(answer.wrong)
    # It may raise there, which says nothing of what it depends on.
    if any(isinstance(part, Complaint) for part in yours.values()):
        return None
    return Effect(case, wrong, (case.want, changed.want), (answer.parts, yours))


def changes(cases: list[Case]) -> Iterator[Change]:
    """The changes that some of the cases allow."""
    given = [case.bound().arguments for case in cases]
    for name in cases[0].parameters:
        values = [arguments[name] for arguments in given if name in arguments]
        yield from of_one(name, values)
    yield from of_rows(given)


def of_one(name: str, values: list) -> Iterator[Change]:
    """Changes of one argument."""
    arrays = [value for value in values if hasattr(value, "dtype")]
    floats = [value for value in arrays if "float" in str(value.dtype)]
    make, of_floats = (functools.partial(changed, name, kind=k) for k in ("", "float"))
    # What lies between 0 and 1 may be probabilities: none of these changes leaves them such.
    if any(
        value.min() < 0 or value.max() > 1 for value in floats if 0 not in value.shape
    ):
        cause = (
            "a division by a sum or a norm that is missing, or a term or power too many"
        )
        yield Change((name,), "doubled", of_floats(lambda a: 2 * a), cause)
        cause = "a condition or an absolute value where only the product counts"
        yield Change((name,), "with another sign", of_floats(lambda a: -a), cause)
        cause = "the sizes of the numbers are used where only their order should be"
        yield Change((name,), "replaced by its cube", of_floats(lambda a: a**3), cause)
        cause = "a difference that is not taken, or only in some of the terms"
        yield Change(
            (name,), "with a constant added", of_floats(lambda a: a + ADDED), cause
        )
    for axis in range(max((value.ndim for value in arrays), default=0)):
        along = f" along axis {axis}" if axis else ""
        cause = "a mask, an axis or a loop that takes in too much, or a step that mixes entries"
        for end, (one, other) in {-1: ("last", "first"), 0: ("first", "last")}.items():
            how = f"with its {one} entry{along} replaced by its {other}"
            put = functools.partial(ordered, axis=axis, order=ENDS[end])
            yield Change((name,), how, make(put), cause, end)
    if any(type(value) is int for value in values):
        cause = "what only says how the work is done has come into the result"
        yield Change((name,), "one larger", make(lambda n: n + 1), cause)


def of_rows(given: list[dict]) -> Iterator[Change]:
    """The rows in reverse order, of all arguments with the same number of rows."""
    arrays = {
        name: [arguments.get(name) for arguments in given]
        for name in given[0]
        if all(getattr(each.get(name), "shape", ()) for each in given)
    }
    for first in list(arrays)[:1]:
        lengths = [len(array) for array in arrays[first]]
        alike = [name for name in arrays if [len(a) for a in arrays[name]] == lengths]

        def reverse(arguments: dict, alike: list[str] = alike) -> None:
            for name in alike:
                arguments[name] = ordered(
                    plain(arguments[name]), 0, lambda n: range(n)[::-1]
                )

        cause = "the order in which the rows come is used"
        yield Change(tuple(alike), "in reverse order", reverse, cause)


ENDS = {-1: lambda n: [*range(n - 1), 0], 0: lambda n: [n - 1, *range(1, n)]}


def ordered(array: object, axis: int, order: Callable) -> object:
    """The array with its entries along an axis in another order."""
    return array[(*[slice(None)] * axis, list(order(array.shape[axis])))]


def changed(name: str, function: Callable, kind: str) -> Callable:
    """A function that changes one argument of a dict, if it is of that dtype."""

    def change(arguments: dict) -> None:
        if kind not in str(getattr(arguments[name], "dtype", "")):
            raise TypeError(f"`{name}` does not hold floats")
        arguments[name] = function(plain(arguments[name]))

    return change
