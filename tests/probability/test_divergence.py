"""Entropy, KL divergence, and Jensen-Shannon, against SciPy and PyTorch."""

import math

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import jensenshannon

from answers.probability.divergence import entropy, jensen_shannon, kl_divergence
from answers.probability.kl_estimators import k1, k2, k3
from answers.probability.kl_of_logits import kl_from_logits, kl_gradients
from tests.random_distributions import (
    PRECISION,
    SHAPES_AND_AXES,
    P,
    Q,
    distributions,
    logs,
    random_pair,
)

# Each beside SciPy's; entropy takes the first of the two distributions.
OURS_AND_SCIPYS = {
    "entropy": (
        lambda p, q, **how: entropy(p, **how),
        lambda p, q, **how: scipy.stats.entropy(p, **how),
    ),
    "kl_divergence": (kl_divergence, scipy.stats.entropy),
    "jensen_shannon": (
        jensen_shannon,
        lambda p, q, **how: jensenshannon(p, q, **how) ** 2,
    ),
}
EACH = pytest.mark.parametrize("name", OURS_AND_SCIPYS)


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(("shape", "axis"), SHAPES_AND_AXES)
@EACH
def test_agrees_with_scipy_along_every_axis(name, shape, axis, dtype):
    pair = random_pair(shape, axis, dtype)
    ours, scipys = OURS_AND_SCIPYS[name]
    got = ours(*pair, axis=axis)
    expected = scipys(*(a.astype(np.float64) for a in pair), axis=axis)
    assert got.dtype == dtype
    assert_allclose(got, expected, rtol=PRECISION[dtype], atol=PRECISION[dtype])


@EACH
@settings(max_examples=200)
@given(pair=distributions(), base=st.sampled_from([math.e, 2, 10, 1.5]))
def test_agrees_with_scipy_zeros_and_infinities_included_in_any_base(name, pair, base):
    ours, scipys = OURS_AND_SCIPYS[name]
    expected = scipys(*pair, base=base)
    assert_allclose(ours(*pair, base=base), expected, rtol=1e-12, atol=1e-15)


@given(distributions())
def test_kl_agrees_with_pytorch_where_pytorch_gives_a_number(pair):
    p, q = (torch.tensor(each) for each in pair)
    expected = torch.nn.functional.kl_div(q.log(), p, reduction="none")
    # 0 log(0/0) is nan there; all else, 0 log(0/q) and p log(p/0) too, is as here.
    assert torch.equal(expected.isnan(), (p == 0) & (q == 0))
    assert_allclose(kl_divergence(*pair), expected.nansum(), rtol=1e-12, atol=1e-15)
    of_logs = kl_from_logits(*logs(*pair))
    assert_allclose(of_logs, expected.nansum(), rtol=1e-12, atol=1e-14)
    assert kl_divergence(pair[0], pair[0]) == 0


@given(distributions(), st.sampled_from([2, 10, 1.5, 7]))
def test_a_base_divides_by_its_logarithm(pair, base):
    p, q = pair
    expected = scipy.stats.entropy(p, q, base=base)
    assert_allclose(kl_divergence(p, q, base), expected, rtol=1e-12, atol=1e-15)
    assert_allclose(entropy(p, base=base), scipy.stats.entropy(p, base=base), rtol=1e-12)
    expected = jensenshannon(p, q, base=base) ** 2
    assert_allclose(jensen_shannon(p, q, base), expected, rtol=1e-12, atol=1e-15)


def test_the_example_of_the_question_is_log_five_quarters():
    assert_allclose(kl_divergence(P, Q), math.log(5 / 4), rtol=1e-15)
    assert_allclose(kl_divergence(P, Q, base=2), math.log2(5 / 4), rtol=1e-15)
    backwards = 13 / 5 * math.log(2) - math.log(5)
    assert_allclose(kl_divergence(Q, P), backwards, rtol=1e-14)


def test_rounding_leaves_no_divergence_or_entropy_below_zero():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(40), size=500)
    q = p * (1 + 1e-16 * rng.normal(size=p.shape))
    assert (scipy.special.rel_entr(p, q).sum(axis=1) < 0).any()
    assert (kl_divergence(p, q) >= 0).all()
    assert (jensen_shannon(p, q) >= 0).all()
    certain = entropy(np.array([1.0 + 1e-6, 0.0]))
    assert certain == 0
    assert math.copysign(1, entropy(np.array([1.0]))) == 1


def test_jensen_shannon_of_disjoint_distributions_is_one_bit_and_no_more():
    p = np.array([0.1, 0.2, 0.7, 0, 0, 0])
    got = jensen_shannon(p, p[::-1].copy(), base=2)
    assert 1 - 1e-15 <= got <= 1
    more = np.array([1 + 5e-6, 0])
    assert jensen_shannon(more, more[::-1]) == math.log(2)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([0.5, 0.5], [1 - 5e-324, 5e-324]),  # p / q overflows
        ([1.0, 0.0], [5e-324, 1.0]),
        ([5e-324, 1.0], [0.25, 0.75]),
        ([1e-300, 1.0], [1e-310, 1.0]),
        ([0.5, 0.5], [0.5 + 1e-9, 0.5 - 1e-9]),
    ],
)
def test_agrees_with_50_digit_arithmetic_at_the_edges_of_float64(p, q):
    with mpmath.workdps(50):
        pairs = [(mpmath.mpf(a), mpmath.mpf(b)) for a, b in zip(p, q, strict=True)]
        terms = [a * mpmath.log(a / b) for a, b in pairs if a]
        kl = float(mpmath.fsum(terms))
        m = [(a, (a + b) / 2) for a, b in pairs] + [(b, (a + b) / 2) for a, b in pairs]
        js = float(mpmath.fsum(a * mpmath.log(a / b) for a, b in m if a) / 2)
    p, q = np.array(p), np.array(q)
    assert_allclose(kl_divergence(p, q), kl, rtol=1e-13, atol=1e-16)
    assert_allclose(jensen_shannon(p, q), js, rtol=1e-13, atol=1e-16)


