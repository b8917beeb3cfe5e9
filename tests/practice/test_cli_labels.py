"""`answers labels`, as somebody with a file of votes uses it."""

import csv
import os
import re
import subprocess
import sys

import command_line
import numpy as np
import pytest
from command_line import ANSWERS
from numpy.testing import assert_allclose

from answers.labels import command
from answers.labels.annotation import fleiss_kappa, krippendorff_alpha, vote_counts
from answers.labels.crowd import crowd_votes
from answers.labels.dawid_skene import dawid_skene


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def votes():
    rng = np.random.default_rng(12)
    recall = np.array([[0.9, 0.9]] * 4 + [[0.5, 0.5]] * 3 + [[0.7, 0.8]] * 7)
    return crowd_votes(rng, rng.integers(0, 2, 150), recall, per_item=5)


@pytest.fixture
def file(folder, votes):
    """votes.csv, in no order."""
    rows = zip(votes.item, votes.annotator, votes.label, strict=True)
    lines = [f"n{i},who{a},{('no', 'yes')[y]}\n" for i, a, y in rows]
    np.random.default_rng(0).shuffle(lines)
    path = folder / "votes.csv"
    path.write_text("item,annotator,label\n" + "".join(lines))
    return path


def run(*args, code=0):
    return command_line.run("labels", *map(str, args), code=code)


def table(path):
    with open(path, encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def fact(output, name):
    return re.search(rf"^  {re.escape(name)} +(.+)$", output, re.M)[1]


def test_the_measures_are_those_of_the_functions(file, votes):
    out = run(file).stdout
    assert out.startswith("750 votes by 14 annotators on 150 items, 2 classes\n")
    assert fact(out, "Krippendorff's alpha") == f"{krippendorff_alpha(votes):.4f}"
    assert fact(out, "Fleiss' kappa") == f"{fleiss_kappa(vote_counts(votes)):.4f}"
    assert fact(out, "votes per item") == "5 to 5, median 5"
    result = dawid_skene(votes, tolerance=command.TOLERANCE)
    assert fact(out, "log-likelihood") == f"{result.log_likelihoods[-1]:,.2f}"
    shares = [float(x) for x in fact(out, "yes").split()]
    assert_allclose(shares, [votes.label.mean(), result.prior[1]], atol=5e-5)
    assert max(map(len, out.splitlines())) <= 80


def test_the_posteriors_are_those_of_the_model(file, votes):
    out = run(file).stdout
    assert "To keep the posteriors of all items: --output FILE" in out
    assert [path.name for path in file.parent.iterdir()] == ["votes.csv"]
    run(file, "--output", "votes-posteriors.csv")
    rows = table("votes-posteriors.csv")
    assert list(rows[0]) == ["item", "label", "p(no)", "p(yes)"]
    posterior = dawid_skene(votes, tolerance=command.TOLERANCE).posterior
    assert len(rows) == 150
    for row in rows:
        expected = posterior[int(row["item"][1:])]
        assert_allclose([float(row["p(no)"]), float(row["p(yes)"])], expected, atol=1e-6)
        assert row["label"] == ("no", "yes")[expected.argmax()]


def test_all_annotators_are_written_and_the_least_skilled_shown_first(file, votes):
    out = run(file, "--annotators", "who.csv", "--output", "p.csv").stdout
    rows = {row["annotator"]: row for row in table("who.csv")}
    assert len(rows) == 14
    confusion = dawid_skene(votes, tolerance=command.TOLERANCE).confusion
    for name, row in rows.items():
        mine = confusion[int(name[3:])]
        found = [[float(row[f"p({v}|{t})"]) for v in ("no", "yes")] for t in ("no", "yes")]
        assert_allclose(found, mine, atol=1e-6)
        assert_allclose(float(row["skill"]), np.trace(mine) - 1, atol=1e-6)
        assert int(row["votes"]) == (votes.annotator == int(name[3:])).sum()
    shown = re.findall(r"^  (who\d+) +\d+ +[\d.]+ +(-?[\d.]+)$", out, re.M)
    skills = [float(skill) for _, skill in shown]
    assert len(shown) == 10
    assert skills == sorted(skills)
    assert {name for name, _ in shown[:3]} == {"who4", "who5", "who6"}


def test_smoothing_and_iterations_reach_the_model(file, votes):
    out = run(file, "--iterations", "3", "--smoothing", "1").stdout
    assert fact(out, "rounds of EM") == "3, NOT converged; raise --iterations"
    result = dawid_skene(votes, 3, smoothing=1)
    assert fact(out, "log-likelihood") == f"{result.log_likelihoods[-1]:,.2f}"


def test_columns_may_have_other_names(folder):
    (folder / "v.csv").write_text("task,worker,answer\nn1,eva,1\nn1,tom,1\nn2,eva,0\n")
    refused = run("v.csv", code=2)
    assert "v.csv, line 1: the column 'item' is not there" in refused.output
    assert "say which are item, annotator and label by --columns" in " ".join(
        refused.output.split()
    )
    out = run("v.csv", "--columns", "task, worker,answer").stdout
    assert out.startswith("3 votes by 2 annotators on 2 items, 2 classes")
    assert fact(out, "Fleiss' kappa") == "none: item 0 has 2 votes and item 1 has 1"
    assert "2 have fewer than 10 votes: their rows say little" in out
    for mark in ";\t":
        assert run("v.csv", "--columns", mark.join(["task", " worker", "answer"])).stdout == out
    wrong = run("v.csv", "--columns", "task,worker", code=2)
    assert "--columns names 2 columns; give three" in wrong.output
    wrong = run("v.csv", "--columns", "task,worker, task", code=2)
    assert "--columns names 'task' twice; item, annotator and label are three" in wrong.output


@pytest.mark.attack("disk")
def test_what_exists_is_not_written_over_unless_forced(file, folder):
    kept = folder / "votes-posteriors.csv"
    kept.write_text("mine")
    output = "--output", kept.name
    refused = run(file, *output, code=2)
    assert "votes-posteriors.csv exists, and is left as it is" in refused.output
    assert kept.read_text() == "mine"
    run(file, *output, "--force")
    assert len(table(kept)) == 150
    assert sorted(path.name for path in folder.iterdir()) == [
        "votes-posteriors.csv",
        "votes.csv",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--output", "votes.csv", "--force"], "votes.csv is the file of votes, too"),
        (["--output", "p.csv", "--annotators", "./p.csv"], "p.csv is asked for, too"),
        (["--output", "/dev/null"], "/dev/null cannot be written: it is a folder, a pipe or"),
        (["--output", "x" * 300], "x cannot be written: File name too long"),
        (["--output", "."], ". cannot be written: it is a folder, a pipe or a device"),
        (["--smoothing", "1e308"], "`smoothing` is 1e+308; give 0 or a few votes"),
        (["--columns", "annotator,label,item"], "14 items have 150 classes"),
    ],
)
@pytest.mark.attack("disk")
def test_a_slip_that_would_lose_a_file_or_the_work_is_told_before_it(file, options, message):
    before = file.read_bytes()
    assert message in run(file, *options, code=2).output
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["votes.csv"]


