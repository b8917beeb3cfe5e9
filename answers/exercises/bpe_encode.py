"""Practice for question 27: byte-pair encoding, a word in tokens."""

import itertools
from itertools import pairwise

import numpy as np

from answers.exercises.train_bpe import one_too_far
from answers.grader.exercise import Exercise
from answers.grader.notes import EMPTY
from answers.language_models.bpe import (
    bpe_encode,
    merge_pair,
    train_bpe,
)

exercise = Exercise(
    bpe_encode,
    page="27-byte-pair-encoding",
    # The example passes bytes.
    bytes_judged=True,
    hints=(
        "A dictionary from a pair to its row tells two things at once: whether the pair was "
        "learned, and how early. Which of a word's pairs may be merged first?",
        "Of the pairs of neighbours that were learned, take the one of the smallest row, and merge "
        "it wherever it stands. What then?",
        "Repeat until no pair of neighbours was learned. The row r made token 256 + r, which may "
        "be part of a later pair.",
        "Walk from the left when you merge, and go on by two behind each pair: in a a a the first "
        "two are one token. Numbers beyond 255 do not fit into bytes.",
    ),
)

rng = np.random.default_rng(27)


def word(text, dtype=np.int64):
    """The bytes of a text."""
    text = text.encode() if isinstance(text, str) else text
    return np.frombuffer(text, np.uint8).astype(dtype)


def pairs(*texts):
    """Merges of these tokens, each written as its two parts with a space between."""
    numbers = {chr(byte): byte for byte in range(128)}
    rows = []
    for row, text in enumerate(texts):
        parts = text.split()
        rows.append([numbers[part] for part in parts])
        numbers["".join(parts)] = 256 + row
    return np.array(rows, np.int64).reshape(-1, 2)


def letters(count, of=b"abc"):
    return word(bytes(rng.choice([*of], count).tolist()))


LEARNED = train_bpe(
    {b"abacab": 3, b"bcbca": 2, b"aabbcc": 2, b"cab": 5, b"aaaa": 1}, 12
)
CS336 = train_bpe({b"low": 5, b"lower": 2, b"widest": 3, b"newest": 6}, 12)

exercise.case("one pair", word("ab"), pairs("a b"))
exercise.case("a pair within a word", word("cabd"), pairs("a b"))
exercise.case("a pair twice", word("abcab"), pairs("a b"))
exercise.case("two merges", word("cdab"), pairs("a b", "c d"))
exercise.case("a merge of a merge", word("xabc"), pairs("a b", "ab c"))
exercise.case("no pair that was learned", word("dog"), pairs("a b"))
exercise.case("a pair in the other order", word("dba"), pairs("a b"))
exercise.case(
    "a pair that occurs more often", word("dabab"), pairs("d a", "a b", "b ab")
)
exercise.case("four ways to begin", word("abcd"), pairs("b c", "bc d", "a bc", "a b"))
exercise.case(
    "five letters, cut in other ways",
    word("abcde"),
    pairs("b c", "bc d", "a bc", "d e", "c de"),
)
exercise.case(
    "the pair learned first is the right one", word("abc"), pairs("b c", "a b")
)
exercise.case(
    "the pair learned first is the left one", word("abc"), pairs("a b", "b c")
)
exercise.case("three of a kind", word("aaa"), pairs("a a"))
exercise.case("five of a kind", word("aaaaa"), pairs("a a", "aa a"))
exercise.case(
    "a longer token that the merges do not reach",
    word("abc"),
    pairs("b c", "a b", "ab c"),
)
exercise.case("fewer tokens in another way", word("abcd"), pairs("b c", "a b", "c d"))
exercise.case("a merge that is passed over", word("abd"), pairs("c d", "a b", "ab d"))
exercise.case("one byte", word("a"), pairs("a b"))
exercise.case("no merges", word("abc"), pairs())
exercise.case("an empty word", word(""), pairs("a b"), noted=EMPTY)
exercise.case("a word of CS336", word("newest"), CS336)
exercise.case("another one", word("lowest"), CS336)
exercise.case("bytes", word("lowest", np.uint8), CS336)
exercise.case("merges of 32 bits", word("widest"), CS336.astype(np.int32))
exercise.case("merges of 16 bits", word("lower", np.int16), CS336.astype(np.uint16))
exercise.case("merges of 16 bits with a sign", word("lower"), CS336.astype(np.int16))
exercise.case(
    "bytes of Chinese", word("東京"), np.array([[228, 186], [230, 157], [257, 177]])
)
exercise.case(
    "a pair whose digits stand within other numbers",
    np.array([19, 255, 9, 25]),
    np.array([[9, 25]]),
)
exercise.case("a long word", letters(40), LEARNED)
exercise.case("another long word", letters(50, b"aabc"), LEARNED)
exercise.case("a long word of two letters", letters(30, b"ab"), LEARNED)


