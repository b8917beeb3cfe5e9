"""Right and wrong ways to write dawid_skene."""

import numpy as np


def bincounts(item, annotator, label, classes, iterations):
    items, cells = item.max() + 1, (annotator.max() + 1) * classes
    cell = annotator * classes + label
    posterior = np.stack([np.bincount(item, label == k, items) for k in range(classes)])
    posterior = posterior / posterior.sum(axis=0)
    for step in range(iterations + 1):
        if step:
            with np.errstate(divide="ignore"):
                logs = np.log(prior)[:, None] + np.stack(
                    [np.bincount(item, row[cell], items) for row in np.log(confusion)]
                )
            posterior = np.exp(logs - logs.max(axis=0))
            posterior /= posterior.sum(axis=0)
        prior = posterior.mean(axis=1)
        counts = np.stack([np.bincount(cell, p[item], cells) for p in posterior])
        counts = counts.reshape(classes, -1, classes)
        totals = counts.sum(axis=2, keepdims=True)
        with np.errstate(invalid="ignore"):
            confusion = np.where(totals > 0, counts / totals, 1 / classes)
        confusion = confusion.reshape(classes, cells)
    return posterior.T, prior, confusion.reshape(classes, -1, classes).swapaxes(0, 1)


def dense_counts(item, annotator, label, classes, iterations):
    n = np.zeros((item.max() + 1, annotator.max() + 1, classes))
    np.add.at(n, (item, annotator, label), 1)
    posterior = n.sum(axis=1) / n.sum(axis=(1, 2))[:, None]

    def estimate(posterior):
        weighted = np.einsum("ik,ial->akl", posterior, n)
        sums = weighted.sum(axis=-1, keepdims=True)
        filled = np.where(sums == 0, 1.0, weighted)
        return posterior.mean(0), filled / filled.sum(axis=-1, keepdims=True)

    prior, confusion = estimate(posterior)
    for _ in range(iterations):
        with np.errstate(divide="ignore"):
            # 1e-300 is 0 for all purposes here, and its logarithm times 0 is 0
            logs = np.log(prior) + np.einsum(
                "ial,akl->ik", n, np.log(np.maximum(confusion, 1e-300))
            )
        logs -= logs.max(axis=1, keepdims=True)
        posterior = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
        prior, confusion = estimate(posterior)
    return posterior, prior, confusion


def loops(item, annotator, label, classes, iterations):
    votes = list(zip(item.tolist(), annotator.tolist(), label.tolist(), strict=True))
    items, annotators = item.max() + 1, annotator.max() + 1
    posterior = np.zeros((items, classes))
    for i, _, y in votes:
        posterior[i, y] += 1
    posterior /= posterior.sum(axis=1)[:, None]
    for step in range(iterations + 1):
        if step:
            logs = np.zeros((items, classes))
            for k in range(classes):
                logs[:, k] = np.log(prior[k]) if prior[k] else -np.inf
                for i, a, y in votes:
                    p = confusion[a, k, y]
                    logs[i, k] += np.log(p) if p else -np.inf
            for i in range(items):
                powers = np.exp(logs[i] - max(logs[i]))
                posterior[i] = powers / sum(powers)
        prior = posterior.sum(axis=0) / items
        confusion = np.zeros((annotators, classes, classes))
        for i, a, y in votes:
            confusion[a, :, y] += posterior[i]
        for a in range(annotators):
            for k in range(classes):
                total = confusion[a, k].sum()
                confusion[a, k] = confusion[a, k] / total if total else 1 / classes
    return posterior, prior, confusion


def of_this_guide(item, annotator, label, classes, iterations):
    from answers.labels.annotation import Votes, soft_labels, vote_counts
    from answers.labels.dawid_skene import dawid_skene, estimates

    votes = Votes(item, annotator, label, classes)
    if iterations:
        result = dawid_skene(votes, iterations, tolerance=0)
        return result.posterior, result.prior, result.confusion
    assert vote_counts(votes).sum() == len(votes)
    start = soft_labels(votes)
    cell = annotator * classes + label
    prior, confusion = estimates(votes, cell, start.T.copy(), np.zeros(1))
    shape = classes, votes.annotators, classes
    return start, prior, confusion.reshape(shape).swapaxes(0, 1)


