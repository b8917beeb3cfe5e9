"""A Python-Markdown extension: below a listing unfolds what its functions refuse.

A page includes the section NAME of a module, the body; the contract above it is the section
NAME_refuses. Where there is one, the page gets a fold with it, and writes nothing for that.
"""

import re
import textwrap

from markdown import Extension
from markdown.preprocessors import Preprocessor

from answers.pages import FENCE, ROOT

INCLUDE = re.compile(r'^[ \t]*--8<-- "(answers/[\w/]+\.py:(\w+))"[ \t]*$', re.MULTILINE)
FOLD = '??? example "What it refuses"'


class Folds(Preprocessor):
    """Writes the fold as a page would, while includes stand as they were written."""

    def run(self, lines):
        return FENCE.sub(with_fold, "\n".join(lines)).split("\n")


def with_fold(fence: re.Match) -> str:
    """The fence, and below it the sections that its includes have besides."""
    includes = [
        f'--8<-- "{each}_refuses"'
        for each, _ in INCLUDE.findall(fence[0])
        if has_contract(each)
    ]
    if not includes:
        return fence[0]
    first, *_, last = fence[0].strip().split("\n")
    code = "\n".join([first, "\n\n\n".join(includes), last.strip()])
    fold = f"{FOLD}\n\n{textwrap.indent(code, ' ' * 4)}\n"
    return f"{fence[0]}\n\n{textwrap.indent(fold, fence[1])}"


def has_contract(include: str) -> bool:
    """Whether the module has the section that the include names, with `_refuses` after it."""
    path, _, name = include.partition(":")
    return f"[start:{name}_refuses]" in (ROOT / path).read_text("utf-8")


class RefusalsExtension(Extension):
    """`answers.site.refusals` in the list of Markdown extensions."""

    def extendMarkdown(self, md):  # noqa: N802 (Markdown looks for it)
        # Before includes are put in (32).
        md.preprocessors.register(Folds(md), "refusals", 33)


def makeExtension(**kwargs):  # noqa: N802 (Markdown looks for it)
    """Python-Markdown's way to find the extension."""
    return RefusalsExtension(**kwargs)
