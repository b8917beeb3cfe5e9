"""What a reader studies in the page: rehearse, review, come back when it is due, take it along."""

import gzip
import json
import random
import re

import pytest
from cells import AT, name_of, responses
from command_line import learner, run
from days import NOW, TODAY, in_days
from exercises import FORBIDDEN, FULL, KEPT, Exercise, exported
from fsrs_vectors import AFTER, DAYS, MEMORY, SPACED, WHEN_DUE
from looks import FINE, wear, wrong_in_each_look
from oracle_schedule import choices, due_after, named, plus
from playwright.sync_api import expect
from studies import CARD, Recall, card, keep
from waiting import wait_until

from answers.cards import deck
from answers.cards.cards import cards
from answers.pages import by_topic, pages
from answers.site import bundle
from answers.site.addresses import place

QUESTION = "questions/06-softmax-cross-entropy/"
CARDS = cards()
OF_PAGE = [card.id for card in CARDS if card.page.number == 6 and card.kind != "exercise"]
FOLLOW_UPS = OF_PAGE[1:]
ASKED = {card.id: card.question for card in CARDS}
REVIEW = "review/"


@pytest.fixture(scope="module")
def reader(browser, site):
    """`reader(path, kept, day)`: a page of one browser that keeps these entries on that day."""
    context = browser.new_context()
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def reader(path, kept=None, day=TODAY):
        # Before the page: a clock that comes later cannot end what the page's own one has begun
        page.clock.set_fixed_time(f"{day}T20:00:00")
        page.goto(f"{site.url}tags/")
        wear(page, "light")
        keep(page, kept or {})
        page.goto(site.url + path)
        return page

    yield reader
    assert not wrong
    context.close()


# The same as its oracle

SAME = """async ({ histories, days }) => {
  const { choices, due } = await import($at("schedule.js"))
  const { named } = await import($at("days.js"))
  return {
    dues: histories.map(([history, day]) => [due(history), choices(history, day)]),
    words: days.map(day => named(day, days[0])),
  }
}""".replace("$at", AT)


def random_history(rng, day, longest):
    """Reviews up to a day, with some on one day."""
    days = sorted(plus(day, -rng.choice([0, 0, 1, 2, 5, 30, 200])) for _ in range(longest))
    return [[each, rng.randint(1, 4)] for each in days]


def test_the_page_says_of_all_days_what_its_oracle_says(reader):
    rng, last = random.Random(0), TODAY
    histories = [
        (random_history(rng, last, rng.randint(1, 8)), plus(last, rng.randint(0, 99)))
        for _ in range(150)
    ]
    days = [last, *(plus(last, count) for count in range(-2, 30))]
    found = reader("tags/").evaluate(SAME, {"histories": histories, "days": days})
    for (history, day), (comes, after_each) in zip(histories, found["dues"], strict=True):
        assert comes == due_after(history)
        assert after_each == choices(history, day)
    assert found["words"] == [named(day, last) for day in days]


VECTORS = """async ([library, whenDue, spaced, after]) => {
  const { createEmptyCard, fsrs } = await import(library)
  const scheduler = fsrs({})
  const start = new Date("2022-11-29")
  let card = createEmptyCard(start)
  const days = whenDue.map(rating => {
    card = scheduler.next(card, card.due, rating).card
    return card.scheduled_days
  })
  card = createEmptyCard(start)
  let time = +start
  spaced.forEach((rating, index) => {
    time += after[index] * 864e5
    card = scheduler.next(card, new Date(time), rating).card
  })
  return [days, [card.stability, card.difficulty]]
}"""


def test_the_vendored_library_passes_its_own_vectors(reader, site):
    library = f"{site.url}vendor/{place(site.folder, 'vendor/ts-fsrs').name}/ts-fsrs.js"
    days, memory = reader("tags/").evaluate(VECTORS, [library, WHEN_DUE, SPACED, AFTER])
    assert days == DAYS
    assert memory == pytest.approx(MEMORY, abs=1e-4)


# Rehearse