def clipped_at_the_smallest_float(item, annotator, label, classes, iterations):
    tiny = np.finfo(float).tiny
    posterior = np.zeros((item.max() + 1, classes))
    np.add.at(posterior, (item, label), 1)
    posterior /= posterior.sum(axis=1, keepdims=True)
    for step in range(iterations + 1):
        if step:
            logs = np.tile(np.log(np.clip(prior, tiny, None)), (len(posterior), 1))
            chosen = confusion.transpose(0, 2, 1)[annotator, label]
            np.add.at(logs, item, np.log(np.clip(chosen, tiny, None)))
            logs -= np.logaddexp.reduce(logs, axis=1)[:, None]
            posterior = np.exp(logs)
        prior = np.mean(posterior, axis=0)
        confusion = np.zeros((annotator.max() + 1, classes, classes))
        for k in range(classes):
            np.add.at(confusion[:, k], (annotator, label), posterior[item, k])
        empty = confusion.sum(axis=2) == 0
        confusion[empty] = 1
        confusion /= confusion.sum(axis=2, keepdims=True)
    return posterior, prior, confusion


def with_products_of_probabilities(item, annotator, label, classes, iterations):
    """One item and one annotator after the other; numbers are scaled by the largest."""
    items, annotators = int(item.max()) + 1, int(annotator.max()) + 1
    posterior = np.zeros((items, classes))
    for i, y in zip(item, label, strict=True):
        posterior[i, y] += 1
    posterior /= posterior.sum(axis=1, keepdims=True)

    def estimate(posterior):
        confusion = np.zeros((annotators, classes, classes))
        for i, a, y in zip(item, annotator, label, strict=True):
            confusion[a, :, y] += posterior[i]
        for matrix in confusion:
            for k in range(classes):
                weight = matrix[k].sum()
                matrix[k] = matrix[k] / weight if weight > 0 else 1 / classes
        return posterior.mean(axis=0), confusion

    prior, confusion = estimate(posterior)
    for _ in range(iterations):
        found = np.tile(prior, (items, 1))
        for i, a, y in zip(item, annotator, label, strict=True):
            found[i] *= confusion[a, :, y]
            found[i] /= found[i].max()
        posterior = found / found.sum(axis=1, keepdims=True)
        prior, confusion = estimate(posterior)
    return posterior, prior, confusion


def _em(
    item,
    annotator,
    label,
    classes,
    iterations,
    prior_of=lambda posterior: posterior.mean(axis=0),
    log=np.log,
    use_prior=True,
    axis=2,
    harden=False,
    swap=False,
    normalise=True,
    start=None,
):
    """Plain EM with one knob for each mistake."""
    posterior = np.zeros((item.max() + 1, classes))
    np.add.at(posterior, (item, label), 1)
    posterior /= posterior.sum(axis=1, keepdims=True)
    posterior = posterior if start is None else start(posterior)
    for step in range(iterations + 1):
        if step:
            with np.errstate(all="ignore"):
                joint = np.tile(log(prior) * use_prior, (len(posterior), 1))
                seen = confusion.swapaxes(1, 2) if swap else confusion
                np.add.at(joint, item, log(seen[annotator, :, label]))
                posterior = np.exp(joint - joint.max(axis=1, keepdims=True))
                if normalise:
                    posterior /= posterior.sum(axis=1, keepdims=True)
            if harden:
                posterior = np.eye(classes)[posterior.argmax(axis=1)]
        prior = prior_of(posterior)
        confusion = np.zeros((annotator.max() + 1, classes, classes))
        np.add.at(confusion.swapaxes(1, 2), (annotator, label), posterior[item])
        totals = confusion.sum(axis=axis, keepdims=True)
        with np.errstate(all="ignore"):
            confusion = np.where(totals > 0, confusion / totals, 1 / classes)
    return posterior, prior, confusion


def without_prior(*votes, classes, iterations):
    return _em(*votes, classes, iterations, use_prior=0)


def uniform_prior(*votes, classes, iterations):
    return _em(*votes, classes, iterations, prior_of=lambda p: np.full(classes, 1 / classes))


def summed_prior(*votes, classes, iterations):
    return _em(*votes, classes, iterations, prior_of=lambda p: p.sum(axis=0))


def columns_normalised(*votes, classes, iterations):
    return _em(*votes, classes, iterations, axis=1)


def read_transposed(*votes, classes, iterations):
    return _em(*votes, classes, iterations, swap=True)


def hard_em(*votes, classes, iterations):
    return _em(*votes, classes, iterations, harden=True)


def majority_first(*votes, classes, iterations):
    return _em(*votes, classes, iterations, start=lambda p: np.eye(classes)[p.argmax(axis=1)])


def uniform_start(*votes, classes, iterations):
    return _em(*votes, classes, iterations, start=lambda p: np.full_like(p, 1 / classes))


def not_normalised(*votes, classes, iterations):
    return _em(*votes, classes, iterations, normalise=False)


