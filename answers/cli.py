"""The command `answers`: read a question, write the function, be told which mistake you made.

Exit codes: 0 passed or done, 1 not passed, 2 wrong usage, 130 stopped by Ctrl-C.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from answers import __version__
from answers.practice import catalog, progress, sandbox
from answers.practice.grader import Exercise
from answers.practice.progress import ProgressError, Record, Records
from answers.practice.watch import saved_at, wait_for_save

# Rich and the pages are imported where they are needed: a check starts its judge first.

NOT_PASSED, USAGE, STOPPED = 1, 2, 130

app = typer.Typer(
    help=f"{__doc__.splitlines()[0]}\n\nBegin with `answers list`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="An exercise; `answers list` has all.")
]


def tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"answers {__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option(
        "--version", callback=tell_version, is_eager=True, help="Print the version."
    ),
]


@app.callback()
def options(version: Version = False) -> None:
    pass


def refuse(message: str) -> NoReturn:
    """Say what is wrong with the command, and end."""
    typer.echo(message, err=True)
    raise typer.Exit(USAGE)


def refuse_in_json(message: str) -> NoReturn:
    """The same for a program that reads standard output."""
    typer.echo(json.dumps({"error": message}))
    raise typer.Exit(USAGE)


def warn(notice: str | None) -> None:
    if notice:
        typer.echo(f"Note: {notice}", err=True)


def records() -> Records:
    """The learner's progress; none if it cannot be read, which is told."""
    try:
        found, notice = progress.load()
    except ProgressError as error:
        found, notice = {}, str(error)
    warn(notice)
    return found


def saved(change: Callable, *args) -> str | None:
    """Change the progress; what the learner must be told of it, if anything."""
    try:
        return change(*args)
    except ProgressError as error:
        return str(error)


def known(name: str, complain: Callable = refuse) -> str:
    """The name, if there is such an exercise."""
    if name not in catalog.names():
        try:
            catalog.load(name)
        except KeyError as error:
            message = error.args[0]
            complain(message[0].upper() + message[1:])
    return name


def loaded(name: str) -> Exercise:
    """The exercise; end with the repair if what it needs is not installed."""
    try:
        return catalog.load(name)
    except ModuleNotFoundError as error:
        refuse(f"{name} could not be loaded: {error}")


def refuse_unreadable(path: Path, name: str, complain: Callable) -> None:
    """End with the reason if there is no file to judge."""
    if path.exists() and not path.is_file():
        complain(
            f"{path} is {'a folder' if path.is_dir() else 'no file'}; name the file to check"
        )
    try:
        path.open("rb").close()
    except FileNotFoundError:
        begin = (
            f"; to begin: answers start {name}" if path == Path(f"{name}.py") else ""
        )
        complain(f"There is no file {path}{begin}")
    except OSError as error:
        complain(f"{path} cannot be read: {error.strerror}")


