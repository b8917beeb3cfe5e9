"""A key-value cache for `gpt.GPT`, and generation that uses it.

A token's keys and values depend on no later token. So they are computed once and kept;
each step feeds one new token, whose query looks at all keys kept so far.
"""

from collections.abc import Callable
from typing import no_type_check

import torch
from jaxtyping import Bool, Float, Integer
from torch import Tensor, nn

from answers.inputs import refuse_below
from answers.inputs.contracts import refuses
from answers.transformers.gpt import GPTConfig, evaluating


# --8<-- [start:cache_refuses]
def below_1(size, name):
    if size < 1:
        raise ValueError(f"`{name}` is {size}; make it 1 or more")


def another_length(self, length):
    if not 0 <= length <= self.length:
        raise ValueError(
            f"`length` is {length}; the cache holds {self.length} tokens, so choose 0 "
            f"to {self.length}"
        )


def another_batch(self, batch):
    if batch != self.batch:
        raise ValueError(
            f"the cache holds {self.batch} sequences, the call has {batch}; make a "
            f"cache with batch={batch}"
        )


def no_room(self, time):
    if self.capacity is not None and self.length + time > self.capacity:
        raise ValueError(
            f"the cache has room for {self.capacity} tokens; {self.length} are in it "
            f"and {time} more came: make it larger, or reset it"
        )


def no_sequences(self, rows):
    if len(rows) != self.batch or rows.min() < 0 or rows.max() >= self.batch:
        raise ValueError(
            f"`rows` is {rows.tolist()}; name one of the {self.batch} sequences for "
            "each of them"
        )


# --8<-- [end:cache_refuses]


