"""The file that a learner starts from: what is asked for, and what is judged, in words."""

import ast
import re
import textwrap
from collections.abc import Callable, Sequence

from answers.handout.source import HOW, WIDTH, Module, names_in, parted, signature

TASK = '"""Write the body of `{0}`, then run `answers check {0}`.'
KEEP_INPUT = "Change no input."
# What is judged are numbers: a result cut off to integers is wrong, one of whole numbers is not.
FLOATS = "Compute in floats, for integers too."
DTYPE = "the dtype of the result"
# A small number may be off by a hundredth of what one of size 1 may.
PRECISION = "Numbers are compared to within {} of their size plus {}{}."
IN_FLOAT32 = " ({} and {} in float32)"
GRADIENTS = "The gradients that PyTorch finds through your code are judged as well."
REFUSE = "Raise ValueError for {}."
# The section of a docstring with the refusals, and its title in the stub.
RAISES, IF_TIME = "Raises:", "Also, if you have time, raise:"
# The same where one of them is judged.
IF_TIME_BUT = "Also, if you have time, raise (what the top asks for is judged):"
NOT_JUDGED = "Not judged: {}."
# What jaxtyping's names stand for here. Half precision would need tolerances of its own.
INTEGERS = "all integer types"
FLOAT = "`Float` stands for float64 and float32."
KINDS = {
    "Integer": f"`Integer` stands for {INTEGERS}.",
    "Real": f"`Real` stands for float64, float32 and {INTEGERS}.",
    "Float": FLOAT,
}
BOTH = f"`Integer` stands for {INTEGERS}; `Real` stands for these, float64 and float32."
KINDS_OF_TORCH = {
    "Integer": "`Integer` stands for int64.",
    "Float": FLOAT,
}
REPAIR = '''"""Several mistakes stand in this file. Repair one, then run `answers check {}`.

It names the first that is left. Look before you ask: run a function on an input that you can
check by hand. No signature and no docstring is wrong.
"""
'''


def stub(
    reference: Callable,
    precision: Sequence[float],
    refuses: str = "",
    not_judged: Sequence[str] = (),
) -> str:
    """The signature and docstring of `reference`, the imports they need, and no body.

    The task comes first, then refusals, and last the inputs and results that are not judged.
    The docstring's section "How:" is left out.

    Args:
        precision: What the comparison allows, in float64 and, if that is judged, in float32.
        refuses: For what the learner is to raise a ValueError, if for anything.
        not_judged: Where another result passes.
    """
    module = Module(reference)
    function = module.definitions[reference.__name__]
    task = TASK.format(function.name)
    task = task.replace(", then", ",\nthen") if len(task) > WIDTH else task
    said = rules(function, precision, refuses)
    opening = f'{task}\n\n{said}\n"""' if said else f'{task}"""'
    used = names_in(signature(function)) | {"np", "math", "torch"}
    imports = module.imports_for(function.name, used, [function.name])
    text = module.text(function.lineno, function.body[0].end_lineno)
    not_judged = [DTYPE] * computes_floats(function) + [*not_judged]
    head = with_ending(text, IF_TIME_BUT if refuses else IF_TIME, not_judged)
    above = f"{opening}\n\n{imports}" if imports else opening
    return f"{above}\n\n\n{head}\n    raise NotImplementedError\n"


def with_ending(text: str, title: str, not_judged: Sequence[str]) -> str:
    """The head of a function. Its docstring ends with what is refused, under a title, and what is
    not judged."""
    task, raises = parted(parted(text, HOW)[0], RAISES)
    parts = [task.rstrip().removesuffix('"""'), raises.replace(RAISES, title)]
    if not_judged:
        last = NOT_JUDGED.format("; ".join(not_judged))
        indent = " " * 4
        parts.append(
            textwrap.fill(last, WIDTH, initial_indent=indent, subsequent_indent=indent)
        )
    return "\n\n".join(part.rstrip() for part in parts if part) + '\n    """'


def rules(function: ast.FunctionDef, precision: Sequence[float], refuses: str) -> str:
    """What is judged besides the result, in words. The signature tells which sentences apply."""
    takes, gives = ast.unparse(function.args), returned(function)
    arrays = [kind for kind in ("ndarray", "Tensor") if kind in takes]
    held = arrays or "dict[" in takes
    said = [KEEP_INPUT] if held or ":" not in takes else []
    said += [FLOATS] if computes_floats(function) else []
    if re.search("loat|Real", gives):
        # 1e-8, where Python writes 1e-08.
        fine, *coarse = (
            [f"{each:.0e}".replace("e-0", "e-") for each in (rtol, rtol / 100)]
            for rtol in precision
        )
        beside = IN_FLOAT32.format(*coarse[0]) if coarse else ""
        said.append(PRECISION.format(*fine, beside))
    said += [GRADIENTS] if "Float[Tensor" in takes else []
    said += [REFUSE.format(refuses)] if refuses else []
    kinds = {kind for kind in KINDS if f"{kind}[" in takes}
    if arrays == ["Tensor"]:
        said += [KINDS_OF_TORCH[kind] for kind in KINDS_OF_TORCH if kind in kinds]
    elif kinds >= {"Integer", "Real"}:
        said += [BOTH, *[FLOAT] * ("Float" in kinds)]
    else:
        said += [KINDS[kind] for kind in KINDS if kind in kinds]
    return textwrap.fill(" ".join(said), WIDTH)


def returned(function: ast.FunctionDef) -> str:
    return ast.unparse(function.returns) if function.returns else "Float"


def computes_floats(function: ast.FunctionDef) -> bool:
    """Whether all numbers that come back are floats, of arrays of any numbers."""
    takes, gives = ast.unparse(function.args), returned(function)
    arrays = "ndarray" in takes or ":" not in takes
    return (
        arrays
        and "Tensor" not in takes
        and "loat" in gives
        and not re.search("Int|Real", gives)
    )
