"""Right and wrong ways to write `lloyd`."""

import numpy as np


def _table(points, centres):
    return ((points.astype(float)[:, None] - centres.astype(float)) ** 2).sum(axis=-1)


def _labels(points, centres):
    return _table(points, centres).argmin(axis=1)


def _means(points, centres, labels):
    moved = centres.astype(float)
    for j in np.unique(labels):
        moved[j] = points[labels == j].mean(axis=0, dtype=float)
    return moved


def _rounds(points, centres, rounds, labels_of=_labels, means_of=_means):
    centres = centres.astype(float)
    for _ in range(rounds):
        centres = means_of(points, centres, labels_of(points, centres))
    return centres, labels_of(points, centres)


def mask_after_mask(points, centres, rounds=300):
    return _rounds(points, centres, rounds)


def until_no_label_changes(points, centres, rounds=300):
    centres, labels = centres.astype(float), _labels(points, centres)
    for _ in range(rounds):
        centres = _means(points, centres, labels)
        now = _labels(points, centres)
        if (now == labels).all():
            break
        labels = now
    return centres, labels


def with_one_hot_rows(points, centres, rounds=300):
    x, centres = points.astype(float), centres.astype(float)
    for _ in range(rounds):
        one_hot = np.eye(len(centres))[_labels(x, centres)]
        counts = one_hot.sum(axis=0)
        full = counts > 0
        centres[full] = (one_hot.T @ x)[full] / counts[full, None]
    return centres, _labels(x, centres)


def sums_added_at(points, centres, rounds=300):
    x, centres = points.astype(float), centres.astype(float)
    for _ in range(rounds):
        labels = _labels(x, centres)
        sums, counts = np.zeros_like(centres), np.zeros(len(centres))
        np.add.at(sums, labels.astype(int), x)
        np.add.at(counts, labels.astype(int), 1.0)
        centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
    return centres, _labels(x, centres)


def expanded_around_a_mean(points, centres, rounds=300):
    middle = points.mean(axis=0, dtype=float)

    def labels_of(points, centres):
        x, c = points - middle, centres - middle
        return ((c**2).sum(axis=1) - 2 * x @ c.T).argmin(axis=1)

    return _rounds(points, centres, rounds, labels_of=labels_of)


def by_norms(points, centres, rounds=300):
    def labels_of(points, centres):
        return np.linalg.norm(points[:, None].astype(float) - centres, axis=2).argmin(axis=1)

    return _rounds(points, centres, rounds, labels_of=labels_of)


def loops(points, centres, rounds=300):
    x, c = points.astype(float).tolist(), centres.astype(float).tolist()

    def nearest(p):
        gaps = [sum((a - b) ** 2 for a, b in zip(p, each, strict=True)) for each in c]
        return gaps.index(min(gaps))

    labels = None
    for _ in range(rounds):
        before, labels = labels, [nearest(p) for p in x]
        if labels == before:
            break
        for j in range(len(c)):
            mine = [p for p, label in zip(x, labels, strict=True) if label == j]
            if mine:
                c[j] = [sum(column) / len(mine) for column in zip(*mine, strict=True)]
    return np.array(c), np.array([nearest(p) for p in x])


def old_labels(points, centres, rounds=300):
    centres, labels = centres.astype(float), _labels(points, centres)
    for _ in range(rounds):
        labels = _labels(points, centres)
        centres = _means(points, centres, labels)
    return centres, labels


def nan_for_nobody(points, centres, rounds=300):
    centres = centres.astype(float)
    for _ in range(rounds):
        labels = _labels(points, centres)
        with np.errstate(all="ignore"):
            counts = (labels[:, None] == np.arange(len(centres))).sum(axis=0)
            sums = np.eye(len(centres))[labels].T @ points.astype(float)
            centres = sums / counts[:, None]
    return centres, _labels(points, centres)


def nobody_goes_to_0(points, centres, rounds=300):
    def means_of(points, centres, labels):
        one_hot = np.eye(len(centres))[labels]
        return one_hot.T @ points.astype(float) / np.maximum(one_hot.sum(axis=0), 1)[:, None]

    return _rounds(points, centres, rounds, means_of=means_of)


def nobody_is_dropped(points, centres, rounds=300):
    def means_of(points, centres, labels):
        return np.stack([points[labels == j].mean(axis=0, dtype=float) for j in np.unique(labels)])

    return _rounds(points, centres, rounds, means_of=means_of)


def nobody_gets_the_farthest(points, centres, rounds=300):
    def means_of(points, centres, labels):
        moved = _means(points, centres, labels)
        far = _table(points, centres).min(axis=1).argmax()
        for j in range(len(centres)):
            if not (labels == j).any():
                moved[j] = points[far]
        return moved

    return _rounds(points, centres, rounds, means_of=means_of)


