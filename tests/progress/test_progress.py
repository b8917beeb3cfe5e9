"""Progress is kept as a whole or not at all, and never lost without a word."""

import json
import os
import subprocess
import sys
from datetime import datetime
from unittest.mock import Mock

import pytest
from days import NOW, in_days

from answers import progress
from answers.progress import ProgressError, mark_passed
from answers.progress.state import Record, State


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The learner's data directory, which does not exist yet."""
    monkeypatch.setenv("ANSWERS_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def test_nothing_is_passed_at_first(folder):
    assert progress.load() == (State(), None)
    assert not folder.exists()


def test_a_pass_is_kept_with_its_time():
    assert mark_passed("softmax") is None
    kept, notice = progress.load()
    assert notice is None
    assert list(kept.exercises) == ["softmax"]
    passed = datetime.fromisoformat(kept.exercises["softmax"].passed)
    assert passed == datetime.fromisoformat(NOW).astimezone()


def test_the_first_pass_counts(folder):
    folder.mkdir()
    then = f"{in_days(-328)}T03:04:05+00:00"
    entries = {"softmax": {"passed": then, "hints": 2}}
    progress.location().write_text(json.dumps({"version": 3, "exercises": entries}))
    mark_passed("softmax")
    assert progress.load()[0].exercises == {"softmax": Record(passed=then, hints=2)}


def test_hints_are_counted_and_never_uncounted():
    progress.mark_hints("softmax", 2)
    progress.mark_hints("softmax", 1)
    assert progress.load()[0].exercises == {"softmax": Record(hints=2)}


def test_a_pass_ends_what_was_begun_again_with_hints_counted_anew():
    progress.mark_hints("softmax", 2)
    mark_passed("softmax")
    progress.begin_again("softmax")
    now = progress.now()
    assert progress.load()[0].exercises == {"softmax": Record(passed=now, again=now)}
    mark_passed("softmax")
    assert progress.load()[0].exercises == {"softmax": Record(passed=now)}


def test_a_look_at_the_solution_counts_before_a_pass_and_while_it_is_done_again(monkeypatch):
    progress.give_up("softmax")
    first = progress.now()
    monkeypatch.setenv("ANSWERS_NOW", f"{in_days(1)}T20:00:00")
    progress.give_up("softmax")
    mark_passed("softmax")
    progress.give_up("softmax")
    assert progress.load()[0].exercises["softmax"].solution == first
    progress.begin_again("softmax")
    progress.give_up("softmax")
    assert progress.load()[0].exercises["softmax"].solution == progress.now() != first


def test_cards_that_were_kept_here_are_put_aside_for_the_page(folder):
    folder.mkdir()
    old = {"version": 3, "exercises": {"softmax": {"hints": 1}}, "study": {"plan": {"minutes": 3}}}
    progress.location().write_text(json.dumps(old))
    kept, notice = progress.load()
    assert kept.exercises == {"softmax": Record(hints=1)}
    assert "is left out (study)" in notice
    (aside,) = folder.glob("progress.json.corrupt-*")
    assert json.loads(aside.read_text()) == old


def test_reset_forgets_everything():
    mark_passed("softmax")
    progress.reset()
    assert progress.load() == (State(), None)


def test_only_the_file_and_its_lock_remain(folder):
    mark_passed("softmax")
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
    '{"version": 3, "exercises": []}',
    '{"version": 3, "exercises": {"softmax": 3}}',
    '{"version": 2, "exercises": {"softmax": {"hints": 1}}}',
    '{"version": true, "exercises": {}}',
    '{"version": 3, "exercises": {"softmax": {"passed": "yesterday"}}}',
    '{"version": 3, "exercises": {}, "study": []}',
    "\udcff",
]


