"""What depends on what has changed: so `pytest --since` chooses its tests.

From the definitions that differ from a commit, `Affected` goes back to all that refer to them:
see `answers.proof.references`. Nothing is run.
"""

import ast
import inspect
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from answers.pages import ROOT
from answers.proof.definitions import (
    REST,
    TEXT,
    WHOLE,
    WORD,
    Unit,
    by_module,
    commands,
    decorators,
    git,
    units,
)
from answers.proof.generated import Generated
from answers.proof.references import FINDERS, PAGE_TEST, SITE, graph, is_word
from answers.site.modules import name_of

BUILT_OF = (
    "docs/live/",
    "docs/style/",
    "docs/.theme/",
    "docs/vendor/",
    "docs/offline.js",
    "answers/site/notebook/",
    "mkdocs.yml",
)


class Affected:
    """The units that have changed, and all that refer to them."""

    def __init__(self, changed: set[Unit]):
        self.graph, self.changed = graph(), changed
        self.reached = self.by(lambda unit, other: False)
        # A table of the tests names many exercises, and a case takes only what is told of its own.
        self.by_case = self.by(
            lambda unit, other: unit[1] == WORD and other in self.graph.tables
        )
        self.without_words = self.by(is_word)
        here = self.graph.reached(
            {unit for unit in changed if unit[0].endswith("conftest.py")},
            lambda unit: set(),
            lambda unit, other: unit[0] != other[0],
        )
        # Below them every test may be another.
        self.folders = {
            (ROOT / name).parent
            for name, unit in here
            if unit == REST or unit.startswith("pytest_")
        }

    def by(self, skips: Callable[[Unit, Unit], bool]) -> tuple[set[Unit], set[Unit]]:
        """The units that depend on what has changed by what they name; and those with the units
        that depend on a whole folder."""
        by_code = self.graph.reached(self.changed, self.finding, skips)
        return by_code, by_code | self.graph.reached(self.changed, self.finders, skips)

    def finding(self, unit: Unit) -> set[Unit]:
        """What runs a part of the command line. A command that has changed may change the help of
        all; one that only needs what has changed concerns those who give it."""
        named = unit in commands().values() and unit not in self.changed
        return self.graph.given.get(unit, set()) if named else self.graph.finding(unit)

    def finders(self, unit: Unit) -> set[Unit]:
        """What asks for all in the folder of a unit."""
        name, kind = unit
        found = {
            finder
            for finder, (folder, of_kind) in FINDERS.items()
            if kind == of_kind and name.startswith(folder)
        }
        folder = Path(name).parent.as_posix()
        return found | (self.graph.lists[folder] if unit in self.changed else set())

    def concerns_test(self, item) -> bool:
        """Whether a test depends on what has changed. One case does not depend on which other cases
        there are."""
        name = item.path.relative_to(ROOT).as_posix()
        if not self.folders.isdisjoint(item.path.parents):
            return True
        by_code, by_all = self.reached
        if name.endswith(".md"):
            return not by_code.isdisjoint({(name, WHOLE), *PAGE_TEST})
        own = {(name, item.originalname), (name, REST)}
        for fixtures in item._fixtureinfo.name2fixturedefs.values():
            own |= {unit_of(fixture.func) for fixture in fixtures}
        values = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if generated := [value for value in values if isinstance(value, Generated)]:
            return bool(own & by_all) or any(map(self.concerns, generated))
        cases = set().union(*map(self.of_case, values))
        if any(kind == WORD for _, kind in cases):
            by_code, by_all = self.by_case
        cases.add((name, decorators(item.originalname)))
        if self.graph.loading.isdisjoint(own | cases):
            by_code, by_all = self.without_words
        return bool(own & by_all or cases & by_code)

    def concerns(self, each: Generated) -> bool:
        """Whether what is generated depends on what has changed."""
        return not self.of_case(each).isdisjoint(self.reached[1])

    def of_case(self, value: object) -> set[Unit]:
        """The units that a parameter of a test stands for."""
        found = set()
        if isinstance(value, Generated):
            found = self.graph.in_code(value.function) | self.drawn(value.path.stem)
        value = getattr(value, "path", value)
        if isinstance(value, Path) and value.is_relative_to(ROOT):
            return found | {(value.relative_to(ROOT).as_posix(), WHOLE)}
        if isinstance(value, str):
            module = by_module().get(value)
            found |= {(module, WHOLE)} if module else set()
            return found | self.graph.in_string(value) | self.drawn(value)
        if inspect.isroutine(value) or inspect.isclass(value):
            return {unit_of(value)}
        return found

    def drawn(self, name: str) -> set[Unit]:
        """The function of a figure, by its name, or of a derivation, by that and its file's."""
        stem, _, last = name.rpartition(".")
        place = f"answers/derivations/{stem}.py" if stem else "answers/figures/"
        return {
            (file, last)
            for file, defined in self.graph.defined.items()
            if file.startswith(place)
            and any(isinstance(each, ast.FunctionDef) for each in defined.get(last, ()))
        }


def unit_of(function: Callable) -> Unit:
    """The unit of a function or a class."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    place = (
        Path(code.co_filename)
        if code
        else ROOT / by_module().get(function.__module__, "")
    )
    name = place.relative_to(ROOT).as_posix() if place.is_relative_to(ROOT) else ""
    return name, getattr(function, "__qualname__", "").partition(".")[0]


def changed(commit: str) -> set[Unit]:
    """The units that differ from a commit.

    Raises:
        SyntaxError: A file that has changed is no Python.
        subprocess.CalledProcessError: git knows no such commit.
    """
    found = set()
    names = git("diff", "--name-only", "--no-renames", "-z", commit).split("\0")
    names += git("ls-files", "--others", "--exclude-standard", "-z").split("\0")
    for name in filter(None, names):
        show = ["git", "-C", str(ROOT), "show", f"{commit}:./{name}"]
        old = subprocess.run(show, capture_output=True).stdout
        new = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if name.endswith(".py"):
            try:
                before, after = (
                    texts(source.decode("utf-8", "replace")) for source in (old, new)
                )
            except SyntaxError as error:
                error.filename = name
                raise
            found |= {
                (name, u) for u in before | after if before.get(u) != after.get(u)
            }
            if before.keys() - after.keys():
                # No edge tells what referred to a deleted unit: all that imports the file counts.
                found.add((name, REST))
        else:
            found.add((name, TEXT))
        if name.startswith(BUILT_OF) or builds(name):
            found.add(SITE)
    return found


def builds(name: str) -> bool:
    """Whether a file is a hook of MkDocs, or extends its Markdown."""
    if not name.startswith("answers/site/"):
        return False
    dotted = name_of(Path(name))
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    return bool(re.search(rf"{re.escape(name)}|{re.escape(dotted)}\b", settings))


def texts(source: str) -> dict[str, list[list[str]]]:
    """The lines of each unit of a file of Python, with its decorators and comments."""
    lines = source.splitlines()

    def of(statement: ast.stmt) -> list[str]:
        first, *_ = [*getattr(statement, "decorator_list", []), statement]
        return lines[first.lineno - 1 : statement.end_lineno]

    return {unit: list(map(of, found)) for unit, found in units(source).items()}
