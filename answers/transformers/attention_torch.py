"""Multi-head self-attention as a PyTorch module. Masks are True where a query may look."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from answers.inputs.contracts import refuses


# --8<-- [start:MultiHeadAttention_refuses]
def uneven_heads(d_model, heads):
    if heads < 1 or d_model < 1 or d_model % heads:
        raise ValueError(
            f"`heads` is {heads}, which does not divide a width of {d_model}"
        )


def blind_position(mask, name):
    blind = ~mask.any(dim=-1)
    if blind.any():
        where = tuple(blind.nonzero()[0].tolist())
        raise ValueError(
            f"{name} hides every key from query {where}; let it see at least one"
        )


def another_layer(theirs):
    if not theirs.batch_first:
        raise ValueError(
            "`batch_first` is False: set it on, as here time follows batch"
        )
    if theirs.in_proj_weight is None or theirs.bias_k is not None:
        raise ValueError(
            "keys and values of another width, or an added key: not copied"
        )
    if theirs.add_zero_attn or theirs.dropout:
        raise ValueError("`add_zero_attn` or `dropout`: set them off to copy the layer")


# --8<-- [end:MultiHeadAttention_refuses]


# --8<-- [start:MultiHeadAttention]
class MultiHeadAttention(nn.Module):
    """Project, split into heads, attend, merge, project.

    Masks have the polarity of `scaled_dot_product_attention`: True = may look. That is
    the opposite of `nn.MultiheadAttention`, whose weights `from_torch` copies.

    Example:
        >>> layer = MultiHeadAttention(d_model=6, heads=2)
        >>> layer(torch.zeros(5, 7, 6)).shape
        torch.Size([5, 7, 6])
    """

    @refuses(uneven_heads)
    def __init__(self, d_model: int, heads: int, bias: bool = True):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(d_model, d_model, bias=bias)
        self.key = nn.Linear(d_model, d_model, bias=bias)
        self.value = nn.Linear(d_model, d_model, bias=bias)
        self.out = nn.Linear(d_model, d_model, bias=bias)

    @refuses(mask=blind_position)
    def forward(
        self,
        x: Float[Tensor, "*batch t d_model"],
        mask: Bool[Tensor, "*#batch #t #t"] | None = None,
    ) -> Float[Tensor, "*batch t d_model"]:
        """What each position gathers from those that it may look at.

        Raises:
            ValueError: The mask hides every position from one of them. PyTorch would
                return 0 or nan there, depending on the kernel.
        """
        q, k, v = (self.split(layer(x)) for layer in (self.query, self.key, self.value))
        if mask is not None:
            # An axis for the heads, which share it.
            mask = mask.unsqueeze(-3)
        found = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.out(found.transpose(-2, -3).flatten(-2))

    def split(self, x: Tensor) -> Tensor:
        """(…, time, d_model) to (…, heads, time, d_model / heads)."""
        return x.unflatten(-1, (self.heads, -1)).transpose(-2, -3)

    @classmethod
    @refuses(another_layer)
    def from_torch(cls, theirs: nn.MultiheadAttention) -> nn.Module:
        """The same layer with the weights of PyTorch's own, copied.

        Raises:
            ValueError: Its keys or values have a width of their own, or it adds a key, or
                dropout, or its time stands before its batch: there is no such thing here.
        """
        has_bias = theirs.in_proj_bias is not None
        ours = cls(theirs.embed_dim, theirs.num_heads, bias=has_bias)
        # With its dtype, on its device.
        ours = ours.to(theirs.in_proj_weight)
        layers = ours.query, ours.key, ours.value
        with torch.no_grad():
            for layer, weight in zip(
                layers, theirs.in_proj_weight.chunk(3), strict=True
            ):
                layer.weight.copy_(weight)
            ours.out.weight.copy_(theirs.out_proj.weight)
            if has_bias:
                for layer, b in zip(layers, theirs.in_proj_bias.chunk(3), strict=True):
                    layer.bias.copy_(b)
                ours.out.bias.copy_(theirs.out_proj.bias)
        return ours


# --8<-- [end:MultiHeadAttention]