def nobody_gets_the_mean_of_all(points, centres, rounds=300):
    def means_of(points, centres, labels):
        moved = _means(points, centres, labels)
        for j in range(len(centres)):
            if not (labels == j).any():
                moved[j] = points.mean(axis=0)
        return moved

    return _rounds(points, centres, rounds, means_of=means_of)


def higher_of_equals(points, centres, rounds=300):
    def labels_of(points, centres):
        table = _table(points, centres)
        return table.shape[1] - 1 - table[:, ::-1].argmin(axis=1)

    return _rounds(points, centres, rounds, labels_of=labels_of)


def of_manhattan(points, centres, rounds=300):
    def labels_of(points, centres):
        return np.abs(points[:, None].astype(float) - centres).sum(axis=2).argmin(axis=1)

    return _rounds(points, centres, rounds, labels_of=labels_of)


def of_chebyshev(points, centres, rounds=300):
    def labels_of(points, centres):
        return np.abs(points[:, None].astype(float) - centres).max(axis=2).argmin(axis=1)

    return _rounds(points, centres, rounds, labels_of=labels_of)


def by_product(points, centres, rounds=300):
    def labels_of(points, centres):
        return (points.astype(float) @ centres.T).argmax(axis=1)

    return _rounds(points, centres, rounds, labels_of=labels_of)


def product_not_doubled(points, centres, rounds=300):
    def labels_of(points, centres):
        return ((centres**2).sum(axis=1) - points.astype(float) @ centres.T).argmin(axis=1)

    return _rounds(points, centres, rounds, labels_of=labels_of)


def of_medians(points, centres, rounds=300):
    def means_of(points, centres, labels):
        moved = centres.astype(float)
        for j in np.unique(labels):
            moved[j] = np.median(points[labels == j], axis=0)
        return moved

    return _rounds(points, centres, rounds, means_of=means_of)


def over_all_points(points, centres, rounds=300):
    def means_of(points, centres, labels):
        moved = centres.astype(float)
        for j in np.unique(labels):
            moved[j] = points[labels == j].sum(axis=0) / len(points)
        return moved

    return _rounds(points, centres, rounds, means_of=means_of)


def one_mean_for_all_axes(points, centres, rounds=300):
    def means_of(points, centres, labels):
        moved = centres.astype(float)
        for j in np.unique(labels):
            moved[j] = points[labels == j].mean()
        return moved

    return _rounds(points, centres, rounds, means_of=means_of)


def once(points, centres, rounds=300):
    return _rounds(points, centres, 1)


def once_more(points, centres, rounds=300):
    return _rounds(points, centres, rounds + 1)


def in_the_type_of_the_centres(points, centres, rounds=300):
    centres = centres.copy()
    for _ in range(rounds):
        labels = _labels(points, centres)
        for j in range(len(centres)):
            if (labels == j).any():
                centres[j] = points[labels == j].mean(axis=0)
    return centres, _labels(points, centres)


def one_centre_after_the_other(points, centres, rounds=300):
    centres = centres.astype(float)
    for _ in range(rounds):
        for j in range(len(centres)):
            mine = _labels(points, centres) == j
            if mine.any():
                centres[j] = points[mine].mean(axis=0)
    return centres, _labels(points, centres)


def until_moves_are_small(points, centres, rounds=300):
    centres = centres.astype(float)
    for _ in range(rounds):
        moved = _means(points, centres, _labels(points, centres))
        done = np.allclose(moved, centres)
        centres = moved
        if done:
            break
    return centres, _labels(points, centres)


def at_most_two_rounds(points, centres, rounds=300):
    return _rounds(points, centres, min(rounds, 2))


def centres_written_over(points, centres, rounds=300):
    found = _rounds(points, centres, rounds)
    centres[:] = found[0].astype(centres.dtype)
    return found


def labels_first(points, centres, rounds=300):
    return _rounds(points, centres, rounds)[::-1]


def expanded_in_float32(points, centres, rounds=300):
    def labels_of(points, centres):
        x, c = points.astype(np.float32), centres.astype(np.float32)
        return ((c**2).sum(axis=1) - 2 * x @ c.T).argmin(axis=1)

    return _rounds(points, centres, rounds, labels_of=labels_of)


def until_counts_stay(points, centres, rounds=300):
    centres, counts = centres.astype(float), None
    for _ in range(rounds):
        labels = _labels(points, centres)
        now = [int((labels == j).sum()) for j in range(len(centres))]
        if now == counts:
            break
        centres, counts = _means(points, centres, labels), now
    return centres, _labels(points, centres)


def until_inertia_stays(points, centres, rounds=300):
    centres, inertia = centres.astype(float), None
    for _ in range(rounds):
        centres = _means(points, centres, _labels(points, centres))
        now = _table(points, centres).min(axis=1).sum()
        if inertia is not None and inertia - now < 1e-4 * inertia:
            break
        inertia = now
    return centres, _labels(points, centres)


