"""Convolution and max pooling, against PyTorch, loops and the laws of linear maps."""

import itertools
from inspect import unwrap

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from answers.gradient_check import numerical_gradient
from answers.training.convolution import (
    col2im,
    conv2d,
    conv2d_backward,
    im2col,
    max_pool2d,
    max_pool2d_backward,
    output_size,
)

SIZES = [(7, 7), (6, 9), (11, 5)]
KERNELS = [(1, 1), (3, 3), (2, 3), (3, 1)]
GRIDS = [  # stride, padding, dilation
    *((1, 0, 1), (2, 0, 1), (1, 1, 1), (3, 2, 1)),
    *((1, 0, 2), (2, 1, 2), (3, 3, 2), (2, 4, 1)),
]
every_grid = pytest.mark.parametrize("grid", GRIDS)
every_kernel = pytest.mark.parametrize("kernel", KERNELS)


def drawn(*shape, seed=1):
    return np.random.default_rng(seed).normal(size=shape)


def tensors(*arrays):
    return [torch.tensor(each, requires_grad=True) for each in arrays]


def unfolded(x, kernel, stride, padding, dilation):
    return functional.unfold(torch.tensor(x), kernel, dilation, padding, stride).numpy()


@every_grid
@every_kernel
@pytest.mark.parametrize("size", SIZES)
def test_columns_are_those_of_unfold_and_back_those_of_fold(size, kernel, grid):
    stride, padding, dilation = grid
    x = drawn(2, 3, *size)
    columns = im2col(x, kernel, *grid)
    assert_array_equal(columns, unfolded(x, kernel, *grid))
    numbers = drawn(*columns.shape, seed=2)
    folded = functional.fold(torch.tensor(numbers), size, kernel, dilation, padding, stride)
    assert_allclose(col2im(numbers, size, kernel, *grid), folded, rtol=1e-12, atol=1e-14)


@every_grid
@every_kernel
def test_col2im_is_the_transpose_of_im2col(kernel, grid):
    x = drawn(2, 3, 8, 7)
    columns = im2col(x, kernel, *grid)
    numbers = drawn(*columns.shape, seed=2)
    assert np.isclose((columns * numbers).sum(), (x * col2im(numbers, (8, 7), kernel, *grid)).sum())


def test_columns_take_up_to_the_taps_times_the_padded_image_not_the_image():
    image = np.zeros((1, 1, 4, 4))
    columns = im2col(image, (3, 3), padding=2)
    assert 9 * image.size < columns.size < 9 * 8 * 8


def test_col2im_of_im2col_counts_the_windows_of_each_pixel():
    ones = np.ones((1, 1, 4, 5))
    counted = col2im(im2col(ones, (3, 3), padding=1), (4, 5), (3, 3), padding=1)
    assert_array_equal(counted[0, 0], np.outer([2, 3, 3, 2], [2, 3, 3, 3, 2]))


@every_grid
@every_kernel
@pytest.mark.parametrize("size", SIZES)
def test_convolution_and_its_gradients_are_those_of_pytorch(size, kernel, grid):
    x, w, b = drawn(2, 3, *size), drawn(4, 3, *kernel, seed=2), drawn(4, seed=3)
    leaves = tensors(x, w, b)
    expected = functional.conv2d(*leaves, *grid)
    found = conv2d(x, w, b, *grid)
    assert_allclose(found, expected.detach(), rtol=1e-11, atol=1e-12)
    dout = drawn(*found.shape, seed=4)
    expected.backward(torch.tensor(dout))
    for gradient, leaf in zip(conv2d_backward(dout, x, w, *grid), leaves, strict=True):
        assert_allclose(gradient, leaf.grad, rtol=1e-11, atol=1e-12)


def by_loops(x, w, b, stride, padding, dilation):
    """Pixel by pixel; padding is left out, not added."""
    rows, columns = (
        len(range(-padding, size + padding - dilation * (taps - 1), stride))
        for size, taps in zip(x.shape[2:], w.shape[2:], strict=True)
    )
    out = np.zeros((len(x), len(w), rows, columns))
    for n, f, r, c in np.ndindex(out.shape):
        total = b[f]
        for channel, i, j in np.ndindex(w.shape[1:]):
            row = r * stride + i * dilation - padding
            column = c * stride + j * dilation - padding
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                total += w[f, channel, i, j] * x[n, channel, row, column]
        out[n, f, r, c] = total
    return out


@every_grid
def test_convolution_is_what_a_loop_adds_up(grid):
    x, w, b = drawn(2, 2, 6, 5), drawn(3, 2, 2, 3, seed=2), drawn(3, seed=3)
    assert_allclose(conv2d(x, w, b, *grid), by_loops(x, w, b, *grid), rtol=1e-12, atol=1e-13)


