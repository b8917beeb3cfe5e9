"""Cards are the pages' words, each under an id that outlives a change of its answer."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown.extensions.toc import slugify

from answers.cards import cards as module
from answers.cards.cards import cards, follow_ups, of_page, plain_text, slug_of
from answers.grader import catalog
from answers.pages import COMMENT, pages

PAGES = pages()
CARDS = cards()

each_page = pytest.mark.parametrize("page", PAGES, ids=[page.path.stem for page in PAGES])


def place(page) -> str:
    return f"docs/questions/{page.path.name}"


def page_of(follow_ups: str):
    """A page with these follow-ups."""
    text = f"## They will ask next\n\n{follow_ups}\n## Score yourself\n\n- **Weak**: no.\n"
    question = '!!! question "As it is asked"\n\n    Why?\n\n## In thirty seconds\n\nSo.\n\n'
    return replace(PAGES[5], text=question + text)


def by_id(follow_ups: str) -> dict:
    return {card.id: card for card in of_page(page_of(follow_ups))}


@each_page
def test_every_question_exercise_and_follow_up_of_a_page_is_a_card_in_its_order(page):
    section = page.text.partition("\n## They will ask next\n")[2].partition("\n## ")[0]
    asked = r"^(?:<!-- card: (.+) -->\n+)?\*\*(.+?)\*\*"
    bold = re.findall(asked, section, re.MULTILINE)
    assert bold, f"{place(page)}: it asks no follow-up"
    number = f"{page.number:02}"
    expected = [(f"{number}/opening", page.question)]
    expected += [(f"{number}/{pin or slugify(plain_text(b), '-')}", b) for pin, b in bold]
    expected += [(f"exercise/{name}", None) for name in page.exercises]
    found = [(card.id, card.front if card.back else None) for card in CARDS if card.page == page]
    differ = set(found) ^ set(expected)
    assert found == expected, f"{place(page)}: cards and page differ, or their order: {differ}"


def test_cards_come_in_the_order_of_pages_and_none_is_missing():
    numbers = [card.page.number for card in CARDS]
    assert numbers == sorted(numbers)
    counts = Counter(card.kind for card in CARDS)
    assert counts["opening"] == len(PAGES)
    assert counts["exercise"] == len(catalog.names())


@each_page
def test_front_and_back_are_the_words_of_the_page(page):
    text = COMMENT.sub("", page.text)
    for card in (card for card in CARDS if card.page == page):
        if card.kind == "follow-up":
            said = f"{place(page)}: the answer to “{card.front}” does not begin right behind it"
            assert f"**{card.front}** {card.back}\n" in text, said
        elif card.kind == "opening":
            assert card.back == f"{page.thirty_seconds}\n\n{page.rubric}"
            for word in ("Weak", "Solid", "Strong"):
                said = f"{place(page)}: “Score yourself” has no line `- **{word}**: …`"
                assert f"- **{word}**: " in page.rubric, said
        assert "<!--" not in card.front + card.back


def test_an_answer_keeps_its_code_outputs_and_explorers_and_no_check():
    code = "```python\nprint(1)\n```\n\n``` { .text .output }\n1\n```"
    answer = f"Move it:\n\n```explorer\ntemperature\n```\n\n{code}"
    checked = answer.replace(":\n", ":\n<!-- holds\n1 == 1\n-->\n", 1)
    assert by_id(f"**What does it do?** {checked}\n")["06/what-does-it-do"].back == answer


def test_a_changed_answer_changes_the_card_and_keeps_its_id():
    before = by_id("**Is it convex?** Yes.\n\n**And then?** No.\n")
    after = by_id("**Is it convex?** In the logits.\n\nMore.\n\n**And then?** No.\n")
    assert list(before) == list(after)
    assert before["06/is-it-convex"].back == "Yes."
    assert after["06/is-it-convex"].back == "In the logits.\n\nMore."


def test_a_reworded_question_keeps_its_id_if_it_is_pinned():
    (card,) = follow_ups(
        "## They will ask next\n\n<!-- card: is-it-convex -->\n\n**Convex?** Yes.\n"
    )
    assert (card.slug, card.question, card.answer) == ("is-it-convex", "Convex?", "Yes.")
    two = by_id("**First?** A.\n\n<!-- card: second -->\n**Reworded?** B.\n")
    assert two["06/first"].back == "A."
    assert two["06/second"].back == "B."


@pytest.mark.parametrize(
    "text",
    [
        "**Why?** A.\n\n**Why?** B.\n",
        "**Why?** A.\n\n<!-- card: why -->\n**Really?** B.\n",
        "**?** A.\n",
        "**Opening?** A.\n",
        "<!-- card: Why Not -->\n**Really?** B.\n",
        "<!-- card: why -->\n\nText.\n\n**Really?** B.\n",
        "**Really?** B.\n\n<!-- card: why -->\n",
    ],
)
def test_an_id_that_is_not_one_cards_own_is_refused_with_the_page_named(text):
    with pytest.raises(ValueError, match=r"^06-softmax-cross-entropy\.md: .*<!-- card: a-name"):
        list(of_page(page_of(text)))


def test_an_exercise_of_two_pages_is_refused_with_both_named(monkeypatch):
    twice = [PAGES[5], replace(PAGES[6], exercises=["softmax"])]
    monkeypatch.setattr(module, "pages", lambda: twice)
    with pytest.raises(ValueError, match=r"07-autograd\.md: .*exercise/softmax .* 06-softmax"):
        cards()


def test_what_only_looks_like_a_follow_up_is_none():
    text = (
        "**Not here?** No.\n\n## They will ask next\n\n**Here?** Yes, **really**.\n\n"
        "```text\n**Not in code?** No.\n## Score yourself\n```\n\n- **Not in a list?**\n\n"
        "## Score yourself\n\n**Not here?** No.\n"
    )
    (card,) = follow_ups(text)
    assert card.question == "Here?"
    assert card.answer.endswith("- **Not in a list?**")
    assert follow_ups("## Another page\n\n**What?** That.\n") == []


def test_minutes_of_an_exercise_are_what_its_page_says_and_three_until_it_does():
    page = replace(PAGES[5], practice=[7, 4], exercises=["a", "b"])
    assert [card.minutes for card in of_page(page)][-2:] == [7, 4]
    page = replace(PAGES[5], practice=[7], exercises=["a", "b"])
    assert [card.minutes for card in of_page(page)][-2:] == [7, 3]


def test_a_question_in_plain_text_has_no_marks():
    assert plain_text("Is **`b`** [copied](x.md) $\\beta$\ntimes?") == "Is b copied β times?"


@each_page
def test_the_questions_of_a_page_have_no_marks_in_plain_text(page):
    asked = [card.question for card in CARDS if card.page == page]
    marked = [each for each in asked if re.search(r"[`$\\\n]", each)]
    assert not marked, f"{place(page)}: ask in words, without a formula: {marked}"


@given(st.text())
def test_slugs_are_those_of_mkdocs(text):
    assert slug_of(text) == slugify(text, "-")
