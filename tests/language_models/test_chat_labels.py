"""Labels of chats against a walk from token to token, and Hugging Face's chat template."""

import numpy as np
import pytest
import transformers
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from tokenizers import Tokenizer, models, pre_tokenizers

from answers.language_models.chat_labels import sft_labels

HEADER, END = [1, 2], 3


def by_a_walk(tokens, header, end):
    """Whether an answer is open is remembered from token to token."""
    labels, seen, open_ = [], [], False
    for token in tokens:
        labels.append(token if open_ else -100)
        if open_:
            open_ = token != end
        else:
            seen.append(token)
            open_ = seen[-len(header) :] == header
        if not open_ and token == end:
            seen = []
    return labels


@given(st.lists(st.integers(0, 4), min_size=2, max_size=30))
def test_agrees_with_a_walk(tokens):
    found = sft_labels(np.array(tokens), np.array(HEADER), END)
    assert found.tolist() == by_a_walk(tokens, HEADER, END)


@given(st.lists(st.integers(0, 2), min_size=3, max_size=30))
def test_agrees_with_a_walk_where_a_header_repeats_a_token(tokens):
    found = sft_labels(np.array(tokens), np.array([1, 0, 1]), 2)
    assert found.tolist() == by_a_walk(tokens, [1, 0, 1], 2)


TEMPLATE = (
    "{% for m in messages %}<s> {{ m['role'] }} : "
    "{% if m['role'] == 'assistant' %}{% generation %}{{ m['content'] }} <e>{% endgeneration %} "
    "{% else %}{{ m['content'] }} <e> {% endif %}{% endfor %}"
)


def test_agrees_with_the_template_of_hugging_face():
    words = ["<s>", "<e>", "system", "user", "assistant", ":", *"abcdefg"]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    theirs = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer)
    chat = [
        {"role": role, "content": content}
        for role, content in [
            ("system", "a b"),
            ("user", "c"),
            ("assistant", "d e f"),
            ("user", "assistant : g"),
            ("assistant", "a"),
        ]
    ]
    made = theirs.apply_chat_template(
        chat,
        chat_template=TEMPLATE,
        tokenize=True,
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    tokens, mask = (np.array(made[name]) for name in ("input_ids", "assistant_masks"))
    assert mask.sum() == 6
    assert_array_equal(sft_labels(tokens, np.array([0, 4, 5]), 1), np.where(mask, tokens, -100))


def test_rows_of_a_batch_are_labelled_each_by_itself():
    tokens = np.random.default_rng(0).integers(0, 5, size=(2, 3, 40))
    found = sft_labels(tokens, np.array(HEADER), END)
    for index in np.ndindex(2, 3):
        assert found[index].tolist() == by_a_walk(tokens[index].tolist(), HEADER, END)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.uint64])
def test_labels_are_int64_and_tokens_stay_as_they_are(dtype):
    tokens = np.array([4, 1, 2, 0, 3, 3], dtype)
    found = sft_labels(tokens, np.array(HEADER, dtype), END)
    assert found.dtype == np.int64
    assert_array_equal(found, [-100, -100, -100, 0, 3, -100])
    assert_array_equal(tokens, [4, 1, 2, 0, 3, 3])


@pytest.mark.parametrize(
    ("header", "said"),
    [([], "`header` is empty"), ([1, 3], "holds 3, which is `end`"), ([1] * 5, "has 5 tokens")],
)
def test_bad_headers_are_refused_in_words(header, said):
    with pytest.raises(ValueError, match=said):
        sft_labels(np.array([4, 1, 2, 0]), np.array(header, int), END)
