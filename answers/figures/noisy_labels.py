"""Figures for noisy labels."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.figures import AXIS
from answers.labels.calibration import fit_temperature, reliability
from answers.labels.crowd import (
    crowd_votes,
    documents,
    fit_words,
    mixed_recall,
    word_logits,
)
from answers.labels.dawid_skene import dawid_skene
from answers.probability.softmax import softmax


# --8<-- [start:annotator_skill]
def annotator_skill() -> Figure:
    """The recall of 20 annotators for both classes: true, and estimated without the truth.

    Estimate against truth, with a diagonal. Most points lie near it. Experts stand at the top
    right; spammers near one half on both axes; each of three annotators who
    lean to 1 has one point at the top right and one at the bottom left.
    """
    rng = np.random.default_rng(12)
    recall = mixed_recall(rng)
    votes = crowd_votes(rng, rng.integers(0, 2, 1500), recall, per_item=5)
    estimate = dawid_skene(votes, iterations=300).confusion
    figure, axes = plt.subplots(figsize=(5.5, 4.4))
    axes.plot([0.2, 1], [0.2, 1], color=AXIS, linewidth=1)
    groups = {
        "experts": (0, 3),
        "others": (3, 12),
        "spammers": (12, 17),
        "lean to 1": (17, 20),
    }
    for (name, (first, last)), marker, colour in zip(
        groups.items(), "^osD", ("C0", "C0", "C1", "C2"), strict=True
    ):
        true = recall[first:last].ravel()
        found = np.diagonal(estimate[first:last], axis1=1, axis2=2).ravel()
        axes.plot(true, found, marker, color=colour, label=name, alpha=0.8)
    axes.set(xlabel="true recall", ylabel="estimated recall", xlim=(0.2, 1.02))
    axes.set(ylim=(0.2, 1.02))
    axes.legend(loc="upper left")
    return figure


# --8<-- [end:annotator_skill]


# --8<-- [start:reliability_diagram]
def reliability_diagram() -> Figure:
    """Accuracy against confidence, in bins of equal width, before and after one temperature is
    fitted on other texts.

    Confidence from 0.5 to 1 on the horizontal axis, accuracy on the vertical one, and a
    diagonal. Before scaling the line runs well below the diagonal. After it, the line
    follows the diagonal.
    """
    rng = np.random.default_rng(5)
    counts, truth = documents(rng, 300)
    w = fit_words(counts, np.eye(2)[truth], penalty=0.3)
    held_out, held_out_truth = documents(rng, 500)
    test, test_truth = documents(rng, 4000)
    t = fit_temperature(word_logits(held_out, w), held_out_truth)
    logits = word_logits(test, w)
    figure, axes = plt.subplots(figsize=(5.5, 4))
    axes.plot([0.5, 1], [0.5, 1], color=AXIS, linewidth=1)
    for scale, style, name in ((1, "o-", "as trained"), (t, "s--", f"T = {t:.1f}")):
        count, confidence, accuracy = reliability(
            softmax(logits / scale), test_truth, 20
        )
        many = count >= 50
        axes.plot(confidence[many], accuracy[many], style, label=name)
    axes.set(xlabel="confidence", ylabel="accuracy")
    axes.legend(loc="upper left")
    return figure


# --8<-- [end:reliability_diagram]
