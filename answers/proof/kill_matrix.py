"""Every known mistake of every exercise, planted and judged: what finds it, and what is said.

`tables` makes the part of docs/mistakes.md that stands between its markers.
"""

from answers.grader import catalog
from answers.grader.exercise import Bug, Exercise
from answers.grader.report import Failure


def tables() -> str:
    """One Markdown table for each exercise, under a heading with a link to where it stands.

    Raises:
        ValueError: Mistakes pass, or are taken for others; it names them all.
    """
    exercises = [catalog.load(name) for name in catalog.names()]
    found = found_by(*exercises)
    return "\n\n".join(table(exercise, found) for exercise in exercises)


def found_by(*exercises: Exercise) -> dict[Bug, Failure]:
    """The first failure that each mistake causes. Every variant must be named as that mistake.

    Raises:
        ValueError: Mistakes pass, or are taken for others; it names them all.
    """
    found, complaints = {}, []
    for exercise in exercises:
        for bug in exercise.bugs.values():
            reports = [exercise.run(program) for program in bug.programs]
            for report in reports:
                if report.bug != bug.name:
                    verdict = (
                        "passes" if report.passed else f"is taken for {report.bug}"
                    )
                    complaints.append(f"{bug.name} of {exercise.name} {verdict}")
            found[bug] = next(iter(reports[0].failures), None)
    if complaints:
        raise ValueError("\n".join(complaints))
    return found


def table(exercise: Exercise, found: dict[Bug, Failure]) -> str:
    """The mistakes of one exercise: what the grader says, and what finds each first."""
    rows = [
        (bug.name.replace("_", " "), bug.diagnosis, found[bug].case)
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