# --8<-- [start:cache]
class KVCache:
    """Keys and values of the tokens that a model has read, layer by layer.

    With a `capacity` the memory is taken once and filled in place. Without, each call
    concatenates, which copies all that is kept: simpler, and slower with length.

    One cache belongs to one conversation of one model: `reset()` it before the next.

    Args:
        config: The sizes of the model.
        batch: Sequences that are generated side by side.
        capacity: Most tokens of a sequence, padding included; None lets it grow.
        dtype: The precision of the model's activations.
        device: Where the model is.

    Example:
        >>> cache = KVCache(GPTConfig(layers=2, heads=4, width=8), batch=3, capacity=10)
        >>> cache.length, cache.nbytes  # 2 · layers · width · capacity · batch · 4 bytes
        (0, 3840)
    """

    @refuses(batch=below_1, capacity=below_1)
    def __init__(
        self,
        config: GPTConfig,
        batch: int = 1,
        capacity: int | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ):
        self.batch, self.capacity = batch, capacity
        self.length, self.start = 0, 0
        self.real: Tensor | None = None
        shape = (batch, config.cached_heads, capacity or 0, config.head_width)
        # Each layer has keys and values of its own; [tensor] * layers would share one.
        self.keys, self.values = (
            [
                torch.zeros(shape, dtype=dtype, device=device)
                for _ in range(config.layers)
            ]
            for _ in range(2)
        )

    def reset(self) -> None:
        """Forget every token; memory taken for a capacity stays."""
        self.truncate(0)

    @refuses(another_length)
    def truncate(self, length: int) -> None:
        """Keep the first `length` tokens: the others were drafted, and refused.

        Raises:
            ValueError: There are fewer, or `length` is negative.
        """
        self.start = self.length = length
        if length == 0:
            self.real = None
        elif self.real is not None:
            self.real = self.real[:, :length]
        for side in (self.keys, self.values):
            # Read without `no_grad`, they would keep the graph of all that was read.
            side[:] = [kept.detach() for kept in side]
            if self.capacity is None:
                # A copy: a slice would keep the memory of all tokens.
                side[:] = [kept[:, :, :length].clone() for kept in side]

    @refuses(another_batch, no_room)
    def begin(
        self, batch: int, time: int, real: Bool[Tensor, "batch time"] | None
    ) -> Bool[Tensor, "batch keys"] | None:
        """Make room for a call's tokens; say which of all tokens are real (None: all).

        Raises:
            ValueError: Another batch size than the cache was made for, or no room.
        """
        if real is not None and real.all() and self.real is None:
            # No padding anywhere, and so no mask.
            real = None
        if real is not None or self.real is not None:
            past = self._all_real(self.length) if self.real is None else self.real
            new = self._all_real(time) if real is None else real.to(past.device)
            self.real = torch.cat([past, new], dim=1)
        self.start, self.length = self.length, self.length + time
        return self.real

    # Once in each layer, where even a check takes its time.
    @no_type_check
    def append(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Store the new keys and values of a layer; return those of all tokens."""
        if self.capacity is None:
            self.keys[layer] = torch.cat([self.keys[layer], k], dim=2)
            self.values[layer] = torch.cat([self.values[layer], v], dim=2)
        else:
            self.keys[layer][:, :, self.start : self.length] = k
            self.values[layer][:, :, self.start : self.length] = v
        return (
            self.keys[layer][:, :, : self.length],
            self.values[layer][:, :, : self.length],
        )

    @refuses(no_sequences)
    def reorder(self, rows: Integer[Tensor, " batch"]) -> None:
        """Let sequence `i` continue what was sequence `rows[i]`, as beam search asks."""
        for side in (self.keys, self.values):
            side[:] = [kept.index_select(0, rows) for kept in side]
        if self.real is not None:
            self.real = self.real.index_select(0, rows)

    @property
    def nbytes(self) -> int:
        """The bytes of the tensors that hold keys and values, used or not yet."""
        return sum(kept.nbytes for kept in (*self.keys, *self.values))

    def _all_real(self, time: int) -> Tensor:
        device = self.keys[0].device
        return torch.ones(self.batch, time, dtype=torch.bool, device=device)


# --8<-- [end:cache]


# --8<-- [start:bytes_refuses]
def negative(number, name):
    refuse_below(0, **{name: number})


@refuses(tokens=negative, batch=negative, element=negative)
# --8<-- [end:bytes_refuses]
# --8<-- [start:bytes]
def cache_bytes(
    config: GPTConfig, tokens: int, batch: int = 1, element: int = 4
) -> int:
    """2 · layers · kv_heads · d · tokens · batch · element: the bytes of a cache.

    The 2 counts keys and values. Where each query has keys of its own, kv_heads · d is
    the model's width; with grouped queries it is less.

    Args:
        config: The sizes of the model.
        tokens: Tokens of a sequence, padding included.
        batch: Sequences.
        element: Bytes of a number: 4 for float32, 2 for float16 and bfloat16.

    Raises:
        ValueError: `tokens`, `batch` or `element` is negative.

    Example:
        GPT-2 small keeps 72 KiB for each token in float32.

        >>> cache_bytes(GPTConfig(layers=12, heads=12, width=768), tokens=1) / 1024
        72.0

        With one KV head for four queries it would be a quarter.

        >>> grouped = GPTConfig(layers=12, heads=12, kv_heads=3, width=768)
        >>> cache_bytes(grouped, tokens=1) / 1024
        18.0
    """
    heads, d = config.cached_heads, config.head_width
    return 2 * config.layers * heads * d * tokens * batch * element


# --8<-- [end:bytes]


# --8<-- [start:most_likely]
def most_likely(logits: Float[Tensor, "batch vocab"]) -> Integer[Tensor, " batch"]:
    """The greedy choice: the token with the largest logit, the lowest of equal ones."""
    return logits.argmax(dim=-1)


# --8<-- [end:most_likely]


# --8<-- [start:generate_refuses]
def no_prompt(ids, name):
    if ids.numel() == 0:
        raise ValueError(f"`{name}` is empty: {tuple(ids.shape)}; start with a token")


def fewer_tokens(new_tokens, name):
    if new_tokens < 0:
        raise ValueError(f"`{name}` is {new_tokens}; make it 0 or more")


def no_pieces(chunk, use_cache):
    if chunk is not None and (chunk < 1 or not use_cache):
        raise ValueError(
            f"`chunk` is {chunk} with use_cache={use_cache}; pieces need the cache, and a "
            "token or more"
        )


def padding_last(mask):
    if mask is not None and not mask[:, -1].all():
        row = int((~mask[:, -1]).nonzero()[0])
        raise ValueError(
            f"prompt {row} ends in padding; pad on the left, so that its last token is "
            "the one to continue"
        )


def no_position_left(model, ids, new_tokens):
    length, room = ids.shape[1] + new_tokens, model.config.context
    # The last new token is never read.
    if not model.config.rotary and length - 1 > room:
        raise ValueError(
            f"{ids.shape[1]} tokens of prompt and {new_tokens} new ones: the model would "
            f"read {length - 1}, but has learned {room} positions; shorten the prompt or "
            "ask for fewer"
        )


@refuses(
    *(no_pieces, padding_last, no_position_left),
    ids=no_prompt,
    new_tokens=fewer_tokens,
)
# --8<-- [end:generate_refuses]
# --8<-- [start:generate]
def generate(
    model: nn.Module,
    ids: Integer[Tensor, "batch time"],
    new_tokens: int,
    use_cache: bool = True,
    mask: Bool[Tensor, "batch time"] | None = None,
    chunk: int | None = None,
    choose: Callable[[Tensor], Tensor] = most_likely,
    end: int | None = None,
) -> Integer[Tensor, "batch length"]:
    """The prompts with `new_tokens` tokens after each, greedy unless `choose` says else.

    With the cache, the first pass reads the prompt and every later one a single token.
    Without, every pass reads everything again. The logits agree up to rounding, and so the
    tokens do but for near ties.

    Args:
        model: A `gpt.GPT`. It generates in eval mode, and each module is left in its own.
        ids: Prompts. Shorter ones are padded on the LEFT: the last column is where
            generation starts.
        new_tokens: How many tokens to add.
        use_cache: Whether to keep keys and values.
        mask: True = a real token of `ids`, False = padding.
        chunk: Read the prompt in pieces of this many tokens, which bounds the memory of
            the first pass. Needs the cache.
        choose: Takes the logits of the next token (batch, vocab), returns its ids.
        end: The token that ends an answer. Such a row is filled up with it; when all rows
            have ended, generation stops.

    Returns:
        (batch, time + new_tokens), or fewer columns if all rows have ended.

    Example:
        >>> from answers.transformers.gpt import decode, encode, load_pretrained
        >>> decode(generate(load_pretrained(), encode("The white w"), 4)[0])
        'The white whale'

    Raises:
        ValueError: The prompt is empty or padded on the right, a number is too
            small, or the sequence would be longer than the model's positions.
    """
    with evaluating(model), torch.no_grad():
        cache = room_for(model, ids, new_tokens) if use_cache else None
        start = read_all_but_the_end(model, ids, cache, mask, chunk)
        ended = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
        for _ in range(new_tokens):
            seen = None if mask is None else mask[:, start:]
            logits = model(ids[:, start:], cache, seen, last_only=True)[:, -1]
            new = choose(logits).to(ids.dtype)
            if end is not None:
                new = new.masked_fill(ended, end)
                ended |= new == end
            ids = torch.cat([ids, new[:, None]], dim=1)
            if ended.all():
                break
            if mask is not None:
                mask = torch.cat([mask, mask.new_ones(len(ids), 1)], dim=1)
            start = ids.shape[1] - 1 if use_cache else 0
    return ids


def room_for(model, ids, new_tokens):
    """An empty cache for the prompts and what follows them."""
    weight, (batch, time) = model.tokens.weight, ids.shape
    length = time + new_tokens
    return KVCache(model.config, batch, length, weight.dtype, weight.device)


def read_all_but_the_end(model, ids, cache, mask, chunk):
    """The cache takes the prompts in pieces, but for the last, whose logits are asked for.

    Returns:
        Where that piece starts: at 0, if there is no `chunk`.
    """
    start = 0
    while chunk is not None and ids.shape[1] - start > chunk:
        part = slice(start, start + chunk)
        seen = None if mask is None else mask[:, part]
        model(ids[:, part], cache, seen, last_only=True)
        start += chunk
    return start


# --8<-- [end:generate]
