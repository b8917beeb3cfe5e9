"""Every line of every derivation holds, and its witness notices every change of it.

Derivations are found, not listed: whatever function of `answers.derivations` returns lines.
"""

import ast
import dis
import functools
import inspect
import re
import types

import numpy as np
import pytest
import sympy as sp

from answers import derivations
from answers.derivations import Line, Rule, aligned
from answers.derivations.finder import functions
from answers.derivations.witness import changes, complaint, number, survivors
from answers.pages import ROOT
from answers.site import modules

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
def test_what_has_a_sign_in_a_name_is_an_expression_not_latex(name):
    for line in lines_of(name):
        typed = [each for each in line.names if isinstance(each, str)]
        # A positive test is called +, and a layer has a number.
        bare = [re.sub(r"\\mid \+|\\ell\+1", "", each) for each in typed]
        assert not [each for each in bare if re.search("[-+]", each)]


def reached(function):
    """What a function can get at: its closure, the globals it names, and theirs in turn."""
    codes = [function.__code__]
    for code in codes:  # grows as it is read
        codes += [const for const in code.co_consts if isinstance(const, types.CodeType)]
    steps = [step for code in codes for step in dis.get_instructions(code)]
    names = {step.argval for step in steps if step.opname == "LOAD_GLOBAL"}
    objects = [function.__globals__[name] for name in names & set(function.__globals__)]
    objects += [cell.cell_contents for cell in function.__closure__ or ()]
    for each in objects:
        yield each
        if inspect.isfunction(each) and each.__module__.startswith(derivations.__name__):
            yield from reached(each)


@DERIVATIONS
def test_no_meaning_can_get_at_sympy(name):
    for line in lines_of(name):
        for each in reached(line.meaning):
            assert each is not sp, line.name
            assert not isinstance(each, sp.Basic), line.name


def test_a_meaning_that_uses_a_formula_is_seen():
    assert x in reached(lambda: float(x.subs(x, 1)))
    formula = x + 1
    assert formula in reached(lambda x: float(formula.subs("x", x)))


def test_pages_print_the_lines_of_these_functions_and_of_no_others():
    printed = set()
    for page in sorted((ROOT / "docs/questions").glob("*.md")):
        for statement in re.findall(
            r"from answers\.derivations\.\w+ import[^\n(]*(?:\([^)]*\))?", page.read_text()
        ):
            names = modules.imported(ast.parse(statement))
            printed |= {name.removeprefix("answers.derivations.") for name in names}
    assert printed - set(FUNCTIONS) == {"backprop.whole_network"}  # it returns numbers
    assert set(FUNCTIONS) - printed == set()


def one(rng, _):
    return {"x": rng.uniform(1, 2)}


@pytest.mark.parametrize(
    ("give", "words"),
    [
        (lambda: aligned(("a", x)), "is no Line; give it a name, a formula and a meaning"),
        (lambda: Line("a", r"\frac{1}{2}", lambda: 1, one), "no formula of SymPy"),
        (lambda: Line("a", x, None, one), "has no meaning: give a function"),
    ],
    ids=["a pair", "a typed right side", "no meaning"],
)
def test_what_cannot_be_proved_is_refused(give, words):
    with pytest.raises(TypeError, match=words):
        give()


def test_a_wrong_line_is_not_shown():
    assert aligned(Line("x^2", x * x, lambda x: x**2, one)).count("&=") == 1
    with pytest.raises(ValueError, match=r"since x\^2 is not x\*\*3, where"):
        aligned(Line("x^2", x**3, lambda x: x**2, one))
    with pytest.raises(ValueError, match=r"since x\*\*3 is not x\*\*3, where"):
        aligned(Line(x**3, x**2, lambda x: x**2, one))


def test_a_rule_that_does_not_lead_there_is_not_named():
    holds, fails = (Rule("\\text{so}", lambda before, after, it=it: it) for it in (True, False))
    first = Line("x", x, lambda x: x, one)
    assert aligned(first, Line("", 2 * x / 2, lambda x: x, one, holds)).endswith(
        " &= x && \\quad \\text{so}\n\\end{aligned}"
    )
    with pytest.raises(ValueError, match=r"x does not follow from x by \\text\{so\}"):
        aligned(first, Line("", x, lambda x: x, one, fails))


def test_a_false_theorem_of_bayes_is_refused():
    a, hit, false = (sp.Symbol(name) for name in ("P(A)", r"P(B \mid A)", r"P(B \mid \neg A)"))
    (_, theorem, odds) = lines_of("bayes.theorem")
    for line, wrong in (
        (theorem, a * hit / (a * hit + a * false)),
        (odds, false / hit * a / (1 - a)),
    ):
        assert complaint([Line(line.name, wrong, line.meaning, line.values)])


def test_a_meaning_that_looks_away_lets_changes_survive():
    """At x = 1 every power is the same."""
    blind = Line("x^2", x**2, lambda x: x**2, lambda rng, _: {"x": 1.0})
    assert {x, x**4} <= set(survivors(blind))
    seeing = Line("x^2", x**2, lambda x: x**2, one)
    assert survivors(seeing) == []


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
