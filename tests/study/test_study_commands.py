"""Studying on the command line: today, plan, review and mock, by lines and by keys."""

import dataclasses
import functools
import io
import os
import re
import signal
import subprocess
import sys
import time
import types
from pathlib import Path
from unittest.mock import Mock

import pytest
from command_line import ANSWERS, learner, run
from days import TODAY, in_days, in_words
from rich.cells import cell_len
from rich.console import Console
from waiting import wait_until

from answers.cli import interview, keys
from answers.cli import mock as mock_command
from answers.pages import ROOT, pages
from answers.practice import catalog, progress
from answers.practice.state import History, Record
from answers.study import display, schedule
from answers.study.cards import cards

DAY, BEFORE = TODAY, in_days(-6)
THEN = f"{BEFORE}T00:00:00Z"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The learner's folder on a day."""
    return learner(tmp_path, monkeypatch)


def answers(*args: str, code: int = 0, **options) -> str:
    """What the command prints; its exit code must be `code`."""
    return run(*args, code=code, **options).output


def kept():
    return progress.load()[0]


def known(*names: str, due=DAY, last=BEFORE) -> None:
    """Note that these cards were reviewed, and are due."""
    histories = {name: History([[last, 3]], due) for name in names}
    progress.update(lambda state: state.cards.update(histories))


def test_today_tells_a_beginner_what_to_read_and_then_how_long_it_takes():
    shown = answers("today")
    page = pages()[0]
    assert f"  {page.reading:3} min  answers review 1       {page.title}\n" in shown
    assert "Read the page first.\n" in shown
    assert f"About {page.reading} of 60 minutes." in shown


def test_today_names_what_is_due_to_do_again_and_new_and_what_is_for_later():
    known("06/opening", "06/is-the-loss-convex", "exercise/softmax")
    answers("plan", "--date", in_days(5), "--minutes", "30")
    shown, later = answers("today").split("If you have time:")
    assert shown.startswith("The interview is in 5 days.\n")
    assert "   3 min  answers review         2 due cards\n" in shown
    assert re.search(r"answers start softmax --again +to do again\n", shown)
    assert "answers review 2 " in later
    assert re.search(r"answers review +10 new cards\n", later)


def test_today_without_anything_says_when_the_next_card_comes():
    numbers = {card.page.number for card in cards()}
    openings = [f"{number:02}/opening" for number in sorted(numbers)]
    known(*openings, due=in_days(7))
    answers("plan", "--new", "0")
    assert answers("today") == "There is nothing to do today. The next card comes back in 7 days.\n"
    assert answers("review") == (
        "There is nothing to do today. The next card comes back in 7 days.\n"
    )


def test_a_plan_is_kept_changed_in_part_and_undone():
    assert answers("plan").startswith("No date is set. Each day 10 new cards, 60 minutes.\n")
    assert f"on {in_words(28)}. Each" in answers("plan", "--date", in_days(28))
    assert "Each day 5 new cards, 90" in answers("plan", "--new", "5", "--minutes", "90")
    assert kept().plan.date == in_days(28)
    assert kept().plan.changed
    assert answers("plan", "--date", "none").startswith("No date is set. Each day 5 new")
    for wrong, words in (
        (in_days(-1), "is over"),
        ("soon", "is no day"),
        ("2026-02-30", "is no day"),
    ):
        assert words in answers("plan", "--date", wrong, code=2)


def test_an_interview_that_is_over_was(monkeypatch):
    answers("plan", "--date", DAY)
    assert answers("plan").startswith("The interview is today.")
    monkeypatch.setenv("ANSWERS_NOW", f"{in_days(1)}T09:00:00")
    assert answers("plan").startswith("The interview was yesterday.")


def test_review_asks_what_is_due_reveals_rates_and_undoes_by_lines():
    known("06/opening", "06/is-the-loss-convex")
    answers("plan", "--new", "0")
    # Reveal, good; reveal, again; undo; reveal, easy.
    shown = answers("review", input="\n3\n\n1\n")
    assert "1 of 2  6: Softmax and cross-entropy" in shown
    assert shown.index("Is the loss convex?") < shown.index("In the logits, yes")
    assert "To read again:\n  again  question 6: Is the loss convex?\n" in shown
    assert shown.endswith("2 cards rated. What is left: answers today\n")
    assert kept().cards["06/opening"].reviews[-1] == [DAY, 3]
    assert kept().cards["06/is-the-loss-convex"].reviews[-1] == [DAY, 1]
    assert kept().cards["06/is-the-loss-convex"].due == in_days(1)


