"""A check gives a clear verdict on whatever a file does, and leaves nothing running."""

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import numpy as np
import pytest
from waiting import wait_until

from answers.grader import browser_judge, catalog, judge, process
from answers.grader.report import Report

# How to pass, and how to fail, in the fewest lines.
WRONG = "def softmax(x, axis=-1):\n    "
RIGHT = f"from answers.probability.softmax import softmax as answer\n\n{WRONG}"
PASSES = f"{RIGHT}return answer(x, axis)\n"
SHORT = 1  # second, for code that never ends

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has what this needs")


def marked_processes(mark: str) -> list[str]:
    """The command lines of all processes with this mark in their environment."""
    found = []
    for running in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (running / "environ").read_bytes():
                found.append((running / "cmdline").read_bytes().decode())
        except OSError:  # it has ended meanwhile
            continue
    return found


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Judge a source as softmax.py; nothing may run afterwards, and no file have changed."""
    mark = f"mark-{uuid.uuid4()}"
    monkeypatch.setenv("ANSWERS_TEST_MARK", mark)

    def check(source: str | bytes, **limits) -> process.Outcome:
        file = tmp_path / "softmax.py"
        source = source.encode() if isinstance(source, str) else source
        file.write_bytes(source)
        outcome = process.Judging("softmax", file, **limits).outcome()
        assert file.read_bytes() == source
        return outcome

    yield check
    # The kernel ends the last of them after we have gone on.
    wait_until(lambda: not marked_processes(mark), lambda: marked_processes(mark))
    assert {file.name for file in tmp_path.iterdir()} <= {"softmax.py", "sibling.py"}


def told(outcome: process.Outcome) -> str:
    """What the learner is told first."""
    assert not outcome.report.passed
    return str(outcome.report.failures[0])


def test_a_right_answer_passes(check):
    outcome = check(PASSES)
    assert outcome.report == Report()
    assert outcome.output == ""
    assert outcome.seconds > 0


def test_a_method_of_a_class_called_solution_is_judged(check):
    method = (
        "class Solution:\n    def softmax(self, x, axis=-1):\n        return softmax(x, axis)\n"
    )
    renamed = PASSES.replace("softmax(", "right(")
    outcome = check(renamed + method.replace("return softmax", "return right"))
    assert outcome.report == Report()
    words = told(check(f"{renamed}class Solution:\n    pass\n"))
    assert "defines no function `softmax`" in words


def test_an_interruption_from_elsewhere_is_told_as_the_learners():
    words = judge.error_in_words(KeyboardInterrupt(), Path("softmax.py"))
    assert words.startswith("it interrupted the check, by a thread or a signal; end every thread")


def test_the_report_is_that_of_the_exercise(check):
    outcome = check(f"import numpy as np\n{WRONG}return np.exp(x) * np.nan")
    assert "softmax(x) with x = [1.0, 2.0, 4.0]" in told(outcome)
    assert outcome.report.failures[0].got == "nan"


ENDLESS = {
    "in the function": f"{WRONG}while True:\n        x = x + 0",
    "on import": "while True:\n    pass",
    "in one call of C": "sum(range(10**12))",
    "in a session of its own": f"import os\nos.setsid()\n{WRONG}while True:\n        pass",
    "that catches what it can": (
        "import signal\nfor n in set(range(1, 32)) - {9, 19}:\n    signal.signal(n, lambda *_: 0)\n"
        "while True:\n    try:\n        x = 1\n    except BaseException:\n        pass"
    ),
}


@pytest.mark.parametrize("source", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_loop_is_ended_at_the_limit_and_located(check, source):
    outcome = check(source, timeout=SHORT)
    assert "did not finish within 1 s" in told(outcome)
    assert "torch.compile does, give it more by --timeout" in told(outcome)
    assert "\nIt was in line " in told(outcome)
    assert SHORT <= outcome.seconds < 10 * SHORT


def test_of_an_endless_case_its_name_is_told_and_what_failed_before(check):
    powers = f"import numpy as np\n{WRONG}while x.ndim > 1:\n        pass\n    return np.exp(x)"
    words = told(check(powers, timeout=SHORT))
    assert words.startswith("a vector: softmax(x) with x = [1.0, 2.0, 4.0]")
    assert "\nLater, in rows of a matrix, it did not finish within 1 s" in words
    right = powers.replace("np.exp(x)", "np.exp(x) / np.exp(x).sum()")
    words = told(check(right, timeout=SHORT))
    assert words.startswith("running softmax.py: it did not finish")
    assert words.endswith("\nThe case was: rows of a matrix")


def test_a_mistake_that_is_not_named_in_time_is_told(check):
    exercise, count = catalog.load("softmax"), itertools.count()

    def wrong(x, axis=-1):
        next(count)
        return np.abs(np.sin(x)) ** 1.3

    for trial in exercise.trials:
        trial.ask(wrong)
    source = (
        "import itertools, numpy as np\ncount = itertools.count()\n\n"
        f"{WRONG}while next(count) >= {next(count)}:\n        pass\n"
        "    return np.abs(np.sin(x)) ** 1.3"
    )
    report = check(source, timeout=2 * SHORT).report
    whole = exercise.run(wrong)
    assert (report.failures, report.wrong) == (whole.failures, whole.wrong)
    assert report.bug is None


ENDS = {
    "import sys\nsys.exit(0)": "line 2, `sys.exit(0)`, raised SystemExit",
    f"import sys\n{WRONG}sys.exit(0)": "raised SystemExit: 0",
    "import os\nos._exit(0)": "ended the program (exit code 0)",
    f"import os\n{WRONG}os._exit(0)": "(exit code 0)",
    f"{WRONG}raise KeyboardInterrupt": "raised KeyboardInterrupt",
    f"import ctypes\n{WRONG}ctypes.string_at(0)": (
        "signal SIGSEGV: it accessed memory that is not its own\n"
        "It was in line 3: `ctypes.string_at(0)`"
    ),
    "import os\nos.abort()": "signal SIGABRT",
    "import os, signal\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
    "os.kill(os.getpid(), signal.SIGPIPE)": "signal SIGPIPE",
    f"import os\n{WRONG}os.kill(os.getpid(), 9)": "signal SIGKILL",
    f"import os, time\n{RIGHT}os.kill(os.getppid(), 9)\n    time.sleep(50)": (
        "signal SIGKILL: did it kill a process, or did the system run out of memory?"
    ),
    f"import os\n{WRONG}os.killpg(0, 9)": "signal SIGKILL",
    f"from signal import *\nsetitimer(ITIMER_REAL, 0.01)\n{WRONG}while True:\n        pass": (
        "signal SIGALRM: an alarm of its own rang; take out `signal.alarm` and timers"
    ),
    f"import os\nos.closerange(0, 100)\n{PASSES}": "ended the program",
    f"{WRONG}return softmax(x, axis)": "raised RecursionError",
    f"{WRONG}input()": "raised EOFError: nobody types here",
    "import sys\nsys.stdin.read()": "EOFError: nobody types here",
}


@pytest.mark.parametrize(("source", "words"), ENDS.items())
def test_what_ends_the_code_is_told(check, source, words):
    assert words in told(check(source))


NO_FUNCTION = {
    "\nimport nump": "line 2, `import nump`, raised ModuleNotFoundError",
    "x = 1\ny = x / 0": "line 2, `y = x / 0`, raised ZeroDivisionError",
    "def softmax(x)\n    return x": (
        "line 1 is not valid Python: expected ':'\n    def softmax(x)\n                  ^"
    ),
    "x = (1,\n": "line 1 is not valid Python: '(' was never closed",
    "x = 1": "defines no function `softmax`; start it with `def softmax(`",
    "def sofmax(x): 0\ndef f(x): 0": "did you mean `sofmax`? Rename it",
    "def f(x): 0": "did you mean `f`? Rename it to `softmax`",
    "def f(x): 0\ndef g(x): 0": "it defines `f`, `g`",
    "softmax = 3": "`softmax` is of type int",
    "\n \n": "it is empty; define the function `softmax`",
    b"x = 1\n\n\n# caf\xe9\n": "not text in UTF-8, see line 4",
    b"x = 1\0\n": "not text in UTF-8",
    b"# coding: none\n": "not text in UTF-8: unknown encoding: none",
}


@pytest.mark.parametrize(("source", "words"), NO_FUNCTION.items())
def test_why_there_is_no_function_to_call_is_told(tmp_path, source, words):
    """By the judge, here: nothing of this ends it."""
    file = tmp_path / "softmax.py"
    file.write_bytes(source.encode() if isinstance(source, str) else source)
    with browser_judge.no_traces():
        report = judge.judge(catalog.load("softmax"), file)
    assert words in str(report.failures[0])


@linux
@pytest.mark.parametrize(
    "allocate", ["np.ones(10**10, np.uint8)", "bytearray(10**10)", "[0] * 10**10"]
)
def test_ten_gigabytes_are_refused(check, allocate):
    outcome = check(f"import numpy as np\n{WRONG}return {allocate}")
    assert "raised MemoryError" in told(outcome)


@linux
@pytest.mark.parametrize("piece", ["bytearray(10**7)", "bytearray(99)"])
@pytest.mark.parametrize(
    "start",
    [f"kept = []\n{WRONG}", f"{WRONG}kept = []\n    ", "kept = []\nif 1:\n    "],
)
def test_memory_that_is_used_up_bit_by_bit_is_told(check, start, piece):
    source = f"{start}while True:\n        kept.append({piece})"
    outcome = check(source, timeout=100, memory=2 * 10**8)
    # Without memory Python may crash where an error should be raised, above all under coverage.
    assert re.search(r"raised MemoryError|it used up its memory|signal SIG", told(outcome))
    assert "answers/grader" not in outcome.output


WATCHED = """import sys
on = sys.monitoring
on.use_tool_id(on.DEBUGGER_ID, "hungry")
on.register_callback(on.DEBUGGER_ID, on.events.PY_START, lambda *_: bytearray(10**6) and None)
on.set_events(on.DEBUGGER_ID, on.events.PY_START)
kept = []
while True:
    kept.append(bytearray(10**5))
