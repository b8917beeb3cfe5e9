"""Which cases fail, and what their inputs alone have in common."""

import re
from collections.abc import Callable

import numpy as np

from answers.grader.mistakes import Name
from answers.grader.parts import Complaint, Part, overflowed
from answers.grader.trials import ARGUMENTS, Case
from answers.naming.order import moved
from answers.naming.results import is_or_are, listed
from answers.naming.submission import Submission
from answers.naming.traits import (
    by_default,
    magnitude,
    nearest,
    numbers,
    sizes,
    spread,
    tiniest,
    traits_of,
)
from answers.naming.wrong_parts import sentence

# Kinds of traits that many inputs have in common by chance.
INCIDENTAL = {"inf", "zero", "unit", "ties", "one", "shapes", "dtype"}
# Kinds of traits whose absence says nothing: of a switch, the other value is a trait.
ONE_WAY = {"refused", "switch"}
# How large and how near to each other numbers are, of each input.
MEASURES: dict[str, tuple[Callable, Callable, str]] = {
    "large": (magnitude, max, "a number of {} or more is passed"),
    "far apart": (spread, max, "numbers that lie {} or more apart stand side by side"),
    "tiny": (tiniest, min, "a number as small as {} is passed"),
    "close": (nearest, min, "numbers differ by as little as {} of their size"),
}
BOOLEANS = (
    "NumPy refuses `-` of Booleans, and True + True and sums of products by `@` are True; ask "
    "by `==` and `&`, or count in integers"
)
MEMORY = (
    "an array that is as long as a number is large, such as the result of `bincount` (number the "
    "different values first, by `np.unique` with `return_inverse=True`) or of `repeat` (multiply "
    "by the number)"
)
# Where to look for the mistake, by the kind of the trait. Kinds that stand first are told first.
HINTS = {
    "refused": "a test that is missing, or that raises another error than ValueError",
    "let through": "a test that looks at a part of them, or that raises another error than "
    "ValueError",
    "passed": "what is computed from the argument, or a place where it should be used and is not",
    "switch": "a mistake in the lines that run, or should run, in these inputs alone",
    "value": "an edge case at this value, or a constant where the argument belongs",
    "inf": "inf - inf and 0 · inf are nan; ask for such entries first",
    "dtype": "integers hold no fractions, small ones wrap around, and float32 has 7 digits; "
    "compute in float64",
    "axes": "an axis that is counted from the wrong end, or a number of axes taken for granted",
    "large": "exp overflows above 709, sums of large and small numbers lose digits, and int32 "
    "wraps around above 2,147,483,647",
    "far apart": "exp overflows above 709, or all of its values become 0: subtract the maximum of "
    "the row; or a sum in which the smaller numbers lose their digits",
    "tiny": "a threshold or an eps cuts off what is small",
    "close": "a tolerance, a rounding or float32 makes them equal",
    "zero": "a division by 0, a logarithm of 0, or a comparison that should (not) hold at 0",
    "unit": "a comparison that should (not) hold at 1, or a division by 1 - 1",
    "ties": "an order among equal entries, or < where <= belongs",
    "one": "an axis of size 1 is dropped, or broadcast against another",
    "square": "axes are told apart by their lengths, or two axes are exchanged, which equal "
    "lengths do not show",
    "pair": "two axes are exchanged, or the length of one is taken for that of the other",
    "several": "what one number does not show: how several are put together, such as a sum, a mean "
    "or an index over the wrong axis, or a step for all of them where each counts alone",
    "shapes": "shapes that agree by chance are taken for granted",
    "held": "a loop over them that does not reach all of them, or takes one of them for all",
    "long": "a limit, a size written out as a number, or an axis of which only some entries count",
}
# The same where all others have the trait.
HINTS_OF_OTHERS = HINTS | {
    "passed": "the default of the argument, or what is computed in its stead",
    "value": "a factor, a power, a term or a step that makes no difference at this value",
}


def in_common(submission: Submission) -> Name | None:
    """All failing inputs have a trait, and no other; or all others have it, and no failing one."""
    cases, failing = set(submission.cases), submission.failing
    refused = {case for case in cases if case.is_refused}
    if not failing or failing >= cases - refused or not say_something(submission):
        return None
    traits = {case: traits_of(case) | by_default(case) for case in cases}
    found = limit_of(cases, failing)
    for kind, text in sorted(set().union(*traits.values())):
        incidental = kind in INCIDENTAL
        # That half of the inputs hold a 0 says little.
        if kind in found or (incidental and 2 * len(failing) >= len(cases)):
            continue
        having = {case for case in cases if (kind, text) in traits[case]}
        telling = not incidental and kind not in ONE_WAY and len(having) > 1
        if having == failing and (kind != "pair" or len(failing) > 1):
            found[kind] = f"those where {text}"
        elif having == cases - failing and telling:
            found[kind] = f"all but those where {text}"
    # One entry has one order.
    if "several" in found and moved(submission.wrong_parts):
        found.pop("several")
    if not found and len(failing) > 1 and failing < refused:
        found["let through"] = "some of those where a ValueError is asked for"
    # Of a switch the value says more, of anything else that it is passed.
    if "switch" in found:
        found.pop("passed", None)
    for kind in ("value", "axes") if "passed" in found else ():
        found.pop(kind, None)
    if len(found) > 1:
        found.pop("pair", None)
    found = {kind: found[kind] for kind in HINTS if kind in found}
    return told(submission, found) if found else None


