"""The site, built and served once for all tests that look at it."""

import pytest
from serving import Site, build, serve


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Site:
    """The built site, while it is served."""
    folder = tmp_path_factory.mktemp("site")
    with serve(folder) as url:
        yield build(folder, url)