@exercise.check
def tokens_are_integers(bpe_encode):
    """The tokens are floats, which are no index into an embedding: return integers."""
    return np.asarray(bpe_encode(word("lowest"), CS336)).dtype.kind in "iu"


def first_learned(known, rank):
    return min(known, key=rank.get)


def encoded(
    word,
    merges,
    choose=first_learned,
    *,
    joined=merge_pair,
    rounds=10**6,
    first=256,
    least=2,
    turned_too=False,
):
    """As ours; `choose` is given the pairs that were learned, from the left, and their rows."""
    rank = {pair: row for row, pair in enumerate(map(tuple, merges.tolist()))}
    if turned_too:
        rank = {pair[::-1]: row for pair, row in rank.items()} | rank
    word = tuple(word.tolist())
    for _ in range(rounds):
        known = [pair for pair in pairwise(word) if pair in rank]
        if not known or len(word) < least:
            break
        pair = choose(known, rank)
        word = joined(word, pair, first + rank[pair])
    return np.array(word, dtype=np.intp)


def first_place(word, pair, new):
    """The word with `new` for the first pair alone."""
    for place, each in enumerate(pairwise(word)):
        if each == pair:
            return (*word[:place], new, *word[place + 2 :])
    return word


@exercise.bug(joined=(merge_pair, first_place))
def from_the_left(word, merges, joined=merge_pair):
    """The first pair from the left that was learned is merged. Merge the one that was learned
    first, wherever it stands."""
    # "The first pair from the left that was learned is merged": got[0] > 255 and want[0] == word[0]
    # "Merge the one that was learned first, wherever it stands": known[0] → min(known,
    #     key=rank.get)
    return encoded(word, merges, lambda known, rank: known[0], joined=joined)


@exercise.bug
def learned_last_first(word, merges):
    """The pair that was learned last is merged first. Take the smallest row."""
    # "The pair that was learned last is merged first": got.tolist() == [100, 257, 257]
    # "Take the smallest row": max( → min(
    return encoded(word, merges, lambda known, rank: max(known, key=rank.get))


@exercise.bug(by_row=(False, True))
def most_frequent_first(word, merges, by_row=False):
    """The pair that occurs most often in this word is merged first. Training has counted: its order
    decides, so take the smallest row."""
    # "The pair that occurs most often in this word is merged first": got.tolist() != want.tolist()
    # "its order decides, so take the smallest row": max(seen, key=known.count) → min(seen,
    #     key=rank.get)

    def choose(known, rank):
        seen = sorted(known, key=rank.get) if by_row else known
        return max(seen, key=known.count)

    return encoded(word, merges, choose)


def without_row_0(merges):
    """The merges, with a pair that stands nowhere in place of the first."""
    return np.where(np.arange(len(merges))[:, None] == 0, -1, merges.astype(int))


@exercise.bug
def row_0_counts_as_none(word, merges):
    """The pair that was learned first counts as not learned: its row is 0, which is false. Ask
    whether the pair is in the table."""
    # "The pair that was learned first counts as not learned": 256 in want and 256 not in got
    # "Ask whether the pair is in the table": without_row_0(merges) → merges
    return encoded(word, without_row_0(merges))


