"""Every page, as it is seen in light, in dark and on a phone, and read without JavaScript."""

import pytest
from looks import LOOKS, UNFOLD, violations, wear
from serving import ROOT

SOURCES = sorted(
    path.relative_to(ROOT / "docs").with_suffix("")
    for path in ROOT.glob("docs/**/*")
    if path.suffix in {".md", ".ipynb"}
)
PAGES = [
    f"{(p.parent if p.name == 'index' else p).as_posix()}/".removeprefix("./") for p in SOURCES
]

OVERFLOW = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility())
  .filter(e => { for (let p = e; p = p.parentElement;) {
    const { overflowX, position } = getComputedStyle(p)
    if (overflowX != "visible" && p != document.body && p != document.documentElement) return false
  } return !e.closest(".katex-mathml, .md-sidebar, .md-search, .md-overlay") })
  .map(e => e.outerHTML.slice(0, 120))"""
INVISIBLE = """() => [...document.querySelectorAll("h1, article > p, article > p .katex")]
  .filter(e => e.getBoundingClientRect().height <= 5
    || !e.checkVisibility({ visibilityProperty: true }))
  .map(e => e.outerHTML.slice(0, 120))"""


def wrong(page):
    """What is wrong with a page in each look."""
    page.evaluate(UNFOLD)
    found = {}
    for look in LOOKS:
        wear(page, look)
        found[look] = violations(page) + page.evaluate(OVERFLOW)
    page.wait_for_load_state("networkidle")  # what it asks for late may be in trouble too
    return found


@pytest.mark.parametrize("path", [*PAGES, "404.html"], ids=lambda path: path or "home")
def test_page_is_accessible_and_fits(visit, path):
    assert wrong(visit(path)) == {"light": [], "dark": [], "phone": []}


FAULTY = """() => {
  document.querySelector("article").insertAdjacentHTML("beforeend", `<div id=planted><input>
    <p>black on white<p class=one>black on white<p>black on white
    <p class=two>black on <b>white</b>
    <p style="position: relative">under <b class=three style="position: absolute; left: 0">over</b>
    <p id=wide style="width: 500px"></p>
    <style>
      [data-md-color-scheme=slate] .one { color: #555 }
      [data-md-color-scheme=slate] .two { background: #ddd }
      @media (width < 400px) { .three { color: #ddd } }
    </style></div>`)
}"""


def test_a_fault_is_found_in_the_look_that_has_it(visit):
    page = visit()
    page.evaluate(FAULTY)
    label = ["label", [["#planted > input"]]]
    wide = '<p id="wide" style="width: 500px"></p>'
    assert wrong(page) == {
        "light": [label],
        "dark": [["color-contrast", [[".one"], [".two"], [".two > b"]]], label],
        "phone": [["color-contrast", [[".three"]]], label, wide],
    }


def test_every_page_is_read_without_javascript(browser, site):
    page = browser.new_page(java_script_enabled=False)
    for path in PAGES:
        page.goto(site.url + path)
        assert page.locator("h1").is_visible()
        assert page.evaluate(INVISIBLE) == [], path
    page.close()
