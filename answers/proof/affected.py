"""What a change concerns: so `pytest --since` chooses its tests. Nothing is run to find out.

A file depends on the files that it imports or names, and on theirs. A page depends on what it
includes and imports, on the functions that make its parts, and on its exercises. Beyond that:

- Whoever names a page depends on its text alone.
- Whoever calls a function that lists a folder, such as `catalog.names`, depends on the folder,
  and so does a test that imports the caller.
- A test whose case names a file, a module, an exercise or a figure depends on that one, and not
  on the others that its file names.
- What the site is built of concerns all tests that look at it, a hook of MkDocs also all pages,
  and a conftest.py all tests below it.
"""

import ast
import contextlib
import inspect
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from answers.pages import ROOT
from answers.proof import generated
from answers.proof.fences import python_fences
from answers.site.modules import imported, name_of

DOTTED = re.compile(r"\banswers(?:\.\w+)+")
PATH = re.compile(r"[\w./-]+")
PRACTISED = re.compile(r"^exercises: .*", re.MULTILINE)
# A figure or a derivation goes by the name of its function, these files by their own.
MADE = re.compile(r"^def (\w+)\(.*\) -> (?:Figure|list\[Line\]):$", re.MULTILINE)
BY_STEM = "answers/exercises/", "answers/explorers/", "tests/submissions/"
LISTED_BY = {
    "answers/derivations": {"functions"},
    "answers/exercises": {"catalog.names", "bundle.current", "bundle.made"},
    "answers/explorers": {"explorers.names"},
    "answers/figures": {"figures.names", "figures.figures", "names"},
    "docs/questions": {"pages", "by_topic"},
    "tests/submissions": {"catalog.names"},
}
# They name what others ask them for.
NAMES_ALL = {
    "answers/site/bundle.py",
    "answers/proof/generated.py",
    "tests/proof/test_affected.py",
}
SETTINGS = "mkdocs.yml"
BUILT_OF = re.compile(
    rf"docs/(live|style|\.theme|vendor|offline|reload|start)|answers/site/notebook|{SETTINGS}"
)
RUNS_PAGES = {"answers/proof/checks.py", "answers/proof/session.py"}


