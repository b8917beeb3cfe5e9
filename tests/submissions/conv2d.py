"""Right and wrong ways to write `conv2d`."""

import numpy as np


def _size(n, k, stride, padding, dilation):
    return (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1


def _padded(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _sizes(x, w, *grid):
    return [_size(n, k, *grid) for n, k in zip(x.shape[2:], w.shape[2:], strict=True)]


def seven_loops(x, w, b, stride=1, padding=0, dilation=1):
    rows, cols = _sizes(x, w, stride, padding, dilation)
    p = _padded(x, padding).astype(float)
    out = np.zeros((len(x), len(w), rows, cols))
    for n in range(len(x)):
        for f in range(len(w)):
            for r in range(rows):
                for c in range(cols):
                    top, left = r * stride, c * stride
                    window = p[
                        n,
                        :,
                        top : top + dilation * (w.shape[2] - 1) + 1 : dilation,
                        left : left + dilation * (w.shape[3] - 1) + 1 : dilation,
                    ]
                    out[n, f, r, c] = (window * w[f]).sum() + b[f]
    return out


def tap_by_tap(x, w, b, stride=1, padding=0, dilation=1):
    rows, cols = _sizes(x, w, stride, padding, dilation)
    p = _padded(x, padding)
    out = np.zeros((len(x), len(w), rows, cols)) + b[:, None, None]
    for i in range(w.shape[2]):
        for j in range(w.shape[3]):
            y, z = i * dilation, j * dilation
            part = p[:, :, y : y + stride * rows : stride, z : z + stride * cols : stride]
            out += np.einsum("nchw,fc->nfhw", part, w[:, :, i, j], dtype=float)
    return out


def einsum_of_windows(x, w, b, stride=1, padding=0, dilation=1):
    p = _padded(x.astype(np.result_type(x, np.float32)), padding)
    reach = tuple(dilation * (k - 1) + 1 for k in w.shape[2:])
    views = np.lib.stride_tricks.sliding_window_view(p, reach, (2, 3))
    views = views[:, :, ::stride, ::stride, ::dilation, ::dilation]
    return np.einsum("nchwij,fcij->nfhw", views, w, optimize=True) + b.reshape(1, -1, 1, 1)


def by_indices(x, w, b, stride=1, padding=0, dilation=1):
    """As in the course: three arrays of indices."""
    rows, cols = _sizes(x, w, stride, padding, dilation)
    filters, channels, kh, kw = w.shape
    i = np.tile(dilation * np.repeat(np.arange(kh), kw), channels)[:, None]
    i = i + stride * np.repeat(np.arange(rows), cols)
    j = np.tile(dilation * np.arange(kw), kh * channels)[:, None]
    j = j + stride * np.tile(np.arange(cols), rows)
    k = np.repeat(np.arange(channels), kh * kw)[:, None]
    columns = _padded(x, padding)[:, k, i, j]
    columns = columns.transpose(1, 2, 0).reshape(channels * kh * kw, -1)
    out = w.reshape(filters, -1).astype(float) @ columns + b[:, None]
    return out.reshape(filters, rows, cols, len(x)).transpose(3, 0, 1, 2)


def image_by_image(x, w, b, stride=1, padding=0, dilation=1):
    rows, cols = _sizes(x, w, stride, padding, dilation)
    flat = w.reshape(len(w), -1)
    out = []
    for image in _padded(x, padding).astype(np.float64):
        columns = [
            image[
                :,
                r * stride : r * stride + dilation * (w.shape[2] - 1) + 1 : dilation,
                c * stride : c * stride + dilation * (w.shape[3] - 1) + 1 : dilation,
            ].ravel()
            for r in range(rows)
            for c in range(cols)
        ]
        out.append((np.stack(columns) @ flat.T + b).T.reshape(len(w), rows, cols))
    return np.stack(out)


def pytorch(x, w, b, stride=1, padding=0, dilation=1):
    import torch

    x, w, b = (torch.tensor(a, dtype=torch.float64) for a in (x, w, b))
    return torch.nn.functional.conv2d(x, w, b, stride, padding, dilation).numpy()


def strided(x, w, b, stride=1, padding=0, dilation=1):
    p = np.ascontiguousarray(_padded(x, padding).astype(np.result_type(x, w, b, np.float32)))
    rows, cols = _sizes(x, w, stride, padding, dilation)
    s0, s1, s2, s3 = p.strides
    shape = (len(x), rows, cols, x.shape[1], *w.shape[2:])
    steps = (s0, s2 * stride, s3 * stride, s1, s2 * dilation, s3 * dilation)
    windows = np.lib.stride_tricks.as_strided(p, shape, steps, writeable=False)
    out = np.tensordot(windows, w, axes=((3, 4, 5), (1, 2, 3))) + b
    return np.moveaxis(out, -1, 1)


# Wrong ones: each is `_by` with a slip.
def _by(x, w, b, stride=1, padding=0, dilation=1):
    return tap_by_tap(x, w, b, stride, padding, dilation)


def true_convolution(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, np.flip(w, axis=(2, 3)), b, stride, padding, dilation)


def columns_before_rows(x, w, b, stride=1, padding=0, dilation=1):
    rows, cols = _sizes(x, w, stride, padding, dilation)
    taps = []
    for j in range(w.shape[3]):
        for i in range(w.shape[2]):
            y, z = i * dilation, j * dilation
            part = _padded(x, padding)[:, :, y : y + stride * rows : stride]
            taps.append(part[..., z : z + stride * cols : stride])
    columns = np.stack(taps, axis=2).reshape(len(x), -1, rows * cols)
    out = w.reshape(len(w), -1).astype(float) @ columns + b[:, None]
    return out.reshape(len(x), len(w), rows, cols)


def windows_reshaped_with_channels_last(x, w, b, stride=1, padding=0, dilation=1):
    rows, cols = _sizes(x, w, stride, padding, dilation)
    p = _padded(x, padding)
    reach = tuple(dilation * (k - 1) + 1 for k in w.shape[2:])
    views = np.lib.stride_tricks.sliding_window_view(p, reach, (2, 3))
    views = views[:, :, ::stride, ::stride, ::dilation, ::dilation]
    columns = views.transpose(0, 2, 3, 4, 5, 1).reshape(len(x), rows * cols, -1)
    out = columns @ w.reshape(len(w), -1).T.astype(float) + b
    return out.transpose(0, 2, 1).reshape(len(x), len(w), rows, cols)


def one_product_reshaped(x, w, b, stride=1, padding=0, dilation=1):
    """Filters stand first in the product of all images."""
    out = _by(x, w, b, stride, padding, dilation)
    product = np.concatenate([each.reshape(len(w), -1) for each in out], axis=1)
    return product.reshape(out.shape)


def without_bias(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, np.zeros(len(b)), stride, padding, dilation)


def bias_broadcast(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, np.zeros(len(b)), stride, padding, dilation) + b


def bias_in_the_channel_loop(x, w, b, stride=1, padding=0, dilation=1):
    out = 0
    for c in range(x.shape[1]):
        out = out + _by(x[:, c : c + 1], w[:, c : c + 1], b, stride, padding, dilation)
    return out


def every_place(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, b, 1, padding, dilation)


def valid_only(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, b, stride, 0, dilation)


def dense_taps(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, b, stride, padding, 1)


def arguments_of_unfold(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, b, dilation, padding, stride)


def edges_repeated(x, w, b, stride=1, padding=0, dilation=1):
    p = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2), mode="edge")
    return _by(p, w, b, stride, 0, dilation)


