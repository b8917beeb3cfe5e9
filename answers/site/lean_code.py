"""A Python-Markdown extension: in highlighted code, no element for what has no colour of its own.

Names, operators, punctuation and spaces are two thirds of the elements of a page full of code, and
a phone spends its time on each.
"""

import re

from markdown import Extension
from markdown.postprocessors import Postprocessor

UNCOLOURED = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>|<span></span>')


class LeanCode(Postprocessor):
    """Leaves the text of such elements and drops their tags."""

    def run(self, text):
        return UNCOLOURED.sub(lambda match: match[1] or "", text)


class LeanCodeExtension(Extension):
    """`answers.site.lean_code` in the list of Markdown extensions."""

    def extendMarkdown(self, md):  # noqa: N802 (Markdown looks for it)
        # After code has been put in the place that was kept for it (30).
        md.postprocessors.register(LeanCode(md), "lean_code", 25)


def makeExtension(**kwargs):  # noqa: N802 (Markdown looks for it)
    """Python-Markdown's way to find the extension."""
    return LeanCodeExtension(**kwargs)
