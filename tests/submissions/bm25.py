"""Right and wrong ways to write `bm25`."""

import math

import numpy as np


def _parts(counts, query, k1, b):
    f = counts[:, query].astype(float)
    length = counts.sum(axis=1)
    return f, (f > 0).sum(axis=0), (k1 * (1 - b + b * length / length.mean()))[:, None]


def _idf(n, documents):
    return np.log(1 + (documents - n + 0.5) / (n + 0.5))


def _gain(f, full, k1):
    return np.divide(f * (k1 + 1), f + full, out=np.zeros(np.shape(f)), where=f > 0)


def with_divide(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1) @ _idf(n, len(counts))


def word_after_word(counts, query, k1=1.2, b=0.75):
    length = counts.sum(axis=1)
    full = k1 * (1 - b + b * length / np.mean(length))
    scores = np.zeros(len(counts))
    for word in query:
        f = counts[:, word].astype(float)
        there = f > 0
        idf = math.log(1 + (len(counts) - there.sum() + 0.5) / (there.sum() + 0.5))
        scores[there] += idf * f[there] * (k1 + 1) / (f[there] + full[there])
    return scores


def document_after_document(counts, query, k1=1.2, b=0.75):
    rows, words = counts.tolist(), query.tolist()
    mean = sum(map(sum, rows)) / len(rows)
    holding = {w: sum(row[w] > 0 for row in rows) for w in words}
    found = []
    for row in rows:
        score = 0.0
        for w in words:
            if row[w]:
                idf = math.log((len(rows) + 1) / (holding[w] + 0.5))
                full = k1 * (1 - b + b * sum(row) / mean)
                score += idf * row[w] * (k1 + 1) / (row[w] + full)
        found.append(score)
    return np.array(found)


def weights_of_the_query(counts, query, k1=1.2, b=0.75):
    asked = np.bincount(query.astype(int), minlength=counts.shape[1])
    f, n, full = _parts(counts, np.arange(counts.shape[1]), k1, b)
    return _gain(f, full, k1) @ (asked * _idf(n, len(counts)))


