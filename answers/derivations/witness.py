"""Lines of derivations, and witnesses that share no algebra with them.

A line says that a name is a formula. The name is an object, and its number is computed by
definition: by counting, enumerating, integrating or differentiating numerically. `complaint`
compares the two at random values; `survivors` changes either in every place and asks whether the
other would have noticed.
"""

import inspect
import math
import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from answers.derivations.numerics import slope

SIZES = (2, 3, 4)  # what stands for a symbolic number of classes, features, examples
POINTS = 5  # random values of everything else, for each size


# --8<-- [start:line]
@dataclass(frozen=True)
class Line:
    """`name = formula`, and what stands for each symbol in it.

    Args:
        name: An expression, or several that are equal. The first says what is meant.
        formula: What SymPy derived, or several expressions that are equal.
        values: Draws a number or array for each symbol, by its LaTeX, from a generator and for a
            size. A symbol that is defined has a function, which gets what its parameters name.
        rule: Tests whether the formula follows from what stands before it. Its name is shown.
        goes_on: The name stands on the line before, and is not shown again.
    """

    name: sp.Basic | tuple
    formula: sp.Basic | tuple
    values: Callable[[np.random.Generator, int], dict]
    rule: Callable[[sp.Basic, sp.Basic], bool] | None = None
    goes_on: bool = False

    def __post_init__(self):
        for part in self.expressions:
            if not isinstance(part, sp.Basic):
                raise TypeError(
                    f"{part!r} is no formula of SymPy. Only an object can be proved; write "
                    "it as one."
                )
        if not callable(self.values):
            raise TypeError(
                f"{self.name} has no meaning: give a function that draws its values."
            )

    # --8<-- [end:line]

    @property
    def names(self) -> tuple:
        return self.name if isinstance(self.name, tuple) else (self.name,)

    @property
    def sides(self) -> tuple:
        return self.formula if isinstance(self.formula, tuple) else (self.formula,)

    @property
    def expressions(self) -> list[sp.Basic]:
        """All that is said to be equal."""
        return [*self.names, *self.sides]

    @cached_property
    def witness(self) -> list[tuple[dict, object]]:
        """Values, and what the name means there."""
        drawn = []
        for size in SIZES:
            for point in range(POINTS):
                values = self.values(np.random.default_rng([size, point]), size)
                drawn.append((values, number(self.names[0], values)))
        return drawn

    def complaint(self, formula: sp.Basic) -> str | None:
        """How this formula differs from the meaning, and where; None if it does not."""
        with np.errstate(all="ignore"):
            for values, meant in self.witness:
                try:
                    if not self.agrees(formula, values, meant):
                        return f"where {meant} is meant"
                except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                    return f"and is no number: {error!r}"
        return None

    def holds(self, formula: sp.Basic) -> bool:
        return self.complaint(formula) is None

    def agrees(self, formula: sp.Basic, values: dict, meant: object) -> bool:
        if formula.has(sp.Order):
            return self.leaves(formula.getn(), formula.removeO(), values)
        return close(number(formula, values), meant)

    def leaves(self, order: sp.Expr, formula: sp.Basic, values: dict) -> bool:
        """Whether name less formula shrinks with h exactly as O(h^order) says."""
        if formula == 0:
            return False  # true, but no number
        wide, narrow = (
            float(number(self.names[0], at) - number(formula, at))
            for at in (values, values | {"h": values["h"] / 2})
        )
        return abs(math.log2(wide / narrow) - order) < 0.2


def complaint(lines: Iterable[Line]) -> str | None:
    """The first line that does not hold, or does not follow by its rule."""
    before = None
    for line in lines:
        for formula in line.expressions:
            if wrong := line.complaint(formula):
                return f"{line.name} is not {formula}, {wrong}"
        *_, name, after = line.expressions
        # A rule leads here from the line before, or from the name if that is shown.
        starts = [before] * (before is not None) + [name] * (not line.goes_on)
        if line.rule and not any(line.rule(start, after) for start in starts):
            return f"{after} does not follow from {starts[0]} by {line.rule.__name__}"
        before = after
    return None


