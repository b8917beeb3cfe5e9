"""A submission is asked again, with other numbers in an argument, or with the rows reversed.

Where our result depends on the numbers, so should the submission's. If ours stays as it is in every
input whose rows are reversed, or comes in reverse order, so should the submission's.
"""

from typing import NamedTuple

import numpy as np

from answers.grader.again import ANSWERED_OTHERWISE
from answers.grader.arguments import entries
from answers.grader.compare import agrees
from answers.grader.mistakes import Name
from answers.grader.parts import Complaint, Part, Parts, is_tensor
from answers.grader.trials import Case
from answers.naming.results import listed
from answers.naming.submission import Submission

# How many failing inputs are tried, how many others, and the most numbers of an input.
FAILING, OTHERS, LARGEST = 3, 2, 3000
# What may become of our result, in words, and the name if the submission's does not.
STAY, REVERSE = "stay as it is", "come in reverse order"
EFFECTS = {STAY: "should_not_matter", REVERSE: "has_another_effect"}
CAUSES = {
    "first": "a `return` in the first turn of a loop, or an index `[0]`",
    "last": "a loop that overwrites its result (`=` for `+=`), or an index `[-1]`",
}


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
    rows = listed([f"`{name}`" for name in names])
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
                if law == STAY and (end := alone(wrong, names, part)):
                    return Name(
                        f"{end}_row_alone",
                        f"{part} is what it should be of the {end} row alone of {rows}, in "
                        f"{inputs}. The usual cause: {CAUSES[end]}.",
                    )
                mixed = {
                    REVERSE: "numbers of one row meet another (a `keepdims` is missing), ",
                    STAY: "the rows of one argument meet other rows of another, ",
                }
                cause = mixed[law] if law == REVERSE or names[1:] else ""
                text = (
                    f"With {rows} in reverse order, {part} should {law}, and yours does not, in "
                    f"{inputs}. The usual cause: {cause}the order in which the rows come is used, "
                    "random numbers are drawn in the function, or something is kept from call to "
                    "call."
                )
                return Name(f"rows_in_another_order_{effect}", text)
    return None


def argument_not_read(submission: Submission) -> Name | None:
    """Our result depends on the numbers of an argument, and the submission's does not."""
    cases = tried(submission)
    if not all(same_again(case, submission) for case in cases):
        return None
    for name in dict.fromkeys(
        name for case in cases for name in case.bound().arguments
    ):
        others = {case: with_other_numbers(case, name) for case in cases}
        # Where our result stays as it is, too, the input says nothing.
        others = {
            case: other
            for case, other in others.items()
            if other and not same(other.want, case.want, case.rtol)
        }
        if len(others) < 2 or not submission.failing.intersection(others):
            continue
        if all(answers_as(others[case], case, submission) for case in others):
            text = (
                f"With other numbers in `{name}` our answer is another one, and yours stays as "
                f"it is, in each of {len(others)} inputs tried. The usual cause: `{name}` is "
                "not used."
            )
            return Name(f"{name}_is_not_used", text)
    return None


def alone(asked: list[Reversed], names: list[str], part: str) -> str | None:
    """The end of the rows, first or last, of which alone the submission's results are right."""
    for end, rows in {"first": slice(1), "last": slice(-1, None)}.items():
        others = [(each, with_rows_taken(each.case, names, rows)) for each in asked]
        if all(
            other and agrees(each.yours[0][part], other.want[part], each.case.rtol)
            for each, other in others
        ):
            return end
    return None


def same_again(case: Case, submission: Submission) -> bool:
    """Whether the submission answers the case as it did before."""
    return answers_as(case, case, submission)


def answers_as(other: Case, case: Case, submission: Submission) -> bool:
    """Whether the submission answers another case as it did this one."""
    again = other.ask(submission.function).parts
    return same(again, submission.answers[case].parts, case.rtol)


def same(again: Parts, before: Parts, rtol: float) -> bool:
    """Whether each part came again."""
    return all(
        isinstance(again.get(name), np.ndarray) and agrees(again[name], part, rtol)
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


def with_other_numbers(case: Case, name: str) -> Case | None:
    """The case with the floats of an argument smaller and in reverse order; None if it has none."""
    value = case.bound().arguments.get(name)
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return None
    return changed(case, {name: 0.75 * value.ravel()[::-1].reshape(value.shape)})


def with_rows_reversed(case: Case, names: list[str]) -> Case | None:
    """The case with these arguments reversed; None if none differs, or the reference refuses."""
    other = with_rows_taken(case, names, slice(None, None, -1))
    if other is None:
        return None
    before, after = case.bound().arguments, other.bound().arguments
    return other if any((before[name] != after[name]).any() for name in names) else None


def with_rows_taken(case: Case, names: list[str], rows: slice) -> Case | None:
    """The case with these rows of these arguments; None if the reference refuses."""
    given, new = case.bound().arguments, {}
    for name in names:
        value = given[name].detach() if is_tensor(given[name]) else given[name]
        new[name] = value[list(range(len(value)))[rows]]
    return changed(case, new)


def changed(case: Case, new: dict) -> Case | None:
    """The case with these arguments; None if the reference refuses."""
    given = case.bound()
    given.arguments.update(new)
    other = case.with_arguments(given)
    try:
        return None if other.is_refused else other
    except RuntimeError:  # the reference fails there
        return None
