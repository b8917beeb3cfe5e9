"""What each definition of the repository refers to. Nothing is run to find out.

A definition refers to those that its code names, in its own file or in one that this imports, and
to the modules `answers.…`, exercises and files that it names in a string.
"""

import ast
import contextlib
import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path

from answers.pages import ROOT
from answers.proof.definitions import (
    REST,
    TEXT,
    WHOLE,
    WORD,
    Unit,
    bound,
    by_module,
    by_word,
    commands,
    decorators,
    files,
    folders,
    imported,
    parse,
    units,
)
from answers.proof.fences import python_fences

DOTTED = re.compile(r"\banswers(?:\.\w+)+")
# Whatever calls these asks for a whole folder: for what its modules do, or the text of its pages.
FINDERS = {
    ("answers/grader/catalog.py", "names"): ("answers/exercises/", WHOLE),
    ("answers/explorers/__init__.py", "names"): ("answers/explorers/", WHOLE),
    ("answers/figures/__init__.py", "figures"): ("answers/figures/", WHOLE),
    ("answers/pages.py", "pages"): ("docs/questions/", TEXT),
}
# These find a single module by its name, which stands in a test's case or in a string. Where none
# of them is called, such a name is only a word.
LOADERS = {
    ("answers/grader/catalog.py", "load"),
    ("answers/explorers/__init__.py", "load"),
    ("answers/figures/__init__.py", "draw"),
}
SITE = ("tests/serving.py", "build")
# Where one of these is imported, a word may be a command.
COMMAND_LINE = "answers/cli/", "tests/command_line.py"
# A test that calls this function of MkDocs uses our extensions of Markdown. `fences` does, too, but
# is left out: through it every page would depend on the text of all pages, which extensions read.
SETTINGS = ("mkdocs.yml", "load_config")
# What collects the pages does nothing else with them.
PAGE_TEST = ("conftest.py", "Page"), ("conftest.py", "Snippet")


def is_word(unit: Unit, other: Unit) -> bool:
    return other[1] == WORD


