"""Hooks of MkDocs: what "Keep offline" keeps, with the hash of each file.

    python -m answers.site.offline FOLDER

does what these and those of `answers.site.policy` do, in a site that another builder has built or
that was changed by hand. Both name the modules after their build first: `answers.site.addresses`.

`docs/offline.js` is the service worker, which browsers hold as long as it stays the same. What it
keeps stands in it, so each build that differs anywhere makes another one. A file of a question that
some tracks do not ask names those that do. Under `mkdocs serve`, and where no hook is run, it keeps
nothing and removes what an earlier build has kept.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import urlsplit

from mkdocs.plugins import event_priority

from answers import files
from answers.pages import TRACKS, pages
from answers.site import addresses, policy

HELD = re.compile(r"(?<=^const HELD = ).*(?= // )", re.MULTILINE)
# For a search in other languages, which the site does not have.
UNUSED = "assets/javascripts/lunr/"
# Sources of scripts for debugging, and what is there for crawlers.
NO_PART = {".gz", ".map"}
OWN = {"404.html", "offline.js", addresses.TOTAL}

served = False


def on_startup(command, dirty):
    """Notes whether this is `mkdocs serve`, under which nothing is kept."""
    global served
    served = command == "serve"


@event_priority(-200)
def on_post_build(config):
    """Writes what is kept, once the search and the policy have written the last of the site."""
    if not served:
        addresses.write(Path(config.site_dir))
        write(Path(config.site_dir))


def write(site: Path) -> None:
    """Write what is kept of the built site into the worker, and how much that is into a file."""
    live = addresses.place(site, "live")
    config = json.loads((live / "config.json").read_text("utf-8"))
    kept = hashed(site, tracks(live.name)) | pyodide(config)
    worker = site / "offline.js"
    held = json.dumps(kept, separators=(",", ":"))
    files.write(worker, HELD.sub(lambda _: held, worker.read_text("utf-8")))
    files.write(live / addresses.TOTAL, json.dumps(totals(kept, config)))


def totals(kept: dict[str, tuple], config: dict) -> dict:
    """What the page says of it: the bytes of Python, and of each track beside it."""
    wheels = normpath(join("live", config["wheels"]))
    python = {*pyodide(config), *(path for path in kept if path.startswith(wheels))}
    beside = {path: entry for path, entry in kept.items() if path not in python}
    theirs = {
        track: {
            path: size
            for path, (_, size, *own) in beside.items()
            if track == "all" or not own or track in own
        }
        for track in (*TRACKS, "all")
    }
    return {
        "python": sum(kept[path][1] for path in python),
        "tracks": {
            track: {
                "questions": sum(path.startswith("questions/") for path in sizes),
                "bytes": sum(sizes.values()),
            }
            for track, sizes in theirs.items()
        },
        "from": ["this host", *filter(None, [urlsplit(config["pyodide"]).netloc])],
    }


def tracks(live: str) -> dict[str, list[str]]:
    """The tracks that ask a question, by the paths of its page and of its exercises, which lie in
    the folder `live`; of questions that not all of them ask.
    """
    return {
        path: [*page.importance]
        for page in pages()
        if {*page.importance} != {*TRACKS}
        for path in (
            f"questions/{page.path.stem}/index.html",
            *(f"{live}/exercises/{name}.json" for name in page.exercises),
        )
    }


def hashed(site: Path, tracks: dict[str, list[str]]) -> dict[str, tuple]:
    """SHA-256, size and tracks of the files that a reader may need, by path."""
    data = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.suffix not in NO_PART
    }
    return {
        path: (
            hashlib.sha256(content).hexdigest(),
            len(content),
            *tracks.get(path, ()),
        )
        for path, content in data.items()
        if Path(path).name not in OWN and not path.startswith(UNUSED)
    }


def pyodide(config: dict) -> dict[str, tuple]:
    """The same for the files of Pyodide, as they are pinned: the site does not hold them."""
    folder = config["pyodide"]
    if not urlsplit(folder).netloc:
        folder = f"{normpath(join('live', folder))}/"
    return {
        folder + name: (pin["sha256"], pin["size"])
        for name, pin in config["files"].items()
        if pin["from"] == "pyodide"
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Finish a built site.")
    parser.add_argument("folder", type=Path, help="where it is")
    finish(parser.parse_args().folder)


def finish(site: Path) -> None:
    addresses.write(site)
    policy.write(site)
    write(site)


if __name__ == "__main__":
    main()