@pytest.mark.parametrize("content", CORRUPT, ids=range(len(CORRUPT)))
def test_a_corrupt_file_is_kept_aside_and_reported(folder, content):
    folder.mkdir()
    data = content.encode(errors="surrogateescape")
    progress.location().write_bytes(data)
    notice = mark_passed("softmax")
    (kept,) = folder.glob("progress.json.corrupt-*")
    assert kept.read_bytes() == data
    assert str(kept) in notice
    kept, notice = progress.load()
    assert notice is None
    assert kept.exercises["softmax"].passed


def test_what_is_valid_of_a_file_is_gone_on_with(folder):
    folder.mkdir()
    text = json.dumps(
        {
            "version": 3,
            "exercises": {
                "softmax": {"hints": 2, "colour": "red"},
                "affine": {"passed": f"{in_days(-328)}T03:04:05+00:00", "hints": -1},
                "../evil": {"hints": 1},
            },
        }
    )
    progress.location().write_text(text)
    kept, notice = progress.load()
    assert kept.exercises == {
        "softmax": Record(hints=2),
        "affine": Record(passed=f"{in_days(-328)}T03:04:05+00:00"),
    }
    assert "left out ('colour' of softmax, 'hints' of affine, '../evil')" in notice
    (aside,) = folder.glob("progress.json.corrupt-*")
    assert aside.read_text() == text
    assert progress.load() == (kept, None)


def test_a_corrupt_file_that_cannot_be_copied_is_left(folder, monkeypatch):
    folder.mkdir()
    progress.location().write_text("{")
    full = OSError(28, "No space left on device")
    monkeypatch.setattr(progress.files, "write", Mock(side_effect=full))
    for act in (progress.load, lambda: mark_passed("softmax")):
        with pytest.raises(ProgressError, match=r"cannot be copied, .*: No space left"):
            act()
    assert progress.location().read_text() == "{"


def test_the_file_of_a_newer_version_is_left_as_it_is(folder):
    folder.mkdir()
    newer = '{"version": 4, "exercises": "in another form"}'
    progress.location().write_text(newer)
    for act in (progress.load, lambda: mark_passed("softmax"), progress.reset):
        with pytest.raises(ProgressError, match="newer version of answers, and is left as it is"):
            act()
    assert progress.location().read_text() == newer


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_is_reported_and_keeps_the_old_file(folder, monkeypatch, step):
    progress.mark_hints("softmax", 1)
    before = progress.location().read_bytes()
    monkeypatch.setattr(progress.os, step, Mock(side_effect=OSError(28, "No space left on device")))
    with pytest.raises(ProgressError, match="cannot be written: No space left on device"):
        mark_passed("softmax")
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
        "from answers import progress\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, resource.RLIM_INFINITY))\n"
        "try:\n    progress.mark_hints('softmax', 2)\n"
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
        mark_passed("softmax")
    assert file.read_bytes() == before
    assert progress.load()[0].exercises["softmax"].hints == 1
    file.chmod(0o644)
    mark_passed("softmax")
    assert progress.load()[0].exercises["softmax"].passed


def test_a_folder_that_cannot_be_made_is_reported(folder):
    folder.write_text("a file stands in the way")
    with pytest.raises(ProgressError, match="cannot be written: "):
        mark_passed("softmax")
    with pytest.raises(ProgressError, match="cannot be read: Not a directory"):
        progress.load()
    assert folder.read_text() == "a file stands in the way"


def test_commands_at_once_lose_nothing_of_each_others():
    code = (
        "import time\nfrom answers import progress\n\n"
        "def change(kept):\n    print('inside', flush=True)\n    time.sleep(0.5)\n"
        "    kept.exercises['softmax'] = progress.Record(hints=1)\n\n"
        "progress.update(change)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"inside\n"
        progress.mark_hints("affine", 2)
    assert progress.load()[0].exercises == {"softmax": Record(hints=1), "affine": Record(hints=2)}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_told_and_not_waited_for():
    progress.location().parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(progress.location())
    for use in (progress.load, lambda: mark_passed("softmax")):
        with pytest.raises(ProgressError, match="it is a folder, a pipe or a device"):
            use()
