"""Practice for question 38: the BM25 score of each document."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.scale.bm25 import bm25

exercise = Exercise(
    bm25,
    page="38-retrieval",
    bytes_judged=True,
    hints=(
        "Three arrays meet: one number for each document, one for each word of the query, and one "
        "for each pair. Which is which?",
        "`counts[:, query]` holds f for each pair, a word that is asked twice included.",
        "n counts documents, not occurrences; lengths and their mean count all words, not the "
        "query's alone.",
        "Where f is 0 nothing is added, so what stands below the line does not matter there, as "
        "long as it is not 0.",
    ),
)

rng = np.random.default_rng(38)


def table(documents, terms, most=6):
    """Counts of which many are 0, and documents of unequal length."""
    counts = rng.integers(0, most, (documents, terms)) * rng.integers(
        0, 2, (documents, terms)
    )
    counts[:, -1] += rng.integers(1, 9, documents)
    return counts


some = table(7, 6)
exercise.case("one document, one word", np.array([[1]]), np.array([0]))
exercise.case("two documents of one length", np.array([[1, 2], [0, 3]]), np.array([0]))
exercise.case(
    "a word that stands several times", np.array([[4, 2], [0, 6]]), np.array([0])
)
exercise.case("documents of unequal length", np.array([[1, 8], [1, 2]]), np.array([0]))
exercise.case("two words", some, np.array([1, 3]))
exercise.case("words in another order", some, np.array([4, 0, 2]))
exercise.case("a word twice in the query", some, np.array([2, 0, 2]))
exercise.case("a word three times in the query", some, np.array([2, 0, 2, 2]))
exercise.case(
    "half a word a document", np.array([[1, 0], [0, 0], [0, 0], [0, 1]]), np.array([0])
)
exercise.case(
    "a word that no document holds", some * [1, 0, 1, 1, 1, 1], np.array([1, 2])
)
exercise.case("a word that all documents hold", some, np.array([5]))
exercise.case(
    "as many documents as words of the query", table(4, 6), np.array([3, 1, 0, 5])
)
exercise.case("as many documents as terms", table(5, 5), np.array([3, 1]))
exercise.case("another k1", some, np.array([0, 3, 5]), 2.5)
exercise.case("another b", some, np.array([0, 3, 5]), b=0.3)
exercise.case("k1 of 0", some, np.array([0, 3, 5]), 0.0)
exercise.case("b of 0", some, np.array([0, 3, 5]), 0.9, 0.0)
exercise.case("b of 1", some, np.array([0, 3, 5]), 0.9, 1.0)
exercise.case(
    "an empty document", some * (np.arange(7) != 2)[:, None], np.array([0, 3])
)
exercise.case(
    "an empty document, and b of 1",
    some * (np.arange(7) != 2)[:, None],
    np.array([0, 3]),
    b=1.0,
)
exercise.case("a query without words", some, np.array([], int))
many = table(7, 6, 100)
for name, dtype in (
    ("bytes", np.uint8),
    ("signed bytes", np.int8),
    ("int32", np.int32),
):
    exercise.case(name, many.astype(dtype), np.array([0, 3], dtype))


def parts(counts, query, k1=1.2, b=0.75):
    """f and n of each pair and word, and K of each document."""
    f = counts.astype(np.float64)[:, query]
    lengths = counts.sum(axis=1)
    full = k1 * (1 - b + b * lengths / lengths.mean())
    return f, (f > 0).sum(axis=0), full[:, None]


def lucene(n, documents):
    return np.log1p((documents - n + 0.5) / (n + 0.5))


def gain(f, full, k1):
    return np.where(f > 0, f * (k1 + 1) / np.where(f > 0, f + full, 1), 0)


@exercise.bug
def idf_of_robertson(counts, query, k1=1.2, b=0.75):
    """The 1 in the logarithm is missing: a word that more than half of the documents hold has a
    negative weight, and holding it counts against a document. Add 1."""
    # "The 1 in the logarithm is missing": np.allclose(got, (gain(parts(counts, query, k1, b)[0],
    #     parts(counts, query, k1, b)[2], k1) * np.log((len(counts) - parts(counts, query)[1] + 0.5)
    #     / (parts(counts, query)[1] + 0.5))).sum(axis=1))
    # "Add 1": np.log((len(counts) → np.log(1 + (len(counts)
    # "a word that more than half of the documents hold has a negative weight, and holding it counts
    #     against a document": bug(np.array([[1, 1], [1, 1], [0, 2]]), np.array([0]))[0] < 0
    f, n, full = parts(counts, query, k1, b)
    idf = np.log((len(counts) - n + 0.5) / (n + 0.5))
    return (idf * gain(f, full, k1)).sum(axis=1)


@exercise.bug
def idf_cut_at_0(counts, query, k1=1.2, b=0.75):
    """The 1 in the logarithm is missing, and a negative weight is set to 0, so that a word of more
    than half of the documents adds nothing. Add 1: then no weight is negative."""
    # "The 1 in the logarithm is missing, and a negative weight is set to 0": np.allclose(got,
    #     (gain(parts(counts, query, k1, b)[0], parts(counts, query, k1, b)[2], k1) * np.maximum(
    #     np.log((len(counts) - parts(counts, query)[1] + 0.5) / (parts(counts, query)[1] + 0.5)),
    #     0)).sum(axis=1))
    # "so that a word of more than half of the documents adds nothing": not bug(np.array([[1, 1],
    #     [1, 1], [0, 2]]), np.array([0])).any()
    # "Add 1": np.log((len(counts) → np.log(1 + (len(counts)
    f, n, full = parts(counts, query, k1, b)
    idf = np.log((len(counts) - n + 0.5) / (n + 0.5))
    return (np.maximum(idf, 0) * gain(f, full, k1)).sum(axis=1)


@exercise.bug
def idf_without_halves(counts, query, k1=1.2, b=0.75):
    """The weight is log(N / n), of TF-IDF, and 0 for a word that all documents hold. Take
    log(1 + (N - n + 0.5) / (n + 0.5))."""
    # "The weight is log(N / n), of TF-IDF, and 0 for a word that all documents hold":
    #     bug(np.array([[1, 1], [1, 1]]), np.array([0]))[0] == 0
    # "Take log(1 + (N - n + 0.5) / (n + 0.5))": np.log(len(counts) / np.maximum(n, 1)) → np.log(1 +
    #     (len(counts) - n + 0.5) / (n + 0.5))
    f, n, full = parts(counts, query, k1, b)
    return (np.log(len(counts) / np.maximum(n, 1)) * gain(f, full, k1)).sum(axis=1)


@exercise.bug
def idf_of_scikit_learn(counts, query, k1=1.2, b=0.75):
    """The weight is scikit-learn's for TF-IDF, log((1 + N) / (1 + n)) + 1. Take
    log(1 + (N - n + 0.5) / (n + 0.5))."""
    # "The weight is scikit-learn's for TF-IDF, log((1 + N) / (1 + n)) + 1": np.allclose(bug(
    #     np.array([[1, 1], [1, 1]]), np.array([0])), 1)
    # "Take log(1 + (N - n + 0.5) / (n + 0.5))": np.log((1 + len(counts)) / (1 + n)) + 1 →
    #     np.log(1 + (len(counts) - n + 0.5) / (n + 0.5))
    f, n, full = parts(counts, query, k1, b)
    idf = np.log((1 + len(counts)) / (1 + n)) + 1
    return (idf * gain(f, full, k1)).sum(axis=1)


@exercise.bug(cut=("n", "weight", "nothing"))
def occurrences_counted(counts, query, k1=1.2, b=0.75, cut="n"):
    """n counts occurrences, so a word that one document repeats looks common. Count the documents
    that hold it."""
    # "n counts occurrences": bug(np.array([[3, 0], [0, 3], [0, 3], [0, 3]]), np.array([0]))[0] <
    #     right(np.array([[3, 0], [0, 3], [0, 3], [0, 3]]), np.array([0]))[0]
    # "Count the documents that hold it": f.sum(axis=0) → (f > 0).sum(axis=0)
    f, _, full = parts(counts, query, k1, b)
    n = f.sum(axis=0)
    n = np.minimum(n, len(counts)) if cut == "n" else n
    ratio = (len(counts) - n + 0.5) / (n + 0.5)
    idf = np.log1p(ratio if cut == "nothing" else np.maximum(ratio, 0))
    return (idf * gain(f, full, k1)).sum(axis=1)


@exercise.bug
def no_rarity(counts, query, k1=1.2, b=0.75):
    """The words' weights are missing, so a frequent word tells as much as a rare one. Multiply by
    log(1 + (N - n + 0.5) / (n + 0.5))."""
    # "The words' weights are missing": np.allclose(got, gain(parts(counts, query, k1, b)[0],
    #     parts(counts, query, k1, b)[2], k1).sum(axis=1))
    # "Multiply by log(1 + (N - n + 0.5) / (n + 0.5))": gain(f, full, k1) → (np.log(1 +
    #     (len(counts) - (f > 0).sum(axis=0) + 0.5) / ((f > 0).sum(axis=0) + 0.5)) * gain(f, full,
    #     k1))
    f, _, full = parts(counts, query, k1, b)
    return gain(f, full, k1).sum(axis=1)


@exercise.bug
def no_k1_above(counts, query, k1=1.2, b=0.75):
    """The factor k1 + 1 is missing, as in Lucene. The order is the same, and asked for is the
    score with it."""
    # "The factor k1 + 1 is missing": np.allclose(got * (k1 + 1), want)
    # "asked for is the score with it": gain(f, full, k1) / (k1 + 1) → gain(f, full, k1)
    f, n, full = parts(counts, query, k1, b)
    return (lucene(n, len(counts)) * gain(f, full, k1) / (k1 + 1)).sum(axis=1)


@exercise.bug
def counts_never_full(counts, query, k1=1.2, b=0.75):
    """f enters as it is, so a word repeated ten times counts ten times. Divide by f + K."""
    # "f enters as it is": np.allclose(got, (lucene(parts(counts, query)[1], len(counts)) *
    #     parts(counts, query)[0]).sum(axis=1))
    # "Divide by f + K": idf * f → idf * f * (k1 + 1) / np.where(f > 0, f +
    #     parts(counts, query, k1, b)[2], 1)
    # "so a word repeated ten times counts ten times": np.isclose(*(bug(np.array([[10, 0], [1, 9]]),
    #     np.array([0])) * [1, 10]))
    f, n, _ = parts(counts, query, k1, b)
    idf = lucene(n, len(counts))
    return (idf * f).sum(axis=1)


@exercise.bug
def no_length(counts, query, k1=1.2, b=0.75):
    """The length of a document does not enter: below the line stands f + k1. Multiply k1 by
    1 - b + b L / M."""
    # "The length of a document does not enter: below the line stands f + k1": np.allclose(got,
    #     right(counts, query, k1, 0.0))
    # "Multiply k1 by 1 - b + b L / M": gain(f, k1, k1) → gain(f,
    #     parts(counts, query, k1, b)[2], k1)
    f, n, _ = parts(counts, query, k1, b)
    return (lucene(n, len(counts)) * gain(f, k1, k1)).sum(axis=1)


@exercise.bug
def b_the_other_way(counts, query, k1=1.2, b=0.75):
    """b and 1 - b are exchanged. The length has the factor b."""
    # "b and 1 - b are exchanged": np.allclose(got, right(counts, query, k1, 1 - b))
    # "The length has the factor b": 1 - b) → b)
    f, n, full = parts(counts, query, k1, 1 - b)
    return (lucene(n, len(counts)) * gain(f, full, k1)).sum(axis=1)


@exercise.bug
def length_upside_down(counts, query, k1=1.2, b=0.75):
    """The mean length is divided by the document's, so long documents gain. Take L / M."""
    # "so long documents gain": (lambda score: score[0] > score[1])(bug(np.array([[1, 8], [1, 2]]),
    #     np.array([0])))
    # "Take L / M": lengths.mean() / np.maximum(lengths, 1) → lengths / lengths.mean()
    f, n, _ = parts(counts, query, k1, b)
    lengths = counts.sum(axis=1)
    full = k1 * (1 - b + b * lengths.mean() / np.maximum(lengths, 1))
    return (lucene(n, len(counts)) * gain(f, full[:, None], k1)).sum(axis=1)


