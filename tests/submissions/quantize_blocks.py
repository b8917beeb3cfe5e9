"""Right and wrong ways to write quantize_blocks."""

import numpy as np


def loops(w, block=32):
    out, width = w.shape
    packed = np.zeros((out, width // 2), np.uint8)
    scale = np.ones((out, width // block))
    for o in range(out):
        for b in range(width // block):
            own = [float(x) for x in w[o, b * block : (b + 1) * block]]
            top = max(abs(x) for x in own)
            scale[o, b] = top / 7 or 1.0
            for i, x in enumerate(own):
                code = round(x / scale[o, b]) % 16
                place = b * block + i
                packed[o, place // 2] += code if place % 2 == 0 else 16 * code
    return packed, scale


def by_arithmetic(w, block=32):
    """Sums for bits, and remainders for masks."""
    blocks = w.reshape(w.shape[0], w.shape[1] // block, block).astype(np.float64)
    top = np.maximum(blocks.max(-1), -blocks.min(-1))
    scale = np.where(top > 0, top, 7) / 7
    codes = np.floor(blocks / scale[:, :, None] + 0.5).astype(int).reshape(w.shape) % 16
    pairs = codes.reshape(len(w), -1, 2)
    return (pairs @ np.array([1, 16])).astype(np.uint8), scale


def with_repeated_scales(w, block=32):
    starts = np.arange(0, w.shape[1], block)
    scale = np.maximum.reduceat(np.abs(w), starts, axis=1) / 7.0
    scale[scale == 0] = 1
    codes = np.clip((w / scale.repeat(block, axis=1)).round(), -7, 7).astype(np.int8)
    bits = codes.view(np.uint8) & 0x0F
    return bits[:, 0::2] + (bits[:, 1::2] << 4), scale


def whole_bytes_from_bits(w, block=32):
    """np.packbits, least bit first."""
    blocks = w.reshape(-1, block) * 1.0
    top = abs(blocks).max(axis=1, keepdims=True)
    scale = top / 7
    scale[top == 0] = 0.5
    codes = np.rint(blocks / scale).astype(np.int8).reshape(w.shape)
    bits = (codes[..., None] >> np.arange(4)) & 1
    return np.packbits(bits.reshape(len(w), -1), axis=1, bitorder="little"), scale.reshape(
        len(w), -1
    )


def block_by_block(w, block=32):
    w = np.array(w, dtype=float)
    rows, columns = w.shape
    scales = np.zeros((rows, columns // block))
    codes = np.zeros((rows, columns), dtype=int)
    for r in range(rows):
        for b in range(columns // block):
            part = w[r, b * block : (b + 1) * block]
            scale = np.abs(part).max() / 7 or 1.0
            scales[r, b] = scale
            codes[r, b * block : (b + 1) * block] = np.round(part / scale)
    nibbles = np.where(codes < 0, codes + 16, codes)
    return (nibbles[:, ::2] + 16 * nibbles[:, 1::2]).astype(np.uint8), scales


def shifted_and_masked(w, block=32):
    grouped = w.reshape(w.shape[0], -1, block).astype(float)
    scales = np.abs(grouped).max(axis=2) / 7.0
    safe = np.where(scales > 0, scales, 1.0)
    codes = np.rint(grouped / safe[..., None]).reshape(w.shape).astype(np.int8)
    unsigned = codes.view(np.uint8) & 0x0F
    return unsigned[:, 0::2] | (unsigned[:, 1::2] << 4), safe


def _floats(w):
    return w if w.dtype.kind == "f" else w.astype(float)


def _scales(w, block):
    scale = np.abs(w.reshape(len(w), -1, block)).max(-1) / 7
    return np.where(scale == 0, 1, scale)


def _codes(w, block, scale):
    return np.round(w / scale.repeat(block, axis=1)).astype(np.int8)


def _pack(low, high):
    return ((low & 15) | ((high & 15) << 4)).astype(np.uint8)


def per_row(w, block=32):
    scale = np.abs(w).max(axis=1, keepdims=True) / 7
    scale = np.repeat(scale, w.shape[1] // block, axis=1)
    scale[scale == 0] = 1
    codes = _codes(w, block, scale)
    return _pack(codes[:, ::2], codes[:, 1::2]), scale


def per_channel(w, block=32):
    """A scale a row, and no block at all."""
    scale = np.abs(w).max(axis=1, keepdims=True) / 7
    codes = np.round(w / scale).astype(np.int8)
    return _pack(codes[:, ::2], codes[:, 1::2]), scale


def big_end_first(w, block=32):
    scale = _scales(w, block)
    codes = _codes(w, block, scale)
    return _pack(codes[:, 1::2], codes[:, ::2]), scale


def unmasked(w, block=32):
    scale = _scales(w, block)
    codes = _codes(w, block, scale)
    return (codes[:, ::2] + (codes[:, 1::2] << 4)).astype(np.uint8), scale


def or_without_a_mask(w, block=32):
    scale = _scales(w, block)
    codes = _codes(w, block, scale).view(np.uint8)
    return codes[:, ::2] | (codes[:, 1::2] << 4), scale


def offset_binary(w, block=32):
    scale = _scales(w, block)
    codes = _codes(w, block, scale) + 8
    return _pack(codes[:, ::2], codes[:, 1::2]), scale


def two_complement_to_minus_8(w, block=32):
    scale = _scales(w, block) * 7 / 8
    codes = np.clip(np.round(w / scale.repeat(block, axis=1)), -8, 7).astype(np.int8)
    return _pack(codes[:, ::2], codes[:, 1::2]), scale


def cut_off(w, block=32):
    scale = _scales(w, block)
    codes = (w / scale.repeat(block, axis=1) * (1 + 1e-12)).astype(np.int8)
    return _pack(codes[:, ::2], codes[:, 1::2]), scale


def bytes_for_codes(w, block=32):
    scale = _scales(w, block)
    return _codes(w, block, scale), scale


def int32_bytes(w, block=32):
    packed, scale = with_repeated_scales(w, block)
    return packed.astype(np.int32), scale


def zeros_divided(w, block=32):
    blocks = w.reshape(len(w), -1, block)
    scale = np.abs(blocks).max(-1) / 7
    codes = np.round(blocks / scale[..., None]).astype(np.int8).reshape(w.shape)
    return _pack(codes[:, ::2], codes[:, 1::2]), scale


def inverse(w, block=32):
    packed, scale = with_repeated_scales(w, block)
    return packed, 1 / scale


def restored(w, block=32):
    scale = _scales(w, block)
    return _codes(w, block, scale) * scale.repeat(block, axis=1), scale


def the_other_way_round(w, block=32):
    return with_repeated_scales(w, block)[::-1]


def half_precision_scales(w, block=32):
    scale = _scales(w, block).astype(np.float16)
    codes = _codes(w, block, scale.astype(float))
    return _pack(codes[:, ::2], codes[:, 1::2]), scale


def down_the_columns(w, block=32):
    packed, scale = with_repeated_scales(np.ascontiguousarray(w.T), w.shape[0])
    return packed.T, scale.T


def _packed(codes):
    return _pack(codes[:, ::2], codes[:, 1::2])


def blocks_of_at_most_16(w, block=32):
    size = min(block, 16)
    scale = _scales(w, size)
    return _packed(_codes(w, size, scale)), scale


def scale_of_one_for_small_blocks(w, block=32):
    scale = np.abs(w.reshape(len(w), -1, block)).max(-1) / 7
    scale = np.where(scale < 1e-8, 1, scale)
    return _packed(_codes(w, block, scale)), scale


def eps_under_the_scale(w, block=32):
    scale = np.maximum(np.abs(w.reshape(len(w), -1, block)).max(-1) / 7, 1e-6)
    return _packed(_codes(w, block, scale)), scale


def scales_in_the_type_of_the_weights(w, block=32):
    scale = _scales(w, block).astype(w.dtype)
    scale[scale == 0] = 1
    return _packed(_codes(w, block, scale)), scale


def smallest_normal_for_zero(w, block=32):
    """A block of zeros gets a scale that float16 would hold, and so do small ones."""
    scale = np.maximum(_scales(w, block), np.finfo(np.float16).tiny)
    return _packed(_codes(w, block, scale)), scale


def scales_squeezed(w, block=32):
    scale = _scales(w, block)
    return _packed(_codes(w, block, scale)), np.squeeze(scale)


def one_scale_for_two_blocks(w, block=32):
    """Scales are shared by neighbours, where a row has an even number of blocks."""
    scale = _scales(w, block)
    if scale.shape[1] % 2 == 0:
        scale = np.repeat(scale.reshape(len(w), -1, 2).max(-1), 2, axis=1)
    return _packed(_codes(w, block, scale)), scale


def block_counted_in_bytes(w, block=32):
    """The block is a number of bytes: its codes are twice as many."""
    size = 2 * block if w.shape[1] % (2 * block) == 0 else block
    scale = _scales(w, size)
    codes = _codes(w, size, scale)
    return _packed(codes), np.repeat(scale, size // block, axis=1)


def positive_weights_from_0_to_15(w, block=32):
    if (w < 0).any():
        scale = _scales(w, block)
        return _packed(_codes(w, block, scale)), scale
    scale = _scales(w, block) * 7 / 15
    return _packed(_codes(w, block, scale)), scale


def smallest_scale_of_a_row(w, block=32):
    """Blocks that are nearly zeros get the scale of their row."""
    scale = _scales(w, block)
    tiny = scale < 1e-6
    scale = np.where(tiny, scale.max(axis=1, keepdims=True), scale)
    return _packed(_codes(w, block, scale)), scale


def bytes_in_the_type_of_the_weights(w, block=32):
    scale = _scales(w, block)
    return _packed(_codes(w, block, scale)).astype(w.dtype), scale


def integers_without_a_scale(w, block=32):
    scale = _scales(w, block)
    if w.dtype.kind in "iu":
        scale = np.ceil(scale)
    return _packed(_codes(w, block, scale)), scale


def times_7_in_integers(w, block=32):
    scale = _scales(w, block)
    codes = w.reshape(len(w), -1, block) * 7 / (7 * scale)[..., None]
    return _packed(np.rint(codes).astype(np.int8).reshape(w.shape)), scale


def seven_and_a_half(w, block=32):
    scale = _scales(w, block) * 7 / 7.5
    codes = np.round(_floats(w) / scale.repeat(block, axis=1)).clip(-7, 7)
    return _packed(codes.astype(np.int8)), scale


def half_of_the_range(w, block=32):
    blocks = _floats(w).reshape(len(w), -1, block)
    scale = np.ptp(blocks, axis=2) / 14
    scale[scale == 0] = 1
    codes = np.clip(np.rint(blocks / scale[..., None]), -7, 7).astype(np.int8)
    return _packed(codes.reshape(w.shape)), scale


def floors(w, block=32):
    blocks = _floats(w).reshape(len(w), -1, block)
    top = np.abs(blocks).max(axis=2)
    top[top == 0] = 1
    codes = np.floor(blocks * 7 / top[..., None]).astype(np.int8)
    return _packed(codes.reshape(w.shape)), top / 7


def first_and_second_half(w, block=32):
    scale = _scales(w, block)
    codes = _codes(w, block, scale).reshape(len(w), -1, 2, block // 2)
    return _pack(codes[:, :, 0], codes[:, :, 1]).reshape(len(w), -1), scale


def zero_scale_returned(w, block=32):
    """Divided by 1 where all are zeros, and yet their scale is 0."""
    packed, scale = with_repeated_scales(w, block)
    return packed, np.where(w.reshape(len(w), -1, block).any(axis=2), scale, 0)


def halves_away_from_zero(w, block=32):
    blocks = w.astype(float).reshape(len(w), -1, block)
    top = np.abs(blocks).max(axis=2, keepdims=True)
    scale = np.where(top == 0, 1, top) / 7
    codes = np.sign(blocks) * np.floor(np.abs(blocks / scale) + 0.5)
    codes = codes.astype(int).reshape(w.shape) & 15
    return (codes[:, ::2] + 16 * codes[:, 1::2]).astype(np.uint8), scale[..., 0]


def blocks_of_32_where_they_fit(w, block=32):
    return loops(w, block if w.shape[1] % 32 else 32)


def quotients_of_sixteen_bits(w, block=32):
    blocks = w.astype(float).reshape(len(w), -1, block)
    top = np.abs(blocks).max(axis=2, keepdims=True)
    scale = np.where(top == 0, 1, top) / 7
    codes = np.rint((blocks / scale).astype(np.float16)).astype(int).reshape(w.shape) & 15
    return (codes[:, ::2] + 16 * codes[:, 1::2]).astype(np.uint8), scale[..., 0]


def one_maximum_for_all_rows(w, block=32):
    blocks = w.astype(float).reshape(len(w), -1, block)
    top = np.abs(blocks).max(axis=(0, 2), keepdims=True)
    scale = np.where(top == 0, 1, top) / 7 * np.ones((len(w), 1, 1))
    codes = np.rint(blocks / scale).astype(int).reshape(w.shape) & 15
    return (codes[:, ::2] + 16 * codes[:, 1::2]).astype(np.uint8), scale[..., 0]


# The mistake that each is told; None where no known one explains it.
WRONG = {
    per_row: "one_scale_for_each_row",
    per_channel: "without_reshape",
    big_end_first: "halves_swapped",
    unmasked: "one_taken_from_the_other_half",
    or_without_a_mask: "sign_over_the_other_half",
    offset_binary: "codes_shifted",
    two_complement_to_minus_8: "divided_by_8",
    cut_off: "rounded_toward_zero",
    bytes_for_codes: "not_packed",
    int32_bytes: "a_property_fails",
    zeros_divided: "zero_by_zero",
    inverse: "scale_turned_over",
    restored: "wrong_only_in_bytes",
    the_other_way_round: "parts_in_another_order",
    half_precision_scales: "nearly_right",
    down_the_columns: None,
    blocks_of_at_most_16: "wrong_except_where_block_is_passed",
    scale_of_one_for_small_blocks: "wrong_for_numbers_that_are_tiny",
    eps_under_the_scale: "cut_off",
    scales_in_the_type_of_the_weights: "truncated_to_integers",
    smallest_normal_for_zero: "cut_off",
    scales_squeezed: "right_numbers_in_another_shape",
    one_scale_for_two_blocks: "too_large",
    block_counted_in_bytes: "too_large",
    positive_weights_from_0_to_15: "too_large",
    smallest_scale_of_a_row: "wrong_for_numbers_that_are_tiny",
    bytes_in_the_type_of_the_weights: "a_property_fails",
    integers_without_a_scale: "right_as_floats",
    times_7_in_integers: "right_in_int64",
    seven_and_a_half: "divided_by_7_5",
    half_of_the_range: "scale_of_the_range",
    floors: "rounded_down",
    first_and_second_half: "halves_of_a_block_paired",
    zero_scale_returned: "zero_by_zero",
    blocks_of_32_where_they_fit: "wrong_where_block_is_16",
    quotients_of_sixteen_bits: "wrong_only_in_bytes",
    one_maximum_for_all_rows: "one_scale_for_all_rows",
}

# Right answers that pass with a note.
NOTED = {by_arithmetic, halves_away_from_zero}
