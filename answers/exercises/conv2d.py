"""Practice for question 26: convolution, forward."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.convolution import conv2d

exercise = Exercise(
    conv2d,
    page="26-convolution",
    hints=(
        "How many pixels does a kernel reach over, with its taps `dilation` apart? Then at how "
        "many places can its first tap stand, and how many of them does the stride take?",
        "Loop over the kernel's taps, not over the image: which pixels of the padded image meet "
        "one tap, over all places? A slice with a step gives them.",
        "Stacked, these slices are one column for each place. In which order do a column's "
        "entries fit the weights of a filter, flattened?",
        "One bias belongs to one filter, and the filters are the second axis of the output.",
    ),
)

rng = np.random.default_rng(26)


def layer(images, channels, size, filters, kernel):
    """Images, filters and biases."""
    x = rng.normal(size=(images, channels, *size))
    return x, rng.normal(size=(filters, channels, *kernel)), rng.normal(size=filters)


exercise.case("one pixel and one tap", *layer(1, 1, (1, 1), 1, (1, 1)))
exercise.case("two taps on a row of five pixels", *layer(1, 1, (1, 5), 1, (1, 2)))
exercise.case("a 3 x 3 kernel", *layer(1, 1, (5, 5), 1, (3, 3)))
exercise.case("a kernel as large as the image", *layer(1, 1, (4, 4), 1, (4, 4)))
exercise.case("three filters", *layer(1, 1, (4, 4), 3, (3, 3)))
exercise.case("two channels", *layer(1, 2, (4, 4), 1, (2, 2)))
exercise.case("two images and two filters", *layer(2, 1, (4, 4), 2, (2, 2)))
exercise.case("an image that is not square", *layer(2, 3, (4, 7), 4, (3, 3)))
exercise.case("a kernel that is not square", *layer(2, 3, (6, 5), 4, (3, 2)))
exercise.case("as many filters as channels", *layer(2, 3, (5, 6), 3, (3, 2)))
exercise.case("a stride of 2", *layer(2, 3, (7, 5), 4, (3, 3)), stride=2)
exercise.case("a stride that leaves pixels over", *layer(2, 3, (8, 9), 4, (3, 2)), 3)
exercise.case("padding", *layer(2, 3, (4, 5), 4, (3, 3)), padding=1)
exercise.case("two pixels of padding", *layer(2, 3, (4, 5), 2, (3, 2)), padding=2)
exercise.case("wide padding", *layer(2, 3, (3, 4), 2, (3, 2)), padding=3)
same = layer(2, 3, (7, 6), 4, (3, 2))
exercise.case("dilation", *same, dilation=2)
exercise.case("the same arrays without dilation", *same)
exercise.case("a dilation of 3", *layer(1, 2, (9, 8), 2, (3, 3)), dilation=3)
exercise.case("stride and padding", *layer(2, 3, (6, 7), 4, (3, 3)), 2, 1)
exercise.case("all three at once", *layer(2, 3, (9, 8), 4, (3, 2)), 3, 2, 2)
exercise.case("1 x 1 filters", *layer(2, 5, (3, 4), 2, (1, 1)))
exercise.case("1 x 1 filters with a stride", *layer(2, 5, (4, 5), 2, (1, 1)), 2)
exercise.case("a stride beyond the kernel", *layer(2, 2, (8, 5), 3, (2, 2)), 3)
exercise.case(
    "float32", *(a.astype(np.float32) for a in layer(2, 3, (5, 6), 4, (3, 3))), 1, 1
)
add_whole_numbers(
    exercise,
    *(np.rint(9 * a) for a in layer(2, 3, (5, 6), 4, (2, 3))),
    2,
    1,
    factor=40_009,
)
x, w, b = layer(2, 3, (5, 6), 4, (2, 3))
exercise.case("integers in b beside floats", x, w, np.rint(9 * b).astype(np.int64))
whole = [np.where(a < 0, -1, 1) * np.ceil(9 * abs(a)).astype(np.int64) for a in (x, w)]
exercise.case("fractions in b beside integers", *whole, b)
exercise.case(
    "int32 whose products need more than four bytes",
    *(10_007 * a.astype(np.int32) for a in whole),
    b,
)
exercise.case(
    "pixels from 0 to 255",
    rng.integers(256, size=(2, 3, 6, 5), dtype=np.uint8),
    *layer(2, 3, (6, 5), 4, (3, 3))[1:],
)


@exercise.bug
def kernel_flipped(x, w, b, stride=1, padding=0, dilation=1):
    """The kernel is flipped along both axes, as in mathematics: the last tap meets the first pixel.
    The dot product here takes w as it is."""
    # "The kernel is flipped along both axes": np.allclose(got, right(x, np.flip(w, (2, 3)), b,
    #     stride, padding, dilation))
    # "The dot product here takes w as it is": w[:, :, ::-1, ::-1] → w
    return conv2d(x, w[:, :, ::-1, ::-1], b, stride, padding, dilation)


@exercise.bug
def taps_by_columns(x, w, b, stride=1, padding=0, dilation=1):
    """The pixels of a window stand in another order than the weights of a filter: down the
    window's columns. Run over its rows first, each from left to right."""
    # "down the window's columns": np.allclose(got, right(x, w.reshape(*w.shape[:2],
    #     *w.shape[:1:-1]).swapaxes(2, 3), b, stride, padding, dilation))
    # "Run over its rows first, each from left to right": w.reshape(*w.shape[:2], width,
    #     height).swapaxes(2, 3) → w
    height, width = w.shape[2:]
    by_columns = w.reshape(*w.shape[:2], width, height).swapaxes(2, 3)
    return conv2d(x, by_columns, b, stride, padding, dilation)


