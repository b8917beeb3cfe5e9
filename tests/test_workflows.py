"""What runs on GitHub: pinned, and no more allowed than it needs."""

import re

import pytest
import yaml

from answers.pages import ROOT

FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in FILES}
JOBS = [
    pytest.param(job, workflow, id=f"{stem}-{name}")
    for stem, workflow in WORKFLOWS.items()
    for name, job in workflow["jobs"].items()
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.attack("workflows")
def test_every_action_is_pinned_by_commit_and_says_its_version(path):
    used = re.findall(r"uses: (.+)", path.read_text())
    assert used
    wrong = [u for u in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", u)]
    assert not wrong


@pytest.mark.parametrize(("job", "workflow"), JOBS)
@pytest.mark.attack("workflows")
def test_a_job_that_may_write_runs_no_command_and_checks_nothing_out(job, workflow):
    allowed = job.get("permissions", workflow["permissions"])
    if "write" in allowed.values():
        used = [step["uses"].partition("@")[0] for step in job["steps"]]
        assert used == ["actions/deploy-pages"]
        assert not any("run" in step for step in job["steps"])


@pytest.mark.attack("workflows")
def test_what_is_published_was_tested_and_is_built_with_the_same_versions():
    (tested,) = (s for s in WORKFLOWS["test"]["jobs"]["test"]["steps"] if "run" in s)
    assert "CONSTRAINTS=constraints.txt bash .ci/run" in tested["run"]
    build = WORKFLOWS["deploy"]["jobs"]["build"]
    assert "conclusion == 'success'" in build["if"]
    (built,) = (step["run"] for step in build["steps"] if "run" in step)
    assert built == 'pip install -c constraints.txt -e ".[docs]" && mkdocs build --strict'
    assert WORKFLOWS["deploy"]["jobs"]["deploy"]["needs"] == "build"


def test_what_is_published_is_built_from_a_checkout_with_its_history():
    # By it the deck for Anki has the time of the pages, and not that of whatever came last.
    for step in WORKFLOWS["deploy"]["jobs"]["build"]["steps"]:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["fetch-depth"] == 0


@pytest.mark.attack("workflows")
def test_a_deployment_is_not_cancelled_half_way():
    assert WORKFLOWS["deploy"]["concurrency"]["cancel-in-progress"] is False
