"""Cutting text into words against GPT-2's own pattern, and a tokenizer against Hugging Face's."""

import sys
import unicodedata

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from tokenizers import pre_tokenizers

from answers.language_models.bpe import bpe_encode, train_bpe_fast
from answers.language_models.tokenizer import Tokenizer, count_words, split_words
from answers.transformers.gpt import WEIGHTS

MOBY_DICK = (WEIGHTS / "moby-dick-held-out.txt").read_text("utf-8")
MERGES = train_bpe_fast(count_words(MOBY_DICK), 500)
END = "<|endoftext|>"

GPT2 = regex.compile(r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""")
SAMPLES = [
    "It's  12345 km, isn't it?\n\n  No: it's 3.5\t\tmiles   ",
    "naïve café übergroß 東京タワー 한국어 हिन्दी العربية",
    "snake_case __init__ a_1 _x_ x2y",
    "'LL 'll we've they're I'd",
    "   \n \t\n x  ",
    "😀 👩‍🔬 e\u0301",
    "",
]
# What Python knows otherwise than `regex`: numbers that are no decimal digits, and four separators
# of files that are spaces to Python alone.
OTHERWISE = ("Nl", "No")
SEPARATORS = "\x1c\x1d\x1e\x1f"


@pytest.mark.parametrize("text", [MOBY_DICK, *SAMPLES])
def test_words_are_those_of_the_pattern_of_gpt2_and_of_hugging_face(text):
    assert split_words(text) == GPT2.findall(text)
    cut = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str(text)
    assert split_words(text) == [text[begin:end] for _, (begin, end) in cut]


def test_characters_are_cut_as_gpt2_cuts_them_but_for_odd_numbers_and_separators():
    known = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        # Not half a character, nor one that this Python does not know.
        if unicodedata.category(character) not in ("Cs", "Cn", *OTHERWISE)
        and character not in SEPARATORS
    ]
    lines = "\n".join(f"a{c}1{c}!{c}." for c in known)
    same = split_words(lines) == GPT2.findall(lines)
    assert same, "a character is cut otherwise"
    assert len(known) > 100_000


def test_a_half_is_a_letter_here_and_a_number_in_gpt2():
    assert split_words("x½") == ["x½"]
    assert GPT2.findall("x½") == ["x", "½"]


def test_digits_in_threes_are_those_of_gpt4():
    gpt4 = regex.compile(r"\p{N}{1,3}")
    for number in ("1", "12", "123", "1234", "1234567", "12345678901"):
        assert split_words(number, digits_in_threes=True) == gpt4.findall(number)
    assert split_words("in 12345 km", digits_in_threes=True) == ["in", " ", "123", "45", " km"]


@given(st.text())
def test_words_joined_are_the_text(text):
    assert "".join(split_words(text)) == text
    assert "".join(split_words(text, digits_in_threes=True)) == text


def test_words_are_counted_as_bytes():
    assert count_words("é é é") == {"é".encode(): 1, " é".encode(): 2}


@given(st.text())
def test_any_text_comes_back(text):
    tokenizer = Tokenizer(MERGES)
    try:
        ids = tokenizer.encode(text)
    except UnicodeEncodeError:
        return  # half a character has no UTF-8
    assert tokenizer.decode(ids) == text


def test_a_text_is_the_tokens_of_its_words():
    text, tokenizer = MOBY_DICK[:600], Tokenizer(MERGES)
    words = [np.frombuffer(word.encode(), np.uint8) for word in split_words(text)]
    expected = np.concatenate([bpe_encode(word, MERGES) for word in words])
    assert_array_equal(tokenizer.encode(text), expected)
    assert_array_equal(tokenizer.encode(text), expected)  # from the cache
    assert tokenizer.encode("").shape == (0,)
    assert tokenizer.encode(text).dtype == np.intp


def test_a_special_token_stands_for_itself_only_where_it_is_asked_for():
    tokenizer = Tokenizer(MERGES, (END, "<|end|>", "<|endof"))
    assert tokenizer.special == {END: 756, "<|end|>": 757, "<|endof": 758}
    text = f"a{END}b<|end|>{END}"
    assert_array_equal(tokenizer.encode(text, specials=True), [97, 756, 98, 757, 756])
    plain = tokenizer.encode(text)
    assert plain.max() < 756
    assert tokenizer.decode(plain) == tokenizer.decode(tokenizer.encode(text, True)) == text


def test_half_a_character_is_decoded_as_a_sign_for_it():
    tokenizer = Tokenizer(MERGES)
    ids = tokenizer.encode("東")
    assert len(ids) == 3
    assert tokenizer.decode(ids[:2]) == "�"
    assert tokenizer.decode(ids) == "東"


@pytest.mark.parametrize("token", [-1, 758])
def test_a_number_of_no_token_is_refused(token):
    tokenizer = Tokenizer(MERGES, (END, "<|end|>"))
    assert tokenizer.decode(np.array([757])) == "<|end|>"
    with pytest.raises(
        ValueError, match=rf"`ids` holds {token} at index 1; the tokens are 0 to 757"
    ):
        tokenizer.decode(np.array([757, token]))


def test_merges_out_of_order_are_refused():
    with pytest.raises(ValueError, match="before both are made"):
        Tokenizer(np.array([[97, 300]]))
