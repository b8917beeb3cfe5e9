"""Every known mistake of every exercise: its diagnosis, the case that finds it, its false names.

`tables` makes the part of docs/mistakes.md that stands between its markers.
"""

from collections.abc import Callable

from answers.grader import catalog
from answers.grader.exercise import Exercise


def tables() -> str:
    """One Markdown table for each exercise, under a heading with a link to where it stands."""
    return "\n\n".join(table(catalog.load(name)) for name in catalog.names())


def misnamed(exercise: Exercise) -> list[str]:
    """The mistakes of which a variant passes, or is taken for another: a sentence for each."""
    return [
        f"answers/exercises/{exercise.name}.py: {bug.name} "
        + ("passes" if report.passed else f"is taken for {report.bug}")
        + "; add a case that it fails, and fails otherwise than others do"
        for bug in exercise.bugs.values()
        for report in map(exercise.run, bug.programs)
        if report.bug != bug.name
    ]


def found_by(exercise: Exercise, program: Callable) -> str:
    """The first trial that the program fails, and is not only noted.

    Raises:
        ValueError: There is none.
    """
    for trial in exercise.trials:
        answer = trial.ask(program)
        if answer.wrong and not trial.note(answer):
            return trial.name
    raise ValueError(f"no case of {exercise.name} fails this program: {program}")


def table(exercise: Exercise) -> str:
    """The mistakes of one exercise: what the grader says, and what finds each first."""
    rows = [
        (bug.name.replace("_", " "), bug.diagnosis, found_by(exercise, bug.programs[0]))
        for bug in exercise.bugs.values()
    ]
    place = f"questions/{exercise.page}.md#exercise-{exercise.name}"
    variants = sum(len(bug.programs) for bug in exercise.bugs.values())
    known, told = f"{len(exercise.bugs)} mistakes", "each is named"
    if exercise.mistakes:
        known = f"its {len(exercise.mistakes)} mistakes, alone and in every combination"
        if more := len(exercise.bugs) - len(exercise.mistakes):
            known += f", and {more} more that a repair may make"
        told = "the first that is left is named"
    elif variants > len(exercise.bugs):
        known += f" in {variants} variants"
    return "\n".join(
        [
            f"## `{exercise.name}`",
            "",
            f"{exercise.summary} [The exercise]({place}). "
            f"{len(exercise.trials)} tests find {known}, and {told}.",
            "",
            "| Mistake | What you are told | Found by |",
            "|---|---|---|",
            *(f"| {' | '.join(map(cell, row))} |" for row in rows),
        ]
    )


def cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return text.replace("|", "\\|")
