"""Practice for question 24: the entropy of logits that are read once, a chunk at a time."""

import tracemalloc

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.streaming_entropy import streaming_entropy

exercise = Exercise(
    streaming_entropy,
    page="24-products-scans-streams",
    hints=(
        "log p is the logit minus log-sum-exp. Put it into -Σ p log p: which sums over the logits "
        "are left, and which of them can be kept while you read?",
        "Keep the largest logit so far, the sum of the exponentials below it, and the sum of "
        "these times their gaps to the largest.",
        "When a larger logit comes, every gap changes by the same number. The exponentials get one "
        "factor. What do the products of gap and exponential get beside that factor?",
        "A logit of -inf has probability 0. What are its gap, its exponential and their product, "
        "and what should it add? And what if a whole chunk is so?",
    ),
)

rng = np.random.default_rng(24)


def draw(*shape, scale=2.0):
    return scale * rng.normal(size=shape)


RISING = np.array([-3.0, -1.5, -0.4, 0.7, 2.1, 2.9, 4.2])
exercise.case("two logits in one chunk", np.array([0.4, -1.1]))
exercise.case("seven logits in one chunk", draw(7))
exercise.case("falling logits, in chunks of 2", RISING[::-1].copy(), chunk=2)
exercise.case("rising logits, in chunks of 2", RISING, chunk=2)
exercise.case("six logits in chunks of 3", draw(6), chunk=3)
exercise.case("chunks of 1", draw(5), chunk=1)
exercise.case("equal logits", np.full(8, 1.5), chunk=4)
exercise.case("one logit", np.array([3.0]))
exercise.case("rows of a matrix", draw(4, 7), chunk=3)
exercise.case("as many rows as logits", draw(5, 5), chunk=2)
exercise.case("two leading axes", draw(2, 3, 8), chunk=3)
exercise.case("three leading axes", draw(2, 1, 3, 4), chunk=3)
exercise.case("logits near 1,000", 1000 + draw(6), chunk=2)
exercise.case("logits near -1,000", -1000 + draw(6), chunk=2)
exercise.case(
    "rows near 1,000 and near -1,000", np.array([[1e3], [-1e3]]) + draw(2, 6), chunk=2
)
exercise.case("logits near -2,000,000", -2e6 + draw(6), chunk=2)
exercise.case(
    "one row rises, the other falls",
    np.array([[-1e3, -1001.0, 1.0, 0.5], [2.0, 1.4, -1.0, -0.3]]),
    chunk=2,
)
exercise.case("logits far below the first", -np.array([0, 17, 17.5, 18, 19]), chunk=2)
exercise.case("a certain class", np.array([-900.0, 900.0, 0.0, -900.0]), chunk=1)
exercise.case("1,500 logits and the default chunk", draw(1500))
hidden = draw(2, 7)
hidden[0, [1, 5]] = hidden[1, 3] = -np.inf
exercise.case("logits of -inf", hidden, chunk=4)
hidden = draw(2, 8)
hidden[0, 2:4] = hidden[1, 6:] = -np.inf
exercise.case("a chunk of -inf", hidden, chunk=2)
exercise.case(
    "a first chunk of -inf", np.where(np.arange(6) < 3, -np.inf, draw(6)), chunk=2
)
exercise.case(
    "-inf and logits near -2,000,000",
    -2e6 + np.where(np.arange(6) % 3 == 1, -np.inf, draw(6)),
    chunk=2,
)
exercise.case(
    "a first logit of -inf in one row",
    np.array([[-np.inf, 0.3, -1.2, 2.0], [0.9, 0.2, -0.6, -np.inf]]),
    chunk=2,
)
exercise.case(
    "a first logit of -inf, in chunks of 1", np.array([-np.inf, 0.7, -0.2]), chunk=1
)
ROUNDED = Note(
    "digits that logits of a billion lose",
    "Ours adds up gaps to the maximum alone, and no digit is lost; the logits themselves, or their "
    "log-sum-exp, are rounded to 1e-7 there.",
    within=1e-5,
)
exercise.case("logits near 1,000,000,000", 1e9 + draw(6), chunk=2, noted=ROUNDED)
exercise.case("float32", draw(3, 9).astype(np.float32), chunk=4)
add_whole_numbers(exercise, np.rint(3 * draw(3, 5)), chunk=2)


@exercise.check
def keeps_a_few_numbers_of_each_row(streaming_entropy):
    """Of 128 rows of 1,024 logits in chunks of 32, memory for three quarters of all logits was in
    use at once. Read a chunk, make it floats, add it to three numbers for each row, and let it
    go."""
    logits = np.random.default_rng(0).normal(size=(128, 1024))
    ours = not tracemalloc.is_tracing()
    if ours:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        streaming_entropy(logits, 32)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        if ours:
            tracemalloc.stop()
    return peak < 0.75 * logits.nbytes


