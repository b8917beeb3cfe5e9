"""The map of all questions, which the home page shows, and how much there is of everything."""

from markdown.extensions.toc import slugify

from answers.grader import catalog
from answers.pages import Page, by_topic, pages
from answers.proof.minutes import practice, reading
from answers.site import modules

TOGETHER = "\N{NO-BREAK SPACE}"


def contents() -> str:
    """One line with every topic, for a screen that does not hold the map."""
    links = (
        f"[{topic}](#{slugify(topic, '-')}) {len(members)}"
        for topic, members in by_topic()
    )
    return " · ".join(links).replace(") ", f"){TOGETHER}")


def topics() -> str:
    """Every question that has a page, under its topic, as Markdown for `docs/index.md`."""
    return "\n\n".join(
        "\n".join(
            [
                f'<div class="topic" markdown>\n\n### {topic}\n',
                *map(item, members),
                "\n</div>",
            ]
        )
        for topic, members in by_topic()
    )


def item(page: Page) -> str:
    """The line of one question: its minutes to read, and to practise."""
    minutes = (
        reading(page.path, page.path.read_text("utf-8")),
        sum(practice(page.exercises)),
    )
    said = f"{minutes[0]}{TOGETHER}+{TOGETHER}{minutes[1]}"
    level = "" if page.level == "core" else f"{page.level}, "
    return f"- [{page.title}](questions/{page.path.name}) <small>{level}{said}</small>"


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
