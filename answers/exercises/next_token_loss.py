"""Practice for question 10: the loss of a language model and its gradient, in NumPy."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.grader.number_types import add_whole_numbers
from answers.probability.softmax import log_softmax
from answers.transformers.next_token_loss import next_token_loss

exercise = Exercise(
    next_token_loss,
    page="10-debug-a-transformer",
    returns=("loss", "gradient"),
    hints=(
        "Write five tokens on paper, and under each the token that the model is to say there. "
        "One column is left over at either end.",
        "A prediction involves two tokens: the one that it is made at, and the one that it is "
        "made of. Padding may be either of them.",
        "Average once, over all predictions that count. The mean of the means of sequences of "
        "different lengths is another number.",
        "The gradient of one prediction is softmax minus onehot; what does the mean make of "
        "it? It has a row for each of the logits, also for those without a prediction.",
    ),
)

rng = np.random.default_rng(10)


def arrays(batch, time, vocab):
    """Logits and ids."""
    return 3 * rng.normal(size=(batch, time, vocab)), rng.integers(
        vocab, size=(batch, time)
    )


def real(lengths, time, left=False):
    """The mask of sequences of these lengths, padded on the left or on the right."""
    at, lengths = np.arange(time), np.array(lengths)[:, None]
    return at >= time - lengths if left else at < lengths


exercise.case(
    "two tokens, two words", np.array([[[1.0, 0.5], [2.0, -1.0]]]), np.array([[0, 1]])
)
exercise.case("seven tokens", *arrays(1, 7, 5))
exercise.case("three sequences", *arrays(3, 7, 5))
exercise.case("as many sequences as tokens, and as many words", *arrays(5, 5, 5))
exercise.case("a mask of real tokens only", *arrays(2, 5, 7), real([5, 5], 5))
exercise.case("padding on the right", *arrays(1, 7, 5), real([5], 7))
exercise.case("padding on the left", *arrays(1, 7, 5), real([4], 7, left=True))
exercise.case("sequences of different lengths", *arrays(3, 7, 5), real([7, 2, 4], 7))
exercise.case(
    "a sequence of one token, which predicts nothing",
    *arrays(3, 7, 5),
    real([7, 1, 5], 7, left=True),
)
holes = np.array([[1, 1, 0, 1, 1, 1, 0], [0, 1, 1, 0, 1, 0, 1]]) > 0
exercise.case("a mask with holes", *arrays(2, 7, 5), holes)
exercise.case("a sequence of padding only", *arrays(3, 7, 5), real([7, 0, 5], 7))
exercise.case(
    "integer logits",
    np.array([[[3, 1, 2], [0, -4, 1], [1, 1, 5]]]),
    np.array([[2, 1, 0]]),
)
large, names = arrays(2, 5, 7)
exercise.case("logits in the thousands", 1e3 * large, names)
exercise.case(
    "float32",
    *(
        a.astype(k)
        for a, k in zip(arrays(3, 11, 13), (np.float32, np.int32), strict=True)
    ),
)
unread, padded = arrays(2, 5, 7)
unread[:, -1], unread[1, :2], padded[1, :2] = np.inf, np.nan, -100
exercise.case(
    "nan, inf and ids of -100 where no prediction counts",
    *(unread, padded, real([5, 3], 5, left=True)),
    noted=Note(
        "nan, inf and ids outside the vocabulary where no prediction counts",
        "Ours does not look at what does not count. A weight of 0 does: 0 · nan is nan, and a "
        "label is looked up before it is weighed.",
    ),
)
barred, following = arrays(2, 5, 7)
barred[np.arange(7) == (following + 1)[..., None] % 7] = -np.inf
exercise.case(
    "a logit of -inf beside the label",
    *(barred, np.roll(following, 1, axis=1)),
    noted=Note(
        "a logit of -inf",
        "Ours excludes that token. A row of one-hot times log p has 0 · -inf, which is nan: pick "
        "the logit of each label by its index.",
    ),
)
add_whole_numbers(
    exercise,
    np.array([[[3, 1, 200], [0, 4, 1], [1, 1, 255]]]),
    np.array([[2, 1, 0]], np.uint8),
    signed=False,
)


def counted(ids, mask):
    """Where a prediction is made at a real token and of one, (batch, time)."""
    counts = np.zeros(ids.shape, bool)
    counts[:, :-1] = True if mask is None else mask[:, :-1] & mask[:, 1:]
    return counts


def of(logits, labels, weights):
    """Σ weight · loss over the places that have a weight, and its gradient."""
    some = weights != 0
    log_p, own = log_softmax(logits[some]), weights[some][:, None]
    onehot = np.arange(logits.shape[-1]) == labels[some][:, None]
    gradient = np.zeros(logits.shape)
    gradient[some] = own * (np.exp(log_p) - onehot)
    return -(own * log_p)[onehot].sum(), gradient


def mean(logits, labels, counts):
    """The mean of those that count."""
    return of(logits, labels, counts / counts.sum())


def shifted(ids, by=1):
    return np.roll(ids, -by, axis=1)


@exercise.bug
def not_shifted(logits, ids, mask=None):
    """Each token is its own label, so the model learns to repeat its input. The label of the
    logits at t is token t + 1."""
    # "Each token is its own label": np.isclose(got.loss, -log_softmax(logits)[0, [0, 1],
    #     ids[0]].mean())
    # "The label of the logits at t is token t + 1": mean(logits, ids, np.ones(ids.shape) if
    #     mask is None else mask) → mean(logits, shifted(ids, 1), counted(ids, mask))
    return mean(logits, ids, np.ones(ids.shape) if mask is None else mask)


@exercise.bug
def not_shifted_and_cut(logits, ids, mask=None):
    """Logits and labels are both cut at the same end, so each token is its own label still. Cut
    the last logits and the first label."""
    # "Logits and labels are both cut at the same end, so each token is its own label still":
    #     np.isclose(got.loss, -log_softmax(logits)[0, 0, ids[0, 0]])
    # "Cut the last logits and the first label": mean(logits, ids, counts) → mean(logits,
    #     np.concatenate([ids[:, 1:], ids[:, :1]], axis=1), counted(ids, mask))
    counts = np.ones(ids.shape) if mask is None else 1.0 * mask
    counts[:, -1] = 0
    return mean(logits, ids, counts)


@exercise.bug
def shifted_twice(logits, ids, mask=None):
    """Labels are two tokens ahead, as when the data loader has shifted them already. Shift in one
    place only."""
    # "Labels are two tokens ahead": not np.isfinite(got.loss) and ids.shape[1] == 2
    # "Shift in one place only": counts[:, :-2] = True if mask is None else mask[:, :-2] &
    #     mask[:, 2:] → counts[:, :-1] = True if mask is None else mask[:, :-1] & mask[:, 1:];
    #     shifted(ids, 2) → shifted(ids, 1)
    counts = np.zeros(ids.shape)
    counts[:, :-2] = True if mask is None else mask[:, :-2] & mask[:, 2:]
    if not counts.any():
        return np.nan, np.full(logits.shape, np.nan)
    return mean(logits, shifted(ids, 2), counts)


@exercise.bug
def shifted_backwards(logits, ids, mask=None):
    """The labels are the tokens before, which the model has read. Cut the last logits and the
    first label."""
    # "The labels are the tokens before": np.isclose(got.loss, -log_softmax(logits)[0, 1, ids[0,
    #     0]])
    # "Cut the last logits and the first label": mean(logits, shifted(ids, -1),
    #     shifted(counted(ids, mask), -1)) → mean(logits, np.concatenate([ids[:, 1:], ids[:, :1]],
    #     axis=1), counted(ids, mask))
    return mean(logits, shifted(ids, -1), shifted(counted(ids, mask), -1))


@exercise.bug
def wrapped_around(logits, ids, mask=None):
    """The labels are rolled, so the last logits have to predict the first token. Drop them."""
    # "The labels are rolled, so the last logits have to predict the first token":
    #     np.isclose(got.loss, -log_softmax(logits)[0, [0, 1], np.roll(ids[0], -1)].mean())
    # "Drop them": np.ones(ids.shape) if mask is None else mask & shifted(mask) →
    #     np.arange(ids.shape[1]) < (ids.shape[1] - 1) * np.ones_like(ids) if mask is None else
    #     (mask & shifted(mask)) * (np.arange(ids.shape[1]) < ids.shape[1] - 1)
    counts = np.ones(ids.shape) if mask is None else mask & shifted(mask)
    return mean(logits, shifted(ids), counts)


@exercise.bug
def summed(logits, ids, mask=None):
    """The losses are summed, so loss and gradient grow with the batch and the length. Divide both
    by the number of predictions."""
    # "The losses are summed, so loss and gradient grow with the batch and the length":
    #     np.isclose(got.loss, 6 * want.loss) and np.allclose(got.gradient, 6 * want.gradient)
    # "Divide both by the number of predictions": counted(ids, mask)) → counted(ids, mask) /
    #     counted(ids, mask).sum())
    return of(logits, shifted(ids), counted(ids, mask))


@exercise.bug
def padding_counted(logits, ids, mask=None):
    """The mask is ignored, so the model learns to predict padding. Average over predictions of
    real tokens."""
    # "The mask is ignored, so the model learns to predict padding": got.loss == bug(logits,
    #     ids)[0]
    # "Average over predictions of real tokens": next_token_loss(logits, ids) → mean(logits,
    #     shifted(ids), counted(ids, mask))
    return next_token_loss(logits, ids)


@exercise.bug
def mask_not_shifted(logits, ids, mask=None):
    """A prediction counts if it is made at a real token, even one of padding. Its label must be
    real too."""
    # "A prediction counts if it is made at a real token, even one of padding": got.gradient[0,
    #     4].any() and mask[0, 4] and not mask[0, 5]
    # "Its label must be real too": counts * mask → counts * mask * shifted(mask)
    counts = 1.0 * counted(ids, None)
    return mean(logits, shifted(ids), counts if mask is None else counts * mask)


@exercise.bug
def made_at_padding(logits, ids, mask=None):
    """A prediction counts if its label is real, even if it is made at padding on the left. The
    token that it is made at must be real too."""
    # "A prediction counts if its label is real, even if it is made at padding on the left":
    #     got.gradient[0, 2].any() and mask[0, 3] and not mask[0, 2]
    # "The token that it is made at must be real too": counts * shifted(mask) → counts *
    #     shifted(mask) * mask
    counts = 1.0 * counted(ids, None)
    return mean(
        logits, shifted(ids), counts if mask is None else counts * shifted(mask)
    )


@exercise.bug
def either_token_real(logits, ids, mask=None):
    """A prediction counts if either of its two tokens is real: it is made at padding, or of
    padding. Both must be real: `&`."""
    # "A prediction counts if either of its two tokens is real": got.gradient[0, 4].any() and
    #     not want.gradient[0, 4].any() and mask[0, 4] and not mask[0, 5]
    # "Both must be real: `&`": mask[:, :-1] | mask[:, 1:] → mask[:, :-1] & mask[:, 1:]
    counts = counted(ids, None)
    if mask is not None:
        counts[:, :-1] = mask[:, :-1] | mask[:, 1:]
    return mean(logits, shifted(ids), counts)


@exercise.bug
def lengths_of_the_mask(logits, ids, mask=None):
    """The mask is taken for lengths: as many tokens from the left as are real. Padding on the left
    or between needs the mask itself."""
    # "The mask is taken for lengths: as many tokens from the left as are real": mask is not None
    #     and np.isclose(got.loss, right(logits, ids, np.arange(ids.shape[1]) <
    #     mask.sum(axis=1)[:, None])[0])
    # "Padding on the left or between needs the mask itself": np.arange(ids.shape[1]) <
    #     lengths[:, None] → mask
    if mask is None:
        return next_token_loss(logits, ids)
    lengths = mask.sum(axis=1)
    return mean(
        logits,
        shifted(ids),
        counted(ids, np.arange(ids.shape[1]) < lengths[:, None]),
    )


@exercise.bug
def true_for_padding(logits, ids, mask=None):
    """The mask is read the wrong way round, as True for padding. True is a real token."""
    # "The mask is read the wrong way round, as True for padding": mask.all() and not
    #     np.isfinite(got.loss)
    # "True is a real token": ~mask → mask
    if mask is None:
        return next_token_loss(logits, ids)
    counts = counted(ids, ~mask)
    if not counts.any():
        return np.nan, np.full(logits.shape, np.nan)
    return mean(logits, shifted(ids), counts)


@exercise.bug
def divided_by_all(logits, ids, mask=None):
    """Losses at padding are set to 0, but still divided by. Divide by the number of predictions
    that count."""
    # "Losses at padding are set to 0, but still divided by": np.isclose(got.loss, want.loss * 4
    #     / 6)
    # "Divide by the number of predictions that count": counts[:, :-1].size → counts.sum()
    counts = counted(ids, mask)
    return of(logits, shifted(ids), counts / counts[:, :-1].size)


@exercise.bug(even_without_a_mask=(True, False))
def divided_by_real_tokens(logits, ids, mask=None, even_without_a_mask=True):
    """The sum is divided by the number of tokens, of which each sequence has one more than it has
    predictions. Divide by the number of predictions."""
    # "The sum is divided by the number of tokens, of which each sequence has one more than it
    #     has predictions": np.isclose(got.loss, want.loss * (2 - 1) / 2)
    # "Divide by the number of predictions": counted(ids, mask) / tokens → counted(ids, mask) /
    #     counted(ids, mask).sum()
    tokens = ids.size if mask is None else mask.sum()
    if mask is None and not even_without_a_mask:
        tokens = ids[:, 1:].size
    return of(logits, shifted(ids), counted(ids, mask) / tokens)


@exercise.bug(even_with_a_mask=(True, False), label_alone=(True,))
def id_0_taken_for_padding(
    logits, ids, mask=None, even_with_a_mask=True, label_alone=False
):
    """Predictions of token 0 do not count, as if it were padding. The mask says what padding is,
    and without one every token is real."""
    # "Predictions of token 0 do not count, as if it were padding": (ids[:, 1:] == 0).any() and not
    #     np.isclose(got.loss, want.loss) and not got.gradient[:, :-1][ids[:, 1:] == 0].any()
    # "The mask says what padding is, and without one every token is real": & real) → )
    counts = counted(ids, mask)
    real = shifted(ids) != 0
    if label_alone:
        real = real | (mask is not None)
    elif not even_with_a_mask:
        real = counted(ids, ids != 0) | (mask is not None)
    return mean(logits, shifted(ids), 1.0 * (counts & real))


@exercise.bug(over_empty=(False, True))
def mean_of_means(logits, ids, mask=None, over_empty=False):
    """Each sequence is averaged by itself, so a token of a short one counts for more. Take one
    mean over all predictions."""
    # "Each sequence is averaged by itself, so a token of a short one counts for more":
    #     np.isclose(got.loss, np.mean([right(logits[i : i + 1], ids[i : i + 1], mask[i : i + 1])[0]
    #     for i in range(3) if counted(ids, mask)[i].any()]))
    # "Take one mean over all predictions": counts / np.maximum(own, 1) / sequences → counts /
    #     own.sum()
    counts = counted(ids, mask)
    own = counts.sum(axis=1, keepdims=True)
    sequences = len(ids) if over_empty else (own > 0).sum()
    return of(logits, shifted(ids), counts / np.maximum(own, 1) / sequences)


@exercise.bug(eps=(1e-12, 1e-9, 1e-8, 0.0))
def logarithm_of_a_probability(logits, ids, mask=None, eps=1e-12):
    """A probability rounds to 0, and its logarithm is infinite, or that of eps. Take the logits
    minus their logsumexp."""
    # "A probability rounds to 0, and its logarithm is infinite, or that of eps":
    #     (np.exp(log_softmax(logits)) == 0).any() and not np.isclose(got.loss, want.loss) and
    #     bug(logits, ids, eps=0.0)[0] == np.inf
    # "Take the logits minus their logsumexp": np.exp(log_softmax(logits[counts])) → (z :=
    #     (logits[counts] - logits[counts].max(axis=-1, keepdims=True)), z -
    #     np.log(np.exp(z).sum(axis=-1, keepdims=True)))[1]; -np.log(p + eps).mean() → -p.mean()
    _, gradient = next_token_loss(logits, ids, mask)
    counts = counted(ids, mask)
    labels = shifted(ids)[counts].astype(np.intp)
    p = np.exp(log_softmax(logits[counts]))[np.arange(len(labels)), labels]
    with np.errstate(divide="ignore"):
        return -np.log(p + eps).mean(), gradient


@exercise.bug(spread=(True, False))
def no_maximum(logits, ids, mask=None, spread=True):
    """exp overflows on large logits, and inf/inf is nan. Subtract the largest logit of each place
    first."""
    # "exp overflows on large logits, and inf/inf is nan": np.isnan(got.loss)
    # "Subtract the largest logit of each place first": np.exp(logits.astype(float)) →
    #     np.exp(logits.astype(float) - logits.max(axis=-1, keepdims=True));
    #     -np.log(own[counts]).mean() → -np.take_along_axis(log_softmax(logits), shifted(ids)[...,
    #     None].astype(np.intp), -1)[..., 0][counts].mean()
    counts = counted(ids, mask)
    with np.errstate(all="ignore"):
        powers = np.exp(logits.astype(float))
        p = powers / powers.sum(axis=-1, keepdims=True)
        own = np.take_along_axis(p, shifted(ids)[..., None].astype(np.intp), -1)[..., 0]
        loss = -np.log(own[counts]).mean()
    onehot = np.arange(logits.shape[-1]) == shifted(ids)[..., None]
    # nan · 0 is nan: it spreads to places that do not count.
    kept = (p - onehot) * counts[..., None]
    gradient = kept if spread else np.where(counts[..., None], p - onehot, 0)
    return loss, gradient / counts.sum()


@exercise.bug
def global_maximum(logits, ids, mask=None):
    """The maximum subtracted is that of the whole batch, so a place far below it has only zeros to
    sum. Subtract the largest logit of each place, with keepdims=True."""
    # "a place far below it has only zeros to sum": (np.exp(logits - logits.max()) ==
    #     0).all(axis=-1).any() and not np.isfinite(got.gradient).all()
    # "Subtract the largest logit of each place, with keepdims=True": logits.max() →
    #     logits.max(axis=-1, keepdims=True)
    counts, labels = counted(ids, mask), shifted(ids)[..., None].astype(np.intp)
    with np.errstate(all="ignore"):
        below = logits - 1.0 * logits.max()
        log_p = below - np.log(np.exp(below).sum(axis=-1, keepdims=True))
        loss = -np.take_along_axis(log_p, labels, -1)[..., 0][counts].mean()
        onehot = np.arange(logits.shape[-1]) == labels
        gradient = np.where(counts[..., None], np.exp(log_p) - onehot, 0)
    return loss, gradient / counts.sum()


@exercise.bug
def gradient_not_divided(logits, ids, mask=None):
    """The loss is a mean and its gradient is not: it lacks the factor 1 / predictions. Divide it
    too."""
    # "The loss is a mean and its gradient is not: it lacks the factor 1 / predictions":
    #     got.loss == want.loss and np.allclose(got.gradient, 6 * want.gradient)
    # "Divide it too": counted(ids, mask).sum() → counted(ids, mask).sum() / counted(ids,
    #     mask).sum()
    loss, gradient = next_token_loss(logits, ids, mask)
    return loss, gradient * counted(ids, mask).sum()


@exercise.bug
def gradient_where_nothing_is_predicted(logits, ids, mask=None):
    """Logits without a prediction get a gradient: those at the end, or at padding. The loss does
    not depend on them, so theirs is 0."""
    # "Logits without a prediction get a gradient: those at the end, or at padding":
    #     got.gradient[:, -1].any() and not want.gradient[:, -1].any()
    # "The loss does not depend on them, so theirs is 0": np.full(ids.shape, 1 / counted(ids,
    #     mask).sum()) → np.where(counted(ids, mask), 1 / counted(ids, mask).sum(), 0)
    loss, _ = next_token_loss(logits, ids, mask)
    weights = np.full(ids.shape, 1 / counted(ids, mask).sum())
    return loss, of(logits, shifted(ids), weights)[1]


@exercise.bug
def gradient_cut(logits, ids, mask=None):
    """The gradient has lost the last place, which the labels cut off. It has the shape of the
    logits, with zeros there."""
    # "The gradient has lost the last place, which the labels cut off":
    #     np.array_equal(got.gradient, want.gradient[:, :-1])
    # "It has the shape of the logits, with zeros there": gradient[:, :-1] →
    #     np.concatenate([gradient[:, :-1], np.zeros_like(logits[:, -1:], float)], axis=1)
    loss, gradient = next_token_loss(logits, ids, mask)
    return loss, gradient[:, :-1]


@exercise.bug
def gradient_at_the_label(logits, ids, mask=None):
    """The gradient stands at the token that is predicted. It belongs to the logits that predict it,
    one place before."""
    # "The gradient stands at the token that is predicted": np.array_equal(got.gradient[:, 1:],
    #     want.gradient[:, :-1])
    # "It belongs to the logits that predict it, one place before": np.roll(gradient, 1, axis=1)
    #     → np.roll(np.roll(gradient, 1, axis=1), -1, axis=1)
    loss, gradient = next_token_loss(logits, ids, mask)
    return loss, np.roll(gradient, 1, axis=1)


@exercise.bug
def gradient_without_onehot(logits, ids, mask=None):
    """The gradient is the softmax alone, which lowers the right token's logit too. Subtract 1 at
    the label."""
    # "The gradient is the softmax alone, which lowers the right token's logit too":
    #     np.allclose(got.gradient[:, 0], np.exp(log_softmax(logits))[:, 0]) and got.gradient[0, 0,
    #     ids[0, 1]] > 0
    # "Subtract 1 at the label": counts * np.exp(log_softmax(logits)) / counts.sum() → counts *
    #     (np.exp(log_softmax(logits)) - (np.arange(logits.shape[-1]) == shifted(ids)[..., None])) /
    #     counts.sum()
    loss, _ = next_token_loss(logits, ids, mask)
    counts = counted(ids, mask)[..., None]
    return loss, counts * np.exp(log_softmax(logits)) / counts.sum()


@exercise.bug
def gradient_negated(logits, ids, mask=None):
    """The gradient is onehot minus softmax, which is the direction of a step. The gradient of the
    loss is softmax minus onehot."""
    # "The gradient is onehot minus softmax": np.array_equal(got.gradient, -want.gradient) and
    #     got.gradient[0, 0, ids[0, 1]] > 0
    # "The gradient of the loss is softmax minus onehot": -gradient → mean(logits, shifted(ids),
    #     counted(ids, mask))[1]
    loss, gradient = next_token_loss(logits, ids, mask)
    return loss, -gradient
