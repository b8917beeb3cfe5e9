"""Hooks of MkDocs: what the search of the site reads of a page, and what counts for more.

It reads words: formulas of a line as one types them, each follow-up as a section, and no displayed
formulas, figures and blocks of code. What a question is `also` called, in the front matter of its
page, is a field of its own, which results do not show; so are the words of a topic that is not
here, which are found first. It changes MkDocs' own index: other builders have their own search,
and it has no meaning there.
"""

import re
from html import escape, unescape

from mkdocs.plugins import CombinedEvent, event_priority

from answers.cards.plain_formulas import plain
from answers.pages import pages

FOLLOW_UP = re.compile(
    r'<p id="(ask-[^"]+)"><strong>(.*?)</strong><a class="headerlink".*?</a>', re.DOTALL
)
NO_WORDS = re.compile(
    r'<(svg|(?:div|pre)(?= class="[^"]*\b(?:equation|highlight|output)\b))'
)
TEX = re.compile(
    r'<math .*?"application/x-tex">(.*?)</annotation>.*?</math>', re.DOTALL
)
# The same formula for the eye.
DRAWN = '<span class="katex-html" aria-hidden="true">'
SPAN = re.compile(r"<(/?)span\b[^>]*>")

# The weights of sections, if not 1. (Material itself can raise whole pages only.)
WEIGHTS = {"in-thirty-seconds": 4}
WEIGHTS |= dict.fromkeys(("practise", "score-yourself", "sources"), 0.5)
OF_FOLLOW_UPS = 4
# The weight of pages that answer no question; but one says which have no page.
ELSEWHERE = 0.3
NOT_HERE, OF_NOT_HERE = "not-here/", 1.4


def words(html: str) -> str:
    """The HTML of a page, such that Material's parser reads what can be searched."""
    html = NO_WORDS.sub(r"<\1 data-search-exclude", undrawn(html))
    html = TEX.sub(lambda formula: typed(unescape(formula[1])), html)
    return FOLLOW_UP.sub(r'<h3 id="\1">\2</h3><p>', html)


def undrawn(html: str) -> str:
    """The HTML without the spans that draw formulas, and all that is in them."""
    kept, *drawings = html.split(DRAWN)
    for rest in drawings:
        depth, end = 1, 0
        while depth:
            tag = SPAN.search(rest, end)
            depth, end = depth + (-1 if tag[1] else 1), tag.end()
        kept += rest[end:]
    return kept


def typed(tex: str) -> str:
    """A formula as text: dL/dW, for nobody types ∂."""
    return escape(plain(tex).replace("∂", "d"), quote=False)


@event_priority(100)
def shorten(context, page, config, nav):
    """Before the search reads a page, leaves it the words only."""
    page.whole, page.content = page.content, words(page.content)


@event_priority(-100)
def restore(context, page, config, nav):
    """After the search has read a page, and before it is written, puts back the whole."""
    page.content = page.whole


on_page_context = CombinedEvent(shorten, restore)


@event_priority(100)
def on_post_build(config):
    """Weighs what was read, before the search writes it."""
    questions = {f"questions/{page.path.stem}/": page for page in pages()}
    for entry in config.plugins["material/search"].search_index.entries:
        page, _, section = entry["location"].partition("#")
        question = questions.get(page)
        if section:
            # Material files each section under the tags of its page.
            entry.pop("tags", None)
        elif question:
            entry["also"] = ", ".join(question.also)
            entry["text"] += f"<p>{escape(question.description, quote=False)}</p>"
        if page == NOT_HERE and section:
            entry["also"] = entry["title"] + entry["text"].partition("Nearest")[0]
            entry["boost"] = OF_NOT_HERE
        elif not question:
            entry["boost"] = ELSEWHERE
        elif section.startswith("ask-"):
            entry["boost"] = OF_FOLLOW_UPS
        else:
            entry["boost"] = WEIGHTS.get(section, 1)
