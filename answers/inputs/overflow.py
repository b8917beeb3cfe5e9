"""What finite numbers make that is too large for a float: refused, or avoided.

NumPy warns at most, answers inf or nan, and in the browser it does not even warn.
"""

import numpy as np

from answers.inputs import first


def refuse_overflowed(result: np.ndarray, what: str, *of: np.ndarray) -> None:
    """Raise if `result` is infinite or nan: it has overflowed.

    Args:
        result: An array or a number.
        what: Its name in the message.
        of: What it was made of; where that was infinite, the result may be.

    Raises:
        ValueError: An entry has overflowed.
    """
    if np.isfinite(result).all():
        return
    wrong = ~np.isfinite(result)
    for each in of:
        wrong = wrong & np.isfinite(each)
    if wrong.any():
        array, limits = np.asarray(result), np.finfo(result.dtype)
        raise ValueError(
            f"{what} overflows: {first(array, wrong) if array.ndim else array}, where "
            f"{limits.dtype} ends at {limits.max:.2g}; scale the arguments down"
        )


def near_one(*arrays: np.ndarray) -> list[np.ndarray]:
    """The floats times one power of two, which brings the largest of all below 1.

    So their squares do not overflow, nor vanish near the largest; what lies far below it may.
    For ratios and ranks, which a common factor does not change.
    """
    exponent = max(np.frexp(np.abs(array).max())[1] for array in arrays)
    return [np.asarray(np.ldexp(array, -exponent)) for array in arrays]
