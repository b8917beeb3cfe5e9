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
SHAPES_AND_AXES = [
    ((7,), 0),
    ((5, 3), -1),
    ((5, 3), 0),
    ((2, 5, 3), 1),
    ((2, 5, 3), -3),
]
PRECISION = {np.float32: 2e-6, np.float64: 1e-14}

# Multiples of 1/64 add without rounding, so a property of shifts holds to the last bit.
exact = st.integers(-640, 640).map(lambda n: n / 64)
batches = arrays(
    np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=exact
)
tensors = arrays(
    np.float64, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=exact
)


def draw_targets(data, logits):
    batch, classes = logits.shape
    return np.array(
        data.draw(st.lists(st.integers(0, classes - 1), min_size=batch, max_size=batch))
    )


def torch_cross_entropy(logits, targets):
    z = torch.tensor(logits, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(z, torch.tensor(targets))
    loss.backward()
    return loss.item(), z.grad.numpy()


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(("shape", "axis"), SHAPES_AND_AXES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_agrees_with_scipy_along_every_axis(name, shape, axis, dtype):
    x = (8 * np.random.default_rng(3).normal(size=shape)).astype(dtype)
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
        assert_allclose(
            log_softmax(x), log_p, rtol=1e-14, atol=2e-16
        )  # log(1 + tiny) rounds
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


def test_the_binary_case_is_the_sigmoid():
    gap = np.linspace(-30, 30, 13)
    probabilities = softmax(np.stack([gap, np.zeros(13)]), axis=0)
    assert_allclose(probabilities[0], scipy.special.expit(gap), rtol=1e-14)


@given(tensors, st.integers(-1000, 1000))
def test_a_shift_of_all_logits_changes_no_probability(x, shift):
    assert_array_equal(softmax(x + shift), softmax(x))
    assert_array_equal(log_softmax(x + shift), log_softmax(x))
    assert_allclose(logsumexp(x + shift), logsumexp(x) + shift, rtol=1e-13, atol=1e-13)


@given(tensors, st.data())
def test_probabilities_are_positive_and_sum_to_1_along_the_axis(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    p = softmax(x, axis=axis)
    assert (p > 0).all()
    assert_allclose(p.sum(axis=axis), 1, rtol=1e-14)


@given(tensors)
def test_log_softmax_is_the_logarithm_of_softmax(x):
    assert_allclose(log_softmax(x), np.log(softmax(x)), rtol=1e-12, atol=1e-14)


@given(tensors)
def test_logsumexp_lies_between_the_maximum_and_log_n_above_it(x):
    top, slack = x.max(axis=-1), 1e-13
    assert (logsumexp(x) >= top - slack).all()
    assert (logsumexp(x) <= top + np.log(x.shape[-1]) + slack).all()


@given(batches, st.data())
def test_permuting_the_classes_permutes_the_probabilities(x, data):
    order = data.draw(st.permutations(range(x.shape[1])))
    assert_allclose(softmax(x[:, order]), softmax(x)[:, order], rtol=1e-14)


@given(batches)
def test_a_larger_logit_is_never_less_probable(x):
    assert (np.diff(softmax(np.sort(x))) >= 0).all()


@given(batches, st.data())
def test_cross_entropy_and_its_gradient_agree_with_pytorch(logits, data):
    targets = draw_targets(data, logits)
    loss, gradient = cross_entropy(logits, targets)
    expected_loss, expected_gradient = torch_cross_entropy(logits, targets)
    assert_allclose(loss, expected_loss, rtol=1e-12, atol=1e-14)
    assert_allclose(gradient, expected_gradient, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("batch", "classes"), [(1, 1), (1, 7), (13, 2), (5, 11)])
def test_float32_cross_entropy_agrees_with_pytorch_in_float32(batch, classes):
    rng = np.random.default_rng(batch)
    logits = (5 * rng.normal(size=(batch, classes))).astype(np.float32)
    targets = rng.integers(0, classes, batch)
    loss, gradient = cross_entropy(logits, targets)
    expected_loss, expected_gradient = torch_cross_entropy(logits, targets)
    assert loss.dtype == gradient.dtype == np.float32
    assert_allclose(loss, expected_loss, rtol=1e-5, atol=1e-6)
    assert_allclose(gradient, expected_gradient, rtol=1e-5, atol=1e-6)


def test_cross_entropy_is_the_mean_of_minus_log_probability_written_as_a_loop():
    rng = np.random.default_rng(8)
    logits, targets = rng.normal(size=(7, 5)), rng.integers(0, 5, 7)
    loss, gradient = cross_entropy(logits, targets)
    losses, rows = [], []
    for z, y in zip(logits.tolist(), targets.tolist(), strict=True):
        p = [mpmath.exp(v) / mpmath.fsum(map(mpmath.exp, z)) for v in z]
        losses.append(-mpmath.log(p[y]))
        rows.append([float(p[k] - (k == y)) / 7 for k in range(5)])
    assert_allclose(loss, float(sum(losses) / 7), rtol=1e-14)
    assert_allclose(gradient, rows, rtol=1e-13, atol=1e-16)


def test_a_confidently_wrong_example_costs_its_gap_and_keeps_its_gradient():
    loss, gradient = cross_entropy(np.array([[0.0, 1e4]]), np.array([0]))
    assert loss == 1e4
    assert_array_equal(gradient, [[-1, 1]])


def test_the_loss_is_infinite_if_the_logit_of_a_target_is_minus_infinity():
    logits = np.array([[-np.inf, 0.0, 0.0]])
    loss, gradient = cross_entropy(logits, np.array([0]))
    assert loss == np.inf
    assert_array_equal(gradient, [[-1, 0.5, 0.5]])


@given(batches, st.data(), st.integers(-1000, 1000))
def test_a_shift_of_a_row_changes_neither_loss_nor_gradient(logits, data, shift):
    targets = draw_targets(data, logits)
    shifted = logits.copy()
    shifted[-1] += shift
    for before, after in zip(
        cross_entropy(logits, targets), cross_entropy(shifted, targets), strict=True
    ):
        assert_array_equal(after, before)


@given(batches, st.data())
def test_each_row_of_the_gradient_sums_to_0(logits, data):
    _, gradient = cross_entropy(logits, draw_targets(data, logits))
    assert_allclose(gradient.sum(axis=1), 0, atol=1e-15)


@given(batches, st.data())
def test_permuting_the_classes_permutes_the_gradient(logits, data):
    targets = draw_targets(data, logits)
    order = np.array(data.draw(st.permutations(range(logits.shape[1]))))
    loss, gradient = cross_entropy(logits, targets)
    new_loss, new_gradient = cross_entropy(logits[:, order], np.argsort(order)[targets])
    assert_allclose(new_loss, loss, rtol=1e-13, atol=1e-15)
    assert_allclose(new_gradient, gradient[:, order], rtol=1e-13, atol=1e-16)


@given(batches, st.data(), st.integers(2, 4))
def test_repeating_the_batch_keeps_the_mean_loss_and_divides_each_gradient(
    logits, data, times
):
    targets = draw_targets(data, logits)
    loss, gradient = cross_entropy(logits, targets)
    new_loss, new_gradient = cross_entropy(
        np.tile(logits, (times, 1)), np.tile(targets, times)
    )
    assert_allclose(new_loss, loss, rtol=1e-13, atol=1e-15)
    assert_allclose(
        new_gradient, np.tile(gradient / times, (times, 1)), rtol=1e-13, atol=1e-17
    )


@given(batches, st.data())
def test_the_loss_of_a_batch_is_the_mean_of_the_losses_of_its_examples(logits, data):
    targets = draw_targets(data, logits)
    loss, gradient = cross_entropy(logits, targets)
    rows = range(len(logits))
    alone = [cross_entropy(logits[n : n + 1], targets[n : n + 1]) for n in rows]
    assert_allclose(loss, np.mean([each for each, _ in alone]), rtol=1e-13, atol=1e-15)
    assert_allclose(
        gradient,
        np.concatenate([row for _, row in alone]) / len(logits),
        rtol=1e-13,
        atol=1e-17,
    )


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
def test_a_wrong_shape_or_dtype_is_refused_by_the_name_of_its_parameter(
    logits, targets, parameter
):
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
        (
            np.array([[0, 1], [2, np.nan]]),
            r"`x` holds nan at index \(1, 1\); find the step",
        ),
        (
            np.array([0, np.inf]),
            r"`x` holds inf at index 1; find the step that made it",
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


def test_cross_entropy_calls_its_logits_by_their_name():
    with pytest.raises(ValueError, match=r"`logits` holds nan at index \(0, 1\)"):
        cross_entropy(np.array([[0, np.nan]]), np.array([0]))
    with pytest.raises(ValueError, match="`logits` is empty"):
        cross_entropy(np.zeros((0, 3)), np.zeros(0, int))


@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_that_does_not_exist_is_refused(axis):
    with pytest.raises(np.exceptions.AxisError, match=f"axis {axis} is out of bounds"):
        softmax(np.zeros((2, 3)), axis=axis)


@pytest.mark.parametrize("axis", [None, (0, 1), 1.0])
def test_an_axis_that_is_no_integer_is_refused(axis):
    with pytest.raises(TypeCheckError, match="parameter 'axis'"):
        softmax(np.zeros((2, 3)), axis=axis)
