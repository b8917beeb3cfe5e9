"""Wrong changes of the guide, and whether anything notices them: see `__main__`."""

from collections.abc import Iterable

from tests.mutation import of_diagnoses, of_figures, of_formulas, of_pages
from tests.mutation.changes import Change

# And the library, whose modules are counted one by one: `of_library`.
KINDS = {
    "formula": of_formulas.formulas,
    "left side": of_formulas.left_sides,
    "relation": of_pages.relations,
    "number": of_pages.numbers,
    "exchange": of_pages.exchanges,
    "direction": of_pages.directions,
    "negation": of_pages.negations,
    "quantity": of_pages.quantities,
    "output": of_pages.outputs,
    "figure": of_figures.changes,
    "caption": of_figures.captions,
    "diagnosis": of_diagnoses.changes,
}


def count(changes: Iterable[Change]) -> dict:
    made, survivors = 0, []
    for change in changes:
        made += 1
        if not change.noticed():
            survivors.append(f"{change.where}: {change.what}")
    return {"changes": made, "noticed": made - len(survivors), "survivors": survivors}
