"""Right and wrong ways to write the area under the ROC curve."""

import numpy as np


def loops(truth, scores):
    highs = [s for t, s in zip(truth.tolist(), scores.tolist(), strict=True) if t]
    lows = [s for t, s in zip(truth.tolist(), scores.tolist(), strict=True) if not t]
    won = sum(1.0 if h > low else 0.5 if h == low else 0.0 for h in highs for low in lows)
    return won / (len(highs) * len(lows))


def signs(truth, scores):
    gaps = scores[truth == 1][:, None] - scores[truth == 0][None, :].astype(float)
    return (np.sign(gaps).mean() + 1) / 2


def mean_ranks(truth, scores):
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    positives = int(truth.sum())
    negatives = len(truth) - positives
    above = ranks[truth == 1].sum() - positives * (positives + 1) / 2
    return above / (positives * negatives)


def bisection(truth, scores):
    import bisect

    lows = sorted(scores[truth == 0].tolist())
    highs = scores[truth == 1].tolist()
    won = sum(bisect.bisect_left(lows, h) + bisect.bisect_right(lows, h) for h in highs)
    return won / 2 / (len(lows) * len(highs))


def trapezoids(truth, scores):
    truth = np.asarray(truth, float)
    cuts = np.unique(scores)[::-1]
    called = scores[None, :] >= cuts[:, None]
    tpr = np.append(0, called @ truth / truth.sum())
    fpr = np.append(0, called @ (1 - truth) / (1 - truth).sum())
    return np.trapezoid(tpr, fpr)


def cumulative(truth, scores):
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(truth[order] == 1)
    misses = np.arange(1, len(truth) + 1) - hits
    keep = np.append(np.diff(ranked) != 0, True)
    y, x = np.append(0, hits[keep]), np.append(0, misses[keep])
    return np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2 / (y[-1] * x[-1])


def histogram(truth, scores):
    values = np.unique(scores)
    highs = np.array([np.sum((scores == v) & (truth == 1)) for v in values])
    lows = np.array([np.sum((scores == v) & (truth == 0)) for v in values])
    below = np.cumsum(lows) - lows
    return float(highs @ (below + lows / 2)) / float(highs.sum() * lows.sum())


def strictly_higher(truth, scores):
    highs, lows = scores[truth == 1], scores[truth == 0]
    return np.mean([h > low for h in highs for low in lows])


def at_least_as_high(truth, scores):
    highs, lows = np.sort(scores[truth == 1]), np.sort(scores[truth == 0])
    return np.searchsorted(lows, highs, side="right").mean() / len(lows)


def ordinal_ranks(truth, scores):
    ranks = scores.argsort(kind="stable").argsort() + 1
    p, n = (truth == 1).sum(), (truth == 0).sum()
    return (ranks[truth == 1].sum() - p * (p + 1) / 2) / (p * n)


def one_by_one(truth, scores):
    hits = np.asarray(truth)[np.argsort(-scores, kind="stable")] == 1
    y = np.append(0, np.cumsum(hits) / hits.sum())
    x = np.append(0, np.cumsum(~hits) / (~hits).sum())
    return np.trapezoid(y, x)


def ascending_curve(truth, scores):
    hits = np.asarray(truth)[np.argsort(scores)] == 1
    y = np.append(0, np.cumsum(hits) / hits.sum())
    x = np.append(0, np.cumsum(~hits) / (~hits).sum())
    return np.trapezoid(y, x)


def negative_area(truth, scores):
    cuts = np.unique(scores)
    tpr = [np.mean(scores[truth == 1] >= c) for c in cuts] + [0]
    fpr = [np.mean(scores[truth == 0] >= c) for c in cuts] + [0]
    return np.trapezoid(tpr, fpr)


def a_hundred_thresholds(truth, scores):
    cuts = np.linspace(1, 0, 101)
    tpr = [np.mean(scores[truth == 1] >= c) for c in cuts]
    fpr = [np.mean(scores[truth == 0] >= c) for c in cuts]
    return np.trapezoid(tpr, fpr)


