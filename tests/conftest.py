"""The site, built and served once for all tests that look at it; and Hypothesis without a clock."""

import hypothesis
import pytest
from house import copy_house
from serving import Site, build, build_once, serve

# A busy machine may take its time over one example.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def site(request, tmp_path_factory) -> Site:
    """The built site, while it is served, below a path of its host."""
    folder = tmp_path_factory.mktemp("host")
    with serve(folder) as url:
        if hasattr(request.config, "workerinput"):  # `pytest -n 2`: one build for both
            everybody = tmp_path_factory.getbasetemp().parent
            built = build_once(everybody / "site", "http://nowhere.invalid/guide/")
            yield built.copy(folder / "guide", f"{url}guide/")
        else:
            yield build(folder / "guide", f"{url}guide/")


@pytest.fixture(scope="session")
def copied_house(tmp_path_factory):
    """A committed copy of the repository; whoever changes it puts it back."""
    return copy_house(tmp_path_factory.mktemp("house"))
