"""Practice for question 27: byte-pair encoding, the merges."""

import operator
import sys
from collections import Counter
from itertools import pairwise

import numpy as np

from answers.grader.exercise import Exercise
from answers.language_models.bpe import merge_pair, pair_order, train_bpe

exercise = Exercise(
    train_bpe,
    page="27-byte-pair-encoding",
    hints=(
        "A word is a tuple of numbers, and a dictionary of such tuples holds how often each "
        "occurs. What does one merge need to know of it, and how does it change it?",
        "Count neighbours over all words in one `Counter`. By how much does a pair's count grow "
        "for a word that occurs five times?",
        "A key that is a tuple settles ties at once: its first entry is the count with a minus, "
        "so the smallest key wins. What must follow, for each of the two rules? For the second, "
        "keep a list of the bytes of each token.",
        "To put a new token into a word, walk from the left: if this token and the next are the "
        "pair, write the new one and go on by two.",
    ),
)

CS336 = {b"low": 5, b"lower": 2, b"widest": 3, b"newest": 6}
rng = np.random.default_rng(27)


def some_words(letters, count, longest=7):
    """Short words of few letters, each once to three times."""
    words = {}
    for _ in range(count):
        word = bytes(rng.choice([*letters], rng.integers(1, longest)).tolist())
        words[word] = int(rng.integers(1, 4))
    return words


exercise.case("one pair", {b"ab": 1}, 1)
exercise.case("the more frequent of two pairs", {b"ab": 2, b"cd": 3}, 1)
exercise.case("a pair of two words", {b"xab": 2, b"aby": 2, b"cd": 3}, 1)
exercise.case("two merges", {b"cd": 2, b"ab": 5}, 2)
exercise.case("a pair twice in one word", {b"abzab": 2, b"cd": 3}, 1)
exercise.case("a merge of a merge", {b"abc": 4, b"ab": 2}, 2)
exercise.case("a tie", {b"cd": 2, b"ab": 2}, 1)
exercise.case("a tie of pairs that begin alike", {b"ad": 2, b"ac": 2}, 1)
exercise.case('a tie by "bytes"', {b"ab": 2, b"cd": 2}, 1, "bytes")
exercise.case(
    'a tie by "bytes" of pairs that begin alike', {b"ac": 2, b"ad": 2}, 1, "bytes"
)
exercise.case("a pair that ends one word and begins the next", {b"xa": 3, b"bx": 3}, 2)
exercise.case("three of a kind", {b"aaa": 3, b"bcd": 4}, 3)
exercise.case("five of a kind", {b"aaaaa": 1}, 2)
exercise.case(
    "a count that falls, for its letters are merged", {b"abc": 4, b"bcd": 3}, 3
)
exercise.case("two places of one word", {b"abxab": 3, b"yab": 1}, 3)
exercise.case("the words of CS336", CS336, 12)
exercise.case('the words of CS336, ties by "bytes"', CS336, 12, "bytes")
exercise.case("a pair that occurs once", {b"ab": 3, b"cd": 1}, 2)
exercise.case("words that are one token", {b"a": 9, b"bc": 2}, 3)
exercise.case("no merges", CS336, 0)
exercise.case(
    "a tie of an old token and a new one",
    {b"xy": 9, b"axy": 2, b"zz": 2, b"za": 2},
    4,
)
exercise.case(
    'a tie by "bytes" that are no text', {b"\x90a": 2, b"\xe0a": 2}, 1, "bytes"
)
exercise.case(
    'a tie by "bytes" of a token and its beginning',
    {b"ab": 9, b"abz": 2, b"az": 2, b"ay": 2},
    4,
    ties="bytes",
)
exercise.case(
    'a tie by "bytes" of tokens of other numbers',
    {b"yz": 9, b"ab": 8, b"abq": 2, b"yzq": 2, b"mq": 2},
    5,
    ties="bytes",
)
exercise.case(
    'a tie by "bytes" of a new token and a later byte',
    {b"cd": 9, b"cdx": 2, b"zx": 2},
    2,
    ties="bytes",
)
exercise.case(
    'a tie by "bytes" of a new token and an earlier byte',
    {b"cd": 9, b"cdx": 2, b"bx": 2},
    2,
    ties="bytes",
)
exercise.case(
    "characters of two and three bytes",
    {w.encode(): n for w, n in {"東京": 3, "東西": 2, "grün": 2, "für": 3}.items()},
    6,
)
exercise.case(
    "bytes whose digits hold others", {b"ab": 5, b"\xc5b": 3, b"cd": 2, b"\tcd": 2}, 3
)
exercise.case("bytes that are no text", {b"\x00\xff": 2, b"\xff\xff\xff": 2}, 3)
exercise.case("many words of two letters", some_words(b"ab", 12), 9)
exercise.case("many words of three letters", some_words(b"abc", 20), 12)
exercise.case('many words, ties by "bytes"', some_words(b"abc", 20), 12, ties="bytes")