def main() -> None:
    """Run the command, and show no learner a traceback of ours."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Unicode shows ? instead.
        stream.reconfigure(errors="replace")
    try:
        app()
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        typer.echo(
            f"This is a mistake in `answers`, not in your code; please report it.\n{what}",
            err=True,
        )
        sys.exit(USAGE)


@app.command("list")
def list_() -> None:
    """The exercises by question, and what you have passed."""
    from answers.pages import pages
    from answers.practice import terminal

    terminal.show_exercises(terminal.console(), pages(), records())


@app.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="N|NAME", help="Its number, exercise or topic.")
    ],
) -> None:
    """A question, and what to say first."""
    from answers.practice import questions, terminal

    try:
        page = questions.find(name)
    except KeyError as error:
        refuse(error.args[0])
    terminal.show_page(terminal.console(), page)


@app.command()
def start(name: Name) -> None:
    """Write NAME.py for you to fill in or repair, but never over a file."""
    path = Path(f"{known(name)}.py")
    exercise = loaded(name)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(exercise.stub())
    except FileExistsError:
        refuse(
            f"{path} exists, and is left as it is.\n"
            f"To have it checked: answers check {name}\n"
            "To begin again, rename or delete it first."
        )
    except OSError as error:
        path.unlink(missing_ok=True)
        refuse(f"{path} cannot be written: {error.strerror}")
    task = "Repair it" if exercise.mistakes else "Fill it in"
    typer.echo(f"Wrote {path}. {task}, then: answers check {name}")


@app.command()
def check(
    name: Name,
    file: Annotated[
        Path | None, typer.Argument(help="Your file; else ./NAME.py.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again at every save.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object only.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Seconds for your code.")
    ] = 10,
    memory: Annotated[
        float, typer.Option(min=0.1, max=1000, help="Gigabytes for it (on Linux).")
    ] = 2,
) -> None:
    """Run your function safely, and say what is wrong with it."""
    complain = refuse_in_json if as_json else refuse
    known(name, complain)
    path = file or Path(f"{name}.py")
    if watch and as_json:
        complain("--json prints one object, and --watch goes on; choose one of them")
    refuse_unreadable(path, name, complain)
    try:
        while True:
            seen = saved_at(path)
            passed = check_once(name, path, timeout, int(memory * 1e9), as_json)
            if not watch:
                raise typer.Exit(0 if passed else NOT_PASSED)
            typer.echo(f"Watching {path}; Ctrl-C stops.")
            wait_for_save(path, seen)
            typer.echo(f"\n{'-' * 40} {time.strftime('%H:%M:%S')}\n")
    except KeyboardInterrupt:
        typer.echo("\nStopped.", err=True)
        raise typer.Exit(STOPPED) from None


def check_once(
    name: str, path: Path, timeout: float, memory: int, as_json: bool
) -> bool:
    """Judge the file, show the verdict, note a pass; whether it passed."""
    running = sandbox.Check(name, path, timeout, memory)
    if not as_json:
        # Loaded while the judge is, too.
        from answers.practice import questions, terminal
    outcome = running.outcome()
    passed = outcome.report.passed
    notice = saved(progress.mark_passed, name) if passed else None
    if as_json:
        facts = {"exercise": name, "file": str(path), "passed": passed}
        facts |= outcome.report.to_dict() | {
            "output": outcome.output,
            "hidden": outcome.hidden,
        }
        typer.echo(
            json.dumps(facts | {"seconds": round(outcome.seconds, 3), "notice": notice})
        )
        return passed
    out = terminal.console()
    terminal.show_outcome(out, name, outcome)
    if passed:
        done = [each for each, record in records().items() if record.passed]
        terminal.show_next_steps(out, *questions.after(name, done))
    else:
        typer.echo(f"  Stuck? answers hint {name}")
    warn(notice)
    return passed


@app.command()
def hint(name: Name) -> None:
    """The hints, one more each time."""
    from answers.practice import terminal

    hints = loaded(known(name)).hints
    before = records().get(name, Record()).hints
    shown = min(before + 1, len(hints))
    out = terminal.console()
    terminal.show_hints(out, hints, shown)
    if before >= len(hints):
        typer.echo(f"There are no more. The answer: answers solution {name} --give-up")
    warn(saved(progress.mark_hints, name, shown))


@app.command()
def solution(
    name: Name,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Though you have not passed.")
    ] = False,
) -> None:
    """The answer of this guide, once you have passed."""
    from answers.practice import terminal

    exercise = loaded(known(name))
    if not give_up and records().get(name, Record()).passed is None:
        typer.echo(
            f"You have not passed {name} yet. A nudge: answers hint {name}\n"
            f"To see the answer all the same: answers solution {name} --give-up",
            err=True,
        )
        raise typer.Exit(NOT_PASSED)
    terminal.show_code(terminal.console(), exercise.solution())


@app.command("progress")
def progress_(
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget it all, after asking.")
    ] = False,
) -> None:
    """What you have passed, and when."""
    from answers.practice import terminal

    if reset:
        typer.confirm(f"Forget all progress in {progress.location()}?", abort=True)
        warn(saved(progress.reset))
        return
    terminal.show_progress(terminal.console(), records())
    typer.echo(f"Kept in {progress.location()}")


@app.command()
def labels(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="A header, and one vote a row.")
    ],
    columns: Annotated[
        str, typer.Option(help="The headers of item, annotator and label.")
    ] = "item,annotator,label",
    output: Annotated[
        Path | None, typer.Option(help="For the posteriors; else FILE-posteriors.csv.")
    ] = None,
    annotators: Annotated[
        Path | None, typer.Option(help="Also write the table of all annotators here.")
    ] = None,
    iterations: Annotated[int, typer.Option(min=1, help="Rounds of EM at most.")] = 100,
    smoothing: Annotated[
        float, typer.Option(min=0, help="Votes of each kind given beforehand.")
    ] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Write over what exists.")
    ] = False,
) -> None:
    """How far annotators agree, who errs, and what is true.

    Dawid and Skene's model, fitted to a file of votes; see `answers show 12`.
    """
    from answers.labels import command
    from answers.practice import terminal

    try:
        command.run(
            terminal.console(),
            file,
            tuple(name.strip() for name in columns.split(",")),
            output or Path(f"{file.stem}-posteriors.csv"),
            annotators,
            iterations,
            smoothing,
            force,
        )
    except command.LabelsError as error:
        refuse(str(error))
    except KeyboardInterrupt:
        typer.echo("\nStopped.", err=True)
        raise typer.Exit(STOPPED) from None
