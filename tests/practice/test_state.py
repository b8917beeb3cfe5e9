"""The state is read as it was written, without what is not valid, and merged without loss."""

import json

import pytest
from days import TODAY, in_days
from hypothesis import example, given
from hypothesis import strategies as st

from answers.practice.merge import BESIDE, merged, merged_record
from answers.practice.state import (
    History,
    NewerError,
    Plan,
    Record,
    State,
    by_day,
    read,
    written,
)
from answers.practice.values import LEVELS

few = st.integers(0, 3)
days = st.dates().filter(lambda day: 1970 <= day.year < 9000).map(str) | st.sampled_from(
    [TODAY, in_days(1)]
)
times = st.sampled_from(
    [
        f"{TODAY}T05:46:45+00:00",
        f"{TODAY}T05:46:45.123Z",
        f"{TODAY}T07:46:45+02:00",
        in_days(5),
    ]
)
maybe = st.none()
texts = st.text(st.characters(codec="utf-8"), max_size=5)
records = st.builds(
    Record,
    text=maybe | texts,
    before=maybe | texts,
    hints=few,
    passed=maybe | times,
    solution=maybe | times,
    again=maybe | times,
)
reviews = st.lists(st.tuples(days, st.integers(1, 4)).map(list), max_size=3).map(
    lambda pairs: sorted(pairs, key=lambda pair: pair[0])
)
cards = st.builds(History, reviews=reviews, due=maybe | days, suspended=maybe | times)
plans = st.builds(Plan, date=maybe | days, new=few, minutes=few, changed=maybe | times)
scores = st.lists(st.tuples(days, st.sampled_from(LEVELS)).map(list), min_size=1, max_size=3)
states = st.builds(
    State,
    exercises=st.dictionaries(st.sampled_from(["softmax", "affine"]), records),
    cards=st.dictionaries(
        st.sampled_from(["06/opening", "06/is-the-loss-convex", "exercise/softmax"]),
        cards.filter(lambda card: card != History()),
    ),
    plan=plans,
    scores=st.dictionaries(st.sampled_from(["01", "20"]), scores.map(by_day)),
)


@given(states)
def test_what_is_written_is_read_again(state):
    assert read(written(state)) == (state, [])


@given(states, states)
def test_merging_is_symmetric_but_for_texts_and_the_order_on_one_day(ours, theirs):
    one, other = merged(ours, theirs), merged(theirs, ours)
    for state in (one, other):
        for record in state.exercises.values():
            record.text = record.before = None
        # Which of two scores of one day came first, no file says.
        state.scores = {number: sorted(pairs) for number, pairs in state.scores.items()}
    assert one == other


@given(states, states)
@example(
    State({"softmax": Record(text="mine")}),
    State({"softmax": Record(text="yours", before="older")}),
)
def test_merging_again_changes_nothing(ours, theirs):
    once = merged(ours, theirs)
    assert merged(once, theirs) == once
    assert merged(ours, ours) == ours


@given(states, states)
def test_merging_loses_no_review_of_the_winner_and_nothing_else(ours, theirs):
    both = merged(ours, theirs)
    for card in ours.cards.keys() | theirs.cards.keys():
        known = [s.cards[card].reviews for s in (ours, theirs) if card in s.cards]
        last = max(each[-1][0] if each else "" for each in known)
        newest = [each for each in known if (each[-1][0] if each else "") == last]
        kept = both.cards[card].reviews
        assert kept in newest
        assert len(kept) == max(map(len, newest))
    for name in ours.exercises.keys() | theirs.exercises.keys():
        known = [s.exercises[name] for s in (ours, theirs) if name in s.exercises]
        record = both.exercises[name]
        again = [each for each in known if each.passed and each.again]
        assert record.hints == max(each.hints for each in again or known)
        assert bool(record.passed) == any(each.passed for each in known)
        assert bool(record.solution) == any(each.solution for each in known)
        # Every text is in one of the two, in the page too.
        written = [text for each in known for text in (each.text, each.before) if text]
        assert all(text in (record.text or "") or text in record.before for text in written)
    for number in ours.scores.keys() | theirs.scores.keys():
        told = [pair for s in (ours, theirs) for pair in s.scores.get(number, [])]
        assert all(pair in both.scores[number] for pair in told)


def test_two_imports_in_a_row_keep_every_text():
    kept = Record(text="mine")
    for text in ("theirs", "others", "others"):
        kept = merged_record(kept, Record(text=text, before="older"))
    assert kept == Record(text="others", before=BESIDE.join(["older", "mine", "theirs"]))


