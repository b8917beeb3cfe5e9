"""What rounding to b bits costs, and from which batch on arithmetic decides, by SymPy.

Each function returns the lines that a page shows. To check a line, many numbers are rounded, or
times added up.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import NODES, WEIGHTS
from answers.derivations.operators import Mean, Root, Var

# --8<-- [start:rounding]
s, b, crest = sp.symbols("s b c", positive=True)  # scale, bits, max|w| / rms(w)
e = sp.Symbol("e", real=True)

# An error is as likely anywhere between -s/2 and s/2.
mean = sp.integrate(e / s, (e, -s / 2, s / 2))
variance = sp.integrate(e**2 / s, (e, -s / 2, s / 2))
# With rms(w) = 1 the maximum is c, and the scale spreads it over 2^(b-1) - 1 codes.
relative_error = sp.sqrt(variance).subs(s, crest / (2 ** (b - 1) - 1))


class Norm(sp.Expr):
    """The length of a vector; v - w and w - v have the same."""

    is_commutative = True

    def __new__(cls, vector):
        turned = vector.could_extract_minus_sign()
        return super().__new__(cls, -vector if turned else vector)

    def _latex(self, printer):
        (vector,) = self.args  # of a difference, what SymPy sorts last comes first
        return rf"\lVert {printer.doprint(-vector if vector.is_Add else vector)} \rVert"

    def as_number(self, vector):
        return np.linalg.norm(vector)


def rounding() -> list[Line]:
    """Mean and variance of a rounding error, and its size relative to the numbers."""
    w, rounded = sp.symbols(r"w \hat{w}")
    return [
        Line(Mean(e), mean, between_codes),
        Line(Var(e), variance, between_codes),
        Line(Norm(w - rounded) / Norm(w), sp.powsimp(relative_error), many_numbers),
    ]


def between_codes(rng, _):
    """Errors of numbers that are spread evenly between two codes, 0 and s."""
    s, half = rng.uniform(0.5, 2), (NODES + 1) / 4  # up to where it is rounded to s
    e = s * np.concatenate([half, -half])
    return {"s": s, "e": e, "weights": np.tile(WEIGHTS, 2)}


def many_numbers(rng, _):
    """Numbers anywhere between the codes -2^(b-1) + 1 and 2^(b-1) - 1, and rounded."""
    b, s = rng.integers(2, 9), rng.uniform(0.5, 2)
    last = sum(1 for code in range(2**b) if code > 2**b - code)  # each has its negative
    between = (np.arange(4000) + 0.5) / 4000
    w = s * (rng.integers(-last, last, 4000) + between)
    crest = s * last / np.sqrt(np.mean(w**2))
    return {"b": b, "c": crest, "w": w, r"\hat{w}": s * np.round(w / s)}


# --8<-- [end:rounding]


# --8<-- [start:ridge]
def ridge() -> list[Line]:
    """The batch at which the products of a decoding step take as long as the weights."""
    batch, params, weight = sp.symbols("B P k", positive=True)  # k: bytes of a weight
    peak, bandwidth = sp.symbols("F W", positive=True)  # FLOPs and bytes a second
    arithmetic, memory = 2 * params * batch / peak, params * weight / bandwidth
    (where,) = sp.solve(sp.Eq(arithmetic, memory), batch)

    times = sp.symbols(r"t_{\text{arithmetic}} t_{\text{memory}}")
    return [
        Line(times[0], arithmetic, machine),
        Line(times[1], memory, machine),
        Line(Root(batch, *times), where, machine),
    ]


def multiplying(B, P, F):
    """Each weight is multiplied with each example's number, and the product added."""
    operations = sum(1 + 1 for _ in range(int(P)))
    return operations * (B / F)


def reading(P, k, W):
    """All weights pass once, however large the batch is."""
    return np.full(int(P), k).sum() / W


def machine(rng, _):
    parameters, drawn = rng.integers(2, 9), rng.uniform(0.5, 2, 4)
    times = {r"t_{\text{arithmetic}}": multiplying, r"t_{\text{memory}}": reading}
    return {"P": parameters, **dict(zip("BkFW", drawn, strict=True)), **times}


# --8<-- [end:ridge]


# --8<-- [start:speculation]
def speculation() -> list[Line]:
    """The expected tokens of a pass that checks n drafted ones, each accepted with chance a."""
    a, k = sp.Symbol("a", positive=True), sp.Symbol("k", integer=True)
    n = sp.Symbol("n", integer=True, nonnegative=True)
    total = sp.summation(a**k, (k, 0, n))
    geometric = next(
        value for value, condition in total.args if condition != sp.Eq(a, 1)
    )

    tokens = Mean(sp.Symbol(r"\text{tokens}"))
    return [Line((tokens, sp.Sum(a**k, (k, 0, n))), geometric, drafts)]


def drafts(rng, _):
    """One token more than are accepted before the first refusal."""
    a, n = rng.uniform(0.1, 0.9), rng.integers(1, 6)
    stops = [a**accepted * (1 - a) for accepted in range(n)] + [a**n]
    return {
        "a": a,
        "n": n,
        r"\text{tokens}": np.arange(1, n + 2),
        "weights": np.array(stops),
    }


# --8<-- [end:speculation]
