"""Convolution and max pooling over images, as matrix products and sums over windows.

Images are (batch, channels, height, width). A kernel is laid over the padded image at every
`stride`-th pixel, and its taps are `dilation` pixels apart; each such place gives one output.
Nothing flips the kernel: as in PyTorch, this is cross-correlation.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray
from numpy.lib.stride_tricks import sliding_window_view

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:output_size_refuses]
def no_grid(stride, padding, dilation):
    refuse_below(1, stride=stride, dilation=dilation)
    refuse_below(0, padding=padding)


def no_kernel(kernel):
    if min(np.atleast_1d(kernel)) < 1:
        raise ValueError(f"`kernel` is {kernel}; choose 1 or more")


def no_place(result, size, kernel, dilation):
    if result < 1:
        reach = dilation * (kernel - 1) + 1
        raise ValueError(
            f"the kernel reaches over {reach} pixels, and {size} with padding are fewer; pad "
            "more, or take a smaller kernel"
        )


@refuses(no_grid, no_kernel, no_place)
# --8<-- [end:output_size_refuses]
# --8<-- [start:output_size]
def output_size(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """How many places a kernel has along one axis of an image.

    How:
        The kernel reaches over dilation · (kernel - 1) + 1 pixels, so its first tap can stand
        on size + 2 · padding - reach + 1 of them, of which every `stride`-th is taken, the
        first included.

    Args:
        size: Pixels along the axis.
        kernel: Taps along the axis.
        stride: Pixels from one place to the next.
        padding: Pixels that are added on either side.
        dilation: Pixels from one tap to the next.

    Raises:
        ValueError: A number is out of its range, or the kernel fits nowhere.

    Source:
        PyTorch, torch.nn.Conv2d, section Shape

    Example:
        A 7 x 7 kernel of stride 2 halves 224 pixels if 3 are added on either side.

        >>> output_size(224, kernel=7, stride=2, padding=3)
        112
    """
    reach = dilation * (kernel - 1) + 1
    return (size + 2 * padding - reach) // stride + 1


# --8<-- [end:output_size]


# --8<-- [start:pad]
def pad(x: ndarray, padding: int, value: float = 0) -> ndarray:
    """A copy with `padding` pixels of that value on all four sides."""
    sides = (padding, padding)
    return np.pad(as_float(x), ((0, 0), (0, 0), sides, sides), constant_values=value)


# --8<-- [end:pad]


# --8<-- [start:windows]
def windows(
    padded: ndarray, kernel: tuple[int, int], stride: int, dilation: int
) -> ndarray:
    """The pixel under each tap at each place, as a view: nothing is copied.

    Its axes: batch, channels, kernel rows, kernel columns, output rows, output columns.
    """
    reach = [dilation * (taps - 1) + 1 for taps in kernel]
    view = sliding_window_view(padded, reach, axis=(2, 3), writeable=True)
    view = view[:, :, ::stride, ::stride, ::dilation, ::dilation]
    return view.transpose(0, 1, 4, 5, 2, 3)


# --8<-- [end:windows]


# --8<-- [start:im2col_refuses]
def fits_nowhere(x, kernel, stride, padding, dilation):
    for size, taps in zip(x.shape[2:], kernel, strict=True):
        output_size(size, taps, stride, padding, dilation)


@refuses(no_grid, no_kernel, fits_nowhere, x=BAD)
# --8<-- [end:im2col_refuses]
# --8<-- [start:im2col]
def im2col(
    x: Real[ndarray, "batch channels height width"],
    kernel: tuple[int, int],
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Float[ndarray, "batch taps places"]:
    """One column for each place of the kernel: the pixels that it covers there.

    How:
        A view of all windows, whose reshaping copies each pixel once for every window that
        holds it: up to kernel height · kernel width times the memory of the padded
        images.

    Args:
        x: Images.
        kernel: Its height and width.
        stride: Pixels from one place to the next.
        padding: Pixels of 0 that are added on each side.
        dilation: Pixels from one tap to the next.

    Returns:
        Rows run over channels, then the kernel's rows, then its columns; columns over the
        output, row by row. `torch.nn.functional.unfold` gives the same, but takes dilation
        before padding and stride.

    Raises:
        ValueError: `x` is empty or holds nan or infinity, a number is out of its range, or
            the kernel fits nowhere.

    Source:
        Chellapilla, Puri and Simard (2006), High Performance Convolutional Neural Networks
        for Document Processing, section 3.1, https://inria.hal.science/inria-00112631

    Example:
        A kernel of two taps has two places on three pixels; the middle one is in both.

        >>> im2col(np.array([[[[5.0, 6.0, 7.0]]]]), kernel=(1, 2))
        array([[[5., 6.],
                [6., 7.]]])
    """
    view = windows(pad(x, padding), kernel, stride, dilation)
    batch, channels, rows, columns, *places = view.shape
    return view.reshape(batch, channels * rows * columns, places[0] * places[1])


# --8<-- [end:im2col]


# --8<-- [start:col2im_refuses]
def other_columns(columns, size, kernel, stride, padding, dilation):
    if columns.shape[1] % (kernel[0] * kernel[1]):
        raise ValueError(
            f"`columns` have {columns.shape[1]} rows, which a kernel of {kernel[0]} x "
            f"{kernel[1]} taps does not divide; pass one row for each channel and tap"
        )
    rows, wide = (
        output_size(each, taps, stride, padding, dilation)
        for each, taps in zip(size, kernel, strict=True)
    )
    if columns.shape[2] != rows * wide:
        raise ValueError(
            f"`columns` are {columns.shape[2]} columns, and the kernel has {rows} x {wide} "
            f"places on {size[0]} x {size[1]} pixels; pass the numbers that im2col got"
        )


def pixel_overflows(result):
    refuse_overflowed(result, "the sum at a pixel")


@refuses(no_grid, no_kernel, other_columns, pixel_overflows, columns=BAD)
# --8<-- [end:col2im_refuses]
# --8<-- [start:col2im]
def col2im(
    columns: Real[ndarray, "batch taps places"],
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Float[ndarray, "batch channels height width"]:
    """Each pixel's sum over all the places where `im2col` put it: im2col's transpose.

    How:
        Windows overlap, so `view += columns` would keep only some of a pixel's terms. Under one
        tap all pixels differ: the taps are added one after the other.

    Args:
        columns: Numbers, arranged as `im2col` arranges them.
        size: Height and width of the images.
        kernel: Its height and width.
        stride: Pixels from one place to the next.
        padding: Pixels on each side, whose sums are dropped.
        dilation: Pixels from one tap to the next.

    Raises:
        ValueError: `columns` are empty, hold nan or infinity, or are not as many as the
            other arguments say; a number is out of its range, the kernel fits nowhere, or a
            sum overflows.

    Source:
        PyTorch, torch.nn.Fold

    Example:
        The middle pixel is in both windows: 20 + 3.

        >>> col2im(np.array([[[1.0, 3.0], [20.0, 40.0]]]), size=(1, 3), kernel=(1, 2))
        array([[[[ 1., 23., 40.]]]])
    """
    columns = as_float(columns)
    channels = columns.shape[1] // (kernel[0] * kernel[1])
    height, width = size
    padded = pad(np.zeros((len(columns), channels, *size), columns.dtype), padding)
    view = windows(padded, kernel, stride, dilation)
    columns = columns.reshape(view.shape)
    for i, j in np.ndindex(*kernel):
        view[:, :, i, j] += columns[:, :, i, j]
    return padded[:, :, padding : padding + height, padding : padding + width]


# --8<-- [end:col2im]


# --8<-- [start:conv2d_refuses]
def kernel_fits_nowhere(x, w, stride, padding, dilation):
    fits_nowhere(x, w.shape[2:], stride, padding, dilation)


def overflow(result):
    refuse_overflowed(result, "an output")


@refuses(no_grid, kernel_fits_nowhere, overflow, x=BAD, w=BAD, b=BAD)
# --8<-- [end:conv2d_refuses]
# --8<-- [start:conv2d]
def conv2d(
    x: Real[ndarray, "batch channels height width"],
    w: Real[ndarray, "filters channels kernel_height kernel_width"],
    b: Real[ndarray, " filters"],
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> Float[ndarray, "batch filters rows columns"]:
    """Each filter's dot product with the window at each place, plus the filter's bias.

    How:
        One matrix product: a row of weights for each filter, a column of pixels for each place.

    Args:
        x: Images.
        w: Filters, each with a plane of taps for every channel of the images.
        b: A bias for each filter.
        stride: Pixels from one place to the next.
        padding: Pixels of 0 that are added on each side.
        dilation: Pixels from one tap to the next.

    Raises:
        ValueError: An array is empty or holds nan or infinity, a number is out of its range,
            the kernel fits nowhere, or a result overflows.

    Source:
        PyTorch, torch.nn.functional.conv2d

    Example:
        A difference of neighbours finds the edge, and the bias is added everywhere.

        >>> x, w = np.array([[[[0.0, 0.0, 5.0, 5.0]]]]), np.array([[[[-1.0, 1.0]]]])
        >>> conv2d(x, w, np.array([0.5]))
        array([[[[0.5, 5.5, 0.5]]]])
    """
    columns = im2col(x, w.shape[2:], stride, padding, dilation)
    out = as_float(w).reshape(len(w), -1) @ columns + as_float(b)[:, None]
    rows = output_size(x.shape[2], w.shape[2], stride, padding, dilation)
    return out.reshape(len(x), len(w), rows, -1)


# --8<-- [end:conv2d]


# --8<-- [start:conv2d_backward_refuses]
def other_output(dout, x, w, stride, padding, dilation):
    refuse_other_output(dout, x, w.shape[2:], stride, padding, dilation)


def refuse_other_output(dout, x, kernel, *grid):
    expected = tuple(
        output_size(size, taps, *grid)
        for size, taps in zip(x.shape[2:], kernel, strict=True)
    )
    if dout.shape[2:] != expected:
        raise ValueError(
            f"`dout` has {dout.shape[2]} x {dout.shape[3]} pixels, where the output has "
            f"{expected[0]} x {expected[1]}; pass stride, padding and the rest as forward"
        )


def gradients_overflow(result):
    for gradient, name in zip(result, ("dx", "dw", "db"), strict=True):
        refuse_overflowed(gradient, name)


@refuses(no_grid, other_output, gradients_overflow, dout=BAD, x=BAD, w=BAD)
# --8<-- [end:conv2d_backward_refuses]
# --8<-- [start:conv2d_backward]
def conv2d_backward(
    dout: Real[ndarray, "batch filters rows columns"],
    x: Real[ndarray, "batch channels height width"],
    w: Real[ndarray, "filters channels kernel_height kernel_width"],
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[
    Float[ndarray, "batch channels height width"],
    Float[ndarray, "filters channels kernel_height kernel_width"],
    Float[ndarray, " filters"],
]:
    """Gradients of the loss with respect to the images, the filters and the bias.

    How:
        Of out = W · columns: the weights get dout · columnsᵀ, summed over the batch, and the
        columns get Wᵀ · dout. A pixel stands in several columns, so its gradient is the sum
        over them: col2im.

    Args:
        dout: Gradient of the loss with respect to the output.
        x: The images of the forward pass.
        w: The filters of the forward pass.
        stride: Pixels from one place to the next.
        padding: Pixels of 0 that were added on each side.
        dilation: Pixels from one tap to the next.

    Returns:
        (dx, dw, db).

    Raises:
        ValueError: An array is empty or holds nan or infinity, a number is out of its range,
            `dout` is not of the output's size, or a result overflows.

    Source:
        Dumoulin and Visin (2016), A guide to convolution arithmetic for deep learning,
        section 4.1, https://arxiv.org/abs/1603.07285

    Example:
        The middle pixel met both taps, each tap two pixels.

        >>> x, w = np.array([[[[5.0, 6.0, 7.0]]]]), np.array([[[[1.0, 10.0]]]])
        >>> dx, dw, db = conv2d_backward(np.array([[[[2.0, 3.0]]]]), x, w)
        >>> dx[0, 0], dw[0, 0], db
        (array([[ 2., 23., 30.]]), array([[28., 33.]]), array([5.]))
    """
    grid, kernel = (stride, padding, dilation), w.shape[2:]
    dout = as_float(dout).reshape(*dout.shape[:2], -1)
    columns = im2col(x, kernel, *grid)
    dw = (dout @ columns.swapaxes(1, 2)).sum(axis=0)
    dcolumns = as_float(w).reshape(len(w), -1).T @ dout
    dx = col2im(dcolumns, x.shape[2:], kernel, *grid)
    return dx, dw.reshape(w.shape), dout.sum(axis=(0, 2))


# --8<-- [end:conv2d_backward]


# --8<-- [start:max_pool2d_refuses]
def no_pooling(x, kernel, stride, padding):
    no_grid(kernel if stride is None else stride, padding, 1)
    if padding > kernel // 2:
        raise ValueError(
            f"`padding` is {padding}, more than half of the kernel's {kernel} pixels; a window "
            "would hold nothing but padding"
        )
    fits_nowhere(x, (kernel, kernel), stride or kernel, padding, 1)


@refuses(no_kernel, no_pooling, x=BAD)
# --8<-- [end:max_pool2d_refuses]
# --8<-- [start:max_pool2d]
def max_pool2d(
    x: Real[ndarray, "batch channels height width"],
    kernel: int,
    stride: int | None = None,
    padding: int = 0,
) -> Float[ndarray, "batch channels rows columns"]:
    """The largest pixel of each window, channel by channel.

    How:
        Padding counts as -inf, so that it wins nowhere: with zeros, a window of negative
        pixels at the edge would give 0.

    Args:
        x: Images.
        kernel: The window's height and width.
        stride: Pixels from one window to the next; None means `kernel`, without overlap.
        padding: Pixels that are added on each side, at most half of the kernel.

    Raises:
        ValueError: `x` is empty or holds nan or infinity, a number is out of its range, or
            the window fits nowhere.

    Source:
        PyTorch, torch.nn.MaxPool2d

    Example:
        >>> max_pool2d(np.array([[[[1.0, 4.0, -3.0, -2.0]]]]).repeat(2, axis=2), kernel=2)
        array([[[[ 4., -2.]]]])
    """
    view = windows(pad(x, padding, -np.inf), (kernel, kernel), stride or kernel, 1)
    # One axis of copied taps: of 2 x 2 windows a maximum over two strided axes takes several
    # times as long.
    taps = view.reshape(*x.shape[:2], kernel * kernel, *view.shape[4:])
    return taps.max(axis=2)


# --8<-- [end:max_pool2d]


# --8<-- [start:max_pool2d_backward_refuses]
def other_pooled(dout, x, kernel, stride, padding):
    refuse_other_output(dout, x, (kernel, kernel), stride or kernel, padding)


@refuses(no_kernel, no_pooling, other_pooled, pixel_overflows, dout=BAD, x=BAD)
# --8<-- [end:max_pool2d_backward_refuses]
# --8<-- [start:max_pool2d_backward]
def max_pool2d_backward(
    dout: Real[ndarray, "batch channels rows columns"],
    x: Real[ndarray, "batch channels height width"],
    kernel: int,
    stride: int | None = None,
    padding: int = 0,
) -> Float[ndarray, "batch channels height width"]:
    """The gradient of the loss with respect to the images: each window's goes to its maximum.

    How:
        In the window's column only the row of the maximum gets the gradient; of several equal
        maxima the first, row by row. A pixel that is the largest of several windows gets their
        sum, which is col2im's.

    Args:
        dout: Gradient of the loss with respect to the pooled images.
        x: The images of the forward pass.
        kernel: The window's height and width.
        stride: Pixels from one window to the next; None means `kernel`, without overlap.
        padding: Pixels that were added on each side, at most half of the kernel.

    Raises:
        ValueError: An array is empty or holds nan or infinity, a number is out of its range,
            `dout` is not of the output's size, or a sum overflows.

    Source:
        PyTorch, torch.nn.functional.max_pool2d, whose gradient goes to the first maximum

    Example:
        The first window is a tie, whose gradient goes to the first of the two.

        >>> x = np.array([[[[7.0, 7.0, 1.0, 2.0]]]]).repeat(2, axis=2)
        >>> max_pool2d_backward(np.array([[[[10.0, 20.0]]]]), x, kernel=2)[0, 0]
        array([[10.,  0.,  0., 20.],
               [ 0.,  0.,  0.,  0.]])
    """
    square, grid = (kernel, kernel), (stride or kernel, padding)
    view = windows(pad(x, padding, -np.inf), square, grid[0], 1)
    taps = view.reshape(*x.shape[:2], kernel * kernel, -1)
    first = taps.argmax(axis=2, keepdims=True)
    won = np.zeros(taps.shape, as_float(dout).dtype)
    np.put_along_axis(won, first, as_float(dout).reshape(first.shape), axis=2)
    columns = won.reshape(len(x), -1, taps.shape[-1])
    return col2im(columns, x.shape[2:], square, *grid)


# --8<-- [end:max_pool2d_backward]