def test_a_gradient_check_agrees():
    x, w, b = drawn(1, 2, 5, 4), drawn(2, 2, 3, 2, seed=2), drawn(2, seed=3)
    grid, weights = (2, 1, 1), drawn(*conv2d(x, w, b, 2, 1).shape, seed=4)

    def loss(x, w, b):
        return (weights * conv2d(x, w, b, *grid)).sum()

    dx, dw, db = conv2d_backward(weights, x, w, *grid)
    for found, expected in (
        (dx, numerical_gradient(lambda x: loss(x, w, b), x)),
        (dw, numerical_gradient(lambda w: loss(x, w, b), w)),
        (db, numerical_gradient(lambda b: loss(x, w, b), b)),
    ):
        assert_allclose(found, expected, atol=1e-8)


@pytest.mark.parametrize("size", range(1, 12))
def test_the_output_size_counts_places(size):
    for kernel, stride, padding, dilation in itertools.product(
        (1, 2, 3, 5), (1, 2, 3), range(3), (1, 2)
    ):
        starts = range(-padding, size + padding)
        fits = [at for at in starts if at + dilation * (kernel - 1) < size + padding]
        if fits:
            counted = len([at for at in fits if (at + padding) % stride == 0])
            assert output_size(size, kernel, stride, padding, dilation) == counted
        else:
            with pytest.raises(ValueError, match="pad more"):
                output_size(size, kernel, stride, padding, dilation)


# Max pooling

POOLS = [(1, None, 0), (2, None, 0), (3, 2, 1), (3, 1, 0), (2, 3, 1), (4, 2, 2), (3, 5, 1)]
every_pool = pytest.mark.parametrize("pool", POOLS)


def images(kind, size):
    rng = np.random.default_rng(6)
    if kind == "ties":
        return rng.integers(0, 2, size=(2, 3, *size)).astype(float)
    return np.full((2, 3, *size), 7.0) if kind == "equal" else rng.normal(size=(2, 3, *size)) - 9


@every_pool
@pytest.mark.parametrize("kind", ["ties", "equal", "negative"])
@pytest.mark.parametrize("size", SIZES)
def test_pooling_and_its_gradient_are_those_of_pytorch_at_ties_too(size, kind, pool):
    x = images(kind, size)
    (leaf,) = tensors(x)
    expected = functional.max_pool2d(leaf, *pool)
    found = max_pool2d(x, *pool)
    assert_array_equal(found, expected.detach())
    dout = drawn(*found.shape)
    expected.backward(torch.tensor(dout))
    gradient = max_pool2d_backward(dout, x, *pool)
    assert_allclose(gradient, leaf.grad, rtol=1e-12, atol=1e-14)


@every_pool
def test_pooling_loses_no_gradient_and_its_padding_wins_nowhere(pool):
    x = images("negative", (7, 8))
    pooled = max_pool2d(x, *pool)
    assert np.isin(pooled, x).all()
    dout = drawn(*pooled.shape)
    gradient = max_pool2d_backward(dout, x, *pool)
    assert_allclose(gradient.sum(axis=(2, 3)), dout.sum(axis=(2, 3)))
    assert np.isclose((gradient * x).sum(), (dout * pooled).sum())


# Arguments

CALLS = {
    im2col: (((2, 3, 5, 4),), {"kernel": (1, 1)}),
    col2im: (((2, 6, 12),), {"kernel": (1, 2), "size": (4, 4)}),
    conv2d: (((2, 3, 5, 4), (4, 3, 1, 1), (4,)), {}),
    conv2d_backward: (((2, 4, 5, 4), (2, 3, 5, 4), (4, 3, 1, 1)), {}),
    max_pool2d: (((2, 3, 5, 4),), {"kernel": 1}),
    max_pool2d_backward: (((2, 3, 5, 4), (2, 3, 5, 4)), {"kernel": 1}),
}
each_function = pytest.mark.parametrize(("function", "arguments"), CALLS.items())


def arrays(shapes, dtype=np.float64):
    rng = np.random.default_rng(5)
    return [rng.integers(1, 9, size=shape).astype(dtype) for shape in shapes]


def parts(result):
    return result if isinstance(result, tuple) else (result,)


@each_function
def test_arguments_stay_as_they_are_and_share_no_memory_with_results(function, arguments):
    shapes, numbers = arguments
    given = arrays(shapes)
    for each in given:
        each.setflags(write=False)
    for result in parts(function(*given, **numbers)):
        assert not any(np.may_share_memory(result, each) for each in given)
    for each, before in zip(given, arrays(shapes), strict=True):
        assert_array_equal(each, before)


