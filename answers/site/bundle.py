"""What the browser loads of this package, made from the sources, never committed.

    python -m answers.site.bundle

writes it into `docs/`, where any builder of the site finds it and git ignores it. MkDocs needs no
such files: its hook takes what `current` returns. Neither PyTorch nor SymPy is needed.
"""

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from answers import explorers
from answers.cards.cards import Card, cards
from answers.files import write
from answers.grader import catalog
from answers.handout import source
from answers.pages import ROOT
from answers.records import RECORDS
from answers.site import modules

# Rooms of no use in a browser, and modules for files of a learner and for tests.
ELSEWHERE = {"cards", "cli", "figures", "progress", "proof", "site"}
# What a worker loads beside the sources: they are of one build, or it refuses them.
LIVE = ROOT / "docs/live"
LOADED = ("config.json", "needs.py", "worker.py")
EXERCISES = "answers/exercises/"
DERIVATIONS = "answers/derivations/"
SHOWN = "live/exercises/"
CARDS = "live/cards.json"
# Beside the pages, for those who study with Anki.
DECK = "worked-answers.apkg"


def made() -> dict[str, str]:
    """The text of each file, by its path below the root of the site."""
    # What only some readers ask for comes when it is asked for: SymPy's formulas, and an exercise
    # with its own module.
    rooms = [path for path in paths() if not path.startswith(EXERCISES)]
    formulas = [path for path in rooms if path.startswith(DERIVATIONS)]
    shared = [path for path in rooms if path not in formulas]
    texts = {
        "live/answers.json": as_lines({path: module(path) for path in shared}),
        "live/derivations.json": as_lines({path: module(path) for path in formulas}),
        **{f"{SHOWN}{n}.json": as_lines(exercise(n)) for n in catalog.names()},
        "live/explorers.json": as_lines({n: explorer(n) for n in explorers.names()}),
    }
    loaded = {name: (LIVE / name).read_bytes() for name in LOADED}
    here = (f"{SHOWN}{n}.json" for n in catalog.names() if modules.runs_here(n))
    for path in ("live/answers.json", "live/derivations.json", *here):
        loaded[path.removeprefix("live/")] = texts[path].encode()
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in loaded.items()}
    texts["live/hashes.json"] = as_lines(hashes)
    records = sorted(RECORDS.glob("*.json"))
    texts |= {f"measured/{r.name}": r.read_text("utf-8") for r in records}
    return texts | cards_made()


def data() -> dict[str, bytes]:
    """What modules read, as config.json names it, by its path below the root of the site."""
    config = json.loads((LIVE / "config.json").read_text("utf-8"))
    root = modules.PACKAGE.parent
    named = config["data"].values()
    return {
        f"live/{each['file']}": (root / each["path"]).read_bytes() for each in named
    }


def cards_made() -> dict[str, str]:
    """What alone is made of the pages, too."""
    return {CARDS: as_lines({c.id: card(c) for c in cards()})}


def current() -> dict[str, str]:
    """What `made` returns, made anew if a file that it is made of has changed since the last
    call; of a page, only the cards.

    A process of its own makes it: this one may hold modules as they were.
    """
    # What Python compiles in between is none of it.
    walked = (each for each in os.walk(modules.PACKAGE) if "__pycache__" not in each[0])
    package = [f"{folder}/{name}" for folder, _, names in walked for name in names]
    own = state([*package, *(LIVE / name for name in LOADED)])
    read = state(questions())
    found, then = made_of(own)
    return found if read == then else found | cards_of(read)


def deck(site: str) -> bytes:
    """The deck for Anki, which links to the pages at the address `site`; made anew as above."""
    return deck_of(state(questions()), site)


def questions() -> Iterable[Path]:
    return (ROOT / "docs/questions").glob("*.md")


def state(files: Iterable[str | Path]) -> tuple:
    """When each file was changed."""
    return tuple(sorted((str(file), os.stat(file).st_mtime_ns) for file in files))


@cache
def deck_of(_state: tuple, site: str) -> bytes:
    # It takes genanki and SQLite, which the fences do not need.
    from answers.cards.deck import deck

    return deck(site)


@cache
def made_of(_state: tuple) -> tuple[dict[str, str], tuple]:
    """All, and the state of the pages that it is made of."""
    read = state(questions())
    return in_process(), read


@cache
def cards_of(_state: tuple) -> dict[str, str]:
    return cards_made()


