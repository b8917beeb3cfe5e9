"""Practice for question 36: an MLP whose hidden units lie on several ranks."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.scale.tensor_parallel import parallel_mlp

exercise = Exercise(
    parallel_mlp,
    page="36-parallel-training",
    returns=("parts", "output"),
    hints=(
        "A hidden unit is a column of w1, an entry of b1 and a row of w2. Give each rank "
        "neighbouring units with all three.",
        "What must a rank know of another's units before it can go through its rows of w2?",
        "Which of the four arrays of parameters belongs to no hidden unit? Where is it added, and "
        "how often?",
    ),
)

rng = np.random.default_rng(36)


def layer(tokens=5, d_in=3, hidden=12, d_out=4):
    """Inputs, both weights and both biases."""
    shapes = (tokens, d_in), (d_in, hidden), hidden, (hidden, d_out), d_out
    return [rng.normal(size=shape) for shape in shapes]


exercise.case("one token, two units on two ranks", *layer(1, 2, 2, 1), 2)
exercise.case("one rank", *layer(), 1)
exercise.case("two ranks", *layer(), 2)
exercise.case("three ranks", *layer(), 3)
exercise.case("a rank for each unit", *layer(hidden=7), 7)
x, w1, b1, w2, b2 = layer()
exercise.case("no second bias", x, w1, b1, w2, 0 * b2, 4)
exercise.case("no first bias", x, w1, 0 * b1, w2, b2, 4)
exercise.case("second weights of 0", x, w1, b1, 0 * w2, b2, 4)
exercise.case("units that are all on", abs(x), abs(w1), abs(b1), w2, b2, 2)
exercise.case(
    "a rank whose units are all off", x, w1, b1 - 99 * (np.arange(12) < 4), w2, b2, 3
)
exercise.case("one output", *layer(d_out=1), 6)
exercise.case("one input", *layer(d_in=1), 6)
exercise.case("as many inputs as units", *layer(d_in=12), 4)
exercise.case("sizes that are all 4", *layer(4, 4, 4, 4), 4)
exercise.case("sizes that are all 6", *layer(6, 6, 6, 6), 2)
exercise.case("more outputs than units", *layer(hidden=4, d_out=9), 2)
exercise.case("float32", *(each.astype(np.float32) for each in layer()), 4)
whole = [np.rint(9 * each) for each in layer()]
add_whole_numbers(exercise, *whole, 3)
exercise.case(
    "integers in x and w1 beside floats",
    *(each.astype(np.int64) for each in whole[:2]),
    *(each + 0.25 for each in whole[2:]),
    3,
)
of_int32 = (
    [[50_000, 2], [3, -4]],
    [[50_000, 50_000, 0, 0], [3, 5, 4, 1]],
    [1, 2, 3, 1],
    [[1], [-1], [2], [-5]],
    [3],
)
exercise.case(
    "int32 of some 5e4", *(np.array(each, dtype=np.int32) for each in of_int32), 2
)


def shards(w1, b1, w2, ranks):
    """Each rank's columns, biases and rows."""
    return zip(
        np.split(w1, ranks, axis=1),
        np.split(b1, ranks),
        np.split(w2, ranks),
        strict=True,
    )


def dealt_out(w1, b1, w2, ranks):
    """The same, but units k, k + ranks, … are on rank k."""
    return [(w1[:, k::ranks], b1[k::ranks], w2[k::ranks]) for k in range(ranks)]


def relu(z):
    return np.maximum(z, 0)


def shares(x, of_ranks, curve=relu):
    """What each rank has before the all-reduce."""
    return np.stack([curve(as_float(x) @ w + b) @ v for w, b, v in of_ranks])


@exercise.bug
def second_bias_on_each_rank(x, w1, b1, w2, b2, ranks):
    """Each rank adds b2 to its part, so the sum holds it `ranks` times. Add b2 once, after the sum
    of the parts."""
    # "Each rank adds b2 to its part": np.allclose(got.parts, want.parts + b2)
    # "so the sum holds it `ranks` times": np.allclose(got.output, want.output + (ranks - 1) * b2)
    # "Add b2 once, after the sum of the parts": ranks)) + b2 → ranks)); sum(axis=0) →
    #     sum(axis=0) + b2
    parts = shares(x, shards(w1, b1, w2, ranks)) + b2
    return parts, parts.sum(axis=0)


