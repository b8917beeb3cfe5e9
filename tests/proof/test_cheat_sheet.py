"""The cheat sheet says what the pages say."""

import re
from dataclasses import replace

import pytest

from answers.pages import COMMENT, pages
from answers.proof.cheat_sheet import entry, formula, sheet, trap, traps

PAGES = pages()


def test_it_has_the_thirty_seconds_and_the_traps_of_every_question():
    text = sheet()
    assert len(re.findall(r"^### ", text, re.MULTILINE)) == len(PAGES)
    for page in PAGES:
        section = page.text.partition("\n## What goes wrong\n")[2].partition("\n## ")[0]
        rows = re.findall(r"^ *\| *([^-\n].*)\|$", COMMENT.sub("", section), re.MULTILINE)[1:]
        assert len(traps(page)) == len(rows), page.path.name
        for cells, row in zip(traps(page), rows, strict=True):
            assert " | ".join(cells) == row.strip().replace(r"\|", "|")
            symptom = re.sub(r" \(\d+\)", "", cells[1])  # numbers of the page's checks
            assert f"- **{cells[0]}**: {symptom}".partition("](")[0] in text
        for paragraph in page.thirty_seconds.split("\n\n"):
            assert paragraph.strip().partition("](")[0] in text


def test_each_page_of_this_guide_has_traps():
    assert [page.path.name for page in PAGES if page.number <= 20 and len(traps(page)) < 5] == []


def test_its_links_lead_to_the_questions():
    page = replace(
        PAGES[5],
        text="## In thirty seconds\n\nSee [a](#x), [b](05-y.md#z), [c](https://c.invalid/).\n\n"
        "## What goes wrong\n\n| A | B | C |\n|---|---|---|\n| a | `x \\| y` | look |\n",
    )
    assert entry(page) == (
        "### 6. [Softmax and cross-entropy](questions/06-softmax-cross-entropy.md)\n\n"
        "See [a](questions/06-softmax-cross-entropy.md#x), [b](questions/05-y.md#z), "
        "[c](https://c.invalid/).\n\n- **a**: `x | y` → look"
    )


def test_its_formula_is_the_first_at_the_board_or_the_chosen_one():
    first, second = "$$\na\n$$", "```math\nb\n```"
    board = f"## What to say\n\n{second}\n\n## At the board\n\n{first}\n\nSo\n\n{second}\n\n## B\n"
    assert formula(replace(PAGES[5], text=board)) == [first]
    chosen = board.replace("So", "<!-- cheat sheet -->")
    assert formula(replace(PAGES[5], text=chosen)) == ["$$\nb\n$$"]
    assert formula(replace(PAGES[5], text="## At the board\n\nCode.\n")) == []
    inside = f"## In thirty seconds\n\nSay.\n\n{board}"
    assert f"Say.\n\n{first}" in entry(replace(PAGES[5], text=inside))


@pytest.mark.parametrize("test", ["1, 6", "none", "2"])
def test_a_check_that_has_a_number_only_is_left_to_the_page(test):
    assert trap(["a", "b", test]) == "- **a**: b"


def test_a_page_needs_no_table_of_mistakes_but_one_of_three_columns():
    for text in ("", "## What goes wrong\n\nNothing.\n"):
        assert traps(replace(PAGES[5], text=text)) == []
    page = replace(PAGES[5], text="## What goes wrong\n\n|a|b|\n|-|-|\n|c|d|\n")
    with pytest.raises(ValueError, match=r"06-softmax-cross-entropy\.md: .* three columns"):
        traps(page)
