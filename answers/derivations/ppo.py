"""Generalized advantage estimation of three steps and the policy's gradient, by SymPy.

To check a line, advantages of one, two and three steps are weighted as their paper defines it, or
a logit is changed a little: how the loss changes is measured.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import At, Partial
from answers.derivations.softmax import chances

# --8<-- [start:symbols]
gamma, lam = sp.symbols("gamma lamda", positive=True)  # SymPy spells lambda so
r, V, A = sp.IndexedBase("r"), sp.IndexedBase("V"), sp.IndexedBase("A")
delta = sp.IndexedBase("delta")
a, i, j, K = sp.symbols("a i j K", integer=True, positive=True)
z, p = sp.IndexedBase("z"), sp.IndexedBase("p")
old, advantage = sp.symbols(r"p_{\text{old}} A")
LOSS = sp.Symbol(r"\mathcal{L}")
# --8<-- [end:symbols]


# --8<-- [start:advantages]
def advantages() -> list[Line]:
    """Of the first of three steps, from the last back; then with lambda at 0 and at 1."""
    found = 0
    for t in (3, 2, 1):
        found = delta[t] + gamma * lam * found
    deltas = {delta[t]: r[t] + gamma * V[t + 1] - V[t] for t in (1, 2, 3)}
    of_rewards = sp.expand(found.subs(deltas))
    return [
        Line(delta[1], deltas[delta[1]], three_steps),
        Line(A[1], found, three_steps),
        *(
            Line(
                At(A[1], (lam, end)), sp.expand(of_rewards.subs(lam, end)), three_steps
            )
            for end in (0, 1)
        ),
    ]


# --8<-- [end:advantages]


def three_steps(rng, _):
    """Rewards, and values of four states; the advantage is a mean of advantages of n steps."""

    def of_n_steps(r, V, gamma, n):
        return sum(gamma**k * r[k] for k in range(n)) + gamma**n * V[n] - V[0]

    def weighted(r, V, gamma, lamda):
        one, two, three = (of_n_steps(r, V, gamma, n) for n in (1, 2, 3))
        return np.array([(1 - lamda) * (one + lamda * two) + lamda**2 * three])

    drawn = {"r": rng.normal(size=3), "V": rng.normal(size=4)}
    drawn |= {"gamma": rng.uniform(0.5, 1), "lamda": rng.uniform(0.2, 0.9)}
    return drawn | {
        "A": weighted,
        "delta": lambda r, V, gamma: r + gamma * V[1:] - V[:-1],
    }


# --8<-- [start:gradient]
def gradient() -> list[Line]:
    """Of one step where no clip binds: the ratio times the advantage, by each logit."""
    total = sp.Sum(sp.exp(z[i]), (i, 1, K))
    loss = -advantage * sp.exp(z[a]) / total / old
    slope = select(sp.diff(loss, z[j]), (j, K))
    in_p = (
        sp.expand(slope)
        .subs(sp.exp(z[j]), p[j] * total)
        .subs(sp.exp(z[a]), p[a] * total)
    )
    return [
        Line(LOSS, -advantage * p[a] / old, of_a_step),
        Line(Partial(LOSS, z[j]), sp.factor(in_p), of_a_step),
    ]


# --8<-- [end:gradient]


def of_a_step(rng, size):
    """Logits, the move that was taken, its old chance and its advantage."""
    drawn = {"K": size, "a": rng.integers(1, size + 1), "j": rng.integers(1, size + 1)}
    drawn |= {"z": rng.normal(size=size), "p": chances, str(old): rng.uniform(0.1, 0.9)}
    drawn[str(advantage)] = rng.normal()
    move, before, weight = drawn["a"] - 1, drawn[str(old)], drawn[str(advantage)]
    return drawn | {LOSS.name: lambda z: -chances(z)[move] / before * weight}
