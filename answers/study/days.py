"""Days are the reader's, as "2026-12-01": they are compared as texts."""

from datetime import date, timedelta

from answers.practice import clock


def today() -> str:
    """The day on the reader's calendar."""
    return clock.now().date().isoformat()


def plus(day: str, count: int) -> str:
    return (date.fromisoformat(day) + timedelta(count)).isoformat()


def between(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def named(day: str, start: str | None = None) -> str:
    """How a day is named, seen from another: "tomorrow", "in 3 days", "on 12 January 2027"."""
    count = between(start or today(), day)
    if count in (-1, 0, 1):
        return ("today", "tomorrow", "yesterday")[count]
    if 1 < count < 15:
        return f"in {count} days"
    when = date.fromisoformat(day)
    return f"on {when.day} {when:%B %Y}"
