"""A page's core can be read in ten minutes: what is longer is folded, under "Deeper"."""

import ast
import re

import pytest

from answers.cards.cards import follow_ups
from answers.pages import COMMENT, FENCE, FOLDED, FRONT_MATTER, Page, pages
from answers.proof import minutes
from answers.proof.fences import Fence, python_fences

WORDS, CODE, WITH_OUTPUT, FUNCTION, MISTAKES, ASKED = 1400, 60, 80, 15, 8, range(6, 13)
ALGORITHM = 0.9  # of the lines of the package that a page shows

LATER = [page for page in pages() if page.number > 20]  # the first twenty hold more

each_page = pytest.mark.parametrize("page", pages(), ids=lambda page: page.path.stem)


def core(page: Page) -> str:
    """What is seen when nothing is unfolded."""
    return FOLDED.sub("", FRONT_MATTER.fullmatch(page.path.read_text("utf-8"))[2])


def cells(page: Page) -> list[Fence]:
    """Its Python; a cell that prints a formula is folded below it."""
    found = python_fences(page.path, core(page))
    return [fence for fence in found if "\\begin{aligned}" not in (fence.output or "")]


def lines(code: str) -> set[int]:
    """The numbers of its lines, but for empty ones and for all of a docstring but its first."""
    shown = {n for n, row in enumerate(code.splitlines(), 1) if row.strip()}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            shown -= {*range(node.body[0].lineno + 1, node.body[0].end_lineno + 1)}
    return shown


def refuses(node: ast.AST) -> bool:
    """Whether a statement, or all that an `if` guards, raises or calls what refuses."""
    if isinstance(node, ast.If):
        return not node.orelse and all(map(refuses, node.body))
    called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    name = ast.unparse(node.value.func).rpartition(".")[2] if called else ""
    return isinstance(node, ast.Raise) or name.startswith("refuse")


def refusing(code: str) -> set[int]:
    """The numbers of the lines that answer nothing."""
    nodes = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.stmt)]
    return {n for node in nodes if refuses(node) for n in range(node.lineno, node.end_lineno + 1)}


@each_page
def test_its_words_can_be_read(page):
    words = re.findall(r"\S*\w\S*", FENCE.sub("", COMMENT.sub("", core(page))))
    assert len(words) <= WORDS


@pytest.mark.parametrize("page", LATER, ids=lambda page: page.path.stem)
def test_it_takes_ten_minutes(page):
    assert minutes.reading(page.path, page.path.read_text("utf-8")) <= 10, (
        f"docs/questions/{page.path.name}: fold a part, or shorten"
    )


@each_page
def test_its_code_can_be_read(page):
    shown = sum(len(lines(fence.shown)) for fence in cells(page))
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


def test_listings_hold_the_algorithm():
    parts = [part for page in pages() for fence in cells(page) for part in fence.parts]
    library = [part.code for part in parts if part.module]
    shown, others = (sum(len(of(code)) for code in library) for of in (lines, refusing))
    assert 0 < others <= (1 - ALGORITHM) * shown


def test_refusals_are_counted():
    code = "def f(x):\n    if x < 0:\n        raise ValueError(\n            x)\n    return x\n"
    assert lines(code) == {1, 2, 3, 4, 5}
    assert refusing(code) == {2, 3, 4}
    assert refusing("for x in y:\n    refuse_nan(x)\n    f(x)\n") == {2}


# What stands elsewhere on a page is not there when a follow-up is a card.
ELSEWHERE = re.compile(
    r"\b(?:the|this) (?:run|table|figure|cell|listing|derivation|page)\b"
    r"|\b(?:above|below)(?=[,.;:)]|$)|\b(?:see|shown|said|as) (?:above|below)\b",
    re.IGNORECASE | re.MULTILINE,
)


# Among cards of other pages a question has no other before it.
NO_TOPIC = re.compile(
    r"(?:And|But|Or|So|Then|What (?:about|of))\b"
    r"|(?:[\w']+ ){0,2}(?:it|that|these|they|this|those)\b",
    re.IGNORECASE,
)


@each_page
def test_an_opening_and_a_follow_up_stand_alone(page):
    asked = [f"{each.question} {each.answer}" for each in follow_ups(page.text)]
    said = [FENCE.sub("", text) for text in [page.thirty_seconds, *asked]]
    assert [match[0] for text in said for match in ELSEWHERE.finditer(text)] == []
    questions = [each.question for each in follow_ups(page.text)]
    assert [question for question in questions if NO_TOPIC.match(question)] == []


def test_what_stands_elsewhere_is_seen():
    for text in ("In the table, B wins.", "As shown below it falls", "the loss above."):
        assert ELSEWHERE.search(text)
    assert not ELSEWHERE.search("It rises above log 2, and stays below the others' share.")
    for question in ("And DPO?", "What of long chats?", "How does it relate?", "Is that a bug?"):
        assert NO_TOPIC.match(question)
    assert not NO_TOPIC.match("zero_grad() sets None. Is that the same as zeros?")
