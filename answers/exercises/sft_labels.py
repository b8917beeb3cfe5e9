"""Practice for question 46: which tokens of a chat carry loss."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.language_models.chat_labels import sft_labels

exercise = Exercise(
    sft_labels,
    page="46-fine-tuning-data",
    hints=(
        "A walk over the tokens of a row needs one bit of memory: is an answer open? What opens "
        "it, and what closes it?",
        "The token `end` of an answer is learned, and closes it. So decide for a token before you "
        "let it close anything.",
        "Without a walk: a running maximum of places (`np.maximum.accumulate`) says for each "
        "token where the last header ended and where the last `end` stood.",
        "Tokens may be stored in uint16. Which number of your result does not fit there?",
    ),
)

HEADER, END, LINE = np.array([71, 12, 10]), 9, 10
rng = np.random.default_rng(46)


def chat(*turns, length=None, pad=0, cut=0):
    """Turns of so many words each, by the number of who speaks: 12 is the assistant."""
    tokens = []
    for who, words in turns:
        said = (
            words if isinstance(words, list) else rng.integers(20, 60, words).tolist()
        )
        tokens += [71, who, LINE, *said, END, LINE]
    tokens = tokens[: len(tokens) - cut]
    return np.array(tokens + [pad] * ((length or len(tokens)) - len(tokens)))


exercise.case("a question and its answer", chat((11, 3), (12, 4)), HEADER, END)
exercise.case(
    "a system's turn, then two answers",
    chat((13, 4), (11, 2), (12, 3), (11, 5), (12, 2)),
    HEADER,
    END,
)
exercise.case("an answer that was cut", chat((11, 2), (12, 6), cut=4), HEADER, END)
exercise.case("no answer", chat((13, 2), (11, 3)), HEADER, END)
exercise.case("an answer of no words", chat((11, 3), (12, 0), (11, 2)), HEADER, END)
exercise.case("two answers in a row", chat((12, 2), (12, 3)), HEADER, END)
exercise.case(
    "padding that is 0", chat((11, 2), (12, 3), length=19, pad=0), HEADER, END
)
exercise.case(
    "padding that is the end of a turn",
    chat((11, 2), (12, 3), length=19, pad=END),
    HEADER,
    END,
)
exercise.case("a header of one token", chat((11, 3), (12, 4)), np.array([12]), END)
exercise.case(
    "a header within an answer",
    chat((11, 2), (12, [31, 71, 12, 10, 44]), (11, 1)),
    HEADER,
    END,
)
exercise.case(
    "half of a header within a question", chat((11, [71, 12, 33]), (12, 2)), HEADER, END
)
exercise.case(
    "a role's name within a question", chat((11, [12, 10, 35]), (12, 3)), HEADER, END
)
exercise.case(
    "an answer that says 0", chat((11, [0, 25]), (12, [40, 0, 0])), HEADER, END
)
exercise.case("a header that ends the row", chat((11, 2), (12, 0), cut=2), HEADER, END)
exercise.case("a header that is the row", HEADER, HEADER, END)
exercise.case(
    "a header that repeats a token",
    np.array([4, 7, 7, 7, 5, 9, 7]),
    np.array([7, 7]),
    9,
)
exercise.case(
    "a batch whose first row is cut",
    np.stack([chat((11, 2), (12, 5), cut=3), chat((12, 2), (11, 0), length=14)]),
    HEADER,
    END,
)
exercise.case(
    "padding on the left",
    np.stack(
        [np.roll(chat((11, 2), (12, n), length=17, pad=9), 5 - n) for n in (3, 5)]
    ),
    HEADER,
    END,
)
exercise.case("two leading axes", rng.integers(0, 4, (2, 3, 40)), np.array([1, 2]), 3)
exercise.case(
    "three leading axes", rng.integers(0, 4, (2, 2, 2, 30)), np.array([1, 2]), 3
)
exercise.case(
    "tokens in int32",
    chat((11, 2), (12, 5), (11, 3), (12, 1)).astype(np.int32),
    HEADER,
    END,
)
for name, dtype in (("bytes", np.uint8), ("signed bytes", np.int8)):
    exercise.case(
        name, chat((11, 2), (12, 5), (11, 3)).astype(dtype), HEADER.astype(dtype), END
    )
exercise.case("small numbers", rng.integers(0, 4, (3, 40)), np.array([1, 2]), 3)
exercise.case(
    "a header that begins within another",
    np.array([7, 7, 7, 8, 5, 9, 4, 7, 7, 7, 7, 8, 9]),
    np.array([7, 7, 8]),
    9,
)
exercise.case(
    "an answer, and a header that ends the row",
    np.array([7, 8, 4, 9, 7, 8]),
    np.array([7, 8]),
    9,
)
exercise.case(
    "the beginning of a header at the end",
    np.array([7, 8, 6, 4, 9, 7, 8]),
    np.array([7, 8, 6]),
    9,
)
exercise.case(
    "a number that ends as a header begins",
    np.array([17, 8, 4, 9, 7, 8, 5, 9]),
    np.array([7, 8]),
    9,
)
exercise.case("a row without an end", np.array([3, 7, 8, 4, 5]), np.array([7, 8]), 9)
exercise.case("a header twice", np.array([7, 8, 7, 8, 4, 9, 5]), np.array([7, 8]), 9)
exercise.case(
    "three answers", np.array([7, 8, 4, 9, 7, 8, 9, 3, 7, 8, 5]), np.array([7, 8]), 9
)
exercise.case(
    "a header of four tokens",
    np.array([7, 8, 6, 4, 9, 7, 8, 6, 5, 3, 9]),
    np.array([7, 8, 6, 5]),
    9,
)
exercise.case(
    "numbers of six digits, as Qwen has",
    np.array(
        [151644, 872, 198, 105043, 151645, 198, 151644, 77091, 198, 108386, 151645]
    ),
    np.array([151644, 77091, 198]),
    151645,
)


@exercise.check
def holds_minus_100(sft_labels):
    """Tokens in uint16 cannot hold -100, which wraps around to 65436 or is refused. Make the
    labels int64 first."""
    tokens = np.array([5, 1, 2, 7, 3], np.uint16)
    labels = sft_labels(tokens, np.array([1, 2], np.uint16), 3)
    return np.asarray(labels).tolist() == [-100, -100, -100, 7, 3]


def wide(tokens):
    return tokens.astype(np.int64)


def after(header, tokens):
    """Where the token before is the last of a header."""
    found = np.zeros(tokens.shape, bool)
    n = len(header)
    for i in range(n, tokens.shape[-1]):
        found[..., i] = (tokens[..., i - n : i] == header).all(axis=-1)
    return found


def later(found, by=1):
    """Each mark so many tokens later."""
    moved = np.zeros_like(found)
    moved[..., by:] = found[..., : found.shape[-1] - by]
    return moved


def last(found):
    """Counted from 1, the place of the last mark so far; 0 before there is one."""
    return np.maximum.accumulate(found * np.arange(1, found.shape[-1] + 1), axis=-1)


def open_(tokens, header, end):
    """Whether each token stands in an answer."""
    return last(after(header, tokens)) > last(later(tokens == end))


def walk(tokens, header, end, fits=np.array_equal, skip=0, behind=0):
    """The labels of a walk: a header is what `fits`, and the end of an answer is looked for from
    its token `skip` on, and a header from `behind` tokens behind it."""
    labels, n = np.full(tokens.shape, -100), len(header)
    for at in np.ndindex(tokens.shape[:-1]):
        row, i = tokens[at], 0
        while i + n <= len(row):
            if not fits(row[i : i + n], header):
                i += 1
                continue
            i += n
            ends = np.flatnonzero(row[i + skip :] == end)
            stop = i + skip + ends[0] + 1 if len(ends) else len(row)
            labels[at][i:stop] = row[i:stop]
            i = stop + behind
    return labels


@exercise.bug
def end_not_learned(tokens, header, end):
    """The `end` of an answer has no label, so the model never learns to stop. It belongs to the
    answer, and is learned."""
    # "The `end` of an answer has no label": not (got == end).any() and (want == end).any()
    # "It belongs to the answer, and is learned": last(tokens == end) → last(later(tokens == end))
    answer = last(after(header, tokens)) > last(tokens == end)
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def line_after_the_end_learned(tokens, header, end):
    """The token behind an answer's end is learned, too. An answer stops with its end."""
    # "The token behind an answer's end is learned, too": np.count_nonzero(got != -100) >
    #     np.count_nonzero(want != -100)
    # "An answer stops with its end": tokens == end, 2 → tokens == end, 1
    answer = last(after(header, tokens)) > last(later(tokens == end, 2))
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def everything_learned(tokens, header, end):
    """Every token is a label, also what others wrote. Only the assistant's answers are; put -100
    at all else."""
    # "Every token is a label, also what others wrote": np.array_equal(got, tokens)
    # "put -100 at all else": return wide(tokens) → return np.where(open_(tokens, header, end),
    #     wide(tokens), -100)
    return wide(tokens)


