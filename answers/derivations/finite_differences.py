"""How wrong a finite difference is, and the step of least error, by SymPy."""

import sympy as sp

x, h, eps = sp.symbols("x h epsilon", positive=True)
f = sp.Function("f")


# --8<-- [start:truncation]
def truncation():
    """The first term that each difference quotient leaves out of its Taylor series."""
    one_sided = (f(x + h) - f(x)) / h
    centred = (f(x + h) - f(x - h)) / (2 * h)

    def error(quotient: sp.Expr, order: int) -> sp.Expr:
        return sp.series(quotient, h, 0, order).doit() - sp.diff(f(x), x)

    return [
        (r"\frac{f(x + h) - f(x)}{h} - f'(x)", error(one_sided, 2)),
        (r"\frac{f(x + h) - f(x - h)}{2h} - f'(x)", error(centred, 4)),
    ]


# --8<-- [end:truncation]


# --8<-- [start:best_step]
def best_step():
    """The h that minimises truncation + rounding, if f is known to ε |f|."""
    size, third = sp.symbols("|f| |f'''|", positive=True)
    error = h**2 * third / 6 + eps * size / h
    (step,) = sp.solve(sp.diff(error, h), h)
    return [("E(h)", error), (r"h_{\text{best}}^3", step**3)]


# --8<-- [end:best_step]