@exercise.check
def tokens_are_integers(train_bpe):
    """The tokens are floats, which are no index into an embedding: return integers."""
    return np.asarray(train_bpe({b"ab": 2}, 1)).dtype.kind in "iu"


def trained(
    words,
    merges,
    ties="ids",
    *,
    key=None,
    pairs_of=pairwise,
    joined=merge_pair,
    least=1,
):
    """As ours; `key` is given a pair, its count and the tokens, and the least is merged."""
    parts = [(tuple(word), count) for word, count in words.items()]
    return trained_on(
        parts, merges, ties, key=key, pairs_of=pairs_of, joined=joined, least=least
    )


class Tokens(dict):
    """The bytes of each token; of what is none yet, the bytes of the character."""

    def __missing__(self, token):
        return chr(min(token, sys.maxunicode)).encode(errors="replace")


def trained_on(
    parts,
    merges,
    ties="ids",
    *,
    key=None,
    pairs_of=pairwise,
    joined=merge_pair,
    least=1,
    add=operator.add,
    first=256,
    known=None,
):
    """`add` is given the count of a pair so far, and the count of the word; `known` has the bytes
    of further tokens."""
    tokens, found = Tokens({byte: bytes([byte]) for byte in range(256)}), []
    tokens.update(known or {})
    while len(found) < merges:
        pairs = Counter()
        for word, count in parts:
            for pair in pairs_of(word):
                pairs[pair] = add(pairs[pair], count)
        if max(pairs.values(), default=0) < least:
            break
        key = key or (
            lambda pair, count, tokens: (-count, pair_order(pair, tokens, ties))
        )
        best = min(pairs, key=lambda pair: key(pair, pairs[pair], tokens))
        new = first + len(found)
        parts = [(joined(word, best, new), count) for word, count in parts]
        tokens[new] = tokens[best[0]] + tokens[best[1]]
        found.append(best)
    return np.array(found, dtype=np.intp).reshape(-1, 2)


@exercise.bug
def words_counted_once(words, merges, ties="ids"):
    """Each word counts once, however often it occurs. Add the count of the word for each of its
    pairs."""
    # "Each word counts once, however often it occurs": np.array_equal(got,
    #     right(dict.fromkeys(words, 1), merges, ties))
    # "Add the count of the word for each of its pairs": dict.fromkeys(words, 1) → words
    return trained(dict.fromkeys(words, 1), merges, ties)


@exercise.bug
def pairs_counted_once_a_word(words, merges, ties="ids"):
    """A pair that stands twice in a word is counted once for it. Count each place."""
    # "A pair that stands twice in a word is counted once for it": got.tolist() == [[99, 100]] and
    #     any(word.count(b"ab") == 2 for word in words)
    # "Count each place": lambda word: set(pairwise(word)) → pairwise
    return trained(words, merges, ties, pairs_of=lambda word: set(pairwise(word)))


