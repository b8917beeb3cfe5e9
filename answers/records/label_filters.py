"""The table of question 13: what confident learning and a vote of neighbours find and flag.

It is measured whenever it is made, in some 15 s, and rounded to 5%: rounding differs between
processors and may turn a flag or two.
"""

import functools

import numpy as np

from answers.labels.label_quality import confident_margin, find_label_issues
from answers.labels.neighbour_vote import neighbour_vote
from answers.labels.noisy_digits import (
    digits,
    flip_labels,
    lookalike_flips,
    one_way_flips,
    out_of_fold,
    uniform_flips,
)

SEEDS = 13, 14


# --8<-- [start:measure]
def draws(images, truth):
    """Two draws of each noise."""

    def flipped(transition):
        return [
            flip_labels(truth, transition, np.random.default_rng(seed))
            for seed in SEEDS
        ]

    return {
        "20% at random": flipped(uniform_flips(0.2)),
        "40% of four digits,<br>one way": flipped(one_way_flips(0.4)),
        "the 40% most<br>like the other": [
            lookalike_flips(images, truth, 0.4, seed) for seed in SEEDS
        ],
    }


@functools.cache
def hard_examples() -> dict[str, np.ndarray]:
    """Which digits are hard, as models have it that were trained on true labels, out of fold."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.svm import SVC

    images, truth = digits()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    weak = out_of_fold(images, truth, fit=1)[np.arange(len(truth)), truth]
    return {
        "doubted by a weak model": weak < 0.5,
        "misread by the model": out_of_fold(images, truth).argmax(axis=1) != truth,
        "misread by an RBF-SVM": cross_val_predict(SVC(), images, truth, cv=folds)
        != truth,
        "all": truth >= 0,
    }


@functools.cache
def measure() -> dict[str, dict[str, tuple[float, ...]]]:
    """By noise and row of the table, the shares; both filters get the same labels."""
    images, truth = digits()
    found = {}
    for noise, drawn in draws(images, truth).items():
        rows = {}
        for labels in drawn:
            judges = {
                "model": out_of_fold(images, labels),
                "10 neighbours": neighbour_vote(images, labels, 10),
            }
            for row, shares in of_draw(labels, labels != truth, judges).items():
                rows.setdefault(row, []).append(shares)
        found[noise] = {row: tuple(np.mean(of, axis=0)) for row, of in rows.items()}
    return found


def of_draw(labels, wrong, judges) -> dict[str, list[float]]:
    """The rows of one draw: what is found among as many as are wrong, lowest first; precision
    and recall of the flags; and the shares of the hard right labels that are flagged."""
    rows, every = {}, np.arange(len(labels))
    for judge, p in judges.items():
        for way, score in (
            ("p(label)", p[every, labels]),
            ("margin less thresholds", confident_margin(p, labels)),
        ):
            first = np.argsort(score, kind="stable")[: wrong.sum()]
            rows[f"{judge}: {way}"] = [wrong[first].mean()]
    votes = judges["10 neighbours"]
    flags = {
        "confident learning": find_label_issues(judges["model"], labels),
        # Not argmax: at a tie it takes the lower digit, and one-way errors go to higher ones.
        "vote of 10 neighbours": votes.max(axis=1) > votes[every, labels],
    }
    for name, flagged in flags.items():
        rows[name] = [wrong[flagged].mean(), flagged[wrong].mean()]
        rows[f"{name}: hard"] = [
            flagged[hard & ~wrong].mean() for hard in hard_examples().values()
        ]
    return rows


# --8<-- [end:measure]


def to_5(share: float) -> str:
    return f"{5 * round(20 * share)}"


def table() -> str:
    """The table in Markdown, in percent."""
    found = measure()
    named = (
        "**found**, looking at as many as are wrong",
        *(
            f"{judge}: {way}"
            for judge in ("model", "10 neighbours")
            for way in ("p(label)", "margin less thresholds")
        ),
        "**flagged**: precision, recall",
        "confident learning",
        "vote of 10 neighbours",
    )
    lines = ["| Noise | " + " | ".join(found) + " |", "|---" * (1 + len(found)) + "|"]
    for name in named:
        cells = [", ".join(map(to_5, rows.get(name, ()))) for rows in found.values()]
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return "\n".join(lines)
