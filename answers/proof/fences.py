"""The fences of a page, with what they include. Needs the `test` extra.

pytest-codeblocks finds them, and the site's own preprocessor expands the includes: so the code
that runs is the code that the page shows. `answers.proof.session` runs it.
"""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from io import StringIO
from pathlib import Path

import markdown
from mkdocs.config import load_config
from pymdownx.snippets import SnippetMissingError
from pytest_codeblocks import extract_from_buffer

from answers.pages import ROOT
from answers.site.modules import name_of

LANGUAGE = re.compile(r"[ {]*\.?([\w+-]*)")
INDENTED_FENCE = re.compile(r"^([ \t]+)(`{3,}).*?^\1\2", re.MULTILINE | re.DOTALL)
INCLUDE = re.compile(
    r'\s*-+8<-+\s+"(?P<path>[^":]+\.py)(?::(?P<section>[a-zA-Z][\w-]*))?"\s*'
)
OUTPUT = re.compile(r"<!--[-\s]*pytest-codeblocks:[-\s]*expected-output[-\s]*-->")


@cache
def renderer() -> markdown.Markdown:
    """The site's own Markdown, with the site's own settings."""
    # Plugins add nothing to it, and take a second to import.
    config = load_config(str(ROOT / "mkdocs.yml"), plugins=[])
    snippets = config.mdx_configs["pymdownx.snippets"]
    snippets["base_path"] = [str(ROOT / path) for path in snippets["base_path"]]
    return markdown.Markdown(
        extensions=config.markdown_extensions, extension_configs=config.mdx_configs
    )


@dataclass(frozen=True)
class Part:
    """Consecutive lines of a fence that come from one file.

    Attributes:
        code: The lines, as shown.
        path: The file.
        source: The same lines, each on the line of `path` where it stands.
        module: The module that `path` is, or None for the page itself.
    """

    code: str
    path: Path
    source: str
    module: str | None = None


@dataclass(frozen=True)
class Fence:
    """A fence of a page, other than the outputs that belong to another.

    Attributes:
        path: The page.
        line: The line that opens the fence.
        language: `python`, or what else the fence says it holds.
        raw: What stands between its ends, with no include expanded.
        output: What the page says that it prints; None if it says nothing.
    """

    path: Path
    line: int
    language: str
    raw: str
    output: str | None

    @cached_property
    def parts(self) -> list[Part]:
        """The lines typed on the page and the included ones, in order.

        Raises:
            SyntaxError: What is included does not exist.
        """
        parts: list[Part] = []
        typed, above = "", self.line
        for number, line in enumerate(
            self.raw.splitlines(keepends=True), self.line + 1
        ):
            if "8<-" not in line:
                typed += line
                continue
            parts.append(self._typed(typed, above))
            parts.append(self._included(line, number))
            typed, above = "", number
        parts.append(self._typed(typed, above))
        return [part for part in parts if part.code.strip()]

    @property
    def shown(self) -> str:
        """The code as the site shows it."""
        return "".join(part.code for part in self.parts)

    def _typed(self, code: str, above: int) -> Part:
        return Part(code, self.path, "\n" * above + code)

    def _included(self, line: str, number: int) -> Part:
        where = (str(self.path), number, None, line)
        match = INCLUDE.fullmatch(line)
        if match is None:
            raise SyntaxError(
                'include a section by its name: --8<-- "answers/x.py:name"', where
            )
        try:
            code = renderer().preprocessors["snippet"].run([line])
        except SnippetMissingError as error:
            raise SyntaxError(str(error), where) from None
        path = ROOT / match["path"]
        lines = path.read_text(encoding="utf-8").splitlines()
        source = in_place(code, lines, match["section"])
        module = name_of(Path(match["path"]))
        return Part("\n".join(code) + "\n", path, source, module)


def in_place(code: list[str], lines: list[str], section: str | None) -> str:
    """`code` with each line where `lines` have it, so that a traceback names that line."""
    marker = f"--8<-- [start:{section}]"
    start = next((n for n, line in enumerate(lines) if section and marker in line), 0)
    placed, left = [""] * start, list(code)
    for line in lines[start:]:
        found = bool(left) and left[0].strip() == line.strip()
        placed.append(left.pop(0) if found else "")
    return "\n".join([*placed, *left]) + "\n"


def fences(path: Path, text: str | None = None) -> list[Fence]:
    """Every fence of a page that is not the output of another.

    Args:
        path: The page.
        text: What it will hold, if not what it holds.
    """
    # pytest-codeblocks swallows the empty lines of an indented fence, unless they are indented.
    text = INDENTED_FENCE.sub(
        lambda m: re.sub("^$", m[1], m[0], flags=re.MULTILINE),
        path.read_text(encoding="utf-8") if text is None else text,
    )
    return [
        Fence(
            path,
            block.lineno,
            LANGUAGE.match(block.syntax)[1],
            block.code,
            block.expected_output,
        )
        for block in extract_from_buffer(StringIO(text))
    ]


def python_fences(path: Path, text: str | None = None) -> list[Fence]:
    """The fences of a page that are run."""
    return [fence for fence in fences(path, text) if fence.language == "python"]


def output_span(lines: list[str], fence: Fence) -> tuple[int, int]:
    """Where the two ends of the output of `fence` stand in the lines of its page, from 0."""
    comment = next(n for n in range(fence.line, len(lines)) if OUTPUT.search(lines[n]))
    first = next(
        n for n in range(comment, len(lines)) if lines[n].lstrip().startswith("```")
    )
    ticks = re.match(r"\s*(`+)", lines[first])[1]
    last = next(
        n for n in range(first + 1, len(lines)) if lines[n].lstrip().startswith(ticks)
    )
    return first, last


def put_outputs(text: str, fences: list[Fence], printed: dict[int, str]) -> str:
    """A page whose fences show other outputs.

    Args:
        text: The page.
        fences: Its Python fences.
        printed: The new output, by index in `fences`.

    Raises:
        ValueError: An output would end its own fence.
    """
    lines = text.split("\n")
    # From the end, so that line numbers stay true.
    for index in sorted(printed, reverse=True):
        first, last = output_span(lines, fences[index])
        indent, ticks = re.match(r"([ \t]*)(`+)", lines[first]).groups()
        new = printed[index].removesuffix("\n").split("\n") if printed[index] else []
        if any(line.lstrip().startswith(ticks) for line in new):
            raise ValueError(
                f"{fences[index].path.name}:{first + 1}: this output holds {ticks}; "
                "use a longer fence"
            )
        lines[first + 1 : last] = [indent + line if line else "" for line in new]
    return "\n".join(lines)
