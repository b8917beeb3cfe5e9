"""Write a file as a whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


def write(path: Path, text: str) -> bool:
    """Put `text` into `path`, all of it or nothing; whether that changed the file.

    An interrupted run or a full disk leaves the old file. A file that holds the text already is
    not touched.

    Raises:
        OSError: It cannot be written.
    """
    # A pipe is not read: it would wait for a writer.
    if path.is_file() and path.read_bytes() == text.encode():
        return False
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as temporary:
            temporary.write(text)
            temporary.flush()
            os.fsync(temporary.fileno())
        os.chmod(
            name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask()
        )
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return True


def umask() -> int:
    """The permissions that new files lack."""
    os.umask(mask := os.umask(0))
    return mask
