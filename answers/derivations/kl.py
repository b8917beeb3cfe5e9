"""KL divergence by SymPy: the example, Gibbs' inequality, Gaussian fits, estimators.

Each function returns the lines that a page shows. To check a line, numbers are averaged or
integrated, or the maximum is climbed to by steps. Classes run from 1 to K, for a symbolic K.
Logarithms are natural, so everything is in nats.
"""

from statistics import NormalDist

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import integral, slope
from answers.derivations.operators import (
    ArgMin,
    At,
    Hessian,
    Limit,
    Mean,
    Operator,
    Partial,
    Var,
)
from answers.derivations.witness import number

# --8<-- [start:symbols]
K = sp.Symbol("K", integer=True, positive=True)  # classes
i = sp.Symbol("i", integer=True, positive=True)
p, q = sp.IndexedBase("p", positive=True), sp.IndexedBase("q", positive=True)
mu_p, mu, z = sp.symbols("mu_p mu z", real=True)
sigma_p, sigma, d, t = sp.symbols("sigma_p sigma d t", positive=True)
P, Q = sp.symbols("p q")  # the whole distributions


class Entropy(Operator):
    """The mean of -log q over p: of p itself, if no q is given."""

    def _latex(self, printer):
        return f"H({', '.join(map(printer.doprint, self.args))})"

    def by_definition(self, values):
        p, q = (number(e, values) for e in (self.args[0], self.args[-1]))
        return np.dot(p, -np.log(q))


class KL(Operator):
    """What a code made for p saves on average over p against one for q, in nats."""

    def _latex(self, printer):
        p, q = map(printer.doprint, self.args)
        return rf"D_{{KL}}({p}\|{q})"

    def by_definition(self, values):
        p, q = self.args
        return number(Entropy(p, q), values) - number(Entropy(p), values)

    def others(self):
        yield KL(*self.args[::-1])
        yield Entropy(*self.args)


def over_classes(term: sp.Expr) -> sp.Sum:
    return sp.Sum(sp.expand(sp.expand_log(term, force=True)), (i, 1, K))


# --8<-- [end:symbols]


def positive_numbers(rng, size):
    """Numbers p and q, whatever their sums are."""
    p, q = rng.uniform(0.1, 0.9, (2, size))
    return {"K": size, "p": p, "q": q, "g": bowl}


# --8<-- [start:example]
def kl(p: list[sp.Expr], q: list[sp.Expr]) -> sp.Expr:
    """Σ p log(p / q), exactly."""
    return sp.simplify(sum(a * sp.log(a / b) for a, b in zip(p, q, strict=True)))


class Digits(sp.Expr):
    """A number of nats or bits, of which four digits are shown."""

    def _latex(self, printer):
        number, unit = self.args
        name = {sp.Integer(1): "nats", sp.log(2): "bits"}[unit]
        return rf"{number.evalf(4)}\text{{ {name}}}"

    def as_number(self, number, unit):
        return number * unit


def example() -> list[Line]:
    """The distributions of the question, in both directions."""
    fair = [sp.Rational(1, 2), sp.Rational(1, 2)]
    model = [sp.Rational(4, 5), sp.Rational(1, 5)]

    def shown(value):
        bits = sp.log(2)
        return value, Digits(value, sp.Integer(1)), Digits(value / bits, bits)

    return [
        Line(KL(P, Q), shown(kl(fair, model)), coins),
        Line(KL(Q, P), shown(kl(model, fair)), coins),
    ]


def coins(rng, _):
    return {"p": np.array([0.5, 0.5]), "q": np.array([0.8, 0.2])}


# --8<-- [end:example]


# --8<-- [start:decomposition]
def decomposition() -> list[Line]:
    """H(p) + KL(p‖q), term by term, is the cross-entropy H(p, q)."""
    of_p, divergence = -p[i] * sp.log(p[i]), p[i] * sp.log(p[i] / q[i])
    together = sp.expand(sp.expand_log(of_p + divergence, force=True))
    return [
        Line(Entropy(P), over_classes(of_p), positive_numbers),
        Line(KL(P, Q), over_classes(divergence), positive_numbers),
        Line(
            Entropy(P) + KL(P, Q),
            (over_classes(together), Entropy(P, Q)),
            positive_numbers,
        ),
    ]


# --8<-- [end:decomposition]


# --8<-- [start:gibbs]
g = sp.Function("g")


