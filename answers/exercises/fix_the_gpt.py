"""Practice for question 14: a GPT in PyTorch, given with six mistakes, to be repaired."""

import torch
from torch import nn
from torch.nn import functional

from answers.grader.exercise import Exercise, Mistake


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
        hidden = torch.ones(time, time, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)
        y = (weights @ v).transpose(1, 2)
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
        positions = torch.arange(ids.shape[1])
        x = self.tokens(ids) + self.positions(positions)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return self.head(x)


def loss_of_next_tokens(logits, ids):
    """The mean cross-entropy of each next token."""
    predictions, labels = logits[:, :-1], ids[:, 1:]
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
    loss.backward()
    gradients = {
        f"{name}.weight": getattr(model, name).weight.grad
        for name in ("tokens", "positions")
    }
    return logits, loss, gradients


exercise = Exercise(
    fix_the_gpt,
    page="14-kv-cache",
    returns=("logits", "loss", "gradients"),
    hints=(
        "Begin with what goes in and out of the loss. Which token should the logits at t "
        "predict, and what does cross_entropy want: logits or probabilities?",
        "Ask the model, not the code: do its logits at a token move when a later token is "
        "changed? With one block, do they move when two earlier tokens are swapped?",
        "For the mask, print it for four tokens. True hides here: what may token 0 see, and "
        "what may token 3?",
        "A reshape reads the numbers in the order in which they stand. Write the four axes "
        "before it, and the three after it.",
    ),
)


def a_gpt(seed, batch, time, layers, heads, width, vocab=11, dtype=torch.float64):
    """Ids, weights large enough for every part to matter, and the number of heads."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(vocab, (batch, time), generator=generator)
    model = TinyGPT(vocab, time + 2, layers, heads, width)
    weights = {
        name: torch.randn(old.shape, generator=generator, dtype=torch.float64).to(dtype)
        / (1 if old.ndim == 1 else 0.5 * old.shape[-1] ** 0.5)
        for name, old in model.state_dict().items()
    }
    return ids, weights, heads


exercise.case("two tokens, one head", *a_gpt(3, 1, 2, 1, 1, 4))
exercise.case("seven tokens, one head", *a_gpt(5, 1, 7, 1, 1, 4))
exercise.case("two heads", *a_gpt(7, 1, 5, 1, 2, 6))
exercise.case("three sequences, two blocks, three heads", *a_gpt(11, 3, 7, 2, 3, 6))
exercise.case("as many tokens as heads and sequences", *a_gpt(13, 3, 3, 1, 3, 9))
exercise.case("float32", *a_gpt(17, 2, 5, 1, 2, 6, dtype=torch.float32))

exercise.plant(
    Mistake(
        "probabilities_for_logits",
        "return self.head(x)",
        "return self.head(x).softmax(dim=-1)",
        "The model returns probabilities, and cross-entropy takes their softmax again, so the loss "
        "cannot fall below log(e + V - 1) - 1. Return the logits.",
        # "The model returns probabilities": np.allclose(got.logits.detach().sum(dim=-1), 1)
        # "so the loss cannot fall below log(e + V - 1) - 1": got.loss > np.log(np.e + 11 - 1) -
        #     1 and np.allclose(got.logits.detach().sum(dim=-1), 1)
        # "Return the logits": self.head(x).softmax(dim=-1) → self.head(x)
    ),
    Mistake(
        "labels_not_shifted",
        "labels = logits[:, :-1], ids[:, 1:]",
        "labels = logits[:, :-1], ids[:, :-1]",
        "Each token is its own label, so the model learns to repeat what it reads. The labels are "
        "`ids[:, 1:]`.",
    ),
    Mistake(
        "every_position_0",
        "positions = torch.arange(ids.shape[1])",
        "positions = torch.zeros_like(ids[0])",
        "Every token is told that it stands at position 0: one block loses the order of earlier "
        "tokens, and of more only the mask hints at it. The positions of a sequence are "
        "`torch.arange(time)`.",
        # "The positions of a sequence are `torch.arange(time)`": torch.zeros_like(ids[0]) →
        #     (lambda time: torch.arange(time))(ids.shape[1])
    ),
    Mistake(
        "mask_the_wrong_way_round",
        "dtype=torch.bool).triu(1)",
        "dtype=torch.bool).tril(-1)",
        "Tokens see those that come after them, so the loss falls to nearly 0 and the model cannot "
        "write. Hide the keys above the diagonal, and no others.",
        # "Hide the keys above the diagonal, and no others": dtype=torch.bool).tril(-1) →
        #     dtype=torch.bool).triu(1)
    ),
    Mistake(
        "backward_missing",
        "    loss.backward()\n",
        "",
        "Nobody calls `backward()`, so every gradient is None: an optimizer would skip all "
        "parameters in silence, and the loss would stay. Call `loss.backward()` first.",
        # "so every gradient is None": all(each is None for each in got.gradients.values())
        # "Call `loss.backward()` first": loss = loss_of_next_tokens(logits, ids) → [loss :=
        #     loss_of_next_tokens(logits, ids), loss.backward()]
    ),
    Mistake(
        "heads_not_transposed",
        "y = (weights @ v).transpose(1, 2)",
        "y = weights @ v",
        "The heads are merged while they stand before the tokens, which mixes the tokens, later "
        "ones too. Transpose before the reshape.",
        # "Transpose before the reshape": y = weights @ v → y = (weights @ v).transpose(1, 2)
    ),
)
exercise.know(
    Mistake(
        "positions_from_1",
        "positions = torch.arange(ids.shape[1])",
        "positions = torch.arange(1, ids.shape[1] + 1)",
        "The positions begin at 1, so trained weights see every token one place too far, and a "
        "full context has no last position. They begin at 0: `torch.arange(time)`.",
        # "They begin at 0: `torch.arange(time)`": torch.arange(1, ids.shape[1] + 1) → (lambda
        #     time: torch.arange(time))(ids.shape[1])
    ),
    Mistake(
        "output_layer_of_the_wrong_size",
        "self.head = nn.Linear(width, vocab, bias=False)",
        "self.head = nn.Linear(width, vocab + 1, bias=False)",
        "The output layer has not one row for each token, so the weights do not fit; in a new "
        "model it raises nothing if it is too large. It is `nn.Linear(width, vocab, bias=False)`.",
        # "It is `nn.Linear(width, vocab, bias=False)`": nn.Linear(width, vocab + 1, bias=False)
        #     → nn.Linear(width, vocab, bias=False)
    ),
)
