"""Practice for question 33: the log-probability of an answer, with shift and mask."""

import numpy as np

from answers.alignment.sequence import sequence_log_prob
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.probability.softmax import log_softmax, softmax

exercise = Exercise(
    sequence_log_prob,
    page="33-dpo",
    hints=(
        "The chain rule of probability: the answer's is a product over its tokens, each given what "
        "stands before. What becomes of that in logarithms?",
        "Which logits predict the token at place 5? Cut logits, tokens and mask so that they stand "
        "side by side.",
        "`np.take_along_axis` picks one logarithm a token, if the index has an axis more.",
        "What is 0 times -inf? Choose by the mask, do not multiply by it.",
    ),
)

rng = np.random.default_rng(3303)


def rows(batch, length, vocabulary, prompt=2, padding=0, size=2.0):
    """Prompts, answers and padding, of one length each."""
    logits = size * rng.normal(size=(batch, length, vocabulary))
    tokens = rng.integers(vocabulary, size=(batch, length))
    answer = np.zeros((batch, length), dtype=bool)
    answer[:, prompt : length - padding] = True
    return [logits, tokens, answer]


def with_answers(batch, length, vocabulary, *spans):
    """Rows whose answers stand from one place to another."""
    given = rows(batch, length, vocabulary)
    for mask, (start, end) in zip(given[2], spans, strict=True):
        mask[:] = False
        mask[start:end] = True
    return given


exercise.case("one token after one", *rows(1, 2, 3, prompt=1))
exercise.case("an answer of two tokens", *rows(1, 4, 5))
exercise.case("three answers of one length", *rows(3, 6, 5))
exercise.case("a prompt of one token", *rows(2, 5, 4, prompt=1))
exercise.case("padding", *rows(3, 7, 5, padding=2))
exercise.case(
    "answers of other lengths", *with_answers(3, 8, 6, (3, 8), (2, 4), (5, 6))
)
exercise.case("as many tokens as rows and words", *rows(4, 4, 4, prompt=1))
exercise.case("an answer of a single token", *with_answers(2, 6, 5, (3, 4), (5, 6)))
exercise.case("padding on the left", *with_answers(2, 7, 5, (5, 7), (3, 7)))
two_turns = with_answers(2, 9, 5, (2, 4), (3, 5))
two_turns[2][:, 6:8] = True
exercise.case("two answers in a row of a chat", *two_turns)
exercise.case("a mask that is True at the first token", *rows(3, 5, 4, prompt=0))
exercise.case("rows without an answer", *with_answers(3, 6, 5, (2, 5), (0, 0), (0, 1)))
exercise.case(
    "the same token again and again",
    rows(2, 5, 4)[0],
    np.full((2, 5), 3),
    rows(2, 5, 4)[2],
)
banned = rows(2, 6, 5)
banned[0][:, 0, :3] = -np.inf
banned[1][:, 1] = 1
exercise.case("a banned token in the prompt", *banned)
banned = rows(2, 6, 5)
banned[0][1, 3, 2] = -np.inf
banned[1][1, 4] = 2
exercise.case("a banned token in an answer", *banned)
logits, tokens, answer = rows(3, 6, 5)
exercise.case("logits near 10 000", logits + 1e4, tokens, answer)
exercise.case("logits near -10 000", logits - 1e4, tokens, answer)
exercise.case("logits of 2000", 1000 * logits, tokens, answer)
exercise.case("float32", logits.astype(np.float32), tokens, answer)
add_whole_numbers(exercise, np.rint(2 * logits), tokens, answer)
exercise.case("tokens of two bytes", logits, tokens.astype(np.uint16), answer)
exercise.case("tokens of four bytes", logits, tokens.astype(np.int32), answer)


def picked(log_p, tokens):
    """One entry a token."""
    return np.take_along_axis(log_p, tokens[..., None].astype(np.intp), axis=-1)[..., 0]


@exercise.bug
def not_shifted(logits, tokens, answer):
    """Each token is looked up in the logits at its own place, which have already read it. Logits at
    t predict token t + 1: drop the last logits, the first token and the first of the mask."""
    # "Each token is looked up in the logits at its own place": np.allclose(got,
    #     np.where(answer, picked(log_softmax(logits), tokens), 0).sum(axis=1))
    # "drop the last logits, the first token and the first of the mask": log_softmax(logits) →
    #     log_softmax(logits)[:, :-1]; tokens) → tokens[:, 1:]); np.where(answer, →
    #     np.where(answer[:, 1:],
    # "which have already read it. Logits at t predict token t + 1": not np.allclose(got, want)
    log_p = picked(log_softmax(logits), tokens)
    return np.where(answer, log_p, 0).sum(axis=1)


