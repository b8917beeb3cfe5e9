"""Right and wrong ways to write the backward pass of a convolution."""

import numpy as np


def _padded(x, padding):
    return np.pad(x.astype(float), ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))


def _cut(dx, x, padding):
    height, width = x.shape[2:]
    return dx[:, :, padding : padding + height, padding : padding + width]


def _taps(dout, w, stride, dilation):
    """Each tap, and the pixels that it meets."""
    rows, cols = dout.shape[2:]
    for i, j in np.ndindex(*w.shape[2:]):
        y, z = i * dilation, j * dilation
        yield i, j, np.s_[:, :, y : y + stride * rows : stride, z : z + stride * cols : stride]


def tap_by_tap(dout, x, w, stride=1, padding=0, dilation=1):
    p = _padded(x, padding)
    dp, dw = np.zeros(p.shape), np.zeros(w.shape)
    for i, j, at in _taps(dout, w, stride, dilation):
        dp[at] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j], dtype=float)
        dw[:, :, i, j] = np.einsum("nfhw,nchw->fc", dout, p[at])
    return _cut(dp, x, padding), dw, dout.sum(axis=(0, 2, 3), dtype=float)


def place_by_place(dout, x, w, stride=1, padding=0, dilation=1):
    p = _padded(x, padding)
    dp, dw, db = np.zeros(p.shape), np.zeros(w.shape), np.zeros(len(w))
    for n, f, r, c in np.ndindex(dout.shape):
        g = float(dout[n, f, r, c])
        bottom = r * stride + dilation * (w.shape[2] - 1) + 1
        right = c * stride + dilation * (w.shape[3] - 1) + 1
        at = np.s_[n, :, r * stride : bottom : dilation, c * stride : right : dilation]
        dp[at] += g * w[f]
        dw[f] += g * p[at]
        db[f] += g
    return _cut(dp, x, padding), dw, db


def windows_and_add_at(dout, x, w, stride=1, padding=0, dilation=1):
    p = _padded(x, padding)
    flat = np.arange(p[0].size).reshape(p[0].shape)
    reach = tuple(dilation * (k - 1) + 1 for k in w.shape[2:])
    index = np.lib.stride_tricks.sliding_window_view(flat, reach, (1, 2))
    index = index[:, ::stride, ::stride, ::dilation, ::dilation].transpose(0, 3, 4, 1, 2)
    index = index.reshape(w[0].size, -1)
    g = dout.reshape(*dout.shape[:2], -1).astype(float)
    dp = np.zeros((len(x), p[0].size))
    for each, back in zip(dp, w.reshape(len(w), -1).T @ g, strict=True):
        np.add.at(each, index.ravel(), back.ravel())
    columns = p.reshape(len(x), -1)[:, index]
    dw = np.einsum("nfp,nkp->fk", g, columns).reshape(w.shape)
    return _cut(dp.reshape(p.shape), x, padding), dw, g.sum(axis=(0, 2))


def pytorch(dout, x, w, stride=1, padding=0, dilation=1):
    import torch

    x, w = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, w))
    b = torch.zeros(len(w), dtype=torch.float64, requires_grad=True)
    out = torch.nn.functional.conv2d(x, w, b, stride, padding, dilation)
    out.backward(torch.tensor(dout, dtype=torch.float64))
    return x.grad.numpy(), w.grad.numpy(), b.grad.numpy()


def as_convolutions(dout, x, w, stride=1, padding=0, dilation=1):
    """dx correlates the spread gradient with the flipped, spread kernel."""
    kernel = np.zeros((*w.shape[:2], *(dilation * (k - 1) + 1 for k in w.shape[2:])))
    kernel[:, :, ::dilation, ::dilation] = w
    kh, kw = kernel.shape[2:]
    height, width = (n + 2 * padding for n in x.shape[2:])
    spread = np.zeros((*dout.shape[:2], height + kh - 1, width + kw - 1))
    rows, cols = dout.shape[2:]
    spread[
        :,
        :,
        kh - 1 : kh - 1 + stride * rows : stride,
        kw - 1 : kw - 1 + stride * cols : stride,
    ] = dout
    view = np.lib.stride_tricks.sliding_window_view(spread, (kh, kw), (2, 3))
    dp = np.einsum("nfhwij,fcij->nchw", view, kernel[:, :, ::-1, ::-1])
    places = np.lib.stride_tricks.sliding_window_view(_padded(x, padding), (kh, kw), (2, 3))
    places = places[:, :, ::stride, ::stride, ::dilation, ::dilation]
    dw = np.einsum("nfhw,nchwij->fcij", dout, places)
    return _cut(dp, x, padding), dw, dout.sum(axis=(0, 2, 3)) * 1.0


def image_by_image(dout, x, w, stride=1, padding=0, dilation=1):
    parts = [
        tap_by_tap(g[None], image[None], w, stride, padding, dilation)
        for g, image in zip(dout, x, strict=True)
    ]
    dx, dw, db = zip(*parts, strict=True)
    return np.concatenate(dx), sum(dw), sum(db)


