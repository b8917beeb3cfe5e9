"""Left sides as objects: each prints its LaTeX, and computes its number by definition.

What stands for a symbol in them is drawn by the `values` of a line: a number, an array, or the
function that defines the symbol.
"""

from collections.abc import Callable, Iterator

import numpy as np
import sympy as sp
from sympy.printing.precedence import PRECEDENCE

from answers.derivations.numerics import limit, root_near, slope
from answers.derivations.witness import number


class Operator(sp.Expr):
    """Something that is done to its first argument."""

    is_commutative = True
    precedence = PRECEDENCE["Mul"]

    def __new__(cls, *args):
        return super().__new__(cls, *map(sp.sympify, args))

    def _sympystr(self, printer):
        return f"{type(self).__name__}({', '.join(map(printer.doprint, self.args))})"

    def latex_of_parts(self, printer) -> list[str]:
        """A sum stands between parentheses, since signs stand before it."""
        e, *others = self.args
        return [
            printer.parenthesize(e, self.precedence, strict=True),
            *map(printer.doprint, others),
        ]

    def sort_key(self, order=None):
        """It stands where a symbol of this name would."""
        return sp.Symbol(sp.latex(self).lstrip("\\")).sort_key()

    def others(self) -> Iterator[sp.Expr]:
        """The expressions that a slip may put in this place."""
        yield self.args[0]


def moved(e: sp.Expr, x: sp.Basic, values: dict) -> Callable:
    """The number of `e` as a function of what stands for a symbol or an entry."""

    def of_entry(at):
        array = np.array(values[str(x.base)], dtype=float)
        array[tuple(int(number(index, values)) - 1 for index in x.indices)] = at
        return number(e, values | {str(x.base): array})

    return of_entry if x.is_Indexed else lambda at: number(e, values | {str(x): at})


class Partial(Operator):
    """The derivative with respect to a symbol or an entry."""

    letter = r"\partial"

    def __new__(cls, e, x):
        if not isinstance(x, sp.Symbol | sp.Indexed):
            raise TypeError(f"{x} is no symbol or entry")
        return super().__new__(cls, e, x)

    def _latex(self, printer):
        e, x = self.latex_of_parts(printer)
        name = isinstance(self.args[0], sp.Symbol | sp.Indexed)
        above, after = (f" {e}", "") if name else ("", e)
        return rf"\frac{{{self.letter}{above}}}{{{self.letter} {x}}}{after}"

    def by_definition(self, values):
        e, x = self.args
        return slope(moved(e, x, values), number(x, values))


class Slope(Partial):
    """The derivative of what depends on nothing else."""

    letter = "d"


class Hessian(Operator):
    """The second derivatives with respect to several symbols."""

    def _latex(self, printer):
        e, *symbols = self.latex_of_parts(printer)
        return rf"\nabla^{{2}}_{{{', '.join(symbols)}}} {e}"

    def by_definition(self, values):
        e, *symbols = self.args
        rows = [[Partial(Partial(e, x), other) for x in symbols] for other in symbols]
        return np.array([[number(entry, values) for entry in row] for row in rows])


class Limit(Operator):
    """Where e goes as a symbol goes to a point."""

    def _latex(self, printer):
        e, x, point = self.latex_of_parts(printer)
        return rf"\lim_{{{x} \to {point}}} {e}"

    def by_definition(self, values):
        e, x, point = self.args
        start, f = values[str(x)], moved(e, x, values)
        if point is sp.oo:
            return limit(lambda n: f(start + n))
        end = number(point, values)
        return limit(lambda n: f(end + (start - end) / 2**n))

    def others(self):
        e, x, point = self.args
        yield e
        ends = {sp.S.Zero, sp.S.Half, sp.oo} - {point}
        yield from (Limit(e, x, end) for end in ends)


class At(Operator):
    """e where symbols have given values."""

    def __new__(cls, e, *given):
        return super().__new__(cls, e, *(sp.Tuple(*pair) for pair in given))

    def _latex(self, printer):
        e, *given = self.args
        pairs = (" = ".join(map(printer.doprint, pair)) for pair in given)
        said = r",\ ".join(pairs)
        return (
            rf"{printer.parenthesize(e, self.precedence, strict=True)}\big|_{{{said}}}"
        )

    def by_definition(self, values):
        e, *given = self.args
        return number(e, values | {str(x): number(to, values) for x, to in given})

    def others(self):
        e, *given = self.args
        yield e
        for place, (x, to) in enumerate(given):
            yield At(e, *given[:place], sp.Tuple(x, to + 1), *given[place + 1 :])