def test_float32_probabilities_too_small_to_divide_by_are_no_infinities():
    p = np.array([0.5, 0.5], dtype=np.float32)
    q = np.array([1, 1e-44], dtype=np.float32)
    expected = scipy.special.rel_entr(*(a.astype(float) for a in (p, q))).sum()
    assert_allclose(kl_divergence(p, q), expected, rtol=1e-6)


def test_no_warning_is_given_for_zeros():
    p, q = np.array([0.0, 0.5, 0.5]), np.array([0.0, 1.0, 0.0])
    with np.errstate(all="raise"):
        assert kl_divergence(p, q) == np.inf
        assert kl_divergence(q, p) == math.log(2)
        jensen_shannon(p, q)
        entropy(p)
    with np.errstate(over="raise", invalid="raise"):
        assert kl_divergence(P, np.array([1 - 5e-324, 5e-324])) < np.inf
        assert kl_from_logits(*[np.array([0.0, -np.inf])] * 2) == 0


# What is refused


EVERY = [
    pytest.param(lambda bad: entropy(bad), "p", id="entropy"),
    pytest.param(lambda bad: kl_divergence(bad, bad), "p", id="kl_divergence, p"),
    pytest.param(
        lambda bad: kl_divergence(np.full(bad.shape, 1 / max(bad.shape[-1], 1)), bad),
        "q",
        id="kl_divergence, q",
    ),
    pytest.param(lambda bad: jensen_shannon(bad, bad), "p", id="jensen_shannon, p"),
    pytest.param(
        lambda bad: jensen_shannon(np.full(bad.shape, 1 / max(bad.shape[-1], 1)), bad),
        "q",
        id="jensen_shannon, q",
    ),
    pytest.param(lambda bad: kl_gradients(bad, np.zeros(bad.shape)), "p", id="kl_gradients"),
]


@pytest.mark.parametrize(("call", "name"), EVERY)
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([[0.5, 0.5], [0.5, 0.6]], r"`{}` sums to 1.1 at index \(1, 0\) along axis -1"),
        ([[0.5, 0.5], [0.4, 0.5]], r"`{}` sums to 0.9 at index \(1, 0\)"),
        ([0.5, 0.5002], "`{}` sums to 1.0002 at index 0"),
        ([3.0, 1.0], "divide by their sum"),
        ([0.7, -0.2, 0.5], "`{}` holds -0.2 at index 1; probabilities are at least 0"),
        ([0.5, np.nan, 0.5], "`{}` holds nan at index 1"),
        ([0.5, np.inf, 0.5], "`{}` sums to inf"),
    ],
)
def test_what_is_no_distribution_is_refused_and_named(call, name, bad, message):
    with pytest.raises(ValueError, match=message.format(name)):
        call(np.array(bad))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sum_may_miss_1_by_the_tolerance_and_no_more(sign):
    near, far = (np.array([0.5, 0.5 + sign * miss]) for miss in (0.9e-5, 1.1e-5))
    for function in (entropy, lambda p: kl_divergence(p, p)):
        assert np.isfinite(function(near))
        with pytest.raises(ValueError, match="sums to"):
            function(far)


def test_float32_probabilities_of_many_classes_are_within_the_tolerance():
    logits = np.random.default_rng(0).normal(size=(3, 100_000)).astype(np.float32)
    p = torch.softmax(torch.tensor(logits), -1).numpy()
    assert entropy(p).dtype == np.float32
    # Along a first axis NumPy adds one by one.
    assert entropy(np.full((100_000, 2), np.float32(1e-5)), axis=0).dtype == np.float32


def test_distributions_along_another_axis_are_refused():
    p = np.array([[0.2, 0.3], [0.8, 0.7]])
    assert entropy(p, axis=0).shape == (2,)
    with pytest.raises(ValueError, match="is it the axis of the classes"):
        entropy(p)


def test_an_axis_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"^`p` has 1 axes, and no axis 1; choose one"):
        entropy(P, axis=1)
    with pytest.raises(ValueError, match=r"^`p` has 1 axes, and no axis -2; choose one"):
        kl_divergence(P, Q, axis=-2)


def test_a_single_number_and_an_empty_array_are_refused():
    with pytest.raises(ValueError, match="single number"):
        entropy(np.array(1.0))
    for call in (entropy, lambda p: kl_divergence(p, p)):
        with pytest.raises(ValueError, match="`p` is empty"):
            call(np.zeros((0, 3)))


@pytest.mark.parametrize("base", [1, 0, -2, 0.5, np.inf, np.nan])
def test_a_base_that_is_not_above_1_is_refused(base):
    for call in (
        lambda: entropy(P, base),
        lambda: kl_divergence(P, Q, base),
        lambda: jensen_shannon(P, Q, base),
        lambda: kl_from_logits(P, Q, base),
    ):
        with pytest.raises(ValueError, match=r"`base` is .*pass a base above 1"):
            call()


def test_shapes_that_differ_are_refused_even_if_they_broadcast():
    for function in (kl_divergence, jensen_shannon, kl_from_logits, k1, k2, k3):
        with pytest.raises(TypeCheckError, match=r"parameter '(q|log_q)'"):
            function(np.full((3, 2), 0.5), P)


def test_integers_are_distributions_too():
    onehot = np.array([[0, 1, 0], [1, 0, 0]])
    assert_array_equal(entropy(onehot), [0, 0])
    assert_array_equal(kl_divergence(onehot, onehot[::-1]), [np.inf, np.inf])
