"""Faults that people plant by accident in a Transformer and its training, planted on purpose.

Each fault is a function that returns a `Training` with one thing wrong. `sound()` has nothing
wrong. `answers/transformers/transformer_checks.py` has the checks that should tell them apart.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from answers.transformers.gpt import GPT, Attention, GPTConfig, next_token_loss
from answers.transformers.transformer_checks import CHECKS, Training

VOCAB, BATCH, TIME = 31, 4, 12


# --8<-- [start:sound]
def sound(**changes: Any) -> Training:
    """A small GPT with dropout and a batch of random tokens, trained as it should be.

    Args:
        changes: Attributes of `Training` to have otherwise.

    Example:
        >>> training = sound()
        >>> training.ids.shape, training.vocab
        (torch.Size([4, 12]), 31)
        >>> sound(vocab=40).vocab
        40
    """
    generator = torch.Generator().manual_seed(10)
    ids = torch.randint(1, VOCAB, (BATCH, TIME), generator=generator)
    settings = {"model": small(), "tied": (("tokens.weight", "head.weight"),)}
    return Training(**{"ids": ids, "vocab": VOCAB, **settings, **changes})


def small(**changes: Any) -> GPT:
    torch.manual_seed(10)
    sizes = {"layers": 2, "heads": 2, "width": 32, "dropout": 0.05}
    return GPT(GPTConfig(vocab=VOCAB, context=32, **{**sizes, **changes}))


# --8<-- [end:sound]

FAULTS: dict[str, Callable[[], Training]] = {}


def fault(function: Callable[[], Training]) -> Callable[[], Training]:
    FAULTS[function.__name__] = function
    return function


# --8<-- [start:loss]
@fault
def labels_not_shifted():
    """The loss compares logits at t with token t, which the model has just read."""

    def loss(logits, ids, mask):
        return functional.cross_entropy(logits.flatten(0, 1), ids.flatten())

    return sound(loss=masked(loss))


@fault
def labels_shifted_twice():
    """The data loader shifts the labels, and the loss shifts them again."""

    def loss(logits, ids, mask):
        shifted = None if mask is None else mask[:, 1:]
        return next_token_loss(logits[:, :-1], ids[:, 1:], shifted)

    return sound(loss=loss)


@fault
def padding_in_the_loss():
    """The mean runs over padding too."""
    return sound(loss=lambda logits, ids, mask: next_token_loss(logits, ids))


@fault
def mean_of_means():
    """Each sequence has its own mean, and the loss is the mean of those."""

    def loss(logits, ids, mask):
        if mask is None:
            return next_token_loss(logits, ids)
        rows = [slice(n, n + 1) for n in range(len(ids))]
        return torch.stack(
            [next_token_loss(logits[r], ids[r], mask[r]) for r in rows]
        ).mean()

    return sound(loss=loss)


def masked(loss):
    """`loss` of the real tokens alone."""

    def of_real(logits, ids, mask):
        if mask is None:
            return loss(logits, ids, None)
        return loss(logits[mask][None], ids[mask][None], None)

    return of_real


@fault
def softmax_before_cross_entropy():
    """The model ends in a softmax, and cross-entropy takes another."""
    return sound(model=nn_sequence(small(), lambda logits: logits.softmax(-1)), tied=())


# --8<-- [end:loss]


def nn_sequence(model: GPT, last: Callable) -> nn.Module:
    """A model whose output goes through one function more."""
    return Then(model, last)


class Then(nn.Module):
    def __init__(self, model: nn.Module, last: Callable):
        super().__init__()
        self.model, self.last = model, last

    def forward(self, ids, cache=None, mask=None):
        return self.last(self.model(ids, cache, mask))


# --8<-- [start:masks]
def looking(change: Callable) -> GPT:
    """A GPT whose masks go through `change` before they are used."""

    class Changed(Attention):
        def forward(self, x, look, turn, cache):
            time = x.shape[1]
            if look is None:
                look = torch.ones(time, time, dtype=torch.bool).tril()
            return super().forward(x, change(look), turn, cache)

    model = small()
    for block in model.blocks:
        block.attention.__class__ = Changed
    return model


@fault
def no_causal_mask():
    """Every token sees the ones that it should predict."""
    return sound(model=looking(torch.ones_like))


@fault
def mask_of_the_wrong_axis():
    """The triangle is transposed: a query sees itself and what comes later."""
    return sound(model=looking(lambda look: look.transpose(-1, -2)))


@fault
def inverted_mask():
    """True means "hide" to the caller and "look" to the attention."""

    def inverted(look):
        itself = torch.eye(look.shape[-1], dtype=torch.bool)
        # Without itself, the last query would see nothing.
        return ~look | itself

    return sound(model=looking(inverted))


@fault
def only_itself_is_seen():
    """A mask meant for one axis hides the past as well."""
    return sound(model=looking(lambda look: look & torch.eye(look.shape[-1]).bool()))


@fault
def padding_mask_ignored():
    """Real tokens attend to padding."""

    def forward(model, ids, mask):
        return model(ids)

    return sound(forward=forward)


# --8<-- [end:masks]


# --8<-- [start:positions]
class AllZero(nn.Embedding):
    def forward(self, positions):
        return super().forward(torch.zeros_like(positions))


class CountsPadding(nn.Embedding):
    def forward(self, positions):
        return super().forward(torch.arange(positions.shape[1])[None])


def positions_by(kind: type[nn.Embedding]) -> GPT:
    model = small()
    model.positions.__class__ = kind
    return model


@fault
def all_positions_zero():
    """Every token gets the embedding of position 0."""
    return sound(model=positions_by(AllZero))


@fault
def positions_count_padding():
    """With padding on the left, the first real token is not at position 0."""
    return sound(model=positions_by(CountsPadding))


@fault
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

    model = small()
    for block in model.blocks:
        block.attention.__class__ = Mixed
    return sound(model=model)


# --8<-- [end:positions]


# --8<-- [start:weights]
@fault
def large_embeddings():
    """A tied embedding starts from N(0, 1), PyTorch's default, instead of a small one."""
    model = small()
    nn.init.normal_(model.tokens.weight)
    return sound(model=model)


