"""What a reader does on the site: change the colours, go on, copy, choose a tab."""

import io
import re

import numpy as np
import pytest
from looks import LOOKS
from PIL import Image
from playwright.sync_api import expect

QUESTION = "questions/06-softmax-cross-entropy/"
TOGGLE = "button.scheme"


def expect_scheme(page, name):
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", name)


def test_colours_follow_the_system(visit):
    page = visit(QUESTION)
    expect_scheme(page, "default")
    page.emulate_media(color_scheme="dark")
    expect_scheme(page, "slate")


def test_colours_follow_the_toggle_and_are_kept(visit, site):
    page = visit()
    expect_scheme(page, "default")
    page.locator(TOGGLE).click()
    expect_scheme(page, "slate")
    page.goto(site.url + QUESTION)
    expect_scheme(page, "slate")
    page.locator(TOGGLE).click()
    expect_scheme(page, "default")
    page.emulate_media(color_scheme="dark")  # the reader has chosen
    page.reload()
    expect_scheme(page, "default")


def test_figures_take_the_colours_of_the_scheme(visit):
    page = visit(QUESTION)
    text = page.locator(".drawing text").first
    light = text.evaluate("e => getComputedStyle(e).fill")
    page.emulate_media(color_scheme="dark")
    expect(text).not_to_have_css("fill", light)


def test_a_link_within_the_page_leaves_what_was_unfolded(visit):
    page = visit(QUESTION)
    block = page.locator("details.example").first
    block.locator("> summary").click()
    page.locator(".md-sidebar--secondary").get_by_role("link", name="Practise").click()
    page.wait_for_url(re.compile("#practise$"))
    page.wait_for_load_state("networkidle")
    expect(block).to_have_attribute("open", "")


def test_the_next_page_comes_without_a_reload_and_typeset(visit):
    page = visit()
    page.evaluate("window.stayed = true")
    page.locator(".md-footer__link--next").click()
    page.wait_for_url(re.compile("questions/"))
    formula = page.locator("article .katex").first
    expect(formula).to_be_visible()
    assert page.evaluate("window.stayed")
    family = formula.evaluate("e => getComputedStyle(e).fontFamily")
    assert family.startswith("KaTeX_Main")
    assert page.evaluate("document.fonts.check('16px KaTeX_Main')")
    expect(page.locator(".md-footer__link--prev")).to_be_visible()


def test_back_and_forward_lead_to_the_place_that_was_left(visit, site):
    page = visit()
    link = page.locator("article a[href*='09-attention']").first
    link.scroll_into_view_if_needed()
    # The theme notes the place a moment later: a reader who leaves before comes back elsewhere.
    noted = "least => scrollY >= least && history.state?.y == scrollY"
    page.wait_for_function(noted, arg=99)
    left = page.evaluate("scrollY")
    link.click()
    title = page.locator("h1")  # the address changes before the page does
    expect(title).to_contain_text("Attention")
    page.wait_for_function(noted, arg=0)
    page.go_back()
    expect(title).to_contain_text("interviews")
    page.wait_for_function("left => Math.abs(scrollY - left) < 2", arg=left)
    page.evaluate("scrollBy(0, 9)")  # so that there is something to note
    page.wait_for_function(noted, arg=left + 5)
    page.go_forward()
    expect(title).to_contain_text("Attention")
    expect(title).to_be_in_viewport()


def light_at_the_edge(element):
    """How light the last column of pixels is, from 0 to 255."""
    picture = Image.open(io.BytesIO(element.screenshot())).convert("L")
    return np.asarray(picture)[:, -1].mean()


def test_a_table_that_is_wider_than_a_phone_shows_that_there_is_more(visit):
    page = visit("questions/10-debug-a-transformer/", "phone")
    page.locator("details").evaluate_all("all => all.forEach(d => d.open = true)")
    wide = "all => all.map(wrap => wrap.scrollWidth > wrap.clientWidth + 9)"
    wraps = page.locator(".md-typeset__scrollwrap")
    table = wraps.nth(wraps.evaluate_all(wide).index(True))
    table.scroll_into_view_if_needed()
    # Its last column of pixels is darker until all is seen.
    before = light_at_the_edge(table)
    table.evaluate("wrap => wrap.scrollLeft = wrap.scrollWidth")
    assert before < light_at_the_edge(table) - 5


def test_what_scrolls_can_be_reached_by_keyboard_and_nothing_else(visit):
    page = visit(QUESTION, "phone")
    page.locator("details").evaluate_all("all => all.forEach(details => details.open = true)")
    page.add_style_tag(content=".equation { content-visibility: visible !important }")
    page.wait_for_function("""() => {
      const blocks = [...document.querySelectorAll(".equation, .md-typeset__scrollwrap")]
      const scrolls = blocks.map(block => block.scrollWidth > block.clientWidth)
      return scrolls.includes(true) && blocks.every((b, i) => (b.tabIndex == 0) == scrolls[i])
    }""")


