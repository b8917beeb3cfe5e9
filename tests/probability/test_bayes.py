"""Posteriors against exact fractions, mpmath, SciPy and counting; then what must hold."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.derivations import bayes as derivations
from answers.probability.bayes import (
    beta_update,
    log_posterior,
    natural_frequencies,
    posterior,
    posterior_odds,
    reweighted,
)

sixty_examples = settings(max_examples=60)

weights = st.integers(0, 1000)
tiny = st.floats(-320, 300).map(lambda e: 10.0**e)
logarithms = st.integers(-640, 640).map(lambda n: n / 64)


def exact(prior, likelihood):
    """The posterior in whole numbers and fractions."""
    joint = [Fraction(p) * Fraction(each) for p, each in zip(prior, likelihood, strict=True)]
    return [float(each / sum(joint)) for each in joint]


@st.composite
def problems(draw, pieces=1):
    """A prior, and a likelihood for each piece of evidence; the first hypothesis is possible."""
    size = draw(st.integers(1, 6))
    counts = np.array(draw(st.lists(weights, min_size=size, max_size=size)), dtype=float)
    counts[0] += 1
    likelihoods = np.array(
        [draw(st.lists(weights, min_size=size, max_size=size)) for _ in range(pieces)]
    )
    likelihoods[:, 0] += 1
    return counts / counts.sum(), likelihoods / 1000


@sixty_examples
@given(problems(), st.integers(-900, 900))
def test_agrees_with_exact_fractions_whatever_factor_all_likelihoods_share(problem, shift):
    prior, (likelihood,) = problem
    expected = exact(prior, likelihood)
    got = posterior(prior, likelihood)
    assert_allclose(got, expected, rtol=1e-13, atol=0)  # a prior of 0 stays 0
    alike = np.full(len(prior), 0.3)
    assert_allclose(posterior(prior, alike), prior, rtol=1e-13)
    with np.errstate(divide="ignore"):
        logs = np.log(prior), np.log(likelihood) + shift
    assert_allclose(np.exp(log_posterior(*logs)), expected, rtol=1e-11, atol=1e-300)


@sixty_examples
@given(st.lists(st.tuples(tiny, tiny), min_size=2, max_size=5))
def test_agrees_with_50_digits_however_small_prior_and_likelihood_are(pairs):
    prior, likelihood = np.array(pairs).T
    prior = np.minimum(prior, 1.0)
    prior[0] = 1.0
    prior /= prior.sum()
    with mpmath.workdps(50):
        joint = [mpmath.mpf(p) * mpmath.mpf(q) for p, q in zip(prior, likelihood, strict=True)]
        total = mpmath.fsum(joint)
        expected = [float(each / total) for each in joint]
    assert_allclose(posterior(prior, likelihood), expected, rtol=1e-12, atol=1e-300)


def test_products_of_1e_400_keep_their_ratio():
    prior, likelihood = np.array([1e-200, 3e-200, 1.0]), np.array([2e-200, 1e-200, 0.0])
    assert_allclose(posterior(prior, likelihood), [0.4, 0.6, 0], rtol=1e-12)


def test_100_000_hypotheses_agree_with_scipy():
    rng = np.random.default_rng(0)
    prior = rng.dirichlet(np.ones(100_000))
    log_likelihood = rng.normal(-5000, 300, size=100_000)
    expected = scipy.special.log_softmax(np.log(prior) + log_likelihood)
    assert_allclose(log_posterior(np.log(prior), log_likelihood), expected, rtol=1e-13, atol=1e-13)
    likelihood = np.exp(rng.normal(-690, 3, size=100_000))
    got = posterior(prior, likelihood)
    expected = prior * (likelihood * 1e280)
    assert_allclose(got, expected / expected.sum(), rtol=1e-11)
    assert got.sum() == pytest.approx(1, abs=1e-12)


def test_9_2_percent_of_the_positive_are_ill_and_a_million_people_agree():
    (ill, healthy) = posterior(np.array([0.01, 0.99]), np.array([0.90, 0.09]))
    assert ill == pytest.approx(10 / 109, rel=1e-14)
    assert healthy == pytest.approx(99 / 109, rel=1e-14)
    assert derivations.screening()[0].formula == sp.Rational(10, 109)
    rng = np.random.default_rng(20)
    people = 1_000_000
    is_ill = rng.random(people) < 0.01
    positive = rng.random(people) < np.where(is_ill, 0.90, 0.09)
    # 97,000 positives: the share's standard error is 0.001.
    assert is_ill[positive].mean() == pytest.approx(ill, abs=0.004)


joint_tables = arrays(np.float64, (3, 2, 4), elements=st.integers(1, 9).map(float))


@sixty_examples
@given(joint_tables, st.integers(0, 1), st.integers(0, 3))
def test_sequential_is_batch_for_dependent_evidence_if_the_second_is_given_the_first(table, e1, e2):
    """A table of P(hypothesis, e1, e2) with any dependence; the truth is read off it."""
    table = table / table.sum()
    prior = table.sum(axis=(1, 2))
    first = table[:, e1].sum(axis=1) / prior
    second = table[:, e1, e2] / table[:, e1].sum(axis=1)
    truth = table[:, e1, e2] / table[:, e1, e2].sum()
    after_one = posterior(prior, first)
    assert_allclose(posterior(after_one, second), truth, rtol=1e-12)
    assert_allclose(posterior(prior, first * second), truth, rtol=1e-12)


def test_two_signs_that_come_together_give_8_in_13_and_the_naive_product_a_half():
    even, alone = np.array([0.5, 0.5]), np.array([0.5, 0.5])
    together = np.array([0.40, 0.25])
    exactly = posterior(even, together)[0]
    naive = posterior(posterior(even, alone), alone)[0]
    one_by_one = posterior(posterior(even, alone), together / alone)[0]
    assert exactly == pytest.approx(8 / 13, rel=1e-14)
    assert one_by_one == pytest.approx(8 / 13, rel=1e-14)
    assert naive == 0.5
    assert [line.formula for line in derivations.dependent()] == [
        sp.Rational(8, 13),
        sp.Rational(1, 2),
    ]


@sixty_examples
@given(problems(pieces=2))
def test_a_batch_is_its_rows_and_one_prior_serves_all(problem):
    prior, likelihoods = problem
    batch = posterior(prior, likelihoods)
    rows = [posterior(prior, row) for row in likelihoods]
    assert_array_equal(batch, rows)
    assert_array_equal(posterior(np.stack([prior, prior]), likelihoods), rows)
    assert_array_equal(posterior(np.stack([prior, prior]), likelihoods[0]), [rows[0]] * 2)


@sixty_examples
@given(problems())
def test_the_expected_posterior_is_the_prior(problem):
    """Averaged over what may be observed, evidence moves belief nowhere."""
    prior, (likelihood,) = problem
    likelihood = np.minimum(likelihood, 1.0)
    outcomes = np.stack([likelihood, 1 - likelihood])
    evidence = outcomes @ prior
    mean = sum(p * posterior(prior, row) for p, row in zip(evidence, outcomes, strict=True) if p)
    assert_allclose(mean, prior, rtol=1e-10, atol=1e-13)


@sixty_examples
@given(
    arrays(np.float64, (3, 5), elements=logarithms),
    arrays(np.float64, 5, elements=logarithms),
)
def test_log_posterior_agrees_with_scipy(log_likelihood, log_prior):
    got = log_posterior(log_prior, log_likelihood)
    expected = scipy.special.log_softmax(log_prior + log_likelihood, axis=-1)
    assert_allclose(got, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("function", [posterior, log_posterior])
def test_float32_stays_float32_integers_compute_in_float64_and_inputs_stay(function):
    rng = np.random.default_rng(1)
    prior = rng.dirichlet(np.ones(4), size=3).astype(np.float32)
    likelihood = rng.random((3, 4)).astype(np.float32)
    prior.flags.writeable = likelihood.flags.writeable = False
    got = function(prior, likelihood)
    assert got.dtype == np.float32
    wide = function(prior.astype(np.float64), likelihood.astype(np.float64))
    assert_allclose(got, wide, rtol=2e-5, atol=1e-6)
    assert function(np.array([0, 1, 0]), np.array([3, 2, 1])).dtype == np.float64


@sixty_examples
@given(st.integers(1, 99), st.lists(st.integers(1, 500), min_size=1, max_size=4))
def test_odds_are_those_of_the_posterior(percent, ratios):
    prior = np.array([percent, 100 - percent]) / 100
    belief = prior
    for ratio in ratios:
        belief = posterior(belief, np.array([ratio, 7.0]))
    odds = posterior_odds(prior[0] / prior[1], *(ratio / 7 for ratio in ratios))
    assert odds == pytest.approx(belief[0] / belief[1], rel=1e-10)


def test_no_warning_is_given_for_zeros_or_for_odds_that_overflow():
    with np.errstate(divide="raise", over="raise"):
        assert_array_equal(posterior(np.array([0.0, 1.0]), HALF), [0, 1])
        assert posterior_odds(0, 5) == 0
        with pytest.raises(ValueError, match="overflows"):
            posterior_odds(1e300, 1e300)


def test_odds_survive_factors_whose_product_overflows_on_the_way():
    assert posterior_odds(1e-300, 1e-300, 1e300, 1e300) == pytest.approx(1)
    assert posterior_odds(3) == pytest.approx(3)
    assert posterior_odds(0, 5) == 0
    assert posterior_odds(1, math.inf) == math.inf


@sixty_examples
@given(st.floats(0.1, 50), st.floats(0.1, 50), st.integers(0, 200), st.integers(0, 200))
def test_the_beta_posterior_agrees_with_scipy_at_every_rate(alpha, beta, s, f):
    a, b = beta_update(alpha, beta, s, f)
    rates = np.linspace(0.01, 0.99, 99)
    log_joint = scipy.stats.beta(alpha, beta).logpdf(rates)
    log_joint += scipy.stats.binom(s + f, rates).logpmf(s)
    # The evidence by SciPy's beta-binomial distribution.
    evidence = scipy.stats.betabinom(s + f, alpha, beta).logpmf(s)
    assert_allclose(
        scipy.stats.beta(a, b).logpdf(rates), log_joint - evidence, rtol=1e-8, atol=1e-8
    )


def test_beta_update_of_arrays_broadcasts_and_keeps_float32():
    a, b = beta_update(np.array([1, 2]), 3, np.array([[4], [5]]), np.array([6, 7]))
    assert_array_equal(a, [[5, 6], [6, 7]])
    assert_array_equal(b, [9, 10])
    single = np.ones(2, dtype=np.float32)
    assert all(each.dtype == np.float32 for each in beta_update(single, single, single, single))


@sixty_examples
@given(problems(pieces=4), st.integers(1, 50))
def test_reweighting_gives_the_posterior_under_the_new_prior(problem, share):
    prior, likelihoods = problem
    old = prior + 0.1
    old /= old.sum()
    new = np.arange(1.0, len(prior) + 1) ** (share / 25)
    new /= new.sum()
    trained = posterior(old, likelihoods)
    assert_allclose(
        reweighted(trained, old, new),
        posterior(new, likelihoods),
        rtol=1e-9,
        atol=1e-300,
    )


@sixty_examples
@given(st.floats(0.001, 1), st.floats(0.001, 1), st.floats(0, 1))
def test_natural_frequencies_count_everybody_and_give_the_posterior(ill, hit, false):
    counts = natural_frequencies(ill, hit, false, people=2000)
    assert counts.sum() == pytest.approx(2000)
    assert counts[0].sum() == pytest.approx(2000 * ill)
    share = counts[0, 0] / counts[:, 0].sum()
    expected = posterior(np.array([ill, 1 - ill]), np.array([hit, false]))[0]
    assert share == pytest.approx(expected, rel=1e-9)


HALF = np.array([0.5, 0.5])


@pytest.mark.parametrize(
    ("prior", "likelihood"),
    [
        (HALF, np.array([0.0, 0.0])),
        (np.array([0.0, 1.0]), np.array([0.7, 0.0])),
        (np.array([0.0, 1.0]), np.array([[0.7, 0.1], [0.7, 0.0]])),
    ],
)
def test_impossible_evidence_is_refused_with_its_row(prior, likelihood):
    row = r" in row \[1\]" if likelihood.ndim == 2 else ""
    message = rf"the evidence is impossible{row}: every hypothesis .* P\(evidence\) = 0"
    with pytest.raises(ValueError, match=message):
        posterior(prior, likelihood)
    with np.errstate(divide="ignore"), pytest.raises(ValueError, match=message):
        log_posterior(np.log(prior), np.log(likelihood))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: posterior(np.array([0.5, 0.4]), HALF), "`prior` sums to 0.9; divide"),
        (
            lambda: posterior(np.array([HALF, [0.5, 0.6]]), HALF),
            r"`prior` sums to 1.1 in row \[1\]",
        ),
        (
            lambda: posterior(np.array([1.5, -0.5]), HALF),
            "`prior` holds -0.5 at index 1",
        ),
        (lambda: posterior(HALF, np.array([0.1, -0.1])), "`likelihood` holds -0.1 at"),
        (lambda: posterior(HALF, np.array([np.nan, 1])), "`likelihood` holds nan at"),
        (lambda: posterior(HALF, np.array([1, np.inf])), "`likelihood` holds inf at"),
        (lambda: posterior(np.zeros(0), np.zeros(0)), "`prior` is empty"),
        (
            lambda: log_posterior(HALF, np.array([np.nan, 1])),
            "`log_likelihood` holds nan",
        ),
        (
            lambda: log_posterior(np.array([0, np.inf]), HALF),
            "`log_prior` holds inf at",
        ),
        (lambda: log_posterior(np.zeros((0, 2)), HALF), "`log_likelihood` is empty"),
        (lambda: posterior_odds(-1, 2), "odds and ratios hold -1.0 at index 0"),
        (lambda: posterior_odds(1.0, math.nan), "odds and ratios hold nan at index 1"),
        (lambda: posterior_odds(math.inf, 0), "one factor is 0 and another infinite"),
        (lambda: beta_update(0, 1, 1, 1), "`alpha` holds 0.0; each must be positive"),
        (lambda: beta_update(1, math.inf, 1, 1), "`beta` holds inf; each must be pos"),
        (lambda: beta_update(1, 1, -1, 1), "`successes` holds -1.0; each must be 0 or"),
        (lambda: beta_update(1, 1, 1, math.nan), "`failures` holds nan"),
        (
            lambda: reweighted(HALF, np.array([0.0, 1.0]), HALF),
            "`old_prior` holds 0.0 at index 0; a class that was never seen",
        ),
        (lambda: reweighted(HALF * 2, HALF, HALF), "`probabilities` sums to 2"),
        (lambda: natural_frequencies(1.2, 0.5, 0.5), "hold 1.2 at index 0; each is a"),
        (lambda: natural_frequencies(2, 1, 0), "rate hold 2.0 at index 0"),
        (lambda: natural_frequencies(0.2, 0.5, 0.5, people=0), "0 people; take a posi"),
        (lambda: natural_frequencies(0.2, 0.5, 0.5, math.inf), "inf people; take a pos"),
        (lambda: posterior_odds(0.0, 0.5, -1.0), "odds and ratios hold -1.0 at index 2"),
        (lambda: posterior(np.array([0.0, -1.0]), HALF), "`prior` holds -1.0 at index 1"),
        (lambda: reweighted(HALF, HALF * 2, HALF), "`old_prior` sums to 2"),
        (lambda: posterior_odds(1e300, 1e300), "^their product overflows: inf, where"),
        (lambda: beta_update(1e308, 1, 1e308, 1), "^alpha overflows: inf, where"),
        (lambda: beta_update(1, 1e308, 1, 1e308), "^beta overflows: inf, where"),
        (
            lambda: log_posterior(np.array([1e308, -1e308]), np.array([0.0, -1e308])),
            "^the joint logarithm overflows: -inf at index 1",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(call, message):
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(("kind", "most"), [(np.float32, 1e-4), (np.float64, 1e-6)])
def test_a_sum_may_differ_from_1_by_what_its_type_rounds(kind, most):
    for off, fine in ((0.8 * most, True), (1.2 * most, False)):
        prior = np.array([0.5, 0.5 + off], dtype=kind)
        if fine:
            assert_allclose(posterior(prior, HALF.astype(kind)), HALF, rtol=2 * most)
        else:
            with pytest.raises(ValueError, match="`prior` sums to 1"):
                posterior(prior, HALF.astype(kind))


def test_frequencies_are_of_1000_people_or_of_as_many_as_asked_for():
    assert natural_frequencies(0.2, 0.5, 0.5).sum() == pytest.approx(1000)
    assert natural_frequencies(0.2, 0.5, 0.5, people=0.5).sum() == pytest.approx(0.5)


def test_a_wrong_shape_is_refused_by_the_name_of_its_parameter():
    with pytest.raises(TypeCheckError, match="parameter 'likelihood'"):
        posterior(HALF, np.ones(3))
    with pytest.raises(TypeError, match=r"pass np\.array\(prior\) instead"):
        posterior([0.5, 0.5], HALF)


def test_an_l2_penalty_and_a_gaussian_prior_have_the_same_best_weights():
    """Ridge regression's solution maximises SciPy's log-densities with λ = σ²/τ²."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(7, 3)), rng.normal(size=7)
    sigma, tau = 0.7, 1.9
    ridge = np.linalg.solve(x.T @ x + (sigma / tau) ** 2 * np.eye(3), x.T @ y)

    def log_posterior_density(w):
        fit = scipy.stats.norm(x @ w, sigma).logpdf(y).sum()
        return fit + scipy.stats.norm(0, tau).logpdf(w).sum()

    best = log_posterior_density(ridge)
    for _ in range(200):
        assert log_posterior_density(ridge + 0.01 * rng.normal(size=3)) < best
    ratio = derivations.l2()[1].formula
    assert float(ratio.subs({derivations.sigma: sigma, derivations.tau: tau})) == (
        pytest.approx((sigma / tau) ** 2)
    )


def test_a_step_that_does_not_hold_stops_the_derivation():
    with pytest.raises(ValueError, match="a step does not hold"):
        derivations.vanishes(derivations.alpha - 1)
