"""The M-step of Dawid and Skene's model, what prevalence does to kappa, what noise does to a
score."""

import sympy as sp

from answers.derivations import select

# --8<-- [start:m_step]
K = sp.Symbol("K", integer=True, positive=True)  # classes
k, l = sp.symbols("k l", integer=True, positive=True)  # noqa: E741 (the paper's l)
n, pi = sp.IndexedBase("n"), sp.IndexedBase("pi")
s, lam = sp.symbols("s lambda", positive=True)


def m_step():
    """The best row of a confusion matrix, from expected counts n_l and smoothing s."""
    row = sp.Sum((n[k] + s) * sp.log(pi[k]), (k, 1, K))
    lagrangian = row - lam * (sp.Sum(pi[k], (k, 1, K)) - 1)
    stationary = select(sp.diff(lagrangian, pi[l]), (l, K))
    (in_lam,) = sp.solve(stationary, pi[l])
    # The sum of n_k + s over the classes.
    total = sp.Sum(n[k], (k, 1, K)) + K * s
    return [
        (r"\frac{\partial\Lambda}{\partial\pi_l}", stationary),
        (r"\lambda = \sum_k \lambda\pi_k", total),
        (r"\pi_l", in_lam.subs(lam, total)),
    ]


# --8<-- [end:m_step]


# --8<-- [start:kappa]
c, q = sp.symbols("c q", positive=True)  # being right; share of class 1


def kappa():
    """Cohen's kappa of two annotators, each right with probability c on either class."""
    p = sp.Symbol("p", positive=True)  # the probability of saying 1
    not_c, not_q, not_p = sp.symbols(["(1-c)", "(1-q)", "(1-p)"], positive=True)
    says_one = c * q + not_c * not_q
    observed, chance = c**2 + not_c**2, p**2 + not_p**2

    def spelt_out(expression):
        full = expression.subs({not_p: 1 - p}).subs(p, says_one)
        return full.subs({not_c: 1 - c, not_q: 1 - q})

    value = sp.factor(spelt_out((observed - chance) / (1 - chance)))
    above = sp.factor(sp.simplify(value * spelt_out(p * not_p)))
    return [
        ("p", says_one),
        ("p_o", observed),
        ("p_e", chance),
        (
            r"\kappa = \frac{p_o - p_e}{1 - p_e}",
            above.subs(q - 1, -not_q) / (p * not_p),
        ),
        (r"\lim_{q \to 0} \kappa", sp.limit(value, q, 0)),
    ]


# --8<-- [end:kappa]


# --8<-- [start:noisy_score]
e = sp.Symbol("e", positive=True)  # error rate of the labels; c is as above


def noisy_score():
    """The accuracy measured against labels with independent errors, and its slope."""
    not_c, not_e = sp.symbols(["(1-c)", "(1-e)"], positive=True)
    score = c * not_e + not_c * e
    slope = sp.diff(score.subs({not_c: 1 - c, not_e: 1 - e}), c)
    return [
        (r"\text{measured}", score),
        (r"\frac{\partial\,\text{measured}}{\partial c}", sp.expand(slope)),
    ]


# --8<-- [end:noisy_score]
