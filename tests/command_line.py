"""The command line, as a learner uses it in a folder of their own."""

import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from answers import cli

# What the console script does, whichever copy of the package is found.
ANSWERS = [sys.executable, "-c", "from answers.cli import main; main()"]


def learner(tmp_path: Path, monkeypatch) -> Path:
    """The learner's folder, which it goes to, with a data directory of its own elsewhere."""
    folder = tmp_path / "learner"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ANSWERS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("SITE_URL", raising=False)
    return folder


def run(*args: str, code: int = 0, **options) -> Result:
    """What comes of the command; its exit code must be `code`."""
    result = CliRunner().invoke(cli.app, args, **options)
    assert result.exit_code == code, result.output
    return result