@exercise.bug
def header_learned(tokens, header, end):
    """The header is learned with the answer. The prompt that a server writes ends with it, so it
    is no part of the answer: begin after it."""
    # "The header is learned with the answer": (got == header[0]).any()
    # "begin after it": last(opens) → last(after(header, tokens))
    opens, n = np.zeros(tokens.shape, bool), len(header)
    opens[..., :-n] = after(header, tokens)[..., n:]
    opens[..., -n:] = (tokens[..., -n:] == header).all(axis=-1, keepdims=True)
    answer = last(opens) > last(later(tokens == end))
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def labels_shifted(tokens, header, end):
    """The labels are moved to the left by one. A model of Hugging Face shifts by itself: each
    label stands at its own token."""
    # "The labels are moved to the left by one": np.array_equal(got[..., :-1], want[..., 1:])
    # "each label stands at its own token": np.concatenate([labels[..., 1:],
    #     np.full_like(labels[..., :1], -100)], axis=-1) → labels
    labels = np.where(open_(tokens, header, end), wide(tokens), -100)
    return np.concatenate(
        [labels[..., 1:], np.full_like(labels[..., :1], -100)], axis=-1
    )


@exercise.bug(value=(0, -1))
def another_number_for_what_is_left_out(tokens, header, end, value=0):
    """Another number than -100 stands where no loss is taken. PyTorch leaves out -100 unasked, and
    0 is a token."""
    # "Another number than -100 stands where no loss is taken": any(np.array_equal(got,
    #     np.where(want == -100, each, want)) for each in (0, -1))
    # "PyTorch leaves out -100 unasked, and 0 is a token": wide(tokens), value) → wide(tokens),
    #     -100)
    return np.where(open_(tokens, header, end), wide(tokens), value)


