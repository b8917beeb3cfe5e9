"""Right and wrong ways to write confident_joint."""

from collections import Counter

import numpy as np


def loops(probabilities, labels):
    classes = len(probabilities[0])
    sums, numbers = [0.0] * classes, [0] * classes
    for row, label in zip(probabilities, labels, strict=True):
        sums[label] += float(row[label])
        numbers[label] += 1
    joint = np.zeros((classes, classes))
    for row, label in zip(probabilities, labels, strict=True):
        best = None
        for k in range(classes):
            reached = numbers[k] > 0 and row[k] >= sums[k] / numbers[k] - 1e-9
            if reached and (best is None or row[k] > row[best]):
                best = k
        if best is not None:
            joint[label, best] += 1
    return joint


def masked_arrays(probabilities, labels):
    classes = probabilities.shape[1]
    thresholds = np.full(classes, 2.0)
    for k in np.unique(labels):
        thresholds[k] = probabilities[labels == k, k].mean()
    allowed = np.where(probabilities >= thresholds, probabilities, np.nan)
    counted = ~np.isnan(allowed).all(axis=1)
    best = np.nanargmax(allowed[counted], axis=1)
    joint = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(joint, (labels[counted], best), 1)
    return joint


def one_hot_products(probabilities, labels):
    eye = np.eye(probabilities.shape[1])
    given = eye[labels]
    with np.errstate(invalid="ignore", divide="ignore"):
        thresholds = (given * probabilities).sum(axis=0) / given.sum(axis=0)
    reached = probabilities >= thresholds - 1e-7  # comparisons with nan are false
    seen = eye[(reached * (1 + probabilities)).argmax(axis=1)]
    return given.T @ (seen * reached.any(axis=1, keepdims=True))


def counter(probabilities, labels):
    p, y = probabilities.astype(float), labels.astype(int)
    means = {int(k): p[y == k, k].mean() for k in set(y.tolist())}
    pairs = Counter()
    for row, label in zip(p, y.tolist(), strict=True):
        names = [k for k, t in means.items() if row[k] >= t or np.isclose(row[k], t)]
        if names:
            pairs[label, max(names, key=row.__getitem__)] += 1
    size = range(p.shape[1])
    return np.array([[pairs[i, j] for j in size] for i in size])


def pytorch(probabilities, labels):
    import torch

    p = torch.tensor(probabilities, dtype=torch.float64)
    y = torch.tensor(labels.astype(np.int64))
    classes = p.shape[1]
    numbers = torch.bincount(y, minlength=classes)
    sums = torch.zeros(classes, dtype=torch.float64)
    sums.scatter_add_(0, y, p.gather(1, y[:, None])[:, 0])
    thresholds = torch.where(numbers > 0, sums / numbers, torch.inf)
    left = p.masked_fill(p < thresholds - 1e-9, -1)
    top, best = left.max(dim=1)
    cell = (y * classes + best)[top >= 0]
    counts = torch.bincount(cell, minlength=classes**2)
    return counts.reshape(classes, classes).numpy()


def confusion_matrix_of_scikit_learn(probabilities, labels):
    from sklearn.metrics import confusion_matrix

    classes = np.arange(probabilities.shape[1])
    thresholds = np.array(
        [np.mean(probabilities[labels == k, k]) if k in labels else 9 for k in classes]
    )
    above = probabilities >= thresholds * 0.999999999
    use = above.any(axis=1)
    seen = np.argmax(probabilities * above, axis=1)
    return confusion_matrix(labels[use], seen[use], labels=classes)


def _thresholds(p, labels):
    with np.errstate(all="ignore"):
        return np.array([p[labels == k, k].sum() / (labels == k).sum() for k in range(p.shape[1])])


def _tally(labels, seen, classes):
    joint = np.zeros((classes, classes))
    np.add.at(joint, (labels, seen), 1)
    return joint


def confusion_matrix(probabilities, labels):
    return _tally(labels, np.argmax(probabilities, axis=1), probabilities.shape[1])


