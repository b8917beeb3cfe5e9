"""Figures for PPO."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.alignment.ppo import ppo_loss
from answers.figures import AXIS
from answers.records.ppo import mean_curve, recorded


# --8<-- [start:clipped_gradients]
def clipped_gradients() -> Figure:
    """The gradient of one step's clipped loss by its log-probability, at a clip of 0.2. It is 0
    beyond the edge to which the advantage pushes the ratio, and on that side alone.

    Two lines over the ratio. For an advantage of 1 the gradient is minus the ratio up to 1.2, and 0
    beyond. For an advantage of -1 it is 0 below 0.8, and the ratio from there on, also beyond 1.2.
    """
    figure, axes = plt.subplots()
    ratios = np.linspace(0.01, 2, 400)
    for advantage, style in ((1.0, "-"), (-1.0, "--")):
        given = np.zeros(400), np.full(400, advantage)
        slopes = 400 * ppo_loss(np.log(ratios), *given, 0.2)[1]  # of one step alone
        axes.plot(ratios, slopes, style, label=f"advantage {advantage:+.0f}")
    for edge in (0.8, 1.2):
        axes.axvline(edge, color=AXIS, linewidth=1)
    axes.set(xlabel="ratio, new over old", ylabel="gradient", xlim=(0, 2))
    axes.legend()
    return figure


# --8<-- [end:clipped_gradients]


# --8<-- [start:ppo_values]
def ppo_values() -> Figure:
    """The policy's exact value after each rollout, at a rate of 0.1: means over five seeds. PPO
    reaches the best value. With the cut counted as an end, in 4 epochs, it stays below.

    Three curves over 100 rollouts, from 0.96. PPO with 16 epochs is at 3.1 after 20 rollouts, and
    ends at the best value, a horizontal line at 3.2. Without a clip it ends at 2.8. With the cut
    counted as an end, in 4 epochs, it ends at 1.5.
    """
    figure, axes = plt.subplots()
    names = {
        "PPO, 16 epochs": "PPO, 16 epochs",
        "no clip, 16 epochs": "no clip, 16 epochs",
        "cut counted as end, 4 epochs": "cut as end, 4 epochs",
    }
    for (way, name), style in zip(names.items(), ("-", "--", ":"), strict=True):
        axes.plot(mean_curve(way, 0.1), style, label=name)
    axes.axhline(recorded()["best"], color=AXIS, linewidth=1)
    axes.set(xlabel="rollouts of 1,024 steps", ylabel="mean value", ylim=(0.8, 3.4))
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.28))
    return figure


# --8<-- [end:ppo_values]
