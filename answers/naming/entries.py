"""Where the numbers are wrong, and what stands there."""

import numpy as np

from answers.grader.mistakes import Name
from answers.grader.parts import overflowed
from answers.naming import order
from answers.naming.traits import magnitude, numbers, tiniest
from answers.naming.wrong_parts import WrongParts, said

# So many whole numbers are not all 0 by chance.
MANY = 8


def at_one_value(seen: WrongParts) -> Name | None:
    """The wrong entries are those where one particular number should stand."""
    if not seen.in_numbers:
        return None
    some = seen.wrong[0]
    if not np.isfinite(some.got[~some.right]).all() and some.want[~some.right][0] == 1:
        return None
    wants, gots = seen.wants, seen.gots
    want, got = wants[0], gots[0]
    special = not np.isfinite(want) or want in (-1, 0, 1)
    others = [w.right.any() for w in seen.wrong] + [w.want.size for w in seen.right]
    if not special or not is_one(wants) or not any(others):
        return None
    # Counts and places are 0 or 1 by chance.
    whole = any(w.want.dtype.kind in "iu" and w.want.itemsize > 1 for w in seen.wrong)
    if whole and len(wants) < 3:
        return None
    if "b" in seen.kinds:
        return one_sided(seen)
    if not is_one(gots) and want == 0 and not (gots < 0).all():
        return None
    there = f"it is {got + 0:.6g}" + ("" if is_one(gots) else ", for example")
    words = f"wrong only where it should be {want + 0:.6g}: there {there}"
    beyond = (gots > want).all() if want == 1 else (gots < want).all()
    if not is_one(gots) and beyond and np.isfinite(gots).all():
        cause = f"a limit at {want + 0:g} that is missing"
        return said(seen, "not cut off", words, cause)
    name = f"wrong only where it should be {want + 0:.6g}"
    cause = "an edge case (nothing to count, a division by 0) that is decided otherwise"
    if not np.isfinite(got):
        cause = "0 divided by 0, log 0 or 0 · inf, which must be asked for first"
    elif want == 0 and max(seen.axes) > 0:
        return None
    elif np.isneginf(want) and not is_one(gots):
        cause = "a filter or a mask that lets too much through, or a number added in a logarithm"
    elif np.isinf(want) and abs(got) == np.finfo(float).max:
        cause = (
            "`np.nan_to_num`, which makes the largest number of inf; leave inf as it is"
        )
    return said(seen, name, words, cause)


def is_one(numbers: np.ndarray) -> bool:
    """Whether all numbers are the same."""
    return np.array_equal(numbers, np.full_like(numbers, numbers[0]), equal_nan=True)


def one_sided(seen: WrongParts) -> Name | None:
    """Some True should be False, or the reverse, and never both."""
    want, got = seen.wants[0], seen.gots[0]
    if not is_one(seen.gots) or {want, got} != {0.0, 1.0} or len(seen.gots) < 2:
        return None
    if found := order.one_row_wrong(seen):
        return found
    words = f"{bool(got)} in places that should be {bool(want)}, never the reverse"
    cause = (
        "< where <= belongs or the reverse, a loop that begins or ends one off, or a condition too "
        "many"
    )
    return said(seen, "one sided", words, cause)


def cut_off(seen: WrongParts) -> Name | None:
    """Every number beyond a bound has become that bound; there may be one on each side."""
    if not seen.in_numbers or seen.kinds != {"f"}:
        return None
    wants, bounds = seen.wants, np.unique(seen.gots)
    several = len(np.unique(wants))
    if not np.isfinite(bounds).all() or several < 2:
        return None
    if (
        len(bounds) == 2
        and several > 3
        and (np.clip(wants, *bounds) == seen.gots).all()
    ):
        words = f"cut off: at least {bounds[0]:.6g} and at most {bounds[1]:.6g}"
        cause = "a clip, which changes numbers that may be as large as they are"
        return said(seen, "cut off", words, cause)
    bound = bounds[0]
    if not np.allclose(bounds, bound, rtol=1e-9, atol=0):
        return None
    parts = [part.got.ravel() for part in (*seen.wrong, *seen.right_elsewhere)]
    everything = np.concatenate(parts)
    above = (wants > bound).all() and np.isclose(np.nanmax(everything), bound)
    below = (wants < bound).all() and np.isclose(np.nanmin(everything), bound)
    # Where 0 stands for all that is larger, nobody has written a number there.
    if (not above and not below) or (above and bound == 0):
        return None
    side = "exceed" if above else "be below"
    words = f"{bound + 0:.6g} wherever it should {side} that, and right elsewhere"
    cause = "a number cut off at a bound, or an eps in a logarithm"
    return said(seen, "cut off", words, cause)


