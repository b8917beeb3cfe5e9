"""Votes in a CSV file, as numbered arrays and the names behind the numbers."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Integer
from numpy import ndarray

from answers.inputs.contracts import refuses
from answers.labels.annotation import Votes


@dataclass(frozen=True, eq=False)
class NamedVotes:
    """Votes, and the names that the file gives to items, annotators and classes.

    Attributes:
        votes: The votes, in the order of the file.
        item_names: In the order of the file.
        annotator_names: In the order of the file.
        class_names: Sorted, shorter names first: 9 comes before 10.
    """

    votes: Votes
    item_names: list[str]
    annotator_names: list[str]
    class_names: list[str]


def read_votes(
    path: Path | str, columns: tuple[str, str, str] = ("item", "annotator", "label")
) -> NamedVotes:
    """The votes of a CSV file with a header, one vote a row.

    Other columns are ignored, and so are blank lines and spaces around a value.

    Args:
        path: A file in UTF-8, with commas between its columns.
        columns: The headers of the columns with item, annotator and label.

    Raises:
        ValueError: A column is missing, a row is too short or too long, a value is
            empty, or there is no vote; the message names line and column.
        OSError: The file cannot be read.

    Example:
        >>> import tempfile
        >>> with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        ...     _ = file.write("item,annotator,label\\nn1,eva,no\\nn1,tom,yes\\nn2,eva,no\\n")
        ...     file.flush()
        ...     named = read_votes(file.name)
        >>> named.votes.label, named.class_names, named.annotator_names
        (array([0, 1, 0]), ['no', 'yes'], ['eva', 'tom'])
    """
    items, people, labels = zip(*cells(path, columns), strict=True)
    names = (
        list(dict.fromkeys(items)),
        list(dict.fromkeys(people)),
        sorted(set(labels), key=lambda name: (len(name), name)),
    )
    arrays = map(numbered, (items, people, labels), names)
    return NamedVotes(Votes(*arrays, len(names[2])), *names)


def no_vote(result, path):
    if not result:
        raise ValueError(f"{path} has a header and no votes under it")


@refuses(no_vote)
def cells(path: Path | str, columns: tuple[str, str, str]) -> list[list[str]]:
    """Item, annotator and label of each vote, as the file writes them."""
    table = rows(path)
    line, header = next(table, (1, []))
    refuse_other_columns(header, columns, f"{path}, line {line}")
    places, found = [header.index(name) for name in columns], []
    for line, row in table:
        if len(row) != len(header):
            raise ValueError(
                f"{path}, line {line}: {len(row)} values, but the header has "
                f"{len(header)} columns"
            )
        found.append([row[place] for place in places])
        if "" in found[-1]:
            empty = columns[found[-1].index("")]
            raise ValueError(
                f"{path}, line {line}, column {empty!r}: empty; leave out the row of a "
                "vote that was not given"
            )
    return found


def refuse_other_columns(header: list[str], columns: tuple, where: str) -> None:
    """Raise unless the header names each of the columns once."""
    for name in columns:
        if header.count(name) != 1:
            raise ValueError(
                f"{where}: column {name!r} is there {header.count(name)} "
                f"times; name three columns of the header, which is {header}"
            )


def rows(path: Path | str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line on which it ends."""
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path}, line {line}: no UTF-8; save it as UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in filter(None, reader):
            yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}") from None


def numbered(cells: tuple[str, ...], names: list[str]) -> Integer[ndarray, " votes"]:
    """Where in the names each cell stands."""
    number = {name: place for place, name in enumerate(names)}
    return np.array([number[cell] for cell in cells])