def test_a_question_is_rehearsed_by_keyboard_and_the_page_is_as_it_was(reader):
    page = reader(QUESTION)
    shown = "e => e.querySelector('#in-thirty-seconds').checkVisibility()"
    article = page.locator("article")
    page.get_by_role("button", name="Rehearse").click()
    recall = Recall(page)
    expect(recall.front).to_be_focused()
    assert not article.evaluate(shown)
    expect(recall.root).to_contain_text("30 s left")
    page.clock.set_fixed_time(f"{TODAY}T20:00:31")
    expect(recall.status).to_have_text("That was the time: reveal, and compare.")
    page.clock.set_fixed_time(f"{TODAY}T20:01:00")
    recall.reveal()
    assert wrong_in_each_look(page, ".recall") == FINE
    sizes = recall.root.locator("button:visible").evaluate_all(
        "all => all.map(e => Math.min(e.offsetHeight, e.offsetWidth))"
    )
    assert min(sizes) >= 44
    assert recall.rate(3) == "Rated good: comes back in 2 days."
    assert card(page, OF_PAGE[0]) == {"reviews": [[TODAY, 3]], "due": in_days(2)}
    page.keyboard.press("u")
    expect(recall.status).to_have_text("Taken back: rated good.")
    assert card(page, OF_PAGE[0]) == {}
    expect(recall.button("Good")).to_be_visible()
    recall.rate(4)
    recall.rate(1)
    recall.button("Suspend").click()
    expect(recall.where).to_have_text(re.compile(f"^4 of {len(OF_PAGE)}"))
    page.reload()
    expect(page.locator(".rehearse")).to_contain_text("You can go on where you stopped.")
    page.get_by_role("button", name="Rehearse").click()
    expect(recall.front).to_have_text(ASKED[FOLLOW_UPS[2]])
    page.keyboard.press("Escape")
    expect(recall.root).to_have_count(0)
    wait_until(lambda: article.evaluate(shown))
    expect(page.get_by_role("button", name="Rehearse")).to_be_focused()
    wear(page, "light")  # where the links are seen
    # Away by a link and back: it goes on there.
    page.locator(".md-nav__link", has_text="Broadcasting").first.click()
    title = page.locator("h1")
    expect(title).to_contain_text("Broadcasting")
    page.go_back()
    expect(title).not_to_contain_text("Broadcasting")
    page.get_by_role("button", name="Rehearse").click()
    for _ in FOLLOW_UPS[2:]:
        recall.rate(3)
    page.reload()  # before the score is given
    page.get_by_role("button", name="Rehearse").click()
    expect(recall.front).to_contain_text("Take the level whose signs you showed.")
    recall.button("Solid").click()
    weak = recall.front.get_by_role("link", name=ASKED[FOLLOW_UPS[0]])
    place = FOLLOW_UPS[0].replace("06/", "#ask-")
    expect(weak).to_have_attribute("href", re.compile(f"{place}$"))
    expect(recall.front).to_contain_text("You scored this answer as solid.")
    kept = page.evaluate("localStorage.getItem('answers.study.score.06')")
    assert json.loads(kept) == [[TODAY, "solid"]]
    recall.button(f"Resume: {ASKED[FOLLOW_UPS[1]][:-1]}").click()
    assert card(page, FOLLOW_UPS[1]) == {}
    assert wrong_in_each_look(page, ".recall") == FINE
    weak.click()
    expect(recall.root).to_have_count(0)
    wait_until(lambda: article.evaluate(shown))


# Review

TEXT = """async ([path, slug]) => {
  const page = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/html")
  const asked = page.getElementById(`ask-${slug}`)
  const part = asked.cloneNode(true)
  part.querySelectorAll("strong:first-child, .headerlink").forEach(e => e.remove())
  return part.textContent.trim()
}"""
WORDS = "e => e.firstElementChild.firstElementChild.textContent.trim()"


def due(day, *ids):
    return {CARD + id: {"reviews": [[in_days(-6), 3]], "due": day} for id in ids}


def test_what_is_due_is_reviewed_in_the_words_of_its_page(reader, site):
    asked = [FOLLOW_UPS[4], "07/opening", FOLLOW_UPS[0]]
    kept = due(in_days(-4), asked[0]) | due(in_days(-1), *asked[1:]) | due(in_days(1), "08/opening")
    kept["answers.study.plan"] = {"minutes": 0}
    page = reader(REVIEW, kept)
    recall = Recall(page)
    expect(recall.where).to_have_text(re.compile("^1 of 3. Question 6"))
    expect(recall.front).to_have_text(ASKED[asked[0]])
    recall.reveal()
    slug = asked[0].split("/")[1]
    assert recall.back.evaluate(WORDS) == page.evaluate(TEXT, [site.url + QUESTION, slug])
    assert not recall.back.locator("[id]:not(svg *), script, .live-bar").count()
    recall.rate(2)
    # Another tab rates a card of the deck: it is not asked here.
    elsewhere = {"reviews": [[in_days(-6), 3], [TODAY, 3]], "due": in_days(13)}
    page.evaluate(
        "([key, text]) => { localStorage.setItem(key, text) }",
        [f"{CARD}07/opening", json.dumps(elsewhere)],
    )
    expect(recall.front).to_have_text(ASKED[FOLLOW_UPS[0]])
    recall.rate(4)
    expect(recall.front).to_contain_text("Done: 2 rated or suspended.")
    expect(recall.front).to_contain_text("The next card comes back tomorrow.")
    page.keyboard.press("u")
    expect(recall.where).to_have_text(re.compile("^2 of 3|^3 of 3"))
    page.reload()
    expect(recall.where).to_have_text(re.compile("^1 of 1"))
    assert card(page, asked[0])["reviews"][-1] == [TODAY, 2]