def padded_before(x, w, b, stride=1, padding=0, dilation=1):
    p = np.pad(x, ((0, 0), (0, 0), (padding, 0), (padding, 0)))
    return _by(p, w, b, stride, 0, dilation)


def size_without_the_first(x, w, b, stride=1, padding=0, dilation=1):
    rows, cols = (size - 1 for size in _sizes(x, w, stride, padding, dilation))
    return _by(x, w, b, stride, padding, dilation)[:, :, :rows, :cols]


def reach_too_long(x, w, b, stride=1, padding=0, dilation=1):
    rows, cols = (
        max((n + 2 * padding - dilation * k) // stride + 1, 0)
        for n, k in zip(x.shape[2:], w.shape[2:], strict=True)
    )
    return _by(x, w, b, stride, padding, dilation)[:, :, :rows, :cols]


def width_before_height(x, w, b, stride=1, padding=0, dilation=1):
    out = _by(x, w, b, stride, padding, dilation)
    return out.reshape(*out.shape[:2], out.shape[3], out.shape[2])


def mean_of_products(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w / np.prod(w.shape[1:]), b, stride, padding, dilation)


def gray_images(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x[:, :1], w[:, :1], b, stride, padding, dilation)


def square_kernels(x, w, b, stride=1, padding=0, dilation=1):
    """The width of the kernel is taken for its height, too."""
    k = w.shape[3]
    return _by(x, w[:, :, :k], b, stride, padding, dilation)


def square_images(x, w, b, stride=1, padding=0, dilation=1):
    """The output has as many columns as rows."""
    out = _by(x, w, b, stride, padding, dilation)
    return out[:, :, :, : out.shape[2]]


def padding_of_the_kernel(x, w, b, stride=1, padding=0, dilation=1):
    """Any padding means the one that keeps the size."""
    padding = padding and (w.shape[2] - 1) // 2
    return _by(x, w, b, stride, padding, dilation)


def rounded_up(x, w, b, stride=1, padding=0, dilation=1):
    """Pixels that are left over get a place, too."""
    x = np.pad(x, ((0, 0), (0, 0), (0, stride - 1), (0, stride - 1)))
    return _by(x, w, b, stride, padding, dilation)


def stride_after_padding_of_the_output(x, w, b, stride=1, padding=0, dilation=1):
    """The output is padded, not the image."""
    return _padded(_by(x, w, b, stride, 0, dilation), padding)


def stride_from_the_second(x, w, b, stride=1, padding=0, dilation=1):
    out = _by(x, w, b, 1, padding, dilation)
    return out[:, :, stride - 1 :: stride, stride - 1 :: stride]


def images_padded_in_place(x, w, b, stride=1, padding=0, dilation=1):
    x -= 1
    out = _by(x + 1, w, b, stride, padding, dilation)
    return out


def in_the_type_of_the_pixels(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, b, stride, padding, dilation).astype(x.dtype)


def bias_down_the_rows(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, np.zeros(len(b)), stride, padding, dilation) + b[:, np.newaxis]


def columns_walked_first(x, w, b, stride=1, padding=0, dilation=1):
    out = _by(x, w, b, stride, padding, dilation)
    return np.reshape(np.moveaxis(out, 3, 2), out.shape)


def subsampled_first(x, w, b, stride=1, padding=0, dilation=1):
    """The image loses pixels before it is padded."""
    return _by(x[..., ::stride, ::stride], w, b, 1, padding, dilation)


def one_step_short(x, w, b, stride=1, padding=0, dilation=1):
    """`range(0, pixels - reach, stride)` ends before the last place."""
    out = _by(x, w, b, stride, padding, dilation)
    rows, cols = (
        len(range(0, n + 2 * padding - dilation * (k - 1) - 1, stride))
        for n, k in zip(x.shape[2:], w.shape[2:], strict=True)
    )
    return out[:, :, :rows, :cols]


_dilations = {}


def first_dilation_kept(x, w, b, stride=1, padding=0, dilation=1):
    """Indices are kept by the shapes, which do not tell the dilation."""
    kept = _dilations.setdefault((x.shape, w.shape, stride, padding), dilation)
    return _by(x, w, b, stride, padding, kept)


def pixels_of_four_bytes(x, w, b, stride=1, padding=0, dilation=1):
    """Integers are taken as int32, and so are their products."""
    if x.dtype == w.dtype == np.int64:
        x, w = x.astype(np.int32), w.astype(np.int32)
    rows, cols = _sizes(x, w, stride, padding, dilation)
    out = np.zeros((len(x), len(w), rows, cols))
    for c, i, j in np.ndindex(*w.shape[1:]):
        y, z = i * dilation, j * dilation
        part = _padded(x, padding)[:, c, y : y + stride * rows : stride]
        out += part[:, None, :, z : z + stride * cols : stride] * w[:, c, i, j, None, None]
    return out + b[:, None, None]


def transposed_if_it_fits(x, w, b, stride=1, padding=0, dilation=1):
    if w.shape[0] == w.shape[1]:
        w = np.moveaxis(w, 0, 1)
    return _by(x, w, b, stride, padding, dilation)


def one_pad_in_the_size(x, w, b, stride=1, padding=0, dilation=1):
    """Both sides are padded, and the size counts one."""
    rows, cols = (
        (n + padding - dilation * (k - 1) - 1) // stride + 1
        for n, k in zip(x.shape[2:], w.shape[2:], strict=True)
    )
    return _by(x, w, b, stride, padding, dilation)[:, :, : max(rows, 0), : max(cols, 0)]


def columns_of_a_square_kernel(x, w, b, stride=1, padding=0, dilation=1):
    taps = w.transpose(0, 1, 3, 2) if w.shape[2] == w.shape[3] else w
    return _by(x, taps, b, stride, padding, dilation)


def in_the_type_of_products(x, w, b, stride=1, padding=0, dilation=1):
    """A bias of fractions is added to an array of integers."""
    out = _by(x, w, b, stride, padding, dilation)
    return out.astype(int) if np.result_type(x, w).kind == "i" else out


def zeros_like_the_pixels(x, w, b, stride=1, padding=0, dilation=1):
    sums = _by(x, w, np.zeros(len(b)), stride, padding, dilation)
    out = np.zeros(sums.shape, x.dtype)
    with np.errstate(invalid="ignore"):
        out[...] = sums
    return out + b[:, None, None]


def zeros_like_the_products(x, w, b, stride=1, padding=0, dilation=1):
    right = _by(x, w, b, stride, padding, dilation)
    with np.errstate(invalid="ignore"):
        return right.astype(np.result_type(x, w))


def products_in_their_own_type(x, w, b, stride=1, padding=0, dilation=1):
    p = _padded(x, padding)
    reach = tuple(dilation * (k - 1) + 1 for k in w.shape[2:])
    views = np.lib.stride_tricks.sliding_window_view(p, reach, (2, 3))
    views = views[:, :, ::stride, ::stride, ::dilation, ::dilation]
    return np.einsum("nchwij,fcij->nfhw", views, w) + b[:, None, None]


def one_more_in_the_quotient(x, w, b, stride=1, padding=0, dilation=1):
    """(pixels - reach + 1) // stride, right for a stride of 1."""
    out = _by(x, w, b, stride, padding, dilation)
    rows, cols = (
        (n + 2 * padding - dilation * (k - 1)) // stride
        for n, k in zip(x.shape[2:], w.shape[2:], strict=True)
    )
    return out[:, :, :rows, :cols]


def windows_of_the_pixels_type(x, w, b, stride=1, padding=0, dilation=1):
    """Products and their sums have the type of images and filters, the output has the images'."""
    rows, cols = _sizes(x, w, stride, padding, dilation)
    p, (height, width) = _padded(x, padding), w.shape[2:]
    out = np.zeros((len(x), len(w), rows, cols), dtype=x.dtype)
    for r, c in np.ndindex(rows, cols):
        y, z = r * stride, c * stride
        window = p[:, :, y : y + dilation * height : dilation, z : z + dilation * width : dilation]
        with np.errstate(invalid="ignore"):
            out[:, :, r, c] = np.einsum("ncij,fcij->nf", window, w)
    return out + b[:, None, None]


def columns_like_rows(x, w, b, stride=1, padding=0, dilation=1):
    """An output of as many columns as rows takes the sums of each tap."""
    rows, _ = _sizes(x, w, stride, padding, dilation)
    out = np.zeros((len(x), len(w), rows, rows)) + b[:, None, None]
    for i, j in np.ndindex(*w.shape[2:]):
        part = _padded(x, padding)[:, :, i * dilation :, j * dilation :]
        part = part[:, :, ::stride, ::stride][:, :, :rows, :rows]
        out += np.einsum("nchw,fc->nfhw", part, w[:, :, i, j])
    return out


def mean_of_channels(x, w, b, stride=1, padding=0, dilation=1):
    sums = _by(x, w, np.zeros(len(b)), stride, padding, dilation)
    return sums / x.shape[1] + b[:, None, None]


def gaps_of_the_pixels_type(x, w, b, stride=1, padding=0, dilation=1):
    """Taps are laid into zeros that are made with the images' type."""
    reach = [dilation * (k - 1) + 1 for k in w.shape[2:]]
    wide = np.zeros((*w.shape[:2], *reach), dtype=x.dtype)
    with np.errstate(invalid="ignore"):
        wide[:, :, ::dilation, ::dilation] = w
    return _by(x, wide, b, stride, padding, 1)


def bias_on_the_third_axis(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, np.zeros(len(b)), stride, padding, dilation) + b.reshape(1, 1, -1, 1)


def bias_on_the_fourth_axis(x, w, b, stride=1, padding=0, dilation=1):
    return _by(x, w, np.zeros(len(b)), stride, padding, dilation) + b.reshape(1, 1, 1, -1)


def shortcut_of_one_tap(x, w, b, stride=1, padding=0, dilation=1):
    """A 1 x 1 kernel is one product for all pixels, whatever the stride."""
    if w.shape[2:] == (1, 1):
        pixels = _padded(x, padding).astype(float)
        return np.einsum("nchw,fc->nfhw", pixels, w[:, :, 0, 0]) + b[:, None, None]
    return _by(x, w, b, stride, padding, dilation)


# What each is told.
WRONG = {
    true_convolution: "kernel_flipped",
    columns_before_rows: "taps_by_columns",
    windows_reshaped_with_channels_last: "taps_before_channels",
    one_product_reshaped: "images_and_filters_mixed",
    without_bias: "bias_missing",
    bias_broadcast: "bias_along_the_width",
    bias_in_the_channel_loop: "bias_once_for_each_channel",
    every_place: "stride_ignored",
    valid_only: "padding_ignored",
    dense_taps: "dilation_ignored",
    arguments_of_unfold: "stride_and_dilation_exchanged",
    edges_repeated: "padding_repeats_the_image",
    padded_before: "padding_before_only",
    size_without_the_first: "last_place_missing",
    reach_too_long: "reach_of_dilation_times_taps",
    width_before_height: "rows_and_columns_exchanged",
    mean_of_products: "averaged_over_taps",
    gray_images: "first_channel_only",
    square_kernels: "kernel_taken_for_square",
    square_images: "as_many_columns_as_rows",
    padding_of_the_kernel: None,
    rounded_up: "places_rounded_up",
    stride_after_padding_of_the_output: "wrong_where_padding_is_passed",
    stride_from_the_second: "wrong_except_where_stride_is_1",
    images_padded_in_place: "an_argument_changed",
    in_the_type_of_the_pixels: "result_in_integers",
    bias_down_the_rows: "bias_along_the_height",
    columns_walked_first: "places_by_columns",
    subsampled_first: "image_thinned_out",
    one_step_short: "last_place_missing",
    first_dilation_kept: "kept_from_an_earlier_call",
    pixels_of_four_bytes: "right_as_floats",
    transposed_if_it_fits: "filters_for_channels",
    one_pad_in_the_size: "padding_before_only",
    columns_of_a_square_kernel: "kernel_transposed",
    in_the_type_of_products: "result_in_integers",
    zeros_like_the_pixels: "result_in_integers",
    zeros_like_the_products: "result_in_integers",
    products_in_their_own_type: "products_in_integers",
    one_more_in_the_quotient: "last_place_missing",
    windows_of_the_pixels_type: "result_in_integers",
    columns_like_rows: "as_many_columns_as_rows",
    mean_of_channels: "averaged_over_channels",
    gaps_of_the_pixels_type: "filters_in_integers",
    bias_on_the_third_axis: "bias_along_the_height",
    bias_on_the_fourth_axis: "bias_along_the_width",
    shortcut_of_one_tap: "stride_ignored",
}
