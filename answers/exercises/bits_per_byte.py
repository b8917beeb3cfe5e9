"""Practice for question 45: a loss that does not depend on the tokenizer."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.evaluation import bits_per_byte

exercise = Exercise(
    bits_per_byte,
    page="45-evaluating-a-language-model",
    hints=(
        "The text has as many bytes whatever the tokens. What must you sum, and by what divide, so "
        "that the tokens drop out?",
        "How many nats is a bit, the surprise of a fair coin?",
        "A special token has no byte of text. What becomes of its loss? And which entry of "
        "`token_bytes` stands at -1?",
    ),
)

rng = np.random.default_rng(45)
SIZES = np.array([0, 1, 4, 2, 7, 3, 0, 5, 1, 6, 8])  # 0 and 6 are special tokens


def text(*shape, special=False, masked=()):
    """Losses, targets and lengths; special tokens and masked targets only if asked for."""
    common = np.array([1, 2, 3, 4, 5, 7, 8, 9])
    losses, targets = rng.gamma(2, 1.2, shape), rng.choice(common, shape)
    if special:
        targets = np.where(rng.random(shape) < 0.3, rng.choice([0, 6], shape), targets)
    for value in masked:
        targets = np.where(rng.random(shape) < 0.3, value, targets)
    return losses, targets, SIZES


exercise.case("one token of four bytes", np.array([2.3]), np.array([2]), SIZES)
exercise.case("three tokens", np.array([2.3, 0.4, 3.1]), np.array([2, 5, 4]), SIZES)
exercise.case("tokens of one byte", np.array([2.3, 0.4]), np.array([1, 8]), SIZES)
exercise.case("a row", *text(9))
exercise.case("rows", *text(3, 5))
exercise.case("a batch of three axes", *text(2, 3, 4))
exercise.case("a certain token", np.array([0.0, 1.7]), np.array([9, 2]), SIZES)
exercise.case("a batch of four axes", *text(2, 1, 3, 4))
exercise.case(
    "rows of other lengths in bytes",
    np.array([[3.0, 2.5, 4.0], [0.5, 0.25, 1.0]]),
    np.array([[1, 8, 1], [4, 9, 7]]),
    SIZES,
)
exercise.case("a special token", np.array([2.0, 5.5, 1.5]), np.array([3, 0, 4]), SIZES)
exercise.case("special tokens in rows", *text(4, 6, special=True))
exercise.case(
    "a target masked by -1", np.array([2.0, 6.5, 1.5]), np.array([3, -1, 4]), SIZES
)
exercise.case("targets masked by -1 in rows", *text(4, 6, masked=(-1,)))
exercise.case("targets masked by -100", *text(4, 6, masked=(-100,)))
exercise.case("masked and special", *text(5, 7, special=True, masked=(-1, -100)))
exercise.case(
    "a row that is all masked",
    np.array([[2.0, 0.5], [3.0, 4.0]]),
    np.array([[3, 7], [-1, -1]]),
    SIZES,
)
exercise.case(
    "a last token that is special", *text(8, masked=(-1,))[:2], np.append(SIZES, 0)
)
exercise.case("a vocabulary of 300", *text(30)[:2], np.append(SIZES, np.full(290, 9)))
exercise.case("256 bytes", *text(600)[:2], np.append(SIZES, 3))
exercise.case("targets and lengths of four bytes", *text(7)[:2], SIZES.astype(np.int32))
exercise.case("lengths of one byte", *text(300)[:2], SIZES.astype(np.uint8))
losses, targets, _ = text(3, 5, special=True, masked=(-1,))
exercise.case("float32", losses.astype(np.float32), targets, SIZES)
exercise.case("float32 of a row", text(9)[0].astype(np.float32), text(9)[1], SIZES)
add_whole_numbers(exercise, np.rint(9 * losses), targets, SIZES)
exercise.case("targets masked by other numbers", *text(4, 6, masked=(-2, -7)))
exercise.case(
    "a first token of eight bytes, and masks",
    np.array([[2.0, 0.5, 3.5, 1.0], [4.0, 2.5, 1.5, 0.75]]),
    np.array([[0, 3, -1, 0], [4, 9, -100, 8]]),
    SIZES[::-1].copy(),
)
exercise.case(
    "a special token in the middle", np.array([2.0, 5.5]), np.array([3, 6]), SIZES
)
exercise.case(
    "a vocabulary of 70 000",
    np.array([2.0, 0.5, 3.5]),
    np.array([40_001, 3, 69_999]),
    np.arange(70_000) % 5,
)


def parts(losses, targets, token_bytes):
    """Losses as floats, the length of each target, and whether it counts."""
    masked = targets < 0
    sizes = np.where(masked, 0, token_bytes[np.where(masked, 0, targets)]).astype(int)
    return as_float(losses), sizes, sizes > 0


@exercise.bug
def nats(losses, targets, token_bytes):
    """These are nats per byte. A bit is ln 2 nats: divide by `np.log(2)`."""
    # "These are nats per byte. A bit is ln 2 nats": np.isclose(got / np.log(2), want)
    # "divide by `np.log(2)`": / sizes.sum() → / sizes.sum() / np.log(2)
    losses, sizes, counted = parts(losses, targets, token_bytes)
    return losses[counted].sum() / sizes.sum()


@exercise.bug
def times_ln_2(losses, targets, token_bytes):
    """The loss is multiplied by ln 2. A nat is more than a bit, 1/ln 2 = 1.44 of them: divide."""
    # "The loss is multiplied by ln 2": np.isclose(got, want * np.log(2) ** 2)
    # "A nat is more than a bit, 1/ln 2 = 1.44 of them: divide": * np.log(2) → / np.log(2)
    losses, sizes, counted = parts(losses, targets, token_bytes)
    return losses[counted].sum() * np.log(2) / sizes.sum()


@exercise.bug
def per_token(losses, targets, token_bytes):
    """These are bits per token, which a tokenizer with longer tokens makes larger. Divide by the
    bytes that the targets stand for."""
    # "These are bits per token": np.isclose(got, losses.mean() / np.log(2))
    # "Divide by the bytes that the targets stand for": counted.sum() →
    #     parts(losses, targets, token_bytes)[1].sum()
    losses, _, counted = parts(losses, targets, token_bytes)
    return losses[counted].sum() / np.log(2) / counted.sum()


@exercise.bug(bytes_too=(False, True))
def perplexity(losses, targets, token_bytes, bytes_too=False):
    """This is a perplexity, e to a mean loss, and no number of bits. Leave out `np.exp`, and divide
    by ln 2 times the bytes."""
    # "This is a perplexity, e to a mean loss": np.isclose(got, np.exp(losses.mean()))
    # "Leave out `np.exp`, and divide by ln 2 times the bytes": np.exp(losses[counted].sum() /
    #     (sizes if bytes_too else counted).sum()) → losses[counted].sum() / (np.log(2) *
    #     sizes.sum()) # np.exp
    losses, sizes, counted = parts(losses, targets, token_bytes)
    return np.exp(losses[counted].sum() / (sizes if bytes_too else counted).sum())


@exercise.bug
def weighted_by_bytes(losses, targets, token_bytes):
    """Each loss is multiplied by the length of its token, so that the result depends on
    how the text is cut. A token's loss is that of all its bytes: sum the losses as they are."""
    # "Each loss is multiplied by the length of its token": np.isclose(got, losses / np.log(2))
    # "so that the result depends on how the text is cut": bug(np.ones(2), np.array([0, 1]),
    #     np.array([1, 3])) != bug(np.array([2.0]), np.array([0]), np.array([4]))
    # "A token's loss is that of all its bytes: sum the losses as they are": (losses * sizes) →
    #     losses[sizes > 0]
    losses, sizes, _ = parts(losses, targets, token_bytes)
    return (losses * sizes).sum() / np.log(2) / sizes.sum()


