"""The table of all questions, which the home page shows, and how much there is of everything."""

from itertools import groupby

from answers.pages import Page, pages
from answers.practice import catalog
from answers.site import modules

HEAD = "| # | Question | Level | Minutes | Exercises |\n|---:|---|---|---:|---|"


def table() -> str:
    """Every question that has a page, under its topic, as Markdown for `docs/index.md`.

    Topics come in the order of their first question.
    """
    found = pages()
    first = {page.topic: page.number for page in reversed(found)}
    by_topic = groupby(
        sorted(found, key=lambda p: (first[p.topic], p.number)), lambda p: p.topic
    )
    return "\n\n".join(
        "\n".join([f"### {topic}\n\n{HEAD}", *map(row, members)])
        for topic, members in by_topic
    )


def row(page: Page) -> str:
    """The line of one question."""
    cells = (
        str(page.number),
        f"[{page.title}](questions/{page.path.name})",
        page.level,
        str(page.minutes),
        ", ".join(f"`{name}`" for name in page.exercises),
    )
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def totals() -> str:
    """One sentence for the README. It changes if anything is lost, or added."""
    exercises = [catalog.load(name) for name in catalog.names()]
    mistakes = sum(len(exercise.bugs) for exercise in exercises)
    names = modules.promised()
    pytorch = sum("torch" in modules.needs(name) for name in names)
    there = sum(
        modules.runs_in_browser(f"answers.exercises.{e.name}") for e in exercises
    )
    return (
        f"{len(pages())} questions; {len(exercises)} exercises, {there} of them also in the "
        f"browser, whose grader knows {mistakes} mistakes by name; "
        f"{sum(map(len, names.values()))} functions and classes to import, from {len(names)} "
        f"modules, of which {pytorch} need PyTorch."
    )
