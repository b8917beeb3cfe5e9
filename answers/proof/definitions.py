"""What the files of the repository define and import, and what a word in them may stand for.

The unit is a definition: a function, a class or a constant of a file of Python; of another file,
the whole of it.
"""

import ast
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from answers.pages import ROOT
from answers.site.modules import STATEMENTS, name_of

parse = cache(ast.parse)
# A file, by its path below the root, and a name in it.
Unit = tuple[str, str]
WHOLE, REST, TEXT = "(the whole)", "(what runs at import)", "(its text)"
WORD = "(its name in a string)"


def git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@cache
def files() -> list[str]:
    """All files of the repository, also those that are not yet committed."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return [name for name in listed.split("\0") if (ROOT / name).is_file()]


@cache
def by_module() -> dict[str, str]:
    """The files of Python by the names under which others import them."""
    found = {}
    for name in files():
        if name.endswith(".py"):
            path = Path(name)
            found[name_of(path)] = name
            if name.startswith("tests/"):  # pytest puts its folder on the path
                found[path.stem] = name
    return found


@cache
def folders() -> set[str]:
    """The folders below others: a single word may say something else."""
    found = {Path(name).parent.as_posix() for name in files()}
    return {name for name in found if "/" in name}


@cache
def by_word() -> dict[str, set[Unit]]:
    """What a word in a string stands for: a file that is no module, an exercise, an explorer."""
    found = defaultdict(set)
    for name in files():
        path = Path(name)
        if path.suffix != ".py" or name.startswith("docs/"):
            found[path.name].add((name, TEXT if path.suffix != ".py" else WHOLE))
        elif path.stem == "__init__":  # a word of Python
            continue
        elif name.startswith(("answers/exercises/", "answers/explorers/")):
            found[path.stem].add((name, WORD))
    return found


def units(text: str) -> dict[str, list[ast.stmt]]:
    """The statements of a file of Python by what they define."""
    found: dict[str, list[ast.stmt]] = defaultdict(list)
    for statement in parse(text).body:
        bound = [REST]
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            bound = [statement.name]
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                found[alias.asname or alias.name.partition(".")[0]].append(alias)
            continue
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = getattr(statement, "targets", None) or [statement.target]
            inner = (node for target in targets for node in ast.walk(target))
            bound = [n.id for n in inner if isinstance(n, ast.Name)]
        elif isinstance(statement, ast.If) and "__main__" in ast.unparse(
            statement.test
        ):
            bound = ["__main__"]
        for each in bound:
            found[each].append(statement)
    return found


@cache
def bound(text: str) -> dict[str, str]:
    """The names that code binds to what is imported from this repository, also in functions;
    by each the file, if it is a module."""
    found = {}
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Import):
            for each in node.names:
                first = each.name.partition(".")[0]
                if file := by_module().get(each.name if each.asname else first):
                    found[each.asname or first] = file
        elif isinstance(node, ast.ImportFrom) and node.module in by_module():
            for each in node.names:
                file = by_module().get(f"{node.module}.{each.name}", "")
                found[each.asname or each.name] = file
    return found


@cache
def commands() -> dict[str, Unit]:
    """The commands of `answers` by their names."""
    return {
        unit.rstrip("_"): (name, unit)
        for name in by_module().values()
        if name.startswith("answers/cli/")
        for unit, defined in units((ROOT / name).read_text("utf-8")).items()
        for above in getattr(defined[0], "decorator_list", ())
        if ".command(" in ast.unparse(above)
    }


def decorators(unit: str) -> str:
    """The unit of a test's decorators: they say which cases there are, not what is tested."""
    return f"@{unit}"


def statements(module: ast.Module) -> Iterator[ast.AST]:
    """Its statements, also those in others."""
    todo = [module]
    while todo:
        node = todo.pop()
        for part in STATEMENTS:
            todo += getattr(node, part, ())
        yield node


def imported(text: str) -> set[str]:
    """The files of this repository that code imports, and those of the packages they lie in."""
    names = set()
    for node in statements(parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    names |= {
        ".".join(name.split(".")[:n])
        for name in names
        for n in range(1, name.count(".") + 1)
    }
    return {by_module()[name] for name in names if name in by_module()}
