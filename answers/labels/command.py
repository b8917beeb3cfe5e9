"""The command `answers labels`: a file of votes, judged by Dawid and Skene's model."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from answers import files
from answers.labels.annotation import (
    fleiss_kappa,
    krippendorff_alpha,
    raw_agreement,
    vote_counts,
)
from answers.labels.dawid_skene import DawidSkene, dawid_skene
from answers.labels.vote_file import NamedVotes, as_written, read_votes

LONG = 2_000_000  # bytes, for which it is worth showing a bar
SHOWN = 10  # annotators
FEW = 10  # votes, from which nobody can tell how good an annotator is
MANY = 100  # classes, which labels seldom have and items often do
TOLERANCE = 1e-6


class LabelsError(Exception):
    """A file cannot be read, judged or written; the message says which and why."""


def run(
    out: Console,
    file: Path,
    columns: tuple[str, ...],
    output: Path | None,
    ratings_file: Path | None,
    iterations: int,
    smoothing: float,
    memory: float,
    force: bool,
) -> None:
    """Read, fit, print, write what is asked for.

    Raises:
        LabelsError: One of these is not possible.
    """
    if len(columns) != 3:
        raise LabelsError(
            f"--columns names {len(columns)} columns; give three, as item,annotator,label"
        )
    if twice := [name for name in columns if columns.count(name) > 1]:
        raise LabelsError(
            f"--columns names {twice[0]!r} twice; item, annotator and label are three columns"
        )
    # Before the work, not after it.
    refuse_written(force, file, output, ratings_file)
    try:
        with bar(file) as task:
            named = read_votes(file, columns, task("reading", 1))
            report = task("fitting", iterations)
            refuse_swapped(named)
            result = dawid_skene(
                named.votes,
                iterations,
                TOLERANCE,
                smoothing,
                report=report,
                memory=memory,
            )
    except OSError as error:
        raise LabelsError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise LabelsError(str(error).replace("`columns`", "--columns")) from None
    ratings = rated(named, result)
    show_agreement(out, named)
    show_model(out, named, result)
    show_annotators(out, named.annotator_names, ratings)
    out.print()
    if output:
        write(output, force, posteriors(named, result))
        say_where(out, f"Posteriors of {len(named.item_names):,} items are in", output)
    else:
        out.print("To keep the posteriors of all items: --output FILE")
    if ratings_file:
        write(ratings_file, force, everyone(named, result, ratings))
        what = f"All {len(named.annotator_names):,} annotators are in"
        say_where(out, what, ratings_file)


def say_where(out: Console, what: str, path: Path) -> None:
    """Print it; what stands in brackets in a name is no markup."""
    out.print(Text(f"{what} {files.visible(str(path))}"))


def refuse_written(force: bool, file: Path, *paths: Path | None) -> None:
    """Raise if a file is not to be written over, or two are one."""
    known = {file.resolve(): "the file of votes"}
    for path in filter(None, paths):
        if taken := known.get(path.resolve()):
            raise LabelsError(f"{path} is {taken}, too; give each its own")
        known[path.resolve()] = "asked for"
        try:
            there = files.regular(path).exists()
        except OSError as error:
            raise LabelsError(f"{path} cannot be written: {error.strerror}") from None
        if there and not force:
            raise LabelsError(
                f"{path} exists, and is left as it is; to replace it: --force"
            )


def refuse_swapped(named: NamedVotes) -> None:
    """Raise if about every item has a class of its own: the wrong column was taken."""
    classes, items = len(named.class_names), named.votes.items
    if classes > MANY and classes >= items / 2:
        raise LabelsError(
            f"{items:,} items have {classes:,} classes; is the label's column the third "
            "of --columns?"
        )


@contextmanager
def bar(file: Path) -> Iterator[Callable]:
    """Progress bars on standard error, if that is a terminal and the file is long.

    Yields:
        A function that begins a bar, with its name and its end, and returns what moves it.
    """
    err = Console(stderr=True)
    # A missing file is told of when it is read.
    long = file.exists() and file.stat().st_size > LONG
    parts = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    if not (long and err.is_terminal):
        yield lambda name, end: lambda done: None
        return
    with Progress(*parts, console=err, transient=True) as progress:

        def task(name: str, end: int) -> Callable:
            for before in progress.tasks:
                progress.update(before.id, completed=before.total)
            number = progress.add_task(name, total=end)
            return lambda done: progress.update(number, completed=done)

        yield task


def show_agreement(out: Console, named: NamedVotes) -> None:
    """How many votes there are, and how far they agree."""
    votes, counts = named.votes, vote_counts(named.votes)
    per_item = counts.sum(axis=1)
    tied = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1
    out.print(
        f"{len(votes):,} votes by {votes.annotators:,} annotators on {votes.items:,} items, "
        f"{votes.classes} classes"
    )
    out.print(Text("\nAgreement", style="bold"))
    spread = f"{per_item.min()} to {per_item.max()}, median {np.median(per_item):g}"
    show_row(out, "votes per item", spread)
    if repeated := repetitions(votes.item * votes.annotators + votes.annotator):
        show_row(out, "repeated votes", f"{repeated:,}, each counted")
    show_row(out, "items without majority", f"{tied.sum():,}")
    show_row(out, "raw agreement", measured(raw_agreement, votes))
    show_row(out, "Krippendorff's alpha", measured(krippendorff_alpha, votes))
    show_row(out, "Fleiss' kappa", measured(fleiss_kappa, counts))


def repetitions(numbers: np.ndarray) -> int:
    """How many of the numbers have come before."""
    ordered = np.sort(numbers)
    return int((ordered[1:] == ordered[:-1]).sum())


def measured(measure: Callable, votes: object) -> str:
    """The measure of agreement, or why there is none."""
    try:
        return f"{measure(votes):.4f}"
    except ValueError as error:
        return f"none: {str(error).partition(';')[0]}"


def show_model(out: Console, named: NamedVotes, result: DawidSkene) -> None:
    """How the fit went, and the classes before and after."""
    end = "converged" if result.converged else "NOT converged; raise --iterations"
    out.print(Text("\nDawid and Skene's model", style="bold"))
    show_row(out, "rounds of EM", f"{len(result.log_likelihoods)}, {end}")
    show_row(out, "log-likelihood", f"{result.log_likelihoods[-1]:,.2f}")
    show_row(out, "class", f"{'of votes':>10}{'of items':>10}")
    share = np.bincount(named.votes.label, minlength=len(result.prior))
    share = share / share.sum()
    for name, voted, true in zip(named.class_names, share, result.prior, strict=True):
        show_row(out, name, f"{voted:10.4f}{true:10.4f}")


def rated(named: NamedVotes, result: DawidSkene) -> tuple[np.ndarray, ...]:
    """The votes, accuracy and skill of each annotator.

    Accuracy is how often they are right, on items as common as the model takes them to be.
    Skill is their mean recall, on a scale where guessing is 0 and never erring is 1.
    """
    right = np.diagonal(result.confusion, axis1=1, axis2=2)
    chance = 1 / len(named.class_names)
    skill = (right.mean(axis=1) - chance) / max(1 - chance, chance)
    votes = np.bincount(named.votes.annotator, minlength=named.votes.annotators)
    return votes, right @ result.prior, skill


def show_annotators(
    out: Console, names: list[str], ratings: tuple[np.ndarray, ...]
) -> None:
    """The annotators who know least, and what makes the table doubtful."""
    votes, accuracy, skill = ratings
    out.print(Text("\nAnnotators, the least skilled first", style="bold"))
    show_row(out, "annotator", f"{'votes':>8}{'accuracy':>10}{'skill':>8}")
    for a in skill.argsort(kind="stable")[:SHOWN]:
        numbers = f"{votes[a]:8,}{accuracy[a]:10.3f}{skill[a]:8.3f}"
        show_row(out, names[a], numbers)
    if len(votes) > SHOWN:
        out.print(f"  and {len(votes) - SHOWN:,} more; --annotators FILE writes all")
    out.print("  skill: mean recall, 0 for guessing and 1 for never erring")
    if few := int((votes < FEW).sum()):
        out.print(f"  {few:,} have fewer than {FEW} votes: their rows say little")
    if skill @ votes < 0:
        out.print(
            "  Most votes come out worse than guessing: the classes may have changed names."
        )


def show_row(out: Console, name: str, fact: str) -> None:
    """A line of a table; a long name is cut."""
    name = " ".join(name.split())
    name = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    name = name if len(name) <= 22 else f"{name[:21]}…"
    out.print(Text(f"  {name:24}{fact}"))


def posteriors(named: NamedVotes, result: DawidSkene) -> Iterator[Iterable]:
    """The rows of the file with posteriors."""
    yield ["item", "label", *(f"p({name})" for name in named.class_names)]
    best = result.posterior.argmax(axis=1).tolist()
    labels = (named.class_names[k] for k in best)
    columns = (map("{:.6f}".format, column) for column in result.posterior.T.tolist())
    yield from zip(named.item_names, labels, *columns, strict=True)


def everyone(
    named: NamedVotes, result: DawidSkene, ratings: tuple[np.ndarray, ...]
) -> Iterator[Iterable]:
    """The rows of the file with all annotators: p(voted | true) for each pair of classes."""
    classes = named.class_names
    pairs = [f"p({voted}|{true})" for true in classes for voted in classes]
    yield ["annotator", "votes", "accuracy", "skill", *pairs]
    flat = result.confusion.reshape(-1, len(pairs))
    columns = zip(named.annotator_names, *ratings, flat, strict=True)
    for name, votes, accuracy, skill, row in columns:
        yield [name, votes, *map("{:.6f}".format, (accuracy, skill, *row))]


def write(path: Path, force: bool, rows: Iterator[Iterable]) -> None:
    """Write the rows, all of them or none.

    Raises:
        LabelsError: The file exists or cannot be written.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(as_written, map(str, row)) for row in rows)
    try:
        files.write(path, text.getvalue(), new=not force)
    except FileExistsError:
        raise LabelsError(f"{path} exists by now, and is left as it is") from None
    except OSError as error:
        raise LabelsError(f"{path} cannot be written: {error.strerror}") from None
