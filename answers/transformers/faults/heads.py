"""Faults of axes: of heads, time and batch."""

from torch import nn
from torch.nn import functional

from answers.transformers.faults.sound import small, sound
from answers.transformers.gpt import GPT, Attention


# --8<-- [start:heads]
def heads_not_transposed():
    """Heads are split by a reshape alone, which mixes time with heads."""

    class Mixed(Attention):
        def forward(self, x, look, turn, cache):
            batch, time, width = x.shape
            q, k, v = (
                part.reshape(batch, self.heads, time, -1)
                for part in self.qkv(x).split(width, dim=-1)
            )
            y = functional.scaled_dot_product_attention(
                q, k, v, look, is_causal=look is None
            )
            return self.out(y.reshape(batch, time, width))

    return sound(model=attending(Mixed))


def heads_folded_into_the_batch():
    """Heads join the batch as (batch, heads) and leave it as (heads, batch)."""

    class Folded(Attention):
        def forward(self, x, look, turn, cache):
            batch, time, width = x.shape
            q, k, v = (
                part.view(batch, time, self.heads, -1).transpose(1, 2).flatten(0, 1)
                for part in self.qkv(x).split(width, dim=-1)
            )
            if look is not None:
                look = look.expand(batch, self.heads, time, time).flatten(0, 1)
            y = functional.scaled_dot_product_attention(
                q, k, v, look, is_causal=look is None
            )
            y = y.view(self.heads, batch, time, -1).permute(1, 2, 0, 3)
            return self.out(y.reshape(batch, time, width))

    return sound(model=attending(Folded))


def norm_over_the_batch():
    """The last norm is a batch norm: in training each row is measured by the others."""

    class OverTheBatch(nn.BatchNorm1d):
        def forward(self, x):
            return super().forward(x.flatten(0, 1)).view_as(x)

    model = small()
    model.norm = OverTheBatch(model.config.width)
    return sound(model=model)


def attending(kind: type[Attention]) -> GPT:
    """A GPT with attention of this kind."""
    model = small()
    for block in model.blocks:
        block.attention.__class__ = kind
    return model


# --8<-- [end:heads]


FAULTS = (
    heads_not_transposed,
    heads_folded_into_the_batch,
    norm_over_the_batch,
)
