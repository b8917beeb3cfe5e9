"""A Bayesian A/B test: the two success rates have Beta posteriors, which are compared."""

from math import lgamma

import numpy as np

from answers.inputs.contracts import refuses
from answers.probability.bayes import beta_update


# --8<-- [start:probability_larger_refuses]
def no_rate(parameters, name):
    # An update by no trials refuses a parameter that is not positive.
    beta_update(*parameters, 0, 0)


def no_whole_alpha(b):
    if b[0] != int(b[0]):
        raise ValueError(
            f"alpha of B is {b[0]}; the sum needs a whole number (or draw samples)"
        )


@refuses(no_whole_alpha, b=no_rate, a=no_rate)
# --8<-- [end:probability_larger_refuses]
# --8<-- [start:probability_larger]
def probability_larger(b: tuple[float, float], a: tuple[float, float]) -> float:
    """P(rate of B > rate of A) for independent Beta rates, but for rounding.

    With whole alpha_b the integral is a sum of alpha_b terms. Each is the one before
    times a ratio, so their logarithms are running sums, and no term overflows.

    Args:
        b: (alpha, beta) of B; alpha is a whole number, as after a uniform prior.
        a: (alpha, beta) of A.

    Raises:
        ValueError: alpha of B is no whole number, or a parameter is not positive.

    Source:
        E. Miller, Formulas for Bayesian A/B Testing,
        https://www.evanmiller.org/bayesian-ab-testing.html

    Example:
        A uniform rate exceeds another as often as not.

        >>> round(probability_larger((1, 1), (1, 1)), 6)
        0.5
    """
    (alpha_b, beta_b), (alpha_a, beta_a) = map(float, b), map(float, a)
    both = beta_a + beta_b
    first = log_beta(alpha_a, both) - log_beta(alpha_a, beta_a)
    i = np.arange(alpha_b - 1)
    ratios = (alpha_a + i) * (beta_b + i) / ((alpha_a + both + i) * (1 + i))
    logarithms = first + np.append(0.0, np.cumsum(np.log(ratios)))
    return min(float(np.exp(logarithms).sum()), 1.0)


# --8<-- [end:probability_larger]


# --8<-- [start:expected_loss]
def expected_loss(chosen: tuple[float, float], other: tuple[float, float]) -> float:
    """E[max(other - chosen, 0)]: the success rate given up, on average, by this choice.

    p times the density of Beta(alpha, beta) is its mean times the density of
    Beta(alpha + 1, beta). So the mean of p where it is the larger rate is E[p] times
    the probability that a rate with alpha + 1 is larger. The two are subtracted, so
    rounding hides a loss near 1e-10 at 10⁵ trials, and near 1e-8 at 10⁶.

    Args:
        chosen: (alpha, beta) of the version to be shipped; alphas are whole numbers.
        other: (alpha, beta) of the other one.

    Raises:
        ValueError: An alpha is no whole number, or a parameter is not positive.

    Example:
        Two rates of which nothing is known: either choice gives up 1/6 on average.

        >>> round(expected_loss((1, 1), (1, 1)), 4)
        0.1667
    """
    gain = mean(other) * probability_larger((other[0] + 1, other[1]), chosen)
    kept = mean(chosen) * (1 - probability_larger((chosen[0] + 1, chosen[1]), other))
    return max(gain - kept, 0.0)


# --8<-- [end:expected_loss]


def mean(rate: tuple[float, float]) -> float:
    """The mean of a Beta distribution."""
    return rate[0] / (rate[0] + rate[1])


def log_beta(a: float, b: float) -> float:
    """The logarithm of the Beta function, Γ(a) Γ(b) / Γ(a + b)."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)
