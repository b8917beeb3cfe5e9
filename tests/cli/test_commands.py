"""The command line, as a learner uses it."""

import builtins
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from unittest.mock import Mock

import pytest
from command_line import ANSWERS, learner
from command_line import run as answers
from rich.cells import cell_len
from waiting import wait_until

from answers import cli, progress
from answers.cli import watch
from answers.cli.verdict import Asked, check_once
from answers.grader import catalog
from answers.pages import ROOT, pages
from answers.progress import ProgressError
from answers.progress.state import State

PASSES = "from answers.probability.softmax import softmax\n"
FAILS = (
    "import numpy as np\n\ndef softmax(x, axis=-1):\n    print('shape', x.shape)\n"
    "    powers = np.exp(x - x.max())\n    return powers / powers.sum()\n"
)
# What ours answers, and nobody asks for.
REFUSES = FAILS.replace(
    "    powers", "    if x.shape[axis] == 1:\n        raise ValueError('one class')\n    powers", 1
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return learner(tmp_path, monkeypatch)


def passed(*names: str) -> None:
    """Note that these exercises have been passed."""
    for name in names:
        progress.mark_passed(name)


def check(source: str, *args: str, **options):
    """Check this source as softmax.py."""
    Path("softmax.py").write_text(source)
    return answers("check", "softmax", *args, **options)


def widest(text: str) -> int:
    """Of its lines, in columns: the hat of x̂ takes none of its own."""
    return max(map(cell_len, text.splitlines()))


def test_list_names_every_exercise_below_its_question():
    lines = answers("list").stdout.splitlines()
    words = [line.split()[0] for line in lines if line.startswith("    ")]
    assert sorted(words) == catalog.names()
    assert words == [name for page in pages() for name in page.exercises]
    assert lines[-1].startswith(f"0 of {len(words)} passed")


def test_list_and_progress_show_what_is_passed():
    assert answers("progress").stdout.startswith("Nothing passed yet.")
    passed("softmax")
    progress.mark_hints("softmax", 2)
    progress.mark_hints("affine", 1)
    shown = answers("list").stdout
    assert re.search(r"softmax +passed \d{4}-\d\d-\d\d \d\d:\d\d, 2 hints\n", shown)
    assert re.search(r"affine +1 hint\n", shown)
    assert "1 of " in shown
    told = answers("progress").stdout
    assert re.match(r"softmax +passed \d{4}", told)
    assert "affine" not in told
    assert str(progress.location()) in told.replace("\n", "")


def test_progress_is_reset_only_after_a_yes():
    passed("softmax")
    answers("progress", "--reset", input="n\n", code=1)
    answers("progress", "--reset", input="", code=1)
    assert progress.load()[0] != State()
    answers("progress", "--reset", input="y\n")
    assert progress.load()[0] == State()


def test_progress_that_cannot_be_saved_is_not_forgotten():
    passed("softmax")
    progress.location().chmod(0o444)
    told = answers("progress", "--reset", input="y\n", code=2).stderr
    assert "is read-only" in told
    assert told.endswith("Nothing was changed.\n")
    assert progress.load()[0] != State()


def test_a_solution_that_cannot_be_noted_is_shown_all_the_same(monkeypatch):
    monkeypatch.setattr(os, "replace", Mock(side_effect=OSError(28, "No space left on device")))
    told = answers("solution", "softmax", "--give-up")
    assert "No space left" in told.stderr
    assert told.stdout == catalog.load("softmax").solution()


SOFTMAX = "Question 6: Softmax and cross-entropy\n"


def test_show_finds_a_question_by_number_exercise_slug_or_module():
    slugs = "softmax-cross-entropy", "06-softmax-cross-entropy.md"
    for name in ("6", "06", "softmax", "cross_entropy", *slugs):
        assert answers("show", name).stdout.startswith(SOFTMAX)
    assert answers("show", "layers").stdout.startswith("Question 1: ")
    told = " ".join(answers("show", "--help").stdout.split())
    assert "Its number, exercise, module, or name in the address." in told


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path.stem)
def test_show_prints_question_and_first_answer_readably(page):
    shown = answers("show", str(page.number)).stdout
    for word in (
        *re.findall(r"(?<!\\)\b[a-z]{5,}", page.question),
        "Practise:",
        *page.exercises,
    ):
        assert word in shown
    assert "$" not in shown
    assert "\\" not in shown
    assert "**" not in shown
    assert widest(shown) <= 80


