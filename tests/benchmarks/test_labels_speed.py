"""A million votes: Dawid and Skene's model beside crowd-kit, kappa beside statsmodels."""

import numpy as np
import pandas as pd
import pytest
from crowdkit.aggregation import DawidSkene
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from answers.labels.annotation import Votes, fleiss_kappa
from answers.labels.dawid_skene import dawid_skene

VOTES, ITEMS, ANNOTATORS = 1_000_000, 100_000, 5000


@pytest.fixture(scope="module")
def votes():
    """Binary votes in no order; every item has one at least."""
    rng = np.random.default_rng(0)
    item = np.concatenate([np.arange(ITEMS), rng.integers(0, ITEMS, VOTES - ITEMS)])
    item = rng.permutation(item)
    annotator = rng.integers(0, ANNOTATORS, VOTES)
    truth = rng.integers(0, 2, ITEMS)
    right = rng.random(VOTES) < rng.uniform(0.5, 0.95, ANNOTATORS)[annotator]
    return Votes(item, annotator, np.where(right, truth[item], 1 - truth[item]), 2)


@pytest.mark.filterwarnings("ignore")
def test_ten_iterations_of_dawid_skene_beside_crowd_kit(race, votes):
    columns = {"task": votes.item, "worker": votes.annotator, "label": votes.label}
    frame = pd.DataFrame(columns)

    def peer():
        return DawidSkene(n_iter=10, tol=-np.inf).fit_predict_proba(frame)

    def ours():
        return dawid_skene(votes, 10, tolerance=0).posterior

    gap = abs(ours() - peer().sort_index()[[0, 1]].to_numpy()).max()
    assert gap < 1e-8
    race(ours, 5, peer, "crowd-kit", ratio=1 / 8)


def test_fleiss_kappa_of_a_million_items_beside_statsmodels(race):
    counts = np.random.default_rng(0).multinomial(5, [0.6, 0.3, 0.1], size=1_000_000)
    assert abs(fleiss_kappa(counts) - statsmodels_fleiss(counts)) < 1e-10
    race(
        lambda: fleiss_kappa(counts),
        20,
        lambda: statsmodels_fleiss(counts),
        "statsmodels",
        ratio=1,
    )
