"""The command `answers labels`: a file of votes, judged by Dawid and Skene's model."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from answers.labels.annotation import (
    fleiss_kappa,
    krippendorff_alpha,
    raw_agreement,
    vote_counts,
)
from answers.labels.dawid_skene import DawidSkene, dawid_skene
from answers.labels.vote_file import NamedVotes, read_votes

LONG = 2_000_000  # bytes of a file that takes long enough to show a bar
SHOWN = 10  # annotators on the screen
FEW = 10  # votes, from which nobody can tell how good an annotator is
TOLERANCE = 1e-6


class LabelsError(Exception):
    """The file cannot be read or not be judged, or a result not be written; the message says
    why."""


@dataclass(frozen=True)
class Annotators:
    """The table of annotators, as columns.

    Attributes:
        votes: How many each gave.
        accuracy: How often they are right, on items as common as the model takes them to be.
        skill: Their mean recall, on a scale where guessing is 0 and never erring is 1.
    """

    votes: np.ndarray
    accuracy: np.ndarray
    skill: np.ndarray


def run(
    out: Console,
    file: Path,
    columns: tuple[str, ...],
    output: Path,
    annotators: Path | None,
    iterations: int,
    smoothing: float,
    force: bool,
) -> None:
    """Read, fit, print, write.

    Raises:
        LabelsError: One of these is not possible.
    """
    if len(columns) != 3:
        raise LabelsError(
            f"--columns names {len(columns)} columns; give three, as item,annotator,label"
        )
    refuse_written(force, output, annotators)
    try:
        with bar(file) as progress:
            reading = progress.add_task("reading", total=1)
            named = read_votes(
                file, columns, lambda done: progress.update(reading, completed=done)
            )
            progress.update(reading, completed=1)
            fitting = progress.add_task("fitting", total=iterations)
            result = dawid_skene(
                named.votes,
                iterations,
                TOLERANCE,
                smoothing,
                report=lambda done: progress.update(fitting, completed=done),
            )
    except OSError as error:
        raise LabelsError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise LabelsError(str(error)) from None
    table = rated(named, result)
    show_agreement(out, named)
    show_model(out, named, result)
    show_annotators(out, named, table)
    write(output, force, posteriors(named, result))
    out.print(f"\nPosteriors of {len(named.items):,} items are in {output}")
    if annotators:
        write(annotators, force, everyone(named, result, table))
        out.print(f"All {len(named.annotators):,} annotators are in {annotators}")


def refuse_written(force: bool, *paths: Path | None) -> None:
    """Stop before the work, not after it, if a result could not be kept."""
    for path in paths:
        if path and path.exists() and not force:
            raise LabelsError(
                f"{path} exists, and is left as it is; to replace it: --force"
            )


@contextmanager
def bar(file: Path) -> Iterator[Progress]:
    """A progress bar on standard error, if that is a terminal and the file is long."""
    err = Console(stderr=True)
    try:
        long = file.stat().st_size > LONG
    except OSError:  # told when it is read
        long = False
    parts = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    disable = not (long and err.is_terminal)
    with Progress(*parts, console=err, transient=True, disable=disable) as progress:
        yield progress


def rated(named: NamedVotes, result: DawidSkene) -> Annotators:
    """What the model says of each annotator."""
    right = np.diagonal(result.confusion, axis1=1, axis2=2)
    chance = 1 / len(named.classes)
    skill = (right.mean(axis=1) - chance) / max(1 - chance, chance)
    votes = np.bincount(named.votes.annotator, minlength=named.votes.annotators)
    return Annotators(votes, right @ result.prior, skill)


def show_agreement(out: Console, named: NamedVotes) -> None:
    """How many votes there are, and how far they agree."""
    votes = named.votes
    counts = vote_counts(votes)
    per_item = counts.sum(axis=1)
    top_two = np.sort(counts, axis=1)[:, -2:]
    tied = int((top_two[:, 0] == top_two[:, -1]).sum()) if counts.shape[1] > 1 else 0
    out.print(
        f"{len(votes):,} votes by {votes.annotators:,} annotators on {votes.items:,} items, "
        f"{votes.classes} classes"
    )
    facts = {
        "votes per item": f"{per_item.min()} to {per_item.max()}, median "
        f"{np.median(per_item):g}",
        "items without majority": f"{tied:,}",
        "raw agreement": measured(raw_agreement, votes),
        "Krippendorff's alpha": measured(krippendorff_alpha, votes),
        "Fleiss' kappa": measured(fleiss_kappa, counts)
        if per_item.min() == per_item.max()
        else "items have unequal numbers of votes",
    }
    out.print(Text("\nAgreement", style="bold"))
    for name, fact in facts.items():
        out.print(Text(f"  {name:24}{fact}"))


def measured(measure, votes) -> str:
    """The measure of agreement, or why there is none."""
    try:
        return f"{measure(votes):.4f}"
    except ValueError as error:
        return f"none: {str(error).partition(';')[0]}"


def show_model(out: Console, named: NamedVotes, result: DawidSkene) -> None:
    """How the fit went, and the classes before and after."""
    rounds = len(result.log_likelihoods)
    end = "converged" if result.converged else "NOT converged; raise --iterations"
    out.print(Text("\nDawid and Skene's model", style="bold"))
    out.print(Text(f"  {'rounds of EM':24}{rounds}, {end}"))
    out.print(Text(f"  {'log-likelihood':24}{result.log_likelihoods[-1]:,.2f}"))
    out.print(Text(f"  {'class':24}{'of votes':>10}{'of items':>10}"))
    share = np.bincount(named.votes.label, minlength=len(named.classes))
    share = share / share.sum()
    for name, voted, true in zip(named.classes, share, result.prior, strict=True):
        out.print(Text(f"  {short(name):24}{voted:10.4f}{true:10.4f}"))


def show_annotators(out: Console, named: NamedVotes, table: Annotators) -> None:
    """The annotators who know least, and what makes the table doubtful."""
    order = table.skill.argsort(kind="stable")[:SHOWN]
    out.print(Text("\nAnnotators, the least skilled first", style="bold"))
    out.print(Text(f"  {'annotator':24}{'votes':>8}{'accuracy':>10}{'skill':>8}"))
    for a in order:
        out.print(
            Text(
                f"  {short(named.annotators[a]):24}{table.votes[a]:8,}"
                f"{table.accuracy[a]:10.3f}{table.skill[a]:8.3f}"
            )
        )
    if (rest := len(table.votes) - len(order)) > 0:
        out.print(f"  and {rest:,} more; --annotators FILE writes all")
    out.print("  skill: mean recall, 0 for guessing and 1 for never erring")
    few = int((table.votes < FEW).sum())
    if few:
        out.print(f"  {few:,} have fewer than {FEW} votes: their rows say little")
    if (table.skill * table.votes).sum() < 0:
        out.print(
            "  Most votes come out worse than guessing: the classes may have changed names."
        )


def short(name: str) -> str:
    """A name that fits its column."""
    name = " ".join(name.split())
    return name if len(name) <= 22 else f"{name[:21]}…"


def posteriors(named: NamedVotes, result: DawidSkene) -> Iterator[Iterable]:
    """The rows of the file with posteriors."""
    yield ["item", "label", *(f"p({name})" for name in named.classes)]
    best = result.posterior.argmax(axis=1).tolist()
    columns = (map("{:.6f}".format, column) for column in result.posterior.T.tolist())
    yield from zip(named.items, (named.classes[k] for k in best), *columns, strict=True)


def everyone(
    named: NamedVotes, result: DawidSkene, table: Annotators
) -> Iterator[Iterable]:
    """The rows of the file with all annotators: p(voted | true) for each pair of classes."""
    pairs = [f"p({voted}|{true})" for true in named.classes for voted in named.classes]
    yield ["annotator", "votes", "accuracy", "skill", *pairs]
    flat = result.confusion.reshape(len(table.votes), -1)
    for a, name in enumerate(named.annotators):
        numbers = (table.accuracy[a], table.skill[a], *flat[a])
        yield [name, table.votes[a], *map("{:.6f}".format, numbers)]


def write(path: Path, force: bool, content: Iterator[Iterable]) -> None:
    """Write the rows, all of them or none.

    Raises:
        LabelsError: The file exists or cannot be written.
    """
    refuse_written(force, path)
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(content)
        new.replace(path)
    except OSError as error:
        raise LabelsError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            new.unlink()
