"""`pytest --since` runs what depends on a change: of each kind one is changed."""

import subprocess
from types import SimpleNamespace

import pytest
from house import IDENTITY, python_in

from answers.labels.collusion import suspicious_pairs
from answers.pages import ROOT, read
from answers.proof import affected
from answers.proof.affected import Affected
from answers.proof.generated import Generated

MADE = "tests/proof/test_generated.py::test_what_is_committed_is_what_its_function_makes"
# For each changed file: tests that must run, and that need not, by the start of name or case.
RUN = {
    "answers/probability/bayes.py": (
        ["tests/probability/test_bayes.py", "docs/questions/20", "tests/test_docstrings.py"],
        ["tests/networks", "docs/questions/18", "tests/proof/test_pipeline.py", "[softmax]"],
    ),
    "answers/records/kv_cache_times.json": (
        ["[docs/figures/time_per_token.svg]"],
        ["tests/transformers", "tests/networks", "[docs/figures/roofline.svg]"],
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
        ["tests/browser/test_attacks.py", "tests/browser/test_every_page.py", "docs/questions/20"],
        ["tests/probability", "tests/practice"],
    ),
    "docs/questions/08-broadcasting.md": (
        ["docs/questions/08", "tests/proof/test_pages.py", "[docs/index.md]"],
        ["docs/questions/09", f"{MADE}[docs/questions/09-attention.md", "tests/networks"],
    ),
    "answers/exercises/mcnemar.py": (
        ["tests/grader/test_exercises.py", "[mcnemar", "[docs/mistakes.md]", "[README.md]"],
        ["[softmax", "tests/labels/test_metrics.py", "docs/questions/09"],
    ),
    "tests/submissions/mcnemar.py": (
        ["tests/grader/test_exercises.py", "[mcnemar", "[docs/mistakes.md]"],
        ["[softmax", "tests/labels", "docs/questions/09"],
    ),
}


def test_what_depends_on_a_change_runs_and_most_else_does_not(request, all_tests):
    if all_tests is None:  # asks itself in a process that collects all
        command = "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", "-k", request.node.name
        done = python_in(ROOT, *command)
        assert done.returncode == 0, done.stdout
        return
    for changed, (wanted, others) in RUN.items():
        concerned = filter(Affected({changed}).concerns_test, all_tests)
        chosen = [item.nodeid for item in concerned]

        def named(part, chosen=chosen):
            return [
                test
                for test in chosen
                if test.startswith(part) or (part[0] == "[" and part in test)
            ]

        assert [part for part in wanted if not named(part)] == [], changed
        assert [test for part in others for test in named(part)] == [], changed
        assert len(chosen) < len(all_tests) / 4, changed


# A test that loads the exercise of its case.
LOADS = "tests/grader/test_exercises.py", "test_the_reference_passes"


def item(path, name="test_x", fixtures=(), **params):
    """A test as pytest has it."""
    return SimpleNamespace(
        path=ROOT / path,
        originalname=name,
        callspec=SimpleNamespace(params=params),
        fixturenames=fixtures,
    )


def concerns(changed, *test, **params):
    return Affected({changed}).concerns_test(item(*test, **params))


@pytest.mark.parametrize(
    ("changed", "case"),
    [
        ("answers/exercises/mcnemar.py", "mcnemar"),
        ("answers/exercises/softmax.py", "softmax"),  # a word in the grader
        ("answers/labels/collusion.py", suspicious_pairs),
        ("answers/labels/model_comparison.py", "answers.labels.model_comparison"),
        ("answers/derivations/kl.py", "kl.gibbs"),
        ("answers/figures/metrics.py", "roc_and_precision_recall"),
        ("docs/figures/roofline.svg", ROOT / "docs/figures/roofline.svg"),
        ("docs/questions/20-bayes.md", read(ROOT / "docs/questions/20-bayes.md")),
        ("answers/probability/bayes.py", read(ROOT / "docs/questions/20-bayes.md")),
        (
            "answers/figures/efficient_inference.py",
            Generated(ROOT / "docs/figures/roofline.svg", "answers.proof.generated.figure"),
        ),
        (
            "answers/exercises/fix_the_gpt.py",
            Generated(ROOT / "docs/labs/broken_gpt.py", "answers.proof.generated.file_to_repair"),
        ),
    ],
)
def test_a_case_is_what_it_is_about(changed, case):
    assert concerns(changed, *LOADS, case=case)
    assert not concerns(changed, *LOADS, case="affine")


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
        ("tests/handout/test_source.py", "test_the_file_does_not_give_the_formula_away"),
    ],
)
def test_a_table_that_names_many_exercises_is_asked_for_that_of_the_case(path, test):
    changed = "answers/exercises/numerical_gradient.py"
    assert concerns(changed, path, test, exercise="numerical_gradient")
    assert not concerns(changed, path, test, exercise="unbroadcast")
    assert concerns(path, path, test, exercise="unbroadcast")
    # Without a case it is asked for all.
    assert concerns(changed, path, "test_x", number=3.0)