def in_process() -> dict[str, str]:
    """What `made` returns in a process of its own."""
    # Hardly any of the syntax trees that it makes becomes garbage before it ends.
    code = (
        "import gc, json; gc.disable(); "
        "from answers.site import bundle; print(json.dumps(bundle.made()))"
    )
    # Nothing is called with arrays of a reader, so no shape needs to be checked.
    environment = os.environ | {"JAXTYPING_DISABLE": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout)


def exercises_shown() -> dict[str, dict]:
    """What pages show of each exercise, by name."""
    return {
        Path(path).stem: parsed(text)
        for path, text in current().items()
        if path.startswith(SHOWN)
    }


def explorers_shown() -> dict[str, dict]:
    """What pages show of each explorer, by name."""
    return parsed(current()["live/explorers.json"])


@cache
def parsed(text: str) -> dict[str, dict]:
    return json.loads(text)


def as_lines(entries: dict) -> str:
    """JSON with one line for each entry."""
    lines = (
        f"{json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}"
        for name, entry in entries.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def paths() -> list[str]:
    """The paths of the modules that run in a browser and are of use there."""
    return [
        path.relative_to(modules.PACKAGE.parent).as_posix()
        for name, path in modules.files().items()
        if not ELSEWHERE.intersection(name.split(".")) and modules.runs_in_browser(name)
    ]


def module(path: str) -> dict:
    """A module: its text, and the packages that the browser has to load for it."""
    file = modules.PACKAGE.parent / path
    needs = modules.needs(modules.name_of(file), in_functions=True)
    return {
        "text": file.read_text("utf-8"),
        "packages": sorted(needs & modules.IN_BROWSER),
    }


def exercise(name: str) -> dict:
    """What pages show of an exercise, and its module. If the exercise does not run in the browser,
    there is no stub."""
    if not modules.runs_here(name):
        return of_source(modules.file_of(f"answers.exercises.{name}"))
    loaded = catalog.load(name)
    core, marker, rest = loaded.solution().partition(source.NOT_ASKED)
    path = f"{EXERCISES}{name}.py"
    return {
        "page": loaded.page,
        "summary": loaded.summary,
        "stub": loaded.stub().replace(f"run `answers check {name}`", "press Check", 1),
        "hints": loaded.hints,
        "solution": f"{core.rstrip()}\n",
        "refusals": marker + rest,
        "modules": {path: module(path)},
    }


def of_source(path: Path) -> dict:
    """The page and the summary of an exercise that cannot be imported here."""
    own = modules.parsed(path)
    (call,) = (
        node
        for node in ast.walk(own)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Exercise"
    )
    (page,) = (word.value.value for word in call.keywords if word.arg == "page")
    taken = (name.rpartition(".") for name in modules.imports(path))
    sources = [
        modules.file_of(module) for module, _, name in taken if name == path.stem
    ]
    (reference,) = (
        node
        for file in (path, *sources)
        for node in modules.parsed(file).body
        if isinstance(node, ast.FunctionDef) and node.name == path.stem
    )
    return {"page": page, "summary": ast.get_docstring(reference).splitlines()[0]}


def explorer(name: str) -> dict:
    """How an explorer stands before it is moved."""
    loaded = explorers.load(name)
    return {
        "caption": loaded.caption,
        "sliders": [[s.label, len(s.values) - 1] for s in loaded.sliders],
        "starts": loaded.starts,
        **loaded.at(loaded.starts),
    }


def card(card: Card) -> dict:
    """What study pages know of a card; its answer they take from the question's page."""
    page = card.page
    entry = {
        "kind": card.kind,
        "page": f"questions/{page.path.stem}",
        "number": page.number,
        "title": page.title,
        "topic": page.topic,
        "question": card.question,
        "minutes": card.minutes,
    }
    if card.kind == "opening":
        of_plan = {"level": page.level, "importance": page.importance}
        return entry | {"reading": page.reading} | of_plan
    if card.kind == "exercise":
        module = f"answers.exercises.{card.name}"
        return entry if modules.runs_in_browser(module) else entry | {"shell": True}
    return entry


def main() -> None:
    binary = {DECK: deck(os.environ.get("SITE_URL", "")), **data()}
    for path, content in {**made(), **binary}.items():
        target = ROOT / "docs" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target, content)


if __name__ == "__main__":
    main()
