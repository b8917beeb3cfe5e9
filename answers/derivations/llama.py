"""SwiGLU's width and slope, and the base that stretches a rotary context, by SymPy.

Each function returns the lines that a page shows. To check a line, weights are counted row by row,
or a number is sought at which two sides are equal.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import Root, Slope

# --8<-- [start:symbols]
d, f, size, b, s, stretched = sp.symbols("d f d_h b s b'", positive=True)
z, sigma = sp.symbols("z sigma", real=True)
# --8<-- [end:symbols]


# --8<-- [start:width]
def width() -> list[Line]:
    """The hidden width at which three matrices hold as much as two of width 4 d."""
    two, three = sp.symbols(r"N_{\text{GELU}} N_{\text{SwiGLU}}")
    plain, gated = d * 4 * d + 4 * d * d, d * f + d * f + f * d
    (equal,) = sp.solve(sp.Eq(plain, gated), f)
    return [
        Line(two, plain, layer),
        Line(three, gated, layer),
        Line(Root(f, three, two), equal, layer),
    ]


# --8<-- [end:width]


def layer(rng, size):
    """As many rows of weights as a layer's matrices have on the side of the residual stream."""
    width, hidden = rng.integers(2, 9, 2)
    return {
        **{"d": width, "f": hidden},
        r"N_{\text{GELU}}": lambda d: np.full((2, d), 4 * d).sum(),
        r"N_{\text{SwiGLU}}": lambda d, f: np.full((3, d), f).sum(),
    }


# --8<-- [start:swish]
def swish() -> list[Line]:
    """The slope of z times its sigmoid."""
    plain = z / (1 + sp.exp(-z))
    slope = sp.diff(plain, z).subs(sp.exp(-z), 1 / sigma - 1)
    inside = sp.collect(sp.expand(sp.simplify(slope / sigma)), z)
    return [Line(Slope(z * sigma, z), sigma * inside, gate)]


# --8<-- [end:swish]


def gate(rng, _):
    """The sigmoid by the hyperbolic tangent."""
    return {"z": rng.uniform(-3, 3), "sigma": lambda z: (1 + np.tanh(z / 2)) / 2}


# --8<-- [start:base]
def base() -> list[Line]:
    """The base at which the last of a head's pairs is slower by s; the first has speed 1 at any."""
    omega = sp.Function("omega")
    slowest = b ** ((2 - size) / size)
    (equal,) = sp.solve(sp.Eq(slowest.subs(b, stretched), slowest / s), stretched)
    equal = sp.powsimp(sp.expand_power_base(equal, force=True))
    last = omega(stretched, size), omega(b, size) / s
    return [
        Line(omega(b, size), slowest, head),
        Line(Root(stretched, *last), equal, head),
    ]


# --8<-- [end:base]


def head(rng, size):
    """The last of d/2 speeds, whose logarithms fall evenly from 0 for the first."""

    def last(base, d):
        return np.exp(np.log(base) * np.interp(1, [0, d / 2], [-1, 0]))

    drawn = {"b": rng.uniform(2, 9), "s": rng.uniform(1, 3), "b'": 9.0}
    return {"d_h": 2 * size, "omega": last} | drawn
