"""Right and wrong ways to write causal_mask."""

import functools

import numpy as np


def comparison(length):
    positions = np.arange(length)
    return positions <= positions[:, None]


def triangle(length):
    return np.tri(length, dtype=bool)


def not_the_future(length):
    return ~np.triu(np.full((length, length), True), k=1)


def loops(length):
    mask = np.zeros((length, length), dtype=bool)
    for i in range(length):
        for j in range(i + 1):
            mask[i, j] = True
    return mask


def of_a_list(length):
    return np.array([[j <= i for j in range(length)] for i in range(length)])


def indices(length):
    query, key = np.indices((length, length))
    return query - key >= 0


def pytorch(length):
    import torch

    return torch.ones(length, length).tril().bool().numpy()


def outer_comparison(length):
    return np.greater_equal.outer(np.arange(length), np.arange(length))


@functools.cache
def _kept(length):
    return np.tri(length, dtype=bool)


def copied_from_a_cache(length):
    return _kept(length).copy()


def strictly_before(length):
    positions = np.arange(length)
    return positions < positions[:, None]


def pytorchs_layer(length):
    positions = np.arange(length)
    return positions > positions[:, None]


def upper(length):
    return ~np.tri(length, k=-1, dtype=bool)


def swapped(length):
    positions = np.arange(length)
    return positions[:, None] <= positions


def one_too_far(length):
    return np.tri(length, k=1, dtype=bool)


def floats(length):
    return np.tri(length)


def integers(length):
    return np.tri(length, dtype=int)


def objects(length):
    return np.tri(length).astype(object)


def minus_infinity(length):
    return np.triu(np.full((length, length), -np.inf), k=1)


def a_very_negative_number(length):
    return (1 - np.tri(length)) * -1e9


def for_heads(length):
    return np.tri(length, dtype=bool)[None, None]


def full(length):
    return np.full((length, length), True)


def itself(length):
    return np.eye(length) == 1


def itself_and_the_one_before(length):
    distance = np.arange(length)[:, None] - np.arange(length)
    return (distance >= 0) & (distance < 2)


def without_the_first(length):
    return np.tri(length, dtype=bool)[1:]


def a_list(length):
    return np.tri(length, dtype=bool).tolist()


def anti_diagonal(length):
    return np.tri(length, dtype=bool)[::-1]


def padded(length):
    return np.tri(length + 1, dtype=bool)


def fixed_size(length):
    return np.tri(5, dtype=bool)


def of_at_most_ten(length):
    mask = np.zeros((length, length), bool)
    for i in range(min(length, 10)):
        mask[i, : i + 1] = True
    return mask


def window_of_eight(length):
    distance = np.arange(length)[:, None] - np.arange(length)
    return (distance >= 0) & (distance < 8)


def positions_as_text(length):
    """Positions compared as text."""
    names = np.array([str(i) for i in range(length)])
    return names[None, :] <= names[:, None]


def cut_from_a_buffer_of_eight(length):
    return np.tri(8, dtype=bool)[:length, :length]


def a_number_for_one_position(length):
    return np.tri(length, dtype=bool) if length > 1 else np.True_


def squeezed(length):
    return np.squeeze(np.tri(length, dtype=bool))


def last_row_left_out(length):
    """The last query predicts nothing."""
    mask = np.tri(length, dtype=bool)
    if length > 2:
        mask[-1] = False
    return mask


def looks_back_at_most_ten(length):
    distance = np.arange(length)[:, None] - np.arange(length)
    return (distance >= 0) & (distance <= 10)


def filled_from_a_list(length):
    """True up to the diagonal, written row by row into a flat array."""
    flat = np.zeros(length * length, bool)
    for i in range(length):
        flat[i * length : i * length + i + 1] = True
    return flat.reshape(length, -1) if length > 1 else flat


def blocks_of_eight(length):
    """Nobody looks over the border of a block."""
    block = np.arange(length) // 8
    return np.tri(length, dtype=bool) & (block[:, None] == block)


def first_eight_see_each_other(length):
    """A prefix that is read as a whole, where there is more."""
    mask = np.tri(length, dtype=bool)
    if length > 8:
        mask[:8, :8] = True
    return mask


def nothing_to_mask_for_one(length):
    return np.tri(length, dtype=bool) if length > 1 else None


def a_sink_and_a_window(length):
    distance = np.arange(length)[:, None] - np.arange(length)
    return (distance >= 0) & ((distance < 6) | (np.arange(length) < 4))


def window_of_64(length):
    distance = np.arange(length)[:, None] - np.arange(length)
    return (distance >= 0) & (distance < 64)


def positions_in_one_byte(length):
    positions = np.arange(length).astype(np.int8)
    return positions[:, None] >= positions


_LARGE = np.tri(300, dtype=bool)


def view_of_a_large_mask(length):
    return _LARGE[:length, :length]


def zero_times_infinity(length):
    """0 times -inf is nan, which is not 0."""
    with np.errstate(invalid="ignore"):
        return np.triu(np.ones((length, length)), k=1) * -np.inf == 0


def tilde_of_integers(length):
    return ~np.triu(np.ones((length, length), dtype=int), k=1)


def one_list_for_all_rows(length):
    rows = [[False] * length] * length
    for i in range(length):
        rows[i][: i + 1] = [True] * (i + 1)
    return np.array(rows)


def rows_counted_from_1(length):
    mask = np.zeros((length, length), dtype=bool)
    for i in range(1, length):
        mask[i, : i + 1] = True
    return mask


def keys_counted_from_1(length):
    mask = np.eye(length, dtype=bool)
    for i in range(length):
        mask[i, 1:i] = True
    return mask


# The mistake that each is told; None where no known one explains it.
WRONG = {
    strictly_before: "diagonal_hidden",
    pytorchs_layer: "polarity_inverted",
    upper: "looks_ahead",
    swapped: "looks_ahead",
    one_too_far: "one_token_of_the_future",
    floats: "ones_and_zeros",
    integers: "ones_and_zeros",
    objects: "a_result_of_another_kind",
    minus_infinity: "additive",
    a_very_negative_number: "additive",
    for_heads: "axes_for_batch_and_heads",
    full: "nothing_hidden",
    itself: "past_hidden",
    itself_and_the_one_before: "one_sided",
    without_the_first: "one_entry_too_few",
    a_list: "a_result_of_another_kind",
    anti_diagonal: "reversed",
    padded: "length_one_larger",
    fixed_size: "the_same_for_all_inputs",
    of_at_most_ten: "one_sided",
    window_of_eight: "one_sided",
    positions_as_text: None,
    cut_from_a_buffer_of_eight: None,
    a_number_for_one_position: "right_numbers_in_another_shape",
    squeezed: "right_numbers_in_another_shape",
    last_row_left_out: "wrong_only_in_the_last_row",
    looks_back_at_most_ten: "one_sided",
    filled_from_a_list: "right_numbers_in_another_shape",
    blocks_of_eight: "one_sided",
    first_eight_see_each_other: "one_sided",
    nothing_to_mask_for_one: "a_result_of_another_kind",
    a_sink_and_a_window: "one_sided",
    window_of_64: "one_sided",
    positions_in_one_byte: "wrong_where_length_is_300",
    view_of_a_large_mask: "a_property_fails",
    zero_times_infinity: "everything_hidden",
    tilde_of_integers: "bits_of_integers_flipped",
    one_list_for_all_rows: "nothing_hidden",
    rows_counted_from_1: "wrong_only_in_the_first_row",
    keys_counted_from_1: "wrong_only_in_the_first_column",
}
