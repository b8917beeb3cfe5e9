"""The state is read as it was written, without what is not valid, and merged without loss."""

import json

import pytest
from days import TODAY, in_days
from hypothesis import given
from hypothesis import strategies as st

from answers.progress.state import NewerError, Record, State, merged, read, written

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
    hints=st.integers(0, 3),
    passed=maybe | times,
    solution=maybe | times,
    again=maybe | times,
)
states = st.builds(State, st.dictionaries(st.sampled_from(["softmax", "affine"]), records))


@given(states)
def test_what_is_written_is_read_again(state):
    assert read(written(state)) == (state, [])


@given(records, records)
def test_merging_is_symmetric_and_changes_nothing_when_it_is_done_again(ours, theirs):
    both = merged(ours, theirs)
    assert both == merged(theirs, ours)
    assert merged(both, theirs) == both
    assert merged(both, Record()) == both


@given(records, records)
def test_merging_loses_no_pass_no_hint_and_no_look_at_the_solution(ours, theirs):
    both, known = merged(ours, theirs), (ours, theirs)
    again = [each for each in known if each.passed and each.again]
    assert both.hints == max(each.hints for each in again or known)
    assert bool(both.passed) == any(each.passed for each in known)
    assert bool(both.solution) == any(each.solution for each in known)
    assert bool(both.again) == any(each.again for each in known)


def test_the_earlier_pass_wins_in_whatever_zone_it_was_told():
    early, late = f"{TODAY}T05:00:00+00:00", f"{TODAY}T06:30:00+02:00"
    assert merged(Record(passed=early), Record(passed=late)).passed == late  # 04:30 in UTC


def test_what_was_shown_while_an_exercise_is_done_again_stays_so_in_a_merge():
    first, again, shown = (f"{in_days(day)}T05:00:00+00:00" for day in (-1, 0, 1))
    ours = Record(passed=first, solution=shown, again=again)
    theirs = Record(passed=first, solution=first, hints=3)
    assert merged(ours, theirs) == ours


WRONG = [
    ({"exercises": {"Softmax": {}}}, "'Softmax'"),
    ({"exercises": {"../softmax": {}}}, "'../softmax'"),
    ({"exercises": {"softmax": []}}, "softmax"),
    ({"exercises": {"softmax": {"text": "\ud800"}}}, "'text' of softmax"),
    ({"exercises": {"softmax": {"hints": True}}}, "'hints' of softmax"),
    ({"exercises": {"softmax": {"text": None}}}, "'text' of softmax"),
    ({"exercises": {"softmax": {"passed": "0001-01-01"}}}, "'passed' of softmax"),
    ({"exercises": {"softmax": {"__proto__": {}}}}, "'__proto__' of softmax"),
]


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
