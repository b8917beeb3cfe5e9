"""Minutes are counted in what stands on a page and in the solutions of its exercises."""

import ast

from answers.grader import catalog
from answers.pages import ROOT
from answers.proof import minutes

PAGE = ROOT / "docs/questions/page.md"  # for messages: no such file
HEAD = "---\ntitle: A\nmodules: []\nexercises: [%s]\n---\n"
FOLD = "\n??? note\n\n    " + 999 * "folded " + "\n\n    more\n\n"
PYTHON = "\n```python\n" + 40 * "x = 1\n\n" + "```\n"


def test_reading_counts_words_code_and_formulas_above_practise_that_are_not_folded():
    text = HEAD % "" + 476 * "word " + "\n<!-- holds\nx = 1\n-->\n" + FOLD
    assert minutes.reading(PAGE, text) == 2
    assert minutes.reading(PAGE, text + PYTHON) == 7
    assert minutes.reading(PAGE, text + PYTHON + 25 * "\n$$\nx\n$$\n") == 10
    assert minutes.reading(PAGE, text + "\n## Practise\n\n" + PYTHON) == 2


def test_a_comment_more_or_less_in_the_code_changes_no_minutes():
    text = HEAD % "" + PYTHON
    commented = text.replace("x = 1\n", "# Why.\nx = 1\n")
    assert commented != text
    assert minutes.reading(PAGE, commented) == minutes.reading(PAGE, text) == 5


def test_of_a_docstring_one_line_is_read():
    code = 'def f(x):\n    """First.\n\n    Then more.\n    """\n    # Why.\n    return x\n'
    assert minutes.unfolded(code) == 3


SOLUTION = '''
import numpy as np


def helper(x):
    """What it does."""
    if x:  # why
        return 1


def f(x):
    """What it does."""
    y = (
        x
    )
    return helper(y)
'''


def test_practice_counts_the_statements_of_a_solution_or_the_mistakes_to_repair():
    assert minutes.lines_of(ast.parse(SOLUTION)) == 4
    short, long = minutes.practice(["relu_backward", "attend_blockwise"])
    assert 3 <= short < long
    assert minutes.practice(["fix_the_gpt"]) == [3 + 5 * len(catalog.load("fix_the_gpt").mistakes)]
    assert minutes.practice([]) == []


def test_the_front_matter_is_written_and_written_again():
    text = HEAD % "relu_backward" + "Word.\n"
    once = minutes.with_minutes(PAGE, text)
    practice = minutes.practice(["relu_backward"])
    assert once == text.replace("modules", f"reading: 1\npractice: {practice}\nmodules")
    assert minutes.with_minutes(PAGE, once.replace("reading: 1", "reading: 7")) == once


def test_a_deeper_block_says_its_minutes_and_says_them_again():
    code = "".join(f"    {line}\n" for line in PYTHON.split("\n"))
    block = f'??? example "A claim of 7{{}}"\n\n{code}\n'
    above, deeper = block.format(""), f"## Deeper\n\n{2 * block}## Practise\n"
    text = HEAD % "relu_backward" + above + deeper.format("", "")
    once = minutes.with_minutes(PAGE, text)
    assert above + deeper.format(" (5 min)", " (5 min)") in once
    assert minutes.with_minutes(PAGE, once.replace("(5 min)", "(9 min)")) == once
