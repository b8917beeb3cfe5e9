"""The exercises, found by their files: a new one needs no entry anywhere.

Exercises stand above this room, as does `naming`, which each exercise is handed: so both are
loaded by name.
"""

import difflib
import importlib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

# To find an exercise by its name nobody needs what judges it.
if TYPE_CHECKING:
    from answers.grader.exercise import Exercise
    from answers.grader.mistakes import Name

EXERCISES = Path(__file__).parents[1] / "exercises"


def names() -> list[str]:
    """The name of every exercise, which is that of the function it asks for."""
    return sorted(file.stem for file in EXERCISES.glob("[!_]*.py"))


def load(name: str) -> "Exercise":
    """The exercise of that name.

    Raises:
        KeyError: There is none; the message names the closest, or all.
    """
    known = names()
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        there = f"there are {', '.join(known)}"
        advice = f"did you mean {close[0]}?" if close else there
        raise KeyError(f"no exercise is called {name!r}; {advice}")
    exercise = importlib.import_module(f"answers.exercises.{name}").exercise
    exercise.diagnose = diagnose
    return exercise


def diagnose(*failure) -> "Name":
    """The name of a failure, see `grader.nameless`.

    The finders are loaded with the first failure: in a page, that takes a tenth of a second.
    """
    return naming().diagnose(*failure)


def naming() -> ModuleType:
    """The module that names failures. `judge.main` loads it before the learner's code runs."""
    return importlib.import_module("answers.naming.diagnosis")