def expanded(points, centres, rounds=300):
    def labels_of(points, centres):
        x, c = points.astype(float), centres.astype(float)
        return ((c * c).sum(axis=1) - 2 * x.dot(c.T)).argmin(axis=1)

    return _rounds(points, centres, rounds, labels_of=labels_of)


def ten_rounds_for_300(points, centres, rounds=10):
    return _rounds(points, centres, rounds)


def integers_in_the_first_round(points, centres, rounds=300):
    def labels_of(points, centres):
        with np.errstate(all="ignore"):
            return ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)

    labels = labels_of(points, centres)
    for _ in range(rounds):
        centres = _means(points, centres, labels)
        labels = labels_of(points, centres)
    return centres.astype(float), labels


def nobody_goes_back(points, centres, rounds=300):
    """A centre without points is again where it began."""

    def means_of(points, _, labels):
        return _means(points, centres, labels)

    return _rounds(points, centres, rounds, means_of=means_of)


def zeros_for_labels(points, centres, rounds=300):
    centres, labels = centres.astype(float), np.zeros(len(points), int)
    for _ in range(rounds):
        now = _labels(points, centres)
        if (now == labels).all():
            break
        labels = now
        centres = _means(points, centres, labels)
    return centres, _labels(points, centres)


def until_inertia_of_the_labels_stays(points, centres, rounds=300):
    centres, before = centres.astype(float), np.inf
    for _ in range(rounds):
        labels = _labels(points, centres)
        inertia = ((points - centres[labels]) ** 2).sum()
        centres = _means(points, centres, labels)
        if np.isfinite(before) and before - inertia <= 1e-3 * inertia:
            break
        before = inertia
    return centres, _labels(points, centres)


def until_any_label_stays(points, centres, rounds=300):
    centres, labels = centres.astype(float), _labels(points, centres)
    for _ in range(rounds):
        centres = _means(points, centres, labels)
        before, labels = labels, _labels(points, centres)
        if np.any(before == labels):
            break
    return centres, labels


def centres_before_they_move(points, centres, rounds=300):
    old = new = centres.astype(float)
    for _ in range(rounds):
        old = new
        new = _means(points, old, _labels(points, old))
        if np.array_equal(old, new):
            break
    return old, _labels(points, old)


def break_for_nobody(points, centres, rounds=300):
    def means_of(points, centres, labels):
        moved = centres.copy()
        for j, size in enumerate(np.bincount(labels, minlength=len(centres))):
            if size == 0:
                break
            moved[j] = points[labels == j].sum(axis=0) / size
        return moved

    return _rounds(points, centres, rounds, means_of=means_of)


def running_mean_from_the_centre(points, centres, rounds=300):
    """The old centre is the first number of the running mean."""

    def means_of(points, centres, labels):
        moved, size = centres.copy(), np.ones(len(centres))
        for x, j in zip(points, labels, strict=True):
            size[j] += 1
            moved[j] += (x - moved[j]) / size[j]
        return moved

    return _rounds(points, centres, rounds, means_of=means_of)


# What each is told.
WRONG = {
    old_labels: "labels_before_the_last_move",
    nan_for_nobody: "mean_of_nothing",
    nobody_goes_to_0: "empty_goes_to_0",
    nobody_is_dropped: "empty_is_dropped",
    nobody_gets_the_farthest: "empty_goes_to_the_farthest",
    nobody_gets_the_mean_of_all: None,
    higher_of_equals: "last_of_equals",
    of_manhattan: "sum_of_differences",
    of_chebyshev: None,
    by_product: "product_alone",
    product_not_doubled: "product_once",
    of_medians: "median_for_mean",
    over_all_points: "divided_by_all_points",
    one_mean_for_all_axes: "one_number_for_each_centre",
    once: "always_one_round",
    once_more: "one_round_more",
    in_the_type_of_the_centres: "centres_cut_to_integers",
    one_centre_after_the_other: "moved_one_by_one",
    until_moves_are_small: "ends_where_little_changes",
    at_most_two_rounds: None,
    centres_written_over: "an_argument_changed",
    labels_first: "parts_in_another_order",
    until_counts_stay: "ends_where_counts_stay",
    until_inertia_stays: "ends_where_the_sum_gains_little",
    expanded: "expanded_far_from_0",
    ten_rounds_for_300: "few_rounds",
    expanded_in_float32: "expanded_far_from_0",
    integers_in_the_first_round: "right_in_int64",
    nobody_goes_back: "wrong_only_in_centres",
    zeros_for_labels: "ends_before_the_first_move",
    until_inertia_of_the_labels_stays: "ends_where_the_sum_gains_little",
    until_any_label_stays: "ends_after_the_first_round",
    centres_before_they_move: "one_round_less",
    break_for_nobody: "later_centres_stay",
    running_mean_from_the_centre: "old_centre_in_the_mean",
}
