"""A page's core can be read in ten minutes: what is longer is folded, under "Deeper"."""

import ast
import re

import pytest

from answers.cards.cards import follow_ups
from answers.pages import COMMENT, FENCE, FOLDED, FRONT_MATTER, Page, pages
from answers.proof.fences import Fence, python_fences

WORDS, CODE, WITH_OUTPUT, FUNCTION, MISTAKES, ASKED = 1400, 60, 80, 15, 8, range(6, 13)
# The other pages follow: this becomes all of them.
IN_FORM = {6, 10}

each_page = pytest.mark.parametrize(
    "page", [page for page in pages() if page.number in IN_FORM], ids=lambda page: page.path.stem
)


def core(page: Page) -> str:
    """What is seen when nothing is unfolded."""
    return FOLDED.sub("", FRONT_MATTER.fullmatch(page.path.read_text("utf-8"))[2])


def cells(page: Page) -> list[Fence]:
    """Its Python; a cell that prints a formula is folded below it."""
    found = python_fences(page.path, core(page))
    return [fence for fence in found if "\\begin{aligned}" not in (fence.output or "")]


def lines(fence: Fence) -> list[str]:
    """Its lines, but for empty ones and for all of a docstring but its first."""
    rows, folded = fence.shown.splitlines(), set()
    for node in ast.walk(ast.parse(fence.shown)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            folded |= {*range(node.body[0].lineno, node.body[0].end_lineno)}
    return [row for n, row in enumerate(rows) if row.strip() and n not in folded]


@each_page
def test_its_words_can_be_read(page):
    words = re.findall(r"\S*\w\S*", FENCE.sub("", COMMENT.sub("", core(page))))
    assert len(words) <= WORDS


@each_page
def test_its_code_can_be_read(page):
    shown = sum(len(lines(fence)) for fence in cells(page))
    printed = sum(len((fence.output or "").splitlines()) for fence in cells(page))
    assert shown <= CODE
    assert shown + printed <= WITH_OUTPUT


@each_page
def test_a_function_fits_on_a_board(page):
    for fence in cells(page):
        for node in ast.parse(fence.shown).body:
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                assert body[-1].end_lineno - body[0].lineno < FUNCTION, node.name


@each_page
def test_it_has_few_mistakes_and_enough_follow_ups(page):
    table = core(page).partition("\n## What goes wrong\n")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\|", table, re.MULTILINE)) - 2 <= MISTAKES
    assert len(follow_ups(page.text)) in ASKED
