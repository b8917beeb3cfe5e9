"""Entropy, KL divergence, Jensen-Shannon and the estimators, against SciPy and PyTorch."""

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

from answers.gradient_check import numerical_gradient
from answers.probability.divergence import (
    entropy,
    jensen_shannon,
    k1,
    k2,
    k3,
    kl_divergence,
    kl_from_logits,
    kl_gradients,
)
from answers.probability.softmax import softmax

SHAPES_AND_AXES = [
    ((7,), 0),
    ((5, 3), -1),
    ((5, 3), 0),
    ((2, 5, 3), 1),
    ((2, 5, 3), -3),
]
PRECISION = {np.float32: 3e-6, np.float64: 1e-13}
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
P, Q = np.array([0.5, 0.5]), np.array([0.8, 0.2])

# Small whole numbers, zeros among them, over their sum: zeros of p meet zeros of q.


@st.composite
def distributions(draw, how_many=2):
    """Distributions over as many classes, with zeros in any place."""
    size = draw(st.integers(1, 7))
    column = st.lists(st.integers(0, 6), min_size=size, max_size=size).filter(any)
    rows = [np.array(draw(column), float) for _ in range(how_many)]
    return [row / row.sum() for row in rows]


def random_pair(shape, axis, dtype=np.float64):
    """Two distributions that nothing may write to."""
    rng = np.random.default_rng(3)
    pair = [rng.gamma(0.5, size=shape) for _ in range(2)]
    pair = [(a / a.sum(axis=axis, keepdims=True)).astype(dtype) for a in pair]
    for a in pair:
        a.setflags(write=False)
    return pair


def logs(*distributions_):
    with np.errstate(divide="ignore"):
        return [np.log(each) for each in distributions_]


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


# In log space


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(("shape", "axis"), SHAPES_AND_AXES)
def test_kl_from_logits_agrees_with_pytorch(shape, axis, dtype):
    rng = np.random.default_rng(5)
    a, b = ((5 * rng.normal(size=shape) + far).astype(dtype) for far in (9, -900))
    log_p, log_q = (torch.log_softmax(torch.tensor(x), axis) for x in (a, b))
    expected = torch.nn.functional.kl_div(log_q, log_p, reduction="none", log_target=True)
    got = kl_from_logits(a, b, axis=axis)
    assert got.dtype == dtype
    assert_allclose(got, expected.sum(axis), rtol=PRECISION[dtype], atol=1e-6)


@pytest.mark.parametrize("low", [-700.0, -800.0])
def test_kl_from_logits_is_infinite_where_only_q_is_0_however_small_p_is(low):
    assert kl_from_logits(np.array([0.0, low]), np.array([0.0, -np.inf])) == np.inf
    both = np.array([0.0, -np.inf])
    assert kl_from_logits(both, both) == 0
    assert kl_from_logits(both, np.array([0.0, low])) == 0


def test_kl_from_logits_is_finite_where_probabilities_round_to_zero():
    p, q = np.array([0.0, 0.0]), np.array([0.0, -800.0])
    assert kl_divergence(softmax(p), softmax(q)) == np.inf
    assert_allclose(kl_from_logits(p, q), 400 - math.log(2), rtol=1e-14)
    assert_allclose(kl_from_logits(p, q, base=2), 400 / math.log(2) - 1, rtol=1e-14)


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("shape", [(5,), (3, 7), (2, 3, 5)])
def test_gradients_of_both_directions_agree_with_autograd(shape, dtype):
    rng = np.random.default_rng(6)
    p = softmax(rng.normal(size=shape)).astype(dtype)
    logits = (3 * rng.normal(size=shape)).astype(dtype)
    for index, got in enumerate(kl_gradients(p, logits)):
        z, target = torch.tensor(logits, requires_grad=True), torch.tensor(p)
        log_q = torch.log_softmax(z, -1)
        pair = (log_q, target.log()) if index == 0 else (target.log(), log_q)
        loss = torch.nn.functional.kl_div(*pair, reduction="sum", log_target=True)
        loss.backward()
        assert got.dtype == dtype
        assert_allclose(got, z.grad, rtol=PRECISION[dtype], atol=PRECISION[dtype])


def test_gradients_stay_finite_where_q_rounds_to_zero():
    p = np.array([0.5, 0.3, 0.2])
    for low in (-2e4, -np.inf):
        forward, reverse = kl_gradients(p, np.array([1e4, 1e4, low]))
        assert_allclose(forward, [0, 0.2, -0.2], rtol=1e-12, atol=1e-12)
        assert_allclose(reverse[:2].sum(), 0, atol=1e-15)
        assert reverse[2] == 0


def test_a_target_with_a_zero_has_no_reverse_gradient():
    with pytest.raises(ValueError, match=r"`p` holds 0.0 at index 1: KL\(q‖p\) is infin"):
        kl_gradients(np.array([1.0, 0.0]), np.zeros(2))


# The estimators


@given(distributions())
def test_the_mean_of_k1_is_kl_and_that_of_k3_is_too_where_p_misses_nothing_of_q(pair):
    p, q = pair
    drawn = p > 0
    log_p, log_q = (each[drawn] for each in logs(p, q))
    mean_k1, mean_k3 = (p[drawn] @ k(log_p, log_q) for k in (k1, k3))
    assert_allclose(mean_k1, kl_divergence(p, q), rtol=1e-12, atol=1e-14)
    missed = q[~drawn].sum()
    assert_allclose(mean_k3, kl_divergence(p, q) - missed, rtol=1e-12, atol=1e-14)


