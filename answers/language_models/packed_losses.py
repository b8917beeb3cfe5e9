"""What the guide's GPT loses on packed text: with the right mask and positions, and without."""

from pathlib import Path
from unittest import mock

import numpy as np

from answers.inputs import refuse_below
from answers.inputs.contracts import refuses
from answers.language_models.packing import pack_sequences
from answers.probability.softmax import log_softmax
from answers.transformers import gpt_numpy
from answers.transformers.attention import attend

WIDTH = 128
BOOK = Path(gpt_numpy.__file__).with_name("weights") / "moby-dick-held-out.txt"


# --8<-- [start:packed_losses]
def losses(ids, learned, positions, mask, weights):
    """Of the tokens of a row that are learned, each predicted by the token before it."""
    told = {"positions.weight": weights["positions.weight"][positions]}
    # The model makes its causal mask by itself: here it is handed ours.
    with mock.patch.object(
        gpt_numpy, "attend", lambda q, k, v, _: attend(q, k, v, mask)
    ):
        scores = log_softmax(gpt_numpy.forward(ids[None], weights | told)[0])
    places = np.flatnonzero(learned[1:])
    return -scores[places, ids[1:][places]]


def too_few(seed, pieces):
    refuse_below(0, seed=seed)
    refuse_below(1, pieces=pieces)


@refuses(too_few)
def packed_losses(seed: int, pieces: int = 16) -> dict[str, float]:
    """Mean loss a byte of pieces of text, alone and in packed rows, by mask and positions.

    Args:
        seed: Of the pieces, 16 to 64 bytes each from the end of Moby-Dick.
        pieces: How many.

    Raises:
        ValueError: `seed` is below 0, or `pieces` below 1.

    Example:
        >>> found = packed_losses(0, 2)
        >>> bool(np.isclose(found["alone"], found["block-diagonal, restart"], rtol=1e-5))
        True
    """
    rng, text = np.random.default_rng(seed), np.fromfile(BOOK, dtype=np.uint8)
    lengths = rng.integers(16, 65, pieces)
    starts = rng.integers(0, len(text) - 64, pieces)
    documents = [text[i : i + n] for i, n in zip(starts, lengths, strict=True)]
    rows, positions, mask = pack_sequences(np.concatenate(documents), lengths, WIDTH)
    weights, place = gpt_numpy.load_weights(), np.arange(WIDTH)
    causal = np.tri(WIDTH, dtype=bool)

    def mean(of):
        return float(np.mean(np.concatenate(list(of))))

    def packed(choose):
        every = zip(rows, positions, mask, strict=True)
        return mean(
            losses(row, at > 0, *choose(at, sees), weights) for row, at, sees in every
        )

    return {
        "alone": mean(
            losses(d, place[:n] > 0, place[:n], causal[:n, :n], weights)
            for d, n in zip(documents, lengths, strict=True)
        ),
        "block-diagonal, restart": packed(lambda at, sees: (at, sees)),
        "block-diagonal, run on": packed(lambda at, sees: (place, sees)),
        "causal, run on": packed(lambda at, sees: (place, causal)),
        "causal, restart": packed(lambda at, sees: (at, causal)),
    }


# --8<-- [end:packed_losses]
