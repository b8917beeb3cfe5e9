"""The cards as a deck for Anki. Needs the `study` extra.

A note is known to Anki by its card's id, so that a newer deck changes the words and keeps the
reader's history. The same pages give the same bytes, in each checkout with its whole history: see
`last_changed`. Exercises are left out: Anki cannot judge one.
"""

import hashlib
import io
import itertools
import re
import sqlite3
import subprocess
import zipfile
from functools import cache
from html import escape
from urllib.parse import urljoin

import genanki
from markdown import Markdown

from answers.cards.cards import Card, cards, slug_of
from answers.cards.plain_formulas import FORMULA
from answers.pages import FENCE, LOCAL_LINK, ROOT, of_fence, unfolded

GUIDE = "Worked answers"
DESCRIPTION = (
    "The questions of Worked answers, with what to say first, and their follow-ups."
)
PUT_AWAY = re.compile(r"<p>put-away-(\d+)-</p>|put-away-(\d+)-")
# The pages, and what makes notes of them.
MADE_OF = (
    "docs/questions",
    "answers/pages.py",
    "answers/cards/plain_formulas.py",
    "answers/cards/cards.py",
    "answers/cards/deck.py",
)
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # where time begins for a zip

FRONT = '<p class="page">{{Page}}</p>\n{{Question}}'
BACK = "{{FrontSide}}\n<hr id=answer>\n{{Answer}}"
CSS = """\
.card { max-width: 40em; margin: 1em auto; padding: 0 1em; font: 18px/1.5 sans-serif; }
.page { font-size: 75%; opacity: .7; }
pre { overflow-x: auto; font-size: 75%; line-height: 1.35; }
table { border-collapse: collapse; }
td, th { padding: .2em .6em; border: 1px solid #8888; }
"""


def deck(site: str = "") -> bytes:
    """The file that Anki imports.

    Args:
        site: The address at which the guide is served, for links to its pages; without it a
            card names its page in words.
    """
    database = sqlite3.connect(":memory:")
    asked = [card for card in cards() if card.kind != "exercise"]
    topics: dict[str, list[tuple[int, Card]]] = {}
    for place, card in enumerate(asked):
        topics.setdefault(card.page.topic, []).append((place, card))
    decks = [of_topic(topic, members, site) for topic, members in topics.items()]
    # Anki reads ids as times in milliseconds, and mistrusts the future: these lie before 2005.
    numbers = itertools.chain.from_iterable(
        (number_of(f"note {card.id}", 39), number_of(f"card {card.id}", 39))
        for members in topics.values()
        for _, card in members
    )
    genanki.Package(decks).write_to_db(database.cursor(), last_changed(), numbers)
    database.commit()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("collection.anki2", database.serialize()),
            ("media", b"{}"),
        ):
            archive.writestr(
                zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED
            )
    return packed.getvalue()


def number_of(name: str, bits: int) -> int:
    """A number made of the name alone; that of another name is another, by all likelihood."""
    digest = hashlib.sha256(f"worked-answers {name}".encode()).digest()
    return 1 << bits | int.from_bytes(digest) >> 256 - bits


def last_changed() -> int:
    """When the pages last changed, in seconds: Anki changes a note for a newer one only.

    In a checkout it is the time of the last commit that changed the pages or how they become
    notes, which every clone with the whole history knows; a shallow one takes its only commit
    for that. Where there is no git it is the time of the newest page's file.
    """
    if (ROOT / "docs/questions").is_dir():
        command = ["git", "log", "-1", "--format=%ct", "--", *MADE_OF]
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        except OSError:  # there is no git
            pass
        else:
            if done.stdout.strip():
                return int(done.stdout)
    return max(int(card.page.path.stat().st_mtime) for card in cards())


def of_topic(topic: str, members: list[tuple[int, Card]], site: str) -> genanki.Deck:
    """The cards of a topic, each at its place among all, as a deck below the guide's."""
    name = f"{GUIDE}::{topic}"
    made = genanki.Deck(number_of(f"deck {topic}", 30), name, DESCRIPTION)
    for place, card in members:
        made.add_note(note(card, site, place))
    return made


def note(card: Card, site: str, place: int) -> genanki.Note:
    page = card.page
    title = escape(f"Question {page.number}: {page.title}", quote=False)
    anchor = f"#ask-{card.name}" if card.kind == "follow-up" else ""
    address = f"{site.rstrip('/')}/questions/{page.path.stem}/"
    there = f'<a href="{address}{anchor}">{title}</a>' if site else title
    return genanki.Note(
        model(),
        [
            there,
            *(html(text, address if site else "") for text in (card.front, card.back)),
        ],
        tags=[
            card.kind,
            f"question::{page.number:02}",
            f"topic::{slug_of(page.topic)}",
        ],
        guid=genanki.guid_for("worked-answers", card.id),
        due=place,
    )


@cache
def model() -> genanki.Model:
    return genanki.Model(
        number_of("model", 30),
        GUIDE,
        fields=[{"name": name} for name in ("Page", "Question", "Answer")],
        templates=[{"name": "Say it aloud", "qfmt": FRONT, "afmt": BACK}],
        css=CSS,
        sort_field_index=1,
    )


@cache
def html(source: str, address: str) -> str:
    r"""Markdown as a field of Anki: formulas between `\(` and `\)`, code and outputs folded.

    Args:
        source: Markdown of a question page.
        address: Of that page, or nothing if no site is known: then its links are only words.
    """
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"put-away-{len(kept) - 1}-"

    def formula(match: re.Match) -> str:
        if match[1]:  # code
            return match[0]
        marks = r"\[{}\]" if match["block"] else r"\({}\)"
        tex = (match["block"] or match["inline"]).strip()
        return keep(marks.format(escape(tex, quote=False)))

    def link(match: re.Match) -> str:
        target = re.sub(r"(?:index)?\.(?:md|ipynb)(?=#|$)", "/", match[2])
        # A page lies in a folder of its own.
        above = "" if target.startswith("#") else "../"
        return (
            f"[{match[1]}]({urljoin(address, above + target)})" if address else match[1]
        )

    text = FENCE.sub(lambda match: keep(fence(match[0])), unfolded(source))
    text = LOCAL_LINK.sub(link, FORMULA.sub(formula, text))
    made = markdown().reset().convert(text)
    return PUT_AWAY.sub(lambda match: kept[int(match[1] or match[2])], made)


@cache
def markdown() -> Markdown:
    return Markdown(extensions=["tables"])


def fence(text: str) -> str:
    """A fence of a page: a formula is shown, code and outputs are folded."""
    kind, inside = of_fence(text)
    inside = escape(inside, quote=False)
    if kind == "math":
        return rf"\[{inside}\]"
    if kind == "explorer":
        return "<p><i>On the page: a figure with sliders.</i></p>"
    summary = "Output" if "output" in kind else "Code"
    return f"<details><summary>{summary}</summary><pre>{inside}</pre></details>"
