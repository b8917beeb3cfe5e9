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


@cache
def module_of(name: str) -> str | None:
    """The module of this package that a dotted name is, or is something in."""
    while name and not file_of(name):
        name = name.rpartition(".")[0]
    return name or None


FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
# Where a statement holds others.
STATEMENTS = ("body", "orelse", "handlers", "finalbody", "cases")


def imported(code: ast.AST, in_functions: bool = True) -> set[str]:
    """The dotted names that code imports: `a.b` for `import a.b` and for `from a import b`; those
    imported inside its functions only if asked for."""
    found, todo = set(), [code]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif in_functions or not isinstance(node, FUNCTIONS):
            todo += (each for part in STATEMENTS for each in getattr(node, part, ()))
    return found


@cache
def parsed(path: Path) -> ast.Module:
    """The code of a file."""
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path, in_functions: bool = False) -> frozenset[str]:
    """The names that a file imports, and the package that it lies in."""
    package = name_of(path).rpartition(".")[0]
    return frozenset(imported(parsed(path), in_functions) | ({package} - {""}))


@cache
def needs(module: str, in_functions: bool = False) -> frozenset[str]:
    """The packages outside of this one that must be there for the module to be imported; and,
    if asked for, for its functions to be called."""
    todo, seen = [module], {module}
    while todo:
        names = imports(file_of(todo.pop()), in_functions)
        new = {module_of(name) or name for name in names} - seen
        seen |= new
        todo += filter(file_of, new)
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
            body = parsed(path).body
            kinds = ast.FunctionDef | ast.ClassDef
            found[name] = [
                node.name
                for node in body
                if isinstance(node, kinds)
                and "Example:" in (ast.get_docstring(node) or "")
            ]
    return found