def survivors(line: Line) -> list[sp.Basic]:
    """Changed formulas that the witness takes for right, though they say something else.

    Where a line says that something is 1, its square says so too.
    """
    return [
        changed
        for shown in line.expressions
        for changed in changes(shown, of=line)
        if line.holds(changed) and not says_the_same(line, shown, changed)
    ]


def says_the_same(line: Line, shown: sp.Basic, changed: sp.Basic) -> bool:
    said = [(changed.subs(shown, side), side) for side in line.expressions]
    return any(now == before or same(now, before) for now, before in said)


def ask(meaning: Callable, values: dict) -> object:
    return meaning(*(values[name] for name in inspect.signature(meaning).parameters))


def close(found: object, meant: object) -> bool:
    found, meant = np.asarray(found), np.asarray(meant)
    if meant.dtype == object:  # exact fractions
        meant = meant.astype(float)
    return found.shape == meant.shape and np.allclose(found, meant, 1e-6, 1e-8)


# --8<-- [start:number]
FUNCTIONS = {
    sp.exp: math.exp,
    sp.log: lambda x: np.log(x) if np.ndim(x) else math.log(x),
    sp.tanh: math.tanh,
    sp.Abs: abs,
    sp.Max: max,
    sp.Heaviside: lambda x, _: float(x > 0),
    sp.KroneckerDelta: operator.eq,
    sp.binomial: lambda n, k: math.comb(int(n), int(k)),
    sp.Trace: np.trace,
    sp.Transpose: np.transpose,
    sp.KroneckerProduct: np.kron,
    sp.UnevaluatedExpr: float,
    sp.Not: np.logical_not,
    sp.And: lambda *events: np.all(events, axis=0),
}


def number(e: sp.Basic, values: dict) -> object:
    """A formula in float64, node by node and without SymPy's algebra.

    Args:
        e: The formula. Indices count from 1.
        values: A number, array or function for each name in it.
    """

    def of(part: sp.Basic) -> object:
        return number(part, values)

    if e.is_Number or e.is_NumberSymbol:
        return float(e)
    if isinstance(e, sp.Symbol | sp.MatrixSymbol):
        return value_of(e.name, values)
    if isinstance(e, sp.Indexed):
        place = tuple(int(of(index)) - 1 for index in e.indices)
        if min(place) < 0:
            raise IndexError(f"{e} at {place}")
        return plain(value_of(str(e.base), values)[place])
    if isinstance(e, sp.Add | sp.MatAdd):
        return sum(map(of, e.args))
    if isinstance(e, sp.MatMul):  # before Mul, which it is too
        product = of(e.args[0])
        for factor in map(of, e.args[1:]):
            product = product @ factor if np.ndim(product) else product * factor
        return product
    if isinstance(e, sp.Mul):
        return math.prod(map(of, e.args))
    if isinstance(e, sp.Pow):
        return of(e.base) ** of(e.exp)
    if isinstance(e, sp.Sum):
        *inner, (index, first, last) = e.limits
        term = sp.Sum(e.function, *inner) if inner else e.function
        steps = range(int(of(first)), int(of(last)) + 1)
        return sum(number(term, values | {index.name: step}) for step in steps)
    if isinstance(e, sp.MatrixBase):
        return np.array([[of(entry) for entry in row] for row in e.tolist()])
    if isinstance(e, sp.Tuple):
        return [of(part) for part in e]
    if isinstance(e, sp.Identity):
        return np.eye(int(of(e.shape[0])))
    if isinstance(e, sp.Derivative):
        (_, times), f = e.args[1], values[e.expr.func.__name__]
        return derivative(f, int(times))(of(e.expr.args[0]))
    if isinstance(e, AppliedUndef):
        return values[e.func.__name__](*map(of, e.args))
    if hasattr(e, "by_definition"):
        return e.by_definition(values)
    if hasattr(e, "as_number"):
        return e.as_number(*map(of, e.args))
    if type(e) in FUNCTIONS:
        return FUNCTIONS[type(e)](*map(of, e.args))
    raise TypeError(f"{type(e).__name__} has no number here: {e}")


