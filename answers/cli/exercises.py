"""The exercises: list them, show their questions, begin them, take a hint or the solution."""

from pathlib import Path
from typing import Annotated

import typer

from answers.cli import kept_files
from answers.cli.application import app
from answers.cli.talk import (
    NOT_PASSED,
    Name,
    kept,
    known,
    loaded,
    record,
    refuse,
    saved,
    tell,
    warn,
)
from answers.grader import catalog


@app.command("list")
def list_(
    topic: Annotated[
        str, typer.Option(help="Only those of topics with this word.")
    ] = "",
    level: Annotated[str, typer.Option(help="Only core, or only advanced.")] = "",
    not_passed: Annotated[
        bool, typer.Option("--not-passed", help="Only those you have not passed.")
    ] = False,
) -> None:
    """The exercises by question, and what you have passed."""
    from dataclasses import replace

    from answers.cli import terminal
    from answers.pages import pages

    state, everything = kept(), pages()
    for asked, there in (
        (topic, sorted({page.topic for page in everything})),
        (level, sorted({page.level for page in everything})),
    ):
        if not any(asked.lower() in each.lower() for each in there):
            refuse(f"Nothing is called {asked!r}; there are: {', '.join(there)}")
    passed = {name for name, each in state.exercises.items() if each.passed}
    found = [
        replace(page, exercises=names)
        for page in everything
        if topic.lower() in page.topic.lower() and level.lower() in page.level.lower()
        if (
            names := [
                name for name in page.exercises if not (not_passed and name in passed)
            ]
        )
    ]
    if not found:
        tell("There are none.")
        return
    terminal.show_exercises(terminal.console(), found, state.exercises)


@app.command()
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="N|NAME",
            help="Its number, exercise, module, or name in the address.",
        ),
    ],
) -> None:
    """A question, and what to say first."""
    from answers.cli import questions, terminal

    try:
        page = questions.find(name)
    except KeyError as error:
        refuse(error.args[0])
    terminal.show_page(terminal.console(), page)


@app.command()
def start(
    name: Name,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="From the stub; what you wrote keeps another name."
        ),
    ] = False,
) -> None:
    """Write NAME.py for you to fill in or repair, but never over a file."""
    path = Path(f"{known(name)}.py")
    exercise = loaded(name)
    earlier = moved_away(path) if again else None
    try:
        kept_files.write_new(path, exercise.stub())
    except FileExistsError:
        refuse(
            f"{path} exists, and is left as it is.\n"
            f"To have it checked: answers check {name}\n"
            f"To begin again, and keep it under another name: answers start {name} --again"
        )
    except OSError as error:
        kept = moved_back(earlier, path) if earlier else ""
        refuse(f"{path} cannot be written: {error.strerror}{kept}")
    from answers import progress

    if record(name).passed:
        saved(progress.begin_again, name)
    if earlier:
        tell(f"What you wrote before is in {earlier}.")
    task = "Repair it" if exercise.mistakes else "Fill it in"
    tell(f"Wrote {path}. {task}, then: answers check {name}")


def moved_away(path: Path) -> Path | None:
    """Where the file went to make room, if it was there."""
    if not path.is_file():
        return None
    try:
        return path.rename(kept_files.free(path, "before"))
    except OSError as error:
        refuse(f"{path} cannot be renamed: {error.strerror}")


def moved_back(earlier: Path, path: Path) -> str:
    """Give the file its name again; where it is now, as the end of a message."""
    try:
        earlier.rename(path)
    except OSError:
        return f"; what you wrote is in {earlier}"
    return "; what you wrote is as it was"


@app.command("next")
def next_() -> None:
    """Begin the next exercise that you have not passed."""
    if begin_after(None) is None:
        tell(
            "You have passed every exercise. To write one again: answers start NAME --again"
        )


def begin_after(name: str | None) -> str | None:
    """Begin the next exercise after `name`, or the first of all, that is not passed; its name.

    If its file is there, it has been begun, and the file is left as it is. An exercise that needs
    what is not installed is passed over.
    """
    from answers.cli import questions
    from answers.pages import pages

    records = kept().exercises
    for each in questions.in_order(pages(), name):
        if each == name or (each in records and records[each].passed):
            continue
        try:
            catalog.load(each)
        except ModuleNotFoundError as error:
            warn(f"{each} is passed over: {error}")
            continue
        if Path(f"{each}.py").exists():
            tell(f"{each}.py is there. To go on: answers check {each} --watch")
        else:
            start(each)
        return each
    return None


@app.command()
def hint(name: Name) -> None:
    """The hints, one more each time."""
    from answers import progress
    from answers.cli import terminal

    hints = loaded(known(name)).hints
    before = record(name).hints
    shown = min(before + 1, len(hints))
    out = terminal.console()
    terminal.show_hints(out, hints, shown)
    if before >= len(hints):
        tell(f"There are no more. The answer: answers solution {name} --give-up")
    saved(progress.mark_hints, name, shown)


@app.command()
def solution(
    name: Name,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Though you have not passed.")
    ] = False,
) -> None:
    """The answer of this guide, once you have passed."""
    from answers import progress
    from answers.cli import terminal

    exercise = loaded(known(name))
    passed = record(name).passed
    if not give_up and passed is None:
        tell(
            f"You have not passed {name} yet. A nudge: answers hint {name}\n"
            f"To see the answer all the same: answers solution {name} --give-up",
            err=True,
        )
        raise typer.Exit(NOT_PASSED)
    terminal.show_code(terminal.console(), exercise.solution())
    saved(progress.give_up, name)
