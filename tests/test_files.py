"""A file is written as a whole or not at all, and nothing of an attempt is left."""

import errno
import os
import re
import stat
import subprocess
import sys

import pytest

from answers.files import MARK, write
from answers.pages import ROOT


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.md"


def test_what_is_written_is_told_and_read_again(path):
    assert write(path, "é\r\n")
    assert path.read_bytes() == "é\r\n".encode()
    assert write(path, "new")
    assert path.read_text() == "new"
    assert os.listdir(path.parent) == ["a.md"]


def test_writing_what_is_there_already_touches_nothing(path):
    write(path, "é\n")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert not write(path, "é\n")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


@pytest.mark.parametrize("step", ["os.replace", "os.fsync"])
def test_an_interrupted_write_leaves_the_old_file(path, step, monkeypatch):
    write(path, "old")
    monkeypatch.setattr(step, lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["a.md"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_permissions_stay_and_new_files_have_the_usual_ones(path):
    before = os.umask(0o027)
    try:
        write(path, "old")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        write(path, "new")
        assert stat.S_IMODE(path.stat().st_mode) == 0o604
    finally:
        os.umask(before)


def test_a_link_stays_one_and_what_it_names_is_written(path):
    link = path.with_name("link")
    link.symlink_to(path)
    write(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"


def test_a_new_file_is_made_once(path):
    assert write(path, "first", new=True)
    with pytest.raises(FileExistsError):
        write(path, "second", new=True)
    assert path.read_text() == "first"
    assert os.listdir(path.parent) == ["a.md"]


def no_links(*_):
    raise OSError(errno.EPERM, "no links here")


def test_a_new_file_is_made_once_where_there_are_no_links(path, monkeypatch):
    monkeypatch.setattr("os.link", no_links)
    test_a_new_file_is_made_once(path)


@pytest.mark.parametrize("link", [no_links, lambda *_: 1 / 0])
def test_a_new_file_that_cannot_be_filled_is_not_left(path, monkeypatch, link):
    monkeypatch.setattr("os.link", link)
    monkeypatch.setattr("os.replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(path, "new", new=True)
    assert os.listdir(path.parent) == []


def python(code: str, *args: object) -> subprocess.Popen:
    """A process that runs the code."""
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


# Writes again and again, each time killed one call of C later, until it is not.
KILLED = """
import itertools, os, signal, sys
from pathlib import Path
from answers.files import write

def count(frame, event, function):
    if event == "c_call" and next(calls) == moment:
        os.kill(os.getpid(), signal.SIGKILL)

path, old = Path(sys.argv[1]), sys.argv[2] or None
write(path, "first")
seen = set()
for moment in itertools.count(1):
    for left in path.parent.iterdir():
        left.unlink()
    if old:
        path.write_text(old)
    if not (child := os.fork()):
        calls = itertools.count(1)
        sys.setprofile(count)
        write(path, "new" * 99999, new=not old)
        sys.setprofile(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    seen.add(path.read_text() if path.exists() else None)
    if not status:
        break
assert seen == {old, "new" * 99999}, [text and text[:9] for text in seen]
print(moment)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.parametrize("old", ["old", ""])
def test_a_writer_that_is_killed_at_any_moment_leaves_the_old_file_or_the_new(path, old):
    printed, _ = python(KILLED, path, old).communicate()
    assert int(printed) > 50


MANY_TIMES = """
import sys
from pathlib import Path
from answers.files import write

path = Path(sys.argv[1])
for _ in range(20):
    write(path, sys.argv[2] * 999999)
    text = path.read_text()
    assert text == text[:1] * 999999
"""
ONCE = """
import sys
from pathlib import Path
from answers.files import write

try:
    print(write(Path(sys.argv[1]), sys.argv[2] * 999999, new=True))
except FileExistsError:
    print("is there")
"""


@pytest.mark.parametrize(
    ("code", "told"), [(MANY_TIMES, [""] * 6), (ONCE, ["True\n"] + ["is there\n"] * 5)]
)
def test_six_that_write_at_once_leave_one_whole_file_and_nothing_else(path, code, told):
    processes = [python(code, path, sign) for sign in "abcdef"]
    assert sorted(process.communicate()[0] for process in processes) == told
    assert [process.returncode for process in processes] == [0] * 6
    assert path.read_text() in [sign * 999999 for sign in "abcdef"]
    assert os.listdir(path.parent) == ["a.md"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_neither_a_pipe_nor_a_folder_is_written(path):
    os.mkfifo(path)
    for taken in (path, path.parent):
        with pytest.raises(OSError, match="it is a folder, a pipe or a device"):
            write(taken, "new")


def test_what_killed_writers_left_is_removed_in_time(path):
    left = [path.with_name(f".a.md.{each}{MARK}") for each in ("12345678", "abcdefgh")]
    readers = [path.with_name(f".a.md.{each}") for each in ("original", "20261126", f"x{MARK}")]
    for each in left + readers:
        each.write_text("half")
    for each in left[:1] + readers:
        os.utime(each, (0, 0))
    write(path, "new")
    assert {*path.parent.iterdir()} == {path, *left[1:], *readers}


def test_a_file_that_is_no_text_is_replaced(path):
    path.write_bytes(b"\xff")
    assert write(path, "new")
    assert path.read_text() == "new"


@pytest.mark.parametrize("durable", [True, False])
def test_only_what_must_survive_a_loss_of_power_waits_for_the_disk(durable, path, monkeypatch):
    waits = []
    monkeypatch.setattr(os, "fsync", waits.append)
    assert write(path, "new", durable=durable)
    assert path.read_text() == "new"
    assert len(waits) == durable


WRITES = re.compile(
    r"""\.write_(?:text|bytes)\(|\bopen\([^)\n]*["'][wax]b?["']|shutil\.copyfile|os\.replace\("""
)
# Who writes without it, and what.
OTHERS = {
    "answers/files.py": "it is the one",
    "answers/cli/__init__.py": "to nowhere, in place of a closed stream",
    "answers/grader/browser_judge.py": "into a folder of its own, for one check",
    "answers/progress/__init__.py": "a lock, which stays empty",
    "conftest.py": "locks, which stay empty",
}


def test_nobody_else_writes_a_file_that_another_may_read():
    sources = [*(ROOT / "answers").rglob("*.py"), ROOT / "conftest.py"]
    writers = [path for path in sources if WRITES.search(path.read_text("utf-8"))]
    assert {path.relative_to(ROOT).as_posix() for path in writers} == set(OTHERS)
    assert len(WRITES.findall((ROOT / "answers/progress/__init__.py").read_text())) == 1