def one_product(dout, x, w, stride=1, padding=0, dilation=1):
    """All images in one product, and the taps added one after the other."""
    p = _padded(x, padding)
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1).astype(float)
    columns = np.stack([p[at] for _, _, at in _taps(dout, w, stride, dilation)], axis=2)
    columns = columns.transpose(1, 2, 0, 3, 4).reshape(w[0].size, -1)
    dcolumns = (w.reshape(len(w), -1).T @ g).reshape(x.shape[1], -1, len(x), *dout.shape[2:])
    dp = np.zeros(p.shape)
    for tap, (_, _, at) in enumerate(_taps(dout, w, stride, dilation)):
        dp[at] += dcolumns[:, tap].swapaxes(0, 1)
    return [_cut(dp, x, padding), (g @ columns.T).reshape(w.shape), g.sum(axis=1)]


# Wrong ones


def view_added_at_once(dout, x, w, stride=1, padding=0, dilation=1):
    _, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    dp = np.zeros_like(_padded(x, padding))
    reach = tuple(dilation * (k - 1) + 1 for k in w.shape[2:])
    view = np.lib.stride_tricks.sliding_window_view(dp, reach, (2, 3), writeable=True)
    view = view[:, :, ::stride, ::stride, ::dilation, ::dilation]
    view += np.einsum("nfhw,fcij->nchwij", dout, w)
    return _cut(dp, x, padding), dw, db


def taps_assigned(dout, x, w, stride=1, padding=0, dilation=1):
    _, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    dp = np.zeros_like(_padded(x, padding))
    for i, j, at in _taps(dout, w, stride, dilation):
        dp[at] = np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j], dtype=float)
    return _cut(dp, x, padding), dw, db


def flipped_for_the_image(dout, x, w, stride=1, padding=0, dilation=1):
    _, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    dx, _, _ = tap_by_tap(dout, x, np.flip(w, (2, 3)), stride, padding, dilation)
    return dx, dw, db


