"""Bayes' theorem and what follows from it, derived by SymPy.

Each function returns the lines that a page shows. To check a line, its meaning counts people or
integrates densities.
"""

import functools
import itertools
import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import sympy as sp

from answers.derivations import Line, Rule
from answers.derivations.numerics import integral, root, slope

# --8<-- [start:symbols]
N, K, D = sp.symbols("N K D", integer=True, positive=True)  # D weights, K hypotheses
i, j = sp.symbols("i j", integer=True, positive=True)
s, f = sp.symbols("s f", integer=True, nonnegative=True)  # successes and failures
alpha, beta, x, tau, sigma = sp.symbols("alpha beta p tau sigma", positive=True)
prior, first, second = (sp.IndexedBase(name) for name in ("P", "a", "b"))
y, m, w = sp.IndexedBase("y"), sp.IndexedBase("m"), sp.IndexedBase("w")


def over(term: sp.Expr, last: sp.Symbol = K, index: sp.Symbol = i) -> sp.Sum:
    return sp.Sum(term, (index, 1, last))


def vanishes(difference: sp.Expr) -> None:
    """Raise unless SymPy shows that `difference` is 0."""
    if sp.simplify(difference) != 0:
        raise ValueError(f"a step does not hold: {difference} should be 0")


# --8<-- [end:symbols]


# --8<-- [start:theorem]
A, HIT, FALSE = r"P(A)", r"P(B \mid A)", r"P(B \mid \neg A)"


def theorem() -> list[Line]:
    """P(A and B) written both ways, with P(B) as the sum over A and not A."""
    a, hit, false = (sp.Symbol(name, positive=True) for name in (A, HIT, FALSE))
    unknown = sp.Symbol("P(A|B)", positive=True)
    # By the law of total probability.
    evidence = hit * a + false * (1 - a)
    (solution,) = sp.solve(sp.Eq(unknown * evidence, hit * a), unknown)
    vanishes(solution - hit * a / evidence)
    # Likelihood ratio times prior odds.
    odds = sp.UnevaluatedExpr(hit / false) * sp.UnevaluatedExpr(a / (1 - a))
    vanishes(odds.doit() - solution / (1 - solution))

    # Rows are A and not A, columns B and not B.
    return [
        Line("P(B)", evidence, lambda n: n[:, 0].sum() / n.sum(), people),
        Line(
            r"P(A \mid B)",
            hit * a / evidence,
            lambda n: n[0, 0] / n[:, 0].sum(),
            people,
        ),
        Line(
            r"\frac{P(A \mid B)}{P(\neg A \mid B)}",
            odds,
            lambda n: n[0, 0] / n[1, 0],
            people,
        ),
    ]


def people(rng, _):
    """People counted by A and by B, and the three shares of them that are given."""
    n = rng.integers(1, 50, (2, 2))
    hit, false = n[:, 0] / n.sum(axis=1)
    return {"n": n, A: n[0].sum() / n.sum(), HIT: hit, FALSE: false}


# --8<-- [end:theorem]


