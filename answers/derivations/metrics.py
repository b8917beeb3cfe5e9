"""What the metrics of a two-class classifier are made of, by SymPy.

Each function returns the lines that a page shows. To check a line, its meaning lists examples and
counts them.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import root


# --8<-- [start:counts]
def upright(name: str) -> sp.Symbol:
    """A symbol of several letters, and a thin space that keeps factors apart."""
    return sp.Symbol(rf"\mathrm{{{name}}}\,", positive=True)


TP, FP, FN, TN = map(upright, ("TP", "FP", "FN", "TN"))


def examples(rng, _):
    """Truth and answers as columns of 0 and 1, and how often each pair of them occurs."""
    counts = dict(zip((TP, FP, FN, TN), rng.integers(1, 9, 4).tolist(), strict=True))
    pairs = [(1, 1), (0, 1), (1, 0), (0, 0)]
    truth, answers = np.repeat(pairs, list(counts.values()), axis=0).T
    named = {symbol.name: count for symbol, count in counts.items()}
    return {"truth": truth, "answers": answers, **named}


# --8<-- [end:counts]


# --8<-- [start:f1]
def f1() -> list[Line]:
    """The harmonic mean of precision and recall, in counts; no TN is in it."""
    P, R = sp.symbols("P R", positive=True)
    definition = 2 / (1 / P + 1 / R)
    counts = {P: TP / (TP + FP), R: TP / (TP + FN)}
    mean = sp.factor(sp.simplify(definition.subs(counts)))

    def overlap(truth, answers):
        """Dice: twice the shared positives, over all positives of the one and the other."""
        positive, called = set(np.flatnonzero(truth)), set(np.flatnonzero(answers))
        return 2 * len(positive & called) / (len(positive) + len(called))

    def with_rates(rng, size):
        drawn = examples(rng, size)
        truth, answers = drawn["truth"] == 1, drawn["answers"] == 1
        return drawn | {"P": truth[answers].mean(), "R": answers[truth].mean()}

    return [Line(("F_1", definition), mean, overlap, with_rates)]


# --8<-- [end:f1]


# --8<-- [start:matthews]
def matthews() -> list[Line]:
    """Covariance and variances of truth and answers as columns of 0 and 1, times n²."""
    n = TP + FP + FN + TN
    # The means of the truth, of the answers, and of their product.
    truth, answers, both = (TP + FN) / n, (TP + FP) / n, TP / n
    covariance = sp.expand(sp.simplify(n**2 * (both - truth * answers)))

    def spread(one, other):
        """n² times the covariance, from all pairs of examples: half their differences."""
        return np.sum(np.subtract.outer(one, one) * np.subtract.outer(other, other)) / 2

    return [
        Line(
            r"n^2\,\mathrm{cov}(\text{truth}, \text{answers})",
            covariance,
            lambda truth, answers: spread(truth, answers),
            examples,
        ),
        Line(
            r"n^2\,\mathrm{var}(\text{truth})",
            sp.factor(n**2 * (truth - truth**2)),
            lambda truth: spread(truth, truth),
            examples,
        ),
        Line(
            r"n^2\,\mathrm{var}(\text{answers})",
            sp.factor(n**2 * (answers - answers**2)),
            lambda answers: spread(answers, answers),
            examples,
        ),
    ]


# --8<-- [end:matthews]


# --8<-- [start:gap]
def gap() -> list[Line]:
    """The variance of the difference on one example, and the n at which a gap is z errors.

    A is right with probability p_A, B with p_B, both with p_11. The two disagree with
    probability d, and Δ = p_A - p_B.
    """
    a, b, both, d, delta = sp.symbols("p_A p_B p_11 d Delta", positive=True)
    z, n, variance = sp.symbols("z n V", positive=True)
    v_paired, v_unpaired = sp.Symbol(PAIRED), sp.Symbol(UNPAIRED)

    def paired(only_a, only_b):
        # The difference is 1, 0 or -1; its square is 1 where just one is right.
        return only_a + only_b - (only_a - only_b) ** 2

    unpaired = a * (1 - a) + b * (1 - b)
    saved = sp.expand(unpaired - paired(a - both, b - both))
    (size,) = sp.solve(sp.Eq(z * sp.sqrt(variance / n), delta), n)
    return [
        Line(
            v_paired,
            sp.expand(paired((d + delta) / 2, (d - delta) / 2)),
            lambda A, B: np.var(A - B),
            two_models,
        ),
        Line(
            v_unpaired - v_paired,
            saved,
            lambda A, B: np.var(A) + np.var(B) - np.var(A - B),
            two_models,
        ),
        Line(
            "n",
            size,
            lambda z, V, Delta: root(lambda n: Delta - z * np.sqrt(V / n), 1e-3, 1e4),
            two_models,
        ),
    ]


PAIRED, UNPAIRED = r"V_{\text{paired}}", r"V_{\text{unpaired}}"


def two_models(rng, _):
    """Columns that are 1 where A is right and where B is, and the shares in them."""
    pairs, counts = (
        [(1, 1), (1, 0), (0, 1), (0, 0)],
        rng.integers((5, 5, 1, 1), (9, 9, 4, 9)).tolist(),
    )
    A, B = np.repeat(pairs, counts, axis=0).T
    return {
        **{"A": A, "B": B, "d": np.mean(A != B), "Delta": np.mean(A) - np.mean(B)},
        **{"p_A": np.mean(A), "p_B": np.mean(B), "p_11": np.mean(A & B)},
        **{"V": rng.uniform(0.1, 0.5), "z": rng.uniform(1, 3)},
        **{PAIRED: np.var(A - B), UNPAIRED: np.var(A) + np.var(B)},
    }


# --8<-- [end:gap]


# --8<-- [start:threshold]
def threshold() -> list[Line]:
    """The probability p* at which both answers cost the same."""
    p = sp.Symbol("p", positive=True)
    tn, fp, fn, tp = sp.symbols("C_TN C_FP C_FN C_TP", real=True)
    positive = (1 - p) * fp + p * tp
    negative = (1 - p) * tn + p * fn
    (where,) = sp.solve(sp.Eq(positive, negative), p)

    def same_cost(costs):
        """Rows of costs are the truth, columns the answers."""

        def positive_less_negative(p):
            negative, positive = np.array([1 - p, p]) @ costs
            return positive - negative

        return root(positive_less_negative, 0, 1)

    return [
        Line("p^*", where, same_cost, priced),
        Line(
            r"p^*\big|_{C_{TN} = C_{TP} = 0}",
            where.subs({tn: 0, tp: 0}),
            lambda costs: same_cost(costs * [[0, 1], [1, 0]]),
            priced,
        ),
    ]


def priced(rng, _):
    """Errors cost; being right costs less, or pays."""
    costs = rng.uniform([[-1, 1], [1, -1]], [[0.5, 2], [2, 0.5]])
    named = dict(zip(("C_TN", "C_FP", "C_FN", "C_TP"), costs.ravel(), strict=True))
    return {"costs": costs, **named}


# --8<-- [end:threshold]


# --8<-- [start:precision]
def precision() -> list[Line]:
    """Precision from the two rates of the ROC curve and the odds o of a positive."""
    odds, tpr, fpr = sp.Symbol("o", positive=True), upright("TPR"), upright("FPR")
    prevalence = odds / (1 + odds)
    by_bayes = prevalence * tpr / (prevalence * tpr + (1 - prevalence) * fpr)
    (half,) = sp.solve(sp.Eq(by_bayes, sp.Rational(1, 2)), fpr)

    def half_are_right(truth, answers):
        """The rate at which as many negatives as positives are called positive."""
        called = np.sum(truth * answers)
        return root(lambda rate: np.sum(1 - truth) * rate - called, 0, 100)

    def rates(rng, size):
        drawn = examples(rng, size)
        truth, answers = drawn["truth"], drawn["answers"]
        found = {
            odds: truth.sum() / (1 - truth).sum(),
            tpr: answers[truth == 1].mean(),
            fpr: answers[truth == 0].mean(),
        }
        return drawn | {symbol.name: rate for symbol, rate in found.items()}

    return [
        Line(
            r"\text{precision}",
            sp.simplify(by_bayes),
            lambda truth, answers: truth[answers == 1].mean(),
            rates,
        ),
        Line(
            r"\text{FPR}\big|_{\text{precision} = 1/2}",
            half,
            half_are_right,
            rates,
        ),
    ]


# --8<-- [end:precision]
