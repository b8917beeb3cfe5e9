"""Load a learner's file and judge it: the child that `process` starts and ends.

It answers on the pipe that was its standard output, in JSON lines with a token that it was
given before any of the learner's code ran. Before it reports, it makes sure that the code has
replaced nothing of NumPy, of Python's builtins or of this package: a mock left behind must not
turn into a pass. Learners set on fooling themselves still can; an accident cannot.
"""

import builtins
import difflib
import faulthandler
import importlib.util
import io
import json
import linecache
import math
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from answers.grader import catalog, settings
from answers.grader.exercise import Exercise, untold
from answers.grader.report import OURS, Failure, Report

PR_SET_PDEATHSIG = 1
# Bytes given back as soon as the check ends, however it does, so that some is left to say how.
BALLAST = 10**7
# PyTorch itself replaces these: in `torch.optim` and `torch.compile`, and with the default dtype.
REPLACED_BY_PYTORCH = {"torch.manual_seed", "torch.Storage"}
RELIED_ON = "what the check relies on"
NO_INPUT = "nobody types here; take what you need from the arguments of the function"
NO_TEXT, SAVE_AS_TEXT = "it is not text in UTF-8", "save it as Python source in UTF-8"


def main() -> None:
    """Judge what standard input asks for."""
    request = json.loads(sys.stdin.readline())
    caller, channel, token = os.dup(0), os.dup(1), request["token"]
    # What the learner prints goes where their errors go; nobody types.
    os.dup2(2, 1)
    with open(os.devnull) as nobody:
        os.dup2(nobody.fileno(), 0)
    stand_between(caller, channel, token)
    try:
        exercise = catalog.load(request["exercise"])
        exercise.ask_reference()
        catalog.naming()  # while it can be imported
    except Exception as error:
        missing = isinstance(error, ModuleNotFoundError)
        what = f"it could not be loaded: {error}" if missing else f"{OURS}\n{error!r}"
        report = refused("this exercise", f"{what:.500}")
        send(channel, token=token, report=report.to_dict())
        return
    limit_memory(request["memory"])
    faulthandler.enable(channel)
    faulthandler.dump_traceback_later(0.8 * request["timeout"], file=channel)
    sys.stdin, sys.dont_write_bytecode = NoInput(), True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # of what it starts, too
    pid = os.getpid()
    send(channel, token=token, ready=True)

    def so_far(case: str, found: Report) -> None:
        if os.getpid() == pid:
            send(channel, token=token, case=case, so_far=found.to_dict())

    report = judge(exercise, Path(request["file"]), so_far)
    # If the learner's code forks, the child comes here, too: it must not report.
    if os.getpid() != pid:
        os._exit(0)
    faulthandler.cancel_dump_traceback_later()
    send(channel, token=token, report=report.to_dict())


class NoInput(io.TextIOBase):
    """Standard input while a submission is judged."""

    def read(self, size: int | None = -1, /) -> str:
        raise EOFError(NO_INPUT)

    readline = read


def send(channel: int, **message) -> None:
    # What the learner's code wrote there may lack the end of its line.
    os.write(channel, b"\n" + json.dumps(message).encode() + b"\n")


def stand_between(caller: int, channel: int, token: str) -> None:
    """Go on in a child, while the parent waits and tells how the child has ended.

    So learners who kill their parent process kill nobody who is needed to tell them, and the
    process that ends the group when the caller is gone runs no code of theirs.
    """
    child = os.fork() if hasattr(os, "fork") else None
    if child == 0:
        die_with_parent()
        return
    threading.Thread(target=end_with, args=(caller,), daemon=True).start()
    if child is not None:
        _, status = os.waitpid(child, 0)
        send(channel, token=token, status=os.waitstatus_to_exitcode(status))
        os._exit(0)


