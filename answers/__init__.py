"""Worked answers to machine-learning interview questions: the code that the pages show.

    networks, probability, transformers, labels   the answers: one module a topic of a page
    derivations, figures, explorers, exercises    what is made of them for pages and practice
    practice, site                                what judges, and what builds the pages
    records                                       what was measured once
    gradient_check, inputs, files, pages, cli     what all of these use, and the command `answers`

Imports run downward only. Every annotated shape of an answer is enforced when its function is
called: jaxtyping's import hook decorates the functions of the four topics. The rest starts twice
as fast undecorated. Importing this loads neither PyTorch nor SymPy.
"""

from jaxtyping import install_import_hook

from answers import inputs  # noqa: F401  (the hook looks `answers.inputs` up by name)

__version__ = "0.1.0"

TOPICS = ("networks", "probability", "transformers", "labels", "gradient_check")
install_import_hook(
    [f"answers.{topic}" for topic in TOPICS], "answers.inputs.typechecked"
)
