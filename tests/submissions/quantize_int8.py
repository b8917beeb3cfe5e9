"""Right and wrong ways to write quantize_int8."""

import numpy as np


def axis_moved_to_the_front(w, axis=0):
    moved = np.moveaxis(w.astype(float), axis, 0)
    top = np.abs(moved).reshape(len(moved), -1).max(axis=1)
    top[top == 0] = 127
    scale = (top / 127).reshape(-1, *[1] * (w.ndim - 1))
    codes = np.round(moved / scale).astype(np.int8)
    return np.moveaxis(codes, 0, axis), np.moveaxis(scale, 0, axis)


def loops(w, axis=0):
    codes, shape = np.zeros(w.shape, np.int8), [1] * w.ndim
    shape[axis] = w.shape[axis]
    top = [0.0] * w.shape[axis]
    for index in np.ndindex(w.shape):
        top[index[axis]] = max(top[index[axis]], abs(float(w[index])))
    for index in np.ndindex(w.shape):
        if top[index[axis]] > 0:
            codes[index] = round(float(w[index]) * 127 / top[index[axis]])
    return codes, np.array([t / 127 or 1.0 for t in top]).reshape(shape)


def a_floor_under_the_scale(w, axis=0):
    axes = tuple(set(range(w.ndim)) - {axis % w.ndim})
    bound = np.maximum(w.max(axes, keepdims=True), -w.min(axes, keepdims=True))
    scale = np.maximum(bound / 127.0, 1e-30)
    return np.floor(w / scale + 0.5).astype("int8"), scale


def multiplied_by_the_inverse(w, axis=0):
    axes = [a for a in range(w.ndim) if a != axis % w.ndim]
    top = np.abs(w.astype(np.float64)).max(axis=tuple(axes), keepdims=True)
    safe = np.where(top > 0, top, 1.0)
    return (w * (127 / safe)).round().clip(-127, 127).astype(np.int8), safe / 127


def pytorch(w, axis=0):
    import torch

    x = torch.from_numpy(np.array(w)).double()
    over = [a for a in range(x.ndim) if a != axis % x.ndim]
    top = x.abs().amax(dim=over, keepdim=True)
    scale = torch.where(top == 0, torch.ones_like(top), top / 127)
    return torch.round(x / scale).to(torch.int8).numpy(), scale.numpy()


def by_slices(w, axis=0):
    """One channel after the other, picked with a tuple of slices."""
    axis = axis % w.ndim
    codes = np.zeros(w.shape, np.int8)
    scale = np.ones([n if a == axis else 1 for a, n in enumerate(w.shape)])
    for i in range(w.shape[axis]):
        here = tuple(i if a == axis else slice(None) for a in range(w.ndim))
        channel = w[here].astype(float)
        largest = max(abs(channel.max()), abs(channel.min()))
        if largest > 0:
            one = tuple(i if a == axis else 0 for a in range(w.ndim))
            scale[one] = largest / 127
            codes[here] = np.around(channel / scale[one])
    return codes, scale


def _channels(w, axis):
    return tuple(a for a in range(w.ndim) if a != axis % w.ndim)


def per_tensor(w, axis=0):
    scale = np.abs(w).max() / 127
    return np.round(w / scale).astype(np.int8), np.array(scale)


def like_the_signature_of_max(w, axis=0):
    scale = np.max(np.abs(w), axis=axis, keepdims=True) / 127
    return np.round(w / scale).astype(np.int8), scale


def matrices_only(w, axis=0):
    scale = np.abs(w).max(axis=1 - axis, keepdims=True) / 127
    scale[scale == 0] = 1
    return np.round(w / scale).astype(np.int8), scale


def always_rows(w, axis=0):
    flat = w.reshape(len(w), -1).astype(float)
    scale = np.abs(flat).max(axis=1) / 127
    scale[scale == 0] = 1
    scale = scale.reshape(-1, *[1] * (w.ndim - 1))
    return np.round(w / scale).astype(np.int8), scale


