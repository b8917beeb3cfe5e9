"""The question pages: what their front matter says, the question, and what to say first.

The front matter of a page is the only index of the project: the table on the home page, the
command line and the tests all read it here.
"""

import re
import textwrap
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]

# The one in C, where it is installed: it takes a sixth of the time.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

FRONT_MATTER = re.compile(r"---\n(.*?\n)---\n(.*)", re.DOTALL)
QUESTION = re.compile(
    r'^!!! question "As it is asked"\n((?:\n|[ ]{4}.*\n)+)', re.MULTILINE
)
SECTION = r"(?ms)^## {}\n(.*?)(?=^## |\Z)"

# Lines of the source that speak to the tests, not to the reader.
COMMENT = re.compile(r"^[ \t]*<!--(.*?)-->[ \t]*$\n?", re.MULTILINE | re.DOTALL)
# A part that a function makes: see `answers.proof.generated`.
GENERATED = re.compile(
    r"^( *)<!-- generated:([\w.]+) -->\n(?:(?! *<!-- /?generated:).*\n)*\1<!-- /generated:\2 -->$",
    re.MULTILINE,
)

# What is folded, with all inside; and a link to a page of this site.
FOLDED = re.compile(r"^( *)\?\?\? .*\n(?:(?:\1 {4}.*)?(?:\n|\Z))*", re.MULTILINE)
LOCAL_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)]+)\)")
FENCE = re.compile(r"^([ \t]*)(`{3,}).*?^\1\2[ \t]*$", re.MULTILINE | re.DOTALL)


def unfolded(markdown: str) -> str:
    """The same with nothing folded: what was stands under its title in bold."""

    def opened(match: re.Match) -> str:
        head, _, inside = match[0].partition("\n")
        title = head.partition('"')[2].rstrip('"')
        return f"**{title}**\n\n{textwrap.dedent(inside)}"

    return FOLDED.sub(opened, markdown)


def of_fence(fence: str) -> tuple[str, str]:
    """What kind a fence is, "math" or "python .live", and what stands in it."""
    first, _, inside = fence.strip("`").partition("\n")
    return first.strip(" {}."), inside.rstrip()


def blank(text: str) -> str:
    """As many spaces, with the ends of lines where they were."""
    return re.sub(r"[^\n]", " ", text)


@dataclass(frozen=True)
class Page:
    """One question and its answer.

    Attributes:
        path: The Markdown file, named `NN-slug.md` after the question's number in the bank.
        number: That number.
        title: What the site calls the page.
        description: One sentence for search engines.
        topic: The heading under which the home page lists it.
        importance: For each track in which it is asked, how much it matters there, 1 to 3. The
            plan on the home page takes its order from it; without it, 1 in both.
        level: How hard the question is, in a few words.
        reading: The minutes to read it, as `answers.proof.minutes` counts them.
        practice: The minutes to write each of its exercises, counted there too.
        modules: The modules of `answers` that the page shows.
        exercises: The exercises that practise it.
        tags: The words under which the site files it.
        also: What else people type who look for it.
        text: The Markdown below the front matter.
    """

    path: Path
    number: int
    title: str
    description: str
    topic: str
    importance: dict[str, int]
    level: str
    reading: int
    practice: list[int]
    modules: list[str]
    exercises: list[str]
    tags: list[str]
    also: list[str]
    text: str

    @property
    def question(self) -> str:
        """The question in the bank's words, as Markdown."""
        return self._part(QUESTION, 'the admonition `!!! question "As it is asked"`')

    @property
    def thirty_seconds(self) -> str:
        """What to say first, as Markdown."""
        return self._section("In thirty seconds")

    @property
    def rubric(self) -> str:
        """The signs of a weak, a solid and a strong answer, as a list in Markdown."""
        return self._section("Score yourself")

    def _section(self, title: str) -> str:
        return self._part(SECTION.format(title), f"the section `## {title}`")

    def _part(self, pattern: str | re.Pattern, name: str) -> str:
        match = re.search(pattern, self.text)
        if match is None:
            raise ValueError(f"{self.path.name}: {name} is missing")
        return textwrap.dedent(COMMENT.sub("", match[1])).strip()


# Kinds of interviews.
TRACKS = ("LLM", "general")
KEYS = {
    "number": int,
    "title": str,
    "description": str,
    "topic": str,
    "importance": dict,
    "level": str,
    "reading": int,
    "practice": list,
    "modules": list,
    "exercises": list,
    "tags": list,
    "also": list,
}


def read(path: Path) -> Page:
    """The page in `path`.

    Raises:
        ValueError: The front matter misses a key, gives it a value of the wrong kind, or a
            number which is not that of the file's name.
    """
    match = FRONT_MATTER.fullmatch(path.read_text(encoding="utf-8"))
    if match is None:
        raise ValueError(
            f"{path.name}: begin with front matter, between two lines of ---"
        )
    try:
        data = yaml.load(match[1], Loader=LOADER)
    except yaml.YAMLError as error:
        raise ValueError(
            f"{path.name}: the front matter is no YAML: {error}"
        ) from error
    if not isinstance(data, dict):
        raise ValueError(f"{path.name}: the front matter must be lines of `key: value`")
    # `pytest --update` writes the minutes into a new page.
    optional = {"importance": dict.fromkeys(TRACKS, 1), "reading": 0, "practice": []}
    data = optional | {"also": []} | data
    for key, kind in KEYS.items():
        if key not in data:
            raise ValueError(f"{path.name}: the front matter lacks `{key}`")
        value = data[key]
        of = int if key == "practice" else str
        if type(value) is not kind or (
            kind is list and {type(v) for v in value} - {of}
        ):
            listed = f"a list of {'whole numbers' if of is int else 'words'}"
            what = listed if kind is list else f"of type {kind.__name__}"
            raise ValueError(f"{path.name}: `{key}` is {value!r}; it must be {what}")
    for track, importance in data["importance"].items():
        if track not in TRACKS or importance not in (1, 2, 3):
            raise ValueError(
                f"{path.name}: `importance` of {track!r} is {importance!r}; it must be 1, 2 or 3 "
                f"of {' or '.join(TRACKS)}"
            )
    if not path.name.startswith(f"{data['number']:02}-"):
        raise ValueError(
            f"{path.name}: `number` is {data['number']}; the file's name says another"
        )
    return Page(path=path, text=match[2], **{key: data[key] for key in KEYS})


def pages() -> list[Page]:
    """Every question page, by number."""
    inside = ROOT / "docs/questions"
    # A wheel has no docs/: it carries the questions beside the code.
    folder = inside if inside.is_dir() else ROOT / "answers/questions"
    return [read(path) for path in sorted(folder.glob("[0-9]*.md"))]


def by_topic() -> list[tuple[str, list[Page]]]:
    """The pages of each topic; topics come in the order of their first question."""
    found = pages()
    first = {page.topic: page.number for page in reversed(found)}
    ordered = sorted(found, key=lambda p: (first[p.topic], p.number))
    return [(topic, list(g)) for topic, g in groupby(ordered, lambda p: p.topic)]
