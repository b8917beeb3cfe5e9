"""Byte-pair encoding against Hugging Face's tokenizers, published examples, and loops."""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from tokenizers import Tokenizer as HuggingFace
from tokenizers import models, pre_tokenizers, trainers

from answers.language_models.bpe import (
    bpe_decode,
    bpe_encode,
    train_bpe,
    train_bpe_fast,
)
from answers.language_models.tokenizer import count_words
from answers.transformers.gpt import WEIGHTS

MOBY_DICK = (WEIGHTS / "moby-dick-held-out.txt").read_text("utf-8")
OF_CS336 = {b"low": 5, b"lower": 2, b"widest": 3, b"newest": 6}
NO_MERGES = np.zeros((0, 2), int)
each_way = pytest.mark.parametrize("train", [train_bpe, train_bpe_fast])


def as_array(word: bytes) -> np.ndarray:
    return np.frombuffer(word, np.uint8)


def in_letters(merges) -> list[str]:
    """Each merge as its two parts, with a space between."""
    parts = np.asarray(merges)
    return [" ".join(bpe_decode(pair[[i]], parts).decode() for i in (0, 1)) for pair in parts]


def random_words(seed: int, letters: bytes = b"abc", count: int = 60) -> dict[bytes, int]:
    """Short words of few letters: many ties, and many runs of one letter."""
    rng = np.random.default_rng(seed)
    words = Counter()
    for _ in range(count):
        word = bytes(rng.choice([*letters], rng.integers(1, 9)).tolist())
        words[word] += int(rng.integers(1, 4))
    return dict(words)


# Hugging Face writes each byte as a letter, and numbers the bytes in the order of these letters.
PRINTABLE = [*range(33, 127), *range(161, 173), *range(174, 256)]
OTHERS = [byte for byte in range(256) if byte not in PRINTABLE]
LETTERS = [chr(b if b in PRINTABLE else 256 + OTHERS.index(b)) for b in range(256)]


def by_hugging_face(words, merges):
    """Its tokenizer, trained on these words."""
    trained = HuggingFace(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=256 + merges, initial_alphabet=alphabet, show_progress=False
    )
    repeated = (" ".join(["".join(LETTERS[b] for b in w)] * n) for w, n in words.items())
    trained.train_from_iterator(repeated, trainer)
    return trained


def its_merges(trained):
    """Its merges, in its numbers."""
    pairs = json.loads(trained.to_str())["model"]["merges"]
    return np.array([[*map(trained.token_to_id, pair)] for pair in pairs]).reshape(-1, 2)


def in_its_numbers(trained, words):
    """The words with Hugging Face's number of each byte in the byte's place."""
    table = bytes(map(trained.token_to_id, LETTERS))
    return {word.translate(table): count for word, count in words.items()}


@each_way
def test_merges_of_a_book_are_those_of_hugging_face_tie_for_tie(train):
    words = count_words(MOBY_DICK)
    trained = by_hugging_face(words, 100 if train is train_bpe else 3000)
    theirs = its_merges(trained)
    assert trained.token_to_id("Ġ") == 220
    assert_array_equal(train(in_its_numbers(trained, words), len(theirs)), theirs)


@each_way
@pytest.mark.parametrize("seed", range(10))
def test_merges_of_random_words_are_those_of_hugging_face(train, seed):
    words = random_words(seed)
    trained = by_hugging_face(words, 25)
    theirs = its_merges(trained)
    made = {trained.id_to_token(a) + trained.id_to_token(b) for a, b in theirs}
    assert len(made) == len(theirs)  # of two equal tokens Hugging Face keeps one number
    assert_array_equal(train(in_its_numbers(trained, words), 25), theirs)


def test_tokens_of_a_book_are_those_of_hugging_face():
    words = count_words(MOBY_DICK)
    trained = by_hugging_face(words, 400)
    merges = its_merges(trained)
    # Beside words of the book, some that were not there when the merges were learned.
    some = [*words][::20]
    unseen = [word + other for word, other in zip(some, reversed(some), strict=True)]
    assert len({*unseen} - {*words}) > 100
    for word in [*some, *unseen]:
        (numbers,) = in_its_numbers(trained, {word: 1})
        theirs = trained.model.tokenize("".join(LETTERS[b] for b in word))
        assert_array_equal(bpe_encode(as_array(numbers), merges), [t.id for t in theirs])


@each_way
def test_merges_are_those_of_the_handout_of_cs336(train):
    assert in_letters(train(OF_CS336, 12, ties="bytes")) == [
        *("s t", "e st", "o w", "l ow", "w est", "n e"),
        *("ne west", "w i", "wi d", "wid est", "low e", "lowe r"),
    ]


@each_way
def test_tokens_are_those_of_minbpe(train):
    merges = train({b"aaabdaaabac": 1}, 3)
    assert_array_equal(bpe_encode(as_array(b"aaabdaaabac"), merges), [258, 100, 258, 97, 99])


@each_way
@pytest.mark.parametrize("seed", range(10))
def test_of_a_tie_the_greater_bytes_win_by_pythons_max(train, seed):
    """The rule of CS336, in a loop over bytes that shares no code."""
    words = random_words(seed, b"ab\x00\xff")
    split = {tuple(word[i : i + 1] for i in range(len(word))): n for word, n in words.items()}
    expected = []
    for _ in range(12):
        pairs = Counter()
        for word, count in split.items():
            for pair in pairwise(word):
                pairs[pair] += count
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        expected.append(best)
        after = {}
        for word, count in split.items():
            joined, i = [], 0
            while i < len(word):
                both = word[i : i + 2] == best
                joined.append(b"".join(best) if both else word[i])
                i += 1 + both
            after[tuple(joined)] = count
        split = after
    merges = train(words, 12, ties="bytes")
    assert [tuple(bpe_decode(p[[i]], merges) for i in (0, 1)) for p in merges] == expected


