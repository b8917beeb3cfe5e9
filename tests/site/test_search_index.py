"""What the search of the site reads: words, and what they are worth."""

import json

import pytest

from answers.cards.cards import cards
from answers.pages import pages
from answers.site import formulas
from answers.site.search import words


@pytest.fixture(scope="module")
def index(site):
    read = json.loads((site.folder / "search/search_index.json").read_text("utf-8"))
    return {entry["location"]: entry for entry in read["docs"]}


def test_formulas_are_read_as_they_are_typed_and_drawings_and_code_are_not():
    loss = formulas.typeset(r"\frac{\partial L}{\partial W_1} < \sqrt 2")
    shown = f"{formulas.typeset('x^2', True)}<pre><code>x</code></pre>"
    excluded = "data-search-exclude class"
    html = f'<p>So {loss}.</p><div class="equation" id="e">{shown}</div><svg a="b">1</svg>'
    assert words(html) == (
        '<p>So <span class="katex"><span class="katex-mathml">(dL)/(dW₁) &lt; √2</span></span>.'
        f'</p><div {excluded}="equation" id="e"><span class="katex-display"><span class="katex">'
        '<span class="katex-mathml">x²</span></span></span><pre><code>x</code></pre></div>'
        '<svg data-search-exclude a="b">1</svg>'
    )


def test_sections_and_follow_ups_stand_in_the_index_as_text(index):
    said = index["questions/06-softmax-cross-entropy/#in-thirty-seconds"]
    assert said["text"].startswith(
        "<p>Softmax divides each e^zₖ by their sum. For the right class y"
    )
    texts = "".join(entry["text"] for entry in index.values())
    assert not {"\\", "\u200b", "\u2061"} & set(texts)
    assert len(texts) < 27_000 * len(pages())  # a third of it known mistakes
    for card in cards():
        if card.kind == "follow-up":
            assert f"questions/{card.page.path.stem}/#ask-{card.name}" in index, card.id


def test_what_to_say_first_is_worth_more_than_sources_and_answers_than_the_rest(index):
    for page in pages():
        place = f"questions/{page.path.stem}/"
        own, said, sources = (index[place + end] for end in ("", "#in-thirty-seconds", "#sources"))
        assert own["also"] == ", ".join(page.also)
        assert page.description.split(",")[0] in own["text"]
        assert said["boost"] > own["boost"] > sources["boost"] > index["practice/"]["boost"]
        assert "tags" in own
        assert "tags" not in said
