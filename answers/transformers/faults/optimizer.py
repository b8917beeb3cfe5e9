"""Faults of the optimizer."""

from collections.abc import Callable

import torch

from answers.transformers.faults.sound import sound


# --8<-- [start:optimizer]
def parameters_left_out():
    """The optimizer gets the blocks, and neither embeddings nor the last norm."""

    def optimizer(model):
        return torch.optim.AdamW(model.blocks.parameters(), lr=3e-3, weight_decay=0.0)

    return sound(optimizer=optimizer)


def decay_on_everything():
    """AdamW as it comes shrinks all parameters, by a weight decay of 0.01."""
    return sound(optimizer=lambda model: torch.optim.AdamW(model.parameters(), lr=3e-3))


def rate_100_times_too_high():
    """The learning rate is 0.3."""
    return sound(optimizer=rate(0.3))


def rate_100_times_too_low():
    """The learning rate is 3e-5, and the model was to learn from scratch."""
    return sound(optimizer=rate(3e-5))


def warm_up_missing():
    """A rate that 20 steps of warm-up would lead up to, from the first step on."""
    return sound(optimizer=rate(1e-2))


def rate(highest: float, warm_up: int = 0) -> Callable:
    """Makes an AdamW whose rate rises to `highest` in so many steps."""

    def optimizer(model):
        adam = torch.optim.AdamW(model.parameters(), lr=highest, weight_decay=0.0)
        rise = torch.optim.lr_scheduler.LambdaLR(
            adam, lambda step: min(1, (step + 1) / (warm_up + 1))
        )
        adam.register_step_post_hook(lambda *_: rise.step())
        return adam

    return optimizer


# --8<-- [end:optimizer]


FAULTS = (
    parameters_left_out,
    decay_on_everything,
    rate_100_times_too_high,
    rate_100_times_too_low,
    warm_up_missing,
)
