"""Changes of the formulas that derivations display, judged by the witness of their line."""

from collections.abc import Iterator

from answers.derivations.finder import functions
from answers.derivations.witness import Line, same
from answers.derivations.witness import changes as changes_of
from tests.mutation.changes import Change


def changes() -> Iterator[Change]:
    """Each line changed in each place, where that makes another formula."""
    for name, derive in functions().items():
        for line in derive():
            for shown in line.expressions:
                for changed in changes_of(shown):
                    holds = line.holds(changed)
                    if not (holds and says_the_same(line, shown, changed)):
                        yield Change("formula", name, f"{shown} → {changed}", lambda h=holds: not h)


def says_the_same(line: Line, shown, changed) -> bool:
    return any(same(changed.subs(shown, side), side) for side in line.expressions)
