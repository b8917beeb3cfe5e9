"""softmax, log_softmax, logsumexp and cross_entropy, against SciPy, PyTorch and mpmath."""

import mpmath
import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.probability.softmax import (
    below_max,
    cross_entropy,
    log_softmax,
    logsumexp,
    softmax,
)

FUNCTIONS = {"softmax": softmax, "log_softmax": log_softmax, "logsumexp": logsumexp}
PRECISION = {np.float32: 2e-6, np.float64: 1e-14}

# Multiples of 1/64 add without rounding, so a property of shifts holds to the last bit.
exact = st.integers(-640, 640).map(lambda n: n / 64)
batches = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=exact)
tensors = arrays(np.float64, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=exact)


def torch_cross_entropy(logits, targets):
    z = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z, torch.tensor(targets))
    loss.backward()
    return loss.item(), z.grad.numpy()


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("name", FUNCTIONS)
@given(x=tensors, shift=st.integers(-1000, 1000), data=st.data())
def test_agrees_with_scipy_along_every_axis(name, dtype, x, shift, data):
    x = (x + shift).astype(dtype)
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    got = FUNCTIONS[name](x, axis=axis)
    expected = getattr(scipy.special, name)(x.astype(np.float64), axis=axis)
    assert got.dtype == dtype
    assert_allclose(got, expected, rtol=PRECISION[dtype], atol=PRECISION[dtype])


@pytest.mark.parametrize(
    "logits",
    [
        [0.0, 1e4, -1e4],
        [1e308, 1e308],
        [-1e308, -1e308, -1e308],
        [700, 710, 720],
        [1e-320, 0],
        [5],
    ],
)
def test_agrees_with_50_digit_arithmetic_at_any_magnitude(logits):
    with mpmath.workdps(50):
        top = max(logits)
        powers = [mpmath.exp(mpmath.mpf(z) - top) for z in logits]
        total = mpmath.fsum(powers)
        p = [float(power / total) for power in powers]
        log_p = [float(mpmath.mpf(z) - top - mpmath.log(total)) for z in logits]
        lse = float(top + mpmath.log(total))
    x = np.array(logits, dtype=np.float64)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert_allclose(softmax(x), p, rtol=1e-14)
        assert_allclose(log_softmax(x), log_p, rtol=1e-14, atol=2e-16)  # log(1 + tiny) rounds
        assert_allclose(logsumexp(x), lse, rtol=1e-14)


def test_logits_further_apart_than_a_float_can_say_give_0_and_1():
    with np.errstate(over="ignore"):  # 2e308 does not exist
        assert_array_equal(softmax(np.array([1e308, -1e308])), [1, 0])


@pytest.mark.parametrize(("dtype", "limit"), [(np.float32, 88), (np.float64, 709)])
def test_exponentials_of_the_logits_overflow_just_above_the_limit_that_the_docstring_names(
    dtype, limit
):
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(dtype(limit)))
        assert np.isinf(np.exp(dtype(limit + 1)))
    assert np.exp(below_max(np.array([0, limit + 1], dtype=dtype))).max() == 1


def test_a_masked_logit_has_probability_0_and_changes_no_other():
    x = np.array([[2.0, -np.inf, 3.0], [-np.inf, -np.inf, 5.0]])
    assert_allclose(softmax(x)[0, [0, 2]], softmax(np.array([2.0, 3.0])), rtol=1e-15)
    assert_array_equal(softmax(x)[1], [0, 0, 1])
    assert_array_equal(log_softmax(x)[1], [-np.inf, -np.inf, 0])
    assert_allclose(logsumexp(x), [logsumexp(np.array([2.0, 3.0])), 5.0], rtol=1e-15)


def test_a_single_class_is_certain():
    x = np.array([[-3.0], [1e300]])
    assert_array_equal(softmax(x), [[1], [1]])
    assert_array_equal(log_softmax(x), [[0], [0]])
    assert_array_equal(logsumexp(x), x[:, 0])
    loss, gradient = cross_entropy(x, np.array([0, 0]))
    assert loss == 0
    assert_array_equal(gradient, [[0], [0]])


