"""What rounding to b bits costs, and from which batch on arithmetic decides, by SymPy.

Each function returns equations, (left side, right side), for `aligned` to print.
"""

import sympy as sp

# --8<-- [start:rounding]
s, b, crest = sp.symbols("s b c", positive=True)  # scale, bits, max|w| / rms(w)
e = sp.Symbol("e", real=True)

# An error is as likely anywhere between -s/2 and s/2.
mean = sp.integrate(e / s, (e, -s / 2, s / 2))
variance = sp.integrate(e**2 / s, (e, -s / 2, s / 2))
# With rms(w) = 1 the maximum is c, and the scale spreads it over 2^(b-1) - 1 codes.
relative_error = sp.sqrt(variance).subs(s, crest / (2 ** (b - 1) - 1))


def rounding():
    """Mean and variance of a rounding error, and its size relative to the numbers."""
    return [
        (r"\mathbb{E}[e]", mean),
        (r"\operatorname{Var}[e]", variance),
        (r"\frac{\lVert w - \hat w\rVert}{\lVert w\rVert}", sp.powsimp(relative_error)),
    ]


# --8<-- [end:rounding]


# --8<-- [start:ridge]
def ridge():
    """The batch at which the products of a decoding step take as long as the weights."""
    batch, params, weight = sp.symbols("B P w", positive=True)  # w: bytes of a weight
    peak, bandwidth = sp.symbols("F W", positive=True)  # FLOPs and bytes a second
    arithmetic, memory = 2 * params * batch / peak, params * weight / bandwidth
    (where,) = sp.solve(sp.Eq(arithmetic, memory), batch)
    return [
        (r"t_{\text{arithmetic}}", arithmetic),
        (r"t_{\text{memory}}", memory),
        (r"B_{\text{ridge}}", where),
    ]


# --8<-- [end:ridge]


# --8<-- [start:speculation]
def speculation():
    """The expected tokens of a pass that checks n drafted ones, accepted with chance a."""
    a, k = sp.Symbol("a", positive=True), sp.Symbol("k", integer=True)
    n = sp.Symbol("n", integer=True, nonnegative=True)
    total = sp.summation(a**k, (k, 0, n))
    geometric = next(
        value for value, condition in total.args if condition != sp.Eq(a, 1)
    )
    return [(r"1 + a + \dots + a^n", geometric)]


# --8<-- [end:speculation]
