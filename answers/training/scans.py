"""Prefix sums of an associative operation, in a depth that grows as log(steps).

A scan is given elements e₁, e₂, … and a way to combine two neighbours; it returns e₁, e₁ ∘ e₂,
e₁ ∘ e₂ ∘ e₃ and so on. The steps lie along the first axis.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:associative_scan_refuses]
def overflow(result):
    refuse_overflowed(result, "a state")


@refuses(overflow, a=BAD, b=BAD)
# --8<-- [end:associative_scan_refuses]
# --8<-- [start:associative_scan]
def associative_scan(
    a: Real[ndarray, "steps *features"], b: Real[ndarray, "steps *features"]
) -> Float[ndarray, "steps *features"]:
    """Every state of h_t = a_t h_{t-1} + b_t, from h_0 = 0, in about log₂(steps) rounds.

    How:
        A step is the map h → a h + b. Two in a row are one, (a₁, b₁) then (a₂, b₂) is
        (a₂ a₁, a₂ b₁ + b₂), and it does not matter which two are joined first. After a round
        each pair covers twice as many steps, so that log₂(steps) rounds reach back to the
        first. A start other than 0 is added to the first b: b_1 + a_1 h_0.

    There is no loop over the steps: a round joins all places at once.

    Args:
        a: What each step keeps of the state; any number, 0 included.
        b: What it adds.

    Returns:
        h_1 to h_steps. The number of steps need not be a power of 2.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a state or a product of
            several a overflows.

    Source:
        Hillis and Steele (1986), Data Parallel Algorithms, for the rounds;
        Blelloch (1990), Prefix Sums and Their Applications, section 1.4.1, for the pairs

    Example:
        >>> associative_scan(np.full(4, 0.5), np.array([8.0, 0.0, 0.0, 1.0]))
        array([8., 4., 2., 2.])
    """
    a, b = as_float(a), as_float(b)
    for doubling in range((len(b) - 1).bit_length()):
        reach = 2**doubling
        b = np.concatenate([b[:reach], a[reach:] * b[:-reach] + b[reach:]])  # then a
        a = np.concatenate([a[:reach], a[reach:] * a[:-reach]])
    return b


# --8<-- [end:associative_scan]


def join(earlier: tuple, later: tuple) -> tuple:
    """Two steps (a, b) of the recurrence as one."""
    return later[0] * earlier[0], later[0] * earlier[1] + later[1]


# --8<-- [start:hillis_steele]
def hillis_steele(combine: Callable, elements: tuple) -> tuple:
    """All prefixes of any associative operation, in ceil(log₂(steps)) rounds.

    Args:
        combine: Takes earlier and later elements, each a tuple of arrays like `elements`, and
            returns each pair combined.
        elements: Arrays whose first axis is that of steps; together they are the elements.

    Raises:
        ValueError: There is no array, or one has another number of steps, or none.

    Source:
        Hillis and Steele (1986), Data Parallel Algorithms
    """
    steps, reach = steps_of(elements), 1
    while reach < steps:
        earlier, later = (tuple(e[cut] for e in elements) for cut in cuts(reach))
        joined = combine(earlier, later)
        pairs = zip(elements, joined, strict=True)
        elements = tuple(np.concatenate([e[:reach], new]) for e, new in pairs)
        reach *= 2
    return elements


# --8<-- [end:hillis_steele]


def cuts(reach: int) -> tuple[slice, slice]:
    return slice(None, -reach), slice(reach, None)


def steps_of(elements: tuple) -> int:
    lengths = {len(each) for each in elements}
    if len(lengths) != 1 or lengths == {0}:
        raise ValueError(
            f"`elements` have {sorted(lengths)} steps; give each the same number, 1 or more"
        )
    return lengths.pop()


# --8<-- [start:odd_even]
def odd_even(combine: Callable, elements: tuple) -> tuple:
    """The same prefixes with fewer than 2 combinations a step, in about twice the depth.

    How:
        Neighbours are combined, and these pairs are scanned, which gives the prefixes
        that end at every second step. Each other one is such a prefix and one element more.

    Args:
        combine: As of `hillis_steele`.
        elements: As of `hillis_steele`.

    Raises:
        ValueError: There is no array, or one has another number of steps, or none.

    Source:
        Blelloch (1990), Prefix Sums and Their Applications, whose two sweeps are these;
        jax.lax.associative_scan has this form
    """
    steps = steps_of(elements)
    if steps == 1:
        return elements

    def at(*cut):
        return tuple(each[slice(*cut)] for each in elements)

    seconds = odd_even(combine, combine(at(0, steps - 1, 2), at(1, None, 2)))
    before = tuple(each[: (steps - 1) // 2] for each in seconds)
    thirds = combine(before, at(2, None, 2)) if steps > 2 else at(2, None)
    return tuple(
        interleaved(np.concatenate([each[:1], odd]), even)
        for each, odd, even in zip(elements, thirds, seconds, strict=True)
    )


# --8<-- [end:odd_even]


def interleaved(ones: ndarray, others: ndarray) -> ndarray:
    """One of the first, one of the second, and so on."""
    size = len(ones) + len(others), *ones.shape[1:]
    joined = np.empty(size, np.result_type(ones, others))
    joined[::2], joined[1::2] = ones, others
    return joined


# --8<-- [start:linear_attention_refuses]
def no_chunk(chunk):
    if chunk < 1:
        raise ValueError(f"`chunk` is {chunk}; take at least one step at a time")


def no_decay(decay, name):
    wrong = (decay <= 0) | (decay > 1)
    if wrong.any():
        raise ValueError(
            f"`{name}` holds {first(decay, wrong)}; choose numbers above 0, up to 1"
        )


def attention_overflows(result):
    refuse_overflowed(result, "the result")


@refuses(
    *(no_chunk, attention_overflows),
    **{"q": BAD, "k": BAD, "v": BAD, "decay": (*BAD, no_decay)},
)
# --8<-- [end:linear_attention_refuses]
# --8<-- [start:linear_attention]
def linear_attention(
    q: Real[ndarray, "steps d"],
    k: Real[ndarray, "steps d"],
    v: Real[ndarray, "steps dv"],
    decay: Real[ndarray, " steps"],
    chunk: int = 64,
) -> Float[ndarray, "steps dv"]:
    """q_tᵀ S_t for the state S_t = decay_t S_{t-1} + k_t v_tᵀ, a chunk of steps at a time.

    How:
        Within a chunk S is not formed: step t reads value s with the weight q_t · k_s, times
        all decays after s up to t. What came before the chunk is in S, decayed up to t.

    Args:
        q: A query for each step; it reads its own step, too.
        k: Its key. Neither is scaled, and there is no softmax.
        v: Its value.
        decay: The share of the state that a step keeps, above 0 and up to 1.
        chunk: How many steps are read at once; the result is the same for any, up to
            rounding.

    Returns:
        The reading of each step.

    Raises:
        ValueError: An array is empty or holds nan or infinity, a decay is not in its range,
            `chunk` is less than 1, or the result overflows.

    Source:
        Dao and Gu (2024), Transformers are SSMs, section 6, https://arxiv.org/abs/2405.21060

    Example:
        A state of one number: 8, then 0.5 of it and 1.

        >>> one, decay = np.ones((2, 1)), np.array([1.0, 0.5])
        >>> linear_attention(one, one, np.array([[8.0], [1.0]]), decay).ravel()
        array([8., 5.])
    """
    q, k, v, decay = map(as_float, (q, k, v, decay))
    state, out = np.zeros((k.shape[1], v.shape[1]), v.dtype), []
    for start in range(0, len(q), chunk):
        query, key, value, kept = (x[start : start + chunk] for x in (q, k, v, decay))
        kept = np.cumsum(np.log(kept))[:, None]  # log of the decays so far
        # Later values are hidden before exp, which would overflow on them.
        between = np.where(np.tri(len(kept)) > 0, kept - kept.T, -np.inf)
        out.append((query @ key.T * np.exp(between)) @ value)
        out[-1] += np.exp(kept) * (query @ state)
        state = np.exp(kept[-1]) * state + (np.exp(kept[-1] - kept) * key).T @ value
    return np.concatenate(out)


# --8<-- [end:linear_attention]
