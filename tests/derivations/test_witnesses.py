"""Every line of every derivation holds, and its witness notices every change of it.

Derivations are found, not listed: whatever function of `answers.derivations` returns lines.
"""

import ast
import functools
import inspect
import itertools
import re

import numpy as np
import pytest
import sympy as sp

from answers.derivations import Line, aligned, bayes
from answers.derivations.finder import functions
from answers.derivations.operators import (
    ArgMax,
    ArgMin,
    At,
    Chance,
    Cov,
    Dot,
    Limit,
    Mean,
    Partial,
    Root,
    Slope,
    Var,
)
from answers.derivations.witness import changes, complaint, number, survivors
from answers.pages import ROOT
from answers.site import modules
from tests.derivations.reached import reached

x, z = sp.Symbol("x"), sp.IndexedBase("z")
i, j, k, K = sp.symbols("i j k K", integer=True, positive=True)


FUNCTIONS = functions()


@functools.cache
def lines_of(name):
    return FUNCTIONS[name]()


DERIVATIONS = pytest.mark.parametrize("name", FUNCTIONS)


@DERIVATIONS
def test_every_line_holds_and_every_change_of_it_is_noticed(name):
    lines = lines_of(name)
    assert complaint(lines) is None
    assert {line.name: survivors(line) for line in lines if survivors(line)} == {}


@DERIVATIONS
def test_the_name_of_another_line_is_noticed(name):
    for line, other in itertools.permutations(lines_of(name), 2):
        alike = {*line.expressions} & {*other.expressions}
        assert alike or not line.holds(other.names[0]), f"{line.name}: {other.names[0]}"


@DERIVATIONS
def test_no_meaning_can_get_at_sympy(name):
    for line in lines_of(name):
        drawn = line.values(np.random.default_rng(0), 3).values()
        definitions = filter(inspect.isfunction, drawn)
        for each in itertools.chain(*map(reached, definitions)):
            assert each is not sp, line.name
            assert not isinstance(each, sp.Basic), line.name


def test_a_meaning_that_uses_a_formula_is_seen():
    assert x in reached(lambda: float(x.subs(x, 1)))
    formula = x + 1
    assert formula in reached(lambda x: float(formula.subs("x", x)))


def test_pages_print_the_lines_of_these_functions_and_of_no_others():
    printed = set()
    for page in sorted((ROOT / "docs/questions").glob("*.md")):
        text = page.read_text()
        printed |= {name for name in FUNCTIONS if f"{name}(" in text}
        for statement in re.findall(
            r"from answers\.derivations\.\w+ import[^\n(]*(?:\([^)]*\))?", text
        ):
            names = modules.imported(ast.parse(statement))
            printed |= {name.removeprefix("answers.derivations.") for name in names}
    assert printed - set(FUNCTIONS) == {"backprop.whole_network"}  # it returns numbers
    assert set(FUNCTIONS) - printed == set()


y = sp.Symbol("y")


def one(rng, _):
    """y is defined: the square of x."""
    return {"x": rng.uniform(1, 2), "y": lambda x: x**2}


@pytest.mark.parametrize(
    ("give", "words"),
    [
        (lambda: aligned(("a", x)), "is no Line; give it a name, a formula and values"),
        (lambda: Line(x, r"\frac{1}{2}", one), "no formula of SymPy"),
        (lambda: Line(r"\mathcal{L}", x, one), "no formula of SymPy"),
        (lambda: Line(x, x, None), "has no meaning: give a function"),
    ],
    ids=["a pair", "a typed right side", "a typed left side", "no meaning"],
)
def test_what_cannot_be_proved_is_refused(give, words):
    with pytest.raises(TypeError, match=words):
        give()


def test_a_wrong_line_is_not_shown():
    assert aligned(Line(y, x * x, one)).count("&=") == 1
    with pytest.raises(ValueError, match=r"since y is not x\*\*3, where"):
        aligned(Line(y, x**3, one))
    with pytest.raises(ValueError, match=r"since x\*\*3 is not x\*\*2, where"):
        aligned(Line(x**3, x**2, one))
    with pytest.raises(KeyError, match="z"):
        aligned(Line(sp.Symbol("z"), x**2, one))


def test_a_rule_that_does_not_lead_there_is_not_named():
    def so_it_is(before, after):
        return before != after

    first = Line(y, x**2, one)
    assert aligned(first, Line(y, y, one, so_it_is, goes_on=True)).endswith(
        " &= y && \\quad \\text{so it is}\n\\end{aligned}"
    )
    with pytest.raises(ValueError, match=r"x\*\*2 does not follow from x\*\*2 by so_it_is"):
        aligned(first, Line(x**2, x**2, one, so_it_is, goes_on=True))