def from_a_size_on(submission: Submission) -> Name | None:
    """The size, or the number, from which on all inputs fail, and below which none does."""
    failing = submission.failing
    enough = 2 < len(failing) < len(submission.cases) - 2
    if not enough or not say_something(submission):
        return None
    found, limits = {case: sizes(case) for case in submission.cases}, {}
    for name in found[next(iter(failing))]:
        everywhere = all(name in each for each in found.values())
        if "number" in name or "last axis" in name or not everywhere:
            continue
        least = min(found[case][name] for case in failing)
        most = max(found[case][name] for case in found if case not in failing)
        if least > most:
            words = f"those where {name} is {least:g} or more"
            every = tuple(each[name] for each in found.values())
            limits.setdefault(every, (words, least < 4 or name.startswith("`")))
    # Chance is likely if several sizes tell the inputs apart, or if the limit is large.
    if len(limits) != 1 or not (limit := limits.popitem()[1])[1]:
        return None
    return told(submission, {"long": limit[0]})


def told(submission: Submission, found: dict[str, str]) -> Name:
    """The traits in words. Where several agree, none is taken for the cause."""
    parts, what = parts_of_failing(submission), f"{what_is_wrong(submission)} wrong"
    if all(isinstance(part, Complaint) for part in parts):
        what = "An error is raised"
    elif all(map(is_no_number, parts)) and not_finite_alone(submission):
        what = "The result holds nan or inf"
    words = list(found.values())[:3]
    text = f"{what} in {len(submission.failing)} of {len(submission.cases)} inputs: "
    kind = next(iter(found))
    if len(submission.failing) > 1:
        text += f"{words[0]}, and no other."
        more = f" They are also {' and '.join(words[1:])}."
    else:
        # A single input has something of its own by chance, too.
        also = " and ".join(map(of_one, words))
        text += f"in the one input that fails, {also}, and in no other."
        more = ""
    hints = HINTS_OF_OTHERS if words[0].startswith("all but") else HINTS
    hint = BOOLEANS if words[0].endswith("is of dtype bool") else hints[kind]
    raised = all(isinstance(p, Complaint) and p.on_purpose for p in parts)
    if raised and kind not in ("refused", "let through"):
        hint = "the condition under which it is raised"
    if all(issubclass(getattr(p, "error", None) or object, MemoryError) for p in parts):
        hint = MEMORY
    text += more if words[1:] else f" Look for this: {hint}."
    short = words[0].replace("some of those", "in some").replace("those ", "")
    short = short.replace("all but where", "except where")
    if kind in MEASURES:
        short = f"for numbers that are {kind}"
    short = re.sub("[`,]", "", short)
    return Name(f"wrong {short}".replace(" ", "_"), text)


def of_one(words: str) -> str:
    """The trait that tells one input from the others."""
    words, _, trait = words.rpartition("those where ")
    return f"it is not so that {trait}" if words else trait


def what_is_wrong(submission: Submission) -> str:
    """The parts that are wrong in every failing input, if others are right in each."""
    answers = [submission.cases[case] for case in submission.failing]
    wrong = answers[0].wrong
    told_apart = ARGUMENTS not in wrong and all(
        set(answer.wrong) == set(wrong) < set(answer.parts) for answer in answers
    )
    return (
        sentence(f"{listed(wrong)} {is_or_are(wrong)}")
        if told_apart
        else "The result is"
    )


def parts_of_failing(submission: Submission) -> list[Part]:
    answers = [submission.cases[case] for case in submission.failing]
    return [answer.parts[name] for answer in answers for name in answer.wrong]


def say_something(submission: Submission) -> bool:
    """Whether every wrong part is more than of the wrong type."""
    return all(
        not isinstance(part, Complaint) or part.error is not None
        for part in parts_of_failing(submission)
    )


def is_no_number(part: Part) -> bool:
    array = isinstance(part, np.ndarray)
    return overflowed(part) or (array and not np.isfinite(part).all())


def not_finite_alone(submission: Submission) -> bool:
    """Whether each array that is wrong holds a nan or an infinity that does not belong there, and
    no result of an input that passes holds one: a filter of logits gives -inf in all."""
    seen = submission.wrong_parts
    arrays = [w for w in seen.wrong if isinstance(w.got, np.ndarray)]
    passing = [w.got for w in seen.right if w.case not in submission.failing]
    floats = [got for got in passing if got.dtype.kind in "fc"]
    return all(np.isfinite(got).all() for got in floats) and all(
        w.got.shape != w.want.shape or (~w.right & ~np.isfinite(w.got)).any()
        for w in arrays
        if isinstance(w.want, np.ndarray)
    )


def limit_of(cases: set[Case], failing: set[Case]) -> dict[str, str]:
    """How large or how near to each other numbers are, if that alone tells the failing inputs from
    the others."""
    for kind, (measure, extreme, words) in MEASURES.items():
        none = 0.0 if extreme is max else 1.0
        found = {c: extreme(map(measure, numbers(c)), default=none) for c in cases}
        theirs = [found[case] for case in failing]
        others = [found[case] for case in cases - failing]
        if extreme is max and min(theirs) > max(10 * max(others), 30):
            said = words.format(f"{min(theirs):.3g}")
            elsewhere = f"(elsewhere at most {max(others):.3g})"
            return {kind: f"those where {said} {elsewhere}"}
        if extreme is min and max(theirs) < min(1e-6, min(others) / 100):
            return {kind: f"those where {words.format(f'{max(theirs):.3g}')}"}
    return {}