@exercise.bug
def lowest_numbers_first(word, merges):
    """The pair of the lowest numbers is merged first. Its row decides: take the pair that was
    learned first."""
    # "The pair of the lowest numbers is merged first": got.tolist() != want.tolist()
    # "take the pair that was learned first": min(known) → min(known, key=rank.get)
    return encoded(word, merges, lambda known, rank: min(known))


@exercise.bug
def pairs_turned_around(word, merges):
    """Pairs are looked for with their tokens exchanged. The first of a row is the left one."""
    # "Pairs are looked for with their tokens exchanged": np.array_equal(got, right(word, merges[:,
    #     ::-1])) and (merges[:, 0] != merges[:, 1]).any()
    # "The first of a row is the left one": merges[:, ::-1] → merges
    return encoded(word, merges[:, ::-1])


def in_either_order(word, pair, new):
    """The word with `new` for each pair, whichever of its tokens stands first."""
    found, place = (), 0
    while place < len(word):
        here = sorted(word[place : place + 2]) == sorted(pair)
        found += (new,) if here else word[place : place + 1]
        place += 2 if here else 1
    return found


@exercise.bug(at_once=(False, True))
def pairs_in_either_order(word, merges, at_once=False):
    """A pair is merged in either order: b a counts as a b. The first of a row stands on the left,
    and b a is another pair."""
    # "A pair is merged in either order: b a counts as a b": 256 in bug(np.array([98, 97]),
    #     np.array([[97, 98]])) and len(got) < len(want)
    # "The first of a row stands on the left, and b a is another pair": turned_too=True →
    #     turned_too=False; joined=in_either_order → joined=merge_pair
    if at_once:
        return in_turn(word, merges, joined=in_either_order)
    return encoded(word, merges, turned_too=True)


@exercise.bug
def digits_for_numbers(word, merges):
    """Pairs are looked for in a text of numbers, where 9 25 stands within 19 255, too. Compare
    whole numbers: two tokens with the two of a row."""
    # "Pairs are looked for in a text of numbers, where 9 25 stands within 19 255, too":
    #     bug(np.array([19, 255]), np.array([[9, 25]])).tolist() == [12565]
    text = " ".join(map(str, word.tolist()))
    for row, (a, b) in enumerate(merges.tolist()):
        text = text.replace(f"{a} {b}", str(256 + row))
    return np.array([int(number) for number in text.split()], dtype=np.intp)


@exercise.bug
def memory_of_the_word(word, merges):
    """The memory of the array is read, as `bytes(word)` and `word.tobytes()` do, where an int64 is
    eight bytes. Take its numbers: `word.tolist()`."""
    # "The memory of the array is read, as `bytes(word)` and `word.tobytes()` do": [*bytes(word)] ==
    #     [*word.tobytes()] == bug(word, merges[:0]).tolist() and len(got) > len(word)
    # "where an int64 is eight bytes": word.dtype == np.int64 and len(word.tobytes()) == 8 *
    #     len(word) and len(got) > len(word)
    # "Take its numbers: `word.tolist()`": word.tobytes() → word.tolist()
    return encoded(np.array([*word.tobytes()], dtype=np.intp), merges)


@exercise.bug(choose=(min, np.argmin))
def fails_at_one_token(word, merges, choose=min):
    """A word that is one token has no pair, and the smallest of nothing is an error. Stop there."""
    # "A word that is one token has no pair, and the smallest of nothing is an error":
    #     isinstance(got, ValueError) and len(want) == 1
    # "Stop there": choose([]) → None
    found = encoded(word, merges)
    if len(found) < 2:
        choose([])
    return found


@exercise.bug
def two_tokens_stay(word, merges):
    """A word of two tokens is left as it is. Two are a pair: go on until one is left."""
    # "A word of two tokens is left as it is": len(got) == 2 and len(want) == 1
    # "Two are a pair: go on until one is left": least=3 → least=2
    return encoded(word, merges, least=3)


