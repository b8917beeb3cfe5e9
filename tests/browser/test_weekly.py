"""What may have changed is seen in every run, and the rest once a week."""

from types import SimpleNamespace

import pytest
import weekly
from serving import ROOT
from test_every_cell import test_every_cell_prints_what_the_page_shows as cells
from test_every_page import test_page_is_read_without_javascript as pages
from test_sliders import (
    test_it_shows_what_the_package_computes_follows_within_50_ms_and_fits as explorers,
)
from test_verdicts import test_the_verdicts_in_the_browser_are_those_of_cpython as verdicts

NAMED = pytest.Config.ArgsSource.ARGS
ALL = pytest.Config.ArgsSource.TESTPATHS
PRACTISED = {f"{kind} 16-accuracy-and-metrics" for kind in ("cells", "pages")}
# For each changed file: what is seen of it besides the cases of every run.
SEEN = {
    "tests/progress/test_state.py": set(),
    "docs/mistakes.md": {"pages mistakes"},
    "answers/explorers/threshold.py": {"explorers threshold"},
    "docs/questions/23-loss-does-not-move.md": {
        "cells 23-loss-does-not-move",
        "pages 23-loss-does-not-move",
    },
    "answers/exercises/mcnemar.py": PRACTISED | {"verdicts mcnemar"},
    "tests/submissions/mcnemar.py": {"verdicts mcnemar"},
}
# None of them concerns these.
OTHER = {"cells 15-kl-directions", "pages 15-kl-directions", "verdicts causal_mask"}
# A change of any of these concerns every case, or every page.
OF_ALL = [
    *("docs/live/worker.js", "docs/live/cell.js", "docs/vendor/katex/katex.min.css"),
    *("mkdocs.yml", "pyproject.toml", ".ci/site.txt", "tests/browser/conftest.py"),
]
OF_PAGES = ["docs/style/site.css", "docs/live/review.js"]


def cases():
    """The cases of these tests, as pytest collects them."""
    tests = {"cells": cells, "pages": pages, "explorers": explorers, "verdicts": verdicts}
    for name, test in tests.items():
        (mark,) = (each for each in test.pytestmark if each.name == "parametrize")
        for case in mark.args[1]:
            marks = getattr(case, "marks", ())
            (value,) = getattr(case, "values", (case,))
            yield SimpleNamespace(
                name=f"{name} {getattr(value, 'stem', value)}",
                path=ROOT / f"tests/browser/{test.__module__}.py",
                originalname=test.__name__,
                fixturenames=["site"] if test is pages else ["site", "live_site"],
                callspec=SimpleNamespace(params={mark.args[0]: value}),
                get_closest_marker=lambda name, marks=marks: name in {m.name for m in marks},
            )


def asked(source=ALL):
    """The configuration of a run whose tests were chosen so."""
    return SimpleNamespace(
        args_source=source, ArgsSource=type(ALL), option=SimpleNamespace(since=None)
    )


def seen(monkeypatch, changed, source=ALL):
    """The marked cases that a run sees, and all of them."""
    monkeypatch.setattr(weekly, "changed_files", lambda commit: {changed})
    marked = [each for each in cases() if each.get_closest_marker("weekly")]
    left = weekly.left_out(asked(source), marked)
    return [each.name for each in marked if each not in left], [each.name for each in marked]


@pytest.mark.parametrize("changed", SEEN)
def test_a_case_is_seen_where_what_it_depends_on_has_changed(monkeypatch, changed):
    monkeypatch.setenv("ANSWERS_WEEKLY", "0")
    some, every = seen(monkeypatch, changed)
    assert set(some) >= SEEN[changed]
    assert len(some) < 20
    assert OTHER.isdisjoint(some)
    assert set(every) >= OTHER
    assert len(every) > 100


@pytest.mark.parametrize("changed", OF_ALL)
def test_a_change_of_what_all_are_made_of_shows_all(monkeypatch, changed):
    monkeypatch.setenv("ANSWERS_WEEKLY", "0")
    some, every = seen(monkeypatch, changed)
    assert some == every


@pytest.mark.parametrize("changed", OF_PAGES)
def test_a_change_of_how_pages_look_shows_all_pages(monkeypatch, changed):
    monkeypatch.setenv("ANSWERS_WEEKLY", "0")
    some, every = seen(monkeypatch, changed)
    assert some == [each for each in every if each.startswith("pages ")]


def test_all_are_seen_weekly_and_where_they_are_named(monkeypatch):
    monkeypatch.setenv("ANSWERS_WEEKLY", "0")
    some, every = seen(monkeypatch, "README.md", NAMED)
    assert some == every
    assert seen(monkeypatch, "README.md")[0] == []
    monkeypatch.setenv("ANSWERS_WEEKLY", "1")
    some, every = seen(monkeypatch, "README.md")
    assert some == every


def test_all_are_seen_where_the_last_commit_that_passed_is_not_known(monkeypatch):
    monkeypatch.setenv("ANSWERS_WEEKLY", "0")
    monkeypatch.setenv("ANSWERS_SINCE", "")
    assert weekly.left_out(asked(), list(cases())) == []
