"""The answers that tests/submissions keeps for each exercise.

The functions of such a file are answers, but for helpers, whose names start with `_`. Those in its
table WRONG must fail, and be told the mistake that stands there; all others must pass: those in
the set NOTED with a note, the rest without one.
"""

import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType


@cache
def kept(name: str) -> tuple[dict, dict]:
    """The right and the wrong answers to an exercise: see `answers_in`. None if there is no file,
    which tests/test_questions.py tells."""
    text = text_of(name)
    return answers_in(text, str(path_of(name))) if text else ({}, {})


@cache
def noted(name: str) -> set[str]:
    """The right answers that pass with a note: the set NOTED, which not every file has."""
    found = re.search(r"^NOTED = \{(.*?)\}", text_of(name), re.DOTALL | re.MULTILINE)
    return set(re.findall(r"\w+", found[1])) if found else set()


def path_of(name: str) -> Path:
    return Path(__file__).with_name("submissions") / f"{name}.py"


def text_of(name: str) -> str:
    path = path_of(name)
    return path.read_text(encoding="utf-8") if path.exists() else ""


def answers_in(
    text: str, path: str = "answers"
) -> tuple[dict[str, Callable], dict[str, tuple[Callable, str | None]]]:
    """The right answers by name; the wrong ones, each with its mistake or None."""
    module = ModuleType("submissions")
    exec(compile(text, path, "exec"), vars(module))
    right = {
        name: each
        for name, each in vars(module).items()
        if inspect.isfunction(each)
        and each.__module__ == module.__name__
        and each not in module.WRONG
        and not name.startswith("_")
    }
    names = {each: name for name, each in vars(module).items() if callable(each)}
    wrong = {
        names.get(answer, answer.__name__): (answer, bug) for answer, bug in module.WRONG.items()
    }
    assert len(wrong) == len(module.WRONG), f"two wrong answers of {path} have one name"
    return right, wrong
