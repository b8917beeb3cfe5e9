"""Exercises on the pages: where they stand, what is shown of them, how they are judged."""

import json
import re
import sys

import numpy as np
import pytest
from pymdownx.superfences import SuperFencesException

from answers.grader import browser_judge, catalog, judge
from answers.grader.report import Report
from answers.naming import programs
from answers.pages import ROOT, pages
from answers.site import bundle, exercise_fence, modules

NAMES = catalog.names()
IN_PAGE = [n for n in NAMES if modules.runs_here(n)]
FENCE = re.compile(r"^```exercise\n((?:\w+\n)+)```$", re.MULTILINE)
PRACTISE = re.compile(r"^## Practise\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def passed(name):
    """What is told of a right answer."""
    cases = tuple(trial.name for trial in catalog.load(name).trials)
    return Report(cases=cases).to_dict() | {"spoilt": False}


@pytest.mark.parametrize("question", pages(), ids=lambda page: page.path.stem)
def test_every_exercise_of_a_page_stands_under_practise(question):
    found = FENCE.findall(question.text)
    names = ", ".join(question.exercises)
    assert [each.split() for each in found] == [question.exercises], (
        f"docs/questions/{question.path.name}: list its exercises, as in the front matter, in one "
        f"fence ```exercise under `## Practise`: {names}"
    )
    assert found[0] in PRACTISE.search(question.text)[1], (
        f"docs/questions/{question.path.name}: put the fence of exercises under `## Practise`"
    )


def test_every_exercise_stands_on_the_page_of_all_exercises():
    text = (ROOT / "docs/practice.md").read_text(encoding="utf-8")
    stand = [name for fence in FENCE.findall(text) for name in fence.split()]
    assert sorted(stand) == NAMES


def test_an_exercise_that_does_not_exist_stops_the_build():
    with pytest.raises(SuperFencesException, match="no exercise is called sofmax"):
        exercise_fence.fence("softmax\nsofmax\n")


@pytest.mark.parametrize("name", NAMES)
def test_without_javascript_there_is_the_task_and_the_command(name):
    html = exercise_fence.fence(f"{name}\n", "exercise", "exercise", {}, None)
    assert f"<code>answers start {name}</code>" in html
    assert f"<code>answers check {name}</code>" in html
    text = re.sub("<.*?>", "", html)
    assert catalog.load(name).summary.replace("`", "") in text
    assert "`" not in text


def test_an_exercise_that_needs_pytorch_is_for_the_command_line(monkeypatch):
    monkeypatch.setattr(modules, "runs_in_browser", lambda module: not module.endswith(".softmax"))
    entry = bundle.exercise("softmax")
    assert entry.keys() == {"page", "summary"}
    html = exercise_fence.exercise_html("softmax", entry)
    assert "data-exercise" not in html
    assert "It needs PyTorch" in html
    assert "<code>answers start softmax</code>" in html
    assert bundle.exercise("affine").keys() > entry.keys()


@pytest.mark.parametrize("name", IN_PAGE)
def test_the_file_to_start_from_speaks_of_the_page(name):
    stub = bundle.exercise(name)["stub"]
    assert "then press Check." in stub
    assert "answers check" not in stub


@pytest.mark.parametrize("name", IN_PAGE)
def test_the_judge_of_a_page_says_what_the_judge_of_a_file_says(name, tmp_path):
    exercise, entry = catalog.load(name), bundle.exercise(name)
    path = tmp_path / f"{name}.py"
    for code, written in (("solution", exercise.solution()), ("stub", exercise.stub())):
        path.write_text(written, encoding="utf-8")
        with browser_judge.no_traces():
            report = judge.judge(exercise, path)
        assert report.passed == (code == "solution")
        told = browser_judge.check(name, entry[code])
        assert told == report.to_dict() | {"spoilt": False}
        assert json.loads(json.dumps(told))


HEAD = "import numpy as np\n\n\ndef softmax(x, axis=-1):\n"


@pytest.mark.parametrize(
    ("text", "case", "said"),
    [
        ("", "importing", "it is empty; define the function `softmax` in it"),
        ("def softmax(x:\n    x", "importing", "line 1 is not valid Python: '('"),
        ("x = 1\nimport np\n", "importing", "line 2, `import np`, raised ModuleNotF"),
        ("x = input()\n", "importing", "raised EOFError: nobody types here; take what"),
        ("raise SystemExit\n", "importing", "raised SystemExit, which ends the program"),
        ("def softmx(x, axis=-1):\n    x", "importing", "did you mean `softmx`? Rename"),
        ("\ud800", "importing", "it is not text in UTF-8"),
        (f"{HEAD}    return input()", "a vector", "raised EOFError: nobody types here;"),
        (f"{HEAD}    exit()", "a vector", "it raised SystemExit"),
        (f"{HEAD}    return softmax(x, axis)", "a vector", "RecursionError: maximum recursion"),
        (f"{HEAD}    return np.ones(10**15)", "a vector", "Error: Unable to allocate"),
        (f"{HEAD}    return x[99]", "a vector", "in line 5 of your code: `return x[99]`"),
    ],
)  # fmt: skip
def test_whatever_is_written_gets_a_verdict_with_its_line(text, case, said):
    (failure,) = browser_judge.check("softmax", text)["failures"]
    assert failure["case"].startswith(case)
    assert said in failure["message"]


def test_a_known_mistake_is_named():
    told = browser_judge.check(
        "softmax",
        f"{HEAD}    p = np.exp(x - x.max())\n    return p / p.sum(axis=axis, keepdims=True)\n",
    )
    assert told["bug"] == "global_maximum"
    assert told["diagnosis"] == catalog.load("softmax").bugs["global_maximum"].diagnosis
    assert told["failures"][0]["got"] == "nan"


def test_a_check_leaves_no_traces_for_the_next(capsys):
    right = bundle.exercise("softmax")["solution"]
    browser_judge.check("softmax", right)  # what is loaded when it is first needed
    before = sys.path[:], sys.stdin, sys.stdout, sys.getrecursionlimit()
    modules = set(sys.modules)
    told = browser_judge.check(
        "softmax",
        "import sys\nsys.setrecursionlimit(5000)\nsys.path.clear()\nsys.stdout = None\n",
    )
    assert "it defines no function `softmax`" in told["failures"][0]["message"]
    assert (sys.path, sys.stdin, sys.stdout, sys.getrecursionlimit()) == before
    assert set(sys.modules) == modules
    assert browser_judge.check("softmax", right) == passed("softmax")


def test_a_text_that_replaces_what_checks_rely_on_asks_for_a_new_start(monkeypatch, request):
    catalog.naming()  # or modules that keep `np.exp` would keep another one
    monkeypatch.setattr(np, "exp", np.exp)  # to put it back
    # What other programs answer while it is replaced is forgotten.
    request.addfinalizer(programs.answer_of.cache_clear)
    programs.answer_of.cache_clear()
    told = browser_judge.check("softmax", f"{HEAD}    return x\n\n\nnp.exp = np.log\n")
    assert told["spoilt"]
    assert "replaces numpy.exp" in told["failures"][0]["message"]


@pytest.mark.parametrize(
    "line",
    [
        "catalog.load('softmax').trials.clear()",
        "catalog.load('entropy').trials.pop()",
        "catalog.load('softmax').trials.reverse()",
        "catalog.load('softmax').case('one more', np.ones(3))",
        "sys.modules['answers.exercises.softmax'].exercise.trials = []",
        "del sys.modules['answers.exercises.softmax']",
    ],
)
def test_a_text_that_changes_what_is_tried_asks_for_a_new_start(monkeypatch, line):
    # To put them back.
    for name in ("softmax", "entropy"):
        exercise, module = catalog.load(name), f"answers.exercises.{name}"
        monkeypatch.setattr(exercise, "trials", exercise.trials[:])
        monkeypatch.setitem(sys.modules, module, sys.modules[module])
    text = f"import sys\nfrom answers.grader import catalog\n{HEAD}    return x\n\n\n{line}\n"
    told = browser_judge.check("softmax", text)
    assert told["spoilt"]
    assert "on which the check relies" in told["failures"][0]["message"]


def test_preparing_loads_the_exercise():
    assert browser_judge.prepare("softmax") is None
    assert "answers.exercises.softmax" in sys.modules
