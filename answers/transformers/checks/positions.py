"""Do positions reach the model?"""

import torch

from answers.transformers.checks.training import Training
from answers.transformers.checks.verdict import Verdict, relative, skipped, verdict


# --8<-- [start:positions]
def positions_matter(training: Training) -> Verdict:
    """Repeat one token: without positions, every place of the sequence looks the same.

    The values of equal tokens are equal, so where weights sum to 1, their average is the
    same everywhere. Rotary positions turn queries and keys and not values: a repeated
    token cannot show them, and they have a test of their own.
    """
    if training.rotary:
        return rotary_positions_matter(training)
    ids = training.ids[:1, :1].repeat(1, training.ids.shape[1])
    logits = training.logits(ids)
    moved = relative(logits[:, :1], logits)
    return verdict(
        positions_matter,
        moved > 1e-5,
        "one token, repeated, is told apart by its place",
        "a repeated token has the same logits at every place: no positions reach the model, "
        "or all are 0",
    )


# --8<-- [end:positions]


# --8<-- [start:rotary]
def rotary_positions_matter(training: Training) -> Verdict:
    """Rotary positions enter as differences: shift them all, and nothing may move; stretch
    them, and the logits must move."""
    if training.placed is None:
        return skipped(
            positions_matter,
            "a repeated token cannot show rotary positions; give `placed`, so that they "
            "can be shifted and stretched",
        )
    ids = training.ids[:1]
    places = torch.arange(ids.shape[1], device=ids.device)[None]
    plain = training.logits(ids)
    moved = {
        name: relative(training.logits(ids, positions=positions), plain)
        for name, positions in {
            "0, 1, 2, …": places,
            "shifted by 5": places + 5,
            "stretched by 3": 3 * places,
        }.items()
    }
    *same, stretched = moved.items()
    wrong = [f"{name} move the logits" for name, by in same if not by < 1e-4]
    if not stretched[1] > 1e-4:
        wrong.append(f"{stretched[0]} move nothing")
    return verdict(
        positions_matter,
        not wrong,
        "only distances count: shifted positions move nothing, stretched ones do",
        f"position ids {'; '.join(wrong)}: turn queries and keys alone, by the position",
    )


# --8<-- [end:rotary]
