"""What SymPy derives for question 15 and 18, against numbers that it has not seen."""

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
import sympy as sp

from answers.derivations import kl

P, Q = [0.1, 0.2, 0.3, 0.4], [0.3, 0.25, 0.25, 0.2]


def number(expression, model=Q, **values):
    """`expression` at P and `model`, and at the values of its other symbols."""
    expression = expression.subs({kl.K: len(P)}).doit()
    for base, row in ((kl.p, P), (kl.q, model)):
        expression = expression.subs({base[n + 1]: v for n, v in enumerate(row)})
    names = {s: values[s.name] for s in expression.free_symbols if s.name in values}
    return float(expression.subs(names))


def test_the_example_is_exact_and_its_digits_are_those_of_scipy():
    fair, model = [0.5, 0.5], [0.8, 0.2]
    (_, forward), (_, backward) = kl.example()
    half, fifth = sp.Rational(1, 2), sp.Rational(1, 5)
    assert kl.kl([half, half], [4 * fifth, fifth]) == sp.log(sp.Rational(5, 4))
    for text, p, q in ((forward, fair, model), (backward, model, fair)):
        for base, unit in ((math.e, "nats"), (2, "bits")):
            digits = f"{scipy.stats.entropy(p, q, base=base):.4f}"
            assert rf"= {digits}\text{{ {unit}}}" in text


def test_entropy_and_divergence_add_up_to_cross_entropy():
    (_, entropy), (_, divergence), (_, text) = kl.decomposition()
    assert number(entropy) == pytest.approx(scipy.stats.entropy(P), rel=1e-12)
    assert number(divergence) == pytest.approx(scipy.stats.entropy(P, Q), rel=1e-12)
    crossed = -kl.p[kl.i] * sp.log(kl.q[kl.i])
    assert text == f"{kl.latex(kl.over_classes(crossed))} = H(p, q)"
    assert number(entropy) + number(divergence) == pytest.approx(-np.dot(P, np.log(Q)), rel=1e-12)


def test_gibbs_function_has_its_minimum_0_at_1_and_its_mean_is_the_divergence():
    (_, g), (_, slope), (_, least), (_, curvature), (_, mean), (_, last) = kl.gibbs()
    assert slope == least == 0
    assert curvature.is_positive
    for t in (0.01, 0.5, 0.999, 1.001, 3.0, 50.0):
        assert number(g, t=t) == pytest.approx(t - 1 - math.log(t), rel=1e-9)
        assert number(g, t=t) > 0
    assert number(mean) == pytest.approx(scipy.special.kl_div(P, Q).sum(), rel=1e-12)
    more = [0.3, 0.25, 0.25, 0.5]
    assert last == r"D_{KL}(p\|q) + \sum_i q_i - \sum_i p_i"
    divergence = np.dot(P, np.log(np.divide(P, more)))
    assert number(mean, more) == pytest.approx(divergence + sum(more) - 1, rel=1e-12)
    assert number(mean) == pytest.approx(scipy.stats.entropy(P, Q), rel=1e-12)


def test_the_cross_entropy_with_a_gaussian_meets_only_two_moments_of_a_sample():
    (_, cross), (_, by_mu), (_, by_sigma), (_, best), (_, hessian) = kl.moment_matching()
    x = np.random.default_rng(0).gamma(2.0, size=500)  # nothing like a Gaussian
    at = {"mu_p": x.mean(), "sigma_p": x.std(), "mu": 1.3, "sigma": 0.7}
    expected = -scipy.stats.norm.logpdf(x, 1.3, 0.7).mean()
    assert number(cross, **at) == pytest.approx(expected, rel=1e-12)
    for slope, name in ((by_mu, "mu"), (by_sigma, "sigma")):
        up, down = (number(cross, **at | {name: at[name] + h}) for h in (1e-5, -1e-5))
        assert number(slope, **at) == pytest.approx((up - down) / 2e-5, rel=1e-7)
    assert tuple(best) == (kl.mu_p, kl.sigma_p)
    assert hessian == sp.diag(1 / kl.sigma_p**2, 2 / kl.sigma_p**2)


@pytest.mark.parametrize("d", [0.1, 1.0, 2.0])
def test_moments_of_the_estimators_are_those_of_a_numerical_integral(d):
    x = np.linspace(-12, 20, 40_001)
    weights = scipy.stats.norm.pdf(x) * (x[1] - x[0])
    log_r = d * x - d**2 / 2
    values = [-log_r, log_r**2 / 2, np.expm1(log_r) - log_r]
    equations = kl.estimators()
    for k, (_, mean), (_, variance) in zip(values, equations[::2], equations[1::2], strict=True):
        assert number(mean, d=d) == pytest.approx(weights @ k, rel=1e-9)
        expected = weights @ (k - weights @ k) ** 2
        assert number(variance, d=d) == pytest.approx(expected, rel=1e-9)


def test_the_alpha_divergence_runs_from_reverse_to_forward():
    (_, term), (_, forward), (_, reverse), (_, half) = kl.alpha_divergence()
    p, q, close = 0.3, 0.7, 1e-6
    at = {"p": p, "q": q}
    assert number(forward, **at) == pytest.approx(scipy.special.kl_div(p, q), rel=1e-9)
    assert number(reverse, **at) == pytest.approx(scipy.special.kl_div(q, p), rel=1e-9)
    for alpha, limit in ((1 - close, forward), (close, reverse)):
        both = {"alpha": alpha, r"(1 - \alpha)": 1 - alpha}
        assert number(term, **both, **at) == pytest.approx(number(limit, **at), rel=1e-5)
    expected = 2 * (math.sqrt(p) - math.sqrt(q)) ** 2
    assert number(half, **at) == pytest.approx(expected, rel=1e-9)


def test_reward_less_the_divergence_is_the_divergence_from_the_tilted_reference():
    """For four actions: E[R] - β KL(π‖π₀) = β log Z - β KL(π‖π*)."""
    (_, tilted), (_, text) = kl.regularised_reward()
    assert text.endswith(r"\beta \log{\left(Z \right)}")
    beta, reward, reference, policy = 0.7, np.array([1.0, -2.0, 0.5, 3.0]), P, Q
    weights = reference * np.exp(reward / beta)
    z = weights.sum()
    target = [
        number(tilted, R=r, beta=beta, Z=z, **{r"\pi_0": p})
        for r, p in zip(reward, reference, strict=True)
    ]
    assert sum(target) == pytest.approx(1)
    left = np.dot(policy, reward) - beta * scipy.stats.entropy(policy, reference)
    right = beta * math.log(z) - beta * scipy.stats.entropy(policy, target)
    assert left == pytest.approx(right, rel=1e-12)
