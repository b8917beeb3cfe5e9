"""Figures for LoRA."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from answers.records.lora import FIRST, RATES, recorded


# --8<-- [start:learning_and_forgetting]
def learning_and_forgetting() -> Figure:
    """Two losses of the guide's GPT after training on Python, at five learning rates a way.
    Further left, more is learned. Further down, less is forgotten.

    Three curves of five points. At a loss of 2.2 on Moby-Dick, all weights reach 1.7 on Python,
    and LoRA of rank 8 reaches 2. LoRA in attention alone reaches 2.3 at best, at 2 on Moby-Dick.
    At the largest rates all curves turn to the upper right.
    """
    figure, axes = plt.subplots()
    names = {"all weights": "all weights", FIRST: "LoRA, r = 8"}
    names["LoRA, r = 21, attention only"] = "LoRA, attention only"
    for (way, name), marker in zip(names.items(), "os^", strict=True):
        runs = [recorded()["ways"][way]["tuning"][str(rate)] for rate in RATES]
        python, moby_dick = (
            [run[text] for run in runs] for text in ("python", "moby_dick")
        )
        axes.plot(python, moby_dick, marker=marker, label=name)
    axes.set(xlabel="loss on Python, to be learned", ylabel="loss on Moby-Dick, known")
    axes.set(ylim=(1.7, 3.9))  # room for the legend
    axes.legend()
    return figure


# --8<-- [end:learning_and_forgetting]
