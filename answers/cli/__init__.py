"""The command `answers`: read a question, write the function, be told which mistake you made.

Exit codes: 0 passed or done, 1 not passed, 2 wrong usage or nowhere to write, 130 stopped by
Ctrl-C.
"""

import contextlib
import os
import sys

# Each module adds its commands to the application as it is imported, and nothing else is used of
# it; `answers --help` lists them in this order.
from answers.cli import exercises, checking, deck, progress, dev  # isort: skip  # noqa: F401
from answers.cli.application import app
from answers.cli.streams import Lasting, UnprintedError
from answers.cli.talk import USAGE, tell
from answers.grader.report import OURS


def main() -> None:
    """Run the command, and show no learner a traceback of ours."""
    # If its reader closes a stream, the exit code must still be right. Both stay open to the end.
    sys.stdout = Lasting(sys.stdout or open(os.devnull, "w"))  # noqa: SIM115 (see above)
    sys.stderr = Lasting(sys.stderr or open(os.devnull, "w"))  # noqa: SIM115 (see above)
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Unicode shows ? instead.
        stream.reconfigure(errors="replace")
    try:
        app()
    except UnprintedError as error:
        sys.stdout.leave()
        with contextlib.suppress(UnprintedError):
            tell(f"What was to be printed cannot be written: {error}", err=True)
        sys.stderr.leave()
        sys.exit(USAGE)
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        tell(f"{OURS.capitalize()}.\n{what}", err=True)
        sys.exit(USAGE)
