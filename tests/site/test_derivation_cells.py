"""A formula stands above the cell that derives it, which is folded; other cells stay."""

import re

from answers.proof.fences import renderer

CELL = '```{ .python .live }\nprint("<b>")\n```\n'
FORMULA = "```math\nx^2\n```\n"
TEXT = "``` { .text .output }\n<b>\n```\n"
PARTS = re.compile(r'class="(derivation|[\w -]*highlight|equation)"')


def parts(markdown: str) -> list[str]:
    return PARTS.findall(renderer().reset().convert(markdown))


def test_the_cell_is_folded_below_its_formula():
    folded = ["equation", "derivation", "language-python live highlight"]
    assert parts(f"{CELL}\n{FORMULA}") == folded
    assert parts(f"{CELL}\n{FORMULA}\n{CELL}\n{FORMULA}") == 2 * folded
    inside = "".join(f"    {line}\n" for line in f"{CELL}\n{FORMULA}".split("\n"))
    assert parts(f'??? example "More"\n\n{inside}') == folded


def test_a_cell_that_prints_text_and_a_formula_of_the_page_stay():
    assert parts(f"{CELL}\n{TEXT}\n{FORMULA}") == [
        "language-python live highlight",
        "language-text output highlight",
        "equation",
    ]
    assert parts(f"{CELL}\nWords.\n\n{FORMULA}")[-1] == "equation"
