"""Bayes' theorem and what follows from it, derived by SymPy.

Each function returns equations, (left side, right side), for `aligned` to print.
"""

import sympy as sp

from answers.derivations import latex

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
def theorem():
    """P(A and B) written both ways, with P(B) as the sum over A and not A."""
    a, hit, false = sp.symbols("P(A) P(B|A) P(B|¬A)", positive=True)
    unknown = sp.Symbol("P(A|B)", positive=True)
    # By the law of total probability.
    evidence = hit * a + false * (1 - a)
    (solution,) = sp.solve(sp.Eq(unknown * evidence, hit * a), unknown)
    odds = solution / (1 - solution)
    vanishes(odds - hit / false * a / (1 - a))
    return [
        (r"P(B)", named(evidence)),
        (r"P(A \mid B)", named(hit * a / evidence)),
        (
            r"\frac{P(A \mid B)}{P(\neg A \mid B)}",
            r"\frac{P(B \mid A)}{P(B \mid \neg A)} \cdot \frac{P(A)}{1 - P(A)}",
        ),
    ]


def named(expression: sp.Expr) -> str:
    """LaTeX in which the symbols are read as probabilities."""
    a, hit, false = (
        sp.Symbol(name, positive=True) for name in ("P(A)", "P(B|A)", "P(B|¬A)")
    )
    names = {a: "P(A)", hit: r"P(B \mid A)", false: r"P(B \mid \neg A)"}
    return sp.latex(expression, symbol_names=names, order="none")


# --8<-- [end:theorem]


# --8<-- [start:screening]
def screening():
    """The posterior of a positive test, as an exact fraction."""
    ill, hit, false = sp.Rational(1, 100), sp.Rational(9, 10), sp.Rational(9, 100)
    evidence = hit * ill + false * (1 - ill)
    return [(r"P(\text{ill} \mid +)", hit * ill / evidence)]


# --8<-- [end:screening]


# --8<-- [start:sequential]
def sequential():
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
        (r"P(H_j \mid e_1)", after_one),
        (r"P(H_j \mid e_1, e_2)", sp.simplify(after_two)),
    ]


# --8<-- [end:sequential]


# --8<-- [start:dependent]
def dependent():
    """Two signs, each as frequent either way, that come together more often under H."""
    half = sp.Rational(1, 2)
    together = {True: sp.Rational(2, 5), False: sp.Rational(1, 4)}
    # P(e1 | H) = P(e1 | not H) = 1/2, and the same for e2.
    alone = half
    exact = half * together[True] / (half * (together[True] + together[False]))
    naive = half * alone**2 / (half * alone**2 + half * alone**2)
    return [
        (r"\text{exact: } P(H \mid e_1, e_2)", exact),
        (r"\text{naive: } P(H \mid e_1, e_2)", naive),
    ]


# --8<-- [end:dependent]


# --8<-- [start:beta_binomial]
def beta_binomial():
    """A Beta prior times a binomial likelihood: integrate, divide, recognise a Beta."""
    density = beta_density(alpha, beta)
    likelihood = sp.binomial(s + f, s) * x**s * (1 - x) ** f
    # ∫ p^(a-1) (1-p)^(b-1) dp is B(a, b); checked below for whole numbers.
    evidence = sp.binomial(s + f, s) * sp.beta(alpha + s, beta + f)
    evidence /= sp.beta(alpha, beta)
    for numbers in ({alpha: 1, beta: 1, s: 2, f: 1}, {alpha: 3, beta: 2, s: 1, f: 4}):
        integral = sp.integrate((density * likelihood).subs(numbers), (x, 0, 1))
        vanishes(sp.expand_func(integral - evidence.subs(numbers)).doit())
    posterior = sp.powsimp(density * likelihood / evidence)
    vanishes(posterior / beta_density(alpha + s, beta + f) - 1)
    return [
        (r"P(p)", in_words(density)),
        (r"P(s, f)", in_words(evidence)),
        (r"\frac{P(s, f \mid p)\, P(p)}{P(s, f)}", in_words(posterior)),
    ]


def beta_density(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    return x ** (a - 1) * (1 - x) ** (b - 1) / sp.beta(a, b)


def in_words(expression: sp.Expr) -> str:
    """LaTeX with (1 - p) and not (-p + 1), and the Beta function as B."""
    rest = sp.Symbol("rest", positive=True)
    expression = expression.subs(1 - x, rest).replace(sp.beta, sp.Function("B"))
    return sp.latex(expression, order="lex", symbol_names={rest: "(1 - p)"})


# --8<-- [end:beta_binomial]


# --8<-- [start:shrinkage]
def shrinkage():
    """The posterior mean lies between the prior mean and the share of successes."""
    mean = (alpha + s) / (alpha + beta + s + f)
    weight = (alpha + beta) / (alpha + beta + s + f)
    vanishes(weight * alpha / (alpha + beta) + (1 - weight) * s / (s + f) - mean)
    return [
        (r"\mathrm{E}[p \mid s, f]", mean),
        (
            "",
            r"\rho\,\frac{\alpha}{\alpha + \beta} + (1 - \rho)\,\frac{s}{s + f}",
        ),
        (r"\rho", weight),
    ]


# --8<-- [end:shrinkage]


# --8<-- [start:l2]
def l2():
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
        (r"-\log P(w \mid y)", latex(form) + r" + \text{const}"),
        (r"\lambda", sigma**2 / tau**2),
    ]


def normal(value: sp.Expr, mean: sp.Expr, deviation: sp.Expr) -> sp.Expr:
    power = -((value - mean) ** 2) / (2 * deviation**2)
    return sp.exp(power) / sp.sqrt(2 * sp.pi * deviation**2)


def log(density: sp.Expr) -> sp.Expr:
    return sp.expand_log(sp.log(density), force=True)


# --8<-- [end:l2]


# --8<-- [start:parametrisation]
def parametrisation():
    """The mode of a Beta posterior in p, and in log-odds: two different answers."""
    t = sp.Symbol("t", real=True)
    in_p = (alpha - 1) * sp.log(x) + (beta - 1) * sp.log(1 - x)
    (mode,) = sp.solve(sp.diff(in_p, x), x)
    # With t = log(p / (1 - p)) the density gets the factor dp/dt = p (1 - p).
    odds = sp.Symbol("o", positive=True)
    in_t = alpha * t - (alpha + beta) * sp.log(1 + sp.exp(t))
    slope = sp.diff(in_t, t).subs(sp.exp(t), odds)
    (top,) = sp.solve(slope, odds)
    back = sp.simplify(top / (1 + top))
    return [
        (r"\arg\max_p", sp.factor(mode)),
        (r"\arg\max_t,\ \text{as } p", back),
    ]


# --8<-- [end:parametrisation]