def test_formulas_stay_tex_where_the_terminal_has_no_unicode():
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    shown = subprocess.run([*ANSWERS, "show", "6"], env=environment, capture_output=True, text=True)
    assert r"$-\log p_y$" in shown.stdout
    assert shown.stderr == ""


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("sofmax", "did you mean softmax?"),
        ("99", f"there are {', '.join(str(page.number) for page in pages())}"),
        ("zzz", "there are 1, "),
    ],
)
def test_show_of_an_unknown_name_says_what_there_is(name, advice):
    assert advice in answers("show", name, code=2).stderr


def test_start_writes_the_stub_that_check_finds(folder):
    told = answers("start", "softmax").stdout
    assert "answers check softmax" in told
    assert (folder / "softmax.py").read_text() == catalog.load("softmax").stub()
    assert "not written yet" in answers("check", "softmax", code=1).stdout


def test_a_file_to_fix_is_to_be_repaired_and_told_its_first_mistake(folder):
    told = answers("start", "fix_the_layers").stdout
    assert "Repair it, then: answers check fix_the_layers" in told
    exercise = catalog.load("fix_the_layers")
    assert (folder / "fix_the_layers.py").read_text() == exercise.stub()
    shown = " ".join(answers("check", "fix_the_layers", code=1).stdout.split())
    assert exercise.mistakes[0].diagnosis in shown
    assert exercise.mistakes[1].diagnosis not in shown


@pytest.mark.parametrize("command", ["start", "hint", "solution"])
def test_an_exercise_that_needs_what_is_not_installed_says_what(folder, monkeypatch, command):
    missing = ModuleNotFoundError("No module named 'torch'", name="torch")
    monkeypatch.setattr(catalog, "load", Mock(side_effect=missing))
    told = answers(command, "softmax", code=2).stderr
    assert told == "softmax could not be loaded: No module named 'torch'\n"
    assert list(folder.iterdir()) == []


def test_a_submission_in_pytorch_is_checked_in_its_sandbox(folder):
    (folder / "next_token_loss_torch.py").write_text(
        "def next_token_loss_torch(logits, ids, mask=None):\n    return logits.detach().mean()\n"
    )
    shown = answers("check", "next_token_loss_torch", code=1).stdout
    assert "the result is wrong" in shown


def test_start_never_overwrites(folder):
    (folder / "softmax.py").write_text("mine")
    told = answers("start", "softmax", code=2).stderr
    assert "left as it is" in told
    assert "answers check softmax" in told
    assert (folder / "softmax.py").read_text() == "mine"


def test_start_that_cannot_write_leaves_nothing(folder, monkeypatch):
    monkeypatch.setattr(os, "fsync", Mock(side_effect=OSError(28, "No space left on device")))
    told = answers("start", "softmax", code=2).stderr
    assert "softmax.py cannot be written: No space left on device" in told
    assert list(folder.iterdir()) == []


def test_beginning_again_that_cannot_write_gives_the_file_its_name_back(folder, monkeypatch):
    (folder / "softmax.py").write_text("mine")
    monkeypatch.setattr(os, "fsync", Mock(side_effect=OSError(28, "No space left on device")))
    told = answers("start", "softmax", "--again", code=2).stderr
    assert told == (
        "softmax.py cannot be written: No space left on device; what you wrote is as it was\n"
    )
    assert [path.name for path in folder.iterdir()] == ["softmax.py"]
    assert (folder / "softmax.py").read_text() == "mine"

    real = Path.rename

    def one_way(path, target):
        if "before" in path.name:
            raise OSError(5, "Input/output error")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", one_way)
    told = answers("start", "softmax", "--again", code=2).stderr
    assert told.endswith("; what you wrote is in softmax-before.py\n")


@pytest.mark.parametrize("command", ["start", "check", "hint", "solution"])
def test_an_unknown_exercise_is_refused_with_the_closest(command):
    told = answers(command, "sofmax", code=2).stderr
    assert told == "No exercise is called 'sofmax'; did you mean softmax?\n"


