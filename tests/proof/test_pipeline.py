"""What must turn the run red does, and says where; `pytest --update` mends what it may.

A small project with the site's own settings is tested by its own pytest: once as it should be,
once with every mutation, twice with `--update`.
"""

import os
import shutil
import subprocess
import sys

import pytest

from answers.pages import ROOT

KEPT = [
    "answers/__init__.py",
    "answers/inputs",
    "answers/extras.py",
    "answers/files.py",
    "answers/pages.py",
    "answers/handout",
    "answers/grader",
    "answers/exercises/__init__.py",
    "answers/labels/__init__.py",
    "answers/explorers/__init__.py",
    "answers/explorers/chart.py",
    "answers/figures/__init__.py",
    "answers/records/__init__.py",
    "answers/proof",
    "answers/site",
    "answers/cards",
    "answers/transformers/weights/gpt.npz",  # which cells of a page may read
    "conftest.py",
    "mkdocs.yml",
    "pyproject.toml",
    "docs/.theme",
    "docs/live/cell_buttons.js",
    "docs/live/config.json",
    "docs/live/needs.py",
    "docs/live/worker.py",
    "docs/offline.js",
    "docs/style",
    "docs/vendor",
    "tests/question-bank.md",
    "tests/proof/test_pages.py",
    "tests/site/test_figures.py",
    "tests/proof/test_generated.py",
]
# What the real project generates, and this one has not.
PYTEST = ["pytest", "-n0", "-k", "not (broken_gpt or label_repairs)"]

MODULE = """\
import numpy as np
from jaxtyping import Real
from numpy import ndarray

FACTOR = 2


# --8<-- [start:double]
def double(x: Real[ndarray, " n"]) -> Real[ndarray, " n"]:
    if x.sum() < 0:
        raise ValueError("`x` is negative")
    return FACTOR * np.asarray(x)


# --8<-- [end:double]


def table():
    return "| a |\\n|---|\\n| 1 |"
"""

DERIVATION = """\
import sympy as sp

z = sp.Symbol("z")
square = z**2
"""

FIGURE = '''\
import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def slope() -> Figure:
    """A line.

    It rises.
    """
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    return figure
'''

QUESTION = """\
---
title: Toy
description: A page as small as a page can be, which the tests of the pipeline change.
number: 18
topic: Toys
level: core
reading: 1
practice: []
modules: [labels.toy]
exercises: []
tags: [toy]
---

# Toy

!!! question "As it is asked"

    Given two simple distributions $p$ and $q$ over a discrete set, how do you compute the KL
    divergence $D_{KL}(p\\|q)$? For example, if $p = [0.5,0.5]$ and $q=[0.8,0.2]$, calculate
    $D_{KL}(p\\|q)$.

## In thirty seconds

[Below](#what-goes-wrong).

## The answer

```python title="answers/labels/toy.py"
--8<-- "answers/labels/toy.py:double"
```

!!! note "A tab in a note"

    === "NumPy"

        ``` { .python .live hl_lines="1" }
        print(double(np.arange(2.0)))

        print()
        print("empty lines stay")
        ```

        <!--pytest-codeblocks:expected-output-->

        ``` { .text .output }
        [0. 2.]

        empty lines stay
        ```

```python
import sympy as sp
from answers.derivations.toy import square, z

print(sp.latex(square.diff(z)), end="")
```

<!--pytest-codeblocks:expected-output-->

```math
2 z
```

--8<-- "docs/figures/slope.svg"

## What goes wrong
## They will ask next

**Why?** It is asked.

## Score yourself

- **Weak**: a.
- **Solid**: b.
- **Strong**: c.

## Practise
## Sources
"""

# `np` above is the page's: the include does not bring it.
QUESTION = QUESTION.replace(
    "        print(double", "        import numpy as np\n\n        print(double"
)

HOME = """\
# Home

<!-- generated:answers.proof.index.topics -->

<div class="topic" markdown>

### Toys

- [Toy](questions/18-toy.md) <small>1\N{NO-BREAK SPACE}+\N{NO-BREAK SPACE}0</small>

</div>

<!-- /generated:answers.proof.index.topics -->
"""

OUTPUT = "<!--pytest-codeblocks:expected-output-->\n\n"

