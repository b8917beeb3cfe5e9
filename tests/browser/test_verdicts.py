"""The grader in the browser says what it says here, of each kind of program that is kept."""

import json
from pathlib import Path

import kept_answers
import pytest
import verdicts
from cells import SECONDS
from serving import ROOT
from weekly import weekly

from answers.grader import catalog
from answers.site import bundle
from answers.site.modules import runs_here

NAMES = [n for n in catalog.names() if runs_here(n)]
# A function, a file to be repaired, labels; others if they may have changed.
ALWAYS = ["softmax", "fix_the_layers", "roc_auc"]

# Where the words may differ, and why. The case, and the name of the bug, do not.
WORDS = {
    **dict.fromkeys(
        [("minhash", "bug products_in_their_own_type 3"), ("minhash", "wrong wide_too_late")],
        "Python's integers have 32 bits there, so that one more case overflows",
    ),
    ("affine", "wrong small_integers"): (
        "what a float becomes that is too large for a small integer is the processor's choice"
    ),
    **dict.fromkeys(
        [
            ("average_precision", "bug ties_one_by_one 2"),
            ("average_precision", "bug ties_one_by_one 3"),
            ("load_balancing_loss", "bug equal_logits_in_any_order 0"),
            ("load_balancing_loss", "bug equal_logits_in_any_order 1"),
            ("roc_auc", "bug ties_by_position 2"),
            *(("top_k_gating", f"bug equal_logits_in_any_order {n}") for n in range(6)),
            ("top_k_gating", "bug in_no_order 0"),
            ("top_k_gating", "wrong partitioned_and_sorted"),
        ],
        "the order of equal scores is the sort's choice",
    ),
    ("broadcast_shape", "wrong nothing_is_an_error"): (
        "Python's message for the `max` of nothing depends on its version"
    ),
    ("fix_the_layers", "wrong eps_in_the_logarithm"): (
        "what is 6e-10 where 0 is right is what is left of numbers that sums round otherwise there"
    ),
    **dict.fromkeys(
        [
            ("kmeans_plus_plus", "bug expanded_far_from_0 0"),
            ("kmeans_plus_plus", "wrong expanded"),
            ("lloyd", "bug expanded_far_from_0 0"),
            ("lloyd", "bug expanded_far_from_0 1"),
            ("whiten", "bug centred_last 0"),
        ],
        "what is left of large squares rounds otherwise there",
    ),
    **dict.fromkeys(
        [
            ("knn", "bug squares_in_float32 0"),
            ("knn", "bug squares_in_float32 1"),
            ("knn", "wrong expanded_in_float32"),
        ],
        "float32 sums round in another order there",
    ),
    ("multi_dot_backward", "bug divided_by_the_factor 0"): (
        "the inverse of a singular matrix is nan there, and no error"
    ),
    ("numerical_gradient", "wrong gradient_like_x"): "integers have 32 bits there",
    ("relu_backward", "wrong clipped_gradient"): (
        "what a bound of -1 is to bytes depends on NumPy's version"
    ),
    ("softmax", "wrong like_the_input"): "integers have 32 bits there",
    ("whiten", "bug empty_directions_dropped 1"): (
        "eigenvectors of directions without variance are LAPACK's choice"
    ),
    **dict.fromkeys(
        [
            ("train_bpe", "bug fails_when_no_pair_is_left 0"),
            ("train_bpe", "bug fails_when_no_pair_is_left 1"),
        ],
        "Python's message for the least or largest of nothing depends on its version",
    ),
}
# Where the name may differ, or the cases: long doubles that are no longer than doubles overflow as
# they do, Python's own integers become arrays of 32 bits there, what has no inverse gets nan,
# LAPACK chooses other signs, a sort or a partition another order, and sums round otherwise.
VERDICT = {
    ("minhash", "bug products_in_their_own_type 0"): ("products_in_their_own_type",),
    ("minhash", "wrong in_the_type_that_came"): ("products_in_their_own_type",),
    **dict.fromkeys(
        [
            ("knn", "bug equals_in_any_order 0"),
            ("knn", "bug equals_in_any_order 1"),
            ("knn", "bug equals_in_any_order 2"),
            ("knn", "wrong sorted_by_default"),
        ],
        ("equals_in_any_order",),
    ),
    ("knn", "bug partition_not_sorted 0"): ("partition_not_sorted",),
    **dict.fromkeys(
        [
            ("multi_dot_backward", "wrong by_the_inverse"),
            ("multi_dot_backward", "wrong what_follows_by_the_inverse"),
        ],
        ("not_finite", "divided_by_the_factor"),
    ),
    **dict.fromkeys(
        [
            ("pca", "bug signs_left_open 0"),
            ("pca", "bug signs_left_open 1"),
            ("pca", "wrong as_lapack_likes"),
        ],
        ("signs_left_open",),
    ),
    ("pca", "bug signs_of_columns 0"): ("signs_of_columns",),
    **dict.fromkeys(
        [
            ("pca", "bug signs_by_another_rule 0"),
            ("pca", "bug signs_by_another_rule 1"),
            ("pca", "wrong by_the_largest_score"),
            ("pca", "wrong all_turned_together"),
        ],
        ("signs_by_another_rule",),
    ),
    **dict.fromkeys(
        [
            ("power_iteration", "bug stopped_early 3"),
            ("power_iteration", "bug stopped_early 4"),
        ],
        ("stopped_early",),
    ),
    ("top_k_gating", "bug in_no_order 1"): ("in_no_order",),
    ("conv2d", "wrong in_the_type_of_products"): ("result_in_integers", "right_as_floats"),
    ("softmax", "wrong longer_floats"): ("not_finite", "no_maximum"),
    ("kl_gradients", "wrong in_the_type_of_the_logits"): ("right_as_floats",),
}