class Root(Operator):
    """The x at which e has a value."""

    def _latex(self, printer):
        x, e, value = map(printer.doprint, self.args)
        return rf"{x}\big|_{{{e} = {value}}}"

    def by_definition(self, values):
        x, e, value = self.args
        f = moved(e - value, x, values)
        return root_near(f, number(x, values), x.is_positive or x.is_Indexed)

    def others(self):
        x, e, value = self.args
        yield x
        yield Root(x, e, value + 1)


class ArgMax(Operator):
    """The x at which e is largest; or several, each where the others are."""

    word = "max"

    def _latex(self, printer):
        e, *symbols = self.latex_of_parts(printer)
        return rf"\arg\{self.word}_{{{', '.join(symbols)}}} {e}"

    def by_definition(self, values):
        e, *symbols = self.args
        found = {x: number(x, values) for x in symbols}
        for x in symbols * len(symbols):
            there = values | {str(other): at for other, at in found.items()}
            found[x] = self.along(e, x, there)
        return np.squeeze([*found.values()])

    def along(self, e, x, values):
        slope_at = moved(Slope(e, x), x, values)
        at = root_near(slope_at, number(x, values), x.is_positive)
        if (slope_at(at + 1e-3) < 0) != (self.word == "max"):
            raise ValueError(f"{self} is {at}, where it is the other extreme")
        return at

    @property
    def bound_symbols(self):
        """A symbol may have any name where e shows it."""
        e, *symbols = self.args
        return [x for x in symbols if e.has(x)]

    def others(self):
        yield from self.args
        yield (ArgMax if isinstance(self, ArgMin) else ArgMin)(*self.args)


class ArgMin(ArgMax):
    """The x at which e is smallest."""

    word = "min"


class Mean(Operator):
    """The mean over all outcomes, weighted by `weights` where there are any.

    Under a condition their name tells it: `weights s, f`.
    """

    letters = r"\mathbb{E}"

    def _latex(self, printer):
        e, *given = map(printer.doprint, self.args)
        condition = r" \mid " * bool(given) + ", ".join(given)
        return rf"{self.letters}\left[{e}{condition}\right]"

    def over_outcomes(self, values):
        e, *given = self.args
        name = f"weights {', '.join(map(str, given))}".strip()
        outcomes = number(e, values)
        weights = number(sp.Symbol(name), values) if given or name in values else None
        return np.average(outcomes, weights=weights), outcomes, weights

    def by_definition(self, values):
        return self.over_outcomes(values)[0]

    def others(self):
        yield self.args[0]
        yield Var(self.args[0])
        if len(self.args) > 1:
            yield Mean(self.args[0])


class Var(Mean):
    """The variance over all outcomes."""

    def _latex(self, printer):
        return rf"\operatorname{{Var}}\left({printer.doprint(self.args[0])}\right)"

    def by_definition(self, values):
        mean, outcomes, weights = self.over_outcomes(values)
        return np.average((outcomes - mean) ** 2, weights=weights)

    def others(self):
        yield self.args[0]
        yield Mean(self.args[0])
        yield sp.sqrt(self)


class Cov(Operator):
    """The covariance over all outcomes, by their pairs: half the products of differences."""

    def _latex(self, printer):
        a, b = map(printer.doprint, self.args)
        return rf"\operatorname{{Cov}}\left({a}, {b}\right)"

    def by_definition(self, values):
        one, other = (np.asarray(number(e, values)) for e in self.args)
        return (
            np.mean(np.subtract.outer(one, one) * np.subtract.outer(other, other)) / 2
        )

    def others(self):
        yield from map(Var, self.args)
        yield from self.args


class Chance(Operator):
    """The share of outcomes in which an event happens, among those that fulfil conditions."""

    is_positive = True

    def __new__(cls, event, *given):
        if len({event, *given}) <= len(given):
            raise ValueError(f"an event stands twice among {event}, {given}")
        return super().__new__(cls, event, *given)

    def _latex(self, printer):
        event, *given = map(printer.doprint, self.args)
        condition = r" \mid " * bool(given) + ", ".join(given)
        return rf"P({event}{condition})"

    def by_definition(self, values):
        event, *given = (np.asarray(number(e, values), dtype=bool) for e in self.args)
        among = np.all([np.ones_like(event), *given], axis=0)
        return event[among].mean()

    def others(self):
        event, *given = self.args
        yield Chance(sp.Not(event), *given)
        yield Chance(sp.And(event, *given))
        for place, each in enumerate(given):
            rest = (*given[:place], *given[place + 1 :])
            yield Chance(event, *rest)
            yield Chance(each, event, *rest)
            yield Chance(event, sp.Not(each), *rest)


class Dot(Operator):
    """The sum of products over the first axis."""

    def _latex(self, printer):
        return r" \cdot ".join(map(printer.doprint, self.args))

    def by_definition(self, values):
        one, other = (number(e, values) for e in self.args)
        return (one * other).sum(axis=0)
