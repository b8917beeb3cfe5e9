"""What a function refuses unfolds below each listing of it, from the contract's own section."""

import re
from html import unescape

import pytest

from answers.grader import catalog
from answers.handout import source
from answers.pages import FENCE, ROOT, pages
from answers.proof.fences import renderer
from answers.site import bundle
from answers.site.refusals import FOLD, INCLUDE, has_contract

CODE_OF_FOLD = re.compile(
    r"<summary>What it refuses</summary>(?:(?!</details>).)*?<code>(.*?)</code>", re.S
)


def text(html):
    return unescape(re.sub("<[^>]*>", "", html))


def lines_of(code):
    """The lines that say something, whatever their indentation, without the marks of sections."""
    lines = (line.strip() for line in code.splitlines())
    return [line for line in lines if line and "--8<--" not in line]


def section(include):
    path, _, name = include.partition(":")
    inside = (ROOT / path).read_text("utf-8").partition(f"[start:{name}]\n")[2]
    return lines_of(inside.partition(f"# --8<-- [end:{name}]")[0])


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path.stem)
def test_each_listing_of_a_page_has_a_fold_with_its_contract(page):
    assert FOLD not in page.text, f"{page.path.name}: the fold comes by itself; delete this one"
    html = renderer().reset().convert(page.text)
    folds = [lines_of(text(code)) for code in CODE_OF_FOLD.findall(html)]
    listings = [INCLUDE.findall(fence[0]) for fence in FENCE.finditer(page.text)]
    contracts = [
        [line for each, _ in listing if has_contract(each) for line in section(f"{each}_refuses")]
        for listing in listings
    ]
    assert folds == [lines for lines in contracts if lines]
    assert all(folds)


def test_a_listing_in_a_fold_has_its_fold_inside():
    include = '    --8<-- "answers/networks/broadcasting.py:broadcast_shape"'
    page = f'??? example "Deeper"\n\n    ```python\n{include}\n    ```\n\nBelow.\n'
    html = renderer().reset().convert(page)
    (code,) = CODE_OF_FOLD.findall(html)
    assert "@refuses(" in text(code)
    before, outer = html.index(code), html.rindex("</details>")
    assert html.index("Deeper") < html.index("def</span>") < before < outer < html.index("Below.")
    # Of the inner fold, of the docstring and of the outer fold.
    assert html.count("<details") == html.count("</details>") == 3


def test_every_contract_that_a_page_can_include_stands_above_a_section_of_its_name():
    for path in ROOT.glob("answers/*/*.py"):
        source = path.read_text("utf-8")
        for name in re.findall(r"\[start:(\w+)_refuses\]", source):
            assert source.count(f"[end:{name}_refuses]") == 1, path
            assert f"[start:{name}]" in source, path


@pytest.mark.parametrize("name", ["kl_divergence", "beta_update", "affine", "softmax"])
def test_the_solution_of_a_page_comes_with_the_contract(name):
    reference = catalog.load(name).reference
    path = reference.__module__.replace(".", "/")
    shown = bundle.exercise(name)["refusals"].splitlines()
    lines = [line.removeprefix("#").strip() for line in shown if line != source.NOT_ASKED]
    assert [line for line in lines if line] == [
        f"In {name}:",
        *section(f"{path}.py:{name}_refuses"),
    ]
