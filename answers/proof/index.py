"""The table of all questions, which the home page shows, and how much there is of everything.

`docs/live/filter.js` reads the levels in it, and which exercises need PyTorch.
"""

from answers.grader import catalog
from answers.pages import Page, by_topic, pages
from answers.proof.minutes import practice, reading
from answers.site import modules

HEAD = "| # | Question | Level | Read | Practise | Exercises |\n|---:|---|---|---:|---:|---|"
TOGETHER = "\N{NO-BREAK SPACE}"


def table() -> str:
    """Every question that has a page, under its topic, as Markdown for `docs/index.md`."""
    return "\n\n".join(
        "\n".join([f"### {topic}\n\n{HEAD}", *map(row, members)])
        for topic, members in by_topic()
    )


def row(page: Page) -> str:
    """The line of one question."""
    cells = (
        str(page.number),
        f"[{page.title}](questions/{page.path.name})",
        page.level,
        f"{reading(page.path, page.path.read_text('utf-8'))}{TOGETHER}min",
        f"{practice(page.exercises)}{TOGETHER}min",
        " ".join(exercise(page, name) for name in page.exercises),
    )
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def exercise(page: Page, name: str) -> str:
    """A link to where an exercise stands, which says if it does not run there."""
    said = f"`{name}`" if modules.runs_here(name) else f"`{name}`{TOGETHER}(PyTorch)"
    return f"[{said}](questions/{page.path.name}#exercise-{name})"


def totals() -> str:
    """One sentence for the README. It changes if anything is lost, or added."""
    exercises = [catalog.load(name) for name in catalog.names()]
    mistakes = sum(len(exercise.bugs) for exercise in exercises)
    names = modules.promised()
    pytorch = sum("torch" in modules.needs(name) for name in names)
    there = sum(modules.runs_here(exercise.name) for exercise in exercises)
    return (
        f"{len(pages())} questions; {len(exercises)} exercises, {there} of them also in the "
        f"browser, whose grader knows {mistakes} mistakes by name; "
        f"{sum(map(len, names.values()))} functions and classes to import, from {len(names)} "
        f"modules, of which {pytorch} need PyTorch."
    )
