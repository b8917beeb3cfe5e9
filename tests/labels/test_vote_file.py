"""Votes read from CSV, and errors that name line and column."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from answers.labels.vote_file import as_read, as_written, read_votes

HEADER = "item,annotator,label\n"


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "votes.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def triples(named):
    """The votes by their names."""
    v = named.votes
    return [
        (named.item_names[i], named.annotator_names[a], named.class_names[y])
        for i, a, y in zip(v.item, v.annotator, v.label, strict=True)
    ]


def test_every_vote_is_read_by_name_and_items_are_in_the_order_of_the_file(written):
    named = read_votes(written(f"{HEADER}b,eva,yes\na,tom,no\nb,tom,yes\nb,tom,no\n"))
    assert named.item_names == ["b", "a"]
    assert named.annotator_names == ["eva", "tom"]
    assert named.class_names == ["no", "yes"]
    assert sorted(triples(named)) == sorted(
        [
            ("b", "eva", "yes"),
            ("a", "tom", "no"),
            ("b", "tom", "yes"),
            ("b", "tom", "no"),
        ]
    )


names = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\0", exclude_categories=["Cs"]),
    min_size=1,
).filter(lambda text: text.strip() == text and text)


@given(st.lists(st.tuples(names, names, names), min_size=1, max_size=20))
@pytest.mark.attack("terminal")
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("votes") / "votes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        written = (map(as_written, row) for row in rows)
        csv.writer(file).writerows([("item", "annotator", "label"), *written])
    assert sorted(triples(read_votes(path))) == sorted(rows)


@pytest.mark.parametrize("cell", ["=1+1", "+1-555", "-cmd", "@sum", "\tx", "'=1", "''@"])
@pytest.mark.attack("terminal")
def test_a_spreadsheet_does_not_run_a_cell_which_is_read_back(cell):
    assert as_written(cell) == f"'{cell}"
    assert as_read(as_written(cell)) == cell


@pytest.mark.parametrize("cell", ["-1", "+2.5e-3", "-.5", "o'clock", "'quoted'", "a=b", "n1"])
def test_numbers_and_names_stay_as_they_are(cell):
    assert as_written(cell) == as_read(cell) == cell


@pytest.mark.parametrize(
    "text",
    [
        "label,note,item,annotator\nyes,x,n1,eva\nno,,n2,tom\n",
        "item,annotator,label\r\nn1,eva,yes\r\n\r\nn2,tom,no\r\n",
        "\ufeffitem,annotator,label\nn1,eva,yes\nn2,tom,no",
        "item, annotator, label\n n1 ,eva,  yes\nn2,tom,no \n\n",
        'item,annotator,label\n"n1",eva,"yes"\nn2,"tom",no\n',
        '"item";annotator;label\nn1;eva;yes\nn2;tom;no\n',
        "item\tannotator\tlabel\tnote, if any\nn1\teva\tyes\t\nn2\ttom\tno\t\n",
    ],
    ids=["other order", "Windows", "byte order mark", "spaces", "quotes", "semicolons", "tabs"],
)
def test_columns_may_stand_in_any_order_and_spelling(written, text):
    assert triples(read_votes(written(text))) == [
        ("n1", "eva", "yes"),
        ("n2", "tom", "no"),
    ]


def test_classes_are_sorted_as_numbers_if_all_are(written):
    rows = "".join(f"n,a{y},{y}\n" for y in ("10", "9", "-1", "2.5"))
    assert read_votes(written(HEADER + rows)).class_names == ["-1", "2.5", "9", "10"]
    assert read_votes(written(f"{HEADER}{rows}n,b,x\n")).class_names[-1] == "x"
    # It has no place among numbers.
    names = read_votes(written(f"{HEADER}n,b,nan\n{rows}")).class_names
    assert names == ["-1", "10", "2.5", "9", "nan"]


def test_other_headers_can_be_named(written):
    path = written("task,worker,answer\nn1,eva,yes\n")
    assert triples(read_votes(path, ("task", "worker", "answer"))) == [("n1", "eva", "yes")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"{HEADER}n1,eva,yes\nn2,tom\n",
            r"line 3, column 3 \(label\): 2 values, but the header has 3 columns",
        ),
        (
            f"{HEADER}n1,eva,yes,so\n",
            r"line 2, column 4 \(not in the header\): 4 values, but the header has 3 columns",
        ),
        (f"{HEADER}n1,eva,yes\n\nn2,,no\n", r"line 4, column 2 \(annotator\): empty"),
        (f"{HEADER}n1,eva,yes\n  ,tom,no\n", r"line 3, column 1 \(item\): empty"),
        (
            f'{HEADER}"two\nlines",eva,yes\nn,eva,\n',
            r"line 4, column 3 \(label\): empty",
        ),
        (
            "item,worker,label\nn1,eva,yes\n",
            "line 1: the column 'annotator' is not there; .* has: item, worker, label",
        ),
        (
            "item|annotator|label\nn1|eva|yes\n",
            "line 1: the column 'item' is not there",
        ),
        ("item,item,annotator,label\n", "line 1: the column 'item' is twice"),
        ("", "line 1: the column 'item' is not there; the header has: nothing"),
        (HEADER, "has a header and no votes under it"),
        (f'{HEADER}n1,eva,yes\n"n2,tom,no\n', "line 3: unexpected end of data"),
        (
            f"{HEADER}n1,eva,yes\n".encode() + b"n2,t\xf6m,no\n",
            "line 3: byte 0xf6 is no UTF-8",
        ),
    ],
    ids=lambda value: None,
)
@pytest.mark.attack("votes")
def test_what_cannot_be_read_is_told_with_line_and_column(written, text, message):
    with pytest.raises(ValueError, match=message):
        read_votes(written(text))


@pytest.mark.attack("votes")
def test_a_late_mistake_is_told_with_its_line(written):
    rows = "".join(f"n{i},eva,yes\n" for i in range(5000))
    with pytest.raises(ValueError, match=r"line 5002, column 3 \(label\): empty"):
        read_votes(written(f"{HEADER}{rows}n,eva,\n"))


def test_reading_is_reported(written):
    shares = []
    rows = "".join(f"n{i},eva,yes\n" for i in range(120_000))
    named = read_votes(written(HEADER + rows), report=shares.append)
    assert len(named.votes) == 120_000
    assert shares == sorted(shares)
    assert len(shares) == 3
    assert 0 < shares[0] <= shares[-1] <= 1


def test_votes_come_sorted_by_item_and_keep_their_order_within(written):
    rng = np.random.default_rng(0)
    rows = [(f"i{i}", f"a{a}", str(y)) for i, a, y in rng.integers(0, 9, size=(300, 3))]
    named = read_votes(written(HEADER + "".join(",".join(row) + "\n" for row in rows)))
    assert (np.diff(named.votes.item) >= 0).all()
    assert_array_equal(
        [row for row in triples(named) if row[0] == "i3"],
        [row for row in rows if row[0] == "i3"],
    )