@exercise.bug(add=(lambda before, count: count, max))
def count_of_one_word(words, merges, ties="ids", add=lambda before, count: count):
    """A pair that stands in several words has the count of one of them, the last or the largest.
    Add the counts up."""
    # "A pair that stands in several words has the count of one of them": got[0].tolist() == [99,
    #     100] and sum(b"ab" in word for word in words) > 1
    # "Add the counts up": add=add → add=operator.add
    parts = [(tuple(word), count) for word, count in words.items()]
    return trained_on(parts, merges, ties, add=add)


def without_overlap(word):
    """Pairs from the left; of a run of one token, every other."""
    found = []
    for place, pair in enumerate(pairwise(word)):
        overlaps = found and found[-1] == (pair, place - 1) and pair[0] == pair[1]
        found += [] if overlaps else [(pair, place)]
    return [pair for pair, _ in found]


@exercise.bug
def runs_counted_without_overlap(words, merges, ties="ids"):
    """Of a a a only one pair is counted. Here its two pairs both count, though they overlap: go
    over all neighbours."""
    # "Of a a a only one pair is counted": b"aaa" in words and got[0].tolist() == [98, 99] and
    #     want[0].tolist() == [97, 97]
    # "go over all neighbours": pairs_of=without_overlap → pairs_of=pairwise
    return trained(words, merges, ties, pairs_of=without_overlap)


@exercise.bug
def counts_of_the_first_pass(words, merges, ties="ids"):
    """The pairs are counted once, and the most frequent ones are all merged. Each merge makes new
    pairs and takes others away: count again, with the new token in the words."""
    # "The pairs are counted once, and the most frequent ones are all merged": (got < 256).all() and
    #     (want > 255).any()
    # "count again, with the new token in the words": np.array(found →
    #     np.array(trained(words, merges, ties)
    pairs = Counter()
    for word, count in words.items():
        for pair in pairwise(word):
            pairs[pair] += count
    tokens = [bytes([byte]) for byte in range(256)]

    def order(pair):
        return -pairs[pair], pair_order(pair, tokens, ties)

    found = sorted(pairs, key=order)[:merges]
    return np.array(found, dtype=np.intp).reshape(-1, 2)


@exercise.bug(rules=(("ids", "bytes"), ("ids",)))
def ties_to_the_first_seen(words, merges, ties="ids", rules=("ids", "bytes")):
    """Of equally frequent pairs the one seen first is merged, so that the result depends on the
    order of the words. Compare the pairs themselves where counts are equal."""
    # "Of equally frequent pairs the one seen first is merged": bytes(got[0].tolist()) == b"cd" and
    #     next(iter(words)) == b"cd"
    # "Compare the pairs themselves where counts are equal": (-count,) → (-count, pair_order(pair,
    #     tokens, ties))

    def key(pair, count, tokens):
        return (-count,) if ties in rules else (-count, pair_order(pair, tokens, ties))

    return trained(words, merges, ties, key=key)


@exercise.bug
def ties_to_the_higher_numbers(words, merges, ties="ids"):
    """Of equally frequent pairs the one of higher numbers is merged, as the largest count and
    pair. Put a minus before the count, and take the smallest."""
    # "Of equally frequent pairs the one of higher numbers is merged": got[0].tolist() >
    #     want[0].tolist()
    # "as the largest count and pair": (lambda got: max((2, (97, 98)), (2, (99, 100))) == (2, got))(
    #     tuple(got[0].tolist()))
    # "Put a minus before the count, and take the smallest": (-pair[0], -pair[1]) →
    #     pair_order(pair, tokens, ties)

    def key(pair, count, tokens):
        higher = (-pair[0], -pair[1])
        return -count, higher if ties == "ids" else pair_order(pair, tokens, ties)

    return trained(words, merges, ties, key=key)


@exercise.bug
def second_of_a_pair_compared_first(words, merges, ties="ids"):
    """Of equally frequent pairs the one whose second number is lower is merged. Compare the first
    numbers first."""
    # "Of equally frequent pairs the one whose second number is lower is merged": got[0][1] <
    #     want[0][1]
    # "Compare the first numbers first": pair[::-1] → pair

    def key(pair, count, tokens):
        return -count, pair[::-1] if ties == "ids" else pair_order(pair, tokens, ties)

    return trained(words, merges, ties, key=key)


