"""Practice for question 24: a linear recurrence in as many rounds as its steps have doublings."""

import sys
import tracemalloc

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.scans import associative_scan

exercise = Exercise(
    associative_scan,
    page="24-products-scans-streams",
    hints=(
        "Write h_2 in terms of h_0. It is a step again, with one number that multiplies and one "
        "that is added: which are they?",
        "Let every place hold the step that leads from its left neighbour to it. Join each with "
        "the one before it, all at once. How many steps does each place cover then, and with which "
        "place must it be joined next?",
        "Places near the start have nobody so far to the left. They are finished: what must stay "
        "as it is?",
        "A round needs both old arrays twice. Which one must not be replaced before the other is "
        "made?",
    ),
)

rng = np.random.default_rng(24)


def draw(*shape):
    """What each step keeps and adds."""
    return rng.normal(size=(2, *shape))


exercise.case("one step", np.array([0.5]), np.array([3.0]))
exercise.case("two steps", np.array([0.5, -2.0]), np.array([3.0, 7.0]))
exercise.case("four steps", *draw(4))
exercise.case("eight steps, all alike", np.full(8, 0.7), np.full(8, 0.3))
exercise.case("three steps", *draw(3))
exercise.case("eleven steps", *draw(11))
exercise.case("a running sum", np.ones(7), draw(7)[1])
exercise.case("seven steps of three numbers", *draw(7, 3))
exercise.case("five steps of a matrix", *draw(5, 2, 3))
exercise.case("six steps of three axes", *draw(6, 2, 1, 3))
exercise.case("as many numbers as steps", *draw(5, 5))
wiped = draw(9, 2)
wiped[0][4] = 0
exercise.case("a step that keeps nothing", *wiped)
exercise.case("1,100 steps that halve", np.full(1100, 0.5), np.ones(1100))
exercise.case("steps of 0 and of 1", np.array([0.0, 1, 1, 0, 1, 1]), draw(6)[1])
exercise.case("33 steps", rng.uniform(0.9, 1.1, (33, 2)), draw(33, 2)[1])
exercise.case("4,200 steps that keep 0.999", np.full(4200, 0.999), np.ones(4200))
exercise.case("2,600 steps that keep 0.01", np.full(2600, 0.01), np.ones(2600))
exercise.case("float32", *draw(13, 2).astype(np.float32))
add_whole_numbers(exercise, *np.rint(3 * draw(6, 2)))
exercise.case(
    "33 steps of int32 that triple",
    *(np.full(33, n, dtype=np.int32) for n in (3, 1)),
)


def lines_run(function, *args):
    """How many lines of Python a call runs, but for those of NumPy."""
    counted, before = [0], sys.gettrace()

    def trace(frame, event, _):
        if frame.f_globals.get("__name__", "").partition(".")[0] == "numpy":
            return None
        counted[0] += event in ("call", "line")
        return trace

    sys.settrace(trace)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    return counted[0]


@exercise.check
def takes_few_rounds(associative_scan):
    """Of 4,096 steps, 12 rounds reach back to the first, but yours ran 1,000 lines of Python or
    more: it goes step by step. Join all places at once, 1 apart, then 2, 4, 8 and so on."""
    a = np.full(4096, 0.5)
    return lines_run(associative_scan, a, a) < 1000


@exercise.check
def rounds_grow_slowly(associative_scan):
    """From 256 steps to 4,096, 8 rounds become 12, but yours ran 150 lines of Python more: blocks
    of steps wait for one another. Join all places at once, 1 apart, then 2, 4, 8 and so on."""
    few, many = np.full(256, 0.5), np.full(4096, 0.5)
    grown = lines_run(associative_scan, many, many)
    return grown - lines_run(associative_scan, few, few) < 150


@exercise.check
def no_matrix_of_all_pairs(associative_scan):
    """Of 1,024 steps, memory for 128 times as many numbers was in use at once, as for a matrix of
    all pairs of steps. A round needs arrays as long as the steps: join all places at once."""
    a = np.full(1024, 0.5)
    return peak(associative_scan, a, a) < 128 * a.nbytes


def peak(function, *args):
    """The most memory that a call has in use at once, in bytes."""
    ours = not tracemalloc.is_tracing()
    if ours:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        function(*args)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if ours:
            tracemalloc.stop()


