"""Votes read from CSV, and errors that name line and column."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers.labels.vote_file import read_votes

HEADER = "item,annotator,label\n"


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "votes.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def triples(named):
    """The votes by their names."""
    v = named.votes
    return [
        (named.item_names[i], named.annotator_names[a], named.class_names[y])
        for i, a, y in zip(v.item, v.annotator, v.label, strict=True)
    ]


def test_every_vote_is_read_by_name_and_in_the_order_of_the_file(written):
    named = read_votes(written(f"{HEADER}b,eva,yes\na,tom,no\nb,tom,yes\nb,tom,no\n"))
    assert named.item_names == ["b", "a"]
    assert named.annotator_names == ["eva", "tom"]
    assert named.class_names == ["no", "yes"]
    assert triples(named) == [
        ("b", "eva", "yes"),
        ("a", "tom", "no"),
        ("b", "tom", "yes"),
        ("b", "tom", "no"),
    ]


names = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\0", exclude_categories=["Cs"]),
    min_size=1,
).filter(lambda text: text.strip() == text and text)


@given(st.lists(st.tuples(names, names, names), min_size=1, max_size=20))
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("votes") / "votes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("item", "annotator", "label"), *rows])
    assert triples(read_votes(path)) == rows


@pytest.mark.parametrize(
    "text",
    [
        "label,note,item,annotator\nyes,x,n1,eva\nno,,n2,tom\n",
        "item,annotator,label\r\nn1,eva,yes\r\n\r\nn2,tom,no\r\n",
        "\ufeffitem,annotator,label\nn1,eva,yes\nn2,tom,no",
        "item, annotator, label\n n1 ,eva,  yes\nn2,tom,no \n\n",
        'item,annotator,label\n"n1",eva,"yes"\nn2,"tom",no\n',
    ],
    ids=["other order", "Windows", "byte order mark", "spaces", "quotes"],
)
def test_columns_may_stand_in_any_order_and_spelling(written, text):
    assert triples(read_votes(written(text))) == [
        ("n1", "eva", "yes"),
        ("n2", "tom", "no"),
    ]


def test_classes_are_sorted_and_9_comes_before_10(written):
    rows = "".join(f"n,a{y},{y}\n" for y in ("10", "9", "1", "2"))
    assert read_votes(written(HEADER + rows)).class_names == ["1", "2", "9", "10"]


def test_other_headers_can_be_named(written):
    path = written("task,worker,answer\nn1,eva,yes\n")
    assert triples(read_votes(path, ("task", "worker", "answer"))) == [("n1", "eva", "yes")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{HEADER}n1,eva,yes\nn2,tom\n", "line 3: 2 values, but the header has 3 columns"),
        (f"{HEADER}n1,eva,yes,so\n", "line 2: 4 values, but the header has 3 columns"),
        (f"{HEADER}n1,eva,yes\n\nn2,,no\n", "line 4, column 'annotator': empty"),
        (f"{HEADER}n1,eva,yes\n  ,tom,no\n", "line 3, column 'item': empty"),
        (f'{HEADER}"two\nlines",eva,yes\nn,eva,\n', "line 4, column 'label': empty"),
        (HEADER + "n,eva,yes\n" * 5000 + "n,eva,\n", "line 5002, column 'label': empty"),
        (
            "item,worker,label\nn1,eva,yes\n",
            r"line 1: column 'annotator' is there 0 times; .* \['item', 'worker', 'label'\]",
        ),
        ("item;annotator;label\nn1;eva;yes\n", "line 1: column 'item' is there 0 times"),
        ("\nitem,item,annotator,label\n", "line 2: column 'item' is there 2 times"),
        ("", r"line 1: column 'item' is there 0 times; .* which is \[\]"),
        (HEADER, "has a header and no votes under it"),
        (f'{HEADER}n1,eva,yes\n"n2,tom,no\n', "line 3: unexpected end of data"),
        (f"{HEADER}n1,eva,yes\n".encode() + b"n2,t\xf6m,no\n", "line 3: no UTF-8"),
    ],
    ids=lambda value: None,
)
def test_what_cannot_be_read_is_told_with_line_and_column(written, text, message):
    with pytest.raises(ValueError, match=rf"votes\.csv,? {message}"):
        read_votes(written(text))