@exercise.bug
def second_bias_shared_out(x, w1, b1, w2, b2, ranks):
    """Each part holds b2 / ranks. The sum is right, but b2 belongs to no rank: add it once, after
    the sum."""
    # "Each part holds b2 / ranks": np.allclose(got.parts, want.parts + b2 / ranks)
    # "The sum is right": np.allclose(got.output, want.output) and not
    #     np.allclose(got.parts, want.parts)
    # "add it once, after the sum": ranks)) + b2 / ranks → ranks)); sum(axis=0) →
    #     sum(axis=0) + b2
    parts = shares(x, shards(w1, b1, w2, ranks)) + b2 / ranks
    return parts, parts.sum(axis=0)


@exercise.bug
def second_bias_on_the_first_rank(x, w1, b1, w2, b2, ranks):
    """The first rank's part holds b2. The sum is right, but asked for are parts without b2: add it
    after the sum."""
    # "The first rank's part holds b2": np.allclose(got.parts[0], want.parts[0] + b2)
    # "The sum is right": np.allclose(got.output, want.output) and not
    #     np.allclose(got.parts, want.parts)
    # "add it after the sum": parts[0] += b2 → pass; sum(axis=0) → sum(axis=0) + b2
    parts = shares(x, shards(w1, b1, w2, ranks))
    parts[0] += b2
    return parts, parts.sum(axis=0)


@exercise.bug
def no_second_bias(x, w1, b1, w2, b2, ranks):
    """b2 is added nowhere. Add it once, after the sum of the parts."""
    # "b2 is added nowhere": np.allclose(got.output, want.output - b2)
    # "Add it once, after the sum of the parts": sum(axis=0) → sum(axis=0) + b2
    parts = shares(x, shards(w1, b1, w2, ranks))
    return parts, parts.sum(axis=0)


@exercise.bug
def mean_of_the_parts(x, w1, b1, w2, b2, ranks):
    """The parts are averaged. Each holds other units' share of the output, so sum them."""
    # "The parts are averaged": np.allclose(got.output, want.parts.mean(axis=0) + b2)
    # "so sum them": .mean( → .sum(
    parts = shares(x, shards(w1, b1, w2, ranks))
    return parts, parts.mean(axis=0) + b2


@exercise.bug
def every_nth_unit(x, w1, b1, w2, b2, ranks):
    """Rank k has every unit whose number leaves k when divided by `ranks`. The sum is right, but
    asked for are blocks of neighbouring units."""
    # "Rank k has every unit whose number leaves k when divided by `ranks`":
    #     np.allclose(got.parts[0], np.maximum(x @ w1[:, ::ranks] + b1[::ranks], 0) @ w2[::ranks])
    # "The sum is right": np.allclose(got.output, want.output) and not
    #     np.allclose(got.parts, want.parts)
    # "asked for are blocks of neighbouring units": dealt_out → shards
    parts = shares(x, dealt_out(w1, b1, w2, ranks))
    return parts, parts.sum(axis=0) + b2


@exercise.bug(dealt=("w1", "w2"))
def rows_of_other_units(x, w1, b1, w2, b2, ranks, dealt="w1"):
    """A rank's units, columns of w1, meet rows of w2 that belong to other units: one of the two is
    split into blocks, the other into every n-th. Split both alike."""
    # "A rank's units, columns of w1, meet rows of w2 that belong to other units": len(b1) ==
    #     ranks or not np.allclose(got.output, want.output)
    # "one of the two is split into blocks, the other into every n-th": np.allclose(got.parts[0],
    #     np.maximum(x @ w1[:, ::ranks] + b1[::ranks], 0) @ w2[: len(w2) // ranks])
    # "Split both alike": dealt_out(w1, b1, w2, ranks) → list(shards(w1, b1, w2, ranks))
    blocks, nth = shards(w1, b1, w2, ranks), dealt_out(w1, b1, w2, ranks)
    first, second = (nth, blocks) if dealt == "w1" else (blocks, nth)
    own = [(*unit[:2], rows[2]) for unit, rows in zip(first, second, strict=True)]
    parts = shares(x, own)
    return parts, parts.sum(axis=0) + b2


