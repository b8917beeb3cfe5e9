"""Packed rows against Hugging Face's collator and GPT-2, and what must hold for any lengths."""

import numpy as np
import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from answers.language_models.packing import pack_sequences, packed_mask

WIDTH = 12
some_lengths = st.lists(st.integers(1, WIDTH), min_size=1, max_size=12).map(np.array)


def packed(lengths, width=WIDTH, pad=0):
    """Tokens count through, so that each can be found again."""
    return pack_sequences(np.arange(1, sum(lengths) + 1), np.array(lengths), width, pad)


def in_bins(lengths, width):
    """First fit by a list of what is left in each bin: which documents each holds."""
    left, bins = [], []
    for number, length in enumerate(lengths):
        for i, room in enumerate(left):
            if room >= length:
                left[i] -= length
                bins[i].append(number)
                break
        else:
            left.append(width - length)
            bins.append([number])
    return bins


@given(some_lengths)
def test_rows_are_the_bins_of_first_fit(lengths):
    rows, positions, _ = packed(lengths)
    ends = np.cumsum(lengths)
    for row, at, numbers in zip(rows, positions, in_bins(lengths, WIDTH), strict=True):
        whole = [range(ends[i] - lengths[i] + 1, ends[i] + 1) for i in numbers]
        tokens = [token for document in whole for token in document]
        assert row.tolist() == tokens + [0] * (WIDTH - len(tokens))
        count = [i for document in whole for i in range(len(document))]
        assert at.tolist() == count + [0] * (WIDTH - len(tokens))


@given(some_lengths)
def test_a_token_sees_its_own_document_up_to_itself(lengths):
    rows, _, mask = packed(lengths)
    document = np.repeat(np.arange(len(lengths)), lengths)
    for row, sees in zip(rows, mask, strict=True):
        for q in range(WIDTH):
            for k in range(WIDTH):
                both = row[[q, k]]
                same = both.all() and document[both[0] - 1] == document[both[1] - 1]
                assert sees[q, k] == (k <= q and (same or not both.any()))


def test_agrees_with_the_collator_of_hugging_face():
    documents = [[5, 6, 7], [8], [9, 4, 3, 2]]
    collate = transformers.DataCollatorWithFlattening(return_tensors="np")
    theirs = collate([{"input_ids": each} for each in documents])
    flat, lengths = np.concatenate(documents), np.array([3, 1, 4])
    rows, positions, _ = pack_sequences(flat, lengths, 8)
    assert_array_equal(rows, theirs["input_ids"])
    assert_array_equal(positions, theirs["position_ids"])
    assert_array_equal(np.where(positions > 0, rows, -100), theirs["labels"])


def test_gpt2_gives_packed_documents_the_logits_that_it_gives_them_alone():
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=40, n_positions=WIDTH, n_embd=16, n_layer=2, n_head=2
    )
    model = transformers.GPT2LMHeadModel(config).double().eval()
    lengths = np.array([5, 4, 7, 3])
    rows, positions, mask = (torch.tensor(each) for each in packed(lengths))
    with torch.no_grad():
        found = model(rows, position_ids=positions, attention_mask=mask[:, None]).logits
        leaking = model(rows, position_ids=positions).logits
        ends = np.cumsum(lengths)
        for start, end in zip(ends - lengths, ends, strict=True):
            alone = model(torch.arange(start + 1, end + 1)[None]).logits[0]
            here = torch.isin(rows, torch.arange(start + 1, end + 1))
            assert_allclose(found[here], alone, atol=1e-12)
        # The last document stands behind the first two.
        assert (leaking[here] - alone).abs().max() > 1e-3


def test_no_argument_is_changed_and_padding_is_what_was_asked_for():
    tokens, lengths = np.arange(1, 6, dtype=np.uint8), np.array([3, 2], np.uint8)
    rows, _, mask = pack_sequences(tokens, lengths, 4, pad=99)
    assert_array_equal(rows, [[1, 2, 3, 99], [4, 5, 99, 99]])
    assert mask.any(axis=-1).all()
    assert_array_equal(tokens, [1, 2, 3, 4, 5])
    assert_array_equal(lengths, [3, 2])


def test_a_mask_of_a_batch_is_made_row_by_row():
    owner = np.random.default_rng(0).integers(0, 3, size=(2, 3, 7))
    found = packed_mask(owner)
    for index in np.ndindex(2, 3):
        assert_array_equal(found[index], packed_mask(owner[index]))


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ([], "`lengths` is empty"),
        ([3, 3], "do not sum to the 5 tokens"),
        ([5, 0], "has 0 tokens"),
        ([1, 4], "has 4 tokens and a row 3"),
    ],
)
def test_bad_lengths_are_refused_in_words(lengths, said):
    with pytest.raises(ValueError, match=said):
        pack_sequences(np.arange(5), np.array(lengths, int), 3 if 4 in lengths else 9)
