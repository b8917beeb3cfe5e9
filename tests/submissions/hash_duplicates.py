"""Right and wrong ways to write hash_duplicates."""

import numpy as np


def all_pairs(rows, among):
    """Not by hash, and right."""
    equal = (rows[:, None, :] == among[None]).all(axis=-1)
    if not among.size:
        return np.full(len(rows), -1)
    return np.where(equal.any(axis=1), equal.argmax(axis=1), -1)


def tuples(rows, among):
    """Python's numbers hash alike if they are equal."""
    places = {}
    for place in reversed(range(len(among))):
        places[tuple(among[place].tolist())] = place
    return np.array([places.get(tuple(row.tolist()), -1) for row in rows], dtype=int)


def with_unique(rows, among):
    both = np.concatenate([among, rows])
    _, first, inverse = np.unique(both, axis=0, return_index=True, return_inverse=True)
    place = first[inverse.reshape(-1)][len(among) :]
    return np.where(place < len(among), place, -1)


def digests(rows, among):
    import hashlib

    dtype = np.promote_types(rows.dtype, among.dtype)

    def digest(row):
        row = np.where(row == 0, 0, row).astype(dtype)
        return hashlib.sha256(row.tobytes()).hexdigest()

    known = [digest(row) for row in among]
    wanted = [digest(row) for row in rows]
    return np.array([known.index(key) if key in known else -1 for key in wanted], dtype=int)


def sorted_and_searched(rows, among):
    """Rows as one array of records, sorted so that the first of equal ones comes first."""
    if not len(among):
        return np.full(len(rows), -1)
    kind = np.result_type(rows, among)
    both = np.concatenate([among.astype(kind), rows.astype(kind)])
    order = np.lexsort((np.arange(len(both)), *both.T[::-1]))
    found = np.full(len(both), -1)
    first = None
    for place in order:
        if first is None or not np.array_equal(both[place], both[first]):
            first = place
        found[place] = first if first < len(among) else -1
    return found[len(among) :]


def bytes_of_rows(rows, among):
    kind = np.result_type(rows, among)
    # Adding 0 makes 0 of -0.
    train = np.ascontiguousarray(among.astype(kind) + kind.type(0))
    test = np.ascontiguousarray(rows.astype(kind) + kind.type(0))
    places = {}
    for place, row in enumerate(train):
        places.setdefault(row.tobytes(), place)
    return np.array([places.get(row.tobytes(), -1) for row in test], dtype=int)


def bytes_as_they_are(rows, among):
    first = {}
    for i, row in enumerate(among):
        first.setdefault(row.tobytes(), i)
    return np.array([first.get(row.tobytes(), -1) for row in rows], dtype=int)


def bytes_of_float64(rows, among):
    first = {}
    for i, row in enumerate(among.astype(float)):
        first.setdefault(row.tobytes(), i)
    return np.array([first.get(row.tobytes(), -1) for row in rows.astype(float)], dtype=int)


def text(rows, among):
    first = {}
    for i, row in enumerate(among.astype(float)):
        first.setdefault(str(row), i)
    return np.array([first.get(str(row), -1) for row in rows.astype(float)], dtype=int)


def nearly(rows, among):
    places = np.full(len(rows), -1)
    for i, row in enumerate(rows):
        for j, other in enumerate(among):
            if np.allclose(row, other):
                places[i] = j
                break
    return places


def sums(rows, among):
    first = {}
    for i, row in enumerate(among):
        first.setdefault(float(row.sum()), i)
    return np.array([first.get(float(row.sum()), -1) for row in rows], dtype=int)


def sets(rows, among):
    first = {}
    for i, row in enumerate(among):
        first.setdefault(frozenset(row.tolist()), i)
    return np.array([first.get(frozenset(row.tolist()), -1) for row in rows], dtype=int)


def comprehension(rows, among):
    last = {tuple(row.tolist()): i for i, row in enumerate(among)}
    return np.array([last.get(tuple(row.tolist()), -1) for row in rows], dtype=int)


