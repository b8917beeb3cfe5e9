"""All tests, for the test that asks which of them a change concerns."""

import pytest

ALL = pytest.StashKey[list]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    config.stash[ALL] = list(items)  # whatever is left out later


@pytest.fixture
def all_tests(request):
    """All tests of the house; None where some were named, so that the others are not collected."""
    named = request.config.args_source == request.config.ArgsSource.ARGS
    return None if named else request.config.stash[ALL]
