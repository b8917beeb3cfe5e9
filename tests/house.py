"""A copy of the whole repository, for tests that change it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from answers.pages import ROOT

IDENTITY = ["-c", "user.name=nobody", "-c", "user.email=nobody"]


def copy_house(folder: Path) -> Path:
    """The repository as it stands here, committed in `folder`."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        [*IDENTITY, "commit", "-qm", "The house"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def python_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """A run of Python on that copy, which builds its own site.

    It has no browser: the real house shows what that would.
    """
    ours = "PYTEST_ADDOPTS", "ANSWERS_SITE_DIR"
    environment = {k: v for k, v in os.environ.items() if "COV" not in k and k not in ours}
    environment |= {
        "PYTHONPATH": str(folder),
        "CHROMIUM": "/none",
        "ANSWERS_REQUIRE_BROWSER": "0",
    }
    command = [sys.executable, *arguments]
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run(command, cwd=folder, env=environment, **piped)
