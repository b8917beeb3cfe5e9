"""What the page about checks counts is what pytest collects and the folders hold."""

import re

from answers.pages import ROOT, pages
from answers.proof.counts import table


def counted(what):
    return int(re.search(rf"\| {what} \| ([\d,]+) \|", table())[1].replace(",", ""))


def test_it_counts_what_is_there():
    text = "".join(page.path.read_text("utf-8") for page in pages())
    fences = re.findall(r"^ *``` ?\{? ?\.?python", text, re.MULTILINE)
    assert counted("Python snippets") == len(fences)
    assert counted("outputs under them") == text.count("expected-output-->")
    assert counted("checks under paragraphs") == len(re.findall(r"<!-- holds\b", text))
    assert counted("figures") == len(list((ROOT / "docs/figures").glob("*.svg")))
    assert counted("exercises") == len(list((ROOT / "answers/exercises").glob("[!_]*.py")))