def test_what_a_test_names_itself_counts_beside_its_case():
    page = "test_file_and_function_have_the_name_that_the_page_lists"
    assert concerns("docs/questions/20-bayes.md", LOADS[0], page, case="affine")
    assert not concerns("docs/questions/20-bayes.md", *LOADS, case="affine")


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ("answers/cli/exercises.py", "tests/cli/test_commands.py"),
        ("answers/grader/judge.py", "tests/grader/test_process.py"),
        ("docs/live/needs.py", "tests/site/test_needs.py"),
        ("answers/site/formulas.py", "tests/site/test_lean_code.py"),
    ],
)
def test_what_is_run_by_its_name_concerns_who_gives_it(changed, path):
    assert concerns(changed, path)
    assert not concerns(changed, "tests/probability/test_softmax.py")


@pytest.mark.parametrize("name", ["nobody_draws_it.svg", "roofline.svg"])
def test_a_figure_concerns_the_tests_of_all_figures_though_nothing_draws_it(name):
    changed = f"docs/figures/{name}"
    assert concerns(changed, "tests/site/test_figures.py")
    assert not concerns(changed, "tests/probability/test_softmax.py")


def test_a_file_that_is_gone_concerns_who_needed_it(monkeypatch):
    gone = "answers/probability/bayes.py"
    left = affected.files() - {gone}
    monkeypatch.setattr(affected, "files", lambda: left)
    assert concerns(gone, "tests/probability/test_bayes.py")
    assert concerns(gone, "docs/questions/20-bayes.md")


@pytest.mark.parametrize(
    ("changed", "concerned", "others"),
    [
        ("conftest.py", ["tests/a.py", "README.md"], []),
        ("tests/conftest.py", ["tests/a.py"], ["docs/questions/20-bayes.md"]),
        ("tests/house.py", ["tests/a.py"], ["docs/questions/20-bayes.md"]),
        ("tests/browser/conftest.py", ["tests/browser/a.py"], ["tests/a.py"]),
        ("answers/proof/session.py", ["README.md"], ["tests/a.py"]),
        ("answers/proof/generated.py", [], ["tests/a.py"]),
    ],
)
def test_hooks_of_pytest_and_fixtures_concern_all_tests_beside_and_below(
    changed, concerned, others
):
    assert [path for path in concerned if not concerns(changed, path)] == []
    assert [path for path in others if concerns(changed, path)] == []


def test_templates_of_the_labs_are_part_of_the_site():
    template = "answers/site/notebook/mkdocs_html/notebook.html.j2"
    assert (ROOT / template).is_file()
    assert concerns(template, "tests/a.py", "test_x", ["site"])
    assert not concerns(template, "tests/a.py", "test_x", ["tmp_path"])


def test_a_page_depends_on_what_it_includes_imports_and_has_made():
    needs = Affected(set()).graph.needs
    page = needs["docs/questions/20-bayes.md"]
    assert {"answers/probability/bayes.py", "docs/figures/people_tested.svg"} <= page
    assert {"answers/derivations/bayes.py", "answers/exercises/posterior.py"} <= page
    assert "answers/proof/index.py" in needs["docs/index.md"]


def test_the_table_of_all_that_is_made_does_not_depend_on_all_that_it_is_made_of():
    table = {"answers/proof/generated.py", "answers/site/bundle.py"}
    assert not table & Affected({"answers/records/label_repairs.py"}).reached


def test_who_names_a_page_depends_on_its_text_alone():
    page, names = "docs/questions/06-softmax-cross-entropy.md", "tests/browser/test_practice.py"
    assert {page, names} <= Affected({page}).reached
    assert {page, names} & Affected({"answers/derivations/softmax.py"}).reached == {page}


def test_what_differs_from_a_commit_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(affected, "ROOT", tmp_path)
    for name in ("a.py", "b.js", "c.py"):
        (tmp_path / name).write_text("old = 1\n")
    for command in (["init", "-q"], ["add", "-A"], [*IDENTITY, "commit", "-qm", "All"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert affected.changed_files("HEAD") == set()
    (tmp_path / "b.js").write_text("new = 1\n")
    (tmp_path / "c.py").unlink()
    (tmp_path / "new é.json").write_text("{}")
    assert affected.changed_files("HEAD") == {"b.js", "c.py", "new é.json"}
    assert affected.files() == {"a.py", "b.js", "new é.json"}
    (tmp_path / "a.py").write_text("def f(:\n")
    with pytest.raises(SyntaxError) as told:
        affected.changed_files("HEAD")
    assert (told.value.filename, told.value.lineno) == ("a.py", 1)


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
