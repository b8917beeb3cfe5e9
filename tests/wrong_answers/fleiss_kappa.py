"""Plausible wrong ways to write fleiss_kappa,
and the bug that each is told, if it is a known one."""

import numpy as np


def terms(counts):
    c = counts.astype(float)
    n = c.sum(axis=1)[0]
    p_item = (c * (c - 1)).sum(axis=1) / (n * (n - 1))
    p_class = c.sum(axis=0) / c.sum()
    return p_item, p_class


def raw(counts):
    return terms(counts)[0].mean()


def randolph(counts):
    observed = terms(counts)[0].mean()
    return (observed - 1 / counts.shape[1]) / (1 - 1 / counts.shape[1])


def difference_only(counts):
    p_item, p_class = terms(counts)
    return p_item.mean() - np.sum(p_class**2)


def squares_of_shares(counts):
    c = counts.astype(float)
    p = c / c.sum(axis=1, keepdims=True)
    observed = np.sum(p**2, axis=1).mean()
    chance = np.sum((c.sum(axis=0) / c.sum()) ** 2)
    return (observed - chance) / (1 - chance)


def one_for_each_item(counts):
    p_item, p_class = terms(counts)
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
    p_item, p_class = terms(counts)
    chance = p_class.mean()
    return (p_item.mean() - chance) / (1 - chance)


def largest_class_as_chance(counts):
    p_item, p_class = terms(counts)
    return (p_item.mean() - p_class.max()) / (1 - p_class.max())


def counts_transposed(counts):
    p_item, p_class = terms(counts.T)
    return (p_item.mean() - p_class @ p_class) / (1 - p_class @ p_class)


BUGS = {
    raw: "chance_ignored",
    randolph: "classes_taken_as_equal",
    difference_only: "not_scaled",
    squares_of_shares: "votes_agree_with_themselves",
    one_for_each_item: None,
    without_floats: "small_integers_wrap",
    ordered_against_unordered_pairs: None,
    chance_not_squared: "classes_taken_as_equal",
    largest_class_as_chance: None,
    counts_transposed: None,
}
