"""Plausible wrong ways to write the correlation of Matthews,
and the bug that each is told, if it is a known one."""

import math

import numpy as np


def cells(truth, predicted):
    t, p = truth == 1, predicted == 1
    counts = t & p, ~t & p, t & ~p, ~t & ~p
    return [np.sum(each, dtype=np.int64) for each in counts]


def numpy_integers(truth, predicted):
    tp, fp, fn, tn = cells(truth, predicted)
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / np.sqrt(under) if under else 0.0


def unguarded(truth, predicted):
    tp, fp, fn, tn = map(float, cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(under)


def numpy_corrcoef(truth, predicted):
    with np.errstate(all="ignore"):
        return np.corrcoef(truth, predicted)[0, 1]


def smoothed(truth, predicted):
    tp, fp, fn, tn = map(float, cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / (np.sqrt(under) + 1e-6)


def no_root(truth, predicted):
    tp, fp, fn, tn = map(int, cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / under if under else 0.0


def plus(truth, predicted):
    tp, fp, fn, tn = map(int, cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn + fp * fn) / math.sqrt(under) if under else 0.0


def one_margin_twice(truth, predicted):
    tp, fp, fn, tn = map(int, cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tp + fn)
    return (tp * tn - fp * fn) / math.sqrt(under) if under else 0.0


def rates(truth, predicted):
    tp, fp, fn, tn = map(int, cells(truth, predicted))
    return tp / max(tp + fn, 1) + tn / max(tn + fp, 1) - 1


def kappa(truth, predicted):
    agree = np.mean(truth == predicted)
    p, q = np.mean(truth == 1), np.mean(predicted == 1)
    chance = p * q + (1 - p) * (1 - q)
    return (agree - chance) / (1 - chance) if chance < 1 else 0.0


def agreement(truth, predicted):
    return 2 * np.mean(truth == predicted) - 1


def magnitude(truth, predicted):
    if np.ptp(truth.astype(int)) == 0 or np.ptp(predicted.astype(int)) == 0:
        return 0.0
    return abs(np.corrcoef(truth, predicted)[0, 1])


def phi_squared(truth, predicted):
    if np.ptp(truth.astype(int)) == 0 or np.ptp(predicted.astype(int)) == 0:
        return 0.0
    return np.corrcoef(truth, predicted)[0, 1] ** 2


def perfect_if_equal(truth, predicted):
    if np.array_equal(truth, predicted):
        return 1.0
    if np.ptp(truth.astype(int)) == 0 or np.ptp(predicted.astype(int)) == 0:
        return 0.0
    return np.corrcoef(truth, predicted)[0, 1]


def empty_cell(truth, predicted):
    tp, fp, fn, tn = map(int, cells(truth, predicted))
    if tp == 0 or fp == 0 or fn == 0 or tn == 0:
        return 0.0
    return (tp * tn - fp * fn) / math.sqrt(
        (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    )


def f1(truth, predicted):
    tp, fp, fn, _ = map(int, cells(truth, predicted))
    return 2 * tp / max(2 * tp + fp + fn, 1)


def coarse(truth, predicted):
    if np.ptp(truth.astype(int)) == 0 or np.ptp(predicted.astype(int)) == 0:
        return 0.0
    return np.round(np.corrcoef(truth, predicted)[0, 1], 3)


def plus_and_no_root(truth, predicted):
    tp, fp, fn, tn = map(int, cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn + fp * fn) / under if under else 0.0


def plus_and_unguarded(truth, predicted):
    tp, fp, fn, tn = map(float, cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn + fp * fn) / np.sqrt(under)


BUGS = {
    numpy_integers: "overflow",
    unguarded: "no_zero_case",
    numpy_corrcoef: "no_zero_case",
    smoothed: "eps_in_the_denominator",
    no_root: "root_forgotten",
    plus: "errors_added",
    one_margin_twice: None,
    rates: "youden_instead",
    kappa: "kappa_instead",
    agreement: "twice_accuracy_less_one",
    magnitude: "sign_lost",
    phi_squared: "squared",
    perfect_if_equal: "one_where_all_agree",
    empty_cell: "zero_for_an_empty_cell",
    f1: None,
    coarse: None,
    plus_and_no_root: None,
    plus_and_unguarded: "errors_added",
}
