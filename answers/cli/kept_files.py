"""Files beside the learner's, which are never written over."""

from collections.abc import Iterable
from pathlib import Path

from answers import files


def free(path: Path, word: str) -> Path:
    """The first of NAME-word.py, NAME-word-2.py, … that is not there."""
    number, name = 1, path.with_stem(f"{path.stem}-{word}")
    while name.exists():
        number += 1
        name = path.with_stem(f"{path.stem}-{word}-{number}")
    return name


def keep(text: str, path: Path, word: str) -> Path | None:
    """Write the text to NAME-word.py; None if that, or NAME.py, holds it already.

    Raises:
        OSError: It cannot be written; nothing is left of it.
    """
    if any(
        holds(name, text) for name in (path, *path.parent.glob(f"{path.stem}-*.py"))
    ):
        return None
    return write_new(free(path, word), text)


def write_new(path: Path, text: str) -> Path:
    """Write a file that is not there, as a whole or not at all.

    Raises:
        FileExistsError: It is there.
        OSError: It cannot be written.
    """
    files.write(path, text, new=True)
    return path


def holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def texts(folder: Path, names: Iterable[str]) -> tuple[dict[str, str], list[Path]]:
    """The texts of the files NAME.py of a folder, by name; and the files that are no text."""
    found, unread = {}, []
    for name in names:
        path = folder / f"{name}.py"
        if path.is_file():
            try:
                # As it is, with the ends of lines of the learner's system.
                found[name] = path.read_bytes().decode()
            except (OSError, UnicodeDecodeError):
                unread.append(path)
    return found, unread
