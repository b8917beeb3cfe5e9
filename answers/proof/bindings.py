"""Whether the checks under a block quote the words that turn its sentences, each in its place.

A phrase binds a word if the block says it once, and if no other number, direction, negation or
quantity of the block stands among the same words: "11.09 in" would not notice that 11.09 and 88.72
have changed places in "11.09 in float16, 88.72 in float32".
"""

import itertools
import re
from collections.abc import Iterator

from answers.pages import blank
from answers.proof.blocks import NUMBER, YEAR, Block, is_year, spelt
from answers.proof.turning_words import COUNTED, turning_words
from answers.proof.word_claims import TARGET

# From the title of a paper on: volume, number and pages.
CITED = re.compile(rf"\({YEAR}\), \[?\*.*")
COUNTER = re.compile(r"^[ \t]*\d+\. ", re.MULTILINE)  # of an item
HEAD = re.compile(r"^.*\n(?=[ \t]*\|[-:|]+\|$)", re.MULTILINE)  # of a table
END = re.compile(r"[.?!]\S?\s|\n[ \t]*[-*|]")  # of a sentence, item or row
NEAR = 12  # characters
Place = tuple[int, int]
# What a word is told from: no comma behind it, and no bar of a table.
WORD = re.compile(r"[\w$\\({[\u2212-]\S*(?<![.,;:])")


def unbound(block: Block) -> Iterator[tuple[int, str]]:
    """Its numbers, directions, negations and quantities in no phrase of a check, and their lines.

    A block without checks binds nothing.
    """
    for check in block.checks:
        for text in check.unfounded:
            yield check.line, f"`{text}` lacks its words, or `because` and a reason"
    if not block.checks:
        return
    words, quoted = turning(block), quoted_once(block)
    free = [w for w in words if not any(binds(block.text, q, w, words) for q in quoted)]
    for group in together(block.text, free):
        start, end = group[0][0], group[-1][1]
        said, found = block.text[start:end], phrase(block.text, group, words)
        yield (
            block.line_of(start),
            f'"{" ".join(said.split())}" is bound to no check: put # "{found}" behind what '
            f'computes it, or # released: "{found}" because …',
        )


def together(text: str, words: list[Place]) -> list[list[Place]]:
    """The same, with neighbours of a sentence side by side: one phrase will do."""
    groups = []
    for word in words:
        between = text[groups[-1][-1][1] : word[0]] if groups else ""
        if groups and len(between) <= NEAR and not END.search(between):
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def turning(block: Block) -> list[Place]:
    """Where its numbers, directions, negations and quantities stand."""
    plain = plain_words(block)
    return sorted(match.span() for match in [*numbers(plain), *turning_words(plain)])


def plain_words(block: Block) -> str:
    """Its prose without what names a place or heads a column, each word where it stood."""
    plain = block.prose
    for unsaid in (TARGET, CITED, COUNTER, HEAD):
        plain = unsaid.sub(lambda match: blank(match[0]), plain)
    return plain


def numbers(text: str) -> list[re.Match]:
    """The numbers of a text, in digits and in words, but no years."""
    found = [match for match in NUMBER.finditer(text) if not is_year(match[0])]
    return [*found, *COUNTED.finditer(text)]


def quoted_once(block: Block) -> list[Place]:
    """The places of the phrases that its checks quote or release, and that it says once."""
    found = [places(block.text, quote) for quote in block.quotes | block.released]
    return [where[0] for where in found if len(where) == 1]


def places(text: str, phrase: str) -> list[Place]:
    return [match.span() for match in spelt(phrase).finditer(text)]


def binds(text: str, phrase: Place, word: Place, words: list[Place]) -> bool:
    """Whether a phrase holds a word in its place, even if it were exchanged for another."""
    (first, last), (start, end) = phrase, word
    before, after = text[first:start], text[end:last]
    return (
        first <= start
        and end <= last
        and not any(
            text[:a].endswith(before) and text[b:].startswith(after)
            for a, b in words
            if (a, b) != word
        )
    )


def phrase(text: str, group: list[Place], words: list[Place]) -> str:
    """The shortest phrase that binds a group of words; if none does, the whole text."""
    found = [match.span() for match in WORD.finditer(text)]
    begins = [first for first, _ in found if first <= group[0][0]][-9:]
    ends = [last for _, last in found if last >= group[-1][1]][:9]
    shortest = []
    for place in itertools.product(begins, ends):
        said = " ".join(text[slice(*place)].split()).replace('"', "'")
        bound = all(binds(text, place, word, words) for word in group)
        if bound and len(places(text, said)) == 1:
            shortest.append((bool(END.search(said)), len(said), said))
    return min(shortest)[2] if shortest else " ".join(text.split())