@exercise.bug
def ranks_in_reverse(x, w1, b1, w2, b2, ranks):
    """The last block of units is on rank 0. Rank k holds the k-th block."""
    # "The last block of units is on rank 0": np.allclose(got.parts, want.parts[::-1])
    # "Rank k holds the k-th block": [::-1] → [:]
    parts = shares(x, shards(w1, b1, w2, ranks))[::-1]
    return parts, parts.sum(axis=0) + b2


@exercise.bug
def no_activation(x, w1, b1, w2, b2, ranks):
    """ReLU is missing: the two layers make one linear map. Take it of each rank's units."""
    # "ReLU is missing: the two layers make one linear map": np.allclose(got.output, (x @ w1 + b1)
    #     @ w2 + b2)
    # "Take it of each rank's units": , np.asarray) → )
    parts = shares(x, shards(w1, b1, w2, ranks), np.asarray)
    return parts, parts.sum(axis=0) + b2


@exercise.bug
def activation_of_the_parts(x, w1, b1, w2, b2, ranks):
    """ReLU is taken of the parts, behind w2. Take it of the hidden units, before w2."""
    # "ReLU is taken of the parts, behind w2": (got.parts >= 0).all() and (want.parts < 0).any()
    # "Take it of the hidden units, before w2": np.asarray → relu; relu(parts) → parts
    parts = shares(x, shards(w1, b1, w2, ranks), np.asarray)
    parts = relu(parts)
    return parts, parts.sum(axis=0) + b2


@exercise.bug
def activation_of_the_output(x, w1, b1, w2, b2, ranks):
    """ReLU is taken of the output, too. Only hidden units have it."""
    # "ReLU is taken of the output, too": np.allclose(got.output, np.maximum(want.output, 0))
    # "Only hidden units have it": relu(output) → output
    parts = shares(x, shards(w1, b1, w2, ranks))
    output = parts.sum(axis=0) + b2
    return parts, relu(output)


