"""KL divergence by SymPy: the example, Gibbs' inequality, Gaussian fits, estimators.

Each function returns equations, for `aligned` to print. Classes run from 1 to K, for a
symbolic K; logarithms are natural, so everything is in nats.
"""

import sympy as sp

from answers.derivations import latex

# --8<-- [start:symbols]
K = sp.Symbol("K", integer=True, positive=True)  # classes
i = sp.Symbol("i", integer=True, positive=True)
p, q = sp.IndexedBase("p", positive=True), sp.IndexedBase("q", positive=True)
mu_p, mu, z = sp.symbols("mu_p mu z", real=True)
sigma_p, sigma, d, t = sp.symbols("sigma_p sigma d t", positive=True)


def over_classes(term: sp.Expr) -> sp.Sum:
    return sp.Sum(sp.expand(sp.expand_log(term, force=True)), (i, 1, K))


# --8<-- [end:symbols]


# --8<-- [start:example]
def kl(p: list[sp.Expr], q: list[sp.Expr]) -> sp.Expr:
    """Σ p log(p / q), exactly."""
    return sp.simplify(sum(a * sp.log(a / b) for a, b in zip(p, q, strict=True)))


def example():
    """The distributions of the question, in both directions."""
    fair = [sp.Rational(1, 2), sp.Rational(1, 2)]
    model = [sp.Rational(4, 5), sp.Rational(1, 5)]
    return [
        (r"D_{KL}(p\|q)", in_numbers(kl(fair, model))),
        (r"D_{KL}(q\|p)", in_numbers(kl(model, fair))),
    ]


def in_numbers(value: sp.Expr) -> str:
    """The exact value, and four digits of it in nats and in bits."""
    nats, bits = value.evalf(4), (value / sp.log(2)).evalf(4)
    return rf"{latex(value)} = {nats}\text{{ nats}} = {bits}\text{{ bits}}"


# --8<-- [end:example]


# --8<-- [start:decomposition]
def decomposition():
    """H(p) + KL(p‖q), term by term, is the cross-entropy H(p, q)."""
    of_p, divergence = -p[i] * sp.log(p[i]), p[i] * sp.log(p[i] / q[i])
    together = sp.expand(sp.expand_log(of_p + divergence, force=True))
    return [
        ("H(p)", over_classes(of_p)),
        (r"D_{KL}(p\|q)", over_classes(divergence)),
        (r"H(p) + D_{KL}(p\|q)", f"{latex(over_classes(together))} = H(p, q)"),
    ]


# --8<-- [end:decomposition]


# --8<-- [start:gibbs]
def gibbs():
    """t - 1 - log t is convex with minimum 0 at 1; its mean at t = q/p is the KL."""
    g = t - 1 - sp.log(t)
    (lowest,) = sp.solve(sp.diff(g, t), t)
    mean = over_classes(p[i] * g.subs(t, q[i] / p[i]))
    return [
        ("g(t)", g),
        (rf"g'({lowest})", sp.diff(g, t).subs(t, lowest)),
        (rf"g({lowest})", g.subs(t, lowest)),
        ("g''(t)", sp.diff(g, t, 2)),
        (
            r"\sum_i p_i\, g\!\left(\frac{q_i}{p_i}\right)",
            mean,
        ),
        ("", r"D_{KL}(p\|q) + \sum_i q_i - \sum_i p_i"),
    ]


# --8<-- [end:gibbs]