def test_check_tells_one_thing_to_mend():
    shown = check(FAILS, code=1).stdout
    assert shown.startswith("softmax: not passed\n")
    assert "rows of a matrix:" in shown
    assert re.search(r"at\s+index \(\d, \d\),\s+expected 0\.\d+, got 0\.\d+", shown)
    assert "  Your code printed:\n  | shape (3,)\n" in shown
    assert shown.endswith("  Stuck? answers hint softmax\n")
    assert widest(shown) <= 80
    assert "\x1b" not in shown
    assert progress.load()[0] == State()


def test_check_names_a_known_mistake():
    shown = check(
        "import numpy as np\n\ndef softmax(x, axis=-1):\n    powers = np.exp(x)\n"
        "    return powers / powers.sum(axis, keepdims=True)\n",
        code=1,
    ).stdout
    assert "\n  No maximum\n" in shown
    diagnosis = catalog.load("softmax").bugs["no_maximum"].diagnosis
    assert diagnosis in " ".join(shown.split())


def test_check_shows_no_escape_sequence_of_the_learners():
    shown = check(
        "print('\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07[bold]\\r\\nb\\x08')\n"
        "raise ValueError('\\x1b[2J[/bold]')\n",
        code=1,
        color=True,
    ).stdout
    assert "  | red [bold]\n  | b\n" in re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "ValueError: [/bold]" in shown
    assert "\x1b[2J" not in shown


def test_check_counts_the_other_wrong_parts(folder):
    (folder / "affine_backward.py").write_text(
        "from answers.networks import layers\n\ndef affine_backward(dout, x, w):\n"
        "    return tuple(2 * part for part in layers.affine_backward(dout, x, w))\n"
    )
    shown = answers("check", "affine_backward", code=1).stdout
    assert "  2 other parts of the same result are wrong.\n" in shown


def test_a_pass_is_kept_and_leads_on(folder):
    passed("logsumexp")
    (folder / "mine.py").write_text(PASSES)
    shown = answers("check", "softmax", "mine.py").stdout
    assert shown.startswith("softmax: passed\n")
    assert "answers show 6 " in shown
    assert "answers start cross_entropy " in shown
    assert "://" not in shown
    assert "comes back" not in shown
    assert progress.load()[0].exercises["softmax"].passed


def test_the_last_pass_says_so_and_the_link_leads_to_the_published_site(
    monkeypatch,
):
    passed(*catalog.names())
    monkeypatch.setenv("SITE_URL", "https://example.org/guide/")
    shown = check(PASSES).stdout
    assert "you have passed every exercise" in shown
    path, anchor = re.search(r"https://example.org/guide/questions/(\S+)/#(\S+)", shown).groups()
    page = next(page for page in pages() if page.path.stem == path)
    assert anchor == "they-will-ask-next"
    assert "\n## They will ask next\n" in page.text


def test_check_counts_the_cases_that_pass_and_lists_them_on_request():
    noted = "7 of 18 cases pass, 1 of them with a note"
    assert f"  {noted}; --list names them.\n" in check(REFUSES, code=1).stdout
    shown = check(REFUSES, "--list", code=1).stdout
    names = [trial.name for trial in catalog.load("softmax").trials]
    # Bytes that wrap around are not judged: they count only where they agree.
    listed = re.findall(r"^  (?:passes|wrong |noted ) {2}(.*)$", shown, re.MULTILINE)
    assert [name for name in names if name not in listed] == ["bytes"]
    assert listed == [name for name in names if name != "bytes"]
    assert "  passes  a vector\n  wrong   rows of a matrix\n" in shown
    assert f"  {noted}.\n" in shown
    assert check(PASSES, "--list").stdout.count("\n  passes  ") == len(names)
    assert "cases" not in check("softmax = 1 +", "--list", code=1).stdout


def test_the_name_of_an_error_is_told_as_python_writes_it():
    raises = "def softmax(x, axis=-1):\n    return [].pop()\n"
    assert "\n  Raises IndexError\n" in check(raises, code=1).stdout


def run_file(path: Path):
    """What the file prints and raises when it is run as a learner would."""
    return run_python([path])


def run_python(args: list):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *args], env=environment, capture_output=True, text=True)


