"""Figures, drawn by code as SVG in the page's own colours: one file for light and dark.

A figure is a function of a module of this package that takes nothing and is annotated
to return a matplotlib Figure. Its name is that of its file, `docs/figures/<name>.svg`.
The first paragraph of its docstring is the caption, the second describes the figure to
those who cannot see it.

Colours: `C0`, `C1`, `C2` for series, `TEXT` and `AXIS` for the rest, and transparency.
"""

import io
import pkgutil
import re
from collections.abc import Callable
from html import escape
from importlib import import_module
from inspect import getdoc, getmembers, isfunction

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

matplotlib.use("svg")

# What matplotlib draws with, and what the page sees instead.
INKS = {
    "#010203": "var(--md-default-fg-color)",
    "#010204": "var(--md-default-fg-color--light)",
    "#010205": "var(--figure-1, #4051b5)",
    "#010206": "var(--figure-2, #c2410c)",
    "#010207": "var(--figure-3, #0f766e)",
}
TEXT, AXIS, *SERIES = INKS

# 396 units wide. On a phone that is some 360 pixels, and text of 12 is read at 11.
STYLE = {
    "figure.figsize": (5.5, 3.2),
    "figure.constrained_layout.use": True,
    "font.size": 13,
    "axes.titlesize": 13,
    "axes.labelsize": 13,
    "legend.fontsize": 12,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "lines.linewidth": 2,
    "lines.markersize": 5,
    "text.color": TEXT,
    "axes.labelcolor": TEXT,
    "axes.titlecolor": TEXT,
    "xtick.labelcolor": TEXT,
    "ytick.labelcolor": TEXT,
    "axes.edgecolor": AXIS,
    "xtick.color": AXIS,
    "ytick.color": AXIS,
    "axes.prop_cycle": matplotlib.cycler(color=SERIES),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    # Text stays text, and a path keeps its points whatever matplotlib thinks of them.
    "svg.fonttype": "none",
    "svg.hashsalt": "answers",
    "path.simplify": False,
}
LONG = re.compile(r"\d+\.\d{2,}")
FONT = "var(--md-text-font-family, sans-serif)"


def figures() -> dict[str, Callable]:
    """The functions that draw, by name.

    Raises:
        ValueError: Two modules have a figure of the same name.
    """
    found: dict[str, Callable] = {}
    for info in pkgutil.iter_modules(__path__, f"{__name__}."):
        module = import_module(info.name)
        for name, function in getmembers(module, isfunction):
            if (
                function.__module__ != info.name
                or function.__annotations__.get("return") != Figure
            ):
                continue
            if name in found:
                raise ValueError(
                    f"{info.name}: {found[name].__module__} has a figure {name} too"
                )
            found[name] = function
    return found


def names() -> list[str]:
    """The names of all figures."""
    return sorted(figures())


def draw(name: str) -> str:
    """The figure as an HTML fragment, to be included in a page.

    Raises:
        ValueError: Its docstring lacks a paragraph, or it uses a colour that is not the
            page's.
    """
    function = figures()[name]
    paragraphs = [" ".join(p.split()) for p in (getdoc(function) or "").split("\n\n")]
    if len(paragraphs) < 2:
        raise ValueError(
            f"figure {name}: give its docstring two paragraphs, caption and description"
        )
    caption, description = (escape(p) for p in paragraphs[:2])
    with plt.rc_context(STYLE):
        drawing = svg(function(), name)
    opening = f'<svg role="img" aria-label="{description}" '
    return (
        f'<figure class="drawing">\n{drawing.replace("<svg ", opening, 1)}\n'
        f"<figcaption>{caption}</figcaption>\n</figure>\n"
    )


def svg(figure: Figure, name: str) -> str:
    """What matplotlib writes, without what only a file of its own needs."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    plt.close(figure)
    text = buffer.getvalue()
    text = text[text.index("<svg") :].strip()
    text = re.sub(
        r"\s*(<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>)",
        "",
        text,
        flags=re.S,
    )
    text = re.sub(r' (?:width|height)="[\d.]+pt"', "", text, count=2)
    text = text.replace(
        "<svg ", '<svg style="stroke-linejoin: round; max-width: 30em" ', 1
    )
    text = re.sub(r"(font(?:-family)?: (?:[\d.]+px )?)'[^;\"]*", rf"\1{FONT}", text)
    # One decimal is enough for a place; what is written stays as it is.
    text = re.sub(r"<[^>]+>", lambda tag: re.sub(LONG, rounded, tag[0]), text)
    text = re.sub(r"\s*\n\s*", " ", text).replace("> <", ">\n<")
    for stand_in, ink in INKS.items():
        text = text.replace(stand_in, ink)
    if strange := re.search(r": (#[0-9a-f]{6})", text):
        raise ValueError(
            f"figure {name} draws in {strange[1]}; use C0, C1, C2, TEXT or AXIS"
        )
    return own_ids(text, name)


def rounded(number: re.Match) -> str:
    return f"{float(number[0]):.1f}"


def own_ids(text: str, name: str) -> str:
    """`text` with only the ids that are referred to, each starting with `name`."""
    used = dict.fromkeys(re.findall(r'(?:href="|url\()#([^")]+)', text))
    new = {old: f"{name}-{n}" for n, old in enumerate(used, 1)}
    text = re.sub(
        r' id="([^"]+)"', lambda m: f' id="{new[m[1]]}"' if m[1] in new else "", text
    )
    return re.sub(r'(href="|url\()#([^")]+)', lambda m: f"{m[1]}#{new[m[2]]}", text)
