"""The site, built and served once for all tests that look at it; and Hypothesis without a clock."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import pytest
from days import NOW
from house import copy_house
from serving import ADDRESS, Site, build_once, serve

# A busy machine may take its time over one example.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def today():
    """The day of all tests and of what they start: `days.TODAY`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANSWERS_NOW", NOW)
        yield


@pytest.fixture(scope="session")
def site(request, tmp_path_factory) -> Site:
    """A copy of the built site, while it is served, below the path of its address.

    It is built once for all processes, in ANSWERS_SITE_DIR if that is to be kept.
    """
    everybody = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        everybody = everybody.parent
    built = build_once(Path(os.environ.get("ANSWERS_SITE_DIR", everybody / "site")), ADDRESS)
    path = urlsplit(ADDRESS).path.removeprefix("/")
    folder = tmp_path_factory.mktemp("host")
    with serve(folder) as url:
        yield built.copy(folder / path, url + path)


@pytest.fixture(scope="session")
def copied_house(tmp_path_factory):
    """A committed copy of the repository; whoever changes it puts it back."""
    return copy_house(tmp_path_factory.mktemp("house"))
