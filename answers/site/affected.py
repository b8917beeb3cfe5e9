"""What depends on what has changed: so `pytest --since` chooses its tests.

The unit is a definition: a function, a class or a constant of a file of Python; of another file,
the whole of it. It refers to the definitions that its code names, in its own file or in one that
this imports, and to the modules `answers.…`, exercises and files that it names in a string. From
the units that differ from a commit, `Affected` goes back to all that refer to them. Nothing is run.
"""

import ast
import contextlib
import inspect
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from answers.pages import ROOT
from answers.site.fences import python_fences
from answers.site.generated import Generated
from answers.site.modules import STATEMENTS, name_of

parse = cache(ast.parse)
Unit = tuple[str, str]  # a file, by its path below the root, and a name in it
WHOLE, REST, TEXT = "(the whole)", "(what runs at import)", "(its text)"
DOTTED = re.compile(r"\banswers(?:\.\w+)+")
# Whatever calls these asks for a whole folder: for what its modules do, or the text of its pages.
FINDERS = {
    ("answers/practice/catalog.py", "names"): ("answers/exercises/", WHOLE),
    ("answers/explorers/__init__.py", "names"): ("answers/explorers/", WHOLE),
    ("answers/figures/__init__.py", "figures"): ("answers/figures/", WHOLE),
    ("answers/pages.py", "pages"): ("docs/questions/", TEXT),
}
# These find a single module by its name, which stands in a test's case or in a string.
LOADERS = {
    ("answers/practice/catalog.py", "load"),
    ("answers/explorers/__init__.py", "load"),
    ("answers/figures/__init__.py", "draw"),
}
BUILT_OF = (
    "docs/live/",
    "docs/style/",
    "docs/.theme/",
    "docs/vendor/",
    "docs/offline.js",
    "mkdocs.yml",
)
SITE = ("tests/serving.py", "build")
PAGE_TEST = ("conftest.py", "Page"), ("conftest.py", "Snippet")


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
            found[path.stem].add((name, WHOLE))
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


def decorators(unit: str) -> str:
    """The unit of a test's decorators: they say which cases there are, not what is tested."""
    return f"@{unit}"


class Graph:
    """What each unit refers to. `commands` are the commands of `answers`, which are run by name."""

    def __init__(self):
        self.refers: dict[Unit, set[Unit]] = defaultdict(set)
        self.commands: dict[Unit, set[Unit]] = defaultdict(set)
        python = {
            n: (ROOT / n).read_text("utf-8") for n in files() if n.endswith(".py")
        }
        self.defined = {name: units(text) for name, text in python.items()}
        self.imported = {name: imported(text) for name, text in python.items()}
        for name, defined in self.defined.items():
            for unit, statements in defined.items():
                self.add((name, unit), statements)
        for name in files():
            if name.endswith((".md", ".ipynb")):
                self.refers[name, WHOLE] |= self.of_page(name)
            if name not in self.defined:
                self.refers[name, WHOLE].add((name, TEXT))
                self.refers[name, TEXT]
        for unit in LOADERS:
            self.refers[unit] -= FINDERS.keys()

    def add(self, unit: Unit, statements: list[ast.stmt]) -> None:
        name, own = unit
        others = self.imported[name]
        self.refers[name, WHOLE].add(unit)
        self.refers[unit] |= {(module, REST) for module in self.imported[name]} | {
            (name, REST)
        }
        self.refers[unit].discard(unit)
        for statement in statements:
            above = getattr(statement, "decorator_list", [])
            if name.startswith("answers/cli/") and above:
                self.commands[name, REST].add(unit)
            if own.startswith("test_") and above:
                marks = (name, decorators(own))
                self.refers[marks] |= self.named(name, above, others)
                below = [n for n in ast.iter_child_nodes(statement) if n not in above]
                self.refers[unit] |= self.named(name, below, others)
            else:
                self.refers[unit] |= self.named(name, [statement], others)

    def named(self, name: str, nodes: list[ast.AST], imported: set[str]) -> set[Unit]:
        """The units that code names: a word of its own file `name`, an attribute of another."""
        words, attributes, found, todo = set(), set(), set(), list(nodes)
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue  # a docstring
            if isinstance(node, ast.Name):
                words.add(node.id)
            elif isinstance(node, ast.Constant):
                if isinstance(node.value, str):
                    # No string of the grader is the name of an exercise.
                    grader = name.startswith("answers/practice/")
                    found |= (self.in_code if grader else self.in_string)(node.value)
            else:
                todo += ast.iter_child_nodes(node)
            if isinstance(node, ast.arg):
                words.add(node.arg)  # a fixture
            elif isinstance(node, ast.Attribute) and self.of_module(node, name):
                attributes.add(node.attr)
            elif isinstance(node, ast.alias):
                attributes |= {node.name, *node.name.split(".")}
        for other in {name} | imported:
            known = self.defined.get(other, {}).keys()
            own = words | attributes if other == name else attributes
            found |= {(other, word) for word in known & own}
        return found

    def of_module(self, node: ast.Attribute, name: str) -> bool:
        """Whether this may be an attribute of a module that the file `name` imports."""
        root = node.value
        while isinstance(root, ast.Attribute):
            root = root.value
        bound = self.defined.get(name, {}).get(getattr(root, "id", None), ())
        imported = any(isinstance(each, ast.alias) for each in bound)
        return imported or name not in self.defined

    def in_string(self, text: str) -> set[Unit]:
        """The units that a string names."""
        found = self.in_code(text)
        # Not those of code, or of a sentence.
        for word in re.findall(r"[\w./-]+", text) if " " not in text else ():
            found |= by_word().get(word if "." not in word else Path(word).name, set())
        return found

    def in_code(self, text: str) -> set[Unit]:
        """The units that a text names as `answers.…`."""
        found = set()
        for dotted in DOTTED.findall(text) if "answers." in text else ():
            outer, _, last = dotted.rpartition(".")
            if file := by_module().get(dotted):
                # As `python -m` runs it, if it is named alone.
                words = re.findall(r"\w+", text) + ["__main__"] * (text == dotted)
                known = self.defined[file].keys() & words
                found |= {(file, word) for word in {*known, REST}}
            elif (file := by_module().get(outer)) and last in self.defined[file]:
                found.add((file, last))
        return found

    def of_page(self, name: str) -> set[Unit]:
        """What a page or a notebook includes, imports, and has made by functions."""
        text = (ROOT / name).read_text("utf-8")
        found = self.in_code(text)
        for included, section in re.findall(r'8<-+ +"([^":]+)(?::(\w+))?"', text):
            found |= self.section(included, section)
        with contextlib.suppress(RuntimeError, SyntaxError):
            fences = python_fences(ROOT / name) if name.endswith(".md") else ()
            code = re.sub(r"^.*8<-.*$", "", "".join(f.raw for f in fences), flags=re.M)
            found |= self.named(name, [parse(code)], imported(code))
        return found

    def section(self, included: str, section: str) -> set[Unit]:
        """The units of which an included part of a file consists."""
        if not included.endswith(".py") or included not in self.defined:
            return {(included, WHOLE)}
        lines = (ROOT / included).read_text("utf-8").splitlines()
        marks = [
            n
            for n, line in enumerate(lines, 1)
            if f"[start:{section}]" in line or f"[end:{section}]" in line
        ]
        first, last = marks if len(marks) == 2 else (0, len(lines))
        return {
            (included, unit)
            for unit, statements in self.defined[included].items()
            for statement in statements
            if first <= statement.lineno <= last
        }


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


