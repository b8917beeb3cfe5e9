"""Three checks as one writes them from memory; the others say more, in more lines."""

import torch
from jaxtyping import Float, Integer
from torch import Tensor, nn
from torch.nn import functional

Tokens = Integer[Tensor, "batch time"]
Loss = Float[Tensor, ""]


# --8<-- [start:bare]
def loss_of(model: nn.Module, ids: Tokens) -> Loss:
    """The mean loss of the next tokens; untrained, near log V if logits are small.

    Example:
        >>> bool(loss_of(nn.Embedding(7, 7), torch.tensor([[3, 1, 4]])) > 0)
        True
    """
    logits = model(ids)[:, :-1]  # the last has no token to predict
    labels = ids[:, 1:]  # the shift: once, and here
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten())


def leak(model: nn.Module, ids: Tokens) -> Float[Tensor, ""]:
    """How far the last token moves earlier logits: in a causal model, by 0.

    Example:
        >>> float(leak(nn.Embedding(7, 7), torch.tensor([[3, 1, 4]])))
        0.0
    """
    changed = ids.clone()
    changed[:, -1] = ids[:, -1] == 0  # another token: 0, and 1 in place of 0
    return (model(ids) - model(changed))[:, :-1].abs().max()


def by_heart(model: nn.Module, ids: Tokens, optimizer: torch.optim.Optimizer) -> Loss:
    """The loss at the last of 150 steps on one batch: near 0, unless rows begin alike.

    Example:
        >>> model = nn.Embedding(7, 7)
        >>> adam = torch.optim.Adam(model.parameters(), lr=0.1)
        >>> bool(by_heart(model, torch.tensor([[3, 1, 4]]), adam) < 0.1)
        True
    """
    for _ in range(150):
        optimizer.zero_grad()
        loss = loss_of(model, ids)
        loss.backward()
        optimizer.step()
    return loss


# --8<-- [end:bare]