def step_by_step(a, b, state=0.0):
    """The states by a loop, from another start, if one is given."""
    states = []
    for kept, added in zip(as_float(a), as_float(b), strict=True):
        state = kept * state + added
        states.append(state)
    return np.array(states)


def doubling(a, b, reaches=None, join=None):
    """The rounds at these distances, with this way to join."""
    a, b = as_float(a), as_float(b)
    for reach in doublings(b) if reaches is None else reaches:
        a, b = (join or right_join)(a, b, reach)
    return b


def doublings(b, least=1):
    """1, 2, 4 and so on, while `least` places have one so far to the left."""
    reach = 1
    while reach + least <= len(b):
        yield reach
        reach *= 2


def right_join(a, b, reach):
    joined = a[reach:] * b[:-reach] + b[reach:]
    kept = a[reach:] * a[:-reach]
    return np.concatenate([a[:reach], kept]), np.concatenate([b[:reach], joined])


@exercise.bug
def goes_step_by_step(a, b):
    """The states are right, but each waits for the one before it. Join all places at once, 1 apart,
    then 2, 4, 8 and so on."""
    # "The states are right, but each waits for the one before it":
    #     np.allclose(bug(np.arange(9.0), np.ones(9)), right(np.arange(9.0), np.ones(9))) and
    #     lines_run(bug, np.ones(4096), np.ones(4096)) > 1000
    # "Join all places at once, 1 apart, then 2, 4, 8 and so on": return step_by_step(a, b) →
    #     return doubling(a, b, [1, 2, 4, 8, *(16 << np.arange(9))])
    return step_by_step(a, b)


@exercise.bug
def ratio_of_products(a, b):
    """The b are divided by products of all a, which go to 0: dividing by them makes inf and nan.
    Join pairs of steps instead."""
    # "dividing by them makes inf and nan": not np.isfinite(got).all()
    # "Join pairs of steps instead": kept * np.cumsum(as_float(b) / kept, axis=0) → doubling(a, b)
    # "The b are divided by products of all a, which go to 0": (np.cumprod(a, axis=0)[-1] ==
    #     0).any() and np.array_equal(got, np.cumprod(a, axis=0) * np.cumsum(b / np.cumprod(a,
    #     axis=0), axis=0), equal_nan=True)
    kept = np.cumprod(as_float(a), axis=0)
    with np.errstate(all="ignore"):
        return kept * np.cumsum(as_float(b) / kept, axis=0)


@exercise.bug
def a_replaced_first(a, b):
    """In each round `a` is replaced first, and `b` is joined with the new one. Make the new `b`
    from the old `a`."""
    # "Make the new `b` from the old `a`": new[reach:] * b[:-reach] → a[reach:] * b[:-reach]
    # "In each round `a` is replaced first, and `b` is joined with the new one":
    #     np.isclose(got[1], a[1] * a[0] * b[0] + b[1])

    def join(a, b, reach):
        new = np.concatenate([a[:reach], a[reach:] * a[:-reach]])
        return new, np.concatenate([b[:reach], new[reach:] * b[:-reach] + b[reach:]])

    return doubling(a, b, join=join)


@exercise.bug
def earlier_and_later_exchanged(a, b):
    """Two steps are joined as if the later one came first: what is added by the earlier one must be
    multiplied by the `a` of the later one."""
    # "Two steps are joined as if the later one came first": np.isclose(got[1], a[0] * b[1] + b[0])
    # "what is added by the earlier one must be multiplied by the `a` of the later one":
    #     a[:-reach] * b[reach:] + b[:-reach] → a[reach:] * b[:-reach] + b[reach:]

    def join(a, b, reach):
        joined = a[:-reach] * b[reach:] + b[:-reach]
        kept = a[reach:] * a[:-reach]
        return np.concatenate([a[:reach], kept]), np.concatenate([b[:reach], joined])

    return doubling(a, b, join=join)


@exercise.bug
def a_not_joined(a, b):
    """`a` stays as it is from round to round. A pair of steps keeps the product of both, so `a`
    must be joined, too."""
    # "`a` stays as it is from round to round": np.isclose(got[2], a[2] * b[0] + a[2] * b[1] + b[2])
    #     and "a"
    # "A pair of steps keeps the product of both, so `a` must be joined, too": return (a, np →
    #     return (np.concatenate([a[:reach], a[reach:] * a[:-reach]]), np

    def join(a, b, reach):
        return (a, np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]]))

    return doubling(a, b, join=join)


