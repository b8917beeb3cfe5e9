"""Practice for question 14: the loss of a language model, with the shift and the padding."""

import torch
from torch.nn import functional

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.transformers.gpt import next_token_loss_torch

exercise = Exercise(
    next_token_loss_torch,
    page="10-debug-a-transformer",
    returns=("the loss",),
    rtol=1e-7,
    hints=(
        "Write five tokens on paper, and under each the token that the model is to say there. "
        "One column is left over at either end.",
        "Logits at t belong to token t + 1. So which logits have no label, and which token is "
        "never one?",
        "A prediction involves two tokens: the one that it is made at, and the one that it is "
        "made of. Padding may be either of them.",
        "Average once, over all predictions that count. The mean of the means of sequences of "
        "different lengths is another number.",
    ),
)


def tensors(seed, batch, time, vocab, dtype=torch.float64):
    """Logits that want a gradient, and ids."""
    generator = torch.Generator().manual_seed(seed)
    size = (batch, time, vocab)
    logits = 3 * torch.randn(size, generator=generator, dtype=torch.float64)
    ids = torch.randint(vocab, (batch, time), generator=generator)
    return logits.to(dtype).requires_grad_(), ids


def real(lengths, time, left):
    """The mask of sequences of these lengths, padded on the left or on the right."""
    at, lengths = torch.arange(time), torch.tensor(lengths)[:, None]
    return at >= time - lengths if left else at < lengths


exercise.case("two tokens", *tensors(3, 1, 2, 5))
exercise.case("seven tokens", *tensors(5, 1, 7, 5))
exercise.case("three sequences", *tensors(7, 3, 7, 5))
exercise.case("as many sequences as tokens, and as many words", *tensors(11, 5, 5, 5))
exercise.case(
    "a mask of real tokens only", *tensors(13, 2, 5, 7), real([5, 5], 5, True)
)
exercise.case("padding on the right", *tensors(17, 1, 7, 5), real([4], 7, False))
exercise.case("padding on the left", *tensors(19, 1, 7, 5), real([4], 7, True))
exercise.case(
    "sequences of different lengths", *tensors(23, 3, 7, 5), real([7, 2, 4], 7, False)
)
exercise.case(
    "a sequence of one token, which predicts nothing",
    *tensors(29, 3, 7, 5),
    real([7, 1, 4], 7, True),
)
holes = torch.tensor([[1, 1, 0, 1, 1, 1, 0], [0, 1, 1, 0, 1, 0, 1]]) > 0
exercise.case("a mask with holes", *tensors(47, 2, 7, 5), holes)
padded = real([7, 0, 5], 7, False)
exercise.case("a sequence of padding only", *tensors(53, 3, 7, 5), padded)
huge, names = tensors(31, 2, 5, 7)
exercise.case("logits in the thousands", (huge.detach() * 1e3).requires_grad_(), names)
hundreds, names = tensors(67, 2, 5, 7)
hundreds = (70 * hundreds.detach()).requires_grad_()
exercise.case("logits of some hundreds", hundreds, names)
exercise.case("float32", *tensors(37, 3, 11, 13, torch.float32))
unread, names = tensors(41, 1, 5, 7)
counted = real([3], 5, False)
unread = unread.detach().masked_fill(~counted[..., None], torch.nan).requires_grad_()
exercise.case(
    "nan at padding",
    *(unread, names, counted),
    noted=Note(
        "nan, infinity and ids outside the vocabulary where no prediction counts",
        "Ours computes a loss everywhere and picks those that count.",
        in_stub_alone=True,
    ),
)


def losses(logits, ids):
    """One loss for each logit and label."""
    return functional.cross_entropy(logits.transpose(1, 2), ids, reduction="none")


def over(each, counts):
    """The mean of those that count."""
    return each.mean() if counts is None else each[counts].mean()


