"""A chart as SVG, in the page's own colours, drawn in a few milliseconds without matplotlib.

The inks are those of `answers.figures`: 1, 2 and 3 for series, TEXT and AXIS for the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np

TEXT, AXIS = "var(--md-default-fg-color)", "var(--md-default-fg-color--light)"
INKS = {
    1: "var(--figure-1, #4051b5)",
    2: "var(--figure-2, #c2410c)",
    3: "var(--figure-3, #0f766e)",
}
WIDTH, HEIGHT = 396, 240
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 14, 44  # of the frame
SIZE = 12  # of text
HALO = "paint-order: stroke; stroke: var(--md-default-bg-color); stroke-width: 4px"


@dataclass(frozen=True)
class Axis:
    """One side of a chart: what it measures, its ends, and where it is marked.

    Attributes:
        label: What is measured.
        low: The value at its left or lower end.
        high: The value at the other end.
        ticks: Values that are marked, or their names by value; none by default.
    """

    label: str
    low: float
    high: float
    ticks: tuple[float, ...] | dict[float, str] = ()

    def marks(self) -> dict[float, str]:
        if isinstance(self.ticks, dict):
            return self.ticks
        return {value: f"{value:g}" for value in self.ticks}

    def share(self, value: np.ndarray | float) -> np.ndarray | float:
        """How far along the axis a value lies: 0 at its low end, 1 at its high end."""
        return (np.asarray(value, float) - self.low) / (self.high - self.low)


def round_marks(high: float) -> tuple[float, ...]:
    """Three to seven round values from 0 to at most `high`."""
    power = 10.0 ** np.floor(np.log10(high))
    step = next(s for s in (0.2 * power, 0.5 * power, power, 2 * power) if high / s < 7)
    return tuple(float(f"{n * step:.3g}") for n in range(int(high / step) + 1))


class Chart:
    """An empty chart, to be drawn on from back to front."""

    def __init__(self, x: Axis, y: Axis):
        self.x, self.y = x, y
        self.shapes: list[str] = []

    def line(
        self, x: np.ndarray, y: np.ndarray, ink: int, dashed: bool = False
    ) -> None:
        """A line through points; what lies outside the frame is cut off."""
        dash = ' stroke-dasharray="6 4"' if dashed else ""
        self.shapes.append(
            f'<polyline points="{self.points(x, y)}" fill="none" stroke="{INKS[ink]}" '
            f'stroke-width="2" stroke-linejoin="round"{dash}/>'
        )

    def area(self, x: np.ndarray, y: np.ndarray, ink: int) -> None:
        """What lies between a line and the lower end, tinted."""
        x = np.concatenate([x[:1], x, x[-1:]])
        y = np.concatenate([[self.y.low], y, [self.y.low]])
        self.shapes.append(
            f'<polygon points="{self.points(x, y)}" fill="{INKS[ink]}" opacity="0.18"/>'
        )

    def box(
        self, x: tuple[float, float], y: tuple[float, float], ink: int, tint: float = 1
    ) -> None:
        """A filled rectangle."""
        (left, right), (top, bottom) = self.across(x), self.down(y[::-1])
        self.shapes.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
            f'height="{bottom - top:.1f}" fill="{INKS[ink]}" opacity="{tint:g}"/>'
        )

    def dot(self, x: float, y: float, ink: int) -> None:
        self.shapes.append(
            f'<circle cx="{self.across(x):.1f}" cy="{self.down(y):.1f}" r="5" '
            f'fill="{INKS[ink]}"/>'
        )

    def rule(
        self, x: float | None = None, y: float | None = None, ink: int | None = None
    ) -> None:
        """A dashed line across the chart, at one x or one y."""
        xs = [self.x.low, self.x.high] if x is None else [x, x]
        ys = [self.y.low, self.y.high] if y is None else [y, y]
        self.shapes.append(
            f'<polyline points="{self.points(xs, ys)}" stroke="{INKS.get(ink, AXIS)}" '
            f'stroke-width="1.5" stroke-dasharray="3 3"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        ink: int | None = None,
        anchor: str = "middle",
    ) -> None:
        """Words at a point, which they stand above; `anchor` is start, middle or end."""
        self.shapes.append(
            words(self.across(x), self.down(y) - 4, text, INKS.get(ink, TEXT), anchor)
        )

    def across(self, x: float | Iterable[float]) -> np.ndarray:
        return LEFT + self.x.share(x) * (WIDTH - LEFT - RIGHT)

    def down(self, y: float | Iterable[float]) -> np.ndarray:
        return HEIGHT - BOTTOM - self.y.share(y) * (HEIGHT - TOP - BOTTOM)

    def points(self, x: Iterable[float], y: Iterable[float]) -> str:
        # Beyond the frame, where it makes no difference.
        far = 10 * HEIGHT
        down = np.clip(self.down(y), -far, far)
        pairs = zip(self.across(x), down, strict=True)
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in pairs)

    def frame(self) -> str:
        """Both axes, with their marks and labels."""
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        parts = [
            f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="{AXIS}"/>'
        ]
        for value, name in self.x.marks().items():
            at = self.across(value)
            parts.append(f'<path d="M{at:.1f} {bottom}v4" stroke="{AXIS}"/>')
            parts.append(words(at, bottom + 16, name))
        for value, name in self.y.marks().items():
            at = self.down(value)
            parts.append(f'<path d="M{LEFT} {at:.1f}h-4" stroke="{AXIS}"/>')
            parts.append(words(LEFT - 7, at + 4, name, anchor="end"))
        middle = (TOP + bottom) / 2
        parts.append(words((LEFT + right) / 2, HEIGHT - 6, self.x.label))
        turned = words(-middle, 12, self.y.label)
        parts.append(f'<g transform="rotate(-90)">{turned}</g>')
        return "".join(parts)

    def svg(self, description: str) -> str:
        """The chart, and what it shows for those who cannot see it."""
        inside = (LEFT, 0, WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM)
        # A nested <svg> cuts off what lies outside, without an id that pages share.
        cut = 'x="{0}" y="{1}" width="{2}" height="{3}" viewBox="{0} {1} {2} {3}"'
        return (
            f'<svg role="img" aria-label="{escape(description)}" viewBox="0 0 {WIDTH} '
            f'{HEIGHT}" style="max-width: 30em" xmlns="http://www.w3.org/2000/svg">'
            f"<svg {cut.format(*inside)}>{''.join(self.shapes)}</svg>"
            f"{self.frame()}</svg>"
        )


def words(
    x: float, y: float, text: str, ink: str = TEXT, anchor: str = "middle"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{ink}" font-size="{SIZE}" '
        f'text-anchor="{anchor}" style="{HALO}">{escape(text)}</text>'
    )