@exercise.bug
def first_token_left_out(tokens, header, end):
    """The first token of each answer is left out. An answer begins right behind its header."""
    # "The first token of each answer is left out": np.count_nonzero(got != -100) <
    #     np.count_nonzero(want != -100)
    # "An answer begins right behind its header": later(after(header, tokens)) → after(header,
    #     tokens)
    answer = last(later(after(header, tokens))) > last(later(tokens == end))
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def begun_too_early(tokens, header, end):
    """The last token of the header is learned, too. An answer begins right behind it."""
    # "The last token of the header is learned, too": np.count_nonzero(got == header[-1]) >
    #     np.count_nonzero(want == header[-1])
    # "An answer begins right behind it": | early →
    answer, early = open_(tokens, header, end), np.zeros(tokens.shape, bool)
    early[..., :-1] = after(header, tokens)[..., 1:]
    return np.where(answer | early, wide(tokens), -100)


@exercise.bug(if_cut=(False, True))
def last_token_of_the_row_left_out(tokens, header, end, if_cut=False):
    """The last token of a row has no label, though it may belong to an answer that was cut. Go to
    the end of the row."""
    # "The last token of a row has no label": (got[..., -1] == -100).all() and (want[..., -1] !=
    #     -100).any()
    # "Go to the end of the row": answer[..., -1] &= if_cut & (tokens[..., -1] == end) →
    #     answer[..., -1] &= True
    answer = open_(tokens, header, end)
    answer[..., -1] &= if_cut & (tokens[..., -1] == end)
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def questions_learned(tokens, header, end):
    """All but the answers is learned. Turn it around: the answers are."""
    # "All but the answers is learned": np.array_equal(got == -100, want != -100)
    # "Turn it around: the answers are": ~open_ → open_
    return np.where(~open_(tokens, header, end), wide(tokens), -100)


