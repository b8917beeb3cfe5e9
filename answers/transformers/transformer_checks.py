"""Is this Transformer being trained right? Checks that any module takes, each with one question.

A check takes a `Training`, leaves its model as it was, and returns a `Verdict`. They run from
what a batch holds to what an optimizer does: `diagnose` runs them all, in that order.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from answers.transformers.gpt import next_token_loss


# --8<-- [start:training]
def call(model: nn.Module, ids: Tensor, mask: Tensor | None) -> Tensor:
    """The logits (batch, time, vocab) of a model that is called as our GPT is."""
    return model(ids, mask=mask)


def adam(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.0)


def train_step(
    training: "Training", model: nn.Module, optimizer: torch.optim.Optimizer
) -> Tensor:
    """One step on the batch of `training`. Returns the loss before it."""
    model.train()
    optimizer.zero_grad()
    loss = training.loss_of(model)
    loss.backward()
    optimizer.step()
    return loss.detach()


@dataclass(frozen=True)
class Training:
    """All that decides what a model learns: this is what the checks look at.

    Attributes:
        model: Any module.
        ids: A batch of real tokens, (batch, time), time at least 4; no padding in it.
        vocab: Number of tokens, at least 5.
        forward: `forward(model, ids, mask)` gives logits (batch, time, vocab). In the
            mask, True is a real token; None means that all are.
        loss: `loss(logits, ids, mask)` gives the mean loss of the next tokens.
        optimizer: Makes the optimizer of a model.
        step: `step(training, model, optimizer)` trains once on the batch.
        tied: Pairs of names of parameters that are to be the same tensor.
        rotary: Positions turn queries and keys, and enter nowhere else.
        exempt: Ends of names of parameters that may have a gradient of zero.

    Raises:
        ValueError: `ids` is empty, too short or outside of the vocabulary; `vocab` is too
            small to tell labels apart; `tied` names a parameter that is not there; a model
            returns logits of another shape.
    """

    model: nn.Module
    ids: Tensor
    vocab: int
    forward: Callable = call
    loss: Callable = next_token_loss
    optimizer: Callable = adam
    step: Callable = train_step
    tied: tuple[tuple[str, str], ...] = ()
    rotary: bool = False
    exempt: tuple[str, ...] = ()

    def __post_init__(self):
        refuse(self)

    def logits(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """The logits for `ids`, in eval mode and without a graph."""
        modes = {module: module.training for module in self.model.modules()}
        self.model.eval()
        try:
            with torch.no_grad():
                logits = self.forward(self.model, ids, mask)
        finally:
            for module, mode in modes.items():
                module.training = mode
        refuse_shape(logits, (*ids.shape, self.vocab))
        return logits

    def loss_of(self, model: nn.Module) -> Tensor:
        """The loss of the batch."""
        return self.loss(self.forward(model, self.ids, None), self.ids, None)

    def others(self, ids: Tensor) -> Tensor:
        """A different token for each of `ids`."""
        return (ids + 1) % self.vocab


# --8<-- [end:training]


def refuse(training: Training) -> None:
    """Raise where a check would fail for another reason than the model."""
    ids, vocab = training.ids, training.vocab
    if ids.ndim != 2 or ids.shape[0] == 0 or ids.shape[1] < 4:
        raise ValueError(
            f"`ids` has the shape {tuple(ids.shape)}; make it (batch, time) with a sequence "
            "or more and a time of 4 or more"
        )
    if ids.is_floating_point() or ids.is_complex() or ids.dtype == torch.bool:
        raise ValueError(f"`ids` is {ids.dtype}; token ids are integers, as torch.long")
    if vocab < 5:
        raise ValueError(
            f"`vocab` is {vocab}; with fewer than 5 tokens the checks cannot tell the next "
            "token from the one after"
        )
    low, high = (int(end) for end in ids.aminmax())
    if low < 0 or high >= vocab:
        raise ValueError(
            f"`ids` holds {low if low < 0 else high}; with {vocab} tokens, ids run from 0 "
            f"to {vocab - 1}. Give real tokens alone, without -100 or padding"
        )
    there = dict(training.model.named_parameters(remove_duplicate=False))
    for name in (name for pair in training.tied for name in pair):
        if name not in there:
            raise ValueError(
                f"`tied` names {name!r}, and the model has no such parameter; it has "
                f"{few(list(there))}"
            )


def refuse_shape(logits: Any, shape: tuple[int, ...]) -> None:
    """Raise unless the model returned one tensor of logits of this shape."""
    if not isinstance(logits, Tensor):
        raise ValueError(
            f"the model returned a {type(logits).__name__}; let `forward` return the tensor "
            "of logits, as `lambda model, ids, mask: model(ids).logits`"
        )
    if tuple(logits.shape) != shape:
        raise ValueError(
            f"the model returned logits of shape {tuple(logits.shape)}; for these ids it "
            f"must be (batch, time, vocab) = {shape}"
        )


# --8<-- [start:verdict]
@dataclass(frozen=True)
class Verdict:
    """What a check found: `message` is a sentence, and says what to look at next."""

    check: str
    passed: bool
    message: str

    def __str__(self) -> str:
        return f"{'ok  ' if self.passed else 'FAIL'} {self.check}: {self.message}"


def verdict(check: Callable, passed: bool, good: str, bad: str) -> Verdict:
    return Verdict(check.__name__, bool(passed), good if passed else bad)


# --8<-- [end:verdict]


# --8<-- [start:labels]
def label_is_the_next_token(training: Training) -> Verdict:
    """Logits that predict token t + k perfectly have the least loss for k = 1."""
    ids = torch.arange(15, device=training.ids.device).repeat(2, 1) % training.vocab
    losses = {
        k: float(
            training.loss(sure_of(ids.roll(-k, dims=1), training.vocab), ids, None)
        )
        for k in (-1, 0, 1, 2, 3)
    }
    best = min(losses, key=losses.__getitem__)
    return verdict(
        label_is_the_next_token,
        best == 1,
        f"predicting the next token is what pays: loss {losses[1]:.2f}",
        f"the loss is least for predicting token t {best:+d} at t "
        f"({losses[best]:.2f} against {losses[1]:.2f} for t +1): shift logits against "
        "labels by one, once",
    )


def sure_of(ids: Tensor, vocab: int) -> Tensor:
    """Logits of somebody who is sure of these tokens."""
    return 20.0 * functional.one_hot(ids, vocab)


def loss_is_the_mean_over_real_tokens(training: Training) -> Verdict:
    """Against the mean of log-softmax over the pairs of real tokens, written out."""
    generator, time = torch.Generator().manual_seed(0), torch.arange(8)
    logits = torch.randn(3, 8, training.vocab, generator=generator)
    # The second sequence is padded on the right, the third on the left.
    mask = torch.stack([time < 8, time < 3, time >= 3])
    ids = torch.randint(1, training.vocab, (3, 8), generator=generator) * mask
    got = float(
        training.loss(*(x.to(training.ids.device) for x in (logits, ids, mask)))
    )
    counts = mask[:, :-1] & mask[:, 1:]
    each = -logits.log_softmax(-1)[:, :-1].gather(-1, ids[:, 1:, None])[..., 0]
    rows = (each * counts).sum(1) / counts.sum(1)
    known = {
        "": each[counts].mean(),
        "the padding counts too: leave it out by the mask": each.mean(),
        "padding predicts the first real token: count only what real tokens predict": each[
            mask[:, 1:]
        ].mean(),
        "the sum is divided by all places, padding too: divide by what counts": (
            each * counts
        ).mean(),
        "it is a mean of the sequences' means, so tokens of short sequences count more: "
        "divide the sum over the batch once, by all its tokens": rows.mean(),
        "it is a sum: it grows with the batch, so divide by what counts": each[
            counts
        ].sum(),
    }
    near = [why for why, value in known.items() if abs(got - float(value)) < 1e-4]
    what = near[0] if near else "it is neither the token mean nor a common mistake"
    right = float(known[""])
    return verdict(
        loss_is_the_mean_over_real_tokens,
        "" in near,
        f"{got:.3f} on a padded batch, as by hand",
        f"{got:.3f} on a padded batch, {right:.3f} by hand; {what}",
    )


# --8<-- [end:labels]


# --8<-- [start:start]
def output_is_logits(training: Training) -> Verdict:
    """Cross-entropy takes the softmax itself: of probabilities, it has a floor."""
    logits = training.logits(training.ids)
    if not logits.isfinite().all():
        return verdict(
            output_is_logits,
            False,
            "",
            "the model returns nan or infinity before any step: find the first layer that "
            "does, by a forward hook on each",
        )
    sums = logits.sum(-1)
    ones = torch.allclose(sums, torch.ones_like(sums), atol=1e-3)
    floor = math.log(math.e + training.vocab - 1) - 1
    probabilities = ones and bool((logits >= 0).all())
    return verdict(
        output_is_logits,
        not probabilities,
        "scores of any size and sign",
        "the model returns probabilities; of those, cross-entropy never falls below "
        f"log(e + V - 1) - 1 = {floor:.2f}: return the logits",
    )


def first_loss_is_log_vocab(training: Training, within: float = 0.5) -> Verdict:
    """A model that knows nothing yet is indifferent: its loss is log V, in nats."""
    loss = float(training.loss(training.logits(training.ids), training.ids, None))
    want = math.log(training.vocab)
    return verdict(
        first_loss_is_log_vocab,
        abs(loss - want) < within,
        f"{loss:.2f} nats, log V is {want:.2f}",
        f"{loss:.2f} nats before any step, but log V is {want:.2f}: the initial weights are "
        "too large, or the loss is wrong",
    )


# --8<-- [end:start]


# --8<-- [start:sight]
def apart(a: Tensor, b: Tensor) -> float:
    """The largest difference; nan if one holds nan."""
    return float((a - b).abs().amax())


def evaluates_the_same_twice(training: Training) -> Verdict:
    """In eval mode nothing may be random."""
    moved = apart(training.logits(training.ids), training.logits(training.ids))
    return verdict(
        evaluates_the_same_twice,
        moved == 0,
        "eval mode is deterministic",
        f"two calls in eval mode differ by {moved:.2g}: something drops at random "
        "without asking for the mode",
    )


def sees_no_future(training: Training) -> Verdict:
    """Change the last tokens: no earlier logits may move."""
    ids = training.ids[:1]
    half = ids.shape[1] // 2
    changed = torch.cat([ids[:, :half], training.others(ids[:, half:])], dim=1)
    moved = apart(training.logits(ids)[:, :half], training.logits(changed)[:, :half])
    return verdict(
        sees_no_future,
        moved < 1e-5,
        f"tokens from {half} on change no logits before",
        f"tokens from {half} on move earlier logits by up to {moved:.2g}: the causal "
        "mask is missing, transposed or inverted, or axes are mixed up",
    )


def sees_the_past(training: Training) -> Verdict:
    """Change the first token: the last logits must move."""
    ids = training.ids[:1]
    changed = torch.cat([training.others(ids[:, :1]), ids[:, 1:]], dim=1)
    moved = apart(training.logits(ids)[:, -1], training.logits(changed)[:, -1])
    return verdict(
        sees_the_past,
        moved > 1e-7,
        "the first token reaches the last logits",
        "the first token changes nothing in the last logits: the mask hides the past",
    )


def padding_changes_nothing(training: Training) -> Verdict:
    """Pad on either side: the logits of the real tokens must stay."""
    extra = min(3, training.ids.shape[1] // 2)
    # With the padding, no longer than the batch.
    ids = training.ids[:1, extra:]
    plain, time = training.logits(ids), ids.shape[1]
    padding = ids.new_zeros(1, extra)
    real = torch.ones_like(ids, dtype=torch.bool)
    unreal = torch.zeros_like(padding, dtype=torch.bool)
    moved = {}
    for side, parts, masks, here in (
        ("right", (ids, padding), (real, unreal), slice(0, time)),
        ("left", (padding, ids), (unreal, real), slice(extra, extra + time)),
    ):
        padded = training.logits(torch.cat(parts, dim=1), torch.cat(masks, dim=1))
        moved[side] = apart(padded[:, here], plain)
    wrong = [f"{side} ({by:.2g})" for side, by in moved.items() if not by < 1e-4]
    return verdict(
        padding_changes_nothing,
        not wrong,
        "on neither side",
        f"padding moves the logits of real tokens: {', '.join(wrong)}; look at the padding "
        "mask and its polarity, and count positions from the first real token",
    )


def positions_matter(training: Training) -> Verdict:
    """Repeat one token: without positions, every place of the sequence looks the same.

    The values of equal tokens are equal, so whatever attention does, their average is the
    same everywhere. Rotary positions turn queries and keys and not values, so of those
    this check cannot tell, and says so.
    """
    if training.rotary:
        return verdict(
            positions_matter,
            True,
            "not tested, since rotary positions do not show in a repeated token; compare "
            "logits with those of another implementation",
            "",
        )
    ids = training.ids[:1, :1].repeat(1, training.ids.shape[1])
    logits = training.logits(ids)
    moved = apart(logits, logits[:, :1])
    return verdict(
        positions_matter,
        moved > 1e-5,
        "one token, repeated, is told apart by its place",
        "a repeated token has the same logits at every place: no positions reach the model, "
        "or all are 0",
    )


# --8<-- [end:sight]


# --8<-- [start:gradients]
def every_parameter_gets_a_gradient(training: Training, least: float = 1e-6) -> Verdict:
    """Finite for each, and its largest entry more than `least` of the model's largest.

    A gradient that is zero on paper is rounding noise in a computer, so "not zero" must
    have a size. Exempt the biases of keys, where they are parameters of their own: they
    add the same to every score of a query, and softmax does not see that.
    """
    model = copy.deepcopy(training.model).train()
    model.zero_grad()
    loss = training.loss_of(model)
    if loss.requires_grad:
        loss.backward()
    sizes = {
        name: math.nan if p.grad is None else float(p.grad.abs().max())
        for name, p in model.named_parameters()
        if not any(name.endswith(end) for end in training.exempt)
    }
    floor = least * max((s for s in sizes.values() if math.isfinite(s)), default=0.0)
    wrong = [n for n, size in sizes.items() if not floor < size < math.inf]
    return verdict(
        every_parameter_gets_a_gradient,
        not wrong,
        f"all {len(sizes)} are finite and not zero",
        f"none, zero or not finite: {few(wrong)}; is it used, frozen or cut off?",
    )


def optimizer_has_every_parameter(training: Training) -> Verdict:
    """Whatever the loss depends on must be in the optimizer, registered or not."""
    model = copy.deepcopy(training.model)
    optimizer = training.optimizer(model)
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    names = {id(p): name for name, p in model.named_parameters()}
    loss = training.loss_of(model)
    missing = [
        names.get(id(leaf), f"a tensor of shape {tuple(leaf.shape)} of no module")
        for leaf in leaves(loss)
        if id(leaf) not in held
    ]
    return verdict(
        optimizer_has_every_parameter,
        not missing,
        f"it has all {len(held)}",
        f"it lacks {few(missing)}: build it from the parameters of the whole model, with "
        "every part registered",
    )


def leaves(tensor: Tensor) -> list[Tensor]:
    """The tensors to which a backward pass from here would add a gradient."""
    found, todo, seen = {}, [tensor.grad_fn], set()
    while todo:
        node = todo.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            found[id(node.variable)] = node.variable
        todo.extend(function for function, _ in node.next_functions)
    return list(found.values())


def tied_weights_are_one(training: Training) -> Verdict:
    """A copy starts equal and learns apart; only the same tensor stays the same."""
    named = dict(training.model.named_parameters(remove_duplicate=False))
    two = [f"{a} and {b}" for a, b in training.tied if named[a] is not named[b]]
    return verdict(
        tied_weights_are_one,
        not two,
        f"{len(training.tied)} pair(s)" if training.tied else "none are asked for",
        f"not the same tensor: {few(two)}; assign one to the other, without a copy",
    )


# --8<-- [end:gradients]


# --8<-- [start:steps]
def trains_in_training_mode(training: Training) -> Verdict:
    """The mode of every module that runs while a step is made."""
    model, modes = copy.deepcopy(training.model), []
    for module in model.modules():
        module.register_forward_pre_hook(lambda m, _: modes.append(m.training))
    training.step(training, model, training.optimizer(model))
    wrong = "a part runs in eval mode" if any(modes) else "the step runs in eval mode"
    return verdict(
        trains_in_training_mode,
        bool(modes) and all(modes),
        "dropout and the like are on",
        f"{wrong}, without dropout: call model.train() after evaluating"
        if modes
        else "the step calls no module of the model that it is given",
    )


def gradients_are_cleared(training: Training) -> Verdict:
    """Two steps that move nothing, on one batch: what the first left must not count.

    What it left is made huge and turned around in between, so that it shows even where
    the step clips the gradient to a length.
    """
    model, seen = copy.deepcopy(training.model), []
    still = torch.optim.SGD(model.parameters(), lr=0.0)
    still.register_step_pre_hook(lambda *_: seen.append(flat_gradient(model)))
    for _ in range(2):
        # For the same dropout.
        torch.manual_seed(0)
        training.step(training, model, still)
        for p in model.parameters():
            if p.grad is not None:
                p.grad.mul_(-1e4)
    if len(seen) < 2:
        return verdict(
            gradients_are_cleared, False, "", "the step never calls optimizer.step()"
        )
    off = apart(seen[0], seen[-1]) / float(seen[0].abs().max())
    return verdict(
        gradients_are_cleared,
        off < 1e-3,
        "the second step starts from none",
        "the gradient of the first step is still in that of the second: call "
        "optimizer.zero_grad() in every step",
    )


def flat_gradient(model: nn.Module) -> Tensor:
    """All gradients in one vector; 0 where there is none."""
    return torch.cat(
        [
            (torch.zeros_like(p) if p.grad is None else p.grad)
            .detach()
            .flatten()
            .clone()
            for p in model.parameters()
        ]
    )


def steps_are_small(training: Training, largest: float = 0.5) -> Verdict:
    """How far the first step moves a weight matrix, relative to its size."""
    model = copy.deepcopy(training.model)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    training.step(training, model, training.optimizer(model))
    moves = [
        float((p.detach() - before[name]).norm() / before[name].norm())
        for name, p in model.named_parameters()
        if p.ndim > 1 and before[name].any()
    ]
    most = max(moves, default=0.0)
    return verdict(
        steps_are_small,
        most < largest,
        f"the first moves a matrix by at most {most:.0%} of its size",
        f"the first step moves a matrix by {most:.0%} of its size: the learning rate is too "
        "high, or warm-up is missing",
    )


def overfits_one_batch(
    training: Training, steps: int = 150, below: float = 0.15
) -> Verdict:
    """A model that learns at all can learn one small batch by heart."""
    model = copy.deepcopy(training.model)
    torch.manual_seed(0)
    optimizer = training.optimizer(model)
    losses = [float(training.step(training, model, optimizer)) for _ in range(steps)]
    last, bound = min(losses[-10:]), below * math.log(training.vocab)
    return verdict(
        overfits_one_batch,
        last < bound,
        f"loss {losses[0]:.2f} to less than {bound:.2f} in {steps} steps",
        f"loss {losses[0]:.2f} to {last:.1f} in {steps} steps on one batch: something "
        "keeps it from learning; if all else passed, look at the learning rate",
    )


# --8<-- [end:steps]


# --8<-- [start:diagnose]
CHECKS: tuple[Callable[[Training], Verdict], ...] = (
    label_is_the_next_token,
    loss_is_the_mean_over_real_tokens,
    output_is_logits,
    first_loss_is_log_vocab,
    evaluates_the_same_twice,
    sees_no_future,
    sees_the_past,
    padding_changes_nothing,
    positions_matter,
    every_parameter_gets_a_gradient,
    optimizer_has_every_parameter,
    tied_weights_are_one,
    trains_in_training_mode,
    gradients_are_cleared,
    steps_are_small,
    overfits_one_batch,
)


def diagnose(
    model: nn.Module, ids: Tensor, vocab: int, **settings: Any
) -> list[Verdict]:
    """All checks in order, each on the model as it is now, which none of them changes.

    Args:
        model: Any module, before training.
        ids: A batch of real tokens, (batch, time).
        vocab: Number of tokens.
        settings: The other attributes of `Training`.

    Returns:
        One verdict a check. The first that failed is the one to look at first: the later
        ones may only suffer from it.

    Raises:
        ValueError: As `Training`. What the model, the loss or the step raise themselves
            goes through: a fault that says so needs no check.

    Source:
        Karpathy (2019), A Recipe for Training Neural Networks,
        https://karpathy.github.io/2019/04/25/recipe/

    Example:
        A bigram model: each token alone decides what follows it.

        >>> _ = torch.manual_seed(0)
        >>> bigram = nn.Sequential(nn.Embedding(11, 16), nn.Linear(16, 11, bias=False))
        >>> ids = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6]])
        >>> found = diagnose(bigram, ids, 11, forward=lambda model, ids, mask: model(ids))
        >>> [each.check for each in found if not each.passed][0]
        'sees_the_past'
    """
    training = Training(model, ids, vocab, **settings)
    with torch.random.fork_rng(devices=[]):
        return [check(training) for check in CHECKS]


# --8<-- [end:diagnose]


def few(names: list[str]) -> str:
    """The first three, and how many more."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
