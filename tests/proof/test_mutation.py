"""A sample of wrong changes is noticed; `python -m tests.mutation` makes them all."""

import json
import random
import re

import pytest

from answers.pages import ROOT
from tests.mutation import __main__ as mutation
from tests.mutation import count, of_figures, of_library, of_pages
from tests.mutation.changes import Change

PAGE = ROOT / "docs/questions/18-kl-divergence.md"
FIGURES = "gradients_flowing", "beta_posteriors", "jacobian_layouts"  # soon drawn
# Every change of a line of a derivation is made in tests/derivations.
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
    counted = count(of_library.changes("labels/training_dynamics"))
    assert counted["changes"] > 20
    assert counted["noticed"] >= 0.95 * counted["changes"], counted["survivors"]


def test_a_function_under_a_contract_is_changed_and_so_is_its_condition():
    made = list(of_library.changes("networks/duplicate_rows"))
    changed = {re.search(r"x_(\w+)__mutmut", change.where)[1] for change in made}
    assert changed == {"nan", "hash_duplicates", "row_bytes"}
    assert count(made)["survivors"] == []


def test_what_is_not_changed_is_not_noticed():
    assert not any(map(of_figures.noticed, FIGURES))


def test_a_survivor_that_the_record_does_not_list_fails_the_run(monkeypatch, tmp_path):
    survivor = Change("relation", "docs/page.md:7", "+ → -", lambda: False)
    monkeypatch.setattr(mutation, "RECORD", tmp_path / "mutation.json")
    monkeypatch.setitem(mutation.KINDS, "relation", lambda: [survivor])
    monkeypatch.setattr("sys.argv", ["mutation", "relation"])

    def run(*listed):
        mutation.RECORD.write_text(json.dumps({"relation": {"survivors": listed}}))
        mutation.main()

    with pytest.raises(SystemExit, match=r"docs/page.md:7: . → -"):
        run("docs/page.md:7: + → *")
    run("docs/page.md:5: + → -")  # lines of a page move
    assert mutation.unknown("library", "networks/new", ["x: a → b"]) == []
