"""Explorers in a real browser: a figure until somebody moves it, and then Python's own."""

import re
from statistics import median

import pytest
from looks import FINE, wrong_in_each_look
from playwright.sync_api import expect
from sliders import Explorer
from weekly import weekly

from answers import explorers
from answers.pages import pages

FENCE = re.compile(r"^```explorer\n(\w+)\n```$", re.MULTILINE)
PLACES = {
    name: f"questions/{page.path.stem}/" for page in pages() for name in FENCE.findall(page.text)
}
NAMES = sorted(PLACES)

# How long each of some steps of a slider takes until the chart is the new one, in ms.
TIMES = """async input => {
  const chart = input.closest(".explorer").querySelector(".explorer-chart")
  const times = []
  for (let step = 0; step < 12; step += 1) {
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


@pytest.mark.parametrize("name", weekly(NAMES, ["temperature"]))
def test_it_shows_what_the_package_computes_follows_within_50_ms_and_fits(warm, name):
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
        # Others use this machine too.
        assert any(median(slider.evaluate(TIMES)) < 50 for _ in range(9))
    assert wrong_in_each_look(explorer.page, ".explorer") == FINE


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
