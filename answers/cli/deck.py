"""`answers deck`: the cards, for Anki."""

import os
from pathlib import Path
from typing import Annotated

import typer

from answers import files
from answers.cli.application import app
from answers.cli.talk import refuse, tell


@app.command()
def deck(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.apkg", help="Is written anew if it exists.")
    ],
) -> None:
    """A deck for Anki: the questions and their follow-ups, for you to import.

    A newer deck changes the words and keeps what Anki knows of your reviews. Exercises are
    not in it: Anki cannot run them.
    """
    if file.suffix != ".apkg":
        refuse(f"Anki takes files named *.apkg; write to {file.with_suffix('.apkg')}")
    try:
        from answers.cards.deck import deck

        files.write(file, deck(os.environ.get("SITE_URL", "")))
    except ModuleNotFoundError as error:
        refuse(f"The deck cannot be made: {error}")
    except OSError as error:
        refuse(f"{file} cannot be written: {error.strerror}")
    tell(f"Wrote {file}. In Anki: File, then Import.")