def counted_once(seen: WrongParts) -> Name | None:
    """Counts that are 1 wherever they should be more."""
    if not seen.in_numbers or seen.weight < 1:
        return None
    if any((w.want % 1).any() for w in seen.wrong):
        return None
    if (seen.gots != 1).any() or (seen.wants <= 1).any():
        return None
    words = "1 wherever it should be more, and right elsewhere"
    cause = "`counts[index] += 1`, which adds once however often an index comes; use `np.add.at`"
    return said(seen, "counted once", words, cause)


def not_zero(seen: WrongParts) -> Name | None:
    """Every entry that is wrong should be 0."""
    if not seen.in_numbers or "b" in seen.kinds or seen.wants.any():
        return None
    # Counts and places are 0 by chance.
    if seen.kinds <= {"i", "u"} and len(seen.wants) < 3:
        return None
    words = (
        "right wherever it should not be 0, and not 0 in some places where it should be"
    )
    cause = "a mask or a condition that is missing, or lets too much through"
    return said(seen, "not zero", words, cause)


def zero_instead(seen: WrongParts) -> Name | None:
    """Every entry that is wrong is 0, and should be another number."""
    if not seen.in_numbers or "b" in seen.kinds or seen.gots.any():
        return None
    # Counts and places are 0 by chance.
    if seen.kinds != {"f"} and len(seen.gots) < MANY:
        return None
    parts = (*seen.wrong, *seen.right_elsewhere)
    if len({*seen.wants.tolist()}) < 3 or not any(part.got.any() for part in parts):
        return None
    words = "right wherever it is not 0, and 0 in some places where it should not be"
    cause = (
        "a mask or a condition that lets too little through, a place that is never filled, or a "
        "variable that starts at 0 and keeps it"
    )
    return said(seen, "zero instead", words, cause)


def not_finite(seen: WrongParts) -> Name | None:
    """The wrong numbers are nan or infinite, and should be finite."""
    found = set()
    for w in seen.wrong:
        if overflowed(w.got):
            found.add("an error of arithmetic")
            continue
        if not isinstance(w.got, np.ndarray) or w.got.shape != np.shape(w.want):
            return None
        bad = ~np.isfinite(w.got) & np.isfinite(w.want)
        if not (bad | w.right).all():
            return None
        found |= {"nan" if np.isnan(x) else f"{x:g}" for x in w.got[bad]}
    if not found:
        return None
    words = f"{' or '.join(sorted(found))} where it should be finite"
    # An error leaves nothing that could be right.
    if not any(overflowed(w.got) for w in seen.wrong):
        words += ", and right elsewhere"
    cause = "exp of a large number, a logarithm of 0, or 0 divided by 0"
    if found == {"-inf"}:
        # A filter of logits gives -inf.
        if all(np.isneginf(w.want).any() for w in seen.wrong):
            cause = "a filter or a mask that leaves out too much"
            # A row of which nothing is left has nothing to compare.
            if all(np.isneginf(w.got).all(axis=-1).any() for w in seen.wrong):
                cause += ", such as a comparison with nan, which is False"
            return said(seen, "too much left out", words, cause)
        cause = "a logarithm of 0, as of an exp that became 0, or a filter that leaves out too much"
    return said(seen, "not finite", words, cause)