def git(*arguments: str) -> set[str]:
    """The names of files that git prints."""
    command = ["git", "-C", str(ROOT), *arguments, "-z"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return set(filter(None, told.split("\0")))


def files() -> set[str]:
    """All files of the repository, also those that are not yet committed."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard")
    return {name for name in listed if (ROOT / name).is_file()}


def changed_files(commit: str) -> set[str]:
    """The files that differ from a commit.

    Raises:
        SyntaxError: A file that has changed is no Python.
        subprocess.CalledProcessError: git knows no such commit.
    """
    found = git("diff", "--name-only", "--no-renames", commit)
    found |= git("ls-files", "--others", "--exclude-standard")
    for name in sorted(found):
        if name.endswith(".py"):
            ast.parse(text(name), name)
    return found


def text(name: str) -> str:
    """What a file holds; nothing if it is deleted."""
    path = ROOT / name
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def code(name: str) -> ast.Module:
    """The Python of a file, or of a page as far as it is Python."""
    source = text(name) if name.endswith(".py") else ""
    with contextlib.suppress(RuntimeError, SyntaxError):
        if name.endswith(".md"):
            fences = python_fences(ROOT / name, text(name))
            source = "\n".join(fence.raw for fence in fences)
        return ast.parse(source)
    return ast.parse("")


def nodes(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """The nodes of code but docstrings, each with the name of the test that it stands in."""
    todo = [(tree, "")]
    while todo:
        node, test = todo.pop()
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            todo += [(each, test) for each in node.decorator_list]
            todo += [(each, node.name) for each in node.body]
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node, test
            todo += [(each, test) for each in ast.iter_child_nodes(node)]


def folder(name: str) -> str:
    return name.rpartition("/")[0]


@cache
def relative(path: Path) -> str:
    """A file as git names it; outside of the repository, its whole path."""
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


@cache
def files_of(path: Path) -> frozenset[str]:
    """The file of a test, and each conftest.py that it obeys."""
    above = map(relative, path.parents)
    return frozenset({relative(path), *(f"{each}/conftest.py" for each in above)})


class Graph:
    """What each file depends on.

    Attributes:
        imports: By file, the files that it imports.
        needs: The same, the files that it names, and the folders that it lists.
        tells: By file and test, what it names that a case may name instead.
    """

    def __init__(self, files: frozenset[str]):
        self.files, self.modules, self.words = files, {}, defaultdict(set)
        self.of_text = cache(self.of_text)  # many tests have the same case
        for name in files:
            self.enter(name)
        self.imports, self.needs = defaultdict(set), defaultdict(set)
        self.tells: dict[tuple[str, str], set[str]] = defaultdict(set)
        for name in files:
            self.read(name)
        self.needed_by = defaultdict(set)
        for name, needed in self.needs.items():
            for each in needed:
                self.needed_by[each].add(name)

    def enter(self, name: str) -> None:
        """Note what others call a file and its folder."""
        path, called = Path(name), set()
        if path.suffix == ".py":
            self.modules[name_of(path)] = name
        if path.suffix == ".py" and name.startswith(("docs/", "tests/")):
            self.modules[path.stem] = name  # its folder is on the path
        if path.suffix != ".py" or name.startswith("docs/"):
            called.add(path.name)
        if name.startswith(BY_STEM):
            called.add(path.stem)
        if name.startswith(("answers/derivations/", "answers/figures/")):
            for function in MADE.findall(text(name)):
                called |= {function, f"{path.stem}.{function}"}
        for each in called:
            self.words[each].add(name)
        self.words[folder(name)].add(folder(name))

    def of_module(self, dotted: str) -> set[str]:
        """The file of a module, or of the module that a name is in, and those of its packages."""
        words = dotted.split(".")
        above = (".".join(words[:n]) for n in range(1, len(words) + 1))
        return {self.modules[name] for name in above if name in self.modules}

    def of_text(self, text: str) -> set[str]:
        """What a text names: modules, a file, a folder, or an exercise."""
        found = set().union(*map(self.of_module, DOTTED.findall(text)))
        for word in {text, text.rpartition("/")[2]} - {""}:
            found |= self.words.get(word, set())
        return found

    def read(self, name: str) -> None:
        """Note what a file imports, names and lists."""
        tree, source = code(name), text(name)
        self.imports[name].update(*map(self.of_module, imported(tree)))
        needs = self.needs[name]
        needs |= self.imports[name]
        if name.endswith((".md", ".ipynb", SETTINGS)):
            practised = re.findall(r"\w+", "".join(PRACTISED.findall(source)))
            needs.update(self.of_text(source), *map(self.of_text, practised))
            needs |= self.files.intersection(PATH.findall(source))
        if name in NAMES_ALL:
            return
        is_test = Path(name).name.startswith("test_")
        own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        for node, test in nodes(tree):
            told = self.tells[name, test] if is_test else needs
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if "." in node.value:
                    needs |= self.of_text(node.value)
                elif not name.startswith("answers/"):  # where `softmax` is only a word
                    told |= self.of_text(node.value)
            elif isinstance(node, ast.Call) and not node.args:
                called = {ast.unparse(node.func)} - own
                told |= {at for at, by in LISTED_BY.items() if called & by}


graph = cache(Graph)


class Affected:
    """The files that have changed, and those that depend on them.

    Attributes:
        reached: These files.
        concerned: The same, their folders, and the files that list these.
    """

    def __init__(self, changed: set[str]):
        self.changed, self.graph = changed, graph(frozenset(files() | changed))
        hooks = {n for n in self.graph.needs[SETTINGS] if n.startswith("answers/site/")}
        start = changed | {SETTINGS} if changed & hooks else changed
        self.builds = any(map(BUILT_OF.match, start))
        needed_by, todo, folders = self.graph.needed_by, set(start), set()
        self.reached = set()
        while todo:
            self.reached.add(name := todo.pop())
            if name in start or name.endswith(".py"):
                folders.add(folder(name))
                todo |= needed_by[name] - self.reached
        listing = set().union(*(needed_by[each] for each in folders))
        self.concerned = self.reached | folders | listing

    def concerns_test(self, item) -> bool:
        """Whether a test depends on what has changed."""
        name = relative(item.path)
        # What the conftest.py at the root imports serves pages.
        if "conftest.py" in self.changed or files_of(item.path) & self.reached:
            return True
        if name.endswith(".md"):
            return bool(RUNS_PAGES & self.reached)
        if self.builds and "site" in item.fixturenames:
            return True
        values = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if made := [each for each in values if isinstance(each, generated.Generated)]:
            return any(map(self.concerns, made))
        cases = [self.of_case(each) - {name} for each in values]
        told = self.graph.tells[name, item.originalname].union(*cases)
        if not any(cases):
            told |= self.graph.imports[name] | self.graph.tells[name, ""]
        return not self.concerned.isdisjoint(told)

    def concerns(self, each: generated.Generated) -> bool:
        """Whether what is generated depends on what has changed."""
        source = inspect.getsource(generated.loaded(each.function))
        values = {getattr(node, "value", None) for node, _ in nodes(ast.parse(source))}
        names = {each, each.function, each.differences, each.path.stem, *values}
        return not self.concerned.isdisjoint(set().union(*map(self.of_case, names)))

    def of_case(self, value: object) -> set[str]:
        """What a parameter of a test stands for."""
        value = getattr(value, "path", value)
        if isinstance(value, Path):
            name = relative(value)
            return self.graph.needs[name] | ({name} & self.graph.files)
        if callable(value):
            return self.graph.of_module(str(getattr(value, "__module__", "")))
        # A sentence or a program that names a module is not about it.
        alone = isinstance(value, str) and " " not in value
        return self.graph.of_text(value) if alone else set()
