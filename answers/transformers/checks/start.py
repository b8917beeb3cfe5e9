"""Before the first step: logits, and the loss of a model that knows nothing."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import Verdict, verdict


# --8<-- [start:start]
def output_is_logits(training: Training) -> Verdict:
    """Cross-entropy takes the softmax itself: of probabilities, it has a floor."""
    logits = training.logits(training.ids)
    if not logits.isfinite().all():
        return verdict(
            output_is_logits,
            False,
            "",
            "the model returns nan or infinity before any step: find the first layer that "
            "does, by a forward hook on each",
        )
    sums = logits.sum(-1)
    ones = torch.allclose(sums, torch.ones_like(sums), atol=1e-3)
    floor = math.log(math.e + training.vocab - 1) - 1
    probabilities = ones and bool((logits >= 0).all())
    return verdict(
        output_is_logits,
        not probabilities,
        "scores of any size and sign",
        "the model returns probabilities; of those, cross-entropy never falls below "
        f"log(e + V - 1) - 1 = {floor:.2f}: return the logits",
    )


def first_loss_makes_sense(
    training: Training, within: float = 0.5, most: float = 2.0
) -> Verdict:
    """From scratch a model knows no label: its loss is near that of a label at random, which
    is log V, in nats, plus what the spread of the logits adds: half their variance, if they
    are normal. That is little where the initial weights are small. Tied to scaled embeddings,
    a sound model may start by repeating the token that it reads, so the spread is that of all
    others. A pretrained model knows its own kind of text: its loss is below log V.
    """
    logits = training.logits(training.ids)
    loss = float(training.loss(logits, training.ids, None))
    want = math.log(training.vocab)
    if training.pretrained:
        return verdict(
            first_loss_makes_sense,
            loss < want - within,
            f"{loss:.2f} nats, below log V = {want:.2f}: it knows this kind of text",
            f"{loss:.2f} nats of a pretrained model, and log V is {want:.2f}: its weights "
            "were not loaded, or the ids are another tokenizer's",
        )
    at_random, spread = cost_at_random(logits), cost_at_random(others(training, logits))
    # A mean over few labels is off by chance, the more the wider the logits are spread.
    by_chance = float(logits.std(-1).mean())
    independent = abs(loss - at_random) < within + by_chance
    why = (
        "the initial weights are too large, as the spread of the logits shows"
        if independent
        else f"a label at random would cost {at_random:.2f}, so the loss is wrong, or the "
        "model has learnt"
    )
    repeats = f", and {spread:.2f} but for the logit of the token that is read"
    return verdict(
        first_loss_makes_sense,
        independent and spread < want + most,
        f"{loss:.2f} nats, log V is {want:.2f}" + repeats * (at_random >= want + most),
        f"{loss:.2f} nats before any step, but log V is {want:.2f}: {why}",
    )


def cost_at_random(logits: Tensor) -> float:
    """The mean loss if each of the tokens is as likely to be the label."""
    return float(-logits.log_softmax(-1).mean())


def others(training: Training, logits: Tensor) -> Tensor:
    """At each place, the logits of all tokens but the one that is read there."""
    other = functional.one_hot(training.ids, training.vocab) == 0
    return logits[other].view(*training.ids.shape, -1)


# --8<-- [end:start]