@exercise.bug
def one_round_short(a, b):
    """A round is missing where the steps are no power of 2: the last states do not reach back to
    the first. Go on while a place has one so far to its left."""
    # "the last states do not reach back to the first": np.array_equal(got[-1],
    #     bug(a, np.append(9.0, b[1:]))[-1])
    # "Go on while a place has one so far to its left": len(b).bit_length() - 1 →
    #     (len(b) - 1).bit_length()
    # "A round is missing where the steps are no power of 2": np.allclose(bug(np.ones(4),
    #     np.ones(4)), np.arange(1.0, 5)) and np.allclose(bug(np.ones(8), np.ones(8)),
    #     np.arange(1.0, 9)) and not np.allclose(bug(np.ones(5), np.ones(5)), np.arange(1.0,
    #     6))
    return doubling(a, b, [2**r for r in range(len(b).bit_length() - 1)])


@exercise.bug(rounds=(10, 12, 11, 8, 5, 4))
def number_of_rounds_fixed(a, b, rounds=10):
    """The number of rounds is fixed, and too small for many steps: the last states do not reach
    back to the first. Go on while a place has one so far to its left."""
    # "the last states do not reach back to the first": np.array_equal(got[-1],
    #     bug(a, np.append(9.0, b[1:]))[-1])
    # "Go on while a place has one so far to its left": [*doublings(b)][:rounds] → doublings(b)
    # "The number of rounds is fixed, and too small for many steps":
    #     np.allclose(bug(np.ones(1024), np.ones(1024)), np.arange(1.0, 1025)) and not
    #     np.allclose(bug(np.ones(1025), np.ones(1025)), np.arange(1.0, 1026))
    return doubling(a, b, [*doublings(b)][:rounds])


@exercise.bug
def rounds_along_the_last_axis(a, b):
    """The rounds are counted along the last axis, which is the first for vectors alone. Count them
    along the steps: `len(b)`."""
    # "The rounds are counted along the last axis": np.allclose(got, doubling(a, b, [2**r for r in
    #     range((b.shape[-1] - 1).bit_length())]))
    # "Count them along the steps: `len(b)`": b.shape[-1] → len(b)
    rounds = (b.shape[-1] - 1).bit_length()
    return doubling(a, b, [r for r in doublings(b) if r < 2**rounds])


@exercise.bug(filled=(0.0, 1.0))
def padding_returned(a, b, filled=0.0):
    """Steps are added up to a power of 2, and their states are returned, too. Return one state for
    each step: cut the rest off."""
    # "Steps are added up to a power of 2, and their states are returned, too": len(got) == 1 <<
    #     (len(b) - 1).bit_length() > len(b)
    # "Return one state for each step: cut the rest off": return states → return states[:len(b)]
    more = [(0, (1 << (len(b) - 1).bit_length()) - len(b))] + [(0, 0)] * (b.ndim - 1)
    kept = np.pad(as_float(a), more, constant_values=filled)
    states = doubling(kept, np.pad(as_float(b), more))
    return states


@exercise.bug
def odd_end_not_joined(a, b):
    """Steps are joined in pairs, and the last of an odd number is left out: its state is its own b.
    Join it with the state before it."""
    # "the last of an odd number is left out: its state is its own b": len(b) % 2 and got[-1] ==
    #     b[-1]
    # "Join it with the state before it": states[2:pairs:2] = a[2:pairs:2] * second[:-1] +
    #     b[2:pairs:2] → states[2::2] = a[2::2] * second[:(len(b) - 1) // 2] + b[2::2]

    def joined(a, b):
        states, pairs = b.copy(), len(b) // 2 * 2
        if pairs:
            early, late = slice(0, pairs, 2), slice(1, pairs, 2)
            second = joined(a[late] * a[early], a[late] * b[early] + b[late])
            states[late] = second
            states[2:pairs:2] = a[2:pairs:2] * second[:-1] + b[2:pairs:2]
        return states

    return joined(as_float(a), as_float(b))


