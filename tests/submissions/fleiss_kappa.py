"""Right and wrong ways to write fleiss_kappa."""

import itertools

import numpy as np


def loops_over_pairs(counts):
    observed, urn = [], []
    for row in counts.tolist():
        votes = [k for k, c in enumerate(row) for _ in range(c)]
        pairs = list(itertools.combinations(votes, 2))
        observed.append(sum(a == b for a, b in pairs) / len(pairs))
        urn += votes
    chance = sum((urn.count(k) / len(urn)) ** 2 for k in range(counts.shape[1]))
    mean = sum(observed) / len(observed)
    return (mean - chance) / (1 - chance)


def textbook(counts):
    table = counts.astype(float)
    items, _ = table.shape
    raters = table.sum(axis=1)[0]
    p_class = table.sum(axis=0) / (items * raters)
    p_item = (np.square(table).sum(axis=1) - raters) / (raters * (raters - 1))
    p_bar, p_e = p_item.mean(), np.square(p_class).sum()
    return (p_bar - p_e) / (1 - p_e)


def by_disagreement(counts):
    c = np.asarray(counts, dtype=np.float64)
    n = c[0].sum()
    disagree = 1 - np.einsum("ik,ik->i", c, c - 1) / (n * (n - 1))
    p = c.sum(0) / c.sum()
    return 1 - disagree.mean() / (1 - p @ p)


def statsmodels(counts):
    from statsmodels.stats.inter_rater import fleiss_kappa

    return fleiss_kappa(counts)


def a_float(counts):
    return float(textbook(counts))


def from_a_list_of_votes(counts):
    """Votes drawn in pairs, item by item, in Python's numbers."""
    rows = counts.tolist()
    votes = sum(rows[0])
    agreeing = sum(c * (c - 1) for row in rows for c in row)
    observed = agreeing / (len(rows) * votes * (votes - 1))
    shares = [sum(column) / (len(rows) * votes) for column in zip(*rows, strict=True)]
    chance = sum(share**2 for share in shares)
    return (observed - chance) / (1 - chance)


def _terms(counts):
    c = counts.astype(float)
    n = c.sum(axis=1)[0]
    p_item = (c * (c - 1)).sum(axis=1) / (n * (n - 1))
    p_class = c.sum(axis=0) / c.sum()
    return p_item, p_class


def raw(counts):
    return _terms(counts)[0].mean()


def randolph(counts):
    observed = _terms(counts)[0].mean()
    return (observed - 1 / counts.shape[1]) / (1 - 1 / counts.shape[1])


def difference_only(counts):
    p_item, p_class = _terms(counts)
    return p_item.mean() - np.sum(p_class**2)


def squares_of_shares(counts):
    c = counts.astype(float)
    p = c / c.sum(axis=1, keepdims=True)
    observed = np.sum(p**2, axis=1).mean()
    chance = np.sum((c.sum(axis=0) / c.sum()) ** 2)
    return (observed - chance) / (1 - chance)


def one_for_each_item(counts):
    p_item, p_class = _terms(counts)
    chance = np.sum(p_class**2)
    return (p_item - chance) / (1 - chance)


def without_floats(counts):
    n = counts.sum(axis=1)[0]
    p_item = (np.sum(counts * counts, axis=1) - n) / (n * (n - 1))
    p = counts.sum(axis=0) / counts.sum()
    return (p_item.mean() - p @ p) / (1 - p @ p)


def ordered_against_unordered_pairs(counts):
    c = counts.astype(float)
    n = c.sum(axis=1)[0]
    p_item = (c * (c - 1)).sum(axis=1) / (n * (n - 1) / 2)
    p = c.sum(axis=0) / c.sum()
    return (p_item.mean() - p @ p) / (1 - p @ p)


def chance_not_squared(counts):
    p_item, p_class = _terms(counts)
    chance = p_class.mean()
    return (p_item.mean() - chance) / (1 - chance)


def largest_class_as_chance(counts):
    p_item, p_class = _terms(counts)
    return (p_item.mean() - p_class.max()) / (1 - p_class.max())


def counts_transposed(counts):
    p_item, p_class = _terms(counts.T)
    return (p_item.mean() - p_class @ p_class) / (1 - p_class @ p_class)


def _kappa(observed, chance):
    return (observed - chance) / (1 - chance)


def negative_cut_at_zero(counts):
    p_item, p_class = _terms(counts)
    return max(0.0, _kappa(p_item.mean(), p_class @ p_class))


def sums_in_small_integers(counts):
    n = counts.sum(axis=1)[0]
    agreeing = np.sum(counts * (counts - 1), axis=1)
    p = counts.sum(axis=0) / counts.sum()
    return _kappa(np.mean(agreeing / (n * (n - 1))), p @ p)


def chance_of_two_classes(counts):
    p_item, p_class = _terms(counts)
    chance = p_class[0] ** 2 + (1 - p_class[0]) ** 2
    return _kappa(p_item.mean(), chance)


def unanimity_is_one(counts):
    """Full agreement answered before anything is computed, and by the first item."""
    if counts[0].max() == counts[0].sum():
        return 1.0
    p_item, p_class = _terms(counts)
    return _kappa(p_item.mean(), p_class @ p_class)


def one_for_a_single_item(counts):
    if len(counts) == 1:
        return 1.0
    p_item, p_class = _terms(counts)
    return _kappa(p_item.mean(), p_class @ p_class)


