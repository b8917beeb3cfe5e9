"""A Python-Markdown extension: each follow-up of a page can be linked to, and is known as a card.

The paragraph of "They will ask next" that begins with the question gets the id `ask-SLUG`, as
`answers.cards.cards` names it.
"""

from xml.etree.ElementTree import Element

from markdown import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from answers.cards.cards import FOLLOW_UPS, follow_ups


class Names(Preprocessor):
    """Reads the names, while fences and comments stand as they were written."""

    def run(self, lines):
        self.md.follow_ups = [each.slug for each in follow_ups("\n".join(lines) + "\n")]
        return lines


class Places(Treeprocessor):
    """Gives them to the paragraphs, in the same order."""

    def run(self, root):
        names, inside = iter(self.md.follow_ups), False
        for element in root:
            if element.tag == "h2":
                inside = element.text == FOLLOW_UPS
            elif inside and begins_bold(element):
                link(element, f"ask-{next(names)}")
        if left := list(names):
            raise ValueError(f"the follow-ups {left} have no paragraph of their own")


def begins_bold(element: Element) -> bool:
    first = next(iter(element), element).tag
    return element.tag == "p" and first == "strong" and not element.text


def link(paragraph: Element, name: str) -> None:
    """Give the paragraph its id, and its question a link to it as headings have."""
    paragraph.set("id", name)
    link = Element("a", {"class": "headerlink", "href": f"#{name}"})
    link.set("title", "Link to this question")
    link.text, link.tail, paragraph[0].tail = "\N{PILCROW SIGN}", paragraph[0].tail, ""
    paragraph.insert(1, link)


class FollowUps(Extension):
    """`answers.site.follow_ups` in the list of Markdown extensions."""

    def extendMarkdown(self, md):  # noqa: N802 (Markdown looks for it)
        # Before fences are put away (25) and comments left out (22), after tabs are spaces (30).
        md.preprocessors.register(Names(md), "follow_ups", 27)
        # After text has become elements (20), before headings get their links (5).
        md.treeprocessors.register(Places(md), "follow_ups", 6)


def makeExtension(**kwargs):  # noqa: N802 (Markdown looks for it)
    """Python-Markdown's way to find the extension."""
    return FollowUps(**kwargs)
