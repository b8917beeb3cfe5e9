"""Practice for question 9: who may look at whom."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.transformers.attention import causal_mask

exercise = Exercise(
    causal_mask,
    page="09-attention",
    hints=(
        "Rows are queries, columns are keys. Position 0 sees only itself; the last position "
        "sees everything.",
        "Entry (i, j) answers one question: is key j no later than query i? Compare a column "
        "of positions with a row of positions, or keep a triangle of ones.",
        "The result is an array of bool: True where a query may look, the diagonal included.",
    ),
)

exercise.case("one position", 1)
exercise.case("two positions", 2)
exercise.case("five positions", 5)
exercise.case("thirteen positions", 13)
exercise.case("300 positions", 300)


@exercise.check
def holds_true_and_false(causal_mask):
    """The mask holds numbers, not True and False: `~mask` then fails or gives, say, -1 and -2,
    which both count as true. Make it an array of bool."""
    return np.asarray(causal_mask(3)).dtype == bool


@exercise.check
def is_a_new_array_in_each_call(causal_mask):
    """A caller has written into its mask, and the next call returns that array: `lru_cache` keeps
    it, or it is a view of a larger one. Make the mask in every call, or return a copy."""
    mask = np.asarray(causal_mask(3))
    if not mask.flags.writeable:
        return True
    before = mask.copy()
    mask[...] = ~before
    again = np.array(causal_mask(3))
    mask[...] = before
    return np.array_equal(again, before)


@exercise.bug
def diagonal_hidden(length):
    """A position does not see itself, so position 0 sees nothing at all and its softmax is 0/0.
    The diagonal belongs to the mask: j <= i, not j < i."""
    # "A position does not see itself, so position 0 sees nothing at all": not got[0].any()
    # "The diagonal belongs to the mask: j <= i, not j < i": np.tril(np.ones((length, length),
    #     dtype=bool), k=-1) → np.arange(length) <= np.arange(length)[:, None]
    # "so position 0 sees nothing at all and its softmax is 0/0": not got[0].any() and
    #     np.isnan(np.divide(0, np.exp(-np.inf)))
    return np.tril(np.ones((length, length), dtype=bool), k=-1)


@exercise.bug
def polarity_inverted(length):
    """The mask is True where a key is hidden, as `nn.MultiheadAttention` wants it. Here, and in
    PyTorch's `scaled_dot_product_attention`, True means that a query may look."""
    # "The mask is True where a key is hidden": np.array_equal(got, ~want)
    return np.triu(np.ones((length, length), dtype=bool), k=1)


@exercise.bug
def looks_ahead(length):
    """The triangle is the upper one, or rows and columns are swapped: each position sees itself
    and the future. Rows are queries: keep j <= i."""
    # "The triangle is the upper one, or rows and columns are swapped: each position sees itself
    #     and the future": np.array_equal(got, want.T) and got[0].all()
    # "Rows are queries: keep j <= i": np.triu(np.ones((length, length), dtype=bool)) →
    #     np.arange(length) <= np.arange(length)[:, None]
    return np.triu(np.ones((length, length), dtype=bool))


@exercise.bug
def one_token_of_the_future(length):
    """The triangle reaches one step too far: each position sees the token that it is to predict.
    The last True of row i is on the diagonal."""
    # "The triangle reaches one step too far: each position sees the token that it is to
    #     predict": got[0, 1] and not bug(3)[0, 2]
    # "The last True of row i is on the diagonal": k=1 → k=0
    return np.tril(np.ones((length, length), dtype=bool), k=1)


@exercise.bug
def past_hidden(length):
    """Each position sees itself alone. It may look at all earlier ones, too."""
    # "Each position sees itself alone": np.array_equal(got, np.eye(length))
    # "It may look at all earlier ones, too": np.eye(length, dtype=bool) → np.tri(length,
    #     dtype=bool)
    return np.eye(length, dtype=bool)


