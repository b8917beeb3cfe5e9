"""Today's list: what is due first, then as much to read as the date asks for, then new cards."""

import json

import pytest
from days import TODAY, in_days
from hypothesis import given
from hypothesis import strategies as st
from oracle_schedule import plus
from page_scripts import Scripts, cards

# However many questions there are.
CARDS = {id: card for id, card in cards().items() if card["number"] <= 20}
SCRIPTS = Scripts("days.js", "today.js", all=CARDS)
DAY, BEFORE = TODAY, in_days(-6)
# As the page has it where the reader has set nothing: study.js.
USUAL = {"new": 10, "minutes": 60}


def known(due, last=BEFORE, **others):
    """A card reviewed once, which comes back on a day."""
    return {"reviews": [[last, 3]], "due": due} | others


def todays(cards, plan, day=DAY):
    asked = ", ".join(map(json.dumps, (cards, USUAL | plan, day)))
    return SCRIPTS.value(f"todays(all, {asked})")


def next_due(cards, plan, day=DAY):
    asked = ", ".join(map(json.dumps, (cards, USUAL | plan, day)))
    return SCRIPTS.value(f"nextDue(all, {asked})")


def ids(cards, plan=()):
    return [(task["kind"], task["id"]) for task in todays(cards, dict(plan))["tasks"]]


def read(count):
    """The openings of the first questions."""
    openings = [id for id, card in CARDS.items() if card["kind"] == "opening"]
    return dict.fromkeys(openings[:count], known("8000-01-01"))


def test_a_beginner_is_to_read_the_first_question():
    assert ids({}) == [("read", "01/opening")]
    (task,) = todays({}, {})["tasks"]
    assert task["minutes"] == CARDS["01/opening"]["reading"]


def test_a_card_that_a_clock_ahead_has_reviewed_comes_today_and_not_again():
    ahead = known(in_days(4000), last=in_days(3650))
    tomorrow_elsewhere = known(in_days(3), last=in_days(1))
    cards = {"06/opening": ahead, "03/opening": tomorrow_elsewhere}
    assert [id for kind, id in ids(cards) if kind == "review"] == ["06/opening"]
    assert next_due(cards, {}) == in_days(3)
    rated = [*SCRIPTS("reviewsUpTo", ahead["reviews"], DAY), [DAY, 3]]
    assert rated == [[DAY, 3], [DAY, 3]]
    assert ("review", "06/opening") not in ids(
        {"06/opening": {"reviews": rated, "due": in_days(2)}}
    )


def test_what_is_due_comes_first_the_oldest_before_and_then_by_page():
    due = {
        "exercise/softmax": known(DAY),
        "06/opening": known(DAY),
        "18/opening": known(in_days(-2)),
        "03/opening": known(in_days(1)),
        "09/opening": known(DAY, suspended=f"{in_days(-5)}T00:00:00+00:00"),
        "99/gone": known(DAY),
    }
    found = [each for each in ids(due) if each[0] not in ("read", "new")]
    assert found == [
        ("review", "18/opening"),
        ("review", "06/opening"),
        ("exercise", "exercise/softmax"),
    ]
    assert next_due(due, {}) == in_days(1)


def test_a_date_brings_cards_back_sooner():
    cards = {"06/opening": known(in_days(24), last=in_days(-2))}
    assert ("review", "06/opening") not in ids(cards)
    plan = {"date": in_days(2)}
    assert ("review", "06/opening") in ids(cards, plan)
    assert next_due(cards, plan, in_days(-1)) == DAY


@pytest.mark.parametrize(
    ("date", "count"),
    [
        (None, 1),
        (in_days(-1), 1),
        (DAY, 1),
        (in_days(1), 20),
        (in_days(5), 4),
        (in_days(6), 4),
        (in_days(365), 1),
    ],
)
def test_so_many_questions_are_to_be_read_that_all_are_before_the_date(date, count):
    tasks = ids({}, {"date": date} if date else {})
    assert tasks == [("read", f"{number:02}/opening") for number in range(1, count + 1)]


def test_what_was_read_today_counts():
    cards = {"01/opening": known(in_days(2), last=DAY)}
    plan = {"date": in_days(5), "new": 0}
    assert [id for _, id in ids(cards, plan)] == ["02/opening", "03/opening", "04/opening"]
    # 20 in 19 days were two for today; the 19 that are left in 19 days would be one.
    assert ids(cards, plan | {"date": in_days(19)}) == [("read", "02/opening")]
    assert ids(cards, {"new": 0}) == []


def test_new_cards_are_of_questions_that_were_read_and_as_many_as_planned():
    cards, plan = read(20), {"new": 3}
    follow_ups = [id for id, card in CARDS.items() if card["kind"] == "follow-up"]
    assert ids(cards, plan) == [("new", id) for id in follow_ups[:3]]
    cards[follow_ups[0]] = known(in_days(2), last=DAY)
    assert ids(cards, plan) == [("new", id) for id in follow_ups[1:3]]
    cards[follow_ups[1]] = {"suspended": f"{in_days(-5)}T00:00:00+00:00"}
    assert ids(cards, plan) == [("new", id) for id in follow_ups[2:4]]
    assert [kind for kind, _ in ids(read(1))].count("read") == 1
    assert len({card["number"] for card in CARDS.values()}) == 20


def test_what_goes_beyond_the_minutes_is_for_when_there_is_time():
    today = todays(read(20), {"new": 10, "minutes": 4})
    assert [task["minutes"] for task in today["tasks"]] == [1] * 10
    assert today["fitting"] == 4
    assert todays(read(20), {"minutes": 0})["fitting"] == 0


@given(
    st.dictionaries(
        st.sampled_from([*CARDS]),
        st.builds(
            lambda ago, due: known(plus(DAY, due), last=plus(DAY, -ago)),
            st.integers(0, 9),
            st.integers(-5, 9),
        ),
    ),
    st.none() | st.integers(-3, 40).map(lambda left: plus(DAY, left)),
    st.integers(0, 90),
)
def test_nothing_is_listed_twice_and_what_is_due_is_never_cut_for_what_is_new(kept, date, minutes):
    plan = {"minutes": minutes} | ({"date": date} if date else {})
    today = todays(kept, plan)
    tasks, fitting = today["tasks"], today["fitting"]
    names = [task["id"] for task in tasks]
    assert len(names) == len(set(names))
    order = [("review", "exercise"), ("read",), ("new",)]
    places = [next(i for i, kinds in enumerate(order) if t["kind"] in kinds) for t in tasks]
    assert places == sorted(places)
    assert sum(task["minutes"] for task in tasks[:fitting]) <= minutes
    if tasks[fitting:]:
        assert sum(task["minutes"] for task in tasks[: fitting + 1]) > minutes
