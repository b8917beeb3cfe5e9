"""A cell runs those above it that it needs, and no others."""

import re

import numpy as np
import pytest
from live_fences import PAGES, needs, pressed

from answers.proof.session import PRINT_OPTIONS, Session

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
    "a name that it binds itself": (["x = 1", "x = 2\nprint(x)"], []),
    "its own import": (["import numpy as np", "import numpy as np\nnp.ones(2)"], []),
    "a name that it uses and then binds": (["x = 1", "print(x)\nx = 2"], [0]),
    "a name that it may bind": (["x = 1", "if len('a'): x = 2\nprint(x)"], [0]),
    "what its own function uses": (["x = 1", "x = 2\ndef f(): return x\nf()"], []),
    "what its function uses and it binds below": (
        ["x = 1", "def f(): return x\nf()\nx = 2"],
        [0],
    ),
    "a function whose import it repeats": (
        ["import a\ndef f(): return a.b", "import a", "import a\nf()"],
        [0],
    ),
    "a function that is called before it binds": (
        ["a = 1\ndef f(): return a", "a = 2", "f()\na = 3"],
        [0, 1],
    ),
    "what is bound and then changed": (["x = [1]", "x = []\nx.append(2)", "x"], [1]),
    "a generator bound anew": (
        ["rng = default_rng(0)", "rng = default_rng(1)\nrng.normal()", "rng.normal()"],
        [1],
    ),
    "a function that calls itself": (["def f(): pass", "def f(): f()\nf()"], []),
    "a name of its own loop": (["n = 1", "for n in range(3): print(n)"], []),
    "what its loop binds first": (["y = 1", "for n in (1, 2):\n    y = n\n    print(y)"], []),
    "what its loop may not have bound": (["y = 1", "for n in (): y = n\nprint(y)"], [0]),
    "what one branch binds and the other uses": (
        ["y = 1", "if len('a'): y = 2\nelse: print(y)"],
        [0],
    ),
    "what one opens": (["f = 1", "with open('a') as f: print(f)"], []),
    "an error that is caught": (["e = 1", "try: pass\nexcept OSError as e: print(e)"], []),
    "what was tried": (["y = 1", "try: y = 2\nexcept OSError: print(y)"], [0]),
    "what both branches bind": (
        ["y = 1", "if len('a'): y = 2\nelse: y = 3\nprint(y)"],
        [],
    ),
    "what is bound, tried or caught": (
        ["y = 1", "try: y = 2\nexcept OSError as e: y = e\nprint(y)"],
        [],
    ),
    "what is tried and not bound when caught": (
        ["y = 1", "try: y = 2\nexcept OSError: pass\nprint(y)"],
        [0],
    ),
    "what its annotated value uses": (["x = 1", "x: int = x + 1"], [0]),
    "an annotation alone": (["x = 1", "x: int\nprint(x)"], [0]),
    "what a group of errors catches": (
        ["y = 1", "try: y = 2\nexcept* OSError: pass\nprint(y)"],
        [0],
    ),
    "a name of a case": (["y = 1", "match [1]:\n    case [y]: print(y)"], []),
    "a name bound in passing": (["y = 1", "print(len('') and (y := 2))\nprint(y)"], [0]),
    "a name taken away": (["x = 1", "del x", "x"], [0, 1]),
    "a default of a lambda": (["k = 2", "f = lambda x, k=k: x * k"], [0]),
    "a name of a lambda is another": (["k = 2", "f = lambda *k, **x: (k, x)"], []),
    "all names of a module": (["from math import *", "sqrt(4)"], [0]),
    "a function that changes what it is given by name": (
        ["def f(a, b): b[0] = 1", "x = [0]", "f(1, b=x)", "x"],
        [0, 1, 2],
    ),
    "a method of a function of NumPy": (["x = a()", "np.add.at(x, 1, 2)", "x"], [0, 1]),
    "an attribute by its name": (["m = f()", "setattr(m, 'w', 1)", "m.w"], [0, 1]),
}


@pytest.mark.parametrize(("codes", "needed"), NEEDED.values(), ids=NEEDED)
def test_of_the_cells_above_a_cell_needs(codes, needed):
    assert needs(codes)["needs"][-1] == needed


def test_what_a_cell_leaves_behind_is_what_it_binds_and_changes():
    told = needs(["x, y = 1, []", "y.append(x)\nfor z in y: pass", "print(z)"])
    assert told == {
        "needs": [[], [0], [0, 1]],
        "uses": [[], ["x", "y"], ["print", "z"]],
        "writes": [["x", "y"], ["y", "z"], []],
    }


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_cell_waits_for_sympy_only_where_it_shows_a_formula(page):
    for *needed, own in pressed(page).values():
        if not re.search("sympy|derivations|aligned", own.shown):
            assert not re.search("sympy|derivations", "".join(each.shown for each in needed))
