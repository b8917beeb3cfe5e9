"""The metrics of scores beside scikit-learn, on a million of them."""

import numpy as np
import pytest
import sklearn.metrics

from answers.labels.metrics import average_precision, roc_auc
from answers.labels.model_comparison import mcnemar


def million(prevalence, decimals):
    rng = np.random.default_rng(0)
    truth = (rng.random(1_000_000) < prevalence).astype(int)
    return truth, (rng.normal(size=1_000_000) + truth).round(decimals)


@pytest.mark.parametrize("decimals", [15, 2], ids=["distinct", "ties"])
@pytest.mark.parametrize("prevalence", [0.5, 0.02])
def test_roc_auc_of_a_million_scores(race, prevalence, decimals):
    truth, scores = million(prevalence, decimals)
    peer = lambda: sklearn.metrics.roc_auc_score(truth, scores)  # noqa: E731
    race(lambda: roc_auc(truth, scores), 7, peer, "scikit-learn", ratio=0.8)


@pytest.mark.parametrize("decimals", [15, 2], ids=["distinct", "ties"])
def test_average_precision_of_a_million_scores(race, decimals):
    truth, scores = million(0.1, decimals)
    peer = lambda: sklearn.metrics.average_precision_score(truth, scores)  # noqa: E731
    race(lambda: average_precision(truth, scores), 7, peer, "scikit-learn", ratio=1)


def test_mcnemar_of_a_million_examples(race):
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 1_000_000)) < [[0.85], [0.82]]
    race(lambda: mcnemar(a, b), 20)
