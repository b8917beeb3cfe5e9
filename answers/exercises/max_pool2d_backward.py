"""Practice for question 26: where the gradient of a maximum goes."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.convolution import col2im, max_pool2d_backward, pad, windows

exercise = Exercise(
    max_pool2d_backward,
    page="26-convolution",
    hints=(
        "One output pixel depends on one pixel of its window, as long as that one stays the "
        "largest. What is the slope with respect to the others?",
        "`argmax` gives the first of equal maxima. In which order does it see a window that is "
        "flattened?",
        "Windows may overlap: what must happen where two of them have the same maximum?",
        "Pad with -inf, so that padding wins nowhere, and cut the padding off at the end.",
    ),
)

rng = np.random.default_rng(62)


def images(*shape):
    """Irregular pixels, of both signs."""
    return rng.normal(size=shape)


def few_values(*shape):
    """Pixels of three values, so that many are equal."""
    return rng.integers(-2, 1, size=shape).astype(float)


exercise.case("one window", images(1, 1, 1, 1), images(1, 1, 2, 2), 2)
exercise.case("four windows", images(1, 1, 2, 2), images(1, 1, 4, 4), 2)
exercise.case("pixels all below 0", images(1, 1, 2, 2), images(1, 1, 4, 4) - 9, 2)
exercise.case("pixels left over", images(1, 1, 2, 3), images(1, 1, 5, 7), 2)
exercise.case(
    "two rows and columns left over", images(2, 2, 2, 2), images(2, 2, 8, 8), 3
)
exercise.case("two channels", images(1, 2, 2, 2), images(1, 2, 4, 4), 2)
exercise.case("three images", images(3, 2, 2, 3), images(3, 2, 4, 6), 2)
exercise.case("windows of one pixel", images(2, 1, 2, 3), images(2, 1, 2, 3), 1)
exercise.case("one window over all", images(2, 3, 1, 1), images(2, 3, 5, 5), 5)
exercise.case("equal pixels", images(1, 1, 2, 2), np.full((1, 1, 4, 4), 2.5), 2)
exercise.case("some equal pixels", images(2, 2, 3, 3), few_values(2, 2, 6, 6), 2)
exercise.case("windows that overlap", images(2, 2, 3, 4), images(2, 2, 5, 6), 3, 1)
exercise.case(
    "windows that overlap, equal pixels",
    images(2, 2, 2, 3),
    few_values(2, 2, 5, 7),
    3,
    stride=2,
)
exercise.case("windows that overlap by 1", images(1, 2, 2, 2), images(1, 2, 7, 7), 4, 3)
exercise.case("windows with gaps between", images(2, 3, 2, 3), images(2, 3, 6, 9), 2, 3)
exercise.case("padding", images(2, 2, 3, 3), images(2, 2, 5, 5), 3, 2, 1)
exercise.case(
    "padding beside pixels below 0", images(2, 2, 3, 3), images(2, 2, 5, 6) - 9, 3, 2, 1
)
exercise.case(
    "padding beside pixels far below 0",
    images(1, 2, 3, 3),
    images(1, 2, 5, 6) - 1e10,
    *(3, 2, 1),
)
exercise.case(
    "pixels that hardly differ", images(1, 2, 3, 3), 3.7 + 1e-9 * images(1, 2, 6, 6), 2
)
exercise.case(
    "padding without a stride", images(2, 2, 3, 2), images(2, 2, 5, 3), 2, padding=1
)
exercise.case("little padding", images(2, 2, 4, 3), images(2, 2, 8, 6), 4, 2, 1)
exercise.case(
    "integers far below 0",
    rng.integers(-9999, 9999, size=(1, 2, 3, 3)),
    rng.integers(-20_000, -10_000, size=(1, 2, 5, 5)),
    *(3, 2, 1),
)
middle = np.pad(np.array([[5]]), 1)[None, None]
exercise.case(
    "int32 whose sums need more than four bytes",
    np.array([[[[2e9, 1e9], [-3, 1.5e9]]]]).astype(np.int32),
    *(middle, 2, 1),
)
exercise.case("wide padding", images(1, 2, 4, 5), few_values(1, 2, 7, 8), 4, 2, 2)
exercise.case(
    "float32",
    images(2, 2, 2, 3).astype(np.float32),
    images(2, 2, 5, 7).astype(np.float32),
    3,
    2,
)
add_whole_numbers(
    exercise, np.rint(9 * images(2, 2, 3, 3)), np.rint(3 * images(2, 2, 5, 5)), 3, 2, 1
)


@exercise.check
def no_gradient_is_lost_or_added(submission):
    """The gradient of the image does not add up to that of the output. Each window passes its
    gradient on, to one pixel."""
    dout, x = np.arange(1.0, 10).reshape(1, 1, 3, 3), np.full((1, 1, 5, 5), -3.0)
    return np.isclose(np.sum(submission(dout.copy(), x.copy(), 3, 2, 1)), dout.sum())


def spread(dout, x, kernel, stride, padding, share, fill=-np.inf):
    """Each window's gradient, multiplied by what `share` gives to each of its pixels."""
    view = windows(pad(x, padding, fill), (kernel, kernel), stride or kernel, 1)
    taps = view.reshape(*x.shape[:2], kernel * kernel, -1)
    columns = share(taps) * as_float(dout).reshape(*x.shape[:2], 1, -1)
    return back(columns, x, kernel, stride, padding)


