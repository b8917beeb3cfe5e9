"""Each number in a caption or a description is in a phrase that a test of its figure quotes."""

import itertools
import re

import pytest
from drawing import Drawing, quoted, words

from answers.figures import names

CATEGORIES = {"classes"}  # each has a row, whatever its number
PLAIN = re.compile(r"\d+(\.\d+)?%?")
NUMBER = re.compile(r"(?<![\w.])[-±]?\d[\d,.]*(?:e-?\d+)?")


def unquoted(text: str, phrases: list[str]) -> list[str]:
    """The numbers of a text that stand in none of the phrases."""
    for phrase in phrases:
        text = text.replace(phrase, "…")
    return [number.rstrip(",.") for number in NUMBER.findall(text)]


@pytest.mark.parametrize("name", names())
def test_what_a_figure_says_in_numbers_is_compared_with_what_it_draws(name):
    assert name in quoted(), f"write test_{name} in tests/figures: its data, its words"
    assert unquoted(words(name), quoted()[name]) == []


@pytest.mark.parametrize("name", names())
def test_a_tick_says_where_it_stands(name):
    for panel in Drawing(name).panels:
        for axis in (panel.xaxis, panel.yaxis):
            labels = [label.get_text() for label in axis.get_ticklabels()]
            numbers = [label for label in labels if PLAIN.fullmatch(label)]
            if axis.get_label_text() in CATEGORIES or not numbers or numbers != labels:
                continue
            said = [float(label.rstrip("%")) for label in labels]
            assert said == pytest.approx(list(axis.get_ticklocs()))


@pytest.mark.parametrize("name", names())
def test_labels_of_an_axis_do_not_overlap(name):
    panels = Drawing(name).panels
    panels[0].figure.draw_without_rendering()
    for panel in panels:
        for axis in (panel.xaxis, panel.yaxis):
            shown = [label for label in axis.get_ticklabels() if label.get_text()]
            boxes = [label.get_window_extent() for label in shown]
            assert not [
                (one.get_text(), other.get_text())
                for (one, a), (other, b) in itertools.pairwise(zip(shown, boxes, strict=True))
                if a.overlaps(b)
            ]


def test_a_number_that_no_phrase_holds_is_named():
    text = "It falls from 0.97 to 0.31 at d = 64, and to 1,024."
    assert unquoted(text, []) == ["0.97", "0.31", "64", "1,024"]
    assert unquoted(text, ["from 0.97 to 0.31"]) == ["64", "1,024"]
