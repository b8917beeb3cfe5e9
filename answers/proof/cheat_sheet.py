"""The cheat sheet: of each question what to say first, a formula, and what goes wrong.

All of it is the page's own. The formula is the first that "At the board" displays, or the one below
`<!-- cheat sheet -->` there.
"""

import re

from answers.pages import COMMENT, LOCAL_LINK, SECTION, Page, by_topic

ROW = re.compile(r"^ *\|(.*)\|$", re.MULTILINE)
FORMULA = re.compile(
    r"^\$\$\n(.*?)\n\$\$$|^```math\n(.*?)\n```$", re.DOTALL | re.MULTILINE
)
CHOSEN = "<!-- cheat sheet -->"
CELLS = re.compile(r"(?<!\\)\|")


def sheet() -> str:
    """All questions by topic, as Markdown for `docs/cheat-sheet.md`."""
    return "\n\n".join(
        block("section", "\n\n".join([f"## {topic}", *map(of_tracks, members)]))
        for topic, members in by_topic()
    )


def of_tracks(page: Page) -> str:
    """Its entry, in a class for each track that says how much it matters there."""
    tracks = (f"{track.lower()}-{n}" for track, n in page.importance.items())
    return block(f'div class="{" ".join(tracks)}"', entry(page))


def block(start: str, text: str) -> str:
    return f"<{start} markdown>\n\n{text}\n\n</{start.split()[0]}>"


def entry(page: Page) -> str:
    """Its thirty seconds, its formula, and what goes wrong as a list."""
    title = f"### {page.number}. [{page.title}]({page.path.name})"
    said = re.sub(r"\n{3,}", "\n\n", page.thirty_seconds)
    text = "\n\n".join([title, said, *formula(page), "\n".join(map(trap, traps(page)))])
    return LOCAL_LINK.sub(
        lambda match: f"[{match[1]}](questions/{target(page, match[2])})", text
    )


def formula(page: Page) -> list[str]:
    """The displayed formula to know by heart; none if nothing is displayed at the board."""
    board = re.search(SECTION.format("At the board"), page.text)
    shown = board[1] if board else ""
    found = FORMULA.search(shown.partition(CHOSEN)[2] or shown)
    return [f"$$\n{found[1] or found[2]}\n$$"] if found else []


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
