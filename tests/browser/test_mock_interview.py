"""A mock interview in the page: asked as it is drawn, timed, kept, and reported."""

import json
import re

import page_scripts
import pytest
from days import in_days
from exercises import FORBIDDEN, FULL, Exercise
from looks import FINE, LOOKS, wrong_in_each_look
from playwright.sync_api import expect
from waiting import wait_until

from answers.cards.cards import cards
from answers.pages import pages

KEPT = "answers.study.mock"
# A mock of a quarter of an hour with this exercise, and a mistake in it.
EXERCISE = "exercise/softmax"
SCRIPTS = page_scripts.Scripts("mock_draw.js", all=page_scripts.cards())
SEED = SCRIPTS.value(
    f"[...Array(9999).keys()].find(seed => draw(all, 15, seed).exercise.id == '{EXERCISE}')"
)
QUESTION = SCRIPTS.value(f"draw(all, 15, {SEED}).questions[0].map(({{ id }}) => id)")
CARDS = {card.id: card for card in cards()}
ASKED = [CARDS[id] for id in QUESTION]
ADDRESS = f"mock/?minutes=15&seed={SEED}"
GLOBAL = """import numpy as np


def softmax(x, axis=-1):
    p = np.exp(x - x.max())
    return p / p.sum(axis=axis, keepdims=True)
"""
# What is lower than a finger, of all that can be pressed.
SMALL = """() => [...document.querySelectorAll(".mock :is(button, input:not([type=radio]), label)")]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44)
  .map(e => e.outerHTML)"""
# What was revealed is in view, as far as it fits, above the ratings, which stand in one row; also
# after the fonts of its formulas have come, which may make it longer.
SEEN = """() => {
  if (document.fonts.status != "loaded") return false
  const { top, bottom } = document.querySelector(".recall-back").getBoundingClientRect()
  const ratings = [...document.querySelectorAll(".recall-choices button")]
  const [first, ...others] = ratings.map(e => Math.round(e.getBoundingClientRect().top))
  return others.every(each => each == first) && (bottom <= first || top < 100) && top < first
}"""

# The clock stays in view however far one scrolls, and nothing covers it.
CLOCK_ON_TOP = """() => {
  const clock = document.querySelector(".mock-clock")
  const { x, y, height } = clock.getBoundingClientRect()
  return scrollY > y + height && document.elementFromPoint(x + 2, y + height / 2) == clock
}"""


