"""What the command prints may lose its reader, and Ctrl-C may come at any time."""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from answers.cli.talk import STOPPED, tell


class UnprintedError(Exception):
    """What was to be printed cannot be written; the message says why."""


class Lasting:
    """A stream whose reader may leave, as `head` does: what comes then goes nowhere.

    If it cannot be written for another reason, UnprintedError is raised.
    """

    def __init__(self, stream: TextIO):
        self.stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        with self.reader_may_leave():
            self.stream.write(text)
        return len(text)

    def flush(self) -> None:
        with self.reader_may_leave():
            self.stream.flush()

    @contextlib.contextmanager
    def reader_may_leave(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            self.leave()
        except OSError as error:
            raise UnprintedError(error.strerror) from None

    def leave(self) -> None:
        """Let all go nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.stream.fileno())
        os.close(nowhere)


@contextlib.contextmanager
def stopped_by_ctrl_c() -> Iterator[None]:
    """End with a sentence if the learner interrupts what is done inside."""
    try:
        yield
    except KeyboardInterrupt:
        tell("\nStopped.", err=True)
        sys.exit(STOPPED)