@exercise.bug
def nothing_hidden(length):
    """Everything is visible, the future too: nothing is hidden, or the rows are one list, as
    `[[False] * n] * n` makes them. Hide the keys that come after the query, in each row."""
    # "Everything is visible, the future too": got.all()
    # "the rows are one list, as `[[False] * n] * n` makes them": (lambda n, rows: rows(n)[0] is
    #     rows(n)[1] or got.all())(2, lambda n: [[False] * n] * n)
    # "Hide the keys that come after the query": np.ones((length, length), dtype=bool) →
    #     ~np.triu(np.ones((length, length), dtype=bool), k=1)
    return np.ones((length, length), dtype=bool)


@exercise.bug(dtype=(float, int, np.float32, np.uint8))
def ones_and_zeros(length, dtype=float):
    """The mask holds ones and zeros, not True and False: `~mask` then fails, or gives -1 and -2
    or 255 and 254; added to scores it hides nothing. Make it an array of bool."""
    # "The mask holds ones and zeros, not True and False": bug(2).dtype == float and
    #     set(bug(2).ravel()) == {0, 1}
    # "`~mask` then fails, or gives -1 and -2 or 255 and 254": [set((~mask).ravel()) for mask in
    #     (bug(2, dtype=int), bug(2, dtype=np.uint8))] == [{-1, -2}, {255, 254}]
    # "Make it an array of bool": dtype=dtype → dtype=bool
    # "added to scores it hides nothing": np.isfinite(np.ones((2, 2)) + bug(2)).all() and
    #     bug(2).dtype == float
    return np.tril(np.ones((length, length), dtype=dtype))


@exercise.bug(hidden=(-np.inf, -1e9, -1e4, -1.0))
def additive(length, hidden=-np.inf):
    """The mask is one to be added to the scores, 0 where visible and negative where hidden. Asked
    for is an array of bool, True where a query may look."""
    # "The mask is one to be added to the scores, 0 where visible and negative where hidden":
    #     bug(2)[0, 0] == 0 > bug(2)[0, 1]
    # "Asked for is an array of bool, True where a query may look": 0.0, hidden → True, False
    return np.where(np.tril(np.ones((length, length), dtype=bool)), 0.0, hidden)


@exercise.bug(axes=(1, 2))
def axes_for_batch_and_heads(length, axes=1):
    """The mask has axes of size 1 in front, for a batch or heads. It broadcasts against them
    anyway: return two axes, queries and keys."""
    # "The mask has axes of size 1 in front": got.shape == (1, *want.shape)
    # "return two axes, queries and keys": (1,) * axes + (length, length) → (length, length)
    return causal_mask(length).reshape((1,) * axes + (length, length))


@exercise.bug
def everything_hidden(length):
    """Nothing is visible, not even a position itself, so each row's softmax is 0/0. Let position i
    see itself and all earlier ones."""
    # "Nothing is visible, not even a position itself": not got.any() and got.dtype == bool
    # "so each row's softmax is 0/0": not got.any(axis=-1).any() and np.isnan(np.divide(0,
    #     np.exp(-np.inf)))
    # "Let position i see itself and all earlier ones": np.zeros((length, length), dtype=bool) →
    #     np.tri(length, dtype=bool)
    return np.zeros((length, length), dtype=bool)


@exercise.bug(dtype=(int, np.int8, np.int32))
def bits_of_integers_flipped(length, dtype=int):
    """The mask holds -1 and -2, both of which count as true: `~` was taken of integers and has
    flipped their bits. Make the triangle one of bool first."""
    # "The mask holds -1 and -2": set(bug(2).ravel()) == {-1, -2}
    # "both of which count as true": got.astype(bool).all() and got.dtype != bool
    # "`~` was taken of integers and has flipped their bits": ~np.array(0) == -1 and ~np.array(1)
    #     == -2 and got.dtype == int
    # "Make the triangle one of bool first": dtype=dtype → dtype=bool
    return ~np.triu(np.ones((length, length), dtype=dtype), k=1)
