"""KL divergence by SymPy: the example, Gibbs' inequality, Gaussian fits, estimators.

Each function returns the lines that a page shows. To check a line, its meaning averages,
integrates, or climbs to the maximum by steps. Classes run from 1 to K, for a symbolic K.
Logarithms are natural, so everything is in nats.
"""

from statistics import NormalDist

import numpy as np
import sympy as sp

from answers.derivations import Line, Rule
from answers.derivations.numerics import integral, root, slope

# --8<-- [start:symbols]
K = sp.Symbol("K", integer=True, positive=True)  # classes
i = sp.Symbol("i", integer=True, positive=True)
p, q = sp.IndexedBase("p", positive=True), sp.IndexedBase("q", positive=True)
mu_p, mu, z = sp.symbols("mu_p mu z", real=True)
sigma_p, sigma, d, t = sp.symbols("sigma_p sigma d t", positive=True)
D_KL, ENTROPY, CROSS = map(sp.Symbol, (r"D_{KL}(p\|q)", "H(p)", "H(p, q)"))


def over_classes(term: sp.Expr) -> sp.Sum:
    return sp.Sum(sp.expand(sp.expand_log(term, force=True)), (i, 1, K))


# --8<-- [end:symbols]


def surprise(p, q):
    """The mean of -log q over p: the cross-entropy."""
    return np.dot(p, -np.log(q))


def positive_numbers(rng, size):
    """Numbers p and q, whatever their sums are."""
    p, q = rng.uniform(0.1, 0.9, (2, size))
    return {
        **{"K": size, "p": p, "q": q, "g": bowl},
        **{ENTROPY.name: surprise(p, p), CROSS.name: surprise(p, q)},
        D_KL.name: np.dot(p, np.log(p / q)),
    }


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

    def saved(p, q):
        """What a code made for p saves on average over p against one for q, in nats."""
        return surprise(np.array(p), np.array(q)) - surprise(np.array(p), np.array(p))

    return [
        Line(
            D_KL.name,
            shown(kl(fair, model)),
            lambda: saved([0.5, 0.5], [0.8, 0.2]),
            nothing,
        ),
        Line(
            r"D_{KL}(q\|p)",
            shown(kl(model, fair)),
            lambda: saved([0.8, 0.2], [0.5, 0.5]),
            nothing,
        ),
    ]


def nothing(rng, _):
    return {}


# --8<-- [end:example]


# --8<-- [start:decomposition]
def decomposition() -> list[Line]:
    """H(p) + KL(p‖q), term by term, is the cross-entropy H(p, q)."""
    of_p, divergence = -p[i] * sp.log(p[i]), p[i] * sp.log(p[i] / q[i])
    together = sp.expand(sp.expand_log(of_p + divergence, force=True))
    return [
        Line(ENTROPY, over_classes(of_p), lambda p: surprise(p, p), positive_numbers),
        Line(
            D_KL,
            over_classes(divergence),
            lambda p, q: np.dot(p, np.log(p / q)),
            positive_numbers,
        ),
        Line(
            ENTROPY + D_KL, (over_classes(together), CROSS), surprise, positive_numbers
        ),
    ]


# --8<-- [end:decomposition]


