"""The addresses of the modules of a page: each carries a hash of its build.

A browser keeps a module as long as the host says, and a page that meets modules of two builds
breaks. So in the built site the folders of modules are named after what they hold, and a page asks
for `start.js?HASH`, which loads the modules of that hash. `start.js` itself is there in every
build: if the modules are gone, it says so. Under `mkdocs serve` the folders keep their names.
"""

import hashlib
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from answers import files

# Modules of others, which those in `live` import.
VENDORED = ("vendor/codemirror", "vendor/ts-fsrs")
START = re.compile(r'(<script src="(?:[^"]*/)?start\.js)(?:\?\w+)?"')
# What is written last, and says how much there is of all.
TOTAL = "offline.json"


def write(site: Path) -> None:
    """Name the folders of a built site after what they hold, and say so where they are loaded."""
    scripts = list(place(site, "live").glob("*.js"))
    for folder in VENDORED:
        named = re.compile(rf"(\.\./{folder})(?:-\w+)?/")
        replace(scripts, named, rf"\1-{rename(site, folder)}/")
    replace(site.rglob("*.html"), START, rf'\1?{rename(site, "live")}"')


def replace(paths: Iterable[Path], old: re.Pattern, new: str) -> None:
    for path in paths:
        text = path.read_text("utf-8")
        files.write(path, old.sub(new, text), durable=False)


def rename(site: Path, folder: str) -> str:
    """Name a folder after what it holds, and remove an older one; returns its hash."""
    there = place(site, folder)
    digest = hashlib.sha256()
    for path in sorted(there.rglob("*")):
        if path.is_file() and path.name != TOTAL:
            digest.update(path.relative_to(there).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    build = digest.hexdigest()[:8]
    own = site / folder
    for older in set(own.parent.glob(f"{own.name}-*")) - {there}:
        shutil.rmtree(older)
    there.rename(own.with_name(f"{own.name}-{build}"))
    return build


def place(site: Path, folder: str) -> Path:
    """Where a folder of modules lies in a site, renamed or not."""
    own = site / folder
    return own if own.is_dir() else next(own.parent.glob(f"{own.name}-*"), own)
