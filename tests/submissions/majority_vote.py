"""Right and wrong ways to write majority_vote."""

from collections import Counter, defaultdict
from itertools import groupby

import numpy as np


def counters(item, annotator, label, classes):
    votes = defaultdict(Counter)
    for i, y in zip(item.tolist(), label.tolist(), strict=True):
        votes[i][y] += 1
    return np.array([max(sorted(votes[i]), key=votes[i].__getitem__) for i in range(len(votes))])


def add_at(item, annotator, label, classes):
    counts = np.zeros((item.max() + 1, classes))
    np.add.at(counts, (item, label), 1)
    return np.argmax(counts, axis=1)


def one_hot_product(item, annotator, label, classes):
    of_item = np.arange(item.max() + 1)[:, None] == item
    of_class = label[:, None] == np.arange(classes)
    return (of_item.astype(int) @ of_class.astype(int)).argmax(1)


def sorted_runs(item, annotator, label, classes):
    order = np.argsort(item, kind="stable")
    starts = np.unique(item[order], return_index=True)[1][1:]
    groups = np.split(label[order], starts)
    return np.array([np.bincount(group, minlength=classes).argmax() for group in groups])


def pytorch(item, annotator, label, classes):
    import torch

    index = torch.from_numpy(item.astype(np.int64) * classes + label.astype(np.int64))
    counts = torch.bincount(index, minlength=(int(item.max()) + 1) * classes)
    return counts.reshape(-1, classes).numpy().argmax(axis=1)


def floats(item, annotator, label, classes):
    return add_at(item, annotator, label, classes).astype(float)


def counter_most_common(item, annotator, label, classes):
    votes = defaultdict(list)
    for i, y in zip(item.tolist(), label.tolist(), strict=True):
        votes[i].append(y)
    return np.array([Counter(votes[i]).most_common(1)[0][0] for i in range(len(votes))])


def dictionary_in_order_of_votes(item, annotator, label, classes):
    votes = defaultdict(list)
    for i, y in zip(item.tolist(), label.tolist(), strict=True):
        votes[i].append(y)
    return np.array([np.bincount(v, minlength=classes).argmax() for v in votes.values()])


def matrix_of_zeros(item, annotator, label, classes):
    table = np.zeros((item.max() + 1, annotator.max() + 1), dtype=int)
    table[item, annotator] = label
    return np.array([np.bincount(row, minlength=classes).argmax() for row in table])


def at_least(item, annotator, label, classes):
    result = []
    for i in range(item.max() + 1):
        best, most = 0, 0
        for y in range(classes):
            votes = np.sum(label[item == i] == y)
            if votes >= most:
                best, most = y, votes
        result.append(best)
    return np.array(result)


def more_than_half(item, annotator, label, classes):
    result = []
    for i in range(item.max() + 1):
        mine = label[item == i]
        winner = [y for y in range(classes) if (mine == y).sum() > len(mine) / 2]
        result.append(winner[0] if winner else 0)
    return np.array(result)


def rounded_mean(item, annotator, label, classes):
    total = np.bincount(item, weights=label)
    return np.round(total / np.bincount(item)).astype(int)


def plus_equals(item, annotator, label, classes):
    counts = np.zeros((item.max() + 1, classes), dtype=int)
    counts[item, label] += 1
    return counts.argmax(axis=1)


def least_voted(item, annotator, label, classes):
    counts = np.zeros((item.max() + 1, classes), dtype=int)
    np.add.at(counts, (item, label), 1)
    return counts.argmin(axis=1)


def counts_themselves(item, annotator, label, classes):
    counts = np.zeros((item.max() + 1, classes), dtype=int)
    np.add.at(counts, (item, label), 1)
    return counts.max(axis=1)


def by_annotator(item, annotator, label, classes):
    counts = np.zeros((annotator.max() + 1, classes), dtype=int)
    np.add.at(counts, (annotator, label), 1)
    return counts.argmax(axis=1)


def a_list(item, annotator, label, classes):
    counts = np.zeros((item.max() + 1, classes), dtype=int)
    np.add.at(counts, (item, label), 1)
    return counts.argmax(axis=1).tolist()


def tie_by_chance(item, annotator, label, classes):
    rng = np.random.default_rng(0)
    counts = np.zeros((item.max() + 1, classes))
    np.add.at(counts, (item, label), 1)
    return (counts + rng.random(counts.shape) / 2).argmax(axis=1)


def last_vote_wins(item, annotator, label, classes):
    result = np.zeros(item.max() + 1, dtype=int)
    result[item] = label
    return result


def counted_in_bytes(item, annotator, label, classes):
    counts = np.zeros((int(item.max()) + 1, classes), np.uint8)
    np.add.at(counts, (item, label), 1)
    return counts.argmax(axis=1)


def a_set_of_votes(item, annotator, label, classes):
    votes = {*zip(item.tolist(), annotator.tolist(), label.tolist(), strict=True)}
    counts = np.zeros((int(item.max()) + 1, classes))
    for i, _, vote in votes:
        counts[i, vote] += 1
    return counts.argmax(axis=1)


def of_their_first_votes(item, annotator, label, classes):
    seen, counts = set(), np.zeros((int(item.max()) + 1, classes))
    for i, who, vote in zip(item.tolist(), annotator.tolist(), label.tolist(), strict=True):
        if (i, who) not in seen:
            seen.add((i, who))
            counts[i, vote] += 1
    return counts.argmax(axis=1)


def product_of_bools(item, annotator, label, classes):
    """True + True is True."""
    of_item = np.arange(item.max() + 1)[:, None] == item
    of_class = label[:, None] == np.arange(classes)
    return (of_item @ of_class).argmax(axis=1)


def grouped_without_a_sort(item, annotator, label, classes):
    result = np.zeros(int(item.max()) + 1, dtype=int)
    for i, group in groupby(range(len(item)), key=item.tolist().__getitem__):
        result[i] = np.bincount(label[[*group]], minlength=classes).argmax()
    return result


def up_to_the_last_class(item, annotator, label, classes):
    result = []
    for i in range(item.max() + 1):
        votes, best = label[item == i].tolist(), 0
        for y in range(1, classes - 1):
            if votes.count(y) > votes.count(best):
                best = y
        result.append(best)
    return np.array(result)


def most_votes_so_far(item, annotator, label, classes):
    """The number to beat is not set back."""
    result, most = [], 0
    for i in range(item.max() + 1):
        best = 0
        for y in range(classes):
            votes = np.count_nonzero((item == i) & (label == y))
            if votes > most:
                best, most = y, votes
        result.append(best)
    return np.array(result)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    counter_most_common: "tie_gives_the_first_voted",
    dictionary_in_order_of_votes: "items_in_the_order_of_votes",
    matrix_of_zeros: "missing_votes_counted",
    at_least: "tie_gives_the_highest",
    more_than_half: "no_majority_gives_0",
    rounded_mean: "labels_averaged",
    plus_equals: "indexed_assignment_adds_once",
    least_voted: "argmin_for_argmax",
    counts_themselves: "max_for_argmax",
    by_annotator: "arguments_exchanged",
    a_list: "a_result_of_another_kind",
    tie_by_chance: None,
    last_vote_wins: "rows_in_another_order_should_not_matter",
    counted_in_bytes: None,
    a_set_of_votes: "one_vote_for_each_annotator",
    of_their_first_votes: "one_vote_for_each_annotator",
    product_of_bools: "indexed_assignment_adds_once",
    grouped_without_a_sort: "sorted_items_assumed",
    up_to_the_last_class: "last_class_left_out",
    most_votes_so_far: "largest_count_kept",
}
