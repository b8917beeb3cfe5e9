"""Changes of what pages say: their relations, numbers and words, and their outputs."""

import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from answers.pages import ROOT, blank
from answers.proof import bindings
from answers.proof.bindings import plain_words
from answers.proof.blocks import TYPESET, Block, sentences
from answers.proof.claims import BOUND, prose
from answers.proof.fences import output_span, python_fences
from answers.proof.generated import markdown
from answers.proof.notation import is_claim
from answers.proof.session import Session, start_afresh
from answers.proof.turning_words import instead, turning_words
from tests.mutation.changes import Change

Pages = Iterable[Path] | None  # None: all
TOKEN = re.compile(r"\\[A-Za-z]+|\^\{?(?:\\top|T)\}?|\d|[A-Za-z]+|[-+=<>/]")
OTHER = {
    "+": "-",
    "-": "+",
    "=": r"\ne ",
    "<": ">",
    ">": "<",
    r"\le": r"\ge",
    r"\ge": r"\le",
    "/": r"\cdot ",
    r"\sum": r"\prod",
    r"\prod": r"\sum",
    r"\max": r"\min",
    r"\log": "",
    r"\sqrt": "",
    r"\cdot": "+",
}
ADDRESS = re.compile(r"\]\([^)\n]*\)")  # of a link, which may hold a number of its sentence
VERB = re.compile(r"\b(?:is|are|was|were|can|may|will|has|have|does|do|needs?|must)\b")
ANOTHER = {"p": "q", "q": "p", "x": "y", "y": "x", "X": "W", "W": "X", "K": "N", "N": "K"}


def relations(pages: Pages = None) -> Iterator[Change]:
    """Each formula that claims something, changed in each of its places."""
    for path in pages or markdown():
        text = path.read_text("utf-8")
        for line, start, formula in claims(path, text):
            for token in TOKEN.finditer(formula):
                if (new := other(token[0])) != token[0]:
                    changed = formula[: token.start()] + new + formula[token.end() :]
                    yield changed_text("relation", path, text, line, start, formula, changed)


def claims(path: Path, text: str) -> Iterator[tuple[int, int, str]]:
    """The line, the place and the text of each formula that claims something."""
    lines = text.splitlines(keepends=True)
    for block in prose(path, text).blocks:
        place = sum(map(len, lines[: block.line - 1]))
        for match in TYPESET.finditer(block.text):
            formula = match[1] or match[2] or ""
            if is_claim(" ".join(formula.split())):
                start = place + match.start(1 if match[1] else 2)
                yield block.line_of(match.start()), start, formula


def other(token: str) -> str:
    """What a slip would write instead."""
    if token.isdigit():
        return str((int(token) + 1) % 10)
    if token.startswith("^"):
        return ""  # no transpose
    return OTHER.get(token, ANOTHER.get(token, token))


def numbers(pages: Pages = None) -> Iterator[Change]:
    """Each number that needs a witness, with another first and another last digit."""
    for path in pages or markdown():
        text = path.read_text("utf-8")
        lines = text.splitlines(keepends=True)
        unlinked = ADDRESS.sub(lambda m: blank(m[0]), text)
        for block in prose(path, text).blocks:
            for number, _, line in block.numbers:
                place = sum(map(len, lines[: line - 1]))
                spelt = re.escape(number.lstrip("-"))
                spelt = re.sub(r"(?<=\d)(?=(?:\d{3})+(?:\\|$))", "[ ,\u202f\u00a0]?", spelt)
                match = re.compile(rf"(?<![\w.]){spelt}(?![\d])").search(unlinked, place)
                digits = [i for i, sign in enumerate(match[0]) if sign.isdigit()]
                for digit in {digits[0], digits[-1]}:
                    new = match[0][:digit] + other(match[0][digit]) + match[0][digit + 1 :]
                    yield changed_text("number", path, text, line, match.start(), match[0], new)


def exchanges(pages: Pages = None) -> Iterator[Change]:
    """Each two numbers of a sentence, item or row change places: both in digits or in words."""
    for path, text, place, block in said(pages):
        for start, sentence in sentences(plain_words(block)):
            found = sorted(bindings.numbers(sentence), key=re.Match.start)
            for one, other in itertools.combinations(found, 2):
                (a, b), (c, d) = bare(one), bare(other)
                alike = one[0].isalpha() == other[0].isalpha()
                if alike and sentence[a:b].lower() != sentence[c:d].lower():
                    new = sentence[c:d] + block.text[start + b : start + c] + sentence[a:b]
                    yield turned("exchange", path, text, block, place, (start + a, start + d), new)


