"""Practice for question 13: count the labels that a model confidently contradicts."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import BOOLEAN, Note
from answers.grader.number_types import add_whole_numbers
from answers.labels.label_quality import confident_joint

exercise = Exercise(
    confident_joint,
    page="13-bad-annotations",
    hints=(
        "One threshold for each class: over the examples that carry its label, how probable "
        "does the model find that class on average?",
        "Compare each row with the thresholds. An example that reaches none of them is not "
        "counted at all, and one that reaches several is counted once.",
        "Among the classes that are reached, the most probable one counts. A class that is not "
        "reached must not win, however probable: set its probability to -1 before you take "
        "the argmax.",
        "A class without a label has no mean. Whatever you do with it, no example may be "
        "counted for it.",
    ),
)


def problem(seed, items, classes, sharp=2.0):
    """Probabilities that lean towards labels that are drawn at random."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(classes), rng.integers(classes, size=items)])
    logits = rng.normal(size=(len(labels), classes))
    logits[np.arange(len(labels)), labels] += sharp * rng.random(len(labels))
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True), labels


two = np.array(
    [[0.83, 0.17], [0.92, 0.08], [0.31, 0.69], [0.12, 0.88], [0.07, 0.93], [0.04, 0.96]]
)
exercise.case("two classes, one wrong label", two, np.array([0, 0, 1, 1, 0, 1]))
# The classes are held to different standards: .9 and .4.
uneven = np.array(
    [[0.96, 0.04], [0.84, 0.16], [0.57, 0.43], [0.7, 0.3], [0.52, 0.48], [0.93, 0.07]]
)
exercise.case("a class of little self-confidence", uneven, np.array([0, 0, 1, 1, 1, 0]))
# Classes 1 and 2 are reached by the first example and by the fourth, and 0 by neither.
several = np.array(
    [
        [0.4, 0.335, 0.265],
        [0.91, 0.06, 0.03],
        [0.81, 0.02, 0.17],
        [0.28, 0.335, 0.385],
        [0.3, 0.6, 0.1],
        [0.86, 0.04, 0.1],
        [0.4, 0.1, 0.5],
        [0.9, 0.08, 0.02],
    ]
)
exercise.case(
    "an example that reaches two classes", several, np.array([0, 0, 0, 0, 1, 1, 2, 2])
)
own = np.array([[0.45, 0.55], [0.4, 0.6], [0.6, 0.4], [0.4, 0.6]])
exercise.case(
    "examples that reach their own class and a likelier one",
    own,
    np.array([0, 0, 1, 1]),
)
none = np.array([[0.97, 0.03], [0.06, 0.94], [0.48, 0.52], [0.55, 0.45], [0.1, 0.9]])
exercise.case("examples that reach no class", none, np.array([0, 1, 0, 1, 1]))
exercise.case("40 examples of 4 classes", *problem(13, 40, 4))
lone = np.array(
    [[0.71, 0.2, 0.09], [0.66, 0.24, 0.1], [0.15, 0.35, 0.5], [0.2, 0.6, 0.2]]
)
exercise.case("a class with a single example", lone, np.array([0, 0, 2, 1]))
absent = np.array(
    [[0.5, 0.3, 0.2], [0.9, 0.06, 0.04], [0.2, 0.45, 0.35], [0.1, 0.6, 0.3]]
)
exercise.case("a class that no label names", absent, np.array([0, 0, 1, 1]))
without_0 = np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [1, 0, 0], [0.1, 0.2, 0.7]])
exercise.case("a first class that no label names", without_0, np.array([1, 1, 2, 2]))
tied = np.array(
    [[0.1, 0.45, 0.45], [0.45, 0.45, 0.1], [0.5, 0.1, 0.4], [0.3, 0.4, 0.3]]
)
exercise.case(
    "two classes that are reached and equally probable",
    *(tied[[0, 1, 2, 3, 3]], np.array([2, 1, 0, 1, 2])),
)
exercise.case(
    "certain predictions, as integers",
    np.eye(3, dtype=int)[[2, 0, 1, 1]],
    np.array([2, 0, 1, 0]),
)
exercise.case(
    "half of a label's examples are seen as a class that no label names, as integers",
    *(np.eye(3, dtype=int)[[0, 1, 2, 2]], np.array([1, 1, 2, 2])),
)
exercise.case(
    "a class that asks for 0, and an example that gives it 0",
    *(np.eye(3)[[0, 1, 1, 1]], np.array([1, 1, 2, 2])),
    noted=Note(
        "an example to which a class gives 0",
        "Ours counts no example for a class that gives it 0, though the class asks for no more.",
    ),
)
many, names = problem(14, 120, 23, sharp=5.0)
exercise.case("23 classes, labels of uint8", many, names.astype(np.uint8))
exercise.case("float32", many[:90].astype(np.float32), names[:90])
add_whole_numbers(
    exercise,
    np.eye(3, dtype=int)[[2, 0, 1, 1, 0]],
    np.array([2, 0, 1, 0, 1]),
    signed=False,
)
exercise.case(
    "labels as booleans", two, np.array([0, 0, 1, 1, 0, 1]) > 0, noted=BOOLEAN
)