# Of each card its front and its back as text, as the deck has them and as the page takes them.
# Formulas are TeX; space and the names of what is folded do not count.
TEXTS = r"""async ([paths, deck]) => {
  const { cardsOf, fetchPage } = await import($at("page_cards.js"))
  const text = element => {
    for (const each of element.querySelectorAll("summary")) {
      if (["Code", "Output"].includes(each.textContent)) each.remove()
    }
    for (const formula of element.querySelectorAll(".katex")) {
      formula.replaceWith(formula.querySelector("annotation").textContent)
    }
    return element.textContent.replace(/(?<!\\)\\[()[\]]|\s+/g, "")
  }
  const parsed = html => new DOMParser().parseFromString(html, "text/html").body
  const texts = sides => sides.map(text)
  const ofPages = {}
  for (const path of paths) {
    for (const [id, { front, back }] of cardsOf(await fetchPage(path), path)) {
      ofPages[id] = texts([front(), back()])
    }
  }
  const ofDeck = Object.entries(deck).map(([id, sides]) => [id, texts(sides.map(parsed))])
  return [ofPages, Object.fromEntries(ofDeck)]
}""".replace("$at", AT)


def test_every_card_has_the_same_words_in_the_page_and_in_the_deck(reader):
    asked = [card for card in CARDS if card.kind != "exercise"]
    sides = {card.id: [deck.html(text, "") for text in (card.front, card.back)] for card in asked}
    paths = [f"questions/{page.path.stem}" for page in pages()]
    of_pages, of_deck = reader("tags/").evaluate(TEXTS, [paths, sides])
    assert list(of_pages) == list(of_deck) == list(sides)
    assert [id for id in sides if of_pages[id] != of_deck[id]] == []
    assert all(min(map(len, each)) > 3 for each in of_pages.values())


def test_the_last_rating_is_taken_back_after_a_reload_too(reader):
    asked, no_more = ["07/opening", FOLLOW_UPS[0]], {"answers.study.plan": {"minutes": 0}}
    page = reader(REVIEW, due(in_days(-4), *asked) | no_more)
    recall = Recall(page)
    recall.rate(1)
    page.reload()
    expect(recall.where).to_have_text(re.compile("^1 of 1"))
    recall.button("Suspend").click()
    expect(recall.front).to_contain_text("Done: 1 rated or suspended.")
    page.reload()
    expect(recall.front).to_contain_text("Nothing is due.")
    page.keyboard.press("u")
    expect(recall.status).to_have_text("Taken back: suspended.")
    expect(recall.where).to_have_text(re.compile("^1 of 1"))
    recall.rate(3)
    page.reload()
    # What has been rated elsewhere since is not taken back, nor offered.
    reviews = [[in_days(-6), 3], [TODAY, 3], [TODAY, 4]]
    elsewhere = {"reviews": reviews, "due": in_days(13)}
    keep(page, {CARD + last: elsewhere for last in asked} | no_more)
    page.reload()
    expect(recall.front).to_contain_text("Nothing is due.")
    expect(recall.button("Undo")).to_be_hidden()


def test_a_rehearsal_takes_its_last_rating_back_after_a_reload(reader):
    page = reader(QUESTION)
    recall = Recall(page)
    page.get_by_role("button", name="Rehearse").click()
    recall.rate(4)
    page.reload()
    page.get_by_role("button", name="Rehearse").click()
    expect(recall.where).to_have_text(re.compile(f"^2 of {len(OF_PAGE)}"))
    page.keyboard.press("u")
    expect(recall.where).to_have_text(re.compile(f"^1 of {len(OF_PAGE)}"))
    expect(recall.button("Good")).to_be_visible()
    assert card(page, OF_PAGE[0]) == {}
    expect(recall.button("Undo")).to_be_hidden()


