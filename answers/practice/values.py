"""What values the state may hold. Anything else was damaged, or forged."""

import re
from collections.abc import Callable
from datetime import date, datetime

LEVELS = "weak", "solid", "strong"
YEARS = range(1970, 9000)  # beyond, days cannot be added or shown


def is_text(value: object) -> bool:
    # A half of a surrogate pair could not be written to a file.
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def is_time(value: object) -> bool:
    try:
        return datetime.fromisoformat(value).year in YEARS
    except (TypeError, ValueError):
        return False


def is_day(value: object) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-\d\d-\d\d", value):
        return False
    try:
        return date.fromisoformat(value).year in YEARS
    except ValueError:
        return False


def up_to(most: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and 0 <= value <= most


def are_reviews(value: object) -> bool:
    pairs = isinstance(value, list) and all(is_pair(p, (1, 2, 3, 4)) for p in value)
    return pairs and [day for day, _ in value] == sorted(day for day, _ in value)


def are_scores(value: object) -> bool:
    return isinstance(value, list) and all(is_pair(pair, LEVELS) for pair in value)


def is_pair(value: object, marks: tuple) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and is_day(value[0])
        and type(value[1]) in (int, str)
        and value[1] in marks
    )