def thresholds_of(p, labels):
    return np.array(
        [
            p[labels == k, k].mean() if (labels == k).any() else np.inf
            for k in range(p.shape[1])
        ]
    )


def count(labels, claimed, classes):
    """The joint, where `claimed` is a class of each example, or -1."""
    joint = np.zeros((classes, classes), dtype=int)
    for label, best in zip(labels.tolist(), claimed.tolist(), strict=True):
        if best >= 0:
            joint[label, best] += 1
    return joint


def claimed_at(p, thresholds):
    """The most probable class that reaches its threshold, or -1."""
    reached = p >= thresholds * (1 - 1e-12)
    return np.where(reached.any(axis=1), np.where(reached, p, -1).argmax(axis=1), -1)


@exercise.bug
def rows_and_columns_swapped(probabilities, labels):
    """Rows are the classes that the model sees and columns the labels; it should be the other
    way round. Add to `joint[label, claimed]`."""
    # "Rows are the classes that the model sees and columns the labels":
    #     np.array_equal(got.sum(axis=1), want.sum(axis=0))
    # "Add to `joint[label, claimed]`": joint[claimed, label] → joint[label, claimed]
    joint = np.zeros((probabilities.shape[1],) * 2, dtype=int)
    seen = claimed_at(probabilities, thresholds_of(probabilities, labels))
    for label, claimed in zip(labels[seen >= 0], seen[seen >= 0], strict=True):
        joint[claimed, label] += 1
    return joint


@exercise.bug
def no_thresholds(probabilities, labels):
    """Every example is counted for its most probable class: that is a confusion matrix. Count
    an example only where a class reaches its own average self-confidence."""
    # "Every example is counted for its most probable class: that is a confusion matrix":
    #     got.sum() == len(labels) and np.array_equal(got.sum(axis=0),
    #     np.bincount(probabilities.argmax(axis=1)))
    # "Count an example only where a class reaches its own average self-confidence":
    #     probabilities.argmax(axis=1) → claimed_at(probabilities, thresholds_of(probabilities,
    #     labels))
    return count(labels, probabilities.argmax(axis=1), probabilities.shape[1])


@exercise.bug
def argmax_before_the_thresholds(probabilities, labels):
    """The argmax is taken over all classes, and only then compared with its threshold, so
    examples are lost that another class claims. Take it among the classes that are reached."""
    # "The argmax is taken over all classes, and only then compared with its threshold, so
    #     examples are lost that another class claims": got.sum() < want.sum()
    # "Take it among the classes that are reached": np.where(reached, best, -1) → claimed_at(p,
    #     thresholds_of(p, labels))
    p = probabilities
    best = p.argmax(axis=1)
    reached = p.max(axis=1) >= thresholds_of(p, labels)[best] * (1 - 1e-12)
    return count(labels, np.where(reached, best, -1), p.shape[1])


