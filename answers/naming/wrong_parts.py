"""What a submission got wrong, part by part, and what is said of it."""

import dataclasses
import functools
import math
from collections.abc import Iterator

import numpy as np

from answers.grader.compare import agrees, close
from answers.grader.parts import Part

# A number that many formulas give by chance is worth this much of one that only few give.
SIMPLE = 1 / 6


@dataclasses.dataclass(frozen=True, eq=False)
class Wrong:
    """A part of the result of a case: a wrong one, or a right one to compare it with."""

    case: object
    name: str
    got: Part
    want: Part

    @functools.cached_property
    def right(self) -> np.ndarray:
        """Where the entries agree; both have one shape."""
        return close(self.got, self.want, self.case.rtol)

    def is_close(self, expected: np.ndarray) -> bool:
        """Whether what came is `expected`."""
        return agrees(self.got, np.asarray(expected), self.case.rtol)


@dataclasses.dataclass(frozen=True, eq=False)
class Evidence:
    """What a submission gets wrong, and what it gets right.

    Attributes:
        wrong: The wrong parts.
        right: The right ones that are arrays.
        failing: In how many cases something is wrong, if these are only some of them.
        alone: Whether this is one case of several: then chance is ruled out by the others.
    """

    wrong: list[Wrong]
    right: list[Wrong]
    failing: int = 0
    alone: bool = False

    @functools.cached_property
    def in_numbers(self) -> bool:
        """Whether all that is wrong are numbers of the right shape."""
        return self.in_arrays and all(w.got.shape == w.want.shape for w in self.wrong)

    @functools.cached_property
    def in_arrays(self) -> bool:
        """Whether all that is wrong are arrays that should be arrays."""
        return bool(self.wrong) and all(
            isinstance(each, np.ndarray) for w in self.wrong for each in (w.got, w.want)
        )

    @functools.cached_property
    def finite(self) -> bool:
        """Whether all that is wrong are finite numbers."""
        return self.in_arrays and all(np.isfinite(w.got).all() for w in self.wrong)

    @functools.cached_property
    def weight(self) -> float:
        """How much speaks against chance: how many different pairs of wrong and right numbers."""
        if self.alone:
            return np.inf
        pairs, simple = set(), 0
        for w in self.wrong:
            if not all(isinstance(a, np.ndarray) for a in (w.got, w.want)):
                simple += 1
                continue
            if w.got.shape != w.want.shape:
                simple += w.got.size
                continue
            got, want = (
                a[~w.right].astype(np.float64).round(9) for a in (w.got, w.want)
            )
            plain = ((4 * want % 1 == 0) & (4 * got % 1 == 0)) | ~np.isfinite(got)
            simple += int(plain.sum())
            pairs |= set(zip(got[~plain].tolist(), want[~plain].tolist(), strict=True))
        return len(pairs) + SIMPLE * simple

    @functools.cached_property
    def cases(self) -> list:
        """The cases that fail, each once."""
        return list(dict.fromkeys(w.case for w in self.wrong))

    @functools.cached_property
    def what(self) -> str:
        """What is wrong, for the beginning of a sentence that goes on with "is"."""
        names = list(dict.fromkeys(w.name for w in self.wrong))
        return sentence(names[0]) if len(names) == 1 else "Every part that is wrong"

    @functools.cached_property
    def where(self) -> str:
        """In which inputs, for the end of a sentence."""
        count = len(self.cases)
        if count < self.failing:
            return f"in {count} of the {self.failing} inputs that fail"
        return (
            f"in all {count} inputs that fail"
            if count > 1
            else "in the input that fails"
        )

    def of(self, cases: set, name: str = "", alone: bool = False) -> "Evidence":
        """The evidence of these cases alone, or of the parts of that name in them."""
        some = [w for w in self.wrong if w.case in cases and name in ("", w.name)]
        return Evidence(some, self.right, len(self.cases), alone)


@dataclasses.dataclass(frozen=True)
class Relation:
    """What was seen, and what usually causes it, under a short name."""

    name: str
    diagnosis: str


def sentence(text: str) -> str:
    """The text with a capital, unless it is the name of a variable."""
    return text[:1].upper() + text[1:] if text.startswith("the ") else text


def said(seen: Evidence, name: str, words: str, cause: str) -> Relation:
    """A relation in two sentences."""
    text = f"{seen.what} is {words}, {seen.where}. The usual cause: {cause}."
    return Relation(name.replace(" ", "_"), text)


def named(arguments: dict) -> Iterator[tuple[str, object]]:
    """Each argument with its name, and each value of a dict among them."""
    for name, value in arguments.items():
        yield name, value
        if isinstance(value, dict):
            yield from ((f'{name}["{key}"]', each) for key, each in value.items())


def sizes(case: object) -> dict[str, float]:
    """The sizes that the inputs of a case have, and the numbers among them, in words."""
    found = {}
    given = case.bound()
    given.apply_defaults()
    first = getattr(next(iter(given.arguments.values()), None), "shape", ())
    axis = given.arguments.get("axis")
    if type(axis) is int and -len(first) <= axis < len(first):
        found["the size of the axis"] = first[axis]
    for name, value in named(given.arguments):
        shape = tuple(getattr(value, "shape", ()))
        if len(shape) == 1:
            found[f"the length of `{name}`"] = shape[0]
        for axis, size in enumerate(shape if len(shape) > 1 else ()):
            found[f"the size of axis {axis} of `{name}`"] = size
        if len(shape) > 1:
            found[f"the size of the last axis of `{name}`"] = shape[-1]
            found[f"the number of entries of `{name}`"] = math.prod(shape)
        if type(value) in (int, float):
            found[f"`{name}`"] = value
    return found