class Stream(np.ndarray):
    """An array that writes down where each part begins that is taken from it."""

    places = None

    def __getitem__(self, key):
        part = super().__getitem__(key)
        if self.places is not None and np.may_share_memory(part, self):
            part.places = self.places
            place = part.__array_interface__["data"][0]
            if part.size < self.size and self.places[-1:] != [place]:
                self.places.append(place)
        return part


@exercise.check
def reads_once(streaming_entropy):
    """After the last chunk the first ones are read again. The stream has gone by: keep three
    numbers, and rescale them when the maximum rises."""
    logits = np.random.default_rng(0).normal(size=96).view(Stream)
    logits.places = places = []
    streaming_entropy(logits, 16)
    return len(set(places)) == len(places)


def chunks(logits, chunk):
    """The chunks, one after the other."""
    logits = as_float(logits)
    for start in range(0, logits.shape[-1], chunk):
        yield logits[..., start : start + chunk]


def finite(m):
    """The maximum, or the lowest float where all is -inf."""
    return np.maximum(m, np.finfo(m.dtype).min)


def sums(logits, m):
    """Σ e^(l - m) and Σ (l - m) e^(l - m)."""
    gaps = logits - np.expand_dims(m, -1)
    powers = np.exp(gaps)
    return powers.sum(-1), (np.where(powers > 0, gaps, 0) * powers).sum(-1)


def raise_both(gap, s, t):
    """The sums below a maximum that is larger by -gap."""
    return np.exp(gap) * s, np.exp(gap) * (t + gap * s)


def running(logits, chunk, rescale=raise_both, largest=np.maximum, add=sums):
    """m, s and t after the last chunk; `rescale` says what a larger maximum does to s and t."""
    m = s = t = None
    for part in chunks(logits, chunk):
        top = finite(part.max(-1))
        if m is None:
            m, s, t = top, 0 * top, 0 * top
        new = largest(m, top)
        s, t = rescale(m - new, s, t)
        more, weighted = add(part, new)
        m, s, t = new, s + more, t + weighted
    return m, s, t


def right_or_nan(logits, chunk, read):
    """The entropy; nan, of sums that stayed 0, if no chunk is read."""
    if read:
        return in_the_end(*running(logits, chunk))
    return np.full(logits.shape[:-1], np.nan)[()]


def in_the_end(m, s, t):
    return np.log(s) - t / s


@exercise.bug
def t_only_multiplied(logits, chunk=1024):
    """When the maximum rises, the weighted sum t is multiplied by e^(m - m') alone. The gaps
    change, too: add (m - m') s to t before you multiply."""
    # "the weighted sum t is multiplied by e^(m - m') alone": want - got > 0 and
    #     np.isclose(bug(logits, 100), want)
    # "add (m - m') s to t before you multiply": np.exp(gap) * t → np.exp(gap) * (t + gap * s)
    # "When the maximum rises": np.isclose(bug(logits[::-1], chunk), right(logits[::-1],
    #     chunk)) and not np.isclose(got, want)
    return in_the_end(
        *running(logits, chunk, lambda gap, s, t: (np.exp(gap) * s, np.exp(gap) * t))
    )


@exercise.bug
def t_only_shifted(logits, chunk=1024):
    """When the maximum rises, (m - m') s is added to the weighted sum t, and t is not multiplied.
    Multiply t, too, by e^(m - m')."""
    # "t is not multiplied": not np.isclose(got, want) and np.isclose(bug(logits, 100), want)
    # "Multiply t, too, by e^(m - m')": t + gap * s → np.exp(gap) * (t + gap * s)
    # "When the maximum rises": np.isclose(bug(logits[::-1], chunk), right(logits[::-1],
    #     chunk)) and not np.isclose(got, want)
    return in_the_end(
        *running(logits, chunk, lambda gap, s, t: (np.exp(gap) * s, t + gap * s))
    )


@exercise.bug
def s_before_t(logits, chunk=1024):
    """s is updated before t, so t is shifted by a sum that holds the new chunk, too. Update t
    first, or keep the old s."""
    # "s is updated before t": not np.isclose(got, want) and np.isclose(bug(logits, 100), want)
    # "so t is shifted by a sum that holds the new chunk, too": np.isclose(bug(logits[::-1],
    #     chunk), right(logits[::-1], chunk)) and not np.isclose(got, want)
    # "keep the old s": gap * s + → gap * old +
    m = s = t = None
    for part in chunks(logits, chunk):
        top = finite(part.max(-1))
        if m is None:
            m, s, t = top, 0 * top, 0 * top
        new = np.maximum(m, top)
        gap, (more, weighted) = m - new, sums(part, new)
        old = s
        s = np.exp(gap) * old + more
        t = np.exp(gap) * t + np.exp(gap) * gap * s + weighted
        m = new
    return in_the_end(m, s, t)