@exercise.bug
def argmax_of_all_classes(probabilities, labels):
    """Where several classes are reached, the most probable of all classes is counted, even if
    it is not reached itself (cleanlab does this). Take the argmax among those reached."""
    # "Where several classes are reached, the most probable of all classes is counted, even if
    #     it is not reached itself": (probabilities.argmax(axis=1) != claimed_at(probabilities,
    #     thresholds_of(probabilities, labels))).any() and got.sum() == want.sum() and (got !=
    #     want).any()
    # "Take the argmax among those reached": p.argmax(axis=1), → np.where(p >= t, p,
    #     -1).argmax(axis=1),
    p = probabilities
    t = thresholds_of(p, labels) * (1 - 1e-12)
    several = (p >= t).sum(axis=1) > 1
    return count(
        labels, np.where(several, p.argmax(axis=1), claimed_at(p, t)), p.shape[1]
    )


@exercise.bug
def first_class_reached(probabilities, labels):
    """Where several classes are reached, the first of them is counted. Take the most probable
    of them."""
    # "Where several classes are reached, the first of them is counted": np.array_equal(got,
    #     count(labels, np.where((r := probabilities >= thresholds_of(probabilities, labels) -
    #     1e-12).any(axis=1), r.argmax(axis=1), -1), 3))
    # "Take the most probable of them": reached.argmax(axis=1) → np.where(reached,
    #     probabilities, -1).argmax(axis=1)
    reached = probabilities >= thresholds_of(probabilities, labels) * (1 - 1e-12)
    first = np.where(reached.any(axis=1), reached.argmax(axis=1), -1)
    return count(labels, first, probabilities.shape[1])


@exercise.bug
def own_class_first(probabilities, labels):
    """An example that reaches the class of its label is counted as right, though it reaches a more
    probable one too. Take the most probable of them, whatever the label."""
    # "An example that reaches the class of its label is counted as right, though it reaches a
    #     more probable one too": got.trace() > want.trace() and got.sum() == want.sum()
    # "Take the most probable of them, whatever the label": np.where(reached, labels,
    #     claimed_at(probabilities, t)) → claimed_at(probabilities, t)
    t = thresholds_of(probabilities, labels)
    own = np.arange(len(labels)), labels.astype(int)
    reached = probabilities[own] >= t[own[1]] * (1 - 1e-12)
    claimed = np.where(reached, labels, claimed_at(probabilities, t))
    return count(labels, claimed, probabilities.shape[1])


@exercise.bug
def every_class_reached(probabilities, labels):
    """An example is counted once for each class that it reaches. Count it once, for the most
    probable of them."""
    # "An example is counted once for each class that it reaches": got.sum() == (probabilities
    #     >= thresholds_of(probabilities, labels) - 1e-12).sum()
    # "Count it once, for the most probable of them": reached = probabilities >=
    #     thresholds_of(probabilities, labels) * (1 - 1e-12) → reached =
    #     np.arange(probabilities.shape[1]) == claimed_at(probabilities,
    #     thresholds_of(probabilities, labels))[:, None]
    reached = probabilities >= thresholds_of(probabilities, labels) * (1 - 1e-12)
    return np.array([reached[labels == k].sum(axis=0) for k in range(reached.shape[1])])


@exercise.bug(own=(False, True))
def not_the_first_of_equals(probabilities, labels, own=False):
    """Of classes that are reached and equally probable, the last counts, or the one that the label
    names. Take the first, as `argmax` does."""
    # "Of classes that are reached and equally probable, the last counts": np.array_equal(got[2],
    #     want[2][[0, 2, 1]])
    # "Take the first, as `argmax` does": last - reached[:, ::-1].argmax → reached.argmax; if own
    #     → if False
    p, last = probabilities, probabilities.shape[1] - 1
    reached = np.where(p >= thresholds_of(p, labels) * (1 - 1e-12), p, -1)
    best = last - reached[:, ::-1].argmax(axis=1)
    if own:
        mine = reached[np.arange(len(p)), labels] == reached.max(axis=1)
        best = np.where(mine, labels, reached.argmax(axis=1))
    claimed = np.where(reached.max(axis=1) >= 0, best, -1)
    return count(labels, claimed, p.shape[1])