@fault
def tying_broken():
    """The output layer starts as a copy of the embedding, and learns apart."""
    model = small(tied=False)
    model.head.weight.data.copy_(model.tokens.weight.data)
    return sound(model=model)


@fault
def graph_cut():
    """The residual stream is detached between two blocks."""
    model = small()
    second = model.blocks[1]

    class Cut(type(second)):
        def forward(self, x, look, turn, cache):
            return super().forward(x.detach(), look, turn, cache)

    second.__class__ = Cut
    return sound(model=model)


@fault
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


@fault
def parameters_left_out():
    """The optimizer gets the blocks, and neither embeddings nor the last norm."""

    def optimizer(model):
        return torch.optim.AdamW(model.blocks.parameters(), lr=3e-3)

    return sound(optimizer=optimizer)


# --8<-- [end:weights]


# --8<-- [start:steps]
@fault
def trains_in_eval_mode():
    """The model was evaluated once and never set back: no dropout."""

    def step(training, model, optimizer):
        model.eval()
        optimizer.zero_grad()
        loss = training.loss_of(model)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return sound(step=step)


@fault
def dropout_in_evaluation():
    """`functional.dropout` is called without `training=self.training`."""
    return sound(
        model=nn_sequence(small(), lambda x: functional.dropout(x, 0.05)), tied=()
    )


@fault
def zero_grad_missing():
    """Each step adds its gradient to those of all steps before."""

    def step(training, model, optimizer):
        model.train()
        loss = training.loss_of(model)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return sound(step=step)


@fault
def rate_100_times_too_high():
    """The learning rate is 0.3."""
    return sound(optimizer=lambda model: torch.optim.AdamW(model.parameters(), lr=0.3))


@fault
def rate_100_times_too_low():
    """The learning rate is 3e-5, and the model was to learn from scratch."""
    return sound(optimizer=lambda model: torch.optim.AdamW(model.parameters(), lr=3e-5))


# --8<-- [end:steps]


# --8<-- [start:matrix]
@cache
def caught() -> dict[str, tuple[str, ...]]:
    """For each fault, the checks that it fails, in their order; made by running them."""
    found = {}
    for name, make in FAULTS.items():
        training = make()
        with torch.random.fork_rng(devices=[]):
            verdicts = [check(training) for check in CHECKS]
        found[name] = tuple(v.check for v in verdicts if not v.passed)
    return found


# --8<-- [end:matrix]


def table() -> str:
    """Faults by checks, as Markdown: ✗ where a check fails."""
    names = [check.__name__ for check in CHECKS]
    legend = [f"{n}. `{name}`" for n, name in enumerate(names, 1)]
    head = "| fault | " + " | ".join(str(n) for n in range(1, len(names) + 1)) + " |"
    rows = [
        f"| {fault.replace('_', ' ')} | "
        + " | ".join("✗" if name in failed else "·" for name in names)
        + " |"
        for fault, failed in caught().items()
    ]
    rule = "|---|" + ":-:|" * len(names)
    last = names[-1]
    found = sum(last in failed for failed in caught().values())
    missed = len(rows) - found
    count = (
        f"Of the {len(rows)} faults, `{last}` alone finds {found} and misses {missed}."
    )
    return "\n".join([*legend, "", head, rule, *rows, "", count])