@exercise.bug
def marks_for_labels(tokens, header, end):
    """Returned is a mask, not labels. Where it is true the label is the token, elsewhere -100."""
    # "Returned is a mask, not labels": np.array_equal(got, want != -100)
    # "Where it is true the label is the token, elsewhere -100": return open_(tokens, header,
    #     end) → return np.where(open_(tokens, header, end), wide(tokens), -100)
    return open_(tokens, header, end)


@exercise.bug
def answers_never_end(tokens, header, end):
    """All that follows the first header is learned, also what others write after the answer. An
    answer closes with its `end`."""
    # "All that follows the first header is learned": np.array_equal(got != -100,
    #     np.maximum.accumulate(want != -100, axis=-1))
    # "An answer closes with its `end`": > 0 → > last(later(tokens == end))
    return np.where(last(after(header, tokens)) > 0, wide(tokens), -100)


@exercise.bug(header_at_the_end=(False, True))
def only_the_last_answer(tokens, header, end, header_at_the_end=False):
    """Of several answers only the last is learned. Each one is."""
    # "Of several answers only the last is learned": np.count_nonzero(got != -100) <
    #     np.count_nonzero(want != -100)
    # "Each one is": answer & final → answer
    answer = open_(tokens, header, end)
    begins = answer & ~later(answer)
    final = np.arange(tokens.shape[-1]) >= last(begins).max(axis=-1, keepdims=True) - 1
    if header_at_the_end:  # it opens the last answer, which has no tokens
        n = len(header)
        opens = (tokens[..., -n:] == header).all(-1) & ~answer[..., -n:].any(-1)
        final &= ~opens[..., None]
    return np.where(answer & final, wide(tokens), -100)


@exercise.bug
def only_the_first_answer(tokens, header, end):
    """Of several answers only the first is learned. Each one is."""
    # "Of several answers only the first is learned": np.count_nonzero(got != -100) <
    #     np.count_nonzero(want != -100)
    # "Each one is": done == 0 → done >= 0
    answer = open_(tokens, header, end)
    done = later(answer & (tokens == end)).cumsum(axis=-1)
    return np.where(answer & (done == 0), wide(tokens), -100)


@exercise.bug
def every_end_learned(tokens, header, end):
    """Each `end` is learned, also where another's turn ends, and in padding. Learn the `end` of an
    answer alone."""
    # "Each `end` is learned, also where another's turn ends": np.array_equal(got == end, tokens ==
    #     end)
    # "Learn the `end` of an answer alone": | (tokens == end) →
    answer = open_(tokens, header, end) | (tokens == end)
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def padding_learned(tokens, header, end):
    """Padding by the end token is learned, too, for it stands right behind the answer. Of several
    such tokens in a row the first closes the answer."""
    # "Padding by the end token is learned, too": (got == end).sum() > (want == end).sum()
    # "Of several such tokens in a row the first closes the answer": |= more → |= False
    answer, ends = open_(tokens, header, end), tokens == end
    for i in range(1, tokens.shape[-1]):
        more = answer[..., i - 1] & ends[..., i - 1] & ends[..., i]
        answer[..., i] |= more
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def end_looked_for_too_late(tokens, header, end):
    """The end of an answer is looked for behind its first token, so that an answer of no words goes
    on. Its first token may be the end."""
    # "so that an answer of no words goes on": np.count_nonzero(got != -100) > np.count_nonzero(want
    #     != -100) and (tokens[after(header, tokens)] == end).any()
    # "Its first token may be the end": skip=1 → skip=0
    return walk(tokens, header, end, skip=1)


@exercise.bug
def header_within_an_answer_left_out(tokens, header, end):
    """A header within an answer gets -100. No turn begins before `end`, so it is a part of the
    answer, and is learned."""
    # "A header within an answer gets -100": not (got == header[0]).any() and (want ==
    #     header[0]).any()
    # "so it is a part of the answer, and is learned": & ~inside → & True
    answer, inside = open_(tokens, header, end), np.zeros(tokens.shape, bool)
    for i in range(len(header), tokens.shape[-1] + 1):
        here = (tokens[..., i - len(header) : i] == header).all(axis=-1)
        inside[..., i - len(header) : i] |= here[..., None]
    return np.where(answer & ~inside, wide(tokens), -100)


