"""Bayes' theorem and what follows from it, derived by SymPy.

Each function returns the lines that a page shows. To check a line, people are counted, or densities
integrated.
"""

import functools
import itertools
import math
from statistics import NormalDist

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import NODES, WEIGHTS, integral, slope
from answers.derivations.operators import ArgMax, Chance, Mean
from answers.derivations.witness import number

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
A, B = sp.symbols("A B")


def theorem() -> list[Line]:
    """P(A and B) written both ways, with P(B) as the sum over A and not A."""
    prior, hit, false = Chance(A), Chance(B, A), Chance(B, ~A)
    unknown = sp.Symbol("P(A|B)", positive=True)
    # By the law of total probability.
    evidence = hit * prior + false * (1 - prior)
    (solution,) = sp.solve(sp.Eq(unknown * evidence, hit * prior), unknown)
    vanishes(solution - hit * prior / evidence)
    # Likelihood ratio times prior odds.
    odds = sp.UnevaluatedExpr(hit / false) * sp.UnevaluatedExpr(prior / (1 - prior))
    vanishes(odds.doit() - solution / (1 - solution))
    return [
        Line(Chance(B), evidence, people),
        Line(Chance(A, B), hit * prior / evidence, people),
        Line(Chance(A, B) / Chance(~A, B), odds, people),
    ]


def people(rng, _):
    """People of four kinds: with and without A, and of either some with and without B."""
    a, b = np.repeat(
        [(1, 1, 0, 0), (1, 0, 1, 0)], rng.integers(1, 50, 4, np.intp), axis=1
    )
    return {"A": a == 1, "B": b == 1}


# --8<-- [end:theorem]


# --8<-- [start:screening]
def screening() -> list[Line]:
    """The posterior of a positive test, as an exact fraction."""
    ill, hit, false = sp.Rational(1, 100), sp.Rational(9, 10), sp.Rational(9, 100)
    evidence = hit * ill + false * (1 - ill)
    posterior = Chance(sp.Symbol(r"\text{ill}"), sp.Symbol("+"))
    return [Line(posterior, hit * ill / evidence, ten_thousand_people)]


def ten_thousand_people(rng, _):
    """100 are ill, of whom 90 test positive, as 891 of the 9,900 others do."""
    kinds = (90, 10, 891, 9_009)
    ill, positive = np.repeat([(1, 1, 0, 0), (1, 0, 1, 0)], kinds, axis=1)
    return {r"\text{ill}": ill == 1, "+": positive == 1}


# --8<-- [end:screening]


# --8<-- [start:sequential]
H_j, e_1, e_2 = sp.symbols("H_j e_1 e_2")


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
        Line(Chance(H_j, e_1), after_one, hypotheses),
        Line(Chance(H_j, e_1, e_2), sp.simplify(after_two), hypotheses),
    ]


def hypotheses(rng, size):
    """People counted by hypothesis, first and second evidence, and the shares given."""
    n = rng.integers(1, 50, (size, 2, 2), np.intp)
    both, one, each = n[:, 0, 0], n[:, 0].sum(axis=1), n.sum(axis=(1, 2))
    shares = {"P": each / n.sum(), "a": one / each, "b": both / one}
    kinds = np.repeat(list(np.ndindex(n.shape)), n.ravel(), axis=0).T
    people = {
        "H_j": lambda j: kinds[0] == j - 1,
        "e_1": kinds[1] == 0,
        "e_2": kinds[2] == 0,
    }
    return people | {"K": size, "j": rng.integers(1, size + 1), **shares}


# --8<-- [end:sequential]


# --8<-- [start:dependent]
class Naive(Chance):
    """Each sign counts as if it came alone, independent of the others."""

    def _latex(self, printer):
        return rf"\text{{naive: }} {super()._latex(printer)}"

    def by_definition(self, values):
        event, *signs = self.args
        yes, no = (
            math.prod(number(Chance(sign, given), values) for sign in signs)
            * number(Chance(given), values)
            for given in (event, ~event)
        )
        return yes / (yes + no)

    def others(self):
        yield Chance(*self.args)


def dependent() -> list[Line]:
    """Two signs, each as frequent either way, that come together more often under H."""
    half = sp.Rational(1, 2)
    together = {True: sp.Rational(2, 5), False: sp.Rational(1, 4)}
    # P(e1 | H) = P(e1 | not H) = 1/2, and the same for e2.
    alone = half
    exact = half * together[True] / (half * (together[True] + together[False]))
    naive = half * alone**2 / (half * alone**2 + half * alone**2)
    signs = sp.Symbol("H"), e_1, e_2
    return [
        Line(Chance(*signs), exact, forty_people),
        Line(Naive(*signs), naive, forty_people),
    ]


def forty_people(rng, _):
    """20 with H and 20 without, by first and second sign."""
    counts = [8, 2, 2, 8, 5, 5, 5, 5]
    kinds = np.repeat(list(np.ndindex(2, 2, 2)), counts, axis=0).T
    return dict(zip(("H", "e_1", "e_2"), kinds == 0, strict=True))


# --8<-- [end:dependent]


# --8<-- [start:beta_binomial]
PRIOR, DATA, LIKELIHOOD = sp.symbols(r"P(p) P(s\,\ f) P(s\,\ f\ \mid\ p)")


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
    euler = sp.Function("B")
    return [
        Line(PRIOR, density.replace(sp.beta, euler), trials),
        Line(DATA, evidence.replace(sp.beta, euler), trials),
        Line(LIKELIHOOD * PRIOR / DATA, posterior.replace(sp.beta, euler), trials),
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
        **{PRIOR.name: prior_density, LIKELIHOOD.name: likelihood},
        DATA.name: probability_of_data,
    }


