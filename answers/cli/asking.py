"""Go through cards: ask, reveal, rate. The learner's progress is saved after each key."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import typer
from rich.console import Console

from answers.cli import keys
from answers.cli.talk import STOPPED, kept, refuse, saved, tell
from answers.practice import progress
from answers.practice.state import History
from answers.practice.terminal import say, say_markdown
from answers.practice.values import LEVELS
from answers.study import days, display, rating, schedule
from answers.study.cards import Card

REVEAL, PAUSE, QUIT = " ", "p", keys.END


@dataclass
class Session:
    """What has been rated so far, in order.

    Attributes:
        out: Where cards are shown.
        rated: Each rated card with its rating, by the card's id.
        unsaved: The ids of cards of which something could not be saved.
        ended: Whether the learner has quit.
        pause: Called when `p` is pressed; returns the key that ended the pause. None: no pauses.
    """

    out: Console
    rated: dict[str, tuple[Card, int]] = field(default_factory=dict)
    unsaved: set[str] = field(default_factory=set)
    ended: bool = False
    pause: Callable[[], str] | None = None

    @contextlib.contextmanager
    def by_keys(self) -> Iterator[None]:
        """Within this, keys count at once. Tell what was not saved; end with a word on Ctrl-C."""
        try:
            with keys.pressed():
                yield
        except KeyboardInterrupt:
            kept = "" if self.unsaved else "; what you rated is kept"
            tell(f"\nStopped{kept}.", err=True)
            raise typer.Exit(STOPPED) from None
        finally:
            if count := len(self.unsaved):
                cards = f"{count} card{'s' * (count != 1)}"
                tell(f"What you pressed for {cards} is not saved.", err=True)

    def change(self, card: Card, how: Callable, *args) -> bool:
        """Change the progress by a function of `answers.study.rating`; whether it was saved."""
        done = saved(progress.update, lambda state: how(state, *args))
        if not done:
            self.unsaved.add(card.id)
        return done

    def ask(self, cards: Sequence[Card], head: Callable[[int], str]) -> None:
        """Ask each card; `head(place)` is what stands above it."""
        place, passed_by = 0, []  # the places of what was rated or put away
        while place < len(cards) and not self.ended:
            display.show_front(self.out, cards[place], head(place))
            key = self.answered(cards[place], bool(passed_by))
            if key == QUIT:
                self.ended = True
            elif key == "u":
                if self.take_back(cards[passed_by[-1]]):
                    place = passed_by.pop()
            else:
                passed_by.append(place)
                place += 1

    def answered(self, card: Card, may_undo: bool) -> str:
        """Ask one card and note its rating; the key that ended it."""
        others = "s" + "u" * may_undo + QUIT
        stops = ", p pause" if self.pause else ""
        words = ", s put it away" + ", u undo" * may_undo + stops + ", q quit"
        say(self.out, f"Say it aloud. Space shows the answer{words}.", "dim", indent=0)
        key = self.pressed(REVEAL + others)
        if key == REVEAL:
            display.show_back(self.out, card)
            state, day = kept(), days.today()
            reviews = rating.reviews_with(state, card.id, 0, day)
            comes = schedule.choices(reviews[:-1], reviews[-1][0])
            comes = [
                schedule.back(History(reviews, due), state.plan.date) for due in comes
            ]
            display.show_choices(self.out, comes, day, words)
            key = self.pressed("1234" + others)
        if key.isdigit():
            self.change(card, rating.rate, card.id, int(key), days.today())
            self.rated[card.id] = card, int(key)
        if key == "s" and self.change(card, rating.suspend, card.id):
            tell("Put away; `answers review --put-away` takes all out again.")
        return key

    def pressed(self, wanted: str) -> str:
        """The next of these keys, after any number of pauses. A pause may end by quitting."""
        while (key := keys.one_of(wanted + PAUSE * bool(self.pause))) == PAUSE:
            if self.pause() == QUIT:
                return QUIT
        return key

    def take_back(self, card: Card) -> bool:
        """Undo what was pressed for a card; False if that could not be saved."""

        def undo(state: progress.State) -> None:
            if card.id in self.rated:
                rating.undo(state, card.id)
            else:
                rating.suspend(state, card.id, False)

        if card.id in self.unsaved:
            self.unsaved.remove(card.id)
        elif not saved(progress.update, undo):
            return False
        self.rated.pop(card.id, None)
        return True

    def score(self, opening: Card) -> str | None:
        """Ask how the whole answer to a question was, by its rubric; what was said."""
        self.out.print()
        say_markdown(self.out, opening.page.rubric)
        tell("\nHow was your answer? 1 weak, 2 solid, 3 strong, space passes over.")
        key = self.pressed("123" + REVEAL + QUIT)
        if not key.isdigit():
            self.ended = self.ended or key == QUIT
            return None
        level = LEVELS[int(key) - 1]
        self.change(opening, rating.score, opening.page.number, level, days.today())
        return level


def ready() -> None:
    """End with the repair if cards cannot be rated: FSRS may not be there."""
    try:
        schedule.scheduler()
    except ModuleNotFoundError as error:
        refuse(str(error))
