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
@pytest.mark.attack("disk")
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


@pytest.mark.attack("disk")
def test_a_link_stays_one_and_what_it_names_is_written(path):
    link = path.with_name("link")
    link.symlink_to(path)
    write(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"


@pytest.mark.attack("disk")
def test_a_new_file_is_made_once(path):
    assert write(path, "first", new=True)
    with pytest.raises(FileExistsError):
        write(path, "second", new=True)
    assert path.read_text() == "first"
    assert os.listdir(path.parent) == ["a.md"]


@pytest.mark.attack("disk")
def test_a_new_file_that_cannot_be_filled_is_not_left(path, monkeypatch):
    monkeypatch.setattr("os.replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(path, "new", new=True)
    assert os.listdir(path.parent) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.attack("disk")
def test_neither_a_pipe_nor_a_folder_is_written(path):
    os.mkfifo(path)
    for taken in (path, path.parent):
        with pytest.raises(OSError, match="it is a folder, a pipe or a device"):
            write(taken, "new")


@pytest.mark.attack("disk")
def test_what_killed_writers_left_is_removed_in_time(path):
    old, young = path.with_name(".a.md.12345678"), path.with_name(".a.md.abcdefgh")
    for left in (old, young):
        left.write_text("half")
    os.utime(old, (0, 0))
    write(path, "new")
    assert sorted(os.listdir(path.parent)) == [".a.md.abcdefgh", "a.md"]


@pytest.mark.attack("disk")
def test_a_file_that_is_no_text_is_replaced(path):
    path.write_bytes(b"\xff")
    assert write(path, "new")
    assert path.read_text() == "new"
