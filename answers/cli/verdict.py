"""One check: judge the file, show the verdict, note a pass."""

import ast
import json
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from answers.cli.talk import kept, loaded, tell, warn
from answers.grader import process
from answers.grader.report import Report

# Rich, the pages and the progress are imported where they are needed: a check starts its judge
# first.


@dataclass(frozen=True)
class Asked:
    """What is to be checked, and how; as the options of `answers check` say."""

    name: str
    path: Path
    limits: tuple[float, int] = (10, 2 * 10**9)
    as_json: bool = False
    list_cases: bool = False
    case: bool = False
    debug: bool = False


def check_once(asked: Asked) -> bool:
    """Judge the file, show the verdict, note a pass; whether it passed."""
    name, path = asked.name, asked.path
    running = process.Judging(name, path, *asked.limits)
    if not asked.as_json:
        # Loaded while the judge is, too.
        from answers.cli import questions, terminal
    outcome = running.outcome()
    report, passed = outcome.report, outcome.report.passed
    notice = note_pass(name) if passed else None
    written = write_case(name, path, report) if asked.case else None
    if asked.as_json:
        facts = {"exercise": name, "file": str(path), "passed": passed}
        facts |= report.to_dict() | {
            "output": outcome.output,
            "hidden": outcome.hidden,
        }
        seconds = round(outcome.seconds, 3)
        facts |= {"seconds": seconds, "notice": notice}
        tell(json.dumps(facts | ({"written": written} if asked.case else {})))
        return passed
    out = terminal.console()
    if asked.debug:
        debug_call(out, name, path, report)
    terminal.show_outcome(out, name, outcome)
    if asked.list_cases:
        terminal.show_cases(out, report)
    if passed:
        done = [each for each, record in kept().exercises.items() if record.passed]
        terminal.show_next_steps(out, *questions.after(name, done))
    else:
        terminal.show_count(out, report, asked.list_cases)
        tell(f"  Stuck? answers hint {name}")
    if written:
        tell(f"\n{written}")
    if not asked.debug and calls_breakpoint(path):
        file = "" if path == Path(f"{name}.py") else f"{quoted(path)} "
        command = f"answers check {name} {file}--debug"
        warn(f"`breakpoint()` did nothing; {command} stops there")
    warn(notice)
    return passed


def note_pass(name: str) -> str | None:
    """Note a pass; what to know of the progress."""
    from answers import progress

    try:
        return progress.mark_passed(name)
    except progress.ProgressError as error:
        return str(error)


def write_case(name: str, path: Path, report: Report) -> str:
    """Write the failing call to a file beside the learner's; what to say of it."""
    from answers.grader import case_file

    if not (told := report.failures + report.notes):
        return "No call fails, so --case wrote no file."
    try:
        written = case_file.write(loaded(name), told[0].case, path)
    except KeyError:
        return "No call was seen to fail, so --case wrote no file."
    except OSError as error:
        return f"The call cannot be written to a file: {error.strerror}"
    what = "call with a note" if report.passed else "failing call"
    return f"The {what} is in {written}. To run it: python {quoted(written)}"


def quoted(path: Path) -> str:
    """The path as a shell reads it, and no command takes for an option."""
    name = str(path)
    if name.startswith("-"):
        name = os.path.join(os.curdir, name)
    return subprocess.list2cmdline([name]) if os.name == "nt" else shlex.quote(name)


def debug_call(out: object, name: str, path: Path, report: Report) -> None:
    """Call the learner's function here, where it fails, for a debugger to stop in."""
    from answers.cli import debugging, terminal

    terminal.show_debugging(out)
    told = report.failures + report.notes
    failing = told[0].case if told else ""
    for case in debugging.calls(loaded(name), path, failing):
        tell(f"\n  {case}:")
    tell()


def calls_breakpoint(path: Path) -> bool:
    """Whether `breakpoint()` stands in the file."""
    try:
        nodes = ast.walk(ast.parse(path.read_bytes()))
        return any(
            isinstance(node, ast.Call) and ast.unparse(node.func) == "breakpoint"
            for node in nodes
        )
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
