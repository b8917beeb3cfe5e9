"""Call a learner's function, and put into words what it raises."""

import dis
import functools
import inspect
import re
import traceback
from collections.abc import Callable

import numpy as np

from answers.grader.parts import DIVISION, DOMAIN, RANGE, Complaint

# One program is asked in many cases, one reference in hundreds that are changed.
signature_of = functools.lru_cache(inspect.signature)
NOT_WRITTEN = "not written yet"
LIBRARIES = {"numpy", "torch"}
RAISE = dis.opmap["RAISE_VARARGS"]
# NumPy words a misfit of sizes differently for matmul, dot and broadcasting; the sizes tell.
SIZES = re.compile(
    r"size (\d+) is different from (\d+)|(\d+) \(dim \d+\) != (\d+) \(dim \d+\)"
)
BROADCAST = re.compile(r"(could not|cannot) (be )?broadcast|match the broadcast shape")
# What `math` and floats say; since Python 3.14, `math` says what it expected instead.
ARITHMETIC = {
    DIVISION: r"^ZeroDivisionError",
    RANGE: r"range error|result out of range|too large (to convert to|for a) float"
    r"|overflow encountered",
    DOMAIN: r"math domain error|expected a (positive|nonnegative) input",
}


def call(
    function: Callable, args: tuple, kwargs: dict, of: Callable | None = None
) -> object:
    """What the function returns; a `Complaint` if it raises, which names the line of `of`."""
    try:
        with np.errstate(all="ignore"):
            return function(*args, **kwargs)
    except NotImplementedError:
        what = f"{NOT_WRITTEN}: replace `raise NotImplementedError` by your code"
        return Complaint(NOT_WRITTEN, what)
    except (Exception, SystemExit) as error:
        return complaint_of(error, of or function)


def misfit(function: Callable, args: tuple, kwargs: dict) -> Complaint | None:
    """A complaint if the function cannot be called with such arguments."""
    try:
        signature = signature_of(function)
    except (TypeError, ValueError):
        # A function written in C may show no signature, and an object may have no hash.
        return None
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        yours = f"{getattr(function, '__name__', 'the function')}{signature}"
        what = (
            f"it cannot be called like this ({error}); keep the signature of the stub"
        )
        return Complaint("signature", f"{what}, yours is {yours:.80}")


def complaint_of(error: BaseException, function: Callable) -> Complaint:
    """What was raised, and the line of the learner's own code where it happened."""
    message = "".join(str(error).strip().splitlines()[:1])
    # The signature of matmul says nothing to a learner.
    message = re.sub(r", with gufunc signature \S+", "", message)
    what = f"{type(error).__name__}: {message}"
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if code and frame.filename == code.co_filename]
    text = f"it raised {what.rstrip(': '):.200}"
    if own:
        text += f", in line {own[-1].lineno} of your code"
        text += f": `{own[-1].line}`" if own[-1].line else ""
    return Complaint(kind_of(error, what), text, type(error), raised_on_purpose(error))


def raised_on_purpose(error: BaseException) -> bool:
    """Whether a `raise` outside NumPy and PyTorch raised it: then it is no accident."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if (
        last is None
        or last.tb_frame.f_globals.get("__name__", "").split(".")[0] in LIBRARIES
    ):
        return False
    return last.tb_frame.f_code.co_code[last.tb_lasti] == RAISE


def kind_of(error: BaseException, what: str) -> str:
    """Errors of one kind come from one mistake, whichever function raised them."""
    for kind, words in ARITHMETIC.items():
        if re.search(words, what):
            return kind
    if isinstance(error, np.exceptions.AxisError):
        return f"axis {error.axis} of {error.ndim}"
    if BROADCAST.search(what):
        return f"broadcast {sorted(re.findall(r'[(][0-9, ]*[)]', what))}"
    sizes = SIZES.search(what)
    return f"sizes {sorted(filter(None, sizes.groups()))}" if sizes else what
