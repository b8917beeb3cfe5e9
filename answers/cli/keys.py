"""Keys as they are pressed, in a real terminal."""

import contextlib
import os
import re
import signal
import sys
from collections.abc import Iterator
from importlib.util import find_spec

END = "q"  # what is pressed when nothing more can come
# Arrows and the like come as several characters, of which some would be keys of ours.
ARROWS = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|O.|.)?")
typed: list[str] = []  # keys that have been read, and not yet been asked for


def real() -> bool:
    """Whether somebody sits at a terminal that can tell single keys."""
    tells_keys = find_spec("termios") and os.environ.get("TERM") != "dumb"
    return bool(tells_keys) and sys.stdin.isatty() and sys.stdout.isatty()


@contextlib.contextmanager
def pressed() -> Iterator[None]:
    """Within this, keys come at once and are not shown, also after Ctrl-Z and `fg`; afterwards all
    is as it was."""
    if not real():
        yield
        return
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    typed.clear()

    def at_once(*_: object) -> None:
        if in_front(terminal):
            tty.setcbreak(terminal, termios.TCSANOW)

    # A shell gives the terminal back as it had it.
    continued = signal.signal(signal.SIGCONT, at_once)
    try:
        at_once()
        yield
    finally:
        signal.signal(signal.SIGCONT, continued)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def in_front(terminal: int) -> bool:
    """Whether the terminal is ours: after `bg` it is the shell's."""
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        # No shell gives it to one job or another.
        return True


def within(seconds: float) -> str | None:
    """The key that is pressed within so many seconds, if one is. Only within `pressed`."""
    import select

    if not typed and select.select([sys.stdin], [], [], seconds)[0]:
        read = os.read(sys.stdin.fileno(), 1024).decode(errors="replace") or END
        typed.extend(ARROWS.sub("", read))
    return typed.pop(0) if typed else None
