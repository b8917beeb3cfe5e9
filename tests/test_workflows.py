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
def test_every_action_is_pinned_by_commit_and_says_its_version(path):
    used = re.findall(r"uses: (.+)", path.read_text())
    assert used
    wrong = [u for u in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", u)]
    assert not wrong


@pytest.mark.parametrize(("job", "workflow"), JOBS)
def test_a_job_that_may_write_runs_no_command_and_checks_nothing_out(job, workflow):
    allowed = job.get("permissions", workflow["permissions"])
    if "write" in allowed.values():
        used = [step["uses"].partition("@")[0] for step in job["steps"]]
        assert used == ["actions/deploy-pages"]
        assert not any("run" in step for step in job["steps"])


def step(job, what):
    """The only step of a job that uses or runs it."""
    (found,) = (s for s in job["steps"] if what in s.get("uses", s.get("run", "")))
    return found


def test_what_is_published_is_what_the_tests_have_used():
    jobs = WORKFLOWS["test"]["jobs"]
    left = step(jobs["test"], "actions/upload-pages-artifact@")
    assert left["with"]["path"] == step(jobs["test"], ".ci/run")["env"]["ANSWERS_SITE_DIR"]
    assert left["if"] == jobs["publish"]["if"] == "github.event_name == 'push'"


def test_what_is_published_has_passed_every_test_on_main():
    workflow = WORKFLOWS["test"]
    # YAML takes the key for a truth value.
    assert workflow[True]["push"] == {"branches": ["main"]}
    on_push = {
        name for name, job in workflow["jobs"].items() if "schedule" not in job.get("if", "")
    }
    assert set(workflow["jobs"]["publish"]["needs"]) == on_push - {"publish"}


def test_what_is_published_is_built_from_a_checkout_with_its_history():
    # By it the deck for Anki has the time of the pages, and not that of whatever came last.
    tests = WORKFLOWS["test"]["jobs"]["test"]
    assert step(tests, "actions/checkout@")["with"]["fetch-depth"] == 0


def test_a_deployment_is_not_cancelled_half_way():
    assert WORKFLOWS["test"]["jobs"]["publish"]["concurrency"]["cancel-in-progress"] is False
    cancelled = WORKFLOWS["test"]["concurrency"]["cancel-in-progress"]
    assert cancelled == "${{ github.event_name == 'pull_request' }}"
