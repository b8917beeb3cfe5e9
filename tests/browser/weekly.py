"""What the browser sees again only where it may have changed: a page, its cells, an exercise.

A case that is marked `weekly` is left out where nothing that it depends on differs from a commit
that was seen: ANSWERS_SINCE, on GitHub the last commit that passed; else the commit before this
one. Nothing is left out under ANSWERS_WEEKLY=1, as once a week in `.github/workflows/test.yml`; nor
where tests are chosen, as in `pytest tests/browser` or by `--since`; nor where git knows no such
commit.
"""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from answers.proof.affected import Affected, changed_files, relative

PAGES = ".md", ".ipynb"
# What is installed.
OF_ALL = {"pyproject.toml", ".ci/site.txt"}
# What pages are made of, and the part of it by which their Python runs.
OF_PAGES = "docs/(live|style|[.]theme|offline|reload|start)"
OF_PYTHON = (
    "docs/live/(call_)?"
    "(cell|config|drawing|elements|explorer|needs|output|packages|python|talk|worker)"
)


def weekly(cases: Iterable, always: Iterable) -> list:
    """The cases of a test, marked but for those that it sees always."""
    mark, always = pytest.mark.weekly, list(always)
    return [case if case in always else pytest.param(case, marks=mark) for case in cases]


def left_out(config, items: list) -> list:
    """The tests that are left to the weekly run."""
    named = config.args_source == config.ArgsSource.ARGS
    if named or config.option.since or os.environ.get("ANSWERS_WEEKLY") == "1":
        return []
    marked = [item for item in items if item.get_closest_marker("weekly")]
    try:
        changed = changed_files(os.environ.get("ANSWERS_SINCE", "HEAD^"))
    except (SyntaxError, OSError, subprocess.CalledProcessError):
        return []
    if changed & OF_ALL:
        return []
    # Who links to a page does not show what it holds.
    others = {name for name in changed if not name.endswith(PAGES)}
    told = {False: Affected(others), True: Affected(set(filter(may_change_python, others)))}
    return [
        item
        for item in marked
        if not told["live_site" in item.fixturenames].concerns_test(item)
        and not any(shows(value, changed) for value in item.callspec.params.values())
    ]


def shows(value: object, changed: set[str]) -> bool:
    """Whether a case is the page of one of these files."""
    return isinstance(value, Path) and relative(value) in changed


def may_change_python(name: str) -> bool:
    """Whether a change of that file may concern what Python says in the page."""
    return not re.match(OF_PAGES, name) or bool(re.match(OF_PYTHON, name))