@exercise.bug
def taps_before_channels(x, w, b, stride=1, padding=0, dilation=1):
    """The pixels of a column stand in another order than the weights of a filter: over taps first,
    then over channels. Filters run over channels first: put the axes of the windows in that order
    before you reshape."""
    # "over taps first, then over channels": np.allclose(got, right(x, np.moveaxis(w.reshape(len(w),
    #     *w.shape[2:], -1), 3, 1), b, stride, padding, dilation))
    # "put the axes of the windows in that order before you reshape": w.reshape(len(w),
    #     *w.shape[2:], -1).transpose(0, 3, 1, 2) → w
    last = w.reshape(len(w), *w.shape[2:], -1).transpose(0, 3, 1, 2)
    return conv2d(x, last, b, stride, padding, dilation)


@exercise.bug
def images_and_filters_mixed(x, w, b, stride=1, padding=0, dilation=1):
    """One product over all images gives filters first, then images; a reshape alone to images
    first mixes them. Reshape to filters first, then transpose."""
    # "One product over all images gives filters first, then images; a reshape alone to images first
    #     mixes them": np.allclose(got.reshape(want.swapaxes(0, 1).shape), want.swapaxes(0, 1))
    # "Reshape to filters first, then transpose": .reshape(out.shape) → .transpose(1, 0, 2, 3)
    out = conv2d(x, w, b, stride, padding, dilation)
    return out.transpose(1, 0, 2, 3).reshape(out.shape)


@exercise.bug
def bias_missing(x, w, b, stride=1, padding=0, dilation=1):
    """The bias is not added. Add b[f] to every pixel of filter f."""
    # "The bias is not added": np.allclose(got, want - b[:, None, None])
    # "Add b[f] to every pixel of filter f": 0 * b → b
    return conv2d(x, w, 0 * b, stride, padding, dilation)


@exercise.bug(axes=((-1,), (1, 1, 1, -1)))
def bias_along_the_width(x, w, b, stride=1, padding=0, dilation=1, axes=(-1,)):
    """The bias is added along the last axis, the output's columns, and fits only if there are as
    many of them as filters. Give it two more axes: `b[:, None, None]`."""
    # "The bias is added along the last axis, the output's columns, and fits only if there are as
    #     many of them as filters": isinstance(got, ValueError) and want.shape[-1] != len(b)
    # "Give it two more axes: `b[:, None, None]`": b.reshape(axes) → b[:, None, None]
    return conv2d(x, w, 0 * b, stride, padding, dilation) + b.reshape(axes)


@exercise.bug
def bias_once_for_each_channel(x, w, b, stride=1, padding=0, dilation=1):
    """The bias is added once for each channel of the image. Add it once, after the sum over
    channels."""
    # "The bias is added once for each channel of the image": np.allclose(got - want, (x.shape[1] -
    #     1) * b[:, None, None])
    # "Add it once, after the sum over channels": x.shape[1] * as_float(b) → b
    return conv2d(x, w, x.shape[1] * as_float(b), stride, padding, dilation)


