"""Practice for question 12: one label for each item, from votes in parallel arrays."""

import numpy as np
from jaxtyping import Integer
from numpy import ndarray

from answers.grader.exercise import Exercise


def majority_vote(
    item: Integer[ndarray, " votes"],
    annotator: Integer[ndarray, " votes"],
    label: Integer[ndarray, " votes"],
    classes: int,
) -> Integer[ndarray, " items"]:
    """The label with the most votes for each item; on a tie the lowest of the tied labels.

    Vote v says that item[v] has label[v]; it is by annotator[v]. The votes are in no order,
    most annotators see few items, and one may vote on an item twice: both votes count.

    Args:
        item: 0 to items - 1; each has at least one vote.
        annotator: 0 to annotators - 1.
        label: 0 to classes - 1.
        classes: How many classes there are, voted or not.

    Returns:
        One label for each item, by the number of the item.

    Example:
        >>> item, annotator = np.array([1, 0, 1, 0]), np.array([0, 0, 1, 1])
        >>> majority_vote(item, annotator, np.array([2, 0, 2, 0]), classes=3)
        array([0, 2])
    """
    # uint8 would wrap around.
    item, label = item.astype(int), label.astype(int)
    cell = item * classes + label
    counts = np.bincount(cell, minlength=(item.max() + 1) * classes)
    return counts.reshape(-1, classes).argmax(axis=1)


exercise = Exercise(
    majority_vote,
    page="12-noisy-labels",
    hints=(
        "First count: a table with a row for each item and a column for each class. Which entry "
        "of it does one vote raise?",
        "A dense table of items by annotators is the wrong middle step: most of its cells would "
        "hold no vote, and a cell has no room for two.",
        "Number the cells of the table of counts row by row, and `np.bincount` counts all votes "
        "at once. `np.add.at` does too; `counts[item, label] += 1` does not.",
        "`argmax` takes the first of equal maxima. Which label is that?",
    ),
)


def votes(seed, items, annotators, classes, per_item):
    """Random votes: every item has one, and they stand in no order."""
    rng = np.random.default_rng(seed)
    item = np.concatenate([np.arange(items), rng.integers(0, items, items * per_item)])
    item = rng.permutation(item)
    shape = len(item)
    annotator, label = (rng.integers(0, n, shape) for n in (annotators, classes))
    # In a browser the integers of NumPy's functions have 32 bits, and random ones 64.
    return tuple(each.astype(int) for each in (item, annotator, label))


def column(*numbers):
    return np.array(numbers)