@exercise.bug
def tokens_of_the_type_of_the_word(word, merges):
    """The tokens have the type of the word: in a byte, 256 + i is i. Return an array of
    integers."""
    # "The tokens have the type of the word: in a byte, 256 + i is i": np.array_equal(got, want %
    #     256)
    # "Return an array of integers": .astype(word.dtype) →
    return encoded(word, merges).astype(word.dtype)


@exercise.bug
def passed_over_behind_a_pair(word, merges):
    """Behind a pair that is merged a token is passed over, and a pair that begins there stays. In
    a list that gets shorter go on by one."""
    # "Behind a pair that is merged a token is passed over, and a pair that begins there stays":
    #     word.tolist() == [97] * 5 and got.tolist() == [257, 256]
    # "In a list that gets shorter go on by one": joined=one_too_far → joined=merge_pair
    return in_turn(word, merges, joined=one_too_far)


def held(merges):
    """The bytes of each token, as tuples of numbers."""
    tokens = [(byte,) for byte in range(256)]
    for first, second in merges.tolist():
        tokens.append(tokens[first] + tokens[second])
    return tokens


def longest(word, merges):
    """From the left, the longest token that fits."""
    number = {token: each for each, token in enumerate(held(merges))}
    found, place, word = [], 0, tuple(word.tolist())
    while place < len(word):
        ends = range(len(word), place, -1)
        end = next(end for end in ends if word[place:end] in number)
        found.append(number[word[place:end]])
        place = end
    return np.array(found, dtype=np.intp)


@exercise.bug
def longest_match(word, merges):
    """From the left, the longest token that fits is taken, as WordPiece does. Merge pairs in the
    order in which they were learned, though tokens may be shorter: training cut its words so."""
    # "From the left, the longest token that fits is taken": got[0] > 255 and want[0] == word[0]
    # "Merge pairs in the order in which they were learned": longest( → encoded(
    # "tokens may be shorter": got[0] > want[0]
    return longest(word, merges)


def longest_behind(word, merges):
    """From the right, the longest token that fits."""
    return turned(longest(word[::-1], merges[:, ::-1]))


def turned(tokens):
    return tokens[::-1]


@exercise.bug
def longest_match_from_the_right(word, merges):
    """From the right, the longest token that fits is taken. Merge pairs in the order in which they
    were learned."""
    # "From the right, the longest token that fits is taken": got.tolist() != want.tolist() and
    #     got[-1] >= want[-1]
    # "Merge pairs in the order in which they were learned": longest_behind( → encoded(
    return longest_behind(word, merges)


def looked_up(word, merges):
    """Two tokens are one if their bytes are those of a token; the lowest number goes first."""
    tokens = held(merges)
    number = {token: each for each, token in enumerate(tokens)}
    parts = [(byte,) for byte in word.tolist()]
    while known := [
        (number[a + b], place)
        for place, (a, b) in enumerate(pairwise(parts))
        if a + b in number
    ]:
        token, place = min(known)
        parts[place : place + 2] = [tokens[token]]
    return np.array([number[part] for part in parts], dtype=np.intp)


@exercise.bug
def joined_bytes_looked_for(word, merges):
    """Two tokens are merged if their bytes together are a token, as tiktoken does. That may be a
    token that another pair made: look the pair itself up."""
    # "Two tokens are merged if their bytes together are a token": len(got) < len(want)
    # "That may be a token that another pair made": (lambda merges: len(got) < len(want) and
    #     got.max() > want.max())(merges)
    # "look the pair itself up": looked_up( → encoded(
    return looked_up(word, merges)


def but_the_last(word, pair, new):
    """The walk ends before the last token, unless that is of a pair."""
    whole = merge_pair(word, pair, new)
    return whole if word[-2:] == pair and whole[-1] == new else whole[:-1]