def seen_then_given(probabilities, labels):
    left = np.where(probabilities >= _thresholds(probabilities, labels), probabilities, -1)
    use = left.max(axis=1) >= 0
    return _tally(left.argmax(axis=1)[use], labels[use], left.shape[1])


def predicted_if_above_its_threshold(probabilities, labels):
    t = _thresholds(probabilities, labels)
    joint = np.zeros((len(t), len(t)))
    for row, label in zip(probabilities, labels, strict=True):
        k = row.argmax()
        if row[k] >= t[k]:
            joint[label, k] += 1
    return joint


def cleanlab(probabilities, labels):
    reached = probabilities >= _thresholds(probabilities, labels) - 1e-6
    several = reached.sum(axis=1) > 1
    seen = np.where(several, probabilities.argmax(axis=1), reached.argmax(axis=1))
    use = reached.any(axis=1)
    joint = _tally(labels[use], seen[use], probabilities.shape[1])
    np.fill_diagonal(joint, joint.diagonal().clip(min=1))
    return joint


def its_gist(probabilities, labels):
    """The simplified loop of cleanlab's documentation."""
    t = _thresholds(probabilities, labels)
    classes = range(len(t))
    return np.array(
        [
            [sum((probabilities[:, j] >= t[j] - 1e-8) & (labels == i)) for j in classes]
            for i in classes
        ]
    )


def first_one(probabilities, labels):
    reached = probabilities >= _thresholds(probabilities, labels)
    use = reached.any(axis=1)
    return _tally(labels[use], np.argmax(reached[use], axis=1), reached.shape[1])


def last_one(probabilities, labels):
    reached = probabilities >= _thresholds(probabilities, labels)
    use = reached.any(axis=1)
    last = reached.shape[1] - 1 - np.argmax(reached[use][:, ::-1], axis=1)
    return _tally(labels[use], last, reached.shape[1])


def its_label_if_reached(probabilities, labels):
    reached = probabilities >= _thresholds(probabilities, labels) - 1e-9
    rows = np.arange(len(labels))
    left = np.where(reached, probabilities, -1)
    left[rows, labels.astype(int)] += 2 * reached[rows, labels.astype(int)]
    use = reached.any(axis=1)
    return _tally(labels[use], left[use].argmax(axis=1), reached.shape[1])


def largest_ratio(probabilities, labels):
    ratio = probabilities / _thresholds(probabilities, labels)
    ratio = np.nan_to_num(ratio, nan=0, posinf=0)
    use = (ratio >= 1).any(axis=1)
    return _tally(labels[use], ratio[use].argmax(axis=1), ratio.shape[1])


def mean_of_the_maxima(probabilities, labels):
    t = np.full(probabilities.shape[1], probabilities.max(axis=1).mean())
    left = np.where(probabilities >= t, probabilities, -1)
    use = left.max(axis=1) >= 0
    return _tally(labels[use], left.argmax(axis=1)[use], len(t))


def mean_of_all_own(probabilities, labels):
    t = np.mean(probabilities[np.arange(len(labels)), labels])
    reached = probabilities >= t
    use = reached.any(axis=1)
    seen = np.where(reached, probabilities, 0).argmax(axis=1)
    return _tally(labels[use], seen[use], probabilities.shape[1])


def column_means(probabilities, labels):
    left = np.where(probabilities >= probabilities.mean(axis=0), probabilities, -1)
    return _tally(labels, left.argmax(axis=1), probabilities.shape[1])


def medians(probabilities, labels):
    t = [
        np.median(probabilities[labels == k, k]) if (labels == k).any() else 2
        for k in range(probabilities.shape[1])
    ]
    left = np.where(probabilities >= np.array(t), probabilities, -1)
    use = left.max(axis=1) >= 0
    return _tally(labels[use], left.argmax(axis=1)[use], len(t))


def zero_where_there_is_no_label(probabilities, labels):
    t = np.nan_to_num(_thresholds(probabilities, labels))
    left = np.where(probabilities >= t, probabilities, -1)
    use = left.max(axis=1) >= 0
    return _tally(labels[use], left.argmax(axis=1)[use], len(t))