@exercise.bug
def t_shifted_by_the_new_sum(logits, chunk=1024):
    """When the maximum rises, t is shifted by the new s. Use the old s: t becomes e^(m - m') (t +
    (m - m') s)."""
    # "t is shifted by the new s": not np.isclose(got, want) and np.isclose(bug(logits, 100), want)
    # "When the maximum rises": np.isclose(bug(logits[::-1], chunk), right(logits[::-1],
    #     chunk)) and not np.isclose(got, want)
    # "Use the old s: t becomes e^(m - m') (t + (m - m') s)": t + gap * (np.exp(gap) * s) → t
    #     + gap * s
    return in_the_end(
        *running(
            logits,
            chunk,
            lambda gap, s, t: (
                np.exp(gap) * s,
                np.exp(gap) * (t + gap * (np.exp(gap) * s)),
            ),
        )
    )


@exercise.bug
def sums_not_rescaled(logits, chunk=1024):
    """When the maximum rises, the old sums stay as they are. Multiply both by e^(m - m'), and shift
    t."""
    # "Multiply both by e^(m - m'), and shift t": (s, t)) → (np.exp(gap) * s, np.exp(gap) * (t +
    #     gap * s)))
    # "When the maximum rises, the old sums stay as they are.": np.isclose(bug(logits[::-1],
    #     chunk), right(logits[::-1], chunk)) and not np.isclose(got, want)
    return in_the_end(*running(logits, chunk, lambda gap, s, t: (s, t)))


@exercise.bug
def each_chunk_below_its_own_maximum(logits, chunk=1024):
    """The sums of each chunk are taken below its own maximum, and added as they are. Bring them to
    one maximum first."""
    # "The sums of each chunk are taken below its own maximum": np.isclose(got, in_the_end(0,
    #     *np.sum([running(each, 100)[1:] for each in chunks(logits, chunk)], axis=0)))
    # "Bring them to one maximum first": lambda m, new: new → np.maximum; lambda gap, s, t: (s, t)
    #     → raise_both
    return in_the_end(
        *running(logits, chunk, lambda gap, s, t: (s, t), lambda m, new: new)
    )


@exercise.bug
def no_maximum_subtracted(logits, chunk=1024):
    """exp is taken of the logits as they are: it overflows on large ones, and of very negative ones
    0/0 is left. Keep the largest logit so far, and subtract it."""
    # "Keep the largest logit so far, and subtract it": lambda gap, s, t: (s,
    #     t) → raise_both; 0 * new → np.maximum(m, new)
    # "exp is taken of the logits as they are: it overflows on large ones":
    #     np.isinf(np.exp(logits)).all() and not np.isfinite(got).any()
    # "of very negative ones 0/0 is left": np.isnan(bug(logits - 2000)) and np.exp(logits -
    #     2000).sum() == 0
    with np.errstate(all="ignore"):
        return in_the_end(
            *running(logits, chunk, lambda gap, s, t: (s, t), lambda m, new: 0 * new)
        )


@exercise.bug
def maximum_begins_at_zero(logits, chunk=1024):
    """The largest logit so far begins at 0: where all lie far below, every exponential is 0. Begin
    at -inf, or at the lowest float."""
    # "where all lie far below, every exponential is 0": not np.isfinite(got).all()
    # "Begin at -inf, or at the lowest float": np.maximum(np.maximum(m, new), 0) → np.maximum(m,
    #     new)
    # "The largest logit so far begins at 0": np.isfinite(bug(np.array([-745.1]))) and not
    #     np.isfinite(bug(np.array([-745.2]))) and np.exp(-745.2) == 0 < np.exp(-745.1)
    with np.errstate(all="ignore"):
        return in_the_end(
            *running(
                logits, chunk, largest=lambda m, new: np.maximum(np.maximum(m, new), 0)
            )
        )


@exercise.bug(start=(-1e4, -1e3, -1e6))
def maximum_begins_too_high(logits, chunk=1024, start=-1e4):
    """The largest logit so far begins at a number that all logits can lie below: then every
    exponential is 0. Begin at -inf, or at the lowest float."""
    # "then every exponential is 0": not np.isfinite(got).all() and np.exp(-1e6) == 0
    # "Begin at -inf, or at the lowest float": np.maximum(np.maximum(m, new),
    #     start) → np.maximum(m, new)
    # "The largest logit so far begins at a number that all logits can lie below: then":
    #     (logits < -1e4).all() and np.isnan(got) and np.isfinite(bug(np.append(logits, 0.0)))
    with np.errstate(all="ignore"):
        return in_the_end(
            *running(
                logits,
                chunk,
                largest=lambda m, new: np.maximum(np.maximum(m, new), start),
            )
        )