@exercise.bug(at_0=(True, False))
def furthest_above_its_threshold(probabilities, labels, at_0=True):
    """Where several classes are reached, the one furthest above its threshold is counted. Take
    the most probable of them."""
    # "Where several classes are reached, the one furthest above its threshold is counted":
    #     np.array_equal(got.sum(axis=0), np.bincount((probabilities - thresholds_of(probabilities,
    #     labels)).argmax(axis=1)[(probabilities >= thresholds_of(probabilities, labels) -
    #     1e-12).any(axis=1)], minlength=4))
    # "Take the most probable of them": np.where(reached, above, -np.inf) → np.where(reached,
    #     probabilities, -np.inf)
    t = thresholds_of(probabilities, labels)
    above = probabilities - t
    reached = (above >= -1e-12) & (at_0 | (probabilities > 0))
    best = np.where(reached, above, -np.inf).argmax(axis=1)
    best = np.where(reached.any(axis=1), best, -1)
    return count(labels, best, probabilities.shape[1])


@exercise.bug(of=("labels", "predictions"))
def one_threshold_for_all(probabilities, labels, of="labels"):
    """One threshold, a mean over all examples, is used for every class. Each class has its own:
    its mean probability over the examples that carry its label."""
    # "One threshold, a mean over all examples, is used for every class": np.array_equal(got,
    #     count(labels, claimed_at(probabilities, np.full(2, probabilities[np.arange(len(labels)),
    #     labels].mean())), 2))
    # "Each class has its own: its mean probability over the examples that carry its label":
    #     np.full(probabilities.shape[1], own.mean()) → np.array([probabilities[labels == k,
    #     k].mean() if k in labels else np.inf for k in range(probabilities.shape[1])])
    own = probabilities[np.arange(len(labels)), labels]
    own = own if of == "labels" else probabilities.max(axis=1)
    t = np.full(probabilities.shape[1], own.mean())
    return count(labels, claimed_at(probabilities, t), probabilities.shape[1])


@exercise.bug
def mean_over_all_examples(probabilities, labels):
    """The threshold of a class is the mean of its column over all examples. Average it over
    the examples that carry its label only."""
    # "The threshold of a class is the mean of its column over all examples":
    #     np.array_equal(got, count(labels, claimed_at(probabilities, probabilities.mean(axis=0)),
    #     2))
    # "Average it over the examples that carry its label only": probabilities.mean(axis=0) →
    #     np.array([probabilities[labels == k, k].mean() if k in labels else np.inf for k in
    #     range(probabilities.shape[1])])
    t = probabilities.mean(axis=0)
    return count(labels, claimed_at(probabilities, t), probabilities.shape[1])


@exercise.bug
def mean_over_predicted_examples(probabilities, labels):
    """The threshold of a class is averaged over the examples that the model predicts as it.
    Average over the examples that carry its label."""
    # "The threshold of a class is averaged over the examples that the model predicts as it":
    #     np.array_equal(got, count(labels, claimed_at(probabilities,
    #     np.array([probabilities[probabilities.argmax(axis=1) == k, k].mean() for k in range(2)])),
    #     2))
    # "Average over the examples that carry its label": thresholds_of(probabilities,
    #     probabilities.argmax(axis=1)) → np.array([probabilities[labels == k, k].mean() if k in
    #     labels else np.inf for k in range(probabilities.shape[1])])
    t = thresholds_of(probabilities, probabilities.argmax(axis=1))
    return count(labels, claimed_at(probabilities, t), probabilities.shape[1])


@exercise.bug
def mean_of_the_largest(probabilities, labels):
    """The threshold of a class is the mean of the largest probabilities of the examples that carry
    its label. Take the probability of the class itself, whichever is the largest."""
    # "The threshold of a class is the mean of the largest probabilities of the examples that carry
    #     its label": np.array_equal(got, count(labels, claimed_at(probabilities,
    #     np.array([probabilities[labels == k].max(axis=1).mean() for k in range(2)])), 2))
    # "Take the probability of the class itself, whichever is the largest": largest, labels →
    #     probabilities, labels
    largest = np.repeat(probabilities.max(axis=1)[:, None], probabilities.shape[1], 1)
    t = thresholds_of(largest, labels)
    return count(labels, claimed_at(probabilities, t), probabilities.shape[1])