def test_the_failing_call_is_written_to_a_file_that_fails_until_it_is_mended(folder):
    (folder / "softmax_case.py").write_text("my notes")
    shown = check(FAILS, "--case", code=1).stdout
    assert shown.endswith(
        "\nThe failing call is in softmax_case_2.py. To run it: python softmax_case_2.py\n"
    )
    done = run_file(folder / "softmax_case_2.py")
    assert done.returncode == 1
    assert "AssertionError: the result is wrong in 15 of 15 entries" in done.stderr
    (folder / "softmax.py").write_text(PASSES)
    done = run_file(folder / "softmax_case_2.py")
    assert done.stdout == "softmax is right here.\n", done.stderr
    assert (folder / "softmax_case.py").read_text() == "my notes"


ODD_NAMES = ["my fn é.py", "answers.py", "numpy.py", "copy.py", "class.py", "ﬁt.py", "-f.py"]
ODD_NAMES += ["__main__.py", "plain.txt"]


@pytest.mark.skipif(os.name != "posix", reason="another shell")
@pytest.mark.parametrize("file", ODD_NAMES)
def test_the_command_for_the_failing_call_works_with_odd_names(folder, file):
    (folder / "helper.py").write_text("")
    (folder / file).write_text(f"import helper\n{FAILS}")
    shown = answers("check", "softmax", "--case", "--", file, code=1).stdout
    python, *args = shlex.split(shown.partition("To run it: ")[2])
    assert python == "python"
    assert "AssertionError: the result is wrong" in run_python(args).stderr


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        (PASSES, 0, "No call fails, so --case wrote no file.\n"),
        ("softmax = 1 +", 1, "No call was seen to fail, so --case wrote no file.\n"),
    ],
)
def test_no_file_is_written_where_no_call_fails(folder, source, code, words):
    assert check(source, "--case", code=code).stdout.endswith(words)
    assert [file.name for file in folder.iterdir()] == ["softmax.py"]


def test_json_says_where_the_failing_call_is(folder):
    facts = json.loads(check(REFUSES, "--case", "--json", code=1).stdout)
    assert facts["written"].startswith("The failing call is in softmax_case.py.")
    assert len(facts["cases"]) == len(catalog.load("softmax").trials) - 1  # bytes, not judged
    assert facts["wrong"][0] == "rows of a matrix"
    assert [note["case"] for note in facts["notes"]] == ["one class only"]


def test_what_passes_with_a_note_says_so_and_what_ours_does(folder):
    refuses = REFUSES.replace("x.max()", "x.max(axis, keepdims=True)")
    refuses = refuses.replace("powers.sum()", "powers.sum(axis, keepdims=True)")
    shown = check(refuses, "--list", "--case").stdout
    assert shown.startswith(
        "softmax: passed, with a note\n\n  one class only:\n  softmax(x) with x = "
    )
    assert "it raised ValueError: one class, in line 6 of your code" in " ".join(shown.split())
    assert "Ours answers it" in " ".join(shown.split())
    assert "\n  noted   one class only\n" in shown
    assert "The call with a note is in softmax_case.py." in shown
    facts = json.loads(check(refuses, "--json").stdout)
    assert facts["passed"]
    assert [note["case"] for note in facts["notes"]] == ["one class only"]


STOPS = FAILS.replace("    powers", "    breakpoint()\n    powers", 1)


def test_breakpoint_does_nothing_in_a_check_which_is_said():
    result = check(STOPS, code=1)
    assert "rows of a matrix:" in result.stdout
    assert "Note: `breakpoint()` did nothing; answers check softmax --debug" in result.stderr
    Path("my fn.py").write_text(STOPS)
    told = answers("check", "softmax", "my fn.py", code=1).stderr
    assert "; answers check softmax 'my fn.py' --debug stops there\n" in told
    assert "did nothing" not in check(f"# breakpoint()\n{FAILS}", code=1).stderr


