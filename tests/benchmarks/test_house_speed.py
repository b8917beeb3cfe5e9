"""The grader, the command line, the snippets of the pages and the build of the site."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from answers.grader import catalog
from answers.pages import pages
from answers.proof.fences import python_fences
from answers.proof.session import Session

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sys.executable).parent


@pytest.mark.parametrize("name", ["softmax", "two_layer_gradients"])
def test_checks_of_a_right_answer_by_the_grader(race, name):
    exercise = catalog.load(name)
    race(lambda: exercise.run(exercise.reference), rounds=50)


def test_verdict_from_the_shell_beside_two_starts_of_python_with_numpy(race, tmp_path):
    submission = tmp_path / "softmax.py"
    submission.write_text(catalog.load("softmax").solution())
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    check = [SCRIPTS / "answers", "check", "softmax", submission]

    def ours():
        subprocess.run(check, env=environment, check=True, capture_output=True)

    def peer():
        for _ in range(2):
            subprocess.run([sys.executable, "-c", "import numpy"], check=True)

    race(ours, 9, peer, "python -c 'import numpy', twice", beyond=0.6)


def test_run_of_every_snippet_of_the_pages(race):
    def ours():
        for page in pages():
            fences = python_fences(page.path)
            Session(fences).run(len(fences) - 1)

    race(ours, rounds=3)


def test_clean_build_of_the_site(race, tmp_path):
    build_site = [
        SCRIPTS / "mkdocs",
        "build",
        "--clean",
        "--quiet",
        "--site-dir",
        tmp_path,
    ]
    race(lambda: subprocess.run(build_site, cwd=ROOT, check=True), rounds=5, below=3)
