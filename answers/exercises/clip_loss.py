"""Practice for question 32: CLIP's symmetric loss, with its gradients."""

import inspect
import math

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models import contrastive
from answers.language_models.contrastive import clip_loss, unit
from answers.probability.softmax import cross_entropy, softmax

exercise = Exercise(
    clip_loss,
    page="32-contrastive-and-distillation",
    returns=("loss", "dimages", "dtexts", "dlog_scale"),
    hints=(
        "All cosines of an image and a text stand in one matrix. What are the classes along a "
        "row, and what along a column? Which class is right?",
        "Each direction is a cross-entropy whose right classes are 0, 1, 2, … Its gradient at the "
        "logits is (softmax - identity) / batch; the two gradients meet in the same matrix.",
        "logits = scale · A Bᵀ is a product: its gradient goes back to A by B and to B by A. The "
        "scale is exp(log_scale), whose derivative is itself.",
        "A longer row has the same direction, so no gradient points along it: take away its part "
        "along the unit row, and divide by the length.",
    ),
)

rng = np.random.default_rng(3232)


def pairs(batch, d):
    return list(rng.normal(size=(2, batch, d)))


CLIP = math.log(1 / 0.07)  # as CLIP begins
images, texts = pairs(5, 3)
exercise.case("two pairs in the plane, a scale of 1", *pairs(2, 2), 0.0)
exercise.case("five pairs, a scale of 1", images, texts, 0.0)
exercise.case("five pairs, a scale of 1/0.07", images, texts, CLIP)
exercise.case("one pair alone", *pairs(1, 3), CLIP)
exercise.case("embeddings of length 1", unit(images), unit(texts), 1.0)
exercise.case("a scale below 1", images, texts, -1.5)
exercise.case("as many dimensions as pairs", *pairs(4, 4), 1.0)
exercise.case("more dimensions than pairs", *pairs(3, 7), 2.0)
exercise.case("a single dimension", *pairs(4, 1), 1.0)
lengths = np.array([[0.1], [30.0], [1.0], [4.0], [0.5]])
exercise.case("lengths from 0.05 to 60", lengths * images, 2 * texts, 1.5)
exercise.case("embeddings of some 1e-5", 1e-5 * images, 1e-5 * texts, 1.0)
exercise.case("embeddings of some 1e-14", 1e-14 * images, 1e-14 * texts, 1.0)
exercise.case("each pair twice", *(np.repeat(a, 2, axis=0) for a in pairs(3, 4)), 2.0)
exercise.case("texts that are their images", images, images.copy(), CLIP)
exercise.case("texts opposite to their images", images, -images, CLIP)
exercise.case("a scale of 403", images, texts, 6.0)
exercise.case("a scale of 8103", images, texts, 9.0)
turned = np.roll(images, 1, axis=0)
exercise.case("texts that are others' images", images, turned, 8.0)
exercise.case("float32", *(a.astype(np.float32) for a in pairs(4, 5)), 1.0)
add_whole_numbers(exercise, *(1 + np.rint(9 * np.abs(a)) for a in pairs(4, 3)), 1)
exercise.case(
    "int32 of some 5e4",
    np.array([[5, 1, 2], [2, 1, -4], [1, 6, 3]], dtype=np.int32) * 10000,
    np.array([[3, 2, 1], [5, 2, 1], [-3, 1, 5]], dtype=np.int32) * 10000,
    1.0,
)


through_unit = inspect.unwrap(contrastive.through_unit)  # A bug may pass nan.


def both(logits):
    """The losses of rows and of columns, and their gradients at the logits."""
    own = np.arange(len(logits))
    rows, by_rows = cross_entropy(logits, own)
    columns, by_columns = cross_entropy(logits.T, own)
    return (rows, columns), (by_rows, by_columns.T)


def cosines(images, texts):
    return unit(images) @ unit(texts).T


def back(dlogits, images, texts, scale):
    """The gradients at both arrays of embeddings."""
    dimages = through_unit(scale * (dlogits @ unit(texts)), images)
    return dimages, through_unit(scale * (dlogits.T @ unit(images)), texts)