def value_of(name: str, values: dict) -> object:
    """The value of a symbol; a definition is asked for it."""
    value = values[name]
    return plain(ask(value, values) if callable(value) else value)


def plain(value: object) -> object:
    return float(value) if np.ndim(value) == 0 else value


def derivative(f: Callable, times: int) -> Callable:
    """The derivative of f; exact if f is a NumPy polynomial, else by differences."""
    if hasattr(f, "deriv"):
        return f.deriv(times)
    if times == 0:
        return f
    return lambda at: slope(derivative(f, times - 1), at)


# --8<-- [end:number]


# --8<-- [start:changes]
def changes(e: sp.Basic, of: Line | None = None) -> Iterator[sp.Basic]:
    """The formula with one change: a sign, factor, exponent, index, name, term or bound.

    A name of a line may also be taken for whatever its formula holds.
    """
    seen = {e}
    whole = sp.Tuple(*of.expressions) if of and e in of.names else e
    for changed in places(e, whole):
        if changed not in seen:
            seen.add(changed)
            yield changed


def places(e: sp.Basic, whole: sp.Basic) -> Iterator[sp.Basic]:
    """`e` changed at its top, then in each of its parts."""
    yield from here(e, whole)
    for place in range(len(e.args)):
        if not stays(e, place):
            part = e.args[place]
            yield from put(e, place, places(part, whole))


def put(e: sp.Basic, place: int, parts: Iterable[sp.Basic]) -> Iterator[sp.Basic]:
    """`e` with another part at a place, where SymPy can build it."""
    for part in parts:
        try:
            yield e.func(*e.args[:place], part, *e.args[place + 1 :])
        except (TypeError, ValueError, AttributeError, IndexError):
            continue  # not a formula: a matrix of the wrong shape


def stays(e: sp.Basic, place: int) -> bool:
    """Parts that `here` changes as a whole, or that are no formulas."""
    kinds = (sp.Indexed, sp.KroneckerDelta, sp.Order, sp.Derivative, sp.MatrixSymbol)
    if isinstance(e, sp.MatrixBase):
        return place < 2  # numbers of rows and columns
    return (
        isinstance(e, kinds)
        or hasattr(e, "others")
        or (isinstance(e, sp.Sum | sp.Identity | sp.Heaviside) and place > 0)
    )


def here(e: sp.Basic, whole: sp.Basic) -> Iterator[sp.Basic]:
    if isinstance(e, sp.Expr | sp.MatrixBase | sp.MatrixExpr) and not e.is_Order:
        yield -e
        yield 2 * e
    if isinstance(e, sp.Expr) and not e.is_Matrix and not e.is_Order:
        yield e + 1
        yield from (e**2, 1 / e) if e else ()
    if hasattr(e, "others"):
        yield from e.others()
        yield from with_other_symbols(e, whole)
    elif isinstance(e, sp.Add | sp.Mul | sp.MatAdd | sp.MatMul) and len(e.args) > 1:
        for place in range(len(e.args)):
            yield e.func(*e.args[:place], *e.args[place + 1 :])
    elif isinstance(e, sp.Function | sp.Pow | sp.Transpose) and e.args:
        yield e.args[0]
    elif isinstance(e, sp.Symbol):
        yield from others(e, numbers_in(whole))
    elif isinstance(e, sp.MatrixSymbol):
        yield e.T
        yield from whole.atoms(sp.MatrixSymbol)
    elif isinstance(e, sp.Indexed):
        yield from other_entries(e, whole)
    elif isinstance(e, sp.Sum):
        yield e.function
        yield from other_bounds(e, whole)
    elif isinstance(e, sp.Order):
        (power, *_), h = e.args, e.variables[0]
        yield from (sp.Order(power * h), sp.Order(power / h))
    elif isinstance(e, sp.Derivative):
        f, (x, times) = e.args
        yield from (
            sp.Derivative(f, (x, times + step)) for step in (-1, 1) if times + step
        )
    if isinstance(e, sp.KroneckerDelta):
        for place, index in enumerate(e.args):
            yield from put(e, place, others(index, indices(whole)))