def test_back_and_forward_find_the_review_where_it_was(reader, site):
    asked, no_more = FOLLOW_UPS[:3], {"answers.study.plan": {"minutes": 0}}
    page = reader(REVIEW, due(in_days(-1), *asked) | no_more)
    recall = Recall(page)
    expect(recall.where).to_have_text(re.compile("^1 of 3"))
    recall.rate(3)
    page.locator(".md-header__button.md-logo").click()
    expect(page).to_have_url(site.url)
    for _ in range(2):
        page.go_back()
        expect(recall.where).to_have_text(re.compile("^1 of 2"))
        page.go_forward()
        expect(recall.root).to_have_count(0)  # the address changes before the page does
    page.go_back()
    recall.rate(2)
    rated = [card(page, id)["reviews"][-1] for id in asked]
    assert rated[:2] == [[TODAY, 3], [TODAY, 2]]
    assert rated[2][0] < TODAY


def test_two_tabs_review_one_deck_and_neither_overwrites_the_other(reader):
    asked = [*FOLLOW_UPS[:3], "07/opening"]
    page = reader(REVIEW, due(in_days(-4), *asked) | {"answers.study.plan": {"minutes": 0}})
    other = page.context.new_page()
    other.clock.set_fixed_time(NOW)
    other.goto(page.url)
    here, there = Recall(page), Recall(other)
    expect(there.where).to_have_text(re.compile("^1 of 4"))
    first, second, third, fourth = asked
    here.rate(3)
    there.rate(1)  # the same card, which was shown already: both are kept
    assert [rating for _, rating in card(page, first)["reviews"]] == [3, 3, 1]
    there.rate(4)
    here.rate(2)
    assert [rating for _, rating in card(page, second)["reviews"]] == [3, 4, 2]
    there.rate(2)
    there.rate(2)
    expect(there.front).to_contain_text("Done: 4 rated or suspended.")
    assert here.where.inner_text().startswith("3 of 4")
    here.rate(3)
    # The fourth is not asked again.
    expect(here.front).to_contain_text("Done: 3 rated or suspended.")
    assert [rating for _, rating in card(page, fourth)["reviews"]] == [3, 2]
    page.keyboard.press("u")  # takes back what was rated here
    expect(here.where).to_have_text(re.compile("^3 of 4"))
    assert [rating for _, rating in card(page, third)["reviews"]] == [3, 2]
    other.close()


def test_an_empty_deck_says_where_cards_come_from(reader):
    recall = Recall(reader(REVIEW))
    expect(recall.front).to_contain_text("Nothing is due.")
    expect(recall.front.get_by_role("link")).to_have_attribute("href", re.compile("/questions/09-"))


# What is kept


def test_what_is_damaged_is_put_aside_and_what_is_newer_is_left(reader):
    newer = json.dumps({"version": 4, "reviews": "in another way"})
    kept = {
        CARD + OF_PAGE[0]: f'{{"reviews": [["{in_days(-6)}", 3]], "due": "soon"}}',
        CARD + FOLLOW_UPS[0]: newer,
        CARD + "__proto__": '{"reviews": []}',
        "answers.study.plan": '{"date": "2026-13-01", "minutes": 3}',
        "answers.study.score.06": f'[["{in_days(-6)}", "weak"], ["x", "weak"]]',
    }
    page = reader(REVIEW, kept)
    recall = Recall(page)
    expect(recall.root).to_contain_text("of a newer version of these pages, and stays as it is")
    recall.rate(3)  # the opening: without its day it comes at once
    assert len(card(page, OF_PAGE[0])["reviews"]) == 2
    assert card(page, FOLLOW_UPS[0]) == json.loads(newer)
    data = exported(page)
    assert data["damaged"] == {
        f"card.{OF_PAGE[0]}": kept[CARD + OF_PAGE[0]],
        f"card.{FOLLOW_UPS[0]}": newer,
        "study.plan": kept["answers.study.plan"],
        "score.06": kept["answers.study.score.06"],
    }
    assert data["study"]["scores"] == {"06": [[in_days(-6), "weak"]]}
    assert data["study"]["plan"] == {"minutes": 3}