def pairs(mask):
    """Where a prediction is made at a real token and of one."""
    return None if mask is None else mask[:, :-1] & mask[:, 1:]


@exercise.bug
def not_shifted(logits, ids, mask=None):
    """Each token is its own label, so the model learns to repeat its input. The label of the
    logits at t is token t + 1."""
    # "Each token is its own label": torch.isclose(got, losses(logits, ids).mean())
    # "The label of the logits at t is token t + 1": over(losses(logits, ids), mask) →
    #     over(losses(logits[:, :-1], ids[:, 1:]), pairs(mask))
    return over(losses(logits, ids), mask)


@exercise.bug
def not_shifted_and_cut(logits, ids, mask=None):
    """Logits and labels are both cut at the same end, so each token is its own label still. Cut
    the last logits and the first label."""
    # "Logits and labels are both cut at the same end, so each token is its own label still":
    #     torch.isclose(got, losses(logits, ids)[:, 0].mean())
    # "Cut the last logits and the first label": ids[:, :-1]), cut → ids[:, 1:]), pairs(mask)
    cut = None if mask is None else mask[:, :-1]
    return over(losses(logits[:, :-1], ids[:, :-1]), cut)


@exercise.bug
def shifted_twice(logits, ids, mask=None):
    """Labels are two tokens ahead, as when the data loader has shifted them already. Shift in one
    place only."""
    # "Labels are two tokens ahead": got.isnan() and ids.shape[1] == 2
    # "Shift in one place only": ids.shape[1] < 3 → ids.shape[1] < 2; mask[:, :-2] & mask[:, 2:]
    #     → mask[:, :-1] & mask[:, 1:]; logits[:, :-2], ids[:, 2:] → logits[:, :-1], ids[:, 1:]
    if ids.shape[1] < 3:
        return logits.sum() * torch.nan
    both = None if mask is None else mask[:, :-2] & mask[:, 2:]
    return over(losses(logits[:, :-2], ids[:, 2:]), both)


@exercise.bug
def shifted_backwards(logits, ids, mask=None):
    """The labels are the tokens before, which the model has read. Cut the last logits and the
    first label."""
    # "The labels are the tokens before": torch.isclose(got, losses(logits[:, 1:], ids[:,
    #     :1]).mean())
    # "Cut the last logits and the first label": logits[:, 1:], ids[:, :-1] → logits[:, :-1],
    #     ids[:, 1:]
    return over(losses(logits[:, 1:], ids[:, :-1]), pairs(mask))


@exercise.bug
def wrapped_around(logits, ids, mask=None):
    """The labels are rolled, so the last logits have to predict the first token. Drop them."""
    # "The labels are rolled, so the last logits have to predict the first token":
    #     torch.isclose(got, losses(logits, ids.flip(1)).mean())
    # "Drop them": losses(logits, ids.roll(-1, 1)), counts → losses(logits, ids.roll(-1, 1))[:,
    #     :-1], None if counts is None else counts[:, :-1]
    counts = None if mask is None else mask & mask.roll(-1, 1)
    return over(losses(logits, ids.roll(-1, 1)), counts)


@exercise.bug
def summed(logits, ids, mask=None):
    """The losses are summed, so the gradient grows with the batch and the length. Take their
    mean."""
    # "The losses are summed, so the gradient grows with the batch and the length":
    #     torch.isclose(got, 6 * want)
    # "Take their mean": .sum() → .mean()
    counts = pairs(mask)
    each = losses(logits[:, :-1], ids[:, 1:])
    return each.sum() if counts is None else each[counts].sum()


@exercise.bug
def softmax_before_the_loss(logits, ids, mask=None):
    """Cross-entropy gets probabilities and takes their softmax again, so the loss cannot come near
    0. Pass it the logits."""
    # "Cross-entropy gets probabilities and takes their softmax again, so the loss cannot come
    #     near 0": bug(1e3 * functional.one_hot(ids.roll(-1, 1), 5).double(), ids) > 0.5
    # "Pass it the logits": logits.softmax(-1) → logits
    return over(losses(logits.softmax(-1)[:, :-1], ids[:, 1:]), pairs(mask))


