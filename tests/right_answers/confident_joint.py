"""Right ways to write confident_joint."""

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