@exercise.bug
def products_in_integers(x, w, b, stride=1, padding=0, dilation=1):
    """Products of integers are added up in their own type, and wrap around in four bytes. Convert
    images or filters to floats first."""
    # "Products of integers are added up in their own type, and wrap around in four bytes":
    #     np.array_equal(got, (want - b[:, None, None]).astype(int).astype(np.int32) + b[:, None,
    #     None])
    # "Convert images or filters to floats first": out.astype(np.int64).astype(kind) → out
    kind = np.result_type(x, w)
    out = conv2d(x, w, 0 * as_float(b), stride, padding, dilation)
    if kind.kind in "iu":
        out = out.astype(np.int64).astype(kind)
    return out + as_float(b)[:, None, None]


@exercise.bug(stored=("x", "x and w", "before the bias", "each product"))
def result_in_integers(x, w, b, stride=1, padding=0, dilation=1, stored="x"):
    """The result is stored in the type of the images, or of images and filters, and integers hold
    no fractions. Store it in floats."""
    # "The result is stored in the type of the images": x.dtype.kind == "i" and np.array_equal(got,
    #     np.trunc(want))
    # "or of images and filters": np.array_equal(bug(np.rint(x).astype(int), np.rint(w).astype(int),
    #     b, stored="x and w"), np.trunc(right(np.rint(x), np.rint(w), b)))
    # "Store it in floats": np.result_type(x, w) if stored == 'x and w' else x.dtype → float;
    #     out.astype(np.int64).astype(np.result_type(x, w)) → out
    kind = np.result_type(x, w) if stored == "x and w" else x.dtype
    bias = as_float(b)[:, None, None]
    out = conv2d(x, w, 0 * as_float(b), stride, padding, dilation)
    with np.errstate(invalid="ignore"):
        if stored == "each product" and np.result_type(x, w).kind in "iu":
            # Four bytes wrap around.
            out = out.astype(np.int64).astype(np.result_type(x, w))
        if stored in ("before the bias", "each product"):
            return out.astype(kind) + bias
        return (out + bias).astype(kind)


@exercise.bug
def filters_in_integers(x, w, b, stride=1, padding=0, dilation=1):
    """The filters are stored in the type of the images, and integers hold no fractions. A kernel
    with gaps between its taps belongs in floats, too."""
    # "The filters are stored in the type of the images": x.dtype.kind == "i" and
    #     np.array_equal(got, right(x, np.trunc(w), b, stride, padding, dilation))
    # "A kernel with gaps between its taps belongs in floats, too": w.astype(x.dtype) → w
    with np.errstate(invalid="ignore"):
        return conv2d(x, w.astype(x.dtype), b, stride, padding, dilation)


@exercise.bug(kernels=("all", "1 x 1"))
def stride_ignored(x, w, b, stride=1, padding=0, dilation=1, kernels="all"):
    """The kernel is laid over every pixel, whatever the stride. Take every `stride`-th place."""
    # "The kernel is laid over every pixel, whatever the stride": np.array_equal(got, right(x, w, b,
    #     1, padding, dilation))
    # "Take every `stride`-th place": every = 1 → every = stride
    every = 1
    if kernels == "1 x 1" and w.shape[2:] != (1, 1):
        every = stride
    return conv2d(x, w, b, every, padding, dilation)


@exercise.bug
def padding_ignored(x, w, b, stride=1, padding=0, dilation=1):
    """No padding is added, so that the output is too small. Add `padding` pixels of 0 on each
    side."""
    # "No padding is added, so that the output is too small": got.shape[2] < want.shape[2] and
    #     np.array_equal(got, right(x, w, b, stride, 0, dilation))
    # "Add `padding` pixels of 0 on each side": stride, 0 → stride, padding
    return conv2d(x, w, b, stride, 0, dilation)


@exercise.bug
def dilation_ignored(x, w, b, stride=1, padding=0, dilation=1):
    """The taps are neighbours, whatever the dilation. Take pixels `dilation` apart."""
    # "The taps are neighbours, whatever the dilation": np.array_equal(got, right(x, w, b, stride,
    #     padding, 1))
    # "Take pixels `dilation` apart": padding, 1 → padding, dilation
    return conv2d(x, w, b, stride, padding, 1)


