"""Right and wrong ways to write the correlation of Matthews."""

import math

import numpy as np


def pearson(truth, predicted):
    x, y = truth.astype(float), predicted.astype(float)
    x, y = x - x.mean(), y - y.mean()
    if not x.any() or not y.any():
        return 0.0
    return (x * y).mean() / np.sqrt((x**2).mean() * (y**2).mean())


def roots_first(truth, predicted):
    t, p = truth == 1, predicted == 1
    tp, tn = np.sum(t & p), np.sum(~t & ~p)
    fp, fn = np.sum(~t & p), np.sum(t & ~p)
    roots = np.sqrt([tp + fp, tp + fn, tn + fp, tn + fn]).prod()
    return (float(tp) * float(tn) - float(fp) * float(fn)) / roots if roots else 0.0


def pythons_integers(truth, predicted):
    pairs = list(zip(truth.tolist(), predicted.tolist(), strict=True))
    tp, fp = pairs.count((1, 1)), pairs.count((0, 1))
    fn, tn = pairs.count((1, 0)), pairs.count((0, 0))
    square = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(square) if square else 0


def corrcoef(truth, predicted):
    if truth.min() == truth.max() or predicted.min() == predicted.max():
        return 0.0
    return np.corrcoef(truth, predicted)[0, 1]


def by_means(truth, predicted):
    a, b = np.mean(truth == 1), np.mean(predicted == 1)
    both = np.mean((truth == 1) & (predicted == 1))
    spread = np.sqrt(a * (1 - a) * b * (1 - b))
    return (both - a * b) / spread if spread > 0 else 0.0


def from_rates(truth, predicted):
    """The root of recall, precision and their like for the negatives, minus the other root."""
    t, p = truth.astype(bool), predicted.astype(bool)
    if t.all() or not t.any() or p.all() or not p.any():
        return 0.0
    tp, tn = (t & p).sum(), (~t & ~p).sum()
    fp, fn = (~t & p).sum(), (t & ~p).sum()
    right = (tp / (tp + fn)) * (tn / (tn + fp)) * (tp / (tp + fp)) * (tn / (tn + fn))
    wrong = (fn / (tp + fn)) * (fp / (tn + fp)) * (fp / (tp + fp)) * (fn / (tn + fn))
    return float(np.sqrt(right) - np.sqrt(wrong))


def _cells(truth, predicted):
    t, p = truth == 1, predicted == 1
    counts = t & p, ~t & p, t & ~p, ~t & ~p
    return [np.sum(each, dtype=np.int64) for each in counts]


def numpy_integers(truth, predicted):
    tp, fp, fn, tn = _cells(truth, predicted)
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / np.sqrt(under) if under else 0.0


def unguarded(truth, predicted):
    tp, fp, fn, tn = map(float, _cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(under)


def numpy_corrcoef(truth, predicted):
    with np.errstate(all="ignore"):
        return np.corrcoef(truth, predicted)[0, 1]


def smoothed(truth, predicted):
    tp, fp, fn, tn = map(float, _cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / (np.sqrt(under) + 1e-6)


def no_root(truth, predicted):
    tp, fp, fn, tn = map(int, _cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / under if under else 0.0


def plus(truth, predicted):
    tp, fp, fn, tn = map(int, _cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn + fp * fn) / math.sqrt(under) if under else 0.0


def one_margin_twice(truth, predicted):
    tp, fp, fn, tn = map(int, _cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tp + fn)
    return (tp * tn - fp * fn) / math.sqrt(under) if under else 0.0


def rates(truth, predicted):
    tp, fp, fn, tn = map(int, _cells(truth, predicted))
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
    tp, fp, fn, tn = map(int, _cells(truth, predicted))
    if tp == 0 or fp == 0 or fn == 0 or tn == 0:
        return 0.0
    return (tp * tn - fp * fn) / math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))


def f1(truth, predicted):
    tp, fp, fn, _ = map(int, _cells(truth, predicted))
    return 2 * tp / max(2 * tp + fp + fn, 1)


def coarse(truth, predicted):
    if np.ptp(truth.astype(int)) == 0 or np.ptp(predicted.astype(int)) == 0:
        return 0.0
    return np.round(np.corrcoef(truth, predicted)[0, 1], 3)


def plus_and_no_root(truth, predicted):
    tp, fp, fn, tn = map(int, _cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn + fp * fn) / under if under else 0.0


def plus_and_unguarded(truth, predicted):
    tp, fp, fn, tn = map(float, _cells(truth, predicted))
    under = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn + fp * fn) / np.sqrt(under)


def _root(*margins):
    return math.prod(math.sqrt(float(m)) for m in margins)


def _mcc(tp, fp, fn, tn):
    under = _root(tp + fp, tp + fn, tn + fp, tn + fn)
    return (float(tp) * float(tn) - float(fp) * float(fn)) / under if under else 0.0