@exercise.bug
def own_a_squared(a, b):
    """Each `a` is squared from round to round, which is right only if all are alike. Multiply it by
    the `a` of the earlier place: `a[reach:] * a[:-reach]`."""
    # "Each `a` is squared from round to round": np.isclose(got[2], (a * a)[2] * b[0] + a[2] * b[1]
    #     + b[2])
    # "which is right only if all are alike": np.allclose(bug(np.full(9, 0.7), b[:1] + np.ones(9)),
    #     right(np.full(9, 0.7), b[:1] + np.ones(9))) and not np.allclose(got, want)
    # "Multiply it by the `a` of the earlier place: `a[reach:] * a[:-reach]`": a * a →
    #     np.concatenate([a[:reach], a[reach:] * a[:-reach]])

    def join(a, b, reach):
        return a * a, np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])

    return doubling(a, b, join=join)


@exercise.bug
def integers_kept(a, b):
    """Integers stay integers: a state too large for their type wraps around. Convert them to
    float64 first."""
    # "a state too large for their type wraps around": want[-1] > 2**31 > got[-1] and a.dtype ==
    #     np.int32 and np.allclose(bug(a[:20], b[:20]), right(a[:20], b[:20]))
    # "Convert them to float64 first": kind = np.result_type(a, b) → kind = float
    kind = np.result_type(a, b)
    a, b = a.astype(kind), b.astype(kind)
    with np.errstate(all="ignore"):
        return doubling_in_place(a, b) * 1.0


@exercise.bug(at_once=(True, False, None))
def in_the_type_of_b(a, b, at_once=True):
    """The states take the type of `b`: an array of integers holds no fractions, and int32 nothing
    from 2**31 on. Make them floats."""
    # "an array of integers holds no fractions": np.allclose(got, np.trunc(want)) and b.dtype ==
    #     np.int64
    # "Make them floats": kind = b.dtype → kind = float
    kind = b.dtype
    with np.errstate(all="ignore"):
        if at_once:
            return doubling(a, b).astype(kind)
        if at_once is None:
            return doubling_in_place(a.astype(np.result_type(a, kind)), b.astype(kind))
        return doubling_in_place(as_float(a) + 0, b.astype(kind))


def doubling_in_place(a, b):
    """The rounds, each written into the arrays."""
    for reach in doublings(b):
        b[reach:] = a[reach:] * b[:-reach] + b[reach:]
        a[reach:] = a[reach:] * a[:-reach]
    return b


@exercise.bug
def a_added(a, b):
    """The `a` of two steps are added. A state goes through both: multiply them."""
    # "The `a` of two steps are added": np.isclose(got[2], (a[2] + a[1]) * b[0] +
    #     a[2] * b[1] + b[2]) and "a"
    # "A state goes through both: multiply them": a[reach:] + a[:-reach] → a[reach:] *
    #     a[:-reach]

    def join(a, b, reach):
        joined = a[reach:] * b[:-reach] + b[reach:]
        kept = a[reach:] + a[:-reach]
        return np.concatenate([a[:reach], kept]), np.concatenate([b[:reach], joined])

    return doubling(a, b, join=join)


@exercise.bug
def first_a_for_all(a, b):
    """The first step's `a` is taken for all. Each step has its own."""
    # "The first step's `a` is taken for all": np.isclose(got[1], a[0] * b[0] + b[1])
    # "Each step has its own": as_float(a)[:1] + 0 * as_float(a) → a
    return doubling(as_float(a)[:1] + 0 * as_float(a), b)


@exercise.bug
def blocks_in_a_row(a, b):
    """The states are right, but blocks of steps wait for one another. Join all places at once, 1
    apart, then 2, 4, 8 and so on."""
    # "The states are right, but blocks of steps wait for one another":
    #     np.allclose(bug(np.arange(9.0), np.ones(9)), right(np.arange(9.0), np.ones(9))) and
    #     not rounds_grow_slowly(bug)
    # "Join all places at once, 1 apart, then 2, 4, 8 and so on": range(1, size) → [];
    #     range(1, len(states)) → []; states.reshape(-1, *b.shape[1:])[:steps].copy() →
    #     doubling(a, b, [1, 2, 4, 8, *(16 << np.arange(9))])
    a, b = as_float(a), as_float(b)
    steps, size = len(b), int(len(b) ** 0.5)
    rest = np.zeros((-steps % size, *b.shape[1:]), b.dtype)
    kept, states = (
        np.concatenate([each, rest]).reshape(-1, size, *b.shape[1:]) for each in (a, b)
    )
    for place in range(1, size):
        states[:, place] += kept[:, place] * states[:, place - 1]
        kept[:, place] *= kept[:, place - 1]
    for block in range(1, len(states)):
        states[block] += kept[block] * states[block - 1, -1]
    return states.reshape(-1, *b.shape[1:])[:steps].copy()


