"""A file is written as a whole or not at all, and nothing of an attempt is left."""

import os
import stat

import pytest

from answers.files import write


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


def test_a_file_that_is_no_text_is_replaced(path):
    path.write_bytes(b"\xff")
    assert write(path, "new")
    assert path.read_text() == "new"
