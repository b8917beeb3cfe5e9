"""What runs on GitHub, pinned and no more allowed than it needs; and what its forms ask."""

import os
import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

import answers
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
def test_a_job_that_may_write_runs_nothing_of_this_repository(job, workflow):
    allowed = job.get("permissions", workflow["permissions"])
    if "write" in allowed.values():
        used = {step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step}
        assert used <= {"actions/deploy-pages", "actions/download-artifact"}
        ran = [step["run"] for step in job["steps"] if "run" in step]
        assert all(re.fullmatch("gh release create [^;&|`(\\n]*", command) for command in ran)


@pytest.mark.parametrize(("job", "workflow"), JOBS)
def test_no_command_is_made_of_what_others_may_name(job, workflow):
    # A branch or a tag may be called `$(…)`: it comes as a variable, which is not read as code.
    assert not [step for step in job["steps"] if "${{" in step.get("run", "")]


def step(job, what):
    """The only step of a job that uses or runs it."""
    (found,) = (s for s in job["steps"] if what in s.get("uses", s.get("run", "")))
    return found


def test_what_is_published_is_what_the_tests_have_used():
    workflow = WORKFLOWS["test"]
    build, tests = workflow["jobs"]["build"], workflow["jobs"]["test"]
    published = step(build, "actions/upload-pages-artifact@")
    assert published["with"]["path"] == "${{ env.ANSWERS_SITE_DIR }}"
    assert published["if"] == workflow["jobs"]["publish"]["if"] == "github.event_name == 'push'"
    left = step(build, "actions/upload-artifact@")["with"]
    taken = step(tests, "actions/download-artifact@")["with"]
    assert taken == {key: left[key] for key in ("name", "path")}
    assert workflow["env"]["ANSWERS_SITE_DIR"] == f"{left['path']}/site"
    assert step(tests, ".ci/run")


def test_what_is_published_is_built_from_packages_with_hashes():
    build = WORKFLOWS["test"]["jobs"]["build"]
    install = "pip install --require-hashes -r .ci/site.txt && "
    assert step(build, "pip")["run"].startswith(install)
    assert " pip" not in step(build, "pip")["run"].removeprefix(install)


def test_the_packages_with_hashes_are_what_the_site_needs():
    lock = (ROOT / ".ci/site.txt").read_text()
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.M))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = [
        Requirement(each) for each in project["dependencies"] + extras["docs"] + extras["study"]
    ]
    for each in asked:
        if each.name != project["name"]:
            assert pinned[each.name] in each.specifier, each


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
    for job in ("build", "test"):
        checkout = step(WORKFLOWS["test"]["jobs"][job], "actions/checkout@")
        assert checkout["with"]["fetch-depth"] == 0


def test_a_deployment_is_not_cancelled_half_way():
    assert WORKFLOWS["test"]["jobs"]["publish"]["concurrency"]["cancel-in-progress"] is False
    cancelled = WORKFLOWS["test"]["concurrency"]["cancel-in-progress"]
    assert cancelled == "${{ github.event_name == 'pull_request' }}"


# A release


def test_a_release_is_built_from_a_tag_on_main_and_only_published_afterwards():
    workflow = WORKFLOWS["release"]
    assert workflow[True] == {"push": {"tags": ["v*"]}}
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert step(build, "git merge-base")["run"] == "git merge-base --is-ancestor HEAD origin/main"
    assert step(build, "actions/checkout@")["with"]["fetch-depth"] == 0
    assert "REPOSITORY_URL" in step(build, "python -m build")["env"]
    assert publish["needs"] == "build"
    assert publish["permissions"] == {"contents": "write"}
    for file in ("dist/*.whl", "dist/*.tar.gz", "--notes-file dist/notes.md", "--verify-tag"):
        assert file in step(publish, "gh release create")["run"]


CHANGES = """\
# Changelog

## {heading}

### Added

- Question 21.

## 0.1.10

- Older.
"""


@pytest.mark.parametrize(
    ("tag", "heading", "notes"),
    [
        ("v0.2.0", "0.2.0 (not yet released)", "### Added - Question 21."),
        ("v0.2.0", "[0.2.0] - 2026-12-31", "### Added - Question 21."),
        ("v0.1.10", "0.2.0", "- Older."),
        ("v0.3.0", "0.2.0", None),
        ("v0.1.1", "0.2.0", None),
    ],
)
def test_the_notes_of_a_release_are_its_section_of_the_changelog(tmp_path, tag, heading, notes):
    (tmp_path / "dist").mkdir()
    (tmp_path / "CHANGELOG.md").write_text(CHANGES.format(heading=heading))
    version = tag.removeprefix("v")
    for name, does in {"pip": 'ls "$2"', "answers": f"echo answers {version}"}.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)
    (tmp_path / f"dist/worked_answers-{version}-py3-none-any.whl").touch()
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    done = subprocess.run(
        [
            "bash",
            "-eo",
            "pipefail",
            "-c",
            step(WORKFLOWS["release"]["jobs"]["build"], "awk")["run"],
        ],
        cwd=tmp_path,
        env=os.environ | {"PATH": path, "GITHUB_REF_NAME": tag},
        stdout=subprocess.DEVNULL,
    )
    assert (done.returncode == 0) == (notes is not None)
    if notes:
        assert (tmp_path / "dist/notes.md").read_text().split() == notes.split()


def test_the_version_to_come_has_its_section_in_the_changelog():
    coming = re.escape(answers.__version__.partition(".dev")[0])
    assert re.search(rf"^## \[?{coming}\b", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)


def test_a_citation_is_of_this_version_and_invents_nobody():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == answers.__version__
    (author,) = citation["authors"]
    assert f"Copyright (c) 2026 {author['name']}" in (ROOT / "LICENSE").read_text("utf-8")
    assert {"message", "title", "type", "license"} <= citation.keys()


# Forms


FORMS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
}
ASKED = {
    "sentence": {"page", "sentence", "why"},
    "refused": {"exercise", "program", "verdict", "why", "version"},
    "false-name": {"exercise", "program", "told", "mistake", "version"},
}


def test_forms_ask_for_all_that_a_mend_needs():
    required = {
        name: {each["id"] for each in form["body"] if each.get("validations") == {"required": True}}
        for name, form in FORMS.items()
    }
    assert required == ASKED


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_has_the_keys_that_github_knows(form):
    assert form.keys() == {"name", "description", "title", "body"}
    known = {"input": {"placeholder"}, "textarea": {"render", "placeholder"}}
    ids = [each["id"] for each in form["body"]]
    assert len(ids) == len(set(ids))
    for each in form["body"]:
        assert each.keys() <= {"type", "id", "attributes", "validations"}
        assert each["attributes"].keys() <= known[each["type"]] | {"label", "description"}
        assert each["attributes"]["label"]