@exercise.bug
def ties_of_numbers_as_text(words, merges, ties="ids"):
    """Of equally frequent pairs numbers are compared as text, where 100 comes before 97. Compare
    integers."""
    # "Of equally frequent pairs numbers are compared as text, where 100 comes before 97": "100" <
    #     "97" and ties == "ids" and (got != want).any()
    # "Compare integers": (str(pair[0]), str(pair[1])) → pair

    def key(pair, count, tokens):
        if ties == "bytes":
            return -count, pair_order(pair, tokens, ties)
        return -count, (str(pair[0]), str(pair[1]))

    return trained(words, merges, ties, key=key)


@exercise.bug
def ties_by_ids_always(words, merges, ties="ids"):
    """Ties are settled by "ids" where `ties` is "bytes". There the pair whose bytes come later
    wins."""
    # "Ties are settled by "ids" where `ties` is "bytes"": ties == "bytes" and np.array_equal(got,
    #     right(words, merges, "ids"))
    # "There the pair whose bytes come later wins": merges, 'ids' → merges, ties
    return trained(words, merges, "ids")


@exercise.bug
def ties_by_bytes_always(words, merges, ties="ids"):
    """Ties are settled by "bytes" where `ties` is "ids". There the pair of lower numbers wins."""
    # "Ties are settled by "bytes" where `ties` is "ids"": ties == "ids" and np.array_equal(got,
    #     right(words, merges, "bytes"))
    # "There the pair of lower numbers wins": merges, 'bytes' → merges, ties
    return trained(words, merges, "bytes")


@exercise.bug
def ties_to_the_lower_bytes(words, merges, ties="ids"):
    """With ties by "bytes" the pair whose bytes come first wins. The later one shall: take the
    largest."""
    # "With ties by "bytes" the pair whose bytes come first wins": ties == "bytes" and
    #     got[0].tolist() < want[0].tolist()
    # "take the largest": [tokens[part] for part in pair] → pair_order(pair, tokens, ties)

    def key(pair, count, tokens):
        return -count, pair if ties == "ids" else [tokens[part] for part in pair]

    return trained(words, merges, ties, key=key)


@exercise.bug
def ties_by_the_joined_bytes(words, merges, ties="ids"):
    """With ties by "bytes" the bytes of the whole new token are compared. Compare those of its
    first part, then those of the second."""
    # "With ties by "bytes" the bytes of the whole new token are compared": ties == "bytes" and
    #     got.tolist() != want.tolist()
    # "Compare those of its first part, then those of the second": joined([*pair], tokens) →
    #     pair_order(pair, tokens, ties)

    def joined(pair, tokens):
        return (*(-byte for part in pair for byte in tokens[part]), 1), pair

    def key(pair, count, tokens):
        return -count, pair if ties == "ids" else joined([*pair], tokens)

    return trained(words, merges, ties, key=key)


@exercise.bug
def ties_of_bytes_by_numbers(words, merges, ties="ids"):
    """With ties by "bytes" the higher numbers win. From 256 on a number says when a token was made,
    not what it holds: compare the bytes of the tokens."""
    # "With ties by "bytes" the higher numbers win": ties == "bytes" and got.tolist() >
    #     want.tolist()
    # "compare the bytes of the tokens": (-pair[0], -pair[1]) → pair_order(pair, tokens, ties)
    # "From 256 on a number says when a token was made, not what it holds": (want > 255).any() and
    #     got.tolist() != want.tolist()

    def key(pair, count, tokens):
        return -count, pair if ties == "ids" else (-pair[0], -pair[1])

    return trained(words, merges, ties, key=key)


