"""Two linear encoders learn from pairs, by losses with and without negatives, and are compared.

Both views of a pair are mixtures of the same eight hidden numbers, with noise.
"""

import numpy as np

from answers.language_models.contrastive import unit

PAIRS = 64  # to train, and as many to test


# --8<-- [start:losses]
def pulled(a, b):
    """The gradients of the mean of |a - b|², which has no negatives."""
    return 2 * (a - b) / len(a), 2 * (b - a) / len(b)


def contrasted(a, b):
    """The gradients of CLIP's loss, with products in place of cosines."""
    logits = a @ b.T
    powers = np.exp(logits - logits.max())
    shares = powers / powers.sum(axis=0) + powers / powers.sum(axis=1, keepdims=True)
    dlogits = (shares / 2 - np.eye(len(a))) / len(a)
    return dlogits @ b, dlogits.T @ a


def at_length(length, slopes):
    """The same loss of rows that are brought to one length first."""

    def through(a, b):
        lengths = [np.linalg.norm(x, axis=1, keepdims=True) / length for x in (a, b)]
        rows = [x / each for x, each in zip((a, b), lengths, strict=True)]
        across = (
            d - (d * u).sum(axis=1, keepdims=True) * u / length**2
            for d, u in zip(slopes(*rows), rows, strict=True)
        )
        return tuple(d / each for d, each in zip(across, lengths, strict=True))

    return through


LOSSES = {
    "pull": pulled,
    "pull, unit length": at_length(1.0, pulled),
    "contrast": contrasted,
    "contrast, unit length": at_length(10**0.5, contrasted),
}
# --8<-- [end:losses]


# --8<-- [start:trained]
def trained(slopes, rate, steps, seed):
    """The embeddings of pairs that were held out, before and after gradient descent."""
    rng = np.random.default_rng(seed)
    hidden, mixtures = (
        rng.normal(size=(2 * PAIRS, 8)),
        rng.normal(size=(2, 8, 16)) / 8**0.5,
    )
    x, y = (hidden @ mix + 0.3 * rng.normal(size=(2 * PAIRS, 16)) for mix in mixtures)
    w, v = rng.normal(size=(2, 16, 4)) / 4
    before = x[PAIRS:] @ w, y[PAIRS:] @ v
    for _ in range(steps):
        da, db = slopes(x[:PAIRS] @ w, y[:PAIRS] @ v)
        w, v = w - rate * x[:PAIRS].T @ da, v - rate * y[:PAIRS].T @ db
    return before, (x[PAIRS:] @ w, y[PAIRS:] @ v)


# --8<-- [end:trained]


# --8<-- [start:measured]
def measured(a, b):
    """|a| |b| on average, the first direction's share of the variance, and how often a finds b."""
    product = np.mean(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    rows = np.concatenate([unit(a), unit(b)])
    values = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False) ** 2
    found = np.argmax(unit(a) @ unit(b).T, axis=1) == np.arange(len(a))
    return product, values[0] / values.sum(), found.mean()


# --8<-- [end:measured]


# --8<-- [start:table]
def table(rate, steps, seeds):
    """A line for the encoders that it begins with, and one for each loss; means over seeds."""
    yield f"{'':21}  |a||b|  main  found"
    for name, slopes in LOSSES.items():
        runs = [trained(slopes, rate, steps, seed) for seed in seeds]
        before, after = (
            np.mean([measured(*pair) for pair in each], axis=0)
            for each in zip(*runs, strict=True)
        )
        if slopes is pulled:
            yield line("before", *before)
        yield line(name, *after)


def line(name, product, share, found):
    return f"{name:21}  {product:6.3f}  {share:.2f}  {found:5.2f}"


# --8<-- [end:table]
