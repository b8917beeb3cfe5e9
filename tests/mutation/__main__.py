"""How many wrong changes are noticed, by kind: `python -m tests.mutation [--record] [KIND …]`.

Kinds: formula, "left side", relation, number, exchange, direction, negation, quantity, output,
figure, caption, diagnosis, library. Each change of a kind is made, none is kept, and those that
nothing notices are named. It fails if one of them is not in the record. Words are changed on
bound pages alone.
`--record` keeps the counts for the page "How this guide is checked". The library takes hours, and
is counted module by module: `--modules networks/layers networks/broadcasting` counts these alone,
and leaves the record of the others.
"""

import argparse
import json
import re
from collections.abc import Iterator
from datetime import date

from answers.files import write
from answers.records.mutation import RECORD
from tests.mutation import KINDS, count, of_library


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", choices=[[], *KINDS, "library"])
    parser.add_argument("--modules", nargs="*", help="of the library; else all")
    parser.add_argument("--record", action="store_true", help="keep the counts")
    asked = parser.parse_args()
    new = []
    for kind in asked.kinds or [*KINDS, "library"]:
        for name, counted in counts(kind, asked.modules):
            share = counted["noticed"] / max(counted["changes"], 1)
            print(f"{name}: {counted['noticed']} of {counted['changes']} noticed, {share:.1%}")
            print(*(f"    {each}" for each in counted["survivors"]), sep="\n", flush=True)
            new += unknown(kind, name, counted["survivors"])
            if asked.record:
                keep(kind, name, {"on": date.today().isoformat(), **counted})
    if new and not asked.record:
        raise SystemExit("\n    ".join([f"not in {RECORD.name}:", *new]))


def counts(kind: str, modules: list[str] | None) -> Iterator[tuple[str, dict]]:
    """What is counted, and how it came out: a kind, or a module of the library."""
    if kind != "library":
        yield kind, count(KINDS[kind]())
        return
    for module in modules or of_library.modules():
        yield module, count(of_library.changes(module))


def unknown(kind: str, name: str, survivors: list[str]) -> list[str]:
    """The survivors that the record does not list; none of a module that was never counted."""
    known = json.loads(RECORD.read_text("utf-8"))
    if kind == "library":
        known = known.get("library", {})
        if name not in known:
            return []
    # Lines of a page move.
    listed = {without_line(each) for each in known.get(name, {}).get("survivors", [])}
    return [each for each in survivors if without_line(each) not in listed]


def without_line(survivor: str) -> str:
    return re.sub(r"^(\S+\.md):\d+", r"\1", survivor)


def keep(kind: str, name: str, counted: dict) -> None:
    """Write a count into the record, beside what was counted earlier."""
    known = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    if kind == "library":
        modules = known.get("library", {}) | {name: counted}
        known["library"] = {each: modules[each] for each in sorted(modules)}
    else:
        known[kind] = counted
    ordered = {each: known[each] for each in [*KINDS, "library"] if each in known}
    write(RECORD, json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
