"""The order of the rows: a submission is asked again, with the rows in reverse order.

If our result stays as it is in every input that is tried, or comes in reverse order, so should
the submission's.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from answers.grader.again import ANSWERED_OTHERWISE
from answers.grader.arguments import entries
from answers.grader.compare import agrees
from answers.grader.mistakes import Name
from answers.grader.parts import Complaint, Part, Parts, is_tensor
from answers.grader.trials import Case
from answers.naming.submission import Submission

# How many failing inputs are tried, how many others, and the most numbers of an input.
FAILING, OTHERS, LARGEST = 3, 2, 3000
# What may become of our result, in words, and the name if the submission's does not.
STAY, REVERSE = "stay as it is", "come in reverse order"
EFFECTS = {STAY: "should_not_matter", REVERSE: "has_another_effect"}


class Reversed(NamedTuple):
    """A case whose rows are reversed: our results before and after, and the submission's."""

    case: Case
    ours: tuple[Parts, Parts]
    yours: tuple[Parts, Parts]


def in_another_order(submission: Submission) -> Name | None:
    """The result depends on the order of the rows in another way than ours."""
    cases = tried(submission)
    names = with_rows([case.bound().arguments for case in cases])
    asked = []
    # Nothing is known of a function that answers the same rows otherwise when asked again.
    if changed := [case for case in cases if not same_again(case, submission)]:
        return ANSWERED_OTHERWISE if submission.failing.intersection(changed) else None
    for case in cases:
        other = with_rows_reversed(case, names)
        after = other.ask(submission.function).parts if other else {}
        # The submission may raise there, which says nothing of the order.
        if after and not any(isinstance(part, Complaint) for part in after.values()):
            yours = submission.answers[case].parts, after
            asked.append(Reversed(case, (case.want, other.want), yours))
    wrong = [each for each in asked if each.case in submission.failing]
    # The first failure is told: one other input says nothing of it.
    of_first = [each.case for each in wrong] == [submission.first]
    if len(asked) < 2 or (len(wrong) < 2 and not of_first):
        return None
    # Tensors are detached: there are no gradients.
    for part in asked[0].yours[1]:
        for law, effect in EFFECTS.items():
            if all(follows(each.ours, part, law, each.case.rtol) for each in asked):
                if any(
                    follows(each.yours, part, law, each.case.rtol) for each in wrong
                ):
                    break
                inputs = (
                    f"each of {len(wrong)} inputs tried"
                    if wrong[1:]
                    else "the one input that fails"
                )
                mixed = {
                    REVERSE: "numbers of one row meet another (a `keepdims` is missing), ",
                    STAY: "the rows of one argument meet other rows of another, ",
                }
                cause = mixed[law] if law == REVERSE or names[1:] else ""
                text = (
                    f"With {' and '.join(f'`{name}`' for name in names)} in reverse order, {part} "
                    f"should {law}, and yours does not, in {inputs}. The usual cause: {cause}the "
                    "order in which the rows come is used, random numbers are drawn in the "
                    "function, or something is kept from call to call."
                )
                return Name(f"rows_in_another_order_{effect}", text)
    return None


def same_again(case: Case, submission: Submission) -> bool:
    """Whether the submission answers the case as it did before."""
    before, again = submission.answers[case].parts, case.ask(submission.function).parts
    return all(
        isinstance(again.get(name), np.ndarray) and agrees(again[name], part, case.rtol)
        for name, part in before.items()
    )


def follows(results: tuple[Parts, Parts], part: str, law: str, rtol: float) -> bool:
    """Whether a part of a result did what the law says."""
    before, after = (each[part] for each in results)
    reverse = law == REVERSE and before.ndim
    return agrees(after, before[::-1] if reverse else before, rtol)


def tried(submission: Submission) -> list[Case]:
    """The inputs to reverse: the first that fail, and the first of the others."""
    cases = [
        case
        for case, answer in submission.cases.items()
        if sum(map(entries, case.args)) <= LARGEST
        and all(map(is_finite, [*answer.parts.values(), *case.want.values()]))
    ]
    wrong = [case for case in cases if case in submission.failing][:FAILING]
    right = [case for case in cases if case not in submission.failing]
    passed = {name for case in wrong for name in case.bound().arguments}
    right = [case for case in right if passed <= case.bound().arguments.keys()]
    return wrong + right[:OTHERS] if wrong else []


def is_finite(part: Part) -> bool:
    return isinstance(part, np.ndarray) and bool(np.isfinite(part).all())


def with_rows(given: list[dict]) -> list[str]:
    """The names of the first array, and of all others that have as many rows in every case."""
    lengths = {
        name: [len(each[name]) for each in given]
        for name in next(iter(given), ())
        if all(getattr(each.get(name), "shape", ()) for each in given)
    }
    return [name for name in lengths if lengths[name] == next(iter(lengths.values()))]


def with_rows_reversed(case: Case, names: list[str]) -> Case | None:
    """The case with these arguments reversed; None if none differs, or the reference refuses."""
    given, differs = case.bound(), False
    for name in names:
        value = given.arguments[name]
        value = value.detach() if is_tensor(value) else value
        given.arguments[name] = value[list(range(len(value)))[::-1]]
        differs |= bool((value != given.arguments[name]).any())
    # An argument that was passed by name is passed so again.
    by_name = {name: given.arguments.pop(name) for name in case.kwargs}
    other = replace(case, args=given.args, kwargs=by_name)
    try:
        return other if differs and not other.is_refused else None
    except RuntimeError:  # the reference fails there
        return None
