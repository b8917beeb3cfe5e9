"""The recorded comparisons, begun again, and what the record must say of itself."""

import numpy as np
import pytest

from answers.classical.boosting import sigmoid
from answers.records import boosting as record
from answers.records.boosting import RATES, SEEDS, bias_and_variance, recorded, side_by_side


def test_the_first_rounds_are_as_recorded():
    found, kept = side_by_side(0, rounds=10), recorded()["table"]["0"]
    for shown, both in found.items():
        for name, losses in both.items():
            assert losses == pytest.approx(kept[shown][name], abs=1e-3)
    assert found["10"]["ours"][0] == pytest.approx(found["10"]["theirs"][0], abs=1e-9)


def test_one_half_loses_a_right_label_after_40_rounds():
    kept = recorded()["labels"]
    assert len(kept) == len(SEEDS)
    [worse] = [seed for seed, (early, late) in zip(SEEDS, kept, strict=True) if late < early]
    [found] = record.labels([worse])
    assert found == pytest.approx(kept[worse], abs=0.01)


def test_ties_alone_part_the_boosters():
    kept = recorded()["table"]
    assert {*kept} == {*map(str, SEEDS)}
    trained = [
        abs(np.subtract(*(run["100"][n][0] for n in ("ours", "theirs")))) for run in kept.values()
    ]
    assert np.median(trained) < 1e-6
    theirs = np.mean([run["100"]["theirs"][1] for run in kept.values()])
    assert np.mean(recorded()["shuffled"]) == pytest.approx(theirs, abs=0.01)


def test_bias_and_variance_of_draws_are_those_of_their_distribution():
    said = np.random.default_rng(0).normal(3.0, 2.0, size=(50, 4000))
    bias, variance = bias_and_variance(said, np.full(4000, 2.0))
    assert bias == pytest.approx(1, abs=0.05)
    assert variance == pytest.approx(4, abs=0.1)


def test_each_booster_has_its_best_rate_of_the_grid():
    for name, of in recorded()["errors"].items():
        if "boosted" in name:
            assert of["rate"] == min(RATES, key=lambda rate: of["tried"][str(rate)])
            assert [*of["tried"]] == [*map(str, RATES)]
    assert recorded()["rates"].keys() == {*map(str, RATES)}
    assert len(record.ways()) == len(recorded()["errors"])


def second_stumps(seed: int) -> tuple[list[float], list[float], list[float]]:
    """Feature and threshold: scikit-learn's histograms', then the best by G² / H and by counts."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 4))
    y = (rng.random(60) < sigmoid(2 * x[:, 0] + x[:, 1])).astype(int)
    model = record.their_histograms(255, rounds=2, depth=1, rate=1.0).fit(x, y)
    node = model._predictors[1][0].nodes[0]
    p = sigmoid(next(model.staged_decision_function(x)).ravel())
    found = [[float(node["feature_idx"]), float(node["num_threshold"])]]
    for weight in (p * (1 - p), np.ones(60)):
        tried = []
        for feature, column in enumerate(x.T):
            order = np.argsort(column)
            g, h = (y - p)[order].cumsum(), weight[order].cumsum()
            gain = g[:-1] ** 2 / h[:-1] + (g[-1] - g[:-1]) ** 2 / (h[-1] - h[:-1])
            cut = int(gain.argmax())
            tried.append((gain[cut], feature, column[order[cut : cut + 2]].mean()))
        found.append([*max(tried)[1:]])
    return tuple(found)


def test_histograms_split_by_the_second_derivative_too():
    tables = [second_stumps(seed) for seed in range(30)]
    assert all(theirs == pytest.approx(best) for theirs, best, _ in tables)
    assert not all(theirs == pytest.approx(best) for theirs, _, best in tables)


def test_255_bins_hold_every_threshold_of_250_rows():
    kept = recorded()["thresholds"]
    assert {*kept} == {"250", "284"}
    assert kept["284"]["255 bins"] == recorded()["bins"]["255 bins"]["loss"]
    train, _, y, _ = record.halves(0)
    model = record.their_histograms(255, rounds=1).fit(train[:250], y[:250])
    values = [np.unique(column) for column in train[:250].T]
    for found, distinct in zip(model._bin_mapper.bin_thresholds_, values, strict=True):
        assert found == pytest.approx((distinct[1:] + distinct[:-1]) / 2)
