"""Derivations by SymPy: what a page shows as a formula is what these modules print."""

import sympy as sp
from sympy.printing.latex import LatexPrinter

from answers.derivations.witness import Line, complaint

__all__ = ["Line", "aligned", "latex", "select"]


# --8<-- [start:aligned]
def aligned(*lines: Line) -> str:
    """LaTeX of the lines of a derivation, aligned at their equals signs.

    What is shown is the object that was proved.

    Raises:
        TypeError: Something is no `Line`: nothing says what it means.
        ValueError: A formula is not what its name means, or does not follow by its rule.
    """
    for line in lines:
        if not isinstance(line, Line):
            raise TypeError(
                f"{line!r} is no Line; give it a name, a formula and values, so that it "
                "can be proved."
            )
    if wrong := complaint(lines):
        raise ValueError(f"not shown, since {wrong}")
    shown = " \\\\[0.5em]\n".join(map(equation, lines))
    return f"\\begin{{aligned}}\n{shown}\n\\end{{aligned}}"


# --8<-- [end:aligned]


def equation(line: Line) -> str:
    words = line.rule.__name__.replace("_", " ") if line.rule else ""
    rule = rf" && \quad \text{{{words}}}" if words else ""
    left, right = (" = ".join(map(latex, side)) for side in (line.names, line.sides))
    left = "" if line.goes_on else left
    return f"{left} &= {right}{rule}"


DIGITS = frozenset("0123456789")


class Printer(LatexPrinter):
    """SymPy's LaTeX, with indices and indicators written as people write them."""

    def _print_Symbol(self, expr, **options):  # noqa: N802 (upright TP, kept apart)
        word = len(expr.name) > 1 and expr.name.isupper() and expr.name.isalpha()
        return rf"\mathrm{{{expr.name}}}\," if word else super()._print_Symbol(expr)

    def _print_Indexed(self, expr):  # noqa: N802 (z_{i}, not {z}_{i})
        indices = list(map(self._print, expr.indices))
        between = "" if all(each in DIGITS for each in indices) else ","
        return f"{self._print(expr.base)}_{{{between.join(indices)}}}"

    def _print_AppliedUndef(self, expr, exp=None):  # noqa: N802 (f(x + h), not f(h + x))
        if len(expr.args) > 1:
            return self._print_Function(expr, exp)
        inside = Printer({"order": "rev-lex"}).doprint(expr.args[0])
        name = self._print(sp.Symbol(expr.func.__name__))
        return rf"{name}{{\left({inside} \right)}}"

    def _print_Derivative(self, expr):  # noqa: N802 (f''(x))
        f, (_, times) = expr.args
        return self._print(f).replace(r"{\left", "'" * int(times) + r"{\left", 1)

    def _print_Identity(self, expr):  # noqa: N802 (SymPy looks for it)
        return "I"

    def _as_ordered_terms(self, expr, order=None):
        """1 - x, not -x + 1; words come last."""
        terms = list(super()._as_ordered_terms(expr, order=order))
        first = next((t for t in terms if not self.negative(t)), terms[0])
        terms.remove(first)
        return sorted(
            [first, *terms], key=lambda t: self._print(t).startswith(r"\text")
        )

    def negative(self, term):
        return self._print(term).removeprefix(r"\frac{").startswith("-")

    def _print_KroneckerDelta(self, expr, exp=None):  # noqa: N802 (SymPy looks for it)
        left, right = map(self._print, expr.args)
        return rf"\left[{left} = {right}\right]"

    def _print_Heaviside(self, expr, exp=None):  # noqa: N802
        return rf"\left[{self._print(expr.args[0])} > 0\right]"


def latex(part: sp.Basic) -> str:
    """`part` as LaTeX."""
    return Printer({"order": "lex"}).doprint(part).replace(r"\epsilon", r"\varepsilon")


# --8<-- [start:select]
def select(expression: sp.Expr, *sizes: tuple[sp.Symbol, sp.Symbol]) -> sp.Expr:
    """Evaluate sums with a Kronecker delta, told that index ≤ size for each pair.

    Indices are positive symbols, so that they are known to be at least 1.

    SymPy's derivative of Σ_i f(i) with respect to z_j is Σ_i f'(i) δ_ij: it is not told
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
    """The same finite sum, with the indices that a delta picks summed first.

    Raises:
        ValueError: A limit holds another index, so that the order matters.
    """
    indices = {limit[0] for limit in double.limits}
    if any(indices & sp.Tuple(*limit[1:]).free_symbols for limit in double.limits):
        raise ValueError(f"a limit of {double} holds an index; evaluate that sum first")
    deltas = double.function.atoms(sp.KroneckerDelta)
    limits = sorted(
        double.limits, key=lambda limit: all(limit[0] not in d.args for d in deltas)
    )
    return sp.Sum(double.function, *limits)


# --8<-- [end:select]
