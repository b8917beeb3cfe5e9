"""Right ways to write fleiss_kappa."""

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
