"""Every page, as it is seen in light, in dark and on a phone, and read without JavaScript."""

import pytest
from looks import FINE, UNFOLD, violations, wear
from serving import ROOT
from weekly import weekly

DOCS = ROOT / "docs"
SOURCES = sorted(path for path in DOCS.glob("**/*") if path.suffix in {".md", ".ipynb"})


def address(source):
    """Where a page is served, below the site."""
    page = source.relative_to(DOCS).with_suffix("")
    return f"{(page.parent if page.name == 'index' else page).as_posix()}/".removeprefix("./")


def name(source):
    return address(source) or "home"


# What has a script or a hook of its own, a lab, and two questions, one of them with formulas and
# sliders; others if they may have changed.
ALWAYS = [
    "home",
    *("practice/", "mock/", "review/", "tags/", "labs/", "labs/labels/"),
    *("questions/01-backpropagation/", "questions/06-softmax-cross-entropy/"),
]
pages = pytest.mark.parametrize(
    "source", weekly(SOURCES, [s for s in SOURCES if name(s) in ALWAYS]), ids=name
)

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


# What is elsewhere than it was when this was asked before, or hidden, or shown.
MOVED = """() => {
  const before = window.places
  window.places = new Map([...document.querySelectorAll("body *:not(.scheme *)")].map(e => {
    const { x, y, width, height } = e.getBoundingClientRect()
    return [e, [x + scrollX, y + scrollY, width, height, e.checkVisibility()].join()]
  }))
  return [...places].filter(([e, place]) => before && before.get(e) != place)
    .map(([e]) => e.outerHTML.slice(0, 120))
}"""
# The rules that ask for colours.
COLOURS = ["color-contrast", "link-in-text-block"]


# The lines of the question that are seen; a longer one goes on when it is asked for.
ASKED = """() => {
  const asked = document.querySelector(".question > p:last-child")
  return Math.round(asked.clientHeight / parseFloat(getComputedStyle(asked).lineHeight))
}"""
# Where the first paragraph of the answer ends.
BEGUN = """() => {
  const answer = document.querySelector("#in-thirty-seconds + p")
  return answer.getBoundingClientRect().bottom + scrollY
}"""

COMPLETE = """() => document.fonts.status == "loaded"
  && Array.from(document.images).every(image => image.complete)"""


def wrong(page):
    """What is wrong with a page in each look. What is light and dark at the same place is judged
    in dark by its colours alone."""
    page.evaluate(UNFOLD)
    found = {}
    for look in ("phone", "light", "dark"):
        wear(page, look)
        if look == "dark":
            found[look] = violations(page, rules=COLOURS) + page.evaluate(MOVED)
        else:
            found[look] = violations(page) + page.evaluate(OVERFLOW)
            page.evaluate(MOVED)
    page.wait_for_function(COMPLETE)  # what it asks for late may be in trouble too
    return found


@pages
def test_page_is_accessible_and_fits_and_its_first_screen_has_the_answer(visit, source):
    page = visit(address(source), "phone")
    question = source.parent.name == "questions"
    if question:
        assert page.evaluate(ASKED) <= 2
        assert page.evaluate(BEGUN) < 844
    assert wrong(page) == FINE
    if question:  # as the page looks now: wide
        assert page.evaluate(BEGUN) < 800


def test_the_page_of_what_is_not_there_is_accessible_and_fits(visit):
    assert wrong(visit("404.html", "phone")) == FINE


FAULTY = """() => {
  document.querySelector("article").insertAdjacentHTML("beforeend", `<div id=planted><input>
    <p>black on white<p class=one>black on white<p>black on white
    <p class=two>black on <b>white</b>
    <p style="position: relative">under <b class=three style="position: absolute; left: 0">over</b>
    <p id=wide style="width: 500px"></p><hr id=moved>
    <style>
      [data-md-color-scheme=slate] .one { color: #555 }
      [data-md-color-scheme=slate] .two { background: #ddd }
      [data-md-color-scheme=slate] #moved { margin-left: 1px }
      @media (width < 400px) { .three { color: #ddd } }
    </style></div>`)
}"""


def test_a_fault_is_found_in_the_look_that_has_it(visit):
    page = visit()
    page.evaluate(FAULTY)
    label = ["label", [["#planted > input"]]]
    moved = '<hr id="moved">'
    wide = '<p id="wide" style="width: 500px"></p>'
    assert wrong(page) == {
        "light": [label],
        "dark": [["color-contrast", [[".one"], [".two"], [".two > b"]]], moved],
        "phone": [["color-contrast", [[".three"]]], label, wide],
    }


@pytest.fixture(scope="module")
def plain(browser):
    """A page without JavaScript."""
    page = browser.new_page(java_script_enabled=False)
    yield page
    page.close()


@pages
def test_page_is_read_without_javascript(plain, site, source):
    plain.goto(site.url + address(source))
    assert plain.locator("h1").is_visible()
    assert plain.evaluate(INVISIBLE) == []
