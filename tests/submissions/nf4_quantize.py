"""Right and wrong ways to quantize to NF4."""

import numpy as np


def all_distances(w, table, block=64):
    blocks = np.asarray(w, w.dtype if w.dtype.kind == "f" else float).reshape(len(w), -1, block)
    scale = np.max(np.abs(blocks), axis=-1)
    unit = blocks / np.where(scale > 0, scale, 1)[:, :, None]
    codes = np.argmin(np.abs(unit[..., None] - table), axis=-1)
    return codes.reshape(w.shape).astype(np.uint8), scale


def thresholds(w, table, block=64):
    """Digitized by the middles."""
    w = w if w.dtype.kind == "f" else w.astype(float)
    blocks = w.reshape(-1, block)
    scale = np.abs(blocks).max(axis=1, keepdims=True)
    unit = np.divide(blocks, scale, out=np.zeros_like(blocks), where=scale > 0)
    codes = np.digitize(unit, (table[:-1] + table[1:]) / 2, right=True)
    return np.uint8(codes.reshape(w.shape)), scale.reshape(len(w), -1)


def counted(w, table, block=64):
    """How many middles lie below."""
    w = w if w.dtype.kind == "f" else w.astype(np.float64)
    rows = np.array([np.split(row, len(row) // block) for row in w])
    scale = np.abs(rows).max(-1)
    middles = (table[1:] + table[:-1]) / 2 * scale[..., None, None]
    codes = (rows[..., None] > middles).sum(axis=-1)
    codes[scale == 0] = np.argmin(np.abs(table))
    return codes.reshape(w.shape).astype("uint8"), scale


def loops(w, table, block=64):
    rows, columns = w.shape
    codes = np.empty((rows, columns), np.uint8)
    scale = np.empty((rows, columns // block), w.dtype if w.dtype.kind == "f" else float)
    for row in range(rows):
        for at in range(0, columns, block):
            numbers = [float(v) for v in w[row, at : at + block]]
            scale[row, at // block] = top = max(map(abs, numbers))
            for j, v in enumerate(numbers):
                distances = [abs(v / (top or 1) - float(level)) for level in table]
                codes[row, at + j] = distances.index(min(distances))
    return [codes, scale]


def by_searchsorted(w, table, block=64):
    """The neighbours on both sides, and the nearer of the two."""
    blocks = (w * 1.0).reshape(len(w), w.shape[1] // block, block)
    scale = np.maximum(blocks.max(axis=2), -blocks.min(axis=2))
    unit = blocks / np.where(scale == 0, 1, scale)[..., np.newaxis]
    above = np.clip(np.searchsorted(table, unit), 1, 15)
    nearer = unit - table[above - 1] < table[above] - unit
    return np.where(nearer, above - 1, above).reshape(w.shape).astype(np.uint8), scale


def pytorch(w, table, block=64):
    import torch

    kind = torch.float32 if w.dtype == np.float32 else torch.float64
    blocks = torch.tensor(w, dtype=kind).reshape(len(w), -1, block)
    scale = blocks.abs().amax(-1)
    unit = blocks / torch.where(scale == 0, 1, scale)[..., None]
    middles = torch.tensor((table[1:] + table[:-1]) / 2, dtype=kind)
    codes = torch.bucketize(unit.contiguous(), middles)
    return codes.to(torch.uint8).reshape(w.shape).numpy(), scale.numpy()


def scales_in_float64(w, table, block=64):
    """Which of the floats the scales are is not judged."""
    return all_distances(w.astype(np.float64), table, block)


def _blocks(w, block):
    w = w if w.dtype.kind == "f" else w.astype(float)
    return w.reshape(len(w), -1, block)


def _codes(blocks, scale, table, shape):
    unit = blocks / np.where(scale == 0, 1, scale)[..., None]
    return np.abs(unit[..., None] - table).argmin(-1).reshape(shape).astype(np.uint8)


def a_scale_a_row(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.repeat(np.abs(blocks).max((1, 2))[:, None], blocks.shape[1], axis=1)
    return _codes(blocks, scale, table, w.shape), scale


def a_scale_for_all(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.full(blocks.shape[:2], np.abs(blocks).max())
    return _codes(blocks, scale, table, w.shape), scale


def even_steps(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    unit = blocks / np.where(scale == 0, 1, scale)[..., None]
    return np.round((unit + 1) / 2 * 15).reshape(w.shape).astype(np.uint8), scale


def next_above(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    unit = blocks / np.where(scale == 0, 1, scale)[..., None]
    return np.searchsorted(table, unit).reshape(w.shape).astype(np.uint8), scale


def next_below(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    unit = blocks / np.where(scale == 0, 1, scale)[..., None]
    codes = np.searchsorted(table, unit, side="right") - 1
    return codes.reshape(w.shape).astype(np.uint8), scale


def largest_signed(w, table, block=64):
    blocks = _blocks(w, block)
    scale = blocks.max(-1)
    return _codes(blocks, scale, table, w.shape), scale


def divided_by_seven(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    return _codes(blocks, scale, table, w.shape), scale / 7


def inverse_scale(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    return _codes(blocks, scale, table, w.shape), inverse


def levels(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    return table[_codes(blocks, scale, table, w.shape)], scale


def restored(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    unit = table[_codes(blocks, scale, table, blocks.shape)]
    return (unit * scale[..., None]).reshape(w.shape), scale


def signed_codes(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    return _codes(blocks, scale, table, w.shape).astype(np.int8) - 8, scale


def int64_codes(w, table, block=64):
    codes, scale = all_distances(w, table, block)
    return codes.astype(np.int64), scale


def zeros_are_nan(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    with np.errstate(invalid="ignore"):
        unit = blocks / scale[..., None]
    codes = np.abs(unit[..., None] - table).argmin(-1)
    return codes.reshape(w.shape).astype(np.uint8), scale


def ones_for_zeros(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    scale[scale == 0] = 1
    return _codes(blocks, scale, table, w.shape), scale


def floor_of_eps(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.maximum(np.abs(blocks).max(-1), 1e-8)
    return _codes(blocks, scale, table, w.shape), scale


def mirrored(w, table, block=64):
    """As if the table were symmetric about code 7.5."""
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max(-1)
    codes = _codes(np.abs(blocks), scale, table, w.shape)
    return np.where((w < 0) & (codes > 7), 15 - codes, codes).astype(np.uint8), scale


def code_0_for_zeros(w, table, block=64):
    codes, scale = all_distances(w, table, block)
    return np.where(np.repeat(scale, block, axis=1) == 0, 0, codes).astype(np.uint8), scale


def not_divided(w, table, block=64):
    blocks = _blocks(w, block)
    return _codes(blocks, np.ones(blocks.shape[:2]), table, w.shape), np.abs(blocks).max(-1)


def packed(w, table, block=64):
    codes, scale = all_distances(w, table, block)
    return codes[:, ::2] | codes[:, 1::2] << 4, scale


def own_table(w, table, block=64):
    """NF4 whatever the table is."""
    from answers.language_models.nf4 import NF4

    return all_distances(w, NF4, block)


def usual_block(w, table, block=64):
    """64 where the rows are as long."""
    return all_distances(w, table, 64 if w.shape[1] % 64 == 0 else min(block, 4))


def scales_with_an_axis_more(w, table, block=64):
    codes, scale = all_distances(w, table, block)
    return codes, scale[..., None]


def blocks_down_the_columns(w, table, block=64):
    blocks = _blocks(w, block)
    across = np.abs(blocks.transpose(1, 0, 2).reshape(blocks.shape)).max(-1)
    return _codes(blocks, across, table, w.shape), across


def normalized_in_place(w, table, block=64):
    codes, scale = all_distances(w, table, block)
    if w.dtype.kind == "f":
        w /= np.repeat(np.where(scale == 0, 1, scale), block, axis=1)
    return codes, scale


def code_7_for_zeros(w, table, block=64):
    codes, scale = all_distances(w, table, block)
    return np.where(np.repeat(scale, block, axis=1) == 0, 7, codes).astype(np.uint8), scale


def signed_scale(w, table, block=64):
    blocks = _blocks(w, block)
    top, bottom = blocks.max(-1), blocks.min(-1)
    scale = np.where(top >= -bottom, top, bottom)
    return _codes(blocks, scale, table, w.shape), scale


def every_so_many_weights(w, table, block=64):
    blocks = np.swapaxes(_blocks(w, w.shape[1] // block), 1, 2)
    scale = np.abs(blocks).max(-1)
    codes = _codes(blocks, scale, table, blocks.shape)
    return np.swapaxes(codes, 1, 2).reshape(w.shape), scale


def rows_share_scales(w, table, block=64):
    blocks = _blocks(w, block)
    scale = np.abs(blocks).max((0, 2)) + np.zeros(blocks.shape[:2], blocks.dtype)
    return _codes(blocks, scale, table, w.shape), scale


# What each is told; None where no known mistake explains it.
WRONG = {
    a_scale_a_row: "one_scale_for_each_row",
    a_scale_for_all: "the_same_everywhere",
    even_steps: "rounded_to_even_steps",
    next_above: "next_not_nearest",
    next_below: "next_not_nearest",
    largest_signed: "largest_without_its_sign",
    divided_by_seven: "scale_of_a_step",
    inverse_scale: "scale_turned_over",
    levels: "numbers_for_codes",
    restored: "numbers_for_codes",
    signed_codes: "constant_offset",
    int64_codes: "a_property_fails",
    zeros_are_nan: "zero_by_zero",
    ones_for_zeros: "a_scale_of_1_for_zeros",
    floor_of_eps: "cut_off",
    mirrored: "signs_compared_apart",
    code_0_for_zeros: "zero_by_zero",
    not_divided: "a_division_left_out",
    packed: "two_in_a_byte",
    own_table: "table_of_its_own",
    usual_block: None,
    scales_with_an_axis_more: "right_numbers_in_another_shape",
    blocks_down_the_columns: "read_in_another_order",
    normalized_in_place: "an_argument_changed",
    code_7_for_zeros: "zero_by_zero",
    signed_scale: "scale_with_its_sign",
    every_so_many_weights: "weights_that_stand_apart",
    rows_share_scales: "scales_shared_by_the_rows",
}
