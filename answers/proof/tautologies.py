"""Checks of pages that hold whatever the library says.

An expression of a check is bound to a run if it names what a fence of the page defines, the page's
output (`printed`), another library, or a function of the package: and if it fails when each such
function returns something else. Any other may be true of mathematics, and says nothing of the
library: those that there are stand in tests/proof/tautologies.txt, until they are bound.

    python -m answers.proof.tautologies [PAGE …]

runs these pages, or all, and writes the list anew.
"""

import ast
import builtins
import dataclasses
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from answers.files import write
from answers.pages import ROOT
from answers.proof.checks import PageCheck, checks, value
from answers.proof.fences import python_fences
from answers.proof.generated import markdown
from answers.proof.session import Session, start_afresh

NAME = "tests/proof/tautologies.txt"
LISTED = ROOT / NAME
# What these compute is arithmetic.
ARITHMETIC = {
    "numpy",
    "math",
    "cmath",
    "itertools",
    "functools",
    "fractions",
    "collections",
}
NO_NAMES = {"np", *dir(builtins)}


def unbound(check: PageCheck, namespace: dict | None = None) -> list[str]:
    """The expressions of a check that hold whatever the library says.

    Args:
        namespace: What the fences above it define; without it the library is not broken, and what
            names something counts as bound.
    """
    left = set()
    if namespace is not None:
        known = {"np": np, "printed": lambda *numbers: True} | namespace
        left = {statement.lineno for statement, names in names_of(check) if names}
        for way in WAYS:
            left &= survivors(check, known, way) if left else set()
    return [
        ast.unparse(statement)
        for statement, names in names_of(check)
        if not names or statement.lineno in left
    ]


def of_page(path: Path, broken: bool = True) -> set[str]:
    """The lines of the list that a page needs, with the library broken or not."""
    session, lines = Session(python_fences(path)), set()
    start_afresh()
    for check in checks(path):
        if broken:
            session.refutation(check)  # which runs the fences above it
        free = unbound(check, session.namespace if broken else None)
        lines |= {f"{path.stem}: {expression}" for expression in free}
    start_afresh()
    return lines


@cache
def listed() -> set[str]:
    return set(LISTED.read_text("utf-8").splitlines())


def names_of(check: PageCheck) -> Iterator[tuple[ast.Expr, set[str]]]:
    """Each expression of a check, and the names that bind it: its own, and those that made them."""
    made = {name: set() for name in NO_NAMES} | imported(check.path)
    for statement in [] if check.test else check.statements:
        nodes = [*ast.walk(statement)]
        stored = {
            n.id
            for n in nodes
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        arguments = {n.arg for n in nodes if isinstance(n, ast.arg)}
        loaded = {n.id for n in nodes if isinstance(n, ast.Name)} - stored - arguments
        names = set().union(*(made.get(name, {name}) for name in loaded))
        if isinstance(statement, ast.Expr):
            yield statement, names
        else:
            for name in stored | {getattr(statement, "name", "")}:
                made[name] = names | made.get(name, set())
            made |= imports(statement)


@cache
def imported(path: Path) -> dict[str, set[str]]:
    """What the checks of a page import."""
    found = {}
    for check in checks(path):
        for statement in [] if check.test else check.statements:
            found |= imports(statement)
    return found


def imports(statement: ast.stmt) -> dict[str, set[str]]:
    """What a statement imports: each name with itself, or with nothing if it only computes."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return {}
    found = {}
    for alias in statement.names:
        room = (getattr(statement, "module", None) or alias.name).partition(".")[0]
        name = alias.asname or alias.name.partition(".")[0]
        found[name] = set() if room in ARITHMETIC else {name}
    return found


def survivors(check: PageCheck, known: dict, way: Callable) -> set[int]:
    """The lines of the expressions that hold although the package says something else."""
    lines, named = set(), package(known)
    of = {statement.lineno: names for statement, names in names_of(check)}
    taken = not check.test and any(map(imports, check.statements))
    if not taken and not any(names & named for names in of.values()):
        return lines
    known = without_library(known, way)
    for statement in check.statements:
        try:
            if isinstance(statement, ast.Expr):
                # One that names no function of the package is bound to other things.
                if of[statement.lineno] & named and value(
                    statement.value, known, check.path
                ):
                    lines.add(statement.lineno)
            else:
                whole = ast.Module([statement], [])
                exec(compile(whole, str(check.path), "exec"), known)
                known, named = without_library(known, way), named | package(known)
        except Exception:
            continue
    return lines


def package(known: dict) -> set[str]:
    """The names of the package's functions and classes."""
    return {
        name
        for name, each in known.items()
        if callable(each)
        and str(getattr(each, "__module__", "")).startswith("answers.")
    }


def without_library(known: dict, way: Callable) -> dict:
    """The names, with functions of the package that return something else."""
    broken = {name: wrong(known[name], way) for name in package(known)}
    return known | {name: each for name, each in broken.items() if each}


def wrong(function: Callable, way: Callable) -> Callable | None:
    if hasattr(function, "of_library"):
        return None

    def broken(*args, **kwargs):
        return other(function(*args, **kwargs), way)

    broken.of_library, broken.__module__ = function, function.__module__
    return broken


def other(result: object, way: Callable) -> object:
    """Another result of the same kind."""
    if isinstance(result, bool | np.bool_):
        return not result
    if isinstance(result, tuple | list):
        changed = [other(each, way) for each in result]
        return (
            type(result)(*changed)
            if hasattr(result, "_fields")
            else type(result)(changed)
        )
    if isinstance(result, dict):
        return {key: other(each, way) for key, each in result.items()}
    if dataclasses.is_dataclass(result):
        fields = {
            field.name: getattr(result, field.name)
            for field in dataclasses.fields(result)
        }
        changed = object.__new__(type(result))
        for name, each in fields.items():
            object.__setattr__(changed, name, other(each, way))
        return changed
    if getattr(result, "dtype", None) in (bool, "bool"):
        return ~result
    return way(result)


def larger(result: object) -> object:
    return 1.37 * result + 0.61


def turned(result: object) -> object:
    return -larger(result)


def uneven(result: object) -> object:
    """Each entry is off by another number."""
    shape = np.shape(result)
    return result + np.linspace(0.3, 1.9, int(np.prod(shape))).reshape(shape)


def reshaped(result: object) -> object:
    return np.asarray(result)[None]


WAYS = larger, turned, uneven, reshaped


def main() -> None:
    pages = [Path(each).resolve() for each in sys.argv[1:]] or [*markdown()]
    stems = {path.stem for path in pages}
    lines = {line for line in listed() if line.partition(": ")[0] not in stems}
    for path in pages:
        lines |= of_page(path)
    write(LISTED, "".join(f"{line}\n" for line in sorted(lines)))


if __name__ == "__main__":
    main()
