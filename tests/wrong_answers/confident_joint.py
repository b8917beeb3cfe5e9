"""Plausible wrong ways to write the confident joint,
and the bug that each is told, if it is a known one."""

import numpy as np


def thresholds(p, labels):
    with np.errstate(all="ignore"):
        return np.array(
            [p[labels == k, k].sum() / (labels == k).sum() for k in range(p.shape[1])]
        )


def tally(labels, seen, classes):
    joint = np.zeros((classes, classes))
    np.add.at(joint, (labels, seen), 1)
    return joint


def confusion_matrix(probabilities, labels):
    return tally(labels, np.argmax(probabilities, axis=1), probabilities.shape[1])


def seen_then_given(probabilities, labels):
    left = np.where(
        probabilities >= thresholds(probabilities, labels), probabilities, -1
    )
    use = left.max(axis=1) >= 0
    return tally(left.argmax(axis=1)[use], labels[use], left.shape[1])


def predicted_if_above_its_threshold(probabilities, labels):
    t = thresholds(probabilities, labels)
    joint = np.zeros((len(t), len(t)))
    for row, label in zip(probabilities, labels, strict=True):
        k = row.argmax()
        if row[k] >= t[k]:
            joint[label, k] += 1
    return joint


def cleanlab(probabilities, labels):
    reached = probabilities >= thresholds(probabilities, labels) - 1e-6
    several = reached.sum(axis=1) > 1
    seen = np.where(several, probabilities.argmax(axis=1), reached.argmax(axis=1))
    use = reached.any(axis=1)
    joint = tally(labels[use], seen[use], probabilities.shape[1])
    np.fill_diagonal(joint, joint.diagonal().clip(min=1))
    return joint


def its_gist(probabilities, labels):
    """The simplified loop of cleanlab's documentation."""
    t = thresholds(probabilities, labels)
    classes = range(len(t))
    return np.array(
        [
            [sum((probabilities[:, j] >= t[j] - 1e-8) & (labels == i)) for j in classes]
            for i in classes
        ]
    )


def first_one(probabilities, labels):
    reached = probabilities >= thresholds(probabilities, labels)
    use = reached.any(axis=1)
    return tally(labels[use], np.argmax(reached[use], axis=1), reached.shape[1])


def last_one(probabilities, labels):
    reached = probabilities >= thresholds(probabilities, labels)
    use = reached.any(axis=1)
    last = reached.shape[1] - 1 - np.argmax(reached[use][:, ::-1], axis=1)
    return tally(labels[use], last, reached.shape[1])


def largest_ratio(probabilities, labels):
    ratio = probabilities / thresholds(probabilities, labels)
    ratio = np.nan_to_num(ratio, nan=0, posinf=0)
    use = (ratio >= 1).any(axis=1)
    return tally(labels[use], ratio[use].argmax(axis=1), ratio.shape[1])


def mean_of_the_maxima(probabilities, labels):
    t = np.full(probabilities.shape[1], probabilities.max(axis=1).mean())
    left = np.where(probabilities >= t, probabilities, -1)
    use = left.max(axis=1) >= 0
    return tally(labels[use], left.argmax(axis=1)[use], len(t))


def mean_of_all_own(probabilities, labels):
    t = np.mean(probabilities[np.arange(len(labels)), labels])
    reached = probabilities >= t
    use = reached.any(axis=1)
    seen = np.where(reached, probabilities, 0).argmax(axis=1)
    return tally(labels[use], seen[use], probabilities.shape[1])


def column_means(probabilities, labels):
    left = np.where(probabilities >= probabilities.mean(axis=0), probabilities, -1)
    return tally(labels, left.argmax(axis=1), probabilities.shape[1])


def medians(probabilities, labels):
    t = [
        np.median(probabilities[labels == k, k]) if (labels == k).any() else 2
        for k in range(probabilities.shape[1])
    ]
    left = np.where(probabilities >= np.array(t), probabilities, -1)
    use = left.max(axis=1) >= 0
    return tally(labels[use], left.argmax(axis=1)[use], len(t))


