"""What the grader says of the programs that tests keep: how many it names, by exercise.

Tests judge each of them, and fail if a verdict or a name is not the one that is kept. So the
numbers are read from what is kept, and nothing is judged to make the table.
"""

import ast
from typing import NamedTuple

import yaml

from answers.grader import catalog
from answers.pages import ROOT

SUBMISSIONS, BANK = ROOT / "tests/submissions", ROOT / "tests/naming/bank.yaml"


class Programs(NamedTuple):
    """How many programs are kept for an exercise."""

    right: int
    wrong: int
    named: int


def programs() -> dict[str, Programs]:
    """The programs by exercise: submissions, and the bank with a program for each finder."""
    bank = yaml.safe_load(BANK.read_text("utf-8")).values()
    return {
        name: counted(name, [each["told"] for each in bank if each["exercise"] == name])
        for name in catalog.names()
    }


def counted(name: str, told: list[str | None]) -> Programs:
    """The programs of one exercise; `told` are the names of the programs of the bank."""
    body = ast.parse((SUBMISSIONS / f"{name}.py").read_text("utf-8")).body
    tables = {
        ast.unparse(node.targets[0]): node.value
        for node in body
        if isinstance(node, ast.Assign)
    }
    table = tables["WRONG"]
    wrong = {ast.unparse(key) for key in table.keys}
    told = told + [getattr(value, "value", "a name") for value in table.values]
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    right = {each for each in functions - wrong if not each.startswith("_")}
    return Programs(len(right), len(told), sum(bug is not None for bug in told))


def sentence() -> str:
    """What became of the programs of all exercises together."""
    right, wrong, named = map(sum, zip(*programs().values(), strict=True))
    return (
        f"Of {right:,} right answers all are accepted; of {wrong:,} wrong ones all are "
        f"rejected, and {named / wrong:.0%} get a name."
    )