@exercise.bug
def raised_only_where_all_rise(logits, chunk=1024):
    """The maximum is raised only if it rises in all rows: in a row where it should, exp overflows.
    Take the larger one in each row."""
    # "in a row where it should, exp overflows": not np.isfinite(got).all()
    # "Take the larger one in each row": new if (new > m).all() else m → np.maximum(m, new)
    # "The maximum is raised only if it rises in all rows": not np.isfinite(got[0]) and
    #     np.isclose(bug(logits[:1], chunk), want[0])
    with np.errstate(all="ignore"):
        return in_the_end(
            *running(
                logits,
                chunk,
                largest=lambda m, new: new if (new > m).all() else m,
            )
        )


@exercise.bug(put=(-100.0, -1e3, -1e4, -1e6))
def number_for_minus_infinity(logits, chunk=1024, put=-100.0):
    """A number stands for -inf, and where the other logits lie below it, it has all probability.
    Let -inf be -inf: its exponential is 0."""
    # "where the other logits lie below it, it has all probability": np.allclose(got,
    #     np.log(np.isneginf(logits).sum(-1)))
    # "Let -inf be -inf": np.where(np.isneginf(logits), put, logits) → logits
    # "A number stands for -inf": np.allclose(got, right(np.where(np.isneginf(logits), -100.0,
    #     logits), chunk))
    # "its exponential is 0": np.exp(-np.inf) == 0 and not np.allclose(got, want)
    logits = as_float(logits)
    replaced = np.where(np.isneginf(logits), put, logits)
    return in_the_end(*running(replaced, chunk))


@exercise.bug(least=(1e-7, 1e-6, 1e-5, 1e-4))
def small_terms_left_out(logits, chunk=1024, least=1e-7):
    """Where an exponential is small, its term of t is left out. Put 0 only where the exponential is
    0."""
    # "Where an exponential is small, its term of t is left out": (got < want).any()
    # "Put 0 only where the exponential is 0": powers > least → powers > 0

    def add(part, m):
        gaps = part - np.expand_dims(m, -1)
        powers = np.exp(gaps)
        return powers.sum(-1), (np.where(powers > least, gaps, 0) * powers).sum(-1)

    return in_the_end(*running(logits, chunk, add=add))


@exercise.bug
def share_of_the_largest(logits, chunk=1024):
    """The entropy is divided by log(classes), the largest that it can be. Leave it in nats."""
    # "The entropy is divided by log(classes)": np.allclose(got * np.log(logits.shape[-1]), want)
    # "Leave it in nats": / np.log(max(2, logits.shape[-1])) →
    # "log(classes), the largest that it can be": np.isclose(bug(0 * logits), 1) and got < 1
    return in_the_end(*running(logits, chunk)) / np.log(max(2, logits.shape[-1]))


@exercise.bug
def one_maximum_for_all_rows(logits, chunk=1024):
    """One maximum is kept for all rows: in a row far below it every exponential is 0. Keep one for
    each row: the maximum along the last axis."""
    # "in a row far below it every exponential is 0": np.isnan(got).any()
    # "Keep one for each row: the maximum along the last axis": np.maximum(m, new).max() →
    #     np.maximum(m, new)
    # "One maximum is kept for all rows": np.isnan(got[1]) and np.isclose(bug(logits[1:],
    #     chunk), want[1])
    with np.errstate(all="ignore"):
        return in_the_end(
            *running(
                logits, chunk, largest=lambda m, new: 0 * m + np.maximum(m, new).max()
            )
        )


@exercise.bug(by_size=(False, True))
def mean_of_the_chunks(logits, chunk=1024, by_size=False):
    """The entropies of the chunks are averaged. Keep sums, and make the entropy once, of all."""
    # "The entropies of the chunks are averaged": np.isclose(got, np.mean([right(each, 100) for each
    #     in chunks(logits, chunk)]))
    # "Keep sums, and make the entropy once, of all": chunks(logits, chunk) →
    #     [as_float(logits)]
    with np.errstate(all="ignore"):
        found = [in_the_end(*running(each, chunk)) for each in chunks(logits, chunk)]
    sizes = [each.shape[-1] for each in chunks(logits, chunk)]
    return np.average(found, axis=0, weights=sizes if by_size else None)


@exercise.bug
def sum_of_the_chunks(logits, chunk=1024):
    """The entropies of the chunks are added up. Keep sums, and make the entropy once, of all."""
    # "The entropies of the chunks are added up": np.isclose(got, np.sum([right(each, 100) for each
    #     in chunks(logits, chunk)]))
    # "Keep sums, and make the entropy once, of all": chunks(logits, chunk) →
    #     [as_float(logits)]
    with np.errstate(all="ignore"):
        found = [in_the_end(*running(each, chunk)) for each in chunks(logits, chunk)]
    return np.sum(found, axis=0)