def back(columns, x, kernel, stride, padding):
    """Columns of each channel, added up to an image."""
    rows = columns.reshape(len(x), -1, columns.shape[-1])
    return col2im(rows, x.shape[2:], (kernel, kernel), stride or kernel, padding)


def first(taps):
    """1 at the first of the largest pixels, 0 elsewhere."""
    return one_hot(taps, taps.argmax(axis=2, keepdims=True))


def one_hot(taps, place):
    return (np.arange(taps.shape[2])[:, None] == place).astype(float)


@exercise.bug
def every_maximum(dout, x, kernel, stride=None, padding=0):
    """Each pixel that equals the maximum gets the whole gradient, so that a tie multiplies it. Give
    it to the first of them only."""
    # "Each pixel that equals the maximum gets the whole gradient, so that a tie multiplies it":
    #     np.isclose(got.sum(), 4 * want.sum())
    # "Give it to the first of them only": taps == taps.max(axis=2, keepdims=True) → first(taps)
    return spread(
        *(dout, x, kernel, stride, padding),
        lambda taps: taps == taps.max(axis=2, keepdims=True),
    )


@exercise.bug
def shared_among_equals(dout, x, kernel, stride=None, padding=0):
    """Equal maxima share the gradient, as in `amax`. Here the first of them gets all of it."""
    # "Equal maxima share the gradient": np.isclose(got.sum(), want.sum()) and np.allclose(got[0, 0,
    #     0, 0], want[0, 0, 0, 0] / 4)
    # "Here the first of them gets all of it": largest / largest.sum(axis=2, keepdims=True) →
    #     first(taps)

    def share(taps):
        largest = taps == taps.max(axis=2, keepdims=True)
        return largest / largest.sum(axis=2, keepdims=True)

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug
def last_maximum(dout, x, kernel, stride=None, padding=0):
    """Of equal maxima the last gets the gradient: `>=` where `>` keeps the first. Take the first,
    row by row."""
    # "Of equal maxima the last gets the gradient": np.array_equal(got[0, 0, 1::2, 1::2], want[0, 0,
    #     ::2, ::2])
    # "Take the first, row by row": taps.shape[2] - 1 - taps[:, :, ::-1].argmax(axis=2,
    #     keepdims=True) → taps.argmax(axis=2, keepdims=True)
    # "`>=` where `>` keeps the first": (lambda t: [i for i in range(4) if (t[i] >=
    #     t[:i]).all()][-1] == got[0, 0, :2, :2].argmax() and [i for i in range(4) if (t[i] >
    #     t[:i]).all()][-1] == want[0, 0, :2, :2].argmax())(x[0, 0, :2, :2].ravel()) and got[0, 0,
    #     0, 0] == 0

    def share(taps):
        last = taps.shape[2] - 1 - taps[:, :, ::-1].argmax(axis=2, keepdims=True)
        return one_hot(taps, last)

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug
def first_by_columns(dout, x, kernel, stride=None, padding=0):
    """Of equal maxima the first by columns gets the gradient. The order is row by row, as
    `reshape` flattens a window."""
    # "Of equal maxima the first by columns gets the gradient": np.array_equal(got,
    #     right(dout.swapaxes(2, 3), x.swapaxes(2, 3), kernel, stride, padding).swapaxes(2, 3))
    # "The order is row by row": transposed.argmax(axis=2, keepdims=True) % kernel * kernel +
    #     transposed.argmax(axis=2, keepdims=True) // kernel → taps.argmax(axis=2, keepdims=True)

    def share(taps):
        square = taps.reshape(*taps.shape[:2], kernel, kernel, -1)
        transposed = square.swapaxes(2, 3).reshape(taps.shape)
        return one_hot(
            taps,
            transposed.argmax(axis=2, keepdims=True) % kernel * kernel
            + transposed.argmax(axis=2, keepdims=True) // kernel,
        )

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug
def as_a_mean(dout, x, kernel, stride=None, padding=0):
    """Every pixel of a window gets an equal share of its gradient: that is average pooling. Only
    the maximum gets it."""
    # "Every pixel of a window gets an equal share of its gradient: that is average pooling":
    #     np.allclose(got, dout * np.mean(np.eye(1, x.size)))
    # "Only the maximum gets it": np.full(taps.shape, 1 / kernel ** 2) → first(taps)
    return spread(
        *(dout, x, kernel, stride, padding),
        lambda taps: np.full(taps.shape, 1 / kernel**2),
    )


