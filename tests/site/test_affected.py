"""`pytest --since` runs what depends on a change, and nothing else: of each kind one is changed."""

import json

import pytest
from house import python_in

CHANGES = {
    "answers/probability/bayes.py": ("    factors = ", "    # Changed.\n    factors = "),
    "answers/records/kv_cache_times.json": ('"machine": "', '"machine": "another '),
    "docs/figures/loss_simplex.svg": ("<svg ", "<svg  "),
    "docs/live/cell.js": ("// What the buttons", "// All that the buttons"),
    "docs/style/site.css": ("{", "{ "),
    "docs/questions/08-broadcasting.md": ("# Broadcasting", "# Broadcasting "),
    "answers/exercises/mcnemar.py": ("exercise.case(", "exercise.case( "),
    "tests/submissions/mcnemar.py": ("def ", "def  "),
}
# Of each: tests that must run, and tests that must not.
RUN = {
    "answers/probability/bayes.py": (
        ["test_bayes.py::", "20-bayes.md::", "test_docstrings.py::"],
        ["test_softmax.py", "18-kl-divergence.md", "test_verdicts.py", "[softmax"],
    ),
    "answers/records/kv_cache_times.json": (
        [
            "test_generated.py::test_what_is_committed_is_what_its_function_makes[docs/figures/time"
        ],
        ["test_kv_cache.py", "test_bayes.py", "[docs/figures/roofline.svg]"],
    ),
    "docs/figures/loss_simplex.svg": (
        ["makes[docs/figures/loss_simplex.svg]", "17-loss-bounds.md::"],
        ["[docs/figures/roofline.svg]", "test_loss_bounds.py", "20-bayes.md"],
    ),
    "docs/live/cell.js": (
        ["tests/browser/test_cells.py::", "tests/browser/test_every_cell.py::"],
        ["test_softmax.py", "docs/questions/", "test_exercises.py"],
    ),
    "docs/style/site.css": (
        ["tests/browser/test_every_page.py::"],
        ["test_softmax.py", "docs/questions/", "test_exercises.py"],
    ),
    "docs/questions/08-broadcasting.md": (
        ["docs/questions/08-broadcasting.md::", "test_pages.py::", "[docs/index.md]"],
        ["docs/questions/09-attention.md", "tests/networks/test_broadcasting.py"],
    ),
    "answers/exercises/mcnemar.py": (
        ["test_exercises.py::test_a_right_answer_written_differently_passes[mcnemar-"],
        ["[softmax", "tests/labels/test_metrics.py", "docs/questions/09-attention.md"],
    ),
    "tests/submissions/mcnemar.py": (
        ["test_exercises.py::test_a_right_answer_written_differently_passes[mcnemar-"],
        ["[softmax", "tests/labels/", "docs/questions/"],
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
    assert [part for part in wanted if not any(part in test for test in chosen)] == []
    assert [test for test in chosen if any(part in test for part in others)] == []
    assert len(chosen) < selection["all"] / 5
