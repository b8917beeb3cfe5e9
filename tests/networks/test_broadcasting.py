"""broadcast_shape and unbroadcast, against NumPy and PyTorch: results and refusals."""

import itertools

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_array_equal

from answers.networks.broadcasting import broadcast_shape, unbroadcast

REFUSED = "refused"
MOST_AXES, MOST_ENTRIES = 64, np.iinfo(np.intp).max
SIZES = (0, 1, 2, 3)
# Every shape of at most 3 axes and of sizes 0 to 3: 85 of them.
SMALL = [s for axes in range(4) for s in itertools.product(SIZES, repeat=axes)]


def random_shapes(rng):
    """Shapes that fit, or nearly: made from one, some axes 1, some missing, a few others."""
    full = rng.choice((0, 1, 2, 3, 5), size=rng.integers(7))
    shapes = []
    for _ in range(rng.integers(6)):
        shape = np.where(rng.random(full.size) < 1 / 3, 1, full)
        shape += rng.random(full.size) < 0.1
        shapes.append(tuple(shape[rng.integers(full.size + 1) :].tolist()))
    return shapes


def outcome(function, *args):
    """What comes of a call, where every refusal is the same."""
    try:
        return function(*args)
    except (ValueError, RuntimeError):  # PyTorch raises RuntimeError
        return REFUSED


def of_pytorch(*shapes):
    return tuple(torch.broadcast_shapes(*shapes))


def gradient_of_pytorch(gradient, shape):
    """The gradient that PyTorch's autograd sends back through an expanded tensor."""
    x = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    x.expand(gradient.shape).backward(torch.tensor(gradient))
    return x.grad.numpy()


# broadcast_shape


def test_every_pair_of_small_shapes_has_the_shape_of_numpy_and_pytorch_or_is_refused():
    refused = 0
    for pair in itertools.product(SMALL, repeat=2):
        got = outcome(broadcast_shape, *pair)
        assert got == outcome(np.broadcast_shapes, *pair), pair
        assert got == outcome(of_pytorch, *pair), pair
        refused += got == REFUSED
    assert 0.2 < refused / len(SMALL) ** 2 < 0.8


def test_thousands_of_lists_of_shapes_agree_with_numpy_and_pytorch():
    rng, refused = np.random.default_rng(0), 0
    for _ in range(5000):
        shapes = random_shapes(rng)
        got = outcome(broadcast_shape, *shapes)
        assert got == outcome(np.broadcast_shapes, *shapes), shapes
        assert got == outcome(of_pytorch, *shapes), shapes
        refused += got == REFUSED
        if got != REFUSED:
            assert type(got) is tuple
            assert {type(size) for size in got} <= {int}
    assert 0.1 < refused / 5000 < 0.9


def test_sizes_below_0_or_beyond_counting_are_refused_as_by_numpy():
    rng = np.random.default_rng(1)
    sizes = (-2, -1, 0, 1, 1, 4, 2**31, 2**32, 2**62, MOST_ENTRIES)
    for _ in range(5000):
        draw = (rng.choice(sizes, rng.integers(5)) for _ in range(rng.integers(4)))
        shapes = [tuple(shape.tolist()) for shape in draw]
        got = outcome(broadcast_shape, *shapes)
        assert got == outcome(np.broadcast_shapes, *shapes), shapes


@pytest.mark.parametrize("shape", [(MOST_ENTRIES + 1,), (0, MOST_ENTRIES + 1)])
def test_a_size_beyond_counting_is_refused_as_by_numpy_even_behind_a_0(shape):
    assert outcome(np.broadcast_shapes, shape) == REFUSED
    with pytest.raises(ValueError, match=f"no more than {MOST_ENTRIES} entries"):
        broadcast_shape(shape)


def test_as_many_axes_are_taken_as_an_array_can_have():
    """np.broadcast_shapes stops at 32, half of what NumPy's arithmetic takes."""
    most = (1,) * MOST_AXES
    assert (np.ones(most) + np.ones(3)).shape == broadcast_shape(most, (3,))
    assert outcome(np.ones, (*most, 1)) == REFUSED
    with pytest.raises(ValueError, match=f"would have {MOST_AXES + 1} axes"):
        broadcast_shape((*most, 1), (3,))


