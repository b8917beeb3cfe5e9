"""What Chromium prints of a page that a reader sees dark."""

import re

import pytest
from looks import LOOKS
from playwright.sync_api import expect

from answers.pages import TRACKS, pages
from answers.proof.cheat_sheet import formula

QUESTION = "questions/06-softmax-cross-entropy/"
# Of all that is shown, the darkest ground that is no drawing, from 0 to 1.
DARKEST = """() => Math.min(...[...document.querySelectorAll("body *:not(svg *)")]
  .filter(e => e.checkVisibility({ opacityProperty: true }) && e.getClientRects().length)
  .map(e => getComputedStyle(e).backgroundColor.match(/[\\d.]+/g).map(Number))
  .map(([r, g, b, a = 1]) => 1 - a + a * (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255))"""


@pytest.fixture
def dark(browser, site):
    """A function that opens a page in a browser that wants it dark."""
    context = browser.new_context(**LOOKS["dark"])

    def visit(path):
        page = context.new_page()
        page.goto(site.url + path)
        page.wait_for_function("() => document.fonts.status == 'loaded'")
        return page

    yield visit
    context.close()


def sheets(page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))


@pytest.mark.parametrize("track", TRACKS)
def test_the_cheat_sheet_of_a_track_takes_six_sheets(dark, track):
    page = dark("cheat-sheet/")
    titles = page.locator(".cheat-sheet h3")
    assert titles.filter(visible=True).count() == len(pages())
    page.get_by_label(track, exact=False).check(force=True)
    of_track = [each for each in pages() if each.importance.get(track)]
    held = [f"{each.number}. {each.title}" for each in of_track]
    shown = titles.filter(visible=True).all_inner_texts()
    assert sorted(text.removesuffix("¶").strip() for text in shown) == sorted(held)
    topics = {each.topic for each in of_track}
    assert page.locator(".cheat-sheet h2").filter(visible=True).count() == len(topics)
    formulas = page.locator(".cheat-sheet .equation").filter(visible=True).count()
    assert formulas == sum(len(formula(each)) for each in of_track)
    assert 3 <= sheets(page) <= 6


WIDER = """() => [...document.querySelectorAll(".cheat-sheet .equation")]
  .filter(formula => formula.scrollWidth > formula.clientWidth)
  .map(formula => formula.closest("div:has(h3)").querySelector("h3").innerText)"""


def test_no_formula_of_the_cheat_sheet_is_wider_than_its_column_of_paper(dark):
    page = dark("cheat-sheet/")
    page.set_viewport_size({"width": 680, "height": 1000})  # of A4, without its margins
    page.emulate_media(media="print")
    page.add_style_tag(content=".equation { content-visibility: visible !important }")
    assert page.evaluate(WIDER) == []


def test_a_question_takes_eight_sheets(dark):
    assert 4 <= sheets(dark(QUESTION)) <= 8


def test_paper_is_light_and_has_what_was_unfolded_and_the_screen_is_as_before(dark):
    page = dark(QUESTION)
    body = page.locator("body")
    second, first = (page.locator("details.example").nth(n) for n in range(2))
    docstring = second.locator(".docstring > span").first
    second.locator("> summary").click()
    assert page.evaluate(DARKEST) < 0.2
    # What printing does, in this order.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    expect(first).to_be_hidden()
    expect(second.locator("pre").first).to_be_visible()
    expect(docstring).to_be_hidden()
    # Colours change slowly. (What is asked again must be a function: the policy forbids `eval`.)
    page.wait_for_function(f"() => ({DARKEST})() > 0.8")
    expect(page.locator(".live-bar").first).to_be_hidden()
    for block in page.locator(".highlight:has(+ .output)").all():
        expect(block).to_have_css("break-after", "avoid")
    # What is long goes on on the next sheet, and leaves no half of one empty.
    expect(page.locator("pre:visible").first).to_have_css("break-inside", "auto")
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    expect(first).to_be_visible()
    expect(first).not_to_have_attribute("open", "")
    expect(second).to_have_attribute("open", "")