@pytest.mark.parametrize(
    ("script", "why"), [(FORBIDDEN, "it forbids it"), (FULL, "its storage is full")]
)
def test_ratings_that_cannot_be_kept_are_told_and_stay_while_the_tab_is_open(alone, script, why):
    page = alone(QUESTION, script)
    page.get_by_role("button", name="Rehearse").click()
    recall = Recall(page)
    recall.rate(3)
    expect(recall.root).to_contain_text(f"Not saved by this browser: {why}. Export what you wrote")
    page.locator(".ways").get_by_role("link", name="Review").click()
    page.wait_for_url(re.compile(f"{REVIEW}$"))
    expect(recall.root).to_contain_text("Not saved by this browser")
    (kept,) = exported(page)["study"]["cards"].items()
    assert kept[0] == OF_PAGE[0]
    assert len(kept[1]["reviews"]) == 1


FIRST = {"version": 3, "exercises": {"affine": {"hints": 2}, "softmax": {"text": "x = 1"}}}
MERGED = """async files => {
  const { exported, imported } = await import($at("export.js"))
  for (const file of files) await imported(JSON.stringify(file))
  return JSON.parse(exported())
}""".replace("$at", AT)


AGAIN = {"passed": f"{in_days(-6)}T10:00:00Z", "again": f"{in_days(-5)}T10:00:00Z"}


def test_an_import_merges_what_is_studied(reader):
    page = reader(
        "tags/",
        {
            CARD + "06/a": {"reviews": [[in_days(-6), 3]], "due": in_days(-4)},
            CARD + "06/b": {"reviews": [[in_days(-6), 3], [in_days(-6), 1]], "due": in_days(-5)},
            CARD + "06/c": {"reviews": [[in_days(-2), 3]], "suspended": f"{in_days(-2)}T10:00:00Z"},
            "answers.study.plan": {"date": in_days(5), "changed": f"{in_days(-5)}T10:00:00Z"},
            "answers.study.score.06": [[in_days(-6), "weak"], [in_days(-6), "strong"]],
            f"{KEPT}affine": {"passed": f"{in_days(-6)}T10:00:00Z"},
            f"{KEPT}logsumexp": AGAIN | {"solution": f"{in_days(-4)}T10:00:00Z"},
        },
    )
    new = {
        "version": 3,
        "exercises": {
            "affine": {"passed": f"{in_days(-7)}T10:00:00+00:00"},
            "logsumexp": {"passed": AGAIN["passed"], "solution": AGAIN["passed"], "hints": 3},
        },
        "study": {
            "cards": {
                "06/a": {"reviews": [[in_days(-5), 4]], "due": in_days(36)},
                "06/b": {"reviews": [[in_days(-6), 4]]},
                "06/c": {"reviews": [[in_days(-3), 4]]},
            },
            "plan": {"date": in_days(28), "changed": f"{in_days(-6)}T10:00:00Z"},
            "scores": {
                "06": [[in_days(-7), "solid"], [in_days(-6), "weak"], [in_days(-6), "weak"]]
            },
        },
    }
    data = page.evaluate(MERGED, [FIRST, new])
    assert data["exercises"] == {
        "affine": {"passed": f"{in_days(-7)}T10:00:00+00:00", "hints": 2},
        "softmax": {"text": "x = 1"},
        # What was shown before it was begun again does not count.
        "logsumexp": AGAIN | {"solution": f"{in_days(-4)}T10:00:00Z"},
    }
    known = data["study"]["cards"]
    assert known["06/a"] == {
        "reviews": [[in_days(-5), 4]],
        "due": due_after([[in_days(-5), 4]]),
    }
    assert known["06/b"]["reviews"] == [[in_days(-6), 3], [in_days(-6), 1]]
    assert "suspended" in known["06/c"]
    assert data["study"]["plan"]["date"] == in_days(5)
    levels = [in_days(-7), "solid"], [in_days(-6), "weak"], [in_days(-6), "strong"]
    assert data["study"]["scores"] == {"06": [*levels, [in_days(-6), "weak"]]}