@exercise.bug(lower=(True, False))
def first_bytes_compared_alone(words, merges, ties="ids", lower=True):
    """With ties by "bytes" the bytes of the first token alone are compared. Where these are equal
    compare the bytes of the second."""
    # "With ties by "bytes" the bytes of the first token alone are compared": ties == "bytes" and
    #     got[0, 0] == want[0, 0] and got[0, 1] != want[0, 1]
    # "Where these are equal compare the bytes of the second": pair_order(pair[:1], tokens,
    #     ties)[:1] → pair_order(pair, tokens, ties)

    def key(pair, count, tokens):
        if ties == "ids":
            return -count, pair
        order = pair_order(pair[:1], tokens, ties)[:1]
        return (-count, order, pair) if lower else (-count, order)

    return trained(words, merges, ties, key=key)


@exercise.bug
def second_bytes_compared_first(words, merges, ties="ids"):
    """With ties by "bytes" those of the second token are compared first. Compare those of the first
    token first."""
    # "With ties by "bytes" those of the second token are compared first": ties == "bytes" and (got
    #     != want).any()
    # "Compare those of the first token first": pair[::-1] → pair

    def key(pair, count, tokens):
        order = pair if ties == "ids" else pair_order(pair[::-1], tokens, ties)
        return -count, order

    return trained(words, merges, ties, key=key)


@exercise.bug
def bytes_compared_as_text(words, merges, ties="ids"):
    """With ties by "bytes" tokens are decoded and compared as text, where all bytes that are no
    text are one character. Compare the bytes."""
    # "With ties by "bytes" tokens are decoded and compared as text": ties == "bytes" and (want >
    #     127).any() and (got != want).any()
    # "Compare the bytes": text([*pair], tokens) → pair_order(pair, tokens, ties)

    def text(pair, tokens):
        found = [tokens[part].decode(errors="replace") for part in pair]
        return *((*(-ord(letter) for letter in each), 1) for each in found), tuple(pair)

    def key(pair, count, tokens):
        return -count, pair if ties == "ids" else text([*pair], tokens)

    return trained(words, merges, ties, key=key)


def characters(word):
    return tuple(map(ord, word.decode(errors="replace")))


@exercise.bug
def characters_for_bytes(words, merges, ties="ids"):
    """A word begins as characters, decoded, where it shall begin as bytes. A character outside of
    ASCII is two bytes or more: `tuple(word)` gives the numbers of the bytes."""
    # "A word begins as characters, decoded, where it shall begin as bytes": not
    #     b"".join(words).isascii() and (got != want).any()
    # "`tuple(word)` gives the numbers of the bytes": characters(word) → tuple(word)
    # "A character outside of ASCII is two bytes or more": len("ü".encode()) == 2 and (got !=
    #     want).any()

    parts = [(characters(word), count) for word, count in words.items()]
    return trained_on(parts, merges, ties)


@exercise.bug(copies=(False, True))
def pairs_across_words(words, merges, ties="ids", copies=False):
    """The end of a word and the beginning of the next, or of the same word repeated, make a pair.
    Count inside of each word."""
    # "The end of a word and the beginning of the next, or of the same word repeated, make a pair":
    #     (got != want).any() and np.array_equal(got, right({b"".join(word * n for word, n in
    #     words.items()): 1}, merges, ties))
    # "Count inside of each word": (tuple(each), 1) for each in texts → (tuple(word), count) for
    #     word, count in words.items()
    texts = [word * count for word, count in words.items()]
    texts = texts if copies else [b"".join(texts)]
    return trained_on([(tuple(each), 1) for each in texts], merges, ties)


@exercise.bug(mark=((256, b""), (256, b"</w>"), (None, b"</w>")))
def end_of_word_added(words, merges, ties="ids", mark=(256, b"")):
    """A mark for the end is added to each word, and is merged with what stands before it, as in the
    paper. Here a word is its bytes alone."""
    # "A mark for the end is added to each word, and is merged with what stands before it": (got[:,
    #     1] == 256).any() and not (want[:, 1] == 256).any()
    # "Here a word is its bytes alone": (*word, *end) → tuple(word); first=first → first=256
    number, text = mark
    end, first = (tuple(text), 256) if number is None else ((number,), number + 1)
    parts = [((*word, *end), count) for word, count in words.items()]
    return trained_on(parts, merges, ties, first=first, known={number: text})


