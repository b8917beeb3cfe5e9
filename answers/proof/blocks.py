"""What a paragraph says: its formulas, its numbers, and those that have no witness."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from answers.pages import blank
from answers.proof.checks import PageCheck
from answers.proof.notation import is_claim
from answers.proof.word_claims import TARGET, TYPESET, ratios, relations

YEAR = r"(?:19|20)\d\d"
NUMBER = re.compile(
    r"(?<![\w.^_{\u2013-])([-\u2212]?)(\d{1,3}(?:[ ,\u202f\u00a0]\d{3})+(?!\d)|\d+)(\.\d+)?"
    r"(\s?%|\u202f%)?(?![\w^]|\.\d)"
)
SOURCE = re.compile(
    rf"\]\(https?://|[A-Z][\w.\u2019-]+(?: et al\.?| and (?:[A-Z]\. )*[A-Z]\w+)?,? \(?{YEAR}"
)
REFERENCE = re.compile(
    r"\b(?:[Qq]uestions?|[Pp]ages?|[Ss]ections?|[Cc]hapters?|[Tt]ables?|[Ff]igures?|[Ll]ines?"
    r"|[Ee]quations?|version|PyTorch|NumPy|SciPy|scikit-learn|Python|CUDA)"
    r"\s\d[\d.]*(?:(?:,| and| to|\u2013)\s?\d[\d.]*)*|\[\d+(?=\]\()"
    r"|\(\d+ min\)(?=\")"  # in a title, as `answers.proof.minutes` counts them
)
# Even in a sentence with a source, a number before these words is the page's: "the 1.07 GB above".
OWN = re.compile(r"(?: \w+)? (?:above|below)\b")


@dataclass(frozen=True)
class Block:
    """A paragraph, list or table of a page.

    Attributes:
        line: Its first line on the page.
        text: Its text, without code and the addresses of links.
        section: The number of its section.
        checks: The checks that stand under it.
    """

    line: int
    text: str
    section: int
    checks: list[PageCheck] = field(default_factory=list)

    @cached_property
    def quotes(self) -> set[str]:
        return {" ".join(q.split()) for check in self.checks for q in check.quotes}

    @cached_property
    def released(self) -> set[str]:
        return {" ".join(q.split()) for check in self.checks for q in check.released}

    @cached_property
    def formulas(self) -> list[tuple[str, int]]:
        """Each formula, and its line."""
        return [
            (" ".join((match[1] or match[2]).split()), self.line_of(match.start()))
            for match in TYPESET.finditer(self.text)
            if match[1] or match[2]
        ]

    def line_of(self, place: int) -> int:
        return self.line + self.text[:place].count("\n")

    def unwitnessed(self, printed: set[float]) -> Iterator[tuple[int, str]]:
        """What it says without a witness, each with its line.

        Args:
            printed: The numbers that the run printed or drew in its section.
        """
        for formula, line in self.formulas:
            if is_claim(formula) and formula not in self.quotes:
                yield line, f"${formula}$ has no check under it"
        held = set().union(*(check.numbers for check in self.checks))
        for number, percent, line in self.numbers:
            if not witnessed(number, percent, held, rounded=False) and not witnessed(
                number, percent, printed, rounded=True
            ):
                yield (
                    line,
                    f"{number}{percent} stands in no output of its section and no check",
                )
        for quote in self.quotes | self.released:
            if not spelt(quote).search(self.text):
                yield self.line, f'its check quotes "{quote}", which it does not say'
        for words, line in self.worded:
            if not any(words in quote for quote in self.quotes):
                yield line, f'"{words}" is quoted by no check'

    @cached_property
    def prose(self) -> str:
        """Its text with no formula that claims something and no reference, each place kept."""
        plain = TYPESET.sub(
            lambda m: (
                blank(m[0]) if is_claim(m[1] or m[2] or "") else m[0].replace("$", " ")
            ),
            self.text,
        )
        return REFERENCE.sub(lambda m: blank(m[0]), plain)

    @cached_property
    def numbers(self) -> list[tuple[str, str, int]]:
        """Each number that needs a witness, its percent sign, and its line."""
        found = []
        for start, sentence in sentences(self.prose):
            sourced = SOURCE.search(sentence)
            for match in NUMBER.finditer(TARGET.sub(lambda m: blank(m[0]), sentence)):
                if sourced and not OWN.match(sentence, match.end()):
                    continue
                sign, whole, rest, percent = match.groups(default="")
                number = ("-" if sign else "") + re.sub(r"\D", "", whole) + rest
                large = abs(float(number)) > 12 and not is_year(number)
                if rest or percent or large:
                    found.append(
                        (number, percent and "%", self.line_of(start + match.start()))
                    )
        return found

    @cached_property
    def worded(self) -> list[tuple[str, int]]:
        """What it claims in words, such as "three times slower" and "p = q", and their lines."""
        found = [(0, match) for match in relations(self.text)]
        for start, sentence in sentences(self.text):
            if not SOURCE.search(sentence):
                found += [(start, match) for match in ratios(sentence)]
        return [
            (" ".join(match[0].split()), self.line_of(start + match.start()))
            for start, match in found
        ]


def is_year(number: str) -> bool:
    return bool(re.fullmatch(YEAR, number)) and number != "2000" and int(number) < 2030


def spelt(phrase: str) -> re.Pattern:
    """Finds a phrase, over the ends of lines, but no part of a word; ' may stand for "."""
    words = r"\s+".join(map(re.escape, phrase.split())).replace("'", "['\"]")
    return re.compile(rf"(?<!\w){words}(?!\w)")


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence, item or row, and where it starts."""
    start = 0
    for end in re.finditer(
        r"(?<=[.?!])\s+(?=[A-Z*\[`$(])|\n(?=\s*(?:[-*|]|\d+\.) ?)|\Z", text
    ):
        yield start, text[start : end.start()]
        start = end.end()


def witnessed(number: str, percent: str, values: set[float], rounded: bool) -> bool:
    """Whether one of `values` is the number, or rounds to it as it is written."""
    said, digits = float(number), len(number.partition(".")[2])
    scales = (1, 100) if percent else (1,)
    may_round = rounded and (digits or percent)
    half = 0.5 * 10**-digits * (1 + 1e-9) if may_round else 1e-9 * max(1, abs(said))
    return any(abs(said - scale * v) <= half for v in values for scale in scales)


def values(text: str) -> set[float]:
    """Every number in an output."""
    text = text.replace("\u2212", "-")
    # 1 797 is one number, or two columns.
    joined = re.sub(r"(?<=\d)[ ,\u202f\u00a0](?=\d{3}(?!\d))", "", text)
    found = re.findall(
        r"(?<![\w.])-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", f"{text} {joined}"
    )
    return {float(number) for number in found}
