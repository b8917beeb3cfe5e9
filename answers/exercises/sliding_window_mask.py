"""Practice for question 31: the mask of a sliding window, after a cache, with sinks."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.language_models.sliding_window import sliding_window_mask

exercise = Exercise(
    sliding_window_mask,
    page="31-gpt2-to-llama",
    hints=(
        "Write the positions of the queries as a column, those of the keys as a row. Where does "
        "the first query stand?",
        "A query at 7 with a window of 3 sees 5, 6 and 7. Which differences are these?",
        "A sink may be seen from any later position, but still by no earlier one.",
    ),
)

exercise.case("one token sees itself", 1, 1)
exercise.case("3 tokens, a window of 1", 3, 1)
exercise.case("5 tokens, a window of 2", 5, 2)
exercise.case("7 tokens, a window of 4", 7, 4)
exercise.case("a window wider than the text", 4, 9)
# As many keys as 7 tokens without a past: a mask that is kept by this number is wrong here.
exercise.case("one new token after 6", 1, 4, 6)
exercise.case("3 new tokens after 5", 3, 4, 5)
exercise.case("a window that sees all of the past", 2, 30, 5)
exercise.case("a past longer than the window", 4, 2, 9)
exercise.case("one sink", 7, 4, sinks=1)
exercise.case("3 sinks, of which the first tokens see some", 8, 2, sinks=3)
exercise.case("2 sinks and a past", 3, 2, 6, 2)
exercise.case("more sinks than tokens", 3, 1, sinks=5)
exercise.case("4 sinks, a past, and fewer new tokens", 2, 3, 9, 4)
exercise.case("200 tokens after 100", 200, 64, 100, 4)


@exercise.check
def holds_true_and_false(sliding_window_mask):
    """The mask holds numbers, not True and False: `~mask` then fails or gives, say, -1 and -2,
    which both count as true. Make it an array of bool."""
    return np.asarray(sliding_window_mask(3, 2)).dtype == bool


def positions(length, past=0):
    """Of the queries as a column, and of the keys as a row."""
    return np.arange(past, past + length)[:, None], np.arange(past + length)


@exercise.bug
def one_key_too_many(length, window, past=0, sinks=0):
    """Each query sees `window` keys before itself, and itself: one too many. flash-attn counts so.
    Here the window includes the query's own position: q - k < window."""
    # "Each query sees `window` keys before itself, and itself: one too many": bug(9,
    #     window=3)[-1].sum() == 3 + 1 and right(9, 3)[-1].sum() == 3
    # "Here the window includes the query's own position: q - k < window": q - k <= window → q - k <
    #     window
    # "flash-attn counts so": np.array_equal(bug(9, 3), right(9, 4))
    q, k = positions(length, past)
    return (k <= q) & ((q - k <= window) | (k < sinks))


@exercise.bug
def future_seen(length, window, past=0, sinks=0):
    """The window opens to both sides, so that a query sees the keys after it. Ask for k <= q,
    too."""
    # "The window opens to both sides, so that a query sees the keys after it": np.triu(got, 1 +
    #     past).any()
    # "Ask for k <= q, too": (abs(q - k) < window) → (k <= q) & (q - k < window)
    q, k = positions(length, past)
    return (abs(q - k) < window) | ((k < sinks) & (k <= q))


@exercise.bug
def later_keys_within_the_window(length, window, past=0, sinks=0):
    """A query sees all keys after it: there q - k is below 0, and so below `window`. Ask for
    k <= q, too."""
    # "A query sees all keys after it": got[0, past:].all()
    # "there q - k is below 0, and so below `window`": (np.subtract(*positions(length, past)) <
    #     window)[got].all() and np.triu(got, 1 + past).any()
    # "Ask for k <= q, too": (q - k < window) | (k < sinks) → (k <= q) & ((q - k < window) | (k <
    #     sinks))
    q, k = positions(length, past)
    return (q - k < window) | (k < sinks)


@exercise.bug
def past_ignored(length, window, past=0, sinks=0):
    """The queries are placed at 0, 1, 2, …, the first of all tokens, not after the past. The first
    one stands at `past`."""
    # "The queries are placed at 0, 1, 2, …, the first of all tokens, not after the past":
    #     np.array_equal(got[:, : length], right(length, window, 0, sinks))
    # "The first one stands at `past`": np.arange(length)[:, None] → np.arange(past, past +
    #     length)[:, None]
    q, k = np.arange(length)[:, None], np.arange(past + length)
    return (k <= q) & ((q - k < window) | (k < sinks))