@exercise.bug
def stride_and_dilation_exchanged(x, w, b, stride=1, padding=0, dilation=1):
    """Stride and dilation are exchanged. The stride leads from one place to the next, the dilation
    from one tap to the next."""
    # "Stride and dilation are exchanged": np.array_equal(got, right(x, w, b, dilation, padding,
    #     stride))
    # "The stride leads from one place to the next, the dilation from one tap to the next":
    #     dilation, padding, stride) → stride, padding, dilation)
    return conv2d(x, w, b, dilation, padding, stride)


@exercise.bug(mode=("edge", "symmetric", "wrap"))
def padding_repeats_the_image(x, w, b, stride=1, padding=0, dilation=1, mode="edge"):
    """The padding repeats pixels of the image. Here it is 0: `mode="constant"`."""
    # "The padding repeats pixels of the image": np.allclose(got, right(np.pad(x, ((0, 0), (0, 0),
    #     (padding, padding), (padding, padding)), mode="edge"), w, b, stride, 0, dilation))
    # "Here it is 0: `mode="constant"`": mode=mode → mode="constant"
    sides = (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), sides, sides), mode=mode)
    return conv2d(padded, w, b, stride, 0, dilation)


@exercise.bug
def padding_before_only(x, w, b, stride=1, padding=0, dilation=1):
    """Padding counts above and on the left only, so that the output is too small. Add it on all
    four sides, and twice to the size."""
    # "Padding counts above and on the left only, so that the output is too small": got.shape[2] <
    #     want.shape[2] and np.allclose(got, want[:, :, :got.shape[2], :got.shape[3]])
    # "Add it on all four sides, and twice to the size": (padding, 0) → (padding, padding)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, 0), (padding, 0)))
    return conv2d(padded, w, b, stride, 0, dilation)


@exercise.bug
def places_rounded_up(x, w, b, stride=1, padding=0, dilation=1):
    """The number of places is rounded up, so that a last window hangs over the edge. Round
    down."""
    # "so that a last window hangs over the edge": got.size > want.size and np.allclose(got[:, :, :
    #     want.shape[2], : want.shape[3]], want)
    # "Round down": beyond = stride - 1 → beyond = 0
    # "The number of places is rounded up": got.shape[2] == -(-(x.shape[2] + 2 * padding -
    #     w.shape[2]) // stride) + 1 and stride > 1
    beyond = stride - 1
    wider = np.pad(x, ((0, 0), (0, 0), (0, beyond), (0, beyond)))
    return conv2d(wider, w, b, stride, padding, dilation)


@exercise.bug
def kernel_transposed(x, w, b, stride=1, padding=0, dilation=1):
    """Rows and columns of the kernel are exchanged, where there are as many of each. Its rows run
    down the image, its columns to the right."""
    # "Rows and columns of the kernel are exchanged, where there are as many of each": w.shape[2] ==
    #     w.shape[3] and np.allclose(got, right(x, w.swapaxes(2, 3), b, stride, padding, dilation))
    # "Its rows run down the image, its columns to the right": w.swapaxes(2, 3) → w
    if w.shape[2] == w.shape[3]:
        w = w.swapaxes(2, 3)
    return conv2d(x, w, b, stride, padding, dilation)


def cropped(out, rows, columns):
    """The first rows and columns of each image."""
    return out[:, :, : max(rows, 0), : max(columns, 0)]


