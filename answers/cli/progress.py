"""What the learner has passed: shown, forgotten, taken to the page and back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answers import files
from answers.cli import kept_files
from answers.cli.application import app
from answers.cli.talk import kept, refuse, save, tell, warn
from answers.grader import catalog

# The progress is loaded where it is needed: a check is not to wait for it.
if TYPE_CHECKING:
    from answers.progress.state import State

group = typer.Typer(
    help="What you have passed, and when; `export` and `import` take it to the page and back.",
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(group, name="progress")


@group.callback()
def shown(
    context: typer.Context,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget it all, after asking.")
    ] = False,
) -> None:
    from answers import progress
    from answers.cli import terminal

    if context.invoked_subcommand:
        return
    if reset:
        where = files.visible(str(progress.location()))
        typer.confirm(f"Forget all progress in {where}?", abort=True)
        save(progress.reset)
        return
    terminal.show_progress(terminal.console(), kept().exercises)
    tell(f"Kept in {progress.location()}")


@group.command("export")
def export(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to, say progress.json.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Write over what exists.")
    ] = False,
) -> None:
    """Write all that is kept, and each NAME.py of this folder, for the page to import.

    What you passed comes back there, as if you had passed it there on that day.
    """
    from answers import progress
    from answers.progress import state

    try:
        kept, notice = progress.load()
    except progress.ProgressError as error:
        refuse(str(error))
    warn(notice)
    texts, unread = kept_files.texts(Path(), catalog.names())
    for path in unread:
        warn(f"{path} is no text that can be read, and is left out")
    for name, text in texts.items():
        if not is_stub(name, text):
            kept.exercises.setdefault(name, state.Record()).text = text
    try:
        files.write(file, state.written(kept), new=not force)
    except FileExistsError:
        refuse(f"{file} exists; name another file, or write over it by --force")
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}")
    tell(f"Wrote {counted(kept)} to {file}.")


def is_stub(name: str, text: str) -> bool:
    """Whether the file is still the stub: then it must not replace the text of the page."""
    try:
        return text == catalog.load(name).stub()
    except ModuleNotFoundError:
        return False


@group.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What the page or this exported.")
    ],
) -> None:
    """Take over passes, hints and texts that a file holds; no file of yours is overwritten."""
    from answers import progress
    from answers.progress import state

    theirs, left = read(file)
    names = catalog.names()
    for name, record in theirs.exercises.items():
        path = Path(f"{name}.py")
        if name not in names:
            left += [path.name] if record.text or record.before else []
            continue
        try:
            take_over(path, record.text, record.before)
        except OSError as error:
            refuse(f"{path} cannot be written: {error.strerror}; progress is as it was")
    try:
        notice = progress.update(lambda ours: state.merge(ours, theirs))
    except progress.ProgressError as error:
        refuse(str(error))
    warn(notice)
    tell(f"Took over {counted(theirs)}.")
    if left:
        what = ", ".join(left)
        tell(f"Only the page keeps the rest ({what}): import {file} there.")


def read(file: Path) -> tuple["State", list[str]]:
    """What the file holds, and what of it the page alone keeps; ends with the reason if anything
    is not valid."""
    from answers.progress import state

    try:
        text = files.regular(file).read_text("utf-8-sig")
        theirs, wrong = state.read(text)
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror}")
    except state.NewerError:
        refuse(
            f"{file} is of a newer version of answers; nothing was taken over. "
            "Install that version, from where you got this one."
        )
    except ValueError:
        refuse(f"{file} is no export of this version of the page or of the command")
    if wrong:
        refuse(f"{file} is damaged, so that nothing was taken over: {', '.join(wrong)}")
    data = json.loads(text)
    of_page = {"study": "what you study", "cells": "what you changed in cells"}
    return theirs, [words for key, words in of_page.items() if data.get(key)]


def take_over(path: Path, text: str | None, before: str | None) -> None:
    """Write the texts to files that are not there, and tell which."""
    if text is not None and not path.exists():
        tell(f"Wrote {kept_files.write_new(path, text)}.")
    elif text is not None and (other := kept_files.keep(text, path, "imported")):
        tell(f"{path} is left as it is; wrote {other}.")
    if before is not None and (older := kept_files.keep(before, path, "before")):
        tell(f"Wrote {older}.")


def counted(some: "State") -> str:
    count = len(some.exercises)
    return f"{count} exercise{'s' * (count != 1)}"
