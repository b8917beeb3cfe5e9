"""Today's list: what is due first, then as much to read as the date asks for, then new cards."""

import pytest
from days import TODAY, in_days
from hypothesis import given
from hypothesis import strategies as st

from answers.practice.state import History, Plan, State
from answers.study.cards import cards
from answers.study.days import plus
from answers.study.today import exercises_due, next_due, todays

# However many questions there are.
CARDS = [card for card in cards() if card.page.number <= 20]
DAY, BEFORE = TODAY, in_days(-6)


def known(due, last=BEFORE, **others):
    """A card reviewed once, which comes back on a day."""
    return History([[last, 3]], due, **others)


def ids(state, day=DAY):
    return [(task.kind, task.card.id) for task in todays(CARDS, state, day).tasks]


def read(count):
    """The openings of the first questions."""
    openings = [card.id for card in CARDS if card.kind == "opening"]
    return dict.fromkeys(openings[:count], known("2030-01-01"))


def test_a_beginner_is_to_read_the_first_question():
    assert ids(State()) == [("read", "01/opening")]
    (task,) = todays(CARDS, State(), DAY).tasks
    assert task.minutes == task.card.page.reading


def test_what_is_due_comes_first_the_oldest_before_and_then_by_page():
    due = {
        "exercise/softmax": known(DAY),
        "06/opening": known(DAY),
        "18/opening": known(in_days(-2)),
        "03/opening": known(in_days(1)),
        "09/opening": known(DAY, suspended=f"{in_days(-5)}T00:00:00+00:00"),
        "99/gone": known(DAY),
    }
    found = [each for each in ids(State(cards=due)) if each[0] not in ("read", "new")]
    assert found == [
        ("review", "18/opening"),
        ("review", "06/opening"),
        ("exercise", "exercise/softmax"),
    ]
    assert exercises_due(State(cards=due), DAY) == {"softmax"}
    assert next_due(CARDS, State(cards=due), DAY) == in_days(1)


def test_a_date_brings_cards_back_sooner():
    state = State(cards={"06/opening": known(in_days(24), last=in_days(-2))})
    assert ("review", "06/opening") not in ids(state)
    state.plan = Plan(date=in_days(2))
    assert ("review", "06/opening") in ids(state)
    assert next_due(CARDS, state, in_days(-1)) == DAY


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
    tasks = ids(State(plan=Plan(date=date)))
    assert tasks == [("read", f"{number:02}/opening") for number in range(1, count + 1)]


def test_what_was_read_today_counts():
    state = State(plan=Plan(date=in_days(5), new=0))
    state.cards["01/opening"] = known(in_days(2), last=DAY)
    assert [name for kind, name in ids(state)] == ["02/opening", "03/opening", "04/opening"]
    # 20 in 19 days were two for today; the 19 that are left in 19 days would be one.
    state.plan.date = in_days(19)
    assert ids(state) == [("read", "02/opening")]
    state = State({}, {"01/opening": known(in_days(2), last=DAY)}, Plan(new=0))
    assert ids(state) == []


def test_new_cards_are_of_questions_that_were_read_and_as_many_as_planned():
    state = State(cards=read(20), plan=Plan(new=3))
    follow_ups = [card.id for card in CARDS if card.kind == "follow-up"]
    assert ids(state) == [("new", name) for name in follow_ups[:3]]
    state.cards[follow_ups[0]] = known(in_days(2), last=DAY)
    assert ids(state) == [("new", name) for name in follow_ups[1:3]]
    state.cards[follow_ups[1]] = History(suspended=f"{in_days(-5)}T00:00:00+00:00")
    assert ids(state) == [("new", name) for name in follow_ups[2:4]]
    assert [kind for kind, _ in ids(State(cards=read(1)))].count("read") == 1
    numbers = {card.page.number for card in CARDS}
    assert len(numbers) == 20


def test_what_goes_beyond_the_minutes_is_for_when_there_is_time():
    state = State(cards=read(20), plan=Plan(new=10, minutes=4))
    today = todays(CARDS, state, DAY)
    assert [task.minutes for task in today.first] == [1] * 4
    assert len(today.later) == 6
    state.plan.minutes = 0
    assert todays(CARDS, state, DAY).first == ()


@given(
    st.dictionaries(
        st.sampled_from([card.id for card in CARDS]),
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
    today = todays(CARDS, State(cards=kept, plan=Plan(date, 10, minutes)), DAY)
    names = [task.card.id for task in today.tasks]
    assert len(names) == len(set(names))
    order = [("review", "exercise"), ("read",), ("new",)]
    places = [
        next(i for i, kinds in enumerate(order) if task.kind in kinds) for task in today.tasks
    ]
    assert places == sorted(places)
    assert sum(task.minutes for task in today.first) <= minutes
    if today.later:
        assert sum(task.minutes for task in today.tasks[: today.fitting + 1]) > minutes