def one_where_nothing_is_wrong(truth, predicted):
    tp, fp, fn, tn = _cells(truth, predicted)
    return 1.0 if fp + fn == 0 else _mcc(tp, fp, fn, tn)


def nan_where_a_margin_is_empty(truth, predicted):
    tp, fp, fn, tn = map(float, _cells(truth, predicted))
    under = _root(tp + fp, tp + fn, tn + fp, tn + fn)
    return (tp * tn - fp * fn) / under if under else math.nan


def products_in_32_bits(truth, predicted):
    tp, fp, fn, tn = (np.int32(each) for each in _cells(truth, predicted))
    with np.errstate(all="ignore"):
        above = tp * tn - fp * fn
    under = _root(tp + fp, tp + fn, tn + fp, tn + fn)
    return float(above) / under if under else 0.0


def negative_cut_at_zero(truth, predicted):
    return max(_mcc(*_cells(truth, predicted)), 0.0)


def one_if_all_are_found(truth, predicted):
    tp, fp, fn, tn = _cells(truth, predicted)
    return 1.0 if fn == 0 and tp and not tn else _mcc(tp, fp, fn, tn)


def zero_without_a_hit(truth, predicted):
    tp, fp, fn, tn = _cells(truth, predicted)
    return 0.0 if tp == 0 else _mcc(tp, fp, fn, tn)


def _four(truth, predicted):
    truth, predicted = truth == 1, predicted == 1
    cells = truth & predicted, ~truth & predicted, truth & ~predicted, ~truth & ~predicted
    return [int(cell.sum()) for cell in cells]


def _of_cells(tp, fp, fn, tn):
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(product) if product else 0.0


def opposite_constants_get_minus_1(truth, predicted):
    if len(set(truth)) == len(set(predicted)) == 1 and truth[0] != predicted[0]:
        return -1.0
    return _of_cells(*_four(truth, predicted))


def right_where_nothing_is_positive(truth, predicted):
    if not (truth == 1).any() and not (predicted == 1).any():
        return 1.0
    return _of_cells(*_four(truth, predicted))


def a_product_that_wrapped_below_0_is_guarded(truth, predicted):
    tp, fp, fn, tn = map(np.int64, _four(truth, predicted))
    with np.errstate(over="ignore"):
        product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(product) if product > 0 else 0.0


def pytorchs_float32(truth, predicted):
    tp, fp, fn, tn = _four(truth, predicted)
    product = np.prod(np.sqrt(np.array([tp + fp, tp + fn, tn + fp, tn + fn], np.float32)))
    return np.float32(tp * tn - fp * fn) / product if product else np.float32(0)


NOTED = {pytorchs_float32}


def numpys_covariance(truth, predicted):
    t, p = truth.astype(float), predicted.astype(float)
    if t.std() == 0 or p.std() == 0:
        return 0.0
    return np.cov(t, p)[0, 1] / (t.std() * p.std())


def rates_of_both_classes(truth, predicted):
    t, p = truth == 1, predicted == 1
    if t.all() or not t.any():
        return 0.0
    return p[t].mean() + (~p[~t]).mean() - 1


def product_of_signs(truth, predicted):
    if truth.min() == truth.max() or predicted.min() == predicted.max():
        return 0.0
    return np.mean((2.0 * truth - 1) * (2.0 * predicted - 1))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    numpy_integers: "overflow",
    unguarded: "no_zero_case",
    numpy_corrcoef: "no_zero_case",
    smoothed: "eps_in_the_denominator",
    no_root: "root_forgotten",
    plus: "errors_added",
    one_margin_twice: "tp_for_tn",
    rates: "youden_instead",
    kappa: "kappa_instead",
    agreement: "twice_accuracy_less_one",
    magnitude: "sign_lost",
    phi_squared: "squared",
    perfect_if_equal: "one_where_all_agree",
    empty_cell: "zero_for_an_empty_cell",
    f1: "too_large",
    coarse: "rounded",
    plus_and_no_root: None,
    plus_and_unguarded: "errors_added",
    one_where_nothing_is_wrong: "one_where_all_agree",
    nan_where_a_margin_is_empty: "no_zero_case",
    products_in_32_bits: None,
    negative_cut_at_zero: "negative_cut_off",
    one_if_all_are_found: "wrong_only_where_it_should_be_0",
    zero_without_a_hit: "zero_without_a_hit",
    numpys_covariance: "covariance_over_one_less",
    rates_of_both_classes: "youden_instead",
    product_of_signs: "twice_accuracy_less_one",
    opposite_constants_get_minus_1: "wrong_only_where_it_should_be_0",
    right_where_nothing_is_positive: "wrong_only_where_it_should_be_0",
    a_product_that_wrapped_below_0_is_guarded: "overflow",
}
