"""What a rating changes, and how the program rates a pass."""

import pytest
from days import TODAY, in_days

from answers.practice.state import History, Record, State
from answers.study import rating, schedule

DAY, NEXT = TODAY, in_days(1)
CARD = "06/opening"


def test_a_rating_is_kept_with_the_day_on_which_the_card_comes_back():
    state = State()
    rating.rate(state, CARD, 3, DAY)
    assert state.cards[CARD] == History([[DAY, 3]], in_days(2))
    rating.suspend(state, CARD)
    rating.rate(state, CARD, 1, in_days(2))
    assert state.cards[CARD].reviews == [[DAY, 3], [in_days(2), 1]]
    assert state.cards[CARD].suspended
    rating.suspend(state, CARD, False)
    assert state.cards[CARD].suspended is None


def test_a_calendar_that_goes_back_dates_a_review_by_the_last():
    state = State()
    for day in (NEXT, DAY):
        rating.rate(state, CARD, 3, day)
    assert state.cards[CARD].reviews == [[NEXT, 3], [NEXT, 3]]


def test_undo_takes_the_last_review_back():
    state = State()
    rating.rate(state, CARD, 3, DAY)
    before = History([[DAY, 3]], in_days(2))
    rating.rate(state, CARD, 1, NEXT)
    rating.undo(state, CARD)
    assert state.cards[CARD] == before
    rating.undo(state, CARD)
    assert state.cards[CARD] == History()
    rating.undo(state, CARD)
    assert state.cards[CARD] == History()


def test_scores_are_kept_in_order():
    state = State()
    rating.score(state, 6, "solid", NEXT)
    rating.score(state, 6, "weak", DAY)
    assert state.scores == {"06": [[DAY, "weak"], [NEXT, "solid"]]}
    rating.score(state, 6, "strong", DAY)
    assert state.scores == {"06": [[DAY, "weak"], [DAY, "strong"], [NEXT, "solid"]]}


THEN = f"{in_days(-25)}T00:00:00+00:00"


@pytest.mark.parametrize(
    ("record", "rated", "told"),
    [
        (Record(), 3, "Passed; it comes back in 2 days."),
        (Record(hints=2), 3, "Passed; it comes back in 2 days."),
        (Record(hints=3), 2, "Passed with all hints; it comes back tomorrow."),
        (Record(solution=THEN), 1, "Passed with the solution; it comes back tomorrow."),
        (Record(hints=3, solution=THEN), 1, "Passed with the solution; it comes back tomorrow."),
        # Passed before there were cards.
        (Record(passed=THEN, hints=3), 3, "Passed; it comes back in 2 days."),
        (Record(passed=THEN, solution=THEN), 3, "Passed; it comes back in 2 days."),
    ],
)
def test_a_first_pass_is_rated_by_the_help_that_was_taken(monkeypatch, record, rated, told):
    state = State({"softmax": record})
    assert rating.passed(state, "softmax", lambda: 3, DAY) == told
    assert state.cards["exercise/softmax"].reviews == [[DAY, rated]]
    assert state.exercises["softmax"].passed


def test_only_a_pass_from_the_stub_is_rated_again(monkeypatch):
    state = State({"softmax": Record(solution=THEN)})
    rating.passed(state, "softmax", lambda: 3, DAY)
    first = state.exercises["softmax"].passed
    assert rating.passed(state, "softmax", lambda: 3, DAY) == ""
    due = rating.passed(state, "softmax", lambda: 3, NEXT)
    assert due == "It is due from the stub: answers start softmax --again"
    assert len(state.cards["exercise/softmax"].reviews) == 1
    rating.begin_again(state, "softmax")
    # The solution was seen before that: what counts is what is seen from then on.
    assert rating.passed(state, "softmax", lambda: 3, NEXT).startswith("Passed; it comes back")
    assert state.cards["exercise/softmax"].reviews == [[DAY, 1], [NEXT, 3]]
    assert state.exercises["softmax"].passed == first
    rating.begin_again(state, "softmax")
    assert rating.give_up(state, "softmax")
    assert "with the solution" in rating.passed(state, "softmax", lambda: 3, NEXT)


def test_hints_count_for_the_repetition_in_which_they_are_shown(monkeypatch):
    state = State({"softmax": Record(hints=3)})
    rating.passed(state, "softmax", lambda: 3, DAY)
    rating.begin_again(state, "softmax")
    assert "Passed;" in rating.passed(state, "softmax", lambda: 3, DAY)
    rating.begin_again(state, "softmax")
    state.exercises["softmax"].hints = 3
    assert "Passed with all hints;" in rating.passed(state, "softmax", lambda: 3, DAY)


def test_times_of_the_page_and_of_the_command_line_are_compared_as_times(monkeypatch):
    before, after = f"{TODAY}T12:00:00+02:00", f"{TODAY}T11:00:00.000Z"
    for solution, again, words in (
        (after, before, "with the solution;"),
        (before, after, "Passed;"),
    ):
        state = State({"softmax": Record(passed=THEN, solution=solution, again=again)})
        assert words in rating.passed(state, "softmax", lambda: 3, DAY)


def test_a_solution_after_the_pass_counts_for_nothing():
    state = State()
    rating.passed(state, "softmax", lambda: 3, DAY)
    assert not rating.give_up(state, "softmax")
    assert state.exercises["softmax"].solution is None
    rating.begin_again(state, "affine")
    assert "affine" not in state.exercises


def test_a_pass_is_kept_where_fsrs_is_not_installed(monkeypatch):
    def missing():
        raise ModuleNotFoundError("no FSRS")

    monkeypatch.setattr(schedule, "scheduler", missing)
    state = State()
    told = rating.passed(state, "softmax", lambda: 3, DAY)
    assert told == "Passed; it comes back tomorrow."
    assert state.cards["exercise/softmax"] == History([[DAY, 3]])
    with pytest.raises(ModuleNotFoundError):
        rating.rate(state, CARD, 3, DAY)
    assert CARD not in state.cards
