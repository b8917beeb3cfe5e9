"""A cell runs those above it that it needs, and no others."""

import numpy as np
import pytest
from live_fences import PAGES, needs, pressed

from answers.site.session import PRINT_OPTIONS, Session

NEEDED = {
    "nothing": (["x = 1", "y = 2", "z = 3"], []),
    "a name": (["x = 1", "y = 2", "x"], [0]),
    "what a needed cell needs": (["x = 1", "y = x", "z = 0", "y"], [0, 1]),
    "the last value only": (["x = 1", "x = 2", "x"], [1]),
    "an import": (["import numpy as np", "y = 1", "np.ones(2)"], [0]),
    "a change of a part": (["x = [1]", "x[0] = 2", "y = 3", "x"], [0, 1]),
    "a change of an attribute": (["m = f()", "m.w = 1", "m.w"], [0, 1]),
    "adding to it": (["x = 1", "x += 1", "x"], [0, 1]),
    "a method that changes": (["x = []", "x.append(1)", "len(x)", "x"], [0, 1]),
    "one that does not": (["x = []", "x.copy()", "x"], [0]),
    "a value given if": (["x = 1", "if x: x = 2", "x"], [0, 1]),
    "a value given in a loop": (["x = 1", "for x in (): pass", "x"], [0, 1]),
    "a generator in use": (["rng = default_rng(0)", "f(rng)", "y = 1", "rng.normal()"], [0, 1]),
    "out": (["x = a()", "np.exp(1, out=x)", "x"], [0, 1]),
    "a function of NumPy that fills": (["x = a()", "np.copyto(x, 1)", "x"], [0, 1]),
    "what a function uses, when it is called": (
        ["def f(): return g()", "def g(): return 1", "def g(): return 2", "f()"],
        [0, 2],
    ),
    "a function that changes its argument": (
        ["def f(a, b): b[0] = 1", "x = [0]", "f(1, x)", "x"],
        [0, 1, 2],
    ),
    "a function that changes a name of the page": (
        ["w = {}", "def step(): w['a'] = 1", "step()", "w"],
        [0, 1, 2],
    ),
    "a global of a function": (["def f():\n    global x\n    x = 1", "f()", "x"], [0, 1]),
    "a local name is another": (["x = 1", "def f(x): return x", "f(2)"], [1]),
    "a name of a comprehension is another": (["x = 1", "[x for x in range(3)]"], []),
    "what is iterated": (["xs = [1]", "[x for x in xs]"], [0]),
    "a class": (["class A: pass", "a = A()", "a"], [0, 1]),
    "a builtin is not of the page": (["y = 1", "print(len('a'))"], []),
    "a builtin that is replaced": (["print = 1", "print"], [0]),
    "what is no Python": (["x = (", "x"], []),
}


@pytest.mark.parametrize(("codes", "needed"), NEEDED.values(), ids=NEEDED)
def test_of_the_cells_above_a_cell_needs(codes, needed):
    assert needs(codes)["needs"][-1] == needed


def test_what_a_cell_leaves_behind_is_what_it_binds_and_changes():
    told = needs(["x, y = 1, []", "y.append(x)\nfor z in y: pass", "print(z)"])
    assert told == {"needs": [[], [0], [0, 1]], "writes": [["x", "y"], ["y", "z"], []]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_cell_prints_what_its_page_shows_where_only_those_ran_that_are_needed(page):
    runs = list(pressed(page).values())
    for fences in runs:
        # A longer run begins with these: there they run just so.
        if any(longer[: len(fences)] == fences for longer in runs if longer != fences):
            continue
        np.set_printoptions(**PRINT_OPTIONS)
        session = Session(fences)
        complaints = [session.complaint(index) for index in range(len(fences))]
        assert [each for each in complaints if each] == []