@exercise.bug
def length_in_terms(counts, query, k1=1.2, b=0.75):
    """The length counts different terms, each once. Sum the counts: a word that stands three times
    is three words."""
    # "The length counts different terms, each once": np.array_equal(bug(np.array([[1, 8], [1, 2]]),
    #     np.array([0])), bug(np.array([[1, 2], [1, 2]]), np.array([0])))
    # "Sum the counts": (counts > 0).sum → counts.sum
    f, n, _ = parts(counts, query, k1, b)
    lengths = (counts > 0).sum(axis=1)
    full = k1 * (1 - b + b * lengths / lengths.mean())
    return (lucene(n, len(counts)) * gain(f, full[:, None], k1)).sum(axis=1)


@exercise.bug
def length_of_the_query_alone(counts, query, k1=1.2, b=0.75):
    """The length counts the query's words alone. Sum the whole row."""
    # "The length counts the query's words alone": np.allclose(bug(np.array([[1, 8], [1, 2]]),
    #     np.array([0])), bug(np.array([[1, 2], [1, 2]]), np.array([0])))
    # "Sum the whole row": f.sum(axis=1) → counts.sum(axis=1)
    f, n, _ = parts(counts, query, k1, b)
    lengths = f.sum(axis=1)
    full = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-9))
    return (lucene(n, len(counts)) * gain(f, full[:, None], k1)).sum(axis=1)


