"""Known mistakes: planted in programs of their own, or in the file of a fix-it exercise; and what
a failure is called."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Name(NamedTuple):
    """What a failure is called, if it has a name, and its diagnosis.

    Attributes:
        explains: Parts of the result that the name explains, which are told before the others.
    """

    name: str | None = None
    diagnosis: str | None = None
    explains: tuple[str, ...] = ()


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

    exercise: object
    mistakes: tuple[Mistake, ...]

    @functools.cached_property
    def function(self) -> Callable:
        name, namespace = self.exercise.name, {}
        code = self.exercise.with_mistakes(self.mistakes)
        exec(compile(code, f"<{name}>", "exec"), namespace)
        return namespace[name]

    def __call__(self, *args, **kwargs) -> object:
        return self.function(*args, **kwargs)
