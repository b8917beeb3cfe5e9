"""Votes in a CSV file: read once, row by row, into numbered arrays and the names behind them."""

import csv
import math
import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, no_type_check

import numpy as np

from answers import files
from answers.labels.annotation import Votes

COLUMNS = ("item", "annotator", "label")
ROWS_PER_REPORT = 50_000

# A spreadsheet takes such a cell for a formula, unless a ' stands before it.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


# --8<-- [start:named_votes]
@dataclass(frozen=True, eq=False)
class NamedVotes:
    """Votes, and what the file calls what they number.

    Attributes:
        votes: The votes, sorted by item.
        item_names: In the order of the file.
        annotator_names: In the order of the file.
        class_names: Sorted, as numbers if all are, else as text.
    """

    votes: Votes
    item_names: list[str]
    annotator_names: list[str]
    class_names: list[str]


# --8<-- [end:named_votes]


# --8<-- [start:read_votes]
def read_votes(
    path: Path | str,
    columns: tuple[str, str, str] = COLUMNS,
    report: Callable[[float], object] | None = None,
) -> NamedVotes:
    """The votes of a CSV file with a header, one vote a row.

    Memory is three integers a vote and one string a name. Other columns are ignored, and so
    are blank lines and spaces around a value.

    Args:
        path: A file in UTF-8, with commas, semicolons or tabs between its columns; a value
            is quoted where it needs it.
        columns: The headers of the columns with item, annotator and label.
        report: Called now and then with the share of the file that is read.

    Raises:
        ValueError: A column is missing, a row is too short or too long, a value is empty, or
            there is no vote; the message names line and column.
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
    path = Path(path)
    names: tuple[dict[str, int], ...] = ({}, {}, {})
    numbers = tuple(array("q") for _ in columns)
    add_item, add_annotator, add_label = (each.append for each in numbers)
    item_of, annotator_of, label_of = (each.setdefault for each in names)
    items, people, labels = names
    for item, annotator, label in rows(path, columns, report):
        # A name that is not known yet gets the next number.
        add_item(item_of(item, len(items)))
        add_annotator(annotator_of(annotator, len(people)))
        add_label(label_of(label, len(labels)))
    if not numbers[0]:
        raise ValueError(f"{path} has a header and no votes under it")
    classes = in_order(list(labels))
    item, annotator, label = (np.frombuffer(each, dtype=np.int64) for each in numbers)
    rank = {name: place for place, name in enumerate(classes)}
    label = np.array([rank[name] for name in labels])[label]
    # Votes on one item stand side by side, which makes them faster to add up.
    order = item.argsort(kind="stable")
    votes = Votes(item[order], annotator[order], label[order], len(classes))
    return NamedVotes(votes, list(items), list(people), classes)


# --8<-- [end:read_votes]


def rows(
    path: Path, columns: tuple[str, str, str], report: Callable[[float], object] | None
) -> Iterator[tuple[str, str, str]]:
    """The three values of each row.

    Raises:
        ValueError: As `read_votes`, but for the file without votes.
    """
    size = max(files.regular(path).stat().st_size, 1)
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = 1
        try:
            mark = delimiter(file, columns)
            reader = csv.reader(file, delimiter=mark, strict=True)
            header = [name.strip() for name in next(reader, [])]
            i, a, y = positions(path, header, columns)
            width = len(header)
            line = reader.line_num + 1
            for number, row in enumerate(reader):
                if len(row) != width:
                    if row:
                        at = min(len(row), width)
                        name = header[at] if at < width else "not in the header"
                        raise ValueError(
                            f"{path}, line {line}, column {at + 1} ({name}): {len(row)} "
                            f"values, but the header has {width} columns"
                        )
                else:
                    item, annotator, label = (
                        row[i].strip(),
                        row[a].strip(),
                        row[y].strip(),
                    )
                    if not (item and annotator and label):
                        at = min(k for k in (i, a, y) if not row[k].strip())
                        raise ValueError(
                            f"{path}, line {line}, column {at + 1} ({header[at]}): empty; "
                            "leave out the row of a vote that was not given"
                        )
                    yield as_read(item), as_read(annotator), as_read(label)
                line = reader.line_num + 1
                if report and number % ROWS_PER_REPORT == 0:
                    report(file.buffer.tell() / size)
        except csv.Error as error:
            raise ValueError(f"{path}, line {line}: {error}") from None
        except UnicodeDecodeError:
            raise ValueError(not_utf8(path)) from None


def delimiter(file: TextIO, columns: tuple[str, str, str]) -> str:
    """What parts the columns of the header: a comma, a semicolon or a tab."""
    start = file.tell()
    header = file.readline()
    file.seek(start)
    for mark in ",;\t":
        if set(columns) <= {name.strip(' "\n\r') for name in header.split(mark)}:
            return mark
    return ","


# Called for each cell, as `as_read` is: a check of types would take longer than the call.
@no_type_check
def as_written(cell: str) -> str:
    """The cell, so that a spreadsheet shows it and does not run it."""
    runs = FORMULA.match(cell) and not NUMBER.fullmatch(cell)
    return f"'{cell}" if runs else cell


@no_type_check
def as_read(cell: str) -> str:
    """The cell, without the ' that `as_written` puts before it."""
    return cell[1:] if cell[0] == "'" and FORMULA.match(cell) else cell


def positions(
    path: Path, header: list[str], columns: tuple[str, str, str]
) -> list[int]:
    """Where in the header the columns stand.

    Raises:
        ValueError: One is missing or stands there twice.
    """
    for name in columns:
        if header.count(name) != 1:
            how = "twice" if name in header else "not there"
            found = ", ".join(filter(None, header)) or "nothing"
            raise ValueError(
                f"{path}, line 1: the column {name!r} is {how}; the header has: {found}; "
                "say which are item, annotator and label by `columns`"
            )
    return [header.index(name) for name in columns]


def in_order(classes: list[str]) -> list[str]:
    """The class names sorted, as numbers if all of them are; nan is none."""
    try:
        if any(math.isnan(float(name)) for name in classes):
            return sorted(classes)
        return sorted(classes, key=lambda name: (float(name), name))
    except ValueError:
        return sorted(classes)


def not_utf8(path: Path) -> str:
    """Which line of the file is no UTF-8, in words."""
    with path.open("rb") as file:
        for line, content in enumerate(file, 1):
            try:
                content.decode("utf-8")
            except UnicodeDecodeError as error:
                byte = content[error.start]
                return f"{path}, line {line}: byte {byte:#04x} is no UTF-8; save it as UTF-8"
    return f"{path} is no UTF-8"
