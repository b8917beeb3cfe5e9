"""Faults of positions."""

import torch
from torch import nn

from answers.transformers.faults.sound import small, sound
from answers.transformers.gpt import GPT


# --8<-- [start:positions]
class AllZero(nn.Embedding):
    def forward(self, positions):
        return super().forward(torch.zeros_like(positions))


class CountsPadding(nn.Embedding):
    def forward(self, positions):
        return super().forward(torch.arange(positions.shape[1])[None])


def positions_by(kind: type[nn.Embedding]) -> GPT:
    model = small()
    model.positions.__class__ = kind
    return model


def all_positions_zero():
    """Every token gets the embedding of position 0."""
    return sound(model=positions_by(AllZero))


def positions_count_padding():
    """With padding on the left, the first real token is not at position 0."""
    return sound(model=positions_by(CountsPadding))


def rotary_positions_all_zero():
    """Queries and keys are turned by the angles of position 0: by none."""

    class Still(GPT):
        def forward(self, ids, cache=None, mask=None, positions=None):
            where = torch.zeros_like(ids)
            return super().forward(ids, cache, mask, positions=where)

    model = small(rotary=True)
    model.__class__ = Still
    return sound(model=model, rotary=True, placed=placed)


def placed(model, ids, positions):
    """The logits with these position ids."""
    return model(ids, positions=positions)


# --8<-- [end:positions]


FAULTS = (
    all_positions_zero,
    positions_count_padding,
    rotary_positions_all_zero,
)
