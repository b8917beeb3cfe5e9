"""`answers dev`: for those who write questions, in a checkout."""

from importlib.util import find_spec
from time import perf_counter
from typing import Annotated

import typer

from answers.cli.application import app
from answers.cli.talk import NOT_PASSED, Name, known, refuse, tell

dev = typer.Typer(
    help="Write a question, in a checkout: begin its files, and hear what they lack.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(dev, name="dev")


def refuse_elsewhere() -> None:
    """End with what to do unless this is a checkout, with what its tests need."""
    from answers.pages import ROOT

    if not (ROOT / "tests/submissions").is_dir():
        refuse(
            "`answers dev` writes and tests files of the repository, and this is an installed "
            "package: clone the repository, and run it there."
        )
    if missing := [
        each for each in ("pytest", "ruff", "mkdocs") if not find_spec(each)
    ]:
        refuse(
            f'`answers dev` needs {" and ".join(missing)}; in {ROOT}: pip install -e ".[test]"'
        )


@dev.command()
def new(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The function that the exercise asks for."),
    ],
    module: Annotated[
        str,
        typer.Argument(metavar="ROOM.MODULE", help="Where its code stands, or will."),
    ],
    question: Annotated[
        str, typer.Option(metavar="TITLE", help="Begin a page of that title.")
    ] = "",
    number: Annotated[
        int,
        typer.Option(metavar="N", min=0, help="The new page's number; else the next."),
    ] = 0,
    page: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="The page that gets the exercise; else the one with its module.",
        ),
    ] = 0,
    room: Annotated[
        bool, typer.Option("--room", help="The module's room is new: make it, too.")
    ] = False,
) -> None:
    """Write the files of an exercise, and of a question, for you to fill in.

    Each runs as it is. What you must fill in is marked FILL IN; `answers dev check NAME` names each
    mark, and all else that is missing.
    """
    refuse_elsewhere()
    from answers.pages import ROOT
    from answers.proof.new_question import begin

    try:
        written = begin(name, module, question, page, room, number)
    except ValueError as error:
        refuse(str(error))
    for path, was_there in written.items():
        tell(f"{'Changed' if was_there else 'Wrote'} {path.relative_to(ROOT)}")
    tell(f"Fill in what is marked; then: answers dev check {name}")


@dev.command()
def check(
    name: Name,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="First write down what each wrong answer is told."),
    ] = False,
) -> None:
    """Say what an exercise, its code and its page lack, a sentence each."""
    refuse_elsewhere()
    known(name)
    from answers.pages import ROOT
    from answers.proof.check_question import lacks, left_out
    from answers.proof.keep_names import keep_names

    begun = perf_counter()
    if keep:
        try:
            if path := keep_names(name):
                tell(
                    f"Wrote names into {path.relative_to(ROOT)}: keep those that are true"
                )
        except Exception as error:
            refuse(f"The names cannot be told: {error}")
    found = lacks(name)
    for sentence in found:
        tell(sentence)
    took = f"after {perf_counter() - begun:.0f} s"
    if found:
        tell(f"{name} lacks {len(found)} thing{'s' * (len(found) > 1)}, {took}.")
        raise typer.Exit(NOT_PASSED)
    if title := left_out(name):
        tell(f'The stub leaves out "{title}" of the docstring, which tells the answer.')
    tell(f"{name} lacks nothing, {took}. Then: pytest --update --since HEAD")
