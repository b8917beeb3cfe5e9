"""Right and wrong ways to write `sequence_log_prob`."""

import numpy as np


def _log_softmax(x):
    z = x * 1.0 - x.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def loop(logits, tokens, answer):
    found = np.zeros(len(logits), dtype=(logits[:1] * 1.0).dtype)
    for row in range(len(logits)):
        for t in range(1, tokens.shape[1]):
            if answer[row, t]:
                found[row] += _log_softmax(logits[row, t - 1])[tokens[row, t]]
    return found


def by_one_hot(logits, tokens, answer):
    hot = np.arange(logits.shape[-1]) == tokens[:, 1:, None]
    log_p = _log_softmax(logits[:, :-1])
    return np.where(hot & answer[:, 1:, None], log_p, 0).sum(axis=(1, 2))


def by_indices(logits, tokens, answer):
    row, place = np.nonzero(answer[:, 1:])
    log_p = _log_softmax(logits[row, place])[np.arange(len(row)), tokens[row, place + 1]]
    found = np.zeros(len(logits), dtype=log_p.dtype)
    np.add.at(found, row, log_p)
    return found


def surprise_less_total(logits, tokens, answer):
    """The token's logit less log Σ exp, which PyTorch's users gather."""
    x = logits[:, :-1] * 1.0
    top = x.max(axis=-1)
    total = top + np.log(np.exp(x - top[..., None]).sum(axis=-1))
    own = np.take_along_axis(x, tokens[:, 1:, None].astype(int), axis=-1).squeeze(-1)
    return np.sum(own - total, axis=1, where=answer[:, 1:])


def by_scipy(logits, tokens, answer):
    from scipy.special import log_softmax

    log_p = log_softmax(logits * 1.0, axis=-1)
    batch, places = np.ogrid[: len(logits), : tokens.shape[1] - 1]
    return np.where(answer[:, 1:], log_p[batch, places, tokens[:, 1:]], 0).sum(1)


def labels_of_minus_100(logits, tokens, answer):
    """As trainers do: a label that is ignored, and 0 in its place as index."""
    labels = np.where(answer, tokens.astype(np.int64), -100)[:, 1:]
    known = labels != -100
    labels = np.where(known, labels, 0)
    log_p = np.take_along_axis(_log_softmax(logits[:, :-1]), labels[..., None], axis=2)[..., 0]
    log_p[~known] = 0
    return log_p.sum(-1)


def _picked(log_p, tokens):
    return np.take_along_axis(log_p, tokens[..., None].astype(int), axis=-1)[..., 0]


def _summed(log_p, mask):
    return np.where(mask, log_p, 0).sum(axis=1)


def own_place(logits, tokens, answer):
    return _summed(_picked(_log_softmax(logits), tokens), answer)


def own_place_without_the_first(logits, tokens, answer):
    log_p = _picked(_log_softmax(logits[:, 1:]), tokens[:, 1:])
    return _summed(log_p, answer[:, 1:])


def next_place(logits, tokens, answer):
    return _summed(_picked(_log_softmax(logits[:, 1:]), tokens[:, :-1]), answer[:, :-1])


def token_that_was_read(logits, tokens, answer):
    return _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, :-1]), answer[:, 1:])


def mask_of_logits(logits, tokens, answer):
    return _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), answer[:, :-1])


def mask_of_both(logits, tokens, answer):
    """Only where the token before belongs to the answer, too."""
    log_p = _picked(_log_softmax(logits[:, :-1]), tokens[:, 1:])
    return _summed(log_p, answer[:, 1:] & answer[:, :-1])


def by_roll(logits, tokens, answer):
    return _summed(_picked(_log_softmax(np.roll(logits, 1, axis=1)), tokens), answer)


def mean(logits, tokens, answer):
    log_p = _picked(_log_softmax(logits[:, :-1]), tokens[:, 1:])
    return _summed(log_p, answer[:, 1:]) / np.maximum(answer[:, 1:].sum(axis=1), 1)


def mean_of_the_row(logits, tokens, answer):
    log_p = _picked(_log_softmax(logits[:, :-1]), tokens[:, 1:])
    return np.where(answer[:, 1:], log_p, 0).mean(axis=1)


def everything(logits, tokens, answer):
    return _picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]).sum(axis=1)


def all_but_the_answer(logits, tokens, answer):
    return _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), ~answer[:, 1:])


def from_the_first_true(logits, tokens, answer):
    begun = np.cumsum(answer, axis=1) > 0
    return _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), begun[:, 1:])


def words_above_zero(logits, tokens, answer):
    """As if the tokenizer kept 0 for padding."""
    words = (tokens > 0)[:, 1:]
    return _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), answer[:, 1:] & words)


def last_token_dropped(logits, tokens, answer):
    after = np.concatenate([answer[:, 1:], np.zeros_like(answer[:, :1])], axis=1)
    return _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), (answer & after)[:, 1:])


def last_place_dropped(logits, tokens, answer):
    """The mask loses its first and its last place."""
    mask = answer[:, 1:].copy()
    mask[:, -1] = False
    return _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), mask)


def raw_logits(logits, tokens, answer):
    return _summed(_picked(logits[:, :-1] * 1.0, tokens[:, 1:]), answer[:, 1:])


def over_time(logits, tokens, answer):
    z = logits * 1.0 - logits.max(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return _summed(_picked(log_p[:, :-1], tokens[:, 1:]), answer[:, 1:])


def loss(logits, tokens, answer):
    return -_summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), answer[:, 1:])


def product(logits, tokens, answer):
    log_p = _picked(_log_softmax(logits[:, :-1]), tokens[:, 1:])
    return np.exp(_summed(log_p, answer[:, 1:]))


