"""PPO reaches the value that value iteration gives, and the record is what training gives."""

import numpy as np
import pytest

from answers.alignment.ppo_mdp import (
    CELLS,
    COLUMNS,
    EXIT,
    GAMMA,
    MINE,
    MOVES,
    ROWS,
    SLIP,
    best_values,
    rollout,
    train,
    values_of,
    world,
)
from answers.records.ppo import RATES, ROLLOUTS, SEEDS, WAYS, ends, recorded, run


def test_the_world_is_as_told():
    """Cell by cell, in words of rows and columns."""
    chances, rewards = world()
    assert chances.sum(axis=-1) == pytest.approx(1.0)
    assert rewards[MINE] == pytest.approx(0.2)
    assert rewards[EXIT] == pytest.approx(1.5)
    assert rewards.sum() == pytest.approx(5 * 1.7)
    for cell in range(CELLS):
        row, column = divmod(cell, COLUMNS)
        targets = []
        for down, right in MOVES:
            inside = 0 <= row + down < ROWS and 0 <= column + right < COLUMNS
            targets.append(cell + COLUMNS * down + right if inside else cell)
        for move, target in enumerate(targets):
            expected = np.zeros(CELLS + 1)
            for slipped in targets:
                expected[slipped] += SLIP / 5
            expected[target] += 1 - SLIP
            if cell == EXIT:
                expected = np.eye(CELLS + 1)[CELLS]
            assert chances[cell, move] == pytest.approx(expected)


def test_value_iteration_agrees_with_policy_iteration():
    chances, rewards = world()
    moves = np.zeros(CELLS, int)
    for _ in range(20):
        values = values_of(np.eye(5)[moves])
        moves = (rewards + GAMMA * chances[..., :CELLS] @ values).argmax(axis=1)
    assert best_values() == pytest.approx(values, abs=1e-10)


def test_rollouts_are_what_the_world_says():
    rng = np.random.default_rng(0)
    policy = np.full((CELLS, 5), 0.2)
    seen, now, ages = rollout(policy, rng.integers(CELLS, size=2000), np.zeros(2000, int), rng)
    chances, rewards = world()
    assert np.array_equal(seen.rewards, rewards[seen.cells, seen.moves])
    assert np.array_equal(seen.terminated, seen.after == CELLS)
    assert not (seen.terminated & seen.truncated).any()
    assert ages.max() < 5
    goes_on = ~(seen.terminated | seen.truncated)[:-1]
    assert np.array_equal(seen.after[:-1][goes_on], seen.cells[1:][goes_on])
    counts = np.zeros((CELLS, CELLS + 1))
    np.add.at(counts, (seen.cells, seen.after), 1)
    shares = counts / counts.sum(axis=1, keepdims=True)
    assert np.abs(shares - chances.mean(axis=1)).max() < 0.03
    assert now.max() < CELLS


@pytest.fixture(scope="module")
def trained():
    return train(SEEDS[0], 0.1, **WAYS["PPO, 4 epochs"])


def test_ppo_solves_its_world_to_the_known_value(trained):
    best = best_values()
    assert trained.curve[-1] == pytest.approx(best.mean(), rel=0.01)
    assert trained.curve.max() < best.mean()
    assert values_of(np.eye(5)[trained.policy.argmax(axis=1)]) == pytest.approx(best, rel=0.01)
    assert trained.critic == pytest.approx(best, abs=0.4)


def test_a_whole_run_is_as_recorded(trained):
    of = recorded()["ways"]["PPO, 4 epochs"]["0.1"][str(SEEDS[0])]
    assert trained.curve == pytest.approx(of["curve"], abs=2e-3)
    assert trained.ratio == pytest.approx(of["ratio"], rel=0.02)


@pytest.mark.parametrize("way", WAYS)
def test_the_first_rollouts_of_each_way_are_as_recorded(way):
    for rate, seed in ((0.1, 2), (1.0, 3)):
        of = recorded()["ways"][way][str(rate)][str(seed)]
        assert run(way, rate, seed, rollouts=3)["curve"] == pytest.approx(of["curve"][:4], abs=2e-3)


def test_the_record_holds_every_way_at_every_rate():
    found = recorded()
    assert found["best"] == pytest.approx(best_values().mean(), abs=1e-4)
    for way in WAYS:
        assert {*found["ways"][way]} == {*map(str, RATES)}
        for rate in RATES:
            assert len(ends(way, rate)) == len(SEEDS)
            curves = [each["curve"] for each in found["ways"][way][str(rate)].values()]
            assert {len(curve) for curve in curves} == {ROLLOUTS + 1}
            assert max(map(max, curves)) <= found["best"]
