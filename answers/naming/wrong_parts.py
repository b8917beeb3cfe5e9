"""The wrong parts of a submission's results, and the sentence that is said of them."""

import dataclasses
import functools

import numpy as np

from answers.grader.compare import agrees, close
from answers.grader.mistakes import Name
from answers.grader.parts import Part
from answers.grader.trials import Case

# A number that many formulas give by chance is worth this much of one that only few give.
SIMPLE = 1 / 6


@dataclasses.dataclass(frozen=True, eq=False)
class ComparedPart:
    """A part of the result of a case: what came, and what should have come."""

    case: Case
    name: str
    got: Part
    want: Part

    @functools.cached_property
    def right(self) -> np.ndarray:
        """Where the entries agree; both have one shape."""
        return close(self.got, self.want, self.case.rtol)

    def is_close(self, expected: np.ndarray) -> bool:
        """Whether `expected` came."""
        return agrees(self.got, np.asarray(expected), self.case.rtol)


@dataclasses.dataclass(frozen=True, eq=False)
class WrongParts:
    """The wrong parts of the results of some cases, and the right parts of all.

    Attributes:
        wrong: The wrong parts.
        right: The right parts that are arrays.
        first: The case whose failure is told.
        failing: How many cases fail, if these are only some of them.
        alone: Whether this is one case of several: then the others rule out chance.
    """

    wrong: list[ComparedPart]
    right: list[ComparedPart]
    first: Case
    failing: int = 0
    alone: bool = False

    @functools.cached_property
    def in_numbers(self) -> bool:
        """Whether every wrong part is an array of the right shape."""
        return self.in_arrays and all(w.got.shape == w.want.shape for w in self.wrong)

    @functools.cached_property
    def in_arrays(self) -> bool:
        """Whether every wrong part is an array, and should be one."""
        return bool(self.wrong) and all(
            isinstance(each, np.ndarray) for w in self.wrong for each in (w.got, w.want)
        )

    @functools.cached_property
    def finite(self) -> bool:
        """Whether every wrong part is an array of finite numbers."""
        return self.in_arrays and all(np.isfinite(w.got).all() for w in self.wrong)

    @functools.cached_property
    def kinds(self) -> set[str]:
        """The kinds of numbers that should come in the wrong parts, which are arrays."""
        return {w.want.dtype.kind for w in self.wrong}

    @functools.cached_property
    def axes(self) -> set[int]:
        """How many axes the wrong parts should have, which are arrays."""
        return {w.want.ndim for w in self.wrong}

    @functools.cached_property
    def wants(self) -> np.ndarray:
        """The numbers that should stand where wrong ones do."""
        return np.concatenate([w.want[~w.right] for w in self.wrong]).astype(float)

    @functools.cached_property
    def gots(self) -> np.ndarray:
        """The wrong numbers."""
        return np.concatenate([w.got[~w.right] for w in self.wrong]).astype(float)

    @functools.cached_property
    def right_elsewhere(self) -> list[ComparedPart]:
        """The right parts of the same names as the wrong ones."""
        names = {w.name for w in self.wrong}
        return [part for part in self.right if part.name in names]

    @functools.cached_property
    def weight(self) -> float:
        """How much speaks against chance: the number of different pairs of wrong and right
        numbers."""
        if self.alone:
            return np.inf
        pairs, simple = set(), 0
        for w in self.wrong:
            arrays = all(isinstance(a, np.ndarray) for a in (w.got, w.want))
            if not arrays or w.got.shape != w.want.shape:
                simple += w.got.size if arrays else 1
                continue
            got, want = (
                a[~w.right].astype(np.float64).round(9) for a in (w.got, w.want)
            )
            plain = ((4 * want % 1 == 0) & (4 * got % 1 == 0)) | ~np.isfinite(got)
            simple += int(plain.sum())
            pairs |= set(zip(got[~plain].tolist(), want[~plain].tolist(), strict=True))
        return len(pairs) + SIMPLE * simple

    @functools.cached_property
    def cases(self) -> list[Case]:
        """The cases that fail, each once."""
        return list(dict.fromkeys(w.case for w in self.wrong))

    def of(self, cases: set[Case], name: str = "", alone: bool = False) -> "WrongParts":
        """The wrong parts of these cases alone, and of that name if there is one."""
        some = [w for w in self.wrong if w.case in cases and name in ("", w.name)]
        return WrongParts(some, self.right, self.first, len(self.cases), alone)

    @property
    def where(self) -> str:
        """In how many inputs, for the end of a sentence."""
        count = len(self.cases)
        if count < self.failing:
            return f"in {count} of the {self.failing} inputs that fail"
        return (
            "in every input that fails" if count > 1 else "in the one input that fails"
        )


def said(seen: WrongParts, name: str, words: str, cause: str) -> Name:
    """A name, and a diagnosis in two sentences."""
    names = list(dict.fromkeys(w.name for w in seen.wrong))
    start = sentence(names[0]) if len(names) == 1 else "Every part that is wrong"
    text = f"{start} is {words}, {seen.where}. The usual cause: {cause}."
    return Name(name.replace(" ", "_"), text)


def sentence(text: str) -> str:
    """The text with a capital, unless it is the name of a variable."""
    return text[:1].upper() + text[1:] if text.startswith("the ") else text
