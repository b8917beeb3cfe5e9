"""The bounds of the loss of a right or wrong example, each step checked by SymPy.

`p` are the probabilities of the K classes, of which the last, number K, is the true
one; `q` is its probability. Each function returns equations for `aligned` to print.
"""

import sympy as sp

# --8<-- [start:symbols]
K, k = sp.symbols("K k", integer=True, positive=True)
i, j = sp.symbols("i j", integer=True, positive=True)
p, d = sp.IndexedBase("p"), sp.IndexedBase("d")
q, eps, t, u = sp.symbols("p_y epsilon t d", positive=True)


def total(term: sp.Expr, first: sp.Expr, last: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (i, first, last))


def same(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    """`left`, once SymPy has shown that it equals `right`."""
    difference = sp.expand((left - right).doit())
    if sp.simplify(difference) != 0:
        raise ValueError(f"{left} is not {right}: they differ by {difference}")
    return left


# --8<-- [end:symbols]


# --8<-- [start:right]
def right():
    """K p_y - 1 is a sum of K - 1 leads, each positive for a right example."""
    others = total(p[i], 1, K - 1)
    # All probabilities sum to 1.
    one = q + others
    leads = total(q - p[i], 1, K - 1)
    same(leads, K * q - one)
    return [(r"K p_y - 1", leads), (r"-\log p_y\,\big|_{p_y = 1/K}", at(1 / K))]


# --8<-- [end:right]


def at(probability: sp.Expr) -> sp.Expr:
    """The loss at this probability, simplified."""
    return sp.expand_log(-sp.log(probability), force=True)


# --8<-- [start:margins]
def margins():
    """The loss by its margins d_i = z_y - z_i, its slope, and its ends.

    The derivative by one margin is minus the probability of that class, written with
    the sum over the others left as it is; then all margins are set to one d.
    """
    rest = total(sp.exp(-d[i]), 1, K - 1)
    loss = sp.log(1 + rest)
    # One term of the sum depends on d_j, where j is one of the K - 1.
    s = sp.Symbol("s", positive=True)  # the other terms
    slope = sp.diff(sp.log(1 + s + sp.exp(-d[j])), d[j])
    slope = slope.subs(s, rest - sp.exp(-d[j]))
    equal = sp.log(1 + (K - 1) * sp.exp(-u))
    same(loss.replace(d[i], u).doit(), equal)
    return [
        (r"-\log p_y", loss),
        (r"\frac{\partial}{\partial d_j}(-\log p_y)", slope),
        (r"\text{all margins}\to 0:\quad -\log p_y", sp.limit(equal, u, 0, "+")),
        (r"\text{all margins}\to\infty:\quad -\log p_y", sp.limit(equal, u, sp.oo)),
    ]


# --8<-- [end:margins]


# --8<-- [start:wrong]
def wrong():
    """1 - (k + 1) p_y is the leads of k winners and the rest, all of them positive.

    For plain accuracy k is 1. The construction gives k winners 1/(k + 1) + ε/k each and
    the true class 1/(k + 1) - ε.
    """
    winners, others = total(p[i], 1, k), total(p[i], k + 1, K - 1)
    one = q + winners + others
    leads = total(p[i] - q, 1, k)
    same(leads + others, one - (k + 1) * q)
    winner, true = 1 / (k + 1) + eps / k, 1 / (k + 1) - eps
    same(k * winner + true, sp.Integer(1))
    same(winner - true, eps * (1 + 1 / k))
    limit = sp.limit(-sp.log(true), eps, 0, "+")
    return [
        (r"1 - (k + 1)\,p_y", leads + others),
        (r"\lim_{\varepsilon\to 0^+} -\log p_y", sp.expand_log(limit, force=True)),
    ]


# --8<-- [end:wrong]


# --8<-- [start:second]
def second():
    """Second of two: the loss of p_y = ε has no bound, and it equals any target."""
    target = sp.Symbol("L", positive=True)
    (needed,) = sp.solve(sp.Eq(-sp.log(q), target), q)
    return [
        (r"\lim_{\varepsilon\to 0^+} -\log\varepsilon", sp.limit(-sp.log(eps), eps, 0)),
        (r"-\log p_y = L:\quad p_y", needed),
    ]


# --8<-- [end:second]


# --8<-- [start:threshold]
def threshold():
    """The loss falls in p for a positive, and rises for a negative: the ends suffice."""
    x = sp.Symbol("p", positive=True)
    positive, negative = -sp.log(x), -sp.log(1 - x)
    return [
        (r"\frac{d}{dp}(-\log p)", sp.diff(positive, x)),
        (r"\frac{d}{dp}(-\log(1 - p))", same(1 / (1 - x), sp.diff(negative, x))),
        (r"p\to 1,\ p\to t:\quad -\log p", pair(positive, x, 1, t)),
        (r"p\to 0,\ p\to t:\quad -\log(1 - p)", pair(negative, x, 0, t)),
    ]


def pair(loss: sp.Expr, x: sp.Symbol, first: sp.Expr, last: sp.Expr) -> str:
    ends = (sp.latex(loss.subs(x, end)) for end in (first, last))
    return r",\ ".join(ends)


# --8<-- [end:threshold]


# --8<-- [start:confidence]
def confidence():
    """With a winner at c: 1 - c is shared by the true class and K - 2 others.

    The true class gets the least when each of the others has c, the most it may have.
    """
    c = sp.Symbol("c", positive=True)
    least = 1 - c - (K - 2) * c
    (edge,) = sp.solve(sp.Eq(least, 0), c)
    return [
        (r"\min p_y", sp.collect(sp.expand(least), c)),
        (r"\min p_y = 0:\quad c", edge),
    ]


# --8<-- [end:confidence]