def all_rows_counted(probabilities, labels):
    left = np.where(probabilities >= _thresholds(probabilities, labels), probabilities, 0)
    return _tally(labels, left.argmax(axis=1), left.shape[1])


def strict(probabilities, labels):
    left = np.where(probabilities > _thresholds(probabilities, labels), probabilities, -1)
    use = left.max(axis=1) >= 0
    return _tally(labels[use], left.argmax(axis=1)[use], left.shape[1])


def shares(probabilities, labels):
    left = np.where(probabilities >= _thresholds(probabilities, labels), probabilities, -1)
    use = left.max(axis=1) >= 0
    joint = _tally(labels[use], left.argmax(axis=1)[use], left.shape[1])
    return joint / joint.sum()


def off_the_diagonal(probabilities, labels):
    left = np.where(probabilities >= _thresholds(probabilities, labels), probabilities, -1)
    use = left.max(axis=1) >= 0
    joint = _tally(labels[use], left.argmax(axis=1)[use], left.shape[1])
    return joint - np.diag(joint.diagonal())


def indexing_without_add_at(probabilities, labels):
    left = np.where(probabilities >= _thresholds(probabilities, labels), probabilities, -1)
    use = left.max(axis=1) >= 0
    joint = np.zeros((left.shape[1], left.shape[1]))
    joint[labels[use], left.argmax(axis=1)[use]] += 1
    return joint


def as_many_classes_as_labels(probabilities, labels):
    left = np.where(probabilities >= _thresholds(probabilities, labels), probabilities, -1)
    use = left.max(axis=1) >= 0
    joint = _tally(labels[use], left.argmax(axis=1)[use], left.shape[1])
    last = labels.max() + 1
    return joint[:last, :last]


def cell_in_uint8(probabilities, labels):
    left = np.where(probabilities >= _thresholds(probabilities, labels), probabilities, -1)
    use, k = left.max(axis=1) >= 0, left.shape[1]
    cell = labels[use] * np.array(k, labels.dtype) + left.argmax(axis=1)[use]
    return np.bincount(cell.astype(int), minlength=k * k)[: k * k].reshape(k, k)


def normalises_in_place(probabilities, labels):
    probabilities = np.asarray(probabilities)
    left = np.where(probabilities >= _thresholds(probabilities, labels), probabilities, -1)
    use = left.max(axis=1) >= 0
    joint = _tally(labels[use], left.argmax(axis=1)[use], left.shape[1])
    probabilities[~use] = 0
    return joint


def swapped_and_strict(probabilities, labels):
    return strict(probabilities, labels).T


def _joint_with(
    p, labels, thresholds, best=lambda row, reached, label: reached[row[reached].argmax()]
):
    joint = np.zeros((p.shape[1],) * 2, dtype=int)
    for row, label in zip(p, labels.astype(int), strict=True):
        reached = np.flatnonzero(row >= thresholds * (1 - 1e-12))
        if reached.size:
            joint[label, best(row, reached, label)] += 1
    return joint


def _thresholds_with(p, labels, absent):
    there = [labels == k for k in range(p.shape[1])]
    return np.array([p[b, k].mean() if b.any() else absent for k, b in enumerate(there)])


def the_last_of_equals(probabilities, labels):
    def last(row, reached, label):
        return reached[::-1][row[reached[::-1]].argmax()]

    return _joint_with(probabilities, labels, _thresholds_with(probabilities, labels, np.inf), last)


def its_own_label_of_equals(probabilities, labels):
    def own(row, reached, label):
        mine = label in reached and row[label] == row[reached].max()
        return label if mine else reached[row[reached].argmax()]

    return _joint_with(probabilities, labels, _thresholds_with(probabilities, labels, np.inf), own)


def classes_up_to_the_largest_label(probabilities, labels):
    t = _thresholds_with(probabilities, labels, 0.0)
    t[int(labels.max()) + 1 :] = np.inf
    return _joint_with(probabilities, labels, t)


