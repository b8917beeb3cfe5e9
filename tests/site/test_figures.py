"""Every figure is on a page, and comes with words and in the colours of the page."""

import re

import matplotlib.pyplot as plt
import pytest

from answers.figures import STYLE, draw, names, svg
from answers.pages import ROOT

FOLDER = ROOT / "docs/figures"


def test_every_file_has_a_figure_that_draws_it():
    assert {path.stem for path in FOLDER.iterdir()} <= set(names())


def test_every_figure_is_on_a_page():
    text = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md"))
    assert [name for name in names() if f'--8<-- "docs/figures/{name}.svg"' not in text] == []


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


def test_places_are_rounded_and_words_are_not():
    with plt.rc_context(STYLE | {"figure.constrained_layout.use": False}):
        figure, axes = plt.subplots()
        axes.plot([0, 1 / 3], [0, 1 / 7])
        axes.text(0.123456, 0.5, "AP .85 or 0.1234")
        drawing = svg(figure, "any")
    assert "AP .85 or 0.1234" in drawing
    assert not re.search(r"<[^>]*\d\.\d{2}", drawing)
