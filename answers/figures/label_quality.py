"""Figures for the search for wrong labels."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.labels.noisy_digits import (
    digits,
    flip_labels,
    one_way_flips,
    record_training,
    uniform_flips,
)
from answers.labels.training_dynamics import training_dynamics


# --8<-- [start:training_map]
def training_map() -> Figure:
    """Every twelfth digit by how a network takes to its label in 20 epochs. Random errors
    stand apart at the lower left; errors made the same way every time are partly learned.

    Two scatter plots of confidence against variability. Left, with one label in five wrong
    at random: the wrong ones lie in the lower left corner, nearly all below 0.25 in both,
    and most right ones above a confidence of 0.5. Right, with 40% of the labels of four
    digits wrong in one way: the wrong ones lie in the middle, around a confidence of 0.4
    and among right ones, and the other right ones lead from there up to the left.
    """
    images, truth = digits()
    figure, panels = plt.subplots(1, 2, sharey=True, figsize=(5.5, 3.6))
    noises = {"20% at random": uniform_flips(0.2), "40% one way": one_way_flips(0.4)}
    for axes, (title, transition) in zip(panels, noises.items(), strict=True):
        rng = np.random.default_rng(13)
        labels = flip_labels(truth, transition, rng)
        found = training_dynamics(record_training(images, labels, rng), labels)
        wrong, shown = labels != truth, np.arange(len(labels)) % 12 == 0
        for which, name, marker in (
            (~wrong, "right label", "o"),
            (wrong, "wrong", "x"),
        ):
            these = which & shown
            axes.scatter(
                found.variability[these],
                found.confidence[these],
                s=10,
                marker=marker,
                linewidths=1,
                label=name,
            )
        axes.set(title=title, xlabel="variability", xlim=(0, 0.48), ylim=(0, 1))
        axes.set_xticks([0, 0.2, 0.4])
    panels[0].set(ylabel="confidence in the label")
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2
    )
    return figure


# --8<-- [end:training_map]
