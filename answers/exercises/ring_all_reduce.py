"""Practice for question 36: the sum of all ranks' arrays, sent round a ring in chunks."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.scale.ring import ring_all_reduce

exercise = Exercise(
    ring_all_reduce,
    page="36-parallel-training",
    returns=("sums", "sent"),
    hints=(
        "Keep one array of shape (ranks, ranks, chunk): whose buffer, which chunk of it. Write "
        "down for three ranks who sends which chunk in each of the four rounds.",
        "In a round, first collect what all ranks send, then let all receive: to whom goes the "
        "last rank's message?",
        "Which rounds add, and which replace? The number of the chunk follows one rule in both.",
        "What happens to a message that you keep, when the buffer it came from is changed later?",
    ),
)

rng = np.random.default_rng(36)

exercise.case("two ranks, one number a chunk", np.array([[1.0, 2.0], [10.0, 20.0]]))
exercise.case("one rank", rng.normal(size=(1, 3)))
exercise.case("two ranks", rng.normal(size=(2, 6)))
exercise.case("three ranks, one number a chunk", rng.normal(size=(3, 3)))
exercise.case("three ranks", rng.normal(size=(3, 12)))
exercise.case("four ranks", rng.normal(size=(4, 8)))
exercise.case("five ranks", rng.normal(size=(5, 15)))
exercise.case("eight ranks", rng.normal(size=(8, 16)))
exercise.case("two ranks, long chunks", rng.normal(size=(2, 40)))
exercise.case("equal parts", np.tile(rng.normal(size=6), (3, 1)))
exercise.case(
    "one rank has it all", rng.normal(size=(4, 12)) * (np.arange(4)[:, None] == 2)
)
exercise.case("parts that cancel", np.array([[1.5, -2.0], [-1.5, 2.0]]))
exercise.case("large and small", rng.normal(size=(3, 6)) * 10.0 ** np.arange(-3, 3))
exercise.case("float32", rng.normal(size=(3, 6)).astype(np.float32))
add_whole_numbers(exercise, np.rint(9 * rng.normal(size=(3, 6))))
large = rng.integers(1_500_000_000, 2_000_000_000, (3, 6)).astype(np.int32)
exercise.case("int32 whose sums need more than four bytes", large)


def of_rule(rank, step, ranks):
    """The chunk that a rank sends in a round."""
    return (rank - step) % ranks


def simulated(
    parts, chunk=of_rule, halves=2, more=0, to=1, adds_after=0, first=None, open_=0
):
    """As ours, with switches."""
    buffers = as_float(parts).copy()
    ranks, length = buffers.shape
    chunks, rounds = buffers.reshape(ranks, ranks, -1), []
    for step in range(halves * (ranks - 1) + more):
        held = chunks if first is None or step >= ranks - 1 else first
        rounds.append([held[r, chunk(r, step, ranks)].copy() for r in range(ranks)])
        for r, message in enumerate(rounds[-1][: ranks - open_]):
            here = (r + to) % ranks, chunk(r, step, ranks)
            adds = step < ranks - 1 + more + adds_after
            chunks[here] = chunks[here] + message if adds else message
    sent = np.array(rounds, buffers.dtype).reshape(-1, ranks, length // ranks)
    return buffers, sent


@exercise.bug
def sent_to_the_left(parts):
    """Each rank sends to rank r - 1. Send to rank r + 1."""
    # "Each rank sends to rank r - 1": np.allclose(got.sent[0], want.sent[0]) and
    #     np.allclose(got.sent[1, 0], parts.reshape(len(parts), len(parts), -1)[0, -1])
    # "Send to rank r + 1": to=-1 → to=1
    return simulated(parts, to=-1)


@exercise.bug
def second_half_adds(parts):
    """The second half adds, too, and counts what is in the sums already once more. There a chunk
    is complete: put it in its place."""
    # "The second half adds, too": np.allclose(got.sent[: len(parts)], want.sent[: len(parts)])
    #     and not np.allclose(got.sums, want.sums)
    # "put it in its place": , adds_after=99 →
    return simulated(parts, adds_after=99)


@exercise.bug
def no_second_half(parts):
    """It ends after the reduce-scatter: each rank has the whole sum of one chunk alone. Add the
    all-gather, as many rounds more."""
    # "It ends after the reduce-scatter: each rank has the whole sum of one chunk alone":
    #     len(got.sent) == len(parts) - 1
    # "Add the all-gather, as many rounds more": halves=1 → halves=2
    return simulated(parts, halves=1)


@exercise.bug
def a_round_too_many(parts):
    """The first half has as many rounds as ranks, so every chunk comes back to its first rank,
    which adds it again. It has one less."""
    # "The first half has as many rounds as ranks": len(got.sent) == 2 * len(parts) - 1
    # "It has one less": , more=1 →
    return simulated(parts, more=1)


@exercise.bug(second_half_alone=(False, True))
def chunks_forward(parts, second_half_alone=False):
    """Rank r sends chunk r + t in round t, in the second half or in both. It is r - t: what has
    just arrived goes on."""

    # "Rank r sends chunk r + t in round t": np.allclose(got.sent[0], want.sent[0]) and
    #     np.allclose(got.sent[1, 0], parts.reshape(len(parts), len(parts), -1)[0, 1])
    # "in the second half or in both": np.allclose(bug(parts, second_half_alone=True)[1][:
    #     len(parts) - 1], want.sent[: len(parts) - 1])
    # "It is r - t": r + step → r - step
    def forward(r, step, ranks):
        if second_half_alone and step < ranks - 1:
            return of_rule(r, step, ranks)
        return (r + step) % ranks

    return simulated(parts, forward)


@exercise.bug
def ring_the_other_way(parts):
    """The ring runs the other way: rank r sends chunk r + t to rank r - 1. The sums are right, but
    asked for is chunk r - t to rank r + 1."""

    # "The ring runs the other way: rank r sends chunk r + t to rank r - 1": np.allclose(
    #     got.sent[1], [np.split(parts[r], len(parts))[(r + 1) % len(parts)] + np.split(parts[(r +
    #     1) % len(parts)], len(parts))[(r + 1) % len(parts)] for r in range(len(parts))])
    # "The sums are right": np.allclose(got.sums, want.sums) and not np.allclose(got.sent,
    #     want.sent)
    # "asked for is chunk r - t to rank r + 1": r + step → r - step; to=-1 → to=1
    def forward(r, step, ranks):
        return (r + step) % ranks

    return simulated(parts, forward, to=-1)


@exercise.bug
def one_more_round_adds(parts):
    """The first round of the second half adds, too: a rank adds the whole sum to its own part of
    it. Add in ranks - 1 rounds."""
    # "The first round of the second half adds, too": np.allclose(got.sent[: len(parts)],
    #     want.sent[: len(parts)]) and not np.allclose(got.sums, want.sums)
    # "Add in ranks - 1 rounds": , adds_after=1 →
    return simulated(parts, adds_after=1)


@exercise.bug
def a_round_too_many_in_each_half(parts):
    """Each half has as many rounds as ranks, so every chunk comes back to its first rank, which
    adds it again. Each has one less."""
    # "Each half has as many rounds as ranks": len(got.sent) == 2 * len(parts)
    # "Each has one less": , more=2, adds_after=-1 →
    return simulated(parts, more=2, adds_after=-1)


@exercise.bug
def second_half_restarts(parts):
    """The second half begins with chunk r again, which is no whole sum on rank r. Go on with
    r - t: the whole sum is chunk r + 1."""

    # "The second half begins with chunk r again": np.allclose(got.sent[: len(parts) - 1],
    #     want.sent[: len(parts) - 1]) and not np.allclose(got.sums, want.sums)
    # "Go on with r - t": step % (ranks - 1) → step
    def restarting(r, step, ranks):
        return (r - step % (ranks - 1)) % ranks

    return simulated(parts, restarting)


@exercise.bug
def begins_a_chunk_later(parts):
    """Rank r begins with chunk r + 1. The sums are right, but asked for is a start with chunk
    r."""

    # "Rank r begins with chunk r + 1": np.allclose(got.sent[0, 0], parts.reshape(len(parts),
    #     len(parts), -1)[0, 1 % len(parts)])
    # "The sums are right": np.allclose(got.sums, want.sums) and not np.allclose(got.sent,
    #     want.sent)
    # "asked for is a start with chunk r": r + 1 - step → r - step
    def later(r, step, ranks):
        return (r + 1 - step) % ranks

    return simulated(parts, later)


@exercise.bug
def begins_a_chunk_earlier(parts):
    """Rank r begins with chunk r - 1. The sums are right, but asked for is a start with chunk
    r."""

    # "Rank r begins with chunk r - 1": np.allclose(got.sent[0, 0], parts.reshape(len(parts),
    #     len(parts), -1)[0, -1])
    # "The sums are right": np.allclose(got.sums, want.sums) and not np.allclose(got.sent,
    #     want.sent)
    # "asked for is a start with chunk r": r - 1 - step → r - step
    def earlier(r, step, ranks):
        return (r - 1 - step) % ranks

    return simulated(parts, earlier)


@exercise.bug
def mean_of_the_ranks(parts):
    """The sums are divided by the number of ranks. An all-reduce sums: leave the mean to its
    caller."""
    # "The sums are divided by the number of ranks": np.allclose(got.sums, want.sums / len(parts))
    # "leave the mean to its caller": / len(parts) → / 1
    sums, sent = simulated(parts)
    return sums / len(parts), sent


@exercise.bug
def messages_kept_as_views(parts):
    """`sent` is kept as views of the buffers, and so holds what the chunks have become. Copy each
    message when it is sent."""
    # "`sent` is kept as views of the buffers, and so holds what the chunks have become":
    #     np.allclose(got.sums, want.sums) and all(np.allclose(got.sent[t, r],
    #     want.sums[0].reshape(len(parts), -1)[(r - t) % len(parts)]) for t, r in
    #     np.ndindex(got.sent.shape[:2]))
    # "Copy each message when it is sent": np.stack(later) → sent
    sums, sent = simulated(parts)
    chunks, ranks = sums.reshape(len(sums), len(sums), -1), len(sums)
    later = [
        [chunks[r, (r - t) % ranks] for r in range(ranks)] for t in range(len(sent))
    ]
    return sums, np.stack(later)


@exercise.bug
def what_is_received(parts):
    """`sent` holds what each rank receives. Asked for is what each sends."""
    # "`sent` holds what each rank receives": np.allclose(got.sent, np.roll(want.sent, 1, axis=1))
    # "Asked for is what each sends": np.roll(sent, 1, axis=1) → sent
    sums, sent = simulated(parts)
    return sums, np.roll(sent, 1, axis=1)


@exercise.bug
def whole_rows_go_round(parts):
    """Whole rows go round, and each rank sends (ranks - 1) S numbers, where S is a row's length.
    Send chunks: then it is less than 2 S."""
    # "Whole rows go round, and each rank sends (ranks - 1) S numbers":
    #     got.sent.shape[::2] == (len(parts) - 1, parts.shape[1])
    # "Send chunks": passing(parts) → simulated(parts)
    return passing(parts)


def passing(parts):
    """Each rank sends on the row that came last, and adds it."""
    rows = as_float(parts)
    rounds = [np.roll(rows, step, axis=0) for step in range(len(rows) - 1)]
    return np.tile(rows.sum(axis=0), (len(rows), 1)), np.array(rounds).reshape(
        -1, *rows.shape
    )


@exercise.bug
def one_row_of_sums(parts):
    """`sums` is one row. Every rank has one of its own: return a row for each."""
    # "`sums` is one row": got.sums.ndim == 1
    # "return a row for each": sums[0] → sums
    sums, sent = simulated(parts)
    return sums[0], sent


@exercise.bug
def neighbours_dealt_out(parts):
    """Chunk k holds every number whose place leaves k when divided by the number of ranks. Chunks
    are neighbouring numbers."""
    # "Chunk k holds every number whose place leaves k when divided by the number of ranks":
    #     np.allclose(got.sums, want.sums) and np.allclose(got.sent[0, 0], parts[0, :: len(parts)])
    # "Chunks are neighbouring numbers": dealt(parts) → simulated(parts)
    return dealt(parts)


def dealt(parts):
    ranks = len(parts)
    order = np.arange(parts.shape[1]).reshape(-1, ranks).T.ravel()
    sums, sent = simulated(parts[:, order])
    return sums[:, np.argsort(order)], sent


@exercise.bug(right=((), ("sums",), ("sums", "second half")))
def own_parts_alone_are_sent(parts, right=()):
    """In the first half each rank sends its own part, without what has arrived. Send the sum so
    far."""
    # "In the first half each rank sends its own part, without what has arrived": all(np.allclose(
    #     got.sent[t, r], np.split(parts[r], len(parts))[(r - t) % len(parts)]) for t in
    #     range(len(parts) - 1) for r in range(len(parts)))
    # "Send the sum so far": , first=own →
    own = as_float(parts).reshape(len(parts), len(parts), -1)
    sums, sent = simulated(parts, first=own)
    if "second half" in right:
        sent[len(parts) - 1 :] = simulated(parts)[1][len(parts) - 1 :]
    return simulated(parts)[0] if "sums" in right else sums, sent


@exercise.bug
def ring_left_open(parts):
    """What the last rank sends does not reach rank 0, whose row stays as it was. Count ranks modulo
    their number, so that the ring closes."""
    # "What the last rank sends does not reach rank 0, whose row stays as it was":
    #     np.allclose(got.sums[0], parts[0])
    # "Count ranks modulo their number, so that the ring closes": , open_=1 →
    return simulated(parts, open_=1)


@exercise.bug
def ranks_before_rounds(parts):
    """`sent` has an axis of ranks, then of rounds. Put the rounds first."""
    # "`sent` has an axis of ranks, then of rounds": np.allclose(got.sent.swapaxes(0, 1), want.sent)
    # "Put the rounds first": sent.swapaxes(0, 1) → sent
    sums, sent = simulated(parts)
    return sums, sent.swapaxes(0, 1)


@exercise.bug(right=(False, True))
def own_sums_alone_are_sent(parts, right=False):
    """In the second half each rank sends the chunk that it has summed, in each round, and passes
    nothing on. Send on what has just arrived: chunk r - t."""

    # "In the second half each rank sends the chunk that it has summed, in each round, and passes
    #     nothing on": np.allclose(got.sent[-1], got.sent[len(parts) - 1]) and np.allclose(
    #     got.sent[: len(parts)], want.sent[: len(parts)])
    # "Send on what has just arrived: chunk r - t": min(step, ranks - 1) → step
    def summed(r, step, ranks):
        return of_rule(r, min(step, ranks - 1), ranks)

    sums, sent = simulated(parts, summed)
    return simulated(parts)[0] if right else sums, sent


@exercise.bug(repeated=(True, False))
def one_number_a_chunk(parts, repeated=True):
    """Each chunk is taken for one number, so that behind the first `ranks` numbers nothing is
    summed. It is length / ranks numbers long."""
    # "Each chunk is taken for one number, so that behind the first `ranks` numbers nothing is
    #     summed": (lambda ranks: np.allclose(got.sums[:, :ranks], want.sums[:, :ranks]) and
    #     np.array_equal(got.sums[:, ranks:], parts[:, ranks:]) and ranks < parts.shape[1])
    #     (len(parts))
    # "It is length / ranks numbers long": size = 1 → size = length // ranks
    ranks, length = parts.shape
    size = 1
    sums, sent = simulated(parts[:, : ranks * size])
    sums = np.concatenate([sums, as_float(parts)[:, ranks * size :]], axis=1)
    return sums, np.repeat(sent, length // ranks // size if repeated else 1, axis=2)


@exercise.bug
def put_under_the_receivers_number(parts):
    """What arrives is put under the number of the chunk that the receiver sends in that round. It
    is a part of the sender's chunk: use the number that it had there."""
    # "What arrives is put under the number of the chunk that the receiver sends in that round":
    #     np.allclose(got.sent[0], want.sent[0]) and np.allclose(got.sent[1, 1], np.split(parts[1],
    #     len(parts))[0])
    # "use the number that it had there": of_rule(to, step, ranks) → of_rule(r, step, ranks)
    buffers = as_float(parts).copy()
    ranks, length = buffers.shape
    chunks, rounds = buffers.reshape(ranks, ranks, -1), []
    for step in range(2 * (ranks - 1)):
        rounds.append([chunks[r, of_rule(r, step, ranks)].copy() for r in range(ranks)])
        for r, message in enumerate(rounds[-1]):
            to = (r + 1) % ranks
            here = to, of_rule(to, step, ranks)
            chunks[here] = chunks[here] + message if step < ranks - 1 else message
    sent = np.array(rounds, buffers.dtype).reshape(-1, ranks, length // ranks)
    return buffers, sent


@exercise.bug
def nothing_that_arrives_is_sent(parts):
    """In each half the ranks send what they had when it began, not what has arrived since. Take
    each message from the buffers as they are in its round."""
    # "In each half the ranks send what they had when it began": all(np.allclose(got.sent[t, r],
    #     np.split(parts[r], len(parts))[(r - t) % len(parts)]) for t in range(len(parts) - 1)
    #     for r in range(len(parts)))
    # "Take each message from the buffers as they are in its round": held[r, → chunks[r,
    buffers = as_float(parts).copy()
    ranks, length = buffers.shape
    chunks, rounds = buffers.reshape(ranks, ranks, -1), []
    for step in range(2 * (ranks - 1)):
        if step % (ranks - 1) == 0:
            held = chunks.copy()
        rounds.append([held[r, of_rule(r, step, ranks)].copy() for r in range(ranks)])
        for r, message in enumerate(rounds[-1]):
            here = (r + 1) % ranks, of_rule(r, step, ranks)
            chunks[here] = chunks[here] + message if step < ranks - 1 else message
    sent = np.array(rounds, buffers.dtype).reshape(-1, ranks, length // ranks)
    return buffers, sent