@exercise.bug
def last_chunk_only(logits, chunk=1024):
    """Only the last chunk counts. Add each to what was read before."""
    # "Only the last chunk counts": np.isclose(got, right([*chunks(logits, chunk)][-1], 100))
    # "Add each to what was read before": [*chunks(logits, chunk)][-1] → as_float(logits)
    return in_the_end(*running([*chunks(logits, chunk)][-1], chunk))


@exercise.bug(read=(True, False))
def short_chunk_left_out(logits, chunk=1024, read=True):
    """The last chunk is left out if it is shorter than the others. Go on to the end."""
    # "The last chunk is left out if it is shorter than the others": np.isclose(got,
    #     right(logits[..., :logits.shape[-1] // chunk * chunk], 100))
    # "Go on to the end": [..., :whole] → [..., :]; whole == 0 → False
    whole = logits.shape[-1] // chunk * chunk
    if whole == 0:  # The first chunk is read all the same, or nothing is.
        return right_or_nan(logits, chunk, read)
    return in_the_end(*running(logits[..., :whole], chunk))


@exercise.bug
def last_logit_left_out(logits, chunk=1024):
    """The last logit is left out where it would be a chunk of its own: the range ends one too
    early. Let it end at the number of classes."""
    # "The last logit is left out where it would be a chunk of its own": np.allclose(got,
    #     right(logits[..., :-1], 100)) and logits.shape[-1] % chunk == 1 % chunk
    # "the range ends one too early": [*range(0, logits.shape[-1] - 1, chunk)][-1] + chunk <
    #     logits.shape[-1] and not np.allclose(got, want)
    # "Let it end at the number of classes": classes - 1 → classes
    classes = logits.shape[-1]
    ends = [start + chunk for start in range(0, max(classes - 1, 1), chunk)]
    return in_the_end(*running(logits[..., : ends[-1]], chunk))


@exercise.bug
def short_chunk_filled_with_zeros(logits, chunk=1024):
    """The last chunk is filled up with logits of 0, which count as classes. Fill it with -inf, or
    leave it short."""
    # "The last chunk is filled up with logits of 0, which count as classes": np.allclose(got,
    #     right(np.pad(logits, [(0, 0)] * (logits.ndim - 1) + [(0, -logits.shape[-1] % chunk)]),
    #     100))
    # "Fill it with -inf": constant_values=0.0 → constant_values=-np.inf
    # "leave it short": [(0, missing)] → [(0, 0)]
    state = None
    for part in chunks(logits, chunk):
        missing = chunk - part.shape[-1] if state else 0
        width = [(0, 0)] * (part.ndim - 1) + [(0, missing)]
        one = running(np.pad(part, width, constant_values=0.0), chunk)
        state = running_on(state, one) if state else one
    return in_the_end(*state)


@exercise.bug
def entropy_of_the_weights_left_out(logits, chunk=1024):
    """The entropies of the chunks are weighted by the probabilities of the chunks, and the entropy
    of these is missing. Add it, or make the entropy once, of sums."""
    # "The entropies of the chunks are weighted by the probabilities of the chunks": np.isclose(got,
    #     np.average([right(each, 100) for each in chunks(logits, chunk)], weights=[
    #     np.exp(each).sum() for each in chunks(logits, chunk)]))
    # "the entropy of these is missing": np.isclose(want - got, right(np.array([
    #     np.log(np.exp(each).sum()) for each in chunks(logits, chunk)]), 100))
    # "make the entropy once, of sums": return found → return in_the_end(*state)
    state, found = None, 0
    for part in chunks(logits, chunk):
        one = running(part, chunk)
        state = running_on(state, one) if state else one
        share = np.exp(one[0] - state[0]) * one[1] / state[1]
        found = (1 - share) * found + share * in_the_end(*one)
    return found


@exercise.bug
def rounded_to_float32(logits, chunk=1024):
    """The logits are rounded to float32, which moves in steps of 0.125 at 2,000,000. Leave float64
    as it is."""
    # "The logits are rounded to float32": np.allclose(got, right(logits.astype(np.float32).astype(
    #     float), chunk), rtol=1e-12, atol=0) and not np.allclose(got, want, rtol=1e-9, atol=0)
    # "which moves in steps of 0.125 at 2,000,000": np.spacing(np.float32(2e6)) == 0.125 and not
    #     np.allclose(got, want, rtol=1e-9, atol=0)
    # "Leave float64 as it is": .astype(np.float32) →

    def add(part, m):
        return sums(part.astype(np.float32).astype(float), m)

    return in_the_end(*running(logits, chunk, add=add))


