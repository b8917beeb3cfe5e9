"""PPO on a world of twelve cells whose best value is known: trained, and solved exactly.

In each cell one can stay or step to a side. A step begun in the mine pays 0.2, also if one stays;
leaving by the exit pays 1.5, once. With probability 0.1 a move drawn at random is made instead.
Episodes begin in any cell and are cut off after five steps, but what counts is the value of a life
without such a limit.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from answers.alignment.advantages import gae
from answers.alignment.ppo import ppo_loss, value_loss
from answers.probability.softmax import log_softmax, softmax
from answers.training.optimizers import adam_step

ROWS, COLUMNS, GAMMA, LAM, SLIP = 3, 4, 0.95, 0.95, 0.1
CELLS, MINE, EXIT = ROWS * COLUMNS, 8, 2  # the end has the number CELLS
MOVES = np.array([(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)])
ENVS, STEPS, LIMIT = 64, 16, 5
FREE = 1e9  # a clip that never binds


# --8<-- [start:world]
def world() -> tuple[
    Float[ndarray, "cells moves cells_and_end"], Float[ndarray, "cells moves"]
]:
    """Chances of each next cell, the end last, and what each move pays.

    Returns:
        (chances, rewards): by cell and move.

    Example:
        >>> chances, rewards = world()
        >>> float(chances[EXIT, 0, CELLS]), float(rewards[MINE, 0])
        (1.0, 0.2)
    """
    places = np.stack(np.divmod(np.arange(CELLS), COLUMNS), axis=-1)
    targets = np.clip(places[:, None] + MOVES, 0, (ROWS - 1, COLUMNS - 1))
    targets = targets @ (COLUMNS, 1)
    targets[EXIT] = CELLS
    meant = np.eye(CELLS + 1)[targets]
    rewards = np.zeros((CELLS, len(MOVES)))
    rewards[MINE], rewards[EXIT] = 0.2, 1.5
    return (1 - SLIP) * meant + SLIP * meant.mean(axis=1, keepdims=True), rewards


# --8<-- [end:world]


# --8<-- [start:solve]
def best_values() -> Float[ndarray, " cells"]:
    """The best values by value iteration: each cell takes its best move, again and again.

    Example:
        >>> float(best_values()[EXIT])
        1.5
    """
    (chances, rewards), values, before = world(), np.zeros(CELLS), None
    while before is None or np.abs(values - before).max() > 1e-12:
        before = values
        values = (rewards + GAMMA * chances[..., :CELLS] @ values).max(axis=1)
    return values


def values_of(policy: Float[ndarray, "cells moves"]) -> Float[ndarray, " cells"]:
    """The exact values of a policy: V = r + gamma P V, solved as linear equations."""
    chances, rewards = world()
    step = np.einsum("cm,cmd->cd", policy, chances[..., :CELLS])
    return np.linalg.solve(np.eye(CELLS) - GAMMA * step, (policy * rewards).sum(axis=1))


# --8<-- [end:solve]


@dataclass
class Rollout:
    """What happened: one row a step, one column an environment."""

    cells: ndarray
    moves: ndarray
    rewards: ndarray
    after: ndarray
    terminated: ndarray
    truncated: ndarray


def drawn(chances: ndarray, rng: np.random.Generator) -> ndarray:
    """One index for each row of chances."""
    return (rng.random((len(chances), 1)) > chances.cumsum(axis=1)[:, :-1]).sum(axis=1)


# --8<-- [start:rollout]
def rollout(
    policy: ndarray, now: ndarray, ages: ndarray, rng: np.random.Generator
) -> tuple[Rollout, ndarray, ndarray]:
    """Steps of all environments, then where each stands, and for how many steps it has run."""
    (chances, rewards), seen = world(), []
    for _ in range(STEPS):
        moves = drawn(policy[now], rng)
        after, ages = drawn(chances[now, moves], rng), ages + 1
        terminated = after == CELLS
        truncated = ~terminated & (ages == LIMIT)
        seen.append((now, moves, rewards[now, moves], after, terminated, truncated))
        over, anew = (
            terminated | truncated,
            rng.integers(CELLS, size=len(now), dtype=int),
        )
        now, ages = np.where(over, anew, after), np.where(over, 0, ages)
    return Rollout(*map(np.array, zip(*seen, strict=True))), now, ages


# --8<-- [end:rollout]


# --8<-- [start:estimates]
def estimates(
    seen: Rollout, critic: ndarray, cut_is_end: bool
) -> tuple[ndarray, ndarray, ndarray]:
    """The critic's old values, its targets, and advantages of mean 0 and deviation 1."""
    values, next_values = critic[seen.cells], np.append(critic, 0)[seen.after]
    ends, cuts = seen.terminated, seen.truncated
    if cut_is_end:
        ends, cuts = ends | cuts, np.zeros_like(cuts)
    advantages = gae(seen.rewards, values, next_values, ends, cuts, GAMMA, LAM)
    scaled = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    return values, advantages + values, scaled


# --8<-- [end:estimates]


@dataclass
class Trained:
    """How training went.

    Attributes:
        curve: The policy's exact value, a mean over cells, before training and after each rollout.
        policy: Chances of the moves in each cell.
        critic: Its value of each cell.
        ratio: The largest after any rollout's last epoch.
        flat: The share of steps without gradient in the last epoch, a mean over rollouts.
    """

    curve: ndarray
    policy: ndarray
    critic: ndarray
    ratio: float
    flat: float


# --8<-- [start:train]
def train(
    seed: int,
    rate: float,
    epochs: int,
    clip: float = 0.2,
    value_clip: float = FREE,
    cut_is_end: bool = False,
    rollouts: int = 100,
) -> Trained:
    """PPO with a table of logits and one of values; an epoch is one step of Adam on a rollout."""
    rng, count, ratios, flats = np.random.default_rng(seed), 0, [], []
    tables = [np.zeros((CELLS, len(MOVES))), np.zeros((CELLS, 1))]
    moments = [[np.zeros_like(table)] * 2 for table in tables]
    now, ages = rng.integers(CELLS, size=ENVS, dtype=int), np.zeros(ENVS, int)
    curve = [values_of(softmax(tables[0])).mean()]
    for _ in range(rollouts):
        seen, now, ages = rollout(softmax(tables[0]), now, ages, rng)
        taken = seen.cells, seen.moves
        values, targets, advantages = estimates(seen, tables[1][:, 0], cut_is_end)
        old = log_softmax(tables[0])[taken]
        for _ in range(epochs):
            count += 1
            new = log_softmax(tables[0])[taken]
            _, dnew = ppo_loss(new, old, advantages, clip)
            now_values = tables[1][seen.cells, 0]
            _, dvalues = value_loss(now_values, values, targets, value_clip)
            gradients = [np.zeros_like(table) for table in tables]
            np.add.at(gradients[0], taken, dnew)  # by log-softmax: one-hot less policy
            per_cell = np.bincount(seen.cells.ravel(), dnew.ravel(), CELLS)
            gradients[0] -= per_cell[:, None] * softmax(tables[0])
            np.add.at(gradients[1], (seen.cells, 0), dvalues)
            for i, gradient in enumerate(gradients):
                stepped = adam_step(tables[i], gradient, *moments[i], count, rate)
                tables[i], *moments[i] = stepped
        ratios.append(np.exp(log_softmax(tables[0])[taken] - old).max())
        flats.append(np.mean(dnew == 0))
        curve.append(values_of(softmax(tables[0])).mean())
    final = softmax(tables[0]), tables[1][:, 0]
    return Trained(np.array(curve), *final, float(max(ratios)), float(np.mean(flats)))


# --8<-- [end:train]
