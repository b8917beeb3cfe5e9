"""`pytest --update` makes parts of pages and whole files anew, and writes only what differs."""

import pytest

from answers.pages import ROOT
from answers.proof import generated
from answers.proof.differences import of_figure, of_text
from answers.proof.generated import Generated, everything, with_parts

OPEN, CLOSE = (
    "<!-- generated:answers.proof.index.topics -->",
    "<!-- /generated:answers.proof.index.topics -->",
)
PAGE = ROOT / "docs/index.md"


@pytest.fixture
def small_map(monkeypatch):
    monkeypatch.setattr("answers.proof.index.topics", lambda: "| a |\n|---|\n| 1 |\n")


def test_a_generated_part_is_replaced_and_nothing_else(small_map):
    text = f"Before.\n\n{OPEN}\n\nold\n\n{CLOSE}\n\nAfter, {'generated'}.\n"
    made = with_parts(PAGE, text)
    assert made == text.replace("old", "| a |\n|---|\n| 1 |")
    assert with_parts(PAGE, made) == made


def test_a_page_without_generated_parts_stays_as_it_is():
    assert with_parts(PAGE, "Nothing generated here.\n") == "Nothing generated here.\n"


@pytest.mark.parametrize(
    "text",
    [
        OPEN,
        CLOSE,
        f"{CLOSE}\n{OPEN}",
        f"{OPEN}\n{OPEN}\n{CLOSE}",
        f"{OPEN}\n{CLOSE.replace('topics', 'item')}",
    ],
)
def test_a_marker_out_of_place_is_refused(text):
    with pytest.raises(ValueError, match="a generated part stands between"):
        with_parts(PAGE, text)


@pytest.mark.parametrize("function", ["answers.proof.index.topicss", "answers.gone.table", "table"])
def test_a_function_that_does_not_exist_is_named(function):
    text = f"<!-- generated:{function} -->\n<!-- /generated:{function} -->\n"
    with pytest.raises(ValueError, match=f"^<!-- generated:{function} -->: "):
        with_parts(PAGE, text)


def test_every_kind_of_generated_thing_is_in_the_table():
    kinds = {each.path.suffix for each in everything()}
    assert kinds == {".md", ".svg", ".py", ".ipynb", ".json", ".txt"}


def renewed(path, old):
    return f"{path.name}, new\n"


@pytest.fixture
def three(tmp_path):
    """Of three generated files one is stale, one as it should be, and one cannot be made."""
    functions = {
        "stale": f"{__name__}.renewed",
        "right": "answers.proof.generated.with_parts",
        "gone": "answers.proof.generated.gone",
    }
    for name in functions:
        (tmp_path / name).write_text("old\n")
    return [Generated(tmp_path / name, function) for name, function in functions.items()]


def test_update_writes_what_differs_and_says_why_the_rest_cannot_be_made(three):
    stale, _, gone = (each.path for each in three)
    why = "AttributeError: module 'answers.proof.generated' has no attribute 'gone'"
    assert generated.update(three) == {stale: "", gone: why}
    assert three[0].path.read_text() == "stale, new\n"
    assert [each.path.read_text() for each in three[1:]] == ["old\n", "old\n"]
    assert generated.update(three) == {gone: why}
    assert generated.update([]) == {}


def test_update_names_the_exercise_that_a_page_lists_and_that_is_not_there(tmp_path):
    page = tmp_path / "01-a.md"
    page.write_text("---\nmodules: []\nexercises: [sofmax]\n---\n\nText.\n")
    parts = [Generated(page, "answers.proof.minutes.with_minutes")]
    text, why = generated.made_anew(parts)
    assert text is None
    assert "no exercise is called 'sofmax'; did you mean softmax?" in why


def test_an_id_of_a_card_that_is_gone_is_told_with_what_to_do():
    path = ROOT / "tests/cards/ids.txt"
    published = path.read_text("utf-8")
    told = r"no card has the id 06/is-it any more.* write `<!-- card: is-it -->` above .* ids\.txt"
    with pytest.raises(ValueError, match=told):
        generated.card_ids(path, f"{published}06/is-it\n")
    # A new card is added.
    assert generated.card_ids(path, published.replace("06/opening\n", "")) == published


def test_lines_that_differ_are_told():
    assert of_text(PAGE, "a\nb\n", "a\nc\n")[-2:] == ["-b", "+c"]
    assert of_text(PAGE, "a\n", "a") == ["an end of line"]
    assert of_text(PAGE, "a\n", "a\n") == []


def test_a_figure_that_moved_by_a_hair_is_the_same_one():
    assert of_figure(PAGE, '<path d="M 1.0 2.0"/>', '<path d="M 1.3 1.8"/>') == []


@pytest.mark.parametrize(
    "drawn",
    [
        '<path d="M 1.0 2.6"/><text>0.1</text>',
        '<path d="M 1.0 2.0"/><text>0.2</text>',
        '<path d="M 1.0 2.0 3.0"/><text>0.1</text>',
        '<path d="M 1.0 2.0"/><text>-0.1</text>',
    ],
)
def test_a_figure_with_another_point_or_another_label_is_another_one(drawn):
    assert of_figure(PAGE, '<path d="M 1.0 2.0"/><text>0.1</text>', drawn)