@exercise.bug
def shifted_the_other_way(logits, tokens, answer):
    """Each token is looked up one place after itself. The logits that predict it stand one place
    before: `logits[:, :-1]` beside `tokens[:, 1:]`."""
    # "Each token is looked up one place after itself": np.allclose(got, np.where(answer[:, :-1],
    #     picked(log_softmax(logits)[:, 1:], tokens[:, :-1]), 0).sum(axis=1))
    # "The logits that predict it stand one place before: `logits[:, :-1]` beside `tokens[:, 1:]`":
    #     log_softmax(logits)[:, 1:], tokens[:, :-1] → log_softmax(logits[:, :-1]), tokens[:, 1:];
    #     answer[:, :-1] → answer[:, 1:]
    log_p = picked(log_softmax(logits)[:, 1:], tokens[:, :-1])
    return np.where(answer[:, :-1], log_p, 0).sum(axis=1)


@exercise.bug
def tokens_not_shifted(logits, tokens, answer):
    """Tokens lose their last place as the logits do, so each place looks up the token that it has
    read. Tokens lose their first: `tokens[:, 1:]`."""
    # "Tokens lose their last place as the logits do, so each place looks up the token that it has
    #     read": np.allclose(got, np.where(answer[:, 1:], picked(log_softmax(logits)[:, :-1],
    #     tokens[:, :-1]), 0).sum(axis=1))
    # "Tokens lose their first: `tokens[:, 1:]`": tokens[:, :-1] → tokens[:, 1:]
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, :-1])
    return np.where(answer[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def mask_not_shifted(logits, tokens, answer):
    """Logits and tokens are shifted, and the mask is not: the answer's first token is left out, and
    what follows the answer counts. The mask belongs to tokens: `answer[:, 1:]`."""
    # "Logits and tokens are shifted, and the mask is not": np.allclose(got, np.where(answer[:,
    #     :-1], picked(log_softmax(logits)[:, :-1], tokens[:, 1:]), 0).sum(axis=1))
    # "The mask belongs to tokens: `answer[:, 1:]`": answer[:, :-1] → answer[:, 1:]
    # "the answer's first token is left out, and what follows the answer counts": np.allclose(got,
    #     right(logits, tokens, np.pad(answer, ((0, 0), (1, 0)))[:, :-1]))
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return np.where(answer[:, :-1], log_p, 0).sum(axis=1)


@exercise.bug
def rolled(logits, tokens, answer):
    """Rolled, the row's last logits meet its first token, which they do not predict. No logits
    predict it: cut it off."""
    # "Rolled, the row's last logits meet its first token, which they do not predict":
    #     np.allclose((got - want)[answer[:, 0]], picked(log_softmax(logits)[:, -1:], tokens[:,
    #     :1])[answer[:, 0], 0])
    # "No logits predict it: cut it off": np.roll(log_softmax(logits), 1, axis=1) →
    #     log_softmax(logits)[:, :-1]; tokens) → tokens[:, 1:]); np.where(answer, →
    #     np.where(answer[:, 1:],
    log_p = picked(np.roll(log_softmax(logits), 1, axis=1), tokens)
    return np.where(answer, log_p, 0).sum(axis=1)


@exercise.bug
def mean_over_tokens(logits, tokens, answer):
    """This is a mean over the answer's tokens. The logarithm of a product is a sum: do not divide
    by the length."""
    # "This is a mean over the answer's tokens": np.allclose(got * np.maximum(answer[:,
    #     1:].sum(axis=1), 1), want)
    # "The logarithm of a product is a sum: do not divide by the length": / np.maximum(counted, 1) →
    #     / 1
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    counted = answer[:, 1:].sum(axis=1)
    return np.where(answer[:, 1:], log_p, 0).sum(axis=1) / np.maximum(counted, 1)


@exercise.bug
def every_token(logits, tokens, answer):
    """Every token counts, of prompt and padding, too. Choose by `answer`."""
    # "Every token counts, of prompt and padding, too": np.allclose(got,
    #     right(logits, tokens, np.ones_like(answer)))
    # "Choose by `answer`": log_p.sum → np.where(answer[:, 1:], log_p, 0).sum
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return log_p.sum(axis=1)


@exercise.bug
def masked_places_count_as_token_0(logits, tokens, answer):
    """Tokens outside of the answer are replaced by 0, and token 0 counts there. Leave these places
    out of the sum, too."""
    # "Tokens outside of the answer are replaced by 0, and token 0 counts there": np.allclose(got,
    #     right(logits, np.where(answer, tokens, 0), np.ones_like(answer)))
    # "Leave these places out of the sum, too": log_p.sum → np.where(answer[:, 1:], log_p, 0).sum
    tokens = np.where(answer, tokens, 0)
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return log_p.sum(axis=1)


@exercise.bug
def mask_inverted(logits, tokens, answer):
    """The prompt and the padding are summed, and the answer is left out. True stands at the
    answer's tokens."""
    # "The prompt and the padding are summed, and the answer is left out": np.allclose(got,
    #     right(logits, tokens, ~answer))
    # "True stands at the answer's tokens": ~answer → answer
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return np.where(~answer[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def answer_and_padding(logits, tokens, answer):
    """All that follows the prompt counts, padding and later turns, too. Count the tokens where
    `answer` is True."""
    # "All that follows the prompt counts, padding and later turns, too": np.allclose(got,
    #     right(logits, tokens, np.maximum.accumulate(answer, axis=1)))
    # "Count the tokens where `answer` is True": np.maximum.accumulate(answer, axis=1) → answer
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    begun = np.maximum.accumulate(answer, axis=1)
    return np.where(begun[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def turns_between(logits, tokens, answer):
    """All from an answer's first token to its last counts, and in a chat so do the turns between.
    Count the tokens where `answer` is True."""
    # "All from an answer's first token to its last counts, and in a chat so do the turns between":
    #     np.allclose(got, right(logits, tokens, np.maximum.accumulate(answer, axis=1) &
    #     np.maximum.accumulate(answer[:, ::-1], axis=1)[:, ::-1])) and not np.allclose(got, want)
    # "Count the tokens where `answer` is True": begun & going_on → answer
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    begun = np.maximum.accumulate(answer, axis=1)
    going_on = np.maximum.accumulate(answer[:, ::-1], axis=1)[:, ::-1]
    return np.where((begun & going_on)[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug(by_count=(False, True))
def one_stretch(logits, tokens, answer, by_count=False):
    """The answer is taken for one stretch of tokens, and a later turn of a chat does not count, or
    not in its place. Count the tokens where `answer` is True."""
    # "The answer is taken for one stretch of tokens, and a later turn of a chat does not count, or
    #     not in its place": (np.diff(np.pad(answer, ((0, 0), (1, 1))).astype(int), axis=1) ==
    #     1).sum(axis=1).max() > 1 and not np.allclose(got, want)
    # "Count the tokens where `answer` is True": answer & (stretch == 1) → answer; if
    #     by_count → if False
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    begins = answer & ~np.pad(answer, ((0, 0), (1, 0)))[:, :-1]
    stretch = begins.cumsum(axis=1)
    counted = answer & (stretch == 1)
    if by_count:
        place = (stretch > 0).cumsum(axis=1)
        counted = (place > 0) & (place <= answer.sum(axis=1, keepdims=True))
    return np.where(counted[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def zeros_taken_for_padding(logits, tokens, answer):
    """Tokens of 0 are taken for padding, and left out of the answer. A word may have the number 0:
    `answer` alone says which tokens count."""
    # "Tokens of 0 are taken for padding, and left out of the answer": np.allclose(got,
    #     right(logits, tokens, answer & (tokens != 0)))
    # "A word may have the number 0": bug(np.zeros((1, 2, 2)), np.zeros((1, 2), int),
    #     np.ones((1, 2), bool))[0] == 0
    # "`answer` alone says which tokens count": answer & (tokens != 0) → answer
    counted = answer & (tokens != 0)
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return np.where(counted[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def end_left_out(logits, tokens, answer):
    """The answer's last token is left out. Its end token is part of it: without it the model is not
    taught to stop."""
    # "The answer's last token is left out": np.allclose(got, right(logits, tokens, answer &
    #     np.pad(answer, ((0, 0), (0, 1)))[:, 1:]))
    # "Its end token is part of it: without it the model is not taught to stop": inside = answer &
    #     np.pad(answer, ((0, 0), (0, 1)))[:, 1:] → inside = answer
    inside = answer & np.pad(answer, ((0, 0), (0, 1)))[:, 1:]
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return np.where(inside[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def first_token_of_the_answer_left_out(logits, tokens, answer):
    """The answer's first token is left out, as the one before it belongs to the prompt. It is
    predicted by the prompt's last logits, and counts."""
    # "The answer's first token is left out, as the one before it belongs to the prompt":
    #     np.allclose(got, right(logits, tokens, answer & np.pad(answer, ((0, 0), (1, 0)))[:, :-1]))
    # "It is predicted by the prompt's last logits, and counts": answer[:, 1:] & answer[:, :-1] →
    #     answer[:, 1:]
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return np.where(answer[:, 1:] & answer[:, :-1], log_p, 0).sum(axis=1)


@exercise.bug
def last_place_left_out(logits, tokens, answer):
    """The row's last place is left out, and an answer that ends there loses its end. Tokens lose
    their first place alone."""
    # "The row's last place is left out": np.allclose(got, right(logits[:, :-1], tokens[:, :-1],
    #     answer[:, :-1]))
    # "and an answer that ends there loses its end": answer[:, -1].any() and not np.allclose(got,
    #     want)
    # "Tokens lose their first place alone": log_softmax(logits)[:, :-2], tokens[:, 1:-1] →
    #     log_softmax(logits)[:, :-1], tokens[:, 1:]; answer[:, 1:-1] → answer[:, 1:]
    log_p = picked(log_softmax(logits)[:, :-2], tokens[:, 1:-1])
    return np.where(answer[:, 1:-1], log_p, 0).sum(axis=1)


@exercise.bug
def logits_not_normalized(logits, tokens, answer):
    """Logits are summed as they are. They become log-probabilities by `log_softmax` over the
    vocabulary."""
    # "Logits are summed as they are": np.allclose(got, np.where(answer[:, 1:],
    #     picked(as_float(logits)[:, :-1], tokens[:, 1:]), 0).sum(axis=1))
    # "They become log-probabilities by `log_softmax` over the vocabulary": as_float(logits) →
    #     log_softmax(as_float(logits))
    log_p = picked(as_float(logits)[:, :-1], tokens[:, 1:])
    return np.where(answer[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug(axis=(1, 0), cut=(True,))
def softmax_over_another_axis(logits, tokens, answer, axis=1, cut=False):
    """Softmax runs over another axis than the vocabulary, the last. At each place the probabilities
    of all tokens add up to 1."""
    # "Softmax runs over another axis than the vocabulary, the last": np.allclose(got,
    #     np.where(answer[:, 1:], picked(log_softmax(logits, 1)[:, :-1], tokens[:, 1:]),
    #     0).sum(axis=1))
    # "At each place the probabilities of all tokens add up to 1": log_softmax(used, axis) →
    #     log_softmax(used, -1)
    used = logits[:, :-1] if cut else logits
    with np.errstate(all="ignore"):
        log_p = log_softmax(used, axis)[:, : tokens.shape[1] - 1]
    log_p = picked(log_p, tokens[:, 1:])
    return np.where(answer[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def negative(logits, tokens, answer):
    """This is the negative log-likelihood, 0 or more, as a loss. The log-probability is its
    negative."""
    # "This is the negative log-likelihood, 0 or more, as a loss": np.allclose(got, -want) and (got
    #     >= 0).all() and got.any()
    # "The log-probability is its negative": -np.where → np.where
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return -np.where(answer[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def probability(logits, tokens, answer):
    """This is the probability itself, which rounds to 0 for a long answer. Leave the sum of
    logarithms as it is."""
    # "This is the probability itself": np.allclose(got, np.exp(want))
    # "which rounds to 0 for a long answer": bug(np.zeros((1, 2000, 2)), np.zeros((1, 2000), int),
    #     np.ones((1, 2000), bool))[0] == 0
    # "Leave the sum of logarithms as it is": np.exp(total) → total
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    total = np.where(answer[:, 1:], log_p, 0).sum(axis=1)
    return np.exp(total)


@exercise.bug
def probabilities_added(logits, tokens, answer):
    """Probabilities are added. They are to be multiplied: add their logarithms."""
    # "Probabilities are added": np.allclose(got, np.where(answer[:, 1:], picked(softmax(logits)[:,
    #     :-1], tokens[:, 1:]), 0).sum(axis=1))
    # "They are to be multiplied: add their logarithms": softmax(logits) → log_softmax(logits)
    p = picked(softmax(logits)[:, :-1], tokens[:, 1:])
    return np.where(answer[:, 1:], p, 0).sum(axis=1)


@exercise.bug
def multiplied_by_the_mask(logits, tokens, answer):
    """Log-probabilities are multiplied by the mask, and a banned token in the prompt makes 0 ·
    -inf, which is nan. Choose with `np.where`."""
    # "Log-probabilities are multiplied by the mask, and a banned token in the prompt makes 0 ·
    #     -inf, which is nan": np.isnan(got).any() and np.isfinite(want).all()
    # "Choose with `np.where`": (log_p * answer[:, 1:]) → np.where(answer[:, 1:], log_p, 0)
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    with np.errstate(all="ignore"):
        return (log_p * answer[:, 1:]).sum(axis=1)


@exercise.bug(eps=(0, 1e-8, 1e-9, 1e-10, 1e-12))
def log_of_a_rounded_probability(logits, tokens, answer, eps=0):
    """A small probability rounds to 0, and its logarithm is -inf, or that of the small number
    added. Take log-softmax from the logits."""
    # "A small probability rounds to 0, and its logarithm is -inf": np.isneginf(got).any() and
    #     np.isfinite(want).all()
    # "Take log-softmax from the logits": np.log(softmax(logits) + eps) → log_softmax(logits)
    # "or that of the small number added": np.isclose(bug(np.array([[[0.0, 5000.0]] * 2]),
    #     np.zeros((1, 2), int), np.array([[False, True]]), eps=1e-10)[0], np.log(1e-10))
    with np.errstate(divide="ignore"):
        log_p = picked(np.log(softmax(logits) + eps)[:, :-1], tokens[:, 1:])
    return np.where(answer[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def no_maximum(logits, tokens, answer):
    """exp of a large logit overflows. Subtract each place's maximum first."""
    # "exp of a large logit overflows": not np.isfinite(got).all() and np.isfinite(want).all()
    # "Subtract each place's maximum first": z = as_float(logits) → z = as_float(logits) -
    #     logits.max(axis=-1, keepdims=True)
    z = as_float(logits)
    with np.errstate(all="ignore"):
        log_p = picked(
            (z - np.log(np.exp(z).sum(axis=-1, keepdims=True)))[:, :-1], tokens[:, 1:]
        )
    return np.where(answer[:, 1:], log_p, 0).sum(axis=1)


@exercise.bug
def summed_over_rows(logits, tokens, answer):
    """The answers of all rows are summed to one number. Sum along the tokens, axis 1: one number a
    row."""
    # "The answers of all rows are summed to one number": np.ndim(got) == 0 and np.allclose(got,
    #     want.sum())
    # "Sum along the tokens, axis 1: one number a row": .sum() → .sum(axis=1)
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return np.where(answer[:, 1:], log_p, 0).sum()


@exercise.bug
def not_summed(logits, tokens, answer):
    """This is one number a token. Sum along each row."""
    # "This is one number a token": got.shape == answer[:, 1:].shape
    # "Sum along each row": np.where(answer[:, 1:], log_p, 0) → np.where(answer[:, 1:], log_p,
    #     0).sum(axis=1)
    log_p = picked(log_softmax(logits)[:, :-1], tokens[:, 1:])
    return np.where(answer[:, 1:], log_p, 0)


@exercise.bug
def most_likely_token(logits, tokens, answer):
    """The log-probability of the likeliest token is summed, whatever the row says. Pick that of the
    row's own token."""
    # "The log-probability of the likeliest token is summed, whatever the row says":
    #     np.allclose(got, np.where(answer[:, 1:], log_softmax(logits)[:, :-1].max(axis=-1),
    #     0).sum(axis=1))
    # "Pick that of the row's own token": log_p.argmax(axis=-1) → tokens[:, 1:]
    log_p = log_softmax(logits)[:, :-1]
    log_p = picked(log_p, log_p.argmax(axis=-1))
    return np.where(answer[:, 1:], log_p, 0).sum(axis=1)
