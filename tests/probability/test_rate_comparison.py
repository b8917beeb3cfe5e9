"""Which of two Beta rates is larger, against SciPy's integrals and exact fractions."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
import scipy.integrate
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from answers.probability.rate_comparison import expected_loss, probability_larger

sixty_examples = settings(max_examples=60)

whole = st.integers(1, 60)
rates = st.tuples(whole, whole)


def integral(b, a, power=0):
    """The integral of p**power where B has the rate p and A a smaller one."""

    log_constant = scipy.special.betaln(*b)

    def integrand(p):
        log_density = (b[0] - 1 + power) * np.log(p) + (b[1] - 1) * np.log1p(-p)
        return np.exp(log_density - log_constant) * scipy.special.betainc(*a, p)

    middle = b[0] / (b[0] + b[1])
    return scipy.integrate.quad(integrand, 0, 1, points=[middle], limit=200)[0]


@sixty_examples
@given(rates, st.tuples(st.floats(0.3, 60), st.floats(0.3, 60)))
def test_the_probability_agrees_with_numerical_integration(b, a):
    assert probability_larger(b, a) == pytest.approx(integral(b, a), abs=1e-7)


@sixty_examples
@given(rates, rates)
def test_the_expected_loss_agrees_with_numerical_integration(chosen, other):
    """E[max(o - c, 0)] is the mean of o where it is larger, less the mean of c there."""
    mean = chosen[0] / (chosen[0] + chosen[1])
    smaller = mean - integral(chosen, other, power=1)
    expected = integral(other, chosen, power=1) - smaller
    assert expected_loss(chosen, other) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(("b", "a"), [((3, 2), (1, 4)), ((2, 2), (5, 3))])
def test_small_whole_numbers_agree_with_order_statistics(b, a):
    """Beta(a, b) is the a-th smallest of a + b - 1 uniforms: count the orders of two groups."""
    n_b, n_a = sum(b) - 1, sum(a) - 1
    # B's order statistic is above A's if at least alpha_a of A's are below it.
    total = Fraction(0)
    for below in range(a[0], n_a + 1):
        ways = comb(below + b[0] - 1, below) * comb(n_a - below + n_b - b[0], n_a - below)
        total += Fraction(ways, comb(n_a + n_b, n_a))
    assert probability_larger(b, a) == pytest.approx(float(total), rel=1e-12)


def test_hundreds_of_thousands_of_trials_stay_finite():
    b, a = (51_001, 949_001), (50_001, 950_001)
    got = probability_larger(b, a)
    spread = np.hypot(scipy.stats.beta(*b).std(), scipy.stats.beta(*a).std())
    gap = scipy.stats.beta(*b).mean() - scipy.stats.beta(*a).mean()
    assert got == pytest.approx(scipy.stats.norm.cdf(gap / spread), abs=1e-4)


@pytest.mark.parametrize(
    ("b", "a", "message"),
    [
        ((1.5, 2), (1, 1), "alpha of B is 1.5; the sum needs a whole number"),
        ((0, 2), (1, 1), "`alpha` holds 0.0; each must be positive"),
        ((1, 2), (1, -1), "`beta` holds -1.0; each must be positive"),
    ],
)
def test_what_has_no_sum_is_refused(b, a, message):
    with pytest.raises(ValueError, match=message):
        probability_larger(b, a)
