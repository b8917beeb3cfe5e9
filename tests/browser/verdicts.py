"""What the grader says of programs that are kept for an exercise, here or in the browser: of all
but most of the wrong answers that nobody planted, of which it is every fifth.

It is sent to the browser as text, and imports there what is there.
"""

from collections.abc import Callable

from kept_answers import answers_in

from answers.grader import browser_judge, catalog

ABSENT = {
    "torch",
    "scipy",
    "sklearn",
    "statsmodels",
    "krippendorff",
    "crowdkit",
    "cleanlab",
}


def verdicts(name: str, stub: str, kept: str, also: list[str]) -> dict[str, dict]:
    """The report on each program, by a name for it; `kept` is a file of tests/submissions. The
    wrong answers in `also` are among those judged."""
    exercise = catalog.load(name)
    told = {
        "the stub": browser_judge.check(name, stub),
        "the solution": browser_judge.check(name, exercise.solution()),
        "the reference": exercise.run(exercise.reference).to_dict(),
    }
    for bug in exercise.bugs.values():
        for number, program in enumerate(bug.programs):
            told[f"bug {bug.name} {number}"] = exercise.run(program).to_dict()
    right, wrong = answers_in(kept)
    answers = {f"right {each}": answer for each, answer in right.items()}
    asked = {*list(wrong)[::5], *also}
    answers |= {f"wrong {each}": answer for each, (answer, _) in wrong.items() if each in asked}
    for each, answer in answers.items():
        if not uses_absent(answer):
            told[each] = exercise.run(answer).to_dict()
    return told


def uses_absent(function: Callable) -> bool:
    """Whether it uses or imports what no browser has."""
    names = {name.partition(".")[0] for name in function.__code__.co_names}
    return bool(names & ABSENT)
