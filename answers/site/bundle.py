"""What the browser loads of this package, made from the sources, never committed.

    python -m answers.site.bundle

writes it into `docs/`, where any builder of the site finds it and git ignores it. MkDocs needs no
such files: its hook takes what `current` returns. Neither PyTorch nor SymPy is needed.
"""

import ast
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from answers import explorers
from answers.files import write
from answers.pages import ROOT
from answers.practice import catalog
from answers.records import RECORDS
from answers.site import modules


def made() -> dict[str, str]:
    """The text of each file, by its path below the root of the site."""
    texts = {
        "live/answers.json": as_lines(sources()),
        "live/exercises.json": as_lines({n: exercise(n) for n in catalog.names()}),
        "live/explorers.json": as_lines({n: explorer(n) for n in explorers.names()}),
    }
    records = sorted(RECORDS.glob("*.json"))
    return texts | {f"measured/{r.name}": r.read_text("utf-8") for r in records}


def current() -> dict[str, str]:
    """What `made` returns, made anew if a file of the package has changed since the last call.

    A process of its own makes it: this one may hold modules as they were.
    """
    files = sorted(path for path in modules.PACKAGE.rglob("*") if path.is_file())
    return made_of(tuple((path, path.stat().st_mtime_ns) for path in files))


@cache
def made_of(_state: tuple) -> dict[str, str]:
    code = (
        "import json; from answers.site import bundle; print(json.dumps(bundle.made()))"
    )
    # Nothing is called with arrays of a reader, so no shape needs to be checked.
    environment = os.environ | {"JAXTYPING_DISABLE": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout)


def entries(kind: str) -> dict[str, dict]:
    """What pages show of all "exercises" or "explorers", by name."""
    return parsed(current()[f"live/{kind}.json"])


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


def sources() -> dict[str, str]:
    """The modules that run in a browser, by path. What builds the site is of no use there."""
    return {
        path.relative_to(modules.PACKAGE.parent).as_posix(): path.read_text("utf-8")
        for name, path in modules.files().items()
        if path.parent != Path(__file__).parent and modules.runs_in_browser(name)
    }


def exercise(name: str) -> dict:
    """What pages show of an exercise; without a stub it does not run in the browser."""
    if not modules.runs_in_browser(f"answers.exercises.{name}"):
        return of_source(modules.file_of(f"answers.exercises.{name}"))
    loaded = catalog.load(name)
    return {
        "page": loaded.page,
        "summary": loaded.summary,
        "stub": loaded.stub().replace(f"run `answers check {name}`", "press Check", 1),
        "hints": loaded.hints,
        "solution": loaded.solution(),
    }


def of_source(path: Path) -> dict:
    """The page and the summary of an exercise that cannot be imported here."""
    own = ast.parse(path.read_text("utf-8"))
    (call,) = (
        node
        for node in ast.walk(own)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Exercise"
    )
    (page,) = (word.value.value for word in call.keywords if word.arg == "page")
    imported = (
        ast.parse(modules.file_of(node.module).read_text("utf-8"))
        for node in own.body
        if isinstance(node, ast.ImportFrom)
        and path.stem in {a.name for a in node.names}
    )
    (reference,) = (
        node
        for tree in (own, *imported)
        for node in tree.body
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


def main() -> None:
    for path, text in made().items():
        target = ROOT / "docs" / path
        target.parent.mkdir(exist_ok=True)
        write(target, text)


if __name__ == "__main__":
    main()
