"""The mask of a sliding window beside a loop, Hugging Face's, and full attention."""

import numpy as np
import pytest
import torch
import transformers
from numpy.testing import assert_array_equal

from answers.language_models.sliding_window import sliding_window_mask
from answers.transformers.attention import causal_mask

CALLS = [(1, 1, 0, 0), (5, 1, 0, 0), (5, 3, 0, 0), (4, 3, 5, 0), (1, 4, 9, 0), (6, 2, 3, 2)]


@pytest.mark.parametrize("call", CALLS)
def test_agrees_with_a_loop(call):
    length, window, past, sinks = call
    mask = sliding_window_mask(*call)
    assert mask.shape == (length, past + length)
    assert mask.dtype == bool
    for q in range(length):
        seen = {k for k in range(past + q - window + 1, past + q + 1) if k >= 0}
        seen |= {k for k in range(sinks) if k <= past + q}
        assert set(np.flatnonzero(mask[q])) == seen


@pytest.mark.parametrize(("window", "past"), [(1, 0), (3, 0), (3, 4), (9, 2)])
def test_agrees_with_hugging_face(window, past):
    theirs = transformers.masking_utils.sliding_window_causal_mask_function(window)
    q, k = torch.arange(past, past + 5)[:, None], torch.arange(past + 5)
    assert_array_equal(sliding_window_mask(5, window, past), theirs(0, 0, q, k).numpy())


def test_a_wide_window_is_the_causal_mask():
    assert_array_equal(sliding_window_mask(6, 6), causal_mask(6))
    assert_array_equal(sliding_window_mask(2, 99, past=4), causal_mask(6)[-2:])


def test_chunks_are_rows_of_one_mask():
    whole = sliding_window_mask(9, 4, sinks=1)
    assert_array_equal(sliding_window_mask(3, 4, past=6, sinks=1), whole[6:])


def test_small_integers_do_not_wrap():
    mask = sliding_window_mask(np.uint8(200), np.uint8(5), np.uint8(100), np.uint8(2))
    assert_array_equal(mask, sliding_window_mask(200, 5, 100, 2))


@pytest.mark.parametrize("name", ["length", "window"])
def test_no_query_or_no_window_is_refused_in_words(name):
    with pytest.raises(ValueError, match=f"`{name}` is 0"):
        sliding_window_mask(**{"length": 3, "window": 2, name: 0})
