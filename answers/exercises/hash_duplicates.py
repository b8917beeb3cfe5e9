"""Practice for question 3: the rows of a test set that stand in the training set."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import EMPTY, Note
from answers.grader.number_types import add_whole_numbers
from answers.networks.duplicate_rows import hash_duplicates

exercise = Exercise(
    hash_duplicates,
    page="03-numpy-layers",
    hints=(
        "A dictionary finds an equal key at once. What of a row can be a key, so that equal "
        "rows have equal keys and no others do?",
        "`row.tobytes()` is exact, but it sees how numbers are stored: 2 and 2.0 differ in "
        "it. Give both arrays one dtype first: `np.result_type`.",
        "Of several equal rows, the first counts: which method of a dictionary writes only "
        "if the key is new?",
        "-0.0 == 0.0, and their bytes differ. What can you add to a row that changes no "
        "number, and makes 0.0 of -0.0?",
    ),
)

rng = np.random.default_rng(3)
train = rng.normal(size=(11, 5))
test = np.concatenate(
    [rng.normal(size=(3, 5)), train[[4, 10]], rng.normal(size=(2, 5))]
)
digits = rng.integers(0, 3, size=(13, 2))

exercise.case("one row, which is there", np.array([[3, 1]]), np.array([[2, 5], [3, 1]]))
exercise.case("one row, which is not", np.array([[3, 1]]), np.array([[2, 5], [3, 4]]))
exercise.case(
    "the same numbers in another order", np.array([[1, 2, 7]]), np.array([[7, 2, 1]])
)
exercise.case("two of seven rows", test, train)
exercise.case(
    "a row that occurs three times",
    np.array([[2, 2]]),
    np.array([[0, 1], [2, 2], [2, 0], [2, 2], [2, 2]]),
)
exercise.case("many copies", digits[:7], digits[::-1])
exercise.case("rows all but equal", train[:3] + 1e-9, train)
exercise.case("numbers beyond the eighth digit", train + 2.0**-40, train[::-1])
exercise.case(
    "integers among floats",
    np.array([[4, 0, 2], [1, 1, 3]]),
    np.array([[1.0, 1, 3], [4, 0, 2.5]]),
)
exercise.case(
    "bytes among integers",
    np.array([[200, 100], [0, 44]], np.uint8),
    np.array([[0, 44], [200, 101]]),
)
quarters = np.round(4 * rng.normal(size=(5, 3))) / 4
exercise.case(
    "-1 and -2, which Python hashes alike",
    *map(np.array, ([[-1.0, 3]], [[-2.0, 3], [-1.0, 3]])),
)
exercise.case(
    "other numbers with the same sums",
    *map(np.array, ([[1.0, -2, 1]], [[0.0, 0, 0], [1, -2, 1]])),
)
exercise.case(
    "integers beyond 2⁵³",
    *(np.array(a, np.int64) for a in ([[2**53 + 1, 3]], [[2**53, 3], [2**53 + 1, 3]])),
)
exercise.case(
    "halves among integers",
    np.array([[2.5, 1.0], [2.0, 1.0]]),
    np.array([[2, 1], [3, 1]]),
)
exercise.case(
    "digits that join to the same text",
    np.array([[1, 12], [11, 2]]),
    np.array([[3, 4], [1, 12]]),
)
exercise.case(
    "infinity",
    np.array([[np.inf, 1.0], [-np.inf, 1.0]]),
    np.array([[2.0, 1.0], [np.inf, 1.0]]),
)
exercise.case(
    "copies among the rows to look for",
    np.array([[7, 7], [3, 1], [7, 7]]),
    np.array([[2, 5], [3, 1]]),
)
exercise.case(
    "a repeated row before the others",
    np.array([[5, 6], [3, 1]]),
    np.array([[2, 2], [2, 2], [5, 6], [2, 2], [3, 1]]),
)
exercise.case(
    "integers beyond 2⁵³ beside floats",
    np.array([[2**53 + 1, 3]]),
    np.array([[1.0, 3.0], [2.0**53, 3.0]]),
    noted=Note(
        "integers beyond 2⁵³ beside floats",
        "Ours converts both to float64, as NumPy does, and 2⁵³ + 1 becomes 2⁵³ there. Python "
        "compares an integer with a float exactly.",
    ),
)
exercise.case("float32 among float64", quarters[[3, 1]].astype(np.float32), quarters)
exercise.case(
    "a zero with a sign",
    np.array([[0.0, -0.0, 1.5]]),
    np.array([[1.5, 0.0, 0.0], [-0.0, 0.0, 1.5]]),
)
wide = rng.normal(size=(7, 1201))
close = wide.copy()
close[:, 600] += 1
exercise.case("1201 features", np.concatenate([close, wide[4:5]]), wide)
exercise.case("columns of a larger array", train[2:5, ::2], train[:, ::2])
exercise.case("no rows to look for", test[:0], train, noted=EMPTY)
exercise.case("none to look among", test, train[:0], noted=EMPTY)
add_whole_numbers(
    exercise,
    np.array([[200, 3], [0, 4]]),
    np.array([[0, 4], [200, 3], [0, 4]]),
    fraction=0,
)
exercise.case(
    "float32 on both sides",
    quarters.astype(np.float32),
    quarters[::-1].astype(np.float32),
)


def looked_up(keys, places, none=-1, last=False):
    """For each key its first place, or its last."""
    found = {}
    for place, key in enumerate(places):
        if last or key not in found:
            found[key] = place
    return np.array([found.get(key, none) for key in keys], dtype=np.intp)


def exact(rows, among):
    """Keys that are right, of both."""
    dtype = np.result_type(rows, among)
    return [
        [r.tobytes() for r in a.astype(dtype) + dtype.type(0)] for a in (rows, among)
    ]


def by(key, rows, among):
    """Both as lists of keys."""
    return [[key(row) for row in array] for array in (rows, among)]


@exercise.bug
def dtypes_not_matched(rows, among):
    """The bytes of both arrays are compared in the dtypes that they have, in which 2 and 2.0 are
    different bytes. Convert both to one dtype."""
    # "The bytes of both arrays are compared in the dtypes that they have, in which 2 and 2.0
    #     are different bytes": (got == -1).all() and (want >= 0).any() and rows.dtype !=
    #     among.dtype
    # "Convert both to one dtype": rows, among)) → *(each.astype(np.result_type(rows, among))
    #     for each in (rows, among))))
    return looked_up(*by(lambda row: (row + row.dtype.type(0)).tobytes(), rows, among))


@exercise.bug
def signs_of_zeros(rows, among):
    """-0.0 equals 0.0, but its bytes differ, as after a product with a negative number. Add 0 to
    both arrays, which makes 0.0 of it."""
    # "-0.0 equals 0.0, but its bytes differ": got[0] == -1 and -0.0 in rows
    # "Add 0 to both arrays, which makes 0.0 of it": rows, among)) → rows + rows.dtype.type(0),
    #     among + among.dtype.type(0)))
    # "as after a product with a negative number": np.copysign(1, -1.0 * 0.0) == -1 and got[0]
    #     == -1
    dtype = np.result_type(rows, among)
    return looked_up(*by(lambda row: row.astype(dtype).tobytes(), rows, among))


@exercise.bug
def printed_rows(rows, among):
    """The key is the row as NumPy prints it: eight digits, and dots for the middle of a long one.
    Take its bytes."""
    # "The key is the row as NumPy prints it: eight digits": (got >= 0).all() and (want ==
    #     -1).all() and str(rows[0]) == str(among[got[0]]) and not np.array_equal(rows[0],
    #     among[got[0]])
    # "Take its bytes": by(str, rows + 0.0, among + 0.0) → by(lambda row: row.tobytes(),
    #     *((each.astype(np.result_type(rows, among)) + np.result_type(rows, among).type(0)) for
    #     each in (rows, among)))
    return looked_up(*by(str, (rows + 0.0), (among + 0.0)))


@exercise.bug(digits=(6, 7, 8))
def rounded(rows, among, digits=6):
    """Rows that are nearly equal are taken for equal, as `round` and `allclose` do. Only equal
    numbers count here; look for near copies by distances."""
    # "Rows that are nearly equal are taken for equal": (got >= 0).sum() > (want >= 0).sum() or
    #     (got != want).any() and np.allclose(rows, among[got])
    return looked_up(
        *by(
            lambda row: (np.round(row.astype(float), digits) + 0).tobytes(), rows, among
        )
    )


@exercise.bug
def hash_without_order(rows, among):
    """The key does not depend on the order of the features, like a sum, a set or sorted numbers.
    Then other rows have it too: take all numbers in their order."""
    # "The key does not depend on the order of the features, like a sum, a set or sorted
    #     numbers": got[0] == 0 and sorted(rows[0]) == sorted(among[0])
    # "take all numbers in their order": np.sort(row.astype(float)) →
    #     row.astype(np.result_type(rows, among)); + 0).tobytes() → + np.result_type(rows,
    #     among).type(0)).tobytes()
    # "Then other rows have it too": got[0] == 0 and want[0] == -1
    return looked_up(
        *by(lambda row: (np.sort(row.astype(float)) + 0).tobytes(), rows, among)
    )


@exercise.bug
def one_feature_compared(rows, among):
    """One equal feature makes two rows equal. All features must be: `.all(axis=-1)`, not
    `.any(axis=-1)`."""
    # "One equal feature makes two rows equal": got[0] == 1 and (rows[0] == among[1]).sum() == 1
    # "All features must be: `.all(axis=-1)`": .any(axis=2) → .all(axis=-1)
    equal = (rows[:, None] == among).any(axis=2)
    return np.array([e.argmax() if e.any() else -1 for e in equal], dtype=np.intp)


@exercise.bug
def float64_for_all(rows, among):
    """Both arrays are converted to float64, in which integers beyond 2⁵³ are rounded and become
    equal. Take the dtype that both have together, as `np.result_type` does."""
    # "in which integers beyond 2⁵³ are rounded and become equal": np.float64(rows[0, 0]) ==
    #     np.float64(among[0, 0]) and rows[0, 0] != among[0, 0] and got[0] == 0
    # "Take the dtype that both have together, as `np.result_type` does": np.float64 →
    #     np.result_type(rows, among)
    return looked_up(
        *by(lambda row: (row.astype(np.float64) + 0).tobytes(), rows, among)
    )


@exercise.bug
def last_place(rows, among):
    """Of several equal rows the last is told: a dictionary keeps what was written last. Write a
    key only if it is new: `setdefault`."""
    # "Of several equal rows the last is told": got[0] == np.flatnonzero((among ==
    #     rows[0]).all(axis=1))[-1]
    # "Write a key only if it is new": last=True → last=False
    return looked_up(*exact(rows, among), last=True)


@exercise.bug
def zero_for_none(rows, among):
    """Where no row is equal the answer is 0, which is the first row: `argmax` of nothing but False
    is 0. Return -1 there."""
    # "Where no row is equal the answer is 0, which is the first row": got[0] == 0
    # "Return -1 there": none=0 → none=-1
    # "`argmax` of nothing but False is 0": (lambda argmax: argmax([False, False]) ==
    #     0)(np.argmax) and got[0] == 0
    return looked_up(*exact(rows, among), none=0)


@exercise.bug
def number_of_rows_for_none(rows, among):
    """Where no row is equal the answer is the number of rows in `among`. Return -1 there."""
    # "Where no row is equal the answer is the number of rows in `among`": (lambda among: got[0]
    #     == len(among))(among)
    # "Return -1 there": none=len(among) → none=-1
    return looked_up(*exact(rows, among), none=len(among))


@exercise.bug
def only_those_found(rows, among):
    """Rows without a copy are left out, so the answer does not say whose copy stands where. Return
    a number for each row: -1 where there is none."""
    # "Rows without a copy are left out": len(got) < len(rows)
    # "Return a number for each row: -1 where there is none": places[places >= 0] →
    #     np.where(places >= 0, places, -1)
    places = looked_up(*exact(rows, among))
    return places[places >= 0]


@exercise.bug
def whether_not_where(rows, among):
    """The answer says whether there is an equal row. Return where: its index, or -1."""
    # "The answer says whether there is an equal row": got.dtype == bool
    # "Return where: its index, or -1":  >= 0 →
    return looked_up(*exact(rows, among)) >= 0


@exercise.bug
def places_in_rows(rows, among):
    """The arrays have changed places: for each row of `among`, the place in `rows` is told. Look
    each of `rows` up in a dictionary of `among`."""
    # "for each row of `among`, the place in `rows` is told": (lambda rows, among:
    #     np.array_equal(got, right(among, rows)))(rows, among)
    # "Look each of `rows` up in a dictionary of `among`": exact(among, rows) → exact(rows,
    #     among)
    return looked_up(*exact(among, rows))


@exercise.bug
def same_place_only(rows, among):
    """Row i is compared with row i only. A copy may stand anywhere in `among`."""
    # "Row i is compared with row i only": got[0] == -1 and want[0] == 1
    pairs = zip(*exact(rows, among), strict=False)
    found = [i if a == b else -1 for i, (a, b) in enumerate(pairs)]
    return np.array(found + [-1] * (len(rows) - len(found)), dtype=np.intp)


def polynomial(numbers):
    """A rolling hash, as for strings."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float((numbers * 31.0 ** np.arange(len(numbers))).sum())