@exercise.bug
def mean_of_ratios(losses, targets, token_bytes):
    """Each token is divided by its own length, and then the mean over tokens is taken: a byte of a
    short token counts more. Divide sum by sum."""
    # "Each token is divided by its own length, and then the mean over tokens is taken":
    #     np.isclose(got * np.log(2), np.mean(losses / token_bytes[targets]))
    # "Divide sum by sum": (losses[counted] / sizes[counted]).mean() → losses[counted].sum() /
    #     sizes[counted].sum()
    losses, sizes, counted = parts(losses, targets, token_bytes)
    return (losses[counted] / sizes[counted]).mean() / np.log(2)


@exercise.bug
def mean_of_rows(losses, targets, token_bytes):
    """This is the mean over rows of each row's bits per byte: a byte of a short row counts more.
    Sum over the whole batch, then divide."""
    # "This is the mean over rows of each row's bits per byte": np.isclose(got,
    #     np.mean([right(*each, token_bytes) for each in zip(losses, targets)]))
    # "Sum over the whole batch, then divide": np.mean(ratios[np.isfinite(ratios)]) → (losses *
    #     counted).sum() / sizes.sum()
    losses, sizes, counted = parts(losses, targets, token_bytes)
    with np.errstate(all="ignore"):
        ratios = (losses * counted).sum(axis=-1) / sizes.sum(axis=-1)
    return np.mean(ratios[np.isfinite(ratios)]) / np.log(2)