@exercise.bug
def to_every_pixel(dout, x, kernel, stride=None, padding=0):
    """Every pixel of a window gets its whole gradient. Only the maximum gets it: elsewhere the
    slope is 0."""
    # "Every pixel of a window gets its whole gradient": np.allclose(got, dout)
    # "Only the maximum gets it: elsewhere the slope is 0": np.ones(taps.shape) → first(taps)
    return spread(dout, x, kernel, stride, padding, lambda taps: np.ones(taps.shape))


@exercise.bug
def smallest_pixel(dout, x, kernel, stride=None, padding=0):
    """The gradient goes to the smallest pixel of each window. Take the largest: `argmax`."""
    # "The gradient goes to the smallest pixel of each window": got.ravel()[x.argmin()] ==
    #     dout.item() != want.ravel()[x.argmin()]
    # "Take the largest: `argmax`": argmin → argmax

    def share(taps):
        return one_hot(taps, taps.argmin(axis=2, keepdims=True))

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug
def largest_size(dout, x, kernel, stride=None, padding=0):
    """The pixel that is furthest from 0 gets the gradient, though it may be the smallest. Compare
    the pixels, not their sizes."""
    # "The pixel that is furthest from 0 gets the gradient": np.count_nonzero(got) and
    #     (np.abs(x)[got != 0] > np.abs(x)[want != 0]).any()
    # "Compare the pixels, not their sizes": np.abs(taps) → taps
    # "though it may be the smallest": bug(np.ones((1, 1, 1, 1)), np.array([[[[1.0, -2.0], [0.5,
    #     1.5]]]]), 2)[0, 0, 0, 1] == 1

    def share(taps):
        seen = np.where(np.isinf(taps), taps, np.abs(taps))
        return one_hot(taps, seen.argmax(axis=2, keepdims=True))

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug
def maximum_from_zero(dout, x, kernel, stride=None, padding=0):
    """The search for the maximum begins at 0, so that a window of pixels below 0 gets no gradient.
    Begin at -inf."""
    # "The search for the maximum begins at 0, so that a window of pixels below 0 gets no gradient":
    #     not got.any() and x.max() < 0 and bug(dout, x - x.min() + 0.1, 2).any()
    # "Begin at -inf": > 0 → > -np.inf

    def share(taps):
        return first(taps) * (taps.max(axis=2, keepdims=True) > 0)

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug
def zeros_for_padding(dout, x, kernel, stride=None, padding=0):
    """The image is padded with zeros, which beat pixels below 0: their windows' gradient is lost in
    the padding. Pad with -inf."""
    # "The image is padded with zeros, which beat pixels below 0: their windows' gradient is lost in
    #     the padding": not bug(np.ones((1, 1, 2, 2)), np.full((1, 1, 2, 2), -0.1), 2, None,
    #     1).any() and bug(np.ones((1, 1, 2, 2)), np.full((1, 1, 2, 2), 0.1), 2, None, 1).all()
    # "Pad with -inf": fill=0 → fill=-np.inf
    return spread(dout, x, kernel, stride, padding, first, fill=0)


