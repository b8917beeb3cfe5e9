"""A small GPT: a pre-LN decoder over bytes, laid out like GPT-2, and its trained weights.

`train_gpt.py` trained the weights, `kv_cache.py` has the cache.
Axes: `batch` sequences, `time` tokens of one call, `past` tokens in the cache, `keys` =
past + time, `heads` of width `d`, `width` of the residual stream.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, no_type_check

import torch
from jaxtyping import Bool, Float, Integer
from torch import Tensor, nn
from torch.nn import functional

from answers.inputs import refuse_below, refuse_labels_out_of_range
from answers.inputs.contracts import refuses

WEIGHTS = Path(__file__).with_name("weights")


# --8<-- [start:config]
@dataclass(frozen=True)
class GPTConfig:
    """The sizes of a GPT.

    Args:
        vocab: Number of tokens; 256 for bytes.
        context: Longest sequence that learned positions can number.
        layers: Number of blocks.
        heads: Attention heads of a block; they share `width` equally.
        kv_heads: Heads of keys and values, each for heads / kv_heads queries; None has one
            for each query.
        width: Size of the residual stream, often called d_model.
        rotary: Rotate queries and keys instead of adding learned positions.
        tied: Let the output layer share the matrix of the token embedding.
        dropout: Probability of dropping an entry of the residual stream in training.

    Example:
        >>> GPTConfig(heads=4, width=128).head_width
        32
    """

    vocab: int = 256
    context: int = 256
    layers: int = 4
    heads: int = 4
    width: int = 128
    rotary: bool = False
    tied: bool = True
    dropout: float = 0.0
    kv_heads: int | None = None

    def __post_init__(self):
        for name in ("vocab", "context", "layers", "heads", "width"):
            if getattr(self, name) < 1:
                raise ValueError(
                    f"`{name}` is {getattr(self, name)}; make it 1 or more"
                )
        if self.width % self.heads:
            raise ValueError(
                f"`width` {self.width} is no multiple of `heads` {self.heads}; the heads "
                "share it equally"
            )
        if self.cached_heads < 1 or self.heads % self.cached_heads:
            raise ValueError(
                f"`heads` {self.heads} is no multiple of `kv_heads` {self.kv_heads}; each KV "
                "head serves as many queries as the next"
            )
        if self.rotary and self.head_width % 2:
            raise ValueError(
                f"a head is {self.head_width} wide; rotary positions turn pairs, so make "
                "it even"
            )
        if not 0 <= self.dropout < 1:
            raise ValueError(
                f"`dropout` is {self.dropout}; choose a probability below 1"
            )

    @property
    def head_width(self) -> int:
        """The width of one head."""
        return self.width // self.heads

    @property
    def cached_heads(self) -> int:
        """The heads of keys and values, which a cache keeps."""
        return self.heads if self.kv_heads is None else self.kv_heads


# --8<-- [end:config]


# --8<-- [start:visible_refuses]
def negative(number, name):
    refuse_below(0, **{name: number})


def other_keys(past, time, real):
    if real is not None and real.shape[1] != past + time:
        raise ValueError(
            f"`real` has {real.shape[1]} keys; pass one for each of the {past + time} tokens"
        )


@refuses(other_keys, past=negative, time=negative)
# --8<-- [end:visible_refuses]
# --8<-- [start:visible]
def visible(
    past: int, time: int, real: Bool[Tensor, "batch keys"] | None = None
) -> Bool[Tensor, "*batch q keys"]:
    """Which keys each new query may look at: True = may look.

    Query `i` of this call is token `past + i` of the sequence, so it sees the keys up to
    `past + i`: the triangle is aligned to the LOWER RIGHT corner of time by keys.

    Args:
        past: Tokens already in the cache.
        time: Tokens of this call.
        real: False at padding, which no other token looks at. A padding token looks at
            itself, since a softmax over nothing is 0/0.

    Returns:
        (time, past + time), with a leading batch and heads axis if `real` is given.

    Raises:
        ValueError: `past` or `time` is negative, or `real` is not as long as both.

    Example:
        Two cached tokens and a chunk of two.

        >>> visible(2, 2).int()
        tensor([[1, 1, 1, 0],
                [1, 1, 1, 1]], dtype=torch.int32)
    """
    device = None if real is None else real.device
    keys = torch.arange(past + time, device=device)
    queries = torch.arange(past, past + time, device=device)[:, None]
    causal = keys <= queries
    if real is None:
        return causal
    return (causal & (real[:, None, :] | (keys == queries)))[:, None]


# --8<-- [end:visible]


# --8<-- [start:positions_refuses]
@refuses(other_keys, past=negative, time=negative)
# --8<-- [end:positions_refuses]
# --8<-- [start:positions]
def token_positions(
    past: int, time: int, real: Bool[Tensor, "batch keys"] | None, device: torch.device
) -> Integer[Tensor, "#batch time"]:
    """The position of each new real token: the number of real tokens before it.

    Without padding that is `past`, `past` + 1, …; a common fault of cached decoding is to
    count from 0 in each call. Padding on the left moves no position.
    """
    if real is None:
        return torch.arange(past, past + time, device=device)[None]
    return (real.cumsum(dim=1) - 1).clamp(min=0)[:, past:]


# --8<-- [end:positions]


# --8<-- [start:rotate]
def turns(
    positions: Integer[Tensor, "batch time"], d: int
) -> tuple[Float[Tensor, "batch 1 time d"], Float[Tensor, "batch 1 time d"]]:
    """Cosine and sine of the angle of each pair at each position: p · 10000^(-2i/d)."""
    pairs = torch.arange(0, d, 2, device=positions.device, dtype=torch.float64)
    angles = positions[..., None].double() * 10_000.0 ** (-pairs / d)
    angles = torch.cat([angles, angles], dim=-1)[:, None]
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """`x` with each pair (i, i + d/2) turned by its angle.

    The product of two vectors, turned by p and q, depends on these only through p - q.

    Source:
        Su et al. (2021), section 3.4.2, https://arxiv.org/abs/2104.09864
    """
    first, second = x.chunk(2, dim=-1)
    return x * cosine.to(x.dtype) + torch.cat([-second, first], -1) * sine.to(x.dtype)


# --8<-- [end:rotate]


# --8<-- [start:attention]
class Attention(nn.Module):
    """Causal self-attention over the tokens of this call and those in the cache."""

    def __init__(self, config: GPTConfig, layer: int):
        super().__init__()
        self.heads, self.layer, self.d = config.heads, layer, config.head_width
        kv_width = config.cached_heads * self.d
        self.widths = config.width, kv_width, kv_width
        self.qkv = nn.Linear(config.width, sum(self.widths))
        self.out = nn.Linear(config.width, config.width)

    # It has no shapes to enforce, and a check takes its time in each layer.
    @no_type_check
    def forward(
        self,
        x: Tensor,
        look: Tensor | None,
        turn: tuple[Tensor, Tensor] | None,
        cache: Any,
    ) -> Tensor:
        """`look`: the mask of `visible`, or None where the plain causal rule will do."""
        batch, time, _ = x.shape
        q, k, v = (
            part.view(batch, time, -1, self.d).transpose(1, 2)
            for part in self.qkv(x).split(self.widths, dim=-1)
        )
        # Before the cache: a stored key keeps its own position.
        if turn is not None:
            q, k = rotate(q, *turn), rotate(k, *turn)
        if cache is not None:
            k, v = cache.append(self.layer, k, v)
        # One query may see every key, and needs no mask. `is_causal` aligns its triangle
        # to the upper left: right only while there is no past, when it is a square.
        square = look is None and time > 1
        # The cache keeps the KV heads; here each meets the queries that share it.
        y = functional.scaled_dot_product_attention(
            q, k, v, look, is_causal=square, enable_gqa=k.shape[1] < q.shape[1]
        )
        return self.out(y.transpose(1, 2).flatten(2))


# --8<-- [end:attention]


# --8<-- [start:block]
class Block(nn.Module):
    """x + attention(norm(x)), then x + mlp(norm(x)): the norms stand before, as in GPT-2."""

    def __init__(self, config: GPTConfig, layer: int):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(config.width), nn.LayerNorm(config.width)
        self.attention = Attention(config, layer)
        self.mlp = nn.Sequential(
            nn.Linear(config.width, 4 * config.width),
            nn.GELU(approximate="tanh"),
            nn.Linear(4 * config.width, config.width),
        )
        self.drop = nn.Dropout(config.dropout)

    # As in `Attention`.
    @no_type_check
    def forward(
        self,
        x: Tensor,
        look: Tensor | None,
        turn: tuple[Tensor, Tensor] | None,
        cache: Any,
    ) -> Tensor:
        """The residual stream after this block."""
        x = x + self.drop(self.attention(self.norm1(x), look, turn, cache))
        return x + self.drop(self.mlp(self.norm2(x)))


# --8<-- [end:block]


# --8<-- [start:gpt_refuses]
def no_token(ids, name):
    if ids.numel() == 0:
        raise ValueError(f"`{name}` is empty: {tuple(ids.shape)}; pass a token or more")


def refuse_outside(numbers, name, count, what):
    """Raise where PyTorch would raise an index error without a hint, or return nan."""
    low, high = (int(end) for end in numbers.aminmax())
    if low < 0 or high >= count:
        raise ValueError(
            f"`{name}` holds {low if low < 0 else high}; with {count} {what}, "
            f"{name} run from 0 to {count - 1}"
        )


def unknown_token(self, ids):
    refuse_outside(ids, "ids", self.config.vocab, "tokens")


def unlearned_position(self, positions):
    if positions is not None and self.positions is not None:
        refuse_outside(positions, "positions", self.config.context, "learned ones")


def no_position_left(self, ids, cache):
    past = 0 if cache is None else cache.length
    length, context = past + ids.shape[1], self.config.context
    if self.positions is not None and length > context:
        raise ValueError(
            f"the sequence has {length} tokens ({past} cached, {ids.shape[1]} new), but "
            f"this model has learned {context} positions; keep the last {context} "
            "tokens and start a new cache"
        )


# --8<-- [end:gpt_refuses]


# --8<-- [start:gpt]
class GPT(nn.Module):
    """A decoder-only Transformer: `model(ids, cache=None, mask=None)` gives logits.

    Source:
        Radford et al. (2019), Language Models are Unsupervised Multitask Learners,
        section 2.3: norms before the blocks, and residual weights scaled by 1/√N.

    Example:
        >>> model = GPT(GPTConfig(vocab=11, context=8, layers=1, heads=2, width=6))
        >>> model(torch.tensor([[3, 1, 4], [1, 5, 9]])).shape
        torch.Size([2, 3, 11])
    """

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocab, config.width)
        self.positions = (
            None if config.rotary else nn.Embedding(config.context, config.width)
        )
        self.drop = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config, i) for i in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, config.vocab, bias=False)
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                # Each block adds twice to the residual stream: 2 · layers additions.
                last = name.endswith(("attention.out", "mlp.2"))
                scale = (2 * config.layers) ** -0.5 if last else 1.0
                nn.init.normal_(module.weight, std=0.02 * scale)
                if getattr(module, "bias", None) is not None:
                    nn.init.zeros_(module.bias)
        if config.tied:
            self.head.weight = self.tokens.weight

    # As in `Attention`.
    @no_type_check
    def embed(self, ids: Tensor, positions: Tensor) -> tuple[Tensor, Any]:
        """The residual stream before the first block, and the turns of rotary positions."""
        if self.positions is None:
            return self.drop(self.tokens(ids)), turns(positions, self.config.head_width)
        return self.drop(self.tokens(ids) + self.positions(positions)), None

    @refuses(unknown_token, unlearned_position, no_position_left, ids=no_token)
    def forward(
        self,
        ids: Integer[Tensor, "batch time"],
        cache: Any = None,
        mask: Bool[Tensor, "batch time"] | None = None,
        last_only: bool = False,
        positions: Integer[Tensor, "#batch time"] | None = None,
    ) -> Float[Tensor, "batch _ vocab"]:
        """Scores of the token that follows each token of `ids`.

        Args:
            ids: The tokens of this call. With a cache: only the new ones.
            cache: A `kv_cache.KVCache` with the keys and values of the tokens before;
                the new ones are appended.
            mask: True = a real token, False = padding. The cache remembers it.
            last_only: Only those after the last token, (batch, 1, vocab). For a long
                prompt the others would be the largest tensor of the pass.
            positions: Where the tokens stand; None counts real tokens before a real one.

        Raises:
            ValueError: No token, an id outside the vocabulary, a position that was not
                learned, or more tokens than learned positions or the cache have room for.
        """
        batch, time = ids.shape
        past = 0 if cache is None else cache.length
        real = mask if cache is None else cache.begin(batch, time, mask)
        if positions is None:
            positions = token_positions(past, time, real, ids.device)
        look = None
        if real is not None or (past > 0 and time > 1):
            look = visible(past, time, real).to(ids.device)
        x, turn = self.embed(ids, positions)
        for block in self.blocks:
            x = block(x, look, turn, cache)
        if last_only:
            x = x[:, -1:]
        return self.head(self.norm(x))


# --8<-- [end:gpt]


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """The model in eval mode; afterwards each module is in its own again."""
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


# --8<-- [start:loss_refuses]
def no_next_token(ids):
    if ids.shape[0] == 0 or ids.shape[1] < 2:
        raise ValueError(
            f"`ids` has the shape {tuple(ids.shape)}; a next token needs two tokens"
        )


@refuses(no_next_token)
# --8<-- [end:loss_refuses]
# --8<-- [start:loss]
def next_token_loss_torch(
    logits: Float[Tensor, "batch time vocab"],
    ids: Integer[Tensor, "batch time"],
    mask: Bool[Tensor, "batch time"] | None = None,
) -> Float[Tensor, ""]:
    """The mean cross-entropy of each next token.

    `ids` are the very ids that the model read.

    How:
        Logits at `t` go against token `t + 1`. The shift happens here and nowhere else.
        The last logits have no token to predict, the first token has no logits before it.

    Args:
        logits: What the model returned for `ids`.
        ids: The tokens.
        mask: True = a real token. A prediction counts if it is made at a real token and
            of a real token. The mean is over those, not over sequences.

    Returns:
        Nats per predicted token.

    Raises:
        ValueError: No prediction counts, or one of them has a label that is not one of 0
            to vocab - 1.

    Example:
        Indifferent logits: the loss is log 3.

        >>> ids = torch.tensor([[0, 2, 1, 1]])
        >>> float(next_token_loss_torch(torch.zeros(1, 4, 3), ids))
        1.0986123085021973
    """
    labels = ids[:, 1:].long()
    if mask is not None:
        counts = mask[:, :-1] & mask[:, 1:]
        if not counts.any():
            raise ValueError("`mask` leaves no two real tokens side by side to predict")
        labels = labels.where(counts, 0)
    try:
        losses = functional.cross_entropy(
            logits[:, :-1].flatten(0, 1),
            labels.flatten(),
            # PyTorch's own, -100, would be a loss of 0.
            ignore_index=torch.iinfo(torch.long).min,
            reduction="none",
        )
    # Looked at only now, for under `torch.vmap` no value decides what is done.
    except IndexError:
        numbers = labels.numpy(force=True)
        refuse_labels_out_of_range(numbers, logits.shape[-1], "ids[:, 1:]")
        raise
    return losses.mean() if mask is None else losses[counts.flatten()].mean()


# --8<-- [end:loss]

next_token_loss = next_token_loss_torch  # beside `GPT` there is no other


# --8<-- [start:pretrained]
def encode(text: str) -> Integer[Tensor, "1 time"]:
    """The bytes of a text, as ids of a batch of one.

    Example:
        >>> encode("Ahab")
        tensor([[ 65, 104,  97,  98]])
    """
    return torch.tensor([list(text.encode())], dtype=torch.long)


def decode(ids: Integer[Tensor, " time"]) -> str:
    """The text of ids; bytes that are no UTF-8 become �.

    Example:
        >>> decode(torch.tensor([65, 104, 97, 98]))
        'Ahab'
    """
    return bytes(ids.tolist()).decode(errors="replace")


def load_pretrained() -> nn.Module:
    """The GPT that `answers/transformers/train_gpt.py` trained on Moby-Dick, in eval mode.

    Bytes as tokens, a context of 256, learned positions.

    Example:
        >>> sum(parameter.numel() for parameter in load_pretrained().parameters())
        858880
    """
    from safetensors.torch import load_model

    model = GPT(GPTConfig())
    load_model(model, WEIGHTS / "gpt.safetensors")
    return model.eval()


def held_out_text() -> str:
    """The last three chapters of Moby-Dick and its epilogue, which training never saw."""
    return (WEIGHTS / "moby-dick-held-out.txt").read_text(encoding="utf-8")


# --8<-- [end:pretrained]