def test_a_pass_on_the_command_line_comes_back_in_the_page_as_one_of_that_day(reader):
    then, later, known = in_days(-6), in_days(-5), {"reviews": [[in_days(-2), 4]]}
    own = {
        f"{CARD}exercise/entropy": known,
        "answers.study.plan": {"minutes": 1440},
        "answers.study.score.06": [[then, "weak"]],
    }
    page = reader("", own)
    passed = {"passed": f"{then}T10:00:00+00:00"}
    all_hints = {"hints": len(bundle.exercise("affine")["hints"])}
    exercises = {
        "softmax": passed,
        "affine": passed | all_hints,
        "logsumexp": passed | all_hints | {"solution": passed["passed"]},
        # What was shown since it was begun again was not shown before it was passed.
        "relu_backward": passed
        | {"again": f"{later}T10:00:00Z", "solution": f"{later}T10:00:01Z", "hints": 4},
        "fix_the_gpt": passed | all_hints,
        "posterior": {"passed": f"{in_days(9)}T10:00:00Z"},
        "beta_update": {"passed": "0960-01-01"},
        "entropy": passed,
        "kl_divergence": {"hints": 2},
    }
    export = {"version": 3, "exercises": exercises}
    study = page.evaluate(MERGED, [export])["study"]
    rated = {id: card["reviews"] for id, card in study["cards"].items()}
    ratings = {"softmax": 3, "affine": 2, "logsumexp": 1, "relu_backward": 3, "fix_the_gpt": 3}
    expected = {f"exercise/{name}": [[then, rating]] for name, rating in ratings.items()}
    today = {f"exercise/{name}": [[TODAY, 3]] for name in ("posterior", "beta_update")}
    assert rated == expected | today | {"exercise/entropy": known["reviews"]}
    for id in expected:
        assert study["cards"][id]["due"] == due_after(rated[id])
    assert study["plan"] == own["answers.study.plan"]
    assert study["scores"] == {"06": own["answers.study.score.06"]}
    assert page.evaluate(MERGED, [export])["study"] == study  # once more changes nothing
    again = page.locator(".today").get_by_role("listitem").filter(has_text="Write again")
    expect(again).to_contain_text("logsumexp")  # the others come after what is new


def test_an_exercise_that_no_page_can_run_is_rated_by_the_reader(reader):
    page = reader(
        REVIEW, due(TODAY, "exercise/fix_the_gpt") | {"answers.study.plan": {"minutes": 0}}
    )
    recall = Recall(page)
    expect(recall.front).to_contain_text("answers start fix_the_gpt")
    recall.reveal()
    expect(recall.back).to_contain_text("Rate how it went.")
    link = recall.back.get_by_role("link", name="On its page")
    expect(link).to_have_attribute("href", re.compile(r"/14-kv-cache/#exercise-fix_the_gpt$"))
    recall.rate(3)
    expect(recall.front).to_contain_text("Done: 1 rated or suspended.")
    assert card(page, "exercise/fix_the_gpt")["reviews"][-1] == [TODAY, 3]


def test_an_import_of_a_cell_without_a_text_leaves_what_was_written_in_it(reader):
    cell = "questions/06-softmax-cross-entropy/a1"
    page = reader("tags/", {f"answers.cell.{cell}": {"text": "x = 1"}})
    data = page.evaluate(MERGED, [{"version": 3, "exercises": {}, "cells": {cell: {}}}])
    assert data["cells"] == {cell: {"text": "x = 1"}}


# Home


def test_home_loads_little_before_something_is_studied(visit_live):
    loaded = responses(visit_live, "")
    names = {name_of(r) for r in loaded if re.search("/live-|/start.js", r.url)}
    assert "home.js" in names
    assert not names & {
        "cards.json",
        "plan.js",
        "schedule.js",
        "ts-fsrs.js",
        "recall.js",
        "export.js",
    }
    others = {"cell_buttons.js", "exercise_buttons.js"}
    added = names - others - {"start.js", "elements.js"}
    bodies = [r.body() for r in loaded if name_of(r) in added]
    assert sum(len(gzip.compress(body)) for body in bodies) < 10_000


