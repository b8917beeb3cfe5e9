"""Progress goes to the page and back: merged, and no file of the learner's written over."""

import json
import os
from pathlib import Path
from unittest.mock import Mock

import pytest
from command_line import learner, run
from days import TODAY, in_days
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answers import progress
from answers.cli import kept_files
from answers.grader import catalog
from answers.progress.state import Record, State, read

THEN = f"{TODAY}T05:46:45+00:00"
FULL = State(
    {
        "softmax": Record(hints=2, passed=THEN, solution=THEN, again=THEN),
        "logsumexp": Record(hints=1),
    }
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return learner(tmp_path, monkeypatch)


def answers(*args: str, code: int = 0) -> str:
    return run("progress", *args, code=code).output


def keep(state: State) -> None:
    progress.update(lambda there: vars(there).update(vars(state)))


def kept() -> State:
    return progress.load()[0]


def exported() -> State:
    """What the command exports."""
    answers("export", "out.json", "--force")
    found, wrong = read(Path("out.json").read_text())
    assert wrong == []
    return found


def test_what_is_exported_and_imported_elsewhere_is_the_same(folder):
    keep(FULL)
    (folder / "softmax.py").write_bytes("# hé\r\nx = 1\n".encode())
    (folder / "affine.py").write_text(catalog.load("affine").stub())
    (folder / "notes.py").write_text("not an exercise")
    assert answers("export", "out.json") == "Wrote 2 exercises to out.json.\n"
    text = json.loads((folder / "out.json").read_text())["exercises"]["softmax"]["text"]
    assert text == "# hé\r\nx = 1\n"
    answers("--reset", code=1)
    progress.reset()
    (folder / "softmax.py").rename(folder / "elsewhere")
    shown = answers("import", "out.json")
    assert shown == "Wrote softmax.py.\nTook over 2 exercises.\n"
    assert (folder / "softmax.py").read_bytes() == (folder / "elsewhere").read_bytes()
    assert kept() == FULL
    assert answers("import", "out.json") == "Took over 2 exercises.\n"
    assert kept() == FULL


def test_the_pages_exports_are_read(folder):
    export = {
        "version": 3,
        "exercises": {
            "softmax": {
                "text": "mine",
                "before": "older",
                "hints": 3,
                "passed": f"{TODAY}T05:46:45.123Z",
            },
            "from_a_newer_guide": {"text": "x = 1", "hints": 1},
        },
        "study": {"cards": {"06/opening": {"reviews": [[TODAY, 1]], "due": in_days(1)}}},
        "cells": {"a": {"text": "1"}},
        "damaged": {"card.06/x": "…"},
    }
    (folder / "page.json").write_text(json.dumps(export))
    keep(State({"softmax": Record(hints=4)}))
    shown = answers("import", "page.json")
    assert "Wrote softmax.py.\nWrote softmax-before.py.\n" in shown
    assert kept().exercises["softmax"] == Record(hints=4, passed=f"{TODAY}T05:46:45.123Z")
    assert kept().exercises["from_a_newer_guide"] == Record(hints=1)
    assert not (folder / "from_a_newer_guide.py").exists()
    assert shown.endswith(
        "Took over 2 exercises.\nOnly the page keeps the rest (what you study, what you changed in "
        "cells, from_a_newer_guide.py): import page.json there.\n"
    )
    # And goes back as it came, but for what was before and what stayed there.
    assert exported().exercises["softmax"].text == "mine"


def test_what_an_editor_saved_with_a_mark_in_front_is_read(folder):
    keep(FULL)
    progress.location().write_text(progress.location().read_text(), "utf-8-sig")
    assert progress.load() == (FULL, None)
    answers("export", "out.json")
    (folder / "out.json").write_text((folder / "out.json").read_text(), "utf-8-sig")
    assert answers("import", "out.json") == "Took over 2 exercises.\n"


def test_an_import_never_writes_over_a_file(folder):
    export = {"version": 3, "exercises": {"softmax": {"text": "theirs", "before": "mine"}}}
    (folder / "page.json").write_text(json.dumps(export))
    (folder / "softmax.py").write_text("mine")
    shown = answers("import", "page.json")
    assert "softmax.py is left as it is; wrote softmax-imported.py.\n" in shown
    assert (folder / "softmax.py").read_text() == "mine"
    assert (folder / "softmax-imported.py").read_text() == "theirs"
    answers("import", "page.json")
    export["exercises"]["softmax"]["text"] = "others"
    (folder / "page.json").write_text(json.dumps(export))
    assert "wrote softmax-imported-2.py" in answers("import", "page.json")
    assert sorted(each.name for each in folder.glob("*.py")) == [
        "softmax-imported-2.py",
        "softmax-imported.py",
        "softmax.py",
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(st.sampled_from(["a\n", "b\n", ""]), min_size=1, max_size=4))
def test_every_text_that_is_imported_is_in_some_file(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("texts")
    path = folder / "softmax.py"
    path.write_text("mine")
    for text in texts:
        kept_files.keep(text, path, "imported")
    assert path.read_text() == "mine"
    files = [each.read_text() for each in folder.iterdir()]
    assert sorted(files) == sorted({*texts, "mine"})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff", "is no export"),
        (b"[]", "is no export"),
        (b'{"version": 2, "exercises": {}}', "is no export of this version"),
        (b'{"version": 9, "exercises": {}}', "is of a newer version of answers"),
        (
            b'{"version": 3, "exercises": {"softmax": {"hints": "x", "text": "t"}}}',
            "is damaged, so that nothing was taken over: 'hints' of softmax",
        ),
    ],
)
def test_a_file_that_is_not_valid_is_refused_whole(folder, content, words):
    keep(FULL)
    (folder / "in.json").write_bytes(content)
    assert words in answers("import", "in.json", code=2)
    assert kept() == FULL
    assert list(folder.glob("*.py")) == []
    assert "cannot be read: No such file" in answers("import", "none.json", code=2)