def test_review_asks_what_fits_into_the_plan_and_then_what_is_for_later():
    known("06/opening", "06/is-the-loss-convex", "06/why-not-squared-error-on-the-probabilities")
    answers("plan", "--new", "0", "--minutes", "3")
    assert "answers review         2 due cards\n" in answers("today").partition("If you")[0]
    shown = answers("review", input="\n3\n" * 3)
    heads = re.findall(r"^(\d of .*?)  6: ", shown, re.MULTILINE)
    assert heads == ["1 of 2", "2 of 2", "1 of 1 if you have time"]


def test_undo_and_putting_away_go_one_card_back():
    known("06/opening", "06/is-the-loss-convex", "06/why-not-squared-error-on-the-probabilities")
    answers("plan", "--new", "0")
    shown = answers("review", input="\n1\nu\n\n4\ns\nu\ns\nq\n")
    assert shown.count("1 of 3") == 2
    assert shown.count("2 of 3") == 3
    first, second = (kept().cards[f"06/{name}"] for name in ("opening", "is-the-loss-convex"))
    assert first.reviews == [[in_days(-6), 3], [DAY, 4]]
    assert first.due == schedule.due(first.reviews)
    assert second.suspended
    assert "Took out 1 card." in answers("review", "--put-away")
    assert kept().cards["06/is-the-loss-convex"].suspended is None


def test_what_is_revealed_tells_when_the_card_comes_back_under_the_plan():
    answers("plan", "--date", in_days(3))
    shown = answers("review", "6", input="\nq\n")
    told = " ".join(shown.split())
    assert "1 again (tomorrow), 2 hard (tomorrow), 3 good (tomorrow), 4 easy (tomorrow)" in told
    assert "Subtracting the maximum changes neither value nor gradient" in told
    assert kept().cards == {}


def test_rehearsing_a_question_ends_with_a_score():
    count = sum(card.page.number == 17 and card.kind != "exercise" for card in cards())
    shown = answers("review", "17", input="\n3\n" * count + "2\n")
    assert "How was your answer? 1 weak, 2 solid, 3 strong" in shown
    assert kept().scores == {"17": [[DAY, "solid"]]}
    assert len(kept().cards) == count
    assert "did you mean softmax?" in answers("review", "sofmax", code=2)


def revealed(id: str) -> str:
    """What the command line shows as the answer of a card, as one line."""
    (card,) = (card for card in cards() if card.id == id)
    out = Console(width=80, file=io.StringIO())
    display.show_back(out, card)
    return " ".join(out.file.getvalue().split())


def test_an_answer_shows_its_formulas_and_says_what_only_the_page_has():
    assert revealed("06/what-does-temperature-do").endswith(
        "in the second, p is the softmax at temperature T: e^a/(e^a + e^b) = 1/(e^(b - a) + 1) "
        "(∂L)/(∂zⱼ) = (pⱼ - [j = y])/T The page has a figure with sliders and code for this."
    )
    assert revealed("13/would-you-filter-at-all").endswith(
        "by people. The runs behind these answers The page has code for this."
    )
    assert "The page has" not in revealed("06/is-the-loss-convex")


def test_every_card_is_shown_without_the_marks_of_the_page():
    for card in cards():
        out = Console(width=80, file=io.StringIO())
        display.show_front(out, card, "")
        display.show_back(out, card)
        shown = out.file.getvalue()
        for mark in ("```", "???", "--8<--", "<!--", "$", "**"):
            assert mark not in shown, (card.id, mark)
        assert max(map(cell_len, shown.splitlines())) <= 80, card.id


def test_cards_cannot_be_rated_without_fsrs_and_it_is_told(monkeypatch):
    missing = ModuleNotFoundError("answers.study.schedule needs FSRS: pip install it")
    monkeypatch.setattr(schedule, "scheduler", Mock(side_effect=missing))
    for command in ("review", "mock"):
        assert answers(command, code=2) == "answers.study.schedule needs FSRS: pip install it\n"
    assert "answers review 1" in answers("today")


