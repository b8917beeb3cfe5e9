"""Progress is kept as a whole or not at all, and never lost without a word."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from answers.practice import progress
from answers.practice.progress import ProgressError, Record


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The learner's data directory, which does not exist yet."""
    monkeypatch.setenv("ANSWERS_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_nothing_is_passed_at_first(folder):
    assert progress.load() == ({}, None)
    assert not folder.exists()


def test_a_pass_is_kept_with_its_time():
    assert progress.mark_passed("softmax") is None
    records, notice = progress.load()
    assert notice is None
    assert list(records) == ["softmax"]
    age = datetime.now(UTC) - datetime.fromisoformat(records["softmax"].passed)
    assert timedelta(0) <= age < timedelta(minutes=1)


def test_the_first_pass_counts(folder):
    folder.mkdir()
    then = "2026-01-02T03:04:05+00:00"
    entries = {"softmax": {"passed": then, "hints": 2}}
    progress.location().write_text(json.dumps({"version": 1, "exercises": entries}))
    progress.mark_passed("softmax")
    assert progress.load()[0] == {"softmax": Record(then, 2)}


def test_hints_are_counted_and_never_uncounted():
    progress.mark_hints("softmax", 2)
    progress.mark_hints("softmax", 1)
    assert progress.load()[0] == {"softmax": Record(None, 2)}


def test_reset_forgets_everything():
    progress.mark_passed("softmax")
    progress.reset()
    assert progress.load() == ({}, None)


def test_only_the_file_and_its_lock_remain(folder):
    progress.mark_passed("softmax")
    assert {file.name for file in folder.iterdir()} == {
        "progress.json",
        "progress.lock",
    }


def test_the_place_is_that_of_the_system_by_default(monkeypatch, tmp_path):
    monkeypatch.delenv("ANSWERS_DATA_DIR")
    monkeypatch.setattr(progress.platformdirs, "user_data_dir", lambda *_: str(tmp_path))
    assert progress.location() == tmp_path / "progress.json"


CORRUPT = [
    "",
    "{",
    "[]",
    "[" * 10**5,
    "{}",
    '{"version": "1"}',
    '{"version": 1, "exercises": []}',
    '{"version": 1, "exercises": {"softmax": 3}}',
    '{"version": 1, "exercises": {"softmax": {"passed": "yesterday", "hints": 0}}}',
    '{"version": 1, "exercises": {"softmax": {"passed": null, "hints": "2"}}}',
    '{"version": 1, "exercises": {"softmax": {"passed": null, "colour": "red"}}}',
    "\udcff",
]


@pytest.mark.parametrize("content", CORRUPT, ids=range(len(CORRUPT)))
def test_a_corrupt_file_is_moved_aside_and_reported(folder, content):
    folder.mkdir()
    data = content.encode(errors="surrogateescape")
    progress.location().write_bytes(data)
    notice = progress.mark_passed("softmax")
    (kept,) = folder.glob("progress.json.corrupt-*")
    assert kept.read_bytes() == data
    assert str(kept) in notice
    records, notice = progress.load()
    assert notice is None
    assert records["softmax"].passed


def test_a_corrupt_file_that_cannot_be_moved_is_left(folder, monkeypatch):
    folder.mkdir()
    progress.location().write_text("{")
    monkeypatch.setattr(progress.Path, "rename", raises(PermissionError(13, "Permission denied")))
    with pytest.raises(ProgressError, match=r"corrupt and cannot be moved: Permission denied"):
        progress.mark_passed("softmax")
    assert progress.location().read_text() == "{"


def test_a_corrupt_file_that_another_command_moved_is_no_error(folder, monkeypatch):
    folder.mkdir()
    progress.location().write_text("{")
    monkeypatch.setattr(progress.Path, "rename", raises(FileNotFoundError(2, "gone")))
    assert "another command has moved it aside" in progress.mark_passed("softmax")


def test_the_file_of_a_newer_version_is_left_as_it_is(folder):
    folder.mkdir()
    newer = '{"version": 2, "exercises": "in another form"}'
    progress.location().write_text(newer)
    for act in (progress.load, lambda: progress.mark_passed("softmax"), progress.reset):
        with pytest.raises(ProgressError, match="newer version of answers, and is left as it is"):
            act()
    assert progress.location().read_text() == newer


def raises(error):
    def function(*_, **__):
        raise error

    return function


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_is_reported_and_keeps_the_old_file(folder, monkeypatch, step):
    progress.mark_hints("softmax", 1)
    before = progress.location().read_bytes()
    monkeypatch.setattr(progress.os, step, raises(OSError(28, "No space left on device")))
    with pytest.raises(ProgressError, match="cannot be written: No space left on device"):
        progress.mark_passed("softmax")
    assert progress.location().read_bytes() == before
    assert {file.name for file in folder.iterdir()} == {
        "progress.json",
        "progress.lock",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of file sizes")
def test_a_full_disk_keeps_the_old_file(folder):
    progress.mark_hints("softmax", 1)
    before = progress.location().read_bytes()
    code = (
        "import resource\n"
        "from answers.practice import progress\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, resource.RLIM_INFINITY))\n"
        "try:\n    progress.mark_passed('softmax')\n"
        "except progress.ProgressError as error:\n    print(error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "cannot be written: File too large" in told.stdout
    assert progress.location().read_bytes() == before
    assert {file.name for file in folder.iterdir()} == {
        "progress.json",
        "progress.lock",
    }


def test_a_read_only_file_is_reported_and_left(folder):
    progress.mark_hints("softmax", 1)
    file, before = progress.location(), progress.location().read_bytes()
    file.chmod(0o444)
    with pytest.raises(ProgressError, match="is read-only, and is left as it is"):
        progress.mark_passed("softmax")
    assert file.read_bytes() == before
    assert progress.load()[0]["softmax"].hints == 1
    file.chmod(0o644)
    progress.mark_passed("softmax")
    assert progress.load()[0]["softmax"].passed


def test_a_folder_that_cannot_be_made_is_reported(folder):
    folder.write_text("a file stands in the way")
    with pytest.raises(ProgressError, match="cannot be written: "):
        progress.mark_passed("softmax")
    with pytest.raises(ProgressError, match="cannot be read: Not a directory"):
        progress.load()
    assert folder.read_text() == "a file stands in the way"


def test_commands_at_once_lose_nothing_of_each_others():
    code = (
        "import time\nfrom answers.practice import progress\n\n"
        "def change(records):\n    print('inside', flush=True)\n    time.sleep(0.5)\n"
        "    records['softmax'] = progress.Record(hints=1)\n\nprogress.update(change)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"inside\n"
        progress.mark_hints("affine", 2)
    assert progress.load()[0] == {"softmax": Record(hints=1), "affine": Record(hints=2)}
