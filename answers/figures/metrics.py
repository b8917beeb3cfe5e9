"""Figures for accuracy and other metrics."""

from statistics import NormalDist

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.labels.binormal import binormal, two_models
from answers.labels.metrics import (
    average_precision,
    precision_recall_curve,
    roc_auc,
    roc_curve,
)
from answers.labels.model_comparison import cost_curve, cost_threshold


# --8<-- [start:roc_and_precision_recall]
def roc_and_precision_recall() -> Figure:
    """The same scores for each class, and 1 or 100 negatives for each positive. The ROC
    curve cannot tell the two apart; precision can.

    Two square panels. Left, the ROC curve: both cases draw one line, far above the
    diagonal, with an area of 0.85. Right, precision against recall: with as many
    negatives as positives it stays above 0.5 and starts near 1; with 100 negatives for
    each positive it falls from the left corner to under 0.1 before recall reaches 0.5.
    """
    separation = 2**0.5 * NormalDist().inv_cdf(0.85)
    figure, (left, right) = plt.subplots(1, 2, figsize=(5.5, 3.1))
    cases = {1: {"linewidth": 5, "alpha": 0.4}, 100: {"linestyle": "--"}}
    for times, style in cases.items():
        truth, scores = binormal(200, 200 * times, separation)
        x, y, _ = roc_curve(truth, scores)
        # One point for each positive.
        turns = np.append(np.diff(y, prepend=-1)[:-1] > 0, True)
        left.plot(x[turns], y[turns], label=f"1 : {times}", **style)
        precision, recall, _ = precision_recall_curve(truth, scores)
        turns = np.diff(recall, prepend=0) > 0
        average = hundredths(average_precision(truth, scores))
        right.plot(recall[turns], precision[turns], label=f"AP {average}", **style)
    left.plot([0, 1], [0, 1], ":", color="C2", linewidth=1)
    left.set(xlabel="false positive rate", ylabel="true positive rate")
    right.set(xlabel="recall", ylabel="precision", ylim=(-0.05, 1.05))
    area = f"area {hundredths(roc_auc(truth, scores))}"
    left.legend(title=area, loc="lower right", handlelength=1.5)
    right.legend(loc="center", bbox_to_anchor=(0.6, 0.4), handlelength=1.5)
    for axes in (left, right):
        axes.set(xticks=[0, 0.5, 1], yticks=[0, 0.5, 1], aspect="equal")
    return figure


def hundredths(share: float) -> str:
    """As .85: a 0 in front would be taken for a coordinate, and rounded."""
    return f"{share:.2f}".lstrip("0")


# --8<-- [end:roc_and_precision_recall]


# --8<-- [start:cost_by_threshold]
def cost_by_threshold() -> Figure:
    """What models A and B cost at each threshold when a miss costs five false alarms.
    At 0.5 and at its best, B is cheaper. A, which is calibrated, is cheapest near 1/6.

    Expected cost for each example against the threshold from 0 to 1. A falls from 0.8 to
    0.4 near a threshold of 1/6 and climbs to 1, where nothing is called positive. B falls
    more slowly to 0.32 at a threshold near 0.45, and climbs to 1 as well. At 0.5, A costs
    0.60 and B 0.32.
    """
    truth, *models = two_models()
    costs = np.array([[0, 1], [5, 0]])
    figure, axes = plt.subplots()
    for probabilities, name, style in zip(models, "AB", ("-", "--"), strict=True):
        thresholds, cost = cost_curve(truth, probabilities, costs)
        line = axes.plot(thresholds[1::8], cost[1::8], style, label=name)
        at = cost[thresholds >= 0.5][-1]
        axes.plot(0.5, at, "o", color=line[0].get_color())
    best = cost_threshold(costs)
    axes.axvline(best, color="C2", linestyle=":", linewidth=1.5)
    axes.text(best + 0.01, 0.93, "1/6", color="C2")
    axes.set(xlabel="threshold", ylabel="expected cost", xlim=(0, 1), ylim=(0.2, 1.02))
    axes.legend(loc="lower right")
    return figure


# --8<-- [end:cost_by_threshold]
