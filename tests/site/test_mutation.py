"""A sample of wrong changes is noticed; `python -m tests.mutation` makes them all."""

import random

import pytest

from answers.pages import ROOT
from tests.mutation import count, of_figures, of_library, of_pages

PAGE = ROOT / "docs/questions/18-kl-divergence.md"
FIGURES = "gradients_flowing", "beta_posteriors", "jacobian_layouts"  # soon drawn
# Every change of a formula is made in tests/derivations/test_witnesses.py.
SAMPLES = {
    "relation": (of_pages.relations, 100),
    "number": (of_pages.numbers, 100),
    "output": (lambda: of_pages.outputs([PAGE]), 40),
    "figure": (lambda: of_figures.changes(FIGURES), 10),
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_sample_of_wrong_changes_is_noticed(kind):
    made, size = SAMPLES[kind]
    counted = count(random.Random(0).sample(list(made()), size))
    assert counted["survivors"] == []


def test_wrong_changes_of_a_module_are_noticed():
    counted = count(of_library.changes("networks/duplicate_rows"))
    assert counted["changes"] > 20
    assert counted["noticed"] >= 0.95 * counted["changes"], counted["survivors"]


def test_what_is_not_changed_is_not_noticed():
    assert not any(map(of_figures.noticed, FIGURES))