def test_progress_that_cannot_be_kept_is_told_and_the_review_goes_on():
    known("06/opening", "06/is-the-loss-convex")
    progress.location().chmod(0o444)
    shown = answers("review", input="\n3\n\n3\n")
    assert shown.count("is read-only, and is left as it is") == 2
    assert shown.endswith("What you pressed for 2 cards is not saved.\n")


def test_what_was_not_saved_is_neither_put_away_nor_taken_back():
    known("06/opening", "06/is-the-loss-convex")
    before = kept()
    progress.location().chmod(0o444)
    shown = answers("review", input="s\nu\n\n3\nu\nq\n")
    assert "Put away" not in shown
    assert shown.count("is read-only") == 2
    assert "What you pressed" not in shown
    assert kept() == before


def test_ctrl_c_says_that_ratings_are_kept_if_they_are(monkeypatch):
    known("06/opening", "06/is-the-loss-convex")

    def stopped_after_a_rating() -> str:
        pressed = Mock(side_effect=[" ", "3", KeyboardInterrupt])
        monkeypatch.setattr(keys, "one_of", pressed)
        return answers("review", code=130)

    assert stopped_after_a_rating().endswith("\nStopped; what you rated is kept.\n")
    progress.location().chmod(0o444)
    assert stopped_after_a_rating().endswith(
        "\nStopped.\nWhat you pressed for 1 card is not saved.\n"
    )


def test_cards_that_cannot_be_taken_out_are_not_said_to_be():
    progress.update(lambda state: state.cards.update({"06/opening": History(suspended=THEN)}))
    progress.location().chmod(0o444)
    shown = answers("review", "--put-away", code=2)
    assert "is read-only" in shown
    assert shown.endswith("Nothing was changed.\n")


def mock(*args: str, lines: str, code: int = 0) -> str:
    return answers("mock", "--minutes", "15", "--seed", "7", *args, input=lines, code=code)


def test_a_mock_asks_has_code_written_and_reports(folder, monkeypatch):
    drawn = mock_command.drawn_by(cards(), 15, 7)
    (question,) = drawn.questions
    name, number = drawn.exercise.name, question[0].page.number
    checked = []

    def check(asked):
        checked.append(asked.path.read_text())
        return len(checked) == 2

    monkeypatch.setattr("answers.cli.interview.check_once", check)
    shown = mock(lines="\n" + "\n2\n" * len(question) + "1\n" + "\n\n")
    assert "seed 7: 1 question, follow-ups, an exercise.\n" in shown
    assert checked == [catalog.load(name).stub()] * 2
    assert (folder / f"{name}-mock.py").exists()
    assert re.search(rf"exercise {name} +\d:\d\d  passed\n", shown)
    assert re.search(rf"question {number}: .* \d:\d\d  weak\n", shown)
    assert re.search(r"together +\d:\d\d of 15:00\n", shown)
    assert shown.count(f"  hard   question {number}: ") == len(question)
    assert kept().scores == {f"{number:02}": [[DAY, "weak"]]}
    assert {card: h.reviews for card, h in kept().cards.items()} == {
        card.id: [[DAY, 2]] for card in question
    }


def passed_earlier(name: str) -> None:
    """Note that the exercise was passed on an earlier day, with a hint."""
    known(f"exercise/{name}", due=in_days(28))
    record = Record(hints=1, passed=THEN)
    progress.update(lambda state: state.exercises.update({name: record}))


def ask_no_question(monkeypatch) -> str:
    """Let mocks have an exercise alone; its name."""
    drawn = dataclasses.replace(mock_command.drawn_by(cards(), 15, 7), questions=())
    monkeypatch.setattr(mock_command, "drawn_by", lambda *args: drawn)
    return drawn.exercise.name


def test_a_mock_without_a_pass_leaves_an_exercise_as_it_was(monkeypatch):
    name = ask_no_question(monkeypatch)
    passed_earlier(name)
    before = kept()
    assert "not passed" in mock(lines="\nq\n")
    assert kept() == before
    Path(f"{name}.py").write_text(catalog.load(name).solution())
    assert "it comes back" not in answers("check", name)


