"""What SymPy derives of the metrics holds for numbers."""

import math

import numpy as np
import pytest
import sympy as sp

from answers.derivations import metrics
from answers.labels.metrics import confusion_counts, precision_recall_f1
from answers.labels.model_comparison import (
    cost_threshold,
    paired_sample_size,
    unpaired_sample_size,
)

TRUTH = np.array([1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0])
PREDICTED = np.array([1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0])
TN, FP, FN, TP = confusion_counts(TRUTH, PREDICTED)
COUNTS = {metrics.TN: TN, metrics.FP: FP, metrics.FN: FN, metrics.TP: TP}


def test_f1_in_counts_is_the_f1_of_the_answers():
    ((_, formula),) = metrics.f1()
    assert metrics.TN not in formula.free_symbols
    expected = precision_recall_f1(TRUTH, PREDICTED)[2]
    assert float(formula.subs(COUNTS)) == pytest.approx(expected, rel=1e-14)


def test_covariance_and_variances_in_counts_are_those_of_the_columns():
    table = np.cov(TRUTH, PREDICTED, bias=True) * len(TRUTH) ** 2
    found = [float(formula.subs(COUNTS)) for _, formula in metrics.matthews()]
    assert found == pytest.approx([table[0, 1], table[0, 0], table[1, 1]], rel=1e-12)


def test_the_variance_of_the_gap_and_what_pairing_saves_are_those_of_a_table():
    both, only_a, only_b, neither = 0.77, 0.08, 0.05, 0.10
    difference, chances = np.array([0, 1, -1, 0]), [both, only_a, only_b, neither]
    mean = difference @ chances
    variance = (difference - mean) ** 2 @ np.array(chances)
    (_, paired), (_, saved), (_, size) = metrics.gap()
    d, delta, z, v = sp.symbols("d Delta z V", positive=True)
    a, b, p11 = sp.symbols("p_A p_B p_{11}", positive=True)
    assert paired.subs({d: only_a + only_b, delta: mean}) == pytest.approx(variance)
    unpaired = 0.85 * 0.15 + 0.82 * 0.18
    saving = saved.subs({a: 0.85, b: 0.82, p11: both})
    assert float(saving) == pytest.approx(unpaired - variance, rel=1e-9)
    n = size.subs({z: 1.959963984540054, v: unpaired, delta: 0.03})
    assert math.ceil(n) == unpaired_sample_size(0.85, 0.82, power=0.5)
    assert paired_sample_size(0.03, 0.13) > float(n) * variance / unpaired


def test_the_threshold_in_costs_is_that_of_the_function():
    costs = np.array([[-0.5, 1.25], [7.0, 0.25]])
    names = "C_{TN} C_{FP} C_{FN} C_{TP}"
    values = dict(zip(sp.symbols(names, real=True), costs.ravel(), strict=True))
    (_, general), (_, simple) = metrics.threshold()
    assert float(general.subs(values)) == pytest.approx(cost_threshold(costs))
    no_gain = np.array([[0.0, 1.25], [7.0, 0.0]])
    assert float(simple.subs(values)) == pytest.approx(cost_threshold(no_gain))


def test_precision_from_the_rates_is_that_of_the_counts():
    (_, formula), (_, half) = metrics.precision()
    rates = {
        sp.Symbol("o", positive=True): sp.Rational(TP + FN, TN + FP),
        metrics.upright("TPR"): sp.Rational(TP, TP + FN),
        metrics.upright("FPR"): sp.Rational(FP, TN + FP),
    }
    assert formula.subs(rates) == sp.Rational(TP, TP + FP)
    rates[metrics.upright("FPR")] = half
    assert sp.simplify(formula.subs(rates).subs(rates)) == sp.Rational(1, 2)