@exercise.bug
def sign_lost(logits, chunk=1024):
    """The sign is lost: this is Σ p log p, and the entropy is its negative."""
    # "The sign is lost: this is Σ p log p, and the entropy is its negative": np.allclose(got,
    #     -want) and (got < 0).all()
    return -in_the_end(*running(logits, chunk))


@exercise.bug
def mean_gap_added(logits, chunk=1024):
    """t / s is added. It is the mean of the gaps, all of which are 0 or less: subtract it from
    log s."""
    # "t / s is added": np.allclose(got, 2 * np.log(running(logits, 100)[1]) - want)
    # "subtract it from log s": + t / s → - t / s
    # "It is the mean of the gaps, all of which are 0 or less": np.isclose(got -
    #     np.log(running(logits, 100)[1]), np.average(logits - logits.max(),
    #     weights=np.exp(logits))) and (logits <= logits.max()).all()
    _, s, t = running(logits, chunk)
    return np.log(s) + t / s


@exercise.bug
def maximum_added(logits, chunk=1024):
    """The maximum is added, as in log-sum-exp. t holds gaps to it, so it has already cancelled."""
    # "The maximum is added": np.allclose(got, want + logits.max(-1))
    # "it has already cancelled": m + np.log(s) → np.log(s)
    # "The maximum is added, as in log-sum-exp": np.isclose(got - want,
    #     np.log(np.exp(logits).sum()) - np.log(np.exp(logits - logits.max()).sum()))
    m, s, t = running(logits, chunk)
    return m + np.log(s) - t / s


@exercise.bug
def not_divided(logits, chunk=1024):
    """The weighted sum t is subtracted as it is. Divide it by s, so that the weights add up to
    1."""
    # "The weighted sum t is subtracted as it is": got > want
    # "Divide it by s": - t → - t / s
    # "so that the weights add up to 1": np.isclose((np.exp(logits - logits.max()) /
    #     running(logits, 100)[1]).sum(), 1) and not np.isclose(got, want)
    _, s, t = running(logits, chunk)
    return np.log(s) - t


@exercise.bug
def in_bits(logits, chunk=1024):
    """The entropy is in bits. Nats are asked for: take natural logarithms."""
    # "The entropy is in bits": np.allclose(got, want / np.log(2))
    # "Nats are asked for: take natural logarithms": / np.log(2) →
    return in_the_end(*running(logits, chunk)) / np.log(2)


@exercise.bug
def nan_for_minus_infinity(logits, chunk=1024):
    """A logit of -inf makes -inf · 0, which is nan. It has probability 0 and adds nothing: put 0
    where the exponential is 0."""
    # "A logit of -inf makes -inf · 0, which is nan": np.isnan(got).any()
    # "put 0 where the exponential is 0": gaps * powers → np.where(powers > 0, gaps, 0) * powers
    # "It has probability 0 and adds nothing": np.isclose(want[0],
    #     right(logits[0][np.isfinite(logits[0])], chunk)) and np.isnan(got[0])

    def add(part, m):
        gaps = part - np.expand_dims(m, -1)
        powers = np.exp(gaps)
        return powers.sum(-1), (gaps * powers).sum(-1)

    with np.errstate(all="ignore"):
        return in_the_end(*running(logits, chunk, add=add))


@exercise.bug
def nan_for_a_chunk_of_minus_infinity(logits, chunk=1024):
    """A chunk of -inf alone has the maximum -inf, and -inf - -inf is nan. Subtract a finite number
    there, such as the lowest float."""
    # "A chunk of -inf alone has the maximum -inf, and -inf - -inf is nan": np.isnan(got).any()
    # "Subtract a finite number there, such as the lowest float": part.max(-1) →
    #     finite(part.max(-1))
    with np.errstate(all="ignore"):
        states = []
        for part in chunks(logits, chunk):
            m = part.max(-1)
            states.append((m, *sums(part, m)))
        m = np.max([state[0] for state in states], axis=0)
        s, t = 0, 0
        for old, total, weighted in states:
            more = raise_both(old - m, total, weighted)
            s, t = s + more[0], t + more[1]
        return in_the_end(m, s, t)


@exercise.bug
def nan_for_a_first_chunk_of_minus_infinity(logits, chunk=1024):
    """A first chunk of -inf alone leaves the maximum at -inf, and -inf - -inf is nan. Subtract a
    finite number there, such as the lowest float."""
    # "A first chunk of -inf alone leaves the maximum at -inf, and -inf - -inf is nan":
    #     np.isnan(got).any() and np.isfinite(bug(logits[..., ::-1], chunk)).all()
    # "Subtract a finite number there, such as the lowest float": m = None → m =
    #     np.full(logits.shape[:-1], np.finfo(float).min)
    m = None
    s = t = 0
    with np.errstate(all="ignore"):
        for part in chunks(logits, chunk):
            new = part.max(-1) if m is None else np.maximum(m, part.max(-1))
            s, t = raise_both(0 if m is None else m - new, s, t)
            more, weighted = sums(part, new)
            m, s, t = new, s + more, t + weighted
        return in_the_end(m, s, t)


