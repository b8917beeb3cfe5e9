"""How many wrong changes of the guide were noticed: what `python -m tests.mutation` recorded."""

import json

from answers.records import RECORDS

KINDS = {
    "formula": "a formula of a derivation: a sign, factor, exponent, index, name, term or bound",
    "left side": "the left side of such a line: an operator, symbol, index or name; or its rule",
    "relation": "another formula of a page: a sign, digit, letter or function",
    "number": "a number in a sentence: its first or its last digit",
    "exchange": "two numbers of a sentence or row, on bound pages: each in the other's place",
    "direction": "a direction there, such as more or above: its opposite",
    "negation": "a negation there, such as not or never: taken out, or put in",
    "quantity": "a word of quantity there, such as all or always: another",
    "output": "a printed number: its last digit",
    "figure": "what a figure shows: a point, bar, cell or number",
    "caption": "a number in a figure's caption or description: its last digit",
    "diagnosis": 'what a diagnosis says: its code, a number, a sign, a word; or a "not" put in',
    "library": "a line of code, in {modules} modules of the library with tests of their own, "
    "by mutmut",
}
RECORD = RECORDS / "mutation.json"


def recorded() -> dict:
    """What was counted, by kind; the library's modules together, as of the earliest day."""
    found = json.loads(RECORD.read_text("utf-8"))
    if modules := found.get("library", {}).values():
        found["library"] = {
            "on": min(module["on"] for module in modules),
            "changes": sum(module["changes"] for module in modules),
            "noticed": sum(module["noticed"] for module in modules),
            "survivors": [each for module in modules for each in module["survivors"]],
            "modules": len(modules),
        }
    return found


def table() -> str:
    """What was changed, how often, and how often something failed for it."""
    rows = []
    for kind, found in recorded().items():
        what, share = KINDS[kind].format(**found), found["noticed"] / found["changes"]
        rows.append(f"| {what} | {found['changes']:,} | {share:.1%} | {found['on']} |")
    head = ["| What was changed | Changes | Noticed | On |", "|---|---:|---:|---|"]
    return "\n".join([*head, *rows])
