"""All that is generated and committed is what its function makes."""

import pytest

from answers.pages import ROOT
from answers.proof.generated import everything

# Outputs are compared where each fence is a test of its own.
TABLE = [each for each in everything() if "with_outputs" not in each.function]


@pytest.mark.parametrize("each", TABLE, ids=lambda each: f"{each.path.relative_to(ROOT)}")
def test_what_is_committed_is_what_its_function_makes(each):
    text = each.path.read_text("utf-8") if each.path.exists() else ""
    if found := each.complaints(text, each.make(text)):
        where = each.path.relative_to(ROOT)
        message = f"{where} is stale; `pytest --update` rewrites it"
        pytest.fail("\n".join([message, *found]), pytrace=False)
