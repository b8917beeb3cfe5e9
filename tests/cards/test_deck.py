"""The deck, read back as Anki reads it: a zip with a database of SQLite."""

import io
import json
import os
import re
import sqlite3
import subprocess
import time
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from serving import ADDRESS
from typer.testing import CliRunner

from answers.cards import deck as module
from answers.cards.cards import cards
from answers.cards.deck import deck, html, last_changed
from answers.cli import app

SITE = "https://guide.invalid/"
ASKED = [card for card in cards() if card.kind != "exercise"]


def notes(content: bytes) -> dict[str, tuple]:
    """By its guid each note of a deck: its id, time, tags and fields."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["collection.anki2", "media"]
        database = sqlite3.connect(":memory:")
        database.deserialize(archive.read("collection.anki2"))
    decks = {deck["id"]: deck["name"] for deck in decks_in(database)}
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows = database.execute(
        "SELECT guid, notes.id, notes.mod, tags, flds, did FROM notes JOIN cards ON nid = notes.id "
        "ORDER BY due"
    ).fetchall()
    assert max(number for _, number, *_ in rows) < 1000 * time.time()
    found = {
        guid: (id, mod, [*tags.split(), decks[did]], flds.split("\x1f"))
        for guid, id, mod, tags, flds, did in rows
    }
    assert len(found) == len(rows)
    return found


def decks_in(database) -> list[dict]:
    ((text,),) = database.execute("SELECT decks FROM col")
    return list(json.loads(text).values())


@pytest.fixture(scope="module")
def read():
    return notes(deck(SITE))


class Words(HTMLParser):
    """The text of a field; its elements are closed as they were opened."""

    def __init__(self, field):
        super().__init__()
        self.open, self.text, self.outside = [], "", ""
        self.feed(field)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if not {"pre", "code"} & set(self.open):
            self.outside += data


def test_every_question_and_follow_up_is_a_note_in_the_order_of_the_pages(read):
    assert len(read) == len(ASKED)
    for card, (_, _, tags, (page, question, answer)) in zip(ASKED, read.values(), strict=True):
        title = f"Question {card.page.number}: {card.page.title}"
        anchor = f"#ask-{card.name}" if card.kind == "follow-up" else ""
        assert page == f'<a href="{SITE}questions/{card.page.path.stem}/{anchor}">{title}</a>'
        assert tags[:2] == [card.kind, f"question::{card.page.number:02}"]
        assert tags[-1] == f"Worked answers::{card.page.topic}"  # its deck
        first = re.match(r"[\w ]+", card.back)
        assert first is None or first[0].strip() in answer
        assert question.startswith("<p>")


def test_formulas_are_for_mathjax_and_nothing_of_the_source_is_left(read):
    count = 0
    for *_, fields in read.values():
        for field in fields:
            outside = Words(field).outside
            count += outside.count(r"\(")
            assert outside.count(r"\(") == outside.count(r"\)")
            assert outside.count(r"\[") >= outside.count(r"\]")
            prose = re.sub(r"\\\(.*?\\\)|\\\[.*?\\\]", "", outside, flags=re.DOTALL)
            left = re.findall(r"[$\\]|`|\*\*|put-away|<!--|\bholds\n|--8<--|\?\?\?|\]\(", prose)
            assert not left, (left, field)
    assert count == sum(len(re.findall(r"(?<!`)\$[^$`]+\$", c.front + c.back)) for c in ASKED)


def test_a_field_shows_formulas_and_links_and_folds_code():
    page = f"{SITE}questions/06-softmax-cross-entropy/"
    text = (
        "The $n$th of $a<b$ and `$x$`, [four](04-theory.md#price), [here](#loss), "
        "[lab](../labs/kv-cache.ipynb), [all](../labs/index.md) and [out](https://a.invalid/).\n\n"
        "| a |\n|---|\n| $\\|x\\|$ |\n\n```{ .python .live }\nprint(1 < 2)\n```\n\n"
        "``` { .text .output }\nTrue\n```\n\n```math\na &= b\n```\n\n```explorer\nbits\n```\n\n"
        '??? example "Runs"\n\n    Two $x$:\n\n    ```python\n    x\n    ```\n\nEnd.\n'
    )
    assert html(text, page) == (
        r"<p>The \(n\)th of \(a&lt;b\) and <code>$x$</code>, "
        f'<a href="{SITE}questions/04-theory/#price">four</a>, <a href="{page}#loss">here</a>, '
        f'<a href="{SITE}labs/kv-cache/">lab</a>, <a href="{SITE}labs/">all</a> '
        'and <a href="https://a.invalid/">out</a>.</p>\n'
        "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n"
        "<tbody>\n<tr>\n<td>\\(\\|x\\|\\)</td>\n</tr>\n</tbody>\n</table>\n"
        "<details><summary>Code</summary><pre>print(1 &lt; 2)</pre></details>\n"
        "<details><summary>Output</summary><pre>True</pre></details>\n"
        "\\[a &amp;= b\\]\n"
        "<p><i>On the page: a figure with sliders.</i></p>\n"
        "<p><strong>Runs</strong></p>\n"
        "<p>Two \\(x\\):</p>\n"
        "<details><summary>Code</summary><pre>x</pre></details>\n"
        "<p>End.</p>"
    )
    assert "href" not in html("See [four](04-theory.md).", "")


def test_the_same_pages_give_the_same_bytes_whatever_the_time(monkeypatch):
    first = deck(SITE)
    clock = time.time
    monkeypatch.setattr(time, "time", lambda: clock() + 86_400)
    assert deck(SITE) == first


def test_a_changed_answer_is_the_same_note_with_other_words(monkeypatch, read):
    card = ASKED[3]
    new = replace(card, id="01/what-is-new", front="New?")
    others = [replace(c, back="Other words.") if c is card else c for c in ASKED]
    monkeypatch.setattr(module, "cards", lambda: [new, *others])
    after = notes(deck(SITE))
    assert len(after) == len(read) + 1
    differing = [guid for guid in read if after[guid] != read[guid]]
    assert [after[guid][3][2] for guid in differing] == ["<p>Other words.</p>"]
    assert [after[guid][0] for guid in differing] == [read[guid][0] for guid in differing]


def test_a_note_is_as_new_as_the_pages(monkeypatch, tmp_path, read):
    assert {mod for _, mod, *_ in read.values()} == {last_changed()}
    assert last_changed() <= time.time()
    assert all((module.ROOT / path).exists() for path in module.MADE_OF)
    monkeypatch.setattr(module, "ROOT", tmp_path)  # a wheel, which has no commits
    newest = max(card.page.path.stat().st_mtime for card in ASKED)
    assert last_changed() == int(newest)


def test_a_commit_that_changes_no_note_leaves_the_deck_as_it_was(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "ROOT", tmp_path)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    stamps = set()
    for second, name in enumerate(("docs/questions/a.md", "answers/cards/mock.py", "b.py"), 10**9):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
        subprocess.run([*git, "add", "."], check=True)
        dated = os.environ | {"GIT_COMMITTER_DATE": f"{second} +0000"}
        subprocess.run([*git, "commit", "-qm", name], check=True, env=dated)
        stamps.add(last_changed())
    assert stamps == {10**9}


def test_the_command_writes_it_or_says_why_not(tmp_path, monkeypatch):
    monkeypatch.setenv("SITE_URL", SITE)
    run = CliRunner().invoke
    file = tmp_path / "a.apkg"
    done = run(app, ["deck", str(file)])
    assert done.exit_code == 0
    assert f"Wrote {file}" in done.output
    assert file.read_bytes() == deck(SITE)
    for name, reason in {"a.txt": "*.apkg", "none/a.apkg": "No such file or directory"}.items():
        refused = run(app, ["deck", str(tmp_path / name)])
        assert refused.exit_code == 2
        assert reason in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["a.apkg"]


def test_the_site_offers_it_for_download(site):
    content = (site.folder / "worked-answers.apkg").read_bytes()
    assert content == deck(ADDRESS)