@exercise.bug(way=(0, 1))
def one_direction_only(images, texts, log_scale, way=0):
    """Only one direction counts: images choose their texts, or texts their images. Average both:
    the columns of the same logits are a second cross-entropy."""
    # "Only one direction counts: images choose their texts, or texts their images":
    #     any(np.isclose(got.loss, each) for each in both(np.exp(log_scale) * unit(images) @
    #     unit(texts).T)[0])
    # "Average both: the columns of the same logits are a second cross-entropy": losses[way] →
    #     (losses[0] + losses[1]) / 2; dlogits = gradients[way] → dlogits = (gradients[0] +
    #     gradients[1]) / 2
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = gradients[way]
    dlog_scale = (dlogits * logits).sum()
    return losses[way], *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def both_directions_summed(images, texts, log_scale):
    """The two directions are added, so the loss and all gradients are twice too large. Take their
    mean: divide by 2."""
    # "The two directions are added, so the loss and all gradients are twice too large":
    #     np.isclose(got.loss, 2 * want.loss) and np.allclose(got.dimages, 2 * want.dimages)
    # "Take their mean: divide by 2": sum(losses) → sum(losses) / 2; sum(gradients) →
    #     sum(gradients) / 2
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients)
    dlog_scale = (dlogits * logits).sum()
    return sum(losses), *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def gradient_of_the_sum_of_both(images, texts, log_scale):
    """The loss is the mean of both directions, and the gradients are of their sum. Halve the
    gradients, too."""
    # "The loss is the mean of both directions, and the gradients are of their sum": np.isclose(
    #     got.loss, want.loss) and np.allclose(got.dimages, 2 * want.dimages)
    # "Halve the gradients, too": dlogits = sum(gradients) → dlogits = sum(gradients) / 2
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients)
    dlog_scale = (dlogits * logits).sum()
    return sum(losses) / 2, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def not_normalised(images, texts, log_scale):
    """The logits are plain products, so long embeddings count more. Divide each row by its length
    first, and send the gradient back through that division."""
    # "The logits are plain products": np.allclose(got.dlog_scale, (sum(both(np.exp(log_scale) *
    #     images @ texts.T)[1]) / 2 * (np.exp(log_scale) * images @ texts.T)).sum())
    # "Divide each row by its length first, and send the gradient back through that division":
    #     as_float(images) → unit(images); as_float(texts) → unit(texts); / 2, dimages, dtexts, →
    #     / 2, through_unit(dimages, images), through_unit(dtexts, texts),
    # "so long embeddings count more": np.isclose(bug(2 * images, texts, log_scale)[0], bug(images,
    #     texts, log_scale + np.log(2))[0])
    a, b = as_float(images), as_float(texts)
    scale = math.exp(log_scale)
    logits = scale * (a @ b.T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dimages, dtexts = scale * (dlogits @ b), scale * (dlogits.T @ a)
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()


@exercise.bug
def normalised_over_the_batch(images, texts, log_scale):
    """Each column is divided by its length over the batch. An embedding is a row: `axis=1`."""
    # "Each column is divided by its length over the batch": np.isclose(got.loss, sum(both(
    #     np.exp(log_scale) * unit(images.T).T @ unit(texts.T))[0]) / 2)
    # "An embedding is a row: `axis=1`": axis=0 → axis=1
    (a, b), (of_a, of_b) = zip(
        *(
            (
                x / np.linalg.norm(x, axis=0, keepdims=True),
                np.linalg.norm(x, axis=0, keepdims=True),
            )
            for x in (as_float(images), as_float(texts))
        ),
        strict=True,
    )
    scale = math.exp(log_scale)
    logits = scale * (a @ b.T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    da, db = scale * (dlogits @ b), scale * (dlogits.T @ a)
    dimages = (da - (da * a).sum(axis=0, keepdims=True) * a) / of_a
    dtexts = (db - (db * b).sum(axis=0, keepdims=True) * b) / of_b
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()


@exercise.bug(behind=(True, False))
def one_length_for_all(images, texts, log_scale, behind=True):
    """All rows are divided by one length, the norm of the whole matrix. Each row has its own:
    `axis=1, keepdims=True`."""

    # "All rows are divided by one length, the norm of the whole matrix": np.isclose(got.loss,
    #     sum(both(np.exp(log_scale) * images @ texts.T / np.linalg.norm(images) /
    #     np.linalg.norm(texts))[0]) / 2)
    # "Each row has its own: `axis=1, keepdims=True`": np.linalg.norm(x) → np.linalg.norm(x,
    #     axis=1, keepdims=True); (d * u).sum() → (d * u).sum(axis=1, keepdims=True)
    def length(x):
        return np.linalg.norm(x)

    def through(d, u, x):
        along = (d * u).sum() * u
        return (d - along) / length(x) if behind else through_unit(d, x)

    a, b = as_float(images), as_float(texts)
    u, v, scale = a / length(a), b / length(b), math.exp(log_scale)
    logits = scale * (u @ v.T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dimages = through(scale * (dlogits @ v), u, a)
    dtexts = through(scale * (dlogits.T @ u), v, b)
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()


@exercise.bug
def gradient_stops_at_the_unit_rows(images, texts, log_scale):
    """The gradients are of the rows after normalisation. Take away the part along each row, and
    divide by its length: that is the division's backward pass."""
    # "The gradients are of the rows after normalisation": np.isclose(got.loss, want.loss) and
    #     np.allclose(through_unit(got.dimages, images), want.dimages)
    # "Take away the part along each row, and divide by its length: that is the division's backward
    #     pass": / 2, dimages, dtexts, → / 2, through_unit(dimages, images), through_unit(dtexts,
    #     texts),
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dimages, dtexts = (
        scale * (dlogits @ unit(texts)),
        scale * (dlogits.T @ unit(images)),
    )
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()


@exercise.bug
def lengths_taken_as_constants(images, texts, log_scale):
    """The gradient is divided by each length, but keeps its part along the row: the length
    depends on the row, too. Take away `(d * u).sum(axis=1, keepdims=True) * u`."""
    # "The gradient is divided by each length, but keeps its part along the row: the length depends
    #     on the row, too": np.abs((got.dimages * images).sum(axis=1)).max() > 1e-3 and
    #     np.allclose(through_unit( got.dimages, unit(images)), want.dimages)
    # "Take away `(d * u).sum(axis=1, keepdims=True) * u`": return d / → return (d - (d *
    #     u).sum(axis=1, keepdims=True) * u) /
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2

    def through(d, u, x):
        return d / np.linalg.norm(x, axis=1, keepdims=True)

    dimages = through(scale * (dlogits @ unit(texts)), unit(images), images)
    dtexts = through(scale * (dlogits.T @ unit(images)), unit(texts), texts)
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()


@exercise.bug
def not_divided_by_the_length(images, texts, log_scale):
    """The part along each row is taken away, but nothing is divided by its length. A row that is
    ten times as long turns a tenth as far: divide."""
    # "The part along each row is taken away, but nothing is divided by its length": np.isclose(
    #     got.loss, want.loss) and np.allclose(got.dimages, want.dimages * np.linalg.norm(images,
    #     axis=1, keepdims=True))
    # "A row that is ten times as long turns a tenth as far: divide": , unit(images)) → ,
    #     unit(images)) / np.linalg.norm(images, axis=1, keepdims=True); , unit(texts)) → ,
    #     unit(texts)) / np.linalg.norm(texts, axis=1, keepdims=True)
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dimages = through_unit(scale * (dlogits @ unit(texts)), unit(images))
    dtexts = through_unit(scale * (dlogits.T @ unit(images)), unit(texts))
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()


@exercise.bug
def scale_not_exponentiated(images, texts, log_scale):
    """The cosines are multiplied by the logarithm of the scale itself. Multiply by
    exp(log_scale), which is always above 0."""
    # "The cosines are multiplied by the logarithm of the scale itself": np.isclose(got.loss,
    #     sum(both(log_scale * unit(images) @ unit(texts).T)[0]) / 2)
    # "Multiply by exp(log_scale)": scale = log_scale → scale = math.exp(log_scale)
    # "exp(log_scale), which is always above 0": log_scale <= 0 < np.exp(log_scale) and np.exp(-99)
    #     > 0 and not np.isclose(got.loss, want.loss)
    scale = log_scale
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dlog_scale = (dlogits * logits).sum()
    return sum(losses) / 2, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def scale_taken_for_the_temperature(images, texts, log_scale):
    """The cosines are divided by exp(log_scale), as by a temperature. The scale is 1/temperature:
    multiply."""
    # "The cosines are divided by exp(log_scale), as by a temperature": np.isclose(bug(images,
    #     texts, 1.0)[0], right(images, texts, -1.0)[0])
    # "The scale is 1/temperature: multiply": -log_scale → log_scale; -(dlogits → (dlogits
    scale = math.exp(-log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dlog_scale = -(dlogits * logits).sum()
    return sum(losses) / 2, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def gradient_of_the_scale(images, texts, log_scale):
    """The last gradient is of the scale, and not of its logarithm. Multiply it by the scale, the
    derivative of exp: sum `dlogits * logits`."""
    # "The last gradient is of the scale, and not of its logarithm": np.isclose(
    #     np.exp(log_scale) * got.dlog_scale, want.dlog_scale)
    # "Multiply it by the scale, the derivative of exp: sum `dlogits * logits`": (dlogits *
    #     cosines) → (dlogits * logits)
    scale, cosines = math.exp(log_scale), unit(images) @ unit(texts).T
    logits = scale * cosines
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dlog_scale = (dlogits * cosines).sum()
    return sum(losses) / 2, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def scale_missing_in_the_gradients(images, texts, log_scale):
    """The gradients of the embeddings lack the scale. It multiplied the cosines on the way
    forward, so it multiplies on the way back."""
    # "The gradients of the embeddings lack the scale": np.allclose(np.exp(log_scale) *
    #     got.dimages, want.dimages) and np.allclose(np.exp(log_scale) * got.dtexts, want.dtexts)
    # "so it multiplies on the way back": texts, 1) → texts, scale)
    # "It multiplied the cosines on the way forward": np.isclose(got.loss,
    #     sum(both(np.exp(log_scale) * cosines(images, texts))[0]) / 2) and not
    #     np.allclose(got.dimages, want.dimages)
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dlog_scale = (dlogits * logits).sum()
    return sum(losses) / 2, *back(dlogits, images, texts, 1), dlog_scale


@exercise.bug
def logits_not_transposed_for_the_texts(images, texts, log_scale):
    """The texts' gradient takes rows of the logits for their columns. Column j of the logits
    belongs to text j: multiply by the transpose, `dlogits.T`."""
    # "The texts' gradient takes rows of the logits for their columns": np.allclose(got.dimages,
    #     want.dimages) and not np.allclose(got.dtexts, want.dtexts)
    # "multiply by the transpose, `dlogits.T`": dlogits @ unit(images) → dlogits.T @
    #     unit(images)
    # "Column j of the logits belongs to text j": all(np.array_equal(~np.isclose(cosines(images,
    #     texts), cosines(images, np.where(np.arange(len(texts)) == j, -1, 1)[:, None] * texts)),
    #     np.ones((len(images), 1)) * (np.arange(len(texts)) == j)) for j in range(len(texts))) and
    #     not np.allclose(got.dtexts, want.dtexts)
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dimages, _ = back(dlogits, images, texts, scale)
    dtexts = through_unit(scale * (dlogits @ unit(images)), texts)
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()


@exercise.bug
def summed_over_the_batch(images, texts, log_scale):
    """The loss and its gradients are sums over the pairs. Divide by their number."""
    # "The loss and its gradients are sums over the pairs": np.isclose(got.loss, len(images) *
    #     want.loss) and np.allclose(got.dimages, len(images) * want.dimages)
    # "Divide by their number": n = len(images) → n = 1
    n = len(images)
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = n * sum(gradients) / 2
    dlog_scale = (dlogits * logits).sum()
    return n * sum(losses) / 2, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def scale_clipped(images, texts, log_scale):
    """The scale is clipped at 100 inside of the loss, which then has no gradient there. Take it as
    it is: CLIP clips the parameter, between steps."""
    # "The scale is clipped at 100 inside of the loss, which then has no gradient there":
    #     np.isclose(got.loss, right(images, texts, np.log(100))[0]) and bug(images, texts,
    #     log_scale + 1e-3)[0] == bug(images, texts, log_scale - 1e-3)[0]
    # "Take it as it is:": min(math.exp(log_scale), 100.0) → math.exp(log_scale)
    scale = min(math.exp(log_scale), 100.0)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dlog_scale = (dlogits * logits).sum()
    return sum(losses) / 2, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug(by_log=(False, True))
def no_maximum(images, texts, log_scale, by_log=False):
    """exp of a large logit overflows: at a scale of 8,103 it is infinite, and the loss is nan or
    infinite. Subtract the maximum of each row and of each column first."""
    # "at a scale of 8,103 it is infinite, and the loss is nan or infinite": log_scale == 9 and
    #     not np.isfinite(got.loss)
    # "Subtract the maximum of each row and of each column first": np.exp(logits) →
    #     np.exp((logits := logits - logits.max(axis=axis, keepdims=True)))
    # "exp of a large logit overflows": np.isinf(np.exp(np.exp(log_scale) * cosines(images,
    #     texts).max())) and not np.isfinite(got.loss)
    scale = math.exp(log_scale)
    cosines = unit(images) @ unit(texts).T
    losses, gradients, n = [], [], len(cosines)
    for axis in (0, 1):
        logits = scale * cosines
        powers = np.exp(logits)
        totals = powers.sum(axis=axis, keepdims=True)
        losses.append(np.diag(np.log(totals) - logits).mean())
        p = np.exp(logits - np.log(totals)) if by_log else powers / totals
        gradients.append((p - np.eye(n)) / n)
    dlogits = sum(gradients) / 2
    dlog_scale = (dlogits * (scale * cosines)).sum()
    return sum(losses) / 2, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug(
    way=tuple((eps, behind) for eps in (1e-8, 1e-6, 1e-7) for behind in (False, True))
)
def eps_beside_the_length(images, texts, log_scale, way=(1e-8, False)):
    """A number added to each length shortens short rows: at a length of 1e-5 cosines of 1 are off
    by a thousandth or more. Divide by the length alone."""

    # "at a length of 1e-5 cosines of 1 are off by a thousandth or more": np.allclose(
    #     [bug(1e-5 * np.eye(2), 1e-5 * np.eye(2), 0.0, way=(each, False))[0] for each in (1e-8,
    #     1e-6)], [np.logaddexp(0, -((1e-5 / (1e-5 + each)) ** 2)) for each in (1e-8, 1e-6)]) and
    #     (1e-5 / (1e-5 + 1e-8)) ** 2 < 1 - 1e-3
    # "Divide by the length alone": / (length + eps) → / length
    # "A number added to each length shortens short rows": bug(1e-5 * np.eye(2), 1e-5 * np.eye(2),
    #     1.0)[0] > 1.0001 * right(np.eye(2), np.eye(2), 1.0)[0]
    def rows(x):
        x = as_float(x)
        length = np.linalg.norm(x, axis=1, keepdims=True)
        return x / (length + eps)

    def behind_rows(d, x):
        u, length = rows(x), np.linalg.norm(as_float(x), axis=1, keepdims=True)
        return (d - (d * u).sum(axis=1, keepdims=True) * u) / (length + eps)

    eps, behind = way
    through = behind_rows if behind else through_unit
    scale, a, b = math.exp(log_scale), rows(images), rows(texts)
    logits = scale * (a @ b.T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dimages = through(scale * (dlogits @ b), images)
    dtexts = through(scale * (dlogits.T @ a), texts)
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()


@exercise.bug(
    way=tuple((floor, behind) for floor in (1e-12, 1e-8) for behind in (False, True))
)
def floor_under_the_length(images, texts, log_scale, way=(1e-12, False)):
    """Rows are divided by their length or a smallest number, whichever is larger: shorter rows
    stay short, though lengths do not count. Divide by the length alone."""

    # "shorter rows stay short, though lengths do not count": bug(1e-14 * np.eye(2), 1e-14 *
    #     np.eye(2), 1.0)[0] > 1.0001 * right(np.eye(2), np.eye(2), 1.0)[0]
    # "Divide by the length alone": np.maximum(length, floor) → length
    def rows(x):
        x = as_float(x)
        length = np.linalg.norm(x, axis=1, keepdims=True)
        return x / np.maximum(length, floor)

    def behind_rows(d, x):
        u, length = rows(x), np.linalg.norm(as_float(x), axis=1, keepdims=True)
        along = (d * u).sum(axis=1, keepdims=True) * u
        return (d - along) / np.maximum(length, floor)

    floor, behind = way
    through = behind_rows if behind else through_unit
    scale, a, b = math.exp(log_scale), rows(images), rows(texts)
    logits = scale * (a @ b.T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    dimages = through(scale * (dlogits @ b), images)
    dtexts = through(scale * (dlogits.T @ a), texts)
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()


@exercise.bug(gradients_too=(False, True))
def maximum_of_the_batch(images, texts, log_scale, gradients_too=False):
    """One number is subtracted from the whole matrix, such as its maximum, so all exponentials of
    a row or column far below it are 0, and so is their sum. Take each row's and each column's
    own."""
    # "One number is subtracted from the whole matrix, such as its maximum, so all exponentials of
    #     a row or column far below it are 0, and so is their sum": not np.isfinite(got.loss) and
    #     np.isclose(bug(images[:1], texts[:1], log_scale)[0], 0)
    # "Take each row's and each column's own": logits.max() → logits.max(axis=axis, keepdims=True)
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    losses, gradients, n = [], list(both(logits)[1]), len(logits)
    for axis in (0, 1):
        below = logits - logits.max()
        totals = np.exp(below).sum(axis=axis, keepdims=True)
        losses.append(np.diag(np.log(totals) - below).mean())
        if gradients_too:
            gradients[1 - axis] = (np.exp(below) / totals - np.eye(n)) / n
    dlogits = sum(gradients) / 2
    dlog_scale = (dlogits * logits).sum()
    return sum(losses) / 2, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def log_of_zero(images, texts, log_scale):
    """The probability of a pair rounds to 0 at a large scale, and its logarithm is -inf. Form no
    probability: the loss is logsumexp(logits) minus the pair's logit."""
    # "The probability of a pair rounds to 0 at a large scale, and its logarithm is -inf":
    #     got.loss == np.inf and np.allclose(got.dimages, want.dimages)
    # "Form no probability: the loss is logsumexp(logits) minus the pair's logit":
    #     -np.log(own).mean() → sum(both(logits)[0]) / 2
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    _, gradients = both(logits)
    own = [np.diag(softmax(logits, axis)) for axis in (0, 1)]
    dlogits = sum(gradients) / 2
    dlog_scale = (dlogits * logits).sum()
    return -np.log(own).mean(), *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug(eps=(1e-12, 1e-8, 1e-9, 1e-10, 1e-15, 1e-7, 1e-6))
def log_p_plus_eps(images, texts, log_scale, eps=1e-12):
    """log(p + eps) caps the loss of a pair at -log(eps), so the worst pairs all cost the same. Use
    logsumexp(logits) minus the pair's logit; it needs no eps."""
    # "log(p + eps) caps the loss of a pair at -log(eps)": bug(np.eye(2), -np.eye(2), 9.0)[0] <
    #     -np.log(1e-12) + 0.1 and right(np.eye(2), -np.eye(2), 9.0)[0] > 8000
    # "Use logsumexp(logits) minus the pair's logit; it needs no eps": -np.log(own + eps).mean() →
    #     sum(both(logits)[0]) / 2
    # "so the worst pairs all cost the same": np.isclose(bug(np.eye(2), -np.eye(2), 8.0)[0],
    #     bug(np.eye(2), -np.eye(2), 9.0)[0])
    scale = math.exp(log_scale)
    logits = scale * (unit(images) @ unit(texts).T)
    _, gradients = both(logits)
    own = np.array([np.diag(softmax(logits, axis)) for axis in (0, 1)])
    dlogits = sum(gradients) / 2
    dlog_scale = (dlogits * logits).sum()
    return -np.log(own + eps).mean(), *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def own_pair_not_in_the_sum(images, texts, log_scale):
    """The pair's own exponential is missing in the sum below the line, so the loss can fall below
    0. Sum over all texts, and over all images: it is a softmax."""
    # "so the loss can fall below 0": bug(np.eye(2), np.eye(2), 2.0)[0] < 0
    # "Sum over all texts, and over all images: it is a softmax": np.where(np.eye(n) > 0, -np.inf,
    #     logits) → logits
    # "The pair's own exponential is missing in the sum below the line": (lambda logits:
    #     np.isclose(got.loss, sum(np.log((np.exp(logits) * (1 -
    #     np.eye(len(images)))).sum(axis=axis)).mean() for axis in (0, 1)) / 2 -
    #     np.diag(logits).mean()))(np.exp(log_scale) * cosines(images, texts))
    scale, n = math.exp(log_scale), len(images)
    logits = scale * (unit(images) @ unit(texts).T)
    others = np.where(np.eye(n) > 0, -np.inf, logits)
    totals = [np.logaddexp.reduce(others, axis=axis, keepdims=True) for axis in (0, 1)]
    loss = (totals[0].mean() + totals[1].mean()) / 2 - np.trace(logits) / n
    dlogits = (sum(np.exp(others - total) for total in totals) / 2 - np.eye(n)) / n
    dlog_scale = (dlogits * logits).sum()
    return loss, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug
def maximum_of_each_row_for_columns(images, texts, log_scale):
    """The maximum of each row is subtracted before the softmax over columns, too, whose ratios that
    changes. Subtract each column's own there: `max(axis=axis, keepdims=True)`."""
    # "The maximum of each row is subtracted before the softmax over columns, too": np.isclose(
    #     2 * got.loss - 2 * want.loss, both(np.exp(log_scale) * cosines(images, texts) -
    #     np.exp(log_scale) * cosines(images, texts).max(axis=1, keepdims=True))[0][1] -
    #     both(np.exp(log_scale) * cosines(images, texts))[0][1])
    # "Subtract each column's own there: `max(axis=axis, keepdims=True)`": logits.max(axis=1,
    #     keepdims=True) → logits.max(axis=axis, keepdims=True)
    scale, n = math.exp(log_scale), len(images)
    logits = scale * cosines(images, texts)
    losses, gradients = [], []
    for axis in (0, 1):
        below = logits - logits.max(axis=1, keepdims=True)
        log_p = below - np.log(np.exp(below).sum(axis=axis, keepdims=True))
        losses.append(-np.diag(log_p).mean())
        gradients.append((np.exp(log_p) - np.eye(n)) / n)
    dlogits = sum(gradients) / 2
    dlog_scale = (dlogits * logits).sum()
    return sum(losses) / 2, *back(dlogits, images, texts, scale), dlog_scale


@exercise.bug(way=((0, False), (1, False), (0, True), (1, True)))
def one_side_normalised(images, texts, log_scale, way=(0, False)):
    """Only the images are divided by their lengths, or only the texts, so lengths on the other side
    count. Divide both."""
    # "Only the images are divided by their lengths": np.isclose(got.loss, sum(both(np.exp(
    #     log_scale) * unit(images) @ texts.T)[0]) / 2)
    # "or only the texts": np.isclose(bug(images, texts, log_scale, way=(1, False))[0],
    #     sum(both(np.exp(log_scale) * images @ unit(texts).T)[0]) / 2)
    # "so lengths on the other side count": not np.isclose(bug(images, 2 * texts, log_scale)[0],
    #     got.loss)
    # "Divide both": as_float(images) if one == 1 else unit(images) → unit(images); as_float(texts)
    #     if one == 0 else unit(texts) → unit(texts); if one == 1 else through → if False else
    #     through; if one == 0 else through → if False else through
    one, behind_both = way
    through = through_unit
    scale = math.exp(log_scale)
    a = as_float(images) if one == 1 else unit(images)
    b = as_float(texts) if one == 0 else unit(texts)
    logits = scale * (a @ b.T)
    losses, gradients = both(logits)
    dlogits = sum(gradients) / 2
    da, db = scale * (dlogits @ b), scale * (dlogits.T @ a)
    dimages = da if one == 1 else through(da, images)
    dtexts = db if one == 0 else through(db, texts)
    if behind_both:
        dimages, dtexts = through(da, images), through(db, texts)
    return sum(losses) / 2, dimages, dtexts, (dlogits * logits).sum()
