"""Explorers: figures with sliders, which the reader's own browser redraws.

An explorer is a module here, named as pages name it, and holds `explorer`: the sliders, and a
function that takes their values and returns what is seen, computed by the answers' own
functions. The first paragraph of its docstring is the caption.

    ```explorer
    temperature
    ```

puts it on a page. `answers.site.explorer_fence` draws the figure as it stands before anybody
moves it, `docs/live/explorers.js` moves it.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from answers.explorers.chart import Chart


@dataclass(frozen=True)
class Slider:
    """A setting, and the values that it takes from left to right.

    Attributes:
        name: The argument that it is.
        label: What the page calls it.
        values: All values, the smallest first.
        start: The value to begin with, one of them.
        form: How a value is written: a format specification.
    """

    name: str
    label: str
    values: tuple[float, ...]
    start: float
    form: str = "g"

    def text(self, value: float) -> str:
        return format(value, self.form)


def steps(low: float, high: float, count: int) -> tuple[float, ...]:
    """`count` equal steps from `low` to `high`, rounded to four digits."""
    return tuple(float(f"{value:.4g}") for value in np.linspace(low, high, count + 1))


def ratios(low: float, high: float, count: int) -> tuple[float, ...]:
    """`count` steps of one ratio from `low` to `high`, rounded to three digits."""
    return tuple(float(f"{value:.3g}") for value in np.geomspace(low, high, count + 1))


@dataclass(frozen=True)
class View:
    """What is seen: a chart, what it shows in words, and the numbers below it."""

    chart: Chart
    description: str
    facts: tuple[str, ...]

    @property
    def svg(self) -> str:
        return self.chart.svg(self.description)


class Explorer:
    """Sliders, and what is seen for their values.

    Raises:
        ValueError: A slider does not start at one of its values, or is not an argument.
    """

    def __init__(self, view: Callable[..., View], *sliders: Slider):
        self.view, self.sliders = view, sliders
        self.caption = " ".join(inspect.getdoc(view).split("\n\n")[0].split())
        if list(inspect.signature(view).parameters) != [s.name for s in sliders]:
            raise ValueError(
                f"the arguments of {view.__name__} are not the names of its sliders"
            )
        for slider in sliders:
            if slider.start not in slider.values:
                raise ValueError(
                    f"slider {slider.name} starts at {slider.start}, not one of its values"
                )

    @property
    def starts(self) -> list[int]:
        """The place of each slider at the start."""
        return [slider.values.index(slider.start) for slider in self.sliders]

    def at(self, places: list[int]) -> dict:
        """What is seen with the sliders at these places, counted from 0, as JSON can hold it."""
        values = [s.values[at] for s, at in zip(self.sliders, places, strict=True)]
        view = self.view(*values)
        texts = [s.text(v) for s, v in zip(self.sliders, values, strict=True)]
        return {"svg": view.svg, "facts": view.facts, "values": texts}


def names() -> list[str]:
    """The names of all explorers."""
    own = {"__init__", "chart"}
    return sorted(
        f.stem for f in Path(__file__).parent.glob("*.py") if f.stem not in own
    )


def load(name: str) -> Explorer:
    """The explorer of that name."""
    return import_module(f"answers.explorers.{name}").explorer


def at(name: str, places: list[int]) -> dict:
    """What is seen of that explorer; what the page calls."""
    return load(name).at(places)