def log_with_eps(*votes, classes, iterations):
    return _em(*votes, classes, iterations, log=lambda p: np.log(p + 1e-3))


def base_two_logarithm(*votes, classes, iterations):
    return _em(*votes, classes, iterations, log=np.log2)


def one_too_many(*votes, classes, iterations):
    return _em(*votes, classes, iterations + 1)


def transposed_result(*votes, classes, iterations):
    posterior, prior, confusion = _em(*votes, classes, iterations)
    return posterior, prior, confusion.transpose(0, 2, 1)


def counts_for_probabilities(*votes, classes, iterations):
    posterior, prior, confusion = _em(*votes, classes, iterations)
    sizes = np.bincount(votes[1])
    return posterior, prior, confusion * sizes[:, None, None]


def posterior_transposed(*votes, classes, iterations):
    posterior, prior, confusion = _em(*votes, classes, iterations)
    return posterior.T, prior, confusion


def labels_for_posterior(*votes, classes, iterations):
    posterior, prior, confusion = _em(*votes, classes, iterations)
    return posterior.argmax(axis=1), prior, confusion


def labels_that_were_voted(item, annotator, label, classes, iterations):
    return _em(item, annotator, label, int(label.max()) + 1, iterations)


def _em_of(item, annotator, label, classes, iterations, fill=None, e_step=None, pairs=0):
    """EM with what a row without weight becomes, or another posterior of the joint logarithms."""
    posterior = np.zeros((item.max() + 1, classes))
    np.add.at(posterior, (item, label), 1)
    posterior /= posterior.sum(axis=1, keepdims=True)
    for step in range(iterations + 1):
        if step:
            with np.errstate(all="ignore"):
                joint = np.tile(np.log(prior), (len(posterior), 1))
                np.add.at(joint, item, np.log(confusion[annotator, :, label]))
                posterior = e_step(joint) if e_step else np.exp(joint - joint.max(1)[:, None])
                posterior /= posterior.sum(axis=1, keepdims=True)
        prior = posterior.mean(axis=0)
        confusion = np.zeros((annotator.max() + 1, classes, classes))
        np.add.at(confusion.swapaxes(1, 2), (annotator, label), posterior[item])
        totals = confusion.sum(axis=2, keepdims=True)
        with np.errstate(all="ignore"):
            rows = 1 / classes if fill is None else fill(classes)
            confusion = np.where(totals > 0, confusion / totals, rows)
    return posterior, prior, confusion


def empty_rows_left_at_nan(*votes, classes, iterations):
    return _em_of(*votes, classes, iterations, fill=lambda classes: np.nan)


def empty_rows_left_at_zero(*votes, classes, iterations):
    return _em_of(*votes, classes, iterations, fill=lambda classes: 0.0)


def empty_rows_as_identity(*votes, classes, iterations):
    return _em_of(*votes, classes, iterations, fill=np.eye)


def empty_rows_as_a_coin(*votes, classes, iterations):
    return _em_of(*votes, classes, iterations, fill=lambda classes: 0.5)


def products_of_likelihoods(*votes, classes, iterations):
    return _em_of(*votes, classes, iterations, e_step=np.exp)


def at_least_one_iteration(*votes, classes, iterations):
    return _em(*votes, classes, max(iterations, 1))


def one_maximum_for_all_items(*votes, classes, iterations):
    return _em_of(*votes, classes, iterations, e_step=lambda joint: np.exp(joint - joint.max()))


def stopped_when_it_hardly_moves(*votes, classes, iterations):
    results = [_em(*votes, classes, 0)]
    while len(results) <= iterations:
        results.append(_em(*votes, classes, len(results)))
        if np.abs(results[-1][0] - results[-2][0]).max() < 0.05:
            break
    return results[-1]


def prior_of_the_first_estimate(item, annotator, label, classes, iterations):
    _, first, _ = _em(item, annotator, label, classes, 0)
    for step in range(iterations + 1):
        if step:
            with np.errstate(all="ignore"):
                joint = np.tile(np.log(first), (len(posterior), 1))
                np.add.at(joint, item, np.log(confusion[annotator, :, label]))
            posterior = np.exp(joint - joint.max(axis=1, keepdims=True))
            posterior /= posterior.sum(axis=1, keepdims=True)
        else:
            posterior, *_ = _em(item, annotator, label, classes, 0)
        confusion = np.zeros((annotator.max() + 1, classes, classes))
        np.add.at(confusion.swapaxes(1, 2), (annotator, label), posterior[item])
        totals = confusion.sum(axis=2, keepdims=True)
        with np.errstate(all="ignore"):
            confusion = np.where(totals > 0, confusion / totals, 1 / classes)
    return posterior, posterior.mean(axis=0), confusion