def test_home_says_what_to_do_where_one_stopped_and_how_far_one_is(reader):
    page = reader("")
    home = page.locator(".today")
    expect(home.get_by_label("Minutes a day")).to_be_hidden()
    expect(home.get_by_text("Track", exact=True)).to_be_in_viewport()
    evenings = home.get_by_role("button", name="Three evenings")
    evenings.click()
    expect(home).to_contain_text("The interview is in 3 days.")
    expect(evenings).to_be_hidden()
    expect(home.get_by_label("Interview on")).to_be_focused()
    home.get_by_label("Minutes a day").fill("60")
    home.get_by_label("Interview on").fill(in_days(5))
    expect(home).to_contain_text("The interview is in 5 days.")
    expect(home.get_by_label("All", exact=True)).to_be_checked()
    held = [sum("LLM" in page.importance for page in pages()), len(pages())]
    expect(home).to_contain_text(f"{held[1]} questions of all {len(by_topic())} topics.")
    home.get_by_label("LLM").check()
    expect(home).to_contain_text(f"{held[0]} questions in this track: Transformers 4 of 4")
    # Fields for a finger.
    fields = home.locator(".today-plan label:visible")
    heights = fields.evaluate_all("all => all.map(e => e.offsetHeight)")
    assert len(heights) == 5
    assert min(heights) >= 44
    expect(home).to_contain_text(
        "A question leaves the list when the first card of its rehearsal is rated"
    )
    first = home.get_by_role("listitem").first
    expect(first).to_have_text(re.compile("^Read, and say in thirty seconds, 9. Attention, "))
    days = home.locator("details").first
    days.locator("summary").click()
    expect(days.locator("li")).to_have_count(6)
    expect(days.locator("li").nth(4)).to_contain_text("mock interview; cheat sheet")
    waiting = home.locator("details").nth(1)
    expect(waiting.locator("summary")).to_contain_text(
        re.compile(rf"^No time for \d+ of {held[0]} questions: .* \d+ min, the plan has \d+$")
    )
    home.get_by_label("General").check()
    expect(days).to_have_attribute("open", "")  # as the reader left it
    expect(waiting).not_to_have_attribute("open", "")
    home.get_by_label("Interview on").fill(in_days(200))
    expect(days.locator("summary")).to_contain_text("The next 90 days: ")
    home.get_by_label("Interview on").fill("")
    expect(home).not_to_contain_text("The interview is")
    expect(home.locator("details")).to_have_count(0)
    kept = due(in_days(-1), *OF_PAGE[:2], "exercise/softmax") | {
        "answers.study.plan": {"date": in_days(5), "minutes": 30},
        "answers.study.score.06": [[in_days(-6), "solid"]],
        "answers.study.place": {"page": QUESTION[:-1], "title": "Softmax", "at": 4},
        f"{KEPT}softmax": {"passed": f"{in_days(-6)}T10:00:00Z"},
    }
    page = reader("", kept)
    items = home.locator("> div > ul").get_by_role("listitem")
    expect(items.nth(0)).to_have_text("Review 2 cards, 3 min")
    expect(items.nth(1)).to_have_text(re.compile("^Read, and say in thirty seconds, 9. Attention"))
    expect(home).to_contain_text("1 exercise more came back")
    expect(home).to_contain_text("Where you stopped: Softmax, in its rehearsal, after 4 answers.")
    row = page.locator(".topic li").filter(has_text="Softmax and cross-entropy")
    expect(row.locator(".yours")).to_have_text(re.compile(r"^1 of \d+ passed, solid, 3 due$"))
    topic = page.locator("#probability-and-losses + .progress")
    of_topic = [page for page in pages() if page.topic == "Probability and losses"]
    total = sum(len(page.exercises) for page in of_topic)
    expect(topic).to_have_text(
        f"1 of {len(of_topic)} questions rehearsed, 1 of {total} exercises passed."
    )
    assert wrong_in_each_look(page, "article") == FINE
    page.get_by_label("LLM", exact=True).check()
    outside = page.locator(".topic li").filter(has_text="Trees and boosting").locator(".yours")
    expect(outside).to_have_text("outside your track")
    expect(row.locator(".yours")).not_to_contain_text("outside")
    page.get_by_label("All", exact=True).check()
    expect(outside).to_be_empty()
    # What was passed with the solution comes before what is new, what was passed alone after it.
    kept[f"{CARD}exercise/softmax"]["reviews"] = [[in_days(-6), 1]]
    reader("", kept)
    expect(items.filter(has_text="Write again")).to_contain_text("softmax")
    expect(home).not_to_contain_text("more came back")


SCORED = """async () => {
  const { score } = await import($at("study.js"))
  for (const level of ["weak", "strong"]) score("06", level)
}""".replace("$at", AT)


def test_the_score_given_last_on_a_day_is_the_last(reader):
    page = reader("")
    page.evaluate(SCORED)
    row = page.locator(".topic li").filter(has_text="Softmax and cross-entropy")
    expect(row.locator(".yours")).to_have_text("strong")
    page.reload()
    expect(row.locator(".yours")).to_have_text("strong")


# A whole evening


