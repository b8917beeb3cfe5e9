"""The gradient of GRPO's loss at a token, and the advantage of a right answer, by SymPy.

To check a line, one log-probability is changed a little, or answers are listed and counted.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import Mean, Partial, Var

# --8<-- [start:symbols]
G, T = sp.symbols("G T", integer=True, positive=True)  # answers, tokens
i, j, t, m = sp.symbols("i j t m", integer=True, positive=True)
new, old, w, A = map(sp.IndexedBase, ("n", "o", "w", "A"))
LOSS = sp.Symbol(r"\mathcal{L}")
# --8<-- [end:symbols]


# --8<-- [start:gradient]
def gradient() -> list[Line]:
    """Of the loss where nothing is clipped, at the log-probability of one token."""
    ratio = sp.exp(new[i, t] - old[i, t])
    loss = -sp.Sum(w[i, t] * A[i] * ratio, (t, 1, T), (i, 1, G))
    slope = select(sp.diff(loss, new[j, m]), (j, G), (m, T))
    return [
        Line(LOSS, loss, near_the_old_policy),
        Line(Partial(LOSS, new[j, m]), slope, near_the_old_policy),
    ]


# --8<-- [end:gradient]


def near_the_old_policy(rng, size):
    """Ratios between 0.9 and 1.1, and weights of the mean over answers of each one's mean."""
    shape = answers, tokens = size + 1, size + 2
    old = -rng.exponential(size=shape)
    mask = rng.random(shape) < 0.7
    mask[:, 0] = True
    a = rng.normal(size=answers)

    def loss(n):
        ratios = np.exp(n - old)
        means = [row[own].mean() for row, own in zip(ratios, mask, strict=True)]
        return -np.mean(a * means)

    place = {"j": rng.integers(1, answers + 1), "m": 1}
    return {
        **{"G": answers, "T": tokens, "A": a, "o": old, **place},
        **{"n": old + rng.uniform(-0.1, 0.1, shape), "mask": mask, LOSS.name: loss},
        "w": mask / (answers * mask.sum(axis=1, keepdims=True)),
    }


# --8<-- [start:right_answer]
def right_answer() -> list[Line]:
    """The advantages of a right and of a wrong answer, if a share p of the group is right."""
    p, r = sp.Symbol("p", positive=True), sp.Symbol("r")  # a column of rewards
    mean = p * 1 + (1 - p) * 0
    squares = p * (1 - mean) ** 2 + (1 - p) * (0 - mean) ** 2
    variance = p * sp.cancel(squares / p)
    right, wrong = ((each - mean) / sp.sqrt(variance) for each in (1, 0))
    return [
        Line(Mean(r), mean, group),
        Line(Var(r), variance, group),
        Line(sp.Symbol(r"A_{\text{right}}"), sp.simplify(right), group),
        Line(sp.Symbol(r"A_{\text{wrong}}"), sp.simplify(wrong), group),
    ]


# --8<-- [end:right_answer]


def group(rng, size):
    """Rewards, of right answers first."""
    answers = size + 3
    passes = int(rng.integers(1, answers))
    rewards = (np.arange(answers) < passes).astype(float)
    z = (rewards - passes / answers) / np.sqrt(passes * (answers - passes)) * answers
    return {
        **{"p": passes / answers, "r": rewards},
        r"A_{\text{right}}": lambda: z[0],
        r"A_{\text{wrong}}": lambda: z[-1],
    }