# --8<-- [start:screening]
def screening() -> list[Line]:
    """The posterior of a positive test, as an exact fraction."""
    ill, hit, false = sp.Rational(1, 100), sp.Rational(9, 10), sp.Rational(9, 100)
    evidence = hit * ill + false * (1 - ill)

    def among_10_000_people():
        ill, healthy = 100, 9_900
        positive = [ill * 90 // 100, healthy * 9 // 100]
        return Fraction(positive[0], sum(positive))

    return [
        Line(
            r"P(\text{ill} \mid +)",
            hit * ill / evidence,
            among_10_000_people,
            nothing,
        )
    ]


def nothing(rng, _):
    return {}


# --8<-- [end:screening]


# --8<-- [start:sequential]
def sequential() -> list[Line]:
    """Two pieces of evidence, one after the other: the same as both at once.

    P_i is the prior, a_i = P(e1 | H_i), and b_i = P(e2 | e1, H_i).
    """
    after_one = prior[j] * first[j] / over(prior[i] * first[i])
    # The second step divides by the sum of b_i times what came out of the first, and
    # the first step's divisor, which no i changes, comes out of that sum.
    z = sp.Symbol("z", positive=True)
    step = over(second[i] * prior[i] * first[i] / z)
    whole = over(second[i] * prior[i] * first[i]) / z
    for size in range(1, 5):
        vanishes((step - whole).subs(K, size).doit())
    after_two = after_one * second[j] / whole.subs(z, over(prior[i] * first[i]))
    joint = prior[j] * first[j] * second[j]
    vanishes(after_two - joint / over(prior[i] * first[i] * second[i]))
    return [
        Line(
            r"P(H_j \mid e_1)",
            after_one,
            lambda n, j: n[j - 1, 0].sum() / n[:, 0].sum(),
            hypotheses,
        ),
        Line(
            r"P(H_j \mid e_1, e_2)",
            sp.simplify(after_two),
            lambda n, j: n[j - 1, 0, 0] / n[:, 0, 0].sum(),
            hypotheses,
        ),
    ]


def hypotheses(rng, size):
    """People counted by hypothesis, first and second evidence, and the shares given."""
    n = rng.integers(1, 50, (size, 2, 2))
    both, one, each = n[:, 0, 0], n[:, 0].sum(axis=1), n.sum(axis=(1, 2))
    shares = {"P": each / n.sum(), "a": one / each, "b": both / one}
    return {"n": n, "K": size, "j": rng.integers(1, size + 1), **shares}


# --8<-- [end:sequential]


# --8<-- [start:dependent]
def dependent() -> list[Line]:
    """Two signs, each as frequent either way, that come together more often under H."""
    half = sp.Rational(1, 2)
    together = {True: sp.Rational(2, 5), False: sp.Rational(1, 4)}
    # P(e1 | H) = P(e1 | not H) = 1/2, and the same for e2.
    alone = half
    exact = half * together[True] / (half * (together[True] + together[False]))
    naive = half * alone**2 / (half * alone**2 + half * alone**2)

    # 20 people with H and 20 without, by first and second sign.
    n = np.array([[[8, 2], [2, 8]], [[5, 5], [5, 5]]])

    def counted():
        return Fraction(int(n[0, 0, 0]), int(n[:, 0, 0].sum()))

    def as_if_independent():
        signs = n[:, 0].sum(axis=1) * n[:, :, 0].sum(axis=1)
        return Fraction(int(signs[0]), int(signs.sum()))

    return [
        Line(r"\text{exact: } P(H \mid e_1, e_2)", exact, counted, nothing),
        Line(r"\text{naive: } P(H \mid e_1, e_2)", naive, as_if_independent, nothing),
    ]


# --8<-- [end:dependent]


# --8<-- [start:beta_binomial]
def beta_binomial() -> list[Line]:
    """A Beta prior times a binomial likelihood: integrate, divide, recognise a Beta."""
    density = beta_density(alpha, beta)
    likelihood = sp.binomial(s + f, s) * x**s * (1 - x) ** f
    # ∫ p^(a-1) (1-p)^(b-1) dp is B(a, b); checked below for whole numbers.
    evidence = sp.binomial(s + f, s) * sp.beta(alpha + s, beta + f)
    evidence /= sp.beta(alpha, beta)
    for numbers in ({alpha: 1, beta: 1, s: 2, f: 1}, {alpha: 3, beta: 2, s: 1, f: 4}):
        integral_ = sp.integrate((density * likelihood).subs(numbers), (x, 0, 1))
        vanishes(sp.expand_func(integral_ - evidence.subs(numbers)).doit())
    posterior = sp.powsimp(density * likelihood / evidence)
    vanishes(posterior / beta_density(alpha + s, beta + f) - 1)
    B = sp.Function("B")
    return [
        Line("P(p)", density.replace(sp.beta, B), prior_density, trials),
        Line("P(s, f)", evidence.replace(sp.beta, B), probability_of_data, trials),
        Line(
            r"\frac{P(s, f \mid p)\, P(p)}{P(s, f)}",
            posterior.replace(sp.beta, B),
            by_bayes,
            trials,
        ),
    ]


def beta_density(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    return x ** (a - 1) * (1 - x) ** (b - 1) / sp.beta(a, b)


# --8<-- [end:beta_binomial]


def trials(rng, _):
    """A prior of counts, a rate, successes and failures, and Euler's integral B."""
    drawn = rng.integers((2, 4, 3, 1), (4, 6, 6, 3))
    counts = dict(zip(("alpha", "beta", "s", "f"), drawn, strict=True))
    return counts | {
        "p": rng.uniform(0.2, 0.8),
        "B": lambda a, b: integral(lambda p: p ** (a - 1) * (1 - p) ** (b - 1), 0, 1),
    }


def likelihood(p, s, f):
    """The probability of s successes and f failures, in whichever order."""
    return orders(s, f) * p**s * (1 - p) ** f


@functools.cache
def orders(s, f):
    return sum(sum(order) == s for order in itertools.product((0, 1), repeat=s + f))


def lies_below(p, alpha, beta):
    """The probability that the alpha-th smallest of alpha + beta - 1 uniform numbers is below p."""
    numbers = alpha + beta - 1
    return sum(likelihood(p, k, numbers - k) for k in range(alpha, numbers + 1))


def prior_density(p, alpha, beta):
    """The density of Beta(alpha, beta), which is the distribution of that number."""
    return slope(lambda q: lies_below(q, alpha, beta), p)


def probability_of_data(alpha, beta, s, f):
    return integral(lambda p: likelihood(p, s, f) * prior_density(p, alpha, beta), 0, 1)


def by_bayes(p, alpha, beta, s, f):
    joint = likelihood(p, s, f) * prior_density(p, alpha, beta)
    return joint / probability_of_data(alpha, beta, s, f)


# --8<-- [start:shrinkage]
def shrinkage() -> list[Line]:
    """The posterior mean lies between the prior mean and the share of successes."""
    mean = (alpha + s) / (alpha + beta + s + f)
    weight = (alpha + beta) / (alpha + beta + s + f)
    rho = sp.Symbol("rho", positive=True)
    between = rho * sp.UnevaluatedExpr(alpha / (alpha + beta))
    between += (1 - rho) * sp.UnevaluatedExpr(s / (s + f))
    inserted = Rule(
        r"\text{with } \rho \text{ below}",
        lambda before, after: sp.simplify(after.doit().subs(rho, weight) - before) == 0,
    )
    return [
        Line(r"\mathrm{E}[p \mid s, f]", mean, posterior_mean, trials),
        Line("", between, posterior_mean, weighted, inserted),
        Line(r"\rho", weight, weight_of_prior, trials),
    ]


# --8<-- [end:shrinkage]


def posterior_mean(alpha, beta, s, f):
    return integral(lambda p: p * by_bayes(p, alpha, beta, s, f), 0, 1)


def weight_of_prior(alpha, beta, s, f):
    """How far the posterior mean lies towards the prior mean: 1 at it, 0 at the share seen."""
    before = integral(lambda p: p * prior_density(p, alpha, beta), 0, 1)
    seen = s / (s + f)
    return (posterior_mean(alpha, beta, s, f) - seen) / (before - seen)


def weighted(rng, size):
    drawn = trials(rng, size)
    counts = (drawn[name] for name in ("alpha", "beta", "s", "f"))
    return drawn | {"rho": weight_of_prior(*counts)}


# --8<-- [start:l2]
def l2() -> list[Line]:
    """Squared error plus an L2 penalty is minus a log posterior, but for a constant.

    y_i is normal around the prediction m_i with deviation sigma, each weight normal around
    0 with deviation tau.
    """
    likelihood = normal(y[i], m[i], sigma)
    weight = normal(w[j], 0, tau)
    minus_log = -over(log(likelihood), N) - over(log(weight), D, j)
    squares, penalty = over((y[i] - m[i]) ** 2, N), over(w[j] ** 2, D, j)
    form = squares / (2 * sigma**2) + penalty / (2 * tau**2)
    constant = N * sp.log(2 * sp.pi * sigma**2) / 2 + D * sp.log(2 * sp.pi * tau**2) / 2
    for sizes in ({N: 1, D: 1}, {N: 3, D: 2}):
        vanishes(
            sp.expand_log(
                sp.expand((minus_log - form - constant).subs(sizes).doit()), force=True
            )
        )
    scaled = squares / 2 + sigma**2 / tau**2 * penalty / 2
    vanishes(sp.expand(scaled - sigma**2 * form))
    return [
        Line(
            -sp.log(sp.Symbol(POSTERIOR)),
            form + sp.Symbol(CONST),
            surprise,
            regression,
        ),
        Line(r"\lambda", sigma**2 / tau**2, curvature_of_penalty, regression),
    ]


def normal(value: sp.Expr, mean: sp.Expr, deviation: sp.Expr) -> sp.Expr:
    power = -((value - mean) ** 2) / (2 * deviation**2)
    return sp.exp(power) / sp.sqrt(2 * sp.pi * deviation**2)


def log(density: sp.Expr) -> sp.Expr:
    return sp.expand_log(sp.log(density), force=True)


# --8<-- [end:l2]


POSTERIOR, CONST = r"P(w \mid y)", r"\text{const}"


def regression(rng, size):
    """Predictions, weights and deviations. The constant is what is left if all errors and weights
    are 0."""
    weights = 6 - size
    y, m, w = rng.normal(size=size), rng.normal(size=size), rng.normal(size=weights)
    sigma, tau = rng.uniform(0.5, 2, 2)
    constant = -math.log(density(y, y, 0 * w, sigma, tau))
    return {
        **{"N": size, "D": weights, "sigma": sigma, "tau": tau, "y": y, "m": m, "w": w},
        **{POSTERIOR: density(y, m, w, sigma, tau), CONST: constant},
    }


def density(y, m, w, sigma, tau):
    """The density of all observations and weights: the product of their densities."""
    of_y = [NormalDist(mean, sigma).pdf(at) for at, mean in zip(y, m, strict=True)]
    return math.prod([*of_y, *(NormalDist(0, tau).pdf(weight) for weight in w)])


def surprise(y, m, w, sigma, tau):
    return -math.log(density(y, m, w, sigma, tau))


def curvature_of_penalty(sigma, tau):
    """σ² times the surprise of a weight w is λ/2 w² and a constant; its curvature is λ."""

    def scaled(weight):
        return -(sigma**2) * math.log(NormalDist(0, tau).pdf(float(weight)))

    return slope(lambda at: slope(scaled, at), 0.3)


# --8<-- [start:parametrisation]
def parametrisation() -> list[Line]:
    """The mode of a Beta posterior in p, and in log-odds: two different answers."""
    t = sp.Symbol("t", real=True)
    in_p = (alpha - 1) * sp.log(x) + (beta - 1) * sp.log(1 - x)
    (mode,) = sp.solve(sp.diff(in_p, x), x)
    # With t = log(p / (1 - p)) the density gets the factor dp/dt = p (1 - p).
    odds = sp.Symbol("o", positive=True)
    in_t = alpha * t - (alpha + beta) * sp.log(1 + sp.exp(t))
    slope_ = sp.diff(in_t, t).subs(sp.exp(t), odds)
    (top,) = sp.solve(slope_, odds)
    back = sp.simplify(top / (1 + top))
    return [
        Line(r"\arg\max_p", sp.factor(mode), highest_in_p, trials),
        Line(r"\arg\max_t,\ \text{as } p", back, highest_in_log_odds, trials),
    ]


# --8<-- [end:parametrisation]


def highest_in_p(alpha, beta):
    return highest(lambda p: lies_below(p, alpha, beta), 0.01, 0.99)


def highest_in_log_odds(alpha, beta):
    def as_p(t):
        return 1 / (1 + np.exp(-t))

    return as_p(highest(lambda t: lies_below(as_p(t), alpha, beta), -5, 5))


def highest(below, first, last):
    """Where the density is highest, given the probability of lying below a point."""
    return root(lambda at: slope(lambda x: slope(below, x), at), first, last)