# What a page says from its third line on, and what the run then says. "@" is the page.
MUTATIONS = {
    "renamed_section": (
        '```python\n--8<-- "answers/labels/toy.py:twice"\n```',
        '@:4: --8<-- "answers/labels/toy.py:twice"\n'
        "SyntaxError: Snippet section 'twice' could not be",
    ),
    "removed_module": (
        '```python\n--8<-- "answers/gone.py:twice"\n```',
        '@:4: --8<-- "answers/gone.py:twice"\nSyntaxError: Snippet at path',
    ),
    "error_in_a_module": (
        "```python\nimport numpy as np\nfrom answers.labels.toy import double\n\n"
        "double(-np.ones(2))\n```",
        "@:7: double(-np.ones(2))\n"
        'answers/labels/toy.py:11: raise ValueError("`x` is negative")\n'
        "ValueError: `x` is negative",
    ),
    "error_in_an_include": (
        '```python\nimport numpy as np\n--8<-- "answers/labels/toy.py:double"\n'
        "double(-np.ones(2))\n```",
        "@:6: double(-np.ones(2))\n"
        'answers/labels/toy.py:11: raise ValueError("`x` is negative")\n'
        "ValueError: `x` is negative",
    ),
    "wrong_shape": (
        '```python\nimport numpy as np\n--8<-- "answers/labels/toy.py:double"\n'
        "double(np.eye(2))\n```",
        "@:6: double(np.eye(2))\nTypeCheckError: ",
    ),
    "stale_output": (
        f"```python\nprint(1)\nprint(2)\n```\n\n{OUTPUT}```text\n1\n3\n```",
        "@:12: the page shows (-) other than the fence at line 3 prints (+); "
        "`pytest --update` rewrites it\n  1\n- 3\n+ 2",
    ),
    "missing_last_line": (
        f"```python\nprint(1)\nprint(2)\n```\n\n{OUTPUT}```text\n1\n```",
        "@:12: the page shows (-) other than",
    ),
    "assertion_in_a_tab": (
        '=== "One"\n\n    ```python\n    assert True\n\n    assert 1 == 2\n    ```',
        "@:8: assert 1 == 2\nAssertionError: ",
    ),
    "syntax_error": (
        "```python\nx = 1\ny = = 2\n```",
        "@:5: y = = 2\nSyntaxError: invalid syntax",
    ),
    "exit": ("```python\nimport sys\nsys.exit()\n```", "@:5: sys.exit()\nSystemExit: "),
    "skip": (
        '```python\nimport pytest\npytest.skip("later")\n```',
        '@:5: pytest.skip("later")\nSkipped: later',
    ),
    "after_a_failure": (
        "```python\nx = 1 / 0\n```\n\n```python\nprint(x)\n```",
        "@:8: print(x)\nNameError: name 'x' is not defined\n(above it failed: line 3)",
    ),
    "tilde": ("~~~python\nassert False\n~~~", "@:3: open a fence with ```"),
    "quoted": ("> ```python\n> assert False\n> ```", "@:3: open a fence with ```"),
    "in_a_list": ("- ```python\n  assert False\n  ```", "@:3: open a fence with ```"),
    "py": (
        "```py\nassert False\n```",
        "@:4: shown (as `py`), but neither run nor compared",
    ),
    "pycon": (
        "```pycon\n>>> 1\n```",
        "@:4: shown (as `pycon`), but neither run nor compared",
    ),
    "bare": (
        "```\nimport numpy\n```",
        "@:4: shown (as `text`), but neither run nor compared",
    ),
    "indented": (
        "    import numpy",
        "@:3: shown (as `text`), but neither run nor compared",
    ),
    "html": (
        '<pre><code class="language-python">\nassert False\n</code></pre>',
        "@:4: shown (as `python`), but neither run nor compared",
    ),
    "hidden": (
        "<!--\n\n```python\nx = 41\n```\n\n-->",
        "@:6: run, but the site does not show it as Python",
    ),
    "unmarked_output": (
        "```python\nprint(1)\n```\n\n```text\n1\n```",
        "@:8: shown (as `text`), but neither run nor compared",
    ),
    "unmarked_formula": ("```math\nx\n```", "@:3: a formula that nothing printed"),
    "output_of_a_shell": (
        f"```bash\necho 1\n```\n\n{OUTPUT}```text\n2\n```",
        "@:3: an output belongs to `bash`, which nothing runs",
    ),
    "console_output": (
        "```console\n$ echo 1\n1\n```",
        "@:3: an output that nothing checks",
    ),
    "skip_mark": (
        "<!--pytest.mark.skip-->\n\n```python\nassert False\n```",
        "@:3: the only directive in use is",
    ),
    "skip_directive": (
        "<!--pytest-codeblocks:skip-->\n\n```python\nassert False\n```",
        "@:3: the only directive in use is",
    ),
    "open_end": ("```python\nassert False\n", "@: Hit end-of-file prematurely"),
    "bad_formula": (
        "Text.\n\nAn $\\alpah$.",
        "@:5: cannot typeset the formula \\alpah",
    ),
    "bad_printed_formula": (
        f'```python\nprint(r"\\alpah")\n```\n\n{OUTPUT}```math\n\\alpah\n```',
        "@:4: cannot typeset the formula \\alpah",
    ),
    "unknown_function": (
        "<!-- generated:answers.site.nothing -->\n<!-- /generated:answers.site.nothing -->",
        "<!-- generated:answers.site.nothing -->: module",
    ),
    "open_marker": (
        "<!-- generated:answers.proof.index.topics -->",
        "<!-- generated:answers.proof.index.topics -->: a generated part stands between",
    ),
    "stale_table": (
        "<!-- generated:answers.labels.toy.table -->\n<!-- /generated:answers.labels.toy.table -->",
        "@ is stale; `pytest --update` rewrites it",
    ),
}


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run(folder, *command):
    """Exit status and output of a command of its own Python in `folder`."""
    # What measures or configures the outer run is none of the inner one's business.
    environment = {
        key: value
        for key, value in os.environ.items()
        if "COV" not in key and key != "PYTEST_ADDOPTS"
    }
    environment |= {
        "COLUMNS": "200",
        "PYTHONPATH": str(folder),
        "NO_MKDOCS_2_WARNING": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout


def pages_of(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for kind in ("md", "svg")
        for path in [*folder.glob(f"docs/**/*.{kind}"), *folder.glob(f"*.{kind}")]
        if "vendor" not in path.parts
    }


@pytest.fixture(scope="module")
def tested(tmp_path_factory):
    """The small project, its figure drawn and all its tests green, and what the run says."""
    folder = tmp_path_factory.mktemp("project")
    for name in KEPT:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    write(
        folder,
        {
            "answers/labels/toy.py": MODULE,
            "answers/derivations/toy.py": DERIVATION,
            "answers/figures/toy.py": FIGURE,
            "docs/index.md": HOME,
            "docs/figures/slope.svg": "",
            "docs/questions/18-toy.md": QUESTION,
            "README.md": "# Toy\n\n```bash\nexit 1  # pytest runs no shell\n```\n",
        },
    )
    status, said = run(folder, *PYTEST, "--update")
    assert status == 0, said
    return folder, said


@pytest.fixture(scope="module")
def project(tested):
    return tested[0]


@pytest.fixture(scope="module")
def mutated(project, tmp_path_factory):
    """What the run says of the small project with every mutation."""
    folder = tmp_path_factory.mktemp("mutated") / "project"
    shutil.copytree(project, folder)
    write(
        folder,
        {
            "answers/labels/toy.py": MODULE.replace("FACTOR = 2", "FACTOR = 3"),
            "answers/derivations/toy.py": DERIVATION.replace("z**2", "z**3"),
            "answers/figures/toy.py": FIGURE.replace("[1, 2, 3]", "[1, 2, 4]"),
            "docs/questions/08-no-key.md": QUESTION.replace("number: 18", "number: 8").replace(
                "level: core\n", ""
            ),
            "docs/questions/09-other-words.md": QUESTION.replace("number: 18", "number: 9"),
            "docs/figures/by_hand.svg": "<figure></figure>",
            **{f"docs/{name}.md": f"# {name}\n\n{text}\n" for name, (text, _) in MUTATIONS.items()},
        },
    )
    status, said = run(folder, *PYTEST)
    assert status == 1
    return said


def test_the_project_passes_its_tests_before_it_is_changed(tested):
    assert "3 snippets ran in " in tested[1]


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_found_and_its_place_is_named(name, mutated):
    assert MUTATIONS[name][1].replace("@", f"docs/{name}.md") in mutated


@pytest.mark.parametrize(
    "said",
    [
        # A line of the library, of a derivation, of a figure.
        "docs/questions/18-toy.md:48: the page shows (-) other than the fence at line 36",
        "docs/questions/18-toy.md:63: the page shows (-) other than the fence at line 53",
        "docs/figures/slope.svg is stale",
        "by_hand",
        "08-no-key.md: the front matter lacks `level`",
        "test_a_page_quotes_its_question_word_for_word[docs/questions/09-other-words.md]",
    ],
)
def test_a_change_elsewhere_is_found_on_the_page(said, mutated):
    assert said in mutated


def test_a_dead_anchor_stops_the_build(project, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    status, said = run(folder, "mkdocs", "build", "--strict")
    assert status == 0, said
    write(folder, {"docs/dead.md": "# Dead\n\n[x](questions/18-toy.md#nowhere)\n"})
    status, said = run(folder, "mkdocs", "build", "--strict")
    assert status == 1
    assert "'dead.md' contains a link 'questions/18-toy.md#nowhere'" in said


def test_update_writes_all_that_is_missing_and_then_nothing(project, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    right = pages_of(folder)
    raising = f"# R\n\n```python\nprint(1)\n1 / 0\n```\n\n{OUTPUT}```text\nold\n```\n"
    write(
        folder,
        {
            "docs/index.md": HOME[: HOME.index("###")] + HOME[HOME.index("<!-- /gen") :],
            "docs/figures/slope.svg": "",
            "docs/questions/18-toy.md": QUESTION.replace(
                "        [0. 2.]\n\n        empty lines stay\n", ""
            ).replace("2 z\n", "stale\n\nlines\n"),
            "docs/raising.md": raising,
        },
    )
    for _ in range(2):
        status, said = run(folder, *PYTEST, "--update")
        assert status == 1
        assert "docs/raising.md:5: 1 / 0\nZeroDivisionError: division by zero" in said
        assert "1 failed" in said
        assert pages_of(folder) == {**right, "docs/raising.md": raising}