def test_a_hundred_shapes_fit():
    shapes = [(3, 1)] * 50 + [(1, 5)] * 50
    assert broadcast_shape(*shapes) == np.broadcast_shapes(*shapes) == (3, 5)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 3), (4,)), r"axis -1 has size 3 in \(2, 3\) but 4 in \(4,\)"),
        (((3,), (4,), (3,)), r"axis -1 has size 3 in \(3,\) but 4 in \(4,\)"),
        (((5, 1), (1, 7), (2, 7)), r"axis -2 has size 2 in \(2, 7\) but 5 in \(5, 1\)"),
        (((0,), (2,)), r"axis -1 has size 0 in \(0,\) but 2 in \(2,\)"),
        (((3, -1), (3, 1)), r"axis 1 of shape \(3, -1\) has a negative size"),
    ],
)
def test_a_refusal_names_the_axis_the_sizes_and_the_shapes(shapes, message):
    with pytest.raises(ValueError, match=message):
        broadcast_shape(*shapes)


@pytest.mark.parametrize("shape", [[2, 3], (2.0,), 3, None])
def test_a_shape_is_a_tuple_of_integers(shape):
    with pytest.raises(TypeCheckError, match="shapes"):
        broadcast_shape((3,), shape)


# unbroadcast


def assert_agrees_with_pytorch(full, shape):
    """True if both refuse."""
    gradient = np.arange(np.prod(full, dtype=int), dtype=float).reshape(full)
    got = outcome(unbroadcast, gradient, shape)
    expected = outcome(gradient_of_pytorch, gradient, shape)
    if refused := isinstance(expected, str):
        assert isinstance(got, str), (full, shape)
    else:
        assert_array_equal(got, expected, strict=True)
    return refused


def test_every_pair_of_small_shapes_has_the_gradient_of_pytorch_or_is_refused():
    pairs = itertools.product(SMALL, repeat=2)
    refused = sum(assert_agrees_with_pytorch(*pair) for pair in pairs)
    assert 0.2 < refused / len(SMALL) ** 2 < 0.95


def test_the_gradient_of_an_expanded_tensor_is_that_of_pytorch_for_more_axes_too():
    rng = np.random.default_rng(2)
    pairs = [shapes[:2] for _ in range(1500) if len(shapes := random_shapes(rng)) > 1]
    refused = sum(assert_agrees_with_pytorch(*pair) for pair in pairs)
    assert 0.2 < refused / len(pairs) < 0.95


@pytest.mark.parametrize("shape", [(3, 4), (4,), (3, 1), (1, 1), (1,), ()])
def test_the_result_is_a_new_array_and_the_gradient_is_left_alone(shape):
    gradient = np.arange(12.0).reshape(3, 4)
    got = unbroadcast(gradient, shape)
    assert type(got) is np.ndarray
    got += 1
    assert_array_equal(gradient, np.arange(12.0).reshape(3, 4))


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (np.float64, np.float64),
        (np.float32, np.float32),
        (np.float16, np.float32),
        (np.int8, np.float64),
    ],
)
def test_float32_stays_float32_and_nothing_overflows(dtype, expected):
    got = unbroadcast(np.full((70_000, 2), 100, dtype), (2,))
    assert got.dtype == expected
    assert_array_equal(got, [7e6, 7e6])


@pytest.mark.parametrize(
    ("full", "shape", "message"),
    [
        ((2, 1), (2, 3), "axis -1 has size 3 against 1"),
        ((3,), (1, 3), "has 2 axes, more than `gradient` of shape"),
        ((), (1,), "has 1 axes, more than `gradient` of shape"),
        ((3, 2), (3,), r"axis -1 has size 2 in \(3, 2\) but 3 in \(3,\)"),
        ((1,), (0,), "axis -1 has size 0 against 1"),
    ],
)
def test_a_refusal_of_a_shape_names_the_axis(full, shape, message):
    with pytest.raises(ValueError, match=message):
        unbroadcast(np.ones(full), shape)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_are_refused_with_their_index(value):
    with pytest.raises(ValueError, match=rf"`gradient` holds {value} at index \(1, 0\)"):
        unbroadcast(np.array([[0.0, 1.0], [value, 2.0]]), (2,))


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_a_sum_that_overflows_is_refused():
    with pytest.raises(ValueError, match=r"^the sum overflows: inf at index 0, where float64 ends"):
        unbroadcast(np.full((2, 1), 1e308), (1,))