@exercise.bug
def window_placed_without_the_past(length, window, past=0, sinks=0):
    """The window begins where it would without the past, so a query sees more than `window` keys.
    The first query stands at `past`: count from there."""
    # "The window begins where it would without the past, so a query sees more than `window` keys":
    #     bug(3, window=4, past=5)[0].sum() > 4
    # "count from there": (q - past - k < window) → (q - k < window)
    q, k = positions(length, past)
    return (k <= q) & ((q - past - k < window) | (k < sinks))


@exercise.bug
def rows_of_the_past(length, window, past=0, sinks=0):
    """The mask has a row for each cached token, too. Only the new ones are queries: `length`
    rows."""
    # "The mask has a row for each cached token, too": len(got) == past + length
    # "Only the new ones are queries: `length` rows": positions(past + length) → positions(length,
    #     past)
    q, k = positions(past + length)
    return (k <= q) & ((q - k < window) | (k < sinks))


@exercise.bug
def last_row_alone(length, window, past=0, sinks=0):
    """After a past, there is a row for the last query only. Several new tokens may come at once:
    give `length` rows."""
    # "After a past, there is a row for the last query only": past and length > 1 and
    #     np.array_equal(got, want[-1:])
    # "Several new tokens may come at once: give `length` rows": mask[-1:] if past else mask →
    #     mask[-length:]
    mask = sliding_window_mask(length, window, past, sinks)
    return mask[-1:] if past else mask


@exercise.bug
def keys_of_the_past_missing(length, window, past=0, sinks=0):
    """There are columns for the new tokens only. The keys are the cached ones, too: past + length
    columns."""
    # "There are columns for the new tokens only": got.shape == (length, length)
    # "The keys are the cached ones, too: past + length columns": [:, past:] →
    return sliding_window_mask(length, window, past, sinks)[:, past:]


@exercise.bug
def no_window(length, window, past=0, sinks=0):
    """Each query sees all keys before it: this is the causal mask. A key that is `window` or more
    positions back is hidden."""
    # "Each query sees all keys before it: this is the causal mask": np.array_equal(got,
    #     right(length, past + length, past))
    # "A key that is `window` or more positions back is hidden": return k <= q → return (k <= q) &
    #     ((q - k < window) | (k < sinks))
    q, k = positions(length, past)
    return k <= q


@exercise.bug
def sinks_ignored(length, window, past=0, sinks=0):
    """The first positions are hidden like any other once the window has passed. Add the keys below
    `sinks`."""
    # "The first positions are hidden like any other once the window has passed":
    #     np.array_equal(got, right(length, window, past))
    # "Add the keys below `sinks`": (q - k < window) → ((q - k < window) | (k < sinks))
    q, k = positions(length, past)
    return (k <= q) & (q - k < window)


@exercise.bug
def sinks_seen_before_they_come(length, window, past=0, sinks=0):
    """A query sees sinks that come after it. Sinks, too, must be at or before the query:
    k <= q."""
    # "A query sees sinks that come after it": np.triu(got, 1 + past).any()
    # "Sinks, too, must be at or before the query: k <= q": | (k < sinks) → | ((k < sinks) & (k <=
    #     q))
    q, k = positions(length, past)
    return ((k <= q) & (q - k < window)) | (k < sinks)


@exercise.bug(least=(0, 1))
def sinks_taken_from_the_window(length, window, past=0, sinks=0, least=0):
    """The window is narrower by the number of sinks, so that a query sees `window` keys in all
    where that is enough for the sinks. The sinks come on top of it."""
    # "The window is narrower by the number of sinks, so that a query sees `window` keys in all
    #     where that is enough for the sinks": bug(9, window=4, sinks=2)[-1].sum() == 4
    # "The sinks come on top of it": max(window - sinks, least) → window
    q, k = positions(length, past)
    return (k <= q) & ((q - k < max(window - sinks, least)) | (k < sinks))


@exercise.bug(itself=(1, 0))
def sinks_replace_the_window(length, window, past=0, sinks=0, itself=1):
    """Where there are sinks, a query sees them and no more than itself besides: the window is lost.
    The sinks come on top of it."""
    # "Where there are sinks, a query sees them and no more than itself besides": bug(9, window=4,
    #     sinks=2)[-1].sum() == 2 + 1
    # "the window is lost": np.array_equal(got, bug(length, 1, past, sinks)) and sinks
    # "The sinks come on top of it": (itself if sinks else window) → window
    q, k = positions(length, past)
    return (k <= q) & ((q - k < (itself if sinks else window)) | (k < sinks))


