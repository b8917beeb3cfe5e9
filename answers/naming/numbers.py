"""Relations of the wrong numbers to the right ones, entry by entry."""

import itertools
import math
from collections.abc import Callable

import numpy as np

from answers.grader.compare import close, times
from answers.naming.wrong_parts import (
    Evidence,
    Relation,
    Wrong,
    said,
    sizes,
)

LOG_2 = math.log(2)
# Factors that are recognised even from one number.
KNOWN = {
    -1.0: "a difference taken the wrong way round, or a minus lost or added",
    2.0: "a factor 2 of a derivative that does not belong there, or a half that is lost",
    0.5: "a half that does not belong there, or a factor 2 that is lost",
    LOG_2: "bits taken for nats: a logarithm to base 2 was converted, or should not have been",
    1 / LOG_2: "nats taken for bits: a logarithm has the wrong base, here 2 for e",
    100.0: "percent for a fraction",
    0.01: "a fraction for percent",
}
POWERS: dict[str, tuple[Callable, str]] = {
    "{n} times": (
        lambda n: n,
        "a sum where a mean belongs, or a division that is lost",
    ),
    "1/{n} of": (lambda n: 1 / n, "a mean where a sum belongs, or a mean taken twice"),
    "√{n} times": (lambda n: n**0.5, "a root that is lost or taken where none belongs"),
    "1/√{n} of": (lambda n: n**-0.5, "a root that is lost or taken where none belongs"),
    "{n} / ({n} - 1) times": (lambda n: n / (n - 1), "n - 1 where n belongs"),
    "({n} - 1) / {n} times": (lambda n: (n - 1) / n, "n where n - 1 belongs"),
    "log {n} times": (math.log, "a logarithm to another base"),
    "1 / log {n} times": (lambda n: 1 / math.log(n), "a logarithm to another base"),
    "1 - {n} times": (lambda n: 1 - n, "a factor that does not belong there"),
    "1 / (1 - {n}) times": (
        lambda n: 1 / (1 - n),
        "a division that does not belong there",
    ),
}
MAPS: dict[str, tuple[str, Callable, str]] = {
    "complement": (
        "1 minus what it should be",
        lambda x: 1 - x,
        "the share of the others is counted, or 1 - x is forgotten or taken twice",
    ),
    "square": ("the square of what it should be", np.square, "a root is missing"),
    "root": ("the root of what it should be", np.sqrt, "a root too many"),
    "reciprocal": (
        "1 divided by what it should be",
        np.reciprocal,
        "numerator and denominator are exchanged, or a sign in an exponent",
    ),
    "logarithm": (
        "the logarithm of what it should be",
        np.log,
        "the last `exp` is missing, or a `log` too many",
    ),
    "negative logarithm": (
        "minus the logarithm of what it should be",
        lambda x: -np.log(x),
        "a loss is returned for a probability",
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
    "rounded to integers": (
        "what it should be, rounded to whole numbers",
        np.rint,
        "a rounding where the fraction matters",
    ),
}
# The functions among them whose values are whole numbers.
WHOLE = (np.trunc, np.rint)
# The names of those whose values are never negative.
OF_NEGATIVES = ("negative cut off", "absolute value")


def factor(seen: Evidence) -> Relation | None:
    """Every wrong part is c times the right one: c is a constant, or made of a size."""
    if not seen.in_numbers:
        return None
    factors = [factor_of(w) for w in seen.wrong]
    if None in factors or all(abs(c - 1) < 1e-3 for c in factors):
        return None
    wants = {float(x) for w in seen.wrong for x in w.want[~w.right].flat}
    if wants <= {1.0, -1.0} and seen.right:
        return None
    c = factors[0]
    rtol = max(1e-6, *(10 * w.case.rtol for w in seen.wrong))
    same = np.allclose(factors, c, rtol=rtol)
    known = next((k for k in KNOWN if same and abs(c / k - 1) < 1e-6), None)
    if known == -1:
        return said(seen, "sign", "the negative of what it should be", KNOWN[-1])
    if known:
        return said(
            seen, "constant factor", f"{times(c)} what it should be", KNOWN[known]
        )
    if of_size := factor_of_size(seen, factors, rtol):
        return of_size
    if same and is_unknown_constant(seen, lambda want: c * want):
        cause = "a constant that is left out, or does not belong there"
        return said(seen, "constant factor", f"{times(c)} what it should be", cause)
    return None


def factor_of(w: Wrong) -> float | None:
    """The c with got = c · want, or None."""
    used = w.want != 0
    finite = np.isfinite(w.got).all() and np.isfinite(w.want).all()
    if not finite or not used.any() or w.got.dtype == bool or (w.got[~used] != 0).any():
        return None
    ratios = w.got[used].astype(np.float64) / w.want[used]
    c = float(np.median(ratios))
    alike = c != 0 and np.allclose(ratios, c, rtol=max(1e-6, 10 * w.case.rtol), atol=0)
    return c if alike else None


def factor_of_size(
    seen: Evidence, factors: list[float], rtol: float
) -> Relation | None:
    """The factor is a size that the inputs have, or its inverse, its root or the like."""
    # If one number alone is wrong, some size fits its factor by chance.
    if len(seen.cases) == 1 and distinct(seen) < 2 and seen.right:
        return None
    everywhere = [sizes(w.case) for w in seen.wrong]
    for name in everywhere[0]:
        n = [found.get(name, 0) for found in everywhere]
        if min(n) <= 0 or 1 in n:
            continue
        for words, (power, cause) in POWERS.items():
            if np.allclose(factors, [power(each) for each in n], rtol=rtol, atol=0):
                seen_as = f"{words.format(n='n')} what it should be, where n is {name}"
                return said(seen, "factor of a size", seen_as, cause)
    return None


def factor_of_two_sizes(seen: Evidence) -> Relation | None:
    """The factor is one size divided by another, and not the same everywhere."""
    factors = [factor_of(w) for w in seen.wrong] if seen.in_numbers else [None]
    if None in factors:
        return None
    rtol = max(1e-6, *(10 * w.case.rtol for w in seen.wrong))
    if np.allclose(factors, factors[0], rtol=rtol):
        return None
    everywhere = [sizes(w.case) for w in seen.wrong]
    names = [
        name for name in everywhere[0] if all(s.get(name, 0) > 0 for s in everywhere)
    ]
    for one, other in itertools.permutations(names, 2):
        ratios = [found[one] / found[other] for found in everywhere]
        same = np.allclose(ratios, ratios[0])
        if not same and np.allclose(factors, ratios, rtol=rtol, atol=0):
            words = f"n / m times what it should be, where n is {one} and m is {other}"
            cause = "a sum that is divided by another size than the number of its terms"
            return said(seen, "factor of two sizes", words, cause)
    return None


def is_unknown_constant(seen: Evidence, changed: Callable) -> bool:
    """Whether a constant that no size explains can be told: there are two numbers or more, in all
    failing inputs, and no part is right that the constant would have changed."""
    names = {w.name for w in seen.wrong}
    spared = any(
        not close(np.asarray(changed(w.want)), w.want, w.case.rtol).all()
        for w in seen.right
        if w.name in names
    )
    return distinct(seen) >= 2 and not seen.failing and not spared


def distinct(seen: Evidence) -> int:
    """How many different numbers are wrong."""
    if seen.alone:
        return 2
    return len({float(x) for w in seen.wrong for x in w.want[~w.right].flat})


def offset(seen: Evidence) -> Relation | None:
    """Every entry of a wrong part is the same number too large or too small."""
    if not seen.in_numbers or any(w.want.dtype == bool for w in seen.wrong):
        return None
    with np.errstate(invalid="ignore"):
        gaps = [w.got.astype(np.float64) - w.want for w in seen.wrong]
    if found := offset_of_size(seen, gaps):
        return found
    c = float(np.median(gaps[0]))
    tight = [np.allclose(g, c, rtol=1e-6, atol=1e-9) for g in gaps]
    if not all(tight) or abs(c) < 1e-6 or not np.isfinite(c):
        return None
    if not is_unknown_constant(seen, lambda want: want + c):
        return None
    more = f"{abs(c):.6g} {'more' if c > 0 else 'less'} than it should be"
    cause = (
        "counting that starts at another number"
        if abs(c) == 1
        else "a term that is added or left out"
    )
    return said(seen, "constant offset", f"{more}, in every entry", cause)


def offset_of_size(seen: Evidence, gaps: list[np.ndarray]) -> Relation | None:
    """Every entry is the logarithm of a size too large or too small."""
    everywhere = [sizes(w.case) for w in seen.wrong]
    for name in everywhere[0]:
        logs = [math.log(max(found.get(name, 0), 1)) for found in everywhere]
        for sign, word in ((1, "more"), (-1, "less")):
            if min(logs) > 0 and all(
                np.allclose(gap, sign * log, rtol=1e-6, atol=1e-9)
                for gap, log in zip(gaps, logs, strict=True)
            ):
                words = f"log n {word} than it should be, where n is {name}"
                cause = "a mean for a sum inside a logarithm, or the reverse"
                return said(seen, "logarithm of a size", words, cause)
    return None


def signs(seen: Evidence) -> Relation | None:
    """Every wrong part is right up to the signs of some entries."""
    if (
        not seen.in_numbers
        or seen.weight < 2
        or any(w.got.dtype == bool for w in seen.wrong)
    ):
        return None
    if any(
        not close(np.abs(w.got), np.abs(w.want), w.case.rtol).all() for w in seen.wrong
    ):
        return None
    words = "right but for the signs of some entries"
    cause = "a difference taken the wrong way round in some of the terms"
    return said(seen, "right up to signs", words, cause)


def mapped(seen: Evidence) -> Relation | None:
    """Every wrong part is a function of the right one."""
    if not seen.in_numbers or seen.weight < 1:
        return None
    for name, (words, function, cause) in MAPS.items():
        if name in OF_NEGATIVES and negative_is_right(seen):
            continue
        if all(is_mapped(w, function) for w in seen.wrong) and not by_chance(
            seen, function
        ):
            return said(seen, name, words, cause)
    return rounded(seen)


def negative_is_right(seen: Evidence) -> bool:
    """Whether a negative number is right somewhere, in a part that goes wrong elsewhere."""
    names = {w.name for w in seen.wrong}
    kept = [w.got for w in (*seen.wrong, *seen.right) if w.name in names]
    return any((got[np.isfinite(got)] < 0).any() for got in kept)


def is_mapped(w: Wrong, function: Callable) -> bool:
    with np.errstate(all="ignore"):
        expected = function(w.want.astype(np.float64))
        alike = w.got.dtype != bool and w.is_close(expected)
    if function in WHOLE and (w.got[np.isfinite(w.got)] % 1).any():
        return False
    return alike and bool(np.isfinite(w.got[~w.right]).all())


def by_chance(seen: Evidence, function: Callable) -> bool:
    """Whether the function makes one number of many: then a wrong constant looks like its value."""
    if function not in WHOLE:
        # 1 - x is 1 for every x that is small enough.
        made = np.concatenate([w.got[~w.right] for w in seen.wrong]).astype(np.float64)
        alike = len(made) > 1 and np.allclose(made, made[0], rtol=1e-6, atol=0)
        return alike and made[0] != 0
    if any(w.got.dtype.kind == "i" for w in seen.wrong):
        return False
    gots = {float(x) for w in seen.wrong for x in w.got[~w.right]}
    names = {w.name for w in seen.wrong}
    right = [w.got[np.isfinite(w.got)] for w in seen.right if w.name in names]
    kept = any(got.any() for got in right)
    # If a fraction is kept in other cases, the type of the input must make the difference.
    whole = not any((got % 1).any() for got in right if got.dtype != bool)
    whole = whole or 2 * sum(map(holds_integers, seen.cases)) > len(seen.cases)
    return len(gots) < 2 and not (kept and whole and distinct(seen) > 2)


def holds_integers(case: object) -> bool:
    """Whether an argument holds integers where other numbers may stand."""
    return any(
        "Real[" in str(parameter.annotation)
        and getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u")
        for parameter, value in zip(case.signature.values(), case.args, strict=False)
    )


def rounded(seen: Evidence) -> Relation | None:
    """Every wrong part is the right one, rounded to some decimals."""
    if any(w.want.dtype.kind != "f" for w in seen.wrong):
        return None
    # Every small number rounds to 0: zeros alone show no rounding.
    if not any(w.got.any() for w in seen.wrong):
        return None
    for digits in range(1, 9):
        if all(np.array_equal(w.got, np.round(w.want, digits)) for w in seen.wrong):
            words = f"what it should be, rounded to {digits} decimals"
            return said(seen, "rounded", words, "`round` belongs into `print`")
    return None
