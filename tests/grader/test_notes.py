"""What passes with a note: what no interviewer asks, and nothing else."""

import json
import re

import numpy as np
import pytest
from made_up import Exercise

from answers.grader import catalog
from answers.grader.notes import EMPTY, REFUSED, Note
from answers.grader.report import Failure, Report
from answers.handout import stubs
from answers.naming import programs

NAMES = catalog.names()


def in_float32(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(np.float32)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def no_empty_array(gradient, shape):
    if gradient.size == 0:
        raise IndexError("nothing here")
    return catalog.load("unbroadcast").reference(gradient, shape)


def two_classes_at_least(x, axis=-1):
    if x.shape[axis] < 2:
        raise ValueError("one class is certain")
    return catalog.load("softmax").reference(x, axis)


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("relu_backward", lambda dout, x: dout * (x >= 0)),
        ("relu_backward", lambda dout, x: dout * np.heaviside(1.0 * x, 0.5)),
        ("softmax", in_float32),
        ("softmax", two_classes_at_least),
        ("unbroadcast", no_empty_array),
    ],
)
def test_what_no_interviewer_asks_passes_with_a_note(name, program):
    exercise = catalog.load(name)
    report = exercise.run(program)
    assert report.passed
    assert report.bug is None
    assert {note.why for note in exercise.notes if note.why in report.notes[0].message}
    assert report.notes[0].case in report.cases
    assert report.wrong == ()
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report


def nan_at_0(dout, x):
    return dout * (1 + x / np.abs(x)) / 2


def more_than_1_at_0(dout, x):
    return dout * ((x > 0) + 2.0 * (x == 0))


def truncated(x, axis=-1):
    return catalog.load("softmax").reference(x, axis).astype(x.dtype)


def one_class_gets_2(x, axis=-1):
    return catalog.load("softmax").reference(x, axis) * (1 + (x.shape[axis] == 1))


def in_place(gradient, shape):
    gradient.shape = (*gradient.shape,)
    gradient += 1
    return catalog.load("unbroadcast").reference(gradient - 1, shape)


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("relu_backward", nan_at_0),
        ("relu_backward", more_than_1_at_0),
        ("softmax", truncated),
        ("softmax", one_class_gets_2),
        ("unbroadcast", in_place),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_what_is_beside_it_fails(name, program):
    assert not catalog.load(name).run(program).passed


def test_what_our_own_programs_warn_of_is_not_told(recwarn):
    """Ours is asked at other inputs, at an empty batch too, where a mean has nothing to add."""
    exercise = catalog.load("cross_entropy")

    def onehot(logits, targets):
        z = logits.astype(float) - logits.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        y = np.eye(logits.shape[1])[targets.astype(int)]
        with np.errstate(invalid="ignore"):
            return -np.sum(y * log_p) / len(y), (np.exp(log_p) - y) / len(y)

    programs.answer_of.cache_clear()
    report = exercise.run(onehot)
    assert report.passed
    assert [note.case for note in report.notes] == ["a logit of -inf beside the target"]
    assert [str(each.message) for each in recwarn if each.filename == "<solution>"] == []


@pytest.mark.parametrize(
    "name", [name for name in NAMES if stubs.DTYPE in catalog.load(name).stub()]
)
def test_whole_numbers_may_come_as_integers_where_the_stub_judges_no_dtype(name):
    exercise = catalog.load(name)

    def whole(part):
        if isinstance(part, tuple):
            return tuple(map(whole, part))
        if isinstance(part, dict):
            return {key: whole(value) for key, value in part.items()}
        part = np.asarray(part)
        # No int64 is as large as 1e19.
        is_whole = (abs(part) < 2.0**63).all() and (np.rint(part) == part).all()
        return part.astype(np.int64) if is_whole else part

    report = exercise.run(lambda *args, **kwargs: whole(exercise.reference(*args, **kwargs)))
    assert report.passed
    assert not report.notes


def ratio(x):
    """x / Σ x."""
    return x / x.sum()


@pytest.fixture
def exercise():
    exercise = Exercise(ratio, "a-page", ("Hint.",))
    exercise.case("two", np.array([1.0, 3.0]))
    exercise.case("none", np.zeros(0), noted=EMPTY)
    exercise.case("zeros", np.zeros(3), noted=Note("zeros", "Ours gives nan."))
    return exercise


def test_what_fails_is_told_first_and_named_without_what_is_noted(exercise):
    @exercise.bug
    def doubled(x):
        """It is doubled. Do not."""
        return 2 * x / x.sum()

    def both(x):
        return 2 * x / (x.sum() or 1)

    report = exercise.run(both)
    assert not report.passed
    assert report.bug == "doubled"
    assert report.wrong == ("two",)
    assert [note.case for note in report.notes] == ["zeros"]