def test_a_false_theorem_of_bayes_is_refused():
    a, b = bayes.A, bayes.B
    prior, hit, false = Chance(a), Chance(b, a), Chance(b, ~a)
    (_, theorem, odds) = lines_of("bayes.theorem")
    for line, wrong in (
        (theorem, prior * hit / (prior * hit + prior * false)),
        (odds, false / hit * prior / (1 - prior)),
    ):
        assert complaint([Line(line.name, wrong, line.values)])


def test_values_that_look_away_let_changes_survive():
    """At x = 1 every power is the same."""
    blind = Line(y, x**2, lambda rng, _: {"x": 1.0, "y": lambda x: x**2})
    assert {x, x**4} <= set(survivors(blind))
    assert survivors(Line(y, x**2, one)) == []


v, w, a, b = sp.symbols("v w a b")
x_ = sp.Symbol("x", positive=True)
HALF = sp.Rational(1, 2)


def few(rng, _):
    """Three outcomes, two events, and the square y of x."""
    outcomes = {"v": np.array([1, 2, 4]), "w": np.array([2, 3, 1]), "weights c": [1, 0, 1]}
    events = {"a": np.array([1, 0, 1]) == 1, "b": np.array([1, 1, 0]) == 1}
    return outcomes | events | one(rng, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (Slope(y, x), 2 * x),
        (Partial(x * y, x), 3 * x**2),
        (Limit(x * y, x, 2), 8),
        (Limit(1 / y, x, 0), sp.oo),
        (Limit(1 + sp.exp(-x), x, sp.oo), 1),
        (Root(x_, y, 2), sp.sqrt(2)),
        (ArgMax(x_ - y, x_), HALF),
        (ArgMin(y - x_, x_), HALF),
        (At(y, (x, 3)), 9),
        (Mean(v), sp.Rational(7, 3)),
        (Mean(v, sp.Symbol("c")), sp.Rational(5, 2)),
        (Var(v), sp.Rational(14, 9)),
        (Cov(v, w), -sp.Rational(2, 3)),
        (Dot(v, w), 12),
        (Chance(a), sp.Rational(2, 3)),
        (Chance(a, b), HALF),
        (Chance(~a, b), HALF),
        (Chance(a, ~b), 1),
    ],
    ids=str,
)
def test_an_operator_means_what_a_textbook_says(name, value):
    assert complaint([Line(name, sp.sympify(value), few)]) is None
    assert complaint([Line(name, sp.sympify(value) + 1, few)]) or value is sp.oo


@pytest.mark.parametrize("name", [ArgMax(y - x_, x_), Root(x_, y, -1), Mean(v, w)], ids=str)
def test_an_operator_without_a_value_is_refused(name):
    with pytest.raises((ValueError, KeyError)):
        complaint([Line(name, x, few)])


def test_changes_are_of_a_sign_factor_exponent_index_term_and_bound():
    y = sp.Symbol("y")
    formula = x**2 + 3 * y + sp.Sum(z[i] * sp.exp(z[j]), (i, 1, K))
    expected = [
        -(x**2) + 3 * y,
        x**2 - 3 * y,
        x**2 + 6 * y,
        x**2 + y,
        x**3 + 3 * y,
        x + 3 * y,
        3 * y,
        y**2 + 3 * y,
        x**2 + 3 * x,
    ]
    rest = sp.Sum(z[i] * sp.exp(z[j]), (i, 1, K))
    sums = [
        sp.Sum(z[j] * sp.exp(z[j]), (i, 1, K)),
        sp.Sum(z[i] * sp.exp(z[i]), (i, 1, K)),
        sp.Sum(z[i] * z[j], (i, 1, K)),
        sp.Sum(sp.exp(z[j]), (i, 1, K)),
        sp.Sum(z[i] * sp.exp(-z[j]), (i, 1, K)),
        sp.Sum(z[i] * sp.exp(z[j]), (i, 2, K)),
        sp.Sum(z[i] * sp.exp(z[j]), (i, 1, K - 1)),
    ]
    made = set(changes(formula))
    assert formula not in made
    assert {e + rest for e in expected} | {x**2 + 3 * y + s for s in sums} <= made


def test_a_number_is_that_of_sympy():
    values = {"x": 0.7, "K": 4, "j": 2, "z": np.array([0.3, -1.2, 2.1, 0.7])}
    formula = sp.Sum(z[i] * sp.exp(x * z[i]) * (1 - sp.KroneckerDelta(i, j)), (i, 1, K)) / sp.sqrt(
        K
    )
    entries = {z[n + 1]: value for n, value in enumerate(values["z"])}
    expected = formula.subs({K: 4, j: 2}).doit().subs(entries).subs(x, 0.7)
    assert number(formula, values) == pytest.approx(float(expected), rel=1e-12)
    with pytest.raises(IndexError):
        number(z[j - 2], values)  # entry 0, not the last one