SEND = """async ([url, texts]) => {
  const { python } = await import(url + "/python.js")
  window.python = python
  const code = "import sys, types, answers, numpy\\nfrom answers.grader import browser_judge\\n" +
    `for name, text in ${JSON.stringify(texts)}:\\n` +
    "    module = sys.modules[name] = types.ModuleType(name)\\n    exec(text, vars(module))"
  return python.call("live_worker.run", ["test", "cell 1", code, null, false], { code })
}"""


@pytest.fixture(scope="module")
def worker(browser, live_site):
    """A page whose worker has the module `verdicts`, and what it imports."""
    page = browser.new_page()
    page.set_default_timeout(SECONDS * 1000)
    page.goto(live_site.url)
    modules = (kept_answers, verdicts)  # the second imports the first
    texts = [(m.__name__, Path(m.__file__).read_text("utf-8")) for m in modules]
    outcome = page.evaluate(SEND, [live_site.url + live_site.live.name, texts])
    assert outcome == {**outcome, "status": "done", "result": True}
    yield page
    page.close()


def told(report):
    """A verdict without its words."""
    failures = [failure["case"] for failure in report["failures"]]
    return failures, report["bug"], report["diagnosis"]


@pytest.mark.parametrize("name", weekly(NAMES, ALWAYS))
@pytest.mark.filterwarnings("ignore:All-NaN slice:RuntimeWarning")
def test_the_verdicts_in_the_browser_are_those_of_cpython(worker, name):
    kept = (ROOT / f"tests/submissions/{name}.py").read_text(encoding="utf-8")
    known = {program for n, program in [*WORDS, *VERDICT] if n == name}
    also = sorted(program.removeprefix("wrong ") for program in known)
    asked = [name, bundle.exercise(name)["stub"], kept, also]
    outcome = worker.evaluate("asked => python.call('verdicts.verdicts', asked)", asked)
    assert outcome["status"] == "done", outcome
    # Python's own integers become arrays of 32 bits there, and int32 needs no word.
    there, here = (
        json.loads(json.dumps(found).replace("(int32)", "(int64)").replace(" of int32", ""))
        for found in (outcome["result"], verdicts.verdicts(*asked))
    )
    # What bytes become that wrap around, and what is said of it, depends on NumPy's version.
    for report in (*there.values(), *here.values()):
        report["notes"] = [note["case"] for note in report["notes"]]
    assert there.keys() == here.keys()
    for program, report in there.items():
        if (name, program) in VERDICT:
            assert {report["bug"], here[program]["bug"]} <= {*VERDICT[name, program]}
        elif (name, program) in WORDS:
            assert told(report) == told(here[program]), program
        else:
            assert report == here[program], program
        kind, *rest = program.split()
        passes = kind == "right" or rest in (["solution"], ["reference"])
        # The solution has no contract: where ours refuses unasked, it is noted.
        noted = kind == "right" or rest == ["solution"]
        seen = report["failures"] + ([] if noted else report["notes"])
        assert (seen == []) == passes, program
        if kind == "bug":
            assert report["bug"] == rest[0]
    assert set(catalog.load(name).bugs) == {
        program.split()[1] for program in there if program.startswith("bug")
    }
    assert sum(program.startswith("right") for program in there) >= 2
    assert known <= there.keys()
