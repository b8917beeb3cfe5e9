"""Right and wrong ways to write the backward pass of max pooling."""

import numpy as np


def _padded(x, padding, value=-np.inf):
    sides = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return np.pad(x.astype(float), sides, constant_values=value)


def _cut(dx, x, padding):
    height, width = x.shape[2:]
    return dx[:, :, padding : padding + height, padding : padding + width]


def _by_loops(dout, x, kernel, stride, padding, place, value=-np.inf):
    """`place` gives the pixel of a window that its gradient goes to."""
    step = kernel if stride is None else stride
    p = _padded(x, padding, value)
    dx = np.zeros(p.shape)
    for n, c, r, s in np.ndindex(dout.shape):
        top, left = r * step, s * step
        i, j = place(p[n, c, top : top + kernel, left : left + kernel])
        dx[n, c, top + i, left + j] += dout[n, c, r, s]
    return _cut(dx, x, padding)


def _first(window):
    return np.unravel_index(np.argmax(window), window.shape)


def loops(dout, x, kernel, stride=None, padding=0):
    return _by_loops(dout, x, kernel, stride, padding, _first)


def argwhere(dout, x, kernel, stride=None, padding=0):
    return _by_loops(*(dout, x, kernel, stride, padding), lambda a: np.argwhere(a == a.max())[0])


