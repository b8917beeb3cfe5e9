r"""Formulas, typeset by KaTeX while the page is built.

A Python-Markdown extension: `$inline$`, a paragraph between `$$` and `$$`, and `math` fences. The
reader's browser gets HTML for the eye and MathML for the ear, and runs no script for it. TeX that
KaTeX refuses stops the build; MkDocs says on which page.
"""

import atexit
import re
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension
from markdown.blockprocessors import BlockProcessor
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.superfences import SuperFencesException

KATEX = Path(__file__).parents[2] / "docs/vendor/katex/katex.min.js"

# The opening $ touches what follows and the closing one what precedes, and no digit follows it:
# "$5 or $6" are prices. $$ in a line matches too, to be refused.
INLINE = r"(?<![\\$])(?:\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$(?![\d$])|\$\$)"
DISPLAY = re.compile(r"\s*\$\$((?:\\.|[^\\$])+)\$\$\s*", re.DOTALL)
STRUT = re.compile(
    r'"katex-strut" style="height:([\d.]+)em;(?:vertical-align:(-[\d.]+)em;)?'
)

TYPESET = """
function typeset(tex, displayMode) {
  try { return [katex.renderToString(tex, {displayMode, strict: "error"}), null] }
  catch (error) { return [null, error.message] }
}
"""


@cache
def _katex():
    # V8 takes its time to start: not before the first formula.
    from py_mini_racer import MiniRacer

    context = MiniRacer()
    # Left to the end of the process, its threads may be gone, and closing it waits for ever.
    atexit.register(context.close)
    context.eval(KATEX.read_text(encoding="utf-8") + TYPESET)
    return context


@cache
def typeset(tex: str, display: bool = False) -> str:
    """The HTML and MathML of a formula.

    Raises:
        ValueError: naming the formula and what KaTeX has against it.
    """
    html, error = _katex().call("typeset", tex, display)
    if error:
        raise ValueError(f"cannot typeset the formula {tex}\n{error}")
    return html


def height(html: str) -> str:
    """The style that says how high a displayed formula is, as KaTeX writes into each part of it.

    So the browser can keep the place of a formula that is far away, and lay it out later.
    """
    parts = [(float(size), -float(below or 0)) for size, below in STRUT.findall(html)]
    above = max((size - below for size, below in parts), default=0)
    return f"--height: {above + max((below for _, below in parts), default=0):.4f}em"


def fence(source: str, *args: object, **kwargs: object) -> str:
    """A `math` fence as `pymdownx.superfences` wants it formatted."""
    try:
        html = typeset(source.strip(), True)
    except ValueError as error:
        # Any other exception would leave the fence as it stands, in silence.
        raise SuperFencesException(str(error)) from None
    return f'<div class="equation" style="{height(html)}">{html}</div>'


class InlineFormula(InlineProcessor):
    """`$…$` in a line of text."""

    def handleMatch(self, m, data):  # noqa: N802 (Markdown looks for it)
        if m[0] == "$$":
            raise ValueError(
                f"a formula between $$ needs a paragraph of its own: {data}"
            )
        formula = Element("span", {"class": "formula"})
        formula.text = AtomicString(m[1])
        return formula, m.start(), m.end()


class DisplayedFormula(BlockProcessor):
    """A paragraph between `$$` and `$$`."""

    def test(self, parent, block):
        return block.lstrip().startswith("$$")

    def run(self, parent, blocks):
        match = DISPLAY.fullmatch(block := blocks.pop(0))
        if not match:
            raise ValueError(
                f"a formula between $$ is one paragraph, without empty lines: {block}"
            )
        formula = SubElement(parent, "div", {"class": "equation"})
        formula.text = AtomicString(match[1].strip())


class Typesetter(Treeprocessor):
    """Puts the typeset formula where its TeX stood. (Anchors of headings were made of the TeX.)"""

    def run(self, root):
        for element in root.iter():
            if (kind := element.get("class")) in ("formula", "equation"):
                html = typeset(element.text, kind == "equation")
                element.text = AtomicString(self.md.htmlStash.store(html))
                if kind == "equation":
                    element.set("style", height(html))


class Formulas(Extension):
    """`answers.site.formulas` in the list of Markdown extensions."""

    def extendMarkdown(self, md):  # noqa: N802 (Markdown looks for it)
        md.ESCAPED_CHARS.append("$")
        # After `code` (190) and before escapes (180), which would eat the backslashes of TeX.
        md.inlinePatterns.register(InlineFormula(INLINE, md), "formula", 185)
        # After indented code (80) and before headings, quotations and lists.
        md.parser.blockprocessors.register(DisplayedFormula(md.parser), "formula", 79)
        # After the table of contents (5).
        md.treeprocessors.register(Typesetter(md), "formula", 4)


def makeExtension(**kwargs):  # noqa: N802 (Markdown looks for it)
    """Python-Markdown's way to find the extension."""
    return Formulas(**kwargs)
