"""The recorded comparisons, begun again, and what the record must say of itself."""

import numpy as np
import pytest

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