@exercise.bug(eps=(1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5))
def eps_in_the_logarithm(logits, ids, mask=None, eps=1e-12):
    """A small eps is added to the probability for the sake of its logarithm: the loss is too small,
    and of a probability that has rounded to 0 the gradient is lost. Take log_softmax of the
    logits."""
    # "A small eps is added to the probability for the sake of its logarithm: the loss is too
    #     small": got < want and bug(logits, ids, eps=1e-5) < got
    # "of a probability that has rounded to 0 the gradient is lost": got < want and
    #     (logits.softmax(-1) == 0).any()
    # "Take log_softmax of the logits": p = logits.softmax(-1)[:, :-1].gather(2, ids[:, 1:,
    #     None])[..., 0] → log_p = logits.log_softmax(-1)[:, :-1].gather(2, ids[:, 1:, None])[...,
    #     0]; -(p + eps).log() → -log_p
    p = logits.softmax(-1)[:, :-1].gather(2, ids[:, 1:, None])[..., 0]
    return over(-(p + eps).log(), pairs(mask))


@exercise.bug(bound=(20, 50, 100))
def logits_clipped(logits, ids, mask=None, bound=100):
    """Large logits are clipped, so beyond the bound nothing is learned. Cross-entropy subtracts
    the largest logit, and needs no bound."""
    # "Large logits are clipped, so beyond the bound nothing is learned": got < want and
    #     torch.equal(bug(1e6 * logits, ids), bug(1e9 * logits, ids))
    # "Cross-entropy subtracts the largest logit, and needs no bound": logits =
    #     logits.clamp(-bound, bound) → logits = logits - logits.amax(-1, keepdim=True)
    logits = logits.clamp(-bound, bound)
    return over(losses(logits[:, :-1], ids[:, 1:]), pairs(mask))


@exercise.bug(at_once=(False, True))
def plain_logarithm(logits, ids, mask=None, at_once=False):
    """A probability rounds to 0, and its logarithm is infinite. Take log_softmax of the logits."""
    # "A probability rounds to 0, and its logarithm is infinite": got == torch.inf and
    #     (logits.softmax(-1) == 0).any()
    # "Take log_softmax of the logits": p.log().gather(2, labels) → logits[:,
    #     :-1].log_softmax(-1).gather(2, labels); p.gather(2, labels).log() → logits[:,
    #     :-1].log_softmax(-1).gather(2, labels)
    p, labels = logits[:, :-1].softmax(-1), ids[:, 1:, None]
    log_p = p.log().gather(2, labels) if at_once else p.gather(2, labels).log()
    return over(-log_p[..., 0], pairs(mask))


@exercise.bug(of_all=(False, True))
def maximum_of_the_row_left_in(logits, ids, mask=None, of_all=False):
    """The sum of exp overflows, or underflows to 0: the row's own maximum is not subtracted first.
    Take `torch.logsumexp` of the logits."""
    # "The sum of exp overflows, or underflows to 0": not got.isfinite() and not
    #     logits.exp().sum(-1).isfinite().all()
    # "Take `torch.logsumexp` of the logits": z.exp().sum(-1).log() → torch.logsumexp(z, -1)
    z = (logits - logits.max() if of_all else logits)[:, :-1]
    of_label = z.gather(2, ids[:, 1:, None])[..., 0]
    return over(z.exp().sum(-1).log() - of_label, pairs(mask))


