"""The application to which every module here adds its commands."""

from typing import Annotated

import typer
import typer.core

from answers import __version__
from answers.cli.streams import stopped_by_ctrl_c
from answers.cli.talk import tell

ABOUT = """
The command `answers`: read a question, write the function, be told which mistake you made.

Begin with `answers list`. To study for a date, take what you have passed to the page, by
`answers progress export`.
"""


class Commands(typer.core.TyperGroup):
    """All commands. If one is interrupted, it ends with a sentence, which Typer does not say."""

    def invoke(self, context: typer.Context) -> object:
        with stopped_by_ctrl_c():
            return super().invoke(context)


app = typer.Typer(
    cls=Commands,
    help=ABOUT,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def tell_version(wanted: bool) -> None:
    if wanted:
        tell(f"answers {__version__}")
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
