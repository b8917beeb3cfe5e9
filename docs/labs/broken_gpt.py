"""Several mistakes stand in this file. Repair one, then run `answers check fix_the_gpt`.

It names the first that is left. Look before you ask: run a function on an input that you can
check by hand. No signature and no docstring is wrong.
"""

import torch
from torch import nn
from torch.nn import functional


class Attention(nn.Module):
    """Causal self-attention with several heads."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        batch, time, width = x.shape
        q, k, v = (
            part.view(batch, time, self.heads, -1).transpose(1, 2)
            for part in self.qkv(x).split(width, dim=2)
        )
        scores = q @ k.mT / (width // self.heads) ** 0.5
        hidden = torch.ones(time, time, dtype=torch.bool).tril(-1)
        weights = scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)
        y = weights @ v
        return self.out(y.reshape(batch, time, width))


class Block(nn.Module):
    """Attention, then a small network, each on a normalised copy of the stream."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class TinyGPT(nn.Module):
    """The logits of the next token at every token, (batch, time, vocab)."""

    def __init__(self, vocab, context, layers, heads, width):
        super().__init__()
        self.tokens = nn.Embedding(vocab, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocab, bias=False)
        for embedding in (self.tokens, self.positions, self.head):
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, ids):
        positions = torch.zeros_like(ids[0])
        x = self.tokens(ids) + self.positions(positions)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return self.head(x).softmax(dim=-1)


def loss_of_next_tokens(logits, ids):
    """The mean cross-entropy of each next token."""
    predictions, labels = logits[:, :-1], ids[:, :-1]
    return functional.cross_entropy(predictions.flatten(0, 1), labels.flatten())


def fix_the_gpt(ids, weights, heads):
    """The logits of a GPT with these weights, its loss on next tokens, and its gradients.

    Args:
        ids: Tokens, (batch, time).
        weights: The state of a TinyGPT: names and tensors.
        heads: Number of attention heads.

    Returns:
        The logits, (batch, time, vocab), the mean loss in nats, and a dict with the
        gradients of "tokens.weight" and "positions.weight".
    """
    (vocab, width), (context, _) = (
        weights[name].shape for name in ("tokens.weight", "positions.weight")
    )
    layers = sum(name.endswith("qkv.weight") for name in weights)
    model = TinyGPT(vocab, context, layers, heads, width)
    model.to(weights["tokens.weight"].dtype).load_state_dict(weights)
    logits = model(ids)
    loss = loss_of_next_tokens(logits, ids)
    gradients = {
        f"{name}.weight": getattr(model, name).weight.grad
        for name in ("tokens", "positions")
    }
    return logits, loss, gradients