def debug(source: str, typed: str):
    """What is shown where the learner types this into the debugger."""
    Path("softmax.py").write_text(source)
    command = [*ANSWERS, "check", "softmax", "--debug"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONBREAKPOINT", None)
    return subprocess.run(
        command, env=environment, input=typed, capture_output=True, text=True, timeout=60
    )


def test_debug_stops_at_breakpoint_in_the_failing_call_and_says_that_nothing_is_limited():
    done = debug(STOPS, "p x.shape\nc\n")
    assert done.returncode == 1
    assert done.stdout.startswith("  Called in this process, without limits of time and memory.")
    assert "\n  rows of a matrix:\n" in done.stdout
    assert "a vector" not in done.stdout
    assert "(Pdb) (3, 5)\n" in done.stdout
    assert "softmax: not passed\n" in done.stdout
    assert done.stderr == ""


def test_debug_ends_where_the_debugger_is_quit_or_finds_nobody():
    for typed in ("q\n", ""):
        done = debug(STOPS, typed)
        assert done.returncode == 1
        assert done.stdout.count("rows of a matrix:") == 2
        assert "Traceback" not in done.stdout + done.stderr


def test_debug_goes_through_all_cases_where_none_fails():
    done = debug(PASSES, "")
    assert done.returncode == 0
    assert done.stdout.count(":\n") >= 13
    assert "\n  float32 logits near 100:\n" in done.stdout


def test_debug_talks_to_nobody_else():
    for option in ("--watch", "--json"):
        told = check(FAILS, "--debug", option, code=2)
        assert "leave out --watch and --json" in told.output


@pytest.mark.parametrize(("source", "code"), [(PASSES, 0), (FAILS, 1)])
def test_json_is_one_object_and_nothing_else(source, code):
    result = check(source, "--json", code=code)
    facts = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert result.stderr == ""
    assert facts["passed"] is (code == 0)
    assert facts["exercise"] == "softmax"
    assert facts["file"] == "softmax.py"
    assert bool(facts["failures"]) is (code == 1)
    assert facts.keys() >= {"bug", "diagnosis", "output", "hidden", "seconds", "notice"}


def test_json_holds_usage_errors_too():
    for args in (["nothing"], ["softmax"], ["softmax", "."], ["softmax", "--watch"]):
        facts = json.loads(answers("check", *args, "--json", code=2).stdout)
        assert facts.keys() == {"error"}


def test_check_without_a_file_says_how_to_begin():
    told = answers("check", "softmax", code=2).stderr
    assert told == "There is no file softmax.py; to begin: answers start softmax\n"
    assert answers("check", "softmax", "a.py", code=2).stderr == "There is no file a.py\n"


def test_check_refuses_what_is_no_readable_file(folder, monkeypatch):
    assert ". is a folder" in answers("check", "softmax", ".", code=2).stderr
    if os.name == "posix":
        os.mkfifo(folder / "pipe.py")
        assert "pipe.py is no file" in answers("check", "softmax", "pipe.py", code=2).stderr
    (folder / "softmax.py").write_text(PASSES)
    refusal = PermissionError(13, "Permission denied")
    monkeypatch.setattr(Path, "open", Mock(side_effect=refusal))
    told = answers("check", "softmax", code=2).stderr
    assert told == "softmax.py cannot be read: Permission denied\n"


def test_limits_are_options():
    shown = check("while True:\n    pass\n", "--timeout", "0.5", code=1).stdout
    assert "it did not finish within 0.5 s" in shown
    for wrong in ("0", "nan", "inf", "ten"):
        answers("check", "softmax", "--timeout", wrong, code=2)
        answers("check", "softmax", "--memory", wrong, code=2)


@pytest.mark.parametrize("as_json", [False, True])
def test_progress_that_cannot_be_kept_leaves_the_verdict(as_json):
    Path(os.environ["ANSWERS_DATA_DIR"]).write_text("in the way")
    result = check(PASSES, *["--json"] * as_json)
    if as_json:
        assert "cannot be written" in json.loads(result.stdout)["notice"]
        assert result.stderr == ""
    else:
        assert result.stdout.startswith("softmax: passed\n")
        assert "Note: " in result.stderr
        assert "cannot be written" in result.stderr


def test_progress_that_cannot_be_read_is_told_by_every_command(monkeypatch):
    newer = ProgressError("it is of a newer version")
    monkeypatch.setattr(progress, "load", Mock(side_effect=newer))
    for args in (["list"], ["progress"], ["hint", "softmax"]):
        assert "Note: it is of a newer version" in answers(*args).stderr


def test_hints_come_one_more_each_time():
    hints = catalog.load("softmax").hints
    for shown in (*range(1, len(hints) + 1), len(hints)):
        result = answers("hint", "softmax")
        numbers = re.findall(r"^Hint (\d) of (\d)$", result.stdout, re.MULTILINE)
        assert numbers == [(str(i), str(len(hints))) for i in range(1, shown + 1)]
        told = " ".join(result.stdout.split())
        assert [hint for hint in hints if hint in told] == list(hints[:shown])
    last = "There are no more. The answer: answers solution softmax --give-up"
    assert last in result.stdout
    assert progress.load()[0].exercises["softmax"].hints == len(hints)


def test_the_solution_comes_after_a_pass_or_on_giving_up(folder):
    told = answers("solution", "softmax", code=1)
    assert "--give-up" in told.stderr
    assert told.stdout == ""
    code = catalog.load("softmax").solution()
    assert "\n# In softmax:\n" in code
    assert "\n#     @refuses(" in code
    assert answers("solution", "softmax", "--give-up").stdout == code
    passed("softmax")
    assert answers("solution", "softmax").stdout == code


def test_next_begins_what_is_not_passed(folder):
    first = pages()[0].exercises[0]
    assert f"Wrote {first}.py." in answers("next").stdout
    going_on = f"{first}.py is there. To go on: answers check {first} --watch\n"
    assert answers("next").stdout == going_on
    passed(*catalog.names())
    assert answers("next").stdout.startswith("You have passed every exercise.")
    assert [file.name for file in folder.iterdir()] == [f"{first}.py"]


def test_next_passes_over_what_needs_what_is_not_installed(monkeypatch):
    first, second = pages()[0].exercises[:2]
    load = catalog.load

    def without_first(name):
        if name == first:
            raise ModuleNotFoundError("No module named 'torch'")
        return load(name)

    monkeypatch.setattr(catalog, "load", without_first)
    told = answers("next")
    assert f"Note: {first} is passed over: No module named 'torch'\n" in told.stderr
    assert f"Wrote {second}.py." in told.stdout


def test_list_is_filtered_by_topic_level_and_what_is_passed():
    passed("softmax", "affine")

    def listed(*args):
        return set(re.findall(r"^ {4}(\w+)", answers("list", *args).stdout, re.MULTILINE))

    assert listed("--not-passed") == listed() - {"softmax", "affine"}
    assert listed("--topic", "transformers") == {
        name for page in pages() if page.topic == "Transformers" for name in page.exercises
    }
    assert listed("--level", "advanced") == {
        name for page in pages() if page.level == "advanced" for name in page.exercises
    }
    passed(*catalog.names())
    assert answers("list", "--not-passed").stdout == "There are none.\n"
    assert "there are: advanced, core" in answers("list", "--level", "hard", code=2).stderr


def test_beginning_again_keeps_what_was_written(folder):
    (folder / "softmax.py").write_text("mine")
    passed("softmax")
    shown = answers("start", "softmax", "--again").stdout
    assert "What you wrote before is in softmax-before.py.\n" in shown
    assert (folder / "softmax-before.py").read_text() == "mine"
    assert (folder / "softmax.py").read_text() == catalog.load("softmax").stub()
    answers("start", "softmax", "--again")
    assert (folder / "softmax-before-2.py").exists()
    assert progress.load()[0].exercises["softmax"].again
    check(PASSES)
    assert progress.load()[0].exercises["softmax"].again is None


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_names_are_completed(shell):
    environment = os.environ | {
        "_ANSWERS_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": "answers start soft",
        "COMP_CWORD": "2",
        "_TYPER_COMPLETE_ARGS": "answers start soft",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "PYTHONPATH": str(ROOT),
    }
    code = "import sys; sys.argv[0] = 'answers'; from answers.cli import main; main()"
    shown = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert "softmax" in shown.stdout, shown.stderr
    assert "affine" not in shown.stdout


def test_help_explains_every_command_without_colour():
    shown = answers("--help").stdout
    for command in ("list", "show", "start", "check", "hint", "solution", "progress"):
        assert re.search(rf"^  {command}  +\S", shown, re.MULTILINE)
        assert "\x1b" not in answers(command, "-h").stdout
    assert shown == answers(code=2).output


def test_python_runs_the_package_as_the_command(folder):
    (folder / "softmax.py").write_text("def softmax(x, axis=-1):\n    return x\n")
    command = [sys.executable, "-m", "answers", "check", "softmax"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == answers("check", "softmax", code=1).stdout


def test_a_mistake_of_ours_is_told_without_a_traceback(monkeypatch, capsys):
    monkeypatch.setattr(cli, "app", Mock(side_effect=RuntimeError("no such luck")))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "mistake in `answers`, not in your code" in told
    assert "RuntimeError: no such luck" in told
    assert "Traceback" not in told


# Watching and Ctrl-C need a process of their own.
posix = pytest.mark.skipif(os.name != "posix", reason="no SIGINT for one process")
# What a shell starts in the background ignores Ctrl-C, and so does what that starts.
HEED = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "


@pytest.fixture
def started(tmp_path):
    """Start a command, and end it after the test: the process, and what it has printed."""
    processes = []

    def start(*args: str):
        printed = tmp_path / "printed"
        with printed.open("w") as file:
            environment = os.environ | {"PYTHONUNBUFFERED": "1"}
            command = [*ANSWERS[:-1], HEED + ANSWERS[-1], *args]
            process = subprocess.Popen(command, stdout=file, stderr=file, env=environment)
        processes.append(process)
        return process, printed.read_text

    yield start
    for process in processes:
        process.kill()
        process.wait()


@posix
def test_watch_checks_again_after_each_save_until_ctrl_c(folder, started):
    file, new = folder / "softmax.py", folder / "new"
    file.write_text(FAILS)
    process, printed = started("check", "softmax", "--watch")
    watching = "Watching softmax.py; Ctrl-C stops.\n"
    wait_until(lambda: printed().count(watching) == 1, printed)
    assert printed().startswith("softmax: not passed\n")
    file.unlink()
    for count, source, words in (
        (2, PASSES, "softmax: passed\n"),
        (3, "softmax = 3\n", "is of type int"),
    ):
        new.write_text(source)
        new.replace(file)
        wait_until(lambda count=count: printed().count(watching) == count, printed)
        assert words in printed()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=100) == 130
    assert printed().endswith("\nStopped.\n")
    assert "Traceback" not in printed()
    assert printed().count("softmax: ") == 3


def test_a_file_that_goes_away_before_it_is_read_is_told_so(folder, capsys):
    assert not check_once(Asked("softmax", folder / "gone.py"))
    assert "it cannot be read: No such file or directory" in capsys.readouterr().out


def test_ctrl_c_before_all_is_loaded_ends_with_a_sentence(folder):
    # What is loaded first is interrupted; the command goes by the name of its script.
    (folder / "typer.py").write_text("raise KeyboardInterrupt")
    (folder / "answers").write_text("from answers.cli import main; main()")
    command = [sys.executable, "answers", "list"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "\nStopped.\n")
    (folder / "typer.py").write_text("raise RuntimeError('another')")
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "RuntimeError: another" in done.stderr


@pytest.mark.parametrize("command", [["list"], ["progress"]])
def test_ctrl_c_within_any_command_ends_with_a_sentence(monkeypatch, capsys, command):
    def interrupted(name, *args):
        if name == "answers.cli":
            raise KeyboardInterrupt
        return importing(name, *args)

    importing = builtins.__import__
    monkeypatch.setattr("sys.argv", ["answers", *command])
    # As the command loads what it needs.
    monkeypatch.setattr("builtins.__import__", interrupted)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "\nStopped.\n"


@posix
def test_ctrl_c_stops_a_check_at_once(folder, started):
    flag = folder / "flag"
    (folder / "softmax.py").write_text(f"open({str(flag)!r}, 'w')\nwhile True:\n    pass\n")
    process, printed = started("check", "softmax", "--timeout", "1000")
    wait_until(flag.exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=100) == 130
    assert printed().endswith("\nStopped.\n")
    assert "Traceback" not in printed()


def test_every_way_to_save_is_seen(folder):
    file, other = folder / "softmax.py", folder / "other"
    file.write_text("a")
    os.utime(file, ns=(1, 1))
    seen = {watch.saved_at(file)}
    os.utime(file, ns=(2, 2))
    seen.add(watch.saved_at(file))
    for text in ("ab", "cd"):  # of one time and, the second time, of one size
        other.write_text(text)
        os.utime(other, ns=(2, 2))
        other.replace(file)
        seen.add(watch.saved_at(file))
    file.unlink()
    seen.add(watch.saved_at(file))
    assert len(seen) == 5


def test_a_file_that_is_still_being_written_is_not_yet_saved(folder, monkeypatch):
    looks = iter([(1, 0, 7), (1, 0, 7), None, (2, 0, 7), (2, 9, 7), (2, 9, 7), "too far"])
    monkeypatch.setattr(watch, "saved_at", lambda path: next(looks))
    monkeypatch.setattr(watch, "PAUSE", 0)
    watch.wait_for_save(folder, (1, 0, 7))
    assert next(looks) == "too far"


def test_an_installed_wheel_lists_shows_and_checks(folder, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    environment = os.environ | {"PYTHONPATH": str(installed)}

    def run(*args):
        return subprocess.run([*ANSWERS, *args], env=environment, capture_output=True, text=True)

    where = [sys.executable, "-c", "import answers; print(answers.__file__)"]
    assert str(installed) in subprocess.check_output(where, env=environment, text=True)
    assert "softmax" in run("list").stdout
    assert run("show", "6").stdout.startswith(SOFTMAX)
    assert run("start", "softmax").returncode == 0
    assert (folder / "softmax.py").read_text() == catalog.load("softmax").stub()
    (folder / "softmax.py").write_text(
        f"import answers\nassert answers.__file__.startswith({str(installed)!r})\n{PASSES}"
    )
    assert run("check", "softmax").stdout.startswith("softmax: passed\n")


@pytest.mark.skipif(os.name != "posix", reason="the shell is POSIX's")
def test_who_has_closed_standard_output_gets_the_exit_code(folder):
    (folder / "softmax.py").write_text(FAILS)
    command = [*map(shlex.quote, ANSWERS), "check", "softmax", ">&-"]
    done = subprocess.run(" ".join(command), shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("source", "args", "code"),
    [(PASSES, ["check", "softmax"], 0), (FAILS, ["check", "softmax"], 1), ("", ["list"], 0)],
)
def test_who_reads_no_further_gets_the_exit_code(folder, source, args, code):
    (folder / "softmax.py").write_text(source)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*ANSWERS, *args], stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
@pytest.mark.parametrize("command", ["list", "--version", "progress"])
def test_output_that_cannot_be_written_is_told_as_that(command):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*ANSWERS, command], stdout=full, stderr=subprocess.PIPE, text=True)
        silent = subprocess.run([*ANSWERS, "no-command"], stderr=full)
    told = "What was to be printed cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (2, told)
    assert silent.returncode == 2