def nan_to_nothing(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    with np.errstate(invalid="ignore"):
        each = f * (k1 + 1) / (f + full)
    return (np.nan_to_num(each) * _idf(n, len(counts))).sum(axis=1)


def divided_by_f(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(f > 0, (k1 + 1) / (1 + full / f), 0)
    return np.einsum("dw,w->d", each, _idf(n, len(counts)))


def a_tiny_number_below(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return (f * (k1 + 1) / (f + full + 1e-300) * _idf(n, len(counts))).sum(axis=1)


def robertson(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1) @ np.log((len(counts) - n + 0.5) / (n + 0.5))


def robertson_cut_at_0(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    idf = np.log((len(counts) - n + 0.5) / (n + 0.5))
    return _gain(f, full, k1) @ np.maximum(idf, 0)


def tf_idf_weight(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1) @ np.log(len(counts) / np.maximum(n, 1))


def smooth_weight_of_scikit_learn(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1) @ (np.log((len(counts) + 1) / (n + 1)) + 1)


def n_by_occurrences(counts, query, k1=1.2, b=0.75):
    f, _, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1) @ _idf(np.minimum(f.sum(axis=0), len(counts)), len(counts))


def without_idf(counts, query, k1=1.2, b=0.75):
    f, _, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1).sum(axis=1)


def as_lucene(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return np.divide(f, f + full, out=np.zeros(f.shape), where=f > 0) @ _idf(n, len(counts))


def plain_counts(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    return f @ _idf(n, len(counts))


def all_lengths_alike(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    return _gain(f, k1, k1) @ _idf(n, len(counts))


def b_and_its_rest(counts, query, k1=1.2, b=0.75):
    return with_divide(counts, query, k1, 1 - b)


def mean_by_length(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    length = counts.sum(axis=1)
    full = k1 * (1 - b + b * length.mean() / np.maximum(length, 1))
    return _gain(f, full[:, None], k1) @ _idf(n, len(counts))


def length_of_different_words(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    length = np.count_nonzero(counts, axis=1)
    full = k1 * (1 - b + b * length / length.mean())
    return _gain(f, full[:, None], k1) @ _idf(n, len(counts))


def mean_of_filled(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    length = counts.sum(axis=1)
    full = k1 * (1 - b + b * length / length[length > 0].mean())
    return _gain(f, full[:, None], k1) @ _idf(n, len(counts))


def words_as_a_set(counts, query, k1=1.2, b=0.75):
    return with_divide(counts, np.unique(query), k1, b)


def nan_for_the_empty(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    with np.errstate(invalid="ignore"):
        return (f * (k1 + 1) / (f + full)) @ _idf(n, len(counts))


def a_sum_for_each_word(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1).sum(axis=0) * _idf(n, len(counts))


def in_bits(counts, query, k1=1.2, b=0.75):
    return with_divide(counts, query, k1, b) / np.log(2)


def only_the_best_word(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return (_gain(f, full, k1) * _idf(n, len(counts))).max(axis=1, initial=0)


def default_parameters(counts, query, k1=1.2, b=0.75):
    return with_divide(counts, query)


def defaults_of_rank_bm25(counts, query, k1=1.5, b=0.75):
    return with_divide(counts, query, k1, b)


def parameters_or_defaults(counts, query, k1=1.2, b=0.75):
    return with_divide(counts, query, k1 or 1.2, b or 0.75)


def length_in_its_own_type(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    length = counts.sum(axis=1, dtype=counts.dtype).astype(float)
    full = k1 * (1 - b + b * length / (length.mean() or 1))
    return _gain(f, full[:, None], k1) @ _idf(n, len(counts))


def without_words_of_all(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1) @ np.where(n == len(counts), 0, _idf(n, len(counts)))


def always_b_of_three_quarters(counts, query, k1=1.2, b=0.75):
    return with_divide(counts, query, k1)


def k1_outside(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    length = counts.sum(axis=1)
    full = k1 * (1 - b) + b * length / length.mean()
    return _gain(f, full[:, None], k1) @ _idf(n, len(counts))


def a_word_twice_at_most(counts, query, k1=1.2, b=0.75):
    seen, kept = {}, []
    for word in query.tolist():
        seen[word] = seen.get(word, 0) + 1
        if seen[word] <= 2:
            kept.append(word)
    return with_divide(counts, np.array(kept, int), k1, b)


def mean_of_a_word_at_least(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    length = counts.sum(axis=1)
    full = k1 * (1 - b + b * length / max(length.mean(), 1))
    return _gain(f, full[:, None], k1) @ _idf(n, len(counts))


def whole_mean(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    length = counts.sum(axis=1)
    mean = max(int(length.mean()), 1)
    full = k1 * (1 - b + b * length / mean)
    return _gain(f, full[:, None], k1) @ _idf(n, len(counts))


def occurrences_and_no_negative_weight(counts, query, k1=1.2, b=0.75):
    f, _, full = _parts(counts, query, k1, b)
    n = f.sum(axis=0)
    idf = np.log(1 + np.maximum(0, (len(counts) - n + 0.5) / (n + 0.5)))
    return _gain(f, full, k1) @ idf


def middle_length(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    length = counts.sum(axis=1)
    full = k1 * (1 - b + b * length / max(np.median(length), 1))
    return _gain(f, full[:, None], k1) @ _idf(n, len(counts))


def n_by_occurrences_uncut(counts, query, k1=1.2, b=0.75):
    f, _, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1) @ _idf(f.sum(axis=0), len(counts))


def log1p_of_one_more(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return _gain(f, full, k1) @ np.log1p(1 + (len(counts) - n + 0.5) / (n + 0.5))


def there_or_not(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    return _gain((f > 0).astype(float), full, k1) @ _idf(n, len(counts))


def mean_of_the_table(counts, query, k1=1.2, b=0.75):
    f, n, _ = _parts(counts, query, k1, b)
    full = k1 * (1 - b + b * counts.sum(axis=1) / counts.mean())
    return _gain(f, full[:, None], k1) @ _idf(n, len(counts))


def words_counted_by_counter(counts, query, k1=1.2, b=0.75):
    """A word that stands in the query twice has twice its f."""
    length = counts.sum(axis=1)
    scores = np.zeros(len(counts))
    for word in set(query.tolist()):
        f = 1.0 * counts[:, word]
        idf, has = _idf((f > 0).sum(), len(counts)), f > 0
        f = (f * query.tolist().count(word))[has]
        scores[has] += idf * f * (k1 + 1) / (f + k1 * (1 - b + b * (length / length.mean())[has]))
    return scores


def one_fraction_for_all_words(counts, query, k1=1.2, b=0.75):
    f, n, full = _parts(counts, query, k1, b)
    above, below = f @ _idf(n, len(counts)) * (k1 + 1), f.sum(axis=1) + full[:, 0]
    return np.divide(above, below, out=np.zeros(len(counts)), where=below > 0)


def only_documents_with_all_words(counts, query, k1=1.2, b=0.75):
    scores = with_divide(counts, query, k1, b)
    scores[(counts[:, query] == 0).any(axis=1)] = 0
    return scores


def filled_documents_alone(counts, query, k1=1.2, b=0.75):
    """Empty documents are taken out before anything is counted."""
    scores, filled = np.zeros(len(counts)), counts.sum(axis=1) > 0
    scores[filled] = with_divide(counts[filled], query, k1, b)
    return scores


def number_for_no_word(counts, query, k1=1.2, b=0.75):
    return sum(with_divide(counts, query[[at]], k1, b) for at in range(len(query)))


# What each is told; None where no known mistake explains it.
WRONG = {
    robertson: "idf_of_robertson",
    robertson_cut_at_0: "idf_cut_at_0",
    tf_idf_weight: "idf_without_halves",
    smooth_weight_of_scikit_learn: "idf_of_scikit_learn",
    n_by_occurrences: "occurrences_counted",
    without_idf: "no_rarity",
    as_lucene: "no_k1_above",
    plain_counts: "counts_never_full",
    all_lengths_alike: "no_length",
    b_and_its_rest: "b_the_other_way",
    mean_by_length: "length_upside_down",
    length_of_different_words: "length_in_terms",
    mean_of_filled: "without_empty_documents",
    words_as_a_set: "each_word_once",
    nan_for_the_empty: "nothing_by_nothing",
    a_sum_for_each_word: "summed_over_documents",
    in_bits: "another_logarithm",
    only_the_best_word: "best_word_alone",
    default_parameters: "parameters_not_used",
    defaults_of_rank_bm25: "another_default",
    parameters_or_defaults: "zero_is_missing",
    length_in_its_own_type: "lengths_that_wrap",
    without_words_of_all: "frequent_word_left_out",
    always_b_of_three_quarters: "b_ignored",
    k1_outside: "k1_beside_the_length",
    a_word_twice_at_most: None,
    mean_of_a_word_at_least: None,
    whole_mean: "mean_without_its_fraction",
    occurrences_and_no_negative_weight: "occurrences_counted",
    middle_length: None,
    n_by_occurrences_uncut: "occurrences_counted",
    log1p_of_one_more: "one_added_twice",
    there_or_not: "whether_and_not_how_often",
    mean_of_the_table: "mean_of_all_entries",
    words_counted_by_counter: "repeats_before_saturation",
    one_fraction_for_all_words: "saturated_together",
    only_documents_with_all_words: "all_words_needed",
    filled_documents_alone: "without_empty_documents",
    number_for_no_word: "zero_of_nothing",
}