@pytest.mark.attack("disk")
def test_a_link_is_followed_and_a_pipe_not_waited_for(file, folder):
    (folder / "elsewhere").mkdir()
    (folder / "p.csv").symlink_to(folder / "elsewhere/q.csv")
    run(file, "--output", "p.csv")
    assert (folder / "p.csv").is_symlink()
    assert len(table(folder / "elsewhere/q.csv")) == 150
    os.mkfifo(folder / "pipe")
    assert "pipe cannot be read: it is a folder, a pipe" in run("pipe", code=2).output


@pytest.mark.attack("votes")
def test_more_memory_than_allowed_is_refused_before_it_is_taken(folder):
    lines = [f"n{i},who{i % 3000},{i % 90}\n" for i in range(12000)]
    (folder / "v.csv").write_text("item,annotator,label\n" + "".join(lines))
    told = run("v.csv", "--memory", "0.5", code=2).output
    assert "3,000 annotators, 12,000 items and 90 classes would take 0.8 GB" in told


@pytest.mark.attack("votes")
def test_as_many_classes_as_items_are_refused_however_many_there_are(folder):
    # Looking each name up in a list took a minute.
    lines = [f"n{i},who{i % 7},text {i}\n" for i in range(100_000)]
    (folder / "v.csv").write_text("item,annotator,label\n" + "".join(lines))
    assert "100,000 items have 100,000 classes" in run("v.csv", code=2).output