def add_at(dout, x, kernel, stride=None, padding=0):
    stride = stride or kernel
    p = _padded(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(p, (kernel, kernel), (2, 3))
    views = views[:, :, ::stride, ::stride]
    i, j = np.divmod(views.reshape(*views.shape[:4], -1).argmax(axis=-1), kernel)
    n, c, r, s = np.indices(dout.shape)
    dx = np.zeros(p.shape)
    np.add.at(dx, (n, c, r * stride + i, s * stride + j), dout)
    return _cut(dx, x, padding)


def bincount(dout, x, kernel, stride=None, padding=0):
    stride = stride or kernel
    p = _padded(x, padding)
    flat = np.arange(p.size).reshape(p.shape)
    rows, cols = dout.shape[2:]
    best, where = np.full(dout.shape, -np.inf), np.zeros(dout.shape, int)
    for i in range(kernel):
        for j in range(kernel):
            at = np.s_[:, :, i : i + stride * rows : stride, j : j + stride * cols : stride]
            better = p[at] > best
            best, where = np.where(better, p[at], best), np.where(better, flat[at], where)
    dx = np.bincount(where.ravel(), dout.ravel().astype(float), p.size)
    return _cut(dx.reshape(p.shape), x, padding)


def mask_of_the_first(dout, x, kernel, stride=None, padding=0):
    stride = stride or kernel
    p = _padded(x, padding)
    rows, cols = dout.shape[2:]
    dx = np.zeros(p.shape)
    for r in range(rows):
        for s in range(cols):
            at = np.s_[
                :,
                :,
                r * stride : r * stride + kernel,
                s * stride : s * stride + kernel,
            ]
            window = p[at].reshape(*x.shape[:2], -1)
            mask = window == window.max(axis=-1, keepdims=True)
            mask &= mask.cumsum(axis=-1) == 1
            dx[at] += mask.reshape(p[at].shape) * dout[:, :, r, s][:, :, None, None]
    return _cut(dx, x, padding)


def pytorch(dout, x, kernel, stride=None, padding=0):
    import torch

    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    out = torch.nn.functional.max_pool2d(x, kernel, stride, padding)
    out.backward(torch.tensor(dout, dtype=torch.float64))
    return x.grad.numpy()


def tap_by_tap(dout, x, kernel, stride=None, padding=0):
    """Each tap takes what no earlier tap has taken."""
    stride = stride or kernel
    p = _padded(x, padding)
    rows, cols = dout.shape[2:]
    ends = [
        np.s_[:, :, i : i + stride * rows : stride, j : j + stride * cols : stride]
        for i in range(kernel)
        for j in range(kernel)
    ]
    best = np.max([p[at] for at in ends], axis=0)
    left, dx = np.array(dout, dtype=float), np.zeros(p.shape)
    for at in ends:
        hit = p[at] == best
        dx[at] += np.where(hit, left, 0)
        left = np.where(hit, 0, left)
    return _cut(dx, x, padding)


# Wrong ones


def _by_masks(dout, x, kernel, stride, padding, share, value=-np.inf):
    stride = stride or kernel
    p = _padded(x, padding, value)
    dx = np.zeros(p.shape)
    for n, c, r, s in np.ndindex(dout.shape):
        top, left = r * stride, s * stride
        window = p[n, c, top : top + kernel, left : left + kernel]
        dx[n, c, top : top + kernel, left : left + kernel] += share(window) * dout[n, c, r, s]
    return _cut(dx, x, padding)


def equal_to_the_maximum(dout, x, kernel, stride=None, padding=0):
    return _by_masks(dout, x, kernel, stride, padding, lambda a: a == a.max())


def split_evenly(dout, x, kernel, stride=None, padding=0):
    return _by_masks(
        *(dout, x, kernel, stride, padding), lambda a: (a == a.max()) / (a == a.max()).sum()
    )


def last_of_equals(dout, x, kernel, stride=None, padding=0):
    return _by_loops(*(dout, x, kernel, stride, padding), lambda a: np.argwhere(a == a.max())[-1])


def transposed_windows(dout, x, kernel, stride=None, padding=0):
    return _by_loops(dout, x, kernel, stride, padding, lambda a: _first(a.T)[::-1])


def average_pooling(dout, x, kernel, stride=None, padding=0):
    return _by_masks(*(dout, x, kernel, stride, padding), lambda a: np.full(a.shape, 1 / a.size))


def upsampled(dout, x, kernel, stride=None, padding=0):
    return _by_masks(dout, x, kernel, stride, padding, np.ones_like)


def min_pooling(dout, x, kernel, stride=None, padding=0):
    return _by_loops(*(dout, x, kernel, stride, padding), lambda a: _first(-a), value=np.inf)


def absolute_values(dout, x, kernel, stride=None, padding=0):
    return _by_loops(*(dout, x, kernel, stride, padding), lambda a: _first(np.abs(a)), value=0)


def padded_with_zeros(dout, x, kernel, stride=None, padding=0):
    return _by_loops(dout, x, kernel, stride, padding, _first, value=0)


def padded_with_minus_one(dout, x, kernel, stride=None, padding=0):
    return _by_loops(dout, x, kernel, stride, padding, _first, value=-1)


def assigned(dout, x, kernel, stride=None, padding=0):
    step = stride or kernel
    p = _padded(x, padding)
    dx = np.zeros(p.shape)
    for n, c, r, s in np.ndindex(dout.shape):
        top, left = r * step, s * step
        i, j = _first(p[n, c, top : top + kernel, left : left + kernel])
        dx[n, c, top + i, left + j] = dout[n, c, r, s]
    return _cut(dx, x, padding)


def buffered(dout, x, kernel, stride=None, padding=0):
    """`+=` with an index adds once where an index stands twice."""
    stride = stride or kernel
    p = _padded(x, padding)
    views = np.lib.stride_tricks.sliding_window_view(p, (kernel, kernel), (2, 3))
    views = views[:, :, ::stride, ::stride]
    i, j = np.divmod(views.reshape(*views.shape[:4], -1).argmax(axis=-1), kernel)
    n, c, r, s = np.indices(dout.shape)
    dx = np.zeros(p.shape)
    dx[n, c, r * stride + i, s * stride + j] += dout
    return _cut(dx, x, padding)


def not_cut(dout, x, kernel, stride=None, padding=0):
    whole = np.zeros((*x.shape[:2], *(n + 2 * padding for n in x.shape[2:])))
    inner = loops(dout, x, kernel, stride, padding)
    whole[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = inner
    return whole


def cut_at_the_end(dout, x, kernel, stride=None, padding=0):
    return not_cut(dout, x, kernel, stride, padding)[:, :, : x.shape[2], : x.shape[3]]


def stride_one(dout, x, kernel, stride=None, padding=0):
    return _by_loops(dout, x, kernel, stride or 1, padding, _first)


def scaled_by_the_input(dout, x, kernel, stride=None, padding=0):
    return loops(dout, x, kernel, stride, padding) * x


def scaled_by_the_sign(dout, x, kernel, stride=None, padding=0):
    return loops(dout, x, kernel, stride, padding) * np.sign(x)


def relu_inside(dout, x, kernel, stride=None, padding=0):
    return loops(dout, x, kernel, stride, padding) * (x > 0)


def first_channel_decides(dout, x, kernel, stride=None, padding=0):
    return loops(dout, np.repeat(x[:, :1], x.shape[1], axis=1), kernel, stride, padding)


def first_image_decides(dout, x, kernel, stride=None, padding=0):
    return loops(dout, np.repeat(x[:1], len(x), axis=0), kernel, stride, padding)


def nearly_equal(dout, x, kernel, stride=None, padding=0):
    """The first pixel that is close to the maximum."""
    return _by_loops(
        *(dout, x, kernel, stride, padding),
        lambda a: np.argwhere(a >= a.max() - 0.3)[0],
    )


def square_outputs(dout, x, kernel, stride=None, padding=0):
    """Columns beyond the number of rows are left out."""
    rows = dout.shape[2]
    return loops(dout[:, :, :, :rows], x, kernel, stride, padding)


def in_the_type_of_the_image(dout, x, kernel, stride=None, padding=0):
    return loops(dout, x, kernel, stride, padding).astype(x.dtype)


def dout_in_place(dout, x, kernel, stride=None, padding=0):
    dx = loops(dout, x, kernel, stride, padding)
    dout *= 0
    return dx


def cut_with_a_negative_end(dout, x, kernel, stride=None, padding=0):
    whole = not_cut(dout, x, kernel, stride, padding)
    return whole[:, :, padding:-padding, padding:-padding]


def slope_alone(dout, x, kernel, stride=None, padding=0):
    return loops(np.ones(dout.shape), x, kernel, stride, padding)


def largest_of_all_windows(dout, x, kernel, stride=None, padding=0):
    """A pixel that wins several windows gets their mean."""
    count = loops(np.ones(dout.shape), x, kernel, stride, padding)
    return loops(dout, x, kernel, stride, padding) / np.maximum(count, 1)


def padded_with_a_million_below(dout, x, kernel, stride=None, padding=0):
    return _by_loops(dout, x, kernel, stride, padding, _first, -1e6)


def padded_with_the_minimum(dout, x, kernel, stride=None, padding=0):
    return _by_loops(dout, x, kernel, stride, padding, _first, x.min())


def maximum_above_zero(dout, x, kernel, stride=None, padding=0):
    """If no pixel is above 0, the first stays."""

    def place(window):
        above = np.where(window == -np.inf, window, np.maximum(window, 0))
        return _first(above)

    return _by_loops(dout, x, kernel, stride, padding, place)


def single_precision(dout, x, kernel, stride=None, padding=0):
    return loops(dout, np.asarray(x, np.float32), kernel, stride, padding)


def column_then_row(dout, x, kernel, stride=None, padding=0):
    return _by_loops(
        *(dout, x, kernel, stride, padding), lambda a: divmod(a.argmax(), kernel)[::-1]
    )


def share_of_the_window(dout, x, kernel, stride=None, padding=0):
    return loops(dout / kernel**2, x, kernel, stride, padding)


def first_gradient_kept(dout, x, kernel, stride=None, padding=0):
    """A pixel that has a gradient gets no other."""
    dx, step = np.zeros(x.shape), stride or kernel
    for n, c, r, s in np.ndindex(dout.shape):
        one = np.zeros_like(dout, dtype=float)
        one[n, c, r, s] = dout[n, c, r, s]
        here = loops(one, x, kernel, step, padding)
        dx = np.where(dx != 0, dx, here)
    return dx


def product_with_the_maximum(dout, x, kernel, stride=None, padding=0):
    """Found by what is not 0 after the mask."""
    return loops(dout, x, kernel, stride, padding) * (x != 0)


def largest_over_images(dout, x, kernel, stride=None, padding=0):
    together = np.broadcast_to(x.max(axis=0), x.shape)
    return loops(dout, together, kernel, stride, padding)


def where_the_image_equals(dout, x, kernel, stride=None, padding=0):
    dx = np.zeros(x.shape)
    for n, c, r, s in np.ndindex(dout.shape):
        one = np.zeros((1, 1, *dout.shape[2:]))
        one[0, 0, r, s] = 1
        there = loops(one, x[n : n + 1, c : c + 1], kernel, stride, padding)[0, 0] == 1
        i, j = np.unravel_index((x[n, c] == x[n, c][there][0]).argmax(), x.shape[2:])
        dx[n, c, i, j] += dout[n, c, r, s]
    return dx


def turned_outputs(dout, x, kernel, stride=None, padding=0):
    square = dout.shape[2] == dout.shape[3]
    return loops(np.moveaxis(dout, 2, 3) if square else dout, x, kernel, stride, padding)


def padding_of_half_the_kernel(dout, x, kernel, stride=None, padding=0):
    """Any padding means as much as fits."""
    most = loops(np.zeros_like(dout), x, kernel, stride, padding)
    step = stride or kernel
    half = kernel // 2 if padding else 0
    wide = np.pad(
        x.astype(float), ((0, 0), (0, 0), (half,) * 2, (half,) * 2), constant_values=-1e300
    )
    needed = [(size - 1) * step + kernel for size in dout.shape[2:]]
    wide = wide[:, :, : max(needed[0], half + x.shape[2]), : max(needed[1], half + x.shape[3])]
    found = loops(dout, wide, kernel, stride, 0)[:, :, half:, half:]
    most[...] = found[:, :, : x.shape[2], : x.shape[3]]
    return most


def side_by_side(dout, x, kernel, stride=None, padding=0):
    """A window has the size of a step, if that is less."""
    step = stride or kernel

    def place(window):
        return _first(window[:step, :step])

    return _by_loops(dout, x, kernel, stride, padding, place)


def as_far_as_the_windows(dout, x, kernel, stride=None, padding=0):
    """What the windows cover, without the padding before it."""
    dx = loops(dout, x, kernel, stride, padding)
    step = stride or kernel
    last = [step * n - step + kernel for n in dout.shape[2:]]
    return dx[..., : last[0] - padding, : last[1] - padding]


def begun_at_zero(dout, x, kernel, stride=None, padding=0):
    """The first place of a window stays if no pixel is above 0, be it padding."""

    def place(window):
        found, at = 0.0, (0, 0)
        for i, j in np.ndindex(window.shape):
            if window[i, j] > found:
                found, at = window[i, j], (i, j)
        return at

    return _by_loops(dout, x, kernel, stride, padding, place)


def in_the_type_of_dout(dout, x, kernel, stride=None, padding=0):
    step = kernel if stride is None else stride
    p = _padded(x, padding)
    dx = np.zeros(p.shape, dtype=dout.dtype)
    for n, c, r, s in np.ndindex(dout.shape):
        window = p[n, c, r * step : r * step + kernel, s * step : s * step + kernel]
        i, j = _first(window)
        with np.errstate(over="ignore"):
            dx[n, c, r * step + i, s * step + j] += dout[n, c, r, s]
    return _cut(dx, x, padding)


# What each is told.
WRONG = {
    equal_to_the_maximum: "every_maximum",
    split_evenly: "shared_among_equals",
    last_of_equals: "last_maximum",
    transposed_windows: "first_by_columns",
    average_pooling: "as_a_mean",
    upsampled: "to_every_pixel",
    min_pooling: "x_negated",
    absolute_values: "largest_size",
    padded_with_zeros: "zeros_for_padding",
    padded_with_minus_one: "another_number",
    assigned: "overlaps_overwritten",
    buffered: "overlaps_overwritten",
    not_cut: "padding_left_on",
    cut_at_the_end: "padding_cut_at_the_end",
    stride_one: "no_stride_is_one",
    scaled_by_the_input: "times_the_maximum",
    scaled_by_the_sign: None,
    relu_inside: "maximum_from_zero",
    first_channel_decides: "right_only_in_the_first_entry_along_axis_1",
    first_image_decides: "x_read_at_its_first_entry_alone",
    nearly_equal: None,
    square_outputs: None,
    in_the_type_of_the_image: "truncated_to_integers",
    dout_in_place: "an_argument_changed",
    cut_with_a_negative_end: "cut_to_minus_zero",
    slope_alone: "no_upstream_gradient",
    largest_of_all_windows: "averaged_over_windows",
    padded_with_a_million_below: "padded_with_a_number",
    padded_with_the_minimum: "padded_with_the_smallest",
    maximum_above_zero: "first_pixel_below_zero",
    single_precision: "compared_too_coarsely",
    column_then_row: "row_and_column_exchanged",
    share_of_the_window: "divided_by_the_window",
    first_gradient_kept: "first_window_only",
    product_with_the_maximum: "nothing_for_a_maximum_of_0",
    largest_over_images: "one_place_for_all",
    where_the_image_equals: "first_of_the_image",
    turned_outputs: "outputs_transposed",
    padding_of_half_the_kernel: "padded_by_half_the_kernel",
    side_by_side: "windows_within_the_stride",
    as_far_as_the_windows: "pixels_left_over_cut_off",
    begun_at_zero: "first_pixel_below_zero",
    in_the_type_of_dout: "right_in_int64",
}
