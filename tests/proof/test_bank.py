"""The bank is complete: every question has its page, and every page what a page must have."""

import re

import pytest

from answers.pages import ROOT, pages

BANK = (ROOT / "tests/question-bank.md").read_text(encoding="utf-8")


def test_readme_and_home_lead_to_the_bank():
    (address,) = re.findall("<(https://.*?)>", BANK)
    for path in ("README.md", "docs/index.md"):
        assert f"[question bank]({address})" in (ROOT / path).read_text("utf-8"), path


def test_every_question_of_the_bank_has_one_page():
    bank = list(map(int, re.findall(r"^## (\d+)\. ", BANK, re.M)))
    assert bank == list(range(1, 21))
    # Later ones have no bank.
    assert [page.number for page in pages()][:20] == bank


@pytest.mark.parametrize("question", pages(), ids=lambda page: page.path.stem)
def test_a_page_has_practice_sources_and_something_that_was_checked(question):
    file = f"docs/questions/{question.path.name}"
    assert question.exercises or "](../labs/" in question.text, (
        f"{file}: list an exercise, or link to a lab"
    )
    sources = question.text.partition("\n## Sources\n")[2]
    count = len(re.findall(r"^ *- ", sources, re.M))
    assert count >= 2, f"{file}: sources listed at its end: {count}; name two or more"
    checked = ("```math\n", '--8<-- "docs/figures/', "<!-- generated:")
    wrong = question.text.partition("\n## What goes wrong\n")[2]
    assert "{ .text .output }" in wrong or any(m in question.text for m in checked), (
        f"{file}: show a derivation, a figure, a table that a run made, or a run below the mistakes"
    )
