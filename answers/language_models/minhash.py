"""Near-duplicates of a corpus: shingles, MinHash signatures, and bands that propose pairs."""

import zlib
from collections import defaultdict

import numpy as np
from jaxtyping import Integer
from numpy import ndarray

from answers.inputs import refuse_below, refuse_empty
from answers.inputs.contracts import refuses

PRIME = 2**31 - 1  # a product of two numbers below it fits into 64 bits


# --8<-- [start:shingles_refuses]
def no_words(words):
    refuse_below(1, words=words)


@refuses(no_words)
# --8<-- [end:shingles_refuses]
# --8<-- [start:shingles]
def shingles(text: str, words: int = 3) -> Integer[ndarray, " shingles"]:
    """A number below 2³¹ - 1 for each run of so many words in a text, each once, sorted.

    The number is a checksum, the same in each process, as Python's salted `hash` is not.

    Raises:
        ValueError: `words` is below 1.

    Example:
        >>> len(shingles("call me Ishmael call me Ishmael", 3))
        3
    """
    all_words = text.split()
    runs = zip(*(all_words[i:] for i in range(words)), strict=False)
    found = {zlib.crc32(" ".join(run).encode()) % PRIME for run in runs}
    return np.array(sorted(found), dtype=np.int64)


# --8<-- [end:shingles]


# --8<-- [start:minhash_refuses]
def outside(numbers, name):
    wrong = (numbers < 0) | (numbers >= PRIME)
    if wrong.any():
        raise ValueError(
            f"`{name}` holds {numbers[wrong][0]}; numbers run from 0 to 2³¹ - 2"
        )


def constant(a):
    if (a == 0).any():
        raise ValueError("`a` holds 0, which gives each shingle one hash; draw from 1")


@refuses(constant, shingles=(refuse_empty, outside), a=outside, b=outside)
# --8<-- [end:minhash_refuses]
# --8<-- [start:minhash]
def minhash(
    shingles: Integer[ndarray, " shingles"],
    a: Integer[ndarray, " hashes"],
    b: Integer[ndarray, " hashes"],
) -> Integer[ndarray, " hashes"]:
    """The signature of a document: for each hash function the least hash of its shingles.

    Hash function i is h_i(x) = (a_i x + b_i) mod p with p = 2³¹ - 1. Two documents agree in an
    entry with nearly the probability of their Jaccard similarity, if the numbers of shingles are
    spread as checksums are. Each document must be hashed by the same a and b. A shingle may
    occur twice; neither that nor the order changes anything.

    How:
        Broadcast to (hashes, shingles) in int64, where no product overflows.

    Args:
        shingles: Numbers from 0 to p - 1, at least one, in any type of integers.
        a: A factor from 1 to p - 1 for each hash function.
        b: A summand from 0 to p - 1 for each.

    Returns:
        int64, from 0 to p - 1.

    Raises:
        ValueError: `shingles` is empty, a number is below 0 or above p - 1, or an `a` is 0.

    Source:
        A. Z. Broder (1997), On the resemblance and containment of documents.

    Example:
        >>> minhash(np.array([2, 5]), np.array([1, 3]), np.array([4, 2**31 - 10]))
        array([6, 6])
    """
    shingles, a, b = (each.astype(np.int64) for each in (shingles, a, b))
    hashes = (a[:, None] * shingles + b[:, None]) % (2**31 - 1)  # (hashes, shingles)
    return hashes.min(axis=1)


# --8<-- [end:minhash]


# --8<-- [start:candidate_probability_refuses]
def no_similarity(similarity):
    if not 0 <= similarity <= 1:  # nan fails every comparison
        raise ValueError(f"`similarity` is {similarity}; it runs from 0 to 1")


def no_bands(bands, hashes):
    refuse_below(1, bands=bands, hashes=hashes)


@refuses(no_similarity, no_bands)
# --8<-- [end:candidate_probability_refuses]
# --8<-- [start:candidate_probability]
def candidate_probability(similarity: float, bands: int, hashes: int) -> float:
    """How likely two documents agree in at least one of `bands` bands of `hashes` hashes each.

    One band agrees with probability sʳ, so none of b does with (1 - sʳ)ᵇ.

    Raises:
        ValueError: `similarity` is not between 0 and 1, or a number of bands or hashes below 1.

    Example:
        >>> candidate_probability(0.5, 2, 1)
        0.75
    """
    return float(1 - (1 - similarity**hashes) ** bands)


# --8<-- [end:candidate_probability]


# --8<-- [start:candidate_pairs_refuses]
def no_share(signatures, bands):
    if bands < 1 or signatures.shape[1] % bands:
        raise ValueError(
            f"{signatures.shape[1]} hashes do not fall into {bands} equal bands"
        )


@refuses(no_share, signatures=refuse_empty)
# --8<-- [end:candidate_pairs_refuses]
# --8<-- [start:candidate_pairs]
def candidate_pairs(
    signatures: Integer[ndarray, "documents hashes"], bands: int
) -> set[tuple[int, int]]:
    """The pairs (i, j), i < j, of documents that agree in all hashes of at least one band.

    Args:
        signatures: A row for each document, as `minhash` gives it.
        bands: Into how many equal parts a signature is cut.

    Raises:
        ValueError: There is no signature, or its hashes do not fall into so many equal bands.

    Source:
        J. Leskovec, A. Rajaraman, J. Ullman, Mining of Massive Datasets, section 3.4.

    Example:
        >>> candidate_pairs(np.array([[1, 2, 3, 4], [1, 2, 8, 9], [7, 2, 3, 5]]), 2)
        {(0, 1)}
    """
    found = set()
    for band in np.split(signatures, bands, axis=1):
        buckets = defaultdict(list)
        for document, key in enumerate(map(bytes, band)):
            found.update((other, document) for other in buckets[key])
            buckets[key].append(document)
    return found


# --8<-- [end:candidate_pairs]