def absent_classes_ask_for_1(probabilities, labels):
    return _joint_with(probabilities, labels, _thresholds_with(probabilities, labels, 1.0))


def thresholds_of_the_labels_in_their_order(probabilities, labels):
    t = np.full(probabilities.shape[1], np.inf)
    names = np.unique(labels)
    t[: len(names)] = [probabilities[labels == k, int(k)].mean() for k in names]
    return _joint_with(probabilities, labels, t)


def thresholds_in_float32(probabilities, labels):
    classes = probabilities.shape[1]
    thresholds = np.full(classes, 2, np.float32)
    for k in np.unique(labels):
        thresholds[k] = probabilities[labels == k, k].mean()
    allowed = np.where(probabilities >= thresholds, probabilities, -1)
    joint = np.zeros((classes, classes), dtype=np.int64)
    counted = allowed.max(axis=1) >= 0
    np.add.at(joint, (labels[counted], allowed[counted].argmax(axis=1)), 1)
    return joint


def largest_of_each_row(probabilities, labels):
    largest = np.repeat(probabilities.max(axis=1, keepdims=True), probabilities.shape[1], axis=1)
    return _joint_with(probabilities, labels, _thresholds_with(largest, labels, np.inf))


def shared_by_all(probabilities, labels):
    own = np.eye(probabilities.shape[1], dtype=bool)[labels.astype(int)]
    t = np.where(own, probabilities, 0).sum(axis=0) / len(labels)
    return _joint_with(probabilities, labels, np.where(own.any(axis=0), t, np.inf))


def thresholds_like_a_row(probabilities, labels):
    t = np.zeros_like(probabilities[0])
    named = np.unique(labels).astype(int)
    for k in named:
        t[k] = probabilities[labels == k, k].mean()
    asked = np.full(len(t), np.inf)
    asked[named] = t[named]
    return _joint_with(probabilities, labels, asked)


def cut_to_the_largest_label(probabilities, labels):
    p = probabilities[:, : int(labels.max()) + 1]
    return _joint_with(p, labels, _thresholds_with(p, labels, np.inf))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    confusion_matrix: "no_thresholds",
    seen_then_given: "rows_and_columns_swapped",
    predicted_if_above_its_threshold: "argmax_before_the_thresholds",
    cleanlab: None,
    its_gist: "every_class_reached",
    first_one: "first_class_reached",
    last_one: "right_in_its_sum",
    its_label_if_reached: "own_class_first",
    largest_ratio: "furthest_above_its_threshold",
    mean_of_the_maxima: "one_threshold_for_all",
    mean_of_all_own: "one_threshold_for_all",
    column_means: "mean_over_all_examples",
    medians: "median_for_mean",
    zero_where_there_is_no_label: "absent_class_reached_by_all",
    all_rows_counted: "unclaimed_counted_as_class_0",
    strict: "strictly_above",
    shares: "calibrated",
    off_the_diagonal: "wrong_only_on_the_diagonal",
    indexing_without_add_at: "counted_once",
    as_many_classes_as_labels: "classes_counted_from_the_labels",
    normalises_in_place: "an_argument_changed",
    swapped_and_strict: "rows_and_columns_swapped",
    the_last_of_equals: "not_the_first_of_equals",
    its_own_label_of_equals: "not_the_first_of_equals",
    classes_up_to_the_largest_label: "absent_class_reached_by_all",
    absent_classes_ask_for_1: None,
    thresholds_of_the_labels_in_their_order: None,
    thresholds_in_float32: None,
    largest_of_each_row: "mean_of_the_largest",
    shared_by_all: "sum_over_all_examples",
    thresholds_like_a_row: "thresholds_cut_to_integers",
    cut_to_the_largest_label: "classes_counted_from_the_labels",
}

# Right answers that pass with a note.
NOTED = {
    loops,
    masked_arrays,
    one_hot_products,
    cell_in_uint8,
    counter,
    pytorch,
    confusion_matrix_of_scikit_learn,
}
