"""A training with nothing wrong, and a model with one function more."""

import math
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


# --8<-- [start:scaled]
class ScaledEmbedding(nn.Embedding):
    """Times the root of its width, as in Gemma."""

    def forward(self, ids):
        return super().forward(ids) * math.sqrt(self.embedding_dim)


def tied_and_scaled(width: int, layers: int = 2, **changes: Any) -> Training:
    """Sound, too: the output layer is tied to embeddings that are scaled where they are read.

    Example:
        >>> training = tied_and_scaled(64)
        >>> training.model.tokens.weight is training.model.head.weight
        True
    """
    model = small(width=int(width), layers=int(layers))
    model.tokens.__class__ = ScaledEmbedding
    return sound(model=model, **changes)


# --8<-- [end:scaled]


def then(model: GPT, last: Callable) -> nn.Module:
    """A model whose output goes through one function more."""
    return Then(model, last)


class Then(nn.Module):
    def __init__(self, model: nn.Module, last: Callable):
        super().__init__()
        self.model, self.last = model, last

    def forward(self, ids, cache=None, mask=None):
        return self.last(self.model(ids, cache, mask))
