"""Notice that a file was saved, however the editor does it."""

import time
from collections.abc import Callable
from pathlib import Path

PAUSE = 0.1  # seconds between two looks


def saved_at(path: Path) -> tuple[int, ...] | None:
    """What changes at each save, also when an editor replaces the file; None while it is gone."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def wait_for_save(
    path: Path,
    seen: tuple[int, ...] | None,
    pressed: Callable[[float], str | None] = time.sleep,
) -> str | None:
    """Return once the file is there, differs from what was seen, and is no longer changing.

    `pressed` waits so many seconds; a key that it returns ends the waiting, and is returned.
    """
    before = seen
    while (now := saved_at(path)) in (None, seen) or now != before:
        before = now
        if key := pressed(PAUSE):
            return key
    return None