@exercise.bug
def last_token_of_the_header(tokens, header, end):
    """Only the last token of the header is looked for, which others write, too. All of its tokens
    must stand there, one behind the other."""
    # "Only the last token of the header is looked for": np.array_equal(got, right(tokens,
    #     header[-1:], end))
    # "All of its tokens must stand there, one behind the other": header[-1:] → header
    return np.where(open_(tokens, header[-1:], end), wide(tokens), -100)


@exercise.bug
def first_token_of_the_header(tokens, header, end):
    """Only the first token of the header is looked for, which opens each turn: what others write is
    learned, too. All of its tokens must stand there."""
    # "Only the first token of the header is looked for": np.count_nonzero(got != -100) !=
    #     np.count_nonzero(want != -100)
    # "All of its tokens must stand there": later(after(header[:1], tokens), len(header) - 1) →
    #     after(header, tokens)
    opens = later(after(header[:1], tokens), len(header) - 1)
    answer = last(opens) > last(later(tokens == end))
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def tokens_of_the_header_in_any_order(tokens, header, end):
    """An answer opens where any token of the header stands. All of its tokens must stand there,
    one behind the other."""
    # "An answer opens where any token of the header stands": np.isin(tokens, header).any() and
    #     (got != want).any()
    # "All of its tokens must stand there, one behind the other": later(np.isin(tokens, header)) →
    #     after(header, tokens)
    opens = later(np.isin(tokens, header))
    answer = last(opens) > last(later(tokens == end))
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def one_token_of_the_header_in_its_place(tokens, header, end):
    """A header is found where one of its tokens stands in its place. All of them must:
    `(window == header).all()`."""
    # "A header is found where one of its tokens stands in its place": np.array_equal(got,
    #     walk(tokens, header, end, fits=lambda some, whole: (some == whole).any())) and (got !=
    #     want).any()
    # "All of them must": (some == whole).any() → (some == whole).all()
    return walk(tokens, header, end, fits=lambda some, whole: (some == whole).any())


@exercise.bug
def compared_as_text(tokens, header, end):
    """Tokens are compared as text, in which 17 8 ends as 7 8 does. Compare numbers."""
    # "in which 17 8 ends as 7 8 does": bug(np.array([17, 8, 4]), np.array([7, 8]), 9)[-1] == 4
    # "Compare numbers": in_words(some).endswith(in_words(whole)) → np.array_equal(some, whole)

    def in_words(some):
        return " ".join(map(str, some.tolist()))

    def fits(some, whole):
        return in_words(some).endswith(in_words(whole))

    return walk(tokens, header, end, fits)


@exercise.bug
def header_over_the_border(tokens, header, end):
    """`np.roll` brings what leaves a row at its end back at its start, so a header at the end opens
    an answer at the start. Compare within the row, as `sliding_window_view` does."""
    # "so a header at the end opens an answer at the start": got[..., 0].max() != -100 and
    #     np.array_equal(tokens[-len(header):], header)
    # "Compare within the row": np.roll(found, n, axis=-1) → after(header, tokens)
    n, found = len(header), np.ones(tokens.shape, bool)
    for i in range(n):
        found &= np.roll(tokens, -i, axis=-1) == header[i]
    opens = np.roll(found, n, axis=-1)
    answer = last(opens) > last(later(tokens == end))
    return np.where(answer, wide(tokens), -100)


@exercise.bug
def header_found_where_there_is_none(tokens, header, end):
    """A row without a header is learned from its start on: `argmax` of an array without True is 0.
    Ask `any` first."""
    # "A row without a header is learned from its start on": not after(header, tokens).any() and
    #     (got != -100).any()
    # "`argmax` of an array without True is 0": np.zeros(3, bool).argmax() == 0 and not
    #     np.array_equal(got, want)
    # "Ask `any` first": int(found.argmax()) → int(found.argmax()) if found.any() else len(row)
    forged, n = wide(tokens).copy(), len(header)
    for at in np.ndindex(tokens.shape[:-1]):
        row = forged[at]
        places = range(len(row) - n + 1)
        found = np.array([np.array_equal(row[i : i + n], header) for i in places])
        first = int(found.argmax())
        row[first : first + n] = header[
            : len(row) - first
        ]  # where none stood, one does now
    return walk(forged, header, end)