@exercise.bug(
    size=(
        lambda n, stride: n // stride,
        lambda n, stride: -(-n // stride),
        lambda n, stride: (n + 1) // stride,
    )
)
def last_place_missing(
    x, w, b, stride=1, padding=0, dilation=1, size=lambda n, stride: n // stride
):
    """The last row and column of the output are missing: there is a place before the first step,
    too. The size is (pixels - reach) // stride + 1."""
    # "The last row and column of the output are missing": np.array_equal(got, want[:, :, :-1, :-1])
    # "The size is (pixels - reach) // stride + 1": size(n - over, stride) → (n - over) //
    #     stride + 1
    out = conv2d(x, w, b, stride, padding, dilation)
    reach = [dilation * (taps - 1) + 1 for taps in w.shape[2:]]
    pixels = [size + 2 * padding for size in x.shape[2:]]
    sizes = (size(n - over, stride) for n, over in zip(pixels, reach, strict=True))
    return cropped(out, *sizes)


@exercise.bug
def reach_of_dilation_times_taps(x, w, b, stride=1, padding=0, dilation=1):
    """The kernel is taken to reach over dilation * taps pixels, so that places at the end are
    missing. Behind the last tap there is no gap: `dilation * (taps - 1) + 1`."""
    # "so that places at the end are missing": got.shape[2] < want.shape[2] and
    #     np.array_equal(got, want[:, :, :got.shape[2], :got.shape[3]])
    # "`dilation * (taps - 1) + 1`": dilation * taps → dilation * (taps - 1) + 1
    out = conv2d(x, w, b, stride, padding, dilation)
    reach = [dilation * taps for taps in w.shape[2:]]
    pixels = [size + 2 * padding for size in x.shape[2:]]
    sizes = ((n - over) // stride + 1 for n, over in zip(pixels, reach, strict=True))
    return cropped(out, *sizes)


@exercise.bug
def rows_and_columns_exchanged(x, w, b, stride=1, padding=0, dilation=1):
    """The numbers are right, but the output is as wide as it should be high. Reshape to rows, then
    columns."""
    # "The numbers are right, but the output is as wide as it should be high": got.shape[3] ==
    #     want.shape[2] and np.array_equal(got.ravel(), want.ravel())
    # "Reshape to rows, then columns": columns, rows) → rows, columns)
    out = conv2d(x, w, b, stride, padding, dilation)
    *leading, rows, columns = out.shape
    return out.reshape(*leading, columns, rows)


@exercise.bug
def first_channel_only(x, w, b, stride=1, padding=0, dilation=1):
    """Only the first channel counts. Sum over all channels of the image."""
    # "Only the first channel counts": np.allclose(got, right(x[:, :1], w[:, :1], b, stride,
    #     padding, dilation))
    # "Sum over all channels of the image": x[:, :1], w[:, :1] → x, w
    return conv2d(x[:, :1], w[:, :1], b, stride, padding, dilation)


@exercise.bug
def averaged_over_taps(x, w, b, stride=1, padding=0, dilation=1):
    """The products are averaged over the taps. Convolution adds them up."""
    # "The products are averaged over the taps": np.allclose((got - b[:, None, None]) * w[0].size,
    #     want - b[:, None, None])
    # "Convolution adds them up": w / w[0].size → w
    return conv2d(x, w / w[0].size, b, stride, padding, dilation)


@exercise.bug
def channels_not_summed(x, w, b, stride=1, padding=0, dilation=1):
    """The output keeps an axis of channels. A filter sums over all of them."""
    # "The output keeps an axis of channels": got.ndim == 5 and got.shape[2] == x.shape[1]
    # "A filter sums over all of them": np.stack(out, axis=2) → np.sum(out, axis=0) + as_float(b)[:,
    #     None, None]
    each = range(x.shape[1])
    nothing = 0 * as_float(b)
    out = [
        conv2d(x[:, [c]], w[:, [c]], nothing, stride, padding, dilation) for c in each
    ]
    return np.stack(out, axis=2)


@exercise.bug(axes=((-1, 1), (1, 1, -1, 1)))
def bias_along_the_height(x, w, b, stride=1, padding=0, dilation=1, axes=(-1, 1)):
    """The bias is added along the output's rows, and fits only if there are as many of them as
    filters. The axis of the filters is the third from the end: `b[:, None, None]`."""
    # "fits only if there are as many of them as filters": isinstance(got, ValueError) and
    #     want.shape[2] != len(b)
    # "The axis of the filters is the third from the end: `b[:, None, None]`": b.reshape(axes) →
    #     b[:, None, None]
    return conv2d(x, w, 0 * b, stride, padding, dilation) + b.reshape(axes)


@exercise.bug
def places_by_columns(x, w, b, stride=1, padding=0, dilation=1):
    """The places stand in another order than the output's pixels: down its columns. Run over its
    rows first, each from left to right."""
    # "down its columns": np.array_equal(got.ravel(), want.swapaxes(2, 3).ravel())
    # "Run over its rows first, each from left to right": out.swapaxes(2, 3) → out
    out = conv2d(x, w, b, stride, padding, dilation)
    return out.swapaxes(2, 3).reshape(out.shape)


@exercise.bug
def image_thinned_out(x, w, b, stride=1, padding=0, dilation=1):
    """Every `stride`-th pixel of the image is taken, and the kernel is laid over what is left. Its
    taps meet neighbouring pixels; only its places are `stride` apart."""
    # "the kernel is laid over what is left": np.allclose(got, right(x[:, :, ::stride, ::stride], w,
    #     b, 1, padding, dilation))
    # "only its places are `stride` apart": x[:, :, ::stride, ::stride], w, b, 1 → x, w, b, stride
    return conv2d(x[:, :, ::stride, ::stride], w, b, 1, padding, dilation)


@exercise.bug(side=(min, lambda sides: sides[0], lambda sides: sides[1]))
def kernel_taken_for_square(
    x, w, b, stride=1, padding=0, dilation=1, side=lambda sides: sides[0]
):
    """The kernel is taken for a square. Its height is `w.shape[2]`, its width `w.shape[3]`."""
    # "The kernel is taken for a square": np.array_equal(got, right(x, w[:, :, :1, :1], b)) and
    #     w.shape[2:] == (1, 2)
    # "Its height is `w.shape[2]`, its width `w.shape[3]`": height = width = side(w.shape[2:]) →
    #     height, width = w.shape[2], w.shape[3]
    height = width = side(w.shape[2:])
    return conv2d(x, w[:, :, :height, :width], b, stride, padding, dilation)


@exercise.bug
def image_taken_for_square(x, w, b, stride=1, padding=0, dilation=1):
    """The output's width is that of a square image. It comes from `x.shape[3]`."""
    # "The output's width is that of a square image": got.shape[3] == x.shape[2] - w.shape[3] +
    #     1 != want.shape[3]
    # "It comes from `x.shape[3]`": x.shape[2] → x.shape[3]
    out = conv2d(x, w, b, stride, padding, dilation)
    pixels = x.shape[2] + 2 * padding - dilation * (w.shape[3] - 1)
    columns = (pixels - 1) // stride + 1
    if columns > out.shape[3]:
        raise ValueError("operands could not be broadcast together")
    return cropped(out, out.shape[2], columns)


@exercise.bug(way=("cut off", "broadcast"))
def as_many_columns_as_rows(x, w, b, stride=1, padding=0, dilation=1, way="cut off"):
    """The output has no more columns than rows, as for a square image and kernel. Its width comes
    from `x.shape[3]` and `w.shape[3]`."""
    # "The output has no more columns than rows": got.shape[3] == got.shape[2] < want.shape[3] and
    #     np.array_equal(got, want[:, :, :, :got.shape[2]])
    # "Its width comes from `x.shape[3]` and `w.shape[3]`": x.shape[2] → x.shape[3]; w.shape[2] →
    #     w.shape[3]
    out = conv2d(x, w, b, stride, padding, dilation)
    pixels = x.shape[2] + 2 * padding - dilation * (w.shape[2] - 1)
    columns = (pixels - 1) // stride + 1
    if way == "broadcast" and 1 < out.shape[3] < columns:
        raise ValueError("operands could not be broadcast together")
    return out[:, :, :, :columns]


@exercise.bug
def averaged_over_channels(x, w, b, stride=1, padding=0, dilation=1):
    """The products are averaged over the channels. A filter sums over all of them."""
    # "The products are averaged over the channels": np.allclose((got - b[:, None, None]) *
    #     x.shape[1], want - b[:, None, None])
    # "A filter sums over all of them": w / w.shape[1] → w
    return conv2d(x, w / w.shape[1], b, stride, padding, dilation)


@exercise.bug
def filters_for_channels(x, w, b, stride=1, padding=0, dilation=1):
    """Filters and channels of w are exchanged, where there are as many of each. The first axis of w
    counts filters."""
    # "Filters and channels of w are exchanged, where there are as many of each": len(w) ==
    #     w.shape[1] and np.allclose(got, right(x, w.swapaxes(0, 1), b, stride, padding, dilation))
    # "The first axis of w counts filters": w.swapaxes(0, 1) → w
    if len(w) == w.shape[1]:
        w = w.swapaxes(0, 1)
    return conv2d(x, w, b, stride, padding, dilation)
