"""A sample of wrong changes is noticed; `python -m tests.mutation` makes them all."""

import json
import random
import re

import pytest

from answers.pages import ROOT
from tests.mutation import __main__ as mutation
from tests.mutation import count, of_diagnoses, of_figures, of_library, of_pages
from tests.mutation.changes import Change

PAGES = sorted((ROOT / "docs/questions").glob("[0-9]*.md"))
FIGURES = "gradients_flowing", "beta_posteriors", "jacobian_layouts"  # soon drawn
# Of how many pages, and how many changes of them. All are made once a week; and each change of a
# line of a derivation in tests/derivations.
SAMPLES = {
    "relation": (of_pages.relations, 5, 40),
    "number": (of_pages.numbers, 5, 40),
    "exchange": (of_pages.exchanges, 5, 20),
    "direction": (of_pages.directions, 5, 15),
    "negation": (of_pages.negations, 5, 15),
    "quantity": (of_pages.quantities, 5, 15),
    "output": (of_pages.outputs, 1, 40),
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_sample_of_wrong_changes_is_noticed(kind):
    changes, pages, size = SAMPLES[kind]
    drawn = random.Random(kind)
    made = list(changes(drawn.sample(PAGES, pages)))
    counted = count(drawn.sample(made, size))
    assert mutation.unknown(kind, kind, counted["survivors"]) == []


def test_a_sample_of_moved_figures_is_noticed():
    counted = count(random.Random(0).sample(list(of_figures.changes(FIGURES)), 10))
    assert mutation.unknown("figure", "figure", counted["survivors"]) == []


def test_wrong_changes_of_diagnoses_are_noticed():
    """All but one in ten: it is in words that are only read."""
    counted = count(of_diagnoses.changes())
    assert counted["changes"] > 4000
    assert counted["noticed"] >= 0.9 * counted["changes"], counted["survivors"]


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


PROSE = "Of 5 runs, 7 never end above [5](5.md) in all. It is so.\n"


def words_changed(monkeypatch, tmp_path, text=PROSE):
    page = tmp_path / "06-page.md"
    page.write_text(text, "utf-8")
    monkeypatch.setattr(of_pages, "markdown", lambda: [page])
    monkeypatch.setattr(of_pages, "ROOT", tmp_path)
    monkeypatch.setattr("answers.proof.claims.ROOT", tmp_path)
    kinds = of_pages.exchanges, of_pages.directions, of_pages.negations, of_pages.quantities
    return [change for kind in kinds for change in kind()]


def test_numbers_change_places_and_words_turn(monkeypatch, tmp_path):
    assert [change.what for change in words_changed(monkeypatch, tmp_path)] == [
        "Of 5 runs, 7 never end → Of 7 runs, 5 never end",
        "never end above [5](5.md) in → never end below [5](5.md) in",
        "runs, 7 never end above → runs, 7 always end above",
        "all. It is so. → all. It is not so.",
        "[5](5.md) in all. It is → [5](5.md) in some. It is",
    ]


def test_a_number_is_changed_in_its_sentence_and_in_no_address(monkeypatch, tmp_path):
    text = 'It [fits](37-fit.md) 37 runs.\n<!-- holds\n37 == 37  # "37 runs"\n-->\n'
    words_changed(monkeypatch, tmp_path, text)
    changed = list(of_pages.numbers())
    assert [change.what for change in changed] == ["37 → 47", "37 → 38"]
    assert all(change.noticed() for change in changed)


def test_a_changed_word_is_noticed_under_a_check_alone(monkeypatch, tmp_path):
    bare = words_changed(monkeypatch, tmp_path)
    assert not any(change.noticed() for change in bare)
    quoted = '<!-- holds\n1 == 1  # "Of 5 runs, 7 never end above" "in all"\n-->\n'
    assert all(change.noticed() for change in words_changed(monkeypatch, tmp_path, PROSE + quoted))
