"""Every known mistake of every exercise, planted and judged: what finds it, and what is said.

`tables` makes the part of docs/practice.md that stands between its markers; `symptoms` prints
the mistakes of one exercise.
"""

from answers.practice import catalog
from answers.practice.grader import Bug, Exercise
from answers.practice.report import Failure


def tables() -> str:
    """One Markdown table for each exercise, under a heading with a link to its question."""
    return "\n\n".join(table(catalog.load(name)) for name in catalog.names())


def table(exercise: Exercise) -> str:
    """The mistakes of one exercise: what the grader says, and what finds each first."""
    rows = [row(exercise, bug) for bug in exercise.bugs.values()]
    variants = sum(len(bug.programs) for bug in exercise.bugs.values())
    known, told = f"{len(exercise.bugs)} mistakes", "each is named"
    if exercise.mistakes:
        known = f"its {known}, alone and in every combination"
        told = "the first that is left is named"
    elif variants > len(exercise.bugs):
        known += f" in {variants} variants"
    return "\n".join(
        [
            f"### `{exercise.name}`",
            "",
            f"{exercise.summary} [The question](questions/{exercise.page}.md). "
            f"{len(exercise.trials)} tests find {known}, and {told}.",
            "",
            "| Mistake | What you are told | Found by |",
            "|---|---|---|",
            *rows,
        ]
    )


def row(exercise: Exercise, bug: Bug) -> str:
    """The line of one mistake."""
    cells = bug.name.replace("_", " "), bug.diagnosis, found_by(exercise, bug).case
    return f"| {' | '.join(map(cell, cells))} |"


def symptoms(name: str) -> str:
    """The mistakes of an exercise, the first trial that finds each, and what it shows."""
    exercise = catalog.load(name)
    rows = [("mistake", "found by", "shown")]
    for bug in exercise.bugs.values():
        failure = found_by(exercise, bug)
        rows.append((bug.name, failure.case, shown(failure)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def found_by(exercise: Exercise, bug: Bug) -> Failure:
    """The first failure that the mistake causes, in each of its variants the same bug.

    Raises:
        ValueError: The mistake passes, or is taken for another one.
    """
    reports = [exercise.run(program) for program in bug.programs]
    for report in reports:
        if report.bug != bug.name:
            verdict = "passes" if report.passed else f"is taken for {report.bug}"
            raise ValueError(f"the mistake {bug.name} of {exercise.name} {verdict}")
    return reports[0].failures[0]


def shown(failure: Failure) -> str:
    """A failure in three or four words."""
    if failure.got is not None:
        got = failure.got.removeprefix("an array of ")
        return f"{got}, should be {failure.expected.removeprefix('shape ')}"
    words = failure.message.rpartition("it raised ")[2].partition(":")[0]
    if words.isidentifier():
        return words
    changed = "it changed its argument" in failure.message
    return "a changed argument" if changed else "a property that fails"


def cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return text.replace("|", "\\|")
