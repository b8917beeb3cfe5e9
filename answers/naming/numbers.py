"""How wrong numbers arise from the right ones, entry by entry: a factor, an offset, a function."""

import itertools
import math
from collections.abc import Callable

import numpy as np

from answers.grader.compare import close, times
from answers.grader.mistakes import Name
from answers.naming.traits import sizes
from answers.naming.wrong_parts import ComparedPart, WrongParts, said

LOG_2, LOG_10 = math.log(2), math.log(10)
# Factors that are recognised even from one number.
KNOWN = {
    -1.0: "a difference taken the wrong way round, or a minus lost or added",
    2.0: "a factor 2, as of a derivative, that does not belong there, or a half that is lost",
    0.5: "a half that does not belong there, or a factor 2 that is lost",
    LOG_2: "bits taken for nats: a logarithm to base 2 was converted, or should not have been",
    1 / LOG_2: "nats taken for bits: a logarithm has the wrong base, here 2 for e",
    1
    / LOG_10: "nats asked for: a logarithm to base 10 (`log10`) was taken for that to base e",
    100.0: "percent for a fraction",
}
POWERS: dict[str, tuple[Callable, str]] = {
    "n times": (
        lambda n: n,
        "a sum where a mean belongs, or a division that is lost",
    ),
    "1/n of": (lambda n: 1 / n, "a mean where a sum belongs, or a mean taken twice"),
    "(n - 1) / n times": (lambda n: (n - 1) / n, "n where n - 1 belongs"),
    "log n times": (math.log, "a logarithm to another base"),
    "1 / (1 - n) times": (
        lambda n: 1 / (1 - n),
        "a division that does not belong there",
    ),
}
ROOTS: dict[str, tuple[Callable, str]] = {
    "√n times": (math.sqrt, "a division by a root that is lost, or a factor √n"),
    "1/√n of": (
        lambda n: n**-0.5,
        "a division by a root that does not belong there, or a factor √n that is lost",
    ),
}


def rounded_down(x: np.ndarray) -> np.ndarray:
    """What `//` makes of a quotient, which may be a whole number but for its last digit."""
    return np.floor(x.round(9))


MAPS: dict[str, tuple[str, Callable, str]] = {
    "complement": (
        "1 minus what it should be",
        lambda x: 1 - x,
        "the share of the others is counted, or 1 - x is forgotten or taken twice",
    ),
    "square": ("the square of what it should be", np.square, "a root is missing"),
    "root": ("the root of what it should be", np.sqrt, "a root too many"),
    "logarithm": (
        "the logarithm of what it should be",
        np.log,
        "the last `exp` is missing, or a `log` too many",
    ),
    "exponential": (
        "exp of what it should be",
        np.exp,
        "the last `log` is missing, or an `exp` too many",
    ),
    "absolute value": (
        "the absolute value of what it should be",
        np.abs,
        "an absolute value is taken where the sign matters",
    ),
    "negative cut off": (
        "what it should be, but 0 where that is negative",
        lambda x: np.maximum(x, 0),
        "a maximum with 0 where negative numbers are right",
    ),
    "truncated to integers": (
        "what it should be without its fraction",
        np.trunc,
        "the numbers are written into an array of integers (`np.zeros_like` of one makes one), or "
        "`//` or `int` drops the rest",
    ),
    "rounded down": (
        "what it should be, rounded down to whole numbers",
        rounded_down,
        "`//` where `/` belongs",
    ),
    "rounded to integers": (
        "what it should be, rounded to whole numbers",
        np.rint,
        "a rounding where the fraction matters",
    ),
}
# The functions among these whose values are whole numbers, and the names of the functions whose
# values are never negative.
WHOLE = (np.trunc, rounded_down, np.rint)
NEVER_NEGATIVE = ("negative cut off", "absolute value")


def factor(seen: WrongParts) -> Name | None:
    """Every wrong part is c times the right one: c is a constant, or made of a size."""
    if not seen.in_numbers:
        return None
    factors = [factor_of(w) for w in seen.wrong]
    if None in factors or all(abs(c - 1) < 1e-3 for c in factors):
        return None
    if {*seen.wants.tolist()} <= {1.0, -1.0} and seen.right:
        return None
    c = factors[0]
    same = np.allclose(factors, c, rtol=tolerance(seen))
    known = next((k for k in KNOWN if same and abs(c / k - 1) < 1e-6), None)
    words = f"{times(c)} what it should be"
    if known:
        name = "sign" if known == -1 else "constant factor"
        return said(seen, name, words, KNOWN[known])
    if of_size := factor_of_size(seen, factors):
        return of_size
    if same and is_unknown_constant(seen, lambda want: c * want):
        cause = "a constant that is left out, or does not belong there"
        return said(seen, "constant factor", words, cause)
    return None


def factor_of(w: ComparedPart) -> float | None:
    """The c with got = c · want, or None."""
    used = w.want != 0
    finite = np.isfinite(w.got).all() and np.isfinite(w.want).all()
    if not finite or not used.any() or w.got.dtype == bool or (w.got[~used] != 0).any():
        return None
    ratios = w.got[used].astype(np.float64) / w.want[used]
    c = float(np.median(ratios))
    alike = c != 0 and np.allclose(ratios, c, rtol=max(1e-6, 10 * w.case.rtol), atol=0)
    return c if alike else None


def tolerance(seen: WrongParts) -> float:
    """How far two factors may be apart that are one."""
    return max(1e-6, *(10 * w.case.rtol for w in seen.wrong))


