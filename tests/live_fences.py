"""The cells of the pages, as the sources have them."""

import sys
from pathlib import Path

from answers.pages import ROOT
from answers.proof.fences import Fence, python_fences

sys.path.insert(0, str(ROOT / "docs/live"))
from needs import needs


def live_fences(page: Path) -> list[Fence]:
    """The fences of a page that are marked as live."""
    lines = page.read_text(encoding="utf-8").splitlines()
    fences = python_fences(page)
    return [f for f in fences if "live" in lines[f.line - 1].strip(" `{}").split(".")]


def pressed(page: Path) -> dict[int, list[Fence]]:
    """The line of each cell, and the fences that run when it is pressed: it and those it needs."""
    live = {fence.line for fence in live_fences(page)}
    fences = [f for f in python_fences(page) if f.line in live or any(p.module for p in f.parts)]
    told = needs([fence.shown for fence in fences])["needs"]
    return {
        fence.line: [fences[index] for index in [*told[place], place]]
        for place, fence in enumerate(fences)
        if fence.line in live
    }


def last_fences(page: Path) -> list[int]:
    """The lines of the cells that no other needs."""
    fences = pressed(page)
    return sorted(fences.keys() - {each.line for *needed, _ in fences.values() for each in needed})


PAGES = [page for page in sorted(ROOT.glob("docs/**/*.md")) if live_fences(page)]
