"""A colleague's training of a small GPT with local attention. It runs, and nothing is raised.

The lab `debug-the-gpt.ipynb` finds what is wrong with it. Look for yourself first: there are
six mistakes. What it imports from `answers` is sound.
"""

import torch
from torch import nn

from answers.transformers.checks.training import Training, call
from answers.transformers.gpt import (
    GPT,
    Attention,
    GPTConfig,
    held_out_text,
    next_token_loss_torch,
)

CONFIG = GPTConfig(vocab=128, context=64, layers=2, heads=4, width=64)
WINDOW = 32


class LocalAttention(Attention):
    """Attention to the last `WINDOW` tokens only."""

    def forward(self, x, look, turn, cache):
        place = torch.arange(x.shape[1])
        distance = (place[:, None] - place).abs()
        near = distance < WINDOW
        if look is not None:
            near = near & look
        return super().forward(x, near, turn, cache)


class Positions(nn.Embedding):
    """Learned positions, repeated beyond the context."""

    def forward(self, positions):
        return super().forward(positions // CONFIG.context)


def make_model():
    """A GPT with both of the above."""
    torch.manual_seed(7)
    model = GPT(CONFIG)
    model.positions.__class__ = Positions
    for block in model.blocks:
        block.attention.__class__ = LocalAttention
    nn.init.normal_(model.tokens.weight)
    return model


def loss(logits, ids, mask=None):
    """The mean loss of the next tokens."""
    predictions, labels = logits[:, :-1], ids[:, 1:]
    mask = None if mask is None else mask[:, 1:]
    return next_token_loss_torch(predictions, labels, mask)


def make_optimizer(model):
    """AdamW, with weight decay for the matrices of the blocks."""
    named = dict(model.named_parameters())
    decayed = [named[n] for n in named if "blocks" in n and named[n].ndim > 1]
    others = [named[n] for n in named if "blocks" in n and named[n].ndim == 1]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others}]
    return torch.optim.AdamW(groups, lr=1e-3, weight_decay=0.0)


def step(training, model, optimizer):
    """One step on the batch of `training`. Returns the loss before it."""
    model.train()
    now = training.loss_of(model)
    now.backward()
    optimizer.step()
    return now.detach()


def batches(size=8, time=CONFIG.context):
    """Without an end: stretches of the end of Moby-Dick, as bytes."""
    text = held_out_text().encode("ascii", "ignore")
    data = torch.tensor(list(text), dtype=torch.long)
    generator = torch.Generator().manual_seed(7)
    while True:
        starts = torch.randint(len(data) - time, (size,), generator=generator)
        yield data[starts[:, None] + torch.arange(time)]


def make_training(ids):
    """All that decides what the model learns from a batch."""
    return Training(
        make_model(), ids, CONFIG.vocab, call, loss, make_optimizer, step,
        tied=(("tokens.weight", "head.weight"),),
    )  # fmt: skip


def train(steps):
    """A model trained for so many steps, and the loss that it reported at each."""
    stream = batches()
    model, losses = make_model(), []
    optimizer = make_optimizer(model)
    for _ in range(steps):
        batch = Training(model, next(stream), CONFIG.vocab, call, loss)
        losses.append(float(step(batch, model, optimizer)))
    return model.eval(), losses