def factor_of_size(seen: WrongParts, factors: list[float]) -> Name | None:
    """The factor is a size that the inputs have, or its inverse or the like."""
    # If one number alone is wrong, some size fits its factor by chance.
    if len(seen.cases) == 1 and distinct(seen) < 2 and seen.right:
        return None
    everywhere = [sizes(w.case) for w in seen.wrong]
    # A root of one size may be another size.
    for powers, name in itertools.product((POWERS, ROOTS), everywhere[0]):
        n = [found.get(name, 0) for found in everywhere]
        if min(n) <= 0 or 1 in n:
            continue
        # √2 and √3 come about in other ways.
        if powers is ROOTS and max(n) < 5 and len({*n}) < 2 and not seen.alone:
            continue
        for words, (power, cause) in powers.items():
            those = [power(each) for each in n]
            if np.allclose(factors, those, rtol=tolerance(seen), atol=0):
                words = f"{words} what it should be, where n is {name}"
                return said(seen, "factor of a size", words, cause)
    return None


def is_unknown_constant(seen: WrongParts, change: Callable) -> bool:
    """Whether a constant that no size explains can be told: there are two numbers or more, in all
    failing inputs, and no part is right that the constant would have changed."""
    spared = any(
        not close(np.asarray(change(w.want)), w.want, w.case.rtol).all()
        for w in seen.right_elsewhere
    )
    return distinct(seen) >= 2 and not seen.failing and not spared


def distinct(seen: WrongParts) -> int:
    """How many different numbers are wrong."""
    return 2 if seen.alone else len({*seen.wants.tolist()})


def offset(seen: WrongParts) -> Name | None:
    """Every entry of a wrong part is the same number too large or too small."""
    if not seen.in_numbers or "b" in seen.kinds:
        return None
    with np.errstate(invalid="ignore"):
        gaps = [w.got.astype(np.float64) - w.want for w in seen.wrong]
    c = float(np.median(gaps[0]))
    tight = [np.allclose(g, c, rtol=1e-6, atol=1e-9) for g in gaps]
    if not all(tight) or abs(c) < 1e-6 or not np.isfinite(c):
        return None
    if not is_unknown_constant(seen, lambda want: want + c):
        return None
    more = f"{abs(c):.6g} {'more' if c > 0 else 'less'} than it should be"
    cause = "a term that is added or left out"
    if abs(c) == 1:
        cause = "counting that starts at another number"
    return said(seen, "constant offset", f"{more}, in every entry", cause)


def mapped(seen: WrongParts) -> Name | None:
    """Every wrong part is a function of the right one."""
    if not seen.in_numbers or seen.weight < 1:
        return None
    kept = [part.got for part in (*seen.wrong, *seen.right_elsewhere)]
    negative = any((got[np.isfinite(got)] < 0).any() for got in kept)
    for name, (words, function, cause) in MAPS.items():
        if name in NEVER_NEGATIVE and negative:
            continue
        if all(is_mapped(w, function) for w in seen.wrong) and not by_chance(
            seen, function
        ):
            return said(seen, name, words, cause)
    return rounded(seen)


def is_mapped(w: ComparedPart, function: Callable) -> bool:
    with np.errstate(all="ignore"):
        expected = function(w.want.astype(np.float64))
        alike = w.got.dtype != bool and w.is_close(expected)
    if function in WHOLE and (w.got[np.isfinite(w.got)] % 1).any():
        return False
    return alike and bool(np.isfinite(w.got[~w.right]).all())


def by_chance(seen: WrongParts, function: Callable) -> bool:
    """Whether the function makes one number of many: then a wrong constant looks like its value."""
    if function not in WHOLE:
        # 1 - x is 1 for every x that is small enough, and 1 - x and log x are 0 for 1 alone.
        made = seen.gots
        alike = len(made) > 1 and np.allclose(made, made[0], rtol=1e-6, atol=0)
        return alike and (made[0] != 0 or bool(np.all(seen.wants == 1)))
    if any(w.got.dtype.kind == "i" for w in seen.wrong):
        return False
    # Where whole numbers alone are right, and several fractions are wrong, that is no chance.
    right = [part.got[np.isfinite(part.got)] for part in seen.right_elsewhere]
    whole = any(got.any() for got in right) and not any(
        (got % 1).any() for got in right
    )
    few = len({*seen.gots.tolist()}) < 2
    return few and not (whole and distinct(seen) > 2)


def rounded(seen: WrongParts) -> Name | None:
    """Every wrong part is the right one, rounded to some decimals."""
    # Every small number rounds to 0: zeros alone show no rounding.
    if seen.kinds != {"f"} or not any(w.got.any() for w in seen.wrong):
        return None
    for digits in range(1, 9):
        if all(np.array_equal(w.got, np.round(w.want, digits)) for w in seen.wrong):
            words = f"what it should be, rounded to {digits} decimals"
            return said(seen, "rounded", words, "`round` belongs into `print`")
    return None


def wrapped(seen: WrongParts) -> Name | None:
    """The wrong numbers are what integers of few bits make of the right ones."""
    if not seen.in_numbers or not seen.kinds <= {"i", "u"}:
        return None
    # 256 less than the right number is also a count that starts elsewhere; a sign is not lost so.
    if not ((seen.gots < 0) != (seen.wants < 0)).any():
        return None
    for bits, kind in itertools.product((8, 16, 32), ("int", "uint")):
        if np.array_equal(
            seen.wants.astype(np.int64).astype(f"{kind}{bits}"), seen.gots
        ):
            words = f"off by a multiple of {2**bits} wherever it is wrong"
            cause = f"a number is kept in {kind}{bits}, which wraps around; use int64"
            return said(seen, "wrapped around", words, cause)
    return None
