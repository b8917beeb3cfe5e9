"""`answers check --watch` in a terminal, by single keys."""

import os
import re
import signal
import subprocess
import threading

import pytest
from command_line import ANSWERS, learner
from waiting import wait_until

from answers import progress
from answers.grader import catalog
from answers.pages import ROOT

pty = pytest.importorskip("pty", reason="no terminal of its own")
termios = pytest.importorskip("termios")

PASSES = "from answers.probability.softmax import softmax\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return learner(tmp_path, monkeypatch)


@pytest.fixture
def at_terminal():
    """Start a command in a terminal: the process, what presses keys, and what it has shown."""
    opened = []

    def start(*args: str):
        ours, theirs = pty.openpty()
        usual = termios.tcgetattr(theirs)
        environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
        process = subprocess.Popen(
            [*ANSWERS, *args], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
        )
        process.terminal, process.usual, shown = ours, usual, []

        def listen():
            try:
                while data := os.read(ours, 4096):
                    shown.append(data.decode(errors="replace"))
            except OSError:
                pass  # the terminal is closed

        threading.Thread(target=listen, daemon=True).start()
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


def test_watching_takes_a_hint_and_goes_on_to_the_next(at_terminal, folder):
    (folder / "softmax.py").write_text(PASSES)
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
    kept = progress.load()[0].exercises
    assert set(kept) == {"softmax", "logsumexp"}
    assert kept["logsumexp"].hints == 1


def test_other_keys_and_arrows_do_nothing_and_none_is_shown(at_terminal, folder):
    (folder / "softmax.py").write_text(PASSES)
    process, press, shown = at_terminal("check", "softmax", "--watch")
    wait_until(lambda: "q quit.\r\n" in shown(), shown)
    before = shown()
    press("x\x1b[C\x1bOn\x1b[1;5q")  # a letter, an arrow, and two keys with n and q in them
    press("h")
    wait_until(lambda: "Hint 1 of" in shown(), shown)
    press("q")
    assert process.wait(timeout=100) == 0
    assert shown().removeprefix(before).lstrip().startswith("Hint 1 of")
    assert [file.name for file in folder.iterdir()] == ["softmax.py"]


def test_single_keys_count_again_after_ctrl_z_and_fg(at_terminal, folder):
    (folder / "softmax.py").write_text(PASSES)
    process, press, shown = at_terminal("check", "softmax", "--watch")
    wait_until(lambda: "Watching softmax.py" in shown(), shown)
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)
    termios.tcsetattr(process.terminal, termios.TCSANOW, process.usual)
    process.send_signal(signal.SIGCONT)
    wait_until(lambda: not termios.tcgetattr(process.terminal)[3] & termios.ICANON, shown)
    press("h")
    wait_until(lambda: "Hint 1 of" in shown(), shown)
    press("q")
    assert process.wait(timeout=100) == 0
    assert termios.tcgetattr(process.terminal)[3] & termios.ICANON