def zero_where_there_is_no_label(probabilities, labels):
    t = np.nan_to_num(thresholds(probabilities, labels))
    left = np.where(probabilities >= t, probabilities, -1)
    use = left.max(axis=1) >= 0
    return tally(labels[use], left.argmax(axis=1)[use], len(t))


def all_rows_counted(probabilities, labels):
    left = np.where(
        probabilities >= thresholds(probabilities, labels), probabilities, 0
    )
    return tally(labels, left.argmax(axis=1), left.shape[1])


def strict(probabilities, labels):
    left = np.where(
        probabilities > thresholds(probabilities, labels), probabilities, -1
    )
    use = left.max(axis=1) >= 0
    return tally(labels[use], left.argmax(axis=1)[use], left.shape[1])


def shares(probabilities, labels):
    left = np.where(
        probabilities >= thresholds(probabilities, labels), probabilities, -1
    )
    use = left.max(axis=1) >= 0
    joint = tally(labels[use], left.argmax(axis=1)[use], left.shape[1])
    return joint / joint.sum()


def off_the_diagonal(probabilities, labels):
    left = np.where(
        probabilities >= thresholds(probabilities, labels), probabilities, -1
    )
    use = left.max(axis=1) >= 0
    joint = tally(labels[use], left.argmax(axis=1)[use], left.shape[1])
    return joint - np.diag(joint.diagonal())


def indexing_without_add_at(probabilities, labels):
    left = np.where(
        probabilities >= thresholds(probabilities, labels), probabilities, -1
    )
    use = left.max(axis=1) >= 0
    joint = np.zeros((left.shape[1], left.shape[1]))
    joint[labels[use], left.argmax(axis=1)[use]] += 1
    return joint


def as_many_classes_as_labels(probabilities, labels):
    left = np.where(
        probabilities >= thresholds(probabilities, labels), probabilities, -1
    )
    use = left.max(axis=1) >= 0
    joint = tally(labels[use], left.argmax(axis=1)[use], left.shape[1])
    last = labels.max() + 1
    return joint[:last, :last]


def cell_in_uint8(probabilities, labels):
    left = np.where(
        probabilities >= thresholds(probabilities, labels), probabilities, -1
    )
    use, k = left.max(axis=1) >= 0, left.shape[1]
    cell = labels[use] * np.array(k, labels.dtype) + left.argmax(axis=1)[use]
    return np.bincount(cell.astype(int), minlength=k * k)[: k * k].reshape(k, k)


def normalises_in_place(probabilities, labels):
    probabilities = np.asarray(probabilities)
    left = np.where(
        probabilities >= thresholds(probabilities, labels), probabilities, -1
    )
    use = left.max(axis=1) >= 0
    joint = tally(labels[use], left.argmax(axis=1)[use], left.shape[1])
    probabilities[~use] = 0
    return joint


def swapped_and_strict(probabilities, labels):
    return strict(probabilities, labels).T


BUGS = {
    confusion_matrix: "no_thresholds",
    seen_then_given: "rows_and_columns_swapped",
    predicted_if_above_its_threshold: "argmax_before_the_thresholds",
    cleanlab: "argmax_of_all_classes",
    its_gist: "every_class_reached",
    first_one: "first_class_reached",
    last_one: None,
    largest_ratio: "furthest_above_its_threshold",
    mean_of_the_maxima: "one_threshold_for_all",
    mean_of_all_own: "one_threshold_for_all",
    column_means: "mean_over_all_examples",
    medians: None,
    zero_where_there_is_no_label: "absent_class_reached_by_all",
    all_rows_counted: "unclaimed_counted_as_class_0",
    strict: "strictly_above",
    shares: "calibrated",
    off_the_diagonal: None,
    indexing_without_add_at: None,
    as_many_classes_as_labels: "absent_class_left_out",
    cell_in_uint8: "small_integers_wrap_around",
    normalises_in_place: None,
    swapped_and_strict: "rows_and_columns_swapped",
}