# --8<-- [start:moment_matching]
def moment_matching():
    """The cross-entropy of any p, by its mean and deviation, with a Gaussian q."""
    x = sp.Symbol("x", real=True)
    minus_log_q = sp.log(sigma) + sp.log(2 * sp.pi) / 2 + (x - mu) ** 2 / (2 * sigma**2)
    # The mean over p: only its first two moments are met.
    square = sigma_p**2 + mu_p**2
    cross = sp.expand(minus_log_q).subs(x**2, square).subs(x, mu_p)
    slopes = [sp.diff(cross, by) for by in (mu, sigma)]
    ((best_mu, best_sigma),) = sp.solve(slopes, [mu, sigma])
    at_best = {mu: best_mu, sigma: best_sigma}
    hessian = sp.hessian(cross, (mu, sigma)).subs(at_best)
    return [
        (
            r"\mathbb{E}_p[-\log q]",
            sp.log(sigma)
            + sp.log(2 * sp.pi) / 2
            + (sigma_p**2 + sp.factor(sp.expand((mu_p - mu) ** 2))) / (2 * sigma**2),
        ),
        (r"\frac{\partial}{\partial\mu}", sp.factor(slopes[0])),
        (r"\frac{\partial}{\partial\sigma}", sp.simplify(slopes[1])),
        (r"(\mu, \sigma)_{\text{best}}", sp.Tuple(best_mu, best_sigma)),
        (r"\text{second derivatives there}", sp.simplify(hessian)),
    ]


# --8<-- [end:moment_matching]


# --8<-- [start:estimators]
def normal_mean(h: sp.Expr) -> sp.Expr:
    """The mean over a standard normal z of a polynomial h in z and exp(d z).

    E[exp(a z)] = exp(a²/2); a factor z in the mean is a derivative by a.
    """
    a, w = sp.symbols("a w")
    mean = 0
    for (n, k), c in sp.Poly(sp.expand(h).subs(sp.exp(d * z), w), z, w).terms():
        mean += c * sp.diff(sp.exp(a**2 / 2), a, n).subs(a, k * d)
    return sp.simplify(mean)


def estimators():
    """Mean and variance of k1, k2, k3 for normal p, q of deviation 1, d apart."""
    # log q(z) - log p(z), with p at 0 and q at d.
    log_r = d * z - d**2 / 2
    equations = []
    for name, k in (
        ("k_1", -log_r),
        ("k_2", log_r**2 / 2),
        ("k_3", sp.exp(d * z) * sp.exp(-(d**2) / 2) - 1 - log_r),
    ):
        mean = normal_mean(k)
        variance = normal_mean((k - mean) ** 2)
        equations += [
            (rf"\mathbb{{E}}[{name}]", sp.expand(mean)),
            (rf"\operatorname{{Var}}[{name}]", sp.expand(variance)),
        ]
    return equations


# --8<-- [end:estimators]


# --8<-- [start:alpha_divergence]
def alpha_divergence():
    """One term of Minka's alpha-divergence, its limits, and its value half-way."""
    a, b = sp.symbols("p q", positive=True)
    alpha, rest = sp.Symbol("alpha", real=True), sp.Symbol(r"(1 - \alpha)")
    shown = (alpha * a + rest * b - a**alpha * b**rest) / (alpha * rest)
    term = shown.subs(rest, 1 - alpha)

    def near(value: int) -> sp.Expr:
        return sp.expand(sp.expand_log(sp.limit(term, alpha, value), force=True))

    return [
        (r"D_\alpha", shown),
        (r"\lim_{\alpha \to 1} D_\alpha", near(1)),
        (r"\lim_{\alpha \to 0} D_\alpha", near(0)),
        (r"D_{1/2}", sp.factor(sp.simplify(term.subs(alpha, sp.Rational(1, 2))))),
    ]


# --8<-- [end:alpha_divergence]


# --8<-- [start:regularised_reward]
def regularised_reward():
    """Reward minus β times the log ratio to a reference, by the tilted reference."""
    beta, z_, ref, pi = sp.symbols(r"beta Z \pi_0 pi", positive=True)
    reward = sp.Symbol("R", real=True)
    tilted = ref * sp.exp(reward / beta) / z_
    rest = reward - beta * sp.log(pi / ref) + beta * sp.log(pi / tilted)
    return [
        (r"\pi^*", tilted),
        (
            r"R - \beta\log\frac{\pi}{\pi_0}",
            r"-\beta\log\frac{\pi}{\pi^*} + "
            + latex(sp.simplify(sp.expand_log(rest, force=True))),
        ),
    ]


# --8<-- [end:regularised_reward]
