"""Names for a result of another kind, for some of its parts, and for an argument that the call
changed."""

import re

import numpy as np

from answers.grader.mistakes import Name
from answers.grader.parts import Complaint
from answers.grader.submission import NOT_WRITTEN
from answers.grader.tensors import GRADIENT
from answers.grader.trials import ANOTHER_ORDER, ARGUMENTS, Check
from answers.naming.submission import Submission
from answers.naming.wrong_parts import WrongParts, said, sentence

# So many different numbers are not all on one side by chance.
ONE_SIDED = 8
# Words in a complaint, and its name. Any other complaint is about the kind of the result.
OF_ANOTHER_KIND = "a_result_of_another_kind"
KINDS = {
    ANOTHER_ORDER: "parts_in_another_order",
    "it cannot be called like this": "another_signature",
    "has no key": "a_key_is_missing",
    GRADIENT: "a_gradient_is_missing",
}


def another_kind(seen: WrongParts) -> Name | None:
    """Whatever the input, the result is of one wrong kind, such as a list."""
    got = [w.got for w in seen.wrong]
    if not all(isinstance(each, Complaint) and each.error is None for each in got):
        return None
    text, names = got[0].text, set(map(name_of, got))
    # One entry of a tuple is one number in some cases and one array in others: one mistake.
    kinds = {each.kind.replace("one number", "one array") for each in got}
    several = len(kinds) > 1 and names == {OF_ANOTHER_KIND}
    if len(names) > 1 or several or got[0].kind == NOT_WRITTEN:
        return None
    end = "" if text.endswith("?") else "."
    return Name(names.pop(), f"{sentence(text)}{end} It is so {seen.where}.")


def name_of(complaint: Complaint) -> str:
    names = (name for words, name in KINDS.items() if words in complaint.text)
    return next(names, OF_ANOTHER_KIND)


def truth_values(seen: WrongParts) -> Name | None:
    """True and False came, and numbers are asked for."""
    if not seen.in_arrays or "b" in seen.kinds:
        return None
    if any(w.got.dtype != bool for w in seen.wrong):
        return None
    words = "of True and False, where numbers are asked for"
    cause = "a comparison that is the last step"
    return said(seen, "true or false for numbers", words, cause)


def one_for_all(seen: WrongParts) -> Name | None:
    """The result is the same for every input."""
    wants = {w.want.tobytes() for w in seen.wrong} if seen.finite else set()
    got = [w.got for w in seen.wrong]
    if len(got) < 3 or len(wants) < 3 or len({w.name for w in seen.wrong}) > 1:
        return None
    if not all(np.array_equal(a, got[0]) for a in got):
        return None
    cause = "a number, a size or an array that is written out where an argument belongs"
    if not all(np.array_equal(part.got, got[0]) for part in seen.right_elsewhere):
        cause += ", or a count that is as large as it can be"
    return said(seen, "the same for all inputs", "the same, whatever the input", cause)


def some_parts(seen: WrongParts) -> Name | None:
    """Of the same several parts in each case, only some are ever wrong."""
    wrong = list(dict.fromkeys(w.name for w in seen.wrong))
    # A gradient of what is wrong already is not computed, and is not right.
    compared = [{w.name for w in seen.right if w.case is case} for case in seen.cases]
    right = [name for name in seen.cases[0].want if name not in wrong]
    right = [name for name in right if all(name in names for names in compared)]
    same = {tuple(case.want) for case in seen.cases}
    if len(same) > 1 or not right or not seen.in_arrays:
        return None
    few, word = (wrong, "only") if len(wrong) <= len(right) else (right, "not")
    name = f"wrong {word} in {' and '.join(few[:3])}".replace("the result", "")
    if len(seen.wrong) == len(wrong) * len(seen.cases):
        words = f"{listed(wrong)} {is_or_are(wrong)}"
    else:
        words = f"{listed(wrong, 'or')} is"
    text = (
        f"{sentence(words)} wrong {seen.where}, and {listed(right)} "
        f"{is_or_are(right)} right in every one of them. The usual cause: a mistake in the "
        f"lines that compute {listed(wrong)} alone."
    )
    return Name(re.sub(r"\W+", "_", name).strip("_"), text)


def is_or_are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def listed(names: list[str], last: str = "and") -> str:
    joined = [", ".join(names[:-1]), names[-1]] if names[1:] else names
    return f" {last} ".join(joined)


def one_side(seen: WrongParts) -> Name | None:
    """All wrong numbers are too large, or all are too small."""
    if not seen.in_numbers or "b" in seen.kinds:
        return None
    with np.errstate(invalid="ignore"):
        gaps = seen.gots - seen.wants
    if len(np.unique(gaps.round(9))) < ONE_SIDED or np.isnan(gaps).any():
        return None
    for side, name in ((gaps > 0, "too large"), (gaps < 0, "too small")):
        if side.all():
            cause = (
                "a term, a factor or a power too many or too few, or a count that is one "
                "off"
            )
            return said(seen, name, f"{name} wherever it is wrong", cause)
    return None


def argument_changed_alone(submission: Submission) -> Name | None:
    """All results are right, and the call changed an argument."""
    names = {name for answer in submission.cases.values() for name in answer.wrong}
    alone = names == {ARGUMENTS}
    return argument_changed(submission, "Every result is right, but") if alone else None


def argument_changed(
    submission: Submission, start: str = "After the call"
) -> Name | None:
    """Half of the cases that fail changed an argument, or more."""
    count = sum(ARGUMENTS in answer.wrong for answer in submission.cases.values())
    if not count or 2 * count < len(submission.failing):
        return None
    inputs = f"{count} inputs" if count > 1 else "one input"
    text = (
        f"{start} {inputs} came back changed. The usual cause: `-=`, `*=`, `sort()`, `pop()`, a "
        "new `shape` or an assignment to entries, of what belongs to the caller."
    )
    return Name("an_argument_changed", text)


def property_alone(submission: Submission) -> Name | None:
    """All results are right, and a property fails."""
    if not isinstance(submission.first, Check):
        return None
    complaint = submission.first.complaint.text
    text = f"All results are right, and yet this is not: {complaint}"
    return Name("a_property_fails", text)