@exercise.bug(hashed=(hash, polynomial))
def hash_for_the_row(rows, among, hashed=hash):
    """The key is a hash of the row, and other rows have the same one, too. Take the row itself, as
    bytes or a tuple: a dictionary hashes it, and compares it then."""
    # "The key is a hash of the row, and other rows have the same one, too": hash((-1.0, 3.0)) ==
    #     hash((-2.0, 3.0)) and polynomial((31, 0)) == polynomial((0, 1)) and (got != want).any()
    # "Take the row itself, as bytes or a tuple": hashed(tuple(row.astype(dtype).tolist())) →
    #     tuple(row.astype(dtype).tolist())
    # "a dictionary hashes it, and compares it then": {(-1.0, 3.0): 0}.get((-2.0, 3.0)) is None and
    #     (got != want).any()
    dtype = np.result_type(rows, among)
    return looked_up(
        *by(lambda row: hashed(tuple(row.astype(dtype).tolist())), rows, among)
    )


@exercise.bug(of_rows=(True, False))
def dtype_of_one(rows, among, of_rows=True):
    """One array is converted to the dtype of the other, which may cut its fractions: 2.5 becomes
    2. Take the dtype that both have together, as `np.result_type` does."""
    # "which may cut its fractions: 2.5 becomes 2": np.array_equal(np.array([2.5]).astype(int), [2])
    #     and (got != want).any()
    # "Take the dtype that both have together, as `np.result_type` does": (rows if of_rows else
    #     among).dtype → np.result_type(rows, among)
    # "One array is converted to the dtype of the other": bug(np.array([[2]]),
    #     np.array([[2.5]]))[0] == 0
    dtype = (rows if of_rows else among).dtype
    return looked_up(
        *by(lambda row: (row.astype(dtype) + dtype.type(0)).tobytes(), rows, among)
    )


