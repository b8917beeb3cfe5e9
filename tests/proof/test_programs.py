"""The sentence about names counts the programs that tests judge."""

from kept_answers import kept

from answers.grader import catalog
from answers.proof import programs


def test_what_is_counted_is_what_is_judged():
    counted = programs.programs()
    assert list(counted) == catalog.names()
    for name, of in counted.items():
        right, wrong = kept(name)
        changes = of.wrong - len(wrong)
        assert changes >= 0
        assert of.right >= 6, name
        assert of.wrong >= 12, name
        assert of.right == len(right), name
        assert of.named - sum(bug is not None for _, bug in wrong.values()) <= changes
        assert 0 <= of.named <= of.wrong


def test_nearly_all_are_named_and_no_exercise_is_far_below():
    counted = programs.programs()
    assert sum(p.named for p in counted.values()) >= 0.9 * sum(p.wrong for p in counted.values())
    for name, of in counted.items():
        assert of.named >= 0.8 * of.wrong, name


def test_a_program_without_a_name_lowers_the_share(monkeypatch):
    more, less = programs.counted("softmax", ["sign"]), programs.counted("softmax", [None])
    assert (more.wrong, more.named) == (less.wrong, less.named + 1)
    two = {"softmax": programs.Programs(6, 1500, 1124), "affine": programs.Programs(7, 4, 4)}
    monkeypatch.setattr(programs, "programs", lambda: two)
    assert programs.sentence() == (
        "Of 13 right answers all are accepted; of 1,504 wrong ones all are rejected, and 75% "
        "get a name."
    )
