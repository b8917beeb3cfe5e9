"""Every sentence of a stub is broken by a program that its cases fail, or stands in a list.

promises.yaml gives the first words of each sentence with the name of such a program: a planted
mistake, or a wrong answer that is kept. Sentences without one define a word, say why, or are about
speed, which no case measures. A new exercise may be added to it; those in it are held to it.
"""

import inspect
import re
from pathlib import Path

import pytest
import yaml
from kept_answers import kept

from answers.grader import catalog

PROMISES = yaml.safe_load(Path(__file__).with_name("promises.yaml").read_text("utf-8"))
SECTION = re.compile(r"^(Args|Returns|Raises|Source|Example|How):\n", re.MULTILINE)
# Raises is what is asked "if you have time"; an example is run by `answers check`.
UNREAD = "Raises", "Source", "Example", "How"
# How many sentences no case breaks: a number that may get smaller.
UNBROKEN = 52


def sentences(docstring):
    """The sentences of a docstring, of four words or more: the rest names an argument."""
    first, *rest = SECTION.split(inspect.cleandoc(docstring))
    sections = [("", first), *zip(rest[::2], rest[1::2], strict=True)]
    found = []
    for title, body in sections:
        text = inspect.cleandoc(f"\n{body}") if title else body
        for paragraph in re.split(r"\n\n|\n(?=\w+: )", text) if title not in UNREAD else ():
            words = " ".join(paragraph.split())
            words = re.sub(r"^\w+: ", "", words) if title == "Args" else words
            found += re.split(r"(?<=\.)\s+", words)
    return [sentence for sentence in found if len(sentence.split()) > 3]


@pytest.mark.parametrize("name", PROMISES)
def test_each_sentence_of_a_stub_has_a_program_that_breaks_it_or_is_listed_without(name):
    exercise, listed = catalog.load(name), PROMISES[name]
    programs = {*exercise.bugs, *kept(name)[1]}
    for sentence in sentences(exercise.reference.__doc__):
        said = [start for start in listed if sentence.startswith(start)]
        assert said, (
            f"tests/grader/promises.yaml: add `{' '.join(sentence.split()[:4])}` to {name}, with a "
            f"program that breaks it, or with ~ if no case can"
        )
    for start, program in listed.items():
        assert any(s.startswith(start) for s in sentences(exercise.reference.__doc__)), (
            f"tests/grader/promises.yaml: no sentence of {name} begins with {start!r}"
        )
        assert program is None or program in programs, (
            f"tests/grader/promises.yaml: {name} knows no wrong program {program!r}"
        )


def test_few_sentences_are_broken_by_no_case():
    without = [start for each in PROMISES.values() for start in each if each[start] is None]
    assert len(without) == UNBROKEN, "fewer is better; set UNBROKEN"


def test_sentences_are_those_above_raises():
    found = sentences(
        """The mean of numbers.

        It is finite. So
        it must be.

        Args:
            x: Numbers. Any of them may be 0.
            y: Likewise, of the same shape.

        Raises:
            ValueError: There is no number at all.
        """
    )
    assert found == [
        "The mean of numbers.",
        "So it must be.",
        "Any of them may be 0.",
        "Likewise, of the same shape.",
    ]
