"""The backward pass of attention for any sizes, derived by SymPy.

Indices run from 1: to n for queries, to m for keys, to d for the features of queries and keys,
to d_v for those of values. G is the gradient at the output O, P the weights, S the scores.
Each function returns the lines that a page shows. To check a line, one entry is changed a little:
how the loss ⟨G, O⟩ changes is measured.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.numerics import slope
from answers.derivations.operators import Partial

# --8<-- [start:symbols]
n, m, d, d_v = sp.symbols("n m d d_v", integer=True, positive=True)
i, j, l, c, r, s = sp.symbols("i j l c r s", integer=True, positive=True)
Q, K, V, G, P, S = map(sp.IndexedBase, ("Q", "K", "V", "G", "P", "S"))
# A dot marks the gradient of the loss with respect to what stands under it.
p_dot, s_dot = sp.IndexedBase("Pdot"), sp.IndexedBase("Sdot")
LOSS = sp.Symbol(r"\mathcal{L}")

# --8<-- [end:symbols]


# --8<-- [start:values]
def values(rng, size):
    """Attention of n queries to m keys; the gradients that the formulas take for given."""
    n, m, d = np.roll((2, 3, 4), size)
    q, k, v, g = (rng.normal(size=s) for s in ((n, d), (m, d), (m, size), (n, size)))
    s = q @ k.T / np.sqrt(d)
    last = {"i": n, "j": m, "l": min(d, size)}
    return {
        **{"n": n, "m": m, "d": d, "d_v": size, "Q": q, "K": k, "V": v, "G": g},
        **{"S": s, "P": weights(s), LOSS.name: loss},
        "Pdot": slopes(lambda p: loss(p, v, g), weights(s)),
        "Sdot": slopes(lambda s: loss(weights(s), v, g), s),
        **{name: rng.integers(1, size + 1) for name, size in last.items()},
    }


def weights(s):
    """Each row positive, with sum 1, and in the proportions of exp(s)."""
    powers = np.exp(s - s[:, :1])
    return powers / powers.sum(axis=1, keepdims=True)


def loss(P, V, G):
    return np.sum(G * (P @ V))


def slopes(f, x):
    """The derivative of f(x) with respect to every entry of x."""
    return np.reshape([slope(f, x, *place) for place in np.ndindex(x.shape)], x.shape)


# --8<-- [end:values]


# --8<-- [start:of_values]
def of_values() -> list[Line]:
    """L = Σ G O with O = P V: the gradients of one value and of one weight."""
    total = sp.Sum(G[r, c] * P[r, s] * V[s, c], (s, 1, m), (c, 1, d_v), (r, 1, n))
    by_v = select(sp.diff(total, V[j, l]), (j, m), (l, d_v))
    by_p = select(sp.diff(total, P[i, j]), (i, n), (j, m))
    return [
        Line(Partial(LOSS, V[j, l]), by_v, values),
        Line((p_dot[i, j], Partial(LOSS, P[i, j])), by_p, values),
    ]


# --8<-- [end:of_values]


# --8<-- [start:of_scores]
def of_scores() -> list[Line]:
    """Through the softmax of row i: the gradient of one score."""
    total = sp.Sum(sp.exp(S[i, s]), (s, 1, m))
    row = sp.Sum(p_dot[i, l] * sp.exp(S[i, l]), (l, 1, m)) / total
    by_s = select(sp.diff(row, S[i, j]), (j, m))
    # exp(S) / Σ exp(S) is P, and the sum over l that is left is Σ Ṗ P.
    mean = sp.Sum(p_dot[i, l] * P[i, l], (l, 1, m))
    sums = sp.Sum(p_dot[i, l] * sp.exp(S[i, l]), (l, 1, m))
    by_s = by_s.subs(sums, mean * total).subs(sp.exp(S[i, j]), P[i, j] * total)
    by_s = sp.collect(sp.expand(by_s), P[i, j])
    return [Line((s_dot[i, j], Partial(LOSS, S[i, j])), by_s, through_softmax)]


def through_softmax(rng, size):
    return values(rng, size) | {LOSS.name: lambda S, V, G: loss(weights(S), V, G)}


# --8<-- [end:of_scores]


# --8<-- [start:of_queries]
def of_queries_and_keys() -> list[Line]:
    """Through S = Q Kᵀ / √d: the gradients of one entry of a query and of a key."""
    score = sp.Sum(Q[r, c] * K[s, c], (c, 1, d)) / sp.sqrt(d)
    total = sp.Sum(s_dot[r, s] * score, (s, 1, m), (r, 1, n))
    by_q = select(sp.diff(total.doit(), Q[i, l]), (i, n), (l, d))
    by_k = select(sp.diff(total.doit(), K[j, l]), (j, m), (l, d))

    return [
        Line(Partial(LOSS, Q[i, l]), by_q, any_slopes),
        Line(Partial(LOSS, K[j, l]), by_k, any_slopes),
    ]


def any_slopes(rng, size):
    """A loss with any gradient at the scores: it need not come from a softmax."""
    drawn = values(rng, size)

    def any_loss(Q, K, Sdot):
        return np.sum(Sdot * (Q @ K.T / np.sqrt(Q.shape[1])))

    return drawn | {"Sdot": rng.normal(size=drawn["S"].shape), LOSS.name: any_loss}


# --8<-- [end:of_queries]
