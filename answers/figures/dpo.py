"""The figure of DPO."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.alignment.dpo import best_policy, dpo_loss
from answers.figures import AXIS
from answers.probability.divergence import kl_divergence
from answers.probability.softmax import log_softmax

REFERENCE = np.log([0.4, 0.3, 0.15, 0.1, 0.05])
REWARDS = np.array([0.0, 1.0, -1.0, 2.0, 1.6])
SHOWN = [0, 1, 3, 10, 30, 300]


def kl_and_reward(p: np.ndarray) -> tuple[float, float]:
    """A policy's KL divergence from the reference, and its mean reward."""
    return kl_divergence(p, np.exp(REFERENCE)), p @ REWARDS


def path(beta: float) -> np.ndarray:
    """A policy a row: the reference, then one step of DPO after the other."""
    win, lose = np.nonzero(~np.eye(5, dtype=bool))
    often = 1 / (1 + np.exp(REWARDS[lose] - REWARDS[win]))
    logits, found = REFERENCE.copy(), []
    for _ in range(SHOWN[-1] + 1):
        log_p = log_softmax(logits)
        found.append(np.exp(log_p))
        given = log_p[win], log_p[lose], REFERENCE[win], REFERENCE[lose]
        _, dchosen, drejected = dpo_loss(*given, beta)
        slope = np.bincount(win, often * dchosen) + np.bincount(lose, often * drejected)
        logits = logits - 5 / beta**2 * slope
    return np.array(found)


# --8<-- [start:dpo_paths]
def dpo_paths() -> Figure:
    """DPO for three β after 0, 1, 3, 10, 30 and 300 steps of size 5/β², beside the best reward at
    each KL. Each run stays within 0.001 of the curve, and ends at the point of its β.

    One curve over the KL, of the best policies: from a reward of 0.43 at a KL of 0 to 2.0 at 2.3.
    Dots on it, of DPO from pairs of the five answers, end at 0.82 for β = 2, at 1.62 for β = 0.5
    and at 1.96 for β = 0.2.
    """
    figure, axes = plt.subplots()
    best = [
        best_policy(REFERENCE, REWARDS, beta) for beta in np.geomspace(1e3, 0.1, 200)
    ]
    axes.plot(
        *np.transpose([kl_and_reward(p) for p in best]),
        color=AXIS,
        label="best policies",
    )
    for beta, marker in ((0.2, "s"), (0.5, "o"), (2.0, "^")):
        way = np.transpose([kl_and_reward(p) for p in path(beta)[SHOWN]])
        axes.plot(*way, marker, label=f"DPO, β = {beta:g}")
    axes.set(xlabel="KL from the reference (nats)", ylabel="mean reward")
    axes.legend(loc="lower right")
    return figure


# --8<-- [end:dpo_paths]
