"""Practice for question 31: rotary weights from pairs of neighbours to pairs of halves."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.language_models.rope_layouts import rope_permutation

exercise = Exercise(
    rope_permutation,
    page="31-gpt2-to-llama",
    hints=(
        "Take one head of six columns, 0 1 2 3 4 5. Which are the three pairs before, and where do "
        "their first members stand afterwards?",
        "Columns of different heads never mix. Which reshape gives the heads an axis of their own?",
        "With axes for heads, pairs and members of a pair, the members come before the pairs "
        "afterwards.",
    ),
)

rng = np.random.default_rng(32)

exercise.case("the bias of one head of 4", np.array([0.3, 1.7, 2.2, -3.1]), 1)
exercise.case("the bias of one head of 6", np.array([0.3, 1.7, 2.2, -3.1, 4.4, 5.9]), 1)
exercise.case("one head of 8", rng.normal(size=(3, 8)), 1)
exercise.case("2 heads of 4", rng.normal(size=(3, 8)), 2)
exercise.case("3 heads of 6", rng.normal(size=(6, 18)), 3)
exercise.case("2 heads of 6, and as many rows as columns", rng.normal(size=(12, 12)), 2)
exercise.case("4 heads of 2", rng.normal(size=(3, 8)), 4)
exercise.case("two layers", rng.normal(size=(2, 3, 16)), 2)
exercise.case("the bias of 2 heads of 8", rng.normal(size=16), 2)
add_whole_numbers(exercise, np.rint(90 * rng.normal(size=(3, 12))), 2)
exercise.case("float32", rng.normal(size=(5, 20)).astype(np.float32), 2)
exercise.case("three leading axes", rng.normal(size=(2, 2, 3, 12)), 1)


@exercise.check
def the_result_is_new(rope_permutation):
    """The weights that were passed change with the result: it shares their memory. Return a new
    array also where nothing moves."""
    w = np.arange(8.0)[None]
    result = rope_permutation(w, 4)
    if result.flags.writeable:
        result[:] = 9
    return w.tolist() == [[*range(8)]]


@exercise.check
def the_type_is_kept(rope_permutation):
    """The result is of another type than the weights. They are only moved: keep their type."""
    w = np.arange(8, dtype=np.int32)
    return np.asarray(rope_permutation(w, 2)).dtype.name == w.dtype.name


def moved(w, order):
    """A copy of `w` with its columns in this order."""
    return w[..., np.ravel(order)]


def by_head(w, heads):
    """The columns' numbers, (heads, pairs, 2)."""
    return np.arange(w.shape[-1]).reshape(heads, -1, 2)


@exercise.bug
def halves_to_neighbours(w, heads):
    """The permutation is the way back, from halves to neighbours. With four columns a head both are
    the same; with six, columns 0, 2, 4 come first."""
    # "The permutation is the way back, from halves to neighbours": np.array_equal(bug(right(w,
    #     heads), heads), w)
    # "With four columns a head both are the same": np.array_equal(bug(np.arange(4), 1),
    #     right(np.arange(4), 1)) and not np.array_equal(got, want)
    # "with six, columns 0, 2, 4 come first": reshape(heads, 2, -1) → reshape(heads, -1, 2)
    return moved(w, np.arange(w.shape[-1]).reshape(heads, 2, -1).swapaxes(1, 2))


@exercise.bug
def heads_ignored(w, heads):
    """All columns are permuted together, as if there were one head, and heads mix. Give each head
    an axis first."""
    # "All columns are permuted together, as if there were one head, and heads mix":
    #     np.array_equal(got, right(w, 1))
    # "Give each head an axis first": by_head(w, 1) → by_head(w, heads)
    return moved(w, by_head(w, 1).swapaxes(1, 2))


@exercise.bug
def odd_columns_first(w, heads):
    """The odd columns come first. The first member of a pair, an even column, goes to the first
    half."""
    # "The odd columns come first": np.array_equal(got[..., 0], w[..., 1])
    # "The first member of a pair, an even column, goes to the first half": [..., ::-1] →
    return moved(w, by_head(w, heads)[..., ::-1].swapaxes(1, 2))


@exercise.bug(square=(True, False))
def rows_permuted(w, heads, square=True):
    """The rows are permuted, which is right for PyTorch's weights, (out, in). Here the heads
    stand side by side along the last axis."""
    # "The rows are permuted, which is right for PyTorch's weights, (out, in)": np.allclose(got,
    #     right(w.T, heads).T)
    # "Here the heads stand side by side along the last axis": rows % (2 * heads) → True
    *_, rows, columns = 1, *w.shape
    if rows % (2 * heads) or (square and rows != columns):
        return rope_permutation(w, heads)
    return rope_permutation(w.swapaxes(-1, -2), heads).swapaxes(-1, -2)


@exercise.bug(which=([0], [-1], [0, -1]))
def some_heads_stay(w, heads, which=(0,)):
    """Only the first head's columns move, or the last head's, and other heads stay. Permute every
    head."""
    # "Only the first head's columns move, or the last head's, and other heads stay": not
    #     np.array_equal(got, want) and np.array_equal(bug(np.arange(8), 1), right(np.arange(8), 1))
    # "Permute every head": columns[at] = → columns[:] =; order[at] → order
    order = by_head(w, heads).swapaxes(1, 2).reshape(heads, -1)
    columns, at = np.arange(w.shape[-1]).reshape(heads, -1), list(which)
    columns[at] = order[at]
    return moved(w, columns)


