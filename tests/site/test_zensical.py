"""Zensical builds the site, too, by the commands of CONTRIBUTING, and its links lead somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from built_page import Page, broken
from house import copy_house
from serving import Site

from answers.pages import ROOT, pages

ADDRESS = "https://nowhere.invalid/guide/"
COMMANDS = r"`(python -m answers\.site\.bundle && zensical build && [^`]+)`"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Each page of a site that Zensical has built in a copy of the house, by its file."""
    folder = copy_house(tmp_path_factory.mktemp("zensical"))
    commands = re.search(COMMANDS, (ROOT / "CONTRIBUTING.md").read_text("utf-8"))[1]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(folder), "SITE_URL": ADDRESS}
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(commands, shell=True, cwd=folder, env=environment, **piped)
    assert done.returncode == 0, done.stdout
    site = Site(folder / "site", ADDRESS, done.stdout)
    return {path: Page(path, site) for path in site.pages}


def test_every_link_and_anchor_of_every_page_resolves(built):
    links = [(page, url) for page in built.values() for url in page.links]
    assert not broken(links, built)
    assert len(links) > 20 * len(built)


def test_whatever_a_page_loads_is_there(built):
    for page in built.values():
        for url in page.loads:
            assert page.local(url)[0].is_file(), f"{page.name} loads {url}"


def test_every_page_asks_for_the_modules_that_are_there(built):
    for page in built.values():
        assert f'start.js?{page.site.live.name.removeprefix("live-")}"' in page.html, page.name


def test_every_question_has_its_page_with_its_exercises(built):
    by_name = {page.name: page for page in built.values()}
    for question in pages():
        html = by_name[f"questions/{question.path.stem}/"].html
        shown = re.findall(r'id="exercise-(\w+)"', html)
        assert shown == question.exercises, question.path
