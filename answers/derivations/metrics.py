"""What the metrics of a two-class classifier are made of, by SymPy.

Each function returns equations, (left side, right side), for `aligned` to print.
"""

import sympy as sp


# --8<-- [start:counts]
def upright(name: str) -> sp.Symbol:
    """A symbol of several letters, and a thin space that keeps factors apart."""
    return sp.Symbol(rf"\mathrm{{{name}}}\,", positive=True)


TP, FP, FN, TN = map(upright, ("TP", "FP", "FN", "TN"))


# --8<-- [end:counts]


# --8<-- [start:f1]
def f1():
    """The harmonic mean of precision and recall, in counts; no TN is in it."""
    precision, recall = TP / (TP + FP), TP / (TP + FN)
    mean = sp.factor(sp.simplify(2 / (1 / precision + 1 / recall)))
    return [(r"F_1 = \frac{2}{1/P + 1/R}", mean)]


# --8<-- [end:f1]


# --8<-- [start:matthews]
def matthews():
    """Covariance and variances of truth and answers as columns of 0 and 1, times n²."""
    n = TP + FP + FN + TN
    # The means of the truth, of the answers, and of their product.
    truth, answers, both = (TP + FN) / n, (TP + FP) / n, TP / n
    covariance = sp.expand(sp.simplify(n**2 * (both - truth * answers)))
    return [
        (r"n^2\,\mathrm{cov}(\text{truth}, \text{answers})", covariance),
        (r"n^2\,\mathrm{var}(\text{truth})", sp.factor(n**2 * (truth - truth**2))),
        (
            r"n^2\,\mathrm{var}(\text{answers})",
            sp.factor(n**2 * (answers - answers**2)),
        ),
    ]


# --8<-- [end:matthews]


# --8<-- [start:gap]
def gap():
    """The variance of the difference on one example, and the n at which it is z errors.

    A alone is right with probability p_10, B alone with p_01, both with p_11.
    """
    a, b, both, d, delta = sp.symbols("p_A p_B p_{11} d Delta", positive=True)
    z, n, variance = sp.symbols("z n V", positive=True)

    def paired(only_a, only_b):
        # The difference is 1, 0 or -1; its square is 1 where just one is right.
        return only_a + only_b - (only_a - only_b) ** 2

    unpaired = a * (1 - a) + b * (1 - b)
    saved = sp.expand(unpaired - paired(a - both, b - both))
    (size,) = sp.solve(sp.Eq(z * sp.sqrt(variance / n), delta), n)
    return [
        (r"V_{\text{paired}}", sp.expand(paired((d + delta) / 2, (d - delta) / 2))),
        (r"V_{\text{unpaired}} - V_{\text{paired}}", saved),
        ("n", size),
    ]


# --8<-- [end:gap]


# --8<-- [start:threshold]
def threshold():
    """The probability p* at which both answers cost the same."""
    p = sp.Symbol("p", positive=True)
    tn, fp, fn, tp = sp.symbols("C_{TN} C_{FP} C_{FN} C_{TP}", real=True)
    positive = (1 - p) * fp + p * tp
    negative = (1 - p) * tn + p * fn
    (where,) = sp.solve(sp.Eq(positive, negative), p)
    return [
        ("p^*", where),
        (r"p^*\big|_{C_{TN} = C_{TP} = 0}", where.subs({tn: 0, tp: 0})),
    ]


# --8<-- [end:threshold]


# --8<-- [start:precision]
def precision():
    """Precision from the two rates of the ROC curve and the odds o of a positive."""
    odds, tpr, fpr = sp.Symbol("o", positive=True), upright("TPR"), upright("FPR")
    prevalence = odds / (1 + odds)
    by_bayes = prevalence * tpr / (prevalence * tpr + (1 - prevalence) * fpr)
    (half,) = sp.solve(sp.Eq(by_bayes, sp.Rational(1, 2)), fpr)
    return [
        (r"\text{precision}", sp.simplify(by_bayes)),
        (r"\text{FPR}\big|_{\text{precision} = 1/2}", half),
    ]


# --8<-- [end:precision]