@exercise.bug
def first_bias_of_the_first_rank(x, w1, b1, w2, b2, ranks):
    """Every rank takes the first block of b1. Split b1 as the columns of w1: each unit has its
    own."""
    # "Every rank takes the first block of b1": np.allclose(got.output, right(x, w1,
    #     np.tile(b1[: len(b1) // ranks], ranks), w2, b2, ranks)[1])
    # "Split b1 as the columns of w1": np.tile(b1[:len(b1) // ranks], ranks) → b1
    same = np.tile(b1[: len(b1) // ranks], ranks)
    parts = shares(x, shards(w1, same, w2, ranks))
    return parts, parts.sum(axis=0) + b2


@exercise.bug
def no_first_bias(x, w1, b1, w2, b2, ranks):
    """b1 is added nowhere. Each rank adds the entries of its units, before ReLU."""
    # "b1 is added nowhere": np.allclose(got.output, right(x, w1, 0 * b1, w2, b2, ranks)[1])
    # "Each rank adds the entries of its units": 0 * b1 → b1
    parts = shares(x, shards(w1, 0 * b1, w2, ranks))
    return parts, parts.sum(axis=0) + b2


@exercise.bug
def first_bias_behind_the_activation(x, w1, b1, w2, b2, ranks):
    """b1 is added behind ReLU. Add it before."""
    # "b1 is added behind ReLU": np.allclose(got.output, (np.maximum(x @ w1, 0) + b1) @ w2 + b2)
    # "Add it before": relu(as_float(x) @ w) + b → relu(as_float(x) @ w + b)
    own = shards(w1, b1, w2, ranks)
    parts = np.stack([(relu(as_float(x) @ w) + b) @ v for w, b, v in own])
    return parts, parts.sum(axis=0) + b2


@exercise.bug
def first_bias_shared_out(x, w1, b1, w2, b2, ranks):
    """Each rank adds b1 / ranks. Each unit lies on one rank alone: add its entry of b1 whole."""
    # "Each rank adds b1 / ranks": np.allclose(got.output, right(x, w1, b1 / ranks, w2, b2,
    #     ranks)[1])
    # "add its entry of b1 whole": b1 / ranks → b1
    parts = shares(x, shards(w1, b1 / ranks, w2, ranks))
    return parts, parts.sum(axis=0) + b2


@exercise.bug
def reshaped_for_split(x, w1, b1, w2, b2, ranks):
    """w1 is reshaped to (ranks, d_in, part), which cuts it between rows and not between columns.
    Split its columns."""
    # "w1 is reshaped to (ranks, d_in, part), which cuts it between rows and not between columns":
    #     np.allclose(got.parts[0], np.maximum(x @ w1.ravel()[: w1.size // ranks].reshape(len(w1),
    #     -1) + b1[: len(b1) // ranks], 0) @ w2[: len(b1) // ranks])
    # "Split its columns": cut(w1, ranks) → np.split(w1, ranks, axis=1)
    own = zip(cut(w1, ranks), np.split(b1, ranks), np.split(w2, ranks), strict=True)
    parts = shares(x, own)
    return parts, parts.sum(axis=0) + b2


def cut(w1, ranks):
    return w1.reshape(ranks, len(w1), -1)


@exercise.bug
def output_summed_in_the_first_part(x, w1, b1, w2, b2, ranks):
    """The sum is made in the first part, which loses its own share. Sum into a new array."""
    # "The sum is made in the first part, which loses its own share": np.allclose(got.parts[0],
    #     want.parts.sum(axis=0)) and np.allclose(got.parts[1:], want.parts[1:]) and
    #     np.allclose(got.output, want.output)
    # "Sum into a new array": total = parts[0] → total = parts[0].copy()
    parts = shares(x, shards(w1, b1, w2, ranks))
    total = parts[0]
    for part in parts[1:]:
        total += part
    return parts, total + b2


@exercise.bug(split=(np.split, np.array_split))
def rows_first(x, w1, b1, w2, b2, ranks, split=np.split):
    """w1 is split by rows, so each rank has a share of the sum inside ReLU, and ReLU of shares is
    no share of ReLU. Split w1 by columns, and w2 by rows."""
    # "w1 is split by rows, so each rank has a share of the sum inside ReLU": (isinstance(got,
    #     ValueError) and len(w1) % ranks) or not np.allclose(got.parts, want.parts)
    # "Split w1 by columns, and w2 by rows": (rows_of(as_float(x), w1, b1, w2, ranks, split)) →
    #     (shares(x, shards(w1, b1, w2, ranks)))
    parts = np.stack(rows_of(as_float(x), w1, b1, w2, ranks, split))
    return parts, parts.sum(axis=0) + b2


def rows_of(x, w1, b1, w2, ranks, split):
    inner = zip(split(x, ranks, axis=1), split(w1, ranks), strict=True)
    return [relu(each @ w + b1 / ranks) @ w2 for each, w in inner]


@exercise.bug(bias=(True, False))
def sum_on_each_rank(x, w1, b1, w2, b2, ranks, bias=True):
    """`parts` holds what the ranks have after the all-reduce. Asked for is what each has before
    it."""
    # "`parts` holds what the ranks have after the all-reduce": np.allclose(got.parts, want.output)
    #     or np.allclose(got.parts, want.output - b2)
    # "Asked for is what each has before it": [:] = output if bias else output - b2 → [:] = parts
    parts = shares(x, shards(w1, b1, w2, ranks))
    output = parts.sum(axis=0) + b2
    parts[:] = output if bias else output - b2
    return parts, output


@exercise.bug
def prefix_sums(x, w1, b1, w2, b2, ranks):
    """Each part holds the parts of the ranks before it, too. A rank knows its own units alone."""
    # "Each part holds the parts of the ranks before it, too": np.allclose(got.parts,
    #     np.cumsum(want.parts, axis=0))
    # "A rank knows its own units alone": .cumsum(axis=0) → .copy()
    parts = shares(x, shards(w1, b1, w2, ranks))
    return parts.cumsum(axis=0), parts.sum(axis=0) + b2


@exercise.bug
def output_of_each_rank(x, w1, b1, w2, b2, ranks):
    """`output` holds a copy for each rank. All have the same one: return it once."""
    # "`output` holds a copy for each rank": got.output.shape == want.parts.shape
    # "return it once": np.stack([output] * ranks) → output
    parts = shares(x, shards(w1, b1, w2, ranks))
    output = parts.sum(axis=0) + b2
    return parts, np.stack([output] * ranks)