exercise.case(
    "one item",
    column(0, 0, 0),
    column(0, 1, 2),
    column(2, 1, 2),
    classes=3,
)
exercise.case(
    "two items, side by side",
    column(0, 0, 0, 1, 1, 1),
    column(0, 1, 2, 0, 1, 2),
    column(2, 2, 0, 1, 0, 1),
    classes=3,
)
exercise.case(
    "items in no order",
    column(2, 0, 1, 2, 0, 1, 0, 2, 1),
    column(0, 0, 0, 1, 1, 1, 2, 2, 2),
    column(1, 0, 2, 1, 0, 2, 1, 0, 2),
    classes=3,
)
exercise.case(
    "no strict majority",
    column(0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
    column(0, 1, 2, 3, 4, 0, 1, 2, 3, 4),
    column(2, 1, 2, 3, 0, 1, 3, 3, 0, 2),
    classes=4,
)
exercise.case(
    "a tie between 1 and 2",
    column(0, 0, 0, 0, 0),
    column(0, 1, 2, 3, 4),
    column(2, 1, 2, 1, 0),
    classes=3,
)
exercise.case(
    "one vote on each item",
    column(1, 2, 0),
    column(0, 1, 2),
    column(1, 2, 2),
    classes=3,
)
exercise.case(
    "an annotator who votes twice",
    column(0, 0, 0, 1),
    column(0, 0, 1, 1),
    column(1, 1, 0, 0),
    classes=2,
)
exercise.case(
    "classes 0 and 2 without a vote",
    column(0, 0, 1, 1),
    column(0, 1, 0, 1),
    column(3, 3, 1, 1),
    classes=5,
)
exercise.case("40 items, 9 annotators", *votes(12, 40, 9, 3, 4), classes=3)
exercise.case("many votes on few items", *votes(13, 5, 3, 4, 60), classes=4)
exercise.case(
    "small integers",
    *(each.astype(np.uint8) for each in votes(14, 97, 11, 6, 3)),
    classes=6,
)
exercise.case(
    "small integers with a sign",
    *(each.astype(np.int8) for each in votes(14, 97, 11, 6, 3)),
    classes=6,
)
exercise.case(
    "300 votes on one item",
    *(np.zeros(300, int), np.arange(300), (np.arange(300) > 39) + 0),
    classes=2,
)


def counts_of(item, label, classes):
    counts = np.zeros((int(item.max()) + 1, classes), dtype=int)
    np.add.at(counts, (item, label), 1)
    return counts


def dense(item, annotator, label, fill):
    """Items by annotators: the last vote of each, or `fill`."""
    table = np.full((int(item.max()) + 1, int(annotator.max()) + 1), fill)
    table[item, annotator] = label
    return table


@exercise.bug
def no_majority_gives_0(item, annotator, label, classes):
    """Where no label has more than half of the votes, 0 is returned, though 0 may have the
    fewest. Return the label with the most votes, even if they are not half."""
    # "Where no label has more than half of the votes, 0 is returned, though 0 may have the
    #     fewest": (got == 0).any() and 2 * counts_of(item, label, classes)[got != want].max() <=
    #     counts_of(item, label, classes)[got != want].sum()
    # "Return the label with the most votes, even if they are not half": np.where(strict,
    #     counts.argmax(axis=1), 0) → counts.argmax(axis=1)
    counts = counts_of(item, label, classes)
    strict = 2 * counts.max(axis=1) > counts.sum(axis=1)
    return np.where(strict, counts.argmax(axis=1), 0)


@exercise.bug
def tie_gives_0(item, annotator, label, classes):
    """A tie gives 0, even if 0 is not among the tied labels. Give the lowest of those that have
    the most votes: `argmax` of the counts does."""
    # "A tie gives 0, even if 0 is not among the tied labels": got[0] == 0 and counts_of(item,
    #     label, classes)[0].tolist() == [1, 2, 2]
    # "Give the lowest of those that have the most votes: `argmax` of the counts does":
    #     np.where(tied, 0, counts.argmax(axis=1)) → counts.argmax(axis=1)
    counts = counts_of(item, label, classes)
    tied = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) > 1
    return np.where(tied, 0, counts.argmax(axis=1))


@exercise.bug
def tie_gives_the_highest(item, annotator, label, classes):
    """A tie gives the highest of the tied labels. The lowest is asked for; compare with > and
    not with >=, or take `argmax`, which stops at the first."""
    # "A tie gives the highest of the tied labels": got[0] == 2 and counts_of(item, label,
    #     classes)[0].tolist() == [1, 2, 2]
    # "or take `argmax`, which stops at the first": classes - 1 - counts[:, ::-1].argmax(axis=1)
    #     → counts.argmax(axis=1)
    # "The lowest is asked for; compare with > and not with >=": want[0] == 1 and (lambda best:
    #     [best := i for i, n in enumerate([1, 2, 2]) if n > [1, 2, 2][best] or i == 0][-1])(0) == 1
    #     and got[0] == [i for i, n in enumerate([1, 2, 2]) if n >= max([1, 2, 2])][-1]
    counts = counts_of(item, label, classes)
    return classes - 1 - counts[:, ::-1].argmax(axis=1)


@exercise.bug
def tie_gives_the_first_voted(item, annotator, label, classes):
    """A tie gives the tied label that was voted first, which depends on the order of the votes.
    Give the lowest of the tied labels."""
    # "A tie gives the tied label that was voted first, which depends on the order of the
    #     votes": got[0] == label[0] and bug(item, annotator, label[::-1], classes)[0] != label[0]
    # "Give the lowest of the tied labels": mine.tolist() → sorted(mine.tolist())
    counts = counts_of(item, label, classes)
    best = []
    for i in range(len(counts)):
        mine = label[item == i]
        best.append(max(mine.tolist(), key=counts[i].__getitem__))
    return np.array(best)


