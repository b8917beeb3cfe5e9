"""Changes of what diagnoses say: code, numbers, signs, words that turn a sentence, a "not"."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace

from answers.proof.diagnoses import CODE, Diagnosed, all_diagnosed
from answers.proof.turning_words import INSTEAD as TURNING
from answers.proof.turning_words import both_ways
from tests.mutation.changes import Change

SIGNS = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "·": "/",
    "@": "*",
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
    "≤": "≥",
    "=": "≠",
}
PAIRS = """
    add/subtract adds/subtracts added/subtracted multiply/divide multiplies/divides
    multiplied/divided sum/mean summed/averaged sums/means max/min rows/columns row/column
    queries/keys query/key left/right once/twice half/double positive/negative
    positives/negatives true/false overflows/underflows probability/logit probabilities/logits
    logarithm/exponential logarithms/exponentials inside/outside keep/drop kept/dropped
    forward/backward input/output inputs/outputs prior/likelihood precision/recall
    successes/failures hide/show hidden/visible past/future even/odd ones/zeros floats/integers
    new/old one/two two/three same/other infinite/finite inf/0 take/leave sharp/flat front/back
    true/voted
"""
INSTEAD = {word: new for kind in TURNING.values() for word, new in kind.items()}
INSTEAD |= both_ways(PAIRS)
TOKEN = re.compile(r"[<>]=|\d+|[-+*/·@<>≤=]|[A-Za-z_]+")
VERB = re.compile(r"\b(?:is|are|was|were|has|have|does|do|can|may|must)\b")
SENTENCE = re.compile(r"[^`.?!]*(?:(?:`[^`]*`|[.?!](?! [A-Z`]|$))[^`.?!]*)*[.?!]?")


def changes() -> Iterator[Change]:
    """Each number, sign and turning word, in code between backticks each argument; and each
    sentence with a "not" that has none."""
    for each in all_diagnosed():
        for token in TOKEN.finditer(each.text):
            code = next((c for c in CODE.finditer(each.text) if spans(c, token)), None)
            for new in other(token[0], each, bool(code)):
                yield changed(each, token.span(), new, code)
        for sentence in SENTENCE.finditer(each.text):
            verb = VERB.search(sentence[0])
            if verb and " not " not in sentence[0]:
                start, end = (sentence.start() + at for at in verb.span())
                yield changed(each, (start, end), f"{verb[0]} not")


def changed(diagnosed: Diagnosed, place: tuple, new: str, code: re.Match | None = None) -> Change:
    """The change, told with some words before and after it."""
    start, end = place
    text = diagnosed.text[:start] + new + diagnosed.text[end:]
    before = re.search(r"(?:\S+ ){0,3}\S*$", diagnosed.text[:start])[0]
    after = re.match(r"\S*(?: \S+){0,3}", diagnosed.text[end:])[0]
    what = f"{before}{diagnosed.text[start:end]}{after} → {before}{new}{after}"
    other = replace(diagnosed, text=text)

    def noticed() -> bool:
        if any(words not in text for words, _ in diagnosed.tries):
            return True
        return bool(code) and code[1] in diagnosed.code and len(other.code) < len(diagnosed.code)

    return Change("diagnosis", diagnosed.name, what, noticed)


def spans(code: re.Match, token: re.Match) -> bool:
    return code.start() < token.start() and token.end() < code.end()


def other(token: str, diagnosed: Diagnosed, in_code: bool) -> Iterator[str]:
    """What a slip would write instead of a token, if it would."""
    if token.isdigit():
        yield str((int(token) + 1) % 10)
    elif token in SIGNS:
        yield SIGNS[token]
    elif in_code and diagnosed.function and token in (names := parameters(diagnosed)):
        if len(names) > 1:
            yield names[names.index(token) - 1]
    elif token.lower() in INSTEAD:
        new = INSTEAD[token.lower()]
        yield new.capitalize() if token[0].isupper() else new


def parameters(diagnosed: Diagnosed) -> list[str]:
    return list(inspect.signature(diagnosed.function).parameters)
