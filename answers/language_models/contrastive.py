"""InfoNCE and CLIP's loss: each embedding must find its partner among all of the batch.

Row i of the one array belongs to row i of the other; every other row is a negative. Rows are
brought to length 1 first, so that a product of two is their cosine.
"""

import math

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.probability.softmax import cross_entropy


# --8<-- [start:unit_refuses]
def no_direction(x, name):
    with np.errstate(over="ignore", under="ignore"):
        lengths = np.linalg.norm(as_float(x), axis=-1)
    wrong = (lengths == 0) | (lengths == np.inf)
    if wrong.any():
        row = np.flatnonzero(wrong)[0]
        raise ValueError(
            f"row {row} of `{name}` has the length {lengths[row]} in {lengths.dtype}; only a "
            "row of another length has a direction"
        )


EMBEDDINGS = refuse_empty, refuse_nan, no_direction


@refuses(x=EMBEDDINGS)
# --8<-- [end:unit_refuses]
# --8<-- [start:unit]
def unit(x: Real[ndarray, "batch d"]) -> Float[ndarray, "batch d"]:
    """Each row divided by its length.

    Raises:
        ValueError: `x` is empty, holds nan or infinity, or a row has the length 0, or one that
            overflows.

    Example:
        >>> unit(np.array([[3.0, 4.0]]))
        array([[0.6, 0.8]])
    """
    x = as_float(x)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


# --8<-- [end:unit]
# --8<-- [start:info_nce_refuses]
def no_temperature(temperature, name):
    # Below 1e-30 a cosine of float32 overflows when it is divided; nan fails a comparison.
    if not 1e-30 < temperature < math.inf:
        raise ValueError(f"`{name}` is {temperature}; choose a finite number above 0")


@refuses(queries=EMBEDDINGS, keys=EMBEDDINGS, temperature=no_temperature)
# --8<-- [end:info_nce_refuses]
# --8<-- [start:info_nce]
def info_nce(
    queries: Real[ndarray, "batch d"],
    keys: Real[ndarray, "batch d"],
    temperature: float,
) -> np.floating:
    """How badly each query finds its own key among all keys: a cross-entropy, on average.

    How:
        The cosines of one query with all keys, divided by the temperature, are its logits, and
        the right class of query i is i.

    Args:
        queries: One embedding per row; lengths do not count.
        keys: Row i belongs to query i, and every other row is a negative.
        temperature: It divides the cosines, which lie between -1 and 1.

    Returns:
        Nats; log(batch) where all keys look alike.

    Raises:
        ValueError: An array is empty, holds nan or infinity, or has a row without a direction;
            `temperature` is not above 0.

    Source:
        van den Oord, Li and Vinyals (2018), Representation Learning with Contrastive Predictive
        Coding, equation 4, https://arxiv.org/abs/1807.03748; with cosines, as in Chen et al.
        (2020), A Simple Framework for Contrastive Learning, https://arxiv.org/abs/2002.05709

    Example:
        Two keys that are alike: a query can only guess.

        >>> info_nce(np.eye(2), np.ones((2, 2)), 0.07).round(6)
        np.float64(0.693147)
    """
    cosines = unit(queries) @ unit(keys).T
    loss, _ = cross_entropy(cosines / temperature, np.arange(len(cosines)))
    return loss


# --8<-- [end:info_nce]
# --8<-- [start:clip_loss_refuses]
def no_scale(log_scale, name):
    if not -80 <= log_scale <= 80:
        raise ValueError(
            f"`{name}` is {log_scale}; choose one from -80 to 80. CLIP keeps its own at "
            "log(100) = 4.6 or below"
        )


@refuses(images=EMBEDDINGS, texts=EMBEDDINGS, log_scale=no_scale)
# --8<-- [end:clip_loss_refuses]
# --8<-- [start:clip_loss]
def clip_loss(
    images: Real[ndarray, "batch d"],
    texts: Real[ndarray, "batch d"],
    log_scale: float,
) -> tuple[
    np.floating, Float[ndarray, "batch d"], Float[ndarray, "batch d"], np.floating
]:
    """InfoNCE in both directions, and its gradients: each image finds its text, and each text
    its image.

    How:
        One array of logits serves both: its rows belong to images, its columns to texts. The
        gradient goes back through the product, then through the division by the length, which
        takes away what points along the embedding.

    Args:
        images: One embedding per row; lengths do not count.
        texts: Row i belongs to image i.
        log_scale: The logarithm of what multiplies the cosines, 1/temperature: a learned
            parameter, which is not clipped here.

    Returns:
        The loss in nats, the mean of both directions, and its gradients with respect to
        `images`, `texts` and `log_scale`.

    Raises:
        ValueError: An array is empty, holds nan or infinity, or has a row without a direction;
            `log_scale` is not between -80 and 80; or a gradient overflows.

    Source:
        Radford et al. (2021), Learning Transferable Visual Models From Natural Language
        Supervision, figure 3, https://arxiv.org/abs/2103.00020

    Example:
        All embeddings look alike: only the guess is left, and no direction is better.

        >>> loss, dimages, dtexts, dlog_scale = clip_loss(np.ones((2, 1)), np.ones((2, 1)), 0.0)
        >>> loss.round(6), np.abs(dimages).max().round(12), dlog_scale.round(12)
        (np.float64(0.693147), np.float64(0.0), np.float64(0.0))
    """
    a, b = unit(images), unit(texts)
    scale, own = math.exp(log_scale), np.arange(len(a))
    logits = scale * (a @ b.T)  # (images, texts)
    of_images, by_rows = cross_entropy(logits, own)
    of_texts, by_columns = cross_entropy(logits.T, own)
    dlogits = (by_rows + by_columns.T) / 2
    dimages = through_unit(scale * (dlogits @ b), images)
    dtexts = through_unit(scale * (dlogits.T @ a), texts)
    dlog_scale = (dlogits * logits).sum()
    return (of_images + of_texts) / 2, dimages, dtexts, dlog_scale


# --8<-- [end:clip_loss]
# --8<-- [start:through_unit_refuses]
def overflow(result):
    refuse_overflowed(result, "the gradient")


@refuses(overflow, dout=(refuse_empty, refuse_nan), x=EMBEDDINGS)
# --8<-- [end:through_unit_refuses]
# --8<-- [start:through_unit]
def through_unit(
    dout: Real[ndarray, "batch d"], x: Real[ndarray, "batch d"]
) -> Float[ndarray, "batch d"]:
    """The gradient at x, made of that at `unit(x)`: without its part along x, over the length.

    A longer or shorter row has the same direction, so no gradient may point along it.

    Args:
        dout: Gradient of the loss with respect to `unit(x)`.
        x: The rows before they are brought to length 1.

    Raises:
        ValueError: An array is empty or holds nan or infinity; a row of `x` has the length 0,
            or one that overflows; or the gradient overflows.

    Example:
        The part (3, 0) points along x and goes; the rest is divided by 2.

        >>> through_unit(np.array([[3.0, 4.0]]), np.array([[2.0, 0.0]]))
        array([[0., 2.]])
    """
    u = unit(x)
    across = dout - (dout * u).sum(axis=1, keepdims=True) * u
    return across / np.linalg.norm(as_float(x), axis=1, keepdims=True)


# --8<-- [end:through_unit]
