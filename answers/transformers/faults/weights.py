"""Faults of weights and parameters."""

import torch
from torch import nn

from answers.transformers.faults.sound import small, sound
from answers.transformers.gpt import GPT


# --8<-- [start:weights]
def large_embeddings():
    """A tied embedding starts from N(0, 1), PyTorch's default, instead of a small one."""
    model = small()
    nn.init.normal_(model.tokens.weight)
    return sound(model=model)


def tying_broken():
    """The output layer starts as a copy of the embedding, and learns apart."""
    model = small(tied=False)
    model.head.weight.data.copy_(model.tokens.weight.data)
    return sound(model=model)


def graph_cut():
    """The residual stream is detached between two blocks."""
    model = small()
    second = model.blocks[1]

    class Cut(type(second)):
        def forward(self, x, look, turn, cache):
            return super().forward(x.detach(), look, turn, cache)

    second.__class__ = Cut
    return sound(model=model)


def layers_in_a_plain_list():
    """Blocks in a Python list are no parameters of the model: nobody trains them."""

    class Unregistered(GPT):
        def __init__(self, config):
            super().__init__(config)
            blocks = list(self.blocks)
            del self.blocks
            self.__dict__["blocks"] = blocks

    torch.manual_seed(10)
    config = small().config
    return sound(model=Unregistered(config))


def weights_not_loaded():
    """A model is to be tuned further, and its weights were never read."""
    return sound(pretrained=True)


# --8<-- [end:weights]


FAULTS = (
    large_embeddings,
    weights_not_loaded,
    tying_broken,
    graph_cut,
    layers_in_a_plain_list,
)