@exercise.bug(of=("M", "N", "MN"))
def without_empty_documents(counts, query, k1=1.2, b=0.75, of="M"):
    """Empty documents are left out of the mean length M, or of their number N. Both are of all
    documents."""
    # "Empty documents are left out of the mean length M, or of their number N":
    #     (counts.sum(axis=1) == 0).any() and not np.allclose(got, want)
    # "Both are of all documents": lengths[lengths > 0] → lengths
    f, n, _ = parts(counts, query, k1, b)
    lengths = counts.sum(axis=1)
    some = lengths[lengths > 0]
    mean = (some if "M" in of else lengths).mean()
    full = k1 * (1 - b + b * lengths / mean)
    idf = lucene(n, len(some if "N" in of else lengths))
    return (idf * gain(f, full[:, None], k1)).sum(axis=1)


@exercise.bug(least=(1, 0))
def mean_without_its_fraction(counts, query, k1=1.2, b=0.75, least=1):
    """The mean length has lost its fraction, as by `//` or `int`. Divide by `/`."""
    # "The mean length has lost its fraction": np.isclose(bug(np.array([[1, 3], [1, 4]]),
    #     np.array([0]))[0], right(np.array([[1, 3], [1, 3]]), np.array([0]))[0])
    # "Divide by `/`": max(lengths.sum() // len(counts), least) → lengths.sum() / len(counts)
    f, n, _ = parts(counts, query, k1, b)
    lengths = counts.sum(axis=1).astype(float)
    mean = max(lengths.sum() // len(counts), least)
    with np.errstate(divide="ignore", invalid="ignore"):
        full = k1 * (1 - b + b * lengths / mean)
    return (lucene(n, len(counts)) * gain(f, full[:, None], k1)).sum(axis=1)


@exercise.bug
def each_word_once(counts, query, k1=1.2, b=0.75):
    """A word that stands in the query twice counts once. Keep the query as it is."""
    # "A word that stands in the query twice counts once": np.allclose(got, right(counts,
    #     np.unique(query), k1, b))
    # "Keep the query as it is": np.unique(query) → query
    return bm25(counts, np.unique(query), k1, b)


@exercise.bug(of=("both", "k1", "b"))
def nothing_by_nothing(counts, query, k1=1.2, b=0.75, of="both"):
    """A score is nan where f and what is added below it are both 0: in a document without the word
    if k1 is 0, or in an empty one if b is 1. Give 0 where f is 0."""
    # "in a document without the word if k1 is 0": np.isnan(bug(np.array([[1, 1], [0, 2]]),
    #     np.array([0]), 0.0)[1])
    # "or in an empty one if b is 1": np.isnan(bug(np.array([[1, 1], [0, 0]]), np.array([0]), 1.2,
    #     1.0)[1])
    # "Give 0 where f is 0": f * (k1 + 1) / (f + full) → np.where(f > 0, f * (k1 + 1) / (f + full),
    #     0)
    if (of == "k1" and k1 > 0) or (of == "b" and k1 == 0):
        return bm25(counts, query, k1, b)
    f, n, full = parts(counts, query, k1, b)
    return (lucene(n, len(counts)) * (f * (k1 + 1) / (f + full))).sum(axis=1)


@exercise.bug
def summed_over_documents(counts, query, k1=1.2, b=0.75):
    """The scores are summed over the documents: one number for each word. Sum over the query's
    words."""
    # "The scores are summed over the documents: one number for each word": got.shape == query.shape
    # "Sum over the query's words": axis=0) → axis=1)
    f, n, full = parts(counts, query, k1, b)
    return (lucene(n, len(counts)) * gain(f, full, k1)).sum(axis=0)


@exercise.bug(base=(2, 10))
def another_logarithm(counts, query, k1=1.2, b=0.75, base=2):
    """The logarithm has another base. The order is the same, and asked for is the natural one."""
    # "The logarithm has another base": any(np.allclose(got * np.log(each), want) for each in (2,
    #     10))
    # "asked for is the natural one": / np.log(base) →
    return bm25(counts, query, k1, b) / np.log(base)


@exercise.bug
def best_word_alone(counts, query, k1=1.2, b=0.75):
    """The best word's part is the score. Add the parts of all words."""
    # "The best word's part is the score": all(np.isclose(x, max(right(counts, query[[i]], k1, b)[d]
    #     for i in range(len(query)))) for d, x in enumerate(got))
    # "Add the parts of all words": each.max(axis=1, initial=0) → each.sum(axis=1)
    f, n, full = parts(counts, query, k1, b)
    each = lucene(n, len(counts)) * gain(f, full, k1)
    return each.max(axis=1, initial=0)


@exercise.bug
def k1_beside_the_length(counts, query, k1=1.2, b=0.75):
    """k1 multiplies 1 - b alone. It multiplies b L / M, too."""
    # "k1 multiplies 1 - b alone": not np.allclose(got, want) and np.allclose(bug(counts,
    #     query, 1.0, b), right(counts, query, 1.0, b))
    # "It multiplies b L / M, too": k1 * (1 - b) + b * lengths / lengths.mean() → k1 * (1 - b + b *
    #     lengths / lengths.mean())
    f, n, _ = parts(counts, query)
    lengths = counts.sum(axis=1)
    full = k1 * (1 - b) + b * lengths / lengths.mean()
    return (lucene(n, len(counts)) * gain(f, full[:, None], k1)).sum(axis=1)


@exercise.bug
def parameters_not_used(counts, query, k1=1.2, b=0.75):
    """k1 and b are not used: their defaults stand in their places. Use the arguments."""
    # "k1 and b are not used": np.allclose(got, right(counts, query))
    # "Use the arguments": parts(counts, query) → parts(counts, query, k1, b); full, 1.2)
    #     → full, k1)
    f, n, full = parts(counts, query)
    return (lucene(n, len(counts)) * gain(f, full, 1.2)).sum(axis=1)


@exercise.bug
def zero_is_missing(counts, query, k1=1.2, b=0.75):
    """`or` puts the default in the place of a parameter that is 0. Both may be 0."""
    # "`or` puts the default in the place of a parameter that is 0": 0 in (k1, b) and
    #     np.allclose(got, right(counts, query, k1 or 1.2, b or 0.75))
    # "Both may be 0": k1 or 1.2, b or 0.75 → k1, b
    return bm25(counts, query, k1 or 1.2, b or 0.75)


@exercise.bug
def another_default(counts, query, k1=1.5, b=0.75):
    """The default of k1 is 1.5, as in rank_bm25. Here it is 1.2."""
    # "The default of k1 is 1.5, as in rank_bm25": np.allclose(got, right(counts, query, 1.5))
    # "Here it is 1.2": k1=1.5 → k1=1.2
    f, n, full = parts(counts, query, k1, b)
    return (lucene(n, len(counts)) * gain(f, full, k1)).sum(axis=1)


@exercise.bug
def lengths_that_wrap(counts, query, k1=1.2, b=0.75):
    """Lengths are summed in the type of the counts, where sums of bytes wrap around. Let `sum`
    choose its type."""
    # "Lengths are summed in the type of the counts, where sums of bytes wrap around":
    #     counts.dtype.itemsize == 1 and (counts.sum(axis=1) > np.iinfo(counts.dtype).max).any() and
    #     not np.allclose(got, want)
    # "Let `sum` choose its type": counts.sum(axis=1, dtype=counts.dtype) → counts.sum(axis=1)
    f, n, _ = parts(counts, query)
    lengths = counts.sum(axis=1, dtype=counts.dtype).astype(float)
    mean = lengths.mean() or 1
    full = k1 * (1 - b + b * lengths / mean)
    return (lucene(n, len(counts)) * gain(f, full[:, None], k1)).sum(axis=1)


@exercise.bug
def frequent_word_left_out(counts, query, k1=1.2, b=0.75):
    """A word that all documents hold adds nothing. It tells little, but by how often it stands it
    adds, too."""
    # "A word that all documents hold adds nothing": not bug(np.array([[1], [2]]),
    #     np.array([0])).any()
    # "by how often it stands it adds, too": n < len(counts) → n <= len(counts)
    f, n, full = parts(counts, query, k1, b)
    idf = lucene(n, len(counts)) * (n < len(counts))
    return (idf * gain(f, full, k1)).sum(axis=1)


@exercise.bug
def one_added_twice(counts, query, k1=1.2, b=0.75):
    """log1p is given 1 + (N - n + 0.5) / (n + 0.5), so that 1 is added twice. Give it the ratio, or
    take log."""
    # "log1p is given 1 + (N - n + 0.5) / (n + 0.5), so that 1 is added twice": np.allclose(got,
    #     (gain(parts(counts, query, k1, b)[0], parts(counts, query, k1, b)[2], k1) * np.log(2 +
    #     (len(counts) - parts(counts, query)[1] + 0.5) / (parts(counts, query)[1] +
    #     0.5))).sum(axis=1))
    # "Give it the ratio": np.log1p(1 + ratio) → np.log1p(ratio)
    # "or take log": np.log1p(1 + ratio) → np.log(1 + ratio)
    f, n, full = parts(counts, query, k1, b)
    ratio = (len(counts) - n + 0.5) / (n + 0.5)
    return (np.log1p(1 + ratio) * gain(f, full, k1)).sum(axis=1)


@exercise.bug
def whether_and_not_how_often(counts, query, k1=1.2, b=0.75):
    """f is 1 wherever a document holds the word, so that a word repeated ten times counts as one.
    Take the count itself."""
    # "f is 1 wherever a document holds the word, so that a word repeated ten times counts as one":
    #     (lambda score: np.isclose(score[0], score[1]))(bug(np.array([[10, 0], [1, 9]]),
    #     np.array([0])))
    # "Take the count itself": np.minimum(f, 1.0) → f
    f, n, full = parts(counts, query, k1, b)
    f = np.minimum(f, 1.0)
    return (lucene(n, len(counts)) * gain(f, full, k1)).sum(axis=1)


@exercise.bug
def mean_of_all_entries(counts, query, k1=1.2, b=0.75):
    """M is the mean of all entries of counts, which is how often a term stands in a document. The
    mean length is the mean of the rows' sums."""
    # "M is the mean of all entries of counts": np.allclose(bug(np.array([[1, 2], [0, 3]]),
    #     np.array([0])), right(np.array([[1, 2], [0, 3]]), np.array([0]), 1.2 * 1.75, 0.75 * 2 /
    #     1.75) * 2.2 / (1.2 * 1.75 + 1))
    # "The mean length is the mean of the rows' sums": counts.mean() → lengths.mean()
    f, n, _ = parts(counts, query)
    lengths = counts.sum(axis=1)
    full = k1 * (1 - b + b * lengths / counts.mean())
    return (lucene(n, len(counts)) * gain(f, full[:, None], k1)).sum(axis=1)


@exercise.bug
def repeats_before_saturation(counts, query, k1=1.2, b=0.75):
    """How often a word stands in the query multiplies f, and saturates with it. Multiply the word's
    whole part of the sum: a word that stands twice counts twice."""
    # "How often a word stands in the query multiplies f, and saturates with it": np.allclose(bug(
    #     np.array([[1], [1]]), np.array([0, 0])), right(np.array([[2], [2]]), np.array([0])))
    # "Multiply the word's whole part of the sum": f * times → f; idf * gain → times * idf * gain
    words, times = np.unique(query, return_counts=True)
    f, n, full = parts(counts, words, k1, b)
    idf = lucene(n, len(counts))
    return (idf * gain(f * times, full, k1)).sum(axis=1)


@exercise.bug
def saturated_together(counts, query, k1=1.2, b=0.75):
    """The sum of all words' f stands below the line, so that they saturate together. Divide each
    word's part by its own f + K, then sum."""
    # "The sum of all words' f stands below the line": np.allclose(bug(np.array([[1, 1]]),
    #     np.array([0, 1])), right(np.array([[2]]), np.array([0])))
    # "Divide each word's part by its own f + K, then sum": f.sum(axis=1, keepdims=True) → f
    f, n, full = parts(counts, query, k1, b)
    below = np.where(f > 0, f.sum(axis=1, keepdims=True) + full, 1)
    return (lucene(n, len(counts)) * f * (k1 + 1) / below).sum(axis=1)


@exercise.bug
def all_words_needed(counts, query, k1=1.2, b=0.75):
    """A document that lacks one word of the query scores 0. It scores by the words that it
    holds."""
    # "A document that lacks one word of the query scores 0": not bug(np.array([[1, 0], [0, 1]]),
    #     np.array([0, 1])).any()
    # "It scores by the words that it holds": (f > 0).all(axis=1) → 1
    f, n, full = parts(counts, query, k1, b)
    score = (lucene(n, len(counts)) * gain(f, full, k1)).sum(axis=1)
    return score * (f > 0).all(axis=1)