def test_the_note_says_that_the_result_differs_and_what_ours_does(exercise):
    (note,) = exercise.run(lambda x: x / (x.sum() or 1)).notes
    assert note.message == (
        "ratio(x) with x = [0.0, 0.0, 0.0]: the result differs in 3 of 3 entries: at index 0, "
        "expected nan, got 0. Ours gives nan."
    )


def test_why_is_said_once(exercise):
    exercise.case("more zeros", np.zeros(4), noted=exercise.trials[-1].noted)
    exercise.case("other zeros", np.zeros(2), noted=Note("zeros", "Ours gives nan, too."))
    notes = exercise.run(lambda x: x / (x.sum() or 1)).notes
    said = [note.message.partition(", got 0.")[2] for note in notes]
    assert said == [" Ours gives nan.", "", " Ours gives nan, too."]


def test_what_most_right_answers_meet_is_said_in_the_stub_alone(exercise):
    quiet = Note("zeros and ones", "Ours gives nan.", in_stub_alone=True)
    exercise.case("more zeros", np.zeros(4), noted=quiet)
    report = exercise.run(lambda x: x / (x.sum() or 1) if x.size == 4 else ratio(x))
    assert report.passed
    assert report.notes == ()
    # It counts only where it agrees: who raises everywhere does not pass it.
    assert "more zeros" not in report.cases
    assert "more zeros" not in exercise.run(lambda x: x[None, 99]).cases
    assert "more zeros" in exercise.run(ratio).cases


def test_a_changed_argument_is_no_matter_of_a_note(exercise):
    def in_place(x):
        x += x.size == 3
        return x - 1

    assert ("zeros" in exercise.run(in_place).wrong) is True


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("fix_")])
def test_the_stub_ends_with_what_is_not_judged(name):
    exercise = catalog.load(name)
    last = " ".join(catalog.load(name).stub().rpartition("\n\n")[2].split())
    notes = [note.what for note in exercise.notes if note is not REFUSED]
    assert last.startswith("Not judged: ") or not notes
    assert {*notes} <= {*re.split("; |: |[.]", last)}
    for note in exercise.notes:
        assert note.why.endswith(".") or note is REFUSED


@pytest.mark.parametrize("name", ["kl_divergence", "entropy", "jensen_shannon"])
def test_a_refusal_that_is_missing_passes_and_says_what_ours_says(name):
    exercise = catalog.load(name)

    def as_floats(*args, **kwargs):
        try:
            return exercise.reference(*args, **kwargs)
        except ValueError:
            return 0.25

    report = exercise.run(as_floats)
    assert (report.passed, report.bug, report.wrong) == (True, None, ())
    refused = [case for case in exercise.cases if case.is_refused]
    assert [note.case for note in report.notes] == [case.name for case in refused] != []
    for note, case in zip(report.notes, refused, strict=True):
        with pytest.raises(ValueError, match=r"`[pq]`") as raised:
            exercise.reference(*case.args, **case.kwargs)
        assert f"the result is 0.25. Ours raises ValueError there: {raised.value}." in note.message
        assert "should" not in note.message


def test_a_refusal_that_is_asked_for_is_judged(exercise):
    assert not catalog.load("broadcast_shape").run(lambda *shapes: max(shapes, default=())).passed
    for name in ("accept_draft", "broadcast_shape"):
        refused = [each for each in catalog.load(name).cases if each.is_refused and not each.noted]
        assert refused


@pytest.mark.parametrize("name", NAMES)
def test_integers_that_may_wrap_around_are_judged_only_where_the_example_passes_bytes(name):
    exercise = catalog.load(name)
    if exercise.bytes_judged:
        assert "np.uint8" in exercise.reference.__doc__
        return
    for case in exercise.cases:
        dtypes = {str(getattr(value, "dtype", "")) for value in case.args}
        assert case.noted or not dtypes & {"int8", "int16", "uint8", "uint16", "uint32", "uint64"}


def test_a_note_on_what_was_not_tried_or_is_wrong_is_no_report():
    data = Report((), cases=("a", "b"), wrong=("b",), notes=(Failure("a", "c"),)).to_dict()
    assert Report.from_dict(data).notes
    for case in ("b", "x"):
        with pytest.raises(ValueError, match="note"):
            Report.from_dict(data | {"notes": [{**data["notes"][0], "case": case}]})
