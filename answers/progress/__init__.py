"""Where the learner's progress is kept: one small JSON file in their data directory.

It is replaced as a whole under a lock: it is never half written, and two commands at once lose
nothing of each other's.
"""

import contextlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path

import platformdirs

from answers import files
from answers.progress import clock, state
from answers.progress.state import NewerError, Record, State

ALL = ["all of it"]


class ProgressError(Exception):
    """The progress cannot be read or saved; the message says why. Nothing was overwritten."""


def location() -> Path:
    """The file: in `ANSWERS_DATA_DIR` if that is set, else where the system keeps such data."""
    usual = platformdirs.user_data_dir("answers", False)
    return Path(os.environ.get("ANSWERS_DATA_DIR") or usual, "progress.json")


def load() -> tuple[State, str | None]:
    """What is kept, and a notice if what was corrupt had to be left out.

    Raises:
        ProgressError: The file is of a newer version, or cannot be read or copied.
    """
    found, wrong = read()
    if not wrong:
        return found, None
    # What is valid of it takes its place.
    kept: list[State] = []
    notice = update(kept.append)
    return kept[0], notice


def read() -> tuple[State, list[str]]:
    """What is kept, and what of it is not valid."""
    file = location()
    try:
        text = files.regular(file).read_text(encoding="utf-8-sig")
        found, wrong = state.read(text)
    except FileNotFoundError:
        return State(), []
    except NewerError:
        raise ProgressError(
            f"{file} is of a newer version of answers, and is left as it is; "
            "install that version, from where you got this one"
        ) from None
    except OSError as error:
        raise ProgressError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError:
        return State(), ALL
    # Before the page alone kept what is studied, this file did: the page can import it.
    return found, wrong + ["study"] * ("study" in json.loads(text))


def keep_aside(file: Path, wrong: list[str]) -> str:
    """Keep a copy of a corrupt file under another name, and tell which."""
    kept = file.with_name(
        f"{file.name}.corrupt-{clock.now().astimezone(UTC):%Y%m%d-%H%M%S-%f}"
    )
    try:
        files.write(kept, file.read_bytes(), new=True)
    except OSError as error:
        raise ProgressError(
            f"{file} is corrupt and cannot be copied, so it is left as it is: "
            f"{error.strerror}"
        ) from None
    if wrong == ALL:
        return (
            "the progress was corrupt or of an older version, and starts anew; "
            f"the old file is kept as {kept}"
        )
    told = ", ".join(wrong[:3]) + (" and more" if len(wrong) > 3 else "")
    return (
        f"part of the progress cannot be used here and is left out ({told}); "
        f"the old file is kept as {kept}"
    )


def now() -> str:
    return clock.now().astimezone(UTC).isoformat(timespec="seconds")


def mark_passed(name: str) -> str | None:
    """Note a pass of the exercise, of which the first counts; as `update`."""

    def passed(record: Record) -> None:
        record.passed, record.again = record.passed or now(), None

    return change(name, passed)


def mark_hints(name: str, shown: int) -> str | None:
    """Note that so many hints of the exercise have been shown; as `update`."""

    def hinted(record: Record) -> None:
        record.hints = max(record.hints, shown)

    return change(name, hinted)


def begin_again(name: str) -> str | None:
    """Note that a passed exercise is begun again from the stub, with hints counted anew; as
    `update`."""

    def begun(record: Record) -> None:
        record.again, record.hints = now(), 0

    return change(name, begun)


def give_up(name: str) -> str | None:
    """Note that the solution is shown, unless that comes after a pass; as `update`."""

    def shown(record: Record) -> None:
        if record.passed is None:
            record.solution = record.solution or now()
        elif record.again:
            record.solution = now()

    return change(name, shown)


def change(name: str, how: Callable[[Record], None]) -> str | None:
    """Change the record of an exercise; as `update`."""
    return update(lambda kept: how(kept.exercises.setdefault(name, Record())))


def reset() -> str | None:
    """Forget everything; as `update`."""
    return update(lambda kept: vars(kept).update(vars(State())))


def update(change: Callable[[State], object]) -> str | None:
    """Change what is kept and save it, as one step; the notice of `load`, if any.

    Raises:
        ProgressError: It cannot be read or not be written.
    """
    file = location()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with locked(file.with_suffix(".lock")):
            kept, wrong = read()
            # The system would let a file be replaced that its owner has protected.
            if file.exists() and not file.stat().st_mode & stat.S_IWUSR:
                raise ProgressError(
                    f"{file} is read-only, and is left as it is; "
                    f"to save progress: chmod u+w {file}"
                )
            notice = keep_aside(file, wrong) if wrong else None
            change(kept)
            files.write(file, state.written(kept))
    except OSError as error:
        raise ProgressError(f"{file} cannot be written: {error.strerror}") from None
    return notice


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Wait until no other process is inside, and keep them out."""
    with file.open("ab") as handle:
        try:
            import fcntl
        except ImportError:
            # On Windows; closing the file unlocks it.
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
