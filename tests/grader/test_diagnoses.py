"""Diagnoses are true: the repairs that they name pass, the facts that they state hold."""

import pytest
from made_up import Exercise

from answers.grader import catalog
from answers.proof import diagnoses
from answers.proof.diagnoses import diagnosed

NAMES = catalog.names()
# Of these, nothing is tried: a list that may get shorter.
ONLY_READ = {
    "attend_blockwise.all_scores_at_once",
    "backward_pass.path_by_path",
}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_diagnosis_says_is_so(name):
    complaints = [
        f"{each.name}: {complaint}"
        for each in diagnosed(catalog.load(name))
        for complaint in each.complaints()
    ]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("name", NAMES)
def test_a_diagnosis_is_tried_or_held_by_a_fact(name):
    for each in diagnosed(catalog.load(name)):
        read = each.standing == "only read"
        assert not read or each.name in ONLY_READ, (
            f"answers/exercises/{name}.py: nothing is tried of what {each.bug.name} says; quote "
            "its words in a comment, with a repair or a fact: see answers/proof/diagnoses.py"
        )
        assert read or each.name not in ONLY_READ, f"take {each.name} from ONLY_READ"


def halved(x):
    """Half of x."""
    return x / 2


exercise = Exercise(halved, "a-page", ("Hint.",))
exercise.case("ten", 10.0)


@exercise.bug
def doubled(x):
    """It is four times too large. Divide by 2, not by a half: `x / 2`."""
    # "four times too large": got == 4 * want
    # "Divide by 2": / 0.5 → / 2
    return x / 0.5


def complaints(*comments, text=exercise.bugs["doubled"].diagnosis):
    (bug,) = diagnosed(exercise)
    return " ".join(diagnoses.replace(bug, text=text, tries=comments).complaints())


def test_comments_are_read_and_a_comment_goes_on_where_it_is_indented():
    (bug,) = diagnosed(exercise)
    assert bug.repairs == [("Divide by 2", "/ 0.5 → / 2")]
    assert bug.facts == [("four times too large", "got == 4 * want")]
    source = '    # "a b":\n    #     c\n    # "d": e\n    #\n    # no'
    assert [*diagnoses.tries(source)] == [("a b", "c"), ("d", "e")]


def test_code_that_a_diagnosis_quotes_needs_no_comment_if_it_mends_the_bug():
    (bug,) = diagnosed(exercise)
    assert bug.code == ["x / 2"]
    for text in ("Write `x / 3`.", "Write `x * 2`.", "Write `/ 2`.", "Write `y`."):
        assert diagnoses.replace(bug, text=text, tries=()).standing == "only read"


@pytest.mark.parametrize(
    ("words", "tried", "said"),
    [
        ("three times", "got == 4 * want", "the diagnosis does not say it"),
        ("four times", "got == 3 * want", "it is not so that"),
        ("four times", "got == 4 * unknown", "it is not so that"),
        ("four times", "x == 10", "of the reference, too"),
        ("Divide by 2", "/ 0.5 → / 3", "still fails: ten"),
        ("Divide by 2", "/ 0.5 → /", "still fails: invalid syntax"),
        ("Divide by 2", "* 2 → / 2", "does not stand in the bug"),
        ("Divide by 2", "x / 0.5 → halved(x)", "takes halved from the reference"),
        ("half: `x / 2`", "x / 0.5 → x * 0.5", "is not in what is tried for it"),
    ],
)
def test_words_that_are_not_true_are_named(words, tried, said):
    assert said in complaints((words, tried))


def test_what_is_true_is_not_complained_of():
    assert complaints(("four times", "got == 4 * want"), ("by 2", "/ 0.5 → / 2")) == ""
