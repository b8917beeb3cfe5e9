"""Right ways to write precision, recall and F1."""

import numpy as np


def counts(truth, predicted):
    tp = np.sum((truth == 1) & (predicted == 1))
    fp = np.sum((truth == 0) & (predicted == 1))
    fn = np.sum((truth == 1) & (predicted == 0))
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def one_pass(truth, predicted):
    tp = fp = fn = 0
    for t, p in zip(truth.tolist(), predicted.tolist(), strict=True):
        tp += bool(t and p)
        fp += bool(p and not t)
        fn += bool(t and not p)
    if tp == 0:
        return 0.0, 0.0, 0.0
    return tp / (tp + fp), tp / (tp + fn), tp / (tp + (fp + fn) / 2)


def means(truth, predicted):
    hits = (truth * predicted).astype(float)
    precision = hits.sum() / max(predicted.sum(), 1)
    recall = hits.sum() / max(truth.sum(), 1)
    f1 = 2 * hits.sum() / max(float(truth.sum()) + float(predicted.sum()), 1)
    return np.float64(precision), np.float64(recall), f1


def by_bincount(truth, predicted):
    cells = np.bincount(2 * truth.astype(int) + predicted.astype(int), minlength=4)
    _, fp, fn, tp = cells.tolist()

    def divide(a, b):
        return a / b if b else 0

    return divide(tp, tp + fp), divide(tp, tp + fn), divide(2 * tp, 2 * tp + fp + fn)


def sets(truth, predicted):
    called, are = set(np.flatnonzero(predicted)), set(np.flatnonzero(truth))
    hits = len(called & are)
    return (
        hits / (len(called) or 1),
        hits / (len(are) or 1),
        2 * hits / ((len(called) + len(are)) or 1),
    )