@exercise.bug
def place_among_the_distinct(rows, among):
    """Places are counted among the distinct rows of `among`. Count all of its rows, copies
    too."""
    # "Places are counted among the distinct rows of `among`": np.array_equal(bug(np.array([[3]]),
    #     among := np.array([[2], [2], [3]])), [1])
    # "Count all of its rows, copies too": list(dict.fromkeys(places)) → places
    keys, places = exact(rows, among)
    return looked_up(keys, list(dict.fromkeys(places)))


@exercise.bug
def digits_joined(rows, among):
    """The digits of a row are joined with nothing between the numbers, so that 1, 12 and 11, 2 are
    one text. Take a tuple of the numbers, or their bytes."""
    # "so that 1, 12 and 11, 2 are one text": np.array_equal(bug(np.array([[1, 12]]), np.array([[11,
    #     2]])), [0])
    # "Take a tuple of the numbers, or their bytes": ''.join(map(str, numbers)) → tuple(numbers)
    dtype = np.result_type(rows, among)

    def key(row):
        numbers = (row.astype(dtype) + dtype.type(0)).tolist()
        return "".join(map(str, numbers))

    return looked_up(*by(key, rows, among))


@exercise.bug
def difference_of_zero(rows, among):
    """Rows are equal here where their difference is 0, and inf - inf is nan. Compare by `==`."""
    # "inf - inf is nan": np.isnan(np.subtract(np.inf, np.inf)) and (got != want).any()
    # "Rows are equal here where their difference is 0": np.array_equal(bug(np.array([[np.inf]]),
    #     np.array([[np.inf]])), [-1])
    # "Compare by `==`": row - a == 0 → row == a
    dtype = np.result_type(rows, among)
    rows, a = rows.astype(dtype), among.astype(dtype)
    found = []
    with np.errstate(invalid="ignore"):
        for row in rows:
            places = np.flatnonzero((row - a == 0).all(axis=1))
            found.append(places[0] if places.size else -1)
    return np.array(found, dtype=np.intp)
