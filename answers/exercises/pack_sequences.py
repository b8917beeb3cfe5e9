"""Practice for question 46: documents packed into rows, with positions and a mask."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.language_models.packing import pack_sequences, packed_mask

exercise = Exercise(
    pack_sequences,
    page="46-fine-tuning-data",
    returns=("rows", "positions", "mask"),
    hints=(
        "First decide where each document goes: keep how many tokens each row holds, and look for "
        "the first row where there is room. Then fill arrays of as many rows as were used.",
        "Beside tokens and positions keep a third array: the number of the document that each "
        "token belongs to. What number has padding, so that it is none of theirs?",
        "The mask compares that array with itself, as a column and as a row. One more condition "
        "keeps a token from what comes later.",
    ),
)

rng = np.random.default_rng(46)


def documents(*lengths):
    """Tokens, and how many each document has."""
    return rng.integers(10, 99, sum(lengths)), np.array(lengths)


exercise.case("one document that fills its row", *documents(4), 4)
exercise.case("one document, and padding", *documents(3), 5)
exercise.case("two documents in one row", *documents(2, 3), 5)
exercise.case("two documents, of which one needs a new row", *documents(3, 4), 5)
exercise.case("two documents and padding", *documents(2, 3), 7)
exercise.case("a short one that fits behind the first", *documents(3, 4, 2), 5)
exercise.case("room in the first row and in the second", *documents(4, 3, 2), 6)
exercise.case("room in the second row alone", *documents(6, 2, 3, 4), 7)
exercise.case("documents of one token", *documents(1, 1, 1, 1, 1), 3)
exercise.case("short before long", *documents(2, 3, 4, 5, 6), 8)
exercise.case("two exact fits", *documents(5, 2, 3, 6), 8)
exercise.case("another padding", *documents(3, 4, 2), 6, 7)
exercise.case("padding that is named", *documents(4, 4), 5, pad=-1)
exercise.case("rows wider than all documents", *documents(2, 1, 4), 12)
exercise.case("many documents", *documents(*rng.integers(1, 9, 14)), 11)
exercise.case("many more documents", *documents(*rng.integers(1, 16, 40)), 16)
exercise.case(
    "tokens and lengths in int32", *(x.astype(np.int32) for x in documents(4, 3, 2)), 6
)
for name, dtype in (("bytes", np.uint8), ("signed bytes", np.int8)):
    exercise.case(name, *(x.astype(dtype) for x in documents(4, 3, 2)), 6)
exercise.case(
    "tokens that equal the padding",
    np.array([5, 0, 3, 0, 0, 8, 7, 0]),
    np.array([3, 3, 2]),
    5,
)
exercise.case(
    "258 documents of one token, and a long one", *documents(*[1] * 258, 150), 260
)


@exercise.check
def mask_of_true_and_false(pack_sequences):
    """The mask holds numbers, not True and False: `~mask` then fails or gives, say, -1 and -2,
    which both count as true. Make it an array of bool."""
    mask = pack_sequences(np.arange(1, 4), np.array([2, 1]), 4)[2]
    return np.asarray(mask).dtype == bool


@exercise.check
def tokens_are_integers(pack_sequences):
    """The tokens are floats, which are no index into an embedding: return integers."""
    rows = pack_sequences(np.arange(1, 4), np.array([2, 1]), 4)[0]
    return np.asarray(rows).dtype.kind in "iu"


def first(used, n, width):
    """The first row with room for n tokens."""
    return int(np.argmax(used + n <= width))


def places(lengths, width, choose=first, order=None):
    """For each document its row, and where it begins there."""
    used, found = np.zeros(len(lengths), int), {}
    for i in range(len(lengths)) if order is None else order:
        row = choose(used, int(lengths[i]), width)
        found[i] = row, int(used[row])
        used[row] += lengths[i]
    return [found[i] for i in range(len(lengths))]


def filled(tokens, lengths, width, pad, where):
    """Rows, positions, and the number of each token's document; -1 is padding."""
    rows = np.full((max(row for row, _ in where) + 1, width), pad)
    positions, owner = np.zeros_like(rows), np.full_like(rows, -1)
    ends = np.cumsum(lengths)
    for i, (row, start) in enumerate(where):
        n = int(lengths[i])
        rows[row, start : start + n] = tokens[ends[i] - n : ends[i]]
        positions[row, start : start + n] = np.arange(n)
        owner[row, start : start + n] = i
    return rows, positions, owner


def padding(owner):
    """Which places hold no document."""
    return owner < 0


def uncut(tokens, lengths, width, pad):
    """As ours."""
    rows, positions, owner = filled(tokens, lengths, width, pad, places(lengths, width))
    return rows, positions, packed_mask(owner)


