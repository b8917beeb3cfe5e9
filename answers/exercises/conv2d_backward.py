"""Practice for question 26: convolution, backward."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.convolution import (
    conv2d_backward,
    im2col,
    output_size,
    pad,
    windows,
)

exercise = Exercise(
    conv2d_backward,
    page="26-convolution",
    returns=("dx", "dw", "db"),
    hints=(
        "Take one output pixel: its gradient, times the filter, goes back to the window that the "
        "filter covered; times that window, it goes to the filter.",
        "Filters and biases serve every place of every image. Over which axes of `dout` is the "
        "bias's gradient a sum?",
        "Loop over the kernel's taps. Which pixels of the padded image met this tap, over all "
        "places? Add there, for other taps meet the same pixels.",
        "Collect the image's gradient with its padding, and cut `padding` pixels off on each side.",
    ),
)

rng = np.random.default_rng(62)


def layer(images, channels, size, filters, kernel, stride=1, padding=0, dilation=1):
    """A gradient, images and filters, and the numbers that say where the filters stand."""
    grid = stride, padding, dilation
    out = [output_size(n, k, *grid) for n, k in zip(size, kernel, strict=True)]
    x, w = rng.normal(size=(images, channels, *size)), (filters, channels, *kernel)
    return rng.normal(size=(images, filters, *out)), x, rng.normal(size=w), *grid


exercise.case("one pixel and one tap", *layer(1, 1, (1, 1), 1, (1, 1)))
exercise.case("a kernel as large as the image", *layer(1, 1, (3, 3), 1, (3, 3)))
exercise.case("two taps on a row of five pixels", *layer(1, 1, (1, 5), 1, (1, 2))[:3])
exercise.case("a 3 x 3 kernel", *layer(1, 1, (5, 5), 1, (3, 3)))
exercise.case("three filters", *layer(1, 1, (4, 4), 3, (3, 3)))
exercise.case("two channels", *layer(1, 2, (4, 4), 1, (2, 2)))
exercise.case("two images", *layer(2, 1, (4, 4), 1, (2, 2)))
exercise.case("images that are not square", *layer(3, 3, (4, 7), 4, (3, 3)))
exercise.case("a kernel that is not square", *layer(2, 3, (6, 5), 4, (3, 2)))
exercise.case("as many filters as channels", *layer(2, 3, (5, 6), 3, (3, 2)))
exercise.case("windows side by side", *layer(2, 3, (6, 4), 4, (2, 2), 2))
exercise.case("a stride of 2", *layer(4, 3, (7, 5), 4, (3, 3), 2))
exercise.case("a stride that leaves pixels over", *layer(2, 3, (8, 9), 4, (3, 2), 3))
exercise.case("padding", *layer(2, 3, (4, 5), 4, (3, 3), 1, 1))
exercise.case("two pixels of padding", *layer(2, 3, (4, 5), 2, (3, 2), 1, 2))
exercise.case("wide padding", *layer(2, 3, (3, 4), 2, (3, 2), 1, 3))
exercise.case("dilation", *layer(2, 3, (7, 6), 4, (3, 2), 1, 0, 2))
exercise.case("stride and padding", *layer(2, 3, (6, 7), 4, (3, 3), 2, 1))
exercise.case("all three at once", *layer(2, 3, (9, 8), 4, (3, 2), 3, 2, 2))
exercise.case("1 x 1 filters", *layer(2, 5, (3, 4), 2, (1, 1)))
exercise.case("1 x 1 filters with a stride", *layer(2, 5, (4, 6), 2, (1, 1), 2))
dout, x, w, *grid = layer(2, 3, (5, 6), 4, (3, 3), 2, 1)
exercise.case("float32", *(a.astype(np.float32) for a in (dout, x, w)), *grid)
add_whole_numbers(
    exercise, *(np.rint(9 * a) for a in (dout, x, w)), *grid, factor=40_009
)
exercise.case(
    "integers in dout and x beside floats",
    *(np.rint(9 * a).astype(np.int64) for a in (dout, x)),
    w,
    *grid,
)


def at_places(dout, x, w, stride, padding, dilation):
    """Place by place: each adds to the gradients of the pixels and the weights that met there."""
    dout, w = as_float(dout), as_float(w)
    padded = pad(x, padding)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    reach = [dilation * (taps - 1) + 1 for taps in w.shape[2:]]
    for row, column in np.ndindex(*dout.shape[2:]):
        top, left = row * stride, column * stride
        window = np.s_[
            :,
            :,
            top : top + reach[0] : dilation,
            left : left + reach[1] : dilation,
        ]
        g = dout[:, :, row, column]
        dpadded[window] += np.einsum("nf,fchw->nchw", g, w)
        dw += np.einsum("nf,nchw->fchw", g, padded[window])
    return cut(dpadded, x, padding), dw, dout.sum(axis=(0, 2, 3))


def cut(dpadded, x, padding):
    """The gradient of the image alone."""
    height, width = x.shape[2:]
    return dpadded[:, :, padding : padding + height, padding : padding + width]


@exercise.bug
def overlaps_overwritten(dout, x, w, stride=1, padding=0, dilation=1):
    """A pixel under several taps keeps the gradient of the last only. Windows overlap: add them
    up, `view[:, :, i, j] += columns[:, :, i, j]`."""
    # "A pixel under several taps keeps the gradient of the last only": np.isclose(got.dx[0, 0,
    #     0, 1], dout[0, 0, 0, 0] * w[0, 0, 0, 1])
    # "Windows overlap: add them up, `view[:, :, i, j] += columns[:, :, i, j]`": view[:, :, i, j] =
    #     columns[:, :, i, j] → view[:, :, i, j] += columns[:, :, i, j]
    _, dw, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    rows = as_float(dout).reshape(*dout.shape[:2], -1)
    padded = pad(0 * as_float(x), padding)
    view = windows(padded, w.shape[2:], stride, dilation)
    columns = (as_float(w).reshape(len(w), -1).T @ rows).reshape(view.shape)
    for i, j in np.ndindex(*w.shape[2:]):
        view[:, :, i, j] = columns[:, :, i, j]
    return cut(padded, x, padding), dw, db


@exercise.bug
def whole_view_added(dout, x, w, stride=1, padding=0, dilation=1):
    """A pixel that stands in several windows keeps the gradient of the last only, as where windows
    are assigned, or all are added to at once. Add window by window or tap by tap."""
    # "A pixel that stands in several windows keeps the gradient of the last only":
    #     np.isclose(got.dx[0, 0, 0, 1], dout[0, 0, 0, 1] * w[0, 0, 0, 0])
    # "Add window by window or tap by tap": view += np.einsum('nfhw,fcij->nchwij',
    #     as_float(dout), as_float(w)) →
    #     [np.add(view[..., i, j], g[..., i, j], out=view[..., i, j]) for g in
    #     [np.einsum('nfhw,fcij->nchwij', as_float(dout), as_float(w))] for i, j in
    #     np.ndindex(*w.shape[2:])]
    # "as where windows are assigned, or all are added to at once": (bug(np.ones(dout.shape), x,
    #     np.ones(w.shape))[0] == 1).all() and not np.allclose(got.dx, want.dx)
    _, dw, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    padded = pad(0 * as_float(x), padding)
    view = windows(padded, w.shape[2:], stride, dilation).transpose(0, 1, 4, 5, 2, 3)
    view += np.einsum("nfhw,fcij->nchwij", as_float(dout), as_float(w))
    return cut(padded, x, padding), dw, db


@exercise.bug
def kernel_flipped_in_dx(dout, x, w, stride=1, padding=0, dilation=1):
    """The image's gradient is that of the flipped kernel: the first tap's gradient went to the last
    tap's pixel. Each tap's goes to the pixel that it met."""
    # "The image's gradient is that of the flipped kernel": np.allclose(got.dx, right(dout, x,
    #     np.flip(w, (2, 3)), stride, padding, dilation)[0])
    # "Each tap's goes to the pixel that it met": w[:, :, ::-1, ::-1] → w
    # "the first tap's gradient went to the last tap's pixel": np.isclose(got.dx[0, 0, -1, -1],
    #     dout[0, 0, -1, -1] * w[0, 0, 0, 0])
    _, dw, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    flipped = w[:, :, ::-1, ::-1]
    dx, _, _ = conv2d_backward(dout, x, flipped, stride, padding, dilation)
    return dx, dw, db


@exercise.bug
def kernel_flipped_in_dw(dout, x, w, stride=1, padding=0, dilation=1):
    """The filters' gradient is flipped. The gradient of a tap is the sum over places of `dout`
    times the pixel that this tap met."""
    # "The filters' gradient is flipped": np.allclose(got.dw, want.dw[:, :, ::-1, ::-1])
    # "the pixel that this tap met": dw[:, :, ::-1, ::-1] → dw
    # "The gradient of a tap is the sum over places of `dout` times the pixel that this tap met":
    #     np.isclose(bug(dout := x, pad(x, 1), w)[1][0, 0, -1, -1], (dout * pad(x, 1)[:, :, :3,
    #     :3]).sum()) and not np.allclose(got.dw, want.dw)
    dx, dw, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    return dx, dw[:, :, ::-1, ::-1], db


@exercise.bug
def averaged_over_images(dout, x, w, stride=1, padding=0, dilation=1):
    """dw and db are divided by the number of images. That division belongs to the loss: sum."""
    # "dw and db are divided by the number of images": np.allclose(got.dw * len(x), want.dw) and
    #     np.allclose(got.db * len(x), want.db)
    # "sum": dw / len(x), db / len(x) → dw, db
    dx, dw, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    return dx, dw / len(x), db / len(x)


@exercise.bug(of=(("dw", "db"), ("dw",), ("db",)))
def averaged_over_places(dout, x, w, stride=1, padding=0, dilation=1, of=("dw", "db")):
    """dw, db or both are averaged over the places. Each place uses the weights, so their gradients
    add up."""
    # "dw, db or both are averaged over the places": np.allclose(got.dw * dout[0, 0].size, want.dw)
    #     or np.allclose(got.db * dout[0, 0].size, want.db)
    # "so their gradients add up": dw / places → dw; db / places → db
    dx, dw, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    places = dout[0, 0].size
    return dx, dw / places if "dw" in of else dw, db / places if "db" in of else db


@exercise.bug
def one_gradient_for_each_image(dout, x, w, stride=1, padding=0, dilation=1):
    """dw keeps an axis of images, as the product of `dout` and the columns has it. All images share
    the filters: sum over that axis."""
    # "dw keeps an axis of images, as the product of `dout` and the columns has it":
    #     np.array_equal(got.dw, (dout.reshape(*dout.shape[:2], -1) @ im2col(x, w.shape[2:], stride,
    #     padding, dilation).swapaxes(1, 2)).reshape(len(x), *w.shape))
    # "All images share the filters: sum over that axis": (len(x), *w.shape) → (len(x),
    #     *w.shape)).sum(axis=(0)
    dx, _, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    rows = as_float(dout).reshape(*dout.shape[:2], -1)
    columns = im2col(x, w.shape[2:], stride, padding, dilation)
    return dx, (rows @ columns.swapaxes(1, 2)).reshape((len(x), *w.shape)), db


@exercise.bug(of=(("dw", "db"), ("dw",)))
def last_image_only(dout, x, w, stride=1, padding=0, dilation=1, of=("dw", "db")):
    """dw, and perhaps db, is of the last image alone: it is set anew for each. Add up over the
    images."""
    # "dw, and perhaps db, is of the last image alone": np.allclose(got.dw, right(dout[-1:], x[-1:],
    #     w, stride, padding, dilation)[1])
    # "Add up over the images": dout[-1:], x[-1:] → dout, x
    dx, _, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    _, dw, last = conv2d_backward(dout[-1:], x[-1:], w, stride, padding, dilation)
    return dx, dw, last if "db" in of else db


@exercise.bug
def bias_for_each_image(dout, x, w, stride=1, padding=0, dilation=1):
    """db is summed over the pixels only, so that it keeps an axis of images. Sum over images, rows
    and columns."""
    # "db is summed over the pixels only, so that it keeps an axis of images": got.db.shape ==
    #     dout.shape[:2]
    # "Sum over images, rows and columns": axis=(2, 3) → axis=(0, 2, 3)
    dx, dw, _ = conv2d_backward(dout, x, w, stride, padding, dilation)
    return dx, dw, as_float(dout).sum(axis=(2, 3))


@exercise.bug
def bias_for_each_place(dout, x, w, stride=1, padding=0, dilation=1):
    """db is summed over the images only, so that it keeps the axes of rows and columns. A filter
    has one bias: sum over images, rows and columns."""
    # "db is summed over the images only, so that it keeps the axes of rows and columns":
    #     got.db.shape == dout.shape[1:]
    # "A filter has one bias: sum over images, rows and columns": axis=0 → axis=(0, 2, 3)
    dx, dw, _ = conv2d_backward(dout, x, w, stride, padding, dilation)
    return dx, dw, as_float(dout).sum(axis=0)


@exercise.bug
def taps_before_channels(dout, x, w, stride=1, padding=0, dilation=1):
    """dw has its numbers in another order than w: over taps first, then over channels. The columns
    have channels first; keep that order."""
    # "dw has its numbers in another order than w: over taps first, then over channels":
    #     np.allclose(got.dw.ravel(), np.moveaxis(want.dw, 1, 3).ravel())
    # "keep that order": dw.transpose(0, 2, 3, 1).reshape(w.shape) → dw
    # "The columns have channels first": np.array_equal(im2col(x[:, :1], w.shape[2:], stride,
    #     padding, dilation), im2col(x, w.shape[2:], stride, padding, dilation)[:, : w[0, 0].size])
    #     and not np.allclose(got.dw, want.dw)
    dx, dw, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    return dx, dw.transpose(0, 2, 3, 1).reshape(w.shape), db


@exercise.bug
def stride_ignored(dout, x, w, stride=1, padding=0, dilation=1):
    """The windows are taken from neighbouring pixels, whatever the stride. Output r, c has its
    window at `r * stride`, `c * stride`."""
    # "The windows are taken from neighbouring pixels, whatever the stride": not got.dx[:, :,
    #     dout.shape[2] + w.shape[2] - 1 :].any() and want.dx[:, :, dout.shape[2] + w.shape[2] - 1
    #     :].any()
    # "whatever the stride": w, 1 → w, stride
    # "Output r, c has its window at `r * stride`, `c * stride`": all(np.array_equal(windows(x,
    #     w.shape[2:], stride, 1)[..., r, c], x[:, :, r * stride : r * stride + w.shape[2], c *
    #     stride : c * stride + w.shape[3]]) for r, c in np.ndindex(*dout.shape[2:])) and not
    #     np.allclose(got.dx, want.dx)
    return at_places(dout, x, w, 1, padding, dilation)


@exercise.bug
def dilation_ignored(dout, x, w, stride=1, padding=0, dilation=1):
    """The taps are neighbours, whatever the dilation. Tap i, j of a window lies `i * dilation`,
    `j * dilation` pixels from its first."""
    # "The taps are neighbours, whatever the dilation": np.allclose(got.dw[:, :, 0, 0], want.dw[:,
    #     :, 0, 0]) and not np.allclose(got.dw[:, :, 1:], want.dw[:, :, 1:])
    # "whatever the dilation": padding, 1 → padding, dilation
    # "Tap i, j of a window lies `i * dilation`, `j * dilation` pixels from its first":
    #     all(np.array_equal(windows(x, w.shape[2:], stride, dilation)[:, :, i, j, 0, 0], x[:, :, i
    #     * dilation, j * dilation]) for i, j in np.ndindex(*w.shape[2:])) and not
    #     np.allclose(got.dx, want.dx)
    return at_places(dout, x, w, stride, padding, 1)


def with_padding(dout, x, w, stride, padding, dilation):
    """The gradients, that of the image with its padding."""
    return at_places(dout, pad(x, padding), w, stride, 0, dilation)


@exercise.bug
def padding_left_on(dout, x, w, stride=1, padding=0, dilation=1):
    """dx is the gradient of the padded image. Cut `padding` pixels off on each side."""
    # "dx is the gradient of the padded image": got.dx.shape[2] == x.shape[2] + 2 * padding
    # "Cut `padding` pixels off on each side": (whole, dw, db) → (cut(whole, x,
    #     padding), dw, db)
    whole, dw, db = with_padding(dout, x, w, stride, padding, dilation)
    return whole, dw, db


@exercise.bug
def padding_cut_at_the_end(dout, x, w, stride=1, padding=0, dilation=1):
    """All of the padding is cut off at the end of dx, so that it stands too far down and right. Cut
    `padding` pixels off on each side."""
    # "All of the padding is cut off at the end of dx, so that it stands too far down and right":
    #     np.allclose(got.dx[:, :, padding:, padding:], want.dx[:, :, :-padding, :-padding])
    # "Cut `padding` pixels off on each side": dx[:, :, :x.shape[2], :x.shape[3]] → cut(dx, x,
    #     padding)
    dx, dw, db = with_padding(dout, x, w, stride, padding, dilation)
    return dx[:, :, : x.shape[2], : x.shape[3]], dw, db


@exercise.bug
def cut_to_minus_zero(dout, x, w, stride=1, padding=0, dilation=1):
    """Without padding dx is empty: the slice `padding:-padding` is `0:0` there. Cut to
    `padding + x.shape[2]` and `padding + x.shape[3]`."""
    # "Without padding dx is empty": got.dx.size == 0
    # "Cut to `padding + x.shape[2]` and `padding + x.shape[3]`": padding:-padding,
    #     padding:-padding → padding : padding + x.shape[2], padding : padding + x.shape[3]
    # "the slice `padding:-padding` is `0:0` there": np.array_equal(x[:, :, padding:-padding], x[:,
    #     :, 0:0]) and got.dx.size == 0
    dx, dw, db = with_padding(dout, x, w, stride, padding, dilation)
    return dx[:, :, padding:-padding, padding:-padding], dw, db


@exercise.bug
def no_upstream_gradient(dout, x, w, stride=1, padding=0, dilation=1):
    """`dout` is taken for ones. Multiply by it: it is the gradient at each output."""
    # "`dout` is taken for ones": np.allclose(got.db, dout[0, 0].size * len(dout))
    # "Multiply by it: it is the gradient at each output": np.ones(dout.shape) → dout
    return conv2d_backward(np.ones(dout.shape), x, w, stride, padding, dilation)


@exercise.bug
def filters_for_channels(dout, x, w, stride=1, padding=0, dilation=1):
    """In dx, filters and channels of w are exchanged, where there are as many of each. An entry of
    `dout` meets the weights of its own filter: sum over the first axis of w."""
    # "In dx, filters and channels of w are exchanged, where there are as many of each": len(w) ==
    #     w.shape[1] and np.allclose(got.dx, right(dout, x, w.swapaxes(0, 1), stride, padding,
    #     dilation)[0])
    # "An entry of `dout` meets the weights of its own filter: sum over the first axis of w": dout,
    #     x, w.swapaxes(0, 1) → dout, x, w
    dx, dw, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    if len(w) == w.shape[1]:
        dx, _, _ = conv2d_backward(dout, x, w.swapaxes(0, 1), stride, padding, dilation)
    return dx, dw, db


@exercise.bug(by_tap=(False, True))
def reshaped_not_transposed(dout, x, w, stride=1, padding=0, dilation=1, by_tap=False):
    """In dx, `reshape` exchanges the axes of w, which leaves its numbers in their order, so that
    weights meet other filters. Transpose."""
    # "In dx, `reshape` exchanges the axes of w": np.allclose(got.dx, right(dout, x,
    #     w.reshape(-1, len(w)).T.reshape(w.shape), stride, padding, dilation)[0])
    # "which leaves its numbers in their order": np.array_equal(w.reshape(-1, len(w)).ravel(),
    #     w.ravel()) and not np.allclose(got.dx, want.dx)
    # "Transpose": flat.reshape(flat.shape[::-1]) → flat.T
    _, dw, db = conv2d_backward(dout, x, w, stride, padding, dilation)
    taps = w.reshape(*w.shape[:2], -1)
    turned = np.zeros(taps.shape)
    if by_tap:
        for tap in range(taps.shape[-1]):
            flat = taps[:, :, tap]
            turned[:, :, tap] = flat.reshape(flat.shape[::-1]).T
    else:
        flat = w.reshape(len(w), -1)
        turned = flat.reshape(flat.shape[::-1]).T
    dx, _, _ = conv2d_backward(
        dout, x, turned.reshape(w.shape), stride, padding, dilation
    )
    return dx, dw, db