def test_a_solution_that_is_shown_during_a_mock_counts(monkeypatch):
    name = ask_no_question(monkeypatch)
    passed_earlier(name)
    right = catalog.load(name).solution()
    monkeypatch.setattr(catalog.load(name), "stub", lambda: right)
    check_once = interview.check_once

    def with_the_solution(asked):
        answers("solution", name, "--give-up")
        return check_once(asked)

    monkeypatch.setattr(interview, "check_once", with_the_solution)
    assert "Passed with the solution; it comes back tomorrow" in mock(lines="\n\n")


def test_a_pass_in_a_mock_counts_as_one_from_the_stub(monkeypatch):
    name = ask_no_question(monkeypatch)
    passed_earlier(name)
    monkeypatch.setattr(catalog.load(name), "stub", catalog.load(name).solution)
    assert "Passed; it comes back" in mock(lines="\n\n")
    assert kept().cards[f"exercise/{name}"].reviews[1:] == [[DAY, schedule.GOOD]]
    assert kept().exercises[name].again is None


def test_a_mock_that_is_left_reports_what_was_done():
    assert "Mock interview" not in mock(lines="q\n")
    shown = mock(lines="\n\n1\nq\n")
    assert re.search(r"question \d+: .* \d:\d\d  not scored\n", shown)
    assert "exercise" not in shown.partition("q quits.")[2]
    assert re.search(r"again  question \d+: the question itself\n", shown)


def test_the_clock_stands_still_in_a_pause(monkeypatch, folder):
    now, one_of = [0.0], keys.one_of

    def ten_minutes_pass_in_each_pause(wanted):
        now[0] += 600 * (wanted == " q")
        return one_of(wanted)

    monkeypatch.setattr(keys, "one_of", ten_minutes_pass_in_each_pause)
    monkeypatch.setattr(interview, "time", types.SimpleNamespace(monotonic=lambda: now[0]))
    began = functools.partial(interview.Interview, began=600.0)
    monkeypatch.setattr(interview, "Interview", began)
    (question,) = mock_command.drawn_by(cards(), 15, 7).questions
    shown = mock(lines="\np\n\n\n" + "p\n\n2\n" + "\n2\n" * (len(question) - 1) + "p\n\n1\np\nq\n")
    assert shown.count("Paused at 0:00 of 15:00. Space goes on, q quits.\n") == 4
    assert re.search(r"together +0:00 of 15:00\n", shown)
    assert re.search(r"exercise \w+ +0:00  not passed\n", shown)


def test_a_mock_reports_though_its_exercise_cannot_be_written(monkeypatch):
    full = OSError(28, "No space left on device")
    monkeypatch.setattr("answers.practice.beside.write_new", Mock(side_effect=full))
    (question,) = mock_command.drawn_by(cards(), 15, 7).questions
    shown = mock(lines="\n" + "\n1\n" * len(question) + "1\n")
    assert "-mock.py cannot be written: No space left on device\n" in shown
    assert re.search(r"exercise \w+ +\d:\d\d  not begun\n", shown)
    assert re.search(r"again  question \d+: the question itself\n", shown)


def test_ctrl_c_stops_one_check_of_a_mock(monkeypatch):
    name = ask_no_question(monkeypatch)
    checks = Mock(side_effect=[KeyboardInterrupt, True])
    monkeypatch.setattr("answers.cli.interview.check_once", checks)
    shown = mock(lines="\n\n\n")
    assert "The check is stopped.\nWrite it, and save." in shown
    assert re.search(rf"exercise {name} +\d:\d\d  passed\n", shown)


def test_a_mock_that_is_stopped_by_ctrl_c_reports(monkeypatch):
    one_of, pressed = keys.one_of, []

    def stopped_after_three_keys(wanted):
        pressed.append(wanted)
        if len(pressed) > 3:
            raise KeyboardInterrupt
        return one_of(wanted)

    monkeypatch.setattr(keys, "one_of", stopped_after_three_keys)
    shown = mock(lines="\n\n1\n", code=130)
    assert re.search(r"question \d+: .* \d:\d\d  not scored\n", shown)
    assert re.search(r"again  question \d+: the question itself\n", shown)
    assert shown.endswith("Stopped; what you rated is kept.\n")


