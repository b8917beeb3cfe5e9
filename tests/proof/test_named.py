"""The sentence about names counts the programs that tests judge."""

from kept_answers import kept, noted

from answers.grader import catalog
from answers.proof import named


def test_what_is_counted_is_what_is_judged():
    counted = named.programs()
    assert list(counted) == catalog.names()
    for name, programs in counted.items():
        right, wrong = kept(name)
        wrong = {answer: told for answer, told in wrong.items() if answer not in noted(name)}
        changes = programs.wrong - len(wrong)
        assert changes >= 0
        assert programs.right >= 6, name
        assert programs.wrong >= 12, name
        assert programs.right == len(right), name
        assert programs.named - sum(bug is not None for _, bug in wrong.values()) <= changes
        assert 0 <= programs.named <= programs.wrong


def test_nearly_all_are_named_and_no_exercise_is_far_below():
    counted = named.programs()
    assert sum(p.named for p in counted.values()) >= 0.9 * sum(p.wrong for p in counted.values())
    for name, programs in counted.items():
        assert programs.named >= 0.8 * programs.wrong, name


def test_a_program_without_a_name_lowers_the_share(monkeypatch):
    more, less = named.counted("softmax", ["sign"]), named.counted("softmax", [None])
    assert (more.wrong, more.named) == (less.wrong, less.named + 1)
    two = {"softmax": named.Programs(6, 1500, 1124), "affine": named.Programs(7, 4, 4)}
    monkeypatch.setattr(named, "programs", lambda: two)
    assert named.sentence() == (
        "Of 13 right answers all are accepted; of 1,504 wrong ones all are rejected, and 75% "
        "get a name."
    )