def test_a_full_disk_leaves_progress_and_files_as_they_were(folder, monkeypatch):
    keep(FULL)
    theirs = {"softmax": {"text": "theirs"}, "logsumexp": {"hints": 9}}
    (folder / "page.json").write_text(json.dumps({"version": 3, "exercises": theirs}))

    for way in ("replace", "link"):
        full = OSError(28, "No space left on device")
        monkeypatch.setattr(os, way, Mock(side_effect=full))
    assert "out.json cannot be written: No space left" in answers("export", "out.json", code=2)
    told = answers("import", "page.json", code=2)
    assert told == "softmax.py cannot be written: No space left on device; progress is as it was\n"
    assert kept() == FULL
    assert [path.name for path in folder.iterdir()] == ["page.json"]
    monkeypatch.setattr(kept_files, "write_new", lambda path, text: path)
    assert "cannot be written: No space left" in answers("import", "page.json", code=2)
    assert kept() == FULL


def test_an_export_writes_over_nothing_unasked_and_tells_what_it_leaves_out(folder):
    (folder / "out.json").write_text("mine")
    assert "out.json exists; name another file" in answers("export", "out.json", code=2)
    assert (folder / "out.json").read_text() == "mine"
    (folder / "softmax.py").write_bytes(b"\xff")
    shown = answers("export", "out.json", "--force")
    assert "Note: softmax.py is no text that can be read, and is left out\n" in shown
    assert "softmax" not in (folder / "out.json").read_text()


def test_progress_that_cannot_be_read_is_not_exported_as_none(folder):
    progress.location().parent.mkdir()
    progress.location().write_text('{"version": 9, "exercises": {}}')
    assert "of a newer version" in answers("export", "out.json", code=2)
    assert not (folder / "out.json").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / "pipe")
    assert "it is a folder, a pipe or a device" in answers("import", "pipe", code=2)