@exercise.bug
def median_for_mean(probabilities, labels):
    """The threshold of a class is the median of its probability over the examples that carry its
    label. Take the mean."""
    # "The threshold of a class is the median of its probability over the examples that carry its
    #     label": np.array_equal(got, count(labels, claimed_at(probabilities,
    #     np.array([np.median(probabilities[labels == k, k]) for k in range(4)])), 4))
    # "Take the mean": np.median(p[labels == k, k]) → np.mean(p[labels == k, k])
    p, classes = probabilities, probabilities.shape[1]
    named = [(labels == k).any() for k in range(classes)]
    t = [np.median(p[labels == k, k]) if named[k] else np.inf for k in range(classes)]
    return count(labels, claimed_at(p, np.array(t)), classes)


@exercise.bug
def sum_over_all_examples(probabilities, labels):
    """The sum over the examples that carry a label is divided by the number of all examples, so
    each threshold is too low. Divide by the number of those that carry the label."""
    # "The sum over the examples that carry a label is divided by the number of all examples, so
    #     each threshold is too low": np.array_equal(got, count(labels, claimed_at(probabilities,
    #     thresholds_of(probabilities, labels) * np.bincount(labels) / len(labels)), 2))
    # "Divide by the number of those that carry the label": * share → * 1
    classes = probabilities.shape[1]
    share = np.array([(labels == k).mean() or 1 for k in range(classes)])
    t = thresholds_of(probabilities, labels) * share
    return count(labels, claimed_at(probabilities, t), classes)


@exercise.bug
def thresholds_cut_to_integers(probabilities, labels):
    """The thresholds are written into an array of the probabilities' type, and for integers a
    threshold below 1 becomes 0. Make it an array of floats."""
    # "for integers a threshold below 1 becomes 0": probabilities.dtype.kind == "i" and
    #     thresholds_of(probabilities, labels)[1] == 0.5 and got[1, 1] == want[1, 1] + 1
    # "Make it an array of floats": dtype=probabilities.dtype → dtype=float
    t = thresholds_of(probabilities, labels)
    named = np.isfinite(t)
    cut = np.zeros(len(t), dtype=probabilities.dtype)
    cut[named] = t[named]
    claimed = claimed_at(probabilities, np.where(named, cut, np.inf))
    return count(labels, claimed, len(t))


@exercise.bug
def half_for_a_threshold(probabilities, labels):
    """The threshold is one half for every class. Use each class's mean self-confidence, so
    that a class of which the model is never sure can be reached too."""
    # "The threshold is one half for every class": got.sum() == (probabilities >=
    #     0.5).any(axis=1).sum()
    # "Use each class's mean self-confidence": np.full(probabilities.shape[1], 0.5) →
    #     np.array([probabilities[labels == k, k].mean() if k in labels else np.inf for k in
    #     range(probabilities.shape[1])])
    t = np.full(probabilities.shape[1], 0.5)
    return count(labels, claimed_at(probabilities, t), probabilities.shape[1])


@exercise.bug
def unclaimed_counted_as_class_0(probabilities, labels):
    """An example that reaches no class is counted for class 0, which is what argmax says of a
    row without a winner. Leave such examples out."""
    # "An example that reaches no class is counted for class 0": got[:, 0].sum() > want[:,
    #     0].sum() and np.array_equal(got[:, 1:], want[:, 1:])
    # "Leave such examples out": np.maximum(claimed, 0) → np.where(claimed < 0, -1, claimed)
    # "which is what argmax says of a row without a winner": np.zeros(3).argmax() == 0 and (got
    #     != want).any()
    claimed = claimed_at(probabilities, thresholds_of(probabilities, labels))
    return count(labels, np.maximum(claimed, 0), probabilities.shape[1])


@exercise.bug
def unclaimed_counted_as_its_label(probabilities, labels):
    """An example that reaches no class is counted as correctly labelled. Leave it out: nobody
    is confident of it."""
    # "An example that reaches no class is counted as correctly labelled": got.trace() >
    #     want.trace() and got.sum() == len(labels)
    # "Leave it out": np.where(claimed < 0, labels, claimed) → np.where(claimed < 0, -1,
    #     claimed)
    claimed = claimed_at(probabilities, thresholds_of(probabilities, labels))
    return count(labels, np.where(claimed < 0, labels, claimed), probabilities.shape[1])


