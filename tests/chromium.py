"""The Chromium that looks at the site."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# The first opens a page in a context of its own at an eighth of the others' cost: without a window.
PROGRAMS = "chromium-headless-shell", "chromium", "google-chrome"


def executable() -> str | None:
    """The program that CHROMIUM names, else the first of the system's; None if there is none."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, PROGRAMS)), None)