@pytest.mark.parametrize("ties", ["ids", "bytes"])
def test_incremental_merges_are_those_of_full_passes(ties):
    words = count_words(MOBY_DICK[:4000])
    assert_array_equal(train_bpe_fast(words, 300, ties), train_bpe(words, 300, ties))
    for seed in range(15):
        words = random_words(seed, b"aab", 12)
        # Until every word is one token.
        assert_array_equal(train_bpe_fast(words, 200, ties), train_bpe(words, 200, ties))


@each_way
def test_merging_ends_when_every_word_is_one_token(train):
    merges = train({b"abab": 1, b"c": 9, b"": 3}, 10)
    assert_array_equal(merges, [[97, 98], [256, 256]])
    assert_array_equal(train({}, 10), NO_MERGES)
    assert_array_equal(train(OF_CS336, 0), NO_MERGES)
    assert merges.dtype == train({}, 10).dtype == np.intp


@each_way
def test_more_merges_begin_as_fewer(train):
    words = count_words(MOBY_DICK[:2000])
    assert_array_equal(train(words, 90)[:40], train(words, 40))


@each_way
def test_the_order_of_words_does_not_matter_and_they_stay(train):
    words = random_words(1)
    turned = dict(reversed(words.items()))
    before = dict(words)
    for ties in ("ids", "bytes"):
        assert_array_equal(train(words, 30, ties), train(turned, 30, ties))
    assert words == before


@each_way
def test_a_count_is_a_repetition_and_a_pair_that_occurs_once_is_merged(train):
    assert_array_equal(train({b"ab": 2, b"cd": 1}, 2), [[97, 98], [99, 100]])
    assert_array_equal(train({b"ab": 2, b"bcbc": 1, b"bc": 1}, 1), [[98, 99]])


MERGES = train_bpe_fast(count_words(MOBY_DICK), 500)


@given(st.binary(max_size=60))
def test_any_bytes_come_back(word):
    ids = bpe_encode(as_array(word), MERGES)
    assert bpe_decode(ids, MERGES) == word
    assert len(ids) <= len(word)


def test_every_byte_alone_is_itself():
    for byte in range(0, 256, 5):
        assert_array_equal(bpe_encode(as_array(bytes([byte])), MERGES[:300]), [byte])
    assert_array_equal(bpe_encode(as_array(bytes(range(256))), NO_MERGES), range(256))


def test_words_are_encoded_as_training_left_them():
    words = random_words(3, count=40)
    merges = train_bpe(words, 20)
    parts = {word: [*word] for word in words}
    for row, pair in enumerate(merges.tolist()):
        for word, tokens in parts.items():
            after = []
            while tokens:
                both = tokens[:2] == pair
                after.append(256 + row if both else tokens[0])
                tokens = tokens[1 + both :]
            parts[word] = after
    for word, tokens in parts.items():
        assert_array_equal(bpe_encode(as_array(word), merges), tokens)


def test_the_earliest_merge_goes_before_the_longest_token():
    merges = np.array([[98, 99], [97, 98], [257, 99]])  # bc, ab, abc
    assert_array_equal(bpe_encode(as_array(b"abc"), merges), [97, 256])


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64, np.uint64])
def test_integers_of_any_kind_are_taken_and_stay(dtype):
    word, merges = as_array(b"newest").astype(dtype), train_bpe(OF_CS336, 3).astype(np.int32)
    before = word.copy(), merges.copy()
    ids = bpe_encode(word, merges)
    assert ids.dtype == np.intp
    assert_array_equal(ids, [110, 101, 119, 257])
    assert_array_equal(word, before[0])
    assert_array_equal(merges, before[1])
    assert bpe_decode(ids.astype(np.uint16), merges) == b"newest"


def test_an_empty_word_has_no_tokens():
    assert_array_equal(bpe_encode(as_array(b""), MERGES), np.zeros(0, int))
    assert bpe_decode(np.zeros(0, int), MERGES) == b""


@each_way
@pytest.mark.parametrize(
    ("words", "merges", "said"),
    [
        (OF_CS336, -1, "`merges` is -1; ask for 0 or more"),
        ({b"a": 1, b"low": 0}, 3, "`words` holds b'low' 0 times"),
        ({b"low": -2}, 3, "`words` holds b'low' -2 times"),
    ],
)
def test_bad_counts_are_refused_in_words(train, words, merges, said):
    with pytest.raises(ValueError, match=said):
        train(words, merges)


@pytest.mark.parametrize(
    ("word", "merges", "said"),
    [
        ([97, 256], [[97, 98]], "`word` holds 256 at index 1; pass bytes"),
        ([-1], [[97, 98]], "`word` holds -1 at index 0; pass bytes"),
        ([97], [[97, 256]], r"`merges` merges \[97, 256\] in row 0, before both are made"),
        ([97], [[97, 98], [-3, 98]], r"`merges` merges \[-3, 98\] in row 1"),
        ([97], [[97, 98], [97, 98]], "`merges` holds a pair twice"),
    ],
)
def test_bad_words_and_merges_are_refused_in_words(word, merges, said):
    with pytest.raises(ValueError, match=said):
        bpe_encode(np.array(word), np.array(merges))


@pytest.mark.parametrize("wrong", [257, -1])
def test_a_number_of_no_token_is_refused(wrong):
    with pytest.raises(ValueError, match=f"`ids` holds {wrong} at index 1; .* 0 to 256"):
        bpe_decode(np.array([256, wrong]), np.array([[97, 98]]))