"""


@linux
@pytest.mark.skipif(not hasattr(sys, "monitoring"), reason="Python 3.12 has what this needs")
def test_what_watches_each_call_as_coverage_does_may_need_memory_too(check):
    assert "raised MemoryError" in told(check(WATCHED, memory=2 * 10**8))


@pytest.mark.parametrize(
    ("full", "words"),
    [(True, "it used up its memory"), (False, "the checker itself failed with AttributeError")],
)
def test_what_python_itself_raises_without_memory_is_no_fault_of_the_checker(full, words, tmp_path):
    assert judge.error_in_words(AttributeError("odd"), tmp_path, full).startswith(words)


def test_errors_that_are_each_others_context_are_told(tmp_path):
    one, other = MemoryError(), AttributeError("odd")
    one.__context__, other.__context__ = other, one
    assert {judge.error_in_words(each, tmp_path) for each in (one, other)} == {
        "it used up its memory"
    }


@linux
def test_a_learner_with_little_memory_can_use_numpy_and_torch(check):
    source = f"import torch\n{RIGHT}torch.ones(9, 9) @ torch.ones(9, 9)\n"
    limits = {"memory": 10**9, "timeout": 100}
    assert check(f"{source}    return answer(x, axis)", **limits).report.passed


ORPHAN = """import os, time
if (child := os.fork()) == 0:
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
os.waitpid(child, 0)
"""


@linux
def test_an_orphan_does_not_outlive_the_check(check):
    assert check(ORPHAN + PASSES).report.passed


@linux
def test_an_orphan_does_not_outlive_a_killed_parent(check):
    assert "SIGKILL" in told(check(ORPHAN + "os.kill(os.getppid(), 9)\ntime.sleep(50)\n"))


@linux
def test_a_daemon_that_leaves_the_group_holds_up_no_verdict(check, tmp_path):
    daemon = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    end = time.monotonic() + 100\n"
        "    while os.path.exists(__file__) and time.monotonic() < end:\n"
        "        time.sleep(0.01)\n    os._exit(0)\n"
    )
    start = time.monotonic()
    assert check(daemon + PASSES).report.passed
    assert time.monotonic() - start < 50
    (tmp_path / "softmax.py").unlink()


@linux
def test_many_processes_are_ended(check):
    source = "import os, time\nfor _ in range(8):\n    os.fork()\ntime.sleep(1000)\n"
    assert "started more than 64 processes" in told(check(source, timeout=100))


@linux
def test_a_fork_that_returns_as_well_ends_without_a_report(check):
    source = (
        "import atexit, os\npid = os.fork()\n"
        "if pid:\n    atexit.register(lambda: print('status', os.waitpid(pid, 0)[1]))\n"
    )
    outcome = check(f"{source}{RIGHT}return answer(x, axis) if pid else x")
    assert outcome.report.passed
    assert outcome.output == "status 0\n"


@pytest.mark.parametrize(
    "linger",
    [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()\n",
        "import atexit, time\natexit.register(time.sleep, 1000)\n",
        "import atexit, os\natexit.register(os.abort)\n",
    ],
    ids=["a thread", "an exit handler", "a crash at exit"],
)
def test_what_happens_after_the_report_changes_nothing(check, linger):
    start = time.monotonic()
    assert check(linger + PASSES, timeout=1000).report.passed
    assert time.monotonic() - start < 100


def test_a_flood_of_output_is_cut(check):
    outcome = check("while True:\n    print('x' * 999)\n", timeout=0.5)
    assert "did not finish" in told(outcome)
    assert 0 < len(outcome.output) <= process.CHARACTERS_SHOWN
    assert outcome.hidden > 10**5


def test_the_last_lines_of_output_and_errors_are_kept(check):
    source = (
        "import os, sys\nfor i in range(50):\n    print(i)\nprint('é', end='', file=sys.stderr)"
    )
    outcome = check(source + "\nos._exit(3)\n")
    assert outcome.output == "".join(f"{i}\n" for i in range(31, 50)) + "é"
    assert outcome.hidden == len("".join(f"{i}\n" for i in range(31)))
    assert "exit code 3" in told(outcome)


REPORT = json.dumps({"report": Report().to_dict()})
TAMPERS = {
    "import numpy as np\nnp.isclose = lambda a, *_, **__: a == a\n"
    f"{WRONG}return 1.0 * x": "numpy.isclose",
    f"import builtins\nbuiltins.all = bool\n{WRONG}return 1.0 * x": "builtins.all",
    f"import math\nmath.exp = abs\n{WRONG}return 1.0 * x": "math.exp",
    "from answers.grader.exercise import Exercise, Report\n"
    f"Exercise.run = lambda self, function: Report()\n{WRONG}return x": "Exercise.run",
    "from answers.grader.report import Report\n"
    f"Report.passed = property(lambda _: True)\n{WRONG}return x": "Report.passed",
    "from answers.naming.wrong_parts import WrongParts\n"
    f"WrongParts.of = None\n{WRONG}return x": "WrongParts.of",
    "import answers.probability.softmax as module\n"
    f"module.softmax = abs\n{WRONG}return x": "answers.probability.softmax",
    "from answers.grader import catalog\ncatalog.load('softmax').trials.clear()\n"
    f"{WRONG}return x": "answers.exercises.softmax.exercise.trials[0]",
    f"import numpy as np\n{RIGHT}np.allclose = None\n    return answer(x, axis)": (
        "numpy.allclose"
    ),
}


@pytest.mark.parametrize(("source", "name"), TAMPERS.items())
def test_replacing_what_the_check_relies_on_never_passes(check, source, name):
    message = told(check(source))
    assert f"replaces {name}" in message
    assert "leave it as it is" in message


FORGERIES = {
    "imports the answer": "from answers.probability.softmax import softmax",
    "asks the reference": (
        "from answers.grader import catalog\nask = catalog.load('softmax').reference\n"
        f"{WRONG}return ask(x, axis)"
    ),
    "rewrites the judge": (
        "from answers.grader import exercise as grader\n"
        "grader.Exercise.run.__code__ = (lambda self, function, *_: Report()).__code__\n"
        f"{WRONG}return x"
    ),
}


# Nobody else is deceived. The page and the command say that they protect from accidents alone.
@pytest.mark.parametrize("source", FORGERIES.values(), ids=FORGERIES)
def test_learners_who_set_out_to_deceive_their_own_grader_can(check, source):
    assert check(source).report.passed


def test_a_report_without_the_token_is_no_report(check):
    forge = f"import os\nfor n in range(3, 20):\n    try:\n        os.write(n, b'{REPORT}\\n')\n"
    outcome = check(forge + "    except OSError:\n        pass\nos._exit(0)\n")
    assert "exit code 0" in told(outcome)


def test_noise_on_the_channel_does_not_lose_the_report(check):
    noise = (
        "import os\ndef noise():\n    for n in range(3, 20):\n        try:\n"
        "            os.write(n, b'[[[\\n\\xff{}\\n[')\n        except OSError:\n            pass\n"
    )
    assert check(f"{noise}noise()\n{RIGHT}noise()\n    return answer(x, axis)\n").report.passed


def test_a_malformed_report_never_passes(tmp_path):
    file = tmp_path / "softmax.py"
    file.write_text(PASSES)
    running = process.Judging("softmax", file)
    running.stop()
    for report in (
        {},
        [],
        {"failures": []},
        Report().to_dict() | {"bug": 3},
    ):
        running.told["report"] = report
        assert "ended before it could report" in running.report_of(None).failures[0].message


def test_what_the_code_starts_finds_no_input_and_waits_for_none(check):
    assert check(f"import subprocess\nsubprocess.run(['cat'], check=True)\n{PASSES}").report.passed


def test_a_pool_of_spawned_processes_may_do_the_work(check):
    source = (
        "import functools, multiprocessing\n"
        "from answers.probability.softmax import softmax as f\n\n"
        "@functools.cache\ndef pool():\n"
        "    return multiprocessing.get_context('spawn').Pool(2)\n\n"
        "def work(x, axis):\n    return f(x, axis)\n\n"
        f"{WRONG}return pool().apply(work, (x, axis))\n"
    )
    assert check(source, timeout=120).report == Report()


def test_a_file_may_import_its_neighbour(check, tmp_path):
    (tmp_path / "sibling.py").write_text("from answers.probability.softmax import softmax\n")
    assert check("from sibling import softmax\n").report.passed


@pytest.mark.parametrize("name", ["numpy.py", "json.py", "answers.py", "softmax.py"])
def test_a_neighbour_cannot_stand_in_for_a_library(tmp_path, monkeypatch, name):
    (tmp_path / name).write_text("raise SystemExit(3)\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("import json, numpy\n" + PASSES)
    assert process.Judging("softmax", tmp_path / "mine.py").outcome().report.passed


def test_a_file_that_vanishes_is_told(tmp_path):
    outcome = process.Judging("softmax", tmp_path / "softmax.py").outcome()
    assert "it cannot be read: No such file or directory" in told(outcome)


def under_way(folder: Path, source: str) -> process.Judging:
    """A check of this source that has begun to run it."""
    file, flag = folder / "softmax.py", folder / "sibling.py"
    file.write_text(f"open({str(flag)!r}, 'w')\n" + source)
    running = process.Judging("softmax", file, timeout=1000)
    wait_until(flag.exists)
    return running


@linux
def test_a_check_that_is_stopped_leaves_nothing_running(check, tmp_path):
    running = under_way(tmp_path, ORPHAN + "while True:\n    pass\n")
    start = time.monotonic()
    running.stop()
    assert time.monotonic() - start < 50


@linux
def test_a_judge_that_is_killed_gives_a_verdict_and_takes_the_code_along(check, tmp_path):
    running = under_way(tmp_path, ORPHAN + "while True:\n    pass\n")
    running.process.kill()
    assert "signal SIGKILL" in told(running.outcome())


@linux
def test_a_caller_that_is_killed_takes_the_code_along(check, tmp_path):
    file, flag = tmp_path / "softmax.py", tmp_path / "sibling.py"
    file.write_text(f"{ORPHAN}open({str(flag)!r}, 'w')\nsum(range(10**12))\n")
    command = "from answers.cli import main; main()", "check", "softmax", str(file)
    caller = subprocess.Popen([sys.executable, "-c", *command, "--timeout", "1000"])
    wait_until(flag.exists)
    caller.kill()
    assert caller.wait() == -signal.SIGKILL


def test_only_the_tail_of_a_flood_is_held_in_memory(tmp_path):
    file = tmp_path / "softmax.py"
    file.write_text(f"for _ in range(100):\n    print('x' * 10**4, end='')\n{PASSES}")
    running = process.Judging("softmax", file)
    assert running.outcome().report.passed
    assert running.printed == 10**6
    assert running.end == b"x" * process.TAIL


@pytest.fixture
def judged_after(tmp_path, monkeypatch):
    """What is told of a right answer, by a judge that does this first."""

    def judged(lines: str) -> str:
        code = f"{lines}\nfrom answers.grader import judge; judge.main()"
        monkeypatch.setattr(process, "JUDGE", [sys.executable, "-c", code])
        file = tmp_path / "softmax.py"
        file.write_text(PASSES)
        return told(process.Judging("softmax", file).outcome())

    return judged


def test_an_exercise_that_needs_a_missing_library_says_so(judged_after):
    said = judged_after("import sys; sys.modules['answers.probability.softmax'] = None")
    assert "it could not be loaded: import of answers.probability.softmax" in said


def test_a_reference_that_fails_is_our_mistake_and_not_the_learners(judged_after):
    said = judged_after(
        "from answers.grader import catalog\ncatalog.load('softmax').case('of text', 'x')"
    )
    assert said.startswith("this exercise: this is a mistake in `answers`, not in your code")
    assert "the reference fails at softmax(x) with x" in said


def test_the_tail_ends_with_whole_lines_where_it_can():
    assert process.tail("a\nb\n") == "a\nb\n"
    assert process.tail("\n".join(map(str, range(99)))).splitlines()[0] == "79"
    assert len(process.tail("x" * 10**4)) == process.CHARACTERS_SHOWN


def test_names_that_an_import_adds_do_not_matter():
    before = judge.names_relied_on()
    assert before["numpy.isclose"] is not None
    assert "Report.passed" in before
    assert "os" not in before
    assert os.environ is not None
