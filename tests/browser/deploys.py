"""Deploys of a site: another build lies where the last one was, and is served."""

import re
from pathlib import Path

from answers.site import addresses, offline

MARK = re.compile(r"\n// Build.*", re.DOTALL)


def deploy(site: Path, build: int) -> None:
    """Put a build of that number into the folder: a module of it needs what no other build has."""
    live = addresses.place(site, "live")
    for script, line in {
        "elements.js": f"export const build{build} = true",
        "talk.js": f'import {{ build{build} as build }} from "./elements.js"',
    }.items():
        text = MARK.sub("", (live / script).read_text("utf-8"))
        (live / script).write_text(f"{text}\n// Build {build}\n{line}\n", "utf-8")
    offline.finish(site)
