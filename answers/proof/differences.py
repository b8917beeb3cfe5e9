"""How what a function made differs from what is committed, in sentences; none if it does not."""

import difflib
import re
from pathlib import Path

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
TAG = re.compile(r"<[^>]*>")

# In units of the drawing, of which a page shows some 400 side by side: less than the eye sees,
# more than versions of matplotlib differ in rounding.
TOLERANCE = 0.5
# This one draws rounding errors, which differ between processors: its left branch moved by 1.9
# when NumPy was told to use older instructions.
ROUNDING = {"step_size": 2.5}


def of_text(path: Path, old: str, new: str) -> list[str]:
    """The lines that differ."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), "committed", "made", lineterm="", n=0
    )
    return list(lines) or ["an end of line"] * (old != new)


def of_figure(path: Path, old: str, new: str) -> list[str]:
    """What the eye could tell apart: all but the last digits of coordinates."""
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return ["the shapes or the words are others"]
    if TAG.sub("", old) != TAG.sub("", new):
        return ["a number is another"]
    pairs = zip(*map(coordinates, (old, new)), strict=True)
    tolerance = ROUNDING.get(path.stem, TOLERANCE)
    return [f"{a} is now {b}" for a, b in pairs if abs(a - b) > tolerance][:5]


def coordinates(drawing: str) -> list[float]:
    return [float(n) for tag in TAG.findall(drawing) for n in NUMBER.findall(tag)]


def of_lab(path: Path, old: str, new: str) -> list[str]:
    """The lines that differ, below the code that prints them."""
    from answers.proof import lab_runs

    return lab_runs.differences(old, new)