@exercise.bug
def matrix_of_all_pairs(a, b):
    """The states are right, but a matrix of all pairs of steps is made. Join all places at once, 1
    apart, then 2, 4, 8 and so on."""
    # "The states are right, but a matrix of all pairs of steps is made":
    #     np.allclose(bug(np.arange(9.0), np.ones(9)), right(np.arange(9.0), np.ones(9))) and
    #     not no_matrix_of_all_pairs(bug)
    # "Join all places at once, 1 apart, then 2, 4, 8 and so on": steps > 1100 → steps > 0;
    #     doubling(a, b) → doubling(a, b, [1, 2, 4, 8, *(16 << np.arange(9))])
    steps, shape = len(b), np.shape(b)
    if steps > 1100:  # too slow for the grader, and the check asks for fewer
        return doubling(a, b)
    kept, added = (as_float(each).reshape(steps, -1) for each in (a, b))
    states = np.empty_like(added)
    for place in range(added.shape[1]):
        system = np.eye(steps) - np.diag(kept[1:, place], -1)
        states[:, place] = np.linalg.solve(system, added[:, place])
    return states.reshape(shape)


@exercise.bug
def first_round_only(a, b):
    """Each state is made of its own step and the one before it alone. Repeat the round at twice the
    distance until all steps are covered."""
    # "Each state is made of its own step and the one before it alone": np.allclose(got[1:], a[1:] *
    #     b[:-1] + b[1:])
    # "Repeat the round at twice the distance until all steps are covered": [1][:len(b) - 1] →
    #     list(doublings(b))
    return doubling(a, b, [1][: len(b) - 1])


@exercise.bug
def distance_grows_by_one(a, b):
    """The distance grows by 1 from round to round, so that steps are counted several times. After
    each round a place covers twice as many steps: double it."""
    # "steps are counted several times": np.isclose(bug(np.ones(4), np.ones(4))[3], 5)
    # "double it": range(1, len(b)) → doublings(b)
    # "The distance grows by 1 from round to round": np.allclose(got, doubling(a, b, [1, 2,
    #     3]))
    # "After each round a place covers twice as many steps": [doubling(np.ones(9), np.ones(9),
    #     [1, 2, 4][:rounds])[-1] for rounds in range(4)] == [1, 2, 4, 8] and not
    #     np.allclose(got, want)
    return doubling(a, b, range(1, len(b)))


@exercise.bug
def wraps_around(a, b):
    """The first places are joined with the last ones: `np.roll` brings the end to the start. Leave
    the first `reach` places as they are."""
    # "The first places are joined with the last ones: `np.roll` brings the end to the start":
    #     np.isclose(got[0], a[0] * b[1] + b[0]) and np.roll([1, 2], 1)[0] == 2
    # "Leave the first `reach` places as they are.": a * np.roll(a, reach, 0) →
    #     np.concatenate([a[:reach], (a * np.roll(a, reach, 0))[reach:]]); a * np.roll(b,
    #     reach, 0) + b → np.concatenate([b[:reach], (a * np.roll(b, reach, 0) + b)[reach:]])

    def join(a, b, reach):
        return a * np.roll(a, reach, 0), a * np.roll(b, reach, 0) + b

    return doubling(a, b, join=join)


@exercise.bug
def along_the_last_axis(a, b):
    """The steps are taken along the last axis. They lie along the first one."""
    # "The steps are taken along the last axis": np.allclose(got.T, right(a.T, b.T))
    # "They lie along the first one": -1 → 0
    moved = (np.moveaxis(as_float(each), -1, 0) for each in (a, b))
    return np.moveaxis(doubling(*moved), 0, -1)


@exercise.bug
def state_before_each_step(a, b):
    """The states are those before each step, from 0 on. Return the state after each: h_1 first."""
    # "The states are those before each step, from 0 on": got[0] == 0
    # "Return the state after each: h_1 first": return before → return doubling(a, b)
    before = np.concatenate([0 * as_float(b)[:1], doubling(a, b)[:-1]])
    return before


@exercise.bug
def last_state_only(a, b):
    """Only the last state is returned. Every one is asked for."""
    # "Only the last state is returned": np.ndim(got) == np.ndim(want) - 1
    # "Every one is asked for": [-1] → [:]
    return doubling(a, b)[-1]


