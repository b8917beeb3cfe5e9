"""Every cell of every page prints in the browser what stands below it on the page."""

import pytest
from cells import Cell
from live_fences import PAGES, last_fences, live_fences
from serving import ROOT
from weekly import weekly

# A page without a formula, one with some, and the home page; others if they may have changed.
ALWAYS = [p for p in PAGES if p.stem in ("08-broadcasting", "06-softmax-cross-entropy", "index")]


@pytest.mark.parametrize("page", weekly(PAGES, ALWAYS), ids=lambda page: page.stem)
def test_every_cell_prints_what_the_page_shows(warm, page):
    fences = live_fences(page)
    path = page.relative_to(ROOT / "docs").with_suffix("").as_posix()
    shown = warm("" if path == "index" else f"{path}/")
    shown.add_style_tag(content=".tabbed-block { display: block !important }")
    shown.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    assert shown.locator(".highlight.live").count() == len(fences)
    cells = [Cell(shown, number + 1) for number in range(len(fences))]
    # Those that no other needs: the others run before one of them.
    last = last_fences(page)
    said = [c.run() for f, c in zip(fences, cells, strict=True) if f.line in last]
    printed = [
        f"{page.name}:{fence.line}: {cell.complaint or cell.printed}"
        for fence, cell in zip(fences, cells, strict=True)
    ]
    assert printed == [f"{page.name}:{fence.line}: {fence.output}" for fence in fences]
    assert [each for each in said if not each.startswith("Done")] == []
