"""`answers labels`: who errs in a file of votes, and what is true."""

from pathlib import Path
from typing import Annotated

import typer

from answers.cli.application import app
from answers.cli.talk import refuse


@app.command()
def labels(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="A header, and one vote a row.")
    ],
    columns: Annotated[
        str, typer.Option(help="The headers of item, annotator and label.")
    ] = "item,annotator,label",
    output: Annotated[
        Path | None, typer.Option(help="Write the posteriors of all items here.")
    ] = None,
    annotators: Annotated[
        Path | None, typer.Option(help="Also write the table of all annotators here.")
    ] = None,
    iterations: Annotated[int, typer.Option(min=1, help="Rounds of EM at most.")] = 100,
    smoothing: Annotated[
        float, typer.Option(min=0, help="Votes of each kind given beforehand.")
    ] = 0,
    memory: Annotated[
        float, typer.Option(min=0.1, help="Gigabytes that the model may take.")
    ] = 4,
    force: Annotated[
        bool, typer.Option("--force", help="Write over what exists.")
    ] = False,
) -> None:
    """How far annotators agree, who errs, and what is true.

    Dawid and Skene's model, fitted to a file of votes; see `answers show 12`.
    """
    from answers.labels import command
    from answers.practice import terminal

    # Split at the mark that gives the most names: a name may hold another mark.
    names = max((columns.split(mark) for mark in ",;\t"), key=len)
    try:
        command.run(
            terminal.console(),
            file,
            tuple(name.strip() for name in names),
            output,
            annotators,
            iterations,
            smoothing,
            memory * 1e9,
            force,
        )
    except command.LabelsError as error:
        refuse(str(error))
