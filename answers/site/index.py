"""The table of all questions, which the home page shows."""

from itertools import groupby

from answers.site.pages import Page, pages

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