def test_names_of_files_move_no_cursor_and_change_no_colour():
    for name, shown in (
        ("no\x1b[31msuch\x9b2J.py", r"no\x1b[31msuch\x9b2J.py"),
        ("right\u202eleft.py", r"right\u202eleft.py"),
    ):
        told = answers("check", "softmax", name, code=2, color=True).stderr
        assert told == f"There is no file {shown}\n"
    Path("d\x1b[31m").mkdir()
    told = answers("progress", "export", "d\x1b[31m", code=2, color=True).stderr
    assert told.startswith(r"d\x1b[31m cannot be written: it is a folder")


def test_names_in_the_progress_move_no_cursor_and_change_no_colour():
    passed("softmax")
    file = progress.location()
    kept = json.loads(file.read_text())
    name = "soft\x1b[31m\x07max"
    kept["exercises"] |= {name: kept["exercises"]["softmax"], "softmax": {name: 3}}
    file.write_text(json.dumps(kept))
    told = answers("progress", color=True)
    assert r"soft\x1b[31m\x07max" in told.stderr
    assert not re.search(r"\x1b\[31m|\x07", told.output)


def test_no_command_prints_but_by_tell():
    for path in (ROOT / "answers/cli").glob("*.py"):
        assert path.name == "talk.py" or "typer.echo" not in path.read_text("utf-8"), path


def test_a_name_too_long_for_a_file_is_told():
    told = answers("check", "softmax", "x" * 300, code=2).stderr
    assert told == f"{'x' * 300} cannot be read: File name too long\n"


def test_a_terminal_of_no_width_is_taken_for_one_of_the_usual():
    assert "    affine_backward\n" in answers("list", env={"COLUMNS": "0"}).stdout
