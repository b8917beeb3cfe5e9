"""How the command line shows things: readable in colour and without, in a pipe, on a dumb
terminal and in 80 columns. Only text that is ours is ever read as markup."""

import os
import re
from datetime import datetime

from rich.console import Console
from rich.markdown import Markdown
from rich.syntax import Syntax
from rich.text import Text

from answers.cards.plain_formulas import readable
from answers.grader.process import Outcome
from answers.grader.report import Report
from answers.pages import LOCAL_LINK, Page
from answers.progress.state import Record

# Longer lines are tiring to read.
WIDTH = 80
# Where the right half of a table begins.
COLUMN = 32
# The id of a heading that every page has.
FOLLOW_UPS = "they-will-ask-next"

ESCAPES = re.compile(
    r"(\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b(\][^\x07]*\x07?|.)|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


def console() -> Console:
    """Standard output, at most 80 columns wide."""
    out = Console(highlight=False)
    # COLUMNS=0 says that nobody knows.
    out.width = min(out.width or WIDTH, WIDTH)
    return out


def say(
    out: Console, text: str, style: str = "", indent: int = 2, **marked: str | None
) -> None:
    """Print plain text, wrapped; what stands in backticks is set off, and each style=words."""
    shown = Text(clean(text), style=style)
    shown.highlight_regex(r"`[^`\n]+`", "bold")
    for colour, words in marked.items():
        shown.highlight_words([words] if words else [], colour)
    for line in shown.wrap(out, out.width - indent):
        line.rstrip()
        out.print(Text.assemble(" " * indent, line))


def say_markdown(out: Console, markdown: str) -> None:
    """Print what stands on a page: links into it are words here."""
    text = LOCAL_LINK.sub(r"\1", markdown)
    # Without Unicode the TeX is easier to read than question marks.
    out.print(Markdown(readable(text) if out.encoding.startswith("utf") else text))


def say_row(out: Console, left: str, right: str | Text) -> None:
    """Print a row of a table with two columns."""
    row = Text.assemble(f"{left:<{COLUMN}}  ", right)
    row.rstrip()
    out.print(row)


def clean(text: str) -> str:
    """Text without what would move the cursor or change colours."""
    return ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def show_outcome(out: Console, name: str, outcome: Outcome) -> None:
    """The verdict: the first thing to mend, and its name if it is a known mistake."""
    report = outcome.report
    passed = "passed, with a note" if report.notes else "passed"
    verdict = (passed, "bold green") if report.passed else ("not passed", "bold red")
    out.print(Text.assemble((name, "bold"), ": ", verdict))
    if not report.passed:
        first, *others = report.failures
        out.print()
        say(out, f"{first.case}:")
        say(out, first.message, green=first.expected, red=first.got)
        if others:
            many = f"{len(others)} other parts of the same result are wrong."
            one = "Another part of the same result is wrong."
            say(out, one if len(others) == 1 else many)
    for note in report.notes if report.passed else ():
        out.print()
        say(out, f"{note.case}:")
        say(out, note.message)
    if report.diagnosis:
        words = report.bug.replace("_", " ")
        title = words[0].upper() + words[1:]
        out.print(Text(f"\n  {title}", "bold yellow"))
        say(out, report.diagnosis)
    if outcome.output.strip():
        cut = f", after {outcome.hidden:,} bytes not shown" if outcome.hidden else ""
        out.print()
        say(out, f"Your code printed{cut}:")
        for line in clean(outcome.output).strip("\n").splitlines():
            out.print(Text(f"  | {line}", "dim"), soft_wrap=True)
    out.print()


def show_count(out: Console, report: Report, listed: bool) -> None:
    """How many cases pass, if any was tried."""
    count, right = len(report.cases), len(report.cases) - len(report.wrong)
    noted = f", {len(report.notes)} of them with a note" if report.notes else ""
    if count:
        how = "" if listed else "; --list names them"
        say(out, f"{right} of {count} cases pass{noted}{how}.")


def show_cases(out: Console, report: Report) -> None:
    """Every case that was tried, and whether it passes."""
    noted = {note.case for note in report.notes}
    for case in report.cases:
        wrong = case in report.wrong
        word = Text("wrong ", "red") if wrong else Text("passes", "green")
        word = Text("noted ", "yellow") if case in noted else word
        out.print(Text.assemble("  ", word, f"  {case}"))
    if report.cases:
        out.print()


def show_debugging(out: Console) -> None:
    """What is to come, before a debugger stops."""
    say(
        out,
        "Called in this process, without limits of time and memory. Where `breakpoint()` stops, "
        "`p x` prints x, `n` goes on by a line, `c` to the next stop, and `q` ends it.",
    )


def show_next_steps(
    out: Console, page: Page, next_exercise: str | None, passed: int, exercises: int
) -> None:
    """How far the learner is after a pass, and where to go."""
    command, what = "progress", "you have passed every exercise"
    if next_exercise:
        command, what = f"start {next_exercise}", "the next exercise"
    question = f"question {page.number}: {page.title}"
    say_row(out, f"  answers show {page.number}", question)
    say_row(out, f"  answers {command}", what)
    if url := os.environ.get("SITE_URL", "").rstrip("/"):
        there = f"{url}/questions/{page.path.stem}/#{FOLLOW_UPS}"
        out.print(f"  What an interviewer asks next: {there}", soft_wrap=True)
    out.print(f"  {passed} of {exercises} exercises passed.")


def show_page(out: Console, page: Page) -> None:
    """The question and what to say first."""
    out.print(Text(f"Question {page.number}: {page.title}", "bold"))
    out.print(
        Text(
            f"{page.topic}, {page.level}, {page.reading} + {sum(page.practice)} minutes",
            "dim",
        )
    )
    texts = {"As it is asked": page.question, "In thirty seconds": page.thirty_seconds}
    for title, markdown in texts.items():
        out.print(Text.assemble("\n", (title, "bold underline"), "\n"))
        say_markdown(out, markdown)
    out.print()
    say(out, f"Practise: {', '.join(page.exercises)}", indent=0)


def show_exercises(out: Console, pages: list[Page], records: dict[str, Record]) -> None:
    """The exercises by question, and how far the learner is with each."""
    names = [name for page in pages for name in page.exercises]
    for page in pages:
        title = f"{page.number:2}  {page.title}"
        out.print(Text.assemble((title, "bold"), (f"  {page.level}", "dim")))
        for name in page.exercises:
            say_row(out, f"    {name}", state(records.get(name, Record())))
    done = sum(records[name].passed is not None for name in records.keys() & names)
    out.print(
        f"\n{done} of {len(names)} passed. `answers start NAME` writes the file to begin with."
    )


def state(record: Record) -> Text:
    """How far the learner is with an exercise, in their time zone."""
    facts = []
    if record.passed:
        time = datetime.fromisoformat(record.passed).astimezone()
        facts.append(f"passed {time:%Y-%m-%d %H:%M}")
    if record.solution:
        facts.append("solution seen")
    if record.hints:
        facts.append(f"{record.hints} hint{'s' * (record.hints > 1)}")
    return Text(", ".join(facts), "green" if record.passed else "dim")


def show_progress(out: Console, records: dict[str, Record]) -> None:
    """What has been passed, the latest last."""
    passed = [name for name, record in records.items() if record.passed]
    for name in sorted(passed, key=lambda name: (records[name].passed, name)):
        say_row(out, name, state(records[name]))
    if not passed:
        out.print("Nothing passed yet. `answers list` has the exercises.")


def show_hints(out: Console, hints: tuple[str, ...], shown: int) -> None:
    """The first hints; the last of them is the new one."""
    for number, hint in enumerate(hints[:shown], start=1):
        new = number == shown
        out.print(Text(f"Hint {number} of {len(hints)}", "bold" if new else "dim"))
        say(out, hint, "" if new else "dim")
        out.print()


def show_code(out: Console, code: str) -> None:
    """Source code: coloured in a terminal, exact in a pipe."""
    if out.is_terminal:
        coloured = Syntax("", "python", theme="ansi_dark", background_color="default")
        out.print(coloured.highlight(code.rstrip()), soft_wrap=True)
    else:
        out.file.write(code)