def latest(used, n, width):
    """The row that was begun last, if it has room, or the next."""
    row = max(np.count_nonzero(used) - 1, 0)
    return row if used[row] + n <= width else row + 1


@exercise.bug
def next_fit(tokens, lengths, width, pad=0):
    """Only the last row is asked for room, so earlier rows keep their padding. Ask all rows, from
    the first."""
    # "Only the last row is asked for room": (got.rows != want.rows).any() if got.rows.shape ==
    #     want.rows.shape else len(got.rows) > len(want.rows)
    # "Ask all rows, from the first": width, latest) → width)
    where = places(lengths, width, latest)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner)


@exercise.bug
def first_row_alone_asked(tokens, lengths, width, pad=0):
    """Only the first row is asked for room; if it has none, a row is begun. Ask all rows before
    that."""

    # "Only the first row is asked for room": len(got.rows) > len(want.rows)
    # "Ask all rows before that": width, chosen) → width)
    def chosen(used, n, width):
        return 0 if used[0] + n <= width else np.count_nonzero(used)

    where = places(lengths, width, chosen)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner)


@exercise.bug
def best_fit(tokens, lengths, width, pad=0):
    """A document goes to the fullest row with room: best fit, another order than asked for. Take
    the first row with room."""

    # "A document goes to the fullest row with room": (got.rows != want.rows).any()
    # "Take the first row with room": width, fullest) → width)
    def fullest(used, n, width):
        return int(np.argmax(np.where(used + n <= width, used, -1)))

    where = places(lengths, width, fullest)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner)


@exercise.bug(sign=(-1, 1))
def sorted_by_length(tokens, lengths, width, pad=0, sign=-1):
    """Documents are sorted by their length first. From the longest down that often needs fewer
    rows, but asked for is the order given: do not sort."""
    # "Documents are sorted by their length first": (got.rows != want.rows).any()
    # "do not sort": , order=order →
    order = np.argsort(sign * lengths.astype(int), kind="stable")
    where = places(lengths, width, order=order)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner)


@exercise.bug
def one_to_a_row(tokens, lengths, width, pad=0):
    """Each document has a row of its own: this pads, and packs nothing. Put a document behind
    another where there is room."""
    # "Each document has a row of its own": len(got.rows) == len(lengths)
    # "Put a document behind another where there is room": [(i, 0) for i in range(len(lengths))] →
    #     places(lengths, width)
    where = [(i, 0) for i in range(len(lengths))]
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner)


@exercise.bug
def exact_fit_missed(tokens, lengths, width, pad=0):
    """A document that would just fill a row goes elsewhere. A row may hold `width` tokens: compare
    by <=, not by <."""

    # "A document that would just fill a row goes elsewhere": bug(np.arange(5), np.array([2, 3]),
    #     5)[0].shape == (2, 5)
    # "compare by <=, not by <": used + n < width → used + n <= width
    def below(used, n, width):
        room = used + n < width
        return int(np.argmax(room | (used == 0)))

    where = places(lengths, width, below)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner)


