"""Right and wrong ways to write precision, recall and F1."""

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


def harmonic_mean(truth, predicted):
    """F1 from the other two, as it is defined."""
    truth, predicted = truth.astype(int), predicted.astype(int)
    hits = int(np.dot(truth, predicted))
    called, positive = int(predicted.sum()), int(truth.sum())
    precision = hits / called if called else 0.0
    recall = hits / positive if positive else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


def _cells(truth, predicted):
    t, p = truth == 1, predicted == 1
    return np.sum(t & p), np.sum(~t & p), np.sum(t & ~p), np.sum(~t & ~p)


def unguarded(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, 2 * precision * recall / (precision + recall)


def unguarded_in_python(truth, predicted):
    tp, fp, fn, _ = map(int, _cells(truth, predicted))
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, 2 * precision * recall / (precision + recall)


def guarded_but_for_f1(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    precision = tp / (tp + fp) if tp + fp else np.float64(0)
    recall = tp / (tp + fn) if tp + fn else np.float64(0)
    return precision, recall, 2 * precision * recall / (precision + recall)


def swapped(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    return (
        tp / max(tp + fn, 1),
        tp / max(tp + fp, 1),
        2 * tp / max(2 * tp + fp + fn, 1),
    )


def false_alarms_and_misses_swapped(truth, predicted):
    tp, fn, fp, _ = _cells(truth, predicted)
    precision, recall = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def hits_are_equal_answers(truth, predicted):
    tp = np.sum(truth == predicted)
    _, fp, fn, _ = _cells(truth, predicted)
    return tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)


def smoothed(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    precision, recall = tp / (tp + fp + 1e-7), tp / (tp + fn + 1e-7)
    return precision, recall, 2 * precision * recall / (precision + recall + 1e-7)


def averaged(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    precision, recall = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    return precision, recall, (precision + recall) / 2


def no_two(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    precision, recall = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    both = precision + recall
    return precision, recall, precision * recall / both if both else 0.0


def perfect_if_silent(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    return (
        tp / (tp + fp) if tp + fp else 1.0,
        tp / (tp + fn) if tp + fn else 1.0,
        2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0,
    )


def dot_product(truth, predicted):
    hits = truth @ predicted
    precision = hits / max(predicted.sum(), 1)
    recall = hits / max(truth.sum(), 1)
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def difference_of_labels(truth, predicted):
    gap = truth.astype(np.uint8) - predicted.astype(np.uint8)
    fp, fn = np.sum(gap == -1), np.sum(gap == 1)
    tp = np.sum((truth == 1) & (predicted == 1))
    return (
        tp / max(tp + fp, 1),
        tp / max(tp + fn, 1),
        2 * tp / max(2 * tp + fp + fn, 1),
    )


def macro(truth, predicted):
    def one(t, p):
        tp, fp, fn, _ = _cells(t, p)
        return np.array(
            [
                tp / max(tp + fp, 1),
                tp / max(tp + fn, 1),
                2 * tp / max(2 * tp + fp + fn, 1),
            ]
        )

    t, p = truth.astype(int), predicted.astype(int)
    return tuple((one(t, p) + one(1 - t, 1 - p)) / 2)


def class_zero(truth, predicted):
    tn = np.sum((truth == 0) & (predicted == 0))
    called, are = np.sum(predicted == 0), np.sum(truth == 0)
    return tn / max(called, 1), tn / max(are, 1), 2 * tn / max(called + are, 1)


def rounded(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    values = (
        tp / max(tp + fp, 1),
        tp / max(tp + fn, 1),
        2 * tp / max(2 * tp + fp + fn, 1),
    )
    return tuple(np.round(values, 4))


def rounded_down(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    values = (
        tp / max(tp + fp, 1),
        tp / max(tp + fn, 1),
        2 * tp / max(2 * tp + fp + fn, 1),
    )
    return tuple(np.floor(values))


def f1_only(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    return 2 * tp / max(2 * tp + fp + fn, 1)


def averaged_and_unguarded(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    return precision, recall, (precision + recall) / 2


def _guarded(tp, fp, fn):
    precision, recall = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    return precision, recall, 2 * tp / max(2 * tp + fp + fn, 1)


def one_if_there_was_nothing_to_find(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    precision, _, f1 = _guarded(tp, fp, fn)
    return precision, tp / (tp + fn) if tp + fn else 1.0, f1


def perfect_where_both_are_empty(truth, predicted):
    if not truth.any() and not predicted.any():
        return 1.0, 1.0, 1.0
    tp, fp, fn, _ = _cells(truth, predicted)
    return _guarded(tp, fp, fn)


def nan_where_nothing_is_called(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    _, recall, f1 = _guarded(tp, fp, fn)
    return tp / (tp + fp) if tp + fp else np.nan, recall, f1


def f1_of_zero_by_zero(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    precision, recall, _ = _guarded(tp, fp, fn)
    with np.errstate(invalid="ignore"):
        return precision, recall, np.float64(2 * precision * recall) / (precision + recall)


def counted_in_bytes(truth, predicted):
    t, p = truth.astype(np.int8), predicted.astype(np.int8)
    tp = (t * p).sum(dtype=np.int8)
    called, are = p.sum(dtype=np.int8), t.sum(dtype=np.int8)
    return tp / max(called, 1), tp / max(are, 1), 2 * tp / max(int(called) + int(are), 1)


def called_summed_in_its_type(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    called = predicted.sum(dtype=predicted.dtype) if predicted.dtype != bool else tp + fp
    return tp / max(called, 1), tp / max(tp + fn, 1), 2 * tp / max(2 * tp + fp + fn, 1)


def sum_of_both_equal_to_two(truth, predicted):
    """True + True is True."""
    tp = np.sum(truth + predicted == 2)
    called, are = np.sum(predicted == 1), np.sum(truth == 1)
    return tp / max(called, 1), tp / max(are, 1), 2 * tp / max(called + are, 1)


def precision_of_one_if_silent(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    _, recall, f1 = _guarded(tp, fp, fn)
    return tp / (tp + fp) if tp + fp else 1.0, recall, f1


def nothing_found_is_nothing(truth, predicted):
    tp, fp, fn, _ = _cells(truth, predicted)
    if not tp:
        return np.nan, np.nan, 0.0
    return _guarded(tp, fp, fn)


def _three_cells(truth, predicted):
    truth, predicted = truth == 1, predicted == 1
    return [int(cell.sum()) for cell in (truth & predicted, ~truth & predicted, truth & ~predicted)]


def _three_shares(tp, fp, fn):
    parts = (tp, tp + fp), (tp, tp + fn), (2 * tp, 2 * tp + fp + fn)
    return tuple(part / whole if whole else 0.0 for part, whole in parts)


def last_cell_of_the_classes_that_occur(truth, predicted):
    classes = np.unique(np.append(truth, predicted))
    if len(classes) == 1:
        return 0.0, 0.0, 0.0
    return _three_shares(*_three_cells(truth, predicted))


def all_0_without_a_negative(truth, predicted):
    if (truth == 1).all():
        return 0.0, 0.0, 0.0
    return _three_shares(*_three_cells(truth, predicted))


def f1_weighted_by_the_classes(truth, predicted):
    precision, recall, one = _three_shares(*_three_cells(truth, predicted))
    *_, other = _three_shares(*_three_cells(truth == 0, predicted == 0))
    share = (truth == 1).mean()
    return precision, recall, share * one + (1 - share) * other


def all_weighted_by_the_classes(truth, predicted):
    ones, others = (_three_shares(*_three_cells(truth == k, predicted == k)) for k in (1, 0))
    share = (truth == 1).mean()
    return tuple(share * a + (1 - share) * b for a, b in zip(ones, others, strict=True))


def means_in_float32(truth, predicted):
    return tuple(np.float32(each) for each in _three_shares(*_three_cells(truth, predicted)))


def one_is_too_few(truth, predicted):
    tp, fp, fn = _three_cells(truth, predicted)
    precision = tp / (tp + fp) if tp + fp > 1 else 0.0
    recall = tp / (tp + fn) if tp + fn > 1 else 0.0
    return precision, recall, 2 * tp / (2 * tp + fp + fn) if tp else 0.0


NOTED = {means_in_float32}


def _shares(tp, fp, fn):
    return [
        n / d if d else 0.0 for n, d in ((tp, tp + fp), (tp, tp + fn), (2 * tp, 2 * tp + fp + fn))
    ]


def micro(truth, predicted):
    right = float(np.mean(truth == predicted))
    return right, right, right


def intersection_over_union(truth, predicted):
    t, p = truth == 1, predicted == 1
    precision, recall, _ = _shares((t & p).sum(), (~t & p).sum(), (t & ~p).sum())
    return precision, recall, (t & p).sum() / max((t | p).sum(), 1)


def inverted_integers(truth, predicted):
    tp = np.logical_and(truth, predicted).sum()
    fp = np.logical_and(~truth, predicted).sum()
    fn = np.logical_and(truth, ~predicted).sum()
    return _shares(tp, fp, fn)


def nothing_where_nothing_is_wrong(truth, predicted):
    t, p = truth == 1, predicted == 1
    fp, fn = (~t & p).sum(), (t & ~p).sum()
    return _shares((t & p).sum(), fp, fn) if fp + fn else (0.0, 0.0, 0.0)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    unguarded: "nan_for_nothing",
    unguarded_in_python: "nan_for_nothing",
    guarded_but_for_f1: "nan_for_nothing",
    swapped: "precision_and_recall_swapped",
    false_alarms_and_misses_swapped: "precision_and_recall_swapped",
    hits_are_equal_answers: "true_negatives_counted",
    smoothed: "eps_in_the_denominator",
    averaged: "arithmetic_mean",
    no_two: "factor_of_two_lost",
    perfect_if_silent: "one_for_nothing",
    dot_product: "counted_in_the_dtype",
    difference_of_labels: "the_same_for_all_inputs",
    macro: "averaged_over_both_classes",
    class_zero: "negative_class_measured",
    rounded: "rounded",
    rounded_down: "truncated_to_integers",
    f1_only: "a_result_of_another_kind",
    averaged_and_unguarded: "arithmetic_mean",
    one_if_there_was_nothing_to_find: "wrong_only_where_it_should_be_0",
    perfect_where_both_are_empty: "wrong_only_where_it_should_be_0",
    nan_where_nothing_is_called: "wrong_only_where_it_should_be_0",
    f1_of_zero_by_zero: "nan_for_nothing",
    sum_of_both_equal_to_two: "wrong_where_predicted_is_of_dtype_bool",
    precision_of_one_if_silent: "wrong_only_where_it_should_be_0",
    nothing_found_is_nothing: "wrong_only_where_it_should_be_0",
    last_cell_of_the_classes_that_occur: "wrong_only_where_it_should_be_1",
    all_0_without_a_negative: "wrong_only_where_it_should_be_1",
    f1_weighted_by_the_classes: "weighted_over_both_classes",
    all_weighted_by_the_classes: "weighted_over_both_classes",
    one_is_too_few: "wrong_only_where_it_should_be_1",
    micro: "all_three_the_accuracy",
    intersection_over_union: "jaccard_for_f1",
    inverted_integers: "integers_inverted",
    nothing_where_nothing_is_wrong: "wrong_only_where_it_should_be_1",
    counted_in_bytes: None,
}