@each_function
@pytest.mark.parametrize(
    ("dtype", "computed"),
    [
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.float16, np.float32),
        (np.int64, np.float64),
        (np.uint8, np.float64),
        (np.int8, np.float64),
    ],
)
def test_float32_stays_and_whole_numbers_compute_in_float64(function, arguments, dtype, computed):
    shapes, numbers = arguments
    expected = parts(function(*arrays(shapes), **numbers))
    for result, want in zip(
        parts(function(*arrays(shapes, dtype), **numbers)), expected, strict=True
    ):
        assert result.dtype == computed
        assert_allclose(result, want, rtol=1e-6)


@each_function
def test_the_layout_in_memory_does_not_matter(function, arguments):
    shapes, numbers = arguments
    expected = parts(function(*arrays(shapes), **numbers))
    views = [np.asfortranarray(each)[::-1][::-1] for each in arrays(shapes)]
    for result, want in zip(parts(function(*views, **numbers)), expected, strict=True):
        assert_allclose(result, want, rtol=1e-14)


@each_function
def test_a_contract_changes_no_value(function, arguments):
    shapes, numbers = arguments
    bodies = parts(unwrap(function)(*arrays(shapes), **numbers))
    for result, body in zip(parts(function(*arrays(shapes), **numbers)), bodies, strict=True):
        assert_array_equal(result, body)


IMAGE, FILTER, BIAS = np.ones((1, 2, 5, 4)), np.ones((3, 2, 3, 3)), np.ones(3)
INFINITE = np.where(np.arange(40).reshape(IMAGE.shape) == 6, np.inf, 1)


@pytest.mark.parametrize(
    ("function", "arguments", "said"),
    [
        (conv2d, (IMAGE, FILTER, BIAS, 0), "`stride` is 0; choose a finite number, 1 or more"),
        (conv2d, (IMAGE, FILTER, BIAS, 1, -1), "`padding` is -1; choose"),
        (conv2d, (IMAGE, FILTER, BIAS, 1, 0, 0), "`dilation` is 0; choose"),
        (conv2d, (IMAGE, FILTER, BIAS, 1, 0, 2), "the kernel reaches over 5 pixels, and 4 with"),
        (conv2d, (IMAGE[:0], FILTER, BIAS), r"`x` is empty: its shape is \(0, 2, 5, 4\)"),
        (conv2d, (INFINITE, FILTER, BIAS), r"`x` holds inf at index \(0, 0, 1, 2\)"),
        (conv2d, (1e200 * IMAGE, 1e200 * FILTER, BIAS), r"an output overflows: inf at index \(0"),
        (im2col, (IMAGE, (0, 3)), r"`kernel` is \(0, 3\); choose 1 or more"),
        (im2col, (IMAGE, (6, 1)), "the kernel reaches over 6 pixels, and 5 with"),
        (col2im, (np.ones((1, 5, 4)), (2, 4), (2, 1)), "`columns` have 5 rows, which a kernel of"),
        (col2im, (np.ones((1, 6, 5)), (2, 4), (2, 1)), "`columns` are 5 columns, and the kernel"),
        (
            conv2d_backward,
            (np.ones((1, 3, 3, 3)), IMAGE, FILTER),
            "`dout` has 3 x 3 pixels, where the output has 3 x 2; pass stride",
        ),
        (max_pool2d, (IMAGE, 3, 1, 2), "`padding` is 2, more than half of the kernel's 3"),
        (max_pool2d, (IMAGE, 0), "`kernel` is 0; choose 1 or more"),
        (max_pool2d, (IMAGE, 2, 0), "`stride` is 0; choose"),
        (max_pool2d, (IMAGE, 5), "the kernel reaches over 5 pixels, and 4 with"),
        (max_pool2d_backward, (IMAGE, IMAGE, 2), "`dout` has 5 x 4 pixels, where the output"),
        (output_size, (4, 0), "`kernel` is 0; choose 1 or more"),
    ],
)
def test_bad_values_are_refused_in_words(function, arguments, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        function(*arguments)


@pytest.mark.parametrize(
    ("x", "w", "b", "name"),
    [
        (IMAGE, np.ones((3, 1, 3, 3)), BIAS, "w"),
        (IMAGE, FILTER, np.ones(1), "b"),
        (IMAGE[0], FILTER, BIAS, "x"),
    ],
)
def test_a_shape_that_does_not_fit_is_refused(x, w, b, name):
    with pytest.raises(TypeCheckError, match=f"parameter '{name}'"):
        conv2d(x, w, b)