@pytest.mark.parametrize("look", ["light", "phone"])
def test_an_equation_far_away_has_the_height_that_it_will_have(visit, look):
    page = visit(QUESTION, look)
    page.locator("details").evaluate_all("all => all.forEach(details => details.open = true)")
    heights = "blocks => blocks.map(block => block.getBoundingClientRect().height)"
    far = page.locator(".equation").evaluate_all(heights)
    page.add_style_tag(content=".equation { content-visibility: visible !important }")
    near = page.locator(".equation").evaluate_all(heights)
    assert len(far) > 3
    assert max(abs(a - b) for a, b in zip(far, near, strict=True)) < 0.5


def test_on_a_phone_the_whole_question_is_one_press_away(browser, site):
    page = browser.new_page(java_script_enabled=False, **LOOKS["phone"])
    page.goto(site.url + QUESTION)
    asked = page.locator(".question > p").last
    hidden = "e => e.scrollHeight - e.clientHeight"
    assert asked.evaluate(hidden) > 50
    page.emulate_media(media="print")
    assert asked.evaluate(hidden) == 0
    page.emulate_media(media="screen")
    assert asked.evaluate(hidden) > 50
    more = page.locator(".question summary", has_text="Whole question")
    more.focus()
    page.keyboard.press("Enter")
    assert asked.evaluate(hidden) == 0
    more.click()
    assert asked.evaluate(hidden) > 50
    page.set_viewport_size(LOOKS["light"]["viewport"])
    assert asked.evaluate(hidden) == 0
    expect(more).to_be_hidden()
    page.close()


def test_every_code_block_can_be_copied(visit):
    page = visit(QUESTION)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    blocks = page.locator(".highlight:has(> pre)").all()
    assert len(blocks) > 5
    for block in blocks:
        block.scroll_into_view_if_needed()
        button = block.locator(".md-code__button[data-md-type=copy]")
        expect(button).to_have_count(1)
    # All of it, although its docstring is folded.
    block = page.locator(".highlight:has(.docstring)").first
    text = block.locator("code").text_content()
    page.evaluate("document.querySelectorAll('.docstring').forEach(d => d.open = false)")
    page.evaluate("""() => document.addEventListener("copy",
      () => { window.copied = document.activeElement.value })""")
    block.locator("[data-md-type=copy]").click()
    assert page.evaluate("copied") == text.rstrip()


def test_a_tab_that_is_chosen_is_shown(visit):
    page = visit()
    panels = page.locator(".tabbed-block")
    page.locator(".tabbed-labels label").nth(1).click()
    expect(panels.nth(1)).to_be_visible()
    expect(panels.nth(0)).to_be_hidden()


def test_a_part_that_does_not_come_is_told_and_comes_when_the_page_is_reloaded(browser, site):
    page = browser.new_page()
    for path, part in ((QUESTION, "cell_buttons.js"), ("mock/", "elements.js"), ("", "home.js")):
        page.route(f"**/{part}", lambda route: route.abort())
        page.goto(site.url + path)
        told = page.locator(".start-failed")
        expect(told).to_have_text("What runs on this page could not be loaded. Reload")
        page.unroute_all()
        with page.expect_navigation():
            told.get_by_role("button", name="Reload").click()
        expect(page.locator(".live-bar, .mock-setup, .today form").first).to_be_visible()
        expect(told).to_have_count(0)
    page.close()


# By a link, as the site follows it.
FOLLOW = """address => {
  const link = Object.assign(document.createElement("a"), { href: address })
  document.body.append(link)
  link.click()
  link.remove()
}"""


def test_a_part_that_comes_when_its_page_was_left_says_nothing_there(visit, site):
    page, held = visit("tags/"), []
    title = page.locator("h1")
    for path, part, name in (
        ("review/", "review.js", "Review"),
        ("mock/", "mock.js", "Mock interview"),
        ("", "home.js", "interviews"),
    ):
        page.route(f"**/live-*/{part}", lambda route: held.append(route))
        with page.expect_request(f"**/live-*/{part}"):
            page.evaluate(FOLLOW, site.url + path)
        expect(title).to_contain_text(name)
        page.evaluate(FOLLOW, f"{site.url}tags/")
        expect(title).to_contain_text("By tag")
        with page.expect_event("requestfinished", lambda r, part=part: r.url.endswith(part)):
            held.pop().continue_()
        address = f"{site.url}{site.live.name}/{part}"
        page.evaluate("address => import(address)", address)  # it has come, and run
        expect(page.locator(".start-failed")).to_have_count(0)
