"""What the learner has passed: shown, forgotten, taken to the page and back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answers import files
from answers.cli.application import app
from answers.cli.talk import kept, refuse, save, tell, warn
from answers.practice import beside, catalog

# The progress is loaded where it is needed: a check is not to wait for it.
if TYPE_CHECKING:
    from answers.practice.state import State

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
    from answers.practice import progress, terminal

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
    """Write all that is kept, and each NAME.py of this folder, for the page to import."""
    from answers.practice import progress, state

    try:
        kept, notice = progress.load()
    except progress.ProgressError as error:
        refuse(str(error))
    warn(notice)
    texts, unread = beside.texts(Path(), catalog.names())
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
    """Take over what a file holds: the newer review, the earlier pass; no file is overwritten."""
    from answers.practice import merge, progress

    theirs, cells = read(file)
    names = catalog.names()
    for name, record in theirs.exercises.items():
        if name not in names:
            continue
        path = Path(f"{name}.py")
        try:
            take_over(path, record.text, record.before)
        except OSError as error:
            refuse(f"{path} cannot be written: {error.strerror}; progress is as it was")
        record.text = record.before = None
    try:
        notice = progress.update(
            lambda ours: vars(ours).update(vars(merge.merged(ours, theirs)))
        )
    except progress.ProgressError as error:
        refuse(str(error))
    warn(notice)
    tell(f"Took over {counted(theirs)}.")
    if cells:
        what = f"{cells} cell{'s' * (cells != 1)}"
        tell(f"Left out, since the page alone keeps them: {what}. {file} has them.")


def read(file: Path) -> tuple["State", int]:
    """What the file holds, and how many cells of pages besides; ends with the reason if anything
    in it is not valid."""
    from answers.practice import state

    try:
        text = files.regular(file).read_text("utf-8-sig")
        theirs, wrong = state.read(text, renamed=True)
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror}")
    except state.NewerError:
        refuse(
            f"{file} is of a newer version of answers; nothing was taken over. "
            "Install that version, from where you got this one."
        )
    except ValueError:
        refuse(f"{file} is no export of the page or of this command")
    if wrong:
        refuse(f"{file} is damaged, so that nothing was taken over: {', '.join(wrong)}")
    cells = json.loads(text).get("cells")
    return theirs, len(cells) if isinstance(cells, dict) else 0


def take_over(path: Path, text: str | None, before: str | None) -> None:
    """Write the texts to files that are not there, and tell which."""
    if text is not None and not path.exists():
        tell(f"Wrote {beside.write_new(path, text)}.")
    elif text is not None and (other := beside.keep(text, path, "imported")):
        tell(f"{path} is left as it is; wrote {other}.")
    if before is not None and (older := beside.keep(before, path, "before")):
        tell(f"Wrote {older}.")


def counted(some: "State") -> str:
    exercises, cards = len(some.exercises), len(some.cards)
    return f"{exercises} exercise{'s' * (exercises != 1)} and {cards} card{'s' * (cards != 1)}"