@exercise.bug
def cut_answers_left_out(tokens, header, end):
    """An answer that has no end is left out. It was cut: its tokens are right, and are learned up
    to the end of the row."""
    # "An answer that has no end is left out": np.count_nonzero(got != -100) <
    #     np.count_nonzero(want != -100)
    # "are learned up to the end of the row": & closed → & True
    answer = open_(tokens, header, end)
    closed = (answer & (tokens == end))[..., ::-1]
    closed = np.maximum.accumulate(closed, axis=-1)[..., ::-1]
    return np.where(answer & closed, wide(tokens), -100)


@exercise.bug
def rows_run_on(tokens, header, end):
    """An answer that was cut goes on in the next row of the batch. Each row begins anew."""
    # "An answer that was cut goes on in the next row of the batch": np.count_nonzero(got != -100) >
    #     np.count_nonzero(want != -100)
    # "Each row begins anew": tokens.ravel() → tokens
    flat = tokens.ravel()
    labels = np.where(open_(flat, header, end), wide(flat), -100)
    return labels.reshape(tokens.shape)


@exercise.bug(again=(False, True))
def counted_token_by_token(tokens, header, end, again=False):
    """The tokens of the header are counted off: one that does not fit sets the count back, though a
    header may have begun within. Compare the last tokens with the whole header at each place."""
    # "one that does not fit sets the count back, though a header may have begun within":
    #     np.array_equal(bug(np.array([7, 7, 7, 8, 5]), np.array([7, 7, 8]), 9), [-100] * 5)
    # "Compare the last tokens with the whole header at each place": met + 1 if token == header[met]
    #     else first → n * int(i + 1 >= n and
    #     np.array_equal(tokens[at][i + 1 - n:i + 1], header))
    labels, n = np.full(tokens.shape, -100), len(header)
    for at in np.ndindex(tokens.shape[:-1]):
        met = 0
        for i, token in enumerate(tokens[at].tolist()):
            if met == n:
                labels[at][i] = token
                met = 0 if token == end else n
            else:
                first = int(again and token == header[0])
                met = met + 1 if token == header[met] else first
    return labels


@exercise.bug
def labels_in_int16(tokens, header, end):
    """Labels in int16 hold no number above 32 767, and vocabularies are larger. Make them int64."""
    # "Labels in int16 hold no number above 32 767": bug(np.array([1, 32_767]), np.array([1]), 9)[1]
    #     == 32_767 and bug(np.array([1, 32_768]), np.array([1]), 9)[1] != 32_768
    # "Make them int64": np.int16 → np.int64
    labels = np.where(open_(tokens, header, end), wide(tokens), -100)
    return labels.astype(np.int16)


@exercise.bug
def header_right_behind_an_answer_missed(tokens, header, end):
    """A header that stands right behind an answer is missed. Look for the next one from the first
    token behind the answer on."""
    # "A header that stands right behind an answer is missed": np.count_nonzero(got != -100)
    #     < np.count_nonzero(want != -100)
    # "from the first token behind the answer on": behind=1 → behind=0
    return walk(tokens, header, end, behind=1)


@exercise.bug
def open_answers_counted(tokens, header, end):
    """A header within an answer counts as one more open answer, and one end does not close both.
    Keep whether one is open, not how many."""
    # "one end does not close both": np.count_nonzero(got != -100) > np.count_nonzero(want !=
    #     -100)
    # "Keep whether one is open, not how many": count += 1 → count = 1
    labels, opens = np.full(tokens.shape, -100), after(header, tokens)
    for at in np.ndindex(tokens.shape[:-1]):
        count = 0
        for i, token in enumerate(tokens[at].tolist()):
            if opens[at][i]:
                count += 1
            if count > 0:
                labels[at][i] = token
                count -= token == end
    return labels


@exercise.bug
def begun_anew_by_a_header_within(tokens, header, end):
    """A header within an answer opens it anew, and what stood before is left out. While an answer
    is open, headers are its tokens: look for none."""
    # "A header within an answer opens it anew, and what stood before is left out":
    #     np.count_nonzero(got != -100) < np.count_nonzero(want != -100)
    # "look for none": labels[at][begun:i] = -100 → pass
    labels, opens = walk(tokens, header, end), after(header, tokens)
    for at in np.ndindex(tokens.shape[:-1]):
        begun = 0
        for i in range(tokens.shape[-1]):
            if labels[at][i] == -100:
                begun = i + 1
            elif opens[at][i]:
                labels[at][begun:i] = -100
    return labels
