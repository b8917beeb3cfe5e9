"""A mock is drawn by its seed, fits into its minutes, and asks what is weak."""

import json

import pytest
from page_scripts import Scripts, cards

from answers.pages import TRACKS, pages
from answers.site import modules

CARDS = cards()
SCRIPTS = Scripts("mock_draw.js", all=CARDS)
OPENING, FOLLOW_UP = SCRIPTS.value("[OPENING, FOLLOW_UP]")
LONGEST_EXERCISE = 30 // 2


def draw(minutes, seed):
    return SCRIPTS.value(f"draw(all, {minutes}, {seed})")


def weakest(ratings, scores, minutes=15, unseen="0"):
    """Of as many seeds as the page tries."""
    seeds = json.dumps([*range(1, 257)])
    known = f"id => ({json.dumps(ratings)})[id], number => ({json.dumps(scores)})[number]"
    return SCRIPTS.value(f"weakest(all, {minutes}, {seeds}, {known}, {unseen})")


@pytest.mark.parametrize(
    ("seed", "numbers"),
    [
        (1, [2693262067, 11749833, 2265367787, 4213581821]),
        (2**32 - 1, [3850105811, 813802916, 3073704848, 4054706436]),
    ],
)
def test_the_numbers_are_those_of_mulberry32(seed, numbers):
    # Of the JavaScript that everybody copies, in Node.
    next_four = f"(next => [next(), next(), next(), next()])(mulberry32({seed}))"
    assert SCRIPTS.value(next_four) == numbers


@pytest.mark.parametrize("minutes", SCRIPTS.value("LENGTHS"))
def test_a_mock_fills_its_minutes_with_questions_of_different_topics(minutes):
    asked, order = set(), [*CARDS]
    for seed in range(400):
        mock = draw(minutes, seed)
        assert mock == draw(minutes, seed)
        assert len(mock["questions"]) == minutes // 15
        assert len({opening["topic"] for opening, *_ in mock["questions"]}) == minutes // 15
        count, drawn = 0, [opening["number"] for opening, *_ in mock["questions"]]
        for opening, *others in mock["questions"]:
            assert opening["kind"] == "opening"
            assert {card["kind"] for card in others} <= {"follow-up"}
            assert {card["number"] for card in others} <= {opening["number"]}
            places = [order.index(card["id"]) for card in others]
            assert places == sorted(places)
            count += len(others)
            asked |= {opening["id"], *(card["id"] for card in others)}
        spent = OPENING * len(drawn) + FOLLOW_UP * count + mock["exercise"]["minutes"]
        assert spent <= minutes
        assert spent > minutes - FOLLOW_UP or count == sum(
            card["kind"] == "follow-up" and card["number"] in drawn for card in CARDS.values()
        )
    assert {id for id, card in CARDS.items() if card["kind"] == "opening"} <= asked


@pytest.mark.parametrize("track", TRACKS)
def test_a_track_asks_all_of_its_questions_and_no_others(track):
    theirs = {page.number for page in pages() if track in page.importance}
    assert theirs < {page.number for page in pages()}
    cards = f"ofTrack(all, {json.dumps(track)})"
    mocks = SCRIPTS.value(f"[...Array(400).keys()].map(seed => draw({cards}, 15, seed))")
    assert {opening["number"] for mock in mocks for [opening, *_] in mock["questions"]} == theirs
    assert {mock["exercise"]["number"] for mock in mocks} <= theirs


def test_all_tracks_together_are_all_cards_in_their_order():
    assert [*SCRIPTS.value('ofTrack(all, "all")').items()] == [*CARDS.items()]


def test_the_exercise_runs_in_the_page_and_is_of_a_question_that_was_drawn_where_one_fits():
    fitting = {
        id: card["number"]
        for id, card in CARDS.items()
        if card["kind"] == "exercise" and card["minutes"] <= LONGEST_EXERCISE
        if modules.runs_here(id.partition("/")[2])
    }
    for seed in range(100):
        mock = draw(30, seed)
        drawn = {opening["number"] for opening, *_ in mock["questions"]}
        there = [id for id, number in fitting.items() if number in drawn]
        assert mock["exercise"]["id"] in (there or fitting)


def test_of_some_seeds_the_one_that_asks_most_of_what_is_weak_is_taken():
    assert weakest({}, {}) == draw(15, 1)
    assert weakest({}, {"06": "weak"})["questions"][0][0]["id"] == "06/opening"
    ratings = {id: 1 if card["number"] == 12 else 4 for id, card in CARDS.items()}
    mock = weakest(ratings, {})
    assert mock["questions"][0][0]["id"] == "12/opening"
    assert mock == draw(15, mock["seed"])


@pytest.mark.parametrize("minutes", SCRIPTS.value("LENGTHS"))
def test_what_was_seen_comes_before_what_was_not_if_asked_for(minutes):
    seen = {f"{number:02}/opening": 4 for number in range(1, 47, 3)}
    scores = {id.partition("/")[0]: "strong" for id in seen}

    def asked(unseen):
        mock = weakest(seen, scores, minutes, unseen)
        return {opening["id"] for opening, *_ in mock["questions"]}

    assert asked("UNSEEN") <= seen.keys()
    assert asked("0").isdisjoint(seen)


def test_without_an_exercise_that_fits_there_are_more_follow_ups():
    long = {
        id: card | {"minutes": 60} if card["kind"] == "exercise" else card
        for id, card in CARDS.items()
    }
    mock = SCRIPTS("draw", long, 15, 1)
    assert mock["exercise"] is None
    assert len(mock["questions"][0]) == 1 + (15 - OPENING) // FOLLOW_UP