@exercise.bug
def documents_cut(tokens, lengths, width, pad=0):
    """All tokens are written one behind the other, so documents are cut where a row ends. A
    document that does not fit goes to another row whole."""
    # "All tokens are written one behind the other": np.array_equal(got.rows.ravel()[:len(tokens)],
    #     tokens)
    # "A document that does not fit goes to another row whole": (rows, positions,
    #     packed_mask(owner)) → uncut(tokens, lengths, width, pad)
    count = -(-len(tokens) // width) * width - len(tokens)
    rows = np.append(tokens, np.full(count, pad)).reshape(-1, width)
    whole = np.repeat(np.arange(len(lengths)), lengths)
    owner = np.append(whole, np.full(count, -1)).reshape(-1, width)
    starts = np.arange(len(tokens)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    positions = np.append(starts, np.zeros(count, int)).reshape(-1, width)
    return rows, positions, packed_mask(owner)


@exercise.bug
def positions_of_the_row(tokens, lengths, width, pad=0):
    """Positions count through the row. Each document begins at 0, as it does alone."""
    # "Positions count through the row": (got.positions > want.positions).any() and
    #     set(got.positions.ravel()) <= {*range(width)}
    # "Each document begins at 0, as it does alone": rows, counted → rows, alone
    where = places(lengths, width)
    rows, alone, owner = filled(tokens, lengths, width, pad, where)
    counted = np.where(padding(owner), alone, np.arange(width))
    return rows, counted, packed_mask(owner)


@exercise.bug(anew=(False, True))
def positions_in_the_padding(tokens, lengths, width, pad=0, anew=False):
    """Positions count in the padding, too, which is asked to have position 0."""
    # "Positions count in the padding, too": (got.positions > want.positions).any()
    # "asked to have position 0": np.where(padding(owner), place, positions) → positions
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    place = np.cumsum(padding(owner), axis=1) - 1 if anew else np.arange(width)
    counted = np.where(padding(owner), place, positions)
    return rows, counted, packed_mask(owner)


@exercise.bug(padding_apart=(False, True))
def documents_see_each_other(tokens, lengths, width, pad=0, padding_apart=False):
    """The mask is causal, but reaches into earlier documents of the row. Two tokens see each other
    only within one document."""
    # "The mask is causal, but reaches into earlier documents of the row":
    #     np.array_equal(got.mask[0], np.tri(width, dtype=bool))
    # "only within one document": packed_mask(one) → packed_mask(owner)
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    one = np.where(padding_apart & padding(owner), -1, 0)
    return rows, positions, packed_mask(one)


@exercise.bug(padding_too=(True, False))
def later_tokens_seen(tokens, lengths, width, pad=0, padding_too=True):
    """Within a document a token sees those after it, which it is to predict. Let it see none
    later."""
    # "Within a document a token sees those after it": np.array_equal(got.mask, got.mask.swapaxes(1,
    #     2))
    # "Let it see none later": same & later → packed_mask(owner)
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    same = owner[:, :, None] == owner[:, None, :]
    later = padding_too | ~padding(owner)[:, None] | np.tri(width, dtype=bool)
    return rows, positions, same & later


@exercise.bug
def mask_turned(tokens, lengths, width, pad=0):
    """The mask is transposed: a token sees later ones. The first axis of a row's mask is the token
    that looks."""
    # "The mask is transposed": np.array_equal(got.mask.swapaxes(1, 2), want.mask)
    # "The first axis of a row's mask is the token that looks": .swapaxes(1, 2) →
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner).swapaxes(1, 2)


@exercise.bug
def mask_of_what_is_hidden(tokens, lengths, width, pad=0):
    """The mask is True where a token is hidden, as PyTorch's MultiheadAttention has it. Here it is
    True where a token is seen."""
    # "The mask is True where a token is hidden": np.array_equal(~got.mask, want.mask)
    # "Here it is True where a token is seen": ~packed_mask → packed_mask
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, ~packed_mask(owner)


@exercise.bug(of_the_row=(False, True))
def padding_of_the_first_document(tokens, lengths, width, pad=0, of_the_row=False):
    """Padding has the number of the first document, or of the first in its row, and sees it. Give
    it a number that no document has, as -1."""
    # "Padding has the number of the first document, or of the first in its row, and sees it":
    #     got.mask[0, -1, 0] and not want.mask[0, -1, 0]
    # "Give it a number that no document has, as -1": np.where(padding(owner), given, owner) → owner
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    given = owner[:, :1] if of_the_row else 0
    return rows, positions, packed_mask(np.where(padding(owner), given, owner))


@exercise.bug
def padding_of_the_last_document(tokens, lengths, width, pad=0):
    """Padding counts to the document before it, and sees it. Give it a number of its own."""
    # "Padding counts to the document before it, and sees it": got.mask.sum() > want.mask.sum()
    # "Give it a number of its own": np.maximum.accumulate(begins, axis=1) → np.arange(width) + 0 *
    #     begins
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    begins = np.where(padding(owner), 0, np.arange(width))
    seen = np.maximum.accumulate(begins, axis=1)
    return rows, positions, packed_mask(np.take_along_axis(owner, seen, axis=1))


@exercise.bug
def padding_sees_nothing(tokens, lengths, width, pad=0):
    """Padding sees nothing, not even itself: softmax of such a row is nan. Let it see itself and
    the padding before it."""
    # "Padding sees nothing, not even itself": not got.mask[0, -1].any()
    # "Let it see itself and the padding before it": & ~padding(owner)[:, :, None] →
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner) & ~padding(owner)[:, :, None]


@exercise.bug
def padding_sees_itself_alone(tokens, lengths, width, pad=0):
    """A token of padding sees itself alone. Let it see the padding before it, too."""
    # "A token of padding sees itself alone": got.mask.sum() < want.mask.sum() and
    #     got.mask.diagonal(axis1=1, axis2=2).all()
    # "Let it see the padding before it, too": np.where(padding(owner), -place, owner) → owner
    where, place = places(lengths, width), np.arange(1, width + 1)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(np.where(padding(owner), -place, owner))


