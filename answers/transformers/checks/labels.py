"""Is the next token the label, and is the loss the mean over tokens?"""

import torch
from torch import Tensor
from torch.nn import functional

from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import Verdict, verdict


# --8<-- [start:labels]
def label_is_the_next_token(training: Training) -> Verdict:
    """Logits that predict token t + k perfectly have the least loss for k = 1."""
    ids = torch.arange(15, device=training.ids.device).repeat(2, 1) % training.vocab
    losses = {
        k: float(
            training.loss(sure_of(ids.roll(-k, dims=1), training.vocab), ids, None)
        )
        for k in (-1, 0, 1, 2, 3)
    }
    best = min(losses, key=losses.__getitem__)
    return verdict(
        label_is_the_next_token,
        best == 1,
        f"predicting the next token is what pays: loss {losses[1]:.2f}",
        f"the loss is least for predicting token t {best:+d} at t "
        f"({losses[best]:.2f} against {losses[1]:.2f} for t +1): shift logits against "
        "labels by one, once",
    )


def sure_of(ids: Tensor, vocab: int) -> Tensor:
    """Logits of somebody who is sure of these tokens."""
    return 20.0 * functional.one_hot(ids, vocab)


def loss_is_the_mean_over_real_tokens(training: Training) -> Verdict:
    """Against the mean of log-softmax over the pairs of real tokens, written out."""
    generator, time = torch.Generator().manual_seed(0), torch.arange(8)
    logits = torch.randn(3, 8, training.vocab, generator=generator)
    # The second sequence is padded on the right, the third on the left.
    mask = torch.stack([time < 8, time < 3, time >= 3])
    ids = torch.randint(1, training.vocab, (3, 8), generator=generator) * mask
    got = float(
        training.loss(*(x.to(training.ids.device) for x in (logits, ids, mask)))
    )
    counts = mask[:, :-1] & mask[:, 1:]
    each = -logits.log_softmax(-1)[:, :-1].gather(-1, ids[:, 1:, None])[..., 0]
    rows = (each * counts).sum(1) / counts.sum(1)
    known = {
        "": each[counts].mean(),
        "the padding counts too: leave it out by the mask": each.mean(),
        "padding predicts the first real token: count only what real tokens predict": each[
            mask[:, 1:]
        ].mean(),
        "the sum is divided by all places, padding too: divide by what counts": (
            each * counts
        ).mean(),
        "it is a mean of the sequences' means, so tokens of short sequences count more: "
        "divide the sum over the batch once, by all its tokens": rows.mean(),
        "it is a sum: it grows with the batch, so divide by what counts": each[
            counts
        ].sum(),
    }
    near = [why for why, value in known.items() if abs(got - float(value)) < 1e-4]
    what = near[0] if near else "it is neither the token mean nor a common mistake"
    right = float(known[""])
    return verdict(
        loss_is_the_mean_over_real_tokens,
        "" in near,
        f"{got:.3f} on a padded batch, as by hand",
        f"{got:.3f} on a padded batch, {right:.3f} by hand; {what}",
    )


# --8<-- [end:labels]
