"""A Python-Markdown extension: a formula stands first, the cell that derives it folded below.

A page's source has the cell above, where pytest-codeblocks looks for what prints an output.
"""

import re

from markdown import Extension
from markdown.postprocessors import Postprocessor

CELL = r'<div class="language-python live highlight">(?:(?!</?div).)*</div>'
EQUATION = r'<div class="equation"(?:(?!</?div).)*</div>'
DERIVED = re.compile(rf"({CELL})\s*({EQUATION})", re.DOTALL)
FOLDED = (
    r'\2<details class="derivation"><summary>How this was derived</summary>\1</details>'
)


class Below(Postprocessor):
    """Puts each cell below the formula that it prints."""

    def run(self, text):
        return DERIVED.sub(FOLDED, text)


class DerivationCells(Extension):
    """`answers.site.derivation_cells` in the list of Markdown extensions."""

    def extendMarkdown(self, md):  # noqa: N802 (Markdown looks for it)
        # After code has been put in the place that was kept for it (30).
        md.postprocessors.register(Below(md), "derivation_cells", 23)


def makeExtension(**kwargs):  # noqa: N802 (Markdown looks for it)
    """Python-Markdown's way to find the extension."""
    return DerivationCells(**kwargs)
