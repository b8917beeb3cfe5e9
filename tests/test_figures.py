"""A page shows the figure that its code draws, and every figure is on a page."""

import re

import matplotlib.pyplot as plt
import pytest

from answers.figures import STYLE, draw, names, svg
from answers.site.generated import write
from answers.site.pages import ROOT

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
TAG = re.compile(r"<[^>]*>")
FOLDER = ROOT / "docs/figures"

# In units of the drawing, of which a page shows some 400 side by side: less than the eye sees,
# more than versions of matplotlib differ in rounding.
TOLERANCE = 0.5

# This one draws rounding errors, which differ between processors: its left branch moved by 1.9
# when NumPy was told to use older instructions.
ROUNDING = {"step_size": 2.5}


def differences(shown: str, drawn: str, tolerance: float = TOLERANCE) -> list[str]:
    """What the eye could tell apart: all but the last digits of coordinates."""
    if NUMBER.sub("#", shown) != NUMBER.sub("#", drawn):
        return ["the shapes or the words are others"]
    if TAG.sub("", shown) != TAG.sub("", drawn):
        return ["a number is another"]
    old, new = (
        [float(n) for tag in TAG.findall(s) for n in NUMBER.findall(tag)]
        for s in (shown, drawn)
    )
    far = [
        f"{a} is now {b}"
        for a, b in zip(old, new, strict=True)
        if abs(a - b) > tolerance
    ]
    return far[:5]


@pytest.mark.parametrize("name", names())
def test_a_page_shows_the_figure_that_its_code_draws(name, update):
    path, drawn = FOLDER / f"{name}.svg", draw(name)
    shown = path.read_text(encoding="utf-8") if path.exists() else ""
    found = differences(shown, drawn, ROUNDING.get(name, TOLERANCE))
    if update and found:
        write(path, drawn)
    else:
        assert not found, (
            f"{path.relative_to(ROOT)}: {'; '.join(found)}; see `pytest --update`"
        )


def test_every_file_has_a_figure_that_draws_it():
    assert {path.stem for path in FOLDER.iterdir()} <= set(names())


def test_every_figure_is_on_a_page():
    text = "".join(
        page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md")
    )
    assert [
        name for name in names() if f'--8<-- "docs/figures/{name}.svg"' not in text
    ] == []


@pytest.mark.parametrize("name", names())
def test_a_figure_brings_its_own_ids_and_takes_its_colours_from_the_page(name):
    drawn = draw(name)
    ids = re.findall(r' id="([^"]*)"', drawn)
    assert len(ids) == len(set(ids))
    assert {i for i in ids if not i.startswith(f"{name}-")} == set()
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', drawn)) == set(ids)
    assert not re.search(r"(?<!, )#[0-9a-f]{6}|style=\"[^\"]*(?:black|white)", drawn)


def described():
    """A caption.

    A description.
    """


@pytest.mark.parametrize(
    ("colour", "doc", "message"),
    [
        (
            "red",
            described.__doc__,
            "figure toy draws in #ff0000; use C0, C1, C2, TEXT or AXIS",
        ),
        ("C0", "A caption.", "figure toy: give its docstring two paragraphs"),
        ("C0", None, "figure toy: give its docstring two paragraphs"),
    ],
)
def test_a_figure_without_words_or_with_colours_of_its_own_is_refused(
    colour, doc, message, monkeypatch
):
    def toy():
        figure, axes = plt.subplots()
        axes.plot([1, 2], color=colour)
        return figure

    toy.__doc__ = doc
    monkeypatch.setattr("answers.figures.figures", lambda: {"toy": toy})
    with pytest.raises(ValueError, match=message):
        draw("toy")


def test_a_figure_that_moved_by_a_hair_is_the_same_one():
    assert differences('<path d="M 1.0 2.0"/>', '<path d="M 1.3 1.8"/>') == []


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
    assert differences('<path d="M 1.0 2.0"/><text>0.1</text>', drawn)


def test_places_are_rounded_and_words_are_not():
    with plt.rc_context(STYLE | {"figure.constrained_layout.use": False}):
        figure, axes = plt.subplots()
        axes.plot([0, 1 / 3], [0, 1 / 7])
        axes.text(0.123456, 0.5, "AP .85 or 0.1234")
        drawing = svg(figure, "any")
    assert "AP .85 or 0.1234" in drawing
    assert not re.search(r"<[^>]*\d\.\d{2}", drawing)
