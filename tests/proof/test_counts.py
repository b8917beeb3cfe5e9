"""What the page about checks counts is what pytest collects and the folders hold."""

import re
from pathlib import Path

import pytest

from answers.pages import ROOT, pages
from answers.proof.claims import prose
from answers.proof.counts import bound_numbers, quoted_sentences, sentences_of, table


@pytest.fixture(scope="module")
def counted():
    """The number beside these words. To count, all pages are read: once."""
    text = table()
    return lambda what: int(re.search(rf"\| {what} \| ([\d,]+) \|", text)[1].replace(",", ""))


def test_it_counts_what_is_there(counted):
    text = "".join(page.path.read_text("utf-8") for page in pages())
    fences = re.findall(r"^ *``` ?\{? ?\.?python", text, re.MULTILINE)
    assert counted("Python snippets") == len(fences)
    assert counted("outputs under them") == text.count("expected-output-->")
    assert counted("checks under paragraphs") == len(re.findall(r"<!-- holds\b", text))
    assert counted("figures") == len(list((ROOT / "docs/figures").glob("*.svg")))
    assert counted("exercises") == len(list((ROOT / "answers/exercises").glob("[!_]*.py")))


PAGE = """\
## A

### Of three

It takes 25 ms, not 50. It is fast. The third is 30.
<!-- holds t == 25  # "takes 25 ms" -->

- one
- two, of 40
"""


def test_a_sentence_is_quoted_or_stands_beside_one_or_is_only_read():
    blocks = prose(Path(ROOT / "docs/questions/page.md"), PAGE).blocks
    assert [len(sentences_of(block)) for block in blocks] == [0, 0, 3, 2]
    assert [quoted_sentences(block) for block in blocks] == [0, 0, 1, 0]
    assert [bound_numbers(block) for block in blocks] == [0, 0, 1, 0]


def test_all_sentences_are_counted_once(counted):
    rows = ("sentences that a check quotes", "sentences beside such a one", "other sentences")
    blocks = [block for page in pages() for block in prose(page.path).blocks]
    assert sum(map(counted, rows)) == sum(len(sentences_of(block)) for block in blocks)
