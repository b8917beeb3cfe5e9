"""Faults of masks."""

from collections.abc import Callable

import torch

from answers.transformers.faults.sound import small, sound
from answers.transformers.gpt import GPT, Attention


# --8<-- [start:masks]
def looking(change: Callable) -> GPT:
    """A GPT whose masks go through `change` before they are used."""

    class Changed(Attention):
        def forward(self, x, look, turn, cache):
            time = x.shape[1]
            if look is None:
                look = torch.ones(time, time, dtype=torch.bool).tril()
            return super().forward(x, change(look), turn, cache)

    model = small()
    for block in model.blocks:
        block.attention.__class__ = Changed
    return model


def no_causal_mask():
    """Every token sees the ones that it should predict."""
    return sound(model=looking(torch.ones_like))


def mask_of_the_wrong_axis():
    """The triangle is transposed: a query sees itself and what comes later."""
    return sound(model=looking(lambda look: look.transpose(-1, -2)))


def inverted_mask():
    """True means "hide" to the caller and "look" to the attention."""

    def inverted(look):
        itself = torch.eye(look.shape[-1], dtype=torch.bool)
        # Without itself, the last query would see nothing.
        return ~look | itself

    return sound(model=looking(inverted))


def only_itself_is_seen():
    """Each token looks at itself alone: the mask hides the past, too."""
    return sound(model=looking(lambda look: look & torch.eye(look.shape[-1]).bool()))


def padding_mask_ignored():
    """Real tokens attend to padding."""

    def forward(model, ids, mask):
        return model(ids)

    return sound(forward=forward)


# --8<-- [end:masks]


FAULTS = (
    no_causal_mask,
    mask_of_the_wrong_axis,
    inverted_mask,
    only_itself_is_seen,
    padding_mask_ignored,
)