@exercise.bug
def reshaped_for_the_classes(logits, ids, mask=None):
    """A reshape brings the classes to axis 1, and mixes positions with classes. Exchange the axes:
    `logits[:, :-1].transpose(1, 2)`."""
    # "mixes positions with classes": not torch.isclose(got, want) and torch.isclose(bug(0 * logits,
    #     ids), right(0 * logits, ids))
    # "Exchange the axes: `logits[:, :-1].transpose(1, 2)`": z.reshape(len(z), z.shape[2], -1) →
    #     logits[:, :-1].transpose(1, 2)
    z = logits[:, :-1]
    z = z.reshape(len(z), z.shape[2], -1)
    each = functional.cross_entropy(z, ids[:, 1:], reduction="none")
    return over(each, pairs(mask))


@exercise.bug
def shifted_across_sequences(logits, ids, mask=None):
    """The batch is flattened before the shift, so the end of a sequence has to predict the
    beginning of the next. Shift first, then flatten."""
    # "The batch is flattened before the shift, so the end of a sequence has to predict the
    #     beginning of the next": torch.isclose(got, losses(logits.flatten(0, 1)[None, :-1],
    #     ids.flatten()[None, 1:]).mean())
    # "Shift first, then flatten": logits.flatten(0, 1)[:-1], ids.flatten()[1:] → logits[:,
    #     :-1].flatten(0, 1), ids[:, 1:].flatten(); real[:-1] & real[1:] → pairs(mask).flatten()
    z, labels = logits.flatten(0, 1)[:-1], ids.flatten()[1:]
    real = None if mask is None else mask.flatten()
    each = functional.cross_entropy(z, labels, reduction="none")
    return over(each, None if mask is None else real[:-1] & real[1:])


@exercise.bug(first=(0, 1))
def last_label_left_out(logits, ids, mask=None, first=0):
    """The last prediction of a sequence is left out, or the first. Cut one position at each end and
    no more: the last logits, and the first label."""
    # "or the first": bug(logits, ids, first=1).isnan() and not want.isnan()
    # "The last prediction of a sequence is left out": got.isnan() and ids.shape[1] == 2 and
    #     torch.isclose(bug(logits.expand(1, 2, 5).repeat(1, 2, 1), ids.repeat(1, 2)),
    #     right(logits.expand(1, 2, 5).repeat(1, 2, 1)[:, :-1], ids.repeat(1, 2)[:, :-1]))
    # "Cut one position at each end and no more: the last logits, and the first label":
    #     slice(first, ids.shape[1] - 2 + first) → slice(None)
    some = slice(first, ids.shape[1] - 2 + first)
    counts = None if mask is None else pairs(mask)[:, some]
    return over(losses(logits[:, :-1][:, some], ids[:, 1:][:, some]), counts)


@exercise.bug
def padding_counted(logits, ids, mask=None):
    """The mask is ignored, so the model learns to predict padding. Average over predictions of
    real tokens."""
    # "The mask is ignored, so the model learns to predict padding": torch.equal(got,
    #     bug(logits, ids))
    # "Average over predictions of real tokens": losses(logits[:, :-1], ids[:, 1:]).mean() →
    #     over(losses(logits[:, :-1], ids[:, 1:]), pairs(mask))
    return losses(logits[:, :-1], ids[:, 1:]).mean()


@exercise.bug
def either_token_real(logits, ids, mask=None):
    """A prediction counts if one of its two tokens is real. Both must be: join them by `&`."""
    # "A prediction counts if one of its two tokens is real": torch.isclose(got, losses(logits[:,
    #     :-1], ids[:, 1:])[mask[:, :-1] | mask[:, 1:]].mean())
    # "Both must be: join them by `&`": mask[:, :-1] | mask[:, 1:] → mask[:, :-1] & mask[:, 1:]
    counts = None if mask is None else mask[:, :-1] | mask[:, 1:]
    return over(losses(logits[:, :-1], ids[:, 1:]), counts)


