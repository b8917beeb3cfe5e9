"""A figure as it is drawn, and what its docstring says of it."""

import ast
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers import figures


def words(name: str) -> str:
    """Caption and description, which are all that a page shows of the docstring."""
    paragraphs = figures.figures()[name].__doc__.split("\n\n")[:2]
    return " ".join(" ".join(paragraphs).split())


class Drawing:
    """One figure. `panels` are its axes, from above or from the left."""

    def __init__(self, name: str):
        self.name, self.words = name, words(name)
        self.panels = drawn(name).axes

    def says(self, phrase: str, holds: object = True) -> None:
        """The figure's words have the phrase, and it holds of what is drawn."""
        assert phrase in self.words, f"{self.name} no longer says: {phrase}"
        assert holds, f"{self.name}: not so: {phrase}"

    def names(self, panel: int = 0) -> list[str]:
        """What the legend names, in its order."""
        return [text.get_text() for text in self.panels[panel].get_legend().get_texts()]

    def line(self, label: str, panel: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """The points of the line that the legend calls `label`."""
        found = [each for each in self.panels[panel].lines if each.get_label() == label]
        assert len(found) == 1, (label, len(found))
        return tuple(np.asarray(each, float) for each in found[0].get_data())

    def lines(self, panel: int = 0) -> list[tuple[str, np.ndarray, np.ndarray]]:
        """All lines of a panel: how each is dashed, and its points."""
        return [
            (line.get_linestyle(), *(np.asarray(each, float) for each in line.get_data()))
            for line in self.panels[panel].lines
        ]

    def styles(self, panel: int = 0) -> list[str]:
        """How each line of a panel is dashed, in the order in which they are drawn."""
        return [style for style, *_ in self.lines(panel)]

    def axes(self, panel: int = 0) -> tuple[str, str]:
        """What the horizontal and the vertical axis measure."""
        return self.panels[panel].get_xlabel(), self.panels[panel].get_ylabel()

    def texts(self, panel: int = 0) -> list[str]:
        return [text.get_text() for text in self.panels[panel].texts]


@cache
def drawn(name: str) -> Figure:
    with plt.rc_context(figures.STYLE):
        figure = figures.figures()[name]()
    plt.close(figure)
    return figure


def same(got: object, want: object, within: float = 1e-9) -> bool:
    return np.shape(got) == np.shape(want) and np.allclose(
        got, want, rtol=within, atol=within, equal_nan=True
    )


@cache
def quoted() -> dict[str, list[str]]:
    """By figure or explorer the phrases that its test hands to `says`."""
    found = {}
    for path in Path(__file__).parent.glob("test_drawn_*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[node.name.removeprefix("test_")] = [
                    call.args[0].value
                    for call in ast.walk(node)
                    if isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr == "says"
                ]
    return found