# --8<-- [start:gibbs]
def gibbs() -> list[Line]:
    """t - 1 - log t is convex with minimum 0 at 1; its mean at t = q/p is the KL."""
    g = t - 1 - sp.log(t)
    (lowest,) = sp.solve(sp.diff(g, t), t)
    mean = over_classes(p[i] * g.subs(t, q[i] / p[i]))
    by_name = sp.Sum(p[i] * sp.Function("g")(q[i] / p[i]), (i, 1, K))
    divergence = over_classes(p[i] * sp.log(p[i] / q[i]))
    sums = D_KL + over_classes(q[i]) - over_classes(p[i])

    def sum_by_sum(before, after):
        difference = before - after.subs(D_KL, divergence)
        return all(difference.subs(K, n).doit().expand() == 0 for n in (1, 2, 3))

    def average(p, q):
        return np.dot(p, [bowl(each) for each in q / p])

    return [
        Line("g(t)", g, bowl, one_number),
        Line(
            rf"g'({lowest})",
            sp.diff(g, t).subs(t, lowest),
            lambda: slope(bowl, 1.0),
            one_number,
        ),
        Line(rf"g({lowest})", g.subs(t, lowest), lambda: bowl(1.0), one_number),
        Line(
            "g''(t)",
            sp.diff(g, t, 2),
            lambda t: slope(lambda at: slope(bowl, at), t),
            one_number,
        ),
        Line(by_name, mean, average, positive_numbers),
        Line(
            "", sums, average, positive_numbers, Rule(r"\text{sum by sum}", sum_by_sum)
        ),
    ]


def bowl(t):
    """g by its slope: the integral of 1 - 1/x from 1 to t."""
    return integral(lambda x: 1 - 1 / x, 1, t)


def one_number(rng, _):
    return {"t": rng.uniform(0.5, 3)}


# --8<-- [end:gibbs]


# --8<-- [start:moment_matching]
class Mean(sp.Expr):
    """The mean over p."""

    def _latex(self, printer):
        return rf"\mathbb{{E}}_p\left[{printer.doprint(self.args[0])}\right]"

    def as_number(self, values):
        return np.mean(values)


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
    return [
        Line(Mean(-sp.log(sp.Symbol("q"))), shown, cross_entropy, sample),
        Line(
            r"\frac{\partial}{\partial\mu}",
            sp.factor(slopes[0]),
            lambda x, mu, sigma: slopes_of(x, mu, sigma)[0],
            sample,
        ),
        Line(
            r"\frac{\partial}{\partial\sigma}",
            sp.simplify(slopes[1]),
            lambda x, mu, sigma: slopes_of(x, mu, sigma)[1],
            sample,
        ),
        Line(
            r"(\mu, \sigma)_{\text{best}}",
            sp.Tuple(best_mu, best_sigma),
            best_gaussian,
            sample,
        ),
        Line(
            r"\text{second derivatives there}",
            sp.simplify(hessian).as_immutable(),
            curvatures,
            sample,
        ),
    ]


# --8<-- [end:moment_matching]


def sample(rng, _):
    """Seven numbers that are nothing like a Gaussian, and some Gaussian q."""
    x, mu, sigma = rng.gamma(2, size=7), rng.normal(), rng.uniform(0.7, 2)
    densities = np.array([NormalDist(mu, sigma).pdf(each) for each in x])
    moments = {"mu_p": x.mean(), "sigma_p": x.std()}
    return {"x": x, "mu": mu, "sigma": sigma, "q": densities, **moments}


def cross_entropy(x, mu, sigma):
    model = NormalDist(float(mu), float(sigma))
    return np.mean([-np.log(model.pdf(each)) for each in x])


def slopes_of(x, mu, sigma):
    """The derivatives of the cross-entropy with respect to mean and deviation."""
    return np.array(
        [
            slope(lambda mu: cross_entropy(x, mu, sigma), mu),
            slope(lambda sigma: cross_entropy(x, mu, sigma), sigma),
        ]
    )


def best_gaussian(x):
    mu = root(lambda mu: slopes_of(x, mu, 1.0)[0], x.min(), x.max())
    return mu, root(lambda sigma: slopes_of(x, mu, sigma)[1], 0.1, 10)


