"""Checks that hold whatever the library says are found, and those that there are are listed."""

import ast

import numpy as np
import pytest

from answers.pages import ROOT
from answers.probability.softmax import softmax
from answers.proof import tautologies
from answers.proof.checks import PageCheck, checks
from answers.proof.generated import markdown
from answers.proof.tautologies import listed, of_page, unbound

QUICK = "05-gradient-checking", "08-broadcasting"  # the command runs all


def free(text, **namespace):
    return unbound(PageCheck(ROOT / "docs/index.md", 3, text), namespace)


@pytest.mark.parametrize(
    "text",
    [
        "(1 / 4) ** 2 == (1 / 2) ** 4",
        "np.isclose(np.trace(np.eye(3)), 3)",
        "import math\nmath.log(1) == 0",
        "x = np.ones(3)\nx.sum() == 3",
        "softmax(np.ones(2)) is not None",
        "x = softmax(np.ones(2))\nx is not None",
    ],
)
def test_what_no_run_can_refute_is_free(text):
    assert free(text, softmax=softmax) == [ast.unparse(ast.parse(text).body[-1])]


@pytest.mark.parametrize(
    "text",
    [
        "np.isclose(p.sum(), 1)",
        "x = 2 * p\nx.sum() == 2",
        'printed("0.34")',
        "import torch\ntorch.ones(2).softmax(0).sum() == 1",
        "np.isclose(softmax(np.ones(2)).sum(), 1)",
        "(softmax(np.ones(2)) > 0).all()",
        "softmax(np.ones(2)).shape == (2,)",
        "np.ptp(softmax(np.ones(2))) == 0",
        "from answers.probability.softmax import logsumexp\nlogsumexp(np.zeros(1)) == 0",
        "tests/proof/test_tautologies.py::test_what_no_run_can_refute_is_free",
    ],
)
def test_what_a_page_or_the_library_computes_is_bound(text):
    assert free(text, p=np.array([0.3, 0.7]), softmax=softmax) == []


def test_results_of_every_kind_are_made_wrong():
    result = (1, 2.0, True, [np.array([1.0])], {"a": np.array([True])})
    changed = tautologies.other(result, tautologies.turned)
    assert changed == (-1.98, pytest.approx(-3.35), False, [-1.98], {"a": np.array([False])})


def test_an_expression_without_names_is_listed():
    for path in markdown():
        new = of_page(path, broken=False) - listed()
        assert not new, (
            f"{path.relative_to(ROOT)}: {min(new)} holds whatever the library says; compare with "
            f"what a fence or the library computes, or list it: "
            f"python -m answers.proof.tautologies {path.relative_to(ROOT)}"
        )


@pytest.mark.parametrize("stem", QUICK)
def test_what_holds_while_the_library_is_broken_is_listed_and_nothing_else(stem):
    lines = {line for line in listed() if line.startswith(f"{stem}: ")}
    assert of_page(ROOT / f"docs/questions/{stem}.md") == lines


def test_each_line_of_the_list_is_an_expression_of_a_page():
    said = {
        f"{path.stem}: {ast.unparse(statement)}"
        for path in markdown()
        for check in checks(path)
        for statement, _ in tautologies.names_of(check)
    }
    gone = listed() - said
    assert not gone, (
        f"no check says {min(gone)}; take it from {tautologies.NAME}: "
        f"python -m answers.proof.tautologies docs/questions/{min(gone).partition(': ')[0]}.md"
    )
