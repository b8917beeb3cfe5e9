"""Practice for question 46: the MinHash signature of a document."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.language_models.minhash import PRIME, minhash

exercise = Exercise(
    minhash,
    page="46-fine-tuning-data",
    rtol=1e-12,  # Hashes are whole numbers, and one beside the right one is wrong.
    hints=(
        "Each hash function meets each shingle: that is a table. Which axis has one entry for "
        "each entry of the signature?",
        "`a[:, None] * shingles` is that table, if nothing overflows. How many bits does a product "
        "of two numbers below 2³¹ need?",
        "The remainder is taken of the whole sum, and before the minimum.",
    ),
)

rng = np.random.default_rng(46)


def small(shingles, hashes, below=30_000):
    """Shingles, a and b, of which no hash reaches p."""
    numbers = rng.integers(0, below, shingles), rng.integers(1, below, hashes)
    return *numbers, rng.integers(0, below, hashes)


def whole(shingles, hashes):
    """Shingles, a and b of all sizes."""
    numbers = rng.integers(0, PRIME, shingles), rng.integers(1, PRIME, hashes)
    return *numbers, rng.integers(0, PRIME, hashes)


exercise.case("one shingle, one hash", *(np.array([x]) for x in (5, 3, 4)))
exercise.case("two shingles, one hash", *map(np.array, ([7, 5], [3], [4])))
exercise.case("two hashes", *small(3, 2, 40))
exercise.case("as many hashes as shingles", *small(4, 4, 40))
exercise.case("more hashes than shingles", *small(3, 7))
exercise.case("more shingles than hashes", *small(9, 4))
exercise.case("a shingle that is 0", *map(np.array, ([8, 0, 3], [5, 2], [6, 1])))
exercise.case("a b that is 0", *map(np.array, ([8, 2, 3], [5, 2, 9], [0, 4, 0])))
exercise.case(
    "shingles that occur twice", *map(np.array, ([8, 2, 2, 8], [5, 2], [3, 4]))
)
exercise.case("hashes that pass p by a little", np.array([3, 20, 11]), *whole(1, 5)[1:])
exercise.case("numbers of five digits", *small(20, 6))
exercise.case("more numbers of five digits", *small(30, 9))
exercise.case(
    "a remainder that b takes past p",
    *(np.array(x) for x in ([2, 4], [3, 7], [PRIME - 8, PRIME - 20])),
)
exercise.case("numbers of all sizes", *whole(12, 8))
exercise.case("the largest numbers", *(PRIME - 1 - x for x in small(7, 5, 90)))
exercise.case("one shingle, and hashes of all sizes", *whole(1, 9))
exercise.case("many shingles", *whole(300, 16))
exercise.case("int32", *(x.astype(np.int32) for x in whole(12, 8)))
for name, dtype in (("bytes", np.uint8), ("signed bytes", np.int8)):
    exercise.case(name, *(x.astype(dtype) for x in small(9, 4, 120)))
exercise.case("a hash of 0", *map(np.array, ([5, 9], [1, 2], [PRIME - 5, PRIME - 18])))
exercise.case("a hash of p - 1", *map(np.array, ([PRIME - 1], [1, 2], [0, 1])))
exercise.case(
    "a least hash that occurs twice", *map(np.array, ([9, 2, 2], [3, 1], [4, 1]))
)


def wide(*arrays):
    return [each.astype(np.int64) for each in arrays]


def sums(shingles, a, b):
    """a x + b, (hashes, shingles)."""
    shingles, a, b = wide(shingles, a, b)
    return a[:, None] * shingles + b[:, None]


@exercise.bug
def largest(shingles, a, b):
    """The largest hash is taken. It would serve as well, but asked for is the least."""
    # "The largest hash is taken": np.array_equal(got, (sums(shingles, a, b) % PRIME).max(axis=1))
    # "asked for is the least": .max( → .min(
    return (sums(shingles, a, b) % PRIME).max(axis=1)


@exercise.bug
def over_the_functions(shingles, a, b):
    """The minimum is taken over the hash functions, and leaves one number for each shingle. Take it
    over the shingles."""
    # "The minimum is taken over the hash functions, and leaves one number for each shingle":
    #     np.shape(got) == shingles.shape
    # "Take it over the shingles": axis=0 → axis=1
    return (sums(shingles, a, b) % PRIME).min(axis=0)


@exercise.bug
def over_all(shingles, a, b):
    """One number comes out, the least of all hashes. Each hash function has a least hash of its
    own."""
    # "One number comes out, the least of all hashes": np.ndim(got) == 0
    # "Each hash function has a least hash of its own": .min() → .min(axis=1)
    return (sums(shingles, a, b) % PRIME).min()


@exercise.bug
def no_remainder(shingles, a, b):
    """The remainder by p is not taken, so every function keeps the order of the shingles, and all
    choose the smallest. Take it before the minimum."""
    # "The remainder by p is not taken": np.array_equal(got, sums(shingles, a, b).min(axis=1))
    # "all choose the smallest": np.array_equal(got, sums(shingles.min()[None], a, b)[:, 0])
    # "Take it before the minimum": sums(shingles, a, b).min → (sums(shingles, a, b) % PRIME).min
    return sums(shingles, a, b).min(axis=1)


@exercise.bug
def remainder_after_the_minimum(shingles, a, b):
    """Every function chooses the smallest shingle, as the least sum before the remainder does. Take
    the remainder of each sum, then the least."""
    # "Every function chooses the smallest shingle, as the least sum before the remainder does":
    #     np.array_equal(got, sums(shingles.min()[None], a, b)[:, 0] % PRIME)
    # "Take the remainder of each sum, then the least": sums(shingles, a, b).min(axis=1) % PRIME →
    #     (sums(shingles, a, b) % PRIME).min(axis=1)
    return sums(shingles, a, b).min(axis=1) % PRIME


@exercise.bug
def b_after_the_remainder(shingles, a, b):
    """b is added after the remainder, so it changes no choice, and hashes pass p. Take the
    remainder of a x + b."""
    # "b is added after the remainder": np.array_equal(got, (sums(shingles, a, 0 * b) %
    #     PRIME).min(axis=1) + b)
    # "Take the remainder of a x + b": 0 * b) % PRIME + b[:, None] → b) % PRIME
    return (sums(shingles, a, 0 * b) % PRIME + b[:, None]).min(axis=1)


@exercise.bug(of=(2**31, 2**32, 2**61 - 1))
def another_modulus(shingles, a, b, of=2**31):
    """The remainder is taken by another number than p. Here p is 2³¹ - 1."""
    # "The remainder is taken by another number than p": any(np.array_equal(got, (sums(shingles, a,
    #     b) % each).min(axis=1)) for each in (2**31, 2**32, 2**61 - 1))
    # "Here p is 2³¹ - 1": % of → % PRIME
    return (sums(shingles, a, b) % of).min(axis=1)


@exercise.bug
def a_and_b_exchanged(shingles, a, b):
    """a is added, and b multiplies. The hash is a x + b."""
    # "a is added, and b multiplies": np.array_equal(got, (sums(shingles, b, a) %
    #     PRIME).min(axis=1))
    # "The hash is a x + b": b, a) → a, b)
    return (sums(shingles, b, a) % PRIME).min(axis=1)


@exercise.bug
def b_left_out(shingles, a, b):
    """b is not added. The hash is a x + b."""
    # "b is not added": np.array_equal(got, (sums(shingles, a, 0 * b) % PRIME).min(axis=1))
    # "The hash is a x + b": 0 * b → b
    return (sums(shingles, a, 0 * b) % PRIME).min(axis=1)


@exercise.bug
def one_function(shingles, a, b):
    """The first hash function makes all entries, so they agree all at once or not at all. Entry i
    is made by a[i] and b[i]."""
    # "The first hash function makes all entries": len(set(got.tolist())) == 1
    # "Entry i is made by a[i] and b[i]": sums(shingles, 0 * a + a[0], 0 * b + b[0]) →
    #     sums(shingles, a, b)
    return (sums(shingles, 0 * a + a[0], 0 * b + b[0]) % PRIME).min(axis=1)


@exercise.bug
def least_of_one_function(shingles, a, b):
    """The least hashes of the first function are taken: a bottom-k sketch, which estimates Jaccard,
    too. Asked for is the least hash of each function."""
    # "The least hashes of the first function are taken": np.array_equal(got[: len(shingles)],
    #     np.sort(sums(shingles, a, b)[0] % PRIME)[: len(a)])
    # "Asked for is the least hash of each function": return np.append(found, np.zeros(len(a),
    #     int))[:len(a)] → return (sums(shingles, a, b) % PRIME).min(axis=1)
    found = np.sort(sums(shingles, a, b)[0] % PRIME)
    return np.append(found, np.zeros(len(a), int))[: len(a)]


@exercise.bug
def shingle_of_the_least_hash(shingles, a, b):
    """Returned is the shingle that has the least hash. Return the hash."""
    # "Returned is the shingle that has the least hash": np.isin(got, shingles).all()
    # "Return the hash": shingles[hashes.argmin(axis=1)] → hashes.min(axis=1)
    hashes = sums(shingles, a, b) % PRIME
    return shingles[hashes.argmin(axis=1)]


@exercise.bug
def place_of_the_least_hash(shingles, a, b):
    """Returned is where the least hash stands. In another document it stands elsewhere: return the
    hash."""
    # "Returned is where the least hash stands": (got < len(shingles)).all()
    # "return the hash": argmin → min
    return (sums(shingles, a, b) % PRIME).argmin(axis=1)


@exercise.bug(dtype=(None, np.int32, np.uint32), late=(True,))
def products_in_their_own_type(shingles, a, b, dtype=None, late=False):
    """Products in 32 bits overflow. Compute in int64: a product of two numbers below 2³¹ needs
    62 bits."""
    # "Products in 32 bits overflow": a.dtype == np.int32 and (got != want).any()
    # "Compute in int64": a[:, None] * shingles → a[:, None].astype(np.int64) * shingles
    if dtype:
        shingles, a, b = (each.astype(dtype) for each in (shingles, a, b))
    products = a[:, None] * shingles
    if late:
        products = products.astype(np.int64)
    return ((products + b[:, None]) % PRIME).min(axis=1)


@exercise.bug
def products_in_floats(shingles, a, b):
    """Products are made in float64, which has 53 bits, and a product here needs 62: the remainder
    is wrong. Compute in int64."""
    # "Products are made in float64, which has 53 bits": (sums(shingles, a, b) > 2**53).any() and
    #     (got != want).any()
    # "Compute in int64": a[:, None].astype(float) → a[:, None].astype(np.int64)
    found = (a[:, None].astype(float) * shingles + b[:, None]) % PRIME
    return found.min(axis=1).astype(np.int64)


@exercise.bug
def added_up(shingles, a, b):
    """The hashes of a document are added up: one more shingle changes every entry. Take the
    least."""
    # "The hashes of a document are added up": np.array_equal(got, (sums(shingles, a, b) %
    #     PRIME).sum(axis=1))
    # "Take the least": .sum( → .min(
    return (sums(shingles, a, b) % PRIME).sum(axis=1)


@exercise.bug
def zero_to_begin_with(shingles, a, b):
    """The running minimum begins at 0, and no hash is below it. Begin at p, above all hashes."""
    # "The running minimum begins at 0, and no hash is below it": not got.any()
    # "Begin at p, above all hashes": np.zeros(len(a), np.int64) → np.full(len(a), PRIME)
    least = np.zeros(len(a), np.int64)
    for hashes in sums(shingles, a, b).T % PRIME:
        least = np.minimum(least, hashes)
    return least


@exercise.bug
def p_for_a_hash_of_0(shingles, a, b):
    """Where the remainder is 0 the hash is p, as it is if bits above the 31st are added to those
    below. Take `% p`, or make p a 0."""
    # "Where the remainder is 0 the hash is p": bug(np.array([5]), np.array([1]), np.array([PRIME -
    #     5]))[0] == PRIME
    # "Take `% p`, or make p a 0": (h & PRIME) + (h >> 31) → (p := PRIME) and (h % p)
    h = sums(shingles, a, b)
    for _ in range(2):
        h = (h & PRIME) + (h >> 31)
    return h.min(axis=1)


@exercise.bug
def repeated_shingles_left_out(shingles, a, b):
    """Shingles that occur twice are left out altogether. One of each must stay: it has the least
    hash, perhaps."""
    # "Shingles that occur twice are left out altogether": np.array_equal(bug(np.array([9, 2, 2]),
    #     np.array([1]), np.array([0])), [9])
    # "One of each must stay": some[times == 1] → some
    some, times = np.unique(shingles, return_counts=True)
    once = some[times == 1]
    return minhash(once if len(once) else shingles, a, b)
