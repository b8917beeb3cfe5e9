"""Words that turn a sentence, and what a slip writes instead: directions, negations, quantities."""

import re
from collections.abc import Iterable, Iterator

from answers.proof.word_claims import COUNT


def both_ways(pairs: str) -> dict[str, str]:
    """Each word and its opposite; of a word that stands twice, the first opposite."""
    found = {}
    for pair in pairs.split():
        one, other = pair.split("/")
        found.setdefault(one, other)
        found.setdefault(other, one)
    return found


INSTEAD = {
    "direction": both_ways(
        """
        more/less most/least fewer/more larger/smaller largest/smallest large/small higher/lower
        highest/lowest high/low above/below over/under before/after rise/fall rises/falls
        raise/lower raises/lowers first/last increase/decrease increases/decreases grow/shrink
        grows/shrinks faster/slower fastest/slowest upper/lower longer/shorter better/worse
        best/worst earlier/later cheaper/dearer cheapest/dearest easier/harder rarer/commoner
        maximum/minimum maximise/minimise exceed/undercut exceeds/undercuts wider/narrower
        """
    ),
    "negation": {
        "yes": "no",
        "no": "",
        "not": "",
        "n't": "",
        "never": "always",
        "cannot": "can",
        "without": "with",
        "neither": "both",
        "nor": "and",
        "none": "all",
        "nothing": "everything",
    },
    "quantity": {
        "all": "some",
        "some": "all",
        "every": "some",
        "always": "sometimes",
        "sometimes": "always",
        "often": "rarely",
        "rarely": "often",
        "only": "also",
        "both": "neither",
    },
}
# A direction before a number alone: "over three times", and not "a mean over tokens".
BEFORE_NUMBER = dict.fromkeys(("over", "under"), rf"(?= (?:\d|{COUNT}))")


def pattern(words: Iterable[str]) -> re.Pattern:
    longest_first = sorted(words, key=len, reverse=True)
    any_word = "|".join(word + BEFORE_NUMBER.get(word, "") for word in longest_first)
    return re.compile(rf"(?:\b|(?=n't))(?:{any_word})\b", re.IGNORECASE)


PATTERNS = {kind: pattern(words) for kind, words in INSTEAD.items()}
COUNTED = re.compile(rf"\b(?:{COUNT})\b", re.IGNORECASE)


def turning_words(text: str, kind: str | None = None) -> Iterator[re.Match]:
    """The words of a kind, or of all kinds."""
    for each in [kind] if kind else PATTERNS:
        yield from PATTERNS[each].finditer(text)


def instead(word: str, kind: str) -> str:
    """What a slip writes for a word; empty: it leaves the word out."""
    other = INSTEAD[kind][word.lower()]
    return other.capitalize() if word[0].isupper() else other
