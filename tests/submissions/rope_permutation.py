"""Right and wrong ways to permute rotary weights."""

import numpy as np


def reshaped(w, heads):
    *axes, columns = w.shape
    pairs = w.reshape(*axes, heads, columns // heads // 2, 2)
    return np.array(pairs.swapaxes(-1, -2)).reshape(w.shape)


def by_slices(w, heads):
    parts = np.split(w, heads, axis=-1)
    return np.concatenate([half for p in parts for half in (p[..., ::2], p[..., 1::2])], axis=-1)


def by_a_list_of_columns(w, heads):
    d = w.shape[-1] // heads
    one = [*range(0, d, 2), *range(1, d, 2)]
    return w[..., [h * d + j for h in range(heads) for j in one]]


def loop(w, heads):
    d = w.shape[-1] // heads
    out = np.empty_like(w)
    for h in range(heads):
        for j in range(d // 2):
            out[..., h * d + j] = w[..., h * d + 2 * j]
            out[..., h * d + d // 2 + j] = w[..., h * d + 2 * j + 1]
    return out


def as_hugging_face(w, heads):
    rows = w.reshape(-1, w.shape[-1]).T
    out, into = rows.shape
    rows = rows.reshape(heads, out // heads // 2, 2, into).transpose(0, 2, 1, 3)
    return rows.reshape(out, into).T.reshape(w.shape).copy()


def by_a_matrix(w, heads):
    d = w.shape[-1] // heads
    one = np.eye(d, dtype=int)[:, np.r_[0:d:2, 1:d:2]]
    return (w @ np.kron(np.eye(heads, dtype=int), one)).astype(w.dtype)


def pytorch(w, heads):
    import torch

    t = torch.tensor(w)
    t = t.reshape(*t.shape[:-1], heads, -1, 2).transpose(-1, -2)
    return t.reshape(w.shape).numpy().copy()


def the_way_back(w, heads):
    d = w.shape[-1] // heads
    parts = w.reshape(*w.shape[:-1], heads, 2, d // 2)
    return np.array(parts.swapaxes(-1, -2)).reshape(w.shape)


def one_head(w, heads):
    return np.concatenate([w[..., ::2], w[..., 1::2]], axis=-1)


def odd_first(w, heads):
    parts = np.split(w, heads, axis=-1)
    return np.concatenate([half for p in parts for half in (p[..., 1::2], p[..., ::2])], axis=-1)


def rows_as_in_pytorch(w, heads):
    if w.ndim == 1:
        return by_slices(w, heads)
    if w.shape[-2] % (2 * heads):
        raise ValueError("rows")
    return by_slices(w.swapaxes(-1, -2), heads).swapaxes(-1, -2)


def rows_if_square(w, heads):
    if w.ndim == 2 and w.shape[0] == w.shape[1]:
        return by_slices(w.T, heads).T
    return by_slices(w, heads)


def nothing(w, heads):
    return w.copy()


def first_head_only(w, heads):
    d = w.shape[-1] // heads
    return np.concatenate([by_slices(w[..., :d], 1), w[..., d:]], axis=-1)


def a_view(w, heads):
    """Where heads have two columns nothing moves, and what is returned is the argument's memory."""
    *axes, columns = w.shape
    return w.reshape(*axes, heads, columns // heads // 2, 2).swapaxes(-1, -2).reshape(w.shape)


def members_across_heads(w, heads):
    pairs = np.arange(w.shape[-1]).reshape(heads, -1, 2)
    return w[..., pairs.transpose(2, 0, 1).ravel()]


def from_both_ends(w, heads):
    parts = np.split(w, heads, axis=-1)
    return np.concatenate(
        [half for p in parts for half in (p[..., ::2], p[..., 1::2][..., ::-1])], axis=-1
    )


def swapped_halves(w, heads):
    """rotate_half, which belongs to the rotation."""
    parts = np.split(w, heads, axis=-1)
    halves = [np.split(p, 2, axis=-1) for p in parts]
    return np.concatenate([half for a, b in halves for half in (-b, a)], axis=-1)


def in_place(w, heads):
    w[...] = by_slices(w, heads)
    return w


def biases_stay(w, heads):
    return w.copy() if w.ndim == 1 else by_slices(w, heads)


def first_and_last_head(w, heads):
    parts = np.split(w, heads, axis=-1)
    for h in {0, heads - 1}:
        parts[h] = np.concatenate([parts[h][..., ::2], parts[h][..., 1::2]], axis=-1)
    return np.concatenate(parts, axis=-1)


def layers_are_heads(w, heads):
    """Takes the third axis from the end for the heads, where there is one."""
    return by_slices(w, 1 if w.ndim > 2 else heads)


def matrices_only(w, heads):
    rows, columns = w.shape
    return w.reshape(rows, heads, -1, 2).transpose(0, 1, 3, 2).reshape(rows, columns).copy()


def leading_axes_flattened(w, heads):
    found = by_slices(w, heads)
    return found.reshape(-1, found.shape[-1]) if w.ndim > 2 else found


def heads_reversed(w, heads):
    parts = np.split(w, heads, axis=-1)[::-1]
    return np.concatenate([half for p in parts for half in (p[..., ::2], p[..., 1::2])], axis=-1)


def size_for_number(w, heads):
    number = w.shape[-1] // heads
    return by_slices(w, number) if w.shape[-1] // number % 2 == 0 else w.copy()


def fours(w, heads):
    """Right for heads of four: the two middle columns change places."""
    out, d = w.copy(), w.shape[-1] // heads
    for h in range(heads):
        if d > 2:
            a = h * d
            out[..., a + 1 : a + d - 1 : 2] = w[..., a + 2 : a + d : 2]
            out[..., a + 2 : a + d : 2] = w[..., a + 1 : a + d - 1 : 2]
    return out


def in_int64(w, heads):
    pairs = w.reshape(*w.shape[:-1], heads, -1, 2).swapaxes(-1, -2)
    return pairs.reshape(w.shape).astype(w.dtype if w.dtype.kind == "f" else np.int64)


def joined_without_axis(w, heads):
    d = w.shape[-1] // heads
    parts = [w[..., h * d : (h + 1) * d] for h in range(heads)]
    return np.concatenate([np.concatenate((p[..., ::2], p[..., 1::2]), -1) for p in parts])


def split_without_axis(w, heads):
    parts = np.split(w, heads)
    return np.concatenate([np.concatenate((p[..., ::2], p[..., 1::2]), -1) for p in parts])


def as_rotate_half_does(w, heads):
    x = w.reshape(*w.shape[:-1], heads, -1)
    return np.concatenate([x[..., ::2], -x[..., 1::2]], axis=-1).reshape(w.shape)


def head_from_the_rows(w, heads):
    d = w.shape[0] // heads
    one = np.concatenate([np.arange(0, d, 2), np.arange(1, d, 2)])
    return w[..., (np.arange(heads)[:, None] * d + one).ravel()]


# The mistake that each is told; None where no known one explains it.
def overwritten(w, heads):
    x = w.copy().reshape(*w.shape[:-1], heads, -1)
    half = x.shape[-1] // 2
    x[..., :half] = x[..., ::2]
    x[..., half:] = x[..., 1::2]
    return x.reshape(w.shape)


def the_way_back_as_a_view(w, heads):
    return w.reshape(*w.shape[:-1], heads, 2, -1).swapaxes(-1, -2).reshape(w.shape)


def axes_from_the_front(w, heads):
    x = w.reshape(*w.shape[:-1], heads, -1, 2)
    return x.swapaxes(*((1, 2) if w.ndim == 1 else (2, 3))).reshape(w.shape)


WRONG = {
    overwritten: "read_after_overwriting",
    the_way_back_as_a_view: "halves_to_neighbours",
    axes_from_the_front: "wrong_where_w_has_three_axes_or_more",
    the_way_back: "halves_to_neighbours",
    one_head: "heads_ignored",
    odd_first: "odd_columns_first",
    rows_as_in_pytorch: "wrong_except_where_w_has_1_axis",
    rows_if_square: "rows_permuted",
    nothing: "unchanged",
    first_head_only: "some_heads_stay",
    a_view: "a_property_fails",
    members_across_heads: "heads_ignored",
    from_both_ends: "paired_from_both_ends",
    swapped_halves: None,
    in_place: "an_argument_changed",
    biases_stay: "wrong_where_w_has_1_axis",
    first_and_last_head: "some_heads_stay",
    layers_are_heads: "wrong_where_w_has_3_axes",
    matrices_only: "wrong_except_where_w_has_2_axes",
    leading_axes_flattened: "right_numbers_in_another_shape",
    heads_reversed: "wrong_except_where_heads_is_1",
    size_for_number: "size_of_a_head_for_their_number",
    fours: "in_another_order",
    in_int64: "a_property_fails",
    joined_without_axis: "heads_joined_along_rows",
    split_without_axis: "heads_joined_along_rows",
    as_rotate_half_does: "second_half_negated",
    head_from_the_rows: "size_of_a_head_from_the_rows",
}
