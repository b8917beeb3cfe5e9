"""Derivations by SymPy: what a page shows as a formula is what these modules print."""

import sympy as sp
from sympy.printing.latex import LatexPrinter


# --8<-- [start:aligned]
def aligned(*equations: tuple) -> str:
    """LaTeX of equations, one a line, aligned at their equals signs.

    Args:
        equations: A left side and its right sides, each a SymPy expression, or LaTeX
            for what SymPy has no name for.
    """
    lines = (" &= ".join(map(latex, (left, right))) for left, right in equations)
    return "\\begin{aligned}\n" + " \\\\[0.5em]\n".join(lines) + "\n\\end{aligned}"


# --8<-- [end:aligned]


class Printer(LatexPrinter):
    """SymPy's LaTeX, with indices and indicators written as one writes them."""

    def _print_Indexed(self, expr):  # noqa: N802 (z_{i}, not {z}_{i})
        return (
            f"{self._print(expr.base)}_{{{','.join(map(self._print, expr.indices))}}}"
        )

    def _print_KroneckerDelta(self, expr, exp=None):  # noqa: N802 (SymPy looks for it)
        left, right = map(self._print, expr.args)
        return rf"\left[{left} = {right}\right]"

    def _print_Heaviside(self, expr, exp=None):  # noqa: N802
        return rf"\left[{self._print(expr.args[0])} > 0\right]"


def latex(part: sp.Basic | str) -> str:
    """`part` as LaTeX, in an order of terms that does not start with a minus."""
    if isinstance(part, str):
        return part
    orders = (Printer({"order": order}).doprint(part) for order in ("lex", "rev-lex"))
    text = min(orders, key=lambda text: text.removeprefix(r"\frac{").startswith("-"))
    return text.replace(r"\epsilon", r"\varepsilon")


# --8<-- [start:select]
def select(expression: sp.Expr, *sizes: tuple[sp.Symbol, sp.Symbol]) -> sp.Expr:
    """Evaluate sums with a Kronecker delta, told that 1 ≤ index ≤ size for each pair.

    SymPy differentiates Σ_i f(i) by z_j to Σ_i f'(i) δ_ij and stops: it is not told
    that j is one of the i. Given that, the sum is f'(j).
    """
    within = sp.And(*(sp.Q.le(index, size) for index, size in sizes))
    before = None
    # From the innermost sum outwards.
    while expression != before:
        before = expression
        expression = before.replace(
            has_delta, lambda s: sp.refine(delta_first(s).doit(), within)
        )
    return expression


def has_delta(e: sp.Basic) -> bool:
    return isinstance(e, sp.Sum) and e.has(sp.KroneckerDelta)


def delta_first(double: sp.Sum) -> sp.Sum:
    """The same finite sum, the indices that a delta picks summed first."""
    deltas = double.function.atoms(sp.KroneckerDelta)
    limits = sorted(
        double.limits, key=lambda limit: all(limit[0] not in d.args for d in deltas)
    )
    return sp.Sum(double.function, *limits)


# --8<-- [end:select]