def end_with(caller: int) -> None:
    """End the process group as soon as the caller has ended, and its pipe with it."""
    os.read(caller, 1)
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def die_with_parent() -> None:
    """On Linux, end this process as soon as its parent ends: nobody would be waiting for it."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit_memory(limit: int | None) -> None:
    """Let an allocation beyond `limit` bytes raise MemoryError; None lifts the limit.

    RLIMIT_DATA counts what is allocated; RLIMIT_AS would count libraries, PyTorch's too.
    Linux alone enforces it.
    """
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        unlimited = hard == resource.RLIM_INFINITY
        soft = hard if limit is None else limit if unlimited else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def judge(
    exercise: Exercise, path: Path, so_far: Callable[[str, Report], object] = untold
) -> Report:
    """The report on the function of that name in the file; `so_far` as in `Exercise.run`."""
    exercise.ask_reference()
    before, ours = names_relied_on(), settings.current()
    error, full = None, False
    try:
        # `with` frees it in C: a line of Python may need memory itself, above all under coverage.
        with memoryview(bytearray(BALLAST)):
            function = load(exercise.name, path)
            if callable(function):
                function = settings.apart(function, ours)
            with settings.inference(False):
                report = (
                    function
                    if isinstance(function, Report)
                    else exercise.run(function, so_far)
                )
    except BaseException as raised:
        error, full = raised, memory_is_full()
    limit_memory(None)
    ours()
    if error is not None:
        report = refused(f"checking {path.name}", error_in_words(error, path, full))
    if name := replaced(before):
        what = (
            f"{path.name} replaces {name}, on which the check relies; leave it as it is"
        )
        return refused(RELIED_ON, what)
    return report


def memory_is_full() -> bool:
    """Whether what a submission keeps has left little but the ballast: then Python itself fails
    in odd ways."""
    try:
        bytearray(BALLAST * 11 // 10)
    except MemoryError:
        return True
    return False


def replaced(before: dict[str, object]) -> str | None:
    """The first name that no longer stands for what it did before."""
    now = names_relied_on()
    changed = (name for name in before if now.get(name, now) is not before[name])
    return next(changed, None)


def names_relied_on() -> dict[str, object]:
    """What every name in use stands for now. Names that an import adds later do not matter."""
    modules = [
        each for name, each in sys.modules.items() if name.startswith("answers.")
    ]
    classes = [
        value
        for module in modules
        if module.__name__.split(".")[1] in ("grader", "naming")
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
    owners = [builtins, math, np, np.linalg, np.random, *modules, *classes]
    if torch := sys.modules.get("torch"):
        owners += [torch, torch.Tensor, torch.nn.functional]
    names = {
        f"{owner.__name__}.{name}": value
        for owner in owners
        for name, value in vars(owner).items()
    }
    for module in modules:
        if isinstance(exercise := vars(module).get("exercise"), Exercise):
            # A None stands after the last trial, so that an added one is noticed, too.
            for place, trial in enumerate([*exercise.trials, None]):
                names[f"{module.__name__}.exercise.trials[{place}]"] = trial
    return {
        name: value for name, value in names.items() if name not in REPLACED_BY_PYTORCH
    }


def load(name: str, path: Path) -> object:
    """What the learner's file calls `name`, or a report of why there is no such thing."""
    case = f"importing {path.name}"
    try:
        data = path.read_bytes()
    except OSError as error:
        # An editor may be replacing it just now.
        return refused(case, f"it cannot be read: {error.strerror}")
    if not data.strip():
        return refused(case, f"it is empty; define the function `{name}` in it")
    try:
        text = importlib.util.decode_source(data)
        code = compile(text, str(path), "exec", dont_inherit=True)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return refused(case, f"{NO_TEXT}, see line {line}; {SAVE_AS_TEXT}")
    except SyntaxError as error:
        if error.lineno is None:
            return refused(case, f"{NO_TEXT}: {error.msg}; {SAVE_AS_TEXT}")
        return refused(case, syntax_error_in_words(error))
    module = ModuleType(path.stem if path.stem not in sys.modules else "submission")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    sys.path.insert(0, str(path.parent))
    try:
        exec(code, vars(module))
        # As LeetCode has it.
        solution = vars(module).get("Solution")
        if name not in vars(module) and hasattr(solution, name):
            return getattr(solution(), name)
    except BaseException as error:
        return refused(case, error_in_words(error, path))
    if name in vars(module):
        return vars(module)[name]
    own = [
        key
        for key, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__
    ]
    found = difflib.get_close_matches(name, own, n=1, cutoff=0.5) or own
    advice = f"it defines {', '.join(f'`{each}`' for each in found[:5])}"
    if not found:
        advice = f"start it with `def {name}(`"
    elif len(found) == 1:
        advice = f"did you mean `{found[0]}`? Rename it to `{name}`"
    return refused(case, f"it defines no function `{name}`; {advice}")


def syntax_error_in_words(error: SyntaxError) -> str:
    """The message, the line, and a caret below the place."""
    told = "".join(traceback.format_exception_only(error)).rstrip().splitlines()
    other = "  File ", type(error).__name__
    place = [line for line in told if not line.startswith(other)]
    return "\n".join([f"line {error.lineno} is not valid Python: {error.msg}", *place])


def error_in_words(error: BaseException, path: Path, full: bool = False) -> str:
    """What was raised, and by which line of the learner's file; `full`: if memory was."""
    own, seen = [], []
    # The grader may have run out of memory while it told of an error of the learner's. Where
    # memory ends, an error may be its own context.
    while not own and error is not None and not any(error is each for each in seen):
        seen.append(error)
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if frame.filename == str(path)]
        error = error.__context__
    error = seen[-1]
    if isinstance(error, KeyboardInterrupt) and not own:
        return (
            "it interrupted the check, by a thread or a signal; end every thread, and cancel every "
            "alarm, before the function returns"
        )
    if not own and (full or any(isinstance(each, MemoryError) for each in seen)):
        return "it used up its memory"
    if not own:
        return f"the checker itself failed with {error!r:.500}; please report it"
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, SystemExit):
        what = "SystemExit, which ends the program; return a result instead"
    line = linecache.getline(str(path), own[-1].lineno).strip()
    return f"line {own[-1].lineno}, `{line}`, raised {what:.500}"


def refused(case: str, message: str) -> Report:
    return Report((Failure(case, message),))


if __name__ == "__main__":
    main()