def from_the_right(word, pair, new):
    """The word with `new` for each pair, found from the right."""
    return merge_pair(word[::-1], pair[::-1], new)[::-1]


@exercise.bug
def merged_from_the_right(words, merges, ties="ids"):
    """Pairs are put together from the right, so that of a a a the last two become one. Walk from
    the left."""
    # "Pairs are put together from the right, so that of a a a the last two become one": [97,
    #     256] in got.tolist() and [97, 256] not in want.tolist()
    # "Walk from the left": joined=from_the_right → joined=merge_pair
    return trained(words, merges, ties, joined=from_the_right)


def first_place(word, pair, new):
    """The word with `new` for the first pair alone."""
    for place, each in enumerate(pairwise(word)):
        if each == pair:
            return (*word[:place], new, *word[place + 2 :])
    return word


@exercise.bug
def merged_in_one_place(words, merges, ties="ids"):
    """In each word only the first place of the pair is merged. Walk on behind it."""
    # "In each word only the first place of the pair is merged": got.tolist() != want.tolist() and
    #     got[0].tolist() == want[0].tolist()
    # "Walk on behind it": joined=first_place → joined=merge_pair
    return trained(words, merges, ties, joined=first_place)


def in_text(word, pair, new):
    """The word with `new` wherever its text has the text of the pair, within numbers, too."""
    text = " ".join(map(str, word)).replace(f"{pair[0]} {pair[1]}", str(new))
    return tuple(map(int, text.split()))


@exercise.bug
def pairs_within_longer_numbers(words, merges, ties="ids"):
    """A word is a text of numbers, and a pair is replaced within longer ones, too: 97 98 in 197 98.
    Compare whole tokens."""
    # "a pair is replaced within longer ones, too: 97 98 in 197 98": b"\xc5b" in words and [197, 98]
    #     in want.tolist() and [197, 98] not in got.tolist()
    # "Compare whole tokens": joined=in_text → joined=merge_pair
    return trained(words, merges, ties, joined=in_text)


def up_to_the_end(word, pair, new, lost):
    """The word with `new` for each pair; the last token is lost, or never compared."""
    found, place, last = [], 0, len(word) - (1 if lost else 2)
    while place < (last if lost else len(word)):
        merged = place < last and word[place : place + 2] == pair
        found.append(new if merged else word[place])
        place += 2 if merged else 1
    return tuple(found)


def but_the_last_pair(word, pair, new):
    return up_to_the_end(word, pair, new, lost=False)


def without_the_rest(word, pair, new):
    return up_to_the_end(word, pair, new, lost=True)


@exercise.bug
def left_at_the_end_of_a_word(words, merges, ties="ids"):
    """A pair at the end of a word is not merged, so that it is counted, and found, again. Let the
    walk reach the last two tokens."""
    # "A pair at the end of a word is not merged, so that it is counted, and found, again":
    #     len(np.unique(got, axis=0)) < len(got)
    # "Let the walk reach the last two tokens": joined=but_the_last_pair → joined=merge_pair
    return trained(words, merges, ties, joined=but_the_last_pair)


@exercise.bug
def last_token_lost(words, merges, ties="ids"):
    """A token that is left at the end of a word is lost, for the walk over pairs ends before it.
    Keep it."""
    # "A token that is left at the end of a word is lost": (got != want).any() if got.shape ==
    #     want.shape else len(got) < len(want)
    # "Keep it": joined=without_the_rest → joined=merge_pair
    return trained(words, merges, ties, joined=without_the_rest)


def one_too_far(word, pair, new):
    """The word with `new` for the pair, and a token passed over behind each."""
    found, place = [], 0
    while place < len(word):
        merged = word[place : place + 2] == pair
        found += [new, *word[place + 2 : place + 3]] if merged else [word[place]]
        place += 3 if merged else 1
    return tuple(found)