def no_start(truth, scores):
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order] == 1)
    misses = np.arange(1, len(truth) + 1) - hits
    keep = np.append(np.diff(scores[order]) != 0, True)
    return np.trapezoid(hits[keep] / hits[-1], misses[keep] / misses[-1])


def close_is_equal(truth, scores):
    highs, lows = scores[truth == 1][:, None], scores[truth == 0]
    tied = np.isclose(highs, lows)
    return ((highs > lows) & ~tied).mean() + tied.mean() / 2


def fancy_index(truth, scores):
    highs, lows = scores[truth], scores[1 - truth]
    gaps = highs[:, None] - lows
    return (gaps > 0).mean() + 0.5 * (gaps == 0).mean()


def tilde_of_integers(truth, scores):
    highs, lows = scores[truth == 1], scores[~truth]
    gaps = highs[:, None] - lows
    return (gaps > 0).mean() + 0.5 * (gaps == 0).mean()


def tilde_of_integers_and_the_labels(truth, scores):
    gaps = scores[truth][:, None] - scores[~truth]
    return (gaps > 0).mean() + 0.5 * (gaps == 0).mean()


def dense_ranks(truth, scores):
    ranks = np.unique(scores, return_inverse=True)[1] + 1
    n = (truth == 1).sum()
    return (ranks[truth == 1].sum() - n * (n + 1) / 2) / n / (truth == 0).sum()


def only_above_each_score(truth, scores):
    cuts = np.unique(scores)[::-1]
    return np.trapezoid(*([(scores[truth == t] > c).mean() for c in cuts] for t in (1, 0)))


def over_all_pairs(truth, scores):
    won = sum(
        (scores[i] > scores[j]) + 0.5 * (scores[i] == scores[j])
        for i in np.flatnonzero(truth == 1)
        for j in np.flatnonzero(truth == 0)
    )
    return won / len(truth) ** 2


def gini(truth, scores):
    gaps = scores[truth == 1][:, None] - scores[truth == 0]
    return np.sign(gaps).mean()


def hard_answers(truth, scores):
    called = scores > 0.5
    return (called[truth == 1].mean() + 1 - called[truth == 0].mean()) / 2


def correlation(truth, scores):
    return (np.corrcoef(truth, scores)[0, 1] + 1) / 2


def flipped(truth, scores):
    gaps = scores[truth == 1][:, None] - scores[truth == 0]
    auc = (np.sign(gaps).mean() + 1) / 2
    return auc if auc >= 0.5 else 1 - auc


def in_place(truth, scores):
    truth = truth[np.argsort(scores)]
    scores.sort()
    gaps = scores[truth == 1][:, None] - scores[truth == 0].astype(float)
    return (np.sign(gaps).mean() + 1) / 2


def ties_lost_and_upside_down(truth, scores):
    return np.mean(scores[truth == 0][:, None] > scores[truth == 1])


def _compared(positive, negative):
    above = positive[:, None] > negative
    equal = positive[:, None] == negative
    return (above + equal / 2).mean()


def _of(truth, scores):
    return scores[truth == 1], scores[truth == 0]


def in_single_precision(truth, scores):
    return _compared(*_of(truth, scores.astype(np.float32)))


def signs_by_a_root_of_squares(truth, scores):
    positive, negative = _of(truth, scores.astype(float))
    gap = positive[:, None] - negative
    with np.errstate(all="ignore"):
        return ((gap / np.sqrt(gap**2 + 1e-300)) + 1).mean() / 2


def all_tied_is_nothing(truth, scores):
    if scores.max() == scores.min():
        return 0.0
    return _compared(*_of(truth, scores))


