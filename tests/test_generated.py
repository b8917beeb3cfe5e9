"""A generated part is what its function returns, between its two lines."""

import pytest

from answers.site.generated import regenerate, write

OPEN, CLOSE = (
    "<!-- generated:answers.site.index.table -->",
    "<!-- /generated:answers.site.index.table -->",
)


@pytest.fixture(autouse=True)
def table(monkeypatch):
    monkeypatch.setattr("answers.site.index.table", lambda: "| a |\n|---|\n| 1 |\n")


def test_a_generated_part_is_replaced_and_nothing_else():
    text = f"Before.\n\n{OPEN}\n\nold\n\n{CLOSE}\n\nAfter, {'generated'}.\n"
    made = regenerate(text)
    assert made == text.replace("old", "| a |\n|---|\n| 1 |")
    assert regenerate(made) == made


def test_a_page_without_generated_parts_stays_as_it_is():
    assert regenerate("Nothing generated here.\n") == "Nothing generated here.\n"


@pytest.mark.parametrize(
    "text",
    [
        OPEN,
        CLOSE,
        f"{CLOSE}\n{OPEN}",
        f"    {OPEN}\n    {CLOSE}",
        f"{OPEN}\n{OPEN}\n{CLOSE}",
        f"{OPEN}\n{CLOSE.replace('table', 'row')}",
    ],
)
def test_a_marker_out_of_place_is_refused(text):
    with pytest.raises(ValueError, match="a generated part stands between"):
        regenerate(text)


@pytest.mark.parametrize(
    "function", ["answers.site.index.tables", "answers.gone.table", "table"]
)
def test_a_function_that_does_not_exist_is_named(function):
    with pytest.raises(ValueError, match=f"^<!-- generated:{function} -->: "):
        regenerate(f"<!-- generated:{function} -->\n<!-- /generated:{function} -->\n")


def test_writing_what_is_there_already_touches_nothing(tmp_path):
    path = tmp_path / "a.md"
    write(path, "é\n")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    write(path, "é\n")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.md"
    write(path, "old")
    monkeypatch.setattr("os.replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(path, "new")
    assert path.read_text() == "old"