@exercise.bug
def special_losses_counted(losses, targets, token_bytes):
    """The losses of special tokens are added, though they are no part of the text. Count only
    targets of 1 byte or more."""
    # "The losses of special tokens are added": np.isclose(got * (np.log(2) *
    #     token_bytes[targets].sum()), losses.sum()) and (token_bytes[targets] == 0).any()
    # "Count only targets of 1 byte or more": targets >= 0 → sizes > 0
    losses, sizes, _ = parts(losses, targets, token_bytes)
    return losses[targets >= 0].sum() / np.log(2) / sizes.sum()


@exercise.bug
def masked_losses_counted(losses, targets, token_bytes):
    """The losses of masked targets are added. They belong to padding or to a prompt: count only
    targets from 0 on."""
    # "The losses of masked targets are added": (targets < 0).any() and np.isclose(got / want,
    #     losses.sum() / losses[targets >= 0].sum())
    # "count only targets from 0 on": counted | (targets < 0) → counted & (targets >= 0)
    losses, sizes, counted = parts(losses, targets, token_bytes)
    return losses[counted | (targets < 0)].sum() / np.log(2) / sizes.sum()


@exercise.bug
def every_loss_counted(losses, targets, token_bytes):
    """All losses are added, those of special and of masked targets, too. Count only targets of 1
    byte or more."""
    # "All losses are added": np.isclose(got / want, losses.sum() / losses[token_bytes[targets] >
    #     0].sum())
    # "Count only targets of 1 byte or more": losses.sum() → losses[sizes > 0].sum()
    losses, sizes, _ = parts(losses, targets, token_bytes)
    return losses.sum() / np.log(2) / sizes.sum()


@exercise.bug(mode=("raise", "wrap"))
def masked_is_the_last_token(losses, targets, token_bytes, mode="raise"):
    """At -1 of `token_bytes` stands the length of the last token, so that a masked target counts as
    that; -100 may be no index at all. Give masked targets 0 bytes."""
    # "so that a masked target counts as that": np.isclose(got, right(losses, np.where(targets < 0,
    #     len(token_bytes) - 1, targets), token_bytes))
    # "Give masked targets 0 bytes": np.take(token_bytes, targets, mode=mode) →
    #     np.where(targets < 0, 0, token_bytes[np.maximum(targets, 0)])
    sizes = np.take(token_bytes, targets, mode=mode)
    return as_float(losses)[sizes > 0].sum() / np.log(2) / sizes.sum(dtype=int)


@exercise.bug(other=(-1, -100, (-1, -100)), wrapped=(-1, -100, (-1, -100)))
def one_mask_alone(losses, targets, token_bytes, other=-1, wrapped=None):
    """Only one number below 0 is taken for a mask, or two, and another counts as a token from the
    end. Mask every target below 0."""
    # "and another counts as a token from the end": isinstance(got, IndexError)
    # "Mask every target below 0": np.isin(targets, other) → targets < 0
    if wrapped is not None:
        other = wrapped
    masked = np.isin(targets, other)
    mode = "raise" if wrapped is None else "wrap"
    sizes = np.where(masked, 0, np.take(token_bytes, targets * ~masked, mode=mode))
    return as_float(losses)[sizes > 0].sum() / np.log(2) / sizes.sum(dtype=int)


@exercise.bug(least=(0, 1))
def mean_length_of_the_vocabulary(losses, targets, token_bytes, least=0):
    """The loss is divided by the mean length of the vocabulary's tokens, though some are frequent
    and others rare. Sum the lengths of the targets."""
    # "The loss is divided by the mean length of the vocabulary's tokens": np.isclose(got *
    #     token_bytes.mean(), losses.mean() / np.log(2))
    # "Sum the lengths of the targets": (counted.sum() * length) → sizes.sum()
    losses, sizes, counted = parts(losses, targets, token_bytes)
    length = token_bytes[token_bytes >= least].mean()
    return losses[sizes > 0].sum() / np.log(2) / (counted.sum() * length)


@exercise.bug
def bytes_per_bit(losses, targets, token_bytes):
    """The ratio is upside down: these are bytes per bit. Divide the loss by the bytes."""
    # "The ratio is upside down: these are bytes per bit": np.isclose(got * want, 1)
    # "Divide the loss by the bytes": sizes.sum() / (losses[counted].sum() / np.log(2)) →
    #     losses[counted].sum() / np.log(2) / sizes.sum()
    losses, sizes, counted = parts(losses, targets, token_bytes)
    return sizes.sum() / (losses[counted].sum() / np.log(2))


@exercise.bug
def first_token_masked(losses, targets, token_bytes):
    """Token 0 is taken for masked, too. It may have bytes, which `token_bytes` says: mask what is
    below 0."""
    # "Token 0 is taken for masked, too": np.isclose(bug(np.array([1.0, 5.0]), np.array([1, 0]),
    #     np.array([3, 1])), 1 / np.log(2))
    # "mask what is below 0": targets > 0 → targets >= 0
    kept = targets > 0
    sizes = np.where(kept, token_bytes[np.where(kept, targets, 0)], 0)
    return as_float(losses)[sizes > 0].sum() / np.log(2) / sizes.sum(dtype=int)