@exercise.bug
def mask_not_shifted(logits, ids, mask=None):
    """A prediction counts if it is made at a real token, even one of padding. Its label must be
    real too."""
    # "A prediction counts if it is made at a real token, even one of padding":
    #     torch.isclose(got, losses(logits[:, :-1], ids[:, 1:])[mask[:, :-1]].mean())
    # "Its label must be real too": mask[:, :-1] → mask[:, :-1] & mask[:, 1:]
    counts = None if mask is None else mask[:, :-1]
    return over(losses(logits[:, :-1], ids[:, 1:]), counts)


@exercise.bug
def mask_made_a_length(logits, ids, mask=None):
    """The mask is made a length, as if padding stood on the right. Padding may stand on the left,
    too: ask the mask at each position."""
    # "as if padding stood on the right": torch.isclose(got, losses(logits[:, :-1], ids[:, 1:])[:,
    #     : int(mask.sum()) - 1].mean()) and mask[0, -1] and not mask[0, 0]
    # "ask the mask at each position": at < mask.sum(1, keepdim=True) → pairs(mask)
    at = torch.arange(1, ids.shape[1])
    counts = None if mask is None else at < mask.sum(1, keepdim=True)
    return over(losses(logits[:, :-1], ids[:, 1:]), counts)


@exercise.bug
def made_at_padding(logits, ids, mask=None):
    """A prediction counts if its label is real, even if it is made at padding on the left. The
    token that it is made at must be real too."""
    # "A prediction counts if its label is real, even if it is made at padding on the left":
    #     torch.isclose(got, losses(logits[:, :-1], ids[:, 1:])[mask[:, 1:]].mean())
    # "The token that it is made at must be real too": mask[:, 1:] → mask[:, 1:] & mask[:, :-1]
    counts = None if mask is None else mask[:, 1:]
    return over(losses(logits[:, :-1], ids[:, 1:]), counts)


@exercise.bug
def masked_before_the_shift(logits, ids, mask=None):
    """Masked tokens are dropped before the shift, so a token before a hole has to predict the token
    after it. Shift first, and keep the predictions of which both tokens are real."""
    # "a token before a hole has to predict the token after it": not torch.isclose(got, want) and
    #     torch.isclose(bug(logits, ids, mask.sort(1, descending=True)[0]), right(logits, ids,
    #     mask.sort(1, descending=True)[0]))
    # "Shift first, and keep the predictions of which both tokens are real": each[real][:-1] →
    #     each[:-1][real[:-1] & real[1:]]; labels[real][1:] → labels[1:][real[:-1] & real[1:]]
    real_of_all = torch.ones_like(ids) > 0 if mask is None else mask
    total, number = 0.0, 0
    for each, labels, real in zip(logits, ids, real_of_all, strict=True):
        z, y = each[real][:-1], labels[real][1:]
        total = total + functional.cross_entropy(z, y, reduction="sum")
        number += len(y)
    return total / number


@exercise.bug
def divided_by_all(logits, ids, mask=None):
    """Losses at padding are set to 0, but still divided by. Divide by the number of predictions
    that count."""
    # "Losses at padding are set to 0, but still divided by": torch.isclose(got, want *
    #     pairs(mask).sum() / 6)
    # "Divide by the number of predictions that count": (each * counts).mean() → (each *
    #     counts).sum() / counts.sum()
    each, counts = losses(logits[:, :-1], ids[:, 1:]), pairs(mask)
    return each.mean() if counts is None else (each * counts).mean()


@exercise.bug(both=(False, True))
def logits_of_padding_set_to_zero(logits, ids, mask=None, both=False):
    """Logits at padding are set to 0, and a loss of log(vocab) still counts for each. Leave these
    predictions out of the mean."""
    # "and a loss of log(vocab) still counts for each": torch.isclose(got, (losses(logits[:, :3],
    #     ids[:, 1:4]).sum() + losses(logits[:, 3:4], ids[:, 4:5]).sum() + 2 *
    #     torch.tensor(5.0).log()) / 6)
    # "Leave these predictions out of the mean": losses(z, ids[:, 1:]).mean() → over(losses(z,
    #     ids[:, 1:]), pairs(mask))
    z = logits[:, :-1]
    if mask is not None:
        z = z * (pairs(mask) if both else mask[:, :-1])[..., None]
    return losses(z, ids[:, 1:]).mean()


