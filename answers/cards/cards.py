"""The cards, read from the pages: nothing of a card is written anywhere else.

A page gives one card for its question, one for each follow-up of "They will ask next", one for
each exercise. A card's id outlives any change of its answer; where a follow-up's question is
reworded, a line above it keeps the id, and with it the reader's history:

    <!-- card: is-the-loss-convex -->

    **Is cross-entropy convex?** In the logits, yes.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from answers.cards.plain_formulas import FORMULA, plain
from answers.pages import COMMENT, FENCE, SECTION, Page, blank, pages

FOLLOW_UPS = "They will ask next"
PIN = re.compile(r"<!--\s*card\b")
ASKED = re.compile(
    r"^(?:<!-- card: (?P<pin>[a-z0-9_-]+) -->\s*)?^\*\*(?P<question>[^\n]+?)\*\*",
    re.MULTILINE,
)
# Minutes: what a card is thought to take; an exercise, until its page says.
OPENING, FOLLOW_UP, NEW_EXERCISE = 2, 1, 3


@dataclass(frozen=True)
class FollowUp:
    """A question of "They will ask next".

    Attributes:
        slug: Its name on the page.
        question: The question, as Markdown.
        answer: All that stands below it until the next, as Markdown.
    """

    slug: str
    question: str
    answer: str


@dataclass(frozen=True)
class Card:
    """What is asked again.

    Attributes:
        id: `06/opening`, `06/SLUG` or `exercise/NAME`.
        kind: "opening", "follow-up" or "exercise".
        page: Where it stands.
        front: What is asked, as Markdown.
        back: The answer, as Markdown; an exercise has none, it is passed.
        minutes: What it is thought to take.
    """

    id: str
    kind: str
    page: Page
    front: str
    back: str
    minutes: int

    @property
    def name(self) -> str:
        """The last part of its id: the follow-up's slug, the exercise's name."""
        return self.id.rpartition("/")[2]

    @cached_property
    def question(self) -> str:
        """What is asked, as one line of plain text."""
        return plain_text(self.front)


def cards() -> list[Card]:
    """Every card, in the order of the pages.

    Raises:
        ValueError: Two have one id, or a comment that pins an id stands above no question.
    """
    found: dict[str, Card] = {}
    for card in (card for page in pages() for card in of_page(page)):
        if other := found.get(card.id):
            raise ValueError(
                f"{card.page.path.name}: the card {card.id} stands in {other.page.path.name} too"
            )
        found[card.id] = card
    return list(found.values())


def of_page(page: Page) -> Iterator[Card]:
    """The cards of one page.

    Raises:
        ValueError: As `follow_ups`; the message names the page.
    """
    number = f"{page.number:02}"
    back = f"{page.thirty_seconds}\n\n{page.rubric}"
    yield Card(f"{number}/opening", "opening", page, page.question, back, OPENING)
    try:
        asked = follow_ups(page.text)
    except ValueError as error:
        raise ValueError(f"{page.path.name}: {error}") from None
    for each in asked:
        name = f"{number}/{each.slug}"
        yield Card(name, "follow-up", page, each.question, each.answer, FOLLOW_UP)
    minutes = dict(zip(page.exercises, page.practice, strict=False))
    for name in page.exercises:
        front = f"Write `{name}` again, from the stub."
        asks = minutes.get(name, NEW_EXERCISE)
        yield Card(f"exercise/{name}", "exercise", page, front, "", asks)


def follow_ups(text: str) -> list[FollowUp]:
    """The follow-ups in the Markdown of a page, in order; none if it has no such section.

    Raises:
        ValueError: Two have one name, one has none, or a pin stands above no question.
    """
    outside_fences = FENCE.sub(lambda fence: blank(fence[0]), text)
    section = re.search(SECTION.format(FOLLOW_UPS), outside_fences)
    start, end = section.span(1) if section else (0, 0)
    asked = list(ASKED.finditer(outside_fences, start, end))
    if sum(match["pin"] is not None for match in asked) != len(
        PIN.findall(outside_fences)
    ):
        raise ValueError(
            "`<!-- card: a-name -->` pins the id of the follow-up right below it, with small "
            "letters, digits and hyphens; one does not"
        )
    bounds = [match.start() for match in asked] + [end]
    found: dict[str, FollowUp] = {}
    for match, stop in zip(asked, bounds[1:], strict=True):
        question = match["question"]
        slug = match["pin"] or slug_of(question)
        if slug in (*found, "", "opening"):
            raise ValueError(
                f"the follow-up {question!r} has the id {slug!r}, which is another's or none; "
                "write `<!-- card: a-name -->` above it"
            )
        answer = COMMENT.sub("", text[match.end() : stop]).strip()
        found[slug] = FollowUp(slug, question, answer)
    return list(found.values())


def slug_of(question: str) -> str:
    """The name that MkDocs would give a heading of these words."""
    letters = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", letters).strip().lower())


def plain_text(markdown: str) -> str:
    """Words and formulas without the marks of Markdown and TeX, as one line."""
    formulas = FORMULA.sub(
        lambda m: m[0].strip("`") if m[1] else plain(m["block"] or m["inline"]),
        markdown,
    )
    return " ".join(re.sub(r"\*\*|\[([^\]]+)\]\([^)]*\)", r"\1", formulas).split())
