"""What the metrics of a two-class classifier are made of, by SymPy.

Each function returns the lines that a page shows. To check a line, examples are listed and counted.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import root_near
from answers.derivations.operators import At, Cov, Root, Var

# --8<-- [start:counts]
TP, FP, FN, TN = sp.symbols("TP FP FN TN", positive=True)


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

    return [Line((sp.Symbol("F_1"), definition), mean, with_rates)]


def with_rates(rng, size):
    drawn = examples(rng, size)
    truth, answers = drawn["truth"] == 1, drawn["answers"] == 1
    rates = {"P": truth[answers].mean(), "R": answers[truth].mean()}
    return drawn | rates | {"F_1": overlap}


def overlap(truth, answers):
    """Dice: twice the shared positives, over all positives of the one and the other."""
    positive, called = set(np.flatnonzero(truth)), set(np.flatnonzero(answers))
    return 2 * len(positive & called) / (len(positive) + len(called))


# --8<-- [end:f1]


# --8<-- [start:matthews]
def matthews() -> list[Line]:
    """Covariance and variances of truth and answers as columns of 0 and 1, times n²."""
    n = TP + FP + FN + TN
    # The means of the truth, of the answers, and of their product.
    truth, answers, both = (TP + FN) / n, (TP + FP) / n, TP / n
    covariance = sp.expand(sp.simplify(n**2 * (both - truth * answers)))

    columns = sp.symbols(r"\text{truth} \text{answers}")
    squared = sp.Symbol("n") ** 2
    return [
        Line(squared * Cov(*columns), covariance, columns_of_0_and_1),
        *(
            Line(
                squared * Var(column),
                sp.factor(n**2 * (mean - mean**2)),
                columns_of_0_and_1,
            )
            for column, mean in zip(columns, (truth, answers), strict=True)
        ),
    ]


def columns_of_0_and_1(rng, size):
    drawn = examples(rng, size)
    columns = {rf"\text{{{name}}}": drawn[name] for name in ("truth", "answers")}
    return drawn | columns | {"n": len(drawn["truth"])}


# --8<-- [end:matthews]


# --8<-- [start:gap]
def gap() -> list[Line]:
    """The variance of the difference on one example, and the n at which a gap is z errors.

    A is right with probability p_A, B with p_B, both with p_11. The two disagree with
    probability d, and Δ = p_A - p_B.
    """
    a, b, both, d, delta = sp.symbols("p_A p_B p_11 d Delta", positive=True)
    z, n, variance = sp.symbols("z n V", positive=True)

    def paired(only_a, only_b):
        # The difference is 1, 0 or -1; its square is 1 where just one is right.
        return only_a + only_b - (only_a - only_b) ** 2

    unpaired = a * (1 - a) + b * (1 - b)
    saved = sp.expand(unpaired - paired(a - both, b - both))
    (size,) = sp.solve(sp.Eq(z * sp.sqrt(variance / n), delta), n)
    half = sp.expand(paired((d + delta) / 2, (d - delta) / 2))
    return [
        Line(PAIRED, half, two_models),
        Line(UNPAIRED - PAIRED, saved, two_models),
        Line(Root(n, z * sp.sqrt(variance / n), delta), size, two_models),
    ]


PAIRED, UNPAIRED = sp.symbols(r"V_{\text{paired}} V_{\text{unpaired}}")


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
        **{"V": rng.uniform(0.1, 0.5), "z": rng.uniform(1, 3), "n": rng.uniform(1, 9)},
        PAIRED.name: lambda A, B: np.var(A - B),
        UNPAIRED.name: lambda A, B: np.var(A) + np.var(B),
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

    threshold = sp.Symbol("p^*")
    free = {tn: 0, tp: 0}
    return [
        Line(threshold, where, priced),
        Line(At(threshold, *free.items()), where.subs(free), priced),
    ]


def priced(rng, _):
    """Errors cost; being right costs less, or pays."""
    costs = rng.uniform([[-1, 1], [1, -1]], [[0.5, 2], [2, 0.5]])
    named = dict(zip(("C_TN", "C_FP", "C_FN", "C_TP"), costs.ravel(), strict=True))

    def same_cost(C_TN, C_FP, C_FN, C_TP):
        """Rows of costs are the truth, columns the answers."""

        def positive_less_negative(p):
            negative, positive = np.array([1 - p, p]) @ [[C_TN, C_FP], [C_FN, C_TP]]
            return positive - negative

        return root_near(positive_less_negative, 0.5, positive=True)

    return named | {"p^*": same_cost}


# --8<-- [end:threshold]


# --8<-- [start:precision]
def precision() -> list[Line]:
    """Precision from the two rates of the ROC curve and the odds o of a positive."""
    odds, tpr, fpr = sp.symbols("o TPR FPR", positive=True)
    prevalence = odds / (1 + odds)
    by_bayes = prevalence * tpr / (prevalence * tpr + (1 - prevalence) * fpr)
    (half,) = sp.solve(sp.Eq(by_bayes, sp.Rational(1, 2)), fpr)

    share = sp.Symbol(r"\text{precision}")
    return [
        Line(share, sp.simplify(by_bayes), rates),
        Line(Root(fpr, share, sp.Rational(1, 2)), half, rates),
    ]


def rates(rng, size):
    drawn = examples(rng, size)
    truth, answers = drawn["truth"], drawn["answers"]
    positives, negatives = truth.sum(), (1 - truth).sum()

    def precision(TPR, FPR):
        called = TPR * positives, FPR * negatives
        return called[0] / sum(called)

    return drawn | {
        **{"o": positives / negatives, r"\text{precision}": precision},
        "TPR": answers[truth == 1].mean(),
        "FPR": answers[truth == 0].mean(),
    }


# --8<-- [end:precision]
