"""A mock interview while it goes on, and its report."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.text import Text

from answers.cli import keys
from answers.cli.asking import Session
from answers.cli.talk import kept, loaded, saved, tell
from answers.cli.verdict import Asked, check_once
from answers.practice import beside, progress
from answers.practice.terminal import say_row
from answers.study import display, rating
from answers.study.cards import Card
from answers.study.mock import Mock


@dataclass
class Interview:
    """A mock interview that goes on.

    Attributes:
        mock: What is asked.
        session: What has been rated so far.
        began: When the clock was started, later by as long as it has stood still.
        lines: The report: what, how long, how it went.
    """

    mock: Mock
    session: Session
    began: float = field(default_factory=time.monotonic)
    lines: list[tuple[str, float, str]] = field(default_factory=list)

    def run(self) -> None:
        """Ask all, and report, also if it is stopped."""
        self.session.pause = self.pause
        try:
            for question in self.mock.questions:
                if not self.session.ended:
                    self.discuss(question)
            if self.mock.exercise and not self.session.ended:
                self.write(self.mock.exercise.name)
        finally:
            self.report(self.session.out)
            display.show_weak(self.session.out, self.session.rated)

    def discuss(self, question: tuple[Card, ...]) -> None:
        """Ask a question and its follow-ups."""
        began, page, level = self.seconds(), question[0].page, None
        try:
            self.session.ask(question, lambda _: self.clock())
            if not self.session.ended:
                level = self.session.score(question[0])
        finally:
            what = f"question {page.number}: {page.title}"
            self.note(what, began, level or "not scored")

    def seconds(self) -> float:
        return time.monotonic() - self.began

    def clock(self) -> str:
        return f"{minutes_and_seconds(self.seconds())} of {self.mock.minutes}:00"

    def pause(self) -> str:
        """Let the clock stand still until a key is pressed: the space, or the one that ends."""
        at = self.seconds()
        tell(f"Paused at {self.clock()}. Space goes on, q quits.")
        key = keys.one_of(" " + keys.END)
        self.began = time.monotonic() - at
        return key

    def note(self, what: str, began: float, how: str) -> None:
        self.lines.append((what, self.seconds() - began, how))

    def write(self, name: str) -> None:
        """Have the exercise written, and checked until it passes or the learner gives it up."""
        began, path = self.seconds(), beside.free(Path(f"{name}.py"), "mock")
        try:
            beside.write_new(path, loaded(name).stub())
        except OSError as error:
            tell(f"{path} cannot be written: {error.strerror}", err=True)
            self.note(f"exercise {name}", began, "not begun")
            return
        tell(f"\n{self.clock()}  The exercise is in {path}.")
        earlier, passed = kept().exercises.get(name), False
        saved(progress.update, lambda state: rating.begin_again(state, name))
        try:
            while not passed:
                tell(
                    "Write it, and save. Space checks it, p pauses, q ends the interview."
                )
                if self.session.pressed(" " + keys.END) == keys.END:
                    break
                passed = checked(Asked(name, path))
        finally:
            if earlier and earlier.passed and not passed:
                saved(
                    progress.update, lambda state: rating.go_back(state, name, earlier)
                )
            self.note(f"exercise {name}", began, "passed" if passed else "not passed")

    def report(self, out) -> None:
        seconds = self.seconds()
        out.print(Text(f"\nMock interview, seed {self.mock.seed}", "bold"))
        for what, lasted, how in self.lines:
            say_row(out, f"  {what:.44}", f"{minutes_and_seconds(lasted)}  {how}")
        over = seconds - 60 * self.mock.minutes
        told = f", {minutes_and_seconds(over)} over" if over > 0 else ""
        whole = f"{minutes_and_seconds(seconds)} of {self.mock.minutes}:00{told}"
        say_row(out, "  together", whole)


def checked(asked: Asked) -> bool:
    """Whether it passes; Ctrl-C stops this check alone."""
    try:
        return check_once(asked)
    except KeyboardInterrupt:
        tell("\nThe check is stopped.", err=True)
        return False


def minutes_and_seconds(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
