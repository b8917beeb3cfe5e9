"""The derived formulas of the metrics are what the answers compute."""

import math

import numpy as np
import pytest

from answers.derivations import metrics
from answers.derivations.witness import number
from answers.labels.metrics import confusion_counts, precision_recall_f1
from answers.labels.model_comparison import (
    cost_threshold,
    paired_sample_size,
    unpaired_sample_size,
)

TRUTH = np.array([1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0])
PREDICTED = np.array([1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0])
NAMES = [symbol.name for symbol in (metrics.TN, metrics.FP, metrics.FN, metrics.TP)]
COUNTS = dict(zip(NAMES, confusion_counts(TRUTH, PREDICTED), strict=True))


def test_f1_in_counts_is_the_f1_of_the_answers():
    (line,) = metrics.f1()
    assert metrics.TN not in line.formula.free_symbols
    expected = precision_recall_f1(TRUTH, PREDICTED)[2]
    assert number(line.formula, COUNTS) == pytest.approx(expected, rel=1e-14)


def test_the_sample_size_in_symbols_is_that_of_the_function():
    *_, size = metrics.gap()
    both, only_a, only_b = 0.77, 0.08, 0.05
    unpaired = 0.85 * 0.15 + 0.82 * 0.18
    paired = only_a + only_b - (only_a - only_b) ** 2
    assert both + only_a == pytest.approx(0.85)
    n = number(size.formula, {"z": 1.959963984540054, "V": unpaired, "Delta": 0.03})
    assert math.ceil(n) == unpaired_sample_size(0.85, 0.82, power=0.5)
    assert paired_sample_size(0.03, 0.13) > n * paired / unpaired


def test_the_threshold_in_costs_is_that_of_the_function():
    costs = np.array([[-0.5, 1.25], [7.0, 0.25]])
    general, simple = metrics.threshold()
    for line, each in ((general, costs), (simple, costs * [[0, 1], [1, 0]])):
        values = dict(zip(("C_TN", "C_FP", "C_FN", "C_TP"), each.ravel(), strict=True))
        assert number(line.formula, values) == pytest.approx(cost_threshold(each))