class Graph:
    """What each unit refers to.

    Attributes:
        refers: The units that a unit names.
        found: What finds a command of `answers`, or another part of its command line.
        given: For each command, the units that name it in a string.
        lists: For each folder, the units that name it in a string.
        tables: The constants of tests.
    """

    def __init__(self):
        self.refers: dict[Unit, set[Unit]] = defaultdict(set)
        self.found: dict[Unit, set[Unit]] = defaultdict(set)
        self.given: dict[Unit, set[Unit]] = defaultdict(set)
        self.lists: dict[str, set[Unit]] = defaultdict(set)
        self.tables: set[Unit] = set()
        python = {
            n: (ROOT / n).read_text("utf-8") for n in files() if n.endswith(".py")
        }
        self.defined = {name: units(text) for name, text in python.items()}
        self.imported = {name: imported(text) for name, text in python.items()}
        self.bound = {name: bound(text) for name, text in python.items()}
        for name, defined in self.defined.items():
            for unit, statements in defined.items():
                self.add((name, unit), statements)
        for name in files():
            if name.endswith((".md", ".ipynb")):
                self.refers[name, WHOLE] |= self.of_page(name)
            if name not in self.defined:
                self.refers[name, WHOLE].add((name, TEXT))
                self.refers[name, TEXT]
        for dotted in DOTTED.findall((ROOT / "mkdocs.yml").read_text("utf-8")):
            self.refers[SETTINGS] |= self.in_code(dotted)
        for words in by_word().values():
            for name, kind in words:
                if kind == WORD:
                    self.refers[name, WORD].add((name, WHOLE))
        for unit in LOADERS:
            self.refers[unit] -= FINDERS.keys()
        self.refers["conftest.py", "pytest_collect_file"] -= set(PAGE_TEST)

    @cached_property
    def referring(self) -> dict[Unit, set[Unit]]:
        """The units that name a unit."""
        found = defaultdict(set)
        for unit, others in self.refers.items():
            for other in others:
                found[other].add(unit)
        return found

    @cached_property
    def loading(self) -> set[Unit]:
        """The units that may load what they are told by its name."""
        return self.reached({*LOADERS, SITE}, self.finding, is_word)

    def finding(self, unit: Unit) -> set[Unit]:
        return self.found.get(unit, set())

    def reached(
        self,
        start: set[Unit],
        more: Callable[[Unit], set[Unit]],
        skips: Callable[[Unit, Unit], bool],
    ) -> set[Unit]:
        """The units that depend on those at the start: what names them, what names that, and so on.

        Args:
            start: Where to begin.
            more: What else depends on a unit.
            skips: Whether not to go from a unit to another that names it.
        """
        todo, found = set(start), set()
        while todo:
            found.add(unit := todo.pop())
            others = self.referring[unit] | more(unit)
            todo |= {each for each in others - found if not skips(unit, each)}
        return found

    def add(self, unit: Unit, statements: list[ast.stmt]) -> None:
        name, own = unit
        others = self.imported[name]
        self.refers[name, WHOLE].add(unit)
        self.refers[unit] |= {(module, REST) for module in self.imported[name]} | {
            (name, REST)
        }
        self.refers[unit].discard(unit)
        for statement in statements:
            if name.startswith("tests/") and isinstance(statement, ast.Assign):
                self.tables.add(unit)
            self.note(unit, statement, others)
            above = getattr(statement, "decorator_list", [])
            if name.startswith("answers/cli/") and above:
                self.found[unit].add((name, REST))
            if own.startswith("test_") and above:
                marks = (name, decorators(own))
                self.refers[marks] |= self.named(name, above, others)
                below = [n for n in ast.iter_child_nodes(statement) if n not in above]
                self.refers[unit] |= self.named(name, below, others)
            else:
                self.refers[unit] |= self.named(name, [statement], others)

    def note(self, unit: Unit, code: ast.AST, imported: set[str]) -> None:
        """Keep which folders and commands the code of a unit names in strings."""
        gives = any(file.startswith(COMMAND_LINE) for file in imported)
        for node in ast.walk(code):
            if isinstance(node, ast.Constant) and node.value in folders():
                self.lists[node.value].add(unit)
            elif gives and isinstance(node, ast.Constant) and node.value in commands():
                self.given[commands()[node.value]].add(unit)

    def named(self, name: str, nodes: list[ast.AST], imported: set[str]) -> set[Unit]:
        """The units that code names: a word of its own file `name`, an attribute of another."""
        words, attributes, found, todo = set(), set(), set(), list(nodes)
        modules = self.bound.get(name, {})
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue  # a docstring
            if isinstance(node, ast.Name):
                words.add(node.id)
                if modules.get(node.id) and isinstance(node.ctx, ast.Load):
                    # A module that is handed on: what gets it may use anything in it.
                    found.add((modules[node.id], WHOLE))
            elif isinstance(node, ast.Constant):
                if isinstance(node.value, str):
                    # No string of the grader is the name of an exercise.
                    grader = name.startswith(("answers/practice/", "answers/naming/"))
                    found |= (self.in_code if grader else self.in_string)(node.value)
            elif isinstance(node, ast.Attribute):
                # A module whose attribute is taken is not handed on.
                asked = getattr(node.value, "id", None)
                words |= {asked} - {None}
                todo += [] if asked else [node.value]
                if node.attr in self.defined.get(modules.get(asked), ()):
                    found.add((modules[asked], node.attr))
                elif self.of_module(node, name):
                    attributes.add(node.attr)
            else:
                todo += ast.iter_child_nodes(node)
            if isinstance(node, ast.arg):
                words.add(node.arg)  # a fixture
            elif isinstance(node, ast.alias):
                attributes |= {node.name, *node.name.split(".")}
        if SETTINGS[1] in words and name.startswith("tests/"):
            found.add(SETTINGS)
        for other in {name} | imported:
            known = self.defined.get(other, {}).keys()
            own = words | attributes if other == name else attributes
            found |= {(other, word) for word in known & own}
        return found

    def of_module(self, node: ast.Attribute, name: str) -> bool:
        """Whether this may be an attribute of a module of ours that the file `name` imports."""
        root = node.value
        while isinstance(root, ast.Attribute):
            root = root.value
        return name not in self.bound or getattr(root, "id", None) in self.bound[name]

    def in_string(self, text: str) -> set[Unit]:
        """The units that a string names."""
        found = self.in_code(text)
        # Not those of code, or of a sentence.
        for word in re.findall(r"[\w./-]+", text) if " " not in text else ():
            known = by_word().get(word if "." not in word else Path(word).name, set())
            there = {unit for unit in known if f"/{unit[0]}".endswith(f"/{word}")}
            found |= there or known
        return found

    def in_code(self, text: str) -> set[Unit]:
        """The units that a text names as `answers.…`."""
        found = set()
        for dotted in DOTTED.findall(text) if "answers." in text else ():
            outer, _, last = dotted.rpartition(".")
            if file := by_module().get(dotted):
                if text == dotted and file.startswith("answers/naming/"):
                    found.add((file, WHOLE))  # as the catalog hands it on
                # As `python -m` runs it or Markdown asks for it, if it is named alone.
                alone = {"__main__", "makeExtension"} if text == dotted else set()
                known = self.defined[file].keys() & {*re.findall(r"\w+", text), *alone}
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
            self.note((name, WHOLE), parse(code), imported(code))
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


@cache
def graph() -> Graph:
    return Graph()
