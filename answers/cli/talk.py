"""What every command says and asks."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from answers.files import visible
from answers.grader import catalog

# What a check does not need at once is imported where it is used: it starts its judge first.
if TYPE_CHECKING:
    from answers.grader.exercise import Exercise
    from answers.progress.state import Record, State

NOT_PASSED, USAGE, STOPPED = 1, 2, 130


def complete(typed: str) -> list[str]:
    """The exercises whose names begin so, for the shell."""
    return [name for name in catalog.names() if name.startswith(typed)]


Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="An exercise; `answers list` has all.",
        autocompletion=complete,
    ),
]


def tell(message: str = "", err: bool = False) -> None:
    """Print text; a name of a file in it moves no cursor and changes no colour."""
    typer.echo(visible(message), err=err)


def refuse(message: str) -> NoReturn:
    """Say what is wrong with the command, and end."""
    tell(message, err=True)
    raise typer.Exit(USAGE)


def refuse_in_json(message: str) -> NoReturn:
    """The same for a program that reads standard output."""
    typer.echo(json.dumps({"error": message}))
    raise typer.Exit(USAGE)


def warn(notice: str | None) -> None:
    if notice:
        tell(f"Note: {notice}", err=True)


def kept() -> "State":
    """The learner's progress; none if it cannot be read, which is told."""
    from answers import progress

    try:
        found, notice = progress.load()
    except progress.ProgressError as error:
        found, notice = progress.State(), str(error)
    warn(notice)
    return found


def record(name: str) -> "Record":
    """The learner's progress with an exercise."""
    from answers.progress.state import Record

    return kept().exercises.get(name, Record())


def saved(change: Callable, *args) -> bool:
    """Change the progress, and tell what is to be told of it; whether it was saved."""
    from answers.progress import ProgressError

    try:
        warn(change(*args))
    except ProgressError as error:
        warn(str(error))
        return False
    return True


def save(change: Callable, *args) -> None:
    """The same for a command that does nothing else: it ends with the reason if that fails."""
    if not saved(change, *args):
        refuse("Nothing was changed.")


def known(name: str, complain: Callable = refuse) -> str:
    """The name, if there is such an exercise."""
    if name not in catalog.names():
        try:
            catalog.load(name)
        except KeyError as error:
            message = error.args[0]
            complain(message[0].upper() + message[1:])
    return name


def loaded(name: str) -> "Exercise":
    """The exercise; end with the repair if what it needs is not installed."""
    try:
        return catalog.load(name)
    except ModuleNotFoundError as error:
        refuse(f"{name} could not be loaded: {error}")