@exercise.bug
def nan_for_a_first_logit_of_minus_infinity(logits, chunk=1024):
    """The largest logit so far begins at the first logit, and where that is -inf, 0 · -inf is nan.
    Begin at the lowest float, with sums of 0."""
    # "The largest logit so far begins at the first logit": np.isnan(got).any() and
    #     np.isfinite(bug(logits[..., ::-1], chunk)).all() and np.isneginf(logits[..., 0]).any()
    # "where that is -inf, 0 · -inf is nan": np.isnan(got).any() and np.isnan(0 * -np.inf)
    # "Begin at the lowest float": m = logits[..., 0] → m = finite(logits[..., 0])
    logits = as_float(logits)
    m = logits[..., 0]
    s, t = np.exp(logits[..., 0] - m), 0 * finite(m)
    with np.errstate(all="ignore"):
        for part in chunks(logits[..., 1:], chunk):
            new = np.maximum(m, finite(part.max(-1)))
            s, t = raise_both(m - new, s, t)
            more, weighted = sums(part, new)
            m, s, t = new, s + more, t + weighted
        return in_the_end(m, s, t)


@exercise.bug
def along_the_first_axis(logits, chunk=1024):
    """The entropy is taken along the first axis. The classes lie along the last one."""
    # "The entropy is taken along the first axis": np.allclose(got, right(np.moveaxis(logits, 0,
    #     -1), 100))
    # "The classes lie along the last one": np.moveaxis(logits, 0, -1) → logits
    return in_the_end(*running(np.moveaxis(logits, 0, -1), chunk))


@exercise.bug
def all_in_memory(logits, chunk=1024):
    """The entropy is right, but arrays of the size of all logits are made. Read a chunk, add it to
    three numbers for each row, and let it go."""
    # "The entropy is right, but arrays of the size of all logits are made":
    #     np.isclose(bug(RISING, 2), right(RISING, 2)) and not
    #     keeps_a_few_numbers_of_each_row(bug)
    # "Read a chunk, add it to three numbers for each row, and let it go": logits,
    #     logits.shape[-1] → logits, chunk
    return in_the_end(*running(logits, logits.shape[-1]))


@exercise.bug
def shifted_to_the_wrong_side(logits, chunk=1024):
    """When the maximum rises, t is shifted by (m' - m) s. The gaps become more negative: the shift
    is (m - m') s."""
    # "t is shifted by (m' - m) s": got < want and np.isclose(bug(logits, 100), want)
    # "the shift is (m - m') s": t - gap * s → t + gap * s
    # "When the maximum rises": np.isclose(bug(logits[::-1], chunk), right(logits[::-1],
    #     chunk)) and not np.isclose(got, want)
    # "The gaps become more negative": (logits[:2] - logits.max() < logits[:2] -
    #     logits[:2].max()).all() and got < want
    return in_the_end(
        *running(
            logits,
            chunk,
            lambda gap, s, t: (np.exp(gap) * s, np.exp(gap) * (t - gap * s)),
        )
    )


@exercise.bug
def log_sum_exp_returned(logits, chunk=1024):
    """This is log-sum-exp of the logits. The entropy is log-sum-exp minus Σ p l."""
    # "This is log-sum-exp of the logits": np.allclose(got, np.log(np.exp(logits).sum(-1)))
    # "The entropy is log-sum-exp minus Σ p l": state[0] + np.log(state[1]) →
    #     in_the_end(*state)
    state = running(logits, chunk)
    return state[0] + np.log(state[1])


@exercise.bug
def divided_by_the_sum_so_far(logits, chunk=1024):
    """Probabilities are made with the sum of the exponentials so far, and the later ones belong to
    it, too. Keep sums, and divide at the end."""
    # "the later ones belong to it, too": np.isclose(bug(logits, 100), want) and not
    #     np.isclose(got, want)
    # "Keep sums, and divide at the end": return total → return in_the_end(m, s, t)
    # "Probabilities are made with the sum of the exponentials so far": np.isclose(got, -sum(p
    #     * np.log(p) for i, each in enumerate(logits) for p in [np.exp(each) /
    #     np.exp(logits[: i // 2 * 2 + 2]).sum()]))
    m = s = t = None
    total = 0
    for part in chunks(logits, chunk):
        m, s, t = (
            running(part, chunk)
            if m is None
            else running_on((m, s, t), running(part, chunk))
        )
        log_p = part - np.expand_dims(m + np.log(s), -1)
        p = np.exp(log_p)
        total = total - (p * np.where(p > 0, log_p, 0)).sum(-1)
    return total


