"""A Python-Markdown extension: in highlighted code, long docstrings are folded to their first line.

A reader sees what a function does and how it does it on one screen of a phone. The text of the
code stays as it was, letter for letter.
"""

import re

from markdown import Extension
from markdown.postprocessors import Postprocessor

SHORT = 3  # lines that are not worth folding
# Pygments marks each line of a docstring; those that are indented leave room for a sign to press.
DOCSTRING = re.compile(
    r'^(?P<first> {4,}<span class="sd">"""(?:(?!""").)*</span>\n)'
    rf'(?P<rest>(?:(?! *<span class="sd">[^\n]*"""</span>).*\n){{{SHORT - 2},}}?'
    r' *<span class="sd">[^\n]*"""</span>\n)',
    re.MULTILINE,
)
FOLDED = (
    r'<details class="docstring"><summary>\g<first></summary>'
    r"<span>\g<rest></span></details>"
)


class Docstrings(Postprocessor):
    """Puts all lines of a docstring but the first behind that one."""

    def run(self, text):
        return DOCSTRING.sub(FOLDED, text)


class DocstringsExtension(Extension):
    """`answers.site.docstrings` in the list of Markdown extensions."""

    def extendMarkdown(self, md):  # noqa: N802 (Markdown looks for it)
        # After `answers.site.lean_code` (25).
        md.postprocessors.register(Docstrings(md), "docstrings", 24)


def makeExtension(**kwargs):  # noqa: N802 (Markdown looks for it)
    """Python-Markdown's way to find the extension."""
    return DocstringsExtension(**kwargs)
