"""The file that a learner starts from: what is asked for, and what is judged, in words."""

import ast
import re
import textwrap
from collections.abc import Callable, Sequence

from answers.handout.source import WIDTH, Module, names_in, signature, without_how

TASK = '"""Write the body of `{0}`, then run `answers check {0}`.'
KEEP_INPUT = "Change no input."
# What is judged are numbers: a result cut off to integers is wrong, one of whole numbers is not.
FLOATS = "Compute in floats, for integers too; the dtype of the result is not judged."
GRADIENTS = "The gradients that PyTorch finds through your code are judged as well."
REFUSE_NOTHING = "You need not refuse bad input"
REFUSE = "Raise ValueError for {}. You need not refuse other bad input"
PASSED = "Not judged: {}."
NOTED = "Not judged, only noted: {}."
UNDER_RAISES = ": what {}stands under Raises is not asked for."
# What jaxtyping's names stand for here. Half precision would need tolerances of its own.
INTEGERS = "all integer types, unsigned ones too"
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
    refuses: str = "",
    passed: Sequence[str] = (),
    noted: Sequence[str] = (),
) -> str:
    """The signature and docstring of `reference`, the imports they need, and no body.

    What the docstring has under "How:" is left out. `refuses` says for what the learner is to
    raise a ValueError, if for anything; `passed` and `noted`, where another result passes.
    """
    module = Module(reference)
    function = module.definitions[reference.__name__]
    head = without_how(module.text(function.lineno, function.body[0].end_lineno))
    task = TASK.format(function.name)
    task = task.replace(", then", ",\nthen") if len(task) > WIDTH else task
    opening = f'{task}\n\n{rules(function, refuses, passed, noted)}\n"""'
    used = names_in(signature(function)) | {"np", "math", "torch"}
    imports = module.imports_for(function.name, used, [function.name])
    return f"{opening}\n\n{imports}\n\n\n{head}\n    raise NotImplementedError\n"


def rules(
    function: ast.FunctionDef,
    refuses: str,
    passed: Sequence[str],
    noted: Sequence[str],
) -> str:
    """What is judged besides the result, in words. The signature tells which sentences apply."""
    takes = ast.unparse(function.args)
    gives = ast.unparse(function.returns) if function.returns else "Float"
    arrays = [kind for kind in ("ndarray", "Tensor") if kind in takes]
    said = [KEEP_INPUT] if arrays or ":" not in takes else []
    only_floats = "loat" in gives and not re.search("Int|Real", gives)
    if said and "Tensor" not in arrays and only_floats:
        said.append(FLOATS)
    said += [GRADIENTS] if "Float[Tensor" in takes else []
    under = UNDER_RAISES.format("else " if refuses else "")
    raises = "Raises:" in (ast.get_docstring(function) or "")
    said.append(
        f"{REFUSE.format(refuses) if refuses else REFUSE_NOTHING}{under if raises else '.'}"
    )
    kinds = {kind for kind in KINDS if f"{kind}[" in takes}
    if arrays == ["Tensor"]:
        said += [KINDS_OF_TORCH[kind] for kind in KINDS_OF_TORCH if kind in kinds]
    elif kinds >= {"Integer", "Real"}:
        said.append(BOTH)
    else:
        said += [KINDS[kind] for kind in KINDS if kind in kinds]
    for words, what in ((PASSED, passed), (NOTED, noted)):
        said += [words.format("; ".join(what))] if what else []
    return textwrap.fill(" ".join(said), WIDTH)