@pytest.mark.attack("disk")
def test_of_two_that_write_one_file_one_is_told(file, folder, monkeypatch):
    def other(votes, *args, **kwargs):
        (folder / "p.csv").write_text("theirs")
        return dawid_skene(votes, *args, **kwargs)

    monkeypatch.setattr(command, "dawid_skene", other)
    told = run(file, "--output", "p.csv", code=2).output
    assert "p.csv exists by now, and is left as it is" in told
    assert (folder / "p.csv").read_text() == "theirs"


@pytest.mark.attack("terminal")
def test_repeated_votes_are_counted_and_names_cannot_move_the_cursor(folder):
    text = "item,annotator,label\nn1,ev\x1b[2Ja,yes\nn1,ev\x1b[2Ja,no\nn1,\x9btom,=no\n"
    (folder / "v.csv").write_text(text)
    out = run("v.csv", "--output", "p.csv").stdout
    assert fact(out, "repeated votes") == "1, each counted"
    assert not {"\x1b", "\x9b"} & set(out)
    assert "ev\N{REPLACEMENT CHARACTER}[2Ja" in out
    assert "p(=no)" in table("p.csv")[0]


@pytest.mark.attack("terminal")
def test_names_of_files_are_no_markup_and_move_no_cursor(folder):
    (folder / "v.csv").write_text("item,annotator,label\nn1,eva,yes\nn1,tom,no\n")
    out = run("v.csv", "--output", "[red]p\x1b[2J.csv", "--annotators", "[b]a.csv").stdout
    assert "items are in [red]p\\x1b[2J.csv\n" in out
    assert "annotators are in [b]a.csv\n" in out


def test_one_class_one_vote_and_two_names_of_a_length_are_shown(folder):
    (folder / "v.csv").write_text("item,annotator,label\nn1,eva,yes\nn2,[red]tom,yes\n")
    out = run("v.csv").stdout
    assert fact(out, "raw agreement").startswith("none: no item has two votes")
    assert "[red]tom" in out
    (folder / "w.csv").write_text(f"item,annotator,label\nn1,{'x' * 60},yes\nn1,b,yes\n")
    out = run("w.csv").stdout
    assert fact(out, "Krippendorff's alpha").startswith("none: every vote is for one")
    assert f"  {'x' * 21}… " in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("item,annotator,label\nn1,eva,\n", "v.csv, line 2, column 3 (label): empty"),
        ("item,annotator,label\n", "v.csv has a header and no votes under it"),
        (None, "v.csv cannot be read: No such file or directory"),
    ],
)
@pytest.mark.attack("votes")
def test_a_file_that_cannot_be_read_ends_with_a_sentence_and_code_2(folder, content, message):
    if content is not None:
        (folder / "v.csv").write_text(content)
    assert message in run("v.csv", code=2).output
    assert not (folder / "v-posteriors.csv").exists()


@pytest.mark.attack("disk")
def test_a_folder_that_cannot_be_written_is_told(file, folder):
    (folder / "shut").write_text("")
    told = run(file, "--output", "shut/p.csv", code=2).output
    assert "shut/p.csv cannot be written" in told.replace("\n", "")


def test_most_votes_below_chance_are_remarked(capsys):
    ratings = np.array([20, 20]), np.array([0.4, 0.3]), np.array([-0.2, -0.4])
    from answers.practice.terminal import console

    command.show_annotators(console(), ["eva", "tom"], ratings)
    assert "the classes may have changed names" in capsys.readouterr().out


def test_no_bar_is_drawn_where_nobody_looks(file):
    done = subprocess.run([*ANSWERS, "labels", file], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "rounds of EM" in done.stdout


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals here")
def test_a_bar_is_drawn_on_a_terminal_when_the_file_is_long(file, monkeypatch):
    import pty

    code = (
        "import sys; from answers.labels import command; command.LONG = 0; "
        "from answers.cli import main; main()"
    )
    master, slave = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "80"}
    process = subprocess.Popen(
        [sys.executable, "-c", code, "labels", file],
        stdout=subprocess.PIPE,
        stderr=slave,
        env=environment,
        text=True,
    )
    out = process.communicate(timeout=60)[0]
    os.close(slave)
    drawn = b""
    os.set_blocking(master, False)
    try:
        while chunk := os.read(master, 65536):
            drawn += chunk
    except OSError:
        pass
    os.close(master)
    assert process.returncode == 0
    assert b"reading" in drawn
    assert b"fitting" in drawn
    assert "reading" not in out
