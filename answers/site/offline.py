"""Hooks of MkDocs: what "Keep offline" keeps, with the hash of each file.

    python -m answers.site.offline FOLDER

does what these and those of `answers.site.policy` do, in a site that another builder has built or
that was changed by hand. Both name the modules after their build first: `answers.site.addresses`.

`docs/offline.js` is the service worker, which browsers hold as long as it stays the same. What it
keeps stands in it, so each build that differs anywhere makes another one. Under `mkdocs serve`, and
where no hook is run, it keeps nothing and removes what an earlier build has kept.
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
    kept = hashed(site) | pyodide(config)
    worker = site / "offline.js"
    held = json.dumps(kept, separators=(",", ":"))
    files.write(worker, HELD.sub(lambda _: held, worker.read_text("utf-8")))
    total = {
        "pages": sum(path.endswith(".html") for path in kept),
        "bytes": sum(size for _, size in kept.values()),
        "from": ["this host", *filter(None, [urlsplit(config["pyodide"]).netloc])],
    }
    files.write(live / addresses.TOTAL, json.dumps(total))


def hashed(site: Path) -> dict[str, tuple[str, int]]:
    """SHA-256 and size of the files that a reader may need, by path."""
    data = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.suffix not in NO_PART
    }
    return {
        path: (hashlib.sha256(content).hexdigest(), len(content))
        for path, content in data.items()
        if Path(path).name not in OWN and not path.startswith(UNUSED)
    }


def pyodide(config: dict) -> dict[str, tuple[str, int]]:
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