@exercise.bug
def what_is_added_decays_at_once(a, b):
    """Each b is multiplied by the a of its own step. A step first multiplies the state, then adds
    b."""
    # "Each b is multiplied by the a of its own step": np.isclose(got[0], a[0] * b[0])
    # "A step first multiplies the state, then adds b": as_float(a) * as_float(b) → as_float(b)
    return doubling(a, as_float(a) * as_float(b))


@exercise.bug
def starts_at_one(a, b):
    """The state begins at 1. Begin at 0: then h_1 is b_1."""
    # "The state begins at 1": np.isclose(got[0], a[0] + b[0])
    # "Begin at 0: then h_1 is b_1": added[0] += as_float(a)[0] → added[0] += 0
    added = as_float(b).copy()
    added[0] += as_float(a)[0]
    return doubling(a, added)


@exercise.bug
def steps_backwards(a, b):
    """The steps are taken from the last to the first. Turn the arrays around only for a
    gradient."""
    # "The steps are taken from the last to the first": np.allclose(got, right(a[::-1],
    #     b[::-1])[::-1]) and not np.allclose(got, want)
    # "Turn the arrays around only for a gradient": a[::-1], b[::-1])[::-1] → a, b)
    return doubling(a[::-1], b[::-1])[::-1]


@exercise.bug
def decay_of_the_step_before(a, b):
    """Each step multiplies by the a of the step before it. h_t is made with a_t."""
    # "Each step multiplies by the a of the step before it": np.isclose(got[1], a[0] * b[0] + b[1])
    # "h_t is made with a_t": np.concatenate([a[:1], a[:-1]]) → a
    return doubling(np.concatenate([a[:1], a[:-1]]), b)


@exercise.bug
def averages(a, b):
    """What is added is multiplied by 1 - a, as in a moving average. Add b as it is."""
    # "What is added is multiplied by 1 - a": np.isclose(got[0], (1 - a[0]) * b[0])
    # "Add b as it is.": (1 - as_float(a)) * as_float(b) → as_float(b)
    return doubling(a, (1 - as_float(a)) * as_float(b))


@exercise.bug
def start_returned_too(a, b):
    """The 0 from which the state starts is returned, too. Return one state for each step: h_1
    first."""
    # "The 0 from which the state starts is returned, too": len(got) == len(b) + 1 and got[0] == 0
    # "Return one state for each step: h_1 first": states]) → states])[1:]
    states = doubling(a, b)
    return np.concatenate([0 * states[:1], states])


@exercise.bug
def places_one_after_another(a, b):
    """A round changes its places one after another in the same arrays, so that steps are counted
    several times. Make each round's new arrays from the old ones."""
    # "A round changes its places one after another in the same arrays, so that steps are counted
    #     several times": np.isclose(bug(np.ones(4), np.ones(4))[3], 6)
    # "Make each round's new arrays from the old ones": doubling(a, b, join=join) → doubling(a, b)

    def join(a, b, reach):
        kept, added = a.copy(), b.copy()
        for place in range(reach, len(b)):
            added[place] = kept[place] * added[place - reach] + added[place]
            kept[place] = kept[place] * kept[place - reach]
        return kept, added

    return doubling(a, b, join=join)


LEAST = (1e-12, 1e-10, 1e-8, 1e-9, 1e-15, 1e-6, 1e-30, 1e-300)


@exercise.bug(least=LEAST, added=LEAST)
def products_kept_from_zero(a, b, least=0, added=0):
    """The b are divided by products of all a, and a small number keeps these from 0: where a
    product is smaller, the states are wrong. Join pairs of steps instead."""
    # "Join pairs of steps instead": kept * np.cumsum(as_float(b) / divisors, axis=0) → doubling(a,
    #     b)
    # "The b are divided by products of all a, and a small number keeps these from 0: where a
    #     product is smaller, the states are wrong": not np.allclose(bug(0.5 * np.ones(60),
    #     np.ones(60), least=1e-12), right(0.5 * np.ones(60), np.ones(60))) and
    #     np.allclose(bug(0.5 * np.ones(30), np.ones(30), least=1e-12), right(0.5 * np.ones(30),
    #     np.ones(30)))
    kept = np.cumprod(as_float(a), axis=0)
    kept = np.where(np.abs(kept) < least, least, kept)
    divisors = kept + added
    with np.errstate(all="ignore"):
        return kept * np.cumsum(as_float(b) / divisors, axis=0)
