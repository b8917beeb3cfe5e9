"""The days that tests ask for: all are counted from one, which a variable moves.

`ANSWERS_TEST_DAYS_ON=100 pytest` runs them 100 days on. Nothing else tells a test the day.
"""

import os
from datetime import date, timedelta

START = date(2026, 11, 26) + timedelta(int(os.environ.get("ANSWERS_TEST_DAYS_ON", "0")))


def in_days(count: int) -> str:
    """The day so many days from today, or before it."""
    return (START + timedelta(count)).isoformat()


TODAY = in_days(0)
NOW = f"{TODAY}T20:00:00"  # where the learner is


def in_words(count: int) -> str:
    """A day as a reader is told it: 24 December 2026."""
    day = START + timedelta(count)
    return f"{day.day} {day:%B %Y}"