@exercise.bug
def sinks_among_the_new_tokens(length, window, past=0, sinks=0):
    """The first new tokens are taken for the sinks. The sinks are the first of all, cached or
    new."""
    # "The first new tokens are taken for the sinks": bug(4, 1, 3, 2)[3, 3:5].all()
    # "The sinks are the first of all, cached or new": (past <= k) & (k < past +
    #     sinks) → (k < sinks)
    q, k = positions(length, past)
    return (k <= q) & ((q - k < window) | ((past <= k) & (k < past + sinks)))


@exercise.bug
def negative_start_of_a_slice(length, window, past=0, sinks=0):
    """A slice begins at p - window + 1 below 0, which counts from the end, so early queries see
    too little. Begin at max(0, p - window + 1)."""
    # "A slice begins at p - window + 1 below 0, which counts from the end, so early queries see too
    #     little": not bug(6, 3)[0].any()
    # "Begin at max(0, p - window + 1)": row[first:p + 1] → row[max(0, first):p + 1]
    mask = np.zeros((length, past + length), bool)
    for row, p in zip(mask, range(past, past + length), strict=True):
        first = p - window + 1
        row[first : p + 1] = True
        row[: min(sinks, p + 1)] = True
    return mask


@exercise.bug
def only_sinks_in_the_window(length, window, past=0, sinks=0):
    """Where there are sinks, a key must be one and be in the window. Either is
    enough."""
    # "Where there are sinks, a key must be one and be in the window": not got[:, sinks:].any()
    # "Either is enough": & ((k < sinks) | (sinks == 0)) → | ((k <= q) & (k < sinks))
    q, k = positions(length, past)
    return (k <= q) & (q - k < window) & ((k < sinks) | (sinks == 0))


@exercise.bug
def itself_hidden(length, window, past=0, sinks=0):
    """A query does not see itself, so the first token sees nothing and its softmax is 0/0. Let k
    be equal to q."""
    # "A query does not see itself, so the first token sees nothing": not got[0].any() and past == 0
    # "Let k be equal to q": (k < q) → (k <= q)
    # "its softmax is 0/0": not np.exp(np.where(got[0], 0, -np.inf)).any()
    q, k = positions(length, past)
    return (k < q) & ((q - k < window) | (k < sinks))


@exercise.bug(sink_itself=(True, False))
def window_before_the_query(length, window, past=0, sinks=0, sink_itself=True):
    """Each query sees the `window` keys before itself, and does not see itself. The window ends at
    the query: q - k is 0 to window - 1."""
    # "Each query sees the `window` keys before itself, and does not see itself": bug(9,
    #     window=3)[8].sum() == 3 and not bug(9, window=3)[8, 8]
    # "The window ends at the query: q - k is 0 to window - 1": (k < q) & (q - k <= window) → (k <=
    #     q) & (q - k < window)
    q, k = positions(length, past)
    return (k < q) & (q - k <= window) | (k < sinks) & (k < q + sink_itself)


@exercise.bug
def hidden_keys_marked(length, window, past=0, sinks=0):
    """True and False are exchanged: the mask marks what is hidden. True is where a query may
    look."""
    # "True and False are exchanged: the mask marks what is hidden": np.array_equal(got, ~want)
    # "True is where a query may look": ~sliding_window_mask → sliding_window_mask
    return ~sliding_window_mask(length, window, past, sinks)


@exercise.bug(hidden=(-np.inf, -1e9))
def added_to_scores(length, window, past=0, sinks=0, hidden=-np.inf):
    """Returned is what is added to scores: 0, and -inf or a large negative number. Return True
    where a query may look, and False elsewhere."""
    # "Returned is what is added to scores: 0": (got[want] == 0).all()
    # "Return True where a query may look, and False elsewhere": np.where(mask, 0.0, hidden) → mask
    mask = np.array(sliding_window_mask(length, window, past, sinks)) > 0
    return np.where(mask, 0.0, hidden)


@exercise.bug
def transposed(length, window, past=0, sinks=0):
    """Rows are keys and columns are queries. Queries come first: (length, past + length)."""
    # "Rows are keys and columns are queries": np.array_equal(got, want.T)
    # "Queries come first: (length, past + length)": .T →
    return sliding_window_mask(length, window, past, sinks).T


@exercise.bug
def blocks_of_the_window(length, window, past=0, sinks=0):
    """The text is cut into blocks, and a query sees its own block only. The window slides: it ends
    at each query."""
    # "The text is cut into blocks, and a query sees its own block only": bug(9, 3)[3].sum() == 1
    # "The window slides: it ends at each query": (q // window == k // window) → (q - k < window)
    q, k = positions(length, past)
    return (k <= q) & ((q // window == k // window) | (k < sinks))