def few_digits(seen: WrongParts) -> Name | None:
    """The numbers have the digits of float16 or float32."""
    # Of inputs that float32 cannot hold, it makes nan, inf or 0.
    held = {case for case in seen.cases if all(map(is_held_by_float32, numbers(case)))}
    if seen.first in held and len(held) < len(seen.cases):
        return few_digits(seen.of(held))
    if (errors := errors_of_parts(seen)) is None or seen.weight < 2:
        return None
    worst = max(errors)
    words = f"it is right to {worst:.0e} of the largest entry"
    fractions = [w.got for w in seen.wrong if (w.got % 1).any()]
    few_asked_for = all(is_half(w.want) or not (w.want % 1).any() for w in seen.wrong)
    if (
        1e-4 < worst < 2e-2
        and fractions
        and all(map(is_half, fractions))
        and not few_asked_for
    ):
        cause = "numbers of 16 bits on the way; use float64"
        return said(seen, "in half precision", f"of few digits: {words}", cause)
    single = all(w.got.dtype == np.float32 or is_single(w.got) for w in seen.wrong)
    if not single or all(is_single(w.want) for w in seen.wrong):
        return None
    cause = "a float32 on the way; use float64"
    # Where digits cancel, or numbers are large, few are left.
    by_type = all(w.got.dtype == np.float32 for w in seen.wrong)
    if by_type and 0 < np.median(errors) < 1e-5 and worst >= 2e-3:
        words = (
            "of dtype float32, half of them or more right to 1e-5 of the largest entry"
        )
        return said(seen, "in float32", words, cause)
    if not worst < 2e-3:
        return None
    return said(seen, "in float32", f"float32 in its digits: {words}", cause)


def nearly_right(seen: WrongParts) -> Name | None:
    """Every wrong part agrees to four digits or more."""
    if (errors := errors_of_parts(seen)) is None or not max(errors) < 2e-3:
        return None
    words = f"nearly right: the largest error is {max(errors):.0e} of the largest entry"
    cause = (
        "a small number (eps) that is added, a bound (clip), a float32 or float16 on the way, a "
        "difference of large numbers, a grid that is too coarse, or an early stop"
    )
    return said(seen, "nearly right", words, cause)


def errors_of_parts(seen: WrongParts) -> list[float] | None:
    """The largest error of each part, in shares of its largest number; None where that says
    nothing."""
    if not seen.in_numbers or seen.kinds != {"f"}:
        return None
    if any(w.got.dtype.kind != "f" for w in seen.wrong):
        return None
    # A filter of logits gives -inf: where that is right, there is no error.
    largest = [np.abs(w.want[np.isfinite(w.want)]).max(initial=0) for w in seen.wrong]
    if not all(largest):
        return None
    with np.errstate(invalid="ignore"):
        errors = [
            np.where(
                w.got == w.want, 0, np.abs(w.got.astype(np.float64) - w.want)
            ).max()
            for w in seen.wrong
        ]
    return np.divide(errors, largest).tolist()


def is_half(array: np.ndarray) -> bool:
    """Whether the numbers have the digits of float16, or of bfloat16."""
    if not (array % 1).any():
        return False
    if np.array_equal(array, array.astype(np.float16)):
        return True
    bits = np.ascontiguousarray(array, np.float32).view(np.uint32)
    return is_single(array) and not (bits & 0xFFFF).any()


def is_held_by_float32(array: np.ndarray) -> bool:
    """Whether float32 has numbers as large, and as small."""
    limits = np.finfo(np.float32)
    return limits.tiny < tiniest(array) and magnitude(array) < limits.max


def is_single(array: np.ndarray) -> bool:
    return np.array_equal(array, array.astype(np.float32))


def right_sum(seen: WrongParts) -> Name | None:
    """Counts that are wrong in their places, and right in their sum."""
    if not seen.in_numbers or not seen.kinds <= {"i", "u"} or min(seen.axes) < 1:
        return None
    if any(w.got.sum() != w.want.sum() for w in seen.wrong):
        return None
    # In one input alone, of several, the sum may be right by chance.
    if len(seen.cases) < 2 and seen.right_elsewhere:
        return None
    words = "wrong in some entries, and right in the sum of all"
    cause = "everything is counted once, but some of it in another place"
    return said(seen, "right in its sum", words, cause)
