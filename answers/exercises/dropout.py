"""Practice for question 23: dropout that scales in training, with the mask that goes back."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.training.dropout import dropout

exercise = Exercise(
    dropout,
    page="23-loss-does-not-move",
    returns=("y", "mask"),
    hints=(
        "An entry is kept with probability 1 - p. By what must a kept entry be multiplied, so "
        "that the mean over many draws is the entry itself?",
        "`uniform` lies below p with probability p: those entries are dropped. What of a number "
        "that equals p?",
        "The mask holds the factor, too: backward multiplies by the mask and by nothing else.",
        "In evaluation nothing is drawn and nothing is scaled. Which mask says so?",
    ),
)

rng = np.random.default_rng(23)
row, draws = (
    np.array([1.5, -2.0, 0.25, 3.0, -0.7]),
    np.array([0.7, 0.2, 0.9, 0.4, 0.55]),
)


def drawn(*shape):
    return rng.normal(size=shape), rng.random(shape)


def case(name, p, *shape, **others):
    x, uniform = drawn(*shape)
    exercise.case(name, x, p, uniform, **others)


exercise.case("a row, of which half is dropped", row, 0.5, draws)
exercise.case("a row, of which a quarter is dropped", row, 0.25, draws)
exercise.case("the same row and other draws", row, 0.5, np.roll(draws, 1))
case("a matrix", 0.4, 5, 7)
case("most entries are dropped", 0.9, 7, 5)
case("few entries are dropped", 0.1, 6, 5)
case("nothing is dropped", 0.0, 3, 4)
case("evaluation", 0.4, 5, 7, training=False)
case("evaluation where most would be dropped", 0.9, 3, 5, training=False)
exercise.case("numbers equal to p", row, 0.25, np.array([0.25, 0.1, 0.25, 0.8, 0.0]))
exercise.case("activations of 0", row * [0, 1, 0, 1, 1], 0.5, draws)
exercise.case("all entries are dropped", row, 0.8, draws * 0.5)
exercise.case("all entries are kept", row, 0.1, draws)
case("almost all entries are dropped", 0.99, 30, 20)
near = 0.3 + 1e-9 * np.array([-1, 1, -2, 2, 1])
exercise.case("numbers just below and just above p", row, 0.3, near)
few = np.array([0.003, 0.5, 0.007, 0.02, 0.9])
exercise.case("a hundredth is dropped", row, 0.01, few)
case("a square matrix", 0.3, 4, 4)
case("three axes", 0.3, 2, 3, 5, training=True)
case("four axes", 0.8, 2, 3, 2, 4)
exercise.case("one entry", np.array([2.5]), 0.2, np.array([0.6]))
x, uniform = drawn(4, 5)
exercise.case("float32", x.astype(np.float32), 0.3, uniform)
exercise.case("float32 draws", x, 0.3, uniform.astype(np.float32))
exercise.case(
    "float32 in evaluation", x.astype(np.float32), 0.3, uniform, training=False
)
add_whole_numbers(exercise, rng.integers(-99, 99, size=(3, 5)), 0.3, rng.random((3, 5)))
exercise.case("integers in evaluation", np.arange(1, 6), 0.3, draws, training=False)


def mask_of(x, p, uniform, training):
    """1 / (1 - p) where an entry is kept, in training; else 1."""
    return np.where(uniform >= p, 1 / (1 - p), 0) if training else np.ones(x.shape)


@exercise.bug
def not_scaled(x, p, uniform, training=True):
    """What is kept is not divided by 1 - p, so activations are smaller in training than in
    evaluation. The factor 1 / (1 - p) belongs to the mask."""
    # "What is kept is not divided by 1 - p": np.array_equal(got.mask, want.mask * (1 - p))
    # "so activations are smaller in training than in evaluation": np.mean(bug(np.ones(1000), 0.5,
    #     np.arange(1000) / 1000)[0]) == 0.5
    # "The factor 1 / (1 - p) belongs to the mask": uniform >= p → (uniform >= p) / (1 - p)
    mask = 1.0 * (uniform >= p) if training else np.ones(x.shape)
    return x * mask, mask


@exercise.bug
def divided_by_p(x, p, uniform, training=True):
    """What is kept is divided by p, the share that is dropped. Divide by the share that is kept,
    1 - p."""
    # "What is kept is divided by p, the share that is dropped": np.allclose(got.mask * p,
    #     uniform >= p)
    # "Divide by the share that is kept, 1 - p": / max(p, 1e-30) → / (1 - p)
    mask = (uniform >= p) / max(p, 1e-30) if training else np.ones(x.shape)
    return x * mask, mask


@exercise.bug
def multiplied_by_the_share(x, p, uniform, training=True):
    """What is kept is multiplied by 1 - p, which makes the activations smaller still. Divide by
    it."""
    # "What is kept is multiplied by 1 - p, which makes the activations smaller still":
    #     np.allclose(got.mask, (uniform >= p) * (1 - p))
    # "Divide by it": * (1 - p) → / (1 - p)
    mask = (uniform >= p) * (1 - p) if training else np.ones(x.shape)
    return x * mask, mask


@exercise.bug
def p_kept(x, p, uniform, training=True):
    """p is taken for the share that is kept. Here, as in PyTorch, p is the share that is dropped:
    keep where `uniform` is p or more, and divide by 1 - p."""
    # "p is taken for the share that is kept": np.allclose(got.mask, (uniform < p) / p)
    # "p is the share that is dropped: keep where `uniform` is p or more, and divide by 1 - p":
    #     (uniform < p) / max(p, 1e-30) → (uniform >= p) / (1 - p)
    mask = (uniform < p) / max(p, 1e-30) if training else np.ones(x.shape)
    return x * mask, mask


@exercise.bug
def others_dropped(x, p, uniform, training=True):
    """Entries are kept where `uniform` is below p, which is a share p of them, not 1 - p. Keep
    where it is p or more."""
    # "Entries are kept where `uniform` is below p, which is a share p of them, not 1 - p":
    #     np.array_equal(got.mask > 0, uniform < p)
    # "Keep where it is p or more": uniform < p → uniform >= p
    mask = (uniform < p) / (1 - p) if training else np.ones(x.shape)
    return x * mask, mask


@exercise.bug
def drops_in_evaluation(x, p, uniform, training=True):
    """`training` is ignored, so that evaluation drops entries and differs from call to call. In
    evaluation return x as it is, with a mask of ones."""
    # "`training` is ignored, so that evaluation drops entries": not training and
    #     np.array_equal(got.y, right(x, p, uniform)[0])
    # "In evaluation return x as it is, with a mask of ones": uniform >= p, 1 / (1 - p), 0 →
    #     (uniform >= p) | (not training), 1 / (1 - p * training), 0
    mask = np.where(uniform >= p, 1 / (1 - p), 0)
    return x * mask, mask


@exercise.bug
def scaled_in_evaluation(x, p, uniform, training=True):
    """Evaluation multiplies by 1 - p, as the first paper did, although training has divided
    already. Leave evaluation alone."""
    # "Evaluation multiplies by 1 - p, as the first paper did, although training has divided
    #     already": np.allclose(got.y, x * (1 - p)) and not training
    # "Leave evaluation alone": np.ones(x.shape) * (1 - p) → np.ones(x.shape)
    mask = mask_of(x, p, uniform, True) if training else np.ones(x.shape) * (1 - p)
    return x * mask, mask


@exercise.bug
def mask_without_its_factor(x, p, uniform, training=True):
    """The mask that is returned holds ones and zeros, without the factor, so a backward pass that
    multiplies by it is too small. Return the mask with 1 / (1 - p) in it."""
    # "The mask that is returned holds ones and zeros, without the factor, so a backward pass that
    #     multiplies by it is too small": set(got.mask) == {0,
    #     1} and np.allclose(got.y, want.y)
    # "Return the mask with 1 / (1 - p) in it": 1.0 * (mask > 0) → mask
    mask = mask_of(x, p, uniform, training)
    return x * mask, 1.0 * (mask > 0)


@exercise.bug
def equal_to_p_dropped(x, p, uniform, training=True):
    """A number equal to p is dropped, and with p = 0 a number 0 would be. Numbers from 0 to below
    p are a share p: keep where `uniform >= p`."""
    # "A number equal to p is dropped": got.mask[0] == 0 and uniform[0] == p
    # "Numbers from 0 to below p are a share p: keep where `uniform >= p`": uniform > p →
    #     uniform >= p
    # "and with p = 0 a number 0 would be": bug(np.ones(1), 0.0, np.zeros(1))[0] == 0
    mask = np.where(uniform > p, 1 / (1 - p), 0) if training else np.ones(x.shape)
    return x * mask, mask


@exercise.bug
def scaled_by_what_was_kept(x, p, uniform, training=True):
    """What is kept is divided by the share that this draw kept, which couples all entries. Divide
    by 1 - p, whatever the draw."""
    # "What is kept is divided by the share that this draw kept, which couples all entries":
    #     np.allclose(got.mask, (uniform >= p) / np.mean(uniform >= p))
    # "Divide by 1 - p, whatever the draw": / max(np.mean(kept), 1e-30) → / (1 - p)
    kept = uniform >= p
    mask = kept / max(np.mean(kept), 1e-30) if training else np.ones(x.shape)
    return x * mask, mask


@exercise.bug(axes=(1, 2))
def one_draw_for_a_row(x, p, uniform, training=True, axes=1):
    """The first number of a row decides for the whole row, so that whole examples are dropped.
    Each entry has a number of its own."""
    # "The first number of a row decides for the whole row, so that whole examples are dropped":
    #     np.array_equal(got.mask > 0,
    #     np.broadcast_to(uniform[..., :1] >= p, x.shape))
    # "Each entry has a number of its own": uniform[..., :1] → uniform
    shared = uniform[..., :1] if uniform.ndim >= axes else uniform
    mask = mask_of(x, p, np.broadcast_to(shared, x.shape), training)
    return x * mask, mask


@exercise.bug(
    first=(
        lambda uniform: uniform.reshape(-1, uniform.shape[-1])[0],
        lambda uniform: uniform[:1] if uniform.ndim > 1 else uniform,
        lambda uniform: uniform[:1],
    )
)
def one_draw_for_all_rows(x, p, uniform, training=True, first=None):
    """The numbers of the first row decide for the others, so that a feature is dropped in all of
    them or in none. Each entry has a number of its own."""
    # "The numbers of the first row decide for the others, so that a feature is dropped in all of
    #     them or in none": x.ndim == 2 and len(x) > 1 and (got.mask == got.mask[0]).all()
    # "Each entry has a number of its own": first(uniform) → uniform
    mask = mask_of(x, p, np.broadcast_to(first(uniform), x.shape), training)
    return x * mask, mask


@exercise.bug(rounded=(int, round, np.ceil))
def exact_share_dropped(x, p, uniform, training=True, rounded=int):
    """A fixed count of entries is dropped, the share p of all, from the smallest number on. Whether
    an entry is dropped depends on its own number alone: `uniform < p`."""
    # "A fixed count of entries is dropped, the share p of all, from the smallest number on":
    #     np.sum(got.mask == 0) == int(p * x.size) and (uniform[got.mask == 0].max() <
    #     uniform[got.mask > 0].min())
    # "Whether an entry is dropped depends on its own number alone: `uniform < p`": order < count
    #     → uniform < p
    count = rounded(p * x.size)
    order = uniform.argsort(axis=None, kind="stable").argsort().reshape(x.shape)
    dropped = order < count
    mask = mask_of(x, p, np.where(dropped, -1.0, 1.0), training)
    return x * mask, mask


@exercise.bug
def evaluation_without_a_mask(x, p, uniform, training=True):
    """In evaluation the mask is that of training, though y is x: a backward pass would drop
    gradients of entries that went through. Return a mask of ones."""
    # "In evaluation the mask is that of training, though y is x: a backward pass would drop
    #     gradients of entries that went through": np.array_equal(got.y, x) and
    #     np.array_equal(got.mask, right(x, p, uniform)[1])
    # "Return a mask of ones": mask_of(x, p, uniform, True) → mask_of(x, p, uniform, training)
    mask = mask_of(x, p, uniform, True)
    return (x * mask if training else x * 1.0), mask


@exercise.bug(edge=(np.less, np.less_equal))
def kept_below_the_share(x, p, uniform, training=True, edge=np.less):
    """Entries are kept where `uniform` is below 1 - p. That is the right share of them, but others
    than asked for: keep where `uniform >= p`."""
    # "Entries are kept where `uniform` is below 1 - p": np.array_equal(got.mask > 0, uniform < 1 -
    #     p)
    # "That is the right share of them, but others than asked for": np.mean(bug(np.ones(1000),
    #     0.3, np.arange(1000) / 1000)[0] > 0) == 0.7 and not np.array_equal(got.mask, want.mask)
    # "keep where `uniform >= p`": edge(uniform, 1 - p) → (uniform >= p)
    mask = edge(uniform, 1 - p) / (1 - p) if training else np.ones(x.shape)
    return x * mask, mask


@exercise.bug(
    instead=(
        lambda kept, p: 0.0 * kept,
        lambda kept, p: 1.0 * kept,
        lambda kept, p: 0 * kept + 1 / (1 - p),
    )
)
def evaluation_mask_not_of_ones(x, p, uniform, training=True, instead=None):
    """In evaluation y has to be x, whose derivative is 1, but the mask holds other numbers: a
    backward pass would lose or scale gradients. Return a mask of ones."""
    # "In evaluation y has to be x, whose derivative is 1, but the mask holds other numbers": not
    #     training and np.array_equal(got.y, x) and not np.array_equal(got.mask, np.ones(x.shape))
    # "Return a mask of ones": instead(uniform >= p, p) → np.ones(x.shape)
    if training:
        mask = mask_of(x, p, uniform, training)
        return x * mask, mask
    return x * 1.0, instead(uniform >= p, p)


@exercise.bug
def drops_unscaled_in_evaluation(x, p, uniform, training=True):
    """Evaluation drops entries, too, only without the factor. In evaluation return x as it is, with
    a mask of ones."""
    # "Evaluation drops entries, too, only without the factor": not training and
    #     np.array_equal(got.y, x * (uniform >= p)) and np.array_equal(got.mask, uniform >= p)
    # "In evaluation return x as it is, with a mask of ones": 1.0 * (uniform >= p) →
    #     np.ones(x.shape)
    mask = mask_of(x, p, uniform, True) if training else 1.0 * (uniform >= p)
    return x * mask, mask


@exercise.bug
def training_the_other_way(x, p, uniform, training=True):
    """The flag is read the other way: training returns x as it is, and evaluation drops. Drop where
    `training` is true."""
    # "The flag is read the other way: training returns x as it is, and evaluation drops": training
    #     and np.array_equal(got.y, x) and np.array_equal(bug(x, p, uniform, False)[0], want.y)
    # "Drop where `training` is true": not training → training
    mask = mask_of(x, p, uniform, not training)
    return x * mask, mask


@exercise.bug
def dropped_below_the_share(x, p, uniform, training=True):
    """Entries are dropped where `uniform` is below 1 - p, which is a share 1 - p of them. Drop
    where it is below p."""
    # "Entries are dropped where `uniform` is below 1 - p, which is a share 1 - p of them":
    #     np.array_equal(got.mask > 0, uniform >= 1 - p)
    # "Drop where it is below p": uniform >= 1 - p → uniform >= p
    mask = (uniform >= 1 - p) / (1 - p) if training else np.ones(x.shape)
    return x * mask, mask


@exercise.bug(of=("both", "y"))
def scaled_in_evaluation_alone(x, p, uniform, training=True, of="both"):
    """As in the first paper, training leaves what is kept as it is, and evaluation multiplies by
    1 - p. Here training divides by 1 - p, and evaluation returns x."""
    # "training leaves what is kept as it is, and evaluation multiplies by 1 - p": training and
    #     np.array_equal(got.y, x * (uniform >= p)) and np.allclose(bug(x, p, uniform, False)[0], x
    #     * (1 - p))
    # "Here training divides by 1 - p, and evaluation returns x": 1.0 * (uniform >= p) → (uniform >=
    #     p) / (1 - p); np.ones(x.shape) * (1 - p) → np.ones(x.shape)
    mask = 1.0 * (uniform >= p) if training else np.ones(x.shape) * (1 - p)
    return x * mask, mask if training or of == "both" else np.ones(x.shape)


@exercise.bug(
    marked=(
        lambda dropped, p, training: (
            dropped / (1 - p) if training else 1.0 + 0 * dropped
        ),
        lambda dropped, p, training: 1.0 * dropped if training else 1.0 + 0 * dropped,
        lambda dropped, p, training: 1.0 * (dropped & training),
    )
)
def dropped_in_the_mask(x, p, uniform, training=True, marked=None):
    """The mask marks what is dropped, and y is right: a backward pass would send gradients to these
    entries alone. Return what y was multiplied by, 0 where an entry is dropped."""
    # "The mask marks what is dropped, and y is right": np.array_equal(got.mask > 0, uniform < p)
    #     and np.allclose(got.y, want.y)
    # "a backward pass would send gradients to these entries alone": not
    #     got.mask[uniform >= p].any()
    # "Return what y was multiplied by, 0 where an entry is dropped": marked(uniform < p, p,
    #     training) → mask
    mask = mask_of(x, p, uniform, training)
    return x * mask, marked(uniform < p, p, training)