def curvatures(x):
    mu, sigma = best_gaussian(x)
    return np.array(
        [
            slope(lambda mu: slopes_of(x, mu, sigma), mu),
            slope(lambda sigma: slopes_of(x, mu, sigma), sigma),
        ]
    )


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
    lines = []
    for name, k, by_ratio in (
        ("k_1", -log_r, lambda r: -np.log(r)),
        ("k_2", log_r**2 / 2, lambda r: np.log(r) ** 2 / 2),
        (
            "k_3",
            sp.exp(d * z) * sp.exp(-(d**2) / 2) - 1 - log_r,
            lambda r: r - 1 - np.log(r),
        ),
    ):
        mean = normal_mean(k)
        variance = normal_mean((k - mean) ** 2)
        average, spread = moments(by_ratio)
        lines += [
            Line(rf"\mathbb{{E}}[{name}]", sp.expand(mean), average, apart),
            Line(rf"\operatorname{{Var}}[{name}]", sp.expand(variance), spread, apart),
        ]
    return lines


def moments(by_ratio):
    """Mean and variance over p of a function of q/p, by sums over a fine grid of p."""
    x = np.arange(-10, 16, 0.1)

    def density(mean):
        return np.array([NormalDist(mean).pdf(each) for each in x])

    def average(d):
        return 0.1 * density(0) @ by_ratio(density(d) / density(0))

    def spread(d):
        square = (by_ratio(density(d) / density(0)) - average(d)) ** 2
        return 0.1 * density(0) @ square

    return average, spread


def apart(rng, _):
    return {"d": rng.uniform(0.5, 1.5)}


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

    return [
        Line(r"D_\alpha", term, by_curvature, one_class),
        Line(
            r"\lim_{\alpha \to 1} D_\alpha",
            near(1),
            lambda p, q: by_curvature(p, q, 1),
            one_class,
        ),
        Line(
            r"\lim_{\alpha \to 0} D_\alpha",
            near(0),
            lambda p, q: by_curvature(p, q, 0),
            one_class,
        ),
        Line(
            r"D_{1/2}",
            sp.factor(sp.simplify(term.subs(alpha, sp.Rational(1, 2)))),
            lambda p, q: by_curvature(p, q, 0.5),
            one_class,
        ),
    ]


def by_curvature(p, q, alpha):
    """q times f(p/q), where f and its slope are 0 at 1 and its curvature is u^(alpha - 2)."""
    ratio = p / q
    return q * integral(lambda u: (ratio - u) * u ** (alpha - 2), 1, ratio)


def one_class(rng, _):
    p, q, alpha = rng.uniform(0.2, 0.8, 3)
    return {"p": p, "q": q, "alpha": alpha}


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
        Line(star, tilted, lambda best, k: best[k], actions),
        Line(
            reward - beta * sp.log(pi / ref),
            rest - beta * sp.log(pi / star),
            lambda rewards, reference, policy, beta, k: pointwise(
                rewards, reference, policy, beta
            )[k],
            actions,
        ),
    ]


# --8<-- [end:regularised_reward]


def pointwise(rewards, reference, policy, beta):
    return rewards - beta * np.log(policy / reference)


def climb(rewards, reference, beta):
    """The policy of highest E[R] - beta KL, by steps along its numerical slope."""

    def objective(policy):
        return policy @ pointwise(rewards, reference, policy, beta)

    policy = reference
    for _ in range(40):
        slopes = [slope(objective, policy, k) for k in range(len(policy))]
        policy = policy * np.exp(np.array(slopes) / (2 * beta))
        policy = policy / policy.sum()
    return policy


def actions(rng, size):
    """Some actions, their rewards, a reference, any policy and the best one."""
    reference, policy = rng.dirichlet(np.full(size, 5.0), 2)
    rewards, beta, k = (
        rng.uniform(-0.5, 0.5, size),
        rng.uniform(0.5, 2),
        rng.integers(size),
    )
    best = climb(rewards, reference, beta)
    drawn = {"rewards": rewards, "reference": reference, "policy": policy, "best": best}
    return {
        **drawn,
        **{"k": k, "beta": beta, "R": rewards[k], "pi": policy[k]},
        **{r"\pi_0": reference[k], r"\pi^*": best[k]},
        "Z": np.sum(reference * np.exp(rewards / beta)),
    }
