"""The file that question 14 gives to be repaired is the one of the exercise."""

from answers.practice import catalog
from answers.site.generated import write
from answers.site.pages import ROOT

FILE = ROOT / "docs/labs/broken_gpt.py"


def test_the_broken_gpt_is_the_file_that_the_exercise_starts_from(update):
    stub = catalog.load("fix_the_gpt").stub()
    if update:
        write(FILE, stub)
    assert FILE.read_text(encoding="utf-8") == stub
