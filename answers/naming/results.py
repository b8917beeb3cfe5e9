"""What is said of a result by its kind and by its parts, where its numbers say no more."""

import re

import numpy as np

from answers.grader.parts import Complaint
from answers.grader.submission import NOT_WRITTEN
from answers.grader.tensors import GRADIENT
from answers.grader.trials import ANOTHER_ORDER, OTHER_NAMES
from answers.naming.wrong_parts import Evidence, Relation, said, sentence

# So many different numbers are not all on one side by chance.
ONE_SIDED = 8
# Words in a complaint, and its name. Any other complaint is about the kind of the result.
OF_ANOTHER_KIND = "a_result_of_another_kind"
KINDS = {
    ANOTHER_ORDER: "parts_in_another_order",
    OTHER_NAMES: "parts_under_other_names",
    "it cannot be called like this": "another_signature",
    "has no key": "a_key_is_missing",
    GRADIENT: "a_gradient_is_missing",
}


def another_kind(seen: Evidence) -> Relation | None:
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
    name = names.pop()
    end = "" if text.endswith("?") else "."
    return Relation(name, f"{sentence(text)}{end} It is so {seen.where}.")


def name_of(complaint: Complaint) -> str:
    names = (name for words, name in KINDS.items() if words in complaint.text)
    return next(names, OF_ANOTHER_KIND)


def truth_values(seen: Evidence) -> Relation | None:
    """True and False came, and numbers are asked for."""
    if not seen.in_arrays or not all(
        w.got.dtype == bool != w.want.dtype for w in seen.wrong
    ):
        return None
    words = "of True and False, where numbers are asked for"
    return said(
        seen, "true or false for numbers", words, "a comparison that is the last step"
    )


def one_for_all(seen: Evidence) -> Relation | None:
    """The result is the same for every input."""
    wants = {w.want.tobytes() for w in seen.wrong} if seen.in_arrays else set()
    got = [w.got for w in seen.wrong]
    if len(got) < 3 or len(wants) < 3 or len({w.name for w in seen.wrong}) > 1:
        return None
    if not all(np.isfinite(a).all() and np.array_equal(a, got[0]) for a in got):
        return None
    cause = "a number, a size or an array that is written out where an argument belongs"
    return said(seen, "the same for all inputs", "the same, whatever the input", cause)


def some_parts(seen: Evidence) -> Relation | None:
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
    name = f"wrong {word} in {' and '.join(few[:3])}"
    text = (
        f"{sentence(listed(wrong))} {is_or_are(wrong)} wrong {seen.where}, and {listed(right)} "
        f"{is_or_are(right)} right in every one of them. The usual cause: a mistake in the "
        f"lines that compute {listed(wrong)} alone."
    )
    name = name.replace("the result", "")
    return Relation(re.sub(r"\W+", "_", name).strip("_"), text)


def is_or_are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def one_side(seen: Evidence) -> Relation | None:
    """All wrong numbers are too large, or all are too small."""
    if not seen.in_numbers or any(w.want.dtype == bool for w in seen.wrong):
        return None
    gaps = [(w.got.astype(np.float64) - w.want)[~w.right] for w in seen.wrong]
    gaps = np.concatenate(gaps)
    if len(np.unique(gaps.round(9))) < ONE_SIDED or np.isnan(gaps).any():
        return None
    for side, name in ((gaps > 0, "too large"), (gaps < 0, "too small")):
        if side.all():
            cause = "a wrong choice of what is added up, or of what it is divided by"
            return said(seen, name, f"{name} wherever it is wrong", cause)
    return None


def listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
