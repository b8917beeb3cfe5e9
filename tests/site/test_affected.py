"""`pytest --since` runs what depends on a change, and nothing else: of each kind one is changed."""

import json

import pytest
from house import python_in

CHANGES = {
    "answers/probability/bayes.py": (
        "    factors = ",
        "    # Changed.\n    factors = ",
    ),
    "answers/records/kv_cache_times.json": ('"machine": "', '"machine": "another '),
    "docs/figures/loss_simplex.svg": ("<svg ", "<svg  "),
    "docs/live/cell.js": ("// What the buttons", "// All that the buttons"),
    "docs/style/site.css": ("{", "{ "),
    "docs/questions/08-broadcasting.md": ("# Broadcasting", "# Broadcasting "),
    "answers/exercises/mcnemar.py": ("exercise.case(", "exercise.case( "),
    "tests/submissions/mcnemar.py": ("def ", "def  "),
}
# Of each: tests that must run, and tests that must not, by the start of their names or their case.
RUN = {
    "answers/probability/bayes.py": (
        [
            "tests/probability/test_bayes.py",
            "docs/questions/20",
            "tests/test_docstrings.py",
        ],
        [
            "tests/probability/test_softmax.py",
            "docs/questions/18",
            "[softmax",
            "[attend",
        ],
    ),
    "answers/records/kv_cache_times.json": (
        ["[docs/figures/time_per_token.svg]"],
        [
            "tests/transformers",
            "tests/practice/test_exercises.py",
            "[docs/figures/roofline.svg]",
        ],
    ),
    "docs/figures/loss_simplex.svg": (
        ["[docs/figures/loss_simplex.svg]", "docs/questions/17"],
        ["[docs/figures/roofline.svg]", "tests/probability", "docs/questions/20"],
    ),
    "docs/live/cell.js": (
        ["tests/browser/test_cells.py", "tests/browser/test_every_cell.py"],
        ["tests/probability", "docs/questions", "tests/practice"],
    ),
    "docs/style/site.css": (
        ["tests/browser/test_every_page.py"],
        ["tests/probability", "docs/questions", "tests/practice"],
    ),
    "docs/questions/08-broadcasting.md": (
        ["docs/questions/08", "tests/site/test_pages.py", "[docs/index.md]"],
        ["docs/questions/09", "[docs/questions/09-attention.md]", "tests/networks"],
    ),
    "answers/exercises/mcnemar.py": (
        ["tests/practice/test_exercises.py", "[mcnemar", "[docs/practice.md]"],
        ["[softmax", "tests/labels/test_metrics.py", "docs/questions/09"],
    ),
    "tests/submissions/mcnemar.py": (
        ["tests/practice/test_exercises.py", "[mcnemar"],
        ["[softmax", "tests/labels", "docs/questions"],
    ),
}

# Collects once, then changes one file after the other and asks which tests that concerns.
SCRIPT = """
import json, pathlib, sys, pytest
class Keep:
    def pytest_collection_finish(self, session): self.items = session.items
pytest.main(["--collect-only", "-qq", "-n0", "-p", "no:cacheprovider"], plugins=[keep := Keep()])
from answers.site.affected import Affected
chosen = {}
for name, (old, new) in json.loads(sys.argv[1]).items():
    path = pathlib.Path(name)
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")
    concerns = Affected("HEAD").concerns_test
    chosen[name] = [item.nodeid for item in keep.items if concerns(item)]
    path.write_text(text, "utf-8")
print("\\n" + json.dumps({"all": len(keep.items), "chosen": chosen}))
"""


@pytest.fixture(scope="module")
def selection(copied_house):
    done = python_in(copied_house, "-c", SCRIPT, json.dumps(CHANGES))
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("changed", CHANGES)
def test_what_depends_on_a_change_runs_and_nothing_else(changed, selection):
    chosen = selection["chosen"][changed]
    wanted, others = RUN[changed]

    def named(part):
        return [
            test
            for test in chosen
            if test.startswith(part) or (part[0] == "[" and part in test)
        ]

    assert [part for part in wanted if not named(part)] == []
    assert [test for part in others for test in named(part)] == []
    assert len(chosen) < selection["all"] / 5
