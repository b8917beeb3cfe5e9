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


def executable() -> str | None:
    """The program that CHROMIUM names, else one of the system; None if there is none.

    The headless shell is Chromium without its windows: a page opens in a tenth of the time.
    """
    named = os.environ.get("CHROMIUM")
    known = "chromium-headless-shell", "chromium", "google-chrome"
    return named or next(filter(None, map(shutil.which, known)), None)