@exercise.bug
def padding_sees_later_padding(tokens, lengths, width, pad=0):
    """Padding sees the padding after it, as where positions, which are all 0 there, are compared.
    Let it see the padding before it and itself."""
    # "Padding sees the padding after it": (got.mask & ~want.mask).any() and not (got.mask &
    #     ~want.mask & np.tri(width, dtype=bool)).any()
    # "as where positions, which are all 0 there, are compared": np.array_equal(got.mask,
    #     ((lambda owner: (owner[:, :, None] == owner[:, None]) & (got.positions[:, :, None] >=
    #     got.positions[:, None]))(filled(tokens, lengths, width, pad, places(lengths,
    #     width))[2])))
    # "Let it see the padding before it and itself": packed_mask(owner) | both → packed_mask(owner)
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    both = padding(owner)[:, :, None] & padding(owner)[:, None]
    return rows, positions, packed_mask(owner) | both


@exercise.bug
def padding_sees_all(tokens, lengths, width, pad=0):
    """Padding sees all documents of its row. Let it see padding only."""
    # "Padding sees all documents of its row": got.mask[padding(filled(tokens, lengths, width, pad,
    #     places(lengths, width))[2]), 0].all()
    # "Let it see padding only": padding(owner)[:, :, None] & → False &
    where, causal = places(lengths, width), np.tri(width, dtype=bool)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner) | (padding(owner)[:, :, None] & causal)


@exercise.bug
def padding_by_zeros(tokens, lengths, width, pad=0):
    """Rows are filled up with 0, and `pad` is not used. Fill them with `pad`."""
    # "Rows are filled up with 0, and `pad` is not used": pad != 0 and (got.rows[want.rows == pad]
    #     == 0).all()
    # "Fill them with `pad`": width, 0, where → width, pad, where
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, 0, where)
    return rows, positions, packed_mask(owner)


@exercise.bug(positions_too=(True, False))
def padding_told_by_its_number(tokens, lengths, width, pad=0, positions_too=True):
    """Padding is told by its number, which a document may hold, too. Tell it by place: it stands
    where no document does."""
    # "Padding is told by its number, which a document may hold, too": np.array_equal(bug(
    #     np.array([0, 1]), np.array([2]), 2)[2][0], [[True, False], [False, True]])
    # "Tell it by place: it stands where no document does": np.where(rows == pad, -1, owner) → owner
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    owner = np.where(rows == pad, -1, owner)
    positions = np.where((owner < 0) & positions_too, 0, positions)
    return rows, positions, packed_mask(owner)


@exercise.bug(which=("emptiest", "last"))
def another_row_with_room(tokens, lengths, width, pad=0, which="emptiest"):
    """A document goes to the emptiest row with room, or to the last one. Take the first row with
    room."""

    # "A document goes to the emptiest row with room": (got.rows != want.rows).any()
    # "Take the first row with room": width, chosen) → width)
    def chosen(used, n, width):
        begun = np.flatnonzero((used > 0) & (used + n <= width))
        if not len(begun):
            return np.count_nonzero(used)
        return begun[-1] if which == "last" else begun[used[begun].argmin()]

    where = places(lengths, width, chosen)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner)


@exercise.bug(dtype=(np.uint8, np.int8))
def documents_numbered_in_a_byte(tokens, lengths, width, pad=0, dtype=np.uint8):
    """The documents of a row are numbered in one byte, which wraps around: the first sees the one
    256 later, or padding. Number them in int64."""
    # "which wraps around: the first sees the one 256 later": bug(np.arange(300), np.ones(300, int),
    #     300)[2][0, 256, 0]
    # "Number them in int64": owner.astype(dtype) → owner
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    return rows, positions, packed_mask(owner.astype(dtype).astype(int))


@exercise.bug
def rows_left_empty(tokens, lengths, width, pad=0):
    """There are as many rows as documents, and those not used hold padding alone. Return the rows
    that hold documents."""
    # "There are as many rows as documents, and those not used hold padding alone": len(got.rows) ==
    #     len(lengths) > len(want.rows) and np.array_equal(got.rows[:len(want.rows)], want.rows) and
    #     (got.rows[len(want.rows):] == pad).all()
    # "Return the rows that hold documents": len(lengths) - len(rows) → 0
    where = places(lengths, width)
    rows, positions, owner = filled(tokens, lengths, width, pad, where)
    more = (0, len(lengths) - len(rows)), (0, 0)
    rows = np.pad(rows, more, constant_values=pad)
    owner = np.pad(owner, more, constant_values=-1)
    return rows, np.pad(positions, more), packed_mask(owner)
