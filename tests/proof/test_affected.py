"""`pytest --since` runs what depends on a change, and nothing else: of each kind one is changed."""

import ast
import json
import subprocess
from types import SimpleNamespace

import pytest
from house import IDENTITY, python_in

from answers.labels.model_comparison import mcnemar
from answers.pages import ROOT, read
from answers.proof import affected, definitions, references
from answers.proof.affected import Affected
from answers.proof.definitions import REST, TEXT, WHOLE, WORD
from answers.proof.generated import Generated

CHANGES = {
    "answers/probability/bayes.py": (
        "    factors = ",
        "    # Changed.\n    factors = ",
    ),
    "answers/records/kv_cache_times.json": ('"machine": "', '"machine": "another '),
    "docs/figures/loss_simplex.svg": ("<svg ", "<svg  "),
    "docs/live/cell.js": ("// What the buttons", "// All that the buttons"),
    "docs/style/site.css": ("{", "{ "),
    "answers/site/policy.py": ("    return ", "    return  "),
    "docs/questions/08-broadcasting.md": ("# Broadcasting", "# Broadcasting "),
    "answers/exercises/mcnemar.py": ("exercise.case(", "exercise.case( "),
    "tests/submissions/mcnemar.py": ("def ", "def  "),
}
# For each changed file: tests that must run, and that must not, by the start of name or case.
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
            "tests/test_question_21.py",
            "tests/proof/test_pipeline.py",
            "tests/browser/test_study.py",
            "[softmax",
            "docs/questions/09",
        ],
    ),
    "answers/records/kv_cache_times.json": (
        ["[docs/figures/time_per_token.svg]"],
        [
            "tests/transformers",
            "tests/grader/test_exercises.py",
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
    "answers/site/policy.py": (
        ["tests/browser/test_attacks.py", "tests/browser/test_every_page.py"],
        ["tests/probability", "docs/questions", "tests/practice"],
    ),
    "docs/questions/08-broadcasting.md": (
        ["docs/questions/08", "tests/proof/test_pages.py", "[docs/index.md]"],
        ["docs/questions/09", "[docs/questions/09-attention.md]", "tests/networks"],
    ),
    "answers/exercises/mcnemar.py": (
        ["tests/grader/test_exercises.py", "[mcnemar", "[docs/mistakes.md]"],
        ["[softmax", "tests/labels/test_metrics.py", "docs/questions/09"],
    ),
    "tests/submissions/mcnemar.py": (
        ["tests/grader/test_exercises.py", "[mcnemar"],
        ["[softmax", "tests/labels", "docs/questions"],
    ),
}

# Collects once, then changes one file after the other and asks which tests that concerns.
SCRIPT = """
import json, pathlib, sys, pytest
class Keep:
    def pytest_collection_finish(self, session): self.items = session.items
options = ["--collect-only", "-qq", "-n0", "-p", "no:cacheprovider", "--assert=plain"]
pytest.main(options, plugins=[keep := Keep()])
from answers.proof.affected import Affected, changed
chosen = {}
for name, (old, new) in json.loads(sys.argv[1]).items():
    path = pathlib.Path(name)
    text = path.read_text("utf-8")
    path.write_text(text.replace(old, new, 1), "utf-8")
    concerns = Affected(changed("HEAD")).concerns_test
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
            test for test in chosen if test.startswith(part) or (part[0] == "[" and part in test)
        ]

    assert [part for part in wanted if not named(part)] == []
    assert [test for part in others for test in named(part)] == []
    assert len(chosen) < selection["all"] / 5


BAYES = "answers/probability/bayes.py"
# A test that loads the exercise of its case.
LOADS = "tests/grader/test_exercises.py", "test_the_reference_passes"


def item(path, name="test_x", **params):
    """A test as pytest has it."""
    fixture = SimpleNamespace(func=item)
    return SimpleNamespace(
        path=ROOT / path,
        originalname=name,
        callspec=SimpleNamespace(params=params),
        _fixtureinfo=SimpleNamespace(name2fixturedefs={"a_fixture": [fixture]}),
    )


def test_a_function_concerns_who_names_it_and_not_who_names_its_neighbour():
    concerns = Affected({(BAYES, "posterior_odds")}).concerns_test
    tests = "tests/probability/test_bayes.py"
    assert concerns(item(tests, "test_the_expected_posterior_is_the_prior")) is False
    assert concerns(item("docs/questions/20-bayes.md"))
    assert not concerns(item("docs/questions/18-kl-divergence.md"))
    odds = Affected({(BAYES, "log_posterior"), (BAYES, "posterior")})
    assert odds.concerns_test(item(tests, "test_the_expected_posterior_is_the_prior"))


@pytest.mark.parametrize(
    ("changed", "case"),
    [
        (("answers/exercises/mcnemar.py", REST), "mcnemar"),
        (("answers/labels/model_comparison.py", "mcnemar"), mcnemar),
        (
            ("answers/labels/model_comparison.py", "mcnemar"),
            "answers.labels.model_comparison",
        ),
        (("answers/derivations/kl.py", "bowl"), "kl.gibbs"),
        (("answers/figures/metrics.py", "hundredths"), "roc_and_precision_recall"),
        (("docs/figures/roofline.svg", TEXT), ROOT / "docs/figures/roofline.svg"),
        (
            ("docs/questions/20-bayes.md", TEXT),
            read(ROOT / "docs/questions/20-bayes.md"),
        ),
        (
            ("answers/figures/efficient_inference.py", "roofline"),
            Generated(ROOT / "docs/figures/roofline.svg", "answers.proof.generated.figure"),
        ),
        (
            ("answers/exercises/fix_the_gpt.py", REST),
            Generated(
                ROOT / "docs/labs/broken_gpt.py",
                "answers.proof.generated.file_to_repair",
            ),
        ),
    ],
)
def test_a_case_is_what_it_is_about(changed, case):
    concerns = Affected({changed}).concerns_test
    assert concerns(item(*LOADS, case=case))
    assert not concerns(item(*LOADS, case=3.0))


@pytest.mark.parametrize(
    ("changed", "path", "test"),
    [
        (
            ("answers/cli/exercises.py", "hint"),
            "tests/cli/test_commands.py",
            "test_hints_come_one_more_each_time",
        ),
        (
            ("answers/grader/judge.py", "main"),
            "tests/grader/test_process.py",
            "test_a_right_answer_passes",
        ),
    ],
)
def test_what_is_run_by_its_command_concerns_who_gives_it(changed, path, test):
    concerns = Affected({changed}).concerns_test
    assert concerns(item(path, test))
    assert not concerns(item("tests/probability/test_softmax.py"))


def test_what_one_command_needs_concerns_who_gives_that_command():
    """The command itself may change the help of all."""
    given = item("tests/cards/test_deck.py", "test_the_command_writes_it_or_says_why_not")
    other = item("tests/cli/test_commands.py", "test_progress_is_reset_only_after_a_yes")
    of_command = Affected({("answers/cli/deck.py", "deck")}).concerns_test
    of_need = Affected({("answers/cards/deck.py", "deck")}).concerns_test
    assert list(map(of_command, (given, other))) == [True, True]
    assert list(map(of_need, (given, other))) == [True, False]


def test_a_word_of_the_grader_names_no_exercise():
    concerns = Affected({("answers/exercises/softmax.py", REST)}).concerns_test
    assert concerns(item(*LOADS, case="softmax"))
    assert not concerns(item(*LOADS, case="affine"))


def test_hooks_of_pytest_and_fixtures_concern_their_tests():
    assert Affected({("conftest.py", "pytest_configure")}).concerns_test(item("tests/a.py"))
    own = ("tests/proof/test_affected.py", "item")
    assert Affected({own}).concerns_test(item("tests/a.py"))
    assert Affected({("conftest.py", "Snippet")}).concerns_test(item("README.md"))


def test_a_module_that_is_handed_on_may_be_asked_for_all_that_is_in_it():
    catalog, naming = "answers/grader/catalog.py", "answers/naming/diagnosis.py"
    assert (naming, WHOLE) in references.graph().refers[catalog, "naming"]
    assert (catalog, "load") in Affected({(naming, "diagnose")}).reached[0]


def test_what_another_module_calls_alike_is_not_what_is_asked_for():
    changes = ast.parse("of_library.changes()").body
    others = {"tests/mutation/of_library.py", "tests/mutation/of_figures.py"}
    found = references.graph().named("tests/proof/test_mutation.py", changes, others)
    assert [each for each in found if each[1] == "changes"] == [
        ("tests/mutation/of_library.py", "changes")
    ]


def test_what_another_package_calls_alike_is_not_ours():
    other = "answers/site/labs.py"
    ours, theirs = ast.parse("labs.on_page_content(1)\njson.on_page_content(1)").body
    named, labs = references.graph().named, "tests/proof/test_labs.py"
    assert (other, "on_page_content") in named(labs, [ours], {other})
    assert (other, "on_page_content") not in named(labs, [theirs], {other})


@pytest.mark.parametrize("name", ["nobody_draws_it.svg", "roofline.svg"])
def test_a_figure_concerns_the_tests_of_all_figures_though_nothing_draws_it(name):
    concerns = Affected({(f"docs/figures/{name}", TEXT)}).concerns_test
    test = "test_every_file_has_a_figure_that_draws_it"
    assert concerns(item("tests/site/test_figures.py", test))
    assert not concerns(item("tests/probability/test_softmax.py"))


@pytest.mark.parametrize(
    ("changed", "concerned", "others"),
    [
        (("conftest.py", "turn"), ["tests/a.py", "README.md"], []),
        (("tests/conftest.py", REST), ["tests/a.py"], ["docs/questions/20-bayes.md"]),
        (("tests/browser/conftest.py", "EMPTY"), [], ["tests/a.py"]),
        (("tests/browser/conftest.py", REST), ["tests/browser/a.py"], ["tests/a.py"]),
        (("conftest.py", "Holds"), ["README.md"], ["tests/a.py"]),
        (("answers/proof/generated.py", "update"), [], ["tests/a.py"]),
    ],
)
def test_what_hooks_use_concerns_all_tests_beside_and_below(changed, concerned, others):
    concerns = Affected({changed}).concerns_test
    assert [path for path in concerned if not concerns(item(path))] == []
    assert [path for path in others if concerns(item(path))] == []


def test_what_a_fixture_uses_concerns_who_takes_it():
    concerns = Affected({("tests/browser/conftest.py", "READY")}).concerns_test
    visit = SimpleNamespace(co_filename=str(ROOT / "tests/browser/conftest.py"))
    taken = item("tests/a.py")
    assert not concerns(taken)
    fixture = SimpleNamespace(__code__=visit, __qualname__="visit")
    taken._fixtureinfo.name2fixturedefs["visit"] = [SimpleNamespace(func=fixture)]
    assert concerns(taken)


NUMERICAL = ("answers/exercises/numerical_gradient.py", REST)


@pytest.mark.parametrize(
    ("path", "test"),
    [
        (
            "tests/grader/test_odd_answers.py",
            "test_a_changed_answer_fails_and_most_changes_have_a_name",
        ),
        (
            "tests/browser/test_verdicts.py",
            "test_the_verdicts_in_the_browser_are_those_of_cpython",
        ),
        (
            "tests/handout/test_source.py",
            "test_the_file_does_not_give_the_formula_away",
        ),
    ],
)
def test_a_table_that_names_many_exercises_is_asked_for_that_of_the_case(path, test):
    concerns = Affected({NUMERICAL}).concerns_test
    assert concerns(item(path, test, exercise="numerical_gradient"))
    assert not concerns(item(path, test, exercise="unbroadcast"))
    # What is said of one in a table concerns all: which of them, no edge tells.
    (table,) = references.graph().refers[path, test] & {
        (path, name) for name in ("NEAR", "WORDS", "ANSWERS")
    }
    assert Affected({table}).concerns_test(item(path, test, exercise="unbroadcast"))


def test_a_name_of_an_exercise_is_only_a_word_where_none_is_loaded():
    softmax = Affected({("answers/exercises/softmax.py", REST)})
    tests = "tests/progress/test_state.py"
    assert ("answers/exercises/softmax.py", WORD) in references.graph().refers[tests, "WRONG"]
    assert not softmax.concerns_test(item(tests, "test_what_is_not_valid_is_left_out_and_named"))
    assert softmax.concerns_test(
        item("tests/cli/test_commands.py", "test_start_writes_the_stub_that_check_finds")
    )


def test_a_path_in_a_string_is_no_other_file_of_its_name():
    in_string, of_labs = references.graph().in_string, {("docs/labs/index.md", TEXT)}
    assert in_string("docs/labs/index.md") == in_string("labs/index.md") == of_labs
    assert (
        in_string("index.md") == in_string("built/index.md") == {*of_labs, ("docs/index.md", TEXT)}
    )


def test_an_extension_concerns_who_reads_the_settings_that_name_it():
    concerns = Affected({("answers/site/formulas.py", "height")}).concerns_test
    test = "test_display_and_inline_formulas_differ"
    assert concerns(item("tests/site/test_formulas.py", test))
    assert not concerns(item("tests/probability/test_softmax.py"))


def test_templates_of_the_labs_are_part_of_the_site():
    template = "answers/site/notebook/mkdocs_html/notebook.html.j2"
    assert (ROOT / template).is_file()
    assert template.startswith(affected.BUILT_OF)


def test_what_differs_from_a_commit_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(affected, "ROOT", tmp_path)
    monkeypatch.setattr(definitions, "ROOT", tmp_path)
    (tmp_path / "docs/live").mkdir(parents=True)
    code = "import os\n\nA = 1\n\n\n@cache\ndef f():\n    return A\n\n\ndef g():\n    pass\n"
    (tmp_path / "a.py").write_text(code)
    (tmp_path / "docs/live/b.js").write_text("old")
    for command in (["init", "-q"], ["add", "-A"], [*IDENTITY, "commit", "-qm", "All"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert affected.changed("HEAD") == set()
    (tmp_path / "a.py").write_text(code.replace("@cache", "@lru_cache"))
    assert affected.changed("HEAD") == {("a.py", "f")}
    (tmp_path / "a.py").write_text(code[: code.index("def g")])
    assert affected.changed("HEAD") == {("a.py", "g"), ("a.py", REST)}
    (tmp_path / "a.py").write_text("def f(:\n")
    with pytest.raises(SyntaxError) as told:
        affected.changed("HEAD")
    assert (told.value.filename, told.value.lineno) == ("a.py", 1)
    (tmp_path / "a.py").unlink()
    assert ("a.py", "A") in affected.changed("HEAD")
    (tmp_path / "docs/live/b.js").write_text("new")
    (tmp_path / "new.json").write_text("{}")
    found = affected.changed("HEAD")
    assert {("docs/live/b.js", TEXT), ("new.json", TEXT), references.SITE} <= found


def test_a_page_refers_to_what_it_includes_imports_and_has_made():
    page = references.graph().refers["docs/questions/20-bayes.md", WHOLE]
    assert (BAYES, "posterior_odds") in page
    assert ("docs/figures/people_tested.svg", WHOLE) in page
    assert ("answers/proof/index.py", "table") in references.graph().refers["docs/index.md", WHOLE]


@pytest.mark.parametrize(
    ("code", "commit", "told"),
    [("def f(:\n", "HEAD", "new.py, line 1 is no Python: "), ("", "nosuch", "--since: git says ")],
)
def test_what_cannot_be_compared_is_told_in_a_sentence(copied_house, code, commit, told):
    new = copied_house / "new.py"
    new.write_text(code)
    command = "-m", "pytest", "--collect-only", "-q", "--since", commit
    done = python_in(copied_house, *command)
    new.unlink()
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {told}" in done.stdout
