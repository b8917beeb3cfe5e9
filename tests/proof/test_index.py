"""The map of the home page lists every question that has a page, and no other."""

import re
from pathlib import Path

import pytest

from answers.pages import ROOT, by_topic, pages, read
from answers.proof import index
from answers.proof.minutes import practice

FRONT_MATTER = """\
---
title: Broadcasting | shapes
description: What NumPy does with two arrays of different shapes.
number: 8
topic: Arrays
importance: {general: 2}
level: core
reading: 7
practice: [4, 5]
modules: [softmax]
exercises: [broadcast_shape, unbroadcast]
tags: [NumPy]
---
"""


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "08-broadcasting.md"
    path.write_text(FRONT_MATTER)
    return path


def test_the_home_page_holds_the_map():
    home = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    assert "<!-- generated:answers.proof.index.topics -->" in home
    for page in pages():
        assert f"](questions/{page.path.name})" in home


def test_home_shows_at_most_eight_topics():
    assert len(by_topic()) <= 8  # more take a second screen


def test_a_line_leads_to_each_topic():
    line = index.contents().replace(index.TOGETHER, " ")
    for said, (topic, members) in zip(line.split(" · "), by_topic(), strict=True):
        assert said == f"[{topic}](#{topic.lower().replace(' ', '-')}) {len(members)}"


def test_an_item_links_the_page_and_says_its_minutes(page):
    minutes = sum(practice(["broadcast_shape", "unbroadcast"]))
    link = "- [Broadcasting | shapes](questions/08-broadcasting.md)"
    assert index.item(read(page)).replace(index.TOGETHER, " ") == (
        f"{link} <small>1 + {minutes}</small>"
    )
    page.write_text(FRONT_MATTER.replace("level: core", "level: advanced"))
    assert f"<small>advanced, 1{index.TOGETHER}+" in index.item(read(page))


def test_topics_come_in_the_order_of_their_first_question(page, monkeypatch):
    def other(number, topic):
        path = page.with_name(f"{number:02}-x.md")
        path.write_text(
            FRONT_MATTER.replace("number: 8", f"number: {number}").replace("Arrays", topic)
        )
        return read(path)

    found = [other(1, "Networks"), other(2, "Arrays"), other(8, "Networks")]
    monkeypatch.setattr("answers.pages.pages", lambda: found)
    assert [topic for topic, _ in by_topic()] == ["Networks", "Arrays"]
    lines = index.topics().splitlines()
    assert [line for line in lines if line.startswith("###")] == [
        "### Networks",
        "### Arrays",
    ]
    found = [re.search(r"questions/(\d+)", line) for line in lines]
    assert [match[1] for match in found if match] == ["01", "08", "02"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("topic: Arrays\n", "", "lacks `topic`"),
        ("general: 2", "general: 4", "`importance` of 'general' is 4; it must be 1, 2 or 3"),
        ("general: 2", "LMM: 2", "`importance` of 'LMM' is 2"),
        ("reading: 7", "reading: long", "`reading` is 'long'; it must be of type int"),
        ("reading: 7", "reading: true", "`reading` is True; it must be of type int"),
        (
            "exercises: [broadcast_shape, unbroadcast]",
            "exercises: unbroadcast",
            "a list of words",
        ),
        ("tags: [NumPy]", "tags: [NumPy, 8]", "a list of words"),
        ("number: 8", "number: 9", "`number` is 9; the file's name says another"),
        ("---\n", "", "begin with front matter"),
        (FRONT_MATTER, "---\n- a list\n---\n", "lines of `key: value`"),
        ("title: Broadcasting | shapes", "title: a: b", "the front matter is no YAML"),
    ],
)
def test_front_matter_is_refused_with_the_page_and_the_key(page, old, new, message):
    page.write_text(page.read_text().replace(old, new))
    with pytest.raises(ValueError, match=r"^08-broadcasting\.md: ") as error:
        read(page)
    assert message in str(error.value)


def test_without_a_word_on_it_a_question_matters_a_little_in_each_track(page):
    assert read(page).importance == {"general": 2}
    page.write_text(page.read_text().replace("importance: {general: 2}\n", ""))
    assert read(page).importance == {"LLM": 1, "general": 1}


@pytest.mark.parametrize("part", ["question", "thirty_seconds"])
def test_a_missing_part_is_named(page, part):
    with pytest.raises(ValueError, match=r"^08-broadcasting\.md: the (admonition|section) `"):
        getattr(read(page), part)


def test_the_parts_of_a_page_come_without_their_frame(page):
    with page.open("a") as file:
        file.write(
            '\n# B\n\n!!! question "As it is asked"\n\n    One.\n\n    Two.\n\n'
            "## In thirty seconds\n\nFirst.\n\n## More\n\nLast.\n"
        )
    assert read(page).question == "One.\n\nTwo."
    assert read(page).thirty_seconds == "First."


def test_a_wheel_finds_the_pages_beside_the_code(page, monkeypatch):
    folder = page.parent / "answers/questions"
    folder.mkdir(parents=True)
    page.rename(folder / page.name)
    monkeypatch.setattr("answers.pages.ROOT", Path(page.parent))
    assert [found.number for found in pages()] == [8]
