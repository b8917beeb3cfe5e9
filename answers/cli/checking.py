"""`answers check`: run what the learner wrote, and say what is wrong with it."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from answers.cli.application import app
from answers.cli.talk import NOT_PASSED, Name, known, refuse, refuse_in_json
from answers.cli.verdict import Asked, check_once
from answers.cli.watching import watch_file


def refuse_unreadable(path: Path, name: str, complain: Callable) -> None:
    """End with the reason if there is no file to judge."""
    try:
        # A name may be too long to look it up.
        if path.exists() and not path.is_file():
            complain(
                f"{path} is {'a folder' if path.is_dir() else 'no file'}; name the file to check"
            )
        path.open("rb").close()
    except FileNotFoundError:
        begin = (
            f"; to begin: answers start {name}" if path == Path(f"{name}.py") else ""
        )
        complain(f"There is no file {path}{begin}")
    except OSError as error:
        complain(f"{path} cannot be read: {error.strerror}")


@app.command()
def check(
    name: Name,
    file: Annotated[
        Path | None, typer.Argument(help="Your file; else ./NAME.py.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again at every save; n goes on.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object only.")
    ] = False,
    list_cases: Annotated[
        bool, typer.Option("--list", help="Name every case, and say which pass.")
    ] = False,
    case: Annotated[
        bool, typer.Option("--case", help="Write the failing call to a file that runs.")
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Stop at breakpoint(); this call has no limits."),
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Seconds for your code.")
    ] = 10,
    memory: Annotated[
        float,
        typer.Option(min=0.1, max=1000, help="Gigabytes for each process (on Linux)."),
    ] = 2,
) -> None:
    """Run your function under limits, and say what is wrong with it.

    The limits protect from accidents. They are no sandbox: the code has your rights.
    """
    complain = refuse_in_json if as_json else refuse
    known(name, complain)
    if math.isnan(timeout) or math.isnan(memory):
        complain("--timeout and --memory are numbers; leave nan out")
    path = file or Path(f"{name}.py")
    if watch and as_json:
        complain("--json prints one object, and --watch goes on; choose one of them")
    if debug and (watch or as_json):
        complain("--debug talks to you; leave out --watch and --json")
    refuse_unreadable(path, name, complain)
    limits = timeout, int(memory * 1e9)
    asked = Asked(name, path, limits, as_json, list_cases, case, debug)
    passed = watch_file(asked) if watch else check_once(asked)
    raise typer.Exit(0 if passed else NOT_PASSED)