@exercise.bug
def strictly_above(probabilities, labels):
    """A class must be above its threshold, so a class with a single example cannot even reach
    itself. Compare with >=."""
    # "A class must be above its threshold, so a class with a single example cannot even reach
    #     itself": got[2, 2] == 0 and list(labels).count(2) == 1
    # "Compare with >=": > thresholds_of(p, labels) * (1 + 1e-12) → >= thresholds_of(p, labels)
    #     * (1 - 1e-12)
    p = probabilities
    above = p > thresholds_of(p, labels) * (1 + 1e-12)
    best = np.where(above.any(axis=1), np.where(above, p, -1).argmax(axis=1), -1)
    return count(labels, best, p.shape[1])


@exercise.bug(every=(True, False))
def absent_class_reached_by_all(probabilities, labels, every=True):
    """A class that no label names gets the threshold 0, so every example reaches it. It has no
    self-confidence to compare with: no example may be counted for it."""
    # "A class that no label names gets the threshold 0, so every example reaches it": 2 not in
    #     labels and got[:, 2].any() and got.sum() == len(labels)
    # "It has no self-confidence to compare with: no example may be counted for it":
    #     np.where(known, t, 0) → np.where(known, t, np.inf)
    t = thresholds_of(probabilities, labels)
    known = np.isfinite(t)
    if not every:
        # Thresholds are a list up to the largest label, as of `np.bincount(labels)`.
        known |= np.arange(len(t)) > labels.max()
    t = np.where(known, t, 0)
    return count(labels, claimed_at(probabilities, t), probabilities.shape[1])


@exercise.bug
def absent_class_left_out(probabilities, labels):
    """A class that no label names has no row and no column. The result has one of each for
    every column of the probabilities."""
    # "A class that no label names has no row and no column": got.shape == (2, 2) and
    #     set(labels) == {0, 1}
    # "The result has one of each for every column of the probabilities": there =
    #     np.unique(labels) → there = np.arange(probabilities.shape[1])
    there = np.unique(labels)
    return confident_joint(probabilities, labels)[np.ix_(there, there)]


@exercise.bug
def classes_counted_from_the_labels(probabilities, labels):
    """There are as many classes as the largest label says, so a last class that no label names has
    no row and no column. Count the columns of the probabilities."""
    # "There are as many classes as the largest label says, so a last class that no label names has
    #     no row and no column": got.shape == (labels.max() + 1,) * 2 and got.shape != want.shape
    # "Count the columns of the probabilities": int(labels.max()) + 1 → probabilities.shape[1]
    classes = int(labels.max()) + 1
    return confident_joint(probabilities, labels)[:classes, :classes]


@exercise.bug
def diagonal_raised_to_1(probabilities, labels):
    """The diagonal is at least 1, as in cleanlab. These are plain counts: a class may have no
    example that confidently looks like it."""
    # "The diagonal is at least 1, as in cleanlab": got.diagonal().min() == 1
    # "These are plain counts: a class may have no example that confidently looks like it":
    #     np.maximum(joint.diagonal(), 1) → np.maximum(joint.diagonal(), 0)
    joint = confident_joint(probabilities, labels)
    np.fill_diagonal(joint, np.maximum(joint.diagonal(), 1))
    return joint


@exercise.bug(how=("all", "counted", "rows"))
def calibrated(probabilities, labels, how="all"):
    """The counts are divided or rescaled to the number of labels; that is the next step, the
    estimate of the joint distribution. Return the counts."""
    # "The counts are divided or rescaled to the number of labels": np.allclose(got *
    #     len(labels), want)
    joint = confident_joint(probabilities, labels).astype(float)
    if how == "all":
        return joint / len(labels)
    if how == "counted":
        return joint / joint.sum()
    rows = joint / np.maximum(joint.sum(axis=1, keepdims=True), 1)
    return rows * np.bincount(labels, minlength=len(joint))[:, None]