class Interview:
    """The page, and what it shows."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".mock")
        self.where = page.locator(".recall-where")
        self.front = page.locator(".recall-front")
        self.clock = page.locator(".mock-clock")
        self.said = page.locator(".recall > .live-bar [role=status]")
        self.setup = page.locator(".mock-setup")

    def button(self, name):
        return self.root.get_by_role("button", name=re.compile(f"^{name}(:|$)"))

    def start(self):
        self.button("Start the clock").click()
        return self.at(1)

    def at(self, step):
        expect(self.where).to_have_text(re.compile(rf"^{step} of {len(ASKED) + 2}\. "))
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def rate(self, key):
        """Reveal the answer and rate it, by keyboard."""
        expect(self.button("Reveal the answer")).to_be_visible()
        self.press("Space")
        expect(self.root.locator(".recall-choices small")).to_have_count(4)
        return self.press(key)

    @property
    def kept(self):
        return json.loads(self.page.evaluate(f"localStorage.getItem('{KEPT}')"))


def test_an_interview_from_the_first_question_to_the_report(warm):
    page = warm("mock/")
    interview = Interview(page)
    page.get_by_label("15 minutes, 1 question").check()
    page.get_by_label("Seed").fill(str(SEED))
    interview.start()
    expect(interview.front).to_be_focused()
    expect(interview.front).to_contain_text(ASKED[0].page.question[:40].split(" $")[0])
    expect(page.get_by_text("Without a seed")).to_be_hidden()
    interview.rate("3").at(2)
    expect(interview.front).to_contain_text(ASKED[1].question)
    interview.rate("4").at(3)
    interview.press("u").at(2)  # the rating is taken back
    expect(interview.said).to_have_text("Taken back: rated easy.")
    interview.press("1").at(3)
    for step in range(3, len(ASKED) + 1):
        interview.at(step).rate("3")
    interview.at(len(ASKED) + 1)
    expect(interview.front.get_by_text("Strong", exact=True)).to_be_visible()
    interview.press("2").at(len(ASKED) + 2)
    # The exercise, wrong in a way that has a name.
    exercise = page.get_by_role("group", name="Exercise softmax", exact=True)
    expect(exercise.get_by_role("link", name="Known mistakes")).to_have_count(0)
    exercise.get_by_role("button", name="Start: exercise softmax").click()
    expect(exercise.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(GLOBAL)
    exercise.get_by_role("button", name="Check: exercise softmax").click()
    expect(exercise.get_by_text("Global maximum.")).to_be_visible()
    expect(interview.clock).to_have_text(re.compile(r"^\d+:\d\d of 15:00; this one \d+:\d\d of \d"))
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.evaluate(CLOCK_ON_TOP)
    interview.button("Give it up").click()
    # The report.
    rows = page.locator(".mock tbody tr")
    expect(rows).to_have_count(len(ASKED) + 2)
    expect(interview.root.locator("h2").first).to_have_text("Report")
    told = [row.locator("td").last.inner_text() for row in rows.all()]
    assert told[:2] == ["good", "again"]
    assert told[-2] == "solid"
    assert "Global maximum." in told[-1]
    links = page.locator(".mock li a")
    assert links.all_inner_texts() == [ASKED[1].question, "Exercise softmax"]
    assert links.first.get_attribute("href").endswith(
        f"questions/{ASKED[0].page.path.stem}/#ask-{ASKED[1].name}"
    )
    expect(interview.root).to_contain_text(f"15 minutes, seed {SEED}")
    reviews = page.evaluate(f"localStorage.getItem('answers.study.card.{ASKED[1].id}')")
    assert [rating for _, rating in json.loads(reviews)["reviews"]] == [1]
    # The plan knows of it.
    day, plan = page.evaluate(
        "[new Date().toLocaleDateString('sv'), localStorage.getItem('answers.study.plan')]"
    )
    assert json.loads(plan)["mocked"] == day
    assert wrong_in_each_look(page, ".mock") == FINE
    interview.button("New interview").click()
    expect(interview.setup).to_be_visible()
    assert page.evaluate(f"localStorage.getItem('{KEPT}')") is None


def test_the_clock_pauses_runs_over_and_stands_still_while_the_page_is_away(visit):
    page = visit(ADDRESS, "phone", lambda page: page.clock.install())
    page.on("dialog", lambda dialog: dialog.accept())
    interview = Interview(page)
    assert page.evaluate(SMALL) == []
    interview.start()
    page.clock.fast_forward("02:10")
    expect(interview.clock).to_have_text(re.compile(r"^2:1\d of 15:00; this one 2:1\d of 3:00$"))
    interview.button("Reveal the answer").click()
    expect(interview.button("Good")).to_be_visible()
    page.wait_for_function(SEEN)
    interview.button("Pause").click()
    for part in interview.root.locator(".recall-front, .recall-back, .recall-choices").all():
        expect(part).to_be_hidden()
    interview.press("u", "3")
    page.clock.fast_forward("10:00")
    interview.button("Go on").click()
    expect(interview.front).to_be_focused()
    interview.press("3").at(2)
    expect(interview.clock).to_have_text(re.compile(r"^2:[12]\d of 15:00"))
    assert page.evaluate(SMALL) == []
    page.clock.fast_forward("08:00")
    expect(interview.said).to_have_text("5 minutes are left.")
    page.reload()
    expect(interview.root).to_contain_text(re.compile(r"stands still at 10:[1-4]\d of 15:00"))
    page.clock.fast_forward("30:00")
    interview.press("Tab").button("Go on").click()
    interview.rate("2").at(3).press("u").at(2)
    page.clock.fast_forward("05:00")
    expect(interview.said).to_contain_text("The time is up.")
    expect(interview.clock).to_have_text(re.compile(r"^15:[1-5]\d of 15:00, 0:[1-5]\d over; this"))
    interview.button("End").click()
    expect(page.locator(".mock tfoot")).to_contain_text(re.compile("0:[1-5][0-9] over"))
    expect(page.locator(".mock tbody tr").last).to_contain_text("not passed")
    page.reload()  # the report stays
    expect(page.locator(".mock tbody tr").first).to_contain_text("good")


def test_what_is_written_in_an_interview_goes_on_after_a_reload(visit):
    page = visit(ADDRESS)
    interview, exercise = Interview(page), Exercise(page)
    kept = json.dumps({"minutes": 15, "seed": SEED, "at": len(ASKED) + 1})
    page.evaluate(f"text => localStorage.setItem('{KEPT}', text)", kept)
    page.reload()
    interview.button("Go on").click()
    exercise.start().write(GLOBAL)
    page.reload()
    interview.button("Go on").click()
    expect(exercise.button("Continue")).to_be_visible()
    assert exercise.start().text == GLOBAL
    assert "before" not in exercise.record


def test_an_interview_takes_its_last_rating_back_after_a_reload_until_the_rubric(visit):
    page = visit(ADDRESS)
    interview = Interview(page).start()
    interview.rate("4").at(2)
    page.reload()
    interview.button("Go on").click()
    interview.at(2).press("u").at(1)
    expect(interview.said).to_have_text("Taken back: rated easy.")
    wait_until(lambda: interview.kept["rated"] == {})
    interview.press("3")
    for step in range(2, len(ASKED) + 1):
        interview.at(step).rate("3")
    interview.at(len(ASKED) + 1).press("2").at(len(ASKED) + 2)
    page.reload()
    interview.button("Go on").click()
    interview.at(len(ASKED) + 2)
    expect(interview.button("Undo")).to_be_hidden()


def test_what_is_put_away_stays_in_the_mock_of_its_seed(visit):
    page = visit(ADDRESS)
    interview = Interview(page).start()
    interview.rate("3").at(2).button("Suspend").click()
    interview.at(3)
    expect(interview.said).to_have_text(
        "Suspended: reviews and rehearsals leave it out. Undo takes that back."
    )
    page.reload()
    interview.button("Go on").click()
    interview.at(3).press("u").at(2)
    expect(interview.said).to_have_text("Taken back: suspended.")


def test_two_tabs_and_a_damaged_record_lose_nothing(visit):
    first = Interview(visit(ADDRESS)).start()
    first.rate("2").at(2)
    second = Interview(visit(ADDRESS))
    second.button("Go on").click()
    second.at(2)
    expect(first.said).to_contain_text("It goes on in another tab")
    expect(first.front).to_be_hidden()
    second.rate("3").at(3)
    assert second.kept["rated"] == {ASKED[0].id: 2, ASKED[1].id: 3}
    broken = second.kept | {"seed": -1, "at": "x", "__proto__": {"minutes": 15}}
    second.page.evaluate(f"text => localStorage.setItem('{KEPT}', text)", json.dumps(broken))
    third = Interview(visit(ADDRESS))
    expect(third.setup).to_be_visible()
    expect(third.setup.get_by_role("status")).to_contain_text("was damaged")
    third.start()
    assert third.kept.keys() <= {"minutes", "seed", "track", "began", "at", "spent", "tab"}


def test_it_draws_from_the_track_of_the_plan_of_the_link_or_of_the_moment(visit, site):
    page = visit("mock/")
    page.on("dialog", lambda dialog: dialog.accept())
    track = page.get_by_role("group", name="From which track?")
    expect(track.get_by_role("radio", name=f"All, {len(pages())} questions")).to_be_checked()
    page.evaluate(
        "plan => localStorage.setItem('answers.study.plan', plan)", '{"track": "general"}'
    )
    page.reload()
    count = sum("general" in page.importance for page in pages())
    expect(track.get_by_role("radio", name=f"General, {count} questions")).to_be_checked()
    track.get_by_role("radio", name="LLM").check()
    page.get_by_label("15 minutes, 1 question").check()
    page.get_by_label("Seed").fill("8")
    interview = Interview(page)
    interview.button("Start the clock").click()
    [[drawn, *_]] = SCRIPTS.value("draw(ofTrack(all, 'LLM'), 15, 8).questions")
    assert drawn != SCRIPTS.value("draw(all, 15, 8).questions")[0][0]
    asked = re.compile(rf"^1 of .* Question {drawn['number']}, ")
    expect(interview.where).to_have_text(asked)
    expect(page.get_by_text("LLM track", exact=True)).to_be_visible()
    page.reload()
    interview.button("Go on").click()
    expect(interview.where).to_have_text(asked)
    interview.button("End").click()
    # Whatever the plan of the friend is.
    same = page.get_by_role("link", name="15 minutes, seed 8, LLM track").get_attribute("href")
    interview.button("New interview").click()
    page.goto(same)
    expect(track.get_by_role("radio", name="LLM")).to_be_checked()
    interview.button("Start the clock").click()
    expect(interview.where).to_have_text(asked)
    # Links once had no track.
    interview.button("End").click()
    interview.button("New interview").click()
    page.goto(site.url + ADDRESS)
    expect(track.get_by_role("radio", name="All")).to_be_checked()


def test_the_plan_asks_what_was_read(visit):
    page = visit("mock/?minutes=15&seen")
    seen = page.get_by_label("Rather what I have read")
    expect(page.get_by_label("Seed")).to_be_visible()
    assert not seen.count()  # nothing is read
    card = "answers.study.card.44/opening"
    reviews = json.dumps({"reviews": [[in_days(-1), 4]], "due": in_days(9)})
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [card, reviews])
    page.reload()
    expect(seen).to_be_checked()
    interview = Interview(page)
    interview.button("Start the clock").click()
    expect(interview.front).to_contain_text(CARDS["44/opening"].page.question[:40])


@pytest.mark.parametrize(
    ("script", "why"), [(FORBIDDEN, "it forbids it"), (FULL, "its storage is full")]
)
def test_an_interview_that_cannot_be_kept_says_so_and_goes_on(browser, site, script, why):
    page = browser.new_page(**LOOKS["light"])
    page.add_init_script(script)
    page.goto(site.url + ADDRESS)
    interview = Interview(page).start()
    interview.rate("3").at(2)
    expect(interview.root).to_contain_text(f"Not saved by this browser: {why}.")
    interview.press("u").at(1)
    expect(interview.said).to_have_text("Taken back: rated good.")
    page.close()


def test_back_and_forward_find_the_interview_where_it_was(visit, site):
    page = visit(ADDRESS)
    interview = Interview(page).start()
    interview.rate("3").at(2)
    page.locator(".md-header__button.md-logo").click()
    expect(page).to_have_url(site.url)
    for _ in range(2):
        page.go_back()
        interview.button("Go on").click()
        interview.at(2)
        page.go_forward()
        expect(interview.root).to_have_count(0)  # the address changes before the page does
    page.go_back()
    interview.button("Go on").click()
    interview.at(2).rate("2").at(3)
    assert interview.kept["rated"] == {ASKED[0].id: 3, ASKED[1].id: 2}


def test_without_javascript_it_says_that_it_needs_it(browser, site):
    page = browser.new_page(java_script_enabled=False, **LOOKS["phone"])
    page.goto(f"{site.url}mock/")
    expect(page.get_by_text("It needs JavaScript.")).to_be_visible()
    expect(page.locator(".mock")).to_be_hidden()
    page.close()