@exercise.bug
def overlaps_overwritten(dout, x, kernel, stride=None, padding=0):
    """Where a pixel is the maximum of several windows, only the last one's gradient stays. Add them
    up: `+=`."""
    # "Where a pixel is the maximum of several windows, only the last one's gradient stays":
    #     np.array_equal(bug(np.arange(1.0, 5).reshape(1, 1, 2, 2), pad(np.ones((1, 1, 1, 1)), 1),
    #     2, 1), 4 * pad(np.ones((1, 1, 1, 1)), 1))
    # "Add them up: `+=`": = as_float(dout)[n, c, row, column] → += as_float(dout)[n, c, row,
    #     column]
    padded = pad(x, padding, -np.inf)
    gradient = np.zeros(padded.shape)
    step = stride or kernel
    for n, c, row, column in np.ndindex(dout.shape):
        top, left = row * step, column * step
        window = padded[n, c, top : top + kernel, left : left + kernel]
        i, j = divmod(window.argmax(), kernel)
        gradient[n, c, top + i, left + j] = as_float(dout)[n, c, row, column]
    height, width = x.shape[2:]
    return gradient[:, :, padding : padding + height, padding : padding + width]


def on_padded(dout, x, kernel, stride, padding):
    """The gradient of the padded image."""
    padded = np.pad(
        as_float(x),
        ((0, 0), (0, 0), (padding, padding), (padding, padding)),
        constant_values=as_float(x).min() - 1,
    )
    return spread(dout, padded, kernel, stride, 0, first)


@exercise.bug
def padding_left_on(dout, x, kernel, stride=None, padding=0):
    """The gradient is that of the padded image, and has its shape. Cut the padding off."""
    # "The gradient is that of the padded image, and has its shape": got.shape[2] == x.shape[2] + 2
    #     * padding and np.array_equal(got[:, :, padding:-padding, padding:-padding], want)
    # "Cut the padding off": gradient[:] → gradient[:, :, padding : padding + x.shape[2], padding :
    #     padding + x.shape[3]]
    gradient = on_padded(dout, x, kernel, stride, padding)
    return gradient[:]


@exercise.bug
def padding_cut_at_the_end(dout, x, kernel, stride=None, padding=0):
    """All of the padding is cut off at the end, so that the gradient stands too far down and right.
    Cut `padding` pixels on each side."""
    # "All of the padding is cut off at the end, so that the gradient stands too far down and
    #     right": np.array_equal(got[:, :, padding:, padding:], want[:, :, :-padding, :-padding])
    # "Cut `padding` pixels on each side": gradient[:, :, :x.shape[2], :x.shape[3]] → gradient[:, :,
    #     padding : padding + x.shape[2], padding : padding + x.shape[3]]
    gradient = on_padded(dout, x, kernel, stride, padding)
    return gradient[:, :, : x.shape[2], : x.shape[3]]


