"""What attention sees: the past, no future, no padding."""

import torch

from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import Verdict, apart, relative, verdict


# --8<-- [start:sight]
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
    """Change the tokens from one place on, for each place: no earlier logits may move.

    One cut alone would miss a mask that leaks inside blocks which end there.
    """
    ids = training.ids[:1]
    plain, others = training.logits(ids), training.others(ids)
    for cut in range(1, ids.shape[1]):
        changed = torch.cat([ids[:, :cut], others[:, cut:]], dim=1)
        moved = apart(plain[:, :cut], training.logits(changed)[:, :cut])
        if not moved < 1e-5:
            break
    return verdict(
        sees_no_future,
        moved < 1e-5,
        "tokens change no logits before them",
        f"tokens from {cut} on move earlier logits by up to {moved:.2g}: the causal "
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
    """Pad on either side: the logits of the real tokens must stay, but for rounding."""
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
        moved[side] = relative(padded[:, here], plain)
    wrong = [f"{side} ({by:.2g})" for side, by in moved.items() if not by < 1e-4]
    return verdict(
        padding_changes_nothing,
        not wrong,
        "on neither side",
        "padding moves the logits of real tokens, relative to a usual one: "
        f"{', '.join(wrong)}; look at the padding mask and its polarity, and count "
        "positions from the first real token",
    )


# --8<-- [end:sight]
