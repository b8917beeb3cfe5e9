"""A text cut into words, and a tokenizer: words, merges, special tokens, and a cache of words."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

import numpy as np
from jaxtyping import Integer
from numpy import ndarray

from answers.inputs import first
from answers.inputs.contracts import refuses
from answers.language_models.bpe import merge_all, no_merges, token_bytes

# GPT-2 writes \p{L} for letters and \p{N} for numbers, which need the package `regex`. Python's
# own `re` has \w: letters, numbers and _. So here "½" and "²" are letters, there numbers.
LETTERS, OTHERS = r" ?[^\W\d_]+", r" ?(?:[^\w\s]|_)+"
SHORT, SPACES = r"'(?:[sdmt]|ll|ve|re)", r"\s+(?!\S)|\s+"
GPT2 = re.compile("|".join([SHORT, LETTERS, r" ?\d+", OTHERS, SPACES]))
# As in GPT-4 and Llama 3, whose digits stand in threes from the left, and take no space along.
IN_THREES = re.compile("|".join([SHORT, LETTERS, r"\d{1,3}", OTHERS, SPACES]))


# --8<-- [start:split_words]
def split_words(text: str, digits_in_threes: bool = False) -> list[str]:
    """The words that merges do not reach across, as GPT-2 cuts them; joined, they are the text.

    A word is letters, digits or other signs, never a mixture, with the one space before it; or
    the spaces before such a word but for their last; or an ending such as 's.

    Args:
        text: Any text.
        digits_in_threes: Whether digits are cut into threes from the left, without a space, as
            GPT-4 and Llama 3 do.

    Source:
        A. Radford et al. (2019), Language Models are Unsupervised Multitask Learners, the file
        encoder.py of its code.

    Example:
        >>> split_words("It's  12345 km!")
        ['It', "'s", ' ', ' 12345', ' km', '!']
        >>> split_words("12345 km", digits_in_threes=True)
        ['123', '45', ' km']
    """
    return (IN_THREES if digits_in_threes else GPT2).findall(text)


# --8<-- [end:split_words]


# --8<-- [start:count_words]
def count_words(text: str, digits_in_threes: bool = False) -> dict[bytes, int]:
    """How often each word of a text occurs, as bytes in UTF-8: what merges are learned from.

    Args:
        text: The text to train on, without special tokens.
        digits_in_threes: Whether digits are cut into threes from the left.

    Source:
        R. Sennrich, B. Haddow, A. Birch (2016), section 3.2: words weighted by frequency.

    Example:
        >>> count_words("no, no")
        {b'no': 1, b',': 1, b' no': 1}
    """
    words = Counter(split_words(text, digits_in_threes))
    return {word.encode(): count for word, count in words.items()}


# --8<-- [end:count_words]


def no_token(self, ids):
    outside = (ids < 0) | (ids >= len(self.tokens))
    if outside.any():
        raise ValueError(
            f"`ids` holds {first(ids, outside)}; the tokens are 0 to {len(self.tokens) - 1}"
        )


# --8<-- [start:Tokenizer]
class Tokenizer:
    """Text to numbers and back, by merges that were learned from `count_words`.

    Attributes:
        special: The number of each special token: they come after all merges.
    """

    def __init__(
        self, merges: Integer[ndarray, "count 2"], special: tuple[str, ...] = ()
    ):
        no_merges(merges, "merges")
        pairs = merges.tolist()
        self.rank = {pair: row for row, pair in enumerate(map(tuple, pairs))}
        names = [name.encode() for name in special]
        self.tokens = token_bytes(pairs) + names
        behind = 256 + len(pairs)
        self.special = {name: behind + place for place, name in enumerate(special)}
        # Words repeat, so most are looked up. The cache is bounded, for texts are not.
        self.of_word = lru_cache(2**16)(self.encode_word)

    def encode_word(self, word: str) -> tuple[int, ...]:
        """The tokens of one word."""
        return merge_all(tuple(word.encode()), self.rank)

    def encode(self, text: str, specials: bool = False) -> Integer[ndarray, " tokens"]:
        """The tokens of a text.

        Args:
            text: Any text.
            specials: Whether the names of special tokens stand for these. Else they are text
                like any other, as they must be in what a user writes.
        """
        parts = self.parts(text) if specials else [text]
        return np.fromiter(chain.from_iterable(map(self.encode_part, parts)), np.intp)

    def encode_part(self, part: str | int) -> Iterator[int]:
        """The tokens of a text without special tokens; a special token is itself."""
        if isinstance(part, int):
            return iter([part])
        return chain.from_iterable(map(self.of_word, split_words(part)))

    def parts(self, text: str) -> list[str | int]:
        """The text, cut at its special tokens, with their numbers in their places."""
        if not self.special:
            return [text]
        # The longest name first, in case one begins as another does.
        names = sorted(self.special, key=len, reverse=True)
        cut = re.split(f"({'|'.join(map(re.escape, names))})", text)
        return [self.special.get(part, part) for part in cut]

    @refuses(no_token)
    def decode(self, ids: Integer[ndarray, " tokens"]) -> str:
        """The text of these tokens; bytes that are no character become �.

        Raises:
            ValueError: A number is negative, or of no token.
        """
        joined = b"".join(self.tokens[token] for token in ids.tolist())
        return joined.decode(errors="replace")


# --8<-- [end:Tokenizer]