def likelihood(p, s, f):
    """The probability of s successes and f failures, in whichever order."""
    return orders(s, f) * p**s * (1 - p) ** f


@functools.cache
def orders(s, f):
    return sum(sum(order) == s for order in itertools.product((0, 1), repeat=s + f))


def lies_below(p, alpha, beta):
    """The probability that the alpha-th smallest of alpha + beta - 1 uniform numbers is below p."""
    p, numbers = np.clip(p, 0, 1), alpha + beta - 1
    return sum(likelihood(p, k, numbers - k) for k in range(alpha, numbers + 1))


def prior_density(p, alpha, beta):
    """The density of Beta(alpha, beta), which is the distribution of that number."""
    return slope(lambda q: lies_below(q, alpha, beta), p)


def probability_of_data(alpha, beta, s, f):
    return integral(lambda p: likelihood(p, s, f) * prior_density(p, alpha, beta), 0, 1)


# --8<-- [start:shrinkage]
rho, weight = sp.Symbol("rho", positive=True), (alpha + beta) / (alpha + beta + s + f)


def shrinkage() -> list[Line]:
    """The posterior mean lies between the prior mean and the share of successes."""
    mean = (alpha + s) / (alpha + beta + s + f)
    between = rho * sp.UnevaluatedExpr(alpha / (alpha + beta))
    between += (1 - rho) * sp.UnevaluatedExpr(s / (s + f))
    posterior = Mean(x, s, f)
    return [
        Line(posterior, mean, rates),
        Line(posterior, between, rates, weighted_mean, goes_on=True),
        Line(rho, weight, rates),
    ]


def weighted_mean(before, after):
    """rho times one number and 1 - rho times another, with the rho of the line below."""
    ends = after.subs(rho, 1) + after.subs(rho, 0)
    is_mean = sp.expand(after + after.subs(rho, 1 - rho) - ends) == 0
    inserted = after.doit().subs(rho, weight)
    return after.has(rho) and is_mean and sp.simplify(inserted - before) == 0


# --8<-- [end:shrinkage]


def rates(rng, size):
    """The rate p at many places, and how much each weighs when s and f are known."""
    drawn = trials(rng, size)

    def weights(p, alpha, beta, s, f):
        return WEIGHTS * likelihood(p, s, f) * prior_density(p, alpha, beta)

    def weight_of_prior(alpha, beta, s, f):
        """How far the posterior mean lies towards the prior mean: 1 at it, 0 at the share seen."""
        p = drawn["p"]
        before = np.average(p, weights=weights(p, alpha, beta, 0, 0))
        after = np.average(p, weights=weights(p, alpha, beta, s, f))
        return (after - s / (s + f)) / (before - s / (s + f))

    drawn |= {"p": (NODES + 1) / 2, "rho": weight_of_prior}
    return drawn | {"weights s, f": weights}


# --8<-- [start:l2]
def l2() -> list[Line]:
    """Squared error plus an L2 penalty is minus a log posterior, but for a constant.

    y_i is normal around the prediction m_i with deviation sigma, each weight normal around
    0 with deviation tau.
    """
    likelihood = normal(y[i], m[i], sigma)
    prior = normal(w[j], 0, tau)
    minus_log = -over(log(likelihood), N) - over(log(prior), D, j)
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
        Line(-sp.log(POSTERIOR), form + CONST, regression),
        Line(sp.Symbol("lambda"), sigma**2 / tau**2, regression),
    ]


def normal(value: sp.Expr, mean: sp.Expr, deviation: sp.Expr) -> sp.Expr:
    power = -((value - mean) ** 2) / (2 * deviation**2)
    return sp.exp(power) / sp.sqrt(2 * sp.pi * deviation**2)


def log(density: sp.Expr) -> sp.Expr:
    return sp.expand_log(sp.log(density), force=True)


POSTERIOR, CONST = sp.symbols(r"P(w\ \mid\ y) \text{const}")
# --8<-- [end:l2]


def regression(rng, size):
    """Predictions, weights and deviations. The constant is what is left if all errors and weights
    are 0."""
    weights = 6 - size
    y, m, w = rng.normal(size=size), rng.normal(size=size), rng.normal(size=weights)
    sigma, tau = rng.uniform(0.5, 2, 2)
    constant = -math.log(density(y, y, 0 * w, sigma, tau))
    return {
        **{"N": size, "D": weights, "sigma": sigma, "tau": tau, "y": y, "m": m, "w": w},
        **{POSTERIOR.name: density, CONST.name: constant},
        "lambda": curvature_of_penalty,
    }


def density(y, m, w, sigma, tau):
    """The density of all observations and weights: the product of their densities."""
    of_y = [NormalDist(mean, sigma).pdf(at) for at, mean in zip(y, m, strict=True)]
    return math.prod([*of_y, *(NormalDist(0, tau).pdf(weight) for weight in w)])


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
    as_p = 1 / (1 + sp.exp(-ArgMax(sp.Symbol("P(t)"), t)))
    return [
        Line(ArgMax(PRIOR, x), sp.factor(mode), in_either_form),
        Line(as_p, back, in_either_form),
    ]


def in_either_form(rng, size):
    """The densities of a rate p and of its log-odds t: slopes of the chance to lie below."""

    def density_of_log_odds(t, alpha, beta):
        return slope(lambda t: lies_below(1 / (1 + np.exp(-t)), alpha, beta), t)

    return trials(rng, size) | {"t": rng.normal(), "P(t)": density_of_log_odds}


# --8<-- [end:parametrisation]
