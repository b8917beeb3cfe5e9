"""Changes of the lines of derivations, judged by the witness of the line."""

import dataclasses
import itertools
from collections.abc import Callable, Iterator

from answers.derivations import Line, aligned
from answers.derivations.finder import functions
from answers.derivations.witness import changes as changes_of
from answers.derivations.witness import says_the_same
from tests.mutation.changes import Change


def formulas() -> Iterator[Change]:
    """Each formula changed in each place, where that makes another formula."""
    for name, derive in functions().items():
        for line in derive():
            yield from changed(name, line, line.sides)


def left_sides() -> Iterator[Change]:
    """Each name changed, or that of another line; each rule another."""
    derived = {name: derive() for name, derive in functions().items()}
    rules = {line.rule for lines in derived.values() for line in lines if line.rule}
    for name, lines in derived.items():
        for line in lines:
            yield from changed(name, line, line.names)
        for line, other in itertools.permutations(lines, 2):
            if not {*line.expressions} & {*other.expressions}:
                exchanged = other.names[0]
                yield judged(name, f"{line.name} → {exchanged}", not line.holds(exchanged))
        for place, line in enumerate(lines):
            for rule in (rules if line.rule else set()) - {line.rule}:
                what = f"{line.rule.__name__} → {rule.__name__}"
                yield judged(name, what, refused(lines, place, rule))


def changed(name: str, line: Line, parts: tuple) -> Iterator[Change]:
    for shown in parts:
        for other in changes_of(shown, of=line):
            holds = line.holds(other)
            if not (holds and says_the_same(line, shown, other)):
                yield judged(name, f"{shown} → {other}", not holds)


def judged(name: str, what: str, noticed: bool) -> Change:
    return Change("line", name, what, lambda: noticed)


def refused(lines: list[Line], place: int, rule: Callable) -> bool:
    """Whether these lines are not shown if one of them names another rule."""
    renamed = [*lines]
    renamed[place] = dataclasses.replace(lines[place], rule=rule)
    try:
        aligned(*renamed)
    except (ValueError, TypeError, AttributeError):
        return True
    return False
