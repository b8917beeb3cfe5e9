"""Right and wrong ways to write the backward pass of broadcasting."""

import numpy as np


def axis_by_axis(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


def padded_shape(gradient, shape):
    full = (1,) * (np.ndim(gradient) - len(shape)) + shape
    axes = tuple(i for i, n in enumerate(full) if n == 1)
    return np.sum(gradient, axis=axes, keepdims=True).reshape(shape)


def scattered(gradient, shape):
    places = np.broadcast_to(np.arange(np.prod(shape, dtype=int)).reshape(shape), gradient.shape)
    total = np.zeros(np.prod(shape, dtype=int))
    np.add.at(total, places.ravel(), gradient.ravel())
    return total.reshape(shape)


def into_a_view_of_stride_zero(gradient, shape):
    result = np.zeros(shape)
    full = result.reshape((1,) * (gradient.ndim - len(shape)) + shape)
    for index in np.ndindex(gradient.shape):
        at = tuple(0 if n == 1 else i for i, n in zip(index, full.shape, strict=True))
        full[at] += gradient[index]
    return result


def einsum(gradient, shape):
    letters = "abcdefgh"[: gradient.ndim]
    offset = gradient.ndim - len(shape)
    kept = "".join(c for c, n in zip(letters[offset:], shape, strict=True) if n != 1)
    return np.einsum(f"{letters}->{kept}", gradient).reshape(shape)


def pytorch(gradient, shape):
    import torch

    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    x.expand(gradient.shape).backward(torch.tensor(gradient, dtype=torch.float64))
    return x.grad.numpy()


def unchanged(gradient, shape):
    return gradient.copy()


def leading_axes_only(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return gradient


def mean_over_leading_axes_only(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.mean(axis=0)
    return gradient


def ones_only(gradient, shape):
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


def ones_before_leading_axes(gradient, shape):
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return gradient


def no_keepdims(gradient, shape):
    full = (1,) * (gradient.ndim - len(shape)) + shape
    return gradient.sum(axis=tuple(i for i, n in enumerate(full) if n == 1))


def keepdims_and_no_reshape(gradient, shape):
    full = (1,) * (gradient.ndim - len(shape)) + shape
    axes = tuple(i for i, n in enumerate(full) if n == 1)
    return np.sum(gradient, axis=axes, keepdims=True)


def mean(gradient, shape):
    full = (1,) * (gradient.ndim - len(shape)) + shape
    axes = tuple(i for i, (n, m) in enumerate(zip(full, gradient.shape, strict=True)) if n != m)
    return gradient.sum(axis=axes).reshape(shape) * np.prod(shape) / gradient.size


def first(gradient, shape):
    full = (1,) * (gradient.ndim - len(shape)) + shape
    at = tuple(0 if n != m else slice(None) for n, m in zip(full, gradient.shape, strict=True))
    return gradient[at].reshape(shape)


def matching_sizes(gradient, shape):
    """Sums the axes whose size does not occur in the shape."""
    axes = tuple(i for i, n in enumerate(gradient.shape) if n not in shape)
    return gradient.sum(axis=axes).reshape(shape)


def batch_sum(gradient, shape):
    return np.sum(gradient, 0)


def one_leading_axis(gradient, shape):
    if gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


def reshaped(gradient, shape):
    return np.resize(gradient, shape)


def total(gradient, shape):
    return np.ones(shape) * np.sum(gradient)


def negative_axes_summed_one_by_one_without_keepdims(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in reversed(list(enumerate(shape))):
        if size == 1:
            gradient = gradient.sum(axis=axis)
    return gradient


def in_place(gradient, shape):
    gradient -= gradient.min()
    return leading_axes_only(gradient, shape)


def _axes(gradient, shape):
    new = gradient.ndim - len(shape)
    return new, tuple(new + i for i, n in enumerate(shape) if n == 1)


def ones_of_the_gradient_summed_away(gradient, shape):
    """np.squeeze afterwards."""
    new, ones = _axes(gradient, shape)
    summed = gradient.sum(axis=(*range(new), *ones), dtype=float)
    return summed.reshape([n for n in shape if n > 1])


def one_axis_of_ones(gradient, shape):
    new, ones = _axes(gradient, shape)
    summed = gradient.sum(axis=tuple(range(new)), dtype=float)
    return summed.sum(axis=ones[0] - new, keepdims=True) if ones else summed


def aligned_at_the_left_if_it_fits(gradient, shape):
    new = gradient.ndim - len(shape)
    left = gradient.shape[: len(shape)] == shape and new
    axes = tuple(range(len(shape), gradient.ndim)) if left else tuple(range(new))
    g = gradient.sum(axis=axes, dtype=float)
    ones = tuple(i for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=ones, keepdims=True) if ones else g


def a_number_of_one_axis(gradient, shape):
    new, ones = _axes(gradient, shape)
    g = gradient.sum(axis=(*range(new), *ones), dtype=float)
    return g.reshape(shape or (1,))


def columns_summed_as_rows(gradient, shape):
    """A square gradient is summed over the first axis."""
    new, ones = _axes(gradient, shape)
    if gradient.ndim == 2 and gradient.shape[0] == gradient.shape[1]:
        return gradient.sum(axis=0).reshape(shape)
    return gradient.sum(axis=(*range(new), *ones), dtype=float).reshape(shape)


def leading_ones_taken_for_new_axes(gradient, shape):
    while shape and shape[0] == 1 and len(shape) > 1:
        shape = shape[1:]
    new, ones = _axes(gradient, shape)
    return gradient.sum(axis=(*range(new), *ones), dtype=float).reshape(shape)


def two_stretched_axes_at_most(gradient, shape):
    out = 1.0 * gradient
    while out.ndim > len(shape):
        out = out.sum(axis=0)
    stretched = [axis for axis, (a, b) in enumerate(zip(shape, out.shape, strict=True)) if a != b]
    return out.sum(axis=tuple(stretched[:2]), keepdims=True)


def mean_over_stretched_axes(gradient, shape):
    out = 1.0 * gradient
    while out.ndim > len(shape):
        out = out.sum(axis=0)
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return out.mean(axis=stretched, keepdims=True)


def summed_before_the_reshape(gradient, shape):
    new = gradient.ndim - len(shape)
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return (1.0 * gradient).sum(axis=(*range(new), *stretched)).reshape(shape)


def blocks_added(gradient, shape):
    return np.add.reduce(gradient.reshape(-1, *shape))


def one_axis_after_another(gradient, shape):
    new, ones = _axes(gradient, shape)
    gradient = gradient.sum(axis=ones, keepdims=True)
    for axis in range(new):
        gradient = gradient.sum(axis)
    return gradient


def last_axes_taken_for_the_new(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=-1)
    ones = tuple(i for i, n in enumerate(shape) if n == 1)
    return gradient.sum(axis=ones, keepdims=True)


def axes_counted_by_the_shape(gradient, shape):
    g = 1.0 * gradient
    if g.ndim > len(shape):
        for _ in shape:
            g = g.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def either_kind(gradient, shape):
    out = 1.0 * gradient
    if out.ndim == len(shape):
        for axis, n in enumerate(shape):
            out = out.sum(axis, keepdims=True) if n == 1 else out
    while out.ndim > len(shape):
        out = out.sum(0)
    return out


def rows_of_one(gradient, shape):
    """A bias of shape (1, d)."""
    out = 1.0 * gradient
    while out.ndim > len(shape):
        out = out.sum(0)
    return out.sum(axis=0, keepdims=True) if shape and shape[0] == 1 else out


def columns_of_one(gradient, shape):
    """Means kept with keepdims."""
    out = np.sum(gradient, axis=tuple(range(gradient.ndim - len(shape))), dtype=float)
    return out.sum(axis=-1, keepdims=True) if shape and shape[-1] == 1 else out


# The mistake that each is told; None where no known one explains it.
def squeezed_first(gradient, shape):
    total = np.squeeze(gradient)
    if total.ndim >= len(shape):
        total = total.sum(axis=tuple(range(total.ndim - len(shape))))
        ones = tuple(i for i, n in enumerate(shape) if n == 1)
        total = total.sum(axis=ones, keepdims=True)
    return total


def first_of_the_stretched(gradient, shape):
    total = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    for axis, size in enumerate(shape):
        if size == 1:
            total = total.take([0], axis=axis)
    return total


def as_it_is_if_of_one_size(gradient, shape):
    if gradient.size == np.prod(shape):
        return gradient
    new, ones = _axes(gradient, shape)
    return gradient.sum(axis=(*range(new), *ones)).reshape(shape)


def first_axis_not_reached(gradient, shape):
    new, _ = _axes(gradient, shape)
    gradient = gradient.sum(axis=tuple(range(new)))
    for i in range(1, len(shape)):
        if shape[-i] == 1:
            gradient = gradient.sum(axis=-i, keepdims=True)
    return gradient


def reversed_shape_from_the_left(gradient, shape):
    new, _ = _axes(gradient, shape)
    gradient = gradient.sum(axis=tuple(range(new)))
    for i, size in enumerate(shape[::-1]):
        if size == 1:
            gradient = gradient.sum(axis=i, keepdims=True)
    return gradient


WRONG = {
    unchanged: "not_summed",
    leading_axes_only: "only_new_axes",
    mean_over_leading_axes_only: "mean_for_sum",
    ones_only: "only_stretched_axes",
    ones_before_leading_axes: "stretched_axes_not_shifted",
    no_keepdims: "right_numbers_in_another_shape",
    keepdims_and_no_reshape: "new_axes_kept",
    mean: "mean_for_sum",
    first: "first_copy_taken",
    matching_sizes: "axes_found_by_their_lengths",
    batch_sum: "first_axis_always",
    one_leading_axis: "one_axis_only",
    reshaped: "first_copy_taken",
    total: "total_everywhere",
    negative_axes_summed_one_by_one_without_keepdims: "right_numbers_in_another_shape",
    in_place: "an_argument_changed",
    ones_of_the_gradient_summed_away: "right_numbers_in_another_shape",
    last_axes_taken_for_the_new: "last_axes_summed",
    blocks_added: "folded",
    one_axis_after_another: "axes_gone_but_counted",
    one_axis_of_ones: "one_stretched_axis",
    aligned_at_the_left_if_it_fits: "axes_found_by_their_lengths",
    a_number_of_one_axis: "right_numbers_in_another_shape",
    columns_summed_as_rows: None,
    leading_ones_taken_for_new_axes: "right_numbers_in_another_shape",
    two_stretched_axes_at_most: "wrong_where_shape_has_4_entries",
    mean_over_stretched_axes: "mean_for_sum",
    summed_before_the_reshape: "stretched_axes_not_shifted",
    axes_counted_by_the_shape: "as_many_axes_as_shape_has",
    either_kind: "stretched_axes_only_if_none_is_new",
    rows_of_one: "stretched_at_one_end",
    columns_of_one: "stretched_at_one_end",
    squeezed_first: "right_numbers_in_another_shape",
    first_of_the_stretched: "first_copy_taken",
    as_it_is_if_of_one_size: "right_numbers_in_another_shape",
    first_axis_not_reached: "stretched_at_one_end",
    reversed_shape_from_the_left: "stretched_axes_mirrored",
}
