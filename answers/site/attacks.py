"""What was done to the guide's programs to break them: tests that say so, counted by kind.

    @pytest.mark.attack("disk")                     an attack that they survive
    @pytest.mark.attack("forgery", excluded=True)   one that succeeds, on purpose

Tests are read, not run, so a deleted one is missing here.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path

from answers.pages import ROOT

KINDS = {
    "endless": "code that never ends, crashes, floods, forks or fills the memory",
    "judge": "code that changes what judges it",
    "forgery": "code that sets out to be passed, though it is wrong",
    "progress": "progress and exports that are damaged, or written by several at once",
    "disk": "full disks, kills, links, pipes and devices, names that are taken",
    "shell": "Ctrl-C, closed output, names too long, terminals of no width",
    "terminal": "names and cells from files that would steer a terminal or a spreadsheet",
    "votes": "files of votes that are broken, or too large",
    "arguments": "nan, masked arrays, axes that are none, the largest floats",
    "page": "what cells, exercises, imports and downloads do to the page",
    "workflows": "actions that are not pinned, jobs with more rights than they need",
}


@dataclass(frozen=True)
class Attack:
    """A test that attacks.

    Attributes:
        kind: A key of KINDS.
        name: The name of the test.
        cases: With how many inputs it is run, as far as they are written out; at least 1.
        excluded: Whether the attack succeeds, on purpose.
    """

    kind: str
    name: str
    cases: int
    excluded: bool


def table() -> str:
    """How many attacks of each kind there are, and what becomes of them."""
    tried, excluded = Counter(), Counter()
    for attack in attacks():
        tried[attack.kind] += attack.cases
        excluded[attack.kind] += attack.cases * attack.excluded
    rows = [
        f"| {what} | {tried[kind]} | {tried[kind] - excluded[kind]} | {excluded[kind]} |"
        for kind, what in KINDS.items()
        if tried[kind]
    ]
    whole, left = tried.total(), excluded.total()
    head = ["| What was tried | At least | Survived | Excluded on purpose |"]
    return "\n".join(
        [
            *head,
            "|---|---:|---:|---:|",
            *rows,
            f"| all | {whole} | {whole - left} | {left} |",
        ]
    )


def attacks() -> Iterator[Attack]:
    """The attacks of all tests."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        yield from attacks_of(path)


def attacks_of(path: Path) -> Iterator[Attack]:
    """The attacks of one file of tests.

    Raises:
        ValueError: A test names an unknown kind.
    """
    tree = ast.parse(path.read_text("utf-8"))
    sizes = {
        target.id: size_of(node.value, {})
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for test in tree.body:
        for mark in getattr(test, "decorator_list", ()):
            if not named(mark, "attack"):
                continue
            kind = mark.args[0].value
            if kind not in KINDS:
                raise ValueError(
                    f"{path}: {test.name}: an attack is one of {', '.join(KINDS)}"
                )
            lists = [each for each in test.decorator_list if named(each, "parametrize")]
            cases = prod(size_of(each.args[1], sizes) for each in lists)
            yield Attack(kind, test.name, cases, bool(mark.keywords))


def named(decorator: ast.expr, name: str) -> bool:
    """Whether it is `pytest.mark.name(…)`."""
    call = isinstance(decorator, ast.Call)
    return call and ast.unparse(decorator.func) == f"pytest.mark.{name}"


def size_of(value: ast.expr, sizes: dict[str, int]) -> int:
    """How many there are in a list, or in a list of that name; 1 if it is made by code."""
    match value:
        case ast.Dict():
            return len(value.keys)
        case ast.List() | ast.Tuple() | ast.Set():
            return len(value.elts)
        case ast.Name():
            return sizes.get(value.id, 1)
        case ast.Call(func=ast.Attribute(value=ast.Name() as name)):
            return sizes.get(name.id, 1)
        case _:
            return 1
