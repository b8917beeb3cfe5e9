"""broadcast_shape and unbroadcast, against NumPy and PyTorch: results and refusals."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from jaxtyping import TypeCheckError
from numpy.testing import assert_array_equal

from answers.networks.broadcasting import broadcast_shape, unbroadcast

REFUSED = "refused"
MOST_AXES, MOST_ENTRIES = 64, np.iinfo(np.intp).max
SIZES = (0, 1, 2, 3)
# Every shape of at most 3 axes and of sizes 0 to 3: 85 of them.
SMALL = [s for axes in range(4) for s in itertools.product(SIZES, repeat=axes)]

thousands, hundreds = (settings(max_examples=n, deadline=None) for n in (2000, 500))
shapes_of = st.lists(st.sampled_from((0, 1, 1, 2, 3, 5)), max_size=6).map(tuple)


@st.composite
def related(draw, most=5):
    """Shapes that fit, or nearly: made from one, some axes 1, some missing, one other."""
    full = draw(st.lists(st.sampled_from((0, 1, 2, 3, 5)), max_size=6))
    shapes = []
    for _ in range(draw(st.integers(0, most))):
        shape = [draw(st.sampled_from((size, size, 1))) for size in full]
        shapes.append(tuple(shape[draw(st.integers(0, len(full))) :]))
    if shapes and draw(st.booleans()):
        at = draw(st.integers(0, len(shapes) - 1))
        shapes[at] = tuple(draw(st.sampled_from((n, n, n, n + 1))) for n in shapes[at])
    return shapes


@st.composite
def gradients(draw, shapes=shapes_of):
    """A gradient of small whole numbers, whose sums are exact in any order, and a shape
    that often broadcasts to its shape."""
    full = draw(shapes)
    shape = [draw(st.sampled_from((n, n, 1, 1, 2, 0))) for n in full]
    shape = (2,) * draw(st.sampled_from((0, 0, 0, 1))) + tuple(shape)
    shape = shape[draw(st.integers(0, len(shape))) :]
    entries = st.integers(-9, 9).map(float)
    return draw(arrays(np.float64, full, elements=entries)), shape


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


@thousands
@given(st.one_of(related(), st.lists(shapes_of, max_size=5)))
def test_any_number_of_shapes_agree_with_numpy_and_pytorch(shapes):
    got = outcome(broadcast_shape, *shapes)
    assert got == outcome(np.broadcast_shapes, *shapes)
    assert got == outcome(of_pytorch, *shapes)
    if got != REFUSED:
        assert type(got) is tuple
        assert {type(size) for size in got} <= {int}


@hundreds
@given(related())
def test_arrays_added_together_have_this_shape_or_are_refused(shapes):
    def shape_of_the_sum(*shapes):
        total = np.zeros(())
        for shape in shapes:
            total = total + np.zeros(shape)
        return total.shape

    assert outcome(broadcast_shape, *shapes) == outcome(shape_of_the_sum, *shapes)


@hundreds
@given(related(), st.randoms(use_true_random=False))
def test_neither_order_nor_grouping_matters(shapes, random):
    got = outcome(broadcast_shape, *shapes)
    if got != REFUSED:
        for cut in range(len(shapes) + 1):
            first, rest = shapes[:cut], shapes[cut:]
            assert got == broadcast_shape(broadcast_shape(*first), *rest)
    random.shuffle(shapes)
    assert got == outcome(broadcast_shape, *shapes)


@thousands
@given(
    st.lists(
        st.lists(
            st.sampled_from((-2, -1, 0, 1, 1, 4, 2**31, 2**32, 2**62, MOST_ENTRIES)),
            max_size=4,
        ).map(tuple),
        max_size=3,
    )
)
def test_sizes_below_0_or_beyond_counting_are_refused_as_by_numpy(shapes):
    assert outcome(broadcast_shape, *shapes) == outcome(np.broadcast_shapes, *shapes)


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


@thousands
@given(gradients())
def test_the_gradient_of_an_expanded_tensor_is_that_of_pytorch(case):
    gradient, shape = case
    got = outcome(unbroadcast, gradient, shape)
    expected = outcome(gradient_of_pytorch, gradient, shape)
    if isinstance(expected, str):
        assert isinstance(got, str)
    else:
        assert_array_equal(got, expected, strict=True)


def test_every_pair_of_small_shapes_is_refused_exactly_where_numpy_and_pytorch_refuse():
    refused = 0
    for full, shape in itertools.product(SMALL, repeat=2):
        got = outcome(unbroadcast, np.ones(full), shape)
        assert isinstance(got, str) == isinstance(
            outcome(np.broadcast_to, np.ones(shape), full), str
        )
        assert isinstance(got, str) == isinstance(
            outcome(gradient_of_pytorch, np.ones(full), shape), str
        )
        refused += isinstance(got, str)
    assert 0.2 < refused / len(SMALL) ** 2 < 0.95


@hundreds
@given(gradients(), st.data())
def test_it_is_the_adjoint_of_np_broadcast_to(case, data):
    gradient, shape = case
    got = outcome(unbroadcast, gradient, shape)
    if isinstance(got, str):
        assert outcome(np.broadcast_to, np.ones(shape), gradient.shape) == REFUSED
    else:
        assert got.shape == shape
        x = data.draw(arrays(np.float64, shape, elements=st.integers(-9, 9).map(float)))
        assert (gradient * np.broadcast_to(x, gradient.shape)).sum() == (got * x).sum()


@hundreds
@given(related(most=3))
def test_every_term_of_a_sum_gets_the_gradient_of_pytorch(shapes):
    full = outcome(broadcast_shape, *shapes)
    if full == REFUSED or not shapes:
        return
    gradient = np.arange(np.prod(full, dtype=int), dtype=float).reshape(full)
    terms = [torch.zeros(s, dtype=torch.float64, requires_grad=True) for s in shapes]
    sum(terms).backward(torch.tensor(gradient))
    for term, shape in zip(terms, shapes, strict=True):
        assert_array_equal(unbroadcast(gradient, shape), term.grad, strict=True)


@given(gradients(), st.integers(0, 6))
def test_on_the_way_it_may_stop_at_any_shape_between(case, leading):
    gradient, shape = case
    if not isinstance(outcome(unbroadcast, gradient, shape), str):
        between = gradient.shape[leading:]
        if len(between) >= len(shape):
            assert_array_equal(
                unbroadcast(unbroadcast(gradient, between), shape),
                unbroadcast(gradient, shape),
            )


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
    with pytest.raises(
        ValueError, match=rf"`gradient` holds {value} at index \(1, 0\)"
    ):
        unbroadcast(np.array([[0.0, 1.0], [value, 2.0]]), (2,))