@exercise.bug(fill=(0, -1))
def missing_votes_counted(item, annotator, label, classes, fill=0):
    """An annotator who did not vote on an item is counted as a vote for class 0, or for the
    last one if the gap was filled with -1. Count only votes that were given."""
    # "An annotator who did not vote on an item is counted as a vote for class 0": (got ==
    #     0).all() and 0 not in label
    # "Count only votes that were given": counts_of(np.broadcast_to(which, table.shape), table,
    #     classes) → counts_of(item, label, classes)
    # "or for the last one if the gap was filled with -1": (bug(np.array([0]), np.array([3]),
    #     np.array([0]), 3, fill=-1) == 3 - 1).all() and (got != want).any()
    table = dense(item, annotator, label.astype(int), fill) % classes
    which = np.arange(len(table))[:, None]
    return counts_of(np.broadcast_to(which, table.shape), table, classes).argmax(axis=1)


@exercise.bug
def second_vote_overwrites(item, annotator, label, classes):
    """In a table of items by annotators, the second vote of an annotator on an item overwrites
    the first. Both count: add up votes, do not store them by annotator."""
    # "In a table of items by annotators, the second vote of an annotator on an item overwrites
    #     the first": got[0] == 0 and counts_of(item, label, classes)[0].tolist() == [1, 2]
    # "Both count: add up votes, do not store them by annotator": i, table[i, a] → item, label
    table = dense(item, annotator, label.astype(int), -1)
    i, a = np.nonzero(table >= 0)
    return counts_of(i, table[i, a], classes).argmax(axis=1)


@exercise.bug(of=(3, 2))
def one_vote_for_each_annotator(item, annotator, label, classes, of=3):
    """Of an annotator's votes on an item one is left out: a second one, or a second one for the
    same label. Both count: add up all votes."""
    # "Of an annotator's votes on an item one is left out": got[0] == 0 and counts_of(item,
    #     label, classes)[0].tolist() == [1, 2]
    # "Both count: add up all votes": item[first], label[first] → item, label
    votes = np.stack([item, annotator, label][:of])
    first = np.unique(votes, axis=1, return_index=True)[1]
    return counts_of(item[first], label[first], classes).argmax(axis=1)


@exercise.bug
def indexed_assignment_adds_once(item, annotator, label, classes):
    """A pair of item and label counts once, however often it occurs: so it is with
    `counts[item, label] += 1`, and with a product of bools. Use `np.add.at` or `np.bincount`."""
    # "A pair of item and label counts once, however often it occurs": got[0] == 1 and
    #     counts_of(item, label, classes)[0].tolist() == [0, 1, 2]
    # "and with a product of bools": np.array_equal(got, ((np.arange(len(want))[:, None] == item)
    #     @ (label[:, None] == np.arange(classes))).argmax(axis=1))
    # "Use `np.add.at`": counts[item, label] += 1 → np.add.at(counts, (item, label), 1)
    # "or `np.bincount`": counts[item, label] += 1 → counts = np.bincount(item.astype(int) *
    #     classes + label, minlength=counts.size).reshape(counts.shape)
    counts = np.zeros((int(item.max()) + 1, classes))
    counts[item, label] += 1
    return counts.argmax(axis=1)


@exercise.bug
def last_class_left_out(item, annotator, label, classes):
    """The last class is never chosen, as with `range(classes - 1)`. Go through all of them:
    `range(classes)`."""
    # "The last class is never chosen, as with `range(classes - 1)`": not (got == classes -
    #     1).any() and (want == classes - 1).any() and len(range(classes - 1)) == classes - 1
    # "Go through all of them: `range(classes)`": range(classes - 1) → range(classes)
    counts = counts_of(item, label, classes)
    return np.array([max(range(classes - 1), key=row.__getitem__) for row in counts])


