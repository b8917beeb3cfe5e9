"""A training with nothing wrong, and a model with one function more."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from answers.transformers.checks.training import Training
from answers.transformers.gpt import GPT, GPTConfig

VOCAB, BATCH, TIME = 31, 4, 12


# --8<-- [start:sound]
def sound(**changes: Any) -> Training:
    """A small GPT with dropout and a batch of random tokens, trained as it should be.

    Args:
        changes: Attributes of `Training` to have otherwise.

    Example:
        >>> training = sound()
        >>> training.ids.shape, training.vocab
        (torch.Size([4, 12]), 31)
        >>> sound(vocab=40).vocab
        40
    """
    generator = torch.Generator().manual_seed(10)
    ids = torch.randint(1, VOCAB, (BATCH, TIME), generator=generator)
    settings = {"model": small(), "tied": (("tokens.weight", "head.weight"),)}
    return Training(**{"ids": ids, "vocab": VOCAB, **settings, **changes})


def small(**changes: Any) -> GPT:
    torch.manual_seed(10)
    sizes = {"layers": 2, "heads": 2, "width": 32, "dropout": 0.05}
    return GPT(GPTConfig(vocab=VOCAB, context=32, **{**sizes, **changes}))


# --8<-- [end:sound]


def then(model: GPT, last: Callable) -> nn.Module:
    """A model whose output goes through one function more."""
    return Then(model, last)


class Then(nn.Module):
    def __init__(self, model: nn.Module, last: Callable):
        super().__init__()
        self.model, self.last = model, last

    def forward(self, ids, cache=None, mask=None):
        return self.last(self.model(ids, cache, mask))
