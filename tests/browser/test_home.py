"""The first screen: a wrong answer with its verdict, mended in place; and the questions."""

import json
import re

import pytest
from days import in_days
from exercises import KEPT, Exercise
from looks import FINE, wrong_in_each_look
from PIL import Image
from playwright.sync_api import expect
from screenshot import PICTURE, take

from answers.pages import by_topic
from answers.proof import first_screen
from answers.site import bundle

FIX = "Fix it here"
ENTRY = bundle.exercise("softmax")
# What moves on the page, below its header, while it is loaded.
SHIFTS = """window.shifts = []
new PerformanceObserver(list => {
  const moved = list.getEntries().flatMap(({ sources }) => sources).map(({ node }) => node)
  shifts.push(...moved.filter(node => !node?.closest?.("header")).map(String))
}).observe({ type: "layout-shift", buffered: true })"""
BOTTOMS = "all => all.map(e => Math.round(e.getBoundingClientRect().bottom))"


def test_a_visitor_mends_the_wrong_answer_where_it_stands(warm):
    page = warm("")
    shown = page.locator(".exercise-wrong .exercise-report").inner_text()
    exercise = Exercise(page)
    exercise.button(FIX).click()
    expect(exercise.editor).to_be_focused()
    assert exercise.text == first_screen.WRONG
    assert exercise.record == {}
    assert exercise.report.inner_text() == shown
    assert not page.locator(".exercise-wrong").count()
    assert wrong_in_each_look(page, ".exercise") == FINE
    # The grader says here and now what the page has shown.
    assert exercise.check().startswith(shown)
    exercise.write(ENTRY["stub"])
    assert exercise.record == {"text": ENTRY["stub"]}
    exercise.button("Reset").click()
    assert exercise.text == first_screen.WRONG
    assert exercise.record == {"before": ENTRY["stub"]}
    assert exercise.check(ENTRY["solution"]).startswith("Passed.")
    assert exercise.record["passed"]


def test_what_the_reader_has_written_is_what_is_opened(visit):
    kept = {"text": "def softmax(x):\n    return mine\n", "hints": 1}
    keep = f"localStorage.setItem('{KEPT}softmax', {json.dumps(json.dumps(kept))})"
    page = visit(first=lambda page: page.add_init_script(keep))
    exercise = Exercise(page)
    expect(exercise.button(FIX)).to_have_count(0)
    exercise.start()
    assert exercise.text == kept["text"]
    assert exercise.report.inner_text() == ""
    assert exercise.record == kept
    exercise.button("Reset").click()
    assert exercise.text == ENTRY["stub"]
    exercise.button("Bring back").click()
    assert exercise.text == kept["text"]


def test_after_a_pass_no_verdict_contradicts_it(visit):
    kept = {"text": ENTRY["solution"], "passed": f"{in_days(1)}T12:00:00.000Z"}
    keep = f"localStorage.setItem('{KEPT}softmax', {json.dumps(json.dumps(kept))})"
    page = visit(first=lambda page: page.add_init_script(keep))
    exercise = Exercise(page)
    expect(exercise.saved).to_have_text(re.compile(r"^Passed "))
    expect(exercise.root.get_by_text("Not passed.")).to_be_hidden()
    exercise.start()
    assert exercise.text == kept["text"]
    assert exercise.report.inner_text() == ""


@pytest.mark.parametrize("look", [("light", 800), ("phone", 844)], ids=lambda look: look[0])
def test_the_first_screen_has_it_all_and_nothing_moves(visit, look):
    look, height = look
    page = visit(look=look, first=lambda page: page.add_init_script(SHIFTS))
    ways = [
        page.get_by_role("button", name=FIX),
        page.locator("article > p").get_by_role("link", name="Practise", exact=True),
        page.get_by_label("Interview on"),
    ]
    for way in ways:
        expect(way).to_have_count(1)
        assert way.evaluate_all(BOTTOMS)[0] < height
    code = page.locator(".exercise-wrong code").first
    assert code.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("shifts") == []


def test_without_javascript_it_leads_to_the_exercise(browser, site):
    page = browser.new_page(java_script_enabled=False)
    page.goto(site.url)
    assert page.locator(".topic li").count() == sum(len(members) for _, members in by_topic())
    page.get_by_role("link", name=FIX).click()
    expect(page.locator("#exercise-softmax")).to_be_in_viewport()
    page.close()


def test_the_picture_in_the_readme_can_be_taken_anew(browser, site, tmp_path):
    new = tmp_path / "home.png"
    take(browser, site.url, new)
    assert new.stat().st_size < 60_000
    with Image.open(new) as picture, Image.open(PICTURE) as committed:
        assert (picture.format, picture.size) == (committed.format, committed.size)
        assert len(picture.getcolors()) > 32  # it shows something
