"""BM25: how well each document answers a query, by a table of counts and by an inverted index."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Integer
from numpy import ndarray

from answers.inputs import (
    first,
    refuse_below,
    refuse_empty,
    refuse_labels_out_of_range,
)
from answers.inputs.contracts import refuses


# --8<-- [start:inverse_frequency_refuses]
def not_among(holding, documents):
    refuse_below(1, documents=documents)
    wrong = (holding < 0) | (holding > documents)
    if wrong.any():
        said = f"of {documents} documents, 0 to all hold a word"
        raise ValueError(f"`holding` has {first(holding, wrong)}; {said}")


@refuses(not_among)
# --8<-- [end:inverse_frequency_refuses]
# --8<-- [start:inverse_frequency]
def inverse_frequency(
    holding: Integer[ndarray, " terms"], documents: int
) -> Float[ndarray, " terms"]:
    """How much a word tells: log(1 + (N - n + 0.5) / (n + 0.5)), Lucene's form.

    Without the 1 it is Robertson's, which is negative for a word that more than half of the
    documents hold.

    Args:
        holding: In how many documents each word stands, n.
        documents: How many there are, N.

    Returns:
        Nats, above 0.

    Raises:
        ValueError: There is no document, or a word stands in fewer than 0 or more than all.

    Source:
        S. Robertson, H. Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond;
        Apache Lucene, BM25Similarity.

    Example:
        >>> inverse_frequency(np.array([1, 3]), 3).round(2)
        array([0.98, 0.13])
    """
    return np.log1p((documents - holding + 0.5) / (holding + 0.5))


# --8<-- [end:inverse_frequency]


# --8<-- [start:bm25_refuses]
def negative(counts, name):
    if (counts < 0).any():
        raise ValueError(
            f"`{name}` holds {first(counts, counts < 0)}; counts are not negative"
        )


def wordless(counts, name):
    if not counts.any():
        raise ValueError(f"`{name}` has no word, so documents have no mean length")


def unknown_word(counts, query):
    refuse_labels_out_of_range(query, counts.shape[1], "query")


def no_share(b, name):
    if not 0 <= b <= 1:  # nan fails every comparison
        raise ValueError(f"`{name}` is {b}; it runs from 0 to 1")


def never_full(k1):
    refuse_below(0, k1=k1)


@refuses(
    unknown_word, never_full, counts=(refuse_empty, negative, wordless), b=no_share
)
# --8<-- [end:bm25_refuses]
# --8<-- [start:bm25]
def bm25(
    counts: Integer[ndarray, "documents terms"],
    query: Integer[ndarray, " words"],
    k1: float = 1.2,
    b: float = 0.75,
) -> Float[ndarray, " documents"]:
    """The BM25 score of each document for a query.

    The sum over the query's words of

        log(1 + (N - n + 0.5) / (n + 0.5)) · f (k1 + 1) / (f + k1 (1 - b + b L / M))

    with N documents, of which n hold the word; f is how often it stands in the document, L the
    document's length in words, and M the mean length of all documents. A word that stands in the
    query twice counts twice. A document without a word of the query scores 0, even if it is empty
    and b is 1.

    Args:
        counts: How often each term of the vocabulary stands in each document.
        query: The columns of `counts` that its words have, in any order; there may be none.
        k1: From 0: how late a word that is repeated stops adding.
        b: From 0 to 1: how much a long document is marked down.

    Returns:
        From 0, in float64.

    Raises:
        ValueError: There is no document, no word in any, a negative count, a word of the query
            without column, a negative `k1`, or a `b` that is not between 0 and 1.

    Source:
        S. Robertson, H. Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond;
        Apache Lucene, BM25Similarity, for the 1 in the logarithm.

    Example:
        One of two documents of one length holds the word.

        >>> bm25(np.array([[1, 200], [0, 201]], np.uint8), np.array([0])).round(4)
        array([0.6931, 0.    ])
    """
    lengths = counts.sum(axis=1)  # (documents,)
    full = k1 * (1 - b + b * lengths / lengths.mean())
    f = counts[:, query]  # (documents, words)
    idf = inverse_frequency((f > 0).sum(axis=0), len(counts))
    below = np.where(f > 0, f + full[:, None], 1)  # an empty document's is 0 at b = 1
    return (idf * f * (k1 + 1) / below).sum(axis=1)


# --8<-- [end:bm25]


# --8<-- [start:Postings]
class Postings(NamedTuple):
    """An inverted index: for each term the documents that hold it, and what it adds there.

    Term t has the entries `starts[t]` to `starts[t + 1]` of the two arrays.
    """

    starts: Integer[ndarray, " ends"]
    documents: Integer[ndarray, " entries"]
    weights: Float[ndarray, " entries"]
    size: int


# --8<-- [end:Postings]


# --8<-- [start:postings_refuses]
def not_its_words(words, lengths):
    if (lengths < 0).any() or lengths.sum() != len(words):
        raise ValueError(
            f"`lengths` add up to {lengths.sum()} and there are {len(words)} words; give each "
            "document's, 0 or more"
        )


def no_term(words, terms):
    refuse_labels_out_of_range(words, terms, "words")


@refuses(not_its_words, no_term, never_full, words=refuse_empty, b=no_share)
# --8<-- [end:postings_refuses]
# --8<-- [start:postings]
def postings(
    words: Integer[ndarray, " words"],
    lengths: Integer[ndarray, " documents"],
    terms: int,
    k1: float = 1.2,
    b: float = 0.75,
) -> Postings:
    """The inverted index of documents, with the weights of BM25 computed once.

    Args:
        words: The words of all documents, one document after the other, as numbers of terms.
        lengths: How many of them each document has.
        terms: How many terms there are.
        k1: As in `bm25`.
        b: As in `bm25`.

    Raises:
        ValueError: There is no word, `lengths` do not add up to the words, a word is no term, or
            `k1` or `b` is not as in `bm25`.

    Source:
        X. H. Lù (2024), BM25S: Orders of magnitude faster lexical search via eager sparse scoring.

    Example:
        >>> postings(np.array([0, 1, 1, 1, 1, 1]), np.array([3, 3]), 2).documents
        array([0, 0, 1])
    """
    size, lengths = len(lengths), lengths.astype(np.int64)
    document = np.repeat(np.arange(size), lengths)
    cells, f = np.unique(words.astype(np.int64) * size + document, return_counts=True)
    term, document = np.divmod(cells, size)
    starts = np.searchsorted(term, np.arange(terms + 1))
    idf = inverse_frequency(np.diff(starts), size)[term]
    full = k1 * (1 - b + b * lengths / lengths.mean())
    weights = idf * f * (k1 + 1) / (f + full[document])
    return Postings(starts, document, weights, size)


# --8<-- [end:postings]


# --8<-- [start:score_postings_refuses]
def no_entry(index, query):
    refuse_labels_out_of_range(query, len(index.starts) - 1, "query")


@refuses(no_entry)
# --8<-- [end:score_postings_refuses]
# --8<-- [start:score_postings]
def score_postings(
    index: Postings, query: Integer[ndarray, " words"]
) -> Float[ndarray, " documents"]:
    """The BM25 score of each document: only entries of the query's words are read.

    Raises:
        ValueError: A word of the query is no term.

    Example:
        >>> index = postings(np.array([0, 1, 1, 1, 1, 1]), np.array([3, 3]), 2)
        >>> score_postings(index, np.array([0])).round(4)
        array([0.6931, 0.    ])
    """
    scores = np.zeros(index.size)
    for term in query.astype(np.intp):
        entries = slice(index.starts[term], index.starts[term + 1])
        scores[index.documents[entries]] += index.weights[entries]
    return scores


# --8<-- [end:score_postings]