def test_an_evening_and_what_is_left_of_it_three_days_later(alone, tmp_path, monkeypatch):
    page = alone("")
    page.clock.set_fixed_time(NOW)
    page.reload()
    page.get_by_label("Interview on").fill(in_days(5))
    page.get_by_label("LLM").check()
    today = page.locator(".today")
    listed = today.locator("> div > ul").get_by_role("listitem")

    def minutes():
        return int(re.search(r"Today, (\d+) min", today.inner_text())[1])

    # What stands first is done first: a question is read, and what it says first is said.
    expect(listed.first).to_have_text(re.compile("^Read, and say in thirty seconds, 9. Attention"))
    before = minutes()
    assert before <= 66
    cost = int(re.search(r", (\d+) min$", listed.first.inner_text())[1])
    listed.first.get_by_role("link").click()
    page.get_by_role("button", name="Rehearse").click()
    recall = Recall(page)
    recall.rate(3)
    page.keyboard.press("Escape")
    page.locator(".ways").get_by_role("link", name="Questions").click()
    expect(listed.first).to_have_text(re.compile("^Write causal_mask"))
    assert minutes() == before - cost
    expect(today).to_contain_text("Done today: 9. Attention.")
    # Then a function of it is written.
    listed.first.get_by_role("link").click()
    exercise = Exercise(page, "causal_mask").start()
    passed = exercise.check(bundle.exercise("causal_mask")["solution"])
    assert passed.startswith("Passed. It comes back in 2 days.")
    page.locator(".ways").get_by_role("link", name="Questions").click()
    expect(listed.first).to_have_text(re.compile("^Write attend"))
    listed.filter(has_text="6. Softmax and cross-entropy").get_by_role("link").click()
    page.get_by_role("button", name="Rehearse").click()
    recall = Recall(page)
    recall.rate(4)
    recall.rate(1)  # a follow-up that fails
    page.keyboard.press("Escape")
    exercise = Exercise(page).start()
    page.once("dialog", lambda dialog: dialog.accept())
    exercise.button("Solution").click()
    solution = bundle.exercise("softmax")["solution"]
    assert exercise.check(solution).startswith("Passed with the solution. It comes back tomorrow.")
    expect(exercise.saved).to_have_text(re.compile("with the solution"))
    page.locator(".ways").get_by_role("link", name="Questions").click()
    expect(today).to_contain_text("Where you stopped: Softmax")
    context, home = page.context, page.url
    page.close()

    # Two days are missed. Half of the time is over.
    page = context.new_page()
    page.clock.set_fixed_time(f"{in_days(3)}T20:00:00")
    page.goto(home)
    today = page.locator(".today")
    listed = today.locator("> div > ul").get_by_role("listitem")
    expect(today).to_contain_text("The interview is in 2 days.")
    expect(listed.nth(0)).to_have_text("Review 3 cards, 5 min")
    expect(listed.filter(has_text="Write again")).to_contain_text("softmax")
    expect(listed.last).to_have_text("Mock interview, 15 min")
    listed.get_by_role("link", name="Review 3 cards").click()
    recall = Recall(page)
    expect(recall.front).to_have_text(ASKED[FOLLOW_UPS[0]])
    while not recall.front.get_by_text("Write it again").count():
        recall.rate(3)
    exercise = Exercise(page)
    exercise.button("Again from the stub").click()
    expect(exercise.editor).to_be_focused()
    assert exercise.text == bundle.exercise("softmax")["stub"]
    assert "It comes back" in exercise.check(solution)
    recall.button("Next").click()
    expect(recall.front).to_contain_text("causal_mask")
    expect(recall.where).to_contain_text("If you have time.")

    data = exported(page)
    # On the command line one more is passed, and comes back in the page.
    folder = learner(tmp_path, monkeypatch)
    (folder / "page.json").write_text(json.dumps(data))
    assert "(what you study)" in run("progress", "import", "page.json").stdout
    assert (folder / "softmax.py").read_text() == solution
    (folder / "logsumexp.py").write_text(bundle.exercise("logsumexp")["solution"])
    run("check", "logsumexp")
    run("progress", "export", "shell.json")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import: what you wrote").click()
    chooser.value.set_files(folder / "shell.json")
    expect(page.locator(".exercise-kept")).to_contain_text("Imported 3 exercises.")
    again = exported(page)
    assert again["exercises"]["softmax"] == data["exercises"]["softmax"]
    (new,) = again["study"]["cards"].keys() - data["study"]["cards"].keys()
    assert again["study"]["cards"][new] == {"reviews": [[TODAY, 3]], "due": in_days(2)}
    del again["study"]["cards"][new]
    assert again["study"] == data["study"]
    page.goto(home)
    # What is new is written first: causal_mask waits, too.
    expect(today).to_contain_text("2 exercises more came back")
