"""Worked answers to machine-learning interview questions: the code that the pages show.

The answers, one module a topic of a page:

    networks        layers and their gradients, autograd, broadcasting, matrix calculus
    probability     softmax and cross-entropy, divergences, bounds of a loss, Bayes
    transformers    attention, a small trained GPT, its cache, quantization, debugging
    training        normalization, optimizers, initialization, number formats, scans
    language_models tokens, decoding, LoRA, experts, evaluation, data
    alignment       reward models, DPO, PPO, GRPO
    scale           parallel training, memory and time, retrieval
    classical       regression, clustering, principal components, trees
    labels          noisy labels, bad annotators, calibration, metrics, comparisons
    gradient_check  tells whether a gradient is right

What is made of them, for pages and practice:

    derivations     the formulas, by SymPy
    figures         the drawings, by Matplotlib
    explorers       the figures with sliders
    exercises       for each its answer, cases, hints, and mistakes known by name

What these need, and what is made of all:

    handout         the file to begin with, and the solution
    naming          names what is wrong with it
    grader          judges what a learner writes
    progress        what a learner did, and where that is kept
    cards           what to say aloud: the cards, and the deck
    site            builds the pages
    proof           runs and checks what the pages say
    records         what was measured once
    pages           reads the questions
    cli             the command `answers`
    inputs          what every answer refuses
    extras          what few need and may be missing
    files           writes a file whole or not at all

Imports run downward only. Every annotated shape of an answer is enforced when its function is
called: jaxtyping's import hook decorates the functions of the topics. The rest starts twice
as fast undecorated. Importing this loads neither NumPy, PyTorch nor SymPy.
"""

import importlib.util
import os
import pkgutil
import sys


def stopped(kind: type, error: BaseException, trace: object) -> None:
    """End without a traceback if Ctrl-C comes while the command is still being loaded."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    print("\nStopped.", file=sys.stderr, flush=True)
    os._exit(130)


if os.path.basename(sys.argv[0]) in ("answers", "answers.exe"):
    sys.excepthook = stopped

from answers.extras import Missing

__version__ = "0.2.0.dev0"

# Whatever else stands in this folder is a topic: the shapes of a new room are enforced at once.
MACHINES = {
    *(
        "cards",
        "cli",
        "derivations",
        "exercises",
        "explorers",
        "extras",
        "figures",
        "files",
    ),
    *(
        "grader",
        "handout",
        "inputs",
        "naming",
        "pages",
        "progress",
        "proof",
        "records",
        "site",
    ),
}
TOPICS = tuple(
    room.name
    for room in pkgutil.iter_modules(__path__)
    if room.name not in MACHINES and not room.name.startswith("_")
)


class Enforced:
    """The first finder of modules, until an answer is imported: then it makes room for jaxtyping's
    hook, which enforces the annotations. So the command `answers` starts without the hook."""

    rooms = tuple(f"answers.{topic}" for topic in TOPICS)

    @classmethod
    def find_spec(cls, name: str, path=None, target=None):
        if not name.startswith(cls.rooms):
            return None
        from jaxtyping import config, install_import_hook

        # The hook looks it up by name.
        from answers.inputs import kinds  # noqa: F401

        if cls in sys.meta_path:
            sys.meta_path.remove(cls)
            # If it is disabled, nothing would be enforced, and decorating takes time.
            if not config.jaxtyping_disable:
                install_import_hook(cls.rooms, "answers.inputs.kinds.typechecked")
        return importlib.util.find_spec(name)


sys.meta_path.insert(0, Enforced)
sys.meta_path.append(Missing)