def test_scores_of_one_day_keep_the_order_in_which_they_were_given():
    day, levels = TODAY, ["weak", "strong", "weak", "strong"]
    given = [[day, level] for level in levels]
    state = State(scores={"06": given})
    assert read(written(state)) == (state, [])
    for part in (given[:1], given[:2], given):
        assert merged(State(scores={"06": part}), state) == state


def test_what_was_shown_while_an_exercise_is_done_again_stays_so_in_a_merge():
    first, again, shown = (f"{in_days(day)}T05:00:00+00:00" for day in (-1, 0, 1))
    ours = Record(passed=first, solution=shown, again=again)
    theirs = Record(passed=first, solution=first, hints=3)
    both = merged(State({"softmax": ours}), State({"softmax": theirs}))
    assert both.exercises["softmax"] == ours


def test_the_earlier_pass_the_newer_plan_and_the_longer_history_win():
    early, late = f"{TODAY}T05:00:00+00:00", f"{TODAY}T06:30:00+02:00"
    ours = State({"softmax": Record(passed=early)}, plan=Plan(in_days(5), changed=early))
    theirs = State({"softmax": Record(passed=late)}, plan=Plan(in_days(28), changed=late))
    both = merged(ours, theirs)
    assert both.exercises["softmax"].passed == late  # that is 04:30 in UTC
    assert both.plan.date == in_days(5)
    day = TODAY
    ours = State(cards={"06/opening": History([[day, 1], [day, 3]], suspended=late)})
    theirs = State(cards={"06/opening": History([[day, 3]])})
    assert merged(theirs, ours).cards == ours.cards
    theirs.cards["06/opening"].reviews[0][0] = in_days(1)
    assert merged(theirs, ours).cards == theirs.cards


WRONG = [
    ({"exercises": {"Softmax": {}}}, "'Softmax'"),
    ({"exercises": {"../softmax": {}}}, "'../softmax'"),
    ({"exercises": {"softmax": []}}, "softmax"),
    ({"exercises": {"softmax": {"text": "\ud800"}}}, "'text' of softmax"),
    ({"exercises": {"softmax": {"hints": True}}}, "'hints' of softmax"),
    ({"exercises": {"softmax": {"text": None}}}, "'text' of softmax"),
    ({"exercises": {"softmax": {"passed": "0001-01-01"}}}, "'passed' of softmax"),
    ({"exercises": {"softmax": {"__proto__": {}}}}, "'__proto__' of softmax"),
    ({"study": 3}, "study"),
    ({"study": {"plan": {"date": "2026-02-30"}}}, "'date' of the plan"),
    ({"study": {"plan": {"new": -1}}}, "'new' of the plan"),
    ({"study": {"plan": []}}, "the plan"),
    ({"study": {"cards": []}}, "[]"),
    ({"study": {"cards": {"6/opening": {}}}}, "'6/opening'"),
    ({"study": {"cards": {"06/opening": {"reviews": [[TODAY, 5]]}}}}, "'reviews'"),
    ({"study": {"cards": {"06/opening": {"reviews": [[TODAY, True]]}}}}, "'reviews'"),
    ({"study": {"cards": {"06/opening": {"reviews": [["26-11-26", 3]]}}}}, "'reviews'"),
    ({"study": {"cards": {"06/opening": {"due": "9999-12-31"}}}}, "'due' of 06/opening"),
    ({"study": {"scores": {"06": [[TODAY, "great"]]}}}, "the scores of question 06"),
]
BACKWARD = [[in_days(1), 3], [TODAY, 3]]
WRONG.append(({"study": {"cards": {"06/opening": {"reviews": BACKWARD}}}}, "'reviews'"))


@pytest.mark.parametrize(("part", "named"), WRONG, ids=range(len(WRONG)))
def test_what_is_not_valid_is_left_out_and_named(part, named):
    good = {"version": 3, "exercises": {"affine": {"hints": 1}}}
    exercises = good["exercises"] | part.get("exercises", {})
    found, wrong = read(json.dumps(good | part | {"exercises": exercises}))
    assert len(wrong) == 1
    assert wrong[0].startswith(named)
    assert found.exercises["affine"] == Record(hints=1)
    assert read(written(found))[1] == []


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", "{}", '{"version": 3}', '{"version": null, "exercises": {}}', "[" * 10**5],
)
def test_what_holds_no_progress_is_refused(text):
    with pytest.raises(ValueError, match=r"no progress|Expecting|recursion"):
        read(text)


@pytest.mark.parametrize("version", [0, 1, 2, -3, True, "3", 3.5])
def test_another_version_is_not_read(version):
    with pytest.raises(ValueError, match="no progress of this version"):
        read(json.dumps({"version": version, "exercises": {"softmax": {"hints": 1}}}))


def test_a_newer_version_is_not_read():
    with pytest.raises(NewerError, match="of version 4"):
        read('{"version": 4, "exercises": "of another form"}')