def wraps_around(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 128
    scale = np.where(scale == 0, 1, scale)
    return np.round(w / scale).astype(np.int32).astype(np.int8), scale


def one_hundred_and_twenty_eight_clipped(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 128
    scale = np.where(scale == 0, 1, scale)
    return np.clip(np.round(w / scale), -128, 127).astype(np.int8), scale


def cut_off(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 127
    scale = np.where(scale == 0, 1, scale)
    return (w / scale * (1 + 1e-12)).astype(np.int8), scale


def zero_point_lost(w, axis=0):
    low = w.min(_channels(w, axis), keepdims=True)
    high = w.max(_channels(w, axis), keepdims=True)
    scale = np.maximum((high - low) / 255, 1e-12)
    return (np.round((w - low) / scale) - 128).astype(np.int8), scale


def unsigned(w, axis=0):
    low = w.min(_channels(w, axis), keepdims=True)
    high = w.max(_channels(w, axis), keepdims=True)
    scale = np.maximum((high - low) / 255, 1e-12)
    return np.round((w - low) / scale).astype(np.uint8), scale


def no_absolute_value(w, axis=0):
    scale = w.max(_channels(w, axis), keepdims=True) / 127
    scale = np.where(scale == 0, 1, scale)
    return np.clip(np.round(w / scale), -127, 127).astype(np.int8), scale


def inverse_scale(w, axis=0):
    top = np.abs(w).max(_channels(w, axis), keepdims=True).astype(float)
    factor = 127 / np.where(top == 0, 1, top)
    return np.round(w * factor).astype(np.int8), factor


def no_keepdims(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis)) / 127
    scale = np.where(scale == 0, 1, scale)
    shape = [1] * w.ndim
    shape[axis] = -1
    return np.round(w / scale.reshape(shape)).astype(np.int8), scale


def dequantized(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 127
    scale = np.where(scale == 0, 1, scale)
    return np.round(w / scale) * scale, scale


def int32_codes(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 127
    scale = np.where(scale == 0, 1, scale)
    return np.round(w / scale).astype(np.int32), scale


def zeros_divided(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 127
    return np.round(w / scale).astype(np.int8), scale


def with_eps(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 127 + 1e-8
    return np.round(w / scale).astype(np.int8), scale


def standard_deviation(w, axis=0):
    scale = 3 * w.std(_channels(w, axis), keepdims=True) / 127
    scale = np.where(scale == 0, 1, scale)
    return np.clip(np.round(w / scale), -127, 127).astype(np.int8), scale


def in_half_precision(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 127
    scale = np.where(scale == 0, 1, scale).astype(np.float16)
    return np.round(w / scale).astype(np.int8), scale


def power_of_two(w, axis=0):
    top = np.abs(w).max(_channels(w, axis), keepdims=True).astype(float)
    scale = 2.0 ** np.ceil(np.log2(np.where(top == 0, 1, top) / 127))
    return np.round(w / scale).astype(np.int8), scale


def in_place(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 127
    scale = np.where(scale == 0, 1, scale)
    w[...] = np.round(w / scale)
    return w.astype(np.int8), scale


def scale_forgotten(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 127
    scale = np.where(scale == 0, 1, scale)
    return np.round(w / scale).astype(np.int8), np.ones(scale.shape)


def the_other_way_round(w, axis=0):
    scale = np.abs(w).max(_channels(w, axis), keepdims=True) / 127
    scale = np.where(scale == 0, 1, scale)
    return scale, np.round(w / scale).astype(np.int8)


def truncated_and_per_tensor(w, axis=0):
    scale = np.full((1,) * w.ndim, np.abs(w).max() / 127)
    return (w / scale * (1 + 1e-12)).astype(np.int8), scale


def _absmax(w, axis, axes=None):
    top = np.abs(w.astype(float)).max(_channels(w, axis) if axes is None else axes, keepdims=True)
    return np.where(top == 0, 127, top) / 127


def negative_axis_not_counted_from_the_end(w, axis=0):
    axes = tuple(a for a in range(w.ndim) if a != axis)
    scale = _absmax(w, axis, axes)
    return np.round(w / scale).astype(np.int8), scale


def rows_of_a_square_matrix(w, axis=0):
    if w.ndim == 2 and w.shape[0] == w.shape[1]:
        axis = 0
    scale = _absmax(w, axis)
    return np.round(w / scale).astype(np.int8), scale


def scale_of_one_for_small_weights(w, axis=0):
    top = np.abs(w.astype(float)).max(_channels(w, axis), keepdims=True)
    scale = np.where(top < 1e-4, 1, top / 127)
    return np.round(w / scale).astype(np.int8), scale


def floor_under_the_scale(w, axis=0):
    scale = np.maximum(_absmax(w, axis), 1e-5)
    return np.round(w / scale).astype(np.int8), scale


def scale_in_the_type_of_the_weights(w, axis=0):
    scale = _absmax(w, axis)
    scale = np.maximum(scale.astype(w.dtype), 1) if w.dtype.kind in "iu" else scale
    return np.round(w / scale).astype(np.int8), scale


def reduced_over_one_axis(w, axis=0):
    """Right for matrices: of three axes one is left over."""
    scale = _absmax(w, axis, (axis + 1) % w.ndim)
    return np.round(w / scale).astype(np.int8), scale


def positive_weights_from_zero_to_127(w, axis=0):
    scale = _absmax(w, axis)
    if w.min() >= 0:
        scale = scale * 127 / 255
        return np.round(w / scale).clip(0, 127).astype(np.int8), scale
    return np.round(w / scale).astype(np.int8), scale


def scale_squeezed(w, axis=0):
    scale = _absmax(w, axis)
    codes = np.round(w / scale).astype(np.int8)
    return codes, scale if w.ndim == 2 else scale.reshape(-1)


def axis_counted_among_two(w, axis=0):
    """The axis modulo 2, for matrices."""
    scale = _absmax(w, axis % 2)
    return np.round(w / scale).astype(np.int8), scale


def axis_0_of_three(w, axis=0):
    axis = axis if w.ndim < 3 else 0
    scale = _absmax(w, axis)
    return np.round(w / scale).astype(np.int8), scale


def middle_axis_by_its_slices(w, axis=0):
    """Each slice along the first axis by itself."""
    if w.ndim < 3:
        scale = _absmax(w, axis)
        return np.round(w / scale).astype(np.int8), scale
    scale = np.stack([_absmax(each, 0) for each in w])
    return np.round(w / scale).astype(np.int8), scale


def scale_broadcast(w, axis=0):
    scale = _absmax(w, axis)
    codes = np.round(w / scale).astype(np.int8)
    return codes, np.broadcast_to(scale, w.shape).copy() if w.ndim > 2 else scale


def clipped_at_a_range(w, axis=0):
    w = np.clip(w, -100, 100)
    scale = _absmax(w, axis)
    return np.round(w / scale).astype(np.int8), scale


def eps_of_a_millionth(w, axis=0):
    top = np.abs(w.astype(float)).max(_channels(w, axis), keepdims=True)
    scale = np.where(top > 1e-3, top, 1e-3 + top) / 127
    return np.round(w / scale).astype(np.int8), scale


def zeros_scaled_by_zero(w, axis=0):
    scale = np.abs(w.astype(float)).max(_channels(w, axis), keepdims=True) / 127
    codes = np.round(np.divide(w, scale, out=np.zeros(w.shape), where=scale > 0))
    return codes.astype(np.int8), scale


def floor_of_1e_8(w, axis=0):
    scale = np.maximum(_absmax(w, axis), 1e-8)
    return np.round(w / scale).astype(np.int8), scale


def range_for_twice_the_maximum(w, axis=0):
    axes = _channels(w, axis)
    scale = (w.max(axes, keepdims=True) - 1.0 * w.min(axes, keepdims=True)) / 254
    scale = np.where(scale == 0, 1.0, scale)
    return np.clip(np.round(w / scale), -127, 127).astype(np.int8), scale


def half_added(w, axis=0):
    scale = _absmax(w, axis)
    return (w / scale + 0.5).astype(np.int8), scale


def maximum_divided_in_its_type(w, axis=0):
    top = np.abs(w).max(_channels(w, axis), keepdims=True)
    scale = np.empty_like(top)
    scale[...] = top / 127
    scale[scale == 0] = 1
    return np.clip(np.round(w / scale), -127, 127).astype(np.int8), scale.astype(float)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    per_tensor: "one_scale_for_all",
    like_the_signature_of_max: "maximum_along_the_axis",
    matrices_only: "wrong_except_where_w_has_2_axes",
    always_rows: "axis_ignored",
    wraps_around: "divided_by_128",
    one_hundred_and_twenty_eight_clipped: "divided_by_128",
    cut_off: "rounded_toward_zero",
    zero_point_lost: "asymmetric_without_zero_point",
    unsigned: "asymmetric_without_zero_point",
    no_absolute_value: "maximum_without_its_sign",
    inverse_scale: "scale_turned_over",
    no_keepdims: "scale_of_no_axis_kept",
    dequantized: "restored_for_codes",
    int32_codes: "codes_left_as_floats",
    zeros_divided: "zero_by_zero",
    with_eps: "eps_in_the_scale",
    standard_deviation: None,
    in_half_precision: "in_half_precision",
    power_of_two: "too_large",
    in_place: "an_argument_changed",
    the_other_way_round: "parts_in_another_order",
    scale_forgotten: "scale_dropped",
    truncated_and_per_tensor: None,
    negative_axis_not_counted_from_the_end: "wrong_where_axis_is_-1",
    rows_of_a_square_matrix: "wrong_where_all_axes_of_w_are_equally_long",
    scale_of_one_for_small_weights: "wrong_for_numbers_that_are_tiny",
    floor_under_the_scale: "cut_off",
    scale_in_the_type_of_the_weights: "truncated_to_integers",
    reduced_over_one_axis: "last_axis_only_reduced",
    positive_weights_from_zero_to_127: "too_large",
    scale_squeezed: "right_numbers_in_another_shape",
    axis_counted_among_two: "axis_always_1",
    axis_0_of_three: "wrong_where_w_has_3_axes",
    middle_axis_by_its_slices: "wrong_where_w_has_3_axes",
    scale_broadcast: "wrong_where_w_has_3_axes",
    clipped_at_a_range: "cut_off",
    eps_of_a_millionth: "wrong_for_numbers_that_are_tiny",
    zeros_scaled_by_zero: "zero_by_zero",
    floor_of_1e_8: "wrong_for_numbers_that_are_tiny",
    range_for_twice_the_maximum: "half_of_the_range",
    half_added: "half_added_and_cut_off",
    maximum_divided_in_its_type: "truncated_to_integers",
}

# Right answers that pass with a note.
NOTED = {pytorch}
