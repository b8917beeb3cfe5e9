"""The recorded starts of k-means, some run again."""

import numpy as np
import pytest

from answers.records.k_means import SEEDS, SETS, STARTS, best, groups, recorded, run


def test_some_runs_are_as_recorded():
    runs = recorded()["runs"]
    for name in ("iris, k = 3", "25 groups, k = 25"):
        for start in STARTS:
            for seed in (0, 7):
                assert run(name, start, seed) == pytest.approx(runs[name][start][seed], rel=1e-3)
    begin, end = run("digits, k = 10", "k-means++", 0)
    told, ended = runs["digits, k = 10"]["k-means++"][0]
    assert begin == pytest.approx(told, rel=1e-6)
    assert end == pytest.approx(ended, rel=0.05)


def test_every_start_was_run_from_every_seed_and_went_down():
    for name in SETS:
        for start in STARTS:
            runs = np.array(recorded()["runs"][name][start])
            assert len(runs) == len(SEEDS)
            assert (runs[:, 1] <= runs[:, 0]).all()
            assert runs[:, 1].min() >= best(name)


def test_the_groups_are_equal_and_apart():
    points = groups().reshape(25, 40, 2)
    spread = points.std(axis=1).mean()
    centres = points.mean(axis=1)
    gaps = np.linalg.norm(centres[:, None] - centres, axis=2) + 1e9 * np.eye(25)
    assert gaps.min() > 8 * spread