def gibbs() -> list[Line]:
    """t - 1 - log t is convex with minimum 0 at 1; its mean at t = q/p is the KL."""
    formula = t - 1 - sp.log(t)
    (lowest,) = sp.solve(sp.diff(formula, t), t)
    mean = over_classes(p[i] * formula.subs(t, q[i] / p[i]))
    by_name = sp.Sum(p[i] * g(q[i] / p[i]), (i, 1, K))
    sums = KL(P, Q) + over_classes(q[i]) - over_classes(p[i])
    return [
        Line(g(t), formula, one_number),
        Line(
            At(g(t).diff(t), (t, lowest)),
            sp.diff(formula, t).subs(t, lowest),
            one_number,
        ),
        Line(g(lowest), formula.subs(t, lowest), one_number),
        Line(g(t).diff(t, 2), sp.diff(formula, t, 2), one_number),
        Line(by_name, mean, positive_numbers),
        Line(by_name, sums, positive_numbers, sum_by_sum, goes_on=True),
    ]


def sum_by_sum(before, after):
    """One sum is several, whose terms are the same, for one to three classes."""
    if before.is_Add or not after.is_Add:
        return False
    divergence = over_classes(p[i] * sp.log(p[i] / q[i]))
    difference = before - after.subs(KL(P, Q), divergence)
    return all(difference.subs(K, n).doit().expand() == 0 for n in (1, 2, 3))


def bowl(t):
    """g by its slope: the integral of 1 - 1/x from 1 to t."""
    return integral(lambda x: 1 - 1 / x, 1, t)


def one_number(rng, _):
    return {"t": rng.uniform(0.5, 3), "g": bowl}


# --8<-- [end:gibbs]


# --8<-- [start:moment_matching]
class MeanOverP(Mean):
    letters = r"\mathbb{E}_p"


def moment_matching() -> list[Line]:
    """The cross-entropy of any p, by its mean and deviation, with a Gaussian q."""
    x = sp.Symbol("x", real=True)
    minus_log_q = sp.log(sigma) + sp.log(2 * sp.pi) / 2 + (x - mu) ** 2 / (2 * sigma**2)
    # The mean over p needs only the first two moments.
    square = sigma_p**2 + mu_p**2
    cross = sp.expand(minus_log_q).subs(x**2, square).subs(x, mu_p)
    slopes = [sp.diff(cross, by) for by in (mu, sigma)]
    ((best_mu, best_sigma),) = sp.solve(slopes, [mu, sigma])
    at_best = {mu: best_mu, sigma: best_sigma}
    hessian = sp.hessian(cross, (mu, sigma)).subs(at_best)
    shown = sp.log(sigma) + sp.log(2 * sp.pi) / 2
    shown += (sigma_p**2 + sp.factor(sp.expand((mu_p - mu) ** 2))) / (2 * sigma**2)
    entropy = MeanOverP(-sp.log(sp.Symbol("q")))
    return [
        Line(entropy, shown, sample),
        Line(Partial(entropy, mu), sp.factor(slopes[0]), sample),
        Line(Partial(entropy, sigma), sp.simplify(slopes[1]), sample),
        Line(ArgMin(entropy, mu, sigma), sp.Tuple(best_mu, best_sigma), sample),
        Line(
            At(Hessian(entropy, mu, sigma), (mu, best_mu), (sigma, best_sigma)),
            sp.simplify(hessian).as_immutable(),
            sample,
        ),
    ]


# --8<-- [end:moment_matching]


def sample(rng, _):
    """Seven numbers that are nothing like a Gaussian, and some Gaussian q."""
    x, mu, sigma = rng.gamma(2, size=7), rng.normal(), rng.uniform(0.7, 2)

    def density(x, mu, sigma):
        return np.array([NormalDist(float(mu), float(sigma)).pdf(each) for each in x])

    moments = {"mu_p": x.mean(), "sigma_p": x.std()}
    return {"x": x, "mu": mu, "sigma": sigma, "q": density, **moments}


# --8<-- [start:estimators]
def normal_mean(h: sp.Expr) -> sp.Expr:
    """The mean over a standard normal z of a polynomial h in z and exp(d z).

    E[exp(a z)] = exp(a²/2); a factor z in the mean is a derivative d/da.
    """
    a, w = sp.symbols("a w")
    mean = 0
    for (n, k), c in sp.Poly(sp.expand(h).subs(sp.exp(d * z), w), z, w).terms():
        mean += c * sp.diff(sp.exp(a**2 / 2), a, n).subs(a, k * d)
    return sp.simplify(mean)