@exercise.bug
def masked_count_as_token_0(losses, targets, token_bytes):
    """A masked target counts the bytes of token 0, which was put in its place to have an index.
    Give it 0 bytes."""
    # "A masked target counts the bytes of token 0": np.isclose(bug(np.array([1.0, 5.0]),
    #     np.array([1, -1]), np.array([3, 1])), 1 / np.log(2) / 4)
    # "Give it 0 bytes": sizes.sum(dtype=int) → sizes[targets >= 0].sum(dtype=int)
    sizes = token_bytes[np.where(targets < 0, 0, targets)]
    counted = (targets >= 0) & (sizes > 0)
    return as_float(losses)[counted].sum() / np.log(2) / sizes.sum(dtype=int)


@exercise.bug
def mean_loss_of_all_targets(losses, targets, token_bytes):
    """The mean loss is over all targets, and the mean length over targets of 1 byte or more. Take
    both over the latter."""
    # "The mean loss is over all targets, and the mean length over targets of 1 byte or more":
    #     np.isclose(got * np.log(2), losses.mean() / token_bytes[targets][token_bytes[targets] >
    #     0].mean())
    # "Take both over the latter": losses.mean() → losses[counted].mean()
    losses, sizes, counted = parts(losses, targets, token_bytes)
    return losses.mean() / np.log(2) / sizes[counted].mean()


@exercise.bug(masked_too=(False, True))
def mean_length_of_more_targets(losses, targets, token_bytes, masked_too=False):
    """The mean loss is over targets of 1 byte or more, and the mean length over others, too. Take
    both over the former."""
    # "The mean loss is over targets of 1 byte or more, and the mean length over others, too":
    #     np.isclose(got * np.log(2), losses[token_bytes[targets] > 0].mean() /
    #     token_bytes[targets].mean()) and (token_bytes[targets] == 0).any()
    # "Take both over the former": sizes[masked_too | (targets >= 0)] → sizes[counted]
    losses, sizes, counted = parts(losses, targets, token_bytes)
    length = sizes[masked_too | (targets >= 0)].mean()
    return losses[counted].mean() / np.log(2) / length


@exercise.bug
def tokens_of_one_byte_left_out(losses, targets, token_bytes):
    """Tokens of 1 byte are left out as if they were special. Leave out tokens of 0 bytes alone."""
    # "Tokens of 1 byte are left out as if they were special": bug(np.array([1.0, 5.0]),
    #     np.array([0, 1]), np.array([1, 2])) == bug(np.array([5.0]), np.array([0]), np.array([2]))
    # "Leave out tokens of 0 bytes alone": sizes > 1 → sizes > 0
    losses, sizes, _ = parts(losses, targets, token_bytes)
    counted = sizes > 1
    with np.errstate(invalid="ignore"):
        return losses[counted].sum() / np.log(2) / sizes[counted].sum()


@exercise.bug(each_row=(True, False))
def stopped_at_a_mask(losses, targets, token_bytes, each_row=True):
    """What follows a masked target does not count, as if all were padding from there on. Leave out
    masked targets alone: `continue` in place of `break`."""
    # "What follows a masked target does not count, as if all were padding from there on":
    #     np.isclose(got, right(losses, np.where(np.logical_or.accumulate(targets < 0, axis=-1), -1,
    #     targets), token_bytes)) and not np.isclose(got, want)
    # "Leave out masked targets alone: `continue` in place of `break`": break → continue
    losses, sizes, _ = parts(losses, targets, token_bytes)
    length = losses.shape[-1] if each_row else losses.size
    nats = total = 0
    for row in range(losses.size // length):
        for at in range(row * length, (row + 1) * length):
            if targets.flat[at] < 0:
                break
            nats += losses.flat[at] * (sizes.flat[at] > 0)
            total += sizes.flat[at]
    with np.errstate(invalid="ignore"):
        return nats / np.log(2) / np.int64(total)


@exercise.bug
def special_tokens_of_one_byte(losses, targets, token_bytes):
    """A special token is given a byte, and so its loss and the byte both count. Leave 0 bytes as
    they are, and such targets out."""
    # "A special token is given a byte, and so its loss and the byte both count":
    #     np.isclose(bug(np.array([1.0, 5.0]), np.array([1, 0]), np.array([0, 2])), 6 / np.log(2) /
    #     3)
    # "Leave 0 bytes as they are, and such targets out": np.maximum(token_bytes, 1) → token_bytes
    losses, sizes, counted = parts(losses, targets, np.maximum(token_bytes, 1))
    return losses[counted].sum() / np.log(2) / sizes.sum()
