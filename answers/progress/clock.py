"""The time, which all of the command line asks here."""

import os
from datetime import datetime


def now() -> datetime:
    """The time where the learner is; `ANSWERS_NOW` sets it, so that tests choose their day."""
    said = os.environ.get("ANSWERS_NOW")
    return (datetime.fromisoformat(said) if said else datetime.now()).astimezone()