def others(symbol: sp.Basic, candidates: Iterable[sp.Basic]) -> list[sp.Basic]:
    """Candidates of the same kind: an index is not taken for a length."""
    alike = {c for c in candidates if c.is_integer == symbol.is_integer} - {symbol}
    return sorted(alike, key=str)


def with_other_symbols(e: sp.Basic, whole: sp.Basic) -> Iterator[sp.Basic]:
    bound = getattr(e, "bound_symbols", ())
    for symbol in sorted(e.atoms(sp.Symbol) - {*bound}, key=str):
        for other in others(symbol, whole.atoms(sp.Symbol)):
            if other.is_real != symbol.is_real:
                continue  # a vector is not taken for a number
            try:
                yield e.xreplace({symbol: other})
            except (TypeError, ValueError, IndexError):
                continue


def numbers_in(e: sp.Basic) -> set[sp.Symbol]:
    """The symbols that stand for numbers, not for arrays or their indices."""
    if isinstance(e, sp.Symbol):
        return {e}
    if isinstance(e, sp.Indexed | sp.MatrixSymbol | sp.KroneckerDelta):
        return set()
    return set().union(*map(numbers_in, e.args))


def indices(whole: sp.Basic) -> set[sp.Basic]:
    """Everything that stands as an index somewhere."""
    found = {i for entry in whole.atoms(sp.Indexed) for i in entry.indices}
    return found | {i for delta in whole.atoms(sp.KroneckerDelta) for i in delta.args}


def other_entries(e: sp.Indexed, whole: sp.Basic) -> Iterator[sp.Basic]:
    """The entry of another array, or at another place."""
    for entry in sorted(whole.atoms(sp.Indexed), key=str):
        if len(entry.indices) == len(e.indices):
            yield entry.base[e.indices]
    for place, index in enumerate(e.indices):
        for other in others(index, indices(whole)):
            yield e.base[(*e.indices[:place], other, *e.indices[place + 1 :])]
    yield e.base[e.indices[::-1]]


def other_bounds(e: sp.Sum, whole: sp.Basic) -> Iterator[sp.Basic]:
    for place, (index, first, last) in enumerate(e.limits):
        sizes = {limit[2] for s in whole.atoms(sp.Sum) for limit in s.limits} - {last}
        bounds = [(first + 1, last), (first, last - 1), (first, last + 1)]
        for low, high in (*bounds, *((first, size) for size in sorted(sizes, key=str))):
            limits = (*e.limits[:place], (index, low, high), *e.limits[place + 1 :])
            yield sp.Sum(e.function, *limits)


# --8<-- [end:changes]


def same(changed: sp.Basic, formula: sp.Basic) -> bool:
    """Whether SymPy shows that the two are equal, for sizes of 2 and 3 and away from a jump."""
    sums = formula.atoms(sp.Sum) | changed.atoms(sp.Sum)
    bounds = {limit[2] for e in sums for limit in e.limits}
    sizes = set().union(*(bound.free_symbols for bound in bounds))
    masked = set().union(*(e.free_symbols for e in formula.atoms(sp.Heaviside)))
    above, below = sp.Dummy(positive=True), sp.Dummy(negative=True)

    def written_out(e: sp.Basic, size: int, side: sp.Symbol) -> sp.Basic:
        return e.subs(dict.fromkeys(sizes, size) | dict.fromkeys(masked, side)).doit()

    return all(
        sp.simplify(
            written_out(changed, size, side) - written_out(formula, size, side)
        ).is_zero
        for size in ((2, 3) if sizes else (2,))
        for side in ((above, below) if masked else (above,))
    )