def shared_between_two(word, pair, new):
    """The word with `new` for each pair, those that overlap included."""
    found, place = [], 0
    while place < len(word):
        merged = word[place : place + 2] == pair
        again = merged and word[place + 1 : place + 3] == pair
        found.append(new if merged else word[place])
        place += 2 if merged and not again else 1
    return tuple(found)


@exercise.bug
def a_token_in_two_merges(words, merges, ties="ids"):
    """Of a a a both pairs are merged, and the second a goes into both. Go on behind the pair."""
    # "Of a a a both pairs are merged, and the second a goes into both": [256, 256] in got.tolist()
    #     and [256, 256] not in want.tolist()
    # "Go on behind the pair": joined=shared_between_two → joined=merge_pair
    return trained(words, merges, ties, joined=shared_between_two)


@exercise.bug
def passed_over_behind_a_pair(words, merges, ties="ids"):
    """Behind a pair that is merged a token is passed over, and a pair that begins there stays. In
    a list that gets shorter go on by one."""
    # "Behind a pair that is merged a token is passed over, and a pair that begins there stays":
    #     got.tolist() == [[97, 97], [97, 256]]
    # "In a list that gets shorter go on by one": joined=one_too_far → joined=merge_pair
    return trained(words, merges, ties, joined=one_too_far)


@exercise.bug
def pairs_that_occur_once_are_left(words, merges, ties="ids"):
    """Merging stops at pairs that occur once. Here they are merged, too, as long as there are
    any."""
    # "Merging stops at pairs that occur once": len(got) < len(want) and np.array_equal(got,
    #     want[:len(got)])
    # "Here they are merged, too": least=2 → least=1
    return trained(words, merges, ties, least=2)


@exercise.bug(first=(255, 257))
def numbered_from_elsewhere(words, merges, ties="ids", first=255):
    """The first new token is not number 256. Bytes are 0 to 255, so merge i makes token 256 + i."""
    # "The first new token is not number 256": (want >= 256).any() and np.array_equal(np.where(want
    #     >= 256, want - 1, want), got)
    # "merge i makes token 256 + i": first - 256 → 0
    found = trained(words, merges, ties)
    return found + np.where(found >= 256, first - 256, 0)


@exercise.bug
def numbers_of_bytes_again(words, merges, ties="ids"):
    """New tokens have the numbers 0, 1 and so on, which belong to bytes: counted from 0, or kept
    in 8 bits. Merge i makes token 256 + i, which needs more bits."""
    # "New tokens have the numbers 0, 1 and so on, which belong to bytes": np.array_equal(got,
    #     np.where(want > 255, want - 256, want)) and (want > 255).any()
    # "kept in 8 bits": np.array_equal(got, want.astype(np.uint8)) and (want > 255).any()
    # "Merge i makes token 256 + i, which needs more bits": % 256 → % 2**32
    return trained(words, merges, ties) % 256


@exercise.bug(front=(False, True))
def number_in_the_row(words, merges, ties="ids", front=False):
    """A row has three numbers: the new token's stands beside its pair. Row i made token 256 + i, so
    the pair is enough."""
    # "A row has three numbers: the new token's stands beside its pair": np.array_equal(got, np.c_[
    #     want, 256 + np.arange(len(want))])
    # "Row i made token 256 + i, so the pair is enough": np.hstack(columns) → found
    found = trained(words, merges, ties)
    numbers = 256 + np.arange(len(found))[:, None]
    columns = (numbers, found) if front else (found, numbers)
    return np.hstack(columns)


@exercise.bug(fill=(0, -1))
def rows_without_a_merge(words, merges, ties="ids", fill=0):
    """There are `merges` rows even where fewer pairs are found, and the rest was never filled.
    Return a row for each pair that was found."""
    # "There are `merges` rows even where fewer pairs are found": len(got) == merges > len(want)
    # "the rest was never filled": len(np.unique(got[len(want):])) == 1 and len(got) > len(want)
    # "Return a row for each pair that was found": merges - len(found) → 0
    found = trained(words, merges, ties)
    return np.pad(found, ((0, merges - len(found)), (0, 0)), constant_values=fill)


