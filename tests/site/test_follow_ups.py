"""On the built pages each follow-up can be linked to, under the id of its card."""

import json
import re
from html.parser import HTMLParser

import pytest

from answers.cards.cards import cards
from answers.proof.fences import renderer
from answers.site import bundle, modules

PARAGRAPH = re.compile(r'<p id="ask-([^"]+)"><strong>(.*?)</strong>(.*?)</p>', re.DOTALL)


def words(html: str) -> str:
    """The text of what is shown, without the TeX that goes with a formula."""
    html = re.sub(r'<annotation.*?</annotation>|<a class="headerlink".*?</a>', "", html)
    found = []
    parser = HTMLParser()
    parser.handle_data = found.append
    parser.feed(html)
    return " ".join("".join(found).split())


def test_the_built_pages_and_the_list_name_the_same_cards(site):
    listed = json.loads((site.live / "cards.json").read_text("utf-8"))
    assert list(listed) == [card.id for card in cards()]
    for page in {entry["page"] for entry in listed.values()}:
        html = (site.folder / page / "index.html").read_text("utf-8")
        found = {slug: words(question) for slug, question, _ in PARAGRAPH.findall(html)}
        number = page.removeprefix("questions/")[:2]
        assert found == {
            name.removeprefix(f"{number}/"): entry["question"]
            for name, entry in listed.items()
            if entry["page"] == page and entry["kind"] == "follow-up"
        }
        for slug in found:
            assert html.count(f'href="#ask-{slug}"') == 1


def test_the_list_says_what_pages_need_to_know():
    entries = {card.id: bundle.card(card) for card in cards()}
    assert entries["06/is-the-loss-convex"] == {
        "kind": "follow-up",
        "page": "questions/06-softmax-cross-entropy",
        "number": 6,
        "title": "Softmax and cross-entropy",
        "topic": "Probability and losses",
        "question": "Is cross-entropy convex?",
        "minutes": 1,
    }
    assert entries["06/opening"]["reading"] > 5
    shell = {name for name, entry in entries.items() if "shell" in entry}
    assert shell == {
        card.id for card in cards() if card.kind == "exercise" and not modules.runs_here(card.name)
    }
    assert 0 < len(shell) < 10


def test_a_pinned_follow_up_has_its_id_on_the_page_and_no_comment():
    text = (
        "## They will ask next\n\n<!-- card: convex -->\n**Is $x^2$ convex?** It is.\n\n"
        "```text\n**Not this?**\n```\n\n**And `b`?** So.\n\n## Sources\n\n**Not this.**\n"
    )
    html = renderer().reset().convert(text)
    found = PARAGRAPH.findall(html)
    assert [slug for slug, *_ in found] == ["convex", "and-b"]
    assert "card:" not in html
    assert words(found[0][2]) == "It is."


def test_a_follow_up_that_is_no_paragraph_stops_the_build():
    text = "## They will ask next\n\n**Why?** A.\n\n**So**\n---\n"
    with pytest.raises(ValueError, match="'so'"):
        renderer().reset().convert(text)