@pytest.mark.parametrize(
    ("dtype", "rtol", "of_loss", "of_gradient"),
    # Of 6 classes, a gradient that is computed twice, in another order, differs by 14 roundings of
    # numbers up to 1: 10 in the two sums, 2 in the quotients, 2 in the differences from 1.
    # PyTorch's is the exponential, its own, of a rounded logarithm: as many roundings again.
    [(np.float32, 1e-5, 1e-6, 28 * 2**-24), (np.float64, 1e-12, 1e-14, 28 * 2**-53)],
)
@given(logits=batches, shift=st.integers(-1000, 1000), data=st.data())
def test_cross_entropy_and_its_gradient_agree_with_pytorch(
    dtype, rtol, of_loss, of_gradient, logits, shift, data
):
    batch, classes = logits.shape
    targets = data.draw(arrays(np.int64, batch, elements=st.integers(0, classes - 1)))
    logits = logits.astype(dtype)
    logits[-1] += shift
    loss, gradient = cross_entropy(logits, targets)
    expected_loss, expected_gradient = torch_cross_entropy(logits, targets)
    assert loss.dtype == gradient.dtype == dtype
    assert_allclose(loss, expected_loss, rtol=rtol, atol=of_loss)
    assert_allclose(gradient, expected_gradient, rtol=rtol, atol=of_gradient)


def test_a_confidently_wrong_example_costs_its_gap_and_keeps_its_gradient():
    loss, gradient = cross_entropy(np.array([[0.0, 1e4]]), np.array([0]))
    assert loss == 1e4
    assert_array_equal(gradient, [[-1, 1]])


def test_the_loss_is_infinite_if_the_logit_of_a_target_is_minus_infinity():
    logits = np.array([[-np.inf, 0.0, 0.0]])
    loss, gradient = cross_entropy(logits, np.array([0]))
    assert loss == np.inf
    assert_array_equal(gradient, [[-1, 0.5, 0.5]])


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64, bool])
def test_targets_of_any_integer_dtype_mean_the_same(dtype):
    logits = np.random.default_rng(2).normal(size=(3, 300))
    loss, gradient = cross_entropy(logits, np.array([1, 0, 1]).astype(dtype))
    expected = cross_entropy(logits, np.array([1, 0, 1]))
    assert loss == expected[0]
    assert_array_equal(gradient, expected[1])


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (
            [0, 3, 1],
            r"`targets` holds 3 at index 1; with 3 classes, labels run from 0 to 2",
        ),
        ([0, 1, -1], r"`targets` holds -1 at index 2; with 3 classes"),
    ],
)
def test_a_target_that_is_no_class_is_refused_with_its_index(targets, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy(np.zeros((3, 3)), np.array(targets))


@pytest.mark.parametrize(
    ("logits", "targets", "parameter"),
    [
        (np.zeros((3, 2)), np.zeros(2, int), "targets"),
        (np.zeros((3, 2)), np.zeros((3, 1), int), "targets"),
        (np.zeros((3, 2)), np.zeros(3), "targets"),
        (np.zeros(3), np.zeros(3, int), "logits"),
        (np.zeros((3, 2, 2)), np.zeros(3, int), "logits"),
    ],
)
def test_a_wrong_shape_or_dtype_is_refused_by_the_name_of_its_parameter(logits, targets, parameter):
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        cross_entropy(logits, targets)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.parametrize(
    ("x", "message"),
    [
        (
            np.zeros((2, 0)),
            r"`x` is empty: its shape is \(2, 0\); pass at least one entry",
        ),
        (
            np.array(1.0),
            r"`x` is a single number; pass an array with an axis of classes",
        ),
        (np.array([np.inf, -np.inf, np.nan]), r"`x` holds inf at index 0"),
        (
            np.array([[0, -np.inf], [-np.inf, -np.inf]]),
            r"`x` is -inf at index \(1, 0\) and everywhere along the axis from there; leave one",
        ),
    ],
)
def test_logits_that_have_no_softmax_are_refused_with_the_reason(function, x, message):
    with pytest.raises(ValueError, match=message):
        function(x)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_an_axis_that_is_not_there_is_refused(function):
    with pytest.raises(ValueError, match=r"^`x` has 2 axes, and no axis 2; choose one from -2"):
        function(np.zeros((2, 3)), axis=2)


def test_a_logarithm_that_overflows_is_refused():
    far = np.array([[1e308, -1e308]])
    with np.errstate(over="ignore"):
        with pytest.raises(ValueError, match=r"^the difference of two logits overflows: -inf at"):
            log_softmax(far)
        with pytest.raises(ValueError, match=r"^a loss overflows: inf at index 0"):
            cross_entropy(far, np.array([1]))
        with pytest.raises(ValueError, match=r"^the sum of the losses overflows: inf, where"):
            cross_entropy(np.array([[1e308, 0], [1e308, 0]]), np.array([1, 1]))