def bare(number: re.Match) -> tuple[int, int]:
    """Where a number stands, without its percent sign."""
    return number.start(), number.start() + len(number[0].rstrip("% \u202f"))


def directions(pages: Pages = None) -> Iterator[Change]:
    """Each "larger" smaller, each "above" below."""
    yield from opposites("direction", pages)


def quantities(pages: Pages = None) -> Iterator[Change]:
    """Each "all" some, each "always" sometimes."""
    yield from opposites("quantity", pages)


def negations(pages: Pages = None) -> Iterator[Change]:
    """Each negation taken out, and one put into each sentence that has none."""
    yield from opposites("negation", pages)
    for path, text, place, block in said(pages):
        for start, sentence in sentences(plain_words(block)):
            verb = VERB.search(sentence)
            if verb and not any(turning_words(sentence, "negation")):
                where = start + verb.start(), start + verb.end()
                yield turned("negation", path, text, block, place, where, verb[0] + " not")


def opposites(kind: str, pages: Pages) -> Iterator[Change]:
    for path, text, place, block in said(pages):
        for word in turning_words(plain_words(block), kind):
            new = instead(word[0], kind)
            yield turned(kind, path, text, block, place, word.span(), new)


def said(pages: Pages) -> Iterator[tuple[Path, str, int, Block]]:
    """The bound pages, block by block: path, text, where the block begins, and it."""
    for path in pages or markdown():
        if BOUND.match(path.name):
            text = path.read_text("utf-8")
            lines = text.splitlines(keepends=True)
            for block in prose(path, text).blocks:
                if not block.text.startswith("#"):
                    yield path, text, sum(map(len, lines[: block.line - 1])), block


def turned(kind, path, text, block, place, where, new) -> Change:
    """The change, told with some words before and after it."""
    line = block.line_of(where[0])
    start, end = (place + each for each in where)
    before = re.search(r"(?:\S+ ){0,2}\S*$", text[:start])[0]
    after = re.match(r"\S*(?: \S+){0,2}", text[end:])[0]
    old = before + text[start:end] + after
    return changed_text(kind, path, text, line, start - len(before), old, before + new + after)


def changed_text(kind, path, text, line, start, old, new) -> Change:
    mutated = text[:start] + new + text[start + len(old) :]
    where = f"{path.relative_to(ROOT)}:{line}"

    def noticed() -> bool:
        return not set(prose(path, mutated).unwitnessed()) <= complaints(path, text)

    return Change(kind, where, f"{old} → {new}", noticed)


@cache
def complaints(path: Path, text: str) -> set[str]:
    return set(prose(path, text).unwitnessed())


def outputs(pages: Pages = None) -> Iterator[Change]:
    """Each number that a page prints, with another last digit."""
    for path in pages or markdown():
        text = path.read_text("utf-8")
        lines = text.split("\n")
        for index, fence in enumerate(python_fences(path, text)):
            if fence.output is None:
                continue
            first, last = output_span(lines, fence)
            for n in range(first + 1, last):
                for match in re.finditer(r"\d(?!\d)", lines[n]):
                    new = lines[n][: match.start()] + other(match[0]) + lines[n][match.end() :]
                    mutated = "\n".join([*lines[:n], new, *lines[n + 1 :]])
                    where = f"{path.relative_to(ROOT)}:{n + 1}"
                    yield Change(
                        "output",
                        where,
                        f"{lines[n].strip()} → {new.strip()}",
                        lambda path=path, mutated=mutated, index=index: (
                            session(path, mutated).complaint(index) is not None
                        ),
                    )


def session(path: Path, text: str) -> Session:
    """The session of a page that was run as it is, and shows other outputs."""
    other = Session(python_fences(path, text))
    other.outcomes = list(outcomes(path))
    return other


@cache
def outcomes(path: Path) -> tuple:
    start_afresh()
    ran = Session(python_fences(path))
    found = tuple(ran.run(index) for index in range(len(ran.fences)))
    start_afresh()
    return found