def first_two_columns(counts):
    c = counts.astype(float)
    n = c.sum(axis=1)[0]
    first, second = c[:, 0], c[:, 1]
    observed = (first * (first - 1) + second * (second - 1)) / (n * (n - 1))
    p = c.sum(axis=0) / c.sum()
    return _kappa(observed.mean(), p @ p)


def items_of_one_class_left_out(counts):
    """Unanimous items say nothing of disagreement."""
    mixed = counts[(counts > 0).sum(axis=1) > 1]
    if not len(mixed):
        return 1.0
    p_item, _ = _terms(counts)
    p = counts.sum(axis=0) / counts.sum()
    return _kappa(p_item.mean(), p @ p) if len(mixed) > 1 else _kappa(p_item[0], p @ p)


def at_most_three_classes(counts):
    p_item, p_class = _terms(counts[:, :3])
    return _kappa(p_item.mean(), p_class @ p_class)


def votes_summed_in_their_type(counts):
    c = counts.astype(float)
    n = c.sum(axis=1)[0]
    p_item = (c * (c - 1)).sum(axis=1) / (n * (n - 1))
    p = counts.sum(axis=0, dtype=counts.dtype) / counts.sum()
    return _kappa(p_item.mean(), p @ p)


def as_unsigned_bytes(counts):
    c = counts.astype(np.uint8)
    n = int(c.sum(axis=1)[0])
    p_item = (np.square(c).sum(axis=1) - n) / (n * (n - 1))
    p = c.sum(axis=0) / c.sum()
    return _kappa(p_item.mean(), p @ p)


def eps_in_the_last_division(counts):
    c = counts.astype(float)
    votes = c.sum(axis=1)[0]
    observed = ((c * (c - 1)).sum(axis=1) / (votes * (votes - 1))).mean()
    chance = ((c.sum(axis=0) / c.sum()) ** 2).sum()
    return (observed - chance) / (1 - chance + 1e-9)


def votes_from_the_columns(counts):
    items, votes = counts.shape
    c = counts.astype(float)
    p_item = (np.square(c).sum(axis=1) - votes) / (votes * (votes - 1))
    p = c.sum(axis=0) / (items * votes)
    return _kappa(p_item.mean(), p @ p)


def votes_from_the_largest_count(counts):
    c = counts.astype(float)
    votes = c.max()
    p_item = (np.square(c).sum(axis=1) - votes) / (votes * (votes - 1))
    p = c.sum(axis=0) / (len(c) * votes)
    return _kappa(p_item.mean(), p @ p)


def a_kappa_for_each_class(counts):
    c = counts.astype(float)[:, counts.any(axis=0)]
    votes = c.sum(axis=1)[0]
    q = c.mean(axis=0) / votes
    disagreeing = np.sum(c * (votes - c), axis=0) / (len(c) * votes * (votes - 1))
    return np.mean(1 - disagreeing / (q * (1 - q)))


def over_the_disagreement(counts):
    c = counts.astype(float)
    votes = c[0].sum()
    observed = ((c**2).sum() - c.sum()) / (len(c) * votes * (votes - 1))
    chance = np.square(c.sum(axis=0) / c.sum()).sum()
    with np.errstate(divide="ignore"):
        return (observed - chance) / (1 - observed)


def pairs_of_the_largest_class(counts):
    _, p_class = _terms(counts)
    top, votes = counts.max(axis=1).astype(float), counts[0].sum()
    return _kappa((top * (top - 1)).mean() / (votes * (votes - 1)), p_class @ p_class)


def agreement_of_whole_items(counts):
    """`//` floors it to 0 or 1."""
    c, (_, p_class) = counts.astype(int), _terms(counts)
    votes = c[0].sum()
    p_item = (c * (c - 1)).sum(axis=1) // (votes * (votes - 1))
    return _kappa(p_item.mean(), p_class @ p_class)


def columns_for_the_pairs_alone(counts):
    """The shares of the classes are right."""
    c, (_, p_class) = counts.astype(float), _terms(counts)
    votes = counts.shape[1]
    observed = (c * (c - 1)).sum(axis=1).mean() / (votes * (votes - 1))
    return _kappa(observed, p_class @ p_class)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    raw: "chance_ignored",
    randolph: "classes_taken_as_equal",
    difference_only: "not_scaled",
    squares_of_shares: "votes_agree_with_themselves",
    one_for_each_item: "mean_missing",
    ordered_against_unordered_pairs: "pairs_counted_once_and_twice",
    chance_not_squared: "classes_taken_as_equal",
    largest_class_as_chance: "chance_of_the_largest_class",
    counts_transposed: None,
    negative_cut_at_zero: "negative_cut_off",
    chance_of_two_classes: "chance_of_two_classes",
    unanimity_is_one: "the_same_for_all_inputs",
    one_for_a_single_item: "wrong_where_counts_has_an_axis_of_size_1",
    first_two_columns: "wrong_where_the_size_of_axis_1_of_counts_is_3_or_more",
    items_of_one_class_left_out: None,
    at_most_three_classes: "rows_in_another_order_should_not_matter",
    eps_in_the_last_division: "nearly_right",
    votes_from_the_columns: "classes_counted_as_annotators",
    votes_from_the_largest_count: "largest_count_for_votes",
    a_kappa_for_each_class: "mean_of_the_kappas_of_classes",
    over_the_disagreement: "divided_by_chance",
    pairs_of_the_largest_class: "share_of_the_majority",
    agreement_of_whole_items: "unanimous_items_only",
    columns_for_the_pairs_alone: "classes_counted_as_annotators",
}