@exercise.bug
def pixels_left_over_cut_off(dout, x, kernel, stride=None, padding=0):
    """The gradient ends with the last window, so that the pixels left over are missing. It has the
    shape of the images, with 0 there."""
    # "The gradient ends with the last window, so that the pixels left over are missing":
    #     got.shape[2] < x.shape[2] and np.array_equal(got, want[:, :, : got.shape[2], :
    #     got.shape[3]])
    # "It has the shape of the images, with 0 there": [:, :, :rows, :columns] → [:]
    step = stride or kernel
    rows, columns = ((n - 1) * step + kernel - padding for n in dout.shape[2:])
    gradient = max_pool2d_backward(dout, x, kernel, stride, padding)
    return gradient[:, :, :rows, :columns]


@exercise.bug
def cut_to_minus_zero(dout, x, kernel, stride=None, padding=0):
    """Without padding the result is empty: the slice `padding:-padding` is `0:0` there. Cut to
    `padding + x.shape[2]` and `padding + x.shape[3]`."""
    # "Without padding the result is empty": got.size == 0
    # "Cut to `padding + x.shape[2]` and `padding + x.shape[3]`": padding:-padding,
    #     padding:-padding → padding : padding + x.shape[2], padding : padding + x.shape[3]
    # "the slice `padding:-padding` is `0:0` there": np.array_equal(x[:, :, padding:-padding], x[:,
    #     :, 0:0]) and got.size == 0
    gradient = on_padded(dout, x, kernel, stride, padding)
    return gradient[:, :, padding:-padding, padding:-padding]


@exercise.bug
def no_upstream_gradient(dout, x, kernel, stride=None, padding=0):
    """Each maximum gets 1, whatever `dout` is: that is the slope alone. Multiply it by the window's
    entry of `dout`."""
    # "Each maximum gets 1, whatever `dout` is: that is the slope alone": np.array_equal(got,
    #     right(0 * dout + 1, x, kernel, stride, padding))
    # "Multiply it by the window's entry of `dout`": np.ones(dout.shape) → dout
    return max_pool2d_backward(np.ones(dout.shape), x, kernel, stride, padding)


@exercise.bug
def no_stride_is_one(dout, x, kernel, stride=None, padding=0):
    """Without a stride the windows are taken one pixel apart. Then they lie side by side: `stride`
    is `kernel`."""
    # "Without a stride the windows are taken one pixel apart": not
    #     got[:, :, kernel + dout.shape[2] - 1 :].any() and np.isclose(got.sum(), want.sum())
    # "Then they lie side by side: `stride` is `kernel`": step = stride or 1 → step = stride or
    #     kernel
    padded = pad(x, padding, -np.inf)
    gradient = np.zeros(padded.shape)
    step = stride or 1
    for n, c, row, column in np.ndindex(dout.shape):
        top, left = row * step, column * step
        window = padded[n, c, top : top + kernel, left : left + kernel]
        i, j = divmod(window.argmax(), kernel)
        gradient[n, c, top + i, left + j] += dout[n, c, row, column]
    height, width = x.shape[2:]
    return gradient[:, :, padding : padding + height, padding : padding + width]


@exercise.bug
def times_the_maximum(dout, x, kernel, stride=None, padding=0):
    """The gradient is multiplied by the maximum itself. The slope of a maximum is 1."""
    # "The gradient is multiplied by the maximum itself": np.allclose(got, want * x)
    # "The slope of a maximum is 1": * as_float(x) → * 1
    return max_pool2d_backward(dout, x, kernel, stride, padding) * as_float(x)


