"""What a visitor sees first is what the grader says."""

import re
from html import unescape

import pytest
from PIL import Image

from answers.grader import browser_judge, catalog
from answers.pages import ROOT, by_topic
from answers.proof import first_screen


def test_the_verdict_is_that_of_the_grader_on_the_code_above_it():
    shown = first_screen.wrong_answer()
    assert f"```python\n{first_screen.WRONG}```" in shown
    report = browser_judge.check("softmax", first_screen.WRONG)
    assert catalog.load("softmax").bugs[report["bug"]].diagnosis in shown
    (failure,) = report["failures"]
    assert f'expected <b class="right">{failure["expected"]}</b>' in shown
    assert f'got <b class="wrong">{failure["got"]}</b>' in shown


def test_the_picture_in_the_readme_shows_what_the_grader_says_and_counts_nothing():
    with Image.open(ROOT / "docs/screenshot.png") as picture:
        # `python tests/screenshot.py` notes what can be read in it.
        shown = "".join(picture.text["Text"].split())
    assert "".join(first_screen.WRONG.split()) in shown
    verdict = first_screen.verdict(browser_judge.check("softmax", first_screen.WRONG))
    for line in verdict.splitlines():
        assert "".join(unescape(re.sub("<.*?>", "", line)).split()) in shown
    assert "Fixithere" in shown
    counted = re.sub(r"\]\(.*?\)|[*\[]", "", first_screen.offer())
    for part in re.split("[.,:]", counted):
        assert "".join(part.split()) not in shown or not part


def test_the_picture_in_the_readme_shows_all_topics():
    with Image.open(ROOT / "docs/screenshot.png") as picture:
        shown = picture.text["Text"].splitlines()
    assert [topic for topic, _ in by_topic() if topic not in shown] == []


RIGHT = "np.exp(x - np.logaddexp.reduce(x, axis, None, None, True))"
TWO_MISTAKES = "np.round(np.exp(x / 3 - np.logaddexp.reduce(x / 3, axis, None, None, True)), 2)"


@pytest.mark.parametrize("result", [RIGHT, TWO_MISTAKES])
def test_an_answer_that_passes_or_has_no_name_is_refused(result, monkeypatch):
    code = f"import numpy as np\n\n\ndef softmax(x, axis=-1):\n    return {result}\n"
    monkeypatch.setattr(first_screen, "WRONG", code)
    with pytest.raises(ValueError, match="the wrong softmax is not told its mistake"):
        first_screen.wrong_answer()


def test_what_code_holds_is_no_html():
    assert first_screen.coded("`a` < <b>") == "<code>a</code> &lt; &lt;b&gt;"