@exercise.bug(again=(False, True))
def last_token_lost(word, merges, again=False):
    """The walk over the word ends before its last token, which is lost unless a pair ends there.
    Walk on to the end, and look for a pair only where there is a next token."""
    # "which is lost unless a pair ends there": len(got) < len(want)
    # "The walk over the word ends before its last token": got.tolist() == want[:-1].tolist()
    # "Walk on to the end": joined=but_the_last → joined=merge_pair
    # "look for a pair only where there is a next token": joined=but_the_last → joined=merge_pair
    if again:
        return encoded(word, merges, joined=but_the_last)
    return in_turn(word, merges, joined=but_the_last)


def fewest(word, merges):
    """As few tokens as there can be."""
    number = {token: each for each, token in enumerate(held(merges))}
    word = tuple(word.tolist())
    best = {len(word): ()}
    for place in reversed(range(len(word))):
        ends = [
            end for end in range(place + 1, len(word) + 1) if word[place:end] in number
        ]
        end = min(ends, key=lambda end: (len(best[end]), number[word[place:end]]))
        best[place] = (number[word[place:end]], *best[end])
    return np.array(best[0], dtype=np.intp)


@exercise.bug
def fewest_tokens(word, merges):
    """The word is cut into as few tokens as the vocabulary allows. Merge pairs in the order in
    which they were learned."""
    # "The word is cut into as few tokens as the vocabulary allows": len(got) <= len(want) and
    #     got.tolist() != want.tolist()
    # "Merge pairs in the order in which they were learned": fewest( → encoded(
    return fewest(word, merges)


@exercise.bug
def merged_once(word, merges):
    """One pair is merged, and no other. Repeat until no pair of neighbours was learned."""
    # "One pair is merged, and no other": len(set(got[got > 255].tolist())) == 1 and len(got) >
    #     len(want)
    # "Repeat until no pair of neighbours was learned": rounds=1 → rounds=1000
    return encoded(word, merges, rounds=1)


def of_bytes(merges):
    """The merges of two bytes, each in its row; the others have rows of their own numbers."""
    other = -1 - np.arange(len(merges))
    return np.where(merges.max(axis=1, initial=0) < 256, merges.T, other).T


@exercise.bug
def pairs_of_bytes_only(word, merges):
    """No token that a merge made is merged again. Look for pairs in the word as it is after the
    last merge: row r made token 256 + r."""
    # "No token that a merge made is merged again": not merges[got[got > 255] - 256].max(initial=0)
    #     > 255 and len(got) > len(want)
    # "Look for pairs in the word as it is after the last merge": of_bytes(merges) → merges

    return encoded(word, of_bytes(merges))


def in_turn(word, merges, joined=merge_pair, ends=False):
    """The word after each merge in its turn."""
    word = tuple(word.tolist())
    for row, pair in enumerate(map(tuple, merges.tolist())):
        if ends and pair not in pairwise(word):
            break
        word = joined(word, pair, 256 + row)
    return np.array(word, dtype=np.intp)


@exercise.bug
def numbered_as_they_are_used(word, merges):
    """New tokens are numbered in the order in which this word uses them. Row r made token 256 + r,
    whatever was used before."""
    # "New tokens are numbered in the order in which this word uses them": got.max() ==
    #     255 + len(set(got[got > 255].tolist())) < want.max()
    # "Row r made token 256 + r, whatever was used before": next(numbers) → 256 +
    #     merges.tolist().index([*pair])
    word, numbers = tuple(word.tolist()), itertools.count(256)
    for pair in map(tuple, merges.tolist()):
        if pair in pairwise(word):
            word = merge_pair(word, pair, next(numbers))
    return np.array(word, dtype=np.intp)


@exercise.bug
def merged_in_one_place(word, merges):
    """Each merge is done in one place only. Do it wherever the pair stands."""
    # "Each merge is done in one place only": len(got) > len(want) and len(set(got[got >
    #     255].tolist())) == len(got[got > 255])
    # "Do it wherever the pair stands": joined=first_place → joined=merge_pair
    return in_turn(word, merges, joined=first_place)


@exercise.bug
def ends_at_a_merge_that_is_missing(word, merges):
    """The loop over the merges ends at the first whose pair is not in the word. Pass it over: later
    ones may stand there."""
    # "The loop over the merges ends at the first whose pair is not in the word": len(got) >
    #     len(want)
    # "Pass it over": ends=True → ends=False
    # "later ones may stand there": want.max() > got.max()
    return in_turn(word, merges, ends=True)


