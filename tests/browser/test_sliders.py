"""Explorers in a real browser: a figure until somebody moves it, and then Python's own."""

import re
from statistics import median

import pytest
from cells import Cell
from looks import LOOKS, UNFOLD, violations
from playwright.sync_api import expect

from answers import explorers
from answers.pages import pages
from answers.site.explorer_fence import facts

FENCE = re.compile(r"^```explorer\n(\w+)\n```$", re.MULTILINE)
PLACES = {
    name: f"questions/{page.path.stem}/" for page in pages() for name in FENCE.findall(page.text)
}
NAMES = sorted(PLACES)

# How long each of some steps of a slider takes until the chart is the new one, in ms.
TIMES = """async input => {
  const chart = input.closest(".explorer").querySelector(".explorer-chart")
  const times = []
  for (let step = 0; step < 30; step += 1) {
    const drawn = new Promise(done => {
      new MutationObserver(done).observe(chart, { childList: true })
    })
    const start = performance.now()
    input.valueAsNumber = step % 2 ? input.max : 0
    input.dispatchEvent(new Event("input"))
    await drawn
    times.push(performance.now() - start)
  }
  return times
}"""


class Explorer:
    """The explorer of a page, as a reader uses it."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".explorer")
        self.inputs = self.root.locator("input")
        self.status = self.root.locator(".live-bar").get_by_role("status")
        self.facts = self.root.locator(".explorer-facts")
        self.start = self.root.get_by_role("button", name="Explore")

    def explore(self):
        self.start.click()
        self.inputs.first.wait_for()

    def shows(self, name, places):
        """Whether it shows what the package computes here, with the sliders at these places."""
        seen = explorers.at(name, places)
        expect(self.facts).to_have_text(facts(list(seen["facts"])))
        for index, text in enumerate(seen["values"]):
            expect(self.inputs.nth(index)).to_have_attribute("aria-valuetext", text)
        ours = self.root.locator("svg[role=img]").get_attribute("aria-label")
        assert f'aria-label="{ours}"' in seen["svg"]


@pytest.mark.alone
@pytest.mark.parametrize("name", NAMES)
def test_it_shows_what_the_package_computes(warm, name):
    explorer = Explorer(warm(PLACES[name]))
    known = explorers.load(name)
    places = list(known.starts)
    explorer.shows(name, places)
    explorer.explore()
    expect(explorer.inputs.first).to_be_focused()
    for index, slider in enumerate(known.sliders):
        explorer.inputs.nth(index).focus()
        for key, place in [
            ("ArrowLeft", places[index] - 1),
            ("Home", 0),
            ("End", len(slider.values) - 1),
        ]:
            explorer.page.keyboard.press(key)
            places[index] = max(place, 0)
            explorer.shows(name, places)
    for slider in explorer.inputs.all():
        assert median(slider.evaluate(TIMES)) < 50


def test_before_it_is_explored_nothing_of_python_is_loaded(visit_live):
    explorer = Explorer(page := visit_live(PLACES["temperature"]))
    asked = page.evaluate("performance.getEntriesByType('resource').map(r => r.name)")
    assert not [url for url in asked if re.search("pyodide|python.js|answers.json", url)]
    expect(explorer.root.locator("svg[role=img]")).to_be_visible()
    expect(explorer.inputs.first).to_be_hidden()


def test_without_javascript_it_is_a_figure(browser, live_site):
    page = browser.new_page(java_script_enabled=False)
    for name, place in PLACES.items():
        page.goto(live_site.url + place)
        explorer = Explorer(page)
        explorer.shows(name, explorers.load(name).starts)
        expect(explorer.inputs.first).to_be_hidden()
        expect(explorer.start).to_have_count(0)
    page.close()


def test_a_failed_download_is_told_and_can_be_tried_again(contexts, live_site):
    page = contexts["light"].new_page()
    page.route("**/pyodide.asm.wasm", lambda route: route.fulfill(status=404))
    page.goto(live_site.url + PLACES["temperature"])
    explorer = Explorer(page)
    explorer.start.click()
    told = re.compile(r"could not be loaded.*Press Explore to try again\.")
    expect(explorer.status).to_have_text(told)
    page.unroute_all()
    explorer.explore()
    page.close()


def test_while_a_cell_runs_it_waits(warm):
    page = warm(PLACES["temperature"])
    explorer = Explorer(page)
    explorer.explore()
    page.evaluate(UNFOLD)
    cell = Cell(page, 1)
    cell.write("print('running', flush=True)\nwhile True:\n    pass")
    cell.button("Run").click()
    page.locator(".live-output", has_text="running").wait_for()
    explorer.inputs.first.focus()
    page.keyboard.press("Home")
    expect(explorer.status).to_have_text(re.compile("Python is busy"))
    cell.button("Stop").click()
    cell.wait()
    explorer.inputs.first.focus()
    page.keyboard.press("End")  # in a Python that has been restarted
    starts = explorers.load("temperature").starts
    last = len(explorers.load("temperature").sliders[0].values) - 1
    expect(explorer.inputs.first).to_have_attribute("aria-valuetext", "10")
    explorer.shows("temperature", [last, *starts[1:]])
    expect(explorer.status).to_have_text("")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", NAMES)
def test_an_explorer_is_accessible_and_fits(warm, name, look):
    page = warm(PLACES[name], look)
    Explorer(page).explore()
    assert violations(page, ".explorer") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