def times_mask(logits, tokens, answer):
    log_p = _picked(_log_softmax(logits[:, :-1]), tokens[:, 1:])
    with np.errstate(all="ignore"):
        return np.einsum("bt,bt->b", log_p, answer[:, 1:].astype(log_p.dtype))


def nan_to_zero(logits, tokens, answer):
    """Multiplied, then repaired: a banned token of the answer is lost, too."""
    log_p = np.nan_to_num(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), neginf=0)
    return (log_p * answer[:, 1:]).sum(axis=1)


def rounded(logits, tokens, answer):
    with np.errstate(divide="ignore"):
        log_p = np.log(np.exp(_log_softmax(logits[:, :-1])))
    return _summed(_picked(log_p, tokens[:, 1:]), answer[:, 1:])


def small_number(logits, tokens, answer):
    log_p = np.log(np.exp(_log_softmax(logits[:, :-1])) + 1e-12)
    return _summed(_picked(log_p, tokens[:, 1:]), answer[:, 1:])


def overflowing(logits, tokens, answer):
    x = logits[:, :-1] * 1.0
    with np.errstate(all="ignore"):
        log_p = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    return _summed(_picked(log_p, tokens[:, 1:]), answer[:, 1:])


def one_number(logits, tokens, answer):
    log_p = _picked(_log_softmax(logits[:, :-1]), tokens[:, 1:])
    return np.where(answer[:, 1:], log_p, 0).sum()


def each_token(logits, tokens, answer):
    return np.where(answer[:, 1:], _picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), 0)


def best_token(logits, tokens, answer):
    return _summed(_log_softmax(logits[:, :-1]).max(axis=-1), answer[:, 1:])


def first_place_alone(logits, tokens, answer):
    """The answer is taken to be one stretch, from its first True as long as there are Trues."""
    mask = np.zeros_like(answer)
    for row, given in zip(mask, answer, strict=True):
        start = int(given.argmax())
        row[start : start + int(given.sum())] = given.any()
    return _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), mask[:, 1:])


def first_to_last(logits, tokens, answer):
    """The ends of the mask, and all that stands between them."""
    place = np.arange(answer.shape[1])
    start = answer.argmax(axis=1)[:, None]
    end = answer.shape[1] - answer[:, ::-1].argmax(axis=1)[:, None]
    mask = (start <= place) & (place < end) & answer.any(axis=1, keepdims=True)
    return _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), mask[:, 1:])


def stops_at_the_first_gap(logits, tokens, answer):
    log_p, found = _log_softmax(logits), []
    for row in range(len(answer)):
        total, inside = log_p.dtype.type(0), False
        for t in range(1, answer.shape[1]):
            if answer[row, t]:
                total, inside = total + log_p[row, t - 1, tokens[row, t]], True
            elif inside:
                break
        found.append(total)
    return np.array(found)


def written_into(logits, tokens, answer):
    found = _summed(_picked(_log_softmax(logits[:, :-1]), tokens[:, 1:]), answer[:, 1:])
    tokens[~answer] = 0
    return found


def over_time_of_what_predicts(logits, tokens, answer):
    with np.errstate(all="ignore"):
        log_p = _log_softmax(logits[:, :-1].swapaxes(1, 2)).swapaxes(1, 2)
    return _summed(_picked(log_p, tokens[:, 1:]), answer[:, 1:])


def billionth(logits, tokens, answer):
    log_p = np.log(np.exp(_log_softmax(logits[:, :-1])) + 1e-9)
    return _summed(_picked(log_p, tokens[:, 1:]), answer[:, 1:])


def labels_of_0_that_count(logits, tokens, answer):
    labels = np.where(answer, tokens, 0)[:, 1:]
    return _picked(_log_softmax(logits[:, :-1]), labels).sum(axis=1)


def infinite_made_large(logits, tokens, answer):
    with np.errstate(divide="ignore"):
        log_p = np.nan_to_num(_log_softmax(logits[:, :-1] * 1.0))
    return _summed(_picked(log_p, tokens[:, 1:]), answer[:, 1:])


# What each is told; None where no known mistake explains it.
WRONG = {
    own_place: "not_shifted",
    own_place_without_the_first: "not_shifted",
    next_place: "shifted_the_other_way",
    token_that_was_read: "tokens_not_shifted",
    mask_of_logits: "mask_not_shifted",
    mask_of_both: "first_token_of_the_answer_left_out",
    by_roll: "rolled",
    mean: "mean_over_tokens",
    mean_of_the_row: "mean_for_sum",
    everything: "every_token",
    all_but_the_answer: "mask_inverted",
    from_the_first_true: "answer_and_padding",
    words_above_zero: "zeros_taken_for_padding",
    last_token_dropped: "end_left_out",
    last_place_dropped: "last_place_left_out",
    raw_logits: "logits_not_normalized",
    over_time: "softmax_over_another_axis",
    loss: "negative",
    product: "probability",
    times_mask: "multiplied_by_the_mask",
    nan_to_zero: "wrong_only_where_it_should_be_-inf",
    rounded: "log_of_a_rounded_probability",
    small_number: "log_of_a_rounded_probability",
    overflowing: "no_maximum",
    one_number: "summed_over_rows",
    each_token: "not_summed",
    best_token: "most_likely_token",
    first_place_alone: "one_stretch",
    first_to_last: "turns_between",
    stops_at_the_first_gap: "one_stretch",
    written_into: "an_argument_changed",
    over_time_of_what_predicts: "softmax_over_another_axis",
    billionth: "log_of_a_rounded_probability",
    labels_of_0_that_count: "masked_places_count_as_token_0",
    infinite_made_large: "wrong_only_where_it_should_be_-inf",
}
