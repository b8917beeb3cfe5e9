"""A language model turned into a classifier: one vector a sequence, and a new head."""

import copy
from typing import Literal, get_args

import torch
from jaxtyping import Bool, Float, Integer
from torch import Tensor, nn

from answers.inputs.contracts import refuses
from answers.transformers.gpt import GPT

Pool = Literal["last", "mean", "first"]


# --8<-- [start:pool_refuses]
def no_pool(pool, name):
    if pool not in get_args(Pool):
        raise ValueError(f"`{name}` is {pool!r}; choose one of {get_args(Pool)}")


def padding_alone(mask, name):
    if not (real := mask.any(dim=1)).all():
        row = int((~real).nonzero()[0])
        raise ValueError(
            f"sequence {row} is nothing but padding; leave it out of the batch"
        )


@refuses(pool=no_pool, mask=padding_alone)
# --8<-- [end:pool_refuses]
# --8<-- [start:pool]
def pooled(
    hidden: Float[Tensor, "batch time width"],
    mask: Bool[Tensor, "batch time"],
    pool: Pool = "last",
) -> Float[Tensor, "batch width"]:
    """One vector for each sequence, from its real tokens alone.

    Args:
        hidden: A vector for each token.
        mask: True = a real token, False = padding, on either side.
        pool: "last", the last real token, which in a causal model is the only one that
            has seen all others. "mean", the mean of the real tokens. "first", the first
            real token, as BERT's CLS: only for a model that looks both ways.

    Returns:
        One vector a sequence, (batch, width).

    Raises:
        ValueError: A sequence has no real token, or `pool` is none of the three.

    Source:
        Devlin et al. (2019), section 3, https://arxiv.org/abs/1810.04805, for "first".

    Example:
        >>> hidden = torch.tensor([[[1.0], [3.0], [9.0]]])
        >>> mask = torch.tensor([[True, True, False]])
        >>> [float(pooled(hidden, mask, p)) for p in ("last", "mean", "first")]
        [3.0, 2.0, 1.0]
    """
    if pool == "mean":
        # Times 0 would keep a nan.
        real = hidden.masked_fill(~mask[..., None], 0)
        # In float16 a sum may overflow before it is divided.
        wide = torch.promote_types(hidden.dtype, torch.float32)
        mean = real.sum(dim=1, dtype=wide) / mask.sum(dim=1, keepdim=True)
        return mean.to(hidden.dtype)
    places = torch.arange(mask.shape[1], device=mask.device)
    # Not `mask.sum(1) - 1`: that is the last token only if no padding stands before it.
    if pool == "last":
        at = torch.where(mask, places, -1).amax(dim=1)
    else:
        at = torch.where(mask, places, mask.shape[1]).amin(dim=1)
    return hidden[torch.arange(len(at), device=at.device), at]


# --8<-- [end:pool]


# --8<-- [start:classifier_refuses]
def no_choice(classes, name):
    if classes < 2:
        raise ValueError(f"`{name}` is {classes}; a choice needs 2 or more")


# --8<-- [end:classifier_refuses]


# --8<-- [start:classifier]
class SequenceClassifier(nn.Module):
    """A copy of a GPT without its vocabulary head, a pool, and a new linear head.

    Args:
        gpt: The model; it is not changed, and its embedding stays.
        classes: How many classes there are.
        pool: As in `pooled`.

    Raises:
        ValueError: There are fewer than two classes, or `pool` is none of the three.

    Example:
        >>> from answers.transformers.gpt import GPTConfig
        >>> gpt = GPT(GPTConfig(vocab=11, context=8, layers=1, heads=2, width=6))
        >>> classifier = SequenceClassifier(gpt, classes=3)
        >>> ids = torch.tensor([[3, 1, 4], [1, 5, 0]])
        >>> mask = torch.tensor([[True, True, True], [True, True, False]])
        >>> classifier(ids, mask).shape
        torch.Size([2, 3])
    """

    @refuses(classes=no_choice, pool=no_pool)
    def __init__(self, gpt: GPT, classes: int, pool: Pool = "last"):
        super().__init__()
        self.backbone = copy.deepcopy(gpt)
        self.backbone.head = nn.Identity()
        self.pool = pool
        # With the dtype of the GPT, on its device.
        self.head = nn.Linear(gpt.config.width, classes).to(gpt.tokens.weight)
        # So the first loss is log(classes).
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(
        self,
        ids: Integer[Tensor, "batch time"],
        mask: Bool[Tensor, "batch time"] | None = None,
    ) -> Float[Tensor, "batch classes"]:
        """The scores of the classes, for `functional.cross_entropy` with labels (batch,)."""
        if mask is None:
            mask = torch.ones_like(ids, dtype=torch.bool)
        hidden = self.backbone(ids, mask=mask)
        return self.head(pooled(hidden, mask, self.pool))


# --8<-- [end:classifier]