def running_on(one, other):
    """The sums of both, below the larger maximum."""
    m = np.maximum(one[0], other[0])
    before, after = (raise_both(top - m, s, t) for top, s, t in (one, other))
    return m, before[0] + after[0], before[1] + after[1]


@exercise.bug(
    way=tuple((eps, log) for eps in (1e-6, 1e-8, 1e-7, 1e-5) for log in (False, True))
)
def epsilon_beside_the_sum(logits, chunk=1024, way=(1e-6, False)):
    """An epsilon is added to the sum s. It holds the largest logit's exponential, so it is 1 or
    more, and nothing needs it."""
    # "nothing needs it": s + small → s; s if only_in_the_log else s → s
    # "An epsilon is added to the sum s": np.isclose(got, in_the_end(*np.add(running(logits,
    #     chunk), [0, 1e-6, 0])), rtol=1e-12, atol=0)
    # "It holds the largest logit's exponential, so it is 1 or more":
    #     np.isclose(running(logits, chunk)[1], 1 + np.exp(logits.min() - logits.max())) and
    #     not np.allclose(got, want, rtol=1e-12)
    (_, s, t), (small, only_in_the_log) = running(logits, chunk), way
    return np.log(s + small) - t / (s if only_in_the_log else s + small)


@exercise.bug
def s_not_rescaled(logits, chunk=1024):
    """When the maximum rises, the sum s stays as it is, and t is brought below the new maximum.
    Multiply s, too, by e^(m - m')."""
    # "the sum s stays as it is": not np.isclose(got, want) and np.isclose(bug(logits, 100), want)
    # "Multiply s, too, by e^(m - m')": (s, np.exp(gap) → (np.exp(gap) * s, np.exp(gap)
    # "When the maximum rises": np.isclose(bug(logits[::-1], chunk), right(logits[::-1],
    #     chunk)) and not np.isclose(got, want)
    return in_the_end(
        *running(logits, chunk, lambda gap, s, t: (s, np.exp(gap) * (t + gap * s)))
    )


@exercise.bug
def factor_upside_down(logits, chunk=1024):
    """When the maximum rises, the sums are multiplied by e^(m' - m), which is above 1. They lie
    further below it: multiply by e^(m - m')."""
    # "the sums are multiplied by e^(m' - m), which is above 1": np.exp(logits[-1] - logits[0]) > 1
    #     and not np.isclose(got, want)
    # "multiply by e^(m - m')": np.exp(-gap) → np.exp(gap)
    # "When the maximum rises": np.isclose(bug(logits[::-1], chunk), right(logits[::-1],
    #     chunk)) and not np.isclose(got, want)
    with np.errstate(all="ignore"):
        return in_the_end(
            *running(
                logits,
                chunk,
                lambda gap, s, t: (np.exp(-gap) * s, np.exp(-gap) * (t + gap * s)),
            )
        )


@exercise.bug(of_a_row=(False, True))
def chunks_with_minus_infinity_skipped(logits, chunk=1024, of_a_row=False):
    """A chunk that holds -inf is skipped for all rows, or one that is -inf alone in a row. Skip
    none: e^-inf is 0 and adds nothing, and the other logits count."""
    # "A chunk that holds -inf is skipped for all rows": np.allclose(bug(np.array([[0, 1, 2,
    #     -np.inf], [0.5, 2, 1, 3]]), 2), right(np.array([[0.0, 1], [0.5, 2]]), 2))
    # "Skip none": if hidden → if False
    # "e^-inf is 0 and adds nothing": np.exp(-np.inf) == 0 and not np.allclose(got, want)
    state = None
    for part in chunks(logits, chunk):
        hidden = np.isneginf(part.max(-1) if of_a_row else part).any()
        if hidden:
            continue
        one = running(part, chunk)
        state = running_on(state, one) if state else one
    return in_the_end(*state) if state else np.full(logits.shape[:-1], np.nan)[()]


@exercise.bug
def chunks_end_too_early(logits, chunk=1024):
    """The last logit of each full chunk is left out: a slice ends before its second number. Let it
    end at `start + chunk`."""
    # "The last logit of each full chunk is left out": np.allclose(got, right(np.concatenate([
    #     each[..., : chunk - 1] for each in chunks(logits, chunk)], axis=-1), 100))
    # "a slice ends before its second number": [0, 1, 2][0:2] == [0, 1] and not np.allclose(got,
    #     want)
    # "Let it end at `start + chunk`": start + chunk - 1 → start + chunk
    logits, state = as_float(logits), None
    for start in range(0, logits.shape[-1], chunk):
        end = max(start + 1, start + chunk - 1)
        one = running(logits[..., start:end], chunk)
        state = running_on(state, one) if state else one
    return in_the_end(*state)
