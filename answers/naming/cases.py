"""Which inputs fail, and what they alone have in common."""

import numpy as np

from answers.grader.parts import Complaint, overflowed
from answers.naming.traits import (
    facts_of,
    magnitude,
    nearest,
    numbers,
    spread,
    tiniest,
)
from answers.naming.wrong_parts import Relation, sizes

NO_FLOATS = (
    "integers hold no fractions, small ones wrap around, and float32 has 7 digits; compute in "
    "float64"
)
# Kinds of facts that many inputs have in common by chance.
INCIDENTAL = {
    "inf",
    "nan",
    "zero",
    "unit",
    "negative",
    "ties",
    "one",
    "shapes",
    "dtype",
}
MEASURED = {"large", "far apart", "tiny", "close"}
# Where to look for the mistake, by the kind of the fact. Kinds that stand first are told first.
HINTS = {
    "refused": "a test that is missing, or that raises another error than ValueError",
    "passed": "the argument is not used, or not everywhere where it should be",
    "value": "an edge case at this value, or a constant where the argument belongs",
    "inf": "inf - inf and 0 · inf are nan; ask for such entries first",
    "nan": "every comparison with nan is False",
    "dtype": NO_FLOATS,
    "axes": "an axis that is counted from the wrong end, or a number of axes taken for granted",
    "large": "exp overflows above 709, and sums of large and small numbers lose digits",
    "far apart": "exp overflows above 709, or all of its values become 0; subtract the maximum of "
    "the row",
    "tiny": "a threshold or an eps cuts off what is small",
    "close": "a tolerance, a rounding or float32 makes them equal",
    "zero": "a division by 0, a logarithm of 0, or a comparison that should (not) hold at 0",
    "unit": "a comparison that should (not) hold at 1, or a division by 1 - 1",
    "negative": "a root or a logarithm, or an absolute value where the sign matters",
    "ties": "an order among equal entries, or < where <= belongs",
    "one": "an axis of size 1 is dropped, or broadcast against another",
    "square": "two axes are exchanged, which sizes that are equal do not show",
    "several": "a sum, a mean or an index of which one number shows nothing, such as one over the "
    "wrong axis",
    "shapes": "shapes that agree by chance are taken for granted",
    "held": "a loop over them that does not reach all of them, or takes one of them for all",
    "long": "a limit, a size written out as a number, or an axis of which only some entries count",
}


def in_common(answers: dict, failing: set) -> Relation | None:
    """What all failing inputs have, and no other; or all others, and no failing one."""
    cases, few = list(answers), 2 * len(failing) < len(answers)
    parts = [part for case in failing for part in wrong_parts(answers[case])]
    answered = {
        case
        for case in cases
        if not any(isinstance(want, Complaint) for want in case.want.values())
    }
    everything = failing >= answered
    if not failing or everything or not all(map(says_something, parts)):
        return None
    facts = {case: facts_of(case) for case in cases}
    known = sorted({fact for found in facts.values() for fact in found})
    found = {}
    for kind in HINTS:
        # That half of the inputs hold a 0 says little.
        if not few and kind in INCIDENTAL:
            continue
        for fact in known:
            if fact[0] != kind or kind in found:
                continue
            having = {case for case in cases if fact in facts[case]}
            if having == failing:
                found[kind] = f"those where {fact[1]}"
            elif (
                kind not in {*INCIDENTAL, "refused"} and having == set(cases) - failing
            ):
                found[kind] = (
                    f"all but those where {fact[1]}" if len(having) > 1 else ""
                )
        if kind == "large":
            found |= limit_of(cases, failing)
    found = {kind: words for kind, words in found.items() if words}
    if "passed" in found:
        found = {
            kind: words
            for kind, words in found.items()
            if kind not in ("value", "axes")
        }
    return told(found, parts, len(failing), len(cases)) if found else None


def says_something(part: object) -> bool:
    """Whether a part is more than of the wrong type."""
    return not isinstance(part, Complaint) or part.error is not None


def told(found: dict[str, str], parts: list, failing: int, cases: int) -> Relation:
    """The relation in words. Where several facts agree, none is taken for the cause."""
    what = "The result is wrong"
    if all(isinstance(part, Complaint) for part in parts):
        what = "An error is raised"
    elif all(is_no_number(part) for part in parts):
        what = "The result holds nan or inf"
    words = list(found.values())[:3]
    text = f"{what} in {failing} of {cases} inputs: {words[0]}, and no other."
    if len(words) > 1:
        text += f" They are also {' and '.join(words[1:])}."
    else:
        text += f" Look for this: {HINTS[next(iter(found))]}."
    kind = next(iter(found))
    short = words[0].replace("those ", "").replace("all but where", "except where")
    if kind in MEASURED:
        short = f"for numbers that are {kind}"
    return Relation(f"wrong {short.replace('`', '')}".replace(" ", "_"), text)


def wrong_parts(answer: object) -> list:
    return [answer.parts[name] for name in answer.wrong]


def is_no_number(part: object) -> bool:
    return overflowed(part) or (
        isinstance(part, np.ndarray) and not np.isfinite(part).all()
    )


def longest(answers: dict, failing: set) -> Relation | None:
    """The size, or the number, from which on all inputs fail, and below which none does."""
    parts = [part for case in failing for part in wrong_parts(answers[case])]
    enough = 2 < len(failing) < len(answers) - 2
    found = {case: sizes(case) for case in answers} if enough else {}
    if not found or not all(map(says_something, parts)):
        return None
    told_of = {}
    for name in found[next(iter(failing))]:
        if "number" in name or not all(name in each for each in found.values()):
            continue
        least = min(found[case][name] for case in failing)
        most = max(found[case][name] for case in found if case not in failing)
        if least > most:
            said = f"those where {name} is {least:g} or more"
            every = tuple(each[name] for each in found.values())
            told_of.setdefault(every, (said, least < 4 or name.startswith("`")))
    # Chance is likely if several sizes tell the inputs apart, or if the limit is large.
    if len(told_of) != 1 or not (found := told_of.popitem()[1])[1]:
        return None
    return told({"long": found[0]}, parts, len(failing), len(answers))


def limit_of(cases: list, failing: set) -> dict[str, str]:
    """How large or how near to each other numbers are, if that alone tells the failing inputs from
    the others."""
    for kind, measure, words in (
        ("large", magnitude, "a number of {} or more is passed"),
        ("far apart", spread, "numbers that lie {} or more apart stand side by side"),
    ):
        largest = {
            case: max(map(measure, numbers(case)), default=0.0) for case in cases
        }
        least = min(largest[case] for case in failing)
        most = max(largest[case] for case in cases if case not in failing)
        if least > 10 * most and least > 30:
            said = words.format(f"{least:.3g}")
            return {kind: f"those where {said} (elsewhere at most {most:.3g})"}
    for kind, measure, words in (
        ("tiny", tiniest, "a number as small as {} is passed"),
        ("close", nearest, "numbers differ by as little as {} of their size"),
    ):
        smallest = {
            case: min(map(measure, numbers(case)), default=1.0) for case in cases
        }
        most = max(smallest[case] for case in failing)
        if most < 1e-6 and 100 * most < min(
            smallest[c] for c in cases if c not in failing
        ):
            return {kind: f"those where {words.format(f'{most:.3g}')}"}
    return {}