def test_time_over_is_told(monkeypatch):
    before = time.monotonic() - 60 * 16
    late = functools.partial(interview.Interview, began=before)
    monkeypatch.setattr(interview, "Interview", late)
    shown = mock(lines="\n\n1\nq\n")
    assert re.search(r"together +1\d:\d\d of 15:00, \d:\d\d over\n", shown)
    assert re.search(r"^1\d:\d\d of 15:00  \d+: ", shown, re.MULTILINE)


def test_a_mock_without_a_seed_asks_what_is_weak_and_tells_its_seed():
    state = kept()
    state.scores = {"06": [[DAY, "strong"], [DAY, "weak"]]}
    progress.update(lambda there: vars(there).update(vars(state)))
    shown = answers("mock", "--minutes", "45", input="q\n")
    seed = int(re.search(r"--seed (\d+)\n", shown)[1])
    drawn = mock_command.drawn_by(cards(), 45, seed)
    assert 6 in [question[0].page.number for question in drawn.questions]
    assert "15, 30 or 45 minutes, not 20" in answers("mock", "--minutes", "20", code=2)


posix = pytest.mark.skipif(os.name != "posix", reason="no terminal of its own")


@pytest.fixture
def at_terminal():
    """Start a command in a terminal: a function that presses keys, and what it has shown."""
    import pty
    import threading

    opened = []

    def start(*args: str):
        ours, theirs = pty.openpty()
        environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
        process = subprocess.Popen(
            [*ANSWERS, *args], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        process.terminal, shown = ours, []

        def listen():
            try:
                while data := os.read(ours, 4096):
                    shown.append(data.decode(errors="replace"))
            except OSError:
                pass  # the terminal is closed

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        opened.append((process, ours, theirs))
        return (
            process,
            lambda keys: os.write(ours, keys.encode()),
            lambda: re.sub(r"\x1b\[[0-9;]*m", "", "".join(shown)),
        )

    yield start
    for process, ours, theirs in opened:
        process.kill()
        process.wait()
        os.close(theirs)
        os.close(ours)


def test_an_arrow_is_none_of_the_keys(monkeypatch):
    pressed = iter([None, "x", "3"])
    monkeypatch.setattr(keys, "real", lambda: True)
    monkeypatch.setattr(keys, "within", lambda seconds: next(pressed))
    assert keys.one_of("123") == "3"


@posix
def test_in_a_terminal_single_keys_count_and_are_not_shown(at_terminal):

    process, press, shown = at_terminal("review", "6")
    wait_until(lambda: "Space shows the answer" in shown(), shown)
    press("x\x1b[C ")  # neither a letter nor an arrow passes the card over
    wait_until(lambda: "4 easy" in shown(), shown)
    assert "2 of 13" not in shown()
    press("3")
    wait_until(lambda: "2 of 13" in shown(), shown)
    wait_until(lambda: "06/opening" in kept().cards, shown)
    press("u")
    wait_until(lambda: shown().count("1 of 13") == 2, shown)
    wait_until(lambda: "06/opening" not in kept().cards, shown)
    press("q")
    assert process.wait(timeout=100) == 0
    assert "\nx" not in shown()


@posix
def test_single_keys_count_again_after_ctrl_z_and_fg(at_terminal):
    import termios

    process, press, shown = at_terminal("review", "6")
    before = termios.tcgetattr(process.terminal)
    wait_until(lambda: "Space shows the answer" in shown(), shown)
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    termios.tcsetattr(process.terminal, termios.TCSANOW, before)
    process.send_signal(signal.SIGCONT)
    wait_until(lambda: not termios.tcgetattr(process.terminal)[3] & termios.ICANON, shown)
    press(" ")
    wait_until(lambda: "4 easy" in shown(), shown)
    press("q")
    assert process.wait(timeout=100) == 0
    assert termios.tcgetattr(process.terminal)[3] & termios.ICANON


@posix
def test_watching_in_a_terminal_takes_a_hint_and_goes_on_to_the_next(at_terminal, folder):
    (folder / "softmax.py").write_text("from answers.probability.softmax import softmax\n")
    process, press, shown = at_terminal("check", "softmax", "--watch")
    wait_until(lambda: "Watching softmax.py: n next exercise, q quit." in shown(), shown)
    press("n")
    wait_until(lambda: "Watching logsumexp.py: h hint, n next" in shown(), shown)
    assert (folder / "logsumexp.py").read_text() == catalog.load("logsumexp").stub()
    press("h")
    wait_until(lambda: "Hint 1 of" in shown(), shown)
    (folder / "logsumexp.py").write_text(catalog.load("logsumexp").solution())
    wait_until(lambda: "logsumexp: passed" in shown(), shown)
    wait_until(lambda: "Watching logsumexp.py: n next exercise" in shown(), shown)
    press("q")
    assert process.wait(timeout=100) == 0
    assert set(kept().exercises) == {"softmax", "logsumexp"}
    assert kept().exercises["logsumexp"].hints == 1
    assert isinstance(kept().exercises["softmax"], Record)


def test_next_begins_what_is_not_passed(folder):
    first = pages()[0].exercises[0]
    assert f"Wrote {first}.py." in answers("next")
    assert f"{first}.py is there. To go on: answers check {first} --watch\n" == answers("next")
    everything = {name: Record(passed=f"{in_days(-25)}T00:00:00Z") for name in catalog.names()}
    progress.update(lambda state: state.exercises.update(everything))
    assert answers("next").startswith("You have passed every exercise.")
    assert [file.name for file in Path().iterdir()] == [f"{first}.py"]


def test_next_passes_over_what_needs_what_is_not_installed(monkeypatch):
    first, second = pages()[0].exercises[:2]
    load = catalog.load

    def without_first(name):
        if name == first:
            raise ModuleNotFoundError("No module named 'torch'")
        return load(name)

    monkeypatch.setattr(catalog, "load", without_first)
    shown = answers("next")
    assert f"Note: {first} is passed over: No module named 'torch'\n" in shown
    assert f"Wrote {second}.py." in shown


def test_list_is_filtered_by_topic_level_due_and_what_is_passed():
    known("exercise/softmax")
    passed = Record(passed=f"{in_days(-25)}T00:00:00Z")
    progress.update(lambda state: state.exercises.update(softmax=passed, affine=passed))
    assert re.search(r"softmax +passed .*, due\n", answers("list"))

    def listed(*args):
        return set(re.findall(r"^ {4}(\w+)", answers("list", *args), re.MULTILINE))

    everything = listed()
    assert listed("--due") == {"softmax"}
    assert listed("--not-passed") == everything - {"softmax", "affine"}
    assert listed("--topic", "transformers") == {
        name for page in pages() if page.topic == "Transformers" for name in page.exercises
    }
    assert listed("--level", "advanced") == {
        name for page in pages() if page.level == "advanced" for name in page.exercises
    }
    assert answers("list", "--due", "--not-passed") == "There are none.\n"
    assert "there are: advanced, core" in answers("list", "--level", "hard", code=2)


def test_beginning_again_keeps_what_was_written(folder):
    (folder / "softmax.py").write_text("mine")
    known("exercise/softmax")
    progress.update(
        lambda state: state.exercises.update(softmax=Record(passed=f"{in_days(-25)}T00:00:00Z"))
    )
    shown = answers("start", "softmax", "--again")
    assert "What you wrote before is in softmax-before.py.\n" in shown
    assert (folder / "softmax-before.py").read_text() == "mine"
    assert (folder / "softmax.py").read_text() == catalog.load("softmax").stub()
    answers("start", "softmax", "--again")
    assert (folder / "softmax-before-2.py").exists()
    (folder / "softmax.py").write_text("from answers.probability.softmax import softmax\n")
    assert f"  Passed; it comes back on {in_words(20)}.\n" in answers("check", "softmax")
    assert len(kept().cards["exercise/softmax"].reviews) == 2


def test_a_pass_after_the_solution_is_said_to_be_one():
    shown = answers("solution", "softmax", "--give-up")
    assert "once you pass it, it comes back the day after" in shown
    Path("softmax.py").write_text(catalog.load("softmax").solution())
    told = "  Passed with the solution; it comes back tomorrow.\n"
    assert told in answers("check", "softmax")
    assert told not in answers("check", "softmax")
    assert kept().cards["exercise/softmax"].due == in_days(1)
    assert "once you pass" not in answers("solution", "softmax")


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


def test_a_plan_that_cannot_be_kept_is_refused():
    progress.location().mkdir(parents=True)
    assert "cannot be read: it is a folder" in answers("plan", "--new", "3", code=2)
