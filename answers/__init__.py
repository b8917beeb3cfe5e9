"""Worked answers to machine-learning interview questions: the code that the pages show.

Every annotated shape of an answer is enforced when its function is called: jaxtyping's
import hook decorates each function of the modules in this folder. The packages below
it, which practise, draw, derive and build with the answers, start twice as fast
undecorated. Importing this loads neither PyTorch nor SymPy.
"""

from pkgutil import iter_modules

from jaxtyping import install_import_hook

from answers import inputs  # noqa: F401  (the hook looks `answers.inputs` up by name)

topics = [
    module.name for module in iter_modules(__path__, "answers.") if not module.ispkg
]
install_import_hook(topics, "answers.inputs.typechecked")