def annotators_counted_by_who_votes(item, annotator, label, classes, iterations):
    _, annotator = np.unique(annotator, return_inverse=True)
    return _em(item, annotator, label, classes, iterations)


def cells_in_their_own_integers(item, annotator, label, classes, iterations):
    cells = np.bincount(item * classes + label, minlength=(int(item.max()) + 1) * classes)
    start = cells.reshape(-1, classes)[: int(item.max()) + 1]
    with np.errstate(all="ignore"):
        start = start / start.sum(axis=1, keepdims=True)
    return _em(item, annotator, label, classes, iterations, start=lambda _: start)


def two_classes_by_a_ratio(*votes, classes, iterations):
    """The posterior of the second class from the log-odds of the first two."""

    def e_step(joint):
        with np.errstate(all="ignore"):
            odds = np.exp(joint[:, :2] - joint[:, :2].max(axis=1)[:, None])
        return np.pad(odds, ((0, 0), (0, joint.shape[1] - 2)))

    return _em_of(*votes, classes, iterations, e_step=e_step)


def confusion_of_silent_annotators_dropped(*votes, classes, iterations):
    posterior, prior, confusion = _em(*votes, classes, iterations)
    return posterior, prior, confusion[np.unique(votes[1])]


def nothing_known_without_an_iteration(*votes, classes, iterations):
    posterior, prior, confusion = _em(*votes, classes, iterations)
    return posterior, prior, confusion if iterations else np.full_like(confusion, 1 / classes)


def logarithms_cut_off(*votes, classes, iterations):
    """A floor that is to keep exp from 0, before the largest is subtracted."""

    def e_step(joint):
        joint = np.maximum(joint, -700)
        return np.exp(joint - joint.max(axis=1, keepdims=True))

    return _em_of(*votes, classes, iterations, e_step=e_step)


def _em_with(item, annotator, label, classes, rounds, floor=0.0, least=0.0, change=0.0):
    posterior = np.zeros((item.max() + 1, classes))
    np.add.at(posterior, (item, label), 1)
    posterior /= posterior.sum(axis=1, keepdims=True)
    for step in range(rounds + 1):
        before = posterior
        if step:
            with np.errstate(divide="ignore"):
                logs = np.tile(np.log(prior + floor), (len(posterior), 1))
                np.add.at(logs, item, np.log(confusion[annotator, :, label] + floor))
            logs -= np.logaddexp.reduce(logs, axis=1)[:, None]
            posterior = np.exp(logs)
        prior = posterior.mean(axis=0)
        confusion = np.zeros((annotator.max() + 1, classes, classes))
        np.add.at(confusion.swapaxes(1, 2), (annotator, label), posterior[item])
        confusion[confusion.sum(axis=2) <= least] = 1
        confusion /= confusion.sum(axis=2, keepdims=True)
        if step and abs(posterior - before).max() < change:
            break
    return posterior, prior, confusion


def a_trillionth_in_the_logarithm(item, annotator, label, classes, iterations):
    return _em_with(item, annotator, label, classes, iterations, floor=1e-12)


def small_weights_taken_for_none(item, annotator, label, classes, iterations):
    return _em_with(item, annotator, label, classes, iterations, least=1e-6)


def five_iterations_at_most(item, annotator, label, classes, iterations):
    return _em_with(item, annotator, label, classes, min(iterations, 5))


def stopped_when_little_changes(item, annotator, label, classes, iterations):
    return _em_with(item, annotator, label, classes, iterations, change=1e-3)


def _em_of_steps(item, annotator, label, classes, iterations, start, e_step, m_step):
    posterior = np.zeros((item.max() + 1, classes))
    start(posterior)
    posterior /= posterior.sum(axis=1, keepdims=True)
    for step in range(iterations + 1):
        if step:
            with np.errstate(divide="ignore"):
                joint = e_step(posterior, np.log(prior), np.log(confusion[annotator, :, label]))
            posterior = np.exp(joint - joint.max(axis=1, keepdims=True))
            posterior /= posterior.sum(axis=1, keepdims=True)
        prior, seen = m_step(posterior)
        confusion = np.zeros((annotator.max() + 1, classes, classes))
        np.add.at(confusion.swapaxes(1, 2), (annotator, label), seen)
        confusion[confusion.sum(axis=2) == 0] = 1
        confusion /= confusion.sum(axis=2, keepdims=True)
    return posterior, prior, confusion


