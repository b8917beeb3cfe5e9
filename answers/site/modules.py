"""The modules of this package as files: their names, and what they import."""

import ast
import sys
from functools import cache
from pathlib import Path

from answers import TOPICS

PACKAGE = Path(__file__).parents[1]
# What Pyodide and docs/vendor/wheels have.
IN_BROWSER = {"numpy", "sympy", "jaxtyping", "beartype"}
NO_PROCESSES = {"subprocess"}  # nor in Pyodide


def name_of(path: Path) -> str:
    """The dotted name of the module in a file, which need not exist; its path may be that below
    the root of the repository."""
    parts = (PACKAGE.parent / path).relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def file_of(module: str) -> Path | None:
    """The file of a module of this package; None if the name is not one of a module."""
    path = PACKAGE.parent / module.replace(".", "/")
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def files() -> dict[str, Path]:
    """The file of every module, by its name."""
    return {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(path: Path, in_functions: bool = False) -> set[str]:
    """The names that a file imports and the packages that they lie in; those imported inside
    its functions only if asked for."""
    outside, inside = imports_by_place(path)
    return outside | inside if in_functions else outside


@cache
def imports_by_place(path: Path) -> tuple[set[str], set[str]]:
    """What a file imports outside and inside of its functions."""
    outside = {name_of(path).rpartition(".")[0]} - {""}
    inside = set()
    todo = [(ast.parse(path.read_text(encoding="utf-8")), outside)]
    while todo:
        node, names = todo.pop()
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
            names.add(node.module)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = inside
        todo += (
            (each, names) for part in STATEMENTS for each in getattr(node, part, ())
        )
    return outside, inside


# Where a statement holds others.
STATEMENTS = ("body", "orelse", "handlers", "finalbody", "cases")


@cache
def needs(module: str, in_functions: bool = False) -> frozenset[str]:
    """The packages outside of this one that must be there for the module to be imported; and,
    if asked for, for its functions to be called."""
    todo, seen = [module], {module}
    while todo:
        for name in imports(file_of(todo.pop()), in_functions) - seen:
            seen.add(name)
            if file_of(name):
                todo.append(name)
    outside = {name.partition(".")[0] for name in seen} - {PACKAGE.name}
    return frozenset(outside - (sys.stdlib_module_names - NO_PROCESSES))


def runs_in_browser(module: str) -> bool:
    """Whether everything that is imported when the module is imported is there."""
    return needs(module) <= IN_BROWSER


def runs_here(exercise: str) -> bool:
    """Whether the exercise of that name runs in a browser."""
    return runs_in_browser(f"answers.exercises.{exercise}")


def promised() -> dict[str, list[str]]:
    """What readers may rely on, by module: of each topic the functions and classes whose
    docstring has an example."""
    found = {}
    for name, path in files().items():
        room = name.split(".")[1:2]
        if (
            room
            and room[0] in TOPICS
            and path.name not in ("__init__.py", "command.py")
        ):
            body = ast.parse(path.read_text("utf-8")).body
            kinds = ast.FunctionDef | ast.ClassDef
            found[name] = [
                node.name
                for node in body
                if isinstance(node, kinds)
                and "Example:" in (ast.get_docstring(node) or "")
            ]
    return found
