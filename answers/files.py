"""Write a file as a whole or not at all, and name it so that it can be printed."""

import contextlib
import errno
import glob
import os
import re
import tempfile
import time
from pathlib import Path

# What moves the cursor, changes colours, or turns the direction of writing.
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
STALE = 3600  # seconds, after which a temporary file's writer is taken to be dead
# Ends the name of a temporary file, so that no file of the reader's is taken for one.
MARK = ".answers-writes"


def write(
    path: Path, content: str | bytes, new: bool = False, durable: bool = True
) -> bool:
    """Put `content` into `path`, all of it or nothing; whether that changed the file.

    An interrupted run or a full disk leaves the old file. A file that holds it already is not
    touched. A link is followed, and stays one.

    Args:
        path: Where to write.
        content: What to write; text in UTF-8.
        new: Whether the file must not exist, as of two writers only one may succeed.
        durable: Whether it must be there after a loss of power, too, which takes some 10 ms.

    Raises:
        FileExistsError: It exists, and `new` is asked for.
        OSError: It cannot be written, or is a pipe, a device or a folder.
    """
    data = content.encode() if isinstance(content, str) else content
    path = regular(path.resolve())
    if not new and path.exists() and path.read_bytes() == data:
        return False
    clear_stale(path)
    descriptor, name = tempfile.mkstemp(MARK, f".{path.name}.", path.parent)
    try:
        with open(descriptor, "wb") as temporary:
            temporary.write(data)
            if durable:
                temporary.flush()
                os.fsync(temporary.fileno())
        os.chmod(
            name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask()
        )
        if new:
            put_new(name, path)
        else:
            os.replace(name, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)
    return True


def put_new(temporary: str, path: Path) -> None:
    """Give the finished file its name; of several writers one succeeds.

    Raises:
        FileExistsError: There is a file of that name.
    """
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # No links here, as on many a memory stick. Who is killed now leaves an empty file.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        try:
            os.replace(temporary, path)
        except BaseException:
            path.unlink()
            raise


def regular(path: Path) -> Path:
    """`path`, if a file or nothing is there: to read a pipe or a device may never end.

    Raises:
        OSError: It is a folder, a pipe or a device.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is a folder, a pipe or a device", str(path))
    return path


def clear_stale(path: Path) -> None:
    """Remove what writers of this file left behind that were killed."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.????????{MARK}"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                left.unlink()


def umask() -> int:
    """The permissions that new files lack."""
    os.umask(mask := os.umask(0))
    return mask


def visible(text: str) -> str:
    """Text in which a file may be named as anything, as it is safe to print: `\\x1b` for ESC."""
    return UNSEEN.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)
