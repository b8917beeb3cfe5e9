"""Byte-pair encoding: merges learned from words, a word encoded by them, and bytes back.

A token is a number: 0 to 255 for a byte, 256 + i for what merge i made. A merge is a pair of
tokens, and merges stand in the order in which they were learned.
"""

import heapq
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Literal, no_type_check

import numpy as np
from jaxtyping import Integer
from numpy import ndarray

from answers.inputs.contracts import refuses


@no_type_check  # it is called once a word and a merge
# --8<-- [start:merge_pair]
def merge_pair(word: tuple, pair: tuple, new: int) -> tuple:
    """The word with `new` for each `pair`, from the left: a a a becomes (a a) a."""
    merged, place = [], 0
    while place < len(word):
        found = word[place : place + 2] == pair
        merged.append(new if found else word[place])
        place += 2 if found else 1
    return tuple(merged)


# --8<-- [end:merge_pair]


# --8<-- [start:pair_order]
@no_type_check  # it is called for each pair
def pair_order(pair: tuple[int, int], tokens: list[bytes], ties: str) -> tuple:
    """What is smaller for the pair that wins a tie: its ids, or its bytes turned around."""
    if ties == "ids":
        return pair
    # -b turns the order of bytes around; the 1 at the end puts "ab" before its beginning "a".
    return *((*(-byte for byte in tokens[part]), 1) for part in pair), pair


# --8<-- [end:pair_order]


# --8<-- [start:train_bpe_refuses]
def negative_count(merges):
    if merges < 0:
        raise ValueError(f"`merges` is {merges}; ask for 0 or more")


def no_counts(words, name):
    for word, count in words.items():
        if count < 1:
            raise ValueError(
                f"`{name}` holds {word!r} {count} times; leave out what never occurs"
            )


@refuses(negative_count, words=no_counts)
# --8<-- [end:train_bpe_refuses]
# --8<-- [start:train_bpe]
def train_bpe(
    words: dict[bytes, int], merges: int, ties: Literal["ids", "bytes"] = "ids"
) -> Integer[ndarray, "found 2"]:
    """The most frequent pair of neighbours becomes a token, `merges` times over.

    A word begins as its bytes, numbered 0 to 255. Each merge counts all pairs of
    neighbouring tokens in all words, then puts the next number, 256 and so on, wherever the most
    frequent pair stands: from the left, so that of a a a the first two are merged. Both of its
    pairs are counted, though they overlap. No pair reaches from one word into the next.

    How:
        A merge costs a pass over all words: see `train_bpe_fast` for one over those that change.

    Args:
        words: How often each word, as bytes, occurs in the text.
        merges: How many tokens to add to the 256 bytes. Fewer are found when every word is one
            token; a pair that occurs once is merged, too.
        ties: Which of equally frequent pairs is merged. "ids": the one of lower numbers, the
            first compared first. "bytes": the one whose bytes come later in the order of bytes,
            those of the first token compared first; of equal bytes, the one of lower numbers.

    Returns:
        The pairs in the order in which they were merged, a row each; row i made token 256 + i.

    Raises:
        ValueError: `merges` is negative, or a word occurs less than once.

    Source:
        R. Sennrich, B. Haddow, A. Birch (2016), Neural Machine Translation of Rare Words with
        Subword Units, algorithm 1; on bytes as in A. Radford et al. (2019), section 2.2.

    Example:
        e s occurs 9 times, as does s t, whose numbers are higher; then (e s) t does.

        >>> train_bpe({b"low": 5, b"newest": 6, b"widest": 3}, 2)
        array([[101, 115],
               [256, 116]])
    """
    counts = {tuple(word): count for word, count in words.items()}
    tokens, found = [bytes([byte]) for byte in range(256)], []
    while len(found) < merges:
        pairs = Counter()
        for word, count in counts.items():
            for pair in pairwise(word):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], pair_order(p, tokens, ties)))
        counts = {merge_pair(w, best, 256 + len(found)): n for w, n in counts.items()}
        tokens.append(tokens[best[0]] + tokens[best[1]])
        found.append(best)
    return np.array(found, dtype=np.intp).reshape(-1, 2)


# --8<-- [end:train_bpe]


# --8<-- [start:train_bpe_fast_refuses]
@refuses(negative_count, words=no_counts)
# --8<-- [end:train_bpe_fast_refuses]
# --8<-- [start:train_bpe_fast]
def train_bpe_fast(
    words: dict[bytes, int], merges: int, ties: Literal["ids", "bytes"] = "ids"
) -> Integer[ndarray, "found 2"]:
    """The same merges as `train_bpe` finds, but a merge looks only at words with its pair.

    How:
        Counts of pairs are kept, and beside each pair the words in which it stands. A merge
        takes the old pairs of such words away and adds their new ones. The most frequent pair
        comes from a heap; an entry whose count has changed since is passed over, for the new
        count has an entry of its own.

    Args:
        words: How often each word, as bytes, occurs in the text.
        merges: How many tokens to add to the 256 bytes, at most.
        ties: Which of equally frequent pairs is merged, as in `train_bpe`.

    Returns:
        The pairs in the order in which they were merged, a row each; row i made token 256 + i.

    Raises:
        ValueError: `merges` is negative, or a word occurs less than once.

    Source:
        R. Sennrich, B. Haddow, A. Birch (2016), Neural Machine Translation of Rare Words with
        Subword Units, section 3.2: the data structure is indexed and updated.

    Example:
        >>> train_bpe_fast({b"low": 5, b"newest": 6, b"widest": 3}, 2)
        array([[101, 115],
               [256, 116]])
    """
    parts, counts = [tuple(word) for word in words], [*words.values()]
    tokens, found = [bytes([byte]) for byte in range(256)], []
    pairs, where, heap = Counter(), defaultdict(set), []

    def count(word, sign):
        for pair in pairwise(parts[word]):
            changed[pair] += sign * counts[word]
            note = where[pair].add if sign > 0 else where[pair].discard
            note(word)

    changed = Counter()
    for word in range(len(parts)):
        count(word, 1)
    while len(found) < merges:
        for pair in changed:
            pairs[pair] += changed[pair]
            if changed[pair] and pairs[pair]:
                order = pair_order(pair, tokens, ties)
                heapq.heappush(heap, (-pairs[pair], order, pair))
        while heap and -heap[0][0] != pairs[heap[0][2]]:
            heapq.heappop(heap)
        if not heap:
            break
        best = heapq.heappop(heap)[2]
        changed = Counter()
        for word in where.pop(best):
            count(word, -1)
            parts[word] = merge_pair(parts[word], best, 256 + len(found))
            count(word, 1)
        tokens.append(tokens[best[0]] + tokens[best[1]])
        found.append(best)
    return np.array(found, dtype=np.intp).reshape(-1, 2)


