"""Hints do not contradict our solution: it has the code that they quote, or passes with it."""

import re

import pytest

from answers.grader import catalog
from answers.grader.exercise import Exercise

NAMES = catalog.names()
# Of code that our solution does not have: a line of it, and that line with the code.
INSTEAD = {
    "affine_backward": {
        "reshape(-1, n)": (
            "rows, drows = x.reshape(-1, x.shape[-1])",
            "n = x.shape[-1]; rows, drows = x.reshape(-1, n)",
        )
    },
    "cross_entropy": {
        "logits[np.arange(n), targets]": (
            "losses = np.log(totals[:, 0]) - z[right]",
            "n, logits, targets = len(z), z, targets.astype(int); "
            "losses = np.log(totals[:, 0]) - logits[np.arange(n), targets]",
        )
    },
    "linear_vjp": {
        "reshape(-1, n)": (
            "rows, g_rows = x.reshape(-1, x.shape[-1])",
            "n = x.shape[-1]; rows, g_rows = x.reshape(-1, n)",
        )
    },
    "majority_vote": {
        "np.add.at": (
            "counts = np.bincount(cell, minlength=(item.max() + 1) * classes)",
            "counts = np.zeros((item.max() + 1) * classes); np.add.at(counts, cell, 1)",
        )
    },
    "mcnemar": {
        "math.comb": (
            "return min(1.0, float(2 * ways[: fewer + 1].sum() / all_ways))",
            "import math; total = sum(math.comb(n, k) for k in range(fewer + 1)); "
            "return min(1.0, 2 * total / 2**n)",
        )
    },
    "multi_head_attention": {
        "reshape(..., time, heads, d)": (
            "return x.reshape(*batch, t, heads, width // heads)",
            "time, d = t, width // heads; return x.reshape(*batch, time, heads, d)",
        )
    },
    "prune_magnitude": {
        "np.argsort(..., axis=None)": (
            "np.argpartition(np.abs(w), count - 1, axis=None)",
            "np.argsort(np.abs(w), axis=None)",
        ),
        ".flat": ("w.reshape(-1)[smallest] = 0", "w.flat[smallest] = 0"),
    },
    "unbroadcast": {
        "keepdims=True": (
            "gradient.sum(axis=(*range(new), *stretched))",
            "gradient.sum(axis=tuple(stretched), keepdims=True).sum(axis=tuple(range(new)))",
        )
    },
}
# A hint warns of this code.
FAILS = {
    "majority_vote": {
        "counts[item, label] += 1": (
            "counts = np.bincount(cell, minlength=(item.max() + 1) * classes)",
            "counts = np.zeros((item.max() + 1, classes)); counts[item, label] += 1",
        )
    }
}


def has(text: str, code: str) -> bool:
    """Whether a text has this code, in which dots stand for anything."""
    words = map(re.escape, re.sub(r"\s", "", code).split("..."))
    return bool(re.search(".*".join(words), re.sub(r"\s", "", text)))


def quoted(exercise: Exercise) -> list[str]:
    return [code for hint in exercise.hints for code in re.findall(r"`([^`]+)`", hint)]


def passes(exercise: Exercise, old: str, new: str) -> bool:
    """Whether our solution with another line passes."""
    solution, namespace = exercise.solution(), {}
    assert solution.count(old) == 1, f"our {exercise.name} does not have {old}"
    exec(compile(solution.replace(old, new), exercise.name, "exec"), namespace)
    return exercise.run(namespace[exercise.name]).passed


@pytest.mark.parametrize("name", NAMES)
def test_code_that_a_hint_quotes_is_in_our_solution_or_passes_in_its_place(name):
    exercise = catalog.load(name)
    instead, fails = INSTEAD.get(name, {}), FAILS.get(name, {})
    tried = {*instead, *fails}
    for code in quoted(exercise):
        assert has(exercise.solution(), code) or code in tried, (
            f"answers/exercises/{name}.py: a hint quotes `{code}`, which our solution does not "
            "have; say in tests/grader/test_hints.py where it passes, or mend the hint"
        )
    for code, (old, new) in {**instead, **fails}.items():
        assert code in quoted(exercise), f"no hint of {name} quotes {code}"
        assert has(new, code)
        assert passes(exercise, old, new) == (code in instead), f"{name}: {new}"


def test_a_line_that_is_wrong_does_not_pass():
    exercise = catalog.load("prune_magnitude")
    assert not passes(exercise, "w.reshape(-1)[smallest] = 0", "w.flat[smallest] = 1")
