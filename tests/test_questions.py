"""A question is whole: a page, modules, exercises, tests, and right and wrong answers to judge."""

import ast
import re
from pathlib import Path

from answers.grader import catalog
from answers.pages import ROOT, pages, read
from answers.site import modules


def imported_by_tests(root: Path) -> set[str]:
    """The names that the tests import, with their modules."""
    sources = (path.read_text("utf-8") for path in root.glob("tests/*/test_*.py"))
    names = set().union(*(modules.imported(ast.parse(source)) for source in sources))
    return names | {name.rpartition(".")[0] for name in names}


def missing(root: Path) -> list[str]:
    """What is not there of the questions, the exercises and their tests, a sentence each."""
    pages = {path.stem: read(path) for path in root.glob("docs/questions/[0-9]*.md")}
    tested = imported_by_tests(root)
    listed = {name: stem for stem, page in pages.items() for name in page.exercises}
    found = []

    def needs(what: str, *places: str) -> None:
        found.extend(f"{what}; write {p}" for p in places if not (root / p).is_file())

    for stem, page in pages.items():
        for module in page.modules:
            file = f"answers/{module.replace('.', '/')}.py"
            needs(f"docs/questions/{stem}.md shows {module}", file)
            room, _, name = module.rpartition(".")
            # Lines of derivations are found and witnessed wherever they stand.
            own = room and room != "derivations"
            if (root / file).is_file() and own and f"answers.{module}" not in tested:
                needs(f"{file} has no tests", f"tests/{room}/test_{name}.py")
    for name in sorted({*listed, *(p.stem for p in root.glob("answers/exercises/[!_]*.py"))}):
        file, answers = f"answers/exercises/{name}.py", f"tests/submissions/{name}.py"
        needs(f"docs/questions/{listed.get(name)}.md lists the exercise {name}", file)
        needs(f"{file} has no right and wrong answers to be judged", answers)
        source = (root / file).read_text("utf-8") if (root / file).is_file() else ""
        (stem,) = re.findall(r'page="([\w-]+)"', source) or [listed.get(name)]
        needs(f"{file} belongs to a page", f"docs/questions/{stem}.md")
        if stem in pages and listed.get(name) != stem:
            found.append(f"{file} is not listed under `exercises` in docs/questions/{stem}.md")
    return found


def test_nothing_is_missing():
    assert pages()
    assert catalog.names()
    found = missing(ROOT)
    assert not found, "\n".join(found)
