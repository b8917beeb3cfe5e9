"""The parts of a training, in one object that every check takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from answers.transformers.checks.verdict import few
from answers.transformers.gpt import evaluating, next_token_loss_torch


# --8<-- [start:training]
def call(model: nn.Module, ids: Tensor, mask: Tensor | None) -> Tensor:
    """The logits (batch, time, vocab) of a model that is called as our GPT is."""
    return model(ids, mask=mask)


def adam(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.0)


def train_step(
    training: "Training", model: nn.Module, optimizer: torch.optim.Optimizer
) -> Tensor:
    """One step on the batch of `training`. Returns the loss before it."""
    model.train()
    optimizer.zero_grad()
    loss = training.loss_of(model)
    loss.backward()
    optimizer.step()
    return loss.detach()


@dataclass(frozen=True)
class Training:
    """The parts of a training that the checks look at.

    Attributes:
        model: Any module in float32 or float64.
        ids: A batch of real tokens, (batch, time), time at least 4; no padding in it.
        vocab: Number of tokens, at least 5.
        forward: `forward(model, ids, mask)` gives logits (batch, time, vocab). In the
            mask, True is a real token; None means that all are.
        loss: `loss(logits, ids, mask)` gives the mean loss of the next tokens.
        optimizer: Makes the optimizer of a model.
        step: `step(training, model, optimizer)` trains once on the batch.
        tied: Pairs of names of parameters that are to be the same tensor.
        rotary: Positions change the scores alone, as rotary ones and ALiBi do.
        placed: `placed(model, ids, positions)` gives logits with these position ids,
            (batch, time). Only with it can rotary positions be tested.
        pretrained: The model has learnt: its first loss is below log V.
        exempt: Ends of names of parameters that may have no gradient, or one of zero.

    Raises:
        ValueError: `ids` is empty, too short or outside of the vocabulary; `vocab` is too
            small to tell labels apart; `tied` names a parameter that is not there; a model
            is in half precision, returns logits of another shape, or all equal.
    """

    model: nn.Module
    ids: Tensor
    vocab: int
    forward: Callable = call
    loss: Callable = next_token_loss_torch
    optimizer: Callable = adam
    step: Callable = train_step
    tied: tuple[tuple[str, str], ...] = ()
    rotary: bool = False
    placed: Callable | None = None
    pretrained: bool = False
    exempt: tuple[str, ...] = ()

    def __post_init__(self):
        refuse(self)

    def logits(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        positions: Tensor | None = None,
    ) -> Tensor:
        """The logits for `ids`, in eval mode and without a graph."""
        with evaluating(self.model), torch.no_grad():
            if positions is None:
                logits = self.forward(self.model, ids, mask)
            else:
                logits = self.placed(self.model, ids, positions)
        refuse_shape(logits, (*ids.shape, self.vocab))
        refuse_equal(logits)
        return logits

    def loss_of(self, model: nn.Module) -> Tensor:
        """The loss of the batch."""
        return self.loss(self.forward(model, self.ids, None), self.ids, None)

    def others(self, ids: Tensor) -> Tensor:
        """A different token for each of `ids`."""
        return (ids + 1) % self.vocab


# --8<-- [end:training]


def refuse(training: Training) -> None:
    """Raise where a check would fail for another reason than the model."""
    ids, vocab = training.ids, training.vocab
    if ids.ndim != 2 or ids.shape[0] == 0 or ids.shape[1] < 4:
        raise ValueError(
            f"`ids` has the shape {tuple(ids.shape)}; make it (batch, time) with a sequence "
            "or more and a time of 4 or more"
        )
    if ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool:
        raise ValueError(f"`ids` is {ids.dtype}; token ids are integers, as torch.long")
    if vocab < 5:
        raise ValueError(
            f"`vocab` is {vocab}; with fewer than 5 tokens the checks cannot tell the next "
            "token from the one after"
        )
    low, high = (int(end) for end in ids.aminmax())
    if low < 0 or high >= vocab:
        raise ValueError(
            f"`ids` holds {low if low < 0 else high}; with {vocab} tokens, ids run from 0 "
            f"to {vocab - 1}. Give real tokens alone, without -100 or padding"
        )
    there = dict(training.model.named_parameters(remove_duplicate=False))
    for name, p in training.model.named_parameters():
        if p.is_floating_point() and p.element_size() < 4:
            raise ValueError(
                f"`{name}` holds {p.dtype}; its rounding would look like a fault, so check "
                "`model.float()`"
            )
    for name in (name for pair in training.tied for name in pair):
        if name not in there:
            raise ValueError(
                f"`tied` names {name!r}, and the model has no such parameter; it has "
                f"{few(list(there))}"
            )


def refuse_shape(logits: Any, shape: tuple[int, ...]) -> None:
    """Raise unless the model returned one tensor of logits of this shape."""
    if not isinstance(logits, Tensor):
        raise ValueError(
            f"the model returned a {type(logits).__name__}; let `forward` return the tensor "
            "of logits, as `lambda model, ids, mask: model(ids).logits`"
        )
    if tuple(logits.shape) != shape:
        raise ValueError(
            f"the model returned logits of shape {tuple(logits.shape)}; for these ids it "
            f"must be (batch, time, vocab) = {shape}"
        )


def refuse_equal(logits: Tensor) -> None:
    """Raise if all logits are one number: a change of the model's input cannot show."""
    low, high = logits.aminmax()
    if low == high and low.isfinite():
        raise ValueError(
            f"all logits are {float(low):g}, as with an output layer of zeros, so nothing "
            "can be seen of the model; give that layer small random weights for the checks"
        )