@exercise.bug(
    together=(
        lambda taps: taps.sum(axis=1, keepdims=True),
        lambda taps: taps.max(axis=1, keepdims=True),
        lambda taps: taps.sum(axis=0, keepdims=True),
        lambda taps: taps.max(axis=0, keepdims=True),
    )
)
def one_place_for_all(
    dout,
    x,
    kernel,
    stride=None,
    padding=0,
    together=lambda taps: taps.sum(axis=1, keepdims=True),
):
    """The place of the maximum is looked up in all channels together, or in all images. Each
    channel of each image has its own maxima."""
    # "The place of the maximum is looked up in all channels together": np.array_equal((got !=
    #     0).all(axis=1), (got != 0).any(axis=1))
    # "Each channel of each image has its own maxima": together(taps) → taps
    # "or in all images": (bug(np.ones((2, 1, 1, 1)), np.array([1.0, 0, 0, 0, 0, 0, 0,
    #     2]).reshape(2, 1, 2, 2), 2, together=lambda taps: taps.sum(axis=0, keepdims=True))[:, 0,
    #     1, 1] == 1).all()

    def share(taps):
        return np.broadcast_to(first(together(taps)), taps.shape)

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug
def nothing_for_a_maximum_of_0(dout, x, kernel, stride=None, padding=0):
    """A maximum that is 0 gets no gradient. Its slope is 1, too."""
    # "A maximum that is 0 gets no gradient": not bug(np.ones((1, 1, 1, 1)), np.zeros((1, 1, 2, 2)),
    #     2).any()
    # "Its slope is 1, too": * (largest != 0) → * 1

    def share(taps):
        largest = taps.max(axis=2, keepdims=True)
        return first(taps) * (largest != 0)

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug(number=(-1e9, -(2.0**31), -1e6, -1e5, -1e4, -1000, -999, -100))
def padded_with_a_number(dout, x, kernel, stride=None, padding=0, number=-1e9):
    """The padding holds a number, and beats pixels that lie below it: their windows' gradient is
    lost. Pad with -inf."""
    # "The padding holds a number, and beats pixels that lie below it: their windows' gradient is
    #     lost": not bug(np.ones((1, 1, 2, 2)), np.full((1, 1, 2, 2), -2e9), 2, None, 1).any() and
    #     bug(np.ones((1, 1, 2, 2)), np.full((1, 1, 2, 2), -5e8), 2, None, 1).all()
    # "Pad with -inf": fill=number → fill=-np.inf
    return spread(dout, x, kernel, stride, padding, first, fill=number)


@exercise.bug
def padded_with_the_smallest(dout, x, kernel, stride=None, padding=0):
    """The padding holds the smallest pixel, so that it equals the maximum of a window of such
    pixels, comes first, and its gradient is lost. Pad with -inf."""
    # "The padding holds the smallest pixel, so that it equals the maximum of a window of such
    #     pixels, comes first, and its gradient is lost": np.array_equal(bug(np.ones((1, 1, 2, 2)),
    #     np.array([[[[9.0, 7], [7, 9]]]]), 2, None, 1), [[[[1, 0], [0, 1]]]])
    # "Pad with -inf": x.min() → -np.inf
    return spread(dout, x, kernel, stride, padding, first, fill=x.min())


