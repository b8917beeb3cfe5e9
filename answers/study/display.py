"""How the command line shows cards and today's list, by means of `answers.practice.terminal`."""

import re
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from answers.pages import FENCE, of_fence, unfolded
from answers.practice.plain_formulas import lines_of
from answers.practice.state import Plan
from answers.practice.terminal import say, say_markdown, say_row, site
from answers.study import days
from answers.study.cards import Card
from answers.study.today import Task, Today

RATINGS = {1: "again", 2: "hard", 3: "good", 4: "easy"}


def show_today(out: Console, today: Today, plan: Plan, day: str) -> None:
    """What there is to do, with the commands, and what is for when there is time."""
    if plan.date and plan.date >= day:
        out.print(Text(f"The interview is {days.named(plan.date, day)}.\n", "bold"))
    show_tasks(out, today.first)
    if today.later:
        out.print(Text("\nIf you have time:", "dim"))
        show_tasks(out, today.later)
    if any(task.kind == "read" for task in today.tasks):
        url = site()
        where = f", on {url}" if url else ""
        out.print(f"\nRead the page first{where}.", soft_wrap=True)
    if today.tasks:
        minutes = sum(task.minutes for task in today.first)
        out.print(
            f"\nAbout {minutes} of {plan.minutes} minutes. `answers plan` sets them."
        )


def show_tasks(out: Console, tasks: Sequence[Task]) -> None:
    """A command for all cards that are due, for each exercise and page, for all new cards."""
    show_cards(out, [task for task in tasks if task.kind == "review"], "due")
    for task in tasks:
        name, page = task.card.name, task.card.page
        if task.kind == "exercise":
            show_command(out, task.minutes, f"start {name} --again", "to do again")
        if task.kind == "read":
            show_command(out, task.minutes, f"review {page.number}", page.title)
    show_cards(out, [task for task in tasks if task.kind == "new"], "new")


def show_cards(out: Console, tasks: Sequence[Task], word: str) -> None:
    if tasks:
        minutes, many = sum(task.minutes for task in tasks), "s" * (len(tasks) > 1)
        show_command(out, minutes, "review", f"{len(tasks)} {word} card{many}")


def show_command(out: Console, minutes: int, command: str, what: str) -> None:
    say_row(out, f"  {minutes:3} min  answers {command}", what)


def show_front(out: Console, card: Card, head: str) -> None:
    """What is asked."""
    page = card.page
    out.print(
        Text.assemble("\n", (f"{head}  {page.number}: {page.title}", "dim"), "\n")
    )
    say_markdown(out, card.front)
    out.print()


def show_back(out: Console, card: Card) -> None:
    """The answer, without what only the page can run."""
    left = set()

    def shown(match: re.Match) -> str:
        kind, inside = of_fence(match[0])
        if kind == "math":
            return "\n\n".join(f"$${line}$$" for line in lines_of(inside))
        left.add("a figure with sliders" if kind == "explorer" else "code")
        return ""

    text = FENCE.sub(shown, unfolded(card.back))
    say_markdown(out, re.sub(r"\n{3,}", "\n\n", text).strip() or "See the page.")
    if left:
        out.print(Text(f"\nThe page has {' and '.join(sorted(left))} for this.", "dim"))
    out.print()


def show_choices(out: Console, comes: Sequence[str], day: str, others: str) -> None:
    """The ratings, when the card would come back after each, and what else can be pressed."""
    each = zip(RATINGS.items(), comes, strict=True)
    told = [f"{key} {word} ({days.named(to, day)})" for (key, word), to in each]
    say(out, f"{', '.join(told)}{others}.", "dim", indent=0)


def show_weak(out: Console, rated: dict[str, tuple[Card, int]]) -> None:
    """What was rated again or hard, and where it stands."""
    weak = [(card, rating) for card, rating in rated.values() if rating <= 2]
    if weak:
        out.print(Text("\nTo read again:", "bold"))
    for card, rating in weak:
        what = "the question itself" if card.kind == "opening" else card.question
        say(out, f"{RATINGS[rating]:5}  question {card.page.number}: {what}")
