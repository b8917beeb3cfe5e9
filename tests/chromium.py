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


# The first opens a page at a tenth of the others' cost, for it draws no window around it.
PROGRAMS = "chromium-headless-shell", "chromium", "google-chrome"


def executable() -> str | None:
    """The program that CHROMIUM names, else the first of the system's; None if there is none."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, PROGRAMS)), None)