@exercise.bug(padding_too=(False, True))
def first_pixel_below_zero(dout, x, kernel, stride=None, padding=0, padding_too=False):
    """The search for the maximum begins at 0, so that in a window of pixels below 0 the first pixel
    gets the gradient. Begin at -inf."""
    # "in a window of pixels below 0 the first pixel gets the gradient": got[0, 0, 0, 0] == dout[0,
    #     0, 0, 0] and (x[0, 0, :kernel, :kernel] < 0).all()
    # "Begin at -inf": np.maximum(taps, 0) → np.maximum(taps, -np.inf)
    # "The search for the maximum begins at 0": np.array_equal(bug(np.ones((1, 1, 2, 2)),
    #     np.array([[[[-0.2, -0.1, 0.1, 0.2], [-0.3, -0.4, 0, 0.1], [0.2, 0.1, -0.2, -0.1], [0, 0,
    #     -0.3, -0.1]]]]), 2)[0, 0], [[1, 0, 0, 1], [0] * 4, [1, 0, 1, 0], [0] * 4])

    def share(taps):
        seen = np.maximum(taps, 0)
        return first(seen if padding_too else np.where(np.isinf(taps), taps, seen))

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug(
    seen=(
        np.float32,
        lambda taps: taps.clip(-65504, 65504).astype(np.float16),
        lambda taps: taps > taps.max(axis=2, keepdims=True) - 1e-6,
    )
)
def compared_too_coarsely(dout, x, kernel, stride=None, padding=0, seen=np.float32):
    """Pixels that differ in their tenth digit count as equal: they are compared in fewer bits, or
    with a tolerance. Compare them as they are."""
    # "Pixels that differ in their tenth digit count as equal": bug(np.ones((1, 1, 1, 1)),
    #     3.7 + 1e-9 * np.arange(4.0).reshape(1, 1, 2, 2), 2)[0, 0, 0, 0] == 1
    # "Compare them as they are.": seen(taps) → taps
    # "they are compared in fewer bits, or with a tolerance": np.float32(3.7) == np.float32(3.7 +
    #     1e-9) and bug(np.ones((1, 1, 1, 1)), 3.7 + 1e-9 * np.arange(4.0).reshape(1, 1, 2, 2), 2,
    #     seen=lambda taps: taps > taps.max(axis=2, keepdims=True) - 1e-6)[0, 0, 0, 0] == 1

    def share(taps):
        return first(seen(taps))

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug
def row_and_column_exchanged(dout, x, kernel, stride=None, padding=0):
    """Row and column of the maximum are exchanged. In a window flattened row by row, number n
    stands in row `n // kernel` and column `n % kernel`."""
    # "Row and column of the maximum are exchanged": np.array_equal(got[:, :, :kernel, :kernel],
    #     want[:, :, :kernel, :kernel].swapaxes(2, 3))
    # "In a window flattened row by row, number n stands in row `n // kernel` and column
    #     `n % kernel`": n % kernel * kernel + n // kernel → n // kernel * kernel + n % kernel

    def share(taps):
        n = taps.argmax(axis=2, keepdims=True)
        return one_hot(taps, n % kernel * kernel + n // kernel)

    return spread(dout, x, kernel, stride, padding, share)


@exercise.bug
def divided_by_the_window(dout, x, kernel, stride=None, padding=0):
    """The gradient is divided by the number of pixels in a window, as that of a mean is. The slope
    of a maximum is 1."""
    # "The gradient is divided by the number of pixels in a window, as that of a mean is":
    #     np.allclose(got, want * np.mean(np.eye(1, kernel**2)))
    # "The slope of a maximum is 1": / kernel ** 2 → / 1
    return max_pool2d_backward(dout, x, kernel, stride, padding) / kernel**2


@exercise.bug
def first_window_only(dout, x, kernel, stride=None, padding=0):
    """Where a pixel is the maximum of several windows, only the first one's gradient stays. Add
    them up: `+=`."""
    # "Where a pixel is the maximum of several windows, only the first one's gradient stays":
    #     np.array_equal(bug(np.arange(1.0, 5).reshape(1, 1, 2, 2), pad(np.ones((1, 1, 1, 1)), 1),
    #     2, 1), 1 * pad(np.ones((1, 1, 1, 1)), 1))
    # "Add them up: `+=`": = gradient[place] or → +=
    padded = pad(x, padding, -np.inf)
    gradient = np.zeros(padded.shape)
    step = stride or kernel
    for n, c, row, column in np.ndindex(dout.shape):
        top, left = row * step, column * step
        window = padded[n, c, top : top + kernel, left : left + kernel]
        i, j = divmod(window.argmax(), kernel)
        place = n, c, top + i, left + j
        gradient[place] = gradient[place] or as_float(dout)[n, c, row, column]
    height, width = x.shape[2:]
    return gradient[:, :, padding : padding + height, padding : padding + width]


@exercise.bug
def first_of_the_image(dout, x, kernel, stride=None, padding=0):
    """The gradient goes to the first pixel of the whole image that equals the window's maximum, in
    whatever window that lies. Look for it in the window alone."""
    # "The gradient goes to the first pixel of the whole image that equals the window's maximum":
    #     got[0, 0, 0, 0] == dout[0, 0].sum() and np.ptp(x) == 0
    # "Look for it in the window alone": np.argwhere(channel == window.max()) →
    #     (np.argwhere(window == window.max()) +
    #     (top, left))
    padded = pad(x, padding, -np.inf)
    gradient = np.zeros(padded.shape)
    step = stride or kernel
    for n, c, row, column in np.ndindex(dout.shape):
        top, left = row * step, column * step
        channel = padded[n, c]
        window = channel[top : top + kernel, left : left + kernel]
        i, j = np.argwhere(channel == window.max())[0]
        gradient[n, c, i, j] += dout[n, c, row, column]
    height, width = x.shape[2:]
    return gradient[:, :, padding : padding + height, padding : padding + width]


@exercise.bug
def averaged_over_windows(dout, x, kernel, stride=None, padding=0):
    """A pixel that is the maximum of several windows gets the mean of their gradients. It moves
    each of them, so they add up."""
    # "A pixel that is the maximum of several windows gets the mean of their gradients":
    #     np.array_equal(bug(np.arange(1.0, 5).reshape(1, 1, 2, 2), pad(np.ones((1, 1, 1, 1)), 1),
    #     2, 1), 2.5 * pad(np.ones((1, 1, 1, 1)), 1))
    # "so they add up": / np.maximum(many, 1) → / 1
    many = max_pool2d_backward(np.ones(dout.shape), x, kernel, stride, padding)
    total = max_pool2d_backward(dout, x, kernel, stride, padding)
    return total / np.maximum(many, 1)


@exercise.bug
def outputs_transposed(dout, x, kernel, stride=None, padding=0):
    """Rows and columns of `dout` are exchanged, where there are as many of each. An entry of
    `dout` belongs to the window that lies in its row and column."""
    # "Rows and columns of `dout` are exchanged, where there are as many of each": dout.shape[2] ==
    #     dout.shape[3] and np.array_equal(got, right(dout.swapaxes(2, 3), x, kernel, stride,
    #     padding))
    # "An entry of `dout` belongs to the window that lies in its row and column":
    #     dout.swapaxes(2, 3) → dout
    if dout.shape[2] == dout.shape[3]:
        dout = dout.swapaxes(2, 3)
    return max_pool2d_backward(dout, x, kernel, stride, padding)


@exercise.bug
def padded_by_half_the_kernel(dout, x, kernel, stride=None, padding=0):
    """Any padding means half of the kernel. It is `padding` pixels on each side."""
    # "Any padding means half of the kernel": np.array_equal(bug(dout, x, kernel, stride, 2),
    #     got) and kernel // 2 == 2 > padding > 0
    # "It is `padding` pixels on each side": kernel // 2 if padding else 0 → padding
    step = stride or kernel
    start = kernel // 2 if padding else 0
    height, width = x.shape[2:]
    gradient = np.zeros(x.shape)
    for n, c, row, column in np.ndindex(dout.shape):
        top, left = row * step - start, column * step - start
        rows = slice(max(top, 0), min(top + kernel, height))
        columns = slice(max(left, 0), min(left + kernel, width))
        window = x[n, c, rows, columns]
        if window.size:
            i, j = divmod(window.argmax(), window.shape[1])
            at = n, c, rows.start + i, columns.start + j
            gradient[at] += dout[n, c, row, column]
    return gradient


@exercise.bug
def windows_within_the_stride(dout, x, kernel, stride=None, padding=0):
    """Windows end where the next begins, though the kernel reaches further. They overlap if the
    stride is below the kernel: take `kernel` pixels."""
    # "Windows end where the next begins, though the kernel reaches further": stride < kernel and
    #     bug(np.ones((1, 1, 1, 1)), np.array([[[[1.0, 2], [3, 4]]]]), 2, 1)[0, 0, 0, 0] == 1
    # "They overlap if the stride is below the kernel: take `kernel` pixels": min(kernel, step) →
    #     kernel
    step = stride or kernel
    size = min(kernel, step)
    padded = pad(x, padding, -np.inf)
    gradient = np.zeros(padded.shape)
    for n, c, row, column in np.ndindex(dout.shape):
        top, left = row * step, column * step
        window = padded[n, c, top : top + size, left : left + size]
        i, j = divmod(window.argmax(), window.shape[1])
        gradient[n, c, top + i, left + j] += as_float(dout)[n, c, row, column]
    height, width = x.shape[2:]
    return gradient[:, :, padding : padding + height, padding : padding + width]
