"""Figures for GRPO."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.records.grpo import BETAS, SEEDS, STEPS, recorded


# --8<-- [start:reward_and_loss]
def reward_and_loss() -> Figure:
    """Mean reward and printed loss of the guide's GPT while GRPO trains it, by step.

    Means over two seeds and ten steps each. Without KL the reward rises from below 0.1 to 0.99, and
    the printed loss stays at 0. With KL the reward stops near 0.6, and the loss rises to 0.025 and
    ends at 0.022.
    """
    figure, axes = plt.subplots(1, 2, sharex=True)
    steps = np.arange(5, STEPS, 10)
    for beta, style in zip(BETAS, "-:", strict=True):
        runs = recorded()["runs"][str(beta)]
        for part, name in zip(axes, ("reward", "loss"), strict=True):
            curves = [[ten[name] for ten in runs[str(seed)]["tens"]] for seed in SEEDS]
            part.plot(steps, np.mean(curves, axis=0), style, label=f"β = {beta:g}")
            part.set(xlabel="step", ylabel=name)
    axes[0].legend()
    return figure


# --8<-- [end:reward_and_loss]