def fifty_thresholds(truth, scores):
    cuts = np.unique(scores)[::-1]
    if len(cuts) > 50:
        cuts = cuts[:: len(cuts) // 25]
    cuts = [np.inf, *cuts, -np.inf]
    hits = [(scores[truth == 1] >= c).mean() for c in cuts]
    alarms = [(scores[truth == 0] >= c).mean() for c in cuts]
    return np.trapezoid(hits, alarms)


def rounded_to_two_decimals(truth, scores):
    return _compared(*_of(truth, np.round(scores.astype(float), 2)))


def exponentials_of_scores(truth, scores):
    with np.errstate(all="ignore"):
        s = np.exp(scores.astype(float))
    return _compared(*_of(truth, s))


def mean_in_float32(truth, scores):
    positive, negative = scores[truth == 1][:, None], scores[truth != 1]
    won = (positive > negative) + 0.5 * (positive == negative)
    return won.astype(np.float32).mean()


NOTED = {mean_in_float32}


def argsort_of_argsort(truth, scores):
    ranks = scores.astype(float).argsort(kind="stable").argsort() + 1
    positive = truth == 1
    n, m = positive.sum(), (~positive).sum()
    return (ranks[positive].sum() - n * (n + 1) / 2) / (n * m)


def lowest_ranks(truth, scores):
    ranks = 1 + np.searchsorted(np.sort(scores), scores)
    n, m = (truth == 1).sum(), (truth == 0).sum()
    return (ranks[truth == 1].sum() - n * (n + 1) / 2) / n / m


def highest_ranks(truth, scores):
    ranks = np.searchsorted(np.sort(scores), scores, side="right")
    n, m = (truth == 1).sum(), (truth == 0).sum()
    return (ranks[truth == 1].sum() - n * (n + 1) / 2) / n / m


def each_score_once(truth, scores):
    above = np.subtract.outer(np.unique(scores[truth == 1]), np.unique(scores[truth == 0]))
    return np.heaviside(above, 0.5).mean()


def signs_of_integers(truth, scores):
    return (np.sign(np.subtract.outer(*_of(truth, scores))).mean() + 1) / 2


def too_little_taken_off(truth, scores):
    order = np.sort(scores)
    twice = np.searchsorted(order, scores) + np.searchsorted(order, scores, side="right") + 1
    p, n = (truth == 1).sum(), (truth != 1).sum()
    return (twice[truth == 1].sum() - p * (p - 1)) / 2 / (p * n)


def eleven_thresholds(truth, scores):
    cuts = [np.inf, *np.linspace(1, 0, 11), -np.inf]
    hits, alarms = ([(each >= c).mean() for c in cuts] for each in _of(truth, scores))
    return np.trapezoid(hits, alarms)


def zipped(truth, scores):
    pairs = [*zip(*_of(truth, scores), strict=False)]
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    strictly_higher: "ties_lost",
    lowest_ranks: "one_end_of_a_tie",
    highest_ranks: "one_end_of_a_tie",
    each_score_once: None,
    at_least_as_high: "ties_won",
    ordinal_ranks: "ties_by_position",
    one_by_one: "ties_by_position",
    ascending_curve: "upside_down",
    negative_area: "sign",
    a_hundred_thresholds: "thresholds_on_a_grid",
    no_start: "curve_without_an_end",
    only_above_each_score: "curve_without_an_end",
    close_is_equal: "wrong_for_numbers_that_are_close",
    fancy_index: "labels_as_indices",
    tilde_of_integers: "labels_as_indices",
    tilde_of_integers_and_the_labels: "labels_as_indices",
    dense_ranks: "one_end_of_a_tie",
    over_all_pairs: "divided_by_all_pairs",
    gini: "gini",
    hard_answers: "one_threshold",
    correlation: None,
    flipped: "never_below_a_half",
    in_place: "an_argument_changed",
    ties_lost_and_upside_down: "upside_down",
    in_single_precision: "scores_in_float32",
    signs_by_a_root_of_squares: "wrong_for_numbers_that_are_large",
    all_tied_is_nothing: None,
    fifty_thresholds: "nearly_right",
    rounded_to_two_decimals: "wrong_for_numbers_that_are_close",
    exponentials_of_scores: "scores_exponentiated",
    argsort_of_argsort: "ties_by_position",
    signs_of_integers: "differences_of_integers",
    too_little_taken_off: "fewer_taken_off",
    eleven_thresholds: "thresholds_on_a_grid",
    zipped: "side_by_side",
}
