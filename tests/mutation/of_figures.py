"""Changes of the data that figures draw, and of the numbers that their captions say."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from answers import figures
from answers.pages import ROOT
from answers.proof.differences import of_figure
from tests.figures.drawing import quoted, words
from tests.mutation.changes import Change

NUMBER = re.compile(r"(?<![\w.,])\d[\d.,]*(?<![.,])")  # no digit of a name, such as k3
SHIFT = 0.03  # of the axis: some 7 of the drawing's units


def changes(names: Iterable[str] | None = None) -> Iterator[Change]:
    """Each line with one point moved, each bar longer, each dot moved, each cell another."""
    for name in names or figures.names():
        figure = drawn_anew(name)
        count = len(moves(figure))
        plt.close(figure)
        for number in range(count):
            yield Change("figure", name, f"artist {number}", lambda a=name, n=number: noticed(a, n))


def captions() -> Iterator[Change]:
    """Each number of a caption or a description with another last digit."""
    for name in figures.names():
        text = words(name)
        for match in NUMBER.finditer(text):
            start, end = match.span()
            other = text[: end - 1] + str((int(text[end - 1]) + 1) % 10) + text[end:]
            what = f"{text[max(0, start - 20) : end]} → {other[start:end]}"
            yield Change("caption", name, what, lambda a=name, t=other: not said(a, t))


def said(name: str, text: str) -> bool:
    """Whether a text has all phrases that the figure's test quotes."""
    return all(phrase in text for phrase in quoted()[name])


def noticed(name: str, number: int | None = None) -> bool:
    """Whether the drawing differs when the thing of that number is moved; None: nothing is."""
    figure = drawn_anew(name)
    if number is not None:
        moves(figure)[number]()
    with plt.rc_context(figures.STYLE):
        drawing = figures.svg(figure, name)
    return bool(of_figure(ROOT / f"docs/figures/{name}.svg", untouched(name), drawing))


def drawn_anew(name: str) -> Figure:
    with plt.rc_context(figures.STYLE):
        return figures.figures()[name]()


def moves(figure: Figure) -> list[Callable[[], None]]:
    """What moves each thing that shows data."""
    found = []
    for axes in figure.axes:
        height = np.ptp(axes.get_ylim())
        found += [lambda a=line, axes=axes: move_line(a, axes) for line in axes.lines]
        found += [
            lambda a=bar, h=height: a.set_height(a.get_height() + SHIFT * h)
            for bar in axes.patches
            if isinstance(bar, Rectangle)
        ]
        found += [
            lambda a=dots, axes=axes: move_dot(a, axes)
            for dots in axes.collections
            if isinstance(dots, PathCollection)
        ]
        found += [lambda a=image: a.set_data(other_cell(a.get_array())) for image in axes.images]
        found += [
            lambda a=text: a.set_text(other_digit(a.get_text()))
            for text in axes.texts
            if any(c.isdigit() for c in text.get_text())
        ]
    return found


def move_line(line, axes) -> None:
    x, y = (np.array(values, dtype=float) for values in line.get_data())
    shown = np.flatnonzero(np.isfinite(y))
    middle = shown[len(shown) // 2]
    y[middle] = off(y[middle], axes)
    line.set_data(x, y)


def move_dot(dots, axes) -> None:
    places = np.array(dots.get_offsets(), dtype=float)
    places[len(places) // 2, 1] = off(places[len(places) // 2, 1], axes)
    dots.set_offsets(places)


def off(y: float, axes) -> float:
    """A value `SHIFT` of the axis away, whatever its scale, and inside."""
    to_axes = axes.transData + axes.transAxes.inverted()
    _, place = to_axes.transform((axes.get_xlim()[0], y))
    place += SHIFT if place < 0.5 else -SHIFT
    return to_axes.inverted().transform((0.5, place))[1]


def other_cell(cells) -> np.ndarray:
    cells = np.array(cells, dtype=float)
    cells.flat[0] = cells.max() if cells.flat[0] < cells.mean() else cells.min()
    return cells


def other_digit(text: str) -> str:
    place = next(i for i, c in enumerate(text) if c.isdigit())
    return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]


@cache
def untouched(name: str) -> str:
    with plt.rc_context(figures.STYLE):
        return figures.svg(drawn_anew(name), name)
