"""How the Python of a page runs: in order, in one namespace, from a fresh start."""

import numpy as np
import pytest
import torch

from answers.pages import ROOT
from answers.proof import fences, session
from answers.proof.checks import checks
from answers.proof.fences import in_place, put_outputs, python_fences
from answers.proof.session import Session, start_afresh, with_outputs

OUTPUT = "<!--pytest-codeblocks:expected-output-->"


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Writes a page of the given Markdown and returns it."""
    monkeypatch.setattr(fences, "ROOT", tmp_path)
    monkeypatch.setattr(session, "ROOT", tmp_path)

    def write(text):
        path = tmp_path / "page.md"
        path.write_text(text)
        return path

    return write


def run(path):
    ran = Session(python_fences(path))
    return [ran.run(n).printed for n in range(len(ran.fences))]


def test_a_fence_knows_what_those_above_it_define(page):
    path = page("```python\nx = 1\n```\n\n```python\nprint(x)\n```\n")
    assert run(path) == ["", "1\n"]
    assert run(path) == ["", "1\n"]


def test_a_fence_run_alone_runs_those_above_it_first_and_none_below(page):
    path = page("```python\nx = 1\n```\n\n```python\nprint(x)\n```\n\n```python\nx = 2\n```\n")
    alone = Session(python_fences(path))
    assert alone.run(1).printed == "1\n"
    assert len(alone.outcomes) == 2


def test_a_fence_runs_once_however_often_it_is_asked_for(page):
    ran = Session(python_fences(page("```python\nx = []\n```\n\n```python\nx += [1]\n```\n")))
    ran.run(1)
    ran.run(1)
    assert ran.namespace["x"] == [1]


def test_a_failure_below_names_the_failure_above(page):
    ran = Session(python_fences(page("```python\nx = y\n```\n\n```python\nprint(x)\n```\n")))
    assert ran.complaint(0).startswith("page.md:2: x = y\nNameError")
    assert ran.complaint(1) == (
        "page.md:6: print(x)\nNameError: name 'x' is not defined\n(above it failed: line 1)"
    )


def test_an_output_is_compared_to_the_letter(page):
    shown = f"```python\nprint(1)\nprint(2)\n```\n\n{OUTPUT}\n\n```text\n1\n%s\n```\n"
    assert Session(python_fences(page(shown % "2"))).complaint(0) is None
    assert Session(python_fences(page(shown % "2 "))).complaint(0).splitlines()[:3] == [
        "page.md:10: the page shows (-) other than the fence at line 1 prints (+); "
        "`pytest --update` rewrites it",
        "  1",
        "- 2 ",
    ]


def test_ctrl_c_stops_the_run(page):
    with pytest.raises(KeyboardInterrupt):
        run(page("```python\nraise KeyboardInterrupt\n```\n"))


def test_a_page_is_the_main_module(page):
    code = "from dataclasses import dataclass\n\n\n@dataclass\nclass A:\n    n: int\n\n\n"
    assert run(page(f"```python\n{code}print(A(1), A.__module__)\n```\n")) == ["A(n=1) __main__\n"]


def test_an_include_enforces_its_annotations_and_defines_its_names(page, monkeypatch):
    monkeypatch.undo()  # sections of the real project
    path = page(
        '```python\n--8<-- "answers/probability/softmax.py:softmax"\n```\n\n'
        "```python\ntry:\n    softmax([1.0])\nexcept TypeError as error:\n    print(error)\n```\n"
    )
    assert "answers.probability.softmax.softmax: `x` is a list" in run(path)[1]


def test_only_what_an_include_defines_enters_the_page(page, monkeypatch):
    monkeypatch.undo()
    ran = Session(
        python_fences(page('```python\n--8<-- "answers/probability/softmax.py:softmax"\n```\n'))
    )
    assert ran.run(0).error is None
    assert "softmax" in ran.namespace
    assert "np" not in ran.namespace


def test_a_class_that_is_included_is_the_one_that_its_module_uses(page, monkeypatch):
    monkeypatch.undo()
    path = page(
        '```python\n--8<-- "answers/networks/computation_graph.py:node"\n```\n\n'
        "```python\nimport answers.networks.computation_graph as m\nprint(Node is m.Node)\n```\n"
    )
    assert run(path)[1] == "True\n"


@pytest.mark.parametrize(
    "target", ["answers/probability/softmax.py:sofmax", "answers/sofmax.py:softmax"]
)
def test_what_an_include_does_not_find_is_told_with_its_line(target, page, monkeypatch):
    path = page(f'```python\nx = 1\n--8<-- "{target}"\n```\n')
    monkeypatch.setattr(fences, "ROOT", ROOT)
    said = Session(python_fences(path)).complaint(0)
    assert said.startswith(f'page.md:3: --8<-- "{target}"\nSyntaxError: Snippet ')


def test_includes_by_numbers_of_lines_are_refused(page):
    ran = Session(
        python_fences(page('```python\n--8<-- "answers/probability/softmax.py:3:9"\n```\n'))
    )
    assert ran.complaint(0) == (
        'page.md:2: --8<-- "answers/probability/softmax.py:3:9"\n'
        'SyntaxError: include a section by its name: --8<-- "answers/x.py:name"'
    )


def test_lines_of_an_include_keep_their_numbers_past_markers_inside_it():
    lines = ["x = 1", "# --8<-- [start:a]", "x = 1", "# --8<-- [start:b]", "", "y = x"]
    assert in_place(["x = 1", "", "y = x"], lines, "a").splitlines() == [
        "",
        "",
        *lines[2:3],
        "",
        "",
        "y = x",
    ]


def test_a_page_starts_afresh():
    seen = []
    for _ in range(2):
        start_afresh()
        seen.append((np.random.rand(), torch.rand(1).item()))
        assert f"{np.array([1 / 3])} {np.geterr()['over']}" == "[0.33333333] warn"
        assert str(torch.tensor([1 / 3])) == "tensor([0.3333])"
        np.set_printoptions(precision=2)
        np.seterr(over="raise")
        torch.set_printoptions(precision=2)
        torch.set_default_dtype(torch.float64)
    start_afresh()
    # A page that relies on a global seed is stale at once, not by chance.
    assert len({value for pair in seen for value in pair}) == 4


@pytest.mark.parametrize("indent", ["", "    "])
def test_update_replaces_an_output_and_nothing_else(page, indent):
    lines = [
        "```python",
        'print("a\\n\\nb")',
        "```",
        "",
        OUTPUT,
        "",
        "```text",
        "%s",
        "```",
        "End",
    ]
    text = "\n".join(indent + line if line else "" for line in lines)
    path = page(text % "old")
    new = put_outputs(path.read_text(), python_fences(path), {0: "a\n\nb\n"})
    assert new == text % f"a\n\n{indent}b"
    assert python_fences(path, new)[0].output == "a\n\nb\n"


def test_a_page_is_shown_with_what_its_fences_print_but_for_those_that_raise(page):
    shown = "```python\n{}\n```\n\n" + OUTPUT + "\n\n```text\n{}\n```\n"
    old = shown.format("print(1)", "old") + shown.format("print(2)\n1 / 0", "old")
    new = shown.format("print(1)", "1") + shown.format("print(2)\n1 / 0", "old")
    # Of a text that the file does not hold yet, with other lines above.
    assert with_outputs(page(old), f"\n\n{old}") == f"\n\n{new}"


def test_an_output_that_would_end_its_own_fence_is_refused(page):
    path = page(f"```python\nprint(1)\n```\n\n{OUTPUT}\n\n```text\n```\n")
    with pytest.raises(ValueError, match=r"page\.md:7: this output holds"):
        put_outputs(path.read_text(), python_fences(path), {0: "```\n"})


def test_a_check_may_ask_what_the_page_prints(page):
    path = page(
        f"So 0.3.\n<!-- holds printed('0.34', '34%') -->\n<!-- holds printed('0.35') -->\n\n"
        f"```python\nprint(0.342)\n```\n\n{OUTPUT}\n\n```text\n0.342\n```\n"
    )
    right, wrong = checks(path)
    ran = Session(python_fences(path))
    assert ran.refutation(right) is None
    assert ran.refutation(wrong) == "page.md:3: RefutedError: printed('0.35')"


def test_a_check_does_not_see_what_stands_below_it_whatever_ran_first(page):
    path = page(
        "```python\nx = 1\n```\n\nOne.\n<!-- holds x == 1 -->\n\n```python\nx = 2\n```\n\n"
        "Two.\n<!-- holds x == 2 -->\n"
    )
    first, second = checks(path)
    ran = Session(python_fences(path))
    assert ran.refutation(second) is None
    assert ran.refutation(first) is None
    assert ran.refutation(second) is None


def test_what_a_check_imports_all_checks_know(page):
    path = page(
        "Seven.\n<!-- holds gcd(7, 14) == 7 -->\n\n```python\nsqrt = 0\n```\n\n"
        "None.\n<!-- holds\nfrom math import gcd, sqrt\nsqrt(4) == 2\n-->\n\n"
        "Zero.\n<!-- holds sqrt == 0 -->\n"
    )
    ran = Session(python_fences(path))
    assert [ran.refutation(check) for check in checks(path)] == [None, None, None]
