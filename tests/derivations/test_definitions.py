"""Each derivation says what the library computes, under the name that a page shows."""

import functools
import inspect

import numpy as np
import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

from answers.derivations import latex
from answers.derivations.finder import functions
from answers.derivations.witness import Line, complaint, survivors
from tests.derivations.definitions import LIBRARY, VALUES
from tests.derivations.reached import reached

FUNCTIONS = functions()
DERIVATIONS = pytest.mark.parametrize("name", FUNCTIONS)
FROM_LIBRARY = sp.Symbol("library")


@functools.cache
def lines_of(name):
    return FUNCTIONS[name]()


def shown(line):
    return " = ".join(map(latex, line.names))


def by_library(name):
    """The lines that the library speaks of, with its word for what is meant."""
    for line in lines_of(name):
        if meaning := LIBRARY[name].get(shown(line)):
            yield Line(FROM_LIBRARY, line.formula, functools.partial(drawn, name, line, meaning))


def drawn(name, line, meaning, rng, size):
    values = line.values(rng, size)
    asked_for = VALUES.get(name) or VALUES.get(shown(line)) or (lambda rng, size: {})
    values |= asked_for(rng, size)
    return values | {"library": meaning, "drawn": values}


@DERIVATIONS
def test_the_library_says_what_a_derivation_says_and_notices_every_change(name):
    lines = list(by_library(name))
    assert complaint(lines) is None
    assert {line.formula: survivors(line) for line in lines if survivors(line)} == {}


@DERIVATIONS
def test_a_derivation_is_compared_with_the_library(name):
    assert name in LIBRARY, f"say in {__package__}.definitions what it means in the library"
    modules = {
        getattr(each, "__module__", None) or ""
        for meaning in LIBRARY[name].values()
        for each in (meaning, *reached(meaning))
    }
    assert any(module.startswith("answers.") for module in modules)


def defined(line: Line) -> set[str]:
    """The LaTeX of each name on the left for which the line has a definition, not a number."""
    values = line.values(np.random.default_rng(0), 3)
    whole = sp.Tuple(*line.names)
    names = {*whole.atoms(sp.Symbol), *(f.func for f in whole.atoms(AppliedUndef))}
    return {latex(each) for each in names if inspect.isfunction(values.get(str(each)))}


@DERIVATIONS
def test_each_name_that_is_defined_is_in_the_list(name):
    for line in lines_of(name):
        for each in defined(line):
            assert any(each in left for left in LIBRARY[name]), f"{line.name}: {each}"


def test_the_list_has_no_other_names():
    for name, meanings in LIBRARY.items():
        assert set(meanings) <= {shown(line) for line in lines_of(name)}, name
