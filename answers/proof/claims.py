r"""What the prose of a page claims, and what has no witness. Needs the `test` extra.

- A formula is notation (symbols and names, their indices, lists of them, a derivative's name) or
  a claim. A claim is quoted by a check right under its block: see `answers.proof.checks`.
- A decimal, a percentage and an integer above 12 stand, rounded as written, in something that
  the run printed or drew in its section, or in a check right under its block, or in a sentence
  with a source.
- A check quotes words for a ratio (three times slower, half of, one in six), formulas of plain
  text (λ = σ²/τ²) and words between names (K times $p_y$): see `answers.proof.word_claims`.
- On a question's page each number, direction, negation and quantity in a block that has a check
  stands in a phrase that is quoted or released there: see `answers.proof.bindings`.

Code, what a function generated, and the section of sources are no prose.
`python -m answers.proof.claims PAGE` prints what has no witness, and what is not bound.
"""

import re
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from answers.pages import COMMENT, FENCE, GENERATED, QUESTION, ROOT, blank
from answers.proof.bindings import unbound
from answers.proof.blocks import Block, values
from answers.proof.checks import PageCheck, checks

# A page of a question: its sentences are bound to their checks.
BOUND = re.compile(r"\d\d-")
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
# Sections that speak of the others.
OF_THE_WHOLE = {
    "In thirty seconds",
    "What goes wrong",
    "They will ask next",
    "Score yourself",
}
# What the fence above it printed. It is itself a fence: so it is looked for before `FENCE`.
OUTPUT = re.compile(
    r"^[ \t]*<!--pytest-codeblocks:expected-output-->\s*?\n([ \t]*)(`{3,}).*?^\1\2[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
COMMENTS = re.compile(r"(?:\s*<!--.*?-->)*", re.DOTALL)
FIGURE = re.compile(r'^[ \t]*--8<-- "(docs/figures/[^"]+)".*$', re.MULTILINE)
INCLUDE = re.compile(r"^[ \t]*--8<--.*$", re.MULTILINE)
CODE = re.compile(r"(`+)[^`].*?\1", re.DOTALL)
PARAGRAPH = re.compile(r"^[ \t]*\S.*$(?:\n[ \t]*\S.*$)*", re.MULTILINE)


@dataclass(frozen=True)
class Prose:
    """A page, as its prose is checked.

    Attributes:
        blocks: What it says, block by block.
        printed: By section, the numbers of its outputs, figures and generated parts; of the
            whole page in a section that has none, or that speaks of all.
        loose: Checks that stand under no block.
    """

    path: Path
    blocks: list[Block]
    printed: list[set[float]]
    loose: list[PageCheck]

    def unwitnessed(self) -> list[str]:
        """What it says without a witness, in sentences with page and line."""
        unbound = self.unbound() if BOUND.match(self.path.name) else []
        return [*self.told(self._unwitnessed()), *unbound]

    def _unwitnessed(self) -> Iterator[tuple[int, str]]:
        for check in self.loose:
            yield check.line, "a check stands right under what it speaks of"
        for block in self.blocks:
            yield from block.unwitnessed(self.printed[block.section])

    def unbound(self) -> list[str]:
        """What of it no check quotes in its place, likewise."""
        return self.told(each for block in self.blocks for each in unbound(block))

    def told(self, found: Iterable[tuple[int, str]]) -> list[str]:
        name = self.path.relative_to(ROOT)
        return [f"{name}:{line}: {what}" for line, what in found]


def prose(path: Path, text: str | None = None) -> Prose:
    """The prose of a page; `text`: what it will hold."""
    text = path.read_text("utf-8") if text is None else text
    plain = FRONT_MATTER.sub(lambda m: blank(m[0]), text)
    shown = []
    for pattern, numbers_of in (
        (OUTPUT, output),
        (GENERATED, output),
        (FIGURE, drawn),
        (FENCE, typed),
    ):
        shown += [
            (match.start(), numbers_of(match)) for match in pattern.finditer(plain)
        ]
        plain = pattern.sub(lambda m: blank(m[0]), plain)
    for pattern in (COMMENT, INCLUDE, CODE):
        plain = pattern.sub(lambda m: blank(m[0]), plain)
    question = QUESTION.search(plain)
    # In the bank's words; the answer may name its numbers.
    asked = values(question[0]) if question else set()
    plain = QUESTION.sub(lambda m: blank(m[0]), plain)
    heads = list(re.finditer(r"^## (.*)$", plain, re.MULTILINE))
    places = [head.start() for head in heads]
    sections = in_sections([head[1] for head in heads], places, shown)
    blocks, left = [], checks(path, text)
    for match in PARAGRAPH.finditer(plain):
        if match[0] == "## Sources":
            break
        first = text[: match.start()].count("\n") + 1
        last = text[: COMMENTS.match(text, match.end()).end()].count("\n") + 1
        own = [check for check in left if first < check.line <= last]
        left = [check for check in left if check not in own]
        blocks.append(Block(first, match[0], bisect(places, match.start()), own))
    return Prose(path, blocks, [section | asked for section in sections], left)


def in_sections(
    heads: list[str], places: list[int], shown: list[tuple[int, set]]
) -> list[set]:
    """By section, the first of which has no heading, the numbers that `Prose` says."""
    sections = [set() for _ in range(len(heads) + 1)]
    for place, numbers in shown:
        sections[bisect(places, place)] |= numbers
    whole = set().union(*sections)
    return [
        own if own and head not in OF_THE_WHOLE else whole
        for head, own in zip([None, *heads], sections, strict=True)
    ]


def output(match: re.Match) -> set[float]:
    return values(match[0])


def typed(match: re.Match) -> set[float]:
    """The numbers in code that a page types: its sentences may name what the code sets."""
    python = "python" in match[0].split("\n", 1)[0]
    return values(INCLUDE.sub("", match[0])) if python else set()


def drawn(match: re.Match) -> set[float]:
    """The numbers that are written in a figure."""
    path = ROOT / match[1]
    drawing = path.read_text("utf-8") if path.exists() else ""  # not yet
    return values(re.sub(r"<style.*?</style>|<[^>]*>", " ", drawing, flags=re.DOTALL))


if __name__ == "__main__":
    import sys

    for page in sys.argv[1:]:
        found = prose(Path(page).resolve())
        print(*dict.fromkeys(found.unwitnessed() + found.unbound()), sep="\n")