# --8<-- [end:train_bpe_fast]


# --8<-- [start:bpe_encode_refuses]
def no_bytes(word, name):
    if word.size and not (word.min() >= 0 and word.max() < 256):
        at = int(np.argmax((word < 0) | (word >= 256)))
        raise ValueError(
            f"`{name}` holds {word[at]} at index {at}; pass bytes, 0 to 255: "
            "np.frombuffer(text.encode(), np.uint8)"
        )


def no_merges(merges, name):
    made = 256 + np.arange(len(merges))
    for row in np.flatnonzero(
        (merges < 0).any(axis=1) | (merges >= made[:, None]).any(axis=1)
    ):
        raise ValueError(
            f"`{name}` merges {merges[row].tolist()} in row {row}, before both are "
            "made; pass merges in the order in which they were learned"
        )
    if len(np.unique(merges, axis=0)) < len(merges):
        raise ValueError(
            f"`{name}` holds a pair twice; keep the first, and number the rest anew"
        )


@refuses(word=no_bytes, merges=no_merges)
# --8<-- [end:bpe_encode_refuses]
# --8<-- [start:bpe_encode]
def bpe_encode(
    word: Integer[ndarray, " length"], merges: Integer[ndarray, "count 2"]
) -> Integer[ndarray, " tokens"]:
    """The tokens of a word: its bytes, merged in the order in which the merges were learned.

    Of all pairs of neighbours, the one that was learned first is merged wherever it stands, from
    the left; then the same again, until no pair has been learned. The longest token that fits
    may be another: it is not looked for.

    Args:
        word: The bytes of a word, 0 to 255.
        merges: The pairs in the order in which they were learned; row i makes token 256 + i.

    Returns:
        The numbers of the tokens, from left to right.

    Raises:
        ValueError: `word` holds a number that is no byte, or a merge stands before a token that
            it needs, or twice.

    Source:
        R. Sennrich, B. Haddow, A. Birch (2016), Neural Machine Translation of Rare Words with
        Subword Units, section 3.2: the merges learned are applied to a word, in their order.

    Example:
        b c was learned first, so a b c is a and b c, though a b is a token, too.

        >>> bpe_encode(np.frombuffer(b"abc", np.uint8), np.array([[98, 99], [97, 98]]))
        array([ 97, 256])
    """
    rank = {pair: row for row, pair in enumerate(map(tuple, merges.tolist()))}
    return np.array(merge_all(tuple(word.tolist()), rank), dtype=np.intp)


# --8<-- [end:bpe_encode]


@no_type_check  # it is called for each word of a text
# --8<-- [start:merge_all]
def merge_all(word: tuple, rank: dict) -> tuple:
    """The word after every merge that applies to it, in the order in which they were learned."""
    while known := [pair for pair in pairwise(word) if pair in rank]:
        first = min(known, key=rank.get)
        word = merge_pair(word, first, 256 + rank[first])
    return word


# --8<-- [end:merge_all]


# --8<-- [start:bpe_decode_refuses]
def no_tokens(ids, merges):
    count = 256 + len(merges)
    if ids.size and not (ids.min() >= 0 and ids.max() < count):
        at = int(np.argmax((ids < 0) | (ids >= count)))
        raise ValueError(
            f"`ids` holds {ids[at]} at index {at}; with these merges there are tokens 0 to "
            f"{count - 1}"
        )


@refuses(no_tokens, merges=no_merges)
# --8<-- [end:bpe_decode_refuses]
# --8<-- [start:bpe_decode]
def bpe_decode(
    ids: Integer[ndarray, " tokens"], merges: Integer[ndarray, "count 2"]
) -> bytes:
    """The bytes of these tokens, one after the other.

    They are bytes and no text yet: a token may end within a character, so a few tokens of a text
    need not be valid UTF-8.

    Args:
        ids: Numbers of tokens.
        merges: The pairs in the order in which they were learned; row i made token 256 + i.

    Raises:
        ValueError: There is no token of such a number, or a merge stands before a token that it
            needs, or twice.

    Source:
        A. Karpathy (2024), minbpe, `BasicTokenizer.decode`.

    Example:
        >>> bpe_decode(np.array([97, 256]), np.array([[98, 99], [97, 98]]))
        b'abc'
    """
    tokens = token_bytes(merges.tolist())
    return b"".join(tokens[token] for token in ids.tolist())


def token_bytes(merges: list[list[int]]) -> list[bytes]:
    """The bytes of each token: of a merge, those of its two parts."""
    tokens = [bytes([byte]) for byte in range(256)]
    for first, second in merges:
        tokens.append(tokens[first] + tokens[second])
    return tokens


# --8<-- [end:bpe_decode]
