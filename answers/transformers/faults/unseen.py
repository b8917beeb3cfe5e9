"""Faults that no check sees, each with a measurement that shows it."""

import copy
import math
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import apart
from answers.transformers.faults.heads import attending
from answers.transformers.faults.sound import small, sound
from answers.transformers.gpt import Attention


# --8<-- [start:scales]
def scaled(by: Callable[[int, int], float]) -> Training:
    """Scores that are multiplied by `by(width, width of a head)` instead of 1/√d."""

    class Scaled(Attention):
        def forward(self, x, look, turn, cache):
            batch, time, width = x.shape
            q, k, v = (
                part.view(batch, time, self.heads, -1).transpose(1, 2)
                for part in self.qkv(x).split(width, dim=-1)
            )
            y = functional.scaled_dot_product_attention(
                q, k, v, look, is_causal=look is None, scale=by(width, q.shape[-1])
            )
            return self.out(y.transpose(1, 2).reshape(batch, time, width))

    return sound(model=attending(Scaled))


def scores_not_scaled():
    return scaled(lambda width, d: 1.0)


def scores_scaled_by_the_model():
    """1/√d_model in place of 1/√d."""
    return scaled(lambda width, d: 1 / math.sqrt(width))


def scores_times_the_root():
    return scaled(lambda width, d: math.sqrt(d))


# --8<-- [end:scales]


# --8<-- [start:unseen]
def mlp_without_its_gelu():
    model = small()
    for block in model.blocks:
        block.mlp[1] = nn.Identity()
    return sound(model=model)


def clipping_after_the_step():
    return sound(step=clipping(in_time=False))


def the_same_example_in_every_row():
    ids = sound().ids
    return sound(ids=ids[:1].expand_as(ids))


def clipping(in_time: bool) -> Callable:
    """A step that clips gradients to a norm of 0.1."""

    def step(training, model, optimizer):
        model.train()
        optimizer.zero_grad()
        loss = training.loss_of(model)
        loss.backward()
        if not in_time:
            optimizer.step()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        if in_time:
            optimizer.step()
        return loss.detach()

    return step


# --8<-- [end:unseen]


# --8<-- [start:shown]
def gap_to_another_implementation(training: Training) -> str:
    """How far the logits are from those of a sound GPT with the same weights."""
    reference = small()
    reference.load_state_dict(training.model.state_dict())
    expected = sound(model=reference).logits(training.ids)
    return f"{apart(training.logits(training.ids), expected):.1g}"


def length_of_a_step(training: Training) -> str:
    """How far plain gradient descent of rate 1 goes: at most the norm that is clipped to."""
    model = copy.deepcopy(training.model)
    before = nn.utils.parameters_to_vector(model.parameters()).detach()
    torch.manual_seed(0)
    training.step(training, model, torch.optim.SGD(model.parameters(), lr=1.0))
    after = nn.utils.parameters_to_vector(model.parameters()).detach()
    return f"{(after - before).norm():.1f}"


def distinct_rows(training: Training) -> str:
    return str(len(training.ids.unique(dim=0)))


# --8<-- [end:shown]

LOGITS = "the same weights in a second implementation: logits differ by"
# For each fault: what shows it, measured by which function, and a training without it.
UNSEEN = {
    scores_not_scaled: (LOGITS, gap_to_another_implementation, sound),
    scores_scaled_by_the_model: (LOGITS, gap_to_another_implementation, sound),
    scores_times_the_root: (LOGITS, gap_to_another_implementation, sound),
    mlp_without_its_gelu: (LOGITS, gap_to_another_implementation, sound),
    clipping_after_the_step: (
        "gradient descent of rate 1, clipped to 0.1: one step goes as far as",
        length_of_a_step,
        lambda: sound(step=clipping(in_time=True)),
    ),
    the_same_example_in_every_row: (
        "rows of the batch that differ",
        distinct_rows,
        sound,
    ),
}
