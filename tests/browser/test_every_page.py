"""Every page, as it is seen in light, in dark and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from serving import ROOT

SOURCES = sorted(
    path.relative_to(ROOT / "docs").with_suffix("")
    for path in ROOT.glob("docs/**/*")
    if path.suffix in {".md", ".ipynb"}
)
PAGES = [
    f"{(p.parent if p.name == 'index' else p).as_posix()}/".removeprefix("./")
    for p in SOURCES
]
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path or "home")
each_look = pytest.mark.parametrize("look", ["light", "dark", "phone"])

UNFOLD = """() => document.querySelectorAll("details").forEach(d => d.open = true)"""
# What is done when the browser is idle has been done.
SETTLED = """() => !document.querySelector(".md-code__nav:not([role=none])")
  && [...document.querySelectorAll(".equation, .md-typeset__scrollwrap, pre > code")]
    .every(e => e.scrollWidth <= e.clientWidth || e.tabIndex == 0)"""
NEAR = ".equation { content-visibility: visible !important }"
OVERFLOW = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility())
  .filter(e => { for (let p = e; p = p.parentElement;) {
    const { overflowX, position } = getComputedStyle(p)
    if (overflowX != "visible" && p != document.body && p != document.documentElement) return false
  } return !e.closest(".katex-mathml, .md-sidebar, .md-search, .md-overlay") })
  .map(e => e.outerHTML.slice(0, 120))"""


def violations(page):
    """What axe-core objects to."""
    found = (
        Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    )
    return [(v["id"], [node["target"] for node in v["nodes"]]) for v in found]


@each_look
@each_page
def test_page_is_accessible_and_fits(visit, path, look):
    page = visit(path, look)
    page.evaluate(UNFOLD)
    page.add_style_tag(content=NEAR)
    page.wait_for_function(SETTLED)
    assert not violations(page)
    assert not page.evaluate(OVERFLOW)


def test_a_missing_page_is_as_good(contexts, site):
    page = contexts["light"].new_page()
    page.goto(f"{site.url}404.html")
    assert not violations(page)
    page.close()


@each_page
def test_page_is_read_without_javascript(browser, site, path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + path)
    assert page.locator("h1").is_visible()
    for paragraph in page.locator("article > p").all():
        assert paragraph.is_visible()
    for formula in page.locator("article > p .katex").all()[:3]:
        assert formula.bounding_box()["height"] > 5
    context.close()
