"""The backward pass of attention for any sizes, derived by SymPy.

Queries count 1 to n, keys 1 to m, features of queries and keys 1 to d, of values 1 to D.
G is the gradient at the output, P the weights, S the scores.
Each function returns equations, (left side, right side), for `aligned` to print.
"""

import sympy as sp

from answers.derivations import select

# --8<-- [start:symbols]
n, m, d, D = sp.symbols("n m d D", integer=True, positive=True)
i, j, l, c, r, s = sp.symbols("i j l c r s", integer=True, positive=True)  # noqa: E741
Q, K, V, G, P, S = map(sp.IndexedBase, ("Q", "K", "V", "G", "P", "S"))
# A dot marks the gradient of the loss by what stands under it.
p_dot, s_dot = sp.IndexedBase(r"\dot P"), sp.IndexedBase(r"\dot S")

# --8<-- [end:symbols]


# --8<-- [start:of_values]
def of_values():
    """L = Σ G O with O = P V: the gradient by one value, and by one weight."""
    loss = sp.Sum(G[r, c] * P[r, s] * V[s, c], (s, 1, m), (c, 1, D), (r, 1, n))
    by_v = select(sp.diff(loss, V[j, l]), (j, m), (l, D))
    by_p = select(sp.diff(loss, P[i, j]), (i, n), (j, m))
    return [
        (r"\frac{\partial \mathcal{L}}{\partial V_{j,l}}", by_v),
        (r"\dot P_{i,j} = \frac{\partial \mathcal{L}}{\partial P_{i,j}}", by_p),
    ]


# --8<-- [end:of_values]


# --8<-- [start:of_scores]
def of_scores():
    """Through the softmax of row i: the gradient by one score."""
    total = sp.Sum(sp.exp(S[i, s]), (s, 1, m))
    row = sp.Sum(p_dot[i, l] * sp.exp(S[i, l]), (l, 1, m)) / total
    slope = select(sp.diff(row, S[i, j]), (j, m))
    # exp(S) / Σ exp(S) is P, and the sum over l that is left is Σ Ṗ P.
    mean = sp.Sum(p_dot[i, l] * P[i, l], (l, 1, m))
    sums = sp.Sum(p_dot[i, l] * sp.exp(S[i, l]), (l, 1, m))
    slope = slope.subs(sums, mean * total).subs(sp.exp(S[i, j]), P[i, j] * total)
    return [
        (
            r"\dot S_{i,j} = \frac{\partial \mathcal{L}}{\partial S_{i,j}}",
            sp.collect(sp.expand(slope), P[i, j]),
        )
    ]


# --8<-- [end:of_scores]


# --8<-- [start:of_queries]
def of_queries_and_keys():
    """Through S = Q Kᵀ / √d: the gradients by one entry of a query and of a key."""
    score = sp.Sum(Q[r, c] * K[s, c], (c, 1, d)) / sp.sqrt(d)
    loss = sp.Sum(s_dot[r, s] * score, (s, 1, m), (r, 1, n))
    by_q = select(sp.diff(loss.doit(), Q[i, l]), (i, n), (l, d))
    by_k = select(sp.diff(loss.doit(), K[j, l]), (j, m), (l, d))
    return [
        (r"\frac{\partial \mathcal{L}}{\partial Q_{i,l}}", by_q),
        (r"\frac{\partial \mathcal{L}}{\partial K_{j,l}}", by_k),
    ]


# --8<-- [end:of_queries]