@exercise.bug(if_masked=(False, True))
def divided_by_real_tokens(logits, ids, mask=None, if_masked=False):
    """The sum is divided by the number of tokens, of which each sequence has one more than it has
    predictions. Divide by the number of predictions."""
    # "The sum is divided by the number of tokens, of which each sequence has one more than it
    #     has predictions": torch.isclose(got, want * (2 - 1) / 2)
    # "Divide by the number of predictions": (each if if_masked else ids).numel() →
    #     each.numel(); mask.sum() → counts.sum()
    each, counts = losses(logits[:, :-1], ids[:, 1:]), pairs(mask)
    if counts is None:
        return each.sum() / (each if if_masked else ids).numel()
    return (each * counts).sum() / mask.sum()


@exercise.bug(if_masked=(False, True))
def id_0_taken_for_padding(logits, ids, mask=None, if_masked=False):
    """Predictions of token 0 do not count, as with `ignore_index=0`. The mask says what padding is,
    and without one every token is real."""
    # "Predictions of token 0 do not count": (ids[:, 1:] == 0).any() and not
    #     torch.isclose(got, want)
    # "The mask says what padding is, and without one every token is real": & (ids[:, 1:] != 0) →
    #     & True
    counts = pairs(torch.ones_like(ids) > 0 if mask is None else mask)
    if if_masked and mask is None:
        return losses(logits[:, :-1], ids[:, 1:]).mean()
    return over(losses(logits[:, :-1], ids[:, 1:]), counts & (ids[:, 1:] != 0))


@exercise.bug(of_all=(False, True))
def mean_of_means(logits, ids, mask=None, of_all=False):
    """Each sequence is averaged by itself, so a token of a short one counts for more. Take one
    mean over all predictions."""
    # "Each sequence is averaged by itself, so a token of a short one counts for more":
    #     torch.isclose(got, torch.stack([right(logits[i : i + 1], ids[i : i + 1], mask[i : i + 1])
    #     for i in range(3) if pairs(mask)[i].any()]).mean())
    # "Take one mean over all predictions": (own / number.clamp(min=1))[rows].mean() → own.sum() /
    #     number.sum()
    each, counts = losses(logits[:, :-1], ids[:, 1:]), pairs(mask)
    if counts is None:
        return each.mean()
    own, number = (each * counts).sum(1), counts.sum(1)
    rows = number >= 0 if of_all else number > 0
    return (own / number.clamp(min=1))[rows].mean()


@exercise.bug
def no_graph(logits, ids, mask=None):
    """The loss is a number without a graph, so nothing can be learned from it. Leave out .item(),
    .detach() and torch.tensor."""
    # "The loss is a number without a graph": not got.requires_grad and want.requires_grad
    # "Leave out .item(), .detach() and torch.tensor": .detach() →
    return over(losses(logits[:, :-1], ids[:, 1:]), pairs(mask)).detach()


@exercise.bug
def smoothed_labels(logits, ids, mask=None):
    """The labels are smoothed, so a share of the loss is that of all other tokens. Leave
    `label_smoothing` at 0."""
    # "The labels are smoothed, so a share of the loss is that of all other tokens": torch.isclose(
    #     bug(logits, ids), 0.9 * right(logits, ids) - 0.1 * logits[:, :-1].log_softmax(-1).mean())
    # "Leave `label_smoothing` at 0": label_smoothing=0.1 → label_smoothing=0.0
    each = functional.cross_entropy(
        logits[:, :-1].mT, ids[:, 1:], reduction="none", label_smoothing=0.1
    )
    return over(each, pairs(mask))