def flipped_for_the_filters(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, np.flip(dw, (2, 3)), db


def mean_over_images(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, dw / dout.shape[0], db / dout.shape[0]


def filters_alone_averaged(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, dw / dout.shape[0], db


def mean_over_pixels(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, dw / dout[0, 0].size, db / dout[0, 0].size


def filters_of_each_image(dout, x, w, stride=1, padding=0, dilation=1):
    dx, _, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    pairs = zip(dout, x, strict=True)
    each = [tap_by_tap(g[None], a[None], w, stride, padding, dilation)[1] for g, a in pairs]
    return dx, np.stack(each), db


def set_in_the_loop(dout, x, w, stride=1, padding=0, dilation=1):
    dx = []
    for g, image in zip(dout, x, strict=True):
        part, dw, db = tap_by_tap(g[None], image[None], w, stride, padding, dilation)
        dx.append(part[0])
    return np.stack(dx), dw, db


def bias_over_pixels(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, _ = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, dw, dout.sum(axis=(2, 3)) * 1.0


def bias_over_images(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, _ = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, dw, dout.sum(axis=0) * 1.0


def bias_of_all(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, dw, np.full(len(w), db.sum())


def channels_last(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, np.moveaxis(dw, 1, -1).reshape(w.shape), db


def _walk(dout, x, w, stride, padding, dilation):
    """As `place_by_place`, where a window ends with its last tap."""
    return place_by_place(dout, x, w, stride, padding, dilation)


def neighbouring_windows(dout, x, w, stride=1, padding=0, dilation=1):
    return _walk(dout, x, w, 1, padding, dilation)


def neighbouring_taps(dout, x, w, stride=1, padding=0, dilation=1):
    return _walk(dout, x, w, stride, padding, 1)


def not_cut(dout, x, w, stride=1, padding=0, dilation=1):
    return tap_by_tap(dout, _padded(x, padding), w, stride, 0, dilation)


def cut_at_the_end(dout, x, w, stride=1, padding=0, dilation=1):
    dp, dw, db = not_cut(dout, x, w, stride, padding, dilation)
    return dp[:, :, : x.shape[2], : x.shape[3]], dw, db


def cut_with_a_negative_end(dout, x, w, stride=1, padding=0, dilation=1):
    dp, dw, db = not_cut(dout, x, w, stride, padding, dilation)
    return dp[:, :, padding:-padding, padding:-padding], dw, db


def of_the_sum_of_outputs(dout, x, w, stride=1, padding=0, dilation=1):
    return tap_by_tap(np.ones(dout.shape), x, w, stride, padding, dilation)


def filters_first(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dw, dx, db


def without_the_bias(dout, x, w, stride=1, padding=0, dilation=1):
    return tap_by_tap(dout, x, w, stride, padding, dilation)[:2]


def edges_padded(dout, x, w, stride=1, padding=0, dilation=1):
    """The filters see an image whose edge is repeated."""
    dx, _, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    p = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2), mode="edge")
    return dx, tap_by_tap(dout, p, w, stride, 0, dilation)[1], db


def in_the_type_of_the_image(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx.astype(x.dtype), dw, db


def image_in_the_type_of_dout(dout, x, w, stride=1, padding=0, dilation=1):
    """Where both are integers, the weights' fractions are lost."""
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx.astype(np.result_type(dout, x)), dw, db


def transposed_if_it_fits(dout, x, w, stride=1, padding=0, dilation=1):
    _, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    turned = np.moveaxis(w, 0, 1) if w.shape[0] == w.shape[1] else w
    return tap_by_tap(dout, x, turned, stride, padding, dilation)[0], dw, db


def bias_alone_averaged(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, dw, db / len(dout)


def filters_averaged_over_places(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return dx, dw / np.prod(dout.shape[2:]), db


def taps_reshaped(dout, x, w, stride=1, padding=0, dilation=1):
    _, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    other = np.zeros(w.shape)
    for i, j in np.ndindex(*w.shape[2:]):
        other[:, :, i, j] = w[:, :, i, j].reshape(w.shape[1], w.shape[0]).T
    return tap_by_tap(dout, x, other, stride, padding, dilation)[0], dw, db


def rows_of_columns_reshaped(dout, x, w, stride=1, padding=0, dilation=1):
    """As `w.reshape(-1, filters) @ dout` gives it."""
    _, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    columns = np.einsum("kf,nfhw->nkhw", w.reshape(-1, len(w)), dout)
    columns = columns.reshape(len(x), *w.shape[1:], *dout.shape[2:])
    dp = np.zeros(_padded(x, padding).shape)
    for i, j, at in _taps(dout, w, stride, dilation):
        dp[at] += columns[:, :, i, j]
    return _cut(dp, x, padding), dw, db


def filters_set_in_the_loop(dout, x, w, stride=1, padding=0, dilation=1):
    dx, dw, _ = set_in_the_loop(dout, x, w, stride, padding, dilation)
    return dx, dw, dout.sum(axis=(0, 2, 3), dtype=float)


def windows_assigned(dout, x, w, stride=1, padding=0, dilation=1):
    """Window by window, and the last one wins."""
    p = _padded(0 * x, padding)
    high, wide = (dilation * (k - 1) + 1 for k in w.shape[2:])
    for r, c in np.ndindex(*dout.shape[2:]):
        y, z = r * stride, c * stride
        back = np.einsum("nf,fcij->ncij", dout[:, :, r, c], w, dtype=float)
        p[:, :, y : y + high : dilation, z : z + wide : dilation] = back
    _, dw, db = tap_by_tap(dout, x, w, stride, padding, dilation)
    return _cut(p, x, padding), dw, db


def as_wide_as_high(dout, x, w, stride=1, padding=0, dilation=1):
    """The kernel's height is taken for its width, too."""
    p, high = _padded(x, padding), w.shape[2]
    dp, dw = np.zeros(p.shape), np.zeros(w.shape)
    for i, j, at in _taps(dout, np.zeros((1, 1, high, high)), stride, dilation):
        dp[at] += np.einsum("nfhw,fc->nchw", dout, w[:, :, i, j], dtype=float)
        dw[:, :, i, j] = np.einsum("nfhw,nchw->fc", dout, p[at])
    return _cut(dp, x, padding), dw, dout.sum(axis=(0, 2, 3), dtype=float)


WRONG = {
    view_added_at_once: "whole_view_added",
    taps_assigned: "overlaps_overwritten",
    flipped_for_the_image: "kernel_flipped_in_dx",
    flipped_for_the_filters: "kernel_flipped_in_dw",
    mean_over_images: "averaged_over_images",
    filters_alone_averaged: "factor_of_a_size",
    bias_alone_averaged: "factor_of_a_size",
    mean_over_pixels: "averaged_over_places",
    filters_of_each_image: "one_gradient_for_each_image",
    set_in_the_loop: "last_image_only",
    bias_over_pixels: "bias_for_each_image",
    bias_over_images: "bias_for_each_place",
    bias_of_all: "the_same_everywhere",
    channels_last: "taps_before_channels",
    neighbouring_windows: "stride_ignored",
    neighbouring_taps: "dilation_ignored",
    not_cut: "padding_left_on",
    cut_at_the_end: "padding_cut_at_the_end",
    cut_with_a_negative_end: "cut_to_minus_zero",
    of_the_sum_of_outputs: "no_upstream_gradient",
    filters_first: "parts_in_another_order",
    without_the_bias: "a_result_of_another_kind",
    edges_padded: "wrong_except_where_padding_is_0",
    in_the_type_of_the_image: "truncated_to_integers",
    image_in_the_type_of_dout: "truncated_to_integers",
    transposed_if_it_fits: "filters_for_channels",
    filters_averaged_over_places: "averaged_over_places",
    taps_reshaped: "reshaped_not_transposed",
    rows_of_columns_reshaped: "reshaped_not_transposed",
    filters_set_in_the_loop: "last_image_only",
    windows_assigned: "whole_view_added",
    as_wide_as_high: "wrong_except_where_the_last_two_axes_of_w_are_equally_long",
}