def argmax_alone(rows, among):
    if not len(among):
        return np.full(len(rows), -1)
    return (rows[:, None] == among).all(-1).argmax(-1)


def mask(rows, among):
    known = {tuple(row.tolist()) for row in among}
    return np.array([tuple(row.tolist()) in known for row in rows], dtype=bool)


def any_feature(rows, among):
    return np.array(
        [next((j for j, b in enumerate(among) if (a == b).any()), -1) for a in rows], dtype=int
    )


def a_list(rows, among):
    return tuples(rows, among).tolist()


def none_for_none(rows, among):
    places = tuples(rows, among)
    return np.array([None if place < 0 else place for place in places])


def _first_places(rows, among, key):
    places = {}
    for place, row in enumerate(among + among.dtype.type(0)):
        places.setdefault(key(row), place)
    return np.array([places.get(key(row), -1) for row in rows + rows.dtype.type(0)], int)


def pythons_hash_alone(rows, among):
    return _first_places(rows, among, lambda row: hash(tuple(row.tolist())))


def two_sums(rows, among):
    rows, among = rows.astype(float), among.astype(float)
    weights = np.arange(1, among.shape[1] + 1)
    return _first_places(rows, among, lambda row: (row.sum(), (row * weights).sum()))


def in_float64_always(rows, among):
    return _first_places(rows.astype(float), among.astype(float), lambda row: row.tobytes())


def _equal_rows(rows, among, dtype):
    return tuples(rows.astype(dtype), among.astype(dtype))


def in_the_dtype_of_among(rows, among):
    return _equal_rows(rows, among, among.dtype)


def in_the_dtype_of_rows(rows, among):
    return _equal_rows(rows, among, rows.dtype)


def powers_of_31(rows, among):
    with np.errstate(over="ignore"):
        base = 31.0 ** np.arange(rows.shape[1])
    with np.errstate(invalid="ignore"):
        return tuples((rows * base).sum(1)[:, None], (among * base).sum(1)[:, None])


def joined_text(rows, among):
    kind = np.result_type(rows, among)
    return _first_places(rows.astype(kind), among.astype(kind), lambda r: "".join(map(str, r)))


def numbered_by_the_size(rows, among):
    """Numbers each new row by the dictionary's size."""
    places = {}
    for row in among.tolist():
        places.setdefault(tuple(row), len(places))
    return np.array([places.get(tuple(row), -1) for row in rows.tolist()], dtype=int)


def no_difference(rows, among):
    if not len(among):
        return np.full(len(rows), -1)
    with np.errstate(invalid="ignore"):
        gap = rows.astype(np.longdouble)[:, None] - among
    equal = (gap == 0).all(axis=-1)
    return np.where(equal.any(axis=1), equal.argmax(axis=1), -1)


def copies_within_rows(rows, among):
    """Where `among` has none, an earlier one of `rows` counts."""
    places, own = tuples(rows, among), tuples(rows, rows)
    earlier = np.where(own < np.arange(len(rows)), own, -1)
    return np.where(places < 0, earlier, places)


# Python compares integers and floats exactly.
NOTED = {tuples}

# The mistake that each is told; None where no known one explains it.
WRONG = {
    bytes_as_they_are: "dtypes_not_matched",
    bytes_of_float64: None,
    text: "printed_rows",
    nearly: "rounded",
    sums: "hash_without_order",
    sets: "hash_without_order",
    comprehension: "last_place",
    argmax_alone: "zero_for_none",
    mask: "whether_not_where",
    any_feature: "one_feature_compared",
    a_list: "a_result_of_another_kind",
    none_for_none: "a_result_of_another_kind",
    pythons_hash_alone: "hash_for_the_row",
    two_sums: None,
    in_float64_always: "float64_for_all",
    in_the_dtype_of_among: "dtype_of_one",
    in_the_dtype_of_rows: "dtype_of_one",
    powers_of_31: "hash_for_the_row",
    joined_text: "digits_joined",
    numbered_by_the_size: "place_among_the_distinct",
    no_difference: "difference_of_zero",
    copies_within_rows: None,
}