@exercise.bug
def largest_count_kept(item, annotator, label, classes):
    """The largest count of one item is kept for the next, and an item with fewer votes gets 0. Set
    it back for each item."""
    # "an item with fewer votes gets 0": (got[got != want] == 0).all() and (got != want).any()
    # "Set it back for each item": best = 0 → best = most = 0
    result, most = [], 0
    for row in counts_of(item, label, classes):
        best = 0
        for y, count in enumerate(row):
            if count > most:
                best, most = y, count
        result.append(best)
    return np.array(result)


@exercise.bug
def number_among_the_voted_classes(item, annotator, label, classes):
    """The result numbers the classes that were voted, not all classes: after `np.unique` the
    positions must be turned back into labels. Count into `classes` columns instead."""
    # "The result numbers the classes that were voted, not all classes": got[0] == 1 ==
    #     np.unique(label).tolist().index(2)
    # "Count into `classes` columns instead": counts_of(item, position, len(present)) →
    #     counts_of(item, label, classes)
    # "after `np.unique` the positions must be turned back into labels": counts_of(item,
    #     position, len(present)).argmax(axis=1) → np.unique(label)[counts_of(item, position,
    #     len(present)).argmax(axis=1)]
    present, position = np.unique(label, return_inverse=True)
    return counts_of(item, position, len(present)).argmax(axis=1)


@exercise.bug(average=(np.mean, np.median))
def labels_averaged(item, annotator, label, classes, average=np.mean):
    """The labels are averaged as if they were quantities: half 0 and half 2 gives 1, which
    nobody said. Classes have no order; count them."""
    # "half 0 and half 2 gives 1, which nobody said": bug(np.array([0, 0]), np.array([0, 1]),
    #     np.array([0, 2]), 3)[0] == 1
    # "Classes have no order; count them": round(float(average(label[item == i]))) →
    #     np.bincount(label[item == i], minlength=classes).argmax()
    items = range(int(item.max()) + 1)
    return np.array([round(float(average(label[item == i]))) for i in items])


@exercise.bug
def items_in_the_order_of_votes(item, annotator, label, classes):
    """The labels come in the order in which items are first voted on. Entry i belongs to item
    i."""
    # "The labels come in the order in which items are first voted on": np.array_equal(got,
    #     want[list(dict.fromkeys(item.tolist()))])
    # "Entry i belongs to item i": best[list(dict.fromkeys(item.tolist()))] → best
    best = counts_of(item, label, classes).argmax(axis=1)
    return best[list(dict.fromkeys(item.tolist()))]


@exercise.bug(overwritten=(False, True))
def sorted_items_assumed(item, annotator, label, classes, overwritten=False):
    """The votes are cut where the item changes, as if those on an item stood side by side. They
    are in no order: count by item number, or sort first."""
    # "The votes are cut where the item changes, as if those on an item stood side by side":
    #     len(got) == 1 + (np.diff(item) != 0).sum() > len(want)
    # "or sort first": np.arange(len(item)) → np.argsort(item, kind='stable')
    order = np.arange(len(item))
    item, label = item[order].astype(int), label[order]
    starts = np.append(0, np.flatnonzero(np.diff(item)) + 1)
    runs = [np.bincount(run, minlength=classes) for run in np.split(label, starts[1:])]
    if not overwritten:
        return np.array([run.argmax() for run in runs])
    best = np.zeros(item.max() + 1, int)
    best[item[starts]] = [run.argmax() for run in runs]  # of each item the last run
    return best


@exercise.bug
def one_label_for_all(item, annotator, label, classes):
    """All items get the label that is most frequent over all votes. Count the votes of each
    item by themselves."""
    # "All items get the label that is most frequent over all votes": (got ==
    #     np.bincount(label).argmax()).all()
    # "Count the votes of each item by themselves": np.full(len(counts),
    #     counts.sum(axis=0).argmax()) → counts.argmax(axis=1)
    counts = counts_of(item, label, classes)
    return np.full(len(counts), counts.sum(axis=0).argmax())