@exercise.bug
def size_of_the_vocabulary(words, merges, ties="ids"):
    """`merges` is taken for the size of the vocabulary, bytes included. It is how many tokens to
    add."""
    # "`merges` is taken for the size of the vocabulary, bytes included": len(got) == max(0, merges
    #     - 256)
    # "It is how many tokens to add": max(merges - 256, 0) → merges
    return trained(words, max(merges - 256, 0), ties)


@exercise.bug(choose=(min, max))
def fails_when_no_pair_is_left(words, merges, ties="ids", choose=min):
    """When every word is one token, there is no pair to choose, and the largest of nothing is an
    error. Stop there, with the merges that were found."""
    # "When every word is one token, there is no pair to choose": isinstance(got, ValueError) and
    #     len(want) < merges
    # "the largest of nothing is an error": isinstance(got, ValueError)
    # "Stop there, with the merges that were found": choose([]) → None
    found = trained(words, merges, ties)
    if len(found) < merges:
        choose([])
    return found


def by_kept_counts(words, merges, ties, counted, ends):
    """The merges of a program that keeps counts: `counted` has them of the pairs that stand there,
    and of the counts before, in which the merged pair is at 0; `ends` tells when it stops."""
    tokens, found, kept = Tokens({byte: bytes([byte]) for byte in range(256)}), [], {}
    parts = [(tuple(word), count) for word, count in words.items()]
    while len(found) < merges:
        now = Counter()
        for word, count in parts:
            for pair in pairwise(word):
                now[pair] += count
        pairs = counted(now, kept)
        if ends(pairs):
            break
        best = min(
            pairs, key=lambda pair: (-pairs[pair], pair_order(pair, tokens, ties))
        )
        new = 256 + len(found)
        parts = [(merge_pair(word, best, new), count) for word, count in parts]
        tokens[new] = tokens[best[0]] + tokens[best[1]]
        found.append(best)
        kept = {**pairs, best: 0}
    return np.array(found, dtype=np.intp).reshape(-1, 2)


@exercise.bug
def old_pairs_still_counted(words, merges, ties="ids"):
    """After a merge the old pairs of its neighbours keep their counts, so that a pair is merged
    that stands nowhere any more. Take these counts down."""
    # "After a merge the old pairs of its neighbours keep their counts, so that a pair is merged
    #     that stands nowhere any more": set(words) == {b"abc", b"ab"} and got.tolist() == [[97,
    #     98], [98, 99]] != want.tolist()
    # "Take these counts down": **dict(kept) → **{}

    def counted(now, kept):
        return {**now, **dict(kept)}

    def ends(pairs):
        return not any(pairs.values())

    return by_kept_counts(words, merges, ties, counted, ends)


@exercise.bug
def pairs_counted_0_times(words, merges, ties="ids"):
    """When every word is one token, pairs are merged whose count has fallen to 0. Stop there, or
    take such pairs out of the counts."""
    # "When every word is one token, pairs are merged whose count has fallen to 0": len(got) ==
    #     merges > len(want) and np.array_equal(got[:len(want)], want)
    # "Stop there": not pairs → not any(pairs.values())

    def counted(now, kept):
        return {**dict.fromkeys(kept, 0), **now}

    def ends(pairs):
        return not pairs

    return by_kept_counts(words, merges, ties, counted, ends)


@exercise.bug
def ties_of_ids_by_bytes(words, merges, ties="ids"):
    """With ties by "ids" the pair whose bytes come first is merged, and a new token stands before
    single bytes. Its number is 256 or more: compare numbers."""

    # "the pair whose bytes come first is merged": (got != want).any()
    # "compare numbers": (tokens[pair[0]], tokens[pair[1]]) → pair
    def key(pair, count, tokens):
        if ties == "bytes":
            return -count, pair_order(pair, tokens, ties)
        return -count, (tokens[pair[0]], tokens[pair[1]])

    return trained(words, merges, ties, key=key)
