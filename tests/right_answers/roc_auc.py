"""Right ways to write the area under the ROC curve."""

import numpy as np


def loops(truth, scores):
    highs = [s for t, s in zip(truth.tolist(), scores.tolist(), strict=True) if t]
    lows = [s for t, s in zip(truth.tolist(), scores.tolist(), strict=True) if not t]
    won = sum(
        1.0 if h > low else 0.5 if h == low else 0.0 for h in highs for low in lows
    )
    return won / (len(highs) * len(lows))


def signs(truth, scores):
    gaps = scores[truth == 1][:, None] - scores[truth == 0][None, :]
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