def estimators() -> list[Line]:
    """Mean and variance of k1, k2, k3 for normal p, q of deviation 1, d apart."""
    # log q(z) - log p(z), with p at 0 and q at d.
    log_r = d * z - d**2 / 2
    ratio = sp.exp(d * z) * sp.exp(-(d**2) / 2)
    lines = []
    for name, k in zip(
        sp.symbols("k_1 k_2 k_3"),
        (-log_r, log_r**2 / 2, ratio - 1 - log_r),
        strict=True,
    ):
        mean = normal_mean(k)
        variance = normal_mean((k - mean) ** 2)
        lines += [
            Line(Mean(name), sp.expand(mean), apart),
            Line(Var(name), sp.expand(variance), apart),
        ]
    return lines


def apart(rng, _):
    """A fine grid, weighted by p at 0; the estimators of r, the ratio to q at d."""
    x = np.arange(-10, 16, 0.1)

    def density(mean):
        return np.array([NormalDist(float(mean)).pdf(each) for each in x])

    def r(d):
        return density(d) / density(0)

    return {
        **{"d": rng.uniform(0.5, 1.5), "weights": density(0)},
        "k_1": lambda d: -np.log(r(d)),
        "k_2": lambda d: np.log(r(d)) ** 2 / 2,
        "k_3": lambda d: r(d) - 1 - np.log(r(d)),
    }


# --8<-- [end:estimators]


# --8<-- [start:alpha_divergence]
def alpha_divergence() -> list[Line]:
    """One term of Minka's alpha-divergence, its limits, and its value half-way."""
    a, b = sp.symbols("p q", positive=True)
    alpha = sp.Symbol("alpha", real=True)
    term = (alpha * a + (1 - alpha) * b - a**alpha * b ** (1 - alpha)) / (
        alpha * (1 - alpha)
    )

    def near(value: int) -> sp.Expr:
        return sp.expand(sp.expand_log(sp.limit(term, alpha, value), force=True))

    divergence, half = sp.Symbol(r"D_\alpha"), sp.Rational(1, 2)
    half_way = sp.factor(sp.simplify(term.subs(alpha, half)))
    return [
        Line(divergence, term, one_class),
        Line(Limit(divergence, alpha, 1), near(1), one_class),
        Line(Limit(divergence, alpha, 0), near(0), one_class),
        Line(At(divergence, (alpha, half)), half_way, one_class),
    ]


def by_curvature(p, q, alpha):
    """q times f(p/q), where f and its slope are 0 at 1 and its curvature is u^(alpha - 2)."""
    ratio = p / q
    return q * integral(lambda u: (ratio - u) * u ** (alpha - 2), 1, ratio)


def one_class(rng, _):
    p, q, alpha = rng.uniform(0.2, 0.8, 3)
    return {"p": p, "q": q, "alpha": alpha, r"D_\alpha": by_curvature}


# --8<-- [end:alpha_divergence]


# --8<-- [start:regularised_reward]
def regularised_reward() -> list[Line]:
    """Reward minus β times the log ratio to a reference, by the tilted reference."""
    beta, z_, ref, pi, star = sp.symbols(r"beta Z \pi_0 pi \pi^*", positive=True)
    reward = sp.Symbol("R", real=True)
    tilted = ref * sp.exp(reward / beta) / z_
    rest = reward - beta * sp.log(pi / ref) + beta * sp.log(pi / tilted)
    rest = sp.simplify(sp.expand_log(rest, force=True))
    return [
        Line(star, tilted, actions),
        Line(
            reward - beta * sp.log(pi / ref), rest - beta * sp.log(pi / star), actions
        ),
    ]


# --8<-- [end:regularised_reward]


def climb(rewards, reference, beta):
    """The policy of highest E[R] - beta KL, by steps along its numerical slope."""

    def objective(policy):
        return policy @ (rewards - beta * np.log(policy / reference))

    policy = reference
    for _ in range(40):
        slopes = [slope(objective, policy, k) for k in range(len(policy))]
        policy = policy * np.exp(np.array(slopes) / (2 * beta))
        policy = policy / policy.sum()
    return policy


def actions(rng, size):
    """Some actions, their rewards, a reference, any policy and the best one."""
    reference, policy = rng.dirichlet(np.full(size, 5.0), 2)
    rewards, beta = rng.uniform(-0.5, 0.5, size), rng.uniform(0.5, 2)
    k, best = rng.integers(size), climb(rewards, reference, beta)
    drawn = {"rewards": rewards, "reference": reference, "k": k}
    return {
        **drawn,
        **{"beta": beta, "R": rewards[k], "pi": policy[k]},
        **{r"\pi_0": reference[k], r"\pi^*": best[k]},
        "Z": np.sum(reference * np.exp(rewards / beta)),
    }