def test_k2_has_a_bias():
    mean = P @ k2(*logs(P, Q))
    assert mean - kl_divergence(P, Q) == pytest.approx(0.042, abs=1e-3)


def test_k3_agrees_with_50_digit_arithmetic_near_equality():
    gaps = np.array([1e-9, -1e-6, 1e-3, -2.0, 0.0])
    with mpmath.workdps(50):
        expected = [float(mpmath.expm1(gap) - mpmath.mpf(gap)) for gap in gaps]
    assert_allclose(k3(np.zeros(5), gaps), expected, rtol=1e-3, atol=1e-25)


@pytest.mark.parametrize(
    ("shift", "closer"), [(0.1, k3), (1.0, k3), (1.12, k3), (1.122, k1), (2, k1)]
)
def test_the_spread_of_k3_exceeds_that_of_k1_when_gaussians_are_1_121_deviations_apart(
    shift, closer
):
    """Means and variances by the trapezoidal rule, against the formulas of the page."""
    d, x = shift, np.linspace(-12, 20, 40_001)
    log_p, log_q = scipy.stats.norm.logpdf(x), scipy.stats.norm.logpdf(x, d)
    weights = np.exp(log_p) * (x[1] - x[0])
    moments = {}
    for k in (k1, k2, k3):
        values = k(log_p, log_q)
        mean = weights @ values
        moments[k] = mean, weights @ (values - mean) ** 2
    assert_allclose(moments[k1], (d**2 / 2, d**2), rtol=1e-8)
    assert_allclose(moments[k2], (d**2 / 2 + d**4 / 8, d**6 / 4 + d**4 / 2), rtol=1e-8)
    assert_allclose(moments[k3], (d**2 / 2, math.expm1(d**2) - d**2), rtol=1e-8)
    assert min((k1, k3), key=lambda k: moments[k][1]) == closer


def gradient_of_mean(k, logits, reference):
    """What a loss of k's mean over samples of the policy has as its mean gradient.

    The samples, and so the weights p, are held fixed, as they are in a training step.
    """
    p, log_reference = softmax(logits), np.log(reference)
    return numerical_gradient(lambda z: p @ k(np.log(softmax(z)), log_reference), logits)


def test_differentiating_an_estimator_differentiates_not_what_it_estimates():
    """k1 gives 0, k2 the gradient of KL(p‖q), k3 that of KL(q‖p)."""
    rng = np.random.default_rng(9)
    logits, q = rng.normal(size=5), rng.dirichlet(np.ones(5))
    of_kl = numerical_gradient(lambda z: kl_divergence(softmax(z), q), logits)
    backwards = numerical_gradient(lambda z: kl_divergence(q, softmax(z)), logits)
    assert_allclose(gradient_of_mean(k1, logits, q), 0, atol=1e-9)
    assert_allclose(gradient_of_mean(k2, logits, q), of_kl, atol=1e-8)
    assert_allclose(gradient_of_mean(k3, logits, q), backwards, atol=1e-8)
    assert np.abs(of_kl - backwards).max() > 0.1


def test_estimators_keep_float32_and_their_arguments():
    log_p, log_q = (each.astype(np.float32) for each in logs(P, Q))
    log_p.flags.writeable = log_q.flags.writeable = False
    for k in (k1, k2, k3):
        assert k(log_p, log_q).dtype == np.float32


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


@pytest.mark.parametrize("k", [k1, k2, k3])
def test_samples_that_p_cannot_draw_are_refused(k):
    zeros = np.zeros(2)
    with pytest.raises(ValueError, match="`log_p` holds -inf at index 1: p never draws"):
        k(np.array([0, -np.inf]), zeros)
    with pytest.raises(ValueError, match="`log_q` holds nan at index 0"):
        k(zeros, np.array([np.nan, 0]))
    with pytest.raises(ValueError, match="`log_p` holds inf at index 1"):
        k(np.array([0, np.inf]), zeros)
    with pytest.raises(ValueError, match="`log_p` is empty"):
        k(np.zeros(0), np.zeros(0))
    assert k(zeros, np.array([0, -np.inf]))[1] == np.inf


@pytest.mark.parametrize(
    ("k", "far", "what"),
    [
        (k1, 1.7e308, "log r"),
        (k2, 1e200, r"\(log r\)²/2"),
        (k3, 800.0, "r - 1 - log r"),
    ],
)
def test_an_estimate_that_overflows_is_refused_by_its_formula(k, far, what):
    with (
        np.errstate(over="ignore"),
        pytest.raises(ValueError, match=f"^{what} overflows: inf at index 1, where float64 ends"),
    ):
        k(np.array([0.0, -far]), np.array([0.0, far]))


def test_integers_are_distributions_too():
    onehot = np.array([[0, 1, 0], [1, 0, 0]])
    assert_array_equal(entropy(onehot), [0, 0])
    assert_array_equal(kl_divergence(onehot, onehot[::-1]), [np.inf, np.inf])