@cache
def graph() -> Graph:
    return Graph()


class Affected:
    """The units that have changed, and all that refer to them."""

    def __init__(self, changed: set[Unit]):
        self.graph, self.changed = graph(), changed
        self.by_code = self.reached({}, self.graph.commands)
        self.by_all = self.by_code | self.reached(FINDERS, {})

    def reached(self, finders: dict[Unit, Unit], commands: dict) -> set[Unit]:
        referring = defaultdict(set)
        for unit, others in (*self.graph.refers.items(), *commands.items()):
            for other in others:
                referring[other].add(unit)
            for finder, (folder, kind) in finders.items():
                if unit[1] == kind and unit[0].startswith(folder):
                    referring[unit].add(finder)
        todo, found = set(self.changed), set()
        while todo:
            found.add(unit := todo.pop())
            todo |= referring[unit] - found
        return found

    def concerns_test(self, item) -> bool:
        """Whether a test depends on what has changed. One case does not depend on which other cases
        there are."""
        name = item.path.relative_to(ROOT).as_posix()
        if any(
            place.endswith("conftest.py") and unit.startswith("pytest_")
            for place, unit in self.changed
        ):
            return True
        if name.endswith(".md"):
            return not self.by_code.isdisjoint({(name, WHOLE), *PAGE_TEST})
        own = {(name, item.originalname), (name, REST)}
        for fixtures in item._fixtureinfo.name2fixturedefs.values():
            own |= {unit_of(fixture.func) for fixture in fixtures}
        values = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if generated := [value for value in values if isinstance(value, Generated)]:
            return bool(own & self.by_all) or any(map(self.concerns, generated))
        cases = {(name, decorators(item.originalname))}.union(
            *map(self.of_case, values)
        )
        return bool(own & self.by_all or cases & self.by_code)

    def concerns(self, each: Generated) -> bool:
        """Whether what is generated depends on what has changed."""
        return bool(self.of_case(each) & self.by_all)

    def of_case(self, value: object) -> set[Unit]:
        """The units that a parameter of a test stands for."""
        found = set()
        if isinstance(value, Generated):
            found = self.graph.in_code(value.function)
            found |= {
                (name, value.path.stem)
                for name, defined in self.graph.defined.items()
                if name.startswith("answers/figures/") and value.path.stem in defined
            }
        value = getattr(value, "path", value)
        if isinstance(value, Path) and value.is_relative_to(ROOT):
            return found | {(value.relative_to(ROOT).as_posix(), WHOLE)}
        if isinstance(value, str):
            module = by_module().get(value)
            return self.graph.in_string(value) | (
                {(module, WHOLE)} if module else set()
            )
        if inspect.isroutine(value) or inspect.isclass(value):
            return {unit_of(value)}
        return found


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