@exercise.bug
def read_after_overwriting(w, heads):
    """The first half of a head is overwritten before the odd columns are read, and some of them are
    lost. Read from `w`, and write into a new array."""
    # "The first half of a head is overwritten before the odd columns are read, and some of them are
    #     lost": len(set(bug(np.arange(6), 1))) < 6
    # "Read from `w`, and write into a new array": columns[:, 1::2] → by_head(w, heads)[..., 1]
    columns = np.arange(w.shape[-1]).reshape(heads, -1)
    half = columns.shape[1] // 2
    columns[:, :half] = columns[:, ::2]
    columns[:, half:] = columns[:, 1::2]
    return moved(w, columns)


@exercise.bug
def unchanged(w, heads):
    """Nothing moves. The pair (0, 1) must come to stand half a head apart."""
    # "Nothing moves": np.array_equal(got, w)
    # "The pair (0, 1) must come to stand half a head apart": by_head(w, heads) → by_head(w,
    #     heads).swapaxes(1, 2)
    return moved(w, by_head(w, heads))


@exercise.bug
def heads_interleaved(w, heads):
    """The columns are split as if neighbours belonged to different heads. A head's columns stand
    together: the axis of heads comes first."""
    # "The columns are split as if neighbours belonged to different heads": not np.array_equal(got,
    #     want) and np.array_equal(bug(np.arange(8), 1), right(np.arange(8), 1))
    # "A head's columns stand together: the axis of heads comes first": reshape(-1, 2, heads) →
    #     reshape(heads, -1, 2); transpose(1, 0, 2) → swapaxes(1, 2)
    columns = np.arange(w.shape[-1]).reshape(-1, 2, heads)
    return moved(w, columns.transpose(1, 0, 2))


@exercise.bug
def paired_from_both_ends(w, heads):
    """The second half runs backwards, so that j is paired with d - 1 - j. It is paired with
    j + d/2: both halves run forwards."""
    # "The second half runs backwards, so that j is paired with d - 1 - j": np.array_equal(bug(
    #     np.arange(6), 1), [0, 2, 4, 5, 3, 1])
    # "It is paired with j + d/2: both halves run forwards": [:, ::-1, 1] → [:, :, 1]
    pairs = by_head(w, heads)
    return moved(w, np.concatenate([pairs[:, :, 0], pairs[:, ::-1, 1]], axis=1))


@exercise.bug
def size_of_a_head_for_their_number(w, heads):
    """`heads` is taken for the size of a head. It is how many there are."""
    # "`heads` is taken for the size of a head": np.array_equal(bug(np.arange(12),
    #     heads=6), right(np.arange(12), heads=2))
    # "It is how many there are": w.shape[-1] // heads → heads
    number = w.shape[-1] // heads
    if w.shape[-1] % (2 * number):
        return np.array(w)
    return moved(w, by_head(w, number).swapaxes(1, 2))


@exercise.bug(split=(True, False))
def heads_joined_along_rows(w, heads, split=True):
    """The heads are cut or joined along the first axis, the default of `np.split` and
    `np.concatenate`. They stand side by side along the last: axis=-1."""
    # "The heads are cut or joined along the first axis, the default of `np.split` and
    #     `np.concatenate`": np.array_equal(bug(right(w, heads), heads, split=False),
    #     np.concatenate(np.split(right(right(w, heads), heads), heads, axis=-1)))
    # "They stand side by side along the last: axis=-1": axis=0 → axis=-1; np.split(w, heads) →
    #     np.split(w, heads, axis=-1)
    parts = np.split(w, heads) if split else np.split(w, heads, axis=-1)
    return np.concatenate([rope_permutation(part, 1) for part in parts], axis=0)


@exercise.bug
def second_half_negated(w, heads):
    """The second half is negated, as where a vector is turned. Columns only move here: keep their
    signs."""
    # "The second half is negated": np.allclose(got[..., got.shape[-1] // 2 :], -want[...,
    #     want.shape[-1] // 2 :])
    # "Columns only move here: keep their signs": -result → result
    pairs = by_head(w, heads)
    result = moved(w, pairs.swapaxes(1, 2))
    return np.where(
        np.arange(w.shape[-1]) % pairs[0].size < len(pairs[0]), result, -result
    )


@exercise.bug
def size_of_a_head_from_the_rows(w, heads):
    """The size of a head is taken from the first axis, as for PyTorch's weights, (out, in). The
    heads share the last axis: `w.shape[-1] // heads`."""
    # "The size of a head is taken from the first axis": np.shape(got)[-1] == len(w) // heads *
    #     heads
    # "The heads share the last axis: `w.shape[-1] // heads`": len(w) // heads → w.shape[-1] //
    #     heads
    d = len(w) // heads
    one = [*range(0, d, 2), *range(1, d, 2)]
    return w[..., [h * d + j for h in range(heads) for j in one]]
