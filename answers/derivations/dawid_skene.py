"""Labels by people: Dawid and Skene's M-step, kappa of a rare class, scores on noisy labels.

Each function returns the lines that a page shows. To check a line, the maximum is climbed to by
steps, or all outcomes are listed with their probabilities.
"""

import itertools

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.numerics import slope
from answers.derivations.operators import Limit, Partial

# --8<-- [start:m_step]
K = sp.Symbol("K", integer=True, positive=True)  # classes
j, l = sp.symbols("j l", integer=True, positive=True)  # the paper's l
n, pi = sp.IndexedBase("n"), sp.IndexedBase("pi")
s, lam = sp.symbols("s lambda", positive=True)
LAGRANGIAN = sp.Symbol("Lambda")


def m_step() -> list[Line]:
    """The best row of a confusion matrix, from expected counts n_l and smoothing s."""
    row = sp.Sum((n[j] + s) * sp.log(pi[j]), (j, 1, K))
    lagrangian = row - lam * (sp.Sum(pi[j], (j, 1, K)) - 1)
    stationary = select(sp.diff(lagrangian, pi[l]), (l, K))
    (in_lam,) = sp.solve(stationary, pi[l])
    # The sum of n_j + s over the classes.
    total = sp.Sum(n[j], (j, 1, K)) + K * s
    sum_of_pi = sp.Sum(lam * pi[j], (j, 1, K))

    return [
        Line(Partial(LAGRANGIAN, pi[l]), stationary, any_row),
        # At the best row, every slope equals the multiplier.
        Line((lam, sum_of_pi), total, best_row),
        Line(pi[l], in_lam.subs(lam, total), best_row),
    ]


def any_row(rng, size):
    """A row of positive numbers, whatever their sum is, expected counts and a multiplier."""
    multiplier = rng.normal()

    def lagrangian(pi, n, s):
        return log_likelihood(pi, n, s) - multiplier * (pi.sum() - 1)

    return {
        **{"K": size, "l": rng.integers(1, size + 1), "s": rng.uniform(0.5, 2)},
        **{"n": rng.uniform(3, 6, size), "pi": rng.uniform(0.1, 0.9, size)},
        **{"lambda": multiplier, "Lambda": lagrangian},
    }


# --8<-- [end:m_step]


def best_row(rng, size):
    drawn = any_row(rng, size)
    row = climb(drawn["n"], drawn["s"])
    return drawn | {"pi": row, "lambda": slopes(row, drawn["n"], drawn["s"])[0]}


def log_likelihood(row, n, s):
    return np.dot(n + s, np.log(row))


def slopes(row, n, s):
    places = range(len(row))
    return np.array([slope(lambda r: log_likelihood(r, n, s), row, l) for l in places])


def climb(n, s):
    """Move weight to where the slope is steep until the row stays (Baum and Eagon, 1967)."""
    row = np.ones(len(n)) / len(n)
    for _ in range(5):
        row = row * slopes(row, n, s)
        row /= row.sum()
    return row


# --8<-- [start:kappa]
c, q = sp.symbols("c q", positive=True)  # being right; share of class 1


def kappa() -> list[Line]:
    """Cohen's kappa of two annotators, each right with probability c on either class."""
    p, p_o, p_e = sp.symbols("p p_o p_e", positive=True)  # p: of saying 1
    says_one = c * q + (1 - c) * (1 - q)
    observed, chance = c**2 + (1 - c) ** 2, p**2 + (1 - p) ** 2
    definition = (p_o - p_e) / (1 - p_e)
    value = definition.subs({p_o: observed, p_e: chance})
    above = sp.factor(sp.simplify((value * p * (1 - p)).subs(p, says_one)))
    not_q = sp.Symbol("1 - q", positive=True)
    above = above.subs(q - 1, -not_q).subs(not_q, 1 - q)
    agreement = sp.Symbol("kappa")
    return [
        Line(p, says_one, pair),
        Line(p_o, observed, pair),
        Line(p_e, chance, pair),
        Line((agreement, definition), above / (p * (1 - p)), pair),
        Line(Limit(agreement, q, 0), sp.limit(value.subs(p, says_one), q, 0), pair),
    ]


# --8<-- [end:kappa]


def pair(rng, _):
    """Two annotators: how probably each is right, and what follows for a share q of class 1."""
    return {
        **{"c": rng.uniform(0.55, 0.95), "q": rng.uniform(0.1, 0.9)},
        "p": lambda c, q: outcomes(c, q)[:, 1].sum(),
        "p_o": lambda c, q: np.trace(outcomes(c, q).sum(axis=0)),
        "p_e": lambda c, q: by_chance(outcomes(c, q)),
        "kappa": lambda c, q: above_chance(outcomes(c, q)),
    }


def outcomes(c, q):
    """The probabilities of true class, first and second annotator, by listing all eight."""
    table = np.zeros((2, 2, 2))
    for truth, one, two in itertools.product((0, 1), repeat=3):
        right = [c if said == truth else 1 - c for said in (one, two)]
        table[truth, one, two] = (q if truth else 1 - q) * np.prod(right)
    return table


def by_chance(table):
    """The probability that votes of both annotators agree, if they are on different items."""
    one, two = table.sum(axis=(0, 2)), table.sum(axis=(0, 1))
    return np.trace(np.outer(one, two))


def above_chance(table):
    agree = np.trace(table.sum(axis=0))
    return (agree - by_chance(table)) / (1 - by_chance(table))


# --8<-- [start:noisy_score]
e = sp.Symbol("e", positive=True)  # error rate of the labels; c is as above


def noisy_score() -> list[Line]:
    """The accuracy measured against labels with independent errors, and its slope."""
    score = c * (1 - e) + (1 - c) * e

    measured = sp.Symbol(r"\text{measured}")
    return [
        Line(measured, score, error_rates),
        Line(Partial(measured, c), sp.expand(sp.diff(score, c)), error_rates),
    ]


def error_rates(rng, _):
    """Of answers and labels; both are right where they agree, or both wrong."""

    def agreement(c, e):
        return np.trace(np.outer([c, 1 - c], [1 - e, e]))

    drawn = {"c": rng.uniform(0.55, 0.95), "e": rng.uniform(0.05, 0.4)}
    return drawn | {r"\text{measured}": agreement}


# --8<-- [end:noisy_score]
