"""The cheat sheet: of each question what to say first, and what goes wrong, in the page's words."""

import re

from answers.pages import COMMENT, LOCAL_LINK, SECTION, Page, by_topic

ROW = re.compile(r"^ *\|(.*)\|$", re.MULTILINE)
CELLS = re.compile(r"(?<!\\)\|")


def sheet() -> str:
    """All questions by topic, as Markdown for `docs/cheat-sheet.md`."""
    return "\n\n".join(
        "\n\n".join([f"## {topic}", *map(entry, members)])
        for topic, members in by_topic()
    )


def entry(page: Page) -> str:
    """Its thirty seconds, and what goes wrong as a list."""
    title = f"### {page.number}. [{page.title}]({page.path.name})"
    said = re.sub(r"\n{3,}", "\n\n", page.thirty_seconds)
    text = "\n\n".join([title, said, "\n".join(map(trap, traps(page)))])
    return LOCAL_LINK.sub(
        lambda match: f"[{match[1]}](questions/{target(page, match[2])})", text
    )


def trap(row: list[str]) -> str:
    mistake, symptom, test = row
    # A bare number means a check that only the page has.
    symptom = re.sub(r" \(\d+\)", "", symptom)
    found = f" → {test}" if re.search("[a-z]{2}", test) and test != "none" else ""
    return f"- **{mistake}**: {symptom}{found}"


def traps(page: Page) -> list[list[str]]:
    """The rows of the table in "What goes wrong", if it has one: a mistake, its symptom, how to
    find it.

    Raises:
        ValueError: The table has not three columns.
    """
    section = re.search(SECTION.format("What goes wrong"), page.text)
    rows = ROW.findall(COMMENT.sub("", section[1] if section else ""))
    cells = [
        [cell.strip().replace(r"\|", "|") for cell in CELLS.split(row)]
        for row in rows[2:]
    ]
    if {len(row) for row in cells} - {3}:
        raise ValueError(
            f"{page.path.name}: the table of `## What goes wrong` needs three columns"
        )
    return cells


def target(page: Page, link: str) -> str:
    """Where a link of a question page leads, seen from the folder of questions."""
    return f"{page.path.name}{link}" if link.startswith("#") else link