def from_the_right(word, pair, new):
    return merge_pair(word[::-1], pair[::-1], new)[::-1]


@exercise.bug
def merged_from_the_right(word, merges):
    """Pairs are put together from the right, so that of a a a the last two become one. Walk from
    the left."""
    # "Pairs are put together from the right, so that of a a a the last two become one":
    #     word.tolist() == [97, 97, 97] and got.tolist() == [97, 256]
    # "Walk from the left": joined=from_the_right → joined=merge_pair
    return encoded(word, merges, joined=from_the_right)


def overlapping(word, pair, new):
    """Each place of a pair, also of two that share a token."""
    places = [place for place, each in enumerate(pairwise(word)) if each == pair]
    second = {place + 1 for place in places}
    return tuple(
        new if place in places else token
        for place, token in enumerate(word)
        if place in places or place not in second
    )


@exercise.bug
def pairs_that_overlap(word, merges):
    """In a a a both pairs are replaced, so that the middle one counts twice. Behind a pair go on by
    two tokens."""
    # "In a a a both pairs are replaced, so that the middle one counts twice": word.tolist() == [97,
    #     97, 97] and got.tolist() == [256, 256]
    # "Behind a pair go on by two tokens": joined=overlapping → joined=merge_pair
    return encoded(word, merges, joined=overlapping)


def second_left(word, pair, new):
    """The word with `new` for the first token of each pair alone."""
    seen = [each == pair for each in pairwise(word)]
    return tuple(
        new if merged else token
        for token, merged in zip(word, [*seen, False], strict=True)
    )


@exercise.bug
def second_of_a_pair_left(word, merges):
    """The new token is put for the first token of a pair, and the second stays behind it. Go on by
    two behind a pair."""
    # "The new token is put for the first token of a pair, and the second stays behind it": len(got)
    #     == len(word) and got[-1] == word[-1] and (got > 255).any()
    # "Go on by two behind a pair": joined=second_left → joined=merge_pair
    return encoded(word, merges, joined=second_left)


def but_at_the_end(word, pair, new):
    """The word with `new` for each pair but one at its end."""
    return (*merge_pair(word[:-1], pair, new), *word[-1:])


@exercise.bug(again=(False, True))
def pair_at_the_end_left(word, merges, again=False):
    """A pair at the end of the word is not merged: the walk ends too early. The last pair begins
    two tokens before the end."""
    # "A pair at the end of the word is not merged": got[-1] == word[-1] and got[-1] != want[-1]
    # "The last pair begins two tokens before the end": joined=but_at_the_end → joined=merge_pair
    if again:
        return encoded(word, merges, joined=but_at_the_end, rounds=99)
    return in_turn(word, merges, joined=but_at_the_end)


@exercise.bug
def bytes_with_a_sign(word, merges):
    """Bytes from 128 on are taken for negative numbers. They are 128 to 255, of type uint8."""
    # "Bytes from 128 on are taken for negative numbers": (got[:1] < 0) & (word[:1] > 127)
    # "They are 128 to 255, of type uint8": np.int8 → np.uint8
    return encoded(word.astype(np.int8), merges)


@exercise.bug(first=(0, 255, 257), throughout=(255, 257))
def numbered_from_elsewhere(word, merges, first=0, throughout=None):
    """A token has the number of its row, or one near it. Row r made token 256 + r, for 0 to 255 are
    the bytes."""
    # "A token has the number of its row, or one near it": np.array_equal(np.where(want > 255,
    #     want - 256, want), got)
    # "Row r made token 256 + r, for 0 to 255 are the bytes": first - 256 → 0;
    #     first=throughout → first=256
    if throughout:  # merges of merges are looked for in vain
        return encoded(word, merges, first=throughout)
    found = encoded(word, merges)
    return found + np.where(found >= 256, first - 256, 0)