def _em_but(item, annotator, label, classes, iterations, start=None, e_step=None, m_step=None):
    """EM with its start or one of its steps replaced."""

    def counted(posterior):
        np.add.at(posterior, (item, label), 1)

    def joined(posterior, log_prior, logs):
        joint = np.tile(log_prior, (len(posterior), 1))
        np.add.at(joint, item, logs)
        return joint

    def seen(posterior):
        return posterior.mean(axis=0), posterior[item]

    steps = start or counted, e_step or joined, m_step or seen
    return _em_of_steps(item, annotator, label, classes, iterations, *steps)


def start_without_add_at(item, annotator, label, classes, iterations):
    def start(posterior):
        posterior[item, label] += 1

    return _em_but(item, annotator, label, classes, iterations, start=start)


def joint_without_add_at(item, annotator, label, classes, iterations):
    def e_step(posterior, log_prior, logs):
        joint = np.tile(log_prior, (len(posterior), 1))
        joint[item] += logs
        return joint

    return _em_but(item, annotator, label, classes, iterations, e_step=e_step)


def posterior_added_to(item, annotator, label, classes, iterations):
    def e_step(posterior, log_prior, logs):
        joint = np.log(posterior)
        np.add.at(joint, item, logs)
        return joint

    return _em_but(item, annotator, label, classes, iterations, e_step=e_step)


def prior_over_votes(item, annotator, label, classes, iterations):
    def m_step(posterior):
        return posterior[item].mean(axis=0), posterior[item]

    return _em_but(item, annotator, label, classes, iterations, m_step=m_step)


def matrices_of_the_likeliest(item, annotator, label, classes, iterations):
    def m_step(posterior):
        return posterior.mean(axis=0), np.eye(classes)[posterior.argmax(axis=1)][item]

    return _em_but(item, annotator, label, classes, iterations, m_step=m_step)


def a_millionth_in_the_logarithm(item, annotator, label, classes, iterations):
    return _em_with(item, annotator, label, classes, iterations, floor=1e-6)


def prior_with_each_vote(item, annotator, label, classes, iterations):
    def e_step(posterior, log_prior, logs):
        joint = np.zeros_like(posterior)
        np.add.at(joint, item, log_prior + logs)
        return joint

    return _em_but(item, annotator, label, classes, iterations, e_step=e_step)


def equal_votes_once(item, annotator, label, classes, iterations):
    given = np.unique(np.stack([item, annotator, label]), axis=1)
    return bincounts(*given, classes, iterations)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    without_prior: "prior_not_once",
    uniform_prior: "the_same_everywhere",
    summed_prior: "sum_for_mean",
    columns_normalised: "normalised_by_voted",
    read_transposed: "rows_read_as_columns",
    hard_em: "hard_labels",
    majority_first: "started_from_the_majority",
    uniform_start: "the_same_everywhere",
    not_normalised: "a_division_left_out",
    log_with_eps: "eps_added",
    base_two_logarithm: None,
    one_too_many: "one_iteration_off",
    transposed_result: "confusion_transposed",
    counts_for_probabilities: "sum_is_not_1",
    posterior_transposed: "transposed",
    labels_for_posterior: "an_axis_too_few",
    labels_that_were_voted: "classes_from_the_labels",
    empty_rows_left_at_nan: "empty_rows_give_nan",
    empty_rows_left_at_zero: "without_full_like",
    empty_rows_as_identity: "wrong_only_in_confusion",
    empty_rows_as_a_coin: "wrong_where_prior_should_hold_a_0",
    products_of_likelihoods: "products_underflow",
    at_least_one_iteration: "wrong_where_iterations_is_0",
    one_maximum_for_all_items: "without_axis",
    stopped_when_it_hardly_moves: None,
    prior_of_the_first_estimate: "wrong_where_iterations_is_2_or_more",
    annotators_counted_by_who_votes: "wrong_only_in_confusion",
    two_classes_by_a_ratio: None,
    confusion_of_silent_annotators_dropped: "wrong_only_in_confusion",
    nothing_known_without_an_iteration: "wrong_where_iterations_is_0",
    logarithms_cut_off: None,
    a_trillionth_in_the_logarithm: "eps_added",
    small_weights_taken_for_none: "wrong_where_iterations_is_20",
    five_iterations_at_most: "wrong_where_iterations_is_20",
    stopped_when_little_changes: "nearly_right",
    start_without_add_at: "equal_votes_start_as_one",
    joint_without_add_at: "one_vote_of_each_item",
    posterior_added_to: "last_posterior_for_the_prior",
    prior_over_votes: "prior_of_the_votes",
    matrices_of_the_likeliest: "votes_for_the_likeliest_class",
    a_millionth_in_the_logarithm: "eps_added",
    prior_with_each_vote: "prior_not_once",
    equal_votes_once: "second_vote_lost",
}
