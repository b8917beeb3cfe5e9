"""What the learner has passed, and how many hints they have seen, in their data directory.

One small JSON file, replaced as a whole under a lock: it is never half written, and two
commands at once lose nothing of each other's.
"""

import contextlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from answers import files

VERSION = 1


class ProgressError(Exception):
    """The progress cannot be read or saved; the message says why. Nothing was overwritten."""


@dataclass
class Record:
    """One exercise.

    Attributes:
        passed: When it was first passed, in ISO format, or None.
        hints: How many hints have been shown.
    """

    passed: str | None = None
    hints: int = 0

    def __post_init__(self) -> None:
        if type(self.hints) is not int:
            raise TypeError(f"hints must be a number, not {self.hints!r}")
        if self.passed is not None:
            datetime.fromisoformat(self.passed)


Records = dict[str, Record]


def location() -> Path:
    """The file: in `ANSWERS_DATA_DIR` if that is set, else where the system keeps such data."""
    usual = platformdirs.user_data_dir("answers", False)
    return Path(os.environ.get("ANSWERS_DATA_DIR") or usual, "progress.json")


def load() -> tuple[Records, str | None]:
    """The records by exercise, and a notice if a corrupt file had to be moved aside for them.

    Raises:
        ProgressError: The file is of a newer version, cannot be read, or cannot be moved.
    """
    file = location()
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["version"] > VERSION:
            raise ProgressError(
                f"{file} is of a newer version of answers, and is left as it is; "
                "update this one: pip install --upgrade worked-answers"
            )
        return {k: Record(**v) for k, v in data["exercises"].items()}, None
    except FileNotFoundError:
        return {}, None
    except OSError as error:
        raise ProgressError(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}, move_aside(file)


def move_aside(file: Path) -> str:
    """Keep a corrupt file under another name, and tell which."""
    kept = file.with_name(f"{file.name}.corrupt-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    try:
        file.rename(kept)
    except FileNotFoundError:
        return f"{file} was corrupt; another command has moved it aside"
    except OSError as error:
        raise ProgressError(
            f"{file} is corrupt and cannot be moved: {error.strerror}"
        ) from None
    return f"the progress was corrupt and starts anew; the old file is kept as {kept}"


def mark_passed(name: str) -> str | None:
    """Note that the exercise is passed, with the time if it is the first; as `update`."""

    def change(records: Records) -> None:
        record = records.setdefault(name, Record())
        record.passed = record.passed or datetime.now(UTC).isoformat(timespec="seconds")

    return update(change)


def mark_hints(name: str, shown: int) -> str | None:
    """Note that so many hints of the exercise have been shown; as `update`."""

    def change(records: Records) -> None:
        record = records.setdefault(name, Record())
        record.hints = max(record.hints, shown)

    return update(change)


def reset() -> str | None:
    """Forget everything; as `update`."""
    return update(dict.clear)


def update(change: Callable) -> str | None:
    """Change the records and save them, as one step; the notice of `load`, if any.

    Raises:
        ProgressError: They cannot be read or not be written.
    """
    file = location()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with locked(file.with_suffix(".lock")):
            records, notice = load()
            # The system would let a file be replaced that its owner has protected.
            if file.exists() and not file.stat().st_mode & stat.S_IWUSR:
                raise ProgressError(
                    f"{file} is read-only, and is left as it is; "
                    f"to save progress: chmod u+w {file}"
                )
            change(records)
            entries = {name: asdict(record) for name, record in records.items()}
            data = {"version": VERSION, "exercises": entries}
            files.write(file, json.dumps(data, indent=1) + "\n")
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
